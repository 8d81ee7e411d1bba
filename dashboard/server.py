"""Settings, atlas, page and routes, put together."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlparse

import dash_ag_grid
import fastapi_offline
from dash import Dash
from fastapi import FastAPI
from starlette.exceptions import HTTPException as Unanswered
from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES, GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.config import STARTUP_FAILURE

from dashboard import api, data, geometry, layout, memory, methods, work
from dashboard.briefing import embed, files, routes
from dashboard.callbacks import state_sync, views
from dashboard.callbacks.clusters import ClustersView
from dashboard.callbacks.cohesion import CohesionView
from dashboard.callbacks.common import View
from dashboard.callbacks.composition import CompositionView
from dashboard.callbacks.concentration import ConcentrationView
from dashboard.callbacks.crossing import CrossingView
from dashboard.callbacks.crosswalk import CrosswalkView
from dashboard.callbacks.density import DensityView
from dashboard.callbacks.duplication import DuplicationView
from dashboard.callbacks.emergence import EmergenceView
from dashboard.callbacks.fatigue import FatigueView
from dashboard.callbacks.funnel import FunnelView
from dashboard.callbacks.kinds import KindsView
from dashboard.callbacks.mobilised import MobilisedView
from dashboard.callbacks.network import NetworkView
from dashboard.callbacks.places import CentreView, NearbyView
from dashboard.callbacks.retention import RetentionView
from dashboard.callbacks.sheets import Sheets
from dashboard.components.reveal import label_css
from dashboard.kept import NotKept
from dashboard.queries import Analyses, Queries
from dashboard.secret import secret_of
from dashboard.serving import static
from dashboard.serving.backend import Backend
from dashboard.serving.hosts import Hosts
from dashboard.serving.limits import Limits
from dashboard.serving.refusal import unanswered
from dashboard.serving.token import Token
from dashboard.settings import Settings, read_settings
from dashboard.state import QUESTIONS
from dashboard.theme import css_variables
from geo.atlas import Atlas
from geo.errors import BrokenSnapshot, MaeulError
from geo.explore import maplibre
from geo.schema import Audience

ROOT = Path(__file__).parent.parent
DOCS = Path(fastapi_offline.__file__).parent / "static"
STARTED = "_MAEUL_STARTED"
"""In the environment of the workers: all that decides the numbers of the first process, as
`Kept.name` has it."""
MAPLIBRE = ("maplibre-gl.js", "maplibre-gl.css")
ZIPPED = (
    *DEFAULT_EXCLUDED_CONTENT_TYPES, "application/pdf", "application/geopackage+sqlite3",
    "application/vnd.apache.parquet",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
)  # fmt: skip
"""Kinds of files that are compressed already."""

INDEX = """<!DOCTYPE html>
<html lang="ko" data-mantine-color-scheme="light">
<head>
{%metas%}
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{%title%}</title>
<link rel="icon" href="/assets/icon.svg">
<style>%VARIABLES%</style>
<link rel="stylesheet" href="/vendor/maplibre-gl.css?%STYLE%">
{%css%}
</head>
<body>
<script src="/vendor/maplibre-gl.js?%SCRIPT%"></script>
{%app_entry%}
<div>{%config%}{%scripts%}{%renderer%}</div>
</body>
</html>"""


@dataclass(frozen=True)
class Opened:
    """A snapshot with all that answers for it."""

    queries: Queries
    analyses: Analyses
    shapes: geometry.Geometry
    answers: dict[str, View]
    sheets: Sheets


def opened(settings: Settings) -> Opened:
    """The snapshot of the settings, for the page as well as for files made without one."""
    atlas = Atlas.open(settings.atlas)
    secret = secret_of(atlas, settings)
    queries = Queries(atlas, Audience(settings.audience), settings.k)
    shapes = geometry.Geometry(queries)
    analyses = Analyses.of(queries, settings.cache.expanduser(), secret)
    answers = answered(queries, analyses, shapes)
    return Opened(queries, analyses, shapes, answers, Sheets(queries, answers))


def build(settings: Settings, apart: int = 0) -> FastAPI:
    """The application: the page, the API, geometry and MapLibre GL, all from this machine.

    Args:
        settings: what it serves, and to whom.
        apart: processes that answer what takes long; without any it is answered here.
    """
    atlas = opened(settings)
    queries, shapes, sheets = atlas.queries, atlas.shapes, atlas.sheets
    stories = files.shipped(queries.choices)
    server = fastapi_offline.FastAPIOffline(
        title="Maeul Atlas",
        version="1",
        description="The atlas's tables. How the figures are made: [methods](/methods?lang=en).",
        favicon_url="/assets/icon.svg",
    )
    # Before the API, whose last route tells of every other address that there is none.
    server.include_router(routes.router(sheets, shapes, stories))
    server.include_router(api.router(queries, atlas.analyses))
    server.include_router(geometry.router(shapes))
    server.include_router(methods.router())
    server.include_router(data.router(queries))
    server.include_router(embed.router(sheets, shapes, settings))
    server.add_exception_handler(Unanswered, unanswered)
    vendor = static.of_library("/vendor/", maplibre(), MAPLIBRE)
    app = Dash(
        __name__,
        backend=Backend,
        server=False,
        assets_folder=str(ROOT / "assets"),
        assets_ignore=r".*\.(md|txt)$|document\.css$",  # of other pages
        title="마을 아틀라스 · Maeul Atlas",
        update_title="",
        index_string=_index(vendor, len(queries.choices.labels)),
        suppress_callback_exceptions=True,
        on_error=_tell,
        compress=False,
    )
    app.init_app(server)
    app.layout = layout.page
    titles = {name: one.title for name, one in stories.items()}
    state_sync.register(app, queries, settings, _delay_grid(app), titles)
    views.register(app, queries, atlas.answers)
    server.state.edition, server.state.snapshot = queries.atlas.hash, queries.kept.name
    same = settings.model_copy(update={"atlas": queries.atlas.path})
    serve = partial(work.serve_apart, same)
    *computers, exporter = [work.Computer(serve, queries.kept.name) for _ in range(apart + 1)]
    # Within `Work`, so that what is large is compressed where it was made.
    server.add_middleware(
        GZipMiddleware, minimum_size=1_000, compresslevel=4, exclude_content_types=ZIPPED
    )
    exporters = [exporter] if computers else []
    server.add_middleware(work.Work, computers=computers, exporters=exporters)
    _guard(server, app, settings, vendor)
    return server


def _guard(
    server: FastAPI, app: Dash, settings: Settings, vendor: Mapping[str, static.File]
) -> None:
    """What a request passes before it comes to a route, from the last to the first."""
    app._setup_server()  # names the scripts, which Dash would do for the first reader
    files = {
        **static.of_suites(app),
        **static.of_folder("/assets/", ROOT / "assets"),
        **static.of_folder("/static-offline-docs/", DOCS),
        **vendor,
    }
    server.add_middleware(static.Files, files=files)
    server.add_middleware(Limits, larger=routes.LARGER)
    if settings.audience == "internal":
        token = settings.token.get_secret_value()
        # The frame counts as of no origin, so that a browser sends no cookie for its typeface;
        # whoever is asked for the token reads that in the atlas's own.
        free = {embed.FONT_URL, *(path for path in files if path.startswith("/assets/fonts"))}
        server.add_middleware(Token, token=token, port=settings.port, free=free)
    server.add_middleware(Hosts, names=settings.served_names)
    server.add_middleware(Headers, policy=content_policy(app, settings))


def _index(vendor: Mapping[str, static.File], labels: int) -> str:
    """The page around Dash's own, with what changes with the theme and with MapLibre GL."""
    filled = {
        "%VARIABLES%": css_variables() + layout.unused_css() + label_css(labels),
        "%SCRIPT%": vendor["/vendor/maplibre-gl.js"].version,
        "%STYLE%": vendor["/vendor/maplibre-gl.css"].version,
    }
    page = INDEX
    for mark, text in filled.items():
        page = page.replace(mark, str(text))
    return page


