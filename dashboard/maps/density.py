"""Frames of density -> what the map shows in every year: classes, values, points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from dashboard.strings import SMALL
from dashboard.tables import Classes, Frames

ZERO, OUTSIDE = ".", "-"
DECIMALS = 2
SMALL_DECIMALS = 6


def show(
    key: str,
    level: str,
    frames: Frames,
    classes: Classes,
    *,
    counted: bool,
    districts: Sequence[str],
    geometry: Mapping[str, str],
    colours: Mapping[str, Sequence[str]],
    points: str | None,
) -> dict[str, Any]:
    """Everything that the map needs to show any year of one question; numbers as arrays.

    Args:
        key: the question, as the browser asked it.
        level: the areas' level.
        frames: the tables of all years.
        classes: of their values.
        counted: whether the value is the number of groups, so that it need not be sent twice.
        districts: codes of the chosen districts; none for the whole city.
        geometry: layer -> URL.
        colours: theme -> the colour of each class, from the lowest.
        points: which group shows in which year, from `point_years`; None without points.
    """
    compared = classes.kind == "difference"
    inside = frames.inside.to_numpy(dtype=bool)
    by_year = frames.values.to_numpy(dtype=float).T
    marks = _marks(classes.of(frames.shading.to_numpy(dtype=float).T), classes)
    marks[:, ~inside] = ord(OUTSIDE)
    return {
        "key": key,
        "level": level,
        "geometry": dict(geometry),
        "years": [int(year) for year in frames.values.columns],
        "classes": [year.tobytes().decode() for year in marks],
        "values": _numbers(by_year, inside),
        "groups": None if counted and not compared else _numbers(frames.groups.to_numpy().T),
        # Of whole numbers the browser finds these itself; rounded ones would mislead it.
        "ranks": None if counted else _numbers(frames.ranks.to_numpy(dtype=float).T),
        "changes": None
        if counted or compared
        else _numbers(frames.changes.to_numpy(dtype=float).T, inside),
        "expected": None
        if frames.expected is None
        else _numbers(frames.expected.groups.reindex(frames.areas.index).to_numpy(float).T),
        "compared": compared,
        "colours": colours,
        "shown": list(districts) or None,
        "n": frames.n.tolist(),
        "points": points,
    }


def show_surface(
    key: str,
    years: Sequence[int],
    url: str,
    *,
    n: Sequence[int],
    districts: Sequence[str],
    geometry: Mapping[str, str],
    colours: Mapping[str, Sequence[str]],
    points: str | None,
) -> dict[str, Any]:
    """What the map needs for a smoothed surface: where the browser fetches each year's bands.

    Args:
        key: the question, as the browser asked it.
        years: of the atlas.
        url: of the bands as GeoJSON, but for the year.
        n: groups that count, by year.
        districts: codes of the chosen districts; none for the whole city.
        geometry: layer -> URL.
        colours: theme -> the colour of each class, from the lowest.
        points: as in `show`.
    """
    return {
        "key": key,
        "level": "surface",
        "geometry": dict(geometry),
        "years": list(years),
        "surfaces": [f"{url}&year={year}" for year in years],
        "compared": False,
        "colours": colours,
        "shown": list(districts) or None,
        "n": list(n),
        "points": points,
    }


def _marks(classes: np.ndarray, how: Classes) -> np.ndarray:
    """A character, as a byte, for each year and area: its colour from "0" on, or `ZERO`.

    Where colours diverge, the largest fall comes first and the largest rise last.

    >>> amount = Classes("root", "amount", (9.0, 90.0), 1.0, whole=True)
    >>> _marks(np.array([[0, 1, 1, 2]]), amount).tobytes()
    b'.001'
    >>> change = Classes("root", "difference", (9.0, 90.0), 1.0, whole=True)
    >>> _marks(np.array([[-2, -1, 0, 1]]), change).tobytes()
    b'01.2'
    """
    sides = len(how.bounds)
    place = classes - 1
    if how.diverging:
        place = np.where(classes < 0, sides + classes, sides + classes - 1)
    marks = np.where(classes == 0, ord(ZERO), place + ord("0"))
    return np.ascontiguousarray(marks, dtype=np.uint8)


def _numbers(by_year: np.ndarray, inside: np.ndarray | None = None) -> np.ndarray:
    """Numbers as they travel: rounded, whole ones as integers, missing where not inside."""
    if inside is not None:
        by_year = np.where(inside, by_year, np.nan)
    whole = np.isfinite(by_year).all() and (by_year == np.floor(by_year)).all()
    if whole:
        return np.ascontiguousarray(by_year, dtype=np.int64)
    small = np.abs(by_year) < SMALL
    return np.where(small, by_year.round(SMALL_DECIMALS), by_year.round(DECIMALS)).copy("C")


def point_years(present: pd.DataFrame, order: Sequence[int]) -> str:
    """In which years each point shows: two hexadecimal digits a point and eight years.

    Bit i stands for the i-th year. ``order`` are the rows of ``present`` that have a point.

    >>> point_years(pd.DataFrame({2012: [True, False], 2013: [True, True]}), [0, 1])
    '0302'
    """
    table = present.to_numpy(dtype=np.int64)[list(order)]
    mask = (table << np.arange(table.shape[1])).sum(axis=1)
    digits = point_digits(table.shape[1])
    return "".join(f"{number:0{digits}x}" for number in mask.tolist())


def each_point(points: str, many: int) -> list[int]:
    """In which years each of so many points shows, read back: bit i stands for the i-th year.

    >>> each_point("0302", 2)
    [3, 2]
    """
    digits = len(points) // max(many, 1)
    return [int(points[place * digits : (place + 1) * digits], 16) for place in range(many)]


def point_digits(years: int) -> int:
    """Hexadecimal digits that a point takes for so many years."""
    return 2 * -(-years // 8)
