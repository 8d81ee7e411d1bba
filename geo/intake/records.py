"""Records of a table -> what each says: where, when, how much, what became of it, and of whom.

What may leave the intake is kept apart from what never does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.addresses import ADDRESS, Rank
from geo.boundaries import Boundaries, locate
from geo.gazetteer import Gazetteer
from geo.intake import coordinates, values
from geo.intake.columns import Field
from geo.intake.coordinates import Located
from geo.intake.understand import Ask, Pending, Understanding
from geo.intake.values import Read
from geo.schema import Outcome, Precision

LEAST_PARTICIPANTS = 3
"""A group is three neighbours or more; fewer are reported, and kept."""
NEAR_M = 200
"""A point this far outside the neighbourhood that its row names does not contradict it: an address
on the line, a point on the other side of the street."""
FILLED_IN = 3
"""Districts in whose rows the same coordinates cannot be a place."""
PLACE_FIELDS = (Field.CITY, Field.DISTRICT, Field.NEIGHBOURHOOD, Field.ADMINISTRATIVE, Field.LEGAL)
"""Fields of one column each that say where a record is, in the order in which it is repeated."""
PRINTED = {Outcome.SELECTED: "선정", Outcome.REJECTED: "탈락", Outcome.UNDER_REVIEW: "심사중"}
"""Outcomes as labels print them: 12년 씨앗선정."""
CONTRADICTIONS = (
    "districts contradict each other",
    "addresses contradict each other",
    "neighbourhoods contradict each other",
)
"""Problems of words that are told though a point settles them."""
PERSONAL = (Field.REPRESENTATIVE, Field.MEMBERS, Field.BIRTH, Field.GENDER)
"""Fields of which something may be told of people."""
MENTION = ("name", "role", "phone", "email", "number", "birth", "gender", "home")


@dataclass(frozen=True)
class Records:
    """What the records of one table say.

    Attributes:
        rows: index ``row``; columns ``group``, ``place`` (as written), ``category``,
            ``department``, ``programme``, ``year``, ``outcome``, ``label``, ``amount_krw``,
            ``participants``, ``district_code``, ``neighbourhood_code``, ``administrative_code``,
            ``precision``, ``x``, ``y`` (EPSG:5179), ``reason`` why the row is set aside (missing
            where it is used), ``alike``: a number that records share which say the same. Text
            is scrubbed of what is personal.
        mentions: a row for each person that a record names, columns ``row`` and `MENTION`.
            It never leaves the intake.
        problems: columns ``row``, ``problem``, ``value`` (as written, scrubbed),
            ``candidates``; in the order of rows.
        titles: what stands above the header, scrubbed.
        located: how coordinates were read, where there are any.
        pending: what has to be asked of them.
    """

    rows: pd.DataFrame
    mentions: pd.DataFrame
    problems: pd.DataFrame
    titles: tuple[str, ...]
    located: Located | None
    pending: tuple[Pending, ...]


class _Problems:
    """What could not be read, row by row."""

    def __init__(self) -> None:
        self._found: list[pd.DataFrame] = []

    def add(
        self,
        problems: pd.Series[str],
        text: pd.Series[str],
        candidates: pd.Series[Any] | None = None,
    ) -> None:
        """Problems (missing where all is well), the text that they are about, and nearest names."""
        found = problems.dropna()
        if len(found):
            named = None if candidates is None else candidates[found.index]
            self._found.append(
                pd.DataFrame(
                    {
                        "row": found.index,
                        "problem": found.to_numpy(),
                        "value": text[found.index].to_numpy(),
                        "candidates": [()] * len(found) if named is None else named.to_numpy(),
                    }
                )
            )

    def read(self, read: Read, text: pd.Series[str]) -> pd.Series[Any]:
        """The values of a reading, its problems noted."""
        self.add(read.problems, text)
        return read.values

    def table(self) -> pd.DataFrame:
        """All of them, in the order of rows."""
        if not self._found:
            return pd.DataFrame({name: [] for name in ("row", "problem", "value", "candidates")})
        return pd.concat(self._found).sort_values(["row", "problem"], ignore_index=True)


def read(
    about: Understanding, gazetteer: Gazetteer, boundaries: Boundaries, ask: Ask | None
) -> Records:
    """Every record of a table, whether it can be used or not."""
    problems = _Problems()
    years = _years(about, problems)
    places, located, pending = _places(about, years, gazetteer, boundaries, ask, problems)
    mentions = _mentions(about, years, problems)
    rows = pd.concat([_said(about, years, problems), places], axis=1)
    rows["reason"] = _reasons(about, rows)
    rows["alike"] = _alike(about, rows)
    if about.layer is not None:
        told = pd.Series("no name", index=rows.index, dtype="str")
        problems.add(told.where(rows["group"].isna() & rows["reason"].isna()), rows["place"])
    every = frozenset(mentions["name"])
    names = mentions.groupby("row")["name"].agg(tuple).reindex(rows.index)
    for column in ("group", "category", "department", "programme"):
        clean = values.scrub(rows[column], names, every)
        told = pd.Series("personal data removed", index=rows.index, dtype="str")
        problems.add(told.where(rows[column].notna() & (clean != rows[column])), clean)
        rows[column] = clean
    rows["place"] = values.scrub(rows["place"], names, every)
    found = problems.table()
    found["value"] = values.scrub(
        found["value"].astype("str"), found["row"].map(names), every
    ).to_numpy()
    titles = values.scrub(pd.Series(about.table.titles, dtype="str"), None, every)
    return Records(rows, mentions, found, tuple(titles), located, pending)


def _said(about: Understanding, years: pd.Series[Any], problems: _Problems) -> pd.DataFrame:
    """What records say but for their place."""
    text = about.text
    programme = _one_line(text(Field.PROGRAMME)).fillna(about.programme)
    outcome = problems.read(values.outcomes(text(Field.OUTCOME)), text(Field.OUTCOME))
    year = years.map(lambda year: f"{year % 100:02d}년 ", na_action="ignore").astype("str")
    return pd.DataFrame(
        {
            "group": _one_line(text(Field.GROUP)),
            "category": _one_line(text(Field.CATEGORY)),
            "department": _one_line(text(Field.DEPARTMENT)),
            "programme": programme,
            "year": years,
            "outcome": outcome,
            "label": (year + programme + outcome.map(PRINTED)).astype("str"),
            "amount_krw": _amounts(about, problems),
            "participants": _participants(about, problems),
        },
        index=years.index,
    )


def _one_line(text: pd.Series[str]) -> pd.Series[str]:
    """Text with single spaces for line breaks and runs of spaces; missing where it is an error."""
    line = text.str.normalize("NFC").str.replace(r"\s+", " ", regex=True).str.strip()
    return line.mask(line.str.fullmatch(values.ERROR).fillna(False).astype(bool))


def _years(about: Understanding, problems: _Problems) -> pd.Series[Any]:
    """The year of each record; the table's where its own cell is empty."""
    text = about.text(Field.YEAR)
    years = problems.read(values.years(text), text).astype("Int64")
    if about.dated:
        day = about.text(Field.DATE)
        own = values.years_of_days(day, about.table.from_1904)
        years = years.fillna(problems.read(own, day))
    if about.year is None:
        return years
    return years.mask(text.isna() & years.isna(), about.year)


