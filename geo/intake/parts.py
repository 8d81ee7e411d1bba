"""Files, their tables, and what the records of all tables together say."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from geo.boundaries import Boundaries
from geo.errors import BadFile, listed
from geo.gazetteer import Gazetteer
from geo.intake import pivots, sheets
from geo.intake.header import find_table, headings_alone
from geo.intake.mapping import Mappings, Written
from geo.intake.records import MENTION, Records, read
from geo.intake.sheets import Source
from geo.intake.understand import Ask, Given, Pending, Undecided, Understanding, understand


@dataclass(frozen=True)
class Part:
    """One table of a file: what it was taken for and, once they are read, its records.

    ``number`` is that of its sheet in the file, from 1.
    """

    number: int
    about: Understanding
    records: Records | None = None

    @property
    def rows(self) -> pd.DataFrame:
        """As `Records.rows`; none while they are not read."""
        return pd.DataFrame() if self.records is None else self.records.rows

    @property
    def written(self) -> Written:
        """What a person may correct of it."""
        about = self.about
        questions = tuple(str(question) for question in self.pending)
        return Written(
            about.mapping, about.columns, about.year_from, about.programme_from, questions
        )

    @property
    def pending(self) -> tuple[Pending, ...]:
        """What only a person can tell."""
        return self.about.pending + (() if self.records is None else self.records.pending)


@dataclass(frozen=True)
class File:
    """A file with its tables, and the names of its sheets that have none, or are left out.

    ``pivots`` are sheets that were left out since they are totals of a pivot table, and the
    headings that say so.
    """

    source: Source
    parts: tuple[Part, ...]
    without_table: tuple[str, ...]
    pivots: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def pending(self) -> list[Pending]:
        """What only a person can tell of its tables."""
        return [question for part in self.parts for question in part.pending]

    @property
    def mark(self) -> str:
        """How the identifiers of its applications begin."""
        return mark(self.source.sha256)


def mark(sha256: str) -> str:
    """How the identifiers of applications begin that come from a file of this content."""
    return sha256[:10]


def sources(paths: Sequence[Path], step: Callable[[str], None]) -> list[Source]:
    """The files, in the order of their names, whatever order they were given in.

    Raises:
        BadFile: one cannot be read, or two have the same name or content.
    """
    read_in = []
    for path in sorted(paths, key=lambda path: (path.name, str(path))):
        step(f"reading {path.name}")
        read_in.append(sheets.read(path))
    for what, keys in (
        ("name", [source.file for source in read_in]),
        ("content", [source.sha256 for source in read_in]),
    ):
        twice = [s.file for s, key in zip(read_in, keys, strict=True) if keys.count(key) > 1]
        if twice:
            raise BadFile(f"Files have the same {what}: {listed(twice)}. Give one of them.")
    return read_in


def understood(source: Source, corrected: Mappings, given: Given, ask: Ask | None) -> File:
    """A file's tables and what they are about.

    Raises:
        BadFile: it has no table, or the mapping does not fit it.
    """
    parts, without, totals = [], [], {}
    for number, sheet in enumerate(source.sheets, start=1):
        mapped = corrected.of(source.file, sheet.name)
        table = None
        if mapped is None and (marks := pivots.marks(sheet)):
            totals[sheet.name] = marks
            continue
        if mapped is None or not mapped.skip:
            table = find_table(sheet, mapped.header_rows if mapped else None)
        about = None if table is None else understand(source.file, table, mapped, given, ask)
        if about is None:
            without.append(sheet.name)
        else:
            parts.append(Part(number, about))
    if not parts and totals:
        headings = listed(dict.fromkeys(mark for marks in totals.values() for mark in marks))
        raise BadFile(
            f"{source.file} has totals of a pivot table ({headings}), and no list: give the list "
            "that was counted, or say in a mapping which header_rows it has."
        )
    if not parts:
        raise BadFile(_without_records(source))
    return File(source, tuple(parts), tuple(without), totals)


def _without_records(source: Source) -> str:
    """What a file has that no record can be read from."""
    for sheet in source.sheets:
        row = headings_alone(sheet)
        if row is not None:
            place = f" of sheet {sheet.name}" if sheet.name else ""
            return (
                f"{source.file} has headings in row {row}{place} and no record under them: there "
                "is nothing to take in. Export the list again with its rows, or leave the file out."
            )
    return f"{source.file} has no table: it needs headings with records under them."


def recorded(file: File, gazetteer: Gazetteer, areas: Boundaries, ask: Ask | None) -> File:
    """A file with the records of its tables."""
    parts = (replace(part, records=read(part.about, gazetteer, areas, ask)) for part in file.parts)
    return replace(file, parts=tuple(parts))


def without_doubles(files: Sequence[File]) -> list[File]:
    """Files whose records that stand in an earlier table already are set aside."""
    seen: dict[int, str] = {}
    after = []
    for file in files:
        parts = []
        for part in file.parts:
            rows = part.rows
            first = rows["alike"].map(seen).astype("str")
            again = rows["reason"].isna() & first.notna()
            reason = rows["reason"].mask(again, "exact duplicate of source row " + first)
            used = rows["alike"][rows["reason"].isna() & ~again]
            seen |= dict(zip(used, _where(part, used.index, "{row} of {place}"), strict=True))
            assert part.records is not None
            parts.append(
                replace(part, records=replace(part.records, rows=rows.assign(reason=reason)))
            )
        after.append(replace(file, parts=tuple(parts)))
    return after


def _where(part: Part, rows: pd.Index[int], words: str = "{place}, row {row}") -> list[str]:
    """Where rows are, in words."""
    sheet = part.about.table.sheet
    place = f"{part.about.file}, {sheet}" if sheet else part.about.file
    return [words.format(place=place, row=row) for row in rows]


def together(files: Sequence[File]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rows of all tables under one index, and the people that they name.

    Returns:
        As `Records.rows` and `Records.mentions`; the rows with ``file``, ``sheet``, ``layer``
        (missing for applications), ``row``, ``where`` (file, sheet and row in words) and
        ``application_id`` (of a place as well), which says which file, which sheet of it, and
        which row.
    """
    rows, mentions, start = [], [], 0
    for file in files:
        for part in file.parts:
            assert part.records is not None
            frame = part.rows.reset_index(names="row")
            frame.insert(0, "file", file.source.file)
            frame.insert(1, "sheet", part.about.table.sheet)
            frame.insert(2, "layer", pd.Series(part.about.layer, frame.index, dtype="str"))
            frame["where"] = _where(part, part.rows.index)
            number = frame["row"].astype("str")
            frame["application_id"] = f"{file.mark}-{part.number}-" + number
            rows.append(frame.set_index(pd.RangeIndex(start, start + len(frame))))
            places = pd.Series(range(start, start + len(frame)), index=part.rows.index)
            named = part.records.mentions
            mentions.append(named.assign(row=named["row"].map(places)))
            start += len(frame)
    return pd.concat(rows), pd.concat(mentions, ignore_index=True)[["row", *MENTION]]


def settle(files: Sequence[File], mapping: Path) -> None:
    """Refuse what is not clear, with every open question at once.

    Args:
        files: as far as they are understood.
        mapping: the file in which a person may answer.

    Raises:
        Undecided: there is a question.
    """
    pending = [question for file in files for question in file.pending]
    if pending:
        raise Undecided(pending, mapping)
