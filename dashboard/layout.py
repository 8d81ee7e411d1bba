"""The page: a frame that stays, and parts that are written in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from dashboard import ids
from dashboard.components import HIDDEN, controls
from dashboard.components.methods import data_page, methods_page
from dashboard.state import (
    AFTER,
    ARRANGEMENTS,
    BANDWIDTHS,
    BY,
    CLASSES,
    COUNTS,
    LANGUAGES,
    MEASURES,
    MIXES,
    MODES,
    NULLS,
    ORDER,
    OWN,
    PALETTES,
    PERS,
    QUESTIONS,
    RADII,
    RESOLUTIONS,
    SCHEMES,
    SHARES,
    SMALLEST,
    USES,
    VIEWS,
    WHATS,
    Choices,
    Notice,
    ViewState,
    comparable,
)
from dashboard.strings import Text
from dashboard.theme import MANTINE


@dataclass(frozen=True)
class Source:
    """What the page says of the snapshot wherever it is shown."""

    name: str
    hash: str
    simulated: bool
    boundaries: str
    population: str


def page() -> dmc.MantineProvider:
    """The frame. It is made once; what is in it follows the address."""
    stores = (ids.ADDRESS, ids.OPENED, ids.ASKED, ids.FRAMES, ids.PAINTED)
    return dmc.MantineProvider(
        id=ids.PROVIDER,
        theme=MANTINE,
        forceColorScheme="light",
        children=[
            *(dcc.Store(id=store) for store in stores),
            html.Header(id=ids.HEADER, className="page-header"),
            html.Main(
                [
                    html.Aside(id=ids.CONTROLS, className="controls", **_both("filters")),
                    html.Section(
                        [
                            html.Div(id=ids.NOTICES, role="status"),
                            html.Div(
                                [html.Nav(id=ids.CRUMBS), html.Div(id=ids.HEADLINE)],
                                className="headline",
                            ),
                            html.Div(
                                [
                                    html.Div(id=ids.MAP, className="map"),
                                    html.Img(id=ids.PLATE, className="plate", alt=""),
                                    html.Div(id=ids.MAP_BUTTONS, className="map-buttons"),
                                    _map_status(),
                                ],
                                className="map-frame",
                            ),
                            html.Div(id=ids.LEGEND, className="legend"),
                            html.Div(id=ids.TIMELINE, className="timeline"),
                        ],
                        className="stage",
                        id="content",
                    ),
                    html.Aside(id=ids.PANEL, className="panel", **_both("city")),
                    html.Section(id=ids.TABLE, className="table"),
                ],
                className="page-main",
            ),
            html.Aside(id=ids.BRIEFING, className="briefing"),
            html.Section(id=ids.PRESENTING, className="presenting", **_both("presenting")),
            html.Footer(id=ids.SOURCES, className="sources"),
        ],
    )


def _both(key: str) -> dict[str, Any]:
    """A label in both languages, for what stands before the reader's is known."""
    return {"aria-label": " · ".join(Text(lang)(f"page.{key}") for lang in LANGUAGES)}


def _map_status() -> html.Div:
    """What stands in the map's place while there is none; the style sheet shows what applies.

    It has to be there before the reader's language is known, and when the server is gone.
    """

    def said(key: str) -> list[html.Span]:
        return [html.Span(Text(lang)(f"page.{key}"), lang=lang) for lang in LANGUAGES]

    return html.Div(
        [
            *(
                html.P(said(status), className=f"when-{status}")
                for status in ("loading", "working", "empty", "failed", "nowebgl")
            ),
            html.P(id=ids.WHY, className="when-why"),
            # The browser puts in for how long, which the server says.
            html.P(
                [html.Span(lang=of, **_said_later(of)) for of in LANGUAGES], className="when-busy"
            ),
            html.Button(
                said("retry"), id=ids.press("retry"), type="button", className="when-failed"
            ),
        ],
        className="map-status",
        role="status",
    )


def _said_later(lang: str) -> dict[str, Any]:
    return {"data-said": Text(lang)("page.busy")}


def map_buttons(text: Text) -> list[html.Button]:
    """Zoom, for those who have no wheel; and the walk from the network to the city and back."""
    signs = {"zoom-in": "+", "zoom-out": "−", "home": "⌂", "arrange": "⇄"}
    return [
        html.Button(
            [
                html.Span(sign, **HIDDEN),
                html.Span(text(f"control.{action}"), className="visually-hidden"),
            ],
            id=ids.press(action),
            type="button",
            title=text(f"control.{action}"),
            className=f"for-{'arrangement' if action == 'arrange' else 'all'}",
        )
        for action, sign in signs.items()
    ]


