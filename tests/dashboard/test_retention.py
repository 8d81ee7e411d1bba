"""How long groups go on, counted anew year by year."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from scipy.stats import CensoredData, false_discovery_control, logrank

from dashboard.callbacks.retention import RetentionView
from geo.atlas import Atlas, publish
from geo.boundaries import Boundaries
from geo.schema import Audience
from tests.dashboard.answers import Answers, props

FIRST = 2012


@pytest.fixture(scope="module")
def page(sample: Atlas, folder: Path) -> Answers:
    return Answers("retention", RetentionView, sample, folder=folder)


def followed(atlas: Atlas, until: int) -> pd.DataFrame:
    """Groups founded by then: their last year selected by then, ended or not, after how long."""
    groups = atlas.groups.set_index("group_id")[["founded_year", "category", "district_code"]]
    groups = groups[groups["founded_year"] <= until]
    chosen = atlas.applications[atlas.applications["outcome"] == "selected"]
    last = chosen[chosen["year"] <= until].groupby("group_id")["year"].max()
    groups = pd.DataFrame(groups.assign(last=last.reindex(groups.index)))
    groups["ended"] = groups["last"] < until
    groups["years"] = groups["last"] - groups["founded_year"] + groups["ended"]
    return groups


def share_going(groups: pd.DataFrame, after: int) -> float | None:
    """Kaplan–Meier, a year at a time; None where nobody was followed for so long."""
    known, share = groups[groups["last"].notna()], 1.0
    for year in range(after + 1):
        at_risk = int((known["years"] >= year).sum())
        if not at_risk:
            return 0.0 if share == 0 else None
        share *= 1 - int(((known["years"] == year) & known["ended"]).sum()) / at_risk
    return share


def figures(groups: pd.DataFrame, after: int) -> dict[str, float | None]:
    ended, never = int(groups["ended"].sum()), int(groups["last"].isna().sum())
    return {
        "groups": len(groups), "followed": len(groups) - never, "ended": ended, "never": never,
        "going": len(groups) - never - ended, "survival": share_going(groups, after),
    }  # fmt: skip


def told(rows: pd.DataFrame) -> list[dict[str, float | None]]:
    """Rows as `figures` has them."""
    columns = ["groups", "followed", "ended", "never", "going", "survival"]
    plain = rows[columns].astype(object)
    known = plain.where(rows[columns].notna(), None)
    return [dict(zip(columns, row, strict=True)) for row in known.to_numpy()]


@pytest.mark.parametrize("query", ["", "after=1", "after=4"])
def test_every_year_and_district_is_as_counted_by_hand(
    sample: Atlas, page: Answers, query: str
) -> None:
    """The city and each district, as known at the end of each year."""
    state = page.state(query)
    account = page.analyses.accounts.account(state)
    for year in page.queries.choices.years:
        groups = followed(sample, year)
        city = figures(groups, state.after)
        assert told(account.whole.loc[[year]]) == [pytest.approx(city)]
        by_district = [
            figures(groups[groups["district_code"] == code], state.after)
            for code in account.areas.index
        ]
        assert told(pd.DataFrame(account.rows.loc[year])) == [
            pytest.approx(one) for one in by_district
        ]
        assert (year in account.why) == (year - FIRST < state.after)


def test_the_sentence_says_how_many_go_on(page: Answers) -> None:
    """The year until which it is known, the interval, what is not decided yet; both languages."""
    ko, en = page.shown(""), page.shown("lang=en")
    assert ko["title"] == (
        "서울시: 2017년까지 알려진 바로, 선정된 모임의 44\u00a0%가 설립 2년 뒤에도 "
        "활동하고 있습니다"
    )
    assert ko["details"] == [
        "한 번이라도 선정된 모임 3,669개를 지켜본 추정이며, 95 % 구간은 43–46\u00a0%입니다"
        "(카플란–마이어).",
        "끝난 것으로 센 모임 가운데 46개는 2017년 신청이 심사 중이라 이어질 수 있습니다.",
    ]
    assert en["title"] == (
        "Seoul: as known until 2017, 44\u00a0% of the groups ever selected were still going in "
        "year 2 after their founding"
    )
    assert en["details"] == [
        "Estimated from the groups ever selected (3,669); 95 % interval 43–46\u00a0% "
        "(Kaplan–Meier).",
        "Counted as ended, but with an application of 2017 under review, so that they may go on: "
        "46.",
    ]


def test_what_is_undecided_is_counted(sample: Atlas, page: Answers) -> None:
    """Groups ended so far that wait for an answer of the year."""
    for year in (2014, 2017):
        groups = followed(sample, year)
        applied = sample.applications[sample.applications["year"] == year]
        waiting = set(applied.loc[applied["outcome"] == "under_review", "group_id"])
        here = groups[groups["district_code"] == "11545"]
        for query, some in (("", groups), ("&area=11545", here), ("&district=11545", here)):
            found = page.analyses.people.undecided(page.state(f"year={year}{query}"))
            assert found == len(waiting & set(some.index[some["ended"]]))


def charts(shown: dict[str, Any]) -> dict[str, Any]:
    return {one["id"]: one for one in props(shown["panel"]) if "figure" in one}


def tables(shown: dict[str, Any]) -> list[list[list[Any]]]:
    """Rows of each small table, cells as they are read."""

    def read(cell: dict[str, Any]) -> Any:
        inside = cell["props"]["children"]
        return inside["props"]["children"] if isinstance(inside, dict) else inside

    return [
        [
            [read(cell) for cell in row["props"]["children"]]
            for row in one["children"][1]["props"]["children"]
        ]
        for one in props(shown["panel"])
        if one.get("className") == "small-table"
    ]


def test_an_area_stands_beside_the_city(sample: Atlas, page: Answers) -> None:
    """The panel speaks of the area: its curve strong, the city's quiet; no parts."""
    shown = page.shown("area=11545&year=2015&lang=en")
    assert shown["title"].startswith("Geumcheon-gu: as known until 2015, 50\u00a0% of the groups")
    assert list(charts(shown)) == ["survival"]
    lines = [line for line in charts(shown)["survival"]["figure"]["data"] if "markers" in
             line["mode"]]  # fmt: skip
    groups = followed(sample, 2015)
    here = groups[groups["district_code"] == "11545"]
    for line, some in zip(lines, (here, groups), strict=True):
        assert line["y"] == pytest.approx([share_going(some, after) for after in range(4)])
    cohorts = tables(shown)[-1]
    assert [row[0] for row in cohorts] == ["2012", "2013", "2014", "2015"]
    assert sum(int(row[1]) for row in cohorts) == len(here)


