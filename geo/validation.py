"""Tables as they are given -> tables of the schema, or every fault at once.

Rows are numbered as a person counts them in the file, the header being row 1; while tables are
checked, these numbers are the frames' index.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow
import pyarrow.parquet as pq
import shapely
from geopandas.array import GeometryDtype

from geo.administrative import from_legal, name_key, spellings, to_legal, valid_in
from geo.boundaries import Boundaries, locate
from geo.errors import BadTables, Fault, either
from geo.files import opened
from geo.schema import (
    CRS,
    CRS_SHOWN,
    GIVEN,
    LONGEST_LAYER,
    TABLES,
    YEARS_ALLOWED,
    Column,
    Precision,
    Provenance,
    Table,
)

LARGEST_FILE = 500_000_000
"""Bytes; a CSV file beyond that is no city's record of groups."""
LARGEST_NUMBER = 2**53
"""Beyond it a number that passes through a spreadsheet is no longer exact."""
COORDINATES = {("longitude", "latitude"): CRS_SHOWN, ("x", "y"): CRS}
"""Pairs of columns that may stand for a point, and their coordinate systems."""
KOREA_DEGREES = ((124.0, 132.0), (33.0, 39.0))
KOREA_METRES = ((7e5, 1.4e6), (1.4e6, 2.1e6))
"""Extents of Korea in EPSG:4326 and 5179; the two sides never meet, which tells swapped ones."""
DERIVED = {
    "groups": ("founded_year", "provenance", "precision", "neighbourhood_code"),
    "places": ("provenance", "precision", "neighbourhood_code"),
}
"""Columns that follow from others where they are not given, and need not be there."""
HOW_TO_PLACE = (
    "longitude and latitude (EPSG:4326), x and y (EPSG:5179), or a GeoParquet geometry that "
    "names its coordinate system"
)
PERSONAL_COLUMN = re.compile(
    r"name|phone|mobile|mail|address|(^|_)(tel|contact|fax|rrn|ssn)(_|$)|birth_?(date|day)"
    r"|이름|성명|성함|전화|연락처|휴대|핸드폰|메일|주소|주민|생년월일|대표자",
    re.IGNORECASE,
)
PERSONAL_VALUE = r"@|^0\d{1,2}-?\d{3,4}-?\d{4}$|^\d{6}-\d{7}$|^[가-힣]{2,4}$"
"""E-mail addresses, telephone and resident numbers, and what is as long as a Korean name."""
CONTACT = r"[\w.+-]+@[\w-]+\.\w|(?<!\d)(?:0\d{1,2}-\d{3,4}-\d{4}|01\d{8,9}|\d{6}-[1-8]\d{6})(?!\d)"
"""E-mail addresses, telephone and resident numbers inside a name of a place."""


def read_tables(folder: Path) -> dict[str, pd.DataFrame]:
    """Tidy tables of one's own: a CSV (UTF-8) or Parquet file for each.

    Args:
        folder: holds ``groups.csv`` or ``groups.parquet``, ``applications…`` and, if there
            are any, ``people…``, ``memberships…``, ``sites…``, ``places…``, ``population…``;
            nothing else of these kinds. ``places…`` may stand alone.

    Returns:
        Table name -> frame, row for row as in the file. CSV cells are all text without outer
        spaces, empty ones missing; Parquet columns keep their types.

    Raises:
        BadTables: a file is missing, given twice, unknown, too large or unreadable.
    """
    report = _Report()
    files: dict[str, list[Path]] = {}
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        if path.suffix.lower() in (".csv", ".parquet") and not path.name.startswith("."):
            files.setdefault(path.stem, []).append(path)
    tables: dict[str, pd.DataFrame] = {}
    for name, paths in files.items():
        if name not in GIVEN or any(path.suffix != path.suffix.lower() for path in paths):
            allowed = either([f"{table}.csv" for table in GIVEN])
            report.whole(name, f"unknown file {paths[0].name}: choose {allowed}, or .parquet.")
        elif len(paths) > 1:
            report.whole(name, f"there are {name}.csv and {name}.parquet: keep one of them.")
        else:
            frame = _read(name, paths[0], report)
            if frame is not None:
                tables[name] = frame
    for name in needed(files):
        if name not in files:
            report.whole(name, f"there is no {name}.csv or {name}.parquet in {folder}: add one.")
    report.settle()
    return tables


def needed(filled: Container[str]) -> tuple[str, ...]:
    """The tables that must have rows, by those that have: places may stand alone.

    >>> needed({"places"}), needed({"places", "groups"})
    (('places',), ('groups', 'applications'))
    """
    of_groups = ("groups", "applications")
    alone = "places" in filled and not any(name in filled for name in of_groups)
    return ("places",) if alone else of_groups


