"""Whether neighbours are alike: Moran's I, LISA and Gi*, with chance and correction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
from scipy.spatial import cKDTree
from scipy.stats import false_discovery_control

if TYPE_CHECKING:
    from libpysal.graph import Graph

PERMUTATIONS = 9_999
"""Fewer leave no p small enough to survive a correction over hundreds of places."""
ALPHA = 0.05
FEWEST = 5
"""Areas that a comparison of neighbours takes."""
QUADRANTS = ("high-high", "low-high", "low-low", "high-low")
"""As esda numbers them, from 1 on."""
NOT_SIGNIFICANT = "not-significant"


def neighbours(areas: gpd.GeoSeries) -> Graph:
    """Which areas are neighbours: those that share an edge or a corner.

    An area that touches none is tied to the one whose middle is nearest, in both directions.

    Args:
        areas: polygons by code, EPSG:5179.

    Returns:
        A symmetric graph of ones, its nodes in the order of ``areas``.

    >>> from shapely import box
    >>> squares = gpd.GeoSeries({"a": box(0, 0, 1, 1), "b": box(1, 1, 2, 2), "c": box(5, 0, 6, 1)})
    >>> neighbours(squares).adjacency.index.tolist()
    [('a', 'b'), ('b', 'a'), ('b', 'c'), ('c', 'b')]
    """
    from libpysal.graph import Graph

    touching = Graph.build_contiguity(areas, rook=False)
    islands = touching.isolates
    if len(islands) == 0 or len(areas) < 2:
        return touching
    middles = areas.representative_point()
    xy = np.column_stack([middles.x, middles.y])
    nearest = cKDTree(xy).query(xy[areas.index.get_indexer(islands)], 2)[1]
    own = areas.index.get_indexer(islands)
    other = np.where(nearest[:, 0] == own, nearest[:, 1], nearest[:, 0])
    ties = pd.DataFrame({"focal": islands, "neighbor": areas.index[other]})
    known = touching.adjacency.drop(islands).index.to_frame(index=False)
    pairs = pd.concat([known, ties, ties.set_axis(["neighbor", "focal"], axis=1)])
    pairs = pairs.drop_duplicates()
    order = pd.CategoricalIndex(pairs["focal"], categories=areas.index).codes
    pairs = pairs.assign(order=order).sort_values(["order", "neighbor"])
    return Graph.from_arrays(
        pairs["focal"].to_numpy(), pairs["neighbor"].to_numpy(), np.ones(len(pairs))
    )


def standardised_rate(counts: pd.Series[int], exposure: pd.Series[float]) -> pd.Series[float]:
    """Rates made comparable: how many standard deviations from the city's, given the exposure.

    Formula:
        z_i = (n_i/x_i − b) / √v_i, with b = Σn / Σx, v_i = a + b/x_i and
        a = Σx_i(n_i/x_i − b)² / Σx − b/(Σx/k), or v_i = b/x_i where that is below zero;
        n are groups, x the exposure (residents, or km²), k the number of areas.

    Source:
        Empirical Bayes standardisation: Assunção and Reis (1999), A new proposal to adjust
        Moran's I for population density; as in GeoDa and esda.

    Assumes:
        Groups arise in proportion to the exposure, with a chance of each area's own.

    Limits:
        It lessens the noise of small areas but does not smooth over neighbours. Where residents
        are estimated by area, it is by area that rates are compared.

    Args:
        counts: groups by area.
        exposure: residents or km² on the same index, above zero.

    Returns:
        Standardised rates on the same index; all zero where there are no groups.

    >>> counts = pd.Series([2, 2, 8], index=list("abc"))
    >>> standardised_rate(counts, pd.Series([10.0, 10, 10], index=list("abc"))).round(3).tolist()
    [-0.707, -0.707, 1.414]
    """
    if not counts.any():
        return counts.astype(float)
    from esda.smoothing import assuncao_rate

    z = assuncao_rate(counts.to_numpy(dtype=float), exposure.to_numpy(dtype=float))
    return pd.Series(z, index=counts.index)


@dataclass(frozen=True)
class GlobalMoran:
    """Moran's I of a city, what chance gives, and the distribution of the latter."""

    i: float
    expected: float
    z: float
    p: float
    simulated: np.ndarray


