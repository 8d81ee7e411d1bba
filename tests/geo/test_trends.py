"""Rises are found where they were planted, and hardly anywhere else."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from scipy.stats import kendalltau
from shapely import box

from geo.boundaries import Boundaries
from geo.measures.autocorrelation import neighbours
from geo.measures.trends import history, rise
from geo.sample import simulate

YEARS = list(range(2012, 2018))
FEW = 499


def squares() -> gpd.GeoSeries:
    """A 5 × 5 grid of squares, row by row: ``a0`` … ``e4``."""
    cells = {
        f"{row}{x}": box(x, y, x + 1, y + 1) for y, row in enumerate("abcde") for x in range(5)
    }
    return gpd.GeoSeries(cells)


def scattered(rng: np.random.Generator, share: np.ndarray, n: int = 5_200) -> np.ndarray:
    """Events by area and year, years independent of the place; more in later years."""
    by_year = np.array([0.23, 0.14, 0.15, 0.17, 0.16, 0.15])
    return rng.multinomial(n, np.outer(share / share.sum(), by_year).ravel()).reshape(-1, 6)


def test_a_late_corner_by_hand() -> None:
    """One group a year everywhere, but four more in the last year in a corner cell.

    Of 104 groups 29 are of year 3: t̄ = (25·0 + 25·1 + 25·2 + 29·3)/104 = 162/104. The corner
    and its 3 neighbours have 4·4 + 4 = 20, their years add up to 4·6 + 4·3 = 36: T = 36 − 20·t̄
    and the mean is 36/20 − 162/104 = 0.2423 years later than the city's.
    """
    counts = pd.DataFrame(1, index=squares().index, columns=range(4))
    counts.loc["a0", 3] += 4
    found = rise(counts, neighbours(squares()), permutations=FEW)
    assert found["n"]["a0"] == 20
    assert found["n"]["c2"] == 36
    assert found["later"]["a0"] == pytest.approx(36 / 20 - 162 / 104)
    assert found["later"]["e4"] == pytest.approx(1.5 - 162 / 104)
    # 5 in the last year and one in each before: three pairs of six rise, three are tied.
    assert found["tau"]["a0"] == pytest.approx(3 / np.sqrt(6 * 3))
    assert np.isnan(found["tau"]["e4"])


def test_all_later_groups_in_one_corner_rise() -> None:
    """Thirty groups of the last year in one cell: it and its neighbours rise, and no other."""
    counts = pd.DataFrame(2, index=squares().index, columns=range(4))
    counts.loc["a0", 3] += 30
    found = rise(counts, neighbours(squares()), permutations=9_999)
    assert set(found.index[found["kind"] == "rising"]) == {"a0", "a1", "b0", "b1"}
    assert found["p"].between(0, 1).all()


def test_order_does_not_matter_and_a_seed_repeats() -> None:
    """Areas in another order: the same statistics; the same seed: the same p."""
    rng = np.random.default_rng(1)
    shapes = squares()
    counts = pd.DataFrame(rng.poisson(4, (25, 6)), index=shapes.index, columns=YEARS)
    mixed = shapes.sample(frac=1, random_state=2)
    one = rise(counts, neighbours(shapes), permutations=FEW)
    other = rise(counts.loc[mixed.index], neighbours(mixed), permutations=FEW)
    columns = ["n", "later", "tau"]
    pd.testing.assert_frame_equal(one[columns], other.loc[one.index, columns])
    assert one.equals(rise(counts, neighbours(shapes), permutations=FEW))
    later = counts.set_axis([year + 100 for year in YEARS], axis=1)
    assert one.equals(rise(later, neighbours(shapes), permutations=FEW))


def test_tau_is_that_of_scipy(seoul: Boundaries) -> None:
    """Of each area's own numbers with the years."""
    areas = seoul.districts.set_index("code").geometry
    rng = np.random.default_rng(3)
    counts = pd.DataFrame(rng.poisson(9, (len(areas), 6)), index=areas.index, columns=YEARS)
    found = rise(counts, neighbours(areas), permutations=FEW)
    for code in areas.index:
        assert found["tau"][code] == pytest.approx(kendalltau(YEARS, counts.loc[code]).statistic)


def test_no_groups_are_steady() -> None:
    """Nothing anywhere, or in one place: no p, no kind, no exception."""
    shapes = squares()
    empty = pd.DataFrame(0, index=shapes.index, columns=YEARS)
    found = rise(empty, neighbours(shapes), permutations=FEW)
    assert found["kind"].eq("steady").all()
    assert found["p"].isna().all()
    assert found["later"].isna().all()
    alone = empty.copy()
    alone.loc["c2", 2014] = 1
    assert rise(alone, neighbours(shapes), permutations=FEW)["kind"].eq("steady").all()