def validate(
    given: Mapping[str, pd.DataFrame], boundaries: Boundaries, provenance: Provenance
) -> dict[str, pd.DataFrame]:
    """The tables of the schema, typed, derived and checked, sorted by key.

    What follows from other columns is filled in where it is not given: ``founded_year`` from
    the first application, ``neighbourhood_code`` from the point, ``precision`` from both.
    ``administrative_code`` may be a name (독산3동): the code of that name in the founding year;
    it and ``neighbourhood_code`` follow from each other where only one fits in that year.
    Rows without any value are passed over.

    Args:
        given: table name -> frame; coordinates of groups, sites and places as a geometry of any
            coordinate system, as ``longitude``, ``latitude`` (EPSG:4326) or ``x``, ``y``
            (EPSG:5179).
        boundaries: the areas that codes and points refer to.
        provenance: what the rows are, where groups and places do not say.

    Raises:
        BadTables: with every fault of every table.
    """
    report = _Report()
    for name in given:
        if name not in GIVEN:
            report.whole(name, f"unknown table: choose {either(GIVEN)}.")
    tables: dict[str, pd.DataFrame] = {
        "districts": boundaries.districts,
        "neighbourhoods": boundaries.neighbourhoods,
        "administrative": boundaries.administrative,
    }
    places: dict[str, _Places] = {}
    for name in GIVEN:
        table = TABLES[name]
        raw = _known_columns(table, _rows(table, given, report), report)
        tables[name] = _typed(table, raw, report)
        if _is_located(table):
            places[name] = _places(table, raw, report)
    _check_all(tables, places, given, boundaries, provenance, report)
    report.settle()
    for name, place in places.items():
        tables[name] = gpd.GeoDataFrame(tables[name], geometry=place.points, crs=CRS)
    return {name: _ordered(TABLES[name], tables[name]) for name in TABLES}


def located(
    name: str, given: Mapping[str, pd.DataFrame]
) -> tuple[pd.DataFrame, gpd.GeoSeries] | None:
    """A table's columns but the geometry, typed, and the points of its rows (EPSG:5179).

    On the rows' places in the given table, from 0; rows without any value are passed over.
    None where something is wrong in it, which is for `validate` to tell.
    """
    report, table = _Report(), TABLES[name]
    raw = _known_columns(table, _rows(table, given, report), report)
    frame, points = _typed(table, raw, report), _places(table, raw, report).points
    try:
        report.settle()
    except BadTables:
        return None
    return frame.set_axis(frame.index - 2, axis=0), points.set_axis(points.index - 2)


def _check_all(
    tables: dict[str, pd.DataFrame],
    places: Mapping[str, _Places],
    given: Container[str],
    boundaries: Boundaries,
    provenance: Provenance,
    report: _Report,
) -> None:
    """Every check of typed tables; what is not given in groups is derived on the way."""
    groups, applications = tables["groups"], tables["applications"]
    placed = tables["places"]
    areas = {
        name: locate(place.points.dropna(), boundaries).reindex(place.points.index)
        for name, place in places.items()
    }
    legal = boundaries.neighbourhoods.set_index("code")["district_code"]
    for name in ("groups", "people", "places"):
        _check_district(name, "neighbourhood_code", tables[name], legal, boundaries, report)
    written = groups[["administrative_code", "neighbourhood_code"]].copy()
    _derive_founded(groups, applications)
    for name in ("groups", "places"):
        _derive(tables[name], areas[name], provenance)
    _name_units(groups, applications, boundaries, report)
    units = boundaries.administrative.set_index("code")["district_code"]
    for name in ("groups", "places"):
        _check_district(name, "administrative_code", tables[name], units, boundaries, report)
    _check_legal(groups, written, boundaries, report)
    _derive_each_other(groups, boundaries)
    for name in ("groups", "places"):
        _derive_precision(tables[name], places[name].given)
    for name in GIVEN:
        _check(TABLES[name], tables, given, report)
    for name, place in places.items():
        _check_places(name, tables[name], place, areas[name], boundaries, report)
    for name in ("groups", "places"):
        _check_precision(name, tables[name], places[name], areas[name], boundaries, report)
        _check_provenance(name, tables[name], provenance, report)
    _check_founded(groups, applications, report)
    _check_pseudonyms(tables["people"], report)
    _check_names(placed, report)
    _check_population(tables["population"], boundaries, report)


class _Report:
    """Faults as they are found; a cell is blamed once, for the first thing wrong in it."""

    def __init__(self) -> None:
        self._faults: dict[tuple[str, str | None, int | None], Fault] = {}

    def whole(self, table: str, remedy: str, column: str | None = None) -> None:
        """Blame a table, or a column of it."""
        self._faults.setdefault((table, column, None), Fault(table, column, None, None, remedy))

    def cells(
        self, table: str, column: str, values: pd.Series[Any], remedy: str | pd.Series[Any]
    ) -> None:
        """Blame cells, given by row number; a remedy for all or one for each."""
        each = remedy if isinstance(remedy, pd.Series) else [remedy] * len(values)
        for row, value, words in zip(values.index.tolist(), values, each, strict=True):
            shown = None if pd.isna(value) else str(value)
            fault = Fault(table, column, row, shown, words)
            self._faults.setdefault((table, column, row), fault)

    def has(self, table: str, column: str | None = None) -> bool:
        """Whether the whole of a table, or of a column, was blamed."""
        return (table, column, None) in self._faults

    def settle(self) -> None:
        """Raise what was found, if anything was: tables in order, then rows, then columns."""
        if self._faults:
            raise BadTables(sorted(self._faults.values(), key=_reading_order))


def _reading_order(fault: Fault) -> tuple[int, str, int, int]:
    known = fault.table in GIVEN
    names = [column.name for column in TABLES[fault.table].columns] if known else []
    return (
        GIVEN.index(fault.table) if known else len(GIVEN),
        fault.table,
        fault.row or 0,
        names.index(fault.column) if fault.column in names else len(names),
    )


