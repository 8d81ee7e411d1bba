"""Who is named for the first time: as counted by hand, whatever is filtered."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from dashboard.callbacks.emergence import EmergenceView
from dashboard.maps.density import ZERO
from geo.atlas import Atlas
from geo.schema import Audience
from tests.dashboard.answers import Answers, props

NAN = float("nan")
PEOPLE = ["people", "first_time", "returning", "representing", "joining"]
COLUMNS = [*PEOPLE, "groups", "per_group", "per_group_median", "first_share"]


@pytest.fixture(scope="module")
def public(sample: Atlas, folder: Path) -> Answers:
    return Answers("emergence", EmergenceView, sample, folder=folder)


@pytest.fixture(scope="module")
def internal(sample: Atlas, folder: Path) -> Answers:
    return Answers("emergence", EmergenceView, sample, Audience.INTERNAL, folder=folder)


@pytest.fixture(scope="module")
def named(sample: Atlas) -> pd.DataFrame:
    """Who is named in which application, and in which year they first were."""
    groups = sample.groups[["group_id", "category", "district_code"]]
    told = sample.applications.merge(groups, on="group_id")
    named = sample.memberships.merge(told, on="application_id")
    return named.assign(first=named.groupby("person_id")["year"].transform("min"))


def by_hand(named: pd.DataFrame, *, begins: bool) -> dict[str, float]:
    """The figures of people and groups; no share in the year in which everybody is new."""
    people = set(named["person_id"])
    new = set(named["person_id"][named["first"] == named["year"]])
    speaking = set(named["person_id"][named["role"] == "representative"])
    sizes = named.groupby("group_id")["person_id"].nunique()
    return {
        "people": len(people),
        "first_time": len(new),
        "returning": len(people - new),
        "representing": len(speaking),
        "joining": len(people - speaking),
        "groups": len(sizes),
        "per_group": sizes.mean(),
        "per_group_median": sizes.median(),
        "first_share": NAN if begins else len(new) / len(people),
    }


@pytest.mark.parametrize("filters", [{}, {"programme": "실국"}, {"category": "청년"}])
def test_every_district_is_as_counted_by_hand(
    internal: Answers, named: pd.DataFrame, filters: dict[str, str]
) -> None:
    """Who was named elsewhere before is not new, though the filters leave that out."""
    query = "&".join(f"{name}={value}" for name, value in filters.items())
    account = internal.analyses.accounts.account(internal.state(query))
    for name, value in filters.items():
        named = named[named[name] == value]
    years = internal.queries.choices.years
    for year in years:
        now = named[named["year"] == year]
        city = account.whole.loc[year, COLUMNS].to_dict()
        assert city == pytest.approx(by_hand(now, begins=year == years[0]), nan_ok=True)
        for code, here in now.groupby("district_code"):
            told = account.rows.loc[(year, code), COLUMNS].to_dict()
            assert told == pytest.approx(by_hand(here, begins=year == years[0]), nan_ok=True)


def plain(words: str) -> str:
    """Without the spaces that keep a number and its unit on one line."""
    return words.replace("\u00a0", " ")


def test_the_page_says_how_many_are_new(
    public: Answers, internal: Answers, named: pd.DataFrame
) -> None:
    """In both languages, rounded for the public, exact inside."""
    told = public.shown("year=2015")
    assert plain(told["title"]) == (
        "서울시, 2015년: 10,302명이 신청에 이름을 올렸고 그 가운데 52 %는 처음입니다"
    )
    assert told["details"] == [
        "처음인지는 조건이나 지역과 상관없이 2012년부터 아틀라스 전체에서 따집니다.",
        "사람 수는 3의 배수로 무작위로 맞추었고, 3명보다 적으면 보이지 않습니다.",
    ]
    exact = internal.shown("year=2015&lang=en&programme=실국")
    here = named[(named["year"] == 2015) & (named["programme"] == "실국")]
    counted = by_hand(here, begins=False)
    assert plain(exact["title"]) == (
        f"Seoul, 2015: {counted['people']:,} people are named in applications, "
        f"{round(100 * counted['first_share'])} % of them for the first time"
    )
    assert exact["details"] == [
        "New are people whom no earlier application since 2012 names, anywhere in the atlas, "
        "whatever is filtered.",
        "Filters: 실국",
    ]


def test_in_the_first_year_nothing_is_claimed(public: Answers) -> None:
    """Everybody is new: people are counted, no share is told, and the map has no colours."""
    shown = public.shown("year=2012&lang=en")
    assert shown["title"] == "Seoul, 2012: 6,204 people are named in applications"
    assert shown["details"][0] == (
        "In 2012, the first year of the data, everybody is new: the share of new people is told "
        "from the next year on."
    )
    assert set(shown["map"]["classes"][0]) == {ZERO}
    assert len(set(shown["map"]["classes"][1])) > 2
    ids = [one.get("id") for one in props(shown["panel"])]
    assert "newcomers" in ids
    assert "apart" not in ids


def test_a_place_is_told_of_beside_the_city(internal: Answers, named: pd.DataFrame) -> None:
    """Jongno-gu in 2014, in the sentence, in the facts and in the columns by year."""
    shown = internal.shown("year=2014&area=11110&lang=en")
    here = named[named["district_code"] == "11110"]
    counted = by_hand(here[here["year"] == 2014], begins=False)
    share = round(100 * counted["first_share"])
    assert plain(shown["title"]) == (
        f"Jongno-gu, 2014: {counted['people']} people are named in applications, "
        f"{share} % of them for the first time"
    )
    figures = [one["figure"] for one in props(shown["panel"]) if one.get("id") == "newcomers"]
    new, again = (bars["y"] for bars in figures[0]["data"])
    for place, year in enumerate(internal.queries.choices.years):
        then = by_hand(here[here["year"] == year], begins=False)
        assert (new[place], again[place]) == (then["first_time"], then["returning"])


def test_a_public_audience_is_told_of_no_few_people(public: Answers, named: pd.DataFrame) -> None:
    """In neighbourhoods: multiples of three next to the true number, and no rounded median."""
    state = public.state("level=neighbourhood")
    rows = public.analyses.accounts.account(state).rows
    counts = rows[PEOPLE]
    assert (counts.isna() | (counts % 3 == 0)).all(axis=None)
    assert rows["per_group_median"].isna().all()
    headings = list(props(public.shown("year=2015&lang=en")["table"]))
    assert "People per group (median)" not in str(headings)
    districts = public.analyses.accounts.account(public.state()).rows
    true = named.groupby(["year", "district_code"])["person_id"].nunique()
    assert (abs(districts["people"] - true.reindex(districts.index)) < 3).all()


def test_a_filter_that_leaves_nobody_says_so(public: Answers) -> None:
    """Of the sample, no application is of the seed programme and of this bureau."""
    shown = public.shown("year=2015&programme=씨앗&department=복지본부")
    assert shown["title"] == "2015년: 아직 말할 것이 없음"
    assert shown["details"][0] == (
        "2015년에는 이 조건에 맞는 신청이 없습니다. 다른 해를 고르거나 조건을 줄이십시오."
    )


def test_a_place_without_people_is_told_as_such(public: Answers, internal: Answers) -> None:
    """Nobody and a few look alike to a public audience."""
    rows = internal.analyses.accounts.account(internal.state("level=neighbourhood")).rows
    empty = rows.loc[2013].index[rows.loc[2013]["people"] == 0][0]
    query = f"year=2013&level=neighbourhood&area={empty}&lang=en"
    name = internal.shown(query)["title"].split(", 2013")[0]
    assert internal.shown(query)["title"] == f"{name}, 2013: nobody is named in applications"
    assert public.shown(query)["title"] == (
        f"{name}, 2013: nobody, or fewer than 3 people, are named in applications"
    )
