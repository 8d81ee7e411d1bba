"""What the colours mean."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from dash import html

from dashboard.strings import Text


def legend(
    title: str,
    unit: str,
    breaks: Sequence[float],
    swatches: Sequence[int],
    *,
    diverging: bool,
    notes: Sequence[str],
    method: html.A,
    text: Text,
) -> html.Div:
    """A strip of swatches from low to high, the bounds of each class below it, and notes."""
    classes = _differences(breaks, text) if diverging else _amounts(breaks, swatches, text)
    return html.Div(
        [
            html.Div(
                [html.Strong(title), " ", html.Span([unit, " ", method], className="legend-unit")],
                className="legend-title",
            ),
            html.Ol(
                [
                    html.Li([html.Span(className=f"swatch swatch-{swatch}"), label])
                    for swatch, label in classes
                ],
                className="legend-classes",
            ),
            html.P([html.Span(note) for note in notes], className="legend-notes"),
        ],
        className="legend-card",
    )


def _amounts(breaks: Sequence[float], swatches: Sequence[int], text: Text) -> list[tuple[str, str]]:
    spans = _spans(breaks, "", "≥", text)
    return [
        ("zero", text("legend.none")),
        *((str(swatch), span) for swatch, span in zip(swatches, spans, strict=True)),
    ]


def _differences(breaks: Sequence[float], text: Text) -> list[tuple[str, str]]:
    falls = [
        (f"minus-{place}", span) for place, span in enumerate(_spans(breaks, "−", "≤", text), 1)
    ]
    rises = [
        (f"plus-{place}", span) for place, span in enumerate(_spans(breaks, "+", "≥", text), 1)
    ]
    return [*reversed(falls), ("zero", text("legend.same")), *rises]


def _span(low: str, high: str) -> str:
    if low == high:
        return low
    return f"{high}…{low}" if low.startswith("−") else f"{low}–{high.removeprefix('+')}"


def _spans(breaks: Sequence[float], sign: str, beyond: str, text: Text) -> list[str]:
    """From each bound to the next; whole numbers without overlap (1–4, 5–9, ≥ 10)."""
    step = 1 if all(isinstance(bound, int) for bound in breaks) else 0
    spans = [
        _span(f"{sign}{text.number(low)}", f"{sign}{text.number(high - step)}")
        for low, high in pairwise(breaks)
    ]
    return [*spans, *(f"{beyond} {sign}{text.number(low)}" for low in breaks[-1:])]
