"""How dense groups are around every spot, without the borders of areas."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.schema import CRS

CELLS_M = (50.0, 250.0)
"""Narrowest and widest cells."""
CELLS_A_BANDWIDTH = 5
BANDWIDTHS_M = (200, 5_000)
REACH = 4.0
"""Standard deviations after which a kernel ends; what lies beyond is 0.03 % of it."""


@dataclass(frozen=True)
class Grid:
    """Square cells over a city and the kernels' reach around it, EPSG:5179.

    ``x`` and ``y`` are the centres' coordinates (metres, ascending); ``inside``, of shape
    (len(y), len(x)), tells which centres lie in the city; ``cell_m`` is a cell's side.
    """

    x: np.ndarray
    y: np.ndarray
    inside: np.ndarray
    cell_m: float

    @property
    def cell_km2(self) -> float:
        return (self.cell_m / 1_000) ** 2


def lay_grid(outline: shapely.Geometry, bandwidth_m: float) -> Grid:
    """Cells over an outline (EPSG:5179) and four bandwidths around it.

    Five cells make a bandwidth, as far as they are 50 to 250 m wide.
    """
    cell = float(np.clip(bandwidth_m / CELLS_A_BANDWIDTH, *CELLS_M))
    margin = REACH * bandwidth_m
    west, south, east, north = outline.bounds
    x = np.arange(west - margin, east + margin, cell) + cell / 2
    y = np.arange(south - margin, north + margin, cell) + cell / 2
    shapely.prepare(outline)
    inside = shapely.contains_xy(outline, *np.meshgrid(x, y))
    return Grid(x, y, inside, cell)


def scott_bandwidth(points: gpd.GeoSeries) -> float:
    """The width of a kernel that suits so many points so widely spread, in metres.

    Formula:
        h = n^(−1/6) · √((s_x² + s_y²) / 2), s being the standard deviations of the coordinates.

    Source:
        Scott (1992), Multivariate Density Estimation, rule 6.42 for two dimensions.

    Assumes:
        Points spread about like a normal distribution.

    Limits:
        Where points gather in several clusters the rule is on the smooth side: try half of it.

    Args:
        points: in any coordinate system that is named; missing ones are passed over.

    Returns:
        Metres, rounded to 50 m and kept from 200 to 5,000 m; 1,000 m for fewer than two points.

    >>> corners = gpd.GeoSeries.from_xy([0, 6000, 0, 6000], [0, 0, 6000, 6000], crs="EPSG:5179")
    >>> scott_bandwidth(corners)
    2750.0
    """
    known = points.dropna().to_crs(CRS)
    if len(known) < 2:
        return 1_000.0
    spread = np.sqrt((known.x.var() + known.y.var()) / 2)
    return float(np.clip(round(spread * len(known) ** (-1 / 6) / 50) * 50, *BANDWIDTHS_M))


def kernel_density(
    points: gpd.GeoSeries, grid: Grid, bandwidth_m: float, weights: np.ndarray | None = None
) -> np.ndarray:
    """Groups per square kilometre around each cell of a grid.

    Formula:
        λ(s) = Σᵢ k_h(s − xᵢ) / e(xᵢ), with the Gaussian kernel
        k_h(d) = exp(−|d|² / 2h²) / (2πh²) and e(xᵢ) the part of the kernel at xᵢ that lies in
        the city.

    Source:
        Diggle (1985), A kernel method for smoothing point process data; the correction at the
        edge in the form of Jones (1993), Simple boundary correction for kernel density
        estimation, which keeps the total.

    Assumes:
        What lies just outside the city is unknown, not empty: a kernel that would reach beyond
        the border is made larger inside instead.

    Limits:
        The bandwidth makes the picture: a wide one hides clusters, a narrow one invents them.
        Mountains and rivers are crossed as if people lived there. Groups known only to their
        neighbourhood or district are left out. For a public audience groups stand
        somewhere in their block of 2 ha or more.

    Args:
        points: in any coordinate system that is named; missing ones are left out, and one
            outside the city counts where the city is nearest to it.
        grid: laid for the bandwidth.
        bandwidth_m: standard deviation of the kernel, metres, 200 or more.
        weights: how often each point counts; once without them.

    Returns:
        Per km², of the grid's shape; the sum over the city times the cells' area is the number
        of the points.
    """
    from scipy.ndimage import gaussian_filter

    known = points.to_crs(CRS)
    there = known.notna().to_numpy()
    often = np.ones(len(known)) if weights is None else np.asarray(weights, dtype=float)
    counts = _binned(known[there], often[there], grid)
    inside = grid.inside.astype(float)

    def smooth(cells: np.ndarray) -> np.ndarray:
        width = bandwidth_m / grid.cell_m
        return np.asarray(gaussian_filter(cells, width, mode="constant", truncate=REACH))

    part = smooth(inside)
    corrected = np.divide(counts, part, out=np.zeros_like(counts), where=grid.inside)
    return smooth(corrected) / grid.cell_km2


def _binned(points: gpd.GeoSeries, weights: np.ndarray, grid: Grid) -> np.ndarray:
    """Points by cell; those in a cell whose centre is outside go to the nearest one inside."""
    from scipy.ndimage import distance_transform_edt

    nearest = distance_transform_edt(~grid.inside, return_distances=False, return_indices=True)
    row, column = (
        np.clip((values - axis[0]) / grid.cell_m + 0.5, 0, len(axis) - 1).astype(int)
        for values, axis in ((points.y.to_numpy(), grid.y), (points.x.to_numpy(), grid.x))
    )
    counts = np.zeros(grid.inside.shape)
    np.add.at(counts, tuple(nearest[:, row, column]), weights)
    return counts


def isobands(
    density: np.ndarray, grid: Grid, bounds: np.ndarray, outline: shapely.Geometry
) -> gpd.GeoDataFrame:
    """The surface as polygons: a row for each class that is there, from the lowest.

    Lines between the classes are isolines by marching squares, linear between the centres of
    cells, less the corners that a quarter of a cell would hide; the bands are a coverage.

    Args:
        density: per km², of the grid's shape.
        grid: its cells.
        bounds: upper bounds of the classes, ascending.
        outline: of the city, EPSG:5179.

    Returns:
        EPSG:5179, no row without bounds; columns ``band`` (0 for the lowest), ``low`` and
        ``high`` (per km²), ``groups`` (what the surface adds up to in the cells of the band),
        ``area_km2`` and the polygon.
    """
    from contourpy import FillType, contour_generator

    if not len(bounds):
        columns = {"band": "int64", "low": "float64", "high": "float64", "groups": "float64"}
        frame = pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in columns.items()})
        nothing = gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries([], crs=CRS))
        return nothing.assign(area_km2=nothing.area)
    drawn = contour_generator(grid.x, grid.y, density, fill_type=FillType.OuterOffset)
    low = np.concatenate([[-np.inf], bounds[:-1]])
    high = np.concatenate([bounds[:-1], [np.inf]])
    shapes, rows = [], []
    for band, (least, most) in enumerate(zip(low, high, strict=True)):
        found: tuple[list[np.ndarray], list[np.ndarray]] = drawn.filled(least, most)  # type: ignore[assignment]  # so with OuterOffset
        polygons = [
            shapely.Polygon(ring[holes[0] : holes[1]], [ring[a:b] for a, b in pairwise(holes[1:])])
            for ring, holes in zip(*found, strict=True)
        ]
        shape = shapely.intersection(shapely.make_valid(shapely.union_all(polygons)), outline)
        cells = density[grid.inside & (density > least) & (density <= most)]
        if shape.area:
            shapes.append(shape)
            rows.append((band, max(least, 0.0), bounds[band], cells.sum() * grid.cell_km2))
    # Corners of a quarter of a cell say nothing; lines that two bands share stay shared.
    thinned = shapely.coverage_simplify(
        shapely.coverage_clean(shapes), grid.cell_m / 4, simplify_boundary=False
    )
    table = pd.DataFrame(rows, columns=["band", "low", "high", "groups"])
    frame = gpd.GeoDataFrame(table, geometry=thinned, crs=CRS)
    return frame.assign(area_km2=frame.area / 1e6)


def peaks(density: np.ndarray, grid: Grid, bandwidth_m: float, most: int) -> gpd.GeoDataFrame:
    """The summits of a surface, highest first: each the highest spot within two bandwidths.

    Returns:
        EPSG:5179, column ``value`` (per km²) and the point; at most ``most`` rows.
    """
    from scipy.ndimage import maximum_filter

    inside = np.where(grid.inside, density, 0)
    around = maximum_filter(inside, size=2 * int(2 * bandwidth_m / grid.cell_m) + 1)
    row, column = np.nonzero((inside == around) & (inside > 0))
    frame = gpd.GeoDataFrame(
        {"value": inside[row, column]},
        geometry=gpd.points_from_xy(grid.x[column], grid.y[row]),
        crs=CRS,
    )
    return frame.sort_values("value", ascending=False, ignore_index=True).head(most)
