"""/api/v1: the tables of a state as JSON and as files."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Annotated, Any
from urllib.parse import urlencode

import geopandas as gpd
import orjson
import pandas as pd
from fastapi import APIRouter, Depends, HTTPException, Query, Request
from fastapi.responses import Response

from dashboard import exports, graphs
from dashboard.data import OF_PEOPLE
from dashboard.queries import Analyses, Queries
from dashboard.queries.network import AROUND_M, letter
from dashboard.queries.places import layers, places_of
from dashboard.state import (
    AFTER,
    BANDWIDTHS,
    CLASSES,
    CLUSTER,
    COUNTED,
    MANY,
    MIXES,
    MODES,
    PALETTES,
    PERS,
    RADII,
    RESOLUTIONS,
    SHARES,
    SMALLEST,
    VIEWS,
    WHATS,
    ViewState,
    allowed_values,
    default,
    print_query,
    settle,
)
from dashboard.strings import Text
from dashboard.tables import Classes, Why
from dashboard.theme import scale
from geo import administrative
from geo.errors import UnknownValue
from geo.schema import POPULATION_YEAR, Audience, Count, Level, Measure, Precision, Scheme


class Format(StrEnum):
    """Of an answer."""

    JSON = "json"
    CSV = "csv"
    GEOJSON = "geojson"
    XLSX = "xlsx"
    GPKG = "gpkg"
    PARQUET = "parquet"


class TableFormat(StrEnum):
    """Of an answer without geometry."""

    JSON = "json"
    CSV = "csv"
    XLSX = "xlsx"
    GPKG = "gpkg"
    PARQUET = "parquet"


class GraphFormat(StrEnum):
    """Of a network."""

    JSON = "json"
    CSV = "csv"
    XLSX = "xlsx"
    GPKG = "gpkg"
    PARQUET = "parquet"
    GRAPHML = "graphml"
    GEXF = "gexf"


class NetworkTable(StrEnum):
    """Of a network."""

    NETWORK = "network"
    NODES = "nodes"
    EDGES = "edges"
    COMMUNITIES = "communities"
    LABELS = "labels"
    FLOWS = "flows"


class CohesionTable(StrEnum):
    """Of what holds a network together."""

    MEASURES = "measures"
    HOMOPHILY = "homophily"
    BROKERS = "brokers"
    CATEGORIES = "categories"
    BUREAUS = "bureaus"


class ClusterTable(StrEnum):
    """Of clusters."""

    CLUSTERS = "clusters"
    DISTRICTS = "districts"
    CATEGORIES = "categories"
    MEMBERS = "members"


class Statistic(StrEnum):
    """Of likeness among neighbours."""

    LISA = "lisa"
    GI = "gi"
    HISTORY = "history"


class Question(StrEnum):
    """Of spread."""

    ARRIVAL = "arrival"
    CENTRE = "centre"
    NEARNESS = "nearness"
    RISE = "rise"


class Silo(StrEnum):
    """What silos do, and what crosses them."""

    CONCENTRATION = "concentration"
    DUPLICATION = "duplication"
    FATIGUE = "fatigue"
    MOBILISED = "mobilised"
    CROSSING = "crossing"


class Null(StrEnum):
    """What would be as likely to have a group."""

    AREA = "area"
    RESIDENTS = "residents"


class Language(StrEnum):
    """Of the notes in a file."""

    KO = "ko"
    EN = "en"


UNITS = "a name or a code of /api/v1/density?level=administrative"
PLACES = (
    "a name or a code of /api/v1/density?level=neighbourhood",
    "a name or a site_id of /api/v1/nearby",
    "c and the number of a cluster of /api/v1/clusters",
)
TABLES_SAID = (
    "pyramid, represented (composition); curve, cohorts (retention); indices, lorenz, beyond "
    "(concentration); matrix (duplication); tries (fatigue); across (crossing)"
)
CALLED = {"since": "from"}
"""Parameters that Python would not have as a name."""
Many = Annotated[tuple[str, ...], Query(description="any number, as /api/v1/atlas lists them")]
Year = Annotated[
    int | None, Query(description="of the atlas; without it the last that the question can tell of")
]
Compare = Annotated[int | None, Query(description="values less those of this year")]
Counted = Annotated[Count, Query(description="first application by, or in, the year; or selected")]
Classed = Annotated[Scheme, Query(description="how values fall into classes: see /methods")]
Number = Annotated[int, Query(ge=CLASSES[0], le=CLASSES[1])]
Metres = Annotated[int | None, Query(ge=BANDWIDTHS[0], le=BANDWIDTHS[1])]
Smallest = Annotated[int, Query(ge=SMALLEST[0], le=SMALLEST[1], description="groups")]
Radius = Annotated[int, Query(ge=RADII[0], le=RADII[1], description="metres")]
Colours = Annotated[str, Query(description=f"one of {', '.join(PALETTES)}")]
Place = Annotated[tuple[str, ...], Query(description="code or name: 1154563000, 독산3동")]
Where = Annotated[str | None, Query(description=f"{'; or '.join(PLACES)}: 성산동, seongsan, c7")]
Since = Annotated[int | None, Query(alias="from", description="of the atlas; else its first")]
Mode = Annotated[str, Query(description=f"what nodes are: {', '.join(MODES)}")]
Resolution = Annotated[str, Query(description=f"of communities: {', '.join(RESOLUTIONS)}")]
Apart = Annotated[str | None, Query(description="with table=parts: what to tell apart by")]
AccountTable = Annotated[
    str, Query(description=f"areas, years, parts, or what the question has beside: {TABLES_SAID}")
]
Layer = Annotated[str | None, Query(description="of places, as the list without it has them")]
Inside = Annotated[
    int | None,
    Query(ge=COUNTED[0], le=COUNTED[1], description="a community's number: its people alone"),
]


def filters(
    district: Many = (),
    administrative: Place = (),
    programme: Many = (),
    outcome: Many = (),
    category: Many = (),
    department: Many = (),
) -> dict[str, tuple[str, ...]]:
    """What narrows the groups, by parameter."""
    given = (district, administrative, programme, outcome, category, department)
    return {name: tuple(values) for name, values in zip(MANY, given, strict=True)}


Filters = Annotated[dict[str, tuple[str, ...]], Depends(filters)]


@dataclass(frozen=True)
class AccountAsked:
    """What every question on people and silos may be asked."""

    request: Request
    many: Filters
    level: Annotated[Level | None, Query(description="districts; of funnel neighbourhoods")] = None
    year: Year = None
    table: AccountTable = "areas"
    by: Apart = None
    format: Format = Format.JSON
    lang: Language = Language.KO


Account = Annotated[AccountAsked, Depends()]


def router(queries: Queries, analyses: Analyses) -> APIRouter:
    """The routes of the API."""
    routes = APIRouter()

    @routes.get("/healthz")
    async def health() -> dict[str, Any]:
        """Whether the server is up, and what it serves; in no thread, so that it never waits."""
        return {"status": "ok", "atlas": _atlas(queries)}

    @routes.get("/api/v1/atlas")
    def told_of_itself() -> dict[str, Any]:
        """The snapshot's manifest and what it offers to choose from."""
        choices, manifest = asdict(queries.choices), asdict(queries.atlas.manifest)
        del choices["areas"]
        if queries.audience is Audience.PUBLIC:
            for name in OF_PEOPLE:  # exact numbers of people
                del manifest["counts"][name]
        return {
            "atlas": _atlas(queries),
            "manifest": manifest,
            "choices": choices,
        }

    @routes.get("/api/v1/density")
    def density(
        request: Request,
        many: Filters,
        level: Level = Level.DISTRICT,
        measure: Measure = Measure.COUNT,
        count: Counted = Count.CUMULATIVE,
        year: Year = None,
        compare: Compare = None,
        scheme: Classed = Scheme.ROOT,
        classes: Number = 7,
        colours: Colours = PALETTES[0],
        format: Format = Format.JSON,
        lang: Language = Language.KO,
    ) -> Response:
        """Groups by area: how many, per km², per 10,000 residents, or over what is expected.

        Rates over residents are to be had where residents are known. `class` in a row is the
        area's colour on the map, from 1 on, negative for falls and for fewer than expected; there,
        half of the classes are on each side.
        """
        if level is Level.SURFACE:
            others = [name for name in queries.choices.measures if name != level]
            _refuse("level", UnknownValue("level of areas", level, [*others, "/api/v1/surface"]))
        given = {
            "level": level, "measure": measure, "count": count, "year": year, "compare": compare,
            "scheme": scheme, "classes": classes, "colours": colours,
        }  # fmt: skip
        state = _state(queries, request, given, many, lang)
        table = queries.density(state)
        extra = {"classes": _classes(queries.classes(state), state)}
        shapes = queries.shapes(level) if queries.is_mapped(level) else None
        return _answer(
            queries, state, "density", table.rows, (table.n, table.unplaced), format, shapes, extra
        )

    @routes.get("/api/v1/surface")
    def surface(
        request: Request,
        many: Filters,
        count: Counted = Count.CUMULATIVE,
        year: Year = None,
        scheme: Classed = Scheme.ROOT,
        classes: Number = 7,
        colours: Colours = PALETTES[0],
        bandwidth: Metres = None,
        format: Format = Format.JSON,
        lang: Language = Language.KO,
    ) -> Response:
        """Groups per km² as a smoothed surface: a row for each band between two isolines.

        Without a bandwidth (metres) one that suits all years is taken, and told.
        """
        given = {
            "count": count, "year": year, "scheme": scheme, "classes": classes,
            "colours": colours, "bandwidth": bandwidth,
        }  # fmt: skip
        state = _state(queries, request, given, many, lang, level=Level.SURFACE)
        table = queries.surface(state)
        shapes = table.bands.set_index("class", drop=False).geometry
        extra = {
            "bandwidth": table.bandwidth,
            "classes": _classes(queries.classes(state), state),
            "peaks": exports.records(table.peaks),
        }
        rows = pd.DataFrame(table.bands.drop(columns="geometry"))
        return _answer(
            queries, state, "surface", rows, (table.n, table.unplaced), format, shapes, extra
        )

    @routes.get("/api/v1/groups")
    def groups(
        request: Request,
        many: Filters,
        count: Counted = Count.CUMULATIVE,
        year: Year = None,
        format: TableFormat = TableFormat.JSON,
        lang: Language = Language.KO,
    ) -> Response:
        """The groups themselves, a row each; no places but codes."""
        state = _state(queries, request, {"count": count, "year": year}, many, lang)
        rows = queries.groups(state)
        return _answer(queries, state, "groups", rows, (len(rows), 0), Format(format), None, {})

    @routes.get("/api/v1/clusters")
    def clusters(
        request: Request,
        many: Filters,
        count: Counted = Count.CUMULATIVE,
        year: Year = None,
        smallest: Smallest = 20,
        table: ClusterTable = ClusterTable.CLUSTERS,
        format: Format = Format.JSON,
        lang: Language = Language.KO,
    ) -> Response:
        """Clusters of groups (HDBSCAN): a row each, or groups by cluster and district or field.

        A cluster keeps its number from year to year. `members` lists every group with its
        cluster, -1 for none; `events` and `flow` tell what became of clusters over the years.
        """
        given = {"count": count, "year": year, "smallest": smallest}
        state = _state(queries, request, given, many, lang, view="clusters", others=("table",))
        found = analyses.clusters.clusters(state)
        shapes = found.hulls[state.year] if table is ClusterTable.CLUSTERS else None
        rows = {
            ClusterTable.CLUSTERS: lambda: found.rows[state.year],
            ClusterTable.DISTRICTS: lambda: analyses.clusters.crosstab(state, "district"),
            ClusterTable.CATEGORIES: lambda: analyses.clusters.crosstab(state, "category"),
            ClusterTable.MEMBERS: lambda: analyses.clusters.members(state),
        }[table]()
        extra = {
            "why": _why(found.why, state),
            "events": exports.records(found.events),
            "flow": exports.records(analyses.clusters.flow(state)),
        }
        totals = (int(found.n[state.year]), int(found.unplaced[state.year]))
        return _answer(queries, state, "clusters", rows, totals, format, shapes, extra)

    @routes.get("/api/v1/nearby")
    def nearby(
        request: Request,
        many: Filters,
        count: Counted = Count.CUMULATIVE,
        year: Year = None,
        radius: Radius = 800,
        format: Format = Format.JSON,
        lang: Language = Language.KO,
    ) -> Response:
        """Groups within a walk of the named places (metres), beside 999 random places."""
        given = {"count": count, "year": year, "radius": radius}
        state = _state(queries, request, given, many, lang, view="nearby")
        found = analyses.clusters.nearby(state)
        sites = queries.atlas.sites.set_index("site_id").geometry
        extra = {"by_category": found.by_category[state.year].to_dict("index")}
        totals = (int(found.n[state.year]), int(found.unplaced[state.year]))
        rows = found.rows[state.year]
        return _answer(queries, state, "nearby", rows, totals, format, sites, extra)

    @routes.get("/api/v1/places")
    def places(
        request: Request,
        layer: Layer = None,
        district: Many = (),
        format: Format = Format.JSON,
        lang: Language = Language.KO,
    ) -> Response:
        """The places of a layer (libraries, markets, schools), a row each; else the layers.

        Places are of no year. They are public facilities, so everybody is told where they stand:
        `longitude` and `latitude` (EPSG:4326), or the point itself in files that have one.
        `unplaced` are those without a point, which are known to their neighbourhood or district.
        """
        _check_known(request, ("layer", "district", "format", "lang"))
        return _places(queries, layer, tuple(district), format, lang)

    @routes.get("/api/v1/autocorrelation")
    def autocorrelation(
        request: Request,
        many: Filters,
        statistic: Statistic = Statistic.LISA,
        level: Level = Level.NEIGHBOURHOOD,
        count: Counted = Count.CUMULATIVE,
        year: Year = None,
        null: Null = Null.AREA,
        corrected: Annotated[bool, Query(description="for as many tests as areas")] = True,
        format: Format = Format.JSON,
        lang: Language = Language.KO,
    ) -> Response:
        """Hot and cold areas: local Moran (`lisa`), Gi* (`gi`), or what became of hot spots.

        9,999 permutations with seed 0; `q` is p after the correction. `moran` is Moran's I of
        the whole city in the year.
        """
        given = {
            "level": level, "count": count, "year": year, "null": null, "corrected": corrected,
        }  # fmt: skip
        state = _state(
            queries, request, given, many, lang, view=str(statistic), others=("statistic",)
        )
        moran = analyses.kinds.moran(state)
        told = None
        if moran is not None:
            told = {"i": moran.i, "expected": moran.expected, "z": moran.z, "p": moran.p}
        return _kinds(state, "autocorrelation", format, {"moran": told})

    @routes.get("/api/v1/spread")
    def spread(
        request: Request,
        many: Filters,
        question: Question = Question.ARRIVAL,
        level: Level = Level.NEIGHBOURHOOD,
        count: Annotated[Count | None, Query(description="for `centre` and `rise`")] = None,
        year: Year = None,
        format: Format = Format.JSON,
        lang: Language = Language.KO,
    ) -> Response:
        """How groups spread: `arrival`, `centre`, `nearness` or `rise`.

        With `arrival` come reach and turnover by year, and the odds ratio of a neighbour.
        """
        given: dict[str, Any] = {"count": count, "year": year}
        if level is not Level.NEIGHBOURHOOD:
            given["level"] = level
        state = _state(
            queries, request, given, many, lang, view=str(question), others=("question", "level")
        )
        if question is Question.CENTRE:
            found = analyses.spread.centres(state)
            totals = (int(found.n[state.year]), int(found.unplaced[state.year]))
            return _answer(queries, state, "spread", found.rows, totals, format, None, {})
        extra: dict[str, Any] = {}
        if question is Question.ARRIVAL:
            odds = analyses.spread.odds(state)
            reach, turnover = analyses.spread.reach(state), analyses.spread.turnover(state)
            extra = {
                "reach": exports.records(reach.rename_axis("year").reset_index()),
                "turnover": exports.records(turnover.rename_axis("year").reset_index()),
                "odds": None if odds is None else asdict(odds),
            }
        if question is Question.NEARNESS:
            rows = analyses.kinds.nearness(state)
            extra = {"city": exports.records(rows[rows["district"].isna()])}
        return _kinds(state, "spread", format, extra)

    @routes.get("/api/v1/network")
    def network(
        request: Request,
        many: Filters,
        place: Where = None,
        since: Since = None,
        year: Year = None,
        mode: Mode = MODES[0],
        resolution: Resolution = "1",
        inside: Inside = None,
        table: NetworkTable = NetworkTable.NODES,
        format: GraphFormat = GraphFormat.JSON,
        lang: Language = Language.KO,
    ) -> Response:
        """Who is linked to whom in a place, from a year to a year; `n` counts applications.

        People are pseudonyms; counts of fewer people than may be told are missing. Where nodes
        would be too many they are communities (`mode`), to be looked into with `inside`. `x` and
        `y` are of a drawing (EPSG:5179), no places. `unplaced` applications are in no legal
        neighbourhood. JSON, GraphML and GEXF hold the whole, other files the `table` asked for.
        """
        given = {
            "place": None if place is None else _place(queries, place), "since": since,
            "year": year, "mode": mode, "resolution": resolution, "inside": inside,
        }  # fmt: skip
        state = _state(queries, request, given, many, lang, view="network", others=("table",))
        return _network(queries, analyses, state, table, format)

    @routes.get("/api/v1/cohesion")
    def cohesion(
        request: Request,
        many: Filters,
        place: Where = None,
        since: Since = None,
        year: Year = None,
        resolution: Resolution = "1",
        inside: Inside = None,
        table: CohesionTable = CohesionTable.MEASURES,
        format: TableFormat = TableFormat.JSON,
        lang: Language = Language.KO,
    ) -> Response:
        """What holds the people of a place together: of the years together, then of each alone.

        JSON holds all tables. `homophily` is told of gender and age only where nobody is exposed;
        `untold` says of what not, and why. Counts of fewer people than may be told are missing.
        """
        given = {
            "place": None if place is None else _place(queries, place), "since": since,
            "year": year, "resolution": resolution, "inside": inside,
        }  # fmt: skip
        state = _state(queries, request, given, many, lang, view="cohesion", others=("table",))
        return _cohesion(queries, analyses, state, table, format)

    @routes.get("/api/v1/crosswalk")
    def crosswalk(
        request: Request,
        many: Filters,
        since: Since = None,
        year: Year = None,
        resolution: Resolution = "1",
        smallest: Smallest = 20,
        format: TableFormat = TableFormat.JSON,
        lang: Language = Language.KO,
    ) -> Response:
        """Clusters in space beside communities in the network: a row for each pair with groups.

        `ari` (adjusted Rand) and `nmi` (normalised mutual information) are over the `both` groups
        that are in a cluster of the year and in an interest group.
        """
        given = {"since": since, "year": year, "resolution": resolution, "smallest": smallest}
        state = _state(queries, request, given, many, lang, view="crosswalk")
        return _crosswalk(queries, analyses, state, format)

    def _kinds(state: ViewState, what: str, kind: Format, extra: dict[str, Any]) -> Response:
        """Areas by kind, with their polygons where there are any."""
        found = analyses.kinds.kinds(state)
        shapes = queries.shapes(found.level) if queries.is_mapped(found.level) else None
        totals = (int(found.n[state.year]), int(found.unplaced[state.year]))
        extra = {"why": _why(found.why, state), **extra}
        rows = found.rows(state.year)
        return _answer(queries, state, what, rows, totals, kind, shapes, extra)

    @routes.get("/api/v1/composition")
    def composition(
        asked: Account,
        share: Annotated[str, Query(description=f"in `value`: {', '.join(SHARES)}")] = SHARES[0],
    ) -> Response:
        """Gender and birth cohorts of the people named in the applications of a year.

        For a public audience counts are rounded at random to multiples of k, those under k and
        shares among fewer than 30 people are missing, and each filter takes one value.
        `represented` and `pyramid` compare with the residents of the 2010 census.
        """
        return _account("composition", asked, share=share)

    @routes.get("/api/v1/emergence")
    def emergence(asked: Account) -> Response:
        """People named for the first time and again, who represents and who joins."""
        return _account("emergence", asked)

    @routes.get("/api/v1/funnel")
    def funnel(asked: Account) -> Response:
        """Applications of a year by outcome, and the rate of selection with Wilson's interval.

        `smoothed` is the empirical Bayes rate; `few` marks fewer than 10 applications.
        """
        return _account("funnel", asked)

    @routes.get("/api/v1/retention")
    def retention(
        asked: Account,
        after: Annotated[int, Query(ge=AFTER[0], le=AFTER[1], description="years")] = 2,
    ) -> Response:
        """How long groups go on, as known at the end of a year (Kaplan–Meier).

        `survival` is the share going on `after` years after founding. `curve` holds the whole
        curve, `cohorts` who is active by founding year.
        """
        return _account("retention", asked, after=after)

    @routes.get("/api/v1/silos")
    def silos(
        asked: Account,
        question: Silo = Silo.CONCENTRATION,
        what: Annotated[str | None, Query(description=f"concentrated: {', '.join(WHATS)}")] = None,
        per: Annotated[str | None, Query(description=f"spread over: {', '.join(PERS)}")] = None,
        count: Annotated[Count | None, Query(description="with concentration")] = None,
        mix: Annotated[str | None, Query(description=f"crossing: {', '.join(MIXES)}")] = None,
    ) -> Response:
        """What silos do: `concentration`, `duplication`, `fatigue`, `mobilised`; and `crossing`.

        Counts of people are those that the audience may be told of.
        """
        return _account(str(question), asked, what=what, per=per, count=count, mix=mix)

    def _account(view: str, asked: AccountAsked, **own: Any) -> Response:
        """One of a question's tables; JSON has the year's whole beside it."""
        silo = view in VIEWS["silos"]
        given = {"level": asked.level, "year": asked.year, "by": asked.by, **own}
        others = ("table", "question") if silo else ("table",)
        state = _state(
            queries, asked.request, given, asked.many, asked.lang, view=view, others=others
        )
        table, tables = asked.table, analyses.tables(state)
        if table not in tables:
            _refuse("table", UnknownValue(f"table with {view}", table, list(tables)))
        account = analyses.accounts.account(state)
        whole = exports.records(account.whole.loc[[state.year]])[0]
        totals = (int(account.n[state.year]), int(account.unplaced[state.year]))
        reasons = dict(account.why)
        if view == "composition" and table in ("areas", "parts", "pyramid"):
            key = {"areas": "district", "parts": state.by}.get(table)
            untold = analyses.people.untold(state, key)
            reasons = reasons if untold is None else {state.year: untold} | reasons
        extra = {"why": _why(reasons, state), "whole": whole}
        about = _about(queries, state, "silos" if silo else view, totals, extra)
        areas = table == "areas"
        shapes = queries.shapes(state.level) if areas and queries.is_mapped(state.level) else None
        about = replace(about, part="" if areas else table)
        return _table(about, tables[table](), asked.format, shapes)

    @routes.get("/api/{path:path}", include_in_schema=False)
    def nothing(path: str) -> None:
        """Dash would answer with the page."""
        raise HTTPException(404, f"There is no /api/{path[:80]}: /docs lists what there is.")

    return routes


