"""소외: how much of a place lies farther from every group than people care to walk."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

RADIUS_M = 800.0
"""About ten minutes on foot."""
QUADRANT = 8
"""Straight pieces that a quarter of a circle is drawn with."""


def beyond(
    points: gpd.GeoSeries, areas: gpd.GeoDataFrame | gpd.GeoSeries, radius_m: float = RADIUS_M
) -> pd.Series[float]:
    """The share of each area that lies farther from every group than a given distance.

    Formula:
        s(a) = (|a| − |a ∩ B|)/|a|, |…| being the size of a surface and B the union of the
        circles of the given radius around all groups. A circle is drawn with 32 corners, which
        takes 0.6 % off its surface.

    Source:
        Coverage, a measure of access by what is within a given distance, here of the ground that
        has nothing within it: Talen and Anselin (1998), Assessing spatial equity: an evaluation
        of measures of accessibility to public playgrounds.

    Assumes:
        Whoever is within the radius of a group can reach it, whichever side of a border it is
        on; 800 m are about ten minutes on foot.

    Limits:
        It is a share of the ground, not of residents: where hills and rivers make up an area,
        much of it is far from all groups and nobody lives there. Distances are as the crow flies.
        Groups without a point are left out, so that what they serve looks unserved. For a public
        audience groups stand somewhere in their block, not where they are. That a group is near
        does not say that it is open to all.

    Args:
        points: of the groups, EPSG:5179; missing and empty ones are left out.
        areas: polygons, EPSG:5179.
        radius_m: metres.

    Returns:
        From 0 (all of it near) to 1 (none, as without points) on the index of ``areas``; missing
        where an area has no polygon.

    >>> areas = gpd.GeoSeries({"a": shapely.box(0, 0, 4000, 1000)}, crs="EPSG:5179")
    >>> group = gpd.GeoSeries.from_xy([2000], [500], crs="EPSG:5179")
    >>> circle = shapely.Point(0, 0).buffer(400, quad_segs=8).area
    >>> beyond(group, areas, 400).round(4).tolist(), round(1 - circle / 4_000_000, 4)
    ([0.8751], 0.8751)
    """
    places = np.unique(shapely.get_coordinates(points.array), axis=0)
    circles = shapely.buffer(shapely.points(places), radius_m, quad_segs=QUADRANT)
    shapes = gpd.GeoSeries(areas.geometry)
    # What is left of an area, not what is cut from it: where all is near it is exactly 0.
    left = shapes.difference(shapely.union_all(circles))
    share: pd.Series[float] = left.area / shapes.area
    return share.clip(upper=1)
