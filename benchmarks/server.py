"""The application by itself: its start, its answers, its memory."""

from __future__ import annotations

import gzip
import json
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import product
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure, middle, nearly_worst
from dashboard import ids
from dashboard.state import ACCOUNTS, COUNTS, usual_measures
from tests.browser.chromium import Served, serve

MOST_TURNS = 100
STARTS = 5
YEARS = range(2013, 2018)
NETWORK = "view=network&year={year}&district=11545"
PAUSE_S = 0.05
COLD = (
    "view=clusters", "view=lisa", "view=gi&level=hex8", "view=rise", "view=nearby",
    "view=network", "view=cohesion", "view=crosswalk", "view=nearness", "view=composition",
)  # fmt: skip
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


def beside() -> list[Figure]:
    """What others wait while ten different questions are measured for the first time.

    A change of year is what the page sends for it: of a network the map's callback, of density
    the one of what stands around the map, whose numbers the browser has.
    """
    with serve() as served, ThreadPoolExecutor(len(COLD) + 2) as readers:
        for year in YEARS:
            _ask(served.address, NETWORK.format(year=year))
        _ask(served.address, "")
        cold = [readers.submit(_ask, served.address, query) for query in COLD]
        others = [readers.submit(_repeated, ask, served.address, cold) for ask in (_health, _year)]
        first = [asked.result()[0] for asked in cold]
        health, years = (asked.result() for asked in others)
        processes = [_resident(pid) for pid in _children(served.pid)]
        return [
            Figure("ten questions asked for the first time at once", max(first), 60, "s", first),
            nearly_worst("meanwhile /healthz, 95th percentile", health, 100, "ms"),
            nearly_worst("meanwhile a change of year, 95th percentile", years, 300, "ms"),
            Figure("memory of a worker then", _resident(served.pid), 600, "MB"),
            Figure("memory of the process that measured", max(processes), 700, "MB", processes),
        ]


def _repeated(
    ask: Callable[[str, int], float], address: str, until: list[Future[tuple[float, int]]]
) -> list[float]:
    """How long a request took, ms, again and again until others are done."""
    took: list[float] = []
    while not all(asked.done() for asked in until):
        took.append(1_000 * ask(address, len(took)))
        time.sleep(PAUSE_S)
    return took


def _health(address: str, number: int) -> float:
    before = time.perf_counter()
    with urllib.request.urlopen(f"{address}/healthz", timeout=60) as answer:
        answer.read()
    return time.perf_counter() - before


def _year(address: str, number: int) -> float:
    year = YEARS[number // 2 % len(YEARS)]
    if number % 2:
        return _ask(address, NETWORK.format(year=year))[0]
    parts = (ids.LEGEND, ids.CRUMBS, ids.HEADLINE, ids.PANEL, ids.DOWNLOADS)
    return _post(address, parts, "children", ids.PAINTED, f"year={year}")[0]


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
    took, content, size = _post(address, (ids.FRAMES,), "data", ids.ASKED, query)
    assert json.loads(content["response"][ids.FRAMES]["data"])["key"] == query
    return took, size


def _post(
    address: str, ids_out: tuple[str, ...], part: str, asked: str, query: str
) -> tuple[float, dict[str, Any], int]:
    """A callback as the page sends it: seconds, the answer, its bytes on the way."""
    outputs = [{"id": name, "property": part} for name in ids_out]
    names = "...".join(f"{name}.{part}" for name in ids_out)
    body = {
        "output": f"..{names}.." if len(ids_out) > 1 else names,
        "outputs": outputs if len(ids_out) > 1 else outputs[0],
        "inputs": [{"id": asked, "property": "data", "value": query}],
        "changedPropIds": [f"{asked}.data"],
    }
    request = urllib.request.Request(
        f"{address}/_dash-update-component",
        json.dumps(body).encode(),
        {"Content-Type": "application/json", "Accept-Encoding": "gzip"},
    )
    before = time.perf_counter()
    answer, content = _answered(request)
    took = time.perf_counter() - before
    zipped = answer.headers.get("Content-Encoding") == "gzip"
    return took, json.loads(gzip.decompress(content) if zipped else content), len(content)


def _answered(request: urllib.request.Request) -> tuple[Any, bytes]:
    """The answer and its content; who is told when to come again does, as the page would."""
    for _ in range(MOST_TURNS):
        try:
            with urllib.request.urlopen(request, timeout=300) as answer:
                content = answer.read()
        except urllib.error.HTTPError as error:
            if "Retry-After" not in error.headers:
                raise
            answer = error
        if answer.status == 200:
            return answer, content
        time.sleep(float(answer.headers["Retry-After"]))
    raise TimeoutError(f"{request.full_url}: no answer in {MOST_TURNS} turns")


def memory(served: Served) -> Figure:
    """Resident memory of the worker after all that was asked of it."""
    return Figure("memory of one worker", _resident(served.pid), 400, "MB")


def _resident(pid: int) -> float:
    """Resident memory, MB."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    resident = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(resident.split()[1]) / 1_000


def _children(pid: int) -> list[int]:
    """Processes that a worker's threads started."""
    told = (path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/children"))
    return [int(child) for some in told for child in some.split()]