def _state(
    queries: Queries,
    request: Request,
    given: dict[str, Any],
    many: dict[str, tuple[str, ...]],
    lang: Language,
    level: Level | None = None,
    view: str = "density",
    others: tuple[str, ...] = (),
) -> ViewState:
    """A state from checked parameters; 422 with what is allowed for any other.

    Args:
        queries: what there is to choose from.
        request: for parameters that nobody asked for.
        given: single values by name, None where the default holds.
        many: lists by name.
        lang: of the notes.
        level: where it is not given.
        view: the question.
        others: parameters of the route that are no part of the state.
    """
    known = {*(CALLED.get(name, name) for name in given), *MANY, *others, "format", "lang"}
    _check_known(request, known)
    choices = queries.choices
    allowed = allowed_values(choices)
    many["administrative"] = tuple(_unit(queries, text) for text in many["administrative"])
    values: dict[str, Any] = {
        name: str(value) if isinstance(value, StrEnum) else value
        for name, value in given.items()
        if value is not None
    }
    single = [
        (name, str(int(value) if value is True or value is False else value))
        for name, value in values.items()
        if name in allowed
    ]
    lists = [(name, item) for name, items in many.items() for item in items]
    for name, value in [*single, *lists]:
        if value not in allowed[name]:
            called = CALLED.get(name, name)
            _refuse(called, UnknownValue(called, value, allowed[name]))
    chosen: dict[str, Any] = {
        name: tuple(item for item in allowed[name] if item in many[name]) for name in MANY
    }
    if level is not None:
        values = {"level": str(level), **values}
    asked = replace(default(choices, view), lang=str(lang), **(values | chosen))
    if level is Level.SURFACE:
        asked = replace(asked, measure="per_km2")
    state, dropped = settle(asked, choices)
    for notice in dropped:
        if notice.parameter not in values:
            continue  # nobody asked for what is usual elsewhere
        name = CALLED.get(notice.parameter, notice.parameter)
        other = f"level {asked.level}" if notice.parameter == "measure" else asked.measure
        instead = ("no year", "another measure")
        if view != "density":
            other = f"year {asked.year}" if notice.parameter == "since" else view
            instead = ("none", "another question")
        allowed_here = notice.allowed or instead
        _refuse(name, UnknownValue(f"{name} with {other}", notice.value, allowed_here))
    return state


