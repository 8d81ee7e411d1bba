"""Coordinates of unknown origin -> points: tried against the neighbourhoods that rows name.

Systems that share their origin differ by 70 to 300 m, less than a neighbourhood is wide, so a
share of points in the right place does not tell them apart by itself. What does are the rows on
which two readings differ: a sign test over these (exact, one-sided) has to favour one reading over
every other.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely

from geo.boundaries import Boundaries
from geo.boundary_files.place import SYSTEMS
from geo.errors import BadFile, either
from geo.schema import CRS

AGREE = 0.97
"""Share of rows whose point lies where they say, from which on a reading may be taken."""
FEWEST = 30
"""Rows that name a neighbourhood and have a point; fewer prove nothing."""
STATED_AGREE, STATED_FEWEST = 0.9, 10
"""The same for what a file states of itself: fewer rows cannot contradict it."""
SURE = 0.001
"""Greatest p of the sign test against every other reading."""
MOST_TRIED = 5_000
"""Rows that readings are tried on."""
SAME_M = 1.0
MOST_TRIALS = 6


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

    ``why`` is ``stated`` (by a person), ``file`` or ``tried``; ``taken`` is None where it has to
    be asked: then there are no points, and ``trials`` has the likely readings, best first.
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

    A system that is not stated is taken if at least 97 % of 30 rows or more have their point in
    the neighbourhood that they name, and every other reading is worse by the sign test; one
    that the file states, unless 10 rows or more contradict it so.

    Args:
        first: longitude or x, as the column's heading says; missing or unreadable ones NaN.
        second: latitude or y, on the same index.
        named: ``district_code`` and ``neighbourhood_code`` of what the rows say in words, on the
            same index.
        boundaries: where these are.
        stated: the coordinate system that the file or a person states ("EPSG:5174").
        by_person: whether a person stated it, who is believed whatever the rows say.

    Raises:
        BadFile: ``stated`` is no coordinate system.
    """
    pairs = np.column_stack([first.to_numpy("float64"), second.to_numpy("float64")])
    there = np.isfinite(pairs).all(axis=1)
    tried = np.flatnonzero(there & named["neighbourhood_code"].notna().to_numpy())
    if len(tried) > MOST_TRIED:
        tried = np.random.default_rng(0).choice(tried, MOST_TRIED, replace=False)
    areas = boundaries.neighbourhoods.set_index("code").geometry
    codes = named["neighbourhood_code"].to_numpy()[tried]
    shapes = areas.reindex(codes).to_numpy()
    systems = list(dict.fromkeys([*([stated] if stated else []), *SYSTEMS]))
    readings = _readings(systems, pairs[there], pairs[tried], shapes, boundaries)
    trials = tuple(reading.trial for reading in readings)[:MOST_TRIALS]
    why = "tried" if stated is None else "stated" if by_person else "file"
    taken = _taken(readings, stated, by_person)
    points = np.full(len(pairs), None, dtype=object)
    if taken is not None:
        points[there] = shapely.points(_projected(pairs[there], taken.crs, taken.swapped))
    return Located(gpd.GeoSeries(points, index=first.index, crs=CRS), taken, trials, why)


@dataclass(frozen=True)
class _Reading:
    """A trial with the rows on which it agrees and, for the tried ones, where they fall."""

    trial: Trial
    agrees: np.ndarray
    places: np.ndarray


def _readings(
    systems: Sequence[str],
    every: np.ndarray,
    tried: np.ndarray,
    shapes: np.ndarray,
    boundaries: Boundaries,
) -> list[_Reading]:
    """Every reading that puts the middle of the points near the city, best first."""
    if not len(every):
        return []
    west, south, east, north = boundaries.districts.total_bounds
    margin = max(east - west, north - south)
    middle = np.median(every, axis=0, keepdims=True)
    found = []
    for crs, swapped in product(systems, (False, True)):
        x, y = _projected(middle, crs, swapped)[0]
        near_x, near_y = west - margin < x < east + margin, south - margin < y < north + margin
        if near_x and near_y:
            places = _projected(tried, crs, swapped)
            agrees = shapely.contains_xy(shapes, places[:, 0], places[:, 1])
            trial = Trial(crs, swapped, int(agrees.sum()), len(tried))
            found.append(_Reading(trial, agrees, places))
    return sorted(found, key=lambda reading: -reading.trial.agree)


def _projected(pairs: np.ndarray, crs: str, swapped: bool) -> np.ndarray:
    """Pairs in EPSG:5179; what a system cannot have is infinite."""
    try:
        system = pyproj.Transformer.from_crs(crs, CRS, always_xy=True)
    except pyproj.exceptions.CRSError:
        raise BadFile(
            f"Unknown coordinate system {crs!r}: write it as EPSG:5179; usual for Seoul are "
            f"{either(list(SYSTEMS))}."
        ) from None
    x, y = (pairs[:, 1], pairs[:, 0]) if swapped else (pairs[:, 0], pairs[:, 1])
    return np.column_stack(system.transform(x, y))


def _taken(readings: Sequence[_Reading], stated: str | None, by_person: bool) -> Trial | None:
    """The reading that can be trusted, if there is one."""
    if stated is not None:
        own = [reading for reading in readings if reading.trial.crs == stated]
        if not own:
            return None
        best = own[0].trial
        few = best.of < STATED_FEWEST
        if by_person or few:
            return best
        believed = best.agree >= STATED_AGREE * best.of
        beaten = any(_better(other, own[0]) for other in readings)
        return best if believed and not beaten else None
    if not readings:
        return None
    first = readings[0]
    if first.trial.of < FEWEST or first.trial.agree < AGREE * first.trial.of:
        return None
    sure = all(_same(first, other) or _better(first, other) for other in readings[1:])
    return first.trial if sure else None


def _same(one: _Reading, other: _Reading) -> bool:
    """Whether two readings put every point at the same place."""
    return bool(np.abs(one.places - other.places).max(initial=0) < SAME_M)


def _better(one: _Reading, other: _Reading) -> bool:
    """Whether a reading is right, beyond chance, where the other is wrong."""
    wins = int((one.agrees & ~other.agrees).sum())
    losses = int((other.agrees & ~one.agrees).sum())
    n = wins + losses
    tail = sum(math.comb(n, k) for k in range(wins, n + 1))
    return wins > losses and tail < SURE * 2**n