def _read(name: str, path: Path, report: _Report) -> pd.DataFrame | None:
    """One file; None, and a fault, where it cannot be read."""
    try:
        size = _size(path)
        if size > LARGEST_FILE:
            limit = f"at most {LARGEST_FILE:,} are read: leave out what is no record of a group."
            report.whole(name, f"{path.name} has {size:,} bytes: {limit}")
            return None
        frame = _read_csv(path) if path.suffix == ".csv" else _read_parquet(path)
        if path.suffix != ".csv" or not re.search(r"[;\t]", "".join(frame.columns)):
            return frame
        remedy = f"{path.name} has semicolons or tabs between its columns: save it with commas."
    except UnicodeDecodeError:
        remedy = f"{path.name} is not UTF-8 (CP949, perhaps): save it as CSV UTF-8."
    except pd.errors.EmptyDataError:
        remedy = f"{path.name} is empty: its first row must name the columns."
    except pd.errors.ParserError as error:
        remedy = _ragged(path, str(error))
    except (ValueError, pyarrow.ArrowException, OSError):
        kind = "CSV" if path.suffix == ".csv" else "Parquet"
        remedy = f"{path.name} is no readable {kind} file: write it again."
    report.whole(name, remedy)
    return None


def _size(path: Path) -> int:
    """Bytes of a file, unpacked.

    Raises:
        OSError: it is no ordinary file, such as a pipe, which would keep one waiting.
    """
    with opened(path):
        pass
    if path.suffix == ".csv":
        return path.stat().st_size
    packed = pq.read_metadata(path)
    return sum(packed.row_group(number).total_byte_size for number in range(packed.num_row_groups))


def _read_csv(path: Path) -> pd.DataFrame:
    """All cells as text; without pandas' own header, which would rename doubled columns."""
    cells = pd.read_csv(
        path,
        header=None,
        dtype="str",
        keep_default_na=False,
        skip_blank_lines=False,
        encoding="utf-8-sig",
    )
    cells = cells.apply(_stripped)
    header, frame = cells.iloc[0], cells.iloc[1:].reset_index(drop=True)
    used = header.notna() | frame.notna().any()
    unnamed = pd.Series([f"(number {n})" for n in range(1, len(header) + 1)], dtype="str")
    return frame.set_axis(header.fillna(unnamed).to_numpy(), axis=1).loc[:, used.to_numpy()]


def _read_parquet(path: Path) -> pd.DataFrame:
    if b"geo" not in (pq.read_schema(path).metadata or {}):
        return pd.read_parquet(path)
    frame: gpd.GeoDataFrame = gpd.read_parquet(path)
    if frame.geometry.name != "geometry":
        frame.rename_geometry("geometry", inplace=True)
    return frame


def _ragged(path: Path, said: str) -> str:
    counts = re.search(r"Expected (\d+) fields in line (\d+), saw (\d+)", said)
    if counts is None:
        return f"{path.name} is no CSV (a quotation mark is never closed): export it again."
    return (
        f"{path.name} has {counts[3]} values in row {counts[2]} and {counts[1]} columns: put "
        'values that hold a comma between quotation marks ("…").'
    )


def _rows(table: Table, given: Mapping[str, pd.DataFrame], report: _Report) -> pd.DataFrame:
    """Rows that hold anything, under their number in the file; none for a missing table."""
    frame = given.get(table.name)
    is_needed = table.name in needed({name for name, frame in given.items() if len(frame)})
    if frame is None:
        if is_needed:
            report.whole(table.name, "the table is missing: add it.")
        return pd.DataFrame(columns=[column.name for column in table.columns])
    named = any(name is not None for name in frame.index.names)
    rows = pd.DataFrame(frame.reset_index() if named else frame)
    rows = rows.set_axis(pd.RangeIndex(2, len(rows) + 2), axis=0)
    rows.columns = rows.columns.astype(str)
    for place, (_, values) in enumerate(rows.items()):
        if isinstance(values.dtype, pd.StringDtype) or values.dtype == "object":
            rows.isetitem(place, _stripped(values).array)
    rows = rows[rows.notna().any(axis=1)]
    if rows.empty and is_needed:
        report.whole(table.name, "the table has no rows: there is nothing to show.")
    return rows


def _is_located(table: Table) -> bool:
    return any(column.kind == "geometry" for column in table.columns)


def _known_columns(table: Table, raw: pd.DataFrame, report: _Report) -> pd.DataFrame:
    """The columns that the table may have; any other, or one that stands twice, is a fault."""
    known = [column.name for column in table.columns]
    if _is_located(table):
        known += [name for pair in COORDINATES for name in pair]
    for name in raw.columns[raw.columns.duplicated()]:
        report.whole(table.name, "the column stands twice: keep one.", name)
    for name in raw.columns.difference(pd.Index(known), sort=False):
        if PERSONAL_COLUMN.search(name):
            remedy = (
                "this looks like personal data, which never enters an atlas: delete the column."
            )
        else:
            remedy = f"unknown column: choose {either(known)}, or delete it."
        report.whole(table.name, remedy, name)
    raw = raw.loc[:, ~raw.columns.duplicated()]
    return raw[[name for name in known if name in raw]]


