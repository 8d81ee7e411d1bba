"""Who of those that apply is selected, and where."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from dashboard import ids
from dashboard.callbacks import common
from dashboard.callbacks.accounts import AccountView, said
from dashboard.components import panel
from dashboard.figures.accounts import steps_figure
from dashboard.state import ViewState
from dashboard.strings import Text
from dashboard.tables import Account

STEPS = ("applications", "selected", "rejected", "under_review", "other")


class FunnelView(AccountView):
    """From applying to being selected."""

    sets_few_apart = False  # they are drawn towards the city's rate
    told = ("value", "rate", "applications", "selected")
    facts = ("applications", "selected", "rejected", "under_review", "other", "decided_rate")
    columns = (
        "applications", "selected", "rejected", "under_review", "other", "rate", "low", "high",
        "smoothed", "decided_rate",
    )  # fmt: skip

    def finding(self, state: ViewState, here: Mapping[str, float], text: Text) -> str:
        """The rate of the place."""
        return text(
            "finding.funnel",
            place=common.place(self._queries, state, text),
            year=state.year,
            n=text.number(here["applications"]),
            selected=text.number(here["selected"]),
            rate=said("rate", here["rate"], state, text),
        )

    def details(
        self, state: ViewState, account: Account, here: Mapping[str, float], text: Text
    ) -> list[str]:
        """How sure the rate is."""
        low, high = (said(end, here[end], state, text) for end in ("low", "high"))
        sentences = [text("funnel.interval", low=low, high=high)]
        if here["applications"] < self._analyses.accounts.least(state):
            sentences.append(text("funnel.few", n=text.number(here["applications"])))
        if self._alike(state, account):
            sentences.append(text("funnel.alike"))
        return sentences

    def _alike(self, state: ViewState, account: Account) -> bool:
        """Whether smoothing leaves no difference among the areas of the year."""
        smoothed = account.wide("smoothed")[state.year].dropna()
        return len(smoothed) > 1 and bool(np.isclose(smoothed, smoothed.iloc[0]).all())

    def leaders(self, state: ViewState, account: Account, text: Text) -> list[Any]:
        """The areas with the highest rates, where there are any that differ."""
        return [] if self._alike(state, account) else super().leaders(state, account, text)

    def shown(
        self, state: ViewState, account: Account, here: Mapping[str, float], text: Text
    ) -> list[Any]:
        """Applications by outcome, the rate by year and by part."""
        theme = state.theme
        steps = {column: here[column] for column in STEPS if here[column]}
        names = [text(f"figure.{column}") for column in steps]
        words = "; ".join(
            f"{called}: {text.number(n)}" for called, n in zip(names, steps.values(), strict=True)
        )
        figure = steps_figure(list(steps), names, list(steps.values()), theme, text)
        beside = ("applications", "selected", "rate", "low", "high")
        return [
            panel.chart(ids.STEPS, figure, text("funnel.steps"), words),
            *self.course(state, ("rate", "decided_rate"), text),
            *self.apart(state, "rate", text, beside),
        ]
