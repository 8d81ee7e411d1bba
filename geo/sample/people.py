"""Who the people are: gender, year of birth, home."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.boundaries import Boundaries, locate
from geo.sample.figures import AGES, BOOMERS, COUNTED_YEAR, SEED_PROGRAMME, WOMEN, YOUNG
from geo.schema import CRS, Gender

HOME_M = 320
"""How far from the group people live (standard deviation)."""
WOMEN_ELSE, YOUNG_ELSE, BOOMERS_ELSE = 0.57, 0.45, 0.28
"""The shares among those who were not counted."""
BETWEEN = 0.85
"""Share of those neither young nor boomers who are between them in age."""
NOT_TOLD = 0.02
"""Share of those not counted whose gender and year of birth are missing."""
LIKE_AGE = {"청년": -1.4, "50+": 1.4}
LIKE_WOMEN = {"마을교육공동체": 0.7, "도시재생": -0.4}
ALIKE = 0.8
"""In standard deviations of chance: how categories and groups gather people who are alike."""


def describe(
    rng: np.random.Generator,
    groups: gpd.GeoDataFrame,
    group: np.ndarray,
    applications: pd.DataFrame,
    named: pd.DataFrame,
    boundaries: Boundaries,
) -> pd.DataFrame:
    """Everybody's gender, year of birth and home; exact shares among the counted.

    Args:
        rng: draws.
        groups: as `found` gives them.
        group: position of the group that each person came with.
        applications: as `apply` gives them.
        named: columns ``application`` (position) and ``person`` (position in ``group``).
        boundaries: where homes are.

    Returns:
        Columns of the schema but ``person_id``, in the order of ``group``.
    """
    counted = applications["year"].eq(COUNTED_YEAR) & applications["programme"].eq(SEED_PROGRAMME)
    inside = named.loc[counted.to_numpy()[named["application"]], "person"]
    is_counted = np.isin(np.arange(len(group)), inside)
    category = groups["category"].iloc[group]
    older = _alike(rng, category, group, LIKE_AGE)
    womanly = _alike(rng, category, group, LIKE_WOMEN)
    gender = np.empty(len(group), dtype=object)
    born = np.empty(len(group), dtype=np.int64)
    for part, women, young, boomers in (
        (is_counted, WOMEN, YOUNG, BOOMERS),
        (~is_counted, WOMEN_ELSE, YOUNG_ELSE, BOOMERS_ELSE),
    ):
        count = int(part.sum())
        female = round(count * women)
        genders = np.repeat([Gender.FEMALE, Gender.MALE], [female, count - female])
        gender[part] = _by_rank(genders, -womanly[part])
        born[part] = _by_rank(_births(rng, count, young, boomers), older[part])
    silent = ~is_counted & (rng.random(len(group)) < NOT_TOLD)
    return pd.DataFrame(
        {
            "gender": pd.Series(gender).mask(silent),
            "birth_year": pd.Series(born, dtype="Int64").mask(silent),
            **_homes(rng, groups, group, boundaries),
        }
    )


def _alike(
    rng: np.random.Generator, category: pd.Series[str], group: np.ndarray, lean: dict[str, float]
) -> np.ndarray:
    """A score that the people of a group share in part: category, group, and the person."""
    shared = rng.normal(0, ALIKE, group.max() + 1)[group]
    own = rng.normal(0, 1, len(group))
    return np.asarray(category.map(lean).fillna(0).to_numpy() + shared + own)


def _by_rank(values: np.ndarray, score: np.ndarray) -> np.ndarray:
    """The values in their order, dealt out by score from the lowest up."""
    out = np.empty_like(values)
    out[np.argsort(score, kind="stable")] = values
    return out


def _births(rng: np.random.Generator, count: int, young: float, boomers: float) -> np.ndarray:
    """Years of birth from the youngest band to the oldest, random within a band."""
    first, third = round(count * young), round(count * boomers)
    second = round((count - first - third) * BETWEEN)
    sizes = [first, second, third, count - first - second - third]
    return np.concatenate(
        [
            COUNTED_YEAR - rng.integers(low, high + 1, size)
            for (low, high), size in zip(AGES.values(), sizes, strict=True)
        ]
    )


def _homes(
    rng: np.random.Generator, groups: gpd.GeoDataFrame, group: np.ndarray, boundaries: Boundaries
) -> dict[str, np.ndarray]:
    """Home near the group; its own neighbourhood for those beyond the city, as far as known."""
    where = groups[["x", "y"]].to_numpy(float)[group] + rng.normal(0, HOME_M, (len(group), 2))
    home = locate(gpd.GeoSeries(gpd.points_from_xy(*where.T), crs=CRS), boundaries)
    known = groups[["district_code", "neighbourhood_code"]].iloc[group].reset_index(drop=True)
    vague = known["neighbourhood_code"].isna() | home["district_code"].isna()
    home = home.mask(vague, known)
    return {str(column): home[column].to_numpy() for column in home}
