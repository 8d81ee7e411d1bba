"""Traces of Plotly's figures on axes of matplotlib: bars, lines, marks, words, cells."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np

from dashboard.plates.picture import paper_of
from dashboard.plates.type import family, width
from dashboard.theme import COLOURS, Theme

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Figure = Mapping[str, Any]
HOVER = {"customdata", "hovertemplate", "hoverinfo", "hoverongaps"}
"""What paper has no use for."""
KEYS = {
    "bar": {"type", "orientation", "x", "y", "name", "width", "marker", "text", "textposition",
            "error_x", "showlegend", "cliponaxis", *HOVER},
    "scatter": {"type", "mode", "x", "y", "name", "line", "marker", "fill", "fillcolor", "text",
                "textposition", "textfont", "error_x", "showlegend", "legendrank", "yaxis",
                "cliponaxis", *HOVER},
    "heatmap": {"type", "z", "zmin", "zmax", "colorscale", "showscale", "xgap", "ygap", "text",
                "texttemplate", "textfont", *HOVER},
    "line": {"color", "width", "dash", "shape"},
    "marker": {"color", "size", "symbol", "opacity", "line", "pattern"},
    "error_x": {"type", "symmetric", "color", "thickness", "width", "array", "arrayminus"},
}  # fmt: skip
DASHES: dict[str, Any] = {"solid": "-", "dot": (0, (1.2, 1.6)), "dash": (0, (4, 2))}
SYMBOLS = {
    "circle": "o", "diamond": "D", "square": "s", "triangle-up": "^", "line-ns-open": "|",
}  # fmt: skip
SHRUNK = {"D": 0.78, "s": 0.88}
"""Marks that matplotlib draws larger than Plotly."""
MARK_SIZE, WORD_SIZE = 6.0, 12.0
BAR_GAP = 0.2
CLEAR = 8
"""Pixels between words and what an unseen mark stands for."""
RGBA = re.compile(r"rgba?\(([^)]*)\)")


@dataclass(frozen=True)
class Canvas:
    """Axes, how many points a pixel has, and where categories stand."""

    axes: Axes
    unit: float
    theme: Theme
    columns: Sequence[Any]
    rows: Sequence[Any]

    def x(self, values: Sequence[Any]) -> np.ndarray:
        """Numbers across."""
        return positions(values, self.columns)

    def y(self, values: Sequence[Any]) -> np.ndarray:
        """Numbers upwards."""
        return positions(values, self.rows)

    def write(
        self, at: tuple[float, float], text: str, shift: tuple[float, float], **look: Any
    ) -> None:
        """Words at a place, moved by pixels; ``look`` may have ``size``, ``color``, ha, va."""
        size = look.pop("size", WORD_SIZE)
        self.axes.annotate(
            text, at, xytext=(shift[0] * self.unit, shift[1] * self.unit),
            textcoords="offset points", fontsize=size * self.unit, annotation_clip=False,
            fontfamily=list(family()), parse_math=False, zorder=6,
            **{"color": COLOURS[self.theme]["text"], **look},
        )  # fmt: skip


def positions(values: Sequence[Any], categories: Sequence[Any]) -> np.ndarray:
    """Numbers, or the places of categories.

    >>> positions(["b", "a", None], ["a", "b"]).tolist()
    [1.0, 0.0, nan]
    """
    if categories:
        values = [None if one is None else categories.index(one) for one in values]
    return np.array([np.nan if one is None else one for one in values], dtype=float)


def checked(part: Mapping[str, Any], kind: str, known: Mapping[str, set[str]]) -> None:
    """Raises where a figure has what would be missing on paper."""
    unknown = sorted(set(part) - known[kind])
    if unknown:
        raise ValueError(
            f"A chart's {kind} has {', '.join(unknown)}, which plates cannot draw: teach "
            "dashboard/plates/traces.py or charts.py, or leave it out."
        )


def tone(paint: str, opacity: float = 1) -> tuple[float, float, float, float]:
    """A colour as Plotly writes it, and how strong.

    >>> tone("rgba(255, 0, 0, 0.5)")
    (1.0, 0.0, 0.0, 0.5)
    """
    from matplotlib.colors import to_rgba

    if found := RGBA.match(paint):
        *parts, own = [*map(float, found[1].split(",")), 1.0][:4]
        red, green, blue = (part / 255 for part in parts)
        return (red, green, blue, own * opacity)
    red, green, blue, own = to_rgba(paint)
    return (red, green, blue, own * opacity)


def each(given: Any, size: int, usual: Any = None) -> list[Any]:
    """A value for each of several things: a list stays one."""
    given = usual if given is None else given
    return list(given) if isinstance(given, list | tuple) else [given] * size


def draw_traces(figure: Figure, canvas: Canvas, second: Canvas | None) -> None:
    """All traces, the first one lowest."""
    bars = Bars(figure)
    before = None
    for trace in figure["data"]:
        checked(trace, trace["type"], KEYS)
        own = second if trace.get("yaxis") == "y2" and second else canvas
        if trace["type"] == "bar":
            bars.draw(trace, own)
        elif trace["type"] == "heatmap":
            draw_cells(trace, own)
        else:
            draw_scatter(trace, before, own)
        before = trace


class Bars:
    """The bars of a figure: how wide each is, and on which of others it stands."""

    def __init__(self, figure: Figure) -> None:
        layout = figure["layout"]
        self._traces = [one for one in figure["data"] if one["type"] == "bar"]
        self._mode = layout.get("barmode", "group")
        self._gap = layout.get("bargap", BAR_GAP)
        self._feet: dict[float, float] = {}

    def spans(self, trace: Mapping[str, Any], places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Where each bar begins, and how wide it is."""
        apart = np.diff(np.unique(places)).min(initial=np.inf)
        room = (apart if np.isfinite(apart) else 1.0) * (1 - self._gap)
        if "width" in trace:
            widths = np.array(each(trace["width"], len(places)), dtype=float)
            return places - widths / 2, widths
        side = len(self._traces) if self._mode == "group" else 1
        place = next(i for i, one in enumerate(self._traces) if one is trace) if side > 1 else 0
        widths = np.full(len(places), room / side)
        return places - room / 2 + place * room / side, widths

    def feet(self, places: np.ndarray, sizes: np.ndarray) -> np.ndarray:
        """Where each bar stands: on those before it, where they are stacked."""
        if self._mode != "stack":
            return np.zeros(len(places))
        below = np.array([self._feet.get(at, 0.0) for at in places.tolist()])
        self._feet |= dict(
            zip(places.tolist(), (below + np.nan_to_num(sizes)).tolist(), strict=True)
        )
        return below

    def draw(self, trace: Mapping[str, Any], canvas: Canvas) -> None:
        """Bars, their patterns, intervals and words."""
        lying = trace.get("orientation") == "h"
        places = canvas.y(trace["y"]) if lying else canvas.x(trace["x"])
        sizes = canvas.x(trace["x"]) if lying else canvas.y(trace["y"])
        starts, widths = self.spans(trace, places)
        feet = self.feet(places, sizes)
        marker = trace.get("marker", {})
        checked(marker, "marker", KEYS)
        looks = zip(each(marker.get("color"), len(places), COLOURS[canvas.theme]["accent"]),
                    each(marker.get("opacity"), len(places), 1), strict=True)  # fmt: skip
        tones = [tone(*look) for look in looks]
        add = canvas.axes.barh if lying else canvas.axes.bar
        length: dict[str, Any] = {
            "left" if lying else "bottom": feet,
            "height" if lying else "width": widths,
        }
        drawn = add(starts, np.nan_to_num(sizes), align="edge", color=tones, linewidth=0,
                    zorder=2, **length)  # fmt: skip
        if "pattern" in marker:
            for patch in drawn:
                patch.set(hatch="/////", hatchcolor=tone(COLOURS[canvas.theme]["text"], 0.35))
        if "error_x" in trace:
            draw_errors(trace["error_x"], feet + sizes, starts + widths / 2, canvas)
        if "text" in trace:
            _bar_words(trace, canvas, feet + sizes, starts + widths / 2, tones, lying=lying)


