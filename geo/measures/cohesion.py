"""How well a network hangs together, and who holds it together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from geo.measures.network import graph
from geo.schema import Outcome


@dataclass(frozen=True)
class Cohesion:
    """A network in figures; missing where there are too few nodes for one.

    ``core`` is the largest k of which there is a k-core, ``core_nodes`` how many are in it.
    """

    nodes: int
    ties: int
    components: int
    giant_share: float
    density: float
    mean_degree: float
    largest_degree: int
    core: int
    core_nodes: int


def cohesion(nodes: Sequence[str], edges: pd.DataFrame) -> Cohesion:
    """How well a network hangs together: its parts, its density, its core.

    Formula:
        Of n nodes and m ties: density 2m/(n(n − 1)), mean degree 2m/n. A component is all that
        can be reached from one of its nodes; the largest one's share is its nodes over n. The
        k-core is what is left when nodes with fewer than k ties are taken away until there are
        none; the core is that of the largest k.

    Source:
        Wasserman and Faust (1994), Social Network Analysis; k-core: Seidman (1983), Network
        structure and minimum degree.

    Assumes:
        A tie is there or not, however strong it is, and both have it.

    Limits:
        Density falls as a network grows, since nobody can know everybody: do not compare networks
        of different size by it. One application of many people makes a core by itself. Whoever
        was never named is not in the network.

    Args:
        nodes: each once, those without ties included.
        edges: ``source``, ``target``; ties given twice count once.

    Returns:
        Whole numbers and shares. Without nodes shares and means are missing, with one node the
        density is.

    >>> edges = pd.DataFrame({"source": list("aabc"), "target": list("bccd")})
    >>> found = cohesion(list("abcde"), edges)
    >>> found.components, found.giant_share, found.density, found.core, found.core_nodes
    (2, 0.8, 0.4, 2, 3)
    """
    made = graph(nodes, edges)
    n, m = made.vcount(), made.ecount()
    cores = np.array(made.coreness(), dtype=int)
    core = int(cores.max(initial=0))
    sizes = made.connected_components().sizes()
    missing = float("nan")
    return Cohesion(
        nodes=n,
        ties=m,
        components=len(sizes),
        giant_share=max(sizes) / n if n else missing,
        density=2 * m / (n * (n - 1)) if n > 1 else missing,
        mean_degree=2 * m / n if n else missing,
        largest_degree=max(made.degree(), default=0),
        core=core,
        core_nodes=int((cores == core).sum()),
    )


def betweenness(nodes: Sequence[str], edges: pd.DataFrame) -> pd.Series[float]:
    """Who stands between others: brokers.

    Formula:
        b(v) = Σ σ_st(v)/σ_st over all pairs s, t of others, divided by (n − 1)(n − 2)/2, the
        number of these pairs; σ_st is the number of shortest paths between s and t, σ_st(v) of
        those through v. A pair without a path adds nothing.

    Source:
        Freeman (1977), A set of measures of centrality based on betweenness; computed after
        Brandes (2001), A faster algorithm for betweenness centrality.

    Assumes:
        What passes through a network takes its shortest paths, each as likely, and all ties are
        equally long.

    Limits:
        It tells who could pass something on, not who does. In a network of many parts it is small
        for all. A tie that is missing in the data may move much of it from one to another.

    Args:
        nodes: each once, in any order.
        edges: ``source``, ``target``; weights are passed over.

    Returns:
        From 0 to 1 on the nodes, in the order given; 0 for all where there are fewer than three.

    >>> star = pd.DataFrame({"source": ["hub"] * 3, "target": ["a", "b", "c"]})
    >>> betweenness(["a", "b", "c", "hub"], star).tolist()
    [0.0, 0.0, 0.0, 1.0]
    """
    made = graph(nodes, edges)
    n = made.vcount()
    pairs = max((n - 1) * (n - 2) / 2, 1)
    found = np.array(made.betweenness(directed=False), dtype=float) / pairs
    return _on(nodes, found)


def core_number(nodes: Sequence[str], edges: pd.DataFrame) -> pd.Series[int]:
    """How deep inside the network each node is: the innermost core that it belongs to.

    Formula:
        c(v) = the largest k for which v is in the k-core: the largest set of nodes of which each
        has at least k ties to others in the set.

    Source:
        Seidman (1983), Network structure and minimum degree.

    Assumes:
        Many ties among each other, not many ties as such, make the middle of a network.

    Limits:
        Whoever is named in one application of n people has at least n − 1, whether they know
        others or not. It is a whole number that many share.

    Args:
        nodes: each once, in any order.
        edges: ``source``, ``target``; weights are passed over.

    Returns:
        Whole numbers on the nodes, in the order given; 0 without ties.

    >>> edges = pd.DataFrame({"source": list("aabc"), "target": list("bccd")})
    >>> core_number(list("abcde"), edges).tolist()
    [2, 2, 2, 1, 0]
    """
    return _on(nodes, np.array(graph(nodes, edges).coreness(), dtype=int))


def _on(nodes: Sequence[str], values: np.ndarray) -> pd.Series:
    """From the sorted order of the graph back to that of the nodes."""
    order = pd.Index(nodes)
    return pd.Series(values, index=order.sort_values()).reindex(order)


def near_selected(memberships: pd.DataFrame, outcomes: pd.Series[str]) -> pd.Series[bool]:
    """Which rejected applications are near a selected one: they name somebody whom it names too.

    Formula:
        near(a) = there is a selected application b with P(a) ∩ P(b) not empty, P(a) being the
        people named in a: two steps in the network of applications and people.

    Source:
        A definition of this atlas, in the network of two kinds of nodes of Breiger (1974), The
        duality of persons and groups.

    Assumes:
        Whoever is named in a selected application can help a rejected one the next time.

    Limits:
        It does not tell which came first, nor whether the two know of each other. The group that
        was rejected and selected in the same years is near itself. Applications under review are
        neither.

    Args:
        memberships: ``application_id``, ``person_id``; those of other applications are passed
            over.
        outcomes: the outcome (see `geo.schema.Outcome`) by application, each once.

    Returns:
        On the rejected applications, in the order given. One that names nobody is not near.

    >>> named = pd.DataFrame({"application_id": list("aabc"), "person_id": list("xyyz")})
    >>> outcomes = pd.Series({"a": "selected", "b": "rejected", "c": "rejected"})
    >>> near_selected(named, outcomes).to_dict()
    {'b': True, 'c': False}
    """
    selected = outcomes.index[outcomes == Outcome.SELECTED]
    rejected = outcomes.index[outcomes == Outcome.REJECTED]
    there = memberships["application_id"].isin(selected)
    known = memberships["person_id"].isin(memberships.loc[there, "person_id"].dropna())
    near = rejected.isin(memberships.loc[known, "application_id"])
    return pd.Series(near, index=rejected)
