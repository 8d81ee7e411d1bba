"""A briefing as slides of PowerPoint: maps of shapes, charts and tables that can be edited."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from pptx.dml.color import RGBColor
from pptx.enum.text import MSO_ANCHOR, MSO_AUTO_SIZE
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.util import Pt

from dashboard.briefing import Progress
from dashboard.briefing.scenes import Told
from dashboard.briefing.slide_charts import add_chart, kind
from dashboard.briefing.slide_legend import key
from dashboard.briefing.slide_map import map_shapes
from dashboard.briefing.slide_picture import chart_picture, map_picture
from dashboard.briefing.slide_shapes import SPACES, Ids, Look, Words, preset
from dashboard.briefing.slide_table import Rows, add_table, chosen
from dashboard.briefing.slide_template import Base, base, bodies, box_of, faced, set_face
from dashboard.briefing.slide_text import Box, fitting, height, width
from dashboard.plates.ground import Ground
from dashboard.sheet import Chart, Source
from dashboard.strings import Text
from dashboard.theme import COLOURS
from geo.errors import MaeulError

INK = COLOURS["light"]
CAPTIONS = (18.0, 17.0, 16.0, 15.0, 14.0, 13.0, 12.0, 11.0)
TITLES = (1.0, 0.92, 0.84, 0.76, 0.68, 0.6, 0.52, 0.45)
"""Of the template's size."""
SOURCES = (18.0, 16.0, 14.0, 12.0, 11.0)
COVER, HEAD, SMALL, FOOT = 40.0, 12.5, 10.5, 8.5
LEFT, CAPTION, CHART, PICTURE = 0.56, 0.24, 0.54, 0.62
"""Of the width, the map; of the height, the caption; of what is beside the map, a chart."""
GAP = 12.0
INDENT = 14.0
UNBROKEN = "\u2011"
"""A hyphen at which no line ends."""


class NoScenes(MaeulError):
    """A briefing without anything to show."""


def deck(
    told: Sequence[Told],
    ground: Ground,
    made: date,
    title: str,
    template: Path | None = None,
    progress: Progress | None = None,
) -> bytes:
    """A file of slides: a cover, one for each scene, and where it is all from.

    ``template`` is a .pptx whose size, layouts and typefaces are used instead of ours.
    """
    if not told:
        raise NoScenes("The briefing has no scenes, and slides need one: add a view to it first.")
    made_of = base(template)
    lang = told[0].sheet.state.lang
    _cover(made_of, told[0].sheet.source, made, title, Text(lang))
    for number, scene in enumerate(told, start=1):
        _Slide(made_of, scene, ground, made).fill()
        if progress:
            progress(number, len(told))
    _sources(made_of, told, made, Text(lang))
    return _written(made_of, title, told[0].sheet.source, made, lang)


def _written(made_of: Base, title: str, source: Source, made: date, lang: str) -> bytes:
    about = made_of.deck.core_properties
    about.title, about.author, about.last_modified_by = title, source.name, source.name
    about.comments, about.language = "", lang
    about.created = about.modified = datetime(made.year, made.month, made.day)
    for slide in made_of.deck.slides:
        _set_faces(slide, lang, is_own=made_of.is_own)
    out = io.BytesIO()
    made_of.deck.save(out)
    return out.getvalue()


def _set_faces(slide: Any, lang: str, *, is_own: bool) -> None:
    set_face(slide._element, lang, is_own=is_own)
    for shape in slide.shapes:
        if shape.has_chart:
            set_face(shape.chart._chartSpace, lang, is_own=is_own)
    if slide.has_notes_slide:
        set_face(slide.notes_slide._element, lang, is_own=is_own)


def _cover(made_of: Base, source: Source, made: date, title: str, text: Text) -> None:
    slide = made_of.deck.slides.add_slide(made_of.cover)
    _title(slide, title, COVER * made_of.scale, always=True)
    said = [
        source.name,
        text("slides.made", date=made.isoformat()),
        text("slides.snapshot", hash=source.hash),
        source.badge,
    ]
    below = next(bodies(slide), None)
    if below is None:
        room = made_of.room
        below = _text_box(slide, room.below(room.height * 0.2).upper(room.height * 0.5))
    box = box_of(below)
    sizes = [one * made_of.scale for one in SOURCES]
    _fill(below.text_frame, said, fitting(said, box, sizes), INK["muted"])
    _bold(below.text_frame.paragraphs[-1])
    _without(bodies(slide), besides=below)


