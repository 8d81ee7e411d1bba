"""Part of the walk through every question, filter, year and format; `make attack` has all of it."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.attack import rules
from benchmarks.attack.walk import (
    DOCUMENTS,
    FILES,
    GRAPHS,
    ROUTES,
    Step,
    Walk,
    pairs,
    singles,
    steps,
)
from dashboard.server import opened
from dashboard.settings import Settings
from dashboard.state import default

EMPTY = {"outcome": "under_review"}
"""In the first year no application of the sample is under review, and later ones are few."""


@pytest.fixture(scope="module")
def public(folder: Path) -> Walk:
    return Walk(opened(Settings(cache=folder)))


@pytest.fixture(scope="module")
def internal(folder: Path) -> Walk:
    return Walk(opened(Settings(cache=folder, audience="internal")))


def of(what: str, walk: Walk, filters: list[dict[str, str]], year: int) -> list[Step]:
    choices = walk.atlas.queries.choices
    return [step for step in steps(choices, filters, [year]) if step.what == what]


@pytest.mark.parametrize("what", ROUTES)
def test_an_empty_year_is_empty_everywhere(public: Walk, what: str) -> None:
    """In JSON, in every format and table, and on the page: nothing of another year."""
    before, empty = len(public.found.wrong), public.found.empty
    public.walk(of(what, public, [EMPTY], 2012)[:1], (*FILES, "geojson", *GRAPHS))
    assert public.found.wrong[before:] == []
    # Groups founded then were under review later: their lives are asked about, and withheld.
    assert (public.found.empty > empty) == (what != "retention")


@pytest.mark.parametrize("what", ROUTES)
def test_a_few_states_of_every_question_hold(public: Walk, internal: Walk, what: str) -> None:
    """One filter or two, some year, one kind of file, one audience; drawn with a fixed seed."""
    drawn = random.Random(what)
    walk = drawn.choice((public, internal))
    choices = walk.atlas.queries.choices
    alone, both = drawn.choice(singles(choices)), drawn.choice(pairs(choices, 40))
    year, kind = drawn.choice(choices.years), drawn.choice((*FILES, "geojson", *GRAPHS))
    before = len(walk.found.wrong)
    walk.walk(of(what, walk, [alone], year)[-1:], (kind,))
    walk.walk(of(what, walk, [both], year)[:1], page=False)
    assert walk.found.wrong[before:] == []


@pytest.mark.parametrize("what", ROUTES)
def test_filters_that_exclude_each_other_leave_nothing(public: Walk, what: str) -> None:
    """A neighbourhood of one district, of the groups in another; clusters are the city's."""
    choices = public.atlas.queries.choices
    apart = {"district": choices.districts[-1], "administrative": choices.administrative[0]}
    before, step = len(public.found.wrong), of(what, public, [apart], 2016)[0]
    public.walk([step], FILES[:1])
    answer = public.answer(step)
    assert answer is not None
    assert public.found.wrong[before:] == []
    assert what in rules.OF_CITY or answer.told["n"] == 0


def test_a_district_without_a_cluster_has_none_in_any_table(public: Walk) -> None:
    """Where the city has clusters or not, in every year and file, and on the page."""
    before = len(public.found.wrong)
    some = [
        {"district": "11530", "outcome": "other"},
        {"department": "복지본부", "district": "11350"},
    ]
    for year in public.atlas.queries.choices.years:
        public.walk(of("clusters", public, some, year), FILES[:1])
    assert public.found.wrong[before:] == []


def test_no_area_in_sight_is_no_area(public: Walk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no area of a level lies in what is looked at, none of elsewhere is listed."""
    queries = public.atlas.queries
    state = default(queries.choices)
    frames = queries.frames(state)
    nowhere = replace(frames, inside=frames.inside & False)
    monkeypatch.setattr(queries, "frames", lambda asked: nowhere)
    assert len(queries.density(state).rows) == 0


@pytest.mark.parametrize("kind", DOCUMENTS)
@pytest.mark.parametrize("what", ["density", "clusters", "funnel"])
def test_what_is_empty_is_drawn(public: Walk, what: str, kind: str) -> None:
    """A plate or a slide of nothing says so."""
    before = len(public.found.wrong)
    public.document(of(what, public, [EMPTY], 2012)[0], kind)
    assert public.found.wrong[before:] == []


@pytest.mark.parametrize(
    ("what", "change", "sentence"),
    [
        ("clusters", {"n": 0}, "n is 0, not 1934"),
        ("density", {"unplaced": 5}, "unplaced is 5, not 0"),
        ("funnel", {"unplaced": -1}, "unplaced -1 of 2402"),
    ],
)
def test_a_rule_notices_what_is_wrong(
    public: Walk, what: str, change: dict[str, object], sentence: str
) -> None:
    """A walk that finds nothing has looked."""
    answer = public.answer(of(what, public, [{}], 2013)[0])
    assert answer is not None
    wrong = rules.Answer(answer.state, answer.told | change, what)
    assert sentence in list(rules.wrong(wrong, public.reference))


def test_every_cluster_listed_has_a_group_in_it_in_that_year(public: Walk) -> None:
    """Of groups under review there are none in 2012, though there are clusters of later years."""
    for year in public.atlas.queries.choices.years:
        (step,) = of("clusters", public, [EMPTY], year)
        answer = public.answer(step)
        assert answer is not None
        state = answer.state
        members = public.atlas.analyses.clusters.members(state)
        sizes = members.loc[members["cluster"] >= 0, "cluster"].value_counts().to_dict()
        assert {row["cluster"]: row["groups"] for row in answer.rows} == sizes
