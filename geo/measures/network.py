"""Who is tied to whom, which communities that makes, and how the network is drawn."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely
from scipy.sparse import csr_matrix
from scipy.spatial import cKDTree

if TYPE_CHECKING:
    from igraph import Graph

LEAST_INTEREST_GROUP = 15
"""People of a community that counts as an interest group."""
ALPHABET = 26
BY_DISTANCES = 500
"""Nodes up to which a part is drawn by all its distances (Kamada and Kawai); beyond, that takes
too long and comes out badly."""
ROUNDS, MOVES = (300, 2_000), 4_000_000
"""Fewest and most rounds in which the nodes of a larger part are moved, and moves in all."""
TOO_NEAR, NEAREST, PUSHES = 0.6, 0.9, 40
"""Where nodes are drawn nearer than this, they are pushed apart to that, so many times; a node
has the room of a disc of radius one."""
MARGIN = 0.8
"""Around a part, and around the nodes of a large one."""
WITH_BAYS = 100
ONE_AT_A_TIME = Lock()
"""igraph has one generator of random numbers for all threads."""


def graph(nodes: Sequence[str], edges: pd.DataFrame) -> Graph:
    """A simple undirected graph, the same in whatever order nodes and edges are given.

    Args:
        nodes: each once.
        edges: ``source``, ``target`` and, if there is one, ``weight``; ties given twice add up,
            ties with oneself and with others than the nodes are passed over.

    Returns:
        igraph's, vertices in sorted order of the nodes, edges with a weight.

    >>> edges = pd.DataFrame({"source": ["b", "a"], "target": ["a", "b"]})
    >>> made = graph(["c", "b", "a"], edges)
    >>> made.get_edgelist(), made.es["weight"]
    ([(0, 1)], [2.0])
    """
    from igraph import Graph

    order = pd.Index(nodes).sort_values()
    ends = np.column_stack(
        [order.get_indexer(pd.Index(edges[end])) for end in ("source", "target")]
    )
    ends.sort(axis=1)
    weight = edges["weight"] if "weight" in edges else np.ones(len(edges))
    ties = pd.DataFrame({"a": ends[:, 0], "b": ends[:, 1], "weight": np.asarray(weight, float)})
    ties = ties[(ties["a"] >= 0) & (ties["a"] < ties["b"])]
    # In order of weight too, so that rounding does not depend on the order of the rows.
    ties = ties.sort_values(["a", "b", "weight"]).groupby(["a", "b"], as_index=False).sum()
    return Graph(
        n=len(order),
        edges=ties[["a", "b"]].to_numpy(dtype=int).tolist(),
        edge_attrs={"weight": ties["weight"].tolist()},
    )


def project(incidence: pd.DataFrame, of: str, by: str) -> pd.DataFrame:
    """Who shares something with whom: people their applications, groups their people.

    Formula:
        w(i, j) = Σ 1/(n_b − 1) over all b that i and j share, n_b being how many b has: of an
        application that names n people each pair gets 1/(n − 1), so that it adds one to what
        each of its people has in all.

    Source:
        Newman (2001), Scientific collaboration networks II: shortest paths, weighted networks,
        and centrality.

    Assumes:
        Whoever is named together knows each other, the less so the more are named.

    Limits:
        A list of many people makes a tie of each pair, most of whom may never have met: their
        weight is small, their number is not. What was done together without an application is
        not seen.

    Args:
        incidence: columns ``of`` and ``by``; rows with a missing value are passed over, and rows
            given twice count once.
        of: the column of those who are tied.
        by: the column of what they share.

    Returns:
        A row for each pair that shares something, sorted: ``source`` and ``target`` (source
        before target), ``shared`` (how many), ``weight``.

    >>> named = pd.DataFrame({"who": ["a", "b", "a", "b", "c"], "where": [1, 1, 2, 2, 2]})
    >>> project(named, "who", "where").to_numpy().tolist()
    [['a', 'b', 2, 1.5], ['a', 'c', 1, 0.5], ['b', 'c', 1, 0.5]]
    """
    rows = incidence[[of, by]].dropna().drop_duplicates()
    who, names = pd.factorize(rows[of], sort=True)
    what, things = pd.factorize(rows[by], sort=True)
    size = np.bincount(what, minlength=len(things))
    tied = size[what] > 1
    who, what = who[tied], what[tied]
    shape = (len(names), len(things))
    one = csr_matrix((np.ones(len(who)), (who, what)), shape=shape)
    part = csr_matrix((1 / (size[what] - 1), (who, what)), shape=shape)
    shared, weight = (csr_matrix(matrix @ one.T) for matrix in (one, part))
    for matrix in (shared, weight):  # which have the same pattern: every entry is positive
        matrix.sort_indices()
    source = np.repeat(np.arange(len(names)), np.diff(shared.indptr))
    pairs = source < shared.indices
    return pd.DataFrame(
        {
            "source": names.take(source[pairs]),
            "target": names.take(shared.indices[pairs]),
            "shared": shared.data[pairs].astype(int),
            "weight": weight.data[pairs],
        }
    )


def communities(
    nodes: Sequence[str], edges: pd.DataFrame, resolution: float = 1.0, seed: int = 0
) -> pd.Series[int]:
    """Which nodes hang together: communities of the network.

    Formula:
        Those that make modularity large: Q = 1/(2m) Σ_ij (w_ij − γ k_i k_j/(2m)) over all pairs
        in one community, k_i being the sum of the weights of i's ties, m the sum of all weights,
        γ the resolution. Nodes are moved, communities refined and put together as one, in turn,
        until nothing changes.

    Source:
        Leiden: Traag, Waltman and van Eck (2019), From Louvain to Leiden: guaranteeing
        well-connected communities; modularity: Newman and Girvan (2004), Finding and evaluating
        community structure in networks.

    Assumes:
        A node belongs to one community. Ties are where the data have them: a person who is named
        once is in the community of that application.

    Limits:
        In a large network small communities that have a tie between them are put together, which
        a higher resolution undoes; partitions that are nearly as good may differ. Modularity
        finds communities in random networks too: look at the ties across.

    Args:
        nodes: each once, in any order.
        edges: ``source``, ``target``, ``weight`` (positive); each pair once.
        resolution: above one, more and smaller communities.
        seed: of the random order in which nodes are looked at.

    Returns:
        On the nodes, in the order given: integers from 0 on, by size, the largest first, those
        of one size by their first member. A node without ties is a community of its own.

    >>> edges = pd.DataFrame({"source": list("abcde"), "target": list("bcaed"), "weight": 1.0})
    >>> communities(list("fabcde"), edges[:4]).tolist()
    [2, 0, 0, 0, 1, 1]
    """
    made = graph(nodes, edges)
    found = np.arange(made.vcount())
    if made.ecount():
        # How boldly it refines depends on the size of the weights, unless their mean is one.
        weights = np.array(made.es["weight"])
        with _Generator(seed):
            found = made.community_leiden(
                "modularity", (weights / weights.mean()).tolist(), resolution, n_iterations=-1
            ).membership
    number = _by_size(np.asarray(found))
    return pd.Series(number, index=pd.Index(nodes).sort_values()).reindex(pd.Index(nodes))


def _by_size(labels: np.ndarray) -> np.ndarray:
    """Labels anew: from the most frequent on, ties by who comes first."""
    _, first, inverse, size = np.unique(
        labels, return_index=True, return_inverse=True, return_counts=True
    )
    rank = np.empty(len(first), dtype=int)
    rank[np.lexsort([first, -size])] = np.arange(len(first))
    return np.asarray(rank[inverse])


class _Generator:
    """igraph's random numbers from a seed, for one thread at a time."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def __enter__(self) -> None:
        from igraph import set_random_number_generator

        ONE_AT_A_TIME.acquire()
        set_random_number_generator(random.Random(self.seed))

    def __exit__(self, *_: object) -> None:
        from igraph import set_random_number_generator

        set_random_number_generator(random)
        ONE_AT_A_TIME.release()


