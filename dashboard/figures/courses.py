"""Charts of clusters and spread: courses over the years, chance, flows, paths."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from dashboard.strings import Text
from dashboard.theme import COLOURS, Theme, chart_layout, several_colours

HEIGHT = 220
FLOW_HEIGHT = 320
BINS = 40
FAINT = 0.35
BAR, GAP, STEPS = 0.05, 0.02, 14
"""Of a flow: half a bar's width (years), the space between bars (of a year's groups), points of a
band's edge."""
PER_BAR, LEAST_NAMED = 24, 0.035
"""Pixels for a bar in two columns, and the share of all that a bar with a name beside it has."""


def years_below(layout: dict[str, Any], years: Sequence[int]) -> None:
    """An axis of years."""
    layout["xaxis"] |= {"tickvals": years, "ticktext": [f"’{year % 100:02d}" for year in years]}


def _base(theme: Theme, height: int = HEIGHT, *, legend: bool = False) -> dict[str, Any]:
    layout = chart_layout(theme)
    layout["height"] = height
    layout["showlegend"] = legend
    layout["legend"] = {"orientation": "h", "x": 0, "y": -0.16, "yanchor": "top"}
    return layout


def marked(year: int, colour: str) -> dict[str, Any]:
    """A line that points out a year."""
    line = {"color": colour, "width": 1}
    return {"type": "line", "x0": year, "x1": year, "yref": "paper", "y0": 0, "y1": 1, "line": line}


def chance_figure(simulated: np.ndarray, found: float, theme: Theme, text: Text) -> dict[str, Any]:
    """What permutations gave, as bars, and what was found, as a line."""
    colour = COLOURS[theme]
    height, edges = np.histogram(simulated, BINS)
    middles = (edges[:-1] + edges[1:]) / 2
    layout = _base(theme)
    layout |= {"hovermode": "closest", "bargap": 0, "shapes": [marked(0, colour["accent"])]}
    layout["shapes"][0] |= {
        "x0": found,
        "x1": found,
        "line": {"color": colour["accent"], "width": 3},
    }
    layout["annotations"] = [
        {"x": found, "y": 1, "yref": "paper", "text": f"I = {text.number(found)}",
         "showarrow": False, "xanchor": "right", "xshift": -6, "font": {"color": colour["accent"]}}
    ]  # fmt: skip
    layout["yaxis"]["showticklabels"] = False
    bars = {
        "type": "bar", "x": middles.tolist(), "y": height.tolist(),
        "width": (np.diff(edges) * 0.98).tolist(), "marker": {"color": colour["muted"]},
        "hovertemplate": f"%{{x:.2f}}: %{{y}} {text('course.permutations')}<extra></extra>",
    }  # fmt: skip
    return {"data": [bars], "layout": layout}


def kinds_figure(
    counts: pd.DataFrame, labels: Sequence[str], colours: Sequence[str], year: int, theme: Theme
) -> dict[str, Any]:
    """How many areas are of each kind, year by year; rows are kinds, columns years."""
    layout = _base(theme)
    years = [int(item) for item in counts.columns]
    years_below(layout, years)
    layout |= {"barmode": "stack"}
    strong = [1.0 if item == year else 0.55 for item in years]
    bars = [
        {"type": "bar", "x": years, "y": row.tolist(), "name": label,
         "marker": {"color": colour, "opacity": strong},
         "hovertemplate": f"{label}: %{{y}}<extra></extra>"}
        for (_, row), label, colour in zip(counts.iterrows(), labels, colours, strict=True)
    ]  # fmt: skip
    return {"data": bars, "layout": layout}


