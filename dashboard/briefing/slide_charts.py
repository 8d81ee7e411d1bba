"""Figures of Plotly as charts of PowerPoint: the same numbers and colours, to be edited.

What PowerPoint has no chart for (flows, cells, a path over the ground) is told by `kind`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from math import ceil
from numbers import Integral
from typing import Any, Literal

from pptx.chart.chart import Chart as Drawn
from pptx.chart.data import CategoryChartData, XyChartData
from pptx.chart.xlsx import CategoryWorkbookWriter, XyWorkbookWriter
from pptx.dml.color import RGBColor
from pptx.enum.chart import (
    XL_CHART_TYPE,
    XL_LEGEND_POSITION,
    XL_MARKER_STYLE,
    XL_TICK_LABEL_POSITION,
)
from pptx.enum.dml import MSO_LINE
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.util import Pt
from xlsxwriter import Workbook

from dashboard.briefing.slide_text import width
from dashboard.plates.charts import words
from dashboard.sheet import Chart
from dashboard.strings import Text
from dashboard.theme import COLOURS
from geo import cells

INK = COLOURS["light"]
Kind = Literal["bars", "lines", "xy"]
Number = float | int | None
YEARS = range(1900, 2101)
FEW = 6
"""Up to which whole numbers are each a tick of their own."""
FULL = 1.05
"""Up to which an axis of shares ends at all of them."""
DASHES = {"dot": MSO_LINE.ROUND_DOT, "dash": MSO_LINE.DASH, "dashdot": MSO_LINE.DASH_DOT}
MARKS = {"circle": XL_MARKER_STYLE.CIRCLE, "square": XL_MARKER_STYLE.SQUARE,
         "diamond": XL_MARKER_STYLE.DIAMOND}  # fmt: skip
MOST_BELOW, CLOSE = 4, 0.86
"""Entries of a legend that stand below a chart; more stand beside it, so much smaller."""
BESIDE, KEY, MOST_HIGH = 0.35, 30.0, 0.45
"""Of a chart's width, what a legend beside it may take; points that a sign in it takes; of a
chart's height, what a legend below may take."""
SMALLEST, LARGEST = 7.5, 11.0
"""Points: sizes of words in a chart."""
ROW = 1.35
"""Of the size of its name: how high a bar's row is at least."""
OTHER_AXIS, OTHER_CATEGORIES = 50_990_001, 50_990_002


@dataclass(frozen=True)
class Series:
    """A row of numbers with its name and its trace."""

    name: str
    x: tuple[Any, ...]
    y: tuple[Number, ...]
    trace: Mapping[str, Any]
    in_legend: bool


class _Plainly:
    """A writer of a chart's workbook whose texts are texts, whatever they begin with."""

    @contextmanager
    def _open_worksheet(self, file: BytesIO) -> Iterator[tuple[Workbook, Any]]:
        # As python-pptx has it, but for the options.
        workbook = Workbook(file, cells.WORKBOOK)
        yield workbook, workbook.add_worksheet()
        workbook.close()


class _CategoryWriter(_Plainly, CategoryWorkbookWriter):
    pass


class _XyWriter(_Plainly, XyWorkbookWriter):
    pass


class _Categories(CategoryChartData):
    """Numbers by category."""

    @cached_property
    def _workbook_writer(self) -> _CategoryWriter:
        return _CategoryWriter(self)


class _Places(XyChartData):
    """Numbers by numbers."""

    @cached_property
    def _workbook_writer(self) -> _XyWriter:
        return _XyWriter(self)


def kind(figure: Mapping[str, Any]) -> Kind | None:
    """Which chart shows a figure; None where there is none."""
    traces, layout = figure["data"], figure["layout"]
    types = {trace["type"] for trace in traces}
    if types == {"bar"}:
        turned = {trace.get("orientation", "v") for trace in traces}
        placed = any({"base", "offset"} & set(trace) for trace in traces)
        # What bars of a distribution are there for is the line that is drawn over them.
        fine = any(not isinstance(x, str) and not _whole(x) for x in _along(traces))
        return "bars" if len(turned) == 1 and not placed and not fine else None
    if types != {"scatter"} or _is_drawing(traces, layout):
        return None
    stepped = any(trace.get("line", {}).get("shape") == "hv" for trace in traces)
    places = [x for trace in traces for x in trace["x"]]
    if not stepped and (all(isinstance(x, str) for x in places) or all(map(_whole, places))):
        return "lines"
    return "xy" if all(isinstance(x, int | float) for x in places) else None