def _bar_words(
    trace: Mapping[str, Any],
    canvas: Canvas,
    ends: np.ndarray,
    middles: np.ndarray,
    tones: Sequence[tuple[float, ...]],
    *,
    lying: bool,
) -> None:
    """Words behind the end of a bar, or inside where there is the room."""
    per_unit = canvas.axes.transData.transform([(0, 0), (1, 0)])[:, 0] @ [-1, 1]
    dots = paper_of(canvas.axes).dpi / 72
    for end, middle, text, paint in zip(ends, middles, trace["text"], tones, strict=True):
        if not lying:
            canvas.write((middle, end), text, (0, 3), ha="center", va="bottom")
            continue
        room = (width(text, WORD_SIZE) + 16) * canvas.unit * dots
        inside = trace.get("textposition") != "outside" and per_unit * end > room
        look = {"color": _upon(paint, canvas.theme), "ha": "right"} if inside else {"ha": "left"}
        canvas.write((end, middle), text, (-6 if inside else 5, 0), va="center_baseline", **look)


def _upon(paint: Sequence[float], theme: Theme) -> str:
    """Words on a colour: the lighter or the darker of the page's own two."""
    both = (COLOURS[theme]["text"], COLOURS[theme]["paper"])
    light, dark = sorted(both, key=lambda one: -_light(tone(one)))
    return dark if _light(paint) > 0.2 else light


