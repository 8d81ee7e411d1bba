"""A little of `make attack`: it does what it says, and a server withstands some of each."""

from __future__ import annotations

import asyncio
import copy
import io
import json
import random
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from starlette.routing import BaseRoute

from benchmarks.attack import crowd, fuzz, known, shots
from benchmarks.attack.rows import Row, table
from benchmarks.attack.wire import Connection
from dashboard.server import build
from dashboard.settings import Settings
from tests.browser import chromium
from tests.browser.chromium import Served
from tests.dashboard.answers import aside


@pytest.fixture(scope="module")
def served(folder: Path) -> Iterator[Served]:
    with chromium.serve({"MAEUL_CACHE": str(folder)}) as one:
        yield one


@pytest.fixture(scope="module")
def learnt(served: Served) -> known.Known:
    return known.learn(served.address)


def test_wrong_requests_end_in_no_error(served: Served, learnt: known.Known) -> None:
    """Hostile texts, malformed callbacks and briefings, and what the API's description forbids."""
    failed = io.StringIO()
    rows = aside(fuzz.attack, served, fuzz.cheap(learnt, 500), fuzz.Tally(failed))
    assert [row for row in rows if not row.met] == [], failed.getvalue()[:5_000]


def test_every_route_is_attacked(learnt: known.Known) -> None:
    """A route that is new is fuzzed, or this fails."""

    def paths(routes: Iterable[BaseRoute]) -> Iterator[str]:
        for route in routes:
            included = getattr(route, "original_router", None)
            if included is None:
                yield route.path.replace(":path}", "}")  # type: ignore[attr-defined]
            else:
                yield from paths(included.routes)

    # what is mounted is a folder
    attacked = {*shots.PAGES, *learnt.described["paths"], "/assets", "/static-offline-docs"}
    assert set(paths(build(Settings()).routes)) - attacked == set()


def test_the_same_seed_gives_the_same_requests(learnt: known.Known) -> None:
    """A failure that was seen once can be seen again; no kind and no route is forgotten."""
    made = shots.shots(learnt, 300, seed=5)
    assert made == shots.shots(learnt, 300, seed=5)
    assert len(made) == 300
    assert {shot.kind for shot in made} == {
        "described, right", "described, wrong", "hostile", "callbacks", "valid callbacks",
        "briefings", "valid questions",
    }  # fmt: skip
    hostile = shots.hostile(learnt, random.Random(5), 1_500)
    assert hostile != shots.hostile(learnt, random.Random(6), 1_500)
    targets = {shot.target.partition(b"?")[0].decode("latin-1") for shot in hostile}
    assert {path for path in learnt.routes if "{" not in path} - targets == set()


def test_a_callback_is_built_as_the_page_sends_it(learnt: known.Known) -> None:
    """As the browser's own request for the table of 2013."""
    one = next(one for one in learnt.callbacks if one["output"] == "table.children")
    assert json.loads(known.callback(one, "year=2013").body) == {
        "output": "table.children",
        "outputs": {"id": "table", "property": "children"},
        "inputs": [{"id": "painted", "property": "data", "value": "year=2013"}],
        "changedPropIds": ["painted.data"],
        "parsedChangedPropsIds": ["painted.data"],
    }


def test_what_is_bent_differs_by_one_piece() -> None:
    """The pieces that stay are the pieces that were; nothing bends the stock of junk."""
    before = json.dumps(shots.JUNK)
    rng, whole = random.Random(1), {"a": [1, 2, {"b": "c"}], "d": None}
    made = {json.dumps(shots.bent(copy.deepcopy(whole), rng)) for _ in range(200)}
    assert len(made) > 50
    assert json.dumps(shots.JUNK) == before


WHOLE = b"HTTP/1.1 %s\r\nContent-Length: 2\r\n\r\nok"
WAIT = b"wait"


async def shot_at(answers: list[bytes]) -> tuple[fuzz.Tally, list[str], int]:
    """What is put down of a server that gives these answers in turn: b"" hangs up, WAIT hangs."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with closing(writer):
            while answers and await reader.read(1 << 16):
                answer = answers.pop(0)
                if answer == WAIT:
                    await asyncio.sleep(2)
                if not answer:
                    return
                writer.write(answer)

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()[:2]
    connection, failed = Connection(host, port), io.StringIO()
    tally = fuzz.Tally(failed)
    for number in range(len(answers)):
        shot = known.Shot("hostile", "GET", b"/%d" % number)
        await fuzz.shoot(connection, f"{host}:{port}", number, shot, tally)
    connection.close()
    server.close()
    said = [json.loads(line)["said"] for line in failed.getvalue().splitlines()]
    return tally, said, connection.met_closed


def test_what_a_server_may_not_do_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """An error, a refusal that does not say when to come again, silence, no end: each in words."""
    monkeypatch.setattr(fuzz, "HANG_S", 0.3)
    again = b"HTTP/1.1 503 x\r\nRetry-After: 2\r\nContent-Length: 0\r\n\r\n"
    answers = [
        WHOLE % b"200 x",
        WHOLE % b"500 x",
        again,
        WHOLE % b"503 x",
        b"",
        b"junk\r\n\r\n",
        WAIT,
    ]
    tally, said, _ = aside(asyncio.run, shot_at(answers))
    assert said == [
        "500 ok",
        "503 ok",
        "closed without an answer",
        "no answer of HTTP: b'junk\\r\\n\\r\\n'",
        "nothing for 0.3 s",
    ]
    tally.fired = 7
    assert fuzz.rows(tally, [500.0, 601.0]) == [
        Row("fuzz: errors of the server in 7 requests", "2", "0", False),
        Row("fuzz: hangs over 0.3 s in 7 requests", "1", "0", False),
        Row("fuzz: closed without an answer in 7 requests", "2", "0", False),
        Row("fuzz: told when to come again", "1", "told", True),
        Row("fuzz: memory after the first 5,000", "+101 MB, to 601", "+100 MB", False),
    ]


def test_a_connection_serves_one_answer_after_the_other() -> None:
    """In chunks, after "go on", and anew where the server had closed it meanwhile."""
    chunks = b"HTTP/1.1 200 x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n"
    goes_on = b"HTTP/1.1 100 Continue\r\n\r\n" + WHOLE % b"404 x"
    closes = b"HTTP/1.1 200 x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
    tally, said, met_closed = aside(asyncio.run, shot_at([chunks, goes_on, closes, chunks]))
    assert said == []
    assert tally.answers == {("hostile", 200): 3, ("hostile", 404): 1}
    assert met_closed == 0  # it had been told


def test_viewers_see_the_page_and_change_it(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each gets the first view whole and every change, without an error."""
    monkeypatch.setattr(crowd, "LOOKS_S", (0.1, 0.2))
    monkeypatch.setattr(crowd, "RESTS_S", (0.1, 0.2))
    seen = aside(asyncio.run, crowd.come(served.address, 2, 2))
    assert seen.errors == []
    assert len(seen.first) == 2
    assert len(seen.changes) >= 2


def test_the_table_shows_what_gave_way() -> None:
    """A miss is seen at the beginning of its line."""
    rows = [Row("flipped bits", "0", "0", True), Row("hangs", "12", "0", False)]
    assert table(rows) == "ok    flipped bits   0  0\nMISS  hangs         12  0"
