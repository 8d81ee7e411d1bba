"""Places as offices write them are found, and what cannot be told is said."""

from __future__ import annotations

import json
import os
import unicodedata
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import boundaries
from geo.gazetteer import Gazetteer

Row = tuple[str | None, str | None, str | None, str | None, tuple[str, ...]]
BOUNDARIES = boundaries.load()
GAZETTEER = Gazetteer(BOUNDARIES)
NAMES = {
    code: name
    for table in (BOUNDARIES.districts, BOUNDARIES.neighbourhoods, BOUNDARIES.administrative)
    for code, name in zip(table["code"], table["name_ko"], strict=True)
}


def found(year: int | None = 2013, **cells: str | None) -> Row:
    """One row, with names for codes."""
    texts = pd.DataFrame({name: pd.Series([text], dtype="str") for name, text in cells.items()})
    texts["year"] = pd.array([year], "Int64")
    row = GAZETTEER.find(texts).iloc[0]
    codes = [NAMES.get(row[name]) for name in row.index[:3]]
    problem = None if pd.isna(row["problem"]) else row["problem"]
    return (*codes, problem, row["candidates"])  # type: ignore[return-value]


def address(text: str, year: int | None = 2013) -> Row:
    return found(year, address=text)


AREAS = BOUNDARIES.neighbourhoods[["district_code", "name_ko", "code"]].to_numpy().tolist()
FORMS = ("{d} {n} 12-3", "서울시 {d} {n}", "서울특별시 {d} 새길 4 ({n}, 2층)", "{d}{n}")
ONLY = ("금천구", None, None, "no neighbourhood", ())


@pytest.mark.parametrize(
    "text",
    ["금천구", "서울 금천구", "서울특별시 금천구", "서울시금천구", "Geumcheon-gu", "금천구청 앞"],
)
def test_a_district_alone_is_found(text: str) -> None:
    """In a column of its own or in an address."""
    assert address(text) == ONLY
    assert found(district=text) == ONLY


@pytest.mark.parametrize(
    "text", ["금천", "금천 구", "11545", "1154500000", "Geumcheon", "ＧＥＵＭＣＨＥＯＮ"]
)
def test_a_column_of_districts_needs_fewer_words(text: str) -> None:
    """Without 구 only there: elsewhere 강남 or 중 may be any word, and 중 is none there either."""
    assert found(district=text) == ONLY
    assert found(district="중")[3] == "unknown place"
    assert address("금천")[3] == "unknown place"


@pytest.mark.parametrize(
    "text",
    [
        "부산 중구 남포동 1", "경기도 광명시 철산동 1", "광명시 철산동 1", "광명시", "인천",
        "경기 성남시 분당구", "성남시분당구", "강원특별자치도 춘천시", "양평군 서종면",
        "부산광역시 강서구", "Jung-gu, Busan",
    ],
)  # fmt: skip
def test_other_cities_are_outside(text: str) -> None:
    """Whatever their districts are called."""
    assert address(text) == (None, None, None, "outside the city", ())


@pytest.mark.parametrize(
    "text", ["인천상회 앞", "임시 사무실", "경기고등학교", "중구난방", "신사동물병원"]
)
def test_a_word_is_no_place(text: str) -> None:
    """Names of places begin many words."""
    assert address(text) == (None, None, None, "unknown place", ())


@pytest.mark.parametrize(
    ("text", "district", "neighbourhood"),
    [
        ("금천구(독산동)", "금천구", "독산동"),
        ("강북구 도봉로67길 18(수유동)", "강북구", "수유동"),
        (
            "서울특별시 도봉구 시루봉로17길 42, 2층 (방학동, 방아골종합사회복지관)",
            "도봉구",
            "방학동",
        ),
        ("(08500) 서울 금천구 독산로 3 (독산동)", "금천구", "독산동"),
        ("종로구 종로1가 1", "종로구", "종로1가"),
        ("중구 을지로 3가 12", "중구", "을지로3가"),
        ("성동구 성수동 1가 300", "성동구", "성수동1가"),
        ("서대문구 충정로2가 1", "서대문구", "충정로2가"),
        ("영등포구 영등포동3가94", "영등포구", "영등포동3가"),
        ("종로구 세종로 1-68", "종로구", "세종로"),
        ("서울시 중구신당동 1", "중구", "신당동"),
        ("금천구시흥동", "금천구", "시흥동"),
        ("종로구청운동", "종로구", "청운동"),
        ("독산동 현대아파트 101동 302호", "금천구", "독산동"),
        ("목동 1동 302호", "양천구", "목동"),
        ("강남구 삼성동 삼성 1동 203호", "강남구", "삼성동"),
        ("강남구 신사동", "강남구", "신사동"),
    ],
)
def test_a_legal_name_is_found_anywhere(text: str, district: str, neighbourhood: str) -> None:
    """After roads, in brackets, before lots; not taken from blocks of flats."""
    assert address(text) == (district, neighbourhood, None, None, ())


