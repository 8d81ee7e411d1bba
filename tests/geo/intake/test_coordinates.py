"""Coordinates that do not say their system are tried against what the rows say in words."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely

from geo.boundaries import Boundaries
from geo.errors import BadFile
from geo.intake.coordinates import Located, locate
from geo.schema import CRS

ROWS = 600


@pytest.fixture(scope="module")
def places(seoul: Boundaries) -> tuple[np.ndarray, pd.DataFrame]:
    """Points (EPSG:5179) in neighbourhoods by area, and the names of these; 1 % are wrong."""
    rng = np.random.default_rng(7)
    areas = seoul.neighbourhoods
    share = areas["area_km2"] / areas["area_km2"].sum()
    chosen = areas.iloc[rng.choice(len(areas), ROWS, p=share)].reset_index(drop=True)
    points = []
    for shape in chosen.geometry:
        west, south, east, north = shape.bounds
        while True:
            x, y = rng.uniform(west, east), rng.uniform(south, north)
            if shapely.contains_xy(shape, x, y):
                points.append((x, y))
                break
    named = chosen.rename(columns={"code": "neighbourhood_code"})
    named = named[["district_code", "neighbourhood_code"]].copy()
    named.loc[: ROWS // 100 - 1, "neighbourhood_code"] = "11110101"
    return np.array(points), named


def read(
    places: tuple[np.ndarray, pd.DataFrame],
    seoul: Boundaries,
    crs: str,
    swapped: bool = False,
    rows: int = ROWS,
    **stated: object,
) -> Located:
    points, named = places[0][:rows], places[1][:rows]
    xy = pyproj.Transformer.from_crs(CRS, crs, always_xy=True).transform(*points.T)
    first, second = (pd.Series(axis) for axis in (xy[::-1] if swapped else xy))
    return locate(first, second, named, seoul, **stated)  # type: ignore[arg-type]


@pytest.mark.parametrize("swapped", [False, True])
@pytest.mark.parametrize(
    "crs", ["EPSG:5174", "EPSG:2097", "EPSG:5181", "EPSG:5186", "EPSG:5179", "EPSG:4326"]
)
def test_many_rows_tell_systems_apart_that_share_their_origin(
    crs: str, swapped: bool, places: tuple[np.ndarray, pd.DataFrame], seoul: Boundaries
) -> None:
    """The right one is taken, in either order of the axes, and puts points where they were."""
    found = read(places, seoul, crs, swapped)
    assert found.taken is not None
    assert (found.taken.crs, found.taken.swapped, found.why) == (crs, swapped, "tried")
    assert found.taken.agree == ROWS - ROWS // 100
    away = np.hypot(found.points.x - places[0][:, 0], found.points.y - places[0][:, 1])
    assert away.max() < 0.1


def test_few_rows_prove_nothing(places: tuple[np.ndarray, pd.DataFrame], seoul: Boundaries) -> None:
    """Then it is asked, with the likely readings, and no point is made."""
    found = read(places, seoul, "EPSG:5174", rows=25)
    assert (found.taken, found.points.notna().any()) == (None, False)
    assert "EPSG:5174" in [trial.crs for trial in found.trials]


def test_a_file_is_believed_unless_its_rows_contradict_it(
    places: tuple[np.ndarray, pd.DataFrame], seoul: Boundaries
) -> None:
    """Degrees on Bessel's ellipsoid said to be WGS 84 are 300 m off: many rows see it."""
    right = read(places, seoul, "EPSG:4326", stated="EPSG:4326")
    assert right.taken is not None
    assert right.why == "file"
    wrong = read(places, seoul, "EPSG:4162", stated="EPSG:4326")
    assert wrong.taken is None
    assert wrong.trials[0].crs == "EPSG:4162"
    few = read(places, seoul, "EPSG:4162", rows=9, stated="EPSG:4326")
    assert few.taken is not None


def test_a_person_is_believed(places: tuple[np.ndarray, pd.DataFrame], seoul: Boundaries) -> None:
    """Whatever the rows say; a system that there is not is refused."""
    found = read(places, seoul, "EPSG:4162", stated="EPSG:4326", by_person=True)
    assert found.taken is not None
    assert (found.taken.crs, found.why) == ("EPSG:4326", "stated")
    with pytest.raises(BadFile, match=r"^Unknown coordinate system 'EPSG:99': write it as EPSG"):
        read(places, seoul, "EPSG:4326", stated="EPSG:99")
