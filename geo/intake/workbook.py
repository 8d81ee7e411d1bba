"""Reads one workbook from its input, prints its cells as JSON; `geo.intake.sheets` runs it alone.

It stands alone, so that it starts fast, and a file that makes the reader take too much memory,
or abort, ends this process and no other.
"""

from __future__ import annotations

import io
import json
import re
import sys
import unicodedata
from datetime import date, datetime, time, timedelta

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

MOST_MEMORY = 1_400_000_000
"""Bytes of address space."""
UNREADABLE = 4
"""Exit code."""
NO_WIDTH = r"\u00ad\u180e\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
WIDE = r"\u00a0\u2000-\u200a\u202f\u205f\u3000"
UNSEEN = re.compile(rf"[{NO_WIDTH}]|\u200d(?![\u2600-\u27bf\U0001f000-\U0001faff])")
"""Signs without width, of which a reader sees nothing; one that joins emoji is left."""
SPACES = re.compile(rf"[{WIDE}]")
"""Spaces that do not break, or have another width."""
ODD = re.compile(rf"[{NO_WIDTH}\u200d{WIDE}]")
BYTES = {ord(bytes([n]).decode("cp1252", "ignore") or chr(n)): n for n in range(0x80, 0xA0)}
"""Letters of Windows-1252 that are other ones in Latin-1, and the byte of each."""


def plain(text: str) -> str:
    r"""Text as it looks: composed (NFC), without signs that nobody sees, every space the same.

    >>> plain("\ufeff선정\u200b\xa0(가)")
    '선정 (가)'
    """
    if text.isascii():
        return text
    if ODD.search(text):
        text = SPACES.sub(" ", UNSEEN.sub("", text))
    return text if unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)


def decoded(text: str, encoding: str) -> str:
    """Text of which every byte was read as a letter of Windows-1252, in its own encoding.

    >>> decoded("°¡»êµ¿", "cp949")
    '가산동'
    """
    return text.translate(BYTES).encode("latin-1", "replace").decode(encoding, "replace")


def text(value: object, encoding: str = "") -> str:
    """A cell as text: numbers in digits, days as 2012-06-14; of bytes in an encoding, if given."""
    if isinstance(value, str):
        return plain(decoded(value, encoding) if encoding else value).strip()
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
    if isinstance(value, datetime):
        midnight = value.time() == time()
        return value.date().isoformat() if midnight else value.isoformat(" ", "seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return str(value)


def main(most_columns: int, most_cells: int, encoding: str) -> int:
    """Print every sheet: a line of what it is, then a line for each of its rows."""
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (ImportError, ValueError):
        print("Memory cannot be limited here.", file=sys.stderr)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
        for number, kind in enumerate(book.sheets_metadata):
            is_table = kind.typ == SheetTypeEnum.WorkSheet  # others are charts, macros
            sheet = book.get_sheet_by_index(number) if is_table else None
            row, column = (sheet and sheet.end) or (-1, -1)
            said = {"name": text(kind.name, encoding), "rows": row + 1, "columns": column + 1}
            said["hidden"] = kind.visible != SheetVisibleEnum.Visible
            fits = column < most_columns and (row + 1) * (column + 1) <= most_cells
            merges = sheet.merged_cell_ranges if sheet and fits else None
            print(json.dumps({**said, "fits": fits, "merges": merges}, ensure_ascii=False))
            if not fits:
                return 0
            for cells in sheet.to_python(skip_empty_area=False) if sheet else ():
                print(json.dumps([text(value, encoding) for value in cells], ensure_ascii=False))
    except CalamineError:
        return UNREADABLE
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]))
