"""The table of a sheet is found, however it is laid out, and no row of the sheet is lost."""

from __future__ import annotations

import random
from itertools import pairwise
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.errors import BadFile
from geo.intake.header import Table, find_table
from geo.intake.sheets import Sheet, read
from tests.geo.intake.conftest import BUREAU, SEED


def sheet(*lines: str, merges: tuple[tuple[int, int, int, int], ...] | None = None) -> Sheet:
    """Rows of cells parted by ``|``; merges as (top, left, bottom, right), None for a CSV."""
    rows = [line.split("|") for line in lines]
    width = max(map(len, rows))
    cells = [row + [""] * (width - len(row)) for row in rows]
    return Sheet("", cells, merges or (), merges is not None)


def found(*lines: str, merges: tuple[tuple[int, int, int, int], ...] | None = None) -> Table:
    table = find_table(sheet(*lines, merges=merges))
    assert table is not None
    return table


def cells(table: Table) -> list[list[str | None]]:
    records = table.records.astype(object)
    return records.where(records.notna(), None).to_numpy().tolist()


HEADER = "자치구|동|모임명|신청액|심사결과"
ROWS = ("금천구|가산동|빵 굽는 날|1,500|선정", "마포구|성산동|책방|900|탈락")


def test_the_sample_workbook_is_what_it_truly_is() -> None:
    """Title, units, a header of two rows, six subtotals, a total, a note, 48 records."""
    table = find_table(read(SEED).sheets[0])
    assert table is not None
    assert table.titles == ("2013년 우리마을프로젝트(씨앗) 심사결과",)
    assert (table.header_rows, table.unit_krw, len(table.records)) == ((3, 4), 1_000, 48)
    assert table.left_out == {
        "title": (1,),
        "unit": (2,),
        "header": (3, 4),
        "subtotal": (13, 22, 31, 40, 49, 58),
        "total": (59,),
        "blank": (60,),
        "note": (61,),
    }
    assert list(table.records) == [
        "연번", "자치구", "동", "모임명", "사업명", "참여인원", "대표자", "연락처",
        "신청액", "심사결과",
    ]  # fmt: skip
    assert table.records["자치구"].notna().all()
    assert table.merged["자치구"][0] == (5, 12)


def test_the_sample_text_is_what_it_truly_is() -> None:
    """A header and 56 records; the unit of a heading is no part of its label."""
    table = find_table(read(BUREAU).sheets[0])
    assert table is not None
    assert (table.header_rows, len(table.records), table.left_out) == (
        (1,), 56, {"header": (1,)}
    )  # fmt: skip
    assert table.column_units == {"지원금액": 1}


def test_a_long_preamble_is_title_and_units() -> None:
    """The header may stand far down; blank lines and blank columns make no difference."""
    table = found(
        "", "|2014년 씨앗 사업", "|마을공동체담당관 (2014. 5. 3. 현재)", "", "||||(단위 : 만원)",
        *(f"|{line}" for line in (HEADER, *ROWS)), "", *(f"|{line}" for line in ROWS[:1]),
    )  # fmt: skip
    assert table.titles == ("2014년 씨앗 사업", "마을공동체담당관 (2014. 5. 3. 현재)")
    assert (table.unit_krw, table.header_rows) == (10_000, (6,))
    assert table.records.index.tolist() == [7, 8, 10]
    assert list(table.records) == HEADER.split("|")


def test_headings_of_two_rows_without_merges() -> None:
    """As a CSV shows them: blanks under and beside what was merged."""
    table = found(
        "연번|자치구|신청내용|||심사결과", "||모임명|사업명|참여인원|", "1|금천구|가|나|5|선정"
    )
    assert table.header_rows == (1, 2)
    assert list(table.records) == ["연번", "자치구", "모임명", "사업명", "참여인원", "심사결과"]
    assert cells(table) == [["1", "금천구", "가", "나", "5", "선정"]]


