"""Who answers what: readers do not wait for each other, and what takes long is answered apart.

A request that measures is answered in one of a few threads, from tables that are kept. Where one
is missing the thread gives up at once, and a process of its own answers instead: what takes long
holds Python's lock for seconds, in which a thread beside it would let nobody else have an answer.
That process keeps what it has made, so that the next request finds it. Equal requests share one
answer, and where too many different ones wait the next is asked to come again.
"""

from __future__ import annotations

import asyncio
import contextvars
import math
import multiprocessing
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard import memory
from dashboard.kept import ASKED, Asked
from dashboard.serving.refusal import refusal
from dashboard.settings import Settings
from dashboard.strings import Text

if TYPE_CHECKING:
    from fastapi import FastAPI

CALLBACKS = "/_dash-update-component"
OF_PAGE = ("/geometry/", CALLBACKS)
"""Where addresses begin that the page's own scripts ask for."""
MEASURED = ("/api/v1/", *OF_PAGE)
"""Where addresses begin whose answers are measured."""
WHOLE = ("/embed", "/data")
"""Such addresses that are no beginnings."""
ACCEPTS = ((b"accept", b"text/html"), (b"accept-encoding", b"gzip"))
"""Headers, and what in them an answer depends on."""
DRAWN = "/api/v1/plate"
"""Of a view as a document."""
BARE = b"bare=1"
EXPORT = "/api/v1/briefing/export"
"""Of a file with many of them. Drawing takes a processor whole, and libraries that nothing else
needs: there is a process for it, which draws one at a time."""
THREADS = 3
"""For the page, as many for what else is asked: they take turns at one lock, so that more would
only take longer each."""
MOST_AT_ONCE = 100
"""Different requests that are under way; each takes a few hundredths of a second."""
MOST_KEPT = 20_000_000
"""Bytes of answers that nobody waited for."""
MOST_WAITING = 12
"""Different requests that wait for a process or are answered in one; those of files apart."""
MOST_PROCESSES = 2
"""Each takes some 400 MB."""
LONGEST_S = 300.0
"""For one answer; a process that takes longer is ended."""
LONGEST_WAIT_S = 8.0
"""For whoever asks: less than most programs and people wait. The answer is gone on with."""
KEPT_S = 60.0
"""For which an answer that nobody waited for is there for whoever comes again."""
LONGEST_START_S = 120.0
IDLE_S = 600.0
"""Without a question, after which a process gives its memory back."""
REST_S = 2.0
"""After an answer, until what answers left is given back."""
COME_AGAIN_S = (2, 60)
EXPECTED_S = 5.0
"""What an answer apart takes, until some have been seen."""
NICER = 5
"""A process that works for one reader leaves the processor to the server, which has all."""


@dataclass(frozen=True)
class Question:
    """A request, as far as its answer depends on it."""

    method: str
    path: str
    query: bytes = b""
    kind: bytes = b""
    body: bytes = b""
    accepts: tuple[tuple[bytes, bytes], ...] = ()


@dataclass(frozen=True)
class Answer:
    """A whole response."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes


class Gone(Exception):
    """A process ended, or was ended, before it answered."""


class CannotStart(Exception):
    """No process can open what this one has open."""


def processes(workers: int) -> int:
    """How many processes answer apart for one of several workers: a core is left to readers."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return max(1, min(MOST_PROCESSES, ((cores or 1) - 1) // workers))


class ComeAgain(Exception):
    """There is no answer now; a key in the catalogues says why, and there is a time to wait."""

    def __init__(self, key: str, seconds: float) -> None:
        self.key = key
        self.seconds = min(max(math.ceil(seconds), COME_AGAIN_S[0]), COME_AGAIN_S[1])
        super().__init__(Text("en")(f"refused.{key}", seconds=self.seconds))


