"""50,000 wrong requests: none may end in a server's error, hang it or make it grow.

Eight clients fire what `shots` makes. A server may turn away whom it has no time for with 503, if
it says when to come again.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO
from urllib.parse import urlsplit

import psutil

from benchmarks.attack.known import Known, Shot, learn
from benchmarks.attack.rows import Row
from benchmarks.attack.shots import shots
from benchmarks.attack.wire import Answer, Connection, NoAnswer, request
from dashboard.work import REST_S
from tests.browser.chromium import Served, serve

COUNT, SEED, CLIENTS = 50_000, 19, 8
HANG_S = 10
WARM = 5_000
"""Requests after which a server has all in memory that it is going to keep."""
GROWTH_MB = 100
ANSWERED = 0.6
"""Part of the valid questions that must come to numbers: some combinations are refused."""
LARGE = 1_000_000
"""Bytes of a body that a server need not read to its end: it may hang up."""
RIGHT = ("valid questions", "described, right")
DRAWS = (b"/api/v1/plate", b"/api/v1/briefing/export", b"/embed")
"""Kinds and paths that take a server a second and more: `cheap` leaves them out."""
TOLD = 300
"""Characters that are written down of a request and of its answer."""


@dataclass
class Tally:
    """What became of the requests so far; what failed is written down where ``failures`` says."""

    failures: TextIO
    fired: int = 0
    answers: Counter[tuple[str, int]] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    come_again: int = 0

    def heard(self, number: int, shot: Shot, answer: Answer) -> None:
        """An answer, which must be none of a server that failed."""
        self.answers[shot.kind, answer.status] += 1
        if answer.status in (202, 503) and "retry-after" in answer.headers:
            self.come_again += 1
        elif answer.status >= 500:
            said = answer.body[:TOLD].decode("utf-8", "replace")
            self.miss("error", number, shot, f"{answer.status} {said}")

    def miss(self, what: str, number: int, shot: Shot, said: str) -> None:
        """Count what failed, and write down how to ask it again."""
        self.failed[what] += 1
        texts = {
            "target": shot.target, "headers": repr(shot.headers).encode(), "body": shot.body
        }  # fmt: skip
        told = {key: text[:TOLD].decode("latin-1") for key, text in texts.items()}
        sizes = {"target_bytes": len(shot.target), "body_bytes": len(shot.body)}
        line = {"number": number, "what": what, "said": said, "kind": shot.kind,
                "method": shot.method, **told, **sizes}  # fmt: skip
        self.failures.write(json.dumps(line, ensure_ascii=False) + "\n")


def run(count: int = COUNT, seed: int = SEED, failures: Path | None = None) -> list[Row]:
    """Start a server, fire at it, tell what it did.

    Args:
        count: how many requests.
        seed: of all that is random in them: a failure comes again with the same count and seed.
        failures: a file for what failed, a line of JSON each with the request, shortened.
    """
    with serve() as served, (failures or Path(os.devnull)).open("w", encoding="utf-8") as file:
        fired = shots(learn(served.address), count, seed)
        return attack(served, fired, Tally(file))


def attack(served: Served, fired: Sequence[Shot], tally: Tally) -> list[Row]:
    """What became of a server at which these requests were fired."""
    return rows(tally, asyncio.run(_fire(served, fired, tally)))


def cheap(known: Known, count: int, seed: int = SEED) -> list[Shot]:
    """So many of the requests that a server has to refuse, or answers without working it out."""

    def is_cheap(shot: Shot) -> bool:
        path, _, query = shot.target.partition(b"?")
        asks = path.startswith(b"/api/v1/") and shot.method == "GET"
        return shot.kind not in RIGHT and path not in DRAWS and bool(query or not asks)

    made = shots(known._replace(addresses=("", "year=2013")), 2 * count, seed)
    return list(filter(is_cheap, made))[:count]


async def _fire(served: Served, fired: Sequence[Shot], tally: Tally) -> list[float]:
    """All shots by all clients; the server's memory (MB) once it is warm, and at the end.

    Each time it rests first: what answers under way take, and give back, is no growth.
    """
    memory = []
    for part in (slice(WARM), slice(WARM, None)):
        waiting = iter(list(enumerate(fired))[part])
        await asyncio.gather(*(_client(served, waiting, tally) for _ in range(CLIENTS)))
        await asyncio.sleep(2 * REST_S)
        memory.append(resident(served.pid))
    return memory if len(fired) > WARM else memory[:1]


async def _client(served: Served, waiting: Iterator[tuple[int, Shot]], tally: Tally) -> None:
    """Fire what waits, over a connection of its own."""
    url = urlsplit(served.address)
    connection = Connection(str(url.hostname), url.port or 80)
    for number, shot in waiting:
        await shoot(connection, url.netloc, number, shot, tally)
        tally.fired += 1
    connection.close()


async def shoot(connection: Connection, host: str, number: int, shot: Shot, tally: Tally) -> None:
    """Fire one, and put down what comes of it."""
    content = request(shot.method, shot.target, shot.headers, shot.body, host)
    try:
        async with asyncio.timeout(HANG_S):
            tally.heard(number, shot, await connection.ask(content))
    except TimeoutError:
        tally.miss("hang", number, shot, f"nothing for {HANG_S} s")
    except (NoAnswer, OSError) as error:
        if len(shot.body) < LARGE:
            tally.miss("silence", number, shot, str(error))


def resident(pid: int) -> float:
    """Memory of a process and of all that it started, MB."""
    root = psutil.Process(pid)
    return float(sum(one.memory_info().rss for one in [root, *root.children(recursive=True)])) / 1e6


def rows(tally: Tally, memory: list[float]) -> list[Row]:
    """The figures beside their limits."""
    failed = tally.failed
    made = [
        Row(f"fuzz: {what} in {tally.fired:,} requests", f"{failed[name]:,}", "0", not failed[name])
        for name, what in (
            ("error", "errors of the server"),
            ("hang", f"hangs over {HANG_S} s"),
            ("silence", "closed without an answer"),
        )
    ]
    made.append(Row("fuzz: told when to come again", f"{tally.come_again:,}", "told", True))
    good = {status: n for (kind, status), n in tally.answers.items() if kind == "valid questions"}
    if good:
        share = good.get(200, 0) / max(1, sum(good.values()) - good.get(503, 0))
        limit = f"{ANSWERED:.0%} at least"
        made.append(
            Row("fuzz: valid questions with numbers", f"{share:.0%}", limit, share >= ANSWERED)
        )
    if len(memory) > 1:
        growth = memory[-1] - memory[0]
        value = f"{growth:+.0f} MB, to {memory[-1]:.0f}"
        name = f"fuzz: memory after the first {WARM:,}"
        made.append(Row(name, value, f"{GROWTH_MB:+} MB", growth <= GROWTH_MB))
    return made
