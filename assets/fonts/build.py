"""Cut the page's typeface: `python assets/fonts/build.py PretendardGOVVariable.ttf [plates]`.

Writes the files beside this one, and `assets/fonts.css`, which tells a browser what each holds;
with `plates` only the two that plates are set in.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

import pandas as pd
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
FAMILY = "Maeul Gothic"
PLAIN = {0xA0, *range(0x20, 0x7F)} | set(map(ord, "°±²³·×÷–—‘’“”…‹›₩←↑→↓−≤≥■▶◆"))
SYLLABLES = {
    ord(bytes([row, cell]).decode("euc_kr"))
    for row in range(0xB0, 0xC9)
    for cell in range(0xA1, 0xFF)
}
"""The 2,350 of KS X 1001: nearly all that Korean writes."""
WEIGHTS = (400, 700)
PLATES = {"plate-regular": 400, "plate-bold": 700}
"""File -> its one weight, for what knows no variable font: matplotlib, and PDF."""
MORE = 4
HEAD = """\
/* Maeul Gothic: Pretendard GOV, cut to what Korean pages need (see fonts/README.md). A browser
   fetches only the files whose characters it meets. Written by fonts/build.py. */
"""
FACE = """
@font-face {{
  font-family: "{family}";
  src: url("fonts/{name}.woff2") format("woff2-variations");
  font-weight: {lightest} {boldest};
  font-display: swap;
  unicode-range: {ranges};
}}
"""


def main(source: str, *only: str) -> None:
    """Cut every file and say what is where."""
    files = parts()
    for name, weight in PLATES.items():
        characters = set().union(*files.values())
        (HERE / f"{name}.ttf").write_bytes(cut(source, characters, weight=weight))
    if "plates" in only:
        return
    whole = cut(source, set().union(*files.values()))
    with TTFont(io.BytesIO(whole)) as font:
        held = set(font.getBestCmap())  # a sign of a formula may be in another typeface alone
    css = HEAD
    for name, wanted in files.items():
        characters = wanted & held
        (HERE / f"{name}.woff2").write_bytes(cut(io.BytesIO(whole), characters, "woff2"))
        css += FACE.format(
            family=FAMILY,
            name=name,
            lightest=WEIGHTS[0],
            boldest=WEIGHTS[1],
            ranges=ranges(characters),
        )
    (HERE.parent / "fonts.css").write_text(css, encoding="utf-8")


def parts() -> dict[str, set[int]]:
    """Characters of each file: what the page is sure to show, then all others in their order."""
    core = PLAIN | seen()
    others = sorted(SYLLABLES - core)
    cuts = [len(others) * part // MORE for part in range(MORE + 1)]
    more = {f"more-{n}": set(others[a:b]) for n, (a, b) in enumerate(pairwise(cuts), start=1)}
    return {"core": core, **more}


def seen() -> set[int]:
    """Characters of the catalogues, of Seoul's places, and of the sample's rows."""
    texts = [
        path.read_text(encoding="utf-8") for path in sorted((ROOT / "dashboard/strings").iterdir())
    ]
    texts.append((ROOT / "data/seoul/sites.geojson").read_text(encoding="utf-8"))
    for table, columns in {
        "seoul/districts": ["name_ko"],
        "seoul/neighbourhoods": ["name_ko"],
        "sample/groups": ["name", "category"],
        "sample/applications": ["programme", "department"],
    }.items():
        rows = pd.read_parquet(ROOT / f"data/{table}.parquet", columns=columns)
        texts += [str(value) for value in rows.stack().dropna().unique()]
    return {ord(character) for text in texts for character in text if character.isprintable()}


def cut(
    source: str | io.BytesIO,
    characters: set[int],
    flavour: str | None = None,
    weight: int | None = None,
) -> bytes:
    """A font of some characters under our own name, since Pretendard's is reserved.

    Of one ``weight`` it is no variable font any more.
    """
    options = Options(
        flavor=flavour,
        layout_features=["kern"],  # digits are as wide as each other already
        name_IDs=[0, 1, 2, 3, 4, 5, 6, 13, 14],  # the licence stays with the font
        notdef_outline=True,
    )
    with TTFont(source, recalcTimestamp=False) as font:
        font["fvar"].instances = []  # they carry the reserved name
        for record in font["name"].names:
            if record.nameID in (1, 3, 4, 6):
                record.string = FAMILY.replace(" ", "") if record.nameID in (3, 6) else FAMILY
        subsetter = Subsetter(options)
        subsetter.populate(unicodes=characters)
        subsetter.subset(font)
        if weight is not None:
            _still(font, weight)
        elif font["fvar"].axes[0].maxValue > WEIGHTS[1]:
            instantiateVariableFont(font, {"wght": WEIGHTS}, inplace=True)
        font.flavor = flavour
        written = io.BytesIO()
        font.save(written)
    return written.getvalue()


def _still(font: TTFont, weight: int) -> None:
    """Leaves one weight and says so where programs look for it."""
    instantiateVariableFont(font, {"wght": weight}, inplace=True)
    bold = weight == max(PLATES.values())
    font["OS/2"].usWeightClass = weight
    font["OS/2"].fsSelection = (font["OS/2"].fsSelection & ~0b1100001) | (32 if bold else 64)
    font["head"].macStyle = int(bold)
    for record in font["name"].names:
        if record.nameID == 2:
            record.string = "Bold" if bold else "Regular"
        elif record.nameID in (3, 4, 6) and bold:
            record.string = f"{record.toUnicode()}{' ' if record.nameID == 4 else '-'}Bold"


def ranges(characters: Iterable[int]) -> str:
    """As CSS writes them: runs of neighbours together."""
    runs: list[list[int]] = []
    for code in sorted(characters):
        if runs and code == runs[-1][1] + 1:
            runs[-1][1] = code
        else:
            runs.append([code, code])
    return ", ".join(f"U+{a:X}" if a == b else f"U+{a:X}-{b:X}" for a, b in runs)


if __name__ == "__main__":
    main(*sys.argv[1:])
