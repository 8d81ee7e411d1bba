"""How many groups are where: the map's frames, and what stands around the map."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from dashboard import ids, layout
from dashboard.callbacks import common
from dashboard.callbacks.common import Geometry, Parts
from dashboard.components import panel
from dashboard.components.legend import labels, legend
from dashboard.components.table import grid
from dashboard.figures.distribution import funnel_figure, histogram_figure, histogram_words
from dashboard.figures.trend import trend_figure, trend_words
from dashboard.maps.density import show, show_surface
from dashboard.queries import Queries
from dashboard.state import RATIOS, ViewState, print_query
from dashboard.strings import Text
from dashboard.tables import Classes, Density
from dashboard.theme import Theme, scale

LEADERS = 6


class DensityView:
    """How many groups are where."""

    def __init__(self, queries: Queries, geometry: Geometry) -> None:
        self._queries = queries
        self._geometry = geometry

    def map(self, asked: str, state: ViewState) -> dict[str, Any]:
        """What the map needs to show any year of a question."""
        queries = self._queries
        classes = queries.classes(state)
        drawn: dict[str, Any] = {
            "districts": state.district,
            "geometry": self._geometry.urls,
            "colours": _colours(classes, state),
            "points": common.points(queries, state),
        }
        if state.level == "surface":
            url = f"/api/v1/surface?{_surface_query(queries, state)}&format=geojson"
            n = queries.presence(state).sum().tolist()
            return show_surface(asked, queries.choices.years, url, n=n, **drawn)
        counted = state.measure == "count"
        frames = queries.frames(state)
        return show(asked, state.level, frames, classes, counted=counted, **drawn)

    def parts(self, state: ViewState, text: Text) -> Parts:
        """What stands around the map."""
        table = _table(self._queries, state)
        title, details = _headline(self._queries, state, table, text)
        return Parts(
            legend=_legend(self._queries, state, text),
            title=title,
            details=details,
            panel=_panel(self._queries, state, table, text),
            links=_links(self._queries, state, text),
        )

    def table(self, state: ViewState, text: Text) -> list[Any]:
        """The rows that the map shows."""
        table = _table(self._queries, state)
        columns = _columns(self._queries, state, text)
        summary = _summary(self._queries, state, table, text)
        return [
            layout.table_heading(summary, common.method(state, text), text),
            grid(_rows(table, text, list(columns)), columns, _sort(state, columns)),
        ]


def _table(queries: Queries, state: ViewState) -> Density:
    """The rows of a state; a surface's are its bands."""
    if state.level != "surface":
        return queries.density(state)
    found = queries.surface(state)
    return Density(found.bands.drop(columns="geometry"), found.n, found.unplaced)


def _colours(classes: Classes, state: ViewState) -> dict[str, list[str]]:
    """Theme -> the colour of each class."""
    themes: tuple[Theme, ...] = ("light", "dark")
    return {
        theme: scale(state.colours, theme, classes.colours, diverging=classes.diverging)
        for theme in themes
    }


def _surface_query(queries: Queries, state: ViewState) -> str:
    """What a surface is asked from the API, but for its year."""
    asked = replace(
        state.asked, year=queries.choices.years[-1], measure="count", level="district",
        scheme=state.scheme, classes=state.classes,
    )  # fmt: skip
    return print_query(asked, queries.choices)


def _legend(queries: Queries, state: ViewState, text: Text) -> Any:
    if not queries.is_mapped(state.level):
        return []
    notes = [text("legend.fixed")]
    if state.points:
        notes.append(text(f"legend.points_{queries.audience}"))
    if state.measure in ("per_10k", "ratio_residents"):
        notes.append(text.population(queries.population_years))
    if state.measure in RATIOS:
        notes.append(text("legend.funnel"))
    if state.level == "surface":
        notes.append(text("legend.bandwidth", metres=text.number(queries.bandwidth(state))))
    if queries.in_blocks(state.level):
        notes.append(text("legend.blocks"))
    return legend(
        text(f"measure_long.{state.measure}"),
        text(f"count.{state.count}"),
        queries.classes(state),
        surface=state.level == "surface",
        notes=notes,
        method=common.method(state, text),
        text=text,
    )


