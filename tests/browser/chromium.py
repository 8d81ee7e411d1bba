"""The application under way and a real browser to look at it: for tests and benchmarks."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO, Any

from playwright.sync_api import APIResponse, Browser, Page, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
MISSING = "No Chromium found: install it (Debian: apt-get install chromium)."
ARGUMENTS = [
    "--use-angle=swiftshader",  # WebGL without a graphics card
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
]
CHEAP_PAGES = ["--disable-gpu-compositing", "--disable-gpu-rasterization", "--process-per-site"]
"""The page around WebGL is put together without a graphics card, not by one that the processor
plays; pages of one context share a process, which keeps the scripts that it has compiled. Each
saves a third of the work. Not for benchmarks, which measure what a reader has."""
LONGEST_START_S = 40
LONGEST_ANSWER_S = 120


@dataclass(frozen=True)
class Served:
    """An application that answers.

    ``printed`` is the address that it told, with the token of an internal audience;
    ``started_in`` the seconds until its first page.
    """

    address: str
    pid: int
    printed: str
    started_in: float


@contextmanager
def serve(settings: Mapping[str, str] | None = None) -> Iterator[Served]:
    """`python app.py` on a free port, with these MAEUL_ settings and no others.

    Raises:
        RuntimeError: it ended, or gave no page in time; with what it printed.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MAEUL_")}
    with TemporaryDirectory() as cache:
        environment = {
            **kept, "MAEUL_CACHE": cache, "MAEUL_SECRET": f"{cache}/rounding.key",
            **(settings or {}), "MAEUL_PORT": str(port),
        }  # fmt: skip
        yield from _serve(address, environment)


def _serve(address: str, environment: Mapping[str, str]) -> Iterator[Served]:
    """Start, wait for the first page, and end it whatever happens.

    What it prints goes to a file: a pipe that nobody reads would stop it once it is full.
    """
    before = time.perf_counter()
    with TemporaryFile() as said:
        process = subprocess.Popen(
            [sys.executable, "app.py"], env=environment, stdout=said, stderr=subprocess.STDOUT
        )
        try:
            while not (told := _told(said)) or not _answers(address):
                spent = time.perf_counter() - before
                if process.poll() is not None or spent > LONGEST_START_S:
                    raise RuntimeError(
                        f"The application did not start in {spent:.0f} s:\n{_printed(said)}"
                    )
                time.sleep(0.02)
            started_in = time.perf_counter() - before
            yield Served(address, process.pid, told, started_in)
        finally:
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _told(said: IO[bytes]) -> str:
    """The address that it says to open, once it does."""
    lines = _printed(said).splitlines()
    return next((line.split()[-1] for line in lines if line.startswith("Maeul Atlas: ")), "")


def _printed(said: IO[bytes]) -> str:
    """What a process has printed into a file so far; where it writes next does not change."""
    return os.pread(said.fileno(), 1_000_000, 0).decode("utf-8", "replace")


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return bool(answer.status == 200)
    except urllib.error.HTTPError as error:
        return error.code == 401  # an internal audience's, which asks for its token
    except OSError:
        return False


def got(page: Page, address: str, **asked: Any) -> APIResponse:
    """What a server tells, come again for where it says so."""
    until = time.monotonic() + LONGEST_ANSWER_S
    while (answer := page.request.get(address, params=asked or None)).status in (202, 503):
        assert time.monotonic() < until, answer.text()
        time.sleep(int(answer.headers["retry-after"]))
    assert answer.ok, answer.text()
    return answer


def find() -> str | None:
    """The path of a Chromium, if there is one."""
    return next(filter(None, map(shutil.which, NAMES)), None)


@contextmanager
def launch(path: str, *more: str) -> Iterator[Browser]:
    """A headless Chromium that calls nobody by itself; with more arguments."""
    # Chromium's sandbox does not work for root, who runs the tests in containers.
    arguments = [*ARGUMENTS, *more, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        yield browser
        browser.close()
