"""Where groups hang together in space, and what became of each cluster from year to year."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.optimize import linear_sum_assignment
from scipy.sparse import csr_matrix
from scipy.spatial import Delaunay, cKDTree

from geo.schema import CRS

NONE = -1
"""The label of what is in no cluster."""
SMALLEST = (5, 200)
"""Fewest groups of a cluster that may be asked for, and most."""
LARGE = 20_000
"""From here on distances between all pairs would take too long: those of near ones are taken."""
NEAR = 32
KEPT = 0.5
"""Share of its groups that a cluster leaves to the one that carries it on."""
EVENTS = ("born", "split", "shrunk", "steady", "grown", "merged", "parted", "ended")
"""What may happen to a cluster in a year."""
HULL_RATIO = 0.35
"""Of GEOS's concave hull: 0 is as hollow as can be, 1 is convex."""
MARGIN_M = 60.0


def find_clusters(points: gpd.GeoSeries, smallest: int) -> pd.DataFrame:
    """Which groups lie together more densely than those around them.

    Formula:
        The distance of two groups is max(c_a, c_b, d_ab), c being the distance to the m-th
        nearest group, itself counted, and d the distance in metres. Cut at every distance, the
        minimum spanning tree falls into clusters of at least m groups; those are kept that last
        longest, Σᵢ(λᵢ − λ_birth) with λ = 1/distance. A group's probability is its λ over the
        largest one of its cluster.

    Source:
        HDBSCAN: Campello, Moulavi and Sander (2013), Density-based clustering based on
        hierarchical density estimates; as in scikit-learn, which takes m for the smallest size
        and for the number of neighbours.

    Assumes:
        Groups near each other as the crow flies can reach each other. A cluster has at least as
        many groups as the smallest size that was chosen.

    Limits:
        It finds what is dense beside its surroundings, whatever the reason: a market, a subway
        stop, one busy office. Rivers and mountains do not part anything. Another smallest size
        gives other clusters, so try some. Groups known only to their neighbourhood or district
        are left out. For a public audience groups stand somewhere in their block, so that some
        at the edge of a cluster are counted otherwise than with their addresses.

    Args:
        points: in EPSG:5179, on any index; missing ones are in no cluster.
        smallest: fewest groups of a cluster.

    Returns:
        On the index of ``points``: ``cluster``, an integer from 0 on, -1 for none, numbered by
        size, the largest first; ``probability`` from 0 to 1.

    >>> x = [0, 1, 2, 0, 1, 2, 900, 901, 902, 900, 901, 500]
    >>> y = [0, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 9000]
    >>> find_clusters(gpd.GeoSeries.from_xy(x, y, crs="EPSG:5179"), 5)["cluster"].tolist()
    [0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, -1]
    """
    found = pd.DataFrame({"cluster": NONE, "probability": 0.0}, index=points.index)
    there = points.notna().to_numpy()
    xy = shapely.get_coordinates(points.array[there])
    if len(xy) < max(smallest, 2):
        return found
    from sklearn.cluster import HDBSCAN

    if len(xy) < LARGE:
        model = HDBSCAN(min_cluster_size=smallest, copy=True).fit(xy)
    else:
        model = HDBSCAN(min_cluster_size=smallest, metric="precomputed", copy=False).fit(
            _near_distances(xy, max(NEAR, smallest))
        )
    labels = np.maximum(model.labels_, NONE)
    sizes = np.bincount(labels[labels >= 0], minlength=1)
    rank = np.empty(len(sizes), dtype=int)
    rank[np.argsort(-sizes, kind="stable")] = np.arange(len(sizes))
    found.loc[there, "cluster"] = np.where(labels >= 0, rank[labels], NONE)
    found.loc[there, "probability"] = np.nan_to_num(model.probabilities_)
    return found


def _near_distances(xy: np.ndarray, near: int) -> csr_matrix:
    """Distances to the nearest ones and along the Delaunay triangles, which join all."""
    distance, other = cKDTree(xy).query(xy, near)
    triangles = Delaunay(xy).simplices
    start, end = np.vstack([triangles[:, pair] for pair in ([0, 1], [1, 2], [2, 0])]).T
    first = np.concatenate([np.repeat(np.arange(len(xy)), near), start, end])
    second = np.concatenate([other.ravel(), end, start])
    along = np.hypot(*(xy[start] - xy[end]).T)
    size = np.concatenate([distance.ravel(), along, along])
    # What is no distance at all would count as no connection: a millimetre does not.
    pairs = pd.DataFrame({"a": first, "b": second, "size": np.maximum(size, 1e-3)})
    pairs = pd.concat([pairs, pairs.rename(columns={"a": "b", "b": "a"})])
    pairs = pairs.drop_duplicates(["a", "b"])
    return csr_matrix((pairs["size"], (pairs["a"], pairs["b"])), shape=(len(xy), len(xy)))