def _check_known(request: Request, known: Collection[str]) -> None:
    """Refuse parameters that a route does not have."""
    for name in request.query_params:
        if name not in known:
            _refuse(name, UnknownValue("parameter", name, sorted(known)))


def _places(
    queries: Queries, layer: str | None, districts: tuple[str, ...], kind: Format, lang: Language
) -> Response:
    """A layer's places, or the layers, in the format asked for."""
    everywhere, choices = queries.atlas.places, queries.choices
    for code in districts:
        if code not in choices.districts:
            _refuse("district", UnknownValue("district", code, choices.districts))
    there = layers(everywhere, districts)
    if layer is not None and layer not in set(there["layer"]):
        allowed = there["layer"].tolist() or ["none: this atlas has no layer of places"]
        _refuse("layer", UnknownValue("layer", layer, allowed))
    state = replace(default(choices), lang=str(lang), district=districts)
    asked = [("layer", layer)] if layer is not None else []
    counted = there if layer is None else there[there["layer"] == layer]
    n, pointed = int(counted["places"].sum()), int(counted[Precision.POINT].sum())
    about = replace(
        _about(queries, state, "places" if layer else "layers", (n, n - pointed), {}),
        state=urlencode([*asked, *(("district", code) for code in districts)]),
        told=dict(asked),
    )
    if layer is None:
        return _table(about, there, kind, None)
    found = places_of(everywhere, layer, districts)
    shapes = gpd.GeoSeries(found.set_index("place_id").geometry)
    return _table(about, pd.DataFrame(found.drop(columns="geometry")), kind, shapes)


