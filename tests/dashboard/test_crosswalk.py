"""Whether neighbours in space work together: the two divisions crossed anew by other means."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score

from dashboard.callbacks.clusters import ClustersView
from dashboard.callbacks.crosswalk import IN_FLOW, CrosswalkView
from dashboard.figures.courses import beside_figure, flow_figure
from dashboard.queries.crosswalk import PAIR_COLUMNS, together
from dashboard.strings import Text
from dashboard.tables import Crosswalk, Why
from dashboard.theme import several_colours
from geo.atlas import Atlas, publish
from geo.boundaries import Boundaries
from tests.dashboard.answers import Answers, NoGeometry, props

CITY, HERE = "since=2012&year=2013", "district=11545&year=2016"


class Asked(Answers):
    """What an atlas answers, by query."""

    def __init__(self, atlas: Atlas, *audience: Any, **others: Any) -> None:
        super().__init__("crosswalk", CrosswalkView, atlas, *audience, **others)

    def crosswalk(self, query: str) -> Crosswalk:
        return self.analyses.crosswalk.crosswalk(self.state(query))


@pytest.fixture(scope="module")
def asked(sample: Atlas, tmp_path_factory: pytest.TempPathFactory) -> Asked:
    return Asked(sample, tmp_path_factory.mktemp("kept"))


def crossed(asked: Asked, query: str) -> pd.DataFrame:
    """Each group of the year with its cluster and its interest group, -1 for none."""
    state, atlas = asked.state(query), asked.queries.atlas
    since = state.since or 2012
    clusters = asked.analyses.clusters.clusters(asked.analyses.crosswalk.of_clusters(state))
    groups = atlas.groups.assign(cluster=clusters.members[state.year])
    groups = groups[groups["founded_year"] <= state.year]
    if state.district:
        groups = groups[groups["district_code"].isin(state.district)]
    told = atlas.applications[atlas.applications["year"].between(since, state.year)]
    told = told[told["group_id"].isin(groups["group_id"])]
    named = told.merge(atlas.memberships, on="application_id")
    members = asked.analyses.network.members(state)
    sizes = members.value_counts()
    people = named.drop_duplicates(["group_id", "person_id"])
    community = {}
    for group, some in people.groupby("group_id")["person_id"]:
        counted = Counter(
            int(members[person]) if sizes[members[person]] >= 15 else -1 for person in some
        )
        most = max(counted.values())
        community[group] = min(number for number, n in counted.items() if n == most)
    return groups.assign(community=groups["group_id"].map(community).fillna(-1).astype(int))


@pytest.mark.parametrize("query", [CITY, HERE])
def test_the_table_crosses_the_two_divisions(asked: Asked, query: str) -> None:
    """Each group counts once: in a cell, in one division alone, or in neither."""
    found, groups = asked.crosswalk(query), crossed(asked, query)
    inside, working = groups["cluster"] >= 0, groups["community"] >= 0
    both = groups[inside & working]
    assert found.n == found.table.to_numpy().sum() == len(both) > 20
    assert found.only_cluster == (inside & ~working).sum()
    assert found.only_community == (working & ~inside).sum()
    assert found.neither == (~inside & ~working).sum()
    cells = both.groupby(["cluster", "community"]).size()
    for (cluster, community), n in cells.items():
        assert found.table.loc[cluster, community] == n
    assert found.clusters["groups"].to_dict() == groups["cluster"][inside].value_counts().to_dict()
    counted = groups["community"][working].value_counts().to_dict()
    assert found.communities["groups"].to_dict() == counted
    labels = both["cluster"].to_numpy(), both["community"].to_numpy()
    assert found.ari == pytest.approx(adjusted_rand_score(*labels))
    assert found.nmi == pytest.approx(normalized_mutual_info_score(*labels))


def test_interest_groups_are_named_after_where_they_are(asked: Asked, sample: Atlas) -> None:
    """By a letter, and the neighbourhood of most of their groups."""
    found, groups = asked.crosswalk(CITY), crossed(asked, CITY)
    areas = sample.neighbourhoods.set_index("code")
    for number in (0, 1, 30):
        letter, place = found.communities["name_en"][number].split(" · ")
        assert letter == ("A", "B", "AE")[(0, 1, 30).index(number)]
        own = groups.loc[groups["community"] == number, "neighbourhood_code"].value_counts()
        most = own.index[own == own.max()]
        assert place in set(areas.loc[most, "name_en"])


def test_pairs_are_counted_one_by_one(asked: Asked) -> None:
    """How often neighbours work together, and those who do are neighbours, over every pair."""
    groups = crossed(asked, HERE)
    both = groups[(groups["cluster"] >= 0) & (groups["community"] >= 0)]
    pairs = [
        (a[0] == b[0], a[1] == b[1])
        for a, b in combinations(both[["cluster", "community"]].to_numpy().tolist(), 2)
    ]
    told = together(asked.crosswalk(HERE).table)
    assert told.near == pytest.approx(np.mean([work for near, work in pairs if near]))
    assert told.far == pytest.approx(np.mean([work for near, work in pairs if not near]))
    assert told.working == pytest.approx(np.mean([near for near, work in pairs if work]))


def test_rows_are_pairs_that_share_groups(asked: Asked) -> None:
    """A row for each filled cell, its shares of the cluster and of the interest group."""
    found, rows = asked.crosswalk(CITY), asked.analyses.crosswalk.rows(asked.state(CITY))
    assert tuple(rows.columns) == PAIR_COLUMNS
    assert len(rows) == np.count_nonzero(found.table)
    assert rows["groups"].sum() == found.n
    assert rows["groups"].is_monotonic_decreasing
    first = rows.iloc[0]
    assert first["of_cluster"] == first["groups"] / found.clusters["groups"][first["cluster"]]
    assert first["of_community"] == (
        first["groups"] / found.communities["groups"][first["community"]]
    )


def test_years_are_windows_that_end_in_them(asked: Asked) -> None:
    """From the first year looked at on; the last row is the whole."""
    years = asked.analyses.crosswalk.years(asked.state(CITY))
    assert years["year"].tolist() == list(asked.queries.choices.years)
    row = years.set_index("year").loc[2013]
    found = asked.crosswalk(CITY)
    assert (row["ari"], row["nmi"], row["n"]) == (found.ari, found.nmi, found.n)
    later = asked.analyses.crosswalk.years(asked.state("since=2016"))
    assert later["year"].tolist() == [2016, 2017]


def test_hulls_say_which_interest_groups_are_there(asked: Asked) -> None:
    """The outlines are those of the clusters; those of the year tell their largest groups."""
    query = f"{CITY}&lang=en"
    state, found = asked.state(query), asked.crosswalk(query)
    drawn = asked.view.map(query, state)
    plain = ClustersView(asked.queries, asked.analyses, NoGeometry()).map(
        query, replace(asked.analyses.crosswalk.of_clusters(state), lang="en")
    )
    at = drawn["years"].index(2013)
    assert drawn["spans"] == plain["spans"]
    first, last = drawn["spans"][at]
    rows = asked.analyses.crosswalk.rows(state)
    pairs = zip(drawn["overlay"]["features"], plain["overlay"]["features"], strict=True)
    for place, (told, usual) in enumerate(pairs):
        own, before = told["properties"]["lines"], usual["properties"]["lines"]
        assert own[: len(before)] == before
        if not first <= place < last:
            assert own == before
            continue
        cluster = int(told["properties"]["code"].removeprefix("c"))
        shared = rows[rows["cluster"] == cluster]
        said = [f"{row['community_en']}: {row['groups']}" for _, row in shared.head(3).iterrows()]
        of = found.clusters["groups"][cluster]
        assert own[len(before) :] == [
            f"{shared['groups'].sum()} of {of} groups are in an interest group", *said,
        ]  # fmt: skip
    assert set(drawn["why"]) == {None}


def test_the_city_in_plain_words(asked: Asked) -> None:
    """Headline, sentences and lists say what the tables hold."""
    shown = asked.shown(f"{CITY}&lang=en")
    found = asked.crosswalk(CITY)
    near, far, working = together(found.table)
    assert shown["title"] == (
        f"Seoul, 2012–2013: {round(100 * near)} of 100 pairs of groups in one cluster share an "
        f"interest group; across clusters, {Text('en').number(100 * far)}"
    )
    said = json.dumps(shown["panel"], ensure_ascii=False)
    assert f"Of two groups in one interest group, {round(100 * working)} in 100 lie in one" in said
    assert f"Adjusted Rand index {found.ari:.2g} over {found.n} groups" in said
    buttons = [part["id"]["go"] for part in props(shown["panel"]) if part["type"] == "Button"
               and "go" in str(part["id"])]  # fmt: skip
    assert set(buttons) == {f"c{cluster}" for cluster in found.clusters.index}
    grid = next(part for part in props(shown["table"]) if part["type"] == "AgGrid")
    assert sum(row["groups"] for row in grid["rowData"]) == found.n


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize("query", [
    CITY, HERE, f"{CITY}&cluster=7", f"{CITY}&cluster=999&theme=dark", "district=11545&year=2013",
    f"{CITY}&category=청년&smallest=5", "year=2012&resolution=8&district=11440",
])  # fmt: skip
def test_every_word_is_there(asked: Asked, query: str, lang: str) -> None:
    """Nothing left to fill in, no figure without words, and no missing number as such."""
    shown = asked.shown(f"{query}&lang={lang}")
    assert str(asked.state(query).year) in shown["title"]
    said = [shown["title"], *shown["details"]]
    said += [part["children"] for part in props(shown["panel"]) if part["type"] == "P"]
    for one in said:
        assert "{" not in one
        assert "nan" not in one.lower()
    for figure in (part for part in props(shown["panel"]) if part["type"] == "Figure"):
        hidden = [part for part in props(figure["children"]) if part["type"] == "P"]
        assert len(hidden[0]["children"]) > 5
    names = [part["id"] for part in props(shown["panel"]) if part["type"] == "Graph"]
    assert len(names) == len(set(names))


def test_one_cluster_alone_is_compared_with_nothing(asked: Asked) -> None:
    """Geumcheon-gu has one cluster until 2013: any other division would agree with it."""
    found = asked.crosswalk("district=11545&year=2013")
    assert len(found.clusters) == 1
    assert np.isnan([found.ari, found.nmi]).all()
    shown = asked.shown("district=11545&year=2013&lang=en")
    assert "all in one cluster; of two of its groups" in shown["title"]
    assert "there is nothing to compare" in json.dumps(shown["panel"])


def test_a_chosen_cluster_shows_its_own(asked: Asked) -> None:
    """Which interest groups its groups are in, whatever the others do."""
    shown = asked.shown(f"{CITY}&cluster=7&lang=en")
    found = asked.crosswalk(CITY)
    own = found.table.loc[7]
    figure = next(part for part in props(shown["panel"]) if part["type"] == "Graph")["figure"]
    told = list(figure["data"][-1]["customdata"])
    assert len(told) == 1 + (own > 0).sum()
    assert told[0] == f"{found.clusters.loc[7, 'name_en']}: {own.sum()} groups"


def test_nothing_to_tell_is_explained(
    asked: Asked, tables: dict[str, pd.DataFrame], seoul: Boundaries, tmp_path: Path
) -> None:
    """No group, no cluster, nobody named: one sentence, on the map too, and no figure."""
    nobody = "category=청년&department=복지본부&programme=씨앗&year=2015&lang=en"
    atlas = publish(tables, tmp_path / "atlas", seoul, name="t", made_from="t")
    small = Asked(atlas)
    for where, query, key in (
        (asked, nobody, "no_groups"),
        (small, "year=2013&lang=en", "few_for_cluster"),
        (small, "year=2012&smallest=5", "few_for_cluster"),
    ):
        why = where.crosswalk(query).why
        assert isinstance(why, Why)
        assert why.key == key
        shown = where.shown(query)
        at = where.queries.choices.years.index(where.state(query).year)
        assert shown["map"]["why"][at] == shown["details"][0]
        assert [part for part in props(shown["panel"]) if part["type"] == "Graph"] == []
    assert asked.shown(nobody)["title"] == "2015: nothing to tell here yet"


def test_clusters_of_groups_that_name_nobody(seoul: Boundaries, tmp_path: Path) -> None:
    """Thirty groups on one street and nobody named: the network's reason is told."""
    ids = [f"g{number}" for number in range(30)]
    groups = pd.DataFrame(
        {"group_id": ids, "name": ids, "district_code": "11305",
         "longitude": [f"{127.0223 + number / 1e5:.6f}" for number in range(30)],
         "latitude": "37.6315"}, dtype="str",
    )  # fmt: skip
    applications = pd.DataFrame(
        {"application_id": ids, "group_id": ids, "outcome": "selected", "year": "2013"},
        dtype="str",
    )
    tables = {"groups": groups, "applications": applications}
    atlas = publish(tables, tmp_path / "atlas", seoul, name="street", made_from="t")
    found = Asked(atlas).crosswalk("year=2013&smallest=5")
    assert found.why == Why("no_people")
    assert found.only_cluster + found.neither == 30


