"""What holds a network together, measured anew by other means, and who is told of it."""

from __future__ import annotations

import json
from itertools import combinations
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from dashboard.callbacks.cohesion import CohesionView
from dashboard.figures.cohesion import homophily_figure
from dashboard.queries import cohesion as queries_of_cohesion
from dashboard.strings import Text
from dashboard.tables import COHESION_COLUMNS, HOMOPHILY_COLUMNS, Cohesion, Why
from geo.atlas import Atlas, publish
from geo.boundaries import Boundaries
from geo.schema import Audience
from tests.dashboard.answers import Answers, props

GEUMCHEON = "district=11545&since=2012&year=2013"
WHOLE = "district=11545"
PERSONAL = {"gender", "age"}


class Asked(Answers):
    """What an atlas answers, by query."""

    def __init__(self, atlas: Atlas, *audience: Any, **others: Any) -> None:
        super().__init__("cohesion", CohesionView, atlas, *audience, **others)

    def cohesion(self, query: str) -> Cohesion:
        return self.analyses.cohesion.cohesion(self.state(query))

    def untold(self, query: str) -> dict[str, Why]:
        return self.analyses.cohesion.untold(self.state(query))


@pytest.fixture(scope="module")
def public(sample: Atlas, folder: Path) -> Asked:
    return Asked(sample, folder=folder)


@pytest.fixture(scope="module")
def internal(sample: Atlas, folder: Path) -> Asked:
    return Asked(sample, Audience.INTERNAL, folder=folder)


def named(atlas: Atlas, years: range, district: str = "11545") -> pd.DataFrame:
    """Who is named in which application of a district, straight from the tables."""
    groups = atlas.groups[["group_id", "district_code", "category", "neighbourhood_code"]]
    told = atlas.applications.merge(groups, on="group_id")
    told = told[(told["district_code"] == district) & told["year"].isin(years)]
    return told.merge(atlas.memberships, on="application_id", how="left")


def tied(frame: pd.DataFrame, of: str, by: str) -> nx.Graph:
    """Those who share something, pair by pair."""
    graph = nx.Graph()
    graph.add_nodes_from(frame[of].dropna().unique())
    for _, some in frame.dropna(subset=[of, by]).groupby(by)[of]:
        graph.add_edges_from(combinations(sorted(set(some)), 2))
    return graph


def held(frame: pd.DataFrame) -> dict[str, Any]:
    """COHESION_COLUMNS as networkx and plain sets have them."""
    graph = tied(frame, "person_id", "application_id")
    degrees = [degree for _, degree in graph.degree]
    cores = nx.core_number(graph)
    core = max(cores.values())
    people = frame.dropna(subset=["person_id"]).groupby("application_id")["person_id"].agg(set)
    outcome = frame.drop_duplicates("application_id").set_index("application_id")["outcome"]
    selected = set().union(*people[people.index.isin(outcome.index[outcome == "selected"])])
    rejected = outcome.index[outcome == "rejected"]
    near = sum(bool(people.get(one, set()) & selected) for one in rejected)
    return {
        "people": len(graph),
        "ties": graph.number_of_edges(),
        "components": nx.number_connected_components(graph),
        "giant_share": max(map(len, nx.connected_components(graph))) / len(graph),
        "density": nx.density(graph),
        "mean_degree": float(np.mean(degrees)),
        "largest_degree": max(degrees),
        "core": core,
        "core_nodes": sum(number == core for number in cores.values()),
        "rejected": len(rejected),
        "near_selected": near,
        "near_share": near / len(rejected),
    }


def test_a_district_is_held_together_as_networkx_has_it(sample: Atlas, public: Asked) -> None:
    """The years together and each year of the atlas alone, every column."""
    found = public.cohesion(GEUMCHEON)
    assert found.whole["year"].isna().all()
    assert found.years["year"].tolist() == list(public.queries.choices.years)
    rows = pd.concat([found.whole, found.years])
    assert tuple(rows.columns) == COHESION_COLUMNS
    spans = [range(2012, 2014), *(range(year, year + 1) for year in found.years["year"])]
    for row, span in zip(rows.drop(columns="year").to_dict("records"), spans, strict=True):
        assert row == pytest.approx(held(named(sample, span)))
    assert found.whole["people"].tolist() == [340]


