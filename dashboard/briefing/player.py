"""The player: a whole briefing in one file that needs no network, and one view in a frame."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import orjson
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from dashboard.briefing import Progress, cubes, payload
from dashboard.briefing.scenes import Told
from dashboard.callbacks.sheets import Sheets
from dashboard.plates.ground import SCREEN, Ground
from dashboard.sheet import Sheet
from dashboard.strings import Text
from dashboard.theme import css_variables

FOLDER = Path(__file__).parent / "player"
ASSETS = Path(__file__).parents[2] / "assets"
FONT, SAID = ASSETS / "fonts" / "core.woff2", ASSETS / "atlas_said.js"
HARMLESS = str.maketrans({sign: f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"})
"""In a string of JSON the same, in a page no markup."""
SHEET, FRAME = SCREEN, (560, 400)
"""Pixels for which a map is drawn; in a frame its words are to be readable when it is small."""


def play(
    told: Sequence[Told],
    sheets: Sheets,
    ground: Ground,
    made: date,
    title: str,
    *,
    progress: Progress | None = None,
) -> str:
    """A briefing as one HTML file that plays from a disk.

    Args:
        told: scenes in order, all in one language.
        sheets: of the same snapshot, for what can be chosen.
        ground: its geometry.
        made: the day that the file is of.
        title: the briefing's.
        progress: told how much is done, in scenes: what can be chosen is counted before they
            are drawn, and is half of it all.
    """
    shown = [one.sheet for one in told]
    half = progress and (lambda done, of: progress(len(told) * done // (2 * of), len(told)))
    shared, dotted = cubes.cubes(shown, sheets, half), payload.dotted(shown, ground)
    ahead = len(told) if shared else 0
    numbers = {key: number for number, key in enumerate(shared)}
    scenes, drawings = [], []
    for place, one in enumerate(told):
        cube = numbers.get(cubes.key(one.sheet.state)) if cubes.chooses(one.sheet.state) else None
        spoken = {"title": one.title, "caption": one.caption, "notes": one.notes, "cube": cube}
        drawn = payload.scene(one.sheet, ground, shared=cube is not None, dotted=dotted)
        scenes.append(drawn | spoken)
        drawings += _drawings(one.sheet, ground, place, charts=True)
        if progress:
            progress(len(told) * (ahead + place + 1) // (ahead + len(told)), len(told))
    lang, theme = (shown[0].state.lang, shown[0].state.theme) if shown else ("ko", "light")
    data = {
        "title": title,
        "made": made.isoformat(),
        "scenes": scenes,
        "cubes": [_named(cube, sheets, ground, lang) for cube in shared.values()],
        "ground": payload.ground_of(shown, ground, lang, dotted),
    }
    font = f"data:font/woff2;base64,{base64.b64encode(FONT.read_bytes()).decode()}"
    return _page(
        data, lang=lang, theme=theme, title=title, drawings=drawings, font=font, policy=policy()
    )


def frame(sheet: Sheet, sheets: Sheets, ground: Ground, notices: Sequence[str], font: str) -> str:
    """One view alone, to stand in another page.

    Args:
        sheet: of the view.
        sheets: of the same snapshot, for what is said of the other years.
        ground: its geometry.
        notices: what of the address could not be used, in words.
        font: the address of the typeface.
    """
    lang, theme = sheet.state.lang, sheet.state.theme
    dotted = payload.dotted([sheet], ground)
    scene = payload.scene(sheet, ground, shared=False, dotted=dotted)
    for left_out in ("grid", "charts", "facts", "listings", "sentences"):
        del scene[left_out]
    scene |= {"notices": notices, "cube": None, "byYear": _by_year(sheet, sheets)}
    data = {
        "title": sheet.title,
        "frame": True,
        "scenes": [scene],
        "cubes": [],
        "ground": payload.ground_of([sheet], ground, lang, dotted),
    }
    drawings = _drawings(sheet, ground, 0, charts=False)
    return _page(
        data, lang=lang, theme=theme, title=sheet.title, drawings=drawings, font=font, policy=None
    )


def _by_year(sheet: Sheet, sheets: Sheets) -> dict[str, Any]:
    """What is said of each year, where the map can show them all."""
    if not payload.is_areas(sheet):
        return {}
    why = sheet.drawn.get("why") or [None] * len(sheet.drawn["years"])
    told = {}
    for year, reason in zip(sheet.drawn["years"], why, strict=True):
        said = sheets.said(replace(sheet.state, year=year))
        told[str(year)] = {
            "finding": said.title,
            "details": said.details,
            "why": reason,
            "legend": payload.legend(said.legend),
            "alt": said.alt,
        }
    return told


def _named(cube: Mapping[str, Any], sheets: Sheets, ground: Ground, lang: str) -> dict[str, Any]:
    """A cube whose choices go by their names."""
    text = Text(lang)
    districts = ground.frame("district").set_index("code")[f"name_{lang}"]
    return {
        **cube,
        "names": {
            "district": [" · ".join(districts[list(codes)]) for codes in cube["districts"]],
            **{
                name: [" · ".join(text.value(name, one) for one in those) for those in cube[many]]
                for name, many in (("category", "categories"), ("outcome", "outcomes"))
            },
        },
    }


def _drawings(sheet: Sheet, ground: Ground, place: int, *, charts: bool) -> list[dict[str, str]]:
    """Drawings that the script does not make itself, under the marks by which it finds them."""
    drawn = []
    if not payload.is_areas(sheet):
        from dashboard.plates.map import map_svg

        size = SHEET if charts else FRAME
        svg, mark = map_svg(sheet, ground, *size), f"map-{place}"
        drawn.append({"id": mark, "svg": payload.themed(svg, payload.map_inks(sheet), f"{mark}-")})
    return [*drawn, *(_charts(sheet, place) if charts else ())]


def _charts(sheet: Sheet, place: int) -> Iterator[dict[str, str]]:
    from dashboard.plates.charts import chart_svg

    for number, chart in enumerate(sheet.charts):
        svg, mark = chart_svg(chart, sheet.state.theme), f"chart-{place}-{number}"
        yield {
            "id": mark,
            "svg": payload.themed(svg, payload.chart_inks(sheet), f"{mark}-"),
        }


def _page(data: Mapping[str, Any], *, lang: str, **given: Any) -> str:
    """The template with all that belongs to it."""
    words = payload.words(lang)
    content = {"lang": lang, "words": words, "frame": False, "made": "", **data}
    return _template().render(
        lang=lang,
        words=words,
        framed=content["frame"],
        variables=css_variables(),
        css=_file("player.css"),
        script=_script(),
        data=harmless(content),
        **given,
    )


def harmless(content: Any) -> str:
    r"""JSON that holds no sign by which a page could be left.

    >>> print(harmless({"title": "</script>"}))
    {"title":"\u003c/script\u003e"}
    """
    options = orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS
    written = orjson.dumps(content, option=options).decode()
    return written.translate(HARMLESS)


def policy() -> str:
    """What the file may load: its own script and nothing from anywhere."""
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src {script_hash()}",
            "style-src 'unsafe-inline'",
            "img-src data:",
            "font-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )


@cache
def script_hash() -> str:
    """The script as a content policy names it."""
    digest = hashlib.sha256(_script().encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


@cache
def _script() -> str:
    """What areas say of themselves is the page's own script."""
    return SAID.read_text(encoding="utf-8") + _file("player.js")


@cache
def _file(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


@cache
def _template() -> Any:
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("page.html")