def test_chosen_districts_narrow_their_parts_too(sample: Atlas, page: Answers) -> None:
    """By category, groups of the district alone; together they are its groups."""
    parts = page.analyses.accounts.apart(page.state("district=11545"))
    groups = followed(sample, 2017)
    here = groups[groups["district_code"] == "11545"]
    by_hand = [figures(some, 2) for _, some in here.groupby("category")]
    assert told(parts) == [pytest.approx(one) for one in by_hand]
    alone = page.analyses.accounts.apart(page.state("district=11545&by=district"))
    assert alone["groups"].to_dict() == {"11545": len(here)}


def test_parts_are_compared_with_all_others(sample: Atlas, page: Answers) -> None:
    """As scipy has the log-rank test, corrected for six categories; the sentence names none."""

    def lives(some: pd.DataFrame) -> CensoredData:
        years = some["years"].to_numpy(dtype=float)
        ended = some["ended"].to_numpy(dtype=bool)
        return CensoredData(uncensored=years[ended], right=years[~ended])

    groups = followed(sample, 2017)
    groups = groups[groups["last"].notna()]
    raw = [
        logrank(lives(some), lives(groups.drop(some.index))).pvalue
        for _, some in groups.groupby("category")
    ]
    found = page.analyses.people.differs(page.state(""))
    assert found.tolist() == pytest.approx(false_discovery_control(raw), rel=1e-6)
    shown = page.shown("")
    assert [row[-1] for row in tables(shown)[0]] == [f"{p:.3f}" for p in found]
    assert (
        "분야 사이의 차이는 우연으로 볼 수 있습니다(로그순위 검정, 보정한 p가 모두 0.05보다 큼)."
        in (str(shown["panel"]))
    )


