"""ViewState: what the reader is looking at; to and from the URL.

The canonical query string is the state wherever it travels: address bar, browser store, cache
key, API answer. It names only what differs from the defaults, in one fixed order.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from dashboard.theme import Theme

VIEWS = {
    "density": ("density",),
    "clusters": ("clusters", "lisa", "gi", "nearby"),
    "spread": ("arrival", "centre", "nearness", "rise", "history"),
    "network": ("network", "cohesion", "crosswalk"),
    "people": ("composition", "emergence", "funnel", "retention"),
    "silos": ("concentration", "duplication", "fatigue", "mobilised", "crossing"),
}
"""The parts of the atlas, and the questions that each answers, the first one first."""
QUESTIONS = tuple(question for questions in VIEWS.values() for question in questions)
USES = {
    "density": "level measure count compare scheme classes colours bandwidth histogram area",
    "clusters": "count smallest cluster",
    "lisa": "level count null corrected area",
    "gi": "level count null corrected area",
    "nearby": "count radius",
    "arrival": "level area",
    "centre": "count",
    "nearness": "",
    "rise": "level count area",
    "history": "level count null corrected area",
    "network": "mode since place inside resolution step label arrangement community node area",
    "cohesion": "since place inside resolution arrangement community node area",
    "crosswalk": "since resolution smallest cluster",
    "composition": "level share by area",
    "emergence": "level by area",
    "funnel": "level by area",
    "retention": "level after by area",
    "concentration": "level what per count area",
    "duplication": "level by area",
    "fatigue": "level by area",
    "mobilised": "level by area",
    "crossing": "level mix area",
}
"""Question -> the parameters that it takes beside those that all of them take."""
OWN = frozenset(" ".join(USES.values()).split())
USUAL: dict[str, dict[str, Any]] = {
    **{question: {"level": "neighbourhood"} for question in QUESTIONS},
    "rise": {"level": "neighbourhood", "count": "new"},
    "density": {},
    # In neighbourhoods most figures of a year rest on too little to be read alone.
    **{question: {} for question in (*VIEWS["people"], *VIEWS["silos"]) if question != "funnel"},
    "composition": {"by": "programme"},
    "mobilised": {"by": "department"},
}
"""Question -> its defaults where they are not those of the density."""
YEARLY = VIEWS["network"]
"""Questions that are asked anew for each year: what a network looks like is its own."""
ACCOUNTS = (*VIEWS["people"], *VIEWS["silos"])
"""Questions that count the same things for areas and for all of them together."""
BY = {
    "composition": ("programme", "outcome", "category", "department", "district"),
    "emergence": ("category", "programme", "outcome", "department", "district"),
    "funnel": ("category", "programme", "department", "district"),
    "retention": ("category", "district"),
    "duplication": ("category", "district"),
    "fatigue": ("category", "department", "programme", "district"),
    "mobilised": ("department", "category", "programme", "district"),
}
"""Question -> what its figures can be told apart by."""
SHARES = ("women", "before", "boomers", "between", "youth", "after")
"""Of people, on the map: women, and the cohorts of `geo.measures.composition`."""
WHATS = ("groups", "applications", "money", "people")
"""What may be concentrated."""
PERS = ("residents", "area", "places")
"""What it would be spread over evenly: residents, km², or every place alike."""
MIXES = ("category", "department")
"""What a place may have a mixture of."""
AFTER = (1, 20)
"""Years after its founding in which a group may be going still."""
COMPARABLE = ("district", "neighbourhood", "administrative", "hex7", "hex8")
"""Levels whose areas are compared with their neighbours: smaller ones are mostly empty."""
NULLS = ("area", "residents")
MODES = ("actors", "people", "groups", "neighbourhoods", "bureaus")
"""What a network's nodes are: people and applications, or one kind linked by what it shares."""
ARRANGEMENTS = ("network", "map")
"""Where its nodes stand: by their ties, or where they are in the city."""
RESOLUTIONS = ("0.25", "0.5", "1", "2", "4", "8")
"""Of communities: the higher, the more and the smaller ones."""
SMALLEST = (5, 200)
"""Groups that make a cluster."""
RADII = (200, 3_000)
"""Metres around a named place."""
LEVELS = ("district", "neighbourhood", "administrative", "hex7", "hex8", "hex9", "surface")
MEASURES = ("count", "per_km2", "per_10k", "ratio_area", "ratio_residents")
RATIOS = ("ratio_area", "ratio_residents")
INSTEAD = {"per_10k": "per_km2", "ratio_residents": "ratio_area"}
"""What comes nearest where residents are not known."""
SCHEMES = ("root", "natural", "quantiles", "equal", "continuous")
CLASSES = (3, 9)
"""Fewest and most classes: fewer say little, more no eye tells apart."""
PALETTES = ("teal", "viridis", "cividis", "grey")
BANDWIDTHS = (200, 5_000)
"""Metres, of the smoothed surface."""
COUNTS = ("cumulative", "new", "active")
LANGUAGES = ("ko", "en")
THEMES = ("light", "dark")
SORTABLE = (
    "name", "groups", "area_km2", "population", "value", "rank", "change", "class", "expected",
    "limit_low", "limit_high", "low", "high", "groups_smoothed",
)  # fmt: skip
LONGEST_QUERY = 4_000
"""Characters; a longer one is no link that this page has made."""


