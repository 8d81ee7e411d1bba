"""What holds a network together: its parts, who is near the selected, whether like go with like."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from dashboard import ids, layout
from dashboard.callbacks import common
from dashboard.callbacks.common import Parts
from dashboard.callbacks.network import NetworkView
from dashboard.components import panel
from dashboard.components.methods import method_link
from dashboard.components.table import grid
from dashboard.figures.cohesion import homophily_figure
from dashboard.figures.courses import lines_figure
from dashboard.queries.cohesion import MOST_FOR_BROKERS, PERSONAL, TABLES
from dashboard.queries.network import called
from dashboard.state import ViewState
from dashboard.strings import Text
from dashboard.tables import COHESION_COLUMNS, Cohesion, Network

LABELS_SHOWN = 4
"""Of a broker; some have been named under a dozen."""
LEAST_TIES = 10
"""Of a year that has a place in a line: with fewer its index is anything."""
SURE = 0.05
"""p up to which like go with like by more than chance."""
PERCENT = ("giant_share", "density", "near_share")
"""Columns of COHESION_COLUMNS that are told in hundredths."""
HOMOPHILY_SHOWN = ("nodes", "ties", "assortativity", "e_i", "expected", "low", "high")


class CohesionView(NetworkView):
    """What holds a network together."""

    def _drawn(self, state: ViewState) -> Network:
        """People, tied where an application names both."""
        return self._analyses.network.network(replace(state, mode="people"))

    def _sizes(self, state: ViewState) -> pd.Series[float] | None:
        """The more somebody stands between others, the larger the circle's area."""
        net, found = self._drawn(state), self._analyses.cohesion.betweenness(state)
        if net.opens or found is None:
            return None
        between = found.reindex(net.nodes["node"]).fillna(0.0).set_axis(net.nodes.index)
        most = between.max()
        return (between / most) ** 0.5 if most > 0 else between

    def parts(self, state: ViewState, text: Text) -> Parts:
        """What stands around the map."""
        net = self._drawn(state)
        named = {name: text(f"cohesion.table_{name}") for name in TABLES}
        return Parts(
            legend=self._legend(state, net, text),
            title=self._title(state, net, text),
            details=self._details(state, net, text),
            panel=self._panel(state, net, text),
            links=self._tables("cohesion", named, state, text),
        )

    def _title(self, state: ViewState, net: Network, text: Text) -> str:
        if net.why is not None:
            return text("finding.none", year=state.year)
        row = _whole(self._analyses.cohesion.cohesion(state))
        said = self._told(row, text) | {"place": self._place(state, text)}
        if row["giant_share"] is None:
            return text("finding.cohesion_apart", **said)
        if not row["rejected"]:
            return text("finding.cohesion_alone", **said)
        return text("finding.cohesion", **said)

    def _details(self, state: ViewState, net: Network, text: Text) -> list[str]:
        details = super()._details(state, net, text)
        if net.why is None and self._sizes(state) is not None:
            details.append(text("cohesion.sizes"))
        return details

    def _about(self, state: ViewState, net: Network, text: Text) -> list[Any]:
        """Who is chosen, and the whole in numbers and sentences."""
        chosen = super()._about(state, net, text) if self._is_chosen(state, net) else []
        found = self._analyses.cohesion.cohesion(state)
        sentences = [
            self._sentence(name, state, found, text)
            for name in ("near_share", "giant_share", "mean_degree", "core")
            if _whole(found)[name]
        ]
        said = [panel.meaning(*sentences)] if sentences else []
        return [*chosen, panel.facts(self._facts(found, text)), *said]

    def _is_chosen(self, state: ViewState, net: Network) -> bool:
        """Whether a person or an interest group is looked at."""
        return state.node in set(net.nodes["node"]) or state.community in set(
            net.communities["community"]
        )

    def _told(self, row: dict[str, Any], text: Text) -> dict[str, str]:
        """Every measure in words."""
        return {name: _number(name, row[name], text) for name in COHESION_COLUMNS[1:]}

    def _facts(self, found: Cohesion, text: Text) -> list[panel.Fact]:
        row, said = _whole(found), self._told(_whole(found), text)
        near = "" if row["rejected"] is None else f"/ {said['rejected']}"
        facts = [
            ("people", said["people"], ""),
            ("ties", said["ties"], ""),
            ("components", said["components"], ""),
            ("giant_share", said["giant_share"], ""),
            ("density", said["density"], ""),
            ("mean_degree", said["mean_degree"], text("cohesion.most", n=said["largest_degree"])),
            ("core", said["core"], self._people(row["core_nodes"], text)),
            ("near_selected", said["near_selected"], near),
        ]
        return [panel.Fact(text(f"table.{name}"), value, hint) for name, value, hint in facts]

    def _sentence(self, name: str, state: ViewState, found: Cohesion, text: Text) -> str:
        """A measure in plain words, and how it was in the first of the years and in the last."""
        row = _whole(found)
        said = self._told(row, text) | {"core_nodes": self._people(row["core_nodes"], text)}
        inside = found.years["year"].between(state.since or 0, state.year)
        years = found.years[found.years[name].notna() & inside]
        course = ""
        if len(years) > 1:
            ends = years.iloc[[0, -1]][["year", name]].to_numpy().tolist()
            (first, before), (last, after) = ends
            course = text(
                "cohesion.course", first=first, before=_number(name, before, text), last=last,
                after=_number(name, after, text),
            )  # fmt: skip
        return text(f"meaning.cohesion_{name}", **said, course=course).strip()

    def _timeline(self, state: ViewState, net: Network, text: Text) -> Any:
        """How much is held together in each year alone."""
        years = self._analyses.cohesion.cohesion(state).years
        lines = {
            text(f"cohesion.line_{name}"): _by_year(years, name)
            for name in ("giant_share", "near_share")
            if name == "giant_share" or years[name].notna().any()
        }
        words = "; ".join(f"{name}: {_course(line, text)}" for name, line in lines.items())
        figure = lines_figure(lines, state.year, state.theme, text, percent=True)
        return panel.chart(ids.TREND, figure, text("cohesion.years"), words)

    def _listed(self, state: ViewState, net: Network, text: Text) -> list[Any]:
        """Whether like go with like, what joins fields and bureaus, and who stands between."""
        found = self._analyses.cohesion.cohesion(state)
        bridging = self._bridging(found, text)
        return [
            *self._alike(state, found, text),
            *([panel.meaning(*bridging)] if bridging else []),
            *self._brokers(state, found, net, text),
        ]

    def _alike(self, state: ViewState, found: Cohesion, text: Text) -> list[Any]:
        rows = found.homophily
        reasons = self._untold(state, text)
        untold = [panel.meaning(*reasons)] if reasons else []
        if rows.empty:
            return untold
        names = [text(f"homophily.of_{attribute}") for attribute in rows["attribute"]]
        sentences = [
            self._like_with_like(name, row, text)
            for name, row in zip(names, rows.to_dict("records"), strict=True)
        ]
        figure = homophily_figure(rows, names, state.theme, text)
        chart = panel.chart(ids.HOMOPHILY, figure, text("homophily.title"), " ".join(sentences))
        by_year = self._alike_by_year(state, found, text)
        method = method_link("homophily.homophily", state.theme, text)
        return [chart, method, panel.meaning(*sentences), *by_year, *untold]

    def _like_with_like(self, name: str, row: dict[Any, Any], text: Text) -> str:
        """How many ties stay among the same, beside chance."""
        beyond = "alike" if row["e_i"] < row["expected"] else "unlike"
        verdict = beyond if row["p"] <= SURE else "chance"
        ends = "people" if row["attribute"] in PERSONAL else "groups"
        return text(
            "homophily.sentence",
            attribute=name,
            ends=text(f"homophily.between_{ends}"),
            n=text.number(row["ties"]),
            share=text.number(round(50 * (1 - row["e_i"]), 1)),
            expected=text.number(round(50 * (1 - row["expected"]), 1)),
            p=common.p(row["p"]),
            verdict=text(f"homophily.{verdict}"),
        )

    def _alike_by_year(self, state: ViewState, found: Cohesion, text: Text) -> list[Any]:
        """The E-I index of each year alone."""
        rows = found.homophily_years
        rows = rows[rows["ties"] >= LEAST_TIES]
        if rows["year"].nunique() < 2:
            return []
        years = list(self._queries.choices.years)
        table = rows.pivot(index="attribute", columns="year", values="e_i").reindex(columns=years)
        lines = {text("homophily.even"): pd.Series(0.0, index=years)}
        for attribute in found.homophily["attribute"]:
            if attribute in table.index:
                lines[text(f"homophily.of_{attribute}")] = _floats(table.loc[attribute])
        words = "; ".join(
            f"{name}: " + ", ".join(f"{year} {text.number(value)}" for year, value in line.items())
            for name, line in list(lines.items())[1:]
        )
        figure = lines_figure(lines, state.year, state.theme, text, percent=False, several=True)
        title = text("homophily.line", least=LEAST_TIES)
        return [panel.chart(ids.HOMOPHILY_YEARS, figure, title, words)]

    def _untold(self, state: ViewState, text: Text) -> list[str]:
        """Why some attributes are not told of, each reason once."""
        sentences = [
            text(f"why.{why.key}", attribute=text(f"homophily.of_{attribute}"), **why.values)
            for attribute, why in self._analyses.cohesion.untold(state).items()
        ]
        return list(dict.fromkeys(sentences))

    def _bridging(self, found: Cohesion, text: Text) -> list[str]:
        """Which fields and which bureaus are tied to each other most."""
        ties, sentences = found.categories.to_numpy(dtype=float), []
        pair = _largest(found.categories)
        if pair is not None:
            one, other, most = pair
            n = float(np.triu(ties).sum())
            sentences.append(
                text(
                    "meaning.cohesion_categories", n=text.number(n), one=one, other=other,
                    share=text.number(common.percent(float(np.triu(ties, 1).sum()) / n)),
                    most=text.number(most),
                )
            )  # fmt: skip
        pair = _largest(found.bureaus)
        if pair is not None:
            one, other, most = pair
            sentences.append(
                text("meaning.cohesion_bureaus", one=one, other=other, n=text.number(most))
            )
        return sentences

    def _brokers(self, state: ViewState, found: Cohesion, net: Network, text: Text) -> list[Any]:
        """Who stands between others most; choosing one shows them in the drawing."""
        if found.brokers.empty:
            row = _whole(found)
            largest = (row["giant_share"] or 0) * (row["people"] or 0)
            many = largest > MOST_FOR_BROKERS
            key = "cohesion.brokers_many" if many else "cohesion.brokers_none"
            return [panel.meaning(text(key, n=text.number(MOST_FOR_BROKERS)))]
        most = found.brokers["betweenness"].max()
        listed = [
            panel.Leader(
                None if net.opens else f"n:{row['node']}",
                row["node"],
                f"{text.number(100 * row['betweenness'])} %",
                row["betweenness"] / most,
                hint=self._hint(row, net, text),
            )
            for row in found.brokers.to_dict("records")
        ]
        return [
            panel.leaders(text("cohesion.brokers"), listed),
            method_link("cohesion.betweenness", state.theme, text),
            panel.meaning(text("meaning.cohesion_brokers")),
        ]

    def _hint(self, row: dict[Any, Any], net: Network, text: Text) -> str:
        """A broker's interest group, ties and labels, of which the last few stand for many."""
        labels = row["labels"].split(" · ")
        more = [f"+{len(labels) - LABELS_SHOWN}"] if len(labels) > LABELS_SHOWN else []
        own = [] if pd.isna(row["community"]) else [
            text("network.group", letter=called(net.inside, int(row["community"])))
        ]  # fmt: skip
        ties = text("cohesion.ties_of", n=text.number(row["degree"]))
        return " · ".join([*own, ties, *labels[:LABELS_SHOWN], *more])

    def table(self, state: ViewState, text: Text) -> list[Any]:
        """The measures of the years together and of each alone; who goes with whom."""
        found = self._analyses.cohesion.cohesion(state)
        since = state.since or self._queries.choices.years[0]
        rows = pd.concat([found.whole, found.years]).astype(object)
        span = common.span(since, state.year)
        rows["year"] = [span if pd.isna(year) else str(year) for year in rows["year"]]
        records = rows.where(rows.notna(), None).to_dict("records")
        headings = {name: text(f"table.{name}") for name in COHESION_COLUMNS}
        sort = state.sort if state.sort and state.sort.removeprefix("-") in headings else ""
        people = self._people(_whole(found)["people"], text)
        summary = text("table.summary_cohesion", rows=text.number(len(rows)), people=people)
        squares = [
            self._square(getattr(found, name), text(f"cohesion.{name}"), text)
            for name in ("categories", "bureaus")
            if getattr(found, name).ne(0).any(axis=None)
        ]
        return [
            layout.table_heading(summary, common.method(state, text), text),
            grid(records, headings, sort),
            *self._alike_tables(found, text),
            *squares,
        ]

    def _alike_tables(self, found: Cohesion, text: Text) -> list[Any]:
        """Like with like, of the years together and of each alone."""
        if found.homophily.empty:
            return []

        def cells(row: dict[Any, Any]) -> list[str]:
            numbers = [text.number(None if pd.isna(row[n]) else row[n]) for n in HOMOPHILY_SHOWN]
            return [*numbers, common.p(row["p"]).removeprefix("= ")]

        shown = (*HOMOPHILY_SHOWN, "p")
        headings = [text("homophily.attribute"), *(text(f"homophily.{name}") for name in shown)]
        whole = [
            [text(f"homophily.of_{row['attribute']}"), *cells(row)]
            for row in found.homophily.to_dict("records")
        ]
        tables = [panel.small_table(text("homophily.title"), whole, headings)]
        alone = [
            [f"{text('homophily.of_' + row['attribute'])}, {row['year']}", *cells(row)]
            for row in found.homophily_years.to_dict("records")
        ]
        if alone:
            tables.append(panel.small_table(text("homophily.years"), alone, headings))
        return tables

    def _square(self, square: pd.DataFrame, title: str, text: Text) -> Any:
        """Who goes with whom, as a table; of too few people only that there are some."""
        few = self._number(None, text)
        rows = [
            [
                str(name),
                *(
                    text.number(n) if pd.notna(n) else "" if other == name else few
                    for other, n in row.items()
                ),
            ]
            for name, row in square.to_dict("index").items()
        ]
        return panel.small_table(title, rows, ["", *map(str, square.columns)])


