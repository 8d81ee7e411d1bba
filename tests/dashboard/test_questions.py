"""Every question is answered whatever the filter, and every output of it says the same."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from fastapi.testclient import TestClient

from dashboard.geometry import Geometry
from dashboard.queries import Analyses, Queries
from dashboard.server import answered
from dashboard.settings import Settings
from dashboard.state import ACCOUNTS, QUESTIONS, VIEWS, default, parse, print_query
from dashboard.strings import Text
from geo.atlas import Atlas, publish
from geo.boundaries import Boundaries
from geo.measures import clusters
from geo.schema import Audience
from tests.dashboard.answers import client_of

ASKED = [question for question in QUESTIONS if question != "density"]
ROUTES = {
    "clusters": "clusters", "nearby": "nearby", "lisa": "autocorrelation?statistic=lisa",
    "gi": "autocorrelation?statistic=gi", "history": "autocorrelation?statistic=history",
    "arrival": "spread?question=arrival", "centre": "spread?question=centre",
    "nearness": "spread?question=nearness", "rise": "spread?question=rise", "network": "network",
    "cohesion": "cohesion", "crosswalk": "crosswalk", "composition": "composition",
    "emergence": "emergence", "funnel": "funnel", "retention": "retention",
    **{name: f"silos?question={name}" for name in VIEWS["silos"]},
}  # fmt: skip
NOBODY = "category=청년&department=복지본부&programme=씨앗"
"""Of the sample, no application is of the seed programme and of this bureau."""


class Page:
    """The views of an atlas, without Dash around them."""

    def __init__(self, atlas: Atlas, folder: Path, audience: Audience = Audience.PUBLIC) -> None:
        self.queries = Queries(atlas, audience)
        self.analyses = Analyses.of(self.queries, folder)
        self.views = answered(self.queries, self.analyses, Geometry(self.queries))

    def shows(self, query: str) -> dict[str, Any]:
        """Everything that a query puts on the page, as JSON would carry it."""
        state, notices = parse(query, self.queries.choices)
        assert notices == ()
        view, text = self.views[state.view], Text(state.lang)
        parts = view.parts(state, text)
        panel, table = (
            json.loads(json.dumps([part.to_plotly_json() for part in some], default=_plain))
            for some in (parts.panel, view.table(state, text))
        )
        return {"map": view.map(query, state), "title": parts.title, "details": parts.details,
                "panel": panel, "table": table, "links": parts.links, "state": state}  # fmt: skip


def _plain(component: Any) -> Any:
    return component.to_plotly_json() if hasattr(component, "to_plotly_json") else str(component)


@pytest.fixture(scope="module")
def page(sample: Atlas, folder: Path) -> Page:
    return Page(sample, folder)


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[TestClient]:
    with client_of(Settings(cache=folder)) as opened:
        yield opened


def ask(client: TestClient, path: str, query: str = "") -> Any:
    answer = client.get(f"/api/v1/{path}{'&' if '?' in path else '?'}{query}")
    assert answer.status_code == 200, answer.text
    return answer


@pytest.mark.parametrize("view", ASKED)
def test_a_question_is_answered_in_every_year(page: Page, view: str) -> None:
    """Map, sentence, panel and table; a year that cannot be told of says why in their place."""
    choices = page.queries.choices
    for year, lang in ((choices.years[0], "ko"), (choices.years[3], "en")):
        shown = page.shows(f"view={view}&year={year}&lang={lang}")
        at = choices.years.index(year)
        assert len(shown["map"]["classes"]) == len(shown["map"]["why"]) == len(choices.years)
        why = shown["map"]["why"][at]
        assert str(year) in shown["title"]
        assert (why in shown["details"]) if why else len(shown["panel"]) > 1
        assert "{" not in shown["title"] + " ".join(shown["details"])


@pytest.mark.parametrize("view", ASKED)
def test_a_filter_that_leaves_nothing_says_so(page: Page, view: str) -> None:
    """In the headline, over the map and in the API; no exception and no empty figure."""
    shown = page.shows(f"view={view}&{NOBODY}&year=2015")
    why = shown["map"]["why"][3]
    assert why is not None
    assert why == shown["details"][0]
    nothing = "2015년: 아직 말할 것이 없음"
    assert shown["title"] == {"network": "서울시, 2012–2015: 그릴 관계망이 없습니다"}.get(
        view, nothing
    )
    charts = [part for part in shown["panel"] if "figure" in json.dumps(part)]
    assert charts == []


def in_one_house(number: int, seoul: Boundaries, out: Path) -> Atlas:
    """An atlas of so many groups of three years, all on one spot."""
    ids = [f"g{one}" for one in range(number)]
    groups = pd.DataFrame(
        {"group_id": ids, "name": ids, "district_code": "11305", "longitude": "127.0223",
         "latitude": "37.6315", "category": "청년"}, dtype="str",
    )  # fmt: skip
    applications = pd.DataFrame(
        {"application_id": ids, "group_id": ids, "outcome": "selected",
         "year": [str(2012 + one % 3) for one in range(number)]}, dtype="str",
    )  # fmt: skip
    tables = {"groups": groups, "applications": applications}
    return publish(tables, out, seoul, name="lonely", made_from="t")


@pytest.fixture(scope="module")
def lonely(seoul: Boundaries, tmp_path_factory: pytest.TempPathFactory, folder: Path) -> Page:
    return Page(in_one_house(12, seoul, tmp_path_factory.mktemp("lonely") / "atlas"), folder)


@pytest.fixture(scope="module")
def alone(seoul: Boundaries, tmp_path_factory: pytest.TempPathFactory, folder: Path) -> Page:
    return Page(in_one_house(1, seoul, tmp_path_factory.mktemp("alone") / "atlas"), folder)


@pytest.mark.parametrize("view", ASKED)
def test_one_house_and_one_group_are_explained(lonely: Page, alone: Page, view: str) -> None:
    """Twelve groups on one spot, or one group: an answer or a reason, and never an exception."""
    for page in (lonely, alone):
        for year in page.queries.choices.years:
            shown = page.shows(f"view={view}&year={year}")
            why = shown["map"]["why"][year - 2012]
            if view in ("lisa", "gi", "history"):
                assert why is not None
            if why:
                assert shown["details"][0] == why
                assert str(year) in shown["title"]


def test_reasons_are_whole_sentences(lonely: Page, page: Page) -> None:
    """What there is, what it takes, what to do."""
    said = {
        "view=gi&year=2012&lang=en": "Only 4 groups meet these filters in 2012: a comparison of "
        "areas takes 10. Choose fewer filters.",
        "view=lisa&year=2014&lang=en": "All groups that meet these filters in 2014 are in one "
        "area: there is nothing to compare. Choose fewer filters.",
        "view=clusters&year=2013&lang=en": "Only 8 groups with a known point meet these filters "
        "in 2013: a cluster takes 20. Choose a smaller cluster or fewer filters.",
        "view=rise&year=2014&lang=en": "Until 2014 there are only 3 years: a rise takes 4. "
        "Choose a later year.",
        "view=nearness&year=2012&lang=en": "In the first year there are no earlier groups to be "
        "near to. Choose a later year.",
        "view=nearby&year=2012&lang=en": "This atlas names no places.",
    }
    for query, sentence in said.items():
        assert lonely.shows(query)["details"][0] == sentence
    last = page.shows("view=nearness&year=2017&lang=en")["details"][0]
    assert last == (
        "After 2017 nobody is still to come, so that there is nothing to compare with. "
        "Choose an earlier year."
    )


@pytest.mark.parametrize("view", ASKED)
def test_page_api_and_files_agree(page: Page, client: TestClient, view: str) -> None:
    """The table on the page, the answer of the API and its CSV hold the same rows."""
    year = 2015
    answer = ask(client, ROUTES[view], f"year={year}").json()
    text = ask(client, ROUTES[view], f"year={year}&format=csv").content.decode("utf-8-sig")
    rows = pd.DataFrame(answer["nodes" if view == "network" else "rows"])
    read = pd.read_csv(io.StringIO(text), comment="#", dtype={"code": "str"})
    assert read.columns.tolist() == rows.columns.tolist()
    assert len(read) == len(rows)
    for column in rows.select_dtypes("number"):
        assert read[column].fillna(-9).tolist() == pytest.approx(rows[column].fillna(-9).tolist())
    assert "# 자료 성격: 모의 자료(simulated)" in text
    assert answer["atlas"]["simulated"] is True
    grid = page.shows(f"view={view}&year={year}")["table"][1]["props"]
    shown = pd.DataFrame(grid["rowData"])
    assert len(shown) == len(rows)
    for column in {"groups", "statistic", "q", "later", "per_km2", "distance_m", "n"} & set(shown):
        assert shown[column].fillna(-9).tolist() == rows[column].fillna(-9).tolist()
    state, _ = parse(answer["state"], page.queries.choices)
    assert (state.view, state.year) == (view, year)


@pytest.mark.parametrize("view", ["lisa", "gi", "rise", "arrival", "history"])
def test_the_map_paints_the_rows(page: Page, client: TestClient, view: str) -> None:
    """The mark of each area is its kind in the API; what it says is the row's number."""
    drawn = page.shows(f"view={view}&year=2016")["map"]
    rows = pd.DataFrame(ask(client, ROUTES[view], "year=2016").json()["rows"])
    at = drawn["years"].index(2016)
    found = page.analyses.kinds.kinds(default(page.queries.choices, view))
    order = dict(enumerate(found.order))
    kinds = ["none" if m == "." else order[ord(m) - 48] for m in drawn["classes"][at]]
    assert kinds == rows["kind"].tolist()
    assert len(set(kinds)) > 1
    assert drawn["said"][0]["values"][at] == rows["groups"].tolist()
    assert len(drawn["labels"]) == len(found.order) == len(drawn["colours"]["dark"])


