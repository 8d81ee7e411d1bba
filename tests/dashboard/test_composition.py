"""Who takes part: as counted by hand, and so that no answers tell of one person."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations, product
from pathlib import Path
from urllib.parse import urlencode

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from dashboard.callbacks.composition import CompositionView
from dashboard.queries.accounts import LEAST_BETWEEN, LEAST_TOLD
from dashboard.queries.tellable import ANY, tellable
from dashboard.state import SHARES
from geo.atlas import Atlas
from geo.schema import Audience
from tests.dashboard.answers import Answers, props

BORN = {"before": (0, 1945), "boomers": (1946, 1965), "between": (1966, 1973),
        "youth": (1974, 1994), "after": (1995, 9999)}  # fmt: skip
PARTS = ("women", "men", "gender_unknown", *BORN, "cohort_unknown")
SEED = "year=2013&programme=씨앗"
RESIDENTS = "data/seoul/age_sex.csv"
NAMES = {"programme": "programmes", "outcome": "outcomes", "category": "categories",
         "department": "departments"}  # fmt: skip


@pytest.fixture(scope="module")
def public(sample: Atlas, folder: Path) -> Answers:
    return Answers("composition", CompositionView, sample, folder=folder)


@pytest.fixture(scope="module")
def internal(sample: Atlas, folder: Path) -> Answers:
    return Answers("composition", CompositionView, sample, Audience.INTERNAL, folder=folder)


@pytest.fixture(scope="module")
def named(sample: Atlas) -> pd.DataFrame:
    """Who is named in which application, with all that is known of both."""
    groups = sample.groups[["group_id", "category", "district_code", "neighbourhood_code"]]
    told = sample.applications.merge(groups.rename(columns={"district_code": "district"}))
    people = sample.people[["person_id", "gender", "birth_year"]]
    return sample.memberships.merge(told, on="application_id").merge(people, on="person_id")


def by_hand(named: pd.DataFrame) -> dict[str, int]:
    """Different people, women and men, generations."""
    people = named.drop_duplicates("person_id")
    born = people["birth_year"]
    return {
        "people": len(people),
        "women": int((people["gender"] == "female").sum()),
        "men": int((people["gender"] == "male").sum()),
        "gender_unknown": int(people["gender"].isna().sum()),
        **{name: int(born.between(*ends).sum()) for name, ends in BORN.items()},
        "cohort_unknown": int(born.isna().sum()),
    }


def kept(named: pd.DataFrame, **values: object) -> pd.DataFrame:
    for column, value in values.items():
        named = named[named[column] == value]
    return named


# ---- what is told ------------------------------------------------------------------------------


@pytest.mark.parametrize("filters", [{}, {"programme": "씨앗"}, {"outcome": "selected"}])
def test_every_district_is_as_counted_by_hand(
    internal: Answers, named: pd.DataFrame, filters: dict[str, str]
) -> None:
    """To an internal audience the exact numbers, of the city and of each district, every year."""
    query = "&".join(f"{name}={value}" for name, value in filters.items())
    account = internal.analyses.accounts.account(internal.state(query))
    columns = ["people", *PARTS]
    for year in internal.queries.choices.years:
        now = kept(named, year=year, **filters)
        assert account.whole.loc[year, columns].to_dict() == by_hand(now)
        for code in account.areas.index:
            told = account.rows.loc[(year, code), columns].to_dict()
            assert told == by_hand(kept(now, district=code))
    women = account.rows["women"] / (account.rows["women"] + account.rows["men"])
    pd.testing.assert_series_equal(account.rows["women_share"], women, check_names=False)


def test_the_seed_programme_of_2013_reads_as_in_the_deck(
    public: Answers, internal: Answers
) -> None:
    """60 % women, 49 % young, 25 % baby boomers, for both audiences and in both languages."""
    told = public.shown(SEED)
    assert plain(told["title"]) == (
        "서울시, 2013년: 참여한 4,998명 가운데 여성 60 %, 청년(19–39세) 49 %, "
        "베이비부머(48–67세) 25 %"
    )
    assert told["details"] == [
        "사람 수는 3의 배수로 무작위로 맞추었고, 3명보다 적으면 보이지 않습니다.",
        "세대는 태어난 해로 나누며, 나이는 2013년에 맞는 나이입니다.",
        "견주는 주민은 2010년 인구주택총조사의 서울시 전체 주민입니다.",
        "조건: 씨앗",
    ]
    exact = internal.shown(f"{SEED}&lang=en")
    assert plain(exact["title"]) == (
        "Seoul, 2013: of 4,997 people who took part 60 % are women, 49 % are youth "
        "(aged 19–39), 25 % are baby boomers (aged 48–67)"
    )
    assert exact["details"] == [
        "Generations go by the year of birth; ages are those reached in 2013.",
        "Residents are those of all Seoul in the census of 2010.",
        "Filters: 씨앗",
    ]


def plain(words: str) -> str:
    """Without the spaces and joiners that keep a number and its unit on one line."""
    return words.replace("\u00a0", " ")


def words(shown: dict[str, object]) -> list[str]:
    """What stands for each chart."""
    found = props(shown["panel"])
    return [plain(one["children"]) for one in found if one.get("className") == "visually-hidden"]


def test_people_are_compared_with_residents(internal: Answers, named: pd.DataFrame) -> None:
    """The share of women and of boomers over that of the census, and what it says in words."""
    found = internal.analyses.people.represented(internal.state(SEED))
    residents = pd.read_csv(RESIDENTS, index_col="age")
    people = by_hand(kept(named, year=2013, programme="씨앗"))
    women = residents["women"].sum() / residents.to_numpy().sum()
    ratio = people["women"] / (people["women"] + people["men"]) / women
    told = found.to_dict("index")
    assert told["women"]["residents_share"] == pytest.approx(women)
    assert told["women"]["ratio"] == pytest.approx(ratio)
    # Aged 48 to 67: two fifths of those from 45 to 49, three of those from 65 to 69.
    ages = residents.sum(axis=1)
    boomers = (0.4 * ages[45] + ages[[50, 55, 60]].sum() + 0.6 * ages[65]) / ages.sum()
    assert told["boomers"]["residents_share"] == pytest.approx(boomers)
    panel = internal.shown(f"{SEED}&lang=en&share=boomers")
    meaning = next(one for one in props(panel["panel"]) if one.get("className") == "meaning")
    assert plain(meaning["children"][0]["props"]["children"]) == (
        "Baby boomers (born 1946–1965): 25 % of the people named, 25 % of Seoul’s residents in "
        "2010. That is 1.02 times their share of residents: not clearly different. The figures do "
        "not say why. Children are residents but hardly ever named, which lifts the ratios of all "
        "adult generations."
    )
    ratios = words(panel)[0].split("; ")
    assert ratios[0] == "Women 1.18 times (95 % interval 1.15–1.2)"
    assert ratios[1] == "Youth aged 19–39, born 1974–1994 1.38 times (95 % interval 1.34–1.42)"


def test_the_pyramid_is_of_all_whose_age_and_gender_are_known(
    internal: Answers, named: pd.DataFrame
) -> None:
    """Bars to both sides make one, and women in their forties are as many as counted."""
    shown = internal.shown("year=2015")
    figures = [one["figure"] for one in props(shown["panel"]) if one.get("id") == "pyramid"]
    men, women = (np.array(bars["x"]) for bars in figures[0]["data"][:2])
    assert (men <= 0).all()
    assert women.sum() - men.sum() == pytest.approx(1)
    people = kept(named, year=2015).drop_duplicates("person_id")
    known = people.dropna(subset=["gender", "birth_year"])
    forties = known[(known["gender"] == "female") & (2015 - known["birth_year"]).between(40, 44)]
    assert women[8] == pytest.approx(len(forties) / len(known))


def test_a_generation_keeps_its_people_and_grows_older(public: Answers) -> None:
    """The same years of birth, four years on."""
    for year, ages in ((2013, "19–39세"), (2017, "23–43세")):
        panel = json.dumps(public.shown(f"year={year}")["panel"], ensure_ascii=False)
        assert f"1974–1994년생, {ages}" in plain(panel)


def test_a_district_is_told_of_beside_the_city(public: Answers) -> None:
    """Its own people alone; residents are known for the city alone."""
    shown = public.shown("year=2013&area=11110&lang=en")
    assert plain(shown["title"]) == (
        "Jongno-gu, 2013: of 177 people who took part 59 % are women, 43 % are youth "
        "(aged 19–39), 34 % are baby boomers (aged 48–67)"
    )
    ids = {one.get("id") for one in props(shown["panel"]) if isinstance(one.get("id"), str)}
    assert "trend" in ids
    assert not {"pyramid", "represented", "apart"} & ids
    panel = json.dumps(shown["panel"], ensure_ascii=False)
    assert "Women: 59 % here, 59 % in all that is in view." in plain(panel)


def test_a_filter_that_leaves_nobody_says_so(public: Answers) -> None:
    """Of the sample, no application is of the seed programme and of this bureau."""
    shown = public.shown("year=2015&programme=씨앗&department=복지본부")
    assert shown["title"] == "2015년: 아직 말할 것이 없음"
    assert shown["details"][0] == (
        "2015년에는 이 조건에 맞는 신청이 없습니다. 다른 해를 고르거나 조건을 줄이십시오."
    )


# ---- what is not -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("year=2013&programme=씨앗&programme=실국", "조건마다 하나씩만"),
        ("year=2013&district=11110&district=11140", "조건마다 하나씩만"),
        ("year=2013&level=neighbourhood", "자치구나 서울 전체로만"),
        ("year=2013&level=hex8", "자치구나 서울 전체로만"),
    ],
)
def test_overlapping_choices_are_not_answered(public: Answers, query: str, reason: str) -> None:
    """Several values of a filter, and areas that cut across districts: no figure but people."""
    shown = public.shown(query)
    assert shown["title"] == "2013년: 누구인지 드러나지 않도록 밝히지 않음"
    assert reason in shown["details"][0]
    account = public.analyses.accounts.account(public.state(query))
    for rows in (account.rows, account.whole, public.analyses.accounts.apart(public.state(query))):
        assert rows[[*PARTS, *(f"{name}_share" for name in SHARES)]].isna().all(axis=None)
    assert public.analyses.people.pyramid(public.state(query)).empty


@pytest.fixture(scope="module")
def answers(public: Answers, named: pd.DataFrame) -> pd.DataFrame:
    """Answers to every choice of one value, the city's, and by district and category.

    With the figures told, in ``who`` the people that they are on, in ``true`` the women.
    """
    choices, people = public.queries.choices, named.drop_duplicates("person_id")
    female = (people["gender"] == "female").to_numpy()
    number = pd.Series(range(len(people)), people["person_id"])
    named = named.assign(who=named["person_id"].map(number))
    filters: list[dict[str, str]] = [{}]
    for name, offered in NAMES.items():
        filters += [{name: value} for value in getattr(choices, offered)]
    told, who = [], []
    for chosen, year in product(filters, choices.years):
        here = kept(named, year=year, **chosen)
        state = public.state(urlencode({"year": year} | chosen))
        told.append(public.analyses.accounts.account(state).whole.loc[[year]])
        who.append(here["who"].unique())
        for by in ("district", "category"):
            parts = public.analyses.accounts.apart(replace(state, by=by))
            told.append(parts)
            among = here.groupby(by)["who"].unique()
            who += [among[part] for part in parts.index]
    found = pd.concat(told, ignore_index=True).assign(who=pd.Series(who, dtype="object"))
    return found.assign(n=found["who"].map(len), true=[int(female[one].sum()) for one in who])


def test_figures_are_of_enough_people(answers: pd.DataFrame) -> None:
    """No share of fewer than thirty; counts are multiples of three, next to the true ones."""
    shares = answers[[f"{name}_share" for name in SHARES]]
    counts = answers[["people", *PARTS]]
    few = answers["n"] < LEAST_TOLD
    assert shares[few].isna().all(axis=None)
    assert counts.drop(columns="people")[few].isna().all(axis=None)
    assert shares["women_share"].notna().sum() > 2_000
    someone = counts[answers["n"] > 0]
    assert (someone.isna() | ((someone % 3 == 0) & (someone >= 3))).all(axis=None)
    assert (abs(answers["people"] - answers["n"]).dropna() < 3).all()
    assert not (shares >= 1).any(axis=None)


def among(answers: pd.DataFrame) -> sparse.csr_array:
    """Which people (columns) an answer (row) is on."""
    who = np.concatenate(answers["who"].to_list())
    rows = np.repeat(np.arange(len(answers)), answers["n"])
    return sparse.csr_array((np.ones(len(who), dtype=np.int32), (rows, who)))


def blocks(answers: pd.DataFrame) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Some answers at a time: their places, and how many people each shares with every other."""
    people = among(answers)
    for start in range(0, len(answers), 500):
        some = np.arange(start, min(start + 500, len(answers)))
        yield some, (people[some] @ people.T).toarray()


