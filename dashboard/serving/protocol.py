"""How the server reads from a connection, and how long it keeps one."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

LARGEST_HEAD = 64_000
"""Bytes of a request beside its body, after the first that are read; less is for `Limits`."""
TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    b"content-length: 0\r\nconnection: close\r\n\r\n"
)
KEPT_ALIVE_S = 600
"""Browsers let go of a connection that nothing came through for five minutes (Chromium) or less.
So it is never the server that closes one while a reader's next request is on its way."""
LONGEST_REQUEST_S = 120
"""In which a request has to come; browsers let go of what they opened and do not use sooner."""
OPTIONS: dict[str, Any] = {
    "http": "dashboard.serving.protocol:Protocol",
    "ws": "none",
    "timeout_keep_alive": KEPT_ALIVE_S,
    "timeout_graceful_shutdown": 5,  # seconds; a question may take minutes
    "log_level": "warning",
    "access_log": False,  # an address may hold the token, and what somebody looked at
    "server_header": False,
}
"""For uvicorn."""


class Protocol(HttpToolsProtocol):
    """HTTP/1.1 whose requests have an end: in bytes, and in time.

    Its parser would collect a head for as long as one comes, and a connection through which
    nothing comes would be kept for ever: some hundreds of them, and nobody else has one.
    """

    _beside = 0
    _coming: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """The first request has to come."""
        super().connection_made(transport)
        self._await_request()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing comes any more."""
        self._has_come()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count what comes, less the bodies, since the request began."""
        self._beside += len(data)
        super().data_received(data)
        if self._beside > LARGEST_HEAD and not self.transport.is_closing():
            self.transport.write(TOO_LARGE)
            self.transport.close()

    def on_message_begin(self) -> None:
        """A request begins: what of it came already is at most what is read at once."""
        self._beside = 0
        self._await_request()
        super().on_message_begin()

    def on_message_complete(self) -> None:
        """The request is there; until the next one begins the connection is kept as it is."""
        self._has_come()
        super().on_message_complete()

    def on_body(self, body: bytes) -> None:
        """A body counts for itself."""
        self._beside -= len(body)
        super().on_body(body)

    def _await_request(self) -> None:
        self._has_come()
        self._coming = self.loop.call_later(LONGEST_REQUEST_S, self.transport.close)

    def _has_come(self) -> None:
        if self._coming is not None:
            self._coming.cancel()
            self._coming = None

    def _unsupported_upgrade_warning(self) -> None:
        """No websocket is served, which is no news to whoever reads the log."""