def test_parts_and_unplaced_make_the_whole(client: TestClient) -> None:
    """Clusters' groups and those in none are those with a point; areas' groups and unplaced, n."""
    answer = ask(client, "clusters").json()
    members = pd.DataFrame(ask(client, "clusters?table=members").json()["rows"])
    assert len(members) == answer["n"] == 5_200
    in_clusters = members[members["cluster"] >= 0]["cluster"].value_counts()
    rows = pd.DataFrame(answer["rows"]).set_index("cluster")["groups"]
    assert in_clusters.sort_index().to_dict() == rows.sort_index().to_dict()
    assert (members["precision"] != "point").sum() == answer["unplaced"]
    for table in ("districts", "categories"):
        crossed = pd.DataFrame(ask(client, f"clusters?table={table}").json()["rows"])
        parts = crossed.drop(columns=["cluster", "name_ko", "name_en", "groups"]).sum(axis=1)
        assert parts.tolist() == crossed["groups"].tolist()
    local = ask(client, "autocorrelation").json()
    assert sum(row["groups"] for row in local["rows"]) + local["unplaced"] == local["n"] == 5_200


def test_clusters_know_which_borders_they_cross(client: TestClient) -> None:
    """Districts spanned are those of the crosstab, and the hull meets each of the ones named."""
    rows = ask(client, "clusters?year=2017").json()["rows"]
    crossed = {
        row["cluster"]: row for row in ask(client, "clusters?table=districts").json()["rows"]
    }
    for row in rows:
        codes = row["district_codes"].split()
        assert {c for c, n in crossed[row["cluster"]].items() if c.isdigit() and n} == set(codes)
        assert row["crosses"] == (row["districts"] > 1) == (len(codes) > 1)
    assert any(row["crosses"] for row in rows)