def _amounts(about: Understanding, problems: _Problems) -> pd.Series[Any]:
    """Won; of a cell that was merged over several records, in the first of them alone."""
    labels = about.labels(Field.AMOUNT)
    text = about.text(Field.AMOUNT)
    if about.unit_krw is None:
        return pd.Series(None, index=text.index, dtype="Int64")
    amounts = problems.read(values.amounts(text, about.unit_krw), text)
    shared = _later_merged(about, labels[0])
    problems.add(
        pd.Series("amount shared by merged rows", index=text.index, dtype="str").where(shared), text
    )
    return amounts.mask(shared)


def _participants(about: Understanding, problems: _Problems) -> pd.Series[Any]:
    """People taking part; from "… 외 4명" where no column counts them."""
    labels = about.labels(Field.PARTICIPANTS)
    if labels:
        text = about.text(Field.PARTICIPANTS)
        counts = problems.read(values.counts(text), text)
        shared = _later_merged(about, labels[0])
        told = pd.Series("count shared by merged rows", index=text.index, dtype="str")
        problems.add(told.where(shared), text)
        counts = counts.mask(shared)
    else:
        text = about.text(Field.MEMBERS).fillna(about.text(Field.REPRESENTATIVE))
        counts = values.counts(text.where(text.str.contains("외", na=False))).values
    few = (counts < LEAST_PARTICIPANTS).fillna(False).astype(bool)
    told = pd.Series("fewer than three participants", index=text.index, dtype="str")
    problems.add(told.where(few), counts.astype("str"))
    return counts


