"""How many groups are where, in which year, and how dense that is.

Three steps, each useful alone: which groups count in which year (`presence`), how many of
them an area holds (`count_by_area`), and that count over the area's size or residents
(`rate`). A group whose area is unknown is in no area; `len(groups)` minus the areas' sum is
what could not be placed, so parts plus unplaced equal the whole.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from geo.schema import Count, Outcome


def presence(
    groups: pd.DataFrame,
    applications: pd.DataFrame,
    years: Sequence[int],
    count: Count = Count.CUMULATIVE,
    matching: pd.Series[bool] | None = None,
) -> pd.DataFrame:
    """Whether each group counts in each year.

    A group is *cumulative* in a year when founded by then, *new* when founded in it, and
    *active* when it has a selected application in it. ``matching`` marks the applications
    that a filter keeps; a group then also needs one of them, by that year (cumulative) or in
    that year (new, active). Without it every group of ``groups`` may count.

    Formula:
        Group i counts in year t, cumulatively if fᵢ ≤ t, as new if fᵢ = t, and as active if an
        application of it was selected in t; fᵢ is the year of its first application in the
        whole atlas, whatever is filtered. A filter also asks for an application that matches,
        by t (cumulative) or in t (new, active).

    Source:
        Definitions of this atlas, in the terms of stocks and flows: Preston, Heuveline and
        Guillot (2001), Demography: Measuring and Modeling Population Processes, chapter 1.

    Assumes:
        A group begins with its first application, whether it was selected or not. Applications
        of the same group were recognised as such when the tables were made.

    Limits:
        The cumulative number never falls, since nobody records when a group ends: it tells how
        many have ever applied, not how many there are. Groups that never applied are not in it.
        In the first year of the data all groups are new, older ones too.

    Args:
        groups: one row a group, columns ``group_id`` and ``founded_year``.
        applications: one row an application, columns ``group_id``, ``year``, ``outcome``;
            those of groups that are not in ``groups`` are passed over.
        years: the years asked for, ascending.
        count: which groups of a year are counted.
        matching: boolean, on the index of ``applications``; None for no filter.

    Returns:
        Booleans of shape (groups, years), index ``group_id``, columns ``years``.

    >>> groups = pd.DataFrame({"group_id": ["a", "b"], "founded_year": [2012, 2013]})
    >>> applications = pd.DataFrame(
    ...     {"group_id": ["a", "b", "a"], "year": [2012, 2013, 2014],
    ...      "outcome": ["rejected", "selected", "selected"]})
    >>> presence(groups, applications, [2012, 2013, 2014], Count.ACTIVE).to_numpy(int).tolist()
    [[0, 0, 1], [0, 1, 0]]
    """
    span = np.asarray(years)
    founded = groups["founded_year"].to_numpy(dtype=int)[:, None]
    row = pd.Index(groups["group_id"]).get_indexer(applications["group_id"])
    known = row >= 0

    def applied_in_year(which: np.ndarray) -> np.ndarray:
        """Whether each group has an application of these in each year."""
        table = np.zeros((len(groups), len(span)), dtype=bool)
        keep = which & known
        column = pd.Index(span).get_indexer(applications["year"].to_numpy(dtype=int)[keep])
        inside = column >= 0
        table[row[keep][inside], column[inside]] = True
        return table

    if count is Count.CUMULATIVE:
        counted = founded <= span
    elif count is Count.NEW:
        counted = founded == span
    else:
        counted = applied_in_year((applications["outcome"] == Outcome.SELECTED).to_numpy(bool))

    if matching is not None:
        wanted = matching.to_numpy(dtype=bool)
        if count is Count.CUMULATIVE:
            first = np.full(len(groups), np.iinfo(np.int64).max)
            keep = wanted & known
            np.minimum.at(first, row[keep], applications["year"].to_numpy(dtype=int)[keep])
            counted = counted & (first[:, None] <= span)
        else:
            counted = counted & applied_in_year(wanted)
    return pd.DataFrame(
        counted, index=pd.Index(groups["group_id"], name="group_id"), columns=list(years)
    )


def count_by_area(
    present: pd.DataFrame, area_of: pd.Series[str] | pd.DataFrame, codes: Sequence[str]
) -> pd.DataFrame:
    """Number of groups in each area and year.

    Formula:
        n(a, t) = the number of groups that count in year t and lie in area a. The areas' numbers
        plus those that could not be placed are the number of the whole city.

    Source:
        A count of points in polygons. What the choice of polygons does to it: Openshaw (1984),
        The Modifiable Areal Unit Problem.

    Assumes:
        A group works where it is recorded, in one place, and has not moved. Boundaries are the
        same in every year.

    Limits:
        A large area holds more groups for being large, a populous one for being populous: choose
        a rate to compare. Other boundaries give another picture of the same groups (the
        modifiable areal unit problem), so look at more than one kind of area. Groups known only
        to their district count there and in the city, but in no neighbourhood or hexagon.

    Args:
        present: booleans of shape (groups, years), from `presence`.
        area_of: code of each group's area in the order of ``present``'s rows, the same in all
            years or a column a year; a missing one, or one that is not among ``codes``, is
            counted nowhere.
        codes: the areas asked for; one without groups counts 0.

    Returns:
        Integers of shape (areas, years), index ``codes``.

    >>> present = pd.DataFrame({2012: [True, True, False], 2013: [True, True, True]})
    >>> count_by_area(present, pd.Series(["A", "B", "A"]), ["A", "B", "C"])
       2012  2013
    A     1     2
    B     1     1
    C     0     0
    """
    index = pd.Index(codes)
    by_year = isinstance(area_of, pd.DataFrame)
    always = None if by_year else index.get_indexer(pd.Index(area_of))
    counted = {}
    for year in present.columns:
        place = index.get_indexer(pd.Index(area_of[year])) if always is None else always
        there = place[(place >= 0) & present[year].to_numpy(dtype=bool)]
        counted[year] = np.bincount(there, minlength=len(index))
    return pd.DataFrame(counted, index=index)


def rate(counts: pd.DataFrame, size: pd.DataFrame | pd.Series[float]) -> pd.DataFrame:
    """Groups per square kilometre, or per 10,000 residents.

    Formula:
        Per km²: n / A. Per 10,000 residents: 10,000 · n / P. Here n is the number of groups,
        A the area in km² and P the number of residents.

    Source:
        The crude rate: Preston, Heuveline and Guillot (2001), Demography: Measuring and Modeling
        Population Processes, chapter 1. Why a map of areas should show rates: Slocum et al.
        (2009), Thematic Cartography and Geovisualization.

    Assumes:
        The area, or its residents, are what groups can arise from. Residents are those registered
        in the first quarter of 2017, in every year, unless the atlas brings a table by year.

    Limits:
        Where residents or area are few, one group more or less moves the rate a lot: read it
        beside the number of groups. Where many people moved in or out, a rate of another year
        than 2017 is too high or too low. Residents are not those who work or study there, and
        their ages are not taken into account. Mountains and rivers are part of the km². Below the
        district residents are estimated by area, too roughly to divide by, unless the atlas
        brings them.

    Args:
        counts: shape (areas, years), from `count_by_area`.
        size: on the same index, km² or residents / 10,000, by year or the same in all years.

    Returns:
        Numbers of the shape of ``counts``; missing where an area has no size or no residents.

    >>> counts = pd.DataFrame({2012: [6, 1], 2013: [9, 2]}, index=["A", "B"])
    >>> rate(counts, pd.Series([2.0, 4.0], index=["A", "B"]))[2012].tolist()
    [3.0, 0.25]
    >>> residents = pd.DataFrame({2012: [30_000, 0], 2013: [60_000, 10_000]}, index=["A", "B"])
    >>> rate(counts, residents / 10_000).to_numpy().tolist()
    [[2.0, 1.5], [nan, 2.0]]
    """
    by_year = size if isinstance(size, pd.DataFrame) else _in_all_years(size, counts)
    return counts / by_year.where(by_year > 0)


FUNNEL = 0.998
"""Coverage of the funnel: three standard deviations, as is usual where many places are compared."""


def expected(counts: pd.DataFrame, exposure: pd.Series[float] | pd.DataFrame) -> pd.DataFrame:
    """How many groups each area would have if the city's were shared out evenly.

    Formula:
        E_i = N · w_i / Σw, with N the groups placed in any of the areas and w_i the area's
        size in km² or its residents; the measure on the map is O_i / E_i.

    Source:
        The standardised ratio of epidemiology, indirectly standardised: Breslow and Day
        (1987), Statistical Methods in Cancer Research II.

    Assumes:
        Under the null every km², or every resident, is equally likely to have a group.

    Limits:
        Per km² mountains and rivers count as if people lived there. It compares areas with each
        other, not with what they need.

    Args:
        counts: groups, shape (areas, years).
        exposure: km² or residents on the same index, by year or the same in all years.

    Returns:
        Numbers of the shape of ``counts``, each year adding up to that of ``counts``; missing
        where exposure is missing or zero.

    >>> counts = pd.DataFrame({2012: [6, 2]}, index=["A", "B"])
    >>> expected(counts, pd.Series([1.0, 3.0], index=["A", "B"]))[2012].tolist()
    [2.0, 6.0]
    """
    by_year = exposure if isinstance(exposure, pd.DataFrame) else _in_all_years(exposure, counts)
    share = by_year.where(by_year > 0) / by_year.sum()
    return share * counts.sum()


def _in_all_years(values: pd.Series[float], counts: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(dict.fromkeys(counts.columns, values), index=counts.index)


def funnel_limits(
    wanted: pd.DataFrame, total: pd.Series[int], coverage: float = FUNNEL
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Between which numbers of groups chance alone would keep an area.

    Formula:
        The (1 − c)/2 and (1 + c)/2 quantiles of the binomial distribution with N trials and
        the chance E_i / N, c being the coverage, 0.998.

    Source:
        Spiegelhalter (2005), Funnel plots for comparing institutional performance.

    Assumes:
        Groups arise independently of each other.

    Limits:
        Groups do not arise independently where neighbours learn from neighbours, so more areas
        lie beyond the funnel than chance explains. At most two in a thousand areas lie beyond it
        by chance alone.

    Args:
        wanted: expected groups, shape (areas, years), from `expected`.
        total: groups placed, by year.
        coverage: of the funnel, between 0 and 1.

    Returns:
        Lowest and highest number of groups inside the funnel, each of the shape of ``wanted``;
        missing where that is missing.

    >>> low, high = funnel_limits(pd.DataFrame({2012: [5.0, 95.0]}), pd.Series({2012: 100}), 0.95)
    >>> low[2012].tolist(), high[2012].tolist()
    ([1.0, 90.0], [10.0, 99.0])
    """
    from scipy.stats import binom

    chance = (wanted / total.where(total > 0)).to_numpy(dtype=float)
    trials = np.broadcast_to(total.to_numpy(dtype=float), chance.shape)

    def limit(quantile: float) -> pd.DataFrame:
        return pd.DataFrame(
            binom.ppf(quantile, trials, chance), index=wanted.index, columns=wanted.columns
        )

    return limit((1 - coverage) / 2), limit((1 + coverage) / 2)