def hulls(points: gpd.GeoSeries, cluster: pd.Series[int]) -> gpd.GeoSeries:
    """The ground that each cluster covers: a concave hull and 60 m around it.

    Args:
        points: EPSG:5179; missing ones are passed over.
        cluster: of each point, negative for none, on the same index.

    Returns:
        A polygon for each cluster, by its number.

    >>> points = gpd.GeoSeries.from_xy([0, 1000, 0], [0, 0, 1000], crs="EPSG:5179")
    >>> hull = hulls(points, pd.Series([0, 0, 0])).iloc[0]
    >>> hull.bounds, round(hull.buffer(-60).area, -2)
    ((-60.0, -60.0, 1060.0, 1060.0), 500000.0)
    """
    known = points.notna() & (cluster >= 0)
    shapes = {
        number: shapely.concave_hull(
            shapely.multipoints(shapely.get_coordinates(some)), HULL_RATIO
        ).buffer(MARGIN_M, quad_segs=4)
        for number, some in points[known].groupby(cluster[known])
    }
    return gpd.GeoSeries(shapes, crs=points.crs or CRS, dtype="geometry")


def follow_clusters(found: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Clusters of successive years as one: who carries on whom, and what happened.

    Formula:
        Cluster B of a year carries on A of the year before if it has at least half of A's
        groups: |A ∩ B| / |A| ≥ 1/2. Where several A lead to one B, that which shares the most
        groups gives it its name and the others have merged into it. A cluster without one to
        carry on has split off where at least half of its groups that were there the year before
        were in one cluster, and else was born. A cluster that nothing carries on has parted where
        others split off from it, and else has ended.

    Source:
        MONIC: Spiliopoulou, Ntoutsi, Theodoridis and Schult (2006), Modeling and monitoring
        cluster transitions; with its threshold of one half.

    Assumes:
        Clusters were found in each year in the same way, of groups that can be told apart.

    Limits:
        Clusters of the number of all groups so far end only by merging or by thinning out
        beside denser places. A cluster at the brink of the smallest size may end in one year and
        be born again in the next, as another.

    Args:
        found: the cluster of each group (rows) by year (columns, ascending), negative for none.

    Returns:
        Lineages in the shape of ``found``, numbered from 0 on in the order of their first year,
        the larger first; and what happened: ``year``, ``lineage``, ``event`` (``born``,
        ``grown``, ``steady``, ``shrunk``, ``split``, ``merged``, ``parted``, ``ended``), ``other``
        (the lineage that it split from or merged into, else -1), ``n`` (groups; of the last three
        those of the year before), ``shared`` (groups in common with the other year).

    >>> found = pd.DataFrame({2012: [0, 0, 0, 1, 1, 1], 2013: [0, 0, 0, 0, 0, 0]})
    >>> same, events = follow_clusters(found)
    >>> same[2013].tolist()
    [0, 0, 0, 0, 0, 0]
    >>> events[["year", "lineage", "event", "other"]].to_numpy().tolist()[2:]
    [[2013, 0, 'grown', -1], [2013, 1, 'merged', 0]]
    """
    lineages: dict[object, np.ndarray] = {}
    events: list[tuple[int, ...]] = []
    before, known = np.full(len(found), NONE), 0
    for year in found.columns:
        labels = found[year].to_numpy(dtype=int)
        names, told = _name(before, labels, known)
        known += int((names >= known).sum())
        events += [(int(year), *event) for event in told]
        before = np.where(labels >= 0, np.append(names, NONE)[labels], NONE)
        lineages[year] = before
    frame = pd.DataFrame(events, columns=["year", "lineage", "event", "other", "n", "shared"])
    frame["event"] = frame["event"].map(dict(enumerate(EVENTS)))
    return pd.DataFrame(lineages, index=found.index), frame


def _name(
    before: np.ndarray, labels: np.ndarray, known: int
) -> tuple[np.ndarray, list[tuple[int, int, int, int, int]]]:
    """The lineage of each cluster of a year, and what happened, events by their place in EVENTS.

    Args:
        before: the lineage of each group in the year before.
        labels: its cluster in this one.
        known: how many lineages there were so far.
    """
    shared, old = _shared(before, labels)
    size, was = np.bincount(labels[labels >= 0], minlength=shared.shape[1]), _sizes(before, old)
    follows = shared >= KEPT * was[:, None]
    names, parent = np.full(len(size), NONE), np.full(len(size), NONE)
    for row, column in zip(
        *linear_sum_assignment(np.where(follows, shared, 0), maximize=True), strict=True
    ):
        if follows[row, column]:
            names[column], parent[column] = old[row], row
    events = []
    for column, name in enumerate(names):
        if name != NONE:
            row = parent[column]
            event = EVENTS.index("steady") + int(np.sign(size[column] - was[row]))
            events.append((name, event, NONE, size[column], shared[row, column]))
            continue
        names[column], known = known, known + 1
        there = shared[:, column]
        if there.any() and there.max() >= KEPT * there.sum():
            parent[column] = there.argmax()
        row = parent[column]
        event = EVENTS.index("born" if row == NONE else "split")
        other, common = (NONE, 0) if row == NONE else (old[row], there[row])
        events.append((names[column], event, other, size[column], common))
    for row, name in enumerate(old):
        if name in names:
            continue
        if follows[row].any():
            heir = follows[row].argmax()
            events.append((name, EVENTS.index("merged"), names[heir], was[row], shared[row, heir]))
        else:
            event = EVENTS.index("parted" if row in parent else "ended")
            events.append((name, event, NONE, was[row], 0))
    return names, [tuple(int(part) for part in event) for event in events]  # type: ignore[misc]


def _sizes(labels: np.ndarray, which: np.ndarray) -> np.ndarray:
    return np.array([(labels == one).sum() for one in which], dtype=int)


def _shared(before: np.ndarray, after: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Groups in common of the clusters before (rows) and after; and what the rows are called."""
    old = np.unique(before[before >= 0])
    table = np.zeros((len(old), int(after.max(initial=NONE)) + 1), dtype=int)
    both = (before >= 0) & (after >= 0)
    np.add.at(table, (np.searchsorted(old, before[both]), after[both]), 1)
    return table, old


def around(
    places: gpd.GeoSeries, points: gpd.GeoSeries, radius_m: float, weights: np.ndarray
) -> np.ndarray:
    """How many groups lie within a walk of each place, by whatever they are counted by.

    Args:
        places: points, EPSG:5179.
        points: of the groups, EPSG:5179; missing ones are near nothing.
        radius_m: as the crow flies, the boundary included.
        weights: shape (points, columns); what a group counts for in each column.

    Returns:
        Sums of the weights, shape (places, columns).

    >>> groups = gpd.GeoSeries.from_xy([0, 800, 801], [0, 0, 0], crs="EPSG:5179")
    >>> around(groups[:1], groups, 800, np.ones((3, 1))).tolist()
    [[2.0]]
    """
    known = points.notna().to_numpy()
    tree = cKDTree(shapely.get_coordinates(points.array[known]))
    near = tree.query_ball_point(shapely.get_coordinates(places.array), radius_m)
    inside = weights[known]
    return np.array([inside[some].sum(axis=0) for some in near]).reshape(
        len(near), weights.shape[1]
    )


def beside_random_places(
    observed: np.ndarray, elsewhere: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """How a place compares with random ones: what they have in the middle, and the chance.

    Formula:
        p = (1 + #{random places with at least as many groups}) / (1 + number of random places).

    Source:
        A Monte Carlo test: Besag and Diggle (1977), Simple Monte Carlo tests for spatial pattern.

    Assumes:
        Random places are drawn where residents are, each resident as likely as any other. Below
        the district residents are spread evenly unless the atlas brings their number.

    Limits:
        The named places were chosen because groups are there, so that they have more than random
        ones is no surprise: by how much is the finding. 800 m as the crow flies are more on foot.

    Args:
        observed: groups around each named place, any shape (places, columns).
        elsewhere: the same around random places, shape (random, columns).

    Returns:
        The random places' median by column; p of each place and column.

    >>> middle, p = beside_random_places(np.array([[9]]), np.array([[1], [2], [9], [3]]))
    >>> middle.tolist(), p.tolist()
    ([2.5], [[0.4]])
    """
    as_many = (elsewhere[None] >= observed[:, None]).sum(axis=1)
    return np.median(elsewhere, axis=0), (1 + as_many) / (1 + len(elsewhere))


def random_places(
    rng: np.random.Generator, areas: gpd.GeoDataFrame, residents: Sequence[float], number: int
) -> gpd.GeoSeries:
    """Points where residents may live: areas by their residents, any spot inside as likely.

    Args:
        rng: of the draw.
        areas: polygons, EPSG:5179.
        residents: of each area.
        number: of points.

    Returns:
        Points, EPSG:5179.
    """
    share = np.asarray(residents, dtype=float)
    chosen = areas.geometry.array[rng.choice(len(areas), number, p=share / share.sum())]
    west, south, east, north = shapely.bounds(chosen).reshape(-1, 4).T
    points = np.empty((number, 2))
    out = np.arange(number)
    while len(out):
        points[out, 0] = rng.uniform(west[out], east[out])
        points[out, 1] = rng.uniform(south[out], north[out])
        out = out[~shapely.contains_xy(np.asarray(chosen)[out], *points[out].T)]
    return gpd.GeoSeries(gpd.points_from_xy(*points.T), crs=areas.crs)
