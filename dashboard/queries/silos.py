"""What silos do: concentrate, duplicate, tire, mobilise; and what crosses them."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pandas as pd

from dashboard.kept import Kept
from dashboard.queries.accounts import (
    AREA,
    FEWEST_PEOPLE,
    KEPT_ANSWERS,
    Accounts,
    Facts,
    Question,
    in_view,
    one_at_a_time,
    rounded_within,
    why_of_outcomes,
    why_of_people,
)
from dashboard.queries.clusters import ClusterQueries
from dashboard.queries.density import Queries
from dashboard.state import ViewState, default
from dashboard.tables import Why
from geo.measures import (
    concentration,
    duplication,
    fatigue,
    funnel,
    mixture,
    mobilisation,
    proximity,
)
from geo.measures.autocorrelation import corrected
from geo.measures.disclosure import Cells, headcount
from geo.schema import Count, Level, Outcome

FEWEST = 10
"""Applications or groups below which a figure is flagged."""
DRAWS = concentration.DRAWS
"""Of the bootstrap."""
FEWEST_DUE = 5
"""Cases of an even share below which one more or less moves the quotient by a fifth or more."""


def _concentration(facts: Facts, key: str) -> pd.DataFrame:
    """How many groups, applications, people, or how much money a part has: ``amount``.

    ``cases`` are the groups or applications behind it.
    """
    told = {
        "groups": _groups,
        "applications": _applications,
        "money": _money,
        "people": _people,
    }[facts.state.what](facts, key)
    both = {"amount": told, "cases": _cases(facts, key)}
    return pd.DataFrame(both).rename_axis(["year", key])


def _cases(facts: Facts, key: str) -> pd.Series[float]:
    """Groups; or of what else is counted, the applications that it is told of."""
    what = facts.state.what
    if what == "groups":
        return _groups(facts, key)
    if what == "money":
        facts = replace(facts, applications=_selected(facts))
    return _applications(facts, key)


def _selected(facts: Facts) -> pd.DataFrame:
    return facts.applications[facts.applications["outcome"] == Outcome.SELECTED]


def _groups(facts: Facts, key: str) -> pd.Series[float]:
    """As density counts them."""
    applied = facts.applications
    if facts.state.count == Count.ACTIVE:
        active = pd.MultiIndex.from_frame(applied[["group_id", "year"]]).isin(facts.active)
        return _size(applied[active].drop_duplicates(["group_id", "year"]), key)
    if facts.state.count == Count.NEW:
        new = applied[applied["year"] == applied["founded_year"]]
        return _size(new.drop_duplicates("group_id"), key)
    first = applied.sort_values("year", kind="stable").drop_duplicates("group_id")
    return _summed_up(_size(first, key), facts)


def _applications(facts: Facts, key: str) -> pd.Series[float]:
    """Those of the year, those selected in it, or all until then."""
    active = facts.state.count == Count.ACTIVE
    counted = _size(_selected(facts) if active else facts.applications, key)
    return _summed_up(counted, facts) if facts.state.count == Count.CUMULATIVE else counted


def _money(facts: Facts, key: str) -> pd.Series[float]:
    """Won of the applications selected in the year, or until then."""
    amounts = _selected(facts).astype({"amount_krw": "float64"})
    granted = amounts.dropna(subset=[key]).groupby(["year", key])["amount_krw"].sum()
    return _summed_up(granted, facts) if facts.state.count == Count.CUMULATIVE else granted


def _people(facts: Facts, key: str) -> pd.Series[float]:
    """People named for the first time, in the applications selected in the year, or until then."""
    named = facts.named
    if facts.state.count == Count.NEW:
        named = named[named["year"] == named["first_year"]]
    if facts.state.count == Count.ACTIVE:
        named = named[named["outcome"] == Outcome.SELECTED]
    if facts.state.count != Count.CUMULATIVE:
        return headcount(named, ["year", key], facts.keys, facts.base)
    until = {
        year: headcount(named[named["year"] <= year], [key], facts.keys, facts.base)
        for year in facts.years
    }
    return pd.concat(until, names=["year", key])


def _size(rows: pd.DataFrame, key: str) -> pd.Series[float]:
    return rows.dropna(subset=[key]).groupby(["year", key]).size().astype("float64")


def _summed_up(counted: pd.Series[float], facts: Facts) -> pd.Series[float]:
    """All until each year."""
    wide = counted.unstack(level=1).reindex(list(facts.years)).fillna(0.0).cumsum()
    return pd.Series(wide.rename_axis(index="year").stack(), dtype="float64")


def _quotients(facts: Facts, rows: pd.DataFrame) -> pd.DataFrame:
    """Beside what each area would have if all were spread evenly over those in sight.

    ``due`` is how many of the cases that would be. Who may not be told of people is not told of
    places without any either, lest few and nobody look different; in sums both are nothing.
    """
    base = pd.Series(facts.sizes.unstack()).rename_axis(rows.index.names)
    told = rows.assign(base=base.reindex(rows.index))
    if facts.state.what == "people" and facts.base > 1:
        told["amount"] = told["amount"].where(told["amount"] > 0)
    told["per"] = told["amount"] / told["base"].where(told["base"] > 0)
    seen = told.index.get_level_values(AREA).isin(facts.inside[facts.inside].index)
    years = [_quotients_of(year) for _, year in told[seen].groupby(level="year")]
    return told.join(pd.concat(years))


def _quotients_of(year: pd.DataFrame) -> pd.DataFrame:
    """The areas in sight beside each other, in one year."""
    known, base = year["amount"].notna(), year["base"]
    amount = year["amount"].fillna(0.0).where(base.notna())
    quotient = concentration.location_quotient(amount, base)
    share = base / base.sum() if base.sum() > 0 else base * float("nan")
    return pd.DataFrame(
        {
            "held_share": (amount / amount.sum() if amount.sum() > 0 else amount).where(known),
            "base_share": share,
            "quotient": quotient.where(known),
            "due": share * year["cases"].where(base.notna()).sum(),
        }
    )


def _compared(rows: pd.DataFrame) -> pd.DataFrame:
    """Areas that are compared: those whose size is known; nothing where nothing is told."""
    known = rows[rows["base"].notna()]
    return known.assign(amount=known["amount"].fillna(0.0))


def _indices(facts: Facts, rows: pd.DataFrame, whole: pd.DataFrame) -> pd.DataFrame:
    """How unequal the areas in sight are in each year."""
    seen, told = facts.inside[facts.inside].index, {}
    districts = facts.areas["district_code"][seen]
    for year, both in rows.groupby(level="year"):
        here = _compared(both.droplevel("year").loc[seen])
        values, weights = here["amount"], here["base"]
        parts = concentration.theil_parts(values, districts, weights)
        told[year] = {
            "gini": concentration.gini(values, weights),
            "theil": concentration.theil(values, weights),
            "between": parts.between,
            "within": parts.within,
            "herfindahl": concentration.herfindahl(values),
            "herfindahl_even": concentration.herfindahl(weights),
            "top_share": concentration.top_share(values, weights),
            "areas": float(len(here)),
            "without": float((values == 0).sum()),
        }
    return whole.join(pd.DataFrame.from_dict(told, orient="index").rename_axis("year"))


def _why_concentration(facts: Facts, whole: pd.DataFrame) -> dict[int, Why]:
    """Nothing to share out, nobody to share with, or areas of which only a part is looked at."""
    if facts.state.administrative:
        return dict.fromkeys(facts.years, Why("part_of_areas"))
    people = why_of_people(facts) if facts.state.what == "people" else {}
    if people:
        return people
    nothing = whole.index[whole["gini"].isna()]
    alone = whole.index[whole["areas"] == 1]
    return dict.fromkeys(map(int, nothing), Why("nothing_spread")) | dict.fromkeys(
        map(int, alone), Why("lone_area")
    )


def _duplication(facts: Facts, key: str) -> pd.DataFrame:
    """What several support; without what chance would give where only one outcome is kept.

    Of the selected alone everybody was selected, so that nothing can be said of chance.
    """
    found = duplication.doubled(facts.applications, ["year", key])
    chance = ["expected", "chance_low", "chance_high"]
    return found.assign(**dict.fromkeys(chance, float("nan"))) if facts.state.outcome else found


def _why_duplication(facts: Facts, whole: pd.DataFrame) -> dict[int, Why]:
    """Years in which fewer than two supporters are left that could support the same group."""
    supporters = _selected(facts).groupby("year")["supporter"].nunique()
    supporters = supporters.reindex(list(facts.years), fill_value=0)
    return {int(year): Why("one_supporter") for year in supporters.index[supporters < 2]}


def _fatigue(facts: Facts, key: str) -> pd.DataFrame:
    """The burden of a year, and what those selected for the first time had been through."""
    found = fatigue.burden(facts.applications, ["year", key])
    before = fatigue.rejections_before(facts.applications)
    first = facts.applications.merge(
        before, left_on=["group_id", "year"], right_on=["group_id", "first_selected"]
    )
    first = first[first["outcome"] == Outcome.SELECTED].drop_duplicates(["group_id", key])
    by_key = first.dropna(subset=[key]).groupby(["year", key])["rejections"]
    found = found.join(by_key.agg(first_selected="size", rejections="mean"))
    found["first_selected"] = found["first_selected"].fillna(0)
    # Who was rejected before the first year is not known.
    found.loc[found.index.get_level_values("year") == facts.years[0], "rejections"] = float("nan")
    return found


def _mobilised(facts: Facts, key: str) -> pd.DataFrame:
    by = ["year", key]
    once = mobilisation.once(facts.named, by, facts.years[-1], facts.keys, facts.base)
    lent = mobilisation.lent(facts.named, by, keys=facts.keys, base=facts.base)
    least = mobilisation.at_minimum(facts.named, by)
    if facts.base > 1:
        once = rounded_within(once, "newcomers", ["gone"])
        once["gone_share"] = once["gone_share"].where(once["gone_share"] < 1)
        lent = rounded_within(lent, "people", ["lent"])
        # Of a few applications that all name the fewest, it is plain how many people there are.
        told = lent["people"].reindex(least.index).notna()
        least[["minimum", "minimum_share"]] = least[["minimum", "minimum_share"]].where(told)
    sure = funnel.wilson(once["gone"].where(once["gone_share"].notna()), once["newcomers"])
    return lent.join([once, sure, least], how="outer")


def _crossing(facts: Facts, key: str) -> pd.DataFrame:
    """How mixed a place is, and how many people are named across what is mixed."""
    of, by = facts.state.mix, ["year", key]
    found = mixture.mixture(facts.applications, by, of)
    return found.join(_across(mixture.bridging(facts.named, by, of), by, facts))


def _across(named: pd.DataFrame, by: list[str], facts: Facts) -> pd.DataFrame:
    """How many people there are, and how many of them are named on several sides."""
    cells = Cells(named, by, facts.keys, facts.base)
    told = pd.DataFrame(
        {"people": cells.count(), "across": cells.count(cells.having(named["across"]))}
    )
    if facts.base > 1:
        told = rounded_within(told, "people", ["across"])
        told = told if one_at_a_time(facts.state) else told.assign(people=np.nan, across=np.nan)
    return told.assign(across_share=told["across"] / told["people"])


def _why_crossing(facts: Facts, whole: pd.DataFrame) -> dict[int, Why]:
    """Nothing can be mixed where all is of one kind."""
    if facts.applications[facts.state.mix].nunique() > 1:
        return {}
    key = {"category": "one_kind_category", "department": "one_kind_department"}[facts.state.mix]
    return dict.fromkeys(facts.years, Why(key))


QUESTIONS = {
    "concentration": Question(
        _concentration,
        zeros=("amount", "cases"),
        value=lambda state: "quotient",
        rests_on="due",
        least=FEWEST_DUE,
        needs="groups",
        areas=_quotients,
        together=_indices,
        why=_why_concentration,
        cases=_cases,
        ratio=True,
    ),
    "duplication": Question(
        _duplication,
        zeros=("supported", "doubled", "money", "doubled_money"),
        value=lambda state: "doubled_share",
        rests_on="supported",
        least=FEWEST,
        why=_why_duplication,
    ),
    "fatigue": Question(
        _fatigue,
        zeros=("applications", "groups", "under_review", "first_selected"),
        value=lambda state: "per_group",
        rests_on="groups",
        least=FEWEST,
        why=why_of_outcomes,
    ),
    "mobilised": Question(
        _mobilised,
        zeros=("people", "lent", "newcomers", "gone", "applications", "minimum"),
        value=lambda state: "gone_share",
        rests_on="newcomers",
        least=FEWEST_PEOPLE,
        needs="people",
    ),
    "crossing": Question(
        _crossing,
        zeros=("n", "kinds", "people", "across"),
        value=lambda state: "entropy",
        rests_on="n",
        least=FEWEST,
        why=_why_crossing,
    ),
}


class SiloQueries:
    """What the questions on silos tell beyond the figures of each part."""

    def __init__(
        self, queries: Queries, kept: Kept, accounts: Accounts, clusters: ClusterQueries
    ) -> None:
        self._queries = queries
        self._kept = kept
        self._clusters = clusters
        self._accounts = accounts
        self._indices = lru_cache(maxsize=KEPT_ANSWERS)(self._make_indices)
        self._sides = lru_cache(maxsize=KEPT_ANSWERS)(self._make_across)

    def indices(self, state: ViewState) -> pd.DataFrame:
        """Gini, Theil, Herfindahl and the top tenth's share of the year, with intervals."""
        made: pd.DataFrame = self._indices(replace(state.asked, year=state.year))
        return made

    def _make_indices(self, state: ViewState) -> pd.DataFrame:
        rows = _compared(self._accounts.account(state).of(state.year))
        return concentration.bootstrap(rows["amount"], rows["base"]).rename_axis("index")

    def lorenz(self, state: ViewState) -> pd.DataFrame:
        """The Lorenz curve of the year."""
        rows = _compared(self._accounts.account(state).of(state.year))
        return concentration.lorenz(rows["amount"], rows["base"])

    def beyond(self, state: ViewState) -> pd.DataFrame:
        """What of each neighbourhood is farther than 800 m from a group active in the year.

        Index the codes of the neighbourhoods in the chosen districts: names, ``area_km2``,
        ``far_share`` of it, ``population`` (estimated by area where it is not known).
        """
        level = Level.NEIGHBOURHOOD
        areas = self._queries.areas(level)
        if state.district:
            areas = areas[areas["district_code"].isin(state.district)]
        # Groups across the border are as near as those on this side of it.
        everywhere = ViewState(
            year=state.year, count=Count.ACTIVE, **state.filters | {"district": ()}
        )

        def measure() -> pd.DataFrame:
            present = self._queries.presence(everywhere)[state.year].to_numpy()
            shapes = self._queries.shapes(level)
            return proximity.beyond(self._queries.spots[present], shapes).rename("share").to_frame()

        share = self._kept.table(f"beyond {everywhere}", measure)["share"]
        population = self._queries.population(level)[state.year]
        names = areas[["name_ko", "name_en", "area_km2"]]
        return names.assign(far_share=share, population=population.reindex(areas.index))

    def far(self, state: ViewState) -> pd.Series[float]:
        """What is beyond, of the place in view together.

        ``area_km2``, ``far_km2``, ``residents``, ``far_residents``; the last two are missing
        where residents are not known.
        """
        rows = self._of_place(self.beyond(state), state)
        told = {
            "area_km2": rows["area_km2"].sum(),
            "far_km2": (rows["far_share"] * rows["area_km2"]).sum(),
            "residents": rows["population"].sum(skipna=False),
            "far_residents": (rows["far_share"] * rows["population"]).sum(skipna=False),
        }
        return pd.Series(told)

    def without(self, state: ViewState) -> tuple[pd.DataFrame, int]:
        """Neighbourhoods of the place in view where no group has applied until the year.

        Those with the most residents first; names and ``area_km2`` as areas have them. Beside
        them, how many groups of the place are in no known neighbourhood.
        """
        asked = ViewState(year=state.year, level=Level.NEIGHBOURHOOD, **state.filters)
        frames = self._queries.frames(asked)
        areas = frames.areas.assign(population=frames.population[state.year])
        empty = areas[frames.inside & (frames.groups[state.year] == 0)]
        empty = empty.sort_values(["population", "area_km2"], ascending=False, kind="stable")
        groups = self._queries.atlas.groups
        present = self._queries.presence(asked)[state.year].to_numpy()
        lost = present & groups["neighbourhood_code"].isna()
        if state.area is not None:
            lost &= groups["district_code"] == state.area
        return self._of_place(empty, state), int(lost.sum())

    def _of_place(self, neighbourhoods: pd.DataFrame, state: ViewState) -> pd.DataFrame:
        """Those that are the area looked at or lie in it; all without one."""
        if state.area is None:
            return neighbourhoods
        district = self._queries.areas(Level.NEIGHBOURHOOD)["district_code"]
        codes = neighbourhoods.index
        return neighbourhoods[(codes == state.area) | (district[codes] == state.area).to_numpy()]

    def matrix(self, state: ViewState) -> pd.DataFrame:
        """Pairs of supporters, and the groups in view that both of them support in the year.

        Beside what chance gives with the city's rates, as `doubled` has it; ``q`` is p corrected
        for the number of pairs. Missing where only one outcome is kept.
        """
        facts = self._accounts.facts(state)
        applied = facts.applications[facts.applications["year"] == state.year]
        found = duplication.matrix(applied[in_view(applied, state)], applied)
        if state.outcome:
            found[["expected", "ratio", "p"]] = float("nan")
        return found.assign(q=corrected(found["p"]))

    def tries(self, state: ViewState) -> pd.DataFrame:
        """Groups by how often they applied in the year."""
        applied = self._accounts.facts(state).applications
        now = applied[in_view(applied, state) & (applied["year"] == state.year)]
        return fatigue.distribution(now, ["year"])[["applications", "groups"]]

    def across(self, state: ViewState) -> pd.DataFrame:
        """People of the place in view who are named on several sides of a border in one year.

        ``of`` (category, department, district), ``year``, ``people`` (named with a known side),
        ``across``, ``share``. Other districts count as sides wherever they are.
        """
        made: pd.DataFrame = self._sides(replace(state.asked, area=state.area))
        return made

    def clusters(self, state: ViewState) -> pd.DataFrame:
        """Clusters of all groups there were by the year, with the districts that each lies in.

        As the question of clusters finds them by itself, whatever is filtered; of these, those
        with a group in the chosen districts. ``cluster``, ``name_ko``, ``name_en``, ``groups``,
        ``crosses``, ``district_codes`` (separated by spaces, most groups first); largest first.
        """
        asked = default(self._queries.choices, "clusters").asked

        def find() -> pd.DataFrame:
            columns = ["cluster", "name_ko", "name_en", "groups", "crosses", "district_codes"]
            rows = self._clusters.clusters(asked).rows
            every = {year: table.reindex(columns=columns) for year, table in rows.items()}
            return pd.concat(every, names=["year", None]).reset_index("year")

        # The outlines of clusters take their time, and are not needed here.
        found = self._kept.table(f"clusters across districts {asked}", find)
        found = found[found["year"] == state.year].drop(columns="year").reset_index(drop=True)
        if not state.district:
            return found
        chosen = set(state.district)
        lying_in = [not chosen.isdisjoint(codes.split()) for codes in found["district_codes"]]
        return found[lying_in].reset_index(drop=True)

    def _make_across(self, state: ViewState) -> pd.DataFrame:
        facts = self._accounts.facts(state)
        named = facts.named
        here = named[in_view(named, state)]
        seen = here[["year", "person_id"]].drop_duplicates()
        found = {}
        for of in ("category", "department", "district"):
            sides = mixture.bridging(named if of == "district" else here, ["year"], of)
            told = _across(sides.merge(seen), ["year"], facts)
            found[of] = told.rename(columns={"across_share": "share"}).reindex(list(facts.years))
        return pd.concat(found, names=["of", "year"]).reset_index()
