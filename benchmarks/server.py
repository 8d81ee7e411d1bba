"""The application by itself: its start, its answers, its memory."""

from __future__ import annotations

import gzip
import json
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from itertools import product
from pathlib import Path

from benchmarks.figures import Figure, middle
from dashboard import ids
from dashboard.state import ACCOUNTS, COUNTS, usual_measures
from tests.browser.chromium import Served, serve

STARTS = 5
FILTERS = ("", "programme=씨앗", "outcome=selected", "category=청년", "department=복지본부")


def start() -> Figure:
    """From the command to the first page; the first run warms the disk and is not counted."""
    runs = []
    for _ in range(STARTS + 1):
        with serve() as served:
            runs.append(served.started_in)
    return middle("`python app.py` to first 200 on /", runs[1:], 3, "s")


def answers(served: Served) -> list[Figure]:
    """The map's callback for states that were not asked before, as the browser asks."""
    seconds, sizes = [], []
    for query in _questions():
        took, size = _ask(served.address, query)
        seconds.append(took * 1_000)
        sizes.append(size / 1_000)
    return [
        middle("the map's callback on the server, uncached", seconds, 10, "ms"),
        Figure("largest of its answers, compressed", max(sizes), 20, "KB", sizes),
    ]


def networks(served: Served) -> list[Figure]:
    """The city's communities and their drawing, the first time and from the cache; a district."""
    first, _ = _ask(served.address, "view=network")
    again, _ = _ask(served.address, "view=network")
    _, size = _ask(served.address, "view=network&year=2013&district=11545")
    return [
        Figure("the city's communities, the first time", first, 60, "s"),
        Figure("the same, from the cache", again * 1_000, 150, "ms"),
        Figure("a district's network, compressed", size / 1_000, 20, "KB"),
    ]


def accounts(served: Served) -> list[Figure]:
    """The map's callback for questions on people and silos, with filters not asked before."""
    seconds, sizes = [], []
    for view, chosen in product(ACCOUNTS, FILTERS):
        pairs = [("view", view), *urllib.parse.parse_qsl(chosen)]
        took, size = _ask(served.address, urllib.parse.urlencode(pairs))
        seconds.append(took * 1_000)
        sizes.append(size / 1_000)
    return [
        middle("a question on people or silos on the server, uncached", seconds, 350, "ms"),
        Figure("largest of their answers, compressed", max(sizes), 20, "KB", sizes),
    ]


def _questions() -> Iterator[str]:
    """States in the order of the address: every level, measure and count, filtered or not."""
    # the sample's administrative neighbourhoods have no size
    offered = usual_measures() | {"administrative": ("count",)}
    asked = [(level, measure) for level, measures in offered.items() for measure in measures]
    for (level, measure), count, chosen in product(asked, COUNTS, FILTERS):
        pairs = [("level", level), ("measure", measure), ("count", count)]
        usual = {"level": "district", "measure": "count", "count": "cumulative"}
        pairs = [pair for pair in pairs if usual[pair[0]] != pair[1]]
        pairs += urllib.parse.parse_qsl(chosen)
        yield urllib.parse.urlencode(pairs)


def _ask(address: str, query: str) -> tuple[float, int]:
    body = {
        "output": f"{ids.FRAMES}.data",
        "outputs": {"id": ids.FRAMES, "property": "data"},
        "inputs": [{"id": ids.ASKED, "property": "data", "value": query}],
        "changedPropIds": [f"{ids.ASKED}.data"],
    }
    request = urllib.request.Request(
        f"{address}/_dash-update-component",
        json.dumps(body).encode(),
        {"Content-Type": "application/json", "Accept-Encoding": "gzip"},
    )
    before = time.perf_counter()
    with urllib.request.urlopen(request, timeout=10) as answer:
        content = answer.read()
    took = time.perf_counter() - before
    zipped = answer.headers.get("Content-Encoding") == "gzip"
    frames = json.loads(gzip.decompress(content) if zipped else content)["response"][ids.FRAMES]
    assert json.loads(frames["data"])["key"] == query
    return took, len(content)


def memory(served: Served) -> Figure:
    """Resident memory of the worker after all that was asked of it."""
    status = Path(f"/proc/{served.pid}/status").read_text(encoding="ascii")
    resident = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return Figure("memory of one worker", int(resident.split()[1]) / 1_000, 400, "MB")
