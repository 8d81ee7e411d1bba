"""Who takes part: as counted by hand, and so that no answers tell of one person."""

from __future__ import annotations

import json
from itertools import combinations, product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from dashboard.callbacks.composition import CompositionView
from dashboard.queries.accounts import LEAST_BETWEEN, LEAST_TOLD
from dashboard.queries.published import ANY, HEADLINES, PUBLISHED, tellable
from dashboard.state import SHARES
from geo.atlas import Atlas
from geo.schema import Audience
from tests.dashboard.answers import Answers, props

BORN = {"before": (0, 1945), "boomers": (1946, 1965), "between": (1966, 1973),
        "youth": (1974, 1994), "after": (1995, 9999)}  # fmt: skip
PARTS = ("women", "men", "gender_unknown", *BORN, "cohort_unknown")
SEED = "year=2013&programme=씨앗"
DISTRICTS_UNTOLD = (
    "Districts are empty here: of them only women, youth and baby boomers are told, and only "
    "without a filter on programme or outcome."
)
UNPUBLISHED = (
    "Gender and age are told of each year as a whole; women and men, youth and baby boomers also "
    "by programme, by outcome or by district; and nothing of any other choice: more tables would "
    "together tell of single people. Choose one programme, one outcome or one district, and no "
    "other filter."
)
RESIDENTS = "data/seoul/age_sex.csv"


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
        "여기서 자치구는 비어 있습니다. 자치구는 여성, 청년, 베이비부머만, 그것도 사업이나 "
        "신청 결과 조건이 없을 때만 보이기 때문입니다.",
        "사람 수는 3의 배수로 무작위로 맞추었고, 3명보다 적으면 보이지 않습니다.",
        "성별과 나이별 사람 수는 무작위로 많아야 5명까지 바꾸었습니다. 같은 사람들은 언제나 똑같이 "
        "바꾸며, 부분을 더해도 전체와 맞지 않을 수 있습니다.",
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
        "(aged 19–39), 35 % are baby boomers (aged 48–67)"
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


@pytest.mark.parametrize(
    "query",
    [
        "year=2013&category=청년",
        "year=2013&department=복지본부",
        "year=2013&programme=씨앗&outcome=selected",
        "year=2013&programme=씨앗&district=11110",
        "year=2015&outcome=selected&category=청년",
    ],
)
def test_what_is_not_published_is_refused_in_words(public: Answers, query: str) -> None:
    """Fields and departments, and any two choices at once: which tables there are, and no figure.

    How many people there are is told as ever.
    """
    shown = public.shown(f"{query}&lang=en")
    assert shown["title"].endswith("not told, so that nobody is exposed")
    assert shown["details"][0] == (UNPUBLISHED)
    state = public.state(query)
    account = public.analyses.accounts.account(state)
    for rows in (account.rows, account.whole, public.analyses.accounts.apart(state)):
        assert rows[[*PARTS, *(f"{name}_share" for name in SHARES)]].isna().all(axis=None)
    assert account.whole["people"].notna().any()
    assert public.analyses.people.pyramid(state).empty


def test_a_choice_within_a_published_table_leaves_the_map_empty(public: Answers) -> None:
    """Programmes are told of the city, not of districts; generations but two not of either."""
    for query in ("year=2013&programme=씨앗", "year=2013&share=between"):
        account = public.analyses.accounts.account(public.state(query))
        assert account.rows[account.value].isna().all()
        assert public.shown(f"{query}&lang=en")["details"][0] == DISTRICTS_UNTOLD
    for query, said in (
        ("year=2013&by=category", UNPUBLISHED),
        ("year=2013&programme=씨앗&by=district", DISTRICTS_UNTOLD),
    ):
        panel = json.dumps(public.shown(f"{query}&lang=en")["panel"], ensure_ascii=False)
        assert said in panel
    assert UNPUBLISHED not in str(public.shown("year=2013&by=outcome&lang=en")["panel"])
    chosen = public.shown("year=2013&programme=씨앗&area=11110&lang=en")
    assert chosen["details"][0] == (
        "Gender and age are not told here: of districts they are only without any other filter, of "
        "30 people or more, and where no other table is on almost the same people."
    )


@pytest.fixture(scope="module")
def answers(public: Answers, named: pd.DataFrame) -> pd.DataFrame:
    """Every cell of a published table, of any size: what is told of it, by its row of the table.

    In ``who`` the people that it is on, in ``year`` and ``of`` which it is, in ``true_…`` how many
    there are.
    """
    people = named.drop_duplicates("person_id")
    number = pd.Series(range(len(people)), people["person_id"])
    named = named.assign(who=named["person_id"].map(number))
    rows = []
    for year in public.queries.choices.years:
        here = kept(named, year=year)
        account = public.analyses.accounts.account(public.state(f"year={year}"))
        rows.append({"year": year, "of": "", **account.whole.loc[year], **true(here)})
        for by in ("programme", "outcome", "district"):
            apart = public.analyses.accounts.apart(public.state(f"year={year}&by={by}"))
            for part, told in apart.iterrows():
                rows.append({"year": year, "of": by, **told, **true(kept(here, **{by: part}))})
    return pd.DataFrame(rows)


