"""/api/v1: the tables of a state as JSON, CSV, GeoJSON and XLSX."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from enum import StrEnum
from typing import Annotated, Any

import orjson
import pandas as pd
from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import Response

from dashboard import exports
from dashboard.queries import Queries
from dashboard.state import MANY, ViewState, allowed_values, print_query
from dashboard.strings import Text
from geo.errors import UnknownValue
from geo.schema import CRS_SHOWN, POPULATION_YEAR, Count, Level, Measure


class Format(StrEnum):
    """Of an answer."""

    JSON = "json"
    CSV = "csv"
    GEOJSON = "geojson"
    XLSX = "xlsx"


class TableFormat(StrEnum):
    """Of an answer without geometry."""

    JSON = "json"
    CSV = "csv"
    XLSX = "xlsx"


class Language(StrEnum):
    """Of the notes in a file."""

    KO = "ko"
    EN = "en"


Many = Annotated[tuple[str, ...], Query()]


def router(queries: Queries) -> APIRouter:
    """The routes of the API."""
    routes = APIRouter()

    @routes.get("/healthz")
    def health() -> dict[str, Any]:
        """Whether the server is up, and what it serves."""
        return {"status": "ok", "atlas": _atlas(queries)}

    @routes.get("/api/v1/atlas")
    def manifest() -> dict[str, Any]:
        """The snapshot's manifest and what it offers to choose from."""
        choices = asdict(queries.choices)
        del choices["areas"]
        return {
            "atlas": _atlas(queries),
            "manifest": asdict(queries.atlas.manifest),
            "choices": choices,
        }

    @routes.get("/api/v1/density")
    def density(
        request: Request,
        level: Level = Level.DISTRICT,
        measure: Measure = Measure.COUNT,
        count: Count = Count.CUMULATIVE,
        year: int | None = None,
        compare: int | None = None,
        district: Many = (),
        programme: Many = (),
        outcome: Many = (),
        category: Many = (),
        department: Many = (),
        format: Format = Format.JSON,
        lang: Language = Language.KO,
    ) -> Response:
        """Groups by area: how many, per km², or (districts) per 10,000 residents."""
        many = _many(district, programme, outcome, category, department)
        state = _state(
            queries, request, "density", level, measure, count, year, compare, many, lang
        )
        table = queries.density(state)
        return _answer(queries, state, "density", table.rows, (table.n, table.unplaced), format)

    @routes.get("/api/v1/groups")
    def groups(
        request: Request,
        count: Count = Count.CUMULATIVE,
        year: int | None = None,
        district: Many = (),
        programme: Many = (),
        outcome: Many = (),
        category: Many = (),
        department: Many = (),
        format: TableFormat = TableFormat.JSON,
        lang: Language = Language.KO,
    ) -> Response:
        """The groups themselves, a row each; no places but codes."""
        many = _many(district, programme, outcome, category, department)
        state = _state(
            queries, request, "groups", Level.DISTRICT, Measure.COUNT, count, year, None, many, lang
        )
        rows = queries.groups(state)
        return _answer(queries, state, "groups", rows, (len(rows), 0), Format(format))

    @routes.get("/api/{path:path}", include_in_schema=False)
    def nothing(path: str) -> None:
        """Dash would answer with the page."""
        raise HTTPException(404, f"There is no /api/{path[:80]}: /docs lists what there is.")

    return routes


def _many(*lists: Sequence[str]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(values) for name, values in zip(MANY, lists, strict=True)}


def _state(
    queries: Queries,
    request: Request,
    what: str,
    level: Level,
    measure: Measure,
    count: Count,
    year: int | None,
    compare: int | None,
    many: dict[str, tuple[str, ...]],
    lang: Language,
) -> ViewState:
    """A state from checked parameters; 422 with what is allowed for any other."""
    known = {"count", "year", *MANY, "format", "lang"}
    known |= {"level", "measure", "compare"} if what == "density" else set()
    for name in request.query_params:
        if name not in known:
            _refuse(name, UnknownValue("parameter", name, sorted(known)))
    allowed = allowed_values(queries.choices)
    single = {"year": year, "compare": compare}
    given = [(name, str(value)) for name, value in single.items() if value is not None]
    given += [(name, value) for name in MANY for value in many[name]]
    for name, value in given:
        if value not in allowed[name]:
            _refuse(name, UnknownValue(name, value, allowed[name]))
    if measure is Measure.PER_10K and level is not Level.DISTRICT:
        _refuse(
            "measure", UnknownValue("measure below the district", measure, ["count", "per_km2"])
        )
    chosen: dict[str, Any] = {
        name: tuple(item for item in allowed[name] if item in many[name]) for name in MANY
    }
    return ViewState(
        level=level.value,
        measure=measure.value,
        count=count.value,
        year=queries.choices.years[-1] if year is None else year,
        compare=compare,
        lang=lang.value,
        **chosen,
    )


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
        "population_year": POPULATION_YEAR,
    }


def _answer(
    queries: Queries,
    state: ViewState,
    what: str,
    rows: pd.DataFrame,
    totals: tuple[int, int],
    kind: Format,
) -> Response:
    """One table in the format asked for."""
    text = Text(state.lang)
    about = exports.About(
        what=what,
        state=print_query(state, queries.choices),
        view=state,
        atlas=_atlas(queries),
        n=totals[0],
        unplaced=totals[1],
    )
    if kind is Format.CSV:
        content, media = exports.csv(rows, about, text), "text/csv; charset=utf-8"
    elif kind is Format.XLSX:
        content, media = exports.xlsx(rows, about, text), exports.XLSX
    else:
        body: dict[str, Any] = {
            "state": about.state, "atlas": about.atlas, "n": about.n, "unplaced": about.unplaced
        }  # fmt: skip
        if kind is Format.JSON:
            content, media = (
                orjson.dumps(body | {"rows": exports.records(rows)}),
                "application/json",
            )
        else:
            shapes = queries.shapes(state.level).to_crs(CRS_SHOWN)
            content = exports.geojson(
                rows, shapes, body | {"codebook": exports.codebook(rows, text)}
            )
            media = "application/geo+json"
    headers = {}
    if kind is not Format.JSON:
        headers["Content-Disposition"] = f'attachment; filename="{exports.file_name(about, kind)}"'
    return Response(content, media_type=media, headers=headers)
