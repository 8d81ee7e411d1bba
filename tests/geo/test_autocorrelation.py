"""Moran, LISA and Gi* are esda's, are right by hand, and do not depend on what they must not."""

from __future__ import annotations

import esda
import geopandas as gpd
import libpysal
import numpy as np
import pandas as pd
import pytest
from esda.smoothing import assuncao_rate
from libpysal.graph import Graph
from shapely import affinity, box
from statsmodels.stats.multitest import multipletests

from geo.boundaries import Boundaries
from geo.measures.autocorrelation import (
    ALPHA,
    check_values,
    corrected,
    global_moran,
    local_g,
    local_moran,
    neighbours,
    standardised_rate,
)
from geo.measures.density import expected

FEW = 199
"""Permutations where p is not what is looked at."""


def squares() -> gpd.GeoSeries:
    """A 5 × 5 grid of squares, row by row: ``a0`` … ``e4``."""
    cells = {
        f"{row}{x}": box(x, y, x + 1, y + 1) for y, row in enumerate("abcde") for x in range(5)
    }
    return gpd.GeoSeries(cells)


@pytest.fixture(scope="module")
def grid() -> Graph:
    return neighbours(squares())


@pytest.fixture(scope="module")
def columbus() -> gpd.GeoDataFrame:
    return gpd.read_file(libpysal.examples.get_path("columbus.shp"))


def checkerboard() -> pd.Series[float]:
    cells = squares().index
    return pd.Series([float((ord(c[0]) + int(c[1])) % 2) for c in cells], index=cells)


def test_squares_that_share_a_corner_are_neighbours(grid: Graph) -> None:
    """A corner has 3, an edge 5, the middle 8."""
    number = grid.cardinalities
    assert (number["a0"], number["a2"], number["c2"]) == (3, 5, 8)
    assert number.sum() == 4 * 3 + 12 * 5 + 9 * 8


def test_an_island_is_tied_to_the_nearest_in_both_directions() -> None:
    """Of two that lie apart, each has one neighbour; the mainland's one has one more."""
    shapes = squares()
    shapes["far"] = box(7, 0, 8, 1)
    shapes["farther"] = box(20, 0, 21, 1)
    tied = neighbours(shapes)
    assert tied.unique_ids.tolist() == shapes.index.tolist()
    assert tied.neighbors["far"] == ("a4", "farther")
    assert tied.neighbors["farther"] == ("far",)
    assert "far" in tied.neighbors["a4"]


def test_a_checkerboard_is_unlike_its_neighbours(grid: Graph) -> None:
    """Worked by hand: I = −0.1487.

    Of 25 cells 12 are 1: z is 0.52 or −0.48 and Σz² = 12 · 0.52² + 13 · 0.48² = 6.24. The mean of
    the neighbours: at each of 4 corners (a 0) two of 3 are 1; at 8 edge cells that are 1 two of 5
    are 1 (the diagonal steps along the edge), at 4 edge cells that are 0 three of 5; inside four
    of 8. Their z: corners 2/3 − 0.48, edges 2/5 − 0.48 and 3/5 − 0.48, inside 0.02. Σ z·lag =
    4(−0.48)(0.18667) + 8(0.52)(−0.08) + 4(−0.48)(0.12) + 0.02(4(0.52) + 5(−0.48)) = −0.92800 and
    I = −0.928/6.24 = −0.14872.
    """
    found = global_moran(checkerboard(), grid, permutations=FEW)
    assert found.i == pytest.approx(-0.14872, abs=5e-6)
    assert found.expected == -1 / 24
    assert found.i < found.expected


