"""The figures that Plotly shows in the page, drawn by matplotlib for paper.

What a builder of `dashboard.figures` says is drawn or, if plates do not know it, refused: nothing
is left out without a word.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from dashboard.plates.picture import paper_of
from dashboard.plates.traces import (
    DASHES,
    SYMBOLS,
    Bars,
    Canvas,
    Figure,
    checked,
    draw_traces,
    positions,
    tone,
)
from dashboard.plates.traces import paint as trace_paint
from dashboard.plates.type import drawing, family, width, wrap
from dashboard.plates.vector import finished
from dashboard.sheet import Chart
from dashboard.theme import COLOURS, Theme

if TYPE_CHECKING:
    from matplotlib.axes import Axes

AXIS = {
    "gridcolor", "zeroline", "linecolor", "tickfont", "fixedrange", "automargin", "showgrid",
    "rangemode", "range", "tickvals", "ticktext", "tickformat", "ticksuffix", "tickangle", "title",
    "type", "nticks", "visible", "showticklabels", "showline", "side", "autorange", "scaleanchor",
    "overlaying", "tickmode", "ticks",
}  # fmt: skip
KEYS = {
    "layout": {"paper_bgcolor", "plot_bgcolor", "font", "margin", "xaxis", "yaxis", "yaxis2",
               "showlegend", "legend", "hovermode", "hoverlabel", "height", "barmode", "bargap",
               "shapes", "annotations"},
    "axis": AXIS,
    "shape": {"type", "x0", "x1", "y0", "y1", "yref", "line"},
    "annotation": {"x", "y", "xref", "yref", "text", "showarrow", "xanchor", "yanchor", "xshift",
                   "yshift", "font"},
    "legend": {"orientation", "x", "y", "yanchor", "traceorder"},
}  # fmt: skip
NARROW = 440
"""Points of width from which on a pixel is a point."""
UNITS = (0.56, 1.0)
LEGEND, TICK, TITLE, SAID = 12.0, 12.0, 12.0, 13.0
"""Pixels: sizes of words."""
LINE = 1.35
LEAST_TICK = 0.62
"""Of its size: how small words beside an axis may become where rows stand close."""
GAP = 6.0
KEY, AFTER_KEY, AFTER_ITEM = 22.0, 6.0, 16.0
"""Pixels of a legend: the sign, what is behind it, what is behind its words."""
MOST_BESIDE = 0.46
"""Of the width: room for names beside bars."""
THICK = 1.4
"""Of the height that it has in the page: how high a chart of bars in rows may be."""
PAD = 0.05
BREAK = re.compile(r"<br ?/?>")
TAG = re.compile(r"</?b>")


def draw_chart(axes: Axes, figure: Figure, theme: Theme) -> None:
    """Draw a figure into the box of the axes, which then keep what words leave of it."""
    _check(figure)
    _Plot(axes, figure, theme).draw()


def chart_svg(chart: Chart, theme: Theme, width: float = 480, height: float = 300) -> str:
    """A chart as an SVG file whose words are words; it says of itself what the page says."""
    import io

    from matplotlib.figure import Figure as Paper

    with drawing():
        paper = Paper(figsize=(width / 72, height / 72), dpi=72, facecolor="none")
        axes = paper.add_axes((0, 0, 1, 1))
        draw_chart(axes, chart.figure, theme)
        written = io.StringIO()
        paper.savefig(written, format="svg", transparent=True, metadata={"Date": None})
    return finished(written.getvalue(), title=chart.title, about=chart.words)


def _check(figure: Figure) -> None:
    layout = figure["layout"]
    checked(layout, "layout", KEYS)
    for name in ("xaxis", "yaxis", "yaxis2"):
        checked(layout.get(name, {}), "axis", KEYS)
    checked(layout.get("legend", {}), "legend", KEYS)
    for kind in ("shape", "annotation"):
        for one in layout.get(f"{kind}s", ()):
            checked(one, kind, KEYS)


def words(text: Any) -> str:
    r"""What a figure says, without its tags.

    >>> words("<b>3</b><br>12")
    '3\n12'
    """
    return TAG.sub("", BREAK.sub("\n", str(text)))


@dataclass
class _Ticks:
    """Where ticks of an axis stand and what they say, in words of one size (pixels)."""

    at: list[float]
    said: list[str]
    size: float

    def widest(self) -> float:
        """Pixels."""
        return max(
            (width(line, self.size) for one in self.said for line in one.split("\n")), default=0.0
        )

    def lines(self) -> int:
        """Most lines of a tick."""
        return max((one.count("\n") + 1 for one in self.said), default=0)


class _Plot:
    """One figure on its way onto paper; lengths are pixels of ``unit`` points."""

    def __init__(self, axes: Axes, figure: Figure, theme: Theme) -> None:
        self.axes, self.figure, self.theme = axes, figure, theme
        self.layout = figure["layout"]
        self.box = axes.get_position()
        inches = paper_of(axes).get_size_inches()
        points = inches * 72 * (self.box.width, self.box.height)
        self.unit = min(max(points[0] / NARROW, UNITS[0]), UNITS[1])
        self.width, self.height = points / self.unit
        self.columns = _categories(figure, "x")
        self.rows = _categories(figure, "y")

    def draw(self) -> None:
        ranges = {name: self._range(name) for name in ("x", "y", "y2") if self._has(name)}
        legend = self._legend_rows()
        ticks = {name: self._ticks(name, span) for name, span in ranges.items()}
        self._fit_rows(ticks, legend)
        self._inset(ticks, legend)
        canvas, second = self._canvases(ranges, ticks)
        self._shapes()
        draw_traces(self.figure, canvas, second)
        self._limits(canvas, second, ranges)
        self._annotations(canvas)
        self._legend(legend)

    def _has(self, name: str) -> bool:
        return name != "y2" or any(one.get("yaxis") == "y2" for one in self.figure["data"])

    def _axis(self, name: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.layout[f"{name[0]}axis{name[1:]}"]
        return found

    def _range(self, name: str) -> tuple[float, float]:
        axis = self._axis(name)
        logs = axis.get("type") == "log"
        if "range" in axis:
            low, high = axis["range"]
            return (10**low, 10**high) if logs else (low, high)
        low, high = self._reach(name)
        if logs:
            grown = (high / low) ** PAD
            return low / grown, high * grown
        if (self.columns and name == "x") or (self.rows and name == "y") or self._cells():
            return low, high
        if axis.get("rangemode") == "tozero":
            low, high = min(low, 0.0), max(high, 0.0)
        room = PAD * ((high - low) or abs(high) or 1)
        flush = self._flush(name)
        below = low if low == 0 or flush else low - room
        above = high if high == 0 or flush else high + room + self._word_room(name, high - low)
        return below, above if above > below else below + 1

    def _flush(self, name: str) -> bool:
        """Lines alone reach from edge to edge."""
        return name == "x" and all(
            one["type"] == "scatter" and one.get("mode", "lines") == "lines"
            for one in self.figure["data"]
        )

    def _word_room(self, name: str, span: float) -> float:
        """For words behind the longest bar."""
        wide = [
            width(text, TICK)
            for one in self.figure["data"]
            if one["type"] == "bar" and "text" in one
            for text in one["text"]
        ]
        if not wide:
            return 0.0
        lying = self.figure["data"][0].get("orientation") == "h"
        if lying != (name == "x"):
            return 0.0
        inside = self.figure["data"][0].get("textposition") != "outside"
        return 0.0 if lying and inside else 0.12 * span

    def _cells(self) -> bool:
        return bool(self.figure["data"][0]["type"] == "heatmap")

    def _reach(self, name: str) -> tuple[float, float]:
        """Of what is drawn along an axis."""
        if self._cells():
            z = self.figure["data"][0]["z"]
            return -0.5, (len(z[0]) if name == "x" else len(z)) - 0.5
        categories = self.columns if name == "x" else self.rows if name == "y" else ()
        if categories:
            return -0.5, len(categories) - 0.5
        bars = Bars(self.figure)
        found: list[float] = []
        for trace in self.figure["data"]:
            if (trace.get("yaxis", "y") == "y2") == (name == "y2") or name == "x":
                found += self._reached(trace, name, bars)
        if name != "y2":
            found += self._marked(name)
        known = [one for one in found if np.isfinite(one)]
        return (min(known), max(known)) if known else (0.0, 1.0)

    def _marked(self, name: str) -> list[float]:
        """Where lines point something out, which Plotly keeps in sight too."""
        lines = [one for one in self.layout.get("shapes", ()) if one.get(f"{name}ref") != "paper"]
        return [float(one[f"{name}{end}"]) for one in lines for end in (0, 1)]

    def _reached(self, trace: Mapping[str, Any], name: str, bars: Bars) -> list[float]:
        x, y = positions(trace["x"], self.columns), positions(trace["y"], self.rows)
        own = x if name == "x" else y
        if trace["type"] != "bar":
            return own.tolist() + _error_ends(trace, own, name)
        lying = trace.get("orientation") == "h"
        if lying == (name == "x"):
            feet = bars.feet(y if lying else x, own)
            return [0.0, *(feet + own).tolist(), *_error_ends(trace, own, name)]
        starts, widths = bars.spans(trace, own)
        return [*starts.tolist(), *(starts + widths).tolist()]

    def _ticks(self, name: str, span: tuple[float, float]) -> _Ticks:
        axis = self._axis(name)
        size = float(axis.get("tickfont", {}).get("size", TICK))
        if axis.get("visible") is False or axis.get("showticklabels") is False:
            return _Ticks([], [], size)
        categories = self.columns if name == "x" else self.rows if name == "y" else ()
        if "tickvals" in axis:
            at = positions(axis["tickvals"], categories).tolist()
            said = axis.get("ticktext") or [_number(one, axis) for one in at]
            kept = [
                (one, words(text).rstrip())
                for one, text in zip(at, said, strict=True)
                if min(span) <= one <= max(span)
            ]
            return _Ticks([one for one, _ in kept], [text for _, text in kept], size)
        if categories:
            return _Ticks([*range(len(categories))], [words(one) for one in categories], size)
        at = _spread(axis, span, self.width if name == "x" else self.height)
        return _Ticks(at, [_number(one, axis) for one in at], size)

    def _fit_rows(self, ticks: Mapping[str, _Ticks], legend: Sequence[Any]) -> None:
        """Names beside rows: in two lines where they are long, smaller where rows are close."""
        beside = ticks["y"]
        room = MOST_BESIDE * self.width
        if beside.widest() > room:
            beside.said = ["\n".join(wrap(one, beside.size, room, most=2)) for one in beside.said]
        if len(beside.at) > 1:
            below = self.height - len(legend) * LEGEND * LINE - 3 * TICK
            pitch = below / max(len(beside.at), 1)
            fits = pitch / (beside.size * 1.12 * beside.lines())
            beside.size *= min(1.0, max(fits, LEAST_TICK))

    def _inset(self, ticks: Mapping[str, _Ticks], legend: Sequence[Any]) -> None:
        """Gives the axes what words leave of the box."""
        x, y = ticks["x"], ticks["y"]
        upright = bool(self._axis("x").get("tickangle"))
        below = (x.widest() if upright else x.lines() * x.size * LINE) + (GAP if x.at else 0)
        last = width(x.said[-1].split("\n")[0], x.size) / 2 if x.said else 0.0
        left = (y.widest() + GAP if y.at else 2.0) + self._title_room("y")
        left = max(left, width(x.said[0].split("\n")[0], x.size) / 4 if x.said else 0)
        right = ticks["y2"].widest() + GAP + 2 if "y2" in ticks else max(last * 0.8, 4.0)
        top, bottom = y.size * 0.6, below + self._title_room("x") + 2
        if self._axis("x").get("side") == "top":
            top, bottom = below + self._title_room("x") + 2, 4.0
        top = max(top, float(self.layout["margin"].get("t", 0)) - 2, self._words_above())
        rows = len(legend) * LEGEND * LINE + (GAP if legend else 0)
        if self._legend_on_top():
            top += rows
        else:
            bottom += rows
        self._place(left, right, top, bottom + self._spare())

    def _spare(self) -> float:
        """What bars would be too thick with."""
        lying = any(one.get("orientation") == "h" for one in self.figure["data"])
        return max(0.0, self.height - THICK * float(self.layout["height"])) if lying else 0.0

    def _place(self, left: float, right: float, top: float, bottom: float) -> None:
        box, across, up = self.box, self.box.width / self.width, self.box.height / self.height
        wide = max(self.width - left - right, 0.2 * self.width)
        high = max(self.height - top - bottom, 0.2 * self.height)
        self.inner = (left, bottom, wide, high)
        self.axes.set_position(
            (box.x0 + left * across, box.y0 + bottom * up, wide * across, high * up)
        )

    def _words_above(self) -> float:
        """For words over the highest mark."""
        over = any("top center" in str(one.get("textposition")) for one in self.figure["data"])
        return TICK * LINE if over else 0.0

    def _title_room(self, name: str) -> float:
        return TITLE * LINE + 2 if self._axis(name).get("title") else 0.0

    def _legend_on_top(self) -> bool:
        return float(self.layout.get("legend", {}).get("y", 0)) >= 1

    def _canvases(
        self, ranges: Mapping[str, tuple[float, float]], ticks: Mapping[str, _Ticks]
    ) -> tuple[Canvas, Canvas | None]:
        second = self.axes.twinx() if "y2" in ranges else None
        canvas = Canvas(self.axes, self.unit, self.theme, self.columns, self.rows)
        beside = Canvas(second, self.unit, self.theme, self.columns, ()) if second else None
        self._limits(canvas, beside, ranges)
        self._dress(self.axes, "x", ticks["x"])
        self._dress(self.axes, "y", ticks["y"])
        if second:
            second.set_position(self.axes.get_position())
            self._dress(second, "y2", ticks["y2"])
        self._titles()
        self.axes.set_facecolor("none")
        return canvas, beside

    def _limits(
        self, canvas: Canvas, second: Canvas | None, ranges: Mapping[str, tuple[float, float]]
    ) -> None:
        """Set before anything is drawn, since some of it is as large as pixels, and after."""
        axes = canvas.axes
        for name in ("x", "y"):
            if self._axis(name).get("type") == "log":
                getattr(axes, f"set_{name}scale")("log")
                getattr(axes, f"{name}axis").set_minor_locator(_nowhere())
        x, y = ranges["x"], ranges["y"]
        if "scaleanchor" in self._axis("y"):
            x, y = _same_scale(x, y, self.inner[2], self.inner[3])
        if self._axis("y").get("autorange") == "reversed":
            y = y[::-1]
        axes.set(xlim=x, ylim=y)
        if second:
            second.axes.set_ylim(ranges["y2"])

    def _dress(self, axes: Axes, name: str, ticks: _Ticks) -> None:
        """Ticks, grid and line of an axis."""
        given = self._axis(name)
        own: Any = axes.xaxis if name == "x" else axes.yaxis
        colour = COLOURS[self.theme]
        shown = given.get("visible") is not False
        side = "right" if name == "y2" else given.get("side", "bottom" if name == "x" else "left")
        own.set_ticks_position(side)
        own.set_ticks(ticks.at if ticks.at else self._grid(name), ticks.said or None)
        if not ticks.at:
            own.set_ticklabels([])
        own.set_tick_params(length=0, pad=GAP * 0.7 * self.unit, labelsize=ticks.size * self.unit)
        for label in (one for tick in own.get_major_ticks() for one in (tick.label1, tick.label2)):
            label.set(fontfamily=list(family()), color=colour["muted"], parse_math=False,
                      linespacing=1.2)  # fmt: skip
            if given.get("tickangle"):
                label.set_rotation(90)
        if shown and given.get("showgrid", True):
            axes.grid(
                True,
                axis="x" if name == "x" else "y",
                color=colour["line"],
                linewidth=self.unit,
                zorder=0,
            )
        axes.set_axisbelow(True)
        for edge, spine in axes.spines.items():
            if edge not in ("top", "bottom") if name == "x" else edge in ("top", "bottom"):
                continue
            line = shown and name == "x" and edge == side and given.get("showline", True)
            spine.set(visible=bool(line), color=colour["line"], linewidth=self.unit)

    def _grid(self, name: str) -> list[float]:
        """Where lines stand without words."""
        given = self._axis(name)
        if given.get("visible") is False or not given.get("showgrid", True):
            return []
        return _spread(given, self._range(name), self.height)

    def _titles(self) -> None:
        look = {"fontfamily": list(family()), "fontsize": TITLE * self.unit, "parse_math": False,
                "color": COLOURS[self.theme]["muted"]}  # fmt: skip
        left, bottom, wide, high = self.inner
        if title := self._axis("x").get("title"):
            rows = len(self._legend_rows())
            legend = 0.0 if self._legend_on_top() or not rows else rows * LEGEND * LINE + GAP
            foot = 3.0 + legend
            self._write(left + wide / 2, foot, words(title["text"]), ha="center", **look)
        if title := self._axis("y").get("title"):
            self._write(TITLE, bottom + high / 2, words(title["text"]), ha="center",
                        rotation=90, va="center", **look)  # fmt: skip

    def _write(self, x: float, y: float, text: str, **look: Any) -> None:
        """Words at a place of the box, pixels from its lower left."""
        box = self.box
        paper_of(self.axes).text(
            box.x0 + x / self.width * box.width, box.y0 + y / self.height * box.height, text,
            **look,
        )  # fmt: skip

    def _shapes(self) -> None:
        for shape in self.layout.get("shapes", ()):
            if shape["type"] != "line":
                raise ValueError(f"A chart has a shape {shape['type']}: plates know lines.")
            line = shape["line"]
            paper = shape.get("yref") == "paper"
            over = self.axes.get_xaxis_transform() if paper else self.axes.transData
            self.axes.plot(
                [shape["x0"], shape["x1"]], [shape["y0"], shape["y1"]], color=line["color"],
                linewidth=line["width"] * self.unit, linestyle=DASHES[line.get("dash", "solid")],
                zorder=1.5, scalex=False, scaley=False, transform=over,
            )  # fmt: skip

    def _annotations(self, canvas: Canvas) -> None:
        from matplotlib.transforms import blended_transform_factory as blended

        axes = self.axes
        for one in self.layout.get("annotations", ()):
            across = axes.transAxes if one.get("xref") == "paper" else axes.transData
            up = axes.transAxes if one.get("yref") == "paper" else axes.transData
            font = one.get("font", {})
            ha = {"left": "left", "right": "right"}.get(one.get("xanchor", ""), "center")
            va = {"top": "top", "bottom": "bottom"}.get(one.get("yanchor", ""), "center_baseline")
            canvas.write(
                (one["x"], one["y"]), words(one["text"]),
                (one.get("xshift", 0), one.get("yshift", 0)), xycoords=blended(across, up),
                size=font.get("size", SAID), ha=ha, va=va,
                color=font.get("color", COLOURS[self.theme]["text"]),
                fontweight="bold" if "<b>" in one["text"] else "normal",
            )  # fmt: skip

    def _legend_rows(self) -> list[list[Mapping[str, Any]]]:
        """Traces with names, as many in a row as fit."""
        if not self.layout.get("showlegend"):
            return []
        named = [
            one for one in self.figure["data"] if one.get("name") and one.get("showlegend", True)
        ]
        named.sort(key=lambda one: one.get("legendrank", 1_000))
        upright = self.layout.get("legend", {}).get("orientation") == "v"
        rows: list[list[Mapping[str, Any]]] = []
        used = 0.0
        for one in named:
            wide = KEY + AFTER_KEY + width(one["name"], LEGEND) + AFTER_ITEM
            if not rows or upright or used + wide - AFTER_ITEM > self.width:
                rows.append([])
                used = 0.0
            rows[-1].append(one)
            used += wide
        return rows

    def _legend(self, rows: Sequence[Sequence[Mapping[str, Any]]]) -> None:
        step = LEGEND * LINE
        top = self.height - step if self._legend_on_top() else (len(rows) - 1) * step + 2
        look = {"fontfamily": list(family()), "fontsize": LEGEND * self.unit, "va": "baseline",
                "color": COLOURS[self.theme]["text"], "parse_math": False}  # fmt: skip
        for place, row in enumerate(rows):
            left, foot = 2.0, top - place * step
            for one in row:
                self._key(one, left, foot + LEGEND * 0.36)
                said = words(one["name"])
                self._write(left + KEY + AFTER_KEY, foot, said, **look)
                left += KEY + AFTER_KEY + width(said, LEGEND) + AFTER_ITEM

    def _key(self, trace: Mapping[str, Any], left: float, middle: float) -> None:
        """The sign of a trace: a square, a band, a line, a mark."""
        from matplotlib.lines import Line2D
        from matplotlib.patches import Rectangle

        paper, box = paper_of(self.axes), self.box
        across, up = box.width / self.width, box.height / self.height
        x, y = box.x0 + left * across, box.y0 + middle * up
        colour = tone(trace_paint(trace, self.theme))
        if trace["type"] == "bar" or "fill" in trace:
            fill = colour if trace["type"] == "bar" else tone(trace["fillcolor"])
            sign = Rectangle((x + 4 * across, y - 5 * up), 14 * across, 10 * up, facecolor=fill,
                             transform=paper.transFigure, linewidth=0)  # fmt: skip
            if "pattern" in trace.get("marker", {}):
                sign.set(hatch="/////", hatchcolor=tone(COLOURS[self.theme]["text"], 0.35))
            paper.add_artist(sign)
            return
        line, marker, mode = trace.get("line", {}), trace.get("marker", {}), trace["mode"]
        lined, marked = "lines" in mode, "markers" in mode
        size = marker.get("size", 6)
        symbol = SYMBOLS[marker.get("symbol", "circle")]
        stroke = Line2D(
            [x, x + KEY / 2 * across, x + KEY * across], [y] * 3, color=colour,
            linewidth=min(line.get("width", 2), 8) * self.unit if lined else 0,
            linestyle=DASHES[line.get("dash", "solid")] if lined else "none", markevery=[1],
            marker=symbol if marked else "none",
            markersize=min(size if isinstance(size, int | float) else 8, 9) * self.unit,
            markeredgewidth=2 * self.unit if symbol == "|" else 0, transform=paper.transFigure,
        )  # fmt: skip
        paper.add_artist(stroke)


def _categories(figure: Figure, name: str) -> list[Any]:
    """Names along an axis, in the order in which they first come."""
    named = figure["layout"][f"{name}axis"].get("type") == "category"
    found = [one for trace in figure["data"] for one in trace.get(name, ()) if one is not None]
    if not named and not any(isinstance(one, str) for one in found):
        return []
    return list(dict.fromkeys(found))


def _error_ends(trace: Mapping[str, Any], ends: np.ndarray, name: str) -> list[float]:
    if name != "x" or "error_x" not in trace:
        return []
    more, less = (positions(trace["error_x"][side], ()) for side in ("array", "arrayminus"))
    return [*(ends + more).tolist(), *(ends - less).tolist()]


def _spread(axis: Mapping[str, Any], span: tuple[float, float], room: float) -> list[float]:
    """Round numbers, not more than the axis wants or has room for."""
    from matplotlib.ticker import LogLocator, MaxNLocator

    low, high = min(span), max(span)
    if axis.get("type") == "log":
        found = LogLocator(subs=(1, 2, 5)).tick_values(low, high)
        inside = [float(one) for one in found if low <= one <= high]
        return inside if len(inside) <= 6 else inside[:: -(-len(inside) // 6)]
    most = min(axis.get("nticks") or 6, max(2, int(room / 48)))
    found = MaxNLocator(most, steps=[1, 2, 5, 10]).tick_values(low, high)
    return [float(one) for one in found if low - 1e-9 <= one <= high + 1e-9]


def _number(value: float, axis: Mapping[str, Any]) -> str:
    """A tick in words.

    >>> _number(1500.0, {}), _number(0.25, {"tickformat": ".0%"}), _number(-0.5, {})
    ('1,500', '25%', '−0.5')
    >>> _number(0.125, {"tickformat": ".1~%"}), _number(0.1, {"tickformat": ".1~%"})
    ('12.5%', '10%')
    """
    form = axis.get("tickformat")
    if form == ".0%":
        text = f"{100 * value:.0f}%"
    elif form == ".1~%":
        text = f"{100 * value:.1f}".removesuffix(".0") + "%"
    elif form is None:
        text = f"{value:,.6f}".rstrip("0").rstrip(".")
    else:
        raise ValueError(f"A chart's ticks are formatted {form}: plates know .0% and .1~%.")
    return "0" if text == "-0" else text.replace("-", "−")


def _same_scale(
    x: tuple[float, float], y: tuple[float, float], wide: float, high: float
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Both grown around their middles until a unit of one is as long as of the other."""
    scale = max((x[1] - x[0]) / wide, (y[1] - y[0]) / high)

    def grown(span: tuple[float, float], room: float) -> tuple[float, float]:
        return (sum(span) - scale * room) / 2, (sum(span) + scale * room) / 2

    return grown(x, wide), grown(y, high)


def _nowhere() -> Any:
    from matplotlib.ticker import NullLocator

    return NullLocator()
