"""Who is new and who comes back: by hand, and what must hold of the sample."""

from __future__ import annotations

import pandas as pd
import pytest

from geo.atlas import Atlas
from geo.measures.disclosure import headcount, record_keys
from geo.measures.participation import emergence, first_years

NAN = float("nan")
COLUMNS = [
    "people", "first_time", "returning", "representing", "joining", "groups", "per_group",
    "per_group_median", "first_share",
]  # fmt: skip


def told(*rows: tuple[int, str, str, str]) -> pd.DataFrame:
    """Rows of year, group, representative, and members as letters."""
    frame = pd.DataFrame(
        [
            (person, group, role, year)
            for year, group, representative, members in rows
            for person, role in [
                (representative, "representative"),
                *[(m, "member") for m in members],
            ]
        ],
        columns=["person_id", "group_id", "role", "year"],
    )
    frame = frame.astype({"person_id": "str", "group_id": "str", "role": "str", "year": "Int64"})
    return frame.assign(first_year=frame["person_id"].map(first_years(frame)))


@pytest.fixture(scope="module")
def named(sample: Atlas) -> pd.DataFrame:
    """Everybody named in the sample, one row an application, with first years."""
    applications = sample.applications[
        ["application_id", "group_id", "year", "programme", "outcome"]
    ]
    frame = sample.memberships.merge(applications, on="application_id")
    return frame.assign(first_year=frame["person_id"].map(first_years(frame)))


@pytest.fixture(scope="module")
def keys(named: pd.DataFrame) -> pd.Series[int]:
    return record_keys(named["person_id"], b"7")


def test_first_years_by_hand() -> None:
    """The least year of each, in whatever order the rows stand."""
    rows = told((2014, "x", "a", "bc"), (2012, "y", "b", "d"), (2013, "x", "a", "b"))
    expected = pd.Series(
        [2013, 2012, 2014, 2012], index=pd.Index(list("abcd"), name="person_id"), dtype="Int64"
    )
    found = first_years(rows)
    pd.testing.assert_series_equal(found, expected, check_index_type=False, check_names=False)
    assert (found.name, found.index.name) == ("first_year", "person_id")
    pd.testing.assert_series_equal(first_years(rows.iloc[::-1]), found)


def test_emergence_by_hand() -> None:
    """Three in the first year, all new; then one comes back, for two groups, and speaks for one.

    A representative of one group who is a member of another represents, and does not join.
    """
    rows = told((2012, "x", "a", "bc"), (2013, "y", "a", "de"), (2013, "z", "d", "aefg"))
    found = emergence(rows, ["year"])
    assert found.columns.tolist() == COLUMNS
    assert (found.dtypes == "float64").all()
    assert found.loc[2012].tolist() == [3, 3, 0, 1, 2, 1, 3, 3, 1]
    assert found.loc[2013].tolist() == [5, 4, 1, 2, 3, 2, 4, 4, 0.8]


def test_several_applications_of_a_group_are_one_group() -> None:
    """Its people are counted once; mean and median are over groups."""
    rows = told((2012, "x", "a", "bc"), (2012, "x", "a", "bd"), (2012, "y", "e", "fghijk"),
                (2012, "z", "e", "fg"))  # fmt: skip
    found = emergence(rows, ["year"]).loc[2012]
    assert found[["groups", "per_group", "per_group_median"]].tolist() == [3, 14 / 3, 4]


def test_over_several_years_somebody_is_new_once() -> None:
    """Without the year in the rows, whoever was first named in any of them is new."""
    rows = told((2012, "x", "a", "bc"), (2013, "x", "a", "bd"), (2014, "x", "c", "de"))
    late = rows[rows["year"] > 2012].assign(place="here")
    found = emergence(late, ["place"]).loc["here"]
    assert found[["people", "first_time", "returning"]].tolist() == [5, 2, 3]
    assert found[["representing", "joining"]].tolist() == [2, 3]


