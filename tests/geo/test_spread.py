"""When places were reached, where the weight moved, how near new groups came."""

from __future__ import annotations

from itertools import combinations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from pointpats import centrography
from shapely import box
from statsmodels.stats.contingency_tables import StratifiedTable

from geo.atlas import Atlas
from geo.measures import spread
from geo.measures.autocorrelation import neighbours
from geo.measures.density import count_by_area, presence


def points(xy: np.ndarray) -> gpd.GeoSeries:
    return gpd.GeoSeries(gpd.points_from_xy(*np.asarray(xy, dtype=float).T), crs="EPSG:5179")


def squares() -> gpd.GeoSeries:
    """A 5 × 5 grid of squares, row by row: ``a0`` … ``e4``."""
    cells = {
        f"{row}{x}": box(x, y, x + 1, y + 1) for y, row in enumerate("abcde") for x in range(5)
    }
    return gpd.GeoSeries(cells)


def test_a_front_reaches_a_grid_by_hand() -> None:
    """A column of cells a year: 5, 10, 15 of 25 reached; the rest not yet."""
    cells = squares().index
    first = [2012 + int(cell[1]) if int(cell[1]) < 3 else None for cell in cells]
    counts = pd.DataFrame(
        {y: [int(f is not None and f <= y) for f in first] for y in (2012, 2013, 2014)}, index=cells
    )
    arrived = spread.arrival(counts)
    assert arrived.astype(object).where(arrived.notna(), None).tolist() == first
    assert spread.reach(arrived, [2012, 2013, 2014]).tolist() == [0.2, 0.4, 0.6]
    # Residents: ten in the first column, one elsewhere: 50 of 70 at once.
    people = pd.Series([10.0 if cell[1] == "0" else 1.0 for cell in cells], index=cells)
    reached = spread.reach(arrived, [2012, 2014], people)
    assert reached.tolist() == pytest.approx([50 / 70, 60 / 70])


def test_a_front_beside_its_neighbours_has_odds_without_limit() -> None:
    """Where only neighbours of reached cells are reached there is no ratio to give."""
    cells = squares()
    first = pd.Series([2012 + int(cell[1]) for cell in cells.index], index=cells.index)
    assert spread.neighbour_odds(first, neighbours(cells), [2012, 2013, 2014]) is None


def test_odds_on_a_grid_by_hand() -> None:
    """The first column in 2012; in 2013 three of the second, and one of the last.

    Exposed: 5, reached 3. Others: 15, reached 1. OR = 3·14/(2·1) = 21; the variance of its
    logarithm, with one table, is 1/3 + 1/2 + 1/1 + 1/14.
    """
    cells = squares()
    first = pd.Series(pd.NA, index=cells.index, dtype="Int64")
    first[[cell for cell in cells.index if cell[1] == "0"]] = 2012
    first[["a1", "b1", "c1", "e4"]] = 2013
    found = spread.neighbour_odds(first, neighbours(cells), [2012, 2013])
    assert found is not None
    assert found.ratio == pytest.approx(21)
    wide = 1.959964 * np.sqrt(1 / 3 + 1 / 2 + 1 + 1 / 14)
    assert (found.low, found.high) == pytest.approx((21 / np.exp(wide), 21 * np.exp(wide)))
    numbers = (found.exposed_reached, found.exposed, found.other_reached, found.other)
    assert numbers == (3, 5, 1, 15)


