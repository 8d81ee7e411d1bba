"""Spreadsheets, taken in and served: the map, the table and the page of their data."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from geo.intake.walk import intake
from tests.browser import chromium
from tests.browser.test_access import grave

SPREADSHEETS = Path(__file__).parents[1] / "data"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The application, serving the two spreadsheets of an office."""
    folder = tmp_path_factory.mktemp("intake")
    files = [SPREADSHEETS / name for name in ("2013_seed_results.xlsx", "2012_bureau_results.csv")]
    intake(files, folder / "atlas", programme="실국", key=folder / "key")
    with chromium.serve({"MAEUL_ATLAS": str(folder / "atlas")}) as served:
        yield served.address


@pytest.fixture
def page(browser: Browser, server: str) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 390, "height": 844}, base_url=server)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize(("lang", "theme"), [("ko", "light"), ("en", "dark")])
def test_the_page_of_the_data_is_for_everyone(page: Page, lang: str, theme: str) -> None:
    """On a phone, in both languages and themes; nothing runs out of the page sideways."""
    page.goto(f"/data?lang={lang}&theme={theme}")
    expect(page.locator(".intake-all")).to_contain_text("104")
    page.locator("summary").first.click()
    expect(page.locator("details[open] tbody tr")).to_have_count(7)
    assert grave(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_spreadsheets_show_on_the_map_and_in_the_table(page: Page) -> None:
    """92 groups, 16 in each of two districts' rows as the sheets have them; a link to the data.

    Cells stay in sight where the grid means to hide them until its columns have widths.
    """
    page.goto("/?lang=en&table=1")
    page.wait_for_selector("html[data-ready]")
    expect(page.locator("#headline h2")).to_contain_text("92")
    expect(page.locator(".ag-row").first).to_be_visible()
    page.evaluate("document.querySelector('.ag-body').classList.add('ag-delay-render')")
    expect(page.locator(".ag-cell").first).to_be_visible()
    link = page.get_by_role("link", name="Data", exact=True)
    expect(link).to_have_attribute("href", "/data?lang=en&theme=light")
