"""The map of a sheet as shapes of a slide: every area is one, with its name and its value.

What is where comes from `dashboard.plates.map`, so that a slide shows what a plate shows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import shapely

from dashboard.briefing.slide_shapes import (
    PRESETS,
    Ids,
    Look,
    Words,
    circles,
    freeform,
    group,
    preset,
    steps,
)
from dashboard.briefing.slide_text import LINE, Box, width
from dashboard.briefing.slide_words import settled
from dashboard.maps.density import OUTSIDE, ZERO
from dashboard.plates.ground import Frame, Ground, frame
from dashboard.plates.map import level, parts
from dashboard.plates.picture import RIM, Areas, Dots, Lines, Marks, Panel, Part, Word
from dashboard.sheet import Sheet
from dashboard.strings import Text
from dashboard.theme import COLOURS

INK = COLOURS["light"]
PIXEL = 0.78
"""Points that a pixel of the map takes, so that its names can be read from the back row."""
COARSE = 0.6
"""Pixels that a border may stray: less than the eye sees across a room."""
HAIRLINE = 0.5
HALVES = {"o": 1.0, "s": 0.9, "h": 0.9}
"""Of its radius: half the width of a mark; of others a little more."""
MOST_LAYERS = 12
DARK = 0.42
"""Luminance below which words on a colour are light."""


def map_shapes(sheet: Sheet, ground: Ground, box: Box, scale: float, ids: Ids) -> str:
    """The map in its box as a group of shapes. ``scale`` is how large the slide is."""
    unit = PIXEL * scale
    where = frame(sheet, ground, box.width / unit, box.height / unit)
    canvas = _Canvas(sheet, ground, box, where, unit, ids)
    return canvas.xml()


class _Canvas:
    """A map on its way from parts to shapes."""

    def __init__(
        self, sheet: Sheet, ground: Ground, box: Box, where: Frame, unit: float, ids: Ids
    ) -> None:
        self.sheet, self.ground, self.box, self.where = sheet, ground, box, where
        self.unit, self.ids, self.text = unit, ids, Text(sheet.state.lang)
        drawn = settled(parts(sheet, ground, where), (where.width, where.height))
        self.parts = self._drawn(drawn)
        self._told = _Told(sheet, ground, self.text)
        painted = [one for one in self.parts if isinstance(one, Areas) and one.fill]
        self._fills = [one.fill for one in painted for _ in one.shapes]
        self._tree = shapely.STRtree([shape for one in painted for shape in one.shapes])

    def _drawn(self, found: Sequence[Part]) -> list[Part]:
        """Of hexagons those alone that have a colour, on their districts."""
        if not level(self.sheet).startswith("hex"):
            return list(found)
        zero = {INK["map-zero"], INK["map-outside"]}
        kept = [
            one for one in found
            if not (isinstance(one, Areas) and one.name == "areas" and one.fill in zero)
            and not (isinstance(one, Lines) and one.name == "edges")
        ]  # fmt: skip
        return [*self._beneath(), *kept]

    def _beneath(self) -> Iterator[Areas]:
        districts, shown = self.ground.frame("district"), self.sheet.drawn.get("shown")
        inside = districts["code"].isin(shown or districts["code"]).to_numpy()
        shapes = self.where.shapes(districts.geometry)
        yield Areas("beneath", shapes[~inside], INK["map-outside"])
        yield Areas("beneath", shapes[inside], INK["map-zero"])

    def xml(self) -> str:
        box = (self.box.left, self.box.top, self.box.width, self.box.height)
        back = preset(self.ids(), self.text("slides.ground"), "", box, Look(INK["map-background"]))
        shapes = [back]
        for part in self._coarse():
            shapes += self._shapes(part)
        return group(self.ids(), self.text("slides.map"), self.sheet.alt, box, shapes)

    def _coarse(self) -> list[Part]:
        """Areas with borders simplified together, so that no gap opens between colours."""
        own = [
            (place, one) for place, one in enumerate(self.parts)
            if isinstance(one, Areas) and one.name == "areas"
        ]  # fmt: skip
        if not own or level(self.sheet).startswith("hex"):
            return self.parts
        sizes = np.cumsum([len(one.shapes) for _, one in own])[:-1]
        every = np.concatenate([one.shapes for _, one in own])
        found = list(self.parts)
        simple = np.split(shapely.coverage_simplify(every, COARSE), sizes)
        for (place, one), shapes in zip(own, simple, strict=True):
            found[place] = replace(one, shapes=shapes)
        return found

    def _shapes(self, part: Part) -> Iterator[str]:
        if isinstance(part, Areas):
            yield from self._areas(part)
        elif isinstance(part, Lines):
            yield self._lines(part)
        elif isinstance(part, Marks):
            yield from self._marks(part)
        elif isinstance(part, Dots):
            yield from self._dots(part)
        elif isinstance(part, Panel):
            left, top = self._at(np.array(part.box[:2])).tolist()
            size = (part.box[2] * self.unit, part.box[3] * self.unit)
            look = Look(part.fill, part.line)
            yield preset(self.ids(), "", "", (left, top, *size), look, kind="roundRect")
        elif isinstance(part, Word):
            yield self._word(part)

    def _at(self, pixels: np.ndarray) -> np.ndarray:
        """Points of the slide."""
        return np.asarray(pixels * self.unit + (self.box.left, self.box.top))

    def _clipped(self, shapes: Any) -> np.ndarray:
        return np.asarray(shapely.clip_by_rect(shapes, 0, 0, self.where.width, self.where.height))

    def _areas(self, part: Areas) -> Iterator[str]:
        line, wide = part.line, part.width * self.unit
        if part.name == "areas":
            line, wide = INK["map-line"], HAIRLINE
        look = Look(part.fill, line, wide, part.opacity)
        ids = part.ids or [""] * len(part.shapes)
        for shape, own in zip(self._clipped(part.shapes), ids, strict=True):
            rings = [
                steps(self._at(shapely.get_coordinates(ring)))
                for polygon in shapely.get_parts(shape)
                if shapely.get_type_id(polygon) == 3
                for ring in (polygon.exterior, *polygon.interiors)
            ]
            name, about = self._told(own, part.name)
            yield freeform(self.ids(), name, about, rings, look, closed=True)

    def _lines(self, part: Lines) -> str:
        runs = shapely.get_parts(self._clipped(shapely.simplify(part.shapes, COARSE)))
        look = Look(None, part.paint, part.width * self.unit, line_opacity=part.opacity)
        name, about = self._told(part.ids[0] if part.ids else "", part.name)
        rings = [steps(self._at(shapely.get_coordinates(run))) for run in runs]
        return freeform(self.ids(), name, about, rings, look, closed=False)

    def _marks(self, part: Marks) -> Iterator[str]:
        ids = part.ids or [""] * len(part.at)
        for at, sign, radius, paint, opacity, own in zip(
            self._at(part.at), part.shapes, part.radii * self.unit, part.paints, part.opacities,
            ids, strict=True,
        ):  # fmt: skip
            if not self._is_inside(at, radius):
                continue
            hollow, half = sign == "h", radius * HALVES.get(sign, 1.2)
            look = Look(
                part.halo if hollow else paint, paint if hollow else part.halo,
                RIM * radius if hollow else part.rim * self.unit, opacity,
            )  # fmt: skip
            box = (at[0] - half, at[1] - half, 2 * half, 2 * half)
            name, about = self._told(own, part.name)
            yield preset(self.ids(), name, about, box, look, kind=PRESETS[sign])

    def _is_inside(self, at: np.ndarray, radius: float) -> bool:
        low = np.array([self.box.left, self.box.top]) + 1.2 * radius
        high = np.array([self.box.right, self.box.bottom]) - 1.2 * radius
        return bool(((at >= low) & (at <= high)).all())

    def _dots(self, part: Dots) -> Iterator[str]:
        """Very many dots as few shapes."""
        look, name = Look(part.paint, part.halo, part.rim * self.unit), self.text("slides.points")
        radius = part.radius * self.unit
        shown = part.at[[self._is_inside(at, radius) for at in self._at(part.at)]]
        layers = apart(shown, 2 * (part.radius + part.rim))
        for layer in range(max(layers, default=-1) + 1):
            at = steps(self._at(shown[np.array(layers) == layer]))
            yield circles(self.ids(), name, at, radius, look)

    def _word(self, part: Word) -> str:
        size = part.size * self.unit
        long, high = width(part.text, size, bold=part.bold), size * LINE
        x, y = self._at(np.array(part.at)).tolist()
        left = {"left": x, "right": x - long}.get(part.anchor, x - long / 2)
        paint, halo = part.paint, part.halo
        middle = (left + long / 2 - self.box.left) / self.unit, part.at[1]
        if halo and self._is_dark(middle):
            paint, halo = INK["paper"], INK["text"]
        align = {"left": "l", "right": "r"}.get(part.anchor, "ctr")
        words = Words(part.text, size, paint, part.bold, halo, align)
        box = (left, y - high / 2, long, high)
        return preset(self.ids(), part.text, "", box, Look(), words=[words])

    def _is_dark(self, at: tuple[float, float]) -> bool:
        """Whether what lies under a place is dark."""
        found = self._tree.query(shapely.Point(at), predicate="intersects")
        return len(found) > 0 and luminance(self._fills[max(found)] or INK["paper"]) < DARK


def apart(at: np.ndarray, near: float) -> list[int]:
    """A layer for each place, so that within a layer none is nearer to another.

    Of one shape, what is covered twice is a hole.

    >>> apart(np.array([[0.0, 0], [1, 0], [2, 0], [9, 9]]), 1.5)
    [0, 1, 0, 0]
    """
    points = shapely.points(at)
    one, other = shapely.STRtree(points).query(points, predicate="dwithin", distance=near)
    before = other < one
    earlier: dict[int, list[int]] = {}
    for late, early in zip(one[before].tolist(), other[before].tolist(), strict=True):
        earlier.setdefault(late, []).append(early)
    layers: list[int] = []
    for place in range(len(at)):
        taken = {layers[found] for found in earlier.get(place, ())}
        layers.append(next(layer for layer in range(len(taken) + 1) if layer not in taken))
    return [min(layer, MOST_LAYERS - 1) for layer in layers]


def luminance(paint: str) -> float:
    """How light a colour looks, from 0 to 1.

    >>> luminance(INK["paper"])
    1.0
    """
    red, green, blue = (int(paint[digit : digit + 2], 16) / 255 for digit in (1, 3, 5))
    return round(0.299 * red + 0.587 * green + 0.114 * blue, 6)


class _Told:
    """What shapes are called and what is said of them."""

    def __init__(self, sheet: Sheet, ground: Ground, text: Text) -> None:
        self._sheet, self._text = sheet, text
        own = ground.frame(level(sheet))
        name = f"name_{sheet.state.lang}"
        districts = ground.frame("district").set_index("code")[name]
        self._names = [
            place if code == district else f"{districts.get(district, '')} {place}".strip()
            for place, code, district in zip(
                own[name], own["code"], own["district_code"], strict=True
            )
        ]
        self._laid = {
            f"overlay-{one['id']}": one["properties"]
            for one in (sheet.drawn.get("overlay") or {"features": []})["features"]
        }
        self._mapped = level(sheet) == sheet.drawn["level"]

    def __call__(self, own: str, part: str) -> tuple[str, str]:
        """Name and description, by the mark of a shape or, without one, by the part it is of."""
        if own in self._laid:
            about = self._laid[own]
            said = " · ".join(filter(None, about["lines"]))
            return about["name"], f"{about['name']}: {said}" if said else about["name"]
        if own.startswith("area-"):
            row = int(own.removeprefix("area-"))
            name, said = self._names[row], self.value(row)
            return name, f"{name}: {said}" if said else name
        return self._text("slides.borders" if part in ("edges", "districts") else "slides.map"), ""

    def value(self, row: int) -> str:
        """What the map says of an area in the year."""
        sheet, drawn, year = self._sheet, self._sheet.drawn, self._sheet.year_index
        if not self._mapped or drawn.get("overlay"):
            return ""
        mark = drawn["classes"][year][row]
        if mark == OUTSIDE:
            return self._text("map.outside")
        if "said" in drawn:
            kind = drawn["none"] if mark == ZERO else drawn["labels"][ord(mark) - ord("0")]
            return " · ".join([kind, *self._said(row)])
        value = float(drawn["values"][year][row])
        return self._text.signed(value) if sheet.drawn["compared"] else self._text.number(value)

    def _said(self, row: int) -> Iterator[str]:
        for one in self._sheet.drawn["said"]:
            value = one["values"][self._sheet.year_index][row]
            if value is not None:
                yield one["text"].format(value=self._text.number(value))
