"""The map's scales can be told apart without seeing colours."""

from __future__ import annotations

from itertools import pairwise

import pytest

from dashboard.state import PALETTES
from dashboard.theme import Theme, scale


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("palette", PALETTES)
def test_every_scale_runs_one_way_in_lightness(palette: str, theme: Theme) -> None:
    """Darker for more on a light page, lighter on a dark one: no eye needs the hue."""
    for classes in (3, 7, 9, 32):
        light = [luminance(c) for c in scale(palette, theme, classes, diverging=False)]
        steps = [after - before for before, after in pairwise(light)]
        assert all(step < 0 for step in steps) if theme == "light" else all(s > 0 for s in steps)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("palette", PALETTES)
def test_both_sides_of_a_diverging_scale_leave_the_middle(palette: str, theme: Theme) -> None:
    """In lightness; and the two sides have as many colours, all different."""
    for sides in (1, 3, 4, 32):
        colours = scale(palette, theme, 2 * sides, diverging=True)
        assert len(set(colours)) == 2 * sides
        falls, rises = colours[:sides][::-1], colours[sides:]
        for side in (falls, rises):
            steps = [luminance(b) - luminance(a) for a, b in pairwise(side)]
            assert all((step < 0) == (theme == "light") for step in steps)