def usual_measures() -> dict[str, tuple[str, ...]]:
    """Level -> what can be measured there where residents are known by district alone."""
    rough = tuple(name for name in MEASURES if name not in ("per_10k", "ratio_residents"))
    return dict.fromkeys(LEVELS, rough) | {"district": MEASURES, "surface": ("per_km2",)}


@dataclass(frozen=True)
class Choices:
    """What a snapshot offers to choose from; lists as they are shown.

    ``areas`` has the level and the district of each area that a panel can speak of, by code;
    ``places`` are the legal neighbourhoods and sites whose network can be looked at, ``labels``
    what applications carry; ``measures`` what can be measured at each level that there is.
    """

    years: tuple[int, ...]
    districts: tuple[str, ...]
    administrative: tuple[str, ...] = ()
    programmes: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()
    areas: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    places: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    measures: Mapping[str, tuple[str, ...]] = field(default_factory=usual_measures)
    snapshot: str = ""


@dataclass(frozen=True)
class Notice:
    """A value of the URL that fell back to its default, and what would have been allowed.

    ``alone`` marks one that is allowed, but not beside the others.
    """

    parameter: str
    value: str
    allowed: tuple[str, ...]
    alone: bool = False


@dataclass(frozen=True)
class ViewState:
    """One view of the atlas. Empty tuples choose everything."""

    year: int
    view: str = "density"
    level: str = "district"
    measure: str = "count"
    count: str = "cumulative"
    compare: int | None = None
    scheme: str = "root"
    classes: int = 7
    colours: str = "teal"
    bandwidth: int | None = None
    null: str = "area"
    corrected: bool = True
    smallest: int = 20
    radius: int = 800
    mode: str = "actors"
    since: int | None = None
    place: str | None = None
    inside: int | None = None
    resolution: str = "1"
    step: int | None = None
    label: tuple[str, ...] = ()
    arrangement: str = "network"
    share: str = "women"
    after: int = 2
    what: str = "groups"
    per: str = "residents"
    mix: str = "category"
    by: str = "category"
    district: tuple[str, ...] = ()
    administrative: tuple[str, ...] = ()
    programme: tuple[str, ...] = ()
    outcome: tuple[str, ...] = ()
    category: tuple[str, ...] = ()
    department: tuple[str, ...] = ()
    area: str | None = None
    cluster: int | None = None
    community: int | None = None
    node: str | None = None
    points: bool = False
    sites: bool = True
    table: bool = False
    histogram: bool = False
    sort: str | None = None
    at: tuple[float, float, float] | None = None
    lang: str = "ko"
    theme: Theme = "light"
    snapshot: str | None = None

    @property
    def asked(self) -> ViewState:
        """Only what decides the numbers of every year: the key of their frames."""
        return replace(
            self,
            year=0,
            scheme="root",
            classes=7,
            colours="teal",
            area=None,
            cluster=None,
            community=None,
            node=None,
            step=None,
            label=(),
            arrangement="network",
            by="category",
            points=False,
            sites=True,
            table=False,
            histogram=False,
            sort=None,
            at=None,
            lang="ko",
            theme="light",
            snapshot=None,
        )

    @property
    def drawn(self) -> bool:
        """Whether the reader chose how values become colours."""
        usual = ViewState(year=0)
        return any(
            getattr(self, name) != getattr(usual, name)
            for name in ("scheme", "classes", "colours", "histogram")
        )

    @property
    def filters(self) -> dict[str, Any]:
        """What narrows the groups, the district included."""
        return {name: getattr(self, name) for name in MANY}

    @property
    def filtered(self) -> bool:
        """Whether anything but the district narrows the groups."""
        return any(getattr(self, name) for name in MANY if name != "district")


