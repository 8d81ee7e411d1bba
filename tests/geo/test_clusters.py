"""Clusters are found where they were planted, and keep their identity over the years."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import box
from sklearn.cluster import HDBSCAN
from sklearn.metrics import adjusted_rand_score

from geo.boundaries import Boundaries
from geo.measures import clusters
from geo.measures.clusters import find_clusters, follow_clusters
from geo.sample.figures import TOTALS
from geo.sample.places import found as found_groups
from geo.sample.places import lay_out


def points(xy: np.ndarray) -> gpd.GeoSeries:
    return gpd.GeoSeries(gpd.points_from_xy(*np.asarray(xy, dtype=float).T), crs="EPSG:5179")


@pytest.fixture(scope="module")
def crowd() -> np.ndarray:
    """Four crowds of 60 and 120 people anywhere, metres."""
    rng = np.random.default_rng(1)
    middles = rng.uniform(0, 9_000, (4, 2)).repeat(60, axis=0)
    return np.vstack([middles + rng.normal(0, 150, (240, 2)), rng.uniform(0, 9_000, (120, 2))])


def test_two_grids_by_hand() -> None:
    """Two grids of 5 × 5 a metre apart, a kilometre between: each a cluster, a stray in none.

    Inside a grid the smallest size 5 makes the fifth nearest, the group itself counted, one to
    two metres away; nothing splits a grid into parts of five that last.
    """
    grid = np.array([(x, y) for x in range(5) for y in range(5)], dtype=float)
    found = find_clusters(points(np.vstack([grid, grid + 1_000, [[500, 9_000]]])), 5)
    assert found["cluster"].tolist() == [0] * 25 + [1] * 25 + [-1]
    assert found["probability"].iloc[-1] == 0
    assert found["probability"].iloc[:50].between(0, 1).all()
    assert found["probability"][12] == 1.0


def test_clusters_are_those_of_scikit_learn(crowd: np.ndarray) -> None:
    """The same parts with the same probabilities, numbered by size."""
    theirs = HDBSCAN(min_cluster_size=20, copy=True).fit(crowd)
    found = find_clusters(points(crowd), 20)
    pairs = pd.crosstab(found["cluster"], theirs.labels_)
    assert ((pairs > 0).sum() == 1).all()
    assert ((pairs > 0).sum(axis=1) == 1).all()
    assert pairs.loc[-1, -1] == (theirs.labels_ == -1).sum()
    np.testing.assert_allclose(found["probability"], theirs.probabilities_)
    sizes = found["cluster"][found["cluster"] >= 0].value_counts().sort_index()
    assert sizes.is_monotonic_decreasing


def test_order_and_place_do_not_matter(crowd: np.ndarray) -> None:
    """Groups in another order, all of them elsewhere: the same parts, but for ties of distance."""
    here = find_clusters(points(crowd), 20)["cluster"]
    order = np.random.default_rng(2).permutation(len(crowd))
    there = find_clusters(points(crowd[order] + 4_096), 20)["cluster"]
    assert adjusted_rand_score(here[order], there) >= 0.98


def test_of_very_many_only_the_near_are_compared(
    crowd: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same parts but for ties; groups on one spot do no harm."""
    twice = np.vstack([crowd, crowd[:30]])
    whole = find_clusters(points(twice), 20)["cluster"]
    monkeypatch.setattr(clusters, "LARGE", 1)
    near = find_clusters(points(twice), 20)["cluster"]
    assert adjusted_rand_score(whole, near) >= 0.98


@pytest.mark.parametrize("number", [0, 1, 4])
def test_fewer_than_a_cluster_are_in_none(number: int) -> None:
    """None, one, four of five: no cluster and no exception."""
    found = find_clusters(points(np.arange(10.0).reshape(5, 2))[:number], 5)
    assert found["cluster"].tolist() == [-1] * number


def test_unknown_places_are_in_none(crowd: np.ndarray) -> None:
    """A missing point is in no cluster and changes nothing for the others."""
    known = points(crowd)
    gaps = pd.concat([known, gpd.GeoSeries([None, None], crs="EPSG:5179")], ignore_index=True)
    found = find_clusters(gpd.GeoSeries(gaps, crs="EPSG:5179"), 20)
    assert found["cluster"].tolist() == [*find_clusters(known, 20)["cluster"], -1, -1]