def global_moran(
    values: pd.Series[float], graph: Graph, *, permutations: int = PERMUTATIONS, seed: int = 0
) -> GlobalMoran:
    """Whether neighbours are alike in the city as a whole.

    Formula:
        I = (n/S) · Σᵢ Σ_j w_ij z_i z_j / Σᵢ z_i², z being values less their mean, w the weights of
        neighbours, each area's adding up to one, and S their sum, here n. Without any pattern
        I is −1/(n − 1) on average. p = (1 + #{permutations at least as far out}) / (1 + their
        number), on the side on which I lies, doubled.

    Source:
        Moran (1950), Notes on continuous stochastic phenomena; Cliff and Ord (1981), Spatial
        Processes; as in esda.

    Assumes:
        Any area could have had any other one's value. Areas that share an edge or a corner are
        neighbours (queen contiguity), and one that touches none is tied to the nearest.

    Limits:
        One number for a whole city: it does not say where. It depends on the areas: small ones
        tell more. That neighbours are alike does not say why.

    Args:
        values: by area, none missing, not all equal.
        graph: neighbours among the same areas.
        permutations: how many.
        seed: of the permutations.

    Raises:
        ValueError: fewer than five areas, or all values equal.

    >>> from libpysal.graph import Graph
    >>> line = Graph.from_arrays(list("abbccdde"), list("bacbdced"), [1] * 8)
    >>> found = global_moran(pd.Series([1.0, 2, 3, 4, 5], index=list("abcde")), line)
    >>> round(found.i, 3), found.expected
    (0.6, -0.25)
    """
    check_values(values)
    weights = graph.transform("r").sparse
    z = values.to_numpy(dtype=float) - values.mean()
    scale = float(z @ z)
    rng = np.random.default_rng(seed)
    i = float(z @ (weights @ z)) / scale
    simulated = np.empty(permutations)
    for start in range(0, permutations, 1_000):
        count = min(1_000, permutations - start)
        drawn = rng.permuted(np.broadcast_to(z, (count, len(z))), axis=1)
        simulated[start : start + count] = (drawn * (weights @ drawn.T).T).sum(axis=1) / scale
    expected = -1 / (len(z) - 1)
    further = (simulated >= i).sum() if i >= expected else (simulated <= i).sum()
    p = min(1.0, 2 * (1 + int(further)) / (1 + permutations))
    z_score = float((i - simulated.mean()) / simulated.std())
    return GlobalMoran(i, expected, z_score, p, simulated)


def check_values(values: pd.Series[float]) -> None:
    """Refuse what neighbours cannot be compared in.

    >>> check_values(pd.Series([1.0, 1, 1, 1, 1]))
    Traceback (most recent call last):
        ...
    ValueError: All 5 areas have the same value: give values that differ.
    """
    if len(values) < FEWEST:
        raise ValueError(f"{len(values)} areas are too few to compare neighbours: give {FEWEST}.")
    if values.nunique() == 1:
        raise ValueError(f"All {len(values)} areas have the same value: give values that differ.")


