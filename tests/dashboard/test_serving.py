"""What stands before the application: who is answered, how much is read, what is sent."""

from __future__ import annotations

import gzip
import json
import random
import re
import signal
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import brotli
import pytest
import uvicorn
from dash import get_app
from fastapi.testclient import TestClient
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocketDisconnect

from app import main
from dashboard import geometry, ids
from dashboard.briefing import routes
from dashboard.callbacks import views
from dashboard.server import build
from dashboard.serving import static
from dashboard.serving.backend import SENT
from dashboard.serving.limits import LARGEST_BODY, LARGEST_HEADERS, LONGEST_ADDRESS
from dashboard.settings import Settings, read_settings
from tests.dashboard.answers import client_of

CALLBACK = "/_dash-update-component"
TOKEN = "a-token-for-tests"
SCRIPT = "/_dash-component-suites/plotly/package_data/plotly.min.js"
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[TestClient]:
    with client_of(Settings(cache=folder)) as opened:
        yield opened


@pytest.fixture(scope="module")
def internal(folder: Path) -> Iterator[TestClient]:
    """An internal atlas; its client gives the token only where a test does."""
    with client_of(Settings(cache=folder, audience="internal", token=TOKEN)) as opened:
        del opened.headers["Authorization"]
        yield opened


def body(query: Any = "", **changed: Any) -> dict[str, Any]:
    """What the page sends to paint the map, but for what is changed."""
    return {
        "output": f"{ids.FRAMES}.data",
        "outputs": {"id": ids.FRAMES, "property": "data"},
        "inputs": [{"id": ids.ASKED, "property": "data", "value": query}],
        "changedPropIds": [f"{ids.ASKED}.data"],
        **changed,
    }


# Names


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "127.0.0.1:8050", "localhost:9000", "LOCALHOST", "[::1]:8050"],
)
def test_loopback_answers_to_its_own_names(client: TestClient, host: str) -> None:
    """With any port: it may have been forwarded."""
    assert client.get("/healthz", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example:8050", "evil.example", "127.0.0.1.evil.example", "localhost.", "0.0.0.0",
        "127.0.0.1:8050@evil.example", "127.0.0.1:x", "127.0.0.1, evil.example", "",
    ],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/", "/healthz", "/assets/page.css", "/api/v1/groups", CALLBACK])
def test_no_other_name_reads_what_loopback_serves(client: TestClient, host: str, path: str) -> None:
    """A page elsewhere whose name points here reads nothing, whatever the audience is."""
    answer = client.get(path, headers={"Host": host})
    assert answer.status_code == 421
    assert answer.json() == {
        "detail": f"{host or '–'}: this atlas is not served under this name. It is under "
        "127.0.0.1 localhost [::1]; whoever starts it names others in MAEUL_HOSTS."
    }


def test_a_network_s_atlas_answers_to_any_name_or_to_those_of_a_list(folder: Path) -> None:
    """What is public there is public under every name; with a list, loopback's own are out too."""

    def answers(**settings: Any) -> dict[str, int]:
        client = client_of(Settings(cache=folder, **settings))
        hosts = ("atlas.example.org", "ATLAS.example.org:443", "127.0.0.1", "a b")
        return {host: client.get("/healthz", headers={"Host": host}).status_code for host in hosts}

    names = ("atlas.example.org", "ATLAS.example.org:443", "127.0.0.1", "a b")
    anybody = dict(zip(names, (200, 200, 200, 421), strict=True))
    listed = dict(zip(names, (200, 200, 421, 421), strict=True))
    assert answers(host="0.0.0.0") == anybody
    assert answers(host="0.0.0.0", hosts="atlas.example.org") == listed
    assert answers(host="127.0.0.1", hosts="atlas.example.org") == listed


