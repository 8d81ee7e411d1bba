"""Where areas lie: held against the outline of the legal districts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pyproj
import shapely

from geo.boundaries import Boundaries
from geo.boundary_files.report import counted
from geo.errors import BadBoundaries, either
from geo.schema import CRS

OUTLINE_MET = 0.98
"""Intersection over union with the city. The areas of 2013 meet 98.6 % of the legal ones of
today; where their datum was lost, which moves them by 360 m, 94.0 %."""
PARTLY_MET = 0.85
"""The same for some of the districts alone. Lines between districts differ by more than the
city's own: the areas of 2013 in a district meet 87 to 98 % of today's."""
FARTHEST_M, STEP_M = 400, 100
"""How far around areas of some districts a better place is looked for, and how finely."""
COVERED = 0.5
"""Share of a district that makes it one of those that the areas are held against."""

SYSTEMS = {
    "EPSG:5179": "Korea 2000, Unified CS, metres",
    "EPSG:5186": "Korea 2000, Central Belt 2010, metres",
    "EPSG:5181": "Korea 2000, Central Belt, metres",
    "EPSG:5174": "Korean 1985, Modified Central Belt on Bessel's ellipsoid, metres",
    "EPSG:2097": "Korean 1985, Central Belt on Bessel's ellipsoid, metres",
    "EPSG:5178": "Korean 1985, Unified CS on Bessel's ellipsoid, metres",
    "EPSG:4326": "WGS 84, degrees",
    "EPSG:4162": "Korean 1985, degrees on Bessel's ellipsoid, what is left where a file on it was "
    "turned into degrees without its datum",
    "EPSG:32652": "WGS 84, UTM zone 52N, metres",
    "EPSG:3857": "Web Mercator",
}
"""Systems in which maps of Seoul are found."""


@dataclass(frozen=True)
class _Fit:
    """How an outline lies on the districts that it covers (metres, square metres)."""

    met: float
    whole: bool
    covered: tuple[str, ...]
    missing: float
    beyond: float
    east: float
    north: float

    @property
    def passes(self) -> bool:
        if self.whole:
            return self.met >= OUTLINE_MET
        return self.met >= PARTLY_MET and (self.east, self.north) == (0, 0)

    @property
    def needed(self) -> float:
        return OUTLINE_MET if self.whole else PARTLY_MET

    @property
    def target(self) -> str:
        if self.whole:
            return "the city's outline"
        return f"the outline of the {counted(len(self.covered), 'district')} that they cover"

    @property
    def shift(self) -> str:
        """``360 m south-east``, rounded to 10 m."""
        length = round(float(np.hypot(self.east, self.north)), -1)
        angle = np.degrees(np.arctan2(self.north, self.east))
        names = ["east", "north-east", "north", "north-west", "west", "south-west", "south"]
        return f"{length:,.0f} m {[*names, 'south-east'][round(angle / 45) % 8]}"


def placed(
    areas: gpd.GeoDataFrame, file: str, crs: str | None, legal: Boundaries
) -> tuple[gpd.GeoDataFrame, str, float]:
    """The areas in EPSG:5179, the system they were read in, and how far they meet the city."""
    system = _system(crs) if crs else areas.crs
    outline = _rough(shapely.union_all(areas.geometry.to_numpy()))
    if system is None:
        raise BadBoundaries(
            f"{file} does not say in which coordinate system it is. {_likely(outline, legal)}"
        )
    label = crs or _label(pyproj.CRS(system))
    there = _reprojected(outline, system)
    fit = _fit(there, legal)
    if fit is None and _is_inside(there, legal):
        raise BadBoundaries(
            f"{file}, read as {label}, lies in Seoul but covers no district by half: give all "
            "areas of a district, or of several."
        )
    if fit is None or not fit.passes:
        raise BadBoundaries(f"{_misplaced(file, label, fit)} {_likely(outline, legal)}")
    areas = areas.set_crs(system, allow_override=True).to_crs(CRS)
    return areas, label, round(fit.met, 4)


def _system(crs: str) -> pyproj.CRS:
    try:
        return pyproj.CRS(crs)
    except pyproj.exceptions.CRSError:
        raise BadBoundaries(
            f"Unknown coordinate system {crs!r}: write it as EPSG:5179; usual for Seoul are "
            f"{either(list(SYSTEMS))}."
        ) from None


def _label(system: pyproj.CRS) -> str:
    """``EPSG:5174`` where the file's words are exactly that, else the words."""
    code = system.to_epsg(100)
    return f"EPSG:{code}" if code else system.name