def lines_figure(
    lines: Mapping[str, pd.Series[float]],
    year: int,
    theme: Theme,
    text: Text,
    *,
    percent: bool,
    several: bool = False,
) -> dict[str, Any]:
    """Lines by year: the first one strong, the others quiet.

    With ``several`` the first is quiet, and each of the others has a colour of its own.
    """
    colour = COLOURS[theme]
    layout = _base(theme, legend=len(lines) > 1)
    years = [int(item) for item in next(iter(lines.values())).index]
    years_below(layout, years)
    if percent:
        layout["yaxis"] |= {"tickformat": ".0%", "range": [0, 1.02]}
    layout["shapes"] = [marked(year, colour["muted"])]
    traces = []
    for place, (name, values) in enumerate(lines.items()):
        told = [
            f"{text.number(100 * value)} %" if percent else text.number(value) for value in values
        ]
        quiet = (place == 0) == several
        paint = colour["muted"] if quiet else colour["accent"]
        if several and place:
            paint = several_colours(theme)[(place - 1) % 12]
        style = {
            "color": paint,
            "width": 1.5 if quiet else 2.5,
            "dash": "dot" if quiet else "solid",
        }
        traces.append(
            {"type": "scatter", "mode": "lines+markers", "x": years, "y": plain(values),
             "name": name, "customdata": told, "line": style,
             "hovertemplate": f"{name}: %{{customdata}}<extra></extra>"}
        )  # fmt: skip
    return {"data": traces, "layout": layout}


def band_figure(rows: pd.DataFrame, year: int, theme: Theme, text: Text) -> dict[str, Any]:
    """A median by year in the band that chance allows; rows as `nearness` has them."""
    colour = COLOURS[theme]
    layout = _base(theme, legend=True)
    years = [int(item) for item in rows["year"]]
    years_below(layout, years)
    layout["shapes"] = [marked(year, colour["muted"])]
    edge = {"type": "scatter", "mode": "lines", "x": years, "line": {"width": 0}}
    quiet = {"hoverinfo": "skip", "showlegend": False}
    band = {
        "fill": "tonexty", "fillcolor": colour["accent-soft"], "name": text("course.near_band"),
        "customdata": [text.number(value) for value in rows["low_m"]],
        "hovertemplate": f"{text('course.near_band')}: %{{customdata}}–%{{y:.0f}} m<extra></extra>",
    }  # fmt: skip
    traces = [
        edge | quiet | {"y": plain(rows["low_m"])},
        edge | band | {"y": plain(rows["high_m"])},
        {"type": "scatter", "mode": "lines+markers", "x": years, "y": plain(rows["median_m"]),
         "name": text("course.near_line"), "line": {"color": colour["accent"], "width": 3},
         "hovertemplate": f"{text('course.near_line')}: %{{y:.0f}} m<extra></extra>"},
    ]  # fmt: skip
    return {"data": traces, "layout": layout}


def path_figure(rows: pd.DataFrame, year: int, theme: Theme, text: Text) -> dict[str, Any]:
    """The centre's path in metres from the first year, east and north, to scale."""
    colour = COLOURS[theme]
    layout = _base(theme, 280)
    layout |= {"hovermode": "closest"}
    layout["xaxis"] |= {
        "title": {"text": f"{text('course.east')} (m)", "font": {"size": 12}},
        "showgrid": True,
    }
    layout["yaxis"] |= {
        "title": {"text": f"{text('course.north')} (m)", "font": {"size": 12}},
        "scaleanchor": "x", "rangemode": "normal",
    }  # fmt: skip
    east, north = rows["x"] - rows["x"].iloc[0], rows["y"] - rows["y"].iloc[0]
    now = rows["year"] == year
    trace = {
        "type": "scatter", "mode": "lines+markers+text", "x": plain(east), "y": plain(north),
        "text": [f"’{item % 100:02d}" for item in rows["year"]], "textposition": "top center",
        "cliponaxis": False,
        "line": {"color": colour["muted"], "width": 1.5},
        "marker": {
            "size": np.where(now, 13, 7).tolist(),
            "color": np.where(now, colour["map-point"], colour["accent"]).tolist(),
        },
        "customdata": [int(item) for item in rows["year"]],
        "hovertemplate": "%{customdata}: %{x:.0f} m, %{y:.0f} m<extra></extra>",
    }  # fmt: skip
    return {"data": [trace], "layout": layout}


