"""The tables of an atlas: columns, types, units, keys; and the enums of the field.

This is the one definition: validation, the codebook of every download and the sample's
writer all read it. Geometry is in EPSG:5179 (Korea 2000 / Unified CS, metres); codes and
identifiers are strings; a missing value is ``None``/``NA``, never an empty string or a zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

CRS = "EPSG:5179"
"""Where things are measured (metres)."""
CRS_SHOWN = "EPSG:4326"
"""What browsers and files for exchange get (degrees)."""
YEARS_ALLOWED = (1990, 2100)
"""A year outside is a slip of the pen (20133)."""
CITY = "11"
"""The code of Seoul, which begins the code of each of its districts."""
POPULATION_YEAR = 2017
"""Without a table of residents, rates use those of this year's first quarter in every year."""


class Level(StrEnum):
    DISTRICT = "district"
    NEIGHBOURHOOD = "neighbourhood"
    ADMINISTRATIVE = "administrative"
    HEX7 = "hex7"
    HEX8 = "hex8"
    HEX9 = "hex9"
    SURFACE = "surface"


class Measure(StrEnum):
    COUNT = "count"
    PER_KM2 = "per_km2"
    PER_10K = "per_10k"
    RATIO_AREA = "ratio_area"
    """Observed over expected, had the groups spread evenly over the area."""
    RATIO_RESIDENTS = "ratio_residents"
    """Observed over expected, had every resident been equally likely to have one."""


class Scheme(StrEnum):
    """How values fall into classes."""

    ROOT = "root"
    NATURAL = "natural"
    QUANTILES = "quantiles"
    EQUAL = "equal"
    CONTINUOUS = "continuous"


class Count(StrEnum):
    """Which groups of a year are counted."""

    CUMULATIVE = "cumulative"
    NEW = "new"
    ACTIVE = "active"


class Precision(StrEnum):
    POINT = "point"
    NEIGHBOURHOOD = "neighbourhood"
    DISTRICT = "district"


class Outcome(StrEnum):
    SELECTED = "selected"
    REJECTED = "rejected"
    UNDER_REVIEW = "under_review"
    OTHER = "other"
    UNKNOWN = "unknown"


class Role(StrEnum):
    REPRESENTATIVE = "representative"
    MEMBER = "member"


class Gender(StrEnum):
    FEMALE = "female"
    MALE = "male"


class Provenance(StrEnum):
    SIMULATED = "simulated"
    IMPORTED = "imported"


class Audience(StrEnum):
    PUBLIC = "public"
    INTERNAL = "internal"


Kind = Literal["text", "year", "integer", "number", "flag", "geometry"]


@dataclass(frozen=True)
class Column:
    """One column: what it holds, in which unit, and what it may refer to."""

    name: str
    kind: Kind
    meaning: str
    unit: str = ""
    required: bool = True
    allowed: tuple[str, ...] = ()
    refers_to: str = ""
    least: float | None = None


@dataclass(frozen=True)
class Table:
    """One table of an atlas; ``key`` is the tuple of columns that no two rows share."""

    name: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)


NAMED = (
    Column("code", "text", "official code"),
    Column("name_ko", "text", "name in Korean"),
    Column("name_en", "text", "romanised name"),
)
OF_DISTRICT = Column("district_code", "text", "district", refers_to="districts")
WITHIN = Column(
    "neighbourhood_code", "text", "legal neighbourhood", required=False, refers_to="neighbourhoods"
)
INSIDE = Column("district_code", "text", "district that it lies in", refers_to="districts")


def _area(name: str) -> Table:
    parent = (INSIDE,) if name == "neighbourhoods" else ()
    return Table(
        name,
        ("code",),
        (
            *NAMED,
            *parent,
            Column("area_km2", "number", "area", "km²", least=0),
            Column("population", "integer", "residents, first quarter of 2017", "people", least=0),
            Column("population_is_estimated", "flag", "whether population is estimated by area"),
            Column("geometry", "geometry", "polygon of a coverage, EPSG:5179", "m"),
        ),
    )


TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        Table(
            "groups",
            ("group_id",),
            (
                Column("group_id", "text", "identifier of the resident group"),
                Column("name", "text", "name of the group"),
                Column("category", "text", "policy field", required=False),
                OF_DISTRICT,
                WITHIN,
                Column(
                    "administrative_code",
                    "text",
                    "administrative neighbourhood, as it was when recorded",
                    required=False,
                    refers_to="administrative",
                ),
                Column(
                    "precision",
                    "text",
                    "how exactly the place is known",
                    allowed=tuple(Precision),
                ),
                Column("founded_year", "year", "year of the group's first application"),
                Column("provenance", "text", "where the row comes from", allowed=tuple(Provenance)),
                Column("geometry", "geometry", "place, EPSG:5179", "m", required=False),
            ),
        ),
        Table(
            "applications",
            ("application_id",),
            (
                Column("application_id", "text", "identifier of the application"),
                Column("group_id", "text", "group that applied", refers_to="groups"),
                Column("year", "year", "year of the application"),
                Column("programme", "text", "programme (씨앗, 실국)", required=False),
                Column("department", "text", "bureau in charge", required=False),
                Column("outcome", "text", "what became of it", allowed=tuple(Outcome)),
                Column("amount_krw", "integer", "amount", "KRW", required=False, least=0),
                Column("participants", "integer", "people taking part", "people", False, least=0),
                Column("label", "text", "status as printed", required=False),
            ),
        ),
        Table(
            "people",
            ("person_id",),
            (
                Column("person_id", "text", "pseudonym"),
                Column("gender", "text", "gender", required=False, allowed=tuple(Gender)),
                Column("birth_year", "year", "year of birth", required=False, least=1900),
                Column("district_code", "text", "district", "", False, refers_to="districts"),
                WITHIN,
            ),
        ),
        Table(
            "memberships",
            ("application_id", "person_id"),
            (
                Column("application_id", "text", "application", refers_to="applications"),
                Column("person_id", "text", "person named in it", refers_to="people"),
                Column("role", "text", "part in the application", allowed=tuple(Role)),
            ),
        ),
        Table(
            "sites",
            ("site_id",),
            (
                Column("site_id", "text", "identifier of the named place"),
                Column("name_ko", "text", "name in Korean"),
                Column("name_en", "text", "name in English"),
                OF_DISTRICT,
                Column("kind", "text", "what the place is"),
                Column("geometry", "geometry", "place, EPSG:5179", "m"),
            ),
        ),
        Table(
            "places",
            ("place_id",),
            (
                Column("place_id", "text", "identifier of the place"),
                Column("layer", "text", "layer that it belongs to (도서관)"),
                Column("name", "text", "name of the place", required=False),
                OF_DISTRICT,
                WITHIN,
                Column(
                    "administrative_code",
                    "text",
                    "administrative neighbourhood, as the list names it",
                    required=False,
                    refers_to="administrative",
                ),
                Column(
                    "precision",
                    "text",
                    "how exactly the place is known",
                    allowed=tuple(Precision),
                ),
                Column("provenance", "text", "where the row comes from", allowed=tuple(Provenance)),
                Column("geometry", "geometry", "place, EPSG:5179", "m", required=False),
            ),
        ),
        _area("districts"),
        _area("neighbourhoods"),
        Table(
            "administrative",
            ("code",),
            (
                *NAMED,
                INSIDE,
                Column("since", "text", "first day, YYYY-MM-DD"),
                Column("until", "text", "last day, YYYY-MM-DD", required=False),
                Column(
                    "successor",
                    "text",
                    "the one that it was renamed to or merged into",
                    required=False,
                    refers_to="administrative",
                ),
                Column("area_km2", "number", "area", "km²", required=False, least=0),
                Column("geometry", "geometry", "polygon, EPSG:5179", "m", required=False),
            ),
        ),
        Table(
            "population",
            ("code", "year"),
            (
                Column("code", "text", "district, neighbourhood or administrative neighbourhood"),
                Column("year", "year", "year of the figure"),
                Column("population", "integer", "residents", "people", least=0),
            ),
        ),
    )
}
"""Every table of a snapshot by name, parents after children.

``sites`` are a few landmarks that questions are asked of. ``places`` are the public facilities of
an office's lists (libraries, markets, schools), in layers; they are shown to everybody where they
are, so they hold a name and a place and nothing else that a list says: no address, no telephone
number, nobody in charge.
"""
LATER = {"places": 3}
"""Tables that came after schema version 2, and the version that they came with.

A snapshot without a row in any of them is written without them, as version 2, so that it has the
bytes and the content hash that it always had; read, such a table is empty.
"""

GIVEN = ("groups", "applications", "people", "memberships", "sites", "places", "population")
"""The tables that a publisher gives; the areas come with the boundaries.

``groups`` and ``applications`` must be there, unless an atlas holds ``places`` alone; the others
may be left out.
"""
LONGEST_LAYER = 40
"""Characters of a layer's name, which stands in lists and addresses."""
