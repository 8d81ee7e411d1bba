"""Compound files and XLS workbooks of BIFF5, made from scratch for tests."""

from __future__ import annotations

import struct
from collections.abc import Mapping

SECTOR = 512
FREE, END, TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
NUL = b"\0"


def compound(streams: Mapping[str, bytes]) -> bytes:
    """A compound file with these streams in its root, each filled up to 4,096 bytes at least."""
    bodies = {
        name: body.ljust(-(-max(len(body), 4096) // SECTOR) * SECTOR, NUL)
        for name, body in streams.items()
    }
    after: list[int] = []
    starts = {}
    for name, body in bodies.items():
        starts[name] = len(after)
        count = len(body) // SECTOR
        after += [*range(len(after) + 1, len(after) + count), END]
    directory = len(after)
    entries = [_entry("Root Entry", 5, FREE, 1 if bodies else FREE, END, 0)]
    for number, (name, body) in enumerate(bodies.items(), start=1):
        right = number + 1 if number < len(bodies) else FREE
        entries.append(_entry(name, 2, right, FREE, starts[name], len(body)))
    listed = b"".join(entries)
    listed = listed.ljust(-(-len(listed) // SECTOR) * SECTOR, NUL)
    count = len(listed) // SECTOR
    after += [*range(directory + 1, directory + count), END]
    tables = -(-(len(after) + 2) // (SECTOR // 4))
    first = len(after)
    after += [TABLE] * tables
    after += [FREE] * (tables * SECTOR // 4 - len(after))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<5H6s5I", 0x3E, 3, 0xFFFE, 9, 6, bytes(6), 0, tables, directory, 0, 4096)
    header += struct.pack("<4I", END, 0, END, 0)
    header += struct.pack("<109I", *range(first, first + tables), *[FREE] * (109 - tables))
    return header + b"".join(bodies.values()) + listed + struct.pack(f"<{len(after)}I", *after)


def _entry(name: str, kind: int, right: int, child: int, start: int, size: int) -> bytes:
    letters = name.encode("utf-16-le") + NUL * 2
    return (
        letters.ljust(64, NUL)
        + struct.pack("<HBB3I", len(letters), kind, 1, FREE, right, child)
        + bytes(36)
        + struct.pack("<IQ", start, size)
    )


def record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def biff5(
    cells: list[list[str]],
    page: int,
    encoding: str,
    hidden_rows: tuple[int, ...] = (),
    hidden_columns: tuple[int, ...] = (),
    name: str = "결과",
    from_1904: bool = False,
) -> bytes:
    """An XLS workbook of Excel 5 with one sheet of text, in the bytes of an encoding."""
    sheet = record(0x809, struct.pack("<4H", 0x500, 0x10, 0, 0))
    for column in hidden_columns:
        sheet += record(0x7D, struct.pack("<6H", column, column, 2048, 0, 1, 0))
    for row in range(len(cells)):
        flags = 0x120 if row in hidden_rows else 0x100
        sheet += record(0x208, struct.pack("<8H", row, 0, len(cells[0]), 255, 0, 0, flags, 15))
    for row, texts in enumerate(cells):
        for column, text in enumerate(texts):
            letters = text.encode(encoding)
            sheet += record(0x204, struct.pack("<4H", row, column, 0, len(letters)) + letters)
    sheet += record(0x0A, b"")
    label = name.encode(encoding)
    before = record(0x809, struct.pack("<4H", 0x500, 5, 0, 0))
    before += record(0x42, struct.pack("<H", page)) + record(0x22, struct.pack("<H", from_1904))
    place = len(before) + 4 + 7 + len(label) + 4
    named = record(0x85, struct.pack("<IBBB", place, 0, 0, len(label)) + label)
    return compound({"Book": before + named + record(0x0A, b"") + sheet})
