"""How networks hang together: by hand, as published, and as networkx has it."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import asdict
from itertools import combinations

import igraph
import networkx as nx
import numpy as np
import pandas as pd
import pytest

from geo.atlas import Atlas
from geo.measures.cohesion import Cohesion, betweenness, cohesion, core_number, near_selected
from geo.schema import Outcome


def edges(pairs: Iterable[Iterable[Hashable]]) -> pd.DataFrame:
    return pd.DataFrame([tuple(pair) for pair in pairs], columns=["source", "target"]).astype("str")


def of(network: nx.Graph) -> tuple[list[str], pd.DataFrame]:
    return [str(node) for node in network], edges(network.edges)


def random_network(seed: int) -> nx.Graph:
    """Sixty people in some parts, a few of them alone."""
    return nx.gnp_random_graph(60, 0.035, seed=seed)


KITE = nx.krackhardt_kite_graph()
"""Krackhardt's: Andre 0, Beverley 1, Carol 2, Diane 3, Ed 4, Fernando 5, Garth 6, Heather 7, Ike 8,
Jane 9."""
CLUB = nx.Graph((a + 1, b + 1) for a, b in igraph.Graph.Famous("Zachary").get_edgelist())
MARRIAGES = nx.florentine_families_graph()


def test_a_network_by_hand() -> None:
    """A triangle with a tail and one alone: 5 nodes, 4 of 10 ties, a 2-core of three."""
    found = cohesion(list("abcde"), edges(["ab", "ac", "bc", "cd"]))
    assert found == Cohesion(
        nodes=5, ties=4, components=2, giant_share=0.8, density=0.4, mean_degree=1.6,
        largest_degree=3, core=2, core_nodes=3,
    )  # fmt: skip


def test_the_karate_club_is_as_published() -> None:
    """34 members, 78 ties, density 0.139, a 4-core of ten; the instructor's betweenness 0.4376."""
    found = cohesion(*of(CLUB))
    assert asdict(found) | {"density": round(found.density, 3)} == {
        "nodes": 34, "ties": 78, "components": 1, "giant_share": 1.0, "density": 0.139,
        "mean_degree": 156 / 34, "largest_degree": 17, "core": 4, "core_nodes": 10,
    }  # fmt: skip
    between = betweenness(*of(CLUB))
    assert between.round(4).nlargest(3).to_dict() == {"1": 0.4376, "34": 0.3041, "33": 0.1452}


def test_the_medici_stand_between_the_families() -> None:
    """0.522 of all shortest paths between two others; the Strozzi, as rich, 0.103."""
    between = betweenness(*of(MARRIAGES)).round(3)
    assert between.nlargest(2).to_dict() == {"Medici": 0.522, "Guadagni": 0.255}
    assert between["Strozzi"] == 0.103
    found = cohesion(*of(MARRIAGES))
    assert (found.nodes, found.ties, found.largest_degree) == (15, 20, 6)


def test_in_krackhardts_kite_the_broker_is_not_the_busiest() -> None:
    """Diane has six ties, Heather three, and 14 of 36 pairs need Heather."""
    between = betweenness(*of(KITE))
    assert between.idxmax() == "7"
    assert between["7"] == pytest.approx(14 / 36)
    found = cohesion(*of(KITE))
    assert (found.nodes, found.ties, found.largest_degree) == (10, 18, 6)
    assert core_number(*of(KITE)).tolist() == [3] * 7 + [2, 1, 1]


@pytest.mark.parametrize("seed", range(4))
def test_figures_are_those_of_networkx(seed: int) -> None:
    """Of random networks in many parts: every figure, broker and core."""
    network = random_network(seed)
    nodes, tied = of(network)
    core = nx.core_number(network)
    sizes = [len(part) for part in nx.connected_components(network)]
    degrees = [degree for _, degree in network.degree]
    assert asdict(cohesion(nodes, tied)) == pytest.approx(
        {
            "nodes": 60,
            "ties": network.number_of_edges(),
            "components": len(sizes),
            "giant_share": max(sizes) / 60,
            "density": nx.density(network),
            "mean_degree": np.mean(degrees),
            "largest_degree": max(degrees),
            "core": max(core.values()),
            "core_nodes": len(nx.k_core(network)),
        }
    )
    assert core_number(nodes, tied).tolist() == [core[node] for node in network]
    theirs = nx.betweenness_centrality(network)
    np.testing.assert_allclose(betweenness(nodes, tied), [theirs[node] for node in network])
    direct = igraph.Graph.from_networkx(network).betweenness(directed=False)
    np.testing.assert_allclose(betweenness(nodes, tied) * 59 * 58 / 2, direct, atol=1e-9)


