"""Who is linked to whom: people, groups, neighbourhoods and bureaus of a place and some years.

For a public audience a person is a pseudonym with community and labels. On the map she stands
in the neighbourhood of the groups whose applications name her, which everybody may know, never
where she lives; counts of fewer than k people are left out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from dashboard.kept import Kept
from dashboard.queries import labels
from dashboard.queries.clusters import ClusterQueries
from dashboard.queries.density import Queries
from dashboard.state import USUAL, ViewState
from dashboard.tables import (
    COMMUNITY_COLUMNS,
    EDGE_COLUMNS,
    NODE_COLUMNS,
    Clusters,
    Network,
    Why,
)
from geo.measures import network
from geo.measures.network import LEAST_INTEREST_GROUP, letter
from geo.schema import CRS, Audience, Level, Outcome

__all__ = ["NetworkQueries", "called", "letter"]

KEPT_ANSWERS = 24
KEPT_TABLES = 4
"""Those of applications, of people and of all ties: each takes 1 MB and more."""
MOST_NODES = 2_000
"""That are drawn one by one; of more, their communities."""
AROUND_M = 800
"""What is around a named place: a walk of ten minutes."""
LEAST_RADIUS_M = 1_500
"""Of a drawing: the map has no scale for smaller ones."""
GROUND = 0.035
"""Around the nodes of a community, of the drawing's radius."""
ROUNDNESS = 0.4
"""Of its outline: 0 follows every node, 1 is convex."""
BRIDGES, PLACES = 3, 3
"""People and neighbourhoods that a community is described by."""
PRINTED = {
    ("11545", 2012, 2013): ("12년 씨앗탈락", "12년 실국탈락", "12년 씨앗선정", "12년 실국선정")
}
"""District, first and last year -> the steps of a reveal as the deck has them."""


@dataclass(frozen=True)
class Selected:
    """Applications of a place and some years with their groups' columns, and who is named."""

    applications: pd.DataFrame
    memberships: pd.DataFrame
    bounds: tuple[float, float, float, float]
    people: int | None
    why: Why | None


