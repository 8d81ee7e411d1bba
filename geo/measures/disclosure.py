"""How many people there are, told so that nobody can be picked out of a number.

Everybody has a secret random key, and people together have the sum of theirs: it decides
whether their number is rounded up or down, so the same people are always told as the same
number, however a reader comes to them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

RANGE = 2**32
"""Keys are whole numbers below; so are their sums, which begin again at zero."""


def record_keys(person_ids: pd.Series[str] | pd.Index[str], seed: int) -> pd.Series[int]:
    """A secret random number for each person, by which counts of people are rounded.

    Formula:
        r_p ~ uniform on 0, 1, …, 2³² − 1, independently for each person p; drawn in the order of
        the sorted identifiers, so that the order of a table does not matter.

    Source:
        The record keys of the Australian Bureau of Statistics: Fraser and Wooton (2005), A
        proposed method for confidentialising tabular output to protect against differencing.

    Assumes:
        Nobody outside knows the seed. Identifiers are the same wherever a person is named.

    Limits:
        With other people in the atlas, everybody has another key: numbers of two editions may be
        rounded differently though nothing changed. Who knows seed and identifiers can undo part
        of the protection.

    Args:
        person_ids: who is named anywhere in the atlas; repeated and missing ones are passed over.
        seed: of the numbers; the same seed and people give the same keys.

    Returns:
        Whole numbers from 0 up to 2³² − 1, index ``person_id``, sorted.

    >>> keys = record_keys(pd.Series(["p2", "p1", "p2"]), seed=1)
    >>> keys.index.tolist(), keys.equals(record_keys(pd.Index(["p1", "p2"]), seed=1))
    (['p1', 'p2'], True)
    """
    people = pd.Index(person_ids).dropna().unique().sort_values().rename("person_id")
    drawn = np.random.default_rng(seed).integers(RANGE, size=len(people), dtype=np.int64)
    return pd.Series(drawn, index=people, name="key")


def headcount(
    named: pd.DataFrame, by: Sequence[str], keys: pd.Series[int] | None = None, base: int = 1
) -> pd.Series[float]:
    """How many different people there are, for a public audience rounded at random.

    Formula:
        Of n different people, n is told with base 1. With a base b above 1: nothing where n < b;
        else n − m + b if u < m/b and n − m if not, m being n mod b, u = (Σ r_p mod 2³²)/2³² over
        the keys r_p of these people. The expected number is n.

    Source:
        Keys of cells: Fraser and Wooton (2005), A proposed method for confidentialising tabular
        output to protect against differencing. Unbiased random rounding: Fellegi (1975),
        Controlled random rounding. The same cell always rounded alike, to base 3: Statistics New
        Zealand (2020), Microdata output guide.

    Assumes:
        Keys are secret. Who appears under two identifiers counts twice.

    Limits:
        A number told is less than b off the true one, and parts need not add up to the whole.
        One number never gives the true one away; several together can narrow it down, as when a
        part is told larger than its whole. Two numbers that differ are of different people: who
        knows that only one person makes the difference between two cells learns from it that
        this person counts. So cells that differ by one person alone should not be on offer.

    Args:
        named: one row a person and application; ``person_id`` and the columns of ``by``. Rows
            that lack one of these are left out.
        by: what tells one cell from another.
        keys: as `record_keys` makes them; needed when ``base`` is above 1.
        base: what numbers told are a multiple of, and the fewest people told of.

    Returns:
        Numbers of people, as float64, index ``by``, sorted; missing where there are fewer than
        ``base``. A cell without a row has none: a table that has a place for it should show it
        as missing too, since few and nobody must look alike.

    Raises:
        ValueError: ``base`` is above 1 and there are no keys, or somebody has none.

    >>> named = pd.DataFrame({"person_id": list("aabcd"), "year": [2012, 2012, 2012, 2013, 2013]})
    >>> headcount(named, ["year"]).to_dict()
    {2012: 2.0, 2013: 2.0}
    >>> headcount(named, ["year"], record_keys(named["person_id"], seed=1), base=3).to_dict()
    {2012: nan, 2013: nan}
    """
    return Cells(named, by, keys, base).count()


class Cells:
    """The people of each cell of a table, ready to be counted as `headcount` does.

    A head is a person in a cell. ``index`` are the cells, ``cell`` says of each head in which
    it is, by position, and ``head`` of each row which one it is about, −1 where a row is left
    out.
    """

    def __init__(
        self,
        named: pd.DataFrame,
        by: Sequence[str],
        keys: pd.Series[int] | None = None,
        base: int = 1,
    ) -> None:
        grouped = named.groupby(list(by))
        cell = grouped.ngroup().fillna(-1).to_numpy(dtype=np.int64)
        person, people = pd.factorize(named["person_id"])
        kept = np.flatnonzero((cell >= 0) & (person >= 0))
        self.index = grouped.size().index
        self.head = np.full(len(named), -1)
        self.head[kept], heads = pd.factorize(cell[kept] * len(people) + person[kept])
        self.cell, who = np.divmod(heads, max(1, len(people)))
        self.base = base
        self.key = _key_of(people, keys, base)[who] if base > 1 else None

    def having(self, rows: pd.Series[bool] | np.ndarray) -> np.ndarray:
        """Of each head, whether one of its rows is among these."""
        found = np.zeros(len(self.cell), dtype=bool)
        among = self.head[np.asarray(rows, dtype=bool)]
        found[among[among >= 0]] = True
        return found

    def count(self, heads: np.ndarray | None = None) -> pd.Series[float]:
        """The number of heads, or of those marked, of each cell, as it may be told.

        Missing where it may not; for nobody 0 with base 1.
        """
        chosen = slice(None) if heads is None else heads
        cells = self.cell[chosen]
        n = np.bincount(cells, minlength=len(self.index))
        if self.key is None:
            return pd.Series(n, index=self.index, dtype="float64")
        key = np.zeros(len(self.index), dtype=np.int64)
        np.add.at(key, cells, self.key[chosen])
        over = n % self.base
        up = (key % RANGE) * self.base < over * RANGE
        told = n - over + self.base * up
        return pd.Series(np.where(n >= self.base, told, np.nan), index=self.index)


def _key_of(people: pd.Index[str], keys: pd.Series[int] | None, base: int) -> np.ndarray:
    """The key of each of these people."""
    if keys is None:
        raise ValueError(f"To round to a multiple of {base}, give keys, as record_keys makes them.")
    position = keys.index.get_indexer(pd.Index(people))
    if (position < 0).any():
        lacking = str(people[position < 0][0])
        raise ValueError(f"{lacking!r} has no key: make keys of everybody whom the atlas names.")
    return keys.to_numpy(dtype=np.int64)[position]
