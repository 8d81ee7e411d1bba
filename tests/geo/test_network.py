"""Ties, communities, their drawing: by hand, against igraph and networkx, as they were planted."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations, pairwise

import igraph
import networkx as nx
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import cKDTree

from geo.atlas import Atlas
from geo.boundaries import Boundaries
from geo.measures.network import (
    LEAST_INTEREST_GROUP,
    agreement,
    communities,
    graph,
    layout,
    letter,
    project,
)
from geo.sample.applications import apply
from geo.sample.figures import COMMUNITIES, GEUMCHEON, NETWORK_PEOPLE, TIES_ACROSS
from geo.sample.memberships import name_people
from geo.sample.places import found, lay_out


def edges(pairs: Iterable[tuple[str, str]], weight: float = 1.0) -> pd.DataFrame:
    return pd.DataFrame(list(pairs), columns=["source", "target"], dtype="str").assign(
        weight=weight
    )


def shuffled(frame: pd.DataFrame, seed: int = 0) -> pd.DataFrame:
    return frame.sample(frac=1, random_state=seed)


def named(letters: Iterable[str]) -> pd.DataFrame:
    """Applications written as the people whom they name."""
    return pd.DataFrame(
        [(str(number), one) for number, who in enumerate(letters) for one in who],
        columns=["application_id", "person_id"],
        dtype="str",
    )


@pytest.fixture(scope="module")
def geumcheon(sample: Atlas) -> pd.DataFrame:
    """Who is named in Geumcheon-gu in 2012 and 2013."""
    here = sample.groups["group_id"][sample.groups["district_code"] == GEUMCHEON]
    theirs = sample.applications["group_id"].isin(here) & (sample.applications["year"] <= 2013)
    ids = sample.applications.loc[theirs, "application_id"]
    chosen = sample.memberships["application_id"].isin(ids)
    return sample.memberships.loc[chosen, ["application_id", "person_id"]]


@pytest.fixture(scope="module")
def ties(geumcheon: pd.DataFrame) -> pd.DataFrame:
    return project(geumcheon, "person_id", "application_id")


@pytest.fixture(scope="module")
def people(geumcheon: pd.DataFrame) -> list[str]:
    return sorted(geumcheon["person_id"].unique())


@pytest.fixture(scope="module")
def karate() -> tuple[list[str], pd.DataFrame]:
    """Zachary's club: members 01 to 34."""
    club = igraph.Graph.Famous("Zachary")
    return [f"{n + 1:02d}" for n in range(34)], edges(
        (f"{a + 1:02d}", f"{b + 1:02d}") for a, b in club.get_edgelist()
    )


# ---- who shares something with whom ------------------------------------------------------------


def test_ties_by_hand() -> None:
    """Of abc, ab and d: a and b share two, which weigh 1/2 and 1; d is tied to nobody."""
    expected = pd.DataFrame(
        {
            "source": ["a", "a", "b"],
            "target": ["b", "c", "c"],
            "shared": [2, 1, 1],
            "weight": [1.5, 0.5, 0.5],
        }
    )
    found = project(named(["abc", "ab", "d"]), "person_id", "application_id")
    pd.testing.assert_frame_equal(found, expected)


def test_applications_are_tied_by_people_likewise() -> None:
    """Application 0 and 1 share a and b, each named in these two alone."""
    found = project(named(["abc", "ab", "d"]), "application_id", "person_id")
    assert found.to_numpy().tolist() == [["0", "1", 2, 2.0]]


def test_ties_are_those_of_networkx(geumcheon: pd.DataFrame, ties: pd.DataFrame) -> None:
    """The collaboration-weighted projection, and the one that counts, pair by pair."""
    both = nx.Graph(geumcheon.itertuples(index=False, name=None))
    who = set(geumcheon["person_id"])
    pairs = ties.set_index(["source", "target"])
    weighted = nx.bipartite.collaboration_weighted_projected_graph(both, who)
    counted = nx.bipartite.weighted_projected_graph(both, who)
    assert len(pairs) == weighted.number_of_edges() == counted.number_of_edges()
    for one, other in pairs.index:
        tie = pairs.loc[one, other]
        assert tie["weight"] == pytest.approx(weighted[one][other]["weight"])
        assert tie["shared"] == counted[one][other]["weight"]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text("abcdef", max_size=6), max_size=6))
def test_an_application_gives_one_to_each_of_its_people(written: list[str]) -> None:
    """The ties of a person weigh as much as there are applications that name others too."""
    found = project(named(written), "person_id", "application_id")
    assert (found["source"] < found["target"]).all()
    both = pd.concat([found, found.rename(columns={"source": "target", "target": "source"})])
    strength = both.groupby("source")["weight"].sum()
    together = [set(who) for who in written if len(set(who)) > 1]
    for one in "abcdef":
        assert strength.get(one, 0) == pytest.approx(sum(one in who for who in together))


