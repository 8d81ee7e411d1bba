"""Slides say what the page says, in shapes, charts and tables that can be edited."""

from __future__ import annotations

import io
import itertools
import os
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pptx import Presentation
from pptx.enum.chart import XL_LEGEND_POSITION
from pptx.enum.shapes import MSO_SHAPE_TYPE, PP_PLACEHOLDER
from pptx.util import Inches

from dashboard.briefing.scenes import Told
from dashboard.briefing.slide_charts import kind
from dashboard.briefing.slide_picture import within
from dashboard.briefing.slide_template import FONT, BadTemplate
from dashboard.briefing.slide_text import width
from dashboard.briefing.slides import NoScenes, deck
from dashboard.callbacks.sheets import Sheets
from dashboard.geometry import Geometry
from dashboard.plates.graph import graph
from dashboard.plates.ground import frame
from dashboard.queries import Analyses, Queries
from dashboard.server import answered
from dashboard.sheet import Sheet
from dashboard.state import parse
from dashboard.strings import Text
from geo.atlas import Atlas
from geo.schema import Audience

MADE = date(2026, 11, 25)
DESCRIBED = (MSO_SHAPE_TYPE.GROUP, MSO_SHAPE_TYPE.CHART, MSO_SHAPE_TYPE.TABLE,
             MSO_SHAPE_TYPE.PICTURE)  # fmt: skip
VIEWS = (
    "view=density&year=2013",
    "view=density&level=neighbourhood&year=2012&lang=en",
    "view=density&level=neighbourhood&district=11545&lang=en",
    "view=density&level=neighbourhood&points=1&at=37.55,126.95,12",
    "view=density&compare=2013",
    "view=density&measure=per_km2&year=2015&lang=en",
    "view=density&level=surface&year=2014",
    "view=density&level=hex8&points=1&lang=en",
    "view=gi&year=2013&lang=en",
    "view=arrival&year=2014",
    "view=clusters&year=2015&lang=en",
    "view=centre&year=2016",
    "view=composition&year=2016&lang=en",
    "view=funnel",
    "view=retention&lang=en",
    "view=concentration&year=2013",
    "view=network&district=11545&step=3",
)


class Shown:
    """Sheets of the sample, each made once."""

    def __init__(self, atlas: Atlas, folder: Path) -> None:
        queries = Queries(atlas, Audience.PUBLIC, 3)
        self.ground = Geometry(queries)
        self._choices = queries.choices
        self._sheets = Sheets(queries, answered(queries, Analyses.of(queries, folder), self.ground))
        self.sheet = cache(self._sheet)

    def _sheet(self, query: str) -> Sheet:
        state, notices = parse(query, self._choices)
        assert not notices
        return self._sheets.of(state)

    def slides(self, *queries: str, caption: str = "첫째 줄\n둘째 줄", **given: Any) -> Any:
        """The slides of views: cover, scenes, sources."""
        told = [Told("제목", caption, "말할 것", self.sheet(query)) for query in queries]
        return Presentation(io.BytesIO(deck(told, self.ground, MADE, "브리핑", **given)))

    @cached_property
    def whole(self) -> Any:
        """All views, a slide for each."""
        return self.slides(*VIEWS)


@pytest.fixture(scope="module")
def shown(sample: Atlas, folder: Path) -> Shown:
    return Shown(sample, folder)


def everything(shapes: Any) -> Iterator[Any]:
    """Shapes and those in groups."""
    for shape in shapes:
        yield shape
        if shape.shape_type == MSO_SHAPE_TYPE.GROUP:
            yield from everything(shape.shapes)


def about(shape: Any) -> str:
    return str(shape._element.xpath(".//p:cNvPr")[0].get("descr") or "")


def areas(slide: Any, names: set[str]) -> dict[str, str]:
    """Name -> what is said of it, of the shapes of a map."""
    return {
        shape.name: about(shape).removeprefix(f"{shape.name}: ")
        for shape in everything(slide.shapes)
        if shape.name in names and about(shape)
    }


def clean(values: Sequence[Any]) -> list[float | None]:
    return [None if value is None or value != value else float(value) for value in values]


