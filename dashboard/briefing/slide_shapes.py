"""Shapes of a slide as DrawingML, written directly: a map has hundreds of them.

Places are whole steps of `STEP`, counted from the slide's corner, so that neighbours share the
corners of their border.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from xml.sax.saxutils import escape, quoteattr

import numpy as np

EMU = 12_700
"""Of a point."""
STEP = 635
"""EMU that a step stands for: a twentieth of a point."""
STEPS = EMU / STEP
SPACES = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
)
PRESETS = {"o": "ellipse", "s": "rect", "h": "rect", "t": "triangle", "d": "diamond"}
"""Shape of a mark -> DrawingML's name."""
GLOW = 25_400


@dataclass(frozen=True)
class Look:
    """Fill and outline; None for none. Opacity is of the fill alone."""

    fill: str | None = None
    line: str | None = None
    width: float = 0.75
    opacity: float = 1.0
    line_opacity: float = 1.0

    @property
    def xml(self) -> str:
        fill = _solid(self.fill, self.opacity)
        line = (
            f'<a:ln w="{round(self.width * EMU)}" cap="rnd">'
            f"{_solid(self.line, self.line_opacity)}<a:round/></a:ln>"
            if self.line
            else "<a:ln><a:noFill/></a:ln>"
        )
        return fill + line


@dataclass(frozen=True)
class Words:
    """A line of text in a shape."""

    text: str
    size: float
    paint: str
    bold: bool = False
    halo: str | None = None
    align: str = "ctr"

    @property
    def xml(self) -> str:
        glow = (
            f'<a:effectLst><a:glow rad="{GLOW}">{colour(self.halo, 0.85)}</a:glow></a:effectLst>'
            if self.halo
            else ""
        )
        return (
            f'<a:p><a:pPr algn="{self.align}"/><a:r><a:rPr sz="{round(self.size * 100)}"'
            f' b="{int(self.bold)}">{_solid(self.paint)}{glow}</a:rPr>'
            f"<a:t>{escape(self.text)}</a:t></a:r></a:p>"
        )


class Ids:
    """Numbers of the shapes of a slide, each once."""

    def __init__(self, first: int) -> None:
        self._next = count(first)

    def __call__(self) -> int:
        return next(self._next)


def colour(paint: str, opacity: float = 1.0) -> str:
    """A colour of `dashboard.theme`."""
    value = paint.removeprefix("#")
    if opacity >= 1:
        return f'<a:srgbClr val="{value}"/>'
    alpha = f'<a:alpha val="{round(opacity * 100_000)}"/>'
    return f'<a:srgbClr val="{value}">{alpha}</a:srgbClr>'


def _solid(paint: str | None, opacity: float = 1.0) -> str:
    if paint is None:
        return "<a:noFill/>"
    return f"<a:solidFill>{colour(paint, opacity)}</a:solidFill>"


def gradient(paints: Sequence[str]) -> str:
    """A fill that runs through colours from left to right."""
    last = max(len(paints) - 1, 1)
    stops = "".join(
        f'<a:gs pos="{round(place / last * 100_000)}">{colour(paint)}</a:gs>'
        for place, paint in enumerate(paints)
    )
    return f'<a:gradFill><a:gsLst>{stops}</a:gsLst><a:lin ang="0" scaled="0"/></a:gradFill>'


def steps(points: np.ndarray) -> np.ndarray:
    """Points of the slide as steps."""
    return np.rint(np.asarray(points) * STEPS).astype(int)


def _named(number: int, name: str, about: str) -> str:
    said = f" descr={quoteattr(about)}" if about else ""
    return f'<p:cNvPr id="{number}" name={quoteattr(name)}{said}/>'


def _place(left: int, top: int, width: int, height: int) -> str:
    return (
        f'<a:xfrm><a:off x="{left * STEP}" y="{top * STEP}"/>'
        f'<a:ext cx="{width * STEP}" cy="{height * STEP}"/></a:xfrm>'
    )


def freeform(
    number: int, name: str, about: str, rings: Sequence[np.ndarray], look: Look, *, closed: bool
) -> str:
    """Rings or lines, in steps, as one shape; nothing where they are too small to be seen."""
    runs = [run for run in map(_distinct, rings) if len(run) > (2 if closed else 1)]
    if not runs:
        return ""
    every = np.concatenate(runs)
    left, top = every.min(axis=0).tolist()
    width, height = (np.maximum(every.max(axis=0) - (left, top), 1)).tolist()
    fill = "" if closed else ' fill="none"'
    path = "".join(_path(run - (left, top), closed=closed) for run in runs)
    return (
        f"<p:sp><p:nvSpPr>{_named(number, name, about)}<p:cNvSpPr/><p:nvPr/></p:nvSpPr><p:spPr>"
        f"{_place(left, top, width, height)}<a:custGeom><a:avLst/><a:gdLst/><a:ahLst/><a:cxnLst/>"
        f'<a:rect l="0" t="0" r="r" b="b"/><a:pathLst><a:path w="{width}" h="{height}"{fill}>'
        f"{path}</a:path></a:pathLst></a:custGeom>{look.xml}</p:spPr></p:sp>"
    )


