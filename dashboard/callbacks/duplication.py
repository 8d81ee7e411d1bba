"""Which groups several bureaus or programmes support, beside what chance would give."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil, floor
from typing import Any

import pandas as pd

from dashboard import ids
from dashboard.callbacks import common
from dashboard.callbacks.accounts import AccountView, name, said
from dashboard.components import panel
from dashboard.figures.silos import beside_chance_figure, pairs_figure, short_names
from dashboard.state import ViewState
from dashboard.strings import Text
from dashboard.tables import Account

MOST_SUPPORTERS, MOST_PAIRS = 14, 6
"""In the chart and in the table below it."""
APART = ("supported", "doubled", "expected", "doubled_share")


class DuplicationView(AccountView):
    """Groups that several supporters selected in one year."""

    told = ("value", "doubled", "supported", "expected")
    facts = ("supported", "doubled", "value", "expected", "money", "doubled_money")
    columns = (
        "supported", "doubled", "doubled_share", "expected", "chance_low", "chance_high", "money",
        "doubled_money",
    )  # fmt: skip
    none = "duplication.no_area"

    def finding(self, state: ViewState, here: Mapping[str, float], text: Text) -> str:
        """How many of those supported have several supporters."""
        place = common.place(self._queries, state, text)
        if not here["supported"] > 0:
            return text("finding.duplication_none", place=place, year=state.year)
        told = {
            "place": place,
            "year": state.year,
            "supported": text.number(here["supported"]),
            "doubled": text.number(here["doubled"]),
            "share": said("doubled_share", here["doubled_share"], state, text),
        }
        if here["expected"] != here["expected"]:
            return text("finding.duplication_alone", **told)
        return text("finding.duplication", **told, expected=_about(here["expected"], text))

    def hint(self, column: str, here: Mapping[str, float], state: ViewState, text: Text) -> str:
        """Between which numbers chance varies."""
        known = column == "expected" and here["expected"] == here["expected"]
        return "–".join(_span(here, text)) if known else ""

    def details(
        self, state: ViewState, account: Account, here: Mapping[str, float], text: Text
    ) -> list[str]:
        """The money behind them, and what is not compared."""
        sentences = []
        if here["money"] > 0:
            money, part = (
                said(each, here[each], state, text) for each in ("money", "doubled_money")
            )
            sentences.append(text("duplication.money", money=money, part=part))
        if 0 < here["supported"] < self._analyses.accounts.least(state):
            sentences.append(text("duplication.few", n=text.number(here["supported"])))
        if state.programme or state.department:
            sentences.append(text("duplication.among"))
        if state.outcome:
            sentences.append(text("duplication.outcome"))
        return sentences

    def shown(
        self, state: ViewState, account: Account, here: Mapping[str, float], text: Text
    ) -> list[Any]:
        """What it says and what not, pairs, years and parts."""
        waste = text("meaning.duplication_waste")
        return [
            panel.meaning(*self._verdict(state, here, text), waste),
            *self._pairs(state, text),
            *self._years(state, text),
            *self.apart(state, "doubled_share", text, APART),
        ]

    def _verdict(self, state: ViewState, here: Mapping[str, float], text: Text) -> list[str]:
        """Whether there are more than chance gives, or fewer."""
        if not here["supported"] > 0 or here["expected"] != here["expected"]:
            return []
        low, high = _span(here, text)
        more, fewer = here["doubled"] > here["chance_high"], here["doubled"] < here["chance_low"]
        way = "more" if more else "fewer" if fewer else "chance"
        doubled = text.number(here["doubled"])
        verdict = text(f"meaning.duplication_{way}", low=low, high=high, doubled=doubled)
        one_of_many = state.area is not None and (more or fewer)
        return [verdict, *([text("meaning.duplication_many")] if one_of_many else [])]

    def _pairs(self, state: ViewState, text: Text) -> list[Any]:
        """Who supports the same groups: all pairs as a chart, those with the most as a table."""
        pairs = self._analyses.silos.matrix(state)
        # Nothing is known of pairs of whom one selected nobody.
        pairs = pairs[(pairs["expected"] > 0) | (pairs["groups"] > 0)]
        if state.area is not None or pairs.empty:
            return []
        ends = pd.concat([pairs.set_index(end)["groups"] for end in ("a", "b")])
        most = ends.groupby(level=0).sum().sort_values(ascending=False, kind="stable")
        supporters = most.index.tolist()[:MOST_SUPPORTERS]
        names = short_names(supporters)
        among = pairs[pairs["a"].isin(supporters) & pairs["b"].isin(supporters)]
        among = among.sort_values(["groups", "expected"], ascending=False, kind="stable")
        shown = [self._chart(state, among, names, len(most), text)]
        common_ones = among[among["groups"] > 0].head(MOST_PAIRS)
        if len(common_ones):
            shown.append(_table(common_ones, names, state, text))
        if pairs["q"].notna().any():
            k, n = int((pairs["q"] <= common.SIGNIFICANT).sum()), int(pairs["q"].notna().sum())
            key = "duplication.some_apart" if k else "duplication.none_apart"
            values = {"n": text.number(n), **({"k": text.number(k)} if k else {})}
            shown.append(panel.meaning(text(key, **values)))
        return shown

    def _chart(
        self, state: ViewState, pairs: pd.DataFrame, names: Mapping[str, str], of: int, text: Text
    ) -> Any:
        theme = state.theme
        order = list(names)
        cells = pairs.pivot(index="a", columns="b", values="groups").astype(float)
        cells = cells.reindex(index=order, columns=order)
        cells = cells.where(cells.notna(), cells.T)
        told = {}
        for row in pairs.to_dict("records"):
            sentence = _of_pair(row, text)
            told[row["a"], row["b"]] = told[row["b"], row["a"]] = sentence
        figure = pairs_figure(cells, told, names, theme, text)
        title = text("duplication.matrix")
        if of > len(order):
            title = f"{title} · {text('duplication.shown', n=text.number(len(order)))}"
        words = "; ".join(
            f"{text('duplication.pair', a=row['a'], b=row['b'])}: {text.number(row['groups'])}"
            for row in pairs[pairs["groups"] > 0].to_dict("records")
        )
        return panel.chart(ids.OVERLAP, figure, title, words)

    def _years(self, state: ViewState, text: Text) -> list[Any]:
        """How many there were by year, in the band that chance allows."""
        rows = self._of_place(state)
        rows = rows.assign(
            found=rows["doubled"], low=rows["chance_low"].map(ceil, na_action="ignore"),
            high=rows["chance_high"].map(floor, na_action="ignore"),
        )  # fmt: skip
        if rows["expected"].notna().sum() < 2:
            return self.course(state, ("doubled",), text)
        theme = state.theme
        called = (
            name("doubled", state, text), name("expected", state, text), text("duplication.band"),
        )  # fmt: skip
        words = "; ".join(
            text(
                "duplication.year_word", year=year, doubled=text.number(row["found"]),
                expected=_about(row["expected"], text), low=text.number(row["low"]),
                high=text.number(row["high"]),
            )
            for year, row in rows.iterrows()
        )  # fmt: skip
        figure = beside_chance_figure(rows, state.year, called, theme, text)
        return [panel.chart(ids.TREND, figure, text("duplication.years"), words)]


def _about(expected: float, text: Text) -> str:
    """A number that is expected, in no more digits than it means: 218, or 2.3."""
    return text.number(round(expected) if expected >= 10 else round(expected, 1))


def _span(here: Mapping[str, float], text: Text) -> tuple[str, str]:
    """The least and the most groups that chance gives."""
    return text.number(ceil(here["chance_low"])), text.number(floor(here["chance_high"]))


def _of_pair(row: Mapping[Any, Any], text: Text) -> str:
    """What a cell says of itself."""
    both, applied = text.number(row["groups"]), text.number(row["applied"])
    sentence = text("duplication.cell", a=row["a"], b=row["b"], groups=both, applied=applied)
    if row["q"] != row["q"]:
        return sentence
    chance = text(
        "duplication.cell_chance",
        expected=_about(row["expected"], text),
        q=common.p_alone(row["q"]),
    )
    return f"{sentence}<br>{chance}"


def _table(pairs: pd.DataFrame, names: Mapping[str, str], state: ViewState, text: Text) -> Any:
    """The pairs with the most groups in common, beside chance."""
    rows = [
        [
            text("duplication.pair", a=names[row["a"]], b=names[row["b"]]),
            text.number(row["groups"]),
            "–" if row["expected"] != row["expected"] else _about(row["expected"], text),
            text.number(row["ratio"]),
            common.p_alone(row["q"]),
        ]
        for row in pairs.to_dict("records")
    ]
    headings = [
        text("duplication.supporters"), text("duplication.both"), name("expected", state, text),
        name("ratio", state, text), text("duplication.q"),
    ]  # fmt: skip
    return panel.small_table(text("duplication.pairs"), rows, headings)
