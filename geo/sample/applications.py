"""Who applies when, to which programme and bureau, and what becomes of it."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.sample.figures import (
    BUREAU_PROGRAMME,
    BUREAUS_OF,
    CATEGORIES,
    DEPARTMENTS,
    EVALUATED_UNTIL,
    GEUMCHEON,
    NETWORK_YEARS,
    SEED_PROGRAMME,
    SELECTED,
)
from geo.schema import Outcome

APPLIES_AGAIN = {"selected": 0.70, "rejected": 0.40, "neither": 0.10}
"""Chance of applying in a year, by what became of the year before."""
MORE_IN_A_YEAR, MOST_IN_A_YEAR = 0.65, 4
SEED_AT_FIRST, SEED_LATER = 0.74, 0.42
OUT_OF_FIELD = 0.25
"""Share of bureau applications that go to any bureau, whatever the category."""
SELECTED_AT_FIRST = 0.47
DISTRICTS_DIFFER, EXPERIENCE, BUREAU_IS_HARDER = 0.30, 0.35, 0.25
"""In log odds of being selected: spread over districts, per year won, against the seed."""
WAITING, WAITING_ELSEWHEN = 0.04, 0.01
"""Under review: in 2013 and in the last year of data; otherwise. None in 2012, as printed."""
CLOSED_YEAR, CLOSED = 2012, 0.02
"""The year and share of 찾마감, which the legend prints and does not explain."""
EACH_LABEL = 3
"""Applications of Geumcheon-gu's network that carry each printed label, at least."""
MILLION = 1_000_000
SEED_KRW, BUREAU_KRW = (1 * MILLION, 5 * MILLION), (3 * MILLION, 50 * MILLION)
WORDS = {
    Outcome.SELECTED: "선정",
    Outcome.REJECTED: "탈락",
    Outcome.UNDER_REVIEW: "심사중",
    Outcome.OTHER: "찾마감",
}


def apply(
    rng: np.random.Generator, groups: gpd.GeoDataFrame, years: list[int], *, evaluated: bool
) -> pd.DataFrame:
    """Applications of every group from its founding on.

    Args:
        rng: draws.
        groups: as `found` gives them.
        years: every year in order.
        evaluated: whether the evaluation's number of selected ones is to be met.

    Returns:
        Columns of the schema but ``participants``, and ``group`` (position), ``first``
        (whether it is of the group's first year), ``bureau`` (position); by year and group.
    """
    districts = pd.factorize(groups["district_code"])[0]
    liking = rng.normal(0, DISTRICTS_DIFFER, districts.max() + 1)[districts]
    liking -= liking.mean()
    won, tried = np.zeros(len(groups), dtype=bool), np.zeros(len(groups), dtype=bool)
    wins = np.zeros(len(groups))
    frames = []
    for year in years:
        frame = _of_year(rng, groups, year, won, tried)
        odds = np.log(SELECTED_AT_FIRST / (1 - SELECTED_AT_FIRST)) + liking + EXPERIENCE * wins
        _decide(rng, frame, odds, year, last=year == years[-1])
        if year in NETWORK_YEARS:
            _print_labels(rng, frame, groups, year)
        frames.append(frame)
        tried = np.isin(np.arange(len(groups)), frame["group"])
        selected = frame.loc[frame["outcome"] == Outcome.SELECTED, "group"]
        won = np.isin(np.arange(len(groups)), selected)
        wins += won
    applications = pd.concat(frames, ignore_index=True)
    if evaluated:
        _meet_evaluation(rng, applications, groups)
    return _written(rng, applications, groups)


def _of_year(
    rng: np.random.Generator,
    groups: gpd.GeoDataFrame,
    year: int,
    won: np.ndarray,
    tried: np.ndarray,
) -> pd.DataFrame:
    """Who applies in a year, how often, to which programme and bureau."""
    founded = groups["year"].to_numpy(int)
    chance = np.select(
        [founded > year, founded == year, won, tried],
        [0.0, 1.0, APPLIES_AGAIN["selected"], APPLIES_AGAIN["rejected"]],
        APPLIES_AGAIN["neither"],
    )
    times = np.minimum(1 + rng.poisson(MORE_IN_A_YEAR, len(groups)), MOST_IN_A_YEAR)
    group = np.repeat(np.arange(len(groups)), times * (rng.random(len(groups)) < chance))
    first = founded[group] == year
    seed = rng.random(len(group)) < np.where(first, SEED_AT_FIRST, SEED_LATER)
    bureau = _bureaus(rng, groups["category"].to_numpy()[group])
    return pd.DataFrame(
        {
            "group": group,
            "year": year,
            "first": first,
            "programme": np.where(seed, SEED_PROGRAMME, BUREAU_PROGRAMME),
            "bureau": np.where(seed, 0, bureau),
        }
    )


def _bureaus(rng: np.random.Generator, categories: np.ndarray) -> np.ndarray:
    """A bureau for each category, mostly of its field."""
    table = np.full((len(CATEGORIES), len(DEPARTMENTS)), OUT_OF_FIELD / len(DEPARTMENTS))
    for row, category in zip(table, CATEGORIES, strict=True):
        own = list(BUREAUS_OF[category])
        row[own] += (1 - OUT_OF_FIELD) / len(own)
    rows = pd.Index(CATEGORIES).get_indexer(pd.Index(categories))
    below = np.cumsum(table, axis=1)[rows, :-1]
    return np.asarray((rng.random((len(rows), 1)) > below).sum(axis=1))


