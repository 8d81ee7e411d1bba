"""Tables as files: each says what it holds, of what, how much it leaves out, and its columns."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import orjson
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import shapely
import xlsxwriter

from dashboard.queries.published import MOVED
from dashboard.state import ACCOUNTS, MANY, USES, YEARLY, ViewState
from dashboard.strings import Text
from geo import cells
from geo.schema import CRS_SHOWN

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
GPKG = "application/geopackage+sqlite3"
PARQUET = "application/vnd.apache.parquet"
METADATA = b"maeul_atlas"
"""Under this key a Parquet file's schema says what the file is about, as JSON."""
PRECISION = 1e-6
"""Degrees, of coordinates in files: about 10 cm."""
FONT = "맑은 고딕"

UNDATED = ("places", "layers")
"""What is told of places, which are of no year."""
COUNT_PEOPLE = ("composition", "emergence", "mobilised", "crossing")
"""Questions whose figures of people are rounded for a public audience."""


@dataclass(frozen=True)
class About:
    """What a file says of itself.

    ``part`` tells which of several files of one state it is; counts of fewer than ``least`` people
    are left out; ``told`` has parameters in words that the state has as codes.
    """

    what: str
    state: str
    view: ViewState
    atlas: dict[str, Any]
    n: int
    unplaced: int
    extra: dict[str, Any]
    in_blocks: bool = False
    part: str = ""
    least: int = 1
    told: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_dated(self) -> bool:
        """Whether it is of a year, and shown by a page."""
        return self.what not in UNDATED


