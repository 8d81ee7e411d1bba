"""Where the map of a sheet lies: its frame, to scale in EPSG:5179, and what is in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import geopandas as gpd
import numpy as np
import orjson
import shapely

from dashboard.sheet import Sheet
from geo.schema import CRS, CRS_SHOWN

PADDING = 20
"""Pixels around what is shown."""
SCREEN = (960, 640)
"""Pixels of the map whose zoom an address tells."""
METRES = 78271.517
"""A pixel at zoom 0 on the equator."""
LATITUDE = 37.55


class Ground(Protocol):
    """The geometry of a snapshot; see `dashboard.geometry.Geometry`."""

    @property
    def areas(self) -> tuple[str, ...]: ...

    @property
    def frame(self) -> Callable[[str], gpd.GeoDataFrame]: ...


@dataclass(frozen=True)
class Frame:
    """A part of the plane on ``width`` × ``height`` pixels, y downwards."""

    west: float
    north: float
    scale: float
    width: float
    height: float

    @property
    def zoom(self) -> float:
        """As maps on screens count it."""
        return float(np.log2(METRES * np.cos(np.radians(LATITUDE)) / self.scale))

    def places(self, metres: np.ndarray) -> np.ndarray:
        """Pixels of coordinates."""
        return np.column_stack(
            [(metres[:, 0] - self.west) / self.scale, (self.north - metres[:, 1]) / self.scale]
        )

    def shapes(self, geometries: Any) -> np.ndarray:
        """Geometries in pixels."""
        return np.asarray(shapely.transform(np.asarray(geometries), self.places))

    @property
    def box(self) -> shapely.Geometry:
        """All of it, in metres."""
        east, south = self.west + self.width * self.scale, self.north - self.height * self.scale
        return shapely.box(self.west, south, east, self.north)


def frame(sheet: Sheet, ground: Ground, width: float, height: float) -> Frame:
    """What the view looks at: where the reader stands, a network, districts, or the city."""
    if sheet.state.at:
        latitude, longitude, zoom = sheet.state.at
        middle = metres([[longitude, latitude]])[0]
        scale = METRES * np.cos(np.radians(latitude)) / 2**zoom * SCREEN[0] / width
        return Frame(
            middle[0] - scale * width / 2, middle[1] + scale * height / 2, scale, width, height
        )
    group = looked_into(sheet)
    return _around(_bounds(sheet, ground, group), width, height, PADDING * (3 if group else 1))


def _bounds(
    sheet: Sheet, ground: Ground, group: Mapping[str, Any] | None
) -> tuple[float, float, float, float]:
    if group:
        return tuple(geometries([group])[0].bounds)
    corners = (sheet.drawn.get("bounds") or {}).get(sheet.state.arrangement)
    if corners:
        return tuple(metres(corners).ravel())
    return of_districts(sheet, ground)


def of_districts(sheet: Sheet, ground: Ground) -> tuple[float, float, float, float]:
    """West, south, east and north of the chosen districts, or of the city."""
    districts = ground.frame("district")
    chosen = sheet.drawn.get("shown")
    kept = districts[districts["code"].isin(chosen)] if chosen else districts
    return tuple(kept.total_bounds)


def _around(
    bounds: tuple[float, float, float, float], width: float, height: float, padding: float
) -> Frame:
    west, south, east, north = bounds
    scale = max((east - west) / (width - 2 * padding), (north - south) / (height - 2 * padding), 1)
    left = (west + east) / 2 - scale * width / 2
    top = (south + north) / 2 + scale * height / 2
    return Frame(left, top, scale, width, height)


def metres(degrees: Sequence[Sequence[float]] | np.ndarray) -> np.ndarray:
    """Longitudes and latitudes as coordinates of EPSG:5179."""
    table = np.asarray(degrees, dtype=float).reshape(-1, 2)
    points = gpd.GeoSeries(gpd.points_from_xy(*table.T), crs=CRS_SHOWN).to_crs(CRS)
    return shapely.get_coordinates(points.to_numpy())


def plain(sheet: Sheet) -> bool:
    """Whether a network stands by its ties, on a ground without a map."""
    return bool(sheet.drawn.get("network")) and sheet.state.arrangement == "network"


def laid(sheet: Sheet) -> list[dict[str, Any]]:
    """Shapes of the year; of a network the ground of its groups, once the reveal is over."""
    overlay = sheet.drawn.get("overlay")
    hidden = bool(sheet.drawn.get("network")) and (not plain(sheet) or sheet.state.step is not None)
    if not overlay or hidden:
        return []
    first, last = sheet.drawn["spans"][sheet.year_index]
    return list(overlay["features"][first:last])


def looked_into(sheet: Sheet) -> dict[str, Any] | None:
    """The interest group that the view goes near to."""
    if not plain(sheet) or sheet.state.community is None:
        return None
    return coded(laid(sheet), f"k{sheet.state.community}")


def coded(features: Sequence[dict[str, Any]], code: str) -> dict[str, Any] | None:
    """The shape of a code, if it is there."""
    return next((one for one in features if one["properties"]["code"] == code), None)


def geometries(features: Sequence[Mapping[str, Any]]) -> np.ndarray:
    """Shapes that lie over the map, as coordinates of EPSG:5179."""
    if not features:
        return np.array([], dtype=object)
    written = [orjson.dumps(one["geometry"]) for one in features]
    return gpd.GeoSeries(shapely.from_geojson(written), crs=CRS_SHOWN).to_crs(CRS).to_numpy()