class NetworkQueries:
    """Questions about ties."""

    def __init__(self, queries: Queries, kept: Kept, clusters: ClusterQueries) -> None:
        self._queries = queries
        self._kept = kept
        self._clusters = clusters
        keep: Callable[[Any], Any] = lru_cache(maxsize=KEPT_ANSWERS)
        keep_few: Callable[[Any], Any] = lru_cache(maxsize=KEPT_TABLES)
        self._selected = keep_few(self._select)
        self._members = keep(self._find_members)
        self._ties = keep_few(self._find_ties)
        self._network = keep(self._make)
        self._communities_of = keep(self._described)

    def network(self, state: ViewState) -> Network:
        """The network of a state."""
        made: Network = self._network(replace(self.of(state), mode=state.mode))
        return made

    def of(self, state: ViewState) -> ViewState:
        """The part of a state that decides who is in its network, and in which community."""
        return ViewState(
            year=state.year,
            view="network",
            since=state.since or self._queries.choices.years[0],
            place=state.place,
            inside=state.inside,
            resolution=state.resolution,
            **state.filters,
        )

    def selected(self, state: ViewState) -> Selected:
        """What a state's network is made of."""
        made: Selected = self._selected(self.of(state))
        return made

    def members(self, state: ViewState) -> pd.Series[int]:
        """The community of each person, numbered by size from 0 on; of all sizes."""
        made: pd.Series[int] = self._members(self.of(state))
        return made

    def ties(self, state: ViewState) -> pd.DataFrame:
        """Ties between people, by the applications that they share."""
        asked = self.of(state)
        # Who is in a community depends on how finely they are told apart; all else does not.
        if asked.inside is None:
            asked = replace(asked, resolution="1")
        made: pd.DataFrame = self._ties(asked)
        return made

    def communities(self, state: ViewState) -> pd.DataFrame:
        """The interest groups with COMMUNITY_COLUMNS, the largest first."""
        made: pd.DataFrame = self._communities_of(self.of(state))
        return made

    def cluster_names(self, state: ViewState) -> dict[str, str] | None:
        """What the cluster is called that a state looks at, by language; None for another place."""
        if state.place is None or state.place in self._queries.choices.places:
            return None
        rows = self._usual_clusters(state.year).rows[state.year]
        here = rows[rows["cluster"] == int(state.place[1:])] if len(rows) else rows
        return None if here.empty else {lang: here[f"name_{lang}"].iloc[0] for lang in ("ko", "en")}

    def in_sight(self, state: ViewState) -> pd.Series[bool]:
        """Which nodes a state speaks of: those around one, of an interest group or of an area.

        And, of people and applications, those that have to do with the chosen labels.
        """
        found = self.network(state)
        nodes, edges = found.nodes, found.edges
        if state.node in set(nodes["node"]):
            near = edges[(edges["source"] == state.node) | (edges["target"] == state.node)]
            inside = nodes["node"].isin({state.node, *near["source"], *near["target"]})
        elif state.community in set(found.communities["community"]):
            inside = (nodes["community"] == state.community).fillna(False).astype(bool)
        elif state.area is not None:
            inside = nodes["node"].map(found.places["code"]).eq(state.area)
        else:
            inside = pd.Series(True, index=nodes.index)
        if state.label and found.mode == "actors":
            carriers = nodes["node"][nodes["labels"].isin(state.label)]
            named = edges.loc[edges["target"].isin(carriers), "source"]
            inside &= nodes["node"].isin({*carriers, *named})
        return inside

    def chosen_applications(self, state: ViewState) -> pd.DataFrame:
        """The applications that a state speaks of."""
        found, chosen = self.network(state), self.selected(state)
        inside = self.in_sight(state)
        told = chosen.applications
        if inside.all():
            return told
        keys = found.nodes["node"][inside]
        if found.mode == "people":
            named = chosen.memberships["person_id"].isin(keys)
            keys = chosen.memberships["application_id"][named]
        of = {"groups": "group_id", "neighbourhoods": "neighbourhood_code", "bureaus": "department"}
        return told[told[of.get(found.mode, "application_id")].isin(keys)]

    @cached_property
    def _applications(self) -> pd.DataFrame:
        """Every application with its label and what its group brings, in the atlas's order."""
        atlas = self._queries.atlas
        columns = ["group_id", "name", "category", "district_code", "neighbourhood_code"]
        groups = pd.DataFrame(atlas.groups[columns]).assign(group=np.arange(len(atlas.groups)))
        told = atlas.applications.assign(label=labels.label(atlas.applications))
        told["application_id"] = self._prefix + told["application_id"]
        return told.merge(groups, on="group_id", how="left").set_axis(told.index)

    @cached_property
    def _memberships(self) -> pd.DataFrame:
        """Who is named where."""
        told = self._queries.atlas.memberships[["application_id", "person_id"]].drop_duplicates()
        return told.assign(application_id=self._prefix + told["application_id"])

    @cached_property
    def _prefix(self) -> str:
        """What tells an application from a person where an atlas gives both the same name."""
        atlas = self._queries.atlas
        both = atlas.applications["application_id"].isin(atlas.people["person_id"]).any()
        return "a:" if both else ""

    def _select(self, state: ViewState) -> Selected:
        if state.inside is not None:
            return self._opened(state)
        told, keep = self._applications, self._queries.matching(state)
        inside, bounds, why = self._placed(state)
        chosen = (
            told["year"].between(state.since or 0, state.year) & inside[told["group"].to_numpy()]
        )
        told = told[chosen if keep is None else chosen & keep]
        everybody = self._memberships
        named = everybody[everybody["application_id"].isin(told["application_id"])]
        return self._told(told, named, bounds, why)

    def _opened(self, state: ViewState) -> Selected:
        """Of a larger network, the people of one community and the applications that name them."""
        outer = replace(state, inside=None)
        whole, members = self.selected(outer), self.members(outer)
        people = members.index[members == state.inside]
        return self.among(whole, people, None if len(people) else Why("no_community"))

    def among(self, whole: Selected, people: pd.Index[Any], why: Why | None = None) -> Selected:
        """Some people of a network, and the applications that name them."""
        named = whole.memberships[whole.memberships["person_id"].isin(people)]
        told = whole.applications
        told = told[told["application_id"].isin(named["application_id"])]
        return self._told(told, named, whole.bounds, why)

    def _told(
        self,
        applications: pd.DataFrame,
        named: pd.DataFrame,
        bounds: tuple[float, float, float, float],
        why: Why | None,
    ) -> Selected:
        """What this audience may be told of."""
        people, least = named["person_id"].nunique(), self._queries.least_people
        if why is None and applications.empty:
            why = Why("no_applications")
        elif why is None and not people:
            why = Why("no_people")
        elif why is None and people < least:
            why = Why("few_people", {"least": least})
        few = people < least
        return Selected(
            applications, named[:0] if few else named, bounds, None if few else people, why
        )

    def _placed(
        self, state: ViewState
    ) -> tuple[np.ndarray, tuple[float, float, float, float], Why | None]:
        """Which groups are in the place that a state looks at, and its bounds (EPSG:5179)."""
        queries, groups = self._queries, self._queries.atlas.groups
        inside = queries.within(state)
        districts = queries.shapes(Level.DISTRICT)
        shapes = districts[list(state.district)] if state.district else districts
        why = None
        if state.place is not None and state.place in queries.choices.areas:
            inside &= (groups["neighbourhood_code"] == state.place).to_numpy()
            shapes = queries.shapes(Level.NEIGHBOURHOOD)[[state.place]]
        elif state.place is not None and state.place in queries.choices.places:
            sites = queries.atlas.sites
            shapes = sites[sites["site_id"] == state.place].geometry.buffer(AROUND_M)
            inside &= queries.spots.within(shapes.iloc[0]).to_numpy()
        elif state.place is not None:
            inside, shapes, why = self._in_cluster(state, inside)
        west, south, east, north = shapes.total_bounds.tolist()
        return inside, (west, south, east, north), why

    def _usual_clusters(self, year: int) -> Clusters:
        """Clusters in space as their own question finds them by default."""
        asked = replace(ViewState(year=year, view="clusters"), **USUAL["clusters"])
        return self._clusters.clusters(asked)

    def _in_cluster(
        self, state: ViewState, inside: np.ndarray
    ) -> tuple[np.ndarray, gpd.GeoSeries, Why | None]:
        """Groups of a cluster in space, its bounds, and whether it is there."""
        found = self._usual_clusters(state.year)
        number = int(str(state.place)[1:])
        members = (found.members[state.year] == number).to_numpy()
        hulls = found.hulls[state.year]
        if number not in hulls.index:
            return members, self._queries.shapes(Level.DISTRICT), Why("no_such_cluster")
        return inside & members, hulls[[number]], None

    def _find_ties(self, state: ViewState) -> pd.DataFrame:
        return network.project(self.selected(state).memberships, "person_id", "application_id")

    def _find_members(self, state: ViewState) -> pd.Series[int]:
        people = sorted(self.selected(state).memberships["person_id"].unique())

        def find() -> pd.DataFrame:
            found = network.communities(people, self.ties(state), float(state.resolution))
            return found.to_frame("community")

        return self._kept.table(f"communities {state}", find)["community"].rename(None)

    def interest_groups(self, state: ViewState) -> pd.Series[int]:
        """As `members`, with -1 for those of fewer people than make an interest group."""
        members = self.members(state)
        least = max(LEAST_INTEREST_GROUP, self._queries.least_people)
        large = members.map(members.value_counts()) >= least
        return members.where(large, -1)

    def group_communities(self, state: ViewState) -> pd.Series[int]:
        """The interest group that most people of each group are in, by ``group_id``.

        Of groups whose people are mostly in none, -1.
        """
        return self._mostly("group_id", named_in(self.selected(state), "group_id"), state)

    def _mostly(self, unit: str, named: pd.DataFrame, state: ViewState) -> pd.Series[int]:
        """The interest group that most of a unit's people are in; of equal ones the largest.

        ``named`` has who is named in each unit: that column and ``person_id``.
        """
        community = named["person_id"].map(self.interest_groups(state))
        counted = pd.DataFrame({"unit": named[unit], "community": community}).value_counts()
        ranked = counted.rename("n").reset_index()
        ranked = ranked.sort_values(["unit", "n", "community"], ascending=[True, False, True])
        return ranked.drop_duplicates("unit").set_index("unit")["community"]

    def _make(self, state: ViewState) -> Network:
        chosen = self.selected(state)
        mode = self._mode(state, chosen)
        nodes, edges = getattr(self, f"_{mode}")(state, chosen)
        nodes = nodes.reindex(columns=list(NODE_COLUMNS))
        whole = dict.fromkeys(("community", "year", "people"), "Int64")
        nodes = nodes.astype(dict.fromkeys(NODE_COLUMNS[:-2], "str") | whole)
        places = self._stand(nodes, chosen, state)
        x, y, radius = _middle(chosen.bounds)
        drawn = self._kept.table(
            f"layout {mode} {state}",
            lambda: network.layout(nodes["node"].tolist(), edges),
        )
        at = drawn.loc[nodes["node"], ["x", "y"]].to_numpy() * radius + (x, y)
        nodes = nodes.assign(x=at[:, 0], y=at[:, 1])
        found = labels.labels(chosen.applications)
        return Network(
            mode=mode,
            nodes=nodes,
            places=places,
            edges=edges[list(EDGE_COLUMNS)],
            flows=self._between(state, "neighbourhood_code"),
            labels=found,
            steps=_steps(state, found) if mode == "actors" else (),
            communities=self.communities(state),
            hulls=_grounds(nodes, radius),
            people=chosen.people,
            applications=len(chosen.applications),
            across=self._across(state),
            box=(x - radius, y - radius, x + radius, y + radius),
            ground=chosen.bounds,
            inside=state.inside,
            why=chosen.why,
        )

    def _mode(self, state: ViewState, chosen: Selected) -> str:
        """What is drawn: what was asked for, or communities where that would be too much."""
        people = chosen.people or 0
        number = {
            "actors": people + len(chosen.applications),
            "people": people,
            "groups": chosen.applications["group_id"].nunique(),
        }
        return "communities" if number.get(state.mode, 0) > MOST_NODES else state.mode

    def _actors(self, state: ViewState, chosen: Selected) -> tuple[pd.DataFrame, pd.DataFrame]:
        """People and applications, tied where one names the other."""
        told = chosen.applications.drop(columns=["group", "district_code"])
        community = self._mostly("application_id", chosen.memberships, state)
        told = told.rename(columns={"label": "labels", "application_id": "node"}).assign(
            kind="application", community=_told(told["application_id"].map(community))
        )
        nodes = pd.concat([self._persons(state, chosen), told], ignore_index=True)
        named = chosen.memberships.set_axis(["target", "source"], axis=1)
        edges = named.assign(shared=1, weight=1.0).astype({"shared": "Int64"})
        return nodes, edges[list(EDGE_COLUMNS)].reset_index(drop=True)

    def _people(self, state: ViewState, chosen: Selected) -> tuple[pd.DataFrame, pd.DataFrame]:
        """People, tied by the applications that name both."""
        return self._persons(state, chosen), self.ties(state).astype({"shared": "Int64"})

    def _persons(self, state: ViewState, chosen: Selected) -> pd.DataFrame:
        """A row for each person: pseudonym, community and labels."""
        communities = self.interest_groups(state)
        return pd.DataFrame(
            {
                "node": communities.index,
                "kind": "person",
                "name": communities.index,
                "community": _told(communities).to_numpy(),
                "labels": carried(chosen).reindex(communities.index).to_numpy(),
            }
        )

    def _groups(self, state: ViewState, chosen: Selected) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Groups, tied by people whom applications of both name."""
        columns = ["group_id", "name", "category", "neighbourhood_code"]
        groups = chosen.applications.drop_duplicates("group_id")[columns]
        community = groups["group_id"].map(self.group_communities(state))
        nodes = groups.assign(
            node=groups["group_id"],
            kind="group",
            community=_told(community),
            people=self._people_of(chosen, "group_id").reindex(groups["group_id"]).to_numpy(),
        )
        return nodes.reset_index(drop=True), self._between(state, "group_id")

    def _neighbourhoods(
        self, state: ViewState, chosen: Selected
    ) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Neighbourhoods, tied by people whom applications of groups in both name."""
        areas = self._queries.areas(Level.NEIGHBOURHOOD)
        codes = sorted(chosen.applications["neighbourhood_code"].dropna().unique())
        nodes = pd.DataFrame(
            {
                "node": codes,
                "kind": "neighbourhood",
                "name": areas["name_ko"].reindex(codes).to_numpy(),
                "neighbourhood_code": codes,
                "people": self._people_of(chosen, "neighbourhood_code").reindex(codes).to_numpy(),
            }
        )
        return nodes, self._between(state, "neighbourhood_code")

    def _bureaus(self, state: ViewState, chosen: Selected) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Bureaus, tied by people named in applications to both."""
        names = sorted(chosen.applications["department"].dropna().unique())
        people = self._people_of(chosen, "department").reindex(names).to_numpy()
        nodes = pd.DataFrame({"node": names, "kind": "bureau", "name": names, "people": people})
        return nodes, self._between(state, "department")

    def _communities(self, state: ViewState, chosen: Selected) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Interest groups, tied by pairs of people across."""
        members = self.interest_groups(state)
        sizes = members[members >= 0].value_counts().sort_index()
        nodes = pd.DataFrame(
            {
                "node": [f"k{number}" for number in sizes.index],
                "kind": "community",
                "name": [called(state.inside, number) for number in sizes.index],
                "community": sizes.index,
                "people": sizes.to_numpy(),
            }
        )
        ties = self.ties(state)
        ends = pd.DataFrame(
            {"source": ties["source"].map(members), "target": ties["target"].map(members)}
        )
        ends = ends[(ends >= 0).all(axis=1) & (ends["source"] != ends["target"])]
        ends = pd.DataFrame(np.sort(ends.to_numpy(), axis=1), columns=["source", "target"])
        edges = ends.value_counts(sort=False).rename("shared").reset_index()
        for end in ("source", "target"):
            edges[end] = "k" + edges[end].astype("str")
        return nodes, self._suppressed(edges.assign(weight=edges["shared"].astype(float)))

    def _between(self, state: ViewState, column: str) -> pd.DataFrame:
        """Pairs of units of the applications and the people that they share."""
        chosen = self.selected(state)
        return self._suppressed(network.project(named_in(chosen, column), column, "person_id"))

    def _suppressed(self, edges: pd.DataFrame) -> pd.DataFrame:
        """Without numbers of fewer people than may be told, and without what would tell them."""
        shared = edges["shared"].astype("Int64")
        few = shared < self._queries.least_people
        weight = edges["weight"].where(~few, 1.0)
        edges = edges.assign(shared=shared.mask(few), weight=weight)
        return edges[list(EDGE_COLUMNS)]

    def _people_of(self, chosen: Selected, column: str) -> pd.Series[int]:
        """People named by each unit; missing where they are fewer than may be told."""
        counted = named_in(chosen, column)[column].value_counts().astype("Int64")
        return counted.mask(counted < self._queries.least_people)

    def _stand(self, nodes: pd.DataFrame, chosen: Selected, state: ViewState) -> pd.DataFrame:
        """Where each node is in the city: around the middle of its neighbourhood.

        What is known to its district alone is around the district's, applications inside.
        """
        told = chosen.applications
        places = nodes[["node", "kind"]].set_index("node")
        places["code"] = nodes["neighbourhood_code"].to_numpy(dtype=object)
        of = told.set_index("application_id")["district_code"]
        first = chosen.memberships.drop_duplicates("person_id").set_index("person_id")
        district = {
            "application": of.to_dict(),
            "group": told.drop_duplicates("group_id")
            .set_index("group_id")["district_code"]
            .to_dict(),
            "person": first["application_id"].map(of).to_dict(),
        }
        is_person = (places["kind"] == "person").to_numpy()
        homes = self._homes(chosen)
        places.loc[is_person, "code"] = homes.reindex(places.index[is_person]).to_numpy()
        ordered = places.sort_values("kind", kind="stable")
        vague = [district.get(kind, {}).get(node) for node, kind in ordered["kind"].items()]
        spots = self._queries.sunflowers(
            ordered["code"].fillna(pd.Series(vague, ordered.index))
        ).reindex(places.index)
        places["x"], places["y"] = spots.x, spots.y
        if (places["kind"] == "community").any():
            areas = self._queries.shapes(Level.NEIGHBOURHOOD).representative_point()
            members = self.interest_groups(state)
            home = areas.reindex(homes.reindex(members.index))
            xy = pd.DataFrame({"x": home.x.to_numpy(), "y": home.y.to_numpy()}, members.index)
            middle = xy.groupby(members).mean().drop(index=-1, errors="ignore")
            places.loc["k" + middle.index.astype("str"), ["x", "y"]] = middle.to_numpy()
        return places[["x", "y", "code"]]

    def _homes(self, chosen: Selected) -> pd.Series[str]:
        """The neighbourhood of each person: for a public audience, that of most applications."""
        if self._queries.audience is Audience.INTERNAL:
            people = self._queries.atlas.people.set_index("person_id")["neighbourhood_code"]
            return people.reindex(chosen.memberships["person_id"].unique())
        code = chosen.applications.set_index("application_id")["neighbourhood_code"]
        named = chosen.memberships.assign(code=chosen.memberships["application_id"].map(code))
        counted = named.dropna().value_counts(["person_id", "code"]).rename("n").reset_index()
        counted = counted.sort_values(["person_id", "n", "code"], ascending=[True, False, True])
        return counted.drop_duplicates("person_id").set_index("person_id")["code"]

    def _across(self, state: ViewState) -> float:
        """Of the ties among people of interest groups, those that join two of them."""
        members, ties = self.interest_groups(state), self.ties(state)
        source, target = ties["source"].map(members), ties["target"].map(members)
        both = (source >= 0) & (target >= 0)
        return float((source != target)[both].mean()) if both.any() else np.nan

    def _described(self, state: ViewState) -> pd.DataFrame:
        """What there is to say of each interest group."""
        chosen, members = self.selected(state), self.interest_groups(state)
        applications = chosen.applications
        community = applications["application_id"].map(
            self._mostly("application_id", chosen.memberships, state)
        )
        of = applications.assign(community=community)
        of = of[of["community"] >= 0]
        by = of.groupby("community")
        sizes = members[members >= 0].value_counts().sort_index()
        outcomes = pd.crosstab(of["community"], of["outcome"]).reindex(sizes.index, fill_value=0)
        groups = self.group_communities(state)
        rows = pd.DataFrame(
            {
                "letter": [called(state.inside, number) for number in sizes.index],
                "people": sizes,
                "groups": groups.value_counts().reindex(sizes.index, fill_value=0),
                "applications": by.size().reindex(sizes.index, fill_value=0),
                "year_from": by["year"].min().astype("Int64"),
                "year_to": by["year"].max().astype("Int64"),
            },
            index=sizes.index,
        )
        for outcome in (Outcome.SELECTED, Outcome.REJECTED, Outcome.UNDER_REVIEW):
            there = outcome in outcomes
            rows[str(outcome)] = outcomes[outcome] if there else 0
        rows["selected_share"] = rows["selected"] / rows["applications"].where(
            rows["applications"] > 0
        )
        rows["category"] = _most(of, "category", 1).reindex(sizes.index)
        rows["places"] = _most(of, "neighbourhood_code", PLACES).reindex(sizes.index)
        rows = rows.join(self._bridging(state, members)).rename_axis("community").reset_index()
        bridging = rows["bridging"].astype("Int64").fillna(0)
        rows["bridging"] = bridging.mask(bridging < 0)
        return rows[list(COMMUNITY_COLUMNS)]

    def _bridging(self, state: ViewState, members: pd.Series[int]) -> pd.DataFrame:
        """People of each interest group with a tie to another community, and the first of them.

        ``bridging`` is how many, -1 where they are fewer than may be told; ``bridges`` who.
        """
        ties, everyone = self.ties(state), self.members(state)
        across = ties[ties["source"].map(everyone) != ties["target"].map(everyone)]
        reach = pd.concat([across["source"], across["target"]]).value_counts().rename("n")
        told = reach.rename_axis("person").reset_index()
        told["community"] = told["person"].map(members)
        told = told.sort_values(["n", "person"], ascending=[False, True])
        number = told["community"].value_counts()
        few = number < self._queries.least_people
        first = told.groupby("community").head(BRIDGES).groupby("community")["person"]
        return pd.DataFrame(
            {"bridging": number.mask(few, -1), "bridges": first.agg(" ".join).mask(few)}
        )


