"""How groups spread over the years: reach, turnover, centre."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from dashboard.queries.density import Queries
from dashboard.queries.kinds import KindQueries
from dashboard.state import ViewState
from dashboard.tables import CENTRE_COLUMNS, Centres
from geo.measures import spread
from geo.measures.spread import Odds


class SpreadQueries:
    """Questions about the course of the years."""

    def __init__(self, queries: Queries, kinds: KindQueries) -> None:
        self._queries = queries
        self._kinds = kinds
        keep: Callable[[Any], Any] = lru_cache(maxsize=24)
        self._centres = keep(self._make_centres)

    def reach(self, state: ViewState) -> pd.DataFrame:
        """Shares of ``areas`` and of their ``residents`` that had a group by each year.

        Of the areas in the chosen districts. Residents are those of the last year.
        """
        first = self._kinds.first_years(state)
        areas = self._queries.areas(state.level)
        inside = pd.Series(True, index=areas.index)
        if state.district:
            inside = areas["district_code"].isin(state.district)
        years = list(self._queries.choices.years)
        people = self._queries.population(state.level)[years[-1]].astype(float).fillna(0)
        return pd.DataFrame(
            {
                "areas": spread.reach(first[inside], years),
                "residents": spread.reach(first[inside], years, people[inside]),
            }
        )

    def turnover(self, state: ViewState) -> pd.DataFrame:
        """New, cumulative, active and ended groups and growth by year, as the filters have it."""
        queries = self._queries
        present = queries.presence(replace(state, count="cumulative"))
        there = present.any(axis=1).to_numpy()
        first = present.columns.to_numpy(dtype=int)[present.to_numpy().argmax(axis=1)]
        groups = pd.DataFrame(
            {"group_id": queries.atlas.groups["group_id"], "founded_year": first}
        )[there]
        applications, keep = queries.atlas.applications, queries.matching(state)
        kept = applications if keep is None else applications[keep]
        return spread.turnover(groups, kept, queries.choices.years)

    def odds(self, state: ViewState) -> Odds | None:
        """How much likelier a neighbour's groups make it that an area is reached next."""
        first = self._kinds.first_years(state)
        return spread.neighbour_odds(
            first, self._kinds.graph(state.level), self._queries.choices.years
        )

    def centres(self, state: ViewState) -> Centres:
        """Where groups have their weight in each year."""
        made: Centres = self._centres(state.asked)
        return made

    def _make_centres(self, state: ViewState) -> Centres:
        present = self._queries.presence(state)
        spots = self._queries.spots
        found = {
            int(year): centre
            for year in present.columns
            if (centre := spread.centre(spots[present[year].to_numpy()])) is not None
        }
        rows: list[tuple[Any, ...]] = []
        before = None
        for year, centre in found.items():
            moved: tuple[float, str | None] = (np.nan, None)
            if before is not None:
                moved = spread.move(before, centre)
            rows.append(
                (year, centre.n, centre.x, centre.y, centre.distance, centre.major, centre.minor,
                 *moved)
            )  # fmt: skip
            before = centre
        n = present.sum()
        unplaced = present[spots.isna().to_numpy()].sum()
        frame = pd.DataFrame(rows, columns=list(CENTRE_COLUMNS))
        return Centres(frame, {year: one.ellipse for year, one in found.items()}, n, unplaced)

    def moved(self, state: ViewState) -> tuple[float, str] | None:
        """How far the centre went from the first year to the state's, and which way."""
        rows = self.centres(state).rows.set_index("year")
        if len(rows) < 2 or state.year not in rows.index or state.year == rows.index[0]:
            return None
        points = [
            spread.Centre(row["x"], row["y"], 0, 0, 0, 0, 0)
            for _, row in rows.loc[[rows.index[0], state.year]].iterrows()
        ]
        return spread.move(*points)
