"""How much of a place lies farther from every group than a walk."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from scipy.spatial import cKDTree

from geo.boundaries import Boundaries
from geo.measures.proximity import RADIUS_M, beyond
from geo.schema import CRS

CORNERS = 32
CIRCLE = CORNERS / 2 * np.sin(2 * np.pi / CORNERS)
"""The surface of a regular polygon of so many corners in a circle of radius one."""


def at(*places: tuple[float, float]) -> gpd.GeoSeries:
    """Groups there, EPSG:5179."""
    return gpd.GeoSeries([shapely.Point(place) for place in places], crs=CRS)


def boxes(**bounds: tuple[float, float, float, float]) -> gpd.GeoSeries:
    return gpd.GeoSeries({code: shapely.box(*sides) for code, sides in bounds.items()}, crs=CRS)


@pytest.fixture(scope="module")
def scattered(seoul: Boundaries) -> gpd.GeoSeries:
    """Three hundred groups anywhere in the rectangle around the city."""
    west, south, east, north = seoul.districts.total_bounds
    rng = np.random.default_rng(9)
    return gpd.GeoSeries.from_xy(
        rng.uniform(west, east, 300), rng.uniform(south, north, 300), crs=CRS
    )


def test_one_group_by_hand() -> None:
    """In the middle a circle is near, on a side half of one, in a corner a quarter; over 16 km²."""
    square = boxes(a=(0, 0, 4000, 4000))
    for place, part in (((2000, 2000), 1), ((0, 2000), 1 / 2), ((4000, 4000), 1 / 4)):
        near = part * CIRCLE * RADIUS_M**2 / 4000**2
        assert beyond(at(place), square)["a"] == pytest.approx(1 - near)


def test_shares_are_exact_at_both_ends() -> None:
    """Wholly within reach is 0, wholly beyond it 1, of whatever the circles were cut from."""
    areas = boxes(near=(0.1, 0.1, 500.3, 500.3), far=(9000, 9000, 9999, 9999))
    expected = pd.Series({"near": 0.0, "far": 1.0})
    pd.testing.assert_series_equal(beyond(at((250, 250), (300, 200)), areas), expected)
    assert beyond(at((250, 250), (300, 200)), areas).tolist() == [0, 1]


def test_a_group_across_the_border_counts() -> None:
    """It serves both sides alike, whichever it is recorded in."""
    found = beyond(at((1000, 500)), boxes(west=(0, 0, 1000, 1000), east=(1000, 0, 2000, 1000)))
    assert found["west"] == pytest.approx(found["east"])
    assert 0 < found["west"] < 1


@pytest.mark.parametrize(
    "points",
    [
        gpd.GeoSeries([], crs=CRS),
        gpd.GeoSeries([None, None], crs=CRS),
        gpd.GeoSeries([shapely.Point(), None], crs=CRS),
    ],
    ids=["none", "missing", "empty and missing"],
)
def test_without_points_all_is_beyond(points: gpd.GeoSeries) -> None:
    """Every area is 1."""
    found = beyond(points, boxes(a=(0, 0, 1, 1), b=(1, 0, 2, 1)))
    pd.testing.assert_series_equal(found, pd.Series({"a": 1.0, "b": 1.0}))


def test_points_that_are_missing_or_repeated_change_nothing(
    seoul: Boundaries, scattered: gpd.GeoSeries
) -> None:
    """Groups in the same building reach no farther than one of them."""
    more = pd.concat([scattered, scattered, gpd.GeoSeries([None, shapely.Point()], crs=CRS)])
    assert beyond(more, seoul.districts).equals(beyond(scattered, seoul.districts))


def test_an_area_without_a_polygon_has_no_share() -> None:
    """Missing, as is one without a surface; the others keep theirs, in their order."""
    areas = gpd.GeoSeries({"b": None, "c": shapely.Polygon(), "a": shapely.box(0, 0, 9, 9)})
    expected = pd.Series({"b": np.nan, "c": np.nan, "a": 0.0})
    pd.testing.assert_series_equal(beyond(at((5, 5)), areas), expected)


def test_no_areas() -> None:
    """Nothing is asked, nothing is said."""
    assert len(beyond(at((5, 5)), boxes())) == 0


def test_a_frame_is_as_good_as_its_polygons(seoul: Boundaries, scattered: gpd.GeoSeries) -> None:
    """On the index of either."""
    frame = seoul.districts.set_index("code")
    found = beyond(scattered, frame)
    assert found.index.equals(frame.index)
    pd.testing.assert_series_equal(found, beyond(scattered, frame.geometry))


def test_neighbourhoods_add_up_to_their_districts(
    seoul: Boundaries, scattered: gpd.GeoSeries
) -> None:
    """Weighed by their surface, within what their borders differ by."""
    parts = seoul.neighbourhoods
    left = (beyond(scattered, parts) * parts.area).groupby(parts["district_code"]).sum()
    whole = parts.area.groupby(parts["district_code"]).sum()
    districts = beyond(scattered, seoul.districts.set_index("code"))
    pd.testing.assert_series_equal(
        left / whole, districts.sort_index(), atol=1e-4, check_names=False
    )


def test_it_is_what_a_fine_net_of_spots_says(seoul: Boundaries, scattered: gpd.GeoSeries) -> None:
    """The share of 20,000 spots of each district whose nearest group is farther than 800 m."""
    tree = cKDTree(shapely.get_coordinates(scattered.array))
    rng = np.random.default_rng(1)
    districts = seoul.districts.set_index("code").geometry.iloc[:5]
    for code, share in beyond(scattered, districts).items():
        west, south, east, north = districts[code].bounds
        spots = rng.uniform([west, south], [east, north], (20_000, 2))
        spots = spots[shapely.contains_xy(districts[code], *spots.T)]
        assert share == pytest.approx((tree.query(spots)[0] > RADIUS_M).mean(), abs=0.02)


def test_more_groups_and_longer_walks_leave_less(
    seoul: Boundaries, scattered: gpd.GeoSeries
) -> None:
    """Never more than with fewer, or with a shorter one."""
    districts = seoul.districts
    here = beyond(scattered, districts)
    assert (beyond(scattered[:150], districts) >= here).all()
    assert (beyond(scattered, districts, 400) >= here).all()
    assert (beyond(scattered, districts, 50_000) == 0).all()


def test_a_map_of_another_scale() -> None:
    """Twice as large in all, radius included, moved elsewhere: the same share."""
    places = np.array([(100.0, 300.0), (700.0, 650.0), (1900.0, 100.0)])
    here = beyond(at(*places), boxes(a=(0, 0, 2000, 1000)), 500)
    there = beyond(at(*(2 * places + 7000)), boxes(a=(7000, 7000, 11000, 9000)), 1000)
    pd.testing.assert_series_equal(there, here)
