"""A sheet of cells -> its records under named columns: title, units, header, totals, notes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from geo.intake.sheets import Sheet


@dataclass(frozen=True)
class Table:
    """The records of one sheet.

    Attributes:
        sheet: the sheet's name, "" in a text file.
        titles: what stands above the header, units apart, in reading order.
        header_rows: numbers of the rows of the header, as in the file.
        unit_krw: won to one unit of money, from a line such as "(단위: 명, 천원)"; 1 without one.
        column_units: label -> won to one, of headings that say so themselves: "지원금액(원)".
        records: text, empty cells missing; the index (``row``) is the row's number in the file,
            the columns are labels: headings without units, those of two rows together where
            the lower alone would stand twice, else the lower; made unique by the column's
            letter ("성명 (G)"); a heading that is missing is the letter alone ("G"). Cells that
            were merged down are filled down.
        merged: label -> (first row, last row) of cells that were merged over several records.
        filled: labels of columns filled down without a merge to show for it, since every
            blank was under a district or section to which it belongs.
        left_out: kind -> row numbers of what is no record: ``title``, ``unit``, ``header``,
            ``section``, ``subtotal``, ``total``, ``note``, ``blank``.
        crs: as in `Sheet`.
    """

    sheet: str
    titles: tuple[str, ...]
    header_rows: tuple[int, ...]
    unit_krw: int
    column_units: Mapping[str, int]
    records: pd.DataFrame
    merged: Mapping[str, tuple[tuple[int, int], ...]]
    filled: tuple[str, ...]
    left_out: Mapping[str, tuple[int, ...]]
    crs: str | None = None


def find_table(sheet: Sheet, header_rows: Sequence[int] | None = None) -> Table | None:
    """The table of a sheet; None where the sheet has none (a cover, a chart, a blank one).

    Args:
        sheet: as read.
        header_rows: numbers of the header's rows, where a person says so.

    Raises:
        BadFile: ``header_rows`` are not in the sheet, or two tables stand side by side.
    """
    raise NotImplementedError
