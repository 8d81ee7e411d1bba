"""Places as offices write them, and what they are taken for."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from geo.administrative import valid_in
from geo.boundaries import Boundaries
from geo.gazetteer import OUTSIDE, Gazetteer

DATA = Path(__file__).parents[1] / "data"


@pytest.fixture(scope="module")
def gazetteer(seoul: Boundaries) -> Gazetteer:
    return Gazetteer(seoul)


def place(gazetteer: Gazetteer, year: int | None = 2013, **texts: str) -> list[object]:
    """District, legal and administrative neighbourhood, problem, candidates of one row."""
    frame = pd.DataFrame({name: [text] for name, text in texts.items()}, dtype="str")
    frame["year"] = pd.array([year], dtype="Int64")
    row = gazetteer.find(frame).astype(object)
    return row.where(row.notna(), None).iloc[0].tolist()


def test_every_neighbourhood_is_found_by_its_name(gazetteer: Gazetteer, seoul: Boundaries) -> None:
    """Legal ones and those of 2013, in their district, Korean and romanised."""
    legal, units = seoul.neighbourhoods, seoul.administrative
    units = units[valid_in(units, 2013)]
    for column in ("name_ko", "name_en"):
        texts = {"district": legal["district_code"], "neighbourhood": legal[column]}
        found = gazetteer.find(pd.DataFrame(texts).assign(year=2013))
        assert found["neighbourhood_code"].tolist() == legal["code"].tolist()
        assert found["problem"].isna().all()
        texts = {"district": units["district_code"], "administrative": units[column]}
        found = gazetteer.find(pd.DataFrame(texts).assign(year=2013))
        assert found["administrative_code"].tolist() == units["code"].tolist()
        assert found["problem"].dropna().isin(["several neighbourhoods"]).all()


def test_no_district_or_neighbourhood_is_taken_for_another_city(seoul: Boundaries) -> None:
    """Names that begin as a province does, or have 시 or 군 in them, lie in Seoul all the same."""
    frames = (seoul.districts, seoul.neighbourhoods, seoul.administrative)
    names = [name for frame in frames for name in frame["name_ko"]]
    assert [name for name in names if OUTSIDE.match(name) or OUTSIDE.match(f"{name} 12")] == []


@pytest.mark.parametrize(
    ("file", "year"), [("2012_bureau_results", 2012), ("2013_seed_results", 2013)]
)
def test_the_places_of_the_samples(
    file: str, year: int, gazetteer: Gazetteer, seoul: Boundaries
) -> None:
    """Every row's district and legal neighbourhood, as the truth has them."""
    text = (DATA / f"{file}.truth.json").read_text(encoding="utf-8")
    rows = [row for row in json.loads(text)["rows"] if "place_text" in row]
    called = dict(zip(seoul.districts["code"], seoul.districts["name_ko"], strict=True))
    for row in rows:
        told = {} if year == 2012 else {"district": called[row["district_code"]]}
        column = "address" if year == 2012 else "neighbourhood"
        told |= {column: row["place_text"] or None}
        assert place(gazetteer, year, **told)[:2] == [row["district_code"], row["legal_code"]]


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("신사동", [None, None, None, "place is in several districts",
                 ("신사동 (은평구)", "신사동 (관악구)", "신사동 (강남구)")]),
        ("강남구 신사동", ["11680", "11680107", None, None, ()]),
        ("관악구 신사동", ["11620", "11620102", "1162068500", None, ()]),
        ("부산 중구 신당동", [None, None, None, "outside the city", ()]),
        ("경기 광명시 철산동 1", [None, None, None, "outside the city", ()]),
        ("광명시 철산동", [None, None, None, "outside the city", ()]),
        ("서울 중구 을지로 12", ["11140", None, None, "no neighbourhood", ()]),
        ("을지로3가 12", ["11140", "11140155", None, None, ()]),
        ("종로1.2.3.4가동", ["11110", None, "1111061500", "several neighbourhoods", ()]),
        ("송파구 잠실4동", ["11710", "11710102", "1171069000", None, ()]),
        ("마포구 현대아파트 101동 302호", ["11440", None, None, "no neighbourhood", ()]),
        ("서울시 금천구 독산동 1004-3 101동", ["11545", "11545102", None, None, ()]),
        ("금천구독산동", ["11545", "11545102", None, None, ()]),
        ("서울금천구 독산 3동", ["11545", "11545102", "1154563000", None, ()]),
        ("도봉구 시루봉로17길 42, 2층 (방학동, 복지관)", ["11320", "11320106", None, None, ()]),
        ("강동구 상일동 (고덕동)", ["11740", None, None, "several neighbourhoods", ()]),
        ("역촌동주민센터", ["11380", "11380108", None, None, ()]),
        ("Mapo-gu Seongsan-dong", ["11440", "11440125", None, None, ()]),
        ("금천구청 앞", ["11545", None, None, "no neighbourhood", ()]),
        ("은평구 진관내동", ["11380", None, None, "unknown neighbourhood", ("진관동 (은평구)",)]),
        ("인천상회 앞", [None, None, None, "unknown place", ()]),
        ("강북구 도봉로67길 18(수유동)", ["11305", "11305103", None, None, ()]),
    ],
)  # fmt: skip
def test_an_address_is_read(address: str, expected: list[object], gazetteer: Gazetteer) -> None:
    """Districts, brackets, roads, buildings, other cities."""
    assert place(gazetteer, address=address) == expected


def test_a_district_resolves_a_name_and_is_not_overruled(gazetteer: Gazetteer) -> None:
    """A neighbourhood of another district is unknown in this one, and told as a candidate."""
    assert place(gazetteer, district="은평구", neighbourhood="신사동")[:2] == ["11380", "11380109"]
    assert place(gazetteer, district="금천", neighbourhood="성산동") == [
        "11545", None, None, "unknown neighbourhood", ("성산동 (마포구)",)
    ]  # fmt: skip
    assert place(gazetteer, district="금천구", address="마포구 성산동 1") == [
        None, None, None, "districts contradict each other", ()
    ]  # fmt: skip


def test_a_typing_error_is_told_and_not_corrected(gazetteer: Gazetteer) -> None:
    """The nearest names of the district, the nearest first."""
    assert place(gazetteer, district="금천구", neighbourhood="독신동") == [
        "11545", None, None, "unknown neighbourhood",
        ("독산동 (금천구)", "독산1동 (금천구)", "독산2동 (금천구)"),
    ]  # fmt: skip


def test_names_are_those_of_the_year(gazetteer: Gazetteer) -> None:
    """신당1동 was renamed in July 2013; of another year it is known, and told."""
    assert place(gazetteer, 2012, district="중구", neighbourhood="신당1동")[2:4] == [
        "1114061000", None
    ]  # fmt: skip
    assert place(gazetteer, 2016, district="중구", neighbourhood="신당1동")[1:4] == [
        "11140162", "1114061000", "name of another year"
    ]  # fmt: skip
    assert place(gazetteer, None, district="중구", neighbourhood="신당1동")[3] is None


def test_nothing_is_no_place(gazetteer: Gazetteer) -> None:
    """And a district alone is a district."""
    assert place(gazetteer)[3] == "no place"
    assert place(gazetteer, district="중구") == ["11140", None, None, "no neighbourhood", ()]
