"""The side panel: one place in numbers, its course, and the places that lead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dash import dcc, html

from dashboard.components import CURRENT, HIDDEN


@dataclass(frozen=True)
class Fact:
    """A label, its value in words, and a hint where the value needs one."""

    label: str
    value: str
    hint: str = ""


@dataclass(frozen=True)
class Leader:
    """A place in a ranking, with the share of the first one's value (0 to 1).

    Without a code (a hexagon) there is nowhere to go. ``paint`` is the place of its colour among
    those of things that are told apart, ``hint`` a line below the name.
    """

    code: str | None
    name: str
    value: str
    share: float
    hint: str = ""
    paint: int | None = None
    chosen: bool = False


def facts(items: Sequence[Fact]) -> html.Dl:
    """Labels and values."""
    return html.Dl(
        [
            html.Div(
                [
                    html.Dt(item.label),
                    html.Dd([item.value, html.Small(item.hint) if item.hint else None]),
                ],
                className="fact",
            )
            for item in items
        ],
        className="facts",
    )


def chart(name: str, figure: dict[str, object], title: str, words: str) -> html.Figure:
    """A chart and the same in words."""
    return html.Figure(
        [
            html.Figcaption(title, className="panel-heading"),
            dcc.Graph(
                id=name,
                figure=figure,
                config={"displayModeBar": False},
                className=name,
            ),
            html.P(words, className="visually-hidden"),
        ]
    )


def meaning(*sentences: str) -> html.Div:
    """What the figures say, in sentences, each a paragraph of its own."""
    return html.Div([html.P(sentence) for sentence in sentences], className="meaning")


def go(code: str, label: str) -> html.Button:
    """A way to what has to do with the place."""
    return html.Button(label, id={"go": code}, type="button", className="go")


def small_table(title: str, rows: Sequence[Sequence[Any]], headings: Sequence[str]) -> html.Section:
    """A few numbers side by side; the first column heads its row."""
    return html.Section(
        [
            html.H2(title, className="panel-heading"),
            html.Div(
                html.Table(
                    [
                        html.Thead(html.Tr([html.Th(name, scope="col") for name in headings])),
                        html.Tbody(
                            [
                                html.Tr([html.Th(row[0], scope="row"), *map(html.Td, row[1:])])
                                for row in rows
                            ]
                        ),
                    ],
                    className="small-table",
                ),
                className="small-table-frame",
                tabIndex=0,
            ),
        ]
    )


def leaders(title: str, items: Sequence[Leader]) -> html.Section:
    """The places that lead, each a button that goes there."""
    return html.Section(
        [
            html.H2(title, className="panel-heading"),
            html.Ol(
                [
                    html.Li(
                        html.Button(
                            [
                                html.Span(
                                    [
                                        None
                                        if item.paint is None
                                        else html.Span(className=f"dot swatch-{item.paint}"),
                                        item.name,
                                        html.Small(item.hint) if item.hint else None,
                                    ],
                                    className="leader-name",
                                ),
                                html.Span(item.value, className="leader-value"),
                                html.Meter(
                                    # None of nothing is no share.
                                    value=str(round(item.share, 3) if item.share > 0 else 0),
                                    min=0,
                                    max=1,
                                    className="leader-bar",
                                    **HIDDEN,
                                ),
                            ],
                            id={"go": item.code or f"{title}-{number}"},
                            type="button",
                            disabled=item.code is None,
                            **(CURRENT if item.chosen else {}),
                        )
                    )
                    for number, item in enumerate(items)
                ],
                className="leaders",
            ),
        ]
    )
