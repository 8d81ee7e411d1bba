"""The shapes of the tables that queries hand out and that maps, figures and files read."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

GROUP_COLUMNS = (
    "group_id",
    "name",
    "category",
    "district_code",
    "neighbourhood_code",
    "administrative_code",
    "precision",
    "founded_year",
)
DENSITY_COLUMNS = (
    "code",
    "name_ko",
    "name_en",
    "groups",
    "area_km2",
    "population",
    "value",
    "population_is_estimated",
    "district_code",
    "rank",
    "change",
)


@dataclass(frozen=True)
class Frames:
    """What a state without its year shows, for every year of the atlas.

    ``groups``, ``measured`` and ``values`` have a row for each area of the level and a column
    a year; ``values`` is what was measured, or its difference to the year compared with where
    one was asked for. ``inside`` marks the areas that the chosen districts leave in sight;
    ``n`` and ``unplaced`` are by year.
    """

    areas: pd.DataFrame
    inside: pd.Series[bool]
    groups: pd.DataFrame
    measured: pd.DataFrame
    values: pd.DataFrame
    n: pd.Series[int]
    unplaced: pd.Series[int]

    @cached_property
    def ranks(self) -> pd.DataFrame:
        """Place of each value among the areas in sight, ties sharing the better one."""
        inside = self.values[self.inside].rank(method="min", ascending=False)
        return inside.reindex(self.areas.index)

    @cached_property
    def changes(self) -> pd.DataFrame:
        """What was measured less that of the year before; missing in the first year."""
        return self.measured.diff(axis=1)


@dataclass(frozen=True)
class Density:
    """The table of one state: ``rows`` with DENSITY_COLUMNS, and what the rows leave out."""

    rows: pd.DataFrame
    n: int
    unplaced: int
