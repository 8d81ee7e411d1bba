"""Boundaries of one's own: a file as an office has it -> a clean coverage, or the reason why not.

Every file is held against the legal boundaries of `geo.boundaries`: what does not meet their
outline lies elsewhere than it says. What was mended on the way is told in a report.
"""

from __future__ import annotations

import json
import re
import warnings
import zipfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pyproj
import shapely

from geo import administrative, boundaries
from geo.boundaries import Boundaries
from geo.errors import BadBoundaries, either
from geo.schema import CRS

FORMATS = (".gpkg", ".geojson", ".json", ".shp", ".zip")
LARGEST_FILE = 200_000_000
"""Bytes, unpacked; lines as a map needs them take a hundredth of it."""
MOST_AREAS = 5_000
"""Seoul has 467 legal neighbourhoods."""
OUTLINE_MET = 0.98
"""Intersection over union with the city. The areas of 2013 meet 98.6 % of the legal ones of
today; where their datum was lost, which moves them by 360 m, 94.0 %."""
PARTLY_MET = 0.85
"""The same for some of the districts alone. Lines between districts differ by more than the
city's own: the areas of 2013 in a district meet 87 to 98 % of today's."""
FARTHEST_M, STEP_M = 400, 100
"""How far around areas of some districts a better place is looked for, and how finely."""
INSIDE = 0.5
"""An area belongs to the district that holds more than this share of it."""
MATCHED = 0.95
"""Share of the names (or codes) that makes areas legal or administrative neighbourhoods."""
OVERLAP_MENDED = 0.1
"""Share of an area that cleaning may give to one of two claimants; more is for people."""
TELLING_M2 = 1.0
"""What is smaller is not worth telling."""
FINE_M = 0.25
"""Corners whose triangle is smaller than this squared make no difference on any map."""
FINE_CORNERS = 300_000
"""Beyond it lines are thinned first; the legal boundaries have 66,479 corners."""

SYSTEMS = {
    "EPSG:5179": "Korea 2000, Unified CS, metres",
    "EPSG:5186": "Korea 2000, Central Belt 2010, metres",
    "EPSG:5181": "Korea 2000, Central Belt, metres",
    "EPSG:5174": "Korean 1985, Modified Central Belt on Bessel's ellipsoid, metres",
    "EPSG:2097": "Korean 1985, Central Belt on Bessel's ellipsoid, metres",
    "EPSG:5178": "Korean 1985, Unified CS on Bessel's ellipsoid, metres",
    "EPSG:4326": "WGS 84, degrees",
    "EPSG:4162": "Korean 1985, degrees on Bessel's ellipsoid, what is left where a file on it was "
    "turned into degrees without its datum",
    "EPSG:32652": "WGS 84, UTM zone 52N, metres",
    "EPSG:3857": "Web Mercator",
}
"""Systems in which maps of Seoul are found."""

CODE_COLUMNS = (
    "code adm_cd2 adm_cd adm_dr_cd emd_cd bjd_cd hjd_cd dong_cd h_code h_cd b_code adm_code "
    "emd_code dong_code 행정동코드 법정동코드 행정구역코드 읍면동코드 동코드 코드"
)
NAME_COLUMNS = (
    "name_ko name adm_nm adm_dr_nm emd_kor_nm emd_nm bjd_nm hjd_nm dong_nm h_name emd dong "
    "행정동명 법정동명 행정구역명 읍면동명 동명 행정동 법정동 이름 명칭"
)
DISTRICT_COLUMNS = (
    "district_code district sgg_nm sggnm sig_kor_nm sgg_cd sig_cd sgg gu_nm gu_cd gu "
    "자치구명 자치구코드 자치구 시군구명 시군구코드 시군구 구"
)
DATE_COLUMNS = "base_date base_ymd base_dt base_year 기준일 기준일자 기준연도 기준년도"
"""Usual names of columns, in small letters; of several, the first."""
BY_OVERLAY = "overlay"
"""In place of a column: the district in which most of the area lies."""
NEIGHBOURHOOD = r"[가-힣][\w·.,]*[동가로읍면리]"
PLAIN_CODE = r"[0-9A-Za-z_-]{1,20}"
"""Codes stand in addresses of pages."""
NOT_GIVEN = "date not given"


@dataclass(frozen=True)
class Finding:
    """One thing that was found in a file, and what was done about it.

    ``square_metres`` is missing where nothing is to be measured; ``areas`` are names, those
    of the largest first.
    """

    what: str
    count: int
    square_metres: float | None
    areas: tuple[str, ...]
    words: str

    def __str__(self) -> str:
        return self.words


