"""mapping.toml: what was understood of each table, for a person to correct and pass back."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.items import Table as Item

from geo.errors import BadFile, either
from geo.intake.columns import Field, Understood
from geo.intake.workbook import plain

LARGEST_FILE = 1_000_000
LIKENESS = 90
"""Of names, 0 to 100, from which on two groups of a neighbourhood are a doubtful pair."""
INTRODUCTION = (
    "How each table was understood. Correct what is wrong and pass the file back with --mapping;",
    "what you leave out is recognised again, skip = true leaves a sheet out. Columns may hold:",
    ", ".join(Field),
)


@dataclass(frozen=True)
class TableMapping:
    """What a person says of one table; None where it is to be found out."""

    file: str
    sheet: str
    columns: Mapping[str, Field] = field(default_factory=dict)
    header_rows: tuple[int, ...] | None = None
    year: int | None = None
    programme: str | None = None
    unit_krw: int | None = None
    crs: str | None = None
    layer: str | None = None
    """It is a list of places, and these make this layer."""
    skip: bool = False
    """Leave the sheet out: a summary, a list of something else."""


@dataclass(frozen=True)
class Mappings:
    """What a person says of all tables."""

    tables: tuple[TableMapping, ...] = ()
    likeness: int = LIKENESS

    def of(self, file: str, sheet: str) -> TableMapping | None:
        """What is said of a sheet, if anything is."""
        fits = (each for each in self.tables if (each.file, each.sheet) == (file, sheet))
        return next(fits, None)

    def check(self, there: Collection[tuple[str, str]]) -> None:
        """Refuse what speaks of a file that was given, but of no sheet of it."""
        files = {file for file, _ in there}
        for table in self.tables:
            if table.file in files and (table.file, table.sheet) not in there:
                sheets = [repr(sheet) for file, sheet in there if file == table.file]
                raise BadFile(
                    f"The mapping names sheet {table.sheet!r} of {table.file}, which is not "
                    f"there: choose {either(sheets)}."
                )


@dataclass(frozen=True)
class Written:
    """A table as it is written: what was understood, why, and what is open."""

    mapping: TableMapping
    columns: tuple[Understood, ...]
    year_from: str
    programme_from: str
    questions: tuple[str, ...]


def read(path: Path) -> Mappings:
    """A file as a person left it.

    Raises:
        BadFile: missing, too large, no TOML, or with a key, field or value that is not allowed.
    """
    if not path.is_file():
        raise BadFile(f"There is no file {path}: correct the path.")
    if path.stat().st_size > LARGEST_FILE:
        raise BadFile(f"{path.name} is larger than {LARGEST_FILE:,} bytes: it is no mapping.")
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadFile(f"{path.name} is no TOML in UTF-8: {error}.") from None
    check = _Checked(path.name)
    check.keys(said, ("matching", "table"), "the file")
    matching = check.kind(said.get("matching", {}), dict, "matching", "a section")
    check.keys(matching, ("likeness",), "[matching]")
    likeness = check.kind(matching.get("likeness", LIKENESS), int, "likeness", "0 to 100")
    if not 0 <= likeness <= 100:
        raise check.wrong("likeness", likeness, "0 to 100")
    given = check.kind(said.get("table", []), list, "table", "sections [[table]]")
    tables = tuple(_table(each, check) for each in given)
    places = [(table.file, table.sheet) for table in tables]
    for file, sheet in places:
        if places.count((file, sheet)) > 1:
            raise BadFile(f"{path.name} has two tables for {file}, sheet {sheet!r}: keep one.")
    return Mappings(tables, likeness)


class _Checked:
    """Values of a file, each of the kind that it has to be."""

    def __init__(self, file: str) -> None:
        self.file = file

    def wrong(self, key: str, value: object, allowed: str) -> BadFile:
        return BadFile(f"{self.file}: {key} = {value!r} is not allowed: write {allowed}.")

    def kind(self, value: Any, kind: type, key: str, allowed: str) -> Any:
        """The value, if it is of the kind; true and false are no numbers."""
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise self.wrong(key, value, allowed)
        return value

    def keys(self, given: Mapping[str, Any], allowed: Sequence[str], place: str) -> None:
        for key in given:
            if key not in allowed:
                raise BadFile(
                    f"{self.file}: unknown key {key!r} in {place}: choose {either(allowed)}."
                )


_UNSAID = {"skip": False}
"""What an empty value comes to; of other keys, that it is to be found out."""


def _table(given: Any, check: _Checked) -> TableMapping:
    check.kind(given, dict, "table", "sections [[table]]")
    known = (
        "file",
        "sheet",
        "header_rows",
        "year",
        "programme",
        "unit_krw",
        "crs",
        "layer",
        "skip",
        "columns",
    )
    check.keys(given, known, "[[table]]")
    for key in ("file", "sheet"):
        check.kind(given.get(key), str, key, "a text in quotation marks")
    said: dict[str, Any] = {"file": plain(given["file"]), "sheet": plain(given["sheet"])}
    for key, kind, allowed in (
        ("year", int, "a year: 2013"),
        ("programme", str, 'a name: "씨앗"'),
        ("unit_krw", int, "won to one unit: 1000"),
        ("crs", str, 'a coordinate system: "EPSG:5174"'),
        ("layer", str, 'the name of a layer of places: "도서관"'),
        ("skip", bool, "true or false"),
    ):
        if key in given:
            said[key] = check.kind(given[key], kind, key, allowed) or _UNSAID.get(key)
    if "header_rows" in given:
        rows = check.kind(given["header_rows"], list, "header_rows", "rows: [3, 4]")
        if not rows or not all(isinstance(row, int) for row in rows):
            raise check.wrong("header_rows", rows, "rows: [3, 4]")
        said["header_rows"] = tuple(rows)
    columns = check.kind(given.get("columns", {}), dict, "columns", "a section [table.columns]")
    for label, value in columns.items():
        if value not in set(Field):
            raise check.wrong(f'"{label}"', value, either(list(Field)))
    known_columns = {plain(label): Field(value) for label, value in columns.items()}
    return TableMapping(**said, columns=known_columns)


def text(tables: Sequence[Written], likeness: int = LIKENESS) -> str:
    """The file that `read` reads back, with words on why."""
    document = tomlkit.document()
    for line in INTRODUCTION:
        document.add(tomlkit.comment(line))
    matching = tomlkit.table()
    matching.add("likeness", likeness)
    matching["likeness"].comment("of names, from which on two groups are a doubtful pair")
    document.add("matching", matching)
    every = tomlkit.aot()
    for written in tables:
        every.append(_item(written))
    document.add("table", every)
    return tomlkit.dumps(document)


def _item(written: Written) -> Item:
    said, item = written.mapping, tomlkit.table()
    for question in written.questions:
        for line in f"OPEN: {question}".splitlines():
            item.add(tomlkit.comment(" ".join(line.split())))
    item.add("file", said.file)
    item.add("sheet", said.sheet)
    if said.header_rows:
        item.add("header_rows", list(said.header_rows))
    for key, value, source in (
        ("year", said.year, written.year_from),
        ("programme", said.programme, written.programme_from),
        ("unit_krw", said.unit_krw, ""),
        ("crs", said.crs, ""),
        ("layer", said.layer, ""),
    ):
        if value is not None:
            item.add(key, value)
            if source:
                item[key].comment(f"from: {source}")
    columns = tomlkit.table()
    known = {column.label: column for column in written.columns}
    for label, held in said.columns.items():
        columns.add(label, str(held))
        if label in known:
            column = known[label]
            columns[label].comment(f"{column.confidence:.2f}, {column.why}")
    item.add("columns", columns)
    return item
