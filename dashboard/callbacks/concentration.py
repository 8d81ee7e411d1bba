"""Where too much is and where too little: concentration and exclusion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from dashboard import ids
from dashboard.callbacks import common
from dashboard.callbacks.accounts import LEADERS, PALETTE, AccountView, between, name, said, share
from dashboard.callbacks.kinds import NAMED
from dashboard.components import panel
from dashboard.figures.concentration import along, lorenz_figure, lorenz_words
from dashboard.queries.accounts import RATIOS
from dashboard.queries.kinds import NONE
from dashboard.queries.silos import DRAWS
from dashboard.state import ViewState
from dashboard.strings import Text
from dashboard.tables import Account, Classes, Kinds
from dashboard.theme import COLOURS, Theme, scale
from geo.schema import Audience

NAMES = 12
"""Neighbourhoods without a group that are named."""
WITH_INTERVAL = ("gini", "theil", "herfindahl", "top_share")
TOLD_AT = [0.25, 0.5, 0.75, 0.9]
"""Of what it is spread over, where the Lorenz curve is told in words."""


class ConcentrationView(AccountView):
    """Where there is more than an even share, and where less."""

    sets_few_apart = False  # places without any must show
    told = ("value", "amount", "held_share", "base_share")
    facts = (
        "amount", "base", "held_share", "base_share", "quotient", "gini", "top_share", "theil",
        "herfindahl", "without",
    )  # fmt: skip
    columns = ("quotient", "amount", "base", "held_share", "base_share")
    none = "concentration.untold"

    def finding(self, state: ViewState, here: Mapping[str, float], text: Text) -> str:
        """What the tenth at the top has; of an area, how much more than an even share."""
        words = self._words(state, text)
        if state.area is not None:
            return self._finding_of_area(state, here, words, text)
        told = {"top": "top_share", "gini": "gini"}
        figures = {name: said(column, here[column], state, text) for name, column in told.items()}
        return text(f"finding.concentration_{state.per}", **words, **figures)

    def _finding_of_area(
        self, state: ViewState, here: Mapping[str, float], words: dict[str, str], text: Text
    ) -> str:
        whole = common.place(self._queries, replace(state, area=None), text)
        figures = {
            column: said(column, here[column], state, text)
            for column in ("base_share", "held_share", "quotient")
        }
        kind = "place" if here["amount"] else "nothing"
        if np.isnan(here["quotient"]):
            kind = "untold"
        return text(f"finding.concentration_{kind}", **words, **figures, whole=whole)

    def _words(self, state: ViewState, text: Text) -> dict[str, str]:
        """What sentences say of what is spread, over what, in which place."""
        level = common.level(self._queries, state.level, text).lower()
        return {
            "place": common.place(self._queries, state, text),
            "year": str(state.year),
            "level": level,
            "what": text(f"concentration.what_{state.what}"),
            "base": text(f"concentration.base_{state.per}", level=level),
        }

    def hint(self, column: str, here: Mapping[str, float], state: ViewState, text: Text) -> str:
        """How far an index hangs on single places; parts of Theil's T; what even would be."""
        if column == "without":
            areas = text.number(here["areas"])
            untold = state.what == "people" and self._queries.least_people > 1
            key = "concentration.of_areas_untold" if untold else "concentration.of_areas"
            return text(key, areas=areas)
        if column not in WITH_INTERVAL or state.area is not None:
            return ""
        if column == "herfindahl":
            even = said(column, here["herfindahl_even"], state, text)
            return text("concentration.if_even", value=even)
        if column == "theil" and state.level != "district" and len(state.district) != 1:
            # Rounded so that the parts add up to what stands beside them.
            first = round(here["between"], 2)
            parts = {"between": first, "within": round(here["theil"], 2) - first}
            told = {part: text.number(round(value, 2)) for part, value in parts.items()}
            return text("concentration.between", **told)
        ends = self._analyses.silos.indices(state)[["low", "high"]].to_dict("index")[column]
        if column == "top_share":
            return between(ends, text)
        return "–".join(said(column, ends[end], state, text) for end in ("low", "high"))

    def details(
        self, state: ViewState, account: Account, here: Mapping[str, float], text: Text
    ) -> list[str]:
        """What is counted, whose residents, and how people are told."""
        if state.what == "groups":
            sentences = [text(f"count_help.{state.count}")]
        else:
            sentences = [text(f"counted.{state.what}.{state.count}")]
        if state.per == "residents":
            sentences.append(text.population(self._queries.population_years))
        if state.district and state.level not in NAMED:
            sentences.append(text("concentration.border"))
        rounded = self.rounded(text) if state.what == "people" else []
        return [*sentences, *rounded, *([text("concentration.as_nothing")] if rounded else [])]

    def _columns(self, columns: Sequence[str], state: ViewState) -> list[str]:
        """Without the size of places that count alike."""
        named = super()._columns(columns, state)
        return [column for column in named if column != "base" or state.per != "places"]

    def legend_unit(self, state: ViewState, text: Text) -> str:
        """What one stands for."""
        return text(f"concentration.unit_{state.per}")

    def _kinds(self, state: ViewState, account: Account, classes: Classes) -> Kinds:
        """None at all, the classes below even, even, those above; apart from what is not told."""
        found, shading = super()._kinds(state, account, classes), self._shading(state)
        first = int(self._ever_empty(state))
        step = classes.of(shading.to_numpy(dtype=float)) + len(classes.bounds) + first
        place = np.where(np.isneginf(shading), 0, step).astype(str)
        kinds = pd.DataFrame(place, shading.index, shading.columns).astype(object)
        order = tuple(str(number) for number in range(classes.colours + 1 + first))
        return replace(found, kinds=kinds.mask(shading.isna(), NONE), order=order)

    def _shading(self, state: ViewState) -> pd.DataFrame:
        return self._analyses.accounts.shading(state)

    def _ever_empty(self, state: ViewState) -> bool:
        """Whether an area in sight has nothing at all in a year: it has a colour of its own."""
        seen = self._shading(state)[self._account(state).inside]
        return bool(np.isneginf(seen).any(axis=None))

    def _labels(self, state: ViewState, classes: Classes, text: Text) -> list[str]:
        labels, half = super()._labels(state, classes, text), len(classes.bounds)
        low, high = (text.number(end) for end in (1 / RATIOS[0], RATIOS[0]))
        even = text("concentration.even", low=low, high=high)
        none = [text("concentration.none")] if self._ever_empty(state) else []
        return [*none, *labels[:half], even, *labels[half:]]

    def _colours(self, state: ViewState, classes: Classes, theme: Theme) -> list[str]:
        above = len(classes.bounds)
        below = above + self._ever_empty(state)
        falls = scale(PALETTE, theme, 2 * below, diverging=True)[:below]
        rises = scale(PALETTE, theme, 2 * above, diverging=True)[above:]
        return [*falls, COLOURS[theme]["map-even"], *rises]

    def shown(
        self, state: ViewState, account: Account, here: Mapping[str, float], text: Text
    ) -> list[Any]:
        """The Lorenz curve, how it went by year, what is far from all groups."""
        even = text(f"concentration.evenly_{state.per}")
        if state.area is not None:
            return [
                panel.meaning(text("meaning.concentration_quotient", even=even)),
                *self.course(state, ("quotient",), text),
                *self._far(state, text),
            ]
        return [
            self._lorenz(state, here["top_share"], text),
            panel.meaning(
                text("meaning.concentration", even=even),
                text("meaning.concentration_limits", draws=DRAWS),
            ),
            *self.course(state, ("gini",), text),
            *self._far(state, text),
        ]

    def _lorenz(self, state: ViewState, top: float, text: Text) -> Any:
        theme = state.theme
        words = {key: self._words(state, text)[key] for key in ("base", "what")}
        curve = self._analyses.silos.lorenz(state)
        figure = lorenz_figure(curve, top, **words, theme=theme, text=text)
        points = lorenz_words(along(curve, TOLD_AT), **words, text=text)
        title = text("concentration.lorenz", **words)
        return panel.chart(ids.LORENZ, figure, title, "; ".join(points))

    def _far(self, state: ViewState, text: Text) -> list[Any]:
        """How much is out of reach of a group, and where there never was one."""
        found = self._analyses.silos.far(state)
        known = "neighbourhood" in self._queries.known_population
        within = common.level(self._queries, "neighbourhood" if known else "district", text)
        area, people = (
            share(found[far] / found[whole], text)
            for far, whole in (("far_km2", "area_km2"), ("far_residents", "residents"))
        )
        place = common.place(self._queries, state, text)
        sentences = [text("meaning.concentration_far", place=place, year=state.year, area=area)]
        size = f"{text.number(round(found['far_km2'], 1))} km²"
        rows = [[text("concentration.far_area"), area, size]]
        if found["residents"] > 0:
            label = "concentration.far_residents" if known else "concentration.far_estimated"
            rows.append([text(label), people, text.number(float(f"{found['far_residents']:.2g}"))])
            words = {"level": within.lower(), "residents": people}
            sentences.append(text("meaning.concentration_far_residents", **words))
        sentences.append(text("meaning.concentration_far_limits"))
        if self._queries.audience is Audience.PUBLIC:
            sentences.append(text("meaning.concentration_far_public"))
        headings = [text(f"concentration.far_{name}") for name in ("of", "share", "size")]
        table = panel.small_table(text("concentration.far"), rows, headings)
        return [table, panel.meaning(" ".join(sentences), *self._without(state, text))]

    def _without(self, state: ViewState, text: Text) -> list[str]:
        """The neighbourhoods without any group by name; those with the most residents first."""
        empty, unplaced = self._analyses.silos.without(state)
        if empty.empty or state.area in empty.index:
            return []
        level = common.level(self._queries, "neighbourhood", text)
        named = empty.head(NAMES).to_dict("records")
        if empty["district_code"].nunique() > 1:
            names = [common.area_name(self._queries, row["code"], text) for row in named]
        else:
            names = [text.name(row) for row in named]
        words = {"year": state.year, "level": level, "names": " · ".join(names)}
        more = len(empty) - len(names)
        sentence = (
            text("meaning.concentration_without_more", **words, more=text.number(more))
            if more
            else text("meaning.concentration_without", **words)
        )
        if not unplaced:
            return [sentence]
        number = {"n": text.number(unplaced), "level": level.lower()}
        return [sentence, text("meaning.concentration_without_unplaced", **number)]

    def leaders(self, state: ViewState, account: Account, text: Text) -> list[Any]:
        """The areas with the most for their size, and those with the least."""
        value = account.value
        rows = account.of(state.year)
        rows = rows[~rows["few"] & rows[value].notna()]
        lowest = rows.sort_values([value, "due"], ascending=[True, False], kind="stable")
        lowest = lowest[lowest[value] < 1].head(LEADERS)
        highest = super().leaders(state, account, text)
        if lowest.empty or state.level not in NAMED:
            return highest
        title = text("concentration.lowest", figure=name(value, state, text))
        listed = self.listed(lowest, rows[value].max(), state, account, text)
        return [*highest, panel.leaders(title, listed)]