@pytest.mark.parametrize("years", [[2, 3, 5, 0, 0, 1], [0, 0, 7, 0, 0, 0]])
def test_one_area_alone_has_the_city_s_course(years: list[int]) -> None:
    """Nothing can be shuffled: it and its neighbours are neither later nor called."""
    shapes = squares()
    alone = pd.DataFrame(0, index=shapes.index, columns=YEARS)
    alone.loc["c2"] = years
    found = rise(alone, neighbours(shapes), permutations=FEW)
    there = found[found["n"] > 0]
    assert len(there) == 9
    assert there["later"].eq(0).all()
    assert there["p"].eq(1).all()
    assert found["kind"].eq("steady").all()


def test_three_years_are_too_few() -> None:
    """With what there is and what it takes."""
    counts = pd.DataFrame(1, index=squares().index, columns=range(3))
    with pytest.raises(ValueError, match=r"^3 years are too few for a rise: give 4\.$"):
        rise(counts, neighbours(squares()))


def test_without_a_rise_hardly_any_area_is_called(seoul: Boundaries) -> None:
    """Five cities where years are independent of places: under 5 % rise or fall."""
    areas = seoul.neighbourhoods.set_index("code")
    graph, share = neighbours(areas.geometry), areas["area_km2"].to_numpy()
    called = []
    for seed in range(5):
        events = scattered(np.random.default_rng(seed), share)
        found = rise(pd.DataFrame(events, index=areas.index, columns=YEARS), graph)
        called.append(float((found["kind"] != "steady").mean()))
    print([f"{share:.1%}" for share in called])
    assert max(called) < 0.05


def test_threefold_rises_are_found(seoul: Boundaries) -> None:
    """Areas whose groups become three times as many for the last three years, neighbours too.

    Of the middles of five such patches a city, at least 70 % are called rising.
    """
    areas = seoul.neighbourhoods.set_index("code")
    graph, share = neighbours(areas.geometry), areas["area_km2"].to_numpy()
    around = graph.sparse.astype(bool).toarray() | np.eye(len(areas), dtype=bool)
    # Patches with some sixty groups in six years, before the rise.
    large = np.flatnonzero((around @ share > 6) & (around @ share < 9))
    found_rising = []
    for seed in range(4):
        rng = np.random.default_rng(100 + seed)
        middles = rng.choice(large, 5, replace=False)
        events = scattered(rng, share)
        patch = around[middles].any(axis=0)
        events[np.ix_(patch, [3, 4, 5])] += 2 * scattered(rng, share)[np.ix_(patch, [3, 4, 5])]
        found = rise(pd.DataFrame(events, index=areas.index, columns=YEARS), graph)
        found_rising += (found["kind"].to_numpy()[middles] == "rising").tolist()
    print(f"{np.mean(found_rising):.0%} of {len(found_rising)} planted rises found")
    assert np.mean(found_rising) >= 0.7


def test_the_rises_of_the_simulated_city_are_found(seoul: Boundaries) -> None:
    """Of the neighbourhoods that were planted to triple from 2015 on, at least 70 % rise."""
    areas = seoul.neighbourhoods.set_index("code")
    graph, found_rising = neighbours(areas.geometry), []
    for seed in (2012, 1, 2):
        simulated = simulate(seed, seoul)
        planted = simulated.planted.query("kind == 'rising'")["id"]
        founded = simulated.tables["applications"].groupby("group_id")["year"].min()
        groups = simulated.tables["groups"].set_index("group_id")
        counts = pd.crosstab(groups["neighbourhood_code"], founded).reindex(areas.index)
        kinds = rise(counts.fillna(0).astype(int), graph)["kind"]
        found_rising.append(float((kinds[planted] == "rising").mean()))
    print([f"{share:.0%}" for share in found_rising])
    assert np.mean(found_rising) >= 0.7


def test_a_hot_spot_has_a_history() -> None:
    """By year: new at first, persistent after three hot years of four, cooled when it is over."""
    hot = pd.DataFrame(
        [[1, 1, 1, 1, 0], [0, 1, 1, 1, 1], [0, 0, 0, 0, 1], [1, 0, 1, 0, 1], [0] * 5], dtype=float
    )
    kinds = history(hot, 1 - hot)
    assert kinds.to_numpy().tolist() == [
        ["new", "recurrent", "persistent", "persistent", "cooled"],
        ["never", "new", "recurrent", "persistent", "persistent"],
        ["never", "never", "never", "never", "new"],
        ["new", "cooled", "recurrent", "cooled", "recurrent"],
        ["never"] * 5,
    ]
    assert history(-hot, 1 - hot).eq("never").all(axis=None)
