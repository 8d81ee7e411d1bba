"""The address and the state: read on the server, kept and written in the browser."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import ALL, ClientsideFunction, Dash, Input, Output

from dashboard import ids, layout
from dashboard.briefing.files import DROPPED, LONGEST, MOST_SCENES
from dashboard.queries import Queries
from dashboard.settings import Settings
from dashboard.state import (
    FLAGS,
    INSTEAD,
    LISTS,
    MANY,
    ORDER,
    OWN,
    QUESTIONS,
    RANGES,
    RATIOS,
    SORTABLE,
    USES,
    USUAL,
    VIEWS,
    YEARLY,
    default,
    parse,
    print_query,
)
from dashboard.strings import Text

SEOUL = ((126.764, 37.428), (127.184, 37.702))
"""West–south and east–north of the city, degrees."""
SHOWN = (
    "view", "level", "measure", "count", "year", "compare", "scheme", "classes", "colours",
    "bandwidth", "null", "smallest", "radius", "mode", "since", "place", "resolution",
    "arrangement", "share", "after", "what", "per", "mix", "by", *MANY, *FLAGS,
)  # fmt: skip
"""Parameters that have a control of their own."""


def register(
    app: Dash,
    queries: Queries,
    settings: Settings,
    grid_url: str,
    stories: Mapping[str, Mapping[str, str]],
) -> None:
    """Connect the address and the controls to the state; buttons and the map need no callback.

    Args:
        app: the page.
        queries: the snapshot.
        settings: the basemap's style and who may embed are for the browser too.
        grid_url: where the table's library is fetched when a table is first asked for.
        stories: name of each briefing that comes with the atlas -> language -> its title.
    """
    app.clientside_callback(
        ClientsideFunction("atlas", "address"),
        Output(ids.ADDRESS, "data"),
        Input(ids.ADDRESS, "id"),
    )

    @app.callback(
        Output(ids.OPENED, "data"),
        Output(ids.HEADER, "children"),
        Output(ids.CONTROLS, "children"),
        Output(ids.TIMELINE, "children"),
        Output(ids.MAP_BUTTONS, "children"),
        Output(ids.SOURCES, "children"),
        Output(ids.NOTICES, "children"),
        Input(ids.ADDRESS, "data"),
        prevent_initial_call=True,
    )
    def open_address(address: dict[str, Any]) -> tuple[Any, ...]:
        choices = queries.choices
        state, notices = parse(str(address["query"]), choices)
        text = Text(state.lang)
        about = source(queries, text)
        opened = {
            "query": print_query(state, choices),
            "opened": address["opened"],
            "spec": spec(queries, text, settings, grid_url),
        }
        return (
            opened,
            layout.header(state, about, text, stories),
            layout.control_column(state, choices, names(queries, text), text),
            layout.timeline(state, choices, text),
            layout.map_buttons(text),
            layout.sources(state, about, text),
            layout.notices(notices, text),
        )

    app.clientside_callback(
        ClientsideFunction("atlas", "choose"),
        Output(ids.ASKED, "data"),
        Input(ids.OPENED, "data"),
        Input({"control": ALL}, "value"),
        Input({"switch": ALL}, "checked"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("atlas", "paint"),
        Input(ids.FRAMES, "data"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("atlas", "listenToTable"),
        Input(ids.TABLE, "children"),
        prevent_initial_call=True,
    )


def source(queries: Queries, text: Text) -> layout.Source:
    """What the page says of its snapshot."""
    manifest = queries.atlas.manifest
    return layout.Source(
        name=manifest.name,
        hash=queries.atlas.hash,
        simulated=manifest.provenance == "simulated",
        boundaries=text.boundaries(manifest.boundaries),
        population=text.population(queries.population_years),
    )


def names(queries: Queries, text: Text) -> dict[str, dict[Any, Any]]:
    """Names of the levels, and of the places by code, as the reader's language has them."""
    districts = queries.areas("district")[f"name_{text.lang}"]
    units = queries.areas("administrative")
    above = units["district_code"].map(districts)
    levels = {
        level: text.level(level, queries.atlas.manifest.boundaries)
        for level in queries.choices.measures
    }
    near = queries.areas("neighbourhood")
    sites = queries.atlas.sites.set_index("site_id")[f"name_{text.lang}"]
    places = near[f"name_{text.lang}"] + " · " + near["district_code"].map(districts)
    return {
        "level": levels,
        "place": {
            **places.to_dict(),
            **{code: text("cluster.around", name=name) for code, name in sites.items()},
        },
        "district": districts.to_dict(),
        "administrative": (units[f"name_{text.lang}"] + " · " + above).to_dict(),
    }


def spec(queries: Queries, text: Text, settings: Settings, grid_url: str) -> dict[str, Any]:
    """What the browser must know of the state: no meaning, only names and defaults."""
    choices = queries.choices
    usual = default(choices)
    plain = {name: getattr(usual, name) for name in ORDER if name not in LISTS}
    return {
        "order": ORDER,
        "flags": FLAGS,
        "lists": LISTS,
        "yearly": YEARLY,
        "shown": SHOWN,
        "defaults": {
            name: str(int(value)) if isinstance(value, bool) else str(value)
            for name, value in plain.items()
            if value is not None
        },
        "years": list(choices.years),
        "snapshot": choices.snapshot,
        "usual": {view: {"year": default(choices, view).year, **USUAL[view]} for view in QUESTIONS},
        "parts": VIEWS,
        "unused": {view: sorted(OWN.difference(used.split())) for view, used in USES.items()},
        "offers": layout.offers(choices, names(queries, text), text),
        "ratios": RATIOS,
        "instead": INSTEAD,
        "ranges": RANGES,
        "unmapped": [level for level in choices.measures if not queries.is_mapped(level)],
        "sortable": SORTABLE,
        "grid": grid_url,
        "words": {
            **text.part("map"),
            "play": text("control.play"),
            "pause": text("control.pause"),
            "copied": text("page.copied"),
        },
        "story": text.part("story"),
        "scenes": {"most": MOST_SCENES, "longest": LONGEST, "dropped": DROPPED},
        "ancestors": settings.frame_ancestors,
        "map": {"bounds": SEOUL, "basemapStyle": settings.basemap_style or None},
    }
