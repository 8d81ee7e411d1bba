"""Who has how much of what: counted anew from the tables, and told as counted."""

from __future__ import annotations

import json
import re
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely

from dashboard.callbacks.concentration import ConcentrationView
from dashboard.state import COUNTS, PERS, WHATS, ViewState
from dashboard.strings import Text
from geo.atlas import Atlas
from geo.schema import Audience
from tests.dashboard.answers import Answers, NoGeometry, props

MAPO = "11440"
NEIGHBOURHOODS = "level=neighbourhood&per=area"


@pytest.fixture(scope="module")
def page(sample: Atlas, folder: Path) -> Answers:
    return Answers("concentration", ConcentrationView, sample, folder=folder)


@pytest.fixture(scope="module")
def internal(sample: Atlas, folder: Path) -> Answers:
    return Answers("concentration", ConcentrationView, sample, Audience.INTERNAL, folder=folder)


def gini(held: np.ndarray, size: np.ndarray) -> float:
    """Half the mean difference of what two places have for their size, over the mean."""
    weight = size / size.sum()
    per = held / held.sum() / weight
    return float((weight[:, None] * weight * abs(per[:, None] - per)).sum() / 2)


def theil(held: np.ndarray, size: np.ndarray) -> float:
    there = held > 0
    share, weight = held / held.sum(), size / size.sum()
    return float((share[there] * np.log(share[there] / weight[there])).sum())


def counted(page: Answers, level: str, year: int = 2017, **how: Any) -> pd.DataFrame:
    """Areas as the density question has them."""
    rows = page.queries.density(ViewState(year=year, level=level, **how)).rows
    return rows.set_index("code")


def texts(part: Any) -> list[str]:
    """Every text of a panel, in order."""
    return [
        child
        for one in props(part)
        for child in (one.get("children"), *(one.get("children") or ()))
        if isinstance(child, str)
        if not isinstance(one.get("children"), str) or child == one["children"]
    ]


def facts(panel: Any) -> dict[str, tuple[str, str]]:
    """Value and hint by label."""
    shown = [one["children"] for one in props(panel) if one.get("className") == "fact"]
    found = {}
    for label, value in shown:
        said, hint = value["props"]["children"]
        found[label["props"]["children"]] = (said, hint["props"]["children"] if hint else "")
    return found


def test_indices_are_those_of_the_counted_groups(page: Answers) -> None:
    """Gini, HHI and Theil of the groups per resident, worked with numpy; as the page says them."""
    rows = counted(page, "district")
    held, size = (rows[name].to_numpy(float) for name in ("groups", "population"))
    whole = page.analyses.accounts.account(page.state()).whole.loc[2017]
    assert whole["gini"] == pytest.approx(gini(held, size))
    assert whole["theil"] == pytest.approx(theil(held, size))
    assert whole["herfindahl"] == pytest.approx(((held / held.sum()) ** 2).sum())
    assert whole["herfindahl_even"] == pytest.approx(((size / size.sum()) ** 2).sum())
    told = facts(page.shown("lang=en")["panel"])
    assert told["Gini coefficient"][0] == f"{whole['gini']:.2f}"
    assert told["Herfindahl index (HHI)"] == ("0.049", "0.044 if even")
    assert told["Resident groups"][0] == f"{int(held.sum()):,}"
    assert told["Areas without any"] == ("0", "of 25")


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("asked", ["", "district=11440&district=11545", "category=청년"])
def test_places_without_any_are_kept(page: Answers, asked: str, count: str) -> None:
    """In every year all neighbourhoods in sight count, as density has them, the empty ones too."""
    state = page.state(f"{NEIGHBOURHOODS}&count={count}&{asked}")
    account = page.analyses.accounts.account(state)
    for year in page.queries.choices.years:
        rows = counted(page, "neighbourhood", year, count=count, **state.filters)
        held, size = (rows[name].to_numpy(float) for name in ("groups", "area_km2"))
        whole = account.whole.loc[year]
        assert account.of(year).set_index("code")["amount"].to_dict() == rows["groups"].to_dict()
        assert whole["gini"] == pytest.approx(gini(held, size))
        assert (whole["areas"], whole["without"]) == (len(held), (held == 0).sum())
        assert whole["gini"] > gini(held[held > 0], size[held > 0])
        table = page.queries.density(
            ViewState(year=year, level="neighbourhood", count=count, **state.filters)
        )
        assert (account.n[year], account.unplaced[year]) == (table.n, table.unplaced)