def header(
    state: ViewState, source: Source, text: Text, stories: Mapping[str, Mapping[str, str]]
) -> list[Any]:
    """Title, what kind of data this is, downloads, and the page's own switches."""
    kind = "simulated" if source.simulated else "imported"
    badge = html.Span(
        text(f"page.{kind}"),
        className=f"badge badge-{kind}",
        title=text("page.simulated_long") if source.simulated else source.name,
    )
    theme = "theme_light" if state.theme == "dark" else "theme_dark"
    return [
        html.A(text("page.skip"), href="#content", className="skip"),
        html.Div(
            [
                html.H1([text("page.title"), html.Small(text("page.subtitle"))]),
                badge,
            ],
            className="brand",
        ),
        html.Div(
            [
                story(text, stories),
                html.Div(id=ids.DOWNLOADS),
                html.Span(id=ids.COPIED, className="copied", role="status"),
                share(text),
                controls.action("theme", text(f"page.{theme}")),
                controls.action(
                    "lang", text("page.language"), **{"aria-label": text("page.language_label")}
                ),
            ],
            className="header-actions",
        ),
    ]


def share(text: Text) -> html.Details:
    """The link of the view, with the data's version on request."""
    buttons = [
        html.Button(text(f"page.copy_{kind}"), id=ids.press(f"copy-{kind}"), type="button")
        for kind in ("link", "version")
    ]
    embed = html.Button(text("story.embed"), id=ids.press("story-embed"), type="button")
    return controls.menu(text("page.share"), [*buttons, embed])


def story(text: Text, stories: Mapping[str, Mapping[str, str]]) -> html.Details:
    """Scenes are gathered and shown; ``stories`` are those that come with the atlas."""
    built = {
        f"built-{name}": text("story.built_in", title=titles[text.lang])
        for name, titles in stories.items()
    }
    own = {name: text(f"story.{name}") for name in ("add", "edit", "present", "open")}
    return controls.menu(
        text("story.menu"),
        [
            html.Button(label, id=ids.press(f"story-{action}"), type="button")
            for action, label in {**own, **built}.items()
        ],
    )


def downloads(links: Sequence[tuple[str, str]], text: Text) -> html.Details:
    """Files of what is in view: (label, URL)."""
    return controls.menu(
        text("page.data_menu"), [html.A(label, href=url, target="_self") for label, url in links]
    )


def control_column(
    state: ViewState, choices: Choices, names: Mapping[str, Mapping[str, str]], text: Text
) -> list[Any]:
    """Everything that narrows or changes the map.

    Args:
        state: what is chosen.
        choices: what may be.
        names: parameter -> value -> its name in the reader's language.
        text: the reader's words.
    """

    def options(parameter: str, values: Sequence[str]) -> list[dict[str, str]]:
        words = names.get(parameter, {})
        return [{"value": v, "label": words.get(v, text.value(parameter, v))} for v in values]

    years = [{"value": str(year), "label": str(year)} for year in choices.years]
    compare = None if state.compare is None else str(state.compare)
    more = [
        *(
            [
                controls.chooser(
                    "administrative",
                    options("administrative", choices.administrative),
                    state.administrative,
                    text,
                )
            ]
            if choices.administrative
            else []
        ),
        controls.chooser(
            "programme", options("programme", choices.programmes), state.programme, text
        ),
        controls.chooser("outcome", options("outcome", choices.outcomes), state.outcome, text),
        controls.chooser("category", options("category", choices.categories), state.category, text),
        controls.chooser(
            "department", options("department", choices.departments), state.department, text
        ),
    ]
    offered = offers(choices, names, text)
    part = part_of(state.view)
    return [
        _parts(text),
        _for("view", controls.one_of("view", offered["view"][part], state.view, text)),
        _for("level", controls.one_of("level", offered["level"][part], state.level, text)),
        html.Div(
            controls.metres("bandwidth", state.bandwidth, BANDWIDTHS, text),
            className="only-surface for-bandwidth",
        ),
        _for(
            "measure",
            controls.one_of("measure", offered["measure"][state.level], state.measure, text),
        ),
        _for("null", controls.one_of("null", offered["null"][state.level], state.null, text)),
        _for(
            "mode", controls.one_of("mode", controls.choices("mode", MODES, text), state.mode, text)
        ),
        _for(
            "arrangement",
            controls.segmented(
                "arrangement",
                controls.choices("arrangement", ARRANGEMENTS, text),
                state.arrangement,
                text,
            ),
        ),
        *(
            _for(
                name,
                controls.one_of(name, options, getattr(state, name), text),
            )
            for name, options in (
                ("share", controls.choices("share", SHARES, text)),
                ("what", controls.choices("what", WHATS, text)),
                ("per", offered["per"][state.level]),
                ("mix", controls.choices("mix", MIXES, text)),
                ("by", offered["by"].get(state.view, [])),
            )
        ),
        _for("after", controls.whole("after", state.after, AFTER, text)),
        _for("smallest", controls.whole("smallest", state.smallest, SMALLEST, text)),
        _for("radius", controls.metres("radius", state.radius, RADII, text)),
        _for("count", controls.segmented("count", offered["count"][state.view], state.count, text)),
        controls.chooser("district", options("district", choices.districts), state.district, text),
        _for(
            "place",
            controls.single(
                "place",
                _places(state, choices, options, text),
                state.place,
                text("control.place_none"),
                text,
                searchable=True,
            ),
        ),
        _for(
            "since",
            controls.single(
                "since",
                years,
                None if state.since is None else str(state.since),
                str(choices.years[0]),
                text,
            ),
        ),
        _for(
            "resolution",
            controls.one_of(
                "resolution",
                controls.choices("resolution", RESOLUTIONS, text),
                state.resolution,
                text,
            ),
        ),
        html.Div(
            controls.single("compare", years, compare, text("control.compare_none"), text),
            className="only-amounts for-compare",
        ),
        _for("corrected", controls.flag("corrected", state.corrected, text)),
        html.Details(
            [html.Summary(text("page.drawing")), html.Div(_drawing(state, text), className="more")],
            open=state.drawn,
            className="filters for-scheme",
        ),
        html.Details(
            [
                html.Summary(text("page.more_filters")),
                html.Div(more, className="more"),
            ],
            open=state.filtered,
            className="filters",
        ),
        html.Div(
            [
                _for("points", controls.flag("points", state.points, text)),
                controls.flag("sites", state.sites, text),
                controls.flag("table", state.table, text),
            ],
            className="switches",
        ),
        controls.action("reset", text("page.reset"), className="reset"),
    ]


