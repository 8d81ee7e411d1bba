"""What an answer of each question must hold, worked out anew from the atlas's own tables.

A rule finds sentences about what is wrong, none where all is well. Expected numbers come from
applications and groups as they were published, by plain sums, not from what the answers are made
with; only which groups are in an administrative neighbourhood, and which have a spot on a map, is
asked of the queries.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from dashboard.queries import Queries
from dashboard.state import ACCOUNTS, ViewState
from geo.schema import Outcome

KINDS = ("lisa", "gi", "history", "arrival", "rise", "nearness")
"""Questions that tell areas by kind: they count groups of the city, whatever district is seen."""
OF_CITY = (*KINDS, "clusters")
NETWORKS = ("network", "cohesion")
STANDING = {
    "area_km2", "population", "rank", "class", "base", "base_share", "random", "p", "year", "low",
    "high", "code", "district_code", "community", "cluster", "year_from", "year_to",
}  # fmt: skip
"""Columns that are there whatever is counted: they are of the place, the year or the test."""
ADDED = {
    "funnel": ("applications", "selected", "rejected", "under_review", "other"),
    "retention": ("groups", "ended", "going", "never"),
    "concentration": ("amount", "cases"),
    "duplication": ("supported", "doubled"),
    "fatigue": ("applications", "groups", "under_review", "first_selected"),
    "mobilised": ("applications",),
    "crossing": ("n",),
}
"""Question -> columns of its areas that add up to the whole, but for what has no area."""
COUNTED = {
    "funnel": "applications", "concentration": "cases", "crossing": "n",
    "fatigue": "applications", "mobilised": "applications", "retention": "groups",
}  # fmt: skip
"""Question -> the column of its whole that is what ``n`` counts."""
SHARES = ("rate", "decided_rate", "smoothed", "survival", "entropy")
NEAR = 1e-9
"""Relative, between sums of floating-point numbers."""


@dataclass(frozen=True)
class Answer:
    """What the API told of a state."""

    state: ViewState
    told: dict[str, Any]
    what: str

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The table that the question is known by."""
        rows: list[dict[str, Any]] = self.told["nodes" if self.what == "network" else "rows"]
        return rows

    def sum(self, column: str) -> float:
        """Of a column, what is missing being nothing."""
        return sum(row[column] or 0 for row in self.rows)


class Reference:
    """The atlas's tables, and what a filter leaves of them."""

    def __init__(self, queries: Queries) -> None:
        self.queries = queries
        atlas = queries.atlas
        self.first = int(atlas.years[0])
        self.groups = pd.DataFrame(
            atlas.groups[["group_id", "category", "district_code", "neighbourhood_code",
                          "founded_year"]]
        ).assign(place=range(len(atlas.groups)))  # fmt: skip

    @cached_property
    def applications(self) -> pd.DataFrame:
        """Every application with the columns of its group."""
        applications = self.queries.atlas.applications
        columns = ["group_id", "year", "programme", "outcome", "department"]
        return applications[columns].merge(self.groups, on="group_id", validate="many_to_one")

    def kept(self, state: ViewState, *, city: bool = False) -> pd.DataFrame:
        """Applications of all years that the filters keep; of the city, whatever district."""
        told = self.applications
        for name in ("programme", "outcome", "department", "category"):
            if getattr(state, name):
                told = told[told[name].isin(getattr(state, name))]
        if state.district and not city:
            told = told[told["district_code"].isin(state.district)]
        if state.administrative:
            inside = self.queries.within(ViewState(year=0, administrative=state.administrative))
            told = told[inside[told["place"].to_numpy()]]
        return told

    def counted(self, state: ViewState, *, city: bool = False) -> pd.DataFrame:
        """The groups that count in the state's year, a row each."""
        told, count = self.kept(state, city=city), state.count
        if state.view == "nearness":
            count = "new"  # whatever is asked of others
        if count == "cumulative":
            told = told[told["year"] <= state.year]
        else:
            told = told[told["year"] == state.year]
        if count == "new":
            told = told[told["founded_year"] == state.year]
        if count == "active":
            told = told[told["outcome"] == Outcome.SELECTED]
        return told.drop_duplicates("group_id")

    def n(self, state: ViewState) -> int:
        """What the question's ``n`` must be."""
        if state.view in NETWORKS:
            since = state.since or self.first
            return int(self.kept(state)["year"].between(since, state.year).sum())
        if state.view == "retention":
            # Groups that the filters ever keep, founded by then.
            kept = self.kept(state).drop_duplicates("group_id")
            return int((kept["founded_year"] <= state.year).sum())
        if state.view in ACCOUNTS and state.view != "concentration":
            return int((self.kept(state)["year"] == state.year).sum())
        return len(self.counted(state, city=state.view in OF_CITY))

    def unplaced(self, state: ViewState) -> int | None:
        """What of it has no area of the level; None where another rule tells."""
        column = {"district": "district_code", "neighbourhood": "neighbourhood_code"}.get(
            state.level
        )
        if state.view in ("nearby", "centre") or state.level == "surface":
            spots = self.queries.spots.notna().to_numpy()
            return int((~spots[self.counted(state)["place"].to_numpy()]).sum())
        if column is None or state.view in (*NETWORKS, "clusters", "crosswalk", "retention"):
            return None
        if state.view == "nearness":
            column = "district_code"
        if state.view in ACCOUNTS and state.view != "concentration":
            kept = self.kept(state)
            return int(kept.loc[kept["year"] == state.year, column].isna().sum())
        return int(self.counted(state, city=state.view in OF_CITY)[column].isna().sum())


