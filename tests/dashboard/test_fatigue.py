"""How often groups have to ask: as counted by hand, in words, for a place and for parts."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from dashboard.callbacks.fatigue import FatigueView
from geo.atlas import Atlas
from tests.dashboard.answers import Answers, props

YEAR, GEUMCHEON = 2015, "11545"


@pytest.fixture(scope="module")
def page(sample: Atlas, folder: Path) -> Answers:
    return Answers("fatigue", FatigueView, sample, folder=folder)


@pytest.fixture(scope="module")
def applied(sample: Atlas) -> pd.DataFrame:
    """Applications with the district of the group."""
    return sample.applications.merge(sample.groups[["group_id", "district_code"]], on="group_id")


def by_hand(applied: pd.DataFrame, year: int) -> dict[str, float]:
    """The figures of some applications in a year, group by group."""
    now = applied[applied["year"] == year]
    made = now.groupby("group_id").size()
    waiting = (now["outcome"] == "under_review").sum()
    before = []
    for _, own in applied.groupby("group_id"):
        got = own.loc[own["outcome"] == "selected", "year"]
        if len(got) and got.min() == year:
            before.append(((own["outcome"] == "rejected") & (own["year"] < year)).sum())
    return {
        "applications": len(now), "groups": len(made), "per_group": made.mean(),
        "most": made.max(), "several_share": (made > 1).mean(),
        "bureaus_per_group": now.groupby("group_id")["department"].nunique().mean(),
        "under_review": waiting, "waiting_share": waiting / len(now),
        "first_selected": len(before), "rejections": sum(before) / len(before),
    }  # fmt: skip


@pytest.mark.parametrize("query", ["", f"district={GEUMCHEON}", f"level=district&area={GEUMCHEON}"])
def test_the_figures_are_those_counted_by_hand(
    page: Answers, applied: pd.DataFrame, query: str
) -> None:
    """Of the city, of a chosen district, of a district looked at."""
    figures = page.figures(f"year={YEAR}&{query}")
    in_view = applied if not query else applied[applied["district_code"] == GEUMCHEON]
    assert figures == pytest.approx(by_hand(in_view, YEAR))


def test_parts_are_counted_likewise(page: Answers, applied: pd.DataFrame) -> None:
    """A bureau knows the applications made to it; what a group went through is known anywhere."""
    parts = page.analyses.accounts.apart(page.state(f"year={YEAR}&by=department"))
    bureau = applied[applied["department"] == "문화본부"]
    now = bureau[bureau["year"] == YEAR]
    row = parts.loc["문화본부"]
    assert row["applications"] == len(now)
    assert row["per_group"] == pytest.approx(len(now) / now["group_id"].nunique())
    first = applied[applied["outcome"] == "selected"].groupby("group_id")["year"].min()
    got = set(now.loc[now["outcome"] == "selected", "group_id"])
    chosen = [group for group in got if first[group] == YEAR]
    lost = applied[(applied["outcome"] == "rejected") & (applied["year"] < YEAR)]
    assert row["first_selected"] == len(chosen)
    assert row["rejections"] == pytest.approx(lost["group_id"].isin(chosen).sum() / len(chosen))


def test_the_sentence(page: Answers) -> None:
    """In both languages, whole, with what it rests on."""
    ko, en = (page.shown(f"year={YEAR}&level=district&lang={lang}") for lang in ("ko", "en"))
    assert ko["title"] == (
        "서울시, 2015년: 모임 1,973개가 신청 3,275건, 모임당 1.66건을 냈고, 모임의 49\u00a0%가 "
        "두 번 이상 신청했습니다"
    )
    assert en["title"] == (
        "Seoul, 2015: 1,973 groups made 3,275 applications, 1.66 per group; 49\u00a0% of the "
        "groups applied twice or more"
    )
    assert ko["details"] == [
        "한 모임은 평균 실국 1.33곳에 신청했습니다.",
        "이 신청들 가운데 처음 선정된 모임 637개는 앞선 해에 평균 0.29번 탈락했습니다.",
        "신청 42건(1.28\u00a0%)은 자료를 만든 때 아직 심사 중이었습니다.",
    ]
    assert "not by themselves fatigue" in json.dumps(en["panel"])


@pytest.mark.parametrize("query", ["", f"&level=district&area={GEUMCHEON}"])
def test_groups_by_how_often_they_applied(page: Answers, applied: pd.DataFrame, query: str) -> None:
    """The bars are those of the place in view."""
    shown = page.shown(f"year={YEAR}{query}")
    figure = next(part["figure"] for part in props(shown["panel"]) if part.get("id") == "tries")
    here = applied if not query else applied[applied["district_code"] == GEUMCHEON]
    counted = here[here["year"] == YEAR].groupby("group_id").size().value_counts().sort_index()
    bars = figure["data"][0]
    assert dict(zip(bars["x"], bars["y"], strict=True)) == {f"{n}번": g for n, g in counted.items()}


def test_the_first_year_knows_nothing_of_earlier_rejections(page: Answers) -> None:
    """Nobody was rejected before the data begin, as far as they say: that is not known, not 0."""
    whole = page.analyses.accounts.account(page.state()).whole
    assert whole["rejections"].isna().tolist() == [True, *[False] * 5]
    assert not any("탈락" in one for one in page.shown("year=2012")["details"])


def test_an_area_without_applications(page: Answers) -> None:
    """Says so, and shows no figure of it as 0 that is not."""
    account = page.analyses.accounts.account(page.state("level=neighbourhood"))
    groups = account.rows.loc[YEAR, "groups"]
    code = groups.index[groups == 0][0]
    shown = page.shown(f"year={YEAR}&level=neighbourhood&area={code}")
    assert shown["title"].endswith(", 2015년: 신청한 모임이 없습니다")
    assert shown["details"] == []
    values = [part["children"][0] for part in props(shown["panel"]) if part["type"] == "Dd"]
    assert values == ["–", "–", "–", "–", "0", "–", "0", "–"]


def test_a_filter_that_leaves_nothing(page: Answers) -> None:
    shown = page.shown("year=2015&category=청년&department=복지본부&programme=씨앗")
    assert shown["title"] == "2015년: 아직 말할 것이 없음"
    assert len(shown["panel"]) == 1