@dataclass(frozen=True)
class Report:
    """What a file turned out to be, and what was mended in it.

    ``outline_met`` is the area that the file and the districts it covers have in common, over
    the area of both together. ``year`` is that whose administrative neighbourhoods they are.
    """

    source: str
    kind: str
    year: int | None
    date: str
    crs: str
    areas: int
    districts: int
    outline_met: float
    findings: tuple[Finding, ...]

    def __str__(self) -> str:
        kind = {
            "administrative": f"administrative neighbourhoods as of {self.year}",
            "legal": "legal neighbourhoods",
            "own": "areas of their own kind",
        }[self.kind]
        first = (
            f"{self.source}: {_counted(self.areas, 'area')} in "
            f"{_counted(self.districts, 'district')}, {kind}, read as {self.crs}; they meet "
            f"{self.outline_met:.1%} of the outline."
        )
        return "\n".join([first, *(f"  {finding}" for finding in self.findings)])


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
        if kind != "administrative":
            return {"source": source, "date": date, "kind": kind}
        return {
            "source": boundaries.SOURCE,
            "source_ko": boundaries.SOURCE_KO,
            "date": boundaries.SOURCE_DATE,
            "kind": kind,
            "administrative": source,
            "administrative_date": date,
        }


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
    """Boundaries from a GeoPackage, a GeoJSON file or a shapefile (zipped as well).

    Args:
        path: at most 200 MB; text of a shapefile in UTF-8 or CP949.
        crs: the coordinate system, where the file names none or a wrong one.
        code_column: that of codes; recognised if not given, made where there is none.
        name_column: that of Korean names; recognised if not given.
        district_column: that of districts, codes or Korean names, or ``overlay``, which is
            what is done where there is no such column: the district that holds most of it.
        layer: of a file with several ones of polygons.
        date: of what day or year they are, for the record.

    Raises:
        BadBoundaries: with what is wrong and what to do; nothing is guessed.
    """
    legal = boundaries.load()
    table = _recognised(_opened(path, layer), path.name, code_column, name_column, district_column)
    areas, findings = _single(table)
    areas, system, met = _placed(areas, path.name, crs, legal)
    areas = _in_districts(areas, legal, findings)
    date = date or _only(table["date"])
    kind, year = _known_kind(areas, legal, date, findings)
    _check_codes(areas, legal, kind)
    built = _covering(areas, legal, findings)
    report = Report(
        path.name,
        kind,
        year,
        date or (str(year) if year else NOT_GIVEN),
        system,
        len(areas),
        areas["district_code"].nunique(),
        met,
        tuple(findings),
    )
    return OwnBoundaries(built, report)


def write(own: OwnBoundaries, folder: Path) -> None:
    """Write the areas, their simplified pair and ``boundaries.json``, the last at the end."""
    boundaries.write(own.boundaries, folder)
    boundaries.write(boundaries.simplify(own.boundaries), folder, "_simple")
    text = json.dumps(asdict(own.report), ensure_ascii=False, indent=2)
    (folder / "boundaries.json").write_text(f"{text}\n", encoding="utf-8")


def load(folder: Path) -> OwnBoundaries:
    """Boundaries as `write` left them; those of a folder without a report are legal ones.

    Raises:
        BadBoundaries: a file is missing or broken, or the areas are no coverage.
    """
    built = boundaries.load(folder)
    path = folder / "boundaries.json"
    if not path.exists():
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


# ---- the file ---------------------------------------------------------------------------------


def _opened(path: Path, layer: str | None) -> gpd.GeoDataFrame:
    """The rows of the only layer of areas, or of the one asked for, as they stand in the file."""
    if path.suffix.lower() not in FORMATS:
        raise BadBoundaries(f"{path} is no file of boundaries: give {either(FORMATS)}.")
    if not path.is_file():
        raise BadBoundaries(f"There is no file {path}: name one that is there.")
    try:
        inside, size = _unpacked(path)
        if size > LARGEST_FILE:
            raise BadBoundaries(
                f"{path.name} has {size:,} bytes, at most {LARGEST_FILE:,} are read: leave out "
                "other regions and simplify the lines."
            )
        with warnings.catch_warnings():
            # GDAL's remarks on the file; what matters of them is checked below.
            warnings.simplefilter("ignore")
            frame = _decoded(inside, path.name, _layer(inside, path.name, layer))
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, OSError, ValueError):
        raise BadBoundaries(
            f"{path.name} cannot be read: it is cut short, or not what its ending says; a "
            "shapefile needs .shp, .shx and .dbf side by side. Export it again."
        ) from None
    if not 0 < len(frame) <= MOST_AREAS:
        raise BadBoundaries(
            f"{path.name} has {_counted(len(frame), 'row')}; a city has 1 to {MOST_AREAS:,} areas: "
            "give a layer of neighbourhoods."
        )
    return frame


def _unpacked(path: Path) -> tuple[str, int]:
    """What GDAL is to open, and the bytes in it."""
    if path.suffix.lower() == ".shp":
        parts = path.parent.glob(f"{path.stem}.*")
        return str(path), sum(part.stat().st_size for part in parts)
    if path.suffix.lower() != ".zip":
        return str(path), path.stat().st_size
    try:
        with zipfile.ZipFile(path) as archive:
            members = [each for each in archive.infolist() if not each.filename.startswith("__")]
    except zipfile.BadZipFile:
        raise ValueError from None
    shapes = [each.filename for each in members if each.filename.lower().endswith(".shp")]
    if len(shapes) != 1:
        raise BadBoundaries(
            f"{path.name} holds {_counted(len(shapes), 'shapefile')}: give one with exactly one."
        )
    return f"/vsizip/{path.resolve()}/{shapes[0]}", sum(each.file_size for each in members)


