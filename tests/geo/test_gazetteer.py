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
from geo.addresses import Rank
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
    row = GAZETTEER.find(texts).drop(columns="rank").iloc[0]
    codes = [NAMES.get(row[name]) for name in row.index[:3]]
    problem = None if pd.isna(row["problem"]) else row["problem"]
    return (*codes, problem, row["candidates"])  # type: ignore[return-value]


def address(text: str, year: int | None = 2013) -> Row:
    return found(year, address=text)


AREAS = BOUNDARIES.neighbourhoods[["district_code", "name_ko", "code"]].to_numpy().tolist()
FORMS = (
    "{d} {n} 12-3", "서울시 {d} {n}", "서울특별시 {d} 새길 4 ({n}, 2층)", "{d}{n}",
    "서울특별시{d}{n}산25-1", "{d} {n}12번지", "{d} {n} 20호", "{d} {n} 외 3필지", "{d} {n}일대",
    "{d} 대방동6길 지하4(목동빌딩, {n})", "{d} 새길 4 ({n} 33-4, 목동빌딩)",
    "우)04567 서울 {d} {n} 1",
)  # fmt: skip
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
        "부산광역시 강서구", "Jung-gu, Busan", "부산 남포동 1",
        "세종 한누리대로 2130", "제주 노형동 1",
        "경기도수원시팔달구 인계동", "경기 김포 한강11로 1", "경기 과천 대공원 광장로 104",
        "부천 중동 1180", "김포시 한강11로 1", "구미시 1공단로 198-6", "성남시 분당구청",
        "옥도면 선유도리 1", "목면 안심길 170", "Bundang-gu, Seongnam-si", "Jung-gu, Incheon",
        "(우)48058 해운대구 중동 1", "우편번호 48058 부산 중구", "48058부산 중구",
        "(부산) 중구 남포동",
        "부산광엮시 중구 남포동", "인천시 중구", "경기도수원시 팔달구", "제주도 서귀포시",
    ],
)  # fmt: skip
def test_other_cities_are_outside(text: str) -> None:
    """Whatever their districts and neighbourhoods are called: 중동 is one of 마포구 too."""
    assert address(text) == (None, None, None, "outside the city", ())


@pytest.mark.parametrize(
    "text",
    [
        "전남광주통합특별시 북구 용봉동", "전남광주통합특별시북구 용봉동",
        "대구경북특별시 중구 동성로", "전북특별자치도 전주시 완산구 중앙동",
        "강원특별자치도 춘천시", "수원특례시 팔달구", "인천직할시 중구",
        "인천 남구 주안동", "인천 미추홀구 주안동", "인천광역시 검단구 당하동", "제물포구 송림동 1",
        "영종구 중산동", "화성시 동탄구 반송동", "화성시 만세구 향남읍", "동탄구 반송동 1",
        "부천시 원미구 중동", "원미구 중동 1180", "고양 덕양구 화정동", "일산동구장항동 1",
    ],
)  # fmt: skip
def test_cities_are_outside_before_and_after_their_renaming(text: str) -> None:
    """With the city before the district, and without it."""
    assert address(text) == (None, None, None, "outside the city", ())


@pytest.mark.parametrize(
    "city", ["서울특별시", "서울시", "서울", "Seoul", "11", "서울청", "-", None]
)
def test_a_column_of_cities_that_says_seoul_says_no_more(city: str | None) -> None:
    """However it is written, and where it is empty."""
    assert found(city=city, district="중구") == ("중구", None, None, "no neighbourhood", ())
    assert found(city=city) == (None, None, None, "no place", ())