def _sources(made_of: Base, told: Sequence[Told], made: date, text: Text) -> None:
    slide = made_of.deck.slides.add_slide(made_of.scene)
    _title(slide, text("slides.sources"), made_of.title_size)
    _without(bodies(slide))
    sources = [scene.sheet.source for scene in told]
    said = list(dict.fromkeys(line for source in sources for line in source.lines))
    said.append(text("slides.made", date=made.isoformat()))
    first = sources[0]
    if not any(first.hash in line for line in said):
        said.append(text("slides.snapshot", hash=first.hash))
    box = made_of.room.below(GAP)
    size = fitting(said, box, [one * made_of.scale for one in SOURCES])
    high = height(said, size, box.width - INDENT) * 1.3
    shape = _text_box(slide, box.upper(high))
    _fill(shape.text_frame, said, size, INK["text"], bullets=True, after=size * 0.3)
    _badge(slide, first, box.left, min(box.top + high + GAP, box.bottom - 24), made_of.scale)


@dataclass
class _Slide:
    """A scene on its way onto a slide."""

    base: Base
    told: Told
    ground: Ground
    made: date

    def fill(self) -> None:
        """Everything, from above to below."""
        light = replace(self.told.sheet.state, theme="light")
        self.sheet = replace(self.told.sheet, state=light)
        self.text = Text(light.lang)
        self.scale = self.base.scale
        self.slide = self.base.deck.slides.add_slide(self.base.scene)
        _title(self.slide, self.told.title or self.sheet.title, self.base.title_size)
        _without(bodies(self.slide))
        room = self._foot(self._caption(self.base.room))
        left, right = self._halves(room)
        self._map(left)
        self._beside(right)
        self._notes()

    @property
    def ids(self) -> Ids:
        """Numbers that no shape of the slide has so far."""
        return Ids(max(map(int, self.slide._element.xpath("//@id[number(.)=.]")), default=1) + 1)

    def _put(self, xml: str) -> None:
        self.slide.shapes._spTree.append(parse_xml(xml))

    def _caption(self, room: Box) -> Box:
        """What the reader is told, above all; returns the room below."""
        said = [line.strip() for line in self.told.caption.splitlines() if line.strip()]
        if not said:
            return room
        bullets = len(said) > 1
        inner = replace(room, width=room.width - INDENT * self.scale * bullets)
        size = fitting(
            said, inner.upper(room.height * CAPTION), [one * self.scale for one in CAPTIONS]
        )
        high = height(said, size, inner.width)
        shape = _text_box(self.slide, room.upper(high))
        _fill(shape.text_frame, said, size, INK["text"], bullets=bullets)
        return room.below(high + GAP * 0.7 * self.scale)

    def _foot(self, room: Box) -> Box:
        """Where it is from, below all; returns the room above."""
        source, size = self.sheet.source, FOOT * self.scale
        made = self.made.isoformat().replace("-", UNBROKEN)
        said = [*source.lines, self.text("slides.made", date=made)]
        if not any(source.hash in line for line in source.lines):
            said.insert(1, self.text("slides.snapshot", hash=source.hash))
        whole = " · ".join(said)
        badge = width(source.badge, size, bold=True) + 14 * self.scale
        number = 28 * self.scale
        wide = room.width - badge - number - 16 * self.scale
        high = max(height([whole], size, wide), size * 1.8)
        top = room.bottom - high
        _badge(self.slide, source, room.left, top, self.scale)
        box = Box(room.left + badge + 8 * self.scale, top, wide, high)
        _fill(_text_box(self.slide, box).text_frame, [whole], size, INK["muted"])
        _number(self.slide, Box(room.right - number, top, number, high), size)
        return replace(room, height=room.height - high - GAP * 0.7 * self.scale)

    def _halves(self, room: Box) -> tuple[Box, Box]:
        """Map, and what stands beside it; below it where the slide is upright."""
        gap = GAP * 1.4 * self.scale
        if not self.sheet.charts and chosen(self.sheet) is None:
            return room, room.below(room.height)
        if room.height > room.width:
            above = room.upper(room.height * LEFT)
            return above, room.below(above.height + gap)
        wide = room.width * LEFT
        left = replace(room, width=wide)
        return left, Box(room.left + wide + gap, room.top, room.width - wide - gap, room.height)

    def _map(self, room: Box) -> None:
        room = self._finding(room)
        own = key(self.sheet, room.width, self.scale)
        if own:
            top = room.bottom - own.height
            self._put(own.xml(Box(room.left, top, room.width, own.height), self.ids))
            room = replace(room, height=room.height - own.height - 6 * self.scale)
        if self.sheet.drawn.get("network"):
            picture = map_picture(self.sheet, self.ground, room)
            self._picture(picture, room, self.text("slides.map"), self.sheet.alt)
        else:
            self._put(map_shapes(self.sheet, self.ground, room, self.scale, self.ids))

    def _finding(self, room: Box) -> Box:
        """What the map shows, in a sentence; returns the room below."""
        said = [self.sheet.title] if self.sheet.title != self.told.title else []
        details = list(self.sheet.details[:1])
        if not [*said, *details]:
            return room
        head, small = HEAD * self.scale, SMALL * self.scale
        high = height(said, head, room.width, bold=True) + height(details, small, room.width)
        frame = _text_box(self.slide, room.upper(high)).text_frame
        _fill(frame, [*said, *details], small, INK["muted"])
        if said:
            _bold(frame.paragraphs[0], head)
        return room.below(high + 5 * self.scale)

    def _beside(self, room: Box) -> None:
        rows = chosen(self.sheet)
        if self.sheet.charts:
            share = CHART if kind(self.sheet.charts[0].figure) else PICTURE
            part = room.upper(room.height * share) if rows else room
            self._chart(self.sheet.charts[0], part)
            room = room.below(part.height + GAP * 0.6 * self.scale)
        if rows:
            self._table(rows, room)

    def _heading(self, said: str, room: Box) -> Box:
        size = HEAD * self.scale
        high = height([said], size, room.width, bold=True)
        frame = _text_box(self.slide, room.upper(high)).text_frame
        _fill(frame, [said], size, INK["text"])
        _bold(frame.paragraphs[0])
        return room.below(high + 3 * self.scale)

    def _chart(self, chart: Chart, room: Box) -> None:
        room = self._heading(chart.title, room)
        about = ". ".join(filter(None, [chart.title, chart.words]))
        if kind(chart.figure) is None:
            self._picture(chart_picture(chart, room), room, chart.title, about)
            return
        place = (Pt(room.left), Pt(room.top), Pt(room.width), Pt(room.height))
        frame = add_chart(self.slide.shapes, chart, place, self.scale, self.text)
        _describe(frame, chart.title, about)

    def _table(self, rows: Rows, room: Box) -> None:
        size = HEAD * self.scale
        heading = height([rows.heading(self.text)], size, room.width, bold=True)
        frame, shown = add_table(
            self.slide.shapes, rows, room.below(heading + 3 * self.scale), self.scale
        )
        said = shown.heading(self.text)
        self._heading(said, room)
        lines = [", ".join(shown.headings), *(", ".join(row) for row in shown.rows)]
        about = self.text("slides.table", title=said)
        _describe(frame, shown.title, ". ".join(filter(None, [about, *lines])))

    def _picture(self, png: bytes, room: Box, name: str, about: str) -> None:
        place = (Pt(room.left), Pt(room.top), Pt(room.width), Pt(room.height))
        shape = self.slide.shapes.add_picture(io.BytesIO(png), *place)
        _describe(shape, name, about)

    def _notes(self) -> None:
        """What the speaker says, what is seen, what the colours leave open, and the address."""
        said = [
            self.told.notes.strip(),
            self.sheet.alt,
            " ".join(self.sheet.legend.notes),
            self.text("slides.address", query=f"/?{self.sheet.query}"),
        ]
        notes = self.slide.notes_slide
        notes.notes_text_frame.text = "\n\n".join(filter(None, said))
        if not self.base.is_own:
            _face_notes(notes.part.notes_master)


