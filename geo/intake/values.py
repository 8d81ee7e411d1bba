"""What offices write in cells -> values: outcomes, amounts, dates, years, counts, people.

Each function takes a Series of text (missing where the cell is empty) and returns a `Read` on
the same index; what cannot be read is missing and has a problem. Nothing is guessed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd


@dataclass(frozen=True)
class Read:
    """Values, and what is wrong with those that could not be read, on the same index.

    ``problems`` are short sentences ("amount is not a number"), missing where all is well, an
    empty cell included.
    """

    values: pd.Series[Any]
    problems: pd.Series[str]


def outcomes(text: pd.Series[str]) -> Read:
    """Values of `geo.schema.Outcome`; ``unknown`` where empty or unread. Problem: "outcome is not known"."""
    raise NotImplementedError


def amounts(text: pd.Series[str], unit_krw: int) -> Read:
    """Whole won (Int64); a unit in the cell itself ("150만원") counts before ``unit_krw``. Problem: "amount is not a number"."""
    raise NotImplementedError


def counts(text: pd.Series[str]) -> Read:
    """People taking part (Int64): "5명", "홍길동 외 4명" (five), "12". Problem: "count is not a number"."""
    raise NotImplementedError


def dates(text: pd.Series[str]) -> Read:
    """Days (datetime64[s]): 2012-06-14, 12/07/02, 2012년 8월 1일, 20120903, 2012.5.3 and their kin. Problem: "date is not a day"."""
    raise NotImplementedError


def years(text: pd.Series[str]) -> Read:
    """Years (Int64): 2013, '12, 12년, 2013년도. Problem: "year is not a year"."""
    raise NotImplementedError


def genders(text: pd.Series[str]) -> Read:
    """Values of `geo.schema.Gender`: 남, 여성, F. Problem: "gender is not known"."""
    raise NotImplementedError


def people(text: pd.Series[str]) -> pd.Series[Any]:
    """Names in a cell, a tuple for each: "홍길동 외 4명", "홍길동, 김영희 / 이철수(총무)"."""
    raise NotImplementedError


def phones(text: pd.Series[str]) -> pd.Series[str]:
    """Telephone numbers in one form (digits, first one of several), missing where none is."""
    raise NotImplementedError


def emails(text: pd.Series[str]) -> pd.Series[str]:
    """E-mail addresses in one form, missing where none is."""
    raise NotImplementedError


def residents(text: pd.Series[str]) -> pd.DataFrame:
    """Resident registration numbers: columns ``number`` (13 digits, missing where hidden or none), ``birth`` (YYYY-MM-DD), ``gender``; checked for a possible birthday, not for the check digit."""
    raise NotImplementedError


def money_unit(text: str) -> int | None:
    """Won to one unit in "(단위: 명, 천원)", "지원금액(만원)", "천원"; None where none is named."""
    raise NotImplementedError
