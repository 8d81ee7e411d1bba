"""How much a request may be: its address, its headers, its body."""

from __future__ import annotations

import re
from collections.abc import Mapping
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.serving.refusal import refusal

LONGEST_ADDRESS = 16_000
"""Bytes: a state that is longer than 4,000 characters is refused in words, on the page."""
LARGEST_HEADERS = 32_000
"""Bytes: a browser sends all cookies of this host, whichever port set them."""
LARGEST_BODY = 100_000
"""Bytes: a callback sends the query of a state, which escapes may lengthen."""
CONTROL = re.compile("[\x00-\x1f\x7f]")
NOTHING_SENT = ("GET", "HEAD", "OPTIONS")
"""Requests that have no body here."""
CLOSED = {"Connection": "close"}
"""What else the client has to send is not read."""


class Limits:
    """Refuses what is too large before anything is made of it; a body is read whole first."""

    def __init__(self, app: ASGIApp, larger: Mapping[str, int]) -> None:
        """``larger``: paths whose bodies may have other than LARGEST_BODY bytes -> how many."""
        self.app = app
        self.larger = larger

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on with its body, or say what is too large."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        if refused := self._refused(scope):
            return await refused(scope, receive, send)
        most = self._most(scope)
        body = await read(receive, most)
        if body is None:
            return await _body_refused(scope, most)(scope, receive, send)
        return await self.app(scope, again(body, receive), send)

    def _refused(self, scope: Scope) -> Response | None:
        address = len(scope.get("raw_path", b"")) + len(scope["query_string"])
        if address > LONGEST_ADDRESS:
            return refusal(
                scope, HTTPStatus.REQUEST_URI_TOO_LONG, "address", CLOSED, most=LONGEST_ADDRESS
            )
        if CONTROL.search(scope["path"]):
            # A route's end matches before a line break too, so that "/\n" would be the page.
            return refusal(
                scope, HTTPStatus.NOT_FOUND, "unknown_path", CLOSED, path=ascii(scope["path"])[1:-1]
            )
        if sum(len(name) + len(value) for name, value in scope["headers"]) > LARGEST_HEADERS:
            status = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
            return refusal(scope, status, "headers", CLOSED, most=LARGEST_HEADERS)
        told, most = Headers(scope=scope).get("content-length", "0"), self._most(scope)
        # Of a body that no route looks at, a small one is not refused for what it says of itself.
        if told.isdecimal() and int(told) <= max(most, LARGEST_BODY):
            return None
        return _body_refused(scope, most)

    def _most(self, scope: Scope) -> int:
        """Bytes that the body of a request may have."""
        if scope["method"] in NOTHING_SENT:
            return 0
        return self.larger.get(scope["path"], LARGEST_BODY)


def _body_refused(scope: Scope, most: int) -> Response:
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    return refusal(scope, status, "body", CLOSED, most=most)


async def read(receive: Receive, most: int) -> bytes | None:
    """The body, or None if it has more bytes than these; no more is read than what shows it."""
    content, more = bytearray(), True
    while more:
        message = await receive()
        content += message.get("body", b"")
        more = message.get("more_body", False)
        if len(content) > most:
            return None
    return bytes(content)


def again(body: bytes, receive: Receive) -> Receive:
    """Who gives a body that was read already, and after it what else comes."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def give() -> Message:
        return waiting.pop() if waiting else await receive()

    return give
