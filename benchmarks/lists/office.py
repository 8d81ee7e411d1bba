"""Writes spreadsheets by the habits of some office, each by itself from its number and a seed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random

import pandas as pd

from benchmarks.lists import content, words
from benchmarks.lists.content import Habits, Places, Record
from benchmarks.lists.layout import Column, Layout, lay_out
from geo.boundaries import Boundaries

SEED = 7
PLACES: tuple[tuple[tuple[str, ...], ...], ...] = (
    (("district", "legal"),), (("district",), ("administrative",)), (("lot",),), (("road",),),
    (("lot",), ("road",)), (("city", "district", "legal"),), (("district",), ("lot",)),
    (("latitude", "longitude"),), (("district",), ("latitude", "longitude")),
    (("road",), ("latitude", "longitude")), (("administrative_code",),), (("legal_code",),),
    (("district",), ("road",)), (("city", "district", "legal"), ("lot",), ("road",)),
    (("district", "legal"), ("administrative",)), (("district", "legal", "lot_number"),),
    (("city", "district", "legal", "lot_number"),), (("district", "road_name", "building_number"),),
    (("district",), ("lot_short",)), (("district",), ("road_short",)), (("x", "y"),),
    (("district",), ("x", "y")), (("district", "legal"), ("x", "y")), (("lot",), ("x", "y")),
    (("legal",), ("lot_number",)), (("lot_short",),),
)  # fmt: skip
"""Blocks of columns that tell where records are; the last two need sections that do."""
IN_SECTIONS = 2
POINTED = frozenset({"latitude", "x"})
BESIDE = ("prose", "office", "code", "dashes", "link", "short", "reference", "size")
KINDS_OVER = {
    "place": {"city", "district", "legal", "lot_number", "road_name", "building_number"},
    "time": {"year_part", "month_part", "day_part"},
    "money": {"asked", "granted", "own", "total"},
    "point": {"latitude", "longitude", "x", "y"},
}
"""What columns hold that stand under a heading of `words.OVER`."""


@dataclass(frozen=True)
class Made:
    """A spreadsheet, and what is true of each of its rows.

    Attributes:
        number: by which it is made again.
        name: of the file.
        content: its bytes.
        truth: columns as `content.truth` has them; the index (``row``) is the number of the row
            in the file.
        written: columns of ``truth`` that the file tells.
        columns: heading -> what the column holds.
    """

    number: int
    name: str
    content: bytes
    truth: pd.DataFrame
    written: frozenset[str]
    columns: dict[str, str]


class Office:
    """Writes spreadsheets; the same number and seed make the same one."""

    def __init__(self, areas: Boundaries, seed: int = SEED) -> None:
        self._places, self._seed = Places(areas), seed

    def made(self, first: int, count: int) -> Iterator[Made]:
        """So many spreadsheets from a number on."""
        return (self.write(number) for number in range(first, first + count))

    def write(self, number: int) -> Made:
        """What it says, in which columns, in which layout."""
        draw = Random(f"{self._seed}-{number}")
        blocks, habits, layout = self._decided(draw)
        records = [self._places.record(draw, habits.year) for _ in range(draw.randint(3, 25))]
        kinds = {kind for block in blocks for kind in block}
        if kinds & {"city", "lot", "road"} and not kinds & POINTED and draw.random() < 0.3:
            records += [self._places.elsewhere(draw, habits.year) for _ in range(2)]
            draw.shuffle(records)
        if layout.sections or layout.subtotals or layout.fills:
            records.sort(key=lambda one: (one.district_code, one.legal_code))
        if layout.fills and layout.merges:
            records = [_shared(one, records[place - 1], draw) for place, one in enumerate(records)]
        columns = _columns(blocks, records, habits, draw)
        truth, written = content.truth(records, kinds)
        page, numbers = lay_out(columns, records, layout, habits, draw)
        if layout.merges:
            written_bytes, ending = page.as_xlsx(), "xlsx"
        else:
            encoding = draw.choice(("utf-8", "utf-8-sig", "cp949"))
            written_bytes, ending = page.as_csv(draw.choice(",,,\t;"), encoding), "csv"
        return Made(
            number, f"list-{number}.{ending}", written_bytes,
            truth.set_index(pd.Index(numbers, name="row"))[[not one.city for one in records]],
            written,
            {column.heading: column.kind for column in columns},
        )  # fmt: skip

    def _decided(self, draw: Random) -> tuple[list[tuple[str, ...]], Habits, Layout]:
        """Which columns, in what order; how they are written and laid out."""
        time = draw.choice(("year",) * 5 + ("day",) * 3 + ("parts", "title"))
        system = draw.choice(list(words.GRIDS))
        habits = Habits(
            year=draw.choice(content.YEARS), time=time, day=draw.choice(words.DAYS),
            unit=draw.choice((1, 1, 1_000)), commas=draw.random() < 0.5, won="",
            grid=(system, draw.choice(words.GRIDS[system])),
            district=draw.choice(words.DISTRICTS), lot=draw.choice(words.LOTS),
            road=draw.choice(words.ROADS_AND),
        )  # fmt: skip
        if habits.unit == 1:
            habits = replace(habits, won=draw.choice(("", "", "", "원", "천원")))
        place = draw.randrange(len(PLACES))
        in_sections = place >= len(PLACES) - IN_SECTIONS
        blocks = [("group",), *PLACES[place], *_time(time), *_others(draw)]
        draw.shuffle(blocks)
        if draw.random() < 0.1:
            blocks.insert(draw.choice((0, len(blocks))), ("blank",))
        titles = words.TITLES if time == "title" else (*words.TITLES, *words.PLAIN_TITLES)
        title = draw.choice(titles).format(year=habits.year)
        kinds = {kind for block in blocks for kind in block}
        grouped = in_sections or (bool({"district", "lot", "road"} & kinds) and draw.random() < 0.3)
        layout = Layout(
            title=title if time == "title" or draw.random() < 0.5 else "",
            blank=draw.random() < 0.2,
            stands=draw.choice(("merged", "merged", "blank", "repeated")),
            sections=draw.choice(words.SECTIONS) if in_sections else "",
            subtotals=draw.choice(words.SUBTOTALS) if grouped and draw.random() < 0.4 else "",
            notes=draw.choice((0, 0.03, 0.1)),
            fills=grouped and draw.random() < 0.6,
            total=draw.choice(words.TOTALS) if draw.random() < 0.3 else "",
            end=draw.choice(words.END_NOTES) if draw.random() < 0.2 else "",
            again=draw.choice((0, 0, 0, 0, 0, 8)),
            merges=draw.random() < 0.33,
        )  # fmt: skip
        return blocks, habits, layout


def _shared(one: Record, before: Record, draw: Random) -> Record:
    """A record, or one that shares its money and its people with the one before."""
    if draw.random() > 0.1:
        return one
    asked, granted, people = before.asked, before.granted, before.participants
    return replace(one, asked=asked, granted=granted, participants=people)


def _time(time: str) -> list[tuple[str, ...]]:
    """The columns that tell the year."""
    columns: dict[str, list[tuple[str, ...]]] = {
        "year": [("year",)],
        "day": [("date",)],
        "parts": [("year_part", "month_part", "day_part")],
        "title": [],
    }
    return columns[time]


def _others(draw: Random) -> list[tuple[str, ...]]:
    """Some of what else lists have."""
    kinds = [k for k in ("outcome", "category", "department") if draw.random() < 0.6]
    kinds += [k for k in ("participants", "project", "serial") if draw.random() < 0.4]
    kinds += [k for k in ("representative", "phone") if draw.random() < 0.3]
    kinds += draw.sample(BESIDE, draw.randint(0, 6))
    money: list[tuple[str, ...]] = draw.choice(
        [[], [("asked",)], [("asked",)], [("granted",)], [("asked",), ("granted",)],
         [("asked", "granted")], [("total", "granted", "own")]]
    )  # fmt: skip
    return [*((kind,) for kind in kinds), *money]


def _columns(
    blocks: list[tuple[str, ...]], records: list[Record], habits: Habits, draw: Random
) -> list[Column]:
    """Columns with their headings, some of them under a common one."""
    taken: set[str] = set()
    columns: list[Column] = []
    two_rows = draw.random() < 0.3
    axes = draw.choice(words.AXES)
    while blocks:
        block = blocks.pop(0)
        if two_rows and _is_joined(block, blocks) and draw.random() < 0.3:
            block += blocks.pop(0)
        over = _over(block, draw) if two_rows and len(block) > 1 and draw.random() < 0.8 else ""
        over = over if over not in taken else ""
        taken.add(over)
        for kind in block:
            heading = _heading(kind, habits, axes, taken, draw)
            taken.add(heading)
            cells = content.column(kind, records, habits, draw)
            columns.append(Column(kind, heading, over, cells))
    return columns


def _is_joined(block: tuple[str, ...], blocks: list[tuple[str, ...]]) -> bool:
    """Whether a column may stand under a common heading with the next."""
    both = [block, *blocks[:1]]
    return len(both) == 2 and all(len(one) == 1 and one != ("blank",) for one in both)


def _over(block: tuple[str, ...], draw: Random) -> str:
    """A heading over those of a block."""
    fits = [name for name, kinds in KINDS_OVER.items() if kinds.issuperset(block)]
    return draw.choice(words.OVER[fits[0] if fits else "other"].split())


def _heading(kind: str, habits: Habits, axes: str, taken: set[str], draw: Random) -> str:
    if kind == "blank":
        return ""
    if kind in ("x", "y"):
        return axes.format(kind.upper(), habits.grid[1])
    heading = draw.choice([one for one in words.HEADINGS[kind].split() if one not in taken])
    if kind in KINDS_OVER["money"] and habits.unit == 1_000:
        return heading + draw.choice(("(천원)", "(단위:천원)"))
    return _dressed(heading, draw)


def _dressed(heading: str, draw: Random) -> str:
    """A heading as it is, or with spaces, a line break, a mark of what has to be filled in."""
    chance = draw.random()
    if chance < 0.2 and heading.isalpha() and len(heading) > 2:
        return f"{heading[:2]}{draw.choice(' 　') if chance < 0.1 else chr(10)}{heading[2:]}"
    if chance < 0.2 and len(heading) == 2:
        return " ".join(heading)
    if chance < 0.26:
        return draw.choice(("*{}", "{}*", "{} (필수)", "① {}", "1. {}", "{}(A)")).format(heading)
    return heading
