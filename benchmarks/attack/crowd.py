"""200 viewers at once, for a minute each: how long the first view takes, and every change.

A viewer does what a browser does: the page, everything that it names over six connections that
stay open, the callbacks of the first view; then a reader looks for some seconds, changes the year
or a filter, and looks again. Nothing is kept from one viewer to the next. What arrives is read and
thrown away, so that the clients take little of the two processors that they share with the server.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
import resource
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from statistics import quantiles
from urllib.parse import urlsplit

from benchmarks.attack.known import Known, Shot, callback, learn
from benchmarks.attack.rows import Row
from benchmarks.attack.wire import Answer, Connection, NoAnswer, request
from dashboard import ids
from dashboard.state import ViewState, default, print_query
from tests.browser.chromium import serve

VIEWERS, STAY_S, ARRIVING_S = 200, 60, 10
"""How many, how long each stays from the first view on, within how long they come."""
WORKERS = (1, 2)
SOCKETS = 6
"""Connections that a browser opens to one server."""
LOOKS_S, RESTS_S, OFTEN_RESTS = (2, 6), (6, 20), 0.2
"""A reader's pauses between changes, the longer ones, and how many of them are such."""
LONGEST_S = 120
"""After which a viewer gives up: on an answer, and on what came beside the time to look around."""
TRIES = 5
"""How often a viewer comes again who is told to."""
BROWSER = (
    (b"Accept-Encoding", b"gzip, deflate, br"),
    (b"User-Agent", b"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140 Safari/537.36"),
    (b"Accept-Language", b"ko-KR,ko;q=0.9,en;q=0.8"),
    (b"Sec-Fetch-Site", b"same-origin"),
)
NAMED = re.compile(rb"""(?:src|href)="(/[^"]+)\"""")
FONT = "/assets/fonts/core.woff2"
CHARTS = (
    "/_dash-component-suites/dash/dcc/async-graph.js",
    "/_dash-component-suites/plotly/package_data/plotly.min.js",
)
"""What the page asks for beside what it names: its typeface, and what draws the first chart."""
LAYERS = ("district", "district-edges", "sites")
LIMITS_S = {
    (1, "first view", 50): 3.0,
    (1, "changes", 95): 1.0,
    (2, "first view", 50): 2.0,
    (2, "changes", 95): 0.5,
}
"""(workers, what, percentile) -> seconds, with clients and server on the same two processors."""


@dataclass
class Seen:
    """What all viewers went through: seconds, and what went wrong, in words."""

    first: list[float] = field(default_factory=list)
    changes: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    asked: int = 0
    come_again: int = 0
    met_closed: int = 0


@dataclass(frozen=True)
class Page:
    """What the first view of a server consists of."""

    host: str
    port: int
    known: Known
    scripts: tuple[str, ...]
    layers: tuple[str, ...]

    def shot(self, output: str, query: str) -> Shot:
        """The callback with this output, as the page sends it."""
        one = next(one for one in self.known.callbacks if output in one["output"])
        return callback(one, query)


class GaveUp(Exception):
    """A viewer got no usable answer."""


