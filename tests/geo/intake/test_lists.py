"""Lists as offices publish them: a column is what its heading and its values say together."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest
import xlsxwriter

from geo.errors import BadFile
from geo.intake.coordinates import headed
from geo.intake.understand import Undecided
from geo.intake.walk import Intake, in_words

TakeIn = Callable[..., Intake]
Sheet = Callable[..., Path]


def read_in(take_in: TakeIn, path: Path, **options: object) -> tuple[pd.DataFrame, dict[str, str]]:
    """The rows of a file that is not published, and what its columns were taken for."""
    done = take_in(path, programme="시험", dry_run=True, **options)
    columns = done.report["files"][0]["tables"][0]["columns"]
    return done.rows, {column["label"]: column["field"] for column in columns}


def told(rows: pd.DataFrame, column: str) -> list[object]:
    return [None if pd.isna(value) else value for value in rows[column]]


@pytest.mark.parametrize(
    ("headings", "first"),
    [
        ("위도,경도", ("37.5663245", "126.9779692")),
        ("위도(Y),경도(X)", ("37.56632", "126.977969")),
        ("latitude,longitude", ("37.566324512", "126.97796921")),
        ("y_wgs84,x_wgs84", ("37.5663245", "126.9779692")),
    ],
)
def test_a_latitude_is_no_telephone_number(
    take_in: TakeIn, sheet: Sheet, headings: str, first: tuple[str, str]
) -> None:
    """Whatever its number of decimals."""
    places = [first, ("37.5563101", "126.9104209"), ("37.4568644", "126.8955106")]
    districts = ("중구", "마포구", "금천구")
    lines = [
        f"2020,{name}모임,{district},{lat},{lon}"
        for name, district, (lat, lon) in zip("가나다", districts, places, strict=True)
    ]
    path = sheet("list.csv", f"연도,단체명,자치구,{headings}", *lines)
    rows, columns = read_in(take_in, path)
    assert [*columns.values()][3] in ("latitude", "y")
    assert told(rows, "precision") == ["point"] * 3


@pytest.mark.parametrize(
    "labels",
    [("위 도", "경\n도"), ("lat", "lon"), ("LAT", "LNG"), ("위도좌표", "lon"), ("경도", "y")],
)
def test_degrees_are_known_by_their_headings(labels: tuple[str, str]) -> None:
    """With a space in them, or cut short; metres under the same are not."""
    lat, lon = pd.Series([37.56, 37.45]), pd.Series([126.97, 126.89])
    assert headed(labels, lat, lon) == "EPSG:4326"
    assert headed(labels, lat * 10_000, lon * 10_000) is None
    assert headed(("plate", "salon"), lat, lon) is None


@pytest.mark.parametrize("day", ["20130503", "2013.5.3", "2013. 05. 03.", "13/05/03", "41397"])
def test_a_day_is_no_telephone_number(take_in: TakeIn, sheet: Sheet, day: str) -> None:
    """It tells the year."""
    path = sheet("list.csv", "접수일자,단체명,자치구", f"{day},가모임,금천구", "20130610,나,중구")
    rows, columns = read_in(take_in, path)
    assert columns["접수일자"] == "date"
    assert told(rows, "year") == [2013, 2013]


@pytest.mark.parametrize("heading", ["예산액", "신청금액", "지원금액", "보조금(원)", "사업비"])
def test_an_amount_is_no_telephone_number(take_in: TakeIn, sheet: Sheet, heading: str) -> None:
    """However many digits it has."""
    amounts = [200000000, 35000000, 2120000000]
    lines = [f"2016,{name}모임,금천구,{won}" for name, won in zip("가나다", amounts, strict=True)]
    path = sheet("list.csv", f"연도,단체명,자치구,{heading}", *lines, "2016,라모임,중구,1E+07")
    rows, _ = read_in(take_in, path)
    assert told(rows, "amount_krw") == [*amounts, 10_000_000]


@pytest.mark.parametrize("heading", ["행정동코드", "행정구역코드", "관리번호", "고유번호"])
def test_a_code_is_no_telephone_number_and_makes_nobody_one(
    take_in: TakeIn, sheet: Sheet, heading: str
) -> None:
    """Two people of a name stay a pair to decide."""
    path = sheet(
        "list.csv", f"연도,단체명,대표자,자치구,{heading},행정동",
        "2014,가모임,김가명,금천구,1154561000,독산1동",
        "2015,나모임,김가명,금천구,1154561000,독산1동",
        "2015,다모임,이가명,금천구,1154562000,독산2동",
    )  # fmt: skip
    done = take_in(path, programme="시험", dry_run=True)
    assert len(done.tables["people"]) == 3
    assert done.report["doubtful"]["person"] == 1


@pytest.mark.parametrize("error", ["#N/A", "#REF!", "#VALUE!", "#NAME?", "######"])
def test_what_a_formula_failed_to_give_is_no_value(
    take_in: TakeIn, sheet: Sheet, error: str
) -> None:
    """No group is called so, and none lies there; a sum or a day that is one is told."""
    path = sheet(
        "list.csv", "연도,단체명,자치구,주소,분야,지원금액",
        f"2016,{error},금천구,독산동 250,문화,100", f"2016,나모임,금천구,{error},{error},{error}",
        "2016,다모임,금천구,독산동 250,문화,100",
    )  # fmt: skip
    done = take_in(path, programme="시험", dry_run=True)
    assert told(done.rows, "reason") == ["no group name", None, None]
    assert told(done.rows, "category") == ["문화", None, "문화"]
    assert told(done.rows, "place")[1] == "금천구"
    assert done.problems[["row", "problem", "value"]].to_numpy().tolist() == [
        ["3", "amount is not a number", error]
    ]


SHORTENED = "number was shortened by a spreadsheet: export it with all its digits"


@pytest.mark.parametrize("shortened", ["1.23457E+11", "1.5E+08"])
def test_a_shortened_amount_is_told_and_not_taken(
    take_in: TakeIn, sheet: Sheet, shortened: str
) -> None:
    """Whether one cell of a column or all of them; the rows are used all the same."""
    heading, row = "연도,단체명,자치구,동,지원금액", "2016,{0}모임,금천구,독산동,{1}"
    path = sheet("list.csv", heading, row.format("가", shortened), row.format("나", 35000000))
    done = take_in(path, programme="시험", dry_run=True)
    assert told(done.rows, "amount_krw") == [None, 35_000_000]
    assert done.problems[["row", "problem", "value"]].to_numpy().tolist() == [
        ["2", SHORTENED, shortened]
    ]
    path = sheet("all.csv", heading, row.format("가", shortened), row.format("나", shortened))
    done = take_in(path, programme="시험", dry_run=True)
    assert told(done.rows, "amount_krw") == [None, None]
    assert done.problems["problem"].tolist() == [SHORTENED] * 2


def test_a_shortened_telephone_number_knows_nobody_again(take_in: TakeIn, sheet: Sheet) -> None:
    """Two people of one name stay a pair to decide, and no part of the number is repeated."""
    path = sheet(
        "list.csv", "연도,단체명,대표자,자치구,동,연락처",
        "2014,가모임,김가명,금천구,독산동,1.01235E+10",
        "2015,나모임,김가명,금천구,독산동,1.01235E+10",
        "2015,다모임,이가명,금천구,독산동,1.012345678E+09",
    )  # fmt: skip
    done = take_in(path, programme="시험", dry_run=True)
    assert len(done.tables["people"]) == 3
    assert done.report["doubtful"]["person"] == 1
    assert done.problems[["row", "problem", "value"]].to_numpy().tolist() == [
        ["2", SHORTENED, "○○○"], ["3", SHORTENED, "○○○"]
    ]  # fmt: skip
    assert "1.01235" not in str(done.report)


@pytest.mark.parametrize("heading", ["행정동코드", "법정동코드"])
def test_a_shortened_code_is_no_place(take_in: TakeIn, sheet: Sheet, heading: str) -> None:
    """Where nothing else says it, the row is set aside; else that counts."""
    path = sheet(
        "list.csv", f"연도,단체명,주소,{heading}",
        "2014,가모임,,1.15456E+09", "2014,나모임,금천구 독산동 250,1.15456E+09",
    )  # fmt: skip
    done = take_in(path, programme="시험", dry_run=True)
    assert told(done.rows, "reason") == ["no place", None]
    assert told(done.rows, "neighbourhood_code") == [None, "11545102"]
    assert done.problems[["row", "problem", "value"]].fillna("").to_numpy().tolist() == [
        ["2", "no place", ""], ["2", SHORTENED, "1.15456E+09"], ["3", SHORTENED, "1.15456E+09"]
    ]  # fmt: skip


def test_a_shortened_coordinate_is_no_point(take_in: TakeIn, sheet: Sheet) -> None:
    """Two decimals of a grid may be kilometres; all digits are as good as without exponent."""
    path = sheet(
        "list.csv", "연도,단체명,주소,X좌표(EPSG:5179),Y좌표(EPSG:5179)",
        "2014,가모임,금천구,9.4623E+05,1.9431E+06",
        "2014,나모임,금천구,9.46230E+05,1.941600E+06",
        "2014,다모임,금천구,946230,1941600",
    )  # fmt: skip
    done = take_in(path, programme="시험", dry_run=True)
    assert told(done.rows, "precision") == ["district", "point", "point"]
    assert [p for p in done.problems["problem"] if p == SHORTENED] == [SHORTENED] * 2


def test_a_code_alone_is_a_place(take_in: TakeIn, sheet: Sheet) -> None:
    """Of an administrative or a legal neighbourhood, as its heading says."""
    path = sheet(
        "list.csv", "연도,단체명,행정동코드", "2014,가모임,1154561000", "2014,나모임,1154562000"
    )
    rows, _ = read_in(take_in, path)
    assert told(rows, "administrative_code") == ["1154561000", "1154562000"]
    path = sheet("other.csv", "연도,단체명,법정동코드", "2014,가모임,1154510200")
    rows, _ = read_in(take_in, path)
    assert told(rows, "neighbourhood_code") == ["11545102"]


@pytest.mark.parametrize(
    "heading", ["대표이미지", "대표메뉴", "대표품목", "대표사진주소", "대표상품"]
)
def test_what_is_representative_is_nobody(take_in: TakeIn, sheet: Sheet, heading: str) -> None:
    """No people come of it."""
    path = sheet(
        "list.csv", f"연도,단체명,자치구,{heading}",
        "2020,가모임,중구,김밥", "2020,나모임,마포구,라면",
    )  # fmt: skip
    done = take_in(path, programme="시험", dry_run=True)
    assert "people" not in done.tables


@pytest.mark.parametrize(
    "name", ["㈜가나다마을", "도시재생Ⅱ 모임", "나무＆숲", "①번 마을", "㎡ 작업실"]
)
def test_a_sign_in_a_name_is_nobody_s_data(take_in: TakeIn, sheet: Sheet, name: str) -> None:
    """It is kept as it is written, and nothing is said to be removed."""
    path = sheet("list.csv", "연도,단체명,자치구,동", f"2020,{name},금천구,독산동")
    done = take_in(path, programme="시험", dry_run=True)
    assert told(done.rows, "group") == [name]
    assert done.problems.empty


def test_a_name_in_decomposed_letters_is_composed(take_in: TakeIn, sheet: Sheet) -> None:
    """A file of another system has its headings so too."""
    import unicodedata

    lines = [
        "연도,단체명,자치구,동,심사결과",
        "2016,가모임,금천구,독산동,선정",
        "2016,나,금천구,시흥동,탈락",
    ]
    path = sheet("list.csv", *(unicodedata.normalize("NFD", line) for line in lines))
    done = take_in(path, programme="시험", dry_run=True)
    assert told(done.rows, "group") == ["가모임", "나"]
    assert told(done.rows, "outcome") == ["selected", "rejected"]
    assert done.problems.empty


def test_short_words_are_no_districts(take_in: TakeIn, sheet: Sheet) -> None:
    """대상, 요금 and 종류 ask nothing."""
    path = sheet(
        "list.csv", "연도,단체명,지역,대상,결제방법,종류",
        "2020,가모임,구로구,유아,무료,운동", "2020,나모임,강서구,성인,유료,활동",
    )  # fmt: skip
    rows, columns = read_in(take_in, path)
    assert [columns[label] for label in ("대상", "결제방법", "종류")] == ["ignore"] * 3
    assert told(rows, "district_code") == ["11530", "11500"]


@pytest.mark.parametrize(
    ("name", "office"),
    [
        ("금연구역명", "관리기관명"), ("놀이터이름", "운영기관"), ("쉼터명칭", "소관기관명"),
        ("전시명", "담당기관명"), ("쉼터 이름", "관할경찰서명"), ("텃밭명", "인증기관명"),
    ],
)  # fmt: skip
def test_who_looks_after_a_place_does_not_name_it(
    take_in: TakeIn, sheet: Sheet, name: str, office: str
) -> None:
    """The column whose values differ does."""
    lines = [f"2020,{place},중구보건소,중구,신당동" for place in ("가학교", "나학교", "다공원")]
    path = sheet("list.csv", f"연도,{name},{office},자치구,동", *lines)
    rows, columns = read_in(take_in, path)
    assert told(rows, "group") == ["가학교", "나학교", "다공원"]
    assert columns[name] == "group"


def test_days_of_several_years_give_each_row_its_own(take_in: TakeIn, sheet: Sheet) -> None:
    """Read as days or, by a correction, as years."""
    lines = [
        "신청일,단체명,자치구",
        "2015-03-02,가,금천구",
        "2016.3.3,나,마포구",
        "20170227,다,중구",
    ]
    path = sheet("list.csv", *lines)
    assert told(read_in(take_in, path)[0], "year") == [2015, 2016, 2017]
    correction = path.with_name("mapping.toml")
    correction.write_text(
        '[[table]]\nfile = "list.csv"\nsheet = ""\ncolumns = {"신청일" = "year"}\n',
        encoding="utf-8",
    )
    assert told(read_in(take_in, path, corrected=correction)[0], "year") == [2015, 2016, 2017]


def test_months_tell_the_year_of_their_row(take_in: TakeIn, sheet: Sheet) -> None:
    """So does a day whose order is not clear; a day without a year is asked about."""
    lines = ["신청일,단체명,자치구", "2015.3,가,금천구", "5/3/2016,나,마포구", "2017년 2월,다,중구"]
    assert told(read_in(take_in, sheet("list.csv", *lines))[0], "year") == [2015, 2016, 2017]
    with pytest.raises(Undecided) as undecided:
        read_in(take_in, sheet("list.csv", *lines, "5/3,라,중구"))
    assert (
        "  list.csv: 1 row has no day that tells the year, which --year gives them: choose 2015, "
        "2016 or 2017.\n" in str(undecided.value)
    )


@pytest.mark.parametrize("from_1904", [True, False])
def test_a_workbook_says_from_when_it_counts_days(
    take_in: TakeIn, tmp_path: Path, from_1904: bool
) -> None:
    """A bare serial number counts from there, as a day that is marked as one does."""
    path = tmp_path / "list.xlsx"
    with xlsxwriter.Workbook(str(path), {"date_1904": from_1904}) as book:
        page, day = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd"})
        page.write_row(0, 0, ["접수일", "단체명", "자치구"])
        page.write_row(1, 1, ["가모임", "금천구"])
        page.write_datetime(1, 0, datetime(2012, 5, 3), day)
        page.write_row(2, 0, [41397 - (1462 if from_1904 else 0), "나모임", "중구"])
        page.write_row(3, 0, [42005 - (1462 if from_1904 else 0), "다모임", "마포구"])
    assert told(read_in(take_in, path)[0], "year") == [2012, 2013, 2015]


def test_the_year_of_birth_of_a_representative_is_of_the_past(
    take_in: TakeIn, sheet: Sheet
) -> None:
    """Two digits of it are of this century only if that makes a grown-up."""
    path = sheet(
        "list.csv", "연도,단체명,대표자,자치구,생년월일",
        "2013,가모임,김가명,금천구,620514", "2013,나모임,이가명,중구,85.03.02",
        "2024,다모임,박가명,마포구,05.03.02", "2013,라모임,최가명,마포구,05.03.02",
    )  # fmt: skip
    done = take_in(path, programme="시험", dry_run=True)
    years = done.tables["people"]["birth_year"]
    assert sorted(years.dropna()) == [1962, 1985, 2005]
    assert done.problems[["row", "problem", "value"]].to_numpy().tolist() == [
        ["5", "date is not a day", "○○○"]
    ]


def test_rows_without_a_day_are_asked_about_apart(take_in: TakeIn, sheet: Sheet) -> None:
    """What the command line says is for them alone."""
    lines = ["신청일,단체명,자치구", "2014-03-02,가,금천구", ",나,마포구", "2017-02-27,다,중구"]
    path = sheet("list.csv", *lines)
    with pytest.raises(Undecided) as undecided:
        read_in(take_in, path)
    assert (
        "  list.csv: 1 row has no day that tells the year, which --year gives them: choose 2014 or "
        "2017.\n" in str(undecided.value)
    )
    assert told(read_in(take_in, path, year=2016)[0], "year") == [2014, 2016, 2017]


@pytest.mark.parametrize("dash", ["-", "–", "·", "해당없음"])
def test_dashes_are_nothing(take_in: TakeIn, sheet: Sheet, dash: str) -> None:
    """A column of them is not used."""
    lines = [f"2020,{name}모임,중구,신당동,{dash}" for name in "가나다"]
    rows, columns = read_in(take_in, sheet("list.csv", "연도,단체명,자치구,동,주 생산품", *lines))
    assert columns["주 생산품"] == "ignore"
    assert told(rows, "outcome") == ["unknown"] * 3


@pytest.mark.parametrize(
    ("cells", "outcomes"),
    [
        ("YN", ["selected", "rejected"]),
        (("예", "아니오"), ["selected", "rejected"]),
        ("여부", None),
    ],
)
def test_yes_and_no_answer_what_the_heading_asks(
    take_in: TakeIn, sheet: Sheet, cells: tuple[str, str], outcomes: list[str] | None
) -> None:
    """Asked by 선정여부; where the cells answer otherwise, the report says what it could be."""
    lines = [f"2020,{name}모임,중구,{cell}" for name, cell in zip("가나", cells, strict=True)]
    done = take_in(sheet("list.csv", "연도,단체명,자치구,선정여부", *lines), programme="시험")
    assert done.atlas is not None
    assert sorted(done.atlas.applications["outcome"]) == sorted(outcomes or ["unknown"] * 2)
    line = "  선정여부 could be outcome as well: mapping.toml says so, if it is"
    assert (line in in_words(done.report).splitlines()) == (outcomes is None)


@pytest.mark.parametrize("heading", ["접수번호", "위치코드", "관리 번호"])
@pytest.mark.parametrize("cells", [("2015-0001", "2015-0002"), ("1135066500", "1138051000")])
def test_a_number_of_records_is_nobody_s(
    take_in: TakeIn, sheet: Sheet, heading: str, cells: tuple[str, str]
) -> None:
    """Numbers of applications and codes of neighbourhoods are not left out for being personal."""
    lines = [f"2020,{name}모임,중구,{cell}" for name, cell in zip("가나", cells, strict=True)]
    done = take_in(sheet("list.csv", f"연도,단체명,자치구,{heading}", *lines), programme="시험")
    assert "personal" not in in_words(done.report)


@pytest.mark.parametrize("filler", [("37.566470", "126.977963"), ("37.5", "127.0")])
def test_coordinates_that_are_filled_in_are_none(
    take_in: TakeIn, sheet: Sheet, filler: tuple[str, str]
) -> None:
    """The same in rows of three districts: in their own district too they tell nothing."""
    y, x = filler
    lines = [f"2020,{name}모임,{district},{y},{x}" for name, district in
             zip("가나다라", ("중구", "금천구", "마포구", "강남구"), strict=True)]  # fmt: skip
    path = sheet("list.csv", "연도,단체명,자치구,위도,경도", *lines,
                 "2020,마모임,중구,37.5575,126.9980", "2020,바모임,마포구,37.5560,126.9040",
                 "2020,사모임,마포구,37.5560,126.9040")  # fmt: skip
    done = take_in(path, programme="시험")
    assert done.atlas is not None
    precision = done.atlas.groups.set_index("name")["precision"]
    assert precision[["가모임", "나모임", "다모임", "라모임"]].tolist() == ["district"] * 4
    assert precision[["마모임", "바모임", "사모임"]].tolist() == ["point"] * 3
    line = "  reported, coordinates stand in rows of several districts: 4 rows (2, 3, 4, 5)"
    assert line in in_words(done.report).splitlines()


def test_a_record_is_no_heading(take_in: TakeIn, sheet: Sheet) -> None:
    """A list without headings is refused, and nothing of its first record is repeated."""
    path = sheet(
        "list.csv", "2020,꽃모임,홍길동,010-0000-1001,중구,신당동,선정",
        "2020,해모임,김가람,010-0000-1002,마포구,성산동,탈락",
    )  # fmt: skip
    with pytest.raises(BadFile) as refused:
        take_in(path, programme="시험", year=2020)
    assert str(refused.value) == (
        "list.csv: no heading in row 1 is known. Add a row of headings such as 자치구, 동, 모임명, "
        "심사결과, or name the columns in a mapping."
    )


@pytest.mark.parametrize(
    ("title", "day", "years", "told"),
    [
        ("창립 10년 이상 단체", "", [2020, 2020], None),
        ("2019년 지원 단체", "", [2019, 2019], "command line says 2020"),
        ("지원 단체", "2014-01-05", [2014, 2016], "command line says 2020"),
    ],
)
def test_a_year_that_a_person_gives_is_not_passed_over(
    take_in: TakeIn, sheet: Sheet, title: str, day: str, years: list[int], told: str | None
) -> None:
    """Where the file says another, the report says so."""
    other = day.replace("2014", "2016")
    path = sheet("list.csv", f"{title},,,", "단체명,자치구,동,접수일", f"가모임,중구,신당동,{day}",
                 f"나모임,마포구,성산동,{other}")  # fmt: skip
    done = take_in(path, programme="시험", year=2020)
    assert done.rows["year"].tolist() == years
    table = done.report["files"][0]["tables"][0]
    assert table["contradictions"] == ([] if told is None else [told])


def test_an_empty_year_is_that_of_the_row_s_day(take_in: TakeIn, sheet: Sheet) -> None:
    """Beside rows that have one."""
    path = sheet("list.csv", "연도,단체명,자치구,접수일", "2020,가모임,중구,2020-03-04",
                 ",나모임,중구,2021-01-05", ",다모임,중구,")  # fmt: skip
    done = take_in(path, programme="시험")
    assert done.rows["year"].tolist() == [2020, 2021, pd.NA]


@pytest.mark.parametrize("name", ["품앗이 계", "행복한 평균", "우리들 total"])
def test_a_name_may_end_like_a_sum(take_in: TakeIn, sheet: Sheet, name: str) -> None:
    """The row is a record."""
    path = sheet("list.csv", "연도,단체명,자치구,동,참여인원", f"2020,{name},중구,신당동,12",
                 "2020,나모임,마포구,성산동,12", ",합계,,,24")  # fmt: skip
    done = take_in(path, programme="시험")
    assert done.rows["group"].tolist() == [name, "나모임"]


def test_places_that_differ_in_a_number_are_several(take_in: TakeIn, sheet: Sheet) -> None:
    """Exits of a station; a number of rows alone makes no difference."""
    exits = [f"시청역,{number},서울특별시 중구 정동 5-5" for number in (1, 2, 2)]
    done = take_in(sheet("list.csv", "역명,출구번호,주소", *exits), layer="역")
    assert done.rows["reason"].isna().tolist() == [True, True, False]
    rows = [f"{number},시청역,서울특별시 중구 정동 5-5" for number in (1, 2)]
    done = take_in(sheet("list.csv", "연번,역명,주소", *rows), layer="역")
    assert done.rows["reason"].isna().tolist() == [True, False]


def test_degrees_of_the_whole_country_and_noughts(take_in: TakeIn, sheet: Sheet) -> None:
    """Most lie elsewhere, and 0 is nowhere: what is in the city stands at its point."""
    path = sheet("list.csv", "시설명,위도,경도,자치구", "숲,37.5444,127.0374,",
                 "바다,35.1587,129.1604,", "역,36.3323,127.4342,", "산,35.1653,126.9092,",
                 "없음관,0,0,중구")  # fmt: skip
    done = take_in(path, layer="곳")
    precision = done.rows.set_index("group")["precision"]
    assert precision[["숲", "없음관"]].tolist() == ["point", "district"]
    assert done.rows["reason"].tolist()[1:4] == ["outside the city"] * 3


def test_telephone_numbers_in_odd_columns_stay_inside(take_in: TakeIn, sheet: Sheet) -> None:
    """Whatever their heading and form; the report says which columns were left out for it."""
    path = sheet(
        "list.csv", "연도,단체명,자치구,예약문의,뒷번호,수량,기타사항",
        "2020,가모임,중구,02-0000-1234,1000001234,3,문의 010-0000-5678",
        "2020,나모임,마포구,0700001234,1000005678,4,없음",
    )  # fmt: skip
    done = take_in(path, programme="시험")
    columns = {c["label"]: c for c in done.report["files"][0]["tables"][0]["columns"]}
    assert columns["예약문의"]["field"] == "phone"
    assert columns["기타사항"]["field"] == "phone"
    assert [columns[label]["why"] for label in ("뒷번호", "수량")] == ["personal", "nothing"]
    assert done.atlas is not None
    written = b"".join(path.read_bytes() for path in done.atlas.home.rglob("*") if path.is_file())
    for number in (b"0000-1234", b"1000001234", b"0000-5678", b"0700001234"):
        assert number not in written