def answered(queries: Queries, analyses: Analyses, shapes: geometry.Geometry) -> dict[str, View]:
    """Question -> the view that answers it."""
    kinds = KindsView(queries, analyses, shapes)
    return {
        **dict.fromkeys(QUESTIONS, kinds),
        "density": DensityView(queries, shapes),
        "clusters": ClustersView(queries, analyses, shapes),
        "nearby": NearbyView(queries, analyses, shapes),
        "centre": CentreView(queries, analyses, shapes),
        "network": NetworkView(queries, analyses, shapes),
        "cohesion": CohesionView(queries, analyses, shapes),
        "concentration": ConcentrationView(queries, analyses, shapes),
        "crosswalk": CrosswalkView(queries, analyses, shapes),
        "composition": CompositionView(queries, analyses, shapes),
        "emergence": EmergenceView(queries, analyses, shapes),
        "funnel": FunnelView(queries, analyses, shapes),
        "duplication": DuplicationView(queries, analyses, shapes),
        "fatigue": FatigueView(queries, analyses, shapes),
        "crossing": CrossingView(queries, analyses, shapes),
        "retention": RetentionView(queries, analyses, shapes),
        "mobilised": MobilisedView(queries, analyses, shapes),
    }


def from_environment() -> FastAPI:
    """The application for a worker process; without its snapshot none can be started again."""
    memory.give_back()
    try:
        settings = read_settings()
        server = build(settings, work.processes(settings.workers))
        _check_same(os.environ.get(STARTED, server.state.snapshot), server, settings)
        memory.settle()
        return server
    except MaeulError as error:
        print(error, file=sys.stderr)
        sys.exit(STARTUP_FAILURE)  # ends the server, which would try for ever


