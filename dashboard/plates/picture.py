"""What a map is drawn of, and how it gets onto paper: with matplotlib, or as SVG by itself.

Both take the same parts, in pixels of a screen with y downwards, so that a plate, a slide and a
page in a browser show one and the same map.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape, quoteattr

import numpy as np
import shapely

from dashboard.plates.type import RISE, css, family, width

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.path import Path

SEAM = 0.4
"""Pixels by which an area reaches under its neighbours, lest the ground shine through."""
HALO = 3.0
"""Pixels around words."""
ANCHORS = {"left": "start", "center": "middle", "right": "end"}
OUTLINES: dict[str, list[tuple[float, float]]] = {
    "s": [(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)],
    "h": [(-0.69, -0.69), (0.69, -0.69), (0.69, 0.69), (-0.69, 0.69)],
    "t": [(-1.12, 0.65), (1.12, 0.65), (0, -1.3)],
    "d": [(0, -1.27), (1.27, 0), (0, 1.27), (-1.27, 0)],
}
"""Shape -> corners around a mark of radius 1; a round one is ``o``. Hollow ones have a rim."""
RIM = 0.42


@dataclass(frozen=True)
class Areas:
    """Polygons; without a fill only their outlines."""

    name: str
    shapes: np.ndarray
    fill: str | None = None
    opacity: float = 1.0
    line: str | None = None
    width: float = 1.0
    ids: Sequence[str] = ()


@dataclass(frozen=True)
class Lines:
    """Lines of one look."""

    name: str
    shapes: np.ndarray
    paint: str
    width: float
    opacity: float = 1.0
    ids: Sequence[str] = ()


@dataclass(frozen=True)
class Ties:
    """Straight lines, each with a look of its own: ``ends`` are x, y, x, y."""

    name: str
    ends: np.ndarray
    paints: Sequence[str]
    opacities: np.ndarray
    widths: np.ndarray


@dataclass(frozen=True)
class Marks:
    """Signs at places, each with a paint, a size and a strength of its own."""

    name: str
    at: np.ndarray
    shapes: str
    radii: np.ndarray
    paints: Sequence[str]
    opacities: np.ndarray
    halo: str
    rim: float = 1.0
    ids: Sequence[str] = ()


@dataclass(frozen=True)
class Dots:
    """Very many equal round signs."""

    name: str
    at: np.ndarray
    radius: float
    paint: str
    halo: str
    rim: float


@dataclass(frozen=True)
class Panel:
    """A box below words."""

    name: str
    box: tuple[float, float, float, float]
    fill: str
    line: str


@dataclass(frozen=True)
class Word:
    """A line of text; ``at`` is the middle of its height."""

    name: str
    at: tuple[float, float]
    text: str
    size: float
    paint: str
    halo: str | None
    bold: bool = False
    anchor: str = "center"


Part = Areas | Lines | Ties | Marks | Dots | Panel | Word


def paper_of(axes: Axes) -> Figure:
    """The figure that axes belong to."""
    figure = axes.get_figure(root=True)
    if figure is None:
        raise ValueError("These axes belong to no figure.")
    return figure


def draw(axes: Axes, parts: Iterable[Part], unit: float) -> None:
    """Draw parts onto axes whose data are pixels; ``unit`` are points in a pixel."""
    for order, part in enumerate(parts, start=1):
        for artist in _artists(axes, part, unit):
            artist.set_zorder(order)
            artist.set_clip_on(True)


def _artists(axes: Axes, part: Part, unit: float) -> Iterator[Any]:
    from matplotlib.collections import LineCollection, PathCollection
    from matplotlib.patches import FancyBboxPatch

    if isinstance(part, Areas):
        yield axes.add_collection(
            PathCollection(
                [path(shape) for shape in part.shapes],
                facecolors=_tone(part.fill, part.opacity) if part.fill else "none",
                edgecolors=part.line or (part.fill if part.opacity == 1 else "none"),
                linewidths=(part.width if part.line else SEAM) * unit,
                joinstyle="round",
            ),
            autolim=False,
        )
    elif isinstance(part, Lines):
        runs = [shapely.get_coordinates(one) for one in shapely.get_parts(part.shapes)]
        lines = LineCollection(
            runs, colors=part.paint, linewidths=part.width * unit, alpha=part.opacity,
            capstyle="round", joinstyle="round",
        )  # fmt: skip
        yield axes.add_collection(lines, autolim=False)
    elif isinstance(part, Ties):
        tones = [_tone(*look) for look in zip(part.paints, part.opacities, strict=True)]
        ties = LineCollection(
            list(part.ends.reshape(-1, 2, 2)), colors=tones, linewidths=part.widths * unit
        )
        yield axes.add_collection(ties, autolim=False)
    elif isinstance(part, Marks):
        yield from _marks(axes, part, unit)
    elif isinstance(part, Dots):
        look: dict[str, Any] = {"marker": "o", "linestyle": "none"}
        yield axes.plot(
            *part.at.T, **look, markersize=2 * (part.radius + part.rim / 2) * unit,
            markerfacecolor=part.paint, markeredgecolor=part.halo,
            markeredgewidth=part.rim * unit, scalex=False, scaley=False,
        )[0]  # fmt: skip
    elif isinstance(part, Panel):
        x, y, width, height = part.box
        yield axes.add_patch(
            FancyBboxPatch(
                (x, y), width, height, boxstyle="round,pad=0,rounding_size=6",
                facecolor=part.fill, edgecolor=part.line, linewidth=unit,
            )
        )  # fmt: skip
    else:
        yield from _words(axes, part, unit)


def _marks(axes: Axes, part: Marks, unit: float) -> Iterator[Any]:
    """One collection for all signs of a shape, in the order in which shapes first come."""
    from matplotlib.collections import PathCollection
    from matplotlib.transforms import IdentityTransform

    for shape in dict.fromkeys(part.shapes):
        own = np.array([one == shape for one in part.shapes])
        at = part.at[own]
        tones = [_tone(*look) for look, it in zip(_looks(part), own, strict=True) if it]
        halos = [(*_tone(part.halo, 1)[:3], tone[3]) for tone in tones]
        hollow = shape == "h"
        radii = part.radii[own] + (0 if hollow else part.rim / 2)
        yield axes.add_collection(
            PathCollection(
                [_outline(shape)], sizes=(radii * unit) ** 2, offsets=at,
                offset_transform=axes.transData, transform=IdentityTransform(),
                facecolors=halos if hollow else tones,
                edgecolors=tones if hollow else halos,
                linewidths=(RIM * radii if hollow else np.full(len(at), part.rim)) * unit,
            ),
            autolim=False,
        )  # fmt: skip


def _looks(part: Marks) -> Iterator[tuple[str, float]]:
    return zip(part.paints, part.opacities, strict=True)


def _outline(shape: str) -> Path:
    from matplotlib.path import Path

    if shape == "o":
        return Path.unit_circle()
    corners = [(x, -y) for x, y in OUTLINES[shape]]
    return Path([*corners, corners[0]], closed=True)


def _words(axes: Axes, part: Word, unit: float) -> Iterator[Any]:
    """Words, below them the same as outlines in the colour of the ground.

    A path effect of the words themselves would make outlines of them that nobody can search.
    """
    from matplotlib.patheffects import Stroke

    look: dict[str, Any] = {
        "fontfamily": list(family()), "fontsize": part.size * unit, "va": "baseline",
        "fontweight": "bold" if part.bold else "normal", "ha": part.anchor,
        "parse_math": False,
    }  # fmt: skip
    at = (part.at[0], part.at[1] + RISE * part.size)
    if part.halo:
        stroke = Stroke(linewidth=HALO * unit, foreground=part.halo, joinstyle="round")
        yield axes.text(*at, part.text, color=part.halo, path_effects=[stroke], **look)
    yield axes.text(*at, part.text, color=part.paint, **look)


def _tone(paint: str, opacity: float) -> tuple[float, ...]:
    from matplotlib.colors import to_rgba

    return to_rgba(paint, float(opacity))


def path(shape: shapely.Geometry) -> Path:
    """Polygons with their holes as one path."""
    from matplotlib.path import Path

    rings = [shapely.get_coordinates(ring) for ring in _rings(shape)]
    if not rings:
        return Path(np.zeros((0, 2)))
    codes = np.full(sum(map(len, rings)), Path.LINETO, dtype=np.uint8)
    ends = np.cumsum([len(ring) for ring in rings])
    codes[[0, *ends[:-1]]] = Path.MOVETO
    codes[ends - 1] = Path.CLOSEPOLY
    return Path(np.concatenate(rings), codes)


def _rings(shape: shapely.Geometry) -> list[shapely.Geometry]:
    polygons = shapely.get_parts(shape)
    return list(shapely.get_rings(polygons[shapely.get_type_id(polygons) == 3]))


def svg(parts: Iterable[Part]) -> str:
    """Parts as the inside of an SVG element, in a group for each."""
    written: list[str] = []
    for name, group in _grouped(parts):
        inside = "".join(_element(part) for part in group)
        written.append(f'<g class="{name}">{inside}</g>')
    return "\n".join(written)


def _grouped(parts: Iterable[Part]) -> Iterator[tuple[str, list[Part]]]:
    """Neighbours of one name together."""
    group: list[Part] = []
    for part in parts:
        if group and group[0].name != part.name:
            yield group[0].name, group
            group = []
        group.append(part)
    if group:
        yield group[0].name, group


def _element(part: Part) -> str:
    if isinstance(part, Areas):
        return _areas(part)
    if isinstance(part, Lines):
        look = _look(fill="none", stroke=part.paint, stroke_width=part.width,
                     stroke_opacity=part.opacity, stroke_linecap="round",
                     stroke_linejoin="round")  # fmt: skip
        return f"<g{look}>{_paths(part.shapes, part.ids, closed=False)}</g>"
    if isinstance(part, Ties):
        return _ties(part)
    if isinstance(part, Marks):
        return _signs(part)
    if isinstance(part, Dots):
        return _dots(part)
    if isinstance(part, Panel):
        x, y, width, height = map(_n, part.box)
        look = _look(fill=part.fill, stroke=part.line)
        return f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="6"{look}/>'
    return _text(part)


def _areas(part: Areas) -> str:
    line = part.line or (part.fill if part.opacity == 1 else None)
    look = _look(
        fill=part.fill or "none", fill_opacity=part.opacity, fill_rule="evenodd", stroke=line,
        stroke_width=part.width if part.line else SEAM, stroke_linejoin="round",
    )  # fmt: skip
    return f"<g{look}>{_paths(part.shapes, part.ids, closed=True)}</g>"


def _paths(shapes: np.ndarray, ids: Sequence[str], *, closed: bool) -> str:
    if not ids:
        return f'<path d="{"".join(_d(one, closed=closed) for one in shapes)}"/>'
    return "".join(
        f'<path id="{name}" d="{_d(one, closed=closed)}"/>'
        for name, one in zip(ids, shapes, strict=True)
    )


def _d(shape: shapely.Geometry, *, closed: bool) -> str:
    """Tenths of a pixel, each as a step from the last one: half as long."""
    runs = _rings(shape) if closed else list(shapely.get_parts(shape))
    return "".join(_run(shapely.get_coordinates(run), closed=closed) for run in runs)


def _run(places: np.ndarray, *, closed: bool) -> str:
    tenths = np.rint(places * 10).astype(int)
    steps = np.diff(tenths, axis=0)
    moved = steps[steps.any(axis=1)]
    if closed:
        moved = moved[:-1]  # "z" goes back to the start
    x, y = tenths[0].tolist()
    if not len(moved):
        return ""
    walked = " ".join(f"{_t(dx)} {_t(dy)}" for dx, dy in moved.tolist()).replace(" -", "-")
    return f"M{_t(x)} {_t(y)}l{walked}{'z' if closed else ''}"


def _t(tenths: int) -> str:
    """Tenths as a decimal number, as short as SVG allows."""
    whole, rest = divmod(abs(tenths), 10)
    sign = "-" if tenths < 0 else ""
    if not rest:
        return f"{sign}{whole}"
    return f"{sign}{whole or ''}.{rest}"


def _n(number: float) -> str:
    return _t(round(float(number) * 10))


def _dots(part: Dots) -> str:
    """Circles with a rim each, so that those that touch can be told apart."""
    radius = f"{part.radius + part.rim / 2:.2f}"
    dots = (f'<circle cx="{_n(x)}" cy="{_n(y)}" r="{radius}"/>' for x, y in part.at)
    look = _look(fill=part.paint, stroke=part.halo, stroke_width=round(part.rim, 2))
    return f"<g{look}>{''.join(dots)}</g>"


def _ties(part: Ties) -> str:
    """Lines of one look in one path: there are thousands."""
    drawn: dict[str, list[str]] = {}
    looks = zip(part.paints, part.opacities, part.widths, part.ends, strict=True)
    for paint, opacity, wide, (x, y, to_x, to_y) in looks:
        look = _look(stroke=paint, stroke_opacity=round(float(opacity), 3),
                     stroke_width=round(float(wide), 1))  # fmt: skip
        d = f"M{_n(x)} {_n(y)}L{_n(to_x)} {_n(to_y)}"
        drawn.setdefault(look, []).append(d)
    return "".join(f'<path d="{"".join(all_)}"{look}/>' for look, all_ in drawn.items())


def _signs(part: Marks) -> str:
    ids = part.ids or [""] * len(part.radii)
    rows = zip(part.at.tolist(), part.shapes, part.radii, _looks(part), ids, strict=True)
    return "".join(_sign(part, *row) for row in rows)


def _sign(
    part: Marks, at: list[float], shape: str, radius: float, look: tuple[str, float], name: str
) -> str:
    (x, y), (paint, opacity), hollow = at, look, shape == "h"
    grown = radius + (0 if hollow else part.rim / 2)
    drawn = (f' id="{name}"' if name else "") + _look(
        fill=part.halo if hollow else paint, stroke=paint if hollow else part.halo,
        stroke_width=round(RIM * radius if hollow else part.rim, 2),
        opacity=round(float(opacity), 2),
    )  # fmt: skip
    if shape == "o":
        return f'<circle cx="{_n(x)}" cy="{_n(y)}" r="{grown:.2f}"{drawn}/>'
    corners = (f"{_n(x + grown * dx)} {_n(y + grown * dy)}" for dx, dy in OUTLINES[shape])
    return f'<path d="M{"L".join(corners)}z"{drawn}/>'


def _text(part: Word) -> str:
    """A line as wide as it is in our typeface, which a reader may not have."""
    look = _look(fill=part.paint, font_size=round(part.size, 1), text_anchor=ANCHORS[part.anchor],
                 font_weight=700 if part.bold else 400)  # fmt: skip
    if part.halo:
        look += _look(stroke=part.halo, stroke_width=HALO, stroke_linejoin="round",
                      paint_order="stroke")  # fmt: skip
    look += _look(textLength=round(width(part.text, part.size, bold=part.bold), 1),
                  lengthAdjust="spacingAndGlyphs")  # fmt: skip
    x, y = part.at[0], part.at[1] + RISE * part.size
    return f'<text x="{_n(x)}" y="{_n(y)}"{look}>{escape(part.text)}</text>'


def _look(**given: str | float | None) -> str:
    """Attributes; what SVG assumes anyway is left out."""
    usual = {"fill_opacity": 1, "stroke_opacity": 1, "opacity": 1}
    return "".join(
        f" {name.replace('_', '-')}={quoteattr(str(value))}"
        for name, value in given.items()
        if value is not None and usual.get(name) != value
    )


def whole(
    inside: str, width: float, height: float, *, title: str, about: str, data: str = ""
) -> str:
    """An SVG file; ``data`` is kept in it for those who read the numbers back."""
    kept = f"<metadata>{escape(data)}</metadata>" if data else ""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'viewBox="0 0 {_n(width)} {_n(height)}" '
        f'width="{_n(width)}" height="{_n(height)}" role="img" font-family="{css()}" '
        'stroke-linejoin="round">'
        f"<title>{escape(title)}</title><desc>{escape(about)}</desc>{kept}\n{inside}\n</svg>\n"
    )
