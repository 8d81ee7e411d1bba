"""A view on paper says what it says on the screen, and all of it can be read."""

from __future__ import annotations

import io
import json
import re
import zlib
from collections import Counter
from collections.abc import Iterator
from datetime import date
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest
import shapely
from fontTools.ttLib import TTFont
from PIL import Image

from dashboard.briefing.scenes import Told
from dashboard.callbacks.sheets import Sheets
from dashboard.geometry import Geometry
from dashboard.plates.charts import chart_svg
from dashboard.plates.ground import frame
from dashboard.plates.map import map_svg
from dashboard.plates.page import Kind, book, pictures, plate
from dashboard.plates.type import FILES, width
from dashboard.queries import Analyses, Queries
from dashboard.server import answered
from dashboard.sheet import Chart, Sheet
from dashboard.state import QUESTIONS, parse
from dashboard.strings import LANGUAGES, catalogue
from dashboard.theme import COLOURS
from geo.atlas import Atlas
from geo.schema import Audience

SVG = "{http://www.w3.org/2000/svg}"
DAY = date(2025, 1, 31)
VIEWS = (
    "view=density&points=1",
    "view=density&level=neighbourhood&compare=2013&lang=en&theme=dark",
    "view=density&level=surface&lang=en&year=2014",
    "view=density&level=neighbourhood&district=11545&lang=en",
    "view=clusters&lang=en",
    "view=nearby",
    "view=arrival&theme=dark",
    "view=network&district=11545",
    "view=network&district=11545&arrangement=map&lang=en",
    "view=cohesion&district=11545&lang=en",
    "view=composition",
    "view=concentration&lang=en",
    "view=duplication&year=2013",
    "view=mobilised&lang=en",
)


class Made:
    """Sheets of the sample and the geometry beneath them."""

    def __init__(self, sample: Atlas, folder: Path) -> None:
        queries = Queries(sample, Audience.PUBLIC, 3)
        analyses = Analyses.of(queries, folder)
        self.ground = Geometry(queries)
        self._sheets = Sheets(queries, answered(queries, analyses, self.ground))
        self._made: dict[str, Sheet] = {}

    def of(self, query: str) -> Sheet:
        if query not in self._made:
            state, notices = parse(query, self._sheets.queries.choices)
            assert notices == ()
            self._made[query] = self._sheets.of(state)
        return self._made[query]


@pytest.fixture(scope="module")
def atlas(sample: Atlas, folder: Path) -> Made:
    return Made(sample, folder)


def colours_of_areas(root: Element) -> dict[int, str]:
    """Row number of each area -> its colour."""
    return {
        int(area.get("id", "").removeprefix("area-")): group.get("fill", "")
        for group in root.iterfind(f"{SVG}g[@class='areas']/{SVG}g")
        for area in group
    }


def boxes(texts: Iterator[Element]) -> list[tuple[str, float, float, float, float]]:
    """What upright words say, and where they are: left, top, right, bottom."""
    found = []
    for one in texts:
        if "rotate" in one.get("transform", ""):
            continue
        moved = re.match(r"translate\(([\d.]+) ([\d.]+)\)", one.get("transform", ""))
        x, y = map(float, moved.groups() if moved else (one.get("x", ""), one.get("y", "")))
        size = float(one.get("font-size", ""))
        text, bold = one.text or "", one.get("font-weight") == "700"
        wide = width(text, size, bold=bold)
        assert float(one.get("textLength", "")) == pytest.approx(wide, abs=0.1)
        left = x - wide * {"middle": 0.5, "end": 1}.get(one.get("text-anchor", ""), 0)
        found.append((text, left, y - 0.7 * size, left + wide, y))
    return found


def overlapping(found: list[tuple[str, float, float, float, float]]) -> list[tuple[str, str]]:
    return [
        (one[0], other[0])
        for one, other in combinations(found, 2)
        if one[1] < other[3] - 0.5
        and other[1] < one[3] - 0.5
        and one[2] < other[4] - 0.5
        and other[2] < one[4] - 0.5
    ]