def called(inside: int | None, number: int) -> str:
    """An interest group's letter; those inside another are its letter and a number.

    >>> called(None, 1), called(1, 0)
    ('B', 'B1')
    """
    return letter(number) if inside is None else f"{letter(inside)}{number + 1}"


def named_in(chosen: Selected, column: str) -> pd.DataFrame:
    """Pairs of a unit of the applications and a person named there, each once."""
    of = chosen.applications.set_index("application_id")[column]
    named = chosen.memberships.assign(**{column: chosen.memberships["application_id"].map(of)})
    return named[[column, "person_id"]].dropna().drop_duplicates()


def carried(chosen: Selected) -> pd.Series[str]:
    """The labels of each person's applications, in the order of the legend, joined by " · "."""
    named = chosen.memberships.merge(chosen.applications[["application_id", "label"]])
    known = labels.labels(chosen.applications)["label"]
    order = pd.Series(range(len(known)), index=known)
    named = named.drop_duplicates(["person_id", "label"])
    named = named.sort_values("label", key=lambda some: some.map(order))
    return named.groupby("person_id")["label"].agg(" · ".join)


def _most(frame: pd.DataFrame, column: str, number: int) -> pd.Series[str]:
    """The most frequent values by community, joined by a space."""
    counted = frame.value_counts(["community", column]).rename("n").reset_index()
    counted = counted.sort_values(["community", "n", column], ascending=[True, False, True])
    return counted.groupby("community").head(number).groupby("community")[column].agg(" ".join)