def _places(
    state: ViewState,
    choices: Choices,
    options: Callable[[str, Sequence[str]], list[dict[str, str]]],
    text: Text,
) -> list[dict[str, str]]:
    """Neighbourhoods and named places; and the cluster that is looked at."""
    there = options("place", choices.places)
    if state.place is None or state.place in choices.places:
        return there
    return [
        *there,
        {"value": state.place, "label": text("network.cluster", number=state.place[1:])},
    ]


def _for(parameter: str, control: Any) -> html.Div:
    """A control that only some questions have: the style sheet hides it from the others."""
    return html.Div(control, className=f"for-{parameter}")


def unused_css() -> str:
    """Style rules that hide, from each question, the controls of what it does not take."""
    return "".join(
        f'html[data-view="{question}"] .for-{name}{{display:none}}'
        for question, used in USES.items()
        for name in sorted(OWN.difference(used.split()))
    ) + "".join(
        f'html[data-part="{part}"] .for-view{{display:none}}'
        for part, questions in VIEWS.items()
        if len(questions) == 1
    )


def part_of(view: str) -> str:
    """The part of the atlas that a question belongs to."""
    return next(part for part, questions in VIEWS.items() if view in questions)


def _parts(text: Text) -> html.Nav:
    """The parts of the atlas; the style sheet marks the one in view."""
    label: dict[str, Any] = {"aria-label": text("part.label")}
    return html.Nav(
        [
            html.Button(
                text(f"part.{part}"),
                id=ids.press(f"part-{part}"),
                type="button",
                className=f"part part-{part}",
            )
            for part in VIEWS
        ],
        className="parts",
        **label,
    )


def offers(
    choices: Choices, names: Mapping[str, Mapping[str, str]], text: Text
) -> dict[str, dict[str, list[dict[str, Any]]]]:
    """Control -> what its options depend on (part, question or level) -> the options."""

    def levels(part: str) -> list[dict[str, Any]]:
        there = choices.measures if part == "density" else comparable(choices)
        return [{"value": level, "label": names["level"][level]} for level in there]

    def nulls(level: str) -> list[dict[str, Any]]:
        known = "ratio_residents" in choices.measures[level]
        options = controls.choices("null", NULLS, text)
        return [{**one, "disabled": one["value"] == "residents" and not known} for one in options]

    def pers(level: str) -> list[dict[str, Any]]:
        known = "ratio_residents" in choices.measures[level]
        options = controls.choices("per", PERS, text)
        return [{**one, "disabled": one["value"] == "residents" and not known} for one in options]

    return {
        "per": {level: pers(level) for level in choices.measures},
        "by": {question: controls.choices("by", BY[question], text) for question in BY},
        "view": {part: controls.choices("view", VIEWS[part], text) for part in VIEWS},
        "level": {part: levels(part) for part in VIEWS},
        "measure": {level: measures(choices, level, text) for level in choices.measures},
        "null": {level: nulls(level) for level in choices.measures},
        "count": {
            question: controls.choices("count", COUNTS if question != "rise" else COUNTS[1:], text)
            for question in QUESTIONS
        },
    }


