"""How long groups go on, once they have appeared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd
from dash import html

from dashboard import ids
from dashboard.callbacks import common
from dashboard.callbacks.accounts import AccountView, between, said
from dashboard.components import panel
from dashboard.figures.lasting import survival_figure
from dashboard.state import ViewState
from dashboard.strings import Text
from dashboard.tables import Account

SHADES = 5


class RetentionView(AccountView):
    """Which groups are going still, so many years after they were founded."""

    told = ("value", "followed", "ended", "going", "never")
    facts = ("survival", "followed", "going", "ended", "never", "groups")
    columns = (
        "groups", "followed", "going", "ended", "never", "survival", "low", "high", "at_risk",
    )  # fmt: skip

    def finding(self, state: ViewState, here: Mapping[str, float], text: Text) -> str:
        """How many go on, as far as it is known."""
        known = here["survival"] == here["survival"]
        return text(
            "finding.retention" if known else "finding.retention_unknown",
            place=common.place(self._queries, state, text),
            year=state.year,
            after=state.after,
            **({"share": said("survival", here["survival"], state, text)} if known else {}),
        )

    def hint(self, column: str, here: Mapping[str, float], state: ViewState, text: Text) -> str:
        """Between what the share lies; until when groups are counted."""
        if column == "survival":
            return between(here, text)
        if column in ("going", "groups"):
            return text(f"retention.hint_{column}", year=state.year)
        return ""

    def details(
        self, state: ViewState, account: Account, here: Mapping[str, float], text: Text
    ) -> list[str]:
        """On how many groups it rests, and what may change yet."""
        followed = here["followed"]
        if not followed:
            return []
        n, sure = text.number(followed), between(here, text)
        sentences = [
            text("retention.interval", n=n, between=sure) if sure else text("retention.rests", n=n)
        ]
        if followed < self._analyses.accounts.least(state):
            sentences.append(text("retention.few", n=n))
        waiting = self._analyses.people.undecided(state)
        if waiting:
            sentences.append(text("retention.undecided", n=text.number(waiting), year=state.year))
        return sentences

    def legend_unit(self, state: ViewState, text: Text) -> str:
        """When it was known."""
        return text("retention.until", year=state.year)

    def shown(
        self, state: ViewState, account: Account, here: Mapping[str, float], text: Text
    ) -> list[Any]:
        """The curve, what it says, the parts beside each other, the cohorts."""
        if not here["followed"]:
            return []
        counted = {fate: text.number(here[fate]) for fate in ("never", "going")}
        sentences = [
            text("meaning.retention", after=state.after),
            text("meaning.retention_apart", year=state.year, **counted),
        ]
        return [
            self._curve(state, text),
            panel.meaning(*sentences),
            *self._parts(state, text),
            self._cohorts(state, text),
        ]

    def _curve(self, state: ViewState, text: Text) -> Any:
        """Of the place in view; of all beside an area."""
        theme = state.theme
        places = [state] if state.area is None else [state, replace(state, area=None)]
        curves = {}
        for each in places:
            curve = self._analyses.people.survival(each)
            told = [said("survival", share, state, text) for share in curve["survival"]]
            curves[common.place(self._queries, each, text)] = curve.assign(told=told)
        words = "; ".join(
            text(
                "retention.curve_word", years=row["years"], share=row["told"],
                n=text.number(row["at_risk"]),
            )
            for row in next(iter(curves.values())).to_dict("records")
        )  # fmt: skip
        figure = survival_figure(curves, state.after, theme, text)
        return panel.chart(ids.SURVIVAL, figure, text("retention.curve"), words)

    def _parts(self, state: ViewState, text: Text) -> list[Any]:
        """The share of each part, and whether it ends otherwise than the others do."""
        chart = self.apart(state, "survival", text)
        if not chart:
            return []
        parts = self._analyses.accounts.apart(state)
        parts = parts[parts["followed"] > 0].join(self._analyses.people.differs(state))
        called = [common.part_name(self._queries, state.by, key, text) for key in parts.index]
        rows = [
            [each, text.number(row["followed"]), said("survival", row["survival"], state, text),
             between(row, text) or "–",
             common.p_alone(row["p"])]
            for each, row in zip(called, parts.to_dict("records"), strict=True)
        ]  # fmt: skip
        headings = [
            text(f"control.{state.by}"), text("figure.followed"), text("retention.short"),
            text("retention.band"), text("retention.p"),
        ]  # fmt: skip
        return [
            *chart,
            panel.meaning(self._difference(state, parts["p"].set_axis(called), text)),
            panel.small_table(text(f"by.{state.by}"), rows, headings),
        ]

    def _difference(self, state: ViewState, p: pd.Series[float], text: Text) -> str:
        """Whether the parts differ, in a sentence."""
        by = text(f"control.{state.by}").lower()
        if p.isna().all():
            return text("retention.differ_untested", by=by)
        other = p.index[p <= common.SIGNIFICANT]
        if other.empty:
            return text("retention.differ_none", by=by)
        return text("retention.differ_some", by=by, names=", ".join(other))

    def _cohorts(self, state: ViewState, text: Text) -> Any:
        """Who was active so many years later, by founding year."""
        found = self._analyses.people.cohorts(state)
        wide = found.pivot(index="founded", columns="since", values="share")
        sizes = found.groupby("founded")["groups"].first()
        rows = [
            [str(year), text.number(sizes[year]), *(_shaded(share, text) for share in shares)]
            for year, shares in zip(wide.index, wide.to_numpy(), strict=True)
        ]
        headings = [
            text("retention.founded"), text("figure.groups"),
            *(text("retention.since", n=since) for since in wide.columns),
        ]  # fmt: skip
        return panel.small_table(text("retention.cohorts"), rows, headings)


def _shaded(share: float, text: Text) -> Any:
    """A share in a cell that is the darker the higher it is; nothing of years to come."""
    if share != share:
        return ""
    shade = min(int(share * SHADES), SHADES - 1)
    return html.Span(text.number(round(100 * share)), className=f"shade shade-{shade}")