def _told(community: pd.Series[Any]) -> pd.Series[Any]:
    """Numbers of communities, missing for none."""
    numbers = community.astype("Int64")
    return numbers.mask(numbers < 0)


def _steps(state: ViewState, found: pd.DataFrame) -> tuple[str, ...]:
    """What a reveal adds, step by step: by year, the rejected first, then by programme."""
    whole = state.place is None and state.inside is None and not state.filtered
    if len(state.district) == 1 and whole:
        printed = PRINTED.get((state.district[0], state.since or 0, state.year))
        if printed is not None and set(printed) <= set(found["label"]):
            return printed
    return tuple(labels.in_time(found))


def _middle(bounds: tuple[float, float, float, float]) -> tuple[float, float, float]:
    """Centre and radius of the disc that a drawing fills in some bounds."""
    west, south, east, north = bounds
    radius = max(min(east - west, north - south) / 2, LEAST_RADIUS_M)
    return (west + east) / 2, (south + north) / 2, radius


def _grounds(nodes: pd.DataFrame, radius: float) -> gpd.GeoSeries:
    """The ground of each community's nodes in the drawing."""
    inside = nodes[nodes["community"].notna() & (nodes["kind"] != "community")]
    shapes = {
        int(str(number)): shapely.concave_hull(
            shapely.multipoints(some[["x", "y"]].to_numpy(dtype=float)), ROUNDNESS
        ).buffer(GROUND * radius, quad_segs=4)
        for number, some in inside.groupby("community")
    }
    return gpd.GeoSeries(shapes, crs=CRS, dtype="geometry")
