"""Around the named places, and where the weight of groups moves."""

from __future__ import annotations

from typing import Any

import pandas as pd
import shapely

from dashboard import ids, layout
from dashboard.callbacks import common
from dashboard.callbacks.common import Geometry, Parts
from dashboard.components import panel
from dashboard.components.legend import kinds_legend
from dashboard.components.table import grid
from dashboard.figures.courses import lines_figure, path_figure
from dashboard.maps.overlay import Shape, show_overlay
from dashboard.queries import Analyses, Queries
from dashboard.state import ViewState
from dashboard.strings import Text
from dashboard.tables import Centres, Nearby
from dashboard.theme import Theme, several_colours

THEMES: tuple[Theme, ...] = ("light", "dark")
PAINTS = len(several_colours("light"))


class _PlacesView:
    """What the two views have in common: shapes over the map, few rows below it."""

    def __init__(self, queries: Queries, analyses: Analyses, geometry: Geometry) -> None:
        self._queries = queries
        self._analyses = analyses
        self._geometry = geometry

    def _show(
        self, asked: str, state: ViewState, shapes: dict[int, list[Shape]], n: list[int],
        why: list[str | None],
    ) -> dict[str, Any]:  # fmt: skip
        return show_overlay(
            asked,
            shapes,
            n=n,
            why=why,
            areas=len(self._queries.atlas.districts),
            districts=state.district,
            geometry=self._geometry.urls,
            colours={theme: several_colours(theme) for theme in THEMES},
            points=common.points(self._queries, state),
        )

    def _details(self, state: ViewState, unplaced: int, text: Text) -> list[str]:
        details = [text(f"count_help.{state.count}")]
        if state.filtered:
            filters = common.filters(self._queries, state, text)
            details.append(text("headline.filtered", filters=filters))
        if unplaced:
            details.append(text("panel.unplaced_point", n=text.number(unplaced)))
        return details

    def _legend(self, state: ViewState, text: Text) -> Any:
        notes = [text("legend.blocks")] if self._queries.in_blocks("surface") else []
        if state.points:
            notes.append(text(f"legend.points_{self._queries.audience}"))
        return kinds_legend(
            text(f"view_long.{state.view}"), text(f"count.{state.count}"), [], None,
            notes=notes, method=common.method(state, text),
        )  # fmt: skip

    def _table(
        self,
        state: ViewState,
        rows: pd.DataFrame,
        columns: dict[str, str],
        summary: str,
        text: Text,
    ) -> list[Any]:
        kept = rows[list(columns)]
        records = kept.astype(object).where(kept.notna(), None).to_dict("records")
        usual = next(iter(columns)) if "year" in columns else "-groups"
        sort = state.sort if state.sort and state.sort.removeprefix("-") in columns else usual
        return [
            layout.table_heading(summary, common.method(state, text), text),
            grid(records, columns, sort),
        ]


