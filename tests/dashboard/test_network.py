"""The actor network of a place: who is in it, what is shown of them, and to whom."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from dashboard.callbacks.crosswalk import CrosswalkView
from dashboard.callbacks.network import NetworkView
from dashboard.state import MODES
from dashboard.strings import Text
from dashboard.tables import NODE_COLUMNS, Network, Why
from geo.atlas import Atlas, publish
from geo.boundaries import Boundaries
from geo.schema import Audience
from tests.dashboard.answers import Answers

GEUMCHEON = "district=11545&year=2013"


class Asked(Answers):
    """What an atlas answers, by query."""

    def __init__(self, atlas: Atlas, *audience: Any, **others: Any) -> None:
        super().__init__("network", NetworkView, atlas, *audience, **others)

    def network(self, query: str = "") -> Network:
        return self.analyses.network.network(self.state(query))


@pytest.fixture(scope="module")
def public(sample: Atlas) -> Asked:
    return Asked(sample)


@pytest.fixture(scope="module")
def internal(sample: Atlas) -> Asked:
    return Asked(sample, Audience.INTERNAL)


def named(atlas: Atlas, groups: pd.Series[bool], first: int, last: int) -> pd.DataFrame:
    """Applications of some groups in some years with who is named, straight from the tables."""
    told = atlas.applications
    told = told[told["group_id"].isin(atlas.groups["group_id"][groups])]
    told = told[(told["year"] >= first) & (told["year"] <= last)]
    return told.merge(atlas.memberships, on="application_id", how="left")


def test_geumcheon_is_as_printed(public: Asked, sample: Atlas) -> None:
    """340 people, ten labels in the order of the legend, six steps, six interest groups."""
    found = public.network(GEUMCHEON)
    rows = named(sample, sample.groups["district_code"] == "11545", 2012, 2013)
    assert found.people == rows["person_id"].nunique() == 340
    counted = rows.drop_duplicates("application_id")["label"].value_counts().to_dict()
    assert found.labels.set_index("label")["applications"].to_dict() == counted
    assert found.labels["label"].tolist() == [
        "12년 씨앗탈락", "12년 씨앗선정", "13년 씨앗탈락", "13년 씨앗선정", "12년 실국탈락",
        "12년 실국선정", "13년 실국탈락", "13년 실국선정", "13년 심사중", "12년 찾마감",
    ]  # fmt: skip
    assert found.steps == ("12년 씨앗탈락", "12년 실국탈락", "12년 씨앗선정", "12년 실국선정")
    assert found.communities["letter"].tolist() == ["A", "B", "C", "D", "E", "F"]
    assert found.communities["people"].tolist() == [38, 33, 29, 25, 22, 19]
    assert found.applications == len(found.nodes[found.nodes["kind"] == "application"])


def test_nodes_and_ties_are_those_of_the_tables(public: Asked, sample: Atlas) -> None:
    """A node for each person and application, a tie for each name in an application."""
    found = public.network(GEUMCHEON)
    rows = named(sample, sample.groups["district_code"] == "11545", 2012, 2013)
    people = found.nodes[found.nodes["kind"] == "person"]
    assert set(people["node"]) == set(rows["person_id"])
    pairs = set(zip(rows["person_id"], rows["application_id"], strict=True))
    assert set(zip(found.edges["source"], found.edges["target"], strict=True)) == pairs
    labels = rows.groupby("person_id")["label"].agg(lambda some: set(some))
    told = people.set_index("node")["labels"].str.split(" · ").map(set)
    assert told.to_dict() == labels.to_dict()


def test_the_share_of_ties_across_is_that_of_the_communities(public: Asked) -> None:
    """Of ties between two people of interest groups, those of two different ones."""
    found = public.network(f"{GEUMCHEON}&mode=people")
    community = found.nodes.set_index("node")["community"]
    ends = found.edges[["source", "target"]].apply(lambda end: end.map(community)).dropna()
    across = (ends["source"] != ends["target"]).mean()
    assert found.across == pytest.approx(across)
    assert 0.02 < across < 0.04


@pytest.mark.parametrize("place", ["district=11740&year=2013", "place=11440125", "inside=3"])
def test_any_place_works_as_geumcheon_does(public: Asked, place: str) -> None:
    """Gangdong-gu, Seongsan-dong, an interest group of the city: steps, groups, positions."""
    found = public.network(f"{place}")
    assert found.mode == "actors"
    assert found.why is None
    years = found.labels.set_index("label").loc[list(found.steps)]
    assert years["year"].is_monotonic_increasing
    assert set(found.steps) == set(found.labels["label"])
    first = years[years["year"] == 2012]["outcome"].tolist()
    assert first[:2] == ["rejected", "rejected"] or place == "inside=3"
    assert found.nodes[["x", "y"]].notna().all(axis=None)
    assert not found.nodes[["x", "y"]].round(3).duplicated().any()
    west, south, east, north = found.box
    assert found.nodes["x"].between(west, east).all()
    assert found.nodes["y"].between(south, north).all()


def test_seongsan_dong_has_the_people_of_its_groups(public: Asked, sample: Atlas) -> None:
    """A legal neighbourhood by its code."""
    rows = named(sample, sample.groups["neighbourhood_code"] == "11440125", 2012, 2017)
    assert public.network("place=11440125").people == rows["person_id"].nunique()


def test_around_a_site_is_a_walk_of_ten_minutes(internal: Asked, sample: Atlas) -> None:
    """800 m from the market; for an internal audience, by exact points."""
    site = sample.sites.set_index("site_id").geometry["suyu-market"]
    exact = sample.groups["precision"] == "point"
    near = exact & (sample.groups.geometry.distance(site) <= 800)
    rows = named(sample, near, 2012, 2013)
    found = internal.network("place=suyu-market&year=2013")
    assert found.people == rows["person_id"].nunique()


def test_a_cluster_has_the_network_of_its_groups(public: Asked, sample: Atlas) -> None:
    """As the question of clusters finds it; one that is not there says so."""
    clusters = public.analyses.clusters.clusters(public.state("view=clusters&year=2014"))
    number = int(clusters.rows[2014]["cluster"].iloc[0])
    rows = named(sample, clusters.members[2014] == number, 2012, 2014)
    found = public.network(f"place=c{number}&year=2014")
    assert found.people == rows["person_id"].nunique()
    assert public.network("place=c9999").why == Why("no_such_cluster")


def test_two_runs_draw_the_same(public: Asked, sample: Atlas) -> None:
    """Nodes, ties, communities and positions, from nothing."""
    again = Asked(sample).network(GEUMCHEON)
    found = public.network(GEUMCHEON)
    pd.testing.assert_frame_equal(found.nodes, again.nodes)
    pd.testing.assert_frame_equal(found.edges, again.edges)
    pd.testing.assert_frame_equal(found.communities, again.communities)


def test_projections_count_shared_people(internal: Asked, sample: Atlas) -> None:
    """Of groups, neighbourhoods and bureaus: the pairs that networkx finds, with its weights."""
    rows = named(sample, sample.groups["district_code"] == "11545", 2012, 2013)
    of = sample.groups.set_index("group_id")["neighbourhood_code"]
    rows = rows.assign(neighbourhood=rows["group_id"].map(of))
    columns = {"groups": "group_id", "neighbourhoods": "neighbourhood", "bureaus": "department"}
    for mode, column in columns.items():
        both = rows[[column, "person_id"]].dropna().drop_duplicates()
        graph = nx.Graph(list(zip("u:" + both[column], both["person_id"], strict=True)))
        units = {node for node in graph if str(node).startswith("u:")}
        theirs = nx.bipartite.weighted_projected_graph(graph, units)
        wanted = {
            frozenset((a[2:], b[2:])): data["weight"] for a, b, data in theirs.edges(data=True)
        }
        edges = internal.network(f"{GEUMCHEON}&mode={mode}").edges
        pairs = zip(edges["source"], edges["target"], strict=True)
        assert dict(zip(map(frozenset, pairs), edges["shared"], strict=True)) == wanted, mode


@pytest.mark.parametrize("k", [3, 6])
def test_fewer_than_k_people_are_not_counted(sample: Atlas, k: int) -> None:
    """No number of people below k, in nodes, ties, flows and communities."""
    asked = Asked(sample, k=k)
    places = (GEUMCHEON, "district=11545&year=2012&place=11545103")
    for query in (f"{place}&mode={mode}" for place in places for mode in MODES):
        found = asked.network(query)
        numbers = [found.flows["shared"], found.communities["people"], found.nodes["people"]]
        numbers.append(found.communities["bridging"].replace(0, k))
        if found.mode not in ("actors", "people"):
            numbers.append(found.edges["shared"])
            few = found.edges["shared"].isna()
            assert (found.edges["weight"][few] == 1).all()
        assert all(column.dropna().ge(k).all() for column in numbers)


def test_a_public_person_is_a_pseudonym_with_community_and_labels(public: Asked) -> None:
    """Nothing else is told, and on the map she stands with the groups that name her."""
    for query in (GEUMCHEON, f"{GEUMCHEON}&mode=people"):
        found = public.network(query)
        people = found.nodes[found.nodes["kind"] == "person"]
        told = {"node", "kind", "name", "community", "labels", "x", "y"}
        assert people[[c for c in NODE_COLUMNS if c not in told]].isna().all(axis=None)
    state = public.state(GEUMCHEON)
    chosen = public.analyses.network.selected(state)
    code = chosen.applications.set_index("application_id")["neighbourhood_code"]
    of = chosen.memberships.assign(code=chosen.memberships["application_id"].map(code))
    theirs = of.dropna().groupby("person_id")["code"].agg(lambda some: set(some))
    places = public.network(GEUMCHEON).places["code"].dropna()
    for person, codes in theirs.items():
        assert places[person] in codes


def test_an_internal_person_stands_at_home(internal: Asked, sample: Atlas) -> None:
    """In the neighbourhood where she lives; never on the house."""
    places = internal.network(GEUMCHEON).places
    home = sample.people.set_index("person_id")["neighbourhood_code"]
    people = places.index.intersection(home.index)
    assert len(people) == 340
    assert places.loc[people, "code"].fillna("").tolist() == home[people].fillna("").tolist()


def test_the_city_is_drawn_by_communities(public: Asked) -> None:
    """Each of 15 people or more; looked into, its own people alone."""
    found = public.network("")
    assert found.mode == "communities"
    assert found.opens
    assert found.people == 31_262
    assert found.nodes["people"].ge(15).all()
    assert found.nodes["people"].tolist() == found.communities["people"].tolist()
    inner = public.network("inside=0")
    assert inner.people == found.communities["people"].iloc[0]
    assert public.network("inside=9999").why == Why("no_community")


def test_what_is_chosen_decides_what_is_told(public: Asked) -> None:
    """A person with her applications, an application with its people, a group, an area, labels."""
    found = public.network(GEUMCHEON)
    queries = public.analyses.network
    first = found.edges.iloc[0]

    def sight(query: str) -> set[str]:
        state = public.state(f"{GEUMCHEON}&{query}")
        return set(found.nodes["node"][queries.in_sight(state)])

    graph = nx.Graph(list(zip(found.edges["source"], found.edges["target"], strict=True)))
    for node in (first["source"], first["target"]):
        assert sight(f"node={node}") == {node, *graph[node]}
    community = found.nodes.set_index("node")["community"]
    assert sight("community=2") == set(community.index[community == 2])
    assert sight("area=11545101") == set(found.places.index[found.places["code"] == "11545101"])
    carriers = found.nodes["node"][found.nodes["labels"] == "12년 찾마감"]
    around = {person for node in carriers for person in graph[node]}
    assert sight("label=12년 찾마감") == {*carriers, *around}
    assert sight("node=nobody") == set(found.nodes["node"])
    state = public.state(f"{GEUMCHEON}&node={first['source']}")
    told = queries.chosen_applications(state)
    assert set(told["application_id"]) == set(graph[first["source"]])


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize(
    "query",
    [GEUMCHEON, f"{GEUMCHEON}&step=0", f"{GEUMCHEON}&step=2", f"{GEUMCHEON}&community=1",
     f"{GEUMCHEON}&mode=groups&arrangement=map", f"{GEUMCHEON}&mode=bureaus", "",
     f"{GEUMCHEON}&mode=neighbourhoods", f"{GEUMCHEON}&node=p000125&mode=people",
     "place=suyu-market&year=2012", "place=c9999"],
)  # fmt: skip
def test_every_view_has_its_words(public: Asked, query: str, lang: str) -> None:
    """Title, legend, panel, table and the map's payload, in both languages."""
    state = public.state(f"{query}&lang={lang}")
    text = Text(lang)
    parts = public.view.parts(state, text)
    assert parts.title
    assert all(parts.details)
    shown = public.view.map(query, state)
    nodes = shown["network"]["nodes"]
    assert len({len(value) for key, value in nodes.items() if key != "areas"}) == 1
    assert all(isinstance(name, str) and name for name in nodes["name"])
    assert public.view.table(state, text)


