"""/api/v1/briefing…: views as documents, and briefings opened, saved and made into files.

Nothing that is sent is kept: a briefing is the reader's file.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, cast
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Depends, HTTPException, Query, Request
from fastapi.responses import JSONResponse, Response

from dashboard import exports
from dashboard.api import Language
from dashboard.briefing import ENDINGS, files, telling
from dashboard.briefing.scenes import Briefing, Told
from dashboard.callbacks.sheets import Sheets
from dashboard.geometry import Geometry
from dashboard.layout import notice_sentences
from dashboard.sheet import Sheet
from dashboard.state import ViewState, parse, print_query
from dashboard.strings import Text

DPI = (72, 300)
OWN = ("format", "dpi", "inline", "bare")
"""Parameters of a plate that are none of the view."""
LARGEST_JSON = 2 * files.LARGEST
"""Bytes: the same briefing is longer so."""
LARGER = dict.fromkeys(
    ("/api/v1/briefing", "/api/v1/briefing/file", "/api/v1/briefing/export"), LARGEST_JSON
)
"""Routes to which briefings are sent -> how large a body may be."""
LOCKED = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; font-src data:; "
    "img-src data:; frame-ancestors 'self'"
}
"""For a drawing that a browser opens by itself."""


class PlateFormat(StrEnum):
    """Of a view as a document."""

    PNG = "png"
    SVG = "svg"
    PDF = "pdf"
    PPTX = "pptx"


class FileFormat(StrEnum):
    """Of a whole briefing: ``png`` is a ZIP of pictures."""

    PDF = "pdf"
    PPTX = "pptx"
    HTML = "html"
    PNG = "png"


WORDS = {
    "oneOf": [
        {"type": "string"},
        {"type": "object", "properties": {"ko": {"type": "string"}, "en": {"type": "string"}}},
    ],
    "description": f"at most {files.LONGEST} characters",
}
AS_JSON = {
    "type": "object",
    "required": ["scenes"],
    "properties": {
        "title": WORDS,
        "scenes": {
            "type": "array",
            "minItems": 1,
            "maxItems": files.MOST_SCENES,
            "items": {
                "type": "object",
                "required": ["view"],
                "properties": {"view": {"type": "string"}, **dict.fromkeys(files.LONGEST, WORDS)},
            },
        },
    },
}
BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": AS_JSON},
            "application/toml": {"schema": {"type": "string"}},
            "text/plain": {"schema": {"type": "string"}},
        },
    }
}
"""What `sent` reads, for the documentation."""


@dataclass(frozen=True)
class Sent:
    """A briefing on its way in, not yet read."""

    content: bytes
    json: bool
    lang: Language


async def sent(request: Request, lang: Language = Language.KO) -> Sent:
    """The body, which `LARGER` limits."""
    is_json = "json" in request.headers.get("content-type", "")
    content = await request.body()
    if len(content) > files.LARGEST and not is_json:
        raise HTTPException(413, files.too_large(len(content), Text(lang)))
    return Sent(content, is_json, lang)


Body = Annotated[Sent, Depends(sent)]
Dpi = Annotated[int, Query(ge=DPI[0], le=DPI[1], description="of a PNG")]
Inline = Annotated[bool, Query(description="to be shown rather than saved")]
Bare = Annotated[bool, Query(description="of an SVG: the map alone")]


def router(
    sheets: Sheets, ground: Geometry, shipped: Mapping[str, Briefing] | None = None
) -> APIRouter:
    """The routes of documents and briefings; ``shipped`` are those that come with the atlas."""
    routes = APIRouter()
    choices = sheets.queries.choices
    stories = files.shipped(choices) if shipped is None else shipped

    @routes.get("/api/v1/plate")
    def plate(
        request: Request,
        format: PlateFormat = PlateFormat.PNG,
        dpi: Dpi = 200,
        inline: Inline = False,
        bare: Bare = False,
    ) -> Response:
        """Any view as a document: give the query of its address, and with it a format.

        A page with title, map, legend, charts, scale bar, source, date and hash; or a slide.
        """
        state, notices = parse(_without(request.url.query, OWN), choices)
        if notices:
            raise HTTPException(422, " ".join(notice_sentences(notices, Text(state.lang))))

        content = _let_go_of(lambda: _plate(sheets.of(state), ground, format, dpi, bare=bare))
        return _file(content, format, _plate_name(sheets, state, format), inline=inline)

    @routes.get("/api/v1/briefings")
    def briefings() -> list[dict[str, Any]]:
        """The briefings that come with the atlas."""
        return [{"name": name, "title": one.title} for name, one in stories.items()]

    @routes.get("/api/v1/briefings/{name}")
    def briefing(name: str, lang: Language = Language.KO) -> JSONResponse:
        """One of them, as `/api/v1/briefing` gives it."""
        if name not in stories:
            raise HTTPException(404, f"There is no such briefing: choose {', '.join(stories)}.")
        return JSONResponse(as_json(stories[name], sheets, lang))

    @routes.post("/api/v1/briefing", openapi_extra=BODY)
    def open_briefing(body: Body) -> JSONResponse:
        """A briefing's file read and checked, with what of it this snapshot cannot show."""
        return JSONResponse(as_json(_read(body, sheets), sheets, body.lang))

    @routes.post("/api/v1/briefing/file", openapi_extra=BODY)
    def save_briefing(body: Body) -> Response:
        """A briefing as its file, with the hash of this atlas's data."""
        given = _read(body, sheets)
        content = files.write(Briefing(given.title, given.scenes, choices.snapshot)).encode()
        if len(content) > files.LARGEST:
            raise HTTPException(413, files.too_large(len(content), Text(body.lang)))
        return _file(content, "toml", "briefing.toml")

    @routes.post("/api/v1/briefing/export", openapi_extra=BODY)
    def export(body: Body, to: FileFormat) -> Response:
        """The whole briefing as PDF, slides, a page that plays offline, or a ZIP of pictures."""
        given, made, ending = _read(body, sheets), date.today(), ENDINGS[to]
        content = _let_go_of(lambda: telling.export(given, sheets, ground, to, body.lang, made))
        return _file(content, ending, f"maeul-atlas_briefing{_marked(sheets)}.{ending}")

    return routes


