"""HTTP/1.1 over loopback: cheap enough for a crowd, and as wrong as an attacker wants it.

Well-behaved clients mend or refuse what they are given, and take as much of a processor as the
server does; so requests are bytes here, and only the answers are parsed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from typing import NamedTuple

import httptools

READ = 1 << 17
"""Bytes taken from a socket at once."""


class NoAnswer(Exception):
    """The connection ended before a whole answer, or what came was none."""


class Answer(NamedTuple):
    """What came back; names of headers in lower case, ``body`` as it was sent."""

    status: int
    headers: dict[str, str]
    body: bytes


def request(
    method: str,
    target: bytes,
    headers: Iterable[tuple[bytes, bytes]] = (),
    body: bytes = b"",
    host: str = "127.0.0.1",
) -> bytes:
    """A request's bytes, whatever they are; the length of a body is told unless a header does."""
    given = list(headers)
    names = {name.lower() for name, _ in given}
    if b"host" not in names:
        given.insert(0, (b"Host", host.encode()))
    told = names & {b"content-length", b"transfer-encoding"}
    if not told and (body or method in ("POST", "PUT", "PATCH")):
        given.append((b"Content-Length", b"%d" % len(body)))
    lines = b"".join(b"%b: %b\r\n" % pair for pair in given)
    return b"%b %b HTTP/1.1\r\n%b\r\n%b" % (method.encode("latin-1"), target, lines, body)


class _Reading:
    """Callbacks of the parser: one answer, those before it that only say "go on" left out."""

    def __init__(self, *, bodiless: bool) -> None:
        self.headers: dict[str, str] = {}
        self.parts: list[bytes] = []
        self.whole = False
        self.begun = False
        self.bodiless = bodiless
        self.parser = httptools.HttpResponseParser(self)

    def on_message_begin(self) -> None:
        self.headers = {}

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_headers_complete(self) -> None:
        self.whole = self.bodiless and self.parser.get_status_code() >= 200

    def on_body(self, part: bytes) -> None:
        self.parts.append(part)

    def on_message_complete(self) -> None:
        self.whole = self.parser.get_status_code() >= 200

    def feed(self, content: bytes) -> None:
        self.begun = True
        if self.bodiless and self.whole:
            return
        try:
            self.parser.feed_data(content)
        except httptools.HttpParserUpgrade:
            self.whole = True
        except httptools.HttpParserError as error:
            if not self.whole:
                raise NoAnswer(f"no answer of HTTP: {content[:60]!r}") from error


class Connection:
    """A connection that stays open between requests; ``met_closed`` counts how often it had not."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        self.met_closed = 0
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, content: bytes) -> Answer:
        """The answer to a request.

        A connection that the server had closed meanwhile is opened anew, as browsers do.

        Raises:
            NoAnswer: there was none, though the connection was fresh.
        """
        if self._streams and self._streams[0].at_eof():
            self.met_closed += 1
            self.close()
        fresh = self._streams is None
        try:
            return await self._ask(content)
        except ConnectionError as error:
            if fresh:
                raise NoAnswer("closed without an answer") from error
        self.met_closed += 1
        try:
            return await self._ask(content)
        except ConnectionError as error:
            raise NoAnswer("closed without an answer") from error

    async def _ask(self, content: bytes) -> Answer:
        """One try; a connection with half an answer in it is not used again."""
        try:
            reading = await self._exchange(content)
        except BaseException:
            self.close()
            raise
        status = reading.parser.get_status_code()
        if not reading.parser.should_keep_alive() or status == 101:
            self.close()
        return Answer(status, reading.headers, b"".join(reading.parts))

    async def _exchange(self, content: bytes) -> _Reading:
        if self._streams is None:
            self._streams = await asyncio.open_connection(self.host, self.port, limit=READ)
        reader, writer = self._streams
        reading = _Reading(bodiless=content.startswith(b"HEAD "))
        writer.write(content)
        with suppress(ConnectionError):  # an answer may come before all has been taken
            await writer.drain()
        while not reading.whole:
            part = await reader.read(READ)
            if not part:
                raise NoAnswer("closed within an answer") if reading.begun else ConnectionError
            reading.feed(part)
        return reading

    def close(self) -> None:
        """End it; the next request opens another."""
        if self._streams:
            self._streams[1].close()
        self._streams = None