def test_odds_are_those_of_mantel_and_haenszel() -> None:
    """As statsmodels has them, ratio and interval, on random arrivals; in any order of areas."""
    cells = squares()
    graph = neighbours(cells)
    beside = graph.sparse.toarray() > 0
    for seed in (2, 3, 5, 8):
        rng = np.random.default_rng(seed)
        when = rng.choice([2012, 2013, 2014, 2015, 9999], 25, p=[0.04, 0.1, 0.1, 0.1, 0.66])
        tables = []
        for year in (2012, 2013, 2014):
            risk = when > year
            exposed = (beside @ (when <= year)) > 0
            hit = when == year + 1
            tables.append(
                [[(risk & exposed & hit).sum(), (risk & exposed & ~hit).sum()],
                 [(risk & ~exposed & hit).sum(), (risk & ~exposed & ~hit).sum()]]
            )  # fmt: skip
        theirs = StratifiedTable([np.array(table, dtype=float) for table in tables])
        first = pd.Series(when, index=cells.index, dtype="Int64")
        first = first.where(first < 9999)
        found = spread.neighbour_odds(first, graph, [2012, 2013, 2014, 2015])
        assert found is not None
        assert found.ratio == pytest.approx(theirs.oddsratio_pooled)
        assert (found.low, found.high) == pytest.approx(theirs.oddsratio_pooled_confint())
        assert found.exposed_reached == sum(table[0][0] for table in tables)
        assert found.other == sum(sum(table[1]) for table in tables)
        mixed = cells.sample(frac=1, random_state=seed)
        again = spread.neighbour_odds(first[mixed.index], neighbours(mixed), range(2012, 2016))
        assert again == found


def test_groups_come_and_go_by_hand() -> None:
    """Selected 2012 and 2013, then no more: ended in 2014. Never selected: never ended."""
    groups = pd.DataFrame({"group_id": list("abc"), "founded_year": [2012, 2012, 2014]})
    applications = pd.DataFrame(
        [("a", 2012, "selected"), ("a", 2013, "selected"), ("b", 2012, "rejected"),
         ("c", 2014, "selected"), ("x", 2014, "selected")],
        columns=["group_id", "year", "outcome"],
    )  # fmt: skip
    found = spread.turnover(groups, applications, [2012, 2013, 2014])
    assert found["new"].tolist() == [2, 0, 1]
    assert found["cumulative"].tolist() == [2, 2, 3]
    assert found["active"].tolist() == [1, 1, 1]
    assert found["ended"].tolist() == [0, 0, 1]
    assert found["growth"].tolist()[1:] == [0, 0.5]


def test_the_sample_grows_to_the_printed_totals(sample: Atlas) -> None:
    """1,189 to 5,200; who ended is counted independently; reach ends with the areas that have."""
    groups, applications, years = sample.groups, sample.applications, sample.years
    found = spread.turnover(groups, applications, years)
    assert (found["cumulative"].iloc[0], found["cumulative"].iloc[-1]) == (1_189, 5_200)
    selected = applications[applications["outcome"] == "selected"]
    last = {g: max(t["year"]) for g, t in selected.groupby("group_id")}
    for year in years[1:]:
        assert found["ended"][year] == sum(y == year - 1 for y in last.values())
    codes = list(sample.neighbourhoods["code"])
    counts = count_by_area(
        presence(groups, applications, years), groups["neighbourhood_code"], codes
    )
    share = groups["neighbourhood_code"].nunique() / len(codes)
    assert spread.reach(spread.arrival(counts), years).iloc[-1] == pytest.approx(share)


def test_centre_and_ellipse_are_those_of_pointpats() -> None:
    """On clouds of points leaning any way: the same centre, distance, axes and direction."""
    for seed in range(6):
        rng = np.random.default_rng(seed)
        turn = rng.uniform(0, np.pi)
        cloud = rng.normal(0, [900, 250], (60, 2)) @ np.array(
            [[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]]
        )
        cloud += [950_000, 1_950_000]
        found = spread.centre(points(cloud))
        assert found is not None
        np.testing.assert_allclose((found.x, found.y), centrography.mean_center(cloud))
        assert found.distance == pytest.approx(centrography.std_distance(cloud))
        axes = sorted(centrography.ellipse(cloud)[:2])
        np.testing.assert_allclose(sorted((found.major, found.minor)), axes)
        assert found.major > found.minor
        assert abs(np.sin(found.turn - turn)) < 0.2
        ring = found.ellipse
        assert ring.area == pytest.approx(np.pi * found.major * found.minor, rel=5e-3)
        assert ring.centroid.distance(shapely.Point(found.x, found.y)) < 1e-3
        end = shapely.Point(
            found.x + found.major * np.cos(found.turn), found.y + found.major * np.sin(found.turn)
        )
        assert ring.exterior.distance(end) < 2


