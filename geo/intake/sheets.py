"""Files as they come -> sheets of text cells.

Spreadsheets are read in a process of their own with a limit on its memory
(`geo.intake.workbook`), since a file of a few kilobytes can unpack to more than a machine has.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Sheet:
    """One sheet of a workbook, one layer of a map file, or a text file, as text cells.

    ``cells`` are rows of equal length, an empty cell "". A number is written in digits without
    a useless decimal point ("1600", "0.5"), a date as 2012-06-14, what a formula came to as its
    value. ``first_row`` is the number of ``cells[0]`` as a person counts rows in the file, from
    1; a layer's first cells are the names of its attributes, so it begins with row 0 and its
    features count from 1. ``merges`` are (top, left, bottom, right), counted from 0 in
    ``cells``, the last ones included; their value stands in the upper left cell alone.
    ``tells_merges`` says whether the format could have told (CSV and ODS cannot).
    ``crs`` is what a map file says of its coordinates, which stand in the last two columns
    under the names of `POINT`; None where there are none.
    """

    name: str
    cells: list[list[str]]
    merges: tuple[tuple[int, int, int, int], ...] = ()
    tells_merges: bool = False
    first_row: int = 1
    crs: str | None = None


POINT = ("(점 X)", "(점 Y)")
"""Names of the columns for the points of a map file."""


@dataclass(frozen=True)
class Source:
    """A file that was read. ``sha256`` is of its bytes; ``encoding`` is told for text alone."""

    file: str
    sha256: str
    size: int
    format: str
    encoding: str
    sheets: tuple[Sheet, ...]


def read(path: Path) -> Source:
    """Read a file of any of the formats, told by its content, not by its ending.

    Raises:
        BadFile: missing, empty, too large, encrypted, no table, or broken; says which, and what
            to do.
    """
    raise NotImplementedError
