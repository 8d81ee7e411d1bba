"""Lists made of what is known come back with the truth, or end in a question."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.lists import words
from benchmarks.lists.office import Made, Office
from benchmarks.lists.trial import SET_ASIDE, WITHOUT_QUESTION, Trial
from geo.boundaries import Boundaries

SOME = 160
"""`python -m benchmarks.lists` makes ten thousand."""


@pytest.fixture(scope="module")
def some(seoul: Boundaries) -> list[Made]:
    """The first of them."""
    return list(Office(seoul).made(0, SOME))


@pytest.fixture(scope="module")
def trial(seoul: Boundaries, tmp_path_factory: pytest.TempPathFactory) -> Trial:
    """Where they are read."""
    return Trial(tmp_path_factory.mktemp("lists"), seoul)


def test_lists_come_back_with_the_truth_or_a_question(some: list[Made], trial: Trial) -> None:
    """Never with another value; nine in ten without a question, and with every row used."""
    tally = trial.run(some)
    assert tally.wrong == []
    assert tally.tables == SOME
    assert tally.share >= WITHOUT_QUESTION
    assert tally.aside <= SET_ASIDE * tally.rows


def test_another_value_is_seen(some: list[Made], trial: Trial) -> None:
    """Whichever column it is in, and a row that was none."""
    one = next(one for one in some if "amount_krw" in one.written and one.name.endswith("csv"))
    for column, value in (
        ("group", "다른 모임"), ("year", 1999), ("district_code", "11999"), ("amount_krw", 1),
        ("outcome", "other"),
    ):  # fmt: skip
        told = trial.run([replace(one, truth=one.truth.assign(**{column: value}))])
        assert [wrong.what.partition(" of row")[0] for wrong in told.wrong] == [column]
    told = trial.run([replace(one, truth=one.truth.iloc[1:])])
    assert [wrong.what for wrong in told.wrong] == [
        f"row {one.truth.index[0]} was no record, and is one"
    ]


def test_a_list_is_made_again_by_its_number(some: list[Made], seoul: Boundaries) -> None:
    """Whatever was made before it; another seed makes another one."""
    alone = Office(seoul).write(SOME - 1)
    assert alone.columns == some[-1].columns
    assert alone.truth.equals(some[-1].truth)
    assert Office(seoul, seed=1).write(SOME - 1).columns != alone.columns


def test_offices_use_three_hundred_headings() -> None:
    """Each for one thing."""
    headings = [one for some in words.HEADINGS.values() for one in some.split()]
    assert len(set(headings)) >= 300