def _layer(inside: str, file: str, wanted: str | None) -> str:
    """The layer asked for, or the only one that may hold polygons."""
    layers = {str(name): str(kind) for name, kind in pyogrio.list_layers(inside)}
    areal = [name for name, kind in layers.items() if re.search("Polygon|Unknown|Surface", kind)]
    if wanted is not None:
        if wanted not in layers:
            raise BadBoundaries(f"{file} has no layer {wanted}: choose {either(list(layers))}.")
        return wanted
    if not areal:
        kinds = either([f"{name} ({kind})" for name, kind in layers.items()])
        raise BadBoundaries(f"{file} has no layer of polygons, only {kinds}: give one with areas.")
    if len(areal) > 1:
        raise BadBoundaries(
            f"{file} has {len(areal)} layers of polygons: choose with --layer {either(areal)}."
        )
    return areal[0]


def _decoded(inside: str, file: str, layer: str) -> gpd.GeoDataFrame:
    """Rows with readable text: UTF-8, or CP949, which is never valid UTF-8 by chance."""
    for encoding in ("UTF-8", "CP949") if inside.lower().endswith(".shp") else (None,):
        try:
            frame = pyogrio.read_dataframe(
                inside, layer=layer, encoding=encoding, on_invalid="ignore"
            )
        except UnicodeDecodeError:
            continue
        if isinstance(frame, gpd.GeoDataFrame):
            return frame.rename_geometry("geometry") if frame.geometry.name != "geometry" else frame
        raise BadBoundaries(f"{file} has no layer of polygons: give one with areas.")
    raise BadBoundaries(f"The text of {file} is neither UTF-8 nor CP949: export it again as UTF-8.")


# ---- columns ----------------------------------------------------------------------------------


def _recognised(
    frame: gpd.GeoDataFrame, file: str, code: str | None, name: str | None, district: str | None
) -> gpd.GeoDataFrame:
    """Rows with ``code``, ``name``, ``district`` (a code), ``date``, each missing if not there.

    Index: the row's number in the file, from 1.
    """
    columns = [str(column) for column in frame.columns if column != "geometry"]
    text = pd.DataFrame({str(c): _text(frame[c]) for c in frame.columns if c != "geometry"})
    known = either(columns) or "nothing"
    for option, given in (("code", code), ("name", name), ("district", district)):
        if (
            given is not None
            and given not in columns
            and (option, given) != ("district", "overlay")
        ):
            raise BadBoundaries(f"{file} has no column {given}: give --{option}-column {known}.")
    named = _column(text, name, "name", NAME_COLUMNS, _is_name, file)
    if named is None:
        raise BadBoundaries(
            f"{file} has no column with Korean names of neighbourhoods (가산동) that could be "
            f"recognised; its columns are {', '.join(columns) or 'none'}: name one with "
            "--name-column."
        )
    coded = _column(text, code, "code", CODE_COLUMNS, _is_code, file)
    table = gpd.GeoDataFrame(
        {"name": text[named].str.split().str[-1]}, geometry=frame.geometry, crs=frame.crs
    )
    table["code"] = None if coded is None else text[coded]
    table["district"] = _said_district(text, file, district, named)
    dated = [c for c in columns if c.lower() in DATE_COLUMNS.split()]
    table["date"] = text[dated[0]] if dated else None
    table.index = pd.RangeIndex(1, len(table) + 1)
    for column in ("name", *(["code"] if coded else [])):
        empty = table.index[table[column].isna()]
        if len(empty):
            raise BadBoundaries(
                f"{file} has no {column} in row {_listed(empty)}: fill it in, or name another "
                f"column with --{column}-column."
            )
    return table


def _text(values: pd.Series[Any]) -> pd.Series[str]:
    """Text without outer spaces, whole numbers without a point, empty ones missing."""
    if pd.api.types.is_float_dtype(values) and (values.dropna() % 1 == 0).all():
        values = values.astype("Int64")
    text = values.astype("str").str.strip().where(values.notna())
    return text.mask(text == "").astype("str")


def _column(
    text: pd.DataFrame,
    given: str | None,
    option: str,
    usual: str,
    fits: Any,
    file: str,
) -> str | None:
    """The column given, else the first of the usual names that fits, else the only that fits."""
    if given is not None:
        return given
    fitting = [str(column) for column in text if fits(text[column])]
    for known in usual.split():
        for column in fitting:
            if column.lower() == known:
                return column
    if len(fitting) > 1:
        raise BadBoundaries(
            f"{file} has several columns that may be the {option}: give --{option}-column "
            f"{either(fitting)}."
        )
    return fitting[0] if fitting else None


def _is_name(values: pd.Series[str]) -> bool:
    """Mostly words that end as neighbourhoods do."""
    return bool(values.str.fullmatch(rf"(.*\s)?{NEIGHBOURHOOD}").fillna(False).mean() > 0.8)


def _is_code(values: pd.Series[str]) -> bool:
    """Mostly different digits, enough of them to tell neighbourhoods apart."""
    digits = values.str.fullmatch(r"\d{5,10}").fillna(False).mean()
    return bool(digits > 0.9 and values.nunique() > 0.8 * len(values))