class Viewer:
    """One browser with one reader."""

    def __init__(self, page: Page, seen: Seen, seed: int) -> None:
        self.page, self.seen, self.rng = page, seen, random.Random(seed)
        self.sockets = [Connection(page.host, page.port) for _ in range(SOCKETS)]
        self.free: asyncio.LifoQueue[Connection] = asyncio.LifoQueue()
        for one in self.sockets:
            self.free.put_nowait(one)

    async def visit(self, stay_s: float) -> None:
        """The first view, then changes until the time is over."""
        try:
            async with asyncio.timeout(stay_s + LONGEST_S):
                await self._look_around(stay_s)
        except GaveUp as error:
            self.seen.errors.append(str(error))
        except TimeoutError:
            self.seen.errors.append(f"a visit of {stay_s:g} s took {LONGEST_S} s more")
        finally:
            self.seen.met_closed += sum(one.met_closed for one in self.sockets)
            for one in self.sockets:
                one.close()

    async def _look_around(self, stay_s: float) -> None:
        before = time.perf_counter()
        await self.open()
        self.seen.first.append(time.perf_counter() - before)
        until = time.perf_counter() + stay_s
        state = default(self.page.known.choices)
        while True:
            rests = self.rng.random() < OFTEN_RESTS
            await asyncio.sleep(self.rng.uniform(*(RESTS_S if rests else LOOKS_S)))
            if time.perf_counter() > until:
                return
            after = self._changed(state)
            before = time.perf_counter()
            await self._change(state, after)
            self.seen.changes.append(time.perf_counter() - before)
            state = after

    async def open(self) -> None:
        """The first view, in the order in which a browser can know what it needs."""
        page = self.page
        await self._get(["/"])
        await self._get(page.scripts)
        await self._get(["/_dash-layout", "/_dash-dependencies"])
        await self._fetch([page.shot(f"{ids.OPENED}.data", "")])
        await self._fetch([page.shot(f"{ids.FRAMES}.data", "")])
        followed = [page.shot(f"{ids.PANEL}.children", ""), page.shot(f"{ids.TABLE}.children", "")]
        await asyncio.gather(self._fetch(followed), self._get([*page.layers, *CHARTS]))

    def _changed(self, state: ViewState) -> ViewState:
        """Another year, mostly; else another count, field or programme."""
        choices = self.page.known.choices
        years = [year for year in choices.years if year != state.year]
        ways = (
            {"count": self.rng.choice(("cumulative", "new", "active"))},
            {"category": self.rng.choice(((), *((one,) for one in choices.categories)))},
            {"programme": self.rng.choice(((), *((one,) for one in choices.programmes)))},
        )
        chosen = self.rng.choice(ways) if self.rng.random() < 0.3 else {}
        return replace(state, **(chosen or {"year": self.rng.choice(years)}))

    async def _change(self, before: ViewState, after: ViewState) -> None:
        """The map where other numbers are needed, then all that follows it."""
        page, usual = self.page, default(self.page.known.choices)
        asked = [
            print_query(replace(state, year=usual.year), page.known.choices)
            for state in (before, after)
        ]
        if asked[0] != asked[1]:
            await self._fetch([page.shot(f"{ids.FRAMES}.data", asked[1])])
        query = print_query(after, page.known.choices)
        await self._fetch(
            [page.shot(f"{ids.PANEL}.children", query), page.shot(f"{ids.TABLE}.children", query)]
        )

    async def _get(self, paths: Iterable[str]) -> None:
        await self._fetch([Shot("get", "GET", path.encode()) for path in paths])

    async def _fetch(self, shots: Sequence[Shot]) -> None:
        await asyncio.gather(*(self.ask(shot) for shot in shots))

    async def ask(self, shot: Shot) -> None:
        """One request over one of the connections; again where the server asks for it."""
        host = f"{self.page.host}:{self.page.port}"
        origin = ((b"Origin", f"http://{host}".encode()),) if shot.method == "POST" else ()
        content = request(
            shot.method, shot.target, (*shot.headers, *BROWSER, *origin), shot.body, host
        )
        for _ in range(TRIES):
            answer = await self._answer(shot, content)
            if answer.status in (202, 503) and "retry-after" in answer.headers:
                self.seen.come_again += 1
                await asyncio.sleep(float(answer.headers["retry-after"]))
            elif answer.status not in (200, 204):
                raise GaveUp(f"{answer.status} for {shot.target[:80]!r}")
            else:
                return
        raise GaveUp(f"turned away {TRIES} times from {shot.target[:80]!r}")

    async def _answer(self, shot: Shot, content: bytes) -> Answer:
        connection = await self.free.get()
        self.seen.asked += 1
        try:
            async with asyncio.timeout(LONGEST_S):
                return await connection.ask(content)
        except (TimeoutError, NoAnswer, OSError) as error:
            raise GaveUp(
                f"{error or f'nothing for {LONGEST_S} s'} of {shot.target[:80]!r}"
            ) from error
        finally:
            self.free.put_nowait(connection)


def run(viewers: int = VIEWERS, stay_s: float = STAY_S) -> list[Row]:
    """A crowd before a server with one worker, and before one with two."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))  # the server's too
    made = []
    for workers in WORKERS:
        with serve({"MAEUL_WORKERS": str(workers)}) as served:
            seen = asyncio.run(come(served.address, viewers, stay_s))
        made += rows(seen, viewers, workers)
    return made


async def come(address: str, viewers: int, stay_s: float) -> Seen:
    """All of them; each comes at a random moment, the same in every run."""
    seen, rng = Seen(), random.Random(1)
    page = await learn_page(address)

    async def one(number: int) -> None:
        await asyncio.sleep(rng.uniform(0, ARRIVING_S * viewers / VIEWERS))
        await Viewer(page, seen, number).visit(stay_s)

    await asyncio.gather(*map(one, range(viewers)))
    return seen


async def learn_page(address: str) -> Page:
    """What the page of a server names, read once for all."""
    url = urlsplit(address)
    host, port = str(url.hostname), url.port or 80
    known = learn(address)
    connection = Connection(host, port)
    index = await connection.ask(request("GET", b"/", host=url.netloc))
    scripts = [name.decode() for name in dict.fromkeys(NAMED.findall(index.body))]
    page = Page(host, port, known, (*scripts, FONT), ())
    shot = page.shot(f"{ids.FRAMES}.data", "")
    frames = await connection.ask(request("POST", shot.target, shot.headers, shot.body, url.netloc))
    connection.close()
    drawn = json.loads(json.loads(frames.body)["response"][ids.FRAMES]["data"])
    return replace(page, layers=tuple(drawn["geometry"][layer] for layer in LAYERS))


def rows(seen: Seen, viewers: int, workers: int) -> list[Row]:
    """The figures of a crowd beside their limits."""
    crowd = f"{viewers} viewers, {workers} worker{'s' * (workers > 1)}"
    made = []
    for what, seconds in (("first view", seen.first), ("changes", seen.changes)):
        steps = quantiles(seconds, n=100, method="inclusive") if len(seconds) > 1 else [0.0] * 99
        for percent in (50, 95, 99):
            limit = LIMITS_S.get((workers, what, percent))
            value = steps[percent - 1]
            made.append(
                Row(
                    f"{crowd}: {what} of {len(seconds):,}, p{percent}", f"{value:.2f} s",
                    f"{limit:g} s" if limit else "told", limit is None or value <= limit,
                )
            )  # fmt: skip
    first = f", first: {seen.errors[0]}" if seen.errors else ""
    made += [
        Row(f"{crowd}: errors in {seen.asked:,} requests{first}", f"{len(seen.errors)}", "0",
            not seen.errors),
        Row(f"{crowd}: told when to come again", f"{seen.come_again:,}", "told", True),
        Row(f"{crowd}: connections closed under a reader", f"{seen.met_closed:,}", "0",
            not seen.met_closed),
    ]  # fmt: skip
    return made
