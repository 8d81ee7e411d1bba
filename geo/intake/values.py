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
from functools import partial
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
ERROR = r"#(?:N/A|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|#+)"
"""What stands in a cell whose formula failed or, in ####, whose column was too narrow."""
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
SCIENTIFIC = re.compile(r"-?\d{1,3}(?:\.(?P<decimals>\d+))?e\+?(?P<power>\d{1,2})", re.IGNORECASE)
SHORTENED = "number was shortened by a spreadsheet: export it with all its digits"
NO_DAY = "date is not a day"
LARGEST = 2**53
_TO_MONTH, _TO_DAY = r"\s*[-–./·년]\s*", r"\s*[-–./·월]\s*"
_CLOCK = (
    r"(?:(?:오전|오후|[AP]M)\s*)?\d{1,2}(?::\d\d(?::\d\d(?:\.\d+)?)?|시(?:\s*\d{1,2}분(?:\s*\d{1,2}초)?)?)"
    r"(?:\s*[AP]M|Z|[-+]\d\d:?\d\d)?"
)
_AFTER_DAY = rf"(?:\s*\(?[월화수목금토일](?:요일)?\)?)?(?:[\sT]+{_CLOCK})?"
DAY = (
    re.compile(
        rf"(?P<y>\d{{4}}|\d\d){_TO_MONTH}(?P<m>\d{{1,2}}){_TO_DAY}(?P<d>\d{{1,2}})\s*[.일]?{_AFTER_DAY}",
        re.IGNORECASE,
    ),
    re.compile(
        rf"(?P<y>\d{{4}})(?P<m>\d\d)(?P<d>\d\d)(?:\.0+|(?:[01]\d|2[0-3])(?:[0-5]\d){{1,2}}|{_AFTER_DAY})",
        re.IGNORECASE,
    ),
)
MONTH = re.compile(
    rf"(?P<y>\d{{4}})(?:{_TO_MONTH}(?:0?[1-9]|1[0-2])\s*[.월]?|\.0+|\s*년도?)?"
    r"|\d{1,2}[-./]\d{1,2}[-./](?P<last>\d{4})"
)
"""A year without a day that can be told: 2013.5, 2013년 5월, 2013, and 5/3/2013, whose month may be
either."""
SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
SERIAL_DAYS = (32_874, 73_415)
"""Spreadsheets count days from 1899-12-30; these are 1990-01-01 and 2100-12-31."""
MAC_DAYS = 1_462
"""Those of a workbook that states it (once of a Mac) count from 1904-01-01, so many days later."""
THIS_CENTURY = 80
"""Two digits of a year below this are of this century; of what they are from it on is not clear."""
BORN = re.compile(r"(?P<y>\d\d)(?P<m>\d\d)(?P<d>\d\d)(?:\s*[-–]\s*(?P<kind>[1-8])[\d*xX●○]*)?")
"""620514, and 620514-1, whose last digit tells the century as in a resident number."""
GROWN_UP = 19
_GAP = r"[-‐–—−~·.)\s]"
"""What stands between the parts of a telephone number, in letters of NFKC."""
_NUMBER = (
    rf"(?:(?:\+?82{_GAP}{{0,3}}\(?0?|\(?0)(?:1[016789]|2|[3-6]\d|70|50\d|80){_GAP}{{0,3}}"
    rf"\d{{3,4}}{_GAP}{{0,3}}\d{{4}}|1[016789]{_GAP}{{1,3}}\d{{3,4}}{_GAP}{{1,3}}\d{{4}}"
    r"|(?:[3-6]\d|2|70)[-)]\d{3,4}-\d{4}|1[5-9]\d\d-\d{4})"
)
PHONE = re.compile(rf"(?<!\d)(?<!\d\.)(?:{_NUMBER}|10\d{{8}})(?!\d)")
"""A telephone number: with an area code that begins with 0, of a mobile phone without it, or with
dashes in its places. 2019-2020, 37.5663245, 20130503 and 1154561000 are none."""
WHOLE_PHONE = rf"(?s)\D{{0,12}}{_NUMBER}(?:\D.*)?"
"""A cell that holds a telephone number and can hold nothing else."""
EMAIL = re.compile(r"[\w.+-]+\s?@\s?[\w-]+(?:\.[\w-]+)+")
RESIDENT = re.compile(r"(?<!\d)(\d\d)(\d\d)(\d\d)\s*[-–]?\s*([1-8])([\d*xX●○]{6})(?![\d*])")
CENTURIES = {"1": 1900, "2": 1900, "3": 2000, "4": 2000, "5": 1900, "6": 1900, "7": 2000, "8": 2000}
MAY_BE_PERSONAL = re.compile(r"\d{4}|@")
"""What a resident or telephone number and an e-mail address have at least."""
PART = r"(?:\s*\(?(?:[상하]반기|제?\d\s?(?:차|기|분기|회))\)?)?"
"""Of a year, behind it: 2013년 상반기, 2013년 2차."""
HIDDEN = "○○○"
"""What stands in the place of personal data."""
TITLES = "대표자|대표|회장|총무|간사|위원장|사무국장|님|씨|귀하"
PARTICLE = re.compile("(?:의|네|이네|님|씨|외|댁|가|이|은|는|과|와|께|에게)$")
WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Read:
    """Values, and what is wrong with those that could not be read, on the same index.

    ``problems`` are short sentences ("amount is not a number"), missing where all is well, an
    empty cell included.
    """

    values: pd.Series[Any]
    problems: pd.Series[str]


