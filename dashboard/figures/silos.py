"""Charts of silos: who supports the same groups, how often groups ask, who crosses borders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from dashboard.figures.courses import lines_figure, plain
from dashboard.strings import Text
from dashboard.theme import COLOURS, Theme, chart_layout, scale, several_colours

PER_CELL, AROUND = 26, 112
"""Pixels for a row of cells, and for what is around them: names of columns stand upright."""
TRIES_HEIGHT, BAND_HEIGHT = 200, 260
STEPS = 7
"""Colours of the cells' scale."""
LONGEST = 9
"""Characters of a name that stand beside a row of cells on a laptop."""
MARKS = ("circle", "diamond", "square", "triangle-up")


def short_names(supporters: Sequence[str]) -> dict[str, str]:
    """Supporters by the part of their names that tells them apart: the bureau, or the programme.

    What is still too long ends in an ellipsis.

    >>> short_names(["씨앗 · 혁신관", "실국 · 혁신관", "실국 · 문화본부"])
    {'씨앗 · 혁신관': '씨앗', '실국 · 혁신관': '혁신관', '실국 · 문화본부': '문화본부'}
    """
    found: dict[str, str] = {}
    for part, among in ((-1, supporters), (0, supporters), (-1, None)):
        left = [name for name in supporters if name not in found]
        ends = [name.split(" · ")[part] for name in among or left]
        found |= {
            name: own
            for name in left
            if ends.count(own := name.split(" · ")[part]) == 1 and own not in found.values()
        }
    found |= {name: name for name in supporters if name not in found}
    return {
        name: short if len(short := found[name]) <= LONGEST else f"{short[: LONGEST - 1]}…"
        for name in supporters
    }


def pairs_figure(
    cells: pd.DataFrame,
    said: Mapping[tuple[str, str], str],
    names: Mapping[str, str],
    theme: Theme,
    text: Text,
) -> dict[str, Any]:
    """How many groups each two have in common: a row and a column for each, one half of them.

    Args:
        cells: symmetric, both ways the same supporters; missing where no group asked both.
        said: what the cell of a row and a column says of itself.
        names: short ones of the supporters.
        theme: light or dark.
        text: the reader's words.
    """
    colour, layout = COLOURS[theme], chart_layout(theme)
    below, across = list(cells.index[1:]), list(cells.columns[:-1])
    half = cells.loc[below, across].where(np.tri(len(below), dtype=bool))
    shades = scale("teal", theme, STEPS, diverging=False)
    stops = [colour["map-zero"], *shades]
    layout |= {"height": PER_CELL * len(below) + AROUND, "hovermode": "closest"}
    layout["xaxis"] |= {
        "tickvals": list(range(len(across))), "ticktext": [names[one] for one in across],
        "tickangle": -90, "showline": False, "ticks": "",
    }  # fmt: skip
    layout["yaxis"] |= {
        "tickvals": list(range(len(below))), "ticktext": [f"{names[one]} " for one in below],
        "autorange": "reversed", "showgrid": False, "rangemode": "normal", "ticks": "",
    }  # fmt: skip
    told = half.to_numpy(dtype=float)
    square = {
        "type": "heatmap", "showscale": False, "xgap": 2, "ygap": 2, "hoverongaps": False,
        # Of the root, so that a pair with most in common leaves the others their differences.
        "z": [plain(pd.Series(row)) for row in np.sqrt(told)],
        "colorscale": [[step / STEPS, paint] for step, paint in enumerate(stops)],
        "zmin": 0, "zmax": float(np.sqrt(np.nanmax(told, initial=1))),
        "text": [["" if n != n else text.number(n) for n in row] for row in told],
        "texttemplate": "%{text}", "textfont": {"size": 11},
        "customdata": [[said.get((row, column), "") for column in across] for row in below],
        "hovertemplate": "%{customdata}<extra></extra>",
    }  # fmt: skip
    return {"data": [square], "layout": layout}


def beside_chance_figure(
    rows: pd.DataFrame, year: int, names: tuple[str, str, str], theme: Theme, text: Text
) -> dict[str, Any]:
    """What was found by year, beside what chance gives and between which numbers it varies.

    Args:
        rows: index the years; ``found``, ``expected``, ``low``, ``high``.
        year: the one in view.
        names: of what was found, of what is expected, of the band.
        theme: light or dark.
        text: the reader's words.
    """
    colour = COLOURS[theme]
    found, expected, band = names
    figure = lines_figure(
        {found: rows["found"], expected: rows["expected"]}, year, theme, text, percent=False
    )
    years = [int(item) for item in rows.index]
    line = {"width": 1, "color": colour["map-line"]}
    edge = {"type": "scatter", "mode": "lines", "x": years, "line": line}
    spans = [
        f"{text.number(low)}–{text.number(high)}"
        for low, high in zip(rows["low"], rows["high"], strict=True)
    ]
    edges = [
        edge | {"y": plain(rows["low"]), "hoverinfo": "skip", "showlegend": False},
        edge | {
            "y": plain(rows["high"]), "fill": "tonexty", "fillcolor": colour["accent-soft"],
            "name": band, "customdata": spans,
            "hovertemplate": f"{band}: %{{customdata}}<extra></extra>",
        },
    ]  # fmt: skip
    figure["layout"]["height"] = BAND_HEIGHT
    figure["layout"]["legend"] |= {"traceorder": "normal"}
    return figure | {"data": [*edges, *figure["data"]]}


def tries_figure(
    names: Sequence[str], groups: Sequence[float], said: Sequence[str], theme: Theme
) -> dict[str, Any]:
    """How many groups applied once, how many twice and so on."""
    colour, layout = COLOURS[theme], chart_layout(theme)
    layout |= {"height": TRIES_HEIGHT, "hovermode": "closest", "bargap": 0.3}
    layout["margin"] = layout["margin"] | {"t": 24}
    layout["xaxis"] |= {"type": "category"}
    layout["yaxis"] |= {"visible": False}
    bars = {
        "type": "bar", "x": list(names), "y": list(groups), "text": list(said),
        "textposition": "outside", "cliponaxis": False,
        "marker": {"color": colour["accent"], "opacity": 0.85},
        "hovertemplate": "%{x}: %{text}<extra></extra>",
    }  # fmt: skip
    return {"data": [bars], "layout": layout}


def sides_figure(
    lines: Mapping[str, pd.Series[float]], year: int, theme: Theme, text: Text
) -> dict[str, Any]:
    """Shares by year, each with a colour and a mark of its own, from 0 to a little over all."""
    figure = lines_figure(lines, year, theme, text, percent=True)
    most = max(float(line.max()) for line in lines.values())
    paints = several_colours(theme)
    for place, trace in enumerate(figure["data"]):
        trace["line"] = {"color": paints[place], "width": 2.5, "dash": "solid"}
        trace["marker"] = {"symbol": MARKS[place % len(MARKS)], "size": 9}
        trace["cliponaxis"] = False
    layout = figure["layout"]
    layout["yaxis"] |= {"range": [0, 1.1 * most or 1], "tickformat": ".1~%"}
    return figure
