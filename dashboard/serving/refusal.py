"""Answers to what is not served: a page in both languages for a browser, JSON for a program."""

from __future__ import annotations

import html
from collections.abc import Mapping
from http import HTTPStatus

from fastapi.exception_handlers import http_exception_handler
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import Scope

from dashboard.strings import LANGUAGES, Text

FOR_PROGRAMS = ("/api/", "/_dash-")
LONGEST_SHOWN = 80
"""Characters of what a request brought, in a sentence."""
PAGE = """<!DOCTYPE html>
<html lang="ko">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{status} · {title}</title>
<link rel="stylesheet" href="/assets/fonts.css">
<style>body {{ font: 1.125rem/1.6 "Maeul Gothic", system-ui, sans-serif; margin: 4rem auto;
max-width: 40rem; padding: 0 1rem; overflow-wrap: anywhere; color-scheme: light dark; }}
h1 {{ font-size: 1.5rem; }}</style>
</head>
<body>
<h1>{title}</h1>
{paragraphs}
</body>
</html>"""


def refusal(
    scope: Scope,
    status: HTTPStatus,
    key: str,
    headers: Mapping[str, str] | None = None,
    **values: object,
) -> Response:
    """What is said instead of an answer.

    Args:
        scope: of the request: who asks for HTML gets a page, but not of the API.
        status: 400 or more, or 202 for an answer that comes later.
        key: of the sentence, in the catalogues under ``refused``.
        headers: beside those of the content.
        values: for the sentence; text of the request is cut short.
    """
    kept = {"Cache-Control": "no-store", **(headers or {})}
    shown = {name: str(value)[:LONGEST_SHOWN] for name, value in values.items()}
    said = {lang: Text(lang)(f"refused.{key}", **shown) for lang in LANGUAGES}
    wants_page = "text/html" in Headers(scope=scope).get("accept", "")
    if not wants_page or scope["path"].startswith(FOR_PROGRAMS):
        return JSONResponse({"detail": said["en"]}, status, kept)
    if "Refresh" in kept:
        said = {lang: f"{told} {Text(lang)('refused.by_itself')}" for lang, told in said.items()}
    paragraphs = "\n".join(
        f'<p lang="{lang}">{html.escape(sentence)}</p>' for lang, sentence in said.items()
    )
    title = " · ".join(Text(lang)("page.title") for lang in LANGUAGES)
    page = PAGE.format(status=int(status), title=title, paragraphs=paragraphs)
    return HTMLResponse(page, status, kept)


def not_allowed(scope: Scope, allow: str) -> Response:
    """What is said of a method that an address does not know."""
    status = HTTPStatus.METHOD_NOT_ALLOWED
    return refusal(scope, status, "method", {"Allow": allow}, method=scope["method"], allow=allow)


async def unanswered(request: Request, error: Exception) -> Response:
    """Of what no route answers; a route that says itself what is wrong is left its words."""
    assert isinstance(error, HTTPException)
    if error.detail == HTTPStatus.NOT_FOUND.phrase:
        path = request.scope["path"]
        return refusal(request.scope, HTTPStatus.NOT_FOUND, "unknown_path", path=path)
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        return not_allowed(request.scope, (error.headers or {}).get("Allow", "GET"))
    return await http_exception_handler(request, error)
