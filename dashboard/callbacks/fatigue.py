"""How often groups have to ask, how many bureaus, how often in vain, and who still waits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dashboard import ids
from dashboard.callbacks import common
from dashboard.callbacks.accounts import AccountView, said, share
from dashboard.components import panel
from dashboard.figures.silos import tries_figure
from dashboard.state import ViewState
from dashboard.strings import Text
from dashboard.tables import Account

MOST_TRIES = 8
"""Applications of one group in a year from which on groups are counted together."""
APART = ("applications", "per_group", "bureaus_per_group", "rejections", "waiting_share")


class FatigueView(AccountView):
    """What it takes groups to be supported."""

    told = ("value", "bureaus_per_group", "rejections", "waiting_share", "applications")
    facts = (
        "value", "several_share", "most", "bureaus_per_group", "first_selected", "rejections",
        "under_review", "waiting_share",
    )  # fmt: skip
    columns = (
        "applications", "groups", "per_group", "most", "several_share", "bureaus_per_group",
        "first_selected", "rejections", "under_review", "waiting_share",
    )  # fmt: skip
    none = "fatigue.no_area"

    def finding(self, state: ViewState, here: Mapping[str, float], text: Text) -> str:
        """How many applications a group makes in a year."""
        place = common.place(self._queries, state, text)
        if not here["groups"] > 0:
            return text("finding.fatigue_none", place=place, year=state.year)
        return text(
            "finding.fatigue",
            place=place,
            year=state.year,
            groups=text.number(here["groups"]),
            n=text.number(here["applications"]),
            each=text.number(here["per_group"]),
            share=said("several_share", here["several_share"], state, text),
        )

    def details(
        self, state: ViewState, account: Account, here: Mapping[str, float], text: Text
    ) -> list[str]:
        """Bureaus, rejections and waiting, as far as they are known."""
        sentences = []
        if here["bureaus_per_group"] == here["bureaus_per_group"]:
            bureaus = text.number(here["bureaus_per_group"])
            sentences.append(text("fatigue.bureaus", bureaus=bureaus))
        if here["first_selected"] > 0 and here["rejections"] == here["rejections"]:
            n, rejections = (text.number(here[each]) for each in ("first_selected", "rejections"))
            sentences.append(text("fatigue.first", n=n, rejections=rejections))
        if here["waiting_share"] > 0:
            share = said("waiting_share", here["waiting_share"], state, text)
            n = text.number(here["under_review"])
            sentences.append(text("fatigue.waiting", n=n, share=share))
        if 0 < here["groups"] < self._analyses.accounts.least(state):
            sentences.append(text("fatigue.few", n=text.number(here["groups"])))
        return sentences

    def shown(
        self, state: ViewState, account: Account, here: Mapping[str, float], text: Text
    ) -> list[Any]:
        """What it says and what not, groups by how often they applied, years and parts."""
        # A group deals with one bureau of one.
        beside = [each for each in APART if (state.by, each) != ("department", "bureaus_per_group")]
        return [
            panel.meaning(text("meaning.fatigue"), text("meaning.fatigue_later")),
            *self._tries(state, text),
            *self.course(state, ("per_group", "bureaus_per_group"), text),
            *self.apart(state, "per_group", text, beside),
        ]

    def _tries(self, state: ViewState, text: Text) -> list[Any]:
        """How many groups applied once, how many twice and so on."""
        tries = self._analyses.silos.tries(state)
        if tries.empty:
            return []
        theme = state.theme
        counted = tries["groups"].groupby(tries["applications"].clip(upper=MOST_TRIES)).sum()
        beyond = tries["applications"].max() > MOST_TRIES
        names = [
            text("fatigue.times_or_more" if beyond and n == MOST_TRIES else "fatigue.times", n=n)
            for n in counted.index
        ]
        shares = [share(n / counted.sum(), text) for n in counted]
        told = [f"{text.number(n)} ({share})" for n, share in zip(counted, shares, strict=True)]
        words = "; ".join(
            text("fatigue.tries_word", times=times, n=text.number(n), share=share)
            for times, n, share in zip(names, counted, shares, strict=True)
        )
        figure = tries_figure(names, counted.tolist(), told, theme)
        return [panel.chart(ids.TRIES, figure, text("fatigue.tries"), words)]
