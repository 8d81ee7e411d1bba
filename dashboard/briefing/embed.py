"""/embed: one view, bare, to stand in another page; it can reach nothing but itself."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, HTMLResponse

from dashboard.briefing import player
from dashboard.callbacks.sheets import Sheets
from dashboard.layout import notice_sentences
from dashboard.plates.ground import Ground
from dashboard.settings import Settings
from dashboard.state import parse
from dashboard.strings import Text

FONT_URL = "/embed/core.woff2"
HELD_S = 86_400
"""How long a browser keeps the typeface."""


def router(sheets: Sheets, ground: Ground, settings: Settings) -> APIRouter:
    """The page of a view for other pages, and the typeface that it takes."""
    routes = APIRouter()
    headers = {
        "Content-Security-Policy": policy(settings.frame_ancestors),
        "Cache-Control": "no-cache",
        "Referrer-Policy": "no-referrer",
    }

    @routes.get("/embed", include_in_schema=False)
    def embed(request: Request) -> HTMLResponse:
        state, notices = parse(request.url.query, sheets.queries.choices)
        said = notice_sentences(notices, Text(state.lang))
        page = player.frame(sheets.of(state), sheets, ground, said, FONT_URL)
        return HTMLResponse(page, headers=headers)

    @routes.get(FONT_URL, include_in_schema=False)
    def font() -> FileResponse:
        # The frame counts as of no origin, to which a typeface must be granted.
        granted = {
            "Access-Control-Allow-Origin": "*", "Cache-Control": f"public, max-age={HELD_S}"
        }  # fmt: skip
        return FileResponse(player.FONT, media_type="font/woff2", headers=granted)

    return routes


def policy(ancestors: str) -> str:
    """Its own script, styles and the typeface; no call, no form, no window, no storage."""
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src {player.script_hash()}",
            "style-src 'unsafe-inline'",
            "img-src data:",
            "font-src 'self'",
            "connect-src 'none'",
            "form-action 'none'",
            "base-uri 'none'",
            f"frame-ancestors {ancestors}",
            "sandbox allow-scripts",
        ]
    )