def _along(traces: Sequence[Mapping[str, Any]]) -> list[Any]:
    turned = traces[0].get("orientation") == "h"
    return [value for trace in traces for value in trace["y" if turned else "x"]]


def _is_drawing(traces: Sequence[Mapping[str, Any]], layout: Mapping[str, Any]) -> bool:
    axis = layout.get("yaxis", {})
    is_shown = axis.get("visible", True) and axis.get("showticklabels", True)
    if axis.get("scaleanchor") or not is_shown:
        return True
    return any(
        trace.get("fill") == "toself"
        or "text" in trace.get("mode", "")
        or {"error_x", "error_y"} & set(trace)
        or any(isinstance(y, str) for y in trace["y"])
        or any("<br>" in str(tick) for tick in layout.get("xaxis", {}).get("ticktext") or [])
        for trace in traces
    )


def _whole(value: Any) -> bool:
    return isinstance(value, int | float) and value == int(value)


def plain(text: Any) -> str:
    """Words without markup.

    >>> plain("<b>2012년</b><br>1,189")
    '2012년 1,189'
    """
    return words(text).replace("\n", " ")


def series(chart: Chart, text: Text) -> list[Series]:
    """The rows of a figure: of bars in rows too, ``x`` are the names and ``y`` the numbers."""
    traces = [dict(trace) for trace in chart.figure["data"]]
    found = []
    for place, trace in enumerate(traces):
        following = traces[place + 1] if place + 1 < len(traces) else {}
        x, y = list(trace["x"]), list(trace["y"])
        if trace["type"] == "bar" and trace.get("orientation") == "h":
            x, y = y, x
        if trace.get("line", {}).get("shape") == "hv":
            x, y = _stairs(x, y)
        found.append(
            Series(
                _name(trace, following, place, len(traces), chart, text),
                tuple(x), tuple(map(_number, y)), trace,
                bool(trace.get("name")) and trace.get("showlegend", True),
            )
        )  # fmt: skip
    return found


def _name(
    trace: Mapping[str, Any],
    following: Mapping[str, Any],
    place: int,
    many: int,
    chart: Chart,
    text: Text,
) -> str:
    """Edges of a band are its lower and its upper one."""
    own = plain(trace.get("name", ""))
    if own:
        is_band = trace.get("fill") == "tonexty" and trace.get("showlegend", True)
        return text("slides.high", name=own) if is_band else own
    if following.get("fill") == "tonexty" and following.get("name"):
        return text("slides.low", name=plain(following["name"]))
    return chart.title if many == 1 else f"{text('slides.series')} {place + 1}"


def _stairs(x: Sequence[Any], y: Sequence[Any]) -> tuple[list[Any], list[Any]]:
    """A curve that holds until the next place, with its corners.

    >>> _stairs([0, 1, 2], [1, 0.6, 0.4])
    ([0, 1, 1, 2, 2], [1, 1, 0.6, 0.6, 0.4])
    """
    across = [*x[:1], *(one for later in x[1:] for one in (later, later))]
    return across, [*(one for value in y[:-1] for one in (value, value)), *y[-1:]]


def _number(value: Any) -> Number:
    if value is None or value != value:
        return None
    return int(value) if isinstance(value, Integral) else float(value)


def categories(rows: Sequence[Series], axis: Mapping[str, Any]) -> list[Any]:
    """What stands along an axis, each once: numbers from small to large, words as they come."""
    every = list(dict.fromkeys(value for row in rows for value in row.x))
    if all(isinstance(value, int | float) for value in every):
        return sorted(every)
    array = axis.get("categoryarray")
    return [value for value in array if value in every] if array else every


def label(value: Any, axis: Mapping[str, Any], text: Text) -> str:
    """A category in words; years in full."""
    if isinstance(value, str):
        return plain(value)
    if _whole(value) and int(value) in YEARS:
        return str(int(value))
    ticks = dict(zip(axis.get("tickvals") or [], axis.get("ticktext") or [], strict=False))
    return plain(ticks[value]) if value in ticks else text.number(value)


