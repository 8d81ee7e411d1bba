"""A sheet of paper: lengths are points from its upper left corner."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dashboard.plates.type import RISE, family, shorten, wrap
from dashboard.theme import COLOURS, Theme

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH, HEIGHT = 841.89, 595.28
"""A4, lying."""
LINE = 1.4
"""Of its size: from one line to the next."""


class Paper:
    """One page in the colours of a theme."""

    def __init__(self, theme: Theme, dpi: float = 72) -> None:
        from matplotlib.figure import Figure

        self.theme = theme
        self.colours = COLOURS[theme]
        self.figure: Figure = Figure(
            figsize=(WIDTH / 72, HEIGHT / 72), dpi=dpi, facecolor=self.colours["paper"]
        )

    def axes(self, left: float, top: float, width: float, height: float) -> Axes:
        """Axes that fill a box."""
        return self.figure.add_axes(
            (left / WIDTH, 1 - (top + height) / HEIGHT, width / WIDTH, height / HEIGHT)
        )

    def write(
        self,
        left: float,
        middle: float,
        text: str,
        size: float,
        paint: str = "text",
        *,
        bold: bool = False,
        anchor: str = "left",
    ) -> None:
        """One line, whose height has its middle there."""
        self.figure.text(
            left / WIDTH, 1 - (middle + RISE * size) / HEIGHT, text, fontsize=size, ha=anchor,
            va="baseline", color=self.colours[paint], fontfamily=list(family()),
            fontweight="bold" if bold else "normal", parse_math=False,
        )  # fmt: skip

    def lines(
        self,
        left: float,
        top: float,
        text: str,
        size: float,
        room: float,
        paint: str = "text",
        *,
        bold: bool = False,
        most: int | None = None,
    ) -> float:
        """As many lines as the words take; returns where the next one would begin."""
        for line in wrap(text, size, room, bold=bold, most=most):
            self.write(left, top + LINE * size / 2, line, size, paint, bold=bold)
            top += LINE * size
        return top

    def line(
        self, left: float, middle: float, text: str, size: float, room: float, paint: str = "text",
        *, bold: bool = False,
    ) -> None:  # fmt: skip
        """One line, shortened where it has no room."""
        said = shorten(text, size, room, bold=bold)
        self.write(left, middle, said, size, paint, bold=bold)

    def rule(self, left: float, top: float, width: float) -> None:
        """A line across."""
        from matplotlib.lines import Line2D

        at = 1 - top / HEIGHT
        self.figure.add_artist(
            Line2D([left / WIDTH, (left + width) / WIDTH], [at, at], color=self.colours["line"],
                   linewidth=0.8, transform=self.figure.transFigure)
        )  # fmt: skip

    def box(
        self, left: float, top: float, width: float, height: float, paint: str, **look: Any
    ) -> None:
        """A box in a colour, which may be one of the theme's."""
        from matplotlib.patches import Rectangle

        look = {"linewidth": 0, **look}
        self.figure.add_artist(
            Rectangle(
                (left / WIDTH, 1 - (top + height) / HEIGHT), width / WIDTH, height / HEIGHT,
                facecolor=self.colours.get(paint, paint), transform=self.figure.transFigure, **look,
            )
        )  # fmt: skip
