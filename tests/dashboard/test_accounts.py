"""Questions on people and silos: every table of every output says the same, and exposes nobody."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from fastapi.testclient import TestClient

from dashboard.queries import Analyses, Queries
from dashboard.settings import Settings
from dashboard.state import ACCOUNTS, BY, SHARES, VIEWS, WHATS, Choices, default, parse
from dashboard.strings import Text
from geo.atlas import Atlas
from geo.measures.composition import COHORTS
from geo.schema import Audience
from tests.dashboard.answers import client_of

K = 3
PARTS = {
    "people": ("women", "men", "gender_unknown", "cohort_unknown", *COHORTS, "first_time",
               "returning", "representing", "joining", "lent", "across"),
    "newcomers": ("gone",),
}  # fmt: skip
"""People -> those of them that other columns count."""
ADDING = {
    "funnel": ("applications", "selected", "rejected", "under_review", "other"),
    "duplication": ("supported", "doubled", "money", "doubled_money", "expected"),
    "fatigue": ("applications", "groups", "under_review", "first_selected"),
    "retention": ("groups", "ended", "going", "never"),
    "concentration": ("amount",),
}
"""Question -> figures of districts that add up to the city's."""


@pytest.fixture(scope="module")
def choices(sample: Atlas) -> Choices:
    return Queries(sample).choices


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[TestClient]:
    with client_of(Settings(cache=folder)) as opened:
        yield opened


@pytest.fixture(scope="module")
def public(sample: Atlas, folder: Path) -> Analyses:
    return Analyses.of(Queries(sample), folder)


@pytest.fixture(scope="module")
def internal(sample: Atlas, folder: Path) -> Analyses:
    return Analyses.of(Queries(sample, Audience.INTERNAL), folder)


def path(view: str, **given: object) -> str:
    """The address of a question's table."""
    asked = {"question": view} | given if view in VIEWS["silos"] else given
    route = "silos" if view in VIEWS["silos"] else view
    return f"/api/v1/{route}?" + "&".join(f"{name}={value}" for name, value in asked.items())


def asked(choices: Choices, query: str) -> Any:
    state, notices = parse(query, choices)
    assert notices == ()
    return state


@pytest.mark.parametrize("view", ACCOUNTS)
def test_every_table_is_a_file_that_explains_its_columns(
    client: TestClient, public: Analyses, choices: Choices, view: str
) -> None:
    """JSON and CSV of each table have the same rows; each column is explained in both languages."""
    state = default(choices, view)
    for table in public.tables(state):
        rows = client.get(path(view, table=table)).json()["rows"]
        assert rows, table
        for lang in ("ko", "en"):
            text = client.get(path(view, table=table, format="csv", lang=lang)).text
            read = pd.read_csv(io.StringIO(text.lstrip("\ufeff")), comment="#")
            assert len(read) == len(rows)
            assert read.columns.tolist() == list(rows[0])
            said = dict(line[2:].split(": ", 1) for line in text.split("\n") if line[:2] == "# ")
            known = Text(lang).part("export.column") | Text(lang).part("export.column.account")
            known |= Text(lang).part(f"export.column.{view}")
            assert {name: said[name] for name in read} == {name: known[name] for name in read}
        numbers = pd.DataFrame(rows).select_dtypes("number")
        for column in numbers:
            assert read[column].fillna(-9).tolist() == pytest.approx(
                numbers[column].fillna(-9).tolist()
            ), (table, column)  # fmt: skip


@pytest.mark.parametrize("view", ACCOUNTS)
def test_no_output_tells_of_few_people(client: TestClient, view: str) -> None:
    """To a public audience counts of people are multiples of k, and no part exceeds its whole.

    By gender and age they are moved instead, but not below k. Nobody looks as few do, and a share
    of all is not told: it would say that the others are few.
    """
    more = [{"by": key, "table": "parts"} for key in BY.get(view, ())]
    more += [{"table": "areas", "year": 2013}, {"table": "years"}]
    if view == "concentration":
        more = [{"what": "people", "count": count} for count in ("cumulative", "new", "active")]
    for given in more:
        for place in ({}, {"district": "11110"}, {"category": "청년", "district": "11110"}):
            rows = pd.DataFrame(client.get(path(view, **given, **place)).json()["rows"])
            counts = {*PARTS, *PARTS["people"], *PARTS["newcomers"]} | (
                {"amount"} if view == "concentration" else set()
            )
            for column in counts & set(rows):
                told = rows[column].dropna().astype(float)
                if view != "composition" or column == "people":
                    assert (told % K == 0).all(), (given, place, column)
                assert (told >= K).all(), (given, place, column)
            for whole, parts in PARTS.items():
                for part in set(parts) & set(rows) if whole in rows else ():
                    both = rows[[part, whole]].dropna().astype(float)
                    assert (both[part] <= both[whole]).all(), (given, place, part)
            if view in ("composition", "mobilised"):
                shares = rows.filter(regex="^(?!minimum).*_share").astype(float)
                assert (shares.fillna(0) < 1).all(axis=None), (given, place)


@pytest.mark.parametrize("view", ["composition", "emergence", "mobilised"])
def test_people_are_told_of_one_value_of_a_filter_at_a_time(client: TestClient, view: str) -> None:
    """Answers that overlap in ever other ways, averaged, would tell of those in all of them."""
    answer = client.get(path(view, year=2014, district="11110") + "&district=11140&lang=en").json()
    assert answer["why"] == (
        "Figures of people are told for one value of each filter at a time: overlapping choices "
        "could single somebody out. Choose one of each."
    )
    assert set(answer["whole"].values()) == {None}