def test_a_district_shows_the_clusters_that_reach_into_it(client: TestClient) -> None:
    """The clusters are the city's, whatever district is looked at."""
    city = {row["cluster"]: row for row in ask(client, "clusters").json()["rows"]}
    here = ask(client, "clusters?district=11440").json()["rows"]
    assert 0 < len(here) < len(city)
    for row in here:
        assert row == city[row["cluster"]]
        assert "11440" in row["district_codes"]


def test_no_public_shape_tells_an_address(sample: Atlas, page: Page, folder: Path) -> None:
    """Hulls and centres of a public audience rest on blocks, those of an internal one on points."""
    internal = Page(sample, folder, Audience.INTERNAL)
    exact = sample.groups.geometry.where(sample.groups["precision"] == "point")
    blocks = page.queries.spots
    assert blocks.dropna().geom_equals(sample.public.groups.geometry.dropna()).all()
    state = default(page.queries.choices, "clusters")
    for one, places in ((page, blocks), (internal, exact)):
        found = one.analyses.clusters.clusters(state)
        drawn = clusters.hulls(places, found.members[2017])
        assert found.hulls[2017].geom_equals(drawn).all()
        centres = one.analyses.spread.centres(default(page.queries.choices, "centre")).rows
        mean = places.dropna().x.mean(), places.dropna().y.mean()
        assert tuple(centres[["x", "y"]].iloc[-1]) == pytest.approx(mean)


