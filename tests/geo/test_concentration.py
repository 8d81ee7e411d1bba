"""편중: by hand, as PySAL has it, and whatever places are cut into or held in."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from inequality.gini import Gini
from inequality.theil import Theil, TheilD
from inequality.wolfson import lorenz_curve
from scipy.stats import variation

from geo.measures.concentration import (
    TheilParts,
    bootstrap,
    gini,
    herfindahl,
    location_quotient,
    lorenz,
    theil,
    theil_parts,
    top_share,
)

NAN = float("nan")
INDICES = ["gini", "theil", "herfindahl", "top_share"]
HELD = st.lists(st.integers(0, 1_000), min_size=1, max_size=30).filter(any)
"""What places hold, something somewhere."""


def places(n: int, seed: int) -> tuple[pd.Series, pd.Series, pd.Series]:
    """What they hold, many of them nothing; how large they are; and in which group."""
    rng = np.random.default_rng(seed)
    names = [f"{place:03d}" for place in range(n)]
    held = pd.Series(rng.negative_binomial(1, 0.3, n), index=names)
    size = pd.Series(rng.integers(50, 5_000, n), index=names)
    return held, size, pd.Series(rng.choice(list("abcde"), n), index=names)


def by_pairs(held: pd.Series, size: pd.Series) -> float:
    """The weighted Gini as half the mean difference of all pairs over the mean."""
    per, share = (held / size).to_numpy(), (size / size.sum()).to_numpy()
    apart = np.abs(per[:, None] - per[None, :])
    return float(share @ apart @ share / (2 * share @ per))


# ---- the Lorenz curve --------------------------------------------------------------------------


def test_a_lorenz_curve_by_hand() -> None:
    """Per weight 2, ½, 1: the second comes first, and the curve rises ever more steeply."""
    held, size = pd.Series([4, 1, 3], index=list("abc")), pd.Series({"c": 3, "b": 2, "a": 2})
    expected = {"places": [0, 2 / 7, 5 / 7, 1], "values": [0, 1 / 8, 4 / 8, 1]}
    pd.testing.assert_frame_equal(lorenz(held, size), pd.DataFrame(expected), rtol=1e-12)
    expected = {"places": [0, 1 / 3, 2 / 3, 1], "values": [0, 1 / 8, 4 / 8, 1]}
    pd.testing.assert_frame_equal(lorenz(held), pd.DataFrame(expected), rtol=1e-12)


def test_a_lorenz_curve_as_pysal_draws_it() -> None:
    """The same points, from nought to one."""
    held, _, _ = places(200, 1)
    assert np.allclose(lorenz(held).to_numpy().T, lorenz_curve(held.to_numpy()), atol=1e-12)


def test_the_curve_ends_where_all_are() -> None:
    """It hangs below the diagonal and bends one way, and twice what lies between is the Gini."""
    held, size, _ = places(300, 2)
    curve = lorenz(held, size)
    assert curve.iloc[[0, -1]].to_numpy().tolist() == [[0, 0], [1, 1]]
    assert (curve["values"] <= curve["places"] + 1e-12).all()
    slope = curve["values"].diff() / curve["places"].diff()
    assert (slope.diff().dropna() > -1e-9).all()
    assert 1 - 2 * np.trapezoid(curve["values"], curve["places"]) == pytest.approx(gini(held, size))


# ---- Gini, Theil, Herfindahl -------------------------------------------------------------------


@pytest.mark.parametrize("n", [9, 25, 467])
def test_indices_are_those_of_pysal(n: int) -> None:
    """Gini, Theil's T, and what of it lies between and inside groups; zeros are there."""
    held, _, group = places(n, n)
    assert (held == 0).any()
    array = held.to_numpy().astype(float)
    assert gini(held) == pytest.approx(Gini(array).g)
    assert theil(held) == pytest.approx(Theil(array).T)
    theirs = TheilD(array, group.to_numpy())
    assert theil_parts(held, group) == pytest.approx((theirs.bg.item(), theirs.wg.item()))


def test_a_weighted_gini_is_the_mean_difference() -> None:
    """Of what two residents drawn at random have in their places, over twice the mean."""
    held, size, _ = places(150, 5)
    assert gini(held, size) == pytest.approx(by_pairs(held, size))
    assert gini(held, size) != pytest.approx(gini(held), abs=0.01)


def test_a_weighted_theil_by_hand() -> None:
    """Shares ¾ and ¼ of what is held, ½ each of the residents."""
    held, size = pd.Series([3, 1]), pd.Series([70, 70])
    assert theil(held, size) == pytest.approx(0.75 * np.log(1.5) + 0.25 * np.log(0.5))
    assert theil(held, pd.Series([30, 10])) == 0