def records(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows with None where a value is missing, numbers in full."""
    return rows.astype(object).where(rows.notna(), None).to_dict("records")  # type: ignore[return-value]  # columns are text


def codebook(rows: pd.DataFrame, about: About, text: Text) -> dict[str, str]:
    """What each column means."""
    own = {"population": "population_own"} if about.atlas["population_years"] else {}
    of = "account" if about.view.view in ACCOUNTS else about.what
    here = text.part(f"export.column.{of}") | text.part(f"export.column.{about.view.view}")
    return {
        # districts and fields across a table speak for themselves
        column: here.get(column) or text.value("export.column", own.get(column, column))
        for column in map(str, rows.columns)
    }


def notes(about: About, text: Text) -> list[tuple[str, str]]:
    """Label and value of everything that a reader of the file must know."""
    view, atlas = about.view, about.atlas
    filters = [
        f"{text(f'control.{name}')}: {', '.join(text.value(name, v) for v in getattr(view, name))}"
        for name in MANY
        if getattr(view, name)
    ]
    lines = [(text("export.title"), text(f"export.{about.what}"))]
    if not about.is_dated:
        lines += [(text(f"control.{name}"), value) for name, value in about.told.items()]
    elif view.view in YEARLY:
        lines.append((text("export.years"), f"{view.since}–{view.year}"))
        lines.append((text("control.count"), text("table.applications")))
    else:
        lines.append((text("control.year"), str(view.year)))
        if "count" in USES[view.view].split():
            lines.append((text("control.count"), text.value("count", view.count)))
    if about.what == "density":
        lines.append((text("control.level"), text.level(view.level, atlas["boundaries"])))
        lines.append((text("control.measure"), text(f"measure_long.{view.measure}")))
    if about.what == "surface":
        lines.append((text("control.bandwidth"), f"{about.extra['bandwidth']} m"))
    if about.in_blocks:
        lines.append((text("export.hidden"), text("legend.blocks")))
    if view.view != "density":
        lines += _question(about, text)
    if "classes" in about.extra:
        lines.append((text("control.scheme"), text.value("scheme", view.scheme)))
        bounds = ", ".join(text.number(bound) for bound in about.extra["classes"]["bounds"])
        lines.append((text("export.bounds"), bounds))
    if view.compare is not None:
        lines.append((text("control.compare"), str(view.compare)))
    unplaced = "panel.unplaced" if about.is_dated else "export.without_point"
    of_views = [
        (text("export.population"), text.population(atlas["population_years"])),
        (text("export.state"), f"?{about.state}"),
    ]
    return [
        *lines,
        (text("page.filters"), " · ".join(filters) or text("control.all")),
        ("n", str(about.n)),
        (text(unplaced), str(about.unplaced)),
        (text("export.provenance"), text(f"export.{atlas['provenance']}")),
        (text("export.snapshot"), f"{atlas['hash']} ({atlas['name']}, {atlas['made_at']})"),
        (
            text("export.boundaries"),
            text.boundaries(atlas["boundaries"]),
        ),
        *(of_views if about.is_dated else []),
    ]


def _question(about: About, text: Text) -> list[tuple[str, str]]:
    """What was asked beyond how many are where."""
    view = about.view
    used = USES[view.view].split()
    lines = [(text("control.view"), text(f"view_long.{view.view}"))]
    if "level" in used:
        level = text.level(view.level, about.atlas["boundaries"])
        lines.append((text("control.level"), level))
    if "null" in used:
        kept = "export.corrected_yes" if view.corrected else "export.corrected_no"
        lines += [
            (text("control.null"), text(f"null_long.{view.null}")),
            (text("control.corrected"), text(kept)),
            (text("export.seed"), text("export.seed_value")),
        ]
    if "smallest" in used:
        lines.append((text("control.smallest"), str(view.smallest)))
    if "radius" in used:
        lines.append((text("control.radius"), f"{view.radius} m"))
    lines += [
        (text(f"control.{name}"), text.value(name, getattr(view, name)))
        for name in ("share", "what", "per", "mix")
        if name in used
    ]
    if "after" in used:
        lines.append((text("control.after"), str(view.after)))
    if about.part == "parts":
        lines.append((text("control.by"), text(f"by.{view.by}")))
    if about.part == "indices":
        lines.append((text("export.seed"), text("export.draws")))
    people = view.what == "people" if "what" in used else view.view in COUNT_PEOPLE
    if people and about.least > 1:
        told = text("account.rounded", k=about.least)
        if view.view == "composition":
            told += f" {text('account.perturbed', bound=MOVED)}"
        lines.append((text("export.people"), told))
    lines += [(text(f"control.{name}"), value) for name, value in about.told.items()]
    if "resolution" in used:
        meaning = text.value("resolution", view.resolution)
        lines.append((text("control.resolution"), f"{view.resolution} ({meaning})"))
        few = text("export.few", k=about.least) if about.least > 1 else text("export.pseudonyms")
        lines.append((text("export.people"), few))
    if about.extra.get("why"):
        lines.append((text("export.why"), about.extra["why"]))
    return lines


def csv(rows: pd.DataFrame, about: About, text: Text) -> bytes:
    """UTF-8 with a byte order mark, which Korean Excel needs; notes below the table.

    The notes' lines begin with ``#``: ``pandas.read_csv(..., comment="#")`` reads the table.
    """
    said = [*notes(about, text), *codebook(rows, about, text).items()]
    tail = "".join(f"# {cells.line(f'{label}: {value}')}\n" for label, value in said)
    # Quoted, so that a # in a name is no note.
    table = cells.csv(rows)
    return f"\ufeff{table}{tail}".encode()


def xlsx(rows: pd.DataFrame, about: About, text: Text) -> bytes:
    """A workbook of the table, what it is about, and its codebook."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, cells.WORKBOOK)
    book.set_properties({"created": datetime.fromisoformat(about.atlas["made_at"])})
    plain = book.add_format({"font_name": FONT})
    bold = book.add_format({"font_name": FONT, "bold": True, "bottom": 1})
    sheet = book.add_worksheet(about.what)
    sheet.set_column(0, len(rows.columns) - 1, 16, plain)
    sheet.write_row(0, 0, list(rows.columns), bold)
    for number, record in enumerate(records(rows), start=1):
        for place, value in enumerate(record.values()):
            if isinstance(value, str):
                sheet.write_string(number, place, value, plain)
            elif value is not None:
                sheet.write(number, place, value, plain)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(rows), len(rows.columns) - 1)
    for name, pairs in (
        ("about", notes(about, text)),
        ("codebook", codebook(rows, about, text).items()),
    ):
        extra = book.add_worksheet(name)
        extra.set_column(0, 0, 24, plain)
        extra.set_column(1, 1, 90, plain)
        for number, (label, value) in enumerate(pairs):
            extra.write_string(number, 0, label, bold)
            extra.write_string(number, 1, value, plain)
    book.close()
    return buffer.getvalue()


