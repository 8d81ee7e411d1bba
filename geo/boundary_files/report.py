"""What was found in a file of boundaries, and what was done about it."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from geo.errors import listed


@dataclass(frozen=True)
class Finding:
    """One thing that was found in a file, and what was done about it.

    ``square_metres`` is missing where nothing is to be measured; ``areas`` are names, those
    of the largest first.
    """

    what: str
    count: int
    square_metres: float | None
    areas: tuple[str, ...]
    words: str

    def __str__(self) -> str:
        return self.words


@dataclass(frozen=True)
class Report:
    """What a file turned out to be, and what was mended in it.

    ``outline_met`` is the area that the file and the districts it covers have in common, over
    the area of both together. ``year`` is that whose administrative neighbourhoods they are.
    """

    source: str
    kind: str
    year: int | None
    date: str
    crs: str
    areas: int
    districts: int
    outline_met: float
    findings: tuple[Finding, ...]

    def __str__(self) -> str:
        kind = {
            "administrative": f"administrative neighbourhoods as of {self.year}",
            "legal": "legal neighbourhoods",
            "own": "areas of their own kind",
        }[self.kind]
        first = (
            f"{self.source}: {counted(self.areas, 'area')} in "
            f"{counted(self.districts, 'district')}, {kind}, read as {self.crs}; they meet "
            f"{self.outline_met:.1%} of the outline."
        )
        return "\n".join([first, *(f"  {finding}" for finding in self.findings)])


def finding(what: str, words: str, names: pd.Series[str]) -> Finding:
    """``Broken rings made valid: 2 areas (가산동, 독산동).`` and the like."""
    sentence = f"{words}: {counted(len(names), 'area')} ({listed(names)})."
    return Finding(what, len(names), None, tuple(names), sentence)


def counted(count: int, noun: str) -> str:
    """A number and what it counts, in the plural where it must be."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
