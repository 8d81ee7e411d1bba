"""The tables of gender and age that a public audience may have, and which of their cells.

Answers that are harmless one by one tell together who is a woman and how old somebody is: whoever
knows who is named where, as the network shows, can solve them all at once. So there are few tables,
written down here; what is not here is not told. `benchmarks.attack.reconstruction` solves them
together and says what comes of it, so try it before adding one.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy import sparse

from geo.measures.composition import COHORTS
from geo.measures.disclosure import BOUND

MOVED = BOUND
"""By how many people at most a count of these tables is moved."""
ANY = ""
"""Of an answer: whatever the value."""
GENDER = ("women", "men")
EVERYTHING = (*GENDER, "gender_unknown", *COHORTS, "cohort_unknown")
HEADLINES = (*GENDER, "boomers", "youth")
"""Generations that are small make cells that tell much of who is in several of them."""
PUBLISHED: Mapping[frozenset[str], tuple[str, ...]] = {
    frozenset(): EVERYTHING,
    frozenset({"programme"}): HEADLINES,
    frozenset({"outcome"}): HEADLINES,
    frozenset({"district"}): HEADLINES,
}
"""What each year is told apart by -> the columns of it that are told.

Tried on the sample and left out, since they tell too much together: categories, departments,
programmes or outcomes within districts, and further generations in any of these tables.
"""
PYRAMID = frozenset({frozenset[str]()})
"""Tables that have ages in steps of five years as well."""


def tellable(everyone: pd.DataFrame, least: int, between: int) -> pd.MultiIndex:
    """Cells of the published tables on enough people, of which no two differ by a few.

    A cell is of the people of a year who are named in an application with one value of some
    columns. Of two on different people of whom fewer than ``between`` are in one of them alone,
    the one whose table is named first in PUBLISHED is told.

    Args:
        everyone: ``person`` (whole numbers from 0), ``year``, and other columns of categories,
            those of PUBLISHED among them.
        least: people that it takes.
        between: people by whom two cells differ, if they do.

    Returns:
        The year of each cell and its value, or ANY, of each of the other columns.

    >>> everyone = pd.DataFrame({"person": [0, 1, 2, 3, 4, 0, 1, 2, 3], "year": [2012] * 9,
    ...     "programme": pd.Categorical(["x"] * 4 + ["y"] * 5)})
    >>> everyone = everyone.assign(outcome=None, district=None)
    >>> tellable(everyone, least=2, between=2).tolist()
    [(2012, '', '', ''), (2012, 'y', '', '')]
    """
    cells, among = _cells(everyone, least)
    size = among.sum(axis=1)
    apart = size[:, None] + size - 2 * (among @ among.T).toarray()
    near = (apart > 0) & (apart < between)
    told = np.ones(len(cells), dtype=bool)
    for cell in range(len(cells)):
        told[cell] = not (near[cell, :cell] & told[:cell]).any()
    return pd.MultiIndex.from_frame(cells[told])


def _cells(everyone: pd.DataFrame, least: int) -> tuple[pd.DataFrame, sparse.csr_array]:
    """All cells of enough people in the order of PUBLISHED, and who is in them."""
    keys = [str(name) for name in everyone if name not in ("person", "year")]
    found: list[pd.DataFrame] = []
    who: list[np.ndarray] = []
    for table in PUBLISHED:
        by = ["year", *sorted(table)]
        people = everyone.groupby(by, observed=True)["person"].unique()
        people = people[people.map(len) >= least]
        cells = people.index.to_frame(index=False).astype(dict.fromkeys(table, "str"))
        found.append(cells.assign(**{name: ANY for name in keys if name not in table}))
        who += list(people)
    cells = pd.concat(found, ignore_index=True)[["year", *keys]]
    rows = np.repeat(np.arange(len(who)), [len(people) for people in who])
    at = (rows, np.concatenate([np.empty(0, dtype=np.int64), *who]))
    shape = (len(who), int(everyone["person"].max()) + 1 if len(everyone) else 0)
    return cells, sparse.csr_array((np.ones(len(rows), dtype=np.int32), at), shape=shape)
