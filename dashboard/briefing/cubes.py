"""Maps of counts for every field, outcome and district: what a file lets its reader choose."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np

from dashboard.briefing import Progress
from dashboard.callbacks.sheets import Sheets
from dashboard.maps.density import OUTSIDE
from dashboard.sheet import Sheet
from dashboard.state import ViewState

LEVELS = ("district", "neighbourhood")
Choice = tuple[str, ...]


def chooses(state: ViewState) -> bool:
    """Whether the reader of a file may choose year, district, field and outcome of a view."""
    return (
        state.view == "density"
        and state.level in LEVELS
        and state.measure == "count"
        and state.compare is None
    )


def key(state: ViewState) -> ViewState:
    """What scenes have in common that differ only in what can be chosen."""
    return replace(
        state.asked, scheme=state.scheme, classes=state.classes, colours=state.colours,
        district=(), category=(), outcome=(), lang=state.lang,
    )  # fmt: skip


def cubes(
    told: Sequence[Sheet], sheets: Sheets, progress: Progress | None = None
) -> dict[ViewState, dict[str, Any]]:
    """One cube for all scenes with the same key; ``progress`` counts fields and outcomes."""
    scenes: dict[ViewState, list[Sheet]] = {}
    for sheet in told:
        if chooses(sheet.state):
            scenes.setdefault(key(sheet.state), []).append(sheet)
    made = {}
    for place, (shared, those) in enumerate(scenes.items()):

        def counted(done: int, of: int, place: int = place) -> None:
            if progress:
                progress(place * of + done, len(scenes) * of)

        made[shared] = _cube(shared, those, sheets, counted)
    return made


def _cube(
    shared: ViewState, scenes: Sequence[Sheet], sheets: Sheets, progress: Progress
) -> dict[str, Any]:
    """Numbers for every choice; areas outside the chosen districts are left out."""
    choices = sheets.queries.choices
    states = [scene.state for scene in scenes]
    districts = _choices(choices.districts, (state.district for state in states))
    categories = _choices(choices.categories, (state.category for state in states))
    outcomes = _choices(choices.outcomes, (state.outcome for state in states))
    shelf, parts = _Shelf(), []
    pairs = list(product(categories, outcomes))
    for done, (category, outcome) in enumerate(pairs, start=1):
        asked = replace(shared, year=choices.years[-1], category=category, outcome=outcome)
        parts.append(
            [shelf.part(replace(asked, district=district), sheets) for district in districts]
        )
        progress(done, len(pairs))
    return {
        "level": shared.level,
        "years": list(choices.years),
        "districts": districts,
        "categories": categories,
        "outcomes": outcomes,
        "parts": parts,
        "legends": list(shelf.legends),
        "colours": shelf.colours,
    }


def _choices(values: Sequence[str], own: Iterable[Choice]) -> list[Choice]:
    """Everything, each value alone, and what scenes have of several."""
    return list(dict.fromkeys([(), *((value,) for value in values), *own]))


class _Shelf:
    """What many choices have in common: words of the classes, and their colours."""

    def __init__(self) -> None:
        self.legends: dict[tuple[str, ...], int] = {}
        self.colours: dict[int, Any] = {}

    def part(self, state: ViewState, sheets: Sheets) -> dict[str, Any]:
        """One choice: by year the class and the number of each area inside, and of all groups."""
        drawn, words = sheets.drawn(state), tuple(sheets.classes(state))
        colours = drawn["colours"]
        self.colours.setdefault(len(colours["light"]), colours)
        inside = np.array([mark != OUTSIDE for mark in drawn["classes"][-1]])
        numbers = np.asarray(drawn["values"])[:, inside].astype(int)
        return {
            "c": ["".join(mark for mark in year if mark != OUTSIDE) for year in drawn["classes"]],
            "v": [" ".join(map(str, year)) for year in numbers.tolist()],
            "n": drawn["n"],
            "l": self.legends.setdefault(words, len(self.legends)),
            "p": len(colours["light"]),
        }