def test_one_district_is_all_there_is(page: Answers) -> None:
    """Of Mapo-gu its neighbourhoods are compared with each other, and none lies between."""
    account = page.analyses.accounts.account(page.state(f"{NEIGHBOURHOODS}&district={MAPO}"))
    rows, whole = account.of(2017), account.whole.loc[2017]
    assert set(rows["code"].str[:5]) == {MAPO}
    assert rows["held_share"].sum() == pytest.approx(1)
    assert rows["base_share"].sum() == pytest.approx(1)
    assert whole["between"] == pytest.approx(0)
    assert whole["within"] == pytest.approx(whole["theil"])
    shown = page.shown(f"{NEIGHBOURHOODS}&district={MAPO}")
    assert shown["title"] == (
        "마포구, 2017년: 면적에 견주어 모임이 가장 많은 법정동의 땅 10\u00a0%에 "
        "모임의 55\u00a0%가 있고, 지니 계수는 0.68입니다"
    )
    assert "모임 15개는 법정동을 알 수 없어 지도에 없습니다." in shown["details"]


def test_theil_falls_into_two_parts(page: Answers) -> None:
    """Between districts and within add up, in every year and to the digit on the page."""
    view = ConcentrationView(page.queries, page.analyses, NoGeometry())
    for per, what in product(("area", "places"), WHATS):
        asked = f"level=neighbourhood&per={per}&what={what}"
        whole = page.analyses.accounts.account(page.state(asked)).whole
        assert np.allclose(whole["between"] + whole["within"], whole["theil"])
        rows = page.analyses.accounts.account(page.state(asked)).of(2017).fillna({"amount": 0})
        held, size = (rows[name].groupby(rows["code"].str[:5]).sum() for name in ("amount", "base"))
        assert whole["between"][2017] == pytest.approx(theil(held.to_numpy(), size.to_numpy()))
        for row in whole.reset_index().to_dict("records"):
            here = {str(name): value for name, value in row.items()}
            state = page.state(f"{asked}&year={row['year']}")
            hint = view.hint("theil", here, state, Text("en"))
            parts = sum(map(float, re.findall(r"[\d.]+", hint)))
            assert round(parts, 2) == float(Text("en").number(row["theil"])), hint
    told = facts(page.shown(f"{NEIGHBOURHOODS}&lang=en")["panel"])["Theil’s T"]
    assert told == ("0.69", "0.14 between districts + 0.55 within")


def test_the_unit_of_money_does_not_matter(page: Answers, sample: Atlas) -> None:
    """Won of the applications selected until 2015, by hand; in millions as unequal."""
    selected = sample.applications[
        (sample.applications["outcome"] == "selected") & (sample.applications["year"] <= 2015)
    ]
    by_group = selected.merge(sample.groups[["group_id", "district_code"]], on="group_id")
    won = by_group.groupby("district_code")["amount_krw"].sum().astype(float)
    account = page.analyses.accounts.account(page.state("what=money&per=places"))
    assert account.rows.loc[2015]["amount"].to_dict() == won.to_dict()
    ones = np.ones(len(won))
    found = account.whole["gini"][2015]
    assert found == pytest.approx(gini(won.to_numpy(), ones))
    assert found == pytest.approx(gini(won.to_numpy() / 1e6, ones))
    assert (account.n[2015], account.unplaced[2015]) == (len(selected), 0)