def _decide(
    rng: np.random.Generator, frame: pd.DataFrame, odds: np.ndarray, year: int, *, last: bool
) -> None:
    """The outcome of each application, by the log odds of its group."""
    waiting = WAITING if last or year == max(NETWORK_YEARS) else WAITING_ELSEWHEN
    waiting, closed = (0.0, CLOSED) if year == CLOSED_YEAR else (waiting, 0.0)
    harder = BUREAU_IS_HARDER * (frame["programme"] == BUREAU_PROGRAMME)
    chance = 1 / (1 + np.exp(harder - odds[frame["group"]]))
    luck = rng.random(len(frame))
    decided = waiting + closed
    frame["outcome"] = np.select(
        [luck < waiting, luck < decided, luck < decided + (1 - decided) * chance],
        [Outcome.UNDER_REVIEW, Outcome.OTHER, Outcome.SELECTED],
        Outcome.REJECTED,
    )


def _print_labels(
    rng: np.random.Generator, frame: pd.DataFrame, groups: gpd.GeoDataFrame, year: int
) -> None:
    """Every label of the legend stands in Geumcheon-gu."""
    plan = [
        (programme, outcome)
        for programme in (SEED_PROGRAMME, BUREAU_PROGRAMME)
        for outcome in (Outcome.REJECTED, Outcome.SELECTED)
    ]
    unnamed = Outcome.OTHER if year == CLOSED_YEAR else Outcome.UNDER_REVIEW
    plan.append((BUREAU_PROGRAMME, unnamed))
    here = (groups["district_code"] == GEUMCHEON).to_numpy()[frame["group"]]
    rows = rng.permutation(np.flatnonzero(here))[: EACH_LABEL * len(plan)]
    programme, outcome = zip(*(plan * EACH_LABEL), strict=True)
    frame.loc[rows, "programme"] = programme
    frame.loc[rows, "outcome"] = outcome
    bureau = _bureaus(rng, groups["category"].to_numpy()[frame.loc[rows, "group"]])
    frame.loc[rows, "bureau"] = np.where(np.array(programme) == SEED_PROGRAMME, 0, bureau)


def _meet_evaluation(
    rng: np.random.Generator, frame: pd.DataFrame, groups: gpd.GeoDataFrame
) -> None:
    """Exactly as many selected applications as evaluated: a few outcomes are turned.

    Those of Geumcheon-gu stay, since its labels are planted.
    """
    early = frame["year"] <= EVALUATED_UNTIL
    over = int((early & (frame["outcome"] == Outcome.SELECTED)).sum()) - SELECTED
    turned = (Outcome.SELECTED, Outcome.REJECTED)
    source, target = turned if over > 0 else turned[::-1]
    elsewhere = (groups["district_code"] != GEUMCHEON).to_numpy()[frame["group"]]
    rows = np.flatnonzero(early & elsewhere & (frame["outcome"] == source))
    frame.loc[rng.choice(rows, abs(over), replace=False), "outcome"] = target


def _written(
    rng: np.random.Generator, frame: pd.DataFrame, groups: gpd.GeoDataFrame
) -> pd.DataFrame:
    """With identifiers, bureaus by name, amounts and the label as printed."""
    frame["application_id"] = [f"a{number:06d}" for number in range(1, len(frame) + 1)]
    frame["group_id"] = groups["group_id"].to_numpy()[frame["group"]]
    frame["amount_krw"] = _amounts(rng, frame)
    other = frame["outcome"] == Outcome.OTHER
    waiting = frame["outcome"] == Outcome.UNDER_REVIEW
    unnamed = other | (waiting & (frame["year"] == max(NETWORK_YEARS)))
    frame["programme"] = frame["programme"].mask(unnamed)
    frame["department"] = pd.Series(np.array(DEPARTMENTS)[frame["bureau"]]).mask(other)
    year = (frame["year"] % 100).map("{:02d}년 ".format)
    frame["label"] = year + frame["programme"].fillna("") + frame["outcome"].map(WORDS)
    return frame


def _amounts(rng: np.random.Generator, frame: pd.DataFrame) -> np.ndarray:
    """What was granted where selected, otherwise what was asked for; whole 10,000 won."""
    seed = (frame["programme"] == SEED_PROGRAMME).to_numpy()
    least, most = np.where(seed[:, None], SEED_KRW, BUREAU_KRW).T
    usual = np.where(seed, 3 * MILLION, 10 * MILLION)
    asked = usual * rng.lognormal(0, np.where(seed, 0.35, 0.6))
    granted = np.where(frame["outcome"] == Outcome.SELECTED, rng.uniform(0.6, 1, len(frame)), 1)
    amount = np.clip(np.clip(asked, least, most) * granted, least, most)
    step = np.where(granted == 1, 100_000, 10_000)
    return np.asarray((amount / step).round().astype("int64") * step)
