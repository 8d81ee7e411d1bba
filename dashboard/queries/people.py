"""Who takes part: gender and age, who is new, who is selected, which groups last."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from dashboard.queries.accounts import (
    AREA,
    FEWEST_PEOPLE,
    KEPT_ANSWERS,
    KEYS,
    LEAST_BETWEEN,
    LEAST_TOLD,
    WHOLE,
    Accounts,
    Facts,
    Question,
    in_view,
    one_at_a_time,
    rounded_within,
    why_of_outcomes,
)
from dashboard.queries.published import ANY, PUBLISHED, PYRAMID
from dashboard.state import ViewState
from dashboard.tables import Why
from geo.measures import composition, funnel, participation, retention
from geo.measures.autocorrelation import corrected
from geo.residents import residents_by_age_and_sex
from geo.schema import Level, Outcome

FEWEST_GROUPS = 10
"""Below which a share is flagged."""


def _composition(facts: Facts, key: str) -> pd.DataFrame:
    """Gender and age; for a public audience the published tables, where nobody is singled out."""
    counted = composition.composition(facts.named, ["year", key], facts.keys, facts.base)
    if facts.keys is None:
        return counted
    kinds = PUBLISHED.get(_table(facts.state, key), ()) if withheld(facts.state) is None else ()
    personal = counted.columns.drop("people")
    untold = [name for name in personal if name.removesuffix("_share") not in kinds]
    counted[personal] = counted[personal].where(may_be_told(facts, key, counted.index), axis=0)
    counted[untold] = np.nan
    shares = [name for name in personal if name.endswith("_share")]
    counted = rounded_within(counted, "people", [name for name in personal if name not in shares])
    # A share of all would tell that the others, who are too few to be told of, are few.
    counted[shares] = counted[shares].where(counted[shares] < 1)
    parts = [name.removesuffix("_share") for name in shares]
    counted[parts] = counted[parts].where(counted[shares].notna().to_numpy())
    counted["men"] = counted["men"].where(counted["women"].notna())
    return counted


def _table(state: ViewState, key: str = WHOLE) -> frozenset[str]:
    """What a state's filters and a key tell a year apart by."""
    part = {WHOLE: None, AREA: "district"}.get(key, key)
    return frozenset(name for name in KEYS if getattr(state, name) or name == part)


def may_be_told(facts: Facts, key: str, rows: pd.Index) -> pd.Series[bool]:
    """Which years and parts are on enough people, and on no few more than another answer."""
    year, value = (rows.get_level_values(level) for level in ("year", key))
    part = {WHOLE: None, AREA: "district"}.get(key, key)
    asked = [
        value.astype("str")
        if name == part
        else [next(iter(getattr(facts.state, name)), ANY)] * len(rows)
        for name in KEYS
    ]
    told = pd.MultiIndex.from_arrays([year, *asked]).isin(facts.tellable())
    return pd.Series(told, index=rows)


def withheld(state: ViewState) -> str | None:
    """Why nothing is told of gender and age for a choice as a whole: a key of the catalogues.

    Areas below the district, of several levels, would differ by a few people.
    """
    if state.level != Level.DISTRICT or state.administrative:
        return "by_district"
    if not one_at_a_time(state):
        return "one_at_a_time"
    return None if _table(state) in PUBLISHED else "not_published"


def _why_composition(facts: Facts, whole: pd.DataFrame) -> dict[int, Why]:
    if facts.keys is None:
        return {}
    reason = withheld(facts.state)
    if reason is not None:
        return dict.fromkeys(facts.years, Why(reason))
    shares = [name for name in map(str, whole) if name.endswith("_share")]
    untold = whole.index[whole[shares].isna().all(axis=1)]
    least = {"least": max(LEAST_TOLD, facts.base), "between": max(LEAST_BETWEEN, facts.base)}
    return {int(year): Why("few_named", least) for year in untold}


class Generation(NamedTuple):
    """Years of birth, and ages in a year, from and to; None at an open end."""

    born_from: int | None
    born_to: int | None
    aged_from: int | None
    aged_to: int | None