class Line:
    """Processes that answer a question at a time, and who waits for one."""

    def __init__(self, computers: Iterable[Computer]) -> None:
        self.computers = list(computers)
        # One thread for each process does nothing but wait for it.
        self._calls = ThreadPoolExecutor(max(len(self.computers), 1), "apart")
        self._free: asyncio.LifoQueue[Computer] = asyncio.LifoQueue()
        for computer in reversed(self.computers):
            self._free.put_nowait(computer)
        self._resting: dict[Computer, asyncio.TimerHandle] = {}
        self._waiting = 0
        self.took = EXPECTED_S

    def close(self) -> None:
        """End the processes."""
        for computer in self.computers:
            computer.close()
        self._calls.shutdown(wait=False, cancel_futures=True)

    async def answer(self, question: Question) -> Answer:
        """The answer of a process, when one is free; the one that was used last goes first.

        Raises:
            ComeAgain: too many wait.
            CannotStart, Gone: as `Computer.ask`.
        """
        if self._waiting >= MOST_WAITING:
            raise ComeAgain("too_many", self.took * self._waiting / len(self.computers))
        self._waiting += 1
        try:
            loop, computer = asyncio.get_running_loop(), await self._free.get()
            resting = self._resting.pop(computer, None)
            if resting is not None:
                resting.cancel()
            before = time.monotonic()
            try:
                answer = await loop.run_in_executor(self._calls, computer.ask, question)
            finally:
                self._resting[computer] = loop.call_later(IDLE_S, computer.end)
                self._free.put_nowait(computer)
            self.took += (time.monotonic() - before - self.took) / 4
            return answer
        finally:
            self._waiting -= 1


class Work:
    """ASGI: answers what is measured, in threads and processes; all else passes.

    Args:
        app: answers.
        computers: the processes; without any all is answered here, however long it takes.
        exporters: processes for files alone, which would keep questions waiting.
    """

    def __init__(
        self, app: ASGIApp, computers: Iterable[Computer] = (), exporters: Iterable[Computer] = ()
    ) -> None:
        self.app = app
        self._line, self._exports = Line(computers), Line(exporters)
        self._longest = LONGEST_WAIT_S if self._line.computers else None
        self._page, self._others, self._drawing = (
            ThreadPoolExecutor(number, name)
            for number, name in ((THREADS, "page"), (THREADS, "others"), (1, "drawing"))
        )
        self._under_way: dict[Question, asyncio.Task[Answer]] = {}
        self._promised: set[Question] = set()
        self._kept: dict[Question, Answer] = {}
        self._trim: asyncio.TimerHandle | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or let pass."""
        if scope["type"] == "lifespan":
            await self._live(scope, receive, send)
        elif scope["type"] != "http":
            await self.app(scope, receive, send)
        elif scope["path"].startswith(MEASURED) or scope["path"] in WHOLE:
            question = await _heard(scope, receive)
            if question is not None:
                await (await self._response(question, scope))(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _live(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the processes end when the server does."""
        try:
            await self.app(scope, receive, send)
        finally:
            self.close()

    def close(self) -> None:
        """End the processes and wait for no thread."""
        if self._trim is not None:
            self._trim.cancel()
        self._line.close()
        self._exports.close()
        for threads in (self._page, self._others, self._drawing):
            threads.shutdown(wait=False, cancel_futures=True)

    def _threads_of(self, path: str) -> ThreadPoolExecutor:
        """What a page asks for stands behind nothing that takes longer, nor behind programs."""
        if path == DRAWN:
            return self._drawing
        return self._page if path.startswith(OF_PAGE) else self._others

    def _line_of(self, question: Question) -> Line:
        drawn = question.path == EXPORT or (
            # A map alone takes no library, and stands in a page as a picture.
            question.path == DRAWN and BARE not in question.query
        )
        return self._exports if drawn and self._exports.computers else self._line

    async def _response(self, question: Question, scope: Scope) -> ASGIApp:
        """The answer, or when to come again for it."""
        try:
            async with asyncio.timeout(self._longest):
                return partial(_tell, await self._shared(question, scope["app"]))
        except TimeoutError:
            if question in self._under_way:  # it may have come to its end in this moment
                self._promised.add(question)
            again = ComeAgain("under_way", self._line_of(question).took)
        except ComeAgain as error:
            again = error
        status = HTTPStatus.SERVICE_UNAVAILABLE
        if again.key == "under_way" and scope["path"].startswith(OF_PAGE):
            status = HTTPStatus.ACCEPTED  # the page knows what that means, and logs no error
        wait = str(again.seconds)
        # By the second a browser asks again for what was followed as a link or stands in a frame.
        headers = {"Retry-After": wait, "Refresh": wait}
        return refusal(scope, status, again.key, headers, seconds=again.seconds)

    async def _shared(self, question: Question, root: FastAPI) -> Answer:
        """The answer to a question, which is looked for once however many ask.

        Raises:
            ComeAgain: too many wait, or there was none.
        """
        kept = self._kept.pop(question, None)
        if kept is not None:
            return kept
        self._promised.discard(question)  # here they are again
        task = self._under_way.get(question)
        if task is None:
            if len(self._under_way) >= MOST_AT_ONCE:
                raise ComeAgain("too_many", 0)
            task = asyncio.create_task(self._answer(question, root))
            self._under_way[question] = task
            task.add_done_callback(partial(self._done, question))
        # Whoever goes away leaves the others their answer.
        return await asyncio.shield(task)

    def _done(self, question: Question, task: asyncio.Task[Answer]) -> None:
        """Keep an answer for a while where it was promised to somebody."""
        del self._under_way[question]
        loop = task.get_loop()
        if self._trim is None or self._trim.when() < loop.time():
            self._trim = loop.call_later(REST_S, self._others.submit, memory.trim)
        promised = question in self._promised
        self._promised.discard(question)
        if not promised or task.cancelled() or task.exception():
            return
        answer = task.result()
        if sum(len(one.body) for one in (answer, *self._kept.values())) <= MOST_KEPT:
            self._kept[question] = answer
            loop.call_later(KEPT_S, self._forget, question, answer)

    def _forget(self, question: Question, answer: Answer) -> None:
        if self._kept.get(question) is answer:
            del self._kept[question]

    async def _answer(self, question: Question, root: FastAPI) -> Answer:
        run, here = asyncio.get_running_loop().run_in_executor, partial(answered, self.app, root)
        line, threads = self._line_of(question), self._threads_of(question.path)
        if line is self._line:
            asked = Asked() if line.computers else None
            answer = await run(threads, here, question, asked)
            if asked is None or not asked.missed:
                assert answer is not None  # without an answer something was missed
                return answer
        try:
            return await line.answer(question)
        except CannotStart as error:
            print(f"{error}: this question is answered in the server.", file=sys.stderr)
            whole = await run(threads, here, question, None)
            assert whole is not None
            return whole
        except Gone as error:
            print(f"{question.path!r}: {error}", file=sys.stderr)  # no more: it may name somebody
            raise ComeAgain("broken_off", COME_AGAIN_S[1]) from error