def _face_notes(master: Any) -> None:
    """The typeface of the notes' own theme, which python-pptx brings."""
    from lxml import etree

    for rel in master.part.rels.values():
        if rel.reltype.endswith("/theme") and hasattr(rel.target_part, "_element"):
            theme = faced(etree.tostring(rel.target_part._element))
            rel.target_part._element = parse_xml(theme)


def _title(slide: Any, said: str, size: float, *, always: bool = False) -> None:
    shape = slide.shapes.title
    box = box_of(shape)
    room = replace(box, width=box.width - 16, height=box.height - 4)
    fitted = fitting([said], room, [size * part for part in TITLES], bold=True)
    shape.text_frame.text = said
    shape.text_frame.auto_size = MSO_AUTO_SIZE.NONE
    if always or fitted != size:
        shape.text_frame.paragraphs[0].runs[0].font.size = Pt(fitted)


def _without(shapes: Iterator[Any], besides: Any = None) -> None:
    """Placeholders that would ask to be filled in."""
    for one in list(shapes):
        if besides is None or one._element is not besides._element:
            one._element.getparent().remove(one._element)


def _text_box(slide: Any, box: Box) -> Any:
    shape = slide.shapes.add_textbox(Pt(box.left), Pt(box.top), Pt(box.width), Pt(box.height))
    frame = shape.text_frame
    frame.word_wrap = True
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    frame.vertical_anchor = MSO_ANCHOR.TOP
    return shape


