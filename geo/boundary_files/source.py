"""A file of boundaries as it stands: its layer, its rows, which column is what."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from geo import boundaries, map_files
from geo.boundary_files.report import counted
from geo.errors import BadBoundaries, either, listed

FORMATS = (".gpkg", ".geojson", ".topojson", ".json", ".shp", ".zip")
LARGEST_FILE = 200_000_000
"""Bytes, unpacked; lines as a map needs them take a hundredth of it."""
MOST_AREAS = 5_000
"""Seoul has 467 legal neighbourhoods."""

OUTPUT_AREA_COLUMNS = "tot_reg_cd tot_oa_cd oa_cd 집계구코드 집계구"
"""Of statistical output areas (집계구): hundreds of residents each, known by their codes alone."""
CODE_COLUMNS = (
    f"{OUTPUT_AREA_COLUMNS} code adm_cd2 adm_cd adm_dr_cd emd_cd bjd_cd hjd_cd dong_cd h_code h_cd "
    "b_code adm_code emd_code dong_code 행정동코드 법정동코드 행정구역코드 읍면동코드 동코드 코드"
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


def opened(path: Path, layer: str | None) -> gpd.GeoDataFrame:
    """The rows of the only layer of areas, or of the one asked for, as they stand in the file."""
    if not path.is_file():
        raise BadBoundaries(f"There is no file {path}: name one that is there.")
    if path.suffix.lower() not in FORMATS:
        raise BadBoundaries(f"{path} is no file of boundaries: give {either(FORMATS)}.")
    try:
        kind, size = _kind(path)
        if size > LARGEST_FILE:
            raise BadBoundaries(
                f"{path.name} has {size:,} bytes, at most {LARGEST_FILE:,} are read: leave out "
                "other regions and simplify the lines."
            )
        source = map_files.in_zip(path)[0] if _is_zip(path) else map_files.opened(path)
        frame = map_files.features(source, _layer(source, path.name, layer), kind)
    except UnicodeDecodeError:
        raise BadBoundaries(
            f"The text of {path.name} is neither UTF-8 nor CP949: export it again as UTF-8."
        ) from None
    except map_files.UNREADABLE:
        raise BadBoundaries(
            f"{path.name} cannot be read: it is cut short, or not what its ending says; a "
            "shapefile needs .shp, .shx and .dbf side by side. Export it again."
        ) from None
    if not isinstance(frame, gpd.GeoDataFrame):
        raise BadBoundaries(f"{path.name} has no layer of polygons: give one with areas.")
    if not 0 < len(frame) <= MOST_AREAS:
        raise BadBoundaries(
            f"{path.name} has {counted(len(frame), 'row')}; a city has 1 to {MOST_AREAS:,} areas: "
            "give a layer of neighbourhoods, or the areas of a few districts."
        )
    return frame


def _is_zip(path: Path) -> bool:
    return path.suffix.lower() == ".zip"


def _kind(path: Path) -> tuple[str, int]:
    """What kind of map a file is, told by its content, and the bytes in all of its parts.

    Raises:
        ValueError: it is no map.
    """
    if _is_zip(path):
        shapes = map_files.in_zip(path)
        if len(shapes) != 1:
            raise BadBoundaries(
                f"{path.name} holds {counted(len(shapes), 'shapefile')}: give one with exactly one."
            )
        return "shapefile", map_files.unpacked(path)
    with path.open("rb") as file:
        kind = map_files.kind(file.read(map_files.LONGEST_HEAD))
    if kind is None:
        raise ValueError(f"{path.name} is no map")
    parts = [path]
    if kind == "shapefile":
        parts = [part for part in path.parent.iterdir() if part.stem == path.stem]
    return kind, sum(part.stat().st_size for part in parts)


def _layer(source: map_files.Source, file: str, wanted: str | None) -> str:
    """The layer asked for, or the only one that may hold polygons."""
    layers = map_files.layers(source)
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


def recognised(
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
            and (option, given) != ("district", BY_OVERLAY)
        ):
            raise BadBoundaries(f"{file} has no column {given}: give --{option}-column {known}.")
    coded = _column(text, code, "code", CODE_COLUMNS, _is_code, file)
    named = _column(text, name, "name", NAME_COLUMNS, _is_name, file)
    _check_filled(text, file, (("name", named, coded), ("code", coded, None)))
    table = gpd.GeoDataFrame(geometry=frame.geometry, crs=frame.crs)
    table["code"] = None if coded is None else text[coded]
    table["name"] = _names(text, named, coded, file, is_given=name is not None)
    table["district"] = _said_district(text, file, district, named)
    dated = [c for c in columns if c.lower() in DATE_COLUMNS.split()]
    table["date"] = text[dated[0]] if dated else None
    table.index = pd.RangeIndex(1, len(table) + 1)
    for column in ("name", *(["code"] if coded else [])):
        empty = table.index[table[column].isna()]
        if len(empty):
            raise BadBoundaries(
                f"{file} has no {column} in row {listed(empty)}: fill it in, or name another "
                f"column with --{column}-column."
            )
    return table


def _check_filled(
    text: pd.DataFrame, file: str, chosen: Iterable[tuple[str, str | None, str | None]]
) -> None:
    """Refuse a column in which nothing stands, given by mistake or never filled in."""
    for option, column, instead in chosen:
        if column is None or text[column].notna().any():
            continue
        also = "" if instead is None else f", or give --name-column {instead}: codes for names"
        raise BadBoundaries(
            f"Column {column} of {file} is empty: name another one with --{option}-column{also}."
        )


def _names(
    text: pd.DataFrame, named: str | None, coded: str | None, file: str, is_given: bool
) -> pd.Series[str]:
    """The last word of each name; of statistical output areas also what tells them apart."""
    of_output = coded is not None and _are_output_areas(coded, text[coded])
    if coded is not None and of_output and not is_given:
        if named is None:
            return text[coded]
        return text[named].str.split().str[-1] + " " + text[coded].str[-6:]
    if named is None:
        columns = ", ".join(map(str, text.columns)) or "none"
        also = "" if coded is None else f", or give --name-column {coded}: codes for names"
        raise BadBoundaries(
            f"{file} has no column with Korean names of neighbourhoods (가산동) that could be "
            f"recognised; its columns are {columns}: name one with --name-column{also}."
        )
    return text[named].str.split().str[-1]


def _are_output_areas(column: str, codes: pd.Series[str]) -> bool:
    """By the column's name, or by the digits: those of a neighbourhood and six more."""
    digits = codes.str.fullmatch(r"\d{13,14}").fillna(False).mean()
    return column.lower() in OUTPUT_AREA_COLUMNS.split() or bool(digits > 0.9)


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
    digits = values.str.fullmatch(r"\d{5,14}").fillna(False).mean()
    return bool(digits > 0.9 and values.nunique() > 0.8 * len(values))


def _said_district(
    text: pd.DataFrame, file: str, given: str | None, named: str | None
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
                f"Column {given} of {file} names no district of Seoul with {listed(strange)}: "
                "write 금천구 or 11545, or give --district-column overlay."
            )
        return found
    usual = [str(column) for column in text if str(column).lower() in DISTRICT_COLUMNS.split()]
    for column in [*usual, *([] if named is None else [named])]:
        found = codes(column)
        if found.notna().all():
            return found
    return None


def _district_words() -> dict[str, str]:
    """Code of a district by its code and by its name."""
    districts = boundaries.load().districts
    names = dict(zip(districts["name_ko"], districts["code"], strict=True))
    return names | {code: code for code in districts["code"]}
