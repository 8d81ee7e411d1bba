"""XLS workbooks (MS-XLS): what their reader has to be helped with, and what it does not tell.

BIFF8, that of Excel 97 and later, stores text as UTF-16, or as its lower bytes where the upper
ones are nought. The reader takes the code page that a workbook also names for that of its text,
which garbles Hangul: it is told 1200, which is UTF-16. BIFF5 does store text in a code page, and
the reader knows only those of one byte a letter: it is told 1252, in which every byte is a letter
of its own, so that the bytes come back. Programs of the web that wrote BIFF5 named a Western code
page over Korean text; so Korean is tried first where a Western one is named.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from geo.intake.hidden import Hidden
from geo.intake.ole import Compound

BOOKS = ("Workbook", "Book")
BOF, END, CODE_PAGE, LOCKED, SHEET, ROW, COLUMNS = 0x809, 0x0A, 0x42, 0x2F, 0x85, 0x208, 0x7D
FROM_1904 = 0x22
"""Kinds of records; the last one holds 1 where days count from 1904."""
BIFF5 = 0x500
"""The form that the first record names; any other one is read as BIFF8."""
UTF_16, BY_BYTE = 1200, 1252
KOREAN = "cp949"
EAST_ASIAN = {949: KOREAN, 1361: "johab", 932: "cp932", 936: "gbk", 950: "cp950"}
"""Code pages of BIFF5 that are taken at their word."""
HIDDEN_ROW, HIDDEN_COLUMN = 0x20, 0x01
LAST_COLUMN = 255


class Xls:
    """A workbook; one that is damaged is left to its reader as it is."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        try:
            compound = Compound(content)
            name = next((name for name in BOOKS if name in compound.names), "")
            self._pieces, self._stream = compound.pieces(name), compound.stream(name)
        except ValueError:
            self._pieces, self._stream = [], b""
        self._globals = list(_records(self._stream, 0))
        self._head = {kind: (place, data) for kind, place, data in reversed(self._globals)}

    @property
    def is_locked(self) -> bool:
        """Whether a password protects it."""
        return LOCKED in self._head

    @property
    def counts_from_1904(self) -> bool:
        """Whether its days count from 1904."""
        return self._number(FROM_1904) == 1

    def readable(self) -> tuple[bytes, tuple[str, ...]]:
        """The file as its reader is to see it; of which encodings the bytes of its text may be.

        The first encoding in which every text can be read is right, else the last; without any,
        the text is right as it is read.
        """
        form, page = self._number(BOF), self._number(CODE_PAGE)
        if form is None or page is None:
            return self._content, ()
        if form != BIFF5:
            return self._with_page(UTF_16), ()
        encodings = (EAST_ASIAN[page],) if page in EAST_ASIAN else (KOREAN, "cp1252")
        return self._with_page(BY_BYTE), encodings

    def _number(self, kind: int) -> int | None:
        """With what the first record of a kind begins; None where there is none."""
        _, data = self._head.get(kind, (0, b""))
        return int(struct.unpack_from("<H", data)[0]) if len(data) > 1 else None

    def _with_page(self, page: int) -> bytes:
        """The same file under another code page."""
        place, _ = self._head[CODE_PAGE]
        changed = bytearray(self._content)
        for offset, byte in enumerate(struct.pack("<H", page)):
            changed[self._in_file(place + offset)] = byte
        return bytes(changed)

    def _in_file(self, place: int) -> int:
        """Where in the file a byte of the stream lies."""
        for start, end in self._pieces:
            if place < end - start:
                return start + place
            place -= end - start
        raise IndexError(place)

    def hidden(self) -> list[Hidden]:
        """What is hidden in each sheet, in their order."""
        starts = [
            struct.unpack_from("<I", data)[0]
            for kind, _, data in self._globals
            if kind == SHEET and len(data) > 4
        ]
        found: list[Hidden] = []
        left = len(self._stream)
        for start in starts:
            rows: set[int] = set()
            columns: set[int] = set()
            for kind, _, data in _records(self._stream, start):
                left -= len(data) + 4
                if kind == ROW and len(data) > 12 and data[12] & HIDDEN_ROW:
                    rows.add(struct.unpack_from("<H", data)[0])
                if kind == COLUMNS and len(data) > 8 and data[8] & HIDDEN_COLUMN:
                    first, last = struct.unpack_from("<2H", data)
                    columns |= set(range(first, min(last, LAST_COLUMN) + 1))
                if left < 0:  # sheets that lie upon each other
                    return found
            found.append(Hidden(frozenset(rows), frozenset(columns)))
        return found


def _records(stream: bytes, start: int) -> Iterator[tuple[int, int, bytes]]:
    """Kind, place of the data and data of records, up to the end of what begins at a place."""
    depth = 0
    while start + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, start)
        start += 4
        yield kind, start, stream[start : start + length]
        start += length
        depth += (kind == BOF) - (kind == END)
        if depth <= 0:
            return
