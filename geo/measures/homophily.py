"""끼리끼리: whether those who are alike are tied to each other more than chance would have it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

PERMUTATIONS = 999
BATCH = 4_000_000
"""Ends of ties looked at in one go."""
MISSING = float("nan")


def e_i_index(edges: pd.DataFrame, attribute: pd.Series) -> float:
    """Whether ties go to others or stay among those who are alike.

    Formula:
        (E − I)/(E + I), E being the ties between two categories, I those inside one: −1 where
        all stay inside, 1 where none does.

    Source:
        The E-I index: Krackhardt and Stern (1988), Informal networks and organizational crises:
        an experimental simulation.

    Assumes:
        Each node is of one category, and all ties weigh alike.

    Limits:
        It depends on how many categories there are and how large they are: in a large one most
        ties stay inside by chance alone. Read it beside what is expected.

    Args:
        edges: ``source``, ``target``; each pair once.
        attribute: the category of each node, by node; ties with a missing one are left out.

    Returns:
        From −1 to 1; missing without ties.

    >>> edges = pd.DataFrame({"source": list("aac"), "target": list("bcd")})
    >>> round(e_i_index(edges, pd.Series({"a": 1, "b": 1, "c": 2, "d": 2})), 3)
    -0.333
    """
    ends, category, _ = _tied(edges, attribute)
    inside = int((category[ends[0]] == category[ends[1]]).sum())
    return _index(inside, ends.shape[1])


def _tied(edges: pd.DataFrame, attribute: pd.Series) -> tuple[np.ndarray, np.ndarray, pd.Index]:
    """Ties of which both ends have a category, and which the ends have.

    Returns:
        Of each tie both ends, as positions among the nodes tied, shape (2, ties); the category of
        each of these nodes, as a position among the sorted categories; and these.
    """
    known = attribute.dropna().sort_index()
    category, labels = pd.factorize(known, sort=True)
    ends = np.array([known.index.get_indexer(pd.Index(edges[end])) for end in ("source", "target")])
    nodes, ends = np.unique(ends[:, (ends >= 0).all(axis=0)], return_inverse=True)
    return ends.reshape(2, -1), category[nodes], pd.Index(labels)


def _index(inside: int, ties: int) -> float:
    return (ties - 2 * inside) / ties if ties else MISSING


def assortativity(edges: pd.DataFrame, attribute: pd.Series) -> float:
    """How much more ties stay inside categories than they would if they fell at random.

    Formula:
        r = (Σ e_ii − Σ a_i²)/(1 − Σ a_i²), e_ij being the share of all ends of ties that join
        categories i and j, a_i the share of the ends that are in i.

    Source:
        The coefficient for discrete properties: Newman (2003), Mixing patterns in networks.

    Assumes:
        By chance a tie would find each end in proportion to the ties that a category has, so
        that busy people are no sign of being alike.

    Limits:
        One where all ties stay inside, zero where they fall at random; the least that it can be
        depends on the categories and is seldom −1. All people of one application are tied to each
        other: if groups are of one kind, so are ties.

    Args:
        edges: ``source``, ``target``; each pair once.
        attribute: the category of each node, by node; ties with a missing one are left out.

    Returns:
        At most 1; missing without ties, or where all have one category.

    >>> edges = pd.DataFrame({"source": list("aac"), "target": list("bcd")})
    >>> round(assortativity(edges, pd.Series({"a": 1, "b": 1, "c": 2, "d": 2})), 3)
    0.333
    """
    return _coefficient(mixing(edges, attribute).to_numpy(dtype=float))


def _coefficient(ties: np.ndarray) -> float:
    """Newman's, from ties between categories, on the diagonal those inside."""
    ends = ties + np.diag(np.diag(ties))
    share = ends.sum(axis=0)
    total = share.sum()
    if np.count_nonzero(share) < 2:
        return MISSING
    by_chance = float(share @ share) / total**2
    return float((np.trace(ends) / total - by_chance) / (1 - by_chance))