def _said_district(
    text: pd.DataFrame, file: str, given: str | None, named: str
) -> pd.Series[str] | None:
    """Codes of the districts that the file names, in a column or before the neighbourhood."""
    known = _district_words()

    def codes(column: str) -> pd.Series[str]:
        words = text[column].str.split()
        return (words.str[-2] if column == named else words.str[-1]).map(known)

    if given == BY_OVERLAY:
        return None
    if given is not None:
        found = codes(given)
        strange = text[given][found.isna()].fillna("(empty)").unique()
        if len(strange):
            raise BadBoundaries(
                f"Column {given} of {file} names no district of Seoul with {_listed(strange)}: "
                "write 금천구 or 11545, or give --district-column overlay."
            )
        return found
    usual = [str(column) for column in text if str(column).lower() in DISTRICT_COLUMNS.split()]
    for column in [*usual, named]:
        found = codes(column)
        if found.notna().all():
            return found
    return None


def _district_words() -> dict[str, str]:
    """Code of a district by its code and by its name."""
    districts = boundaries.load_simple().districts
    names = dict(zip(districts["name_ko"], districts["code"], strict=True))
    return names | {code: code for code in districts["code"]}


# ---- each area by itself ----------------------------------------------------------------------


def _single(table: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, list[Finding]]:
    """One flat, valid polygon an area; still in the coordinates of the file."""
    findings: list[Finding] = []
    shapes = table.geometry.to_numpy()
    kinds = shapely.get_type_id(shapes)
    hollow = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    _refuse(table, hollow, "has no polygon", "draw it, or leave out the row")
    _refuse(table, ~np.isin(kinds, (3, 6)), "is no polygon", "draw areas, or leave out the row")
    corners, owner = shapely.get_coordinates(shapes, return_index=True)
    endless = np.isin(np.arange(len(shapes)), owner[~np.isfinite(corners).all(axis=1)])
    _refuse(table, endless, "has corners that are no numbers", "draw it again")
    raised = shapely.has_z(shapes) | shapely.has_m(shapes)
    if raised.any():
        words = "Heights or measures dropped"
        findings.append(_finding("flattened", words, table["name"][raised]))
    shapes = shapely.force_2d(shapes)
    broken = ~shapely.is_valid(shapes)
    if broken.any():
        reasons = pd.Series(shapely.is_valid_reason(shapes[broken])).str.extract(r"^([^\[]+)")[0]
        words = f"Broken rings made valid ({', '.join(sorted(reasons.unique())).lower()})"
        findings.append(_finding("repaired", words, table["name"][broken]))
        shapes[broken] = shapely.make_valid(
            shapes[broken], method="structure", keep_collapsed=False
        )
    flat = shapely.area(shapes) == 0
    _refuse(table, flat, "has no area", "draw it, or leave out the row")
    table = table.set_geometry(gpd.GeoSeries(shapes, index=table.index, crs=table.crs))
    return _merged(_thinned(table, findings), findings), findings


def _refuse(table: gpd.GeoDataFrame, wrong: np.ndarray, what: str, remedy: str) -> None:
    if wrong.any():
        rows = [f"{row} ({name})" for row, name in table["name"][wrong].items()]
        raise BadBoundaries(f"Row {_listed(rows)} {what}: {remedy}.")


def _thinned(table: gpd.GeoDataFrame, findings: list[Finding]) -> gpd.GeoDataFrame:
    """Without corners that no map shows, where there are too many; shared lines stay shared."""
    shapes = table.geometry.to_numpy()
    before = int(shapely.get_num_coordinates(shapes).sum())
    if before <= FINE_CORNERS:
        return table
    in_degrees = np.abs(table.total_bounds).max() <= 360
    thin = shapely.coverage_simplify(shapes, FINE_M / 111_000 if in_degrees else FINE_M)
    thin = shapely.make_valid(thin, method="structure", keep_collapsed=False)
    after = int(shapely.get_num_coordinates(thin).sum())
    words = (
        f"Corners left out that make less than {FINE_M:g} m of difference: "
        f"{before - after:,} of {before:,}."
    )
    findings.append(Finding("thinned", before - after, None, (), words))
    return table.set_geometry(gpd.GeoSeries(thin, index=table.index, crs=table.crs))


def _merged(table: gpd.GeoDataFrame, findings: list[Finding]) -> gpd.GeoDataFrame:
    """One row an area: rows that stand twice go, parts under one code come together."""
    key = table["code"].fillna("") + table["name"] + table["district"].fillna("")
    drawn = pd.Series(shapely.to_wkb(shapely.normalize(table.geometry.to_numpy())), table.index)
    for _, same in table.groupby(drawn.map(hash)):
        if key[same.index].nunique() > 1:
            names = [f"{row} ({name})" for row, name in same["name"].items()]
            raise BadBoundaries(
                f"Rows {_listed(names)} have the same polygon and different codes or names: "
                "keep the right one."
            )
    again = pd.DataFrame({"key": key, "drawn": drawn}).duplicated()
    if again.any():
        words = "Kept once, having stood there again"
        findings.append(_finding("repeated", words, table["name"][again]))
        table, key = table[~again], key[~again]
    if table["code"].isna().all():
        return table
    _check_parts(table)
    parts = table["code"].duplicated()
    if parts.any():
        codes = table["code"][parts].unique()
        names = table[table["code"].isin(codes)].drop_duplicates("code")["name"]
        findings.append(_finding("dissolved", "Parts under one code joined", names))
        whole = table.groupby("code").geometry.agg(lambda part: shapely.union_all(part.to_numpy()))
        table = table[~parts]
        joined = gpd.GeoSeries(
            whole.reindex(table["code"]).to_numpy(), index=table.index, crs=table.crs
        )
        table = table.set_geometry(joined)
    return table


