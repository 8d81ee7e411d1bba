"""All that a public audience is told of gender and age, solved together for each person.

Who is named where is known: the network shows it. So every count told is an equation on people
whom one can list, and all of them together are a system that says how likely each person is a
woman, or of a generation. The attacker takes the Gaussian posterior (ridge regression), with the
city's own mixture as what is known before, and the noise as it is published. It is measured
against the least that any table gives away: the share in the smallest published cell that somebody
is in.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import combinations, product
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse.linalg import LinearOperator, cg
from scipy.stats import rankdata

from benchmarks.attack.rows import Row
from dashboard.queries import Analyses, Queries
from dashboard.state import BY, ViewState, default
from geo.atlas import Atlas
from geo.measures.composition import BIN, COHORTS, OLDEST, birth_cohort
from geo.measures.disclosure import VARIANCE

BETTER, SURE, BETWEEN = 0.02, 0.95, 10
"""By how much more of the area under the curve the attacker may know than the smallest cell tells;
the posterior from which somebody's gender or generation is sure; and the people by whom two answers
differ at least, if they do."""
ATTRIBUTES = ("women", "men", *COHORTS)
FILTERS = {"programme": "programmes", "outcome": "outcomes", "department": "departments",
           "category": "categories", "district": "districts"}  # fmt: skip

Cell = tuple[int, frozenset[tuple[str, str]]]
"""A year, and the values of what else it is told apart by."""
Kind = str | tuple[int, str, int]
"""One of ATTRIBUTES; or the year, column and age of a step of a pyramid."""


class Judged(NamedTuple):
    """What was measured, and whether it keeps within its limit."""

    name: str
    value: float
    limit: float
    met: bool


@dataclass(frozen=True)
class System:
    """Equations: the people of a cell (rows of ``among``) of a kind (rows of ``of``) are a value.

    ``cell``, ``kind`` and ``value`` have an entry for each answer.
    """

    among: sparse.csr_array
    of: np.ndarray
    kinds: list[Kind]
    cell: np.ndarray
    kind: np.ndarray
    value: np.ndarray

    @property
    def size(self) -> np.ndarray:
        """People in each cell."""
        return np.asarray(self.among.sum(axis=1))


def states(queries: Queries, deepest: int) -> Iterator[ViewState]:
    """What a reader can ask with so many filters at most, one value each."""
    first = replace(default(queries.choices, "composition"), level="district")
    for depth in range(deepest + 1):
        for names in combinations(FILTERS, depth):
            for values in product(*(getattr(queries.choices, FILTERS[name]) for name in names)):
                chosen = zip(names, ((value,) for value in values), strict=True)
                yield replace(first, **dict[str, Any](chosen))


def answers(
    queries: Queries, analyses: Analyses, asked: Iterable[ViewState]
) -> dict[Cell, dict[Kind, float]]:
    """Every count by gender and age that these states tell: whole, areas, parts and pyramids."""
    found: dict[Cell, dict[Kind, float]] = {}

    def take(rows: pd.DataFrame, state: ViewState, part: str | None) -> None:
        chosen = {name: getattr(state, name)[0] for name in FILTERS if getattr(state, name)}
        known = rows[list(ATTRIBUTES)].dropna(how="all")
        for at, row in zip(known.index, known.to_dict("records"), strict=True):
            year, value = at if part else (at, None)
            where = frozenset((chosen | ({part: str(value)} if part else {})).items())
            told: dict[Kind, float] = {str(of): n for of, n in row.items() if n == n}
            found.setdefault((int(year), where), {}).update(told)

    for state in asked:
        account = analyses.accounts.account(state)
        take(account.whole, state, None)
        take(account.rows, state, "district")
        for by in BY["composition"]:
            for year in queries.choices.years:
                parts = analyses.accounts.apart(replace(state, by=by, year=year))
                take(pd.concat({year: parts}), state, by)
        chosen = {name: getattr(state, name)[0] for name in FILTERS if getattr(state, name)}
        for year in queries.choices.years:
            steps = analyses.people.pyramid(replace(state, year=year))
            told_of = found.setdefault((year, frozenset(chosen.items())), {})
            for column in ("women", "men"):
                for age, count in steps[column].dropna().items():
                    told_of[year, column, int(str(age))] = float(count)
    return {cell: told for cell, told in found.items() if told}


def system(atlas: Atlas, told: dict[Cell, dict[Kind, float]]) -> System:
    """The equations of these answers on the people of an atlas."""
    groups = atlas.groups[["group_id", "category", "district_code"]]
    columns = ["application_id", "group_id", "year", "programme", "outcome", "department"]
    where = atlas.applications[columns].merge(
        groups.rename(columns={"district_code": "district"}), on="group_id"
    )
    people = atlas.people.reset_index(drop=True)
    place = pd.Series(people.index, people["person_id"])
    named = atlas.memberships.merge(where, on="application_id")
    named = named.assign(person=named["person_id"].map(place)).dropna(subset=["person"])
    members = [_members(named, cell) for cell in told]
    rows = np.repeat(np.arange(len(members)), [len(one) for one in members])
    at = (rows, np.concatenate(members))
    among = sparse.csr_array((np.ones(len(rows)), at), shape=(len(members), len(people)))
    kinds = list(dict.fromkeys([*ATTRIBUTES, *(kind for one in told.values() for kind in one)]))
    found = [
        (number, kinds.index(kind), value)
        for number, one in enumerate(told.values())
        for kind, value in one.items()
    ]
    cell, kind, value = (np.array(column) for column in zip(*found, strict=True))
    of = np.array([_is(people, kind) for kind in kinds], dtype=float)
    return System(among, of, kinds, cell, kind, value.astype(float))


def _members(named: pd.DataFrame, cell: Cell) -> np.ndarray:
    year, where = cell
    here = named["year"] == year
    for column, value in where:
        here &= named[column] == value
    members: np.ndarray = named.loc[here, "person"].unique().astype(np.int64)
    return members


def _is(people: pd.DataFrame, kind: Kind) -> np.ndarray:
    """Who is of a kind."""
    gender = people["gender"].map({"female": "women", "male": "men"})
    if isinstance(kind, str):
        among = gender if kind in ("women", "men") else birth_cohort(people["birth_year"])
        return (among == kind).to_numpy(dtype=bool, na_value=False)
    year, column, lowest = kind
    age = year - people["birth_year"].to_numpy(dtype=float, na_value=np.nan)
    step = np.minimum(age // BIN * BIN, OLDEST)
    theirs = (gender == column).to_numpy(dtype=bool, na_value=False)
    return np.asarray((step == lowest) & theirs)


def posterior(told: System) -> np.ndarray:
    """How likely everybody is of each of ATTRIBUTES, by all answers together.

    Returns:
        Shape (attributes, people); a Gaussian does not stop at 0 and 1.
    """
    share = told.of.mean(axis=1)
    spread = told.of @ told.of.T / told.of.shape[1] - np.outer(share, share)
    shape = (told.among.shape[0], len(told.kinds))
    both = told.among @ told.among.T

    def scattered(weights: np.ndarray) -> np.ndarray:
        square = np.zeros(shape)
        square[told.cell, told.kind] = weights
        return square

    def between(weights: np.ndarray) -> np.ndarray:
        """The covariance of the answers, times weights."""
        known = both @ (scattered(weights) @ spread)
        together: np.ndarray = known[told.cell, told.kind] + VARIANCE * weights
        return together

    count = len(told.value)
    missed = told.value - told.size[told.cell] * share[told.kind]
    weights, failed = cg(LinearOperator((count, count), between), missed, rtol=1e-6, maxiter=2_000)
    if failed:
        raise RuntimeError(f"The answers could not be solved in {failed} steps.")
    found: np.ndarray = told.among.T @ (scattered(weights) @ spread[:, : len(ATTRIBUTES)])
    return np.asarray(found + share[: len(ATTRIBUTES)]).T


def smallest_cell(told: System) -> np.ndarray:
    """The share of each of ATTRIBUTES in the smallest cell told that somebody is in.

    Of a generation that a cell does not name, what the others leave: that is told as well.

    Returns:
        Shape (attributes, people), missing for who is in no cell.
    """
    count = np.full((told.among.shape[0], len(told.kinds)), np.nan)
    count[told.cell, told.kind] = told.value
    count = count[:, : len(ATTRIBUTES)] / told.size[:, None]
    generations = count[:, 2:]
    rest = 1 - np.nansum(generations, axis=1, keepdims=True)
    some = ~np.isnan(generations).all(axis=1, keepdims=True)
    count[:, 2:] = np.where(np.isnan(generations) & some, rest, generations)
    found = np.full((len(ATTRIBUTES), told.among.shape[1]), np.nan)
    for cell in np.argsort(-told.size, kind="stable"):
        who = told.among.indices[told.among.indptr[cell] : told.among.indptr[cell + 1]]
        shares = count[cell, :, None]
        found[:, who] = np.where(np.isnan(shares), found[:, who], shares)
    return found


def auc(score: np.ndarray, true: np.ndarray) -> float:
    """How often a random one of a kind is ranked before a random other; ties count half.

    >>> auc(np.array([0.1, 0.4, 0.4, 0.8]), np.array([False, True, False, True]))
    0.875
    """
    ranks, of = rankdata(score), int(true.sum())
    return float((ranks[true].sum() - of * (of + 1) / 2) / (of * (len(true) - of)))


def differences(told: System) -> int:
    """Pairs of cells told that differ by somebody, but by fewer than BETWEEN people."""
    cells = told.among[np.unique(told.cell)]
    size, found = cells.sum(axis=1), 0
    for start in range(0, len(size), 500):
        some = slice(start, start + 500)
        apart = size[some, None] + size - 2 * (cells[some] @ cells.T).toarray()
        found += int(((apart > 0) & (apart < BETWEEN)).sum())
    return found // 2


def judged(told: System) -> list[Judged]:
    """What the attacker gains on the smallest cell for each attribute, and what is sure."""
    likely, alone = posterior(told), smallest_cell(told)
    known = told.of[: len(ATTRIBUTES)].astype(bool)
    rows = []
    for number, name in enumerate(ATTRIBUTES):
        kinds = known[:2] if number < 2 else known[2:]
        seen = kinds.any(axis=0) & ~np.isnan(alone[number])
        true = known[number, seen]
        if name == "men" or not true.any():
            continue  # who is no woman is a man
        both = auc(likely[number, seen], true), auc(alone[number, seen], true)
        rows += [
            Judged(f"{name}: AUC of all answers together", both[0], both[1] + BETTER,
                both[0] <= both[1] + BETTER)
        ]  # fmt: skip
    surest, near = float(likely.max()), differences(told)
    return [
        *rows,
        Judged("surest posterior of anybody", surest, SURE, surest < SURE),
        Judged("answers that differ by one to nine people", near, 0, near == 0),
    ]


def reconstruct(atlas: Atlas, folder: Path | None, deepest: int) -> list[Judged]:
    """The attack on all that states of so many filters tell."""
    queries = Queries(atlas)
    analyses = Analyses.of(queries, folder)
    return judged(system(atlas, answers(queries, analyses, states(queries, deepest))))


def run() -> list[Row]:
    """The attack on the sample: every table of every choice of one value, by every part."""
    from geo.__main__ import SAMPLE

    with tempfile.TemporaryDirectory() as folder:
        found = reconstruct(Atlas.open(SAMPLE), Path(folder), deepest=1)
    return [Row(one.name, f"{one.value:.4g}", f"{one.limit:.4g}", one.met) for one in found]
