"""An atlas that brings its residents by area and year: they are used, and nothing is guessed."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from dash import Dash
from fastapi import FastAPI
from fastapi.testclient import TestClient

from dashboard import api
from dashboard.callbacks import views
from dashboard.callbacks.density import DensityView
from dashboard.queries import Analyses, Queries
from dashboard.state import parse
from geo.atlas import Atlas, publish
from geo.boundaries import Boundaries

Tables = dict[str, pd.DataFrame]
GASAN = "11545101"
GUESSED = ("추정", "estimated by area", "(estimated)", "2017년 1분기", "2017 Q1")


class NoGeometry:
    """A layer has no address here."""

    urls: Mapping[str, str] = {}


def own(codes: pd.Series[str], years: dict[int, int]) -> pd.DataFrame:
    """The same number of residents in each area of a year, as a CSV has them."""
    rows = [(code, str(year), str(n)) for year, n in years.items() for code in codes]
    return pd.DataFrame(rows, columns=["code", "year", "population"], dtype="str")


@pytest.fixture
def publish_with(
    tables: Tables, seoul: Boundaries, tmp_path: Path
) -> Callable[[pd.DataFrame], Queries]:
    """Queries on an atlas with these residents."""

    def publish_with(population: pd.DataFrame) -> Queries:
        given = {**tables, "population": population}
        return Queries(publish(given, tmp_path / "atlas", seoul, name="ours", made_from="t"))

    return publish_with


@pytest.fixture
def neighbourhoods(publish_with: Callable[[pd.DataFrame], Queries], seoul: Boundaries) -> Queries:
    """Every neighbourhood has 5,000 residents in 2012 and 10,000 in 2013."""
    return publish_with(own(seoul.neighbourhoods["code"], {2012: 5_000, 2013: 10_000}))


def client(queries: Queries) -> TestClient:
    server = FastAPI()
    server.include_router(api.router(queries, Analyses.of(queries, None)))
    return TestClient(server)


def callbacks(queries: Queries) -> dict[str, Callable[..., Any]]:
    """What follows the map, by name, without Dash around it."""
    app = Dash(__name__)
    views.register(app, queries, {"density": DensityView(queries, NoGeometry())})
    entries = app.callback_map or {entry["output"]: entry for entry in app._callback_list}
    return {entry["callback"].__wrapped__.__name__: entry["callback"].__wrapped__
            for entry in entries.values() if "callback" in entry}  # fmt: skip


def test_rates_below_the_district_rest_on_the_years_own_figures(neighbourhoods: Queries) -> None:
    """One group among 10,000 in 2013; districts have the sum of their neighbourhoods."""
    asked = {"level": "neighbourhood", "measure": "per_10k"}
    answer = client(neighbourhoods).get("/api/v1/density", params={**asked, "year": 2013}).json()
    assert not any(row["population_is_estimated"] for row in answer["rows"])
    gasan = next(row for row in answer["rows"] if row["code"] == GASAN)
    assert (gasan["groups"], gasan["population"], gasan["value"]) == (1, 10_000, 1.0)
    assert answer["atlas"]["population_years"] == [2012, 2013]
    assert answer["atlas"]["population_year"] is None
    before = client(neighbourhoods).get("/api/v1/density", params={"year": 2012}).json()
    geumcheon = next(row for row in before["rows"] if row["code"] == "11545")
    assert (geumcheon["population"], geumcheon["population_is_estimated"]) == (15_000, False)


def test_the_city_and_an_area_have_the_rate_of_each_year(neighbourhoods: Queries) -> None:
    """467 neighbourhoods: one group among 2.3 million, then three among 4.7."""
    state, _ = parse(f"level=neighbourhood&measure=per_10k&area={GASAN}", neighbourhoods.choices)
    trend = neighbourhoods.trend(state)
    assert trend["city"].tolist() == pytest.approx([1 / 233.5, 3 / 467])
    assert trend["here"].tolist() == [0, 1]


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize("level", ["district", "neighbourhood"])
@pytest.mark.parametrize("measure", ["count", "per_10k", "ratio_residents"])
def test_nothing_says_estimated_where_residents_are_known(
    neighbourhoods: Queries, lang: str, level: str, measure: str
) -> None:
    """Legend, headline, panel, table and the notes of files."""
    area = GASAN if level == "neighbourhood" else "11545"
    query = f"level={level}&measure={measure}&year=2013&area={area}&table=1&lang={lang}"
    found = callbacks(neighbourhoods)
    shown = json.dumps(
        [str(found["follow"](query)), str(found["tabulate"](query))], ensure_ascii=False
    )
    told = {"ko": "함께 실린 해마다의 인구표입니다(2012, 2013)", "en": "this atlas (2012, 2013)"}
    assert (told[lang] in shown) == (measure != "count")
    asked = {"level": level, "measure": measure, "year": 2013, "lang": lang, "format": "csv"}
    file = client(neighbourhoods).get("/api/v1/density", params=asked).text
    table, notes = file.split("\n# ", 1)
    assert told[lang] in notes
    assert "True" not in table
    for word in GUESSED:
        assert word not in shown
        # What the flag would mean is told even where it is never raised.
        assert not any(
            word in line for line in notes.splitlines() if "population_is_estimated" not in line
        )


def test_hexagons_are_shared_out_from_the_neighbourhoods_and_say_so(
    neighbourhoods: Queries,
) -> None:
    """All residents of the city, and still estimated."""
    state, _ = parse("level=hex8&year=2013", neighbourhoods.choices)
    rows = neighbourhoods.density(state).rows
    assert rows["population"].sum() == pytest.approx(4_670_000, rel=1e-3)
    assert rows["population_is_estimated"].all()
    assert "per_10k" not in neighbourhoods.choices.measures["hex8"]


def test_districts_alone_leave_neighbourhoods_estimated(
    publish_with: Callable[[pd.DataFrame], Queries], seoul: Boundaries
) -> None:
    """But from the year's own figures, to which they add up."""
    queries = publish_with(own(seoul.districts["code"], {2012: 1_000, 2013: 2_000}))
    assert queries.known_population == {"district"}
    assert "per_10k" not in queries.choices.measures["neighbourhood"]
    people = queries.population("neighbourhood")
    assert people.sum().tolist() == [25_000, 50_000]
    shown = str(callbacks(queries)["follow"](f"level=neighbourhood&area={GASAN}&year=2013"))
    assert "인구 (면적 비례 추정)" in shown
    assert "2017" not in shown


