"""Areas by kind: hot and cold, first reached, near or far, rising, and what became of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from dashboard import ids, layout
from dashboard.callbacks import common
from dashboard.callbacks.common import Geometry, Parts
from dashboard.components import panel
from dashboard.components.legend import kinds_legend
from dashboard.components.table import grid
from dashboard.figures.courses import (
    band_figure,
    chance_figure,
    kinds_figure,
    lines_figure,
)
from dashboard.maps.kinds import Said, show_kinds
from dashboard.queries import Analyses, Queries
from dashboard.queries.kinds import NONE
from dashboard.state import ViewState
from dashboard.strings import Text
from dashboard.tables import Kinds
from dashboard.theme import Theme, kind_colours

LEADERS = 8
SAID = {
    "lisa": ("statistic", "q"),
    "gi": ("value", "statistic", "q"),
    "history": ("hot_years", "statistic", "q"),
    "rise": ("later", "tau", "q"),
    "arrival": (),
    "nearness": ("n", "median_m", "baseline_m", "p"),
}
"""Question -> the numbers that a place says of itself, after its groups."""
STRONGEST = {"lisa": "statistic", "gi": "statistic", "history": "hot_years", "rise": "later"}
"""Question -> the number by which areas lead."""
LEADING = {
    "lisa": ("high-high",),
    "gi": ("hot",),
    "history": ("persistent", "recurrent", "new"),
    "rise": ("rising",),
}
UNEVEN = ("neighbourhood", "administrative")
"""Levels whose areas differ a thousandfold in size."""
ROUTES = {"lisa": "autocorrelation", "gi": "autocorrelation", "history": "autocorrelation"}


class KindsView:
    """Questions whose answer is a kind for each area and year."""

    def __init__(self, queries: Queries, analyses: Analyses, geometry: Geometry) -> None:
        self._queries = queries
        self._analyses = analyses
        self._geometry = geometry

    def map(self, asked: str, state: ViewState) -> dict[str, Any]:
        """What the map needs to show any year of a question."""
        text = Text(state.lang)
        found = self._analyses.kinds.kinds(state)
        said = [Said(text("said.groups"), found.groups)]
        for name in _said(state):
            said.append(Said(text(_key(state, name)), found.numbers[name]))
        return show_kinds(
            asked,
            found,
            said,
            labels=[_label(state, kind, text) for kind in found.order],
            none=text(f"kind_none.{state.view}"),
            why=common.why_sentences(self._queries.choices.years, found.why, text),
            districts=state.district,
            geometry=self._geometry.urls,
            colours={theme: kind_colours(state.view, found.order, theme) for theme in THEMES},
            points=common.points(self._queries, state),
        )

    def parts(self, state: ViewState, text: Text) -> Parts:
        """What stands around the map."""
        found = self._analyses.kinds.kinds(state)
        why = found.why.get(state.year)
        details = [text(f"kind_help.{state.view}")]
        if why is not None:
            details.insert(0, text(f"why.{why.key}", year=state.year, **why.values))
        if state.view in ROUTES and state.null == "area" and state.level in UNEVEN:
            details.append(text("kind_help.uneven"))
        if state.filtered:
            filters = common.filters(self._queries, state, text)
            details.append(text("headline.filtered", filters=filters))
        if found.unplaced[state.year]:
            level = text.level(found.level, self._queries.atlas.manifest.boundaries).lower()
            n = text.number(int(found.unplaced[state.year]))
            details.append(text("panel.unplaced_help", n=n, level=level))
        route = ROUTES.get(state.view, "spread")
        name = "statistic" if route == "autocorrelation" else "question"
        return Parts(
            legend=self._legend(state, found, text),
            title=self._finding(state, found, text),
            details=details,
            panel=self._panel(state, found, text),
            links=common.file_links(
                route, state, self._queries, common.FORMATS, text, **{name: state.view}
            ),
        )

    def _counts(self, found: Kinds) -> pd.DataFrame:
        """How many areas in sight are of each kind, by year."""
        seen = found.kinds[found.inside.reindex(found.kinds.index)]
        counted = {year: seen[year].value_counts() for year in seen}
        order = [*found.order, NONE]
        return pd.DataFrame(counted).reindex(order).fillna(0).astype(int)

    def _legend(self, state: ViewState, found: Kinds, text: Text) -> Any:
        counts = self._counts(found)[state.year]
        notes = []
        if state.view in ("lisa", "gi", "history"):
            notes.append(text(f"null_long.{state.null}"))
            kept = "export.corrected_yes" if state.corrected else "export.corrected_no"
            notes.append(text(kept))
            if state.null == "residents":
                notes.append(text.population(self._queries.population_years))
        if state.points:
            notes.append(text(f"legend.points_{self._queries.audience}"))
        return kinds_legend(
            text(f"view_long.{state.view}"),
            text(f"count.{state.count}") if state.view not in ("arrival", "nearness") else "",
            [(_label(state, kind, text), text.number(counts[kind])) for kind in found.order],
            (text(f"kind_none.{state.view}"), text.number(counts[NONE])),
            notes=notes,
            method=common.method(state, text),
        )

    def _finding(self, state: ViewState, found: Kinds, text: Text) -> str:
        year, view = state.year, state.view
        if year in found.why:
            return text("finding.none", year=year)
        counts = self._counts(found)[year]
        if view == "nearness":
            rows = self._analyses.kinds.nearness(state)
            city: Any = rows[rows["district"].isna()].set_index("year").loc[year]
            return text(
                f"finding.{view}", year=year, median=text.number(round(city["median_m"])),
                baseline=text.number(round(city["baseline_m"])),
            )  # fmt: skip
        values = {kind.replace("-", "_"): text.number(counts[kind]) for kind in found.order}
        if view == "lisa":
            values = {"high": values["high_high"], "low": values["low_low"]}
        if view == "arrival":
            reached = int(counts.drop(NONE).sum())
            of = text.number(reached + int(counts[NONE]))
            values = {"reached": text.number(reached), "of": of, "new": values[str(year)]}
        return text(f"finding.{view}", year=year, **values)

    def _meaning(self, state: ViewState, text: Text) -> str:
        kinds = self._analyses.kinds
        if state.view == "lisa":
            moran = kinds.moran(state)
            if moran is None:
                return ""
            alike = "alike" if moran.i > moran.expected else "unlike"
            said = text(f"meaning.{alike if moran.p <= 0.05 else 'chance'}")
            return text("meaning.lisa", i=text.number(moran.i), p=common.p(moran.p), alike=said)
        if state.view == "arrival":
            odds = self._analyses.spread.odds(state)
            if odds is None:
                return text("meaning.arrival")
            ratio, low, high = (text.number(v) for v in (odds.ratio, odds.low, odds.high))
            return text("meaning.arrival_odds", ratio=ratio, low=low, high=high)
        if state.view == "nearness":
            rows = kinds.nearness(state)
            city = rows[rows["district"].isna() & (rows["year"] == state.year)]
            if city.empty:
                return ""
            return text(f"meaning.nearness_{city['kind'].iloc[0]}", p=common.p(city["p"].iloc[0]))
        return text(f"meaning.{state.view}")

    def _panel(self, state: ViewState, found: Kinds, text: Text) -> list[Any]:
        place = common.place(self._queries, state, text)
        items: list[Any] = [
            layout.panel_title(
                place,
                chosen=state.area is not None,
                method=common.method(state, text),
                text=text,
            )
        ]
        if state.area is not None:
            items.append(panel.facts(self._facts(state, found, text)))
        if state.year in found.why:
            # Other years may have a course to show.
            return [*items, *(self._charts(state, found, text) if self._told(found) else [])]
        meaning = self._meaning(state, text)
        return [
            *items,
            *([panel.meaning(meaning)] if meaning else []),
            *self._charts(state, found, text),
            *self._leaders(state, found, text),
        ]

    def _told(self, found: Kinds) -> bool:
        """Whether any year has something to tell."""
        return len(found.why) < len(self._queries.choices.years)

    def _facts(self, state: ViewState, found: Kinds, text: Text) -> list[panel.Fact]:
        """What there is to say of the area looked at."""
        year, code = state.year, str(state.area)
        kind = str(found.kinds.loc[code, year])
        told = text(f"kind_none.{state.view}") if kind == NONE else _label(state, kind, text)
        items = [
            panel.Fact(text("table.kind"), told),
            panel.Fact(text("panel.groups"), text.number(int(found.groups[year][code]))),
        ]
        for name in _said(state):
            value = float(found.numbers[name][year][code])
            if value == value:
                shown = common.p_alone(value) if name in ("p", "q") else text.number(value)
                items.append(panel.Fact(text(f"table.{_column(name)}"), shown))
        return items

    def _charts(self, state: ViewState, found: Kinds, text: Text) -> list[Any]:
        theme = state.theme
        charts = []
        if state.view == "lisa":
            moran = self._analyses.kinds.moran(state)
            if moran is not None:
                low, high = (text.number(v) for v in (moran.simulated.min(), moran.simulated.max()))
                words = text("course.moran_words", i=text.number(moran.i), low=low, high=high)
                figure = chance_figure(moran.simulated, moran.i, theme, text)
                charts.append(panel.chart(ids.TREND, figure, text("course.moran"), words))
            return charts
        if state.view == "arrival":
            return self._reach(state, theme, text)
        if state.view == "nearness":
            rows = self._analyses.kinds.nearness(state)
            city = rows[rows["district"].isna()]
            words = ", ".join(
                f"{row['year']} {text.number(round(row['median_m']))} m"
                for row in city.to_dict("records")
            )
            figure = band_figure(city, state.year, theme, text)
            return [panel.chart(ids.TREND, figure, text("course.near"), words)]
        counts = self._counts(found).drop(NONE)
        labels = [_label(state, kind, text) for kind in found.order]
        colours = kind_colours(state.view, found.order, theme)
        figure = kinds_figure(counts, labels, colours, state.year, theme)
        words = "; ".join(
            f"{label}: " + ", ".join(f"{year} {n}" for year, n in counts.loc[kind].items())
            for kind, label in zip(found.order, labels, strict=True)
        )
        return [panel.chart(ids.TREND, figure, text("course.kinds"), words)]

    def _reach(self, state: ViewState, theme: Theme, text: Text) -> list[Any]:
        """Reach by year as lines, and the groups' turnover as a table."""
        reach = self._analyses.spread.reach(state)
        known = state.level in self._queries.known_population
        residents = "course.reach_residents" if known else "course.reach_residents_estimated"
        lines = {
            text("course.reach_areas"): reach["areas"],
            text(residents): reach["residents"],
        }
        words = "; ".join(
            f"{name}: " + ", ".join(f"{y} {text.number(100 * v)} %" for y, v in values.items())
            for name, values in lines.items()
        )
        figure = lines_figure(lines, state.year, theme, text, percent=True)
        turnover = self._analyses.spread.turnover(state)
        columns = ("new", "cumulative", "active", "ended")
        rows = [
            [
                str(year),
                *(text.number(row[name]) for name in columns),
                "–" if row["growth"] != row["growth"] else f"{text.number(100 * row['growth'])} %",
            ]
            for year, row in turnover.iterrows()
        ]
        headings = [text("table.year"), *(text(f"course.{name}") for name in (*columns, "growth"))]
        return [
            panel.chart(ids.TREND, figure, text("course.reach"), words),
            panel.small_table(text("course.turnover"), rows, headings),
        ]

    def _leaders(self, state: ViewState, found: Kinds, text: Text) -> list[Any]:
        """The areas that stand out most; of arrivals those of the year."""
        rows = found.rows(state.year)
        if state.view == "arrival":
            rows = rows[rows["kind"] == str(state.year)].nlargest(LEADERS, "groups", keep="first")
            values, title = rows["groups"], text("course.first")
        elif state.view in LEADING:
            rows = rows[rows["kind"].isin(LEADING[state.view])]
            by = rows[STRONGEST[state.view]]
            if state.view == "rise":
                by = by * rows["around"]  # few groups are easily late
            rows = rows.loc[by.sort_values(ascending=False, kind="stable").index[:LEADERS]]
            values, title = rows[STRONGEST[state.view]], text("course.strongest")
        else:
            return []
        if rows.empty:
            return []
        listed = [
            panel.Leader(
                row["code"] if found.level in NAMED else None,
                text.name(row) if found.level in NAMED else text("map.hex", name=text.name(row)),
                text.number(value),
                max(0.0, value / values.max()),
                hint="" if state.view == "arrival" else _label(state, row["kind"], text),
            )
            for row, value in zip(rows.to_dict("records"), values, strict=True)
        ]
        return [panel.leaders(title, listed)]

    def table(self, state: ViewState, text: Text) -> list[Any]:
        """The rows that the map shows."""
        found = self._analyses.kinds.kinds(state)
        rows = found.rows(state.year)
        kinds = {kind: _label(state, kind, text) for kind in found.order}
        kinds[NONE] = text(f"kind_none.{state.view}")
        rows = rows.assign(name=rows[f"name_{text.lang}"], kind=rows["kind"].map(kinds))
        columns: Mapping[str, str] = {
            "code": text("table.code"),
            "name": text("table.name"),
            "groups": text("table.groups"),
            "kind": text("table.kind"),
            **{name: text(f"table.{_column(name)}") for name in _said(state)},
        }
        level = text.level(found.level, self._queries.atlas.manifest.boundaries).lower()
        summary = text(
            "table.summary_kinds", rows=text.number(len(rows)), level=level,
            n=text.number(int(found.n[state.year])),
            unplaced=text.number(int(found.unplaced[state.year])),
        )  # fmt: skip
        kept = rows[list(columns)]
        records = kept.astype(object).where(kept.notna(), None).to_dict("records")
        sort = state.sort if state.sort and state.sort.removeprefix("-") in columns else "-groups"
        return [
            layout.table_heading(summary, common.method(state, text), text),
            grid(records, columns, sort),
        ]


THEMES: tuple[Theme, ...] = ("light", "dark")
NAMED = ("district", "neighbourhood", "administrative")


def _said(state: ViewState) -> list[str]:
    """The numbers that a place says of itself: p as it was called by."""
    plain = state.view in ("lisa", "gi") and not state.corrected
    return ["p" if plain and name == "q" else name for name in SAID[state.view]]


def _key(state: ViewState, name: str) -> str:
    """The sentence that a number is said with."""
    if name == "statistic":
        return "said.statistic_lisa" if state.view == "lisa" else "said.statistic_gi"
    if name == "p" and state.view != "nearness":
        return "said.p_raw"
    return f"said.{ {'q': 'p', 'value': 'value_gi'}.get(name, name) }"


def _column(name: str) -> str:
    """The heading that a number stands under."""
    return {"value": "value_gi"}.get(name, name)


def _label(state: ViewState, kind: str, text: Text) -> str:
    """A kind in words; a year speaks for itself."""
    return kind if state.view == "arrival" else text(f"kind.{kind}")
