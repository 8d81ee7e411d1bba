"""Who lives where in which year: as an atlas publishes it, or estimated where it does not.

An atlas may bring a table of residents by area and year (``TABLES["population"]``); without
one, each district has the residents of the first quarter of 2017 in every year. How old they
are, and how many are women, is known of the city alone, from the census of 2010.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from geo.boundaries import DATA, share_by_area
from geo.schema import Level


def residents(
    areas: pd.DataFrame, population: pd.DataFrame, years: Sequence[int]
) -> tuple[pd.DataFrame, pd.Series[bool]]:
    """Residents of each area in each year, and whether they are estimated.

    An area has the figure published for the year, or else for the nearest year (of two equally
    near the earlier). A district without one of a year has the sum of its neighbourhoods', or
    else of its administrative neighbourhoods', of that year; where nothing was published for it
    at all, its ``population``. Neighbourhoods without any share out their district's by area.

    Args:
        areas: districts, neighbourhoods and administrative neighbourhoods together, each level
            published whole or not at all (`geo.validation` sees to that); index ``code``,
            columns ``level``, ``district_code`` (a district's own), ``area_km2`` and
            ``population`` (of districts).
        population: columns ``code``, ``year``, ``population``, one row for a code and year.
        years: the years asked for.

    Returns:
        People, shape (areas, years), missing for an administrative neighbourhood that has no
        figure of any year; and whether its level's are, or would have to be, estimated.

    >>> areas = pd.DataFrame(
    ...     {"level": ["district", "neighbourhood", "neighbourhood"], "district_code": ["D"] * 3,
    ...      "area_km2": [4.0, 1.0, 3.0], "population": [400, None, None]}, index=["D", "a", "b"])
    >>> population = pd.DataFrame({"code": ["D"], "year": [2013], "population": [800]})
    >>> people, is_estimated = residents(areas, population, [2012, 2013])
    >>> people.loc["b"].tolist(), is_estimated.tolist()
    ([600.0, 600.0], [False, True, True])
    """
    level, district = areas["level"], areas["district_code"]
    given = population.astype({"population": "float64"}).pivot(
        index="code", columns="year", values="population"
    )
    given = given.reindex(areas.index)
    known = {Level.DISTRICT, *level[given.notna().any(axis=1)]}
    is_estimated = ~level.isin(known)
    top = areas[level == Level.DISTRICT]
    figures = given.loc[top.index]
    for finer in (Level.NEIGHBOURHOOD, Level.ADMINISTRATIVE):
        parts = given[level == finer].groupby(district).sum(min_count=1)
        figures = figures.fillna(parts.reindex(top.index))
    people = _nearest(given, years)
    people.loc[top.index] = _nearest(figures, years)
    usual = areas["population"].astype("float64").where(level == Level.DISTRICT)
    people = people.apply(lambda year: year.fillna(usual))
    shared = areas[is_estimated & (level == Level.NEIGHBOURHOOD)]
    if len(shared):
        for year in years:
            whole = pd.DataFrame(
                {"code": top.index, "population": people.loc[top.index, year].astype("int64")}
            )
            people.loc[shared.index, year] = share_by_area(shared, whole).astype("float64")
    return people, is_estimated


def _nearest(given: pd.DataFrame, years: Sequence[int]) -> pd.DataFrame:
    """For each year the figure of the year nearest to it that an area has, the earlier of two."""
    nearest = {}
    for year in years:
        found = pd.Series(float("nan"), index=given.index)
        for other in sorted(
            given.columns.astype(int), key=lambda there: (abs(there - year), there)
        ):
            found = found.fillna(given[other])
        nearest[year] = found
    return pd.DataFrame(nearest, index=given.index)


def residents_by_age_and_sex() -> pd.DataFrame:
    """Residents of Seoul by age and sex, census 2010.

    Returns:
        Whole numbers, columns ``women`` and ``men``, index ``age``: the lowest age of bins of
        five years, 0, 5, … 85, the last for all who are 85 or older.

    >>> people = residents_by_age_and_sex()
    >>> people.loc[20].to_dict(), int(people.to_numpy().sum())
    ({'women': 344260, 'men': 339766}, 9631482)
    """
    return pd.read_csv(DATA / "age_sex.csv", index_col="age")
