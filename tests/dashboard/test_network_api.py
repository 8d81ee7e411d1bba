"""The network as JSON and as files: whole counts, one table in every format, nobody exposed."""

from __future__ import annotations

import io
import re
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import product
from typing import Any
from xml.etree import ElementTree

import networkx as nx
import openpyxl
import orjson
import pandas as pd
import pyarrow.parquet as pq
import pyogrio
import pytest
from fastapi.testclient import TestClient

from dashboard import exports, graphs
from dashboard.queries import Analyses, Queries
from dashboard.settings import Settings
from dashboard.state import MODES, ViewState
from dashboard.strings import LANGUAGES, Text
from dashboard.tables import Network
from dashboard.theme import COLOURS, label_colours, several_colours
from geo.atlas import Atlas
from tests.dashboard.answers import client_of

NETWORK = "/api/v1/network"
PILOT: dict[str, Any] = {"district": "11545", "from": 2012, "year": 2013}
TABLES = ("network", "nodes", "edges", "communities", "labels")
FILES = ("csv", "xlsx", "gpkg", "parquet")
GRAPHS: dict[str, Callable[[Any], nx.Graph]] = {"graphml": nx.read_graphml, "gexf": nx.read_gexf}
COUNTING = ("groups", "neighbourhoods", "bureaus")
"""Modes whose numbers are of people."""

Serve = Callable[..., TestClient]


@pytest.fixture(scope="module")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serve]:
    """Servers by their settings, each made once."""
    made: dict[tuple[tuple[str, Any], ...], TestClient] = {}

    def of(**chosen: Any) -> TestClient:
        key = tuple(sorted(chosen.items()))
        if key not in made:
            settings = Settings(cache=tmp_path_factory.mktemp("kept"), **chosen)
            made[key] = client_of(settings)
        return made[key]

    yield of
    for client in made.values():
        client.close()


@pytest.fixture(scope="module")
def client(serve: Serve) -> TestClient:
    return serve()


@pytest.fixture(scope="module")
def named(sample: Atlas) -> pd.DataFrame:
    """Who is named in which application of the pilot district, with what the group brings."""
    columns = ["group_id", "district_code", "neighbourhood_code"]
    applications = sample.applications.merge(sample.groups[columns], on="group_id")
    chosen = applications["district_code"].eq("11545") & applications["year"].between(2012, 2013)
    return sample.memberships.merge(applications[chosen], on="application_id")


@pytest.fixture(scope="module")
def pilot(sample: Atlas) -> Network:
    queries = Queries(sample)
    state = ViewState(year=2013, since=2012, view="network", district=("11545",))
    return Analyses.of(queries, None).network.network(state)


def ask(client: TestClient, **parameters: Any) -> dict[str, Any]:
    answer = client.get(NETWORK, params=parameters)
    assert answer.status_code == 200, answer.text
    return dict(orjson.loads(answer.content))


def file(client: TestClient, kind: str, **parameters: Any) -> bytes:
    answer = client.get(NETWORK, params={**parameters, "format": kind})
    assert answer.status_code == 200, answer.text
    name = answer.headers["content-disposition"].split('"')[1]
    assert re.fullmatch(rf"maeul-atlas_network_\w+_simulated\.{kind}", name), name
    return answer.content


def read(kind: str, content: bytes) -> pd.DataFrame:
    """A table as an analyst opens it, all of it as text."""
    if kind == "csv":
        return pd.read_csv(io.BytesIO(content), comment="#", dtype=str)
    if kind == "xlsx":
        return pd.read_excel(io.BytesIO(content), dtype=str, engine="openpyxl")
    if kind == "gpkg":
        with tempfile.NamedTemporaryFile(suffix=".gpkg") as saved:
            saved.write(content)
            saved.flush()
            return pyogrio.read_dataframe(saved.name, layer="network")
    return pd.read_parquet(io.BytesIO(content))


