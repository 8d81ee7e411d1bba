"""How groups spread: when they reached a place, where their weight moved, how near new ones are."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.spatial import cKDTree
from scipy.stats import hypergeom, norm

from geo.measures.autocorrelation import corrected
from geo.schema import Outcome

if TYPE_CHECKING:
    from libpysal.graph import Graph

FEWEST_NEW = 5
"""New groups of a year, or of a district, whose median distance says something."""
COMPASS = ("N", "NE", "E", "SE", "S", "SW", "W", "NW")
ALPHA = 0.05


def arrival(counts: pd.DataFrame) -> pd.Series[int]:
    """The first year in which each area had a group.

    Formula:
        t(a) = the first year t with n(a, t) > 0.

    Source:
        The time of adoption of an area, as maps of the spread of innovations have it: Hägerstrand
        (1967), Innovation Diffusion as a Spatial Process.

    Assumes:
        A group works where it is recorded. With a filter, the first group that meets it counts.

    Limits:
        One group is enough, and large or populous areas are reached sooner by chance alone. In
        the first year of the data all that was there before arrives at once.

    Args:
        counts: cumulative number of groups, shape (areas, years), from `density.count_by_area`.

    Returns:
        Years on the same index, missing where no year has a group.

    >>> arrival(pd.DataFrame({2012: [1, 0, 0], 2013: [2, 3, 0]}, index=list("abc"))).tolist()
    [2012, 2013, <NA>]
    """
    reached = counts.to_numpy() > 0
    years = np.asarray(counts.columns, dtype=int)[reached.argmax(axis=1)]
    first = pd.Series(years, index=counts.index, dtype="Int64")
    return first.where(pd.Series(reached.any(axis=1), index=first.index))


def reach(
    first: pd.Series[int], years: Sequence[int], weight: pd.Series[float] | None = None
) -> pd.Series[float]:
    """The share of areas, or of what lies in them, that had a group by each year.

    Formula:
        R(t) = Σ_{a: t(a) ≤ t} w_a / Σ w_a, w being one, or the area's residents.

    Source:
        The cumulative curve of adoption: Rogers (2003), Diffusion of Innovations.

    Assumes:
        Whoever lives in an area that has a group is reached by it.

    Limits:
        An area is reached by its first group, however large it is: the share of residents in
        districts with a group says that groups are near, not that residents know of them.

    Args:
        first: of each area, from `arrival`.
        years: asked for, ascending.
        weight: residents on the same index; without it each area counts one.

    Returns:
        Shares from 0 to 1 by year.

    >>> reach(pd.Series([2012, 2013, None]), [2012, 2013]).round(2).tolist()
    [0.33, 0.67]
    """
    size = np.ones(len(first)) if weight is None else weight.to_numpy(dtype=float)
    by = first.astype("float").to_numpy()
    shares = [size[by <= year].sum() / size.sum() for year in years]
    return pd.Series(shares, index=pd.Index(years))


def turnover(
    groups: pd.DataFrame, applications: pd.DataFrame, years: Sequence[int]
) -> pd.DataFrame:
    """How many groups came, were supported and ended, year by year.

    Formula:
        In year t: new = founded in t; cumulative = founded by t; active = with a selected
        application in t; ended = whose last selected application is of the year before t;
        growth = new / cumulative of the year before.

    Source:
        Definitions of this atlas, in the terms of stocks and flows: Preston, Heuveline and
        Guillot (2001), Demography, chapter 1.

    Assumes:
        A group that is selected no more has ended; one never selected never began to.

    Limits:
        A group can go on without support, or come again after a pause: then it has not ended.
        One selected in the last year of the data cannot be known to have ended.

    Args:
        groups: ``group_id``, ``founded_year``.
        applications: ``group_id``, ``year``, ``outcome``; those of other groups are passed over.
        years: of the data, ascending, without a gap.

    Returns:
        Index ``years``: ``new``, ``cumulative``, ``active``, ``ended``, ``growth`` (missing in
        the first year).

    >>> groups = pd.DataFrame({"group_id": ["a", "b"], "founded_year": [2012, 2013]})
    >>> applications = pd.DataFrame({"group_id": ["a", "b"], "year": [2012, 2013],
    ...     "outcome": ["selected", "rejected"]})
    >>> turnover(groups, applications, [2012, 2013]).to_numpy().tolist()
    [[1.0, 1.0, 1.0, 0.0, nan], [1.0, 2.0, 0.0, 1.0, 1.0]]
    """
    index = pd.Index(years)
    new = groups["founded_year"].value_counts().reindex(index, fill_value=0)
    ours = applications[applications["group_id"].isin(groups["group_id"])]
    selected = ours[ours["outcome"] == Outcome.SELECTED]
    active = selected.groupby("year")["group_id"].nunique().reindex(index, fill_value=0)
    last = selected.groupby("group_id")["year"].max().value_counts()
    ended = last.reindex(index, fill_value=0).shift(fill_value=0)
    cumulative = new.cumsum()
    growth = new / cumulative.shift().where(lambda before: before > 0)
    frame = {"new": new, "cumulative": cumulative, "active": active, "ended": ended}
    return pd.DataFrame({**frame, "growth": growth}, index=index)


@dataclass(frozen=True)
class Centre:
    """Where points have their weight: EPSG:5179, metres; the ellipse's turn in radians."""

    x: float
    y: float
    distance: float
    major: float
    minor: float
    turn: float
    n: int

    @property
    def ellipse(self) -> shapely.Polygon:
        """The standard deviational ellipse."""
        unit = shapely.Point(0, 0).buffer(1, quad_segs=24)
        ring = shapely.get_coordinates(unit) * [self.major, self.minor]
        cos, sin = np.cos(self.turn), np.sin(self.turn)
        return shapely.Polygon(ring @ np.array([[cos, sin], [-sin, cos]]) + [self.x, self.y])


