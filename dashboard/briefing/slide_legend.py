"""The legend of a sheet as shapes: swatches with their words, in rows below the map."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dashboard.briefing.slide_shapes import PRESETS, Ids, Look, Words, gradient, group, preset
from dashboard.briefing.slide_text import LINE, Box, width
from dashboard.maps.network import OUTCOME_SHAPES
from dashboard.sheet import Sheet, Swatch
from dashboard.strings import Text
from dashboard.theme import COLOURS

INK = COLOURS["light"]
SIZE, SIGN, GAP, ITEM, RAMP = 10.5, 11.0, 4.0, 12.0, 96.0
"""Points: of words, of signs, between them, between items, of a strip of all colours."""
ROW = 1.35
MANY, CLOSE = 12, 0.82
"""Items from which on a legend is written smaller, and how much."""


@dataclass(frozen=True)
class Key:
    """A legend in rows for so much width."""

    sheet: Sheet
    head: str
    rows: tuple[tuple[Swatch, ...], ...]
    size: float
    scale: float

    @property
    def height(self) -> float:
        """Points that it takes."""
        return (bool(self.head) + len(self.rows)) * self.size * ROW

    def xml(self, box: Box, ids: Ids) -> str:
        """Its shapes, as a group with all of it in words."""
        text = Text(self.sheet.state.lang)
        said = ", ".join(one.words for one in _all(self.rows))
        about = f"{self.head}. {text('slides.legend', items=said)}" if self.head else said
        place = (box.left, box.top, box.width, self.height)
        name = text("slides.legend", items=self.head)
        return group(ids(), name, about, place, list(self._shapes(box, ids)))

    def _shapes(self, box: Box, ids: Ids) -> Iterator[str]:
        top, step = box.top, self.size * ROW
        if self.head:
            yield self._words(ids(), self.head, box.left, top, bold=True)
            top += step
        for row in self.rows:
            left = box.left
            for one in row:
                yield _sign(one, self.sheet, left, top, step, self.scale, ids)
                wide = _sign_width(one, self.scale) + GAP * self.scale
                yield self._words(ids(), one.words, left + wide, top)
                left += _item_width(one, self.size, self.scale)
            top += step

    def _words(self, number: int, said: str, left: float, top: float, *, bold: bool = False) -> str:
        words = Words(said, self.size, INK["text"], bold, align="l")
        wide = width(said, self.size, bold=bold)
        box = (left, top, wide, self.size * LINE)
        return preset(number, said, "", box, Look(), words=[words])


def key(sheet: Sheet, room: float, scale: float) -> Key | None:
    """The legend in so many points of width; None where there is none."""
    if not sheet.legend.swatches:
        return None
    if len(sheet.legend.swatches) > MANY:
        scale *= CLOSE
    size = SIZE * scale
    head = " · ".join(filter(None, [sheet.legend.title, sheet.legend.unit]))
    rows: list[list[Swatch]] = [[]]
    left = 0.0
    for one in sheet.legend.swatches:
        wide = _item_width(one, size, scale)
        if rows[-1] and left + wide - ITEM * scale > room:
            rows.append([])
            left = 0.0
        rows[-1].append(one)
        left += wide
    return Key(sheet, head, tuple(map(tuple, rows)), size, scale)


def _all(rows: Sequence[Sequence[Swatch]]) -> Iterator[Swatch]:
    return (one for row in rows for one in row)


def _sign_width(one: Swatch, scale: float) -> float:
    return (RAMP if one.paint == "ramp" else SIGN) * scale


def _item_width(one: Swatch, size: float, scale: float) -> float:
    return _sign_width(one, scale) + (GAP + ITEM) * scale + width(one.words, size)


def _sign(
    one: Swatch, sheet: Sheet, left: float, top: float, step: float, scale: float, ids: Ids
) -> str:
    wide, high = _sign_width(one, scale), SIGN * scale
    box = (left, top + (step * LINE / ROW - high) / 2, wide, high)
    paints = sheet.drawn["colours"]["light"]
    if one.paint == "ramp":
        return preset(ids(), "", "", box, gradient([*paints]))
    if one.paint.startswith("label-"):
        paint = sheet.drawn["network"]["colours"]["light"][int(one.paint.removeprefix("label-"))]
        sign = OUTCOME_SHAPES.get(one.shape, "d")
        hollow = sign == "h"
        look = Look(None if hollow else paint, paint, 2 * scale if hollow else 0.5)
        return preset(ids(), "", "", box, look, kind=PRESETS[sign])
    fill = INK["map-zero"] if one.paint == "zero" else paints[int(one.paint)]
    return preset(ids(), "", "", box, Look(fill, INK["map-line"], 0.5))