class Computer:
    """A process that answers as the server would; started when first asked, and anew if it died.

    Args:
        serve: what the process does with its end of a pipe, to be found by name.
        snapshot: all that decides the server's numbers, as `Kept.name` has it: a process that
            finds another snapshot, secret or code is of no use.
    """

    def __init__(self, serve: Callable[[Connection], None], snapshot: str) -> None:
        self._serve = serve
        self._snapshot = snapshot
        self._process: Any = None
        self._pipe: Connection | None = None
        self._closed = False

    @property
    def pid(self) -> int | None:
        """Of the process, while there is one."""
        return None if self._process is None else self._process.pid

    def ask(self, question: Question) -> Answer:
        """Its answer; where the process dies meanwhile another one is asked, once.

        Raises:
            Gone: that one died too, or there was no answer in LONGEST_S.
            CannotStart: there is no process that serves this snapshot.
        """
        try:
            return self._ask(question)
        except EOFError:
            pass
        try:
            return self._ask(question)
        except EOFError as error:
            raise Gone("the process that answers ended twice.") from error

    def _ask(self, question: Question) -> Answer:
        pipe = self._started()
        try:
            pipe.send(question)
            if pipe.poll(LONGEST_S):
                found: Answer = pipe.recv()
                return found
        except OSError as error:  # a pipe that broke, or was closed here
            self.end()
            raise EOFError from error
        except EOFError:
            self.end()
            raise
        self.end()
        raise Gone(f"no answer in {LONGEST_S:.0f} seconds.")

    def _started(self) -> Connection:
        if self._closed:
            raise Gone("the server ends.")
        if self._pipe is not None:
            return self._pipe
        # One that is killed while it starts, for want of memory, is started once more.
        if not (self._start() or self._start()):
            self.end()
            raise CannotStart("No process could open this snapshot")
        pipe = self._pipe
        if self._closed or pipe is None:  # while it was started
            self.end()
            raise Gone("the server ends.")
        return pipe

    def _start(self) -> bool:
        """Start a process; whether it is ready, and has the same snapshot open."""
        self.end()
        context = multiprocessing.get_context("spawn")
        try:
            self._pipe, far = context.Pipe()
            self._process = context.Process(target=self._serve, args=(far,), daemon=True)
            self._process.start()
            far.close()  # so that the end of the process is the end of the pipe
            return self._pipe.poll(LONGEST_START_S) and bool(self._pipe.recv() == self._snapshot)
        except (EOFError, OSError):
            return False

    def end(self) -> None:
        """End the process, if there is one; the next question starts another."""
        process, pipe, self._process, self._pipe = self._process, self._pipe, None, None
        if process is not None and process.pid is not None:
            process.kill()
            process.join()
        if pipe is not None:
            pipe.close()

    def close(self) -> None:
        """End it for good."""
        self._closed = True
        process = self._process
        if process is not None and process.pid is not None:
            process.kill()