def true(named: pd.DataFrame) -> dict[str, object]:
    """How many there are, and who."""
    counts = {f"true_{name}": count for name, count in by_hand(named).items()}
    return counts | {"who": named["who"].unique(), "n": named["who"].nunique()}


def test_published_tables_are_told_within_the_bound(answers: pd.DataFrame) -> None:
    """Each count is moved by at most five, without bias; no other column is told, no share of all.

    People are multiples of three. All cells of the sample have 30 people or more.
    """
    assert answers["n"].min() >= LEAST_TOLD
    assert (answers["people"] % 3 == 0).all()
    assert (abs(answers["people"] - answers["n"]) < 3).all()
    for name in PARTS:
        told = answers[name].notna()
        assert not told[answers["of"] != ""].any() or name in HEADLINES
        noise = (answers[name] - answers[f"true_{name}"])[told]
        assert (abs(noise) <= 5).all()
        assert (answers.loc[told, name] >= 3).all()
    for name in HEADLINES:
        noise = answers[name] - answers[f"true_{name}"]
        assert noise.notna().all()
        assert noise.mean() == pytest.approx(0, abs=0.6)
        assert noise.var() == pytest.approx(4, abs=1.6)
    shares = answers[[f"{name}_share" for name in SHARES]]
    assert (shares.isna() | ((shares > 0) & (shares < 1))).all(axis=None)
    assert shares[["women_share", "youth_share", "boomers_share"]].notna().all(axis=None)


def test_counts_do_not_hang_on_k(sample: Atlas, public: Answers, folder: Path) -> None:
    """With MAEUL_K 1 or 5 gender and age are the same numbers, but for those that are too few."""
    columns = [*PARTS, *(f"{name}_share" for name in SHARES)]
    usual = public.analyses.accounts.account(public.state("year=2013"))
    for k in (1, 5):
        other = Answers("composition", CompositionView, sample, k=k, folder=folder)
        account = other.analyses.accounts.account(other.state("year=2013"))
        pd.testing.assert_frame_equal(account.rows[columns], usual.rows[columns])
        both = account.whole[columns].where(usual.whole[columns].notna())
        pd.testing.assert_frame_equal(both, usual.whole[columns])
        assert account.whole["people"].ne(usual.whole["people"]).any()


def test_no_two_answers_tell_of_a_few_people(answers: pd.DataFrame) -> None:
    """Over all years and tables: the same people, or ten others and more."""
    who = np.concatenate(answers["who"].to_list())
    rows = np.repeat(np.arange(len(answers)), answers["n"])
    among = sparse.csr_array((np.ones(len(who), dtype=np.int32), (rows, who)))
    size = answers["n"].to_numpy()
    apart = size[:, None] + size - 2 * (among @ among.T).toarray()
    assert apart[apart > 0].min() >= LEAST_BETWEEN


# ---- the rule alone ----------------------------------------------------------------------------


def crowd(seed: int) -> pd.DataFrame:
    """Forty people in applications of two years, two programmes or none, two outcomes, places."""
    rng = np.random.default_rng(seed)
    programme = pd.Series(rng.choice(["s", "b", ""], size=100), dtype="str")
    return pd.DataFrame(
        {
            "person": rng.integers(40, size=100),
            "year": rng.integers(2012, 2014, size=100),
            "programme": programme.where(programme != "").astype("category"),
            "outcome": pd.Categorical(rng.choice(list("ry"), size=100, p=[0.1, 0.9])),
            "district": pd.Categorical(rng.choice(list("xyz"), size=100)),
        }
    )


@pytest.mark.parametrize("seed", range(20))
def test_what_may_be_told_is_as_much_as_may(seed: int) -> None:
    """By sets: no two told are near; each that is not told is near to one of an earlier table."""
    everyone, least, between = crowd(seed), 8, 4
    values = {"programme": "sb", "outcome": "ry", "district": "xyz"}
    sets: dict[tuple[object, ...], set[int]] = {}
    for table, year in product(PUBLISHED, (2012, 2013)):
        rows = everyone[everyone["year"] == year]
        for name in table:
            for value in values[name]:
                cell = (year, *(value if one == name else ANY for one in values))
                sets[cell] = set(rows.loc[rows[name] == value, "person"])
        if not table:
            sets[year, ANY, ANY, ANY] = set(rows["person"])
    assert len(sets) == 2 * 8
    told = set(tellable(everyone, least, between))
    assert all(len(sets[answer]) >= least for answer in told)
    for one, other in combinations(told, 2):
        assert not 0 < len(sets[one] ^ sets[other]) < between
    order = list(sets)
    for answer, people in sets.items():
        if answer not in told and len(people) >= least:
            near = {one for one in told if 0 < len(people ^ sets[one]) < between}
            assert any(order.index(one) // 2 <= order.index(answer) // 2 for one in near)


def test_nobody_is_nothing_to_tell() -> None:
    """An atlas without people has no answers."""
    assert tellable(crowd(0).iloc[:0], 8, 4).empty
