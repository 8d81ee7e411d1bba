"""Questions that are answered by figures: for areas on the map, for the place in view, by part."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from dashboard import ids, layout
from dashboard.callbacks import common
from dashboard.callbacks.common import Geometry, Parts
from dashboard.callbacks.kinds import NAMED
from dashboard.components import panel
from dashboard.components.legend import kinds_legend, labels
from dashboard.components.table import grid
from dashboard.figures.accounts import apart_figure
from dashboard.figures.courses import lines_figure
from dashboard.maps.kinds import Said, show_kinds
from dashboard.queries import Analyses, Queries
from dashboard.queries.accounts import is_share
from dashboard.queries.kinds import NONE
from dashboard.state import BY, VIEWS, ViewState
from dashboard.strings import Text
from dashboard.tables import Account, Classes, Kinds
from dashboard.theme import COLOURS, Theme, scale

THEMES: tuple[Theme, ...] = ("light", "dark")
LEADERS = 6
MONEY = ("money", "doubled_money")
PALETTE = "teal"
FEW = "few"
WITHHELD = ("few_named", "one_at_a_time", "by_district", "not_published")
"""Reasons that keep back what is known, so that nobody is exposed."""


def unit(column: str, state: ViewState, text: Text) -> tuple[float, str]:
    """What a figure is multiplied by to be read, and the unit behind it."""
    if is_share(column):
        return 100.0, "\u00a0%"
    if column in MONEY or (column == "amount" and state.what == "money"):
        return (1e-8, text("account.won")) if text.lang == "ko" else (1e-6, text("account.won"))
    return 1.0, ""


def share(value: float, text: Text) -> str:
    """A share as a percentage; a dash where it is not told."""
    return "–" if value != value else f"{text.number(common.percent(value))}\u00a0%"


def said(column: str, value: float | None, state: ViewState, text: Text) -> str:
    """A figure in words; a dash where it is not told."""
    if value is None or value != value:
        return "–"
    if is_share(column):
        return share(value, text)
    times, behind = unit(column, state, text)
    shown = times * value
    if column == "herfindahl" and shown >= 0.01:
        return f"{shown:.3f}"  # with two digits it would not differ from what even places have
    if column == "expected":
        return text.number(round(shown, 1))
    return f"{text.number(shown)}{behind}"


def between(row: Mapping[Any, float], text: Text) -> str:
    """The interval of a share; nothing where it is not known."""
    ends = (row["low"], row["high"])
    if any(end != end for end in ends):
        return ""
    return f"{'–'.join(text.number(common.percent(end)) for end in ends)}\u00a0%"


def name(column: str, state: ViewState, text: Text) -> str:
    """What a figure is called."""
    if column == "amount":
        return text.value("what", state.what)
    if column == "base":
        return text(f"account.base_{state.per}")
    if column in ("held_share", "base_share"):
        return text(f"concentration.share_{state.what if column == 'held_share' else state.per}")
    if column == "per_group":
        return text(f"account.per_group_{state.view}")
    if column == "survival":
        return text("retention.share", after=state.after)
    return text(f"figure.{column}")


class AccountView(ABC):
    """A question answered by figures.

    A question says in ``told`` which figures a place says of itself, the map's first, in ``facts``
    those at the head of the panel, in ``columns`` those of the table; in `finding` its sentence,
    in `shown` what is its own in the panel.
    """

    told: tuple[str, ...]
    facts: tuple[str, ...]
    columns: tuple[str, ...]
    none = "account.none"
    """What an area without a colour is, as a key of the catalogues."""
    sets_few_apart = True
    """Whether areas that rest on too little to be read alone have a colour of their own."""

    def __init__(self, queries: Queries, analyses: Analyses, geometry: Geometry) -> None:
        self._queries = queries
        self._analyses = analyses
        self._geometry = geometry

    # What a question has of its own

    @abstractmethod
    def finding(self, state: ViewState, here: Mapping[str, float], text: Text) -> str:
        """The sentence of the page; ``here`` are the figures of the place and year in view."""

    @abstractmethod
    def shown(
        self, state: ViewState, account: Account, here: Mapping[str, float], text: Text
    ) -> list[Any]:
        """What the panel shows below the facts."""

    def notes(self, state: ViewState, text: Text) -> list[str]:
        """What the legend says of the colours; without anything else, of which areas it warns."""
        return [text(f"account.legend_{state.view}", least=self._analyses.accounts.least(state))]

    def details(
        self, state: ViewState, account: Account, here: Mapping[str, float], text: Text
    ) -> list[str]:
        """What the sentence rests on."""
        return []

    def hint(self, column: str, here: Mapping[str, float], state: ViewState, text: Text) -> str:
        """What stands beside a figure at the head of the panel."""
        return ""

    # What all have in common

    def rounded(self, text: Text) -> list[str]:
        """How exact counts of people are, where they are not."""
        least = self._queries.least_people
        return [text("account.rounded", k=least)] if least > 1 else []

    def nobody(self, state: ViewState, text: Text) -> str:
        """The sentence of a place where nobody is named, or nobody who may be told of."""
        least = self._queries.least_people
        place = common.place(self._queries, state, text)
        key = "finding.nobody" if least == 1 else "finding.nobody_told"
        return text(key, place=place, year=state.year, k=least)

    def map(self, asked: str, state: ViewState) -> dict[str, Any]:
        """What the map needs to show any year of a question."""
        text, account = Text(state.lang), self._account(state)
        classes = self._analyses.accounts.classes(state)
        lines = []
        for column in self._columns(self.told, state):
            times, behind = unit(column, state, text)
            heading = name(column, state, text)
            lines.append(Said(f"{heading}: {{value}}{behind}", account.wide(column) * times))
        if account.few.any():
            few = account.few.unstack(level="year").reindex(account.areas.index)
            base = account.wide(self._rests_on(state)).where(few)
            lines.append(Said(text(f"account.few_{self._rests_on(state)}"), base))
        return show_kinds(
            asked,
            self._kinds(state, account, classes),
            lines,
            labels=self._labels(state, classes, text),
            none=text(self.none),
            why=common.why_sentences(self._queries.choices.years, account.why, text),
            districts=state.district,
            geometry=self._geometry.urls,
            colours={theme: self._colours(state, classes, theme) for theme in THEMES},
            points=common.points(self._queries, state),
        )

    def _account(self, state: ViewState) -> Account:
        return self._analyses.accounts.account(state)

    def _rests_on(self, state: ViewState) -> str:
        return self._analyses.accounts.rests_on(state)

    def _columns(self, columns: Sequence[str], state: ViewState) -> list[str]:
        """Columns of a state: ``value`` stands for the one on the map."""
        value = self._account(state).value
        return list(dict.fromkeys(value if column == "value" else column for column in columns))

    def _kinds(self, state: ViewState, account: Account, classes: Classes) -> Kinds:
        """Classes as the map takes them: the lowest first, none where nothing is told."""
        shading = self._analyses.accounts.shading(state)
        step = classes.of(shading.to_numpy(dtype=float))
        half = len(classes.bounds) if classes.diverging else 0
        place = np.where(step < 0, step + half, step + half - 1)
        order = tuple(str(number) for number in range(classes.colours))
        kinds = pd.DataFrame(
            np.where(step == 0, NONE, place.astype(str)), shading.index, shading.columns
        )
        if self._has_few(account):
            few = account.few.unstack(level="year").reindex(kinds.index)
            kinds, order = kinds.mask(few & (kinds != NONE), FEW), (*order, FEW)
        base = account.wide(self._rests_on(state)).fillna(0)
        return Kinds(
            account.level, account.areas, account.inside, base, kinds.astype(object), order, {},
            account.n, account.unplaced, account.why,
        )  # fmt: skip

    def _has_few(self, account: Account) -> bool:
        return self.sets_few_apart and bool(account.few.any())

    def _labels(self, state: ViewState, classes: Classes, text: Text) -> list[str]:
        account = self._account(state)
        behind = " %" if is_share(account.value) else ""
        few = [text("account.few")] if self._has_few(account) else []
        return [*(f"{label}{behind}" for label in labels(classes, text)), *few]

    def _colours(self, state: ViewState, classes: Classes, theme: Theme) -> list[str]:
        few = [COLOURS[theme]["map-few"]] if self._has_few(self._account(state)) else []
        return [*scale(PALETTE, theme, classes.colours, diverging=classes.diverging), *few]

    def _of_place(self, state: ViewState) -> pd.DataFrame:
        """The figures of the place in view, by year."""
        account = self._account(state)
        if state.area is None:
            return account.whole
        return pd.DataFrame(account.rows.xs(state.area, level="code"))

    def parts(self, state: ViewState, text: Text) -> Parts:
        """What stands around the map."""
        account, row = self._account(state), self._of_place(state).loc[[state.year]]
        here = {str(column): float(row[column].iloc[0]) for column in row}
        why = account.why.get(state.year)
        if why is not None:
            nothing = "finding.withheld" if why.key in WITHHELD else "finding.none"
            title = text(nothing, year=state.year)
            details = [text(f"why.{why.key}", year=state.year, **why.values)]
        else:
            title = self.finding(state, here, text)
            details = self.details(state, account, here, text)
        if state.filtered:
            filters = common.filters(self._queries, state, text)
            details.append(text("headline.filtered", filters=filters))
        lost = int(account.unplaced[state.year])
        if lost and state.area is None:
            level = common.level(self._queries, state.level, text).lower()
            unplaced = f"account.unplaced_{self._analyses.accounts.counts(state)}"
            details.append(text(unplaced, n=text.number(lost), level=level))
        silo = state.view in VIEWS["silos"]
        route, asked = ("silos", {"question": state.view}) if silo else (state.view, {})
        formats = common.FORMATS if self._queries.is_mapped(state.level) else common.TABLES
        return Parts(
            legend=self._legend(state, account, text),
            title=title,
            details=details,
            panel=self._panel(state, account, here, text),
            links=common.file_links(route, state, self._queries, formats, text, **asked),
        )

    def _legend(self, state: ViewState, account: Account, text: Text) -> Any:
        classes = self._analyses.accounts.classes(state)
        found = self._kinds(state, account, classes)
        kinds = found.kinds[account.inside]
        counted = kinds[state.year].value_counts()
        items = [
            (label, text.number(int(counted.get(kind, 0))))
            for kind, label in zip(found.order, self._labels(state, classes, text), strict=True)
        ]
        ever = bool((kinds == NONE).any(axis=None))
        none = (text(self.none), text.number(int(counted.get(NONE, 0)))) if ever else None
        notes = [*self.notes(state, text), text("legend.fixed")]
        if state.points:
            notes.append(text(f"legend.points_{self._queries.audience}"))
        return kinds_legend(
            name(account.value, state, text), self.legend_unit(state, text), items, none,
            notes=notes, method=common.method(state, text),
        )  # fmt: skip

    def legend_unit(self, state: ViewState, text: Text) -> str:
        """What stands beside the legend's title."""
        return text("account.in_year")

    def _panel(
        self, state: ViewState, account: Account, here: Mapping[str, float], text: Text
    ) -> list[Any]:
        title = layout.panel_title(
            common.place(self._queries, state, text),
            chosen=state.area is not None, method=common.method(state, text), text=text,
        )  # fmt: skip
        if state.year in account.why:
            return [title]
        facts = [
            panel.Fact(
                name(column, state, text),
                said(column, here[column], state, text),
                self.hint(column, here, state, text),
            )
            for column in self._columns(self.facts, state)
            if column in here
        ]
        return [
            title,
            panel.facts(facts),
            *self.shown(state, account, here, text),
            *self.leaders(state, account, text),
        ]

    def course(self, state: ViewState, columns: Sequence[str], text: Text) -> list[Any]:
        """Figures of the place in view by year, as lines; shares and others not in one chart."""
        theme = state.theme
        by_year = self._of_place(state)
        lines = {
            name(column, state, text): by_year[column] * (1 if is_share(column) else
                                                          unit(column, state, text)[0])
            for column in columns
            if by_year[column].notna().sum() > 1
        }  # fmt: skip
        if not lines:
            return []
        shares = is_share(columns[0])
        words = "; ".join(
            f"{name(column, state, text)}: "
            + ", ".join(f"{y} {said(column, v, state, text)}" for y, v in by_year[column].items())
            for column in columns
        )
        figure = lines_figure(lines, state.year, theme, text, percent=shares)
        behind = unit(columns[0], state, text)[1]
        title = text("account.course", figure=" · ".join(lines))
        title = title if shares or not behind else f"{title} ({behind.strip()})"
        return [panel.chart(ids.TREND, figure, title, words)]

    def apart(
        self,
        state: ViewState,
        column: str,
        text: Text,
        beside: Sequence[str] = (),
        on: str | None = None,
    ) -> list[Any]:
        """The figure by what the reader tells apart, with its interval where it has one.

        ``beside`` are columns that a table below tells of each part as well; ``on`` is what the
        figure rests on, where that is not what the map's does.
        """
        if state.view not in BY or state.area is not None:
            return []
        parts = self._analyses.accounts.apart(state)
        parts = parts[parts[on or self._rests_on(state)] > 0]
        if len(parts) < 1 or parts[column].isna().all():
            return []
        theme = state.theme
        called = [common.part_name(self._queries, state.by, key, text) for key in parts.index]
        parts = parts.assign(name=called)
        words = "; ".join(
            f"{row['name']}: {said(column, row[column], state, text)}"
            for row in parts.to_dict("records")
        )
        title = text(
            "account.apart", figure=name(column, state, text),
            by=text(f"control.{state.by}").lower(),
        )  # fmt: skip
        figure = apart_figure(parts, column, theme, text, percent=is_share(column))
        shown = [panel.chart(ids.APART, figure, title, words)]
        if not beside:
            return shown
        rows = [
            [row["name"], *(said(each, row[each], state, text) for each in beside)]
            for row in parts.to_dict("records")
        ]
        headings = [text(f"control.{state.by}"), *(name(each, state, text) for each in beside)]
        title = text(f"by.{state.by}")
        if "people" in beside:
            title = f"{title} · {text('account.several')}"
        return [*shown, panel.small_table(title, rows, headings)]

    def leaders(self, state: ViewState, account: Account, text: Text) -> list[Any]:
        """The areas with the highest figures, but for those that rest on too little."""
        rows, value = account.of(state.year), account.value
        rows = rows[~rows["few"] & (rows[value] > 0)]
        rows = rows.nlargest(LEADERS, value, keep="first")
        if rows.empty:
            return []
        listed = self.listed(rows, rows[value].iloc[0], state, account, text)
        return [panel.leaders(text("account.leaders", figure=name(value, state, text)), listed)]

    def listed(
        self, rows: pd.DataFrame, most: float, state: ViewState, account: Account, text: Text
    ) -> list[panel.Leader]:
        """Areas in a ranking, with bars that are full at ``most``."""
        value, named = account.value, state.level in NAMED
        return [
            panel.Leader(
                row["code"] if named else None,
                text.name(row) if named else text("map.hex", name=text.name(row)),
                said(value, row[value], state, text),
                row[value] / most,
                chosen=row["code"] == state.area,
            )
            for row in rows.to_dict("records")
        ]

    def table(self, state: ViewState, text: Text) -> list[Any]:
        """The rows that the map shows."""
        account = self._account(state)
        rows = account.of(state.year)
        columns = self._columns(self.columns, state)
        told = pd.DataFrame({"code": rows["code"], "name": rows[f"name_{text.lang}"]})
        headings = {"code": text("table.code"), "name": text("table.name")}
        for column in columns:
            times, behind = unit(column, state, text)
            told[column] = (rows[column] * times).round(10)
            shown = behind.strip()
            heading = name(column, state, text)
            headings[column] = f"{heading} ({shown})" if shown else heading
        level = common.level(self._queries, state.level, text).lower()
        summary = text(
            f"account.summary_{self._analyses.accounts.counts(state)}",
            rows=text.number(len(rows)), level=level,
            n=text.number(int(account.n[state.year])),
            unplaced=text.number(int(account.unplaced[state.year])),
        )  # fmt: skip
        if rows["few"].any():
            told["few"] = np.where(rows["few"], text("account.few"), "")
            headings["few"] = text("account.few_heading")
        known = told.astype(object).where(told.notna(), None)
        sort = state.sort if state.sort and state.sort.removeprefix("-") in headings else None
        return [
            layout.table_heading(summary, common.method(state, text), text),
            grid(known.to_dict("records"), headings, sort or f"-{columns[0]}"),
        ]
