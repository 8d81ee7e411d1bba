"""Columns are recognised by the words of offices and by their values; doubt is asked."""

from __future__ import annotations

import pytest

from geo.intake.columns import Field, Question, recognise
from geo.intake.header import find_table
from geo.intake.sheets import Sheet, read
from tests.geo.intake.conftest import BUREAU, SEED

ADDRESS = "서울시 마포구 성산2동 200번지"
VALUES = {
    "group": "빵 굽는 날", "project": "빵 사업", "district": "금천구", "neighbourhood": "가산동",
    "administrative": "독산1동", "legal": "독산동", "address": ADDRESS, "year": "2013",
    "date": "2013-05-03", "programme": "씨앗", "department": "복지과", "category": "청년",
    "outcome": "선정", "amount": "1,500", "participants": "5", "representative": "홍가람",
    "members": "홍가람, 나도람", "phone": "010-0000-1001", "email": "a@example.org",
    "resident_number": "900101-2345678", "birth": "1990-01-01", "gender": "여", "home": ADDRESS,
    "serial": "1", "ignore": "적을 것 없음", "longitude": "126.9", "latitude": "37.5",
    "x": "200123.4", "y": "551234.5",
}  # fmt: skip


def table(**columns: str):  # type: ignore[no-untyped-def]
    """Three records of the same values."""
    found = find_table(Sheet("", [list(columns), *[list(columns.values())] * 3]))
    assert found is not None
    return found


def fields(**columns: str) -> dict[str, str]:
    return {column.label: str(column.field) for column in recognise(table(**columns))[0]}


FORMS = [
    "연번=serial 자치구=district 행정동=administrative 모임명=group "
    "대표제안자=representative 신청금액=amount 선정결과=outcome",
    "번호=serial 구=district 동=neighbourhood 단체명=group "
    "사업명=project 보조금=amount 심의결과=outcome",
    "접수번호=serial 접수일=date 신청단체=group 소재지=address "
    "연락처=phone 참여인원=participants 선정여부=outcome",
    "사업연도=year 공모사업명=programme 주관부서=department "
    "공동체명=group 활동지역=address 지원결정액=amount",
    "시군구=district 법정동=legal 단체(모임)명=group 대표자성명=representative "
    "휴대폰번호=phone 이메일=email 성별=gender",
    "순번=serial 모임이름=group 모임장소=address 구성원수=participants "
    "참여자명단=members 생년월일=birth 거주지=home",
    "단체명=group 위도=latitude 경도=longitude 분야=category 최종결과=outcome 비고=ignore",
    "주민모임명=group X좌표=x Y좌표=y 담당부서=department 예산(천원)=amount",
    "district=district group=group year=year amount=amount result=outcome address=address",
    "참여단체=group 주민등록번호=resident_number 대표전화=phone "
    "도로명주소=address 심사결과=outcome 신청년도=year",
]


@pytest.mark.parametrize("form", FORMS)
def test_forms_of_offices_are_understood(form: str) -> None:
    """Each column, without a question."""
    pairs = dict(pair.split("=") for pair in form.split())
    found, questions = recognise(table(**{label: VALUES[field] for label, field in pairs.items()}))
    # a unit in brackets is no part of a label
    labels = {label.partition("(천")[0]: field for label, field in pairs.items()}
    assert {column.label: str(column.field) for column in found} == labels
    assert questions == ()


@pytest.mark.parametrize(
    "pair",
    ["좌표정보(X) 좌표정보(Y)", "좌표정보(x) 좌표정보(y)", "X좌표값 Y좌표값",
     "중심점_X좌표 중심점_Y좌표", "POINT_X POINT_Y", "X좌표(EPSG:5174) Y좌표(EPSG:5174)",
     "지도 X 지도 Y", "XCRD YCRD", "x축 y축", "X_WGS84 Y_WGS84", "위치정보(X) 위치정보(Y)"],
)  # fmt: skip
def test_an_axis_is_known_by_its_letter(pair: str) -> None:
    """Wherever it stands in a heading that speaks of coordinates."""
    words = pair.split()
    half = len(words) // 2
    x, y = " ".join(words[:half]), " ".join(words[half:])
    columns, questions = recognise(table(**{"상호": "가람", x: "191000.12", y: "441000.45"}))
    assert [str(column.field) for column in columns] == ["group", "x", "y"]
    assert questions == ()


