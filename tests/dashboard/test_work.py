"""A reader never waits for another: what takes long is answered apart, once, and told of."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from dashboard import ids, work
from dashboard.server import build
from dashboard.settings import Settings
from dashboard.work import Answer, Computer, Question, played
from tests.dashboard.answers import aside
from tests.dashboard.slowly import (
    DEADLY,
    HOLD,
    LONGEST_S,
    serve_late,
    serve_nothing,
    serve_small,
    small,
    total,
)

Made = Callable[..., tuple[FastAPI, Computer]]
HOST = ((b"host", b"127.0.0.1"),)
"""A name that is served."""


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Made]:
    """Makes applications with a process each, which end with the test; they wait for answers."""
    monkeypatch.setattr(work, "LONGEST_WAIT_S", LONGEST_S)
    computers: list[Computer] = []

    def make(serve: Any = None) -> tuple[FastAPI, Computer]:
        computers.append(Computer(serve or partial(serve_small, tmp_path), "a1"))
        return small(tmp_path, (computers[-1],)), computers[-1]

    yield make
    for computer in computers:
        computer.close()


async def get(server: FastAPI, path: str, query: str = "") -> Answer:
    return await played(server, server, Question("GET", path, query.encode()))


async def begun(folder: Path, n: int, times: int = 1) -> None:
    """Wait until something is measured."""
    until, sign = time.monotonic() + LONGEST_S, folder / f"made {n}"
    while not sign.is_file() or len(sign.read_text().split()) < times:
        assert time.monotonic() < until, "nobody began to measure"
        await asyncio.sleep(0.01)


def test_nobody_waits_for_what_takes_long(tmp_path: Path, made: Made) -> None:
    """While it is measured, the server's health and another question are answered."""
    server, _ = made()

    async def ask() -> None:
        (tmp_path / HOLD).touch()
        slow = asyncio.create_task(get(server, "/api/v1/slow", "n=1"))
        await begun(tmp_path, 1)
        others = await asyncio.gather(get(server, "/healthz"), get(server, "/api/v1/quick"))
        assert not slow.done()
        (tmp_path / HOLD).unlink()
        assert [one.body for one in others] == [b'"ok"', str(os.getpid()).encode()]
        told, who = json.loads((await slow).body)
        assert told == total(1)
        assert who != os.getpid()
        # What was kept is answered here.
        assert json.loads((await get(server, "/api/v1/slow", "n=1")).body) == [told, os.getpid()]

    aside(asyncio.run, ask())


def test_equal_questions_are_measured_once(tmp_path: Path, made: Made) -> None:
    """However many ask two servers, a table of theirs is made once."""
    servers = [made()[0], made()[0]]

    async def ask() -> list[Answer]:
        asked = (get(server, "/api/v1/slow", "n=2") for server in servers for _ in range(45))
        return await asyncio.gather(*asked)

    answers = aside(asyncio.run, ask())
    assert {json.loads(one.body)[0] for one in answers} == {total(2)}
    assert len((tmp_path / "made 2").read_text().split()) == 1


