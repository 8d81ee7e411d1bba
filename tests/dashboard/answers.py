"""What an atlas answers to a query, without Dash around it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from fastapi.testclient import TestClient

from dashboard.callbacks.common import View
from dashboard.callbacks.sheets import Sheets
from dashboard.queries import Analyses, Queries
from dashboard.server import build
from dashboard.settings import Settings
from dashboard.state import ViewState, parse
from dashboard.strings import Text
from geo.atlas import Atlas
from geo.private_key import OPEN_KEY
from geo.schema import Audience, Provenance

SECRET = b"a secret of tests"


def client_of(settings: Settings) -> TestClient:
    """Who asks the application at its own address, with the token if it needs one."""
    token = settings.token.get_secret_value()
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    address = settings.address.partition("/?")[0]
    return TestClient(build(settings), base_url=address, headers=headers)


def aside(work: Callable[..., Any], *given: Any) -> Any:
    """What some work comes to in a thread of its own: in this one a browser's loop may be running.

    A browser that other tests have opened stays until the end.
    """
    with ThreadPoolExecutor(1) as one:
        return one.submit(work, *given).result()


class NoGeometry:
    """A layer has no address here."""

    urls: Mapping[str, str] = {}


class Few(Sheets):
    """As if Seoul had these districts alone: what a file lets its reader choose is soon counted."""

    def __init__(self, all_: Sheets, *districts: str) -> None:
        super().__init__(all_.queries, all_._views)
        choices = replace(all_.queries.choices, districts=districts)
        # Of the queries the file asks for these two; the views keep theirs.
        self.queries = SimpleNamespace(  # type: ignore[assignment]
            choices=choices, classes=all_.queries.classes
        )


class Answers:
    """One question to an atlas, by what follows ``view=…`` in an address."""

    def __init__(
        self,
        question: str,
        view: Callable[..., View],
        atlas: Atlas,
        audience: Audience = Audience.PUBLIC,
        k: int = 3,
        folder: Path | None = None,
    ) -> None:
        self.question = question
        self.queries = Queries(atlas, audience, k)
        simulated = atlas.manifest.provenance == Provenance.SIMULATED
        self.analyses = Analyses.of(self.queries, folder, OPEN_KEY if simulated else SECRET)
        self.view = view(self.queries, self.analyses, NoGeometry())

    def state(self, query: str = "") -> ViewState:
        """The state of a query in which nothing is refused."""
        state, notices = parse(f"view={self.question}&{query}", self.queries.choices)
        assert notices == ()
        return state

    def figures(self, query: str) -> dict[str, Any]:
        """What is counted of the place in view, in the year of a query."""
        state = self.state(query)
        account = self.analyses.accounts.account(state)
        by_year = account.whole if state.area is None else account.rows.xs(state.area, level="code")
        figures: dict[str, Any] = by_year.loc[state.year].to_dict()
        return figures

    def shown(self, query: str) -> dict[str, Any]:
        """Everything that a query puts on the page, as JSON would carry it."""
        state = self.state(query)
        text = Text(state.lang)
        parts = self.view.parts(state, text)
        panel, table = (
            json.loads(json.dumps([part.to_plotly_json() for part in some], default=_plain))
            for some in (parts.panel, self.view.table(state, text))
        )
        return {"title": parts.title, "details": parts.details, "panel": panel, "table": table,
                "map": self.view.map(query, state)}  # fmt: skip


def _plain(component: Any) -> Any:
    return component.to_plotly_json() if hasattr(component, "to_plotly_json") else str(component)


def props(part: Any) -> Iterator[dict[str, Any]]:
    """The properties of every component of a page, from the outermost in."""
    if isinstance(part, dict):
        if "props" in part:
            yield part["props"] | {"type": part["type"]}
        for value in part.values():
            yield from props(value)
    elif isinstance(part, list):
        for one in part:
            yield from props(one)