@pytest.mark.parametrize(
    "cells",
    [
        {"city": "부산광역시", "district": "중구", "neighbourhood": "중앙동"},
        {"city": "인천광역시", "district": "중구", "neighbourhood": "신흥동"},
        {"city": "부산", "district": "강서구", "neighbourhood": "명지동"},
        {"city": "부산", "address": "강서구 명지동 1"},
        {"city": "26", "district": "중구"},
        {"city": "인천청", "address": "중구 인중로 1"},
        {"city": "경기남부청", "address": "중동 1"},
        {"city": "전남광주통합특별시", "district": "북구"},
        {"city": "기타", "district": "중구"},
        {"city": "부산", "district": "강남구", "address": "서울특별시 강남구 역삼동 1"},
        {"city": "서울특별시", "address": "부산 중구 남포동"},
        {"city": None, "district": "부산광역시 중구", "neighbourhood": "신당동"},
        {"district": "해운대구", "neighbourhood": "중동"},
    ],
)
def test_what_a_column_has_in_another_city_is_outside(cells: dict[str, str | None]) -> None:
    """In whichever column that stands, and though a district is called as one of Seoul's."""
    assert found(**cells) == (None, None, None, "outside the city", ())


def test_a_new_district_of_another_city_is_none_of_seoul() -> None:
    """Its neighbourhoods may be called as one of Seoul's; a slip in a district of Seoul is told."""
    unknown = (None, None, None, "unknown place", ())
    assert found(district="새별구", neighbourhood="중동") == unknown
    slip = found(district="금촌구", neighbourhood="독산동")
    assert slip == ("금천구", "독산동", None, None, ())


@pytest.mark.parametrize(
    ("cells", "district"),
    [
        ({"city": "서울특별시 중구", "neighbourhood": "신당동"}, "중구"),
        ({"city": "서울특별시", "neighbourhood": "신당동"}, "중구"),
        ({"city": "서울", "district": "중구 신당동"}, "중구"),
        ({"district": "서울특별시 중구", "neighbourhood": "신당동"}, "중구"),
        ({"city": "서울특별시", "address": "신당동 1"}, "중구"),
        ({"city": "중구", "address": "신당동 1"}, "중구"),
    ],
)
def test_levels_of_a_place_are_told_in_any_columns(cells: dict[str, str], district: str) -> None:
    """City and district in one, the district in the address, the city alone."""
    assert found(**cells) == (district, "신당동", None, None, ())


