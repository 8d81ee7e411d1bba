"""Areas by kind -> what the map shows in every year, and what a place says of itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from dashboard.maps.density import OUTSIDE, ZERO
from dashboard.tables import Kinds

DIGITS = 4


@dataclass(frozen=True)
class Said:
    """A sentence about a place with ``{value}`` in it, and the values by area and year."""

    text: str
    values: pd.DataFrame


def show_kinds(
    key: str,
    found: Kinds,
    said: Sequence[Said],
    *,
    labels: Sequence[str],
    none: str,
    why: Sequence[str | None],
    districts: Sequence[str],
    geometry: Mapping[str, str],
    colours: Mapping[str, Sequence[str]],
    points: str | None,
) -> dict[str, Any]:
    """Everything that the map needs to show the kinds of any year.

    Args:
        key: the question, as the browser asked it.
        found: kinds of all years.
        said: what a place says of itself, line by line; nothing where the value is missing.
        labels: each kind in words, in the order of ``found.order``.
        none: what an area of no kind is.
        why: for each year why there is nothing to show, if so.
        districts: codes of the chosen districts; none for the whole city.
        geometry: layer -> URL.
        colours: theme -> the colour of each kind.
        points: as in `dashboard.maps.density.show`.
    """
    inside = found.inside.to_numpy(dtype=bool)
    code = {kind: ord("0") + place for place, kind in enumerate(found.order)}
    marks = np.array(
        [[code.get(kind, ord(ZERO)) for kind in found.kinds[year]] for year in found.kinds],
        dtype=np.uint8,
    )
    marks[:, ~inside] = ord(OUTSIDE)
    return {
        "key": key,
        "level": found.level,
        "geometry": dict(geometry),
        "years": [int(year) for year in found.kinds.columns],
        "classes": [year.tobytes().decode() for year in marks],
        "labels": list(labels),
        "none": none,
        "said": [{"text": one.text, "values": _numbers(one.values)} for one in said],
        "why": list(why),
        "compared": False,
        "colours": colours,
        "shown": list(districts) or None,
        "n": found.n.tolist(),
        "points": points,
    }


def _numbers(frame: pd.DataFrame) -> list[list[float | None]]:
    """By year, rounded to what is shown; missing ones are null."""
    table = frame.to_numpy(dtype=float).T.round(DIGITS)
    return [
        [None if value != value else int(value) if value == int(value) else value for value in row]
        for row in table.tolist()
    ]