def attributes(atlas: Atlas) -> dict[str, pd.Series]:
    people, groups = atlas.people.set_index("person_id"), atlas.groups.set_index("group_id")
    born = people["birth_year"].astype(float)
    edges = [0, 1945, 1965, 1973, 1994, 3000]  # ages of 2013: 68 on, 48–67, 40–47, 19–39, below
    return {
        "category": groups["category"],
        "neighbourhood": groups["neighbourhood_code"],
        "gender": people["gender"],
        "age": pd.cut(born, edges).astype("str"),
    }


def test_like_with_like_is_counted_pair_by_pair(sample: Atlas, internal: Asked) -> None:
    """E-I index by hand, assortativity by networkx; groups by shared people, people by lists."""
    found = internal.cohesion(GEUMCHEON).homophily.set_index("attribute")
    assert tuple(found.reset_index().columns[1:]) == ("year", *HOMOPHILY_COLUMNS[1:])
    frame = named(sample, range(2012, 2014))
    for attribute, values in attributes(sample).items():
        of, by = (
            ("person_id", "application_id") if attribute in PERSONAL else ("group_id", "person_id")
        )
        graph = tied(frame, of, by)
        known = graph.edge_subgraph(
            [tie for tie in graph.edges if all(_known(values.get(end)) for end in tie)]
        )
        across = sum(values[a] != values[b] for a, b in known.edges)
        row = found.loc[attribute]
        assert (row["nodes"], row["ties"]) == (len(known), known.number_of_edges())
        assert row["e_i"] == pytest.approx(2 * across / known.number_of_edges() - 1)
        nx.set_node_attributes(known, values.to_dict(), "kind")
        newman = nx.attribute_assortativity_coefficient(known, "kind")
        assert row["assortativity"] == pytest.approx(newman)
        assert row["low"] <= row["expected"] <= row["high"]
        assert (row["p"] <= 0.05) == (not row["low"] <= row["e_i"] <= row["high"])


def _known(value: Any) -> bool:
    return isinstance(value, str) and value != "nan"


def test_years_tell_of_like_with_like_too(internal: Asked) -> None:
    """A year's row is what a window of that year alone tells, but for its permutations."""
    by_year = internal.cohesion(GEUMCHEON).homophily_years
    alone = internal.cohesion("district=11545&since=2013&year=2013").homophily
    of = by_year[by_year["year"] == 2013].set_index("attribute")
    for name in ("nodes", "ties", "e_i", "expected", "assortativity"):
        assert of[name].to_dict() == pytest.approx(alone.set_index("attribute")[name].to_dict())


def test_brokers_stand_between_others(sample: Atlas, public: Asked) -> None:
    """The ten of networkx's largest betweenness, with their degree, group and labels."""
    frame = named(sample, range(2012, 2014))
    graph = tied(frame, "person_id", "application_id")
    between = pd.Series(nx.betweenness_centrality(graph)).sort_values(ascending=False)[:10]
    rows = public.cohesion(GEUMCHEON).brokers
    assert rows["betweenness"].tolist() == pytest.approx(between.tolist())
    assert set(rows["node"]) == set(between.index)
    assert rows["degree"].tolist() == [graph.degree[node] for node in rows["node"]]
    members = public.analyses.network.interest_groups(public.state(GEUMCHEON))
    labels = frame.groupby("person_id")["label"].agg(set)
    for row in rows.to_dict("records"):
        assert row["community"] == members[row["node"]]
        assert set(row["labels"].split(" · ")) == labels[row["node"]]