@pytest.mark.parametrize(
    "text",
    [
        "인천상회 앞",
        "임시 사무실",
        "경기고등학교",
        "중구난방",
        "신사동물병원",
        "입구 도로",
        "친구 만나는 길",
        "세종대로지하도 입구",
        "서울 동대문 시장",
        "서울 종로 12",
    ],
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
        ("서울 동대문 용두동 1", "동대문구", "용두동"),
        ("서울시 마포 성산동", "마포구", "성산동"),
        ("서울특별시강남 역삼동 1-1", "강남구", "역삼동"),
        ("서울 특별시 중구 신당동 1", "중구", "신당동"),
        ("대한민국서울특별시 중구 신당동", "중구", "신당동"),
        ("서울시금천구독산동", "금천구", "독산동"),
        ("서울특별시금천구독산동산25-1", "금천구", "독산동"),
        ("관악구 봉천동산 12번지", "관악구", "봉천동"),
        ("관악구 신림동1422번지", "관악구", "신림동"),
        ("종로구 종로1가24", "종로구", "종로1가"),
        ("금천구 독산동외 3필지", "금천구", "독산동"),
        ("금천구 독산동 250외3필지", "금천구", "독산동"),
        ("금천구 독산동일대", "금천구", "독산동"),
        ("5 Yeongdeungpo-dong 5-ga, Yeongdeungpo-gu, Seoul", "영등포구", "영등포동5가"),
        ("12 Doksan-ro, Geumcheon-gu, Seoul (Doksan-dong)", "금천구", "독산동"),
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
        ("서울특별시 강동구 길동 378 길동역", "강동구", "길동", "길동"),
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


@pytest.mark.parametrize(
    ("text", "district", "neighbourhood"),
    [
        ("서울특별시 영등포구 영등포동5가 20호", "영등포구", "영등포동5가"),
        ("서울특별시 영등포구 문래동3가 16호", "영등포구", "문래동3가"),
        ("서울특별시 영등포구 양평동3가 65호", "영등포구", "양평동3가"),
        ("서울특별시 성북구 삼선동1가 29호", "성북구", "삼선동1가"),
        ("서울특별시 종로구 종로5가 12호 2층", "종로구", "종로5가"),
        ("서울특별시 중구 다동 92번지 12호", "중구", "다동"),
        ("서울특별시 중구 다동 12호", "중구", "다동"),
        ("동작구 상도1동 20호", "동작구", "상도1동"),
        ("양천구 목동 1동 302호", "양천구", "목동"),
    ],
)
def test_a_number_behind_a_neighbourhood_is_its_lot(
    text: str, district: str, neighbourhood: str
) -> None:
    """Lists of licences write 20호 for it; only behind a block of flats is it a flat."""
    assert address(text) == (district, neighbourhood, None, None, ())
    assert address("강남구 역삼동 1 현대아파트 다동 302호")[1] == "역삼동"
    assert address("다동 302호")[3] == "unknown place"


@pytest.mark.parametrize(
    ("text", "called_after"),
    [
        ("양천구 목동남로4길 6-23 (목동2차우성아파트 노인정)", "목동"),
        ("양천구 목동동로 10 (목동7단지아파트)", "목동"),
        ("양천구 신월로 1 (목동 센트럴 아이파크 위브 1단지)", "목동"),
        ("양천구 목동서로 1 (목동 2차)", "목동"),
        ("양천구 신정로 1 (신정동복합청사)", "신정동"),
        ("양천구 신정로 1 [목동역]", None),
        ("금천구 시흥대로 291 (독산동 롯데캐슬)", "독산동"),
        ("영등포구 당산로 1 (문래동3가 자이아파트 101동)", "문래동3가"),
        ("강남구 도산대로 1 (청담)", "청담동"),
        ("관악구 남부순환로 1 (신림현대아파트)", None),
        ("양천구 신월로 1 (독산동 롯데캐슬)", None),
    ],
)
def test_a_building_in_brackets_is_no_neighbourhood(text: str, called_after: str | None) -> None:
    """Though it is called after one: it may stand in the next, so that is only suggested."""
    district = text.split()[0]
    near = () if called_after is None else (f"{called_after} ({district})",)
    assert address(text) == (district, None, None, "no neighbourhood", near)


def test_a_building_in_brackets_leaves_what_else_names_the_neighbourhood() -> None:
    """The lot, a neighbourhood beside it, or one of the same name: nothing is told."""
    doksan = ("금천구", "독산동", None, None, ())
    assert address("금천구 독산동 1156 (시흥동 현대아파트)") == doksan
    assert address("금천구 시흥대로 291 (독산동, 독산동 롯데캐슬)") == doksan
    assert address("금천구 시흥대로 291 (독산동 1156)") == doksan
    assert found(address="금천구 시흥대로 291 (독산동 롯데캐슬)", legal="독산동") == doksan
    assert address("시흥대로 291 (독산동 롯데캐슬)") == (
        None, None, None, "unknown place", ("독산동 (금천구)",),
    )  # fmt: skip


@pytest.mark.parametrize(
    "brackets",
    [
        "(상도동)", "(상도동, 현대아파트)", "(현대아파트, 상도동)", "(동작구 상도동)", "[상도동]",
        "(상도동 250-3 현대아파트)", "(상도동 일대)", "(상도동, 2층)", "(상도동",
    ],
)  # fmt: skip
def test_brackets_name_the_neighbourhood_of_a_road(brackets: str) -> None:
    """By itself, before or behind a building; the road is called after another one."""
    assert address(f"동작구 대방동6길 21 {brackets}")[:2] == ("동작구", "상도동")
    assert address("동작구 대방동6길 21") == ("동작구", None, None, "no neighbourhood", ())


def test_several_addresses_in_one_cell() -> None:
    """Of one place, of two, of two districts; a district written twice is told."""
    both = "금천구 독산로 12 (독산동) / 금천구 독산동 250"
    assert address(both) == ("금천구", "독산동", None, None, ())
    assert address("금천구 독산동 1, 금천구 가산동 2")[1:4:2] == (None, "several neighbourhoods")
    assert address("금천구 독산동 1; 구로구 구로동 2")[3] == "districts contradict each other"
    assert address("서울특별시 중구 용산구 동자동 14-151") == (
        "용산구", "동자동", None, "addresses contradict each other", ("용산구", "중구"),
    )  # fmt: skip


@pytest.mark.parametrize("road", [
    "을지로 12", "을지로3가길 2", "세종로12길 1", "충무로 1", "을지로지하 12", "을지로 지하 12",
])  # fmt: skip
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


HONGJI, SUNHWA = "서울특별시 종로구 홍지동 99-7", "서울특별시 중구 순화동 212-6"
ROAD, LOT = "서울 금천구 독산로 1 (독산동)", "서울 금천구 가산동 2"


@pytest.mark.parametrize(
    ("cells", "place"),
    [
        ({"address": ROAD, "address_2": None}, ("금천구", "독산동", None)),
        ({"address": None, "address_2": ROAD}, ("금천구", "독산동", None)),
        ({"address": "금천구 독산로 1", "address_2": "독산동 250"}, ("금천구", "독산동", None)),
        (
            {"district": "종로구", "neighbourhood": "부암동", "address": None, "address_2": HONGJI},
            ("종로구", "홍지동", "부암동"),
        ),
        (
            {"district": "중구", "neighbourhood": "소공동", "address": SUNHWA},
            ("중구", "순화동", "소공동"),
        ),
        (
            {"district": "종로구", "neighbourhood": "부암동", "address": "종로구 홍지동"},
            ("종로구", "홍지동", "부암동"),
        ),
        (
            {"neighbourhood": "독산3동", "address": "금천구 독산로 1 (독산동)"},
            ("금천구", "독산동", "독산3동"),
        ),
        (
            {"neighbourhood": "당산동", "address": "영등포구 당산동 6가 323-1"},
            ("영등포구", "당산동6가", None),
        ),
        (
            {"neighbourhood": "용산동", "address": "용산구 용산동4가 4"},
            ("용산구", "용산동4가", None),
        ),
        (
            {"address": "북한산 자락 마을로 들어서면 만나는 곳", "address_2": "망원동 450"},
            ("마포구", "망원동", None),
        ),
        (
            {"address": "독산동 주민이 가꾸는 곳", "address_2": "마포구 망원동 450"},
            ("마포구", "망원동", None),
        ),
        (
            {"address": "독산동 주민이 가꾸는 곳", "address_2": "망원동 450"},
            ("마포구", "망원동", None),
        ),
        (
            {"address": "양천구 신월로 1 (신월동, 목동 센트럴)", "address_2": "목동 2차상가 앞"},
            ("양천구", "신월동", None),
        ),
    ],
)  # fmt: skip
def test_every_column_is_read_the_surest_first(
    cells: dict[str, str | None], place: tuple[str, str, str | None]
) -> None:
    """Lots, then roads, then columns of neighbourhoods, then other words."""
    assert found(**cells) == (*place, None, ())


def test_what_names_the_neighbourhood_is_told() -> None:
    """By its rank, missing where nothing does."""
    texts = pd.DataFrame(
        {
            "neighbourhood": [None, None, "독산동", None, None, None],
            "address": [
                "금천구 독산동 1", ROAD, "금천구", "독산동 앞", "독산동주민센터", "금천구",
            ],
        },
        dtype="str",
    )  # fmt: skip
    rank = GAZETTEER.find(texts)["rank"]
    assert rank.dropna().tolist() == [
        Rank.LOT, Rank.ROAD, Rank.NAME, Rank.WORDS, Rank.BUILDING,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("behind", "rank"),
    [
        (" 250-3", Rank.LOT), ("250번지", Rank.LOT), ("산25-1", Rank.LOT), (" 250일대", Rank.LOT),
        (" 846 개화산역", Rank.LOT), (" 103 반포역", Rank.LOT), (" 250 차병원", Rank.LOT),
        (" 20호", Rank.LOT), (" 2층", Rank.WORDS), (" 2층에서", Rank.WORDS),
        (" 12통 3반", Rank.WORDS), (" 101동", Rank.WORDS), (" 1호점", Rank.WORDS),
        (" 2020년", Rank.WORDS), (" 3단지", Rank.BUILDING), ("2차우성아파트", Rank.BUILDING),
    ],
)  # fmt: skip
def test_not_every_number_is_a_lot(behind: str, rank: Rank) -> None:
    """Floors, blocks, wards and years are none, and buildings are numbered too."""
    texts = pd.DataFrame({"address": [f"금천구 독산동{behind}"]}, dtype="str")
    result = GAZETTEER.find(texts).iloc[0]
    assert (result["neighbourhood_code"], result["rank"]) == ("11545102", rank)


def test_addresses_of_a_row_that_contradict_each_other() -> None:
    """The surer counts, or the one that the column of districts confirms; it is told."""
    contradict = "addresses contradict each other"
    assert found(address=ROAD, address_2=LOT) == (
        "금천구", "가산동", "가산동", contradict, ("가산동 (금천구)", "독산동 (금천구)"),
    )  # fmt: skip
    guro = "서울 구로구 구로동 2"
    assert found(address=ROAD, address_2=guro) == (
        "구로구", "구로동", None, contradict, ("구로구", "금천구"),
    )  # fmt: skip
    assert found(district="금천구", address=ROAD, address_2=guro) == (
        "금천구", "독산동", None, contradict, ("금천구", "구로구"),
    )  # fmt: skip
    assert found(address=LOT, address_2=guro)[3] == "districts contradict each other"
    assert found(address=ROAD, address_2="경기도 광명시 철산동 1")[3] == "outside the city"
    assert found(district="금천구", address=ROAD, address_2="경기도 광명시 철산동 1") == (
        "금천구", "독산동", None, contradict, ("금천구",),
    )  # fmt: skip


def test_a_column_that_contradicts_the_address() -> None:
    """The address counts, and the administrative neighbourhood is not believed."""
    assert found(district="은평구", neighbourhood="증산동", address="진관3로 20 (진관동)") == (
        "은평구", "진관동", "진관동", "neighbourhoods contradict each other",
        ("진관동 (은평구)", "증산동 (은평구)"),
    )  # fmt: skip
    assert found(legal="부암동", address=HONGJI)[1:4] == (
        "홍지동", None, "neighbourhoods contradict each other",
    )  # fmt: skip


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


def _public(name: str, **options: object) -> pd.DataFrame:
    """A public list as it is, spaces made one."""
    folder = Path(os.environ.get("MAEUL_TEST_DATA", "")) / "real"
    if "MAEUL_TEST_DATA" not in os.environ or not folder.is_dir():
        pytest.skip("MAEUL_TEST_DATA names no folder that holds public lists")
    read = pd.read_excel if name.endswith("x") else pd.read_csv
    table = read(folder / name, dtype="str", **options)  # type: ignore[operator]
    return table.apply(lambda column: column.str.replace(r"\s+", " ", regex=True).str.strip())


def test_stations_are_in_the_neighbourhood_of_their_lot() -> None:
    """Each of Seoul's, but one whose neighbourhood is none of its district; the rest is outside."""
    stations = _public("metro-stations.xlsx", header=1, engine="calamine")
    columns = {"구": "district", "동": "neighbourhood", "상세주소": "address"}
    result = GAZETTEER.find(stations.rename(columns=columns)[[*columns.values()]])
    lot = r"([가-힣]+(?:\d동)?(?: ?\d가)?)(?<=[동로가]) ?산? ?\d"
    lots = stations["상세주소"].str.extract(lot)[0]
    names = result["neighbourhood_code"].map(NAMES)
    other = names != lots.str.replace(" ", "")
    outside = ~stations["상세주소"].str.startswith("서울")
    assert (result["problem"] == "outside the city").equals(outside)
    assert stations["역명"][other & ~outside].tolist() == ["대림(구로구청)"]


def test_police_posts_of_other_cities_are_outside() -> None:
    """The city stands in a column of its own, where an address begins with a district."""
    posts = _public("police-posts-national.csv", encoding="cp949")
    result = GAZETTEER.find(posts[["시도청", "주소"]].set_axis(["city", "address"], axis=1))
    assert (result["problem"] == "outside the city").equals(posts["시도청"] != "서울청")
    assert posts["주소"][result["problem"] == "unknown place"].tolist() == [
        "서울 성북로 25", "서울 영동대로 513", "서울 북구 화랑로 96",
    ]  # fmt: skip