def _check_parts(table: gpd.GeoDataFrame) -> None:
    """Rows under one code have one name and do not claim the same ground."""
    for code, part in table[table["code"].duplicated(keep=False)].groupby("code"):
        shapes = part.geometry.to_numpy()
        if part["name"].nunique() > 1:
            raise BadBoundaries(
                f"Code {code} stands for {either(part['name'].tolist())}: a code names one area; "
                "name another column with --code-column."
            )
        if shapely.area(shapes).sum() > 1.001 * shapely.area(shapely.union_all(shapes)):
            rows = " and ".join(str(row) for row in part.index[:5])
            raise BadBoundaries(
                f"Code {code} ({part['name'].iloc[0]}) has polygons that overlap, in rows {rows}: "
                "keep the right one."
            )


# ---- where it lies ----------------------------------------------------------------------------


@dataclass(frozen=True)
class _Fit:
    """How an outline lies on the districts that it covers (metres, square metres)."""

    met: float
    whole: bool
    covered: tuple[str, ...]
    missing: float
    beyond: float
    east: float
    north: float

    @property
    def passes(self) -> bool:
        if self.whole:
            return self.met >= OUTLINE_MET
        return self.met >= PARTLY_MET and (self.east, self.north) == (0, 0)

    @property
    def needed(self) -> float:
        return OUTLINE_MET if self.whole else PARTLY_MET

    @property
    def target(self) -> str:
        if self.whole:
            return "the city's outline"
        return f"the outline of the {_counted(len(self.covered), 'district')} that they cover"

    @property
    def shift(self) -> str:
        """``360 m south-east``, rounded to 10 m."""
        length = round(float(np.hypot(self.east, self.north)), -1)
        angle = np.degrees(np.arctan2(self.north, self.east))
        names = ["east", "north-east", "north", "north-west", "west", "south-west", "south"]
        return f"{length:,.0f} m {[*names, 'south-east'][round(angle / 45) % 8]}"


def _placed(
    areas: gpd.GeoDataFrame, file: str, crs: str | None, legal: Boundaries
) -> tuple[gpd.GeoDataFrame, str, float]:
    """The areas in EPSG:5179, the system they were read in, and how far they meet the city."""
    system = _system(crs) if crs else areas.crs
    outline = _rough(shapely.union_all(areas.geometry.to_numpy()))
    if system is None:
        raise BadBoundaries(
            f"{file} does not say in which coordinate system it is. {_likely(outline, legal)}"
        )
    label = crs or _label(pyproj.CRS(system))
    fit = _fit(_reprojected(outline, system), legal)
    if fit is None or not fit.passes:
        raise BadBoundaries(f"{_misplaced(file, label, fit)} {_likely(outline, legal)}")
    areas = areas.set_crs(system, allow_override=True).to_crs(CRS)
    return areas, label, round(fit.met, 4)


def _system(crs: str) -> pyproj.CRS:
    try:
        return pyproj.CRS(crs)
    except pyproj.exceptions.CRSError:
        raise BadBoundaries(
            f"Unknown coordinate system {crs!r}: write it as EPSG:5179; usual for Seoul are "
            f"{either(list(SYSTEMS))}."
        ) from None


def _label(system: pyproj.CRS) -> str:
    """``EPSG:5174`` where the file's words are exactly that, else the words."""
    code = system.to_epsg(100)
    return f"EPSG:{code}" if code else system.name


def _rough(outline: shapely.Geometry) -> shapely.Geometry:
    """An outline with fewer corners, whatever its unit."""
    west, south, east, north = outline.bounds
    return outline.simplify(max(east - west, north - south) / 20_000)


def _reprojected(outline: shapely.Geometry, system: Any) -> shapely.Geometry | None:
    """In EPSG:5179; None where the system does not reach there."""
    moved = gpd.GeoSeries([outline], crs=system).to_crs(CRS).iloc[0]
    return shapely.make_valid(moved) if np.isfinite(moved.bounds).all() else None


def _fit(outline: shapely.Geometry | None, legal: Boundaries) -> _Fit | None:
    """How it lies on the districts of which it covers half or more; None where on none."""
    if outline is None:
        return None
    districts = legal.districts
    shared = districts.geometry.intersection(outline).area / districts.area
    covered = (shared >= INSIDE).to_numpy()
    if not covered.any():
        return None
    target = _rough(shapely.coverage_union_all(districts.geometry.to_numpy()[covered]))
    common = shapely.intersection(outline, target).area
    missing, beyond = target.area - common, outline.area - common
    met = common / (common + missing + beyond)
    if covered.all():
        away = outline.centroid.x - target.centroid.x, outline.centroid.y - target.centroid.y
    else:
        away = _away(outline, target)
    return _Fit(met, bool(covered.all()), tuple(districts["code"][covered]), missing, beyond, *away)