def _unit(queries: Queries, text: str) -> str:
    """The code of an administrative neighbourhood, from itself or from its name."""
    found = queries.find_administrative(text)
    if len(found) != 1:
        areas = queries.areas("administrative")
        allowed = [f"{areas['name_ko'][code]} ({code})" for code in found]
        _refuse(
            "administrative",
            UnknownValue("administrative", text, allowed or [UNITS]),
        )
    return found[0]


def _place(queries: Queries, text: str) -> str:
    """The code of a legal neighbourhood or a site, from itself or its name; a cluster as it is.

    A neighbourhood goes before a site of its name.
    """
    if text in queries.choices.places or re.fullmatch(CLUSTER, text):
        return text
    areas = queries.areas(Level.NEIGHBOURHOOD)
    sites = pd.DataFrame(queries.atlas.sites.rename(columns={"site_id": "code"}))
    districts = queries.atlas.districts
    called = (administrative.find(some, text, districts=districts) for some in (areas, sites))
    found = next(filter(None, called), [])
    if len(found) != 1:
        allowed = [f"{areas['name_ko'][code]} ({code})" for code in found]
        _refuse("place", UnknownValue("place", text, allowed or PLACES))
    return found[0]


def _classes(classes: Classes, state: ViewState) -> dict[str, Any]:
    """How values became colours; of ratios the bounds hold above one, and one over them below."""
    ratio = classes.kind == "ratio"
    return {
        "scheme": classes.scheme,
        "kind": classes.kind,
        "bounds": [2**bound for bound in classes.bounds] if ratio else classes.bounds,
        "colours": scale(state.colours, "light", classes.colours, diverging=classes.diverging),
    }


