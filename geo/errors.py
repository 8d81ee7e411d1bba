"""Errors that name the value, what is allowed, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

MOST_PRINTED = 200
"""Faults in a message; nobody reads more at a time."""


class MaeulError(Exception):
    """Anything that the person who runs the atlas can mend."""


class UnknownValue(MaeulError, ValueError):
    """A value outside the set of allowed ones.

    >>> raise UnknownValue("measure", "densty", ["count", "per_km2", "per_10k"])
    Traceback (most recent call last):
    geo.errors.UnknownValue: Unknown measure 'densty': choose count, per_km2 or per_10k.
    """

    def __init__(self, what: str, value: object, allowed: Iterable[object]) -> None:
        self.what, self.value, self.allowed = what, value, [str(item) for item in allowed]
        super().__init__(f"Unknown {what} {str(value)!r}: choose {either(self.allowed)}.")


class BrokenSnapshot(MaeulError):
    """A snapshot that is missing, cut short or altered."""


class AtlasBusy(MaeulError):
    """Somebody else is writing into the same atlas directory."""


class Unwritable(MaeulError):
    """A file or directory that cannot be written; what was there stays as it was."""


class BadBoundaries(MaeulError):
    """Boundaries that are no coverage of the city."""


class BadFile(MaeulError):
    """A spreadsheet that cannot be read, or not without being told more."""


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong in a table.

    ``row`` is the row's number in the file as a person counts them, the header being row 1;
    None where the fault is the whole table's or column's.
    """

    table: str
    column: str | None
    row: int | None
    value: str | None
    remedy: str

    def __str__(self) -> str:
        place = ", ".join(
            part
            for part in (
                f"table {self.table}",
                self.column and f"column {self.column}",
                self.row and f"row {self.row}",
            )
            if part
        )
        value = "" if self.value is None else f"{self.value!r}: "
        return f"{place}: {value}{self.remedy}"


class BadTables(MaeulError):
    """Tables that do not fit the schema; carries every fault at once, prints the first 200."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        more = len(self.faults) - MOST_PRINTED
        lines = "\n".join(f"  {fault}" for fault in self.faults[:MOST_PRINTED])
        lines += f"\n  … and {more:,} more." if more > 0 else ""
        count = "1 fault" if len(self.faults) == 1 else f"{len(self.faults):,} faults"
        super().__init__(f"{count} in the tables; nothing was published.\n{lines}")


def either(items: Sequence[str]) -> str:
    """Items as a person lists a choice, long lists cut.

    >>> either(["count", "per_km2", "per_10k"])
    'count, per_km2 or per_10k'
    """
    if len(items) > 30:
        return f"{', '.join(items[:30])} … ({len(items):,} in all)"
    return " or ".join(filter(None, [", ".join(items[:-1]), *items[-1:]]))


def listed(items: Iterable[object]) -> str:
    """A few, and how many more.

    >>> listed(range(7))
    '0, 1, 2, 3, 4 and 2 more'
    """
    every = [str(item) for item in items]
    more = f" and {len(every) - 5:,} more" if len(every) > 5 else ""
    return ", ".join(every[:5]) + more
