"""A sheet -> what the player's script shows: numbers and words, never markup."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from dashboard.briefing import shapes
from dashboard.components.table import TEXTS
from dashboard.maps.density import each_point
from dashboard.plates.ground import Ground
from dashboard.sheet import Grid, Legend, Sheet
from dashboard.state import LEVELS
from dashboard.strings import Text
from dashboard.theme import COLOURS, Theme

SAID = (
    "scenes", "next", "back", "full", "theme", "notes", "no_notes", "keys", "position", "choose",
    "reset", "fixed", "chosen", "no_points", "table", "made", "snapshot", "noscript",
)  # fmt: skip
CHOSEN = ("year", "district", "category", "outcome", "all", "play", "pause")
"""What the page calls the same."""
DRAWN = ("classes", "values", "groups", "ranks", "changes", "expected", "labels", "none", "said")
"""What the browser reads off areas, as the page's map does."""
CHART_INKS = ("paper", "muted", "line", "text", "accent")
"""Colours of the theme that a chart is written in."""
INK = re.compile(r"#[0-9a-fA-F]{6}\b")
MARK = re.compile(r"""(\bid="|url\(#|href="#)""")


def words(lang: str) -> dict[str, Any]:
    """All that the script says of itself, and what it says of areas."""
    text = Text(lang)
    own = {name: text(f"player.{name}") for name in SAID}
    chosen = {name: text(f"control.{name}") for name in CHOSEN}
    holes = {"place": "{place}", "year": "{year}", "count": "{count}"}
    return {
        "map": text.part("map"),
        **own,
        **chosen,
        "here": text("headline.here", n="{n}", **holes),
        "here_one": text("headline.here", n=1, **holes),
        "filtered": text("headline.filtered", filters="{filters}"),
        "empty": text("page.empty"),
        "zero": text("legend.none"),
        "city": text("page.city"),
    }


def is_areas(sheet: Sheet) -> bool:
    """Whether a view is areas in colours, which the script draws itself."""
    return not any(sheet.drawn.get(part) for part in ("overlay", "network", "surfaces")) and (
        sheet.drawn["level"] in sheet.drawn["geometry"]
    )


def scene(
    sheet: Sheet, ground: Ground, *, shared: bool, dotted: np.ndarray | None
) -> dict[str, Any]:
    """What one scene shows; the numbers of a shared cube are not repeated.

    ``dotted`` marks the points that the file has, from `dotted`.
    """
    state, drawn = sheet.state, sheet.drawn
    text = Text(state.lang)
    found: dict[str, Any] = {
        "query": sheet.query,
        "place": sheet.place,
        "finding": sheet.title,
        "details": sheet.details,
        "why": sheet.why,
        "year": state.year,
        "alt": sheet.alt,
        "legend": legend(sheet.legend),
        "facts": [(fact.label, fact.value, fact.hint) for fact in sheet.facts],
        "sentences": sheet.sentences,
        "charts": [(chart.title, chart.words) for chart in sheet.charts],
        "listings": [(one.title, one.headings, one.rows) for one in sheet.listings],
        "grid": grid(sheet.grid),
        "badge": sheet.source.badge,
        "simulated": sheet.source.simulated,
        "hash": sheet.source.hash,
        "sources": sheet.source.lines,
        "colours": drawn["colours"],
        "labelColours": drawn["network"]["colours"] if drawn.get("network") else {},
        "count": text.value("count", state.count).lower(),
        "told": told(drawn) if drawn.get("overlay") or drawn.get("network") else {},
    }
    if is_areas(sheet):
        found |= _areas(sheet, ground, shared=shared, dotted=dotted)
    return found


def _areas(
    sheet: Sheet, ground: Ground, *, shared: bool, dotted: np.ndarray | None
) -> dict[str, Any]:
    state, drawn = sheet.state, sheet.drawn
    found = {
        "level": drawn["level"],
        "years": drawn["years"],
        "compared": drawn["compared"],
        "measure": state.measure,
        "shown": drawn["shown"],
        "area": state.area,
        "sites": state.sites,
        "points": None if dotted is None else _thinned(drawn["points"], dotted),
        "window": shapes.window(sheet, ground),
        "chosen": [state.district, state.category, state.outcome],
    }
    if shared:
        return found
    return found | {name: drawn.get(name) for name in DRAWN} | {"n": drawn["n"]}