def generations(year: int) -> dict[str, Generation]:
    """When each generation was born and how old it is in a year.

    >>> generations(2013)["youth"]
    Generation(born_from=1974, born_to=1994, aged_from=19, aged_to=39)
    """
    return {
        name: Generation(first, last, last and year - last, first and year - first)
        for name, (first, last) in composition.COHORTS.items()
    }


def _emergence(facts: Facts, key: str) -> pd.DataFrame:
    """Newcomers; no share of them in the first year, when everybody is one."""
    told = participation.emergence(facts.named, ["year", key], facts.keys, facts.base)
    later = told.index.get_level_values("year") > facts.years[0]
    told["first_share"] = told["first_share"].where(later)
    if facts.base > 1:
        parts = ["first_time", "returning", "representing", "joining"]
        told = rounded_within(told, "people", parts)
        told["first_share"] = told["first_share"].where(told["returning"].notna())
        # The median of rounded numbers is off by as much as they are.
        told["per_group_median"] = float("nan")
    return told


def _funnel(facts: Facts, key: str) -> pd.DataFrame:
    return funnel.selection(facts.applications, ["year", key])


def _smoothed(facts: Facts, rows: pd.DataFrame) -> pd.DataFrame:
    """With rates smoothed among the areas of each year."""
    by_year = [
        funnel.smoothed_rate(year["selected"], year["applications"])
        for _, year in rows.groupby(level="year")
    ]
    return rows.assign(smoothed=pd.concat(by_year))


def _retention(facts: Facts, key: str) -> pd.DataFrame:
    """Which groups are going still, as it looked at the end of each year.

    Those that were selected at least once are ``followed``: the share rests on them alone.
    """
    found = {
        until: retention.survival_by(
            retention.lifetimes(facts.groups, facts.applications, until),
            facts.groups[key],
            facts.state.after,
        )
        for until in facts.years
    }
    told = pd.concat(found, names=["year", key])
    return told.assign(followed=told["ended"] + told["going"])


def _why_retention(facts: Facts, whole: pd.DataFrame) -> dict[int, Why]:
    """Years until which not even the oldest groups can be followed for so long."""
    here = facts.groups[facts.groups[WHOLE].notna()]
    first, after = here["founded_year"].min(), facts.state.after
    short = [year for year in facts.years if len(here) and year - first < after]
    told = dict.fromkeys(short, Why("short_history", {"after": after}))
    return told | why_of_outcomes(facts, whole)


def _in_map(state: ViewState) -> str:
    return f"{state.share}_share"


QUESTIONS = {
    "composition": Question(
        _composition,
        zeros=("people",),
        value=_in_map,
        rests_on="people",
        least=FEWEST_PEOPLE,
        needs="people",
        why=_why_composition,
    ),
    "emergence": Question(
        _emergence,
        zeros=("people", "first_time", "returning", "representing", "joining", "groups"),
        value=lambda state: "first_share",
        rests_on="people",
        least=FEWEST_PEOPLE,
        needs="people",
    ),
    "funnel": Question(
        _funnel,
        zeros=("applications", "selected", "rejected", "under_review", "other"),
        value=lambda state: "smoothed",
        rests_on="applications",
        least=funnel.FEWEST,
        areas=_smoothed,
        why=why_of_outcomes,
    ),
    "retention": Question(
        _retention,
        zeros=("groups", "ended", "going", "never", "followed"),
        value=lambda state: "survival",
        rests_on="followed",
        least=FEWEST_GROUPS,
        needs="groups",
        why=_why_retention,
    ),
}


