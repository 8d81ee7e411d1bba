"""Tables as they are given -> tables of the schema, or every fault at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow

from geo.boundaries import Boundaries, locate
from geo.errors import BadTables, Fault, either
from geo.schema import (
    CRS,
    CRS_SHOWN,
    GIVEN,
    TABLES,
    YEARS_ALLOWED,
    Column,
    Precision,
    Provenance,
    Table,
)

LARGEST_FILE = 500_000_000
"""Bytes; a table beyond that is no district's or city's record of groups."""
COORDINATES = {("longitude", "latitude"): CRS_SHOWN, ("x", "y"): CRS}
"""Pairs of columns that may stand for a point, and their coordinate systems."""
DERIVED = {"founded_year", "provenance", "precision", "neighbourhood_code", "geometry"}
"""Columns of groups that follow from the others where they are not given."""
CITY_DEGREES = ((124, 132), (33, 39))
"""Longitudes and latitudes of Korea, by which swapped ones are told."""


def read_tables(folder: Path) -> dict[str, pd.DataFrame]:
    """Tidy tables of one's own: a CSV (UTF-8) or Parquet file for each.

    Args:
        folder: holds ``groups.csv`` or ``groups.parquet``, ``applications…`` and, if there
            are any, ``people…``, ``memberships…``, ``sites…``.

    Returns:
        Table name -> frame. CSV columns are all text, empty cells missing.

    Raises:
        BadTables: a file is missing, given twice, too large or unreadable.
    """
    faults: list[Fault] = []
    tables: dict[str, pd.DataFrame] = {}
    for name in GIVEN:
        files = [
            path for kind in ("csv", "parquet") if (path := folder / f"{name}.{kind}").is_file()
        ]
        if len(files) > 1:
            faults.append(
                Fault(name, None, None, None, f"given as CSV and as Parquet: keep one in {folder}.")
            )
        elif files:
            frame = _read(name, files[0], faults)
            if frame is not None:
                tables[name] = frame
        elif name in ("groups", "applications"):
            remedy = f"there is no {name}.csv or {name}.parquet in {folder}: add one."
            faults.append(Fault(name, None, None, None, remedy))
    if faults:
        raise BadTables(faults)
    return tables


def _read(name: str, path: Path, faults: list[Fault]) -> pd.DataFrame | None:
    size = path.stat().st_size
    if size > LARGEST_FILE:
        remedy = f"{path.name} has {size:,} bytes: at most {LARGEST_FILE:,} are read."
        faults.append(Fault(name, None, None, None, remedy))
        return None
    try:
        if path.suffix == ".csv":
            return pd.read_csv(path, dtype="str", keep_default_na=False, encoding="utf-8-sig")
        try:
            return gpd.read_parquet(path)
        except ValueError:  # a Parquet file without geometry
            return pd.read_parquet(path)
    except UnicodeDecodeError:
        remedy = f"{path.name} is not UTF-8: save it as CSV UTF-8."
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        remedy = (
            f"{path.name} is no table ({str(error).strip().rstrip('.')}): export it again as CSV."
        )
    except (pyarrow.ArrowException, OSError):
        remedy = f"{path.name} is no readable Parquet file: write it again."
    faults.append(Fault(name, None, None, None, remedy))
    return None


def validate(
    given: Mapping[str, pd.DataFrame], boundaries: Boundaries, provenance: Provenance
) -> dict[str, pd.DataFrame]:
    """The tables of the schema, typed, derived and checked, sorted by key.

    What follows from other columns is filled in where it is not given: ``founded_year`` from
    the first application, ``neighbourhood_code`` from the point, ``precision`` from both.

    Args:
        given: table name -> frame; coordinates of groups and sites as a geometry of any
            coordinate system, as ``longitude``, ``latitude`` (EPSG:4326) or ``x``, ``y``
            (EPSG:5179).
        boundaries: the areas that codes and points refer to.
        provenance: what the rows are, where the groups do not say.

    Raises:
        BadTables: with every fault of every table.
    """
    faults: list[Fault] = []
    for name in given:
        if name not in GIVEN:
            faults.append(Fault(name, None, None, None, f"unknown table: choose {either(GIVEN)}."))
    tables: dict[str, pd.DataFrame] = {
        "districts": boundaries.districts,
        "neighbourhoods": boundaries.neighbourhoods,
    }
    for name in GIVEN:
        frame = given.get(name)
        if frame is None:
            if name in ("groups", "applications"):
                faults.append(Fault(name, None, None, None, "the table is missing: add it."))
            columns = [c.name for c in TABLES[name].columns if c.kind != "geometry"]
            frame = pd.DataFrame(columns=columns, dtype="str")
        tables[name] = _typed(TABLES[name], frame, provenance, faults)
    _derive(tables, boundaries, faults)
    for name in GIVEN:
        _check(TABLES[name], tables, faults)
    _check_places(tables, faults)
    if faults:
        raise BadTables(faults)
    return {name: _ordered(TABLES[name], tables[name]) for name in TABLES}


def _typed(
    table: Table, frame: pd.DataFrame, provenance: Provenance, faults: list[Fault]
) -> pd.DataFrame:
    """Columns of the schema's types on a fresh index; unknown and missing ones are faults."""
    frame = pd.DataFrame(frame).reset_index(drop=True)
    known = {column.name for column in table.columns}
    located = any(column.kind == "geometry" for column in table.columns)
    extra = {name for pair in COORDINATES for name in pair} if located else set()
    for name in frame.columns:
        if name not in known | extra:
            remedy = f"unknown column: choose {either([*known_in_order(table), *sorted(extra)])}."
            faults.append(Fault(table.name, str(name), None, None, remedy))
    out: dict[str, Any] = {}
    for column in table.columns:
        if column.kind == "geometry":
            continue
        if column.name in frame:
            out[column.name] = CONVERT[column.kind](table, column, frame[column.name], faults)
        elif column.required and column.name not in DERIVED:
            remedy = f"the column is missing: {column.meaning}."
            faults.append(Fault(table.name, column.name, None, None, remedy))
        if column.name not in out:
            kind = "Int64" if column.kind in ("year", "integer") else "str"
            out[column.name] = pd.Series(pd.NA, index=frame.index, dtype=kind)
    typed = pd.DataFrame(out, index=frame.index)
    if table.name == "groups" and "provenance" in typed:
        typed["provenance"] = typed["provenance"].fillna(str(provenance))
    if not located:
        return typed
    return gpd.GeoDataFrame(typed, geometry=_points(table, frame, faults), crs=CRS)


