"""A briefing: scenes in order, in one small TOML file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dashboard.sheet import Sheet

Words = Mapping[str, str]
"""Language -> text."""


@dataclass(frozen=True)
class Scene:
    """A view with what is said to it.

    ``view`` is a canonical query without language, theme and snapshot.
    """

    view: str
    title: Words
    caption: Words
    notes: Words


@dataclass(frozen=True)
class Briefing:
    """Scenes in order; ``snapshot`` is the hash of the data that they were made on."""

    title: Words
    scenes: tuple[Scene, ...]
    snapshot: str


@dataclass(frozen=True)
class Told:
    """A scene in one language, with its sheet: what the outputs are made of."""

    title: str
    caption: str
    notes: str
    sheet: Sheet