def centre(points: gpd.GeoSeries) -> Centre | None:
    """The mean centre, the standard distance and the standard deviational ellipse.

    Formula:
        Mean centre: the means of x and y. Standard distance: √(Σ((x − x̄)² + (y − ȳ)²)/n).
        Ellipse: turned by θ with tan θ = (A + √(A² + 4C²))/(2C), A = Σ(x − x̄)² − Σ(y − ȳ)²,
        C = Σ(x − x̄)(y − ȳ); its half axes √(2Σ(…)²/(n − 2)) along and across.

    Source:
        Lefever (1926), Measuring geographic concentration by means of the standard deviational
        ellipse; Yuill (1971); with Crimestat's correction, as in pointpats.

    Assumes:
        Groups weigh alike.

    Limits:
        A centre may lie where no group is. A small move of the centre of a whole city is many
        groups' doing: read the metres beside the standard distance. Two crowds look like one
        long ellipse.

    Args:
        points: EPSG:5179; missing ones are passed over.

    Returns:
        None without points. With fewer than three, or all in a line, the ellipse is flat.

    >>> corners = gpd.GeoSeries.from_xy([0, 4, 0, 4], [0, 0, 2, 2], crs="EPSG:5179")
    >>> found = centre(corners)
    >>> found.x, found.y, round(found.distance, 3), round(found.major, 3), round(found.minor, 3)
    (2.0, 1.0, 2.236, 4.0, 2.0)
    """
    xy = shapely.get_coordinates(points.dropna().array)
    n = len(xy)
    if n == 0:
        return None
    middle = xy.mean(axis=0)
    dx, dy = (xy - middle).T
    sxx, syy, sxy = float(dx @ dx), float(dy @ dy), float(dx @ dy)
    # The axis along which they spread most, as the principal direction of the squares.
    turn = 0.5 * np.arctan2(2 * sxy, sxx - syy)
    along = dx * np.cos(turn) + dy * np.sin(turn)
    across = dy * np.cos(turn) - dx * np.sin(turn)
    free = max(n - 2, 1)
    axes = [float(np.sqrt(2 * (part @ part) / free)) for part in (along, across)]
    return Centre(
        x=float(middle[0]), y=float(middle[1]), distance=float(np.sqrt((sxx + syy) / n)),
        major=axes[0], minor=axes[1], turn=float(turn), n=n,
    )  # fmt: skip


