"""Totals of a pivot table are no list, and are told as what they are."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter

from geo.errors import BadFile
from geo.intake.pivots import marks
from geo.intake.sheets import Sheet
from geo.intake.walk import Intake

TakeIn = Callable[..., Intake]

PIVOTS = {
    "행 레이블, 개수 : 단체명": "행 레이블|개수 : 단체명\n금천구|12\n마포구|9\n총합계|21",
    "행 레이블, 개수 : 단체명, 합계 : 신청액": (
        "행 레이블|개수 : 단체명|합계 : 신청액\n금천구|12|3,400,000\n독산동|2|40,000\n총합계|14|9"
    ),
    "열 레이블, 행 레이블, 개수 : 단체명": (
        "개수 : 단체명|열 레이블||\n행 레이블|선정|탈락|총합계\n금천구|3|4|7\n총합계|3|4|7"
    ),
    "개수 : 모임명": (
        "자치구|심사결과|개수 : 모임명\n금천구|선정|3\n|탈락|4\n금천구 요약||7\n총합계||7"
    ),
    "합계 : 지원금액": (
        "연도|(모두)\n\n합계 : 지원금액|심사결과||\n자치구|선정|탈락|총합계\n금천구|3|4|7\n총합계|3"
    ),
    "Row Labels, Count of group, Sum of amount": (
        "Row Labels|Count of group|Sum of amount\n금천구|12|300\nGrand Total|12|300"
    ),
    "Column Labels, Row Labels, Average of amount": (
        "Average of amount|Column Labels|\nRow Labels|선정|Grand Total\n금천구|3|3\nGrand Total|3|3"
    ),
    "합계 - 신청액": "자치구|합계 - 신청액\n금천구|3,000\n마포구|4,000\n전체 결과|7,000",
    "단체명의 COUNTA": "자치구|단체명의 COUNTA\n금천구|3\n마포구|4\n총계|7",
    "개수: 단체명, 평균: 신청액": "자치구|개수: 단체명|평균: 신청액\n금천구|3|1,500.5\n마포구|4|20",
    "최대값 : 참여인원": "동|최대값 : 참여인원\n가산동|3\n독산동|4",
}  # fmt: skip
LISTS = (
    "자치구|동|모임명|합계|심사결과\n금천구|가산동|가모임|500|선정",
    "자치구|동|모임명|보조금|자부담|총합계\n금천구|가산동|가모임|500|10|510\n총합계|||500|10|510",
    "합계 : 12,345천원\n자치구|동|모임명|신청액\n금천구|가산동|가모임|500\n총합계|||500",
    "개수 : 각 부서 제출\n자치구|동|모임명|신청액\n금천구|가산동|가모임|500",
    "자치구|동|모임명|평균 나이|비고\n금천구|가산동|가모임|41|합계 : 자부담 포함",
    "자치구|동|모임명|개수\n금천구|가산동|가모임|3",
    "자치구|동|모임명|평가 의견\n금천구|가산동|가모임|평균 : 보통\n금천구|가산동|나모임|합계 : 상",
)


def sheet(lines: str) -> Sheet:
    """Rows of cells parted by ``|``."""
    rows = [line.split("|") for line in lines.split("\n")]
    width = max(map(len, rows))
    return Sheet("", [row + [""] * (width - len(row)) for row in rows])


@pytest.mark.parametrize(("headings", "lines"), PIVOTS.items())
def test_headings_of_a_pivot_table_are_known(headings: str, lines: str) -> None:
    """Of every program, in rows and across, with filters above."""
    assert ", ".join(marks(sheet(lines))) == headings


@pytest.mark.parametrize("lines", LISTS)
def test_a_list_with_a_column_of_sums_is_a_list(lines: str) -> None:
    """So is one with a line above that counts it, or with words like those among its remarks."""
    assert marks(sheet(lines)) == ()


def workbook(path: Path, **sheets: str) -> Path:
    """A workbook of sheets, each as text."""
    with xlsxwriter.Workbook(str(path), {"strings_to_numbers": True}) as book:
        for name, lines in sheets.items():
            page = book.add_worksheet(name)
            for number, line in enumerate(lines.split("\n")):
                page.write_row(number, 0, line.split("|"))
    return path


def test_a_sheet_of_totals_is_left_out_and_told(take_in: TakeIn, tmp_path: Path) -> None:
    """In a workbook whose list is read; in words, with the headings that say so."""
    from geo.intake.report import in_words

    lines = "자치구|동|모임명|심사결과\n금천구|가산동|빵 굽는 날|선정\n마포구|성산동|책방|탈락"
    path = workbook(
        tmp_path / "2013_씨앗.xlsx",
        명단=lines,
        집계=PIVOTS["행 레이블, 개수 : 단체명"],
        표지="씨앗",
    )
    made = take_in(path)
    assert made.rows["group"].tolist() == ["빵 굽는 날", "책방"]
    assert made.report["files"][0]["pivots"] == {"집계": ["행 레이블", "개수 : 단체명"]}
    assert made.report["files"][0]["without_table"] == ["표지"]
    told = in_words(made.report).splitlines()
    assert (
        "2013_씨앗.xlsx, 집계: left out, totals of a pivot table (행 레이블, 개수 : 단체명)" in told
    )
    page = (made.folder / "report.html").read_text(encoding="utf-8")
    assert "피벗 테이블의 집계여서 제외한 시트: 집계" in page
    assert "Sheets left out, totals of a pivot table: 집계" in page


def test_a_file_of_totals_alone_is_refused(take_in: TakeIn, tmp_path: Path) -> None:
    """A person who says where its header is gets it read as a list all the same."""
    path = tmp_path / "2013_씨앗.csv"
    path.write_text(
        "자치구,동,모임명,합계 : 신청액\n금천구,가산동,빵 굽는 날,500\n", encoding="utf-8"
    )
    with pytest.raises(BadFile) as refused:
        take_in(path)
    assert str(refused.value) == (
        "2013_씨앗.csv has totals of a pivot table (합계 : 신청액), and no list: give the list "
        "that was counted, or say in a mapping which header_rows it has."
    )
    mapping = tmp_path / "own.toml"
    mapping.write_text(
        f'[[table]]\nfile = "{path.name}"\nsheet = ""\nheader_rows = [1]\n', encoding="utf-8"
    )
    assert take_in(path, corrected=mapping).rows["group"].tolist() == ["빵 굽는 날"]