@pytest.mark.parametrize("heading", ["좌표확인여부(Y/N)", "XY좌표", "위치도(X)", "Yes좌표"])
def test_a_letter_alone_makes_no_axis(heading: str) -> None:
    """Both letters name none, and what is no number is no coordinate."""
    assert fields(**{"상호": "가람", heading: "Y"})[heading] == "ignore"


@pytest.mark.parametrize(
    ("heading", "value", "field"),
    [
        ("준공연도", "1998", "ignore"), ("설립연도", "2001", "ignore"),
        ("사업 연도", "2015", "year"),
        ("전년도 지원금액", "3000000", "ignore"), ("보조금 반납액", "120000", "ignore"),
        ("연간 운영예산", "9000000", "ignore"), ("결정예산", "3000000", "amount"),
        ("전년도 선정여부", "선정", "ignore"), ("재신청 선정", "탈락", "ignore"),
        ("주차 가능 상태", "O", "ignore"), ("처리 상태", "선정", "outcome"),
        ("신청인 주소", "서울 강남구 역삼동 10-1", "home"), ("소유자주소", "중구 신당동 1", "home"),
        ("단체 주소", "서울 강남구 역삼동 10-1", "address"),
        ("광역", "부산", "city"), ("지역", "부산", "city"), ("지역", "금천구 독산동", "address"),
        ("출구번호", "3", "ignore"), ("접수번호", "3", "serial"),
        ("참여인원", "20~30명", "ignore"), ("참여인원", "홍길동, 김가람", "members"),
        ("대표자", "홍길동 010-0000-1001", "representative"), ("대표자", "010-0000-1001", "phone"),
        ("담당자 연락처", "02-0000-1234", "ignore"),
    ],
)  # fmt: skip
def test_a_heading_says_whose_and_of_when(heading: str, value: str, field: str) -> None:
    """Founding years, earlier money and outcomes, homes and officials are something else."""
    assert fields(**{"단체명": "한울회", heading: value})[heading] == field


@pytest.mark.parametrize("heading", ["통장명", "대상자명", "소유자 이름", "강사명", "제안자명"])
def test_people_are_no_groups(heading: str) -> None:
    """Where no heading names the group, one of people is not taken for it."""
    rows = [[name, "중구", "선정"] for name in ("홍길동", "김가람", "이나래")]
    for label, is_group in ((heading, False), ("공방이름", True)):
        found = find_table(Sheet("", [[label, "자치구", "결과"], *rows]))
        assert found is not None
        columns = {column.label: column.field for column in recognise(found)[0]}
        assert (columns[label] == "group") is is_group


def test_the_samples_are_understood() -> None:
    """Every column of both, and nothing has to be asked."""
    for path, expected in (
        (SEED, "serial district neighbourhood group project participants representative "
               "phone amount outcome"),
        (BUREAU, "department project group address amount outcome date"),
    ):  # fmt: skip
        found = find_table(read(path).sheets[0])
        assert found is not None
        columns, questions = recognise(found)
        assert (" ".join(column.field for column in columns), questions) == (expected, ())


def test_two_columns_that_may_name_the_group_are_asked_about() -> None:
    """Both are offered; an empty one is no rival."""
    found = table(자치구="금천구", 단체명="한울회", 모임명="빵 굽는 날")
    assert recognise(found)[1] == (
        Question(Field.GROUP, ("단체명", "모임명"), "which column is the group"),
    )
    assert recognise(table(자치구="금천구", 단체명="", 모임명="빵 굽는 날"))[1] == ()


