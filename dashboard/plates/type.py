"""The typeface of plates: its files, how wide words are, where lines break.

Words are measured with the font's own numbers, so that what is placed beside them, in a drawing
of any kind, neither overlaps nor is cut.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from threading import RLock
from typing import Any

from dashboard.theme import FONT

FAMILY = "Maeul Gothic"
FALLBACK = "DejaVu Sans"
"""Comes with matplotlib: for signs of other scripts in a reader's own title."""
FOLDER = Path(__file__).parent.parent.parent / "assets" / "fonts"
FILES = {False: FOLDER / "plate-regular.ttf", True: FOLDER / "plate-bold.ttf"}
"""Whether bold -> the file."""
UNKNOWN = 0.95
"""Of its size: how wide a sign is that the typeface has not."""
RISE = 0.36
"""Of its size: how far a line's middle lies above its foot."""
ELLIPSIS = "…"
SETTINGS: dict[Any, Any] = {
    "pdf.fonttype": 42,  # whole outlines, so that text can be searched and copied
    "svg.fonttype": "none",
    "svg.hashsalt": "maeul",  # the same view gives the same file
    "path.simplify": False,
    "text.hinting": "none",  # else letters stand apart unevenly
}
_LOCK = RLock()


@contextmanager
def drawing() -> Iterator[None]:
    """While anything is drawn: matplotlib's settings are one for all threads."""
    import matplotlib as mpl

    with _LOCK, mpl.rc_context(SETTINGS):
        family()
        yield


@cache
def family() -> tuple[str, ...]:
    """Names of the typefaces, once matplotlib knows their files."""
    from matplotlib.font_manager import fontManager

    for path in FILES.values():
        fontManager.addfont(path)
    return (FAMILY, FALLBACK)


def css() -> str:
    """The typeface as a drawing for the browser names it."""
    return FONT.replace('"', "'")


@cache
def _advances(*, bold: bool) -> dict[int, float]:
    from fontTools.ttLib import TTFont

    with TTFont(FILES[bold]) as font:
        advances, units = font["hmtx"].metrics, font["head"].unitsPerEm
        return {code: advances[name][0] / units for code, name in font.getBestCmap().items()}


def width(text: str, size: float, *, bold: bool = False) -> float:
    """How wide a line is, in the unit of its size.

    >>> width("마을", 10) == 2 * width("마", 10) > 10
    True
    """
    advances = _advances(bold=bold)
    return size * sum(advances.get(ord(sign), UNKNOWN) for sign in text)


def wrap(
    text: str, size: float, room: float, *, bold: bool = False, most: int | None = None
) -> list[str]:
    """Lines that fit into the room; of more than ``most`` the last one ends in an ellipsis.

    >>> wrap("주민 모임의 지도", 10, 40)
    ['주민', '모임의', '지도']
    >>> wrap("주민 모임의 지도", 10, 40, most=2)
    ['주민', '모임의…']
    """
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for word in paragraph.split():
            longer = f"{line} {word}" if line else word
            if width(longer, size, bold=bold) <= room:
                line = longer
                continue
            lines += [line] if line else []
            *whole, line = _broken(word, size, room, bold=bold)
            lines += whole
        lines.append(line)
    if most is None or len(lines) <= most:
        return lines
    return [*lines[: most - 1], shorten(lines[most - 1] + ELLIPSIS, size, room, bold=bold)]


def shorten(text: str, size: float, room: float, *, bold: bool = False) -> str:
    """A line that fits into the room, with an ellipsis where something was left out."""
    if width(text, size, bold=bold) <= room:
        return text
    text = text.removesuffix(ELLIPSIS)
    while text and width(text + ELLIPSIS, size, bold=bold) > room:
        text = text[:-1]
    return text.rstrip() + ELLIPSIS


def _broken(word: str, size: float, room: float, *, bold: bool) -> list[str]:
    """A word in pieces that fit, nearly always one."""
    pieces = [""]
    for sign in word:
        if pieces[-1] and width(pieces[-1] + sign, size, bold=bold) > room:
            pieces.append("")
        pieces[-1] += sign
    return pieces