def _later_merged(about: Understanding, label: str) -> pd.Series[bool]:
    """Records under the first one of a merged cell: what it counts is not to be counted again."""
    rows = about.table.records.index
    later = pd.Series(False, index=rows)
    for first, last in about.table.merged.get(label, ()):
        later |= (rows > first) & (rows <= last)
    return later


def _places(
    about: Understanding,
    years: pd.Series[Any],
    gazetteer: Gazetteer,
    boundaries: Boundaries,
    ask: Ask | None,
    problems: _Problems,
) -> tuple[pd.DataFrame, Located | None, tuple[Pending, ...]]:
    """Where records say that they are, in words and in coordinates."""
    texts = _texts(about, problems)
    found = gazetteer.find(texts.assign(year=years))
    written = pd.Series("", index=years.index, dtype="str")
    for column in texts:
        written = (written + " " + texts[column].fillna("")).str.strip()
    place = pd.DataFrame(
        {
            "place": written.where(written != ""),
            "district_code": found["district_code"],
            "neighbourhood_code": found["neighbourhood_code"],
            "administrative_code": found["administrative_code"],
            "precision": np.where(
                found["neighbourhood_code"].notna(), Precision.NEIGHBOURHOOD, Precision.DISTRICT
            ),
            "x": np.nan,
            "y": np.nan,
            "problem": found["problem"].replace(
                {"no neighbourhood": "no neighbourhood: district precision"}
            ),
        }
    )
    # The building of 장지동복합청사 is in 문정동: no point is measured by such a name.
    area = found["neighbourhood_code"].where(found["rank"] != Rank.BUILDING)
    located, pending = _coordinates(
        about, found.assign(neighbourhood_code=area), boundaries, ask, problems
    )
    if located is not None and not pending:
        place = _pointed(place, area, located.points, boundaries)
    unplaced = place["district_code"].isna()
    place["precision"] = place["precision"].astype("str").mask(unplaced)
    told = place["problem"]
    columns = (Field.NEIGHBOURHOOD, Field.ADMINISTRATIVE, Field.LEGAL)
    if about.labels(Field.ADDRESS) or not any(map(about.labels, columns)):
        # no fault of the row: an address need not name a neighbourhood, but a building may have
        told = told.where(
            (told != "no neighbourhood: district precision") | found["candidates"].map(bool)
        )
    problems.add(told, place["place"], found["candidates"])
    return place, located, pending


def _texts(about: Understanding, problems: _Problems) -> pd.DataFrame:
    """What columns say of the place, as `Gazetteer.find` takes it: every address there is."""
    held = {field.value: about.labels(field)[:1] for field in PLACE_FIELDS}
    records = about.table.records
    texts = {}
    for name, label in ((name, label) for name, labels in held.items() for label in labels):
        # a code of a neighbourhood may be a number that a spreadsheet shortened
        texts[name] = problems.read(values.written_out(_one_line(records[label])), records[label])
    for number, label in enumerate(about.labels(Field.ADDRESS), start=1):
        texts[ADDRESS if number == 1 else f"{ADDRESS}_{number}"] = _one_line(records[label])
    return pd.DataFrame(texts, index=records.index)


