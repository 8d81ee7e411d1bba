"""A reader explores: the canvas changes, and everything on the page says the same."""

from __future__ import annotations

import hashlib
import io
import re
import time
from contextlib import ExitStack
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pandas as pd
import pytest
from playwright.sync_api import Page, expect

from tests.browser import chromium


def opened(page: Page, query: str = "") -> Page:
    page.goto(f"/?{query}" if query else "/")
    page.wait_for_selector("#headline h2")
    return page


def visited(page: Page, query: str) -> Page:
    """The page at another address, not loaded anew: as going back would bring it."""
    if page.url == "about:blank":
        return opened(page, query)
    parts = ["opened.data"]
    if _told(query) != _told(urlsplit(page.url).query):
        parts += ["panel.children", "table.children"]
    with ExitStack() as waiting:
        answers = [waiting.enter_context(answering(page, part)) for part in parts]
        page.evaluate(
            "query => { history.pushState(null, '', `?${query}`);"
            " window.dispatchEvent(new PopStateEvent('popstate')); }",
            query,
        )
    for answer in answers:
        answer.value.finished()
    page.evaluate("() => new Promise((drawn) => setTimeout(() => requestAnimationFrame(drawn)))")
    return page


def _told(query: str) -> list[tuple[str, str]]:
    """What of an address the panel and the table depend on."""
    return sorted(part for part in parse_qsl(query) if part[0] not in ("at", "sort"))


def answering(page: Page, part: str) -> Any:
    """The server's answer for a part of the page, to wait for."""
    return page.expect_response(
        # 202 says that the answer comes later; then the page asks again.
        lambda answer: answer.status != 202 and part in (answer.request.post_data or "")
    )


CORNER = 16
"""Pixels that the frame's corners take of the canvas."""
LONGEST_S = 60
"""As long as expectations wait."""


def picture(page: Page, *, like: str = "", unlike: str = "") -> str:
    """What the map's canvas shows at rest, as a digest, without what lies over it.

    One that is to be like another, or unlike it, is waited for, as expectations wait; whether it
    has come to that is for the test to say.
    """
    until, shown = time.monotonic() + LONGEST_S, ""
    while True:
        before, shown = shown, _digest(page)
        fits = shown == before and shown != unlike and like in ("", shown)
        if fits or time.monotonic() > until:
            return shown
        page.wait_for_timeout(200)


