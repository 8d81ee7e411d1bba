"""Files of every format and encoding come out as the same cells, or say why not."""

from __future__ import annotations

import zipfile
from datetime import date
from pathlib import Path

import geopandas as gpd
import pytest
import shapely
import xlsxwriter

from geo.errors import BadFile
from geo.intake import sheets
from geo.intake.sheets import POINT, Sheet, read
from tests.geo.intake.conftest import BUREAU, DATA, SEED

CELLS = [["자치구", "동", "모임명"], ["금천구", "가산동", "빵, 굽는 날"], ["마포구", "", "책방"]]


def text(sign: str = ",") -> str:
    return "".join(
        sign.join(f'"{cell}"' if sign in cell else cell for cell in row) + "\n" for row in CELLS
    )


@pytest.mark.parametrize("sign", [",", "\t", ";", "|"])
@pytest.mark.parametrize(
    ("encoding", "told"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8 with BOM"),
        ("cp949", "CP949"),
        ("euc-kr", "CP949"),
        ("utf-16", "UTF-16"),
        ("utf-16-le", "UTF-16-LE"),
        ("utf-16-be", "UTF-16-BE"),
    ],
)
def test_text_is_read_in_any_encoding(encoding: str, told: str, sign: str, tmp_path: Path) -> None:
    """Three lines are enough to tell it; no letter is lost."""
    path = tmp_path / "결과.csv"
    path.write_bytes(text(sign).encode(encoding))
    source = read(path)
    assert (source.format, source.encoding) == ("text", told)
    assert source.sheets == (Sheet("", CELLS),)


def test_a_workbook_keeps_its_rows_and_types(tmp_path: Path) -> None:
    """Numbers in digits, days as days, formulas by their value; rows as in the file."""
    path = tmp_path / "one.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("첫째")
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.write_row("B3", [1600, 0.5, True, "  글 "])
    sheet.write_datetime("B4", date(2012, 6, 14), day)  # type: ignore[arg-type]
    sheet.write_formula("C4", "=1+1", None, 2)
    sheet.merge_range("B5:B6", "금천구")
    book.add_worksheet("빈 시트")
    book.close()
    source = read(path)
    assert [sheet.name for sheet in source.sheets] == ["첫째", "빈 시트"]
    first = source.sheets[0]
    assert first.cells == [
        ["", "", "", "", ""],
        ["", "", "", "", ""],
        ["", "1600", "0.5", "TRUE", "글"],
        ["", "2012-06-14", "2", "", ""],
        ["", "금천구", "", "", ""],
    ]
    assert (first.merges, first.tells_merges, first.first_row) == (((4, 1, 5, 1),), True, 1)


@pytest.mark.parametrize(
    ("name", "merges"), [("merged.xls", ((3, 0, 4, 0), (0, 0, 0, 3))), ("merged.ods", ())]
)
def test_older_and_open_formats_are_read(name: str, merges: object) -> None:
    """XLS tells its merged cells, ODS does not."""
    sheet = read(DATA / name).sheets[0]
    assert sheet.cells[3][:3] == (
        ["금천구", "가산동", "빵 굽는 날"]
        if name.endswith("xls")
        else ["", "독산1동", "책읽는 골목"]
    )
    assert (sheet.name, sheet.merges) == ("결과", merges)