def test_order_repetition_and_gaps_change_no_tie(
    geumcheon: pd.DataFrame, ties: pd.DataFrame
) -> None:
    """Rows in another order, given twice, without a person: the same ties to the last digit."""
    gaps = pd.DataFrame({"application_id": ["x", None], "person_id": [None, "x"]})
    more = shuffled(pd.concat([geumcheon, geumcheon[:100], gaps]))
    pd.testing.assert_frame_equal(project(more, "person_id", "application_id"), ties)


@pytest.mark.parametrize("written", [[], ["a"], ["a", "b"]])
def test_nobody_shares_anything(written: list[str]) -> None:
    """No row, with the columns and types that there are otherwise."""
    none = project(named(written), "person_id", "application_id")
    some = project(named(["ab"]), "person_id", "application_id")
    pd.testing.assert_frame_equal(none, some[:0])


def test_one_list_of_three_hundred() -> None:
    """44,850 ties, each of 1/299."""
    crowd = pd.DataFrame({"application_id": 1, "person_id": [f"p{n:03d}" for n in range(300)]})
    found = project(crowd, "person_id", "application_id")
    assert len(found) == 300 * 299 / 2
    assert found["shared"].eq(1).all()
    assert found["weight"].eq(1 / 299).all()


def test_a_graph_is_simple() -> None:
    """Ties given twice or the other way round add up; with oneself or a stranger there is none."""
    given_ties = edges([("b", "a"), ("a", "b"), ("a", "a"), ("a", "z"), ("c", "b")], 0.5)
    made = graph(["c", "b", "a"], given_ties)
    assert made.get_edgelist() == [(0, 1), (1, 2)]
    assert made.es["weight"] == [1.0, 0.5]


# ---- communities -------------------------------------------------------------------------------


def test_two_triangles_by_hand() -> None:
    """A bridge does not make one of two triangles; who is tied to nobody is alone."""
    tied = edges(pairwise("abcadefd"))
    assert communities(list("gfedcba"), tied).to_dict() == {
        "g": 2, "f": 1, "e": 1, "d": 1, "c": 0, "b": 0, "a": 0,
    }  # fmt: skip


@pytest.mark.parametrize("seed", range(5))
def test_the_karate_club_has_the_published_modularity(
    karate: tuple[list[str], pd.DataFrame], seed: int
) -> None:
    """Four communities of modularity 0.4198, the best there are, whatever the seed."""
    nodes, tied = karate
    labels = communities(nodes, tied, seed=seed)
    assert labels.value_counts().to_dict() == {0: 12, 1: 11, 2: 6, 3: 5}
    parts = [set(part) for part in labels.groupby(labels).groups.values()]
    club = nx.Graph(tied[["source", "target"]].itertuples(index=False, name=None))
    assert round(nx.community.modularity(club, parts), 4) == 0.4198


def test_communities_are_those_of_igraph(people: list[str], ties: pd.DataFrame) -> None:
    """The same parts of the same weighted modularity as from igraph directly, and networkx's."""
    labels = communities(people, ties)
    order = {one: place for place, one in enumerate(people)}
    pairs = [(order[a], order[b]) for a, b in zip(ties["source"], ties["target"], strict=True)]
    direct = igraph.Graph(len(people), pairs)
    weights = ties["weight"].tolist()
    theirs = direct.community_leiden("modularity", weights=weights, n_iterations=-1)
    assert agreement(labels, pd.Series(theirs.membership, index=people)).ari == 1
    ours = direct.modularity(labels.tolist(), weights=weights)
    assert ours == pytest.approx(theirs.modularity)
    whole = nx.Graph()
    whole.add_nodes_from(people)
    whole.add_weighted_edges_from(
        ties[["source", "target", "weight"]].itertuples(index=False, name=None)
    )
    parts = [set(part) for part in labels.groupby(labels).groups.values()]
    assert ours == pytest.approx(nx.community.modularity(whole, parts))


def test_communities_are_numbered_by_size_then_name(people: list[str], ties: pd.DataFrame) -> None:
    """The largest is 0; of two alike, the one with the first name comes first."""
    labels = communities(people, ties)
    assert labels.index.tolist() == people
    sizes = labels.value_counts().sort_index()
    assert sizes.index.tolist() == list(range(len(sizes)))
    first = pd.Series(labels.index, index=labels.to_numpy()).groupby(level=0).min()
    ranked = pd.DataFrame({"size": -sizes, "first": first}).sort_values(["size", "first"])
    assert ranked.index.tolist() == sizes.index.tolist()