def serve_apart(settings: Settings, pipe: Connection) -> None:
    """A process's work: what the server with these settings would answer."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the server has it too, and ends this process
    from dashboard.server import build

    memory.give_back()
    server = build(settings)
    memory.settle()
    answer_from(pipe, server)


def answer_from(pipe: Connection, root: FastAPI) -> None:
    """Answer questions from a pipe until it ends, as it does when the server ends however."""
    os.nice(NICER)
    app: Any = root.build_middleware_stack()
    while not isinstance(app, Work):
        app = app.app
    pipe.send(root.state.snapshot)
    with suppress(EOFError, BrokenPipeError):
        while True:
            pipe.send(_answered_whatever(app.app, root, pipe.recv()))
            memory.trim()


def _answered_whatever(app: ASGIApp, root: FastAPI, question: Question) -> Answer:
    """An answer, or that there was an error, as the server would tell of it."""
    try:
        answer = answered(app, root, question, None)
        assert answer is not None
        return answer
    except Exception as error:
        traceback.print_exception(error)
        return Answer(500, ((b"content-type", b"text/plain"),), b"Internal Server Error")


def answered(app: ASGIApp, root: FastAPI, question: Question, asked: Asked | None) -> Answer | None:
    """What the application answers, all of it in this thread.

    Args:
        app: what lies within `Work`.
        root: the application that routes know.
        question: a request.
        asked: where it is given, only what is kept is looked at; it tells whether that was enough.

    Returns:
        None, or an answer that is worth nothing, where it was not.
    """

    def run() -> Answer:
        ASKED.set(asked)
        return asyncio.run(played(app, root, question))

    try:
        return contextvars.copy_context().run(run)
    except Exception:
        if asked is None or not asked.missed:
            raise
        return None


async def played(app: ASGIApp, root: FastAPI, question: Question) -> Answer:
    """Lead a request through an application and collect what it sends."""
    scope = {
        "type": "http", "asgi": {"version": "3.0", "spec_version": "2.4"}, "http_version": "1.1",
        "scheme": "http", "method": question.method, "path": question.path,
        "raw_path": question.path.encode(), "query_string": question.query, "root_path": "",
        "headers": [(b"content-type", question.kind), *question.accepts], "client": None,
        "server": None,
        "state": {}, "app": root,
    }  # fmt: skip
    heard: list[Message] = [{"type": "http.request", "body": question.body, "more_body": False}]
    start: Message = {}
    body = bytearray()

    async def receive() -> Message:
        return heard.pop() if heard else {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            start.update(message)
        elif message["type"] == "http.response.body":
            body.extend(message.get("body", b""))

    await app(scope, receive, send)
    return Answer(start["status"], tuple(map(tuple, start["headers"])), bytes(body))


async def _heard(scope: Scope, receive: Receive) -> Question | None:
    """The whole request; None where the reader has gone."""
    body, more = bytearray(), True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        more = message.get("more_body", False)
    given = dict(scope["headers"])
    accepts = tuple((name, what) for name, what in ACCEPTS if what in given.get(name, b""))
    return Question(
        scope["method"], scope["path"], scope["query_string"],
        given.get(b"content-type", b""), bytes(body), accepts,
    )  # fmt: skip


async def _tell(answer: Answer, scope: Scope, receive: Receive, send: Send) -> None:
    # Lists of their own: what lies around adds its headers to them.
    headers = [(name, value) for name, value in answer.headers]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})
