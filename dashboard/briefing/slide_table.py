"""A native table: the first listing of a sheet, or the first rows of its table."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from pptx.dml.color import RGBColor
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls
from pptx.util import Pt

from dashboard.briefing.slide_text import LINE, Box, lines, shortened, width
from dashboard.sheet import Grid, Sheet
from dashboard.strings import Text
from dashboard.theme import COLOURS

INK = COLOURS["light"]
PLAIN = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"
"""PowerPoint's mark of a table without a style."""
MOST_ROWS, MOST_COLUMNS, MOST_LINES = 8, 4, 3
UNSAID = ("code", "go", "class")
PAD, GAP = 4.0, 2.5
"""Points beside and above what stands in a cell."""
SIZES = (11.0, 10.0, 9.0)
LEAST = 9.0
"""Points, on a slide of any size: what is smaller nobody reads from the back row."""
LEAST_WIDTH = 26.0
LONGEST = 0.6
"""Of the table's width: how wide a column may be for the sake of a long word."""
AMOUNT = re.compile(r"[+−±-]?\d|–$|p[ =<]")


@dataclass(frozen=True)
class Rows:
    """A table in words; ``total`` is how many rows there are in all."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    total: int

    def heading(self, text: Text) -> str:
        """The title, and how much of all is shown."""
        if len(self.rows) == self.total:
            return self.title
        return f"{self.title} ({text('slides.more', shown=len(self.rows), total=self.total)})"


def chosen(sheet: Sheet) -> Rows | None:
    """What the table of a slide shows; None where a sheet has no rows.

    While a network is revealed step by step, rows would tell the end.
    """
    if sheet.state.step is not None and sheet.drawn.get("network"):
        return None
    if sheet.listings:
        first = sheet.listings[0]
        rows = first.rows[:MOST_ROWS]
        return Rows(first.title, first.headings, rows, len(first.rows)) if rows else None
    return _of_grid(sheet.grid, Text(sheet.state.lang)) if sheet.grid.rows else None


def _of_grid(grid: Grid, text: Text) -> Rows:
    """The largest by the first number, or the years in their order."""
    names = [name for name in grid.columns if name not in UNSAID]
    numeric = [name for name in names if name != "year" and _is_number(grid, name)]
    rows = list(grid.rows)
    if names[0] != "year" and numeric:
        rows.sort(key=lambda row: _order(row.get(numeric[0])))
    names = [names[0], *[name for name in names[1:] if name in numeric], *names[1:]]
    kept = list(dict.fromkeys(names))[:MOST_COLUMNS]
    cells = tuple(
        tuple(cell(row.get(name), name, text) for name in kept) for row in rows[:MOST_ROWS]
    )
    title = grid.columns[numeric[0]] if numeric else grid.columns[names[0]]
    return Rows(title, tuple(grid.columns[name] for name in kept), cells, len(rows))


def _is_number(grid: Grid, name: str) -> bool:
    values = [row.get(name) for row in grid.rows if row.get(name) is not None]
    return bool(values) and all(isinstance(one, int | float | np.number) for one in values)


def _order(value: Any) -> float:
    return float("inf") if value is None or value != value else -float(value)


def cell(value: Any, name: str, text: Text) -> str:
    """A value of the table in words."""
    if isinstance(value, str):
        return value
    if name == "year" and value is not None:
        return str(value)
    return text.number(None if value is None else float(value))


@dataclass(frozen=True)
class _Fit:
    """How a table fits into its box."""

    rows: Rows
    size: float
    widths: tuple[float, ...]
    heights: tuple[float, ...]


def add_table(shapes: Any, rows: Rows, box: Box, scale: float) -> tuple[Any, Rows]:
    """A table on a slide; returns its frame, and the rows that found room."""
    fit = _fitted(rows, box, scale)
    shown = [fit.rows.headings, *fit.rows.rows] if any(fit.rows.headings) else [*fit.rows.rows]
    place = (Pt(box.left), Pt(box.top), Pt(sum(fit.widths)), Pt(sum(fit.heights)))
    frame = shapes.add_table(len(shown), len(fit.widths), *place)
    table = frame.table
    table.first_row, table.horz_banding = any(fit.rows.headings), False
    table._tbl.tblPr.find("{*}tableStyleId").text = PLAIN
    for column, wide in zip(table.columns, fit.widths, strict=True):
        column.width = Pt(wide)
    right = [_all_numbers(column) for column in zip(*fit.rows.rows, strict=True)]
    for place_, (high, said) in enumerate(zip(fit.heights, shown, strict=True)):
        table.rows[place_].height = Pt(high)
        is_head = place_ == 0 and any(fit.rows.headings)
        for at, words in enumerate(said):
            is_right = at > 0 and right[at]
            _write(table.cell(place_, at), words, fit.size, is_head=is_head, is_right=is_right)
    return frame, fit.rows


def _all_numbers(column: Sequence[str]) -> bool:
    """Whether words of a column begin with a number, as do amounts and shares."""
    return all(AMOUNT.match(words) for words in column if words)


def _fitted(rows: Rows, box: Box, scale: float) -> _Fit:
    """The largest size at which most rows have room; what is too long is cut at three lines."""
    sizes = sorted({max(one * scale, LEAST) for one in SIZES}, reverse=True)
    rows = _whole_words(rows, box.width, sizes[-1])
    fitting = [size for size in sizes if sum(_floors(rows, box.width, size)) <= box.width]
    best: _Fit | None = None
    for size in fitting or sizes[-1:]:
        found = _laid(rows, box, size)
        if best is None or len(found.rows.rows) > len(best.rows.rows):
            best = found
        if len(found.rows.rows) == len(rows.rows):
            break
    assert best is not None
    return best


def _whole_words(rows: Rows, whole: float, size: float) -> Rows:
    """Without the last columns where no word of all would have room on a line."""
    while len(rows.rows[0]) > 2 and sum(_floors(rows, whole, size)) > whole:
        cut = tuple(row[:-1] for row in rows.rows)
        rows = replace(rows, headings=rows.headings[:-1], rows=cut)
    return rows


def _columns(rows: Rows) -> Iterator[tuple[str, ...]]:
    """Each with its heading, where there are headings."""
    return zip(*([rows.headings] if rows.headings else []), *rows.rows, strict=True)


def _floors(rows: Rows, whole: float, size: float) -> list[float]:
    """How wide columns are at least, so that no word is cut."""
    words = [[word for said in column for word in said.split()] for column in _columns(rows)]
    return [
        min(max([LEAST_WIDTH, *(_wide(word, size) for word in own)]), whole * LONGEST)
        for own in words
    ]


def _wide(words: str, size: float) -> float:
    return width(words, size, bold=True) + 2 * PAD + 2


def _laid(rows: Rows, box: Box, size: float) -> _Fit:
    widths = _widths(rows, box.width, size)
    rooms = [wide - 2 * PAD for wide in widths]
    heights: list[float] = []
    kept: list[tuple[str, ...]] = []
    used = 0.0
    if any(rows.headings):
        used = _height(rows.headings, rooms, size, bold=True)
        heights.append(used)
    for row in rows.rows:
        said = tuple(
            shortened(words, size, room, MOST_LINES) for words, room in zip(row, rooms, strict=True)
        )
        high = _height(said, rooms, size, bold=False)
        if kept and used + high > box.height:
            break
        used += high
        kept.append(said)
        heights.append(high)
    return _Fit(replace(rows, rows=tuple(kept)), size, widths, tuple(heights))


def _height(row: Sequence[str], rooms: Sequence[float], size: float, *, bold: bool) -> float:
    most = max(lines(words, size, room, bold=bold) for words, room in zip(row, rooms, strict=True))
    return most * size * LINE + 2 * GAP


def _widths(rows: Rows, whole: float, size: float) -> tuple[float, ...]:
    """Columns as wide as what is in them; where all is too wide, the widest give way."""
    floors = _floors(rows, whole, size)
    wanted = [
        max(floor, *(_wide(words, size) for words in column))
        for floor, column in zip(floors, _columns(rows), strict=True)
    ]
    spare = whole - sum(wanted)
    if spare >= 0:
        return (wanted[0] + spare, *wanted[1:])
    return _given_way(wanted, floors, whole)


def _given_way(wanted: Sequence[float], floors: Sequence[float], whole: float) -> tuple[float, ...]:
    """The widest columns narrower, none below its floor.

    >>> _given_way([100, 20, 20], [10, 10, 10], 80)
    (40.0, 20, 20)
    >>> _given_way([100, 70, 20], [10, 50, 10], 100)
    (30.0, 50, 20)
    """
    low, high = 0.0, max(wanted)
    for _ in range(60):
        limit = (low + high) / 2
        used = sum(max(floor, min(wide, limit)) for wide, floor in zip(wanted, floors, strict=True))
        low, high = (limit, high) if used <= whole else (low, limit)
    found = (
        max(floor, min(wide, round(low, 6))) for wide, floor in zip(wanted, floors, strict=True)
    )
    narrow = whole / max(whole, sum(floors))  # only where the longest words cannot stand at all
    return tuple(wide * narrow if narrow < 1 else wide for wide in found)


def _write(cell_: Any, words: str, size: float, *, is_head: bool, is_right: bool) -> None:
    cell_.margin_left = cell_.margin_right = Pt(PAD)
    cell_.margin_top = cell_.margin_bottom = Pt(GAP / 2)
    cell_.vertical_anchor = MSO_ANCHOR.BOTTOM if is_head else MSO_ANCHOR.MIDDLE
    paragraph = cell_.text_frame.paragraphs[0]
    paragraph.alignment = PP_ALIGN.RIGHT if is_right else PP_ALIGN.LEFT
    run = paragraph.add_run()
    run.text = words
    run.font.size, run.font.bold = Pt(size), is_head
    run.font.color.rgb = RGBColor.from_string(INK["muted" if is_head else "text"][1:].upper())
    _underline(cell_, INK["map-line-strong" if is_head else "line"], 9_525 if is_head else 6_350)


def _underline(cell_: Any, paint: str, wide: int) -> None:
    line = parse_xml(
        f'<a:lnB {nsdecls("a")} w="{wide}"><a:solidFill><a:srgbClr val="{paint[1:]}"/>'
        "</a:solidFill></a:lnB>"
    )
    cell_._tc.get_or_add_tcPr().insert(0, line)
