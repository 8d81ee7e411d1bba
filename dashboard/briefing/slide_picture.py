"""What slides show as a picture: networks, and figures that PowerPoint has no chart for."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from dashboard.briefing.slide_text import Box
from dashboard.plates.ground import PADDING, Ground, metres, plain
from dashboard.plates.map import unit_of
from dashboard.sheet import Chart, Sheet

DPI = 200
LARGER = 0.62
"""How much smaller a map is drawn than shown, so that its words are larger."""
LARGEST = 0.13
"""Of the picture's height: radius up to which a circle may go, as on a plate."""
ROUNDS = 6
"""How often what circles take and the scale are fitted to each other."""


def map_picture(sheet: Sheet, ground: Ground, room: Box) -> bytes:
    """A network: too many signs and lines to be shapes."""
    from dashboard.plates.map import draw_map

    unit = unit_of(room.width * LARGER)
    size = np.array([room.width, room.height]) * LARGER / unit
    drawn = within(sheet, size)
    return _drawn(room, LARGER, lambda axes: draw_map(axes, drawn, ground))


def within(sheet: Sheet, size: np.ndarray) -> Sheet:
    """A network whose circles are in proportion to a picture of so many pixels, and all in it."""
    network = sheet.drawn["network"]
    nodes = network["nodes"]
    corners = (sheet.drawn.get("bounds") or {}).get("network")
    near = sheet.state.at or sheet.state.community is not None
    if not plain(sheet) or near or not corners or not len(nodes["radius"]):
        return sheet
    radii = np.array(nodes["radius"], dtype=float)
    radii *= min(1.0, LARGEST * size[1] / radii.max())
    own = {**network, "nodes": {**nodes, "radius": radii.tolist()}}
    at = metres(np.column_stack([nodes["x"], nodes["y"]]))
    bounds = {**sheet.drawn["bounds"], "network": _roomy(np.array(corners), at, radii, size)}
    return replace(sheet, drawn={**sheet.drawn, "network": own, "bounds": bounds})


def _roomy(corners: np.ndarray, at: np.ndarray, radii: np.ndarray, size: np.ndarray) -> Any:
    """Corners in degrees, moved outwards so that every circle is within them."""
    known = metres(corners)
    low, high = known
    for _ in range(ROUNDS):
        scale = float(((high - low) / (size - 2 * PADDING)).max())
        reach = (radii * scale)[:, None]
        low = np.minimum(known[0], (at - reach).min(axis=0))
        high = np.maximum(known[1], (at + reach).max(axis=0))
    degrees = (corners[1] - corners[0]) / (known[1] - known[0])
    return [
        (corners[0] + (low - known[0]) * degrees).tolist(),
        (corners[1] + (high - known[1]) * degrees).tolist(),
    ]


def chart_picture(chart: Chart, room: Box) -> bytes:
    """A figure that PowerPoint has no chart for."""
    from dashboard.plates.charts import draw_chart

    return _drawn(room, 1.0, lambda axes: draw_chart(axes, chart.figure, "light"))


def _drawn(room: Box, size: float, draw: Callable[[Any], object]) -> bytes:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    from dashboard.plates.type import drawing

    with drawing():
        figure = Figure(figsize=(room.width / 72 * size, room.height / 72 * size), facecolor="none")
        FigureCanvasAgg(figure)
        draw(figure.add_axes((0, 0, 1, 1)))
        out = io.BytesIO()
        figure.savefig(out, format="png", dpi=DPI / size, transparent=False)
    return out.getvalue()
