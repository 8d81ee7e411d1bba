"""How many people there are, told so that nobody can be picked out of a number.

Everybody has a secret key that never changes, and people together have the sum of theirs: it
decides how their number is rounded, or by how much it is moved, so the same people are always told
as the same number, however a reader comes to them and in whatever edition.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from functools import cache, cached_property

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from scipy.special import logsumexp, softmax

RANGE = 2**32
"""Keys are whole numbers below; so are their sums, which begin again at zero."""
BOUND, VARIANCE = 5, 4.0
"""Of the noise on counts by gender and age: the most that one is moved, and the mean square."""


def record_keys(person_ids: pd.Series[str] | pd.Index[str], secret: bytes) -> pd.Series[int]:
    """A secret number for each person, by which counts of people are rounded or moved.

    Formula:
        r_p = the first 32 bits of HMAC-SHA-256(secret, identifier of p), a whole number from 0 up
        to 2³² − 1.

    Source:
        The record keys of the Australian Bureau of Statistics: Fraser and Wooton (2005), A
        proposed method for confidentialising tabular output to protect against differencing. The
        hash: Krawczyk, Bellare and Canetti (1997), HMAC: keyed-hashing for message authentication.

    Assumes:
        Nobody outside knows the secret. Identifiers are the same wherever a person is named, and
        in every edition of an atlas.

    Limits:
        With another secret everybody has another key: who has figures told under several could
        average them. Who knows secret and identifiers can undo the protection.

    Args:
        person_ids: who is named anywhere in the atlas; repeated and missing ones are passed over.
        secret: the same one gives the same person the same key, whoever else there is.

    Returns:
        Whole numbers from 0 up to 2³² − 1, index ``person_id``, sorted.

    >>> keys = record_keys(pd.Series(["p2", "p1", "p2"]), b"secret")
    >>> keys.index.tolist(), record_keys(pd.Index(["p1", "p9"]), b"secret")["p1"] - keys["p1"]
    (['p1', 'p2'], np.int64(0))
    """
    people = pd.Index(person_ids).dropna().unique().sort_values().rename("person_id")
    digests = b"".join(hmac.digest(secret, name.encode(), "sha256")[:4] for name in people)
    keys = np.frombuffer(digests, dtype=">u4")
    return pd.Series(keys, index=people, dtype="int64", name="key")


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
    >>> headcount(named, ["year"], record_keys(named["person_id"], b"secret"), base=3).to_dict()
    {2012: nan, 2013: nan}
    """
    return Cells(named, by, keys, base).count()


