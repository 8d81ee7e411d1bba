"""A view as plain data: what a plate, a slide, an embed and a file are made of.

It is read off what the page shows, so that no output can say anything else than the screen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
from dash.development.base_component import Component

from dashboard.state import ViewState


@dataclass(frozen=True)
class Swatch:
    """A row of the legend.

    ``paint`` is the place of its colour in ``drawn["colours"]``; ``zero`` for areas without one,
    ``ramp`` for all colours in one strip, ``label-3`` for a network's fourth label, whose
    ``shape`` is the outcome that its mark stands for.
    """

    paint: str
    label: str
    number: str = ""
    shape: str = ""

    @property
    def words(self) -> str:
        """Its label and its number."""
        return f"{self.label} {self.number}".strip()


@dataclass(frozen=True)
class Legend:
    """What the colours mean."""

    title: str
    unit: str
    swatches: tuple[Swatch, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Saying:
    """What is said of the map: the finding, what it rests on, the colours; ``alt`` is all of it."""

    title: str
    details: tuple[str, ...]
    legend: Legend
    alt: str


@dataclass(frozen=True)
class Fact:
    """A label, its value in words, and a hint."""

    label: str
    value: str
    hint: str


@dataclass(frozen=True)
class Chart:
    """A chart as Plotly takes it, and the same in words."""

    title: str
    figure: Mapping[str, Any]
    words: str


@dataclass(frozen=True)
class Listing:
    """Rows in words under headings: a small table, or a ranking (name, value)."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Grid:
    """The table of the view: numbers in full, by column; ``columns`` are headings."""

    summary: str
    columns: Mapping[str, str]
    rows: Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Source:
    """Where the numbers come from; ``lines`` are the sentences at the foot of the page."""

    name: str
    hash: str
    simulated: bool
    badge: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Sheet:
    """Everything that a view says.

    ``query`` is the canonical address; ``drawn`` what the map's canvas gets (see
    `dashboard.maps`), ``bands`` the surface of the year (EPSG:5179), where there is one;
    ``sentences`` are those of the panel; ``alt`` describes the map to those who do not see it.
    """

    query: str
    state: ViewState
    place: str
    title: str
    details: tuple[str, ...]
    drawn: Mapping[str, Any]
    bands: gpd.GeoDataFrame | None
    legend: Legend
    facts: tuple[Fact, ...]
    sentences: tuple[str, ...]
    charts: tuple[Chart, ...]
    listings: tuple[Listing, ...]
    grid: Grid
    source: Source
    alt: str

    @property
    def year_index(self) -> int:
        """The place of the year among those of ``drawn``."""
        return int(self.drawn["years"].index(self.state.year))

    @property
    def why(self) -> str | None:
        """Why there is nothing to show in the year, if so."""
        why = self.drawn.get("why")
        return why[self.year_index] if why else None


def legend(part: Any) -> Legend:
    """The legend, of classes, kinds or labels."""
    swatches = []
    for item in _tagged(part, "Li"):
        marks = [one for one in _all(item) if _classes(one) & {"swatch", "mark"}]
        for mark in marks[:1]:
            swatches.append(_swatch(item, mark))
    heading = next(_within(part, "legend-title"), None)
    title = _words(next(_tagged(heading, "Strong"), None))
    unit = _words(next(_within(heading, "legend-unit"), None)).strip()
    notes = tuple(
        _words(one) for notes in _within(part, "legend-notes") for one in _tagged(notes, "Span")
    )
    return Legend(title, unit, tuple(swatches), tuple(filter(None, notes)))


def _swatch(item: Any, mark: Any) -> Swatch:
    classes = str(mark.className).split()
    number = _words(next(_within(item, "legend-number"), None))
    if "mark" in classes:
        outcome = classes[1].removeprefix("mark-")
        label = _words(next(one for one in _tagged(item, "Span") if hasattr(one, "lang")))
        return Swatch(classes[-1], label, number, outcome)
    paint = classes[-1].removeprefix("swatch-")
    if paint == "ramp":
        ends = [_words(one) for one in _tagged(item, "Span") if not _classes(one)]
        return Swatch(paint, " – ".join(ends))
    return Swatch(paint, _words(next(_within(item, "legend-label"), None)), number)


def facts(parts: Any) -> tuple[Fact, ...]:
    """Labels and values at the head of the panel."""
    found = []
    for one in _within(parts, "fact"):
        label, value = (next(_tagged(one, tag)) for tag in ("Dt", "Dd"))
        hint = _words(next(_tagged(value, "Small"), None)).strip()
        found.append(Fact(_words(label), _words(value).removesuffix(hint).strip(), hint))
    return tuple(found)


def sentences(parts: Any) -> tuple[str, ...]:
    """What the panel says in sentences."""
    return tuple(_words(one) for said in _within(parts, "meaning") for one in _tagged(said, "P"))


def charts(parts: Any) -> tuple[Chart, ...]:
    """The panel's charts, in order."""
    return tuple(
        Chart(
            _words(next(_tagged(one, "Figcaption"))),
            next(_tagged(one, "Graph")).figure,
            _words(next(_within(one, "visually-hidden"))),
        )
        for one in _tagged(parts, "Figure")
    )


def listings(parts: Any) -> tuple[Listing, ...]:
    """Small tables and rankings, in order."""
    return tuple(
        _listing(section) for section in _tagged(parts, "Section") if any(_tagged(section, "H2"))
    )


def _listing(section: Any) -> Listing:
    title = _words(next(_tagged(section, "H2")))
    if any(_within(section, "leaders")):
        rows = tuple(
            (_words(next(_within(one, "leader-name"))), _words(next(_within(one, "leader-value"))))
            for one in _tagged(section, "Li")
        )
        return Listing(title, (), rows)
    head, body = (next(_tagged(section, tag), None) for tag in ("Thead", "Tbody"))
    cells = [tuple(_words(cell) for cell in _children(row)) for row in _tagged(body, "Tr")]
    return Listing(title, tuple(_words(one) for one in _tagged(head, "Th")), tuple(cells))


def grid(parts: Any) -> Grid:
    """The table below the map."""
    table = next(_tagged(parts, "AgGrid"))
    return Grid(
        _words(next(_tagged(parts, "P"))),
        {one["field"]: one["headerName"] for one in table.columnDefs},
        table.rowData,
    )


def _children(part: Any) -> list[Any]:
    inner = getattr(part, "children", None) if isinstance(part, Component) else part
    if inner is None:
        return []
    return list(inner) if isinstance(inner, list | tuple) else [inner]


def _all(part: Any) -> Iterator[Component]:
    """Every component of a part of the page, from the outermost in."""
    if isinstance(part, Component):
        yield part
    if isinstance(part, Component | list | tuple):
        for one in _children(part):
            yield from _all(one)


def _tagged(part: Any, tag: str) -> Iterator[Any]:
    return (one for one in _all(part) if type(one).__name__ == tag)


def _within(part: Any, name: str) -> Iterator[Any]:
    return (one for one in _all(part) if name in _classes(one))


def _classes(part: Component) -> set[str]:
    return set(str(getattr(part, "className", "")).split())


def _words(part: Any) -> str:
    """All that a part says; links to methods are of the page alone."""
    if type(part).__name__ == "A":
        return ""
    if isinstance(part, Component | list | tuple):
        said = "".join(_words(one) for one in _children(part))
        return f" {said}" if type(part).__name__ == "Small" else said  # a hint stands apart
    return "" if part is None else str(part)
