"""신청에서 선정까지: by hand, as published, as scipy, statsmodels and esda have it."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from esda.smoothing import Empirical_Bayes
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest
from statsmodels.stats.proportion import proportion_confint

from geo.measures.funnel import selection, smoothed_rate, wilson

COUNTS = ["applications", "selected", "rejected", "under_review", "other"]
RATES = ["rate", "low", "high", "decided_rate"]
OUTCOMES = ["selected", "rejected", "under_review", "other", "unknown"]
FEW = st.lists(
    st.integers(0, 40).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=1
)
"""Areas: how many were selected, of how many."""


def applied(*rows: tuple[object, ...]) -> pd.DataFrame:
    """Applications: a neighbourhood, a year, an outcome."""
    return pd.DataFrame(rows, columns=["code", "year", "outcome"])


@pytest.fixture
def many() -> pd.DataFrame:
    """Two thousand applications of 40 neighbourhoods; of some the neighbourhood is not known."""
    rng = np.random.default_rng(11)
    codes = [*(f"{n:02d}" for n in range(40)), None]
    columns = {
        "code": pd.Series(rng.choice(np.array(codes, dtype=object), 2_000), dtype="str"),
        "year": rng.integers(2016, 2022, 2_000),
        "outcome": pd.Series(rng.choice(OUTCOMES, 2_000), dtype="str"),
    }
    return pd.DataFrame(columns)


# ---- intervals ---------------------------------------------------------------------------------


def test_intervals_are_those_published() -> None:
    """Newcombe (1998), Two-sided confidence intervals for the single proportion: four cases."""
    found = wilson(pd.Series([81, 15, 0, 1]), pd.Series([263, 148, 20, 29])).round(4)
    assert found["low"].tolist() == [0.2553, 0.0624, 0, 0.0061]
    assert found["high"].tolist() == [0.3662, 0.1605, 0.1611, 0.1718]


@pytest.mark.parametrize("confidence", [0.8, 0.95, 0.99])
@pytest.mark.parametrize("n", [1, 2, 9, 25, 3_000])
def test_intervals_are_those_of_scipy_and_statsmodels(n: int, confidence: float) -> None:
    """From none to all selected, to the twelfth digit."""
    k = pd.Series(sorted({0, 1, n // 3, n // 2, n - 1, n}))
    found = wilson(k, pd.Series(n, index=k.index), confidence).to_numpy()
    theirs = [binomtest(one, n).proportion_ci(confidence, "wilson") for one in k]
    np.testing.assert_allclose(found, np.array(theirs), rtol=0, atol=1e-12)
    other = proportion_confint(k.to_numpy(), n, 1 - confidence, method="wilson")
    np.testing.assert_allclose(found.T, np.array(other), rtol=0, atol=1e-12)


def test_all_or_nothing_touches_the_end() -> None:
    """Of any number: none selected begins at 0 exactly, all selected ends at 1, never beyond."""
    n = pd.Series(range(1, 2_001))
    none, every = wilson(n * 0, n), wilson(n, n)
    assert (none["low"] == 0).all()
    assert (every["high"] <= 1).all()
    np.testing.assert_allclose(every["high"], 1, atol=1e-12)


def test_nothing_tried_has_no_interval() -> None:
    """None without trials or with a number missing; the others are untouched, by their index."""
    index = pd.Index(["a", "b", "c", "d"], name="code")
    k = pd.Series([0, 3, None, 3], index=index, dtype="Int64")
    found = wilson(k, pd.Series([0, 7, 5, None], index=index))
    alone = wilson(pd.Series([3], index=index[[1]]), pd.Series([7], index=index[[1]]))
    pd.testing.assert_frame_equal(found, alone.reindex(index))


@given(FEW)
@settings(max_examples=60, deadline=None)
def test_intervals_are_where_they_must_be(areas: list[tuple[int, int]]) -> None:
    """Around the rate, inside 0 and 1, mirrored for the rest; of more trials narrower."""
    k, n = (pd.Series(each) for each in zip(*areas, strict=True))
    found, rest, tenfold = wilson(k, n), wilson(n - k, n), wilson(10 * k, 10 * n)
    some = n > 0
    assert found.notna().all(axis=1).tolist() == some.tolist()
    rate = k[some] / n[some]
    assert (found["low"][some].ge(0) & found["low"][some].le(rate + 1e-12)).all()
    assert (found["high"][some].le(1) & found["high"][some].ge(rate - 1e-12)).all()
    np.testing.assert_allclose(found["low"], 1 - rest["high"], atol=1e-12)
    width = (found["high"] - found["low"])[some]
    assert ((tenfold["high"] - tenfold["low"])[some] < width).all()


@pytest.mark.parametrize("confidence", [95, 0, 1, -0.5])
def test_confidence_is_a_share(confidence: float) -> None:
    """95 is no confidence, 0.95 is."""
    sentence = f"No confidence of {confidence}: give one between 0 and 1, such as 0.95."
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        wilson(pd.Series([1]), pd.Series([2]), confidence)


# ---- selection ---------------------------------------------------------------------------------


def test_selection_by_hand() -> None:
    """Two of five selected; what is neither selected, rejected nor under review is other."""
    rows = [("b", 2019, "selected"), ("b", 2019, "selected"), ("b", 2020, "rejected")]
    rows += [("b", 2020, "under_review"), ("b", 2020, "unknown")]
    rows += [("a", 2020, "under_review"), ("a", 2020, None), ("a", 2019, "other")]
    found = selection(applied(*rows), ["code"])
    # z² = 3.8415: (2 + 1.9207 ± √(3.8415 (2 · 3/5 + 0.9604)))/8.8415, and 3.8415/6.8415.
    expected = pd.DataFrame(
        [
            [3, 0, 0, 1, 2, 0, 0, 0.5615, np.nan],
            [5, 2, 1, 1, 1, 0.4, 0.1176, 0.7693, 2 / 3],
        ],
        index=pd.Index(["a", "b"], name="code"),
        columns=[*COUNTS, *RATES],
    ).astype(dict.fromkeys(COUNTS, int))
    pd.testing.assert_frame_equal(found, expected, atol=5e-5)


def test_several_keys_make_several_levels() -> None:
    """One key gives an index, two give two levels; only what occurs, sorted."""
    rows = applied(("b", 2020, "selected"), ("a", 2020, "rejected"), ("b", 2019, "selected"))
    one, two = selection(rows, ["year"]), selection(rows, ["code", "year"])
    assert one.index.name == "year"
    assert one["rate"].to_dict() == {2019: 1, 2020: 0.5}
    assert two.index.names == ["code", "year"]
    assert two["selected"].to_dict() == {("a", 2020): 0, ("b", 2019): 1, ("b", 2020): 1}
    kinds = rows.assign(code=pd.Categorical(rows["code"], categories=["a", "b", "c"]))
    assert selection(kinds, ["code"]).index.tolist() == ["a", "b"]


def test_what_has_no_key_is_left_out() -> None:
    """By neighbourhood it has no place; by year it counts."""
    rows = applied(("a", 2020, "selected"), (None, 2020, "rejected"))
    assert selection(rows, ["code"])["applications"].to_dict() == {"a": 1}
    assert selection(rows, ["code", "year"])["applications"].to_dict() == {("a", 2020): 1}
    assert selection(rows, ["year"])["applications"].to_dict() == {2020: 2}


def test_no_applications_no_rows() -> None:
    """The columns are there, whole numbers where they count."""
    found = selection(applied().astype({"year": int, "code": "str"}), ["code", "year"])
    assert found.empty
    assert found.columns.tolist() == [*COUNTS, *RATES]
    assert found.dtypes.tolist() == [np.dtype(int)] * 5 + [np.dtype(float)] * 4


def test_selection_is_a_table_of_outcomes(many: pd.DataFrame) -> None:
    """As pandas cross-tabulates it; every application is in one column; rates are of counts."""
    found = selection(many, ["code"])
    table = pd.crosstab(many["code"], many["outcome"])
    table["other"] += table.pop("unknown")
    pd.testing.assert_frame_equal(found[COUNTS[1:]], table[COUNTS[1:]], check_names=False)
    assert found["applications"].equals(found[COUNTS[1:]].sum(axis=1))
    assert found["applications"].sum() == many["code"].notna().sum()
    interval = wilson(found["selected"], found["applications"])
    pd.testing.assert_frame_equal(found[["low", "high"]], interval)
    assert found["rate"].between(found["low"], found["high"]).all()


def test_years_add_up(many: pd.DataFrame) -> None:
    """Counts by neighbourhood and year are, summed over years, those by neighbourhood."""
    both = selection(many, ["code", "year"])[COUNTS].groupby("code").sum()
    pd.testing.assert_frame_equal(both, selection(many, ["code"])[COUNTS])


def test_order_and_names_do_not_matter(many: pd.DataFrame) -> None:
    """Rows shuffled give the same; neighbourhoods renamed give it under their new names."""
    found = selection(many, ["code"])
    shuffled = many.sample(frac=1, random_state=1)
    pd.testing.assert_frame_equal(selection(shuffled, ["code"]), found)
    renamed = selection(many.assign(code="z" + many["code"]), ["code"])
    pd.testing.assert_frame_equal(renamed, found.set_index("z" + found.index))


def test_decisions_to_come_can_only_raise_the_rate(many: pd.DataFrame) -> None:
    """Under review is not yet selected: whatever it becomes, the rate does not fall."""
    found = selection(many, ["year"])
    waiting = many["outcome"] == "under_review"
    decided = {
        outcome: selection(many.assign(outcome=many["outcome"].mask(waiting, outcome)), ["year"])
        for outcome in ("selected", "rejected")
    }
    assert (decided["selected"]["rate"] > found["rate"]).all()
    assert decided["rejected"]["rate"].equals(found["rate"])
    assert (decided["selected"]["decided_rate"] > found["decided_rate"]).all()
    assert (decided["rejected"]["decided_rate"] < found["decided_rate"]).all()


# ---- smoothing ---------------------------------------------------------------------------------


def test_smoothing_by_hand() -> None:
    """Rates of 1, 0.9 and 0.1 of 1, 100 and 100.

    m = 101/201, A = (0.2475 + 15.7984 + 16.1994)/201 − m/67 = 0.1529; the first area weighs
    A/(A + m) = 0.2333 and comes out at 0.6186.
    """
    found = smoothed_rate(pd.Series([1, 90, 10]), pd.Series([1, 100, 100]))
    assert found.round(4).tolist() == [0.6186, 0.8874, 0.1128]


def test_smoothing_is_that_of_esda() -> None:
    """Of 300 areas whose true rates differ."""
    rng = np.random.default_rng(3)
    n = rng.integers(1, 60, 300)
    k = rng.binomial(n, rng.beta(2, 3, 300))
    found = smoothed_rate(pd.Series(k), pd.Series(n))
    np.testing.assert_allclose(found, Empirical_Bayes(k, n).r.ravel(), rtol=1e-12)


def test_areas_without_applications_have_no_part() -> None:
    """They are missing, and the others come out as if they were not there."""
    index = pd.Index(["a", "b", "c", "d", "e"], name="code")
    k = pd.Series([9, 30, 0, None, 4], index=index)
    n = pd.Series([10, 100, 0, 7, None], index=index)
    found = smoothed_rate(k, n)
    pd.testing.assert_series_equal(found, smoothed_rate(k.iloc[:2], n.iloc[:2]).reindex(index))
    assert smoothed_rate(k * 0, n * 0).isna().all()
    assert smoothed_rate(k.iloc[:0], n.iloc[:0]).empty


def test_where_rates_are_alike_all_have_the_mean() -> None:
    """The same rate everywhere, or rates no further apart than chance puts them."""
    n = pd.Series([2, 4, 10])
    assert smoothed_rate(n / 2, n).tolist() == [0.5] * 3
    assert smoothed_rate(n * 0, n).tolist() == [0] * 3
    chance = smoothed_rate(pd.Series([1, 2, 6]), n)
    assert chance.tolist() == pytest.approx([9 / 16] * 3)


@given(FEW)
@settings(max_examples=60, deadline=None)
def test_smoothing_only_draws_towards_the_mean(areas: list[tuple[int, int]]) -> None:
    """Each lies between its own rate and that of all; the order of areas does not matter."""
    k, n = (pd.Series(each) for each in zip(*areas, strict=True))
    found = smoothed_rate(k, n)
    assert found.notna().tolist() == (n > 0).tolist()
    some = n > 0
    if some.any():
        rate, mean = k[some] / n[some], k.sum() / n.sum()
        low, high = np.minimum(rate, mean), np.maximum(rate, mean)
        assert found[some].between(low - 1e-12, high + 1e-12).all()
    np.testing.assert_allclose(smoothed_rate(k[::-1], n[::-1])[::-1], found, atol=1e-12)


def test_few_applications_are_drawn_in_further() -> None:
    """Of areas with one rate, the smaller comes out nearer to the mean."""
    n = pd.Series([4, 40, 400, 400])
    found = smoothed_rate(n * [0.75, 0.75, 0.75, 0.25], n)
    mean = (n * [0.75, 0.75, 0.75, 0.25]).sum() / n.sum()
    assert mean < found[0] < found[1] < found[2] < 0.75
