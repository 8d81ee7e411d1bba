"""Coordinates of unstated origin are told apart by the neighbourhoods that their rows name."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import pytest

from geo import boundaries
from geo.boundaries import Boundaries
from geo.errors import BadFile
from geo.intake.coordinates import TRIED, Located, Trial, locate
from geo.schema import CRS

CODES = ("district_code", "neighbourhood_code", "administrative_code")
GASAN = {"district_code": "11545", "neighbourhood_code": "11545101"}


@pytest.fixture(scope="module")
def places(seoul: Boundaries) -> tuple[gpd.GeoSeries, pd.DataFrame]:
    """400 points anywhere in the city, and what their rows say; every hundredth is wrong."""
    generator = np.random.default_rng(4)
    west, south, east, north = seoul.districts.total_bounds
    x, y = generator.uniform(west, east, 1_000), generator.uniform(south, north, 1_000)
    points = gpd.GeoSeries(gpd.points_from_xy(x, y), crs=CRS)
    named = boundaries.locate(points, seoul).dropna()[:400]
    points = points[named.index].reset_index(drop=True)
    named = named.reset_index(drop=True).assign(administrative_code=np.nan)
    named.loc[::100, list(GASAN)] = list(GASAN.values())
    return points, named.astype("str")


def written(
    points: gpd.GeoSeries, crs: str, swapped: bool = False
) -> tuple[pd.Series[float], pd.Series[float]]:
    """The two columns of a spreadsheet."""
    move = pyproj.Transformer.from_crs(CRS, TRIED[crs], always_xy=True)
    east, north = move.transform(points.x.to_numpy(), points.y.to_numpy())
    columns = (north, east) if swapped else (east, north)
    return pd.Series(columns[0]), pd.Series(columns[1])


def farthest(located: Located, points: gpd.GeoSeries) -> float:
    """How far any point lies from where it is (m)."""
    return float(located.points.distance(points).max())


@pytest.mark.parametrize("swapped", [False, True])
@pytest.mark.parametrize("crs", sorted(TRIED))
def test_every_system_is_recognised(
    crs: str, swapped: bool, places: tuple[gpd.GeoSeries, pd.DataFrame], seoul: Boundaries
) -> None:
    """400 rows tell systems apart that differ by 70 m, with 1 % of them wrong."""
    points, named = places
    located = locate(*written(points, crs, swapped), named, seoul)
    assert located.taken == Trial(crs, swapped, 396, 400)
    assert located.trials[0] == located.taken
    assert located.why == ("degrees" if pyproj.CRS(TRIED[crs]).is_geographic else "tried")
    assert farthest(located, points) < 0.01


def test_few_rows_tell_nothing(
    places: tuple[gpd.GeoSeries, pd.DataFrame], seoul: Boundaries
) -> None:
    """29 rows that all agree are not enough, 20 that differ from no rival neither."""
    points, named = places[0][1:30], places[1][1:30]
    first, second = written(points, "EPSG:5174")
    located = locate(
        first.set_axis(points.index), second.set_axis(points.index), named.loc[points.index], seoul
    )
    assert located.taken is None
    assert located.points.isna().all()
    assert located.points.crs == CRS
    assert located.trials[0] == Trial("EPSG:5174", False, 29, 29)


def test_one_place_many_times_is_one_place(
    places: tuple[gpd.GeoSeries, pd.DataFrame], seoul: Boundaries
) -> None:
    """Forty rows of one address say no more than one of them."""
    rows = [1] * 40
    first, second = written(places[0].iloc[rows].reset_index(drop=True), "EPSG:5174")
    located = locate(first, second, places[1].iloc[rows].reset_index(drop=True), seoul)
    assert located.taken is None
    assert located.trials[0].of == 1


@pytest.mark.parametrize("swapped", [False, True])
def test_degrees_alone_are_asked_about(
    swapped: bool, places: tuple[gpd.GeoSeries, pd.DataFrame], seoul: Boundaries
) -> None:
    """Where no row names a place, degrees may be of either datum."""
    points, named = places[0], places[1].assign(**dict.fromkeys(CODES, np.nan)).astype("str")
    located = locate(*written(points, "EPSG:4326", swapped), named, seoul)
    assert located.taken is None
    assert located.why == "degrees"
    assert sorted((trial.crs, trial.swapped) for trial in located.trials) == [
        ("EPSG:4162", swapped),
        ("EPSG:4326", swapped),
    ]


@pytest.mark.parametrize("swapped", [False, True])
def test_a_file_is_believed_where_nothing_contradicts_it(
    swapped: bool, places: tuple[gpd.GeoSeries, pd.DataFrame], seoul: Boundaries
) -> None:
    """Without names the statement of the file stands; the axes are found out all the same."""
    points, named = places[0], places[1].assign(**dict.fromkeys(CODES, np.nan)).astype("str")
    located = locate(*written(points, "EPSG:5181", swapped), named, seoul, "epsg:5181")
    assert (located.taken, located.why) == (Trial("EPSG:5181", swapped, 0, 0), "file")
    assert farthest(located, points) < 0.01


def test_a_file_that_lost_its_datum_is_asked_about(
    places: tuple[gpd.GeoSeries, pd.DataFrame], seoul: Boundaries
) -> None:
    """A GeoJSON in "WGS 84" that lies 360 m off is not believed, unless a person insists."""
    points, named = places
    columns = written(points, "EPSG:4162")
    located = locate(*columns, named, seoul, "EPSG:4326")
    assert located.taken is None
    assert located.trials[0] == Trial("EPSG:4162", False, 396, 400)
    insisted = locate(*columns, named, seoul, "EPSG:4326", by_person=True)
    assert insisted.taken is not None
    assert (insisted.taken.crs, insisted.why) == ("EPSG:4326", "stated")


def test_districts_and_administrative_names_serve_too(
    places: tuple[gpd.GeoSeries, pd.DataFrame], seoul: Boundaries
) -> None:
    """A row that names only its district or an administrative neighbourhood is held against it."""
    points, named = places
    only = named.assign(neighbourhood_code=np.nan).astype("str")
    located = locate(*written(points, "EPSG:5186"), only, seoul)
    assert located.trials[0].crs == "EPSG:5186"
    assert located.trials[0].agree >= 396
    inside = named["neighbourhood_code"].eq("11545103")  # 시흥동, which 시흥1동 shares
    units = only.assign(administrative_code=np.where(inside, "1154567000", None)).astype("str")
    assert locate(*written(points, "EPSG:5186"), units, seoul).trials[0].agree >= 396


def test_missing_pairs_have_no_point(
    places: tuple[gpd.GeoSeries, pd.DataFrame], seoul: Boundaries
) -> None:
    """Half a pair is none; a table without any is read as nothing."""
    points, named = places
    first, second = written(points, "EPSG:5179")
    first[5], second[6] = np.nan, np.nan
    located = locate(first, second, named, seoul)
    assert located.points.index[located.points.isna()].tolist() == [5, 6]
    nothing = locate(first[:0], second[:0], named[:0], seoul)
    assert (len(nothing.points), nothing.taken, nothing.trials) == (0, None, ())


def test_an_unknown_system_is_refused(
    places: tuple[gpd.GeoSeries, pd.DataFrame], seoul: Boundaries
) -> None:
    """The message says how to write it."""
    points, named = places
    with pytest.raises(BadFile) as raised:
        locate(*written(points, "EPSG:5179"), named, seoul, "EPSG:99999999")
    assert str(raised.value) == (
        "Unknown coordinate system 'EPSG:99999999': write it as EPSG:5179; usual for Seoul are "
        "EPSG:5179, EPSG:5186, EPSG:5181, EPSG:5174, EPSG:2097, EPSG:5178, EPSG:4326, EPSG:4162, "
        "EPSG:32652, EPSG:3857 or KATEC."
    )
