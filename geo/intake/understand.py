"""What a table is about: which column holds what, of which year, under which programme."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

import pandas as pd

from geo.errors import BadFile, MaeulError, either, listed
from geo.intake import layers, values
from geo.intake.columns import (
    ALONE,
    Field,
    Question,
    Understood,
    is_of_a_record,
    recognise,
    settled,
)
from geo.intake.header import Table
from geo.intake.mapping import TableMapping
from geo.schema import LONGEST_LAYER, YEARS_ALLOWED

PROGRAMMES = {"씨앗": "씨앗", "실국": "실국", "우리마을프로젝트": "씨앗"}
"""Words of titles and file names -> programme; the third is what 씨앗 was called in 2013."""
PLACES = (
    Field.DISTRICT,
    Field.NEIGHBOURHOOD,
    Field.ADMINISTRATIVE,
    Field.LEGAL,
    Field.ADDRESS,
    Field.LONGITUDE,
    Field.X,
)
APPLICATIONS, LIST = "applications", "places"
"""Answers to what a file is that has places and nothing of applications."""
NONE, LEAVE_OUT = "none of them", "leave out the sheet"
"""Answers beside the columns; in a mapping ``ignore`` of each, and ``skip = true``."""


@dataclass(frozen=True)
class Pending:
    """A question that only a person can answer.

    ``what`` is a field of a column, ``year``, ``programme``, ``crs`` or ``kind``; ``examples``
    show on a few rows what the likeliest choices mean.
    """

    file: str
    sheet: str
    what: str
    choices: tuple[str, ...]
    why: str
    examples: tuple[str, ...] = ()

    def __str__(self) -> str:
        place = f"{self.file}, sheet {self.sheet}" if self.sheet else self.file
        choose = f": choose {either(self.choices)}" if self.choices else ""
        return "\n    ".join([f"{place}: {self.why}{choose}.", *self.examples])


Ask: TypeAlias = Callable[[Pending], str]
"""Puts a question to a person and returns one of its choices."""


class Undecided(MaeulError):
    """Questions that were not answered; nothing was published."""

    def __init__(self, pending: Sequence[Pending], mapping: Path) -> None:
        self.pending = tuple(pending)
        count = "1 question is" if len(pending) == 1 else f"{len(pending):,} questions are"
        lines = "\n".join(f"  {question}" for question in pending)
        super().__init__(
            f"{count} open; nothing was published.\n{lines}\n"
            f"Answer in {mapping} and pass it back with --mapping."
        )


@dataclass(frozen=True)
class Given:
    """What the person who runs the intake says of all files, where these do not say it.

    ``layer`` makes them lists of places; ``name_column`` is the heading over the names.
    """

    year: int | None = None
    programme: str | None = None
    crs: str | None = None
    layer: str | None = None
    name_column: str | None = None
    programmes: frozenset[str] = frozenset()
    """Known to the atlas already, so that titles may name them."""


@dataclass(frozen=True)
class Understanding:
    """A table, and what it was taken for.

    ``year`` and ``programme`` stand for rows that have none of their own; ``year_from`` and
    ``programme_from`` tell where they come from: ``column``, ``dates``, ``title``,
    ``sheet name``, ``file name``, ``command line`` or ``mapping``. ``unit_krw`` is won to one unit
    of the amounts, None where no column holds any. ``contradictions`` are what less trusted places
    say otherwise. ``crs`` is stated by a person. ``dated`` tells that each row is of the year of
    its own day, and ``year`` of those alone that have none. ``layer`` is that of a list of places,
    of which only `geo.intake.layers.USED` is read; None for applications.
    """

    file: str
    table: Table
    columns: tuple[Understood, ...]
    year: int | None
    year_from: str
    programme: str | None
    programme_from: str
    unit_krw: int | None
    crs: str | None
    contradictions: tuple[str, ...]
    pending: tuple[Pending, ...]
    dated: bool = False
    layer: str | None = None

    def labels(self, field: Field) -> list[str]:
        """Columns that hold a field; of a list of places none but its names and places."""
        if self.layer is not None and field not in layers.USED:
            return []
        return [column.label for column in self.columns if column.field == field]

    def text(self, field: Field) -> pd.Series[str]:
        """The first column of a field, missing where there is none."""
        labels, records = self.labels(field), self.table.records
        if labels:
            return records[labels[0]]
        return pd.Series(None, index=records.index, dtype="str")

    @property
    def mapping(self) -> TableMapping:
        """The same as a person may correct it."""
        return TableMapping(
            file=self.file,
            sheet=self.table.sheet,
            columns={column.label: column.field for column in self.columns},
            header_rows=self.table.header_rows,
            year=self.year,
            programme=self.programme,
            unit_krw=self.unit_krw,
            crs=self.crs,
            layer=self.layer,
        )


def understand(
    file: str, table: Table, mapped: TableMapping | None, given: Given, ask: Ask | None
) -> Understanding | None:
    """Columns, year and programme of a table; None where a person leaves it out.

    A person's mapping counts before anything else. Year and programme come from a column, the
    title, the days in the table (the year alone; a title that names one year counts before
    them, since applications of a year may be dated before it), the sheet's name, the file's
    name, the command line, in that order of trust. Where days lie in several years, and not in
    two of which a name or the command line says which, each row is of the year of its day.

    Args:
        file: the file's name.
        table: as found.
        mapped: what a person says of it.
        given: what holds for every file.
        ask: whom to ask; without anybody, questions stay pending.

    Raises:
        BadFile: a column is named that is not there, or it is no list of places.
    """
    found = _columns(file, table, mapped, given, ask)
    if found is None:
        return None
    columns, pending, layer = found
    draft = Understanding(
        file=file,
        table=table,
        columns=columns,
        year=None,
        year_from="column",
        programme=None,
        programme_from="column",
        unit_krw=None,
        crs=(mapped.crs if mapped else None) or given.crs,
        contradictions=(),
        pending=tuple(pending),
        layer=layer,
    )
    if layer is not None:
        return draft
    draft = _with_unit(draft, mapped)
    return _with_programme(_with_year(draft, mapped, given, ask), mapped, given, ask)


def _columns(
    file: str, table: Table, mapped: TableMapping | None, given: Given, ask: Ask | None
) -> tuple[tuple[Understood, ...], list[Pending], str | None] | None:
    """Columns as recognised, overridden by a person's mapping and answers; and the layer."""
    columns, questions = recognise(table)
    recognised = columns
    told = mapped is not None or given.name_column is not None
    known = any("words" in column.why for column in columns)
    if not told and (not known or any(map(is_of_a_record, map(str, table.records)))):
        # What was taken for headings may be somebody's record: it is not repeated here.
        raise BadFile(
            f"{file}: no heading in row {table.header_rows[-1]} is known. Add a row of headings "
            "such as 자치구, 동, 모임명, 심사결과, or name the columns in a mapping."
        )
    if mapped is not None and mapped.columns:
        strange = [label for label in mapped.columns if label not in table.records]
        if strange:
            raise BadFile(
                f"The mapping of {file} names the column {listed(strange)}, which is not there: "
                f"choose {either(list(table.records.columns))}."
            )
        columns, questions = _corrected(columns, mapped)
    elif given.name_column is not None:
        columns, questions = _named(file, table, columns, given.name_column)
    layer = _layer(file, table, columns, mapped, given, ask)
    if layer is not None:
        layers.check(file, table, recognised, columns)
        questions = tuple(question for question in questions if question.field in layers.USED)
    wanted = [
        Pending(
            file,
            table.sheet,
            q.field,
            (*q.choices, LEAVE_OUT if q.field is Field.GROUP else NONE),
            q.why,
        )
        for q in questions
    ]
    held = {column.field for column in columns} | {Field(q.what) for q in wanted}
    labels = (*table.records.columns, LEAVE_OUT)
    if Field.GROUP not in held:
        what = "group" if layer is None else "place"
        why = f"no column was recognised as the name of the {what}"
        why += "; tell it with --name-column" if layer is not None else ""
        wanted.append(Pending(file, table.sheet, Field.GROUP, labels, why))
    if not held & set(PLACES):
        why = "no column was recognised as a place"
        wanted.append(Pending(file, table.sheet, Field.ADDRESS, labels, why))
    if ask is None:
        return columns, wanted, layer
    for question in wanted:
        answer = ask(question)
        if answer == LEAVE_OUT:
            return None
        columns = _answered(columns, question, answer)
    if layer is not None:
        layers.check(file, table, recognised, columns)
    return columns, [], layer


