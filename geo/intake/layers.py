"""Lists of places: what of them is used, what is dropped, and what no layer may be made of.

A layer is shown to everybody at its points, so it holds public facilities alone, by name and
place. Whatever else a list says stays out of the atlas; a list of people is refused, since their
homes would be on the map.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

import pandas as pd

from geo.errors import BadFile, UnknownValue, listed
from geo.intake.columns import OF_PEOPLE, Field, Understood
from geo.intake.header import Table
from geo.intake.identity import name_of
from geo.schema import LONGEST_LAYER

USED = frozenset(
    {
        Field.GROUP, Field.CITY, Field.DISTRICT, Field.NEIGHBOURHOOD, Field.ADMINISTRATIVE,
        Field.LEGAL, Field.ADDRESS, Field.LONGITUDE, Field.LATITUDE, Field.X, Field.Y, Field.SERIAL,
    }
)  # fmt: skip
"""Fields of a list of places; its name stands where a group's would."""
COARSE = frozenset({Field.CITY, Field.DISTRICT})
OF_APPLICATIONS = frozenset(
    {
        Field.YEAR, Field.PROGRAMME, Field.OUTCOME, Field.AMOUNT, Field.PARTICIPANTS,
        Field.PROJECT, Field.MEMBERS,
    }
)  # fmt: skip
"""Fields by which a table is one of applications; dates and those in charge, lists have as well."""
PERSONAL = frozenset(
    {
        Field.REPRESENTATIVE, Field.MEMBERS, Field.PHONE, Field.EMAIL, Field.RESIDENT_NUMBER,
        Field.BIRTH, Field.GENDER, Field.HOME,
    }
)  # fmt: skip
IN_CHARGE = re.compile(r"대표|담당|관리|책임|소유|운영|설치|[가-힣]장(?:명|성명|이름)?$")
"""Headings of people who answer for a facility; the rows are not about them."""
OF_GROUPS = re.compile(r"모임|동아리|공동체명|신청|제안|참여단체")
"""Headings over names of resident groups, whose address is often somebody's home."""
MOST_GROUPS = 0.5
"""Share of a list's names from which on it is one of the atlas's groups."""
SURNAMES = (
    "김이박최정강조윤장임한오서신권황안송전홍유고문양손배백허남심노하곽성차주우구민류나진지엄채원"
    "천방공현함변염여추도소석선설마길연위표명기반왕금옥육인맹제모탁국어은편용"
)
PERSON = rf"[{SURNAMES}○*][가-힣○*]{{1,3}}"
"""A Korean name, or what was left of it."""


def layer_name(text: str) -> str:
    """A layer's name in one form: NFC, with single spaces.

    Raises:
        UnknownValue: empty, longer than `LONGEST_LAYER`, or with characters that do not print.

    >>> layer_name(" 공공  도서관 ")
    '공공 도서관'
    """
    name = " ".join(unicodedata.normalize("NFC", text).split())
    if not name or len(name) > LONGEST_LAYER or not name.isprintable():
        allowed = f"a name of 1 to {LONGEST_LAYER} characters, such as 도서관"
        raise UnknownValue("layer", text, [allowed])
    return name


def is_likely(columns: Sequence[Understood]) -> bool:
    """Whether columns have a place and nothing that only applications have."""
    held = {column.field for column in columns}
    return bool(held & (USED - {Field.GROUP, Field.SERIAL})) and not held & OF_APPLICATIONS


def dropped(columns: Sequence[Understood]) -> list[dict[str, str]]:
    """Columns of a list that may hold personal data, and what they were taken for."""
    return [
        {"label": column.label, "field": str(column.field)}
        for column in columns
        if column.field in PERSONAL
    ]


def check(
    file: str, table: Table, recognised: Sequence[Understood], columns: Sequence[Understood]
) -> None:
    """Refuse what is no list of public facilities.

    Args:
        file: its name, for messages.
        table: as found.
        recognised: its columns as their words and values speak for them.
        columns: the same as a person corrected them.

    Raises:
        BadFile: it lists people or resident groups, its place is somebody's home, or it has
            figures of districts instead of places.
    """
    people = [column.label for column in recognised if _is_of_people(column, table.records)]
    people += [c.label for c in columns if c.field is Field.GROUP and OF_PEOPLE.search(c.label)]
    if people:
        raise BadFile(
            f"{file} lists people ({listed(people)}), not public facilities: as places it would "
            "show where they live. Take it in without --places, or give a list of the facilities."
        )
    groups = [
        column.label
        for column in columns
        if column.field is Field.GROUP and OF_GROUPS.search(column.label)
    ]
    if groups:
        raise _lists_groups(file, listed(groups))
    homes = {column.label for column in recognised if column.field is Field.HOME}
    used = [column.label for column in columns if column.field in USED and column.label in homes]
    if used:
        raise BadFile(
            f"{file}: {listed(used)} tells where somebody lives, which is no public facility: "
            "leave the column out of the mapping."
        )
    held = {column.field for column in columns}
    places = held & (USED - {Field.GROUP, Field.SERIAL})
    if places and places <= COARSE and Field.GROUP not in held:
        raise BadFile(
            f"{file} is no list of places: it has figures of districts, and no column with names "
            "of places. Give a list with a row for each place, or tell the column of their names "
            "with --name-column."
        )


def check_names(file: str, names: pd.Series[str], groups: pd.Series[str]) -> None:
    """Refuse a list whose names are those of groups that an atlas has.

    Args:
        file: its name, for messages.
        names: of its places, missing ones too.
        groups: names of the atlas's groups.

    Raises:
        BadFile: more than `MOST_GROUPS` of the names are groups'.
    """
    known, told = set(groups.map(name_of)), names.dropna()
    if len(told) and float(told.map(name_of).isin(known).mean()) > MOST_GROUPS:
        raise _lists_groups(file, "most names are those of groups in the atlas")


def _lists_groups(file: str, why: str) -> BadFile:
    return BadFile(
        f"{file} lists resident groups ({why}), whose address is often somebody's home: it is no "
        "list of public facilities. Take it in without --places."
    )


def _is_of_people(column: Understood, records: pd.DataFrame) -> bool:
    """Whether the rows of a list with this column are about people."""
    if column.field in (Field.RESIDENT_NUMBER, Field.BIRTH):
        return True
    if column.field not in (Field.REPRESENTATIVE, Field.MEMBERS):
        return False
    several = rf"(?:[\s,/·;]+{PERSON})*" if column.field is Field.MEMBERS else ""
    form = rf"{PERSON}{several}(?:\s*외\s*\d*\s*[명인])?\s*님?"
    names = records[column.label].dropna().str.strip()
    is_named = bool(len(names)) and float(names.str.fullmatch(form).mean()) > 0.5
    return is_named and IN_CHARGE.search(column.label) is None
