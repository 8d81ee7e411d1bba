"""Records of all tables -> the tables of an atlas: groups and people matched, nobody named.

Records of lists of places need no matching: a row that is used is a place of its layer.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.atlas import Atlas
from geo.gazetteer import Gazetteer
from geo.intake.identity import Matched, match_groups, match_people
from geo.intake.key import Key
from geo.schema import CRS, Precision, Provenance

KNOWN_GROUP = ["group_id", "name", "district_code", "neighbourhood_code"]
APPLICATION = [
    "application_id",
    "group_id",
    "year",
    "programme",
    "department",
    "outcome",
    "amount_krw",
    "participants",
    "label",
]


@dataclass(frozen=True)
class Assembled:
    """Tables as `geo.validation.validate` takes them, and how they came about.

    ``tokens`` (columns ``token``, ``person_id``) let the same people be known in a later run;
    ``doubtful`` are pairs for a person to decide. ``matched`` counts new groups that took an
    identifier which the atlas had, ``mentions`` the times that a person was named.
    """

    tables: dict[str, pd.DataFrame]
    tokens: pd.DataFrame
    doubtful: pd.DataFrame
    new_groups: int
    matched_groups: int
    mentions: int


@dataclass(frozen=True)
class Before:
    """What an atlas holds already, less the files and the layers that are read again."""

    groups: gpd.GeoDataFrame
    applications: pd.DataFrame
    people: pd.DataFrame
    memberships: pd.DataFrame
    tokens: pd.DataFrame
    others: dict[str, pd.DataFrame]


def before(
    atlas: Atlas, tokens: pd.DataFrame, replaced: Collection[str], layers: Collection[str]
) -> Before:
    """An atlas without what files gave that are replaced, and whoever was in no other.

    Args:
        atlas: that is added to.
        tokens: as `Assembled.tokens`, of its people.
        replaced: beginnings of the identifiers of applications and places, one for each file.
        layers: that are replaced, whichever files they came from.
    """
    places = atlas.places
    again = places["layer"].isin(layers) | _of_files(places["place_id"], replaced)
    gone = _of_files(atlas.applications["application_id"], replaced)
    applications = atlas.applications[~gone]
    lost = atlas.applications[gone]
    alone = lost["group_id"][~lost["group_id"].isin(applications["group_id"])]
    memberships = atlas.memberships
    kept = memberships[~memberships["application_id"].isin(lost["application_id"])]
    named = memberships["person_id"][~memberships["person_id"].isin(kept["person_id"])]
    people = atlas.people[~atlas.people["person_id"].isin(named)]
    return Before(
        groups=atlas.groups[~atlas.groups["group_id"].isin(alone)],
        applications=applications,
        people=people,
        memberships=kept,
        tokens=tokens[tokens["person_id"].isin(people["person_id"])],
        others={"sites": atlas.sites, "places": places[~again], "population": atlas.population},
    )


def _of_files(identifiers: pd.Series[str], marks: Collection[str]) -> pd.Series[bool]:
    """Which identifiers begin with one of the marks of files."""
    return identifiers.str.split("-", n=1).str[0].isin(marks)


def nothing_before() -> Before:
    """An atlas that is yet to be made."""
    empty = pd.DataFrame(columns=["token", "person_id"], dtype="str")
    none = pd.DataFrame()
    return Before(gpd.GeoDataFrame(), none, none, none, empty, {})


def assemble(
    rows: pd.DataFrame,
    mentions: pd.DataFrame,
    had: Before,
    key: Key,
    decisions: pd.DataFrame,
    likeness: int,
    gazetteer: Gazetteer,
) -> Assembled:
    """Tables of an atlas from the rows that are used.

    Args:
        rows: as `geo.intake.records.Records.rows`, with ``application_id`` and ``where`` (file,
            sheet and row in words), index unique; only those without a reason.
        mentions: as `Records.mentions`, ``row`` being the index of ``rows``.
        had: what the atlas has already.
        key: by which people are called.
        decisions: what a person decided of doubtful pairs.
        likeness: of names, from which on two groups are a doubtful pair.
        gazetteer: for where people live.
    """
    mentions = mentions[mentions["row"].isin(rows.index)].reset_index(drop=True)
    groups = _match_groups(rows, mentions, had, key, decisions, likeness)
    rows = rows.assign(group_id=groups.ids)
    people = _match_people(rows, mentions, had, key, decisions)
    mentions = mentions.assign(
        person_id=people.ids, application_id=mentions["row"].map(rows["application_id"])
    )
    had = _renamed(had, groups.same, people.same)
    known = set(had.groups.get("group_id", ()))
    tables = {
        "groups": _groups(rows, had),
        "applications": _under(had.applications, rows[APPLICATION]),
        "people": _under(had.people, _people(rows, mentions, had, gazetteer)),
        "memberships": _under(had.memberships, _memberships(mentions)),
        **had.others,
    }
    ids = rows["group_id"].drop_duplicates()
    return Assembled(
        tables=tables,
        tokens=people.known,
        doubtful=pd.concat([groups.doubtful, people.doubtful], ignore_index=True),
        new_groups=int((~ids.isin(known)).sum()),
        matched_groups=int(ids.isin(known).sum()),
        mentions=len(mentions),
    )


def unmatched(had: Before, decisions: pd.DataFrame) -> Assembled:
    """The tables that an atlas has already, where no application is read; open pairs stay open."""
    tables = {
        "groups": had.groups,
        "applications": had.applications,
        "people": had.people,
        "memberships": had.memberships,
        **had.others,
    }
    waiting = decisions[decisions["decision"].isna()]
    return Assembled(tables, had.tokens, waiting, new_groups=0, matched_groups=0, mentions=0)


def with_places(tables: Mapping[str, pd.DataFrame], rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Tables with the places of lists under those that they have; empty ones are left out.

    Args:
        tables: as `Assembled.tables`.
        rows: as `assemble` takes them, those of lists alone, with ``layer``.
    """
    new = _located(rows).assign(
        place_id=rows["application_id"], layer=rows["layer"], name=rows["group"]
    )
    every = {**tables, "places": _joined(tables.get("places", gpd.GeoDataFrame()), new)}
    return {name: frame for name, frame in every.items() if len(frame)}