@pytest.mark.parametrize(("what", "per"), list(product(WHATS, PERS)))
def test_every_question_is_answered_in_both_languages(page: Answers, what: str, per: str) -> None:
    """Quotients are 1 in the mean, each question has its sentence, its map and its curve."""
    every = {"residents": ["district"], "area": ["district", "neighbourhood"], "places": ["hex7"]}
    levels = every[per]
    for level, count in product(levels, COUNTS):
        asked = f"what={what}&per={per}&count={count}&level={level}"
        account = page.analyses.accounts.account(page.state(asked))
        for year in page.queries.choices.years:
            rows = account.of(year)
            mean = (rows["quotient"].fillna(0) * rows["base"]).sum() / rows["base"].sum()
            assert mean == pytest.approx(1)
    for lang, level in [("ko", levels[-1]), ("en", levels[0])]:
        shown = page.shown(f"what={what}&per={per}&level={level}&lang={lang}&year=2014")
        assert re.search(r"10\u00a0%|tenth", shown["title"])
        assert "{" not in json.dumps([shown["title"], shown["details"], texts(shown["panel"])])
        curve = next(one for one in props(shown["panel"]) if one.get("id") == "lorenz")
        line = curve["figure"]["data"][1]
        assert (line["x"][0], line["y"][0]) == (0, 0)
        assert (line["x"][-1], line["y"][-1]) == pytest.approx((1, 1))
        whole = page.analyses.accounts.account(page.state(f"what={what}&per={per}&level={level}"))
        top = 1 - np.interp(0.9, line["x"], line["y"])
        assert top == pytest.approx(whole.whole["top_share"][2014])


def test_what_is_said_of_the_city(page: Answers) -> None:
    """Whole sentences, with what is counted below them."""
    korean, english = (page.shown(f"lang={lang}") for lang in ("ko", "en"))
    assert korean["title"] == (
        "서울시, 2017년: 주민 수에 견주어 모임이 가장 많은 자치구에 사는 주민 10\u00a0%에 "
        "모임의 19\u00a0%가 있고, 지니 계수는 0.29입니다"
    )
    assert english["title"] == (
        "Seoul, 2017: the tenth of residents who live in the districts with the most groups per "
        "resident have 19\u00a0% of all groups; the Gini coefficient is 0.29"
    )
    assert english["details"] == [
        "Groups whose first application came by that year",
        "Residents are the registered population of 2017 Q1 in every year.",
    ]
    assert page.shown("per=places&what=money&lang=en")["title"] == (
        "Seoul, 2017: the tenth of districts with the most money granted has 20\u00a0% of all "
        "money granted; the Gini coefficient is 0.24"
    )


def test_what_is_said_of_an_area(page: Answers) -> None:
    """Its share beside its share of residents; the panel leaves out what is known of all alone."""
    shown = page.shown(f"area={MAPO}&lang=en")
    rows = counted(page, "district")
    held, base = (rows[name] / rows[name].sum() for name in ("groups", "population"))
    assert shown["title"] == (
        f"Mapo-gu, 2017: of Seoul, {100 * base[MAPO]:.2f}\u00a0% of residents and "
        f"{100 * held[MAPO]:.2f}\u00a0% of groups: "
        f"{held[MAPO] / base[MAPO]:.2f} times an even share"
    )
    told = facts(shown["panel"])
    assert list(told) == [
        "Resident groups", "Residents", "Share of groups", "Share of residents",
        "Location quotient",
    ]  # fmt: skip
    charts = [one["id"] for one in props(shown["panel"]) if one["type"] == "Graph"]
    assert charts == ["trend"]
    nothing = page.shown(f"{NEIGHBOURHOODS}&area=11110101")
    assert nothing["title"] == (
        "종로구 청운동, 2017년: 서울시 면적의 0.13\u00a0%인데 모임이 하나도 없습니다"
    )


