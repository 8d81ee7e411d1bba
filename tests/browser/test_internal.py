"""An internal audience opens the printed address and works; a page of another site gets nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import chromium
from tests.browser.chromium import Served
from tests.browser.test_player import other_site


@pytest.fixture(scope="module")
def internal(folder: Path) -> Iterator[Served]:
    with chromium.serve({"MAEUL_CACHE": str(folder), "MAEUL_AUDIENCE": "internal"}) as served:
        yield served


@pytest.fixture
def misled(browser: Browser, internal: Served) -> Iterator[Page]:
    """A page for which every name under example points here; it has opened the atlas before."""
    path = str(chromium.find())
    rules = "--host-resolver-rules=MAP *.example 127.0.0.1"
    launched = browser.browser_type.launch(
        executable_path=path, args=[*chromium.ARGUMENTS, "--no-sandbox", rules]
    )
    page = launched.new_page()
    page.goto(internal.printed)
    yield page
    launched.close()


def test_the_printed_address_opens_the_atlas_and_loses_its_token(
    browser: Browser, internal: Served
) -> None:
    """Page, embedded view and second window work without it, and nothing is missing."""
    context = browser.new_context(base_url=internal.address)
    page, trouble = context.new_page(), []
    page.on("console", lambda m: trouble.append(m.text) if m.type == "error" else None)
    page.goto(f"{internal.printed}&year=2013")
    expect(page.locator("#headline h2")).to_be_visible()
    assert page.url == f"{internal.address}/?year=2013"
    assert page.evaluate("history.length") == 2  # the blank page and this one
    assert page.evaluate("document.cookie") == ""
    page.get_by_role("button", name="확대").click()
    page.wait_for_url(re.compile("at="))
    window = context.new_page()
    window.on("console", lambda m: trouble.append(m.text) if m.type == "error" else None)
    window.goto("/embed?year=2013")
    expect(window.locator(".finding")).to_contain_text("2013")
    faces = "document.fonts.load('16px \"Maeul Gothic\"').then(found => found.length)"
    assert window.evaluate(faces) == 1
    assert trouble == []
    context.clear_cookies()
    page.goto("/")
    expect(page.locator("p[lang=ko]")).to_contain_text("내부용이라 토큰이 필요합니다")
    context.close()


def test_a_name_that_is_made_to_point_here_reads_nothing(misled: Page, internal: Served) -> None:
    """DNS rebinding: the browser takes the page for one of that name, the atlas does not."""
    port = internal.address.rpartition(":")[2]
    answer = misled.goto(f"http://evil.example:{port}/")
    assert answer is not None
    assert answer.status == 421
    for path in ("/api/v1/groups", "/geometry/x/points.geojson", "/healthz"):
        assert misled.evaluate("path => fetch(path).then(a => a.status)", path) == 421


def test_another_site_s_page_neither_reads_nor_orders(misled: Page, internal: Served) -> None:
    """Though the browser has the cookie: another name's page, and another port's of this host."""
    with other_site(["about:blank"]) as site:
        port = site.rpartition(":")[2]
        for page in (f"http://evil.example:{port}/", site):
            misled.goto(page)
            read = "url => fetch(url, {credentials: 'include'}).then(() => 'read', () => 'refused')"
            assert misled.evaluate(read, f"{internal.address}/api/v1/groups") == "refused"
            with misled.expect_response(f"{internal.address}/api/v1/briefing") as answer:
                misled.evaluate(
                    "url => fetch(url, {method: 'POST', body: 'x', mode: 'no-cors', "
                    "credentials: 'include', headers: {'Content-Type': 'text/plain'}})",
                    f"{internal.address}/api/v1/briefing",
                )
            assert answer.value.status == 403
