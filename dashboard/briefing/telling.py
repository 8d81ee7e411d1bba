"""A briefing told in one language, and made into a file of any kind."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

from dashboard.briefing import Progress
from dashboard.briefing.scenes import Briefing, Told, Words
from dashboard.callbacks.sheets import Sheets
from dashboard.geometry import Geometry
from dashboard.state import parse
from dashboard.strings import Text
from dashboard.theme import Theme

MEDIA = {
    "pdf": "application/pdf",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "html": "text/html; charset=utf-8",
    "zip": "application/zip",
    "png": "image/png",
    "svg": "image/svg+xml",
    "toml": "application/toml; charset=utf-8",
}
MOMENT = (1980, 1, 1, 0, 0, 0)
"""Of files in a ZIP: the same pictures give the same bytes."""


def own(words: Words, lang: str) -> str:
    """What is said in a language, or in the other where it is not said in this one."""
    return words.get(lang, next(iter(words.values()), ""))


def tell(
    briefing: Briefing,
    sheets: Sheets,
    lang: str,
    theme: Theme = "light",
    progress: Progress | None = None,
) -> list[Told]:
    """Every scene in a language, with its sheet; a scene without a title has its view's."""
    told = []
    for n, scene in enumerate(briefing.scenes, start=1):
        state, _ = parse(scene.view, sheets.queries.choices)
        sheet = sheets.of(replace(state, lang=lang, theme=theme))
        title, caption, notes = (
            own(words, lang) for words in (scene.title, scene.caption, scene.notes)
        )
        told.append(Told(title or sheet.title, caption, notes, sheet))
        if progress:
            progress(n, len(briefing.scenes))
    return told


def export(
    briefing: Briefing,
    sheets: Sheets,
    ground: Geometry,
    to: str,
    lang: str,
    made: date,
    template: Path | None = None,
    progress: Progress | None = None,
) -> bytes:
    """The whole briefing as a file; ``progress`` counts every scene twice, told and drawn."""
    if template is not None:
        from dashboard.briefing import slide_template

        slide_template.base(template)  # refused here before a minute is spent on it
    n = len(briefing.scenes)
    both = 2 * n
    first = progress and (lambda done, _: progress(done, both))
    second = progress and (lambda done, _: progress(n + min(done, n), both))
    told = tell(briefing, sheets, lang, progress=first)
    title = own(briefing.title, lang) or Text(lang)("story.untitled")
    return {
        "pdf": partial(_pdf, ground=ground),
        "png": partial(_pictures, ground=ground),
        "pptx": partial(_slides, ground=ground, template=template),
        "html": partial(_page, sheets=sheets, ground=ground),
    }[to](told, made=made, title=title, progress=second)


def _pdf(
    told: Sequence[Told], *, ground: Geometry, made: date, title: str, progress: Progress | None
) -> bytes:
    from dashboard.plates import page

    return page.book(told, ground, made, title, progress=progress)


def _pictures(
    told: Sequence[Told], *, ground: Geometry, made: date, title: str, progress: Progress | None
) -> bytes:
    """A ZIP of a picture for each scene, numbered."""
    from dashboard.plates import page

    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as together:
        together.comment = title.encode()
        for n, picture in enumerate(page.pictures(told, ground, made, progress=progress), start=1):
            together.writestr(zipfile.ZipInfo(f"{n:02d}.png", MOMENT), picture)
    return buffer.getvalue()


def _slides(
    told: Sequence[Told],
    *,
    ground: Geometry,
    made: date,
    title: str,
    template: Path | None,
    progress: Progress | None,
) -> bytes:
    from dashboard.briefing import slides

    return slides.deck(told, ground, made, title, template=template, progress=progress)


def _page(
    told: Sequence[Told],
    *,
    sheets: Sheets,
    ground: Geometry,
    made: date,
    title: str,
    progress: Progress | None,
) -> bytes:
    from dashboard.briefing import player

    return player.play(told, sheets, ground, made, title, progress=progress).encode()