def mixing(edges: pd.DataFrame, attribute: pd.Series) -> pd.DataFrame:
    """Which categories are tied to which, and how often.

    Formula:
        m(c, d) = number of ties of which one end is in c and the other in d. Each stands on both
        sides of the diagonal, and on the diagonal stand the ties inside a category.

    Source:
        The mixing matrix, here in numbers of ties: Newman (2003), Mixing patterns in networks.

    Assumes:
        Each node is of one category, and all ties weigh alike.

    Limits:
        Large categories have many ties with all: a high number is no preference. Categories whose
        nodes have many ties stand out likewise.

    Args:
        edges: ``source``, ``target``; each pair once.
        attribute: the category of each node, by node; ties with a missing one are left out.

    Returns:
        Whole numbers, shape (categories, categories), symmetric, categories sorted, those without
        a tie included.

    >>> edges = pd.DataFrame({"source": list("aac"), "target": list("bcd")})
    >>> mixing(edges, pd.Series({"a": "x", "b": "x", "c": "y", "d": "y"})).to_numpy().tolist()
    [[1, 1], [1, 1]]
    """
    ends, category, labels = _tied(edges, attribute)
    ties = np.zeros((len(labels), len(labels)), dtype=int)
    np.add.at(ties, tuple(category[ends]), 1)
    return pd.DataFrame(ties + ties.T - np.diag(np.diag(ties)), index=labels, columns=labels)


@dataclass(frozen=True)
class Homophily:
    """Whether like goes with like, beside what chance would do; missing without ties.

    ``low`` and ``high`` hold the middle 95 % of the permutations; ``nodes`` have a category and
    a tie to another that has one.
    """

    ties: int
    nodes: int
    e_i: float
    expected: float
    low: float
    high: float
    p: float
    assortativity: float


def homophily(
    edges: pd.DataFrame,
    attribute: pd.Series,
    permutations: int = PERMUTATIONS,
    seed: int = 0,
) -> Homophily:
    """Whether birds of a feather flock together more than chance would have it.

    Formula:
        The E-I index, beside its values when categories are dealt out anew among the nodes, ties
        staying as they are. Expected is 1 − 2 Σ n_c(n_c − 1)/(n(n − 1)), n_c of n nodes being of
        category c; p = (1 + #{permutations at least as far from it}) / (1 + their number),
        two-sided.

    Source:
        Krackhardt and Stern (1988), Informal networks and organizational crises; permutations of
        nodes: Hubert and Schultz (1976), Quadratic assignment as a general data analysis strategy;
        homophily: McPherson, Smith-Lovin and Cook (2001), Birds of a feather.

    Assumes:
        Without homophily anybody could be of any category, wherever they stand in the network.

    Limits:
        It does not tell whether people choose those who are like them, become alike, or live
        where the others do: neighbours are tied because they are near. All people of one
        application are tied to each other, so where groups gather one kind the index says so
        many times over.

    Args:
        edges: ``source``, ``target``; each pair once.
        attribute: the category of each node, by node; ties with a missing one are left out.
        permutations: how many.
        seed: of the permutations.

    Returns:
        Figures as `Homophily` names them. An E-I index below what is expected is homophily.

    >>> edges = pd.DataFrame({"source": list("abcd"), "target": list("bcde")})
    >>> found = homophily(edges, pd.Series(list("xxxyy"), index=list("abcde")), 99)
    >>> found.ties, found.nodes, found.e_i, round(found.expected, 3)
    (4, 5, -0.5, 0.2)
    """
    ends, category, _ = _tied(edges, attribute)
    ties, n = ends.shape[1], len(category)
    if not ties:
        return Homophily(0, 0, *[MISSING] * 6)
    alike = np.bincount(category)
    expected = 1 - 2 * float((alike * (alike - 1)).sum()) / (n * (n - 1))
    observed = e_i_index(edges, attribute)
    drawn = 1 - 2 * _inside(ends, category, permutations, seed) / ties
    # Equally far is at least as far, however the last digit is rounded.
    as_far = int((np.abs(drawn - expected) >= abs(observed - expected) - 1e-9).sum())
    low, high = np.quantile(drawn, [0.025, 0.975])
    return Homophily(
        ties=ties, nodes=n, e_i=observed, expected=expected, low=float(low), high=float(high),
        p=(1 + as_far) / (1 + permutations), assortativity=assortativity(edges, attribute),
    )  # fmt: skip


def _inside(ends: np.ndarray, category: np.ndarray, permutations: int, seed: int) -> np.ndarray:
    """Ties inside a category in each permutation of the categories, some of them at a time."""
    rng = np.random.default_rng(seed)
    small = category.astype(np.min_scalar_type(category.max()))
    batch = max(1, BATCH // ends.size)
    return np.concatenate(
        [
            (dealt[ends[0]] == dealt[ends[1]]).sum(axis=0)
            for start in range(0, permutations, batch)
            for dealt in [
                rng.permuted(np.tile(small[:, None], min(batch, permutations - start)), axis=0)
            ]
        ]
    )