def test_a_centre_on_a_grid_by_hand() -> None:
    """The middles of 5 × 5 cells, those of the last column twice.

    x̄ = (5·(0.5 + 1.5 + 2.5 + 3.5) + 10·4.5)/30 = 85/30, ȳ = 2.5; Σ(y − ȳ)² = 6·10 = 60 and
    Σ(x − x̄)² = 5·(0.25 + 2.25 + 6.25 + 12.25) + 10·20.25 − 30·(85/30)² = 307.5 − 240.83 = 66.67.
    """
    cells = squares().centroid
    found = spread.centre(pd.concat([cells, cells[cells.index.str[1] == "4"]]))
    assert found is not None
    assert (found.x, found.y) == pytest.approx((85 / 30, 2.5))
    spread_x = 307.5 - 30 * (85 / 30) ** 2
    assert found.distance == pytest.approx(np.sqrt((spread_x + 60) / 30))
    assert found.major == pytest.approx(np.sqrt(2 * spread_x / 28))
    assert found.minor == pytest.approx(np.sqrt(2 * 60 / 28))


def test_one_point_or_none() -> None:
    """A single point is its own centre, its ellipse a point; nothing has none."""
    alone = spread.centre(points([[5, 7]]))
    assert alone == spread.Centre(5.0, 7.0, 0.0, 0.0, 0.0, 0.0, 1)
    assert spread.centre(points([[5, 7]])[:0]) is None


@pytest.mark.parametrize(
    ("dx", "dy", "way"),
    [(0, 9, "N"), (9, 9, "NE"), (9, 0, "E"), (9, -9, "SE"), (0, -9, "S"), (-9, -9, "SW"),
     (-9, 0, "W"), (-9, 9, "NW"), (1, 9, "N"), (9, 1, "E")],
)  # fmt: skip
def test_a_move_has_a_direction(dx: float, dy: float, way: str) -> None:
    """Eight of them, the nearest one."""
    before, after = (spread.Centre(x, y, 0, 0, 0, 0, 1) for x, y in ((0, 0), (dx, dy)))
    assert spread.move(before, after) == (np.hypot(dx, dy), way)


def test_the_nearest_earlier_group_is_found() -> None:
    """As brute force has it; the same elsewhere and in another order."""
    rng = np.random.default_rng(7)
    xy, year = rng.uniform(0, 3_000, (200, 2)), pd.Series(rng.integers(2012, 2018, 200))
    found = spread.distance_to_nearest_existing(points(xy), year)
    between = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1))
    between[year.to_numpy()[:, None] <= year.to_numpy()[None]] = np.inf
    brute = between.min(axis=1)
    np.testing.assert_allclose(found.fillna(np.inf), brute)
    order = rng.permutation(200)
    again = spread.distance_to_nearest_existing(
        points(xy[order] + 5_000).set_axis(order), year[order]
    )
    np.testing.assert_allclose(again.sort_index(), found)