def _why(why: Mapping[int, Why], state: ViewState) -> str | None:
    """Why there is nothing to tell of a year, in words."""
    if state.year not in why:
        return None
    reason, years = why[state.year], {"since": state.since, "year": state.year}
    return Text(state.lang)(f"why.{reason.key}", **years, **reason.values)


def _refuse(parameter: str, error: UnknownValue) -> None:
    detail = {
        "loc": ["query", parameter],
        "msg": str(error),
        "input": str(error.value),
        "allowed": error.allowed,
    }
    raise HTTPException(422, [detail])


def _atlas(queries: Queries) -> dict[str, Any]:
    manifest = queries.atlas.manifest
    return {
        "hash": queries.atlas.hash,
        "name": manifest.name,
        "provenance": manifest.provenance,
        "simulated": manifest.provenance == "simulated",
        "made_at": manifest.made_at,
        "boundaries": manifest.boundaries,
        "population_year": None if queries.population_years else POPULATION_YEAR,
        "population_years": queries.population_years,
    }


def _about(
    queries: Queries,
    state: ViewState,
    what: str,
    totals: tuple[int, int],
    extra: dict[str, Any],
) -> exports.About:
    """What an answer says of itself."""
    return exports.About(
        what=what,
        state=print_query(state, queries.choices),
        view=state,
        atlas=_atlas(queries),
        n=totals[0],
        unplaced=totals[1],
        extra=extra,
        in_blocks=queries.in_blocks(state.level),
        least=queries.least_people,
    )


