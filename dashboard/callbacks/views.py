"""From the state to the page: the map first; what stands around it and the table after it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from dash import Dash, Input, Output

from dashboard import ids, layout
from dashboard.callbacks import common
from dashboard.callbacks.common import View
from dashboard.queries import Queries
from dashboard.state import parse
from dashboard.strings import Text


def register(app: Dash, queries: Queries, views: Mapping[str, View]) -> None:
    """Connect the state to the view that answers its question."""

    @app.callback(
        Output(ids.FRAMES, "data"),
        Input(ids.ASKED, "data"),
        prevent_initial_call=True,
    )
    def paint_map(asked: str) -> str:
        state, _ = parse(asked, queries.choices)
        shown = views[state.view].map(asked, state)
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
        text = Text(state.lang)
        parts = views[state.view].parts(state, text)
        return (
            parts.legend,
            layout.crumbs(common.chosen(queries, state, text), text),
            layout.headline(parts.title, parts.details),
            parts.panel,
            layout.downloads([*parts.links, *plates(painted, text)], text),
        )

    @app.callback(
        Output(ids.TABLE, "children"),
        Input(ids.PAINTED, "data"),
        prevent_initial_call=True,
    )
    def tabulate(painted: str) -> list[Any]:
        state, _ = parse(painted, queries.choices)
        if not state.table and queries.is_mapped(state.level):
            return []
        return views[state.view].table(state, Text(state.lang))


def plates(query: str, text: Text) -> list[tuple[str, str]]:
    """The view as pictures and as a slide: (label, URL)."""
    kinds = {text("page.plate", kind=kind.upper()): kind for kind in ("png", "svg", "pdf")}
    kinds[text("page.slide")] = "pptx"
    start = f"/api/v1/plate?{query}{'&' if query else ''}format="
    return [(label, f"{start}{kind}") for label, kind in kinds.items()]
