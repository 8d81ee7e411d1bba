"""What the colours mean."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor
from typing import Any

from dash import html

from dashboard.strings import Text
from dashboard.tables import Classes


def legend(
    title: str,
    unit: str,
    classes: Classes,
    *,
    surface: bool,
    notes: Sequence[str],
    method: html.A,
    text: Text,
) -> html.Div:
    """A strip of swatches from low to high, the bounds of each class below it, and notes."""
    strip = _ramp(classes, text) if classes.scheme == "continuous" else _steps(classes, text)
    if surface:
        strip = strip[1:]  # nowhere is nothing
    return html.Div(
        [
            html.Div(
                [html.Strong(title), " ", html.Span([unit, " ", method], className="legend-unit")],
                className="legend-title",
            ),
            html.Ol(strip, className=f"legend-classes legend-{classes.kind}"),
            html.P([html.Span(note) for note in notes], className="legend-notes"),
        ],
        className="legend-card",
    )


def kinds_legend(
    title: str,
    unit: str,
    items: Sequence[tuple[str, str]],
    none: tuple[str, str] | None,
    *,
    notes: Sequence[str],
    method: html.A,
) -> html.Div:
    """A swatch for each kind in words, and how many there are of it in the year.

    ``none`` is what an area without a colour is; without it there is no such swatch.
    """
    pairs = [("zero", none)] if none else []
    pairs += [(str(place), item) for place, item in enumerate(items)]
    return html.Div(
        [
            html.Div(
                [html.Strong(title), " ", html.Span([unit, " ", method], className="legend-unit")],
                className="legend-title",
            ),
            html.Ol(
                [
                    html.Li(
                        [
                            html.Span(className=f"swatch swatch-{name}"),
                            html.Span(label, className="legend-label"),
                            html.Span(number, className="legend-number"),
                        ]
                    )
                    for name, (label, number) in pairs
                ],
                className="legend-kinds",
            ),
            html.P([html.Span(note) for note in notes], className="legend-notes"),
        ],
        className="legend-card",
    )


def labels(classes: Classes, text: Text) -> list[str]:
    """Each class in words, in the order of its colours.

    >>> classes = Classes("root", "amount", (4, 9, 30), 1, whole=True)
    >>> labels(classes, Text("en"))
    ['1–4', '5–9', '10–30']
    >>> labels(Classes("root", "difference", (4, 9), 1, whole=True), Text("en"))
    ['−9~−5', '−4~−1', '+1–4', '+5–9']
    >>> labels(Classes("root", "ratio", (1.0, 2.0), 0.5, whole=False), Text("en"))
    ['≤ 0.5', '0.5–0.71', '1.41–2', '2–4']
    """
    spans = [
        (_short(low, text), _short(high, text))
        for low, high in _spans(classes, ratio=classes.kind == "ratio")
    ]
    if classes.kind == "amount":
        return [_span(low, high, "–") for low, high in spans]
    if classes.kind == "difference":
        falls = [_span(f"−{high}", f"−{low}", "~") for low, high in reversed(spans)]
        return [*falls, *(f"+{_span(low, high, '–')}" for low, high in spans)]
    below = [(_short(2**-high, text), _short(2**-low, text)) for low, high in _bounds(classes)]
    falls = [_span(low, high, "–") for low, high in reversed(below)]
    # No group at all is infinitely far below what was expected.
    lowest = [f"≤ {high}" for _, high in below[-1:]]
    return [*lowest, *falls[1:], *(_span(low, high, "–") for low, high in spans)]


def _short(value: float, text: Text) -> str:
    """Three digits tell classes apart; whole numbers stay whole."""
    return text.number(value if value == round(value) else float(f"{value:.3g}"))


def _bounds(classes: Classes) -> list[tuple[float, float]]:
    return list(zip((classes.least, *classes.bounds[:-1]), classes.bounds, strict=False))


def _spans(classes: Classes, *, ratio: bool) -> list[tuple[float, float]]:
    """From and to, whole numbers without overlap."""
    pairs = _bounds(classes)
    if ratio:
        return [(2**low, 2**high) for low, high in pairs]
    if classes.whole:
        highs = [floor(high) for _, high in pairs]
        return list(zip((classes.least, *(high + 1 for high in highs[:-1])), highs, strict=False))
    return pairs


def _span(low: str, high: str, between: str) -> str:
    return low if low == high else f"{low}{between}{high}"


def _middle(classes: Classes, text: Text) -> str:
    return text(
        {"amount": "legend.none", "difference": "legend.same"}.get(classes.kind, "legend.within")
    )


def _swatch(name: str, label: Any) -> html.Li:
    return html.Li(
        [html.Span(className=f"swatch swatch-{name}"), html.Span(label, className="legend-label")],
        className=f"legend-{name}",
    )


def _steps(classes: Classes, text: Text) -> list[html.Li]:
    steps = [_swatch(str(place), label) for place, label in enumerate(labels(classes, text))]
    middle = _swatch("zero", _middle(classes, text))
    half = len(steps) // 2 if classes.diverging else 0
    return [*steps[:half], middle, *steps[half:]]


def _ramp(classes: Classes, text: Text) -> list[html.Li]:
    """Without classes: one strip from end to end."""
    ends = labels(classes, text)
    if not ends:
        return [_swatch("zero", _middle(classes, text))]
    words = [html.Span(ends[0]), html.Span(ends[-1])]
    strip = html.Li([html.Span(className="swatch swatch-ramp"), *words], className="legend-ramp")
    return [_swatch("zero", _middle(classes, text)), strip]
