"""Colours and type: the only place with a colour in it.

The style sheets read these as CSS variables, Plotly as a template, so that a screen, a chart
and a print agree. Every scale of the map runs in one direction of lightness, so that it holds
for colour-blind readers and in grey: from light to dark, and from dark to light on a dark page.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

Theme = Literal["light", "dark"]

FONT = "'Maeul Gothic', 'Apple SD Gothic Neo', 'Malgun Gothic', system-ui, sans-serif"

COLOURS: dict[Theme, dict[str, str]] = {
    "light": {
        "page": "#f5f7f6",
        "paper": "#ffffff",
        "text": "#15201e",
        "muted": "#54635f",
        "line": "#dde4e1",
        "accent": "#0b6e69",
        "accent-text": "#ffffff",
        "accent-soft": "#e2f0ee",
        "notice": "#fff4d6",
        "notice-text": "#5f4300",
        "shadow": "rgba(16, 36, 32, 0.12)",
        "map-background": "#eaeeec",
        "map-zero": "#f8faf9",
        "map-even": "#efece0",
        "map-few": "#c8c4bb",
        "map-outside": "#e3e8e6",
        "map-line": "#b9c6c2",
        "map-line-strong": "#5d706b",
        "map-point": "#b3361b",
        "map-site": "#a4450c",
        "map-halo": "#ffffff",
        "map-hovered": "#15201e",
        "map-chosen": "#b3361b",
        "map-node": "#a9b5b1",
        "map-node-strong": "#3a4a46",
    },
    "dark": {
        "page": "#0d1312",
        "paper": "#151c1b",
        "text": "#e9f0ee",
        "muted": "#9fafaa",
        "line": "#2b3735",
        "accent": "#5cc2b9",
        "accent-text": "#06201e",
        "accent-soft": "#173330",
        "notice": "#3a2f10",
        "notice-text": "#f5dfa4",
        "shadow": "rgba(0, 0, 0, 0.5)",
        "map-background": "#0a0f0e",
        "map-zero": "#1a2321",
        "map-even": "#34352f",
        "map-few": "#4d4a45",
        "map-outside": "#121817",
        "map-line": "#34423f",
        "map-line-strong": "#7d908b",
        "map-point": "#ff9a6e",
        "map-site": "#ffb27d",
        "map-halo": "#0d1312",
        "map-hovered": "#ffffff",
        "map-chosen": "#ff9a6e",
        "map-node": "#55645f",
        "map-node-strong": "#cfdad6",
    },
}

SEQUENTIAL = {
    "teal": "#dcefeb #b8ded8 #8ac8c1 #58aca6 #2d8c88 #126c6a #064a4b",
    "viridis": "#fde725 #b5de2b #6ece58 #35b779 #1f9e89 #26828e #31688e #3e4989 #482878 #440154",
    "cividis": "#fee838 #e1cc55 #c3b369 #a59c74 #8a8678 #707173 #575d6d #3b496c #123570 #00224e",
    "grey": "#e6e6e6 #b8b8b8 #8c8c8c #626262 #3b3b3b #161616",
}
"""From few to many on a light page; viridis and cividis as in matplotlib."""
SEQUENTIAL_DARK = {
    "teal": "#143a3a #185150 #1f6b69 #2f8884 #53a79f #88c9c0 #c8ebe4",
    "grey": "#2e2e2e #505050 #757575 #9b9b9b #c4c4c4 #f2f2f2",
}
"""Those that are no mirror image of the light page's."""
DIVERGING = {
    "teal": ("#ecc898 #c8823f #8a4510", "#a6d5cf #489d97 #0c605e"),
    "viridis": ("#dcc7e2 #a97fb9 #6d2a86", "#c5e6be #63ae67 #14622f"),
    "cividis": ("#f9cbb0 #d97a5f #a31d30", "#c0dcec #5b9fc9 #1c5899"),
    "grey": ("#fbd4a2 #d58a2a #8f4b08", "#d3d1e6 #9188bd #4b2a81"),
}
"""From the middle outwards, falls and rises: after ColorBrewer's BrBG, PRGn, RdBu, PuOr."""
DIVERGING_DARK = {
    "teal": ("#6b4420 #b87433 #f0b36b", "#1d5451 #3b938d #93d8cf"),
    "viridis": ("#4b2a5c #8d5ea3 #d9b8e6", "#1f4f2a #4a9152 #b4e3ae"),
    "cividis": ("#6b2a26 #bf5a48 #f7b79e", "#1f4468 #4486b3 #aed6ee"),
    "grey": ("#5f3a10 #b4762a #f7c07e", "#3a2f63 #7a70ac #c7c3e6"),
}

