"""Tables that were written for other boundaries, joined to these anew.

A group's point decides, and so does a place's; the codes follow. What has no point and a
neighbourhood that is no longer there is known to its district only. Nothing here judges: a point
that contradicts its row by the earlier boundaries as well, and by more than a line's width, is
left to `geo.validation`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import geopandas as gpd
import pandas as pd
import shapely

from geo.boundaries import Boundaries, locate
from geo.boundary_files import OwnBoundaries, for_snapshot
from geo.schema import TABLES
from geo.validation import located

NEAR_M = 300
"""Lines of two maps of the same districts lie this far apart, as a rule; cleaning closes gaps
of this width."""


@dataclass(frozen=True)
class Joined:
    """Identifiers of the groups that boundaries of one's own put elsewhere."""

    moved: tuple[str, ...] = ()
    """Have a point that now lies in another district."""
    outside: tuple[str, ...] = ()
    """Had a point that lies in no area: known to their district only."""
    rough: tuple[str, ...] = ()
    """Had no point and a neighbourhood that is not there any more: to their district only."""
    people: int = 0
    """People whose neighbourhood is not there any more."""
    places: tuple[str, ...] = ()
    """Identifiers of places of a layer that are in another district, or known to theirs only."""

    def __str__(self) -> str:
        told = (
            ("In another district than before, by their point", self.moved),
            ("In no area by their point, now known to their district only", self.outside),
            (
                "Without a point and in a neighbourhood that is not there any more, now known to "
                "their district only",
                self.rough,
            ),
        )
        lines = [f"{words}: {_counted('group', groups)}." for words, groups in told if groups]
        if self.people:
            count = "1 person" if self.people == 1 else f"{self.people:,} people"
            lines.append(f"Now known to their district only: {count}.")
        if self.places:
            listed = _counted("place", self.places)
            lines.append(f"In another district, or now known to their district only: {listed}.")
        return "\n".join(lines)


def for_boundaries(
    given: Mapping[str, pd.DataFrame], own: OwnBoundaries, base: Boundaries
) -> tuple[dict[str, pd.DataFrame], Boundaries, str]:
    """Tables and areas to publish together, and what is to be told of the tables.

    Args:
        given: as `geo.validation.validate` takes them.
        own: the boundaries to publish with.
        base: the legal ones, whose codes the tables may carry.
    """
    areas = for_snapshot(own, base)
    if own.report.kind == "administrative":
        tables, told = administrative_by_point(given, areas)
        return tables, areas, told
    tables, joined = join_anew(given, areas, base)
    return tables, areas, str(joined)


def join_anew(
    given: Mapping[str, pd.DataFrame], to: Boundaries, before: Boundaries
) -> tuple[dict[str, pd.DataFrame], Joined]:
    """Tables whose codes are those of other boundaries.

    Args:
        given: as `geo.validation.validate` takes them; where it would find a fault in a table,
            that comes back as it was.
        to: the boundaries that they are to be published with.
        before: those whose codes they may carry.
    """
    tables, joined = dict(given), Joined()
    for name in ("groups", "places"):
        found = located(name, given) if name in given else None
        if found is None:
            continue
        tables[name], anew = _joined_anew(TABLES[name].key[0], given[name], *found, to, before)
        every = (*anew.moved, *anew.outside, *anew.rough)
        joined = anew if name == "groups" else replace(joined, places=every)
    people = given.get("people")
    if people is not None and "neighbourhood_code" in people:
        codes = people["neighbourhood_code"]
        gone = _gone(codes.astype("str").str.strip(), to, before)
        tables["people"] = people.assign(neighbourhood_code=codes.mask(gone))
        joined = replace(joined, people=int(gone.sum()))
    return tables, joined