def test_a_baseline_is_every_choice_counted() -> None:
    """Of 9 groups still to come 5 come now: the exact p and median of all 126 choices."""
    metres = np.array([3.0, 8, 1, 9, 4, 7, 2, 6, 5])
    new = np.array([1, 0, 1, 0, 1, 0, 1, 0, 1], dtype=bool)
    k, later, median, baseline, _, _, p = spread._against_later(metres, new)
    chosen = np.array([np.median(metres[list(some)]) for some in combinations(range(9), 5)])
    assert (k, later, median) == (5, 4, np.median(metres[new]))
    assert baseline == np.sort(chosen)[len(chosen) // 2]
    tail = min((chosen <= median).mean(), (chosen >= median).mean())
    assert p == pytest.approx(min(1, 2 * tail))


def test_districts_add_up_their_years() -> None:
    """Two pools of 6: p is that of all pairs of choices, 20 · 20 of them."""
    pools = [
        (np.array([1.0, 2, 3, 4, 5, 6]), np.array([1, 1, 0, 1, 0, 0], dtype=bool)),
        (np.array([10.0, 20, 30, 40, 50, 60]), np.array([1, 1, 1, 0, 0, 0], dtype=bool)),
    ]
    k, _, median, _, _, _, p = spread._so_far_against_later(pools)
    nearer = [
        [sum(metres[list(some)] <= np.median(metres)) for some in combinations(range(6), 3)]
        for metres, _ in pools
    ]
    sums = np.add.outer(*map(np.array, nearer)).ravel()
    assert (k, median) == (6, np.median([1, 2, 4, 10, 20, 30]))
    assert p == pytest.approx(min(1, 2 * min((sums >= 5).mean(), (sums <= 5).mean())))


def test_columns_that_come_one_after_another_by_hand() -> None:
    """A 5 × 5 grid: the first column in 2012, the second in 2013, the others in 2014.

    All five of 2013 are one metre away, of the 20 still to come no others are: the median is 1 m.
    P(at least 3 of 5 drawn from 20 are among those 5) = (C(5,3)·C(15,2) + C(5,4)·15 + 1)/C(20,5)
    = (1,050 + 75 + 1)/15,504; the baseline's median is 2 m.
    """
    xy = np.array([(x, y) for x in range(5) for y in range(5)], dtype=float)
    year = pd.Series(2012 + np.minimum(xy[:, 0], 2).astype(int))
    metres = spread.distance_to_nearest_existing(points(xy), year)
    assert metres.tolist()[5:10] == [1.0] * 5
    assert metres.tolist()[20:] == [3.0] * 5
    city = spread.nearness(points(xy), year, pd.Series(["a"] * 25)).iloc[0]
    assert (city["n"], city["later"], city["median_m"], city["baseline_m"]) == (5, 15, 1.0, 2.0)
    assert city["p"] == pytest.approx(2 * 1_126 / 15_504)


def test_contagion_and_leaps_are_told_apart() -> None:
    """A front that moves outward is contagious, one that comes from afar inward leaps."""
    rng = np.random.default_rng(8)
    seeds = rng.normal(0, 50, (30, 2))
    rings = [rng.normal(0, 1, (80, 2)) for _ in range(3)]
    rings = [ring / np.hypot(*ring.T)[:, None] for ring in rings]
    year = pd.Series([2012] * 30 + [2013] * 80 + [2014] * 80 + [2015] * 80)
    part = pd.Series(["a"] * len(year))
    for radii, kind in (((300, 900, 2_000), "contagious"), ((2_000, 900, 300), "leaping")):
        xy = np.vstack([seeds, *(r * ring for r, ring in zip(radii, rings, strict=True))])
        found = spread.nearness(points(xy), year, part)
        city = found[found["district"].isna()].set_index("year")
        assert city["kind"][2013] == kind
        assert city["n"].tolist() == [80, 80]
        assert found[found["district"] == "a"]["kind"].tolist()[0] == kind


def test_years_independent_of_places_are_neither() -> None:
    """Ten random cities of 600 groups: under 5 % of rows are called."""
    called = []
    for seed in range(10):
        rng = np.random.default_rng(seed)
        xy, year = rng.uniform(0, 9_000, (600, 2)), pd.Series(rng.integers(2012, 2018, 600))
        part = pd.Series((xy[:, 0] // 3_000).astype(int).astype(str))
        called += (spread.nearness(points(xy), year, part)["kind"] != "neither").tolist()
    assert np.mean(called) < 0.05


def test_too_few_have_no_row() -> None:
    """Four new groups, one year, nobody to come: no row and no exception."""
    xy = np.arange(20).reshape(10, 2)
    part = pd.Series(["a"] * 10)
    for years in ([2012] * 10, [2012] * 5 + [2013] * 5, [2012] * 2 + [2013] * 4 + [2014] * 4):
        found = spread.nearness(points(xy), pd.Series(years), part)
        assert found.empty
        assert {"year", "district", "median_m", "kind"} <= set(found.columns)
