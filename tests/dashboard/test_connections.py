"""The server under way: what it makes of a connection."""

from __future__ import annotations

import asyncio
import http.client
import json
import resource
import socket
import time
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from starlette.types import Receive, Scope, Send
from uvicorn.config import Config
from uvicorn.server import ServerState

from dashboard.serving import protocol
from dashboard.serving.protocol import LARGEST_HEAD
from tests.browser.chromium import Served, serve
from tests.dashboard.answers import aside
from tests.dashboard.test_serving import CALLBACK, body

USUAL_KEPT_ALIVE_S = 5
"""Of uvicorn, if nothing else is said."""
TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    b"content-length: 0\r\nconnection: close\r\n\r\n"
)


@pytest.fixture(scope="module")
def served(folder: Path) -> Iterator[Served]:
    with serve({"MAEUL_CACHE": str(folder)}) as started:
        yield started


def connected(served: Served) -> http.client.HTTPConnection:
    return http.client.HTTPConnection(urlsplit(served.address).netloc, timeout=20)


def said(served: Served, parts: Iterator[bytes]) -> bytes:
    """What is answered to bytes on a connection, until it is closed; what comes late is lost."""
    port = urlsplit(served.address).port
    with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
        try:
            for part in parts:
                line.sendall(part)
        except ConnectionError:
            pass  # closed while we were still talking, as it must be
        answer = bytearray()
        try:
            while part := line.recv(65_536):
                answer += part
        except ConnectionError:
            pass
    return bytes(answer)


def head(served: Served, path: str, *lines: str, method: str = "GET") -> bytes:
    """The beginning of a request, without the empty line at its end."""
    host = urlsplit(served.address).netloc
    return "\r\n".join([f"{method} {path} HTTP/1.1", f"Host: {host}", *lines, ""]).encode()


def test_a_connection_outlasts_a_reader_s_thoughts(served: Served) -> None:
    """The next request goes over the same one; it would be lost if it had been closed meanwhile."""
    line = connected(served)
    line.request("GET", "/healthz")
    line.getresponse().read()
    own = line.sock
    time.sleep(USUAL_KEPT_ALIVE_S + 1)
    line.request("POST", CALLBACK, json.dumps(body()), {"Content-Type": "application/json"})
    assert line.getresponse().status == 200
    assert line.sock is own
    line.close()


def test_a_websocket_is_no_more_than_an_address_that_is_not_there(served: Served) -> None:
    """No library for it is even asked."""
    answer = said(
        served,
        iter([
            head(
                served, "/_dash-ws-callback", "Upgrade: websocket", "Connection: Upgrade, close",
                "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
                f"Origin: {served.address}",
            ),
            b"\r\n",
        ]),
    )  # fmt: skip
    assert answer.startswith(b"HTTP/1.1 404 ")


@pytest.mark.parametrize("start", ["GET /", "GET / HTTP/1.1\r\nX-A: ", "GET / HTTP/1.1\r\nX"])
def test_a_head_without_end_is_cut_off(served: Served, start: str) -> None:
    """In its address, a value or a name; no more is kept of it than what shows it."""
    before = memory(served)
    parts = (b"x" * 10_000 for _ in range(20_000))
    answer = said(served, chain([start.encode()], parts))
    assert answer in (b"", TOO_LARGE)  # lost where the rest of ours was still under way
    assert memory(served) - before < 20_000_000
    fits = head(served, "/healthz", f"X-A: {'x' * 30_000}", "Connection: close")
    assert said(served, iter([fits, b"\r\n"])).startswith(b"HTTP/1.1 200 ")


def test_who_waits_for_the_answer_is_told_why(served: Served) -> None:
    """One byte more than is read of a head beside its first part."""

    def parts() -> Iterator[bytes]:
        yield head(served, "/", "X-A: ")
        time.sleep(0.3)
        yield b"x" * (LARGEST_HEAD + 1)

    assert said(served, parts()) == TOO_LARGE


def test_neither_has_a_body_whose_length_nobody_tells(served: Served) -> None:
    """In chunks, and after the last of them in trailers."""
    chunked = head(served, CALLBACK, "Transfer-Encoding: chunked", method="POST") + b"\r\n"
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    before = memory(served)
    answer = said(served, iter([chunked, *[chunk] * 1_000]))
    assert answer == b"" or answer.startswith(b"HTTP/1.1 413 ")
    two = said(served, iter([chunked, chunk, chunk]))
    assert two.startswith(b"HTTP/1.1 413 ")
    assert b"send at most 100000 bytes" in two
    trailers = said(served, iter([chunked, b"1\r\nx\r\n0\r\nX-A: ", *[b"x" * 10_000] * 10_000]))
    assert trailers in (b"", TOO_LARGE)
    assert memory(served) - before < 20_000_000


def memory(served: Served) -> int:
    """Resident bytes of the server."""
    pages = int(Path(f"/proc/{served.pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize()


def test_a_request_has_to_come(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection through which half a head comes is closed; one between requests is kept."""
    monkeypatch.setattr(protocol, "LONGEST_REQUEST_S", 0.2)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})

    async def ended() -> list[bytes]:
        config = Config(app, lifespan="off", **protocol.OPTIONS)
        config.load()
        loop, state = asyncio.get_running_loop(), ServerState()
        server = await loop.create_server(
            lambda: protocol.Protocol(config, state, {}), "127.0.0.1", 0
        )
        address = server.sockets[0].getsockname()
        heard = []
        for sent in (b"", b"GET / HTTP/1.1\r\nHost: a", b"GET / HTTP/1.1\r\n\r\n"):
            reader, writer = await asyncio.open_connection(*address)
            writer.write(sent)
            try:
                async with asyncio.timeout(1):
                    heard.append((await reader.read(12)) or b"closed")
                    heard.append((await reader.read()) or b"closed")
            except TimeoutError:
                heard.append(b"kept")
            writer.close()
        server.close()
        return [one for one in heard if not one.startswith(b"\r\n")]

    assert aside(asyncio.run, ended()) == [
        b"closed", b"closed", b"closed", b"closed", b"HTTP/1.1 204", b"kept",
    ]  # fmt: skip
