"""Who is named in which application, and how many take part."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.boundaries import Boundaries
from geo.sample.figures import (
    COMMUNITIES,
    DEPARTMENTS,
    ELSEWHERE,
    ELSEWHERE_PEOPLE,
    EVALUATED_UNTIL,
    GEUMCHEON,
    LEAST_PEOPLE,
    NETWORK_PEOPLE,
    NETWORK_YEARS,
    PARTICIPANTS,
)
from geo.sample.people import describe
from geo.schema import Outcome, Role

MORE_AT_FIRST, MOST_AT_FIRST = 2.2, 9
A_NEWCOMER, A_GUEST = 100, 200
"""Places behind those of a group's first people, in the order in which people represent it."""
SHARED = 6
"""People of the rest of a community that each of its groups names beside its own."""
JOINING = 0.45
"""New people an application brings to a group that exists already."""
LEADING = 0.3
"""The first person of a group is drawn as if this much of her lot: she is mostly there."""
NAMED_MORE = (1.9, 0.5)
LENT = (0.07, 0.28)
"""Per bureau, from the first to the last: people named beyond the least, and the chance that
somebody of another group is lent; the last ones mobilise more than they gather."""
LENT_FROM_M = 700
LENT_LEADERS = 0.5


@dataclass(frozen=True)
class Circle:
    """People around the groups.

    ``members`` has columns ``group``, ``person``, ``since`` (position of the application that
    brought the person, -1 for the first), ``place`` (order in the group). ``first`` and ``size``
    are, by group, where its own people begin and how many they are. ``community`` is by person.
    """

    members: pd.DataFrame
    first: np.ndarray
    size: np.ndarray
    community: pd.Series[str]


