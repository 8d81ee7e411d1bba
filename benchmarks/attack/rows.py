"""What an attack found, as a line beside its limit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Row(NamedTuple):
    """One line of the table that `make attack` prints."""

    name: str
    value: str
    limit: str
    met: bool


def table(rows: Sequence[Row]) -> str:
    """The rows under each other; a miss stands out at the beginning of its line."""
    wide = [max(len(str(row[column])) for row in rows) for column in range(3)]
    return "\n".join(
        f"{'ok' if row.met else 'MISS':<6}{row.name:<{wide[0]}}  {row.value:>{wide[1]}}  "
        f"{row.limit:>{wide[2]}}"
        for row in rows
    )