def nearest(answers: pd.DataFrame) -> int:
    """By how few people two answers differ, if they do."""
    size, least = answers["n"].to_numpy(), 10**9
    for some, both in blocks(answers):
        apart = size[some, None] + size - 2 * both
        least = min(least, int(apart[apart > 0].min()))
    return least


def test_no_two_answers_tell_of_a_few_people(answers: pd.DataFrame) -> None:
    """Over all years, districts, programmes and so on: the same people, or ten others and more.

    Without this there are answers that differ by one person, whose gender the difference tells.
    """
    told = answers[answers[["women", "men"]].notna().any(axis=1)]
    assert nearest(told) >= LEAST_BETWEEN
    assert nearest(answers[answers["n"] >= LEAST_TOLD]) == 1


def test_no_difference_proves_anything(answers: pd.DataFrame) -> None:
    """Where one answer has more people than another that is part of it, all or none may be women.

    A number told is less than three off, so a difference t says that from t − 4 to t + 4 of the d
    people more are women: a proof would be t + 4 < 1 or t − 4 ≥ d. And the same difference told
    comes from different true ones.
    """
    told = answers[answers["women"].notna()]
    size, women, true = (told[name].to_numpy(dtype=int) for name in ("n", "women", "true"))
    came_from: dict[int, set[int]] = {}
    for some, both in blocks(told):
        part, whole = np.nonzero((both == size[some, None]) & (size[some, None] < size))
        part = some[part]
        more, t = size[whole] - size[part], women[whole] - women[part]
        assert ((t + 4 >= 1) & (t - 4 < more)).all()
        for one, exact in zip(t.tolist(), (true[whole] - true[part]).tolist(), strict=True):
            came_from.setdefault(one, set()).add(exact)
    assert len(came_from) > 100
    assert min(len(exact) for t, exact in came_from.items() if t < 100) > 2


