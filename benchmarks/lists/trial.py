"""Reads lists without anybody to ask, and holds what came against what was written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks.lists.content import PROGRAMME
from benchmarks.lists.office import Made
from geo.boundaries import Boundaries
from geo.errors import BadFile
from geo.gazetteer import Gazetteer
from geo.intake import parts, report, sheets
from geo.intake.mapping import Mappings
from geo.intake.records import Records
from geo.intake.understand import Given

WITHOUT_QUESTION = 0.9
"""Share of the lists that have to be read without one."""
SET_ASIDE = 0.01
"""Share of the rows that may be set aside, with their reason."""


@dataclass(frozen=True)
class Wrong:
    """A value that came back otherwise than it was written, and was not told of."""

    number: int
    file: str
    what: str
    columns: dict[str, str]

    def __str__(self) -> str:
        held = ", ".join(f"{heading} = {kind}" for heading, kind in self.columns.items())
        return f"list {self.number} ({self.file}): {self.what}; columns {held}"


@dataclass
class Tally:
    """What became of the lists so far."""

    read: int = 0
    asked: int = 0
    refused: int = 0
    rows: int = 0
    aside: int = 0
    wrong: list[Wrong] = field(default_factory=list)
    why: Counter[str] = field(default_factory=Counter)
    where: dict[str, int] = field(default_factory=dict)
    """What was asked, refused or set aside -> the number of a list in which it was."""

    @property
    def tables(self) -> int:
        return self.read + self.asked + self.refused

    @property
    def share(self) -> float:
        """Of the lists, those that were read without a question."""
        return self.read / self.tables

    def note(self, why: str, number: int) -> None:
        self.why[why] += 1
        self.where.setdefault(why, number)


class Trial:
    """Reads lists from a folder, one after the other."""

    def __init__(self, folder: Path, areas: Boundaries) -> None:
        self._folder, self._areas, self._gazetteer = folder, areas, Gazetteer(areas)

    def run(self, made: Iterable[Made]) -> Tally:
        """What becomes of lists."""
        tally = Tally()
        for one in made:
            path = self._folder / one.name
            path.write_bytes(one.content)
            self._read(one, path, tally)
            path.unlink()
        return tally

    def _read(self, one: Made, path: Path, tally: Tally) -> None:
        try:
            file = parts.understood(
                sheets.read(path), Mappings(()), Given(programme=PROGRAMME), None
            )
            file = parts.recorded(file, self._gazetteer, self._areas, None)
        except BadFile as error:
            tally.refused += 1
            tally.note(f"refused:{str(error).partition(':')[2][:70]}", one.number)
            return
        if file.pending:
            tally.asked += 1
            for why in {question.why for question in file.pending}:
                tally.note(f"asked: {why[:70]}", one.number)
            return
        tally.read += 1
        tally.rows += len(one.truth)
        records = file.parts[0].records
        assert records is not None
        reasons = records.rows["reason"].reindex(one.truth.index).dropna()
        tally.aside += len(reasons)
        for reason in report.kind(reasons).unique():
            tally.note(f"set aside: {reason}", one.number)
        for what in differs(one, records):
            tally.wrong.append(Wrong(one.number, one.name, what, one.columns))


def differs(one: Made, records: Records) -> Iterator[str]:
    """What came back otherwise, in words: of each column the first row alone.

    Every record has to be there, and what is there beside them has to be set aside. A value that
    the list tells has to come back, and one that it does not tell may come back as it truly is;
    rows that are set aside, or reported, may lack it.
    """
    rows, truth = records.rows, one.truth
    first = records.mentions.drop_duplicates("row").set_index("row")["name"]
    found = rows.assign(person=first.reindex(rows.index))
    lost = truth.index.difference(rows.index)
    if len(lost):
        yield f"row {lost[0]} was a record, and is none"
    used = rows["reason"].isna()
    more = rows.index[used].difference(truth.index)
    if len(more):
        yield f"row {more[0]} was no record, and is one"
    there = truth.index.intersection(rows.index[used])
    told = set(records.problems["row"])
    for column in map(str, truth):
        pairs = zip(there, truth[column][there], found[column][there], strict=True)
        yield from _first(column, column in one.written, pairs, told)


def _first(
    column: str, is_written: bool, pairs: Iterable[tuple[int, Any, Any]], told: set[int]
) -> Iterator[str]:
    for row, was, came in pairs:
        missing = pd.isna(came)
        if missing and (not is_written or pd.isna(was) or row in told):
            continue
        if not missing and (_same(was, came) or (not is_written and row in told)):
            continue
        yield f"{column} of row {row} was {was!r} and came back as {came!r}"
        return


def _same(was: Any, came: Any) -> bool:
    return str(was) == str(came) or (isinstance(was, int) and float(came) == was)
