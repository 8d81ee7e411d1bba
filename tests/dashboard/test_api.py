"""The API: sums that hold, one table in every format, answers to bad values."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from itertools import product
from typing import Any

import pandas as pd
import pytest
from fastapi.testclient import TestClient

from dashboard import exports, geometry
from dashboard.settings import Settings
from dashboard.state import ViewState
from dashboard.strings import Text
from geo.atlas import Atlas
from tests.dashboard.answers import client_of

DENSITY = "/api/v1/density"


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with client_of(Settings()) as opened:
        yield opened


def ask(client: TestClient, **parameters: Any) -> dict[str, Any]:
    answer = client.get(DENSITY, params=parameters)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


@pytest.mark.parametrize(("year", "total"), [(2012, 1189), (2017, 5200)])
def test_districts_sum_to_the_printed_totals(client: TestClient, year: int, total: int) -> None:
    """1,189 in 2012 and 5,200 by 2017."""
    answer = ask(client, level="district", measure="count", count="cumulative", year=year)
    assert sum(row["groups"] for row in answer["rows"]) == total
    assert (answer["n"], answer["unplaced"]) == (total, 0)
    assert answer["atlas"]["provenance"] == "simulated"


@pytest.mark.parametrize(
    ("count", "filters"),
    list(
        product(
            ["cumulative", "new", "active"],
            [{}, {"programme": "씨앗"}, {"outcome": "rejected", "category": "50+"}],
        )
    ),
)
def test_parts_plus_unplaced_are_the_whole(
    client: TestClient, count: str, filters: dict[str, str]
) -> None:
    """Neighbourhoods add up to their district, hexagons to the city."""
    common = {"count": count, "year": 2014, **filters}
    districts = ask(client, level="district", **common)
    assert sum(row["groups"] for row in districts["rows"]) == districts["n"]
    for level in ("neighbourhood", "hex8"):
        parts = ask(client, level=level, **common)
        placed = sum(row["groups"] for row in parts["rows"])
        assert placed + parts["unplaced"] == parts["n"] == districts["n"]
    for row in districts["rows"][:3]:
        inside = ask(client, level="neighbourhood", district=row["code"], **common)
        placed = sum(part["groups"] for part in inside["rows"])
        assert placed + inside["unplaced"] == inside["n"] == row["groups"]


def test_active_and_filtered_counts_equal_a_count_by_hand(
    client: TestClient, sample: Atlas
) -> None:
    """Independent of the measure: sets of ids from the applications."""
    applications = sample.applications
    selected = applications.query("year == 2015 and outcome == 'selected'")
    assert ask(client, count="active", year=2015)["n"] == selected["group_id"].nunique()
    seeds = applications.query("year <= 2015 and programme == '씨앗' and outcome == 'rejected'")
    answer = ask(client, year=2015, programme="씨앗", outcome="rejected")
    assert answer["n"] == seeds["group_id"].nunique()


def test_rates_follow_from_area_and_residents(client: TestClient) -> None:
    """Groups over km², and over residents times ten thousand."""
    for row in ask(client, measure="per_km2", year=2013)["rows"]:
        assert row["value"] == pytest.approx(row["groups"] / row["area_km2"])
    rows = ask(client, measure="per_10k", year=2013)["rows"]
    for row in rows:
        assert row["value"] == pytest.approx(row["groups"] / row["population"] * 10_000)
    assert {row["code"]: row["population"] for row in rows}["11545"] == 255_082


def test_comparing_is_the_difference_of_two_years(client: TestClient) -> None:
    """And the number of groups in both is told."""
    before, after = (ask(client, year=year)["rows"] for year in (2013, 2016))
    rows = ask(client, year=2016, compare=2013)["rows"]
    assert [row["value"] for row in rows] == [
        new["groups"] - old["groups"] for old, new in zip(before, after, strict=True)
    ]
    assert [row["groups_compared"] for row in rows] == [row["groups"] for row in before]


STATES = [
    {},
    {"level": "neighbourhood", "measure": "per_km2", "year": 2013, "count": "new"},
    {"level": "hex8", "year": 2015, "district": "11545", "programme": "씨앗"},
    {"level": "neighbourhood", "compare": 2012, "category": ["50+", "청년"], "lang": "en"},
]


@pytest.mark.parametrize("state", STATES)
def test_every_format_holds_the_same_table(
    client: TestClient, sample: Atlas, state: dict[str, Any]
) -> None:
    """JSON, CSV, XLSX and GeoJSON of one state read back equal."""
    rows = pd.DataFrame(ask(client, **state)["rows"])
    files = {
        kind: client.get(DENSITY, params={**state, "format": kind})
        for kind in ("csv", "xlsx", "geojson")
    }
    text = files["csv"].content
    assert text.startswith(b"\xef\xbb\xbf")
    types = {"code": str, "district_code": str}
    read = {
        "csv": pd.read_csv(io.BytesIO(text), comment="#", dtype=types),
        "xlsx": pd.read_excel(io.BytesIO(files["xlsx"].content), dtype=types, engine="openpyxl"),
        "geojson": pd.DataFrame(
            [feature["properties"] for feature in json.loads(files["geojson"].content)["features"]]
        ),
    }
    for frame in read.values():
        pd.testing.assert_frame_equal(frame, rows, check_dtype=False, rtol=1e-12)
    assert "simulated" in files["csv"].headers["content-disposition"]
    for what in (
        "모의 자료" if state.get("lang") != "en" else "Simulated",
        "n: ",
        sample.hash,
        "km²",
    ):
        assert what in text.decode("utf-8-sig")


def test_groups_are_those_that_the_table_counts(client: TestClient) -> None:
    """The same filters, a row each, and no coordinates."""
    state = {"year": 2014, "district": "11545", "outcome": "rejected"}
    answer = client.get("/api/v1/groups", params=state).json()
    assert answer["n"] == len(answer["rows"]) == ask(client, **state)["n"] > 0
    assert list(answer["rows"][0]) == [
        "group_id", "name", "category", "district_code", "neighbourhood_code",
        "administrative_code", "precision", "founded_year",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        (
            {"year": 20133},
            "Unknown year '20133': choose 2012, 2013, 2014, 2015, 2016 or 2017.",
        ),
        (
            {"measure": "per_10k", "level": "hex8"},
            "Unknown measure with level hex8 'per_10k': choose count, per_km2 or ratio_area.",
        ),
        (
            {"outcome": "won"},
            "Unknown outcome 'won': choose selected, rejected, under_review or other.",
        ),
        (
            {"yaer": 2012},
            "Unknown parameter 'yaer': choose administrative, category, classes, colours, compare, "
            "count, department, district, format, lang, level, measure, outcome, programme, "
            "scheme or year.",
        ),
        (
            {"level": "surface"},
            "Unknown level of areas 'surface': choose district, neighbourhood, administrative, "
            "hex7, hex8, hex9 or /api/v1/surface.",
        ),
        (
            {"measure": "ratio_area", "compare": 2012},
            "Unknown compare with ratio_area '2012': choose no year or another measure.",
        ),
        (
            {"administrative": "신사동"},
            "Unknown administrative '신사동': choose 신사동 (1162068500) or 신사동 (1168051000).",
        ),
    ],
)
def test_bad_values_get_422_and_what_is_allowed(
    client: TestClient, parameters: dict[str, Any], sentence: str
) -> None:
    """One whole sentence."""
    answer = client.get(DENSITY, params=parameters)
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["msg"] == sentence


def test_enums_are_refused_by_type(client: TestClient) -> None:
    """FastAPI's own answer names the allowed values."""
    answer = client.get(DENSITY, params={"level": "moon"})
    assert answer.status_code == 422
    allowed = "'district', 'neighbourhood', 'administrative', 'hex7', 'hex8', 'hex9' or 'surface'"
    assert answer.json()["detail"][0]["ctx"]["expected"] == allowed


