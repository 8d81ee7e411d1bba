"""Everyone can use the page: by keyboard, with assistive technology, when something fails."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route, expect

from tests.browser import chromium
from tests.browser.test_density import headline, opened, visited


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    "query",
    ["", "level=neighbourhood&district=11545&points=1&table=1&lang=en", "compare=2013&year=20133"],
)
def test_axe_finds_nothing_serious(standing: Page, query: str, theme: str) -> None:
    """WCAG 2.2 AA as far as a machine can tell."""
    page = visited(standing, f"{query}&theme={theme}")
    if "table=1" in query:
        expect(page.locator(".ag-cell").first).to_be_visible()
    assert grave(page) == []


def grave(page: Page) -> list[str]:
    """What axe finds serious or worse."""
    return [
        f"{violation['id']}: {node['html'][:120]}"
        for violation in Axe().run(page).response["violations"]
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_from_a_figure_to_its_method_in_one_click(standing: Page, theme: str) -> None:
    """In a window of its own, at the measure in view, fit for everyone and for a phone.

    So is the page of the data.
    """
    page = visited(standing, f"measure=per_km2&lang=en&theme={theme}")
    with page.expect_popup() as window:
        page.locator(".legend").get_by_role("link", name="Method: Groups per km²").click()
    methods = window.value
    expect(methods.locator("article:target h2")).to_be_in_viewport()
    expect(methods.locator("html")).to_have_attribute("lang", "en")
    assert grave(methods) == []
    methods.set_viewport_size({"width": 360, "height": 640})
    assert methods.evaluate("document.documentElement.scrollWidth") == 360
    methods.goto(f"/data?lang=en&theme={theme}")
    assert methods.evaluate("document.documentElement.scrollWidth") == 360


def test_the_map_is_moved_by_keyboard_and_buttons(standing: Page) -> None:
    """Zoom and place go into the address; the last button shows all again."""
    page = visited(standing, "")
    page.get_by_role("button", name="확대").click()
    page.wait_for_url(re.compile("at="))
    page.get_by_role("button", name="고른 곳 모두 보기").click()
    page.wait_for_url(re.compile(r"^[^?]*$"))
    page.locator("#map canvas").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_url(re.compile("at="))


def test_a_link_with_its_version_is_copied(page: Page) -> None:
    """The snapshot's hash is in it, and it opens the same view."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    opened(page, "year=2013")
    page.locator("summary", has_text="공유").click()
    page.get_by_role("button", name="자료 판본까지 넣은 링크").click()
    expect(page.locator("#copied")).to_have_text("복사했습니다")
    link = page.evaluate("() => navigator.clipboard.readText()")
    hash_ = chromium.got(page, "/api/v1/atlas").json()["atlas"]["hash"]
    assert link.endswith(f"/?year=2013&snapshot={hash_}")
    page.goto(link)
    headline(page).to_contain_text("2013년 서울시")
    expect(page.locator("#notices")).to_be_empty()


def test_sorting_by_a_heading_is_in_the_address(standing: Page) -> None:
    """And a table that opens with it is sorted so."""
    page = visited(standing, "table=1")
    page.get_by_role("columnheader", name="면적 (km²)").click()
    page.wait_for_url(re.compile("sort=area_km2"))
    page.reload()
    first = page.locator(".ag-row[row-index='0'] [col-id='name']")
    expect(first).to_have_text("중구")


def resting(page: Page, code: str) -> dict[str, float]:
    """Where an area is once the map has come to rest."""
    before: dict[str, float] = {}
    while (now := page.evaluate("(code) => atlasMap.locate(code)", code)) != before:
        before = now
        page.wait_for_timeout(400)
    return before


def test_several_districts_are_chosen_with_a_modifier_key(standing: Page) -> None:
    """The headline speaks of both."""
    page = visited(standing, "")
    for code in ("11650", "11680"):
        at = resting(page, code)
        page.keyboard.down("Control")
        page.mouse.click(at["x"], at["y"])
        page.keyboard.up("Control")
        expect(page.locator("#map")).to_have_attribute("data-shown", re.compile(code))
    headline(page).to_have_text(re.compile("서초구 외 1개 구: "))
    assert page.url.endswith("?district=11650&district=11680")