def _away(outline: shapely.Geometry, target: shapely.Geometry) -> tuple[float, float]:
    """How far the outline lies from where it meets the target best (m), on a grid of 100 m.

    Districts are drawn differently by different hands; what tells a wrong datum from that is
    that one shift mends it.
    """
    steps = range(-FARTHEST_M, FARTHEST_M + 1, STEP_M)
    shifts = sorted(((x, y) for x in steps for y in steps), key=lambda s: s[0] ** 2 + s[1] ** 2)
    moved = [shapely.transform(outline, lambda c, s=s: c - np.array(s)) for s in shifts]
    common = shapely.area(shapely.intersection(moved, target))
    met = common / (outline.area + target.area - common)
    best = int(np.argmax(met))
    # A step more or less is within what hands differ by.
    near = np.hypot(*shifts[best]) < 1.5 * STEP_M
    return (0.0, 0.0) if near else (float(shifts[best][0]), float(shifts[best][1]))


def _misplaced(file: str, label: str, fit: _Fit | None) -> str:
    if fit is None:
        return f"{file}, read as {label}, covers no district of Seoul."
    away = "" if (fit.east, fit.north) == (0, 0) else f", and lie {fit.shift} of it"
    return (
        f"{file}, read as {label}, is not where Seoul is: the areas meet {fit.met:.1%} of "
        f"{fit.target} ({fit.needed:.0%} is needed){away}; {fit.missing / 1e6:.1f} km² of it are "
        f"in none of them, {fit.beyond / 1e6:.1f} km² of them are outside."
    )


def _likely(outline: shapely.Geometry, legal: Boundaries) -> str:
    """Which of the usual systems would do, best first, and what to do."""
    fits = {}
    for system in SYSTEMS:
        fit = _fit(_reprojected(outline, system), legal)
        if fit is not None and fit.passes:
            fits[system] = fit
    if not fits:
        swapped = shapely.transform(outline, lambda corners: corners[:, ::-1])
        if any((fit := _fit(_reprojected(swapped, s), legal)) and fit.passes for s in SYSTEMS):
            return "Its two coordinates look swapped: exchange them."
        return (
            f"None of the usual systems ({', '.join(SYSTEMS)}) would put it there: ask where the "
            "file is from, and give its system with --crs."
        )
    best = max(fits, key=lambda system: fits[system].met)
    return (
        f"Read as {best} ({SYSTEMS[best]}), it would meet {fits[best].met:.1%}: give --crs {best} "
        "if that is what the file is in."
    )


# ---- districts --------------------------------------------------------------------------------


def _in_districts(
    areas: gpd.GeoDataFrame, legal: Boundaries, findings: list[Finding]
) -> gpd.GeoDataFrame:
    """With ``district_code``: the district named, else the one that holds most of the area.

    Both must agree: more than half of an area lies in its district.
    """
    shares = _shares(areas, legal.districts)
    names = legal.districts.set_index("code")["name_ko"]
    most, largest = shares.idxmax(axis=1), shares.max(axis=1)
    said = areas["district"]
    code = most if said.isna().all() else said
    share = pd.Series(
        [shares.at[row, district] for row, district in code.items()], index=areas.index
    )
    lost = areas.index[share <= INSIDE]
    if len(lost):
        row = lost[0]
        more = f"{len(lost) - 1:,} more areas likewise: " if len(lost) > 1 else ""
        if said.isna().all():
            raise BadBoundaries(
                f"{areas['name'][row]} lies in no district by more than half, most of it "
                f"({largest[row]:.0%}) in {names[most[row]]}; {more}"
                "name a column of districts with --district-column, or divide the area."
            )
        raise BadBoundaries(
            f"{areas['name'][row]} is said to be in {names[said[row]]}, but "
            f"{largest[row]:.0%} of it lies in {names[most[row]]}; {more}"
            "correct the districts, name another column with --district-column, or give "
            "--district-column overlay."
        )
    across = share[share < 1 - OVERLAP_MENDED].sort_values()
    if len(across):
        size = float(((1 - across) * areas.area[across.index]).sum())
        listed = [f"{areas['name'][row]} {1 - part:.0%}" for row, part in across.items()]
        found = _finding("across", "Partly in another district", areas["name"][across.index])
        words = f"Partly in another district: {_counted(len(across), 'area')} ({_listed(listed)})."
        findings.append(replace(found, square_metres=round(size), words=words))
    return areas.assign(district_code=code)


def _shares(areas: gpd.GeoDataFrame, others: gpd.GeoDataFrame) -> pd.DataFrame:
    """Share of each area in each other one: shape (areas, others), columns their codes."""
    shapes, targets = areas.geometry.to_numpy(), others.geometry.to_numpy()
    area, other = others.sindex.query(shapes, predicate="intersects")
    common = shapely.area(shapely.intersection(shapes[area], targets[other]))
    table = np.zeros((len(areas), len(others)))
    table[area, other] = common / shapely.area(shapes)[area]
    return pd.DataFrame(table, index=areas.index, columns=others["code"].to_numpy())


# ---- what kind of areas -----------------------------------------------------------------------