def letter(number: int) -> str:
    """What a community goes by: A to Z, then AA.

    >>> [letter(number) for number in (0, 25, 26, 27, 701, 702)]
    ['A', 'Z', 'AA', 'AB', 'ZZ', 'AAA']
    """
    before, last = divmod(number, ALPHABET)
    return (letter(before - 1) if before else "") + chr(ord("A") + last)


def layout(nodes: Sequence[str], edges: pd.DataFrame, seed: int = 0) -> pd.DataFrame:
    """Where each node is drawn: the parts of the network as discs around the largest.

    Formula:
        Each connected part of n nodes is drawn by itself, in a disc whose radius grows with √n.
        Up to 500 nodes: distances on paper as near to distances in ties as can be,
        Σ (|p_i − p_j| − l·d_ij)²/d_ij² at its least. More: nodes repel each other by 1/d, ties
        attract by w·d². Nodes that come too near are pushed apart. Discs, the largest first, are
        put where they come nearest to the middle.

    Source:
        Kamada and Kawai (1989), An algorithm for drawing general undirected graphs; Fruchterman
        and Reingold (1991), Graph drawing by force-directed placement.

    Assumes:
        Near each other on paper means few ties apart.

    Limits:
        A drawing is no map: up and down, left and right mean nothing, nor does how far two parts
        lie from each other. Another seed, or a tie more, may turn the whole.

    Args:
        nodes: each once, in any order.
        edges: ``source``, ``target``, ``weight`` (positive); each pair once.
        seed: of where large parts begin.

    Returns:
        ``x`` and ``y`` on the nodes, in the order given: inside the unit disc, the middle of the
        largest part at 0, 0.

    >>> layout(["a", "b"], pd.DataFrame({"source": ["a"], "target": ["b"], "weight": [1]}))
         x    y
    a -1.0  0.0
    b  1.0  0.0
    """
    made = graph(nodes, edges)
    parts = _parts(made)
    drawn = [_draw(part, seed) for _, part in parts]
    middles = _pack(drawn)
    xy = np.zeros((made.vcount(), 2))
    for (members, _), shape, middle in zip(parts, drawn, middles, strict=True):
        xy[members] = shape + middle
    reach = np.hypot(*xy.T).max(initial=0)
    frame = pd.DataFrame(xy / (reach or 1), pd.Index(nodes).sort_values(), ["x", "y"])
    return frame.reindex(pd.Index(nodes))


