"""Who is spoken to: names that are served, and no orders from other sites."""

from __future__ import annotations

import re
from collections.abc import Collection
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from dashboard.serving.refusal import refusal

HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(:[0-9]{1,5})?")
ONLY_READ = ("GET", "HEAD", "OPTIONS")


class Hosts:
    """Lets pass what is addressed to a served name, and orders that no other site gave.

    A page elsewhere whose name points at this machine reads whatever answers to that name (DNS
    rebinding), and a form elsewhere may post here. Browsers tell of both.
    """

    def __init__(self, app: ASGIApp, names: Collection[str]) -> None:
        """Serve these names, in lower case, with any port; none: every name."""
        self.app = app
        self.names = names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or say why not."""
        refused = self._refused(scope) if scope["type"] == "http" else None
        await (refused or self.app)(scope, receive, send)

    def _refused(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        given = headers.getlist("host")
        found = HOST.fullmatch(given[0]) if len(given) == 1 else None
        if found is None or (self.names and found[1].lower() not in self.names):
            return refusal(
                scope,
                HTTPStatus.MISDIRECTED_REQUEST,
                "host" if self.names else "no_host",
                host=", ".join(given) or "–",
                names=" ".join(self.names),
            )
        if scope["method"] not in ONLY_READ and is_cross_site(scope, headers):
            origin = headers.get("origin", headers.get("sec-fetch-site"))
            return refusal(
                scope, HTTPStatus.FORBIDDEN, "cross_site", origin=origin, host=found.group()
            )
        return None


def is_cross_site(scope: Scope, headers: Headers) -> bool:
    """Whether a browser says that another site's page sends this; programs say nothing of it.

    A browser that reached us through a proxy with TLS has another scheme than we see: then it
    has to say itself that the page is ours.
    """
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site not in (None, "none", "same-origin"):
        return True
    schemes = {scope["scheme"], "https"} if site == "same-origin" else {scope["scheme"]}
    own = {f"{scheme}://{headers['host']}".lower() for scheme in schemes}
    return origin is not None and origin.lower() not in own
