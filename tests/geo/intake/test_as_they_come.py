"""Lists that are hidden in part, called by other names, in odd forms, become the same atlas."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pytest
import shapely
import xlsxwriter

from geo.intake.render import html
from geo.intake.walk import Intake, in_words
from tests.geo.intake.compound import biff5
from tests.geo.intake.conftest import DATA

TakeIn = Callable[..., Intake]
ROWS = [
    ["연도", "단체명", "자치구", "동", "심사결과", "신청금액"],
    ["2016", "가모임", "금천구", "독산동", "선정", "1000000"],
    ["2017", "가모임", "금천구", "독산동", "탈락", "2000000"],
    ["2017", "나 모임", "마포구", "성산동", "선정", "300000"],
]
FOUND = ["year", "group", "district_code", "neighbourhood_code", "outcome", "amount_krw"]
TRUTH = [
    [2016, "가모임", "11545", "11545102", "selected", 1_000_000],
    [2017, "가모임", "11545", "11545102", "rejected", 2_000_000],
    [2017, "나 모임", "11440", "11440125", "selected", 300_000],
]


def found(made: Intake) -> list[list[object]]:
    return [list(row) for row in made.rows[FOUND].itertuples(index=False)]


def as_csv(rows: list[list[str]]) -> str:
    return "\n".join(map(",".join, rows)) + "\n"


def as_workbook(path: Path, rows: list[list[str]]) -> Path:
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("목록")
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    book.close()
    return path


def odd(text: str) -> str:
    """Hangul taken apart, signs that nobody sees around it, spaces that do not break."""
    return "\u200b" + unicodedata.normalize("NFD", text).replace(" ", "\u00a0") + "\u2060\ufeff"


@pytest.mark.parametrize(
    "write",
    [
        lambda path: path.write_text(as_csv(ROWS), "utf-8"),
        lambda path: path.write_text(
            "\ufeff\ufeff" + as_csv([[odd(cell) for cell in row] for row in ROWS]), "utf-8"
        ),
        lambda path: path.write_bytes(biff5(ROWS, 949, "cp949")),
        lambda path: path.write_bytes(biff5(ROWS, 1252, "cp949")),
        lambda path: as_workbook(path, [[odd(cell) for cell in row] for row in ROWS]),
    ],
)
def test_a_list_is_the_same_in_every_form(
    write: Callable[[Path], object], take_in: TakeIn, tmp_path: Path
) -> None:
    """Called .xls, whatever it is; every value comes out as it was written."""
    path = tmp_path / "list.xls"
    write(path)
    made = take_in(path, programme="시험")
    assert found(made) == TRUTH
    assert made.problems.empty


def test_xls_with_a_western_code_page_is_read(take_in: TakeIn) -> None:
    """As the same workbook is that names UTF-16."""
    made = take_in(DATA / "codepage1252.xls", programme="시험")
    assert made.rows[["year", "group", "neighbourhood_code"]].to_numpy().tolist() == [
        [2016, "가모임", "11545102"],
        [2016, "나모임", "11440125"],
    ]


@pytest.mark.parametrize(("from_1904", "year"), [(True, 2013), (False, 2009)])
def test_xls_says_from_when_it_counts_days(
    from_1904: bool, year: int, take_in: TakeIn, tmp_path: Path
) -> None:
    """The same number is four years later in one of a Mac."""
    path = tmp_path / "list.xls"
    rows = [["접수일", "단체명", "자치구"], ["39935", "가모임", "금천구"]]
    path.write_bytes(biff5(rows, 949, "cp949", from_1904=from_1904))
    assert take_in(path, programme="시험", dry_run=True).rows["year"].tolist() == [year]


def test_a_correction_under_the_composed_name_takes_the_place_of_the_file(
    take_in: TakeIn, tmp_path: Path
) -> None:
    """The file came from a Mac, its correction from another computer, under the same name."""
    first = tmp_path / "a" / unicodedata.normalize("NFD", "신청.csv")
    again = tmp_path / "b" / "신청.csv"
    for path in (first, again):
        path.parent.mkdir()
    first.write_text(as_csv(ROWS), "utf-8")
    again.write_text(as_csv(ROWS[:2]), "utf-8")
    assert len(take_in(first, programme="시험").tables["applications"]) == 3
    made = take_in(again, programme="시험", add=True)
    assert len(made.tables["applications"]) == 1
    assert [file["file"] for file in made.report["files"]] == ["신청.csv"]


def test_what_is_hidden_is_told_in_the_report(take_in: TakeIn, tmp_path: Path) -> None:
    """At the terminal and on the page, in both languages; the rows are used all the same."""
    path = tmp_path / "list.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("목록")
    book.add_worksheet("표지").activate()
    for number, row in enumerate(ROWS):
        sheet.write_row(number, 0, row)
    sheet.set_row(2, None, None, {"hidden": True})
    sheet.set_column("E:F", None, None, {"hidden": True})
    sheet.hide()
    book.close()
    made = take_in(path, programme="시험")
    assert found(made) == TRUTH
    told = made.report["files"][0]["tables"][0]
    assert told["hidden"] == {"sheet": [], "rows": ["3"], "columns": ["E-F"]}
    assert (
        "  hidden in the file, read all the same: sheet; rows 3; columns E-F"
        in in_words(made.report).splitlines()
    )
    page = html(made.report)
    for label, where in (
        ("숨겨져 있지만 읽은 곳", "시트 전체; 행 3; 열 E-F"),
        ("Hidden in the file, read all the same", "the sheet; rows 3; columns E-F"),
    ):
        assert f"<dt>{label}</dt><dd>{where}</dd>" in page


def test_reports_from_before_hidden_places_were_told_are_shown(take_in: TakeIn) -> None:
    """An atlas that was published then has such a report."""
    told = json.loads(json.dumps(take_in(DATA / "codepage1252.xls", programme="시험").report))
    page, words = html(told), in_words(told)
    del told["files"][0]["tables"][0]["hidden"]
    assert (html(told), in_words(told)) == (page, words)


def test_topojson_is_a_map_file_with_attributes(take_in: TakeIn, tmp_path: Path) -> None:
    """Its points count as those of other map files do, on WGS 84."""
    rows = [
        {
            "type": "Point",
            "coordinates": [longitude, latitude],
            "properties": dict(zip(ROWS[0], row, strict=True)),
        }
        for row, longitude, latitude in zip(
            ROWS[1:], (126.9, 126.9, 126.913), (37.47, 37.47, 37.566), strict=True
        )
    ]
    said = {
        "type": "Topology",
        "objects": {"목록": {"type": "GeometryCollection", "geometries": rows}},
        "arcs": [],
    }
    path = tmp_path / "list.json"
    path.write_text("\ufeff" + json.dumps(said, ensure_ascii=False), "utf-8")
    made = take_in(path, programme="시험")
    assert found(made) == TRUTH
    assert made.rows["precision"].tolist() == ["point"] * 3
    frame = gpd.GeoDataFrame(
        [row["properties"] for row in rows],
        geometry=[shapely.Point(row["coordinates"]) for row in rows],
        crs=4326,
    )
    frame.to_file(tmp_path / "same.geojson")
    same = take_in(tmp_path / "same.geojson", programme="시험")
    assert found(same) == TRUTH
