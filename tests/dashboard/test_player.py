"""A briefing in one file, and a view in a frame, say what the atlas says and reach nothing."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from dashboard.briefing import player, shapes
from dashboard.briefing.scenes import Told
from dashboard.callbacks.sheets import Sheets
from dashboard.geometry import Geometry
from dashboard.maps.density import point_years
from dashboard.plates.ground import frame
from dashboard.server import opened
from dashboard.settings import Settings
from dashboard.sheet import Sheet
from dashboard.state import ViewState, parse
from tests.dashboard.answers import Few, client_of

THREE = ("11305", "11440", "11545")
"""Districts: what can be chosen is counted one by one."""
HOSTILE = """</script><script>alert(1)</script><!-- " ' & \u2028 {{ 7*7 }}"""
SCENES = (
    "level=neighbourhood&year=2014&category=청년",
    "level=neighbourhood&district=11545&district=11305&points=1",
    "compare=2013&measure=per_km2",
    "view=composition&year=2015",
    "view=clusters&year=2013",
    "view=network&district=11545&year=2013&lang=ko",
)
"""In one cube two of them: the second has districts that can only be told together."""


class Parts(HTMLParser):
    """What a browser finds in a page: its elements, and the text of its scripts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self._inside = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        self._inside = tag == "script"
        if self._inside:
            self.scripts.append("")

    def handle_endtag(self, tag: str) -> None:
        self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.scripts[-1] += data

    @property
    def data(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.scripts[0])
        return found

    @property
    def policy(self) -> str:
        """The content policy that the page gives itself."""
        return next(str(given["content"]) for _, given in self.found if "http-equiv" in given)


@pytest.fixture(scope="module")
def sheets(folder: Path) -> Sheets:
    return opened(Settings(cache=folder)).sheets


@pytest.fixture(scope="module")
def told(sheets: Sheets) -> list[Told]:
    found = [sheets.of(_state(sheets, query)) for query in SCENES]
    return [Told(f"{HOSTILE} {one.title}", HOSTILE, HOSTILE, one) for one in found]


@pytest.fixture(scope="module")
def played(sheets: Sheets, told: list[Told]) -> str:
    ground = Geometry(sheets.queries)
    return player.play(told, Few(sheets, *THREE), ground, date(2025, 11, 25), HOSTILE)


def _state(sheets: Sheets, query: str) -> ViewState:
    state, notices = parse(query, sheets.queries.choices)
    assert notices == ()
    return state


def _cell(value: Any) -> Any:
    return None if value is None or value != value else value


def test_what_is_hostile_stays_words(played: str, told: list[Told]) -> None:
    """A script in a title, a caption or notes is read, not run."""
    found = Parts(played)
    assert [given.get("type") for tag, given in found.found if tag == "script"] == [
        "application/json", None,
    ]  # fmt: skip
    assert "alert" not in found.scripts[1]
    assert found.data["title"] == HOSTILE
    for shown, one in zip(found.data["scenes"], told, strict=True):
        assert (shown["title"], shown["caption"], shown["notes"]) == (
            one.title, one.caption, one.notes,
        )  # fmt: skip


def test_the_file_reaches_nothing(played: str) -> None:
    """Every address in it is inside it, its policy allows one script, and it is small."""
    found = Parts(played)
    addresses = {
        value.partition(",")[0]
        for _, given in found.found
        for name, value in given.items()
        if value and name in ("src", "href", "xlink:href", "action") and not value.startswith("#")
    }
    assert addresses == {"data:"}
    digest = base64.b64encode(hashlib.sha256(found.scripts[1].encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in found.policy
    assert found.policy.startswith("default-src 'none'; ")
    assert "unsafe-eval" not in found.policy
    assert len(played.encode()) < 4_000_000


def test_numbers_of_the_file_are_the_tables(played: str, told: list[Told]) -> None:
    """Findings, legends and every cell of every table."""
    for shown, one in zip(Parts(played).data["scenes"], told, strict=True):
        sheet: Sheet = one.sheet
        assert (shown["finding"], shown["hash"]) == (sheet.title, sheet.source.hash)
        assert [tuple(mark) for mark in shown["legend"]["swatches"]] == [
            (mark.paint, mark.label, mark.number, mark.shape) for mark in sheet.legend.swatches
        ]
        assert shown["grid"]["headings"] == list(sheet.grid.columns.values())
        names = list(sheet.grid.columns)
        expected = [[_cell(row.get(name)) for name in names] for row in sheet.grid.rows]
        assert shown["grid"]["rows"] == json.loads(json.dumps(expected, default=float))


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("level=neighbourhood", (0, 0, 0)),
        ("level=neighbourhood&district=11545&category=청년&outcome=selected", (3, 6, 1)),
        ("level=neighbourhood&district=11545&district=11305&outcome=rejected", (4, 0, 2)),
    ],
)
def test_what_can_be_chosen_is_what_the_atlas_counts(
    played: str, sheets: Sheets, query: str, place: tuple[int, int, int]
) -> None:
    """Numbers, classes, colours and the legend of a choice are those of its own view."""
    (cube,) = Parts(played).data["cubes"]
    district, category, outcome = place
    state = _state(sheets, query)
    assert cube["districts"][district] == list(state.district)
    assert cube["categories"][category] == list(state.category)
    assert cube["outcomes"][outcome] == list(state.outcome)
    part = cube["parts"][category * len(cube["outcomes"]) + outcome][district]
    for number, year in enumerate(cube["years"]):
        sheet = sheets.of(replace(state, year=year))
        rows = {row["code"]: row["groups"] for row in sheet.grid.rows}
        inside = [mark != "-" for mark in sheet.drawn["classes"][number]]
        codes = sheets.queries.areas("neighbourhood").index[inside]
        told = dict(zip(codes, map(int, part["v"][number].split()), strict=True))
        assert told == rows
        assert part["c"][number] == sheet.drawn["classes"][number].replace("-", "")
        assert part["n"][number] == sheet.drawn["n"][number]
        words = [mark.label for mark in sheet.legend.swatches if mark.paint != "zero"]
        assert cube["legends"][part["l"]] == words
        assert cube["colours"][str(part["p"])] == sheet.drawn["colours"]


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[TestClient]:
    with client_of(Settings(cache=folder)) as opened:
        yield opened


@pytest.mark.parametrize(
    ("query", "most"),
    [
        ("lang=en&theme=dark&year=2013", 300_000),
        ("level=neighbourhood&measure=per_km2&district=11545", 900_000),
        ("view=arrival", 900_000),
        ("view=network&district=11545&year=2013", 900_000),
    ],
)
def test_a_frame_shows_one_view_and_reaches_nothing_else(
    client: TestClient, sheets: Sheets, query: str, most: int
) -> None:
    """Each year's words are the page's; no script but its own, no call, no cookie, no link."""
    answer = client.get(f"/embed?{query}")
    policy = answer.headers.get_list("content-security-policy")
    found = Parts(answer.text)
    digest = base64.b64encode(hashlib.sha256(found.scripts[1].encode()).digest()).decode()
    assert policy == [
        f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; "
        "img-src data:; font-src 'self'; connect-src 'none'; form-action 'none'; "
        "base-uri 'none'; frame-ancestors 'self'; sandbox allow-scripts"
    ]
    assert answer.headers["cache-control"] == "no-cache"
    assert "set-cookie" not in answer.headers
    assert {tag for tag, _ in found.found} & {"a", "form", "iframe", "object"} == set()
    assert len(answer.content) < most
    state, (scene,) = _state(sheets, query), found.data["scenes"]
    page = dict(found.found[0][1] | found.found[1][1])
    assert (page["lang"], page["data-mantine-color-scheme"]) == (state.lang, state.theme)
    assert scene["finding"] == sheets.of(state).title
    for year, said in scene["byYear"].items():
        sheet = sheets.of(replace(state, year=int(year)))
        assert (said["finding"], said["why"]) == (sheet.title, sheet.why)
    assert (scene["byYear"] == {}) == (state.view == "network")


def test_a_frame_has_the_groups_that_show_and_no_others(client: TestClient, sheets: Sheets) -> None:
    """Of a district's groups each with its years and its place, of the others nothing."""
    found = Parts(client.get("/embed?points=1&district=11545").text).data
    present = sheets.queries.presence(_state(sheets, "district=11545"))
    points = sheets.queries.points
    shown = present.to_numpy()[points["order"]].any(axis=1)
    places = shapes.points(Geometry(sheets.queries), shown)
    assert 0 < shown.sum() < len(points) / 4
    assert len(places) == 2 * shown.sum()
    assert found["ground"]["points"] == places
    (scene,) = found["scenes"]
    assert scene["points"] == point_years(present, points["order"][shown].tolist())