def _line(state: ViewState) -> str:
    """The column of the trend that the page speaks of."""
    return "city" if state.area is None and not state.district else "here"


def _is_null(state: ViewState) -> bool:
    """Whether the page speaks of the city's ratio to itself."""
    return state.measure in RATIOS and _line(state) == "city"


def _headline(
    queries: Queries, state: ViewState, table: Density, text: Text
) -> tuple[str, list[str]]:
    """The finding in one sentence, and what was filtered."""
    trend = queries.trend(replace(state, measure="count"))
    here = trend[_line(state)]
    words: dict[str, object] = {
        "place": common.place(queries, state, text),
        "year": state.year,
        "n": text.number(here[state.year]),
        "count": text.value("count", state.count).lower(),
    }
    if state.compare is not None:
        change = text.signed(here[state.year] - here[state.compare])
        title = text("headline.compare", **words, compare=state.compare, change=change)
    elif _is_null(state):
        kinds = table.rows["class"]
        title = text(
            "headline.ratio",
            **words,
            more=text.number(int((kinds > 0).sum())),
            fewer=text.number(int((kinds < 0).sum())),
            of=text.number(len(kinds)),
            level=common.level(queries, state.level, text).lower(),
        )
    elif state.measure != "count":
        rates = queries.trend(state)
        rate = rates[_line(state)]
        value = text(f"map.value_{state.measure}", value=text.number(rate[state.year]))
        title = text("headline.density", **words, value=value)
    else:
        title = text("headline.here", **words)
    details = [text(f"count_help.{state.count}")]
    if not queries.is_mapped(state.level):
        details.append(text("page.unmapped"))
    if state.filtered:
        details.append(text("headline.filtered", filters=common.filters(queries, state, text)))
    if table.n == 0:
        details.append(text("page.empty"))
    elif table.unplaced and state.area is None:
        level = common.level(queries, state.level, text).lower()
        said = "panel.unplaced_surface" if state.level == "surface" else "panel.unplaced_help"
        details.append(text(said, n=text.number(table.unplaced), level=level))
    return title, details


def _panel(queries: Queries, state: ViewState, table: Density, text: Text) -> list[Any]:
    place = common.place(queries, state, text)
    # The city as a whole is as expected, by definition.
    told = replace(state, measure="count") if _is_null(state) else state
    trend = queries.trend(told)
    title = f"{text('panel.trend')} · {text(f'measure_long.{told.measure}')}"
    theme = state.theme
    beside = text("table.expected" if told.measure in RATIOS else "page.city")
    leading = "panel.top" if state.compare is None else "panel.top_compare"
    leaders = _leaders(queries, state, table, text)
    if state.measure in RATIOS:
        leading = "panel.top_ratio" if leaders else "panel.none_beyond"
    return [
        layout.panel_title(
            place, chosen=state.area is not None, method=common.method(state, text), text=text
        ),
        panel.facts(_facts(queries, told, table, text)),
        panel.chart(
            ids.TREND,
            trend_figure(
                trend, state.year, place, beside, theme, text, counted=told.measure == "count"
            ),
            title,
            trend_words(trend, place, text(f"measure_long.{told.measure}"), text),
        ),
        *_distribution(queries, state, table, theme, text),
        panel.leaders(text(leading), leaders),
    ]