def flow_figure(
    sizes: pd.DataFrame,
    flow: pd.DataFrame,
    names: Mapping[int, str],
    theme: Theme,
    text: Text,
) -> dict[str, Any]:
    """Clusters as bars by year, as high as they have groups; what they share as bands between.

    Plotly's own flow diagram makes a bar as high as its bands, which leaves out who is new.

    Args:
        sizes: groups of each lineage (rows) by year (columns), 0 where it is not there.
        flow: ``year`` (the later one), ``source``, ``target``, ``n``, of these lineages alone.
        names: of the lineages.
        theme: light or dark.
        text: the reader's words.
    """
    palette = several_colours(theme)
    layout, bars = _base(theme, FLOW_HEIGHT), _stacked(sizes)
    said = {
        (lineage, year): text("cluster.flow_node", name=names[lineage], year=year, n=text.number(n))
        for (lineage, year), (_, n) in bars.items()
    }
    paints = {lineage: palette[lineage % len(palette)] for lineage, _ in bars}
    headings = {int(year): f"’{int(year) % 100:02d}" for year in sizes.columns}
    return _flowing(bars, flow, headings, paints, said, layout)


def beside_figure(
    table: pd.DataFrame,
    names: tuple[Sequence[str], Sequence[str]],
    headings: tuple[str, str],
    colours: Sequence[str],
    theme: Theme,
    text: Text,
) -> dict[str, Any]:
    """Two ways of dividing the same things as bars side by side, what they share as bands.

    Args:
        table: how many are in a part of the one (rows) and of the other (columns).
        names: of the parts of the one and of the other, in that order.
        headings: what the one and the other are called.
        colours: of the parts of the one.
        theme: light or dark.
        text: the reader's words.
    """
    rows, columns = table.shape
    cells = table.to_numpy(dtype=int)
    sizes = pd.DataFrame(0, index=range(rows + columns), columns=[0, 1])
    sizes.iloc[:rows, 0], sizes.iloc[rows:, 1] = cells.sum(axis=1), cells.sum(axis=0)
    source, target = np.nonzero(cells)
    flow = pd.DataFrame(
        {"year": 1, "source": source, "target": target + rows, "n": cells[source, target]}
    )
    bars, called = _stacked(sizes), [*names[0], *names[1]]
    said = {
        key: text("crosswalk.flow_node", name=called[key[0]], n=text.number(n))
        for key, (_, n) in bars.items()
    }
    paints = dict(enumerate([*colours, *[COLOURS[theme]["muted"]] * columns]))
    layout = _base(theme, max(FLOW_HEIGHT, PER_BAR * max(rows, columns)))
    figure = _flowing(bars, flow, dict(enumerate(headings)), paints, said, layout)
    _name_bars(figure["data"][-1], bars, called)
    return figure


def _name_bars(
    spots: dict[str, Any],
    bars: Mapping[tuple[int, int], tuple[float, int]],
    names: Sequence[str],
) -> None:
    """Names beside those bars that have the room, inside the figure."""
    whole = sum(n for (_, column), (_, n) in bars.items() if column == 0)
    room = LEAST_NAMED * whole
    spots |= {
        "mode": "markers+text",
        "marker": {"opacity": 0, "size": 24},  # as wide as the bar, which the name clears
        "text": [names[part] if n >= room else "" for (part, _), (_, n) in bars.items()],
        "textposition": ["middle left" if column else "middle right" for _, column in bars],
        "textfont": {"size": 11},
    }


