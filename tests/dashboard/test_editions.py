"""A server answers from the edition that it was started with, in every process, to its end."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

import app
from dashboard.server import STARTED, build, from_environment
from dashboard.settings import Settings
from geo.atlas import Atlas, Pruned, prune, publish, roll_back
from geo.boundaries import Boundaries
from tests.conftest import own_tables

ROOT = Path(__file__).parents[2]
QUESTIONS = (
    "density?year=2013", "density?level=hex8", "groups", "nearby", "spread?question=centre",
    "autocorrelation", "emergence", "composition", "retention",
    "silos?question=concentration",
)  # fmt: skip
HELD = """
import sys
from geo.atlas import Atlas
atlas = Atlas.open(sys.argv[1])
print(atlas.hash, flush=True)
for _ in sys.stdin:
    print(atlas.hash, atlas.groups["name"].iloc[0], flush=True)
"""
"""A process that opens an atlas, and makes its frames when it is asked."""


def edition(out: Path, seoul: Boundaries, day: int) -> Atlas:
    """The edition of a day: its first group is called by it."""
    tables = own_tables()
    tables["groups"].loc[0, "name"] = f"책방 {day}"
    made_at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=day)
    return publish(tables, out, seoul, name="ours", made_from="tables", made_at=made_at)


@pytest.fixture
def out(tmp_path: Path, seoul: Boundaries) -> Path:
    """An atlas of one edition."""
    edition(tmp_path / "atlas", seoul, 0)
    return tmp_path / "atlas"


@pytest.fixture
def held(out: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that has it open."""
    pipe = subprocess.PIPE
    command = [sys.executable, "-c", HELD, str(out)]
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield process
        process.kill()


def test_what_a_process_has_open_is_not_pruned(
    out: Path, seoul: Boundaries, held: subprocess.Popen[str]
) -> None:
    """Publishing, rolling back and pruning go on; it answers as before, until it is killed."""
    old = Atlas.open(out).path.name
    new, newest = edition(out, seoul, 1).path.name, edition(out, seoul, 2).path.name
    assert [roll_back(out), roll_back(out, newest)] == [new, newest]
    assert prune(out, keep=1) == Pruned([new], [old])
    assert held.stdin is not None
    assert held.stdout is not None
    held.stdin.write("\n")
    held.stdin.flush()
    assert held.stdout.readline() == f"{old[17:]} 책방 0\n"
    held.kill()
    held.wait(10)
    assert prune(out, keep=1) == Pruned([old], [])
    assert [path.name for path in (out / "snapshots").iterdir()] == [newest]


def test_every_question_is_answered_from_the_edition_that_was_opened(
    out: Path, tmp_path: Path, seoul: Boundaries
) -> None:
    """Also the first time that it is asked, after all of its files have gone."""
    opened = Atlas.open(out)
    settings = Settings(atlas=out, cache=tmp_path / "cache", secret=tmp_path / "rounding.key")
    client = TestClient(build(settings), base_url="http://127.0.0.1:8050")
    edition(out, seoul, 1)
    shutil.rmtree(opened.path)
    for question in QUESTIONS:
        answer = client.get(f"/api/v1/{question}")
        assert answer.status_code == 200, question
        assert answer.json()["atlas"]["hash"] == opened.hash, question


def test_every_worker_answers_from_the_same_edition(
    out: Path, seoul: Boundaries, tmp_path: Path
) -> None:
    """Also one that was started after another edition had become current."""
    old = Atlas.open(out).path.name
    with two_workers(out, tmp_path / "cache") as (pid, address):
        assert told(address) == old[17:]
        before = workers(pid)
        newest = edition(out, seoul, 1).path.name
        assert prune(out, keep=1) == Pruned([], [old])
        for worker in before:
            os.kill(worker, signal.SIGKILL)
        assert {told(address) for _ in range(3)} == {old[17:]}
        assert not set(before) & set(workers(pid))
        assert prune(out, keep=1) == Pruned([], [old])
    until = time.monotonic() + 30
    while prune(out, keep=1).in_use:  # killed processes take a moment to end
        assert time.monotonic() < until
    assert [path.name for path in (out / "snapshots").iterdir()] == [newest]
    assert Atlas.open(out).path.name == newest


