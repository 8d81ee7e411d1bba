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

from geo.schema import Count, Measure, Outcome


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
    present: pd.DataFrame, area_of: pd.Series[str], codes: Sequence[str]
) -> pd.DataFrame:
    """Number of groups in each area and year.

    Args:
        present: booleans of shape (groups, years), from `presence`.
        area_of: code of each group's area in the order of ``present``'s rows; a missing one,
            or one that is not among ``codes``, is counted nowhere.
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
    place = pd.Index(codes).get_indexer(pd.Index(area_of))
    counted = np.zeros((len(codes), present.shape[1]), dtype=np.int64)
    placed = place >= 0
    np.add.at(counted, place[placed], present.to_numpy(dtype=np.int64)[placed])
    return pd.DataFrame(counted, index=pd.Index(codes), columns=present.columns)


def rate(counts: pd.DataFrame, areas: pd.DataFrame, measure: Measure) -> pd.DataFrame:
    """Counts as they are, per square kilometre, or per 10,000 residents.

    Args:
        counts: shape (areas, years), from `count_by_area`.
        areas: on the same index, columns ``area_km2`` (km²) and ``population`` (residents,
            one figure for all years).
        measure: which one.

    Returns:
        Numbers of the shape of ``counts``; missing where an area has no size or no residents.

    >>> counts = pd.DataFrame({2012: [6, 1]}, index=["A", "B"])
    >>> areas = pd.DataFrame({"area_km2": [2.0, 4.0], "population": [30_000, 0]}, index=["A", "B"])
    >>> rate(counts, areas, Measure.PER_KM2)[2012].tolist()
    [3.0, 0.25]
    >>> rate(counts, areas, Measure.PER_10K)[2012].tolist()
    [2.0, nan]
    """
    if measure is Measure.COUNT:
        return counts
    size = areas["area_km2"] if measure is Measure.PER_KM2 else areas["population"] / 10_000
    return counts.div(size.where(size > 0), axis=0)
