"""Signs that people were gathered for an application rather than came together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from dashboard import ids
from dashboard.callbacks import common
from dashboard.callbacks.accounts import AccountView, between, name, said
from dashboard.components import panel
from dashboard.figures.lasting import shares_figure
from dashboard.state import ViewState
from dashboard.strings import Text
from dashboard.tables import Account

SIGNS = ("gone_share", "minimum_share", "lent_share")


class MobilisedView(AccountView):
    """Who is named once and not again, who names no more people than must be, who is lent."""

    told = ("value", "newcomers", "gone", "minimum_share")
    facts = ("people", "newcomers", "gone_share", "minimum_share", "lent_share", "applications")
    columns = (
        "people", "newcomers", "gone", "gone_share", "low", "high", "applications", "minimum",
        "minimum_share", "lent", "lent_share",
    )  # fmt: skip

    @property
    def _last(self) -> int:
        """The year whose newcomers cannot have come back yet."""
        return self._queries.choices.years[-1]

    def finding(self, state: ViewState, here: Mapping[str, float], text: Text) -> str:
        """Who was not seen again; where that is not known, who named no more than must be."""
        place = common.place(self._queries, state, text)
        if here["gone_share"] == here["gone_share"]:
            return text(
                "finding.mobilised", place=place, year=state.year, last=self._last,
                n=text.number(here["newcomers"]),
                share=said("gone_share", here["gone_share"], state, text),
            )  # fmt: skip
        if here["applications"] > 0:
            return text("finding.mobilised_minimum", place=place, year=state.year,
                        **self._minimum(here, state, text))  # fmt: skip
        return text("finding.mobilised_nobody", place=place, year=state.year)

    def _minimum(self, here: Mapping[str, float], state: ViewState, text: Text) -> dict[str, str]:
        """Applications that name no more people than must be, in words."""
        return {
            "n": text.number(here["applications"]),
            "minimum": text.number(here["minimum"]),
            "share": said("minimum_share", here["minimum_share"], state, text),
        }

    def hint(self, column: str, here: Mapping[str, float], state: ViewState, text: Text) -> str:
        """Between what the share lies, and how many a share is of."""
        if column == "gone_share":
            return between(here, text)
        if column == "minimum_share" and here["applications"] > 0:
            told = self._minimum(here, state, text)
            return text("mobilised.of", n=told["n"], part=told["minimum"])
        if column == "lent_share" and here["lent"] == here["lent"]:
            return text("mobilised.people", n=text.number(here["lent"]))
        return ""

    def details(
        self, state: ViewState, account: Account, here: Mapping[str, float], text: Text
    ) -> list[str]:
        """How long people were watched, the other two signs, how exact the numbers are."""
        if not here["applications"] > 0:
            return []
        sentences = [self._watched(state, here, text)]
        if here["gone_share"] == here["gone_share"]:
            sentences.append(text("mobilised.minimum", **self._minimum(here, state, text)))
        return [*sentences, self._lent(state, here, text), *self.rounded(text)]

    def _watched(self, state: ViewState, here: Mapping[str, float], text: Text) -> str:
        """Until when, or why nothing is known of people who came back."""
        if state.year == self._last:
            return text("mobilised.last", year=state.year)
        if here["gone_share"] != here["gone_share"]:
            least = self._queries.least_people
            return text("mobilised.untold", least=least) if least > 1 else text("mobilised.no_new")
        if here["newcomers"] < self._analyses.accounts.least(state):
            return text("mobilised.few", n=text.number(here["newcomers"]))
        return text("mobilised.watched", year=state.year, last=self._last)

    def _lent(self, state: ViewState, here: Mapping[str, float], text: Text) -> str:
        """How many are named for many groups at the same time."""
        if here["lent"] != here["lent"]:
            return text("mobilised.lent_few", least=self._queries.least_people)
        share = said("lent_share", here["lent_share"], state, text)
        return text("mobilised.lent", n=text.number(here["lent"]), share=share)

    def legend_unit(self, state: ViewState, text: Text) -> str:
        """Of whom."""
        return text("mobilised.unit", year=state.year)

    def shown(
        self, state: ViewState, account: Account, here: Mapping[str, float], text: Text
    ) -> list[Any]:
        """What it says and what not, the parts beside each other, the signs by year."""
        parts = self._analyses.accounts.apart(state)
        told = [column for column in SIGNS if parts[column].notna().any()]
        column, on = ("gone_share", None) if "gone_share" in told else (SIGNS[1], "applications")
        beside = ("people", *told)
        return [
            panel.meaning(text("meaning.mobilised"), text("meaning.mobilised_signs")),
            *self.apart(state, column, text, beside, on),
            *self._signs(state, text),
        ]

    def _signs(self, state: ViewState, text: Text) -> list[Any]:
        """The three shares by year."""
        theme = state.theme
        by_year = self._of_place(state)
        known = [column for column in SIGNS if by_year[column].notna().sum() > 1]
        if not known:
            return []
        called = {column: name(column, state, text) for column in known}
        told = pd.DataFrame(
            {each: [said(column, share, state, text) for share in by_year[column]]
             for column, each in called.items()},
            index=by_year.index,
        )  # fmt: skip
        words = "; ".join(
            f"{each}: {', '.join(f'{year} {share}' for year, share in told[each].items())}"
            for each in told
        )
        figure = shares_figure(by_year[known].rename(columns=called), told, state.year, theme)
        return [panel.chart(ids.SIGNS, figure, text("mobilised.signs"), words)]
