"""A network -> what the map's canvas shows: nodes, ties, flows, and the ground of communities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from dashboard.maps.density import ZERO
from dashboard.maps.overlay import Shape, collect
from dashboard.tables import Network
from geo.schema import CRS, CRS_SHOWN

SHAPES = {"person": "o", "group": "o", "neighbourhood": "o", "bureau": "o", "community": "o"}
"""Kind of a node -> its shape; an application's tells what became of it."""
OUTCOME_SHAPES = {"selected": "s", "rejected": "h", "under_review": "t"}
"""Filled and hollow squares, triangles; what is neither is a diamond."""
RADII = {"person": 3.4, "application": 4.6}
"""Pixels. Where nodes stand for many, the area grows with their number."""
LEAST_RADIUS, PER_PERSON = 5.0, 0.62
CROWD = 600
"""Nodes from which on they are drawn smaller."""
DECIMALS = 5


def show_network(
    key: str,
    network: Network,
    *,
    names: Sequence[str],
    lines: Sequence[str],
    hulls: Sequence[Shape],
    sizes: pd.Series[float] | None,
    years: Sequence[int],
    why: str | None,
    areas: int,
    geometry: Mapping[str, str],
    colours: Mapping[str, Sequence[str]],
    label_colours: Mapping[str, Sequence[str]],
) -> dict[str, Any]:
    """Everything that the map needs to draw a network, by its ties and in the city.

    Args:
        key: the question, as the browser asked it.
        network: what is drawn.
        names: of the nodes, in the reader's language.
        lines: what each says of itself below its name.
        hulls: of the communities, with a code ``k`` and their number.
        sizes: from 0 to 1 by node, where they are not to tell how many people a node stands for.
        years: of the atlas.
        why: why there is nothing to show, if so.
        areas: how many neighbourhoods lie beneath.
        geometry: layer -> URL.
        colours: theme -> the colours of communities.
        label_colours: theme -> the colour of each label.
    """
    return {
        "key": key,
        "level": "neighbourhood",
        "geometry": dict(geometry),
        "years": list(years),
        "classes": [ZERO * areas for _ in years],
        "overlay": collect(hulls),
        "spans": [(0, len(hulls)) for _ in years],
        "network": {
            "nodes": _nodes(network, names, lines, sizes),
            "edges": _edges(network),
            "flows": _flows(network),
            "labels": network.labels["label"].tolist(),
            "steps": _steps(network),
            "opens": network.opens,
            "colours": dict(label_colours),
        },
        "bounds": {"network": _bounds(network.box), "map": _bounds(network.ground)},
        "why": [why] * len(years),
        "compared": False,
        "colours": dict(colours),
        "shown": None,
        "n": [network.applications] * len(years),
        "points": None,
    }


def _degrees(frame: pd.DataFrame) -> list[list[float | None]]:
    """Longitudes and latitudes of columns x, y (EPSG:5179); None where they are missing."""
    there = frame[["x", "y"]].notna().all(axis=1)
    points = gpd.GeoSeries(gpd.points_from_xy(frame["x"][there], frame["y"][there]), crs=CRS)
    shown = points.to_crs(CRS_SHOWN)
    out = np.full((2, len(frame)), np.nan)
    out[:, there.to_numpy()] = np.array([shown.x, shown.y]).round(DECIMALS)
    return [[None if value != value else value for value in row] for row in out.tolist()]


def _nodes(
    network: Network, names: Sequence[str], lines: Sequence[str], sizes: pd.Series[float] | None
) -> dict[str, Any]:
    nodes, places = network.nodes, network.places
    labels = {label: place for place, label in enumerate(network.labels["label"])}
    is_application = (nodes["kind"] == "application").to_numpy()
    shapes = nodes["kind"].map(SHAPES).where(~is_application, nodes["outcome"].map(OUTCOME_SHAPES))
    own = nodes["labels"].where(is_application).map(labels)
    codes, area_names = pd.factorize(places["code"].to_numpy(dtype=object))
    x, y = _degrees(nodes)
    home_x, home_y = _degrees(places)
    return {
        "id": nodes["node"].tolist(),
        "kind": "".join(nodes["kind"].str[0]),
        "shape": "".join(shapes.fillna("d")),
        "name": list(names),
        "line": list(lines),
        "x": x,
        "y": y,
        "homeX": home_x,
        "homeY": home_y,
        "label": own.fillna(-1).astype(int).tolist(),
        "community": nodes["community"].fillna(-1).astype(int).tolist(),
        "radius": _radii(nodes, sizes).round(1).tolist(),
        "area": codes.tolist(),
        "areas": list(area_names),
    }


def _radii(nodes: pd.DataFrame, sizes: pd.Series[float] | None) -> pd.Series[float]:
    """Pixels, by what a node stands for."""
    shrink = min(1.0, (CROWD / max(len(nodes), 1)) ** 0.25)
    if sizes is not None:
        largest = 4 * RADII["person"]
        return (RADII["person"] + (largest - RADII["person"]) * sizes) * shrink
    people = nodes["people"].astype(float).fillna(1)
    many = LEAST_RADIUS + PER_PERSON * people**0.5
    own = nodes["kind"].map(RADII).astype(float)
    return own.where(own.notna(), many) * shrink


def _edges(network: Network) -> dict[str, list[Any]]:
    place = pd.Series(range(len(network.nodes)), index=network.nodes["node"])
    return {
        "a": network.edges["source"].map(place).tolist(),
        "b": network.edges["target"].map(place).tolist(),
        "shared": network.edges["shared"].fillna(0).astype(int).tolist(),
    }


def _flows(network: Network) -> dict[str, list[Any]]:
    """Between neighbourhoods, by their codes; 0 people where they are too few to tell."""
    flows = network.flows
    return {
        "a": flows["source"].tolist(),
        "b": flows["target"].tolist(),
        "shared": flows["shared"].fillna(0).astype(int).tolist(),
    }


def _steps(network: Network) -> list[int]:
    """Which label each step of the reveal adds."""
    labels = network.labels["label"].tolist()
    return [labels.index(label) for label in network.steps]


def _bounds(box: tuple[float, float, float, float]) -> list[list[float]]:
    """South-west and north-east in degrees of a box in EPSG:5179."""
    west, south, east, north = box
    corners = pd.DataFrame({"x": [west, east], "y": [south, north]})
    x, y = _degrees(corners)
    return [[x[0] or 0.0, y[0] or 0.0], [x[1] or 0.0, y[1] or 0.0]]
