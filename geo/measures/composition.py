"""Who takes part: women and men, generations, and whether residents are like that too."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from geo.measures.disclosure import Cells, headcount, perturbed
from geo.measures.funnel import wilson

COHORTS: dict[str, tuple[int | None, int | None]] = {
    "before": (None, 1945),
    "boomers": (1946, 1965),
    "between": (1966, 1973),
    "youth": (1974, 1994),
    "after": (1995, None),
}
"""First and last year of birth: aged 48 to 67 and 19 to 39 in 2013, between them and beyond."""
BIN, OLDEST = 5, 85
"""Years of age in a bin, and the lowest age of the last, which is open."""
MISSING = float("nan")


def birth_cohort(birth_year: pd.Series[int]) -> pd.Series[str]:
    """Which generation somebody is of, by the year of birth.

    Formula:
        before until 1945, boomers 1946–1965, between 1966–1973, youth 1974–1994, after from 1995
        on. Boomers were 48–67 and youth 19–39 years old in 2013.

    Source:
        The bands of age in which the seed programme of 2013 was counted; a cohort keeps its people
        as the years go by: Ryder (1965), The cohort as a concept in the study of social change.

    Assumes:
        Whoever was born in a year reaches in 2013 the age of 2013 less that year.

    Limits:
        A generation has no sharp edge: who was born in 1965 or in 1966 is hardly different. The
        generations are of 8 to 21 years, so the widest are the largest.

    Args:
        birth_year: years, on any index; may be missing.

    Returns:
        Names of `COHORTS` on the same index, missing where the year is.

    >>> birth_cohort(pd.Series([1950, 1974, None], dtype="Int64")).tolist()
    ['boomers', 'youth', nan]
    """
    starts = [first for first, _ in COHORTS.values() if first is not None]
    year = birth_year.to_numpy(dtype=float, na_value=np.nan)
    names = np.array([*COHORTS, None], dtype=object)
    position = np.where(np.isnan(year), -1, np.searchsorted(starts, year, side="right"))
    return pd.Series(names[position], index=birth_year.index, dtype="str", name="cohort")


def composition(
    named: pd.DataFrame, by: Sequence[str], keys: pd.Series[int] | None = None, base: int = 1
) -> pd.DataFrame:
    """How many women and men, and how many of each generation, are named.

    Formula:
        Different people, each part counted for itself. Share of women = women/(women + men);
        share of a generation = its people/(people whose year of birth is known), at most 1. For a
        public audience people are rounded, and all other counts are moved by at most 5; shares
        are of the numbers told: men who are not told add nothing below the line.

    Source:
        Definitions of this atlas; numbers are told as by Fraser and Wooton (2005), A proposed
        method for confidentialising tabular output to protect against differencing.

    Assumes:
        Those of whom gender or year of birth is not known are like the others.

    Limits:
        Numbers that were rounded or moved do not add up, and a share of few people is rough: of
        200 people by some 1 point, by 5 at most. Who is named in an application need not
        have come, and those who came need not be named.

    Args:
        named: one row a person and application; ``person_id``, ``gender``, ``birth_year`` and the
            columns of ``by``; gender and year of birth may be missing.
        by: what tells one row of the result from another.
        keys: as `geo.measures.disclosure.record_keys` makes them, for a public audience; none for
            exact numbers.
        base: people are rounded to a multiple of it, and nothing is told of fewer.

    Returns:
        Float columns ``people``, ``women``, ``men``, ``gender_unknown``, one for each name of
        `COHORTS`, ``cohort_unknown``, ``women_share`` and for each cohort its ``…_share``, from 0
        to 1; index ``by``. With keys nobody is missing too.

    >>> named = pd.DataFrame(
    ...     {"person_id": ["a", "a", "b", "c"], "gender": ["female", "female", "male", None],
    ...      "birth_year": [1980, 1980, 1950, 1990], "year": 2013})
    >>> found = composition(named, ["year"])
    >>> found[["people", "women", "gender_unknown", "youth"]].to_numpy().tolist()
    [[3.0, 1.0, 1.0, 2.0]]
    >>> found["women_share"].tolist(), found["boomers_share"].round(2).tolist()
    ([0.5], [0.33])
    """
    cells = Cells(named, by, keys, base)
    gender, cohort = named["gender"], birth_cohort(named["birth_year"])
    parts = {"women": gender == "female", "men": gender == "male", "gender_unknown": gender.isna()}
    parts |= {name: cohort == name for name in COHORTS} | {"cohort_unknown": cohort.isna()}
    told = {name: cells.perturbed(cells.having(rows)) for name, rows in parts.items()}
    found = pd.DataFrame({"people": cells.count()} | told)
    found["women_share"] = found["women"] / found[["women", "men"]].sum(axis=1)
    known = cells.perturbed(cells.having(cohort.notna()))
    for name in COHORTS:
        found[f"{name}_share"] = (found[name] / known).clip(upper=1)
    return found


def pyramid(
    named: pd.DataFrame, year: int, keys: pd.Series[int] | None = None, base: int = 1
) -> pd.DataFrame:
    """How old the women and men are who are named, in steps of five years.

    Formula:
        Age = year − year of birth. Different people of each sex with an age of 0–4, 5–9, … 80–84,
        and of 85 or more.

    Source:
        The population pyramid, as in Preston, Heuveline and Guillot (2001), Demography: Measuring
        and Modeling Population Processes; numbers are told as by Fraser and Wooton (2005), A
        proposed method for confidentialising tabular output to protect against differencing.

    Assumes:
        Everybody has had the birthday of that year.

    Limits:
        Whose gender or year of birth is not known is not in it. For a public audience each number
        is moved by at most 5, which thin steps feel most, and those of few people are left out
        rather than none.

    Args:
        named: one row a person and application; ``person_id``, ``gender``, ``birth_year``.
        year: when people are as old as that; later births are left out.
        keys: as `geo.measures.disclosure.record_keys` makes them, for a public audience; none for
            exact numbers.
        base: with keys nothing is told of fewer people.

    Returns:
        Numbers of people, index ``age`` (the lowest of each step), columns ``women`` and ``men``;
        0 for nobody without keys, missing for nobody and few with them.

    >>> named = pd.DataFrame(
    ...     {"person_id": list("aab"), "gender": ["male", "male", "female"],
    ...      "birth_year": [1980, 1980, 1920]})
    >>> pyramid(named, 2013).loc[[30, 85]].to_numpy().tolist()
    [[0.0, 1.0], [1.0, 0.0]]
    """
    people = named[["person_id", "gender", "birth_year"]].drop_duplicates("person_id")
    years = year - people["birth_year"].to_numpy(dtype=float, na_value=np.nan)
    lowest = np.minimum(years // BIN * BIN, OLDEST)
    people = people.assign(age=pd.array(lowest, dtype="Int64"))[years >= 0]
    told = {}
    for name, gender in (("women", "female"), ("men", "male")):
        of = people[people["gender"] == gender]
        told[name] = headcount(of, ["age"]) if keys is None else perturbed(of, ["age"], keys, base)
    steps = pd.RangeIndex(0, OLDEST + 1, BIN, name="age")
    found = pd.DataFrame({name: count.reindex(steps) for name, count in told.items()})
    return found.fillna(0.0) if keys is None else found


def ages(residents: pd.DataFrame, low: int | None, high: int | None) -> pd.Series[float]:
    """Residents from one age to another, both included, out of bins of five years.

    Formula:
        Σ over bins of residents × (years of the bin from low to high)/5. Of those aged 85 or more
        all where the ages go up to 85 or further, else none.

    Source:
        An even spread within a bin of five years, the simplest interpolation: Shryock and Siegel
        (1971), The Methods and Materials of Demography.

    Assumes:
        Each year of age inside a bin has as many people as the next.

    Limits:
        Births rise and fall from year to year, so at the ends it may be a few per cent off. From
        an age above 85 on nothing is known.

    Args:
        residents: columns ``women`` and ``men``, index the lowest age of each bin.
        low: the first age; below 0 or None is 0.
        high: the last age, as far as its end; None for no limit.

    Returns:
        ``women`` and ``men``; 0 where no age is between, missing where ``low`` is above 85.

    >>> residents = pd.DataFrame({"women": [500, 100], "men": [400, 90]}, index=[15, 20])
    >>> ages(residents, 19, 39).to_dict()
    {'women': 200.0, 'men': 170.0}
    """
    first, last = max(low or 0, 0), math.inf if high is None else high
    start = residents.index.to_numpy(dtype=float)
    inside = np.minimum(start + BIN - 1, last) - np.maximum(start, first) + 1
    share = np.where(start == OLDEST, first <= OLDEST <= last, np.clip(inside / BIN, 0, 1))
    if OLDEST < first <= last:
        share = np.full(len(start), MISSING)
    return residents[["women", "men"]].astype("float64").mul(share, axis=0).sum(skipna=False)


def residents_by_cohort(residents: pd.DataFrame, year: int) -> pd.DataFrame:
    """How many residents are of each generation, by their ages in a year.

    Formula:
        Of the generation born from b₁ to b₂, residents aged year − b₂ to year − b₁; share = these
        over the residents of all generations.

    Source:
        Cohorts read from a census by age: Ryder (1965), The cohort as a concept in the study of
        social change. Ages out of bins: Shryock and Siegel (1971), The Methods and Materials of
        Demography.

    Assumes:
        The ages that residents had in the year of the census, they have in this year too.

    Limits:
        The city grows older: by 2017 there were more of the old and fewer of the young than in
        the census of 2010. Children are residents and hardly ever named. From 2031 on the oldest
        cannot be told apart, and the generation before has no figure.

    Args:
        residents: columns ``women`` and ``men``, index the lowest age of bins of five years, as
            `geo.residents.residents_by_age_and_sex` reads them.
        year: when the generations are as old as that.

    Returns:
        Index `COHORTS`, columns ``women``, ``men``, ``share`` (from 0 to 1, of both together).

    >>> from geo.residents import residents_by_age_and_sex
    >>> residents_by_cohort(residents_by_age_and_sex(), 2013)["share"].round(3).to_dict()
    {'before': 0.074, 'boomers': 0.246, 'between': 0.132, 'youth': 0.355, 'after': 0.193}
    """
    found = pd.DataFrame(
        {
            name: ages(residents, last and year - last, None if first is None else year - first)
            for name, (first, last) in COHORTS.items()
        }
    ).T
    people = found.sum(axis=1, skipna=False)
    return found.assign(share=people / people.sum())


class Representation(NamedTuple):
    """How many times as often as among residents, and the interval of 95 % around it."""

    ratio: float
    low: float
    high: float


def representation(part: float, whole: float, share: float) -> Representation:
    """Whether a part of the residents is among the people named as often as among residents.

    Formula:
        (part/whole)/share, 1 where people are like residents; its interval is that of part/whole
        (Wilson, 95 %) divided by share.

    Source:
        The participation to prevalence ratio, here with residents: Scott, Unger, Jenkins and others
        (2018), Participation of women in clinical trials supporting FDA approval of cardiovascular
        drugs. The interval: Wilson (1927), Probable inference, the law of succession, and
        statistical inference.

    Assumes:
        The people named are as if drawn from those who could have been; the share of residents
        is known without error.

    Limits:
        It says nothing of why. People come in groups of like people, so the true interval is
        wider, and rounding adds to it. Children and the oldest are residents who are hardly ever
        named, which lifts the ratio of all others.

    Args:
        part: people of the kind.
        whole: all people of whom it is known.
        share: of the kind among residents, from 0 to 1.

    Returns:
        Figures as `Representation` names them; missing without people, or where ``part``,
        ``whole`` or ``share`` is missing or ``share`` is 0. A part that is larger than its whole
        by rounding counts as the whole.

    >>> [round(figure, 3) for figure in representation(60, 100, 0.5)]
    [1.2, 1.004, 1.381]
    """
    if not (part >= 0 and whole > 0 and share > 0):
        return Representation(MISSING, MISSING, MISSING)
    of_kind = min(part, whole)
    bounds = wilson(pd.Series([of_kind]), pd.Series([whole])).iloc[0]
    return Representation(
        of_kind / whole / share, float(bounds["low"]) / share, float(bounds["high"]) / share
    )
