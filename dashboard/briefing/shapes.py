"""Areas as paths of whole numbers, which all scenes of a file share."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

from dashboard.plates.ground import SCREEN, Ground, frame, of_districts
from dashboard.sheet import Sheet
from geo.schema import CRS

UNIT_M = 10
"""Metres that a step of the drawing stands for."""
TOLERANCE_M = 20
"""How far a border may move: two pixels where one district is in view."""
MARGIN = 0.04
"""Of the larger side, around what is in view."""


def areas(ground: Ground, level: str, lang: str) -> dict[str, Any]:
    """The areas of a level: a path, a name, a code and a middle for each, and their district."""
    rows = ground.frame(level)
    shapes = shapely.coverage_simplify(rows.geometry.to_numpy(), TOLERANCE_M)
    middles = rows.representative_point()
    return {
        "paths": [path(shape) for shape in shapes],
        "names": rows[f"name_{lang}"].tolist(),
        "codes": rows["code"].tolist(),
        "districts": rows["district_code"].tolist(),
        "at": steps(np.array([middles.x, middles.y]).T).tolist(),
    }


def sites(ground: Ground, lang: str) -> dict[str, Any]:
    """Named places, each with its middle."""
    rows = ground.frame("sites").to_crs(CRS)
    middles = rows.representative_point()
    return {
        "names": rows[f"name_{lang}"].tolist(),
        "at": steps(np.array([middles.x, middles.y]).T).tolist(),
    }


def points(ground: Ground, kept: np.ndarray) -> list[int]:
    """Where the groups that are kept are known to be, x and y in turn."""
    shapes = ground.frame("points").geometry[kept].to_crs(CRS)
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


def window(sheet: Sheet, ground: Ground) -> list[int]:
    """What is in view, as an SVG viewBox: where the scene stands, its districts, or the city.

    Districts as closely as they lie, since the screen that it is shown on may be of any shape.
    """
    if sheet.state.at:
        west, south, east, north = frame(sheet, ground, *SCREEN).box.bounds
    else:
        west, south, east, north = of_districts(sheet, ground)
        margin = MARGIN * max(east - west, north - south)
        west, south, east, north = west - margin, south - margin, east + margin, north + margin
    (left, bottom), (right, top) = steps(np.array([[west, south], [east, north]])).tolist()
    return [left, top, right - left, bottom - top]
