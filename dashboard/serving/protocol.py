"""How the server reads from a connection, and how long it keeps one."""

from __future__ import annotations

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
    """HTTP/1.1 whose heads have an end; its parser would collect one for as long as it comes."""

    _beside = 0

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
        super().on_message_begin()

    def on_body(self, body: bytes) -> None:
        """A body counts for itself."""
        self._beside -= len(body)
        super().on_body(body)

    def _unsupported_upgrade_warning(self) -> None:
        """No websocket is served, which is no news to whoever reads the log."""