def rows_of(figure: Mapping[str, Any]) -> list[dict[Any, float]]:
    """By row of a figure, the number at each place where there is one."""
    turned = figure["data"][0].get("orientation") == "h"
    found = []
    for trace in figure["data"]:
        x, y = (trace["y"], trace["x"]) if turned else (trace["x"], trace["y"])
        found.append(
            {place: value for place, value in zip(x, clean(y), strict=True) if value is not None}
        )
    return found


@pytest.mark.parametrize("query", VIEWS)
def test_numbers_of_a_slide_are_those_of_the_view(shown: Shown, query: str) -> None:
    """A chart's rows are the figure's, a table's cells the listing's: none is lost or moved."""
    sheet = shown.sheet(query)
    slide = shown.whole.slides[1 + VIEWS.index(query)]
    figure = sheet.charts[0].figure
    charts = [shape.chart for shape in slide.shapes if shape.has_chart]
    assert bool(charts) == (kind(figure) is not None)
    for chart in charts:
        drawn = [series for plot in chart.plots for series in plot.series]
        if kind(figure) == "xy":
            read = [dict(zip(_places(one), one.values, strict=True)) for one in drawn]
            assert read == rows_of(figure)
        else:
            order = sorted({place for row in rows_of(figure) for place in row}, key=str)
            read = [[value for value in one.values if value is not None] for one in drawn]
            wanted = [
                [row[place] for place in _order(figure, order) if place in row]
                for row in rows_of(figure)
            ]
            assert read == wanted
    tables = [shape.table for shape in slide.shapes if shape.has_table]
    if sheet.state.step is not None:  # rows would tell how the reveal ends
        assert not tables
        return
    (table,) = tables
    cells = [tuple(cell.text for cell in row.cells) for row in table.rows]
    if sheet.listings:
        first = sheet.listings[0]
        if any(first.headings):
            assert cells.pop(0) == first.headings
        told = first.rows[: len(cells)]
        assert len(cells) >= min(3, len(first.rows))
        for row, wanted in zip(cells, told, strict=True):
            for cell, whole in zip(row, wanted, strict=True):
                assert cell == whole or (cell.endswith("…") and whole.startswith(cell[:-1]))
    else:
        text = Text(sheet.state.lang)
        names = [name for name, said in sheet.grid.columns.items() if said in cells[0]]
        known = {
            tuple(
                str(row[n]) if isinstance(row[n], str) or n == "year" else text.number(row[n])
                for n in names
            )
            for row in sheet.grid.rows
        }
        assert set(cells[1:]) <= known


def _places(series: Any) -> list[float]:
    return [float(one.text) for one in series._element.xpath("./c:xVal//c:pt/c:v")]


def _order(figure: Mapping[str, Any], places: Sequence[Any]) -> list[Any]:
    """Numbers from small to large; words as they come."""
    if all(isinstance(place, int | float) for place in places):
        return sorted(places)
    return list(dict.fromkeys(place for row in rows_of(figure) for place in row))


@pytest.mark.parametrize(
    ("query", "column"),
    [
        ("view=density&year=2013", "groups"),
        ("view=density&level=neighbourhood&year=2012&lang=en", "groups"),
        ("view=density&compare=2013", "value"),
        ("view=density&measure=per_km2&year=2015&lang=en", "value"),
        ("view=gi&year=2013&lang=en", "kind"),
        ("view=arrival&year=2014", "kind"),
    ],
)
def test_every_area_is_a_shape_with_its_name_and_value(
    shown: Shown, query: str, column: str
) -> None:
    """Each area of the table is one shape, called by district and name, and tells its value."""
    sheet = shown.sheet(query)
    text, level = Text(sheet.state.lang), sheet.drawn["level"]
    name = f"name_{sheet.state.lang}"
    frame = shown.ground.frame(level).set_index("code")
    districts = shown.ground.frame("district").set_index("code")[name]
    wanted = {}
    for row in sheet.grid.rows:
        place = frame.loc[row["code"]]
        called = place[name]
        if level != "district":
            called = f"{districts[place['district_code']]} {called}"
        value = row[column]
        if not isinstance(value, str):
            value = text.signed(value) if sheet.drawn["compared"] else text.number(value)
        wanted[called] = value
    slide = shown.slides(query).slides[1]
    told = areas(slide, set(wanted))
    if column == "kind":
        told = {place: said.split(" · ")[0] for place, said in told.items()}
    assert told == wanted