def _known_kind(
    areas: gpd.GeoDataFrame, legal: Boundaries, date: str | None, findings: list[Finding]
) -> tuple[str, int | None]:
    """Legal, administrative of a year, or of their own kind; official codes are put in."""
    key = areas["district_code"] + areas["name"].map(administrative.name_key)
    if not key.is_unique:
        twice = areas["name"][key.duplicated()]
        if areas["code"].isna().all():
            raise BadBoundaries(
                f"There are no codes, and {_listed(twice)} is there twice in one district: name "
                "a column of codes with --code-column."
            )
    found, year = key.map(_by_key(legal.neighbourhoods)), None
    kind = "legal"
    if found.notna().mean() < MATCHED:
        found, year = _administrative(key, date)
        kind = "administrative" if found.notna().mean() >= MATCHED else "own"
    if kind == "own":
        year = None
        if areas["code"].isna().all():
            areas["code"] = _made(areas)
            words = "Numbered within their district (11545-01), having no code"
            findings.append(_finding("numbered", words, areas["name"]))
        return kind, year
    unknown = areas["name"][found.isna()]
    if len(unknown):
        words = f"Named as none of the {kind} neighbourhoods{f' of {year}' if year else ''}"
        findings.append(_finding("unknown", words, unknown))
    own = areas["code"].where(areas["code"].notna(), _made(areas))
    areas["code"] = found.where(found.notna(), own).astype("str")
    return kind, year


def _by_key(units: pd.DataFrame) -> dict[str, str]:
    """Code by district and name."""
    key = units["district_code"] + units["name_ko"].map(administrative.name_key)
    return dict(zip(key, units["code"], strict=True))


def _administrative(key: pd.Series[str], date: str | None) -> tuple[pd.Series[str], int]:
    """Codes of the year that knows most of the names.

    Of several such years, that of the date; without one of these, the last.
    """
    units = administrative.load()
    days = pd.concat([units["since"], units["until"]]).dropna()
    first, last = int(units["until"].min()[:4]), int(days.max()[:4])
    found = {
        year: key.map(_by_key(units[administrative.valid_in(units, year)]))
        for year in range(first, last + 1)
    }
    wanted = (date or "")[:4]
    best = max(found, key=lambda year: (found[year].notna().sum(), str(year) == wanted, year))
    return found[best], best


def _made(areas: gpd.GeoDataFrame) -> pd.Series[str]:
    """A code for areas that have none: their district's and a number, in the order of names."""
    number = areas.groupby("district_code")["name"].rank(method="first").astype(int)
    return areas["district_code"] + "-" + number.astype("str").str.zfill(2)


def _check_codes(areas: gpd.GeoDataFrame, legal: Boundaries, kind: str) -> None:
    """Codes that can stand in an address, each once, and no legal neighbourhood's elsewhere."""
    codes = areas["code"]
    odd = codes[~codes.str.fullmatch(PLAIN_CODE)]
    if len(odd):
        raise BadBoundaries(
            f"Code {_listed(odd)} has signs other than Latin letters, digits, - and _, or more "
            "than 20: name another column with --code-column."
        )
    twice = codes[codes.duplicated()]
    if len(twice):
        names = areas["name"][codes.isin(twice)]
        raise BadBoundaries(
            f"{either(names.tolist())} would have the same code, {_listed(twice.unique())}: "
            "correct the names."
        )
    of_district = areas["name"][codes.isin(legal.districts["code"])]
    if len(of_district):
        raise BadBoundaries(
            f"The code of {_listed(of_district)} is that of a district: name another column with "
            "--code-column."
        )
    if kind == "own":
        official = legal.neighbourhoods.set_index("code").geometry
        same = areas[codes.isin(official.index)]
        there = official.reindex(same["code"]).to_numpy()
        common = shapely.area(shapely.intersection(same.geometry.to_numpy(), there))
        wrong = same["name"][common <= INSIDE * same.area]
        if len(wrong):
            raise BadBoundaries(
                f"The code of {_listed(wrong)} is that of a legal neighbourhood somewhere else: "
                "name another column with --code-column."
            )


# ---- the coverage -----------------------------------------------------------------------------


def _covering(areas: gpd.GeoDataFrame, legal: Boundaries, findings: list[Finding]) -> Boundaries:
    """A clean coverage of the whole city; districts without areas keep their legal ones."""
    _check_overlaps(areas, findings)
    every = _completed(areas, legal, findings)
    before = shapely.union_all(every.geometry.to_numpy())
    population = pd.read_csv(boundaries.DATA / "population.csv", dtype={"code": str})
    built = boundaries.clean(
        every.geometry, every["code"], every["name"], population, every["district_code"]
    )
    after = shapely.coverage_union_all(built.neighbourhoods.geometry.to_numpy())
    gaps = _holes(before)
    closed = gaps[shapely.covers(after, shapely.point_on_surface(gaps))]
    if len(closed):
        size = shapely.area(closed)
        names = tuple(every["name"][_beside(closed[np.argsort(-size)], every)])
        words = (
            f"Gaps closed by the areas beside: {_counted(len(closed), 'gap')}, "
            f"{size.sum():,.0f} m² ({_listed(names)})."
        )
        findings.append(Finding("gaps", len(closed), round(float(size.sum())), names, words))
    _check_holes(_holes(after), every, areas["code"])
    _tell_uncovered(after, legal, findings)
    return built


def _check_holes(holes: np.ndarray, every: gpd.GeoDataFrame, ours: pd.Series[str]) -> None:
    """No hole among the areas of the file; one beside an area that completes them is a seam."""
    for hole in holes[np.argsort(-shapely.area(holes))]:
        beside = _beside([hole], every)
        if every.loc[beside, "code"].isin(ours).all():
            names = _listed(every["name"][beside])
            raise BadBoundaries(
                f"There is a hole of {hole.area / 1e6:.2f} km² beside {names}, wider than the "
                f"{boundaries.GAP_WIDTH_M} m that cleaning closes: draw the area that is missing."
            )


