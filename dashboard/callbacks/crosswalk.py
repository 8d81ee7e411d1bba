"""Whether groups that lie together work together: clusters beside interest groups."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd

from dashboard import ids, layout
from dashboard.callbacks import common
from dashboard.callbacks.clusters import PAINTS, ClustersView
from dashboard.callbacks.common import Parts
from dashboard.components import panel
from dashboard.components.legend import kinds_legend
from dashboard.components.table import grid
from dashboard.figures.courses import beside_figure, lines_figure
from dashboard.queries.crosswalk import together
from dashboard.state import ViewState
from dashboard.strings import Text
from dashboard.tables import Crosswalk
from dashboard.theme import several_colours

IN_LINES = 3
"""Interest groups that a cluster names of itself."""
IN_FLOW = 12
"""Of clusters, and of interest groups, that the figure tells apart: the largest ones."""
MOST_COLUMNS = 26
"""Interest groups up to which a table of all pairs can be read."""
MUCH, SOME = 0.65, 0.2
"""Adjusted Rand index from which two ways of dividing are nearly the same, and alike in part."""
COLUMNS = ("name", "community", "groups", "of_cluster", "of_community")


class CrosswalkView(ClustersView):
    """Whether neighbours in space also work together."""

    def map(self, asked: str, state: ViewState) -> dict[str, Any]:
        """The clusters, each with the interest groups that its groups are in."""
        text = Text(state.lang)
        crosswalk = self._analyses.crosswalk
        shown = super().map(asked, replace(crosswalk.of_clusters(state), lang=state.lang))
        at = shown["years"].index(state.year)
        said = self._said(state, text)
        for feature in shown["overlay"]["features"][slice(*shown["spans"][at])]:
            told = feature["properties"]
            told["lines"] = [*told["lines"], *said.get(told["code"], [])]
        shown["why"][at] = self._reason(state, crosswalk.crosswalk(state), text)
        return shown

    def _said(self, state: ViewState, text: Text) -> dict[str, list[str]]:
        """Code of a cluster -> how many of its groups are in interest groups, and in which."""
        found, pairs = self._analyses.crosswalk.crosswalk(state), self._pairs(state)
        said = {}
        for cluster, row in found.clusters.iterrows():
            own = pairs[pairs["cluster"] == cluster]
            n, of = text.number(own["groups"].sum()), text.number(row["groups"])
            lines = [text("crosswalk.inside", n=n, of=of)]
            lines += [
                text("crosswalk.share", name=pair[f"community_{text.lang}"],
                     n=text.number(pair["groups"]))
                for pair in own.head(IN_LINES).to_dict("records")
            ]  # fmt: skip
            said[f"c{cluster}"] = lines
        return said

    def _pairs(self, state: ViewState) -> pd.DataFrame:
        return self._analyses.crosswalk.rows(state)

    def _reason(self, state: ViewState, found: Crosswalk, text: Text) -> str | None:
        """Why there is nothing to tell, in words."""
        if found.why is None:
            return None
        since = state.since or self._queries.choices.years[0]
        return text(f"why.{found.why.key}", since=since, year=state.year, **found.why.values)

    def parts(self, state: ViewState, text: Text) -> Parts:
        """What stands around the map."""
        found = self._analyses.crosswalk.crosswalk(state)
        why = self._reason(state, found, text)
        notes = [text("cluster.legend"), text("crosswalk.legend")]
        if self._queries.in_blocks("surface"):
            notes.append(text("cluster.hull_public"))
        details = [] if why is None else [why]
        if state.filtered:
            filters = common.filters(self._queries, state, text)
            details.append(text("headline.filtered", filters=filters))
        return Parts(
            legend=kinds_legend(
                text("view_long.crosswalk"), text(f"count.{state.count}"), [], None,
                notes=notes, method=common.method(state, text),
            ),
            title=self._title(state, found, text),
            details=details if why else [*details, self._others(found, text)],
            panel=self._shown(state, found, text),
            links=common.file_links("crosswalk", state, self._queries, common.TABLES, text),
        )  # fmt: skip

    def _title(self, state: ViewState, found: Crosswalk, text: Text) -> str:
        if found.why is not None:
            return text("finding.none", year=state.year)
        since = state.since or self._queries.choices.years[0]
        place = common.network_place(self._queries, state, text)
        place = f"{place}, {common.span(since, state.year)}"
        near, far, _ = together(found.table)
        if near != near:
            return text("finding.crosswalk_few", place=place, n=text.number(found.n))
        share = text.number(common.percent(near))
        if far != far:
            return text("finding.crosswalk_alone", place=place, near=share)
        return text(
            "finding.crosswalk", place=place, near=share, far=text.number(common.percent(far))
        )

    def _others(self, found: Crosswalk, text: Text) -> str:
        """Groups that are not in both."""
        return text(
            "crosswalk.others",
            cluster=text.number(found.only_cluster),
            community=text.number(found.only_community),
            neither=text.number(found.neither),
        )

    def _shown(self, state: ViewState, found: Crosswalk, text: Text) -> list[Any]:
        """The panel: of a cluster that is chosen, or of all."""
        chosen = state.cluster if state.cluster in found.clusters.index else None
        place = common.place(self._queries, state, text)
        if chosen is not None:
            name = text.name(found.clusters.loc[chosen])
            place = text("cluster.around", name=name)
        title = layout.panel_title(
            place, chosen=chosen is not None, method=common.method(state, text), text=text
        )
        if found.why is not None:
            return [title]
        if chosen is not None:
            return [title, *self._one(state, found, chosen, text)]
        facts = [
            panel.Fact(text("crosswalk.both"), text.number(found.n)),
            panel.Fact(text("cluster.count"), text.number(len(found.clusters))),
            panel.Fact(text("network.fact_groups"), text.number(len(found.communities))),
            panel.Fact(text("crosswalk.ari"), text.number(found.ari)),
            panel.Fact(text("crosswalk.nmi"), text.number(found.nmi)),
        ]
        return [
            title,
            panel.facts(facts),
            *map(panel.meaning, self._meanings(found, text)),
            self._flow_of(state, found.table, found, text),
            *self._by_year(state, text),
            self._list(state, found, text),
        ]

    def _meanings(self, found: Crosswalk, text: Text) -> list[str]:
        """What the table says the other way round, and what the indices say."""
        if found.ari != found.ari:
            return [text("meaning.crosswalk_one", n=text.number(found.n))]
        size = "much" if found.ari >= MUCH else "some" if found.ari >= SOME else "little"
        indices = text(
            "meaning.crosswalk", ari=text.number(found.ari), nmi=text.number(found.nmi),
            n=text.number(found.n), verdict=text(f"crosswalk.{size}"),
        )  # fmt: skip
        working = together(found.table).working
        if working != working:
            return [indices]
        share = text.number(common.percent(working))
        return [text("meaning.crosswalk_working", share=share), indices]

    def _one(self, state: ViewState, found: Crosswalk, chosen: int, text: Text) -> list[Any]:
        """A cluster: which interest groups its groups are in."""
        pairs = self._pairs(state)
        own = pairs[pairs["cluster"] == chosen]
        facts = [
            panel.Fact(text("cluster.groups"), text.number(found.clusters["groups"][chosen])),
            panel.Fact(text("crosswalk.both"), text.number(own["groups"].sum())),
            panel.Fact(text("network.fact_groups"), text.number(len(own))),
        ]
        if own.empty:
            return [panel.facts(facts), panel.meaning(text("crosswalk.nobody"))]
        rows = [
            [row[f"community_{text.lang}"], text.number(row["groups"]),
             f"{text.number(common.percent(row['of_community']))} %"]
            for row in own.to_dict("records")
        ]  # fmt: skip
        headings = [text(f"table.{name}") for name in ("community", "groups", "of_community")]
        largest = own.iloc[0]
        return [
            panel.facts(facts),
            panel.meaning(
                text(
                    "meaning.crosswalk_cluster", n=text.number(largest["groups"]),
                    of=text.number(own["groups"].sum()), name=largest[f"community_{text.lang}"],
                )
            ),
            self._flow_of(state, found.table.loc[[chosen]], found, text),
            panel.small_table(text("crosswalk.communities"), rows, headings),
        ]  # fmt: skip

    def _flow_of(self, state: ViewState, table: pd.DataFrame, found: Crosswalk, text: Text) -> Any:
        """Clusters on one side, interest groups on the other, the largest of both."""
        theme = state.theme
        palette, of = several_colours(theme), int(table.to_numpy().sum())
        table = _largest(_largest(table).T).T
        table = table.loc[table.any(axis=1), _in_line(table)]
        clusters, communities = (
            [text.name(frame.loc[part]) for part in parts]
            for parts, frame in ((table.index, found.clusters), (table.columns, found.communities))
        )
        colours = [palette[int(str(cluster)) % PAINTS] for cluster in table.index]
        headings = (text("table.cluster"), text("table.community"))
        figure = beside_figure(table, (clusters, communities), headings, colours, theme, text)
        words = "; ".join(
            f"{cluster}: "
            + ", ".join(f"{name} {n}" for name, n in zip(communities, row, strict=True) if n)
            for cluster, row in zip(clusters, table.to_numpy().tolist(), strict=True)
        )
        shown = text.number(int(table.to_numpy().sum()))
        title = text("crosswalk.flow", n=shown, of=text.number(of))
        return panel.chart(ids.CROSSWALK, figure, title, words)

    def _by_year(self, state: ViewState, text: Text) -> list[Any]:
        """How far the two agreed when the window ended in an earlier year, or in a later one."""
        theme = state.theme
        years = self._analyses.crosswalk.years(state).set_index("year")
        if years["ari"].notna().sum() < 2:
            return []
        lines = {text("crosswalk.ari"): years["ari"], text("crosswalk.nmi"): years["nmi"]}
        words = "; ".join(
            f"{name}: " + ", ".join(f"{year} {text.number(value)}" for year, value in line.items())
            for name, line in lines.items()
        )
        figure = lines_figure(lines, state.year, theme, text, percent=False)
        return [panel.chart(ids.TREND, figure, text("crosswalk.years"), words)]

    def _list(self, state: ViewState, found: Crosswalk, text: Text) -> Any:
        """The clusters, each with its largest interest groups."""
        both = found.table.sum(axis=1).sort_values(ascending=False, kind="stable")
        said = self._said(state, text)
        listed = [
            panel.Leader(
                f"c{cluster}",
                text("cluster.around", name=text.name(found.clusters.loc[cluster])),
                text.number(n),
                n / max(int(both.max()), 1),
                hint=" · ".join(said[f"c{cluster}"]),
                paint=cluster % PAINTS,
            )
            for cluster, n in zip(both.index.tolist(), both.tolist(), strict=True)
        ]
        return panel.leaders(text("crosswalk.list"), listed)

    def table(self, state: ViewState, text: Text) -> list[Any]:
        """Pairs of a cluster and an interest group that share groups, and the two crossed."""
        found, pairs = self._analyses.crosswalk.crosswalk(state), self._pairs(state)
        told = pairs.assign(
            name=pairs[f"cluster_{text.lang}"], community=pairs[f"community_{text.lang}"]
        )[list(COLUMNS)]
        headings = {name: text(f"table.{name}") for name in COLUMNS}
        headings["name"] = text("table.cluster")
        summary = text(
            "table.summary_crosswalk", rows=text.number(len(pairs)), n=text.number(found.n),
            others=self._others(found, text),
        )  # fmt: skip
        sort = state.sort if state.sort and state.sort.removeprefix("-") in COLUMNS else "-groups"
        crossed = 0 < len(found.communities) <= MOST_COLUMNS and len(found.clusters)
        return [
            layout.table_heading(summary, common.method(state, text), text),
            grid(told.to_dict("records"), headings, sort),
            *([self._square(found, text)] if crossed else []),
        ]

    def _square(self, found: Crosswalk, text: Text) -> Any:
        """Groups by cluster and interest group."""
        names = [text.name(row) for row in found.communities.to_dict("records")]
        rows = [
            [
                text.name(found.clusters.loc[cluster]),
                *("" if not n else text.number(n) for n in row),
            ]
            for cluster, row in zip(found.table.index, found.table.to_numpy().tolist(), strict=True)
        ]
        return panel.small_table(text("crosswalk.square"), rows, [text("table.cluster"), *names])


def _largest(table: pd.DataFrame) -> pd.DataFrame:
    """The rows with the most in them, and none that are empty, the largest first.

    >>> _largest(pd.DataFrame({"a": [0, 1, 2]}))["a"].to_dict()
    {2: 2, 1: 1}
    """
    sizes = table.sum(axis=1)
    kept = sizes[sizes > 0].sort_values(ascending=False, kind="stable").index[:IN_FLOW]
    return table.loc[kept]


def _in_line(table: pd.DataFrame) -> list[Any]:
    """Columns in the order of the rows that most of them is in, so that few bands cross."""
    order = [
        (int(table[part].to_numpy().argmax()), -int(table[part].sum()), place, part)
        for place, part in enumerate(table.columns.tolist())
    ]
    return [part for *_, part in sorted(order)]