def _digest(page: Page) -> str:
    """What the canvas shows now."""
    hide = ".map-labels, .legend, .map-tooltip, #map-buttons { visibility: hidden }"
    canvas = page.locator("#map canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    # The frame's round corners are smoothed anew whenever they are put together.
    inner = {
        "x": box["x"] + CORNER, "y": box["y"] + CORNER,
        "width": box["width"] - 2 * CORNER, "height": box["height"] - 2 * CORNER,
    }  # fmt: skip
    return hashlib.sha256(page.screenshot(style=hide, clip=inner)).hexdigest()


def played(page: Page) -> list[str]:
    """Play to the end: the years that the map has shown, none missed however slow the machine."""
    page.evaluate(
        "window.seen = []; new MutationObserver(() => seen.push(document.querySelector('#map')"
        ".dataset.shown.split('|').at(-1))).observe(document.querySelector('#map'),"
        " {attributes: true, attributeFilter: ['data-shown']})"
    )
    page.get_by_role("button", name="연도 재생").click()
    page.wait_for_selector("html[data-playing]")
    page.wait_for_selector("html:not([data-playing])")
    shown(page, 2017)
    return list(dict.fromkeys(page.evaluate("seen")))


def shown(page: Page, year: int) -> None:
    expect(page.locator("#map")).to_have_attribute("data-shown", re.compile(rf"\|{year}$"))


def headline(page: Page) -> Any:
    return expect(page.locator("#headline h2"))


def choose(page: Page, parameter: str, name: str) -> None:
    """Open a list and take the first choice that begins with a name."""
    control = page.locator(f'[id*=\'"control":"{parameter}"\']').and_(page.locator("input"))
    if not control.is_visible():
        page.locator("summary", has_text="그리는 방법").click()
    control.click()
    page.get_by_role("option").filter(has_text=name).first.click()


def rows(page: Page, query: str) -> list[dict[str, Any]]:
    return list(chromium.got(page, f"/api/v1/density?{query}").json()["rows"])


def test_the_year_repaints_the_map_and_the_address(standing: Page) -> None:
    """By keyboard on the slider."""
    page = visited(standing, "")
    headline(page).to_have_text("2017년 서울시: 누적 주민모임 5,200개")
    before = picture(page)
    slider = page.get_by_role("slider")
    slider.focus()
    slider.press("Home")
    shown(page, 2012)
    headline(page).to_have_text("2012년 서울시: 누적 주민모임 1,189개")
    assert page.url.endswith("?year=2012")
    assert picture(page, unlike=before) != before


def test_an_address_restores_the_view_and_back_works(page: Page) -> None:
    """Level, district, year and language are where the link says."""
    opened(page, "level=neighbourhood&year=2014&district=11545&lang=en")
    headline(page).to_contain_text("Geumcheon-gu, 2014:")
    assert page.locator("html").get_attribute("lang") == "en"
    page.get_by_role("button", name="All of Seoul").click()
    headline(page).to_contain_text("Seoul, 2014:")
    page.go_back()
    headline(page).to_contain_text("Geumcheon-gu, 2014:")
    page.go_forward()
    headline(page).to_contain_text("Seoul, 2014:")


def test_a_click_goes_into_a_district_and_escape_comes_out(standing: Page) -> None:
    """The map shows its neighbourhoods, the breadcrumb its name."""
    page = visited(standing, "")
    before = picture(page)
    at = page.evaluate("atlasMap.locate('11650')")
    page.mouse.click(at["x"], at["y"])
    headline(page).to_have_text(re.compile("2017년 서초구: 누적 주민모임 .*개"))
    assert page.url.endswith("?level=neighbourhood&district=11650")
    assert picture(page, unlike=before) != before
    page.keyboard.press("Escape")
    headline(page).to_have_text("2017년 서울시: 누적 주민모임 5,200개")


def test_hover_panel_table_and_api_agree(standing: Page) -> None:
    """One table, every output."""
    page = visited(standing, "year=2015&measure=per_km2&table=1&area=11440&sites=0")
    row = next(r for r in rows(page, "year=2015&measure=per_km2") if r["code"] == "11440")
    at = page.evaluate("atlasMap.locate('11440')")
    page.mouse.move(at["x"], at["y"])
    tooltip = page.locator(".map-tooltip")
    value = f"{row['value']:,.2f}".rstrip("0").rstrip(".")
    expect(tooltip).to_contain_text(f"{row['name_ko']}{value}개/km²")
    expect(tooltip).to_contain_text(f"모임 {row['groups']}개{row['rank']}위 / 25")
    facts = page.locator("#panel .facts")
    expect(facts).to_contain_text(f"주민모임{row['groups']}")
    expect(facts).to_contain_text(f"1 km²당{value}")
    cells = page.locator(".ag-row", has_text="마포구").locator(".ag-cell")
    expect(cells.first).to_be_visible()
    names = cells.evaluate_all("cells => cells.map(c => c.getAttribute('col-id'))")
    told = dict(zip(names, cells.all_inner_texts(), strict=True))
    assert (told["groups"], told["rank"]) == (str(row["groups"]), str(row["rank"]))
    assert told["value"] == value


def test_the_download_is_the_table(standing: Page) -> None:
    """The CSV of the menu holds the rows of the view."""
    page = visited(standing, "year=2013&level=neighbourhood&district=11545")
    page.locator("summary", has_text="내려받기").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="표 · CSV").click()
    file = download.value
    assert file.suggested_filename == "maeul-atlas_density_neighbourhood_2013_simulated.csv"
    frame = pd.read_csv(io.BytesIO(file.path().read_bytes()), comment="#", dtype={"code": str})
    asked = rows(page, "year=2013&level=neighbourhood&district=11545")
    assert frame["groups"].tolist() == [row["groups"] for row in asked]