@pytest.mark.parametrize(
    ("upper", "lower"),
    [
        ("신청내용|||공방명|연도|주소", "등급|대표이미지|규모|||"),
        ("공방명|연도|현황|||주소", "||등급|대표이미지|규모|"),
        ("공방명|연도|주소|세부내용||", "|||등급|대표이미지|"),
    ],
)
@pytest.mark.parametrize("merges", [None, ()])
def test_headings_under_others_need_no_known_word(
    upper: str, lower: str, merges: tuple[tuple[int, int, int, int], ...] | None
) -> None:
    """They stand just where those above leave room; in a workbook they need not be merged."""
    wanted = [low or up for up, low in zip(upper.split("|"), lower.split("|"), strict=True)]
    wanted = wanted[:-1] if not wanted[-1] else wanted
    width = len(upper.split("|"))
    lines = ["|".join(f"{word}{n}" for n in range(width)) for word in ("가", "나", "다")]
    table = found(upper, lower, *lines, merges=merges)
    assert table.header_rows == (1, 2)
    assert list(table.records)[: len(wanted)] == wanted
    assert table.records.index.tolist() == [3, 4, 5]


def test_headings_over_several_may_be_repeated_over_each() -> None:
    """As programs export them; those over one column stand in both rows."""
    table = found(
        "자치구|모임현황|모임현황|금액",
        "자치구|모임명|규모|금액",
        "금천구|가|소형|5",
        "중구|나|대형|6",
    )
    assert table.header_rows == (1, 2)
    assert list(table.records) == ["자치구", "모임명", "규모", "금액"]


def test_a_row_with_gaps_under_the_headings_may_be_a_record() -> None:
    """One heading is missing, and the first record has little more than what stands there."""
    table = found("모임명||주소|비고", "가모임|(작은 모임)|금천구 가산동|", "나모임||중구|없음")
    assert table.header_rows == (1,)
    assert table.records.index.tolist() == [2, 3]


def test_a_row_of_sums_is_never_the_header() -> None:
    """Its words are those of headings, and those of the headings may be unknown."""
    table = found(
        "문의처|박물관명|이용대상|결제|코드", "■ 중구", "1|가|활동|현금|3", "중구 소계|2개 단체|||",
        "■ 용산구", "2|나|공동|현금|4", "용산구 소계|1개 단체|||",
    )  # fmt: skip
    assert table.header_rows == (1,)
    assert table.records.index.tolist() == [3, 6]


@pytest.mark.parametrize(
    "lines",
    [
        ("공방명|사업명칭|동", "빵 굽는 모임|빵 사업|가산동", "책 읽는 모임|책방 사업|독산동"),
        ("텃밭|하는 일", "한울공동체|마을 사업", "솔향공동체|나눔 사업"),
        ("공방|누가|어디", "달빛 모임|한울단체|가온 장소", "솔향 모임|누리단체|새벽 장소"),
    ],
)
def test_names_of_groups_end_like_headings(lines: tuple[str, ...]) -> None:
    """The first record is none the more the header."""
    table = found(*lines)
    assert table.header_rows == (1,)
    assert table.records.index.tolist() == [2, 3]


def test_headings_that_are_printed_again_begin_where_they_stand_first() -> None:
    """Whatever stands under them the second time."""
    lines = ("공방명|공모연도|형태", "가|2022년도|상시", "나|2022년도|현금", "공방명|공모연도|형태")
    table = found(*lines, "다|2022|상시", "라|2022|현금")
    assert table.left_out == {"header": (1, 4)}
    assert table.records["공방명"].tolist() == ["가", "나", "다", "라"]


def test_headings_of_two_rows_may_be_printed_again_in_one() -> None:
    """Which then has all of them, and looks the more like a header."""
    lines = ("위치|||활동주제|현황|", "시군구명|도로|건물||규모|상호", "중구|가온길|682|교육|큼|가")
    again = "시군구명|도로|건물|활동주제|규모|상호"
    table = found("우리 마을 목록", *lines, again, "종로구|달빛로|7|주거|작음|나")
    assert table.left_out == {"title": (1,), "header": (2, 3, 5)}
    assert table.records["상호"].tolist() == ["가", "나"]


def test_the_lower_headings_alone_may_be_printed_again() -> None:
    """On every page, say."""
    table = found(
        "자치구|신청내용||결과",
        "|모임명|금액|",
        "금천구|가|5|선정",
        "자치구|모임명|금액|결과",
        "중구|나|6|탈락",
    )
    assert table.left_out == {"header": (1, 2, 4)}
    assert table.records["모임명"].tolist() == ["가", "나"]