def _named(
    file: str, table: Table, columns: Sequence[Understood], label: str
) -> tuple[tuple[Understood, ...], tuple[Question, ...]]:
    """Columns of which a person told on the command line which one holds the names."""
    if label not in table.records:
        there = either(list(table.records.columns))
        raise BadFile(f"{file} has no column {label!r} for --name-column: choose {there}.")
    return _corrected(columns, TableMapping(file, table.sheet, {label: Field.GROUP}))


def _layer(
    file: str,
    table: Table,
    columns: Sequence[Understood],
    mapped: TableMapping | None,
    given: Given,
    ask: Ask | None,
) -> str | None:
    """The layer of a list of places; at a terminal, a table that may be one is asked about."""
    told = (mapped.layer if mapped else None) or given.layer
    if told is not None or ask is None or not _may_be_list(columns, mapped, given):
        return None if told is None else layers.layer_name(told)
    name = layers.layer_name(Path(file).stem[:LONGEST_LAYER])
    why = (
        "there are places and nothing of applications (no year, outcome or amount): is it of "
        f"applications, or a list of places, the layer {name} (--places --layer names it otherwise)"
    )
    question = Pending(file, table.sheet, "kind", (APPLICATIONS, LIST), why)
    return name if ask(question) == LIST else None


def _may_be_list(columns: Sequence[Understood], mapped: TableMapping | None, given: Given) -> bool:
    """Whether a table has places, nothing of applications, and nobody says that it is of these."""
    said = (given.year, given.programme, mapped and mapped.year, mapped and mapped.programme)
    return not any(said) and layers.is_likely(columns)