KINDS: dict[str, dict[str, tuple[str, str]]] = {
    "lisa": {
        "low-low": ("#3f77b5", "#6ea3dc"),
        "low-high": ("#b7d0e8", "#2f4f70"),
        "high-low": ("#f3c19c", "#7a4a2c"),
        "high-high": ("#c24a2e", "#f0805c"),
    },
    "gi": {"cold": ("#3f77b5", "#6ea3dc"), "hot": ("#c24a2e", "#f0805c")},
    "nearness": {"contagious": ("#2d8c88", "#53a79f"), "leaping": ("#8a62b0", "#b794dd")},
    "rise": {"falling": ("#3f77b5", "#6ea3dc"), "rising": ("#c24a2e", "#f0805c")},
    "history": {
        "cooled": ("#8fb3d9", "#4f7fb0"),
        "recurrent": ("#eec08d", "#8a6239"),
        "new": ("#e58a4b", "#d98a4f"),
        "persistent": ("#a93a22", "#f3744e"),
    },
}
"""Question -> kind -> its colour on a light page and on a dark one. Years have a sequence."""
SEVERAL: dict[Theme, str] = {
    "light": "#2b7a78 #c2571a #5b6fb5 #a33b6f #6d8b1f #8a5a2b "
    "#1f8fb3 #b58a00 #7d56a8 #3d8f4f #c4455a #5f6b73",
    "dark": "#58b8b0 #f09a5f #95a6e8 #e27aae #a9c95a #c9965f "
    "#5fc3e6 #e0bd4a #b592e0 #79c98a #f2838f #a3b0b8",
}
"""Colours of things that are only told apart: clusters."""
OUTCOMES: dict[str, tuple[str, str]] = {
    "rejected": ("#d9731a #c8413b #a8487e", "#f0a04b #f07a6e #e58cbb"),
    "selected": ("#1f9469 #3579bd #72831c", "#4cc798 #79b2ec #b5c75a"),
    "under_review": ("#8a5cc0 #8a5cc0 #8a5cc0", "#bd98ec #bd98ec #bd98ec"),
    "other": ("#6d7a80 #6d7a80 #6d7a80", "#a5b1b6 #a5b1b6 #a5b1b6"),
    "unknown": ("#6d7a80 #6d7a80 #6d7a80", "#a5b1b6 #a5b1b6 #a5b1b6"),
}
"""Outcome -> its colours by programme (seed, bureau, others), on a light page and a dark one."""
SHADE = 0.45
"""How far the last year's colour lies from the first one's, towards the text's."""

ACCENT_SCALE = [
    "#eef7f6", "#d9ecea", "#b0d8d4", "#84c2bd", "#5fb0aa",
    "#3f9d97", "#218a84", "#0b6e69", "#085a56", "#054542",
]  # fmt: skip
"""The accent in the ten steps that Mantine wants."""

MANTINE: dict[str, Any] = {
    "fontFamily": FONT,
    "headings": {"fontFamily": FONT},
    "primaryColor": "teal",
    "primaryShade": {"light": 7, "dark": 5},
    "autoContrast": True,
    "colors": {"teal": ACCENT_SCALE},
    "defaultRadius": "md",
}


