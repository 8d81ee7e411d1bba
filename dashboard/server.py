"""Settings, atlas, page and routes, put together."""

from __future__ import annotations

import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlparse

import dash_ag_grid
from dash import Dash
from fastapi import FastAPI, HTTPException
from fastapi.responses import FileResponse
from fastapi_offline import FastAPIOffline
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard import api, data, geometry, layout, methods
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
from dashboard.queries import Analyses, Queries
from dashboard.secret import secret_of
from dashboard.settings import Settings, read_settings
from dashboard.state import QUESTIONS
from dashboard.theme import css_variables
from geo.atlas import Atlas
from geo.explore import maplibre
from geo.schema import Audience

ROOT = Path(__file__).parent.parent
MAPLIBRE = ("maplibre-gl.js", "maplibre-gl.css")

INDEX = """<!DOCTYPE html>
<html lang="ko" data-mantine-color-scheme="light">
<head>
{%metas%}
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{%title%}</title>
<link rel="icon" href="/assets/icon.svg">
<style>%VARIABLES%</style>
<link rel="stylesheet" href="/vendor/maplibre-gl.css">
{%css%}
</head>
<body>
<script src="/vendor/maplibre-gl.js"></script>
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


def build(settings: Settings) -> FastAPI:
    """The application: the page, the API, geometry and MapLibre GL, all from this machine."""
    atlas = opened(settings)
    queries, shapes, sheets = atlas.queries, atlas.shapes, atlas.sheets
    stories = files.shipped(queries.choices)
    server = FastAPIOffline(
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
    _serve_maplibre(server)
    app = Dash(
        __name__,
        backend="fastapi",
        server=server,  # type: ignore[arg-type]  # annotated as if Flask were the only backend
        assets_folder=str(ROOT / "assets"),
        assets_ignore=r".*\.(md|txt)$|document\.css$",  # of other pages
        title="마을 아틀라스 · Maeul Atlas",
        update_title="",
        index_string=INDEX.replace(
            "%VARIABLES%",
            css_variables() + layout.unused_css() + label_css(len(queries.choices.labels)),
        ),
        suppress_callback_exceptions=True,
        on_error=_tell,
        compress=False,
    )
    app.layout = layout.page
    titles = {name: one.title for name, one in stories.items()}
    state_sync.register(app, queries, settings, _delay_grid(app), titles)
    views.register(app, queries, atlas.answers)
    server.add_middleware(GZipMiddleware, minimum_size=1_000, compresslevel=6)
    server.add_middleware(Headers, policy=content_policy(app, settings))
    return server


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
    """The application for a worker process."""
    return build(read_settings())


def _tell(error: Exception) -> NoReturn:
    """Print what went wrong in a callback, which Dash keeps to itself; the page says it failed."""
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


def _serve_maplibre(server: FastAPI) -> None:
    """MapLibre GL from its wheel."""
    folder = maplibre()

    @server.get("/vendor/{name}", include_in_schema=False)
    def vendor(name: str) -> FileResponse:
        if name not in MAPLIBRE:
            raise HTTPException(404, f"There is no such file: choose {' or '.join(MAPLIBRE)}.")
        return FileResponse(folder / name, headers={"Cache-Control": "public, max-age=86400"})


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