def add_chart(
    shapes: Any, chart: Chart, place: tuple[int, int, int, int], scale: float, text: Text
) -> Any:
    """A chart on a slide, at a place in EMU; returns its frame."""
    which = kind(chart.figure)
    rows = series(chart, text)
    if which == "xy":
        frame = shapes.add_chart(XL_CHART_TYPE.XY_SCATTER_LINES, *place, _points(rows))
    else:
        data, type_ = _table(rows, chart, which, text)
        frame = shapes.add_chart(type_, *place, data)
    drawn = frame.chart
    _Painter(drawn, chart.figure, rows, which or "lines", place, scale, text).paint()
    return frame


def _points(rows: Sequence[Series]) -> _Places:
    data = _Places()
    for row in rows:
        one = data.add_series(row.name)
        for x, y in zip(row.x, row.y, strict=True):
            if y is not None:
                one.add_data_point(float(x), y)
    return data


def _table(
    rows: Sequence[Series], chart: Chart, which: Kind | None, text: Text
) -> tuple[_Categories, Any]:
    layout = chart.figure["layout"]
    turned = chart.figure["data"][0].get("orientation") == "h"
    axis = layout.get("yaxis" if turned else "xaxis", {})
    names = categories(rows, axis)
    data = _Categories()
    data.categories = [label(name, axis, text) for name in names]
    for row in rows:
        known = dict(zip(row.x, row.y, strict=True))
        data.add_series(row.name, [known.get(name) for name in names])
    if which == "lines":
        return data, XL_CHART_TYPE.LINE_MARKERS
    stacked = layout.get("barmode") in ("stack", "relative")
    types = {
        (False, False): XL_CHART_TYPE.COLUMN_CLUSTERED, (False, True): XL_CHART_TYPE.COLUMN_STACKED,
        (True, False): XL_CHART_TYPE.BAR_CLUSTERED, (True, True): XL_CHART_TYPE.BAR_STACKED,
    }  # fmt: skip
    return data, types[turned, stacked]


