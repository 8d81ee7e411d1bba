"""Words on a slide: how wide they are, and the size at which they fit into a box.

Who opens the slides has another typeface than we may have: widths are estimates on the safe side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from unicodedata import east_asian_width

LINE = 1.22
"""Of its size: how much height a line takes."""
WIDE, CAPITAL, DIGIT, NARROW, LEAN, THIN, BROAD = (
    (1.0, 1.0), (0.79, 0.85), (0.64, 0.70), (0.63, 0.72), (0.41, 0.50), (0.34, 0.40), (1.0, 1.1),
)  # fmt: skip
"""Of its size: how wide signs are, at most, in typefaces that stand in for ours; and in bold."""
THINS = frozenset(" .,:;'’|·/ijlIJ")
LEANS = frozenset("!()[]-\u2011frt")
BROADS = frozenset("+−±~×÷=<>≤≥—…→@&%mwMW")


@dataclass(frozen=True)
class Box:
    """A place on a slide, in points."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.left + self.width

    @property
    def bottom(self) -> float:
        return self.top + self.height

    def below(self, taken: float) -> Box:
        """What is left of it below so many points."""
        taken = min(max(taken, 0.0), self.height)
        return Box(self.left, self.top + taken, self.width, self.height - taken)

    def upper(self, height: float) -> Box:
        """Its upper part."""
        return Box(self.left, self.top, self.width, min(height, self.height))


def width(text: str, size: float, *, bold: bool = False) -> float:
    """How wide a line is at most, in points.

    >>> width("마을", 10), round(width("abc", 10), 1)
    (20.0, 18.9)
    """
    return sum(_sign(sign)[bold] for sign in text) * size


def _sign(sign: str) -> tuple[float, float]:
    if east_asian_width(sign) in "WF":
        return WIDE
    if sign in THINS or sign in LEANS:
        return THIN if sign in THINS else LEAN
    if sign in BROADS:
        return BROAD
    if sign.isdigit():
        return DIGIT
    return CAPITAL if sign.isupper() else NARROW


def lines(text: str, size: float, room: float, *, bold: bool = False) -> int:
    """How many lines a text takes, broken between words where there are several.

    >>> lines("마을 모임", 10, 50), lines("마을 모임", 10, 30), lines("마을모임", 10, 30)
    (1, 2, 2)
    """
    return sum(_broken(line, size, room, bold=bold) for line in text.split("\n"))


def _broken(text: str, size: float, room: float, *, bold: bool) -> int:
    count, used, space = 1, 0.0, width(" ", size, bold=bold)
    for word in text.split():
        needed = width(word, size, bold=bold)
        if used and used + space + needed <= room:
            used += space + needed
            continue
        count += bool(used)
        more = int(max(needed - 1e-9, 0) // max(room, 1.0))
        count, used = count + more, needed - more * room
    return count


def height(texts: Sequence[str], size: float, room: float, *, bold: bool = False) -> float:
    """How high paragraphs are."""
    return sum(lines(text, size, room, bold=bold) for text in texts) * size * LINE


def fitting(texts: Sequence[str], box: Box, sizes: Sequence[float], *, bold: bool = False) -> float:
    """The first size at which paragraphs fit, else the last."""
    for size in sizes:
        if height(texts, size, box.width, bold=bold) <= box.height:
            return size
    return sizes[-1]


def shortened(text: str, size: float, room: float, most: int, *, bold: bool = False) -> str:
    """A text that takes no more lines than so many, with an ellipsis where it was cut.

    >>> shortened("마을 모임의 지도", 10, 45, 1)
    '마을 모…'
    """
    if lines(text, size, room, bold=bold) <= most:
        return text
    kept = text
    while kept and lines(f"{kept}…", size, room, bold=bold) > most:
        kept = kept[:-1].rstrip()
    return f"{kept}…"