def _typed(table: Table, raw: pd.DataFrame, report: _Report) -> pd.DataFrame:
    """Columns of the schema's types, all but the geometry; missing ones empty."""
    typed: dict[str, pd.Series[Any]] = {}
    for column in table.columns:
        if column.kind == "geometry":
            continue
        if column.name not in raw:
            kind = "str" if column.kind == "text" else "Int64"
            typed[column.name] = pd.Series(None, index=raw.index, dtype=kind)
            needed = column.required and column.name not in DERIVED.get(table.name, ())
            if needed and not report.has(table.name):
                report.whole(table.name, f"the column is missing: {column.meaning}.", column.name)
        elif column.kind == "text":
            typed[column.name] = _text(raw[column.name])
        else:
            typed[column.name] = _integers(table.name, column, raw[column.name], report)
    return pd.DataFrame(typed, index=raw.index)


def _text(values: pd.Series[Any]) -> pd.Series[str]:
    """Text as `_stripped`; whole numbers have no decimal point (11545, not 11545.0)."""
    if pd.api.types.is_float_dtype(values) and (values.dropna() % 1 == 0).all():
        values = values.astype("Int64")
    return _stripped(values)


def _stripped(values: pd.Series[Any]) -> pd.Series[str]:
    """Text without outer spaces; empty is missing."""
    text = values.astype("str").str.strip().where(values.notna())
    return text.mask(text == "").astype("str")


def _numbers(table: str, column: Column, values: pd.Series[Any], report: _Report) -> pd.Series[Any]:
    """Float64, missing where empty; what is no number, or too large for one, is a fault."""
    text = _text(values)
    numbers = pd.to_numeric(text, errors="coerce").astype("float64")
    bad = text[text.notna() & ~(numbers.abs() <= LARGEST_NUMBER)]
    bare = bad.str.replace(r"[,\s원년명₩]", "", regex=True)
    otherwise = "write a number in digits" + ("." if column.required else ", or leave it empty.")
    plain = bare.str.fullmatch(r"[0-9]{1,15}").astype(bool) & (bare != bad)
    report.cells(table, column.name, bad, ("write " + bare + ".").where(plain, otherwise))
    return numbers.where(~text.index.isin(bad.index)).astype("Float64")


def _integers(
    table: str, column: Column, values: pd.Series[Any], report: _Report
) -> pd.Series[Any]:
    """Int64; a fraction is a fault."""
    numbers = _numbers(table, column, values, report)
    broken = _true(numbers % 1 != 0)
    report.cells(table, column.name, numbers[broken], "write a whole number.")
    return numbers.mask(broken).astype("Int64")


@dataclass(frozen=True)
class _Places:
    """Where the rows of a table are said to be.

    ``points`` (EPSG:5179) are missing where nothing, or nothing usable, was given; ``given``
    tells which; ``shown`` is the place as it was given and ``column`` where, for messages.
    """

    column: str
    points: gpd.GeoSeries
    given: pd.Series[bool]
    shown: pd.Series[str]


def _places(table: Table, raw: pd.DataFrame, report: _Report) -> _Places:
    """Points from a geometry or from a pair of columns."""
    pairs = [pair for pair in COORDINATES if pair[0] in raw or pair[1] in raw]
    forms = (["geometry"] if "geometry" in raw else []) + [" and ".join(pair) for pair in pairs]
    if len(forms) > 1:
        report.whole(table.name, f"there is {' as well as '.join(forms)}: keep one.", "geometry")
    elif pairs:
        return _from_pair(table, raw, pairs[0], report)
    elif forms:
        return _from_geometry(table, raw["geometry"], report)
    elif table.column("geometry").required and not report.has(table.name):
        report.whole(table.name, f"the column is missing: give {HOW_TO_PLACE}.", "geometry")
    return _nowhere(raw.index)


def _nowhere(rows: pd.Index[Any]) -> _Places:
    points = gpd.GeoSeries([None] * len(rows), index=rows, crs=CRS)
    return _Places(
        "geometry", points, pd.Series(False, index=rows), pd.Series(None, index=rows, dtype="str")
    )


def _from_pair(table: Table, raw: pd.DataFrame, pair: tuple[str, str], report: _Report) -> _Places:
    together = f"{' and '.join(pair)} go together"
    for name in pair:
        if name not in raw:
            report.whole(table.name, f"the column is missing: {together}.", name)
            return _nowhere(raw.index)
    given = raw[list(pair)].notna()
    numbers = {}
    for name in pair:
        column = Column(name, "number", "", required=False)
        numbers[name] = _numbers(table.name, column, raw[name], report)
        half = raw[name][~given[name] & given.any(axis=1)]
        report.cells(table.name, name, half, f"a value is needed: {together}.")
    xy = pd.DataFrame(numbers).astype("float64")
    return _place(table, pair[0], xy, given.any(axis=1), COORDINATES[pair], report)


def _from_geometry(table: Table, values: pd.Series[Any], report: _Report) -> _Places:
    if values.isna().all():
        return _nowhere(values.index)
    shapes = gpd.GeoSeries(values) if isinstance(values.dtype, GeometryDtype) else None
    if shapes is None or shapes.crs is None:
        report.whole(table.name, f"this is no place on Earth: give {HOW_TO_PLACE}.", "geometry")
        return _nowhere(values.index)
    missing = shapely.is_missing(shapes.array) | shapely.is_empty(shapes.array)
    given = pd.Series(~missing, index=shapes.index)
    other = given & (shapes.geom_type != "Point")
    report.cells(table.name, "geometry", shapes.geom_type[other], "give a single point.")
    points = shapes.where(given & ~other)
    pair = ("longitude", "latitude") if shapes.crs.is_geographic else ("x", "y")
    xy = pd.DataFrame({pair[0]: points.x, pair[1]: points.y})
    return _place(table, "geometry", xy, given, shapes.crs, report)


