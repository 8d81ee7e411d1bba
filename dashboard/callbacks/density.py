"""The density view: the map's frames first; headline, panel, files and table after it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Protocol

import orjson
from dash import Dash, Input, Output, State, html, no_update

from dashboard import ids, layout
from dashboard.components import panel
from dashboard.components.legend import legend
from dashboard.components.methods import method_link, method_of
from dashboard.components.table import grid
from dashboard.figures.trend import trend_figure, trend_words
from dashboard.maps.density import breaks_of, point_years, show, swatches
from dashboard.queries import Queries
from dashboard.state import ViewState, parse, print_query
from dashboard.strings import Text
from dashboard.tables import Density
from dashboard.theme import Theme

LEADERS = 6


class Geometry(Protocol):
    """Where the browser fetches each layer."""

    @property
    def urls(self) -> Mapping[str, str]: ...


def register(app: Dash, queries: Queries, geometry: Geometry) -> None:
    """Connect the state to everything that the density view shows."""

    @app.callback(
        Output(ids.FRAMES, "data"),
        Input(ids.ASKED, "data"),
        prevent_initial_call=True,
    )
    def paint_map(asked: str) -> str:
        state, _ = parse(asked, queries.choices)
        shown = show(
            asked,
            state.level,
            queries.frames(state),
            counted=state.measure == "count",
            compared=state.compare is not None,
            districts=state.district,
            geometry=geometry.urls,
            points=_points(queries, state),
        )
        # As text: Dash would walk through every number, here and in the browser.
        return orjson.dumps(shown, option=orjson.OPT_SERIALIZE_NUMPY).decode()

    @app.callback(
        Output(ids.LEGEND, "children"),
        Output(ids.CRUMBS, "children"),
        Output(ids.HEADLINE, "children"),
        Output(ids.PANEL, "children"),
        Output(ids.DOWNLOADS, "children"),
        Input(ids.PAINTED, "data"),
        prevent_initial_call=True,
    )
    def follow(painted: str) -> tuple[Any, ...]:
        state, _ = parse(painted, queries.choices)
        text, table = Text(state.lang), queries.density(state)
        return (
            _legend(queries, state, text),
            layout.crumbs(_chosen(queries, state, text), text),
            layout.headline(*_headline(queries, state, table, text)),
            _panel(queries, state, table, text),
            layout.downloads(_links(queries, state, text), text),
        )

    @app.callback(
        Output(ids.TABLE, "children"),
        Input(ids.PAINTED, "data"),
        State(ids.TABLE, "children"),
        prevent_initial_call=True,
    )
    def tabulate(painted: str, before: Any) -> Any:
        state, _ = parse(painted, queries.choices)
        if not state.table:
            return [] if before else no_update
        text, table = Text(state.lang), queries.density(state)
        columns = _columns(state, text)
        return [
            layout.table_heading(_summary(state, table, text), _method(state, text), text),
            grid(_rows(table, text, list(columns)), columns, _sort(state, columns)),
        ]


def _points(queries: Queries, state: ViewState) -> str | None:
    if not state.points:
        return None
    return point_years(queries.presence(state), queries.points["order"].tolist())


def _legend(queries: Queries, state: ViewState, text: Text) -> Any:
    compared = state.compare is not None
    breaks = breaks_of(queries.frames(state), compared=compared)
    notes = [text("legend.fixed")]
    if state.points:
        notes.append(text(f"legend.points_{queries.audience}"))
    if state.measure == "per_10k":
        notes.append(text("panel.population_note"))
    return legend(
        text(f"measure_long.{state.measure}"),
        text(f"count.{state.count}"),
        breaks,
        swatches(len(breaks)),
        diverging=compared,
        notes=notes,
        method=_method(state, text),
        text=text,
    )


def _method(state: ViewState, text: Text) -> html.A:
    """How the figures in view are made."""
    return method_link(method_of(state), state.theme, text)


def _chosen(queries: Queries, state: ViewState, text: Text) -> list[str]:
    """Names of the chosen districts."""
    areas = queries.areas("district")
    return [text.name(areas.loc[code]) for code in state.district]


def _place(queries: Queries, state: ViewState, text: Text) -> str:
    """The place that the panel speaks of, in words."""
    if state.area is not None:
        return _area_name(queries, state.area, text)
    chosen = _chosen(queries, state, text)
    if not chosen:
        return text("page.city")
    if len(chosen) == 1:
        return chosen[0]
    return text("headline.several", first=chosen[0], more=len(chosen) - 1)


def _area_name(queries: Queries, code: str, text: Text) -> str:
    districts = queries.areas("district")
    if code in districts.index:
        return text.name(districts.loc[code])
    row = queries.areas("neighbourhood").loc[code]
    names = [text.name(districts.loc[row["district_code"]]), text.name(row)]
    return " ".join(names) if text.lang == "ko" else ", ".join(reversed(names))


def _line(state: ViewState) -> str:
    """The column of the trend that the page speaks of."""
    return "city" if state.area is None and not state.district else "here"


def _headline(
    queries: Queries, state: ViewState, table: Density, text: Text
) -> tuple[str, list[str]]:
    """The finding in one sentence, and what was filtered."""
    trend = queries.trend(replace(state, measure="count"))
    here = trend[_line(state)]
    words: dict[str, object] = {
        "place": _place(queries, state, text),
        "year": state.year,
        "n": text.number(here[state.year]),
        "count": text.value("count", state.count).lower(),
    }
    if state.compare is not None:
        change = text.signed(here[state.year] - here[state.compare])
        title = text("headline.compare", **words, compare=state.compare, change=change)
    elif state.measure != "count":
        rates = queries.trend(state)
        rate = rates[_line(state)]
        value = text(f"map.value_{state.measure}", value=text.number(rate[state.year]))
        title = text("headline.density", **words, value=value)
    else:
        title = text("headline.here", **words)
    details = [text(f"count_help.{state.count}")]
    if state.filtered:
        details.append(text("headline.filtered", filters=_filters(state, text)))
    if table.n == 0:
        details.append(text("page.empty"))
    elif table.unplaced and state.area is None:
        details.append(
            text(
                "panel.unplaced_help",
                n=text.number(table.unplaced),
                level=text.value("level", state.level).lower(),
            )
        )
    return title, details


def _filters(state: ViewState, text: Text) -> str:
    chosen = [
        text.value(name, value)
        for name in ("programme", "outcome", "category", "department")
        for value in getattr(state, name)
    ]
    return " · ".join(chosen)


def _panel(queries: Queries, state: ViewState, table: Density, text: Text) -> list[Any]:
    place = _place(queries, state, text)
    trend = queries.trend(state)
    title = f"{text('panel.trend')} · {text(f'measure_long.{state.measure}')}"
    theme: Theme = "dark" if state.theme == "dark" else "light"
    return [
        layout.panel_title(
            place, chosen=state.area is not None, method=_method(state, text), text=text
        ),
        panel.facts(_facts(queries, state, table, text)),
        panel.trend(
            trend_figure(trend, state.year, place, theme, text, counted=state.measure == "count"),
            title,
            trend_words(trend, place, text(f"measure_long.{state.measure}"), text),
        ),
        panel.leaders(
            text("panel.top" if state.compare is None else "panel.top_compare"),
            _leaders(state, table, text),
        ),
    ]


def _facts(queries: Queries, state: ViewState, table: Density, text: Text) -> list[panel.Fact]:
    """What the table says of the place; of several places together, their sums."""
    code = state.area or (state.district[0] if len(state.district) == 1 else None)
    counts = queries.trend(replace(state, measure="count"))
    values = queries.trend(state)
    groups, value = (frame[_line(state)] for frame in (counts, values))
    year = state.year
    items = [panel.Fact(text("panel.groups"), text.number(groups[year]))]
    if state.measure != "count":
        unit = text(f"unit.{state.measure}")
        items.append(panel.Fact(text(f"measure.{state.measure}"), text.number(value[year]), unit))
    if year - 1 in value.index:
        items.append(panel.Fact(text("panel.change"), text.signed(value[year] - value[year - 1])))
    if state.compare is not None:
        before = text("panel.compared", year=state.compare)
        items.append(panel.Fact(before, text.signed(value[year] - value[state.compare])))
    areas = queries.areas("district")
    if code is not None:
        level = "district" if code in areas.index else "neighbourhood"
        areas = queries.areas(level).loc[[code]]
        # An area ranks among those in sight, as in its row; a whole district in the city.
        frames = queries.frames(
            state if state.area else replace(state, level="district", district=())
        )
        rank = text(
            "panel.rank_value",
            rank=text.number(frames.ranks[year][code]),
            of=text.number(int(frames.inside.sum())),
        )
        items.insert(1, panel.Fact(text("panel.rank"), rank, text.value("level", level)))
    elif state.district:
        areas = areas.loc[list(state.district)]
    elif table.unplaced:
        items.append(panel.Fact(text("panel.unplaced"), text.number(table.unplaced)))
    estimated = bool(areas["population_is_estimated"].any())
    items += [
        panel.Fact(text("panel.area"), f"{text.number(areas['area_km2'].sum())} km²"),
        panel.Fact(
            text("panel.population_estimated" if estimated else "panel.population"),
            text.number(areas["population"].sum()),
        ),
    ]
    return items


def _leaders(state: ViewState, table: Density, text: Text) -> list[panel.Leader]:
    rows = table.rows[table.rows["value"] > 0].nlargest(LEADERS, "value", keep="first")
    words = text.signed if state.compare is not None else text.number
    return [
        panel.Leader(
            None if state.level == "hex8" else row["code"],
            _row_name(state, row, text),
            words(row["value"]),
            row["value"] / rows["value"].iloc[0],
        )
        for row in rows.to_dict("records")
    ]


def _row_name(state: ViewState, row: Mapping[Any, Any], text: Text) -> str:
    return text("map.hex", name=text.name(row)) if state.level == "hex8" else text.name(row)


def _links(queries: Queries, state: ViewState, text: Text) -> list[tuple[str, str]]:
    """Files of the table and of the groups in view, from the API."""
    asked = replace(
        state, area=None, points=False, sites=True, table=False, sort=None, at=None,
        theme="light", snapshot=None,
    )  # fmt: skip
    query = print_query(replace(asked, level="district", measure="count"), queries.choices)
    density = print_query(asked, queries.choices)
    year = "" if "year=" in query else f"year={state.year}&"
    links = [
        (
            f"{text('table.title')} · {kind}",
            f"/api/v1/density?{year}{density}&format={kind.lower()}",
        )
        for kind in ("CSV", "XLSX", "GeoJSON")
    ]
    query = "&".join(part for part in query.split("&") if not part.startswith("compare="))
    return [
        *links,
        (f"{text('panel.groups')} · CSV", f"/api/v1/groups?{year}{query}&format=csv"),
        (f"{text('panel.groups')} · XLSX", f"/api/v1/groups?{year}{query}&format=xlsx"),
        (text("page.api"), "/docs"),
    ]


def _columns(state: ViewState, text: Text) -> dict[str, str]:
    """Headings of the table by field, as this state needs them."""
    value = text(f"measure_long.{state.measure}")
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
    population = "population" if state.level == "district" else "population_estimated"
    return columns | {
        "rank": text("table.rank"),
        "change": text("table.change"),
        "area_km2": text("table.area_km2"),
        "population": text(f"table.{population}"),
    }


def _sort(state: ViewState, columns: Mapping[str, str]) -> str:
    """As asked where there is such a column; else the largest first, of what the map shows."""
    if state.sort is not None and state.sort.removeprefix("-") in columns:
        return state.sort
    return "-value" if "value" in columns else "-groups"


def _rows(table: Density, text: Text, fields: list[str]) -> list[Any]:
    """Rows of the table at full precision; what is missing is empty."""
    rows = table.rows.assign(name=table.rows[f"name_{text.lang}"])[fields]
    return rows.astype(object).where(rows.notna(), None).to_dict("records")


def _summary(state: ViewState, table: Density, text: Text) -> str:
    return text(
        "table.summary",
        rows=text.number(len(table.rows)),
        level=text.value("level", state.level).lower(),
        n=text.number(table.n),
        unplaced=text.number(table.unplaced),
    )
