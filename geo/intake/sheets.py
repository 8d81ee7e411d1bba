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
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import charset_normalizer
import geopandas as gpd
import orjson
import pandas as pd
import pyproj

from geo import map_files
from geo.errors import BadFile
from geo.intake import formats, hidden, workbook
from geo.intake.formats import FORMATS
from geo.intake.hidden import Hidden
from geo.intake.xls import Xls

LARGEST_FILE = 200_000_000
MOST_COLUMNS = 500
MOST_CELLS = 20_000_000
LONGEST = 300
"""Seconds in which a workbook has to be read."""
POINT = ("(점 X)", "(점 Y)")
"""Names of the columns for the points of a map file."""
ENCODINGS = ["cp949", "utf_16", "utf_16_le", "utf_16_be", "johab"]
"""In which Korean text is found that is no UTF-8; CP949 holds all of EUC-KR."""
DELIMITERS = (",", "\t", ";", "|")


@dataclass(frozen=True)
class Sheet:
    """One sheet of a workbook, one layer of a map file, or a text file, as text cells.

    ``cells`` are rows of equal length, an empty cell "", text as `workbook.plain` has it. A number
    is written in digits without a useless decimal point ("1600", "0.5"), a date as 2012-06-14,
    what a formula came to as its value. ``first_row`` is the number of ``cells[0]`` as a person
    counts rows in the file, from 1; a layer's first cells are the names of its attributes, so it
    begins with row 0 and its features count from 1. ``merges`` are (top, left, bottom, right),
    counted from 0 in ``cells``, the last ones included; their value stands in the upper left cell
    alone.
    ``tells_merges`` says whether the format could have told (CSV and ODS cannot).
    ``crs`` is what a map file says of its coordinates, which stand in the last two columns
    under the names of `POINT`; None where there are none. ``hidden`` is what a person who opens
    the file does not see of it, and which was read all the same: ``sheet``, ``rows``, ``columns``
    -> where, as ("5-9", "12") or ("C",); of rows and columns those that are not empty. XLSB does
    not tell its rows and columns. ``from_1904`` tells that the workbook counts days from 1904,
    so that a date which is a bare number does.
    """

    name: str
    cells: list[list[str]]
    merges: tuple[tuple[int, int, int, int], ...] = ()
    tells_merges: bool = False
    first_row: int = 1
    crs: str | None = None
    hidden: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    from_1904: bool = False


@dataclass(frozen=True)
class Source:
    """A file that was read.

    ``file`` is its name, composed (NFC): a Mac takes names of files apart. ``sha256`` is of its
    bytes; ``encoding`` is told for text alone.
    """

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
    name, size = unicodedata.normalize("NFC", path.name), path.stat().st_size
    if size > LARGEST_FILE:
        raise BadFile(f"{name} has {size:,} bytes, at most {LARGEST_FILE:,} are read: split it.")
    content = path.read_bytes()
    if not content.strip():
        raise BadFile(f"{name} is empty: there is nothing to read.")
    kind, encoding = formats.recognised(name, content), ""
    if kind in formats.WORKBOOKS:
        found = _workbook(name, kind, content)
    elif kind in formats.MAPS:
        found = _layers(path, name, kind, is_zipped=content.startswith(b"PK"))
    else:
        encoding, found = _text(name, content)
    return Source(name, hashlib.sha256(content).hexdigest(), size, kind, encoding, tuple(found))


def _text(name: str, content: bytes) -> tuple[str, list[Sheet]]:
    """The encoding of a text file, in words, and its table."""
    encoding = _encoding(name, content)
    text = workbook.plain(content.decode(encoding))
    formats.check_text(name, text)
    said = encoding.replace("_", "-").upper().replace("UTF-8-SIG", "UTF-8 with BOM")
    return said, [Sheet("", _cells(name, text))]


def _workbook(name: str, kind: str, content: bytes) -> list[Sheet]:
    """Sheets of XLSX, XLSB, XLS or ODS."""
    if kind != "XLS":
        look = {"XLSX": hidden.in_xlsx, "ODS": hidden.in_ods}.get(kind)
        sheets = _with_hidden(_sheets(name, _run(name, content)), look(content) if look else [])
        return _dated(sheets, kind == "XLSX" and hidden.counts_from_1904(content))
    book = Xls(content)
    if book.is_locked:
        raise formats.refusal(name, formats.PASSWORD)
    readable, encodings = book.readable()
    for encoding in encodings or ("",):
        said = _run(name, readable, encoding)
        if "\ufffd".encode() not in said:
            break
    return _dated(_with_hidden(_sheets(name, said), book.hidden()), book.counts_from_1904)


def _run(name: str, content: bytes, encoding: str = "") -> bytes:
    """What the reader of workbooks, a process of its own, prints of one."""
    limits = str(MOST_COLUMNS), str(MOST_CELLS)
    command = [sys.executable, "-I", workbook.__file__, *limits, encoding]
    quiet = {**os.environ, "RUST_BACKTRACE": "0"}
    try:
        run = subprocess.run(
            command, input=content, capture_output=True, timeout=LONGEST, check=False, env=quiet
        )
    except subprocess.TimeoutExpired:
        raise BadFile(f"{name} could not be read within {LONGEST} s: split it.") from None
    if run.returncode == workbook.UNREADABLE:
        raise BadFile(formats.broken(name))
    if run.returncode:
        raise BadFile(
            f"{name} takes more memory than there is, or is broken: delete what stands far "
            "from its table, or save the table alone as CSV."
        )
    return run.stdout


