"""What offices write in cells -> values: outcomes, amounts, dates, years, counts, people.

Each function takes a Series of text (missing where the cell is empty) and returns a `Read` on
the same index; what cannot be read is missing and has a problem. Nothing is guessed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

import pandas as pd

from geo.schema import YEARS_ALLOWED, Gender, Outcome

OUTCOMES = {
    Outcome.SELECTED: (
        "선정 최종선정 조건부선정 선정조건부 추가선정 선정됨 채택 승인 지원 지원결정 "
        "합격 o ○ y yes 예 selected"
    ),
    Outcome.REJECTED: (
        "탈락 미선정 비선정 불선정 부적격 반려 제외 불채택 불승인 미지원 불합격 x × "
        "n no 아니오 아니요 rejected"
    ),
    Outcome.UNDER_REVIEW: "심사중 심의중 검토중 보류 접수 심사예정 underreview",
    Outcome.OTHER: "포기 취소 철회 중도포기 선정포기 선정취소 사업포기 이월 찾마감",
}
"""Words of offices, without spaces and brackets."""
NOTHING = ("-", "−", "–", "—", "·", "해당없음", "없음")
"""What is written into a cell that has nothing to say."""
SAYS_NOTHING = frozenset(NOTHING)
GENDERS = {
    **dict.fromkeys(("남", "남자", "남성", "m", "male"), Gender.MALE),
    **dict.fromkeys(("여", "여자", "여성", "f", "female"), Gender.FEMALE),
}
UNITS = {"원": 1, "천원": 1_000, "만원": 10_000, "십만원": 100_000, "백만원": 1_000_000,
         "천만원": 10_000_000, "억원": 100_000_000, "억": 100_000_000}  # fmt: skip
MONEY_UNIT = re.compile(
    r"(?:(?:(?<![^\W_])|(?<=[액금비산]))(?P<scaled>(?:십만|백만|천만|만|천|억)\s*원)"
    r"|(?<![^\W_])(?P<alone>원|억))(?:(?![^\W_])|(?=단위))"
)
AMOUNT = re.compile(r"(?:(?P<number>[\d,]*\.?\d+)(?P<unit>억|천만|백만|십만|만|천)?)")
SCALE = {
    "억": 10**8,
    "천만": 10**7,
    "백만": 10**6,
    "십만": 10**5,
    "만": 10**4,
    "천": 10**3,
    None: 1,
}
SCIENTIFIC = re.compile(r"\d(?:\.\d+)?e\+?\d{1,2}", re.IGNORECASE)
LARGEST = 2**53
DAY = (
    re.compile(r"(?P<y>\d{4})\s*[-./년]\s*(?P<m>\d{1,2})\s*[-./월]\s*(?P<d>\d{1,2})\s*[.일]?"),
    re.compile(r"(?P<y>\d{4})(?P<m>\d\d)(?P<d>\d\d)"),
    re.compile(r"['’]?(?P<y>\d\d)\s*[-./년]\s*(?P<m>\d{1,2})\s*[-./월]\s*(?P<d>\d{1,2})\s*[.일]?"),
)
AFTER_DAY = r"(?:\s*\(?[월화수목금토일](?:요일)?\)?)?(?:[\sT]+\d{1,2}:\d\d(?::\d\d)?(?:\.\d+)?)?"
SERIAL_DAYS = (32_874, 73_415)
"""Spreadsheets count days from 1899-12-30; these are 1990-01-01 and 2100-12-31."""
PHONE = re.compile(
    r"(?<![\d-])(?:\+?82[-.)\s]*)?\(?0?(?:1[016789]|2|[3-6]\d|70|50\d)\)?[-.)\s]*\d{3,4}[-.\s]*\d{4}(?![\d-])"
)
_AFTER = r"[-.)\s]{0,2}\d{3,4}[-.\s]{0,2}\d{4}"
_NUMBER = (
    rf"(?:(?:\+?82[-.)\s]{{0,2}}\(?0?|\(?0)(?:1[016789]|2|[3-6]\d|70|50\d|80)\)?{_AFTER}"
    r"|(?:1[016789]|[3-6]\d|2|70)[-)]\d{3,4}-\d{4}|1[5-9]\d\d-\d{4})"
)
WHOLE_PHONE = rf"(?s)\D{{0,12}}{_NUMBER}(?:\D.*)?"
"""A cell that holds a telephone number and can hold nothing else: with an area code that begins
with 0, or with dashes in their places. 37.5663245, 20130503 and 1154561000 are none."""
MAYBE_PHONE = re.compile(rf"(?<!\d)(?:{_NUMBER}|10\d{{8}})(?!\d)")
"""Such a number anywhere in a cell, or one of a mobile phone whose 0 a spreadsheet took."""
EMAIL = re.compile(r"[\w.+-]+\s?@\s?[\w-]+(?:\.[\w-]+)+")
RESIDENT = re.compile(r"(?<!\d)(\d\d)(\d\d)(\d\d)\s*[-–]?\s*([1-8])([\d*xX●○]{6})(?![\d*])")
CENTURIES = {"1": 1900, "2": 1900, "3": 2000, "4": 2000, "5": 1900, "6": 1900, "7": 2000, "8": 2000}
HIDDEN = "○○○"
"""What stands in the place of personal data."""
TITLES = "대표자|대표|회장|총무|간사|위원장|사무국장|님|씨|귀하"
PARTICLES = "의|네|이네|님|씨|외|댁|가|이|은|는|과|와|께|에게"


@dataclass(frozen=True)
class Read:
    """Values, and what is wrong with those that could not be read, on the same index.

    ``problems`` are short sentences ("amount is not a number"), missing where all is well, an
    empty cell included.
    """

    values: pd.Series[Any]
    problems: pd.Series[str]


def outcomes(text: pd.Series[str]) -> Read:
    """Values of `geo.schema.Outcome`; ``unknown`` where empty or unread.

    >>> outcomes(pd.Series(["선 정", "(미선정)", "조건부 선정", "심사중", "?"])).values.tolist()
    ['selected', 'rejected', 'selected', 'under_review', 'unknown']
    """
    known = {word: str(outcome) for outcome, words in OUTCOMES.items() for word in words.split()}

    def one(cell: str) -> str | None:
        return known.get(re.sub(r"[\s()\[\]<>「」'\"./_]", "", cell).casefold())

    read = _read(text, one, "outcome is not known", "str")
    return Read(read.values.fillna(str(Outcome.UNKNOWN)), read.problems)


def amounts(text: pd.Series[str], unit_krw: int) -> Read:
    """Whole won (Int64); a unit in the cell itself counts before ``unit_krw``.

    >>> amounts(pd.Series(["1,500", "150만원", "1억 2천만원"]), 1_000).values.tolist()
    [1500000, 1500000, 120000000]
    """

    def one(cell: str) -> int | None:
        bare = re.sub(r"[\s₩￦]|^금(?=\d)|정$", "", cell)
        if SCIENTIFIC.fullmatch(bare):  # as spreadsheets show what is long
            bare = f"{Decimal(bare):f}"
        won = bare.endswith("원")
        parts = list(AMOUNT.finditer(bare.removesuffix("원")))
        if not parts or "".join(part[0] for part in parts) != bare.removesuffix("원"):
            return None
        scales = [SCALE[part["unit"]] for part in parts]
        if scales != sorted(scales, reverse=True) or len(set(scales)) < len(scales):
            return None
        try:
            numbers = [Decimal(_without_commas(part["number"])) for part in parts]
        except (InvalidOperation, ValueError):
            return None
        said = won or any(part["unit"] for part in parts)
        parts_krw = (number * scale for number, scale in zip(numbers, scales, strict=True))
        total = sum(parts_krw, Decimal()) * (1 if said else unit_krw)
        return int(total) if total == int(total) and total <= LARGEST else None

    return _read(text, one, "amount is not a number", "Int64")


def _without_commas(number: str) -> str:
    """Digits of a number whose commas stand before every third one; ValueError for others."""
    if "," in number and not re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?", number):
        raise ValueError(number)
    return number.replace(",", "")


def counts(text: pd.Series[str]) -> Read:
    """People taking part (Int64).

    >>> counts(pd.Series(["12", "5명", "홍길동 외 4명"])).values.tolist()
    [12, 5, 5]
    """

    def one(cell: str) -> int | None:
        plain = re.fullmatch(r"(?:총\s*)?(\d[\d,]*)(?:\.0+)?\s*(?:명|인|가구|세대)?", cell)
        if plain:
            return int(plain[1].replace(",", ""))
        others = re.fullmatch(r"\D+?\s*외\s*(\d+)\s*(?:명|인)?", cell)
        return int(others[1]) + 1 if others else None

    return _read(text, one, "count is not a number", "Int64")


def dates(text: pd.Series[str]) -> Read:
    """Days (datetime64): 2012-06-14, 12/07/02, 2012년 8월 1일, 20120903, 2012.5.3 and their kin.

    Two-digit years are of this century.

    >>> dates(pd.Series(["12/07/02", "2012년 8월 1일", "20120903"])).values.dt.day.tolist()
    [2, 1, 3]
    """
    read = _read(text, _date, "date is not a day", "object")
    return Read(pd.to_datetime(read.values, errors="coerce").astype("datetime64[s]"), read.problems)


def _date(cell: str) -> date | None:
    """The day that a cell writes."""
    if re.fullmatch(r"\d{5}(\.\d+)?", cell):
        days = int(float(cell))
        first, last = SERIAL_DAYS
        return date(1899, 12, 30) + timedelta(days) if first <= days <= last else None
    for form in DAY:
        if found := re.fullmatch(f"{form.pattern}{AFTER_DAY}", cell):
            return _day(found["y"], found["m"], found["d"])
    return None


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year) + (2000 if len(year) == 2 else 0), int(month), int(day))
    except ValueError:
        return None


def years(text: pd.Series[str]) -> Read:
    """Years (Int64); of a day, its year.

    >>> years(pd.Series(["2013년도", "'12", "12년", "2013-05-03", "20133"])).values.tolist()
    [2013, 2012, 2012, 2013, <NA>]
    """

    def one(cell: str) -> int | None:
        found = re.fullmatch(r"['’]?(\d{4}|\d\d)(?:\.0+)?\s*(?:년도?|년\s*사업)?", cell)
        if found:
            year = int(found[1]) + (2000 if len(found[1]) == 2 else 0)
        else:
            day = None if re.fullmatch(r"\d{5}(\.\d+)?", cell) else _date(cell)
            year = day.year if day else 0
        first, last = YEARS_ALLOWED
        return year if first <= year <= last else None

    return _read(text, one, "year is not a year", "Int64")


def genders(text: pd.Series[str]) -> Read:
    """Values of `geo.schema.Gender`."""
    return _read(
        text, lambda cell: GENDERS.get(re.sub(r"\W", "", cell).casefold()), "gender is not known",
        "str",
    )  # fmt: skip


def people(text: pd.Series[str]) -> pd.Series[Any]:
    """Names in a cell, a tuple for each.

    >>> people(pd.Series(["홍길동 외 4명", "1. 홍길동(총무), 김영희 / 이철수님"])).tolist()
    [('홍길동',), ('홍길동', '김영희', '이철수')]
    """

    def one(cell: str) -> tuple[str, ...]:
        bare = re.sub(
            r"[(\[].*?[)\]]|\s외\s*\d*\s*(?:명|인)?|(?<!\d)\d{1,2}\s*[.)]\s", " ", f"{cell} "
        )
        parts = re.split(r"[,/·;、\n\r\t|]|\s{2,}", bare)
        names = [re.sub(rf"^(?:{TITLES})\s+|\s*(?:{TITLES})$", "", part.strip()) for part in parts]
        return tuple(dict.fromkeys(name.strip() for name in names if len(name.strip()) > 1))

    return _over(text, one).map(lambda names: names or ())


def phones(text: pd.Series[str]) -> pd.Series[str]:
    """Telephone numbers in one form (digits, first one of several), missing where none is."""

    def one(cell: str) -> str | None:
        found = PHONE.search(cell)
        digits = re.sub(r"\D", "", found[0]) if found else ""
        digits = digits.removeprefix("82").lstrip("0")
        return f"0{digits}" if len(digits) >= 8 else None

    return _over(text, one).astype("str")


def emails(text: pd.Series[str]) -> pd.Series[str]:
    """E-mail addresses in one form, missing where none is."""

    def one(cell: str) -> str | None:
        found = EMAIL.search(cell)
        return re.sub(r"\s", "", found[0]).casefold() if found else None

    return _over(text, one).astype("str")


def residents(text: pd.Series[str]) -> pd.DataFrame:
    """Resident registration numbers, and what they tell.

    Returns:
        ``number`` (13 digits, missing where partly hidden), ``birth`` (YYYY-MM-DD), ``gender``;
        all missing where there is none, or its birthday is no day. The check digit is not
        looked at: since 2020 it is none.
    """

    def one(cell: str) -> tuple[str | None, str, str] | None:
        found = RESIDENT.search(cell)
        if not found:
            return None
        year, month, day, kind, rest = found.groups()
        born = _day(str(CENTURIES[kind] + int(year)), month, day)
        if born is None:
            return None
        gender = Gender.MALE if int(kind) % 2 else Gender.FEMALE
        number = f"{year}{month}{day}{kind}{rest}" if rest.isdecimal() else None
        return number, born.isoformat(), str(gender)

    parts = [each or (None, None, None) for each in _over(text, one)]
    frame = pd.DataFrame(parts, index=text.index, columns=["number", "birth", "gender"])
    return frame.astype("str")


def money_unit(text: str) -> int | None:
    """Won to one unit that a line or a heading names; None where none is named.

    A unit is a word of its own, in brackets or not, or is written right behind 신청액, 보조금,
    사업비, 예산: 지원 and 인원 are no units, and 100만원 is an amount.

    >>> [money_unit(text) for text in ("(단위: 명, 천원)", "신청액 / 백만 원", "참여인원(지원)")]
    [1000, 1000000, None]
    """
    found = MONEY_UNIT.search(unicodedata.normalize("NFKC", text))
    return UNITS["".join((found["scaled"] or found["alone"]).split())] if found else None


def scrub(
    text: pd.Series[str],
    names: pd.Series[Any] | None = None,
    everyone: frozenset[str] = frozenset(),
) -> pd.Series[str]:
    """Text without telephone and resident numbers, e-mail addresses and names.

    Text in which there is none stays as it was written (in NFC): ㈜ and Ⅱ are nobody's data.

    Args:
        text: any text that is to leave the intake.
        names: names of the row's own people, a tuple for each row; gone wherever they stand.
        everyone: names of anybody; gone where they stand as words of their own.

    >>> scrub(pd.Series(["홍길동 010-0000-1001"]), pd.Series([("홍길동",)])).tolist()
    ['○○○ ○○○']
    """

    def one(cell: str) -> str:
        plain = clean = unicodedata.normalize("NFKC", cell).strip()
        for form in (RESIDENT, EMAIL, PHONE):
            clean = form.sub(HIDDEN, clean)
        clean = _without(clean, everyone) if everyone else clean
        return unicodedata.normalize("NFC", cell).strip() if clean == plain else clean

    clean = text.astype("object").map({cell: one(cell) for cell in text.dropna().unique()})
    if names is not None:
        own = names.reindex(text.index)
        pairs = zip(clean, own, strict=True)
        clean = pd.Series([_without_own(*pair) for pair in pairs], index=text.index, dtype="object")
    return clean.where(clean.notna(), None).astype("str")


def _without(cell: str, names: frozenset[str]) -> str:
    """Words of a cell that are somebody's name, particles and titles left standing."""

    def word(found: re.Match[str]) -> str:
        whole = found[0]
        if whole in names:
            return HIDDEN
        stem = re.sub(rf"(?:{PARTICLES})$", "", whole)
        return HIDDEN + whole[len(stem) :] if len(stem) > 1 and stem in names else whole

    return re.sub(r"\w+", word, cell)


