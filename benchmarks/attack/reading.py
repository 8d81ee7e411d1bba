"""Files read back as the analyst's programs read them, and held against the answer in JSON."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any
from xml.etree import ElementTree
from zipfile import ZipFile

import openpyxl
import orjson
import pandas as pd
import pyarrow.parquet as pq
import pyogrio

from geo import cells

Rows = list[dict[str, Any]]
NEAR = 1e-12
"""Relative: a workbook holds sixteen digits of a number, not seventeen."""


def _csv(content: bytes) -> Rows:
    """Text of every cell; lines that begin with # are notes."""
    lines = csv.reader(io.StringIO(_table_of(content)))
    names = [cells.plain(name) for name in next(lines)]
    return [dict(zip(names, map(cells.plain, line), strict=True)) for line in lines]


def _table_of(content: bytes) -> str:
    lines = content.decode("utf-8-sig").splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith("#"))


def _xlsx(content: bytes) -> Rows:
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
    lines = iter(book.worksheets[0].iter_rows(values_only=True))
    names = [str(name) for name in next(lines)]
    return [dict(zip(names, line, strict=True)) for line in lines]


def formulas(content: bytes, kind: str) -> Iterator[str]:
    """Cells of a CSV file or a workbook that a spreadsheet program would run, or follow."""
    if kind == "csv":
        found = [cell for line in csv.reader(io.StringIO(_table_of(content))) for cell in line]
        notes = content.decode("utf-8-sig").splitlines()
        found += [cell for line in notes if line.startswith("#") for cell in line.split(",")]
        yield from (
            f"{kind}: {cell!r} is a formula"
            for cell in map(str.lstrip, found)
            if cells.FORMULA.match(cell) and not cell.startswith(cells.MARK) and not _number(cell)
        )
        return
    with ZipFile(io.BytesIO(content)) as parts:
        for name in parts.namelist():
            sheet = parts.read(name) if name.startswith("xl/worksheets/") else b""
            yield from (
                f"{kind}: {found.decode()} in {name}"
                for found in re.findall(rb"<f[ >][^<]*|<hyperlink ", sheet)
            )


def embedded(slides: bytes) -> Iterator[bytes]:
    """The workbooks behind the charts of a presentation."""
    with ZipFile(io.BytesIO(slides)) as parts:
        yield from (parts.read(name) for name in parts.namelist() if name.endswith(".xlsx"))


def _number(cell: str) -> bool:
    return bool(re.fullmatch(r"-?[\d.]+(?:e[+-]?\d+)?", cell))


def _gpkg(content: bytes) -> Rows:
    with NamedTemporaryFile(suffix=".gpkg") as file:
        Path(file.name).write_bytes(content)
        return _records(pyogrio.read_dataframe(file.name, layer=0, read_geometry=False))


def _parquet(content: bytes) -> Rows:
    table = pq.read_table(io.BytesIO(content))
    return _records(
        table.drop(["geometry"] if "geometry" in table.column_names else []).to_pandas()
    )


def _geojson(content: bytes) -> Rows:
    return [feature["properties"] for feature in orjson.loads(content)["features"]]


def _records(frame: pd.DataFrame) -> Rows:
    plain: Any = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return list(plain)


READERS: dict[str, Callable[[bytes], Rows]] = {
    "csv": _csv, "xlsx": _xlsx, "gpkg": _gpkg, "parquet": _parquet, "geojson": _geojson,
}  # fmt: skip


def differs(content: bytes, kind: str, rows: Rows) -> Iterator[str]:
    """What a file holds that is not what the answer in JSON told; at most one sentence."""
    read = READERS[kind](content)
    if len(read) != len(rows):
        yield f"{kind}: {len(read)} rows, not {len(rows)}"
        return
    for number, (found, told) in enumerate(zip(read, rows, strict=True)):
        if list(found) != list(told):
            yield f"{kind}: columns {list(found)}, not {list(told)}"
            return
        for name, value in told.items():
            if not same(found[name], value, as_text=kind == "csv"):
                yield f"{kind}: {name} of row {number} is {found[name]!r}, not {value!r}"
                return


def same(found: Any, told: Any, *, as_text: bool = False) -> bool:
    """Whether a cell holds the value that was told; ``as_text``, as CSV has all of them."""
    if told is None:
        return found == "" if as_text else bool(pd.isna(found))
    if isinstance(told, bool | str):
        return bool(found == (str(told) if as_text else told))
    return not pd.isna(found) and abs(float(found) - told) <= NEAR * abs(told)


def parts_of(content: bytes) -> tuple[int, int]:
    """How many nodes and edges a GraphML or a GEXF file has."""
    found = [element.tag.rpartition("}")[2] for element in ElementTree.fromstring(content).iter()]
    return found.count("node"), found.count("edge")