def wrong(answer: Answer, reference: Reference) -> Iterator[str]:
    """Everything about an answer that cannot be."""
    told, state = answer.told, answer.state
    n = reference.n(state)
    if told["n"] != n:
        yield f"n is {told['n']}, not {n}"
    if not 0 <= told["unplaced"] <= told["n"]:
        yield f"unplaced {told['unplaced']} of {told['n']}"
    unplaced = reference.unplaced(state)
    if unplaced is not None and told["unplaced"] != unplaced:
        yield f"unplaced is {told['unplaced']}, not {unplaced}"
    # A rise rests on the years before, too.
    past = answer.what == "rise" and any(row["around"] for row in answer.rows)
    if told["n"] == 0 and not past:
        yield from _empty(answer)
    yield from _within_bounds(answer.rows)
    rule = RULES.get(answer.what)
    if rule is not None:
        yield from rule(answer, reference)


def _empty(answer: Answer) -> Iterator[str]:
    """Of nothing no row counts anything, and there is a reason where reasons are given."""
    if "why" in answer.told and not answer.told["why"]:
        yield "n is 0, and nothing says why"
    rows, year = answer.rows, answer.state.year
    if answer.what == "centre":
        rows = [row for row in rows if row["year"] == year]
    if answer.what == "cohesion":  # has each year of the atlas alone, too
        rows = [row for row in rows if row["year_to"] == year]
    if answer.what in ("clusters", "groups", "centre", "network", "crosswalk") and rows:
        yield f"n is 0, and there are {len(rows)} rows"
    for row in rows:
        for name, value in row.items():
            counts = isinstance(value, int | float) and not isinstance(value, bool)
            if counts and name not in STANDING and value != 0:
                yield f"n is 0, and {name} is {value}"
                return


def _within_bounds(rows: list[dict[str, Any]]) -> Iterator[str]:
    """Shares are from 0 to 1, an interval holds its figure, and no number is below what it can."""
    for row in rows:
        for name, value in row.items():
            if value is None or isinstance(value, bool | str):
                continue
            if (name.endswith("_share") or name in SHARES) and not -NEAR <= value <= 1 + NEAR:
                yield f"{name} is {value}"
        low, high = row.get("low"), row.get("high")
        if low is not None and high is not None and low > high:
            yield f"an interval from {low} to {high}"


def _equal(name: str, found: float, expected: float) -> Iterator[str]:
    if abs(found - expected) > NEAR * max(1.0, abs(expected)):
        yield f"{name} is {found}, not {expected}"


