"""A briefing's file plays without a network; a frame works where it is allowed alone."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from dashboard.briefing import player
from dashboard.briefing.scenes import Told
from dashboard.callbacks.sheets import Sheets
from dashboard.geometry import Geometry
from dashboard.server import opened
from dashboard.settings import Settings
from dashboard.state import parse
from tests.browser import chromium
from tests.dashboard.answers import Few

SCENES = (
    "year=2013&category=청년",
    "level=neighbourhood&measure=per_km2&points=1",
    "view=lisa",
    "view=clusters&year=2014",
    "view=network&district=11545&year=2013",
)


@pytest.fixture(scope="module")
def sheets(folder: Path) -> Sheets:
    return opened(Settings(cache=folder)).sheets


@pytest.fixture(scope="module")
def file(sheets: Sheets, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A briefing in English."""
    states = [parse(f"{query}&lang=en", sheets.queries.choices)[0] for query in SCENES]
    told = [Told(f"Scene <b>{place}</b>", "<img src=x onerror=alert(1)>", "Notes", sheets.of(one))
            for place, one in enumerate(states, 1)]  # fmt: skip
    ground = Geometry(sheets.queries)
    path = tmp_path_factory.mktemp("player") / "briefing.html"
    page = player.play(told, Few(sheets, "11545"), ground, date(2025, 11, 25), "Seoul")
    path.write_text(page, encoding="utf-8")
    return path


@pytest.fixture
def offline(browser: Browser, file: Path) -> Iterator[Page]:
    """The file opened from the disk; a request, an error or an exception fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, offline=True)
    page, trouble = context.new_page(), []
    own = file.as_uri()
    inside = (own, "data:")
    page.on("request", lambda r: None if r.url.startswith(inside) else trouble.append(r.url))
    page.on("console", lambda m: trouble.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on("dialog", lambda dialog: trouble.append(dialog.message))
    page.goto(own)
    yield page
    context.close()
    assert trouble == []


def test_the_file_is_driven_by_keys_from_first_to_last(offline: Page, file: Path) -> None:
    """Forward, back, to the ends and by address; every scene has its map; words stay words."""
    heading = offline.locator("h2")
    for place in range(1, len(SCENES) + 1):
        expect(heading).to_have_text(f"Scene <b>{place}</b>")
        expect(offline.locator(".caption")).to_have_text("<img src=x onerror=alert(1)>")
        expect(offline.locator(".map :is(path, circle, use)").first).to_be_attached()
        assert offline.url == f"{file.as_uri()}#{place}"
        offline.keyboard.press("PageDown")
    expect(offline.locator("#next")).to_be_disabled()
    offline.keyboard.press("ArrowLeft")
    expect(heading).to_have_text("Scene <b>4</b>")
    offline.keyboard.press("Home")
    expect(heading).to_have_text("Scene <b>1</b>")
    offline.keyboard.press("End")
    expect(heading).to_have_text("Scene <b>5</b>")
    offline.evaluate("location.hash = '#3'")
    expect(heading).to_have_text("Scene <b>3</b>")
    offline.keyboard.press("n")
    expect(offline.locator("#notes")).to_contain_text("Notes")
    ground = "getComputedStyle(document.body).backgroundColor"
    light = offline.evaluate(ground)
    offline.keyboard.press("d")
    assert offline.evaluate(ground) != light


def test_what_is_chosen_on_a_map_of_counts_is_what_the_atlas_says(
    offline: Page, sheets: Sheets
) -> None:
    """Headline, legend, colours, table and what areas say are those of the view of that choice."""
    offline.get_by_label("Year", exact=True).fill("4")
    offline.get_by_label("Category").select_option(label="50+")
    offline.get_by_label("Outcome").select_option(label="Selected")
    state, notices = parse(
        "year=2016&category=50%2B&outcome=selected&lang=en", sheets.queries.choices
    )
    assert notices == ()
    sheet = sheets.of(state)
    expect(offline.locator(".finding")).to_have_text(sheet.title)
    labels = [f"{mark.label}{mark.number}" for mark in sheet.legend.swatches]
    assert offline.locator(".swatches li").all_inner_texts() == labels
    offline.locator("summary").click()
    rows = offline.locator(".table tbody tr")
    expect(rows).to_have_count(len(sheet.grid.rows))
    cells = rows.all_inner_texts()
    expected = {f"{row['name']}\t{row['groups']:,}" for row in sheet.grid.rows}
    assert set(cells) == expected
    area = offline.locator(".area").nth(3)
    area.focus()
    row = next(r for r in sheet.grid.rows if r["code"] == sheets.queries.areas("district").index[3])
    expect(offline.locator(".tip")).to_contain_text(f"{row['name']}{row['groups']} group")
    place = int(sheet.drawn["classes"][4][3])
    colour = sheet.drawn["colours"]["light"][place]
    rgb = f"rgb({', '.join(str(int(colour[at : at + 2], 16)) for at in (1, 3, 5))})"
    expect(area).to_have_css("fill", rgb)
    offline.get_by_role("button", name="Back to the scene").click()
    expect(offline.locator(".year output")).to_have_text("2013")
    expect(offline.locator(".panel")).to_be_visible()


@contextmanager
def other_site(address: list[str]) -> Iterator[str]:
    """A page of another origin with a frame of the address that is in the list by then."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(f"<iframe src='{address[0]}' width=600 height=500>".encode())

        def log_message(self, *_: object) -> None:
            """Nothing."""

    served = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=served.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{served.server_port}"
    served.shutdown()
    served.server_close()


def test_a_frame_works_where_it_is_allowed(browser: Browser) -> None:
    """In another's page a view plays its years, sets nothing and cannot call the atlas."""
    address = [""]
    with (
        other_site(address) as site,
        chromium.serve({"MAEUL_FRAME_ANCESTORS": f"'self' {site}"}) as served,
    ):
        address[0] = f"{served.address}/embed?lang=en&year=2013"
        context = browser.new_context()
        page = context.new_page()
        trouble: list[str] = []
        page.on("console", lambda m: trouble.append(m.text) if m.type == "error" else None)
        page.goto(site)
        frame = page.frame_locator("iframe")
        expect(frame.locator(".finding")).to_contain_text("2013")
        frame.get_by_label("Year", exact=True).fill("0")
        expect(frame.locator(".finding")).to_contain_text("2012")
        expect(frame.locator(".badge")).to_have_text("Simulated data")
        assert frame.locator("body").evaluate("() => document.fonts.load('16px \"Maeul Gothic\"')"
                                              ".then(found => found.length)") == 1  # fmt: skip
        assert trouble == []
        reached = frame.locator("body").evaluate(
            "() => fetch('/api/v1/density').then(() => 'reached', () => 'refused')"
        )
        assert reached == "refused"
        assert context.cookies() == []
        context.close()


def test_a_frame_is_refused_where_it_is_not_allowed(browser: Browser, server: str) -> None:
    """As served by default, another's page shows nothing of the atlas, and the console why."""
    with other_site([f"{server}/embed?lang=en"]) as site:
        context = browser.new_context()
        page = context.new_page()
        with page.expect_console_message(lambda said: "frame-ancestors" in said.text):
            page.goto(site)
        assert page.frames[1].locator(".finding").count() == 0
        context.close()