def test_a_colour_on_a_slide_is_its_class(shown: Shown) -> None:
    """An area is filled with the light page's colour of its class, whatever the reader's theme."""
    light = shown.sheet("view=density&year=2013")
    slide = shown.slides("view=density&year=2013&theme=dark").slides[1]
    frame = shown.ground.frame("district")
    marks = light.drawn["classes"][light.year_index]
    wanted = {
        name: light.drawn["colours"]["light"][int(mark)].removeprefix("#")
        for name, mark in zip(frame["name_ko"], marks, strict=True)
    }
    fills = {
        shape.name: shape._element.xpath("./p:spPr/a:solidFill/a:srgbClr/@val")[0]
        for shape in everything(slide.shapes)
        if about(shape).startswith(f"{shape.name}: ")
        and shape._element.xpath("./p:spPr/a:custGeom")
    }
    assert fills == wanted


def test_nothing_leaves_the_slide_and_all_is_described(shown: Shown) -> None:
    """Maps, charts, tables and pictures have alt text; nothing lies outside, or has a twin id."""
    slides = shown.whole
    wide, high = slides.slide_width, slides.slide_height
    for number, slide in enumerate(slides.slides):
        ids = slide._element.xpath("//p:cNvPr/@id")
        assert len(ids) == len(set(ids)), number
        for shape in slide.shapes:
            ends = shape.left + shape.width, shape.top + shape.height
            assert min(shape.left, shape.top) >= 0, (number, shape.name)
            assert ends[0] <= wide + 20, (number, shape.name)
            assert ends[1] <= high + 20, (number, shape.name)
            inner = list(everything(shape.shapes)) if hasattr(shape, "shapes") else []
            for one in inner:
                assert min(one.left - shape.left, one.top - shape.top) >= -20, (number, one.name)
                assert one.left + one.width <= ends[0] + 20, (number, one.name)
                assert one.top + one.height <= ends[1] + 20, (number, one.name)
            assert bool(about(shape)) == (shape.shape_type in DESCRIBED), (number, shape.name)
    scenes = list(slides.slides)[1:-1]
    for query, slide in zip(VIEWS, scenes, strict=True):
        sheet = shown.sheet(query)
        assert sheet.alt in [about(shape) for shape in slide.shapes]
        notes = slide.notes_slide.notes_text_frame.text
        assert notes.startswith("말할 것")
        assert sheet.alt in notes
        assert f"/?{sheet.query}" in notes
        words = " ".join(shape.text_frame.text for shape in slide.shapes if shape.has_text_frame)
        words = words.replace("\u2011", "-")
        for said in ("제목", sheet.title, sheet.source.hash, sheet.source.badge, "2026-11-25"):
            assert said in words


def test_all_words_are_in_one_typeface(shown: Shown) -> None:
    """Latin and Korean letters of slides, charts, notes and the theme are in 맑은 고딕."""
    written = io.BytesIO()
    shown.slides("view=density", "view=density&district=11545&lang=en").save(written)
    faces: set[str] = set()
    with zipfile.ZipFile(written) as package:
        for name in package.namelist():
            if re.match(r"ppt/(slides|charts|notesSlides)/[^/]*\.xml", name):
                text = package.read(name).decode()
                faces |= set(re.findall(r'<a:(?:latin|ea)\b[^>]* typeface="([^"]*)"', text))
                faces |= set(re.findall(r'<a:(?:latin|ea) typeface="([^"]*)"', text))
                assert not re.findall(r"<a:rPr\b[^>]*/>", text), name
            if name.startswith("ppt/theme/"):
                text = package.read(name).decode()
                assert set(re.findall(r'<a:(?:latin|ea) typeface="([^"]*)"', text)) == {FONT}
    assert faces == {FONT}