def known_in_order(table: Table) -> list[str]:
    """Names of a table's columns."""
    return [column.name for column in table.columns]


def _text(
    table: Table, column: Column, values: pd.Series[Any], faults: list[Fault]
) -> pd.Series[str]:
    """Text without outer spaces; empty is missing. A whole number stays without a fraction."""
    whole = values.astype("Int64") if pd.api.types.is_float_dtype(values) else values
    text = whole.astype("str").str.strip()
    return text.where(values.notna() & (text != ""))


def _numbers(
    table: Table, column: Column, values: pd.Series[Any], faults: list[Fault]
) -> pd.Series[Any]:
    """Numbers, missing where empty; a text that is none is a fault."""
    if pd.api.types.is_numeric_dtype(values):
        return values.astype("Float64")
    text = _text(table, column, values, faults)
    numbers = pd.to_numeric(text, errors="coerce").astype("Float64")
    for row in np.flatnonzero((text.notna() & ~np.isfinite(numbers.astype("float64"))).to_numpy()):
        value = str(text.iloc[row])
        bare = value.replace(",", "")
        remedy = (
            f"write {bare}." if bare.isdigit() else "write a number in digits, or leave it empty."
        )
        faults.append(Fault(table.name, column.name, int(row) + 2, value, remedy))
    return numbers


def _integers(
    table: Table, column: Column, values: pd.Series[Any], faults: list[Fault]
) -> pd.Series[Any]:
    """Whole numbers; a fraction is a fault."""
    numbers = _numbers(table, column, values, faults)
    broken = (numbers.notna() & (numbers % 1 != 0)).fillna(False)
    for row in np.flatnonzero(broken.to_numpy(bool)):
        value = str(numbers.iloc[row])
        faults.append(Fault(table.name, column.name, int(row) + 2, value, "write a whole number."))
    return numbers.where(~broken).astype("Int64")


CONVERT: dict[str, Callable[[Table, Column, pd.Series[Any], list[Fault]], pd.Series[Any]]] = {
    "text": _text,
    "year": _integers,
    "integer": _integers,
    "number": _numbers,
}