MANY = ("district", "administrative", "programme", "outcome", "category", "department")
LISTS = (*MANY, "label")
"""Parameters of any number of values: what narrows, and what is only lit."""
FLAGS = ("corrected", "points", "sites", "table", "histogram")
NUMBERS = ("year", "compare", "classes", "since")
COUNTED = (0, 9_999)
RANGES = {
    "bandwidth": BANDWIDTHS, "smallest": SMALLEST, "radius": RADII, "cluster": COUNTED,
    "community": COUNTED, "inside": COUNTED, "step": COUNTED, "after": AFTER,
}  # fmt: skip
"""Whole numbers between two that are allowed."""
CLUSTER = r"c[0-9]{1,4}"
"""Of a place: a cluster by its number."""
PATTERNS = {"node": r"[^\x00-\x1f\x7f]{1,200}"}
"""Names that only the tables of a question can tell."""
UNITS = {"bandwidth": " m", "radius": " m"}
ORDER = [
    "view",
    "level",
    "measure",
    "count",
    "year",
    "compare",
    "scheme",
    "classes",
    "colours",
    "bandwidth",
    "null",
    "corrected",
    "smallest",
    "radius",
    "mode",
    "since",
    "place",
    "inside",
    "resolution",
    "step",
    "label",
    "arrangement",
    "share",
    "after",
    "what",
    "per",
    "mix",
    "by",
    "district",
    "administrative",
    "programme",
    "outcome",
    "category",
    "department",
    "area",
    "cluster",
    "community",
    "node",
    "points",
    "sites",
    "table",
    "histogram",
    "sort",
    "at",
    "lang",
    "theme",
    "snapshot",
]
AT_RANGES = ((36.5, 38.5), (126.0, 128.0), (7.0, 19.0))
"""Latitude, longitude and zoom within which a viewport still shows something of the city."""


def allowed_values(choices: Choices) -> dict[str, tuple[str, ...]]:
    """Parameter -> the values it may take, in the order in which they are offered."""
    years = tuple(str(year) for year in choices.years)
    return {
        "view": QUESTIONS,
        "level": tuple(choices.measures),
        "measure": MEASURES,
        "count": COUNTS,
        "year": years,
        "compare": years,
        "since": years,
        "mode": MODES,
        "resolution": RESOLUTIONS,
        "arrangement": ARRANGEMENTS,
        "share": SHARES,
        "what": WHATS,
        "per": PERS,
        "mix": MIXES,
        "by": tuple(dict.fromkeys(name for names in BY.values() for name in names)),
        "label": choices.labels,
        "scheme": SCHEMES,
        "classes": tuple(str(number) for number in range(CLASSES[0], CLASSES[1] + 1)),
        "colours": PALETTES,
        "district": choices.districts,
        "administrative": choices.administrative,
        "programme": choices.programmes,
        "outcome": choices.outcomes,
        "category": choices.categories,
        "department": choices.departments,
        "null": NULLS,
        **dict.fromkeys(FLAGS, ("0", "1")),
        "sort": (*SORTABLE, *(f"-{name}" for name in SORTABLE)),
        "lang": LANGUAGES,
        "theme": THEMES,
    }


def default(choices: Choices, view: str = "density") -> ViewState:
    """The view that a query opens which names no more than the question."""
    # In the last year nobody is still to come, or to come back.
    waits = view in ("nearness", "mobilised")
    last = choices.years[-2:][0] if waits else choices.years[-1]
    return replace(ViewState(year=last, view=view), **USUAL[view])


