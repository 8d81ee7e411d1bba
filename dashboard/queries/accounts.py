"""What the questions on people and silos have in common: the same figures for every kind of part.

A question counts what a state's filters keep by year and by one more key: the area, a category,
a programme, or everything in the chosen districts. So a figure of the map, of the headline, of a
breakdown and of a file is always made in one way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property, lru_cache, partial
from typing import Any

import numpy as np
import pandas as pd

from dashboard.kept import Kept
from dashboard.queries.density import Queries
from dashboard.queries.published import tellable
from dashboard.state import MANY, ViewState
from dashboard.tables import Account, Classes, Why
from geo.measures.classes import class_bounds
from geo.measures.composition import COHORTS
from geo.measures.disclosure import record_keys
from geo.measures.participation import first_years
from geo.schema import Outcome, Scheme

KEPT_ANSWERS = 24
KEPT_FACTS = 2
"""Applications with all that is known of them; 20 MB each."""
CLASSES = 5
LEAST_TOLD, LEAST_BETWEEN = 30, 10
"""People without whom a public audience is not told of gender or age, and by whom two answers
differ if they do; as many as it may be told of where those are more."""
FEWEST_PEOPLE = 30
"""Below which a share is flagged."""
OF_PEOPLE = frozenset({
    "people", "women", "men", "gender_unknown", *COHORTS, "cohort_unknown", "first_time",
    "returning", "representing", "joining", "newcomers", "gone", "lent", "across",
})  # fmt: skip
"""Columns that count people."""
RATIOS = (1.1, 1.5, 2.0)
"""Where classes of ratios begin, and of their inverses: within a tenth all is as good as even."""
REFUSED = ("of_outcomes", "one_at_a_time")
"""Reasons for which not even what was counted is told."""
OF_APPLICATIONS = ("programme", "outcome", "department")
OF_GROUPS = ("category", "district")
KEYS = (*OF_APPLICATIONS, *OF_GROUPS)
"""What figures can be told apart by, beside the area."""
AREA, WHOLE = "code", "here"
"""Key of the areas, and that of all that is in the chosen districts."""


@dataclass(frozen=True)
class Facts:
    """Applications that a state's filters keep, and who is named in them.

    ``applications`` have KEYS, ``supporter``, ``code`` (missing where a group is not known to lie
    in an area) and ``here``, which is missing outside the chosen districts. People are counted
    with ``keys`` (none for an internal audience) in multiples of ``base``; ``tellable`` finds the
    answers on gender and age that a public audience may have, ``active`` has groups and the years
    in which one of theirs was selected, both whatever is filtered. ``areas`` are those of the
    level, ``inside`` marks those in sight, ``sizes`` has what a figure is spread over, by area
    and year.
    """

    state: ViewState
    applications: pd.DataFrame
    memberships: pd.DataFrame
    named_once: Callable[[], pd.DataFrame]
    groups: pd.DataFrame
    years: tuple[int, ...]
    keys: pd.Series | None
    base: int
    tellable: Callable[[], pd.MultiIndex]
    active: pd.MultiIndex
    areas: pd.DataFrame
    inside: pd.Series[bool]
    sizes: pd.DataFrame

    @property
    def named(self) -> pd.DataFrame:
        """Memberships of these applications, with the people, as `geo.measures` takes them."""
        return self.named_once()

    def here(self, key: str) -> Facts:
        """The same with a key that is missing outside the chosen districts."""

        def masked(table: pd.DataFrame) -> pd.DataFrame:
            return table.assign(**{key: table[key].where(table[WHOLE].notna())})

        groups = masked(self.groups) if key in self.groups else self.groups
        named_once = cache(lambda: masked(self.named))
        return replace(
            self, applications=masked(self.applications), groups=groups, named_once=named_once
        )


@dataclass(frozen=True)
class Question:
    """How a question is answered.

    Args:
        count: facts and a key -> figures by ``year`` and that key.
        zeros: columns that are 0, not missing, where there is nothing.
        value: what the map shows, by state.
        rests_on: the column that a figure rests on.
        least: below which it is flagged.
        needs: what has to be there for an answer: ``applications``, ``groups`` or ``people``.
        areas: the rows of all years, with what compares areas with each other.
        together: the figures of each year's whole, with what the rows make of it.
        cases: what ``n`` counts by year and key, where it is not all applications or groups.
        ratio: whether the value is a ratio to what would be even.
    """

    count: Callable[[Facts, str], pd.DataFrame]
    zeros: tuple[str, ...]
    value: Callable[[ViewState], str]
    rests_on: str
    least: int
    needs: str = "applications"
    areas: Callable[[Facts, pd.DataFrame], pd.DataFrame] = lambda facts, rows: rows
    together: Callable[[Facts, pd.DataFrame, pd.DataFrame], pd.DataFrame] = (
        lambda facts, rows, whole: whole
    )
    why: Callable[[Facts, pd.DataFrame], Mapping[int, Why]] = lambda facts, whole: {}
    cases: Callable[[Facts, str], pd.Series[float]] | None = None
    ratio: bool = False


def in_view(rows: pd.DataFrame, state: ViewState) -> pd.Series[bool]:
    """Rows of the place that the panel speaks of."""
    return rows[WHOLE].notna() if state.area is None else rows[AREA] == state.area


def rounded_within(told: pd.DataFrame, whole: str, parts: list[str]) -> pd.DataFrame:
    """With no part larger than its whole: rounded at random, it would tell that one is outside."""
    return told.assign(**told[parts].clip(upper=told[whole], axis=0))


def one_at_a_time(state: ViewState) -> bool:
    """Whether each filter has one value at most.

    Answers that overlap in ever other ways, averaged, would tell of the few that are in all.
    """
    return all(len(getattr(state, name)) <= 1 for name in MANY)


def why_of_people(facts: Facts) -> dict[int, Why]:
    """No people can be counted where nobody is named, or where the choices overlap."""
    if facts.memberships.empty:
        return dict.fromkeys(facts.years, Why("nobody_known"))
    if facts.base > 1 and not one_at_a_time(facts.state):
        return dict.fromkeys(facts.years, Why("one_at_a_time"))
    return {}


def why_of_outcomes(facts: Facts, whole: pd.DataFrame) -> dict[int, Why]:
    """What became of applications cannot be asked of those alone that ended in one way."""
    return dict.fromkeys(facts.years, Why("of_outcomes")) if facts.state.outcome else {}


class Accounts:
    """The questions of one snapshot."""

    def __init__(
        self,
        queries: Queries,
        kept: Kept,
        questions: Mapping[str, Question],
        secret: bytes | None,
    ) -> None:
        self._queries, self._secret = queries, secret
        self._kept = kept
        self._questions = questions
        keep: Callable[[Any], Any] = lru_cache(maxsize=KEPT_ANSWERS)
        self._account = keep(self._make)
        self._apart = keep(self._make_apart)
        self._classes = keep(self._make_classes)
        self._facts = lru_cache(maxsize=KEPT_FACTS)(self._make_facts)

    def account(self, state: ViewState) -> Account:
        """Areas and whole in every year."""
        made: Account = self._account(state.asked)
        return made

    def rests_on(self, state: ViewState) -> str:
        """The column that a question's figures rest on."""
        return self._questions[state.view].rests_on

    def whole_numbers(self, state: ViewState) -> tuple[str, ...]:
        """Columns that count."""
        return self._questions[state.view].zeros

    def least(self, state: ViewState) -> int:
        """What it takes of this for a figure that can be read alone."""
        return self._questions[state.view].least

    def counts(self, state: ViewState) -> str:
        """What ``n`` counts: groups or applications."""
        groups = self._questions[state.view].needs == "groups" and state.what == "groups"
        return "groups" if groups else "applications"

    def apart(self, state: ViewState) -> pd.DataFrame:
        """The figures of the state's year by what it tells apart, index the values of the key."""
        made: pd.DataFrame = self._apart(replace(state.asked, by=state.by))
        if state.year not in made.index.get_level_values("year"):
            return made.iloc[:0].droplevel("year")
        told: Any = made.xs(state.year, level="year")
        return told.sort_index()

    def facts(self, state: ViewState) -> Facts:
        """What the filters keep; the same for all questions."""
        plain = ViewState(year=0, level=state.level, **state.filters)
        return replace(self._facts(plain), state=state.asked, sizes=self._sizes(state))

    def _sizes(self, state: ViewState) -> pd.DataFrame:
        """Residents, km² or ones, by area and year."""
        queries = self._queries
        areas = queries.areas(state.level, state.district)
        if state.per == "residents" and "ratio_residents" in queries.choices.measures[state.level]:
            return queries.population(state.level, state.district).astype("float64")
        size = areas["area_km2"] if state.per == "area" else pd.Series(1.0, index=areas.index)
        return pd.DataFrame(dict.fromkeys(queries.choices.years, size))

    def _named(self, applications: pd.DataFrame) -> pd.DataFrame:
        """Who is named in which of these applications."""
        columns = ["application_id", "group_id", "year", *KEYS, AREA, WHOLE]
        memberships = self._queries.atlas.memberships
        named = memberships.merge(applications[columns], on="application_id")
        return named.merge(self._people, on="person_id")

    @cached_property
    def _people(self) -> pd.DataFrame:
        """Everybody, with the first and the last year in which an application names them."""
        atlas = self._queries.atlas
        when = atlas.memberships[["application_id", "person_id"]].merge(
            atlas.applications[["application_id", "year"]], on="application_id"
        )
        years = first_years(when).to_frame().astype("int64")
        years["last_year"] = when.groupby("person_id")["year"].max().astype("int64")
        people = atlas.people[["person_id", "gender", "birth_year"]]
        return people.merge(years, on="person_id")

    @cached_property
    def _record_keys(self) -> pd.Series | None:
        """Keys of people, by a secret: pseudonyms are public; none for an internal audience."""
        if self._secret is None:
            return None
        return record_keys(self._queries.atlas.people["person_id"], self._secret)

    @cached_property
    def _active(self) -> pd.MultiIndex:
        """Groups and the years in which an application of theirs was selected."""
        applications = self._queries.atlas.applications
        selected = applications[applications["outcome"] == Outcome.SELECTED]
        return pd.MultiIndex.from_frame(selected[["group_id", "year"]].drop_duplicates())

    @cached_property
    def _tellable(self) -> pd.MultiIndex:
        """Of the published tables by year and KEYS, the cells that may be told."""
        return pd.MultiIndex.from_frame(self._kept.table("tellable", self._find_tellable))

    def _find_tellable(self) -> pd.DataFrame:
        atlas = self._queries.atlas
        groups = atlas.groups[["group_id", "category", "district_code"]]
        told = atlas.applications[["application_id", "group_id", "year", *OF_APPLICATIONS]]
        told = told.merge(groups.rename(columns={"district_code": "district"}), on="group_id")
        named = atlas.memberships[["application_id", "person_id"]].merge(told, on="application_id")
        kinds = named[list(KEYS)].astype("category")
        kinds.insert(0, "year", named["year"].astype("int64"))
        kinds.insert(0, "person", pd.factorize(named["person_id"])[0])
        everyone = kinds.drop_duplicates(ignore_index=True)
        k = self._queries.least_people
        found = tellable(everyone, max(LEAST_TOLD, k), max(LEAST_BETWEEN, k))
        return found.to_frame(index=False)

    def _make_facts(self, state: ViewState) -> Facts:
        queries, atlas = self._queries, self._queries.atlas
        groups = atlas.groups[["group_id", "category", "founded_year"]].assign(
            district=atlas.groups["district_code"]
        )
        groups[WHOLE] = pd.Series(queries.within(state), groups.index).map({True: True})
        # Administrative neighbourhoods are compared where they were drawn: as of one day.
        of = queries.area_of(state.level)
        code = of if isinstance(of, pd.Series) else of.iloc[:, -1]
        groups[AREA] = code.where(groups[WHOLE].notna())
        kept = queries.matching(state)
        applications = atlas.applications if kept is None else atlas.applications[kept]
        columns = ["application_id", "group_id", "year", *OF_APPLICATIONS, "amount_krw"]
        told = applications[columns].merge(groups, on="group_id")
        told["year"] = told["year"].astype("int64")
        # Of an atlas that knows no programmes the bureau alone, and the other way round.
        known = [name for name in ("programme", "department") if told[name].notna().any()]
        told["supporter"] = told[known[0]] if known else None
        if len(known) == 2:
            told["supporter"] = told["programme"] + " · " + told["department"]
        areas = queries.areas(state.level)
        inside = pd.Series(True, index=areas.index)
        if state.district:
            reached = told[AREA].dropna().unique()
            inside = areas["district_code"].isin(state.district) | areas.index.isin(reached)
        return Facts(
            state=state,
            applications=told,
            memberships=atlas.memberships,
            named_once=cache(partial(self._named, told)),
            groups=groups[groups["group_id"].isin(told["group_id"])].set_index("group_id"),
            years=tuple(queries.choices.years),
            keys=self._record_keys,
            base=queries.least_people,
            tellable=lambda: self._tellable,
            active=self._active,
            areas=areas,
            inside=inside,
            sizes=self._sizes(state),
        )

    def _make(self, state: ViewState) -> Account:
        question, facts = self._questions[state.view], self.facts(state)
        parts = pd.MultiIndex.from_product([facts.years, facts.areas.index], names=["year", AREA])
        zeros = question.zeros
        if facts.base > 1:
            # Nobody and fewer than may be told of look alike.
            zeros = tuple(name for name in zeros if name not in OF_PEOPLE)
        rows = _complete(question.count(facts, AREA), parts, zeros)
        rows = question.areas(facts, rows)
        whole = question.count(facts, WHOLE).droplevel(WHOLE)
        whole = _complete(whole, pd.Index(facts.years, name="year"), zeros)
        whole = question.together(facts, rows, whole)
        n, unplaced = self._totals(facts, question)
        why = self._why(facts, question, whole, n)
        for table in (rows, whole):
            _refuse(table, why, question.zeros)
        base = rows[question.rests_on].fillna(0)
        return Account(
            level=state.level,
            areas=facts.areas,
            inside=facts.inside,
            rows=rows,
            whole=whole,
            value=question.value(state),
            few=(base > 0) & (base < question.least),
            n=n,
            unplaced=unplaced,
            why=why,
        )

    def _totals(self, facts: Facts, question: Question) -> tuple[pd.Series[int], pd.Series[int]]:
        """Of each year, applications in the chosen districts, and those of them without an area."""
        if question.cases is not None:
            n, placed = (
                question.cases(facts, key).groupby(level="year").sum()
                .reindex(list(facts.years)).fillna(0.0).astype("int64")
                for key in (WHOLE, AREA)
            )  # fmt: skip
            return n, n - placed
        here = facts.applications
        if question.needs == "groups":
            here = facts.groups.assign(year=facts.groups["founded_year"].astype("int64"))
        # Narrowed last: a frame without rows would take the years of the groups elsewhere.
        here = here[here[WHOLE].notna()]
        by_year = here.assign(lost=here[AREA].isna()).groupby("year")["lost"].agg(["size", "sum"])
        by_year = by_year.reindex(list(facts.years), fill_value=0).astype("int64")
        if question.needs == "groups":
            by_year = by_year.cumsum()
        return by_year["size"], by_year["sum"]

    def _why(
        self, facts: Facts, question: Question, whole: pd.DataFrame, n: pd.Series[int]
    ) -> dict[int, Why]:
        why = dict(question.why(facts, whole))
        if question.needs == "people":
            why |= why_of_people(facts)
        none = "no_groups" if self.counts(facts.state) == "groups" else "no_applied"
        return why | {int(year): Why(none) for year in n.index[n == 0]}

    def _make_apart(self, state: ViewState) -> pd.DataFrame:
        question, facts = self._questions[state.view], self.facts(state)
        return question.count(facts.here(state.by), state.by)

    def classes(self, state: ViewState) -> Classes:
        """How the values of every year become colours; shares as percentages."""
        made: Classes = self._classes(state.asked)
        return made

    def _make_classes(self, state: ViewState) -> Classes:
        account, ratio = self.account(state), self._questions[state.view].ratio
        told = shading(account, ratio=ratio)[account.inside].to_numpy(dtype=float)
        sizes = np.abs(told[np.isfinite(told) & (told != 0)])
        if ratio:
            even, *bounds = np.log2(RATIOS).tolist()
            most = max(float(sizes.max(initial=0.0)), bounds[-1] + 1)
            return Classes(str(Scheme.ROOT), "ratio", (*bounds, most), even, whole=False)
        bounds = class_bounds(sizes, Scheme.NATURAL, CLASSES)
        return Classes(
            scheme=str(Scheme.NATURAL),
            kind="amount",
            bounds=tuple(bounds.tolist()),
            least=float(sizes.min(initial=np.inf)),
            whole=bool((sizes == np.floor(sizes)).all()),
        )

    def shading(self, state: ViewState) -> pd.DataFrame:
        """What the map classes, by area and year."""
        return shading(self.account(state), ratio=self._questions[state.view].ratio)