def test_a_browser_is_told_in_both_languages(client: TestClient) -> None:
    """And what it brought is text, not markup."""
    answer = client.get("/<script>alert(1)</script>", headers=BROWSER)
    assert (answer.status_code, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "<script>" not in answer.text
    shown = "/&lt;script&gt;alert(1)&lt;/script&gt;"
    assert (
        f'<p lang="ko">{shown} — 이런 주소는 없습니다. 아틀라스는 / 에, API 설명은 /docs 에 '
        f'있습니다.</p>\n<p lang="en">There is no {shown}: the atlas is at /, and /docs describes '
        "its API.</p>"
    ) in answer.text


# Other sites


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "http://127.0.0.1:8050"},
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "http://127.0.0.1:8050"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "https://127.0.0.1:8050"},
    ],
)
def test_the_page_and_programs_may_send(client: TestClient, headers: dict[str, str]) -> None:
    """Programs say nothing of a site; behind TLS the page has another scheme than we see."""
    assert client.post(CALLBACK, json=body(), headers=headers).status_code == 200


@pytest.mark.parametrize("content", ["application/json", "text/plain", "multipart/form-data", None])
@pytest.mark.parametrize("path", [CALLBACK, "/api/v1/briefing", "/api/v1/briefing/export", "/"])
@pytest.mark.parametrize(
    ("headers", "named"),
    [
        ({"Origin": "http://evil.example"}, "http://evil.example"),
        ({"Origin": "null"}, "null"),
        ({"Origin": ""}, ""),
        ({"Origin": "http://127.0.0.1:8051"}, "http://127.0.0.1:8051"),
        ({"Origin": "https://127.0.0.1:8050"}, "https://127.0.0.1:8050"),
        ({"Origin": "http://localhost:8050"}, "http://localhost:8050"),
        ({"Sec-Fetch-Site": "cross-site"}, "cross-site"),
        ({"Sec-Fetch-Site": "same-site"}, "same-site"),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, "null"),
        (
            {"Sec-Fetch-Site": "cross-site", "Origin": "http://127.0.0.1:8050"},
            "http://127.0.0.1:8050",
        ),
    ],
)
def test_no_other_site_sends_anything(
    client: TestClient, path: str, content: str | None, headers: dict[str, str], named: str
) -> None:
    """In whatever kind a form can send it; another port of the same machine is another site."""
    kind = {"Content-Type": content} if content else {}
    answer = client.post(path, content=json.dumps(body()), headers={**kind, **headers})
    assert answer.status_code == 403
    assert answer.json() == {
        "detail": f"{named}: what pages of other sites send is refused. Send it from a page of "
        "127.0.0.1:8050; a proxy in between has to pass on Host and X-Forwarded-Proto."
    }


def test_a_link_from_elsewhere_still_opens_the_page(client: TestClient) -> None:
    """Reading is no order."""
    headers = {"Sec-Fetch-Site": "cross-site", "Origin": "http://evil.example"}
    assert client.get("/", headers=headers).status_code == 200


# The token


