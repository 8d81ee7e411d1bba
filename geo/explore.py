"""A frame as a map to move about in: in a notebook, or in a file for any browser, offline.

GeoPandas' own ``explore`` draws with Leaflet, which its HTML fetches from the internet; here
MapLibre GL, which the page of the atlas draws with too, stands in the HTML itself.
"""

from __future__ import annotations

import html
import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from geo.errors import MaeulError, UnknownValue
from geo.files import put
from geo.schema import CRS_SHOWN

CLASSES = 5
GRAIN = 1e-6
"""Degrees, some 10 cm: digits beyond would make the file half as long again."""


@dataclass(frozen=True)
class Shown:
    """A map: a notebook shows it where it is a cell's last value."""

    title: str
    page: str = field(repr=False)
    height: int = field(repr=False)

    def _repr_html_(self) -> str:
        title, page = html.escape(self.title), html.escape(self.page)
        return (
            f'<iframe title="{title}" srcdoc="{page}" width="100%" height="{self.height}" '
            'frameborder="0"></iframe>'
        )

    def save(self, path: Path | str) -> Path:
        """Write the map as one HTML file that needs no other; raises as `geo.files.put` does."""
        put(Path(path), self.page.encode())
        return Path(path)


def explore(
    frame: gpd.GeoDataFrame,
    column: str,
    *,
    name: str = "name_ko",
    title: str = "",
    bounds: Sequence[float] | np.ndarray | None = None,
    colours: Sequence[str] = (),
    height: int = 480,
) -> Shown:
    """A map of one column, coloured by class; under the pointer stand name and value.

    Args:
        frame: areas, lines or points in any coordinate system that is named; rows without
            geometry are left out.
        column: numbers; where one is missing, the map is grey and says "–".
        name: column with what a row is called.
        title: what the numbers are; the column's name without it.
        bounds: upper bounds of the classes, ascending, for example from
            `geo.measures.classes.class_bounds`; what is above the last belongs to the last
            class. Quintiles without them.
        colours: one for each class, as CSS writes them; light to dark green without them.
        height: of the map in a notebook, pixels.

    Raises:
        UnknownValue: there is no such column, or it does not hold numbers.
        MaeulError: the coordinate system is not named, no row has a geometry, or there are too
            few colours.
    """
    numeric = list(frame.select_dtypes("number").columns)
    if column not in numeric:
        raise UnknownValue("column of numbers", column, numeric)
    if name not in frame:
        raise UnknownValue("column", name, frame.columns.drop(frame.geometry.name))
    if frame.crs is None:
        raise MaeulError("The frame names no coordinate system: name it with frame.set_crs(…).")
    values = frame[column].astype("float64")
    upper = _quantiles(values) if bounds is None else np.asarray(bounds, dtype=float)
    chosen = list(colours) or _greens(len(upper))
    if len(chosen) < len(upper):
        raise MaeulError(
            f"{len(upper)} classes cannot be told apart by {len(chosen)} colours: "
            "give one for each class."
        )
    page = _template().render(
        title=title or column,
        library=(maplibre() / "maplibre-gl.js").read_text(encoding="utf-8"),
        sheet=(maplibre() / "maplibre-gl.css").read_text(encoding="utf-8"),
        data=_drawn(frame, name, values, upper),
        upper=upper.tolist(),
        colours=chosen,
    )
    return Shown(title or column, page, height)


def maplibre() -> Path:
    """The folder of MapLibre GL, found without importing its wheel, which prints warnings."""
    spec = importlib.util.find_spec("maplibre")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    return Path(spec.submodule_search_locations[0]) / "srcjs"


def _template() -> Any:
    files = FileSystemLoader(Path(__file__).parent)
    environment = Environment(loader=files, autoescape=True, undefined=StrictUndefined)
    return environment.get_template("explore.html")


def _drawn(
    frame: gpd.GeoDataFrame, name: str, values: pd.Series[float], upper: np.ndarray
) -> dict[str, Any]:
    """GeoJSON of what the map needs: name, value, and the number of its class (-1: unknown)."""
    place = np.clip(np.searchsorted(upper, values), 0, len(upper) - 1)
    shown = gpd.GeoDataFrame(
        {
            "name": frame[name].astype("str").fillna("–"),
            "value": values,
            "class": np.where(np.isfinite(values), place, -1),
        },
        geometry=frame.geometry.to_crs(CRS_SHOWN),
    )
    places = shown.geometry.to_numpy()
    shown = shown[~(shapely.is_missing(places) | shapely.is_empty(places))]
    if shown.empty:
        raise MaeulError("No row of the frame has a geometry: there is nothing to show.")
    shown.geometry = shapely.set_precision(shown.geometry.to_numpy(), GRAIN, mode="pointwise")
    return dict(shown.to_geo_dict(na="null", show_bbox=True, drop_id=True))


def _quantiles(values: pd.Series[float]) -> np.ndarray:
    known = values[np.isfinite(values)]
    if known.empty:
        return np.array([])
    return np.unique(np.quantile(known, np.arange(1, CLASSES + 1) / CLASSES))


def _greens(classes: int) -> list[str]:
    """Light to dark.

    >>> _greens(2)
    ['hsl(174 45% 90%)', 'hsl(174 45% 20%)']
    """
    return [f"hsl(174 45% {lightness:.0f}%)" for lightness in np.linspace(90, 20, classes)]
