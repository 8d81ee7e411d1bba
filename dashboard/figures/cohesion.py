"""Charts of what holds a network together: like with like, beside what chance allows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from dashboard.strings import Text
from dashboard.theme import COLOURS, Theme, chart_layout

ROW, MARGIN = 50, 40
"""Pixels, of an attribute and of the axis below all."""
ABOVE = 0.3
"""Of a row: how far its name stands above its dot."""
REACH = 1.1
"""Of the axis, to leave room for dots at its ends."""


def homophily_figure(
    rows: pd.DataFrame, names: Sequence[str], theme: Theme, text: Text
) -> dict[str, Any]:
    """The E-I index of each attribute as a dot, and what chance allows as a band around its mean.

    Args:
        rows: HOMOPHILY_COLUMNS, the first one on top.
        names: of the attributes.
        theme: light or dark.
        text: the reader's words.
    """
    colour = COLOURS[theme]
    at = list(range(len(rows) - 1, -1, -1))
    found, expected, low, high = (
        rows[name].to_numpy(dtype=float).tolist() for name in ("e_i", "expected", "low", "high")
    )
    spans = [f"{text.number(a)} – {text.number(b)}" for a, b in zip(low, high, strict=True)]
    band = {
        "type": "scatter", "mode": "lines", "name": text("homophily.band"), "hoverinfo": "skip",
        "x": [x for ends in zip(low, high, [None] * len(at), strict=True) for x in ends],
        "y": [y for one in at for y in (one, one, None)],
        "line": {"color": colour["line"], "width": 12},
    }  # fmt: skip
    middle = {
        "type": "scatter", "mode": "markers", "name": text("homophily.expected"), "x": expected,
        "y": at, "customdata": spans,
        "marker": {"symbol": "line-ns-open", "size": 14, "color": colour["muted"],
                   "line": {"width": 2}},
        "hovertemplate": f"{text('homophily.band')}: %{{customdata}}<extra></extra>",
    }  # fmt: skip
    said = [f"{name}: {text.number(value)}" for name, value in zip(names, found, strict=True)]
    dots = {
        "type": "scatter", "mode": "markers", "name": text("homophily.found"), "x": found, "y": at,
        "customdata": said, "marker": {"size": 12, "color": colour["accent"]},
        "hovertemplate": "%{customdata}<extra></extra>",
    }  # fmt: skip
    layout = chart_layout(theme) | {
        "height": ROW * len(at) + MARGIN + 40, "showlegend": True, "hovermode": "closest",
        "legend": {"orientation": "h", "x": 0, "y": -0.3, "yanchor": "top"},
        "annotations": [
            {"x": -1, "y": y + ABOVE, "text": name, "showarrow": False, "xanchor": "left"}
            for name, y in zip(names, at, strict=True)
        ],
    }  # fmt: skip
    ends = f"−1: {text('homophily.inside')} · +1: {text('homophily.across')}"
    layout["xaxis"] |= {
        "range": [-REACH, REACH], "tickvals": [-1, 0, 1], "ticktext": ["−1", "0", "+1"],
        "showgrid": True, "title": {"text": ends, "font": {"size": 12}, "standoff": 4},
    }  # fmt: skip
    layout["yaxis"] |= {"visible": False, "range": [-0.5, len(at) - 0.3]}
    return {"data": [band, middle, dots], "layout": layout}