def parse(query: str, choices: Choices) -> tuple[ViewState, tuple[Notice, ...]]:
    """Read a query string; what is not allowed falls back and is told of.

    Total: any text gives a state. Of several values for a single-valued parameter the last
    counts. Values of a list come out in the order in which they are offered, once each.

    >>> choices = Choices(years=(2012, 2013), districts=("11545",))
    >>> state, notices = parse("year=2012&district=11545&level=moon", choices)
    >>> state.year, state.district, state.level
    (2012, ('11545',), 'district')
    >>> [(notice.parameter, notice.value) for notice in notices]
    [('level', 'moon')]
    """
    notices: list[Notice] = []
    given: dict[str, list[str]] = {}
    text = query[1:] if query.startswith("?") else query
    if len(text) > LONGEST_QUERY:
        limit = (f"≤ {LONGEST_QUERY}",)
        return default(choices), (Notice("url", f"{len(text):,}", limit),)
    for name, value in parse_qsl(text, keep_blank_values=True):
        if name in ORDER:
            given.setdefault(name, []).append(value)
        else:
            notices.append(Notice(name, value, tuple(ORDER)))

    values: dict[str, Any] = {}
    allowed = allowed_values(choices)
    for name, texts in given.items():
        read, refused = _read(name, texts, allowed.get(name, ()), choices)
        notices += refused
        if read is not None:
            values[name] = read
    state = replace(default(choices, values.get("view", "density")), **values)
    state, dropped = settle(state, choices)
    # A level that has no numbers of groups takes the measure that it has.
    told = [notice for notice in dropped if notice.parameter in values]
    return state, (*notices, *told)


def settle(state: ViewState, choices: Choices) -> tuple[ViewState, list[Notice]]:
    """A state whose parts go together, and which of them had to go."""
    usual = default(choices, state.view)
    unused = OWN.difference(USES[state.view].split())
    given = [name for name in ORDER if name in unused and getattr(state, name) not in (None, ())]
    dropped = [
        Notice(name, _printed(name, getattr(state, name)), (), alone=True)
        for name in given
        if getattr(state, name) != getattr(usual, name)
    ]
    state = replace(state, **{name: getattr(usual, name) for name in unused})
    if state.view != "density":
        return _settle_question(state, choices, dropped)
    offered = choices.measures[state.level]
    if state.administrative and state.level != "surface":
        offered = ("count",)  # an area's size is not that of the part looked at
    if state.measure not in offered:
        dropped.append(Notice("measure", state.measure, offered))
        instead = INSTEAD.get(state.measure)
        state = replace(state, measure=instead if instead in offered else offered[0])
    if state.compare is not None and (state.measure in RATIOS or state.level == "surface"):
        dropped.append(Notice("compare", str(state.compare), (), alone=True))
        state = replace(state, compare=None)
    if state.bandwidth is not None and state.level != "surface":
        dropped.append(Notice("bandwidth", str(state.bandwidth), (), alone=True))
        state = replace(state, bandwidth=None)
    if state.area is not None and not _in_view(state, choices):
        dropped.append(Notice("area", state.area, ()))
        state = replace(state, area=None)
    return state, dropped


def comparable(choices: Choices) -> tuple[str, ...]:
    """Levels whose areas have neighbours: names alone have none."""
    there = choices.measures
    return tuple(level for level in COMPARABLE if "per_km2" in there.get(level, ()))


def _settle_question(
    state: ViewState, choices: Choices, dropped: list[Notice]
) -> tuple[ViewState, list[Notice]]:
    """As `settle`, where the question is another than density."""
    levels = comparable(choices)
    if state.level not in levels:
        dropped.append(Notice("level", state.level, levels))
        state = replace(state, level="neighbourhood")
    if state.null == "residents" and "ratio_residents" not in choices.measures[state.level]:
        dropped.append(Notice("null", state.null, ("area",)))
        state = replace(state, null="area")
    known = "ratio_residents" in choices.measures[state.level]
    if state.per == "residents" and state.view == "concentration" and not known:
        dropped.append(Notice("per", state.per, PERS[1:]))
        state = replace(state, per="area")
    if state.view in BY and state.by not in BY[state.view]:
        dropped.append(Notice("by", state.by, BY[state.view]))
        state = replace(state, by=BY[state.view][0])
    if state.view == "rise" and state.count == "cumulative":
        dropped.append(Notice("count", state.count, COUNTS[1:]))
        state = replace(state, count="new")
    if state.since is not None and state.since > state.year:
        until = tuple(str(year) for year in choices.years if year <= state.year)
        dropped.append(Notice("since", str(state.since), until))
        state = replace(state, since=None)
    if state.area is not None and not _in_view(state, choices):
        dropped.append(Notice("area", state.area, ()))
        state = replace(state, area=None)
    return state, dropped


