"""Clusters of groups: outlines on the map, their list, their flow over the years."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashboard import ids, layout
from dashboard.callbacks import common
from dashboard.callbacks.common import Geometry, Parts
from dashboard.components import panel
from dashboard.components.legend import kinds_legend
from dashboard.components.table import grid
from dashboard.figures.courses import flow_figure
from dashboard.maps.overlay import Shape, show_overlay
from dashboard.queries import Analyses, Queries
from dashboard.state import ViewState, default
from dashboard.strings import Text
from dashboard.tables import Clusters
from dashboard.theme import Theme, several_colours

THEMES: tuple[Theme, ...] = ("light", "dark")
PAINTS = len(several_colours("light"))
IN_FLOW = 14
"""Clusters that a flow tells apart: the largest ones."""
COLUMNS = (
    "name", "groups", "event", "since", "founded", "districts", "category", "category_share",
    "area_km2", "per_km2", "applications", "selected_share", "probability",
)  # fmt: skip


class ClustersView:
    """Where groups hang together."""

    def __init__(self, queries: Queries, analyses: Analyses, geometry: Geometry) -> None:
        self._queries = queries
        self._analyses = analyses
        self._geometry = geometry

    def map(self, asked: str, state: ViewState) -> dict[str, Any]:
        """What the map needs to show the clusters of any year."""
        text = Text(state.lang)
        found = self._analyses.clusters.clusters(state)
        years = list(found.rows)
        shapes = {
            year: [
                Shape(
                    kind="area",
                    geometry=found.hulls[year][row["cluster"]],
                    paint=row["cluster"] % PAINTS,
                    name=text("cluster.around", name=text.name(row)),
                    label=text.name(row),
                    lines=self._lines(row, text),
                    code=f"c{row['cluster']}",
                )
                for row in found.rows[year].to_dict("records")
            ]
            for year in years
        }
        return show_overlay(
            asked,
            shapes,
            n=found.n.tolist(),
            why=common.why_sentences(years, found.why, text),
            areas=len(self._queries.atlas.districts),
            districts=state.district,
            geometry=self._geometry.urls,
            colours={theme: several_colours(theme) for theme in THEMES},
            points=common.points(self._queries, state),
        )

    def _lines(self, row: dict[Any, Any], text: Text) -> list[str]:
        """What a cluster says of itself."""
        lines = [
            text("map.groups", n=text.number(row["groups"])),
            text("map.value_per_km2", value=text.number(row["per_km2"])),
        ]
        if row["crosses"]:
            lines.append(text("cluster.crosses", n=row["districts"]))
        if row["since"] == row["since"]:
            lines.append(text("cluster.since", year=row["since"]))
        return lines

    def parts(self, state: ViewState, text: Text) -> Parts:
        """What stands around the map."""
        found = self._analyses.clusters.clusters(state)
        why = found.why.get(state.year)
        details = []
        if why is not None:
            details.append(text(f"why.{why.key}", year=state.year, **why.values))
        elif found.rows[state.year].empty:
            details.append(text("why.no_cluster", year=state.year))
        details.append(text(f"count_help.{state.count}"))
        if state.filtered:
            filters = common.filters(self._queries, state, text)
            details.append(text("headline.filtered", filters=filters))
        if found.unplaced[state.year]:
            n = text.number(int(found.unplaced[state.year]))
            details.append(text("panel.unplaced_point", n=n))
        notes = [text("cluster.legend")]
        if self._queries.in_blocks("surface"):
            notes.append(text("cluster.hull_public"))
        if state.points:
            notes.append(text(f"legend.points_{self._queries.audience}"))
        links = common.file_links("clusters", state, self._queries, common.FORMATS, text)
        links += [
            (f"{text(f'cluster.table_{table}')} · {label}", url)
            for table in ("districts", "categories", "members")
            for label, (_, url) in zip(
                common.TABLES,
                common.file_links(
                    "clusters", state, self._queries, common.TABLES, text, table=table
                ),
                strict=True,
            )
        ]
        return Parts(
            legend=kinds_legend(
                text("view_long.clusters"), text(f"count.{state.count}"), [], None,
                notes=notes, method=common.method(state, text),
            ),
            title=self._finding(state, found, text),
            details=details,
            panel=self._panel(state, found, text),
            links=links,
        )  # fmt: skip

    def _chosen(self, state: ViewState, found: Clusters) -> dict[Any, Any] | None:
        """The cluster looked at, where the year has it."""
        rows = found.rows[state.year]
        here = rows[rows["cluster"] == state.cluster]
        return None if here.empty else here.iloc[0].to_dict()

    def _finding(self, state: ViewState, found: Clusters, text: Text) -> str:
        rows, chosen = found.rows[state.year], self._chosen(state, found)
        if chosen is not None:
            name = text("cluster.around", name=text.name(chosen))
            area, n = text.number(chosen["area_km2"]), text.number(chosen["groups"])
            return text("finding.clusters_one", year=state.year, name=name, n=n, area=area)
        if rows.empty:
            return text("finding.none", year=state.year)
        return text(
            "finding.clusters",
            year=state.year,
            share=text.number(round(100 * self._share(state, found))),
            n=text.number(len(rows)),
            crosses=text.number(int(rows["crosses"].sum())),
        )

    def _share(self, state: ViewState, found: Clusters) -> float:
        """Of the groups with a known point, those that are in a cluster in sight."""
        placed = int(found.n[state.year] - found.unplaced[state.year])
        return float(found.rows[state.year]["groups"].sum() / placed) if placed else 0.0

    def _panel(self, state: ViewState, found: Clusters, text: Text) -> list[Any]:
        chosen = self._chosen(state, found)
        place = common.place(self._queries, state, text)
        if chosen is not None:
            place = text("cluster.around", name=text.name(chosen))
        title = layout.panel_title(
            place, chosen=chosen is not None, method=common.method(state, text), text=text
        )
        rows = found.rows[state.year]
        if rows.empty:
            return [title]
        if chosen is not None:
            return [
                title,
                panel.facts(self._facts(chosen, found, text)),
                *self._breakdown(state, chosen, text),
                *self._network(state, chosen, text),
                self._flow(state, found, text, only=chosen["cluster"]),
            ]
        facts = [
            panel.Fact(text("cluster.count"), text.number(len(rows))),
            panel.Fact(
                text("cluster.share"), f"{text.number(round(100 * self._share(state, found)))} %"
            ),
            panel.Fact(text("cluster.crossing"), text.number(int(rows["crosses"].sum()))),
        ]
        listed = [
            panel.Leader(
                f"c{row['cluster']}",
                text("cluster.around", name=text.name(row)),
                text.number(row["groups"]),
                row["groups"] / rows["groups"].max(),
                hint=self._hint(row, found, text),
                paint=row["cluster"] % PAINTS,
            )
            for row in rows.to_dict("records")
        ]
        return [
            title,
            panel.facts(facts),
            panel.meaning(text("meaning.clusters")),
            self._flow(state, found, text),
            panel.leaders(text("cluster.list"), listed),
            *self._gone(state, found, text),
        ]

    def _network(self, state: ViewState, chosen: dict[Any, Any], text: Text) -> list[Any]:
        """The way to the cluster's network, which knows clusters as they are found by default."""
        usual = default(self._queries.choices, "clusters")
        if state.filtered or (state.smallest, state.count) != (usual.smallest, usual.count):
            return []
        return [panel.go(f"p:c{chosen['cluster']}", text("network.of_cluster"))]

    def _hint(self, row: dict[Any, Any], found: Clusters, text: Text) -> str:
        parts = [self._event(row["event"], row["other"], found, text)]
        if row["crosses"]:
            parts.append(text("cluster.crosses", n=row["districts"]))
        return " · ".join(parts)

    def _event(self, event: str, other: int, found: Clusters, text: Text) -> str:
        names = self._names(found, text)
        return text(f"event.{event}", other=names.get(other, text("cluster.unnamed")))

    def _names(self, found: Clusters, text: Text) -> dict[int, str]:
        """Lineage -> its name, of every year."""
        every = pd.concat(found.rows.values())
        return dict(zip(every["cluster"], every[f"name_{text.lang}"], strict=True))

    def _gone(self, state: ViewState, found: Clusters, text: Text) -> list[Any]:
        """Clusters of the year before that are no more, and why."""
        now = found.events[found.events["year"] == state.year]
        gone = now[now["event"].isin(["merged", "parted", "ended"])]
        if gone.empty or state.district:
            return []
        names = self._names(found, text)
        rows = [
            [
                names.get(row["lineage"], text("cluster.unnamed")),
                self._event(row["event"], row["other"], found, text),
                text.number(row["n"]),
            ]
            for row in gone.to_dict("records")
        ]
        headings = [text("table.name"), text("table.event"), text("table.groups")]
        return [panel.small_table(text("cluster.gone"), rows, headings)]

    def _facts(self, row: dict[Any, Any], found: Clusters, text: Text) -> list[panel.Fact]:
        category = text.value("category", row["category"]) if row["category"] else "–"
        facts = [
            (text("cluster.groups"), text.number(row["groups"]), ""),
            (text("table.event"), self._event(row["event"], row["other"], found, text), ""),
            (text("cluster.area"), f"{text.number(row['area_km2'])} km²", ""),
            (text("cluster.density"), text.number(row["per_km2"]), ""),
            (text("cluster.years"), f"{row['founded_from']}–{row['founded_to']}", ""),
            (
                text("cluster.selected"),
                f"{text.number(round(100 * row['selected_share']))} %",
                f"/ {text.number(row['applications'])}",
            ),
            (text("cluster.category"), category, f"{round(100 * row['category_share'])} %"),
            (text("cluster.probability"), text.number(row["probability"]), ""),
        ]
        return [panel.Fact(*fact) for fact in facts]

    def _breakdown(self, state: ViewState, chosen: dict[Any, Any], text: Text) -> list[Any]:
        """The chosen cluster's groups by district and by field."""
        districts = self._queries.areas("district")
        tables = []
        for by, title in (("district", "control.district"), ("category", "control.category")):
            table = self._analyses.clusters.crosstab(state, by).set_index("cluster")
            counts = table.loc[chosen["cluster"]].drop(["name_ko", "name_en", "groups"])
            counts = counts[counts > 0].sort_values(ascending=False)
            rows = [
                [
                    text.name(districts.loc[name]) if by == "district" else str(name),
                    text.number(int(n)),
                ]
                for name, n in counts.items()
            ]
            headings = [text(title), text("table.groups")]
            tables.append(panel.small_table(text(title), rows, headings))
        return tables

    def _flow(self, state: ViewState, found: Clusters, text: Text, only: int | None = None) -> Any:
        """The course of the largest clusters, or of one and those that it shares groups with."""
        theme = state.theme
        sizes = pd.DataFrame(
            {year: rows.set_index("cluster")["groups"] for year, rows in found.rows.items()}
        )
        sizes = sizes.fillna(0).astype(int)
        flow = self._analyses.clusters.flow(state)
        if only is None:
            kept = sizes.max(axis=1).nlargest(IN_FLOW, keep="first").index
        else:
            own = flow[(flow["source"] == only) | (flow["target"] == only)]
            kept = sizes.index.intersection([only, *own["source"], *own["target"]])
        sizes = sizes.loc[sorted(kept)]
        flow = flow[flow["source"].isin(kept) & flow["target"].isin(kept)]
        if only is not None:
            flow = flow[(flow["source"] == only) | (flow["target"] == only)]
        names = self._names(found, text)
        words = "; ".join(
            f"{names[int(str(lineage))]}: "
            + ", ".join(f"{year} {n}" for year, n in row.items() if n)
            for lineage, row in sizes.to_dict("index").items()
        )
        figure = flow_figure(sizes, flow, names, theme, text)
        said = text("cluster.flow_words", values=words)
        return panel.chart(ids.FLOW, figure, text("cluster.flow"), said)

    def table(self, state: ViewState, text: Text) -> list[Any]:
        """The clusters of the year, a row each; and who lives where, and does what."""
        found = self._analyses.clusters.clusters(state)
        rows = found.rows[state.year]
        headings = {name: text(f"table.{name}") for name in COLUMNS}
        told = rows.assign(
            name=rows[f"name_{text.lang}"],
            event=[
                self._event(event, other, found, text)
                for event, other in zip(rows["event"], rows["other"], strict=True)
            ],
            founded=rows["founded_from"].astype("str") + "–" + rows["founded_to"].astype("str"),
        )[list(COLUMNS)]
        records = told.astype(object).where(told.notna(), None).to_dict("records")
        summary = text(
            "table.summary_clusters",
            rows=text.number(len(rows)),
            n=text.number(int(found.n[state.year])),
            unplaced=text.number(int(found.unplaced[state.year])),
        )
        sort = state.sort if state.sort and state.sort.removeprefix("-") in COLUMNS else "-groups"
        return [
            layout.table_heading(summary, common.method(state, text), text),
            grid(records, headings, sort),
            *(self._crosstab(state, by, text) for by in ("district", "category")),
        ]

    def _crosstab(self, state: ViewState, by: str, text: Text) -> Any:
        """Groups by cluster and district, or category, as a table."""
        table = self._analyses.clusters.crosstab(state, by)
        columns = [str(name) for name in table if name not in ("cluster", "name_ko", "name_en")]
        districts = self._queries.areas("district")
        headings = [
            text("table.groups")
            if name == "groups"
            else text.name(districts.loc[name])
            if name in districts.index
            else str(name)
            for name in columns
        ]
        rows = [
            [
                text.name(row),
                *("" if row[name] == 0 else text.number(row[name]) for name in columns),
            ]
            for row in table.to_dict("records")
        ]
        return panel.small_table(text(f"cluster.by_{by}"), rows, [text("table.name"), *headings])