# ---- the rule alone ----------------------------------------------------------------------------


def crowd(seed: int) -> pd.DataFrame:
    """Forty people in applications of two years, two programmes or none, three bureaus."""
    rng = np.random.default_rng(seed)
    programme = pd.Series(rng.choice(["s", "b", ""], size=100), dtype="str")
    return pd.DataFrame(
        {
            "person": rng.integers(40, size=100),
            "year": rng.integers(2012, 2014, size=100),
            "programme": programme.where(programme != "").astype("category"),
            "department": pd.Categorical(rng.choice(list("xyz"), size=100)),
        }
    )


@pytest.mark.parametrize("seed", range(20))
def test_what_may_be_told_is_as_much_as_may(seed: int) -> None:
    """By sets: no two told are near; each that is not told is near to one that asks for no more."""
    everyone, least, between = crowd(seed), 8, 4
    sets = {}
    for year, programme, department in product((2012, 2013), (ANY, "s", "b"), (ANY, *"xyz")):
        rows = everyone[everyone["year"] == year]
        if programme:
            rows = rows[rows["programme"] == programme]
        if department:
            rows = rows[rows["department"] == department]
        sets[year, programme, department] = set(rows["person"])
    told = set(tellable(everyone, least, between))
    assert all(len(sets[answer]) >= least for answer in told)
    for one, other in combinations(told, 2):
        assert not 0 < len(sets[one] ^ sets[other]) < between
    for answer, people in sets.items():
        if answer not in told and len(people) >= least:
            near = {one for one in told if 0 < len(people ^ sets[one]) < between}
            assert any(one[1:].count(ANY) >= answer[1:].count(ANY) for one in near)


def test_nobody_is_nothing_to_tell() -> None:
    """An atlas without people has no answers."""
    assert tellable(crowd(0).iloc[:0], 8, 4).empty