def _light(paint: Sequence[float]) -> float:
    """How light a colour is, as contrast is reckoned."""
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in paint[:3]
    ]
    return float(np.dot(linear, (0.2126, 0.7152, 0.0722)))


def draw_errors(
    error: Mapping[str, Any], ends: np.ndarray, middles: np.ndarray, canvas: Canvas
) -> None:
    """Intervals across, with feet at both ends."""
    checked(error, "error_x", KEYS)
    more, less = (positions(error[side], ()) for side in ("array", "arrayminus"))
    known = np.isfinite(more) & np.isfinite(less) & np.isfinite(ends)
    if not known.any():
        return
    canvas.axes.errorbar(
        ends[known], middles[known], xerr=np.abs([less[known], more[known]]), fmt="none",
        ecolor=error["color"], elinewidth=error["thickness"] * canvas.unit,
        capsize=error["width"] * canvas.unit, capthick=error["thickness"] * canvas.unit, zorder=4,
    )  # fmt: skip


def draw_scatter(
    trace: Mapping[str, Any], before: Mapping[str, Any] | None, canvas: Canvas
) -> None:
    """Lines, what they fill, marks and words."""
    x, y = canvas.x(trace["x"]), canvas.y(trace["y"])
    mode = trace.get("mode", "lines")
    line, marker = trace.get("line", {}), trace.get("marker", {})
    checked(line, "line", KEYS)
    checked(marker, "marker", KEYS)
    if "fill" in trace:
        _fill(trace, before, canvas)
    if "lines" in mode and line.get("width", 2) > 0:
        canvas.axes.plot(
            x, y, color=tone(paint(trace, canvas.theme)), clip_on=trace.get("cliponaxis", True),
            linewidth=line.get("width", 2) * canvas.unit,
            linestyle=DASHES[line.get("dash", "solid")],
            drawstyle="steps-post" if line.get("shape") == "hv" else "default",
            dash_capstyle="butt", solid_capstyle="round", zorder=3,
        )  # fmt: skip
    if "error_x" in trace:
        draw_errors(trace["error_x"], x, y, canvas)
    if "markers" in mode and marker.get("opacity", 1) != 0:
        draw_marks(trace, x, y, canvas)
    if "text" in mode:
        _scatter_words(trace, x, y, canvas)


def paint(trace: Mapping[str, Any], theme: Theme) -> str:
    """The colour of a line, or of its marks."""
    found = trace.get("line", {}).get("color") or trace.get("marker", {}).get("color")
    return found if isinstance(found, str) else COLOURS[theme]["accent"]


def _fill(trace: Mapping[str, Any], before: Mapping[str, Any] | None, canvas: Canvas) -> None:
    """Down to the line before, or each closed run by itself."""
    x, y = canvas.x(trace["x"]), canvas.y(trace["y"])
    colour = tone(trace["fillcolor"])
    if trace["fill"] == "tonexty":
        if before is None:
            raise ValueError("A chart fills down to the line before, but there is none.")
        step: Any = "post" if trace.get("line", {}).get("shape") == "hv" else None
        canvas.axes.fill_between(
            x, y, canvas.y(before["y"]), color=colour, linewidth=0, step=step, zorder=1
        )
        return
    if trace["fill"] != "toself":
        raise ValueError(f"A chart fills {trace['fill']}: plates know tonexty and toself.")
    from matplotlib.collections import PolyCollection

    runs = [
        np.array([place for _, place in run])
        for there, run in groupby(
            zip(np.isfinite(x), np.column_stack([x, y]), strict=True), key=lambda one: bool(one[0])
        )
        if there
    ]
    canvas.axes.add_collection(PolyCollection(runs, facecolors=colour, linewidths=0, zorder=2))


