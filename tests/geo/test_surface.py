"""The smoothed surface keeps its total and smooths as a Gaussian does."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo.atlas import Atlas
from geo.boundaries import Boundaries
from geo.measures.classes import class_bounds
from geo.measures.surface import isobands, kernel_density, lay_grid, peaks, scott_bandwidth
from geo.schema import CRS, Scheme

SQUARE = shapely.box(0, 0, 20_000, 20_000)


@pytest.fixture(scope="module")
def outline(seoul: Boundaries) -> shapely.Geometry:
    return shapely.coverage_union_all(seoul.districts.geometry.to_numpy())


@pytest.mark.parametrize("bandwidth", [200, 600, 1_750, 5_000])
def test_the_surface_integrates_to_the_number_of_groups(
    sample: Atlas, outline: shapely.Geometry, bandwidth: int
) -> None:
    """Within 1 %, whatever the bandwidth, the city's border notwithstanding."""
    points = sample.groups.geometry
    grid = lay_grid(outline, bandwidth)
    density = kernel_density(points, grid, bandwidth)
    total = density[grid.inside].sum() * grid.cell_km2
    assert total == pytest.approx(points.notna().sum(), rel=0.01)


def test_a_group_far_from_the_border_is_a_gaussian() -> None:
    """1 / 2πh² at the summit, and as the formula has it a bandwidth away."""
    grid = lay_grid(SQUARE, 800)
    middle = float(grid.x[len(grid.x) // 2])
    density = kernel_density(gpd.GeoSeries([shapely.Point(middle, middle)], crs=CRS), grid, 800)
    x, y = np.meshgrid(grid.x - middle, grid.y - middle)
    exact = np.exp(-(x**2 + y**2) / (2 * 800**2)) / (2 * np.pi * 0.8**2)
    assert abs(density - exact).max() < 0.002 * exact.max()


def test_a_group_at_the_border_counts_in_full() -> None:
    """In a corner a kernel is four times as high; weights count points several times."""
    grid = lay_grid(SQUARE, 800)
    corner = gpd.GeoSeries([shapely.Point(10, 10), None], crs=CRS)
    density = kernel_density(corner, grid, 800, np.array([3, 1]))
    assert density[grid.inside].sum() * grid.cell_km2 == pytest.approx(3)
    assert density[grid.inside].max() == pytest.approx(4 * 3 / (2 * np.pi * 0.8**2), rel=0.2)


def test_isobands_cover_the_city_once(sample: Atlas, outline: shapely.Geometry) -> None:
    """Their areas add up to the city's, their groups to all; they do not overlap."""
    grid = lay_grid(outline, 800)
    density = kernel_density(sample.groups.geometry, grid, 800)
    bands = isobands(density, grid, class_bounds(density[grid.inside], Scheme.NATURAL, 5), outline)
    assert bands["band"].tolist() == [0, 1, 2, 3, 4]
    assert bands["area_km2"].sum() == pytest.approx(outline.area / 1e6, rel=1e-6)
    assert shapely.union_all(bands.geometry.to_numpy()).area == pytest.approx(
        outline.area, rel=1e-6
    )
    assert bands["groups"].sum() == pytest.approx(sample.groups.geometry.notna().sum(), rel=1e-3)
    middle = density[grid.inside & (density > bands["low"][3]) & (density <= bands["high"][3])]
    assert bands["area_km2"][3] == pytest.approx(middle.size * grid.cell_km2, rel=0.02)


def test_summits_are_the_highest_spots() -> None:
    """Two heaps have two, the larger first."""
    points = gpd.GeoSeries(
        [shapely.Point(5_000, 5_000)] * 3 + [shapely.Point(15_000, 15_000)] * 5, crs=CRS
    )
    grid = lay_grid(SQUARE, 800)
    found = peaks(kernel_density(points, grid, 800), grid, 800, 6)
    assert [(round(p.x, -3), round(p.y, -3)) for p in found.geometry] == [
        (15_000, 15_000), (5_000, 5_000),
    ]  # fmt: skip


def test_the_usual_bandwidth_follows_the_points() -> None:
    """Twice as spread, twice as wide; few points get a kilometre, many a narrow kernel."""
    rng = np.random.default_rng(0)
    near = gpd.GeoSeries.from_xy(*rng.normal(0, 4_000, (2, 500)), crs=CRS)
    far = gpd.GeoSeries.from_xy(near.x * 2, near.y * 2, crs=CRS)
    assert scott_bandwidth(near) == pytest.approx(4_000 * 500 ** (-1 / 6), abs=75)
    assert scott_bandwidth(far) == pytest.approx(2 * scott_bandwidth(near), abs=50)
    assert scott_bandwidth(near.iloc[:1]) == 1_000
