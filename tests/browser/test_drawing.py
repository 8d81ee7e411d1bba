"""Every choice of drawing changes the address, the map, the table and the API's answer alike."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import chromium
from tests.browser.test_agreement import table, tells
from tests.browser.test_density import choose, picture, visited

CHOICES = [
    ("level", "큰 육각형", "level=hex7"),
    ("level", "작은 육각형", "level=hex9"),
    ("level", "행정동", "level=administrative"),
    ("level", "법정동", "level=neighbourhood"),
    ("measure", "기대 대비 (면적)", "measure=ratio_area"),
    ("measure", "기대 대비 (인구)", "measure=ratio_residents"),
    ("scheme", "자연 구분", "scheme=natural"),
    ("scheme", "분위수", "scheme=quantiles"),
    ("scheme", "등간격", "scheme=equal"),
    ("scheme", "연속", "scheme=continuous"),
    ("classes", "4", "classes=4"),
]
"""Control, the choice's name, and what stands in the address then."""


def answered(page: Page, query: str) -> dict[str, Any]:
    """What the API says of a state of the page."""
    return dict(chromium.got(page, f"/api/v1/density?{query}").json())


@pytest.mark.parametrize(("parameter", "name", "query"), CHOICES)
def test_every_control_changes_everything_alike(
    standing: Page, parameter: str, name: str, query: str
) -> None:
    """From districts, counted, in classes of the standard kind."""
    page = visited(standing, "table=1&sites=0")
    before, was = picture(page), answered(page, "")
    choose(page, parameter, name)
    page.wait_for_url(f"**/?{query}&sites=0&table=1")
    now = answered(page, query)
    assert json.dumps(now["rows"]) != json.dumps(was["rows"])
    assert picture(page, unlike=before) != before
    expect(page.locator(".table-heading p")).to_contain_text(f"{len(now['rows']):,}")
    tells(page, now["rows"])


def test_colours_change_the_map_and_the_answer(standing: Page) -> None:
    """Not the numbers."""
    page = visited(standing, "sites=0")
    before, was = picture(page), answered(page, "")
    choose(page, "colours", "시비디스")
    page.wait_for_url("**/?colours=cividis&sites=0")
    now = answered(page, "colours=cividis")
    assert picture(page, unlike=before) != before
    assert now["rows"] == was["rows"]
    assert now["classes"]["colours"] != was["classes"]["colours"]
    swatch = page.locator(".legend-classes li:last-child .swatch").evaluate(
        "e => getComputedStyle(e).backgroundColor"
    )
    painted = [int(now["classes"]["colours"][-1][place : place + 2], 16) for place in (1, 3, 5)]
    assert swatch == f"rgb({', '.join(map(str, painted))})"


def test_a_surface_follows_its_bandwidth_and_the_years(standing: Page) -> None:
    """Drawn from the API's own answer; hover, legend and table tell its bands."""
    page = visited(standing, "level=surface&sites=0&table=1&lang=en")
    wide = picture(page)
    page.get_by_label("Bandwidth").fill("500")
    page.wait_for_url("**/?level=surface&measure=per_km2&bandwidth=500&sites=0&table=1&lang=en")
    expect(page.locator(".legend-notes")).to_contain_text("Bandwidth 500 m.")
    narrow = picture(page, unlike=wide)
    assert narrow != wide
    page.get_by_role("slider").focus()
    page.get_by_role("slider").press("Home")
    page.wait_for_function("() => document.getElementById('map').dataset.shown.endsWith('|2012')")
    assert picture(page, unlike=narrow) != narrow
    answer = chromium.got(page, "/api/v1/surface?bandwidth=500&year=2012").json()
    expect(page.locator("#headline h2")).to_contain_text("1,189 resident groups")
    rows = page.evaluate(
        "async () => { const api = await dash_ag_grid.getApiAsync('grid'); const rows = [];"
        " api.forEachNode((node) => rows.push(node.data)); return rows; }"
    )
    assert rows == [
        {name: row[name] for name in ("class", "low", "high", "groups_smoothed", "area_km2")}
        for row in answer["rows"]
    ]
    box = page.locator("#map").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.locator(".map-tooltip")).to_contain_text("per km²")


def test_the_distribution_shows_where_the_bounds_fall(standing: Page) -> None:
    """A line at each bound but the last, bars in the colours of the classes; ratios in a funnel."""
    page = visited(standing, "measure=per_km2&scheme=quantiles&classes=4&histogram=1")
    chart = page.locator(".histogram .js-plotly-plot")
    expect(chart).to_be_visible()
    bounds = answered(page, "measure=per_km2&scheme=quantiles&classes=4")["classes"]["bounds"]
    lines = chart.evaluate("chart => chart.layout.shapes.map((shape) => shape.x0)")
    assert lines == bounds[:-1]
    bars = chart.evaluate("chart => chart.data[0].y.reduce((sum, y) => sum + y, 0)")
    assert bars == 25
    visited(page, "measure=ratio_area&histogram=1")
    funnel = page.locator(".histogram .js-plotly-plot")
    expect(funnel).to_be_visible()
    assert funnel.evaluate("chart => chart.data[2].x.length") == 25


def test_a_level_without_boundaries_is_a_table(standing: Page) -> None:
    """Administrative neighbourhoods of the sample have names and no lines; the page says so."""
    page = visited(standing, "level=administrative&year=2013&lang=en&district=11545")
    expect(page.locator("#headline p")).to_contain_text("no boundaries")
    assert len(table(page)) == 10
    visited(page, "administrative=1154563000&lang=en")
    expect(page.locator("#headline p")).to_contain_text("Doksan 3-dong")