def test_wrong_questions_are_refused_with_what_is_allowed(client: TestClient) -> None:
    """A value of another question, a number out of range, a parameter nobody has."""
    for path, sentence in {
        "autocorrelation?null=residents": "Unknown null with lisa 'residents': choose area.",
        "spread?question=rise&count=cumulative": "Unknown count with rise 'cumulative': choose "
        "new or active.",
        "spread?question=centre&level=hex8": "Unknown level with centre 'hex8': choose none or "
        "another question.",
        "autocorrelation?level=administrative": "Unknown level with lisa 'administrative': "
        "choose district, neighbourhood, hex7 or hex8.",
        "clusters?radius=900": "Unknown parameter 'radius': choose administrative, category, "
        "count, department, district, format, lang, outcome, programme, smallest, table or year.",
    }.items():
        answer = client.get(f"/api/v1/{path}")
        assert answer.status_code == 422
        assert answer.json()["detail"][0]["msg"] == sentence
    assert client.get("/api/v1/clusters?smallest=4").status_code == 422
    assert client.get("/api/v1/nearby?radius=99999").status_code == 422


def test_known_residents_change_the_comparison(client: TestClient) -> None:
    """Districts have residents: by them, other districts stand out than by area."""
    by = {
        null: pd.DataFrame(
            ask(client, f"autocorrelation?level=district&statistic=gi&null={null}").json()["rows"]
        )
        for null in ("area", "residents")
    }
    assert by["area"]["value"].tolist() != by["residents"]["value"].tolist()
    assert by["area"]["groups"].tolist() == by["residents"]["groups"].tolist()


def test_links_of_files_are_answered(page: Page, client: TestClient) -> None:
    """Every link of the menu gives a file that is named after what it holds."""
    for view in ASKED:
        for _, url in page.shows(f"view={view}&year=2015")["links"]:
            answer = client.get(url)
            assert answer.status_code == 200, url
            named = answer.headers["content-disposition"]
            assert "simulated" in named
            assert "2015" in named


def test_an_address_names_only_what_differs(page: Page) -> None:
    """Each question has defaults of its own."""
    choices = page.queries.choices
    for view in ASKED:
        assert print_query(default(choices, view), choices) == f"view={view}"
    for view in ASKED:
        level = "district" if view in ACCOUNTS and view != "funnel" else "neighbourhood"
        assert default(choices, view).level == level
    assert default(choices, "rise").count == "new"
    for view in ("nearness", "mobilised"):
        assert default(choices, view).year == 2016
