"""Files that every reader needs: compressed once, and fetched again only when they changed."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
import sys
from asyncio import shield, wrap_future
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

import brotli
from dash import Dash
from dash.fingerprint import check_fingerprint
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from dashboard.serving.refusal import not_allowed

SUITES = "/_dash-component-suites/"
IMMUTABLE = "public, max-age=31536000, immutable"
REVALIDATED = "no-cache"
"""Asked for each time, and answered by 304 while it is the same."""
COMPRESSED = ("text/", "application/javascript", "application/json", "image/svg+xml")
FOR_BROWSERS = (".js", ".css", ".svg", ".png", ".woff2", ".txt")
"""No source maps, which are as large as all the rest."""
ENCODERS: Mapping[str, Callable[[bytes], bytes]] = {
    # Quality 11 would make scripts smaller by another ninth, and take eighty times as long.
    "br": lambda content: brotli.compress(content, quality=5),
    "gzip": lambda content: gzip.compress(content, 9, mtime=0),
    "identity": lambda content: content,
}
"""In the order in which they are preferred."""


@dataclass(frozen=True)
class File:
    """A file of this program or of a library, read when it is first asked for.

    Args:
        read: its content.
        media_type: of the content.
        version: the query that names just this content; with it, it may be kept for ever.
    """

    read: Callable[[], bytes]
    media_type: str
    version: str | None = None


@dataclass(frozen=True)
class Encoded:
    """A file as it is sent."""

    content: bytes
    etag: str


class Files:
    """Answers for the files of a list; whatever else is asked for is passed on.

    No path of a request reaches the file system. Each file is compressed once for each encoding,
    by one thread, however many ask for it at once.
    """

    def __init__(self, app: ASGIApp, files: Mapping[str, File]) -> None:
        """Serve files by their path; those of Dash's suites without their fingerprint."""
        self.app = app
        self.files = files
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="compress")
        self._encoded: dict[tuple[str, str], Future[Encoded]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send a file, or that the browser has it; pass anything else on."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        path, fingerprinted = scope["path"], False
        if path.startswith(SUITES):
            path, fingerprinted = check_fingerprint(path)
        file = self.files.get(path)
        headers = Headers(scope=scope)
        encodings = accepted(headers.get("accept-encoding", ""))
        if file is None:
            return await self.app(understood(scope, encodings), receive, send)
        if scope["method"] not in ("GET", "HEAD"):
            return await not_allowed(scope, "GET, HEAD")(scope, receive, send)
        encoding = encodings[0] if compressible(file.media_type) else "identity"
        # Shielded: whoever goes away must not take from the others what they wait for as well.
        encoded = await shield(wrap_future(self._made(path, file, encoding)))
        named = fingerprinted or scope["query_string"].decode("latin-1") == file.version
        answer = _answer(file, encoded, encoding, headers, IMMUTABLE if named else REVALIDATED)
        return await answer(scope, receive, send)

    def _made(self, path: str, file: File, encoding: str) -> Future[Encoded]:
        """One and the same promise to all who ask."""
        asked = (path, encoding)
        if asked not in self._encoded:
            made = self._encoded[asked] = self._thread.submit(_encode, file, encoding)
            # What failed is tried again by whoever asks next.
            made.add_done_callback(lambda one: one.exception() and self._encoded.pop(asked, None))
            return made
        return self._encoded[asked]


def _encode(file: File, encoding: str) -> Encoded:
    content = file.read()
    digest = hashlib.sha256(content).hexdigest()[:32]
    return Encoded(ENCODERS[encoding](content), f'"{digest}-{encoding}"')


def _answer(file: File, encoded: Encoded, encoding: str, asked: Headers, kept: str) -> Response:
    headers = {"ETag": encoded.etag, "Cache-Control": kept}
    if compressible(file.media_type):
        headers["Vary"] = "Accept-Encoding"
    known = [tag.strip().removeprefix("W/") for tag in asked.get("if-none-match", "").split(",")]
    if encoded.etag in known or known == ["*"]:
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    if encoding != "identity":
        headers["Content-Encoding"] = encoding
    return Response(encoded.content, media_type=file.media_type, headers=headers)


def compressible(media_type: str) -> bool:
    """Whether a content has air in it; pictures and typefaces do not.

    >>> compressible("text/javascript"), compressible("font/woff2")
    (True, False)
    """
    return media_type.startswith(COMPRESSED)


def accepted(header: str) -> list[str]:
    """Encodings that a client takes, ours first; as it is, if it forbids even that.

    >>> accepted("gzip, deflate, br"), accepted("gzip;q=1.0, br;q=0"), accepted("")
    (['br', 'gzip', 'identity'], ['gzip', 'identity'], ['identity'])
    >>> accepted("*"), accepted("br;q=x")
    (['br', 'gzip', 'identity'], ['identity'])
    """
    weights = {"identity": 1.0}
    for part in header.lower().replace(" ", "").split(","):
        name, _, weight = part.partition(";q=")
        weights[name] = _weight(weight)
    usual = weights.get("*", 0.0)
    return [name for name in ENCODERS if weights.get(name, usual) > 0] or ["identity"]


def _weight(text: str) -> float:
    try:
        return float(text or 1)
    except ValueError:
        return 0.0


def understood(scope: Scope, encodings: list[str]) -> Scope:
    """The request with the encodings it takes spelled out, for who only looks for a name."""
    headers = MutableHeaders(raw=list(scope["headers"]))
    headers["accept-encoding"] = ", ".join(encodings)
    return {**scope, "headers": headers.raw}


def of_folder(prefix: str, folder: Path) -> dict[str, File]:
    """Files for browsers below a folder, with the version that Dash gives to links to assets."""
    return {
        f"{prefix}{path.relative_to(folder).as_posix()}": File(
            path.read_bytes, _media_type(path.name), f"m={path.stat().st_mtime}"
        )
        for path in folder.rglob("*")
        if path.suffix in FOR_BROWSERS
    }


def of_suites(app: Dash) -> dict[str, File]:
    """Every script and style sheet that Dash or a library of components has registered."""
    registered = [
        (package, path, Path(str(sys.modules[package].__file__)).parent / path)
        for package, paths in app.registered_paths.items()
        for path in paths
    ]
    return {
        f"{SUITES}{package}/{path}": File(file.read_bytes, _media_type(path))
        for package, path, file in registered
        if file.suffix in FOR_BROWSERS and file.is_file()
    }


def of_library(prefix: str, folder: Path, names: Iterable[str]) -> dict[str, File]:
    """Some files of a library, each with its hash as version."""
    return {
        f"{prefix}{name}": File(
            (folder / name).read_bytes, _media_type(name), version((folder / name).read_bytes())
        )
        for name in names
    }


def version(content: bytes) -> str:
    """The query of an address that changes with a content."""
    return f"v={hashlib.sha256(content).hexdigest()[:12]}"


def _media_type(name: str) -> str:
    return mimetypes.guess_type(name)[0] or "application/octet-stream"