def own(
    seoul: Boundaries,
    folder: Path,
    named: dict[str, list[str]],
    groups: int = 1,
    code: str = "11545101",
) -> Atlas:
    """An atlas of a few groups in Gasan-dong, or elsewhere: application -> who is named in it."""
    ids = [f"g{number}" for number in range(groups)]
    people = sorted({person for some in named.values() for person in some})
    tables = {
        "groups": pd.DataFrame({"group_id": ids, "name": ids, "district_code": "11545",
                                "neighbourhood_code": code}, dtype="str"),
        "applications": pd.DataFrame(
            {"application_id": list(named), "year": "2012", "outcome": "selected",
             "group_id": [ids[place % groups] for place in range(len(named))]}, dtype="str"),
        "people": pd.DataFrame({"person_id": people}, dtype="str"),
        "memberships": pd.DataFrame(
            [(a, p, "member") for a, some in named.items() for p in some],
            columns=["application_id", "person_id", "role"], dtype="str"),
    }  # fmt: skip
    return publish(tables, folder / "atlas", seoul, name="ours", made_from="t")


@pytest.fixture
def published(seoul: Boundaries, tmp_path: Path) -> Callable[..., Atlas]:
    return lambda *given: own(seoul, tmp_path, *given)


def test_one_person_is_drawn_where_it_may_be_told(published: Callable[..., Atlas]) -> None:
    """In the middle, with her application; a public audience sees the application alone."""
    atlas = published({"a1": ["p1"]})
    seen = Asked(atlas, Audience.INTERNAL).network("")
    assert seen.people == 1
    assert sorted(seen.nodes["kind"]) == ["application", "person"]
    assert np.isfinite(seen.nodes[["x", "y"]].to_numpy()).all()
    kept = Asked(atlas).network("")
    assert (kept.people, kept.why) == (None, Why("few_people", {"least": 3}))
    assert kept.nodes["kind"].tolist() == ["application"]
    assert kept.edges.empty