def geojson(rows: pd.DataFrame, shapes: gpd.GeoSeries | None, members: dict[str, Any]) -> bytes:
    """Rows with their polygons (EPSG:4326), what the file is about beside them.

    ``shapes`` are by the first column of the rows; where there is none, a feature has no geometry.
    """
    drawn = [None] * len(rows) if shapes is None else shapely.to_geojson(_placed(rows, shapes))
    features = [
        {"type": "Feature", "properties": record, "geometry": orjson.Fragment(shape or "null")}
        for record, shape in zip(records(rows), drawn, strict=True)
    ]
    return orjson.dumps({"type": "FeatureCollection", **members, "features": features})


def _placed(rows: pd.DataFrame, shapes: gpd.GeoSeries) -> np.ndarray:
    """The polygon of each row, EPSG:4326, the same in every format."""
    shown = shapes.to_crs(CRS_SHOWN).loc[rows.iloc[:, 0]].to_numpy()
    return np.asarray(shapely.set_precision(shown, PRECISION, "pointwise"))


def _located(rows: pd.DataFrame, shapes: gpd.GeoSeries | None) -> pd.DataFrame:
    """Rows with their polygons where they have any, as GeoPandas has them."""
    if shapes is None:
        return rows
    return gpd.GeoDataFrame(rows, geometry=_placed(rows, shapes), crs=CRS_SHOWN)


def _said(shapes: gpd.GeoSeries | None, about: About, text: Text) -> list[tuple[str, str]]:
    """Notes, and what the coordinates are where there are any."""
    where = [] if shapes is None else [(text("export.crs"), text("export.crs_shown"))]
    return [*notes(about, text), *where]


def gpkg(rows: pd.DataFrame, shapes: gpd.GeoSeries | None, about: About, text: Text) -> bytes:
    """A GeoPackage: the table as a layer (EPSG:4326), what it is about and its codebook beside it.

    ``shapes`` as for `geojson`; without any, the layer is a table of attributes. The same table
    of the same snapshot gives the same bytes.
    """
    pairs = {
        "about": _said(shapes, about, text),
        "codebook": list(codebook(rows, about, text).items()),
    }
    # Otherwise the file would carry the time at which it was asked for.
    made = datetime.fromisoformat(about.atlas["made_at"]).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": made})
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.gpkg"
        # One kind of geometry for the layer, whether or not an area has islands.
        pyogrio.write_dataframe(
            _located(rows, shapes), path, layer=about.what, promote_to_multi=True
        )
        for name, said in pairs.items():
            extra = pd.DataFrame(said, columns=["label", "value"], dtype="str")
            pyogrio.write_dataframe(extra, path, layer=name, append=True)
        return path.read_bytes()


def parquet(rows: pd.DataFrame, shapes: gpd.GeoSeries | None, about: About, text: Text) -> bytes:
    """GeoParquet (EPSG:4326), or plain Parquet where there are no ``shapes``.

    What the file is about and its codebook are in the schema's metadata, under METADATA.
    """
    buffer = io.BytesIO()
    _located(rows, shapes).to_parquet(buffer, index=False)
    table = pq.read_table(pa.BufferReader(buffer.getvalue()))
    said = {
        "about": dict(_said(shapes, about, text)),
        "codebook": codebook(rows, about, text),
    }
    metadata = {**table.schema.metadata, METADATA: orjson.dumps(said)}
    sink = io.BytesIO()
    pq.write_table(table.replace_schema_metadata(metadata), sink, compression="zstd")
    return sink.getvalue()


def file_name(about: About, kind: str) -> str:
    """A name that says what is in the file, and that it is simulated where it is."""
    parts = ["maeul-atlas", about.what]
    if about.what == "density":
        parts.append(about.view.level)
    if about.view.view not in ("density", about.what):
        parts.append(about.view.view)
    if about.part:
        parts.append(about.part)
    if about.view.since not in (None, about.view.year):
        parts.append(str(about.view.since))
    if about.is_dated:
        parts.append(str(about.view.year))
    if about.atlas["simulated"]:
        parts.append("simulated")
    return f"{'_'.join(parts)}.{kind}"
