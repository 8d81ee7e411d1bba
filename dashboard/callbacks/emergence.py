"""Residents who emerge: named in an application for the first time, or once more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dashboard import ids
from dashboard.callbacks import common
from dashboard.callbacks.accounts import AccountView, said
from dashboard.callbacks.composition import beside_all
from dashboard.components import panel
from dashboard.figures.people import newcomers_figure
from dashboard.state import ViewState
from dashboard.strings import Text
from dashboard.tables import Account

EXACT = "per_group_median"
"""A median of rounded numbers would be a multiple of the base: it is told where all are exact."""


class EmergenceView(AccountView):
    """The people named, by whether an earlier year names them too."""

    told = ("value", "people", "first_time", "groups")
    facts = (
        "people", "first_time", "returning", "representing", "joining", "groups", "per_group",
        EXACT,
    )  # fmt: skip
    columns = (
        "people", "first_time", "returning", "first_share", "representing", "joining", "groups",
        "per_group", EXACT,
    )  # fmt: skip

    def _columns(self, columns: Sequence[str], state: ViewState) -> list[str]:
        exact = self._queries.least_people == 1
        return [one for one in super()._columns(columns, state) if exact or one != EXACT]

    def _begins(self, state: ViewState) -> bool:
        """Whether it is the year in which everybody is new."""
        return state.year == self._queries.choices.years[0]

    def finding(self, state: ViewState, here: Mapping[str, float], text: Text) -> str:
        """How many people are named, and how many of them are new."""
        if not here["people"] > 0:
            return self.nobody(state, text)
        known = here["first_share"] == here["first_share"]
        return text(
            "finding.emergence" if known else "finding.emergence_people",
            place=common.place(self._queries, state, text),
            year=state.year,
            n=text.number(here["people"]),
            share=said("first_share", here["first_share"], state, text),
        )

    def hint(self, column: str, here: Mapping[str, float], state: ViewState, text: Text) -> str:
        """What share of the people is new."""
        new = column == "first_time" and here["first_share"] == here["first_share"]
        return said("first_share", here["first_share"], state, text) if new else ""

    def details(
        self, state: ViewState, account: Account, here: Mapping[str, float], text: Text
    ) -> list[str]:
        """Since when and where it is looked for earlier names."""
        first = self._queries.choices.years[0]
        begun = text("emergence.begins" if self._begins(state) else "emergence.since", first=first)
        return [begun, *self.rounded(text)]

    def notes(self, state: ViewState, text: Text) -> list[str]:
        """Why the first year has no colours."""
        first = self._queries.choices.years[0]
        return [text("emergence.legend", first=first), text("composition.chance")]

    def legend_unit(self, state: ViewState, text: Text) -> str:
        """Of whom it is a share."""
        return text("composition.of_named")

    def shown(
        self, state: ViewState, account: Account, here: Mapping[str, float], text: Text
    ) -> list[Any]:
        """New and known people by year, people per group, the share of new ones by part."""
        by_year = self._of_place(state)
        theme = state.theme
        figure = newcomers_figure(
            by_year["first_time"], by_year["returning"], state.year, theme, text
        )
        words = "; ".join(
            text("emergence.year_words", year=year,
                 first=said("first_time", row["first_time"], state, text),
                 again=said("returning", row["returning"], state, text))
            for year, row in by_year.iterrows()
        )  # fmt: skip
        return [
            *([] if state.area is None else beside_all("first_share", state, account, here, text)),
            panel.meaning(text("meaning.emergence"), text("meaning.emergence_groups")),
            panel.chart(ids.NEWCOMERS, figure, text("emergence.years"), words),
            *self._apart(state, text),
            *self.course(state, ("per_group",), text),
        ]

    def _apart(self, state: ViewState, text: Text) -> list[Any]:
        """The share of new people by part; a single part has nothing beside it."""
        if len(getattr(state, state.by)) == 1:
            return []
        return self.apart(state, "first_share", text, ("people", "first_share", "per_group"))