@pytest.mark.parametrize(
    ("text", "district", "neighbourhood", "unit"),
    [
        ("독산 제 1동", "금천구", "독산동", "독산1동"),
        ("강서구 화곡제1동 산 5", "강서구", "화곡동", "화곡1동"),
        ("서대문구 홍제 제1동", "서대문구", "홍제동", "홍제1동"),
        ("중구 신당제5동", "중구", "신당동", "신당5동"),
        ("중랑구 면목3,8동", "중랑구", "면목동", "면목3·8동"),
        ("송파구 잠실4동", "송파구", "신천동", "잠실4동"),
        ("관악구 신사동", "관악구", "신림동", "신사동"),
        ("은평구 역촌동주민센터", "은평구", "역촌동", "역촌동"),
        ("은평구 역촌동 12-3", "은평구", "역촌동", "역촌동"),
        ("번1동", "강북구", "번동", "번1동"),
        ("Doksan 3-dong, Geumcheon-gu, Seoul", "금천구", "독산동", "독산3동"),
    ],
)
def test_an_administrative_name_gives_the_legal_one(
    text: str, district: str, neighbourhood: str, unit: str
) -> None:
    """By the official table; 역촌동 is both, and the two have one extent."""
    assert address(text) == (district, neighbourhood, unit, None, ())
    apart = unicodedata.normalize("NFD", text)
    assert address(apart) == address(text)


@pytest.mark.parametrize("road", ["을지로 12", "을지로3가길 2", "세종로12길 1", "충무로 1"])
def test_a_road_is_no_neighbourhood(road: str) -> None:
    """Though some neighbourhoods are called after roads."""
    assert address(f"중구 {road}") == ("중구", None, None, "no neighbourhood", ())


def test_a_unit_of_several_neighbourhoods_says_so() -> None:
    """Its number tells of which it is a part; 종로1·2·3·4가동 is a part of none."""
    assert address("마포구성산2동200") == (
        "마포구", "성산동", "성산2동", "several neighbourhoods",
        ("성산동 (마포구)", "중동 (마포구)"),
    )  # fmt: skip
    assert address("종로구 종로 1.2,3.4가동")[1:4] == (
        None,
        "종로1·2·3·4가동",
        "several neighbourhoods",
    )
    assert address("영등포구 당산2동")[1] is None
    assert found(district="종로구", administrative="사직동", legal="내수동") == (
        "종로구", "내수동", "사직동", None, (),
    )  # fmt: skip


def test_two_neighbourhoods_are_several() -> None:
    """Two numbers of one legal neighbourhood leave that one."""
    assert address("가산동, 독산동") == (
        "금천구", None, None, "several neighbourhoods", ("가산동 (금천구)", "독산동 (금천구)"),
    )  # fmt: skip
    assert address("독산1동, 독산2동") == ("금천구", "독산동", None, "several neighbourhoods", ())


def test_the_same_name_in_several_districts() -> None:
    """신사동 is in three; the column of districts tells which, that of legal names leaves two."""
    everywhere = ("신사동 (은평구)", "신사동 (관악구)", "신사동 (강남구)")
    several = "place is in several districts"
    assert address("신사동 1") == (None, None, None, several, everywhere)
    assert found(legal="신사동")[3:] == (several, (everywhere[0], everywhere[2]))
    assert found(administrative="신사동")[3:] == (several, everywhere[1:])
    assert found(district="은평구", neighbourhood="신사동")[:2] == ("은평구", "신사동")


def test_districts_that_contradict() -> None:
    """Of a column and an address, or in one text; an outer district of the same name is not."""
    contradict = (None, None, None, "districts contradict each other", ())
    assert found(district="금천구", address="마포구 성산동") == contradict
    assert found(district="금천구", address="광명시 철산동") == contradict
    assert address("금천구 구로구 사이") == contradict
    assert found(district="중구", address="부산 중구 남포동")[3] == "outside the city"