def _located(rows: pd.DataFrame) -> gpd.GeoDataFrame:
    """Where rows are, as tables of an atlas have it, and that they are no simulation."""
    pointed = rows["precision"] == Precision.POINT
    frame = rows[["district_code", "administrative_code", "precision"]].copy()
    # A point tells its neighbourhood, whatever lines its row was written by.
    frame["neighbourhood_code"] = rows["neighbourhood_code"].mask(pointed)
    frame["provenance"] = str(Provenance.IMPORTED)
    points = gpd.points_from_xy(rows["x"], rows["y"], crs=CRS)
    return gpd.GeoDataFrame(frame, geometry=np.where(pointed, points, None), crs=CRS)


def _joined(had: gpd.GeoDataFrame, new: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """New rows under those that were there; what follows from other columns is left out."""
    if not len(had):
        return new
    same = [name for name in had.columns if name in new]
    return pd.concat([had[same], new[same]], ignore_index=True)


def _renamed(had: Before, groups: Mapping[str, str], people: Mapping[str, str]) -> Before:
    """An atlas in which those that a person decided to be one are one."""
    if not groups and not people:
        return had
    members = had.memberships.assign(person_id=had.memberships["person_id"].replace(people))
    return replace(
        had,
        groups=had.groups[~had.groups["group_id"].isin(groups)],
        applications=had.applications.assign(group_id=had.applications["group_id"].replace(groups)),
        people=had.people[~had.people["person_id"].isin(people)],
        memberships=members.drop_duplicates(["application_id", "person_id"]),
    )


def _match_groups(
    rows: pd.DataFrame,
    mentions: pd.DataFrame,
    had: Before,
    key: Key,
    decisions: pd.DataFrame,
    likeness: int,
) -> Matched:
    heads = mentions[mentions["role"] == "representative"].drop_duplicates("row").set_index("row")
    token = heads["name"].map(lambda name: key.pseudonym("representative", name))
    asked = pd.DataFrame(
        {
            "name": rows["group"],
            "district_code": rows["district_code"],
            "neighbourhood_code": rows["neighbourhood_code"],
            "year": rows["year"],
            "representative": token.reindex(rows.index).astype("str"),
            "where": rows["where"],
        }
    )
    known = pd.DataFrame(had.groups).reindex(columns=KNOWN_GROUP)
    return match_groups(asked, known, decisions, likeness)


def _match_people(
    rows: pd.DataFrame, mentions: pd.DataFrame, had: Before, key: Key, decisions: pd.DataFrame
) -> Matched:
    asked = mentions[["name", "phone", "email", "number", "birth"]].copy()
    for column in ("group_id", "neighbourhood_code", "where"):
        asked[column] = mentions["row"].map(rows[column])
    return match_people(asked, key, had.tokens, decisions)


def _groups(rows: pd.DataFrame, had: Before) -> gpd.GeoDataFrame:
    """Groups: as they were, new ones from their most exact record, the earliest of several."""
    exact = rows["precision"].map({"point": 0, "neighbourhood": 1, "district": 2})
    best = rows.assign(exact=exact).sort_values(["exact", "year", "application_id"])
    first = best.drop_duplicates("group_id").set_index("group_id")
    first["category"] = best.groupby("group_id")["category"].first()
    first["name"] = first["group"]
    known = had.groups.get("group_id", pd.Series(dtype="str"))
    first = first[~first.index.isin(known)].reset_index()
    new = _located(first).assign(**{name: first[name] for name in ("group_id", "name", "category")})
    return _joined(had.groups, new)


def _people(
    rows: pd.DataFrame, mentions: pd.DataFrame, had: Before, gazetteer: Gazetteer
) -> pd.DataFrame:
    """People, each attribute from the first record that tells it."""
    order = mentions["row"].map(rows["application_id"])
    said = mentions.assign(order=order, year=mentions["row"].map(rows["year"]))
    said = said.sort_values(["year", "order"])
    homes = gazetteer.find(said[["home", "year"]].rename(columns={"home": "address"}))
    said["birth_year"] = pd.to_numeric(said["birth"].str[:4]).astype("Int64")
    said["district_code"] = homes["district_code"]
    said["neighbourhood_code"] = homes["neighbourhood_code"]
    columns = ["gender", "birth_year", "district_code", "neighbourhood_code"]
    people = said.groupby("person_id")[columns].first().reset_index()
    known = had.people.get("person_id", pd.Series(dtype="str"))
    return people[~people["person_id"].isin(known)]


def _memberships(mentions: pd.DataFrame) -> pd.DataFrame:
    """Who stands in which application; a representative who is listed again stays one."""
    ordered = mentions.sort_values("role", ascending=False)  # representative before member
    columns = ["application_id", "person_id", "role"]
    return ordered.drop_duplicates(columns[:2])[columns]


def _under(had: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    """New rows under those that were there."""
    if not len(had):
        return new.reset_index(drop=True)
    return pd.concat([had, new.reindex(columns=had.columns)], ignore_index=True)
