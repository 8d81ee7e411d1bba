"""Coordinates of unknown origin -> points: tried against the neighbourhoods that rows name."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyproj
import shapely

from geo.boundaries import Boundaries
from geo.boundaries import locate as areas_at
from geo.boundary_files.place import SYSTEMS
from geo.errors import BadFile, either
from geo.schema import CRS

KATEC = (
    "+proj=tmerc +lat_0=38 +lon_0=128 +k=0.9999 +x_0=400000 +y_0=600000 +ellps=bessel +units=m "
    "+towgs84=-115.8,474.99,674.11,1.16,-2.31,-1.63,6.43 +no_defs"
)
"""The grid of Korean car navigation, which has no number in the EPSG's register."""
TRIED = {**{system: system for system in SYSTEMS}, "KATEC": KATEC}
"""Name of each system that is tried -> how pyproj is told of it."""
AGREE, NAMED = 0.97, 30
"""What coordinates of unstated origin must reach: share of places, and how many at least."""
AGREE_STATED, NAMED_STATED = 0.9, 10
"""What contradicts a file's own statement: a smaller share, of so many places at least."""
AGREE_DEGREES = 0.5
"""The same, of degrees in WGS 84: beside them the Korean datum alone is likely, and is tried."""
CHANCE = 0.001
"""A one-sided sign test below this tells two readings apart."""
SAMPLE = 5_000
WGS84, BESSEL = "EPSG:4326", "EPSG:4162"
HEADED = (
    (r"wgs\W*84|위경도|경위도", WGS84),
    (r"utm\W*k", "EPSG:5179"),
    (r"katec", "KATEC"),
)
"""Words of headings -> the coordinate system that they name."""
OF_DEGREES = re.compile(r"위도|경도|latitude|longitude|\b(?:lat|lon|lng)\b")
SEED = 0
NEAR_M = 30_000
"""How far around the city points are still taken for points of the city's offices."""
SAME_M = 1.0
MOST_TRIALS = 6
SHOWN = 3
"""Rows on which two likely readings are shown."""
OUTSIDE = "outside the city"

_Floats = npt.NDArray[np.floating[Any]]
_Flags = npt.NDArray[np.bool_]
_Places = npt.NDArray[np.signedinteger[Any]]
_Shapes = npt.NDArray[np.object_]


@dataclass(frozen=True)
class Trial:
    """One reading of the coordinates: how many points fell where their rows say.

    ``swapped`` means that the first column is the north. ``of`` counts places that rows name,
    of a sample of 5,000; a place that many rows name in the same words counts once.
    """

    crs: str
    swapped: bool
    agree: int
    of: int


@dataclass(frozen=True)
class Located:
    """Points (EPSG:5179, missing where there are none), and how they were read.

    ``why`` is ``stated`` (by a person), ``file``, ``degrees`` (nothing stated, and degrees fit)
    or ``tried``; ``taken`` is None where it has to be asked: then there are no points, and
    ``trials`` has the likely readings, best first, at most six.
    """

    points: gpd.GeoSeries
    taken: Trial | None
    trials: tuple[Trial, ...]
    why: str


@dataclass(frozen=True)
class _Reading:
    """A trial, its points (m, rows by two) and which of them fell where their rows say."""

    trial: Trial
    points: _Floats
    hit: _Flags
    near: float
    degrees: bool


