"""The crowd of `make attack` does what browsers do."""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from playwright.sync_api import Page, Request, expect

from benchmarks.attack import crowd
from benchmarks.attack.known import Shot

UNREAD = "dash-ws-worker"
"""A worker that the page starts beside all that it shows."""


def asked(request: Request, server: str) -> tuple[str, str, str]:
    """Method, path, and the output that a callback is asked for."""
    body = json.loads(request.post_data or "{}")
    path = request.url.removeprefix(server).partition("?")[0]
    return request.method, path, body.get("output", "")


def test_a_viewer_asks_for_what_a_browser_asks_for(
    page: Page, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first view: the same files, the same layers, the same callbacks."""
    theirs: list[tuple[str, str, str]] = []
    page.on("request", lambda one: theirs.append(asked(one, server)))
    page.goto("/")
    expect(page.locator("#panel .js-plotly-plot .main-svg").first).to_be_attached()
    page.wait_for_load_state("networkidle")
    ours: list[Shot] = []

    async def note(_: crowd.Viewer, shot: Shot) -> None:
        ours.append(shot)

    async def look() -> None:
        await crowd.Viewer(await crowd.learn_page(server), crowd.Seen(), 1).open()

    monkeypatch.setattr(crowd.Viewer, "ask", note)
    with ThreadPoolExecutor() as beside:  # Playwright has a loop of its own in this thread
        beside.submit(asyncio.run, look()).result(60)
    made = {
        (
            shot.method,
            shot.target.decode().partition("?")[0],
            json.loads(shot.body or b"{}").get("output", ""),
        )
        for shot in ours
    }
    assert made == {
        one for one in theirs if not one[1].startswith("blob:") and UNREAD not in one[1]
    }