class _Painter:
    """The look of a chart, after the figure's."""

    def __init__(
        self,
        drawn: Drawn,
        figure: Mapping[str, Any],
        rows: Sequence[Series],
        which: Kind,
        place: tuple[int, int, int, int],
        scale: float,
        text: Text,
    ) -> None:
        self.drawn, self.rows, self.which, self.text = drawn, rows, which, text
        self.layout = figure["layout"]
        self.turned = figure["data"][0].get("orientation") == "h"
        self.wide, self.high = place[2] / 12_700, place[3] / 12_700
        self.size = self._size(place[3] / 12_700, scale)

    def _size(self, high: float, scale: float) -> float:
        """Names beside bars must not be taller than their rows."""
        most = LARGEST * scale
        if not self.turned:
            return most
        many = len({name for row in self.rows for name in row.x})
        return max(SMALLEST * scale, min(most, high * 0.82 / many / ROW))

    def paint(self) -> None:
        self.drawn.has_title = False
        self.drawn.font.size = Pt(self.size)
        self.drawn.font.color.rgb = _rgb(INK["muted"])
        self._axes()
        self._plot()
        for place, row in enumerate(self.rows):
            self._series(self.drawn.series[place], row)
        self._legend()
        if any(row.trace.get("yaxis") == "y2" for row in self.rows):
            self._second_axis()

    def _plot(self) -> None:
        if self.which == "bars":
            plot = self.drawn.plots[0]
            gap = self.layout.get("bargap", 0.25)
            plot.gap_width = round(min(gap / (1 - gap), 5) * 100)
            if self.layout.get("barmode") in ("stack", "relative", "overlay"):
                plot.overlap = 100

    def _axes(self) -> None:
        values = self.layout.get("xaxis" if self.turned else "yaxis", {})
        along = self.layout.get("yaxis" if self.turned else "xaxis", {})
        self._value_axis(self.drawn.value_axis, values, [y for row in self._main() for y in row.y])
        axis = self.drawn.category_axis
        axis.format.line.color.rgb = _rgb(INK["line"])
        axis.has_major_gridlines = False
        axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
        if self.which == "xy":
            self._value_axis(axis, along, [x for row in self.rows for x in row.x], grid=False)
        else:
            axis.reverse_order = along.get("autorange") == "reversed"
            if self.turned:
                _every_label(axis._element)
        self._titled(axis, along)
        self._titled(self.drawn.value_axis, values)

    def _main(self) -> list[Series]:
        return [row for row in self.rows if row.trace.get("yaxis") != "y2"]

    def _value_axis(
        self, axis: Any, given: Mapping[str, Any], values: Sequence[Number], *, grid: bool = True
    ) -> None:
        axis.has_major_gridlines = grid
        if grid:
            axis.major_gridlines.format.line.color.rgb = _rgb(INK["line"])
        axis.format.line.color.rgb = _rgb(INK["line"])
        known = [value for value in values if value is not None]
        low, high = given.get("range") or (0 if min(known, default=0) >= 0 else None, None)
        share = "%" in given.get("tickformat", "")
        if share and high is not None and 1 <= high <= FULL:
            high = 1
        axis.minimum_scale, axis.maximum_scale = low, high
        ticks = given.get("tickvals") or []
        if len(ticks) > 1 and low is not None and min(known, default=0) >= ticks[0] > low:
            low = axis.minimum_scale = ticks[0]  # PowerPoint counts its ticks from the end
        if len(ticks) > 1 and given.get("range"):
            axis.major_unit = ticks[1] - ticks[0]
        if grid and 0 < max(known, default=0) <= FEW and all(map(_whole, known)):
            axis.major_unit = 1
        if any(row.trace.get("text") is not None for row in self.rows) and self.which == "bars":
            axis.tick_label_position = XL_TICK_LABEL_POSITION.NONE
            axis.has_major_gridlines = False
        axis.tick_labels.number_format = _format(given, known)
        axis.tick_labels.number_format_is_linked = False

    def _titled(self, axis: Any, given: Mapping[str, Any]) -> None:
        title = given.get("title")
        words = title.get("text") if isinstance(title, Mapping) else title
        axis.has_title = bool(words)
        if words:
            frame = axis.axis_title.text_frame
            frame.text = plain(words)
            font = frame.paragraphs[0].runs[0].font
            font.size, font.bold = Pt(self.size), False
            font.color.rgb = _rgb(INK["muted"])

    def _series(self, drawn: Any, row: Series) -> None:
        if self.which == "bars":
            self._bars(drawn, row)
        else:
            self._line(drawn, row)

    def _bars(self, drawn: Any, row: Series) -> None:
        marker = row.trace.get("marker", {})
        paints = _each(marker.get("color", INK["accent"]), len(row.x))
        opacities = _each(marker.get("opacity", 1.0), len(row.x))
        tones = [_blend(*look) for look in zip(paints, opacities, strict=True)]
        usual = max(set(tones), key=tones.count) if tones else INK["accent"]
        drawn.format.fill.solid()
        drawn.format.fill.fore_color.rgb = _rgb(usual)
        drawn.invert_if_negative = False
        axis = self.layout.get("yaxis" if self.turned else "xaxis", {})
        places = {name: at for at, name in enumerate(categories(self.rows, axis))}
        for name, tone in zip(row.x, tones, strict=True):
            if tone != usual:
                fill = drawn.points[places[name]].format.fill
                fill.solid()
                fill.fore_color.rgb = _rgb(tone)
        self._labels(drawn, row, places)
        for name in {"error_x", "error_y"} & set(row.trace):
            self._reaching(row, row.trace[name]["array"])
            _errors(drawn._element, row.trace[name], [places[x] for x in row.x])

    def _reaching(self, row: Series, above: Sequence[Number]) -> None:
        """PowerPoint looks at bars alone when it chooses how far an axis goes."""
        most = max((y or 0) + (more or 0) for y, more in zip(row.y, above, strict=True))
        if 0 < most <= 1:
            self.drawn.value_axis.maximum_scale = ceil(most * 10) / 10

    def _labels(self, drawn: Any, row: Series, places: Mapping[Any, int]) -> None:
        words = row.trace.get("text")
        if words is None or row.trace.get("textposition") == "none":
            return
        for name, said in zip(row.x, _each(words, len(row.x)), strict=True):
            if said:
                frame = drawn.points[places[name]].data_label.text_frame
                frame.text, frame.word_wrap = plain(said), False
                run = frame.paragraphs[0].runs[0]
                run.font.size = Pt(self.size)
                run.font.color.rgb = _rgb(INK["text"])

    def _line(self, drawn: Any, row: Series) -> None:
        line, marker = row.trace.get("line", {}), row.trace.get("marker", {})
        modes = row.trace.get("mode", "lines+markers")
        paint = line.get("color") or _one(marker.get("color")) or INK["map-line"]
        drawn.smooth = False
        if "lines" in modes:
            drawn.format.line.color.rgb = _rgb(paint)
            drawn.format.line.width = Pt(max(0.75 * line.get("width", 2), 0.75))
            if line.get("dash") in DASHES:
                drawn.format.line.dash_style = DASHES[line["dash"]]
        else:
            drawn.format.line.fill.background()
        drawn.marker.style = XL_MARKER_STYLE.NONE
        if "markers" in modes:
            drawn.marker.style = MARKS.get(_one(marker.get("symbol", "circle")), MARKS["circle"])
            drawn.marker.size = round(min(max(_one(marker.get("size", 6)), 4), 12))
            drawn.marker.format.fill.solid()
            drawn.marker.format.fill.fore_color.rgb = _rgb(_one(marker.get("color")) or paint)
            drawn.marker.format.line.color.rgb = _rgb(INK["paper"])

    def _legend(self) -> None:
        shown = [row.in_legend for row in self.rows]
        self.drawn.has_legend = sum(shown) > 1 or (
            any(shown) and bool(self.layout.get("showlegend"))
        )
        if not self.drawn.has_legend:
            return
        legend = self.drawn.legend
        longest = max(
            width(row.name, self.size * CLOSE) + KEY for row in self.rows if row.in_legend
        )
        crowded = sum(shown) > MOST_BELOW
        many = crowded and longest <= BESIDE * self.wide
        legend.position = XL_LEGEND_POSITION.RIGHT if many else XL_LEGEND_POSITION.BOTTOM
        legend.include_in_layout = False
        legend.font.size = Pt(self.size * (CLOSE if crowded else 1))
        legend.font.color.rgb = _rgb(INK["text"])
        first = legend._element.find(qn("c:legendPos"))
        for place in reversed([at for at, is_shown in enumerate(shown) if not is_shown]):
            first.addnext(
                parse_xml(
                    f'<c:legendEntry {nsdecls("c")}><c:idx val="{place}"/><c:delete val="1"/>'
                    "</c:legendEntry>"
                )
            )

        if crowded and not many:
            self._legend_below(legend, sum(shown), longest)

    def _legend_below(self, legend: Any, many: int, longest: float) -> None:
        """Long names in as many columns as there is room for, the plot above them."""
        columns = max(int(self.wide // longest), 1)
        rows = ceil(many / columns)
        high = min(rows * self.size * CLOSE * ROW / self.high, MOST_HIGH)
        position = legend._element.find(qn("c:legendPos"))
        for own in legend._element.findall(qn("c:layout")):
            legend._element.remove(own)
        last = legend._element.findall(qn("c:legendEntry"))
        (last[-1] if last else position).addnext(_layout(0.01, 1 - high, 0.98, high))
        area = self.drawn._chartSpace.find(f".//{qn('c:plotArea')}")
        for own in area.findall(qn("c:layout")):
            area.remove(own)
        area.insert(0, _layout(0.01, 0.02, 0.98, 0.95 - high))

    def _second_axis(self) -> None:
        """Rows that have an axis of their own on the right."""
        own = self.drawn._chartSpace.find(f".//{qn('c:lineChart')}")
        if own is None:
            return
        other = parse_xml(
            f'<c:lineChart {nsdecls("c")}><c:grouping val="standard"/><c:varyColors val="0"/>'
            f'<c:marker val="1"/><c:axId val="{OTHER_CATEGORIES}"/><c:axId val="{OTHER_AXIS}"/>'
            "</c:lineChart>"
        )
        marker = other.find(qn("c:marker"))
        for place, series_ in enumerate(own.findall(qn("c:ser"))):
            if self.rows[place].trace.get("yaxis") == "y2":
                marker.addprevious(series_)
        own.addnext(other)
        size = f'<a:defRPr sz="{round(self.size * 100)}"/>'
        for axis in _other_axes(size, _format(self.layout.get("yaxis2", {}), [])):
            self.drawn._chartSpace.findall(f".//{qn('c:valAx')}")[-1].addnext(parse_xml(axis))


def _layout(x: float, y: float, wide: float, high: float) -> Any:
    """A place of its own in a chart, in shares of it."""
    return parse_xml(
        f'<c:layout {nsdecls("c")}><c:manualLayout><c:xMode val="edge"/><c:yMode val="edge"/>'
        f'<c:x val="{x:.4f}"/><c:y val="{y:.4f}"/><c:w val="{wide:.4f}"/><c:h val="{high:.4f}"/>'
        "</c:manualLayout></c:layout>"
    )


def _other_axes(size: str, number: str) -> list[str]:
    spaces = nsdecls("c", "a")
    words = f"<c:txPr><a:bodyPr/><a:lstStyle/><a:p><a:pPr>{size}</a:pPr></a:p></c:txPr>"
    scaling = '<c:scaling><c:orientation val="minMax"/>{}</c:scaling>'
    from_zero = scaling.format('<c:min val="0"/>')
    value = (
        f'<c:valAx {spaces}><c:axId val="{OTHER_AXIS}"/>{from_zero}<c:delete val="0"/>'
        f'<c:axPos val="r"/><c:numFmt formatCode="{number}" sourceLinked="0"/>'
        '<c:majorTickMark val="out"/><c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/>'
        f'<c:spPr><a:ln><a:noFill/></a:ln></c:spPr>{words}<c:crossAx val="{OTHER_CATEGORIES}"/>'
        '<c:crosses val="max"/></c:valAx>'
    )
    along = (
        f'<c:catAx {spaces}><c:axId val="{OTHER_CATEGORIES}"/>{scaling.format("")}'
        '<c:delete val="1"/><c:axPos val="b"/><c:majorTickMark val="none"/>'
        '<c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/>'
        f'<c:crossAx val="{OTHER_AXIS}"/><c:crosses val="autoZero"/></c:catAx>'
    )
    return [value, along]


def _every_label(axis: Any) -> None:
    """No name beside a bar is left out for want of room."""
    last = axis.find(qn("c:noMultiLvlLbl"))
    skip = parse_xml(f'<c:tickLblSkip {nsdecls("c")} val="1"/>')
    if last is not None:
        last.addprevious(skip)


def _errors(series_: Any, given: Mapping[str, Any], places: Sequence[int]) -> None:
    """How sure each bar is, from its end to both sides."""

    def side(name: str, values: Sequence[Number]) -> str:
        points = "".join(
            f'<c:pt idx="{place}"><c:v>{value}</c:v></c:pt>'
            for place, value in sorted(zip(places, values, strict=True))
            if value is not None
        )
        return f'<c:{name}><c:numLit><c:ptCount val="{len(values)}"/>{points}</c:numLit></c:{name}>'

    above = [_number(value) for value in given["array"]]
    below = [_number(value) for value in given.get("arrayminus", given["array"])]
    paint = given.get("color", INK["text"]).removeprefix("#")
    bars = parse_xml(
        f'<c:errBars {nsdecls("c", "a")}><c:errBarType val="both"/><c:errValType val="cust"/>'
        f'<c:noEndCap val="0"/>{side("plus", above)}{side("minus", below)}<c:spPr><a:ln w="15875">'
        f'<a:solidFill><a:srgbClr val="{paint}"/></a:solidFill></a:ln></c:spPr></c:errBars>'
    )
    series_.find(qn("c:cat")).addprevious(bars)


def _format(given: Mapping[str, Any], known: Sequence[Number]) -> str:
    """How an axis writes its numbers."""
    wanted = given.get("tickformat", "")
    if "%" in wanted:
        return "0%" if wanted == ".0%" else "0.0%"
    large = max((abs(value) for value in known if value is not None), default=0)
    return "#,##0" if large >= 5 or not known else "General"


def _each(given: Any, many: int) -> list[Any]:
    return list(given)[:many] if isinstance(given, list | tuple) else [given] * many


def _one(given: Any) -> Any:
    return given[0] if isinstance(given, list | tuple) else given


def _blend(paint: str, opacity: float) -> str:
    """A colour as it looks on the slide.

    >>> _blend(INK["paper"], 0.5) == INK["paper"]
    True
    """
    paper = INK["paper"]
    mixed = (
        round(int(paint[at : at + 2], 16) * opacity + int(paper[at : at + 2], 16) * (1 - opacity))
        for at in (1, 3, 5)
    )
    return "#" + "".join(f"{part:02x}" for part in mixed)


def _rgb(paint: str) -> RGBColor:
    return RGBColor.from_string(paint.removeprefix("#").upper())
