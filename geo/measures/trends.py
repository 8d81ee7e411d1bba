"""Where groups rose faster than the city, in series too short for the usual tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.stats import kendalltau, random_table

from geo.measures.autocorrelation import ALPHA, PERMUTATIONS, corrected

if TYPE_CHECKING:
    from libpysal.graph import Graph

FEWEST_YEARS = 4
BATCH = 250
MOSTLY = 0.75
"""Share of the years so far in which a persistently hot area was hot."""


def rise(
    counts: pd.DataFrame, graph: Graph, *, permutations: int = PERMUTATIONS, seed: int = 0
) -> pd.DataFrame:
    """Where groups came later, or earlier, than in the city as a whole.

    Formula:
        T_a = Σ (t − t̄), over the groups of an area and of its neighbours, t being the year and
        t̄ the mean year of all groups. Years are shuffled among groups, which keeps the total of
        every area and of every year; p = (1 + #{shuffles at least as far out}) / (1 + their
        number) on the side of T, doubled, corrected over all areas. Rising: T above zero, p at
        most 0.05; falling: below.

    Source:
        Space–time permutation: Kulldorff, Heffernan, Hartman, Assunção and Mostashari (2005), A
        space–time permutation scan statistic; here over an area and its neighbours. False
        discoveries: Benjamini and Hochberg (1995).

    Assumes:
        Without a rise of its own, a place shares the city's course. Four years or more.

    Limits:
        It finds a threefold rise of an area and its neighbours mostly, and misses a doubling.
        It compares with the city: where all places rise alike, none rises here. Places that are
        near a rising one may be called with it. Emerging hot spots and Mann–Kendall want ten
        years: with six the smallest p is 0.003, too large to survive 467 tests.

    Args:
        counts: groups that are new, or active, in each year: whole numbers of shape (areas,
            years).
        graph: neighbours among the same areas, in the same order.
        permutations: how many shuffles.
        seed: of the shuffles.

    Returns:
        On the index of ``counts``: ``n`` (groups of the area and its neighbours), ``later`` (the
        mean year of these less the city's, missing without any), ``tau`` (Kendall's, of the
        area's own numbers with the years; a description, not a test), ``p`` (corrected, missing
        without groups), ``kind`` (``rising``, ``falling``, ``steady``).

    Raises:
        ValueError: fewer than four years.

    >>> from geo.measures.autocorrelation import neighbours
    >>> import geopandas as gpd
    >>> from shapely import box
    >>> areas = gpd.GeoSeries({"a": box(0, 0, 1, 1), "b": box(9, 9, 10, 10)})
    >>> even = pd.DataFrame([[9, 9, 9, 9], [9, 9, 9, 9]], index=["a", "b"], columns=range(4))
    >>> rise(even, neighbours(areas))["kind"].tolist()
    ['steady', 'steady']
    """
    if counts.shape[1] < FEWEST_YEARS:
        raise ValueError(f"{counts.shape[1]} years are too few for a rise: give {FEWEST_YEARS}.")
    table = counts.to_numpy(dtype=np.int64)
    years = np.asarray(counts.columns, dtype=float)
    total = table.sum()
    around = graph.sparse.astype(bool).astype(float).tolil()
    around.setdiag(1)
    around = around.tocsr()
    later = years - (table.sum(axis=0) @ years / total if total else years.mean())
    # From whole numbers, lest what is not later at all comes out as later by a last digit.
    whole = np.asarray(counts.columns, dtype=np.int64)
    apart = total * (table @ whole) - table.sum(axis=1) * (table.sum(axis=0) @ whole)
    observed = (around @ apart) / max(total, 1)
    n = around @ table.sum(axis=1)
    above, below = _further(table, later, around, observed, permutations, seed)
    p = np.minimum(1.0, 2 * (1 + np.minimum(above, below)) / (1 + permutations))
    found = pd.DataFrame({"n": n.astype(int)}, index=counts.index)
    found["later"] = np.divide(observed, n, out=np.full(len(n), np.nan), where=n > 0)
    found["tau"] = [
        kendalltau(years, row).statistic if row.min() < row.max() else np.nan for row in table
    ]
    found["p"] = corrected(pd.Series(np.where(n > 0, p, np.nan), index=counts.index))
    called = (found["p"] <= ALPHA).to_numpy()
    found["kind"] = np.where(called, np.where(observed > 0, "rising", "falling"), "steady")
    return found


def _further(
    table: np.ndarray,
    later: np.ndarray,
    around: object,
    observed: np.ndarray,
    permutations: int,
    seed: int,
) -> tuple[np.ndarray, np.ndarray]:
    """In how many shuffles each area is at least as high, and at least as low.

    A shuffle of years among groups is a random table with the margins of the one observed.
    """
    above, below = (np.zeros(len(table), dtype=int) for _ in range(2))
    some = table.sum(axis=1) > 0
    if not some.any():
        return above, below
    rows, columns = table[some].sum(axis=1), table.sum(axis=0)
    used = columns > 0
    if len(rows) < 2 or used.sum() < 2:
        # There is no other table. SciPy 1.17 draws impossible ones of a single row or column.
        return above + permutations, below + permutations
    rng = np.random.default_rng(seed)
    drawn = np.zeros((len(table), BATCH))
    slack = 1e-9 * np.abs(later).max()
    for start in range(0, permutations, BATCH):
        count = min(BATCH, permutations - start)
        tables = random_table.rvs(rows, columns[used], size=count, random_state=rng)
        drawn[some, :count] = (tables @ later[used]).T
        chance = around @ drawn[:, :count]  # type: ignore[operator]  # scipy's matrices
        above += (chance >= observed[:, None] - slack).sum(axis=1)
        below += (chance <= observed[:, None] + slack).sum(axis=1)
    return above, below


def history(statistic: pd.DataFrame, p: pd.DataFrame) -> pd.DataFrame:
    """What became of hot places by each year: persistent, new, now and then, or cooled.

    Formula:
        Hot in a year: Gi* above zero, corrected p at most 0.05. By year t: persistent if hot in t
        and in at least three quarters of the years so far, three or more; new if hot in t and in
        no year before; recurrent if hot in t otherwise; cooled if hot in a year before, not in t;
        else never.

    Source:
        Gi*: Ord and Getis (1995). The kinds are after ArcGIS's emerging hot spots, which ask for
        ten time steps; for few years defined here.

    Assumes:
        Gi* was found in each year in the same way.

    Limits:
        A place at the brink of 0.05 comes and goes without much changing. In the first year every
        hot place is new.

    Args:
        statistic: Gi* by area (rows) and year (columns, ascending); missing where there is none.
        p: corrected, in the same shape.

    Returns:
        In the same shape: ``persistent``, ``new``, ``recurrent``, ``cooled`` or ``never``.

    >>> g = pd.DataFrame([[3.0, 3, 3], [0, 0, 3], [3, 0, 0], [0, 0, 0]])
    >>> history(g, (g < 1).astype(float))[2].tolist()
    ['persistent', 'new', 'cooled', 'never']
    """
    hot = ((statistic > 0) & (p <= ALPHA)).to_numpy()
    so_far = hot.cumsum(axis=1)
    years = np.arange(1, hot.shape[1] + 1)
    before = so_far - hot
    persistent = (so_far >= MOSTLY * years) & (years >= 3)
    kinds = np.select(
        [hot & persistent, hot & (before == 0), hot, before > 0],
        ["persistent", "new", "recurrent", "cooled"],
        "never",
    )
    return pd.DataFrame(kinds, index=statistic.index, columns=statistic.columns)