@pytest.mark.parametrize(
    ("name", "crs"),
    [("a.gpkg", 4326), ("a.geojson", 4326), ("a.shp", 5174), ("a.zip", 5174)],
)
def test_maps_are_tables_with_a_point(name: str, crs: int, tmp_path: Path) -> None:
    """Attributes as text, the point in the last columns, features counted from 1."""
    frame = gpd.GeoDataFrame(
        {"모임명": ["빵 굽는 날", "책방"], "n": [1.0, 2.5]},
        geometry=[shapely.Point(126.88, 37.47), shapely.box(126.8, 37.4, 127, 37.6)],
        crs=4326,
    ).to_crs(crs)
    if crs == 5174:
        frame.geometry = frame.geometry.centroid
        frame.to_file(tmp_path / "a.shp", encoding="CP949")
        (tmp_path / "a.cpg").unlink()
        with zipfile.ZipFile(tmp_path / "a.zip", "w") as packed:
            for ending in ("shp", "shx", "dbf", "prj"):
                packed.write(tmp_path / f"a.{ending}", f"a.{ending}")
    else:
        frame.to_file(tmp_path / name)
    sheet = read(tmp_path / name).sheets[0]
    assert (sheet.crs, sheet.first_row) == (f"EPSG:{crs}", 0)
    assert sheet.cells[0] == ["모임명", "n", *POINT]
    assert [row[:2] for row in sheet.cells[1:]] == [["빵 굽는 날", "1"], ["책방", "2.5"]]
    point = frame.geometry.iloc[0]
    assert [float(cell) for cell in sheet.cells[1][2:]] == pytest.approx([point.x, point.y])


def test_the_samples_are_what_they_are() -> None:
    """Format, encoding and content of the two spreadsheets."""
    seed, bureau = read(SEED), read(BUREAU)
    assert (seed.format, bureau.encoding, len(seed.sha256)) == ("XLSX", "CP949", 64)
    assert [len(source.sheets[0].cells) for source in (seed, bureau)] == [61, 57]


def refused(path: Path) -> str:
    with pytest.raises(BadFile) as error:
        read(path)
    return str(error.value)


def test_what_is_no_table_is_refused_with_a_reason(tmp_path: Path) -> None:
    """Missing, empty, a folder, a web page, a picture."""
    path = tmp_path / "a.xls"
    assert refused(path) == f"There is no file {path}: correct the path."
    assert refused(tmp_path) == f"There is no file {tmp_path}: correct the path."
    path.write_bytes(b" \n")
    assert refused(path) == "a.xls is empty: there is nothing to read."
    path.write_text("<html><table><tr><td>1</td></tr></table></html>")
    assert refused(path) == (
        "a.xls is a web page, whatever its ending says: open it in a spreadsheet program and "
        "save it as XLSX."
    )
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    assert refused(path) == (
        "a.xls is no table, or in an unknown encoding: save it as XLSX, XLS, ODS, CSV, TSV, "
        "GeoJSON, GeoPackage or shapefile, text as UTF-8."
    )


def test_what_is_too_large_is_refused_before_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By its bytes, by what it unpacks to, by its columns."""
    path = tmp_path / "wide.csv"
    path.write_text(",".join(["동"] * 10_000) + "\n")
    assert refused(path) == (
        "wide.csv has 1 rows of 10,000 columns; at most 500 columns and 20,000,000 cells are "
        "read: delete what is no part of the table."
    )
    book = xlsxwriter.Workbook(str(tmp_path / "wide.xlsx"))
    book.add_worksheet("넓음").write(0, 9_999, "동")
    book.close()
    assert refused(tmp_path / "wide.xlsx") == (
        "wide.xlsx, sheet 넓음, has 1 rows of 10,000 columns; at most 500 columns and 20,000,000 "
        "cells are read: delete what is no part of the table."
    )
    monkeypatch.setattr(sheets, "LARGEST_UNPACKED", 1_000)
    assert refused(SEED).startswith("2013_seed_results.xlsx would unpack to ")
    monkeypatch.setattr(sheets, "LARGEST_FILE", 1_000)
    assert refused(SEED) == (
        "2013_seed_results.xlsx has 8,578 bytes, at most 1,000 are read: split it."
    )


def test_a_cell_at_the_end_of_the_sheet_takes_no_memory_here(tmp_path: Path) -> None:
    """The reader of workbooks would reserve 550 GB; its process ends, this one does not."""
    path = tmp_path / "far.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    sheet.write(0, 0, "동")
    sheet.write(1_048_575, 16_383, "끝")
    book.close()
    assert refused(path) == (
        "far.xlsx takes more memory than there is, or is broken: delete what stands far from its "
        "table, or save the table alone as CSV."
    )