def _fill(
    frame: Any,
    said: Sequence[str],
    size: float,
    paint: str,
    *,
    bullets: bool = False,
    after: float = 0.0,
) -> None:
    """Paragraphs, each a line."""
    for place, line in enumerate(said):
        paragraph = frame.paragraphs[0] if place == 0 else frame.add_paragraph()
        run = paragraph.add_run()
        run.text = line
        run.font.size = Pt(size)
        run.font.color.rgb = RGBColor.from_string(paint[1:].upper())
        paragraph.space_after = Pt(after)
        if bullets:
            _bullet(paragraph)


def _bullet(paragraph: Any) -> None:
    own = paragraph._p.get_or_add_pPr()
    own.set("marL", str(Pt(INDENT)))
    own.set("indent", str(-Pt(INDENT)))
    own.append(parse_xml(f'<a:buChar {nsdecls("a")} char="•"/>'))


def _bold(paragraph: Any, size: float | None = None) -> None:
    for run in paragraph.runs:
        run.font.bold = True
        run.font.color.rgb = RGBColor.from_string(INK["text"][1:].upper())
        if size:
            run.font.size = Pt(size)


def _badge(slide: Any, source: Source, left: float, top: float, scale: float) -> None:
    """Whether the data are real, so that no slide can be read without it."""
    size = FOOT * scale
    wide = width(source.badge, size, bold=True) + 14 * scale
    words = Words(source.badge, size, INK["notice-text"], bold=True)
    number = max(map(int, slide._element.xpath("//@id[number(.)=.]")), default=1) + 1
    shape = preset(
        number, source.badge, "", (left, top, wide, size * 1.8), Look(INK["notice"]),
        kind="roundRect", words=[words],
    )  # fmt: skip
    slide.shapes._spTree.append(parse_xml(shape.replace("<p:sp>", f"<p:sp {SPACES}>", 1)))


def _number(slide: Any, box: Box, size: float) -> None:
    """The slide's number, as a field that PowerPoint keeps right."""
    paragraph = _text_box(slide, box).text_frame.paragraphs[0]
    paragraph._p.get_or_add_pPr().set("algn", "r")
    paint = INK["muted"][1:]
    paragraph._p.append(
        parse_xml(
            f'<a:fld {nsdecls("a")} id="{{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}}" type="slidenum">'
            f'<a:rPr sz="{round(size * 100)}"><a:solidFill><a:srgbClr val="{paint}"/></a:solidFill>'
            f"</a:rPr><a:t>{_place(slide)}</a:t></a:fld>"
        )
    )


def _place(slide: Any) -> int:
    return int(slide.part.package.presentation_part.presentation.slides.index(slide)) + 1


def _describe(shape: Any, name: str, about: str) -> None:
    own = shape._element.find(f".//{qn('p:cNvPr')}")
    own.set("name", name)
    own.set("descr", about)