def _flowing(
    bars: Mapping[tuple[int, int], tuple[float, int]],
    flow: pd.DataFrame,
    headings: Mapping[int, str],
    paints: Mapping[int, str],
    said: Mapping[tuple[int, int], str],
    layout: dict[str, Any],
) -> dict[str, Any]:
    """Bars in columns, and bands from one column to the next.

    Args:
        bars: as `_stacked` has them.
        flow: ``year`` (the later column), ``source``, ``target``, ``n``.
        headings: of the columns.
        paints: colour of each part.
        said: what each bar says of itself.
        layout: of the figure, without axes.
    """
    columns = list(headings)
    shapes: dict[str, list[tuple[list[float], list[float]]]] = {}
    for band in _bands(bars, flow, columns):
        shapes.setdefault(_faint(paints[band.lineage]), []).append((band.x, band.y))
    for (part, column), (top, n) in bars.items():
        left, right = (columns.index(column) + side * BAR for side in (-1, 1))
        corners = ([left, right, right, left], [top, top, top - n, top - n])
        shapes.setdefault(paints[part], []).append(corners)
    traces = [
        {"type": "scatter", "mode": "lines", "fill": "toself", "fillcolor": paint,
         "line": {"width": 0}, "hoverinfo": "skip",
         "x": [at for x, _ in some for at in (*x, None)],
         "y": [at for _, y in some for at in (*y, None)]}
        for paint, some in shapes.items()
    ]  # fmt: skip
    spots = {
        "type": "scatter", "mode": "markers", "marker": {"opacity": 0, "size": 16},
        "x": [columns.index(column) for _, column in bars],
        "y": [top - n / 2 for top, n in bars.values()],
        "customdata": [said[key] for key in bars],
        "hovertemplate": "%{customdata}<extra></extra>",
    }  # fmt: skip
    layout["hovermode"] = "closest"
    layout["xaxis"] |= {
        "side": "top", "showline": False, "range": [-0.2, len(columns) - 0.8],
        "tickvals": list(range(len(columns))), "ticktext": list(headings.values()),
    }  # fmt: skip
    layout["yaxis"] |= {"visible": False, "rangemode": "normal"}
    return {"data": [*traces, spots], "layout": layout}


@dataclass(frozen=True)
class _Band:
    lineage: int
    x: list[float]
    y: list[float]


def _stacked(sizes: pd.DataFrame) -> dict[tuple[int, int], tuple[float, int]]:
    """Lineage and year -> the top of its bar and its height, those of a year below each other.

    >>> _stacked(pd.DataFrame({2012: [50, 50], 2013: [0, 100]}))
    {(0, 2012): (0.0, 50), (1, 2012): (-52.0, 50), (1, 2013): (0.0, 100)}
    """
    gap = GAP * float(sizes.sum().max())
    bars = {}
    for year, column in sizes.items():
        top = 0.0
        for lineage, n in column[column > 0].items():
            bars[int(str(lineage)), int(str(year))] = (top, int(n))
            top -= int(n) + gap
    return bars


def _bands(
    bars: Mapping[tuple[int, int], tuple[float, int]], flow: pd.DataFrame, years: Sequence[int]
) -> list[_Band]:
    """From the lower edge of what left a bar so far to that of what came into the next one."""
    left: dict[tuple[int, int], float] = {}
    bands = []
    ease = np.linspace(0, 1, STEPS)
    smooth = ease**2 * (3 - 2 * ease)
    for row in flow.sort_values(["year", "source", "target"]).to_dict("records"):
        year, n = int(row["year"]), int(row["n"])
        ends = [("out", int(row["source"]), year - 1), ("in", int(row["target"]), year)]
        if any((lineage, when) not in bars for _, lineage, when in ends):
            continue
        tops = []
        for side, lineage, when in ends:
            key = (lineage, 2 * when + (side == "out"))
            tops.append(left.setdefault(key, bars[lineage, when][0]))
            left[key] -= n
        x = years.index(year - 1) + BAR + (1 - 2 * BAR) * ease
        y = tops[0] + (tops[1] - tops[0]) * smooth
        bands.append(
            _Band(
                int(row["source"]),
                [*x.tolist(), *x[::-1].tolist()],
                [*y.tolist(), *(y[::-1] - n).tolist()],
            )
        )
    return bands


def _faint(colour: str) -> str:
    red, green, blue = (int(colour[digit : digit + 2], 16) for digit in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, {FAINT})"


def plain(values: pd.Series[float]) -> list[float | None]:
    """Numbers as a figure carries them."""
    return [None if value != value else float(value) for value in values]