@contextmanager
def two_workers(out: Path, cache: Path) -> Iterator[tuple[int, str]]:
    """`python app.py` with two workers: its process and address; all of it is killed at the end."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {
        "ATLAS": str(out), "WORKERS": "2", "PORT": str(port), "CACHE": str(cache),
        "SECRET": str(cache.with_name("rounding.key")),
    }  # fmt: skip
    clean = {name: value for name, value in os.environ.items() if not name.startswith("MAEUL_")}
    process = subprocess.Popen(
        [sys.executable, "app.py"],
        env=clean | {f"MAEUL_{name}": value for name, value in settings.items()},
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield process.pid, f"http://127.0.0.1:{port}"
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def workers(pid: int) -> list[int]:
    """Processes that serve, without multiprocessing's own."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [
        int(child) for child in children
        if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()
    ]  # fmt: skip


def told(address: str) -> str:
    """The edition that an answer is from, over a connection of its own, once there is one."""
    until = time.monotonic() + 90
    while True:
        try:
            with urllib.request.urlopen(f"{address}/api/v1/atlas", timeout=90) as answer:
                return str(json.loads(answer.read())["atlas"]["hash"])
        except OSError:  # not yet, or the worker that was to answer was killed
            assert time.monotonic() < until
            time.sleep(0.2)


def to_serve(monkeypatch: pytest.MonkeyPatch, atlas: Path, folder: Path) -> Path:
    """Set what a worker reads; where its secret is."""
    key = folder / "rounding.key"
    for name, value in {"ATLAS": atlas, "CACHE": folder / "cache", "SECRET": key}.items():
        monkeypatch.setenv(f"MAEUL_{name}", str(value))
    return key


def not_started(capsys: pytest.CaptureFixture[str]) -> str:
    """What a worker says that ends the server."""
    with pytest.raises(SystemExit) as ended:
        from_environment()
    assert ended.value.code == 3
    return capsys.readouterr().err


def test_a_worker_without_its_snapshot_ends_the_server_in_words(
    out: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Else it would be started again for ever: uvicorn stops at an exit code of 3."""
    snapshot = Atlas.open(out).path
    monkeypatch.setenv("MAEUL_ATLAS", str(snapshot))
    (snapshot / "groups.parquet").unlink()
    assert not_started(capsys) == (
        f"Snapshot {snapshot} lacks groups.parquet. Publish it again, or roll back with "
        f"`python -m geo rollback {out}`.\n"
    )


def test_a_worker_does_not_serve_another_edition_from_the_same_folder(
    out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A snapshot that stands alone may be written anew under a server."""
    folder = Atlas.open(out).path
    to_serve(monkeypatch, folder, tmp_path)
    monkeypatch.setenv(STARTED, "0123456789ab-public-3-secret-code")
    assert not_started(capsys).endswith(
        f"Snapshot {folder} was replaced by {folder.name[17:]} while edition 0123456789ab was "
        "served from it: start again.\n"
    )


def test_a_worker_does_not_round_by_another_secret(
    out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A key that was replaced under a server would tell the same people otherwise."""
    key = to_serve(monkeypatch, out, tmp_path)
    monkeypatch.setenv(STARTED, from_environment().state.snapshot)
    from_environment()
    key.write_text("a" * 64, encoding="ascii")
    assert not_started(capsys).endswith(
        f"The secret in {key} or the code is another than at the start: bring back what it was, "
        "or start again.\n"
    )


def test_nobody_else_is_asked_whether_a_worker_answers(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A name that readers use may be another machine's; and what answers may be no server."""
    asked: list[tuple[str, int]] = []

    class Connection:
        def __init__(self, host: str, port: int, timeout: float) -> None:
            asked.append((host, port))

        def request(self, method: str, path: str) -> None:
            if len(asked) < 3:
                raise (http.client.BadStatusLine("220"), ConnectionRefusedError())[len(asked) - 1]

        def getresponse(self) -> None:
            """Of a worker."""

        def close(self) -> None:
            """Nothing is open."""

    monkeypatch.setattr(http.client, "HTTPConnection", Connection)
    app._say_when_up(Settings(host="0.0.0.0", port=8161, hosts="atlas.example.org"))
    assert asked == [("127.0.0.1", 8161)] * 3
    assert capsys.readouterr().out == "Maeul Atlas: http://atlas.example.org:8161\n"