@pytest.mark.parametrize(
    ("table", "given", "told"),
    [
        ("areas", {}, True),
        ("parts", {"by": "outcome"}, True),
        ("pyramid", {}, True),
        ("areas", {"programme": "씨앗"}, False),
        ("parts", {"by": "category"}, False),
        ("parts", {"by": "outcome", "programme": "씨앗"}, False),
        ("pyramid", {"programme": "씨앗"}, False),
    ],
)
def test_an_empty_table_of_gender_and_age_says_why(
    client: TestClient, table: str, given: dict[str, str], *, told: bool
) -> None:
    """Which tables there are; the whole beside it has its figures."""
    answer = client.get(path("composition", year=2013, table=table, lang="en", **given)).json()
    rows = pd.DataFrame(answer["rows"], columns=[*(answer["rows"] or [{"women": 0}])[0]])
    assert rows["women"].notna().any() == told
    assert (answer["why"] is None) == told
    of_districts = "Districts are empty here: of them only women, youth and baby boomers are told,"
    of_others = "Gender and age are told of each year as a whole;"
    assert told or answer["why"].startswith(of_districts if table == "areas" else of_others)
    assert answer["whole"]["women"] is not None


@pytest.mark.parametrize("view", list(ADDING))
def test_districts_add_up_to_the_city(internal: Analyses, choices: Choices, view: str) -> None:
    """Every group is in a district, so the parts are the whole."""
    account = internal.accounts.account(asked(choices, f"view={view}&level=district"))
    for column in ADDING[view]:
        parts = account.rows[column].groupby(level="year").sum()
        assert parts.to_numpy() == pytest.approx(account.whole[column].to_numpy()), column
    assert (account.unplaced == 0).all()


@pytest.mark.parametrize("view", list(ADDING))
def test_neighbourhoods_and_the_unplaced_add_up_to_the_city(
    internal: Analyses, choices: Choices, view: str
) -> None:
    """What is known to its district alone is counted in the whole and said to be unplaced."""
    per = "&per=area" if view == "concentration" else ""
    account = internal.accounts.account(asked(choices, f"view={view}&level=neighbourhood{per}"))
    column = ADDING[view][0]
    parts = account.rows[column].groupby(level="year").sum()
    lost = account.whole[column] - parts
    if view in ("funnel", "fatigue", "retention", "concentration"):
        assert lost.tolist() == account.unplaced.tolist()
    assert (lost > 0).all()


@pytest.mark.parametrize("view", [view for view in ACCOUNTS if view in BY])
def test_a_district_is_the_same_as_an_area_a_part_and_a_choice(
    internal: Analyses, choices: Choices, view: str
) -> None:
    """Geumcheon-gu by its area's row, told apart by district, and chosen as the filter."""
    year = 2014
    account = internal.accounts.account(asked(choices, f"view={view}&level=district"))
    area = account.rows.loc[(year, "11545")]
    apart = internal.accounts.apart(
        asked(choices, f"view={view}&level=district&by=district&year={year}")
    ).loc["11545"]
    chosen = internal.accounts.account(asked(choices, f"view={view}&level=district&district=11545"))
    for column in apart.index:
        told = [area[column], apart[column], chosen.whole.loc[year, column]]
        assert told[1:] == pytest.approx([told[0]] * 2, nan_ok=True), column


@pytest.mark.parametrize("view", ["funnel", "retention", "fatigue"])
def test_what_became_of_applications_is_not_asked_of_one_outcome(
    client: TestClient, view: str
) -> None:
    """Of the selected all were selected: the answer would be true, and mislead."""
    answer = client.get(path(view, outcome="selected", lang="en")).json()
    assert answer["why"] == (
        "This question is about what became of applications, so it cannot be asked of one outcome "
        "alone. Remove the filter on the outcome."
    )


def test_what_may_be_asked_is_said(client: TestClient) -> None:
    """A table of another question, a breakdown that makes no sense, residents nobody knows."""
    said = {
        path(
            "funnel", table="lorenz"
        ): "Unknown table with funnel 'lorenz': choose areas, years or parts.",
        path("funnel", by="outcome"): "Unknown by with funnel 'outcome': choose category, "
        "programme, department or district.",
        path("concentration", level="neighbourhood", per="residents"): "Unknown per with "
        "concentration 'residents': choose area or places.",
        path("fatigue", what="money"): "Unknown what with fatigue 'money': choose none or another "
        "question.",
    }
    for address, sentence in said.items():
        answer = client.get(address)
        assert answer.status_code == 422
        assert answer.json()["detail"][0]["msg"] == sentence
    assert client.get(path("concentration", level="neighbourhood")).json()["state"].endswith(
        "per=area"
    )  # fmt: skip


def test_choices_are_the_measures(public: Analyses, choices: Choices) -> None:
    """`state` is a leaf and repeats the cohorts; they must not drift apart."""
    assert ("women", *COHORTS) == SHARES
    for what in WHATS:
        account = public.accounts.account(asked(choices, f"view=concentration&what={what}"))
        assert account.whole["amount"].gt(0).all()


def test_shown_percentages_are_the_rows(public: Analyses, choices: Choices) -> None:
    """The unit of a share on the page is a hundredth, of money a hundred million or a million."""
    from dashboard.callbacks.accounts import said

    state = default(choices, "duplication")
    assert said("doubled_share", 0.0945, state, Text("ko")) == "9.45\u00a0%"
    assert said("doubled_share", 0.945, state, Text("ko")) == "94\u00a0%"
    assert said("money", 1_250_000_000, state, Text("ko")) == "12.5억 원"
    assert said("money", 1_250_000_000, state, Text("en")) == "1,250\u00a0million won"
    assert said("money", np.nan, state, Text("en")) == "–"