def _corrected(
    columns: Sequence[Understood], mapped: TableMapping
) -> tuple[tuple[Understood, ...], tuple[Question, ...]]:
    """Columns as a person says; what they say of one field, no other column may hold."""
    said = set(mapped.columns.values())
    after = []
    for column in columns:
        field = mapped.columns.get(column.label)
        if field is not None:
            column = Understood(column.label, field, 1.0, "mapping")
        elif column.field in said & ALONE:
            column = Understood(column.label, Field.IGNORE, column.confidence, column.why)
        after.append(column)
    return settled(after)


def _answered(
    columns: Sequence[Understood], question: Pending, answer: str
) -> tuple[Understood, ...]:
    """Columns after an answer: the chosen one holds the field, its rivals are left out."""
    field = Field(question.what)
    after = []
    for column in columns:
        if column.label == answer:
            column = Understood(column.label, field, 1.0, "asked")
        elif column.field == field:
            column = Understood(column.label, Field.IGNORE, 1.0, "asked")
        after.append(column)
    return tuple(after)


def _with_unit(draft: Understanding, mapped: TableMapping | None) -> Understanding:
    """The unit of amounts: a person's, the heading's, the one above the header, or won."""
    labels = draft.labels(Field.AMOUNT)
    if not labels:
        return draft
    said = {"heading": draft.table.column_units.get(labels[0]), "title": draft.table.unit_krw}
    found = [mapped.unit_krw if mapped else None, *said.values(), 1]
    unit = next(each for each in found if each is not None)
    contradictions = tuple(
        f"{source} says amounts in {other:,} won"
        for source, other in said.items()
        if other not in (None, unit)
    )
    return replace(draft, unit_krw=unit, contradictions=contradictions)


def _with_year(
    draft: Understanding, mapped: TableMapping | None, given: Given, ask: Ask | None
) -> Understanding:
    """The year of rows without one of their own."""
    if mapped is not None and mapped.year is not None:
        return replace(draft, year=mapped.year, year_from="mapping")
    own = values.years(draft.text(Field.YEAR)).values
    dated = values.years_of_days(draft.text(Field.DATE), draft.table.from_1904).values
    said = {
        "dates": sorted({int(year) for year in dated.dropna()}),
        "title": years_in(" ".join(draft.table.titles)),
        "sheet name": years_in(draft.table.sheet),
        "file name": years_in(draft.file),
    }
    if own.notna().all() and len(own):
        return draft
    if own.notna().any() and dated[own.isna()].notna().any():
        draft = replace(draft, dated=True)
    if len(said["title"]) == 1:
        said = {"title": said["title"], **said}
    elif len(said["dates"]) > 1 and own.isna().all() and not _is_settled(said, given.year):
        return _dated(draft, said, int(dated.isna().sum()), given, ask)
    source, year, doubtful = _most_trusted(said, given.year)
    if doubtful is not None and own.notna().any():
        return draft  # rows without a year are set aside
    if doubtful is not None:
        choices = tuple(str(each) for each in doubtful)
        remedy = "no year is given: add --year"
        if _may_be_list(draft.columns, mapped, given):
            remedy += ", or --places --layer 도서관 if it is a list of places"
        question = Pending(
            draft.file,
            draft.table.sheet,
            "year",
            choices,
            f"the {source} may mean several years, of which --year names one"
            if choices
            else remedy,
        )
        if ask is None or not choices:
            return replace(draft, pending=(*draft.pending, question))
        return replace(draft, year=int(ask(question)), year_from="asked")
    told = "column" if own.notna().any() else source
    contradictions = (*draft.contradictions, *_contradictions(said, year, given.year))
    return replace(draft, year=year, year_from=told, contradictions=contradictions)


def _is_settled(said: dict[str, list[int]], given: int | None) -> bool:
    """Whether days lie in two years, one after the other, and something says which is meant."""
    first, last = said["dates"][0], said["dates"][-1]
    named = [*said["sheet name"], *said["file name"], *([] if given is None else [given])]
    return last - first == 1 and len({first, last} & {*named}) == 1


