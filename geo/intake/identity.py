"""Same group, same person: across rows, files and years.

People become keyed pseudonyms (HMAC-SHA-256); nobody's name, number or address leaves this
module, not even in a message.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd


@dataclass(frozen=True)
class Key:
    """The secret by which people are called; ``fingerprint`` tells keys apart, not what they are."""

    secret: bytes

    @property
    def fingerprint(self) -> str:
        raise NotImplementedError


def load_key(path: Path, atlas: Path) -> Key:
    """The key of a file, made there (mode 600) if there is none.

    Raises:
        BadKey: the file is inside the atlas, others may read it, or it is no key.
    """
    raise NotImplementedError


@dataclass(frozen=True)
class Matched:
    """Identifiers on the index of what was matched, and the pairs that a person should decide.

    ``doubtful``: columns as `DECISIONS`, without personal data: people are named by their
    pseudonyms and by where their rows are.
    """

    ids: pd.Series[str]
    doubtful: pd.DataFrame
    known: pd.DataFrame


DECISIONS = ("kind", "a", "b", "a_is", "b_is", "score", "why", "decision")
"""Columns of decisions.csv; ``decision`` is ``same``, ``different`` or empty."""