def test_administrative_residents_are_known_by_unit_and_make_the_districts(
    publish_with: Callable[[pd.DataFrame], Queries], seoul: Boundaries
) -> None:
    """Rates are to be had there though nobody has drawn the units; per km² is not."""
    units = seoul.administrative
    day = "2013-12-31"
    valid = units[(units["since"] <= day) & ~(units["until"].fillna(day) < day)]
    queries = publish_with(own(valid["code"], {2013: 100}))
    assert queries.known_population == {"district", "administrative"}
    assert queries.choices.measures["administrative"] == ("count", "per_10k", "ratio_residents")
    by_district = valid["district_code"].value_counts() * 100
    districts = queries.population("district")[2013]
    assert districts.to_dict() == by_district.to_dict()
    state, _ = parse("level=administrative&measure=per_10k&year=2013", queries.choices)
    rows = queries.density(state).rows
    assert rows["population"].tolist() == [100] * len(valid)
    assert not rows["population_is_estimated"].any()


def test_without_a_table_all_is_as_it_was(sample: Atlas) -> None:
    """2017 in every year; neighbourhoods by area, and said to be."""
    queries = Queries(sample)
    assert queries.known_population == {"district"}
    people = queries.population("neighbourhood")
    for year in sample.years:
        assert people[year].tolist() == sample.neighbourhoods["population"].tolist()
        assert queries.population("hex8")[year].sum() == pytest.approx(10_197_604, rel=1e-4)
    assert client(queries).get("/healthz").json()["atlas"]["population_year"] == 2017
    shown = str(callbacks(queries)["follow"](f"level=neighbourhood&area={GASAN}&year=2013"))
    assert "인구 (2017년 1분기, 면적 비례 추정)" in shown
