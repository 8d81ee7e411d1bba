"""Who takes part: the printed shares, residents by hand, and what must hold of any table."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest

from geo.atlas import Atlas
from geo.measures.composition import (
    COHORTS,
    Representation,
    ages,
    birth_cohort,
    composition,
    pyramid,
    representation,
    residents_by_cohort,
)
from geo.measures.disclosure import BOUND, headcount, perturbed, record_keys
from geo.residents import residents_by_age_and_sex

NAN = float("nan")


@pytest.fixture(scope="module")
def named(sample: Atlas) -> pd.DataFrame:
    """Everybody named in the sample, with gender and year of birth, as one row an application."""
    applications = sample.applications[["application_id", "year", "programme"]]
    people = sample.people[["person_id", "gender", "birth_year"]]
    return sample.memberships.merge(applications, on="application_id").merge(people, on="person_id")


@pytest.fixture(scope="module")
def keys(sample: Atlas) -> pd.Series[int]:
    return record_keys(sample.people["person_id"], b"7")


def table(*rows: tuple[str, str | None, int | None]) -> pd.DataFrame:
    """People, twice each, all at one place."""
    frame = pd.DataFrame(rows, columns=["person_id", "gender", "birth_year"])
    frame = frame.astype({"person_id": "str", "gender": "str", "birth_year": "Int64"})
    return pd.concat([frame, frame], ignore_index=True).assign(place="x")


# ---- generations -------------------------------------------------------------------------------


def test_generations_follow_each_other() -> None:
    """Every year of birth is in one, and none in two."""
    years = pd.Series(range(1900, 2020))
    cohort = birth_cohort(years)
    assert cohort.notna().all()
    for name, (first, last) in COHORTS.items():
        mine = years[cohort == name]
        assert mine.tolist() == list(range(first or 1900, (last or 2019) + 1))


def test_a_generation_is_as_old_as_printed() -> None:
    """In 2013 the young are 19 to 39, the boomers 48 to 67."""
    born = pd.Series(2013 - np.arange(100), index=np.arange(100), dtype="Int64")
    cohort = birth_cohort(born)
    assert cohort.index[cohort == "youth"].tolist() == list(range(19, 40))
    assert cohort.index[cohort == "boomers"].tolist() == list(range(48, 68))


@pytest.mark.parametrize("dtype", ["Int64", "float64"])
def test_who_was_born_when_is_unknown_has_no_generation(dtype: str) -> None:
    """Missing stays missing, on the same index, and nobody at all is fine."""
    found = birth_cohort(pd.Series([None, 1945, 1946], index=list("abc"), dtype=dtype))
    expected = pd.Series([None, "before", "boomers"], index=list("abc"), dtype="str")
    pd.testing.assert_series_equal(found, expected, check_names=False)
    assert birth_cohort(pd.Series([], dtype=dtype)).dtype == "str"


# ---- composition -------------------------------------------------------------------------------


def test_seed_programme_of_2013_is_as_printed(named: pd.DataFrame) -> None:
    """Six in ten are women, half are young, a quarter are boomers."""
    seed = named[named["programme"] == "씨앗"]
    found = composition(seed, ["year"]).loc[2013]
    shares = found[["women_share", "youth_share", "boomers_share"]]
    assert shares.round(5).tolist() == [0.59996, 0.49009, 0.24995]


def test_composition_by_hand() -> None:
    """Four people named twice each, of one neither gender nor year of birth known."""
    people = table(
        ("a", "female", 1980), ("b", "female", 1950), ("c", "male", 1951), ("d", None, None)
    )
    found = composition(people, ["place"])
    expected = {
        "people": 4, "women": 2, "men": 1, "gender_unknown": 1, "before": 0, "boomers": 2,
        "between": 0, "youth": 1, "after": 0, "cohort_unknown": 1, "women_share": 2 / 3,
        "before_share": 0, "boomers_share": 2 / 3, "between_share": 0, "youth_share": 1 / 3,
        "after_share": 0,
    }  # fmt: skip
    expected = pd.DataFrame(expected, index=pd.Index(["x"], name="place"), dtype="float64")
    pd.testing.assert_frame_equal(found, expected)


def test_parts_add_up_where_they_are_exact(named: pd.DataFrame) -> None:
    """Women, men and unknown are the people, and so are the generations; shares add up to one."""
    found = composition(named, ["year", "programme"])
    people = found["people"]
    assert people.equals(found[["women", "men", "gender_unknown"]].sum(axis=1))
    assert people.equals(found[[*COHORTS, "cohort_unknown"]].sum(axis=1))
    shares = found[[f"{name}_share" for name in COHORTS]].sum(axis=1)
    assert shares.to_numpy() == pytest.approx(np.ones(len(found)))


@pytest.mark.parametrize("base", [1, 3])
def test_each_part_is_the_headcount_of_its_people(
    named: pd.DataFrame, keys: pd.Series[int], base: int
) -> None:
    """A number of women is told alike whether among all, or alone."""
    by = ["year", "programme"]

    def alone(rows: pd.Series[bool]) -> pd.Series[float]:
        return perturbed(named[rows], by, keys, base)

    found = composition(named, by, keys, base)
    pd.testing.assert_series_equal(
        found["people"], headcount(named, by, keys, base), check_names=False
    )
    women = alone(named["gender"] == "female")
    pd.testing.assert_series_equal(found["women"], women, check_names=False)
    born = named["birth_year"]
    young, known = alone(born.between(1974, 1994)), alone(born.notna())
    pd.testing.assert_series_equal(found["youth"], young, check_names=False)
    share = (young / known).clip(upper=1)
    pd.testing.assert_series_equal(found["youth_share"], share, check_names=False)
    unknown = alone(born.isna()).reindex(found.index)
    pd.testing.assert_series_equal(found["cohort_unknown"], unknown, check_names=False)
    assert found["women"].ne(headcount(named[named["gender"] == "female"], by)).any()


def test_shares_are_of_the_numbers_told() -> None:
    """Two men are not told: they add nothing below the line, and have no share.

    No share of a generation is above 1, though it can be moved up and all of known age down.
    """
    crowd = [(f"w{n}", "female", 1980) for n in range(40)] + [("m1", "male", 1950)]
    crowd += [("m2", "male", 1950)]
    people = table(*crowd)
    most = []
    for seed in range(40):
        keys = record_keys(people["person_id"], b"%d" % seed)
        found = composition(people, ["place"], keys, base=3).loc["x"]
        assert abs(found["women"] - 40) <= BOUND
        assert found[["men", "women_share"]].tolist() == pytest.approx([NAN, 1], nan_ok=True)
        assert np.isnan(found["boomers_share"])
        assert found[["gender_unknown", "cohort_unknown", "after"]].isna().all()
        most.append(found["youth_share"])
    assert max(most) == 1
    assert min(most) == pytest.approx(40 / 42, abs=10 / 40)


def test_of_whom_nothing_is_known_there_is_no_share() -> None:
    """No division by nobody."""
    found = composition(table(("a", None, None)), ["place"]).loc["x"]
    assert found[["people", "gender_unknown", "cohort_unknown"]].tolist() == [1, 1, 1]
    assert found.filter(like="_share").isna().all()


# ---- pyramid -----------------------------------------------------------------------------------


def test_pyramid_by_hand() -> None:
    """Once each; at the edges of the steps; not yet born or unknown is nowhere."""
    people = table(
        ("a", "female", 1983), ("b", "female", 1984), ("c", "male", 1928), ("d", "male", 1910),
        ("e", "male", 2014), ("f", None, 1980), ("g", "female", None), ("h", "male", 2013),
    )  # fmt: skip
    found = pyramid(people, 2013)
    assert found.index.tolist() == list(range(0, 90, 5))
    assert (found.index.name, found.columns.tolist()) == ("age", ["women", "men"])
    assert found["women"][lambda n: n > 0].to_dict() == {25: 1, 30: 1}
    assert found["men"][lambda n: n > 0].to_dict() == {0: 1, 85: 2}
    assert (found.dtypes == "float64").all()


def test_pyramid_holds_everybody_of_known_age_and_sex(
    named: pd.DataFrame, keys: pd.Series[int]
) -> None:
    """As numpy bins them; to a public audience each step is within the bound of it, or missing."""
    found = pyramid(named, 2013)
    people = named.drop_duplicates("person_id").dropna(subset=["gender", "birth_year"])
    edges = [*range(0, 90, 5), 200]
    for column, gender in (("women", "female"), ("men", "male")):
        age = 2013 - people.loc[people["gender"] == gender, "birth_year"].to_numpy(dtype=int)
        assert found[column].tolist() == np.histogram(age, edges)[0].tolist()
    told = pyramid(named, 2013, keys, base=3)
    assert told[found < 3].isna().all(axis=None)
    assert told[found >= 3 + BOUND].notna().sum().equals((found >= 3 + BOUND).sum())
    assert told.min(axis=None) >= 3
    assert (abs(told - found).fillna(0) <= BOUND).all(axis=None)
    assert told.ne(found).where(told.notna()).sum(axis=None) > 10


def test_pyramid_of_nobody() -> None:
    """Empty steps."""
    assert (pyramid(table(), 2013) == 0).all(axis=None)


# ---- residents ---------------------------------------------------------------------------------


def test_the_census_is_complete() -> None:
    """Eighteen steps, 9,631,482 residents, more women than men, and far more above 85."""
    residents = residents_by_age_and_sex()
    assert residents.index.tolist() == list(range(0, 90, 5))
    assert residents.columns.tolist() == ["women", "men"]
    assert residents.sum().to_dict() == {"women": 4_905_454, "men": 4_726_028}
    assert int(residents.to_numpy().sum()) == 9_631_482
    assert residents.loc[85].to_dict() == {"women": 41_110, "men": 14_800}


def test_ages_by_hand() -> None:
    """19 to 39 is a fifth of 15–19 and four whole bins; 48 to 67 cuts two."""
    residents = residents_by_age_and_sex()
    young = residents.loc[15] / 5 + residents.loc[20:35].sum()
    pd.testing.assert_series_equal(ages(residents, 19, 39), young, check_names=False)
    boomers = residents.loc[45] * 2 / 5 + residents.loc[50:60].sum() + residents.loc[65] * 3 / 5
    pd.testing.assert_series_equal(ages(residents, 48, 67), boomers, check_names=False)


@pytest.mark.parametrize("cut", [0, 4, 5, 17, 40, 84, 85])
def test_ages_split_anywhere_are_all(cut: int) -> None:
    """Up to an age and from the next on: everybody once, up to 84."""
    residents = residents_by_age_and_sex()
    below, above = ages(residents, None, cut - 1), ages(residents, cut, None)
    expected = residents.sum().astype("float64")
    pd.testing.assert_series_equal(below + above, expected, check_names=False)


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (-20, -1, 0),
        (None, -1, 0),
        (30, 20, 0),
        (-3, 0, 2),
        (80, 84, 10),
        (80, 85, 17),
        (85, 85, 7),
        (85, None, 7),
        (86, None, NAN),
        (86, 90, NAN),
        (86, 85, 0),
    ],
)
def test_ages_at_the_ends(low: int | None, high: int | None, expected: float) -> None:
    """Nobody is younger than 0; the oldest are all or none, and not told apart."""
    steps = pd.Index([*range(0, 90, 5)], name="age")
    residents = pd.DataFrame({"women": [10] * 17 + [7], "men": [20] * 17 + [14]}, index=steps)
    found = ages(residents, low, high).tolist()
    assert found == pytest.approx([expected, 2 * expected], nan_ok=True)


@pytest.mark.parametrize("year", [2010, 2013, 2017, 2030])
def test_generations_are_all_residents(year: int) -> None:
    """In any year each resident is of one generation."""
    residents = residents_by_age_and_sex()
    found = residents_by_cohort(residents, year)
    assert found.index.tolist() == list(COHORTS)
    assert found.columns.tolist() == ["women", "men", "share"]
    assert found["share"].sum() == pytest.approx(1)
    assert found[["women", "men"]].sum().tolist() == pytest.approx(residents.sum().tolist())


def test_generations_of_2013_by_hand() -> None:
    """Youth are those of 19–39, boomers those of 48–67; shares are of both sexes together."""
    residents = residents_by_age_and_sex()
    found = residents_by_cohort(residents, 2013)
    for name, low, high in (("youth", 19, 39), ("boomers", 48, 67), ("between", 40, 47)):
        expected = ages(residents, low, high)
        assert found.loc[name, ["women", "men"]].tolist() == expected.tolist()
        assert found.loc[name, "share"] == pytest.approx(expected.sum() / 9_631_482)


def test_the_oldest_cannot_be_told_apart_for_ever() -> None:
    """From 2031 on, who was born before 1946 is above 85."""
    found = residents_by_cohort(residents_by_age_and_sex(), 2031)
    assert found.loc["before"].isna().all()
    assert found.drop(index="before").notna().all(axis=None)


# ---- beside residents --------------------------------------------------------------------------


def test_representation_by_hand() -> None:
    """Six in ten where half of the residents are: 1.2 times as often."""
    found = representation(60, 100, 0.5)
    interval = binomtest(60, 100).proportion_ci(method="wilson")
    assert found == pytest.approx(Representation(1.2, interval.low * 2, interval.high * 2))


@pytest.mark.parametrize("whole", [5, 50, 5_000])
def test_like_residents_is_one(whole: int) -> None:
    """Two in five of people and residents; the more people, the surer."""
    found = representation(0.4 * whole, whole, 0.4)
    assert found.ratio == pytest.approx(1)
    assert found.low < 1 < found.high
    assert found.high - found.low < representation(0.4, 1, 0.4).high


@pytest.mark.parametrize(
    ("part", "whole", "share"),
    [(0, 0, 0.5), (NAN, 9, 0.5), (3, NAN, 0.5), (3, 9, NAN), (3, 9, 0)],
)
def test_without_people_nothing_is_compared(part: float, whole: float, share: float) -> None:
    """Nor without a share."""
    assert representation(part, whole, share) == pytest.approx((NAN,) * 3, nan_ok=True)


def test_a_part_rounded_above_its_whole_is_the_whole() -> None:
    """Six of three are three of three."""
    assert representation(6, 3, 0.5) == representation(3, 3, 0.5)
    assert representation(3, 3, 0.5).ratio == 2
    assert representation(0, 9, 0.5)[:2] == (0, 0)
