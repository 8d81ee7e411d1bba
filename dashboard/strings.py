"""Two catalogues, one truth: every word on screen, in Korean and in English."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from math import floor, log10
from pathlib import Path
from typing import Any

CATALOGUES = Path(__file__).parent / "strings"
LANGUAGES = ("ko", "en")
SMALL = 0.01
"""Below it two decimals would say nothing: two digits are shown instead."""

SINGULAR = {"people": "person", "neighbourhoods": "neighbourhood"} | {
    f"{word}s": word for word in ("group", "application", "area", "cluster", "district", "bureau")
}
ONE = re.compile(
    rf"(?<![\d.,–−-])1 (interest |resident |new |other |selected )?({'|'.join(SINGULAR)})\b"
)


def _singular(found: re.Match[str]) -> str:
    return f"1 {found[1] or ''}{SINGULAR[found[2]]}"


class Text:
    """The words of one language: ``text("filter.year")``, with values filled in by name."""

    def __init__(self, lang: str) -> None:
        self.lang = lang
        self._words = catalogue(lang)

    def __call__(self, key: str, **values: object) -> str:
        """The words of a key; of one thing English speaks in the singular.

        >>> Text("en")("map.groups", n=1), Text("en")("map.groups", n=21)
        ('1 group', '21 groups')
        """
        if not values:
            return self._words[key]
        said = self._words[key].format(**values)
        return ONE.sub(_singular, said) if self.lang == "en" else said

    def part(self, prefix: str) -> dict[str, str]:
        """All keys under a prefix, without it."""
        start = f"{prefix}."
        return {
            key.removeprefix(start): word
            for key, word in self._words.items()
            if key.startswith(start)
        }

    def value(self, parameter: str, value: object) -> str:
        """A choice in words; what an atlas brings itself (a bureau's name) stays as it is."""
        return self._words.get(f"{parameter}.{value}", str(value))

    def name(self, row: Any) -> str:
        """The name of an area or a site."""
        return str(row[f"name_{self.lang}"])

    def population(self, years: Sequence[int]) -> str:
        """Where residents are from: the atlas's own table of some years, or the usual figures.

        >>> Text("en").population([2012, 2013, 2016])
        'Residents as published with this atlas (2012, 2013, 2016); other years take the nearest.'
        """
        if not years:
            return self("panel.population_note")
        return self("panel.population_own_note", years=", ".join(str(year) for year in years))

    def level(self, level: str, known: Mapping[str, str]) -> str:
        """What the areas of a level are called, given what a manifest says of its boundaries."""
        own = level == "neighbourhood" and known.get("kind") == "own"
        return self("level.own") if own else self.value("level", level)

    def boundaries(self, known: Mapping[str, str]) -> str:
        """Where boundaries are from and of which day, as a manifest has it.

        >>> Text("en").boundaries({"source": "ours.gpkg", "date": ""})
        'ours.gpkg, date not given'
        """
        named = [(known.get(f"source_{self.lang}", known["source"]), known["date"])]
        if "administrative" in known:
            level = self("level.administrative")
            drawn = known["administrative"]
            named.append((f"{level}: {drawn}", known["administrative_date"]))
        return " · ".join(f"{name}, {date or self('export.undated')}" for name, date in named)

    def number(self, value: float | None) -> str:
        """At most two decimals, thousands grouped; a dash where there is none.

        >>> text = Text("en")
        >>> text.number(1189), text.number(3.14159), text.number(0.000012), text.number(None)
        ('1,189', '3.14', '0.000012', '–')
        """
        if value is None or value != value:
            return "–"
        if 0 < abs(value) < SMALL:
            return f"{value:.{1 - floor(log10(abs(value)))}f}"
        text = f"{round(float(value), 2):,.2f}".rstrip("0").rstrip(".")
        return "0" if text == "-0" else text

    def signed(self, value: float | None) -> str:
        """A difference, with its sign.

        >>> Text("en").signed(12), Text("en").signed(-0.5), Text("en").signed(0)
        ('+12', '−0.5', '±0')
        """
        if value is None or value != value:
            return "–"
        size = self.number(abs(value))
        return f"±{size}" if size == "0" else f"{'+' if value > 0 else '−'}{size}"


@cache
def catalogue(lang: str) -> dict[str, str]:
    """The catalogue of a language, flat: ``{"filter.year": …}``."""
    with (CATALOGUES / f"{lang}.toml").open("rb") as file:
        return dict(_flat(tomllib.load(file)))


def _flat(words: dict[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for key, value in words.items():
        if isinstance(value, dict):
            pairs += _flat(value, f"{prefix}{key}.")
        else:
            pairs.append((f"{prefix}{key}", value))
    return pairs