def test_all_on_one_spot() -> None:
    """Fifty groups in one house: one cluster or none, and numbers."""
    found = find_clusters(points(np.full((50, 2), 7.0)), 5)
    assert set(found["cluster"]) <= {0, -1}
    assert found["probability"].between(0, 1).all()


def test_a_hull_covers_its_groups(crowd: np.ndarray) -> None:
    """Every member lies well inside; one spot still has ground."""
    known = points(crowd)
    cluster = find_clusters(known, 20)["cluster"]
    shapes = clusters.hulls(known, cluster)
    assert shapes.index.tolist() == sorted(set(cluster) - {-1})
    for number, shape in shapes.items():
        inner = shape.buffer(-clusters.MARGIN_M + 1)
        assert inner.buffer(2).contains(known[cluster == number]).all()
    single = clusters.hulls(points([[5, 5], [5, 5]]), pd.Series([3, 3]))
    assert single[3].area == pytest.approx(np.pi * 60**2, rel=0.03)
    assert clusters.hulls(known, pd.Series(-1, index=known.index)).empty


def followed(*years: str) -> tuple[list[str], list[tuple[int, int, str, int, int, int]]]:
    """Clusters written as letters, a dot for none; lineages as digits, and what happened."""
    labels = [[-1 if mark == "." else ord(mark) - ord("a") for mark in year] for year in years]
    found = pd.DataFrame(dict(enumerate(labels)))
    lineages, events = follow_clusters(found)
    shown = ["".join("." if n < 0 else str(n) for n in lineages[year]) for year in lineages]
    return shown, list(events.itertuples(index=False, name=None))


def test_a_cluster_grows_shrinks_and_stays() -> None:
    """As long as half of it goes on together it is the same one, whatever its number."""
    shown, events = followed("aaaa....", "bbbbbb.a", "aaaa...b", "aaaa...b")
    assert shown == ["0000....", "000000.1", "0000...1", "0000...1"]
    assert events == [
        (0, 0, "born", -1, 4, 0),
        (1, 1, "born", -1, 1, 0),
        (1, 0, "grown", -1, 6, 4),
        (2, 0, "shrunk", -1, 4, 4),
        (2, 1, "steady", -1, 1, 1),
        (3, 0, "steady", -1, 4, 4),
        (3, 1, "steady", -1, 1, 1),
    ]


def test_the_larger_part_of_a_merger_gives_its_name() -> None:
    """Six and three become nine: the three have merged into the six."""
    shown, events = followed("aaaaaabbb", "aaaaaaaaa")
    assert shown[1] == "000000000"
    assert events[2:] == [(1, 0, "grown", -1, 9, 6), (1, 1, "merged", 0, 3, 3)]


def test_a_cluster_splits() -> None:
    """Of ten six go on and four part: the six keep the name, the four have split off."""
    shown, events = followed("aaaaaaaaaa", "aaaaaabbbb")
    assert shown[1] == "0000001111"
    assert events[1:] == [(1, 0, "shrunk", -1, 6, 6), (1, 1, "split", 0, 4, 4)]


def test_a_cluster_falls_into_parts() -> None:
    """Three thirds: none has half, so all three are new, and the old one has parted."""
    shown, events = followed("aaaaaaaaa", "aaabbbccc")
    assert shown[1] == "111222333"
    assert [event[2] for event in events[1:]] == ["split", "split", "split", "parted"]
    assert events[-1] == (1, 0, "parted", -1, 9, 0)


def test_a_cluster_ends_and_another_is_born() -> None:
    """One that is gone for a year comes back as another."""
    shown, events = followed("aaa...", "......", "aaa...")
    assert shown == ["000...", "......", "111..."]
    assert [(event[0], event[2]) for event in events] == [(0, "born"), (1, "ended"), (2, "born")]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.integers(-1, 3), min_size=12, max_size=12), min_size=1, max_size=4))
