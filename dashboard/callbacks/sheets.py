"""A state -> its sheet: the view's map, parts and table as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dashboard import layout, sheet
from dashboard.callbacks import common
from dashboard.callbacks.common import Parts, View
from dashboard.callbacks.state_sync import source
from dashboard.components.legend import labels
from dashboard.queries import Queries
from dashboard.sheet import Saying, Sheet
from dashboard.state import ViewState, print_query
from dashboard.strings import Text


class Sheets:
    """The sheets of one snapshot for one audience."""

    def __init__(self, queries: Queries, views: Mapping[str, View]) -> None:
        self.queries = queries
        self._views = views

    def drawn(self, state: ViewState) -> dict[str, Any]:
        """What the map shows in every year, without what stands around it."""
        return self._views[state.view].map(print_query(state, self.queries.choices), state)

    def classes(self, state: ViewState) -> list[str]:
        """Each class of a map of density in words, from the lowest."""
        return labels(self.queries.classes(state), Text(state.lang))

    def said(self, state: ViewState) -> Saying:
        """What is said of the map, without what the panel and the table hold."""
        text = Text(state.lang)
        return _said(self._views[state.view].parts(state, text), text)

    def of(self, state: ViewState) -> Sheet:
        """Everything that a view says.

        Whether the reader has the table open, or where the map stands, changes nothing of it.
        """
        queries, text, view = self.queries, Text(state.lang), self._views[state.view]
        parts, about = view.parts(state, text), source(queries, text)
        surface = state.view == "density" and state.level == "surface"
        said = _said(parts, text)
        return Sheet(
            query=print_query(state, queries.choices),
            state=state,
            place=common.place(queries, state, text),
            title=said.title,
            details=said.details,
            drawn=self.drawn(state),
            bands=queries.surface(state).bands if surface else None,
            legend=said.legend,
            facts=sheet.facts(parts.panel),
            sentences=sheet.sentences(parts.panel),
            charts=sheet.charts(parts.panel),
            listings=sheet.listings(parts.panel),
            grid=sheet.grid(view.table(state, text)),
            source=sheet.Source(
                name=about.name,
                hash=about.hash,
                simulated=about.simulated,
                badge=text(f"page.{'simulated' if about.simulated else 'imported'}"),
                lines=tuple(layout.source_lines(about, text)),
            ),
            alt=said.alt,
        )


def _said(parts: Parts, text: Text) -> Saying:
    key = sheet.legend(parts.legend)
    alt = [text("sheet.map", title=parts.title), *parts.details]
    if key.swatches:
        alt.append(text("sheet.legend", items=", ".join(one.words for one in key.swatches)))
    return Saying(parts.title, tuple(parts.details), key, " ".join(alt))