def _answer(
    queries: Queries,
    state: ViewState,
    what: str,
    rows: pd.DataFrame,
    totals: tuple[int, int],
    kind: Format,
    shapes: gpd.GeoSeries | None,
    extra: dict[str, Any],
) -> Response:
    """One table in the format asked for."""
    return _table(_about(queries, state, what, totals, extra), rows, kind, shapes)


def _table(
    about: exports.About, rows: pd.DataFrame, kind: Format, shapes: gpd.GeoSeries | None
) -> Response:
    if kind is Format.JSON:
        return _json(about, {"rows": exports.records(rows)})
    return _file(about, kind, *_written(rows, about, kind, shapes))


def _members(about: exports.About) -> dict[str, Any]:
    """What every answer in JSON has."""
    return {
        "state": about.state,
        **({"year": about.view.year} if about.is_dated else {}),
        "atlas": about.atlas, "n": about.n, "unplaced": about.unplaced,
        **about.extra,
    }  # fmt: skip


def _json(about: exports.About, told: dict[str, Any]) -> Response:
    return Response(orjson.dumps(_members(about) | told), media_type="application/json")


def _written(
    rows: pd.DataFrame, about: exports.About, kind: Format, shapes: gpd.GeoSeries | None = None
) -> tuple[bytes, str]:
    """A table as a file, and its media type."""
    text = Text(about.view.lang)
    if kind is Format.CSV:
        return exports.csv(rows, about, text), "text/csv; charset=utf-8"
    if kind is Format.XLSX:
        return exports.xlsx(rows, about, text), exports.XLSX
    if kind is Format.GPKG:
        return exports.gpkg(rows, shapes, about, text), exports.GPKG
    if kind is Format.PARQUET:
        return exports.parquet(rows, shapes, about, text), exports.PARQUET
    members = _members(about) | {"codebook": exports.codebook(rows, about, text)}
    return exports.geojson(rows, shapes, members), "application/geo+json"