def test_bars_are_as_high_as_what_they_hold() -> None:
    """Of two columns both add up to the same, and every band leaves and enters a bar."""
    table = pd.DataFrame([[3, 0, 1], [0, 5, 0]])
    colours = several_colours("light")[:2]
    names = (["a", "b"], ["x", "y", "z"])
    figure = beside_figure(table, names, ("L", "R"), colours, "light", Text("en"))
    spots = figure["data"][-1]
    assert spots["customdata"] == [
        "a: 4 groups", "b: 5 groups", "x: 3 groups", "y: 5 groups", "z: 1 group",
    ]  # fmt: skip
    assert spots["x"] == [0, 0, 1, 1, 1]
    assert figure["layout"]["xaxis"]["ticktext"] == ["L", "R"]
    heights = {colour: _heights(figure, colour) for colour in colours}
    assert heights == {colours[0]: [4.0], colours[1]: [5.0]}
    bands = [trace for trace in figure["data"] if str(trace.get("fillcolor")).startswith("rgba")]
    assert sum(trace["x"].count(None) for trace in bands) == np.count_nonzero(table)


def _heights(figure: dict[str, Any], colour: str) -> list[float]:
    """Of the bars of a colour."""
    trace = next(one for one in figure["data"] if one.get("fillcolor") == colour)
    values = [value for value in trace["y"] if value is not None]
    return [
        max(values[place : place + 4]) - min(values[place : place + 4])
        for place in range(0, len(values), 4)
    ]


