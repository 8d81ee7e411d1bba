"""Words on a map: none overlap; one that finds no free place is left out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from dashboard.plates.picture import Word
from dashboard.plates.type import width

LINE = 1.45
"""Of its size: how much height a line takes."""
Shift = Callable[[float, float], Sequence[tuple[float, float]]]
"""Half the width and height of a word -> where it may stand, from its place, the best first."""


@dataclass(frozen=True)
class Kind:
    """How a kind of label looks."""

    size: float
    paint: str
    bold: bool = False


class Room:
    """A map's ground, and what of it is taken; boxes are a middle, half a width, half a height.

    Boxes may touch, by so much as ``slack`` into each other.
    """

    def __init__(self, size: tuple[float, float], slack: float = 0.0) -> None:
        self._width, self._height = size
        self._slack = slack
        self._taken: list[tuple[float, float, float, float]] = []

    def holds(self, x: float, y: float) -> bool:
        """Whether a place is on the map."""
        return 0 <= x <= self._width and 0 <= y <= self._height

    def take(self, x: float, y: float, w: float, h: float) -> None:
        """Keep a box free of others."""
        self._taken.append((x, y, w, h))

    def free(self, x: float, y: float, w: float, h: float) -> bool:
        """Whether a box is on the map and nothing else is in it."""
        inside = w <= x <= self._width - w and h <= y <= self._height - h
        return inside and not any(
            abs(left - x) < other_w + w - self._slack and abs(top - y) < other_h + h - self._slack
            for left, top, other_w, other_h in self._taken
        )


class Labels(Room):
    """Those of one map."""

    def __init__(self, size: tuple[float, float], halo: str) -> None:
        super().__init__(size)
        self._halo = halo
        self.dots = np.zeros((0, 2))
        """Places that words should rather not cover."""
        self.words: list[Word] = []

    def place(self, at: tuple[float, float], text: str, kind: Kind, shifts: Shift) -> None:
        """Writes a word where there is room for it."""
        x, y = at
        if not self.holds(x, y):
            return
        w = width(text, kind.size, bold=kind.bold) / 2 + 3
        h = kind.size * LINE / 2
        spots = [(x + dx, y + dy) for dx, dy in shifts(w, h) if self.free(x + dx, y + dy, w, h)]
        if spots:
            spot = min(spots, key=lambda one: self._covered(one[0], one[1], w, h))
            self.take(*spot, w, h)
            self.words.append(
                Word("labels", spot, text, kind.size, kind.paint, self._halo, kind.bold)
            )

    def _covered(self, x: float, y: float, w: float, h: float) -> int:
        """Dots under a word."""
        return int((np.abs(self.dots - (x, y)) < (w, h)).all(axis=1).sum())


def there(_w: float, _h: float) -> Sequence[tuple[float, float]]:
    """At its place alone."""
    return [(0, 0)]


def near(_w: float, h: float) -> Sequence[tuple[float, float]]:
    """At its place, or a line above or below."""
    return [(0, 0), (0, -h), (0, h)]


def around(w: float, h: float) -> Sequence[tuple[float, float]]:
    """At its place, or as near as may be."""
    rows = (0, -h, h, -2 * h, 2 * h)
    return [(dx, dy) for dx in (0, -w / 2, w / 2, -w, w) for dy in rows]


def above(_w: float, h: float) -> Sequence[tuple[float, float]]:
    """Clear of what gathers at its place."""
    return [(0, -h - up) for up in range(12, 96, 6)]


def beside(radius: float = 8) -> Shift:
    """Around a mark."""

    def shifts(w: float, h: float) -> Sequence[tuple[float, float]]:
        return [(w + radius, 0), (-w - radius, 0), (0, h + radius), (0, -h - radius)]

    return shifts
