"""The simulated atlas: no group or person in it is real, its totals are the published ones.

One seed makes one city. Groups are founded by the given totals, stand in planted clusters
around the named sites and some unnamed places, which widen from year to year, or next door to
earlier ones, or among the residents. They apply, are selected or rejected, come again or do
not; people are named in applications, some in several. Two networks are planted: Geumcheon-gu's
six interest groups, with few ties across, and Gangdong-gu's group C. An office records each
group in one of the administrative neighbourhoods that held its legal one when it was founded.

What is printed is met exactly (`geo.sample.figures`); all else is made up. The evaluation's
unit programmes and the stage of a project have no column in an atlas and are left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd

from geo.atlas import Manifest, write_snapshot
from geo.boundaries import Boundaries
from geo.errors import UnknownValue
from geo.files import written_to
from geo.sample.applications import apply
from geo.sample.figures import EVALUATED_UNTIL, NETWORK_YEARS, TIES_ACROSS, TOTALS
from geo.sample.memberships import count_participants, name_people
from geo.sample.places import found, lay_out, record_units
from geo.schema import TABLES, Provenance
from geo.validation import validate

__all__ = ["SEED", "TOTALS", "Simulation", "simulate", "write"]

SEED = 2012
MADE_AT = datetime(2026, 1, 1, tzinfo=UTC)
NAME = "서울 마을 표본 (모의 자료) / Seoul sample (simulated)"
OFFICES = 1
"""Beside the seed: a generator apart, so that what offices record moves nothing else."""
FEWEST_NEW = 60
"""New groups that a year of Geumcheon-gu's network needs: its own, and some elsewhere."""
MOST_ACROSS = 0.2


@dataclass(frozen=True)
class Simulation:
    """Tables of an atlas, and what was planted: never part of them.

    ``planted`` has ``kind``, ``id`` and ``label``: the ``cluster`` of a group, the ``community``
    of a person, the ``rising`` patch of a neighbourhood (three times as many of the city's new
    groups from 2015 on), the year in which a cluster was ``born``. Neighbourhoods where a
    cluster is born late, or that the front around a site reaches late, rise as well.
    """

    tables: dict[str, pd.DataFrame]
    planted: pd.DataFrame


def write(
    out: Path, boundaries: Boundaries, seed: int = SEED, totals: Mapping[int, int] = TOTALS
) -> Manifest:
    """Simulate an atlas and write it as a snapshot; the same arguments give the same bytes.

    Raises as `simulate` does, and `geo.errors.Unwritable` where the files cannot be written.
    """
    by_year = ",".join(f"{year}={total}" for year, total in sorted(totals.items()))
    tables = validate(simulate(seed, boundaries, totals).tables, boundaries, Provenance.SIMULATED)
    with written_to(out):
        return write_snapshot(
            tables,
            out,
            name=NAME,
            made_from=f"python -m geo sample --seed {seed} --totals {by_year}",
            provenance=Provenance.SIMULATED,
            made_at=MADE_AT,
        )


def simulate(
    seed: int,
    boundaries: Boundaries,
    totals: Mapping[int, int] = TOTALS,
    *,
    ties_across: float = TIES_ACROSS,
) -> Simulation:
    """One simulated city.

    Whatever the totals, Geumcheon-gu has its 2012 and 2013 network whole, with every printed
    label, and the counted participants of 2013 have the printed shares to the nearest person.
    The evaluation's selected applications and participants hold where the totals until 2015
    are the default ones; elsewhere their numbers follow from the same chances.

    Args:
        seed: of the random generators.
        boundaries: districts and neighbourhoods of Seoul, EPSG:5179.
        totals: groups founded by the end of each year, from 2012 to 2013 or later without a
            gap: at least 60 new ones in 2012 and 2013, and never fewer than the year before.
        ties_across: wanted share of the ties (pairs of people named in one application, 2012
            and 2013) among the people of the six communities that join two of them, from 0 to
            0.2; met as nearly as one more or less visitor from another community allows.

    Raises:
        UnknownValue: totals or a share that cannot be.
    """
    years = _checked(totals, ties_across)
    evaluated = all(totals.get(year) == TOTALS[year] for year in TOTALS if year <= EVALUATED_UNTIL)
    rng = np.random.default_rng(seed)
    land = lay_out(rng, boundaries, years[0])
    groups = found(rng, land, boundaries, totals)
    applications = apply(rng, groups, years, evaluated=evaluated)
    memberships, people, communities = name_people(
        rng, groups, applications, boundaries, ties_across
    )
    applications["participants"] = count_participants(
        rng, applications, memberships, evaluated=evaluated
    )
    clusters = groups.loc[groups["cluster"] != "", ["group_id", "cluster"]]
    planted = {
        "cluster": clusters.set_axis(["id", "label"], axis=1),
        "community": communities,
        "rising": pd.DataFrame(
            {
                "id": land.neighbourhoods["code"].to_numpy()[land.rising["position"]],
                "label": land.rising["patch"],
            }
        ),
        "born": land.centres[["name", "from_year"]].set_axis(["id", "label"], axis=1).astype(str),
    }
    groups["administrative_code"] = record_units(
        np.random.default_rng([seed, OFFICES]), groups, boundaries.administrative_legal
    )
    made = {"groups": groups, "applications": applications, "people": people}
    tables = {name: _schema_columns(name, frame) for name, frame in made.items()}
    return Simulation(
        tables | {"memberships": memberships, "sites": land.sites},
        pd.concat(planted, names=["kind"]).reset_index("kind").reset_index(drop=True),
    )


def _checked(totals: Mapping[int, int], ties_across: float) -> list[int]:
    if not 0 <= ties_across <= MOST_ACROSS:
        raise UnknownValue("share of ties across", ties_across, [f"0 to {MOST_ACROSS:g}"])
    years = sorted(totals)
    new = np.diff([0, *(totals[year] for year in years)])
    first, last = min(NETWORK_YEARS), max(NETWORK_YEARS)
    whole = years == list(range(first, first + len(years))) and last in years
    if not whole or new[: len(NETWORK_YEARS)].min() < FEWEST_NEW or new.min() < 0:
        allowed = (
            f"every year from {first} to {last} or later, {FEWEST_NEW} new groups or more in "
            f"{first} and in {last}, and never fewer groups than the year before"
        )
        raise UnknownValue("totals", dict(totals), [allowed])
    return years


def _schema_columns(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """What the snapshot keeps of a table."""
    return frame[[column.name for column in TABLES[name].columns if column.name in frame]]
