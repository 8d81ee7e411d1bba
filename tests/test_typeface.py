"""The page's typeface holds what the page writes, under a name of its own."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from dashboard.strings import LANGUAGES, catalogue
from geo.boundaries import Boundaries

FONTS = sorted(Path("assets/fonts").glob("*.woff2"))


def held(path: Path) -> set[int]:
    with TTFont(path) as font:
        return set(font.getBestCmap())


def test_every_word_can_be_written(seoul: Boundaries) -> None:
    """Both catalogues and the names of Seoul's places."""
    words = [word for lang in LANGUAGES for word in catalogue(lang).values()]
    for areas in (seoul.districts, seoul.neighbourhoods):
        words += [*areas["name_ko"], *areas["name_en"]]
    words.append(Path("data/seoul/sites.geojson").read_text(encoding="utf-8").replace("\n", ""))
    missing = set(map(ord, "".join(words))) - set().union(*map(held, FONTS))
    assert "".join(map(chr, missing)) == ""


def test_a_browser_is_told_what_each_file_holds() -> None:
    """A file that is fetched for a character has it, and no two are fetched for the same."""
    css = Path("assets/fonts.css").read_text(encoding="utf-8")
    faces = dict(re.findall(r'url\("(fonts/[\w-]+\.woff2)"\).*?unicode-range: (.*?);', css, re.S))
    assert {Path("assets") / name for name in faces} == set(FONTS)
    told: dict[str, set[int]] = {}
    for name, text in faces.items():
        runs = (re.findall(r"[0-9A-F]+", run.removeprefix("U+")) for run in text.split(", "))
        told[name] = {code for run in runs for code in range(int(run[0], 16), int(run[-1], 16) + 1)}
        assert told[name] == held(Path("assets") / name), name
    assert sum(map(len, told.values())) == len(set().union(*told.values()))


@pytest.mark.parametrize("path", FONTS, ids=lambda path: path.stem)
def test_a_cut_goes_by_a_name_of_its_own(path: Path) -> None:
    """Pretendard is a reserved font name."""
    with TTFont(path) as font:
        names = {str(record) for record in font["name"].names}
    assert "Maeul Gothic" in names
    assert not [name for name in names if "pretendard" in name.lower()]
