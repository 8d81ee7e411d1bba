"""Groups that several bureaus or programmes support: as counted by hand, beside chance."""

from __future__ import annotations

import json
from math import ceil, floor, prod
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import false_discovery_control

from dashboard.callbacks.duplication import DuplicationView
from geo.atlas import Atlas
from tests.dashboard.answers import Answers, props

YEAR, GEUMCHEON = 2015, "11545"


@pytest.fixture(scope="module")
def page(sample: Atlas, folder: Path) -> Answers:
    return Answers("duplication", DuplicationView, sample, folder=folder)


@pytest.fixture(scope="module")
def applied(sample: Atlas) -> pd.DataFrame:
    """Applications of the year that name a bureau, with the district of the group."""
    told = sample.applications.merge(sample.groups[["group_id", "district_code"]], on="group_id")
    told = told[(told["year"] == YEAR) & told["department"].notna()]
    return told.assign(supporter=told["programme"] + " · " + told["department"])


def by_hand(applied: pd.DataFrame, city: pd.DataFrame) -> dict[str, float]:
    """The figures of some applications, group by group; rates are the city's."""
    rates = {}
    for supporter, part in city.groupby("supporter"):
        got = part.loc[part["outcome"] == "selected", "group_id"]
        rates[supporter] = got.nunique() / part["group_id"].nunique()
    selected = applied[applied["outcome"] == "selected"]
    supporters = selected.groupby("group_id")["supporter"].nunique()
    money = selected.groupby("group_id")["amount_krw"].sum()
    chances = []
    for _, part in applied.groupby("group_id"):
        asked = [rates[name] for name in set(part["supporter"])]
        none = prod(1 - rate for rate in asked)
        one = sum(
            rate * prod(1 - other for place, other in enumerate(asked) if place != at)
            for at, rate in enumerate(asked)
        )
        chances.append(1 - none - one)
    q = np.array(chances)
    around = 1.96 * (q * (1 - q)).sum() ** 0.5 + 0.5
    return {
        "supported": len(supporters), "doubled": (supporters > 1).sum(),
        "doubled_share": (supporters > 1).mean(), "money": money.sum(),
        "doubled_money": money[supporters > 1].sum(), "expected": q.sum(),
        "chance_low": max(0, q.sum() - around), "chance_high": q.sum() + around,
    }  # fmt: skip


@pytest.mark.parametrize("query", ["", f"district={GEUMCHEON}", f"level=district&area={GEUMCHEON}"])
def test_the_figures_are_those_counted_by_hand(
    page: Answers, applied: pd.DataFrame, query: str
) -> None:
    """Of the city, of a chosen district, of a district looked at: with the rates of the city."""
    figures = page.figures(f"year={YEAR}&{query}")
    in_view = applied if not query else applied[applied["district_code"] == GEUMCHEON]
    assert figures == pytest.approx(by_hand(in_view, applied))


def test_the_sentence(page: Answers) -> None:
    """In both languages, whole; with what it rests on and what it does not mean."""
    ko, en = (page.shown(f"year={YEAR}&level=district&lang={lang}") for lang in ("ko", "en"))
    assert ko["title"] == (
        "서울시, 2015년: 지원받은 모임 1,273개 가운데 223개(18\u00a0%)를 둘 이상의 실국·사업이 "
        "함께 지원했고, 서로 따로 정했다면 218개였을 것입니다"
    )
    assert en["title"] == (
        "Seoul, 2015: of 1,273 groups supported, 223 (18\u00a0%) got support from two or more "
        "bureaus or programmes; had each decided by itself, 218 would have"
    )
    assert ko["details"] == ["지원금 93.15억 원 가운데 33.39억 원이 이 모임들에 갔습니다."]
    panel = json.dumps(en["panel"], ensure_ascii=False)
    assert "chance alone gives 195–241 (95 %). 223 is within that span" in panel
    assert "not by itself waste" in panel
    assert "Corrected for the 59 pairs compared, none differs from chance." in panel


@pytest.mark.parametrize(("year", "word"), [(2012, "more"), (2015, "within that span")])
def test_the_verdict_is_a_test(page: Answers, year: int, word: str) -> None:
    """More than chance gives is said where the number lies beyond its span, and only there."""
    row = page.analyses.accounts.account(page.state()).whole.loc[year]
    low, high = ceil(row["chance_low"]), floor(row["chance_high"])
    assert (row["doubled"] > high) == (word == "more")
    panel = json.dumps(page.shown(f"year={year}&lang=en")["panel"], ensure_ascii=False)
    assert f"{low}–{high} (95 %). {row['doubled']:.0f} is {word}" in panel


