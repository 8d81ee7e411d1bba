"""A real browser on the real application; it may speak to no other host and log no error."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser import chromium

LONGEST_MS = 60_000
"""The other tests take a processor of the same machine: slow is no fault, and what is right at once
waits for nothing."""
expect.set_options(timeout=LONGEST_MS)


@pytest.fixture(scope="session")
def server(folder: Path) -> Iterator[str]:
    """The address of the application, serving the sample."""
    with chromium.serve({"MAEUL_CACHE": str(folder)}) as served:
        yield served.address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = chromium.find()
    if path is None:
        pytest.fail(chromium.MISSING) if os.environ.get("CI") else pytest.skip(chromium.MISSING)
    with chromium.launch(path, *chromium.CHEAP_PAGES) as opened:
        yield opened


@pytest.fixture(scope="session")
def context(browser: Browser, server: str) -> Iterator[BrowserContext]:
    """For all pages: one that stays keeps alive the process that they share."""
    made = browser.new_context(viewport={"width": 1440, "height": 900}, base_url=server)
    made.set_default_timeout(LONGEST_MS)
    made.new_page().goto("/")
    yield made
    made.close()


@pytest.fixture
def trouble() -> list[str]:
    """What a page did that it must not; a test that provokes an error empties it."""
    return []


@pytest.fixture
def page(context: BrowserContext, server: str, trouble: list[str]) -> Iterator[Page]:
    """A fresh page; at the end, other hosts, console errors and exceptions fail the test."""
    with watched(context, server, trouble) as opened:
        yield opened


@pytest.fixture(scope="module")
def loaded(context: BrowserContext, server: str) -> Iterator[Page]:
    with watched(context, server, []) as opened:
        opened.emulate_media(reduced_motion="reduce")
        yield opened


@pytest.fixture
def standing(loaded: Page) -> Iterator[Page]:
    """One page for the tests of a module that go to an address (`visited`): loading takes longest.

    What a test asks of the page itself goes with it; what it asks of the atlas is in the address.
    """
    loaded.set_viewport_size({"width": 1440, "height": 1000})
    yield loaded
    loaded.unroute_all()


@contextmanager
def watched(context: BrowserContext, server: str, trouble: list[str]) -> Iterator[Page]:
    """A page whose trouble is written down, and must be none at the end; it leaves nothing."""
    others = context.pages
    opened = context.new_page()
    local = (server, server.replace("http", "ws"), "blob:", "data:")

    def local_only(url: str) -> None:
        if not url.startswith(local):
            trouble.append(url)

    opened.on("request", lambda request: local_only(request.url))
    opened.on("websocket", lambda socket: local_only(socket.url))
    opened.on("console", lambda m: trouble.append(m.text) if m.type == "error" else None)
    opened.on("pageerror", lambda error: trouble.append(str(error)))
    yield opened
    for left in set(context.pages).difference(others):
        left.close()
    others[0].evaluate("localStorage.clear()")
    context.clear_permissions()
    assert trouble == []