def administrative_by_point(
    given: Mapping[str, pd.DataFrame], areas: Boundaries
) -> tuple[dict[str, pd.DataFrame], str]:
    """Tables whose groups have the administrative neighbourhood that their point lies in.

    Where units are drawn, the point decides, not what was recorded, if the unit lies in the
    group's district and held the legal neighbourhood that is written beside it. A group whose
    point cannot decide keeps a unit that is not farther than a line's width. Also tells how many
    groups got theirs so, and which ones another than was recorded.
    """
    tables = dict(given)
    units = areas.administrative.dropna(subset="geometry").reset_index(drop=True)
    found = located("groups", given) if "groups" in given else None
    if found is None or units.empty:
        return tables, ""
    groups, points = found
    row, unit = units.sindex.query(points.to_numpy(), predicate="intersects")
    first = pd.Series(unit).groupby(row).min()
    inside = units.iloc[first.to_numpy()].set_index(groups.index[first.index])
    theirs = groups.loc[inside.index]
    pairs = areas.administrative_legal
    legal = theirs["neighbourhood_code"]
    held = (inside["code"] + legal).isin(pairs["code"] + pairs["legal_code"]) | legal.isna()
    decided = inside["code"][held & (inside["district_code"] == theirs["district_code"])]
    recorded = groups["administrative_code"]
    astray = recorded.isin(units["code"]) & points.notna() & ~_near(points, recorded, units)
    codes = recorded.mask(astray)
    codes[decided.index] = decided
    tables["groups"] = _with(given["groups"], administrative_code=codes)
    moved = groups["group_id"][recorded.isin(units["code"]) & (codes != recorded)]
    told = f"Groups in an administrative neighbourhood by their point: {len(decided):,}."
    if len(moved):
        told += f"\nIn another one than was recorded: {_counted('group', tuple(moved))}."
    return tables, told


def _joined_anew(
    key: str,
    frame: pd.DataFrame,
    rows: pd.DataFrame,
    points: gpd.GeoSeries,
    to: Boundaries,
    before: Boundaries,
) -> tuple[pd.DataFrame, Joined]:
    """A table with codes of the boundaries that it goes to, and what is elsewhere now."""
    found, were = (locate(points.dropna(), areas).reindex(rows.index) for areas in (to, before))
    pointed, inside = points.notna(), found["district_code"].notna()
    district, code = rows["district_code"], rows["neighbourhood_code"]
    right = (were["district_code"] == district) | _near(points, district, to.districts)
    agreed = (were["neighbourhood_code"] == code) | _near(points, code, to.neighbourhoods)
    moved = inside & right & (found["district_code"] != district)
    outside = pointed & ~inside & right
    gone = _gone(code, to, before)
    district = district.mask(moved, found["district_code"])
    # With a point it is derived again; one that contradicts the point by far stays, as a fault.
    stale = gone | (inside & agreed & (found["neighbourhood_code"] != code))
    changed = _with(
        frame,
        district_code=district,
        neighbourhood_code=code.mask(stale | outside),
        administrative_code=rows["administrative_code"].mask(moved),
        precision=rows["precision"].mask(outside | (gone & ~pointed)),
    )
    if outside.any():
        changed = _without_points(changed, rows.index[outside])
    identifiers = rows[key]
    return changed, Joined(
        tuple(identifiers[moved]), tuple(identifiers[outside]), tuple(identifiers[gone & ~pointed])
    )


def _near(points: gpd.GeoSeries, codes: pd.Series[str], areas: gpd.GeoDataFrame) -> pd.Series[bool]:
    """Whether each point lies in the area of its code, or at most 300 m from it."""
    shapes = areas.set_index("code").geometry.reindex(codes).to_numpy()
    return pd.Series(shapely.dwithin(points.to_numpy(), shapes, NEAR_M), index=points.index)


def _gone(codes: pd.Series[str], to: Boundaries, before: Boundaries) -> pd.Series[bool]:
    """Codes of neighbourhoods that were there before and are not there now."""
    return codes.isin(before.neighbourhoods["code"]) & ~codes.isin(to.neighbourhoods["code"])


def _with(frame: pd.DataFrame, **columns: pd.Series[str]) -> pd.DataFrame:
    """Columns replaced, by the place of the row; what is not there and says nothing stays out."""
    changed = frame.copy()
    for name, values in columns.items():
        if name in frame or values.notna().any():
            changed[name] = values.reindex(range(len(frame))).set_axis(frame.index)
    return changed


def _without_points(frame: pd.DataFrame, rows: pd.Index[int]) -> pd.DataFrame:
    """Rows, given by their places, without coordinates of any form."""
    there = pd.Series(range(len(frame)), index=frame.index).isin(rows)
    changed = frame.copy()
    for name in ("longitude", "latitude", "x", "y", "geometry"):
        if name in frame:
            changed[name] = frame[name].where(~there)
    return changed


def _counted(what: str, identifiers: tuple[str, ...]) -> str:
    """How many, and the first few."""
    more = ", …" if len(identifiers) > 5 else ""
    count = f"{len(identifiers):,} {what}{'' if len(identifiers) == 1 else 's'}"
    return f"{count} ({', '.join(identifiers[:5])}{more})"
