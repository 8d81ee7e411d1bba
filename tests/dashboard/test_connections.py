"""The server under way: what it makes of a connection."""

from __future__ import annotations

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

from dashboard.serving.protocol import LARGEST_HEAD
from tests.browser.chromium import Served, serve
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
