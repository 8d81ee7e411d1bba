"""Charts of figures: by part with intervals, and what applications came to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from dashboard.figures.courses import plain
from dashboard.strings import Text
from dashboard.theme import COLOURS, Theme, chart_layout, outcome_colours

PER_PART, AROUND = 30, 46
"""Pixels for a part, and for what is around all of them."""


def apart_figure(
    parts: pd.DataFrame, column: str, theme: Theme, text: Text, *, percent: bool
) -> dict[str, Any]:
    """A figure of several parts side by side, with intervals where there are any.

    Args:
        parts: ``name``, the figure in ``column``, and for intervals ``low`` and ``high``.
        column: which figure.
        theme: light or dark.
        text: the reader's words.
        percent: whether the figure is a share.
    """
    colour = COLOURS[theme]
    told = parts[parts[column].notna()].iloc[::-1]
    layout = chart_layout(theme)
    layout |= {"height": PER_PART * len(told) + AROUND, "hovermode": "closest", "bargap": 0.35}
    layout["xaxis"] |= {"showgrid": True, "rangemode": "tozero"}
    layout["yaxis"] |= {"showgrid": False, "rangemode": "normal", "ticksuffix": " "}
    if percent:
        layout["xaxis"]["tickformat"] = ".0%"
    times, behind = (100, " %") if percent else (1, "")
    said = [f"{text.number(times * value)}{behind}" for value in told[column]]
    bar: dict[str, Any] = {
        "type": "bar", "orientation": "h", "x": plain(told[column]), "y": told["name"].tolist(),
        "marker": {"color": colour["accent"], "opacity": 0.85}, "customdata": said,
        "hovertemplate": "%{y}: %{customdata}<extra></extra>",
    }  # fmt: skip
    if {"low", "high"} <= set(told) and told["low"].notna().any():
        bar["error_x"] = {
            "type": "data", "symmetric": False, "color": colour["text"], "thickness": 1.5,
            "width": 4, "array": plain(told["high"] - told[column]),
            "arrayminus": plain(told[column] - told["low"]),
        }  # fmt: skip
        bar["customdata"] = [
            f"{value} ({text.number(times * low)}–{text.number(times * high)}{behind})"
            if low == low
            else value
            for value, low, high in zip(said, told["low"], told["high"], strict=True)
        ]
    return {"data": [bar], "layout": layout}


def steps_figure(
    outcomes: Sequence[str], names: Sequence[str], sizes: Sequence[float], theme: Theme, text: Text
) -> dict[str, Any]:
    """How many applied, and below them how many of these came to which outcome."""
    colour, layout = COLOURS[theme], chart_layout(theme)
    layout |= {"height": PER_PART * len(sizes) + 16, "hovermode": "closest", "bargap": 0.2}
    layout["xaxis"] |= {"visible": False, "rangemode": "tozero"}
    layout["yaxis"] |= {"showgrid": False, "rangemode": "normal", "ticksuffix": " "}
    # The first bar is all of them, whatever became of it.
    paints = [colour["map-node-strong"], *outcome_colours(outcomes[1:], theme)]
    whole = sizes[0]
    said = [f"{text.number(n)} ({text.number(round(100 * n / whole))} %)" for n in sizes]
    bar = {
        "type": "bar", "orientation": "h", "x": list(sizes)[::-1], "y": list(names)[::-1],
        "marker": {"color": paints[::-1]}, "text": said[::-1], "textposition": "auto",
        "hovertemplate": "%{y}: %{text}<extra></extra>", "cliponaxis": False,
    }  # fmt: skip
    return {"data": [bar], "layout": layout}
