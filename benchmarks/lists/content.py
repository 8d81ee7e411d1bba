"""What a list says: records of groups that do not exist, the cells that tell of them, the truth."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from random import Random
from typing import Any

import pandas as pd
import pyproj

from benchmarks.lists import words
from geo.administrative import valid_in
from geo.boundaries import Boundaries
from geo.sample.names import THEMES
from geo.schema import CRS_SHOWN

YEARS = range(2012, 2024)
PROGRAMME = "시험"
"""What is said of every list."""


@dataclass(frozen=True)
class Habits:
    """How an office writes: the same all over one spreadsheet.

    ``time`` is what tells the year: ``year``, ``day``, ``parts`` (a column each for year, month
    and day) or ``title``. ``unit`` is won to one unit of money, ``won`` what stands behind an
    amount, ``grid`` the coordinate system of X and Y and what headings call it. ``day``,
    ``district``, ``lot`` and ``road`` are forms.
    """

    year: int
    time: str
    day: str
    unit: int
    commas: bool
    won: str
    grid: tuple[str, str]
    district: str
    lot: str
    road: str


@dataclass(frozen=True)
class Record:
    """One row; amounts are in thousands of won, ``lon`` and ``lat`` in degrees (WGS 84)."""

    group: str
    date: tuple[int, int, int]
    city: str
    legal: str
    legal_code: str
    district: str
    district_code: str
    unit: str
    unit_code: str
    lon: float
    lat: float
    lot: str
    road: str
    outcome: str
    asked: int
    granted: int
    own: int
    participants: int
    category: str
    department: str
    person: str


class Places:
    """Where records may be: legal neighbourhoods, with those administrative ones that hold them."""

    def __init__(self, areas: Boundaries) -> None:
        districts = areas.districts[["code", "name_ko"]].set_axis(
            ["district_code", "district"], axis=1
        )
        legal = areas.neighbourhoods.merge(districts, on="district_code")
        shown = areas.neighbourhoods.representative_point().to_crs(CRS_SHOWN)
        self._points = {
            code: (point.x, point.y)
            for code, point in zip(areas.neighbourhoods["code"], shown, strict=True)
        }
        names = areas.administrative[["code", "name_ko"]].drop_duplicates("code")
        held = areas.administrative_legal.merge(names, on="code")
        self._units = {
            (year, code): list(zip(units["code"], units["name_ko"], strict=True))
            for year in YEARS
            for code, units in held[valid_in(held, year)].groupby("legal_code")
        }
        every = legal[["code", "name_ko", "district_code", "district"]].to_numpy().tolist()
        self._legal = {
            year: [one for one in every if (year, one[0]) in self._units] for year in YEARS
        }

    def record(self, draw: Random, year: int) -> Record:
        """A record of a year, anywhere in the city."""
        legal_code, legal, district_code, district = draw.choice(self._legal[year])
        unit_code, unit = draw.choice(self._units[year, legal_code])
        lon, lat = self._points[legal_code]
        theme = draw.choice(draw.choice(list(THEMES.values())))
        noun = draw.choice(("모임", "사랑방", "마당"))
        granted, own = draw.randint(300, 60_000), draw.randint(0, 9_000)
        return Record(
            group=f"{draw.choice(words.PEOPLE)[1:]} {theme} {noun} {draw.randint(1, 999)}",
            date=(year, draw.randint(1, 12), draw.randint(1, 28)),
            city="", district=district, district_code=district_code,
            legal=legal, legal_code=legal_code, unit=unit, unit_code=unit_code, lon=lon, lat=lat,
            lot=f"{draw.randint(1, 900)}-{draw.randint(1, 40)}",
            road=f"{draw.choice(words.ROADS)} {draw.randint(1, 900)}",
            outcome=draw.choice(list(words.OUTCOMES)),
            asked=granted + draw.randint(0, 9_000), granted=granted, own=own,
            participants=draw.randint(3, 60), category=draw.choice(words.CATEGORIES),
            department=draw.choice(words.BUREAUS), person=draw.choice(words.PEOPLE),
        )  # fmt: skip

    def elsewhere(self, draw: Random, year: int) -> Record:
        """A record of another city."""
        city, district, legal = draw.choice(words.ELSEWHERE)
        return replace(
            self.record(draw, year), city=city, district=district, legal=legal, district_code="~"
        )


def money(thousands: int, habits: Habits) -> str:
    """An amount in the office's unit, or in one that stands behind it."""
    amount = thousands * (1 if habits.won == "천원" else 1_000 // habits.unit)
    return f"{amount:,}{habits.won}" if habits.commas else f"{amount}{habits.won}"


def _address(one: Record, rest: str, draw: Random) -> str:
    """An address with its city."""
    city = one.city or draw.choice(("서울특별시", "서울시", "서울", "(04321) 서울특별시"))
    return f"{city} {one.district} {rest}"


def _lot(one: Record, habits: Habits) -> str:
    return f"{one.legal} {habits.lot.format(one.lot)}"


def _road(one: Record, habits: Habits) -> str:
    return habits.road.format(road=one.road, legal=one.legal)


@cache
def _to_grid(system: str) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(CRS_SHOWN, system, always_xy=True)


def _axis(one: Record, habits: Habits, axis: int) -> str:
    return f"{_to_grid(habits.grid[0]).transform(one.lon, one.lat)[axis]:.3f}"


def _day(one: Record, habits: Habits) -> str:
    year, month, day = one.date
    return habits.day.format(year=year, short=year % 100, month=month, day=day)


def _phone(draw: Random) -> str:
    return f"010-{draw.randint(0, 9_999):04d}-{draw.randint(0, 9_999):04d}"


CELLS: dict[str, Callable[[Record, Habits, Random], str]] = {
    "group": lambda one, habits, draw: one.group,
    "project": lambda one, habits, draw: f"{one.group} 잔치",
    "year": lambda one, habits, draw: f"{one.date[0]}{draw.choice(('', '년', '년도'))}",
    "date": lambda one, habits, draw: _day(one, habits),
    "year_part": lambda one, habits, draw: str(one.date[0]),
    "month_part": lambda one, habits, draw: str(one.date[1]),
    "day_part": lambda one, habits, draw: str(one.date[2]),
    "city": lambda one, habits, draw: one.city or "서울특별시",
    "district": lambda one, habits, draw: (
        one.district if one.city else habits.district.format(one.district)
    ),
    "legal": lambda one, habits, draw: one.legal,
    "administrative": lambda one, habits, draw: one.unit,
    "administrative_code": lambda one, habits, draw: one.unit_code,
    "legal_code": lambda one, habits, draw: f"{one.legal_code}00",
    "lot": lambda one, habits, draw: _address(one, _lot(one, habits), draw),
    "road": lambda one, habits, draw: _address(one, _road(one, habits), draw),
    "lot_short": lambda one, habits, draw: _lot(one, habits),
    "road_short": lambda one, habits, draw: _road(one, habits),
    "lot_number": lambda one, habits, draw: one.lot,
    "road_name": lambda one, habits, draw: one.road.split()[0],
    "building_number": lambda one, habits, draw: one.road.split()[1],
    "latitude": lambda one, habits, draw: f"{one.lat:.7f}",
    "longitude": lambda one, habits, draw: f"{one.lon:.7f}",
    "x": lambda one, habits, draw: _axis(one, habits, 0),
    "y": lambda one, habits, draw: _axis(one, habits, 1),
    "outcome": lambda one, habits, draw: draw.choice(words.OUTCOMES[one.outcome]),
    "asked": lambda one, habits, draw: money(one.asked, habits),
    "granted": lambda one, habits, draw: money(one.granted, habits),
    "own": lambda one, habits, draw: money(one.own, habits),
    "total": lambda one, habits, draw: money(one.granted + one.own, habits),
    "participants": lambda one, habits, draw: f"{one.participants}{draw.choice(('', '명'))}",
    "category": lambda one, habits, draw: one.category,
    "department": lambda one, habits, draw: one.department,
    "representative": lambda one, habits, draw: one.person,
    "phone": lambda one, habits, draw: _phone(draw),
    "prose": lambda one, habits, draw: draw.choice(words.SENTENCES),
    "office": lambda one, habits, draw: draw.choice(words.OFFICES),
    "dashes": lambda one, habits, draw: draw.choice(words.DASHES),
    "link": lambda one, habits, draw: f"https://www.example.kr/view.do?id={draw.randint(1, 9_999)}",
    "short": lambda one, habits, draw: draw.choice(words.SHORT),
    "reference": lambda one, habits, draw: "2024-05-31",
    "blank": lambda one, habits, draw: "",
    "size": lambda one, habits, draw: str(draw.randint(10, 99_999)),
}
"""What a column holds -> the cell that tells it of a record; `column` writes the others."""


def column(kind: str, records: Sequence[Record], habits: Habits, draw: Random) -> list[str]:
    """The cells of a column."""
    if kind == "serial":
        return [str(place) for place in range(1, len(records) + 1)]
    if kind == "code":
        first = draw.choice((1_154_561_000, 20_130_503, 3_100_000))
        return [str(first + place) for place in range(len(records))]
    return [CELLS[kind](one, habits, draw) for one in records]


def truth(records: Sequence[Record], kinds: set[str]) -> tuple[pd.DataFrame, frozenset[str]]:
    """What is true of each record, whether it was written or not; and columns that were.

    The first has the columns of `geo.intake.records.Records.rows` that are compared, and
    ``person``. An amount that was granted counts before one that was asked for.
    """
    pointed = {"latitude", "x"} & kinds
    frame = pd.DataFrame(
        {
            "group": [one.group for one in records],
            "programme": [PROGRAMME for _ in records],
            "year": [one.date[0] for one in records],
            "district_code": [one.district_code for one in records],
            "neighbourhood_code": [one.legal_code for one in records],
            "administrative_code": [one.unit_code for one in records],
            **({"precision": ["point" for _ in records]} if pointed else {}),
            "outcome": [one.outcome if "outcome" in kinds else "unknown" for one in records],
            "amount_krw": [_won(one, kinds) for one in records],
            "participants": [one.participants for one in records],
            "category": [one.category for one in records],
            "department": [one.department for one in records],
            "person": [one.person for one in records],
        },
        dtype=object,
    )
    tells: dict[str, Any] = {
        "neighbourhood_code": pointed
        or {"legal", "lot", "road", "lot_short", "road_short", "legal_code"} & kinds,
        "administrative_code": {"administrative", "administrative_code"} & kinds,
        "amount_krw": {"asked", "granted"} & kinds,
        "participants": "participants" in kinds,
        "category": "category" in kinds,
        "department": "department" in kinds,
        "person": "representative" in kinds,
    }
    return frame, frozenset(name for name in map(str, frame) if tells.get(name, True))


def _won(one: Record, kinds: set[str]) -> int | None:
    if "granted" in kinds:
        return one.granted * 1_000
    return one.asked * 1_000 if "asked" in kinds else None
