"""What crosses silos: mixtures and people as counted by hand, rounded where they must be."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from dashboard.callbacks.crossing import CrossingView
from geo.atlas import Atlas
from geo.schema import Audience
from tests.dashboard.answers import Answers, props

YEAR, GEUMCHEON = 2015, "11545"


@pytest.fixture(scope="module")
def page(sample: Atlas, folder: Path) -> Answers:
    return Answers("crossing", CrossingView, sample, folder=folder)


@pytest.fixture(scope="module")
def office(sample: Atlas, folder: Path) -> Answers:
    return Answers("crossing", CrossingView, sample, Audience.INTERNAL, folder=folder)


@pytest.fixture(scope="module")
def applied(sample: Atlas) -> pd.DataFrame:
    """Applications of the year with category and district of the group."""
    groups = sample.groups[["group_id", "category", "district_code"]]
    told = sample.applications.merge(groups, on="group_id")
    return told[told["year"] == YEAR]


def sides(applied: pd.DataFrame, sample: Atlas, of: str) -> pd.Series:
    """On how many sides each person is named."""
    named = sample.memberships.merge(applied, on="application_id").dropna(subset=of)
    return named.groupby("person_id")[of].nunique()


@pytest.mark.parametrize("mix", ["category", "department"])
@pytest.mark.parametrize("query", ["", f"district={GEUMCHEON}", f"level=district&area={GEUMCHEON}"])
def test_the_figures_are_those_counted_by_hand(
    office: Answers, sample: Atlas, applied: pd.DataFrame, query: str, mix: str
) -> None:
    """Of the city, of a chosen district, of a district looked at."""
    figures = office.figures(f"year={YEAR}&mix={mix}&{query}")
    in_view = applied if not query else applied[applied["district_code"] == GEUMCHEON]
    share = in_view[mix].value_counts(normalize=True)
    entropy = -(share * np.log(share)).sum()
    on = sides(in_view, sample, mix)
    most = {"category": 6, "department": 11}[mix]
    assert figures == pytest.approx(
        {
            "n": in_view[mix].notna().sum(), "kinds": len(share),
            "entropy": entropy / np.log(most), "effective": np.exp(entropy),
            "people": len(on), "across": (on > 1).sum(), "across_share": (on > 1).mean(),
        }
    )  # fmt: skip


@pytest.mark.parametrize("query", ["", f"&level=district&area={GEUMCHEON}"])
def test_people_across(office: Answers, sample: Atlas, applied: pd.DataFrame, query: str) -> None:
    """Categories and bureaus of the place in view; districts wherever its people are named."""
    told = office.analyses.silos.across(office.state(f"year={YEAR}{query}"))
    now = told[told["year"] == YEAR].set_index("of")[["people", "across"]]
    in_view = applied if not query else applied[applied["district_code"] == GEUMCHEON]
    people = sides(in_view, sample, "district_code").index
    for of in ("category", "department"):
        on = sides(in_view, sample, of)
        assert now.loc[of].tolist() == [len(on), (on > 1).sum()]
    everywhere = sides(applied, sample, "district_code")[people]
    assert now.loc["district"].tolist() == [len(people), (everywhere > 1).sum()]
    assert (everywhere > 1).sum() > 0


@pytest.mark.parametrize("mix", ["category", "department"])
def test_a_public_audience_is_told_rounded_numbers(
    page: Answers, office: Answers, mix: str
) -> None:
    """Multiples of three, missing below three; no part is told larger than its whole."""
    rows, exact = (
        one.analyses.accounts.account(one.state(f"mix={mix}&level=neighbourhood")).rows
        for one in (page, office)
    )
    for column in ("people", "across"):
        told = rows[column].dropna()
        assert (told % 3 == 0).all()
        assert ((told - exact[column][told.index]).abs() < 3).all()
        assert (exact[column][rows[column].isna()] < 3).all()
    share = rows["across_share"].dropna()
    assert share.between(0, 1).all()
    assert len(share)
    across = page.analyses.silos.across(page.state("year=2015&level=neighbourhood&area=11305103"))
    assert (across[["people", "across"]].stack().dropna() % 3 == 0).all()


def test_the_sentence(page: Answers, office: Answers) -> None:
    """In both languages, whole; only a public audience is told that people are rounded."""
    assert page.shown(f"year={YEAR}&level=district")["title"] == (
        "서울시, 2015년: 신청은 분야 5.5가지가 고르게 섞인 것과 같고, 이름을 올린 사람의 "
        "1.43\u00a0%가 둘 이상의 분야에 걸쳐 있습니다"
    )
    en = page.shown(f"year={YEAR}&level=district&mix=department&lang=en")
    assert en["title"] == (
        "Seoul, 2015: applications are as mixed as 4.3 bureaus in equal parts; 20\u00a0% of the "
        "people named are in two or more bureaus"
    )
    assert en["details"] == [
        "Counts of people are rounded at random to multiples of 3; fewer than 3 are not shown."
    ]
    panel = json.dumps(en["panel"], ensure_ascii=False)
    assert "chance alone makes a place look less mixed; below 10 the map says so" in panel
    assert "Categories 1.43\u00a0%, Bureaus 20\u00a0%, Districts 0.29\u00a0%" in panel
    assert office.shown(f"year={YEAR}&level=district")["details"] == []


@pytest.mark.parametrize("query", ["", f"&district={GEUMCHEON}"])
def test_clusters_across_borders(page: Answers, query: str) -> None:
    """As many as the question of clusters finds, and the same ones, largest first."""
    state = page.state(f"year={YEAR}{query}")
    asked = page.analyses.crosswalk.of_clusters(state)
    rows = page.analyses.clusters.clusters(asked).rows[YEAR]
    found = page.analyses.silos.clusters(state)
    pd.testing.assert_frame_equal(found, rows[list(found)].reset_index(drop=True))
    shown = json.dumps(page.shown(f"year={YEAR}{query}")["panel"], ensure_ascii=False)
    crosses = rows[rows["crosses"]]
    assert f"{len(rows)}곳 가운데 {len(crosses)}곳" in shown
    assert f"{crosses.iloc[0]['name_ko']} 일대" in shown


def test_places_are_in_one_list_of_two(page: Answers) -> None:
    """The most mixed and the least mixed, none in both, none that rests on few applications."""
    state = page.state(f"year={YEAR}&level=neighbourhood")
    account = page.analyses.accounts.account(state)
    shown = page.shown(f"year={YEAR}&level=neighbourhood")
    codes = [
        part["id"]["go"]
        for part in props(shown["panel"])
        if "go" in part.get("id", "") and not part.get("disabled")
    ]
    rows = account.rows.loc[YEAR]
    entropy = rows["entropy"][~account.few.loc[YEAR]].dropna()
    assert len(codes) == len(set(codes)) == 12
    assert sorted(entropy[codes[:6]]) == pytest.approx(sorted(entropy.nlargest(6)))
    assert sorted(entropy[codes[6:]]) == pytest.approx(sorted(entropy.nsmallest(6)))


def test_every_button_has_a_name_of_its_own(page: Answers) -> None:
    """Hexagons and clusters go nowhere, and yet are told apart."""
    shown = page.shown(f"year={YEAR}&level=hex8")
    names = [part["id"]["go"] for part in props(shown["panel"]) if "go" in part.get("id", "")]
    assert len(names) == len(set(names)) == 20


def test_an_area_is_spoken_of(page: Answers) -> None:
    """Without clusters, which are known of all."""
    shown = page.shown(f"year={YEAR}&level=district&area={GEUMCHEON}&mix=department")
    assert shown["title"] == (
        "금천구, 2015년: 신청은 실국 3.8가지가 고르게 섞인 것과 같고, 이름을 올린 사람의 "
        "18\u00a0%가 둘 이상의 실국에 걸쳐 있습니다"
    )
    assert "군집" not in json.dumps(shown["panel"], ensure_ascii=False)


@pytest.mark.parametrize(
    ("query", "what"),
    [("category=청년", "분야가"), ("mix=department&programme=씨앗", "실국이")],
)
def test_one_kind_mixes_with_nothing(page: Answers, query: str, what: str) -> None:
    """A filter that keeps one kind alone is told of, rather than that nothing is mixed."""
    shown = page.shown(f"year={YEAR}&{query}")
    assert shown["title"] == "2015년: 아직 말할 것이 없음"
    assert shown["details"][0].startswith(f"이 조건의 신청에는 알려진 {what} 둘보다 적어")
    assert len(shown["panel"]) == 1


def test_a_filter_that_leaves_nothing(page: Answers) -> None:
    shown = page.shown("year=2015&category=청년&department=복지본부&programme=씨앗")
    assert shown["title"] == "2015년: 아직 말할 것이 없음"
    assert len(shown["panel"]) == 1