def scale(palette: str, theme: Theme, colours: int, *, diverging: bool) -> list[str]:
    """Colours from the lowest class to the highest, evenly drawn from a palette.

    A diverging one has as many for falls, the largest first, as for rises.

    >>> scale("grey", "light", 2, diverging=False)
    ['#e6e6e6', '#161616']
    >>> scale("teal", "light", 2, diverging=True)
    ['#c8823f', '#489d97']
    """
    if diverging:
        sides = (DIVERGING if theme == "light" else DIVERGING_DARK)[palette]
        falls, rises = (_drawn(side.split(), colours // 2) for side in sides)
        return [*reversed(falls), *rises]
    stops = SEQUENTIAL[palette].split()
    if theme == "dark":
        mirrored = " ".join(reversed(stops))
        stops = SEQUENTIAL_DARK.get(palette, mirrored).split()
    return _drawn(stops, colours)


def kind_colours(view: str, kinds: tuple[str, ...], theme: Theme) -> list[str]:
    """The colour of each kind; of years a scale from the first to the last.

    >>> kind_colours("gi", ("cold", "hot"), "light")
    ['#3f77b5', '#c24a2e']
    >>> kind_colours("arrival", ("2012", "2013"), "light")
    ['#dcefeb', '#064a4b']
    """
    if view not in KINDS:
        # Most came first: those who came later are to stand out.
        return scale("teal", theme, len(kinds), diverging=False)
    return [KINDS[view][kind][theme == "dark"] for kind in kinds]


def several_colours(theme: Theme) -> list[str]:
    """Colours of things that are only told apart."""
    return SEVERAL[theme].split()


def outcome_colours(outcomes: Sequence[str], theme: Theme) -> list[str]:
    """A colour for each outcome.

    >>> outcome_colours(["rejected", "selected"], "light")
    ['#d9731a', '#1f9469']
    """
    return [OUTCOMES[outcome][theme == "dark"].split()[0] for outcome in outcomes]


def label_colours(labels: Sequence[tuple[int, str | None, str]], theme: Theme) -> list[str]:
    """A colour for each label of applications: (year, programme, outcome).

    The outcome and the programme give the hue, the year the shade: later ones stand out more.

    >>> label_colours([(2012, "씨앗", "rejected"), (2013, "씨앗", "rejected")], "light")
    ['#d9731a', '#814e1c']
    >>> label_colours([(2012, "실국", "selected"), (2012, None, "other")], "light")
    ['#3579bd', '#6d7a80']
    """
    years = sorted({year for year, _, _ in labels})
    known = ("씨앗", "실국")
    colours = []
    for year, programme, outcome in labels:
        place = known.index(programme) if programme in known else len(known)
        hue = OUTCOMES[outcome][theme == "dark"].split()[place]
        shade = SHADE * years.index(year) / max(len(years) - 1, 1)
        colours.append(_between([hue, COLOURS[theme]["text"]], shade))
    return colours


def _drawn(stops: list[str], colours: int) -> list[str]:
    """Colours between stops, from end to end; a single one from the middle."""
    places = [0.5] if colours == 1 else [number / (colours - 1) for number in range(colours)]
    return [_between(stops, place * (len(stops) - 1)) for place in places]


def _between(stops: list[str], place: float) -> str:
    step = min(int(place), len(stops) - 2)
    low, high = (
        [int(stops[step + up][digit : digit + 2], 16) for digit in (1, 3, 5)] for up in (0, 1)
    )
    mixed = (round(a + (b - a) * (place - step)) for a, b in zip(low, high, strict=True))
    return "#" + "".join(f"{part:02x}" for part in mixed)


def css_variables() -> str:
    """A style sheet that defines every colour and the typeface as variables."""

    def block(theme: Theme) -> str:
        return "".join(f"--{name}:{colour};" for name, colour in COLOURS[theme].items())

    dark = '[data-mantine-color-scheme="dark"]'
    return (
        f":root{{--font:{FONT};{block('light')}color-scheme:light}}"
        f"{dark}{{{block('dark')}color-scheme:dark}}"
    )


def chart_layout(theme: Theme) -> dict[str, Any]:
    """Plotly layout shared by every chart."""
    colour = COLOURS[theme]
    axis = {
        "gridcolor": colour["line"],
        "zeroline": False,
        "linecolor": colour["line"],
        "tickfont": {"color": colour["muted"], "size": 12},
        "fixedrange": True,
        "automargin": True,
    }
    return {
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": FONT, "color": colour["text"], "size": 13},
        "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
        "xaxis": axis | {"showgrid": False},
        "yaxis": axis | {"rangemode": "tozero"},
        "showlegend": False,
        "hovermode": "x unified",
        "hoverlabel": {
            "bgcolor": colour["paper"],
            "bordercolor": colour["line"],
            "font": {"family": FONT, "color": colour["text"]},
        },
    }