def move(before: Centre, after: Centre) -> tuple[float, str]:
    """How far a centre went, in metres, and which way: one of eight directions.

    >>> here, there = (Centre(x, y, 1, 1, 1, 0, 3) for x, y in ((0, 0), (300, 400)))
    >>> move(here, there)
    (500.0, 'NE')
    """
    dx, dy = after.x - before.x, after.y - before.y
    bearing = np.degrees(np.arctan2(dx, dy)) % 360
    return float(np.hypot(dx, dy)), COMPASS[int((bearing + 22.5) // 45) % 8]


def distance_to_nearest_existing(points: gpd.GeoSeries, year: pd.Series[int]) -> pd.Series[float]:
    """How far each group was from the nearest one that was there in an earlier year.

    Formula:
        d_i = min over j with f_j < f_i of the distance of i and j, f being the first year.

    Source:
        The nearest neighbour between two kinds of points: Diggle (2013), Statistical Analysis of
        Spatial and Spatio-Temporal Point Patterns.

    Assumes:
        Earlier groups go on to be there for new ones to learn from.

    Limits:
        As the crow flies. Nearness is not proof of learning: two groups may be near each other
        because people live there.

    Args:
        points: EPSG:5179; missing ones have no distance.
        year: the first year of each group, on the same index.

    Returns:
        Metres on the same index; missing in the first year of all.

    >>> points = gpd.GeoSeries.from_xy([0, 30, 100], [0, 40, 0], crs="EPSG:5179")
    >>> distance_to_nearest_existing(points, pd.Series([2012, 2013, 2013])).tolist()
    [nan, 50.0, 100.0]
    """
    out = pd.Series(np.nan, index=points.index)
    known = points.notna()
    for late in np.unique(year[known])[1:]:
        new = known & (year == late)
        out[new] = _to_nearest(points[known & (year < late)], points[new])
    return out


def _to_nearest(existing: gpd.GeoSeries, others: gpd.GeoSeries) -> np.ndarray:
    tree = cKDTree(shapely.get_coordinates(existing.array))
    return np.asarray(tree.query(shapely.get_coordinates(others.array))[0])


def nearness(points: gpd.GeoSeries, year: pd.Series[int], part: pd.Series[str]) -> pd.DataFrame:
    """Whether those who come now are nearer to what is there than those who come later.

    Formula:
        City, by year: M = the median distance of the year's k new groups to the nearest group of
        an earlier year. The baseline: any k of the m groups that were new in that year or later,
        each choice as likely, so that P(M ≤ x) = P(H ≥ (k + 1)/2), H being hypergeometric: how
        many of k drawn from m are among those within x. District, by all years so far: S = how
        many of its new groups were nearer than the median of their year's m; under the baseline
        a sum of hypergeometric numbers. p is two-sided, corrected over the years, or over the
        districts. Contagious: nearer than the baseline, p at most 0.05; leaping: farther.

    Source:
        Random labelling of points: Diggle (2013), Statistical Analysis of Spatial and
        Spatio-Temporal Point Patterns; its permutations counted exactly. Contagious and
        hierarchical diffusion: Hägerstrand (1967), Innovation Diffusion as a Spatial Process.

    Assumes:
        Without contagion any of those who were still to come could have come in this year.

    Limits:
        It tells the order in which places were taken, not who learned from whom. In the last
        year of the data nobody is still to come, so that there is no baseline for it. For a public
        audience groups stand somewhere in their block, and distances are told to 50 m, to 10 m
        where a hundred groups or more are behind them.

    Args:
        points: EPSG:5179; missing ones are passed over.
        year: the first year of each group, on the same index.
        part: the district of each group.

    Returns:
        ``year``, ``district`` (missing for the city), ``n`` (new groups; of a district those of
        all years so far), ``later`` (those of later years), ``median_m``, ``baseline_m``,
        ``low_m`` and ``high_m`` (the baseline's median and, for the city, the middle 95 %), ``p``
        (corrected), ``kind`` (``contagious``, ``leaping``, ``neither``); no row for fewer than
        five new groups, or without later ones.

    >>> points = gpd.GeoSeries.from_xy([0, *range(1, 13), *range(90, 102)], [0] * 25)
    >>> year = pd.Series([1, *[2] * 12, *[3] * 12])
    >>> found = nearness(points, year, pd.Series(["a"] * 25))
    >>> found[["year", "n", "later", "median_m", "kind"]].to_numpy().tolist()
    [[2, 12, 12, 6.0, 'contagious'], [2, 12, 12, 6.5, 'contagious']]
    """
    known = points.notna() & part.notna()
    points, year, part = points[known], year[known], part[known]
    city, districts = [], []
    pools: dict[str, list[tuple[np.ndarray, np.ndarray]]] = {}
    for now in np.unique(year)[1:-1]:
        pool = year >= now
        metres = _to_nearest(points[~pool], points[pool])
        new, where = (year[pool] == now).to_numpy(), part[pool].to_numpy()
        if new.sum() >= FEWEST_NEW:
            city.append((now, None, *_against_later(metres, new)))
        for district in np.unique(where):
            inside = where == district
            so_far = pools.setdefault(district, [])
            so_far.append((metres[inside], new[inside]))
            if sum(int(one.sum()) for _, one in so_far) >= FEWEST_NEW:
                districts.append((now, district, *_so_far_against_later(so_far)))
    columns = ["year", "district", "n", "later", "median_m", "baseline_m", "low_m", "high_m", "p"]
    parts = [pd.DataFrame(rows, columns=columns) for rows in (city, districts)]
    parts[0]["p"] = corrected(parts[0]["p"])
    parts[1]["p"] = parts[1].groupby("year")["p"].transform(corrected)
    found = pd.concat([one for one in parts if len(one)] or parts[:1], ignore_index=True)
    kinds = np.where(found["median_m"] < found["baseline_m"], "contagious", "leaping")
    found["kind"] = np.where(found["p"] <= ALPHA, kinds, "neither")
    return found


def _against_later(metres: np.ndarray, new: np.ndarray) -> tuple[float, ...]:
    """Numbers of new and later ones, the median, the baseline's, its 95 %, p."""
    k, m = int(new.sum()), len(new)
    middle = (k + 1) // 2
    every = np.sort(metres)
    median = np.sort(metres[new])[middle - 1]

    def quantile(q: float) -> float:
        """The nearest of the distances at which P(M ≤ x) is q or more."""
        return float(
            every[bisect_left(range(1, m), q, key=lambda n: hypergeom.sf(middle - 1, m, n, k))]
        )

    low, baseline, high = (quantile(q) for q in (0.025, 0.5, 0.975))
    nearer = hypergeom.sf(middle - 1, m, (metres <= median).sum(), k)
    farther = hypergeom.cdf(middle - 1, m, (metres < median).sum(), k)
    p = min(1.0, 2 * float(min(nearer, farther)))
    return k, m - k, float(median), baseline, low, high, p


def _so_far_against_later(
    pools: Sequence[tuple[np.ndarray, np.ndarray]],
) -> tuple[float, ...]:
    """As `_against_later`, over several years; without the 95 %."""
    chance, nearer = np.ones(1), 0
    for metres, new in pools:
        close = metres <= np.median(metres)
        k, m = int(new.sum()), len(new)
        chance = np.convolve(chance, hypergeom.pmf(np.arange(k + 1), m, int(close.sum()), k))
        nearer += int((close & new).sum())
    p = min(1.0, 2 * min(float(chance[nearer:].sum()), float(chance[: nearer + 1].sum())))
    came = np.concatenate([metres[new] for metres, new in pools])
    # Each of a pool is as likely as its share of those who came.
    every = np.concatenate([metres for metres, _ in pools])
    weight = np.concatenate([np.full(len(new), new.mean()) for _, new in pools])
    order = np.argsort(every)
    half = np.searchsorted(weight[order].cumsum(), weight.sum() / 2)
    later = len(pools[-1][1]) - int(pools[-1][1].sum())
    missing = float("nan")
    middle = float(every[order][half])
    return len(came), later, float(np.median(came)), middle, missing, missing, p


@dataclass(frozen=True)
class Odds:
    """An odds ratio with its 95 % interval, and the four numbers that it comes from, summed.

    ``exposed`` had a neighbour with a group; ``reached`` got a first group in the next year.
    """

    ratio: float
    low: float
    high: float
    exposed_reached: int
    exposed: int
    other_reached: int
    other: int


def neighbour_odds(first: pd.Series[int], graph: Graph, years: Sequence[int]) -> Odds | None:
    """Whether a neighbour's groups raise the odds that an area is reached in the next year.

    Formula:
        Of the areas not reached by year t, exposed are those with a neighbour that was. In each
        year a table a, b, c, d: exposed and reached in t + 1, exposed and not, others reached,
        others not. OR = Σ a·d/n / Σ b·c/n over the years (Mantel–Haenszel); its interval from the
        variance of log OR by Robins, Breslow and Greenland.

    Source:
        Mantel and Haenszel (1959), Statistical aspects of the analysis of data from retrospective
        studies of disease; Robins, Breslow and Greenland (1986).

    Assumes:
        Areas of one year have the same chance of being reached but for their neighbours.

    Limits:
        Populous areas lie beside populous areas: part of the ratio is that. It tells of areas,
        not of people, and does not prove that neighbours learn from each other.

    Args:
        first: the year in which each area was reached, from `arrival`.
        graph: neighbours among the same areas, in the same order.
        years: of the data, ascending.

    Returns:
        None where the tables hold no such ratio: all reached, or none, or none exposed.

    >>> from libpysal.graph import Graph
    >>> line = Graph.from_arrays(list("abbccddeef"), list("bacbdcedfe"), [1] * 10)
    >>> first = pd.Series([2012, 2013, None, None, 2013, None], index=list("abcdef"))
    >>> neighbour_odds(first, line, [2012, 2013]) is None
    True
    """
    when = first.astype("float").to_numpy()
    beside = graph.sparse.astype(bool)
    tables = []
    for year, following in pairwise(years):
        reached = when <= year
        risk = ~reached
        exposed = (beside @ reached.astype(float) > 0)[risk]
        hit = (when == following)[risk]
        tables.append(
            [(exposed & hit).sum(), (exposed & ~hit).sum(), (~exposed & hit).sum(),
             (~exposed & ~hit).sum()]
        )  # fmt: skip
    a, b, c, d = np.array(tables, dtype=float).reshape(-1, 4).T
    n = a + b + c + d
    a, b, c, d, n = (part[n > 0] for part in (a, b, c, d, n))
    agree, differ = a * d / n, b * c / n
    r, s = agree.sum(), differ.sum()
    if r == 0 or s == 0:
        return None
    p, q = (a + d) / n, (b + c) / n
    variance = (
        (p * agree).sum() / (2 * r**2)
        + (p * differ + q * agree).sum() / (2 * r * s)
        + (q * differ).sum() / (2 * s**2)
    )
    wide = norm.ppf(1 - ALPHA / 2) * np.sqrt(variance)
    ratio = r / s
    return Odds(
        ratio=float(ratio), low=float(ratio * np.exp(-wide)), high=float(ratio * np.exp(wide)),
        exposed_reached=int(a.sum()), exposed=int((a + b).sum()),
        other_reached=int(c.sum()), other=int((c + d).sum()),
    )  # fmt: skip
