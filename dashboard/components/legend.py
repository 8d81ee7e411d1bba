"""What the colours mean."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html

from dashboard.strings import Text


def legend(
    title: str,
    unit: str,
    breaks: Sequence[float],
    *,
    diverging: bool,
    notes: Sequence[str],
    text: Text,
) -> html.Div:
    """A strip of swatches from low to high, the bounds of each class below it, and notes."""
    classes = _differences(breaks, text) if diverging else _amounts(breaks, text)
    return html.Div(
        [
            html.Div(
                [html.Strong(title), " ", html.Span(unit, className="legend-unit")],
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


def _amounts(breaks: Sequence[float], text: Text) -> list[tuple[str, str]]:
    bounds = list(breaks)
    rows = [("zero", text("legend.none"))]
    for place, low in enumerate(bounds):
        rows.append((str(place), _span(low, bounds[place + 1 :], bounds, text)))
    return rows


def _differences(breaks: Sequence[float], text: Text) -> list[tuple[str, str]]:
    bounds = list(breaks)
    spans = [_span(low, bounds[place + 1 :], bounds, text) for place, low in enumerate(bounds)]
    falls = [(f"minus-{place + 1}", f"−{span}") for place, span in enumerate(spans)]
    rises = [(f"plus-{place + 1}", f"+{span}") for place, span in enumerate(spans)]
    return [*reversed(falls), ("zero", text("legend.same")), *rises]


def _span(low: float, above: Sequence[float], bounds: Sequence[float], text: Text) -> str:
    """From a bound to the next; whole numbers without overlap (1–4, 5–9)."""
    if not above:
        return text("legend.and_more", low=text.number(low))
    if all(isinstance(bound, int) for bound in bounds):
        high = above[0] - 1
        return text.number(low) if high == low else f"{text.number(low)}–{text.number(high)}"
    return f"{text.number(low)}–{text.number(above[0])}"