def _check_overlaps(areas: gpd.GeoDataFrame, findings: list[Finding]) -> None:
    """Overlaps that cleaning may decide are told, others refused."""
    shapes, names = areas.geometry.to_numpy(), areas["name"].to_numpy()
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    first, second = first[first < second], second[first < second]
    common = shapely.area(shapely.intersection(shapes[first], shapes[second]))
    smaller = np.minimum(shapely.area(shapes[first]), shapely.area(shapes[second]))
    much = common > OVERLAP_MENDED * smaller
    if much.any():
        worst = int(np.argmax(common / smaller))
        a, b = names[first[worst]], names[second[worst]]
        more = f", and {much.sum() - 1:,} more pairs do" if much.sum() > 1 else ""
        raise BadBoundaries(
            f"{a} and {b} overlap by {common[worst] / smaller[worst]:.0%} of the smaller "
            f"one{more}; cleaning decides up to {OVERLAP_MENDED:.0%}: correct the lines, or leave "
            "one out."
        )
    told = np.flatnonzero(common > TELLING_M2)
    if len(told):
        told = told[np.argsort(-common[told])]
        pairs = [f"{names[first[place]]}/{names[second[place]]}" for place in told]
        words = (
            f"Overlaps given to one of the two: {_counted(len(told), 'overlap')}, "
            f"{common[told].sum():,.0f} m² ({_listed(pairs)})."
        )
        size = round(float(common[told].sum()))
        findings.append(Finding("overlaps", len(told), size, tuple(pairs), words))


def _completed(
    areas: gpd.GeoDataFrame, legal: Boundaries, findings: list[Finding]
) -> gpd.GeoDataFrame:
    """With the legal neighbourhoods of the districts that have no area, less what is covered."""
    columns = ["code", "name", "district_code", "geometry"]
    others = legal.neighbourhoods[
        ~legal.neighbourhoods["district_code"].isin(areas["district_code"])
    ]
    if others.empty:
        return areas[columns]
    ours = shapely.union_all(areas.geometry.to_numpy())
    rest = others.rename(columns={"name_ko": "name"})[columns]
    rest = rest.set_geometry(rest.geometry.difference(ours))
    count = others["district_code"].nunique()
    words = (
        f"Completed with the legal neighbourhoods of {_counted(count, 'district')}, less what the "
        f"areas here cover of them: {_counted(len(others), 'area')}."
    )
    findings.append(Finding("completed", len(others), None, (), words))
    return gpd.GeoDataFrame(pd.concat([areas[columns], rest], ignore_index=True), crs=CRS)


def _tell_uncovered(outline: shapely.Geometry, legal: Boundaries, findings: list[Finding]) -> None:
    """Places wider than a gap that the city has and the areas have not, at its edge or a seam."""
    districts = legal.districts
    city = shapely.coverage_union_all(districts.geometry.to_numpy())
    wide = boundaries.GAP_WIDTH_M / 2
    core = shapely.difference(city, outline).buffer(-wide)
    if core.is_empty:
        return
    pieces = shapely.get_parts(core)
    size = float(shapely.area(shapely.buffer(pieces, wide)).sum())
    near = districts.iloc[districts.sindex.query(pieces, predicate="intersects")[1]]
    names = tuple(dict.fromkeys(near["name_ko"]))
    words = (
        f"In no area, where the outlines differ: {size / 1e6:.2f} km² ({_listed(names)}); groups "
        "there are placed in their district only."
    )
    findings.append(Finding("uncovered", len(pieces), round(size), names, words))


def _holes(shape: shapely.Geometry) -> np.ndarray:
    """Holes in a shape, as polygons."""
    rings = shapely.get_rings(shapely.get_parts(shape))
    outer = shapely.get_exterior_ring(shapely.get_parts(shape))
    count = len(rings) - len(outer)
    if not count:
        return np.array([])
    inner = [ring for part in shapely.get_parts(shape) for ring in part.interiors]
    holes = shapely.polygons(inner)
    return holes[shapely.area(holes) > TELLING_M2]


def _beside(holes: Iterable[shapely.Geometry], areas: gpd.GeoDataFrame) -> list[Any]:
    """The areas (by their index) that touch the holes, in the order of the holes."""
    around = shapely.buffer(np.asarray(list(holes)), 0.5)
    places = areas.sindex.query(around, predicate="intersects", sort=True)[1]
    return list(dict.fromkeys(areas.index[places]))


# ---- words ------------------------------------------------------------------------------------


def _finding(what: str, words: str, names: pd.Series[str]) -> Finding:
    """``Broken rings made valid: 2 areas (가산동, 독산동).`` and the like."""
    sentence = f"{words}: {_counted(len(names), 'area')} ({_listed(names)})."
    return Finding(what, len(names), None, tuple(names), sentence)


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _listed(items: Iterable[Any]) -> str:
    """A few, and how many more."""
    every = [str(item) for item in items]
    more = f" and {len(every) - 5:,} more" if len(every) > 5 else ""
    return ", ".join(every[:5]) + more


def _only(values: pd.Series[str]) -> str | None:
    """The value, where there is only one."""
    known = values.dropna().unique()
    return str(known[0]) if len(known) == 1 else None
