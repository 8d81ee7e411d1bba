"""What stands beside a plate's map: figures, legend, charts and lists, as far as there is room."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dashboard.maps.network import OUTCOME_SHAPES
from dashboard.plates.charts import draw_chart
from dashboard.plates.paper import LINE, Paper
from dashboard.plates.picture import Marks, draw
from dashboard.plates.type import shorten, width, wrap
from dashboard.sheet import Chart, Fact, Legend, Listing, Sheet, Swatch
from dashboard.strings import Text
from dashboard.theme import COLOURS

SMALL, NOTE, HEADING, VALUE = 8.0, 7.5, 9.5, 14.0
"""Points: sizes of words."""
GAP = 14.0
ROW = 12.5
"""Points for a line of the legend."""
SIGN, AFTER_SIGN = 16.0, 6.0
ONE_COLUMN = 10
"""Lines of a legend from which on it takes two columns."""
MOST_FACTS, FACTS_WITH_CHARTS, FACT_ROW = 6, 4, 34.0
MOST_CHARTS = 3
CHART_UNIT, LEAST_CHART = 0.56, 0.66
"""Points for a pixel of a chart in the page, and how much lower it may become."""
LOWEST = 130.0
"""Pixels of a chart with few bars."""


class Column:
    """A column on its way down the page."""

    def __init__(
        self, paper: Paper, sheet: Sheet, left: float, top: float, room: float, foot: float
    ) -> None:
        self.paper, self.sheet = paper, sheet
        self.left, self.top, self.room, self.foot = left, top, room, foot
        self.text = Text(sheet.state.lang)

    def fill(self) -> None:
        """Everything, the most important first."""
        self._facts(self.sheet.facts[:MOST_FACTS])
        self._legend(self.sheet.legend)
        drawn = sum([self._chart(one) for one in self.sheet.charts[:MOST_CHARTS]])
        if drawn < MOST_CHARTS:
            for one in self.sheet.listings:
                self._listing(one)

    def _facts(self, facts: Sequence[Fact]) -> None:
        """Three in a row, or two; then fewer, where charts need the room."""
        across = 3 if all(self._short(one) for one in facts) else 2
        if across == 2 and self.sheet.charts:
            facts = facts[:FACTS_WITH_CHARTS]
        room = self.room / across
        for place, one in enumerate(facts):
            left = self.left + place % across * room
            top = self.top + place // across * FACT_ROW
            self.paper.line(left, top + 5, one.label, SMALL, room - 6, "muted")
            size = min(VALUE, VALUE * (room - 6) / width(one.value, VALUE, bold=True))
            self.paper.write(left, top + 20, one.value, size, bold=True)
            used = width(one.value, size, bold=True) + 5
            if one.hint and used < room - 24:
                self.paper.line(left + used, top + 21.5, one.hint, NOTE, room - 6 - used, "muted")
        if facts:
            self.top += -(-len(facts) // across) * FACT_ROW + 2
            self._rule()

    def _short(self, one: Fact) -> bool:
        room = self.room / 3 - 6
        hint = width(one.hint, NOTE) + 5 if one.hint else 0
        words = width(one.value, VALUE, bold=True) + hint
        return words <= room and width(one.label, SMALL) <= room

    def _rule(self) -> None:
        self.paper.rule(self.left, self.top + 3, self.room)
        self.top += GAP

    def _legend(self, legend: Legend) -> None:
        title = legend.title or self.text("plate.key")
        self.paper.line(self.left, self.top + 5, title, HEADING, self.room, bold=True)
        used = width(title, HEADING, bold=True) + 7
        if legend.unit and used < self.room - 20:
            self.paper.line(
                self.left + used, self.top + 5.5, legend.unit, SMALL, self.room - used, "muted"
            )
        self.top += 16
        self._swatches(legend.swatches)
        if legend.notes:
            self.top += 2
        for note in legend.notes:
            self.top = self.paper.lines(self.left, self.top, note, NOTE, self.room, "muted")
            self.top += 2
        self.top += GAP

    def _swatches(self, swatches: Sequence[Swatch]) -> None:
        across = 2 if len(swatches) > ONE_COLUMN else 1
        high = -(-len(swatches) // across)
        room = (self.room - 14 * (across - 1)) / across
        for place, one in enumerate(swatches):
            left = self.left + place // high * (room + 14)
            self._swatch(one, left, self.top + (place % high + 0.5) * ROW, room)
        self.top += high * ROW

    def _swatch(self, one: Swatch, left: float, middle: float, room: float) -> None:
        sign = self._sign(one, left, middle)
        number = width(one.number, SMALL) if one.number else 0
        self.paper.line(left + sign + AFTER_SIGN, middle, one.label, SMALL,
                        room - sign - AFTER_SIGN - number - 4)  # fmt: skip
        if one.number:
            self.paper.write(left + room, middle, one.number, SMALL, "muted", anchor="right")

    def _sign(self, one: Swatch, left: float, middle: float) -> float:
        """A colour, a strip of all, or a mark; returns its width."""
        theme, drawn, paper = self.paper.theme, self.sheet.drawn, self.paper
        paints = drawn["colours"][theme]
        if one.paint == "ramp":
            for place, paint in enumerate(paints):
                wide = 80 / len(paints)
                paper.box(left + place * wide, middle - 4.5, wide, 9, paint)
            return 80.0
        if one.paint.startswith("label-"):
            place = int(one.paint.removeprefix("label-"))
            own = drawn["network"]["colours"][theme][place]
            self._mark(OUTCOME_SHAPES.get(one.shape, "d"), own, left, middle)
            return 9.0
        paint = paper.colours["map-zero"] if one.paint == "zero" else paints[int(one.paint)]
        paper.box(left, middle - 4.5, SIGN, 9, paint, linewidth=0.5,
                  edgecolor=paper.colours["map-line"])  # fmt: skip
        return SIGN

    def _mark(self, shape: str, paint: str, left: float, middle: float) -> None:
        axes = self.paper.axes(left, middle - 5, 10, 10)
        axes.set(xlim=(-5, 5), ylim=(5, -5))
        axes.axis("off")
        mark = Marks("key", np.zeros((1, 2)), shape, np.array([3.6]), [paint], np.ones(1),
                     COLOURS[self.paper.theme]["paper"], 0)  # fmt: skip
        draw(axes, [mark], 1)

    def _chart(self, chart: Chart) -> bool:
        """Drawn if there is the room."""
        title = wrap(chart.title, HEADING, self.room, bold=True, most=2)
        head = len(title) * HEADING * LINE + 2
        wanted = max(float(chart.figure["layout"]["height"]), LOWEST) * CHART_UNIT
        left = self.foot - self.top - head
        if left < wanted * LEAST_CHART:
            return False
        high = min(wanted, left)
        top = self.paper.lines(self.left, self.top, chart.title, HEADING, self.room, bold=True,
                               most=2)  # fmt: skip
        axes = self.paper.axes(self.left, top + 2, self.room, high)
        draw_chart(axes, chart.figure, self.paper.theme)
        self.top = top + 2 + high + GAP
        return True

    def _listing(self, listing: Listing) -> None:
        """A few rows at least, or nothing."""
        rows = int((self.foot - self.top - 18) / ROW) - bool(listing.headings)
        if rows < min(3, len(listing.rows)) or not listing.rows:
            return
        self.paper.line(self.left, self.top + 5, listing.title, HEADING, self.room, bold=True)
        self.top += 16
        if listing.headings:
            self._row(listing.headings, "muted")
        shown = listing.rows[: rows if rows >= len(listing.rows) else rows - 1]
        for row in shown:
            self._row(row, "text")
        if len(shown) < len(listing.rows):
            self._row((self.text("plate.more", n=len(listing.rows) - len(shown)),), "muted")
        self.top += GAP

    def _row(self, cells: Sequence[str], paint: str) -> None:
        """The first cell to the left, others to the right, in columns alike."""
        rest = len(cells) - 1
        wide = self.room * (0.62 if rest > 1 else 0.3) / max(rest, 1)
        first = self.room - wide * rest
        middle = self.top + ROW / 2
        self.paper.line(self.left, middle, cells[0], SMALL, first - 4, paint)
        for place, cell in enumerate(cells[1:], start=1):
            said = shorten(cell, SMALL, wide - 4)
            self.paper.write(self.left + first + place * wide, middle, said, SMALL, paint,
                             anchor="right")  # fmt: skip
        self.top += ROW
