"""Blocks: what a public audience may know of a place, and nothing finer."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from benchmarks.attack import blocks as attack
from geo import administrative
from geo.atlas import Atlas
from geo.blocks import LEAST_BLOCK_M2, blocks_of, in_blocks, lay_blocks, scattered
from geo.boundaries import Boundaries
from geo.schema import CRS, Precision

GEUMCHEON, JONGNO, GASAN = "11545", "11110", "11545101"


@pytest.fixture(scope="module")
def units(sample: Atlas) -> gpd.GeoDataFrame:
    """Administrative neighbourhoods with polygons."""
    return attack.plausible_units(sample.districts, sample.administrative)


@pytest.fixture(scope="module")
def pieces(seoul: Boundaries, units: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return lay_blocks(seoul.neighbourhoods, units)


@pytest.fixture(scope="module", params=[False, True], ids=["names alone", "with boundaries"])
def twins(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Path]:
    """Two snapshots that differ by where in their blocks the groups of two districts are."""
    folder = tmp_path_factory.mktemp("twins")
    return attack.twins(folder, (GEUMCHEON, JONGNO), drawn=request.param)


def test_pieces_are_the_city_and_a_block_hides_what_is_in_it(
    seoul: Boundaries, pieces: gpd.GeoDataFrame
) -> None:
    """Pieces add up to the neighbourhoods; a block has one main piece, of 2 ha or more.

    All pieces of a block lie in one neighbourhood; only small ones, as the oldest streets of
    Jongno-gu have, are without any.
    """
    area = seoul.neighbourhoods.set_index("code").area
    laid = pieces.area.groupby(pieces["neighbourhood"]).sum()
    assert (laid.reindex(area.index) / area).between(0.999, 1.001).all()
    mains = pieces[pieces["is_main"]]
    assert mains["block"].is_unique
    assert set(mains["block"]) == set(pieces["block"].dropna())
    assert mains.area.min() >= LEAST_BLOCK_M2
    assert (pieces.groupby("block")["neighbourhood"].nunique() == 1).all()
    without = pieces["neighbourhood"][pieces["block"].isna()].unique()
    assert 0 < len(without) < 60
    assert area[without].max() < 10 * LEAST_BLOCK_M2


def test_a_small_part_belongs_to_the_nearest_block_of_its_neighbourhood(
    pieces: gpd.GeoDataFrame,
) -> None:
    """Of the same administrative neighbourhood, if that has any there."""
    mains = pieces[pieces["is_main"]].set_index("block")
    joined = pieces[pieces["block"].notna() & ~pieces["is_main"]]
    home = mains["unit"].reindex(joined["block"]).to_numpy()
    elsewhere = joined[joined["unit"].to_numpy() != home]
    blocks = mains.groupby(["neighbourhood", "unit"]).size()
    own = pd.MultiIndex.from_frame(elsewhere[["neighbourhood", "unit"]])
    assert 0 < len(elsewhere) < len(joined)
    assert not own.isin(blocks.index).any()


def test_a_spot_lies_in_its_shape_and_is_the_same_again() -> None:
    """In a ring, evenly: a quarter of the spots in each quarter; another name, another spot."""
    ring = shapely.Point(0, 0).buffer(100).difference(shapely.Point(0, 0).buffer(60))
    ids = pd.Series([f"g{number}" for number in range(4_000)])
    shapes = gpd.GeoSeries([ring] * len(ids), crs=CRS)
    spots = scattered(ids, shapes)
    assert shapely.contains_xy(ring, spots.x, spots.y).all()
    assert spots.geom_equals(scattered(ids, shapes)).all()
    assert spots.to_wkt().is_unique
    quarters = (spots.x > 0) * 2 + (spots.y > 0)
    assert quarters.value_counts(normalize=True).between(0.22, 0.28).all()
    sliver = shapely.Polygon([(0, 0), (1e6, 1e6), (1e6, 1e6 + 1e-3)])
    alone = scattered(ids[:1], gpd.GeoSeries([sliver], crs=CRS))
    assert alone[0] == sliver.representative_point()


def test_a_group_stands_in_its_block_and_keeps_what_is_no_place(
    sample: Atlas, seoul: Boundaries
) -> None:
    """Neither its neighbourhood nor anything else but the place changes; few lose theirs."""
    told = sample.public.groups
    exact = sample.groups["precision"] == Precision.POINT
    placed = told["precision"] == Precision.POINT
    assert told.geometry.notna().equals(placed)
    assert (exact & ~placed).sum() == 33
    assert (told["precision"][exact & ~placed] == Precision.NEIGHBOURHOOD).all()
    same = [name for name in told if name not in ("precision", "geometry")]
    pd.testing.assert_frame_equal(pd.DataFrame(told[same]), pd.DataFrame(sample.groups[same]))
    pieces = lay_blocks(seoul.neighbourhoods, sample.administrative[:0])
    before, after = blocks_of(sample.groups[placed], pieces), blocks_of(told[placed], pieces)
    assert before.equals(after)
    metres = sample.groups.geometry[placed].distance(told.geometry[placed])
    assert metres.min() > 0
    assert metres.quantile([0.5, 1]).between([60, 200], [200, 1_000]).all()


def test_nobody_lives_anywhere(sample: Atlas) -> None:
    """Homes of people are no part of what a public audience may see."""
    people = sample.public.people
    assert people[["district_code", "neighbourhood_code"]].isna().all(axis=None)
    others = ["person_id", "gender", "birth_year"]
    pd.testing.assert_frame_equal(people[others], sample.people[others])


def test_a_recorded_unit_without_boundaries_is_told_where_it_cuts_nothing(sample: Atlas) -> None:
    """Nobody can tell what else it leaves; of simulated groups nobody is exposed.

    Gasan-dong was always in one administrative neighbourhood, Doksan-dong in several.
    """
    groups = sample.groups[sample.groups["district_code"] == GEUMCHEON]
    groups = groups.assign(provenance="imported")
    told = in_blocks(
        groups, sample.neighbourhoods, sample.administrative, administrative.load_legal()
    )["administrative_code"]
    recorded, legal = groups["administrative_code"], groups["neighbourhood_code"]
    kept = legal.isna() | (legal == GASAN)
    assert legal[recorded.notna()].isin([GASAN, "11545102"]).any()
    pd.testing.assert_series_equal(told, recorded.where(kept))


def test_two_atlases_that_differ_inside_blocks_are_one_atlas_to_the_public(
    twins: tuple[Path, Path],
) -> None:
    """Every frame that a measure can see is equal, though all groups have moved."""
    one, other = (Atlas.open(path) for path in twins)
    moved = one.groups.geometry.distance(other.groups.geometry)
    assert moved.median() > 50
    for name in ("groups", "people", "applications", "memberships", "sites", "administrative"):
        pd.testing.assert_frame_equal(
            pd.DataFrame(getattr(one.public, name)), pd.DataFrame(getattr(other.public, name))
        )


def test_what_areas_share_around_a_group_is_two_hectares(twins: tuple[Path, Path]) -> None:
    """Legal and administrative neighbourhood and hexagons of all sizes, laid over each other."""
    small, groups = attack.too_small(twins[0])
    assert (small, groups > 250) == (0, True)


def test_a_unit_that_leaves_too_little_of_a_neighbourhood_is_not_told(
    sample: Atlas, units: gpd.GeoDataFrame, pieces: gpd.GeoDataFrame
) -> None:
    """Of groups known to their neighbourhood alone, too; where one holds it whole, it is."""
    groups = attack.recorded_where_they_are(
        {"groups": sample.groups}, units[["code", "geometry"]]
    ).assign(precision=Precision.NEIGHBOURHOOD)
    told = in_blocks(groups, sample.neighbourhoods, units, administrative.load_legal())[
        "administrative_code"
    ]
    shared = pieces.area.groupby([pieces["neighbourhood"], pieces["unit"]]).sum()
    recorded = groups[["neighbourhood_code", "administrative_code"]].dropna()
    left = shared.reindex(pd.MultiIndex.from_frame(recorded)).fillna(0).to_numpy()
    whole = sample.neighbourhoods.set_index("code").area[recorded["neighbourhood_code"]].to_numpy()
    kept = told[recorded.index].notna()
    assert 0 < (~kept).sum() < 400
    assert np.array_equal(kept, (left >= LEAST_BLOCK_M2) | (left > 0.999 * whole))