def test_one_application_of_300(published: Callable[..., Atlas]) -> None:
    """A star around it, one interest group, no two on one spot."""
    atlas = published({"a1": [f"p{number}" for number in range(300)]})
    found = Asked(atlas).network("")
    assert (found.people, len(found.edges), len(found.communities)) == (300, 300, 1)
    assert not found.nodes[["x", "y"]].round(3).duplicated().any()
    middle = found.nodes.set_index("node").loc["a1", ["x", "y"]].astype(float)
    away = np.hypot(*(found.nodes[["x", "y"]] - middle).to_numpy(dtype=float).T)
    assert np.median(away) > 0.3 * (found.box[2] - found.box[0]) / 2
    # Drawn by people alone, everybody is tied to everybody.
    assert len(Asked(atlas).network("mode=people").edges) == 300 * 299 / 2


def test_nobody_named_or_nothing_applied_for(published: Callable[..., Atlas]) -> None:
    """Why there is nothing to draw is told, and every part of the page still stands."""
    atlas = published({"a1": [], "a2": []}, 2)
    asked = Asked(atlas)
    found = asked.network("")
    assert (found.why, found.people, found.applications) == (Why("no_people"), None, 2)
    for query in ("", "place=11440125", "mode=groups"):
        for lang in ("ko", "en"):
            state, text = asked.state(f"{query}&lang={lang}"), Text(lang)
            parts = asked.view.parts(state, text)
            shown = asked.view.map(query, state)
            assert shown["why"][0] in parts.details
            assert asked.view.table(state, text)
    state = asked.state("place=11440125&lang=en")
    assert asked.view.parts(state, Text("en")).details == [
        "No application meets these filters from 2012 to 2012. Choose another place, other years "
        "or fewer filters."
    ]