@pytest.mark.parametrize("by", [["year"], ["year", "programme"], ["outcome"]])
def test_people_are_new_or_back_and_represent_or_join(named: pd.DataFrame, by: list[str]) -> None:
    """Nobody gets lost where numbers are exact."""
    found = emergence(named, by)
    people = headcount(named, by)
    pd.testing.assert_series_equal(found["people"], people, check_names=False)
    assert people.equals(found["first_time"] + found["returning"])
    assert people.equals(found["representing"] + found["joining"])
    groups = named.groupby(by)["group_id"].nunique().astype("float64")
    pd.testing.assert_series_equal(found["groups"], groups, check_names=False)
    sizes = named.groupby([*by, "group_id"])["person_id"].nunique().groupby(level=by)
    assert found["per_group"].to_numpy() == pytest.approx(sizes.mean().to_numpy())
    assert found["per_group_median"].tolist() == sizes.median().tolist()


def test_everybody_is_new_once(named: pd.DataFrame) -> None:
    """Newcomers of all years are all people; in the first year there is nobody else."""
    found = emergence(named, ["year"])
    assert found["first_time"].sum() == named["person_id"].nunique()
    assert found.loc[2012, ["returning", "first_share"]].tolist() == [0, 1]


def test_rounded_parts_are_headcounts_of_their_people(
    named: pd.DataFrame, keys: pd.Series[int]
) -> None:
    """Newcomers are told as if they had been asked for alone; so are representatives."""
    by = ["year", "programme"]
    found = emergence(named, by, keys, base=3)
    new = headcount(named[named["first_year"] == named["year"]], by, keys, base=3)
    pd.testing.assert_series_equal(found["first_time"], new, check_names=False)
    speak = headcount(named[named["role"] == "representative"], by, keys, base=3)
    pd.testing.assert_series_equal(found["representing"], speak, check_names=False)
    exact = emergence(named, by)
    people = ["people", "first_time", "returning", "representing", "joining"]
    assert (found[people].fillna(0) % 3 == 0).all(axis=None)
    assert (abs(found[people] - exact[people]).fillna(0) < 3).all(axis=None)
    assert found["groups"].equals(exact["groups"])
    share = found["first_time"] / (found["first_time"] + found["returning"].fillna(0))
    pd.testing.assert_series_equal(found["first_share"], share, check_names=False)


def test_few_are_not_told_through_their_group() -> None:
    """One group of two newcomers: neither number nor mean; a group of four is told as 3 or 6."""
    rows = told((2012, "x", "a", "b"), (2013, "y", "c", "def"), (2013, "x", "a", "b"))
    keys = record_keys(rows["person_id"], b"1")
    found = emergence(rows, ["year"], keys, base=3)
    assert found.loc[2012].tolist() == pytest.approx([NAN] * 5 + [1] + [NAN] * 3, nan_ok=True)
    of_four = headcount(rows[rows["group_id"] == "y"], ["year"], keys, base=3).item()
    assert of_four in (3, 6)
    both = found.loc[2013, ["groups", "per_group", "per_group_median", "first_time"]]
    assert both.tolist() == [2, of_four, of_four, of_four]
    assert found.loc[2013, ["returning", "first_share"]].tolist() == pytest.approx(
        [NAN, 1], nan_ok=True
    )


def test_rows_in_another_order_change_nothing(named: pd.DataFrame, keys: pd.Series[int]) -> None:
    """Nor do other names of people, where numbers are exact."""
    here = emergence(named, ["year"], keys, base=3)
    shuffled = named.sample(frac=1, random_state=1)
    pd.testing.assert_frame_equal(emergence(shuffled, ["year"], keys, base=3), here)
    renamed = named.assign(person_id="z" + named["person_id"].str[::-1])
    pd.testing.assert_frame_equal(emergence(renamed, ["year"]), emergence(named, ["year"]))
