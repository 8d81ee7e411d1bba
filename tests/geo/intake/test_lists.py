"""Lists as offices publish them: a column is what its heading and its values say together."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from geo.intake.coordinates import headed
from geo.intake.understand import Undecided
from geo.intake.walk import Intake

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
