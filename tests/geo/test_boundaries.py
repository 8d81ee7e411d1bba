"""Boundaries: coverages that agree with the published figures."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geo import boundaries
from geo.boundaries import Boundaries
from geo.romanise import romanise
from geo.schema import CRS


def test_seoul_has_the_published_areas_and_residents(seoul: Boundaries) -> None:
    """467 neighbourhoods in 25 districts, 605.30 km², 10,197,604 residents."""
    districts, neighbourhoods = seoul.districts, seoul.neighbourhoods
    assert (len(districts), len(neighbourhoods)) == (25, 467)
    assert districts["area_km2"].sum() == pytest.approx(605.30, abs=0.005)
    assert districts["population"].sum() == 10_197_604
    names = districts.set_index("code")["name_ko"]
    assert names[["11290", "11320", "11350"]].tolist() == ["성북구", "도봉구", "노원구"]


@pytest.mark.parametrize("load", [boundaries.load, boundaries.load_simple])
def test_areas_are_a_coverage(load: object) -> None:
    """Neither gaps nor overlaps, in full and simplified; districts are made of neighbourhoods."""
    areas = load()  # type: ignore[operator]
    assert shapely.coverage_is_valid(areas.neighbourhoods.geometry.to_numpy())
    assert shapely.coverage_is_valid(areas.districts.geometry.to_numpy())
    parts = areas.neighbourhoods.area.groupby(areas.neighbourhoods["district_code"]).sum()
    assert parts.to_numpy() == pytest.approx(areas.districts.area.to_numpy())
    city = shapely.union_all(areas.neighbourhoods.geometry.to_numpy())
    holes = shapely.get_num_interior_rings(shapely.get_parts(city))
    assert holes.sum() == 0


def test_residents_of_neighbourhoods_add_up_to_their_district(seoul: Boundaries) -> None:
    """Shared out by area, in whole people."""
    parts = seoul.neighbourhoods.groupby("district_code")["population"].sum()
    assert parts.to_dict() == seoul.districts.set_index("code")["population"].to_dict()
    assert seoul.neighbourhoods["population_is_estimated"].all()


def test_share_by_area_worked_by_hand() -> None:
    """Ten people over areas of 1, 1 and 1 are 4, 3 and 3: whole, and ten together."""
    parts = pd.DataFrame({"district_code": ["D"] * 3, "area_km2": [1.0, 1.0, 1.0]})
    district = pd.DataFrame({"code": ["D"], "population": [10]})
    assert boundaries.share_by_area(parts, district).tolist() == [4, 3, 3]


def test_a_point_lies_where_the_map_says(seoul: Boundaries) -> None:
    """Suyu market in Suyu-dong, Banghagol in Banghak-dong; the sea nowhere."""
    points = gpd.GeoSeries(
        gpd.points_from_xy([127.0223, 127.0326, 126.0], [37.6315, 37.6693, 37.0]), crs=4326
    ).to_crs(CRS)
    found = boundaries.locate(points, seoul)
    assert found["neighbourhood_code"].fillna("-").tolist() == ["11305103", "11320106", "-"]
    assert found["district_code"].fillna("-").tolist() == ["11305", "11320", "-"]


def test_hexagons_cover_the_city(seoul: Boundaries) -> None:
    """Each point of the city is in one of them, and their residents are the city's."""
    hexagons = boundaries.hexagons(seoul)
    inside = seoul.neighbourhoods.representative_point()
    assert boundaries.cells(inside).isin(hexagons["code"]).all()
    assert hexagons["population"].sum() == pytest.approx(10_197_604, rel=1e-4)
    assert hexagons["code"].is_unique


@pytest.mark.parametrize(
    ("name", "latin"),
    [
        ("성산동", "Seongsan-dong"),
        ("청량리동", "Cheongnyangni-dong"),
        ("신문로1가", "Sinmunno 1-ga"),
        ("북아현동", "Bugahyeon-dong"),
        ("압구정동", "Apgujeong-dong"),
        ("상도1동", "Sangdo 1-dong"),
        ("세종로", "Sejongno"),
    ],
)
def test_names_are_romanised_as_on_signs(name: str, latin: str) -> None:
    """The Revised Romanization, by pronunciation."""
    assert romanise(name) == latin


def test_rebuilding_gives_the_committed_files(tmp_path: object) -> None:
    """Byte for byte."""
    boundaries.build(tmp_path)  # type: ignore[arg-type]
    for path in boundaries.DATA.glob("*.parquet"):
        assert (tmp_path / path.name).read_bytes() == path.read_bytes()  # type: ignore[operator]