def test_a_map_is_small_enough_to_be_sent(shown: Shown) -> None:
    """467 neighbourhoods take less than 150 KB of a file."""
    written = io.BytesIO()
    shown.slides("view=density&level=neighbourhood").save(written)
    with zipfile.ZipFile(written) as package:
        assert package.getinfo("ppt/slides/slide2.xml").compress_size < 150_000


def test_a_template_keeps_its_size_layouts_and_typeface(shown: Shown, tmp_path: Path) -> None:
    """Scenes stand below its title, its examples are gone, and no face is forced upon it."""
    own = Presentation()
    own.slides.add_slide(own.slide_layouts[1]).shapes.title.text = "example"
    own.slide_width, own.slide_height = Inches(10), Inches(7.5)
    own.save(str(tmp_path / "own.pptx"))
    slides = shown.slides("view=density", "view=gi", template=tmp_path / "own.pptx")
    assert (slides.slide_width, slides.slide_height) == (Inches(10), Inches(7.5))
    assert [slide.slide_layout.name for slide in slides.slides] == [
        "Title Slide", "Title Only", "Title Only", "Title Only",
    ]  # fmt: skip
    for slide in list(slides.slides)[1:]:
        title = slide.shapes.title
        assert {one.placeholder_format.type for one in slide.placeholders} == {PP_PLACEHOLDER.TITLE}
        others = [shape for shape in slide.shapes if shape.shape_id != title.shape_id]
        assert min(shape.top for shape in others) >= title.top + title.height
        assert max(shape.left + shape.width for shape in others) <= slides.slide_width
        assert not slide._element.xpath("//a:latin")


def test_a_template_that_will_not_do_is_refused(shown: Shown, tmp_path: Path) -> None:
    """The sentence names the file, what is needed and what to do."""
    (tmp_path / "text.pptx").write_text("slides")
    bare = Presentation()
    for layout in list(bare.slide_layouts)[:6] + list(bare.slide_layouts)[7:]:
        bare.slide_layouts.remove(layout)
    bare.save(str(tmp_path / "bare.pptx"))
    for name, said in (
        ("none.pptx", r"none\.pptx is not there: choose a PowerPoint file \(\.pptx\)"),
        ("text.pptx", r"text\.pptx is no presentation that can be read: choose .* saved as"),
        ("bare.pptx", r"bare\.pptx has no layout with a title .* Add one in the slide master"),
    ):
        with pytest.raises(BadTemplate, match=said):
            shown.slides("view=density", template=tmp_path / name)
    with pytest.raises(NoScenes, match=r"has no scenes.*add a view"):
        deck([], shown.ground, MADE, "")


def test_a_long_caption_stays_above_the_map(shown: Shown) -> None:
    """Words shrink down to 11 points, and what stands below makes room for them."""
    caption = "\n".join(
        f"{n}. " + "동네마다 다른 모임의 이야기를 길게 적습니다. " * 3 for n in range(4)
    )
    slide = shown.slides("view=density", caption=caption).slides[1]
    own = next(shape for shape in slide.shapes if shape.has_text_frame and "0. " in shape.text)
    sizes = {run.font.size.pt for line in own.text_frame.paragraphs for run in line.runs}
    assert len(sizes) == 1
    assert 11 <= min(sizes) < 18
    beneath = [shape for shape in slide.shapes if shape.shape_type in DESCRIBED]
    assert all(shape.top >= own.top + own.height for shape in beneath)
    assert all(shape.height > Inches(0.5) for shape in beneath if shape.name != own.name and
               shape.shape_type != MSO_SHAPE_TYPE.GROUP)  # fmt: skip