def test_headings_of_three_rows_with_merges() -> None:
    """The lowest is the label; where it stands twice, those above come with it."""
    table = found(
        "자치구|신청||결과|", "|모임|금액|1차|2차", "||(천원)|심사결과|심사결과",
        "금천구|가|5|선정|탈락",
        merges=((0, 0, 2, 0), (0, 1, 0, 2), (0, 3, 0, 4), (1, 1, 2, 1)),
    )  # fmt: skip
    assert table.header_rows == (1, 2, 3)
    assert list(table.records) == [
        "자치구", "모임", "(천원)", "결과 1차 심사결과", "결과 2차 심사결과",
    ]  # fmt: skip


UNITS = {"원": 1, "천원": 10**3, "만원": 10**4, "십만원": 10**5, "백만원": 10**6, "천만원": 10**7,
         "억원": 10**8, "억": 10**8, "천 원": 10**3, "백만 원": 10**6}  # fmt: skip


@pytest.mark.parametrize(("unit", "won"), UNITS.items())
@pytest.mark.parametrize(
    "heading",
    [
        "신청액({})", "신청액 [{}]", "신청액（{}）", "신청액<{}>", "신청액【{}】",
        "신청액(단위: {})", "신청액(단위：{})", "신청액({} 단위)", "신청액({}, VAT 포함)",
        "신청액/{}", "신청액_{}", "신청액, {}", "신청액 {}",
    ],
)  # fmt: skip
def test_a_heading_tells_the_unit_of_its_column(heading: str, unit: str, won: int) -> None:
    """However an office writes it."""
    head = f"자치구|동|모임명|{heading.format(unit)}|심사결과"
    table = found(head, *ROWS)
    assert list(table.column_units.values()) == [won]
    assert table.unit_krw is None


@pytest.mark.parametrize(("unit", "won"), UNITS.items())
@pytest.mark.parametrize(
    "line",
    ["(단위: {})", "[단위:{}]", "단위 : 명, {}", "(단 위：{})", "※ 금액단위 : {}", "({} 단위)"],
)
def test_a_line_above_the_header_tells_the_unit_of_money(line: str, unit: str, won: int) -> None:
    """And is no title."""
    table = found("2013년 씨앗 심사결과", f"||||{line.format(unit)}", HEADER, *ROWS)
    assert (table.unit_krw, table.titles) == (won, ("2013년 씨앗 심사결과",))


@pytest.mark.parametrize(
    "heading", ["참여자(인원)", "신청(지원)", "학원", "신청액(자부담 100만원 포함)", "억새 모임"]
)
def test_what_only_ends_like_a_unit_is_none(heading: str) -> None:
    """People, support, schools, amounts."""
    assert found(f"자치구|동|모임명|{heading}|심사결과", *ROWS).column_units == {}


def test_headings_are_made_unique_by_their_letter() -> None:
    """The same heading twice, and none at all over a filled column."""
    table = found("자치구|성명|성명|", "금천구|가|나|다", "마포구|라|마|바")
    assert list(table.records) == ["자치구", "성명 (B)", "성명 (C)", "D"]


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("소계||||30", "subtotal"), ("|소 계||25,500|", "subtotal"),
        ("금천구 소계|||5|", "subtotal"),
        ("소계(8건)||||", "subtotal"), ("계|||9|", "subtotal"), ("합계|||9|", "total"),
        ("총 합 계|||9|", "total"), ("합계 : 48건||||", "total"), ("평균|||9|", "total"),
        ("소계||3개 단체|9|", "subtotal"), ("금천구|소계||9|", "subtotal"),
        ("금천구소계|||9|", "subtotal"), ("|가산동 소계|2개 모임|9|", "subtotal"),
        ("금천구|가산동|계|9|", "subtotal"), ("서울시 합계||25개소|9 천원|", "total"),
        ("※ 변동될 수 있음||||", "note"), ("* 주) 잠정||||", "note"), (HEADER, "header"),
        ("|||||", "blank"),
    ],
)  # fmt: skip
def test_what_is_no_record_is_left_out_by_kind(line: str, kind: str) -> None:
    """Sums, notes, headers printed again, blank lines between the records."""
    table = found(HEADER, ROWS[0], line, ROWS[1])
    assert table.left_out == {"header": (1,), kind: (3,)} or table.left_out == {"header": (1, 3)}
    assert table.records.index.tolist() == [2, 4]