def _check_same(started: str, server: FastAPI, settings: Settings) -> None:
    """Refuse to answer beside others with other numbers than theirs.

    Raises:
        BrokenSnapshot: the data, the secret or the code is another than at the start.
    """
    edition, here = started.partition("-")[0], server.state.edition
    if here != edition:
        raise BrokenSnapshot(
            f"Snapshot {settings.atlas} was replaced by {here} while edition {edition} was served "
            "from it: start again."
        )
    if server.state.snapshot != started:
        raise BrokenSnapshot(
            f"The secret in {settings.secret} or the code is another than at the start: bring back "
            "what it was, or start again."
        )


def _tell(error: Exception) -> NoReturn:
    """Print what went wrong in a callback, which Dash keeps to itself; the page says it failed."""
    if not isinstance(error, NotKept):  # which is nothing wrong
        traceback.print_exception(error)
    raise error


def _delay_grid(app: Dash) -> str:
    """Keep AG Grid, a third of all scripts, off the page until a table is asked for.

    Returns:
        Where the browser fetches it then.
    """
    script = dash_ag_grid._js_dist[0]
    script["async"] = "lazy"
    path = f"_dash-component-suites/dash_ag_grid/{script['relative_package_path']}"
    return f"{app.config.requests_pathname_prefix}{path}"


def content_policy(app: Dash, settings: Settings) -> str:
    """What the page may load, and who may embed it. Mantine and Plotly set styles in place."""
    style = urlparse(settings.basemap_style)
    basemap = f" {style.scheme}://{style.netloc}" if style.netloc else ""
    return "; ".join(
        [
            "default-src 'self'",
            "script-src 'self' 'unsafe-inline'",
            "style-src 'self' 'unsafe-inline'",
            f"img-src 'self' data: blob:{basemap}",
            f"connect-src 'self'{basemap}",
            "worker-src 'self' blob:",
            "font-src 'self' data:",
            "base-uri 'self'",
            f"frame-ancestors {settings.frame_ancestors}",
        ]
    )


class Headers:
    """Security headers on every answer; one that brings its own keeps it."""

    def __init__(self, app: ASGIApp, policy: str) -> None:
        self.app = app
        self.headers = [
            (b"content-security-policy", policy.encode()),
            (b"x-content-type-options", b"nosniff"),
            (b"referrer-policy", b"same-origin"),
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add the headers as the answer starts."""

        async def add(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = {name.lower() for name, _ in message["headers"]}
                added = [pair for pair in self.headers if pair[0] not in own]
                message["headers"] = [*message["headers"], *added]
            await send(message)

        await self.app(scope, receive, add if scope["type"] == "http" else send)