def _whole(found: Cohesion) -> dict[str, Any]:
    """The measures of the years together, None where there is nothing to tell."""
    row = found.whole.iloc[0]
    return {str(name): None if pd.isna(value) else value for name, value in row.items()}


def _number(name: str, value: Any, text: Text) -> str:
    """A measure in words: shares in hundredths."""
    if value is None or pd.isna(value):
        return "–"
    return f"{text.number(common.percent(value))} %" if name in PERCENT else text.number(value)


def _floats(values: pd.Series[Any]) -> pd.Series[float]:
    return values.astype("Float64").astype(float)


def _by_year(years: pd.DataFrame, name: str) -> pd.Series[float]:
    """A measure by year, missing where it is."""
    return _floats(years.set_index("year")[name])


def _course(line: pd.Series[float], text: Text) -> str:
    """Shares by year in words."""
    return ", ".join(
        f"{year} –" if value != value else f"{year} {text.number(common.percent(value))} %"
        for year, value in line.items()
    )


def _largest(square: pd.DataFrame) -> tuple[str, str, float] | None:
    """The pair of different ones with the largest number; None where all are 0 or missing."""
    if len(square) < 2:
        return None
    cells = np.triu(square.astype("Float64").fillna(0).to_numpy(dtype=float), 1)
    one, other = (int(at) for at in np.unravel_index(cells.argmax(), cells.shape))
    if not cells[one, other]:
        return None
    return str(square.index[one]), str(square.columns[other]), float(cells[one, other])