def test_filters_and_comparison_repaint(standing: Page) -> None:
    """An outcome chosen from its list, then the difference to another year."""
    page = visited(standing, "")
    before = picture(page)
    page.locator("summary", has_text="세부 조건").click()
    page.get_by_label("심사 결과").first.click()
    page.get_by_role("option", name="심사중").click()
    headline(page).not_to_contain_text("5,200")
    expect(page.locator("#headline")).to_contain_text("조건: 심사중")
    filtered = picture(page, unlike=before)
    assert filtered != before
    page.keyboard.press("Escape")
    page.get_by_label("비교 연도").first.click()
    page.get_by_role("option", name="2013").click()
    headline(page).to_contain_text("2013년에서 2017년 사이 서울시")
    assert picture(page, unlike=filtered) != filtered
    assert "compare=2013" in page.url


def test_the_years_play_in_the_browser(standing: Page) -> None:
    """From the first to the last."""
    page = visited(standing, "")
    assert played(page) == ["2012", "2013", "2014", "2015", "2016", "2017"]
    headline(page).to_have_text("2017년 서울시: 누적 주민모임 5,200개")


def test_the_language_switches(standing: Page) -> None:
    """Everything that was Korean is English, and the address says so."""
    page = visited(standing, "")
    page.get_by_role("button", name="Switch to English").click()
    headline(page).to_have_text("Seoul, 2017: 5,200 resident groups, cumulative")
    expect(page.get_by_text("Simulated data")).to_be_visible()
    assert page.url.endswith("?lang=en")


def test_what_an_address_asks_in_vain_is_told(standing: Page) -> None:
    """And the rest of it is shown."""
    page = visited(standing, "year=20133&district=11545")
    expect(page.locator("#notices")).to_contain_text("year ‘20133’")
    headline(page).to_contain_text("2017년 금천구")


def test_points_are_drawn(standing: Page) -> None:
    """They change the canvas."""
    page = visited(standing, "level=hex8")
    before = picture(page)
    page.get_by_role("switch", name="모임 점").check(force=True)
    page.wait_for_url("**points=1**")
    assert picture(page, unlike=before) != before


def test_no_webgl_opens_the_table(page: Page) -> None:
    """The page says so; the numbers are all there."""
    page.add_init_script(
        "const made = HTMLCanvasElement.prototype.getContext;"
        "HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {"
        "  return kind.startsWith('webgl') ? null : made.call(this, kind, ...rest); };"
    )
    page.goto("/")
    expect(page.locator(".map-status .when-nowebgl")).to_be_visible()
    expect(page.locator("#plate")).to_be_visible()
    page.wait_for_function("() => document.getElementById('plate').naturalWidth > 0")
    expect(page.locator(".map-status")).to_contain_text("WebGL")
    expect(page.locator(".ag-row", has_text="금천구").first).to_be_visible()


@pytest.mark.parametrize("width", [390, 1440, 1920])
def test_nothing_is_wider_than_the_screen(page: Page, width: int) -> None:
    """On a phone, a laptop and a projector, in both languages."""
    page.set_viewport_size({"width": width, "height": 900})
    for lang in ("ko", "en"):
        visited(page, f"lang={lang}&level=neighbourhood&district=11545")
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_same_year_twice_is_no_empty_map(standing: Page) -> None:
    """No difference is not the same as no groups."""
    page = visited(standing, "year=2014&compare=2014")
    expect(page.locator("html")).to_have_attribute("data-status", "shown")


def test_a_slow_layer_does_not_undo_a_newer_choice(page: Page) -> None:
    """Hexagons come late, when districts were asked for again."""
    opened(page)
    held = []
    page.route("**/hex8.geojson", lambda route: held.append(route))
    with page.expect_request("**/hex8.geojson"):
        choose(page, "level", "중간 육각형")
    page.wait_for_url(re.compile("level=hex8"))
    choose(page, "level", "자치구")
    page.wait_for_url(re.compile(r"^[^?]*$"))
    with page.expect_response("**/hex8.geojson") as late:
        for route in held:
            route.continue_()
    late.value.finished()
    page.wait_for_timeout(1_000)  # as long as it would take to lay them
    expect(page.locator("#map")).to_have_attribute("data-shown", "|2017")


def test_playing_yields_to_the_reader(standing: Page) -> None:
    """A year chosen by hand stays."""
    page = visited(standing, "year=2012")
    page.get_by_role("button", name="연도 재생").click()
    shown(page, 2014)
    page.get_by_role("slider").press("Home")
    shown(page, 2012)
    page.wait_for_timeout(2_500)
    shown(page, 2012)
    expect(page.locator("html")).not_to_have_attribute("data-playing", "")
