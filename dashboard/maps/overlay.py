"""What lies over the map: clusters, places, centres. The shapes of all years travel at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any, Literal

import geopandas as gpd
import orjson
import shapely

from dashboard.maps.density import ZERO
from geo.schema import CRS, CRS_SHOWN

DEGREES = 1e-5
"""About a metre: what is drawn over the map need not be finer."""


@dataclass(frozen=True)
class Shape:
    """Something drawn: EPSG:5179.

    ``paint`` is the place of its colour; ``name`` heads what it says of itself, ``lines`` follow;
    ``label`` stands on the map; ``code`` is what a click on it chooses.
    """

    kind: Literal["area", "line", "mark", "outline"]
    geometry: shapely.Geometry
    paint: int
    name: str
    lines: Sequence[str] = field(default_factory=tuple)
    label: str = ""
    code: str = ""


def show_overlay(
    key: str,
    by_year: Mapping[int, Sequence[Shape]],
    *,
    n: Sequence[int],
    why: Sequence[str | None],
    areas: int,
    districts: Sequence[str],
    geometry: Mapping[str, str],
    colours: Mapping[str, Sequence[str]],
    points: str | None,
) -> dict[str, Any]:
    """Everything that the map needs to lay shapes over the districts in any year.

    Args:
        key: the question, as the browser asked it.
        by_year: what is drawn, the lowest first.
        n: groups that count, by year.
        why: for each year why there is nothing to show, if so.
        areas: how many districts lie beneath.
        districts: codes of the chosen districts; none for the whole city.
        geometry: layer -> URL.
        colours: theme -> the colours that ``paint`` counts.
        points: as in `dashboard.maps.density.show`.
    """
    return {
        "key": key,
        "level": "district",
        "geometry": dict(geometry),
        "years": list(by_year),
        "classes": [ZERO * areas for _ in by_year],
        "overlay": collect([shape for shapes in by_year.values() for shape in shapes]),
        "spans": _spans([len(shapes) for shapes in by_year.values()]),
        "why": list(why),
        "compared": False,
        "colours": colours,
        "shown": list(districts) or None,
        "n": list(n),
        "points": points,
    }


def _spans(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """From which feature on and up to which, for each year.

    >>> _spans([2, 0, 3])
    [(0, 2), (2, 2), (2, 5)]
    """
    ends = list(accumulate(numbers))
    return list(zip([0, *ends], ends, strict=False))


def collect(shapes: Sequence[Shape]) -> dict[str, Any]:
    """Shapes as GeoJSON in degrees, with what each says of itself."""
    located = gpd.GeoSeries([shape.geometry for shape in shapes], crs=CRS).to_crs(CRS_SHOWN)
    drawn = shapely.to_geojson(shapely.set_precision(located.to_numpy(), DEGREES, "pointwise"))
    middles = located.representative_point()
    features = [
        {
            "type": "Feature",
            "id": number,
            "properties": {
                "kind": shape.kind,
                "paint": shape.paint,
                "name": shape.name,
                "lines": list(shape.lines),
                "label": shape.label,
                "code": shape.code,
                "lon": round(middle.x, 5),
                "lat": round(middle.y, 5),
            },
            "geometry": orjson.Fragment(geometry),
        }
        for number, (shape, geometry, middle) in enumerate(zip(shapes, drawn, middles, strict=True))
    ]
    return {"type": "FeatureCollection", "features": features}