class PeopleQueries:
    """What the questions on people tell beyond the figures of each part."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts
        keep: Callable[[Any], Any] = lru_cache(maxsize=KEPT_ANSWERS)
        self._pyramid = keep(self._make_pyramid)
        self._represented = keep(self._make_represented)

    def pyramid(self, state: ViewState) -> pd.DataFrame:
        """People named in the year by age and gender, beside the city's residents of 2010.

        Index the lower age of each band of five years; ``women`` and ``men`` are people,
        ``residents_women`` and ``residents_men`` residents. Empty where ages are not told.
        """
        made: pd.DataFrame = self._pyramid(replace(state.asked, year=state.year))
        return made

    def _make_pyramid(self, state: ViewState) -> pd.DataFrame:
        facts = self._accounts.facts(state)
        if self.untold(state) or state.year in _why_composition(
            facts, self._accounts.account(state).whole
        ):
            return pd.DataFrame(columns=["women", "men", "residents_women", "residents_men"])
        named = facts.named
        here = named[named[WHOLE].notna() & (named["year"] == state.year)]
        found = composition.pyramid(here, state.year, facts.keys, facts.base)
        return found.join(residents_by_age_and_sex().add_prefix("residents_"))

    def untold(self, state: ViewState, key: str | None = None) -> Why | None:
        """Why gender and age are told of no row apart by a key, or without one of no age."""
        if self._accounts.facts(state).keys is None:
            return None
        tables = PYRAMID if key is None else PUBLISHED
        asked = _table(state) if key is None else _table(state, key)
        apart = "districts_untold" if key == "district" else "not_published"
        reason = withheld(state) or (None if asked in tables else apart)
        return None if reason is None else Why(reason)

    def represented(self, state: ViewState) -> pd.DataFrame:
        """How often a kind of people takes part, for each of them among the residents.

        Index ``women`` and the cohorts; ``people``, ``of`` (with that known), ``share``,
        ``residents_share``, ``ratio``, ``low``, ``high``. Gender and age of residents are known
        for the city alone.
        """
        made: pd.DataFrame = self._represented(replace(state.asked, year=state.year))
        return made

    def _make_represented(self, state: ViewState) -> pd.DataFrame:
        whole = self._accounts.account(state).whole.to_dict("index")[state.year]
        residents = residents_by_age_and_sex()
        cohorts = composition.residents_by_cohort(residents, state.year)["share"]
        cohorts.loc["women"] = residents["women"].sum() / residents[["women", "men"]].sum().sum()
        rows = {}
        for name in ("women", *composition.COHORTS):
            kinds = ("women", "men") if name == "women" else tuple(composition.COHORTS)
            of = float(np.nansum([whole[kind] for kind in kinds]))
            if name != "women" and whole[f"{name}_share"] > 0:  # not all generations may be told
                of = float(round(whole[name] / whole[f"{name}_share"]))
            ratio = composition.representation(whole[name], of, float(cohorts[name]))
            rows[name] = [whole[name], of, whole[f"{name}_share"], float(cohorts[name]), *ratio]
        columns = ["people", "of", "share", "residents_share", "ratio", "low", "high"]
        return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("who")

    def survival(self, state: ViewState) -> pd.DataFrame:
        """The Kaplan–Meier curve of the place in view, as known at the end of the year."""
        return retention.survival(self._lives(state)[0])

    def cohorts(self, state: ViewState) -> pd.DataFrame:
        """Groups by founding year, and how many of them were active so many years later."""
        facts = self._accounts.facts(state)
        here = facts.groups[in_view(facts.groups, state)]
        return retention.cohorts(here, facts.applications, state.year)

    def differs(self, state: ViewState) -> pd.Series[float]:
        """Log-rank p of each part against all others, corrected for as many tests."""
        known, here = self._lives(state)
        return corrected(retention.differs(known, here[state.by]))

    def undecided(self, state: ViewState) -> int:
        """Groups that count as ended while an application of theirs is under review."""
        applied = self._accounts.facts(state).applications
        waiting = (applied["outcome"] == Outcome.UNDER_REVIEW) & (applied["year"] == state.year)
        ended = self._lives(state)[0]["ended"]
        return int(ended.reindex(applied.loc[waiting, "group_id"].unique()).eq(True).sum())

    def _lives(self, state: ViewState) -> tuple[pd.DataFrame, pd.DataFrame]:
        """How long each group of the place in view went on, and what is known of these groups."""
        facts = self._accounts.facts(state)
        here = facts.groups[in_view(facts.groups, state)]
        return retention.lifetimes(here, facts.applications, state.year), here