def as_json(briefing: Briefing, sheets: Sheets, lang: str) -> dict[str, Any]:
    """A briefing as the page has it."""
    choices = sheets.queries.choices
    return {
        "title": dict(briefing.title),
        "snapshot": briefing.snapshot,
        "scenes": [
            {
                "view": scene.view,
                **{name: dict(getattr(scene, name)) for name in files.LONGEST},
                "warnings": files.about_view(scene.view, choices, lang),
            }
            for scene in briefing.scenes
        ],
        "warnings": files.about_data(briefing, choices, lang),
    }


def _read(body: Sent, sheets: Sheets) -> Briefing:
    choices = sheets.queries.choices
    try:
        if body.json:
            return files.read_json(body.content, choices, body.lang)
        return files.read(body.content, choices, body.lang)[0]
    except files.BadBriefing as error:
        raise HTTPException(422, str(error)) from error


def _let_go_of(draw: Callable[[], bytes]) -> bytes:
    """What is drawn. A figure's parts know each other: only the collector frees some 3 MB each."""
    try:
        return draw()
    finally:
        gc.collect()


def _without(query: str, names: tuple[str, ...]) -> str:
    pairs = parse_qsl(query, keep_blank_values=True)
    return urlencode([pair for pair in pairs if pair[0] not in names])


def _plate(sheet: Sheet, ground: Geometry, kind: PlateFormat, dpi: int, *, bare: bool) -> bytes:
    """A view as a document of a kind."""
    made = date.today()
    if kind is PlateFormat.PPTX:
        from dashboard.briefing import slides

        return slides.deck([Told(sheet.title, "", "", sheet)], ground, made, sheet.title)
    from dashboard.plates import map as plate_map
    from dashboard.plates import page

    if bare and kind is PlateFormat.SVG:
        return plate_map.map_svg(sheet, ground).encode()
    return page.plate(sheet, ground, cast("page.Kind", kind.value), made, dpi)


def _plate_name(sheets: Sheets, state: ViewState, kind: str) -> str:
    """As files of tables are called."""
    query = print_query(state, sheets.queries.choices)
    simulated = {"simulated": bool(_marked(sheets))}
    about = exports.About(state.view, query, state, simulated, n=0, unplaced=0, extra={})
    return exports.file_name(about, kind)


def _marked(sheets: Sheets) -> str:
    simulated = sheets.queries.atlas.manifest.provenance == "simulated"
    return "_simulated" if simulated else ""


def _file(content: bytes, kind: str, name: str, *, inline: bool = False) -> Response:
    manner = "inline" if inline else "attachment"
    headers = {"Content-Disposition": f'{manner}; filename="{name}"', **LOCKED}
    return Response(content, media_type=telling.MEDIA[kind], headers=headers)
