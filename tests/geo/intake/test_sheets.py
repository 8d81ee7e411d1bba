"""Files of every format and encoding come out as the same cells, or say why not."""

from __future__ import annotations

import unicodedata
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import geopandas as gpd
import pytest
import shapely
import xlsxwriter

from geo.errors import BadFile
from geo.intake import formats, sheets
from geo.intake.sheets import POINT, Sheet, read
from tests.geo.intake.compound import biff5
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


# ---- as they come ------------------------------------------------------------------------------

FORMS = {
    "XLSX": SEED,
    "XLS": DATA / "merged.xls",
    "ODS": DATA / "merged.ods",
    "text": BUREAU,
}


@pytest.mark.parametrize("ending", [".xlsx", ".xls", ".ods", ".csv", ".json", ".zip", ".shp", ""])
@pytest.mark.parametrize("form", FORMS)
def test_a_file_is_known_by_its_content(form: str, ending: str, tmp_path: Path) -> None:
    """Whatever it is called: an XLS called .xlsx, the reverse, a CSV called .xls."""
    right = read(FORMS[form])
    path = tmp_path / f"list{ending}"
    path.write_bytes(FORMS[form].read_bytes())
    assert read(path) == replace(right, file=path.name)
    assert right.format == form


KOREAN = [["자치구", "동", "모임명"], ["금천구", "가산동", "똠방각하"]]
NAMED = ["연도", "단체명", "자치구", "동"]


@pytest.mark.parametrize("page", [1252, 949, 10000, 65001, 0, 1200])
def test_text_of_xls_is_utf_16_whatever_its_code_page_says(page: int, tmp_path: Path) -> None:
    """In BIFF8; its reader would take the number for the encoding of text."""
    content = (DATA / "codepage1252.xls").read_bytes()
    named = content.replace(b"\x42\0\x02\0\xe4\x04", b"\x42\0\x02\0" + page.to_bytes(2, "little"))
    assert named != content or page == 1252
    path = tmp_path / "list.xls"
    path.write_bytes(named)
    sheet = read(path).sheets[0]
    assert (sheet.name, sheet.cells[0]) == ("신청", NAMED)
    assert sheet.cells[1:] == [
        ["2016", "가모임", "금천구", "독산동"],
        ["2016", "나모임", "마포구", "성산동"],
    ]


@pytest.mark.parametrize(
    ("page", "encoding", "cells"),
    [
        (949, "cp949", KOREAN),
        (1252, "cp949", KOREAN),
        (10000, "cp949", [["가", "\u00b7나"]]),
        (1361, "johab", [["가산동", "똠방각하"]]),
        (932, "cp932", [["東京", "大阪"]]),
        (1252, "cp1252", [["Café", "Orléans"], ["Ville", "Nîmes"]]),
    ],
)
def test_text_of_excel_5_is_in_its_code_page(
    page: int, encoding: str, cells: list[list[str]], tmp_path: Path
) -> None:
    """Korean too where a Western one is named, as programs of the web did."""
    path = tmp_path / "old.xls"
    path.write_bytes(biff5(cells, page, encoding, name="Feuil1"))
    sheet = read(path).sheets[0]
    assert (sheet.name, sheet.cells) == ("Feuil1", cells)


UNSEEN = "\ufeff\u200b{}\u2060\u00ad\ufeff"
SEEN = [["단체명", "심사 결과"], ["가 모임", "선정"], ["😀👨\u200d👩\u200d👧", "1000000"]]


def unseen(cells: list[list[str]]) -> list[list[str]]:
    """The same cells with signs that nobody sees, decomposed, their spaces of another kind."""
    return [
        [UNSEEN.format(unicodedata.normalize("NFD", cell)).replace(" ", "\u00a0") for cell in row]
        for row in cells
    ]


@pytest.mark.parametrize("name", ["a.csv", "a.tsv", "a.xlsx", "a.geojson"])
def test_signs_that_nobody_sees_are_left_out(name: str, tmp_path: Path) -> None:
    """In headings and cells of every format, and of a text file also before them, twice."""
    path, cells = tmp_path / name, unseen(SEEN)
    if name.endswith("sv"):
        sign = "," if name == "a.csv" else "\t"
        path.write_text("\ufeff\ufeff" + "\n".join(sign.join(row) for row in cells), "utf-8")
    elif name == "a.xlsx":
        book = xlsxwriter.Workbook(str(path))
        sheet = book.add_worksheet(unicodedata.normalize("NFD", "목록"))
        for row, texts in enumerate(cells):
            sheet.write_row(row, 0, texts)
        book.close()
    else:
        rows = [dict(zip(cells[0], row, strict=True)) for row in cells[1:]]
        frame = gpd.GeoDataFrame(rows, geometry=[shapely.Point(127, 37.5)] * 2, crs=4326)
        frame.to_file(path)
    found = read(path).sheets[0]
    assert [row[:2] for row in found.cells] == SEEN
    assert found.name in ("", "목록", "a")