def test_the_map_tells_none_from_few_and_even_from_untold(page: Answers) -> None:
    """The lowest class is nothing at all, the middle is within a tenth of an even share."""
    state = page.state(NEIGHBOURHOODS)
    shown = page.shown(NEIGHBOURHOODS)["map"]
    quotient = page.analyses.accounts.account(state).wide("quotient")
    for at, year in enumerate(page.queries.choices.years):
        marks = np.array(list(shown["classes"][at]))
        value = quotient[year].to_numpy()
        assert ((marks == "0") == (value == 0)).all()
        assert ((marks == "4") == ((value > 1 / 1.1) & (value < 1.1))).all()
        assert ((marks > "4") == (value >= 1.1)).all()
        assert ((marks == "7") == (value > 2)).all()
    assert shown["labels"][:5] == [
        "0 (하나도 없음)", "≤ 0.5", "0.5–0.67", "0.67–0.91", "고름 (0.91–1.1)",
    ]  # fmt: skip
    for colours in shown["colours"].values():
        assert len(colours) == len(set(colours)) == len(shown["labels"]) == 8
    people = page.shown(f"{NEIGHBOURHOODS}&what=people")["map"]
    assert people["labels"][0] == "≤ 0.5"
    untold = page.analyses.accounts.account(page.state(f"{NEIGHBOURHOODS}&what=people"))
    missing = untold.wide("amount")[2017].isna().to_numpy()
    assert ((np.array(list(people["classes"][-1])) == ".") == missing).all()
    assert missing.any()


def test_people_are_counted_once(sample: Atlas, internal: Answers) -> None:
    """Until the year, first named in it, and in what was selected in it: sets of pseudonyms."""
    told = sample.memberships.merge(sample.applications, on="application_id")
    told = told.merge(sample.groups[["group_id", "district_code"]], on="group_id")
    first = told.groupby("person_id")["year"].transform("min")
    chosen = {
        "cumulative": told["year"] <= 2015,
        "new": (told["year"] == 2015) & (first == 2015),
        "active": (told["year"] == 2015) & (told["outcome"] == "selected"),
    }
    for count, rows in chosen.items():
        by_hand = told[rows].groupby("district_code")["person_id"].nunique()
        found = internal.analyses.accounts.account(internal.state(f"what=people&count={count}"))
        assert found.rows.loc[2015]["amount"].to_dict() == by_hand.to_dict()
        assert found.whole["amount"][2015] == told[rows]["person_id"].nunique()


def test_a_public_audience_is_not_told_where_few_are(page: Answers, internal: Answers) -> None:
    """Nobody and few look alike, indices take both as none, and the page says so."""
    asked = f"{NEIGHBOURHOODS}&what=people"
    ours, theirs = (
        one.analyses.accounts.account(one.state(asked)).of(2017) for one in (page, internal)
    )
    true = theirs["amount"]
    assert ours["amount"].isna().tolist() == (true < 3).tolist()
    assert ((ours["amount"] % 3).dropna() == 0).all()
    assert ours.loc[ours["amount"].isna(), ["held_share", "quotient"]].isna().all(axis=None)
    whole = page.analyses.accounts.account(page.state(asked)).whole.loc[2017]
    held, size = (ours[name].fillna(0).to_numpy() for name in ("amount", "base"))
    assert whole["gini"] == pytest.approx(gini(held, size))
    shown, exact = page.shown(f"{asked}&lang=en"), internal.shown(f"{asked}&lang=en")
    sentence = "Indices take places whose number is not told as 0."
    assert sentence in shown["details"]
    assert sentence not in exact["details"]
    assert facts(shown["panel"])["Areas without any"][1] == "of 467, or not told"
    code = ours.loc[ours["amount"].isna(), "code"].iloc[0]
    name = "Cheongun-dong, Jongno-gu"
    assert code == "11110101"
    assert page.shown(f"{asked}&area={code}&lang=en")["title"] == (
        f"{name}, 2017: how many people named there are is not known, or not told"
    )