def test_one_warm_corner_by_hand(grid: Graph) -> None:
    """Gi* of a corner: it and its 3 neighbours are 1, all others 0.

    W = 4, Σwx = 4, x̄ = 4/25 = 0.16, s² = 0.16 − 0.0256 = 0.1344: (4 − 0.64) /
    (√0.1344 · √((25·4 − 16)/24)) = 3.36 / (0.366606 · 1.870829) = 4.899.
    """
    values = pd.Series(0.0, index=squares().index)
    values[["a0", "a1", "b0", "b1"]] = 1.0
    found = local_g(values, grid, permutations=FEW)
    assert found["statistic"]["a0"] == pytest.approx(4.898979, abs=1e-6)
    assert found["statistic"].idxmax() == "a0"
    assert found["p"].between(0, 0.5).all()


def test_a_lone_high_cell_among_low_ones_by_hand(grid: Graph) -> None:
    """Local Moran of the middle: 25 in it, 0 elsewhere.

    z is 24 there and −1 elsewhere, the neighbours' mean −1, Σz²/(n − 1) = (576 + 24)/24 = 25:
    I = 24 · (−1)/25 = −0.96, a high one among low ones.
    """
    values = pd.Series(0.0, index=squares().index)
    values["c2"] = 25.0
    found = local_moran(values, grid, permutations=FEW)
    assert found["statistic"]["c2"] == pytest.approx(-0.96)
    assert found["quadrant"]["c2"] == "high-low"
    assert found["quadrant"]["b1"] == "low-high"
    assert found["quadrant"]["a0"] == "low-low"
    assert found["lag"]["c2"] == pytest.approx(-1.0)


def test_columbus_has_the_value_of_the_textbook(columbus: gpd.GeoDataFrame) -> None:
    """Crime in Columbus, queen: I = 0.5002; and esda's numbers to the last digit."""
    crime, graph = columbus["CRIME"], Graph.build_contiguity(columbus, rook=False)
    found = global_moran(crime, graph, permutations=9_999)
    theirs = esda.Moran(crime.to_numpy(), graph.transform("r"), permutations=FEW)
    assert round(found.i, 4) == 0.5002
    assert found.i == pytest.approx(theirs.I, rel=1e-12)
    assert found.expected == pytest.approx(theirs.EI)
    assert found.p == 2 / 10_000
    assert found.z == pytest.approx(theirs.z_rand, rel=0.05)
    pd.testing.assert_frame_equal(
        local_moran(crime, graph, permutations=999, seed=7)[["statistic", "p"]],
        _theirs(
            esda.Moran_Local(
                crime.to_numpy(), graph.transform("r"), permutations=999, seed=7, n_jobs=1
            )
        ),
    )
    g = esda.G_Local(
        crime.to_numpy(), graph, transform="B", star=True, permutations=999, seed=7, n_jobs=1
    )
    ours = local_g(crime, graph, permutations=999, seed=7)
    np.testing.assert_allclose(ours["statistic"], g.Zs, rtol=1e-12)
    np.testing.assert_allclose(ours["p"], g.p_sim, rtol=1e-6)


def _theirs(found: esda.Moran_Local) -> pd.DataFrame:
    return pd.DataFrame({"statistic": found.Is, "p": found.p_sim.astype(float)})


def test_standardised_rates_are_those_of_esda(columbus: gpd.GeoDataFrame) -> None:
    """On any counts and exposures; and however residents are counted, in ones or thousands."""
    rng = np.random.default_rng(1)
    people = pd.Series(rng.integers(100, 9_000, len(columbus)).astype(float))
    counts = pd.Series(rng.poisson(people / 500))
    rates = standardised_rate(counts, people)
    np.testing.assert_allclose(rates, assuncao_rate(counts.to_numpy(float), people.to_numpy()))
    np.testing.assert_allclose(rates, standardised_rate(counts, people / 1_000), rtol=1e-9)
    assert standardised_rate(counts * 0, people).tolist() == [0.0] * len(columbus)