def test_the_name_of_a_file_is_composed(tmp_path: Path) -> None:
    """A Mac takes names apart; the file is the one that others call by the same name."""
    path = tmp_path / unicodedata.normalize("NFD", "신청목록.csv")
    path.write_text(text(), "utf-8")
    assert read(path).file == "신청목록.csv"


def test_a_sheet_of_a_chart_is_an_empty_one(tmp_path: Path) -> None:
    """It has no cells; the others are read."""
    path = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(str(path))
    book.add_worksheet("자료").write_row(0, 0, ["동", "수"])
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": "=자료!$B$1:$B$2"})
    book.add_chartsheet("그림").set_chart(chart)
    book.add_worksheet("더").write(0, 0, "동")
    book.close()
    assert [(sheet.name, sheet.cells) for sheet in read(path).sheets] == [
        ("자료", [["동", "수"]]),
        ("그림", []),
        ("더", [["동"]]),
    ]


# ---- hidden ------------------------------------------------------------------------------------


def test_what_is_hidden_in_a_workbook_is_read_and_told(tmp_path: Path) -> None:
    """Rows, columns and sheets; not what is hidden beyond the table, or empty."""
    path = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("첫째")
    for row in range(6):
        sheet.write_row(row, 0, ["가", "나", "다", "", "라"])
    for row in (1, 2, 4, 6, 9):
        sheet.set_row(row, None, None, {"hidden": True})
    sheet.set_column("B:D", None, None, {"hidden": True})
    sheet.set_column("H:XFD", None, None, {"hidden": True})
    book.add_worksheet("둘째").write(0, 0, "가")
    book.worksheets()[1].hide()
    book.add_worksheet("셋째").very_hidden()
    book.close()
    first, second, third = read(path).sheets
    assert first.cells[1] == ["가", "나", "다", "", "라"]
    assert first.hidden == {"rows": ("2-3", "5"), "columns": ("B-C",)}
    assert (second.hidden, third.hidden) == ({"sheet": ()}, {"sheet": ()})
    assert read(SEED).sheets[0].hidden == {}


def test_what_is_hidden_in_older_and_open_formats_is_told(tmp_path: Path) -> None:
    """In XLS a flag of each row and column; in ODS rows and columns are told in turn."""
    path = tmp_path / "a.xls"
    path.write_bytes(biff5(KOREAN, 949, "cp949", hidden_rows=(1,), hidden_columns=(0, 1)))
    assert read(path).sheets[0].hidden == {"rows": ("2",), "columns": ("A-B",)}
    with zipfile.ZipFile(DATA / "merged.ods") as parts:
        had = {name: parts.read(name) for name in parts.namelist()}
    row = b"<table:table-row"
    first, *rest = had["content.xml"].split(row)
    assert len(rest) > 4
    seen = b'<table:table-column table:number-columns-repeated="2"/>'
    column = b'<table:table-column table:visibility="collapse"/>'
    tables = first.split(b"<table:table-column")[0] + seen + column
    lines = [rest[0], b' table:visibility="collapse"' + rest[1], *rest[2:]]
    with zipfile.ZipFile(tmp_path / "a.ods", "w") as parts:
        for name, content in had.items():
            new = row.join([tables, *lines]) if name == "content.xml" else content
            parts.writestr(name, new)
    sheet = read(tmp_path / "a.ods").sheets[0]
    assert sheet.cells == read(DATA / "merged.ods").sheets[0].cells
    assert sheet.hidden == {"rows": ("2",), "columns": ("C",)}


def refused(path: Path) -> str:
    with pytest.raises(BadFile) as error:
        read(path)
    return str(error.value)


def test_what_is_no_table_is_refused_with_a_reason(tmp_path: Path) -> None:
    """Missing, empty, a folder, a web page, bytes that nobody knows."""
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
    path.write_bytes(b"\x07\x91" + bytes(range(256)))
    assert refused(path) == (
        "a.xls is no table, or in an unknown encoding, or locked: save it as XLSX, XLS, ODS, CSV, "
        "TSV, GeoJSON, TopoJSON, GeoPackage or shapefile, text as UTF-8, without a lock."
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
    monkeypatch.setattr(formats, "LARGEST_UNPACKED", 1_000)
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
