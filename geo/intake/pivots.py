"""Sheets of totals that a spreadsheet program made of a list: pivot tables, no lists themselves.

Their headings are the program's own words (행 레이블, 개수 : 단체명), and under 개수 : 단체명
stand numbers, which would be taken for names.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from geo.intake.sheets import Sheet

MOST_LOOKED_AT = 60
"""Rows from the top among which the headings are."""
LABELS = re.compile(r"[행열]\s?레이블|(?:row|column)\s?labels", re.I)
"""Headings that no list has."""
_KOREAN = (
    r"합계|(?:숫자|데이터|고유)?\s?개수|평균|최[대댓솟소]\s?값?|곱|중앙값|"
    r"(?:표본\s)?(?:표준\s?편차|분산)"
)
_ENGLISH = (
    "sum|counta?|countunique|distinct count|count numbers|average|max|min|median|product|"
    "std(?:d?ev)?p?|varp?"
)
TALLY = re.compile(
    rf"(?:{_KOREAN})(?:\s?[:：]\s?|\s[-/]\s)(?!\d).*|(?:{_ENGLISH})\s(?:of|-|/)\s(?!\d).*"
    rf"|.*\S의\s(?:{_ENGLISH})",
    re.I,
)
"""What a column was counted or added up by: 개수 : 단체명, Sum of 신청액, 신청액의 SUM."""
GRAND = re.compile(r"총합계|전체\s결과|grand total|total result", re.I)
"""How sums of everything are headed."""
NUMBER = re.compile(r"-?[\d,]+(?:\.\d+)?%?")


def marks(sheet: Sheet) -> tuple[str, ...]:
    """Headings by which a sheet is the totals of a pivot table; none where it may be a list.

    A heading for what was counted has numbers under it, or stands over headings of its own,
    where sums of everything are headed as such. 합계 alone may be a column of any list.
    """
    top = sheet.cells[:MOST_LOOKED_AT]
    labels = [cell for row in top for cell in row if LABELS.fullmatch(cell)]
    tallies = [
        (number, place)
        for number, row in enumerate(top)
        for place, cell in enumerate(row)
        if TALLY.fullmatch(cell)
    ]
    if not labels and not any(_counts(sheet.cells, *where) for where in tallies):
        return ()
    return tuple(dict.fromkeys([*labels, *(top[number][place] for number, place in tallies)]))


def _counts(cells: Sequence[Sequence[str]], number: int, place: int) -> bool:
    """Whether a heading is that of a pivot table, by what stands under and beside it."""
    under = next((row[place] for row in cells[number + 1 :] if row[place]), "")
    if NUMBER.fullmatch(under):
        return True
    beside = sum(map(bool, cells[number])) > 1
    return beside and any(GRAND.fullmatch(cell) for row in cells[number:] for cell in row)