def test_herfindahl_by_hand() -> None:
    """Shares ½, ¼, ¼: a quarter and two sixteenths; and (1 + V²)/n, V being their variation."""
    assert herfindahl(pd.Series([2, 1, 1])) == 3 / 8
    held, _, _ = places(60, 6)
    assert herfindahl(held) == pytest.approx((1 + variation(held) ** 2) / 60)


@pytest.mark.parametrize("n", [1, 2, 7, 400])
def test_all_alike_and_all_in_one_place(n: int) -> None:
    """Zero where all hold alike; where one holds all, 1 − 1/n, ln n and one."""
    alike, one = pd.Series([3] * n), pd.Series([5] + [0] * (n - 1))
    assert (gini(alike), theil(alike), herfindahl(alike)) == pytest.approx((0, 0, 1 / n))
    assert (gini(one), theil(one), herfindahl(one)) == pytest.approx((1 - 1 / n, np.log(n), 1))
    in_proportion = pd.Series(range(1, n + 1))
    assert gini(in_proportion, in_proportion * 7) == pytest.approx(0)
    assert theil(in_proportion, in_proportion * 7) == pytest.approx(0)


def test_parts_add_up() -> None:
    """Between and within are the whole; within is each group's own T by what it holds."""
    held, size, group = places(300, 8)
    parts = theil_parts(held, group, size)
    assert parts.between + parts.within == pytest.approx(theil(held, size))
    within = sum(ours.sum() / held.sum() * theil(ours, size) for _, ours in held.groupby(group))
    assert parts.within == pytest.approx(within)
    assert theil_parts(held, pd.Series("a", held.index), size) == (0, theil(held, size))
    each = pd.Series(held.index, held.index)
    assert theil_parts(held, each, size) == pytest.approx((theil(held, size), 0))


def test_a_place_without_a_group_is_in_no_part() -> None:
    """The parts are those of the others."""
    held, size, group = places(100, 9)
    group.iloc[::7] = None
    known = group.notna()
    assert theil_parts(held, group, size) == theil_parts(held[known], group[known], size[known])


@settings(max_examples=60, deadline=None)
@given(HELD, st.integers(1, 50))
def test_thousands_of_won_or_won(amounts: list[int], by: int) -> None:
    """Counted in another unit the indices are the same."""
    held = pd.Series(amounts)
    for index in (gini, theil, herfindahl, top_share):
        assert index(held * by) == pytest.approx(index(held), abs=1e-9)
    assert gini(held, pd.Series(1.0, held.index) * by) == pytest.approx(gini(held), abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(HELD, st.integers(0, 99))
def test_order_and_names_change_nothing(amounts: list[int], seed: int) -> None:
    """Places in another order, weights found by name."""
    held = pd.Series(amounts)
    size = held.index.to_series() % 5 + 1
    mixed = held.sample(frac=1, random_state=seed)
    for index in (gini, theil, top_share):
        assert index(mixed, size) == pytest.approx(index(held, size), abs=1e-9)
    assert herfindahl(mixed) == pytest.approx(herfindahl(held))


@settings(max_examples=60, deadline=None)
@given(HELD)
def test_an_empty_place_makes_it_less_equal(amounts: list[int]) -> None:
    """Gini rises from G to (nG + 1)/(n + 1), Theil by ln((n + 1)/n); Herfindahl stays."""
    n = len(amounts)
    before, after = pd.Series(amounts), pd.Series([*amounts, 0])
    assert gini(after) == pytest.approx((n * gini(before) + 1) / (n + 1))
    assert gini(after) > gini(before)
    assert theil(after) == pytest.approx(theil(before) + np.log((n + 1) / n))
    assert herfindahl(after) == herfindahl(before)


@settings(max_examples=60, deadline=None)
@given(HELD, st.integers(0, 1_000), st.integers(1, 100), st.integers(2, 5))
def test_a_place_may_be_cut_into_like_parts(
    amounts: list[int], more: int, people: int, parts: int
) -> None:
    """With weights it does not matter whether places that are alike are one or several."""
    size = [1 + n % 4 for n in range(len(amounts))]
    one = pd.Series([*amounts, more * parts]), pd.Series([*size, people * parts])
    cut = pd.Series([*amounts, *[more] * parts]), pd.Series([*size, *[people] * parts])
    for index in (gini, theil, top_share):
        assert index(*cut) == pytest.approx(index(*one), abs=1e-9)


def test_to_take_from_the_rich_makes_it_more_equal() -> None:
    """One moved from the place that holds most to the one that holds least."""
    before, after = pd.Series([9, 4, 1]), pd.Series([8, 4, 2])
    for index in (gini, theil, herfindahl):
        assert index(after) < index(before)


# ---- the top -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("top", "expected"),
    [(0.1, 0.2), (0.25, 0.5), (0.5, 0.75), (0.625, 0.8125), (1, 1)],
    ids=["part of the first", "the first", "two", "two and a half", "all"],
)
def test_shares_at_the_top_by_hand(top: float, expected: float) -> None:
    """Four places hold 4, 2, 1, 1: what is cut counts in part."""
    assert top_share(pd.Series([1, 4, 1, 2]), top=top) == pytest.approx(expected)