def _rough(outline: shapely.Geometry) -> shapely.Geometry:
    """An outline with fewer corners, whatever its unit."""
    west, south, east, north = outline.bounds
    return outline.simplify(max(east - west, north - south) / 20_000)


def _reprojected(outline: shapely.Geometry, system: Any) -> shapely.Geometry | None:
    """In EPSG:5179; None where the system does not reach there."""
    moved = gpd.GeoSeries([outline], crs=system).to_crs(CRS).iloc[0]
    return shapely.make_valid(moved) if np.isfinite(moved.bounds).all() else None


def _is_inside(outline: shapely.Geometry | None, legal: Boundaries) -> bool:
    """Whether nearly all of it lies in the city."""
    if outline is None:
        return False
    city = shapely.coverage_union_all(legal.districts.geometry.to_numpy())
    return bool(shapely.intersection(outline, city).area > OUTLINE_MET * outline.area)


def _fit(outline: shapely.Geometry | None, legal: Boundaries) -> _Fit | None:
    """How it lies on the districts of which it covers half or more; None where on none."""
    if outline is None:
        return None
    districts = legal.districts
    shared = districts.geometry.intersection(outline).area / districts.area
    covered = (shared >= COVERED).to_numpy()
    if not covered.any():
        return None
    target = _rough(shapely.coverage_union_all(districts.geometry.to_numpy()[covered]))
    common = shapely.intersection(outline, target).area
    missing, beyond = target.area - common, outline.area - common
    met = common / (common + missing + beyond)
    if covered.all():
        away = outline.centroid.x - target.centroid.x, outline.centroid.y - target.centroid.y
    else:
        away = _away(outline, target)
    return _Fit(met, bool(covered.all()), tuple(districts["code"][covered]), missing, beyond, *away)


def _away(outline: shapely.Geometry, target: shapely.Geometry) -> tuple[float, float]:
    """How far the outline lies from where it meets the target best (m), on a grid of 100 m.

    Districts are drawn differently by different hands; what tells a wrong datum from that is
    that one shift mends it.
    """
    steps = range(-FARTHEST_M, FARTHEST_M + 1, STEP_M)
    shifts = sorted(((x, y) for x in steps for y in steps), key=lambda s: s[0] ** 2 + s[1] ** 2)
    moved = [shapely.transform(outline, lambda c, s=s: c - np.array(s)) for s in shifts]
    common = shapely.area(shapely.intersection(moved, target))
    met = common / (outline.area + target.area - common)
    best = int(np.argmax(met))
    # A step more or less is within what hands differ by.
    near = np.hypot(*shifts[best]) < 1.5 * STEP_M
    return (0.0, 0.0) if near else (float(shifts[best][0]), float(shifts[best][1]))


def _misplaced(file: str, label: str, fit: _Fit | None) -> str:
    if fit is None:
        return f"{file}, read as {label}, covers no district of Seoul by half."
    away = "" if (fit.east, fit.north) == (0, 0) else f", and lie {fit.shift} of it"
    return (
        f"{file}, read as {label}, is not where Seoul is: the areas meet {fit.met:.1%} of "
        f"{fit.target} ({fit.needed:.0%} is needed){away}; {fit.missing / 1e6:.1f} km² of it are "
        f"in none of them, {fit.beyond / 1e6:.1f} km² of them are outside."
    )


def _likely(outline: shapely.Geometry, legal: Boundaries) -> str:
    """Which of the usual systems would do, best first, and what to do."""
    fits = {}
    for system in SYSTEMS:
        fit = _fit(_reprojected(outline, system), legal)
        if fit is not None and fit.passes:
            fits[system] = fit
    if not fits:
        swapped = shapely.transform(outline, lambda corners: corners[:, ::-1])
        if any((fit := _fit(_reprojected(swapped, s), legal)) and fit.passes for s in SYSTEMS):
            return "Its two coordinates look swapped: exchange them."
        return (
            f"None of the usual systems ({', '.join(SYSTEMS)}) would put it there: ask where the "
            "file is from, and give its system with --crs."
        )
    best = max(fits, key=lambda system: fits[system].met)
    return (
        f"Read as {best} ({SYSTEMS[best]}), it would meet {fits[best].met:.1%}: give --crs {best} "
        "if that is what the file is in."
    )
