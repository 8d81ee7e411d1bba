"""Charts of people: by age and gender, how often they take part, who is new."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from dashboard.figures.courses import plain, years_below
from dashboard.strings import Text
from dashboard.theme import COLOURS, Theme, chart_layout, several_colours

PER_STEP, PER_KIND, AROUND = 17, 46, 54
"""Pixels for a step of ages, for a kind of people, and for what is around all of them."""
HEIGHT = 220
TICKS, MOST_TICKS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5), 3
"""Steps of an axis of shares, and how many of them one side has room for."""
QUIET = 0.55
SHADE = {"shape": "/", "size": 6, "solidity": 0.25, "fillmode": "overlay"}


def age_name(lowest: int, oldest: int) -> str:
    """What a step of five years is called.

    >>> age_name(15, 85), age_name(85, 85)
    ('15–19', '85+')
    """
    return f"{lowest}+" if lowest == oldest else f"{lowest}–{lowest + 4}"


def pyramid_figure(shares: pd.DataFrame, theme: Theme, text: Text) -> dict[str, Any]:
    """Men to the left and women to the right by age; residents as an outline.

    Args:
        shares: index the lowest age of each step; ``women``, ``men``, ``residents_women`` and
            ``residents_men``, each share of its whole, from 0 to 1; missing where not told.
        theme: light or dark.
        text: the reader's words.
    """
    colour, several = COLOURS[theme], several_colours(theme)
    layout, place = _sided(shares, theme, text), list(range(len(shares)))
    traces = []
    for kind, side, paint in (("men", -1, several[2]), ("women", 1, several[0])):
        told = [f"{text.number(100 * part)} %" if part == part else "–" for part in shares[kind]]
        traces.append(
            {"type": "bar", "orientation": "h", "y": place, "x": plain(side * shares[kind]),
             "showlegend": False, "marker": {"color": paint}, "width": 0.86,
             "customdata": list(zip(layout["yaxis"]["ticktext"], told, strict=True)),
             "hovertemplate": f"{text(f'composition.{kind}')} %{{customdata[0]}}: "
             "%{customdata[1]}<extra></extra>"}
        )  # fmt: skip
    edges = [edge for step in place for edge in (step - 0.5, step + 0.5)]
    for kind, side in (("men", -1), ("women", 1)):
        wide = np.repeat(side * shares[f"residents_{kind}"].to_numpy(dtype=float), 2)
        traces.append(
            {"type": "scatter", "mode": "lines", "x": wide.tolist(), "y": edges,
             "name": text("composition.residents"), "showlegend": kind == "men",
             "line": {"color": colour["text"], "width": 1.5}, "hoverinfo": "skip"}
        )  # fmt: skip
    return {"data": traces, "layout": layout}


def _sided(shares: pd.DataFrame, theme: Theme, text: Text) -> dict[str, Any]:
    """The layout of a pyramid: both sides have the same scale, without a sign."""
    most = float(np.nanmax(shares.to_numpy(dtype=float), initial=0.01))
    step = next((size for size in TICKS if most / size <= MOST_TICKS), 1.0)
    ticks = [step * number for number in range(-math.ceil(most / step), math.ceil(most / step) + 1)]
    layout = chart_layout(theme)
    layout |= {
        "height": PER_STEP * len(shares) + AROUND, "hovermode": "closest", "barmode": "overlay",
        "showlegend": True, "legend": {"orientation": "h", "x": 0, "y": -0.08, "yanchor": "top"},
        "annotations": [
            {"text": text(f"composition.{kind}"), "x": place, "xref": "paper", "xanchor": side,
             "xshift": shift, "y": 1, "yref": "paper", "yanchor": "top", "showarrow": False}
            for kind, place, side, shift in (("men", 0, "left", 6), ("women", 1, "right", -6))
        ],
    }  # fmt: skip
    layout["xaxis"] |= {
        "showgrid": True, "range": [-1.06 * most, 1.06 * most], "tickvals": ticks,
        "ticktext": [f"{text.number(round(100 * abs(tick), 6))} %" for tick in ticks],
    }  # fmt: skip
    oldest = int(shares.index[-1])
    layout["yaxis"] |= {
        "showgrid": False, "rangemode": "normal", "tickvals": list(range(len(shares))),
        "ticktext": [age_name(int(age), oldest) for age in shares.index],
        "tickfont": {"color": COLOURS[theme]["muted"], "size": 11}, "ticksuffix": " ",
        "range": [-0.6, len(shares) - 0.4],
    }  # fmt: skip
    return layout


def represented_figure(rows: pd.DataFrame, theme: Theme, text: Text) -> dict[str, Any]:
    """How many times as often as among residents, on an axis where half is as far as double.

    Args:
        rows: ``name`` and the figures ``ratio``, ``low``, ``high``, each above 0.
        theme: light or dark.
        text: the reader's words.
    """
    colour = COLOURS[theme]
    rows = rows.iloc[::-1]
    at, low, high = (np.log2(rows[column].astype(float)) for column in ("ratio", "low", "high"))
    least, most = min(-1.0, float(low.min())), max(1.0, float(high.max()))
    ticks = list(range(math.ceil(least), math.floor(most) + 1))
    layout = chart_layout(theme)
    layout |= {"height": PER_KIND * len(rows) + AROUND, "hovermode": "closest"}
    layout["shapes"] = [
        {"type": "line", "x0": 0, "x1": 0, "yref": "paper", "y0": 0, "y1": 1,
         "line": {"color": colour["text"], "width": 1.5}}
    ]  # fmt: skip
    room = 0.1 * (most - least)
    layout["xaxis"] |= {
        "showgrid": True, "range": [least - 2.4 * room, most + 2.4 * room], "tickvals": ticks,
        "ticktext": [text("composition.times", ratio=text.number(2.0**tick)) for tick in ticks],
    }  # fmt: skip
    layout["yaxis"] |= {
        "showgrid": False, "rangemode": "normal", "ticksuffix": " ",
        "range": [-0.6, len(rows) - 0.3],
    }  # fmt: skip
    said = [text.number(ratio) for ratio in rows["ratio"]]
    spans = [
        f"{one} ({text.number(a)}–{text.number(b)})"
        for one, a, b in zip(said, rows["low"], rows["high"], strict=True)
    ]
    marks = {
        "type": "scatter", "mode": "markers", "x": at.tolist(), "y": rows["name"].tolist(),
        "customdata": spans, "marker": {"color": colour["accent"], "size": 11},
        "error_x": {"type": "data", "symmetric": False, "color": colour["accent"],
                    "thickness": 2, "width": 5, "array": (high - at).tolist(),
                    "arrayminus": (at - low).tolist()},
        "hovertemplate": "%{y}: %{customdata}<extra></extra>",
    }  # fmt: skip
    less = at < 0  # beside its interval, away from the line at 1
    beside = {
        "type": "scatter", "mode": "text",
        "x": np.where(less, low - room / 2, high + room / 2).tolist(),
        "y": rows["name"].tolist(), "text": said,
        "textposition": ["middle left" if one else "middle right" for one in less],
        "cliponaxis": False, "hoverinfo": "skip",
    }  # fmt: skip
    return {"data": [marks, beside], "layout": layout}


def newcomers_figure(
    first: pd.Series[float], again: pd.Series[float], year: int, theme: Theme, text: Text
) -> dict[str, Any]:
    """People by year: those named for the first time below, those who come back above them."""
    colour, years = COLOURS[theme], [int(one) for one in first.index]
    layout = chart_layout(theme)
    layout |= {
        "height": HEIGHT, "barmode": "stack", "showlegend": True,
        "legend": {"orientation": "h", "x": 0, "y": -0.16, "yanchor": "top",
                   "traceorder": "normal"},
    }  # fmt: skip
    years_below(layout, years)
    strong = [1.0 if one == year else QUIET for one in years]
    kinds = (
        ("first_time", first, {"color": colour["accent"]}),
        ("returning", again, {"color": colour["map-node"], "pattern": SHADE}),
    )
    bars = [
        {"type": "bar", "x": years, "y": plain(people), "name": text(f"figure.{kind}"),
         "marker": paint | {"opacity": strong},
         "customdata": [text.number(one) for one in people],
         "hovertemplate": f"{text(f'figure.{kind}')}: %{{customdata}}<extra></extra>"}
        for kind, people, paint in kinds
    ]  # fmt: skip
    return {"data": bars, "layout": layout}
