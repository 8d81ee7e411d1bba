"""The Lorenz curve: how far what is there lies from being spread evenly."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from dashboard.figures.courses import plain
from dashboard.strings import Text
from dashboard.theme import COLOURS, Theme, chart_layout

HEIGHT = 290
TOP = 0.9
"""Of what it is spread over, where the tenth at the top begins."""


def lorenz_figure(
    curve: pd.DataFrame, top: float, base: str, what: str, theme: Theme, text: Text
) -> dict[str, Any]:
    """The curve below the diagonal of equality, the space between them shaded, the top marked.

    Args:
        curve: ``places`` and ``values``, as `geo.measures.concentration.lorenz` has them.
        top: what the tenth at the top holds.
        base: what it is spread over, in words.
        what: what is held, in words.
        theme: light or dark.
        text: the reader's words.
    """
    colour, layout = COLOURS[theme], chart_layout(theme)
    heading = {"text": text("concentration.lorenz_base", base=base), "font": {"size": 12}}
    axis = {"range": [0, 1], "tickformat": ".0%", "tickvals": [0, 0.25, 0.5, 0.75, 1]}
    layout |= {"height": HEIGHT, "hovermode": "x", "margin": layout["margin"] | {"r": 22}}
    layout["xaxis"] |= {**axis, "showgrid": True, "title": heading}
    layout["yaxis"] |= {**axis, "rangemode": "normal"}
    layout["shapes"] = [
        {"type": "line", "x0": TOP, "x1": TOP, "y0": 1 - top, "y1": 1,
         "line": {"color": colour["text"], "width": 2}}
    ]  # fmt: skip
    said = text("concentration.lorenz_top", share=f"{text.number(round(100 * top))} %")
    layout["annotations"] = [
        {"x": TOP, "y": 0.97, "text": said, "showarrow": False, "xanchor": "right", "xshift": -6},
        {"x": 0.38, "y": 0.42, "text": text("concentration.lorenz_even"), "showarrow": False,
         "xanchor": "right", "yanchor": "bottom", "font": {"color": colour["muted"], "size": 12}},
    ]  # fmt: skip
    places, values = (plain(curve[column]) for column in ("places", "values"))
    even = {"type": "scatter", "mode": "lines", "hoverinfo": "skip", "x": places, "y": places,
            "name": text("concentration.lorenz_even"), "showlegend": False}  # fmt: skip
    line = {
        "type": "scatter", "mode": "lines", "x": places, "y": values,
        "name": what, "showlegend": False,
        "fill": "tonexty", "fillcolor": colour["accent-soft"], "cliponaxis": False,
        "line": {"color": colour["accent"], "width": 2.5},
        "customdata": lorenz_words(curve, base, what, text),
        "hovertemplate": "%{customdata}<extra></extra>",
    }  # fmt: skip
    dashed = {"color": colour["muted"], "width": 1.5, "dash": "dot"}
    return {"data": [even | {"line": dashed}, line], "layout": layout}


def lorenz_words(curve: pd.DataFrame, base: str, what: str, text: Text) -> list[str]:
    """Each point of a curve in words."""
    return [
        text(
            "concentration.lorenz_point", base=base, what=what,
            places=f"{text.number(round(100 * places))} %",
            values=f"{text.number(round(100 * values))} %",
        )
        for places, values in curve[["places", "values"]].to_numpy()
    ]  # fmt: skip


def along(curve: pd.DataFrame, shares: list[float]) -> pd.DataFrame:
    """The curve at some shares of what it is spread over."""
    held = np.interp(shares, curve["places"], curve["values"])
    return pd.DataFrame({"places": shares, "values": held})