def whole(answer: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The tables of an answer by name."""
    columns = ("mode", "people", "applications", "communities", "across", "nodes", "edges")
    row = {name: answer[name] for name in columns}
    sizes = {name: len(value) for name, value in row.items() if isinstance(value, list)}
    return {"network": [row | sizes], **{name: answer[name] for name in TABLES[1:]}}


def test_the_pilot_district_is_told_whole(client: TestClient, sample: Atlas) -> None:
    """340 people; applications by label as anybody counts them from the tables; six groups."""
    answer = ask(client, **PILOT)
    groups = sample.groups.query("district_code == '11545'")
    applications = sample.applications.query("2012 <= year <= 2013")
    applications = applications[applications["group_id"].isin(groups["group_id"])]
    memberships = sample.memberships
    members = memberships[memberships["application_id"].isin(applications["application_id"])]
    assert answer["people"] == members["person_id"].nunique() == 340
    assert answer["applications"] == answer["n"] == len(applications)
    by_label = {row["label"]: row["applications"] for row in answer["labels"]}
    assert by_label == applications["label"].value_counts().to_dict()
    for row in answer["labels"]:
        same = (applications[["year", "outcome"]] == [row["year"], row["outcome"]]).all(axis=1)
        programme = applications["programme"]
        same &= programme.isna() if row["programme"] is None else programme == row["programme"]
        assert row["applications"] == same.sum()
    placed = groups.set_index("group_id")["neighbourhood_code"].reindex(applications["group_id"])
    assert answer["unplaced"] == placed.isna().sum() > 0
    assert answer["steps"] == ["12년 씨앗탈락", "12년 실국탈락", "12년 씨앗선정", "12년 실국선정"]
    assert [row["letter"] for row in answer["communities"]] == list("ABCDEF")
    assert (answer["mode"], answer["why"]) == ("actors", None)
    assert answer["state"] == "view=network&year=2013&since=2012&district=11545"
    assert answer["atlas"]["simulated"] is True


def test_nodes_and_edges_are_the_memberships(client: TestClient, named: pd.DataFrame) -> None:
    """An edge for each person named in an application, a node for each of both."""
    answer = ask(client, **PILOT)
    nodes = pd.DataFrame(answer["nodes"]).set_index("node")
    assert set(nodes.index[nodes["kind"] == "person"]) == set(named["person_id"])
    edges = {(edge["source"], edge["target"]) for edge in answer["edges"]}
    assert edges == set(zip(named["person_id"], named["application_id"], strict=True))
    assert {edge["shared"] for edge in answer["edges"]} == {1}
    carried = named.groupby("person_id")["label"].agg(set)
    for person, labels in carried.items():
        assert set(nodes.loc[person, "labels"].split(" · ")) == labels
    sizes = nodes[nodes["kind"] == "person"]["community"].value_counts()
    assert sizes.to_dict() == {row["community"]: row["people"] for row in answer["communities"]}


@pytest.mark.parametrize(
    ("mode", "unit", "by"),
    [
        ("people", "person_id", "application_id"),
        ("groups", "group_id", "person_id"),
        ("neighbourhoods", "neighbourhood_code", "person_id"),
        ("bureaus", "department", "person_id"),
    ],
)
def test_ties_count_what_is_shared(
    client: TestClient, named: pd.DataFrame, mode: str, unit: str, by: str
) -> None:
    """Pairs counted by joining the memberships with themselves; few people are not told."""
    pairs = named[[unit, by]].dropna().drop_duplicates()
    both = pairs.merge(pairs, on=by)
    both = both[both[f"{unit}_x"] < both[f"{unit}_y"]]
    counted = both.groupby([f"{unit}_x", f"{unit}_y"]).size()
    least = 1 if mode == "people" else 3
    expected = {pair: None if n < least else n for pair, n in counted.items()}
    answer = ask(client, **PILOT, mode=mode)
    assert {(e["source"], e["target"]): e["shared"] for e in answer["edges"]} == expected
    if mode != "people":
        assert {e["weight"] for e in answer["edges"] if e["shared"] is None} <= {1.0}
        people = pairs[unit].value_counts()
        told = {node["node"]: node["people"] for node in answer["nodes"] if node["people"]}
        assert told == people[people >= least].to_dict()


@pytest.mark.parametrize("mode", MODES)
def test_every_format_holds_the_same_tables(client: TestClient, mode: str) -> None:
    """CSV, XLSX, GeoPackage and Parquet read back as what the JSON says."""
    tables = whole(ask(client, **PILOT, mode=mode))
    for table, rows in tables.items():
        told = pd.DataFrame(rows)
        for kind in FILES:
            found = read(kind, file(client, kind, **PILOT, mode=mode, table=table))
            assert found.columns.tolist() == told.columns.tolist(), (table, kind)
            for column in told:
                values = [row[column] for row in rows if row[column] is not None]
                missing = [row[column] is None for row in rows]
                assert found[column].isna().tolist() == missing, (table, kind, column)
                got = found[column].dropna()
                if not isinstance(next(iter(values), ""), str):
                    got, values = pd.to_numeric(got), pytest.approx(values, rel=1e-12)
                assert got.tolist() == values, (table, kind, column)


@pytest.mark.parametrize("kind", list(GRAPHS))
@pytest.mark.parametrize("mode", [*MODES, None])
def test_graph_files_hold_what_the_json_says(
    client: TestClient, kind: str, mode: str | None
) -> None:
    """Read by NetworkX: nodes, ties, attributes, where nodes stand and their colours."""
    asked = {} if mode is None else {**PILOT, "mode": mode}
    answer = ask(client, **asked)
    graph = GRAPHS[kind](io.BytesIO(file(client, kind, **asked)))
    assert not graph.is_directed()
    assert answer["mode"] == (mode or "communities")
    assert set(graph) == {node["node"] for node in answer["nodes"]}
    ties = {frozenset((a, b)): data for a, b, data in graph.edges(data=True)}
    assert len(ties) == len(answer["edges"]) > 0
    for edge in answer["edges"]:
        data = ties[frozenset((edge["source"], edge["target"]))]
        assert (data["weight"], data.get("shared")) == (edge["weight"], edge["shared"])
    paints = colours(answer)
    for node in answer["nodes"]:
        data = dict(graph.nodes[node["node"]])
        x, y, size, rgb = look(kind, data)
        assert (x, y) == (node["x"], node["y"])
        assert size > 0
        assert "#{:02x}{:02x}{:02x}".format(*rgb) == paints[node["node"]]
        label = data.pop("label")
        assert label == node["name"] or (mode is None and label.startswith(f"{node['name']} · "))
        told = {name: value for name, value in node.items() if value is not None}
        assert data == {name: told[name] for name in told if name not in ("node", "x", "y")}


def look(kind: str, data: dict[str, Any]) -> tuple[float, float, float, list[int]]:
    """Place, size and colour of a node, which are taken out of its attributes."""
    if kind == "graphml":
        x, y, size = (data.pop(name) for name in ("x", "y", "size"))
        return x, y, size, [data.pop(part) for part in "rgb"]
    viz = data.pop("viz")
    at = viz["position"]
    return at["x"], at["y"], viz["size"], [viz["color"][part] for part in "rgb"]


def colours(answer: dict[str, Any]) -> dict[str, str]:
    """By node: an application's label's, others' community's, grey without one."""
    labels = [(row["year"], row["programme"], row["outcome"]) for row in answer["labels"]]
    names = [row["label"] for row in answer["labels"]]
    paints = dict(zip(names, label_colours(labels, "light"), strict=True))
    found = {}
    for node in answer["nodes"]:
        number = node["community"]
        own = COLOURS["light"]["map-node-strong"]
        if node["kind"] == "application":
            own = paints[node["labels"]]
        elif number is not None:
            own = several_colours("light")[number % 12]
        found[node["node"]] = own
    return found


def test_nodes_that_stand_for_many_are_larger(client: TestClient) -> None:
    """Their area grows with people; a number that may not be told shows in no size."""
    answer = ask(client, **PILOT, mode="groups")
    graph = nx.read_gexf(io.BytesIO(file(client, "gexf", **PILOT, mode="groups")))
    areas = {
        node["node"]: graph.nodes[node["node"]]["viz"]["size"] ** 2 for node in answer["nodes"]
    }
    per_person = {
        round(areas[node["node"]] / node["people"]) for node in answer["nodes"] if node["people"]
    }
    assert max(per_person) - min(per_person) <= 1


def test_a_file_says_what_it_is_of(client: TestClient, sample: Atlas) -> None:
    """Years, place, resolution, nodes, filters, snapshot; that people are pseudonyms."""
    asked = {
        "place": "Seongsan-dong", "from": 2013, "year": 2014, "mode": "groups", "resolution": "2",
        "programme": "씨앗", "inside": 1, "lang": "en",
    }  # fmt: skip
    meaning = Text("en")("resolution.2")
    said = {
        "Data: Network of people, applications and groups",
        "Years: 2013–2014",
        "Counted: Applications",
        f"{Text('en')('control.mode')}: {Text('en')('mode.groups')}",
        "Place: Seongsan-dong (11440125)",
        f"{Text('en')('control.inside')}: B (1)",
        f"{Text('en')('control.resolution')}: 2 ({meaning})",
        "People: People are pseudonyms. Counts of fewer than 3 people are left out, and such a "
        "tie has weight 1.",
        "Filters: Programme: 씨앗",
        "Provenance: Simulated: no real groups; made to agree with published totals.",
    }
    csv = file(client, "csv", **asked).decode("utf-8-sig")
    notes = {line.removeprefix("# ") for line in csv.splitlines() if line.startswith("# ")}
    assert said <= notes
    assert any(sample.hash in line for line in notes)
    book = openpyxl.load_workbook(io.BytesIO(file(client, "xlsx", **asked)))
    assert said <= {f"{label.value}: {value.value}" for label, value in book["about"].rows}
    metadata = pq.read_schema(io.BytesIO(file(client, "parquet", **asked))).metadata
    about = orjson.loads(metadata[exports.METADATA])["about"]
    assert said <= {f"{label}: {value}" for label, value in about.items()}
    for kind, path in (("graphml", "{*}graph/{*}desc"), ("gexf", "{*}meta/{*}description")):
        root = ElementTree.fromstring(file(client, kind, **asked))
        assert said <= set((root.findtext(path) or "").split("\n"))


def test_file_names_tell_what_is_in_them(client: TestClient) -> None:
    """Files of one state do not overwrite each other."""
    names = [
        client.get(NETWORK, params={**PILOT, **asked}).headers["content-disposition"].split('"')[1]
        for asked in ({"format": "csv", "table": "edges"}, {"format": "gexf", "mode": "people"})
    ]
    assert names == [
        "maeul-atlas_network_actors_edges_2012_2013_simulated.csv",
        "maeul-atlas_network_people_2012_2013_simulated.gexf",
    ]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_column_has_its_own_words(pilot: Network, lang: str) -> None:
    """Those that other tables have, too, mean something else here."""
    own = Text(lang).part("export.column.network")
    shared = Text(lang).part("export.column")
    columns = {column for frame in graphs.tables(pilot).values() for column in frame}
    assert columns - set(own) <= {"group_id"}
    assert set(own) <= columns
    assert "group_id" in shared


def test_names_are_those_of_the_language(client: TestClient) -> None:
    """Romanised in English, in Korean as they are."""
    for lang, name in (("en", "Doksan-dong"), ("ko", "독산동")):
        asked = {**PILOT, "mode": "neighbourhoods", "lang": lang}
        graph = nx.read_graphml(io.BytesIO(file(client, "graphml", **asked)))
        assert graph.nodes["11545102"]["label"] == name


@pytest.mark.parametrize(
    ("chosen", "least"),
    [({}, 3), ({"k": 5}, 5), ({"audience": "internal"}, 1)],
    ids=["public", "k=5", "internal"],
)
def test_no_fewer_people_than_may_be_told(serve: Serve, chosen: dict[str, Any], least: int) -> None:
    """Every number of people, of every mode and in every format, is missing or large enough."""
    client = serve(**chosen)
    found: set[float] = set()
    for mode in MODES:
        asked = {**PILOT, "mode": mode}
        answer = ask(client, **asked)
        found |= numbers(answer["flows"], "shared") | numbers(answer["communities"], "people")
        found |= numbers(answer["communities"], "bridging") - {0}
        for kind in FILES if chosen == {} else ("csv",):
            nodes, edges = (
                read(kind, file(client, kind, **asked, table=table)) for table in ("nodes", "edges")
            )
            found |= set(pd.to_numeric(nodes["people"]).dropna())
            if mode in COUNTING:
                found |= set(pd.to_numeric(edges["shared"]).dropna())
        for kind, opened in GRAPHS.items():
            graph = opened(io.BytesIO(file(client, kind, **asked)))
            found |= set(dict(graph.nodes(data="people")).values()) - {None}
            if mode in COUNTING:
                found |= {shared for _, _, shared in graph.edges(data="shared")} - {None}
    assert min(found) == least
    few = "Counts of fewer than" in file(client, "csv", **PILOT, lang="en").decode()
    assert few == (least > 1)


def numbers(rows: list[dict[str, Any]], column: str) -> set[float]:
    return {row[column] for row in rows if row[column] is not None}


@pytest.mark.parametrize("audience", ["public", "internal"])
def test_nothing_personal_is_told(
    serve: Serve, sample: Atlas, named: pd.DataFrame, audience: str
) -> None:
    """No gender, year of birth or home of anybody, in any mode, table or format."""
    client = serve() if audience == "public" else serve(audience=audience)
    people = sample.people.set_index("person_id").loc[named["person_id"].unique()]
    elsewhere = set(people["neighbourhood_code"].dropna()) - set(named["neighbourhood_code"])
    assert elsewhere
    homes = re.compile(rf"(?<![\d.])({'|'.join(sorted(elsewhere))})(?!\d)")
    for mode in MODES:
        asked = {**PILOT, "mode": mode}
        texts = [client.get(NETWORK, params=asked).text]
        texts += [file(client, kind, **asked).decode() for kind in GRAPHS]
        for table, kind in product(TABLES, FILES if audience == "public" else ["csv"]):
            texts.append(text(kind, file(client, kind, **asked, table=table)))
        for content in texts:
            assert not re.search(r"gender|birth|female", content)
            assert not homes.search(content)
        persons = [node for node in ask(client, **asked)["nodes"] if node["kind"] == "person"]
        kept = {"node", "kind", "name", "community", "letter", "labels", "x", "y"}
        assert all(not any(node[name] for name in set(node) - kept) for node in persons)


def text(kind: str, content: bytes) -> str:
    """Everything that a file holds."""
    if kind == "csv":
        return content.decode("utf-8-sig")
    if kind == "xlsx":
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            return "".join(parts.read(name).decode() for name in parts.namelist())
    if kind == "gpkg":
        return content.decode("latin-1")
    metadata = pq.read_schema(io.BytesIO(content)).metadata
    return f"{metadata}{read(kind, content).to_csv()}"


def test_fewer_people_than_may_be_told_are_not_drawn(serve: Serve, named: pd.DataFrame) -> None:
    """Nor counted: the answer says why."""
    of_bureau = named.groupby("department")["person_id"].nunique()
    bureau = of_bureau.idxmin()
    k = int(of_bureau.min()) + 1
    answer = ask(serve(k=k), **PILOT, department=bureau, lang="en")
    assert answer["people"] is None
    assert answer["why"] == (
        f"Fewer than {k} people: nobody is drawn. Choose a wider place or more years."
    )
    assert {node["kind"] for node in answer["nodes"]} == {"application"}
    assert answer["edges"] == answer["communities"] == answer["flows"] == []


def test_the_city_is_told_by_communities(client: TestClient) -> None:
    """Too many people to draw one by one; each community can be looked into."""
    answer = ask(client, year=2017)
    assert answer["mode"] == "communities"
    assert answer["people"] > 2_000
    assert {node["kind"] for node in answer["nodes"]} == {"community"}
    assert [node["people"] for node in answer["nodes"]] == [
        row["people"] for row in answer["communities"]
    ]
    assert min(numbers(answer["edges"], "shared")) >= 3
    assert "관심그룹(사람이 너무 많아" in file(client, "csv", year=2017).decode()
    opened = ask(client, year=2017, inside=0)
    assert (opened["mode"], opened["people"]) == ("actors", answer["communities"][0]["people"])
    assert "inside=0" in opened["state"]


def test_a_place_without_applications_says_why(client: TestClient, sample: Atlas) -> None:
    """Empty tables in every format, and the reason in each."""
    empty = sorted(
        set(sample.neighbourhoods["code"]) - set(sample.groups["neighbourhood_code"].dropna())
    )[0]
    asked = {"place": empty, "from": 2012, "year": 2013, "lang": "en"}
    why = (
        "No application meets these filters from 2012 to 2013. Choose another place, other years "
        "or fewer filters."
    )
    answer = ask(client, **asked)
    assert (answer["why"], answer["people"], answer["n"], answer["across"]) == (why, None, 0, None)
    for name in ("nodes", "edges", "communities", "labels", "flows", "steps"):
        assert answer[name] == []
    full = graphs_columns(client)
    for table in TABLES[1:]:
        for kind in FILES:
            content = file(client, kind, **asked, table=table)
            found = read(kind, content)
            assert (len(found), found.columns.tolist()) == (0, full[table])
            assert kind == "xlsx" or why in text(kind, content).replace("\\n", " ")
    for kind, opened in GRAPHS.items():
        content = file(client, kind, **asked)
        assert len(opened(io.BytesIO(content))) == 0
        assert why in content.decode()


def graphs_columns(client: TestClient) -> dict[str, list[str]]:
    return {name: list(rows[0]) for name, rows in whole(ask(client, **PILOT)).items()}


@pytest.mark.parametrize(
    ("called", "code"),
    [
        ("성산동", "11440125"),
        ("Seongsan-dong", "11440125"),
        ("마포구 성산동", "11440125"),
        ("11440125", "11440125"),
        ("seongsan", "seongsan"),
        ("수유시장", "suyu-market"),
        ("Suyu market", "suyu-market"),
        ("강남구 신사동", "11680107"),
        ("c3", "c3"),
    ],
)
def test_places_go_by_their_names(client: TestClient, called: str, code: str) -> None:
    """A neighbourhood goes before a site of its name."""
    assert f"place={code}" in ask(client, place=called, year=2012)["state"].split("&")


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        (
            {"mode": "actor"},
            "Unknown mode 'actor': choose actors, people, groups, neighbourhoods or bureaus.",
        ),
        (
            {"from": 2014, "year": 2013},
            "Unknown from with year 2013 '2014': choose 2012 or 2013.",
        ),
        (
            {"from": 1999},
            "Unknown from '1999': choose 2012, 2013, 2014, 2015, 2016 or 2017.",
        ),
        (
            {"since": 2012},
            "Unknown parameter 'since': choose administrative, category, department, district, "
            "format, from, inside, lang, mode, outcome, place, programme, resolution, table or "
            "year.",
        ),
        ({"resolution": "3"}, "Unknown resolution '3': choose 0.25, 0.5, 1, 2, 4 or 8."),
        (
            {"place": "Atlantis"},
            "Unknown place 'Atlantis': choose a name or a code of "
            "/api/v1/density?level=neighbourhood, a name or a site_id of /api/v1/nearby or c and "
            "the number of a cluster of /api/v1/clusters.",
        ),
        (
            {"place": "신사동"},
            "Unknown place '신사동': choose 신사동 (11380109) or 신사동 (11680107).",
        ),
        (
            {"format": "gml"},
            "Input should be 'json', 'csv', 'xlsx', 'gpkg', 'parquet', 'graphml' or 'gexf'",
        ),
        (
            {"table": "people"},
            "Input should be 'network', 'nodes', 'edges', 'communities', 'labels' or 'flows'",
        ),
    ],
)
def test_bad_values_get_422_and_what_is_allowed(
    client: TestClient, parameters: dict[str, Any], sentence: str
) -> None:
    """One whole sentence."""
    answer = client.get(NETWORK, params=parameters)
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["msg"] == sentence


@pytest.mark.parametrize("kind", [*FILES, *GRAPHS, "json"])
def test_the_same_state_gives_the_same_bytes(serve: Serve, kind: str) -> None:
    """From two servers, neither of which has anything from the other."""
    first, again = (
        one.get(NETWORK, params={**PILOT, "format": kind}) for one in (serve(), serve(port=8051))
    )
    assert first.content == again.content


HOSTILE = "<b>&amp;'\"]]>\x01\x08\ufffe -- \u202e𝄞"


@pytest.mark.parametrize(("write", "kind"), [(graphs.graphml, "graphml"), (graphs.gexf, "gexf")])
def test_hostile_names_are_text(pilot: Network, write: Callable[..., bytes], kind: str) -> None:
    """Escaped, and without what XML may not hold."""
    named = replace(pilot, nodes=pilot.nodes.assign(name=HOSTILE, category=HOSTILE))
    content = write(named, [HOSTILE] * len(named.nodes), [("n", HOSTILE)])
    graph = GRAPHS[kind](io.BytesIO(content))
    harmless = "<b>&amp;'\"]]> -- \u202e𝄞"
    for _, data in graph.nodes(data=True):
        assert (data["label"], data["name"], data["category"]) == (harmless,) * 3
    assert harmless in ElementTree.tostring(ElementTree.fromstring(content), method="text",
                                            encoding="unicode")  # fmt: skip


def test_a_name_that_would_be_a_formula_is_none(pilot: Network) -> None:
    """Not in a spreadsheet that opens the CSV: text is text, even where pandas does not know."""
    nodes = pilot.nodes.assign(node=pd.Series("=1+1", index=pilot.nodes.index, dtype=object))
    frame = graphs.tables(replace(pilot, nodes=nodes))["nodes"]
    assert {str(frame[column].dtype) for column in ("node", "name", "category")} == {"str"}