@pytest.mark.parametrize(
    "query",
    ["view=density", "view=density&level=hex8&theme=dark&year=2014", "view=lisa&lang=en",
     "view=density&level=neighbourhood&district=11545"],
)  # fmt: skip
def test_every_area_has_the_colour_of_its_class(atlas: Made, query: str) -> None:
    """Read back from the drawing, area by area."""
    sheet = atlas.of(query)
    marks = sheet.drawn["classes"][sheet.year_index]
    theme = COLOURS[sheet.state.theme]
    paints = {
        str(place): one for place, one in enumerate(sheet.drawn["colours"][sheet.state.theme])
    }
    paints |= {".": theme["map-zero"], "-": theme["map-outside"]}
    found = colours_of_areas(ElementTree.fromstring(map_svg(sheet, atlas.ground)))
    assert found == {row: paints[marks[row]] for row in found}
    seen = frame(sheet, atlas.ground, 960, 640).box
    shapes = atlas.ground.frame(sheet.drawn["level"]).geometry.to_numpy()
    assert set(found) == {
        row for row, shape in enumerate(shapes) if shapely.intersects(shape, seen)
    }
    if not sheet.drawn["shown"]:
        assert len(found) == len(marks)


def test_a_map_is_to_scale(atlas: Made) -> None:
    """A metre is as long everywhere and both ways, and the bar tells how long."""
    sheet = atlas.of("view=density&lang=en")
    root = ElementTree.fromstring(plate(sheet, atlas.ground, "svg", DAY))
    inner = next(root.iterfind(f"{SVG}svg"))
    wide, high = (float(part) for part in inner.get("viewBox", "").split()[2:])
    where = frame(sheet, atlas.ground, wide, high)
    shapes = atlas.ground.frame("district").geometry
    for row, shape in enumerate(shapes):
        d = next(inner.iterfind(f".//*[@id='area-{row}']")).get("d", "")
        starts = [tuple(map(float, one)) for one in re.findall(r"M(-?[\d.]+) (-?[\d.]+)l", d)]
        corners = where.shapes([shape])[0]
        assert all(shapely.distance(corners, shapely.Point(one)) < 1 for one in starts), row
    (bar,) = {one.get("d") for one in inner.iterfind(f"{SVG}g[@class='scale']/{SVG}g/*")}
    (said,) = [one.text for one in inner.iterfind(f"{SVG}g[@class='scale']/{SVG}text")]
    long = float(re.findall(r"-?\d*\.?\d+", bar or "")[4])
    assert f"{long * where.scale / 1000:.1f} km" == f"{float((said or '').split()[0]):.1f} km"


@pytest.mark.parametrize("query", VIEWS)
def test_nothing_is_cut_and_nothing_overlaps(atlas: Made, query: str) -> None:
    """Neither words on the map nor those around it, wherever the typeface is missing too."""
    sheet = atlas.of(query)
    written = plate(sheet, atlas.ground, "svg", DAY)
    assert len(written) < 2e6
    root = ElementTree.fromstring(written)
    inner = next(root.iterfind(f"{SVG}svg"))
    on_map = boxes(inner.iter(f"{SVG}text"))
    _, _, wide, high = map(float, inner.get("viewBox", "").split())
    assert overlapping(on_map) == []
    assert [
        one for one in on_map if one[1] < 0 or one[2] < 0 or one[3] > wide or one[4] > high
    ] == []
    root.remove(inner)
    around = [one for one in boxes(root.iter(f"{SVG}text")) if one[0]]
    assert overlapping(around) == []
    assert [one for one in around if one[1] < 20 or one[3] > 822 or one[4] > 575] == []
    said = {one[0] for one in around}
    assert sheet.source.badge in said
    assert {one for one in said if DAY.isoformat() in one and sheet.source.hash in one}
    assert {one.label for one in sheet.legend.swatches if one.paint != "ramp"} <= said


