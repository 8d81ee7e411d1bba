"""The report of an intake as a page: in a file of its own, and as a part of the atlas's."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from geo.schema import Precision

HERE = Path(__file__).parent
LANGUAGES = ("ko", "en")
REPORT = "report.json"
"""What is rendered, beside the tables of a snapshot."""


@cache
def _catalogue() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads((HERE / "words.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Words:
    """Codes and phrases of reports in one language."""

    lang: str

    def say(self, phrase: str, **values: str) -> str:
        """A phrase with its values.

        >>> Words("en").say("won", n="1,000")
        '1,000 won'
        """
        return _catalogue()["phrase"][phrase][LANGUAGES.index(self.lang)].format(**values)

    def word(self, code: str) -> str:
        """What a code stands for; itself, where that is not known.

        >>> Words("ko").word("no place"), Words("ko").word("?")
        ('위치가 없음', '?')
        """
        both = _catalogue()["code"].get(code)
        return both[LANGUAGES.index(self.lang)] if both else code


@dataclass(frozen=True)
class _Page:
    lang: str
    words: Words
    body: Markup

    def say(self, phrase: str) -> str:
        return self.words.say(phrase)


def css() -> Markup:
    """The style of `body`, which takes its colours from variables."""
    return Markup((HERE / "report.css").read_text(encoding="utf-8"))


def body(told: Mapping[str, Any], lang: str, inside: bool = True) -> Markup:
    """What was read, understood and set aside, as HTML in one language.

    Args:
        told: as ``report.json`` has it.
        lang: ``ko`` or ``en``.
        inside: whether text that stood in the files is shown, and how many people they name.
    """
    words = Words(lang)
    template = _environment().get_template("tables.html")
    return Markup(
        template.render(told=told, say=words.say, word=words.word, n="{:,}".format, inside=inside)
    )


def precision(counts: Mapping[str, int], lang: str) -> Markup:
    """How many places are known by point, neighbourhood and district: a bar and its key."""
    macros = _environment().get_template("macros.html").make_module({"n": "{:,}".format})
    every = {str(name): counts.get(name, 0) for name in Precision}
    return Markup(macros.precision(every, Words(lang).word))  # type: ignore[attr-defined]


def html(told: Mapping[str, Any]) -> str:
    """``report.html``: in both languages, without scripts or other files."""
    pages = [_Page(lang, Words(lang), body(told, lang)) for lang in LANGUAGES]
    return _environment().get_template("report.html").render(pages=pages, css=css())


@cache
def _environment() -> Environment:
    # What stood in a file is text, whatever it looks like.
    return Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