def test_too_many_are_asked_to_come_again(
    tmp_path: Path, made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Different questions beyond the limit get 503 with a time at once; others do not mind."""
    monkeypatch.setattr(work, "MOST_WAITING", 1)
    server, _ = made()

    async def ask() -> list[Answer]:
        (tmp_path / HOLD).touch()
        first = asyncio.create_task(get(server, "/api/v1/slow", "n=3"))
        await begun(tmp_path, 3)
        turned = await get(server, "/api/v1/slow", "n=5")
        assert (await get(server, "/api/v1/quick")).status == 200
        assert not first.done()
        (tmp_path / HOLD).unlink()
        return [turned, await first]

    turned, answer = aside(asyncio.run, ask())
    assert answer.status == 200
    assert turned.status == 503
    headers = dict(turned.headers)
    seconds = int(headers[b"retry-after"])
    assert 2 <= seconds <= 60
    said = f"Too many questions are being answered just now: come again in {seconds} seconds."
    assert json.loads(turned.body) == {"detail": said}


def test_an_answer_that_takes_long_is_there_for_whoever_comes_again(
    tmp_path: Path, made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody is held for long; the question is gone on with, and measured once."""
    (tmp_path / "kept").write_text("no folder: nothing is kept on disk", encoding="utf-8")
    monkeypatch.setattr(work, "LONGEST_WAIT_S", 0.5)
    server, _ = made()

    async def ask() -> list[Answer]:
        (tmp_path / HOLD).touch()
        answers = [await get(server, "/api/v1/slow", "n=14") for _ in range(2)]
        await begun(tmp_path, 14)
        (tmp_path / HOLD).unlink()
        until = time.monotonic() + LONGEST_S
        while answers[-1].status == 503 and time.monotonic() < until:
            answers.append(await get(server, "/api/v1/slow", "n=14"))
        return answers

    *turned, answer = aside(asyncio.run, ask())
    assert len(turned) >= 2
    headers = dict(turned[0].headers)
    seconds = int(headers[b"retry-after"])
    said = f"This question is still being answered: come again in {seconds} seconds."
    assert json.loads(turned[0].body) == {"detail": said}
    assert headers[b"refresh"] == headers[b"retry-after"]
    assert json.loads(answer.body)[0] == total(14)
    assert len((tmp_path / "made 14").read_text().split()) == 1


def test_the_page_is_told_that_its_answer_comes_later(
    tmp_path: Path, made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    """202 is no error in a browser's console; where too many wait it is 503 for the page too."""
    monkeypatch.setattr(work, "LONGEST_WAIT_S", 0.0)
    server, _ = made()

    async def ask(body: bytes) -> Answer:
        return await played(server, server, Question("POST", work.CALLBACKS, body=body))

    async def both() -> list[Answer]:
        later = await ask(b"{}")
        monkeypatch.setattr(work, "MOST_AT_ONCE", 0)
        return [later, await ask(b"[]")]

    answers = aside(asyncio.run, both())
    told = [(one.status, dict(one.headers)[b"retry-after"]) for one in answers]
    assert told == [(202, b"5"), (503, b"2")]


def test_a_frame_comes_again_by_itself(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    """A browser gets a page in both languages that is loaded anew, in another's page too."""
    monkeypatch.setattr(work, "MOST_AT_ONCE", 0)
    server, _ = made()
    asked = Question("GET", "/embed", accepts=((b"accept", b"text/html"),))
    answer = aside(asyncio.run, played(server, server, asked))
    assert (answer.status, dict(answer.headers)[b"refresh"]) == (503, b"2")
    page = answer.body.decode()
    assert "2초 뒤에 다시 물어 주세요. 이 페이지는 그때 저절로 다시 열립니다." in page
    said = "Too many questions are being answered just now: come again in 2 seconds. "
    said += "This page then comes again by itself."
    assert said in page


def test_too_many_at_once_are_asked_to_come_again(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is a limit to what waits for a thread as well."""
    monkeypatch.setattr(work, "MOST_AT_ONCE", 0)
    answer = aside(asyncio.run, get(made()[0], "/api/v1/quick"))
    assert (answer.status, dict(answer.headers)[b"retry-after"]) == (503, b"2")
    assert aside(asyncio.run, get(made()[0], "/healthz")).status == 200


def test_a_process_that_is_killed_is_followed_by_another(tmp_path: Path, made: Made) -> None:
    """The answer still comes, and the lock that the dead one held is free."""
    server, computer = made()

    async def ask() -> Answer:
        (tmp_path / HOLD).touch()
        slow = asyncio.create_task(get(server, "/api/v1/slow", "n=6"))
        await begun(tmp_path, 6)
        (tmp_path / HOLD).unlink()
        assert computer.pid is not None
        os.kill(computer.pid, signal.SIGKILL)
        return await slow

    answer = aside(asyncio.run, ask())
    assert json.loads(answer.body)[0] == total(6)
    assert len((tmp_path / "made 6").read_text().split()) == 2


def test_a_question_that_kills_is_not_asked_for_ever(
    tmp_path: Path, made: Made, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two processes are lost to it, never the server; the next question is answered."""
    server, _ = made()

    async def ask() -> list[Answer]:
        return [await get(server, "/api/v1/slow", f"n={n}") for n in (DEADLY, 7)]

    turned, answer = aside(asyncio.run, ask())
    assert (turned.status, dict(turned.headers)[b"retry-after"]) == (503, b"60")
    assert "the process that answers ended twice" in capsys.readouterr().err
    assert json.loads(answer.body)[0] == total(7)


def test_an_answer_that_never_comes_is_not_waited_for(
    tmp_path: Path, made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is a longest time, after which the process is ended."""
    monkeypatch.setattr(work, "LONGEST_S", 0.05)
    server, computer = made()
    (tmp_path / HOLD).touch()
    assert aside(asyncio.run, get(server, "/api/v1/slow", "n=8")).status == 503
    assert computer.pid is None


def test_without_a_process_the_server_answers(
    made: Made, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where none can be started what takes long is answered here, and that is said."""
    server, _ = made(serve_nothing)

    async def ask() -> list[Answer]:
        return [await get(server, "/api/v1/slow", f"n={n}") for n in (9, 10)]

    answers = [json.loads(one.body) for one in aside(asyncio.run, ask())]
    assert answers == [[total(9), os.getpid()], [total(10), os.getpid()]]
    said = "No process could open this snapshot: this question is answered in the server.\n"
    assert capsys.readouterr().err == 2 * said


def test_where_nothing_can_be_kept_the_process_answers(tmp_path: Path, made: Made) -> None:
    """A folder that cannot be written makes nobody wait either."""
    (tmp_path / "kept").write_text("no folder", encoding="utf-8")
    server, _ = made()

    async def ask() -> list[Answer]:
        return [await get(server, "/api/v1/slow", "n=11") for _ in range(2)]

    answers = [json.loads(one.body) for one in aside(asyncio.run, ask())]
    assert {one[0] for one in answers} == {total(11)}
    assert os.getpid() not in {one[1] for one in answers}


def test_a_process_that_rests_gives_its_memory_back(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It ends, and the next question starts another."""
    monkeypatch.setattr(work, "IDLE_S", 0.05)
    server, computer = made()

    async def ask() -> set[int | None]:
        pids: set[int | None] = set()
        for n in (20, 21):
            answer = await get(server, "/api/v1/slow", f"n={n}")
            pids.add(json.loads(answer.body)[1])
            until = time.monotonic() + LONGEST_S
            while computer.pid is not None and time.monotonic() < until:
                await asyncio.sleep(0.01)
            pids.add(computer.pid)
        return pids

    pids = aside(asyncio.run, ask())
    assert None in pids
    assert len(pids) == 3


def test_a_process_ends_with_the_server(tmp_path: Path) -> None:
    """Even where the server is killed."""
    code = (
        "import os, sys, signal\n"
        "from functools import partial\n"
        "from pathlib import Path\n"
        "from dashboard.work import Computer, Question\n"
        "from tests.dashboard.slowly import serve_small\n"
        "computer = Computer(partial(serve_small, Path(sys.argv[1])), 'a1')\n"
        "computer.ask(Question('GET', '/api/v1/quick'))\n"
        "print(computer.pid, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    until = time.monotonic() + LONGEST_S
    while Path(f"/proc/{done.stdout.strip()}").exists() and time.monotonic() < until:
        time.sleep(0.05)
    assert not Path(f"/proc/{done.stdout.strip()}").exists()


def test_the_page_and_the_api_are_answered_alike_wherever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Apart, from what is kept, and by a server that has no process: the same to the byte."""
    monkeypatch.setattr(work, "LONGEST_WAIT_S", LONGEST_S)
    asked = {
        "output": f"{ids.FRAMES}.data",
        "outputs": {"id": ids.FRAMES, "property": "data"},
        "inputs": [{"id": ids.ASKED, "property": "data", "value": "view=nearness"}],
        "changedPropIds": [f"{ids.ASKED}.data"],
    }
    of_page = Question(
        "POST", "/_dash-update-component", b"", b"application/json", json.dumps(asked).encode(),
        accepts=HOST,
    )  # fmt: skip
    of_api = Question(
        "GET", "/api/v1/autocorrelation", b"level=district&statistic=gi", accepts=HOST
    )
    of_plate = Question("GET", "/api/v1/plate", b"view=nearness&format=svg&bare=1", accepts=HOST)
    plain, apart = build(Settings(cache=tmp_path / "a")), build(Settings(cache=tmp_path / "b"), 1)

    async def ask() -> list[list[Answer]]:
        with_lifespan = apart.router.lifespan_context(apart)
        async with with_lifespan:
            return [
                [await played(server, server, question) for server in (plain, apart, apart)]
                for question in (of_page, of_api, of_plate)
            ]

    for answers in aside(asyncio.run, ask()):
        assert {one.status for one in answers} == {200}
        assert len({one.body for one in answers}) == 1


def test_a_file_is_made_by_a_process_of_its_own(tmp_path: Path) -> None:
    """Neither readers nor questions that take long wait for it, and it not for them."""
    serve = partial(serve_small, tmp_path)
    computer, exporter = Computer(serve, "a1"), Computer(serve, "a1")
    server = small(tmp_path, (computer,), (exporter,))

    async def ask() -> list[Any]:
        (tmp_path / HOLD).touch()
        slow = asyncio.create_task(get(server, "/api/v1/slow", "n=15"))
        await begun(tmp_path, 15)
        made_by = json.loads((await get(server, work.EXPORT)).body)
        assert not slow.done()
        (tmp_path / HOLD).unlink()
        return [made_by, json.loads((await slow).body)[1]]

    try:
        assert aside(asyncio.run, ask()) == [exporter.pid, computer.pid]
    finally:
        computer.close()
        exporter.close()


def test_the_page_stands_behind_no_program(
    tmp_path: Path, made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While programs hold all their threads, what the page asks for is answered."""
    hold, held = threading.Event(), threading.Semaphore(0)
    server, _ = made()

    @server.get("/embed")
    def embed(n: int) -> int:
        held.release()
        hold.wait(LONGEST_S)
        return n

    @server.post(work.CALLBACKS)
    def callbacks() -> str:
        return "painted"

    async def ask() -> list[Any]:
        slow = [asyncio.create_task(get(server, "/embed", f"n={n}")) for n in range(work.THREADS)]
        for _ in slow:
            await asyncio.to_thread(held.acquire, timeout=LONGEST_S)
        page = await played(server, server, Question("POST", work.CALLBACKS, body=b"{}"))
        hold.set()
        return [json.loads(one.body) for one in (page, *await asyncio.gather(*slow))]

    assert aside(asyncio.run, ask()) == ["painted", *range(work.THREADS)]


def test_answers_that_wait_for_their_readers_keep_nobody_out(
    tmp_path: Path, made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only what is under way counts; of what nobody comes for, no more is kept than fits."""
    monkeypatch.setattr(work, "LONGEST_WAIT_S", 0.0)
    monkeypatch.setattr(work, "MOST_AT_ONCE", 1)
    monkeypatch.setattr(work, "MOST_KEPT", 3 * len(str(os.getpid())))
    server, _ = made()

    async def ask() -> list[int]:
        statuses = []
        for n in range(5):
            statuses.append((await get(server, "/api/v1/quick", f"n={n}")).status)
            await asyncio.sleep(0.3)
        monkeypatch.setattr(work, "LONGEST_WAIT_S", LONGEST_S)
        return statuses

    assert aside(asyncio.run, ask()) == [503] * 5
    stack: Any = server.middleware_stack
    while not isinstance(stack, work.Work):
        stack = stack.app
    assert [question.query for question in stack._kept] == [b"n=0", b"n=1", b"n=2"]


def test_browsers_that_ask_alike_ask_one_question() -> None:
    """Of what they accept only that counts which an answer depends on."""
    kinds = [b"text/html,*/*;q=0.8", b"text/html;q=0.9,image/webp", b"application/json", b"*/*"]
    zips = [b"gzip, deflate, br", b"gzip, zstd", b"identity"]

    async def heard(accept: bytes, zipped: bytes) -> Any:
        scope = {
            "type": "http", "method": "GET", "path": "/embed", "query_string": b"",
            "headers": [(b"accept", accept), (b"accept-encoding", zipped)],
        }  # fmt: skip

        async def receive() -> Any:
            return {"type": "http.request", "body": b""}

        return await work._heard(scope, receive)

    asked = {aside(asyncio.run, heard(kind, zipped)) for kind in kinds for zipped in zips}
    assert len(asked) == 4


def test_a_process_that_is_killed_while_it_starts_is_started_once_more(tmp_path: Path) -> None:
    """As a system does that has no memory left."""
    computer = Computer(partial(serve_late, tmp_path), "a1")
    try:
        answer = computer.ask(Question("GET", "/api/v1/quick"))
        assert json.loads(answer.body) == computer.pid
        assert len((tmp_path / "started").read_text()) == 2
    finally:
        computer.close()