def test_names_of_other_years() -> None:
    """신당2동 became 약수동… in 2013: in that year it is right, later it is old."""
    assert found(2013, district="중구", administrative="신당2동")[3] is None
    assert found(2015, district="중구", administrative="신당2동") == (
        "중구", "신당동", "신당2동", "name of another year", (),
    )  # fmt: skip
    assert found(2015, district="중구", administrative="신당동")[2] == "신당동"
    # Two units were called 번1동 one after the other: without a year it is not told which.
    assert found(None, neighbourhood="번1동") == ("강북구", "번동", None, None, ())


def test_slips_are_never_corrected() -> None:
    """Candidates are named, the row counts for its district."""
    near = ("독산동 (금천구)", "독산1동 (금천구)", "독산2동 (금천구)")
    slip = ("금천구", None, None, "unknown neighbourhood", near)
    assert found(district="금천구", neighbourhood="독신동") == slip
    assert address("금천구 독신동 12") == slip
    assert found(district="금천구", neighbourhood="성산동")[3:] == (
        "unknown neighbourhood", ("성산동 (마포구)",),
    )  # fmt: skip
    assert address("성동구 성수동")[4][:2] == ("성수동1가 (성동구)", "성수동2가 (성동구)")
    assert address("금천구 자이아파트 10동") == ONLY
    assert found(district="금촌구")[3:] == ("unknown place", ("금천구",))
    assert found(district="금천구", neighbourhood="독신동", address="가산동 1")[1:4] == (
        "가산동", "가산동", "unknown neighbourhood",
    )  # fmt: skip


@pytest.mark.parametrize("text", [None, "", " ", "-"])
def test_nothing_is_no_place(text: str | None) -> None:
    """Neither letter nor digit."""
    assert found(district=text, address=None) == (None, None, None, "no place", ())


def test_codes_are_names_too() -> None:
    """Of legal neighbourhoods, with and without two noughts, and of administrative ones."""
    assert found(neighbourhood="1154510200")[:3] == ("금천구", "독산동", None)
    assert found(legal="11545102")[:3] == ("금천구", "독산동", None)
    assert found(administrative="1154563000")[:3] == ("금천구", "독산동", "독산3동")


def test_rows_keep_their_index() -> None:
    """Any index, no row, and a frame without a year."""
    texts = pd.DataFrame({"address": ["금천구 가산동", None]}, index=[7, 3], dtype="str")
    result = GAZETTEER.find(texts)
    assert result["district_code"].to_dict() == {
        7: "11545",
        3: pytest.approx(float("nan"), nan_ok=True),
    }
    assert result["problem"].tolist()[1] == "no place"
    assert GAZETTEER.find(texts[:0]).columns.tolist() == result.columns.tolist()


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(AREAS), st.sampled_from(FORMS))
def test_every_neighbourhood_is_found(area: list[str], form: str) -> None:
    """Written after its district, each legal name gives its code, glued to it too."""
    district, name, code = area
    texts = pd.DataFrame({"address": [form.format(d=NAMES[district], n=name)]}, dtype="str")
    assert GAZETTEER.find(texts).iloc[0, :2].tolist() == [district, code]


@settings(max_examples=200, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["district", "legal", "address"]), st.text(max_size=30), min_size=1
    )
)
def test_any_text_has_an_answer(cells: dict[str, str]) -> None:
    """A district or one of the problems that leave none."""
    row = found(**cells)
    none = {
        "no place", "outside the city", "unknown place", "place is in several districts",
        "districts contradict each other",
    }  # fmt: skip
    assert (row[0] is None) == (row[3] in none)


def test_the_sample_spreadsheets() -> None:
    """Every place of both comes out as the truth beside it says."""
    folder = Path(os.environ.get("MAEUL_TEST_DATA", "")) / "spreadsheets"
    if "MAEUL_TEST_DATA" not in os.environ or not folder.is_dir():
        pytest.skip("MAEUL_TEST_DATA names no folder that holds spreadsheets")
    for path in sorted(folder.glob("*.truth.json")):
        truth = json.loads(path.read_text(encoding="utf-8"))
        rows = pd.DataFrame([row for row in truth["rows"] if row.get("place_text")])
        if path.name.startswith("2013"):  # a column of districts and one of neighbourhoods
            district = rows["district_code"].map(NAMES).astype("str")
            texts = pd.DataFrame({"district": district, "neighbourhood": rows["place_text"]})
        else:
            texts = pd.DataFrame({"address": rows["place_text"]})
        result = GAZETTEER.find(texts.astype("str").assign(year=truth["year"]))
        wanted = rows[["district_code", "legal_code"]].astype("str")
        assert result["district_code"].equals(wanted["district_code"])
        known = result["neighbourhood_code"].rename("legal_code")
        assert known.equals(wanted["legal_code"])
