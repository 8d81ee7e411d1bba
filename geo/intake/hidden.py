"""Rows and columns of XLSX and ODS workbooks that nobody sees: they are read, and it is told.

The reader of workbooks does not tell them, nor from when an XLSX counts its days. Their tags are
looked for in the parts of the file, piece by piece, so that a part takes no memory, whatever it
unpacks to.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

PIECE = 1 << 20
"""Bytes that are looked through at once."""
LARGEST_INDEX = 10_000_000
"""Bytes of a part that lists others."""
DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    NotImplementedError,
    KeyError,
    OSError,
    EOFError,
    ValueError,
)
MOST_ROWS, MOST_COLUMNS = 1_048_576, 16_384
"""Of a sheet, by the format."""
SHEET = re.compile(rb"<(?:\w+:)?sheet\s[^<>]*>")
FROM_1904 = re.compile(rb"""<(?:\w+:)?workbookPr\s[^<>]*\bdate1904\s*=\s*["'](?:1|true)["']""")
PART = re.compile(rb"<(?:\w+:)?Relationship\s[^<>]*>")
MARK = re.compile(rb"""\shidden\s*=\s*["'](?:1|true)["']""")
LINE = re.compile(rb"<(?:\w+:)?(row|col)\s[^<>]*$")
LONGEST_TAG = 2_000
OPEN_LINE = re.compile(rb"<table:(table|table-row|table-column)[\s/>][^<>]*")
UNSEEN = re.compile(rb"""\stable:visibility\s*=\s*["'](?:collapse|filter)["']""")


@dataclass(frozen=True)
class Hidden:
    """Rows and columns of a sheet that nobody sees, counted from 0."""

    rows: frozenset[int] = frozenset()
    columns: frozenset[int] = frozenset()


def in_xlsx(content: bytes) -> list[Hidden]:
    """What is hidden in each sheet of an XLSX workbook, in their order; [] where it is damaged."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            places = {
                _said(tag, rb"Id"): _said(tag, rb"Target")
                for tag in PART.findall(_whole(parts, "xl/_rels/workbook.xml.rels"))
            }
            sheets = SHEET.findall(_whole(parts, "xl/workbook.xml"))
            names = [places[_said(tag, rb"\w+:id")] for tag in sheets]
            return [_of_sheet(parts, posixpath.join("/xl", name)[1:]) for name in names]
    except DAMAGED:
        return []


def counts_from_1904(content: bytes) -> bool:
    """Whether an XLSX workbook counts its days from 1904, as those of a Mac once did."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            return FROM_1904.search(_whole(parts, "xl/workbook.xml")) is not None
    except DAMAGED:
        return False


def in_ods(content: bytes) -> list[Hidden]:
    """Likewise for an ODS workbook, which tells rows and columns in turn, or so many alike."""
    found: list[tuple[set[int], set[int]]] = []
    row = column = 0
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts, parts.open("content.xml") as part:
            for match in (match for text in _pieces(part) for match in OPEN_LINE.finditer(text)):
                tag, is_unseen = match[0], UNSEEN.search(match[0])
                if match[1] == b"table":
                    found.append((set(), set()))
                    row = column = 0
                elif found and match[1] == b"table-row":
                    end = min(row + _repeated(tag, rb"rows"), MOST_ROWS)
                    found[-1][0].update(range(row, end) if is_unseen else ())
                    row = end
                elif found:
                    end = min(column + _repeated(tag, rb"columns"), MOST_COLUMNS)
                    found[-1][1].update(range(column, end) if is_unseen else ())
                    column = end
    except DAMAGED:
        return []
    return [Hidden(frozenset(rows), frozenset(columns)) for rows, columns in found]


def _of_sheet(parts: zipfile.ZipFile, name: str) -> Hidden:
    rows: set[int] = set()
    columns: set[int] = set()
    with parts.open(name) as part:
        for text in _pieces(part):
            for mark in MARK.finditer(text):
                # from the mark to the tag that it is in: there are few marks and many tags
                start = text.rfind(b"<", max(0, mark.start() - LONGEST_TAG), mark.start())
                line = LINE.match(text[start : mark.start()]) if start >= 0 else None
                tag = text[start : text.find(b">", mark.end(), mark.end() + LONGEST_TAG)]
                if line is None:
                    continue
                if line[1] == b"row":
                    number = _said(tag, rb"r")
                    rows |= {int(number) - 1} if number.isdecimal() else set()
                elif len(columns) < MOST_COLUMNS:
                    first, last = int(_said(tag, rb"min")), int(_said(tag, rb"max"))
                    columns.update(range(first - 1, min(last, MOST_COLUMNS)))
    return Hidden(frozenset(rows), frozenset(columns))


def _pieces(part: IO[bytes]) -> Iterator[bytes]:
    """A part, piece by piece, each of whole tags; one that is longer than a piece is cut."""
    rest = b""
    while piece := part.read(PIECE):
        text = rest + piece
        cut = text.rfind(b"<")
        if not 0 < len(text) - cut <= PIECE:
            cut = len(text)
        yield text[:cut]
        rest = text[cut:]
    yield rest


def _whole(parts: zipfile.ZipFile, name: str) -> bytes:
    with parts.open(name) as part:
        return part.read(LARGEST_INDEX)


def _said(tag: bytes, name: bytes) -> str:
    """The value of an attribute, "" where there is none."""
    found = re.search(rb"""\s%s\s*=\s*["']([^"'<>]*)["']""" % name, tag)
    return found[1].decode() if found else ""


def _repeated(tag: bytes, what: bytes) -> int:
    number = _said(tag, rb"table:number-%s-repeated" % what)
    return int(number) if number.isdecimal() else 1
