"""Every choice of drawing changes what the API answers, and parts still make the whole."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest
from fastapi.testclient import TestClient
from mapclassify import FisherJenks, Quantiles

from dashboard.queries import Queries
from dashboard.settings import Settings
from dashboard.state import ViewState
from geo.atlas import Atlas
from geo.schema import Audience
from tests.dashboard.answers import client_of


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with client_of(Settings()) as opened:
        yield opened


def ask(client: TestClient, path: str = "density", **parameters: Any) -> dict[str, Any]:
    answer = client.get(f"/api/v1/{path}", params=parameters)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


@pytest.mark.parametrize(("scheme", "theirs"), [("natural", FisherJenks), ("quantiles", Quantiles)])
def test_classes_are_those_of_the_values_of_all_years(
    client: TestClient, scheme: str, theirs: Any
) -> None:
    """An independent classifier over six years puts each district into the class of its row."""
    asked = {"measure": "per_10k", "scheme": scheme, "classes": 5}
    years = {year: ask(client, year=year, **asked) for year in range(2012, 2018)}
    values = np.array([row["value"] for answer in years.values() for row in answer["rows"]])
    bounds = theirs(values, 5).bins
    for answer in years.values():
        np.testing.assert_allclose(answer["classes"]["bounds"], bounds, rtol=1e-6)
        classes = [row["class"] for row in answer["rows"]]
        found = np.searchsorted(bounds * (1 + 1e-9), [row["value"] for row in answer["rows"]]) + 1
        assert classes == found.tolist()


def test_ratios_come_with_their_null_and_its_limits(client: TestClient) -> None:
    """Expected groups add up; a class is there only beyond the funnel, and its sign says where."""
    answer = ask(client, level="neighbourhood", measure="ratio_area", year=2017)
    rows = pd.DataFrame(answer["rows"])
    assert rows["expected"].sum() == pytest.approx(rows["groups"].sum())
    np.testing.assert_allclose(rows["value"], rows["groups"] / rows["expected"])
    above, below = rows["groups"] > rows["limit_high"], rows["groups"] < rows["limit_low"]
    assert (np.sign(rows["class"]) == above.astype(int) - below.astype(int)).all()
    assert above.any()
    assert below.any()


def test_a_place_is_what_it_is_in_whatever_district_one_looks(client: TestClient) -> None:
    """The null is the city's: its ratio, its limits and its rank's basis stay."""
    asked = {"level": "neighbourhood", "measure": "ratio_area"}
    city = {row["code"]: row for row in ask(client, **asked)["rows"]}
    rows = ask(client, district="11545", **asked)["rows"]
    assert [row["code"] for row in rows] == ["11545101", "11545102", "11545103"]
    for row in rows:
        same = ("value", "expected", "limit_low", "limit_high", "groups")
        assert [row[name] for name in same] == [city[row["code"]][name] for name in same]


def test_hexagons_are_as_large_as_the_part_that_is_looked_at(client: TestClient) -> None:
    """They add up to the city, and to a chosen district, in km² and residents."""
    for level in ("hex7", "hex9"):
        rows = pd.DataFrame(ask(client, level=level)["rows"])
        assert rows["area_km2"].sum() == pytest.approx(605.30, abs=0.01)
        inside = pd.DataFrame(ask(client, level=level, district="11140")["rows"])
        assert inside["area_km2"].sum() <= 9.97
        assert inside["population"].sum() <= 133_240 * 1.001
    expected = ask(client, level="hex7", measure="ratio_area")["rows"]
    total = sum(row["groups"] for row in expected)
    for row in expected:
        assert row["expected"] == pytest.approx(total * row["area_km2"] / 605.3034, rel=1e-4)


def test_a_filter_by_place_leaves_only_counts(client: TestClient) -> None:
    """An area's size is not that of the part looked at."""
    answer = client.get(
        "/api/v1/density", params={"measure": "per_km2", "administrative": "1154563000"}
    )
    assert answer.status_code == 422
    said = "Unknown measure with level district 'per_km2': choose count."
    assert answer.json()["detail"][0]["msg"] == said


