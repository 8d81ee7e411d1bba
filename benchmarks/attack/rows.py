"""What the attacks found, as lines of a table."""

from __future__ import annotations

from typing import NamedTuple


class Row(NamedTuple):
    """One line of the table that `make attack` prints."""

    name: str
    value: str
    limit: str
    met: bool