def test_pairs(page: Answers, applied: pd.DataFrame) -> None:
    """Counted by hand; the correction is scipy's, for as many pairs as are compared."""
    pairs = page.analyses.silos.matrix(page.state(f"year={YEAR}"))
    got = applied[applied["outcome"] == "selected"].groupby("supporter")["group_id"].agg(set)
    for row in pairs.to_dict("records"):
        assert row["groups"] == len(got.get(row["a"], set()) & got.get(row["b"], set()))
    tested = pairs.dropna(subset="p")
    assert len(tested) == 59
    np.testing.assert_allclose(tested["q"], false_discovery_control(tested["p"]))


def test_pairs_of_the_districts_are_those_of_the_city(page: Answers, sample: Atlas) -> None:
    """What is found and what is expected adds up, since the rates are the city's."""
    codes = sample.districts["code"]
    columns = ["applied", "groups", "expected"]
    parts = pd.concat(
        page.analyses.silos.matrix(page.state(f"year={YEAR}&district={code}")) for code in codes
    )
    whole = page.analyses.silos.matrix(page.state(f"year={YEAR}")).set_index(["a", "b"])[columns]
    added = parts.groupby(["a", "b"])[columns].sum().reindex(whole.index, fill_value=0)
    pd.testing.assert_frame_equal(added.astype(float), whole.astype(float))


def test_every_pair_is_in_the_chart(page: Answers) -> None:
    """Each once, in the lower half; whose names are short says the whole in hover."""
    shown = page.shown(f"year={YEAR}")
    figures = [part["figure"] for part in props(shown["panel"]) if part["type"] == "Graph"]
    cells = figures[0]["data"][0]
    values = [int(text) for row in cells["text"] for text in row if text]
    pairs = page.analyses.silos.matrix(page.state(f"year={YEAR}"))
    assert sum(values) == pairs["groups"].sum()
    assert all(not any(row[at + 1 :]) for at, row in enumerate(cells["text"]))
    names = figures[0]["layout"]["xaxis"]["ticktext"]
    assert names[:3] == ["씨앗", "문화본부", "서울혁신기획관"]
    assert cells["customdata"][0][0] == (
        "실국 · 문화본부 × 씨앗 · 서울혁신기획관<br>함께 지원 39개, 둘 다에 신청 105개<br>"
        "따로 정했다면 34개, 보정한 p 1.000"
    )


def test_an_area_is_spoken_of(page: Answers) -> None:
    """Without pairs and parts, known of all alone; of many places some stand out by chance."""
    shown = page.shown("year=2012&level=district&area=11440&lang=en")
    assert shown["title"] == (
        "Mapo-gu, 2012: of 40 groups supported, 2 (5\u00a0%) got support from two or more bureaus "
        "or programmes; had each decided by itself, 5.5 would have"
    )
    ids = [part["id"] for part in props(shown["panel"]) if part["type"] == "Graph"]
    assert ids == ["trend"]
    beyond = page.shown("year=2017&level=district&area=11290&lang=en")
    row = page.analyses.accounts.account(page.state("level=district")).rows.loc[2017, "11290"]
    outside = not row["chance_low"] <= row["doubled"] <= row["chance_high"]
    assert ("one in twenty" in json.dumps(beyond["panel"])) == outside


def test_one_supporter_doubles_nothing(page: Answers) -> None:
    """All seed money comes from one bureau; so does what a bureau gives by itself."""
    for query in ("programme=씨앗", "department=문화본부", "outcome=rejected"):
        shown = page.shown(f"year={YEAR}&{query}")
        assert shown["title"] == "2015년: 아직 말할 것이 없음"
        assert shown["details"][0].startswith("2015년에는 이 조건으로 지원한 실국·사업이 둘보다")
        assert shown["map"]["why"][3] == shown["details"][0]


def test_nothing_is_said_of_chance_where_only_one_outcome_is_kept(page: Answers) -> None:
    """Of the selected alone everybody was selected: the rates would all be 1."""
    shown = page.shown(f"year={YEAR}&outcome=selected")
    assert shown["title"] == (
        "서울시, 2015년: 지원받은 모임 1,273개 가운데 223개(18\u00a0%)를 둘 이상의 실국·사업이 "
        "함께 지원했습니다"
    )
    assert "심사 결과를 골랐으므로 우연과 견주지 않습니다." in shown["details"]
    panel = json.dumps(shown["panel"], ensure_ascii=False)
    assert "우연만으로" not in panel
    assert "보정하여" not in panel


def test_a_filter_that_leaves_nothing(page: Answers) -> None:
    shown = page.shown("year=2015&category=청년&department=복지본부&programme=씨앗")
    assert shown["title"] == "2015년: 아직 말할 것이 없음"
    assert len(shown["panel"]) == 1