def _coordinates(
    about: Understanding,
    found: pd.DataFrame,
    boundaries: Boundaries,
    ask: Ask | None,
    problems: _Problems,
) -> tuple[Located | None, tuple[Pending, ...]]:
    """Points of the coordinates, or what has to be asked of them."""
    pairs = ((Field.LONGITUDE, Field.LATITUDE), (Field.X, Field.Y))
    pair = next((pair for pair in pairs if all(map(about.labels, pair))), None)
    if pair is None:
        return None, ()
    numbers = []
    for field in pair:
        full, text = values.written_out(about.text(field)), about.text(field)
        number = pd.to_numeric(full.values.str.replace(",", ""), errors="coerce").astype("float64")
        told = pd.Series("coordinates are not a number", index=text.index, dtype="str")
        told = told.where(text.notna() & ~np.isfinite(number))
        problems.add(full.problems.fillna(told), text)
        numbers.append(number.where(np.isfinite(number)))
    nowhere = (numbers[0] == 0) | (numbers[1] == 0)
    numbers = [number.mask(nowhere) for number in numbers]
    filler = _fillers(numbers, found["district_code"])
    told = pd.Series("coordinates stand in rows of several districts", filler.index, dtype="str")
    problems.add(told.where(filler), about.text(pair[0]).str.cat(about.text(pair[1]), ", "))
    numbers = [number.mask(filler) for number in numbers]
    labels = [about.labels(field)[0] for field in pair]
    stated = about.crs or about.table.crs or coordinates.headed(labels, *numbers)
    located = coordinates.locate(
        numbers[0], numbers[1], found, boundaries, stated, about.crs is not None
    )
    if located.taken is not None or not (numbers[0].notna() & numbers[1].notna()).any():
        return located, ()
    systems = tuple(dict.fromkeys(trial.crs for trial in located.trials))
    best = "; ".join(f"{t.crs} {t.agree:,} of {t.of:,}" for t in located.trials[:3] if t.of)
    agree = f"points where their rows say: {best}" if best else "no row names its place"
    if not systems:
        agree = "none puts the points near Seoul"
    why = f"the coordinate system is not clear ({agree}); give --crs, or crs in mapping.toml"
    examples = coordinates.compared(numbers[0], numbers[1], located, boundaries)
    question = Pending(about.file, about.table.sheet, "crs", systems, why, examples)
    if ask is None or not systems:
        return located, (question,)
    answer = ask(question)
    return coordinates.locate(numbers[0], numbers[1], found, boundaries, answer, True), ()


def _fillers(numbers: Sequence[pd.Series[float]], districts: pd.Series[str]) -> pd.Series[bool]:
    """Whether the coordinates of rows are what an office fills in where it knows none.

    The city hall's stand in rows of many districts then, and tell nothing of those in its own.
    """
    of = districts.groupby(list(numbers), dropna=True).transform("nunique")
    return (of >= FILLED_IN).reindex(districts.index, fill_value=False)


def _pointed(
    place: pd.DataFrame, area: pd.Series[str], points: gpd.GeoSeries, boundaries: Boundaries
) -> pd.DataFrame:
    """Places with their points, where these are in the district that the row says, if any.

    Within it a point counts before any words (`Rank`); one that is not in the neighbourhood
    ``area`` which they name, nor near it, is told. A point in another district is a slip: the
    words count, and it is told.
    """
    place = place.copy()
    pointed = points.notna()
    inside = locate(points[pointed], boundaries).reindex(place.index)
    district, unit = place["district_code"], place["administrative_code"]
    within = inside["district_code"].notna()
    told_outside = place["problem"] == "outside the city"
    taken = within & ~told_outside & (district.isna() | (district == inside["district_code"]))
    shapes = boundaries.neighbourhoods.set_index("code").geometry.reindex(area)
    away = pd.Series(shapely.distance(points.to_numpy(), shapes.to_numpy()), index=place.index)
    held = _held(area, unit, inside["neighbourhood_code"], boundaries)
    apart = taken & (area.notna() | unit.notna()) & ~held & ~(away <= NEAR_M)
    outside = pointed & ~within
    place.loc[taken & ~place["problem"].isin(CONTRADICTIONS), "problem"] = None
    place.loc[apart, "problem"] = "point in another neighbourhood"
    place.loc[taken, "precision"] = Precision.POINT
    place["administrative_code"] = unit.mask(apart)
    for column in ("district_code", "neighbourhood_code"):
        place[column] = place[column].mask(taken, inside[column])
    for axis in ("x", "y"):
        place[axis] = getattr(points, axis).where(taken)
    place.loc[outside & district.isna(), "problem"] = "outside the city"
    place.loc[outside & district.notna(), "problem"] = "point outside the city"
    place.loc[within & ~told_outside & ~taken, "problem"] = "point lies elsewhere"
    return place


def _held(
    area: pd.Series[str], unit: pd.Series[str], inside: pd.Series[str], boundaries: Boundaries
) -> pd.Series[bool]:
    """Whether points lie in what rows name: the neighbourhood, or their unit.

    That is the unit which is named, else any that was called as the neighbourhood is: a column
    of neighbourhoods may have meant it.
    """
    holding, meant = _holding(boundaries)
    by_unit = pd.MultiIndex.from_arrays([unit, inside]).isin(holding)
    by_name = pd.MultiIndex.from_arrays([area, inside]).isin(meant)
    return (area == inside).fillna(False).astype(bool) | by_unit | (by_name & unit.isna())


