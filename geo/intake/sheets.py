"""Files as they come -> sheets of text cells.

Spreadsheets are read in a process of their own with a limit on its memory
(`geo.intake.workbook`), since a file of a few kilobytes can unpack to more than a machine has.
"""

from __future__ import annotations

import csv
import hashlib
import io
import os
import subprocess
import sys
import warnings
import zipfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import charset_normalizer
import geopandas as gpd
import orjson
import pandas as pd
import pyogrio
import pyproj

from geo.errors import BadFile
from geo.intake import workbook

LARGEST_FILE = 200_000_000
LARGEST_UNPACKED = 1_000_000_000
"""Bytes of a zipped file's parts together."""
MOST_COLUMNS = 500
MOST_CELLS = 20_000_000
LONGEST = 300
"""Seconds in which a workbook has to be read."""
POINT = ("(점 X)", "(점 Y)")
"""Names of the columns for the points of a map file."""
ENCODINGS = ["cp949", "utf_16", "utf_16_le", "utf_16_be", "johab"]
"""In which Korean text is found that is no UTF-8; CP949 holds all of EUC-KR."""
DELIMITERS = (",", "\t", ";", "|")
MAPS = {".geojson": "GeoJSON", ".json": "GeoJSON", ".gpkg": "GeoPackage", ".shp": "shapefile"}
OLE, ZIP = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04"
FORMATS = "XLSX, XLS, ODS, CSV, TSV, GeoJSON, GeoPackage or shapefile"


@dataclass(frozen=True)
class Sheet:
    """One sheet of a workbook, one layer of a map file, or a text file, as text cells.

    ``cells`` are rows of equal length, an empty cell "". A number is written in digits without
    a useless decimal point ("1600", "0.5"), a date as 2012-06-14, what a formula came to as its
    value. ``first_row`` is the number of ``cells[0]`` as a person counts rows in the file, from
    1; a layer's first cells are the names of its attributes, so it begins with row 0 and its
    features count from 1. ``merges`` are (top, left, bottom, right), counted from 0 in
    ``cells``, the last ones included; their value stands in the upper left cell alone.
    ``tells_merges`` says whether the format could have told (CSV and ODS cannot).
    ``crs`` is what a map file says of its coordinates, which stand in the last two columns
    under the names of `POINT`; None where there are none.
    """

    name: str
    cells: list[list[str]]
    merges: tuple[tuple[int, int, int, int], ...] = ()
    tells_merges: bool = False
    first_row: int = 1
    crs: str | None = None


@dataclass(frozen=True)
class Source:
    """A file that was read. ``sha256`` is of its bytes; ``encoding`` is told for text alone."""

    file: str
    sha256: str
    size: int
    format: str
    encoding: str
    sheets: tuple[Sheet, ...]


def read(path: Path) -> Source:
    """Read a file of any of the formats, told by its content rather than by its ending.

    Raises:
        BadFile: missing, empty, too large, encrypted, no table, or broken; says which, and what
            to do.
    """
    if not path.is_file():
        raise BadFile(f"There is no file {path}: correct the path.")
    size = path.stat().st_size
    if size > LARGEST_FILE:
        raise BadFile(
            f"{path.name} has {size:,} bytes, at most {LARGEST_FILE:,} are read: split it."
        )
    content = path.read_bytes()
    if not content.strip():
        raise BadFile(f"{path.name} is empty: there is nothing to read.")
    kind, encoding, found = _sheets(path, content)
    return Source(
        path.name, hashlib.sha256(content).hexdigest(), size, kind, encoding, tuple(found)
    )