def _density(answer: Answer, reference: Reference) -> Iterator[str]:
    """Areas and what has none make the whole; ranks and classes are those of the values."""
    told, rows = answer.told, answer.rows
    yield from _equal("groups + unplaced", answer.sum("groups") + told["unplaced"], told["n"])
    values = sorted((row["value"] for row in rows if row["value"] is not None), reverse=True)
    bounds = told["classes"]["bounds"]
    for row in rows:
        value = row["value"]
        if value is None:
            continue
        if row["rank"] != values.index(value) + 1:
            yield f"{row['code']} has rank {row['rank']}, not {values.index(value) + 1}"
        if answer.state.measure not in ("count", "per_km2", "per_10k") or answer.state.compare:
            continue
        above = sum(bound < value for bound in bounds) + 1
        expected = min(above, len(bounds)) if value > 0 else 0
        if row["class"] != expected:
            yield f"{row['code']} has class {row['class']}, not {expected}"


def _groups(answer: Answer, reference: Reference) -> Iterator[str]:
    """Each group that counts, once."""
    expected = set(reference.counted(answer.state)["group_id"])
    if {row["group_id"] for row in answer.rows} != expected or len(expected) != len(answer.rows):
        yield "other groups than those that count"


def _surface(answer: Answer, reference: Reference) -> Iterator[str]:
    """Bands hold all groups that have a spot, to what single precision and classes leave."""
    placed = answer.told["n"] - answer.told["unplaced"]
    bands = answer.sum("groups_smoothed")
    if abs(bands - placed) > 0.01 * placed + 0.01:
        yield f"bands hold {bands} of {placed} groups"


def _clusters(answer: Answer, reference: Reference) -> Iterator[str]:
    """Every cluster has a group in it in that year, and no group is in two."""
    told, state = answer.told, answer.state
    if answer.sum("groups") > told["n"] - told["unplaced"]:
        yield f"{answer.sum('groups')} groups in clusters of {told['n'] - told['unplaced']}"
    if len({row["cluster"] for row in answer.rows}) != len(answer.rows):
        yield "a cluster is listed twice"
    for row in answer.rows:
        missing = [name for name, value in row.items() if value is None]
        # Groups may be of no category; an application may be of none that is decided.
        if set(missing) - {"category"}:
            yield f"cluster {row['cluster']} lacks {', '.join(missing)}"
            return
        if row["groups"] < state.smallest and not state.district:
            yield f"cluster {row['cluster']} of {row['groups']} groups"
        years = (row["founded_from"], row["founded_to"], row["since"])
        if row["founded_from"] > row["founded_to"] or max(years) > state.year:
            yield f"cluster {row['cluster']} is of {years}"
        codes = row["district_codes"].split()
        if len(codes) != row["districts"] or row["crosses"] != (len(codes) > 1):
            yield f"cluster {row['cluster']} lies in {codes}"
        if state.district and not set(state.district) & set(codes):
            yield f"cluster {row['cluster']} has no group in the district"


def _nearby(answer: Answer, reference: Reference) -> Iterator[str]:
    """Around a place are no more groups than there are, each of one category."""
    placed = answer.told["n"] - answer.told["unplaced"]
    for row in answer.rows:
        if row["groups"] > placed:
            yield f"{row['groups']} of {placed} groups around {row['site_id']}"
        parts = sum(answer.told["by_category"][row["site_id"]].values())
        yield from _equal(f"categories around {row['site_id']}", parts, row["groups"])


def _centre(answer: Answer, reference: Reference) -> Iterator[str]:
    """The centre of the year is that of all groups that have a spot; there is one, or none."""
    placed = answer.told["n"] - answer.told["unplaced"]
    here = [row["groups"] for row in answer.rows if row["year"] == answer.state.year]
    if here != ([placed] if placed else []):
        yield f"centres of {here} groups, of {placed}"