def shading(account: Account, *, ratio: bool) -> pd.DataFrame:
    """Values as they are classed: shares as percentages, of ratios the binary logarithm.

    Ratios that are as good as even are 0, of nothing −∞.
    """
    values = account.wide(account.value)
    if ratio:
        with np.errstate(divide="ignore"):
            found = values.apply(np.log2)
        return found.mask(found.abs() < np.log2(RATIOS[0]), 0.0)
    return values * 100 if is_share(account.value) else values


def is_share(column: str) -> bool:
    """Whether a figure is a share, from 0 to 1.

    >>> is_share("women_share"), is_share("low"), is_share("applications")
    (True, True, False)
    """
    return column.endswith("_share") or column in SHARES


SHARES = frozenset({"rate", "decided_rate", "smoothed", "low", "high", "survival", "entropy"})


def _refuse(table: pd.DataFrame, why: Mapping[int, Why], counts: tuple[str, ...]) -> None:
    """What may not be concluded is in no table either; where nothing may be told, no count is."""
    for year, reason in why.items():
        kept = () if reason.key in REFUSED else counts
        table.loc[year, [name for name in table if name not in kept]] = np.nan


def _complete(counted: pd.DataFrame, index: pd.Index, zeros: tuple[str, ...]) -> pd.DataFrame:
    """Figures of every part there is: 0 where nothing was counted, others missing."""
    there = counted.index
    told = counted.astype("float64").reindex(index)
    nothing = ~index.isin(there)
    for column in zeros:
        told.loc[nothing, column] = 0.0
    return told