def _sheets(path: Path, content: bytes) -> tuple[str, str, list[Sheet]]:
    """What kind of file it is, its encoding where it is text, and its sheets."""
    if content.startswith(ZIP) and path.suffix.lower() != ".zip":
        _check_unpacked(path)
        return path.suffix[1:].upper() or "XLSX", "", _workbook(path)
    if content.startswith(OLE):
        return "XLS", "", _workbook(path)
    kind = MAPS.get(path.suffix.lower(), "shapefile" if content.startswith(ZIP) else "")
    if kind:
        if content.startswith(ZIP):
            _check_unpacked(path)
        return kind, "", _layers(path, kind)
    encoding = _encoding(path.name, content)
    text = content.decode(encoding)
    if text.lstrip("\ufeff \r\n\t").lower().startswith(("<html", "<!doctype", "<table", "<?xml")):
        raise BadFile(
            f"{path.name} is a web page, whatever its ending says: open it in a spreadsheet "
            "program and save it as XLSX."
        )
    said = encoding.replace("_", "-").upper().replace("UTF-8-SIG", "UTF-8 with BOM")
    return "text", said, [Sheet("", _cells(path.name, text))]


def _check_unpacked(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as parts:
            unpacked = sum(part.file_size for part in parts.infolist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        raise BadFile(_broken(path.name)) from None
    if unpacked > LARGEST_UNPACKED:
        raise BadFile(
            f"{path.name} would unpack to {unpacked:,} bytes, at most {LARGEST_UNPACKED:,} are "
            "read: split it."
        )


def _broken(name: str) -> str:
    return (
        f"{name} is no readable file, or one cut short: open it in the program that it comes "
        f"from and save it again ({FORMATS})."
    )


def _workbook(path: Path) -> list[Sheet]:
    """Sheets of XLSX, XLS or ODS, read by a process of its own."""
    script = Path(workbook.__file__)
    command = [sys.executable, "-I", str(script), str(path), str(MOST_COLUMNS), str(MOST_CELLS)]
    quiet = {**os.environ, "RUST_BACKTRACE": "0"}
    try:
        run = subprocess.run(command, capture_output=True, timeout=LONGEST, check=False, env=quiet)
    except subprocess.TimeoutExpired:
        raise BadFile(f"{path.name} could not be read within {LONGEST} s: split it.") from None
    if run.returncode == workbook.ENCRYPTED:
        raise BadFile(f"{path.name} is protected by a password: save it without one.")
    if run.returncode == workbook.UNREADABLE:
        raise BadFile(_broken(path.name))
    if run.returncode:
        raise BadFile(
            f"{path.name} takes more memory than there is, or is broken: delete what stands far "
            "from its table, or save the table alone as CSV."
        )
    sheets: list[Sheet] = []
    for line in run.stdout.splitlines():
        said = orjson.loads(line)
        if isinstance(said, list):
            sheets[-1].cells.append(said)
            continue
        if not said["fits"]:
            raise BadFile(_too_wide(path.name, said["name"], said["rows"], said["columns"]))
        merges = said["merges"]
        ranges = tuple((top, left, low, right) for (top, left), (low, right) in merges or ())
        sheets.append(Sheet(said["name"], [], ranges, merges is not None))
    return sheets


def _too_wide(file: str, sheet: str, rows: int, columns: int) -> str:
    place = f"{file}, sheet {sheet}," if sheet else file
    return (
        f"{place} has {rows:,} rows of {columns:,} columns; at most {MOST_COLUMNS:,} columns and "
        f"{MOST_CELLS:,} cells are read: delete what is no part of the table."
    )


def _encoding(name: str, content: bytes) -> str:
    """The encoding of text, UTF-8 if it can be; never one that would lose a letter."""
    for mark, encoding in (
        (b"\xef\xbb\xbf", "utf-8-sig"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if content.startswith(mark) and _decodes(content, encoding):
            return encoding
    if b"\0" not in content and _decodes(content, "utf-8"):
        return "utf-8"
    likely = charset_normalizer.from_bytes(content[:1_000_000], cp_isolation=ENCODINGS)
    for match in likely:
        text_like = b"\0" in content if "16" in match.encoding else b"\0" not in content
        if text_like and _decodes(content, match.encoding):
            return match.encoding
    if b"\0" not in content and _decodes(content, "cp949"):
        return "cp949"
    raise BadFile(
        f"{name} is no table, or in an unknown encoding: save it as {FORMATS}, text as UTF-8."
    )


def _decodes(content: bytes, encoding: str) -> bool:
    """Whether all of it is text in this encoding, without control characters."""
    try:
        text = content.decode(encoding)
    except UnicodeError:
        return False
    return not any(letter in text for letter in map(chr, [*range(9), *range(14, 32)]))


def _cells(name: str, text: str) -> list[list[str]]:
    """Rows of a text file, parted by whatever parts most of its first lines alike."""
    text = text.removeprefix("\ufeff")
    csv.field_size_limit(10_000_000)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text)))
    except csv.Error:
        raise BadFile(
            f"{name} has a quotation mark that is never closed, or a cell without end: export "
            "it again."
        ) from None
    width = max(map(len, rows), default=0)
    if width > MOST_COLUMNS or width * len(rows) > MOST_CELLS:
        raise BadFile(_too_wide(name, "", len(rows), width))
    return [[cell.strip() for cell in row] + [""] * (width - len(row)) for row in rows]


def _delimiter(text: str) -> str:
    """The sign that makes the most of the first lines equally wide, and wide."""
    first = text[:100_000].splitlines()[:200]

    def parts(sign: str) -> tuple[int, int]:
        widths = Counter(len(row) for row in csv.reader(first, delimiter=sign) if len(row) > 1)
        width, lines = max(widths.items(), key=lambda item: (item[1], item[0]), default=(0, 0))
        return lines, width

    return max(DELIMITERS, key=parts)


def _layers(path: Path, kind: str) -> list[Sheet]:
    """Layers of a map file: attributes as text, a point for each feature in the last columns."""
    try:
        names = [str(name) for name, _ in pyogrio.list_layers(path)]
        return [_layer(path, name, kind) for name in names]
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, ValueError):
        raise BadFile(_broken(path.name)) from None


