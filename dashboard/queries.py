"""ViewState -> tidy tables: the one place where measures meet the atlas.

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

from dashboard.state import Choices, ViewState
from dashboard.tables import DENSITY_COLUMNS, GROUP_COLUMNS, Density, Frames
from geo import boundaries
from geo.atlas import Atlas
from geo.measures.density import count_by_area, presence, rate
from geo.schema import CRS_SHOWN, Audience, Count, Level, Measure, Outcome, Precision

KEPT_ANSWERS = 256
"""States whose tables stay in memory; one of 467 neighbourhoods takes some 100 KB."""
GOLDEN_ANGLE = np.pi * (3 - np.sqrt(5))


class Queries:
    """Questions that a view may ask of one snapshot."""

    def __init__(self, atlas: Atlas, audience: Audience = Audience.PUBLIC) -> None:
        self.atlas = atlas
        self.audience = audience
        keep: Callable[[Any], Any] = lru_cache(maxsize=KEPT_ANSWERS)
        self._frames = keep(self._make_frames)
        self._presence = keep(self._make_presence)
        self._areas = keep(self._make_areas)

    @cached_property
    def choices(self) -> Choices:
        """What this snapshot offers to choose from."""
        applications, groups = self.atlas.applications, self.atlas.groups
        offered = set(applications["outcome"])
        return Choices(
            years=tuple(self.atlas.years),
            districts=tuple(self.atlas.districts["code"]),
            programmes=_distinct(applications["programme"]),
            outcomes=tuple(str(outcome) for outcome in Outcome if outcome in offered),
            categories=_distinct(groups["category"]),
            departments=_distinct(applications["department"]),
            areas=frozenset(
                code
                for level in (Level.DISTRICT, Level.NEIGHBOURHOOD)
                for code in self.areas(level).index
            ),
            snapshot=self.atlas.hash,
        )

    def areas(self, level: str) -> pd.DataFrame:
        """The areas of a level, index ``code``: names, district, km², residents."""
        return self._areas(str(level))

    def _make_areas(self, level: str) -> pd.DataFrame:
        if level == Level.HEX8:
            frame = self.hexagons
        elif level == Level.DISTRICT:
            frame = self.atlas.districts.assign(district_code=self.atlas.districts["code"])
        else:
            frame = self.atlas.neighbourhoods
        return pd.DataFrame(frame.drop(columns="geometry")).set_index("code", drop=False)

    def shapes(self, level: str) -> gpd.GeoSeries:
        """Polygons of a level by code, EPSG:5179."""
        frames = {Level.DISTRICT: "districts", Level.NEIGHBOURHOOD: "neighbourhoods"}
        frame = self.hexagons if level == Level.HEX8 else getattr(self.atlas, frames[Level(level)])
        return gpd.GeoSeries(frame.set_index("code").geometry)

    @cached_property
    def boundaries(self) -> boundaries.Boundaries:
        return boundaries.Boundaries(self.atlas.districts, self.atlas.neighbourhoods)

    @cached_property
    def hexagons(self) -> gpd.GeoDataFrame:
        """H3 cells of resolution 8 that meet the city, EPSG:5179."""
        return boundaries.hexagons(self.boundaries, 8)

    @cached_property
    def _area_of(self) -> pd.DataFrame:
        """Code of each group's area by level, missing where it is not known that exactly."""
        groups = self.atlas.groups
        exact = groups["precision"] == Precision.POINT
        return pd.DataFrame(
            {
                Level.DISTRICT: groups["district_code"],
                Level.NEIGHBOURHOOD: groups["neighbourhood_code"],
                Level.HEX8: boundaries.cells(groups.geometry[exact], 8).reindex(groups.index),
            }
        )

    def _matching(self, state: ViewState) -> pd.Series[bool] | None:
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
        return self._presence(
            ViewState(
                year=0,
                count=state.count,
                district=state.district,
                programme=state.programme,
                outcome=state.outcome,
                category=state.category,
                department=state.department,
            )
        )

    def _make_presence(self, state: ViewState) -> pd.DataFrame:
        groups = self.atlas.groups
        present = presence(
            groups,
            self.atlas.applications,
            self.atlas.years,
            Count(state.count),
            self._matching(state),
        )
        if state.district:
            present &= groups["district_code"].isin(state.district).to_numpy()[:, None]
        return present

    def frames(self, state: ViewState) -> Frames:
        """Every year of what a state asks for."""
        return self._frames(state.asked)

    def _make_frames(self, state: ViewState) -> Frames:
        areas = self.areas(state.level)
        present = self.presence(state)
        groups = count_by_area(present, self._area_of[Level(state.level)], list(areas.index))
        measured = rate(groups, areas, Measure(state.measure))
        values = measured
        if state.compare is not None:
            values = measured.sub(measured[state.compare], axis=0)
        inside = pd.Series(True, index=areas.index)
        if state.district:
            inside = areas["district_code"].isin(state.district) | (groups > 0).any(axis=1)
        n = present.sum()
        return Frames(
            areas=areas,
            inside=inside,
            groups=groups,
            measured=measured,
            values=values,
            n=n,
            unplaced=n - groups.sum(),
        )

    def density(self, state: ViewState) -> Density:
        """The table of one state: a row for each area in sight, in the order of codes.

        ``groups`` is the number of groups of the year; ``value`` the measure asked for, or
        its difference to the year compared with; ``rank`` the place of the value among the
        rows, ties sharing the better one; ``change`` the measure's difference to the year
        before, missing in the first. Residents below the district are estimated by area.
        """
        frames, year = self.frames(state), state.year
        rows = frames.areas[frames.inside].assign(
            groups=frames.groups[year],
            value=frames.values[year],
            rank=frames.ranks[year].astype("Int64"),
            change=frames.changes[year],
        )
        columns = list(DENSITY_COLUMNS)
        if state.compare is not None:
            rows["groups_compared"] = frames.groups[state.compare]
            columns.append("groups_compared")
        return Density(
            rows[columns].reset_index(drop=True),
            int(frames.n[year]),
            int(frames.unplaced[year]),
        )

    def groups(self, state: ViewState) -> pd.DataFrame:
        """The groups that count in a state, with GROUP_COLUMNS, in the order of their ids."""
        present = self.presence(state)[state.year].to_numpy()
        return self.atlas.groups.loc[present, list(GROUP_COLUMNS)].reset_index(drop=True)

    def trend(self, state: ViewState) -> pd.DataFrame:
        """The measure by year for what the state looks at, beside the city's.

        Columns ``here`` and ``city``, index the years. ``here`` is the area looked at, or the
        chosen districts together; missing when neither was chosen. The city has the same
        filters but for the district.
        """
        city = self._whole(replace(state, district=()), tuple(self.choices.districts))
        here = pd.Series(np.nan, index=city.index)
        if state.area is not None:
            level = "district" if state.area in self.areas("district").index else "neighbourhood"
            asked = replace(state, level=level, compare=None, district=())
            groups = self.frames(asked).groups.loc[[state.area]]
            area = self.areas(level).loc[[state.area]]
            here = rate(groups, area, Measure(state.measure)).iloc[0]
        elif state.district:
            here = self._whole(state, state.district)
        return pd.DataFrame({"here": here, "city": city})

    def _whole(self, state: ViewState, districts: tuple[str, ...]) -> pd.Series[float]:
        """The measure of several districts taken together, by year."""
        areas = self.areas("district").loc[list(districts), ["area_km2", "population"]]
        counts = self.presence(state).sum().to_frame().T
        return rate(counts, areas.sum().to_frame().T, Measure(state.measure)).iloc[0]

    @cached_property
    def points(self) -> gpd.GeoDataFrame:
        """Where each placed group is drawn, EPSG:4326, with its number in ``order``.

        For an internal audience a group with a point stands on it. Otherwise it stands in its
        neighbourhood's sunflower: a disc around the label point, so regular that nobody takes
        it for an address. ``rank`` is a fixed random number by which a far view is thinned.
        """
        groups = self.atlas.groups
        placed = groups[groups["neighbourhood_code"].notna()]
        places = self._sunflowers(placed)
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

    def _sunflowers(self, placed: gpd.GeoDataFrame) -> gpd.GeoSeries:
        areas = self.atlas.neighbourhoods.set_index("code")
        centres = areas.representative_point()
        code = placed["neighbourhood_code"]
        turn = placed.groupby(code).cumcount().to_numpy()
        crowd = code.map(code.value_counts()).to_numpy(dtype=float)
        disc = 0.5 * np.sqrt(code.map(areas["area_km2"]).to_numpy(dtype=float) / np.pi) * 1_000
        # 55 m apart, closer where the neighbourhood is too small for its groups.
        spacing = np.minimum(55.0, disc / np.sqrt(crowd))
        radius, angle = spacing * np.sqrt(turn), turn * GOLDEN_ANGLE
        x = code.map(centres.x).to_numpy(dtype=float) + radius * np.cos(angle)
        y = code.map(centres.y).to_numpy(dtype=float) + radius * np.sin(angle)
        return gpd.GeoSeries(gpd.points_from_xy(x, y), index=placed.index, crs=placed.crs)


def _distinct(values: pd.Series[Any]) -> tuple[str, ...]:
    return tuple(sorted(values.dropna().unique()))
