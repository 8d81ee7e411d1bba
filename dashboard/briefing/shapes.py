"""Areas as paths of whole numbers, which all scenes of a file share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from dashboard.plates.ground import Ground
from geo.schema import CRS, CRS_SHOWN

UNIT_M = 10
"""Metres that a step of the drawing stands for."""
TOLERANCE_M = 20
"""How far a border may move: two pixels where one district is in view."""
MARGIN = 0.04
"""Of the larger side, around what is in view."""
SCREEN = (900, 640)
"""Pixels of the page's map, by which a scene's viewport is understood."""
METRES_A_PIXEL = 40_075_016.686 / 512
"""At the equator, zoom 0."""

Box = tuple[float, float, float, float]


def areas(ground: Ground, level: str, lang: str) -> dict[str, Any]:
    """The areas of a level: a path, a name, a code and a middle for each, and their district."""
    frame = ground.frame(level)
    shapes = shapely.coverage_simplify(frame.geometry.to_numpy(), TOLERANCE_M)
    middles = frame.representative_point()
    return {
        "paths": [path(shape) for shape in shapes],
        "names": frame[f"name_{lang}"].tolist(),
        "codes": frame["code"].tolist(),
        "districts": frame["district_code"].tolist(),
        "at": steps(np.array([middles.x, middles.y]).T).tolist(),
    }


def sites(ground: Ground, lang: str) -> dict[str, Any]:
    """Named places, each with its middle."""
    frame = ground.frame("sites").to_crs(CRS)
    middles = frame.representative_point()
    return {
        "names": frame[f"name_{lang}"].tolist(),
        "at": steps(np.array([middles.x, middles.y]).T).tolist(),
    }


def points(ground: Ground) -> list[int]:
    """Where groups are known to be, x and y in turn."""
    shapes = ground.frame("points").geometry.to_crs(CRS)
    return steps(np.array([shapes.x, shapes.y]).T).ravel().tolist()


def steps(metres: np.ndarray) -> np.ndarray:
    """EPSG:5179 as the drawing counts: right and down.

    >>> steps(np.array([[953_000.0, 1_952_004.0]])).tolist()
    [[95300, -195200]]
    """
    return np.rint(metres * (1, -1) / UNIT_M).astype(int)


def path(shape: shapely.Geometry) -> str:
    """The rings of an area as an SVG path, each from its first corner on in steps.

    >>> path(shapely.box(0, 0, 20, 10))
    'M2 0l0 -1 -2 0 0 1z'
    """
    return "".join(
        _ring(shapely.get_coordinates(ring))
        for part in shapely.get_parts(shape)
        for ring in (part.exterior, *part.interiors)
    )


def _ring(corners: np.ndarray) -> str:
    first, *moves = np.diff(steps(corners[:-1]), axis=0, prepend=0).tolist()
    walked = " ".join(f"{x} {y}" for x, y in moves if x or y)
    return f"M{first[0]} {first[1]}l{walked}z" if walked else ""


def window(
    ground: Ground, shown: Sequence[str] | None, at: tuple[float, float, float] | None
) -> list[int]:
    """What is in view, as an SVG viewBox: where the scene stands, its districts, or the city."""
    if at is not None:
        west, south, east, north = _around(*at)
    else:
        frame = ground.frame("district")
        inside = frame[frame["code"].isin(shown)] if shown else frame
        west, south, east, north = inside.total_bounds
        margin = MARGIN * max(east - west, north - south)
        west, south, east, north = west - margin, south - margin, east + margin, north + margin
    (left, bottom), (right, top) = steps(np.array([[west, south], [east, north]])).tolist()
    return [left, top, right - left, bottom - top]


def _around(latitude: float, longitude: float, zoom: float) -> Box:
    """The ground that a page's map shows at a place and a zoom."""
    middle = gpd.GeoSeries(gpd.points_from_xy([longitude], [latitude]), crs=CRS_SHOWN).to_crs(CRS)
    metres = METRES_A_PIXEL * float(np.cos(np.radians(latitude))) / 2**zoom
    half_width, half_height = (metres * side / 2 for side in SCREEN)
    x, y = float(middle.x.iloc[0]), float(middle.y.iloc[0])
    return x - half_width, y - half_height, x + half_width, y + half_height
