"""Every component id."""

from __future__ import annotations

# Stores
ADDRESS = "address"  # the query that the browser opened, or went back to
OPENED = "opened"  # the state that the server read from it
ASKED = "asked"  # the part of it that decides the map's numbers
FRAMES = "frames"  # every year of what was asked, for the map
PAINTED = "painted"  # the state that the map shows: panels and table follow it

# Places on the page
PROVIDER = "provider"
HEADER = "header"
HEADLINE = "headline"
CRUMBS = "crumbs"
CONTROLS = "controls"
NOTICES = "notices"
MAP = "map"
PLATE = "plate"  # in the map's place where there is no WebGL
BRIEFING = "briefing"
PRESENTING = "presenting"
MAP_BUTTONS = "map-buttons"
LEGEND = "legend"
TIMELINE = "timeline"
PANEL = "panel"
DOWNLOADS = "downloads"
COPIED = "copied"
TABLE = "table"
SOURCES = "sources"
GRID = "grid"
TREND = "trend"
FLOW = "flow"
HOMOPHILY = "homophily"
HOMOPHILY_YEARS = "homophily-years"
CROSSWALK = "crosswalk"
APART = "apart"
LORENZ = "lorenz"
SURVIVAL = "survival"
SIGNS = "signs"
STEPS = "steps"
OVERLAP = "overlap"
TRIES = "tries"
SIDES = "sides"
PYRAMID = "pyramid"
REPRESENTED = "represented"
NEWCOMERS = "newcomers"
WHY = "map-why"
HISTOGRAM = "histogram"


def control(parameter: str) -> dict[str, str]:
    """A control whose ``value`` is that of a parameter of the state."""
    return {"control": parameter}


def switch(parameter: str) -> dict[str, str]:
    """A control whose ``checked`` is a flag of the state."""
    return {"switch": parameter}


def press(action: str) -> dict[str, str]:
    """A button that changes the state when pressed."""
    return {"press": action}
