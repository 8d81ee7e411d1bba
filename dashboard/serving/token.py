"""Who may read what is internal: whoever was told the token that the start prints."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from http import HTTPStatus
from urllib.parse import quote, unquote_plus

from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from dashboard.serving.refusal import refusal

PARAMETER = "token"


class Token:
    """Asks every request for the token: as a cookie, as a bearer's, or once in an address.

    An address with the token is answered by the same address without it and a cookie, so that
    it stays in no history, no link that is shared and no ``Referer``.
    """

    def __init__(self, app: ASGIApp, token: str, port: int, free: Collection[str]) -> None:
        """Ask for this token, but not for files at some paths, which hold no data."""
        self.app = app
        self.free = free
        self.token = token
        self.cookie = f"maeul-atlas-{port}"  # browsers keep one jar for all ports of a host

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on who knows it; exchange it; or say where it is found."""
        answer = self._answer(scope) if scope["type"] == "http" else None
        await (answer or self.app)(scope, receive, send)

    def _answer(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        given, rest = taken(scope["query_string"].decode("latin-1"))
        if given is not None and scope["method"] == "GET" and self._is(given):
            return self._exchanged(scope, rest)
        if scope["path"] in self.free or self._known(headers):
            return None
        if scope["path"] == "/healthz":  # for who watches the server: no more than that it is up
            return JSONResponse({"status": "ok"})
        challenge = {"WWW-Authenticate": "Bearer"}
        return refusal(scope, HTTPStatus.UNAUTHORIZED, "no_token", challenge)

    def _known(self, headers: Headers) -> bool:
        kind, _, given = headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer" and self._is(given.strip()):
            return True
        return self._is(cookie_parser(headers.get("cookie", "")).get(self.cookie, ""))

    def _is(self, given: str) -> bool:
        return secrets.compare_digest(given.encode("utf-8", "replace"), self.token.encode())

    def _exchanged(self, scope: Scope, rest: str) -> Response:
        path = f"/{quote(scope['path'].lstrip('/'))}"  # two slashes would begin another host
        there = f"{path}?{rest}" if rest else path
        answer = Response(
            status_code=HTTPStatus.SEE_OTHER,
            headers={"Location": there, "Cache-Control": "no-store"},
        )
        secure = scope["scheme"] == "https"
        answer.set_cookie(self.cookie, self.token, httponly=True, samesite="strict", secure=secure)
        return answer


def taken(query: str) -> tuple[str | None, str]:
    """The first token in a query, and the query without any.

    >>> taken("view=density&token=abc&year=2012")
    ('abc', 'view=density&year=2012')
    >>> taken("")
    (None, '')
    """
    pairs = [pair for pair in query.split("&") if pair]
    values = {pair: pair.partition("=") for pair in pairs}
    given = [pair for pair in pairs if unquote_plus(values[pair][0]) == PARAMETER]
    rest = "&".join(pair for pair in pairs if pair not in given)
    return (unquote_plus(values[given[0]][2]) if given else None), rest
