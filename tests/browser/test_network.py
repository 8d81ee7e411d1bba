"""A reader follows the reveal, walks from the network to the map, and looks into groups."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote_plus

from playwright.sync_api import Page, expect

from tests.browser import chromium
from tests.browser.test_access import resting
from tests.browser.test_density import choose, headline, opened, picture, played, visited

GEUMCHEON = "view=network&district=11545&year=2013"
STEPS = ["등장인물 340명", "12년 씨앗탈락", "12년 실국탈락", "12년 씨앗선정", "12년 실국선정",
         "관심그룹 6개"]  # fmt: skip


def answer(page: Page, **asked: Any) -> dict[str, Any]:
    return dict(chromium.got(page, "/api/v1/network", **asked).json())


def step_name(page: Page) -> Any:
    return expect(page.locator(".step-name"))


def test_the_reveal_goes_step_by_step_from_the_keyboard(standing: Page) -> None:
    """In the deck's order, with the tables' counts; every step is another picture."""
    page = visited(standing, f"{GEUMCHEON}&step=0")
    counts = {
        row["label"]: row["applications"]
        for row in answer(page, district="11545", **{"from": 2012, "year": 2013})["labels"]
    }
    page.locator("#map canvas").focus()
    pictures = []
    for place, name in enumerate(STEPS):
        step_name(page).to_have_text(name)
        expect(page.locator(".step-number")).to_have_text(f"{place + 1}/6")
        if name in counts:
            headline(page).to_have_text(f"금천구, 2012–2013: {name} {counts[name]}건")
        pictures.append(picture(page, unlike=pictures[-1] if pictures else ""))
        page.keyboard.press("PageDown")
    step_name(page).to_have_text(STEPS[0])
    assert len(set(pictures)) == 6
    page.keyboard.press("PageDown")
    step_name(page).to_have_text(STEPS[1])
    page.keyboard.press("PageUp")
    step_name(page).to_have_text(STEPS[0])
    assert picture(page, like=pictures[0]) == pictures[0]
    assert page.url.endswith("step=0&district=11545")


def test_the_steps_ask_the_server_for_no_picture(standing: Page) -> None:
    """What is drawn is at hand: the nodes keep their places."""
    page = visited(standing, f"{GEUMCHEON}&step=0")
    before = page.evaluate("atlasMap.locate('p000125')")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.post_data or ""))
    for name in STEPS[1:]:
        page.get_by_title("다음 단계(Page Down)").click()
        step_name(page).to_have_text(name)
    assert not [body for body in asked if '"frames.data"' in body]
    assert page.evaluate("atlasMap.locate('p000125')") == before


def test_the_legend_lights_what_is_pressed(standing: Page) -> None:
    """A label alone; timeline and table follow; pressed again, all are lit."""
    page = visited(standing, f"{GEUMCHEON}&table=1")
    before = picture(page)
    expect(page.locator(".ag-row").first).to_be_visible()
    expect(page.locator(".labels .label")).to_have_count(10)
    label = page.get_by_role("button", name="12년 찾마감")
    label.click()
    expect(label).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".table-heading p")).to_contain_text("행")
    expect(page.locator("#panel .trend + .visually-hidden")).to_have_text("2012: 그 밖 3")
    assert picture(page, unlike=before) != before
    label.click()
    expect(label).to_have_attribute("aria-pressed", "false")
    assert picture(page, like=before) == before


def test_people_walk_to_the_map_and_back(page: Page) -> None:
    """In one movement; the map lies beneath, the ties gather into flows, the way back is kept."""
    opened(page, GEUMCHEON)
    before = picture(page)
    away = page.evaluate("atlasMap.locate('p000125')")
    page.get_by_title("지도와 관계망 사이를 오가기").click()
    page.wait_for_url(re.compile("arrangement=map"))
    on_map = picture(page, unlike=before)
    assert on_map != before
    assert page.evaluate("atlasMap.locate('p000125')") != away
    expect(page.locator(".map-label.district").first).to_be_visible()
    page.get_by_title("지도와 관계망 사이를 오가기").click()
    page.mouse.move(5, 5)  # off the button, which lies over the canvas
    assert picture(page, like=before) == before


def test_a_group_a_person_and_an_application_are_chosen(standing: Page) -> None:
    """In the list, on the canvas, in the table; Escape lets go; all say the same."""
    page = visited(standing, f"{GEUMCHEON}&table=1")
    nodes = answer(page, district="11545", **{"from": 2012, "year": 2013})["nodes"]
    page.locator(".leaders button").nth(1).click()
    headline(page).to_have_text("금천구, 2012–2013: 관심그룹 B는 33명, 신청 14건입니다")
    page.wait_for_url(re.compile("community=1"))
    inside = [node for node in nodes if node["community"] == 1]
    expect(page.locator(".table-heading p")).to_contain_text(f"{len(inside)}행")
    page.keyboard.press("Escape")
    headline(page).to_contain_text("관심그룹 6개를 이룹니다")
    person = next(node for node in nodes if node["node"] == "p000125")
    at = resting(page, "p000125")
    page.mouse.move(at["x"], at["y"])
    tooltip = page.locator(".map-tooltip")
    expect(tooltip).to_contain_text(f"p000125등장인물 · {person['labels']}")
    page.mouse.click(at["x"], at["y"])
    expect(page.locator(".panel-place")).to_have_text("p000125")
    page.wait_for_url(re.compile("node=p000125"))
    kind = page.locator("[col-id=kind]", has_text="신청")
    cell = page.locator(".ag-row", has=kind).first.locator("[col-id=name]")
    expect(cell).not_to_be_empty()
    group = cell.text_content()
    cell.click()
    expect(page.locator(".panel-place")).to_have_text(str(group))
    page.keyboard.press("Escape")
    expect(page.locator(".panel-place")).to_have_text("금천구")


def test_a_row_is_chosen_by_the_enter_key(standing: Page) -> None:
    """The table leads to the map without a mouse."""
    page = visited(standing, f"{GEUMCHEON}&table=1")
    cell = page.locator(".ag-row [col-id=name]").first
    expect(cell).to_be_visible()
    name = cell.inner_text()
    cell.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".panel-place")).to_have_text(name)


def test_the_city_opens_by_choosing_a_group(standing: Page) -> None:
    """Communities first; one of them with its people; the crumb leads back."""
    page = visited(standing, "view=network&lang=en")
    headline(page).to_have_text(
        "Seoul, 2012–2017: 331 interest groups among 31,262 people and 17,857 applications"
    )
    page.locator(".leaders button").first.click()
    headline(page).to_contain_text("Interest group A, 2012–2017: 214 people")
    page.wait_for_url(re.compile("inside=0"))
    page.get_by_role("button", name="All of Seoul").click()
    headline(page).to_contain_text("331 interest groups")
    at = page.evaluate("atlasMap.locate('k0')")
    page.mouse.click(at["x"], at["y"])
    headline(page).to_contain_text("Interest group A, 2012–2017: 214 people")


def test_place_years_and_kind_of_node_are_chosen(standing: Page) -> None:
    """Seongsan-dong by name, from 2014, as groups; the address names it all."""
    page = visited(standing, "view=network&lang=en")
    field = page.get_by_label("Place", exact=True).and_(page.locator("input"))
    field.click()
    field.fill("Seongsan-dong")
    page.get_by_role("option", name="Seongsan-dong · Mapo-gu").click()
    headline(page).to_contain_text("Seongsan-dong, Mapo-gu, 2012–2017: 1,214 people")
    choose(page, "since", "2014")
    headline(page).to_contain_text("Seongsan-dong, Mapo-gu, 2014–2017:")
    choose(page, "mode", "Resident groups")
    expect(page.locator("#legend")).to_contain_text("A circle is a resident group.")
    page.wait_for_url(re.compile(r"mode=groups&since=2014&place=11440125"))
    page.get_by_role("slider").press("Home")
    headline(page).to_contain_text("Seongsan-dong, Mapo-gu, 2012:")
    assert "since=" not in page.url


def test_a_network_that_is_not_there_is_explained(standing: Page) -> None:
    """Over the canvas, with what to do; another place clears it."""
    page = visited(standing, "view=network&place=c9999&lang=en")
    banner = page.locator(".when-why")
    expect(banner).to_have_text("There is no such cluster in 2017. Choose another year.")
    headline(page).to_have_text("Cluster 9999, 2012–2017: no network to draw")
    page.keyboard.press("Escape")
    headline(page).to_contain_text("331 interest groups")
    expect(banner).to_be_hidden()


def test_escape_goes_back_one_thing_at_a_time(standing: Page) -> None:
    """What is chosen, what is lit, the step, and only then the place."""
    label = "12년 찾마감"
    page = visited(standing, f"{GEUMCHEON}&step=2")

    def undone(*left: str) -> None:
        page.keyboard.press("Escape")
        page.wait_for_url("/?" + "&".join(("view=network&year=2013", *left)))

    page.get_by_role("button", name=label).click()
    undone("step=2", "district=11545")
    undone("district=11545")
    page.get_by_role("button", name=label).click()
    page.locator(".leaders button").first.click()
    headline(page).to_contain_text("관심그룹 A는")
    undone(f"label={quote_plus(label)}", "district=11545")
    undone("district=11545")
    undone()


def test_each_year_that_plays_is_seen(page: Page) -> None:
    """The next one waits for the drawing of this; the legend has the colours of the canvas."""
    opened(page, "view=network&district=11680&year=2014")
    years = played(page)
    headline(page).to_contain_text("강남구, 2012–2017")
    assert years == ["2015", "2016", "2017"]
    marks = page.locator(".labels .mark")
    colours = "(marks) => marks.map((mark) => getComputedStyle(mark).color)"
    before = marks.evaluate_all(colours)
    page.reload()
    page.wait_for_selector("html[data-ready]")
    expect(marks.first).to_be_visible()
    assert marks.evaluate_all(colours) == before
    assert len(set(before)) > 8
