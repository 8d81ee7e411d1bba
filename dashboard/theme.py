"""Colours and type: the only place with a colour in it.

The style sheets read these as CSS variables, Plotly as a template, so that a screen, a chart
and a print agree. The sequential scale is one hue from light to dark (dark to light on a dark
page), the diverging one runs from brown to teal: both hold for colour-blind readers.
"""

from __future__ import annotations

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
        "map-outside": "#e3e8e6",
        "map-0": "#dcefeb",
        "map-1": "#b8ded8",
        "map-2": "#8ac8c1",
        "map-3": "#58aca6",
        "map-4": "#2d8c88",
        "map-5": "#126c6a",
        "map-6": "#064a4b",
        "map-minus-3": "#8a4510",
        "map-minus-2": "#c8823f",
        "map-minus-1": "#ecc898",
        "map-plus-1": "#a6d5cf",
        "map-plus-2": "#489d97",
        "map-plus-3": "#0c605e",
        "map-line": "#b9c6c2",
        "map-line-strong": "#5d706b",
        "map-point": "#b3361b",
        "map-site": "#a4450c",
        "map-halo": "#ffffff",
        "map-hovered": "#15201e",
        "map-chosen": "#b3361b",
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
        "map-outside": "#121817",
        "map-0": "#143a3a",
        "map-1": "#185150",
        "map-2": "#1f6b69",
        "map-3": "#2f8884",
        "map-4": "#53a79f",
        "map-5": "#88c9c0",
        "map-6": "#c8ebe4",
        "map-minus-3": "#f0b36b",
        "map-minus-2": "#b87433",
        "map-minus-1": "#6b4420",
        "map-plus-1": "#1d5451",
        "map-plus-2": "#3b938d",
        "map-plus-3": "#93d8cf",
        "map-line": "#34423f",
        "map-line-strong": "#7d908b",
        "map-point": "#ff9a6e",
        "map-site": "#ffb27d",
        "map-halo": "#0d1312",
        "map-hovered": "#ffffff",
        "map-chosen": "#ff9a6e",
    },
}

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