def test_order_direction_and_unit_change_no_community(
    people: list[str], ties: pd.DataFrame
) -> None:
    """Rows and nodes in another order, ties the other way round, weights a thousandfold."""
    here = communities(people, ties)
    order = random.Random(1).sample(people, len(people))
    turned = shuffled(ties).rename(columns={"source": "target", "target": "source"})
    there = communities(order, turned)
    assert there.index.tolist() == order
    pd.testing.assert_series_equal(there[people], here)
    heavier = ties.assign(weight=ties["weight"] * 1_000)
    pd.testing.assert_series_equal(communities(people, heavier), here)


def test_other_names_are_the_same_people(people: list[str], ties: pd.DataFrame) -> None:
    """Pseudonyms dealt out anew: the same parts, but for what they are called."""
    mixed = random.Random(2).sample(people, len(people))
    other = dict(zip(people, mixed, strict=True))
    renamed = ties.assign(source=ties["source"].map(other), target=ties["target"].map(other))
    there = communities(people, renamed)
    here = communities(people, ties).rename(other)
    assert agreement(here, there).ari == 1


def test_a_higher_resolution_has_smaller_communities(people: list[str], ties: pd.DataFrame) -> None:
    """From the connected parts on, the higher the more."""
    number = [communities(people, ties, resolution).max() + 1 for resolution in (0.01, 1, 10)]
    assert number[0] == nx.number_connected_components(
        nx.Graph(ties[["source", "target"]].itertuples(index=False, name=None))
    )
    assert number[0] < number[1] < number[2]


def test_threads_do_not_disturb_each_other(karate: tuple[list[str], pd.DataFrame]) -> None:
    """Eight at a time find and draw what one after the other do, and no generator is moved."""
    nodes, tied = karate
    seeds = range(24)

    def both(seed: int) -> list[float]:
        labels = communities(nodes, tied, resolution=2.0, seed=seed)
        return [*labels, *layout(nodes, tied, seed).to_numpy().ravel()]

    random.seed(5)
    before = random.getstate()
    single = [both(seed) for seed in seeds]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(both, seeds)) == single
    assert random.getstate() == before


@pytest.mark.parametrize("number", [0, 1, 3])
def test_who_is_tied_to_nobody_is_a_community(number: int) -> None:
    """None, one, three alone: as many communities."""
    nodes = list("abc")[:number]
    assert communities(nodes, edges([])).to_dict() == dict(zip(nodes, range(3), strict=False))


def test_one_application_is_one_community() -> None:
    """Three hundred people of one list belong together."""
    crowd = [f"{n:03d}" for n in range(300)]
    assert set(communities(crowd, edges(combinations(crowd, 2), 1 / 299))) == {0}


def test_letters_go_on_after_z() -> None:
    """No two numbers have the same, and they sort by length, then by letter."""
    letters = [letter(number) for number in range(800)]
    assert [letters[n] for n in (0, 1, 25, 26, 51, 52, 701, 702)] == [
        "A", "B", "Z", "AA", "AZ", "BA", "ZZ", "AAA",
    ]  # fmt: skip
    assert sorted(set(letters), key=lambda one: (len(one), one)) == letters


# ---- the sample --------------------------------------------------------------------------------


def test_geumcheon_has_340_people_and_six_interest_groups(
    people: list[str], ties: pd.DataFrame
) -> None:
    """As on the slides; of the sizes that were planted."""
    sizes = communities(people, ties).value_counts().sort_index()
    assert len(people) == NETWORK_PEOPLE
    groups = sizes[sizes >= LEAST_INTEREST_GROUP]
    assert groups.tolist() == [38, 33, 29, 25, 22, 19] == list(COMMUNITIES.values())