def _points(table: Table, frame: pd.DataFrame, faults: list[Fault]) -> gpd.GeoSeries:
    """Points in EPSG:5179 from a geometry or a pair of columns; swapped degrees are faults."""
    if "geometry" in frame:
        shapes = gpd.GeoSeries(frame["geometry"])
        if shapes.crs is None:
            remedy = f"has no coordinate system: write it as GeoParquet in {CRS} or {CRS_SHOWN}."
            faults.append(Fault(table.name, "geometry", None, None, remedy))
            return gpd.GeoSeries([None] * len(frame), crs=CRS)
        return shapes.to_crs(CRS)
    for (first, second), crs in COORDINATES.items():
        if first in frame and second in frame:
            pair = [
                _numbers(table, Column(name, "number", name), frame[name], faults)
                for name in (first, second)
            ]
            _check_pair(table, pair, (first, second), faults)
            x, y = (values.astype("float64") for values in pair)
            points = gpd.GeoSeries(gpd.points_from_xy(x, y), index=frame.index, crs=crs)
            return points.where(x.notna() & y.notna(), None).to_crs(CRS)
    return gpd.GeoSeries([None] * len(frame), index=frame.index, crs=CRS)


def _check_pair(
    table: Table, pair: list[pd.Series[Any]], names: tuple[str, str], faults: list[Fault]
) -> None:
    """Half a pair, and degrees that stand in each other's column."""
    for row in np.flatnonzero((pair[0].isna() != pair[1].isna()).to_numpy()):
        remedy = f"give both {names[0]} and {names[1]}, or neither."
        faults.append(Fault(table.name, names[0], int(row) + 2, None, remedy))
    if names != ("longitude", "latitude"):
        return
    (west, east), (south, north) = CITY_DEGREES
    swapped = pair[0].between(south, north) & pair[1].between(west, east)
    for row in np.flatnonzero(swapped.fillna(False).to_numpy(bool)):
        value = f"longitude {pair[0].iloc[row]:g}, latitude {pair[1].iloc[row]:g}"
        remedy = "looks swapped: exchange longitude and latitude."
        faults.append(Fault(table.name, "longitude", int(row) + 2, value, remedy))


def _derive(tables: dict[str, pd.DataFrame], boundaries: Boundaries, faults: list[Fault]) -> None:
    """Fill in what follows from other columns of groups, and check it where it was given."""
    groups = tables["groups"]
    blame = _blamer("groups", groups, faults)
    founded = groups["group_id"].map(tables["applications"].groupby("group_id")["year"].min())
    founded = founded.astype("Int64")
    remedy = "the group has no application: add one, or leave the group out."
    blame(groups["group_id"].notna() & founded.isna(), "group_id", remedy)
    blame(
        groups["founded_year"] != founded,
        "founded_year",
        lambda row: (
            f"the group's first application is of {founded.iloc[int(str(row.name))]}: "
            "write that, or leave it empty."
        ),
    )
    groups["founded_year"] = founded
    points = gpd.GeoSeries(groups["geometry"], crs=CRS)
    placed = locate(points[points.notna()], boundaries).reindex(groups.index)
    blame(points.notna() & placed["district_code"].isna(), "geometry", _outside)
    groups["located"] = placed["district_code"]
    groups["neighbourhood_located"] = placed["neighbourhood_code"]
    groups["neighbourhood_code"] = groups["neighbourhood_code"].fillna(placed["neighbourhood_code"])
    exact = np.select(
        [points.notna(), groups["neighbourhood_code"].notna()],
        [Precision.POINT, Precision.NEIGHBOURHOOD],
        Precision.DISTRICT,
    )
    groups["precision"] = groups["precision"].fillna(
        pd.Series(exact, index=groups.index).astype("str")
    )


def _outside(group: pd.Series[Any]) -> str:
    shown = gpd.GeoSeries([group["geometry"]], crs=CRS).to_crs(CRS_SHOWN).iloc[0]
    return (
        f"the point at latitude {shown.y:.2f}, longitude {shown.x:.2f} is outside every district: "
        "correct it, or leave it empty."
    )