def _distribution(
    queries: Queries, state: ViewState, table: Density, theme: Theme, text: Text
) -> list[Any]:
    """How the values are spread, where that was asked for; ratios in their funnel."""
    if not state.histogram:
        return []
    classes = queries.classes(state)
    colours = _colours(classes, state)[theme]
    said = labels(classes, text)
    if state.measure in RATIOS:
        ratios, found = (table.rows[name].to_numpy(dtype=float) for name in ("value", "class"))
        figure = funnel_figure(table.rows, colours, classes, theme, text, name=f"name_{state.lang}")
        words = histogram_words(ratios, found, classes, said, text)
        return [panel.chart(ids.HISTOGRAM, figure, text("histogram.funnel"), words)]
    if state.level == "surface":
        surface = queries.surface(state)
        values, weight = surface.cells, surface.cell_km2
    else:
        values, weight = table.rows["value"].to_numpy(dtype=float), 1
    figure = histogram_figure(values, weight, classes, colours, theme, text)
    unit = "histogram.title_surface" if state.level == "surface" else "histogram.title"
    title = text(unit, year=state.year, level=common.level(queries, state.level, text).lower())
    words = histogram_words(values, classes.of(values), classes, said, text)
    return [panel.chart(ids.HISTOGRAM, figure, title, words)]


def _facts(queries: Queries, state: ViewState, table: Density, text: Text) -> list[panel.Fact]:
    """What the table says of the place; of several places together, their sums."""
    code = state.area or (state.district[0] if len(state.district) == 1 else None)
    counts = queries.trend(replace(state, measure="count"))
    values = queries.trend(state)
    groups, value = (frame[_line(state)] for frame in (counts, values))
    year = state.year
    items = [panel.Fact(text("panel.groups"), text.number(groups[year]))]
    if state.level == "surface":
        width = text.number(queries.bandwidth(state))
        items.append(panel.Fact(text("control.bandwidth"), f"{width} m"))
    if state.measure != "count":
        unit = text(f"unit.{state.measure}")
        items.append(panel.Fact(text(f"measure.{state.measure}"), text.number(value[year]), unit))
    if year - 1 in value.index:
        items.append(panel.Fact(text("panel.change"), text.signed(value[year] - value[year - 1])))
    if state.compare is not None:
        before = text("panel.compared", year=state.compare)
        items.append(panel.Fact(before, text.signed(value[year] - value[state.compare])))
    level, areas = "district", queries.areas("district")
    if code is not None:
        level = queries.choices.areas[code][0]
        areas = queries.areas(level).loc[[code]]
        # An area ranks among those in sight, as in its row; a whole district in the city.
        ranks = queries.frames(
            state if state.area else replace(state, level="district", district=(), bandwidth=None)
        ).ranks[year]
        rank = text(
            "panel.rank_value",
            rank=text.number(ranks[code]),
            of=text.number(int(ranks.notna().sum())),
        )
        items.insert(1, panel.Fact(text("panel.rank"), rank, common.level(queries, level, text)))
    elif state.district:
        areas = areas.loc[list(state.district)]
    elif table.unplaced:
        items.append(panel.Fact(text("panel.unplaced"), text.number(table.unplaced)))
    if areas["area_km2"].notna().all():
        items.append(panel.Fact(text("panel.area"), f"{text.number(areas['area_km2'].sum())} km²"))
    people = queries.population(level).loc[areas.index, year]
    if people.notna().all():
        items.append(panel.Fact(_residents_label(queries, level, text), text.number(people.sum())))
    return items


def _residents_label(queries: Queries, level: str, text: Text) -> str:
    """What residents of a level are called: whose figures they are, and whether estimated."""
    known = level in queries.known_population
    if queries.population_years:
        return text("panel.population_own" if known else "panel.population_own_estimated")
    return text("panel.population" if known else "panel.population_estimated")


def _leaders(queries: Queries, state: ViewState, table: Density, text: Text) -> list[panel.Leader]:
    """The places that lead; of ratios those beyond chance, of a surface its summits."""
    if state.level == "surface":
        rows = queries.surface(state).peaks
    else:
        rows = table.rows[table.rows["value"] > 0]
        if state.measure in RATIOS:
            rows = rows[rows["class"] > 0]
        rows = rows.nlargest(LEADERS, "value", keep="first")
    words = text.signed if state.compare is not None else text.number
    return [
        panel.Leader(
            row["code"] if state.level in ("district", "neighbourhood", "administrative") else None,
            _row_name(state, row, text),
            words(row["value"]),
            row["value"] / rows["value"].iloc[0],
        )
        for row in rows.to_dict("records")
    ]


