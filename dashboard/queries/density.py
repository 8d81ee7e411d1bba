"""How many groups are where: the tables of density, and what other questions build on.

Every output of one state (map, hover, panel, table, file, API) reads the table made here.
Answers are kept by the part of the state that they depend on; readers must not change them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property, lru_cache
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from dashboard.kept import Kept
from dashboard.queries.labels import labels
from dashboard.state import RATIOS, Choices, ViewState, usual_measures
from dashboard.tables import (
    DENSITY_COLUMNS,
    EXPECTED_COLUMNS,
    GROUP_COLUMNS,
    SURFACE_COLUMNS,
    Classes,
    Density,
    Expected,
    Frames,
    Surface,
)
from geo import administrative, boundaries
from geo.atlas import Atlas
from geo.measures import surface as surfaces
from geo.measures.classes import class_bounds
from geo.measures.density import count_by_area, expected, funnel_limits, presence, rate
from geo.residents import residents
from geo.schema import CRS, CRS_SHOWN, Audience, Count, Level, Measure, Outcome, Precision, Scheme

KEPT_ANSWERS = 128
"""States whose tables stay in memory; one of 467 neighbourhoods takes some 200 KB."""
KEPT_LARGE = 4
"""Those of hexagons; the smallest take 8 MB."""
KEPT_SURFACES = 4
"""Grids of all years take up to 10 MB."""
RESOLUTIONS = {Level.HEX7: 7, Level.HEX8: 8, Level.HEX9: 9}
POPULATION = ("population", "population_is_estimated")
"""Columns of the boundaries that a table of residents by year stands in for."""
PEAKS = 6
FEWEST_PEOPLE = 3
"""A public audience is not told of fewer."""
LAST_YEAR = 2023
"""Administrative neighbourhoods are followed at least to the year of the legal boundaries."""
GOLDEN_ANGLE = np.pi * (3 - np.sqrt(5))


class Queries:
    """Questions that a view may ask of one snapshot."""

    def __init__(
        self, atlas: Atlas, audience: Audience = Audience.PUBLIC, k: int = FEWEST_PEOPLE
    ) -> None:
        self.atlas = atlas if audience is Audience.INTERNAL else atlas.public
        self.audience = audience
        self.least_people = 1 if audience is Audience.INTERNAL else k
        self.kept = Kept(None, atlas.hash)
        keep: Callable[[Any], Any] = lru_cache(maxsize=KEPT_ANSWERS)
        self._few, self._many = keep(self._make_frames), lru_cache(KEPT_LARGE)(self._make_frames)
        self._presence = keep(self._make_presence)
        self._within = keep(self._make_within)
        self._areas = keep(self._make_areas)
        self._area_of = keep(self._make_area_of)
        self._classes = keep(self._make_classes)
        self._population = keep(self._make_population)
        self.hexagons = keep(self._make_hexagons)
        self._densities = lru_cache(maxsize=KEPT_SURFACES)(self._make_densities)
        self._surface = lru_cache(maxsize=KEPT_SURFACES * 3)(self._make_surface)

    @cached_property
    def choices(self) -> Choices:
        """What this snapshot offers to choose from."""
        applications, groups = self.atlas.applications, self.atlas.groups
        offered = set(applications["outcome"])
        return Choices(
            years=tuple(self.atlas.years),
            districts=tuple(self.atlas.districts["code"]),
            administrative=tuple(self.areas(Level.ADMINISTRATIVE).index),
            programmes=_distinct(applications["programme"]),
            outcomes=tuple(str(outcome) for outcome in Outcome if outcome in offered),
            categories=_distinct(groups["category"]),
            departments=_distinct(applications["department"]),
            areas={
                code: (str(level), district)
                for level in (Level.DISTRICT, Level.NEIGHBOURHOOD, Level.ADMINISTRATIVE)
                for code, district in self.areas(level)[["code", "district_code"]].to_numpy()
            },
            places=(*self.areas(Level.NEIGHBOURHOOD).index, *self.atlas.sites["site_id"]),
            labels=tuple(labels(self.atlas.applications)["label"]),
            measures=self._measures,
            snapshot=self.atlas.hash,
        )

    @cached_property
    def _measures(self) -> dict[str, tuple[str, ...]]:
        """What can be measured at each level that the snapshot has."""
        measures = usual_measures()
        for level in self.known_population:
            measures[level] = measures["district"]
        if self.areas(Level.ADMINISTRATIVE).empty:
            del measures["administrative"]
        elif not self.is_mapped(Level.ADMINISTRATIVE):
            sized = ("per_km2", "ratio_area")
            offered = (name for name in measures["administrative"] if name not in sized)
            measures["administrative"] = tuple(offered)
        return measures

    def is_mapped(self, level: str) -> bool:
        """Whether the areas of a level have polygons; administrative ones may be names alone."""
        return level != Level.ADMINISTRATIVE or bool(self._units.geometry.notna().any())

    @cached_property
    def _units(self) -> gpd.GeoDataFrame:
        """Administrative neighbourhoods with a polygon, or else those of the atlas's years."""
        units = self.atlas.administrative
        drawn = units.geometry.notna()
        if drawn.any():
            return units[drawn].reset_index(drop=True)
        ever = [administrative.valid_in(units, year) for year in self.atlas.years]
        return units[np.logical_or.reduce(ever)].reset_index(drop=True)

    @cached_property
    def _valid(self) -> pd.DataFrame | None:
        """When each administrative neighbourhood existed; None where one day's were drawn."""
        if self.is_mapped(Level.ADMINISTRATIVE):
            return None
        units = self.areas(Level.ADMINISTRATIVE)
        return pd.DataFrame(
            {year: administrative.valid_in(units, year) for year in self.atlas.years}
        )

    def _followed(self) -> pd.DataFrame:
        """The administrative neighbourhood as which each group counts in each year."""
        units, years = self.atlas.administrative, self.atlas.years
        codes = self.atlas.groups["administrative_code"]
        if not self.is_mapped(Level.ADMINISTRATIVE):
            return administrative.follow(units, codes, years)
        return pd.DataFrame(dict.fromkeys(years, administrative.as_drawn(units, codes)))

    def find_administrative(self, text: str) -> list[str]:
        """Codes of the administrative neighbourhoods that a person may mean."""
        return administrative.find(self._units, text, districts=self.atlas.districts)

    def areas(self, level: str, districts: tuple[str, ...] = ()) -> pd.DataFrame:
        """The areas of a level, index ``code``: names, district, km².

        Hexagons lie across borders: with districts only their part in these counts.
        """
        return self._areas(str(level), districts if level in RESOLUTIONS else ())

    def _make_areas(self, level: str, districts: tuple[str, ...]) -> pd.DataFrame:
        frame = self._level(level)
        if level == Level.DISTRICT:
            frame = frame.assign(district_code=frame["code"])
        if districts:
            frame = frame.assign(area_km2=boundaries.area_within(frame, self._chosen(districts)))
        kept = frame.drop(columns=["geometry", *POPULATION], errors="ignore")
        return pd.DataFrame(kept).set_index("code", drop=False)

    def _chosen(self, districts: tuple[str, ...]) -> gpd.GeoDataFrame:
        frame = self.atlas.districts
        return frame[frame["code"].isin(districts)]

    def _level(self, level: str) -> gpd.GeoDataFrame:
        if level in RESOLUTIONS:
            return self.hexagons(RESOLUTIONS[Level(level)])
        if level == Level.ADMINISTRATIVE:
            return self._units
        return self.atlas.districts if level == Level.DISTRICT else self.atlas.neighbourhoods

    def population(self, level: str, districts: tuple[str, ...] = ()) -> pd.DataFrame:
        """Residents of a level's areas by year, missing where nobody knows them.

        Of hexagons, with districts, those of their part in these.
        """
        return self._population(str(level), districts if level in RESOLUTIONS else ())

    def _make_population(self, level: str, districts: tuple[str, ...]) -> pd.DataFrame:
        if level not in RESOLUTIONS:
            people = self._residents[0].loc[self.areas(level).index]
            existed = self._valid if level == Level.ADMINISTRATIVE else None
            return people if existed is None else people.where(existed)
        source = self._counted_level
        frame, people = self._level(source), self.population(source)
        if districts:
            above = "code" if source == Level.DISTRICT else "district_code"
            inside = frame[above].isin(districts).to_numpy()
            frame, people = frame[inside], people[inside]
        shared = boundaries.share_across(self._level(level), frame, people)
        return shared.set_axis(self.areas(level).index)

    @property
    def _counted_level(self) -> Level:
        """The smallest areas that cover the city and whose residents are known."""
        fine = (Level.NEIGHBOURHOOD, Level.ADMINISTRATIVE)
        return next((level for level in fine if self._is_counted(level)), Level.DISTRICT)

    def _is_counted(self, level: str) -> bool:
        """Whether every area of a level has a polygon and residents of its own."""
        known = level in self.known_population and self.is_mapped(level)
        return known and bool(self.population(level).notna().all(axis=None))

    @cached_property
    def _residents(self) -> tuple[pd.DataFrame, frozenset[str]]:
        """Residents of all areas but hexagons by year, and the levels that are not estimated."""
        districts, columns = self.atlas.districts, ["code", "level", "district_code", "area_km2"]
        areas = pd.concat(
            [
                districts.assign(level=Level.DISTRICT, district_code=districts["code"]),
                self.atlas.neighbourhoods.assign(level=Level.NEIGHBOURHOOD),
                self.atlas.administrative.assign(level=Level.ADMINISTRATIVE, population=np.nan),
            ]
        )
        areas = pd.DataFrame(areas[[*columns, "population"]]).set_index("code")
        people, is_estimated = residents(areas, self.atlas.population, self.atlas.years)
        known = frozenset(str(level) for level in areas["level"][~is_estimated])
        return people, known

    @cached_property
    def known_population(self) -> frozenset[str]:
        """Levels whose residents are not estimated: districts, and what the atlas brings."""
        return self._residents[1]

    @cached_property
    def population_years(self) -> tuple[int, ...]:
        """Years of the atlas's own table of residents; none where it brings none."""
        return tuple(sorted({int(year) for year in self.atlas.population["year"]}))

    def shapes(self, level: str) -> gpd.GeoSeries:
        """Polygons of a level by code, EPSG:5179."""
        return gpd.GeoSeries(self._level(level).set_index("code").geometry)

    @cached_property
    def boundaries(self) -> boundaries.Boundaries:
        return boundaries.Boundaries(self.atlas.districts, self.atlas.neighbourhoods)

    def _make_hexagons(self, resolution: int) -> gpd.GeoDataFrame:
        """H3 cells that meet the city, EPSG:5179."""

        def make() -> pd.DataFrame:
            drawn = boundaries.hexagons(self.boundaries, resolution)
            return pd.DataFrame(drawn).assign(geometry=drawn.geometry.to_wkb())

        found = self.kept.table(f"hexagons {resolution}", make)
        shapes = gpd.GeoSeries.from_wkb(found["geometry"], crs=CRS)
        return gpd.GeoDataFrame(found.assign(geometry=shapes), crs=CRS)

    def area_of(self, level: str) -> pd.Series[str] | pd.DataFrame:
        """Code of each group's area, missing where it is not known that exactly.

        Administrative neighbourhoods change, so theirs have a column a year.
        """
        found: pd.Series[str] | pd.DataFrame = self._area_of(str(level))
        return found

    def _make_area_of(self, level: str) -> pd.Series[str] | pd.DataFrame:
        if level == Level.ADMINISTRATIVE:
            return self._followed()
        if level == Level.DISTRICT:
            return self.atlas.groups["district_code"]
        if level == Level.NEIGHBOURHOOD:
            return self.atlas.groups["neighbourhood_code"]
        return boundaries.cells(self.spots, RESOLUTIONS[Level(level)])

    @cached_property
    def spots(self) -> gpd.GeoSeries:
        """Where each group is, EPSG:5179; missing where that is not known exactly.

        For a public audience the spot of its block: the atlas has nothing finer.
        """
        groups = self.atlas.groups
        return groups.geometry.where(groups["precision"] == Precision.POINT)

    @property
    def residential_areas(self) -> tuple[gpd.GeoDataFrame, pd.Series[float]]:
        """The smallest areas that cover the city and whose residents are known, and these.

        Residents are those of the last year.
        """
        level = self._counted_level
        return self._level(level), self.population(level)[self.atlas.years[-1]]

    def in_blocks(self, level: str) -> bool:
        """Whether a level's figures rest on blocks, not on addresses."""
        drawn = level == Level.ADMINISTRATIVE and self.is_mapped(level)
        cuts = drawn or level in (*RESOLUTIONS, Level.SURFACE)
        return self.audience is Audience.PUBLIC and cuts

    def matching(self, state: ViewState) -> pd.Series[bool] | None:
        """Applications that the filters keep; None when nothing is filtered."""
        applications = self.atlas.applications
        if not state.filtered:
            return None
        keep = pd.Series(True, index=applications.index)
        for column in ("programme", "outcome", "department"):
            chosen = getattr(state, column)
            if chosen:
                keep &= applications[column].isin(chosen)
        if state.category:
            groups = self.atlas.groups
            of_category = groups["group_id"][groups["category"].isin(state.category)]
            keep &= applications["group_id"].isin(of_category)
        return keep

    def presence(self, state: ViewState) -> pd.DataFrame:
        """Whether each group counts in each year, shape (groups, years).

        Groups outside the chosen districts count in no year.
        """
        return self._presence(ViewState(year=0, count=state.count, **state.filters))

    def _make_presence(self, state: ViewState) -> pd.DataFrame:
        if state.district:
            # The filters are asked of the city once, whatever district is looked at.
            return self.presence(replace(state, district=())) & self.within(state)[:, None]
        groups = self.atlas.groups
        present = presence(
            groups,
            self.atlas.applications,
            self.atlas.years,
            Count(state.count),
            self.matching(state),
        )
        present &= self.within(state)[:, None]
        return present

    def within(self, state: ViewState) -> np.ndarray:
        """Whether each group is in the chosen districts and administrative neighbourhoods."""
        inside: np.ndarray = self._within(state.district, state.administrative)
        return inside.copy()  # readers narrow it further

    def _make_within(
        self, districts: tuple[str, ...], administrative: tuple[str, ...]
    ) -> np.ndarray:
        groups = self.atlas.groups
        inside = np.ones(len(groups), dtype=bool)
        if districts:
            inside &= groups["district_code"].isin(districts).to_numpy()
        if administrative:
            inside &= self._chains.isin(administrative).any(axis=1).to_numpy()
        return inside

    @cached_property
    def _chains(self) -> pd.DataFrame:
        """Every administrative neighbourhood that each group's was, is and became, by year."""
        codes = self.atlas.groups["administrative_code"]
        years = range(administrative.FIRST_YEAR, max(self.atlas.years[-1], LAST_YEAR) + 1)
        return administrative.follow(self.atlas.administrative, codes, years).assign(own=codes)

    def frames(self, state: ViewState) -> Frames:
        """Every year of what a state asks for."""
        return (self._many if state.level in RESOLUTIONS else self._few)(state.asked)

    def _make_frames(self, state: ViewState) -> Frames:
        areas = self.areas(state.level, state.district)
        present = self.presence(state)
        # The others count nowhere; where a district is looked at, they are the most.
        ever = np.asarray(present.to_numpy().any(axis=1))
        counting, area_of = present.loc[ever], self.area_of(state.level).loc[ever]
        codes: Any = areas.index.rename(None)  # knows its places from the last time
        groups = count_by_area(counting, area_of, codes)
        inside = pd.Series(True, index=areas.index)
        if state.district:
            inside = areas["district_code"].isin(state.district) | groups.any(axis=1)
        null = self._expected(state) if state.measure in RATIOS else None
        if null is not None:
            measured = groups / null.groups
        elif state.measure == Measure.COUNT:
            measured = groups
        else:
            measured = rate(groups, self.size(state))
        valid = self._valid if state.level == Level.ADMINISTRATIVE else None
        if valid is not None:
            measured = measured.where(valid)
        values = measured
        if state.compare is not None:
            values = measured.sub(measured[state.compare], axis=0)
        n = counting.sum()
        return Frames(
            areas=areas,
            population=self.population(state.level, state.district),
            inside=inside,
            groups=groups,
            measured=measured,
            values=values,
            n=n,
            unplaced=n - groups.sum(),
            expected=null,
            valid=valid,
        )

    def size(self, state: ViewState) -> pd.DataFrame:
        """What a state's measure divides by, by area and year: km², or residents / 10,000."""
        if state.measure in (Measure.PER_KM2, Measure.RATIO_AREA):
            size = self.areas(state.level, state.district)["area_km2"]
            return pd.DataFrame(dict.fromkeys(self.atlas.years, size))
        return self.population(state.level, state.district) / 10_000

    def _expected(self, state: ViewState) -> Expected:
        """Under the city's null, whatever districts are chosen: a place is what it is."""
        city = replace(state, district=())
        codes = list(self.areas(state.level).index)
        placed = count_by_area(self.presence(city), self.area_of(state.level), codes)
        wanted = expected(placed, self.size(city))
        if state.district:
            # Of a hexagon across the border only a part is looked at.
            wanted = wanted * self.size(state) / self.size(city)
        return Expected(wanted, *funnel_limits(wanted, placed.sum()))

    def classes(self, state: ViewState) -> Classes:
        """How the values of every year become colours."""
        bandwidth = self.bandwidth(state) if state.level == Level.SURFACE else None
        drawn = replace(
            state.asked, scheme=state.scheme, classes=state.classes, bandwidth=bandwidth
        )
        return self._classes(drawn)

    def _make_classes(self, state: ViewState) -> Classes:
        if state.level == Level.SURFACE:
            grid, densities = self._densities(self._of_surface(state))
            sizes = densities[:, grid.inside]
        else:
            sizes = self.frames(state).shading.abs().to_numpy(dtype=float)
        sizes = sizes[np.isfinite(sizes) & (sizes > 0)]
        compared = state.compare is not None
        ratio = state.measure in RATIOS
        wanted = state.classes // 2 if compared or ratio else state.classes
        return Classes(
            scheme=state.scheme,
            kind="difference" if compared else "ratio" if ratio else "amount",
            bounds=tuple(
                class_bounds(sizes, Scheme(state.scheme), wanted, logarithms=ratio).tolist()
            ),
            least=0.0 if state.level == Level.SURFACE else float(sizes.min(initial=np.inf)),
            whole=bool((sizes == np.floor(sizes)).all()) and not ratio,
        )

    def density(self, state: ViewState) -> Density:
        """The table of one state: a row for each area in sight, in the order of codes.

        ``groups`` is the number of groups of the year; ``value`` the measure asked for, or
        its difference to the year compared with; ``rank`` the place of the value among the
        rows, ties sharing the better one; ``change`` the measure's difference to the year
        before, missing in the first; ``class`` the one on the map, negative for falls and for
        fewer than expected, 0 for none. Residents are the year's, estimated by area at levels
        that are not among `known_population`.
        Ratios come with the groups expected and the funnel's limits (groups).
        """
        frames, year = self.frames(state), state.year
        inside = frames.inside if frames.valid is None else frames.inside & frames.valid[year]
        # Narrowed last: a frame without rows would take the areas out of sight.
        rows = frames.areas.assign(
            groups=frames.groups[year],
            population=frames.population[year].astype("Int64"),
            population_is_estimated=state.level not in self.known_population,
            value=frames.values[year],
            rank=frames.ranks[year].astype("Int64"),
            change=frames.changes[year],
        )
        rows["class"] = self.classes(state).of(frames.shading[year].to_numpy(dtype=float))
        columns = list(DENSITY_COLUMNS)
        if frames.expected is not None:
            rows["expected"] = frames.expected.groups[year]
            rows["limit_low"] = frames.expected.low[year]
            rows["limit_high"] = frames.expected.high[year]
            columns += EXPECTED_COLUMNS
        if state.compare is not None:
            before = frames.groups[state.compare].astype("Int64")
            existed = None if frames.valid is None else frames.valid[state.compare]
            rows["groups_compared"] = before if existed is None else before.where(existed)
            columns.append("groups_compared")
        return Density(
            rows.loc[inside, columns].reset_index(drop=True),
            int(frames.n[year]),
            int(frames.unplaced[year]),
        )

    def groups(self, state: ViewState) -> pd.DataFrame:
        """The groups that count in a state, with GROUP_COLUMNS, in the order of their ids."""
        present = self.presence(state)[state.year].to_numpy()
        return self.atlas.groups.loc[present, list(GROUP_COLUMNS)].reset_index(drop=True)

    def bandwidth(self, state: ViewState) -> int:
        """Of a state's surface, metres: as asked, or what suits all groups of all years."""
        if state.bandwidth is not None:
            return state.bandwidth
        ever = self.presence(state).any(axis=1).to_numpy()
        return round(surfaces.scott_bandwidth(self.spots[ever]))

    def _of_surface(self, state: ViewState) -> ViewState:
        """The part of a state that its surfaces of all years depend on."""
        return replace(state.asked, bandwidth=self.bandwidth(state))

    def _outline(self, state: ViewState) -> Any:
        """What a surface spreads over: the chosen districts, or the city; EPSG:5179."""
        districts = self.shapes(Level.DISTRICT)
        chosen = districts[list(state.district)] if state.district else districts
        return shapely.coverage_union_all(chosen.to_numpy())

    def _make_densities(self, state: ViewState) -> tuple[surfaces.Grid, np.ndarray]:
        """The grid and, for each year, the density on it."""
        grid = surfaces.lay_grid(self._outline(state), self.bandwidth(state))
        present = self.presence(state).to_numpy(dtype=float)
        densities = [
            surfaces.kernel_density(self.spots, grid, self.bandwidth(state), weights)
            for weights in present.T
        ]
        return grid, np.asarray(densities, dtype=np.float32)

    def surface(self, state: ViewState) -> Surface:
        """The smoothed surface of a state's year."""
        drawn = replace(
            self._of_surface(state), year=state.year, scheme=state.scheme, classes=state.classes
        )
        return self._surface(drawn)

    def _make_surface(self, state: ViewState) -> Surface:
        grid, densities = self._densities(self._of_surface(state))
        year = self.atlas.years.index(state.year)
        density = densities[year].astype(float)
        bounds = np.asarray(self.classes(state).bounds)
        bands = surfaces.isobands(density, grid, bounds, self._outline(state))
        bands = bands.assign(**{"class": bands["band"] + 1, "groups_smoothed": bands["groups"]})
        present = self.presence(state)[state.year].to_numpy()
        return Surface(
            bands=bands[[*SURFACE_COLUMNS, "geometry"]],
            peaks=self._named(surfaces.peaks(density, grid, self.bandwidth(state), PEAKS)),
            bandwidth=self.bandwidth(state),
            cells=densities[year][grid.inside],
            cell_km2=grid.cell_km2,
            n=int(present.sum()),
            unplaced=int(present[self.spots.isna().to_numpy()].sum()),
        )

    def _named(self, peaks: gpd.GeoDataFrame) -> pd.DataFrame:
        """Summits with the code and the names of the neighbourhood that they lie in."""
        code = boundaries.locate(peaks.geometry, self.boundaries)["neighbourhood_code"]
        names = self.areas("neighbourhood")[["code", "name_ko", "name_en"]].reindex(code)
        return names.reset_index(drop=True).assign(value=peaks["value"]).dropna()

    def trend(self, state: ViewState) -> pd.DataFrame:
        """The measure by year for what the state looks at, beside the city's.

        Columns ``here`` and ``city``, index the years. ``here`` is the area looked at, or the
        chosen districts together; missing when neither was chosen. The city has the same
        filters but for the district.
        """
        city = self._whole(replace(state, district=()), tuple(self.choices.districts))
        here: Any = np.nan
        if state.area is not None:
            here = self.frames(replace(state, compare=None)).measured.loc[state.area]
        elif state.district:
            here = self._whole(state, state.district)
        return pd.DataFrame({"here": here, "city": city})

    def _whole(self, state: ViewState, districts: tuple[str, ...]) -> pd.Series[float]:
        """The measure of several districts taken together, by year."""
        counts = self.presence(state).sum().to_frame().T
        if state.measure == Measure.COUNT:
            return counts.iloc[0]
        sizes = self.size(replace(state, level="district"))
        size = sizes.loc[list(districts)].sum()
        if state.measure in RATIOS:
            city = self.presence(replace(state, district=())).sum()
            return (counts / (city * size / sizes.sum())).iloc[0]
        return rate(counts, size.to_frame().T).iloc[0]

    @cached_property
    def points(self) -> gpd.GeoDataFrame:
        """Where each placed group is drawn, EPSG:4326, with its number in ``order``.

        For an internal audience a group with a point stands on it. Otherwise it stands in its
        neighbourhood's sunflower: a disc around the label point, so regular that nobody takes
        it for an address. ``rank`` is a fixed random number by which a far view is thinned.
        """
        groups = self.atlas.groups
        placed = groups[groups["neighbourhood_code"].notna()]
        places = self.sunflowers(placed["neighbourhood_code"])
        if self.audience is Audience.INTERNAL:
            exact = placed["precision"] == Precision.POINT
            places = places.where(~exact, placed.geometry)
        frame = gpd.GeoDataFrame(
            {
                "order": np.flatnonzero(groups["neighbourhood_code"].notna()),
                "name": placed["name"],
                "category": placed["category"],
                "precision": placed["precision"],
                "district_code": placed["district_code"],
                "founded": placed["founded_year"],
                "rank": np.random.default_rng(0).permutation(len(placed)) / max(len(placed), 1),
            },
            geometry=places,
            crs=groups.crs,
        )
        return frame.to_crs(CRS_SHOWN).reset_index(drop=True)

    def sunflowers(self, code: pd.Series[str]) -> gpd.GeoSeries:
        """A spot for each code, EPSG:5179: those of one area around its label point.

        The code is of a neighbourhood or a district; without one there is no spot.
        """
        columns = ["code", "area_km2", "geometry"]
        areas = pd.concat([self.atlas.neighbourhoods[columns], self.atlas.districts[columns]])
        areas = gpd.GeoDataFrame(areas, crs=CRS).set_index("code")
        centres = areas.representative_point()
        everyone, code = code.index, code.dropna()
        turn = code.groupby(code).cumcount().to_numpy()
        crowd = code.map(code.value_counts()).to_numpy(dtype=float)
        disc = 0.5 * np.sqrt(code.map(areas["area_km2"]).to_numpy(dtype=float) / np.pi) * 1_000
        # 55 m apart, closer where the neighbourhood is too small for its groups.
        spacing = np.minimum(55.0, disc / np.sqrt(crowd))
        radius, angle = spacing * np.sqrt(turn), turn * GOLDEN_ANGLE
        x = code.map(centres.x).to_numpy(dtype=float) + radius * np.cos(angle)
        y = code.map(centres.y).to_numpy(dtype=float) + radius * np.sin(angle)
        return gpd.GeoSeries(gpd.points_from_xy(x, y), code.index, crs=CRS).reindex(everyone)


def _distinct(values: pd.Series[Any]) -> tuple[str, ...]:
    return tuple(sorted(values.dropna().unique()))
