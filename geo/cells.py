"""What goes into the cells of files that a spreadsheet program opens: text stays text.

A program that opens a CSV file runs what looks like a formula, whoever wrote it: names of groups
and of categories come from offices' tables and from forms that anybody fills in. A workbook tells
text from formulas, so there it is enough to write text as text; so do GeoPackage, Parquet, GraphML
and GEXF, whose cells have types and are run by nobody.
"""

from __future__ import annotations

import re
from csv import QUOTE_NONNUMERIC
from typing import Any

import pandas as pd

FORMULA = re.compile(
    # a tab or a line break first, or an operator behind signs that a program may pass over
    "[\t\r\n]"
    "|[\\s\x00-\x1f\x7f\u00ad\u061c\u115f\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff"
    "'\"`\u2018\u2019\u201c\u201d\uff02\uff07]*[=+@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b-]"
)
"""How a cell begins that may be run as a formula, DDE (``=cmd|…``, ``@SUM``) and full width too."""
MARK = "'"
"""Before such a cell: spreadsheet programs then show text."""
PARTS = re.compile("([,;\t|]\\s*)")
"""Where a program may begin a new cell in a line that is not quoted."""
WORKBOOK = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
"""Options with which xlsxwriter writes a text as a text, whatever it begins with."""


def text(value: str) -> str:
    r"""A text as a cell of a CSV file has it.

    >>> [text(value) for value in ("=1+1", "\u200b+82", "-", "a=b", "'=1")]
    ["'=1+1", "'\u200b+82", "'-", 'a=b', "''=1"]
    """
    return MARK + value if _is_risky(value) else value


def plain(cell: str) -> str:
    """The text that `text` made a cell of; ``plain(text(value)) == value`` for every text.

    >>> [plain(cell) for cell in ("'=1+1", "a=b", "'tis")]
    ['=1+1', 'a=b', "'tis"]
    """
    bare = cell.removeprefix(MARK)
    return bare if _is_risky(bare) else cell


def _is_risky(value: str) -> bool:
    """Whether a text begins a formula, or would be one without marks that it has of its own."""
    return bool(FORMULA.match(value) or FORMULA.match(value.lstrip(MARK)))


def line(value: str) -> str:
    """A note in one line of a CSV file, unquoted: no part of it that commas cut off is a formula.

    >>> line("분야: 청년, =1+1;+2")
    "분야: 청년, '=1+1;'+2"
    """
    whole = " ".join(value.split())
    return "".join(
        part if place % 2 else text(part) for place, part in enumerate(PARTS.split(whole))
    )


def csv(table: pd.DataFrame, **how: Any) -> str:
    """A table as CSV, without its index; headings and cells as `text` has them.

    Args:
        table: numbers stay numbers, missing cells empty.
        how: as `pandas.DataFrame.to_csv` takes it.
    """
    safe = table.copy()
    for column, kind in table.dtypes.items():
        if kind.kind in "biufM":
            continue
        values: pd.Series[Any] = table[column].astype("object")
        risky = values.map(lambda one: isinstance(one, str) and _is_risky(one))
        if risky.any():
            safe[column] = values.where(~risky, MARK + values.astype("str"))
    safe.columns = [text(name) if isinstance(name, str) else name for name in safe]
    # Quoted, so that a program that parts cells elsewhere finds none within a text.
    return str(safe.to_csv(index=False, quoting=QUOTE_NONNUMERIC, **how))


def plain_table(table: pd.DataFrame) -> pd.DataFrame:
    """What `csv` wrote, read as text with empty cells as "": as it was before, these missing."""
    bare = table.rename(columns=plain).map(plain)
    return bare.where(bare != "").astype("str")
