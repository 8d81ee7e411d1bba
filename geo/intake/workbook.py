"""Reads one workbook and prints its cells as JSON; `geo.intake.sheets` runs it by itself.

It stands alone, so that it starts fast, and a file that makes the reader take too much memory,
or abort, ends this process and no other.
"""

from __future__ import annotations

import json
import sys
from datetime import date, datetime, time, timedelta

from python_calamine import CalamineError, CalamineWorkbook, PasswordError

MOST_MEMORY = 1_400_000_000
"""Bytes of address space."""
ENCRYPTED, UNREADABLE = 3, 4
"""Exit codes."""


def text(value: object) -> str:
    """A cell as text: numbers in digits, days as 2012-06-14."""
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
    return str(value).strip()


def main(path: str, most_columns: int, most_cells: int) -> int:
    """Print every sheet: a line of what it is, then a line for each of its rows."""
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (ImportError, ValueError):
        print("Memory cannot be limited here.", file=sys.stderr)
    try:
        book = CalamineWorkbook.from_path(path)
        for name in book.sheet_names:
            sheet = book.get_sheet_by_name(name)
            row, column = sheet.end or (-1, -1)
            said = {"name": name, "rows": row + 1, "columns": column + 1}
            fits = column < most_columns and (row + 1) * (column + 1) <= most_cells
            merges = sheet.merged_cell_ranges if fits else None
            print(json.dumps({**said, "fits": fits, "merges": merges}))
            if not fits:
                return 0
            for cells in sheet.to_python(skip_empty_area=False):
                print(json.dumps([text(value) for value in cells], ensure_ascii=False))
    except PasswordError:
        return ENCRYPTED
    except CalamineError:
        return UNREADABLE
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