def written_out(text: pd.Series[str]) -> Read:
    """Text in which numbers with an exponent, as spreadsheets show long ones, stand in digits.

    A number whose decimals do not reach its last place was rounded, or may have been: it is no
    value, whether of money, a code, a telephone number or a place, and that is told. Without
    decimals nothing was: a spreadsheet that rounds keeps some. All other text stays as it is.

    >>> written_out(pd.Series(["1E+07", "1.23457E+05", "1.23457E+11", "독산동"])).values.tolist()
    ['10000000', '123457', nan, '독산동']
    """
    there = text.str.contains(r"^\s*-?\d[\d.]*e\+?\d{1,2}\s*$", case=False, na=False)
    if not there.any():
        return Read(text, pd.Series(None, index=text.index, dtype="str"))
    digits = text.mask(there, _over(text[there], _in_digits).astype("str"))
    lost = pd.Series(SHORTENED, index=text.index, dtype="str").where(there & digits.isna())
    return Read(digits, lost)


def _in_digits(cell: str) -> str | None:
    """A number with an exponent in digits, None where some are lost; other text as it is."""
    found = SCIENTIFIC.fullmatch(cell)
    if found is None:
        return cell
    is_rounded = found["decimals"] and len(found["decimals"]) < int(found["power"])
    return None if is_rounded else f"{Decimal(cell):f}"


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
        number = r"\d+|\d{1,3}(?:,\d{3})+"
        plain = re.fullmatch(rf"(?:총\s*)?({number})(?:\.0+)?\s*(?:명|인|가구|세대)?", cell)
        if plain:
            return int(plain[1].replace(",", ""))
        others = re.fullmatch(r"\D+?\s*외\s*(\d+)\s*(?:명|인)?", cell)
        return int(others[1]) + 1 if others else None

    return _read(text, one, "count is not a number", "Int64")


def dates(text: pd.Series[str], from_1904: bool = False) -> Read:
    """Days (datetime64): 2012-06-14, 12/07/02, 2012년 8월 1일, 20120903, 2012.5.3 and their kin.

    Two-digit years are of this century, from 80 on not read.

    Args:
        text: cells.
        from_1904: whether a bare serial number counts from 1904, as in workbooks that state it.

    >>> dates(pd.Series(["12/07/02", "2012년 8월 1일", "20120903"])).values.dt.day.tolist()
    [2, 1, 3]
    """
    read = _read(text, lambda cell: _date(cell, from_1904), NO_DAY, "object")
    return Read(pd.to_datetime(read.values, errors="coerce").astype("datetime64[s]"), read.problems)


def years_of_days(text: pd.Series[str], from_1904: bool = False) -> Read:
    """Years (Int64) of days as `dates` reads them; also of what names a year and no clear day.

    >>> years_of_days(pd.Series(["13.05.03.", "2013.5", "5/3/2013", "5/3"])).values.tolist()
    [2013, 2013, 2013, <NA>]
    """
    return _read(text, lambda cell: _year_of(cell, from_1904), NO_DAY, "Int64")


def births(text: pd.Series[str], years: pd.Series[Any]) -> Read:
    """Birthdays (datetime64) of grown-ups: as `dates`, and 620514 or 620514-1.

    Two digits of a year are of the century that the past leaves: 62 is 1962, whatever the year
    of the application. Where it leaves both, they are of this century if that makes a grown-up
    then (05 in 2024), and not read if it makes a child (05 in 2013). Five digits are not read:
    a serial number, or a day of 2000 to 2009 that lost its nought.

    Args:
        text: cells.
        years: year of each row's application, on the same index; where it is missing, two
            digits are not read.
    """
    found = [
        _read(cells, partial(_birth, year=None if year < 0 else int(year)), NO_DAY, "object")
        for year, cells in text.groupby(years.fillna(-1))
    ]
    days = pd.concat([text[:0].astype("object"), *(read.values for read in found)])
    problems = pd.concat([text[:0], *(read.problems for read in found)])
    born = pd.to_datetime(days.reindex(text.index), errors="coerce").astype("datetime64[s]")
    return Read(born, problems.reindex(text.index))


