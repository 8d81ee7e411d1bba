"""Who is linked to whom: the reveal, the interest groups, the people and applications."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from dashboard import ids, layout
from dashboard.callbacks import common
from dashboard.callbacks.common import Geometry, Parts
from dashboard.components import panel, reveal
from dashboard.components.table import grid
from dashboard.figures.courses import kinds_figure
from dashboard.graphs import node_names
from dashboard.maps.network import show_network
from dashboard.maps.overlay import Shape
from dashboard.queries import Analyses, Queries
from dashboard.queries.network import called
from dashboard.state import ViewState
from dashboard.strings import Text
from dashboard.tables import Network
from dashboard.theme import Theme, label_colours, outcome_colours, several_colours
from geo.schema import Audience

THEMES: tuple[Theme, ...] = ("light", "dark")
PAINTS = len(several_colours("light"))
COLUMNS = ("name", "kind", "community", "labels", "neighbourhood", "programme", "department")
GRAPHS = {"GraphML": "graphml", "GEXF (Gephi)": "gexf"}
MOST_LISTED = 60
"""Of interest groups in the panel; the table has all."""


class NetworkView:
    """Who is linked to whom."""

    def __init__(self, queries: Queries, analyses: Analyses, geometry: Geometry) -> None:
        self._queries = queries
        self._analyses = analyses
        self._geometry = geometry

    @property
    def _areas(self) -> pd.DataFrame:
        """The legal neighbourhoods."""
        return self._queries.areas("neighbourhood")

    def map(self, asked: str, state: ViewState) -> dict[str, Any]:
        """What the map needs to draw the network, step by step."""
        text = Text(state.lang)
        net = self._drawn(state)
        labels = list(
            net.labels[["year", "programme", "outcome"]].itertuples(index=False, name=None)
        )
        known = [(year, None if p != p else p, outcome) for year, p, outcome in labels]
        return show_network(
            asked,
            net,
            names=node_names(net, self._areas, text),
            lines=self._lines(net, text),
            hulls=self._hulls(net, text),
            sizes=self._sizes(state),
            years=self._queries.choices.years,
            why=self._why(net, state, text),
            areas=len(self._areas),
            geometry=self._geometry.urls,
            colours={theme: several_colours(theme) for theme in THEMES},
            label_colours={theme: label_colours(known, theme) for theme in THEMES},
        )

    def _drawn(self, state: ViewState) -> Network:
        """The network on the map."""
        return self._analyses.network.network(state)

    def _sizes(self, state: ViewState) -> pd.Series[float] | None:
        """How large each node is, 0 to 1; None where people and applications are counted."""
        return None

    def _why(self, net: Network, state: ViewState, text: Text) -> str | None:
        if net.why is None:
            return None
        since = state.since or self._queries.choices.years[0]
        return text(f"why.{net.why.key}", since=since, year=state.year, **net.why.values)

    def _community(self, number: int, net: Network, text: Text) -> str:
        """An interest group by its letter and the neighbourhood of most of its applications."""
        code = net.communities.set_index("community")["places"].get(number)
        own = called(net.inside, number)
        if not isinstance(code, str):
            return text("network.group", letter=own)
        name = text.name(self._areas.loc[code.split()[0]])
        return f"{own} · {name}"

    def _lines(self, net: Network, text: Text) -> list[str]:
        """What each node says of itself below its name."""
        return [
            " · ".join(filter(None, self._said(row, net, text)))
            for row in net.nodes.to_dict("records")
        ]

    def _said(self, row: dict[Any, Any], net: Network, text: Text) -> list[str]:
        kind = "" if row["kind"] == "community" else text(f"node.{row['kind']}")
        said = [kind, *([row["labels"]] if isinstance(row["labels"], str) else [])]
        if row["kind"] != "community" and pd.notna(row["community"]):
            said.append(text("network.group", letter=called(net.inside, row["community"])))
        if row["kind"] not in ("person", "application"):
            said.append(self._people(row["people"], text))
        return said

    def _people(self, number: Any, text: Text) -> str:
        """How many people, as far as it may be told."""
        if number is None or pd.isna(number):
            return text("network.few", k=self._queries.least_people)
        return text("network.people", n=text.number(int(number)))

    def _hulls(self, net: Network, text: Text) -> list[Shape]:
        described = net.communities.set_index("community")
        return [
            Shape(
                kind="area",
                geometry=shape,
                paint=int(str(number)) % PAINTS,
                name=text("network.group", letter=called(net.inside, int(str(number)))),
                lines=self._card(described.loc[number].to_dict(), text),
                label=called(net.inside, int(str(number))),
                code=f"k{number}",
            )
            for number, shape in net.hulls.items()
        ]

    def _card(self, row: dict[Any, Any], text: Text) -> list[str]:
        """An interest group in a few lines."""
        areas = self._areas
        lines = [
            f"{self._people(row['people'], text)} · "
            + text("network.groups", n=text.number(row["groups"])),
            text(
                "network.outcomes",
                n=text.number(row["applications"]),
                selected=text.number(row["selected"]),
                rejected=text.number(row["rejected"]),
            ),
        ]
        if isinstance(row["places"], str):
            names = ", ".join(text.name(areas.loc[code]) for code in row["places"].split())
            lines.append(f"{names} · {common.span(row['year_from'], row['year_to'])}")
        if isinstance(row["bridges"], str):
            people = ", ".join(row["bridges"].split())
            lines.append(text("network.bridges", people=people))
        return lines

    def parts(self, state: ViewState, text: Text) -> Parts:
        """What stands around the map."""
        net = self._analyses.network.network(state)
        return Parts(
            legend=self._legend(state, net, text),
            title=self._title(state, net, text),
            details=self._details(state, net, text),
            panel=self._panel(state, net, text),
            links=self._links(state, net, text),
        )

    def _place(self, state: ViewState, text: Text) -> str:
        """The place and the years, in words."""
        since = state.since or self._queries.choices.years[0]
        return f"{self._here(state, text)}, {common.span(since, state.year)}"

    def _here(self, state: ViewState, text: Text) -> str:
        """The place whose network is looked at; a cluster by the neighbourhood of its groups."""
        names = self._analyses.network.cluster_names(state)
        if state.inside is not None or state.place is None or names is None:
            return common.network_place(self._queries, state, text)
        return text("cluster.around", name=names[text.lang])

    def _title(self, state: ViewState, net: Network, text: Text) -> str:
        place = self._place(state, text)
        if net.why is not None:
            return text("finding.network_none", place=place)
        chosen = _chosen(state, net)
        if chosen is not None:
            row: dict[Any, Any] = net.communities.set_index("community").loc[chosen].to_dict()
            return text(
                "finding.network_group", place=place, letter=called(net.inside, chosen),
                people=text.number(int(row["people"])), n=text.number(int(row["applications"])),
            )  # fmt: skip
        step = _step(state, net)
        values = {
            "place": place, "people": text.number(net.people),
            "n": text.number(net.applications), "groups": text.number(len(net.communities)),
        }  # fmt: skip
        if net.mode != "actors" or step is None:
            key = "finding.network_opens" if net.opens else "finding.network"
            return text(key, **values)
        if step == 0:
            return text("finding.network_bare", **values)
        label = net.steps[step - 1]
        carried = int(net.labels.set_index("label")["applications"][label])
        return text("finding.network_step", place=place, label=label, n=text.number(carried))

    def _details(self, state: ViewState, net: Network, text: Text) -> list[str]:
        if net.why is not None:
            return [self._why(net, state, text) or ""]
        details = []
        step = _step(state, net)
        if step and net.mode == "actors":
            row = net.labels.set_index("label").loc[net.steps[step - 1]]
            programme = row["programme"]
            named = programme if isinstance(programme, str) else text("reveal.unnamed")
            details.append(f"{row['year']} · {named} · {text.value('outcome', row['outcome'])}")
        if net.across == net.across:
            share = text.number(100 * net.across)
            details.append(text("network.across", share=share))
        if state.label:
            details.append(text("network.lit", labels=", ".join(state.label)))
        if state.filtered:
            filters = common.filters(self._queries, state, text)
            details.append(text("headline.filtered", filters=filters))
        if self._queries.audience is Audience.PUBLIC:
            details.append(text("network.public"))
        return details

    def _legend(self, state: ViewState, net: Network, text: Text) -> Any:
        # All of it at once: the canvas keeps its size while people walk over it.
        notes = [
            text(f"network.legend_{net.mode}"),
            text(f"network.homes_{self._queries.audience}"),
        ]
        if len(net.steps) < len(net.labels) and net.steps:
            notes.append(text("reveal.printed", n=len(net.labels) - len(net.steps)))
        if net.mode == "actors":
            notes += [
                text(f"network.unexplained_{key}")
                for key, label in (("review", "13년 심사중"), ("closed", "12년 찾마감"))
                if label in set(net.labels["label"])
            ]
        return reveal.reveal(
            net.labels if net.mode == "actors" else net.labels[:0],
            steps=[] if net.mode != "actors" or net.why else [
                text("reveal.bare", people=text.number(net.people)), *net.steps,
                text("reveal.groups", n=text.number(len(net.communities))),
            ],
            step=_step(state, net),
            chosen=state.label,
            notes=notes,
            method=common.method(state, text),
            text=text,
        )  # fmt: skip

    def _panel(self, state: ViewState, net: Network, text: Text) -> list[Any]:
        node = _node(state, net)
        chosen = _chosen(state, net)
        place = self._here(state, text)
        if node is not None:
            place = node_names(replace(net, nodes=node), self._areas, text)[0]
        elif chosen is not None:
            place = text("network.group", letter=called(net.inside, chosen))
        title = layout.panel_title(
            place,
            chosen=node is not None or chosen is not None,
            method=common.method(state, text),
            text=text,
        )
        if net.why is not None:
            return [title]
        return [
            title,
            *self._about(state, net, text),
            self._timeline(state, net, text),
            *self._listed(state, net, text),
        ]

    def _about(self, state: ViewState, net: Network, text: Text) -> list[Any]:
        """What is chosen, in numbers: a person or application, an interest group, the whole."""
        node, chosen = _node(state, net), _chosen(state, net)
        if node is not None:
            return self._about_node(node.iloc[0].to_dict(), net, text)
        if chosen is not None:
            row = net.communities.set_index("community").loc[chosen].to_dict()
            return [
                panel.facts(self._group_facts(row, text)),
                panel.meaning(" · ".join(self._card(row, text)[2:])),
            ]
        facts = [
            panel.Fact(text("network.fact_people"), self._number(net.people, text)),
            panel.Fact(text("table.applications"), text.number(net.applications)),
            panel.Fact(text("network.fact_groups"), text.number(len(net.communities))),
            panel.Fact(
                text("network.fact_inside"), self._number(self._inside(net), text),
                text("network.fact_inside_hint"),
            ),
        ]  # fmt: skip
        return [panel.facts(facts), panel.meaning(*self._fabric(net, text))]

    def _fabric(self, net: Network, text: Text) -> list[str]:
        """What a network shows, and how to see it."""
        return [text("meaning.network"), *([text("meaning.network_steps")] if net.steps else [])]

    def _about_node(self, row: dict[Any, Any], net: Network, text: Text) -> list[Any]:
        """A person, an application or what else a node is; and the way to its interest group."""
        near = net.edges[
            (net.edges["source"] == row["node"]) | (net.edges["target"] == row["node"])
        ]
        place = self._areas[f"name_{text.lang}"].get(row["neighbourhood_code"])
        told = {
            "programme": row["programme"], "department": row["department"],
            "category": row["category"], "neighbourhood": place, "near": text.number(len(near)),
        }  # fmt: skip
        facts = [
            panel.Fact(text(f"node.fact_{name}"), str(value))
            for name, value in told.items()
            if isinstance(value, str)
        ]
        said = panel.meaning(" · ".join(filter(None, self._said(row, net, text))))
        if pd.isna(row["community"]) or row["kind"] == "community":
            return [said, panel.facts(facts)]
        own = called(net.inside, row["community"])
        link = panel.go(f"k{row['community']}", text("network.to_group", letter=own))
        return [said, panel.facts(facts), link]

    def _number(self, number: int | None, text: Text) -> str:
        return f"< {self._queries.least_people}" if number is None else text.number(number)

    def _inside(self, net: Network) -> int:
        """People in interest groups."""
        return int(net.communities["people"].sum())

    def _group_facts(self, row: dict[Any, Any], text: Text) -> list[panel.Fact]:
        share = row["selected_share"]
        bridging = None if pd.isna(row["bridging"]) else int(row["bridging"])
        return [
            panel.Fact(text("network.fact_people"), text.number(row["people"])),
            panel.Fact(text("panel.groups"), text.number(row["groups"])),
            panel.Fact(text("table.applications"), text.number(row["applications"])),
            panel.Fact(
                text("cluster.selected"),
                "–" if share != share else f"{text.number(round(100 * share))} %",
                text("network.of_selected", n=row["selected"]),
            ),
            panel.Fact(text("network.fact_bridging"), self._number(bridging, text)),
            panel.Fact(text("cluster.category"), str(row["category"] or "–")),
        ]

    def _timeline(self, state: ViewState, net: Network, text: Text) -> Any:
        """Applications by year and outcome, of what is chosen."""
        told = self._analyses.network.chosen_applications(state)
        theme = state.theme
        outcomes = [one for one in self._queries.choices.outcomes if one in set(told["outcome"])]
        years = list(self._queries.choices.years)
        counts = pd.crosstab(told["outcome"], told["year"])
        counts = counts.reindex(index=outcomes, columns=years, fill_value=0)
        labels = [text.value("outcome", outcome) for outcome in outcomes]
        words = "; ".join(
            f"{year}: "
            + ", ".join(f"{label} {n}" for label, n in zip(labels, counts[year], strict=True))
            for year in years
            if counts[year].any()
        )
        figure = kinds_figure(counts, labels, outcome_colours(outcomes, theme), state.year, theme)
        return panel.chart(ids.TREND, figure, text("network.timeline"), words)

    def _listed(self, state: ViewState, net: Network, text: Text) -> list[Any]:
        """A card for each interest group; for one or a node, who is tied to it."""
        if net.communities.empty:
            return [panel.meaning(text("network.no_groups"))]
        most, chosen = max(float(net.communities["people"].max()), 1.0), _chosen(state, net)
        listed = [
            panel.Leader(
                f"k{row['community']}",
                self._community(row["community"], net, text),
                text.number(row["people"]),
                row["people"] / most,
                hint=" · ".join(self._card(row, text)[1:]),
                paint=row["community"] % PAINTS,
                chosen=row["community"] == chosen,
            )
            for row in net.communities.head(MOST_LISTED).to_dict("records")
        ]
        return [panel.leaders(text("network.list"), listed)]

    def _links(self, state: ViewState, net: Network, text: Text) -> list[tuple[str, str]]:
        named = {name: text(f"network.table_{name}") for name in ("nodes", "edges", "communities")}
        tables = self._tables("network", named, state, text)
        graphs = common.file_links("network", state, self._queries, GRAPHS, text)
        return [*((label.partition(" · ")[2], url) for label, url in graphs), *tables]

    def _tables(
        self, route: str, tables: Mapping[str, str], state: ViewState, text: Text
    ) -> list[tuple[str, str]]:
        """Files of several tables of a question, by their names: (label, URL)."""
        return [
            (f"{name} · {label}", url)
            for table, name in tables.items()
            for label, (_, url) in zip(
                common.TABLES,
                common.file_links(route, state, self._queries, common.TABLES, text, table=table),
                strict=True,
            )
        ]

    def table(self, state: ViewState, text: Text) -> list[Any]:
        """The nodes, a row each: of what is chosen, or all."""
        net = self._analyses.network.network(state)
        rows = net.nodes[self._analyses.network.in_sight(state)]
        areas = self._areas[f"name_{text.lang}"]
        told = rows.assign(
            name=node_names(replace(net, nodes=rows), self._areas, text),
            kind=[text(f"node.{kind}") for kind in rows["kind"]],
            community=rows["community"].map(
                lambda number: called(net.inside, number), na_action="ignore"
            ),
            neighbourhood=rows["neighbourhood_code"].map(areas),
        )
        columns = {
            name: text(f"table.{name}") for name in (*COLUMNS, "people") if told[name].notna().any()
        }
        prefix = "" if net.opens else "n:"
        told = told[list(columns)].assign(go=prefix + rows["node"])
        records = told.astype(object).where(told.notna(), None).to_dict("records")
        summary = text(
            "table.summary_network", rows=text.number(len(rows)),
            people=self._number(net.people, text), n=text.number(net.applications),
        )  # fmt: skip
        return [
            layout.table_heading(summary, common.method(state, text), text),
            grid(records, columns, "name"),
            self._communities_table(net, text),
        ]

    def _communities_table(self, net: Network, text: Text) -> Any:
        """The interest groups, a row each."""
        columns = ("people", "groups", "applications", "selected", "rejected", "under_review")
        rows = [
            [
                self._community(row["community"], net, text),
                *(text.number(row[name]) for name in columns),
                common.span(row["year_from"], row["year_to"]),
                row["bridges"] if isinstance(row["bridges"], str) else "–",
            ]
            for row in net.communities.to_dict("records")
        ]
        headings = [text(f"table.{name}") for name in ("community", *columns, "years", "bridges")]
        return panel.small_table(text("network.list"), rows, headings)


def _step(state: ViewState, net: Network) -> int | None:
    """The step of the reveal: 0 for the bare network, None for the interest groups."""
    if state.step is None or state.step > len(net.steps):
        return None
    return state.step


def _chosen(state: ViewState, net: Network) -> int | None:
    """The interest group looked at, where the network has it."""
    return state.community if state.community in set(net.communities["community"]) else None


def _node(state: ViewState, net: Network) -> pd.DataFrame | None:
    """The row of the node looked at, where the network has it."""
    found = net.nodes[net.nodes["node"] == state.node]
    return None if found.empty else found
