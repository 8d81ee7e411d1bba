"""/data: where the atlas that is served comes from, row by row if it was made of spreadsheets."""

from __future__ import annotations

import json
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError
from markupsafe import Markup

from dashboard.queries import Queries
from dashboard.queries.places import layers
from dashboard.strings import Text
from dashboard.theme import Theme, css_variables
from geo.atlas import Atlas
from geo.errors import BrokenSnapshot
from geo.intake import render
from geo.schema import Audience

LARGEST_REPORT = 5_000_000
COUNTED = ("groups", "applications", "people", "sites")
OF_PEOPLE = ("people", "memberships")
"""Tables whose length is an exact number of people, or of times that they are named."""


def report(atlas: Atlas) -> tuple[dict[str, Any] | None, str]:
    """The report beside a snapshot's tables; or, without one, which sentence tells why.

    Returns:
        As ``report.json`` has it, and "" with it; else None and ``no_report`` or
        ``broken_report``.
    """
    try:
        content = atlas.beside(render.REPORT)
        if content is None:
            return None, "no_report"
        if len(content) <= LARGEST_REPORT:
            return json.loads(content), ""
    except (BrokenSnapshot, ValueError):
        return None, "broken_report"
    return None, "broken_report"


def page(queries: Queries, lang: str, theme: Theme) -> str:
    """The page as HTML; files' text and numbers of people are for an internal audience alone."""
    text, atlas = Text(lang), queries.atlas
    told, absent = report(atlas)
    body = None
    if told is not None:
        try:
            body = render.body(told, lang, inside=queries.audience == Audience.INTERNAL)
        except (TemplateError, LookupError, TypeError, ValueError, AttributeError):
            absent = "broken_report"  # written by another version, or by hand
    files = FileSystemLoader(Path(__file__).parent)
    environment = Environment(loader=files, autoescape=True, undefined=StrictUndefined)
    kind = atlas.manifest.provenance
    return environment.get_template("data.html").render(
        text=text,
        theme=theme,
        other_lang="en" if lang == "ko" else "ko",
        other_theme="light" if theme == "dark" else "dark",
        variables=css_variables(),
        css=render.css(),
        kind=kind,
        manifest=atlas.manifest,
        facts=facts(queries, text),
        precision=precision(queries, lang),
        report=body,
        absent=absent,
    )


def facts(queries: Queries, text: Text) -> list[tuple[str, str]]:
    """Label and value of what a snapshot says of itself."""
    atlas, manifest = queries.atlas, queries.atlas.manifest
    years = manifest.years
    return [
        (text("export.provenance"), text(f"export.{manifest.provenance}")),
        (text("data.made_at"), f"{datetime.fromisoformat(manifest.made_at):%Y-%m-%d %H:%M} UTC"),
        (text("data.made_from"), manifest.made_from),
        (text("export.snapshot"), atlas.hash),
        (text("data.years"), f"{years[0]}–{years[1]}" if years else text("data.no_years")),
        *((text(f"data.{name}"), text.number(count)) for name, count in counted(queries).items()),
        *(
            (text("data.layer", name=name), text.number(count))
            for name, count in layers(atlas.places)[["layer", "places"]].to_numpy().tolist()
        ),
        (text("export.boundaries"), text.boundaries(manifest.boundaries)),
        (text("export.population"), text.population(queries.population_years)),
    ]


def counted(queries: Queries) -> dict[str, int]:
    """How many rows there are of each kind; for a public audience not how many people."""
    counts = queries.atlas.manifest.counts
    hidden = () if queries.audience is Audience.INTERNAL else OF_PEOPLE
    return {name: counts[name] for name in COUNTED if name not in hidden}


def precision(queries: Queries, lang: str) -> Markup:
    """How exactly the places of groups are known, as a bar and in numbers."""
    counts = queries.atlas.groups["precision"].value_counts()
    return render.precision({str(name): int(n) for name, n in counts.items()}, lang)


def router(queries: Queries) -> APIRouter:
    """The route of the page; another language or theme is answered by 422 and what there is."""
    routes = APIRouter()
    written = cache(lambda lang, theme: page(queries, lang, theme))

    @routes.get("/data", include_in_schema=False)
    def show(lang: Literal["ko", "en"] = "ko", theme: Theme = "light") -> HTMLResponse:
        return HTMLResponse(written(lang, theme))

    return routes