def _place(
    table: Table, column: str, xy: pd.DataFrame, given: pd.Series[bool], crs: Any, report: _Report
) -> _Places:
    """Points in EPSG:5179 from coordinates; those that look swapped are faults."""
    (first, x), (second, y) = xy.items()
    text = [f"{first} {a:.2f}, {second} {b:.2f}" for a, b in zip(x, y, strict=True)]
    shown = pd.Series(text, index=xy.index, dtype="str").where(given)
    wide, high = KOREA_DEGREES if first == "longitude" else KOREA_METRES
    swapped = x.between(*high) & y.between(*wide)
    remedy = f"looks swapped: exchange {first} and {second}."
    report.cells(table.name, column, shown[swapped], remedy)
    usable = x.notna() & y.notna() & ~swapped
    points = gpd.GeoSeries(gpd.points_from_xy(x, y), index=xy.index, crs=crs)
    return _Places(column, points.where(usable).to_crs(CRS), given, shown)


def _derive_founded(groups: pd.DataFrame, applications: pd.DataFrame) -> None:
    """The year of the first application, where it is not given."""
    first = applications.groupby("group_id")["year"].min()
    founded = groups["group_id"].map(first).astype("Int64")
    groups["founded_year"] = groups["founded_year"].fillna(founded)


def _derive(frame: pd.DataFrame, areas: pd.DataFrame, provenance: Provenance) -> None:
    """Fill in what follows from points, and what the rows are, where it is not given."""
    frame["provenance"] = frame["provenance"].fillna(str(provenance))
    frame["neighbourhood_code"] = frame["neighbourhood_code"].fillna(areas["neighbourhood_code"])


def _derive_each_other(groups: pd.DataFrame, boundaries: Boundaries) -> None:
    """Administrative and legal neighbourhoods, where one of the other fits in the founding year.

    A unit that was not there in that year (recorded later than founded) stands for the only
    legal neighbourhood that it ever held. Where a group is said to be known to its district
    only, no legal neighbourhood is put in. Areas that the boundaries lack are not, either.
    """
    pairs = boundaries.administrative_legal
    legal, unit = groups["neighbourhood_code"], groups["administrative_code"]
    coarse = groups["precision"] == Precision.DISTRICT
    only = pairs[~pairs["code"].duplicated(keep=False)].set_index("code")["legal_code"]
    ever = unit.map(only).astype("str")
    held = _in_founding_year(to_legal, pairs, unit, groups).fillna(ever)
    holds = _in_founding_year(from_legal, pairs, legal, groups)
    there = boundaries.administrative["code"], boundaries.neighbourhoods["code"]
    groups["administrative_code"] = unit.fillna(holds.where(_among(holds, there[0])))
    groups["neighbourhood_code"] = legal.fillna(held.where(_among(held, there[1]) & ~coarse))


def _in_founding_year(
    other: Callable[[pd.DataFrame, pd.Series[str], Sequence[int]], pd.DataFrame],
    pairs: pd.DataFrame,
    codes: pd.Series[str],
    groups: pd.DataFrame,
) -> pd.Series[str]:
    """The other code of each group's code in its founding year."""
    found = pd.Series(None, index=groups.index, dtype="str")
    for year in groups["founded_year"].dropna().unique().tolist():
        rows = _true(groups["founded_year"] == year)
        found[rows] = other(pairs, codes[rows], [year])[year]
    return found


def _derive_precision(frame: pd.DataFrame, pointed: pd.Series[bool]) -> None:
    """How exactly a place is known, where it is not given."""
    exact = np.select(
        [pointed, frame["neighbourhood_code"].notna()],
        [Precision.POINT, Precision.NEIGHBOURHOOD],
        Precision.DISTRICT,
    )
    frame["precision"] = frame["precision"].fillna(pd.Series(exact, index=frame.index, dtype="str"))


def _check(
    table: Table, tables: Mapping[str, pd.DataFrame], given: Container[str], report: _Report
) -> None:
    """Required and allowed values, ranges, references and keys of one table."""
    frame = tables[table.name]
    for column in table.columns:
        if column.kind == "geometry" or report.has(table.name, column.name):
            continue
        name, values = column.name, frame[column.name]
        if column.required and name not in DERIVED.get(table.name, ()):
            remedy = f"a value is needed: {column.meaning}."
            report.cells(table.name, name, values[values.isna()], remedy)
        present = values.dropna()
        if column.allowed:
            unknown = present[~present.isin(column.allowed)]
            report.cells(table.name, name, unknown, f"choose {either(column.allowed)}.")
        if column.kind == "year":
            low = YEARS_ALLOWED[0] if column.least is None else column.least
            high = YEARS_ALLOWED[1]
            outside = present[~present.between(low, high)]
            report.cells(table.name, name, outside, f"write a year from {low:g} to {high}.")
        elif column.least is not None:
            less = present[present < column.least]
            report.cells(table.name, name, less, f"write {column.least:g} or more.")
        if column.refers_to:
            _check_reference(table, column, present, tables, given, report)
    _check_key(table, frame, report)