def _in_view(state: ViewState, choices: Choices) -> bool:
    """Whether the area is one of the level, and of the chosen districts."""
    level, district = choices.areas[str(state.area)]
    return level == state.level and (not state.district or district in state.district)


def _read(
    name: str, texts: list[str], allowed: tuple[str, ...], choices: Choices
) -> tuple[Any, list[Notice]]:
    """One parameter's value, None where nothing usable was given; and what was refused."""
    if name in LISTS:
        refused = [Notice(name, text, allowed) for text in texts if text not in allowed]
        return tuple(value for value in allowed if value in texts), refused
    text = texts[-1]
    if name == "at":
        point = _read_at(text)
        return point, [] if point else [Notice(name, text, ("37.55,126.99,10.5",))]
    if name in PATTERNS:
        return (
            (text, []) if re.fullmatch(PATTERNS[name], text) else (None, [Notice(name, text, ())])
        )
    if name == "place":
        known = text in choices.places or bool(re.fullmatch(CLUSTER, text))
        return (text, []) if known else (None, [Notice(name, text, ())])
    if name == "area":
        known = text in choices.areas
        return (text, []) if known else (None, [Notice(name, text, ())])
    if name == "snapshot":
        ours = choices.snapshot
        return (text, []) if text == ours else (None, [Notice(name, text, (ours,))])
    if name in RANGES:
        low, high = RANGES[name]
        fits = re.fullmatch(r"\d{1,5}", text) and low <= int(text) <= high
        span = f"{low}–{high}{UNITS.get(name, '')}"
        return (int(text), []) if fits else (None, [Notice(name, text, (span,))])
    if text not in allowed:
        return None, [Notice(name, text, allowed)]
    if name in FLAGS:
        return text == "1", []
    return (int(text) if name in NUMBERS else text), []


def _read_at(text: str) -> tuple[float, float, float] | None:
    if not re.fullmatch(r"\d{1,3}(\.\d{1,6})?(,\d{1,3}(\.\d{1,6})?){2}", text):
        return None
    latitude, longitude, zoom = (float(part) for part in text.split(","))
    point = (latitude, longitude, zoom)
    inside = all(low <= v <= high for v, (low, high) in zip(point, AT_RANGES, strict=True))
    return point if inside and all(map(math.isfinite, point)) else None


def print_query(state: ViewState, choices: Choices) -> str:
    """The canonical query string of a state, without a question mark.

    The inverse of `parse`: ``parse(print_query(s, c), c) == (s, ())`` for every state whose
    values the choices allow.

    >>> choices = Choices(years=(2012, 2013), districts=("11545",))
    >>> print_query(ViewState(year=2012, district=("11545",)), choices)
    'year=2012&district=11545'
    """
    usual = default(choices, state.view)
    pairs: list[tuple[str, str]] = [("view", state.view)] if state.view != "density" else []
    for name in ORDER:
        value = getattr(state, name)
        if name in LISTS:
            pairs += [(name, item) for item in value]
        elif value != getattr(usual, name):
            pairs.append((name, _printed(name, value)))
    return urlencode(pairs, safe=",")


def _printed(name: str, value: Any) -> str:
    """A value as an address has it."""
    if name in FLAGS:
        return str(int(value))
    return ",".join(_plain(part) for part in value) if name == "at" else str(value)


def _plain(number: float) -> str:
    """A number without exponent or trailing zeros, as `_read_at` takes it."""
    return f"{number:.6f}".rstrip("0").rstrip(".")