def test_the_top_is_of_residents_if_they_are_given() -> None:
    """A small place with the most per resident comes first, then the half of the next."""
    held, size = pd.Series([30, 40, 30]), pd.Series([10, 40, 50])
    assert top_share(held, size, top=0.1) == pytest.approx(0.3)
    assert top_share(held, size, top=0.3) == pytest.approx(0.5)
    assert top_share(held, held, top=0.3) == pytest.approx(0.3)


def test_the_top_is_read_off_the_curve() -> None:
    """As interpolation between its points has it."""
    held, size, _ = places(80, 11)
    curve = lorenz(held, size)
    for top in (0.01, 0.1, 0.37, 0.9, 1.0):
        expected = 1 - np.interp(1 - top, curve["places"], curve["values"])
        assert top_share(held, size, top) == pytest.approx(expected)


@pytest.mark.parametrize("top", [0, -0.1, 10, NAN])
def test_a_top_that_is_no_share_is_refused(top: float) -> None:
    """Ten per cent is 0.1, not 10."""
    with pytest.raises(ValueError) as refused:  # noqa: PT011  # its sentence is compared
        top_share(pd.Series([1, 2]), top=top)
    words = f"{top!r} is no share of the places: give one above 0 and up to 1."
    assert str(refused.value) == words


# ---- location quotients ------------------------------------------------------------------------


def test_location_quotients_by_hand() -> None:
    """6 of 8 with half the residents, 2 with 30 of 100, none with 20; nobody lives in the last."""
    held = pd.Series([6, 2, 0, 0], index=list("abcd"))
    base = pd.Series({"d": 0, "c": 20, "b": 30, "a": 50})
    expected = pd.Series([1.5, 0.25 / 0.3, 0, NAN], index=list("abcd"))
    pd.testing.assert_series_equal(location_quotient(held, base), expected)


def test_quotients_average_to_one() -> None:
    """Weighted by the base, whatever is missing."""
    held, size, _ = places(50, 12)
    held = held.where(held.index != "003")
    size = size.where(size.index != "007")
    found = location_quotient(held, size)
    assert found.index[found.isna()].tolist() == ["003", "007"]
    known = found.dropna()
    assert np.average(known, weights=size[known.index]) == pytest.approx(1)
    left = held.index.difference(["003", "007"])
    pd.testing.assert_series_equal(known, location_quotient(held[left], size[left]))


@pytest.mark.parametrize(("held", "base"), [([0, 0], [1, 2]), ([1, 2], [0, 0]), ([], [])])
def test_no_quotient_of_nothing(held: list[int], base: list[int]) -> None:
    """Where nothing is held or there is nothing to compare with, all are missing."""
    found = location_quotient(pd.Series(held, dtype=float), pd.Series(base, dtype=float))
    assert len(found) == len(held)
    assert found.isna().all()


# ---- what hangs on single places ---------------------------------------------------------------


@pytest.mark.parametrize("weighted", [False, True])
def test_the_bootstrap_is_that_of_the_indices(weighted: bool) -> None:
    """Its values are theirs, and its interval that of places drawn one by one."""
    held, size, _ = places(120, 13)
    weights = size if weighted else None
    found = bootstrap(held, weights, draws=1_999, seed=5)
    assert found.index.tolist() == INDICES
    assert found.columns.tolist() == ["value", "low", "high"]
    values = [gini(held, weights), theil(held, weights), herfindahl(held), top_share(held, weights)]
    assert found["value"].tolist() == pytest.approx(values)
    rng = np.random.default_rng(6)
    drawn = []
    for _ in range(1_000):
        who = rng.integers(0, 120, 120)
        some = held.iloc[who].reset_index(drop=True)
        large = size.iloc[who].reset_index(drop=True) if weighted else None
        drawn.append(
            [gini(some, large), theil(some, large), herfindahl(some), top_share(some, large)]
        )
    width = (found["high"] - found["low"]).to_numpy()
    expected = np.quantile(drawn, [0.025, 0.975], axis=0)
    apart = np.abs(found[["low", "high"]].to_numpy().T - expected) / width
    assert (apart < 0.1).all()