@pytest.mark.parametrize(
    ("path", "method"),
    [
        ("/", "GET"), ("/?view=density", "GET"), ("/api/v1/groups", "GET"), ("/docs", "GET"),
        ("/assets/page.css", "GET"), ("/geometry/x/points.geojson", "GET"), ("/nowhere", "GET"),
        ("/_dash-layout", "GET"), (CALLBACK, "POST"), ("/api/v1/briefing", "POST"),
        (f"/?token={TOKEN}x", "GET"), ("/?token=", "GET"), (f"/?token={TOKEN}", "POST"),
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "headers",
    [
        {}, {"Authorization": "Bearer wrong"}, {"Authorization": TOKEN},
        {"Authorization": f"Basic {TOKEN}"}, {"Cookie": "maeul-atlas-8050=wrong"},
        {"Cookie": f"maeul-atlas-8051={TOKEN}"}, {"Authorization": "Bearer é".encode("latin-1")},
    ],
)  # fmt: skip
def test_without_the_token_an_internal_atlas_says_nothing(
    internal: TestClient, path: str, method: str, headers: dict[str, Any]
) -> None:
    """Not even whether an address exists."""
    internal.cookies.clear()
    answer = internal.request(method, path, headers=headers)
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert answer.json() == {
        "detail": "This atlas is for an internal audience and asks for a token. Open the address "
        "(?token=…) that is printed where the atlas was started; a program sends the header "
        "“Authorization: Bearer” and the token."
    }


def test_a_browser_without_the_token_learns_where_it_is(internal: TestClient) -> None:
    """In Korean, and in English, and in the atlas's own typeface."""
    internal.cookies.clear()
    answer = internal.get("/", headers=BROWSER)
    assert (answer.status_code, TOKEN in answer.text) == (401, False)
    for path in [*re.findall(r'href="(.*?)"', answer.text), "/assets/fonts/more-1.woff2"]:
        assert internal.get(path).status_code == 200, path
    assert internal.get("/assets/page.css").status_code == 401
    for lang, start in {
        "ko": "이 아틀라스는 내부용이라 토큰이",
        "en": "This atlas is for an",
    }.items():
        assert f'<p lang="{lang}">{start}' in answer.text


@pytest.mark.parametrize(
    ("asked", "there"),
    [
        (f"/?token={TOKEN}", "/"),
        (f"/?view=density&token={TOKEN}&category=%EC%B2%AD", "/?view=density&category=%EC%B2%AD"),
        (f"/methods?%74oken={TOKEN}&token=again", "/methods"),
        (f"//evil.example/x?token={TOKEN}", "/evil.example/x"),
        (f"/\\evil.example?token={TOKEN}", "/%5Cevil.example"),
    ],
)
def test_the_token_leaves_the_address_at_once(internal: TestClient, asked: str, there: str) -> None:
    """For a cookie that no script reads and no other site makes a browser send."""
    internal.cookies.clear()
    answer = internal.send(
        internal.build_request("GET", f"http://127.0.0.1:8050{asked}"), follow_redirects=False
    )
    assert (answer.status_code, answer.content) == (303, b"")
    assert answer.headers["location"] == there
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["set-cookie"] == (
        f"maeul-atlas-8050={TOKEN}; HttpOnly; Path=/; SameSite=strict"
    )


def test_who_has_the_cookie_or_is_a_bearer_reads_all(internal: TestClient) -> None:
    """And nothing that is read tells the token again."""
    internal.cookies.clear()
    opened = internal.get(f"/?view=density&token={TOKEN}")
    assert (opened.status_code, str(opened.url)) == (200, "http://127.0.0.1:8050/?view=density")
    address = {"query": "", "opened": 1}
    page = internal.post(CALLBACK, json=opening(address))
    assert page.status_code == 200
    internal.cookies.clear()
    bearer = {"Authorization": f"bearer {TOKEN}"}
    paths = ("/api/v1/atlas", "/api/v1/groups?year=2012&format=csv", "/openapi.json", "/data")
    answers = [internal.get(path, headers=bearer) for path in paths]
    assert [answer.status_code for answer in answers] == [200] * len(paths)
    assert not any(TOKEN in answer.text for answer in (opened, page, *answers))


def test_the_state_of_the_server_is_no_secret(internal: TestClient, client: TestClient) -> None:
    """But what it serves is, to who has no token."""
    internal.cookies.clear()
    assert internal.get("/healthz").json() == {"status": "ok"}
    known = internal.get("/healthz", headers={"Authorization": f"Bearer {TOKEN}"}).json()
    assert known == client.get("/healthz").json() != {"status": "ok"}


def test_exact_points_are_kept_by_no_cache_that_others_share(
    internal: TestClient, client: TestClient
) -> None:
    """What the public may read, a proxy may keep."""
    bearer = {"Authorization": f"Bearer {TOKEN}"}
    kept = {}
    for name, who in {"internal": internal, "public": client}.items():
        atlas = who.get("/api/v1/atlas", headers=bearer).json()["atlas"]["hash"]
        answer = who.get(
            f"/geometry/{atlas}-{name}-{geometry.FORMAT}/sites.geojson", headers=bearer
        )
        kept[name] = answer.headers["cache-control"]
    assert kept == {
        "internal": "private, max-age=31536000, immutable",
        "public": "public, max-age=31536000, immutable",
    }


def test_all_workers_take_the_token_that_is_printed(
    monkeypatch: pytest.MonkeyPatch, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is made once, by the process that starts them, and printed once one of them answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    chosen = {"CACHE": folder, "AUDIENCE": "internal", "WORKERS": 2, "PORT": port, "TOKEN": ""}
    for name, value in chosen.items():
        monkeypatch.setenv(f"MAEUL_{name}", str(value))
    taken: list[str] = []
    printed: list[str] = []

    def run(*_: object, **__: object) -> None:
        taken.append(read_settings().address)
        printed.append(capsys.readouterr().out)
        with HTTPServer(("127.0.0.1", port), BaseHTTPRequestHandler) as worker:
            worker.handle_request()
        until = time.monotonic() + 20
        while not printed[-1] and time.monotonic() < until:
            printed.append(capsys.readouterr().out)

    monkeypatch.setattr(uvicorn, "run", run)
    assert main([]) == 0
    assert (printed[0], printed[-1]) == ("", f"Maeul Atlas: {taken[0]}\n")
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert re.fullmatch(rf"http://127\.0\.0\.1:{port}/\?token=[A-Za-z0-9_-]{{43}}", taken[0])


# Files


def raw(client: TestClient, path: str, encodings: str, **headers: str) -> Any:
    """An answer whose content is as it was sent."""
    asked = client.build_request("GET", path, headers={"Accept-Encoding": encodings, **headers})
    answer = client.send(asked, stream=True)
    answer.sent = b"".join(answer.iter_raw())
    return answer


@pytest.mark.parametrize(
    ("encodings", "encoding", "decoded"),
    [
        ("gzip, deflate, br, zstd", "br", brotli.decompress),
        ("gzip, deflate", "gzip", gzip.decompress),
        ("br;q=0, gzip;q=0.5", "gzip", gzip.decompress),
        ("br; q=0, gzip; q=0", None, bytes),
        ("", None, bytes),
        ("*", "br", brotli.decompress),
        ("*;q=0, identity", None, bytes),
        ("br;q=none", None, bytes),
    ],
)
def test_a_script_comes_as_the_browser_takes_it(
    client: TestClient, encodings: str, encoding: str | None, decoded: Callable[[bytes], bytes]
) -> None:
    """The same content each time, under a tag of its own for each encoding."""
    answer = raw(client, SCRIPT, encodings)
    assert (answer.status_code, answer.headers.get("content-encoding")) == (200, encoding)
    assert answer.headers["vary"] == "Accept-Encoding"
    assert int(answer.headers["content-length"]) == len(answer.sent)
    whole = Path(str(static.of_suites(get_app())[SCRIPT].read.__self__)).read_bytes()  # type: ignore[attr-defined]
    assert decoded(answer.sent) == whole
    again = raw(client, SCRIPT, encodings, **{"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.sent, again.headers["etag"]) == (
        304, b"", answer.headers["etag"],
    )  # fmt: skip
    assert answer.headers["etag"].endswith(f'-{encoding or "identity"}"')


def test_a_file_is_compressed_once_however_many_ask(
    monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    """Forty readers at once, and forty later."""
    made = []

    def count(content: bytes) -> bytes:
        made.append(len(content))
        return brotli.compress(content, quality=5)

    monkeypatch.setitem(static.ENCODERS, "br", count)  # type: ignore[arg-type]  # a dictionary
    with client_of(Settings(cache=folder)) as client, ThreadPoolExecutor(40) as readers:
        answers = list(readers.map(lambda _: raw(client, SCRIPT, "br").sent, range(80)))
    assert (len(made), len(set(answers))) == (1, 1)


def test_what_its_address_names_is_never_asked_for_again(client: TestClient) -> None:
    """Every script and style sheet of the page; what has no such name is asked for each time."""
    page = client.get("/").text
    links = [
        part.split('"')[0] for mark in ('src="', 'link rel="stylesheet" href="')
        for part in page.split(mark)[1:]
    ]  # fmt: skip
    kept = {link: client.get(link).headers["cache-control"] for link in links}
    assert len(kept) > 15
    assert set(kept.values()) == {static.IMMUTABLE}
    others = [
        SCRIPT, "/assets/page.css", "/assets/page.css?m=1", "/vendor/maplibre-gl.js",
        "/vendor/maplibre-gl.js?v=000000000000", "/static-offline-docs/swagger-ui.css",
        "/assets/fonts/core.woff2",
    ]  # fmt: skip
    assert {client.get(link).headers["cache-control"] for link in others} == {"no-cache"}


def test_pictures_and_typefaces_are_sent_as_they_are(client: TestClient) -> None:
    """They are compressed already; so are Office's files."""
    for path in (
        "/assets/fonts/core.woff2", "/static-offline-docs/favicon.png", "/embed/core.woff2",
        "/api/v1/groups?year=2012&format=xlsx", "/api/v1/groups?year=2012&format=parquet",
    ):  # fmt: skip
        answer = raw(client, path, "gzip, br")
        assert (answer.status_code, "content-encoding" in answer.headers) == (200, False), path


def test_tables_are_compressed_unless_that_is_refused(client: TestClient) -> None:
    """As files are, with a weight of nothing."""
    path = "/api/v1/groups?year=2012"
    plain = raw(client, path, "gzip;q=0")
    assert "content-encoding" not in plain.headers
    zipped = raw(client, path, "gzip, br")
    assert (zipped.headers["content-encoding"], zipped.headers["vary"]) == (
        "gzip", "Accept-Encoding",
    )  # fmt: skip
    assert gzip.decompress(zipped.sent) == plain.sent
    atlas = client.get("/api/v1/atlas").json()["atlas"]["hash"]
    layer = f"/geometry/{atlas}-public-{geometry.FORMAT}/sites.geojson"
    shapes = raw(client, layer, "gzip;q=0")
    assert "content-encoding" not in shapes.headers
    assert gzip.decompress(raw(client, layer, "gzip").sent) == shapes.sent


def test_a_file_s_head_is_that_of_the_file(client: TestClient) -> None:
    """Without its content."""
    headers = {"Accept-Encoding": "gzip"}
    head, whole = (client.request(m, SCRIPT, headers=headers).headers for m in ("HEAD", "GET"))
    assert head == whole


# Paths and methods


@pytest.mark.parametrize(
    "path",
    [
        "/.env", "/wp-login.php", "/index.html", "/assets", "/assets/", "/assets/../app.py",
        "/assets/%2e%2e/app.py", "/assets/fonts/build.py", "/vendor/secret.js", "/_dash-nothing",
        "/_dash-component-suites/os/path.py", "/_dash-component-suites/dash/dash.py",
        "/_dash-component-suites/plotly/../os/path.py", "/_dash-component-suites/dash",
        "/_dash-component-suites/dash_ag_grid/dash_ag_grid.min.js.map",
        "/static-offline-docs/none.js", "/한글",
    ],
)  # fmt: skip
def test_what_is_not_there_is_not_found(client: TestClient, path: str) -> None:
    """Neither the page nor a fault."""
    answer = client.get(path)
    shown = answer.request.url.path
    assert answer.status_code == 404
    assert answer.json() == {
        "detail": f"There is no {shown}: the atlas is at /, and /docs describes its API."
    }


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("POST", "/", "GET"), ("DELETE", "/api/v1/atlas", "GET"), ("GET", CALLBACK, "POST"),
        ("PUT", SCRIPT, "GET, HEAD"), ("BREW", "/healthz", "GET"), ("TRACE", "/", "GET"),
    ],
)  # fmt: skip
def test_another_method_is_refused_with_those_there_are(
    client: TestClient, method: str, path: str, allow: str
) -> None:
    """405, as HTTP has it."""
    answer = client.request(method, path)
    assert (answer.status_code, answer.headers["allow"]) == (405, allow)
    assert answer.json() == {"detail": f"{method} is not allowed here: choose {allow}."}


def test_no_websocket_is_served(client: TestClient) -> None:
    """Nothing of ours uses Dash's, so there is none to be attacked, and the page knows of none."""
    assert not any(isinstance(route, WebSocketRoute) for route in get_app().server.routes)
    assert '"websocket"' not in client.get("/").text
    with (
        pytest.raises(WebSocketDisconnect),
        client.websocket_connect("/_dash-ws-callback", headers={"Origin": "http://127.0.0.1:8050"}),
    ):
        pass


# Sizes


def test_a_body_has_an_end(client: TestClient) -> None:
    """Whether its length is told or not; a briefing has an end of its own."""
    most = json.dumps(body()).encode().ljust(LARGEST_BODY)
    headers = {"Content-Type": "application/json"}

    def parts(size: int) -> Iterator[bytes]:
        yield from (most[start : start + 1_000] for start in range(0, LARGEST_BODY, 1_000))
        yield b" " * (size - LARGEST_BODY)

    for content in (most, parts(LARGEST_BODY)):
        assert client.post(CALLBACK, content=content, headers=headers).status_code == 200
    for path in (CALLBACK, "/", "/nowhere", "/docs"):
        for content in (most + b" ", parts(LARGEST_BODY + 1)):
            answer = client.post(path, content=content, headers=headers)
            assert (answer.status_code, answer.headers["connection"]) == (413, "close")
            assert answer.json() == {
                "detail": "What was sent is too large: send at most 100000 bytes."
            }
    briefing = client.post("/api/v1/briefing?lang=en", content=b"#" * 300_000)
    assert briefing.status_code == 413
    assert "briefing" in briefing.json()["detail"]
    asked = client.request("GET", "/", content=most + b" ")
    assert asked.status_code == 413


@pytest.mark.parametrize("path", routes.LARGER)
def test_a_briefing_s_body_has_an_end_before_any_process_sees_it(folder: Path, path: str) -> None:
    """Half a megabyte as JSON; a process would get a copy of whatever came."""
    with TestClient(build(Settings(cache=folder), 1), base_url="http://127.0.0.1:8050") as client:
        for headers in ({}, {"Content-Type": "application/json"}):
            answer = client.post(f"{path}?to=pdf", content=b" " * 600_000, headers=headers)
            said = "What was sent is too large: send at most 524288 bytes."
            assert (answer.status_code, answer.json()) == (413, {"detail": said})


def test_an_address_and_headers_have_an_end(client: TestClient) -> None:
    """As long as is allowed, and one byte more."""
    start = "/?category="
    fits = start + "x" * (LONGEST_ADDRESS - len(start) + 1)  # the question mark is in neither part
    assert client.get(fits).status_code == 200
    long = client.get(f"{fits}x")
    assert (long.status_code, long.json()) == (
        414, {"detail": "The address is too long: give at most 16000 bytes."},
    )  # fmt: skip
    wide = client.get("/", headers={"X-A": "x" * LARGEST_HEADERS})
    assert (wide.status_code, wide.json()) == (
        431,
        {
            "detail": "The request's headers are too large: send at most 32000 bytes. Try without "
            "the cookies of this host."
        },
    )


# Callbacks


def opening(address: Any) -> dict[str, Any]:
    """What the page sends when it is opened."""
    outputs = [
        (ids.OPENED, "data"), (ids.HEADER, "children"), (ids.CONTROLS, "children"),
        (ids.TIMELINE, "children"), (ids.MAP_BUTTONS, "children"), (ids.SOURCES, "children"),
        (ids.NOTICES, "children"),
    ]  # fmt: skip
    return {
        "output": f"..{'...'.join('.'.join(one) for one in outputs)}..",
        "outputs": [{"id": component, "property": name} for component, name in outputs],
        "inputs": [{"id": ids.ADDRESS, "property": "data", "value": address}],
        "changedPropIds": [f"{ids.ADDRESS}.data"],
    }


OFFERED = (
    "..opened.data...header.children...controls.children...timeline.children..."
    "map-buttons.children...sources.children...notices.children.., frames.data, "
    "..legend.children...crumbs.children...headline.children...panel.children..."
    "downloads.children.., table.children"
)


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (None, "send a JSON object, as application/json"),
        ([], "send a JSON object, as application/json"),
        ({}, f"output (NoneType) is not known, choose {OFFERED}"),
        (body(output="asked.data"), f"output 'asked.data' is not known, choose {OFFERED}"),
        (body(output={"a": []}), f"output (dict) is not known, choose {OFFERED}"),
        (body(outputs=[]), "outputs (list) is wrong, give {'id': 'frames', 'property': 'data'}"),
        (body(inputs="asked"), "inputs 'asked' is wrong, give ['asked.data'] in this order"),
        (body(inputs=[]), "inputs (list) is wrong, give ['asked.data'] in this order"),
        (body(inputs=[[]]), "inputs (list) is wrong, give ['asked.data'] in this order"),
        (
            body(inputs=[{"id": {"x": "y"}, "property": "data"}]),
            "inputs (list) is wrong, give ['asked.data'] in this order",
        ),
        (body(state=[{"id": 1}]), "state (list) is wrong, give [] in this order"),
        (
            body(changedPropIds=[["x"]]),
            "changedPropIds (list) is wrong, give a list of ['asked.data']",
        ),
        (body(5), "the value of asked.data (int) is wrong, give a text"),
        (body(["view=density"]), "the value of asked.data (list) is wrong, give a text"),
        (body("\ud800"), "the value of asked.data '\\ud800' is wrong, give a text"),
        *(
            (
                opening(address),
                f"the value of address.data ({type(address).__name__}) is wrong, give an object "
                "with query, a text, and opened, a number",
            )
            for address in (
                None, 1, {}, {"query": ""}, {"query": None, "opened": 1},
                {"query": "", "opened": True}, {"query": "", "opened": 1e400},
                {"query": "", "opened": -1}, {"query": "", "opened": 2**53},
                {"query": "", "opened": 1, "more": 1},
            )
        ),
    ],
)  # fmt: skip
def test_what_no_page_sends_is_refused_in_a_sentence(
    client: TestClient, sent: Any, said: str
) -> None:
    """It names what is wrong and what is allowed, and is no fault of the server."""
    headers = {"Content-Type": "application/json"}
    answer = client.post(CALLBACK, content=json.dumps(sent), headers=headers)
    assert answer.json() == {"detail": f"This is no callback of the page: {said}."}
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", "application/json"),
        (b"{", "application/json"),
        (b"\xff\xfe{}", "application/json"),
        (b"[" * 90_000, "application/json"),
        (b'{"output":' * 9_000, "application/json"),
        (b'{"output":' + b"9" * 90_000 + b"}", "application/json"),
        (json.dumps(body()).encode(), "text/plain"),
        (json.dumps(body()).encode(), ""),
    ],
)
def test_what_is_no_json_is_refused(client: TestClient, content: bytes, kind: str) -> None:
    """Broken, endless in depth or in digits, or not said to be JSON."""
    answer = client.post(CALLBACK, content=content, headers={"Content-Type": kind})
    assert (answer.status_code, answer.json()) == (
        400,
        {"detail": "This is no callback of the page: send a JSON object, as application/json."},
    )