def _without_own(cell: Any, names: Any) -> Any:
    """A cell without the names of its own row; short ones only as words."""
    if not isinstance(cell, str) or not isinstance(names, tuple):
        return cell
    plain = clean = unicodedata.normalize("NFKC", cell)
    for name in names:
        if name in clean:
            short = len(name) < 3
            clean = _without(clean, frozenset([name])) if short else clean.replace(name, HIDDEN)
    return cell if clean == plain else clean


def _over(text: pd.Series[str], one: Callable[[str], Any]) -> pd.Series[Any]:
    """A function of a cell over all of them, once for each text; missing is None."""
    cells = text.tolist()
    known = {
        cell: one(unicodedata.normalize("NFKC", cell).strip())
        for cell in dict.fromkeys(cells)
        if isinstance(cell, str)
    }
    return pd.Series([known.get(cell) for cell in cells], index=text.index, dtype="object")


def _read(text: pd.Series[str], one: Callable[[str], Any], problem: str, kind: Any) -> Read:
    """Values of a type, and a problem for every cell that says something and has none."""
    values = _over(text, one)
    problems = [
        problem if value is None and isinstance(cell, str) and cell.strip() not in SAYS_NOTHING
        else None
        for cell, value in zip(text.tolist(), values, strict=True)
    ]  # fmt: skip
    return Read(values.astype(kind), pd.Series(problems, index=text.index, dtype="str"))