def test_what_is_far_from_every_group(internal: Answers, sample: Atlas) -> None:
    """The land outside all circles, laid over the city at once; residents by their district."""
    active = sample.applications[
        (sample.applications["year"] == 2016) & (sample.applications["outcome"] == "selected")
    ]["group_id"]
    exact = sample.groups[
        sample.groups["group_id"].isin(active) & (sample.groups["precision"] == "point")
    ]
    near = shapely.union_all(exact.geometry.buffer(800, quad_segs=8).to_numpy())
    districts = sample.districts.set_index("code")
    far = districts.difference(near).area / districts.area
    found = internal.analyses.silos.far(internal.state("year=2016"))
    assert found["far_km2"] == pytest.approx((far * districts["area_km2"]).sum(), rel=1e-4)
    assert found["area_km2"] == pytest.approx(districts["area_km2"].sum())
    residents = (far * districts["population"]).sum()
    assert found["far_residents"] == pytest.approx(residents, rel=1e-3)
    mapo = internal.analyses.silos.far(internal.state(f"year=2016&area={MAPO}"))
    assert mapo["far_km2"] / mapo["area_km2"] == pytest.approx(far[MAPO], rel=1e-3)
    chosen = internal.analyses.silos.far(
        internal.state(f"year=2016&district={MAPO}&{NEIGHBOURHOODS}")
    )
    assert chosen.tolist() == pytest.approx(mapo.tolist())


def test_neighbourhoods_without_a_group_are_named(page: Answers, sample: Atlas) -> None:
    """Twelve by name, the others by number; groups that may be in them are told of."""
    placed = set(sample.groups["neighbourhood_code"].dropna())
    empty = sample.neighbourhoods[~sample.neighbourhoods["code"].isin(placed)]
    lost = int(sample.groups["neighbourhood_code"].isna().sum())
    said = texts(page.shown("lang=en")["panel"])
    sentence = next(one for one in said if "no group had applied by 2017" in one)
    assert sentence.endswith(f", and {len(empty) - 12} more")
    assert sentence.count(" · ") == 11
    assert (
        f"{lost} groups that are in no known area (legal neighbourhoods) may be in some of these."
        in said
    )
    mapo = empty[empty["district_code"] == MAPO]
    here = next(one for one in texts(page.shown(f"area={MAPO}")["panel"]) if "하나도 없는" in one)
    names = here.removeprefix("2017년까지 신청한 모임이 하나도 없는 법정동: ").split(" · ")
    assert sorted(names) == sorted(mapo["name_ko"])


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (
            "category=청년&department=복지본부&programme=씨앗",
            "No group meets these filters in 2017.",
        ),
        ("what=money&outcome=rejected", "No application meets these filters in 2017."),
        ("administrative=1111055000", "Narrowed to administrative neighbourhoods, how unevenly"),
        (f"district={MAPO}", "Only one area is in view: there is nothing to compare it with."),
    ],
)
def test_where_nothing_can_be_compared_it_says_why(
    page: Answers, asked: str, sentence: str
) -> None:
    """Nothing left, one place alone, a part of an area: no figure and no chart."""
    shown = page.shown(f"{asked}&lang=en")
    assert shown["title"] == "2017: nothing to tell here yet"
    assert shown["details"][0].startswith(sentence)
    assert shown["map"]["why"][-1] == shown["details"][0]
    assert facts(shown["panel"]) == {}


def test_an_interval_is_the_same_whenever_it_is_asked(page: Answers, internal: Answers) -> None:
    """999 draws with a seed: groups are no secret, so both audiences read the same."""
    ours, theirs = (one.analyses.silos.indices(one.state()) for one in (page, internal))
    pd.testing.assert_frame_equal(ours, theirs)
    assert (ours["low"] < ours["high"]).all()
    whole = page.analyses.accounts.account(page.state()).whole.loc[2017]
    assert ours["value"].to_dict() == pytest.approx(whole[ours.index].to_dict())
    told = facts(page.shown("")["panel"])["지니 계수"][1]
    assert told == f"{ours['low']['gini']:.2f}–{ours['high']['gini']:.2f}"