def _kinds(answer: Answer, reference: Reference) -> Iterator[str]:
    """Areas in sight hold the groups that lie in them; a year that is not told has no kinds."""
    told, state = answer.told, answer.state
    if state.level in ("district", "neighbourhood") and not state.district:
        yield from _equal("groups + unplaced", answer.sum("groups") + told["unplaced"], told["n"])
    if told["why"] and any(row["kind"] != "none" for row in answer.rows):
        yield f"kinds in a year of which is said: {told['why']}"
    if answer.what == "arrival":
        reached = sum(row["kind"] != "none" for row in answer.rows)
        (reach,) = (row for row in told["reach"] if row["year"] == state.year)
        yield from _equal("reach", reach["areas"] * len(answer.rows), reached)
        (turnover,) = (row for row in told["turnover"] if row["year"] == state.year)
        yield from _equal("turnover", turnover["cumulative"], len(reference.counted(state)))


def _network(answer: Answer, reference: Reference) -> Iterator[str]:
    """Labels hold all applications, edges end at nodes, and what is not told is not drawn."""
    told = answer.told
    labelled = sum(row["applications"] for row in told["labels"])
    if labelled != told["n"]:
        yield f"labels of {labelled} applications, of {told['n']}"
    nodes = {row["node"] for row in told["nodes"]}
    if len(nodes) != len(told["nodes"]):
        yield "a node is listed twice"
    if any({row["source"], row["target"]} - nodes for row in told["edges"]):
        yield "an edge ends nowhere"
    numbers = {row["community"] for row in told["communities"]}
    if {row["community"] for row in told["nodes"]} - numbers - {None}:
        yield "a node is of a community that is not listed"
    if told["people"] is None and (told["why"] is None or told["edges"] or told["communities"]):
        yield "people are not told, but what ties them is"


def _cohesion(answer: Answer, reference: Reference) -> Iterator[str]:
    """The largest part is one of the parts, and ties are between two people."""
    for row in answer.rows:
        people, ties = row["people"], row["ties"]
        if (people is None) != (ties is None):
            yield f"{people} people with {ties} ties"
        if people is not None and not ties <= people * (people - 1) / 2:
            yield f"{people} people with {ties} ties"
        if people is not None and row["components"] > people:
            yield f"{people} people in {row['components']} parts"


def _crosswalk(answer: Answer, reference: Reference) -> Iterator[str]:
    """Each group is in both, in one alone or in neither; pairs hold those in both."""
    told = answer.told
    parts = sum(told[name] for name in ("both", "only_cluster", "only_community", "neither"))
    yield from _equal("both + one + neither", parts, told["n"])
    yield from _equal("groups of pairs", answer.sum("groups"), told["both"])


def _account(answer: Answer, reference: Reference) -> Iterator[str]:
    """Areas and what has none make the whole."""
    told, whole = answer.told, answer.told["whole"]
    for name in ADDED.get(answer.what, ()):
        if whole[name] is None:
            if any(row[name] is not None for row in answer.rows):
                yield f"{name} is told of areas, not of the whole"
            continue
        lost = whole[name] - answer.sum(name)
        if not 0 <= lost <= told["unplaced"]:
            yield f"{name}: the whole is {whole[name]}, areas have {answer.sum(name)}"
    column = COUNTED.get(answer.what)
    if column and whole[column] is not None:
        yield from _equal(column, whole[column], told["n"])
    if answer.what == "funnel":
        for row in [whole, *answer.rows]:
            parts = [row[name] for name in ADDED["funnel"]]
            if None not in parts and parts[0] != sum(parts[1:]):
                yield f"{parts[0]} applications end in {parts[1:]}"


RULES: dict[str, Callable[[Answer, Reference], Iterator[str]]] = {
    "density": _density,
    "surface": _surface,
    "groups": _groups,
    "clusters": _clusters,
    "nearby": _nearby,
    "centre": _centre,
    **dict.fromkeys(KINDS, _kinds),
    "network": _network,
    "cohesion": _cohesion,
    "crosswalk": _crosswalk,
    **dict.fromkeys(ACCOUNTS, _account),
}
"""What was asked -> the rule that its answer must meet beside those of all answers."""
