"""Whether any answer tells a group's place more exactly than its block.

Two atlases that differ by moving every group inside its block must answer alike, to the byte; and
whatever areas a reader lays over each other must share 2 ha or more around every group.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import orjson
import pandas as pd
import shapely
from fastapi.testclient import TestClient

from benchmarks.attack.rows import Row
from dashboard.queries import Queries
from dashboard.server import build, opened
from dashboard.settings import Settings
from dashboard.state import QUESTIONS, ViewState, default
from geo import administrative
from geo.atlas import Atlas, write_snapshot
from geo.blocks import LEAST_BLOCK_M2, RESOLUTIONS, blocks_of, lay_blocks
from geo.schema import CRS, TABLES, Level, Precision, Provenance

SAMPLE = Path("data/sample")
PATHS = (
    *(f"density?level={level}&count={count}&year={year}" for level in Level
      for count in ("cumulative", "new") for year in (2013, 2017) if level != Level.SURFACE),
    "density?level=hex9&format=csv", "surface?bandwidth=200", "surface?bandwidth=1000&year=2013",
    "groups", "clusters", "clusters?table=members&smallest=5", "clusters?year=2013&smallest=5",
    "clusters?format=geojson&smallest=5", "nearby?radius=200", "nearby?radius=800",
    "autocorrelation?level=hex8", "autocorrelation?statistic=gi&level=hex7",
    "spread?level=hex8", "spread?question=centre", "spread?question=nearness&year=2013",
    "spread?question=rise", "network?place=suyu-market", "cohesion", "crosswalk",
    "silos?question=concentration&table=beyond&per=area", "funnel?level=neighbourhood",
)  # fmt: skip
"""Of the API: every question that rests on places, in the finest way to ask it."""


def run(districts: tuple[str, ...] = ()) -> list[Row]:
    """Both attacks on the sample, or on some of its districts; names of units and drawn ones."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for name, drawn in (("names alone", False), ("with boundaries", True)):
            first, second = twins(Path(folder) / name, districts, drawn=drawn)
            for what, ask in (("pages", pages), ("answers of the API", answers)):
                differing, asked = compare(first, second, ask)
                told = f"{len(differing)} of {asked}{''.join(f'; {one}' for one in differing[:3])}"
                title = f"{what} that see inside a block, {name}"
                rows.append(Row(title, told, "0", not differing))
        small, groups = too_small(first)
        rows.append(Row("groups in less than 2 ha", f"{small} of {groups}", "0", small == 0))
    return rows


def twins(folder: Path, districts: tuple[str, ...], *, drawn: bool) -> tuple[Path, Path]:
    """Two snapshots of the sample that differ by where in their blocks the groups are."""
    tables = part_of(Atlas.open(SAMPLE), districts)
    if drawn:
        units = plausible_units(tables["districts"], tables["administrative"])
        tables |= {"administrative": units, "groups": recorded_where_they_are(tables, units)}
    places = []
    for name, groups in (("one", tables["groups"]), ("other", moved(tables))):
        places.append(folder / name)
        write_snapshot(
            tables | {"groups": groups}, folder / name, name="attacked", made_from="the sample",
            provenance=Provenance.SIMULATED, made_at=datetime(2026, 1, 1, tzinfo=UTC),
        )  # fmt: skip
    return places[0], places[1]


def part_of(atlas: Atlas, districts: tuple[str, ...]) -> dict[str, pd.DataFrame]:
    """The tables of a snapshot with the groups of some districts alone; of all, without any."""
    tables: dict[str, Any] = {name: getattr(atlas, name) for name in TABLES}
    if districts:
        groups = atlas.groups[atlas.groups["district_code"].isin(districts)]
        of = atlas.applications["group_id"].isin(groups["group_id"])
        applications = atlas.applications[of]
        named = atlas.memberships["application_id"].isin(applications["application_id"])
        memberships = atlas.memberships[named]
        people = atlas.people[atlas.people["person_id"].isin(memberships["person_id"])]
        tables |= {
            "groups": groups, "applications": applications, "memberships": memberships,
            "people": people,
        }  # fmt: skip
    return {name: table.reset_index(drop=True) for name, table in tables.items()}


