"""What crosses silos: mixed places, people named on two sides, clusters across borders."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dashboard import ids
from dashboard.callbacks import common
from dashboard.callbacks.accounts import LEADERS, AccountView, said
from dashboard.components import panel
from dashboard.figures.silos import sides_figure
from dashboard.state import ViewState
from dashboard.strings import Text
from dashboard.tables import Account

MOST_CLUSTERS = 8
SIDES = ("category", "department", "district")


class CrossingView(AccountView):
    """How mixed places are, and who is named across what is mixed."""

    told = ("value", "effective", "n", "across_share")
    facts = ("value", "effective", "kinds", "n", "people", "across", "across_share")
    columns = ("n", "kinds", "entropy", "effective", "people", "across", "across_share")
    none = "crossing.no_area"

    def finding(self, state: ViewState, here: Mapping[str, float], text: Text) -> str:
        """How mixed the place is, and how many people are across."""
        told = {
            "place": common.place(self._queries, state, text),
            "year": state.year,
            "of": _of(state, text),
        }
        if not here["n"] > 0:
            return text("finding.crossing_none", **told)
        told["effective"] = text.number(round(here["effective"], 1))
        if here["across_share"] != here["across_share"]:
            return text("finding.crossing_alone", **told)
        share = said("across_share", here["across_share"], state, text)
        return text("finding.crossing", **told, share=share)

    def details(
        self, state: ViewState, account: Account, here: Mapping[str, float], text: Text
    ) -> list[str]:
        """That few applications mix little, and how people are counted."""
        sentences = []
        if 0 < here["n"] < self._analyses.accounts.least(state):
            sentences.append(text("crossing.few", n=text.number(here["n"])))
        known = len(self._queries.atlas.memberships) > 0
        return [*sentences, *(self.rounded(text) if known else [])]

    def notes(self, state: ViewState, text: Text) -> list[str]:
        """What the ends of the scale are, and which areas the map warns of."""
        facts = self._analyses.accounts.facts(state)
        kinds = text.number(facts.applications[state.mix].nunique())
        least = self._analyses.accounts.least(state)
        return [text("crossing.legend", kinds=kinds, least=least)]

    def legend_unit(self, state: ViewState, text: Text) -> str:
        """What is mixed."""
        return text("crossing.unit", of=text.value("mix", state.mix))

    def shown(
        self, state: ViewState, account: Account, here: Mapping[str, float], text: Text
    ) -> list[Any]:
        """What it says and what not, people across, clusters across, the least mixed."""
        least = self._analyses.accounts.least(state)
        return [
            panel.meaning(text("meaning.crossing", least=least), text("meaning.crossing_across")),
            *self._sides(state, text),
            *self._clusters(state, text),
        ]

    def _sides(self, state: ViewState, text: Text) -> list[Any]:
        """The share of people on two sides or more, by year and by what the sides are."""
        theme = state.theme
        across = self._analyses.silos.across(state).pivot(
            index="year", columns="of", values="share"
        )
        lines = {
            text(f"crossing.of_{of}"): across[of]
            for of in SIDES
            if across[of].notna().any() and across[of].max() > 0
        }
        if not lines:
            return []
        words = "; ".join(
            text(
                "crossing.sides_word",
                of=of,
                values=", ".join(
                    f"{year} {said('across_share', share, state, text)}"
                    for year, share in line.items()
                ),
            )
            for of, line in lines.items()
        )
        figure = sides_figure(lines, state.year, theme, text)
        now = ", ".join(
            f"{of} {said('across_share', line[state.year], state, text)}"
            for of, line in lines.items()
        )
        return [
            panel.chart(ids.SIDES, figure, text("crossing.sides"), words),
            panel.meaning(text("crossing.sides_now", year=state.year, values=now)),
        ]

    def _clusters(self, state: ViewState, text: Text) -> list[Any]:
        """Clusters that lie in several districts, as the question of clusters finds them."""
        if state.area is not None or state.filtered:
            return []
        rows = self._analyses.silos.clusters(state)
        if rows.empty:
            return []
        crossing = rows[rows["crosses"]]
        n = text.number(len(rows))
        if crossing.empty:
            return [panel.meaning(text("crossing.clusters_none", n=n))]
        districts = self._queries.areas("district")
        listed = [
            panel.Leader(
                None,
                text("cluster.around", name=text.name(row)),
                text("said.groups", value=text.number(row["groups"])),
                row["groups"] / crossing["groups"].max(),
                hint=" · ".join(
                    text.name(districts.loc[code]) for code in row["district_codes"].split()
                ),
            )
            for row in crossing.head(MOST_CLUSTERS).to_dict("records")
        ]
        title = text("crossing.clusters", n=n, crosses=text.number(len(crossing)))
        return [panel.leaders(title, listed)]

    def leaders(self, state: ViewState, account: Account, text: Text) -> list[Any]:
        """The areas that are mixed most, and those of the others that are mixed least."""
        rows = account.of(state.year)
        rows = rows[~rows["few"] & rows["entropy"].notna()]
        rest = rows.drop(rows.nlargest(LEADERS, "entropy", keep="first").index)
        least = rest.nsmallest(LEADERS, "entropy", keep="first")
        most = super().leaders(state, account, text)
        if least.empty:
            return most
        listed = self.listed(least, rows["entropy"].max(), state, account, text)
        return [*most, panel.leaders(text("crossing.least"), listed)]


def _of(state: ViewState, text: Text) -> str:
    """What is mixed, within a sentence."""
    return text.value("mix", state.mix).lower()
