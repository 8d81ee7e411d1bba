"""Coordinates of unknown origin -> points: tried against the neighbourhoods that rows name."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import pandas as pd

from geo.boundaries import Boundaries


@dataclass(frozen=True)
class Trial:
    """One reading of the coordinates: how many points fell where their rows say.

    ``swapped`` means that the first column is the north.
    """

    crs: str
    swapped: bool
    agree: int
    of: int


@dataclass(frozen=True)
class Located:
    """Points (EPSG:5179, missing where there are none), and how they were read.

    ``why`` is ``stated`` (by a person), ``file``, ``degrees`` or ``tried``; ``taken`` is None where it has to be asked: then there are no points, and
    ``trials`` has the likely readings, best first.
    """

    points: gpd.GeoSeries
    taken: Trial | None
    trials: tuple[Trial, ...]
    why: str


def locate(
    first: pd.Series[float],
    second: pd.Series[float],
    named: pd.DataFrame,
    boundaries: Boundaries,
    stated: str | None = None,
    by_person: bool = False,
) -> Located:
    """Read pairs of coordinates.

    Args:
        first: longitude or x, as the column's heading says; missing or unreadable ones NaN.
        second: latitude or y, on the same index.
        named: ``district_code``, ``neighbourhood_code`` and ``administrative_code`` of what the rows say in words, on the same
            index.
        boundaries: where these are.
        stated: the coordinate system that the file or a person states ("EPSG:5174").
        by_person: whether a person stated it, who is believed whatever the rows say.

    Raises:
        BadFile: ``stated`` is no coordinate system.
    """
    raise NotImplementedError
