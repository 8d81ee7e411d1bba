"""What the views have in common: their parts, and the words for places, filters and methods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from dash import html

from dashboard.components.methods import method_link, method_of
from dashboard.maps.density import point_years
from dashboard.queries import Queries
from dashboard.queries.network import letter
from dashboard.state import ViewState, print_query
from dashboard.strings import Text
from dashboard.tables import Why


class Geometry(Protocol):
    """Where the browser fetches each layer."""

    @property
    def urls(self) -> Mapping[str, str]: ...


@dataclass(frozen=True)
class Parts:
    """What stands around the map: ``links`` are (label, URL) of files."""

    legend: Any
    title: str
    details: Sequence[str]
    panel: Sequence[Any]
    links: Sequence[tuple[str, str]]


class View(Protocol):
    """A question of the atlas, answered."""

    def map(self, asked: str, state: ViewState) -> dict[str, Any]:
        """What the map needs to show any year of a question."""

    def parts(self, state: ViewState, text: Text) -> Parts:
        """What stands around the map."""

    def table(self, state: ViewState, text: Text) -> list[Any]:
        """The rows that the map shows."""


def method(state: ViewState, text: Text) -> html.A:
    """How the figures in view are made."""
    return method_link(method_of(state), state.theme, text)


def points(queries: Queries, state: ViewState) -> str | None:
    """Which group shows in which year; None without points."""
    if not state.points:
        return None
    return point_years(queries.presence(state), queries.points["order"].tolist())


def level(queries: Queries, level: str, text: Text) -> str:
    """What the areas of a level are called."""
    return text.level(level, queries.atlas.manifest.boundaries)


def chosen(queries: Queries, state: ViewState, text: Text) -> list[str]:
    """Names of the chosen districts, of the place in them, of what was opened there."""
    areas = queries.areas("district")
    names = [text.name(areas.loc[code]) for code in state.district]
    if state.place is not None:
        names.append(place_name(queries, state.place, text))
    if state.inside is not None:
        names.append(text("network.group", letter=letter(state.inside)))
    return names


def place_name(queries: Queries, code: str, text: Text) -> str:
    """A neighbourhood, a named place, or a cluster by its number."""
    if code in queries.choices.areas:
        return area_name(queries, code, text)
    sites = queries.atlas.sites.set_index("site_id")
    if code in sites.index:
        return text("cluster.around", name=text.name(sites.loc[code]))
    return text("network.cluster", number=code[1:])


def network_place(queries: Queries, state: ViewState, text: Text) -> str:
    """The place whose network is looked at."""
    if state.inside is None and state.place is None:
        return place(queries, replace(state, area=None), text)
    return chosen(queries, state, text)[-1]


def place(queries: Queries, state: ViewState, text: Text) -> str:
    """The place that the panel speaks of, in words."""
    if state.area is not None:
        return area_name(queries, state.area, text)
    districts = chosen(queries, state, text)
    if not districts:
        return text("page.city")
    if len(districts) == 1:
        return districts[0]
    return text("headline.several", first=districts[0], more=len(districts) - 1)


def area_name(queries: Queries, code: str, text: Text) -> str:
    """An area with its district, as the language puts it."""
    districts = queries.areas("district")
    if code in districts.index:
        return text.name(districts.loc[code])
    row = queries.areas(queries.choices.areas[code][0]).loc[code]
    names = [text.name(districts.loc[row["district_code"]]), text.name(row)]
    return " ".join(names) if text.lang == "ko" else ", ".join(reversed(names))


def part_name(queries: Queries, by: str, key: str, text: Text) -> str:
    """A part that figures are told of, by what they are told apart by."""
    return area_name(queries, key, text) if by == "district" else text.value(by, key)


def filters(queries: Queries, state: ViewState, text: Text) -> str:
    """What narrows the groups beside the district, in words."""
    named = [
        text.value(name, value)
        for name in ("programme", "outcome", "category", "department")
        for value in getattr(state, name)
    ]
    named += [area_name(queries, code, text) for code in state.administrative]
    return " · ".join(named)


FORMATS = {
    "CSV": "csv", "XLSX": "xlsx", "GeoJSON": "geojson", "GeoPackage": "gpkg",
    "GeoParquet": "parquet",
}  # fmt: skip
"""Of files, as they are called and as the API calls them."""


SIGNIFICANT = 0.05
"""A corrected p from which on something is said to differ."""
TABLES = {"CSV": "csv", "XLSX": "xlsx"}
"""Of tables whose rows have no place."""


def span(first: Any, last: Any) -> str:
    """Years from one to another.

    >>> span(2012, 2013), span(2012, 2012)
    ('2012–2013', '2012')
    """
    return str(first) if first == last else f"{first}–{last}"


def percent(share: float) -> float:
    """A share in hundredths, whole from ten on.

    >>> percent(0.488), percent(0.0125)
    (49, 1.25)
    """
    return round(100 * share) if share >= 0.1 else 100 * share


def p(value: float) -> str:
    """A p-value as it is usually written.

    >>> p(0.0002), p(0.0312)
    ('< 0.001', '= 0.031')
    """
    return "< 0.001" if value < 0.001 else f"= {value:.3f}"


def p_alone(value: float) -> str:
    """A p-value where nothing stands before it; a dash where there is none.

    >>> p_alone(0.0002), p_alone(0.0312), p_alone(float("nan"))
    ('< 0.001', '0.031', '–')
    """
    return "–" if value != value else p(value).removeprefix("= ")


def why_sentences(years: Sequence[int], why: Mapping[int, Why], text: Text) -> list[str | None]:
    """For each year why there is nothing to tell, in words."""
    return [
        text(f"why.{why[year].key}", year=year, **why[year].values) if year in why else None
        for year in years
    ]


def file_links(
    route: str,
    state: ViewState,
    queries: Queries,
    kinds: Mapping[str, str],
    text: Text,
    **more: str,
) -> list[tuple[str, str]]:
    """Files of a question's table, from the API: (label, URL)."""
    asked = replace(
        state, area=None, cluster=None, community=None, node=None, label=(), step=None,
        arrangement="network", points=False, sites=True, table=False, sort=None, at=None,
        theme="light", snapshot=None,
    )  # fmt: skip
    query = print_query(asked, queries.choices)
    given = [part for part in query.split("&") if part and not part.startswith(("view=", "year="))]
    given = [part.replace("since=", "from=") for part in given]
    pairs = [f"{name}={value}" for name, value in more.items()]
    together = "&".join([f"year={state.year}", *pairs, *given])
    title = text("table.title")
    return [
        (f"{title} · {label}", f"/api/v1/{route}?{together}&format={kind}")
        for label, kind in kinds.items()
    ]