def _check_reference(
    table: Table,
    column: Column,
    values: pd.Series[Any],
    tables: Mapping[str, pd.DataFrame],
    given: Container[str],
    report: _Report,
) -> None:
    """Values that name a row of another table."""
    target = column.refers_to
    key = TABLES[target].key[0]
    if target in GIVEN and target not in given and len(values):
        report.whole(target, f"the table is missing: {table.name} refers to it.")
    if report.has(target) or report.has(target, key):
        return
    there = tables[target][key]
    dangling = values[~_among(values, there)]
    if target in GIVEN or there.empty:
        remedy: str | pd.Series[str] = f"there is no such {key} in {target}: correct it, or add it."
        report.cells(table.name, column.name, dangling, remedy)
        return
    width = len(there.iloc[0])
    short = dangling.str[:width]
    choice = f"choose one of the {len(there)} codes of {target}, {there.min()} to {there.max()}."
    remedy = ("write " + short + f", the first {width} digits.").where(short.isin(there), choice)
    report.cells(table.name, column.name, dangling, remedy)


def _check_key(table: Table, frame: pd.DataFrame, report: _Report) -> None:
    """Rows that share their key with an earlier one."""
    key = list(table.key)
    if any(report.has(table.name, name) for name in key):
        return
    keys = frame[key].dropna()
    shared = keys[keys.duplicated(keep=False)]
    rows = pd.Series(shared.index, index=shared.index)
    first = rows.groupby([shared[name] for name in key]).transform("first")
    later = first[first != rows]
    if later.empty:
        return
    what = key[0] if len(key) == 1 else f"{' and '.join(key)} together"
    remedy = "stands in row " + later.astype("str") + f" already: {what} must differ in every row."
    values = shared.loc[later.index].astype("str").agg(", ".join, axis=1)
    report.cells(table.name, key[-1], values, remedy)


def _check_founded(groups: pd.DataFrame, applications: pd.DataFrame, report: _Report) -> None:
    """Groups without an application, and founding years that are not their first one's."""
    if any(report.has("applications", name) for name in (None, "group_id", "year")):
        return
    alone = groups["group_id"].dropna()
    alone = alone[~_among(alone, applications["group_id"])]
    remedy = "the group has no application: add one, or leave the group out."
    report.cells("groups", "group_id", alone, remedy)
    doubtful = applications["group_id"][~_true(applications["year"].between(*YEARS_ALLOWED))]
    first = groups["group_id"].map(applications.groupby("group_id")["year"].min()).astype("Int64")
    wrong = _true(groups["founded_year"] != first) & ~groups["group_id"].isin(doubtful)
    years = first[wrong].astype("str")
    remedies = "its first application is of " + years + ": write that, or leave it empty."
    report.cells("groups", "founded_year", groups["founded_year"][wrong], remedies)


def _check_provenance(
    name: str, frame: pd.DataFrame, provenance: Provenance, report: _Report
) -> None:
    """Simulated rows make a simulated atlas: its badge must not get lost."""
    if provenance != Provenance.SIMULATED:
        simulated = frame["provenance"][frame["provenance"] == Provenance.SIMULATED]
        remedy = f"the tables are published as {provenance}: publish them as simulated."
        report.cells(name, "provenance", simulated, remedy)


def _check_pseudonyms(people: pd.DataFrame, report: _Report) -> None:
    """Identifiers of people that tell who they are; the message keeps them to itself."""
    telling = people["person_id"].dropna()
    telling = telling[telling.str.contains(PERSONAL_VALUE)].mask(lambda values: values.notna())
    remedy = "this looks like a person's name, number or address: write a pseudonym (p0001)."
    report.cells("people", "person_id", telling, remedy)


def _check_names(placed: pd.DataFrame, report: _Report) -> None:
    """Names of places with a number or an address of somebody; the message keeps it to itself."""
    telling = placed["name"].dropna()
    telling = telling[telling.str.contains(CONTACT)].mask(lambda values: values.notna())
    remedy = "a telephone number, an e-mail address or the like is in the name: take it out."
    report.cells("places", "name", telling, remedy)
    layers = placed["layer"].dropna()
    long = layers[layers.str.len() > LONGEST_LAYER]
    report.cells("places", "layer", long, f"write at most {LONGEST_LAYER} characters.")


def _name_units(
    groups: pd.DataFrame, applications: pd.DataFrame, boundaries: Boundaries, report: _Report
) -> None:
    """Administrative neighbourhoods given by name become codes; unknown ones are faults.

    Of several that had a name one after the other it is that of the founding year, else of the
    first year with an application in which one had it. What cannot be told is missing
    afterwards, as it is in an unknown district.
    """
    units, names = boundaries.administrative, boundaries.districts.set_index("code")["name_ko"]
    given = groups["administrative_code"].dropna()
    named = groups.loc[given.index[~_among(given, units["code"])]]
    if named.empty or units.empty:
        return
    applied = applications.groupby("group_id")["year"].agg(lambda years: sorted(years.dropna()))
    placed = named[named["district_code"].isin(names.index)]
    called = spellings(units, boundaries.districts)
    meant = called.groupby(["district_code", "key"])["code"].agg(list).to_dict()
    columns = ("group_id", "district_code", "administrative_code", "founded_year")
    codes: dict[int, str] = {}
    remedies: dict[int, str] = {}
    said: dict[Any, str] = {}
    for row, group, district, text, founded in zip(
        placed.index.tolist(), *(placed[column] for column in columns), strict=True
    ):
        fits = meant.get((district, name_key(text)), [])
        fits = _of_the_time(units, fits, [founded, *applied.get(group, [])])
        if len(fits) == 1:
            codes[row] = fits[0]
            continue
        case = (district, founded, *fits)
        if case not in said:
            there = units[units["district_code"] == district]
            said[case] = _which_unit(there, fits, f"{names[district]} ({district})", founded)
        remedies[row] = said[case]
    blamed = pd.Series(remedies, dtype="str")
    report.cells("groups", "administrative_code", given.loc[blamed.index], blamed)
    told = pd.Series(codes, dtype="str").reindex(groups.index)
    groups["administrative_code"] = given.drop(named.index).reindex(groups.index).fillna(told)