def test_equal_exposures_give_plain_scores() -> None:
    """By hand on the 5 × 5 grid, one km² each: b is the mean, a + b the variance of the counts.

    Of 25 cells 24 have 1 group and one has 26: b = 2, a + b = (24·1 + 576)/25 = 24, so z is
    −1/√24 and 24/√24.
    """
    counts = pd.Series(1, index=squares().index)
    counts["c2"] = 26
    rates = standardised_rate(counts, pd.Series(1.0, index=counts.index))
    assert rates["c2"] == pytest.approx(24 / np.sqrt(24))
    assert rates.drop("c2").tolist() == pytest.approx([-1 / np.sqrt(24)] * 24)


def test_names_order_place_and_scale_do_not_matter(seoul: Boundaries) -> None:
    """Areas in another order, elsewhere, values in other units: the same statistics."""
    areas = seoul.districts.set_index("code").geometry
    values = pd.Series(np.random.default_rng(2).random(len(areas)), index=areas.index)
    moved = areas.apply(lambda shape: affinity.translate(shape, 1_000, -2_000)).sample(
        frac=1, random_state=3
    )
    here, there = neighbours(areas), neighbours(moved)
    again = 5 + 3 * values[moved.index]
    assert global_moran(values, here, permutations=FEW).i == pytest.approx(
        global_moran(again, there, permutations=FEW).i
    )
    for measure in (local_moran, local_g):
        one = measure(values, here, permutations=FEW)["statistic"]
        other = measure(again, there, permutations=FEW)["statistic"]
        pd.testing.assert_series_equal(one, other.reindex(one.index))


def test_a_seed_repeats(grid: Graph) -> None:
    """The same seed gives the same p, another one another."""
    values = pd.Series(np.random.default_rng(5).random(25), index=squares().index)
    first = local_moran(values, grid, permutations=FEW, seed=1)["p"]
    assert first.equals(local_moran(values, grid, permutations=FEW, seed=1)["p"])
    assert not first.equals(local_moran(values, grid, permutations=FEW, seed=2)["p"])


def test_a_correction_is_that_of_benjamini_and_hochberg() -> None:
    """As statsmodels has it; never smaller than p, in the same order, missing where p is."""
    p = pd.Series(np.random.default_rng(4).random(200) ** 2, index=range(100, 300))
    q = corrected(p)
    np.testing.assert_allclose(q, multipletests(p, method="fdr_bh")[1])
    assert (q >= p).all()
    assert (q[p.sort_values().index].diff().dropna() >= 0).all()
    assert corrected(pd.Series([np.nan, 0.5])).isna().tolist() == [True, False]
    assert corrected(pd.Series([np.nan, np.nan])).isna().all()


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([1.0, 2.0, 3.0], "3 areas are too few to compare neighbours: give 5."),
        ([2.0] * 6, "All 6 areas have the same value: give values that differ."),
    ],
)
def test_what_cannot_be_compared_is_refused(values: list[float], said: str) -> None:
    """With what is wrong and what to give."""
    with pytest.raises(ValueError, match=r".") as caught:
        check_values(pd.Series(values))
    assert str(caught.value) == said


def test_on_random_points_hardly_any_area_is_hot_or_cold(seoul: Boundaries) -> None:
    """5,200 points anywhere in the city: after correction under 5 % are called, by LISA and Gi*."""
    areas = seoul.neighbourhoods.set_index("code")
    graph, size = neighbours(areas.geometry), areas["area_km2"]
    rng = np.random.default_rng(11)
    called: dict[str, list[float]] = {"lisa": [], "gi": []}
    for _ in range(3):
        # Where points are uniform, an area's share of them is its share of the ground.
        counts = pd.Series(rng.multinomial(5_200, size / size.sum()), index=areas.index)
        ratio = counts / expected(counts.to_frame(2017), size)[2017]
        lisa = local_moran(standardised_rate(counts, size), graph)
        for name, found in (("lisa", lisa), ("gi", local_g(ratio, graph))):
            called[name].append(float((corrected(found["p"]) <= ALPHA).mean()))
    print({name: [f"{share:.1%}" for share in shares] for name, shares in called.items()})
    assert max(*called["lisa"], *called["gi"]) < 0.05