def _distinct(run: np.ndarray) -> np.ndarray:
    """Without corners that fall together; of a ring the last one is the first."""
    moved = np.any(np.diff(run, axis=0), axis=1)
    return np.asarray(run[np.concatenate([[True], moved])])


def _path(run: np.ndarray, *, closed: bool) -> str:
    (x, y), *others = (run[:-1] if closed and (run[0] == run[-1]).all() else run).tolist()
    lines = "".join(f'<a:lnTo><a:pt x="{x}" y="{y}"/></a:lnTo>' for x, y in others)
    end = "<a:close/>" if closed else ""
    return f'<a:moveTo><a:pt x="{x}" y="{y}"/></a:moveTo>{lines}{end}'


def circles(number: int, name: str, at: np.ndarray, radius: float, look: Look) -> str:
    """Equal circles as one shape, each a path of its own, so that none makes a hole in another."""
    if not len(at):
        return ""
    size = max(round(radius * STEPS), 1)
    left, top = (at.min(axis=0) - size).tolist()
    width, height = (at.max(axis=0) + size - (left, top)).tolist()
    head = f'<a:path w="{width}" h="{height}"><a:moveTo><a:pt x='
    tail = (
        f'/></a:moveTo><a:arcTo wR="{size}" hR="{size}" stAng="0" swAng="21600000"/>'
        "<a:close/></a:path>"
    )
    paths = "".join(f'{head}"{x + size}" y="{y}"{tail}' for x, y in (at - (left, top)).tolist())
    return (
        f"<p:sp><p:nvSpPr>{_named(number, name, '')}<p:cNvSpPr/><p:nvPr/></p:nvSpPr><p:spPr>"
        f"{_place(left, top, width, height)}<a:custGeom><a:avLst/><a:gdLst/><a:ahLst/><a:cxnLst/>"
        f'<a:rect l="0" t="0" r="r" b="b"/><a:pathLst>{paths}</a:pathLst></a:custGeom>'
        f"{look.xml}</p:spPr></p:sp>"
    )


def preset(
    number: int,
    name: str,
    about: str,
    box: tuple[float, float, float, float],
    look: Look | str,
    *,
    kind: str = "rect",
    words: Sequence[Words] = (),
    corner: int | None = None,
) -> str:
    """A rectangle, an ellipse … at a place in points (left, top, width, height), with words."""
    left, top, width, height = steps(np.array(box)).tolist()
    bent = "" if corner is None else f'<a:gd name="adj" fmla="val {corner}"/>'
    text = _text(words)
    painted = look.xml if isinstance(look, Look) else look
    return (
        f"<p:sp><p:nvSpPr>{_named(number, name, about)}<p:cNvSpPr/><p:nvPr/></p:nvSpPr><p:spPr>"
        f"{_place(left, top, max(width, 1), max(height, 1))}"
        f'<a:prstGeom prst="{kind}"><a:avLst>{bent}</a:avLst></a:prstGeom>{painted}</p:spPr>'
        f"{text}</p:sp>"
    )


def _text(words: Sequence[Words]) -> str:
    if not words:
        return ""
    body = 'wrap="none" lIns="0" tIns="0" rIns="0" bIns="0" anchor="ctr" rtlCol="0"'
    written = "".join(one.xml for one in words)
    return f"<p:txBody><a:bodyPr {body}><a:noAutofit/></a:bodyPr><a:lstStyle/>{written}</p:txBody>"


def group(
    number: int,
    name: str,
    about: str,
    box: tuple[float, float, float, float],
    shapes: Iterator[str] | Sequence[str],
) -> str:
    """Shapes held together, with a description for those who do not see them."""
    left, top, width, height = (value * STEP for value in steps(np.array(box)).tolist())
    place = (
        f'<a:off x="{left}" y="{top}"/><a:ext cx="{width}" cy="{height}"/>'
        f'<a:chOff x="{left}" y="{top}"/><a:chExt cx="{width}" cy="{height}"/>'
    )
    return (
        f"<p:grpSp {SPACES}><p:nvGrpSpPr>{_named(number, name, about)}<p:cNvGrpSpPr/><p:nvPr/>"
        f"</p:nvGrpSpPr><p:grpSpPr><a:xfrm>{place}</a:xfrm></p:grpSpPr>{''.join(shapes)}</p:grpSp>"
    )