def _of_the_time(units: pd.DataFrame, codes: list[str], years: Sequence[int]) -> list[str]:
    """Those of the first year in which any of them existed; all of them if none did."""
    if len(codes) < 2:
        return codes
    several = units[units["code"].isin(codes)]
    known = [year for year in years if pd.notna(year)]
    by_year = (several["code"][valid_in(several, year)].tolist() for year in known)
    return next(filter(None, by_year), codes)


def _which_unit(there: pd.DataFrame, codes: list[str], place: str, year: int) -> str:
    """What to write instead of a name that no unit of a district had, or several had."""
    if codes:
        several = there[there["code"].isin(codes)]
        since = (several["code"] + " (since " + several["since"] + ")").tolist()
        return f"{place} had several of this name, one after the other: write {either(since)}."
    then = there if pd.isna(year) else there[valid_in(there, year)]
    choice = either(then["name_ko"].tolist() or there["name_ko"].tolist())
    return f"there is no such administrative neighbourhood in {place}: choose {choice}."


def _check_legal(
    groups: pd.DataFrame, written: pd.DataFrame, boundaries: Boundaries, report: _Report
) -> None:
    """Administrative neighbourhoods that never held the legal one ``written`` beside them.

    A legal neighbourhood that follows from a point proves nothing: the lines between them
    have moved, and points stand beside them.
    """
    pairs = boundaries.administrative_legal.drop_duplicates(["code", "legal_code"])
    names = boundaries.neighbourhoods.set_index("code")["name_ko"]
    unit, legal = groups["administrative_code"], written["neighbourhood_code"]
    known = unit.isin(pairs["code"]) & legal.isin(pairs["legal_code"])
    wrong = known & ~(unit + legal).isin(pairs["code"] + pairs["legal_code"])
    held = {}
    for code in unit[wrong].unique().tolist():
        every = pairs["legal_code"][pairs["code"] == code]
        held[code] = either([f"{one} ({names.get(one, '?')})" for one in every])
    remedies = (
        "never held legal neighbourhood " + legal[wrong] + ", but " + unit[wrong].map(held)
    ).astype("str") + ": correct one of them, or leave one empty."
    given = written["administrative_code"][wrong]
    report.cells("groups", "administrative_code", given, remedies)


def _check_population(population: pd.DataFrame, boundaries: Boundaries, report: _Report) -> None:
    """Residents of no area, of a part of a level, or of parts that do not add up.

    An area without a figure would be estimated unnoticed among others that are known.
    """
    if any(report.has("population", name) for name in (None, "code", "year", "population")):
        return
    levels: dict[str, pd.DataFrame] = {
        "districts": boundaries.districts,
        "neighbourhoods": boundaries.neighbourhoods,
        "administrative neighbourhoods": boundaries.administrative,
    }
    code, year = population["code"].dropna(), population["year"].dropna()
    known = pd.concat([frame["code"] for frame in levels.values()])
    examples = [
        f"{name.removesuffix('s')} ({frame['code'].min()})"
        for name, frame in levels.items()
        if len(frame)
    ]
    remedy = f"there is no such area: write the code of a {either(examples)}."
    report.cells("population", "code", code[~_among(code, known)], remedy)
    for each in sorted(year[year.between(*YEARS_ALLOWED)].unique()):
        rows = population[_true(population["year"] == each)]
        sums: dict[str, pd.Series[Any]] = {}
        for name, frame in levels.items():
            there = frame
            if name == "administrative neighbourhoods":
                there = frame[valid_in(frame, each)]
                gone = rows["code"][rows["code"].isin(frame["code"].drop(there.index))]
                remedy = f"there was no such {name[:-1]} at the end of {each}: leave it out."
                report.cells("population", "code", gone, remedy)
            sums[name] = _check_whole(name, rows, there, int(each), report)
        if not rows["code"].isin(boundaries.districts["code"]).any():
            _check_kinds(rows, sums, boundaries.neighbourhoods, int(each), report)


def _check_whole(
    name: str, rows: pd.DataFrame, areas: pd.DataFrame, year: int, report: _Report
) -> pd.Series[Any]:
    """One year's residents of a level: of each area, adding up to those of the districts.

    Returns their sums by district; none where the level is not given whole.
    """
    none: pd.Series[Any] = pd.Series(dtype="Int64")
    given = rows[rows["code"].isin(areas["code"])].drop_duplicates("code").set_index("code")
    without = areas["code"][~areas["code"].isin(given.index)]
    if given.empty:
        return none
    if len(without):
        remedy = (
            f"{len(without):,} of the {len(areas):,} {name} have no figure of this year, "
            f"the first of them {without.min()}: add them, or leave the {name} out."
        )
        first = rows["year"][rows["code"].isin(given.index)].head(1)
        report.cells("population", "year", first, remedy)
        return none
    if "district_code" not in areas:
        return none
    above = areas["district_code"].to_numpy()
    sums = given["population"].reindex(areas["code"]).groupby(above).sum(min_count=1)
    parts, whole = rows["code"].map(sums), rows["population"]
    wrong = _true(parts != whole)
    together = parts[wrong].astype("Int64").astype("str")
    remedies = f"its {name} have " + together + f" in {year}: they must add up, correct them."
    report.cells("population", "population", whole[wrong], remedies)
    return sums


