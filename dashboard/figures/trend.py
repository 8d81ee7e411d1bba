"""The measure by year: here beside the city."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashboard.figures.courses import marked, plain, years_below
from dashboard.strings import Text
from dashboard.theme import COLOURS, Theme, chart_layout

HEIGHT = 220


def trend_figure(
    trend: pd.DataFrame,
    year: int,
    place: str,
    beside: str,
    theme: Theme,
    text: Text,
    *,
    counted: bool,
) -> dict[str, Any]:
    """Lines of the place (strong) and the city (quiet), the year marked.

    Rates share an axis. Numbers of groups have one each, both from zero, since the city counts
    some twenty times as much as a district: what is compared is the course. Without a place
    the city stands alone.

    Args:
        trend: columns ``here`` and ``city``, index the years.
        counted: whether these are numbers of groups, not rates.
        year: the year in view.
        place: name of the place in the reader's language.
        beside: name of the quiet line.
        theme: light or dark.
        text: the reader's words.
    """
    colour = COLOURS[theme]
    years = [int(item) for item in trend.index]
    alone = bool(trend["here"].isna().all())
    main = trend["city"] if alone else trend["here"]
    traces: list[dict[str, Any]] = [
        _line(years, main, beside if alone else place, colour["accent"], 3, text),
    ]
    if not alone:
        name = text("panel.trend_right", city=beside) if counted else beside
        traces.append(
            _line(years, trend["city"], name, colour["muted"], 1.5, text)
            | {
                "yaxis": "y2" if counted else "y",
                "line": {"color": colour["muted"], "width": 1.5, "dash": "dot"},
            }
        )
    layout = chart_layout(theme)
    layout["showlegend"] = not alone
    layout["legend"] = {"orientation": "h", "x": 0, "y": -0.16, "yanchor": "top"}
    years_below(layout, years)
    layout["yaxis"] |= {"nticks": 4}
    layout |= {
        "height": HEIGHT,
        "yaxis2": layout["yaxis"]
        | {"overlaying": "y", "side": "right", "showgrid": False, "tickmode": "auto"},
        "shapes": [marked(year, colour["muted"])],
    }
    return {"data": traces, "layout": layout}


def _line(
    years: list[int], values: pd.Series[float], name: str, colour: str, width: float, text: Text
) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "x": years,
        "y": plain(values),
        "customdata": [text.number(value) for value in values],
        "hovertemplate": f"{name}: %{{customdata}}<extra></extra>",
        "name": name,
        "line": {"color": colour, "width": width},
        "marker": {"size": 6, "color": colour},
    }


def trend_words(trend: pd.DataFrame, place: str, measure: str, text: Text) -> str:
    """The chart in a sentence, for those who do not see it."""

    def series(values: pd.Series[float]) -> str:
        return ", ".join(f"{year} {text.number(value)}" for year, value in values.items())

    alone = bool(trend["here"].isna().all())
    values = series(trend["city"] if alone else trend["here"])
    if alone:
        return text("panel.trend_alone", place=place, measure=measure, values=values)
    return text(
        "panel.trend_alt", place=place, measure=measure, values=values, city=series(trend["city"])
    )
