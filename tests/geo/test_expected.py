"""Observed over expected: totals kept, chance kept apart from what is more than chance."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from geo.boundaries import Boundaries
from geo.measures.density import expected, funnel_limits


def test_expected_groups_add_up_to_those_observed(seoul: Boundaries) -> None:
    """By area and by residents, in every year."""
    areas = seoul.districts.set_index("code")
    counts = pd.DataFrame(
        np.random.default_rng(3).poisson(20, (25, 2)), index=areas.index, columns=[2012, 2013]
    )
    for exposure in (areas["area_km2"], areas["population"]):
        wanted = expected(counts, exposure)
        pd.testing.assert_series_equal(wanted.sum(), counts.sum().astype(float))
        twice = expected(counts, exposure * 2)
        pd.testing.assert_frame_equal(wanted, twice)


def test_an_area_without_size_has_no_expectation() -> None:
    """Its groups are still shared out over the others."""
    counts = pd.DataFrame({2012: [1, 3]}, index=["A", "B"])
    wanted = expected(counts, pd.Series([0.0, 2.0], index=["A", "B"]))
    assert wanted[2012].isna().tolist() == [True, False]
    assert wanted.loc["B", 2012] == 4


def test_residents_may_differ_by_year() -> None:
    """A column a year."""
    counts = pd.DataFrame({2012: [2, 2], 2013: [2, 2]}, index=["A", "B"])
    residents = pd.DataFrame({2012: [1, 1], 2013: [3, 1]}, index=["A", "B"])
    assert expected(counts, residents).to_numpy().tolist() == [[2, 3], [2, 1]]


def test_the_funnel_by_hand() -> None:
    """Ten throws of a fair coin: 1 to 9 heads cover 99.8 %, as 2 in 1,024 throw none or ten."""
    low, high = funnel_limits(pd.DataFrame({2012: [5.0]}), pd.Series({2012: 10}), 0.995)
    assert (low.iloc[0, 0], high.iloc[0, 0]) == (1, 9)


def test_places_without_a_pattern_stay_in_the_funnel() -> None:
    """Of 20,000 places among which groups fall at random some two in a thousand lie beyond."""
    rng = np.random.default_rng(5)
    share = rng.dirichlet(np.ones(20_000))
    counts = pd.DataFrame({2012: rng.multinomial(200_000, share)})
    wanted = expected(counts, pd.Series(share))
    low, high = funnel_limits(wanted, counts.sum())
    beyond = ((counts < low) | (counts > high))[2012].mean()
    assert beyond == pytest.approx(0.001, abs=0.001)
