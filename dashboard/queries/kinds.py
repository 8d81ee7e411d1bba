"""Areas by kind: hot and cold ones, when each was reached, where groups rose."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from dashboard.kept import Kept
from dashboard.queries.density import Queries
from dashboard.state import ViewState
from dashboard.tables import Kinds, Why
from geo.measures import autocorrelation, spread, trends
from geo.measures.autocorrelation import ALPHA, FEWEST, GlobalMoran
from geo.measures.density import expected
from geo.schema import Audience, Level

if TYPE_CHECKING:
    from libpysal.graph import Graph

NONE = "none"
FEWEST_GROUPS = 10
"""That a comparison of areas takes."""
MANY_GROUPS = 100
"""Spots in blocks are some 100 m off, so a median of as many to 10 m, of fewer to 50."""
KEPT_ANSWERS = 24
ORDERS = {
    "lisa": ("low-low", "low-high", "high-low", "high-high"),
    "gi": ("cold", "hot"),
    "nearness": ("contagious", "leaping"),
    "rise": ("falling", "rising"),
    "history": ("cooled", "recurrent", "new", "persistent"),
}


class KindQueries:
    """Questions whose answer is a kind for each area and year."""

    def __init__(self, queries: Queries, kept: Kept) -> None:
        self._queries = queries
        self._kept = kept
        keep: Callable[[Any], Any] = lru_cache(maxsize=KEPT_ANSWERS)
        self._kinds = keep(self._make)
        self._graph = keep(self._make_graph)
        self._moran = keep(self._make_moran)

    def kinds(self, state: ViewState) -> Kinds:
        """The kinds of all areas in every year."""
        made: Kinds = self._kinds(replace(state.asked, district=()))
        if not state.district:
            return made
        return replace(made, inside=made.areas["district_code"].isin(state.district))

    def _make(self, state: ViewState) -> Kinds:
        make = {
            "lisa": self._local,
            "gi": self._local,
            "history": self._history,
            "rise": self._rise,
            "arrival": self._arrival,
            "nearness": self._nearness,
        }
        return make[state.view](state)

    def graph(self, level: str) -> Graph:
        """Which areas of a level are neighbours."""
        graph: Graph = self._graph(str(level))
        return graph

    def _make_graph(self, level: str) -> Graph:
        return autocorrelation.neighbours(self._queries.shapes(level))

    def _among(self, level: str, values: pd.Series[float]) -> Graph:
        """Neighbours among the areas that have a value."""
        graph = self.graph(level)
        if len(values) == graph.n:
            return graph
        return autocorrelation.neighbours(self._queries.shapes(level)[values.index])

    def _counts(self, state: ViewState) -> pd.DataFrame:
        """Groups by area and year, of the whole city."""
        return self._queries.frames(_counted(state)).groups

    def exposure(self, state: ViewState) -> pd.DataFrame:
        """What groups are compared with, by area and year: km², or residents."""
        measure = "per_10k" if state.null == "residents" else "per_km2"
        return self._queries.size(replace(_counted(state), measure=measure))

    def _few(self, counts: pd.Series[int], exposure: pd.Series[float]) -> Why | None:
        """Why the areas of a year cannot be compared; None where they can."""
        total, there = int(counts.sum()), int((counts > 0).sum())
        if total == 0:
            return Why("no_groups")
        if total < FEWEST_GROUPS:
            return Why("few_groups", {"n": total, "least": FEWEST_GROUPS})
        if there < 2:
            return Why("one_area")
        if int((exposure > 0).sum()) < FEWEST:
            return Why("few_areas", {"n": int((exposure > 0).sum()), "least": FEWEST})
        return None

    def _tested(self, state: ViewState) -> pd.DataFrame:
        """LISA or Gi* of every year that allows it: ``year``, ``code``, statistics, p, q."""
        counts, exposure = self._counts(state), self.exposure(state)
        found = []
        for year in counts.columns:
            if self._few(counts[year], exposure[year]) is not None:
                continue
            values = self._values(state, counts[year], exposure[year]).dropna()
            near = self._among(state.level, values)
            tested = (
                autocorrelation.local_moran(values, near)
                if state.view == "lisa"
                else autocorrelation.local_g(values, near)
            )
            tested["q"] = autocorrelation.corrected(tested["p"])
            found.append(tested.assign(year=year, value=values).rename_axis("code").reset_index())
        if found:
            return pd.concat(found, ignore_index=True)
        columns = ["code", "statistic", "p", "q", "year", "value", "quadrant", "lag"]
        return pd.DataFrame(columns=columns)

    def _values(
        self, state: ViewState, counts: pd.Series[int], exposure: pd.Series[float]
    ) -> pd.Series[float]:
        """Standardised rates, or observed over expected; missing where there is no exposure."""
        there = exposure > 0
        if state.view == "lisa":
            rates = autocorrelation.standardised_rate(counts[there], exposure[there])
            return rates.reindex(counts.index)
        return counts / expected(counts.to_frame(), exposure)[counts.name]

    def _test(self, state: ViewState) -> pd.DataFrame:
        asked = replace(state, corrected=True)
        return self._kept.table(f"{state.view} {asked}", lambda: self._tested(asked))

    def _local(self, state: ViewState) -> Kinds:
        """Hot and cold areas by LISA or Gi*."""
        counts, exposure = self._counts(state), self.exposure(state)
        tested = self._test(state)
        name = "q" if state.corrected else "p"
        called = tested[name].astype(float) <= ALPHA
        kind = (
            tested["quadrant"]
            if state.view == "lisa"
            else pd.Series(np.where(tested["statistic"] > 0, "hot", "cold"), tested.index)
        )
        tested = tested.assign(kind=kind.where(called, NONE))
        wide = {
            column: tested.pivot(index="code", columns="year", values=column)
            .reindex(index=counts.index, columns=counts.columns)
            for column in ("kind", "value", "statistic", "p", "q")
        }  # fmt: skip
        why = {year: self._few(counts[year], exposure[year]) for year in counts.columns}
        return self._told(
            state,
            wide["kind"].astype(object).where(wide["kind"].notna(), NONE),
            ORDERS[state.view],
            {column: wide[column].astype(float) for column in ("value", "statistic", "p", "q")},
            {int(year): reason for year, reason in why.items() if reason is not None},
        )

    def _history(self, state: ViewState) -> Kinds:
        """What became of the hot areas."""
        local = self.kinds(replace(state, view="gi"))
        p = local.numbers["q" if state.corrected else "p"]
        statistic = local.numbers["statistic"]
        kinds = trends.history(statistic, p).replace("never", NONE)
        years = ((statistic > 0) & (p <= ALPHA)).cumsum(axis=1)
        numbers = {"statistic": statistic, "q": p, "hot_years": years.astype(float)}
        return self._told(state, kinds, ORDERS["history"], numbers, local.why)

    def _rise(self, state: ViewState) -> Kinds:
        """Where groups came later than in the city, over the years up to each."""
        counts = self._counts(state)
        years = list(counts.columns)
        why: dict[int, Why] = {}
        kinds = pd.DataFrame(NONE, index=counts.index, columns=years)
        numbers = {
            name: pd.DataFrame(np.nan, index=counts.index, columns=years)
            for name in ("later", "tau", "q", "around")
        }
        for place, year in enumerate(years, start=1):
            total = int(counts[years[:place]].to_numpy().sum())
            if place < trends.FEWEST_YEARS:
                why[int(year)] = Why("few_years", {"n": place, "least": trends.FEWEST_YEARS})
            elif total == 0:
                why[int(year)] = Why("no_groups")
            elif total < FEWEST_GROUPS:
                why[int(year)] = Why("few_groups", {"n": total, "least": FEWEST_GROUPS})
            else:
                found = self._risen(state, counts[years[:place]])
                kinds[year] = found["kind"].replace("steady", NONE)
                for name, column in (
                    ("later", "later"),
                    ("tau", "tau"),
                    ("q", "p"),
                    ("around", "n"),
                ):
                    numbers[name][year] = found[column]
        return self._told(state, kinds, ORDERS["rise"], numbers, why)

    def _risen(self, state: ViewState, counts: pd.DataFrame) -> pd.DataFrame:
        graph = self.graph(state.level)
        return self._kept.table(
            f"rise until {counts.columns[-1]} {state}", lambda: trends.rise(counts, graph)
        )

    def first_years(self, state: ViewState) -> pd.Series[int]:
        """The year in which each area had its first group."""
        return spread.arrival(self._counts(replace(state, count="cumulative")))

    def _arrival(self, state: ViewState) -> Kinds:
        """When each area was reached: the years themselves are the kinds."""
        first = self.first_years(state)
        years = [str(year) for year in self._queries.choices.years]
        kinds = pd.DataFrame(
            {
                year: first.astype("str").where((first <= year).fillna(False), NONE)
                for year in self._queries.choices.years
            }
        )
        counts = self._counts(replace(state, count="cumulative"))
        why = {int(y): Why("no_groups") for y in counts.columns if counts[y].sum() == 0}
        return self._told(replace(state, count="cumulative"), kinds, tuple(years), {}, why)

    def nearness(self, state: ViewState) -> pd.DataFrame:
        """How near new groups came to those before them, by year, for city and districts."""
        asked = replace(state.asked, view="nearness", district=())
        return self._kept.table(f"nearness {asked}", lambda: self._measure_nearness(asked))

    def _measure_nearness(self, state: ViewState) -> pd.DataFrame:
        present = self._queries.presence(state)
        there = present.any(axis=1).to_numpy()
        founded = present.columns.to_numpy(dtype=int)[present.to_numpy().argmax(axis=1)]
        spots = self._queries.spots[there]
        districts = self._queries.atlas.groups["district_code"][there]
        found = spread.nearness(spots, pd.Series(founded[there], spots.index), districts)
        if self._queries.audience is Audience.INTERNAL:
            return found
        step = np.where(found["n"] < MANY_GROUPS, 50.0, 10.0)
        metres = ["median_m", "baseline_m", "low_m", "high_m"]
        return found.assign(**found[metres].div(step, axis=0).round().mul(step, axis=0))

    def _nearness(self, state: ViewState) -> Kinds:
        """Districts where new groups came near earlier ones, or leapt away from them."""
        areas = self._queries.areas(Level.DISTRICT)
        found = self.nearness(state)
        city, parts = found[found["district"].isna()], found[found["district"].notna()]
        years = list(self._queries.choices.years)

        def wide(column: str) -> pd.DataFrame:
            pivoted = parts.pivot(index="district", columns="year", values=column)
            return pivoted.reindex(index=areas.index, columns=years)

        why = {}
        for place, year in enumerate(years):
            if (city["year"] == year).any():
                continue
            key = "first_year" if place == 0 else "few_new"
            why[year] = Why("last_year" if place == len(years) - 1 else key)
        kinds = wide("kind").astype(object).replace("neither", NONE)
        columns = ("n", "median_m", "baseline_m", "p")
        numbers = {column: wide(column).astype(float) for column in columns}
        told = replace(state, level="district", count="new")
        return self._told(told, kinds.where(kinds.notna(), NONE), ORDERS["nearness"], numbers, why)

    def _told(
        self,
        state: ViewState,
        kinds: pd.DataFrame,
        order: tuple[str, ...],
        numbers: dict[str, pd.DataFrame],
        why: dict[int, Why],
    ) -> Kinds:
        frames = self._queries.frames(_counted(state))
        return Kinds(
            level=state.level,
            areas=self._queries.areas(state.level),
            inside=pd.Series(True, index=frames.areas.index),
            groups=frames.groups,
            kinds=kinds,
            order=order,
            numbers=numbers,
            n=frames.n,
            unplaced=frames.unplaced,
            why=why,
        )

    def moran(self, state: ViewState) -> GlobalMoran | None:
        """Moran's I of a year; None where areas cannot be compared."""
        found: GlobalMoran | None = self._moran(
            replace(state.asked, year=state.year, view="lisa", corrected=True, district=())
        )
        return found

    def _make_moran(self, state: ViewState) -> GlobalMoran | None:
        counts, exposure = (
            frame[state.year] for frame in (self._counts(state), self.exposure(state))
        )
        if self._few(counts, exposure) is not None:
            return None
        values = self._values(state, counts, exposure).dropna()
        return autocorrelation.global_moran(values, self._among(state.level, values))


def _counted(state: ViewState) -> ViewState:
    """The state of density whose frames count a question's groups, of the whole city."""
    filters = state.filters | {"district": ()}
    return ViewState(year=0, level=state.level, count=state.count, **filters)