def _check(table: Table, tables: Mapping[str, pd.DataFrame], faults: list[Fault]) -> None:
    """Keys, required values, allowed values, ranges and references of one table."""
    frame = tables[table.name]
    blame = _blamer(table.name, frame, faults)
    absent = {fault.column for fault in faults if fault.table == table.name and fault.row is None}
    if frame.empty and table.name in ("groups", "applications") and not absent:
        remedy = "the table has no rows: there is nothing to show."
        faults.append(Fault(table.name, None, None, None, remedy))
    for column in table.columns:
        values, name = frame[column.name], column.name
        if column.required and name not in absent | DERIVED:
            blame(values.isna(), name, f"a value is needed: {column.meaning}.")
        if column.allowed:
            known = values.isna() | values.isin(column.allowed)
            blame(~known, name, f"choose {either(column.allowed)}.")
        if column.kind == "year":
            low, high = (1900 if name == "birth_year" else YEARS_ALLOWED[0]), YEARS_ALLOWED[1]
            blame(~values.between(low, high), name, f"write a year from {low} to {high}.")
        if column.least is not None:
            blame(values < column.least, name, f"write at least {column.least:g}.")
        if column.refers_to:
            target = TABLES[column.refers_to]
            there = tables[target.name][target.key[0]]
            remedy = f"there is no such row in {target.name}: correct it, or add the row."
            blame(values.notna() & ~values.isin(there), name, remedy)
    key = list(table.key)
    twice = frame.duplicated(key) & frame[key].notna().all(axis=1)
    blame(twice, key[0], f"stands twice: {' and '.join(key)} must differ from row to row.")


def _blamer(
    table: str, frame: pd.DataFrame, faults: list[Fault]
) -> Callable[[pd.Series[Any], str, str | Callable[[pd.Series[Any]], str]], None]:
    """A function that adds a fault for each marked cell that has none yet."""

    def blame(
        mask: pd.Series[Any], column: str, remedy: str | Callable[[pd.Series[Any]], str]
    ) -> None:
        blamed = {(f.column, f.row) for f in faults if f.table == table}
        for row in np.flatnonzero(mask.fillna(False).to_numpy(dtype=bool)).tolist():
            if (column, row + 2) in blamed:
                continue
            record = frame.iloc[row]
            value = record[column]
            shown = None if column == "geometry" or pd.isna(value) else str(value)
            words = remedy if isinstance(remedy, str) else remedy(record)
            faults.append(Fault(table, column, row + 2, shown, words))

    return blame


def _check_places(tables: Mapping[str, pd.DataFrame], faults: list[Fault]) -> None:
    """Districts, neighbourhoods, points and precision of groups that contradict each other."""
    groups = tables["groups"]
    blame = _blamer("groups", groups, faults)
    parent = tables["neighbourhoods"].set_index("code")["district_code"]
    names = tables["districts"].set_index("code")["name_ko"]
    district, neighbourhood = groups["district_code"], groups["neighbourhood_code"]
    pointed, precision = groups["geometry"].notna(), groups["precision"]
    above = neighbourhood.map(parent)
    blame(
        above.notna() & district.isin(names.index) & (above != district),
        "neighbourhood_code",
        lambda row: (
            f"lies in district {parent[row['neighbourhood_code']]}, "
            f"not in {row['district_code']}: correct one of them."
        ),
    )
    blame(
        groups["located"].notna() & district.isin(names.index) & (groups["located"] != district),
        "geometry",
        lambda row: (
            f"the point lies in {names[row['located']]} ({row['located']}), "
            f"not in {row['district_code']}: correct one of them."
        ),
    )
    inside = groups["neighbourhood_located"]
    blame(
        inside.notna() & above.notna() & (inside != neighbourhood),
        "neighbourhood_code",
        lambda row: f"the point lies in {row['neighbourhood_located']}: correct one of them.",
    )
    exact, known = precision == Precision.POINT, neighbourhood.notna()
    for mask, remedy in (
        (exact & ~pointed, "a point is needed: give coordinates, or another precision."),
        (~exact & pointed, "there is a point: write point, or leave the coordinates empty."),
        (
            (precision == Precision.DISTRICT) & known & ~pointed,
            "there is a neighbourhood: write neighbourhood, or leave its code empty.",
        ),
        (
            (precision == Precision.NEIGHBOURHOOD) & ~known,
            "there is no neighbourhood: write district, or give its code.",
        ),
    ):
        blame(mask & precision.isin(tuple(Precision)), "precision", remedy)


def _ordered(table: Table, frame: pd.DataFrame) -> pd.DataFrame:
    """The schema's columns, sorted by key."""
    return frame[known_in_order(table)].sort_values(list(table.key), ignore_index=True)