def local_moran(
    values: pd.Series[float], graph: Graph, *, permutations: int = PERMUTATIONS, seed: int = 0
) -> pd.DataFrame:
    """Where an area and its neighbours are alike, or the opposite of each other.

    Formula:
        I_i = z_i · Σ_j w_ij z_j, divided by Σz²/(n − 1); z and w as for Moran's I. High–High: the
        area and its neighbours' mean are above the city's mean; Low–Low: both below; High–Low
        and Low–High: one above, one below. p by permutation of the others around each area, on
        the side on which I_i lies.

    Source:
        LISA: Anselin (1995), Local indicators of spatial association; as in GeoDa and esda.

    Assumes:
        As Moran's I. Values are rates standardised by the exposure, so that small areas do not
        stand out by chance alone.

    Limits:
        An area is called by its own value and its neighbours', so the middle of a hot patch is
        found before its rim. Many areas are tested at once: without the correction one in twenty
        is called something by chance alone.

    Args:
        values: by area, none missing, not all equal.
        graph: neighbours among the same areas, in the same order.
        permutations: how many.
        seed: of the permutations.

    Returns:
        On the index of ``values``: ``statistic`` (I_i), ``lag`` (the neighbours' mean of z),
        ``quadrant`` (one of QUADRANTS), ``p``.

    Raises:
        ValueError: fewer than five areas, or all values equal.
    """
    check_values(values)
    from esda import Moran_Local

    found = Moran_Local(
        values.to_numpy(dtype=float), graph.transform("r"), permutations=permutations, seed=seed,
        n_jobs=1, keep_simulations=False,
    )  # fmt: skip
    z = (values - values.mean()).to_numpy(dtype=float)
    return pd.DataFrame(
        {
            "statistic": found.Is,
            "lag": graph.transform("r").sparse @ z,
            "quadrant": np.array(QUADRANTS)[found.q - 1],
            "p": found.p_sim.astype(float),
        },
        index=values.index,
    )


def local_g(
    values: pd.Series[float], graph: Graph, *, permutations: int = PERMUTATIONS, seed: int = 0
) -> pd.DataFrame:
    """Where high values, or low ones, gather: an area together with its neighbours.

    Formula:
        G*_i = (Σ_j w_ij x_j − x̄·W) / (s·√((n·W − W²)/(n − 1))), W = Σ_j w_ij, w_ij one for a
        neighbour and for the area itself, x̄ and s the mean and standard deviation of all
        x. Above zero high values gather, below zero low ones. p by permutation of the others
        around each area, on the side on which G* lies.

    Source:
        Getis and Ord (1992), The analysis of spatial association by use of distance statistics;
        Ord and Getis (1995), Local spatial autocorrelation statistics; as in esda.

    Assumes:
        Values are observed over expected groups under the null that is named beside the map.

    Limits:
        A single very high value warms all of its neighbours. Many areas are tested at once:
        without the correction one in twenty is called something by chance alone.

    Args:
        values: by area, none missing, not all equal.
        graph: neighbours among the same areas, in the same order.
        permutations: how many.
        seed: of the permutations.

    Returns:
        On the index of ``values``: ``statistic`` (G*_i as a standard score), ``p``.

    Raises:
        ValueError: fewer than five areas, or all values equal.
    """
    check_values(values)
    from esda import G_Local

    found = G_Local(
        values.to_numpy(dtype=float), graph, transform="B", star=True, permutations=permutations,
        seed=seed, n_jobs=1, keep_simulations=False,
    )  # fmt: skip
    return pd.DataFrame({"statistic": found.Zs, "p": found.p_sim.astype(float)}, index=values.index)


def corrected(p: pd.Series[float]) -> pd.Series[float]:
    """p-values as they stand when as many tests were made: false discoveries kept to a share.

    Formula:
        Sorted from the smallest, p_(i) becomes min over j ≥ i of p_(j)·m/j, m being the number
        of tests. Calling what is at most 0.05 significant, at most one in twenty of those called
        is so by chance.

    Source:
        Benjamini and Hochberg (1995), Controlling the false discovery rate; for spatial tests
        Caldas de Castro and Singer (2006); as in scipy.

    Assumes:
        Tests are independent, or depend on each other positively, as those of neighbours do.

    Limits:
        It is strict: some of what is not significant after it is real.

    Args:
        p: of each test, missing where none was made.

    Returns:
        On the same index, missing where ``p`` is.

    >>> corrected(pd.Series([0.01, 0.02, 0.9, float("nan")])).tolist()
    [0.03, 0.03, 0.9, nan]
    """
    out = p.astype(float)
    made = out.notna()
    if made.any():
        out[made] = false_discovery_control(out[made].to_numpy())
    return out