def test_money_granted_is_the_amount_before_money_asked_for() -> None:
    """Where both have a column."""
    assert fields(모임명="가", 신청액="500", 지원금액="300") == {
        "모임명": "group", "신청액": "ignore", "지원금액": "amount"
    }  # fmt: skip
    assert fields(모임명="가", 신청액="500")["신청액"] == "amount"


def test_values_speak_where_no_word_does_but_never_for_a_name() -> None:
    """With little confidence; what only has words in it stays out."""
    found, _ = recognise(table(모임명="가", 여기="금천구", 저기="선정", 거기="아무 말"))
    told = {column.label: (str(column.field), column.why) for column in found}
    assert told == {
        "모임명": ("group", "words"), "여기": ("district", "values"), "저기": ("outcome", "values"),
        "거기": ("ignore", "nothing"),
    }  # fmt: skip
    assert max(column.confidence for column in found if column.why == "values") <= 0.6


@pytest.mark.parametrize("heading", ["비고", "모임명", "아무 말", "주소"])
def test_telephone_numbers_stay_inside_whatever_their_heading(heading: str) -> None:
    """So do e-mail addresses and resident numbers."""
    for field in ("phone", "email", "resident_number"):
        assert fields(단체명="가", **{heading: VALUES[field]})[heading] == field


def test_lines_around_a_telephone_number_do_not_hide_it() -> None:
    """A cell of several lines is one cell."""
    assert fields(단체명="가", 문의="사무실\n02-000-1234\n팩스 없음")["문의"] == "phone"


def test_participants_are_counted_or_named() -> None:
    """By what stands in the column."""
    assert fields(모임명="가", 참여자="5명")["참여자"] == "participants"
    assert fields(모임명="가", 참여자="홍가람, 나도람")["참여자"] == "members"
    assert fields(모임명="가", 참여인원="홍가람, 나도람")["참여인원"] == "members"


def field_of(heading: str, *cells: str) -> str:
    """What a column is taken for beside a name and a district."""
    rows = [["가모임", "금천구", cell] for cell in cells]
    found = find_table(Sheet("", [["단체명", "자치구", heading], *rows]))
    assert found is not None
    return str(recognise(found)[0][2].field)


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("시군구명칭", "district"), ("구이름", "district"), ("법정동명칭", "legal"),
        ("읍면동 이름", "neighbourhood"), ("행정동명칭", "administrative"),
        ("분야명칭", "category"), ("담당부서 이름", "department"), ("사업명칭", "project"),
    ],
)  # fmt: skip
def test_what_a_name_is_of_counts_before_its_being_one(heading: str, field: str) -> None:
    """A column of districts does not name the groups since its heading ends with 명칭."""
    columns, questions = recognise(table(단체명="가모임", **{heading: VALUES[field]}))
    assert (str(columns[1].field), questions) == (field, ())


@pytest.mark.parametrize(
    "heading", ["소관기관", "분류코드", "사업유형구분", "정책분야코드", "주관사"]
)
def test_a_word_within_a_heading_does_not_name_what_may_hold_any_words(heading: str) -> None:
    """An office is no department, a code no category, a kind of kinds no programme."""
    assert field_of(heading, "가형", "나형", "다형") == "ignore"


@pytest.mark.parametrize("heading", ["제안자명", "신청인명", "회장명", "신청자 이름"])
def test_a_person_s_name_is_no_group_s(heading: str) -> None:
    """Though nothing else names the groups, and its values differ."""
    rows = [[name, "금천구"] for name in ("홍가람", "나도람", "이다온")]
    found = find_table(Sheet("", [[heading, "자치구"], *rows]))
    assert found is not None
    assert str(recognise(found)[0][0].field) == "representative"


