"""Lists made of what is known come back with the truth, or end in a question."""

from __future__ import annotations

from pathlib import Path

from benchmarks import lists
from geo.boundaries import Boundaries
from geo.gazetteer import Gazetteer

SOME = 80
"""`python -m benchmarks.lists` makes ten thousand."""


def test_lists_come_back_with_the_truth_or_a_question(tmp_path: Path, seoul: Boundaries) -> None:
    """Never with another value; nine in ten without a question."""
    tally = lists.tried(lists.made(SOME, seoul), tmp_path, seoul, Gazetteer(seoul))
    assert tally.wrong == []
    assert tally.tables == SOME
    assert tally.read >= lists.WITHOUT_QUESTION * SOME


def test_offices_use_three_hundred_headings() -> None:
    """Each for one thing."""
    headings = [one for some in lists.HEADINGS.values() for one in some.split()]
    assert len(set(headings)) >= 300