def test_health_names_the_snapshot(client: TestClient, sample: Atlas) -> None:
    """What a monitor asks."""
    answer = client.get("/healthz").json()
    assert (answer["status"], answer["atlas"]["hash"]) == ("ok", sample.hash)


def test_the_documentation_needs_no_other_host(client: TestClient) -> None:
    """Swagger UI comes from this server, and the page may load from nowhere else."""
    page = client.get("/docs")
    assert "http://" not in page.text
    assert "https://" not in page.text
    assert "connect-src 'self';" in page.headers["content-security-policy"]
    assert client.get("/openapi.json").json()["paths"].keys() >= {DENSITY, "/api/v1/groups"}


def test_geometry_is_in_the_order_of_the_table_and_kept_for_a_year(
    client: TestClient, sample: Atlas
) -> None:
    """A feature's id is its row; paths that lead elsewhere are refused."""
    version = f"{sample.hash}-public-{geometry.FORMAT}"
    answer = client.get(f"/geometry/{version}/neighbourhood.geojson")
    codes = [feature["properties"]["code"] for feature in answer.json()["features"]]
    assert codes == sample.neighbourhoods["code"].tolist()
    assert "immutable" in answer.headers["cache-control"]
    assert client.get(f"/geometry/{version}/secret.geojson").status_code == 404
    assert client.get("/vendor/secret.js").status_code == 404
    assert "Metadata-Version" not in client.get("/vendor/..%2f..%2fMETADATA").text