@pytest.mark.parametrize("name", ["합계산 모임", "계", "소계", "총계를 내는 사람들", "※ 모임"])
def test_a_group_may_be_called_anything(name: str) -> None:
    """A row with more than one word is a record."""
    table = found(HEADER, ROWS[0], f"금천구|가산동|{name}|5|선정", ROWS[1])
    assert table.records["모임명"].tolist() == ["빵 굽는 날", name, "책방"]


def test_a_record_of_one_cell_stays_one() -> None:
    """It will be set aside with a reason; after the table it is a note."""
    table = found(HEADER, ROWS[0], "||이름뿐인 모임||", ROWS[1], "", "2014. 5. 3.", "끝.")
    assert table.records.index.tolist() == [2, 3, 4]
    assert table.left_out == {"header": (1,), "blank": (5,), "note": (6, 7)}


def test_sections_give_their_district_to_the_rows_under_them() -> None:
    """In a sheet without a column of districts."""
    table = found(
        "동|모임명|결과",
        "■ 금천구 (2건)",
        "가산동|가|선정",
        "시흥동|나|탈락",
        "마포구",
        "성산동|다|선정",
    )
    assert table.records["(구역)"].tolist() == ["금천구", "금천구", "마포구"]
    assert table.left_out == {"header": (1,), "section": (2, 5)}


@pytest.mark.parametrize(
    "section",
    [
        "■ {}", "□ {} (2건)", "▶ {}", "▷ {} - 2건", "[{}]", "【{}】 2건", "<{}>", "1) {}", "1. {}",
        "- {} -", "{}청", "서울시 {}", "○ {}: 2건", "{} 2개 모임",
    ],
)  # fmt: skip
def test_sections_are_written_in_many_ways(section: str) -> None:
    """The sign before a district, and how many rows follow, make no difference."""
    lines = (section.format("금천구"), "가산동|가|선정", section.format("마포구"), "성산동|나|탈락")
    table = found("동|모임명|결과", *lines)
    assert table.records["(구역)"].tolist() == ["금천구", "마포구"]
    assert table.left_out == {"header": (1,), "section": (2, 4)}


@pytest.mark.parametrize(
    ("first", "other"),
    [("■ 금천구", "■ 기타"), ("▶ 금천구", "▶ 2차 접수"), ("금천구", "그 밖의 곳")],
)
def test_a_section_of_something_else_ends_that_of_a_district(first: str, other: str) -> None:
    """What follows is in no district that anybody named."""
    table = found("동|모임명|결과", first, "가산동|가|선정", other, "성산동|나|탈락")
    assert table.records["(구역)"].fillna("").tolist() == ["금천구", ""]
    assert table.left_out == {"header": (1,), "section": (2, 4)}


@pytest.mark.parametrize("note", ["- 이하 추가 접수 -", "※ 금천구 2건 제외", "(2차 모집)"])
def test_a_note_within_a_section_is_no_record_of_it(note: str) -> None:
    """The district of the section would make a group of it."""
    lines = ("■ 금천구", "가|가산동|선정", note, "나|독산동|탈락")
    table = found("모임명|동|결과", *lines)
    assert table.records["모임명"].tolist() == ["가", "나"]
    assert table.records["(구역)"].tolist() == ["금천구"] * 2
    assert table.left_out == {"header": (1,), "section": (2,), "note": (4,)}


def test_cells_are_filled_down_where_they_were_merged_alone() -> None:
    """The range of the merge, no further; a merged amount is told, since it counts once."""
    table = found(
        HEADER, "금천구|가산동|가|500|선정", "|시흥동|나||선정", "|독산동|다|300|선정",
        merges=((1, 0, 2, 0), (1, 3, 2, 3)),
    )  # fmt: skip
    assert table.records["자치구"].fillna("").tolist() == ["금천구", "금천구", ""]
    assert table.merged == {"자치구": ((2, 3),), "신청액": ((2, 3),)}


def test_districts_in_blocks_are_filled_down_without_merges() -> None:
    """As a CSV has them that was exported from merged cells; up to a subtotal; and it is told."""
    lines = ("금천구|가산동|가|1|선정", "|시흥동|나|1|선정", "|독산동|다|1|선정", "|소계||3|",
             "마포구|성산동|라|1|선정", "|망원동|마|1|선정")  # fmt: skip
    table = found(HEADER, *lines)
    assert table.records["자치구"].tolist() == ["금천구"] * 3 + ["마포구"] * 2
    assert table.filled == ("자치구",)
    few = found(HEADER, *lines[:2])
    assert few.filled == ()
    unplaced = found(HEADER, *lines[:3], "||어디에도 없는|1|선정")
    assert unplaced.filled == ()


