"""The labels of applications as a legend to press, and the steps of a network's reveal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
from dash import html

from dashboard import ids
from dashboard.components import HIDDEN
from dashboard.strings import Text


def reveal(
    labels: pd.DataFrame,
    *,
    steps: Sequence[str],
    step: int | None,
    chosen: Sequence[str],
    notes: Sequence[str],
    method: html.A,
    text: Text,
) -> html.Div:
    """Steps to go through, labels to light, notes.

    Args:
        labels: with LABEL_COLUMNS, in the order of the legend.
        steps: what each step shows, in words; none where there is nothing to reveal.
        step: the place of the one in view, None for the last.
        chosen: labels that alone are lit; none for all.
        notes: below.
        method: a link.
        text: the reader's words.
    """
    named: dict[str, Any] = {"aria-label": text("reveal.labels")}
    listed = [
        _label(place, row, chosen, text) for place, row in enumerate(labels.to_dict("records"))
    ]
    return html.Div(
        [
            _steps(steps, len(steps) - 1 if step is None else step, text) if steps else None,
            html.Ol(listed, className="labels", **named) if listed else None,
            html.P([*(html.Span(note) for note in notes), " ", method], className="legend-notes"),
        ],
        className="reveal",
    )


def _steps(steps: Sequence[str], step: int, text: Text) -> html.Div:
    """Back, where one is, forward."""
    named: dict[str, Any] = {"aria-label": text("reveal.title")}
    return html.Div(
        [
            _press("step-back", "‹", text("reveal.back"), disabled=step == 0),
            html.Div(
                [
                    html.Span(
                        text("reveal.step", step=step + 1, of=len(steps)), className="step-number"
                    ),
                    html.Strong(steps[step], className="step-name"),
                ],
                className="step-here",
                role="status",
            ),
            _press("step-on", "›", text("reveal.on"), disabled=False),
        ],
        className="steps",
        role="group",
        **named,
    )


def _press(action: str, sign: str, label: str, *, disabled: bool) -> html.Button:
    return html.Button(
        [html.Span(sign, **HIDDEN), html.Span(label, className="visually-hidden")],
        id=ids.press(action),
        type="button",
        title=label,
        disabled=disabled,
    )


def _label(place: int, row: dict[Any, Any], chosen: Sequence[str], text: Text) -> html.Li:
    """A label as printed, how many applications carry it, and what it says, on hover."""
    programme = row["programme"] if isinstance(row["programme"], str) else text("reveal.unnamed")
    outcome = text.value("outcome", row["outcome"])
    lit: dict[str, Any] = {"aria-pressed": str(row["label"] in chosen).lower()}
    return html.Li(
        html.Button(
            [
                html.Span(className=f"mark mark-{row['outcome']} label-{place}"),
                html.Span(row["label"], lang="ko"),
                html.Span(text.number(row["applications"]), className="legend-number"),
            ],
            id=ids.press(f"label-{place}"),
            type="button",
            className="label" if not chosen or row["label"] in chosen else "label label-off",
            title=f"{row['year']} · {programme} · {outcome}",
            **lit,
        )
    )


def label_css(number: int) -> str:
    """Style rules that give each label's mark its colour, which the browser sets."""
    return "".join(f".label-{place}{{color:var(--label-{place})}}" for place in range(number))