def test_a_flow_over_the_years_keeps_its_bars() -> None:
    """A bar for each lineage and year, as high as its groups, named with its year."""
    sizes = pd.DataFrame({2012: [4, 0], 2013: [3, 2]})
    flow = pd.DataFrame({"year": [2013], "source": [0], "target": [0], "n": [3]})
    figure = flow_figure(sizes, flow, {0: "a", 1: "b"}, "light", Text("en"))
    spots = figure["data"][-1]
    assert spots["customdata"] == ["a, 2012: 4 groups", "a, 2013: 3 groups", "b, 2013: 2 groups"]
    assert spots["mode"] == "markers"
    assert _heights(figure, several_colours("light")[0]) == [4.0, 3.0]
    assert figure["layout"]["xaxis"]["ticktext"] == ["’12", "’13"]


def test_the_largest_are_shown_in_line(asked: Asked) -> None:
    """A dozen of each at most, with how many groups that is of all."""
    shown = asked.shown(f"{CITY}&lang=en")
    figure = next(part for part in props(shown["panel"]) if part["type"] == "Figure")
    title = next(part for part in props(figure["children"]) if part["type"] == "Figcaption")
    spots = next(part for part in props(figure["children"]) if part["type"] == "Graph")
    data = spots["figure"]["data"][-1]
    left = [n for n, x in zip(data["customdata"], data["x"], strict=True) if x == 0]
    right = [n for n, x in zip(data["customdata"], data["x"], strict=True) if x == 1]
    assert 0 < len(left) <= len(right) <= IN_FLOW

    def groups(said: list[str]) -> int:
        return sum(int(one.rpartition(": ")[2].removesuffix(" groups")) for one in said)

    n = groups(left)
    assert n == groups(right)
    of = asked.crosswalk(CITY).n
    assert title["children"] == f"The largest clusters and interest groups: {n} of {of} groups"
