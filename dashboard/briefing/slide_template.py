"""What slides are made on: a template of one's own, or ours."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from pptx import Presentation
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.exc import PackageNotFoundError, PythonPptxError
from pptx.oxml import parse_xml
from pptx.oxml.ns import qn
from pptx.util import Emu, Pt

from dashboard.briefing.slide_shapes import SPACES, Look, preset
from dashboard.briefing.slide_text import Box
from dashboard.theme import COLOURS, several_colours
from geo.errors import MaeulError

FONT = "맑은 고딕"
EMU = 12_700
WIDE, HIGH = 960.0, 540.0
"""Points of our slides, 13.333 × 7.5 inches."""
STRIPE = 6.0
MARGIN, TOP, TITLE = 36.0, 20.0, 54.0
"""Points: of our slides, to the title, and its height."""
LOWEST_TITLE = 0.45
"""Of a slide's height: where a title must end at the latest, so that a scene fits below it."""
TITLE_SIZE = 26.0
KEPT = ("Title Slide", "Title and Content", "Title Only", "Blank")
TITLES = (PP_PLACEHOLDER.TITLE, PP_PLACEHOLDER.CENTER_TITLE)
FOOT = (PP_PLACEHOLDER.DATE, PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.SLIDE_NUMBER)
SECTIONS = "{521415D9-36F7-43E2-AB2F-B90AF26B5E84}"
"""Mark of PowerPoint's list of sections, which names slides."""
LATIN_FACE = re.compile(rb'(<a:latin typeface=")[^"]*(")')
EAST_FACE = re.compile(rb'(<a:ea typeface=")[^"]*(")')


class BadTemplate(MaeulError):
    """A template that slides cannot be made on."""


@dataclass(frozen=True)
class Base:
    """An empty presentation, and its layouts for the first slide and for scenes."""

    deck: Any
    cover: Any
    scene: Any
    is_own: bool

    @property
    def size(self) -> tuple[float, float]:
        """Width and height of a slide in points."""
        return self.deck.slide_width / EMU, self.deck.slide_height / EMU

    @property
    def scale(self) -> float:
        """How large its words and lines are, beside ours."""
        wide, high = self.size
        return min(max(min(wide / WIDE, high / HIGH), 0.6), 1.6)

    @property
    def title_size(self) -> float:
        """Points of the titles of scenes."""
        sizes = [
            int(one.get("sz")) / 100
            for part in (_title(self.scene)._element, self.scene.slide_master.element)
            for one in part.iter(qn("a:defRPr"))
            if one.get("sz") and (part is not self.scene.slide_master.element or _in_title(one))
        ]
        return sizes[0] if sizes else TITLE_SIZE * self.scale

    @property
    def room(self) -> Box:
        """Below the title and above what the template has at its foot."""
        wide, high = self.size
        title = _box(_title(self.scene))
        side = min(max(title.left + _inset(self.scene), wide * 0.025), wide * 0.08)
        top = title.bottom + 4 * self.scale
        feet = [one.top for one in self._feet() if one.top > high * 0.8]
        bottom = min([high - 14 * self.scale, *(feet if self.is_own else [])])
        return Box(side, top, wide - 2 * side, bottom - top)

    def _feet(self) -> Iterator[Box]:
        for part in (self.scene, self.scene.slide_master):
            for one in part.placeholders:
                if one.placeholder_format.type in FOOT and one.top is not None:
                    yield _box(one)


def base(template: Path | None) -> Base:
    """An empty presentation on a template, or on ours."""
    if template is None:
        deck = _ours()
        return Base(deck, deck.slide_layouts[0], _scene_layout(deck, Path()), is_own=False)
    deck = _opened(template)
    _empty(deck)
    scene = _scene_layout(deck, template)
    cover = next((one for one in deck.slide_layouts if _is_cover(one)), scene)
    return Base(deck, cover, scene, is_own=True)


def _opened(template: Path) -> Any:
    try:
        return Presentation(str(template))
    except (PackageNotFoundError, PythonPptxError, BadZipFile, OSError, KeyError, ValueError,
            SyntaxError) as error:  # fmt: skip
        reason = "is not there" if not template.exists() else "is no presentation that can be read"
        raise BadTemplate(
            f"The template {template} {reason}: choose a PowerPoint file (.pptx) without a "
            "password; a .potx, .ppt or .odp opens in PowerPoint or LibreOffice and can be saved "
            "as .pptx."
        ) from error


def _scene_layout(deck: Any, template: Path) -> Any:
    """The first layout with a title and nothing else to fill in, else the first with a title."""
    high = deck.slide_height / EMU
    titled = [
        one for one in deck.slide_layouts
        if (title := _title(one)) is not None and _box(title).bottom <= LOWEST_TITLE * high
    ]  # fmt: skip
    if not titled:
        raise BadTemplate(
            f"The template {template} has no layout with a title in the upper half of the slide: "
            "a layout such as “Title Only” is needed. Add one in the slide master, and save."
        )
    alone = (one for one in titled if not any(True for _ in bodies(one)))
    return next(alone, titled[0])


def _is_cover(layout: Any) -> bool:
    title = _title(layout)
    return title is not None and title.placeholder_format.type == PP_PLACEHOLDER.CENTER_TITLE


def _title(layout: Any) -> Any:
    return next((one for one in layout.placeholders if one.placeholder_format.type in TITLES), None)


def bodies(page: Any) -> Iterator[Any]:
    """Placeholders of a layout or a slide that are neither its title nor at its foot."""
    for one in page.placeholders:
        if one.placeholder_format.type not in (*TITLES, *FOOT):
            yield one