def test_a_part_that_ends_otherwise_is_named(page: Answers) -> None:
    """Of the seed programme until 2015, one category does."""
    shown = page.shown("year=2015&programme=씨앗&lang=en")
    assert "By category, these end otherwise than all others: 마을교육공동체" in str(shown["panel"])


def test_cohorts_are_followed_year_by_year(sample: Atlas, page: Answers) -> None:
    """Of the groups founded in a year, the share selected in each year since; nothing to come."""
    chosen = sample.applications[sample.applications["outcome"] == "selected"]
    active = {year: set(some) for year, some in chosen.groupby("year")["group_id"]}
    rows = []
    for founded, some in sample.groups.groupby("founded_year")["group_id"]:
        shares = [
            str(round(100 * len(active[year] & set(some)) / len(some)))
            for year in range(founded, 2018)
        ]
        blank = [""] * (founded - FIRST)
        rows.append([str(founded), f"{len(some):,}", *shares, *blank])
    assert tables(page.shown(""))[-1] == rows


def test_too_short_a_history_is_no_answer(page: Answers) -> None:
    """Nobody founded in 2012 or later was followed two years by 2013, nor nine by 2017."""
    ko, en = page.shown("year=2013"), page.shown("after=9&lang=en")
    assert (ko["title"], ko["details"]) == (
        "2013년: 아직 말할 것이 없음",
        ["2013년까지의 자료로는 설립 2년 뒤를 지켜볼 수 있는 모임이 없습니다. 더 늦은 해나 더 적은 "
         "햇수를 고르십시오."],
    )  # fmt: skip
    assert en["details"] == [
        "Until 2017 no group can be followed 9 years. Choose a later year or fewer years after "
        "founding."
    ]
    assert [len(shown["panel"]) for shown in (ko, en)] == [1, 1]
    assert [reason is None for reason in ko["map"]["why"]] == [False] * 2 + [True] * 4


def test_filters_that_leave_nothing_and_nobody_selected(page: Answers) -> None:
    """No group at all is a reason; groups that were never selected are told as such."""
    none = page.shown("category=청년&department=복지본부&programme=씨앗&year=2015&lang=en")
    assert none["details"][0] == (
        "No group meets these filters in 2015. Choose another year or fewer filters."
    )
    assert charts(none) == {}
    empty = page.shown("level=neighbourhood&area=11110103")
    assert empty["title"] == (
        "종로구 궁정동: 2017년까지 설립 2년 뒤를 지켜볼 수 있는 선정 모임이 없습니다"
    )
    assert charts(empty) == {}


def test_groups_are_nobodys_secret(sample: Atlas, page: Answers) -> None:
    """Both audiences see the same page."""
    internal = Answers("retention", RetentionView, sample, Audience.INTERNAL)
    for query in ("", "level=neighbourhood&area=11545101&lang=en"):
        ours, theirs = page.shown(query), internal.shown(query)
        assert {**ours, "map": None} == {**theirs, "map": None}


def test_three_groups_are_too_few_to_speak(
    tables: dict[str, pd.DataFrame], seoul: Boundaries, tmp_path: Path
) -> None:
    """One selected again a year after it was founded, one of this year, one never selected."""
    atlas = publish(tables, tmp_path / "atlas", seoul, name="small", made_from="t")
    small = Answers("retention", RetentionView, atlas)
    shown = small.shown("after=1&lang=en")
    assert shown["title"] == (
        "Seoul: as known until 2013, 100\u00a0% of the groups ever selected were still going in "
        "year 1 after their founding"
    )
    assert shown["details"] == [
        "Estimated from the groups ever selected (2; Kaplan–Meier).",
        "With so few groups ever selected (2) the share alone says little.",
    ]
    assert "By category, too little is known for a comparison." in str(shown["panel"])
    assert small.shown("after=1&year=2012")["map"]["why"][1] is None