def _date(cell: str, from_1904: bool = False) -> date | None:
    """The day that a cell writes."""
    if SERIAL.fullmatch(cell):
        days = int(float(cell)) + (MAC_DAYS if from_1904 else 0)
        first, last = SERIAL_DAYS
        return date(1899, 12, 30) + timedelta(days) if first <= days <= last else None
    parts = _parts(cell)
    year = _century(parts[0]) if parts else None
    return None if parts is None or year is None else _day(year, *parts[1:])


def _birth(cell: str, year: int | None) -> date | None:
    """The day of birth of somebody who applied in a year."""
    bare = re.sub(r"\(?[양음]력?\)?|생$", "", cell).strip()
    front = BORN.fullmatch(bare)
    parts = (front["y"], front["m"], front["d"]) if front else _parts(bare)
    if parts is None:
        return None
    born = _year_of_birth(parts[0], front["kind"] if front else None, year)
    day = None if born is None else _day(born, *parts[1:])
    return None if day is None or (year and day.year > year) else day


def _year_of_birth(written: str, kind: str | None, year: int | None) -> int | None:
    """The year that digits mean: of two, by the digit behind them, else by the year (`births`)."""
    short = int(written)
    if len(written) == 4:
        return short
    if kind:
        return CENTURIES[kind] + short
    if year is None:
        return None
    if 2000 + short > year:
        return 1900 + short
    return 2000 + short if year - 2000 - short >= GROWN_UP else None


def _parts(cell: str) -> tuple[str, str, str] | None:
    """Year, month and day as they are written; an apostrophe stands before text or a year."""
    for form in DAY:
        if found := form.fullmatch(cell.lstrip("'’`")):
            return found["y"], found["m"], found["d"]
    return None


def _century(year: str) -> int | None:
    """A year of four digits, or of two that are clearly of this century."""
    if len(year) == 4:
        return int(year)
    return 2000 + int(year) if int(year) < THIS_CENTURY else None


def _day(year: int, month: str, day: str) -> date | None:
    try:
        return date(year, int(month), int(day))
    except ValueError:
        return None


def years(text: pd.Series[str]) -> Read:
    """Years (Int64); of a day or a month, its year.

    >>> years(pd.Series(["2013년도", "'12", "12년 상반기", "2013-05-03", "20133"])).values.tolist()
    [2013, 2012, 2012, 2013, <NA>]
    """

    def one(cell: str) -> int | None:
        found = re.fullmatch(rf"['’]?(\d{{4}}|\d\d)(?:\.0+)?\s*(?:년도?|년\s*사업)?{PART}", cell)
        if found:
            return _allowed(_century(found[1]))
        return None if SERIAL.fullmatch(cell) else _year_of(cell)

    return _read(text, one, "year is not a year", "Int64")


def _year_of(cell: str, from_1904: bool = False) -> int | None:
    """The year of a day or of a month."""
    if day := _date(cell, from_1904):
        return _allowed(day.year)
    found = MONTH.fullmatch(cell.lstrip("'’`"))
    return _allowed(int(found["y"] or found["last"])) if found else None


def _allowed(year: int | None) -> int | None:
    first, last = YEARS_ALLOWED
    return year if year is not None and first <= year <= last else None


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
        bare = EMAIL.sub(" ", PHONE.sub(" ", cell))
        bare = re.sub(
            r"[(\[].*?[)\]]|\s외\s*\d*\s*(?:명|인)?|(?<!\d)\d{1,2}\s*[.)]\s", " ", f"{bare} "
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

    return _over(written_out(text).values, one).astype("str")


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
        born = _day(CENTURIES[kind] + int(year), month, day)
        if born is None:
            return None
        gender = Gender.MALE if int(kind) % 2 else Gender.FEMALE
        number = f"{year}{month}{day}{kind}{rest}" if rest.isdecimal() else None
        return number, born.isoformat(), str(gender)

    read = _over(written_out(text).values, one)
    parts = [each or (None, None, None) for each in read]
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
        if MAY_BE_PERSONAL.search(clean):
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
        stem = PARTICLE.sub("", whole)
        return HIDDEN + whole[len(stem) :] if len(stem) > 1 and stem in names else whole

    return WORD.sub(word, cell)


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
    full = written_out(text)
    values = _over(full.values, one)
    problems = [
        problem if value is None and isinstance(cell, str) and cell.strip() not in SAYS_NOTHING
        else None
        for cell, value in zip(text.tolist(), values, strict=True)
    ]  # fmt: skip
    told = full.problems.fillna(pd.Series(problems, index=text.index, dtype="str"))
    return Read(values.astype(kind), told)