def test_malformed_callbacks_are_no_fault_of_the_server(client: TestClient) -> None:
    """Four hundred bodies of the page's own, each with something hostile somewhere."""
    dice = random.Random(19)
    deep: Any = "x"
    for _ in range(300):
        deep = [deep] if dice.random() < 0.5 else {"id": deep}
    hostile = [
        None, True, -1, 0, 2**70, 1e308, float("nan"), float("inf"), "", "..", "\x00", "\ud800",
        "..a.b...c.d..", "__proto__", "x" * 5_000, [], {}, [[]], {"id": {}}, deep, [deep] * 3,
        {"id": ["ALL"], "property": None}, "frames.data", "table.children",
    ]  # fmt: skip
    statuses = []
    for _ in range(400):
        sent = dice.choice([body(), opening({"query": "", "opened": 1})])
        sent["outputs" if dice.random() < 0.1 else "unknown"] = dice.choice(hostile)
        _spoil(sent, dice, hostile)
        content = json.dumps(sent).encode()
        if dice.random() < 0.2:
            cut = dice.randrange(len(content))
            content = content[:cut] + dice.randbytes(dice.randrange(4)) + content[cut + 2 :]
        headers = {"Content-Type": "application/json"}
        statuses.append(client.post(CALLBACK, content=content, headers=headers).status_code)
    assert set(statuses) == {400}