def test_planted_communities_are_found_in_ten_cities(seoul: Boundaries) -> None:
    """The median adjusted Rand index is 0.9 or more at the sample's share of ties across.

    One city after another is made as by `geo.sample.simulate`, up to whom applications name:
    that is drawn with each share from the same state of the generator.
    """
    shares = (0.0, TIES_ACROSS, 0.06, 0.1)
    scores: dict[float, list[float]] = {share: [] for share in shares}
    totals = {2012: 1189, 2013: 1934}
    for seed in range(10):
        rng = np.random.default_rng(seed)
        groups = found(rng, lay_out(rng, seoul, 2012), seoul, totals)
        applications = apply(rng, groups, list(totals), evaluated=False)
        here = (groups["district_code"] == GEUMCHEON).to_numpy()[applications["group"]]
        ids = applications.loc[here, "application_id"]
        for share in shares:
            same = copy.deepcopy(rng)
            memberships, _, planted = name_people(same, groups, applications, seoul, share)
            theirs = memberships[memberships["application_id"].isin(ids)]
            truth = planted.set_index("id")["label"]
            labels = communities(
                sorted(theirs["person_id"].unique()),
                project(theirs, "person_id", "application_id"),
            )
            score = agreement(labels, truth[truth.isin(list(COMMUNITIES))])
            assert score.n == sum(COMMUNITIES.values())
            scores[share].append(score.ari)
    median = {share: float(np.median(found)) for share, found in scores.items()}
    for share, found_in in scores.items():
        print(f"{share:.0%} across: median {median[share]:.3f}, {np.round(sorted(found_in), 3)}")
    assert median[TIES_ACROSS] >= 0.9, (
        f"at {TIES_ACROSS:.0%} of ties across, the sample's, the median adjusted Rand index of "
        f"ten cities is {median[TIES_ACROSS]:.3f}"
    )


# ---- drawing -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def two_mode(geumcheon: pd.DataFrame) -> tuple[list[str], pd.DataFrame]:
    """Geumcheon-gu's people and applications."""
    tied = geumcheon.set_axis(["target", "source"], axis=1).assign(weight=1.0)
    return sorted({*tied["source"], *tied["target"]}), tied


def star(number: int) -> tuple[list[str], pd.DataFrame]:
    nodes = [f"{n:03d}" for n in range(number + 1)]
    return nodes, edges((nodes[0], one) for one in nodes[1:])


def crowd(number: int) -> tuple[list[str], pd.DataFrame]:
    """People in threes."""
    nodes = [f"{n:05d}" for n in range(number)]
    return nodes, edges(pair for n, pair in enumerate(pairwise(nodes)) if n % 3 < 2)


def mesh(number: int) -> tuple[list[str], pd.DataFrame]:
    """So many people in one connected part: each tied to four others near in a row."""
    nodes = [f"{n:04d}" for n in range(number)]
    return nodes, edges(
        [*pairwise(nodes), *((one, nodes[(7 * n) % number]) for n, one in enumerate(nodes))]
    )


@pytest.mark.parametrize(
    ("nodes", "tied"),
    [
        (["a"], edges([])),
        (["a", "b"], edges([])),
        (["a", "b"], edges([("a", "b")])),
        (list("abcdefgh"), edges(pairwise("abcdefgh"))),
        star(300),
        crowd(900),
        mesh(700),
    ],
    ids=["one", "two", "a pair", "a row", "one application", "many parts", "one large part"],
)
def test_a_drawing_fills_the_unit_disc(nodes: list[str], tied: pd.DataFrame) -> None:
    """Every node inside, no two on one spot, in the order given."""
    drawn = layout(nodes, tied)
    assert drawn.index.tolist() == nodes
    assert drawn.columns.tolist() == ["x", "y"]
    reach = np.hypot(drawn["x"], drawn["y"])
    assert reach.max() == pytest.approx(1 if len(nodes) > 1 else 0)
    if len(nodes) > 1:
        nearest = cKDTree(drawn).query(drawn, 2)[0][:, 1].min()
        assert nearest > 0.2 / np.sqrt(len(nodes))


def test_nobody_is_drawn_nowhere() -> None:
    """No node, no row."""
    assert layout([], edges([])).to_numpy().shape == (0, 2)


def test_an_application_stands_amid_its_people() -> None:
    """Of a star the hub is drawn in the middle."""
    nodes, tied = star(300)
    drawn = layout(nodes, tied)
    assert np.hypot(*drawn.loc[nodes[0]]) < 0.1


def test_a_drawing_repeats(two_mode: tuple[list[str], pd.DataFrame]) -> None:
    """Order of nodes and of rows, direction and unit of ties change nothing; nor of large parts."""
    for nodes, tied in (two_mode, mesh(600)):
        here = layout(nodes, tied)
        order = random.Random(3).sample(nodes, len(nodes))
        turned = shuffled(tied).rename(columns={"source": "target", "target": "source"})
        there = layout(order, turned.assign(weight=4.0 * turned["weight"]))
        assert there.index.tolist() == order
        pd.testing.assert_frame_equal(there.loc[nodes], here, check_exact=True)