@pytest.mark.parametrize("heading", ["관리자명", "사진파일명", "도로이름", "제품명", "작성자 이름"])
def test_names_of_other_things_are_no_group_s(heading: str) -> None:
    """A person is asked which column names the groups."""
    rows = [[name, "금천구"] for name in ("홍가람", "나도람", "이다온")]
    found = find_table(Sheet("", [[heading, "자치구"], *rows]))
    assert found is not None
    assert str(recognise(found)[0][0].field) == "ignore"


@pytest.mark.parametrize(
    "heading", ["누리집주소", "블로그주소", "카페 주소", "유튜브주소", "SNS주소"]
)
def test_an_address_on_the_internet_is_no_home(heading: str) -> None:
    """누리집주소 ends with 집주소."""
    assert field_of(heading, *[f"https://www.example.kr/{n}" for n in range(3)]) == "ignore"


@pytest.mark.parametrize(
    "heading", ["수용인원", "관리인원", "최대수용인원", "이용인원", "모집인원", "직원 인원수"]
)
def test_room_for_people_is_nobody_taking_part(heading: str) -> None:
    """Nor are those who look after a place, or come to it."""
    assert field_of(heading, "120", "35", "48") == "ignore"


def test_support_that_was_asked_for_is_not_granted() -> None:
    """신청보조금 holds 보조금."""
    for asked in ("신청보조금", "요청 지원금", "희망지원금액", "신청지원금"):
        assert fields(모임명="가", **{asked: "500", "보조금교부액": "300"}) == {
            "모임명": "group", asked: "ignore", "보조금교부액": "amount"
        }  # fmt: skip
        assert fields(모임명="가", **{asked: "500"})[asked] == "amount"


@pytest.mark.parametrize("form", ["① {}", "1. {}", "(2) {}", "{} (필수)", "*{}", "{}*", "3) {}"])
def test_forms_number_and_mark_their_headings(form: str) -> None:
    """Which changes nothing of what is meant."""
    headings = {form.format(label): VALUES[field] for label, field in FORMED.items()}
    columns, questions = recognise(table(**headings))
    assert [str(column.field) for column in columns] == list(FORMED.values())
    assert questions == ()


FORMED = {
    "모임명": "group", "자치구": "district", "동": "neighbourhood", "신청액": "amount",
    "심사결과": "outcome", "참여인원": "participants", "대표자": "representative",
    "분야": "category",
}  # fmt: skip


@pytest.mark.parametrize("heading", ["설립일자", "인허가일자", "개업날짜", "점검일시", "준공일자"])
def test_days_of_something_else_are_no_application_s(heading: str) -> None:
    """A group's founding would give its row a year."""
    assert field_of(heading, "2001-05-03", "2009-06-14", "1998-01-31") == "ignore"
    assert field_of("접수날짜", "2001-05-03", "2009-06-14", "1998-01-31") == "date"
    assert field_of("신청일시", "2001-05-03", "2009-06-14", "1998-01-31") == "date"


@pytest.mark.parametrize(
    ("east", "north"),
    [("X축좌표(EPSG:5186)", "Y축좌표(EPSG:5186)"), ("TM_X", "TM_Y"), ("좌표X축", "좌표Y축")],
)
def test_axes_of_a_grid_have_many_names(east: str, north: str) -> None:
    """Whichever names the coordinate system."""
    columns = fields(단체명="가", **{east: VALUES["x"], north: VALUES["y"]})
    assert (columns[east], columns[north]) == ("x", "y")


@pytest.mark.parametrize(
    ("east", "north"),
    [("X좌표(경도)", "위도"), ("X좌표(경도)", "Y좌표(위도)"), ("경도(X좌표)", "위도(Y좌표)")],
)
def test_degrees_count_before_the_letter_of_an_axis(east: str, north: str) -> None:
    """A longitude called X makes no pair with a latitude that is not called Y."""
    columns = fields(단체명="가", **{east: VALUES["longitude"], north: VALUES["latitude"]})
    assert (columns[east], columns[north]) == ("longitude", "latitude")
