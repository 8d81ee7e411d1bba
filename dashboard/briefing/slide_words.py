"""Words on a map of shapes: given room for the typefaces in which slides may be opened.

A plate knows its typeface and has placed them by it; in a wider one they would run into each other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import hypot

from dashboard.briefing.slide_text import width
from dashboard.plates import labels
from dashboard.plates import type as plate
from dashboard.plates.map import MARK
from dashboard.plates.picture import Marks, Panel, Part, Word

CLEAR = {"sites": 8.0, "overlay": MARK + 4}
"""Marks with names beside them -> pixels between a mark's middle and its name."""
NEAR, APART = 1.0, 3.0
"""Pixels: how near a word is to be where a plate would have it; how much farther it stands."""
TOUCHING = 1e-6
"""Pixels that words side by side may seem to overlap, by rounding."""
LINE = 1.25
"""Of its size: how much height a word takes."""
ASIDE = (0.0, -0.3, 0.3)
"""Of half its width: as far as a word goes aside, lest it name its neighbour."""
Mark = tuple[float, float, float]
"""Where a mark is, and how far from it words stay."""
Spot = tuple[float, float, str]
"""The middle of a word, and the side from which it is written."""


def settled(parts: Sequence[Part], size: tuple[float, float]) -> list[Part]:
    """Parts with their words beside their marks; a word without a free place is left out."""
    room = labels.Room(size, TOUCHING)
    marks = [
        (*at, CLEAR[part.name])
        for part in parts
        if isinstance(part, Marks) and part.name in CLEAR
        for at in part.at.tolist()
    ]
    for x, y, clear in marks:
        room.take(x, y, clear - 1, clear - 1)
    for part in parts:
        if isinstance(part, Panel):
            x, y, wide, high = part.box
            room.take(x + wide / 2, y + high / 2, wide / 2, high / 2)
    return [one for part in parts for one in _placed(part, marks, room)]


def _placed(part: Part, marks: Sequence[Mark], room: labels.Room) -> Iterator[Part]:
    if not isinstance(part, Word) or part.name != "labels":
        yield part
        return
    half, high = width(part.text, part.size, bold=part.bold) / 2, part.size * LINE / 2
    for x, y, anchor in _spots(part, marks, half, high):
        if room.free(x, y, half, high):
            room.take(x, y, half, high)
            side = {"left": -half, "right": half}.get(anchor, 0.0)
            yield replace(part, at=(x + side, y), anchor=anchor)
            return


def _spots(word: Word, marks: Sequence[Mark], half: float, high: float) -> Iterator[Spot]:
    """Where a word may stand, the best first: where the plate has it, else around its place."""
    x, y = word.at
    home = next((one for one in marks if _is_beside(word, one)), None)
    if home is None:
        yield from (
            (x + dx * half, y + dy * high, "center") for dx in ASIDE for dy in (0.0, -1.0, 1.0)
        )
        return
    sides = [
        (home[0] + dx, home[1] + dy, "left" if dx > 0 else "right" if dx < 0 else "center")
        for dx, dy in labels.beside(home[2] + APART)(half, high)
    ]
    yield from sorted(sides, key=lambda spot: hypot(spot[0] - x, spot[1] - y))


def _is_beside(word: Word, mark: Mark) -> bool:
    """Whether a plate wrote a word at one side of a mark."""
    half = plate.width(word.text, word.size, bold=word.bold) / 2 + 3
    shifts = labels.beside(mark[2])(half, word.size * labels.LINE / 2)
    return any(
        hypot(mark[0] + dx - word.at[0], mark[1] + dy - word.at[1]) < NEAR for dx, dy in shifts
    )