def name_people(
    rng: np.random.Generator,
    groups: gpd.GeoDataFrame,
    applications: pd.DataFrame,
    boundaries: Boundaries,
    ties_across: float,
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Tables ``memberships`` and ``people``, and the planted community of each person in one."""
    circle = _joined(rng, _circle(rng, groups), applications, groups)
    named = _named(rng, circle, applications)
    visits = _visits(rng, named, circle, groups, applications, ties_across)
    lent = _lent(rng, circle, groups, applications)
    named = pd.concat([named, visits, lent]).drop_duplicates(["application", "person"])
    named = named.sort_values(["application", "place", "person"], ignore_index=True)
    represents = ~named["application"].duplicated()
    # In random order, so that a pseudonym tells nothing of whose it is.
    pseudonyms = rng.permutation(named["person"].max() + 1)
    ids = pd.Series([f"p{number + 1:06d}" for number in pseudonyms])
    memberships = pd.DataFrame(
        {
            "application_id": applications["application_id"].to_numpy()[named["application"]],
            "person_id": ids.to_numpy()[named["person"]],
            "role": np.where(represents, Role.REPRESENTATIVE, Role.MEMBER),
        }
    )
    came_with = circle.members.drop_duplicates("person").sort_values("person")["group"]
    people = describe(rng, groups, came_with.to_numpy(), applications, named, boundaries)
    planted = pd.DataFrame(
        {"id": ids.to_numpy()[circle.community.index], "label": circle.community.to_numpy()}
    )
    return memberships, people.assign(person_id=ids), planted


def _circle(rng: np.random.Generator, groups: gpd.GeoDataFrame) -> Circle:
    """Each group's first people; a community's are dealt out to its groups, who share some."""
    community = groups["community"].to_numpy(dtype=object)
    network = _of_network(groups)
    extra = rng.poisson(MORE_AT_FIRST, len(groups))
    size = np.minimum(LEAST_PEOPLE + extra, MOST_AT_FIRST)
    rest = NETWORK_PEOPLE - sum(COMMUNITIES.values())
    size[network & (community == "")] = _parts(rest, (network & (community == "")).sum())
    for label, people in {**COMMUNITIES, ELSEWHERE: ELSEWHERE_PEOPLE}.items():
        size[community == label] = _parts(people, (community == label).sum())
    first = np.cumsum(size) - size
    group = np.repeat(np.arange(len(groups)), size)
    own = pd.DataFrame({"group": group, "person": np.arange(len(group))})
    of = pd.Series(community[group])
    of = of[of != ""]
    shared = []
    for place in np.flatnonzero(community != ""):
        others = of.index[(of == community[place]) & (group[of.index] != place)]
        shared.append(pd.DataFrame({"group": place, "person": rng.permutation(others)[:SHARED]}))
    members = pd.concat([own, *shared], ignore_index=True)
    members["since"] = -1
    members["place"] = members.groupby("group").cumcount()
    return Circle(members, first, size, of)


def _parts(people: int, groups: int) -> list[int]:
    """So many people dealt out to groups as evenly as can be."""
    return [len(part) for part in np.array_split(np.arange(people), groups)]


def _of_network(groups: gpd.GeoDataFrame) -> np.ndarray:
    """The groups of Geumcheon-gu's network."""
    here = groups["district_code"] == GEUMCHEON
    return np.asarray(here & (groups["year"] <= max(NETWORK_YEARS)))


def _sealed(groups: gpd.GeoDataFrame, applications: pd.DataFrame) -> np.ndarray:
    """Applications that name nobody from outside: those of the planted networks."""
    planted = _of_network(groups) | (groups["community"] != "").to_numpy()
    early = (applications["year"] <= max(NETWORK_YEARS)).to_numpy()
    return np.asarray(planted[applications["group"]] & early)


def _joined(
    rng: np.random.Generator,
    circle: Circle,
    applications: pd.DataFrame,
    groups: gpd.GeoDataFrame,
) -> Circle:
    """With the people whom later applications brought."""
    may = ~applications["first"].to_numpy() & ~_sealed(groups, applications)
    since = np.repeat(np.arange(len(may)), rng.poisson(JOINING, len(may)) * may)
    group = applications["group"].to_numpy()[since]
    person = circle.size.sum() + np.arange(len(since))
    joined = pd.DataFrame({"group": group, "person": person, "since": since, "place": A_NEWCOMER})
    members = pd.concat([circle.members, joined], ignore_index=True)
    return Circle(members, circle.first, circle.size, circle.community)


def _named(rng: np.random.Generator, circle: Circle, applications: pd.DataFrame) -> pd.DataFrame:
    """Who of each group's circle is named: everybody at first, later some of those there by then.

    Columns ``application`` (position), ``person``, ``place``.
    """
    frame = applications[["group", "bureau"]].assign(application=np.arange(len(applications)))
    frame["all"] = ~frame["group"].duplicated()
    more = np.linspace(*NAMED_MORE, len(DEPARTMENTS))[frame["bureau"]]
    frame["size"] = LEAST_PEOPLE + rng.poisson(more)
    pairs = frame.merge(circle.members, on="group")
    pairs = pairs[pairs["since"] <= pairs["application"]]
    lot = rng.random(len(pairs)) * np.where(pairs["place"] == 0, LEADING, 1)
    surely = (pairs["since"] == pairs["application"]) | pairs["all"]
    pairs["lot"] = np.where(surely, -1, lot)
    pairs = pairs.sort_values(["application", "lot", "place", "person"])
    turn = pairs.groupby("application").cumcount()
    chosen = (turn < pairs["size"]) | (pairs["lot"] < 0)
    return pairs.loc[chosen, ["application", "person", "place"]]


def _visits(
    rng: np.random.Generator,
    named: pd.DataFrame,
    circle: Circle,
    groups: gpd.GeoDataFrame,
    applications: pd.DataFrame,
    ties_across: float,
) -> pd.DataFrame:
    """People of one community named in applications of another: as many as make the share.

    An application of k people who share a community gains k ties across by one visitor, and
    n ties inside want n · share / (1 − share) across. The smallest are visited first, so that
    one visitor more or less matters little.
    """
    labels = list(COMMUNITIES)
    host = groups["community"].to_numpy()[applications["group"]]
    early = applications["year"] <= max(NETWORK_YEARS)
    hosts = rng.permutation(np.flatnonzero(early & np.isin(host, labels)))
    ties = named[named["application"].isin(hosts)].merge(named, on="application")
    ties = ties[ties["person_x"] < ties["person_y"]].drop_duplicates(["person_x", "person_y"])
    gained = named["application"].value_counts()[hosts].sort_values(kind="stable")
    wanted = len(ties) * ties_across / (1 - ties_across)
    visited = int(np.abs(np.array([0, *gained.cumsum()]) - wanted).argmin())
    hosts = gained.index[:visited].to_numpy()
    step = rng.integers(1, len(labels), len(hosts))
    home = (pd.Index(labels).get_indexer(host[hosts]) + step) % len(labels)
    people = {label: circle.community.index[circle.community == label] for label in labels}
    visitors = [rng.choice(people[labels[place]]) for place in home]
    return pd.DataFrame({"application": hosts, "person": visitors, "place": A_GUEST}).astype(
        "int64"
    )


def _lent(
    rng: np.random.Generator,
    circle: Circle,
    groups: gpd.GeoDataFrame,
    applications: pd.DataFrame,
) -> pd.DataFrame:
    """People of a group nearby who are named to help out, its first person more often."""
    chance = np.linspace(*LENT, len(DEPARTMENTS))[applications["bureau"]]
    where = groups[["x", "y"]].to_numpy(float)
    planted = _of_network(groups) | (groups["community"] != "").to_numpy()
    borrows = (rng.random(len(applications)) < chance) & ~_sealed(groups, applications)
    found = []
    for year in np.unique(applications["year"]):
        borrowing = np.flatnonzero(borrows & (applications["year"] == year).to_numpy())
        closed = planted & (year <= max(NETWORK_YEARS))
        lenders = np.flatnonzero((groups["year"] <= year).to_numpy() & ~closed)
        tree = shapely.STRtree(shapely.points(where[lenders]))
        group = applications["group"].to_numpy()[borrowing]
        around = where[group] + rng.normal(0, LENT_FROM_M, (len(group), 2))
        lender = lenders[tree.nearest(shapely.points(around))]
        anyone = rng.integers(0, circle.size[lender])
        person = circle.first[lender] + anyone * (rng.random(len(lender)) > LENT_LEADERS)
        found.append(pd.DataFrame({"application": borrowing, "person": person})[lender != group])
    return pd.concat(found, ignore_index=True).assign(place=A_GUEST)


def count_participants(
    rng: np.random.Generator,
    applications: pd.DataFrame,
    memberships: pd.DataFrame,
    *,
    evaluated: bool,
) -> np.ndarray:
    """People taking part: those named and more; the evaluated sum where it is to be met."""
    least = applications["application_id"].map(memberships["application_id"].value_counts())
    named = least.to_numpy(dtype=np.int64)
    more = np.round(rng.lognormal(2.7, 0.8, len(named))).astype(np.int64)
    if evaluated:
        selected = applications["outcome"] == Outcome.SELECTED
        rows = np.asarray(selected & (applications["year"] <= EVALUATED_UNTIL))
        more[rows] = _scaled(more[rows], PARTICIPANTS - int(named[rows].sum()))
    return np.asarray(named + more)


def _scaled(values: np.ndarray, total: int) -> np.ndarray:
    """Whole numbers in the same proportions that add up to a total (largest remainders)."""
    exact = values * total / values.sum()
    whole = np.floor(exact).astype(np.int64)
    whole[np.argsort(whole - exact, kind="stable")[: total - whole.sum()]] += 1
    return np.asarray(whole)
