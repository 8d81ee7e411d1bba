"""Which column holds what: by the words that offices use, and by the values under them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from geo.intake.header import Table


class Field(StrEnum):
    """What a column may hold."""

    GROUP = "group"
    PROJECT = "project"
    DISTRICT = "district"
    NEIGHBOURHOOD = "neighbourhood"
    """Legal or administrative, or both mixed."""
    ADMINISTRATIVE = "administrative"
    LEGAL = "legal"
    ADDRESS = "address"
    LONGITUDE = "longitude"
    LATITUDE = "latitude"
    X = "x"
    """Of a grid; which axis is east is found out with the coordinate system."""
    Y = "y"
    YEAR = "year"
    DATE = "date"
    PROGRAMME = "programme"
    DEPARTMENT = "department"
    CATEGORY = "category"
    OUTCOME = "outcome"
    AMOUNT = "amount"
    PARTICIPANTS = "participants"
    REPRESENTATIVE = "representative"
    MEMBERS = "members"
    PHONE = "phone"
    EMAIL = "email"
    RESIDENT_NUMBER = "resident_number"
    BIRTH = "birth"
    GENDER = "gender"
    HOME = "home"
    """Where the representative lives."""
    SERIAL = "serial"
    """Numbers the rows; no part of a record."""
    IGNORE = "ignore"
    """Understood or not, left out of the atlas."""


@dataclass(frozen=True)
class Understood:
    """One column: what it was taken for, how surely (0 to 1), and why.

    ``why`` is ``words``, ``values``, ``words and values``, ``mapping``, or ``nothing`` for a column that is
    left out since nothing speaks for any field.
    """

    label: str
    field: Field
    confidence: float
    why: str


@dataclass(frozen=True)
class Question:
    """What only a person can tell: which of several columns holds a field, or none of them."""

    field: Field
    choices: tuple[str, ...]
    why: str


def recognise(table: Table) -> tuple[tuple[Understood, ...], tuple[Question, ...]]:
    """What the columns of a table hold, in their order, and what has to be asked."""
    raise NotImplementedError