def perturbed(
    named: pd.DataFrame, by: Sequence[str], keys: pd.Series[int], least: int = 1
) -> pd.Series[float]:
    """How many different people there are, moved at random by a few, always alike (cell keys).

    Formula:
        Of n different people, n + d is told, d being from −5 to 5: P(d | n) ~ exp(a d + b d²), with
        a and b such that its mean is 0 and its variance 4; d is at least −n, and 0 of nobody. Which
        d it is, u = (Σ r_p mod 2³²)/2³² decides, over the keys r_p of these people: the least one
        to which P adds up to more than u. Nothing is told where n or n + d is below the fewest
        people told of.

    Source:
        Keys of cells: Fraser and Wooton (2005), A proposed method for confidentialising tabular
        output to protect against differencing. Probabilities of the greatest entropy under a bound
        and a variance: Marley and Leaver (2011), A method for confidentialising user-defined
        tables; Giessing (2016), Computational issues in the design of transition probabilities
        and disclosure risk estimation for additive noise. As used for censuses: Eurostat (2019),
        Methods for protecting census data; Office for National Statistics (2021), Cell key
        perturbation.

    Assumes:
        Keys are secret. Who appears under two identifiers counts twice.

    Limits:
        A number told is at most 5 off the true one, by 2 as the root of the mean square; parts do
        not add up to the whole. As only numbers from the fewest people on are told, those
        hardly above it are a little too large on average.

    Args:
        named: one row a person and application; ``person_id`` and the columns of ``by``. Rows
            that lack one of these are left out.
        by: what tells one cell from another.
        keys: as `record_keys` makes them.
        least: the fewest people told of.

    Returns:
        Numbers of people, as float64, index ``by``, sorted; missing where they are not told.

    Raises:
        ValueError: somebody has no key.

    >>> named = pd.DataFrame({"person_id": [f"p{n}" for n in range(90)], "year": 2012})
    >>> keys = record_keys(named["person_id"], b"secret")
    >>> abs(perturbed(named, ["year"], keys) - 90).le(BOUND).tolist()
    [True]
    """
    return Cells(named, by, keys, least).perturbed()


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
        person, self._people = pd.factorize(named["person_id"])
        kept = np.flatnonzero((cell >= 0) & (person >= 0))
        self.index = grouped.size().index
        self.head = np.full(len(named), -1)
        self.head[kept], heads = pd.factorize(cell[kept] * len(self._people) + person[kept])
        self.cell, self._who = np.divmod(heads, max(1, len(self._people)))
        self.base, self._keys = base, keys

    def having(self, rows: pd.Series[bool] | np.ndarray) -> np.ndarray:
        """Of each head, whether one of its rows is among these."""
        found = np.zeros(len(self.cell), dtype=bool)
        among = self.head[np.asarray(rows, dtype=bool)]
        found[among[among >= 0]] = True
        return found

    def count(self, heads: np.ndarray | None = None) -> pd.Series[float]:
        """The number of heads, or of those marked, of each cell, rounded as `headcount` says.

        Missing where it may not be told; for nobody 0 with base 1.
        """
        n = self._sizes(heads)
        if self.base == 1:
            return pd.Series(n, index=self.index, dtype="float64")
        over = n % self.base
        up = self._cell_keys(heads) * self.base < over * RANGE
        told = n - over + self.base * up
        return pd.Series(np.where(n >= self.base, told, np.nan), index=self.index)

    def perturbed(self, heads: np.ndarray | None = None) -> pd.Series[float]:
        """The same, moved as `perturbed` says; exact without keys, which takes a base of 1."""
        if self._keys is None:
            return self.count(heads)
        n = self._sizes(heads)
        below = _p_table()[np.minimum(n, BOUND)]
        steps = (below <= self._cell_keys(heads)[:, None] / RANGE).sum(axis=1)
        told = n + steps - BOUND
        enough = np.minimum(n, told) >= self.base
        return pd.Series(np.where(enough, told, np.nan), index=self.index)

    def _sizes(self, heads: np.ndarray | None) -> np.ndarray:
        chosen = slice(None) if heads is None else heads
        return np.bincount(self.cell[chosen], minlength=len(self.index))

    def _cell_keys(self, heads: np.ndarray | None) -> np.ndarray:
        """The sum of the keys of the heads of each cell."""
        chosen = slice(None) if heads is None else heads
        key = np.zeros(len(self.index), dtype=np.int64)
        np.add.at(key, self.cell[chosen], self._key[chosen])
        return key % RANGE

    @cached_property
    def _key(self) -> np.ndarray:
        """Of each head, the key of the person."""
        return _key_of(self._people, self._keys, self.base)[self._who]


@cache
def _p_table() -> np.ndarray:
    """The perturbation table: of each true count, how likely it is moved by no more than so much.

    Returns:
        Shape (BOUND + 1, 2 BOUND + 1): a row for each count from 0 on, the last one for all
        counts from BOUND on; columns from −BOUND to BOUND, adding up to 1 in the last.
    """
    moves = np.arange(-BOUND, BOUND + 1.0)
    table = np.zeros((BOUND + 1, len(moves)))
    table[0, BOUND] = 1
    for n in range(1, BOUND + 1):
        able = moves >= -n
        table[n, able] = _likely(moves[able])
    added: np.ndarray = table.cumsum(axis=1).round(12)
    return added


def _likely(moves: np.ndarray) -> np.ndarray:
    """Probabilities of the greatest entropy with mean 0 and VARIANCE: where its dual is least."""
    powers, means = np.stack([moves, moves**2]), np.array([0, VARIANCE])
    found = minimize(
        lambda weights: logsumexp(weights @ powers) - weights @ means,
        np.zeros(2),
        jac=lambda weights: powers @ softmax(weights @ powers) - means,
        options={"gtol": 1e-9},
    )
    likely: np.ndarray = softmax(found.x @ powers)
    return likely


def _key_of(people: pd.Index[str], keys: pd.Series[int] | None, base: int) -> np.ndarray:
    """The key of each of these people."""
    if keys is None:
        raise ValueError(f"To round to a multiple of {base}, give keys, as record_keys makes them.")
    position = keys.index.get_indexer(pd.Index(people))
    if (position < 0).any():
        lacking = str(people[position < 0][0])
        raise ValueError(f"{lacking!r} has no key: make keys of everybody whom the atlas names.")
    return keys.to_numpy(dtype=np.int64)[position]
