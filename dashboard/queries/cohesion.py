"""What holds the people of a network together, and whether like go with like.

Gender and age are personal. The difference of two answers about nearly the same people would
tell of the few who are in one alone, so a public audience is told of a whole district or the city,
over all years of the atlas, and of nothing else.

Beside the tables of `dashboard.queries.published` that stays harmless: what is expected by chance
tells, to two decimals, the share of women in a district over all years, some 1,200 people. Even
told to within four people it would help who solves all answers together (for women an area under
the curve of 0.566, not 0.563, where the smallest cell alone gives 0.546) by less than 0.02.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import pandas as pd

from dashboard.kept import Kept
from dashboard.queries.density import Queries
from dashboard.queries.network import NetworkQueries, Selected, carried, named_in
from dashboard.state import ViewState
from dashboard.tables import COHESION_COLUMNS, HOMOPHILY_COLUMNS, Cohesion, Why
from geo.measures import cohesion, homophily, network
from geo.schema import Audience, Outcome

KEPT_ANSWERS = 24
ATTRIBUTES = ("category", "neighbourhood", "gender", "age")
"""Of groups that share people, the first two; of people, the others."""
PERSONAL = ("gender", "age")
LEAST_TOLD = 30
"""People without whom a public audience is not told of gender or age."""
LEAST_TIES = 1_000
"""Without which an index of two decimals would give away how many ties are alike."""
AGES, AGES_IN = (19, 40, 48, 68), 2013
"""Where bands of age begin, and the year of these ages: a band is a cohort of births."""
PERMUTATIONS, PERMUTATIONS_YEARLY = 999, 199
BROKERS = 10
MOST_FOR_BROKERS = 5_000
"""People of the largest part for whom all shortest paths can be followed while somebody waits."""
TABLES = ("measures", "homophily", "brokers", "categories", "bureaus")
WHOLE = ("people", "ties", "components", "largest_degree", "core", "core_nodes", "rejected",
         "near_selected")  # fmt: skip
"""Columns of COHESION_COLUMNS that count."""
BROKER_COLUMNS = ("node", "community", "labels", "betweenness", "degree", "core")


class CohesionQueries:
    """Questions about what holds people together."""

    def __init__(self, queries: Queries, kept: Kept, network: NetworkQueries) -> None:
        self._queries = queries
        self._kept = kept
        self._network = network
        keep: Callable[[Any], Any] = lru_cache(maxsize=KEPT_ANSWERS)
        self._cohesion = keep(self._make)
        self._betweenness = keep(self._between)

    def cohesion(self, state: ViewState) -> Cohesion:
        """What holds the network of a state together."""
        made: Cohesion = self._cohesion(self._network.of(state))
        return made

    def untold(self, state: ViewState) -> dict[str, Why]:
        """Attribute -> why this audience is not told of it."""
        return self._reasons(self._network.of(state), self._network.selected(state))

    def rows(self, state: ViewState, table: str = "measures") -> pd.DataFrame:
        """A table as a file has it: one of TABLES.

        Rows of years begin with ``year_from`` and ``year_to``; those of the whole come first.
        """
        found = self.cohesion(state)
        if table == "brokers":
            return found.brokers
        if table in ("categories", "bureaus"):
            square: pd.DataFrame = getattr(found, table)
            return square.rename_axis(table).reset_index()
        parts = (
            (found.whole, found.years)
            if table == "measures"
            else (found.homophily, found.homophily_years)
        )
        rows = pd.concat(parts, ignore_index=True)
        asked = self._network.of(state)
        years = rows["year"].astype("Int64")
        told = rows.drop(columns="year")
        told.insert(0, "year_to", years.fillna(asked.year))
        told.insert(0, "year_from", years.fillna(asked.since))
        return told

    def _make(self, state: ViewState) -> Cohesion:
        chosen, of = self._network.selected(state), self._fabric(state)
        key = f"homophily {self._queries.least_people} {of}"
        measured, alike = self._measures(of), self._kept.table(key, lambda: self._alike(of))
        whole, all_years = measured["year"].isna(), alike["year"].isna()
        untold = self.untold(state)
        return Cohesion(
            whole=measured[whole].reset_index(drop=True),
            years=measured[~whole].reset_index(drop=True),
            homophily=alike[all_years].reset_index(drop=True),
            homophily_years=alike[~all_years].reset_index(drop=True),
            told=tuple(attribute for attribute in ATTRIBUTES if attribute not in untold),
            brokers=self._kept.table(
                f"brokers {self._queries.least_people} {state}",
                lambda: self._brokers(state, chosen),
            ),
            categories=self._categories(chosen),
            bureaus=self._bureaus(chosen),
        )

    def _fabric(self, state: ViewState) -> ViewState:
        """The part of a state that decides who is tied to whom, in whatever communities."""
        of = self._network.of(state)
        return replace(of, resolution="1") if of.inside is None else of

    def _spans(self, state: ViewState) -> list[tuple[int | None, Selected]]:
        """The years together, and each year of the atlas alone, of one place and its filters."""
        years = self._queries.choices.years
        alone = [(year, self._alone(state, year)) for year in years]
        return [(None, self._network.selected(state)), *alone]

    def _alone(self, state: ViewState, year: int) -> Selected:
        """One year; of a community, what its people did in it."""
        chosen = self._network.selected(replace(state, since=year, year=year, inside=None))
        if state.inside is None:
            return chosen
        # Another year has communities of its own: its numbers would name other people.
        members = self._network.members(replace(state, inside=None))
        return self._network.among(chosen, members.index[members == state.inside])

    def _measures(self, state: ViewState) -> pd.DataFrame:
        key = f"cohesion {self._queries.least_people} {state}"
        return self._kept.table(key, lambda: self._measured(state))

    def _measured(self, state: ViewState) -> pd.DataFrame:
        """COHESION_COLUMNS of the years together (``year`` missing) and of each alone."""
        rows = [{"year": year, **self._held(state, chosen)} for year, chosen in self._spans(state)]
        frame = pd.DataFrame(rows).reindex(columns=list(COHESION_COLUMNS))
        return frame.astype({**dict.fromkeys(COHESION_COLUMNS, "Float64"),
                             **dict.fromkeys(("year", *WHOLE), "Int64")})  # fmt: skip

    def _held(self, state: ViewState, chosen: Selected) -> dict[str, Any]:
        """What there is to measure of some years; nothing of fewer people than may be told."""
        if chosen.people is None:
            return {}
        nodes = sorted(chosen.memberships["person_id"].unique())
        found = cohesion.cohesion(nodes, _ties(chosen))
        least = self._queries.least_people
        row: dict[str, Any] = {
            "people": found.nodes,
            "ties": found.ties,
            "components": found.components,
            "giant_share": found.giant_share,
            "density": found.density,
            "mean_degree": found.mean_degree,
            "largest_degree": found.largest_degree,
            "core": found.core,
            "core_nodes": found.core_nodes,
        }
        if round(found.giant_share * found.nodes) < least:
            row["giant_share"] = None
        if found.core_nodes < least:
            row["core_nodes"] = None
        return row | self._near(state, chosen)

    def _near(self, state: ViewState, chosen: Selected) -> dict[str, Any]:
        """Rejected applications, and those of them that name somebody of a selected one."""
        if state.outcome and not {Outcome.SELECTED, Outcome.REJECTED} <= set(state.outcome):
            return {}  # those beside which they would stand were filtered away
        outcomes = chosen.applications.set_index("application_id")["outcome"]
        near = cohesion.near_selected(chosen.memberships, outcomes)
        share = float(near.mean()) if len(near) else None
        return {"rejected": len(near), "near_selected": int(near.sum()), "near_share": share}

    def _alike(self, state: ViewState) -> pd.DataFrame:
        """HOMOPHILY_COLUMNS of the years together (``year`` missing) and of each alone."""
        never = self.untold(state)
        rows = []
        for year, chosen in self._spans(state):
            untold = set(never)
            if year is not None and self._queries.audience is Audience.PUBLIC:
                untold |= set(PERSONAL)
            permutations = PERMUTATIONS if year is None else PERMUTATIONS_YEARLY
            people, groups = _ties(chosen), _tied_groups(chosen)
            for attribute in ATTRIBUTES:
                if attribute in untold:
                    continue
                ties = people if attribute in PERSONAL else groups
                found = homophily.homophily(ties, self._values[attribute], permutations)
                if found.ties and found.expected > -1:  # all of one kind: nothing to tell
                    rows.append(
                        {"year": year, "attribute": attribute, **self._row(attribute, found)}
                    )
        frame = pd.DataFrame(rows, columns=["year", *HOMOPHILY_COLUMNS])
        whole = dict.fromkeys(("year", "nodes", "ties"), "Int64")
        numbers = dict.fromkeys(HOMOPHILY_COLUMNS[3:], "Float64")
        return frame.astype({"attribute": "str", **whole, **numbers})

    def _row(self, attribute: str, found: homophily.Homophily) -> dict[str, Any]:
        """What is told of like with like."""
        told = {name: getattr(found, name) for name in HOMOPHILY_COLUMNS[1:]}
        if attribute in PERSONAL and self._queries.audience is Audience.PUBLIC:
            exact = ("nodes", "ties", "p")
            told = {name: one if name in exact else round(one, 2) for name, one in told.items()}
        return told

    @cached_property
    def _values(self) -> dict[str, pd.Series[Any]]:
        """Attribute -> its value for each group, or each person, by id; missing where unknown."""
        groups = self._queries.atlas.groups.set_index("group_id")
        people = self._queries.atlas.people.set_index("person_id")
        age = AGES_IN - people["birth_year"].astype("Float64")
        band = np.digitize(age.fillna(0).to_numpy(dtype=float), AGES)
        return {
            "category": groups["category"],
            "neighbourhood": groups["neighbourhood_code"],
            "gender": people["gender"],
            "age": pd.Series(band, index=people.index).astype("str").where(age.notna()),
        }

    def _reasons(self, state: ViewState, chosen: Selected) -> dict[str, Why]:
        """Attribute -> why this audience is not told of it in some years; those it is not."""
        unknown = [one for one in PERSONAL if self._values[one].isna().all()]
        found = dict.fromkeys(unknown, Why("attribute_unknown"))
        known = [one for one in PERSONAL if one not in unknown]
        if not known or self._queries.audience is Audience.INTERNAL:
            return found
        years = self._queries.choices.years
        narrowed = state.filtered or len(state.district) > 1
        narrowed |= state.place is not None or state.inside is not None
        if narrowed or (state.since, state.year) != (years[0], years[-1]):
            return found | dict.fromkeys(known, Why("attribute_narrowed"))
        few = chosen.memberships["person_id"].nunique() < LEAST_TOLD
        if few or (state.district and not self._districts_are_told):
            return found | dict.fromkeys(known, Why("attribute_few", {"least": LEAST_TOLD}))
        ties, least = _ties(chosen), self._queries.least_people
        if len(ties) < LEAST_TIES:
            return found | dict.fromkeys(known, Why("attribute_ties", {"least": LEAST_TIES}))
        ends = pd.unique(_ends(ties))
        rare = {
            one: Why("attribute_rare", {"least": least})
            for one in known
            if (self._values[one].reindex(ends).value_counts() < least).any()
        }
        return found | rare

    @cached_property
    def _districts_are_told(self) -> bool:
        """Whether what the districts say beside the city is of enough people.

        That is of each district, and of those who are named in several.
        """
        atlas = self._queries.atlas
        district = atlas.groups.set_index("group_id")["district_code"]
        of = atlas.applications.set_index("application_id")["group_id"].map(district)
        named = atlas.memberships["person_id"].to_frame()
        named["district"] = atlas.memberships["application_id"].map(of)
        named = named.drop_duplicates()
        several = int((named["person_id"].value_counts() > 1).sum())
        smallest = named["district"].value_counts().min()
        return bool(smallest >= LEAST_TOLD and not 0 < several < LEAST_TOLD)

    def betweenness(self, state: ViewState) -> pd.Series[float] | None:
        """How much each person stands between others, by id; None where that takes too long."""
        made: pd.Series[float] | None = self._betweenness(self._fabric(state))
        return made

    def _between(self, state: ViewState) -> pd.Series[float] | None:
        chosen = self._network.selected(state)
        nodes = sorted(chosen.memberships["person_id"].unique())
        whole = self._measures(state)[["people", "giant_share"]].head(1)
        if whole.to_numpy(dtype=float, na_value=0).prod() > MOST_FOR_BROKERS:
            return None
        return self._kept.table(
            f"betweenness {self._queries.least_people} {state}",
            lambda: cohesion.betweenness(nodes, _ties(chosen)).to_frame("betweenness"),
        )["betweenness"]

    def _brokers(self, state: ViewState, chosen: Selected) -> pd.DataFrame:
        """People on the most of the shortest ways between others."""
        found = self.betweenness(state)
        if found is None:
            return pd.DataFrame(columns=list(BROKER_COLUMNS))
        top = found[found > 0].sort_index().sort_values(ascending=False, kind="stable")[:BROKERS]
        ties = _ties(chosen)
        core = cohesion.core_number(sorted(chosen.memberships["person_id"].unique()), ties)
        community = self._network.interest_groups(state).reindex(top.index).astype("Int64")
        rows = pd.DataFrame(
            {
                "node": top.index,
                "community": community.mask(community < 0).array,
                "labels": carried(chosen).reindex(top.index).to_numpy(),
                "betweenness": top.to_numpy(),
                "degree": _ends(ties).value_counts().reindex(top.index).to_numpy(),
                "core": core.reindex(top.index).to_numpy(),
            }
        )
        return rows[list(BROKER_COLUMNS)]

    def _categories(self, chosen: Selected) -> pd.DataFrame:
        """Ties between groups by the categories of both."""
        return homophily.mixing(_tied_groups(chosen), self._values["category"])

    def _bureaus(self, chosen: Selected) -> pd.DataFrame:
        """People whom two bureaus share, missing where they are fewer than may be told."""
        named = named_in(chosen, "department")
        names = sorted(named["department"].unique())
        pairs = network.project(named, "department", "person_id")
        square = pd.DataFrame(0, index=names, columns=names, dtype="Int64")
        for source, target, n in pairs[["source", "target", "shared"]].itertuples(index=False):
            told = n if n >= self._queries.least_people else pd.NA
            square.loc[source, target] = square.loc[target, source] = told
        for name in names:
            square.loc[name, name] = pd.NA  # a bureau shares nobody with itself
        return square


def _ties(chosen: Selected) -> pd.DataFrame:
    """People tied by the applications that name both."""
    return network.project(chosen.memberships, "person_id", "application_id")


def _ends(ties: pd.DataFrame) -> pd.Series[str]:
    """Both ends of every tie."""
    return pd.concat([ties["source"], ties["target"]], ignore_index=True)


def _tied_groups(chosen: Selected) -> pd.DataFrame:
    """Groups tied by the people whom applications of both name."""
    return network.project(named_in(chosen, "group_id"), "group_id", "person_id")