def plausible_units(districts: gpd.GeoDataFrame, units: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Administrative neighbourhoods of 2017 with polygons that an office might have drawn.

    Each is what of its district lies nearest to a spot of its own.
    """
    rng, found = np.random.default_rng(1), []
    units = units[administrative.valid_in(units, 2017)].reset_index(drop=True)
    for code, own in units.groupby("district_code"):
        shape = districts.set_index("code").geometry[code]
        spots = np.array([_anywhere(shape, rng) for _ in own["code"]])
        cells = shapely.get_parts(
            shapely.voronoi_polygons(shapely.multipoints(spots), extend_to=shape.envelope)
        )
        order = shapely.STRtree(cells).query(spots, predicate="intersects")[1]
        found.append(gpd.GeoSeries(shapely.intersection(cells[order], shape), own.index, crs=CRS))
    drawn = units.set_geometry(pd.concat(found).reindex(units.index))
    return drawn.assign(area_km2=drawn.area / 1e6)


def recorded_where_they_are(tables: Mapping[str, Any], units: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Groups with the unit that their point lies in; the others keep what was recorded."""
    groups = tables["groups"]
    group, unit = units.sindex.query(groups.geometry.to_numpy(), predicate="intersects")
    inside = pd.Series(units["code"].to_numpy()[unit], groups.index[group])
    inside = inside[~inside.index.duplicated()].reindex(groups.index)
    recorded = groups["administrative_code"].where(
        groups["administrative_code"].isin(units["code"])
    )
    return groups.assign(administrative_code=inside.fillna(recorded))


def moved(tables: Mapping[str, Any]) -> gpd.GeoDataFrame:
    """Groups elsewhere in what their block has of both their neighbourhoods."""
    rng, groups, units = np.random.default_rng(2), tables["groups"], tables["administrative"]
    drawn = units[units.geometry.notna()].reset_index(drop=True)
    pieces = lay_blocks(tables["neighbourhoods"], drawn)
    exact = groups[groups["precision"] == Precision.POINT]
    places = groups.geometry.copy()
    of_block = dict(list(pieces.groupby(["block", "neighbourhood"])))
    for index, block in blocks_of(exact, pieces).dropna().items():
        row = groups.loc[index]
        own = of_block[block, row["neighbourhood_code"]]
        if len(drawn):
            own = own[own["unit"] == row["administrative_code"]]
        if len(own):
            places[index] = _anywhere(shapely.union_all(own.geometry.to_numpy()), rng)
    return groups.set_geometry(places)


def _anywhere(shape: shapely.Geometry, rng: np.random.Generator) -> shapely.Point:
    """A spot of a shape, a step inside its lines."""
    inner = shape.buffer(-1)
    inner = shape if inner.is_empty else inner
    west, south, east, north = inner.bounds
    for _ in range(200):
        x, y = rng.uniform((west, south), (east, north))
        if shapely.contains_xy(inner, x, y):
            return shapely.Point(x, y)
    return inner.representative_point()


def compare(
    first: Path, second: Path, ask: Callable[[Settings], Iterator[tuple[str, bytes]]]
) -> tuple[list[str], int]:
    """What two snapshots answer differently but for their hashes; how much was asked."""
    differing, asked = [], 0
    hashes = [Atlas.open(path).hash.encode() for path in (first, second)]
    with tempfile.TemporaryDirectory() as cache:
        one, other = (ask(Settings(atlas=path, cache=Path(cache))) for path in (first, second))
        for (path, here), (_, there) in zip(one, other, strict=True):
            asked += 1
            if here.replace(hashes[0], b"") != there.replace(hashes[1], b""):
                differing.append(path)
    return differing, asked


def pages(settings: Settings) -> Iterator[tuple[str, bytes]]:
    """Every question of the page as plain data, and the dots on its map."""
    atlas = opened(settings)
    for state in states(atlas.queries):
        sheet = atlas.sheets.of(state)
        yield f"?{sheet.query}", orjson.dumps(vars(sheet), _plain, orjson.OPT_SERIALIZE_NUMPY)
    yield "points", atlas.shapes.content("points")


def answers(settings: Settings) -> Iterator[tuple[str, bytes]]:
    """The API in its finest ways: what was asked, and the answer."""
    with TestClient(build(settings), base_url="http://127.0.0.1:8050") as client:
        for path in PATHS:
            yield path, client.get(f"/api/v1/{path}").raise_for_status().content


def _plain(frame: Any) -> Any:
    """What a sheet holds beside plain data: bands of a surface, states, mappings."""
    return frame.to_json() if isinstance(frame, gpd.GeoDataFrame) else dict(frame)


def states(queries: Queries) -> Iterator[ViewState]:
    """Each question as it is asked by default, of one year more, and of one category."""
    choices = queries.choices
    for question in QUESTIONS:
        usual = default(choices, question)
        yield usual
        yield replace(usual, year=choices.years[1])
        yield replace(usual, category=choices.categories[:1])


def too_small(snapshot: Path) -> tuple[int, int]:
    """Groups around whom all areas that a reader may lay over each other share less than 2 ha.

    A neighbourhood that is itself smaller stays, if nothing cuts it.
    """
    queries = Queries(Atlas.open(snapshot))
    told = pd.DataFrame(queries.atlas.groups[["neighbourhood_code", "administrative_code"]])
    shapes = {
        "neighbourhood_code": queries.shapes(Level.NEIGHBOURHOOD),
        "administrative_code": queries.shapes(Level.ADMINISTRATIVE),
    }
    for resolution in RESOLUTIONS:
        level = Level(f"hex{resolution}")
        told[level], shapes[level] = queries.area_of(level), queries.shapes(level)
    told = told[told["neighbourhood_code"].notna()]
    home = shapes.pop("neighbourhood_code").reindex(told["neighbourhood_code"]).to_numpy()
    shared = home.copy()
    for name, areas in shapes.items():
        other = areas.reindex(told[name]).to_numpy()
        met = ~shapely.is_missing(other)
        shared[met] = shapely.intersection(shared[met], other[met])
    left, whole = shapely.area(shared), shapely.area(home)
    return int(((left < LEAST_BLOCK_M2) & (left < whole - 1_000)).sum()), len(told)