def _layer(path: Path, name: str, kind: str) -> Sheet:
    frame = _features(path, name, kind)
    rows, columns = frame.shape
    if columns > MOST_COLUMNS or rows * columns > MOST_CELLS:
        raise BadFile(_too_wide(path.name, name, rows, columns))
    attributes = pd.DataFrame(frame.drop(columns="geometry", errors="ignore"))
    cells = [[str(column) for column in attributes.columns]]
    texts = [
        [workbook.text(value) if known else "" for value, known in zip(of, of.notna(), strict=True)]
        for _, of in attributes.items()
    ]
    crs = None
    if isinstance(frame, gpd.GeoDataFrame) and frame.geometry.notna().any():
        points = frame.geometry.representative_point()
        texts += [
            ["" if pd.isna(v) else repr(float(v)) for v in axis] for axis in (points.x, points.y)
        ]
        cells[0] += POINT
        crs = _said(frame.crs)
    cells += [list(row) for row in zip(*texts, strict=True)]
    return Sheet(name, cells, first_row=0, crs=crs)


def _features(path: Path, layer: str, kind: str) -> Any:
    """A layer; text of a shapefile in UTF-8, or CP949, which is never valid UTF-8 by chance."""
    for encoding in ("UTF-8", "CP949") if kind == "shapefile" else (None,):
        try:
            with warnings.catch_warnings():
                # What GDAL makes of odd values is read as text in any case.
                warnings.simplefilter("ignore")
                return pyogrio.read_dataframe(
                    path, layer=layer, encoding=encoding, on_invalid="ignore"
                )
        except UnicodeDecodeError:
            continue
    raise BadFile(f"The text of {path.name} is neither UTF-8 nor CP949: export it as UTF-8.")


def _said(crs: pyproj.CRS | None) -> str | None:
    """``EPSG:5174`` where the file's words are exactly that, else the words."""
    if crs is None:
        return None
    code = crs.to_epsg(100)
    return f"EPSG:{code}" if code else str(crs.to_wkt())