def test_the_bootstrap_repeats_with_its_seed() -> None:
    """The same seed, the same draws; the interval holds the value and is no point."""
    held, size, _ = places(467, 14)
    found = bootstrap(held, size)
    assert found.equals(bootstrap(held, size))
    assert not found.equals(bootstrap(held, size, seed=1))
    assert (found["low"] < found["value"]).all()
    assert (found["value"] < found["high"]).all()


def test_two_places_are_all_draws() -> None:
    """Two places, one of which holds all: half of the draws have both, the others one twice.

    Twice the empty one says nothing and is passed over. So Gini is ½ in two draws of three and 0
    in the third, and both are inside the interval.
    """
    found = bootstrap(pd.Series([0, 8]), draws=2_000)
    expected = {"value": [0.5, np.log(2), 1, 0.2], "low": [0, 0, 0.5, 0.1]}
    expected["high"] = expected["value"]
    pd.testing.assert_frame_equal(found, pd.DataFrame(expected, index=INDICES))


def test_where_all_hold_alike_nothing_hangs_on_a_place() -> None:
    """Whichever are drawn, they hold alike."""
    found = bootstrap(pd.Series([4] * 20), draws=99)
    expected = pd.DataFrame({"value": [0, 0, 0.05, 0.1]}, index=INDICES)
    expected["low"] = expected["high"] = expected["value"]
    pd.testing.assert_frame_equal(found, expected, check_dtype=False, atol=1e-12)


def test_one_large_place_makes_a_wide_interval() -> None:
    """The same places, but one holds a hundred times as much."""
    even = pd.Series(range(10, 60))
    crowded = even.copy()
    crowded.iloc[0] = 3_000
    widths = [bootstrap(held, draws=199).eval("high - low") for held in (even, crowded)]
    assert (widths[1] > 3 * widths[0]).all()


def test_no_draw_no_interval() -> None:
    """A draw of a hundred places misses the only one that holds anything in a third of cases."""
    held = pd.Series([1] + [0] * 99)
    seed = next(
        seed for seed in range(99) if bootstrap(held, draws=1, seed=seed)["low"].isna().all()
    )
    found = bootstrap(held, draws=1, seed=seed)
    assert found["value"].tolist() == pytest.approx([0.99, np.log(100), 1, 1])
    assert found[["low", "high"]].isna().all(axis=None)


# ---- what is missing ---------------------------------------------------------------------------


def test_what_is_missing_is_left_out_with_its_weight() -> None:
    """A value or a weight that is not known: as if the place were not there."""
    held, size, _ = places(60, 15)
    known = held.index[10:]
    values = held.astype("Int64").mask(held.index < "005")
    weights = size.astype("Int64").mask((held.index >= "005") & (held.index < "010"))
    for index in (gini, theil, top_share):
        assert index(values, weights) == index(held[known], size[known])
        assert index(values) == index(held.iloc[5:])
    assert herfindahl(values) == herfindahl(held.iloc[5:])
    assert lorenz(values, weights).equals(lorenz(held[known], size[known]))
    assert bootstrap(values, weights, 19).equals(bootstrap(held[known], size[known], 19))
    assert gini(held, size[known]) == gini(held[known], size[known])


@pytest.mark.parametrize(
    ("held", "size"),
    [([], []), ([0, 0], [1, 2]), ([NAN, 0], [1, 2]), ([1, 2], [0, 0]), ([1, NAN], [NAN, 2])],
    ids=["no place", "nothing held", "nothing known to be held", "nobody there", "none known"],
)
def test_nothing_to_share_out(held: list[float], size: list[float]) -> None:
    """No index is known, and no curve can be drawn."""
    values, weights = pd.Series(held, dtype=float), pd.Series(size, dtype=float)
    assert np.isnan(
        [gini(values, weights), theil(values, weights), top_share(values, weights)]
    ).all()
    group = pd.Series("a", values.index)
    assert theil_parts(values, group, weights) == pytest.approx(TheilParts(NAN, NAN), nan_ok=True)
    assert lorenz(values, weights).shape == (0, 2)
    assert bootstrap(values, weights, 9).isna().all(axis=None)


def test_something_where_nobody_lives() -> None:
    """It stands at the top of the curve; Theil, which would divide by nought, is missing."""
    held, size = pd.Series([1, 1, 2, 0]), pd.Series([1, 1, 0, 0])
    curve = [[0, 0], [0.5, 0.25], [1, 0.5], [1, 1], [1, 1]]
    assert lorenz(held, size).to_numpy().tolist() == curve
    assert gini(held, size) == 0.5
    assert top_share(held, size, 0.5) == 0.75
    assert np.isnan(theil(held, size))
    parts = theil_parts(held, pd.Series(list("aaaa")), size)
    assert parts == pytest.approx(TheilParts(NAN, NAN), nan_ok=True)
    found = bootstrap(held, size, 99)
    assert found["value"].isna().tolist() == [False, True, False, False]
