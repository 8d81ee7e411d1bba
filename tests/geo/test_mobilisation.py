"""Signs of people gathered for an application: by hand, and what must hold of the sample."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from geo.atlas import Atlas
from geo.measures.disclosure import headcount, record_keys
from geo.measures.mobilisation import at_minimum, lent, once
from geo.measures.participation import emergence

NAN = float("nan")


def told(*rows: tuple[int, str, str, str]) -> pd.DataFrame:
    """Rows of year, application, group and people as letters."""
    frame = pd.DataFrame(
        [
            (year, application, group, one)
            for year, application, group, all_ in rows
            for one in all_
        ],
        columns=["year", "application_id", "group_id", "person_id"],
    )
    frame = frame.astype({"year": "Int64"} | dict.fromkeys(frame.columns[1:], "str"))
    return with_years(frame)


def with_years(frame: pd.DataFrame) -> pd.DataFrame:
    years = frame.groupby("person_id")["year"].agg(["min", "max"])
    person = frame["person_id"]
    return frame.assign(first_year=person.map(years["min"]), last_year=person.map(years["max"]))


@pytest.fixture(scope="module")
def named(sample: Atlas) -> pd.DataFrame:
    """Everybody named in the sample, one row an application, with first and last years."""
    applications = sample.applications[["application_id", "group_id", "year", "programme"]]
    return with_years(sample.memberships.merge(applications, on="application_id"))


@pytest.fixture(scope="module")
def keys(named: pd.DataFrame) -> pd.Series[int]:
    return record_keys(named["person_id"], b"7")


# ---- once --------------------------------------------------------------------------------------


def test_once_by_hand() -> None:
    """A comes back, b after a gap, c never, d is new in the second year and gone after it.

    Of the last year, in which f is new, nothing can be said.
    """
    rows = told((2012, "1", "x", "abc"), (2012, "2", "y", "c"), (2013, "3", "x", "ad"),
                (2014, "4", "x", "bf"))  # fmt: skip
    found = once(rows, ["year"], until=2014)
    assert found.columns.tolist() == ["newcomers", "gone", "gone_share"]
    assert (found.dtypes == "float64").all()
    assert found.loc[2012].tolist() == [3, 1, 1 / 3]
    assert found.loc[2013].tolist() == [1, 1, 1]
    assert found.loc[2014].isna().all()
    assert once(rows, ["year"], until=2015).loc[2014].tolist() == [1, 1, 1]


def test_where_nobody_is_new_there_is_no_share() -> None:
    """Two who come back: no newcomer, none gone."""
    rows = told((2012, "1", "x", "ab"), (2013, "2", "x", "ab"), (2014, "3", "x", "c"))
    found = once(rows, ["year"], until=2014).loc[2013]
    assert found.tolist() == pytest.approx([0, 0, NAN], nan_ok=True)


def test_newcomers_of_the_last_year_count_nowhere() -> None:
    """Where a row holds several years; what has the last year alone is missing."""
    rows = told((2012, "1", "x", "ab"), (2013, "2", "x", "ac"), (2014, "3", "x", "de"),
                (2014, "4", "y", "fg"))  # fmt: skip
    found = once(rows, ["group_id"], until=2014)
    assert found.loc["x"].tolist() == [3, 2, 2 / 3]
    assert found.loc["y"].isna().all()


def test_newcomers_are_those_who_emerge(named: pd.DataFrame, keys: pd.Series[int]) -> None:
    """The same number as told elsewhere, exact or rounded, but for the last year."""
    for base in (1, 3):
        found = once(named, ["year", "programme"], 2017, keys, base)
        first = emergence(named, ["year", "programme"], keys, base)["first_time"]
        first[first.index.get_level_values("year") == 2017] = np.nan
        pd.testing.assert_series_equal(found["newcomers"], first, check_names=False)


def test_who_was_named_in_one_year_alone_is_gone(named: pd.DataFrame) -> None:
    """Counted person by person."""
    years = named.groupby("person_id")["year"].agg(["min", "nunique"])
    expected = years[years["nunique"] == 1].groupby("min").size()
    found = once(named, ["year"], until=2017)
    assert found["gone"].iloc[:-1].tolist() == expected.iloc[:-1].tolist()
    assert (found["gone_share"].dropna() <= 1).all()


def test_rounded_shares_are_of_the_numbers_told(named: pd.DataFrame, keys: pd.Series[int]) -> None:
    """And never above one, though a part may be told larger than its whole."""
    found = once(named, ["group_id", "year"], 2017, keys, base=3)
    over = found["gone"] > found["newcomers"]
    assert over.any()
    assert (found.loc[over, "gone_share"] == 1).all()
    rest = found[~over]
    pd.testing.assert_series_equal(
        rest["gone_share"], rest["gone"] / rest["newcomers"], check_names=False
    )


# ---- at the minimum ----------------------------------------------------------------------------


def test_at_minimum_by_hand() -> None:
    """Three names and two are at the minimum, four are not; one named twice is one name."""
    rows = told((2012, "1", "x", "abc"), (2012, "2", "y", "abcd"), (2012, "3", "z", "ab"),
                (2012, "4", "x", "abcc"), (2013, "5", "x", "abcd"))  # fmt: skip
    found = at_minimum(rows, ["year"])
    expected = pd.DataFrame(
        {"applications": [4, 1], "minimum": [3, 0], "minimum_share": [0.75, 0.0]},
        index=pd.Index([2012, 2013], name="year", dtype="Int64"),
    )
    pd.testing.assert_frame_equal(found, expected, check_index_type=False)
    assert at_minimum(rows, ["year"], least=4)["minimum"].tolist() == [4, 1]


def test_an_application_counts_whole_wherever_it_counts() -> None:
    """By a trait of people, it is as large as it is, and counts once for each."""
    rows = told((2012, "1", "x", "abcd")).assign(kind=["u", "u", "v", None])
    found = at_minimum(rows, ["kind"])
    assert found["applications"].to_dict() == {"u": 1, "v": 1}
    assert found["minimum"].to_dict() == {"u": 0, "v": 0}


def test_applications_are_counted_as_pandas_counts_them(named: pd.DataFrame) -> None:
    """Different ones of each row; more are at the minimum the larger it is, and in the end all."""
    by = ["year", "programme"]
    found = [at_minimum(named, by, least) for least in (2, 3, 5, 10_000)]
    theirs = named.groupby(by)["application_id"].nunique()
    for one in found:
        pd.testing.assert_series_equal(one["applications"], theirs, check_names=False)
    minimum = np.array([one["minimum"] for one in found])
    assert (np.diff(minimum, axis=0) >= 0).all()
    assert minimum[0].sum() == 0  # an application names three
    assert minimum[-1].tolist() == theirs.tolist()


# ---- lent --------------------------------------------------------------------------------------


def test_lent_by_hand() -> None:
    """A is in three groups of a year; b in two, one of them twice; c in three in two years."""
    rows = told((2012, "1", "x", "abc"), (2012, "2", "y", "abc"), (2012, "3", "y", "b"),
                (2012, "4", "z", "ad"), (2013, "5", "w", "c"))  # fmt: skip
    found = lent(rows, ["year"])
    assert found.columns.tolist() == ["people", "lent", "lent_share"]
    assert found.loc[2012].tolist() == [4, 1, 0.25]
    assert found.loc[2013].tolist() == [1, 0, 0]
    assert lent(rows, ["year"], many=2).loc[2012].tolist() == [4, 3, 0.75]
    whole = lent(rows.assign(place="here"), ["place"]).loc["here"]
    assert whole.tolist() == [4, 2, 0.5]


def test_everybody_is_in_one_group_at_least(named: pd.DataFrame) -> None:
    """With one group being many, all are lent; the more it takes, the fewer."""
    found = [lent(named, ["year"], many) for many in (1, 2, 3, 4)]
    assert (found[0]["lent_share"] == 1).all()
    numbers = np.array([one["lent"] for one in found])
    assert (np.diff(numbers, axis=0) <= 0).all()


@pytest.mark.parametrize("base", [1, 3])
def test_those_lent_are_told_as_a_crowd_of_their_own(
    named: pd.DataFrame, keys: pd.Series[int], base: int
) -> None:
    """Found person by person, then counted like anybody."""
    groups = named.groupby(["year", "person_id"])["group_id"].transform("nunique")
    alone = headcount(named[groups >= 2], ["year"], keys, base)
    found = lent(named, ["year"], 2, keys, base)
    pd.testing.assert_series_equal(found["lent"], alone, check_names=False)
    people = headcount(named, ["year"], keys, base)
    pd.testing.assert_series_equal(found["people"], people, check_names=False)


def test_rows_in_another_order_change_nothing(named: pd.DataFrame, keys: pd.Series[int]) -> None:
    """None of the three depends on it."""
    shuffled = named.sample(frac=1, random_state=1)
    for measure in (
        lambda frame: once(frame, ["year"], 2017, keys, 3),
        lambda frame: at_minimum(frame, ["year"]),
        lambda frame: lent(frame, ["year"], 3, keys, 3),
    ):
        pd.testing.assert_frame_equal(measure(shuffled), measure(named))


def test_nobody_is_no_row(named: pd.DataFrame) -> None:
    """An empty table in, an empty one out."""
    nobody = named.iloc[:0]
    assert len(once(nobody, ["year"], 2017)) == 0
    assert len(at_minimum(nobody, ["year"])) == 0
    assert len(lent(nobody, ["year"])) == 0