class NearbyView(_PlacesView):
    """Groups within a walk of the named places."""

    def map(self, asked: str, state: ViewState) -> dict[str, Any]:
        """What the map needs to show any year."""
        text = Text(state.lang)
        found = self._analyses.clusters.nearby(state)
        walks = self._queries.atlas.sites.geometry.buffer(state.radius)
        shapes = {
            year: [
                Shape(
                    kind="area",
                    geometry=walk,
                    paint=place % PAINTS,
                    name=text.name(row),
                    lines=[
                        text("map.groups", n=text.number(row["groups"])),
                        f"{text('course.random_median')}: {text.number(row['random'])}",
                        f"p {common.p(row['p'])}",
                    ],
                )
                for place, (row, walk) in enumerate(
                    zip(rows.to_dict("records"), walks, strict=True)
                )
            ]
            for year, rows in found.rows.items()
        }
        why = [self._why(found, year, text) for year in found.rows]
        return self._show(asked, state, shapes, found.n.tolist(), why)

    def _why(self, found: Nearby, year: int, text: Text) -> str | None:
        if found.rows[year].empty:
            return text("why.no_sites")
        return None if found.n[year] else text("why.no_groups", year=year)

    def parts(self, state: ViewState, text: Text) -> Parts:
        """What stands around the map."""
        found = self._analyses.clusters.nearby(state)
        year, rows = state.year, found.rows[state.year]
        why = self._why(found, year, text)
        details = self._details(state, int(found.unplaced[year]), text)
        if why is not None:
            title = text("finding.none", year=year)
            details.insert(0, why)
        else:
            n, random = float(rows["groups"].mean()), float(found.random[year])
            title = (
                text("finding.nearby", year=year, times=text.number(n / random))
                if random
                else text("finding.nearby_none", year=year, n=text.number(rows["groups"].sum()))
            )
        return Parts(
            legend=self._legend(state, text),
            title=title,
            details=details,
            panel=self._panel(state, found, text) if why is None else [],
            links=common.file_links("nearby", state, self._queries, common.FORMATS, text),
        )

    def _panel(self, state: ViewState, found: Nearby, text: Text) -> list[Any]:
        year, rows = state.year, found.rows[state.year]
        theme = state.theme
        ordered = rows.sort_values("groups", ascending=False)
        lines = {
            text.name(row): self._by_year(found, row["site_id"]) for row in rows.to_dict("records")
        }
        lines = {text("course.random"): found.random, **lines}
        words = "; ".join(
            f"{name}: " + ", ".join(f"{y} {text.number(v)}" for y, v in values.items())
            for name, values in lines.items()
        )
        most = max(float(rows["groups"].max()), 1.0)
        listed = [
            panel.Leader(
                None,
                text.name(row),
                text.number(row["groups"]),
                row["groups"] / most,
                hint=f"p {common.p(row['p'])}",
                paint=place % PAINTS,
            )
            for place, row in zip(ordered.index.tolist(), ordered.to_dict("records"), strict=True)
        ]
        table = found.by_category[year]
        names = rows[f"name_{text.lang}"].tolist()
        cells = [
            [name, *map(text.number, row)]
            for name, row in zip(names, table.to_numpy().tolist(), strict=True)
        ]
        heading = text("course.site", radius=text.number(state.radius))
        return [
            layout.panel_title(
                text("control.sites"), chosen=False, method=common.method(state, text), text=text
            ),
            panel.meaning(text("meaning.nearby", random=text.number(found.random[year]))),
            panel.leaders(heading, listed),
            panel.chart(
                ids.TREND,
                lines_figure(lines, year, theme, text, percent=False, several=True),
                heading,
                words,
            ),
            panel.small_table(text("table.category"), cells, [text("table.name"), *table.columns]),
        ]

    def _by_year(self, found: Nearby, site: str) -> pd.Series[float]:
        return pd.Series(
            {year: rows.set_index("site_id")["groups"][site] for year, rows in found.rows.items()}
        )

    def table(self, state: ViewState, text: Text) -> list[Any]:
        """The places of the year, a row each."""
        found = self._analyses.clusters.nearby(state)
        rows = found.rows[state.year]
        columns = {
            "name": text("table.name"), "groups": text("table.groups"),
            "random": text("table.random"), "p": text("table.p"),
        }  # fmt: skip
        summary = text(
            "table.summary_places",
            rows=text.number(len(rows)),
            n=text.number(int(found.n[state.year])),
            unplaced=text.number(int(found.unplaced[state.year])),
        )
        rows = rows.assign(name=rows[f"name_{text.lang}"])
        return self._table(state, rows, columns, summary, text)


