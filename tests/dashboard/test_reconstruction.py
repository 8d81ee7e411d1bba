"""All published answers on gender and age together tell of nobody more than one table does."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from benchmarks.attack import reconstruction
from benchmarks.attack.reconstruction import ATTRIBUTES, System
from dashboard.queries import Analyses, Queries
from dashboard.queries.published import PUBLISHED
from geo.atlas import Atlas


@pytest.fixture(scope="module")
def queries(sample: Atlas) -> Queries:
    return Queries(sample)


@pytest.fixture(scope="module")
def analyses(queries: Queries, folder: Path) -> Analyses:
    return Analyses.of(queries, folder)


def test_everything_told_without_a_filter_finds_nobody_better_than_one_cell(
    sample: Atlas, queries: Queries, analyses: Analyses
) -> None:
    """The city, its districts, every breakdown and every pyramid, of all years, on everybody.

    Ridge regression over all of it ranks women, and each generation, by at most 0.02 of the area
    under the curve better than the smallest cell that somebody is in; it is sure of nobody; and no
    two answers differ by one to nine people.
    """
    told = reconstruction.answers(queries, analyses, reconstruction.states(queries, 0))
    assert len(told) > 150
    rows = reconstruction.judged(reconstruction.system(sample, told))
    assert [row.name for row in rows] == [
        *(f"{name}: AUC of all answers together"
          for name in ("women", "before", "boomers", "between", "youth")),
        "surest posterior of anybody",
        "answers that differ by one to nine people",
    ]  # fmt: skip
    assert [row for row in rows if not row.met] == []
    assert all(row.value > 0.52 for row in rows[:5])  # the attacker does learn something


def test_no_filter_adds_an_answer(queries: Queries, analyses: Analyses) -> None:
    """Whatever else is chosen, and told apart by: the tables of PUBLISHED, or nothing."""
    some = random.Random(4).sample(list(reconstruction.states(queries, 2)), 12)
    some += [state for state in reconstruction.states(queries, 1) if state.programme]
    for cell, kinds in reconstruction.answers(queries, analyses, some).items():
        table = frozenset(name for name, _ in cell[1])
        assert table in PUBLISHED
        assert set(kinds) <= set(PUBLISHED[table]), cell


def solved(among: list[list[int]], women: list[float], of: list[bool]) -> System:
    """Cells of people, and how many of each are told to be women."""
    cells = sparse.lil_array((len(among), len(of)))
    for number, people in enumerate(among):
        cells[[number], people] = 1
    is_woman = np.array(of)
    kinds = np.zeros((len(ATTRIBUTES), len(of)))
    kinds[0], kinds[1] = is_woman, ~is_woman
    number = np.arange(len(among))
    return System(cells.tocsr(), kinds, list(ATTRIBUTES), number, 0 * number, np.array(women))


def test_the_attack_finds_who_is_singled_out() -> None:
    """Many answers with and without one person: she is known; of halves nobody is."""
    everybody, women = list(range(400)), [n % 2 == 0 for n in range(400)]
    many = [[n for n in everybody if n != 7 or cell % 2] for cell in range(200)]
    found = solved(many, [200.0 + (cell % 2) for cell in range(200)], women)
    assert reconstruction.differences(found) == 10_000
    assert reconstruction.posterior(found)[0, 7] > 0.85
    halves = solved([everybody[:200], everybody[200:]], [100.0, 100.0], women)
    assert reconstruction.differences(halves) == 0
    assert reconstruction.posterior(halves)[0] == pytest.approx(np.full(400, 0.5))


def test_the_posterior_is_that_of_a_gaussian() -> None:
    """As the textbook's formula gives it, with the whole matrix written out."""
    rng = np.random.default_rng(3)
    women = (rng.random(60) < 0.6).tolist()
    among = [np.flatnonzero(rng.random(60) < 0.4).tolist() for _ in range(12)]
    told = [float(np.array(women)[cell].sum() + rng.integers(-5, 6)) for cell in among]
    found = reconstruction.posterior(solved(among, told, women))[0]
    design = np.array([[float(n in cell) for n in range(60)] for cell in among])
    share = np.mean(women)
    prior = share * (1 - share)
    spread = prior * design @ design.T + 4 * np.eye(12)
    missed = np.array(told) - share * design.sum(axis=1)
    exact = share + prior * design.T @ np.linalg.solve(spread, missed)
    assert found == pytest.approx(exact, abs=1e-5)


def test_the_smallest_cell_tells_of_a_generation_by_name_or_by_what_is_left() -> None:
    """Where it names two of the five, the others are the rest of the people there."""
    place = {name: ATTRIBUTES.index(name) for name in ("boomers", "youth", "before")}
    cells = sparse.csr_array(np.array([[1.0] * 10, [1.0] * 4 + [0.0] * 6]))
    answers = pd.DataFrame(
        [(0, "before", 2), (0, "boomers", 3), (0, "youth", 4), (1, "boomers", 1), (1, "youth", 2)],
        columns=["cell", "kind", "value"],
    )
    told = System(
        cells, np.zeros((len(ATTRIBUTES), 10)), list(ATTRIBUTES), answers["cell"].to_numpy(),
        answers["kind"].map(place).to_numpy(), answers["value"].to_numpy(float),
    )  # fmt: skip
    found = reconstruction.smallest_cell(told)
    assert found[place["boomers"]].tolist() == pytest.approx([0.25] * 4 + [0.3] * 6)
    assert found[place["before"]].tolist() == pytest.approx([0.25] * 4 + [0.2] * 6)
    assert np.isnan(found[0]).all()