@pytest.mark.parametrize("level", ["hex7", "hex8", "hex9", "administrative"])
@pytest.mark.parametrize("count", ["cumulative", "active"])
def test_parts_plus_unplaced_are_the_whole(client: TestClient, level: str, count: str) -> None:
    """Of every level, in every year."""
    for year in (2012, 2015, 2017):
        answer = ask(client, level=level, count=count, year=year)
        placed = sum(row["groups"] for row in answer["rows"])
        assert placed + answer["unplaced"] == answer["n"]
        assert placed > 0


def test_administrative_neighbourhoods_are_those_of_the_year(
    client: TestClient, sample: Atlas
) -> None:
    """423 in 2013, 424 in 2017; a filter takes names and codes alike."""
    assert len(ask(client, level="administrative", year=2013)["rows"]) == 423
    assert len(ask(client, level="administrative", year=2017)["rows"]) == 424
    by_name = ask(client, administrative="금천구 독산3동", year=2017)
    code = next(
        row["code"]
        for row in ask(client, level="administrative", district="11545")["rows"]
        if row["name_ko"] == "독산3동"
    )
    assert by_name["state"] == f"administrative={code}"
    assert by_name["n"] == (sample.groups["administrative_code"] == code).sum()


def test_a_hexagon_counts_the_groups_whose_spot_lies_in_it(sample: Atlas) -> None:
    """Of a public audience the spots of blocks, of an internal one the points."""
    public, internal = Queries(sample), Queries(sample, Audience.INTERNAL)
    asked = ViewState(year=2017, level="hex9")
    for queries, groups in ((public, sample.public.groups), (internal, sample.groups)):
        placed = groups["precision"] == "point"
        shapes = queries.shapes("hex9").reindex(queries.area_of("hex9")[placed])
        assert shapes.buffer(1).contains(groups.geometry[placed], align=False).all()
        assert queries.density(asked).unplaced == (~placed).sum()


def test_a_surface_adds_up_and_follows_its_bandwidth(client: TestClient) -> None:
    """Groups of the bands plus unplaced are the whole, within 1 %; areas are the city's."""
    for bandwidth in (200, 1_500):
        answer = ask(client, "surface", year=2015, bandwidth=bandwidth)
        rows = pd.DataFrame(answer["rows"])
        assert answer["bandwidth"] == bandwidth
        assert rows["groups_smoothed"].sum() + answer["unplaced"] == pytest.approx(answer["n"])
        assert rows["area_km2"].sum() == pytest.approx(605.30, abs=0.01)
    free = ask(client, "surface", year=2015)
    assert free["bandwidth"] == ask(client, "surface", year=2012)["bandwidth"]
    bad = client.get("/api/v1/surface", params={"bandwidth": 50})
    assert bad.status_code == 422
    assert bad.json()["detail"][0]["msg"] == "Input should be greater than or equal to 200"


@pytest.mark.parametrize("district", ["11140", "11500", "11650"])
def test_a_districts_surface_holds_its_groups(client: TestClient, district: str) -> None:
    """All of those with a place, at the narrowest bandwidth."""
    answer = ask(client, "surface", district=district, bandwidth=200)
    placed = sum(row["groups_smoothed"] for row in answer["rows"])
    assert placed + answer["unplaced"] == pytest.approx(answer["n"])


def test_a_surface_of_nothing_is_empty(client: TestClient) -> None:
    """Groups of one district, looked for in another."""
    answer = ask(client, "surface", district="11380", administrative="1111051500")
    assert (answer["n"], answer["rows"], answer["peaks"]) == (0, [], [])


@pytest.mark.parametrize("kind", ["csv", "xlsx", "geojson"])
def test_a_surface_is_a_file_too(client: TestClient, kind: str) -> None:
    """Named after what it is."""
    answer = client.get("/api/v1/surface", params={"year": 2013, "format": kind})
    name = f'attachment; filename="maeul-atlas_surface_2013_simulated.{kind}"'
    assert answer.headers["content-disposition"] == name
    if kind == "geojson":
        found = answer.json()["features"]
        assert [f["properties"]["class"] for f in found] == list(range(1, len(found) + 1))
        assert {f["geometry"]["type"] for f in found} <= {"Polygon", "MultiPolygon"}