def test_no_word_of_a_table_is_cut_and_all_can_be_read(shown: Shown) -> None:
    """Columns have room for their longest words in a wide typeface; nothing is below 9 points."""
    tables = [
        shape.table for slide in shown.whole.slides for shape in slide.shapes if shape.has_table
    ]
    assert len(tables) == len(VIEWS) - 1
    for table in tables:
        for row in table.rows:
            for cell, column in zip(row.cells, table.columns, strict=True):
                for run in cell.text_frame.paragraphs[0].runs:
                    size, bold = run.font.size.pt, bool(run.font.bold)
                    assert size >= 9
                    room = column.width.pt - cell.margin_left.pt - cell.margin_right.pt
                    for word in run.text.split():
                        assert width(word, size, bold=bold) <= room + 0.1, word


def test_long_names_leave_a_chart_its_room(shown: Shown) -> None:
    """Seven places with long names stand below their lines, short ones beside them."""
    slides = shown.slides("view=nearby&lang=en", "view=nearby").slides
    charts = [next(one.chart for one in slides[n].shapes if one.has_chart) for n in (1, 2)]
    assert [chart.legend.position for chart in charts] == [
        XL_LEGEND_POSITION.BOTTOM, XL_LEGEND_POSITION.RIGHT,
    ]  # fmt: skip
    plot = charts[0]._chartSpace.xpath(".//c:plotArea/c:layout/c:manualLayout/*/@val")
    legend = charts[0]._chartSpace.xpath(".//c:legend/c:layout/c:manualLayout/*/@val")
    assert float(plot[5]) >= 0.5
    assert float(plot[3]) + float(plot[5]) <= float(legend[3])


def test_words_and_marks_of_a_map_stand_apart(shown: Shown) -> None:
    """Names of places and districts, wide as they may be, lie over no other and over no mark."""
    slides = shown.slides("view=density&sites=1&lang=en", "view=density&sites=1").slides
    for slide in (slides[1], slides[2]):
        (drawn,) = (
            shape for shape in slide.shapes
            if shape.shape_type == MSO_SHAPE_TYPE.GROUP and shape.has_text_frame is False
            and any("diamond" in one._element.xml for one in shape.shapes)
        )  # fmt: skip
        shapes = [
            one for one in drawn.shapes
            if (one.has_text_frame and one.text_frame.text) or 'prst="diamond"' in one._element.xml
        ]  # fmt: skip
        assert len(shapes) > 20
        for one, other in itertools.combinations(shapes, 2):
            across = min(one.left + one.width, other.left + other.width) - max(one.left, other.left)
            down = min(one.top + one.height, other.top + other.height) - max(one.top, other.top)
            assert min(across, down) <= 20, (one.name, other.name)


def test_every_circle_of_the_bureaus_is_in_the_picture(shown: Shown) -> None:
    """Large circles are made smaller and given room, so that none is cut at the rim."""
    size = np.array([680.0, 430.0])
    drawn = within(shown.sheet("view=network&mode=bureaus&year=2017"), size)
    net = graph(drawn, shown.ground, frame(drawn, shown.ground, *size), 1.0)
    assert net.radii.max() < 0.15 * size[1]
    assert ((net.at - net.radii[:, None]) >= 0).all()
    assert ((net.at + net.radii[:, None]) <= size).all()


@pytest.mark.skipif(
    not (shutil.which("soffice") and shutil.which("pdftotext")) and "CI" not in os.environ,
    reason="LibreOffice or pdftotext is not installed",
)
def test_libreoffice_opens_the_slides(shown: Shown, tmp_path: Path) -> None:
    """Converted to PDF, every slide is a page, and Korean words come out as words."""
    shown.slides("view=density", "view=gi&lang=en", "view=clusters").save(str(tmp_path / "a.pptx"))
    subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{tmp_path}/office", "--headless",
         "--convert-to", "pdf", "--outdir", str(tmp_path), str(tmp_path / "a.pptx")],
        check=True, capture_output=True, timeout=180,
    )  # fmt: skip
    pdf = (tmp_path / "a.pdf").read_bytes()
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 5
    read = subprocess.run(
        ["pdftotext", str(tmp_path / "a.pdf"), "-"], check=True, capture_output=True
    ).stdout.decode()
    words = re.sub(r"\s", "", read)
    for said in ("은평구", "Nowon-gu", "모의자료", "주민모임수", "5,200"):
        assert said in words
