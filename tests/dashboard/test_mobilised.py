"""Who is named once and not again, who names the fewest, who is lent: counted anew with sets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from dashboard.callbacks.mobilised import MobilisedView
from dashboard.state import default, print_query
from dashboard.strings import Text
from geo.atlas import Atlas, publish
from geo.boundaries import Boundaries
from geo.schema import Audience
from tests.dashboard.answers import Answers, props

COUNTS = ("people", "newcomers", "gone", "lent")


@pytest.fixture(scope="module")
def public(sample: Atlas, folder: Path) -> Answers:
    return Answers("mobilised", MobilisedView, sample, folder=folder)


@pytest.fixture(scope="module")
def internal(sample: Atlas, folder: Path) -> Answers:
    return Answers("mobilised", MobilisedView, sample, Audience.INTERNAL, folder=folder)


@pytest.fixture(scope="module")
def named(sample: Atlas) -> pd.DataFrame:
    """Who is named where and when, with the first and last year of each."""
    groups = sample.groups[["group_id", "district_code"]]
    told = sample.memberships.merge(sample.applications, on="application_id").merge(groups)
    years = told.groupby("person_id")["year"].agg(["min", "max"])
    return told.join(years, on="person_id")


def figures(named: pd.DataFrame, some: pd.DataFrame) -> dict[str, float]:
    """Of people named in some applications of a year."""
    people = set(some["person_id"])
    new = set(some.loc[some["min"] == some["year"], "person_id"])
    gone = set(some.loc[(some["min"] == some["year"]) & (some["max"] == some["year"]), "person_id"])
    groups = some.groupby("person_id")["group_id"].nunique()
    sizes = some.groupby("application_id")["person_id"].nunique()
    return {
        "people": len(people), "newcomers": len(new), "gone": len(gone),
        "lent": int((groups >= 3).sum()), "applications": len(sizes),
        "minimum": int((sizes <= 3).sum()),
    }  # fmt: skip


def test_an_internal_audience_reads_what_was_counted(
    named: pd.DataFrame, internal: Answers
) -> None:
    """The city in every year, the districts and bureaus of 2016."""
    account = internal.analyses.accounts.account(internal.state("level=district"))
    for year in range(2012, 2017):
        found = account.whole.loc[year]
        by_hand = figures(named, named[named["year"] == year])
        assert found[list(by_hand)].to_dict() == by_hand
        assert found["gone_share"] == by_hand["gone"] / by_hand["newcomers"]
        assert found["minimum_share"] == by_hand["minimum"] / by_hand["applications"]
        assert found["lent_share"] == by_hand["lent"] / by_hand["people"]
    parts = internal.analyses.accounts.apart(internal.state(""))
    now = named[named["year"] == 2016]
    for key, table in (("district_code", account.rows.loc[2016]), ("department", parts)):
        for part, some in now.groupby(key):
            by_hand = figures(named, some)
            assert table.loc[part, list(by_hand)].to_dict() == by_hand


def test_a_public_audience_reads_multiples(public: Answers, internal: Answers) -> None:
    """Numbers of people are near the true ones, missing below three; applications are exact."""
    ours, theirs = (
        page.analyses.accounts.account(page.state("")).rows.loc[2016] for page in (public, internal)
    )
    for column in COUNTS:
        told, true = ours[column], theirs[column]
        assert (told.dropna() % 3 == 0).all()
        assert ((told - true).abs().dropna() < 3).all()
        assert told[true.between(1, 2)].isna().all()
    assert ours["applications"].equals(theirs["applications"])
    assert ours["minimum"].equals(theirs["minimum"])
    for share in ("low", "gone_share", "high"):
        assert ours[share].dropna().between(0, 1).all()


def test_the_sentence_says_who_was_not_seen_again(
    named: pd.DataFrame, public: Answers, internal: Answers
) -> None:
    """With the year until which people were watched, and how numbers were rounded."""
    ko, en = (
        public.shown("level=neighbourhood"),
        internal.shown("lang=en&year=2013&district=11545&level=neighbourhood"),
    )
    assert ko["title"] == (
        "서울시: 2016년에 처음 나타난 5,259명 가운데 56\u00a0%가 2017년까지 다시 "
        "나타나지 않았습니다"
    )
    assert ko["details"] == [
        "자료는 2017년까지입니다. 늦게 나타난 사람일수록 다시 나타날 시간이 짧으므로, 2016년의 "
        "비율을 이른 해와 바로 견줄 수 없습니다.",
        "신청 3,619건 가운데 729건(20\u00a0%)이 최소 인원인 3명까지만 적었습니다.",
        "그해 세 모임 이상에 적힌 사람은 6명(0.05\u00a0%)입니다.",
        "사람 수는 3의 배수로 무작위로 맞추었고, 3명보다 적으면 보이지 않습니다.",
        "신청 149건은 법정동을 알 수 없어 지도에 없습니다.",
    ]
    here = figures(named, named[(named["year"] == 2013) & (named["district_code"] == "11545")])
    assert list(here.values()) == [276, 100, 36, 21, 83, 5]
    assert en["title"] == (
        "Geumcheon-gu: 36\u00a0% of those first named in 2013 (100) were not named again by 2017"
    )
    assert en["details"][:-1] == [
        "The data end in 2017. The later somebody is first named, the less time there is to come "
        "back: do not compare 2013 directly with earlier years.",
        "Applications that name three people or fewer, the least that they may: 5 of 83 "
        "(6.02\u00a0%).",
        "Named for three or more groups in the year: 21 (7.61\u00a0% of all).",
    ]


def charts(shown: dict[str, Any]) -> dict[str, Any]:
    return {one["id"]: one["figure"] for one in props(shown["panel"]) if "figure" in one}


def headings(shown: dict[str, Any]) -> list[str]:
    """Of the small table."""
    table = next(one for one in props(shown["panel"]) if one.get("className") == "small-table")
    return [one["children"] for one in props(table["children"][0]) if one["type"] == "Th"]


def test_in_the_last_year_nobody_can_have_come_back(public: Answers) -> None:
    """The sentence, the chart and the table take the other signs; the map shows nothing."""
    shown = public.shown("year=2017&lang=en")
    assert shown["title"] == (
        "Seoul: 20\u00a0% of the applications of 2017 (780 of 3,810) name three people "
        "or fewer, the least that they may"
    )
    assert shown["details"][0] == (
        "2017 is the last year of the data: whether those first named in it come back cannot be "
        "known yet. Choose an earlier year."
    )
    assert set(shown["map"]["classes"][-1]) == {"."}
    assert set(shown["map"]["why"]) == {None}
    rows = public.analyses.accounts.apart(public.state("year=2017"))
    assert sorted(charts(shown)["apart"]["data"][0]["x"]) == sorted(rows["minimum_share"])
    assert "Share not named again" not in headings(shown)
    before = public.shown("lang=en")
    assert "Share not named again" in headings(before)
    assert "error_x" in charts(before)["apart"]["data"][0]
    assert "error_x" not in charts(shown)["apart"]["data"][0]


def test_the_year_before_the_last_is_the_usual_one(public: Answers) -> None:
    """An address that names no more than the question opens what can be told."""
    choices = public.queries.choices
    usual = default(choices, "mobilised")
    assert usual.year == 2016
    assert print_query(usual, choices) == "view=mobilised"


def test_an_area_has_no_parts(public: Answers) -> None:
    """The panel speaks of the area alone; one without applications says so."""
    shown = public.shown("level=neighbourhood&area=11305101")
    assert shown["title"] == (
        "강북구 미아동: 2016년에 처음 나타난 96명 가운데 66\u00a0%가 2017년까지 다시 "
        "나타나지 않았습니다"
    )
    assert list(charts(shown)) == ["signs"]
    empty = public.shown("level=neighbourhood&area=11110103&lang=en")
    assert empty["title"] == "Gungjeong-dong, Jongno-gu: nobody is named in applications of 2016"
    assert empty["details"] == []


def test_few_newcomers_are_not_told_of(public: Answers, internal: Answers) -> None:
    """Where a share is kept back, the sentence is about applications, and a detail says why."""
    rows = internal.analyses.accounts.account(internal.state("level=neighbourhood")).rows.loc[2016]
    few = rows.index[rows["newcomers"].between(1, 2)][0]
    shown = public.shown(f"level=neighbourhood&area={few}&lang=en")
    assert " name three people or fewer, the least that they may" in shown["title"]
    assert shown["details"][0] == (
        "Fewer than 3 people were first named, or not named again: the share is not told."
    )
    none = rows.index[(rows["newcomers"] == 0) & (rows["applications"] > 0)][0]
    told = internal.shown(f"level=neighbourhood&area={none}")["details"]
    assert told[0] == "이해에 처음 나타난 사람이 없습니다."


def test_filters_that_leave_nothing(public: Answers) -> None:
    """A reason in place of the answer."""
    shown = public.shown("category=청년&department=복지본부&programme=씨앗&year=2015")
    assert shown["title"] == "2015년: 아직 말할 것이 없음"
    assert shown["details"][0] == (
        "2015년에는 이 조건에 맞는 신청이 없습니다. 다른 해를 고르거나 조건을 줄이십시오."
    )
    assert charts(shown) == {}


def test_an_atlas_that_names_nobody_says_so(
    tables: dict[str, pd.DataFrame], seoul: Boundaries, tmp_path: Any
) -> None:
    """No people, no answer."""
    atlas = publish(tables, tmp_path / "atlas", seoul, name="quiet", made_from="t")
    shown = Answers("mobilised", MobilisedView, atlas).shown("lang=en&year=2013")
    assert shown["details"][0] == "This atlas names nobody in its applications."
    assert len(shown["panel"]) == 1


def test_files_are_those_of_the_question(public: Answers) -> None:
    """Links of the menu lead to what silos do."""
    links = public.view.parts(public.state(""), Text("ko")).links
    assert all(url.startswith("/api/v1/silos?year=2016&question=mobilised&") for _, url in links)