def test_one_name_for_a_person_and_an_application(published: Callable[..., Atlas]) -> None:
    """An atlas may use the same keys for both: they stay two nodes."""
    atlas = published({"1": ["1", "2", "3"]})
    found = Asked(atlas).network("")
    assert sorted(found.nodes["node"]) == ["1", "2", "3", "a:1"]
    assert set(found.edges["target"]) == {"a:1"}


def test_groups_known_to_their_district_alone(published: Callable[..., Atlas]) -> None:
    """No neighbourhood and no point: the network is drawn, named and told of all the same."""
    people = [f"p{number}" for number in range(20)]
    atlas = published({"a1": people, "a2": people[:3]}, 2, "")
    asked = Asked(atlas)
    found = asked.network("")
    assert found.places["code"].isna().all()
    assert found.places[["x", "y"]].notna().all(axis=None)
    assert found.communities["letter"].tolist() == ["A"]
    assert asked.shown("lang=en")["title"] == (
        "Seoul, 2012: 20 people, linked by 2 applications, form 1 interest group"
    )
    apart = Answers("crosswalk", CrosswalkView, atlas)
    assert apart.shown("lang=en")["details"][0] == (
        "Only 0 groups with a known point meet these filters in 2012: a cluster takes 20. "
        "Choose a smaller cluster or fewer filters."
    )


def test_groups_inside_a_group_have_names_of_their_own(public: Asked) -> None:
    """Those of the city's group B are B1, B2 and so on, in list, table and drawing."""
    found = public.network("inside=1")
    assert found.communities["letter"].tolist() == [
        f"B{number + 1}" for number in range(len(found.communities))
    ]
    drawn = public.view.map("", public.state("inside=1"))
    labels = [one["properties"]["label"] for one in drawn["overlay"]["features"]]
    assert labels == found.communities["letter"].tolist()


def test_only_geumcheon_as_a_whole_has_the_steps_of_the_deck(public: Asked) -> None:
    """Looked into, the first of its groups as any other, every label has its step."""
    for number in range(6):
        found = public.network(f"district=11545&year=2013&inside={number}")
        assert set(found.steps) == set(found.labels["label"])