def test_too_many_people_have_no_brokers(sample: Atlas, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the largest part is too large none are looked for, and the page says so."""
    monkeypatch.setattr(queries_of_cohesion, "MOST_FOR_BROKERS", 100)
    monkeypatch.setattr("dashboard.callbacks.cohesion.MOST_FOR_BROKERS", 100)
    asked = Asked(sample)
    state = asked.state(GEUMCHEON)
    assert asked.analyses.cohesion.betweenness(state) is None
    assert asked.cohesion(GEUMCHEON).brokers.empty
    said = json.dumps(asked.shown(f"{GEUMCHEON}&lang=en")["panel"])
    assert "Brokers are not looked for: more than 100 people hang together in one part." in said


def test_fields_and_bureaus(sample: Atlas, public: Asked, internal: Asked) -> None:
    """Each tie once, each shared person once; a public audience sees none of one or two people."""
    frame = named(sample, range(2012, 2014))
    graph = tied(frame, "group_id", "person_id")
    ties = public.cohesion(GEUMCHEON).categories
    assert np.triu(ties.to_numpy()).sum() == graph.number_of_edges()
    category = sample.groups.set_index("group_id")["category"]
    inside = sum(category[a] == category[b] for a, b in graph.edges)
    assert np.trace(ties.to_numpy()) == inside
    people = frame.groupby("department")["person_id"].agg(set)
    told, all_told = public.cohesion(GEUMCHEON).bureaus, internal.cohesion(GEUMCHEON).bureaus
    assert told.columns.tolist() == sorted(people.index)
    for one, other in combinations(people.index, 2):
        shared = len(people[one] & people[other])
        assert all_told.loc[one, other] == all_told.loc[other, one] == shared
        assert pd.isna(told.loc[one, other]) if 0 < shared < 3 else told.loc[one, other] == shared
    assert told.isna().to_numpy().sum() > all_told.isna().to_numpy().sum() == len(people)


def test_years_of_a_community_are_those_of_its_people(sample: Atlas, public: Asked) -> None:
    """Whoever is in the group that was opened is followed; other years' groups are others'."""
    query = f"{GEUMCHEON}&inside=1"
    members = public.analyses.network.members(public.state(GEUMCHEON))
    people = set(members.index[members == 1])
    years = public.cohesion(query).years.set_index("year")
    for year in (2012, 2013, 2014):
        frame = named(sample, range(year, year + 1))
        frame = frame[frame["person_id"].isin(people)]
        assert years.loc[year].to_dict() == pytest.approx(held(frame))


def test_a_public_audience_is_told_of_gender_where_nobody_can_be_singled_out(
    public: Asked, internal: Asked
) -> None:
    """A whole district or the city, over all years together: nothing that nearly repeats itself."""
    for query in (WHOLE, ""):
        found = public.cohesion(query)
        assert set(found.told) == {"category", "neighbourhood", *PERSONAL}
        assert set(found.homophily["attribute"]) >= PERSONAL
        assert PERSONAL.isdisjoint(found.homophily_years["attribute"])
    narrowed = ("programme=씨앗", "category=청년", "outcome=selected", "place=11545101", "inside=0",
                "department=복지본부", "place=geumcheon", "district=11110", "since=2013",
                "year=2016", "year=2013", "since=2012&year=2012")  # fmt: skip
    for more in narrowed:
        query = f"{WHOLE}&{more}"
        found = public.cohesion(query)
        assert found.told == ("category", "neighbourhood")
        rows = pd.concat([found.homophily, found.homophily_years])
        assert PERSONAL.isdisjoint(rows["attribute"])
        assert public.untold(query) == dict.fromkeys(PERSONAL, Why("attribute_narrowed"))
        assert internal.untold(query) == {}
    rows = internal.cohesion(f"{GEUMCHEON}&place=11545101").homophily
    assert set(rows["attribute"]) >= PERSONAL


def test_personal_figures_are_no_finer_than_hundredths(public: Asked, internal: Asked) -> None:
    """So that what two answers differ by tells of nobody."""
    told, exact = public.cohesion(WHOLE).homophily, internal.cohesion(WHOLE).homophily
    columns = ["e_i", "expected", "low", "high", "assortativity"]
    own = told["attribute"].isin(PERSONAL)
    rounded = exact[columns].where(~own, exact[columns].round(2))
    pd.testing.assert_frame_equal(told[columns], rounded)
    assert told[["nodes", "ties", "p"]].equals(exact[["nodes", "ties", "p"]])


SUYU, GASAN = "11305", "11545"


def town(seoul: Boundaries, out: Path, odd: int = 1972) -> Atlas:
    """Suyu: 36 people in six applications of 2012, two of them again in 2013; Gasan: ten in one.

    The first of each application of Suyu is named in the next one too; ``odd`` is the birth of
    one of them.
    """
    rows, groups = [], []
    for number in range(6):
        group = f"s{number}"
        groups.append((group, SUYU, "청년" if number < 3 else "50+"))
        own = [f"p{6 * number + place:02d}" for place in range(6)]
        before = [f"p{6 * number - 6:02d}"] if number else []
        outcome = "selected" if number % 2 else "rejected"
        rows.append((f"{group}-2012", group, "2012", outcome, [*own, *before]))
    rows.append(("s0-2013", "s0", "2013", "rejected", ["p00", "p01"]))
    groups.append(("g0", GASAN, "청년"))
    rows.append(("g0-2012", "g0", "2012", "selected", [f"q{place}" for place in range(10)]))
    people = sorted({person for *_, some in rows for person in some})
    tables = {
        "groups": pd.DataFrame(groups, columns=["group_id", "district_code", "category"])
        .assign(name=lambda frame: frame["group_id"]),
        "applications": pd.DataFrame(
            [row[:4] for row in rows], columns=["application_id", "group_id", "year", "outcome"]
        ).assign(department="복지본부"),
        "people": pd.DataFrame(
            {
                "person_id": people,
                "gender": ["female" if n % 2 else "male" for n in range(len(people))],
                "birth_year": [str(1960 + n % 2 * 20 if n else odd) for n in range(len(people))],
            }
        ),
        "memberships": pd.DataFrame(
            [(row[0], person, "member") for row in rows for person in row[4]],
            columns=["application_id", "person_id", "role"],
        ),
    }  # fmt: skip
    told = {name: frame.astype("str") for name, frame in tables.items()}
    return publish(told, out, seoul, name="town", made_from="t")


@pytest.fixture(scope="module")
def suyu(seoul: Boundaries, tmp_path_factory: pytest.TempPathFactory) -> Atlas:
    return town(seoul, tmp_path_factory.mktemp("town") / "atlas", odd=1960)


def test_an_index_of_few_ties_is_not_told(suyu: Atlas) -> None:
    """Of 165 ties two decimals would give away how many join people of one gender."""
    asked = Asked(suyu)
    why = Why("attribute_ties", {"least": 1_000})
    assert asked.untold("") == {"gender": why, "age": why}
    assert asked.cohesion("").told == ("category", "neighbourhood")
    said = json.dumps(asked.shown("lang=en")["panel"])
    assert "with fewer than 1000 ties the index would give away" in said
    assert Asked(suyu, Audience.INTERNAL).untold("") == {}


@pytest.fixture
def few_ties_will_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a town."""
    monkeypatch.setattr(queries_of_cohesion, "LEAST_TIES", 1)


@pytest.mark.usefixtures("few_ties_will_do")
def test_few_people_are_kept_back(suyu: Atlas) -> None:
    """A year of two people has no figures, and nobody learns of ten by taking 36 from the city."""
    asked = Asked(suyu)
    found = asked.cohesion(f"district={SUYU}")
    assert found.whole["people"].tolist() == [36]
    assert found.years.set_index("year").loc[2013].isna().all()
    assert "gender" in asked.cohesion("").told
    for query in (f"district={GASAN}", f"district={SUYU}"):
        assert asked.cohesion(query).told == ("category", "neighbourhood")
        assert asked.untold(query)["gender"] == Why("attribute_few", {"least": 30})
    internal = Asked(suyu, Audience.INTERNAL)
    assert internal.untold("year=2012") == {}
    years = internal.cohesion(f"district={SUYU}&year=2013").years.set_index("year")
    assert years.loc[2013, ["people", "ties", "rejected", "near_selected"]].tolist() == [2, 1, 1, 0]


def test_more_may_be_asked_for_than_three(suyu: Atlas) -> None:
    """With k = 12 ten people are too few to tell of, and 36 are not."""
    asked = Asked(suyu, k=12)
    assert asked.cohesion(f"district={GASAN}&year=2012").whole["people"].isna().all()
    assert asked.cohesion(f"district={SUYU}&year=2012").whole["people"].tolist() == [36]


@pytest.mark.usefixtures("few_ties_will_do")
def test_a_rare_kind_is_not_told_of(seoul: Boundaries, tmp_path: Path) -> None:
    """One person of an age band keeps age back, and not gender."""
    asked = Asked(town(seoul, tmp_path / "atlas", odd=1972))
    assert asked.cohesion("").told == ("category", "neighbourhood", "gender")
    assert asked.untold("") == {"age": Why("attribute_rare", {"least": 3})}
    said = json.dumps(asked.shown("lang=en")["panel"])
    assert "Age band is not told here: of one kind there are fewer than 3 people." in said


def test_the_chain_of_suyu_by_hand(suyu: Atlas) -> None:
    """Six lists in a chain: five brokers, each rejected one near a selected one."""
    found = Asked(suyu).cohesion(f"district={SUYU}&since=2012&year=2012")
    row = found.whole.iloc[0]
    assert row[["people", "components", "giant_share", "rejected", "near_selected"]].tolist() == \
        [36, 1, 1.0, 3, 3]  # fmt: skip
    assert row["ties"] == 15 + 5 * 21
    # Five of the first list are in no other: each has ties to five.
    assert row[["core", "core_nodes"]].tolist() == [6, 36 - 5]
    brokers = found.brokers.set_index("node")["betweenness"] * (35 * 34 / 2)
    assert list(brokers.index) == ["p12", "p18", "p06", "p24", "p00"]
    assert brokers.tolist() == pytest.approx([17 * 18, 23 * 12, 11 * 24, 29 * 6, 5 * 30])
    # Groups in a chain, by one person each: s0–s1–s2 of one field, s3–s4–s5 of the other.
    assert found.categories.loc["청년"].to_dict() == {"50+": 1, "청년": 2}
    category = found.homophily.set_index("attribute").loc["category"]
    assert category["e_i"] == pytest.approx((1 - 4) / 5)
    assert "neighbourhood" not in set(found.homophily["attribute"])  # nobody knows them


def test_without_the_selected_nobody_is_near_them(public: Asked) -> None:
    """A filter that takes them away leaves nothing to be near to, which is not none."""
    whole = public.cohesion(f"{GEUMCHEON}&outcome=rejected").whole.iloc[0]
    assert whole[["rejected", "near_selected", "near_share"]].isna().all()
    assert whole["people"] > 0


def test_kept_answers_are_the_same(public: Asked, sample: Atlas, folder: Path) -> None:
    """From disk as measured, to the last digit."""
    again = Asked(sample, folder=folder).cohesion(GEUMCHEON)
    for name in ("whole", "years", "homophily", "homophily_years", "brokers"):
        pd.testing.assert_frame_equal(
            getattr(again, name), getattr(public.cohesion(GEUMCHEON), name)
        )


def test_files_name_the_years_of_each_row(public: Asked) -> None:
    """The years together first, from and to; then each year alone."""
    state = public.state(GEUMCHEON)
    rows = public.analyses.cohesion.rows(state)
    assert rows.columns.tolist() == ["year_from", "year_to", *COHESION_COLUMNS[1:]]
    assert rows[["year_from", "year_to"]].iloc[:2].to_numpy().tolist() == [
        [2012, 2013], [2012, 2012],
    ]  # fmt: skip
    alike = public.analyses.cohesion.rows(state, "homophily")
    assert alike.columns.tolist() == ["year_from", "year_to", *HOMOPHILY_COLUMNS]
    bureaus = public.analyses.cohesion.rows(state, "bureaus")
    assert bureaus["bureaus"].tolist() == bureaus.columns[1:].tolist()
    for table in queries_of_cohesion.TABLES:
        assert len(public.analyses.cohesion.rows(state, table)) > 0


def test_a_district_in_plain_words(public: Asked) -> None:
    """Headline, sentences and the list say what the tables hold."""
    shown = public.shown(f"{GEUMCHEON}&lang=en")
    assert shown["title"] == (
        "Geumcheon-gu, 2012–2013: 49 % of 340 people hang together; 43 of 55 rejected "
        "applications share somebody with a selected one"
    )
    said = json.dumps(shown["panel"], ensure_ascii=False)
    for sentence in (
        "43 of 55 rejected applications (78 %) name somebody who is also named in a selected one. "
        "In 2012 alone 67 %, in 2013 alone 71 %.",
        "Connected parts: 33. The largest holds 49 % of 340 people.",
        "On average a person has ties to 11 others, at most to 33.",
        "At the core, 20 people each have ties to 15 or more of the others in it.",
        "Field: 15.7 % of 83 ties between groups join two of the same; by chance it would be 22.3 ",
        "Neighbourhood: 80.8 % of 78 ties between groups join two of the same",
        "84 % of the 83 ties between groups join two fields, most often 50+ and 마을공동체 (18).",
        "no two bureaus share more people than 문화본부 and 서울혁신기획관: 49.",
    ):
        assert sentence in said
    brokers = public.cohesion(GEUMCHEON).brokers["node"]
    buttons = [part["id"]["go"] for part in props(shown["panel"]) if part["type"] == "Button"
               and "go" in str(part["id"])]  # fmt: skip
    assert buttons == [f"n:{node}" for node in brokers]
    grid = next(part for part in props(shown["table"]) if part["type"] == "AgGrid")
    assert [row["year"] for row in grid["rowData"]][:2] == ["2012–2013", "2012"]
    assert grid["rowData"][0]["near_selected"] == 43


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize("query", [
    GEUMCHEON, f"{GEUMCHEON}&inside=0", f"{GEUMCHEON}&theme=dark&community=1", "place=11440125",
    f"{GEUMCHEON}&node=p030031", "place=banghagol&outcome=rejected", "place=c999",
    "district=11545&district=11620&year=2012&programme=실국",
])  # fmt: skip
def test_every_word_is_there(public: Asked, query: str, lang: str) -> None:
    """Nothing left to fill in, no figure without words, no missing number as such."""
    shown = public.shown(f"{query}&lang={lang}")
    state = public.state(query)
    assert str(state.year) in shown["title"]
    said = json.dumps([shown["title"], shown["details"], shown["panel"], shown["table"]],
                      ensure_ascii=False)  # fmt: skip
    words = [part["children"] for part in props(shown["panel"]) if part["type"] == "P"]
    for one in [shown["title"], *shown["details"], *(w for w in words if isinstance(w, str))]:
        assert "{" not in one
        assert "nan" not in one.lower()
        assert "<NA>" not in one
    assert "<NA>" not in said
    figures = [part for part in props(shown["panel"]) if part["type"] == "Figure"]
    for figure in figures:
        graph = [part for part in props(figure["children"]) if part["type"] == "Graph"]
        hidden = [part for part in props(figure["children"]) if part["type"] == "P"]
        assert len(graph) == len(hidden) == 1
        assert len(hidden[0]["children"]) > 20
    names = [part["id"] for part in props(shown["panel"]) if part["type"] == "Graph"]
    assert len(names) == len(set(names))


def test_a_filter_that_leaves_nothing_says_so(public: Asked) -> None:
    """One sentence in the place of everything, and no figure."""
    nobody = "category=청년&department=복지본부&programme=씨앗&year=2015&lang=en"
    shown = public.shown(nobody)
    assert shown["title"] == "2015: nothing to tell here yet"
    assert shown["details"] == [
        "No application meets these filters from 2012 to 2015. Choose another place, other years "
        "or fewer filters."
    ]
    assert [part for part in props(shown["panel"]) if part["type"] == "Graph"] == []


def test_atlases_without_people_or_ties_are_explained(
    tables: dict[str, pd.DataFrame], seoul: Boundaries, tmp_path: Path
) -> None:
    """Nobody named; three people of one list; one alone."""
    people = pd.DataFrame({"person_id": list("xyz")}, dtype="str")
    lists = {"nobody": [], "one": [("2", "x")], "three": [("1", "x"), ("2", "y"), ("3", "z")]}
    said = {}
    for name, pairs in lists.items():
        memberships = pd.DataFrame(pairs, columns=["application_id", "person_id"], dtype="str")
        told = {**tables, "people": people, "memberships": memberships.assign(role="member")}
        atlas = publish(told, tmp_path / name, seoul, name=name, made_from="t")
        shown = Asked(atlas).shown("year=2013&lang=en")
        said[name] = (shown["title"], shown["details"][0])
    assert said["nobody"] == (
        "2013: nothing to tell here yet",
        "The applications from 2012 to 2013 name nobody in this atlas. Choose another place or "
        "other years.",
    )
    assert said["one"][1].startswith("Fewer than 3 people")
    assert said["three"][0] == "Seoul, 2012–2013: 3 people in 3 parts, none of them large"


def test_dots_stand_in_their_bands() -> None:
    """A dot at each index, the band of chance around its mean, the first attribute on top."""
    rows = pd.DataFrame(
        {"attribute": ["gender", "age"], "e_i": [-0.5, 0.2], "expected": [0.0, 0.1],
         "low": [-0.1, 0.0], "high": [0.1, 0.3]}
    )  # fmt: skip
    for theme in ("light", "dark"):
        figure = homophily_figure(rows, ["G", "A"], theme, Text("en"))
        band, middle, dots = figure["data"]
        assert (dots["x"], dots["y"]) == ([-0.5, 0.2], [1, 0])
        assert middle["x"] == [0.0, 0.1]
        assert band["x"] == [-0.1, 0.1, None, 0.0, 0.3, None]
        assert [note["text"] for note in figure["layout"]["annotations"]] == ["G", "A"]


def test_circles_grow_with_who_is_passed(public: Asked) -> None:
    """The broker with the most has the largest circle, by area; whoever stands aside the least."""
    state = public.state(GEUMCHEON)
    sizes = public.view._sizes(state)
    assert sizes is not None
    net = public.view._drawn(state)
    assert set(net.nodes["kind"]) == {"person"}
    of = sizes.set_axis(net.nodes["node"])
    brokers = public.cohesion(GEUMCHEON).brokers.set_index("node")["betweenness"]
    assert of.max() == of[brokers.index[0]] == 1.0
    assert (of[brokers.index] ** 2 * brokers.max()).tolist() == pytest.approx(brokers.tolist())
    assert of.min() == 0.0
