"""The shapes of the tables that queries hand out and that maps, figures and files read."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import geopandas as gpd
import numpy as np
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
    "class",
)
EXPECTED_COLUMNS = ("expected", "limit_low", "limit_high")
SURFACE_COLUMNS = ("class", "low", "high", "groups_smoothed", "area_km2")


@dataclass(frozen=True)
class Frames:
    """What a state without its year shows, for every year of the atlas.

    ``population``, ``groups``, ``measured`` and ``values`` have a row for each area of the level
    and a column a year; ``values`` is what was measured, or its difference to the year compared
    with where one was asked for. ``inside`` marks the areas that the chosen districts leave in
    sight; ``n`` and ``unplaced`` are by year. ``valid`` tells in which years each area existed,
    where that differs.
    """

    areas: pd.DataFrame
    population: pd.DataFrame
    inside: pd.Series[bool]
    groups: pd.DataFrame
    measured: pd.DataFrame
    values: pd.DataFrame
    n: pd.Series[int]
    unplaced: pd.Series[int]
    expected: Expected | None = None
    valid: pd.DataFrame | None = None

    @cached_property
    def shading(self) -> pd.DataFrame:
        """What is classed: values; of ratios the binary logarithm, 0 inside the funnel."""
        if self.expected is None:
            return self.values
        beyond = (self.groups < self.expected.low) | (self.groups > self.expected.high)
        with np.errstate(divide="ignore"):
            return self.values.apply(np.log2).where(beyond, 0.0)

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
class Expected:
    """Groups that areas would have, and the funnel that chance leaves them, by year."""

    groups: pd.DataFrame
    low: pd.DataFrame
    high: pd.DataFrame


@dataclass(frozen=True)
class Classes:
    """How values become colours, the same in every year.

    A class holds sizes above the bound before it up to its own. ``kind`` is ``amount``,
    ``difference`` (classes on both sides of zero) or ``ratio`` (both sides of one, the bounds
    being binary logarithms); ``whole`` tells whole numbers; ``least`` is the smallest size.
    """

    scheme: str
    kind: Literal["amount", "difference", "ratio"]
    bounds: tuple[float, ...]
    least: float
    whole: bool

    @property
    def diverging(self) -> bool:
        return self.kind != "amount"

    @property
    def colours(self) -> int:
        """How many it takes."""
        return len(self.bounds) * (2 if self.diverging else 1)

    def of(self, shading: np.ndarray) -> np.ndarray:
        """The class of each value, from 1 on; negative for falls; 0 for none."""
        size = np.nan_to_num(np.abs(shading), posinf=np.inf)
        step = np.searchsorted(self.bounds, size, side="left") + 1
        step = np.where(size > 0, np.minimum(step, len(self.bounds)), 0)
        return step * np.where(shading < 0, -1, 1)


@dataclass(frozen=True)
class Surface:
    """The smoothed surface of one year.

    ``bands`` has a row for each class that is there, with SURFACE_COLUMNS and the polygon
    (EPSG:5179); ``peaks`` the highest spots, with the names of the neighbourhood; ``cells`` the
    density in every cell of the city; ``unplaced`` groups have no exact place, or one too lonely
    to show.
    """

    bands: gpd.GeoDataFrame
    peaks: pd.DataFrame
    bandwidth: int
    cells: np.ndarray
    cell_km2: float
    n: int
    unplaced: int


@dataclass(frozen=True)
class Density:
    """The table of one state: ``rows`` with DENSITY_COLUMNS, and what the rows leave out."""

    rows: pd.DataFrame
    n: int
    unplaced: int
