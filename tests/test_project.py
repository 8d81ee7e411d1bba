"""The project keeps its own rules."""

from __future__ import annotations

import re
from pathlib import Path

from dashboard.strings import catalogue

CODE = [path for folder in ("dashboard", "geo") for path in Path(folder).rglob("*.py")]


def test_both_languages_say_the_same_things() -> None:
    """Two catalogues, one truth: the same keys, the same values to fill in."""
    ko, en = catalogue("ko"), catalogue("en")
    assert ko.keys() == en.keys()
    holes = re.compile(r"\{(\w+)\}")
    for key, word in ko.items():
        assert set(holes.findall(word)) == set(holes.findall(en[key])), key


def test_colours_live_in_the_theme_alone() -> None:
    """No hexadecimal colour in any other module or style sheet of ours."""
    files = [path for path in CODE if path.name != "theme.py"]
    files += [Path("assets/page.css"), *Path("assets").glob("*.js")]
    colour = re.compile(r"#[0-9a-fA-F]{6}\b")
    assert [path for path in files if colour.search(path.read_text(encoding="utf-8"))] == []


def test_nothing_is_styled_in_place() -> None:
    """Classes carry the looks."""
    assert [path for path in CODE if "style=" in path.read_text(encoding="utf-8")] == []
