"""A sheet -> a plate: one page of A4 for print, alone, in a series, or bound into one file."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, Literal

from dashboard.briefing import Progress
from dashboard.briefing.scenes import Told
from dashboard.plates.column import Column
from dashboard.plates.ground import Ground
from dashboard.plates.map import draw_map, map_inside, table, unit_of
from dashboard.plates.paper import HEIGHT, LINE, WIDTH, Paper
from dashboard.plates.type import drawing, width, wrap
from dashboard.plates.vector import finished
from dashboard.sheet import Sheet
from dashboard.strings import Text

Kind = Literal["png", "svg", "pdf"]
MARGIN, GUTTER = 34.0, 20.0
MAP_SHARE = 0.62
TITLE, CAPTION, DETAILS, SAID, FOOT = 21.0, 11.0, 9.5, 8.5, 7.0
"""Points: sizes of words."""
TITLES = ((TITLE, 2), (17.0, 2), (15.0, 3))
SAYINGS = ((SAID, 5), (7.5, 8), (7.0, 14))
"""Sizes to try, and as many lines as each may take."""
MOST_CAPTION, MOST_DETAILS = 5, 3
BADGE = 9.0
FOOT_SHARE = 0.66
COVER = 34.0
CREATOR = "Maeul Atlas"


def plate(sheet: Sheet, ground: Ground, kind: Kind, made: date, dpi: int = 200) -> bytes:
    """A view on a page, as picture, drawing or PDF.

    Args:
        sheet: the view.
        ground: geometry of its snapshot.
        kind: png, svg or pdf.
        made: the day that the page tells.
        dpi: of a picture.
    """
    with drawing():
        page = _Page(sheet, ground, made, dpi)
        page.compose(vector=kind == "svg")
        return page.saved(kind)


def book(
    told: Sequence[Told],
    ground: Ground,
    made: date,
    title: str,
    progress: Progress | None = None,
) -> bytes:
    """A briefing as one PDF: a cover with its scenes, then a page for each."""
    from matplotlib.backends.backend_pdf import PdfPages

    written = io.BytesIO()
    about = _about(title, "; ".join(one.title for one in told), made)
    with drawing(), PdfPages(written, metadata=about) as pages:
        if told:
            pages.savefig(_cover(told, made, title).figure)
        for number, one in enumerate(told, start=1):
            page = _Page(one.sheet, ground, made, 200, one, (number, len(told)))
            page.compose(vector=False)
            pages.savefig(page.paper.figure)
            if progress:
                progress(number, len(told))
    return written.getvalue()


def pictures(
    told: Sequence[Told],
    ground: Ground,
    made: date,
    dpi: int = 150,
    progress: Progress | None = None,
) -> list[bytes]:
    """A briefing as pictures, one for each scene."""
    drawn = []
    for number, one in enumerate(told, start=1):
        with drawing():
            page = _Page(one.sheet, ground, made, dpi, one, (number, len(told)))
            page.compose(vector=False)
            drawn.append(page.saved("png"))
        if progress:
            progress(number, len(told))
    return drawn


class _Page:
    """One view on its way onto paper."""

    def __init__(
        self,
        sheet: Sheet,
        ground: Ground,
        made: date,
        dpi: int,
        told: Told | None = None,
        number: tuple[int, int] | None = None,
    ) -> None:
        self.sheet, self.ground, self.made, self.dpi = sheet, ground, made, dpi
        self.told, self.number = told, number
        self.text = Text(sheet.state.lang)
        self.paper = Paper(sheet.state.theme, dpi)
        self.inside = ""

    @property
    def title(self) -> str:
        return self.told.title if self.told and self.told.title else self.sheet.title

    def compose(self, *, vector: bool) -> None:
        """Head, foot, and between them the map and its column."""
        top = self._head() + 10
        foot = self._foot() - 10
        whole = WIDTH - 2 * MARGIN
        left = whole * MAP_SHARE
        self._map((MARGIN, top, left, self._said(foot, left) - top), vector=vector)
        room = whole - left - GUTTER
        Column(self.paper, self.sheet, MARGIN + left + GUTTER, top, room, foot).fill()

    def _head(self) -> float:
        """Title and what is said to it; returns where they end."""
        paper, room = self.paper, WIDTH - 2 * MARGIN
        badge = self._badge()
        paper.box(MARGIN, MARGIN - 10, 36, 3, "accent")
        size, most = fitting(self.title, TITLES, room - badge - 16, bold=True)
        top = paper.lines(MARGIN, MARGIN, self.title, size, room - badge - 16, bold=True,
                          most=most)  # fmt: skip
        details = " · ".join(self.sheet.details)
        if self.told:
            if self.told.caption:
                top = paper.lines(MARGIN, top + 1, self.told.caption, CAPTION, room,
                                  most=MOST_CAPTION)  # fmt: skip
            if self.told.title:
                details = " · ".join([self.sheet.title, *self.sheet.details])
        return paper.lines(MARGIN, top + 1, details, DETAILS, room, "muted", most=MOST_DETAILS)

    def _badge(self) -> float:
        """What the data are, up to the right; returns its width."""
        paper, source = self.paper, self.sheet.source
        wide = width(source.badge, BADGE, bold=True) + 16
        paints = ("notice", "notice-text") if source.simulated else ("accent-soft", "accent")
        left = WIDTH - MARGIN - wide
        paper.box(left, MARGIN + 2, wide, 18, paints[0])
        paper.write(left + 8, MARGIN + 11, source.badge, BADGE, paints[1], bold=True)
        return wide

    def _foot(self) -> float:
        """Sources, day and address; returns where they begin."""
        paper, room = self.paper, WIDTH - 2 * MARGIN
        left_room = room * FOOT_SHARE
        lines = [line for one in self.sheet.source.lines for line in wrap(one, FOOT, left_room)]
        right = self._colophon(room - left_room - GUTTER)
        step = FOOT * LINE
        top = HEIGHT - MARGIN + 8 - max(len(lines), len(right)) * step
        for place, line in enumerate(lines):
            paper.write(MARGIN, top + (place + 0.5) * step, line, FOOT, "muted")
        for place, line in enumerate(right):
            paper.write(WIDTH - MARGIN, top + (place + 0.5) * step, line, FOOT, "muted",
                        anchor="right")  # fmt: skip
        paper.rule(MARGIN, top - 6, room)
        return top - 6

    def _colophon(self, room: float) -> list[str]:
        """Day, snapshot, page, and the address by which the view is found again."""
        said, source = self.text, self.sheet.source
        day = said("plate.made", date=self.made.isoformat())
        first = f"{CREATOR} · {day} · {said('plate.snapshot', hash=source.hash)}"
        if self.number:
            page, of = self.number
            first += f" · {said('plate.page', page=page, of=of)}"
        address = f"{said('plate.address')}: /{'?' * bool(self.sheet.query)}{self.sheet.query}"
        return [*wrap(first, FOOT, room, most=2), *wrap(address, FOOT, room, most=4)]

    def _said(self, foot: float, room: float) -> float:
        """What the view says in sentences, below the map; returns where they begin."""
        said = "\n".join(self.sheet.sentences)
        if not said:
            return foot
        size, most = fitting(said, SAYINGS, room)
        lines = wrap(said, size, room, most=most)
        top = foot - len(lines) * size * LINE
        self.paper.lines(MARGIN, top, said, size, room, most=most)
        return top - 8

    def _map(self, box: tuple[float, float, float, float], *, vector: bool) -> None:
        left, top, wide, high = box
        if not vector:
            draw_map(self.paper.axes(*box), self.sheet, self.ground, furnished=True)
            return
        unit = unit_of(wide)
        inside, _ = map_inside(self.sheet, self.ground, wide / unit, high / unit, furnished=True)
        self.inside = (
            f'<svg x="{left:.1f}" y="{top:.1f}" width="{wide:.1f}" height="{high:.1f}" '
            f'viewBox="0 0 {wide / unit:.1f} {high / unit:.1f}">{inside}</svg>'
        )

    def saved(self, kind: Kind) -> bytes:
        """The page as a file that tells what is to be seen on it."""
        figure, alt = self.paper.figure, self.sheet.alt
        written = io.BytesIO()
        if kind == "pdf":
            figure.savefig(written, format="pdf", metadata=_about(self.title, alt, self.made))
        elif kind == "png":
            told = {"Title": self.title, "Description": alt, "Software": CREATOR,
                    "Source": f"?{self.sheet.query} {self.sheet.source.hash}"}  # fmt: skip
            figure.savefig(written, format="png", dpi=self.dpi, metadata=told)
        else:
            figure.set_dpi(72)
            figure.savefig(written, format="svg", metadata={"Date": None})
            text = finished(written.getvalue().decode(), title=self.title, about=alt,
                            inside=self.inside, data=table(self.sheet))  # fmt: skip
            return text.encode()
        return written.getvalue()


def fitting(
    text: str, sizes: Sequence[tuple[float, int]], room: float, *, bold: bool = False
) -> tuple[float, int]:
    """The first size in which words take no more lines than they may, else the last."""
    fits = (one for one in sizes if len(wrap(text, one[0], room, bold=bold)) <= one[1])
    return next(fits, sizes[-1])


def _about(title: str, alt: str, made: date) -> Mapping[str, Any]:
    """What a PDF says of itself; the same view of the same day is the same file."""
    day = datetime(made.year, made.month, made.day, tzinfo=UTC)
    return {"Title": title, "Subject": alt, "Author": CREATOR, "Creator": CREATOR,
            "CreationDate": day, "ModDate": day}  # fmt: skip


def _cover(told: Sequence[Told], made: date, title: str) -> Paper:
    """Title, source and the list of scenes."""
    sheet = told[0].sheet
    said, paper = Text(sheet.state.lang), Paper(sheet.state.theme)
    source, room = sheet.source, WIDTH - 4 * MARGIN
    left = 2 * MARGIN
    paper.box(left, 96, 60, 5, "accent")
    top = paper.lines(left, 112, title, COVER, room, bold=True, most=3) + 6
    day = said("plate.made", date=made.isoformat())
    first = f"{day} · {said('plate.snapshot', hash=source.hash)}"
    top = paper.lines(left, top, first, CAPTION, room, "muted") + 4
    wide = width(source.badge, BADGE, bold=True) + 16
    paints = ("notice", "notice-text") if source.simulated else ("accent-soft", "accent")
    paper.box(left, top + 4, wide, 18, paints[0])
    paper.write(left + 8, top + 13, source.badge, BADGE, paints[1], bold=True)
    _contents(paper, told, said, top + 46)
    foot = HEIGHT - MARGIN - len(source.lines) * FOOT * LINE * 1.2
    for line in source.lines:
        foot = paper.lines(left, foot, line, FOOT, room, "muted")
    return paper


def _contents(paper: Paper, told: Sequence[Told], said: Text, top: float) -> None:
    """Scenes by number, in columns, as large as there is room."""
    left, room = 2 * MARGIN, WIDTH - 4 * MARGIN
    paper.write(left, top, said("plate.contents"), CAPTION, "muted", bold=True)
    top += 14
    high = HEIGHT - MARGIN - 56 - top
    across = 1 if len(told) * 15 <= high else 2 if len(told) * 13 <= 2 * high else 3
    rows = -(-len(told) // across)
    step = min(20.0, high / rows)
    size = min(10.5, step / LINE)
    wide = room / across
    for place, one in enumerate(told):
        x, y = left + place // rows * wide, top + (place % rows + 0.5) * step
        paper.write(x + 16, y, str(place + 1), size, "accent", bold=True, anchor="right")
        paper.line(x + 26, y, one.title or one.sheet.title, size, wide - 40)