def _dated(
    draft: Understanding, said: dict[str, list[int]], undated: int, given: Given, ask: Ask | None
) -> Understanding:
    """Rows of the year of their day; what has none is of one that is said elsewhere, or asked."""
    draft = replace(draft, year_from="dates", dated=True)
    if given.year is not None and given.year not in said["dates"]:
        against = f"command line says {given.year}"
        draft = replace(draft, contradictions=(*draft.contradictions, against))
    if not undated:
        return draft
    elsewhere = {name: years for name, years in said.items() if name != "dates"}
    _, year, _ = _most_trusted(elsewhere, given.year)
    if year is not None:
        return replace(draft, year=year)
    rows = "1 row has" if undated == 1 else f"{undated:,} rows have"
    question = Pending(
        draft.file,
        draft.table.sheet,
        "year",
        tuple(map(str, said["dates"])),
        f"{rows} no day that tells the year, which --year gives them",
    )
    if ask is None:
        return replace(draft, pending=(*draft.pending, question))
    return replace(draft, year=int(ask(question)))


def _most_trusted(
    said: dict[str, list[int]], given: int | None
) -> tuple[str, int | None, list[int] | None]:
    """Where a year comes from, which it is, and what it may be where that is not clear.

    Several years in one place are settled by the next that names one of them.
    """
    open_source, among = "", None
    for source, found in [*said.items(), ("command line", [] if given is None else [given])]:
        fits = [year for year in found if among is None or year in among]
        if len(fits) == 1:
            return source, fits[0], None
        if len(fits) > 1 and among is None:
            open_source, among = source, fits
    if given is not None and among is not None:
        return "command line", given, None
    return open_source, None, among or []


def _contradictions(
    said: dict[str, list[int]], year: int | None, given: int | None
) -> tuple[str, ...]:
    """Places that name other years only, the command line among them."""
    named = {**said, "command line": [] if given is None else [given]}
    return tuple(
        f"{source} says {listed(found)}"
        for source, found in named.items()
        if found and year not in found
    )


def _with_programme(
    draft: Understanding, mapped: TableMapping | None, given: Given, ask: Ask | None
) -> Understanding:
    """The programme of rows without one of their own."""
    if mapped is not None and mapped.programme is not None:
        return replace(draft, programme=mapped.programme, programme_from="mapping")
    own = draft.labels(Field.PROGRAMME)
    known = {**PROGRAMMES, **{word: word for word in given.programmes}}
    if given.programme is not None:
        known[given.programme] = given.programme
    places = {
        "title": " ".join(draft.table.titles),
        "sheet name": draft.table.sheet,
        "file name": draft.file,
    }
    for source, text in places.items():
        found = sorted({known[word] for word in known if _bare(word) in _bare(text)})
        if len(found) == 1:
            return replace(draft, programme=found[0], programme_from="column" if own else source)
        if found and not own and given.programme not in found:
            why = f"the {source} names several programmes, of which --programme names one"
            question = Pending(draft.file, draft.table.sheet, "programme", tuple(found), why)
            if ask is None:
                return replace(draft, pending=(*draft.pending, question))
            return replace(draft, programme=ask(question), programme_from="asked")
    if given.programme is not None:
        told = "column" if own else "command line"
        return replace(draft, programme=given.programme, programme_from=told)
    if own:
        return draft
    why = "no programme is given: add --programme"
    question = Pending(draft.file, draft.table.sheet, "programme", (), why)
    return replace(draft, pending=(*draft.pending, question))


SPAN = "이상|이하|이내|미만|간|째|차|동안|주년|여"
"""What follows 년 where it counts years: 10년 이상."""


def years_in(text: str) -> list[int]:
    """Years that a title or a name speaks of; those with 년 behind them alone, if there are any.

    >>> years_in("2013년 우리마을프로젝트 심사결과 (2014. 1. 5. 현재)"), years_in("12년_실국.xlsx")
    ([2013], [2012])
    >>> years_in("결과_20130503.xlsx"), years_in("창립 10년 이상 단체")
    ([], [])
    """
    called = re.findall(rf"(?<!\d)((?:19|20)?\d\d)\s*년(?!\s*(?:{SPAN}))", text)
    found = called or re.findall(r"(?<!\d)((?:19|20)\d\d)(?!\d)", text)
    first, last = YEARS_ALLOWED
    years = {int(year) + (2000 if len(year) == 2 else 0) for year in found}
    return sorted(year for year in years if first <= year <= last)


def _bare(text: str) -> str:
    return re.sub(r"\s", "", text)