def test_the_numbers_can_be_read_back(atlas: Made) -> None:
    """From the drawing itself, all of the view's table."""
    sheet = atlas.of("view=density&level=neighbourhood&district=11545&lang=en")
    for written in (map_svg(sheet, atlas.ground), plate(sheet, atlas.ground, "svg", DAY)):
        root = ElementTree.fromstring(written)
        assert root.get("role") == "img"
        assert [one.text for one in root.findall(f"{SVG}title")] == [sheet.title]
        assert [one.text for one in root.findall(f"{SVG}desc")] == [sheet.alt]
        told = json.loads(root.findtext(f"{SVG}metadata") or "")
        rows = [dict(zip(told["columns"], row, strict=True)) for row in told["rows"]]
        assert rows == [
            {field: row.get(field) for field in sheet.grid.columns} for row in sheet.grid.rows
        ]
        assert (told["view"], told["snapshot"]) == (sheet.query, sheet.source.hash)


def test_a_step_lights_the_applications_that_it_has_come_to(atlas: Made) -> None:
    """And no other: as many nodes in each label's colour as have it."""
    sheet = atlas.of("view=network&district=11545&step=3")
    network = sheet.drawn["network"]
    lit = network["steps"][:3]
    paints = network["colours"]["light"]
    wanted = Counter(paints[label] for label in network["nodes"]["label"] if label in lit)
    root = ElementTree.fromstring(map_svg(sheet, atlas.ground))
    nodes = root.findall(f"{SVG}g[@class='nodes']/*")
    assert [one.get("id") for one in nodes] == [f"node-{i}" for i in range(len(nodes))]
    halo = COLOURS["light"]["map-halo"]
    seen = Counter(one.get("stroke" if one.get("fill") == halo else "fill", "") for one in nodes)
    others = {COLOURS["light"][name] for name in ("map-node", "map-node-strong")}
    assert {paint: n for paint, n in seen.items() if paint not in others} == wanted
    assert root.findall(f".//{SVG}g[@class='overlay']") == []


def test_where_nothing_can_be_told_the_page_says_why(atlas: Made) -> None:
    """In words on the empty map."""
    sheet = atlas.of("view=composition&district=11545&level=neighbourhood")
    root = ElementTree.fromstring(map_svg(sheet, atlas.ground))
    said = " ".join(one.text or "" for one in root.iterfind(f"{SVG}g[@class='reason']/{SVG}text"))
    assert said == sheet.why


def test_every_chart_of_every_question_is_drawn(atlas: Made) -> None:
    """With all words of its legend and its axes."""
    charts = 0
    for question in QUESTIONS:
        place = "&district=11545" if question in ("network", "cohesion") else ""
        sheet = atlas.of(f"view={question}{place}&lang=en")
        for chart in sheet.charts:
            root = ElementTree.fromstring(chart_svg(chart, "light"))
            said = " ".join(one.text or "" for one in root.iter(f"{SVG}text"))
            assert missing(chart, said) == [], (question, chart.title)
            assert root.findtext(f"{SVG}desc") == chart.words
            charts += 1
    assert charts > 35


def missing(chart: Chart, said: str) -> list[str]:
    """Words of a chart that a drawing of it does not have; names may stand in two lines."""
    layout, data = chart.figure["layout"], chart.figure["data"]
    names = [
        one["name"] for one in data
        if layout["showlegend"] and "name" in one and one.get("showlegend", True)
    ]  # fmt: skip
    for axis in (layout["xaxis"], layout["yaxis"]):
        if axis.get("visible", True) and axis.get("showticklabels", True):
            low, high = axis.get("range", (-1e9, 1e9))
            ticks = zip(axis.get("tickvals", ()), axis.get("ticktext", ()), strict=False)
            names += [text for at, text in ticks if low <= at <= high]
        names += [axis["title"]["text"]] if "title" in axis else []
    names += [one["text"] for one in layout.get("annotations", ())]
    for one in data:
        names += [at for key in ("x", "y") for at in one.get(key, ()) if isinstance(at, str)]
        names += [at for at in one.get("text", ()) if isinstance(at, str)]
    words = re.sub(r"<[^>]*>", " ", " ".join(map(str, names))).split()
    there = set(said.split())
    return [word for word in words if word not in there]