def legend(key: Legend) -> dict[str, Any]:
    """The legend as the script builds it."""
    return {
        "title": key.title,
        "unit": key.unit,
        "swatches": [(one.paint, one.label, one.number, one.shape) for one in key.swatches],
        "notes": key.notes,
    }


def grid(table: Grid) -> dict[str, Any]:
    """The table: a heading and a kind for each column, and rows in full."""
    names = list(table.columns)
    return {
        "summary": table.summary,
        "names": names,
        "headings": list(table.columns.values()),
        "words": [name in TEXTS for name in names],
        "rows": [[_cell(row.get(name)) for name in names] for row in table.rows],
    }


def _cell(value: Any) -> Any:
    """A cell that JSON can hold; a missing number is none."""
    value = value.item() if isinstance(value, np.generic) else value
    return None if value is None or value != value else value


def told(drawn: Mapping[str, Any]) -> dict[str, Any]:
    """What nodes and shapes say of themselves when pointed at, by their mark in the drawing."""
    found: dict[str, Any] = {}
    for feature in (drawn.get("overlay") or {"features": []})["features"]:
        about = feature["properties"]
        found[f"overlay-{feature['id']}"] = [about["name"], *about["lines"]]
    nodes = (drawn.get("network") or {}).get("nodes")
    if nodes:
        pairs = zip(nodes["name"], nodes["line"], strict=True)
        found |= {f"node-{place}": list(pair) for place, pair in enumerate(pairs)}
    return {mark: [line for line in lines if line] for mark, lines in found.items()}


def dotted(told_: Sequence[Sheet], ground: Ground) -> np.ndarray | None:
    """Which points show in any year of any scene; None where there are none at all."""
    many = len(ground.frame("points"))
    given = [sheet.drawn["points"] for sheet in told_ if is_areas(sheet) and sheet.drawn["points"]]
    if not given:
        return None
    return np.any([np.array(each_point(one, many)) > 0 for one in given], axis=0)


def _thinned(points: str | None, kept: np.ndarray) -> str | None:
    """The years of the points that are kept."""
    if not points:
        return None
    digits = len(points) // max(len(kept), 1)
    return "".join(points[digits * place : digits * (place + 1)] for place in np.flatnonzero(kept))


def ground_of(
    told_: Sequence[Sheet], ground: Ground, lang: str, dotted: np.ndarray | None
) -> dict[str, Any]:
    """The areas of every level that is in use, once; the districts lie beneath all."""
    used = {"district", *(sheet.drawn["level"] for sheet in told_ if is_areas(sheet))}
    return {
        "levels": {
            level: shapes.areas(ground, level, lang) for level in LEVELS if level in used
        },
        "sites": shapes.sites(ground, lang),
        "points": [] if dotted is None else shapes.points(ground, dotted),
    }  # fmt: skip


def map_inks(sheet: Sheet) -> dict[str, str]:
    """Colour of a drawn map -> the variable that stands for it in both themes."""
    theme = sheet.state.theme
    inks = {colour: f"var(--{name})" for name, colour in reversed(COLOURS[theme].items())}
    return inks | _coded(sheet, theme)


def _coded(sheet: Sheet, theme: Theme) -> dict[str, str]:
    """Colours that stand for classes, kinds and labels."""
    labels = (sheet.drawn.get("network") or {}).get("colours", {}).get(theme, ())
    many = {"class": sheet.drawn["colours"][theme], "label": labels}
    return {
        colour: f"var(--{name}-{place})"
        for name, colours in many.items()
        for place, colour in enumerate(colours)
    }


def chart_inks(sheet: Sheet) -> dict[str, str]:
    """Of a chart: letters and lines, and what the map has in the same colours."""
    theme = sheet.state.theme
    inks = {COLOURS[theme][name]: f"var(--{name})" for name in CHART_INKS}
    return _coded(sheet, theme) | inks


def themed(svg: str, inks: Mapping[str, str], mark: str) -> str:
    """A drawing whose colours follow the reader's theme and whose marks are its own.

    Several drawings in one page would else paint with each other's parts.

    >>> ink = COLOURS["light"]["text"]
    >>> themed(f'<?xml?><svg><path id="a" fill="{ink}"/></svg>', {ink: "var(--text)"}, "m1-")
    '<svg><path id="m1-a" fill="var(--text)"/></svg>'
    """
    drawing = svg[svg.index("<svg") :]
    drawing = INK.sub(lambda ink: inks.get(ink[0].lower(), ink[0]), drawing)
    return MARK.sub(rf"\g<1>{mark}", drawing)
