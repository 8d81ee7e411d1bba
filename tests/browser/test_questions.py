"""A reader asks where groups hang together and how they spread: by mouse and by keyboard."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import chromium
from tests.browser.test_access import grave
from tests.browser.test_density import choose, headline, picture, shown, visited

WIDE = ("clusters", "nearby", "history", "cohesion", "network&district=11545&year=2013",
        "composition", "concentration", "duplication")  # fmt: skip
"""Questions with the most to fit in: the others have the parts of these."""


def test_from_density_to_clusters_and_back(standing: Page) -> None:
    """The parts of the atlas are a press apart; each shows its own controls and defaults."""
    page = visited(standing, "")
    before = picture(page)
    page.get_by_role("button", name="군집", exact=True).click()
    headline(page).to_have_text(re.compile(r"^2017년: 지점을 아는 모임의 \d+ %가 군집 \d+곳에"))
    assert page.url.endswith("?view=clusters")
    assert picture(page, unlike=before) != before
    expect(page.get_by_label("군집의 최소 모임 수")).to_be_visible()
    expect(page.get_by_label("지표", exact=True).first).to_be_hidden()
    choose(page, "view", "뜨거운 곳과 찬 곳")
    headline(page).to_have_text(re.compile(r"^2017년: 뜨거운 곳 \d+곳, 찬 곳 \d+곳$"))
    assert page.url.endswith("?view=gi")
    page.get_by_role("button", name="밀도", exact=True).click()
    headline(page).to_have_text("2017년 서울시: 누적 주민모임 5,200개")
    assert picture(page, like=before) == before
    page.go_back()
    headline(page).to_have_text(re.compile("뜨거운 곳"))


def test_a_cluster_is_chosen_in_the_list_and_let_go_by_escape(standing: Page) -> None:
    """Its course, districts and fields; the map marks it; the address names it; years keep it."""
    page = visited(standing, "view=clusters")
    before = picture(page)
    first = page.locator(".leaders button").first
    name = first.locator(".leader-name").inner_text().split("\n")[0].strip()
    first.click()
    headline(page).to_contain_text(f"2017년 {name}: ")
    assert re.search(r"[?&]cluster=\d+$", page.url)
    expect(page.locator("#panel .small-table").first).to_be_visible()
    assert picture(page, unlike=before) != before
    page.get_by_role("slider").press("ArrowLeft")
    headline(page).to_contain_text(f"2016년 {name}: ")
    page.keyboard.press("Escape")
    headline(page).to_have_text(re.compile("2016년: 지점을 아는"))
    assert "cluster=" not in page.url


def test_hover_says_what_the_api_says(standing: Page) -> None:
    """An area of a kind tells the kind, its groups and the corrected p of its row."""
    page = visited(standing, "view=gi&level=district&null=residents&sites=0")
    rows = chromium.got(
        page, "/api/v1/autocorrelation?statistic=gi&level=district&null=residents"
    ).json()["rows"]
    row = next(row for row in rows if row["code"] == "11440")
    at = page.evaluate("atlasMap.locate('11440')")
    page.mouse.move(at["x"], at["y"])
    kind = {"hot": "뜨거움", "cold": "차가움", "none": "유의하지 않음"}[row["kind"]]
    expect(page.locator(".map-tooltip")).to_contain_text(f"마포구{kind}모임 {row['groups']}개")
    expect(page.locator(".map-tooltip")).to_contain_text("(보정)")


def test_who_takes_part_is_asked_and_told_apart(standing: Page) -> None:
    """The deck's 60, 49 and 25 %; hover says the row; other parts and years ask for no new map."""
    page = visited(standing, "")
    page.get_by_role("button", name="사람", exact=True).click()
    headline(page).to_contain_text("서울시, 2017년")
    assert page.url.endswith("?view=composition")
    visited(page, "view=composition&year=2013&programme=씨앗&sites=0")
    headline(page).to_contain_text(re.compile("여성 60\\s%, 청년.* 49\\s%, 베이비부머.* 25\\s%"))
    visited(page, "view=composition&year=2013&sites=0")
    rows = chromium.got(page, "/api/v1/composition?year=2013").json()["rows"]
    row = next(row for row in rows if row["code"] == "11440")
    at = page.evaluate("atlasMap.locate('11440')")
    page.mouse.move(at["x"], at["y"])
    share = f"{100 * row['women_share']:.2f}".rstrip("0").rstrip(".")
    expect(page.locator(".map-tooltip")).to_contain_text(f"{share}")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.post_data or ""))
    choose(page, "by", "결과별")
    expect(page.locator("#panel")).to_contain_text("탈락")
    page.get_by_role("slider").press("ArrowRight")
    headline(page).to_contain_text("2014년")
    assert not [body for body in asked if '"frames.data"' in body]
    choose(page, "view", "신청에서 선정까지")
    headline(page).to_contain_text("선정되었습니다")
    assert "by=" not in page.url


def test_the_years_play_without_asking(standing: Page) -> None:
    """Frames are sent once; the viewport stays; the keyboard stops and steps."""
    page = visited(standing, "view=arrival&year=2012&at=37.56,127.0,11.2")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.post_data or ""))
    page.locator(".play").focus()
    page.keyboard.press("Enter")
    shown(page, 2014)
    page.keyboard.press("Enter")
    page.wait_for_selector("html:not([data-playing])")
    assert not [body for body in asked if '"frames.data"' in body]
    assert "at=37.56,127,11.2" in page.url or "at=37.56,127.0,11.2" in page.url
    page.get_by_role("slider").press("Home")
    shown(page, 2012)
    headline(page).to_have_text(re.compile("^2012년: 467곳 가운데"))


def test_nothing_to_tell_is_explained_over_the_map(standing: Page) -> None:
    """With what to do, in the reader's language; another year clears it."""
    page = visited(standing, "view=rise&year=2013&lang=en")
    banner = page.locator(".when-why")
    expect(banner).to_have_text(
        "Until 2013 there are only 2 years: a rise takes 4. Choose a later year."
    )
    expect(banner).to_be_visible()
    page.get_by_role("slider").press("End")
    headline(page).to_contain_text("areas rose faster than the city")
    expect(banner).to_be_hidden()


def test_a_smaller_cluster_is_asked_for_and_bounded(standing: Page) -> None:
    """A number out of range is set to the nearest that is allowed."""
    page = visited(standing, "view=clusters")
    field = page.get_by_label("군집의 최소 모임 수")
    field.fill("3")
    field.press("Tab")
    expect(field).to_have_value("5")
    page.wait_for_url(re.compile("smallest=5$"))
    headline(page).to_contain_text("군집 ")


@pytest.mark.parametrize(
    "query",
    ["view=clusters&table=1&lang=en&theme=dark",
     "view=composition&year=2013&lang=en", "view=concentration&theme=dark&table=1",
     "view=network&district=11545&year=2013&step=2&table=1&theme=dark"],
)  # fmt: skip
def test_nothing_serious_stands_in_the_way(standing: Page, query: str) -> None:
    """Axe finds no serious or critical fault."""
    page = visited(standing, query)
    if "table=1" in query:
        expect(page.locator(".ag-cell").first).to_be_visible()
    assert grave(page) == []


def test_questions_fit_a_phone(page: Page) -> None:
    """Nothing runs over the side of the page, in the longer language."""
    page.set_viewport_size({"width": 390, "height": 844})
    for view in WIDE:
        visited(page, f"view={view}&lang=en")
        page.wait_for_selector("#legend :is(.legend-card, .reveal)")
        over = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert page.evaluate(over) <= 0, view
