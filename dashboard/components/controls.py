"""What the reader turns: segmented choices, lists, switches, the year."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import html

from dashboard import ids
from dashboard.components import HIDDEN
from dashboard.strings import Text


def choices(parameter: str, values: Sequence[str], text: Text) -> list[dict[str, Any]]:
    """Values with their names."""
    return [{"value": item, "label": text.value(parameter, item)} for item in values]


def segmented(
    parameter: str, options: Sequence[dict[str, Any]], chosen: str, text: Text
) -> html.Div:
    """A choice of a few, all in sight."""
    return html.Div(
        [
            html.Div(text(f"control.{parameter}"), className="control-label"),
            dmc.SegmentedControl(
                id=ids.control(parameter),
                data=list(options),
                value=chosen,
                fullWidth=True,
                transitionDuration=0,  # the map's frame comes first
                size="sm",
                **{"aria-label": text(f"control.{parameter}")},
            ),
        ],
        className="control",
    )


def chooser(
    parameter: str, options: Sequence[dict[str, str]], chosen: Sequence[str], text: Text
) -> dmc.MultiSelect:
    """A choice of any number from a list; none means all."""
    return dmc.MultiSelect(
        id=ids.control(parameter),
        label=text(f"control.{parameter}"),
        placeholder="" if chosen else text("control.all"),
        data=list(options),
        value=list(chosen),
        searchable=True,
        clearable=True,
        size="sm",
        hidePickedOptions=True,
        comboboxProps={"withinPortal": True},
        clearButtonProps={"aria-label": f"{text('control.' + parameter)}: {text('page.close')}"},
    )


def single(
    parameter: str,
    options: Sequence[dict[str, str]],
    chosen: str | None,
    placeholder: str,
    text: Text,
    *,
    searchable: bool = False,
) -> dmc.Select:
    """A choice of one or none."""
    return dmc.Select(
        id=ids.control(parameter),
        label=text(f"control.{parameter}"),
        placeholder=placeholder,
        data=list(options),
        value=chosen,
        clearable=True,
        searchable=searchable,
        size="sm",
    )


def one_of(
    parameter: str, options: Sequence[dict[str, Any]], chosen: str, text: Text
) -> dmc.Select:
    """A choice of exactly one of several."""
    return dmc.Select(
        id=ids.control(parameter),
        label=text(f"control.{parameter}"),
        data=list(options),
        value=chosen,
        allowDeselect=False,
        size="sm",
    )


def metres(parameter: str, value: int | None, span: tuple[int, int], text: Text) -> dmc.NumberInput:
    """A length within limits; empty for the one that suits the data."""
    return dmc.NumberInput(
        id=ids.control(parameter),
        label=text(f"control.{parameter}"),
        placeholder=text("control.automatic"),
        value="" if value is None else value,
        min=span[0],
        max=span[1],
        step=100,
        clampBehavior="blur",
        allowDecimal=False,
        suffix=" m",
        debounce=600,
        size="sm",
    )


def whole(parameter: str, value: int, span: tuple[int, int], text: Text) -> dmc.NumberInput:
    """A whole number within limits."""
    return dmc.NumberInput(
        id=ids.control(parameter),
        label=text(f"control.{parameter}"),
        value=value,
        min=span[0],
        max=span[1],
        step=5,
        clampBehavior="blur",
        allowDecimal=False,
        debounce=600,
        size="sm",
    )


def flag(parameter: str, on: bool, text: Text) -> dmc.Switch:
    """Something shown or not."""
    return dmc.Switch(
        id=ids.switch(parameter), label=text(f"control.{parameter}"), checked=on, size="sm"
    )


def years(choices: Sequence[int], year: int, text: Text) -> html.Div:
    """The year, by hand or playing."""
    return html.Div(
        [
            dmc.Button(
                [
                    html.Span("▶", className="play-icon", **HIDDEN),
                    html.Span(text("control.play"), className="play-word"),
                ],
                id=ids.press("play"),
                size="sm",
                className="play",
                **{"aria-label": text("control.play")},
            ),
            dmc.Slider(
                id=ids.control("year"),
                value=year,
                min=choices[0],
                max=choices[-1],
                step=1,
                marks=[{"value": item, "label": str(item)} for item in choices],
                updatemode="drag",
                label=None,
                className="year-slider",
                thumbLabel=text("control.year"),
                restrictToMarks=True,
            ),
        ],
        className="timeline-inner",
    )


def action(name: str, label: str, **properties: Any) -> dmc.Button:
    """A quiet button that changes the state."""
    return dmc.Button(label, id=ids.press(name), size="sm", variant="subtle", **properties)


def menu(label: str, items: Sequence[html.A | html.Button]) -> html.Details:
    """Links or buttons behind a word; the browser's own, which every assistive tool knows."""
    return html.Details(
        [html.Summary(label), html.Ul([html.Li(item) for item in items])], className="menu"
    )