def _row_name(state: ViewState, row: Mapping[Any, Any], text: Text) -> str:
    named = state.level in ("district", "neighbourhood", "administrative")
    return text.name(row) if named else text("map.hex", name=text.name(row))


def _links(queries: Queries, state: ViewState, text: Text) -> list[tuple[str, str]]:
    """Files of the table and of the groups in view, from the API."""
    asked = replace(
        state, area=None, points=False, sites=True, table=False, histogram=False, sort=None,
        at=None, theme="light", snapshot=None,
    )  # fmt: skip
    plain = replace(
        asked, level="district", measure="count", scheme="root", classes=7, colours="teal",
        bandwidth=None,
    )  # fmt: skip
    query = print_query(plain, queries.choices)
    density = print_query(asked, queries.choices)
    what = "density"
    if state.level == "surface":
        what = "surface"
        density = print_query(replace(asked, level="district", measure="count"), queries.choices)
    year = "" if "year=" in query else f"year={state.year}&"
    links = [
        (
            f"{text('table.title')} · {kind}",
            f"/api/v1/{what}?{year}{density}&format={common.FORMATS[kind]}",
        )
        for kind in common.FORMATS
    ]
    query = "&".join(part for part in query.split("&") if not part.startswith("compare="))
    return [
        *links,
        (f"{text('panel.groups')} · CSV", f"/api/v1/groups?{year}{query}&format=csv"),
        (f"{text('panel.groups')} · XLSX", f"/api/v1/groups?{year}{query}&format=xlsx"),
        (text("page.api"), "/docs"),
    ]


def _columns(queries: Queries, state: ViewState, text: Text) -> dict[str, str]:
    """Headings of the table by field, as this state needs them."""
    value = text(f"measure_long.{state.measure}")
    if state.level == "surface":
        return {
            "class": text("table.class"),
            "low": text("table.low"),
            "high": text("table.high"),
            "groups_smoothed": text("table.groups_smoothed"),
            "area_km2": text("table.area_km2"),
        }
    columns = {
        "code": text("table.code"),
        "name": text("table.name"),
        "groups": text("table.groups"),
    }
    if state.compare is not None:
        columns["groups_compared"] = text("table.groups_compared", year=state.compare)
        columns["value"] = f"{text('table.difference')}: {value}"
    elif state.measure != "count":
        columns["value"] = value
    if state.measure in RATIOS:
        columns |= {name: text(f"table.{name}") for name in ("expected", "limit_low", "limit_high")}
    columns |= {
        "class": text("table.class"),
        "rank": text("table.rank"),
        "change": text("table.change"),
    }
    known = state.level in queries.known_population
    if queries.is_mapped(state.level):
        columns["area_km2"] = text("table.area_km2")
    elif not known:
        return columns
    return columns | {
        "population": text("table.population" if known else "table.population_estimated")
    }


def _sort(state: ViewState, columns: Mapping[str, str]) -> str:
    """As asked where there is such a column; else the largest first, of what the map shows."""
    if state.sort is not None and state.sort.removeprefix("-") in columns:
        return state.sort
    if "class" in columns and "name" not in columns:
        return "class"
    return "-value" if "value" in columns else "-groups"


def _rows(table: Density, text: Text, fields: list[str]) -> list[Any]:
    """Rows of the table at full precision; what is missing is empty."""
    rows = table.rows
    if "name" in fields:
        rows = rows.assign(name=rows[f"name_{text.lang}"])
    rows = rows[fields]
    return rows.astype(object).where(rows.notna(), None).to_dict("records")


def _summary(queries: Queries, state: ViewState, table: Density, text: Text) -> str:
    return text(
        "table.summary_surface" if state.level == "surface" else "table.summary",
        rows=text.number(len(table.rows)),
        level=common.level(queries, state.level, text).lower(),
        n=text.number(table.n),
        unplaced=text.number(table.unplaced),
    )