def test_lineages_are_the_clusters_by_another_name(years: list[list[int]]) -> None:
    """In a year each cluster has one lineage and each lineage one cluster; sizes agree."""
    labels = [pd.factorize(np.array(year))[0] for year in years]
    labels = [
        np.where(np.array(y) < 0, -1, pd.Series(c).where(np.array(y) >= 0).rank(method="dense") - 1)
        for y, c in zip(years, labels, strict=True)
    ]
    found = pd.DataFrame({n: np.asarray(label, dtype=int) for n, label in enumerate(labels)})
    lineages, events = follow_clusters(found)
    for year in found:
        pairs = pd.DataFrame({"a": found[year], "b": lineages[year]}).drop_duplicates()
        assert pairs["a"].is_unique
        assert pairs["b"].is_unique
        there = events[
            (events["year"] == year) & ~events["event"].isin(["merged", "parted", "ended"])
        ]
        sizes = lineages[year][lineages[year] >= 0].value_counts()
        assert (
            there.set_index("lineage")["n"].sort_index().to_dict() == sizes.sort_index().to_dict()
        )


def test_groups_around_a_place_by_hand() -> None:
    """On a 5 × 5 grid of metres, within one of the middle: five groups; of two kinds, by kind."""
    grid = points([(x, y) for x in range(5) for y in range(5)])
    kinds = np.column_stack([np.ones(25), np.arange(25) % 2])
    found = clusters.around(points([[2, 2], [0, 0]]), grid, 1.0, kinds)
    # around the middle: numbers 7, 11, 12, 13, 17; around the corner: 0, 1, 5
    assert found.tolist() == [[5.0, 4.0], [3.0, 2.0]]
    gaps = gpd.GeoSeries([None, shapely.Point(2, 2)], crs="EPSG:5179")
    assert clusters.around(points([[2, 2]]), gaps, 1.0, np.ones((2, 1))).tolist() == [[1.0]]


def test_random_places_are_where_residents_are() -> None:
    """Three quarters in the area with three quarters of the residents, none where nobody lives."""
    areas = gpd.GeoDataFrame(
        geometry=[box(0, 0, 1, 1), shapely.Point(5, 5).buffer(1), box(8, 8, 9, 9)], crs="EPSG:5179"
    )
    drawn = clusters.random_places(np.random.default_rng(3), areas, [100, 300, 0], 2_000)
    inside = [drawn.within(shape).mean() for shape in areas.geometry]
    assert inside[0] + inside[1] == 1
    assert inside[1] == pytest.approx(0.75, abs=0.03)


def test_a_place_beside_random_ones() -> None:
    """The median and p of each column; nowhere is p zero."""
    observed = np.array([[5, 0], [1, 9]])
    elsewhere = np.array([[1, 0], [2, 0], [3, 9]])
    middle, p = clusters.beside_random_places(observed, elsewhere)
    assert middle.tolist() == [2, 0]
    assert p.tolist() == [[0.25, 1.0], [1.0, 0.5]]


def test_planted_clusters_are_found_in_twenty_cities(seoul: Boundaries) -> None:
    """Clusters farther apart than they are wide come out whole: the median index is 0.8 or more.

    The adjusted Rand index is that of the groups planted in clusters; of all groups it is lower,
    since those that came near others make clusters that nobody planted: they are counted as
    false.
    """
    members, everybody = [], []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        land = lay_out(rng, seoul, 2012)
        groups = found_groups(rng, land, seoul, TOTALS)
        groups = groups[groups.geometry.notna()].reset_index(drop=True)
        truth = groups["cluster"]
        planted = truth != ""
        xy = np.column_stack([groups.geometry.x, groups.geometry.y])[planted]
        by = pd.DataFrame(xy, columns=["x", "y"]).groupby(truth[planted].to_numpy())
        middles, width = by.mean().to_numpy(), by.std().mean(axis=1).max()
        apart = np.hypot(*(middles[:, None] - middles[None]).transpose(2, 0, 1))
        assert apart[apart > 0].min() > 2 * width
        found = find_clusters(groups.geometry, 20)["cluster"]
        shares = pd.crosstab(found, truth).drop(index=-1, errors="ignore")
        false = int((shares.drop(columns="").max(axis=1) < shares.sum(axis=1) / 2).sum())
        members.append(adjusted_rand_score(truth[planted], found[planted]))
        everybody.append(adjusted_rand_score(truth, found))
        print(
            f"seed {seed}: {planted.sum()} in {truth[planted].nunique()} planted clusters, "
            f"{len(shares)} found, {false} false; index {members[-1]:.3f} of the planted, "
            f"{everybody[-1]:.3f} of all"
        )
    print(
        f"median index {np.median(members):.3f} of the planted, {np.median(everybody):.3f} of all"
    )
    assert np.median(members) >= 0.8
