"""Boundaries of one's own: a file as an office has it -> a clean coverage, or the reason why not.

Every file is held against the legal boundaries of `geo.boundaries`: what does not meet their
outline lies elsewhere than it says. What was mended on the way is told in a report.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import geopandas as gpd
import pandas as pd

from geo import boundaries
from geo.boundaries import Boundaries
from geo.boundary_files.coverage import covering
from geo.boundary_files.kind import check_codes, in_districts, known_kind
from geo.boundary_files.place import placed
from geo.boundary_files.report import Finding, Report, finding
from geo.boundary_files.shapes import single
from geo.boundary_files.source import opened, recognised
from geo.errors import BadBoundaries
from geo.schema import CRS

__all__ = ["Finding", "OwnBoundaries", "Report", "for_snapshot", "load", "read", "write"]

REPORT = "boundaries.json"


@dataclass(frozen=True)
class OwnBoundaries:
    """Boundaries from a file: a coverage of the whole city, and what was done for it.

    ``report.kind`` is ``administrative`` or ``legal``, whose codes are then the official ones,
    or ``own``.
    """

    boundaries: Boundaries
    report: Report

    @property
    def manifest(self) -> dict[str, str]:
        """What a snapshot's manifest says of its boundaries.

        Beside administrative neighbourhoods stand the legal ones, whose source comes first.
        """
        source, date, kind = self.report.source, self.report.date, self.report.kind
        ours = {"source": source, "date": date, "kind": kind}
        legal = {
            "source": boundaries.SOURCE,
            "source_ko": boundaries.SOURCE_KO,
            "date": boundaries.SOURCE_DATE,
            "kind": kind,
        }
        if kind == "administrative":
            return legal | {"administrative": source, "administrative_date": date}
        return legal if source == boundaries.SOURCE else ours


def read(
    path: Path,
    *,
    crs: str | None = None,
    code_column: str | None = None,
    name_column: str | None = None,
    district_column: str | None = None,
    layer: str | None = None,
    date: str | None = None,
) -> OwnBoundaries:
    """Boundaries from a GeoPackage, GeoJSON or TopoJSON file, or a shapefile (zipped as well).

    Args:
        path: at most 200 MB; text of a shapefile in UTF-8 or CP949.
        crs: the coordinate system, where the file names none or a wrong one.
        code_column: that of codes; recognised if not given, made where there is none.
        name_column: that of Korean names; recognised if not given. Statistical output areas
            without any are called by their codes.
        district_column: that of districts, codes or Korean names, or ``overlay``, which is
            what is done where there is no such column: the district that holds most of it.
        layer: of a file with several ones of polygons.
        date: of what day or year they are, for the record.

    Raises:
        BadBoundaries: with what is wrong and what to do; nothing is guessed.
    """
    legal = boundaries.load()
    table = recognised(opened(path, layer), path.name, code_column, name_column, district_column)
    areas, findings = single(table)
    if table["name"].equals(table["code"].rename("name")):
        findings.append(finding("codes", "Called by their codes, having no names", areas["name"]))
    areas, system, met = placed(areas, path.name, crs, legal)
    areas = in_districts(areas, legal, findings)
    date = date or _only(table["date"])
    kind, year = known_kind(areas, legal, date, findings)
    check_codes(areas, legal, kind)
    built = covering(areas, legal, findings)
    report = Report(
        path.name,
        kind,
        year,
        date or (str(year) if year else ""),
        system,
        len(areas),
        areas["district_code"].nunique(),
        met,
        tuple(findings),
    )
    return OwnBoundaries(built, report)


def write(own: OwnBoundaries, folder: Path) -> None:
    """Write the areas, their simplified pair and ``boundaries.json``.

    The report goes first and comes last: a folder half written has none, and is refused.

    Raises:
        Unwritable: the disk is full, and the like; the folder is as it was.
    """
    text = json.dumps(asdict(own.report), ensure_ascii=False, indent=2)
    boundaries.write(own.boundaries, folder, {REPORT: f"{text}\n".encode()})


def load(folder: Path) -> OwnBoundaries:
    """Boundaries as `write` left them; the committed ones of Seoul have no report.

    Raises:
        BadBoundaries: a file is missing or broken, or the areas are no coverage.
    """
    path = folder / REPORT
    committed = folder.resolve() == boundaries.DATA.resolve()
    if not committed and not path.is_file():
        raise BadBoundaries(
            f"{folder} is no folder of boundaries, or one half written: "
            f"`python -m geo boundaries --from FILE --out {folder}` builds it."
        )
    built = boundaries.load(folder)
    if committed:
        count, districts = len(built.neighbourhoods), len(built.districts)
        source, date = boundaries.SOURCE, boundaries.SOURCE_DATE
        known = Report(source, "legal", None, date, CRS, count, districts, 1.0, ())
        return OwnBoundaries(built, known)
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        findings = tuple(
            Finding(**(each | {"areas": tuple(each["areas"])})) for each in said["findings"]
        )
        return OwnBoundaries(built, Report(**(said | {"findings": findings})))
    except (OSError, ValueError, TypeError, KeyError):
        raise BadBoundaries(f"{path} is no report of boundaries: build the folder again.") from None


def for_snapshot(own: OwnBoundaries, base: Boundaries) -> Boundaries:
    """The areas of a snapshot that is published with boundaries of one's own.

    Administrative neighbourhoods give their shapes to those of ``base``, by code; the legal
    ones stay. Any others take the place of the legal neighbourhoods.
    """
    if own.report.kind != "administrative":
        areas = own.boundaries
        pairs = base.administrative_legal
        if own.report.kind == "legal":
            pairs = pairs[pairs["legal_code"].isin(areas.neighbourhoods["code"])]
        else:
            pairs = pairs[:0]
        return replace(areas, administrative=base.administrative, administrative_legal=pairs)
    drawn = own.boundaries.neighbourhoods.set_index("code")
    units = base.administrative.copy()
    shapes = drawn.geometry.reindex(units["code"]).to_numpy()
    units = units.set_geometry(gpd.GeoSeries(shapes, index=units.index, crs=CRS))
    units["area_km2"] = drawn["area_km2"].reindex(units["code"]).to_numpy()
    return replace(base, administrative=units)


def _only(values: pd.Series[str]) -> str | None:
    """The value, where there is only one."""
    known = values.dropna().unique()
    return str(known[0]) if len(known) == 1 else None