def test_a_chart_is_not_drawn_without_what_plates_do_not_know(atlas: Made) -> None:
    """A builder's new kind of chart is noticed here, not on paper."""
    chart = atlas.of("view=fatigue&lang=en").charts[0]
    bent = {**chart.figure, "data": [{**chart.figure["data"][0], "base": [1, 2]}]}
    with pytest.raises(ValueError, match="bar has base, which plates cannot draw"):
        chart_svg(Chart(chart.title, bent, chart.words), "light")


def test_the_typeface_of_plates_has_every_word_and_a_name_of_its_own() -> None:
    """Pretendard is a reserved font name."""
    words = {sign for lang in LANGUAGES for word in catalogue(lang).values() for sign in word}
    for bold, path in FILES.items():
        with TTFont(path) as font:
            assert {sign for sign in words if ord(sign) not in font.getBestCmap()} == set()
            names = {str(record) for record in font["name"].names}
            assert not [name for name in names if "pretendard" in name.lower()]
            assert font["OS/2"].usWeightClass == (700 if bold else 400)


@pytest.mark.parametrize("kind", ["pdf", "svg", "png"])
def test_the_same_view_of_the_same_day_is_the_same_file(atlas: Made, kind: Kind) -> None:
    """Byte by byte, so that who keeps both sees what has changed."""
    sheet = atlas.of("view=density&points=1")
    assert plate(sheet, atlas.ground, kind, DAY) == plate(sheet, atlas.ground, kind, DAY)


def test_a_briefing_is_a_page_for_each_scene_and_its_words_are_words(atlas: Made) -> None:
    """Bound with a cover; a search for its Korean title finds it."""
    told = [
        Told("금천의 관계망", "무엇이 보입니까.", "", atlas.of("view=network&district=11545")),
        Told("", "", "", atlas.of("view=density&points=1")),
    ]
    steps: list[tuple[int, int]] = []
    bound = book(told, atlas.ground, DAY, "어디에 모였나", lambda *step: steps.append(step))
    assert steps == [(1, 2), (2, 2)]
    assert len(re.findall(rb"/Type /Page\b", bound)) == 3
    assert set("금천의 관계망무엇이 보입니까.어디에 모였나") - {" "} <= searchable(bound)
    first, _ = pictures(told, atlas.ground, DAY, dpi=60)
    with Image.open(io.BytesIO(first)) as picture:
        assert picture.size == (701, 496)
        assert picture.info["Title"] == "금천의 관계망"
        assert picture.info["Description"] == told[0].sheet.alt


def searchable(pdf: bytes) -> set[str]:
    """Characters that a PDF says its glyphs stand for."""
    found: set[str] = set()
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.S):
        try:
            text = zlib.decompress(stream)
        except zlib.error:
            continue
        for block in re.findall(rb"beginbfchar(.*?)endbfchar", text, re.S):
            pairs = re.findall(rb"<[0-9a-fA-F]+>\s*<([0-9a-fA-F]+)>", block)
            found |= {bytes.fromhex(one.decode()).decode("utf-16-be") for one in pairs}
        for block in re.findall(rb"beginbfrange(.*?)endbfrange", text, re.S):
            for low, high, start in re.findall(
                rb"<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]+)>", block
            ):
                first = int(start, 16)
                found |= {chr(first + n) for n in range(int(high, 16) - int(low, 16) + 1)}
            for listed in re.findall(rb"\[(.*?)\]", block, re.S):
                found |= {
                    bytes.fromhex(one.decode()).decode("utf-16-be")
                    for one in re.findall(rb"<([0-9a-fA-F]+)>", listed)
                }
    return found