def locate(
    first: pd.Series[float],
    second: pd.Series[float],
    named: pd.DataFrame,
    boundaries: Boundaries,
    stated: str | None = None,
    by_person: bool = False,
) -> Located:
    """Read pairs of coordinates.

    What nobody stated is taken where at least 97 % of 30 places or more fall where their rows
    say, and a sign test tells the reading from every other. What a file states is taken unless
    10 places or more contradict it: fewer than 90 % fall where they should (of degrees in WGS 84
    fewer than half), or another reading is better by the same test. Degrees alone do not tell
    WGS 84 from the Korean datum of 1985.

    Args:
        first: longitude or x, as the column's heading says; missing or unreadable ones NaN.
        second: latitude or y, on the same index.
        named: ``district_code``, ``neighbourhood_code`` and ``administrative_code`` of what the
            rows say in words, on the same index.
        boundaries: where these are.
        stated: the coordinate system that the file or a person states ("EPSG:5174", "KATEC").
        by_person: whether a person stated it, who is believed whatever the rows say.

    Raises:
        BadFile: ``stated`` is no coordinate system.
    """
    label = None if stated is None else _label(stated)
    pairs = np.column_stack([first.to_numpy(dtype=float), second.to_numpy(dtype=float)])
    areas, of = _targets(named, boundaries)
    rows = _sample(pairs, of, of < len(areas) - 1)
    systems = dict(TRIED)
    if label is not None:
        systems.setdefault(label, label)
    readings = _readings(pairs[rows], areas[of[rows]], boundaries, systems)
    own = [reading for reading in readings if reading.trial.crs == label]
    near = [reading for reading in readings if reading.near >= 0.5]
    trials = tuple(reading.trial for reading in near[:MOST_TRIALS])
    if label is None:
        taken = _unstated(near)
        why = "degrees" if near and near[0].degrees else "tried"
    else:
        taken = own[0].trial if by_person else _of_file(own, near)
        why = "stated" if by_person else "file"
    points = np.full(pairs.shape, np.nan) if taken is None else _read(pairs, taken, systems)
    return Located(_series(points, first.index), taken, trials, why)


def compared(
    first: pd.Series[float], second: pd.Series[float], located: Located, boundaries: Boundaries
) -> tuple[str, ...]:
    """Where the two likeliest systems put three rows, and how far apart: a phrase for each row.

    Rows that the two put into different neighbourhoods come first, those outside the city last.
    Of one likely system alone, where it puts them; without any, nothing.

    Args:
        first: as `locate` took it, likewise the others.
        second: on the same index, whose labels name the rows.
        located: what came of it.
        boundaries: where the neighbourhoods are.
    """
    pairs = pd.DataFrame({"x": first, "y": second}).dropna().head(SAMPLE)
    likely = _likely(pairs.to_numpy(dtype=float), located.trials)
    if not likely:
        return ()
    places = pd.DataFrame(
        {crs: _names(_series(points, pairs.index), boundaries) for crs, points in likely.items()}
    )
    best, rival = next(iter(likely.values())), [*likely.values()][-1]
    apart = pd.Series(np.hypot(*(best - rival).T), index=pairs.index).dropna()
    doubt = (places.nunique(axis=1) == 1) + (places == OUTSIDE).all(axis=1).astype(int)
    rows = sorted(doubt[apart.index].sort_values(kind="stable").index[:SHOWN])
    end = ", {:,.0f} m apart" if len(likely) == 2 else ""
    told = pd.DataFrame({crs: places[crs] + f" by {crs}" for crs in likely}).loc[rows]
    lies = told.agg(", ".join, axis=1)
    return tuple(f"row {row} lies {lies[row]}" + end.format(apart[row]) for row in rows)


def _likely(pairs: _Floats, trials: Sequence[Trial]) -> dict[str, _Floats]:
    """The two likeliest systems that put any pair elsewhere, or one, and their points."""
    likely: dict[str, _Floats] = {}
    for trial in trials:
        systems = {trial.crs: TRIED.get(trial.crs, trial.crs)}
        points = _read(pairs, trial, systems)
        is_new = trial.crs not in likely
        if is_new and len(likely) < 2 and all(_apart(points, other) for other in likely.values()):
            likely[trial.crs] = points
    return likely


def _apart(points: _Floats, others: _Floats) -> bool:
    """Whether any of the points lies elsewhere in another reading."""
    return bool(np.nanmax(np.hypot(*(points - others).T), initial=0.0) >= SAME_M)


