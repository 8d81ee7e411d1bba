"""The page in a real browser with software rendering: opening, changing, playing.

Times run in the page, from the reader's key to the map's drawn frame: when the map says that
it has drawn, a pixel is read back, which waits until the renderer is done.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, BrowserContext, CDPSession, Page

from benchmarks.figures import Figure, middle, nearly_worst

OPENINGS, ROUNDS, PLAYINGS = 5, 6, 2
SETTLED_MS = 1_500
"""After what was waited for, until late fonts and requests are counted."""
PROBE = """
const made = HTMLCanvasElement.prototype.getContext;
let gl = null;
HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
  const context = made.call(this, kind, ...rest);
  if (kind.startsWith("webgl")) gl = context;
  return context;
};
window.bench = { began: null, painted: null, followed: null, steps: [] };
const mark = performance.mark.bind(performance);
performance.mark = (name, ...rest) => {
  if (name === "atlas-map-painted") {
    gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(4));
    bench.painted = performance.now();
    if (bench.began !== null) bench.steps.push(bench.painted - bench.began);
  }
  if (name === "atlas-year-step") bench.began = performance.now();
  return mark(name, ...rest);
};
for (const kind of ["keydown", "pointerdown"]) {
  const begin = (event) => Object.assign(bench, {
    began: event.timeStamp, painted: null, followed: null,
  });
  addEventListener(kind, begin, true);
}
new MutationObserver(() => {
  const chart = document.querySelector("#panel .js-plotly-plot .main-svg");
  if (chart) bench.followed = performance.now();
}).observe(document, { childList: true, subtree: true, characterData: true });
"""


WATCH_FRAMES = """
bench.frames = [];
let last = performance.now();
const beat = (now) => {
  if (now - last > 0) bench.frames.push(now - last);
  last = now;
  requestAnimationFrame(beat);
};
requestAnimationFrame(beat);
"""
"""Times between the frames that the page draws."""


@dataclass
class Traffic:
    """Bytes over the wire, headers included."""

    total: int = 0

    def watch(self, session: CDPSession) -> None:
        """Count what finishes."""
        session.send("Network.enable")
        session.on("Network.loadingFinished", self._add)

    def _add(self, event: dict[str, Any]) -> None:
        self.total += int(event["encodedDataLength"])


def opening(browser: Browser, address: str) -> list[Figure]:
    """A first visit and a second one, several times over."""
    drawn, everything, before, whole, again = [], [], [], [], []
    for _ in range(OPENINGS):
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        page, traffic = _watched(context)
        page.goto(address)
        page.wait_for_function("() => window.bench.painted !== null")
        before.append(traffic.total / 1e6)
        page.wait_for_function("() => window.bench.followed !== null")
        page.wait_for_timeout(SETTLED_MS)
        drawn.append(page.evaluate("bench.painted") / 1_000)
        everything.append(page.evaluate("Math.max(bench.painted, bench.followed)") / 1_000)
        whole.append(traffic.total / 1e6)
        page.close()
        page, traffic = _watched(context)
        page.goto(address)
        page.wait_for_function("() => window.bench.followed !== null")
        page.wait_for_timeout(SETTLED_MS)
        again.append(traffic.total / 1e3)
        context.close()
    return [
        middle("page open to map drawn", drawn, 2.7, "s"),
        middle("page open to everything", everything, 4.5, "s"),
        middle("transfer before the map is drawn", before, 1.2, "MB"),
        middle("transfer in all", whole, 3, "MB"),
        middle("transfer of a second load", again, 50, "KB"),
    ]


def _watched(context: BrowserContext) -> tuple[Page, Traffic]:
    page, traffic = context.new_page(), Traffic()
    page.add_init_script(PROBE)
    traffic.watch(context.new_cdp_session(page))
    return page, traffic


def _opened(browser: Browser, address: str, query: str) -> Page:
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.add_init_script(PROBE)
    page.goto(f"{address}/?{query}")
    page.wait_for_function("() => window.bench.followed !== null")
    page.wait_for_timeout(500)
    return page


def changing(browser: Browser, address: str) -> list[Figure]:
    """Another year and another filter, over the 467 neighbourhoods."""
    page = _opened(browser, address, "level=neighbourhood&sites=0")
    painted, followed = [], []

    def change(key: str) -> None:
        page.keyboard.press(key)
        page.wait_for_function("() => bench.painted !== null && bench.followed > bench.painted")
        page.wait_for_timeout(400)
        painted.append(page.evaluate("bench.painted - bench.began"))
        followed.append(page.evaluate("bench.followed - bench.began"))

    page.get_by_role("slider").focus()
    for key in ["ArrowLeft", "ArrowLeft", "Home", "ArrowRight", "End"] * ROUNDS:
        change(key)
    years = list(painted)
    painted.clear()
    # A radio group: the arrows choose, and every count asks the server.
    page.locator("input[type=radio][value=cumulative]").focus()
    for _ in range(ROUNDS):
        for key in ("ArrowRight", "ArrowRight", "ArrowRight"):
            change(key)
    page.close()
    return [
        middle("year change to the map's last frame", years, 150, "ms"),
        nearly_worst("the same, 95th percentile", years, 220, "ms"),
        middle("filter change to the map's last frame", painted, 150, "ms"),
        nearly_worst("the same, 95th percentile", painted, 220, "ms"),
        middle("year or filter change to panels", followed, 350, "ms"),
    ]


def asking(browser: Browser, address: str) -> list[Figure]:
    """Another year of each question, and of one that is asked again: from memory or from disk."""
    years, again = [], []
    for view in ("clusters", "lisa", "gi", "nearby", "arrival", "centre", "nearness", "rise"):
        page = _opened(browser, address, f"view={view}")
        page.get_by_role("slider").focus()
        for key in ("ArrowLeft", "ArrowLeft", "ArrowLeft", "End"):
            page.keyboard.press(key)
            page.wait_for_function("() => bench.painted !== null && bench.followed > bench.painted")
            page.wait_for_timeout(400)
            years.append(page.evaluate("bench.painted - bench.began"))
        page.close()
        page = _opened(browser, address, f"view={view}")
        again.append(page.evaluate("bench.painted / 1000"))
        page.close()
    return [
        middle("year change of clusters and spread", years, 150, "ms"),
        nearly_worst("the same, 95th percentile", years, 220, "ms"),
        middle("a question asked before, page open to map drawn", again, 2.7, "s"),
    ]


def revealing(browser: Browser, address: str) -> list[Figure]:
    """A step of a network's reveal, and a frame of the walk between network and map."""
    steps, frames = [], []
    for query in ("district=11545&year=2013", "place=11440125"):
        page = _opened(browser, address, f"view=network&step=0&{query}")
        page.locator("#map canvas").focus()
        for key in ["PageDown", "PageDown", "PageDown", "PageUp"] * ROUNDS:
            page.keyboard.press(key)
            page.wait_for_function("() => bench.painted !== null")
            page.wait_for_timeout(400)
            steps.append(page.evaluate("bench.painted - bench.began"))
        page.evaluate(WATCH_FRAMES)
        for _ in range(PLAYINGS):
            page.get_by_title("지도와 관계망 사이를 오가기").click()
            page.wait_for_timeout(1_500)
        frames.append(page.evaluate("bench.frames.sort((a, b) => a - b)[bench.frames.length >> 1]"))
        page.close()
    return [
        middle("a step of a network's reveal", steps, 150, "ms"),
        nearly_worst("the same, 95th percentile", steps, 220, "ms"),
        middle("a frame of the walk to the map", frames, 85, "ms"),
    ]


def playing(browser: Browser, address: str) -> list[Figure]:
    """A frame of playing the years."""
    figures = []
    asked = (
        ("areas", "level=neighbourhood&sites=0", 50),
        ("points", "level=neighbourhood&sites=0&points=1", 85),
        ("arrival", "view=arrival&sites=0", 50),
        ("clusters", "view=clusters&sites=0", 85),
    )
    for name, query, budget in asked:
        page = _opened(browser, address, query)
        page.evaluate("bench.steps.length = 0")
        for _ in range(PLAYINGS):
            page.locator(".play").click()
            page.wait_for_selector("html[data-playing]")
            page.wait_for_selector("html:not([data-playing])", timeout=30_000)
            page.wait_for_timeout(500)
        steps = page.evaluate("bench.steps")
        assert len(steps) >= 6 * PLAYINGS, steps
        figures.append(middle(f"a frame of playing the years, {name}", steps, budget, "ms"))
        page.close()
    return figures
