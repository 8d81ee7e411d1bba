"""A presenter gathers scenes, tells them from the keyboard, and answers a question on the way."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import chromium
from tests.browser.test_density import headline, opened


def present(page: Page, story: str, start: str) -> None:
    """Open the story that comes with the atlas, from the front page, and begin to tell it."""
    page.locator("summary", has_text=story).click()
    page.locator(".menu[open] button", has_text=":").click()
    expect(page.locator("#briefing .scene").first).to_be_visible()
    page.locator("#briefing").get_by_role("button", name=start, exact=True).first.click()


def turn(page: Page) -> tuple[int, int]:
    """The scene's number, and how many there are."""
    n, of = re.findall(r"\d+", page.locator(".turns .turn").inner_text())
    return int(n), int(of)


def headed(page: Page, where: str, title: str) -> None:
    """It says a title within two frames of a screen, where an expectation looks twice a second."""
    said = "([where, title]) => document.querySelector(where)?.innerText.trim() === title"
    page.wait_for_function(said, arg=[where, title])


def drawn(page: Page) -> None:
    """The map shows the view, or says why there is nothing to show."""
    page.wait_for_function("""() => {
        const view = new URLSearchParams(location.search).get("view");
        const shown = document.getElementById("map").dataset.shown ?? "";
        const status = document.documentElement.dataset.status;
        const there = view ? shown.includes(`view=${view}`) : !shown.includes("view=");
        return there && ["shown", "why", "empty"].includes(status);
    }""")


@pytest.mark.parametrize(
    ("lang", "story", "start"), [("ko", "브리핑", "발표 시작"), ("en", "Briefing", "Present")]
)
def test_the_story_is_told_from_first_to_last_by_keyboard(
    page: Page, context: BrowserContext, lang: str, story: str, start: str
) -> None:
    """Every scene shows its view under its title; the notes follow in a second window."""
    page.emulate_media(reduced_motion="reduce")
    opened(page, f"lang={lang}")
    scenes = chromium.got(page, f"/api/v1/briefings/seoul?lang={lang}").json()["scenes"]
    present(page, story, start)
    with context.expect_page() as second:
        page.keyboard.press("n")
    notes = second.value
    whole = lang == "ko"  # once every view is waited for
    for place, scene in enumerate(scenes if whole else [*scenes[:3], scenes[-1]]):
        headed(page, ".told h2", scene["title"][lang])
        headed(notes, "h1", scene["title"][lang])
        assert turn(page) == (scenes.index(scene) + 1, len(scenes))
        drawn(page)
        page.keyboard.press("PageDown" if whole or place < 2 else "End")
    expect(page.locator(".presenting .badge")).to_be_visible()
    assert "undefined" not in notes.locator("body").inner_text()
    assert turn(page) == (len(scenes), len(scenes))
    page.keyboard.press("Home")
    assert turn(page)[0] == 1
    page.keyboard.press("Escape")
    expect(page.locator("html")).not_to_have_attribute("data-presenting", re.compile(".*"))


def test_a_question_is_answered_in_place_and_one_key_returns(page: Page) -> None:
    """Another year in the middle of a talk; R is the scene again."""
    scenes = [
        {"view": "year=2012", "title": {"ko": "처음"}, "caption": {}, "notes": {}},
        {"view": "year=2014", "title": {"ko": "<b>셋째</b> 해"}, "caption": {}, "notes": {}},
    ]
    kept = json.dumps(json.dumps({"title": {}, "scenes": scenes}))
    page.add_init_script(f"localStorage.setItem('atlas-briefing', {kept})")
    opened(page, "lang=ko")
    page.locator("summary", has_text="브리핑").click()
    page.get_by_role("button", name="발표 시작").first.click()
    page.keyboard.press("ArrowRight")
    headline(page).to_contain_text("2014년")
    expect(page.locator(".told h2")).to_have_text("<b>셋째</b> 해")
    page.keyboard.press("q")
    page.locator(".controls").get_by_text("신규").click()
    headline(page).to_contain_text("신규")
    expect(page.locator("html")).to_have_attribute("data-departed", "")
    page.keyboard.press("r")
    headline(page).to_contain_text("누적")
    expect(page.locator("html")).not_to_have_attribute("data-departed", re.compile(".*"))
    assert page.url.endswith("?year=2014")


def test_scenes_are_gathered_ordered_and_saved(
    page: Page, tmp_path: Path, trouble: list[str]
) -> None:
    """Added from two views, moved, one deleted and put back; the file opens as it was saved."""
    opened(page, "year=2013")
    for year in ("2013", "2016"):
        if year == "2016":
            opened(page, "view=arrival&year=2016")
        page.locator("summary", has_text="브리핑").click()
        page.get_by_role("button", name="이 화면 담기").first.click()
    page.locator("summary", has_text="브리핑").click()
    page.get_by_role("button", name="브리핑 엮기").click()
    cards = page.locator("#briefing .scene")
    expect(cards).to_have_count(2)
    cards.nth(1).get_by_label("설명").fill("가장 먼 곳까지 네 해\n<script>alert(1)</script>")
    cards.nth(1).get_by_title("위로").click()
    expect(cards.nth(0).get_by_label("설명")).to_have_value(re.compile("^가장 먼 곳"))
    cards.nth(1).get_by_title("삭제").click()
    expect(cards).to_have_count(1)
    page.get_by_role("button", name="되돌리기").click()
    expect(cards).to_have_count(2)
    with page.expect_download() as saved:
        page.get_by_role("button", name="파일로 저장").click()
    file = tmp_path / "saved.toml"
    saved.value.save_as(file)
    cards.nth(0).get_by_title("삭제").click()
    with page.expect_file_chooser() as chooser:
        page.locator("#briefing").get_by_role("button", name="파일 열기").click()
    chooser.value.set_files(file)
    expect(cards).to_have_count(2)
    expect(cards.nth(0).get_by_label("설명")).to_have_value(
        "가장 먼 곳까지 네 해\n<script>alert(1)</script>"
    )
    file.write_text("format = 2\n", encoding="utf-8")
    with page.expect_file_chooser() as chooser:
        page.locator("#briefing").get_by_role("button", name="파일 열기").click()
    chooser.value.set_files(file)
    expect(page.locator("#briefing-status")).to_contain_text("format")
    expect(cards).to_have_count(2)
    assert [text for text in trouble if "422" in text] == trouble
    trouble.clear()