def _sheets(file: str, printed: bytes) -> list[Sheet]:
    """Sheets as the reader of workbooks printed them."""
    sheets: list[Sheet] = []
    for line in printed.splitlines():
        said = orjson.loads(line)
        if isinstance(said, list):
            sheets[-1].cells.append(said)
            continue
        if not said["fits"]:
            raise BadFile(_too_wide(file, said["name"], said["rows"], said["columns"]))
        merges = said["merges"]
        ranges = tuple((top, left, low, right) for (top, left), (low, right) in merges or ())
        unseen: dict[str, tuple[str, ...]] = {"sheet": ()} if said["hidden"] else {}
        sheets.append(Sheet(said["name"], [], ranges, merges is not None, hidden=unseen))
    return sheets


def _dated(sheets: list[Sheet], from_1904: bool) -> list[Sheet]:
    return [replace(sheet, from_1904=True) for sheet in sheets] if from_1904 else sheets


def _with_hidden(sheets: list[Sheet], found: list[Hidden]) -> list[Sheet]:
    """Sheets with what nobody sees of each, as far as something stands there."""
    every = [*found, *[Hidden()] * len(sheets)]
    return [
        replace(sheet, hidden={**sheet.hidden, **_places(sheet.cells, unseen)})
        for sheet, unseen in zip(sheets, every, strict=False)
    ]


def _places(cells: Sequence[Sequence[str]], unseen: Hidden) -> dict[str, tuple[str, ...]]:
    """Rows and columns that are not empty, as a person counts them."""
    rows = [row for row in sorted(unseen.rows) if row < len(cells) and any(cells[row])]
    width = len(cells[0]) if cells else 0
    columns = [
        column
        for column in sorted(unseen.columns)
        if column < width and any(row[column] for row in cells)
    ]
    told = {
        "rows": _ranges(rows, lambda row: str(row + 1)),
        "columns": _ranges(columns, column_letter),
    }
    return {kind: where for kind, where in told.items() if where}


def _ranges(numbers: Sequence[int], word: Callable[[int], str]) -> tuple[str, ...]:
    """``5-9`` for numbers that follow each other."""
    known = set(numbers)
    first = [number for number in numbers if number - 1 not in known]
    last = [number for number in numbers if number + 1 not in known]
    return tuple(
        word(a) if a == b else f"{word(a)}-{word(b)}" for a, b in zip(first, last, strict=True)
    )


def column_letter(place: int) -> str:
    """The letter of a column in a spreadsheet program.

    >>> [column_letter(place) for place in (0, 25, 26, 701, 702)]
    ['A', 'Z', 'AA', 'ZZ', 'AAA']
    """
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


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
    if b"\0" not in content and _decodes(content, "euc_kr"):
        return "cp949"  # no other text is wholly in EUC-KR by chance, and to compare takes long
    likely = charset_normalizer.from_bytes(content[:1_000_000], cp_isolation=ENCODINGS)
    for match in likely:
        text_like = b"\0" in content if "16" in match.encoding else b"\0" not in content
        if text_like and _decodes(content, match.encoding):
            return match.encoding
    if b"\0" not in content and _decodes(content, "cp949"):
        return "cp949"
    raise BadFile(
        f"{name} is no table, or in an unknown encoding, or locked: save it as {FORMATS}, text as "
        "UTF-8, without a lock."
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


def _layers(path: Path, file: str, kind: str, is_zipped: bool) -> list[Sheet]:
    """Layers of a map file: attributes as text, a point for each feature in the last columns."""
    try:
        sources = map_files.in_zip(path) if is_zipped else [map_files.opened(path)]
        found = []
        for source in sources:
            for layer in map_files.layers(source):
                name = path.stem if map_files.is_unnamed(source, kind) else layer
                frame = map_files.features(source, layer, kind)
                found.append(_layer(frame, file, workbook.plain(name)))
        return found
    except UnicodeDecodeError:
        raise BadFile(
            f"The text of {file} is neither UTF-8 nor CP949: export it as UTF-8."
        ) from None
    except map_files.UNREADABLE:
        raise BadFile(formats.broken(file)) from None


def _layer(frame: pd.DataFrame, file: str, name: str) -> Sheet:
    rows, columns = frame.shape
    if columns > MOST_COLUMNS or rows * columns > MOST_CELLS:
        raise BadFile(_too_wide(file, name, rows, columns))
    attributes = pd.DataFrame(frame.drop(columns="geometry", errors="ignore"))
    cells = [[workbook.text(column) for column in attributes.columns]]
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


def _said(crs: pyproj.CRS | None) -> str | None:
    """``EPSG:5174`` where the file's words are exactly that, else the words."""
    if crs is None:
        return None
    code = crs.to_epsg(100)
    return f"EPSG:{code}" if code else str(crs.to_wkt())