def test_parts_lie_apart_around_the_largest(two_mode: tuple[list[str], pd.DataFrame]) -> None:
    """Of Geumcheon-gu's 33 parts none touches another, and the largest is in the middle."""
    nodes, tied = two_mode
    drawn = layout(nodes, tied)
    order = drawn.sort_index()
    parts = [order.iloc[part].to_numpy() for part in graph(nodes, tied).connected_components()]
    parts.sort(key=len, reverse=True)
    assert [len(part) for part in parts[:2]] == [233, 10]
    circles = shapely.minimum_bounding_circle([shapely.multipoints(part) for part in parts])
    assert shapely.distance(circles[0].centroid, shapely.Point(0, 0)) < 1e-3
    unit = np.sqrt(shapely.area(circles[0]) / np.pi) / (np.sqrt(233) - 1)
    for one, other in combinations(circles[1:], 2):
        assert one.distance(other) > unit
    large = shapely.multipoints(parts[0])
    assert shapely.distance(circles[1:], large).min() > unit


def test_the_area_of_a_part_grows_with_its_nodes() -> None:
    """A hundred all tied to each other are drawn as wide as √100 − 1 to √25 − 1 beside 25."""
    large, small = [f"a{n:03d}" for n in range(100)], [f"b{n:03d}" for n in range(25)]
    drawn = layout(large + small, edges([*combinations(large, 2), *combinations(small, 2)]))
    radius = [
        shapely.minimum_bounding_radius(shapely.multipoints(drawn.loc[part].to_numpy()))
        for part in (large, small)
    ]
    assert radius[0] / radius[1] == pytest.approx(9 / 4)


def test_communities_are_seen_apart(
    two_mode: tuple[list[str], pd.DataFrame], people: list[str], ties: pd.DataFrame
) -> None:
    """Of the six interest groups' people 95 % or more are drawn nearest to their own middle."""
    labels = communities(people, ties)
    labels = labels[labels < len(COMMUNITIES)]
    drawn = layout(*two_mode).loc[labels.index]
    middles = drawn.groupby(labels).mean()
    nearest = cKDTree(middles).query(drawn)[1]
    assert (nearest == labels).mean() >= 0.95


# ---- agreement ---------------------------------------------------------------------------------


def test_agreement_by_hand() -> None:
    """Of ab|cd and ac|bd no pair is together in both: (0 − 2·2/6)/(2 − 2·2/6) = −1/2; I is zero."""
    one = pd.Series([0, 0, 1, 1], index=list("abcd"))
    other = pd.Series(["x", "y", "x", "y"], index=list("abcd"))
    found = agreement(one, other)
    assert (found.ari, found.n) == (pytest.approx(-0.5), 4)
    assert found.nmi == pytest.approx(0)


def test_agreement_is_that_of_the_formulas() -> None:
    """Both figures from the table of a hundred labels, as the page of methods has them."""
    rng = np.random.default_rng(4)
    one, other = pd.Series(rng.integers(0, 4, 100)), pd.Series(rng.integers(0, 5, 100))
    other[:60] = one[:60]
    table = pd.crosstab(one, other).to_numpy()

    def pairs(counts: np.ndarray) -> float:
        return float((counts * (counts - 1)).sum() / 2)

    def entropy(counts: np.ndarray) -> float:
        share = counts[counts > 0] / 100
        return float(-(share * np.log(share)).sum())

    rows, columns = table.sum(axis=1), table.sum(axis=0)
    expected = pairs(rows) * pairs(columns) / (100 * 99 / 2)
    ari = (pairs(table) - expected) / ((pairs(rows) + pairs(columns)) / 2 - expected)
    both = entropy(rows) + entropy(columns)
    found = agreement(one, other)
    assert found.ari == pytest.approx(ari)
    assert found.nmi == pytest.approx(2 * (both - entropy(table.ravel())) / both)


def test_names_and_order_of_parts_do_not_matter(people: list[str], ties: pd.DataFrame) -> None:
    """A partition agrees with itself by other names, whoever comes first."""
    labels = communities(people, ties)
    other = shuffled(labels.map(letter).to_frame("label"))["label"]
    found = agreement(labels, other)
    assert (found.ari, found.n) == (1.0, 340)
    assert found.nmi == pytest.approx(1)
    alone = pd.Series(range(340), index=people)
    assert agreement(alone, alone).ari == 1


def test_only_those_in_both_are_compared() -> None:
    """Who is missing on one side is left out; fewer than two cannot be compared."""
    one = pd.Series([0, 0, 1, None, 1], index=list("abcde"))
    other = pd.Series(["x", "x", "y", "y", None, "z"], index=list("cbadef"))
    found = agreement(one, other)
    assert (found.ari, found.n) == (agreement(one[["a", "b", "c"]], other).ari, 3)
    for number in (0, 1):
        few = agreement(one[:number], other)
        assert np.isnan([few.ari, few.nmi]).all()
        assert few.n == number
