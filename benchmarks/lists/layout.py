"""How a list stands in a sheet: titles, headings in two rows, merged cells, rows between."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

import xlsxwriter

from benchmarks.lists import words
from benchmarks.lists.content import Habits, Record, money

MERGED = frozenset(
    {
        "city", "district", "legal", "category", "department", "year", "reference", "asked",
        "granted", "participants",
    }
)  # fmt: skip
"""What stands alike in neighbouring rows, and is merged down."""


@dataclass(frozen=True)
class Column:
    """A column: what it holds, its heading, the heading over it and its neighbours, its cells."""

    kind: str
    heading: str
    over: str
    cells: list[str]


@dataclass
class Page:
    """A sheet as it is written; merges are (top, left, bottom, right), counted from 0."""

    width: int
    rows: list[list[str]] = field(default_factory=list)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)

    def add(self, *cells: str) -> int:
        """A row, filled up with empty cells; its place, from 0."""
        self.rows.append([*cells, *[""] * (self.width - len(cells))])
        return len(self.rows) - 1

    def merge(self, top: int, left: int, bottom: int, right: int) -> None:
        """Cells as one, of which only the upper left keeps its text."""
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                if (row, column) != (top, left):
                    self.rows[row][column] = ""
        if (top, left) != (bottom, right):
            self.merges.append((top, left, bottom, right))

    def as_csv(self, delimiter: str, encoding: str) -> bytes:
        """Text, in which nothing says which cells were merged."""
        text = io.StringIO()
        csv.writer(text, delimiter=delimiter).writerows(self.rows)
        return text.getvalue().encode(encoding, "replace")

    def as_xlsx(self) -> bytes:
        """Numbers as numbers, as a person would have typed them."""
        buffer = io.BytesIO()
        with xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_numbers": True}) as book:
            sheet = book.add_worksheet()
            for merge in self.merges:
                sheet.merge_range(*merge, "")
            for place, row in enumerate(self.rows):
                for column, cell in enumerate(row):
                    if cell:
                        sheet.write(place, column, cell)
        return buffer.getvalue()


@dataclass(frozen=True)
class Layout:
    """What an office does with its sheets.

    Attributes:
        title: above the headings; "" for none.
        blank: whether an empty row follows it.
        stands: how headings over others stand: ``merged``, the rest reaching down, ``blank``
            cells beside and under them, or ``repeated`` in each column, the rest in both rows.
        sections: form of rows that name the district of those under them; "" for none.
        subtotals: form of sums under each district; "" for none.
        notes: share of rows before which something stands that is no record.
        fills: whether districts stand in the first row of each alone; of XLSX, cells of
            `MERGED` are merged down too.
        total: form of the sum below; "" for none.
        end: a note below; "" for none.
        again: after how many records the headings stand once more; 0 for never.
        merges: whether the file tells which cells are merged.
    """

    title: str
    blank: bool
    stands: str
    sections: str
    subtotals: str
    notes: float
    fills: bool
    total: str
    end: str
    again: int
    merges: bool


def lay_out(
    columns: Sequence[Column], records: Sequence[Record], layout: Layout, habits: Habits,
    draw: Random,
) -> tuple[Page, list[int]]:  # fmt: skip
    """The sheet, and the number of each record's row as a person counts them."""
    page = Page(len(columns))
    if layout.title:
        row = page.add(layout.title)
        if layout.merges:
            page.merge(row, 0, row, page.width - 1)
    if layout.blank:
        page.add()
    _headings(page, columns, layout)
    numbers = []
    for place, one in enumerate(records):
        if place and layout.again and place % layout.again == 0:
            page.add(*(column.heading for column in columns))
        first = not place or records[place - 1].district != one.district
        if first and layout.sections:
            alike = sum(other.district == one.district for other in records)
            _across(page, layout.sections.format(one.district, alike), layout)
        elif place and draw.random() < layout.notes:
            _across(page, draw.choice(("", *words.NOTES)), layout)
        numbers.append(page.add(*(column.cells[place] for column in columns)))
        last = place + 1 == len(records) or records[place + 1].district != one.district
        if last and layout.subtotals:
            block = [other for other in records if other.district == one.district]
            _sums(page, layout.subtotals.format(one.district), columns, block, habits)
    if layout.total:
        _sums(page, layout.total.format(len(records)), columns, records, habits)
    if layout.end:
        page.add(layout.end)
    if layout.fills:
        _fill(page, columns, numbers, layout)
    return page, [number + 1 for number in numbers]


def _across(page: Page, text: str, layout: Layout) -> None:
    """A row of one cell."""
    row = page.add(text)
    if text and layout.merges:
        page.merge(row, 0, row, page.width - 1)


def _headings(page: Page, columns: Sequence[Column], layout: Layout) -> None:
    """One row, or two where headings stand over others."""
    if not any(column.over for column in columns):
        page.add(*(column.heading for column in columns))
        return
    top = page.add(*(column.over or column.heading for column in columns))
    page.add(*(column.heading for column in columns))
    if layout.stands == "repeated":
        return
    start = 0
    for place, column in enumerate(columns):
        follows = place + 1 < len(columns) and columns[place + 1].over == column.over
        if not column.over:
            page.merge(top, place, top + 1, place)
        elif not follows:
            page.merge(top, start, top, place)
        if not column.over or not follows:
            start = place + 1
    if layout.stands == "blank":
        page.merges = [merge for merge in page.merges if merge[0] != top]


def _sums(
    page: Page, label: str, columns: Sequence[Column], block: Sequence[Record], habits: Habits
) -> None:
    """A row of sums, under the first column that holds none."""
    sums = {
        "asked": money(sum(one.asked for one in block), habits),
        "granted": money(sum(one.granted for one in block), habits),
        "participants": str(sum(one.participants for one in block)),
        "group": f"{len(block)}개 단체",
    }
    cells = [sums.get(column.kind, "") for column in columns]
    place = next((p for p, column in enumerate(columns) if column.kind not in sums), 0)
    cells[place] = label.replace("{}", str(len(block)))
    page.add(*cells)


def _fill(page: Page, columns: Sequence[Column], numbers: Sequence[int], layout: Layout) -> None:
    """Cells that repeat the one above merged with it; in text, districts left empty."""
    for place, column in enumerate(columns):
        if column.kind not in (MERGED if layout.merges else {"district"}):
            continue
        start = numbers[0]
        for before, row in zip(numbers, [*numbers[1:], -1], strict=True):
            if row == before + 1 and page.rows[row][place] == page.rows[start][place]:
                continue
            page.merge(start, place, before, place)
            start = row