def _file(about: exports.About, kind: str, content: bytes, media: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{exports.file_name(about, kind)}"'}
    return Response(content, media_type=media, headers=headers)


def _network(
    queries: Queries,
    analyses: Analyses,
    state: ViewState,
    table: NetworkTable,
    kind: GraphFormat,
) -> Response:
    """A network in the format asked for."""
    found, text = analyses.network.network(state), Text(state.lang)
    placed = analyses.network.selected(state).applications["neighbourhood_code"].notna()
    totals = (found.applications, int((~placed).sum()))
    about = _of_years(queries, state, "network", totals, {"mode": found.mode}, found.why)
    mode = text("export.communities") if found.opens else text.value("mode", found.mode)
    about = replace(about, told={"mode": mode, **about.told})
    frames = graphs.tables(found)
    if kind is GraphFormat.JSON:
        tables = {name: exports.records(rows) for name, rows in frames.items()}
        (whole,) = tables.pop("network")
        told = {name: whole[name] for name in ("people", "applications", "across")}
        return _json(about, {**told, "steps": found.steps, **tables})
    if kind in (GraphFormat.GRAPHML, GraphFormat.GEXF):
        write, media = {
            GraphFormat.GRAPHML: (graphs.graphml, graphs.GRAPHML),
            GraphFormat.GEXF: (graphs.gexf, graphs.GEXF),
        }[kind]
        names = graphs.node_names(found, queries.areas(Level.NEIGHBOURHOOD), text)
        content = write(found, names, exports.notes(about, text))
        return _file(replace(about, part=found.mode), kind, content, media)
    about = replace(about, part=f"{found.mode}_{table}")
    return _file(about, kind, *_written(frames[table], about, Format(kind)))


def _of_years(
    queries: Queries,
    state: ViewState,
    what: str,
    totals: tuple[int, int],
    extra: dict[str, Any],
    why: Why | None,
) -> exports.About:
    """As `_about`, of a question that has a first year and a place."""
    asked = replace(state, since=state.since or queries.choices.years[0])
    said = _why({} if why is None else {state.year: why}, asked)
    about = _about(queries, state, what, totals, {**extra, "why": said})
    return replace(about, view=asked, told=_asked(queries, state, Text(state.lang)))


def _cohesion(
    queries: Queries,
    analyses: Analyses,
    state: ViewState,
    table: CohesionTable,
    kind: TableFormat,
) -> Response:
    """What holds a network together in the format asked for."""
    selected, text = analyses.network.selected(state), Text(state.lang)
    placed = selected.applications["neighbourhood_code"].notna()
    untold = {
        attribute: text(f"why.{why.key}", attribute=text(f"homophily.of_{attribute}"), **why.values)
        for attribute, why in analyses.cohesion.untold(state).items()
    }
    about = _of_years(
        queries, state, "cohesion", (len(placed), int((~placed).sum())), {"untold": untold},
        selected.why,
    )  # fmt: skip
    rows = analyses.cohesion.rows(state, table)
    if kind is TableFormat.JSON:
        others = {
            str(name): exports.records(analyses.cohesion.rows(state, name))
            for name in CohesionTable
            if name is not CohesionTable.MEASURES
        }
        return _json(about, {"rows": exports.records(rows), **others})
    about = replace(about, part=str(table))
    return _file(about, kind, *_written(rows, about, Format(kind)))


def _crosswalk(
    queries: Queries, analyses: Analyses, state: ViewState, kind: TableFormat
) -> Response:
    """Clusters beside communities in the format asked for."""
    found = analyses.crosswalk.crosswalk(state)
    n = found.n + found.only_cluster + found.only_community + found.neither
    extra = {
        "ari": None if found.ari != found.ari else found.ari,
        "nmi": None if found.nmi != found.nmi else found.nmi,
        "both": found.n, "only_cluster": found.only_cluster,
        "only_community": found.only_community, "neither": found.neither,
    }  # fmt: skip
    about = _of_years(queries, state, "crosswalk", (n, 0), extra, found.why)
    rows = analyses.crosswalk.rows(state)
    if kind is TableFormat.JSON:
        return _json(about, {"rows": exports.records(rows)})
    return _file(about, kind, *_written(rows, about, Format(kind)))


def _asked(queries: Queries, state: ViewState, text: Text) -> dict[str, str]:
    """What a network is of, in words: the place, the community."""
    told = {}
    sites = queries.atlas.sites.set_index("site_id")
    areas = queries.areas(Level.NEIGHBOURHOOD)
    if state.place in areas.index:
        told["place"] = f"{text.name(areas.loc[state.place])} ({state.place})"
    elif state.place in sites.index:
        name = f"{text.name(sites.loc[state.place])} ({state.place})"
        told["place"] = text("export.around", name=name, metres=AROUND_M)
    elif state.place is not None:
        told["place"] = f"{text('network.cluster', number=state.place[1:])} ({state.place})"
    if state.inside is not None:
        told["inside"] = f"{letter(state.inside)} ({state.inside})"
    return told
