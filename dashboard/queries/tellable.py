"""Which answers on gender and age a public audience may have, so that none tells of one person.

Who has two answers on almost the same people has one on the few that make the difference. So all
answers that can be asked for are looked at together, whatever is asked.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
from scipy import sparse

ANY = ""
"""Of an answer: whatever the value."""
BLOCK = 256
"""Answers compared at a time with all others: some 20 MB."""


def tellable(everyone: pd.DataFrame, least: int, between: int) -> pd.MultiIndex:
    """Answers on enough people, of which no two differ by a few.

    An answer is on the people of a year who are named in an application with one value of some
    columns. Of two on different people of whom fewer than ``between`` are in one of them alone,
    the one that asks for less is told.

    Args:
        everyone: ``person`` (whole numbers from 0), ``year``, and other columns of categories.
        least: people that it takes.
        between: people by whom two answers differ, if they do.

    Returns:
        The year of each answer and its value, or ANY, of each of the other columns.

    >>> everyone = pd.DataFrame({"person": [0, 1, 2, 3, 4, 0, 1, 2, 3], "year": [2012] * 9,
    ...     "of": pd.Categorical(["x"] * 4 + ["y"] * 5)})
    >>> tellable(everyone, least=2, between=2).tolist()
    [(2012, ''), (2012, 'y')]
    """
    answers, among = _answers(everyone, least)
    told = np.ones(len(answers), dtype=bool)
    for later, earlier in _near(among, between):
        told[later] &= not told[earlier]
    return pd.MultiIndex.from_frame(answers[told])


def _answers(everyone: pd.DataFrame, least: int) -> tuple[pd.DataFrame, sparse.csr_array]:
    """All answers on enough people, those that ask for less first, and who is among them."""
    keys = [name for name in everyone if name not in ("person", "year")]
    person = everyone["person"].to_numpy(dtype=np.int64)
    people = int(person.max(initial=-1)) + 1
    found: list[pd.DataFrame] = []
    rows, columns, before = [], [], 0
    for size in range(len(keys) + 1):
        for chosen in combinations(keys, size):
            cells = everyone.groupby(["year", *chosen], observed=True).ngroup()
            answer = cells.fillna(-1).to_numpy(dtype=np.int64)
            pairs = np.unique((answer * people + person)[answer >= 0])
            which, who = np.divmod(pairs, max(people, 1))
            enough = np.bincount(which) >= least
            first = pd.Series(np.arange(len(answer)), answer).groupby(level=0).first()
            told = everyone.loc[first[enough.nonzero()[0]], ["year", *chosen]]
            place = before + np.cumsum(enough) - 1
            rows.append(place[which[enough[which]]])
            columns.append(who[enough[which]])
            before += len(told)
            found.append(told.astype(dict.fromkeys(chosen, "str")))
    answers = pd.concat(found, ignore_index=True).reindex(columns=["year", *keys]).fillna(ANY)
    at = (np.concatenate(rows), np.concatenate(columns))
    among = sparse.csr_array(
        (np.ones(len(at[0]), dtype=np.int32), at), shape=(len(answers), people)
    )
    return answers, among


def _near(among: sparse.csr_array, between: int) -> list[tuple[int, int]]:
    """Pairs of answers that differ by somebody, but by few people: the later one and the earlier.

    Sorted, so that what is decided of the earlier one is known.
    """
    size = among.sum(axis=1)
    order = np.argsort(size, kind="stable")
    among, size = among[order], size[order]
    pairs = [np.empty((0, 2), dtype=np.int64)]
    for start in range(0, len(size), BLOCK):
        stop = min(start + BLOCK, len(size))
        # Those that are larger by more than that cannot be near.
        end = int(np.searchsorted(size, size[stop - 1] + between))
        both = (among[start:stop] @ among[start:end].T).tocoo()
        one, other = both.row + start, both.col + start
        apart = size[one] + size[other] - 2 * both.data
        few = (apart > 0) & (apart < between)
        pairs.append(np.sort(np.stack([order[one[few]], order[other[few]]], axis=1), axis=1))
    return sorted((later, earlier) for earlier, later in np.concatenate(pairs).tolist())