def _parts(made: Graph) -> list[tuple[np.ndarray, Graph]]:
    """The connected parts, the largest first: which vertices, and the graph among them."""
    from igraph import Graph

    part = _by_size(np.array(made.connected_components().membership, dtype=int))
    number = int(part.max(initial=-1)) + 1
    members = np.argsort(part, kind="stable")
    sizes = np.bincount(part, minlength=number)
    place = np.empty(len(part), dtype=int)
    place[members] = np.arange(len(part)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    ends = np.array(made.get_edgelist(), dtype=int).reshape(-1, 2)
    of = part[ends[:, 0]]
    order = np.argsort(of, kind="stable")
    cuts = np.searchsorted(of[order], np.arange(1, number))
    weights = np.array(made.es["weight"], dtype=float)[order]
    return [
        (mine, Graph(n=len(mine), edges=ties.tolist(), edge_attrs={"weight": weight.tolist()}))
        for mine, ties, weight in zip(
            np.split(members, np.cumsum(sizes)[:-1]),
            np.split(place[ends[order]], cuts),
            np.split(weights, cuts),
            strict=True,
        )
    ][:number]


def _draw(part: Graph, seed: int) -> np.ndarray:
    """One connected part around the middle, a node's room being a disc of radius one."""
    n = part.vcount()
    if n <= 2:
        return np.array([[-1.0, 0.0], [1.0, 0.0]][:n]) * float(np.sqrt(n) - 1)
    with _Generator(seed):
        if n <= BY_DISTANCES:
            drawn = part.layout_kamada_kawai()
        else:
            weights = np.array(part.es["weight"])
            drawn = part.layout_fruchterman_reingold(
                weights=(weights / weights.mean()).tolist(),
                niter=int(np.clip(MOVES / n, *ROUNDS)),
                grid=True,
            )
    return _fitted(_apart(_fitted(np.array(drawn.coords))))


def _fitted(xy: np.ndarray) -> np.ndarray:
    """In a disc of the size that so many nodes have, its middle at 0, 0."""
    circle = shapely.minimum_bounding_circle(shapely.multipoints(xy))
    radius = shapely.minimum_bounding_radius(shapely.multipoints(xy))
    return np.asarray(
        (xy - shapely.get_coordinates(shapely.centroid(circle)))
        * ((np.sqrt(len(xy)) - 1) / (radius or 1))
    )


def _apart(xy: np.ndarray) -> np.ndarray:
    """Nodes too near each other pushed apart, those on one spot each in a direction of its own."""
    if cKDTree(xy).query(xy, 2)[0][:, 1].min() >= TOO_NEAR:
        return xy
    golden = np.pi * (3 - np.sqrt(5)) * np.arange(len(xy))
    xy = xy + 1e-6 * np.column_stack([np.cos(golden), np.sin(golden)])
    for _ in range(PUSHES):
        a, b = cKDTree(xy).query_pairs(NEAREST, output_type="ndarray").reshape(-1, 2).T
        step = xy[b] - xy[a]
        far = np.hypot(*step.T)
        step *= ((NEAREST - far) / far / 4)[:, None]
        np.add.at(xy, b, step)
        np.add.at(xy, a, -step)
    return xy


def _pack(shapes: Sequence[np.ndarray]) -> np.ndarray:
    """Middles of the parts, the largest first and at 0, 0, the others as near to it as they can be.

    A part is a disc, but for large ones, whose nodes are, since they have bays. For each
    direction it is known how far out a disc has to be so as to clear all before; the next one
    goes where that is least. Discs come in few sizes, for that to hold from one to the next.
    """
    middles = np.zeros((len(shapes), 2))
    radii = np.ceil(2 * np.sqrt([len(one) for one in shapes])) / 2 - 1 + MARGIN
    fine = 16 * np.sqrt((radii**2).sum()) / radii.min(initial=1)
    turn = np.linspace(0, 2 * np.pi, int(np.clip(fine, 360, 4_096)), endpoint=False)
    ways = np.column_stack([np.cos(turn), np.sin(turn)])
    needed = np.zeros(len(ways))
    standing: list[tuple[np.ndarray, float]] = []
    for place, (shape, radius) in enumerate(zip(shapes, radii, strict=True)):
        same = place > 1 and radius == radii[place - 1]
        if not same:
            needed[:] = 0
        for points, room in standing[-1:] if same else standing:
            np.maximum(needed, _clear(ways, points, room + radius), out=needed)
        if place:
            way = needed.argmin()
            middles[place] = needed[way] * ways[way]
        bays = len(shape) >= WITH_BAYS
        standing.append((shape + middles[place], MARGIN) if bays else (middles[[place]], radius))
    return middles


def _clear(ways: np.ndarray, points: np.ndarray, apart: float) -> np.ndarray:
    """How far out in each direction one is, at the least, so far apart from all points."""
    along = ways @ points.T
    room = apart**2 - (points**2).sum(axis=1) + along**2
    out = np.where(room > 0, along + np.sqrt(np.maximum(room, 0)), 0)
    return np.asarray(out.max(axis=1))


@dataclass(frozen=True)
class Agreement:
    """How far two partitions of the same agree: one if they are the same.

    ``ari`` is about zero for partitions that have nothing to do with each other, ``nmi`` at
    least zero; both are missing where ``n``, the number of those compared, is below two.
    """

    ari: float
    nmi: float
    n: int


def agreement(one: pd.Series, other: pd.Series) -> Agreement:
    """How far two ways of dividing the same people agree.

    Formula:
        Adjusted Rand index: (pairs together in both − expected) / (½ (pairs together in the one
        + in the other) − expected), expected = their product / number of all pairs. Normalised
        mutual information: 2 I(U; V) / (H(U) + H(V)).

    Source:
        Hubert and Arabie (1985), Comparing partitions; Strehl and Ghosh (2002), Cluster
        ensembles, here with the arithmetic mean of the entropies; as in scikit-learn.

    Assumes:
        Each belongs to one part in both; what the parts are called does not matter.

    Limits:
        Mutual information is above zero for partitions into many small parts that agree by
        chance alone: the Rand index is corrected for that. Who is in only one of the two is left
        out, however many they are.

    Args:
        one: a label for each, on any index without duplicates.
        other: likewise; those on both indexes, with both labels there, are compared.

    Returns:
        Both figures and how many were compared.

    >>> agreement(pd.Series([0, 0, 1, 1]), pd.Series(["b", "b", "a", "a"]))
    Agreement(ari=1.0, nmi=1.0, n=4)
    """
    both = pd.concat({"one": one, "other": other}, axis=1, join="inner").dropna()
    if len(both) < 2:
        return Agreement(float("nan"), float("nan"), len(both))
    from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score

    codes = [pd.factorize(both[side])[0] for side in both]
    ari, nmi = adjusted_rand_score(*codes), normalized_mutual_info_score(*codes)
    return Agreement(float(ari), float(nmi), len(both))
