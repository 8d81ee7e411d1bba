"""Frames of density -> what the map shows in every year: classes, values, points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from dashboard.strings import SMALL
from dashboard.tables import Frames

CLASSES = 7
"""As many steps of one hue as an eye tells apart on a map."""
SIDES = 3
"""Classes on each side of zero where years are compared."""
ZERO, OUTSIDE = ".", "-"
DECIMALS = 2
SMALL_DECIMALS = 6


def show(
    key: str,
    level: str,
    frames: Frames,
    *,
    counted: bool,
    compared: bool,
    districts: Sequence[str],
    geometry: Mapping[str, str],
    points: str | None,
) -> dict[str, Any]:
    """Everything that the map needs to show any year of one question; numbers as arrays.

    Args:
        key: the question, as the browser asked it.
        level: the areas' level.
        frames: the tables of all years.
        counted: whether the value is the number of groups, so that it need not be sent twice.
        compared: whether values are differences to a year.
        districts: codes of the chosen districts; none for the whole city.
        geometry: layer -> URL.
        points: which group shows in which year, from `point_years`; None without points.
    """
    inside = frames.inside.to_numpy(dtype=bool)
    breaks = breaks_of(frames, compared=compared)
    by_year = frames.values.to_numpy(dtype=float).T
    marks = _marks(by_year, breaks, diverging=compared)
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
        "diverging": compared,
        "swatches": swatches(len(breaks)),
        "shown": list(districts) or None,
        "n": frames.n.tolist(),
        "points": points,
    }


def breaks_of(frames: Frames, *, compared: bool) -> list[float]:
    """Lower bounds of the classes, as the map and its legend have them."""
    return difference_breaks(frames.values) if compared else class_breaks(frames.values)


def class_breaks(values: pd.DataFrame, classes: int = CLASSES) -> list[float]:
    """Lower bounds of the classes, the same in every year: equal steps of the square root.

    Counts and densities are skewed; their square roots are less so, and few places fill the
    darkest class. The top is the 99th percentile of all positive values of all years, so that
    one tiny area does not bleach the others.

    >>> class_breaks(pd.DataFrame({2012: [0, 1, 4], 2013: [2, 9, 90]}), classes=3)
    [1, 10, 39]
    """
    positive = values.to_numpy(dtype=float)
    positive = positive[np.isfinite(positive) & (positive > 0)]
    if not positive.size:
        return []
    bounds = np.quantile(positive, 0.99) * (np.arange(classes) / classes) ** 2
    bounds[0] = positive.min()
    whole = bool((positive == np.floor(positive)).all())
    return _rounded(bounds, whole=whole)


def difference_breaks(values: pd.DataFrame, sides: int = SIDES) -> list[float]:
    """Lower bounds of the classes on each side of zero, by the size of the differences.

    >>> difference_breaks(pd.DataFrame({2012: [0, 0, 0], 2013: [-1, 5, 90]}))
    [1, 10, 39]
    """
    return class_breaks(values.abs(), sides)


def _rounded(bounds: np.ndarray, *, whole: bool) -> list[float]:
    """Bounds to two significant digits (whole numbers for counts), each once, ascending.

    The first is rounded down, so that nothing falls below it; none falls below the first.
    """
    digits = np.maximum(0, 1 - np.floor(np.log10(bounds)).astype(int))
    rounded = [
        round(bound, 0 if whole else digit) for bound, digit in zip(bounds, digits, strict=True)
    ]
    scale = 1.0 if whole else 10.0 ** digits[0]
    rounded[0] = np.floor(bounds[0] * scale) / scale
    kept = {bound for bound in rounded if bound >= rounded[0]}
    return sorted(int(bound) if bound == int(bound) else float(bound) for bound in kept)


def _marks(by_year: np.ndarray, breaks: list[float], *, diverging: bool) -> np.ndarray:
    """A character, as a byte, for each year and area: its class or `ZERO`.

    Diverging: 0 to 2 for the largest to the smallest fall, 3 to 5 for rises.

    >>> _marks(np.array([[0, 1, 9, 10]]), [1, 10], diverging=False).tobytes()
    b'.001'
    >>> _marks(np.array([[-10, -1, 0, 1]]), [1, 10], diverging=True).tobytes()
    b'12.3'
    """
    size = np.nan_to_num(np.abs(by_year))
    step = np.clip(np.searchsorted(breaks, size, side="right") - 1, 0, None)
    if diverging:
        step = np.where(by_year < 0, SIDES - 1 - step, SIDES + step)
    marks = np.where(size > 0, step + ord("0"), ord(ZERO))
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


def swatches(classes: int) -> list[int]:
    """Which of the scale's colours so many classes take: from end to end, one a strong one.

    >>> swatches(7), swatches(3), swatches(1)
    ([0, 1, 2, 3, 4, 5, 6], [0, 3, 6], [4])
    """
    if classes == 1:
        return [4]
    return [round(step * (CLASSES - 1) / (classes - 1)) for step in range(classes)]


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


def point_digits(years: int) -> int:
    """Hexadecimal digits that a point takes for so many years."""
    return 2 * -(-years // 8)