def _spoil(sent: dict[str, Any], dice: random.Random, hostile: list[Any]) -> None:
    """Put something hostile in the place of something that a callback needs."""
    where = dice.choice(["output", "outputs", "inputs", "changedPropIds", "item", "value"])
    if where in sent:
        sent[where] = dice.choice([one for one in hostile if one not in ("frames.data", [])])
    elif where == "item":
        item = dict(sent["inputs"][0])
        item[dice.choice(["id", "property"])] = dice.choice(hostile)
        sent["inputs"] = [item] * dice.randrange(1, 3)
    else:
        wrong = [one for one in hostile if not isinstance(one, str)]
        sent["inputs"] = [{**sent["inputs"][0], "value": dice.choice(wrong)}]


def test_a_fault_of_ours_stays_one(
    monkeypatch: pytest.MonkeyPatch, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """500, and whoever runs the server reads what happened."""

    def fail(*_: Any) -> None:
        raise TypeError("a fault of ours")

    monkeypatch.setattr(views, "parse", fail)
    with client_of(Settings(cache=folder)) as client:
        assert client.post(CALLBACK, json=body()).status_code == 500
    assert "TypeError: a fault of ours" in capsys.readouterr().err


def test_every_callback_says_what_it_is_sent(folder: Path) -> None:
    """Without that it would be refused."""
    build(Settings(cache=folder))
    callbacks = [one for one in get_app().callback_map.values() if "callback" in one]
    parts = [part for one in callbacks for part in (*one["inputs"], *one["state"])]
    assert {f"{part['id']}.{part['property']}" for part in parts} == set(SENT)


def test_a_question_has_no_body(client: TestClient) -> None:
    """Of a GET, an OPTIONS or a HEAD none is read, however it comes."""
    for method in ("GET", "OPTIONS", "HEAD"):
        for content in (b"x", iter([b"x", b"y"])):
            answer = client.request(method, "/api/v1/density", content=content)
            assert answer.status_code == 413, method


@pytest.mark.parametrize(
    "path", ["/%0A", "/methods/%0A", "/healthz%0D", "/_dash-component-suites/%00/x.js"]
)
def test_an_address_has_no_line_breaks(client: TestClient, path: str) -> None:
    """Nor any other sign that cannot be seen: there is no such page."""
    answer = client.get(path)
    assert answer.status_code == 404
    shown = path.replace("%0A", r"\n").replace("%0D", r"\r").replace("%00", r"\x00")
    assert answer.json() == {
        "detail": f"There is no {shown}: the atlas is at /, and /docs describes its API."
    }