def _check_kinds(
    rows: pd.DataFrame,
    sums: Mapping[str, pd.Series[Any]],
    neighbourhoods: pd.DataFrame,
    year: int,
    report: _Report,
) -> None:
    """Neighbourhoods of both kinds that make two figures of one district; the first is blamed."""
    legal, units = sums["neighbourhoods"], sums["administrative neighbourhoods"]
    if legal.empty or units.empty:
        return
    district = rows["code"].map(neighbourhoods.set_index("code")["district_code"])
    first = district[district.notna() & ~district.duplicated()]
    apart = first[_true(first.map(legal) != first.map(units))]
    remedies = (
        "the neighbourhoods of " + apart + " have " + apart.map(legal).astype("str")
        + ", its administrative neighbourhoods " + apart.map(units).astype("str")
        + f" in {year}: they must be the same, correct them."
    )  # fmt: skip
    report.cells("population", "population", rows["population"][apart.index], remedies)


def _check_district(
    name: str,
    column: str,
    frame: pd.DataFrame,
    areas: pd.Series[str],
    boundaries: Boundaries,
    report: _Report,
) -> None:
    """Areas of a column that do not lie in the district of their row."""
    above = frame[column].map(areas).astype("str")
    known = frame["district_code"].isin(boundaries.districts["code"])
    wrong = above.notna() & known & (above != frame["district_code"])
    remedies = (
        "lies in district " + above[wrong] + ", not in " + frame["district_code"][wrong]
    ) + ": correct one of them."
    report.cells(name, column, frame[column][wrong], remedies)


def _check_places(
    name: str,
    frame: pd.DataFrame,
    place: _Places,
    areas: pd.DataFrame,
    boundaries: Boundaries,
    report: _Report,
) -> None:
    """Points outside every district, or outside that of their row."""
    forms = ["geometry", *(column for pair in COORDINATES for column in pair)]
    usable = not any(report.has(name, column) for column in forms)
    if TABLES[name].column("geometry").required and usable:
        remedy = f"a value is needed: give {HOW_TO_PLACE}."
        report.cells(name, place.column, place.shown[~place.given], remedy)
    found, named = areas["district_code"], frame["district_code"]
    outside = place.points.notna() & found.isna()
    remedy = "the point lies outside every district: correct it, or leave it empty."
    report.cells(name, place.column, place.shown[outside], remedy)
    districts = boundaries.districts.set_index("code")["name_ko"]
    elsewhere = found.notna() & named.isin(districts.index) & (found != named)
    fell = found[elsewhere]
    where = "the point lies in " + fell.map(districts) + " (" + fell + "), not in "
    remedies = where + named[elsewhere] + ": correct one of them."
    report.cells(name, place.column, place.shown[elsewhere], remedies)


def _check_precision(
    name: str,
    frame: pd.DataFrame,
    place: _Places,
    areas: pd.DataFrame,
    boundaries: Boundaries,
    report: _Report,
) -> None:
    """Neighbourhood and precision that contradict their point or each other."""
    code, precision = frame["neighbourhood_code"], frame["precision"]
    inside, known = areas["neighbourhood_code"], boundaries.neighbourhoods["code"]
    same_district = areas["district_code"] == frame["district_code"]
    wrong = inside.notna() & code.isin(known) & same_district & (inside != code)
    remedies = "the point lies in " + inside[wrong] + ": write that, or correct the point."
    report.cells(name, "neighbourhood_code", code[wrong], remedies)
    exact, pointed = precision == Precision.POINT, place.given
    rough = precision.isin([Precision.NEIGHBOURHOOD, Precision.DISTRICT])
    for mask, remedy in (
        (exact & ~pointed, "there is no point: give its coordinates, or leave this empty."),
        (rough & pointed, "there is a point: write point, or leave its coordinates empty."),
        (
            (precision == Precision.NEIGHBOURHOOD) & ~pointed & code.isna(),
            "there is no neighbourhood: give its code, or leave this empty.",
        ),
        (
            (precision == Precision.DISTRICT) & ~pointed & code.notna(),
            "there is a neighbourhood: write neighbourhood, or leave its code empty.",
        ),
    ):
        report.cells(name, "precision", precision[_true(mask)], remedy)


def _among(values: pd.Series[Any], others: pd.Series[Any]) -> pd.Series[bool]:
    """As `isin`, which for text looks up one value after another in Python."""
    return values.astype("object").isin(others.astype("object"))


def _true(mask: pd.Series[Any]) -> pd.Series[bool]:
    """What is certainly so: a missing answer is a no."""
    return mask.fillna(False).astype(bool)


def _ordered(table: Table, frame: pd.DataFrame) -> pd.DataFrame:
    """The schema's columns, sorted by key."""
    names = [column.name for column in table.columns]
    return frame[names].sort_values(list(table.key), ignore_index=True)