class CentreView(_PlacesView):
    """Where the weight of groups moves."""

    def map(self, asked: str, state: ViewState) -> dict[str, Any]:
        """What the map needs to show the path until any year, and the ellipse of that year."""
        text = Text(state.lang)
        found = self._analyses.spread.centres(state)
        years = list(self._queries.choices.years)
        shapes = {year: self._shapes(found, year, text) for year in years}
        why = [None if shapes[year] else text("why.no_groups", year=year) for year in years]
        return self._show(asked, state, shapes, found.n.tolist(), why)

    def _shapes(self, found: Centres, year: int, text: Text) -> list[Shape]:
        rows = found.rows[found.rows["year"] <= year]
        if year not in found.ellipses:
            return []
        points = [shapely.Point(x, y) for x, y in rows[["x", "y"]].to_numpy()]
        ellipse = [Shape("outline", found.ellipses[year], 0, str(year))]
        path = [Shape("line", shapely.LineString(points), 1, "")] if len(points) > 1 else []
        marks = [
            Shape(
                "mark",
                point,
                1 if row["year"] == year else 11,
                str(row["year"]),
                lines=self._lines(row, text),
                label=str(row["year"]) if row["year"] == year else "",
            )
            for point, row in zip(points, rows.to_dict("records"), strict=True)
        ]
        return [*ellipse, *path, *marks]

    def _lines(self, row: dict[Any, Any], text: Text) -> list[str]:
        lines = [text("map.groups", n=text.number(row["groups"]))]
        if row["moved_m"] == row["moved_m"]:
            way = text(f"way.{row['way']}")
            lines.append(f"{text.number(round(row['moved_m']))} m {way}")
        return lines

    def parts(self, state: ViewState, text: Text) -> Parts:
        """What stands around the map."""
        found = self._analyses.spread.centres(state)
        year = state.year
        rows: dict[int, Any] = {row["year"]: row for row in found.rows.to_dict("records")}
        details = self._details(state, int(found.unplaced[year]), text)
        if year not in rows:
            title = text("finding.none", year=year)
            details.insert(0, text("why.no_groups", year=year))
        elif rows[year]["moved_m"] != rows[year]["moved_m"]:
            title = text("finding.centre_first", year=year)
        else:
            metres = text.number(round(rows[year]["moved_m"]))
            way = text(f"way.{rows[year]['way']}")
            title = text("finding.centre", year=year, metres=metres, way=way)
        return Parts(
            legend=self._legend(state, text),
            title=title,
            details=details,
            panel=self._panel(state, found, text) if year in rows else [],
            links=common.file_links(
                "spread", state, self._queries, common.TABLES, text, question="centre"
            ),
        )

    def _panel(self, state: ViewState, found: Centres, text: Text) -> list[Any]:
        theme = state.theme
        row: Any = found.rows.set_index("year").loc[state.year]
        distance = text.number(row["distance_m"] / 1_000)
        meaning = text("meaning.centre_alone", distance=distance)
        moved = self._analyses.spread.moved(state)
        if moved is not None:
            meaning = text(
                "meaning.centre", first=found.rows["year"].iloc[0],
                metres=text.number(round(moved[0])), way=text(f"way.{moved[1]}"), distance=distance,
            )  # fmt: skip
        axes = f"{text.number(row['major_m'] / 1_000)} × {text.number(row['minor_m'] / 1_000)} km"
        facts = [
            panel.Fact(text("panel.groups"), text.number(row["groups"])),
            panel.Fact(text("course.distance"), f"{distance} km"),
            panel.Fact(text("course.axes"), axes),
        ]
        words = "; ".join(
            f"{one['year']}: " + ", ".join(self._lines(one, text))
            for one in found.rows.to_dict("records")
        )
        return [
            layout.panel_title(
                common.place(self._queries, state, text),
                chosen=False,
                method=common.method(state, text),
                text=text,
            ),
            panel.facts(facts),
            panel.meaning(meaning),
            panel.chart(
                ids.TREND,
                path_figure(found.rows, state.year, theme, text),
                text("course.path"),
                words,
            ),
        ]

    def table(self, state: ViewState, text: Text) -> list[Any]:
        """The years, a row each."""
        found = self._analyses.spread.centres(state)
        names = ("year", "groups", "moved_m", "way", "distance_m", "major_m", "minor_m")
        columns = {name: text(f"table.{name}") for name in names}
        ways = {way: text(f"way.{way}") for way in found.rows["way"].dropna().unique()}
        rows = found.rows.assign(way=found.rows["way"].map(ways))
        summary = text("table.summary_years", rows=text.number(len(rows)))
        return self._table(state, rows, columns, summary, text)
