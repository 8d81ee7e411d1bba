"""One table, every output: hover, panel, table, CSV and API of a state say the same."""

from __future__ import annotations

import io
import random
from itertools import product
from typing import Any

import pandas as pd
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from dashboard.strings import Text
from tests.browser import chromium
from tests.browser.test_density import visited

FILTERS = (
    "",
    "programme=실국",
    "outcome=selected&outcome=under_review",
    "category=50%2B&department=복지본부",
    "district=11545",
    "district=11110&district=11545&programme=씨앗",
)
ASKED = [
    f"level={level}&measure={measure}&count={count}&year={year}{compare}&{chosen}"
    for level, measure, count, year, compare, chosen in product(
        ("district", "neighbourhood", "hex8"),
        ("count", "per_km2", "per_10k", "ratio_area", "ratio_residents"),
        ("cumulative", "new", "active"),
        (2012, 2015, 2017),
        ("", "&compare=2013"),
        FILTERS,
    )
    if level == "district" or measure not in ("per_10k", "ratio_residents")
    if not (compare and measure.startswith("ratio"))
]
WALK = random.Random(7).sample(ASKED, 12)
"""A fixed choice among all of them."""


def table(page: Page) -> dict[str, dict[str, Any]]:
    """Rows that the grid holds, by code."""
    expect(page.locator(".ag-row").first).to_be_visible()
    rows = page.evaluate(
        "async () => { const api = await dash_ag_grid.getApiAsync('grid'); const rows = [];"
        " api.forEachNode((node) => rows.push(node.data)); return rows; }"
    )
    return {row["code"]: row for row in rows}


def tells(page: Page, rows: list[dict[str, Any]]) -> None:
    """The table comes to hold these rows of the API, equal in every field that both have."""
    known = {row["code"]: row for row in rows}
    for _ in range(100):  # the grid takes a while to take in what has arrived
        grid = table(page)
        shown = {
            code: {field: value for field, value in row.items() if field in rows[0]}
            for code, row in grid.items()
        }
        expected = {
            code: {field: row[field] for field in shown.get(code, row)}
            for code, row in known.items()
        }
        if shown == expected:
            break
        page.wait_for_timeout(100)
    assert shown == expected


def told(row: dict[str, Any], query: str, of: int, text: Text) -> list[str]:
    """What the map must say of a row of the API, in the words of the page."""
    measure = next(part for part in query.split("&") if part.startswith("measure="))[8:]
    groups = text("map.groups", n=text.number(row["groups"]))
    rank = text("map.rank", rank=text.number(row["rank"]), of=text.number(of))
    if "compare=" in query:
        return [text.signed(row["value"]), groups, rank]
    change = (
        [] if row["change"] is None else [text("map.change", change=text.signed(row["change"]))]
    )
    if measure == "count":
        return [groups, rank, *change]
    rate = text(f"map.value_{measure}", value=text.number(row["value"]))
    if measure.startswith("ratio"):
        expected = text("map.expected", n=text.number(row["expected"]))
        within = [] if row["class"] else [text("map.chance")]
        return [rate, groups, expected, *within, rank, *change]
    return [rate, groups, rank, *change]


@pytest.mark.parametrize("query", WALK)
def test_every_output_of_a_state_agrees(standing: Page, query: str) -> None:
    """To the last digit in table, CSV and API; to the two decimals that are shown in words."""
    page = visited(standing, f"{query}&table=1&sites=0&lang=en")
    answer = chromium.got(page, f"/api/v1/density?{query}").json()
    csv = chromium.got(page, f"/api/v1/density?{query}&format=csv").body()
    types = {"code": str, "district_code": str}
    file = pd.read_csv(io.BytesIO(csv), comment="#", dtype=types)
    known = pd.DataFrame(answer["rows"]).astype({"change": float})
    pd.testing.assert_frame_equal(file, known, check_dtype=False, rtol=1e-12)
    tells(page, answer["rows"])

    text = Text("en")
    for row in sorted(answer["rows"], key=lambda row: (-row["groups"], row["code"]))[:2]:
        at = page.evaluate("(code) => atlasMap.locate(code)", row["code"])
        page.mouse.move(at["x"], at["y"])
        tooltip = page.locator(".map-tooltip")
        expect(tooltip).to_have_attribute("data-code", row["code"])
        lines = tooltip.locator("span").all_inner_texts()
        assert lines == told(row, query, len(answer["rows"]), text)

    leaders = page.locator(".leader-value").all_inner_texts()
    leading = [row for row in answer["rows"] if row["value"] > 0]
    if "measure=ratio" in query:
        leading = [row for row in leading if row["class"] > 0]
    largest = sorted((row["value"] for row in leading), reverse=True)
    words = text.signed if "compare=" in query else text.number
    assert leaders == [words(value) for value in largest[:6]]


def test_ones_own_tables_show_up_the_same_way(
    context: BrowserContext, tables: dict[str, pd.DataFrame], tmp_path: Any
) -> None:
    """Published and served: headline, badge, map and API tell of three groups."""
    from geo.__main__ import main

    given = tmp_path / "given"
    given.mkdir()
    for name, frame in tables.items():
        frame.to_csv(given / f"{name}.csv", index=False)
    out = tmp_path / "atlas"
    assert main(["publish", str(given), "--out", str(out), "--name", "우리 구"]) == 0
    with chromium.serve({"MAEUL_ATLAS": str(out)}) as served:
        page = context.new_page()
        page.goto(f"{served.address}/?table=1")
        page.wait_for_selector("html[data-ready]")
        expect(page.locator("#headline h2")).to_have_text("2013년 서울시: 누적 주민모임 3개")
        expect(page.locator(".badge")).to_have_text("실제 자료")
        expect(page.locator("#sources")).to_contain_text("우리 구")
        rows = {code: row["groups"] for code, row in table(page).items() if row["groups"]}
        assert rows == {"11305": 1, "11440": 1, "11545": 1}
        answer = chromium.got(page, f"{served.address}/api/v1/density?year=2013&level=hex8").json()
        assert (answer["n"], answer["unplaced"]) == (3, 2)
        assert answer["atlas"]["provenance"] == "imported"
        groups = chromium.got(page, f"{served.address}/api/v1/groups?year=2013").json()["rows"]
        assert [row["name"] for row in groups] == ["수유 책방", "가산 텃밭", "=마포"]
        page.close()
