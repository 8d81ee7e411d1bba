"""Residents as published, and estimated only where they were not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from geo.residents import residents
from geo.schema import Level

AREAS = pd.DataFrame(
    {
        "level": [Level.DISTRICT] * 2 + [Level.NEIGHBOURHOOD] * 3 + [Level.ADMINISTRATIVE] * 2,
        "district_code": ["D", "E", "D", "D", "E", "D", "E"],
        "area_km2": [4.0, 1.0, 1.0, 3.0, 1.0, np.nan, np.nan],
        "population": pd.array([400, 70, 100, 300, 70, None, None], dtype="Int64"),
    },
    index=["D", "E", "d1", "d2", "e1", "u", "v"],
)


def published(**figures: dict[int, int]) -> pd.DataFrame:
    rows = [(code, year, n) for code, years in figures.items() for year, n in years.items()]
    columns = ["code", "year", "population"]
    return pd.DataFrame(rows, columns=columns).astype({"population": "Int64", "year": "Int64"})


def answer(population: pd.DataFrame, years: list[int]) -> tuple[dict[str, list[float]], set[str]]:
    people, is_estimated = residents(AREAS, population, years)
    rows = {str(code): row.fillna(-1).tolist() for code, row in people.iterrows()}
    return rows, set(is_estimated.index[is_estimated])


def test_without_a_table_every_year_has_the_usual_figure() -> None:
    """Districts as they were in 2017, neighbourhoods by area, units unknown."""
    rows, guessed = answer(published(), [2012, 2013])
    assert rows == {
        "D": [400, 400], "E": [70, 70], "d1": [100, 100], "d2": [300, 300], "e1": [70, 70],
        "u": [-1, -1], "v": [-1, -1],
    }  # fmt: skip
    assert guessed == {"d1", "d2", "e1", "u", "v"}


def test_a_year_without_figure_takes_the_nearest_and_of_two_the_earlier() -> None:
    """2013 is as near to 2012 as to 2014."""
    rows, guessed = answer(
        published(D={2012: 8, 2014: 80}, E={2012: 5, 2014: 6}), [2011, 2012, 2013, 2014, 2019]
    )
    assert rows["D"] == [8, 8, 8, 80, 80]
    assert rows["d1"] == [2, 2, 2, 20, 20]
    assert rows["d2"] == [6, 6, 6, 60, 60]
    assert guessed == {"d1", "d2", "e1", "u", "v"}


def test_districts_have_the_sum_of_their_neighbourhoods() -> None:
    """Where they have no figure of their own; nothing is estimated then."""
    rows, guessed = answer(published(d1={2012: 7}, d2={2012: 2}, e1={2012: 5}), [2012])
    assert (rows["D"], rows["E"], rows["d1"], rows["d2"]) == ([9], [5], [7], [2])
    assert guessed == {"u", "v"}


def test_a_districts_own_figure_of_another_year_does_not_hide_the_sum() -> None:
    """2013 is known from the neighbourhoods, 2012 from the district."""
    population = published(D={2012: 1}, E={2012: 2}, d1={2013: 7}, d2={2013: 2}, e1={2013: 5})
    rows, _ = answer(population, [2012, 2013])
    assert (rows["D"], rows["E"]) == ([1, 9], [2, 5])


def test_administrative_figures_make_those_of_districts_and_are_not_shared_out_by_name() -> None:
    """Legal neighbourhoods stay estimated: the two kinds cut across each other."""
    rows, guessed = answer(published(u={2012: 8}, v={2013: 3}), [2012, 2013])
    assert (rows["D"], rows["E"], rows["d1"], rows["u"]) == ([8, 8], [3, 3], [2, 2], [8, 8])
    assert guessed == {"d1", "d2", "e1"}


@pytest.mark.parametrize("years", [[2012], [2012, 2013, 2014]])
def test_estimates_add_up_to_their_district(years: list[int]) -> None:
    """In whole people, in every year."""
    people, _ = residents(AREAS, published(D={2013: 11}, E={2013: 3}), years)
    parts = people.loc[["d1", "d2"]].sum()
    assert parts.tolist() == people.loc["D"].tolist() == [11] * len(years)