def test_districts_that_are_named_once_each_stand_over_blocks() -> None:
    """Where no other column says a place; one that comes again was written row by row."""
    header, names = "번호|자치구|단체명|지원액", ["가", "나", "다", "라", "마"]
    rows = [f"{number}|{district}|{name}|1"
            for number, (district, name) in enumerate(zip(
                ("금천구", "", "", "마포구", ""), names, strict=True), start=1)]  # fmt: skip
    assert found(header, *rows).records["자치구"].tolist() == ["금천구"] * 3 + ["마포구"] * 2
    again = found(header, *rows, "6|금천구|바|1")
    assert again.filled == ()


def test_a_note_in_a_block_does_not_end_it() -> None:
    """Nor is it in the district of the block: it would be a group there."""
    lines = ("금천구|가산동|가|1|선정", "|시흥동|나|1|선정", "||추가 접수||", "|독산동|다|1|선정",
             "|독산동|라|1|선정")  # fmt: skip
    table = found(HEADER, *lines)
    districts = table.records["자치구"].fillna("").tolist()
    assert districts == ["금천구", "금천구", "", "금천구", "금천구"]


def test_a_sheet_without_a_table_has_none() -> None:
    """A cover, a blank sheet, a header without records."""
    assert find_table(sheet("", "2014년", "", "마을공동체담당관")) is None
    assert find_table(sheet("", "")) is None
    assert find_table(sheet(HEADER)) is None


def test_a_person_may_say_where_the_header_is() -> None:
    """Where that is no row of the sheet, the rows that there are are told."""
    lines = sheet("가|나", "이름|장소", "책방|가산동")
    table = find_table(lines, [2])
    assert table is not None
    assert list(table.records) == ["이름", "장소"]
    with pytest.raises(BadFile) as refused:
        find_table(lines, [7])
    assert str(refused.value) == (
        "Sheet (the only one) has no header in row 7: its rows are 1 to 3."
    )


WORDS = st.text(alphabet="가나다라마바사아자차", min_size=1, max_size=6)
RECORDS = st.lists(
    st.tuples(st.sampled_from(["금천구", "마포구"]), WORDS, WORDS, st.integers(0, 9_999)),
    min_size=2,
    max_size=12,
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(records=RECORDS, seed=st.integers(0, 999), encoding=st.sampled_from(["utf-8", "cp949"]))
def test_any_table_comes_back_the_same(
    records: list[tuple[str, str, str, int]], seed: int, encoding: str, tmp_path: Path
) -> None:
    """Whatever rows are blank, cells merged, columns first; as a workbook and as text."""
    rng = random.Random(seed)
    columns = ["자치구", "동", "모임명", "신청액"]
    order = rng.sample(range(4), 4)
    header = [columns[place] for place in order]
    body = [[str(record[place]) for place in order] for record in records]
    rows, numbers = [header], []
    for row in body:
        rows += [[""] * 4] * rng.choice([0, 0, 0, 1, 2])
        rows.append(row)
        numbers.append(len(rows))
    text = tmp_path / f"{seed}.csv"
    text.write_bytes("".join(",".join(row) + "\n" for row in rows).encode(encoding))
    path = tmp_path / f"{seed}.xlsx"
    place = header.index("자치구")
    book = xlsxwriter.Workbook(str(path))
    page = book.add_worksheet()
    for number, row in enumerate(rows):
        page.write_row(number, 0, row)
    merged = 0
    for first, after in pairwise(numbers):
        same = rows[first - 1][place] == rows[after - 1][place]
        if same and after == first + 1 and merged < first and rng.random() < 0.7:
            page.merge_range(first - 1, place, after - 1, place, rows[first - 1][place])
            merged = after
    book.close()
    for file in (text, path):
        table = find_table(read(file).sheets[0])
        assert table is not None
        assert list(table.records) == header
        assert table.records.index.tolist() == numbers
        assert cells(table) == body
        left = [
            row for kind, rows_of in table.left_out.items() for row in rows_of if kind != "blank"
        ]
        filled = [number for number, row in enumerate(rows, start=1) if any(row)]
        assert sorted([*table.records.index, *left]) == filled
