"""How values are spread, and where the classes' bounds fall among them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from dashboard.strings import Text
from dashboard.tables import Classes
from dashboard.theme import COLOURS, Theme, chart_layout

HEIGHT = 190
BINS = 40


def histogram_figure(
    values: np.ndarray,
    weights: float,
    classes: Classes,
    colours: Sequence[str],
    theme: Theme,
    text: Text,
) -> dict[str, Any]:
    """Bars in the colours of the map, a line at each bound.

    Args:
        values: of the year in view; zeros and missing ones are left out.
        weights: what one value stands for: an area, or the km² of a cell.
        classes: whose bounds are drawn.
        colours: of the classes, from the lowest.
        theme: light or dark.
        text: the reader's words.
    """
    known = values[np.isfinite(values) & (values != 0)]
    counts, edges = np.histogram(known, bins=BINS)
    middles = (edges[:-1] + edges[1:]) / 2
    place = classes.of(middles)
    place = np.where(place < 0, len(classes.bounds) + place, place - 1)
    if classes.diverging:
        place = np.where(middles > 0, place + len(classes.bounds), place)
    bounds = np.asarray(classes.bounds[:-1] if classes.scheme != "continuous" else [])
    sides = np.concatenate([-bounds, bounds]) if classes.diverging else bounds
    colour = COLOURS[theme]
    layout = _layout(theme)
    layout["bargap"] = 0.06
    layout["shapes"] = [
        {
            "type": "line", "x0": bound, "x1": bound, "yref": "paper", "y0": 0, "y1": 1,
            "line": {"color": colour["muted"], "width": 1, "dash": "dot"},
        }
        for bound in sides.tolist()
    ]  # fmt: skip
    bar = {
        "type": "bar",
        "x": middles.tolist(),
        "y": (counts * weights).tolist(),
        "width": np.diff(edges).tolist(),
        "marker": {"color": [colours[step] for step in place if colours]},
        "customdata": [
            [text.number(low), text.number(high), text.number(count * weights)]
            for low, high, count in zip(edges[:-1], edges[1:], counts, strict=True)
        ],
        "hovertemplate": "%{customdata[0]}–%{customdata[1]}: %{customdata[2]}<extra></extra>",
    }  # fmt: skip
    return {"data": [bar], "layout": layout}


def histogram_words(
    values: np.ndarray, found: np.ndarray, classes: Classes, labels: Sequence[str], text: Text
) -> str:
    """The same in a sentence: how many fall into each class.

    Args:
        values: as in `histogram_figure`; ratios.
        found: the class of each, as `Classes.of` has them.
        classes: of the values.
        labels: of the classes, from the lowest.
        text: the reader's words.
    """
    ratio = classes.kind == "ratio"
    known = values[np.isfinite(values) & ((values != 0) | ratio)]
    if not known.size:
        return text("page.empty")
    words = [
        text("histogram.words", n=text.number(len(known)), median=text.number(np.median(known)))
    ]
    if classes.scheme != "continuous":
        steps = range(1, len(classes.bounds) + 1)
        order = [*(-step for step in reversed(steps)), *steps] if classes.diverging else [*steps]
        counts = [
            f"{label} {int((found == step).sum())}"
            for step, label in zip(order, labels, strict=True)
        ]
        if ratio:
            counts.append(f"{text('legend.within')} {int((found == 0).sum())}")
        words.append(", ".join(counts))
    return ": ".join(words)


def funnel_figure(
    rows: pd.DataFrame,
    colours: Sequence[str],
    classes: Classes,
    theme: Theme,
    text: Text,
    name: str,
) -> dict[str, Any]:
    """Observed over expected against expected, between the limits that chance leaves.

    Args:
        rows: of the table, with ``value``, ``expected``, ``limit_low``, ``limit_high``, ``class``.
        colours: of the classes, from the lowest.
        classes: of the values.
        theme: light or dark.
        text: the reader's words.
        name: column of the areas' names.
    """
    colour = COLOURS[theme]
    known = rows[rows["expected"] > 0].sort_values("expected")
    wanted = known["expected"].tolist()
    # A logarithm has no zero: places without a group stand at the foot.
    floor = known["value"][known["value"] > 0].min() / 2
    sides = len(classes.bounds)
    step = known["class"].to_numpy()
    palette = [
        colour["map-zero"] if one == 0 else colours[sides + one - (1 if one > 0 else 0)]
        for one in step
    ]
    limits = [
        {
            "type": "scatter", "mode": "lines", "x": wanted, "hoverinfo": "skip",
            "y": (known[f"limit_{side}"] / known["expected"]).clip(lower=floor).tolist(),
            "line": {"color": colour["muted"], "width": 1, "dash": "dot"},
        }
        for side in ("low", "high")
    ]  # fmt: skip
    points = {
        "type": "scatter", "mode": "markers", "x": wanted,
        "y": known["value"].clip(lower=floor).tolist(),
        "marker": {"size": 8, "color": palette, "line": {"color": colour["muted"], "width": 1}},
        "customdata": [
            [label, text.number(value), text.number(groups), text.number(expected)]
            for label, value, groups, expected in known[
                [name, "value", "groups", "expected"]
            ].itertuples(index=False)
        ],
        "hovertemplate": text("histogram.funnel_hover") + "<extra></extra>",
    }  # fmt: skip
    layout = _layout(theme)
    layout["hovermode"] = "closest"
    layout["xaxis"] |= {
        "type": "log",
        "title": {"text": text("table.expected"), "font": {"size": 12}},
        "nticks": 5,
    }
    layout["yaxis"] |= {"type": "log", "rangemode": "normal"}
    return {"data": [*limits, points], "layout": layout}


def _layout(theme: Theme) -> dict[str, Any]:
    layout = chart_layout(theme)
    layout["yaxis"] |= {"nticks": 4}
    layout["xaxis"] |= {"nticks": 6}
    return layout | {"height": HEIGHT}
