"""Boundaries of one's own get a report or a refusal, never a wrong map."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import struct
import warnings
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo import boundaries, boundary_files, map_files
from geo.__main__ import main
from geo.atlas import Atlas, publish
from geo.boundaries import Boundaries
from geo.boundary_files import Finding, OwnBoundaries, read, source
from geo.errors import BadBoundaries
from geo.measures.density import count_by_area, presence
from geo.rejoin import Joined, administrative_by_point, for_boundaries, join_anew
from geo.schema import CRS, GIVEN, Provenance

Tables = dict[str, pd.DataFrame]
Spoil = Callable[[gpd.GeoDataFrame], gpd.GeoDataFrame]
GASAN, DOKSAN = "11545101", "11545102"
LEGAL = "ours.gpkg: {} areas in 25 districts, legal neighbourhoods, read as EPSG:5179; "
WHOLE = f"{LEGAL.format(467)}they meet 100.0% of the outline."


@pytest.fixture(scope="module")
def legal(seoul: Boundaries) -> gpd.GeoDataFrame:
    """The legal neighbourhoods as an office may have them: code, name, district."""
    areas = boundaries.load_simple().neighbourhoods
    names = seoul.districts.set_index("code")["name_ko"]
    return gpd.GeoDataFrame(
        {
            "EMD_CD": areas["code"],
            "EMD_NM": areas["name_ko"],
            "SGG_NM": areas["district_code"].map(names),
        },
        geometry=areas.geometry,
        crs=CRS,
    )


@pytest.fixture(scope="module")
def zones(legal: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Areas that nobody else has: pairs of neighbourhoods of one district, under new names."""
    pair = legal.groupby("SGG_NM").cumcount() // 2
    areas = legal.assign(pair=pair).dissolve(["SGG_NM", "pair"], as_index=False, method="coverage")
    number = (areas["pair"] + 1).astype("str")
    return gpd.GeoDataFrame(
        {
            "zone_id": [f"z{place:03}" for place in range(len(areas))],
            "zone": "마을" + number + "동",
            "gu": areas["SGG_NM"],
        },
        geometry=areas.geometry,
        crs=CRS,
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ours.gpkg"


@pytest.fixture(scope="module")
def kostat() -> Path:
    """The administrative neighbourhoods of 2013, which are no part of the project."""
    folder = Path(os.environ.get("MAEUL_TEST_DATA", "")) / "kostat2013"
    if "MAEUL_TEST_DATA" not in os.environ or not folder.is_dir():
        pytest.skip("MAEUL_TEST_DATA names no folder that holds kostat2013")
    return folder


@pytest.fixture(scope="module")
def of_2013(kostat: Path) -> OwnBoundaries:
    return read(kostat / "seoul_submunicipalities.shp", crs="EPSG:5174")


def written(areas: gpd.GeoDataFrame, path: Path, **options: str) -> Path:
    with warnings.catch_warnings():  # that there is no coordinate system is meant
        warnings.simplefilter("ignore")
        areas.to_file(path, **options)
    return path


def refused(path: Path, **options: str) -> str:
    with pytest.raises(BadBoundaries) as error:
        read(path, **options)
    return str(error.value)


def drawn(areas: gpd.GeoDataFrame, code: str, shape: shapely.Geometry) -> gpd.GeoDataFrame:
    """The same areas, one of them with another shape."""
    shapes = areas.geometry.to_numpy().copy()
    shapes[(areas["EMD_CD"] == code).to_numpy()] = shape
    return areas.set_geometry(gpd.GeoSeries(shapes, index=areas.index, crs=areas.crs))


def shape_of(areas: gpd.GeoDataFrame, code: str) -> shapely.Geometry:
    return areas.set_index("EMD_CD").geometry[code]


def again(areas: gpd.GeoDataFrame, code: str, **changes: object) -> gpd.GeoDataFrame:
    """The same areas and one of them once more, with these changes."""
    row = areas[areas["EMD_CD"] == code].assign(**changes)
    return gpd.GeoDataFrame(pd.concat([areas, row], ignore_index=True), crs=areas.crs)


def unplaced_in(areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return areas.set_crs(None, allow_override=True)


# ---- formats, columns, layers ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "crs"),
    [("ours.gpkg", "EPSG:5179"), ("ours.geojson", "EPSG:4326"), ("ours.shp", "EPSG:5174")],
)
def test_a_file_of_legal_neighbourhoods_is_read(
    legal: gpd.GeoDataFrame, seoul: Boundaries, tmp_path: Path, name: str, crs: str
) -> None:
    """Recognised by their names, with the official codes; nothing was mended, nothing is told."""
    own = read(written(legal.to_crs(crs), tmp_path / name))
    assert str(own.report) == (
        f"{name}: 467 areas in 25 districts, legal neighbourhoods, read as {crs}; "
        "they meet 100.0% of the outline."
    )
    areas = own.boundaries
    assert boundaries.check(areas) is areas
    assert areas.neighbourhoods["code"].tolist() == seoul.neighbourhoods["code"].tolist()
    assert areas.districts["population"].tolist() == seoul.districts["population"].tolist()
    assert own.manifest == {"source": name, "date": "", "kind": "legal"}


@pytest.mark.parametrize("zipped", [False, True])
def test_a_shapefile_in_cp949_is_read(
    legal: gpd.GeoDataFrame, tmp_path: Path, zipped: bool
) -> None:
    """Without a .cpg file, by what its text can be; in a ZIP file under a Korean name too."""
    path = written(legal, tmp_path / "ours.shp", encoding="CP949")
    (tmp_path / "ours.cpg").unlink()
    if zipped:
        with zipfile.ZipFile(tmp_path / "ours.zip", "w") as archive:
            for kind in ("shp", "shx", "dbf", "prj"):
                archive.write(tmp_path / f"ours.{kind}", f"경계/구역.{kind}")
        path = tmp_path / "ours.zip"
    areas = read(path).boundaries.neighbourhoods.set_index("code")
    assert areas["name_ko"][[GASAN, DOKSAN]].tolist() == ["가산동", "독산동"]


def test_names_may_hold_the_whole_address(legal: gpd.GeoDataFrame, path: Path) -> None:
    """서울특별시 금천구 가산동 names the district and the neighbourhood; codes are not needed."""
    address = "서울특별시 " + legal["SGG_NM"] + " " + legal["EMD_NM"]
    assert str(read(written(legal[["geometry"]].assign(adm_nm=address), path)).report) == WHOLE


def test_areas_without_codes_are_numbered(zones: gpd.GeoDataFrame, path: Path) -> None:
    """Within their district, in the order of their names, and the report says so."""
    own = read(written(zones.drop(columns="gu"), path), date="2020-01-01")
    assert str(own.report) == (
        "ours.gpkg: 240 areas in 25 districts, areas of their own kind, read as EPSG:5179; "
        "they meet 100.0% of the outline.\n"
        "  Numbered within their district (11545-01), having no code: 240 areas "
        "(마을1동, 마을2동, 마을3동, 마을4동, 마을5동 and 235 more)."
    )
    areas = own.boundaries.neighbourhoods
    geumcheon = areas[areas["district_code"] == "11545"]
    assert geumcheon["code"].tolist() == ["11545-01", "11545-02"]
    assert geumcheon["name_ko"].tolist() == ["마을1동", "마을2동"]
    assert own.manifest == {"source": "ours.gpkg", "date": "2020-01-01", "kind": "own"}


def test_columns_can_be_named(zones: gpd.GeoDataFrame, path: Path) -> None:
    """What is given is taken as it is, and people are shared out to areas of any code."""
    areas = read(written(zones, path), code_column="zone_id", district_column="gu").boundaries
    assert areas.neighbourhoods["code"].tolist() == zones["zone_id"].tolist()
    assert areas.neighbourhoods["population"].sum() == 10_197_604


def test_of_several_layers_one_is_chosen(
    legal: gpd.GeoDataFrame, zones: gpd.GeoDataFrame, path: Path
) -> None:
    """The only one with polygons, else the one named."""
    points = legal.set_geometry(legal.representative_point())
    written(points, path, layer="centres")
    assert refused(path) == (
        "ours.gpkg has no layer of polygons, only centres (Point): give one with areas."
    )
    written(legal, path, layer="legal")
    assert read(path).report.areas == 467
    written(zones, path, layer="zones")
    assert refused(path) == (
        "ours.gpkg has 2 layers of polygons: choose with --layer legal or zones."
    )
    assert read(path, layer="zones").report.areas == 240
    assert refused(path, layer="roads") == (
        "ours.gpkg has no layer roads: choose centres, legal or zones."
    )


@pytest.mark.parametrize(
    ("spoil", "options", "sentence"),
    [
        (
            lambda areas: areas.drop(columns="EMD_NM"),
            {},
            "ours.gpkg has no column with Korean names of neighbourhoods (가산동) that could be "
            "recognised; its columns are EMD_CD, SGG_NM: name one with --name-column, or give "
            "--name-column EMD_CD: codes for names.",
        ),
        (
            lambda areas: areas.rename(columns={"EMD_NM": "a"}).assign(b=areas["EMD_NM"]),
            {},
            "ours.gpkg has several columns that may be the name: give --name-column a or b.",
        ),
        (
            lambda areas: areas.rename(columns={"EMD_CD": "a"}).assign(b=areas["EMD_CD"]),
            {},
            "ours.gpkg has several columns that may be the code: give --code-column a or b.",
        ),
        (
            lambda areas: areas,
            {"code_column": "code"},
            "ours.gpkg has no column code: give --code-column EMD_CD, EMD_NM or SGG_NM.",
        ),
        (
            lambda areas: areas,
            {"district_column": "EMD_NM"},
            "Column EMD_NM of ours.gpkg names no district of Seoul with 청운동, 신교동, 궁정동, "
            "효자동, 창성동 and 460 more: write 금천구 or 11545, or give "
            "--district-column overlay.",
        ),
        (
            lambda areas: areas.assign(EMD_NM=areas["EMD_NM"].where(areas["EMD_CD"] != GASAN)),
            {},
            "ours.gpkg has no name in row 373: fill it in, or name another column with "
            "--name-column.",
        ),
        (
            lambda areas: areas.assign(
                SGG_NM=areas["SGG_NM"].where(areas["EMD_CD"] != GASAN, "중구")
            ),
            {},
            "가산동 is said to be in 중구, but 100% of it lies in 금천구; correct the districts, "
            "name another column with --district-column, or give --district-column overlay.",
        ),
        (
            lambda areas: areas.assign(EMD_NM="마을" + areas["EMD_CD"] + "동", EMD_CD="a b"),
            {"code_column": "EMD_CD"},
            "Code a b stands for 마을11110101동, 마을11110102동, ",
        ),
        (
            lambda areas: areas.assign(
                EMD_NM="마을" + areas["EMD_CD"] + "동", EMD_CD="#" + areas["EMD_CD"]
            ),
            {"code_column": "EMD_CD"},
            "Code #11110101, #11110102, #11110103, #11110104, #11110105 and 462 more has signs "
            "other than Latin letters, digits, - and _, or more than 20: name another column "
            "with --code-column.",
        ),
        (
            lambda areas: areas.assign(
                EMD_NM="마을" + areas["EMD_CD"] + "동", EMD_CD=areas["EMD_CD"].to_numpy()[::-1]
            ),
            {},
            "The code of 마을11110101동, 마을11110102동, 마을11110103동, 마을11110104동, "
            "마을11110105동 and 461 more is that of a legal neighbourhood somewhere else: name "
            "another column with --code-column.",
        ),
    ],
)
def test_columns_that_are_not_clear_are_asked_for(
    legal: gpd.GeoDataFrame, path: Path, spoil: Spoil, options: dict[str, str], sentence: str
) -> None:
    """A whole sentence with the columns and the option; districts are held against the map."""
    assert refused(written(spoil(legal), path), **options).startswith(sentence)


def test_a_wrong_district_can_be_overruled(legal: gpd.GeoDataFrame, path: Path) -> None:
    """By the map."""
    written(legal.assign(SGG_NM="중구"), path)
    assert str(read(path, district_column="overlay").report) == WHOLE


# ---- TopoJSON, curves, output areas ------------------------------------------------------------


def topology(areas: gpd.GeoDataFrame, *names: str, quantised: bool = False) -> dict[str, object]:
    """Areas as TopoJSON, each with arcs of its own, in every one of these layers."""
    degrees = areas.to_crs(4326)
    arcs: list[list[list[float]]] = []
    rows = []
    west, south = degrees.total_bounds[:2] if quantised else (0.0, 0.0)
    step = 1e-7
    for row, shape in zip(
        areas.drop(columns="geometry").to_dict("records"), degrees.geometry, strict=True
    ):
        parts = []
        for part in shapely.get_parts(shape):
            rings = []
            for ring in (part.exterior, *part.interiors):
                corners = shapely.get_coordinates(ring)
                if quantised:
                    whole = np.round((corners - [west, south]) / step).astype(int)
                    corners = np.vstack([whole[:1], np.diff(whole, axis=0)])
                rings.append([len(arcs)])
                arcs.append(corners.tolist())
            parts.append(rings)
        rows.append({"type": "MultiPolygon", "arcs": parts, "properties": row})
    objects = {name: {"type": "GeometryCollection", "geometries": rows} for name in names}
    moved = {"transform": {"scale": [step, step], "translate": [west, south]}}
    return {
        "type": "Topology",
        **(moved if quantised else {}),
        "objects": objects,
        "arcs": arcs,
    }


@pytest.mark.parametrize(
    ("name", "before", "quantised"),
    [
        ("ours.json", "", False),
        ("ours.topojson", "\ufeff", True),
        ("ours.geojson", "\ufeff\ufeff\n ", True),
    ],
)
def test_topojson_is_read(
    legal: gpd.GeoDataFrame, tmp_path: Path, name: str, before: str, quantised: bool
) -> None:
    """As GeoJSON is, in degrees on WGS 84, whatever it is called and what stands before it."""
    path = tmp_path / name
    said = topology(legal[legal["SGG_NM"] == "금천구"], "dong", quantised=quantised)
    path.write_text(before + json.dumps(said, ensure_ascii=False), "utf-8")
    assert str(read(path).report).splitlines()[0] == (
        f"{name}: 3 areas in 1 district, legal neighbourhoods, read as EPSG:4326; "
        "they meet 100.0% of the outline."
    )


def test_of_several_objects_of_topojson_one_is_chosen(
    legal: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    """They are its layers."""
    path = tmp_path / "ours.json"
    path.write_text(json.dumps(topology(legal[legal["SGG_NM"] == "금천구"], "a", "b")), "utf-8")
    assert refused(path) == ("ours.json has 2 layers of polygons: choose with --layer a or b.")
    assert read(path, layer="b").report.areas == 3


def test_what_topojson_is_may_be_said_last(legal: gpd.GeoDataFrame, tmp_path: Path) -> None:
    """With its keys in order: arcs, objects, type, far down in the file."""
    path = tmp_path / "ours.json"
    text = json.dumps(topology(legal, "dong"), sort_keys=True)
    assert text.index('"Topology"') > map_files.LONGEST_HEAD
    path.write_text(text, "utf-8")
    assert read(path).report.areas == 467


def test_a_few_areas_of_a_district_are_not_taken_for_lost(tmp_path: Path) -> None:
    """They lie in Seoul; another coordinate system would be no remedy."""
    path = tmp_path / "areas.json"
    ring = [[126.9, 37.46], [126.91, 37.46], [126.91, 37.47], [126.9, 37.47], [126.9, 37.46]]
    row = {"type": "Polygon", "arcs": [[0]], "properties": {"EMD_KOR_NM": "독산동"}}
    objects = {"a": {"type": "GeometryCollection", "geometries": [row]}}
    path.write_text(json.dumps({"type": "Topology", "objects": objects, "arcs": [ring]}), "utf-8")
    assert refused(path) == (
        "areas.json, read as EPSG:4326, lies in Seoul but covers no district by half: give all "
        "areas of a district, or of several."
    )


def curved(shape: shapely.Geometry) -> bytes:
    """A MultiSurface (WKB) of curve polygons with compound curves on the same lines."""

    def ring(line: shapely.Geometry) -> bytes:
        corners = shapely.get_coordinates(line)
        straight = struct.pack("<BII", 1, 2, len(corners)) + corners.tobytes()
        return struct.pack("<BII", 1, 9, 1) + straight

    parts = shapely.get_parts(shape)
    surfaces = []
    for part in parts:
        rings = [part.exterior, *part.interiors]
        surfaces.append(struct.pack("<BII", 1, 10, len(rings)) + b"".join(map(ring, rings)))
    return struct.pack("<BII", 1, 12, len(parts)) + b"".join(surfaces)


def test_curves_are_made_straight(legal: gpd.GeoDataFrame, path: Path) -> None:
    """A GeoPackage of MultiSurfaces, as GIS programs write it, makes the same areas."""
    some = legal[legal["SGG_NM"] == "금천구"].reset_index(drop=True)
    straight = read(written(some, path.with_name("straight.gpkg")))
    written(some, path)
    with sqlite3.connect(path) as file:
        named = file.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (name,) in named:  # they call functions that SQLite alone has not
            file.execute(f'DROP TRIGGER "{name}"')
        file.execute("PRAGMA writable_schema = 1")
        for table, column in (
            ("sqlite_master", "sql"),
            ("gpkg_geometry_columns", "geometry_type_name"),
        ):
            file.execute(
                f"UPDATE {table} SET {column} = replace(replace({column}, 'MULTIPOLYGON', "
                "'MULTISURFACE'), 'POLYGON', 'MULTISURFACE')"
            )
        header = b"GP\0\x01" + struct.pack("<i", 5179)
        for row, shape in enumerate(some.geometry, start=1):
            file.execute("UPDATE ours SET geom = ? WHERE fid = ?", (header + curved(shape), row))
        kinds = file.execute("SELECT geometry_type_name FROM gpkg_geometry_columns").fetchall()
    assert kinds == [("MULTISURFACE",)]
    own = read(path)
    assert own.report.findings == straight.report.findings
    assert own.boundaries.neighbourhoods.equals(straight.boundaries.neighbourhoods)


@pytest.fixture(scope="module")
def output_areas(legal: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Statistical output areas as Statistics Korea gives them: cells of 500 m, known by codes."""
    geumcheon = legal[legal["SGG_NM"] == "금천구"]
    west, south, east, north = geumcheon.total_bounds
    grid = [
        shapely.box(x, y, x + 500, y + 500)
        for x in np.arange(west, east, 500)
        for y in np.arange(south, north, 500)
    ]
    cells = gpd.GeoDataFrame(geometry=grid, crs=CRS)
    pieces = gpd.overlay(geumcheon, cells, keep_geom_type=True)
    pieces = pieces[pieces.area > 500].reset_index(drop=True)
    number = pieces.groupby("EMD_NM").cumcount() + 1
    dong = pieces["EMD_NM"].map({"가산동": "1118051", "독산동": "1118052", "시흥동": "1118053"})
    return gpd.GeoDataFrame(
        {
            "BASE_DATE": "20240630",
            "ADM_CD": dong,
            "ADM_NM": pieces["EMD_NM"],
            "TOT_REG_CD": dong + "01" + number.astype("str").str.zfill(4),
        },
        geometry=pieces.geometry,
        crs=CRS,
    )


@pytest.mark.parametrize("column", ["TOT_REG_CD", "집계구코드", "unit"])
def test_output_areas_are_called_by_their_codes(
    output_areas: gpd.GeoDataFrame, path: Path, column: str
) -> None:
    """They have no names; where the neighbourhood stands beside them, it comes first."""
    areas = output_areas.rename(columns={"TOT_REG_CD": column})
    own = read(written(areas[[column, "ADM_CD", "geometry"]], path))
    count = len(areas)
    assert (own.report.kind, own.report.areas) == ("own", count)
    assert own.report.findings[0].words == (
        f"Called by their codes, having no names: {count} areas (1118051010001, 1118051010002, "
        f"1118051010003, 1118051010004, 1118051010005 and {count - 5} more)."
    )
    built = own.boundaries.neighbourhoods
    ours = built[built["code"].isin(areas[column])]
    assert len(ours) == count
    assert ours["name_ko"].equals(ours["code"].rename("name_ko"))
    own = read(written(areas, path.with_name("named.gpkg")))
    built = own.boundaries.neighbourhoods.set_index("code")
    assert own.report.kind == "own"
    assert built["name_ko"]["1118051010001"] == "가산동 010001"


# ---- remedies ----------------------------------------------------------------------------------


def _renamed(code: str, **values: str) -> Spoil:
    """One area with other values."""

    def spoil(areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        changed = areas.copy()
        for column, value in values.items():
            changed.loc[changed["EMD_CD"] == code, column] = value
        return changed

    return spoil


def _exchanged(column: str) -> Spoil:
    """Gasan-dong's and Doksan-dong's values the other way round."""

    def spoil(areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        values = areas.set_index("EMD_CD")[column]
        pair = {values[GASAN]: values[DOKSAN], values[DOKSAN]: values[GASAN]}
        return areas.assign(**{column: areas[column].replace(pair)})

    return spoil


def _same(areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return areas


def _named_villages(areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return areas.assign(EMD_NM="마을" + areas["EMD_CD"] + "동")


def _without(code: str) -> Spoil:
    return lambda areas: areas[areas["EMD_CD"] != code]


REMEDIES: dict[str, tuple[Spoil, dict[str, str], str, Spoil, dict[str, str]]] = {
    "names of no known kind": (
        lambda areas: areas.assign(EMD_NM=areas["EMD_NM"] + " 구역"),
        {},
        "name one with --name-column, or give",
        _same,
        {"name_column": "EMD_NM"},
    ),
    "no names": (
        lambda areas: areas.drop(columns="EMD_NM"),
        {},
        "or give --name-column EMD_CD: codes for names.",
        _same,
        {"name_column": "EMD_CD"},
    ),
    "an empty column": (
        lambda areas: areas.assign(이름=None),
        {"name_column": "이름"},
        "Column 이름 of ours.gpkg is empty: name another one with --name-column, or give "
        "--name-column EMD_CD: codes for names.",
        _same,
        {"name_column": "EMD_NM"},
    ),
    "an empty column, codes": (
        lambda areas: areas.assign(EMD_NM=None),
        {"name_column": "EMD_NM"},
        "Column EMD_NM of ours.gpkg is empty: name another one with --name-column, or give "
        "--name-column EMD_CD: codes for names.",
        _same,
        {"name_column": "EMD_CD"},
    ),
    "an empty column of codes": (
        lambda areas: areas.assign(코드=None),
        {"code_column": "코드"},
        "Column 코드 of ours.gpkg is empty: name another one with --code-column.",
        _same,
        {"code_column": "EMD_CD"},
    ),
    "an unknown column": (
        _same,
        {"code_column": "code"},
        "give --code-column EMD_CD, EMD_NM or SGG_NM.",
        _same,
        {"code_column": "EMD_CD"},
    ),
    "two columns of names": (
        lambda areas: areas.rename(columns={"EMD_NM": "a"}).assign(b=areas["EMD_NM"]),
        {},
        "give --name-column a or b.",
        _same,
        {"name_column": "b"},
    ),
    "two columns of codes": (
        lambda areas: areas.rename(columns={"EMD_CD": "a"}).assign(b=areas["EMD_CD"]),
        {},
        "give --code-column a or b.",
        _same,
        {"code_column": "a"},
    ),
    "a row without a name": (
        lambda areas: areas.assign(
            full=areas["EMD_NM"], EMD_NM=areas["EMD_NM"].where(areas["EMD_CD"] != GASAN)
        ),
        {"name_column": "EMD_NM"},
        "fill it in, or name another column with --name-column.",
        _same,
        {"name_column": "full"},
    ),
    "districts of no city": (
        _same,
        {"district_column": "EMD_NM"},
        "or give --district-column overlay.",
        _same,
        {"district_column": "overlay"},
    ),
    "a wrong district": (
        _renamed(GASAN, SGG_NM="중구"),
        {},
        "or give --district-column overlay.",
        _same,
        {"district_column": "overlay"},
    ),
    "a wrong district, another column": (
        lambda areas: areas.assign(SGG_NM="중구", where=areas["SGG_NM"]),
        {},
        "name another column with --district-column",
        _same,
        {"district_column": "where"},
    ),
    "one code for two": (
        lambda areas: _named_villages(areas).assign(zone=areas["EMD_CD"], EMD_CD="1"),
        {"code_column": "EMD_CD"},
        "name another column with --code-column.",
        _same,
        {"code_column": "zone"},
    ),
    "codes with odd signs": (
        lambda areas: _named_villages(areas).assign(
            zone=areas["EMD_CD"], EMD_CD="#" + areas["EMD_CD"]
        ),
        {"code_column": "EMD_CD"},
        "name another column with --code-column.",
        _same,
        {"code_column": "zone"},
    ),
    "codes of other places": (
        lambda areas: _named_villages(areas).assign(
            zone=areas["EMD_CD"], EMD_CD=areas["EMD_CD"].to_numpy()[::-1]
        ),
        {"code_column": "EMD_CD"},
        "name another column with --code-column.",
        _same,
        {"code_column": "zone"},
    ),
    "the code of a district": (
        lambda areas: _named_villages(areas).assign(
            zone=areas["EMD_CD"], EMD_CD=areas["EMD_CD"].replace(GASAN, "11545")
        ),
        {"code_column": "EMD_CD"},
        "name another column with --code-column.",
        _same,
        {"code_column": "zone"},
    ),
    "names of other places": (
        lambda areas: _exchanged("EMD_NM")(areas.assign(right=areas["EMD_NM"])),
        {"name_column": "EMD_NM"},
        "correct the names, or name another column with --name-column.",
        _same,
        {"name_column": "right"},
    ),
    "codes of other names": (
        lambda areas: _exchanged("zone")(areas.assign(zone=areas["EMD_CD"])),
        {"code_column": "zone"},
        "name other columns with --code-column and --name-column.",
        _same,
        {"code_column": "EMD_CD"},
    ),
    "names that stand twice, without codes": (
        lambda areas: _renamed(GASAN, EMD_NM="독산동")(areas).drop(columns="EMD_CD"),
        {},
        "or give each area a name of its own.",
        lambda areas: areas.assign(
            EMD_NM=areas["EMD_NM"]
            + areas.groupby(["SGG_NM", "EMD_NM"]).cumcount().astype("str")
            + "동"
        ),
        {},
    ),
    "names that stand twice, codes": (
        lambda areas: (
            _named_villages(areas)
            .assign(zone="z" + areas["EMD_CD"])
            .pipe(_renamed(GASAN, EMD_NM="마을11545102동"))
            .drop(columns="EMD_CD")
        ),
        {},
        "name a column of codes with --code-column",
        _same,
        {"code_column": "zone"},
    ),
    "one name for two": (
        lambda areas: _in_parts(areas).assign(
            EMD_CD=lambda more: more["EMD_CD"].mask(more["EMD_CD"].duplicated(), "11545199")
        ),
        {},
        "가산동 or 가산동 would have the same code, 11545101: correct the names.",
        _renamed("11545199", EMD_NM="가산동동"),
        {},
    ),
    "no coordinate system": (
        unplaced_in,
        {},
        "give --crs EPSG:5179 if that is what the file is in.",
        _same,
        {"crs": "EPSG:5179"},
    ),
    "an unknown coordinate system": (
        _same,
        {"crs": "EPSG:99999"},
        "write it as EPSG:5179",
        _same,
        {"crs": "EPSG:5179"},
    ),
    "an unusual coordinate system": (
        lambda areas: unplaced_in(areas.to_crs(32651)),
        {},
        "ask where the file is from, and give its system with --crs.",
        _same,
        {"crs": "EPSG:32651"},
    ),
    "a row without a polygon": (
        lambda areas: drawn(areas, GASAN, None),
        {},
        "draw it, or leave out the row.",
        _without(GASAN),
        {},
    ),
    "two rows of one polygon": (
        lambda areas: again(areas, GASAN, EMD_CD="11545199", EMD_NM="나산동"),
        {},
        "keep the right one.",
        _without("11545199"),
        {},
    ),
    "overlapping areas": (
        lambda areas: again(areas, GASAN, EMD_CD="11545199", EMD_NM="나산동").pipe(
            lambda more: drawn(more, "11545199", shape_of(more, GASAN).buffer(-200))
        ),
        {},
        "or leave one out.",
        _without("11545199"),
        {},
    ),
    "a part of a district": (
        _without("11545103"),
        {},
        "draw all of a district, or leave out its areas.",
        lambda areas: areas[areas["SGG_NM"] != "금천구"],
        {},
    ),
}
"""What is wrong, the sentence's remedy, and what a person does who follows it."""


@pytest.mark.parametrize("what", REMEDIES)
def test_a_remedy_leads_to_boundaries(legal: gpd.GeoDataFrame, path: Path, what: str) -> None:
    """Whoever does what a sentence says has boundaries, not the next refusal."""
    spoil, options, remedy, mend, then = REMEDIES[what]
    some = legal[legal["SGG_NM"].isin(["금천구", "관악구"])]
    spoilt = spoil(some)
    assert remedy in refused(written(spoilt, path), **options)
    mended = written(mend(spoilt), path.with_name("mended.gpkg"))
    assert read(mended, **then).report.districts >= 1


def test_an_area_in_three_districts_is_to_be_divided(legal: gpd.GeoDataFrame, path: Path) -> None:
    """No column could say in which it is; divided, or left out, the others are read."""
    some = legal[legal["SGG_NM"].isin(["동대문구", "중랑구", "성북구"])]
    among = some["EMD_NM"].isin(["이문동", "중화동", "석관동"])
    whole = some[among].dissolve().assign(EMD_CD="z1", EMD_NM="한마을동")
    others = some[~among]
    joined = gpd.GeoDataFrame(pd.concat([others, whole], ignore_index=True), crs=CRS)
    sentence = (
        "한마을동 lies in no district by more than half, most of it (34%) in 성북구; divide the "
        "area along the line between districts, or leave it out."
    )
    assert refused(written(joined, path)) == sentence
    assert refused(path, district_column="overlay") == sentence
    assert read(written(some, path.with_name("divided.gpkg"))).report.areas == len(some)
    assert read(written(others, path.with_name("less.gpkg"))).report.areas == len(some) - 3


# ---- where it lies -----------------------------------------------------------------------------


def _swapped(areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    degrees = areas.to_crs(4326)
    turned = shapely.transform(degrees.geometry.to_numpy(), lambda corners: corners[:, ::-1])
    return degrees.set_geometry(gpd.GeoSeries(turned, crs=4326))


USUAL = (
    "None of the usual systems (EPSG:5179, EPSG:5186, EPSG:5181, EPSG:5174, EPSG:2097, EPSG:5178, "
    "EPSG:4326, EPSG:4162, EPSG:32652, EPSG:3857) would put it there: ask where the file is from, "
    "and give its system with --crs."
)


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (
            unplaced_in,
            "ours.gpkg does not say in which coordinate system it is. Read as EPSG:5179 (Korea "
            "2000, Unified CS, metres), it would meet 100.0%: give --crs EPSG:5179 if that is "
            "what the file is in.",
        ),
        (
            lambda areas: unplaced_in(areas.to_crs(5174)),
            "ours.gpkg does not say in which coordinate system it is. Read as EPSG:5174 (Korean "
            "1985, Modified Central Belt on Bessel's ellipsoid, metres), it would meet 100.0%: "
            "give --crs EPSG:5174 if that is what the file is in.",
        ),
        (
            lambda areas: areas.to_crs(5186).set_crs(5181, allow_override=True),
            "ours.gpkg, read as EPSG:5181, covers no district of Seoul by half. Read as EPSG:5186 "
            "(Korea 2000, Central Belt 2010, metres), it would meet 100.0%: give --crs EPSG:5186 "
            "if that is what the file is in.",
        ),
        (
            lambda areas: areas.to_crs(4162).set_crs(4326, allow_override=True),
            "ours.gpkg, read as EPSG:4326, is not where Seoul is: the areas meet 94.0% of the "
            "city's outline (98% is needed), and lie 360 m south-east of it; 18.8 km² of it are "
            "in none of them, 19.0 km² of them are outside. Read as EPSG:4162 (Korean 1985, "
            "degrees on Bessel's ellipsoid, what is left where a file on it was turned into "
            "degrees without its datum), it would meet 100.0%: give --crs EPSG:4162 if that is "
            "what the file is in.",
        ),
        (
            lambda areas: areas.set_geometry(areas.translate(500, 500)),
            "ours.gpkg, read as EPSG:5179, is not where Seoul is: the areas meet 90.6% of the "
            "city's outline (98% is needed), and lie 710 m north-east of it; 29.9 km² of it are "
            f"in none of them, 29.9 km² of them are outside. {USUAL}",
        ),
        (
            lambda areas: areas.set_geometry(areas.translate(300_000, 0)),
            f"ours.gpkg, read as EPSG:5179, covers no district of Seoul by half. {USUAL}",
        ),
        (
            _swapped,
            "ours.gpkg, read as EPSG:4326, covers no district of Seoul by half. "
            "Its two coordinates look swapped: exchange them.",
        ),
        (
            lambda areas: (
                areas[areas["SGG_NM"] == "금천구"].to_crs(4162).set_crs(4326, allow_override=True)
            ),
            "ours.gpkg, read as EPSG:4326, is not where Seoul is: the areas meet 78.9% of the "
            "outline of the 1 district that they cover (85% is needed), and lie 360 m south-east "
            "of it; 1.5 km² of it are in none of them, 1.5 km² of them are outside. Read as "
            "EPSG:4162 (Korean 1985, degrees on Bessel's ellipsoid, what is left where a file on "
            "it was turned into degrees without its datum), it would meet 100.0%: give --crs "
            "EPSG:4162 if that is what the file is in.",
        ),
    ],
)
def test_what_does_not_meet_the_city_is_refused(
    legal: gpd.GeoDataFrame, path: Path, spoil: Spoil, sentence: str
) -> None:
    """How far off it is, and as which system it would do."""
    assert refused(written(spoil(legal), path)) == sentence


def test_the_system_asked_for_is_taken(legal: gpd.GeoDataFrame, path: Path) -> None:
    """It mends what the file says wrongly, exactly."""
    written(legal.to_crs(4162).set_crs(4326, allow_override=True), path)
    own = read(path, crs="EPSG:4162")
    assert own.report.crs == "EPSG:4162"
    assert own.report.outline_met > 0.999
    assert refused(path, crs="EPSG:99999") == (
        "Unknown coordinate system 'EPSG:99999': write it as EPSG:5179; usual for Seoul are "
        "EPSG:5179, EPSG:5186, EPSG:5181, EPSG:5174, EPSG:2097, EPSG:5178, EPSG:4326, EPSG:4162, "
        "EPSG:32652 or EPSG:3857."
    )


def test_a_file_of_one_district_is_completed(
    legal: gpd.GeoDataFrame, seoul: Boundaries, path: Path
) -> None:
    """The others keep their legal neighbourhoods; the report says so."""
    own = read(written(legal[legal["SGG_NM"] == "금천구"], path))
    assert str(own.report).splitlines()[:2] == [
        "ours.gpkg: 3 areas in 1 district, legal neighbourhoods, read as EPSG:5179; "
        "they meet 100.0% of the outline.",
        "  Completed with the legal neighbourhoods of 24 districts, less what the areas here "
        "cover of them: 464 areas.",
    ]
    assert own.boundaries.neighbourhoods["code"].tolist() == seoul.neighbourhoods["code"].tolist()


# ---- what is mended, what is refused -----------------------------------------------------------


def _tied(areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Gasan-dong's ring with a loop of 30 m in it."""
    ring = shapely.get_coordinates(shape_of(areas, GASAN))
    loop = ring[5] + [[30, 0], [0, 30], [30, 30]]
    return drawn(areas, GASAN, shapely.Polygon(np.vstack([ring[:6], loop, ring[5:]])))


def _in_parts(areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Gasan-dong in a row for its west and one for its east."""
    shape = shape_of(areas, GASAN)
    west, south, east, north = shape.bounds
    middle = (west + east) / 2
    halves = [
        shape.intersection(shapely.box(*bounds))
        for bounds in ((west, south, middle, north), (middle, south, east, north))
    ]
    one = again(drawn(areas, GASAN, halves[0]), GASAN)
    return one.set_geometry(
        gpd.GeoSeries([*one.geometry[:-1], halves[1]], index=one.index, crs=CRS)
    )


@pytest.mark.parametrize(
    ("spoil", "finding"),
    [
        (
            lambda areas: areas.set_geometry(
                gpd.GeoSeries(shapely.force_3d(areas.geometry.to_numpy(), 5.0), crs=CRS)
            ),
            Finding(
                "flattened",
                467,
                None,
                (),
                "Heights or measures dropped: 467 areas "
                "(청운동, 신교동, 궁정동, 효자동, 창성동 and 462 more).",
            ),
        ),
        (
            _tied,
            Finding(
                "repaired",
                1,
                None,
                ("가산동",),
                "Broken rings made valid (ring self-intersection): 1 area (가산동).",
            ),
        ),
        (
            lambda areas: again(areas, GASAN),
            Finding(
                "repeated",
                1,
                None,
                ("가산동",),
                "Kept once, having stood there again: 1 area (가산동).",
            ),
        ),
        (
            _in_parts,
            Finding(
                "dissolved", 1, None, ("가산동",), "Parts under one code joined: 1 area (가산동)."
            ),
        ),
        (
            lambda areas: drawn(areas, GASAN, shape_of(areas, GASAN).buffer(20)),
            Finding(
                "overlaps",
                3,
                98_035,
                ("가산동/독산동", "가리봉동/가산동", "구로동/가산동"),
                "Overlaps given to one of the two: 3 overlaps, 98,035 m² "
                "(가산동/독산동, 가리봉동/가산동, 구로동/가산동).",
            ),
        ),
        (
            lambda areas: drawn(
                areas,
                GASAN,
                shape_of(areas, GASAN).difference(
                    shapely.point_on_surface(shape_of(areas, GASAN)).buffer(10, 1)
                ),
            ),
            Finding(
                "gaps",
                1,
                200,
                ("가산동",),
                "Gaps closed by the areas beside: 1 gap, 200 m² (가산동).",
            ),
        ),
        (
            lambda areas: areas[areas["EMD_CD"] != GASAN],
            Finding(
                "uncovered",
                1,
                2_444_039,
                ("금천구",),
                "In no area, where the outlines differ: 2.44 km² (금천구); groups there are "
                "placed in their district only.",
            ),
        ),
        (
            lambda areas: areas.assign(EMD_NM=areas["EMD_NM"].replace("가산동", "가산마을동")),
            Finding(
                "unknown",
                1,
                None,
                ("가산마을동",),
                "Named as none of the legal neighbourhoods: 1 area (가산마을동).",
            ),
        ),
    ],
)
def test_what_is_mended_is_told(
    legal: gpd.GeoDataFrame, path: Path, spoil: Spoil, finding: Finding
) -> None:
    """Counted, measured and named; what comes out is a coverage of the same city."""
    own = read(written(spoil(legal), path))
    told = own.report.findings[0]
    if finding.what == "flattened":
        finding = replace(finding, areas=tuple(legal["EMD_NM"]))
    assert told == finding
    assert str(own.report) == "\n".join(
        [
            f"{LEGAL.format(own.report.areas)}they meet {own.report.outline_met:.1%} "
            "of the outline.",
            *(f"  {each}" for each in own.report.findings),
        ]
    )
    assert boundaries.check(own.boundaries) is own.boundaries


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (
            lambda areas: drawn(areas, GASAN, None),
            "Row 373 (가산동) has no polygon: draw it, or leave out the row.",
        ),
        (
            lambda areas: drawn(areas, GASAN, shapely.Polygon()),
            "Row 373 (가산동) has no polygon: draw it, or leave out the row.",
        ),
        (
            lambda areas: drawn(areas, GASAN, shape_of(areas, GASAN).centroid),
            "Row 373 (가산동) is no polygon: draw areas, or leave out the row.",
        ),
        (
            lambda areas: drawn(areas, GASAN, shapely.Polygon([(0, 0), (1, np.inf), (1, 1)])),
            "Row 373 (가산동) has corners that are no numbers: draw it again.",
        ),
        (
            lambda areas: drawn(areas, GASAN, shapely.Polygon([(0, 0), (1, 0), (0, 0)])),
            "Row 373 (가산동) has no area: draw it, or leave out the row.",
        ),
        (
            lambda areas: again(areas, GASAN, EMD_CD="11545199", EMD_NM="나산동"),
            "Rows 373 (가산동), 468 (나산동) have the same polygon and different codes or names: "
            "keep the right one.",
        ),
        (
            lambda areas: again(areas, GASAN, geometry=shape_of(areas, GASAN).buffer(-50)),
            "Code 11545101 (가산동) has polygons that overlap, in rows 373 and 468: keep the "
            "right one.",
        ),
        (
            lambda areas: again(
                areas, DOKSAN, EMD_CD=GASAN, geometry=shape_of(areas, DOKSAN).buffer(-50)
            ),
            "Code 11545101 stands for 가산동 or 독산동: a code names one area; name another "
            "column with --code-column.",
        ),
        (
            lambda areas: drawn(
                areas, GASAN, shape_of(areas, GASAN) | shape_of(areas, DOKSAN).buffer(-500)
            ),
            "가산동 and 독산동 overlap by 15% of the smaller one; cleaning decides up to 10%: "
            "correct the lines, or leave one out.",
        ),
        (
            lambda areas: areas[areas["EMD_CD"] != "11560110"],
            "There is a hole of 8.53 km² beside 청암동, 원효로4가, 이촌동, 용강동, 토정동 and 13 "
            "more, wider than the 300 m that cleaning closes: draw the area that is missing.",
        ),
    ],
)
def test_what_cannot_be_mended_is_refused(
    legal: gpd.GeoDataFrame, path: Path, spoil: Spoil, sentence: str
) -> None:
    """With the row or the name, and what to do."""
    assert refused(written(spoil(legal), path)) == sentence


def test_fifty_megabytes_are_thinned(seoul: Boundaries, tmp_path: Path) -> None:
    """A million corners on the same lines make the same map, of 48 MB or of 1 MB."""
    areas = seoul.neighbourhoods[["code", "name_ko", "geometry"]]
    dense = shapely.segmentize(areas.geometry.to_numpy(), 2.0)
    path = written(
        areas.set_geometry(gpd.GeoSeries(dense, crs=CRS)).to_crs(4326), tmp_path / "dense.geojson"
    )
    assert path.stat().st_size > 45_000_000
    own = read(path)
    assert [finding.what for finding in own.report.findings] == ["thinned"]
    assert own.report.findings[0].words == (
        "Corners left out that make less than 0.25 m of difference: "
        f"{own.report.findings[0].count:,} of 1,072,210."
    )
    built = own.boundaries.neighbourhoods
    assert shapely.get_num_coordinates(built.geometry.to_numpy()).sum() < 70_000
    assert built["area_km2"].to_numpy() == pytest.approx(areas.area.to_numpy() / 1e6, rel=0.01)


def test_files_that_are_no_maps_are_refused(
    legal: gpd.GeoDataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another kind, not there, cut short, without a part, or too large."""
    table = tmp_path / "table.csv"
    table.write_text("code\n", encoding="utf-8")
    assert refused(table) == (
        f"{table} is no file of boundaries: give .gpkg, .geojson, .topojson, .json, .shp or .zip."
    )
    missing = tmp_path / "missing.shp"
    assert refused(missing) == f"There is no file {missing}: name one that is there."
    unreadable = (
        "{} cannot be read: it is cut short, or not what its ending says; a shapefile needs "
        ".shp, .shx and .dbf side by side. Export it again."
    )
    for name in ("ours.gpkg", "ours.geojson", "ours.shp", "ours.zip"):
        path = tmp_path / name
        if name != "ours.zip":
            written(legal, path)
            path.write_bytes(path.read_bytes()[: 90 if name == "ours.shp" else 5000])
        else:
            path.write_bytes(b"PK")
        assert refused(path) == unreadable.format(name)
    with zipfile.ZipFile(tmp_path / "none.zip", "w") as archive:
        archive.write(table, "table.csv")
    assert refused(tmp_path / "none.zip") == (
        "none.zip holds 0 shapefiles: give one with exactly one."
    )
    monkeypatch.setattr(source, "LARGEST_FILE", 1_000)
    size = written(legal, tmp_path / "large.gpkg").stat().st_size
    assert refused(tmp_path / "large.gpkg") == (
        f"large.gpkg has {size:,} bytes, at most 1,000 are read: leave out other regions and "
        "simplify the lines."
    )
    monkeypatch.undo()
    monkeypatch.setattr(source, "MOST_AREAS", 100)
    assert refused(tmp_path / "large.gpkg") == (
        "large.gpkg has 467 rows; a city has 1 to 100 areas: give a layer of neighbourhoods, or "
        "the areas of a few districts."
    )


# ---- the areas of 2013 -------------------------------------------------------------------------


def test_the_areas_of_2013_build(of_2013: OwnBoundaries, seoul: Boundaries) -> None:
    """423 administrative neighbourhoods, their outline that of the legal ones of today."""
    assert str(of_2013.report) == (
        "seoul_submunicipalities.shp: 423 areas in 25 districts, administrative neighbourhoods "
        "as of 2013, read as EPSG:5174; they meet 98.6% of the outline.\n"
        "  Partly in another district: 27 areas (염창동 36%, 반포본동 35%, 구의3동 30%, "
        "가양2동 30%, 도화동 30% and 22 more).\n"
        "  In no area, where the outlines differ: 0.48 km² (중랑구, 강남구, 노원구); groups "
        "there are placed in their district only."
    )
    assert of_2013.manifest["kind"] == "administrative"
    assert (of_2013.manifest["administrative"], of_2013.manifest["administrative_date"]) == (
        "seoul_submunicipalities.shp",
        "2013",
    )
    areas = of_2013.boundaries.neighbourhoods
    assert len(areas) == 423
    assert areas["name_ko"].str.fullmatch(r"[가-힣\d·]+동").all()
    assert set(areas["code"]) <= set(seoul.administrative["code"])
    ours, theirs = (
        shapely.coverage_union_all(each.neighbourhoods.geometry.to_numpy())
        for each in (of_2013.boundaries, seoul)
    )
    assert (ours & theirs).area / (ours | theirs).area > 0.98


def test_the_areas_of_2013_are_not_read_naively(kostat: Path) -> None:
    """Neither as the file says, nor as others turned it into degrees; why, and what would do."""
    assert refused(kostat / "seoul_submunicipalities.shp") == (
        "seoul_submunicipalities.shp, read as Bessel_1841_Transverse_Mercator, is not where "
        "Seoul is: the areas meet 94.0% of the city's outline (98% is needed), and lie 360 m "
        "south-east of it; 18.0 km² of it are in none of them, 19.4 km² of them are outside. "
        "Read as EPSG:5174 (Korean 1985, Modified Central Belt on Bessel's ellipsoid, metres), "
        "it would meet 98.6%: give --crs EPSG:5174 if that is what the file is in."
    )
    assert refused(kostat / "seoul_submunicipalities_geo.json") == (
        "seoul_submunicipalities_geo.json, read as EPSG:4326, is not where Seoul is: the areas "
        "meet 94.1% of the city's outline (98% is needed), and lie 370 m south-east of it; "
        "18.3 km² of it are in none of them, 18.8 km² of them are outside. Read as EPSG:4162 "
        "(Korean 1985, degrees on Bessel's ellipsoid, what is left where a file on it was turned "
        "into degrees without its datum), it would meet 98.2%: give --crs EPSG:4162 if that is "
        "what the file is in."
    )


def totals(atlas: Atlas, level: str) -> list[int]:
    """Groups by year that have an area of a level, and those that have none, together."""
    areas = atlas.neighbourhoods if level == "neighbourhood" else atlas.administrative
    groups = atlas.groups
    present = presence(groups, atlas.applications, atlas.years)
    placed = count_by_area(present, groups[f"{level}_code"], areas["code"].tolist()).sum()
    nowhere = ~groups[f"{level}_code"].isin(areas["code"]).to_numpy()
    assert placed.to_numpy().min() > 0
    return [int(each) for each in placed + present[nowhere].sum()]


def test_the_city_is_the_same_by_the_areas_of_2013_and_of_today(
    of_2013: OwnBoundaries, seoul: Boundaries, sample: Atlas, tmp_path: Path
) -> None:
    """Placed and unplaced groups are all groups, in every year: 1,189 in 2012, 5,200 by 2017."""
    given = {name: getattr(sample, name) for name in GIVEN}
    places = {
        "today": (given, seoul, boundaries_of_today()),
        "as administrative": (*for_boundaries(given, of_2013, seoul)[:2], of_2013),
        "as neighbourhoods": (*for_boundaries(given, as_own(of_2013), seoul)[:2], as_own(of_2013)),
    }
    found = {}
    for name, (tables, areas, own) in places.items():
        atlas = publish(
            tables,
            tmp_path / name,
            areas,
            name="ours",
            made_from="sample",
            provenance=Provenance.SIMULATED,
            boundaries_from=own.manifest,
        )
        found[name] = totals(atlas, "neighbourhood")
        if name == "as administrative":
            found[f"{name} at their level"] = totals(atlas, "administrative")
            assert atlas.administrative.geometry.notna().sum() == 423
            assert atlas.groups["administrative_code"].notna().sum() > 4_500
    assert found == dict.fromkeys(found, found["today"])
    assert (found["today"][0], found["today"][-1]) == (1_189, 5_200)


def as_own(areas: OwnBoundaries) -> OwnBoundaries:
    """The same areas in the place of the legal neighbourhoods."""
    return replace(areas, report=replace(areas.report, kind="own"))


def boundaries_of_today() -> OwnBoundaries:
    return boundary_files.load(boundaries.DATA)


# ---- publishing --------------------------------------------------------------------------------


def test_tables_are_joined_anew(
    tables: Tables, zones: gpd.GeoDataFrame, seoul: Boundaries, path: Path, tmp_path: Path
) -> None:
    """A point finds its new area; without one, a lost neighbourhood leaves the district."""
    own = read(written(zones, path), code_column="zone_id")
    tables["people"] = pd.DataFrame(
        {"person_id": ["p1"], "district_code": ["11545"], "neighbourhood_code": [GASAN]}
    )
    joined, areas, told = for_boundaries(tables, own, seoul)
    assert told == (
        "Without a point and in a neighbourhood that is not there any more, now known to their "
        "district only: 1 group (b).\nNow known to their district only: 1 person."
    )
    atlas = publish(joined, tmp_path / "atlas", areas, name="ours", made_from="t")
    groups = atlas.groups.set_index("group_id")
    assert groups["precision"].to_dict() == {"a": "point", "b": "district", "c": "district"}
    market = areas.neighbourhoods.set_index("code").loc[groups["neighbourhood_code"]["a"]]
    assert market["district_code"] == "11305"
    assert market.geometry.covers(groups.geometry["a"])
    assert groups["neighbourhood_code"][["b", "c"]].isna().all()
    back, found = join_anew(
        {name: getattr(atlas, name) for name in GIVEN},
        seoul,
        Boundaries(atlas.districts, atlas.neighbourhoods),
    )
    assert found == Joined()
    again = publish(back, tmp_path / "back", seoul, name="ours", made_from="t").groups
    assert again["neighbourhood_code"].fillna("-").tolist() == ["11305103", "-", "-"]


def test_points_beside_a_line_that_moved_go_with_it(
    tables: Tables, legal: gpd.GeoDataFrame, seoul: Boundaries, path: Path
) -> None:
    """Into the next district, or out of the city; a point that was wrong before stays a fault."""
    gasan, garibong = shape_of(legal, GASAN), shape_of(legal, "11530103")
    strip = garibong.buffer(60) & gasan
    moved = drawn(drawn(legal, GASAN, gasan - strip), "11530103", garibong | strip)
    inside = shapely.point_on_surface(strip)
    edge = shapely.coverage_union_all(legal.geometry.to_numpy())
    cut = moved.set_geometry(moved.intersection(edge.buffer(-40)))
    own = read(
        written(
            cut.assign(EMD_NM="마을" + moved["EMD_CD"] + "동", EMD_CD="z" + moved["EMD_CD"]), path
        ),
        code_column="EMD_CD",
    )
    rim = shapely.coverage_union_all(seoul.districts.geometry.to_numpy()[[17]]) - edge.buffer(-20)
    outside = shapely.point_on_surface(rim & shape_of(legal, GASAN))
    points = {"a": inside, "b": outside, "c": shapely.Point(0, 0)}
    groups = tables["groups"].drop(columns=["longitude", "latitude", "neighbourhood_code"])
    groups["district_code"] = "11545"
    groups["x"] = [f"{points[group].x:.3f}" for group in groups["group_id"]]
    groups["y"] = [f"{points[group].y:.3f}" for group in groups["group_id"]]
    joined, found = join_anew(tables | {"groups": groups}, own.boundaries, seoul)
    assert found == Joined(moved=("a",), outside=("b",))
    assert joined["groups"]["district_code"].tolist() == ["11530", "11545", "11545"]
    assert joined["groups"]["x"].isna().tolist() == [False, True, False]


def _strips(seoul: Boundaries) -> list[shapely.Geometry]:
    """Gasan-dong whole, Doksan-dong in four strips from north to south, Siheung-dong in five."""
    shapes = seoul.neighbourhoods.set_index("code").geometry
    strips = []
    for code, count in (("11545101", 1), ("11545102", 4), ("11545103", 5)):
        west, south, east, north = shapes[code].bounds
        height = (north - south) / count
        strips += [
            shapes[code] & shapely.box(west, north - height * (n + 1), east, north - height * n)
            for n in range(count)
        ]
    return strips


def test_names_of_other_places_are_refused(
    legal: gpd.GeoDataFrame, seoul: Boundaries, path: Path
) -> None:
    """By the lines of legal neighbourhoods, and of those that an administrative one holds."""
    rows = legal.index[legal["SGG_NM"] == "금천구"]
    turned = legal.copy()
    turned.loc[rows, ["EMD_CD", "EMD_NM"]] = legal.loc[
        rows[[1, 2, 0]], ["EMD_CD", "EMD_NM"]
    ].to_numpy()
    assert refused(written(turned, path)) == (
        "독산동, 시흥동, 가산동 is not where the legal neighbourhood of that name is, by more than "
        "half: correct the names, or name another column with --name-column."
    )
    names = [*(f"독산{n}동" for n in range(1, 5)), *(f"시흥{n}동" for n in range(1, 6)), "가산동"]
    strips = gpd.GeoDataFrame({"동": names}, geometry=_strips(seoul), crs=CRS)
    assert refused(written(strips, path)).startswith("독산1동, 시흥1동, 가산동 is not where the ")


def test_codes_of_other_names_are_refused(legal: gpd.GeoDataFrame, path: Path) -> None:
    """A column that slipped by a row."""
    slipped = legal.assign(EMD_CD=legal["EMD_CD"].to_numpy()[[-1, *range(len(legal) - 1)]])
    first = slipped.iloc[0]
    assert refused(written(slipped, path)) == (
        f"{first['EMD_NM']} has the code {first['EMD_CD']}, which is that of "
        f"{legal['EMD_NM'].iloc[-1]}, and 466 more areas likewise: correct one of them, or name "
        "other columns with --code-column and --name-column."
    )


def test_a_stray_area_does_not_stand_for_its_district(zones: gpd.GeoDataFrame, path: Path) -> None:
    """All of Geumcheon-gu and one area of Jongno-gu."""
    some = zones[
        (zones["gu"] == "금천구") | (zones.index == zones.index[zones["gu"] == "종로구"][0])
    ]
    said = refused(written(some, path))
    assert re.fullmatch(
        r"The areas cover only a part of 종로구 \d+%; 75% are needed: draw all of a district, or "
        r"leave out its areas\.",
        said,
    )


def test_a_file_is_what_its_ending_says(legal: gpd.GeoDataFrame, tmp_path: Path) -> None:
    """A file that sends GDAL elsewhere under the ending of a map is not followed."""
    target = written(legal, tmp_path / "real.gpkg")
    sender = tmp_path / "ours.geojson"
    sender.write_text(
        f"<OGRVRTDataSource><OGRVRTLayer name='real'><SrcDataSource>{target}</SrcDataSource>"
        "</OGRVRTLayer></OGRVRTDataSource>",
        encoding="utf-8",
    )
    assert refused(sender) == (
        "ours.geojson cannot be read: it is cut short, or not what its ending says; a shapefile "
        "needs .shp, .shx and .dbf side by side. Export it again."
    )


def test_administrative_neighbourhoods_are_known_by_their_names(
    tables: Tables, seoul: Boundaries, path: Path, tmp_path: Path
) -> None:
    """Geumcheon-gu's three, two of them in strips, are its ten; points fall into them."""
    names = ["가산동", *(f"독산{n}동" for n in range(1, 5)), *(f"시흥제{n}동" for n in range(1, 6))]
    strips = _strips(seoul)
    own = read(written(gpd.GeoDataFrame({"동": names}, geometry=strips, crs=CRS), path))
    assert str(own.report).splitlines()[0] == (
        "ours.gpkg: 10 areas in 1 district, administrative neighbourhoods as of 2022, read as "
        "EPSG:5179; they meet 100.0% of the outline."
    )
    point = shapely.point_on_surface(strips[1])
    groups = tables["groups"].drop(columns=["longitude", "latitude"])
    groups["x"], groups["y"] = ["", f"{point.x}", ""], ["", f"{point.y}", ""]
    groups["neighbourhood_code"] = ""
    joined, areas, told = for_boundaries(tables | {"groups": groups}, own, seoul)
    assert told == "Groups in an administrative neighbourhood by their point: 1."
    atlas = publish(
        joined,
        tmp_path / "atlas",
        areas,
        name="ours",
        made_from="t",
        boundaries_from=own.manifest,
    )
    drawn_units = atlas.administrative.dropna(subset="geometry").set_index("code")
    assert drawn_units["district_code"].unique().tolist() == ["11545"]
    assert drawn_units["area_km2"].sum() == pytest.approx(
        sum(strip.area for strip in strips) / 1e6, rel=0.001
    )
    code = atlas.groups.set_index("group_id")["administrative_code"]["b"]
    assert drawn_units["name_ko"][code] == "독산1동"
    recorded = joined["groups"].assign(administrative_code=["", "시흥5동", ""])
    _, told = administrative_by_point({**tables, "groups": recorded}, areas)
    assert told == ("Groups in an administrative neighbourhood by their point: 1.")
    recorded["administrative_code"] = ["", drawn_units.index[-1], ""]
    moved, told = administrative_by_point({**tables, "groups": recorded}, areas)
    assert moved["groups"]["administrative_code"][1] == code
    assert told == (
        "Groups in an administrative neighbourhood by their point: 1.\n"
        "In another one than was recorded: 1 group (b)."
    )
    assert atlas.manifest.boundaries == {
        "source": boundaries.SOURCE,
        "source_ko": boundaries.SOURCE_KO,
        "date": boundaries.SOURCE_DATE,
        "kind": "administrative",
        "administrative": "ours.gpkg",
        "administrative_date": "2022",
    }


# ---- the command line --------------------------------------------------------------------------


def test_a_folder_is_built_and_published_with(
    tables: Tables,
    zones: gpd.GeoDataFrame,
    path: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The report is printed and kept; file and folder make the same snapshot, which says whence."""
    written(zones, path)
    built = tmp_path / "built"
    assert main(["boundaries", "--from", str(path), "--out", str(built), "--code", "zone_id"]) == 0
    assert capsys.readouterr().out == (
        "ours.gpkg: 240 areas in 25 districts, areas of their own kind, read as EPSG:5179; "
        "they meet 100.0% of the outline.\n"
        f"Publish with them: python -m geo publish … --boundaries {built}\n"
    )
    assert sorted(file.name for file in built.iterdir()) == [
        "boundaries.json",
        "districts.parquet",
        "districts_simple.parquet",
        "neighbourhoods.parquet",
        "neighbourhoods_simple.parquet",
    ]
    report = json.loads((built / "boundaries.json").read_text(encoding="utf-8"))
    assert {name: report[name] for name in ("source", "kind", "areas", "crs")} == {
        "source": "ours.gpkg",
        "kind": "own",
        "areas": 240,
        "crs": "EPSG:5179",
    }
    ours = tmp_path / "tables"
    ours.mkdir()
    for name, table in tables.items():
        table.to_csv(ours / f"{name}.csv", index=False)
    hashes = set()
    for given, options in ((built, []), (path, ["--code-column", "zone_id"])):
        out = tmp_path / f"atlas of {given.name}"
        arguments = [str(ours), "--out", str(out), "--boundaries", str(given), *options]
        assert main(["publish", *arguments]) == 0
        assert capsys.readouterr().out.startswith(
            "Without a point and in a neighbourhood that is not there any more, now known to "
            "their district only: 1 group (b).\nPublished "
        )
        atlas = Atlas.open(out)
        assert atlas.manifest.boundaries == {
            "source": "ours.gpkg",
            "date": "",
            "kind": "own",
        }
        hashes.add(atlas.manifest.content_hash)
    assert len(hashes) == 1


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ["boundaries", "--from", "ours.gpkg"],
            "Boundaries of one's own need a folder of their own: give --out DIR.\n",
        ),
        (
            ["boundaries", "--from", "ours.gpkg", "--out", "data/seoul"],
            "data/seoul holds the legal boundaries: name another folder.\n",
        ),
        (["boundaries", "--crs", "EPSG:5174"], "Leave out --crs, or give --from FILE.\n"),
    ],
)
def test_options_that_make_no_sense_are_refused(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is written, least of all over the committed boundaries."""
    assert main(arguments) == 2
    assert capsys.readouterr().err == sentence


def test_a_folder_whose_report_is_broken_is_refused(seoul: Boundaries, tmp_path: Path) -> None:
    """One without a report was left half written; only the committed ones need none."""
    boundaries.write(seoul, tmp_path)
    assert boundary_files.load(boundaries.DATA).report.kind == "legal"
    with pytest.raises(BadBoundaries) as error:
        boundary_files.load(tmp_path)
    assert str(error.value) == (
        f"{tmp_path} is no folder of boundaries, or one half written: "
        f"`python -m geo boundaries --from FILE --out {tmp_path}` builds it."
    )
    (tmp_path / "boundaries.json").write_text("{}", encoding="utf-8")
    with pytest.raises(BadBoundaries) as error:
        boundary_files.load(tmp_path)
    assert str(error.value) == (
        f"{tmp_path / 'boundaries.json'} is no report of boundaries: build the folder again."
    )
