"""Compound files (MS-CFB): what lies in the root of XLS, HWP and locked files, as far as needed.

A compound file is a small file system: sectors in chains, told by allocation tables, and a tree
of names. Only the root is looked at, since a document may hold a whole other one further down.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

BEGINNING = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
HEADER, ENTRY, SMALL = 512, 128, 64
"""Bytes of the header, of an entry of the directory, of a small sector."""
LAST = 0xFFFFFFFA
"""Numbers from here on are no sectors: the end of a chain, a free sector."""
NOTHING = 0xFFFFFFFF
STREAM, ROOT = 2, 5
"""Kinds of entries; others are folders, or empty."""


@dataclass(frozen=True)
class _Entry:
    name: str
    kind: int
    near: tuple[int, int]
    child: int
    start: int
    size: int


class Compound:
    """The root of a compound file.

    Raises:
        ValueError: it is cut short, or its chains lead nowhere.
    """

    def __init__(self, content: bytes) -> None:
        self._content = content
        try:
            self._open()
        except (struct.error, IndexError):
            raise ValueError("no whole compound file") from None

    def _open(self) -> None:
        power, small = struct.unpack_from("<HH", self._content, 30)
        if (power, small) not in ((9, 6), (12, 6)):
            raise ValueError("no compound file")
        self._power = int(power)
        self._size = 1 << self._power
        directory, _, self._large, small_table = struct.unpack_from("<4I", self._content, 48)
        (more,) = struct.unpack_from("<I", self._content, 68)
        tables = list(struct.unpack_from("<109I", self._content, 76))
        for _ in range(len(self._content) // self._size):
            if more >= LAST:
                break
            *some, more = self._numbers([more])
            tables += some
        self._after = self._numbers([table for table in tables if table < LAST])
        self._after_small = self._numbers(self._chain(small_table, self._after))
        entries = self._joined(self._chain(directory, self._after))
        root = _entry(entries, 0)
        self._small = self._chain(root.start, self._after) if root.size else []
        self._root = {entry.name: entry for entry in _children(entries, root.child)}

    @property
    def names(self) -> frozenset[str]:
        """What lies in the root, streams and folders."""
        return frozenset(self._root)

    def stream(self, name: str) -> bytes:
        """A stream of the root; b"" where there is none of this name."""
        return b"".join(self._content[start:end] for start, end in self.pieces(name))

    def pieces(self, name: str) -> list[tuple[int, int]]:
        """Where in the file a stream of the root lies: start and end of each piece, in order."""
        entry = self._root.get(name)
        if entry is None or entry.kind != STREAM:
            return []
        try:
            if entry.size >= self._large:
                starts = [self._place(sector) for sector in self._chain(entry.start, self._after)]
                size = self._size
            else:
                starts = [
                    self._place(self._small[each * SMALL // self._size]) + each * SMALL % self._size
                    for each in self._chain(entry.start, self._after_small)
                ]
                size = SMALL
        except IndexError:
            raise ValueError("a stream is cut short") from None
        left = [entry.size - number * size for number in range(len(starts))]
        return [
            (start, start + min(size, rest))
            for start, rest in zip(starts, left, strict=True)
            if rest > 0
        ]

    def _place(self, sector: int) -> int:
        return (sector + 1) << self._power

    def _joined(self, sectors: list[int]) -> bytes:
        places = map(self._place, sectors)
        return b"".join(self._content[place : place + self._size] for place in places)

    def _numbers(self, sectors: list[int]) -> list[int]:
        """The numbers in sectors of a table."""
        text = self._joined(sectors)
        return list(struct.unpack_from(f"<{len(text) // 4}I", text))

    def _chain(self, start: int, after: list[int]) -> list[int]:
        """Sectors of a chain, in order."""
        sectors = []
        while start < LAST:
            sectors.append(start)
            if len(sectors) > len(after):
                raise ValueError("a chain of sectors without an end")
            start = after[start]
        return sectors


def _entry(entries: bytes, number: int) -> _Entry:
    place = number * ENTRY
    length, kind = struct.unpack_from("<HB", entries, place + 64)
    left, right, child = struct.unpack_from("<3I", entries, place + 68)
    start, size = struct.unpack_from("<2I", entries, place + 116)
    name = entries[place : place + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
    return _Entry(name, kind, (left, right), child, start, size)


def _children(entries: bytes, first: int) -> list[_Entry]:
    """The entries of a folder, from the one at the top of their tree."""
    found, seen, waiting = [], set(), [first]
    while waiting:
        number = waiting.pop()
        if number == NOTHING or number in seen:
            continue
        seen.add(number)
        found.append(_entry(entries, number))
        waiting += found[-1].near
    return found