def test_names_order_and_weights_do_not_matter() -> None:
    """The same people by other names in another order, ties given twice: the same figures."""
    nodes, tied = of(random_network(9))
    name = {node: f"p{place}" for place, node in enumerate(reversed(nodes))}
    renamed = pd.DataFrame({"source": tied["target"].map(name), "target": tied["source"].map(name)})
    more = pd.concat([renamed, renamed[:7]]).sample(frac=1, random_state=1).assign(weight=9.0)
    order = sorted(name.values())
    assert cohesion(order, more) == cohesion(nodes, tied)
    for measure in (betweenness, core_number):
        here, there = measure(nodes, tied), measure(order, more)
        assert there.index.tolist() == order
        pd.testing.assert_series_equal(there[here.index.map(name)], here.rename(name))


NAN = float("nan")


@pytest.mark.parametrize(
    ("nodes", "tied", "expected"),
    [
        ([], [], Cohesion(0, 0, 0, NAN, NAN, NAN, 0, 0, 0)),
        (["a"], [], Cohesion(1, 0, 1, 1.0, NAN, 0.0, 0, 0, 1)),
        (["a", "b"], [], Cohesion(2, 0, 2, 0.5, 0.0, 0.0, 0, 0, 2)),
        (["a", "b"], ["ab"], Cohesion(2, 1, 1, 1.0, 1.0, 1.0, 1, 1, 2)),
    ],
)
def test_small_networks(nodes: list[str], tied: list[str], expected: Cohesion) -> None:
    """Nobody, one, two: what is not defined is missing, and nobody stands between others."""
    given = edges(tied)
    assert asdict(cohesion(nodes, given)) == pytest.approx(asdict(expected), nan_ok=True)
    assert betweenness(nodes, given).tolist() == [0.0] * len(nodes)
    assert core_number(nodes, given).tolist() == [len(tied)] * len(nodes)


def test_one_application_of_three_hundred() -> None:
    """All tied to all: density one, a 299-core, nobody needed."""
    crowd = [f"{n:03d}" for n in range(300)]
    tied = edges(combinations(crowd, 2))
    assert cohesion(crowd, tied) == Cohesion(300, 44_850, 1, 1.0, 1.0, 299.0, 299, 299, 300)
    assert betweenness(crowd, tied).eq(0).all()
    assert core_number(crowd, tied).eq(299).all()


# ---- near a selected application ---------------------------------------------------------------


def test_near_a_selected_one_by_hand() -> None:
    """One shares y with a selected one, one only with one under review, one names nobody."""
    memberships = pd.DataFrame(
        [*zip("aabbccd", "xyyzzwv", strict=True), ("e", None), ("a", None), ("f", "x")],
        columns=["application_id", "person_id"],
    )
    outcomes = pd.Series(
        {
            "g": Outcome.REJECTED,
            "e": Outcome.REJECTED,
            "d": Outcome.UNDER_REVIEW,
            "c": Outcome.REJECTED,
            "b": Outcome.REJECTED,
            "a": Outcome.SELECTED,
        }
    )
    found = near_selected(memberships, outcomes)
    assert found.to_dict() == {"g": False, "e": False, "c": False, "b": True}
    assert found.dtype == bool
    nobody = near_selected(memberships[:0], outcomes[:0])
    assert nobody.empty
    assert nobody.dtype == bool


def test_near_is_two_steps_away(sample: Atlas) -> None:
    """In the network of applications and people, of the whole sample until 2013."""
    early = sample.applications[sample.applications["year"] <= 2013]
    outcomes = early.set_index("application_id")["outcome"]
    named = sample.memberships[sample.memberships["application_id"].isin(outcomes.index)]
    both = nx.Graph(named[["application_id", "person_id"]].itertuples(index=False, name=None))
    selected = set(outcomes.index[outcomes == "selected"])
    steps = nx.multi_source_dijkstra_path_length(both, selected, cutoff=2)
    found = near_selected(named, outcomes)
    assert found.to_dict() == {one: one in steps for one in outcomes.index[outcomes == "rejected"]}
    assert 0.2 < found.mean() < 0.9