def _drawing(state: ViewState, text: Text) -> list[Any]:
    """How values become colours."""
    numbers = [str(number) for number in range(CLASSES[0], CLASSES[1] + 1)]
    classes = [{"value": number, "label": number} for number in numbers]
    return [
        controls.one_of("scheme", controls.choices("scheme", SCHEMES, text), state.scheme, text),
        html.Div(
            controls.one_of("classes", classes, str(state.classes), text), className="only-classes"
        ),
        controls.one_of(
            "colours", controls.choices("colours", PALETTES, text), state.colours, text
        ),
        controls.flag("histogram", state.histogram, text),
    ]


def measures(choices: Choices, level: str, text: Text) -> list[dict[str, Any]]:
    """What can be measured at a level; residents that are estimated are too rough to divide by."""
    return [
        {**choice, "disabled": choice["value"] not in choices.measures[level]}
        for choice in controls.choices("measure", MEASURES, text)
    ]


def timeline(state: ViewState, choices: Choices, text: Text) -> html.Div:
    """The years, below the map."""
    return controls.years(choices.years, state.year, text)


def source_lines(source: Source, text: Text) -> list[str]:
    """Where everything comes from, and what kind of data it is."""
    kind = "simulated" if source.simulated else "imported"
    return [
        f"{source.name} · {text('export.snapshot')} {source.hash}",
        text(f"export.{kind}"),
        f"{text('export.boundaries')}: {source.boundaries}",
        source.population,
    ]


def sources(state: ViewState, source: Source, text: Text) -> list[Any]:
    """Where everything comes from, at the foot of the page."""
    return [
        *(html.Span(line) for line in source_lines(source, text)),
        html.A(text("data.title"), href=data_page(state.theme, text), target="_blank"),
        html.A(text("methods.title"), href=methods_page(state.theme, text), target="_blank"),
        html.A(text("page.api"), href="/docs"),
    ]


def notices(items: Sequence[Notice], text: Text) -> list[Any]:
    """What of the address could not be used, and what could be."""
    if not items:
        return []
    return [
        html.Div(
            [
                html.Strong(text("notice.title")),
                html.Ul([html.Li(said) for said in notice_sentences(items[:6], text)]),
                controls.action("dismiss", text("page.close")),
            ],
            className="notice",
        )
    ]


def notice_sentences(items: Sequence[Notice], text: Text) -> list[str]:
    """What of an address could not be used, and what would have been allowed: one each."""
    return [_notice(item, text) for item in items]


def _notice(item: Notice, text: Text) -> str:
    value = item.value if len(item.value) <= 40 else f"{item.value[:40]}…"
    words = {"parameter": item.parameter[:40], "value": value}
    if item.parameter not in (*ORDER, "url"):
        return text("notice.parameter", parameter=item.parameter[:40])
    if item.alone:
        return text("notice.alone", **words)
    if not item.allowed:
        return text("notice.unknown", **words)
    allowed = [text.value(item.parameter, choice) for choice in item.allowed[:12]]
    more = " …" if len(item.allowed) > len(allowed) else ""
    return text("notice.value", **words, allowed=", ".join(allowed) + more)


def headline(title: str, details: Sequence[str]) -> list[Any]:
    """The finding in plain words, and what it rests on."""
    return [
        html.H2(title),
        html.P([html.Span(detail) for detail in details]),
    ]


def crumbs(places: Sequence[str], text: Text) -> list[Any]:
    """The way back: the city, and the place that the reader went into."""
    if not places:
        return [html.Span(text("page.city"), className="crumb-here")]
    return [
        html.Button(text("control.up"), id=ids.press("up"), type="button", className="crumb"),
        html.Span("›", **HIDDEN),
        *(html.Span(place, className="crumb-here") for place in places),
    ]


def panel_title(place: str, *, chosen: bool, method: html.A, text: Text) -> html.Div:
    """The place that the panel speaks of, and how to let go of it."""
    return html.Div(
        [
            html.H2(place, className="panel-place"),
            method,
            html.Button(
                text("panel.back"), id=ids.press("forget"), type="button", hidden=not chosen
            ),
        ],
        className="panel-title",
    )


def table_heading(summary: str, method: html.A, text: Text) -> html.Div:
    """What the table below holds."""
    return html.Div(
        [html.H2(text("table.title")), html.P(summary), method], className="table-heading"
    )