def draw_marks(trace: Mapping[str, Any], x: np.ndarray, y: np.ndarray, canvas: Canvas) -> None:
    """A mark at each place."""
    marker = trace.get("marker", {})
    symbol = SYMBOLS[marker.get("symbol", "circle")]
    sizes = np.array(each(marker.get("size"), len(x), MARK_SIZE), dtype=float)
    sizes = sizes * SHRUNK.get(symbol, 1) * canvas.unit
    tones = [
        tone(one, marker.get("opacity", 1))
        for one in each(marker.get("color"), len(x), paint(trace, canvas.theme))
    ]
    rim = marker.get("line", {})
    open_ = symbol == "|"
    canvas.axes.scatter(
        x, y, s=sizes**2, c=None if open_ else tones, marker=symbol, zorder=5,
        edgecolors=None if open_ else rim.get("color", "none"),
        color=tones[:1] if open_ else None, linewidths=rim.get("width", 0) * canvas.unit,
        clip_on=trace.get("cliponaxis", True),
    )  # fmt: skip


def _scatter_words(trace: Mapping[str, Any], x: np.ndarray, y: np.ndarray, canvas: Canvas) -> None:
    size = trace.get("textfont", {}).get("size", WORD_SIZE)
    sides = each(trace.get("textposition"), len(x), "middle center")
    marks = each(trace.get("marker", {}).get("size"), len(x), 0)
    for left, top, text, side, mark in zip(x, y, trace["text"], sides, marks, strict=True):
        if not text:
            continue
        up, across = side.split()
        far = mark / 2 + (2 if trace.get("marker", {}).get("opacity", 1) else CLEAR)
        canvas.write(
            (left, top), text,
            ({"left": -far, "right": far}.get(across, 0), {"top": far, "bottom": -far}.get(up, 0)),
            size=size, ha={"left": "right", "right": "left"}.get(across, "center"),
            va={"top": "bottom", "bottom": "top"}.get(up, "center_baseline"),
        )  # fmt: skip


def draw_cells(trace: Mapping[str, Any], canvas: Canvas) -> None:
    """A table of colours with its numbers; nothing where there is none."""
    from matplotlib.colors import LinearSegmentedColormap
    from matplotlib.patches import Rectangle

    scale = LinearSegmentedColormap.from_list(
        "cells", [tuple(stop) for stop in trace["colorscale"]]
    )
    low, high = trace["zmin"], trace["zmax"]
    across, down = _gaps(trace, canvas)
    texts = trace.get("text", [[""] * len(row) for row in trace["z"]])
    size = trace.get("textfont", {}).get("size", WORD_SIZE)
    for row, (values, told) in enumerate(zip(trace["z"], texts, strict=True)):
        for column, (value, text) in enumerate(zip(values, told, strict=True)):
            if value is None:
                continue
            colour = scale((value - low) / ((high - low) or 1))
            cell = Rectangle((column - across / 2, row - down / 2), across, down, facecolor=colour)
            canvas.axes.add_patch(cell)
            canvas.write((column, row), text, (0, 0), size=size, ha="center",
                         va="center_baseline", color=_upon(colour, canvas.theme))  # fmt: skip


def _gaps(trace: Mapping[str, Any], canvas: Canvas) -> tuple[float, float]:
    """Width and height of a cell of 1 × 1, less the space between cells."""
    one: Callable[..., Any] = canvas.axes.transData.transform
    (left, foot), (right, top) = one([(0, 0), (1, 1)])
    dots = paper_of(canvas.axes).dpi / 72 * canvas.unit
    return (
        1 - trace.get("xgap", 0) * dots / abs(right - left),
        1 - trace.get("ygap", 0) * dots / abs(top - foot),
    )