def test_points_of_a_public_atlas_stand_on_no_address(client: TestClient, sample: Atlas) -> None:
    """Each lies in its neighbourhood's sunflower, none where its group is."""
    answer = client.get(f"/geometry/{sample.hash}-public-{geometry.FORMAT}/points.geojson").json()
    shown = {tuple(feature["geometry"]["coordinates"]) for feature in answer["features"]}
    exact = sample.groups[sample.groups.geometry.notna()].to_crs(4326).geometry
    assert len(answer["features"]) == sample.groups["neighbourhood_code"].notna().sum()
    assert not shown & {(round(point.x, 6), round(point.y, 6)) for point in exact}


def test_other_hosts_are_let_in_only_where_a_setting_names_them() -> None:
    """A basemap's style, and who may embed the page."""

    def policy(**chosen: str) -> str:
        with client_of(Settings(**chosen)) as opened:
            return str(opened.get("/healthz").headers["content-security-policy"])

    assert "http" not in policy()
    assert "frame-ancestors 'self'" in policy()
    chosen = policy(
        basemap_style="https://tiles.example.org/style.json?key=1",
        frame_ancestors="https://city.example.org",
    )
    assert "connect-src 'self' https://tiles.example.org;" in chosen
    assert chosen.endswith("frame-ancestors https://city.example.org")


def test_a_name_with_a_number_sign_is_no_note_in_a_csv() -> None:
    """`pandas.read_csv(..., comment="#")` reads the whole row."""
    about = exports.About(
        what="groups",
        state="",
        view=ViewState(year=2013),
        atlas={
            "provenance": "imported", "hash": "0", "name": "ours", "made_at": "2026-01-01",
            "boundaries": {"source": "ours", "date": "2023"}, "population_years": (),
        },
        n=1,
        unplaced=0,
        extra={},
    )  # fmt: skip
    rows = pd.DataFrame({"group_id": ["a"], "name": ["동네 #1, 모임"], "founded_year": [2013]})
    read = pd.read_csv(io.BytesIO(exports.csv(rows, about, Text("ko"))), comment="#")
    pd.testing.assert_frame_equal(read, rows)


def test_what_the_api_has_not_is_not_found(client: TestClient) -> None:
    """A misspelt path gets no page."""
    answer = client.get("/api/v1/desity")
    assert answer.status_code == 404
    assert answer.json()["detail"] == "There is no /api/v1/desity: /docs lists what there is."


def test_the_public_is_not_told_how_many_people_there_are_to_the_last_one(
    client: TestClient, sample: Atlas
) -> None:
    """Nor how often they are named; tables round both."""
    counts = client.get("/api/v1/atlas").json()["manifest"]["counts"]
    hidden = {name: sample.manifest.counts[name] for name in ("people", "memberships")}
    assert counts == {k: v for k, v in sample.manifest.counts.items() if k not in hidden}
