"""An application with a question that takes long, for tests of who answers it.

It imports little, since every process that a test starts has to.
"""

from __future__ import annotations

import os
import signal
import time
from multiprocessing.connection import Connection
from pathlib import Path

import pandas as pd
from fastapi import FastAPI

from dashboard.kept import Kept
from dashboard.work import EXPORT, Computer, Work, answer_from

DEADLY, LONG = 13, 3_000_000
HOLD = "hold"
LONGEST_S = 60.0


def measured(folder: Path, n: int) -> pd.DataFrame:
    """Leaves a sign that it began, and holds Python's lock nearly always until HOLD is gone."""
    with (folder / f"made {n}").open("a") as file:
        file.write(f"{os.getpid()}\n")
    if n == DEADLY:
        os.kill(os.getpid(), signal.SIGKILL)
    until = time.monotonic() + LONGEST_S
    while (folder / HOLD).exists() and time.monotonic() < until:
        sum(range(LONG))
    return pd.DataFrame({"n": [sum(range(LONG + n))]})


def small(
    folder: Path, computers: tuple[Computer, ...] = (), exporters: tuple[Computer, ...] = ()
) -> FastAPI:
    """An application with one question that takes long, one that does not, and a file."""
    server, kept = FastAPI(), Kept(folder / "kept", "a1")

    @server.get("/healthz")
    async def health() -> str:
        return "ok"

    @server.get("/api/v1/quick")
    def quick() -> int:
        return os.getpid()

    @server.get(EXPORT)
    def export() -> int:
        return os.getpid()

    @server.get("/api/v1/slow")
    def slow(n: int) -> list[int]:
        found = kept.table(f"slow {n}", lambda: measured(folder, n))
        return [int(found["n"].iloc[0]), os.getpid()]

    server.state.snapshot = "a1"
    server.add_middleware(Work, computers=computers, exporters=exporters)
    return server


def serve_small(folder: Path, pipe: Connection) -> None:
    """A process for it."""
    answer_from(pipe, small(folder))


def serve_late(folder: Path, pipe: Connection) -> None:
    """A process that is killed while it starts, the first time."""
    with (folder / "started").open("a") as file:
        file.write("x")
    if len((folder / "started").read_text()) == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    serve_small(folder, pipe)


def serve_nothing(pipe: Connection) -> None:
    """A process that finds no snapshot ends at once."""


def total(n: int) -> int:
    """The answer to a question that takes long."""
    return (LONG + n) * (LONG + n - 1) // 2
