"""Charts of what lasts: curves of survival, and shares that tell whether people come back."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil
from typing import Any

import pandas as pd

from dashboard.figures.courses import marked, plain, years_below
from dashboard.strings import Text
from dashboard.theme import COLOURS, Theme, chart_layout, several_colours

HEIGHT, PER_LINE = 270, 40
"""Pixels, with one curve or with all shares, and for each curve more."""
MOST_TICKS = 7
BEYOND = 0.5
"""Years that a curve is drawn on after the last one known, so that its step can be seen."""
DASHES, MARKS = ("solid", "dash", "dot"), ("circle", "square", "diamond")


def survival_figure(
    curves: Mapping[str, pd.DataFrame], after: int, theme: Theme, text: Text
) -> dict[str, Any]:
    """Curves of survival as steps: the first one strong and in its band, others quiet.

    Below each year stands how many groups of the first curve were followed so long.

    Args:
        curves: name -> ``years``, ``at_risk``, ``survival``, ``low``, ``high`` and ``told``, the
            share in words.
        after: the year that is pointed out.
        theme: light or dark.
        text: the reader's words.
    """
    colour, layout = COLOURS[theme], chart_layout(theme)
    first = next(iter(curves.values()))
    last = int(first["years"].iloc[-1])
    ticks = first.iloc[:: ceil(len(first) / MOST_TICKS)]
    layout |= {
        "height": HEIGHT + PER_LINE * (len(curves) - 1), "showlegend": True, "hovermode": "x",
        "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom",
                   "traceorder": "normal"},
        "shapes": [marked(after, colour["muted"])],
        "annotations": [
            {"x": row["years"], "y": row["survival"], "text": f"<b>{row['told']}</b>",
             "showarrow": False, "xanchor": "left", "yanchor": "bottom", "xshift": 6, "yshift": 4}
            for row in first[first["years"] == after].to_dict("records")
        ],
    }  # fmt: skip
    layout["xaxis"] |= {
        "range": [-0.25, last + BEYOND], "tickvals": ticks["years"].tolist(),
        "ticktext": [f"{row['years']}<br>{text.number(row['at_risk'])}"
                     for row in ticks.to_dict("records")],
        "title": {"text": text("retention.curve_axis"), "font": {"size": 12}},
    }  # fmt: skip
    layout["yaxis"] |= {"tickformat": ".0%", "range": [0, 1.02]}
    drawn = [
        trace
        for place, (name, curve) in enumerate(curves.items())
        for trace in _curve(name, curve, colour, quiet=place > 0)
    ]
    # The last of the legend, behind all lines.
    band = [trace | {"legendrank": 2_000} for trace in _band(first, colour, text)]
    return {"data": [*band, *drawn], "layout": layout}


def _longer(values: pd.Series[float]) -> list[float | None]:
    """With the last one held a little, as what is known of the last year holds until the next."""
    told = plain(values)
    return [*told, *told[-1:]]


def _years(curve: pd.DataFrame) -> list[float | None]:
    years = plain(curve["years"])
    return [*years, *(None if year is None else year + BEYOND for year in years[-1:])]


def _band(curve: pd.DataFrame, colour: Mapping[str, str], text: Text) -> list[dict[str, Any]]:
    """Where the share lies, in the years in which that can be said."""
    sure = curve[curve["low"].notna()]
    edge = {
        "type": "scatter", "mode": "lines", "x": _years(sure), "hoverinfo": "skip",
        "line": {"width": 1, "shape": "hv", "color": colour["map-line"]},
    }  # fmt: skip
    fill = {"fill": "tonexty", "fillcolor": colour["accent-soft"], "name": text("retention.band")}
    return [
        edge | {"y": _longer(sure["low"]), "showlegend": False},
        edge | fill | {"y": _longer(sure["high"])},
    ]


def _curve(
    name: str, curve: pd.DataFrame, colour: Mapping[str, str], *, quiet: bool
) -> list[dict[str, Any]]:
    """Steps, and a mark for each year that can be pointed at."""
    paint = colour["muted" if quiet else "accent"]
    steps = {
        "type": "scatter", "mode": "lines", "name": name, "x": _years(curve),
        "y": _longer(curve["survival"]), "hoverinfo": "skip",
        "line": {"shape": "hv", "color": paint, "width": 1.5 if quiet else 2.5,
                 "dash": "dot" if quiet else "solid"},
    }  # fmt: skip
    marks = {
        "type": "scatter", "mode": "markers", "x": plain(curve["years"]),
        "y": plain(curve["survival"]), "customdata": curve["told"].tolist(), "showlegend": False,
        "marker": {"color": paint, "size": 4 if quiet else 7},
        "hovertemplate": f"{name}: %{{customdata}}<extra></extra>",
    }  # fmt: skip
    return [steps, marks]


def shares_figure(
    shares: pd.DataFrame, told: pd.DataFrame, year: int, theme: Theme
) -> dict[str, Any]:
    """Up to three shares by year, each with a colour, a dash and a mark of its own.

    Args:
        shares: index the years, a column for each by its name.
        told: the same in words.
        year: the year in view.
        theme: light or dark.
    """
    colour, layout = COLOURS[theme], chart_layout(theme)
    years = [int(item) for item in shares.index]
    layout |= {
        "height": HEIGHT, "showlegend": True,
        "legend": {"orientation": "v", "x": 0, "y": -0.14, "yanchor": "top"},
        "shapes": [marked(year, colour["muted"])],
    }  # fmt: skip
    years_below(layout, years)
    layout["yaxis"] |= {"tickformat": ".0%", "nticks": 5}
    ways = zip(shares, several_colours(theme), DASHES, MARKS, strict=False)
    lines = [
        {"type": "scatter", "mode": "lines+markers", "name": name, "x": years,
         "y": plain(shares[name]), "customdata": told[name].tolist(),
         "line": {"color": paint, "width": 2.5, "dash": dash},
         "marker": {"color": paint, "size": 8, "symbol": mark},
         "hovertemplate": f"{name}: %{{customdata}}<extra></extra>"}
        for name, paint, dash, mark in ways
    ]  # fmt: skip
    return {"data": lines, "layout": layout}