def test_a_place_is_the_same_ground_in_a_page_and_on_paper(sheets: Sheets) -> None:
    """Where an address says where the map stands, the player looks at what a plate shows."""
    sheet, ground = sheets.of(_state(sheets, "at=37.5,127.0,12")), Geometry(sheets.queries)
    west, south, east, north = frame(sheet, ground, *player.SHEET).box.bounds
    left, top, wide, high = (shapes.UNIT_M * side for side in shapes.window(sheet, ground))
    seen = (left, -top - high, left + wide, -top)
    assert seen == pytest.approx((west, south, east, north), abs=shapes.UNIT_M)


def test_progress_moves_while_choices_are_counted(sheets: Sheets, told: list[Told]) -> None:
    """First half of the way, then on with the scenes: never back, and in the end all of it."""
    steps: list[tuple[int, int]] = []
    ground, day = Geometry(sheets.queries), date(2025, 11, 25)
    player.play(
        told[:4],
        Few(sheets, *THREE),
        ground,
        day,
        "",
        progress=lambda *at: steps.append(at),
    )
    assert {of for _, of in steps} == {4}
    done = [done for done, _ in steps]
    assert done == sorted(done)
    assert (done[0], done[-5], done[-4:]) == (0, 2, [2, 3, 3, 4])


def test_a_frame_says_what_of_its_address_it_could_not_use(client: TestClient) -> None:
    """The view that is left is shown, and why it is not the one that was asked for."""
    answer = client.get("/embed?lang=en&year=1999&script=<script>alert(1)</script>")
    (scene,) = Parts(answer.text).data["scenes"]
    assert answer.status_code == 200
    assert scene["year"] == 2017
    assert [told.partition(" ")[0] for told in scene["notices"]] == ["“script”", "year"]


def test_other_pages_keep_the_page_s_policy(client: TestClient) -> None:
    """Only an answer that brings a policy of its own is spared the common one."""
    (policy,) = client.get("/methods?lang=en").headers.get_list("content-security-policy")
    assert policy.startswith("default-src 'self'; ")