def _box(shape: Any) -> Box:
    """Where a placeholder lies, as its layout or its master has it."""
    sides = (shape.left, shape.top, shape.width, shape.height)
    return Box(*(float(side or 0) / EMU for side in sides))


def box_of(shape: Any) -> Box:
    """Where a shape lies, in points."""
    return _box(shape)


def _inset(layout: Any) -> float:
    """Points between a title's left side and its words."""
    for part in (layout, layout.slide_master):
        own = _title(part)
        body = None if own is None else own._element.find(f".//{qn('a:bodyPr')}")
        if body is not None and body.get("lIns"):
            return int(body.get("lIns")) / EMU
    return 7.2


def _in_title(element: Any) -> bool:
    return any(parent.tag == qn("p:titleStyle") for parent in element.iterancestors())


def _empty(deck: Any) -> None:
    """Slides that a template brings are examples; what names them goes with them."""
    slides = deck.slides._sldIdLst
    for one in list(slides):
        deck.part.drop_rel(one.rId)
        slides.remove(one)
    whole = deck.part._element
    for shows in whole.findall(qn("p:custShowLst")):
        whole.remove(shows)
    for extension in list(whole.iter(qn("p:ext"))):
        if extension.get("uri") == SECTIONS:
            extension.getparent().remove(extension)


def _ours() -> Any:
    """python-pptx's own template, widened to 16:9, in our typeface, without its leftovers."""
    deck = Presentation()
    wide = WIDE * EMU / deck.slide_width
    deck.slide_width, deck.slide_height = Emu(int(WIDE * EMU)), Emu(int(HIGH * EMU))
    deck.part._element.find(qn("p:sldSz")).attrib.pop("type", None)
    for layout in list(deck.slide_layouts):
        if layout.name not in KEPT:
            deck.slide_layouts.remove(layout)
    for part in (deck.slide_master, *deck.slide_layouts):
        _widen(part.element, wide)
    _set_titles(deck)
    _set_faces(deck)
    for rel in list(deck.part.package._rels.values()):
        if rel.reltype.endswith("/thumbnail"):
            deck.part.package._rels.pop(rel.rId)
    return deck


def _widen(element: Any, wide: float) -> None:
    for tag, name in (("a:off", "x"), ("a:ext", "cx")):
        for one in element.iter(qn(tag)):
            if one.get(name):
                one.set(name, str(round(int(one.get(name)) * wide)))


def _set_titles(deck: Any) -> None:
    """Titles stand at the left, over all of the slide."""
    master = deck.slide_master
    title = _title(master)
    title.left, title.top = Pt(MARGIN), Pt(TOP)
    title.width, title.height = Pt(WIDE - 2 * MARGIN), Pt(TITLE)
    title.text_frame.margin_left = title.text_frame.margin_right = 0
    _stripe(master)
    for level in master.element.iter(qn("p:titleStyle")):
        first = level.find(qn("a:lvl1pPr"))
        first.set("algn", "l")
        first.find(qn("a:defRPr")).set("sz", str(int(TITLE_SIZE * 100)))
        first.find(qn("a:defRPr")).set("b", "1")
    cover = deck.slide_layouts[0]
    for one, top, high in zip(cover.placeholders, (170.0, 290.0), (110.0, 130.0), strict=False):
        one.left, one.top, one.width, one.height = Pt(64), Pt(top), Pt(WIDE - 128), Pt(high)
        one.text_frame.margin_left = 0
    for one in cover.element.iter(qn("a:lvl1pPr")):
        one.set("algn", "l")


def _stripe(master: Any) -> None:
    """A line of our colour along the upper edge."""
    shape = preset(90, "", "", (0, 0, WIDE, STRIPE), Look(COLOURS["light"]["accent"]))
    tree = master.shapes._spTree
    tree.insert(2, parse_xml(shape.replace("<p:sp>", f"<p:sp {SPACES}>", 1)))


def _set_faces(deck: Any) -> None:
    for rel in deck.slide_master.part.rels.values():
        if rel.reltype.endswith("/theme"):
            part = rel.target_part
            part._blob = coloured(faced(part.blob))


def faced(theme: bytes) -> bytes:
    """A theme in our typeface, for Latin and for East Asian letters."""
    named = rb"\g<1>" + FONT.encode() + rb"\g<2>"
    return EAST_FACE.sub(named, LATIN_FACE.sub(named, theme))


def coloured(theme: bytes) -> bytes:
    """A theme with our colours, for what is added later."""
    paints = [COLOURS["light"]["accent"], *several_colours("light")[1:6]]
    for number, paint in enumerate(paints, start=1):
        accent = rf'(<a:accent{number}><a:srgbClr val=")[^"]*'.encode()
        theme = re.sub(accent, rb"\g<1>" + paint[1:].upper().encode(), theme)
    return theme


def set_face(element: Any, lang: str, *, is_own: bool) -> None:
    """All words of a slide in the language, and in our typeface unless the template has its own."""
    locale = {"ko": "ko-KR", "en": "en-US"}[lang]
    tags = [qn(f"a:{name}") for name in ("rPr", "defRPr", "endParaRPr")]
    for one in element.iter(*tags):
        one.set("lang", locale)
        one.set("altLang", "en-US")
        if is_own:
            continue
        for old in [*one.findall(qn("a:latin")), *one.findall(qn("a:ea"))]:
            one.remove(old)
        latin = one.get_or_add_latin()
        latin.set("typeface", FONT)
        east = latin.makeelement(qn("a:ea"), {"typeface": FONT})
        latin.addnext(east)