def _names(points: gpd.GeoSeries, boundaries: Boundaries) -> pd.Series[str]:
    """Where points lie, in words: in 금천구 독산동."""
    inside = areas_at(points, boundaries)
    tables = (boundaries.districts, boundaries.neighbourhoods)
    district, area = (
        inside[column].map(table.set_index("code")["name_ko"])
        for column, table in zip(("district_code", "neighbourhood_code"), tables, strict=True)
    )
    return ("in " + district + " " + area).fillna(OUTSIDE).astype("str")


def headed(labels: Sequence[str], first: pd.Series[float], second: pd.Series[float]) -> str | None:
    """The coordinate system that headings name; WGS 84 for degrees under 위도 and 경도.

    >>> headed(["X좌표(EPSG:5186)", "Y좌표(EPSG:5186)"], pd.Series([2e5]), pd.Series([5e5]))
    'EPSG:5186'
    """
    told = " ".join(re.sub(r"\s", "", label) for label in labels).casefold()
    if code := re.search(r"epsg\W*(\d{4,5})", told):
        return f"EPSG:{code[1]}"
    bessel = re.search(r"bessel|베셀|tokyo|동경|구\s?좌표계", told)
    named = next((crs for words, crs in HEADED if re.search(words, told)), None)
    pairs = pd.concat([first, second], axis=1).dropna()
    degrees = len(pairs) and ((pairs > 30) & (pairs < 140)).all(axis=1).mean() >= AGREE_STATED
    if bessel:
        return BESSEL if degrees else None
    if named is None and degrees and OF_DEGREES.search(told):
        return WGS84
    return named if named != WGS84 or degrees else None


def _label(stated: str) -> str:
    """How a stated system is named here: as the usual one that it is, else as it was stated."""
    name = stated.strip().upper()
    if name in TRIED:
        return name
    try:
        code = pyproj.CRS(stated).to_epsg(100)
    except pyproj.exceptions.CRSError:
        raise BadFile(
            f"Unknown coordinate system {stated!r}: write it as EPSG:5179; usual for Seoul are "
            f"{either(list(TRIED))}."
        ) from None
    return f"EPSG:{code}" if code else stated


def _targets(named: pd.DataFrame, boundaries: Boundaries) -> tuple[_Shapes, _Places]:
    """The areas that rows name, and the position of each row's; the last one is None.

    The legal neighbourhood, else all those that the administrative one ever held, else the
    district.
    """
    areas, place = _areas(boundaries)
    of = pd.Series(np.nan, index=named.index)
    for column in ("neighbourhood_code", "administrative_code", "district_code"):
        of = of.fillna(named[column].map(place).astype("float64"))
    return areas, of.fillna(len(place)).astype("int64").array.to_numpy()


@lru_cache(maxsize=1)
def _areas(boundaries: Boundaries) -> tuple[_Shapes, dict[str, int]]:
    """Everything that a row may name, prepared, None at its end; code -> position."""
    legal = boundaries.neighbourhoods.set_index("code").geometry
    shapes = boundaries.districts.set_index("code").geometry.to_dict() | legal.to_dict()
    pairs = boundaries.administrative_legal
    for unit, held in pairs["legal_code"].groupby(pairs["code"]):
        shapes[unit] = shapely.union_all(legal.reindex(held.unique()).dropna().to_numpy())
    areas: _Shapes = np.array([*shapes.values(), None], dtype=object)
    shapely.prepare(areas)
    return areas, {code: position for position, code in enumerate(shapes)}


def _sample(pairs: _Floats, of: _Places, naming: _Flags) -> _Places:
    """Rows to try, each place once: those that name an area, or all where none does."""
    there = np.isfinite(pairs).all(axis=1)
    naming = there & naming
    kept = naming if naming.any() else there
    frame = pd.DataFrame({"x": pairs[:, 0], "y": pairs[:, 1], "of": of})[kept]
    places = frame.index[~frame.duplicated()].to_numpy()
    generator = np.random.default_rng(SEED)
    return np.sort(generator.choice(places, min(SAMPLE, len(places)), replace=False))