@lru_cache(maxsize=1)
def _holding(boundaries: Boundaries) -> tuple[pd.MultiIndex, pd.MultiIndex]:
    """Units with neighbourhoods that they held; neighbourhoods with those of their namesakes."""
    units, areas = boundaries.administrative, boundaries.neighbourhoods
    pairs = boundaries.administrative_legal[["code", "legal_code"]]
    columns = ["district_code", "name_ko"]
    namesakes = units[["code", *columns]].merge(areas[["code", *columns]], on=columns)
    meant = namesakes.merge(pairs, left_on="code_x", right_on="code")[["code_y", "legal_code"]]
    return pd.MultiIndex.from_frame(pairs), pd.MultiIndex.from_frame(meant)


def _mentions(about: Understanding, years: pd.Series[Any], problems: _Problems) -> pd.DataFrame:
    """People that records name; numbers and addresses are those of the representative."""
    if not any(map(about.labels, PERSONAL)):
        rows = pd.Series(dtype=about.table.records.index.dtype)
        return pd.DataFrame({"row": rows, **{name: pd.Series(dtype="str") for name in MENTION}})
    residents = values.residents(about.text(Field.RESIDENT_NUMBER))
    birth, gender = about.text(Field.BIRTH), about.text(Field.GENDER)
    born = problems.read(values.births(birth, years), birth.where(birth.isna(), values.HIDDEN))
    for field in (Field.PHONE, Field.RESIDENT_NUMBER):
        shortened = values.written_out(about.text(field)).problems
        problems.add(shortened, shortened.where(shortened.isna(), values.HIDDEN))
    named = values.people(about.text(Field.REPRESENTATIVE)).rename("name")
    heads = pd.DataFrame(
        {
            "name": named,
            "role": "representative",
            "phone": values.phones(about.text(Field.PHONE)),
            "email": values.emails(about.text(Field.EMAIL)),
            "number": residents["number"],
            "birth": residents["birth"].fillna(born.dt.strftime("%Y-%m-%d").astype("str")),
            "gender": residents["gender"].fillna(
                problems.read(values.genders(gender), gender).astype("str")
            ),
            "home": about.text(Field.HOME),
        }
    ).explode("name")
    # Of several names in a cell, what stands beside them is the first one's.
    heads.loc[heads.index.duplicated(), list(MENTION[2:])] = None
    heads.loc[heads.index.duplicated(), "role"] = "member"
    members = [
        pd.DataFrame({"name": values.people(about.table.records[label]), "role": "member"}).explode(
            "name"
        )
        for label in about.labels(Field.MEMBERS)
    ]
    every = pd.concat([heads, *members]).dropna(subset="name")
    every = every.rename_axis("row").reset_index()
    return every.reindex(columns=["row", *MENTION]).drop_duplicates(["row", "name"])


def _reasons(about: Understanding, rows: pd.DataFrame) -> pd.Series[str]:
    """Why a row is set aside, the first of several reasons; missing where it is used."""
    reason = rows["problem"].where(rows["district_code"].isna())
    if about.layer is None:
        reason = reason.mask(rows["year"].isna(), "no year")
        reason = reason.mask(rows["group"].isna(), "no group name")
    serial = about.labels(Field.SERIAL)
    cells = about.table.records.drop(columns=serial)
    of = cells.groupby(list(cells.columns), dropna=False, sort=False).ngroup()
    first = pd.Series(cells.index, index=cells.index).groupby(of).transform("first")
    again = (first != cells.index) & (rows["group"].notna() | (about.layer is not None))
    twice = "exact duplicate of source row " + first.astype("str")
    return reason.mask(again, twice).astype("str")


def _alike(about: Understanding, rows: pd.DataFrame) -> pd.Series[Any]:
    """A hash over all that records of different tables can be compared by."""
    compared = rows.drop(columns=["place", "precision", "problem", "reason"])
    compared["project"] = _one_line(about.text(Field.PROJECT))
    day = about.text(Field.DATE)
    read = values.dates(day, about.table.from_1904).values.dt.strftime("%Y-%m-%d")
    compared["date"] = read.astype("str").fillna(_one_line(day))
    compared["people"] = _one_line(about.text(Field.REPRESENTATIVE))
    if about.layer is not None:
        # Two places of one name in one neighbourhood are two, unless the rows are the same.
        records = about.table.records.drop(columns=about.labels(Field.SERIAL))
        compared["layer"] = about.layer
        compared["record"] = pd.util.hash_pandas_object(records, index=False)
    return pd.util.hash_pandas_object(compared.astype("str"), index=False)