def test_an_empty_answer_is_told_over_the_map(standing: Page) -> None:
    """The map stays, and says that nothing meets the filters."""
    page = visited(standing, "year=2012&count=new&outcome=under_review")
    expect(page.locator(".when-empty")).to_be_visible()
    headline(page).to_have_text("2012년 서울시: 신규 주민모임 0개")


def test_a_server_that_is_gone_is_told_and_tried_again(page: Page, trouble: list[str]) -> None:
    """After a while the page says so; once the server is back, one press brings the map."""
    page.clock.install()
    opened(page)
    page.route("**/_dash-update-component*", lambda route: route.abort())
    page.get_by_text("신규", exact=True).click()
    page.clock.fast_forward(11_000)
    expect(page.locator(".map-status p.when-failed")).to_be_hidden()
    page.clock.fast_forward(1_000)
    expect(page.locator(".map-status p.when-failed")).to_be_visible()
    page.unroute("**/_dash-update-component*")
    page.get_by_role("button", name="다시 시도").click()
    headline(page).to_have_text("2017년 서울시: 신규 주민모임 775개")
    expect(page.locator(".map-status")).to_be_hidden()
    trouble.clear()


@pytest.mark.parametrize("status", [503, 202], ids=["too many", "under way"])
def test_told_to_come_again_the_page_does_so_by_itself(
    page: Page, trouble: list[str], status: int
) -> None:
    """It says for how long it waits, and shows the answer that it gets then."""
    opened(page)
    turned = {"status": status, "headers": {"Retry-After": "3"}, "json": {"detail": "come again"}}
    page.route("**/_dash-update-component*", lambda route: route.fulfill(**turned), times=1)
    page.get_by_text("신규", exact=True).click()
    told = page.locator(".map-status .when-busy")
    expect(told).to_be_visible()
    expect(told.locator("[lang=ko]")).to_have_text(
        "답을 구하는 데 시간이 걸립니다. 3초 뒤에 저절로 다시 묻습니다."
    )
    headline(page).to_have_text("2017년 서울시: 신규 주민모임 775개")
    expect(page.locator(".map-status")).to_be_hidden()
    assert len(trouble) == (status == 503)  # which a browser logs as an error
    trouble.clear()


def test_a_question_that_was_left_is_not_asked_again(standing: Page) -> None:
    """What takes its place is shown, and nothing waits over it."""
    page = visited(standing, "")
    asked: list[str] = []

    def turn(route: Route) -> None:
        if "count=new" in (route.request.post_data or ""):
            asked.append(route.request.url)
            later = {"status": 202, "headers": {"Retry-After": "2"}, "json": {"detail": "later"}}
            route.fulfill(**later)
        else:
            route.fallback()

    page.route("**/_dash-update-component*", turn)
    page.get_by_text("신규", exact=True).click()
    expect(page.locator(".map-status .when-busy")).to_be_visible()
    page.get_by_text("누적", exact=True).click()
    headline(page).to_have_text("2017년 서울시: 누적 주민모임 5,200개")
    before = len(asked)
    page.wait_for_timeout(3_000)
    assert len(asked) == before
    expect(page.locator(".map-status")).to_be_hidden()


def test_the_map_waits_for_areas_that_come_later(page: Page) -> None:
    """Its lines are asked for again when the server says, and nothing has failed."""
    later = {"status": 202, "headers": {"Retry-After": "2"}, "json": {"detail": "come again"}}
    page.route("**/geometry/*/neighbourhood.geojson", lambda route: route.fulfill(**later), times=1)
    opened(page, "level=neighbourhood")
    expect(page.locator(".map-status")).to_be_hidden()
    assert page.evaluate("atlasMap.locate('11305103')") is not None