def _readings(
    pairs: _Floats,
    areas: _Shapes,
    boundaries: Boundaries,
    systems: dict[str, str],
) -> list[_Reading]:
    """Every reading, best first; of equal ones that with more points near the city."""
    west, south, east, north = boundaries.districts.total_bounds
    city = shapely.box(west - NEAR_M, south - NEAR_M, east + NEAR_M, north + NEAR_M)
    shapely.prepare(city)
    of = int(np.sum(areas != None))  # noqa: E711 - element by element
    found = []
    for crs in systems:
        for swapped in (False, True):
            points = _read(pairs, Trial(crs, swapped, 0, 0), systems)
            hit = shapely.intersects_xy(areas, points[:, 0], points[:, 1])
            near = float(np.mean(shapely.intersects_xy(city, points))) if len(points) else 0.0
            degrees = _is_geographic(systems[crs])
            trial = Trial(crs, swapped, int(hit.sum()), of)
            found.append(_Reading(trial, points, hit, near, degrees))
    return sorted(found, key=lambda reading: (-reading.trial.agree, -reading.near))


def _read(pairs: _Floats, trial: Trial, systems: dict[str, str]) -> _Floats:
    """Pairs as points in EPSG:5179, NaN where there are none."""
    east, north = pairs.T[::-1] if trial.swapped else pairs.T
    points = np.column_stack(_to_metres(systems[trial.crs]).transform(east, north))
    points[~np.isfinite(points).all(axis=1)] = np.nan
    return points


@lru_cache(maxsize=32)
def _to_metres(system: str) -> pyproj.Transformer:
    """From a coordinate system to EPSG:5179; to look one up takes milliseconds."""
    return pyproj.Transformer.from_crs(system, CRS, always_xy=True)


@lru_cache(maxsize=32)
def _is_geographic(system: str) -> bool:
    return pyproj.CRS(system).is_geographic


def _unstated(near: Sequence[_Reading]) -> Trial | None:
    """The best reading, where it agrees with many rows and nothing else does as well."""
    if not near:
        return None
    best, *rivals = near
    enough = best.trial.of >= NAMED and best.trial.agree >= AGREE * best.trial.of
    return best.trial if enough and all(_beats(best, rival) for rival in rivals) else None


def _of_file(own: Sequence[_Reading], near: Sequence[_Reading]) -> Trial | None:
    """What a file states, with its axes as they fit, unless its rows contradict it."""
    best, trial = own[0], own[0].trial
    if best.near < 0.5 and trial.crs != WGS84:  # degrees may be of the whole country
        return None
    if trial.of < NAMED_STATED:
        return trial
    beaten = any(_chance(rival, best) < CHANCE for rival in near)
    enough = AGREE_DEGREES if trial.crs == WGS84 else AGREE_STATED
    return None if beaten or trial.agree < enough * trial.of else trial


def _beats(best: _Reading, rival: _Reading) -> bool:
    """Whether rows tell the two apart, or they are the same."""
    return not _apart(best.points, rival.points) or _chance(best, rival) < CHANCE


def _chance(best: _Reading, rival: _Reading) -> float:
    """One-sided sign test: that of the rows which tell the two apart so many speak for the best.

    P(X ≥ k) for X from Binomial(n, 1/2): Conover, Practical Nonparametric Statistics, 3.4.
    """
    wins = int(np.sum(best.hit & ~rival.hit))
    rows = wins + int(np.sum(rival.hit & ~best.hit))
    if 2 * wins <= rows:
        return 1.0
    term = total = math.comb(rows, wins)
    for k in range(wins, rows):
        term = term * (rows - k) // (k + 1)
        total += term
    return float(total / 2**rows)


def _series(points: _Floats, index: pd.Index[int]) -> gpd.GeoSeries:
    """Points on the rows' index, missing where there are none."""
    there = np.isfinite(points).all(axis=1)
    shapes = np.full(len(points), None, dtype=object)
    shapes[there] = shapely.points(points[there])
    return gpd.GeoSeries(shapes, index=index, crs=CRS)
