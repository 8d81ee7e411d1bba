"""What is given becomes tables of the schema, or every fault is told at once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from geo import validation
from geo.atlas import Atlas, content_hash, write_snapshot
from geo.boundaries import Boundaries
from geo.errors import BadTables
from geo.schema import CRS, CRS_SHOWN, GIVEN, TABLES, Provenance
from geo.validation import read_tables, validate

Tables = dict[str, pd.DataFrame]
LEFT, BOTTOM = 950_000, 1_950_000
"""South-western corner of the square city, EPSG:5179."""


@pytest.fixture(scope="module")
def squares() -> Boundaries:
    """Two districts side by side, 1 km wide, each of two neighbourhoods."""
    codes = ["11110101", "11110102", "11140101", "11140102"]
    shapes = [
        shapely.box(LEFT + 500 * n, BOTTOM, LEFT + 500 * n + 500, BOTTOM + 1000) for n in range(4)
    ]

    def areas(codes: list[str], shapes: list[shapely.Polygon], names: list[str]) -> dict[str, list]:
        return {
            "code": codes,
            "name_ko": names,
            "name_en": names,
            "area_km2": [shape.area / 1e6 for shape in shapes],
            "population": [1000] * len(codes),
            "population_is_estimated": [False] * len(codes),
            "geometry": shapes,
        }

    wide = [shapely.union_all(shapes[:2]), shapely.union_all(shapes[2:])]
    districts = gpd.GeoDataFrame(areas(["11110", "11140"], wide, ["가구", "나구"]), crs=CRS)
    names = ["가일동", "가이동", "나일동", "나이동"]
    neighbourhoods = gpd.GeoDataFrame(areas(codes, shapes, names), crs=CRS)
    neighbourhoods["district_code"] = neighbourhoods["code"].str[:5]
    return Boundaries(districts, neighbourhoods)


@pytest.fixture
def given() -> Tables:
    """One group of each precision, every table, all cells as a CSV has them."""
    columns = {
        "groups": (
            "group_id,name,district_code,neighbourhood_code,x,y",
            "a,책방,11110,,950250,1950500",
            "b,텃밭,11110,11110102,,",
            "c,합창,11140,,,",
        ),
        "applications": (
            "application_id,group_id,year,outcome,amount_krw",
            "1,a,2013,rejected,",
            "2,a,2012,selected,1500000",
            "3,b,2013,selected,",
            "4,c,2014,unknown,",
        ),
        "people": ("person_id,gender,birth_year", "p1,female,1950", "p2,,"),
        "memberships": ("application_id,person_id,role", "1,p1,representative", "1,p2,member"),
        "sites": (
            "site_id,name_ko,name_en,district_code,kind,x,y",
            "m,시장,Market,11140,market,951750,1950500",
        ),
    }
    return {
        name: pd.DataFrame([row.split(",") for row in rows], columns=header.split(","), dtype="str")
        for name, (header, *rows) in columns.items()
    }


def faults(
    given: Tables, squares: Boundaries, provenance: Provenance = Provenance.IMPORTED
) -> list[str]:
    with pytest.raises(BadTables) as error:
        validate(given, squares, provenance)
    return [str(fault) for fault in error.value.faults]


def checked(given: Tables, squares: Boundaries) -> Tables:
    return validate(given, squares, Provenance.IMPORTED)


def point_at(longitude: float, latitude: float, given: Tables) -> None:
    """Move group a, by degrees."""
    given["groups"] = given["groups"].rename(columns={"x": "longitude", "y": "latitude"})
    given["groups"].loc[0, ["longitude", "latitude"]] = [str(longitude), str(latitude)]


# ---- what is derived -------------------------------------------------------------------------


def test_what_follows_from_other_columns_is_filled_in(given: Tables, squares: Boundaries) -> None:
    """Founding year from the first application, neighbourhood and precision from the point."""
    groups = checked(given, squares)["groups"]
    assert isinstance(groups, gpd.GeoDataFrame)
    assert groups.crs == CRS
    assert groups.drop(columns="geometry").fillna("-").astype(str).to_numpy().tolist() == [
        ["a", "책방", "-", "11110", "11110101", "-", "point", "2012", "imported"],
        ["b", "텃밭", "-", "11110", "11110102", "-", "neighbourhood", "2013", "imported"],
        ["c", "합창", "-", "11140", "-", "-", "district", "2014", "imported"],
    ]
    assert groups.geometry.isna().tolist() == [False, True, True]
    assert groups.geometry.iloc[0] == shapely.Point(950_250, 1_950_500)


def test_tables_have_the_columns_of_the_schema(given: Tables, squares: Boundaries) -> None:
    """In the schema's order, with its types, whatever was left out."""
    tables = checked({name: given[name] for name in ("groups", "applications")}, squares)
    for name in GIVEN:
        assert list(tables[name].columns) == [column.name for column in TABLES[name].columns]
    assert tables["people"].empty
    kinds = {"year": "Int64", "integer": "Int64", "text": "str", "geometry": "geometry"}
    for name in GIVEN:
        for column in TABLES[name].columns:
            assert tables[name][column.name].dtype == kinds[column.kind]


def test_what_was_given_already_stays(given: Tables, squares: Boundaries) -> None:
    """Checking what was checked changes nothing."""
    once = checked(given, squares)
    twice = checked({name: once[name] for name in GIVEN}, squares)
    for name in TABLES:
        pd.testing.assert_frame_equal(pd.DataFrame(once[name]), pd.DataFrame(twice[name]))


def test_the_order_of_rows_and_columns_does_not_matter(given: Tables, squares: Boundaries) -> None:
    """Tables come out sorted by key."""
    mixed = {name: frame.iloc[::-1, ::-1] for name, frame in given.items()}
    one, other = checked(given, squares), checked(mixed, squares)
    for name in TABLES:
        pd.testing.assert_frame_equal(pd.DataFrame(one[name]), pd.DataFrame(other[name]))


def test_a_point_may_come_in_any_coordinate_system(given: Tables, squares: Boundaries) -> None:
    """Degrees, metres, a geometry in another projection: the same place to a millimetre."""
    flat = given["groups"].drop(columns=["x", "y"])
    points = gpd.GeoSeries([shapely.Point(950_250, 1_950_500), None, None], crs=CRS)
    shown = points.to_crs(CRS_SHOWN)
    frames = [
        flat.assign(longitude=shown.x, latitude=shown.y),
        gpd.GeoDataFrame(flat, geometry=shown),
        gpd.GeoDataFrame(flat, geometry=points.to_crs("EPSG:5186")),
        gpd.GeoDataFrame(flat, geometry=points.to_crs("OGC:CRS84")),
    ]
    for frame in frames:
        groups = checked(given | {"groups": frame}, squares)["groups"]
        assert groups.geometry.iloc[0].distance(points.iloc[0]) < 0.001
        assert groups["neighbourhood_code"].iloc[0] == "11110101"


def test_codes_that_came_as_numbers_are_text_again(given: Tables, squares: Boundaries) -> None:
    """A Parquet file may hold codes as integers, or as floats because one is missing."""
    groups = given["groups"]
    groups["district_code"] = groups["district_code"].astype(int)
    groups["neighbourhood_code"] = [np.nan, 11110102.0, np.nan]
    found = checked(given, squares)["groups"]
    assert found["district_code"].tolist() == ["11110", "11110", "11140"]
    assert found["neighbourhood_code"].fillna("-").tolist() == ["11110101", "11110102", "-"]


def test_spaces_around_a_value_do_not_count(given: Tables, squares: Boundaries) -> None:
    """Nor does a cell of nothing else, nor a row of empty cells."""
    plain = checked(given, squares)
    spaced = {name: frame.map(lambda cell: f"  {cell}\u3000") for name, frame in given.items()}
    spaced["groups"].loc[3] = " "
    loose = checked(spaced, squares)
    for name in TABLES:
        pd.testing.assert_frame_equal(pd.DataFrame(plain[name]), pd.DataFrame(loose[name]))


def test_the_given_tables_are_not_changed(given: Tables, squares: Boundaries) -> None:
    """Whoever gave them may go on with them."""
    before = {name: frame.copy() for name, frame in given.items()}
    checked(given, squares)
    for name, frame in given.items():
        pd.testing.assert_frame_equal(frame, before[name])


# ---- what is wrong ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "row", "column", "value", "sentence"),
    [
        ("groups", 0, "name", "", "a value is needed: name of the group."),
        ("groups", 1, "group_id", "a", "'a': stands in row 2 already: group_id must differ in "
         "every row."),
        ("groups", 0, "district_code", "99999", "'99999': choose one of the 2 codes of districts, "
         "11110 to 11140."),
        ("groups", 0, "district_code", "1111000000", "'1111000000': write 11110, the first 5 "
         "digits."),
        ("groups", 1, "neighbourhood_code", "11140101", "'11140101': lies in district 11140, not "
         "in 11110: correct one of them."),
        ("groups", 1, "x", "950250", None),
        ("groups", 0, "x", "east", "'east': write a number in digits, or leave it empty."),
        ("applications", 0, "group_id", "z", "'z': there is no such group_id in groups: correct "
         "it, or add it."),
        ("applications", 0, "outcome", "won", "'won': choose selected, rejected, under_review, "
         "other or unknown."),
        ("applications", 0, "year", "20133", "'20133': write a year from 1990 to 2100."),
        ("applications", 0, "year", "", "a value is needed: year of the application."),
        ("applications", 0, "year", "2013년", "'2013년': write 2013."),
        ("applications", 0, "year", "soon", "'soon': write a number in digits."),
        ("applications", 0, "year", "2013.5", "'2013.5': write a whole number."),
        ("applications", 0, "amount_krw", "1,500,000", "'1,500,000': write 1500000."),
        ("applications", 0, "amount_krw", "-5", "'-5': write 0 or more."),
        ("applications", 0, "amount_krw", "inf", "'inf': write a number in digits, or leave it "
         "empty."),
        ("applications", 0, "amount_krw", "1e300", "'1e300': write a number in digits, or leave "
         "it empty."),
        ("people", 0, "birth_year", "1899", "'1899': write a year from 1900 to 2100."),
        ("people", 0, "gender", "여", "'여': choose female or male."),
        ("people", 1, "person_id", "김마을", "this looks like a person's name, number or "
         "address: write a pseudonym (p0001)."),
        ("memberships", 0, "person_id", "p3", "'p3': there is no such person_id in people: "
         "correct it, or add it."),
        ("memberships", 1, "person_id", "p1", "'1, p1': stands in row 2 already: application_id "
         "and person_id together must differ in every row."),
        ("memberships", 0, "role", "boss", "'boss': choose representative or member."),
        ("sites", 0, "kind", "", "a value is needed: what the place is."),
    ],
)  # fmt: skip
def test_a_bad_cell_is_named(
    given: Tables,
    squares: Boundaries,
    table: str,
    row: int,
    column: str,
    value: str,
    sentence: str | None,
) -> None:
    """Table, column, row as in the file, value, what is allowed, what to do."""
    given[table].loc[row, column] = value
    half = sentence is None
    if half:
        column, sentence = "y", "a value is needed: x and y go together."
    place = f"table {table}, column {column}, row {row + 2}: "
    assert place + str(sentence) in faults(given, squares)


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("precision", "district", "'district': there is a point: write point, or leave its "
         "coordinates empty."),
        ("precision", "exact", "'exact': choose point, neighbourhood or district."),
        ("founded_year", "2011", "'2011': its first application is of 2012: write that, or leave "
         "it empty."),
        ("neighbourhood_code", "11110102", "'11110102': the point lies in 11110101: write that, "
         "or correct the point."),
        ("provenance", "simulated", "'simulated': the tables are published as imported: publish "
         "them as simulated."),
    ],
)  # fmt: skip
def test_what_contradicts_a_point_or_an_application_is_told(
    given: Tables, squares: Boundaries, column: str, value: str, said: str
) -> None:
    """One fault each, nothing that follows from it."""
    given["groups"][column] = [value, "", ""]
    assert faults(given, squares) == [f"table groups, column {column}, row 2: {said}"]


@pytest.mark.parametrize(
    ("row", "value", "said"),
    [
        (3, "point", "there is no point: give its coordinates, or leave this empty."),
        (3, "district", "there is a neighbourhood: write neighbourhood, or leave its code empty."),
        (4, "neighbourhood", "there is no neighbourhood: give its code, or leave this empty."),
    ],
)
def test_a_precision_without_its_place_is_told(
    given: Tables, squares: Boundaries, row: int, value: str, said: str
) -> None:
    """Precision says how exactly the place is known, not how exactly one wishes."""
    given["groups"]["precision"] = [value if row == n else "" for n in (2, 3, 4)]
    assert faults(given, squares) == [
        f"table groups, column precision, row {row}: '{value}': {said}"
    ]


def test_swapped_degrees_are_told(given: Tables, squares: Boundaries) -> None:
    """And nothing else is said of the point."""
    point_at(37.55, 126.93, given)
    assert faults(given, squares) == [
        "table groups, column longitude, row 2: 'longitude 37.55, latitude 126.93': looks "
        "swapped: exchange longitude and latitude."
    ]


def test_swapped_metres_and_geometries_are_told(given: Tables, squares: Boundaries) -> None:
    """Korea's eastings and northings in EPSG:5179 never overlap."""
    given["groups"].loc[0, ["x", "y"]] = ["1950500", "950250"]
    flat = given["sites"].drop(columns=["x", "y"])
    swapped = gpd.GeoSeries([shapely.Point(37.55, 126.93)], crs=CRS_SHOWN)
    given["sites"] = gpd.GeoDataFrame(flat, geometry=swapped)
    assert faults(given, squares) == [
        "table groups, column x, row 2: 'x 1950500.00, y 950250.00': looks swapped: "
        "exchange x and y.",
        "table sites, column geometry, row 2: 'longitude 37.55, latitude 126.93': looks "
        "swapped: exchange longitude and latitude.",
    ]


@pytest.mark.parametrize(
    ("longitude", "latitude"), [(125.5, 37.1), (0, 0), (500, 95), (-126.9, 37.5)]
)
def test_a_point_in_the_sea_is_told(
    given: Tables, squares: Boundaries, longitude: float, latitude: float
) -> None:
    """Also one that is nowhere on Earth."""
    point_at(longitude, latitude, given)
    assert faults(given, squares) == [
        f"table groups, column longitude, row 2: 'longitude {longitude:.2f}, latitude "
        f"{latitude:.2f}': the point lies outside every district: correct it, or leave it empty."
    ]


def test_a_point_outside_its_district_is_told(given: Tables, squares: Boundaries) -> None:
    """With the name of the district where it fell; of sites, too."""
    given["groups"].loc[0, "x"] = "951250"
    given["sites"].loc[0, "x"] = "950250"
    assert faults(given, squares) == [
        "table groups, column x, row 2: 'x 951250.00, y 1950500.00': the point lies in 나구 "
        "(11140), not in 11110: correct one of them.",
        "table sites, column x, row 2: 'x 950250.00, y 1950500.00': the point lies in 가구 "
        "(11110), not in 11140: correct one of them.",
    ]


def test_a_geometry_must_be_one_point_somewhere(given: Tables, squares: Boundaries) -> None:
    """An area is no place of a group; coordinates mean nothing without their system."""
    flat = given["groups"].drop(columns=["x", "y"])
    shapes = [shapely.box(0, 0, 1, 1), None, shapely.Point()]
    given["groups"] = gpd.GeoDataFrame(flat, geometry=gpd.GeoSeries(shapes, crs=CRS))
    assert faults(given, squares) == [
        "table groups, column geometry, row 2: 'Polygon': give a single point."
    ]
    nowhere = (
        "table groups, column geometry: this is no place on Earth: give longitude and latitude "
        "(EPSG:4326), x and y (EPSG:5179), or a GeoParquet geometry that names its coordinate "
        "system."
    )
    given["groups"] = gpd.GeoDataFrame(flat, geometry=[shapely.Point(0, 0), None, None])
    assert faults(given, squares) == [nowhere]
    given["groups"] = flat.assign(geometry="POINT (950250 1950500)")
    assert faults(given, squares) == [nowhere]


def test_a_place_is_given_one_way(given: Tables, squares: Boundaries) -> None:
    """Two would contradict each other some day; half a pair is none."""
    given["groups"]["longitude"] = "127"
    given["sites"] = given["sites"].drop(columns="y")
    assert faults(given, squares) == [
        "table groups, column geometry: there is longitude and latitude as well as x and y: "
        "keep one.",
        "table sites, column y: the column is missing: x and y go together.",
    ]


def test_a_site_needs_a_place(given: Tables, squares: Boundaries) -> None:
    """A group may do without, a named place may not."""
    how = (
        "longitude and latitude (EPSG:4326), x and y (EPSG:5179), or a GeoParquet geometry that "
        "names its coordinate system."
    )
    given["sites"].loc[0, ["x", "y"]] = ""
    assert faults(given, squares) == [
        f"table sites, column x, row 2: a value is needed: give {how}"
    ]
    given["sites"] = given["sites"].drop(columns=["x", "y"])
    assert faults(given, squares) == [
        f"table sites, column geometry: the column is missing: give {how}"
    ]


def test_a_group_without_an_application_is_told(given: Tables, squares: Boundaries) -> None:
    """There is no year in which it was founded."""
    given["applications"] = given["applications"].iloc[:3]
    assert faults(given, squares) == [
        "table groups, column group_id, row 4: 'c': the group has no application: add one, or "
        "leave the group out."
    ]


def test_a_bad_year_is_blamed_once(given: Tables, squares: Boundaries) -> None:
    """Not again as the group's founding year, nor as a group without applications."""
    given["groups"]["founded_year"] = ["2012", "2013", "2014"]
    given["applications"].loc[[1, 3], "year"] = ["20122", "x"]
    assert faults(given, squares) == [
        "table applications, column year, row 3: '20122': write a year from 1990 to 2100.",
        "table applications, column year, row 5: 'x': write a number in digits.",
    ]


def test_a_person_lives_in_a_neighbourhood_of_the_district(
    given: Tables, squares: Boundaries
) -> None:
    """As groups do."""
    given["people"]["district_code"] = ["11110", ""]
    given["people"]["neighbourhood_code"] = ["11140101", "11140101"]
    assert faults(given, squares) == [
        "table people, column neighbourhood_code, row 2: '11140101': lies in district 11140, "
        "not in 11110: correct one of them."
    ]


def test_a_table_without_its_key_and_other_faults_come_together(
    given: Tables, squares: Boundaries
) -> None:
    """Every fault at once, tables in order; what refers to the missing key is not blamed."""
    del given["applications"]["application_id"]
    given["applications"].loc[0, "outcome"] = ""
    given["groups"]["colour"] = "red"
    given["people"]["휴대폰"] = "010"
    given["persons"] = given["people"]
    assert faults(given, squares) == [
        "table groups, column colour: unknown column: choose group_id, name, category, "
        "district_code, neighbourhood_code, administrative_code, precision, founded_year, "
        "provenance, geometry, longitude, latitude, x or y, or delete it.",
        "table applications, column application_id: the column is missing: identifier of the "
        "application.",
        "table applications, column outcome, row 2: a value is needed: what became of it.",
        "table people, column 휴대폰: this looks like personal data, which never enters an atlas: "
        "delete the column.",
        "table persons: unknown table: choose groups, applications, people, memberships, sites, "
        "places or population.",
    ]


@pytest.mark.parametrize(
    "name",
    ["representative_name", "Phone", "e-mail", "성명", "연락처", "주소", "birth_date", "tel"],
)
def test_columns_of_names_and_numbers_of_people_are_refused(
    given: Tables, squares: Boundaries, name: str
) -> None:
    """Names of people never enter an atlas."""
    given["people"][name] = "x"
    assert faults(given, squares) == [
        f"table people, column {name}: this looks like personal data, which never enters an "
        "atlas: delete the column."
    ]


def test_missing_and_empty_tables_are_told_once(given: Tables, squares: Boundaries) -> None:
    """Not once more for every row that refers to them."""
    del given["groups"], given["people"]
    given["applications"] = given["applications"].iloc[:0]
    assert (
        faults(given, squares)
        == [
            "table groups: the table is missing: add it.",
            "table applications: the table has no rows: there is nothing to show.",
            "table people: the table is missing: memberships refers to it.",
            "table memberships, column application_id, row 2: '1': there is no such application_id "
            "in applications: correct it, or add it.",
        ][:3]
    )


def test_a_column_stands_once(given: Tables, squares: Boundaries) -> None:
    """Nobody could tell which of two counts."""
    given["people"] = pd.concat([given["people"], given["people"]["gender"]], axis=1)
    assert faults(given, squares) == [
        "table people, column gender: the column stands twice: keep one."
    ]


def test_a_message_prints_two_hundred_faults(given: Tables, squares: Boundaries) -> None:
    """All of them are in the error."""
    rows = [{"application_id": str(n), "group_id": "a", "year": "x"} for n in range(1000)]
    given["applications"] = pd.DataFrame(rows, dtype="str").assign(outcome="selected")
    with pytest.raises(BadTables) as error:
        validate(given, squares, Provenance.IMPORTED)
    lines = str(error.value).splitlines()
    assert len(error.value.faults) == 1002
    assert lines[0] == "1,002 faults in the tables; nothing was published."
    assert lines[-1] == "  … and 802 more."
    assert len(lines) == 202


# ---- administrative neighbourhoods -----------------------------------------------------------

GEUMCHEON = (
    "가산동, 독산1동, 독산2동, 독산3동, 독산4동, 시흥1동, 시흥2동, 시흥3동, 시흥4동 or 시흥5동"
)


def recorded(*groups: str) -> Tables:
    """A group a line: district, administrative, legal neighbourhood, years of its applications."""
    rows = [line.split(",") for line in groups]
    table = pd.DataFrame(
        [row[:3] for row in rows],
        columns=["district_code", "administrative_code", "neighbourhood_code"],
        dtype="str",
    )
    names = [f"g{number}" for number in range(len(rows))]
    years = [(name, year) for name, row in zip(names, rows, strict=True) for year in row[3].split()]
    applications = pd.DataFrame(years, columns=["group_id", "year"], dtype="str")
    applications["application_id"] = [str(number) for number in range(len(years))]
    return {
        "groups": table.assign(group_id=names, name=names),
        "applications": applications.assign(outcome="selected"),
    }


def units_of(seoul: Boundaries, *groups: str) -> list[str]:
    """The administrative code, the legal one and the precision of each group."""
    table = checked(recorded(*groups), seoul)["groups"]
    columns = ["administrative_code", "neighbourhood_code", "precision"]
    return table[columns].fillna("-").agg(" ".join, axis=1).tolist()


def test_a_name_becomes_the_code_of_the_founding_year(seoul: Boundaries) -> None:
    """However it is spelled; of two that had it in turn, the one that an application saw."""
    assert units_of(
        seoul,
        "11545,독산3동,,2013",
        "11545,금천구 독산 제3동,,2013",
        "11545,1154563000,,2013",
        "11305,번1동,,2018 2019",
        "11305,번1동,,2019",
        "11305,번1동,,1994 2012",
        "11140,다산동,,2012 2013",
        "11650,반포1동,,1993",
    ) == [
        *["1154563000 11545102 neighbourhood"] * 3,
        "1130559000 11305102 neighbourhood",
        "1130559500 11305102 neighbourhood",
        "1130559000 11305102 neighbourhood",
        "1114062500 11140162 neighbourhood",
        "1165056000 11650107 neighbourhood",
    ]


def test_administrative_and_legal_follow_from_each_other(seoul: Boundaries) -> None:
    """Where only one fits in the founding year: Gasan-dong is one unit, Doksan-dong is four."""
    assert units_of(
        seoul,
        "11545,,11545101,2013",
        "11545,,11545102,2013",
        "11110,종로1.2.3.4가동,,2013",
        "11530,,11530112,2019",
        "11530,,11530112,2020",
        "11530,항동,,2013",
        "11545,,,2013",
        "11545,,11545101,2009",
    ) == [
        "1154551000 11545101 neighbourhood",
        "- 11545102 neighbourhood",
        "1111061500 - district",
        "1153078000 11530112 neighbourhood",
        "1153080000 11530112 neighbourhood",
        "1153080000 11530112 neighbourhood",
        "- - district",
        "- 11545101 neighbourhood",
    ]


def test_a_point_tells_the_administrative_neighbourhood_too(
    tables: Tables, seoul: Boundaries
) -> None:
    """In Gasan-dong, which is one; Suyu-dong is three."""
    tables["groups"].loc[0, ["longitude", "latitude"]] = ["126.886", "37.476"]
    tables["groups"].loc[0, ["district_code", "neighbourhood_code"]] = ["11545", ""]
    groups = checked(tables, seoul)["groups"]
    assert groups["administrative_code"].fillna("-").tolist() == ["1154551000"] * 2 + ["-"]


def test_nothing_follows_that_the_boundaries_lack(squares: Boundaries, seoul: Boundaries) -> None:
    """Units of a table of one's own, legal neighbourhoods of another map."""
    units, pairs = seoul.administrative, seoul.administrative_legal
    areas = replace(seoul, administrative=units[units["name_ko"] != "가산동"])
    assert units_of(areas, "11545,,11545101,2013") == ["- 11545101 neighbourhood"]
    areas = replace(squares, administrative=units, administrative_legal=pairs)
    assert units_of(areas, "11110,무악동,,2013", "11140,황학동,,2013") == [
        "1111057000 - district",
        "1114067000 - district",
    ]


def test_a_group_known_to_its_district_stays_so(seoul: Boundaries) -> None:
    """Where that is said, no legal neighbourhood is put in."""
    given = recorded("11545,독산3동,,2013")
    given["groups"]["precision"] = "district"
    (group,) = checked(given, seoul)["groups"].itertuples()
    assert group.administrative_code == "1154563000"
    assert pd.isna(group.neighbourhood_code)


def test_a_name_that_the_district_has_not_is_told_with_the_choice(seoul: Boundaries) -> None:
    """Those of the founding year; a code that does not exist is answered the same way."""
    assert faults(
        recorded("11545,독산5동,,2013", "11545,1154599999,,2013", "11140,신당9동,,2012"), seoul
    ) == [
        "table groups, column administrative_code, row 2: '독산5동': there is no such "
        f"administrative neighbourhood in 금천구 (11545): choose {GEUMCHEON}.",
        "table groups, column administrative_code, row 3: '1154599999': there is no such "
        f"administrative neighbourhood in 금천구 (11545): choose {GEUMCHEON}.",
        "table groups, column administrative_code, row 4: '신당9동': there is no such "
        "administrative neighbourhood in 중구 (11140): choose 소공동, 회현동, 명동, 필동, 장충동, "
        "광희동, 을지로동, 신당1동, 신당2동, 신당3동, 신당4동, 신당5동, 신당6동, 황학동 or 중림동.",
    ]


def test_a_name_that_two_had_in_turn_is_told_with_their_days(seoul: Boundaries) -> None:
    """Where neither was there when the group applied."""
    assert faults(recorded("11305,번1동,,1994"), seoul) == [
        "table groups, column administrative_code, row 2: '번1동': 강북구 (11305) had several of "
        "this name, one after the other: write 1130559000 (since 1995-03-01) or 1130559500 (since "
        "2019-01-01)."
    ]


def test_an_administrative_neighbourhood_lies_in_its_district(seoul: Boundaries) -> None:
    """A code tells on its district; in an unknown one, only that is a fault."""
    assert faults(recorded("11140,1154563000,,2013", "99999,독산3동,,2013"), seoul) == [
        "table groups, column administrative_code, row 2: '1154563000': lies in district 11545, "
        "not in 11140: correct one of them.",
        "table groups, column district_code, row 3: '99999': choose one of the 25 codes of "
        "districts, 11110 to 11740.",
    ]


def test_a_legal_neighbourhood_that_it_never_held_is_told(seoul: Boundaries) -> None:
    """잠실4동 is in Sincheon-dong; what it held at another time is no fault."""
    assert faults(
        recorded("11710,잠실4동,11710101,2013", "11530,오류2동,11530112,2021"), seoul
    ) == [
        "table groups, column administrative_code, row 2: '잠실4동': never held legal "
        "neighbourhood 11710101, but 11710102 (신천동): correct one of them, or leave one empty."
    ]
    assert units_of(seoul, "11530,오류2동,11530112,2021") == ["1153078000 11530112 neighbourhood"]


def test_a_point_beside_its_administrative_neighbourhood_is_no_fault(
    tables: Tables, seoul: Boundaries
) -> None:
    """Lines have moved since it was recorded: both are kept."""
    tables["groups"]["administrative_code"] = ["번1동", "", ""]
    group = checked(tables, seoul)["groups"].iloc[0]
    assert (group["administrative_code"], group["neighbourhood_code"]) == ("1130559000", "11305103")


def test_without_such_a_table_there_is_nothing_to_refer_to(
    given: Tables, squares: Boundaries
) -> None:
    """Boundaries of one's own may know of none."""
    given["groups"]["administrative_code"] = ["가1동", "", ""]
    assert faults(given, squares) == [
        "table groups, column administrative_code, row 2: '가1동': there is no such code in "
        "administrative: correct it, or add it."
    ]


# ---- files -----------------------------------------------------------------------------------


def write(given: Tables, folder: Path, **options: str) -> Path:
    folder.mkdir()
    for name, frame in given.items():
        frame.to_csv(folder / f"{name}.csv", index=False, **options)
    return folder


def unreadable(folder: Path) -> list[str]:
    with pytest.raises(BadTables) as error:
        read_tables(folder)
    return [str(fault) for fault in error.value.faults]


def test_csv_and_parquet_hold_the_same(given: Tables, squares: Boundaries, tmp_path: Path) -> None:
    """With or without a byte order mark, with either end of line."""
    plain = read_tables(write(given, tmp_path / "plain"))
    marked = read_tables(
        write(given, tmp_path / "marked", encoding="utf-8-sig", lineterminator="\r\n")
    )
    own = tmp_path / "parquet"
    own.mkdir()
    for name, frame in given.items():
        frame.to_parquet(own / f"{name}.parquet")
    first = checked(plain, squares)
    for tables in (marked, read_tables(own)):
        for name, frame in checked(tables, squares).items():
            pd.testing.assert_frame_equal(pd.DataFrame(frame), pd.DataFrame(first[name]))


def test_geoparquet_brings_its_points(given: Tables, squares: Boundaries, tmp_path: Path) -> None:
    """Whatever its column of geometry is called."""
    folder = write(given, tmp_path / "tables")
    (folder / "groups.csv").unlink()
    flat = given["groups"].drop(columns=["x", "y"])
    points = [shapely.Point(950_250, 1_950_500), None, None]
    frame = gpd.GeoDataFrame(flat.assign(place=points), geometry="place", crs=CRS)
    frame.to_parquet(folder / "groups.parquet")
    groups = checked(read_tables(folder), squares)["groups"]
    assert groups["precision"].tolist() == ["point", "neighbourhood", "district"]


def test_rows_are_counted_as_in_the_file(
    given: Tables, squares: Boundaries, tmp_path: Path
) -> None:
    """Blank lines count, as they do in a spreadsheet; so does a cell of two lines as one row."""
    folder = write(given, tmp_path / "tables")
    (folder / "applications.csv").write_text(
        " application_id ,group_id,year,outcome,label,,\n"
        '1,a,2012,selected,"two\nlines",,\n'
        "\n"
        ",,,,,,\n"
        "2,b,2013,won,,,\n"
        "3,c,2014,selected,,,\n",
        encoding="utf-8",
    )
    assert faults(read_tables(folder) | {"memberships": given["memberships"]}, squares) == [
        "table applications, column outcome, row 5: 'won': choose selected, rejected, "
        "under_review, other or unknown."
    ]


def test_codes_keep_their_leading_zeros(tmp_path: Path) -> None:
    """No cell of a CSV file is a number until the schema says so; NA is a word."""
    (tmp_path / "groups.csv").write_text("group_id,name\n007,NA\n", encoding="utf-8")
    (tmp_path / "applications.csv").write_text("group_id\n007\n", encoding="utf-8")
    assert read_tables(tmp_path)["groups"].to_numpy().tolist() == [["007", "NA"]]


def test_a_value_under_no_name_is_not_lost(
    given: Tables, squares: Boundaries, tmp_path: Path
) -> None:
    """A column without a name is a fault as soon as a cell of it holds something."""
    folder = write(given, tmp_path / "tables")
    text = (folder / "people.csv").read_text(encoding="utf-8").replace("\n", ",\n")
    (folder / "people.csv").write_text(text, encoding="utf-8")
    checked(read_tables(folder), squares)
    (folder / "people.csv").write_text(text.replace("1950,", "1950,!"), encoding="utf-8")
    assert faults(read_tables(folder), squares) == [
        "table people, column (number 4): unknown column: choose person_id, gender, birth_year, "
        "district_code or neighbourhood_code, or delete it."
    ]


def test_files_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    """CP949 is what a Korean Excel writes unasked."""
    (tmp_path / "groups.csv").write_text("group_id,name\na,책방\n", encoding="cp949")
    (tmp_path / "applications.csv").write_text("a,b\n1,2\n1,2,3\n", encoding="utf-8")
    (tmp_path / "people.parquet").write_bytes(b"PAR1 and then nothing")
    (tmp_path / "memberships.csv").write_bytes(b"")
    (tmp_path / "sites.csv").write_text('a,b\n"1,2\n', encoding="utf-8")
    (tmp_path / "group.csv").write_text("a\n", encoding="utf-8")
    assert unreadable(tmp_path) == [
        "table groups: groups.csv is not UTF-8 (CP949, perhaps): save it as CSV UTF-8.",
        "table applications: applications.csv has 3 values in row 3 and 2 columns: put values "
        'that hold a comma between quotation marks ("…").',
        "table people: people.parquet is no readable Parquet file: write it again.",
        "table memberships: memberships.csv is empty: its first row must name the columns.",
        "table sites: sites.csv is no CSV (a quotation mark is never closed): export it again.",
        "table group: unknown file group.csv: choose groups.csv, applications.csv, people.csv, "
        "memberships.csv, sites.csv, places.csv or population.csv, or .parquet.",
    ]


def test_a_broken_geoparquet_file_is_named(given: Tables, tmp_path: Path) -> None:
    """Its description of the geometry is not what it should be."""
    folder = write(given, tmp_path / "tables")
    (folder / "sites.csv").unlink()
    table = pa.Table.from_pandas(given["sites"]).replace_schema_metadata({"geo": "{}"})
    pq.write_table(table, folder / "sites.parquet")
    assert unreadable(folder) == [
        "table sites: sites.parquet is no readable Parquet file: write it again."
    ]


def test_a_folder_without_groups_is_told(tmp_path: Path) -> None:
    """As is one that is not there."""
    for folder in (tmp_path, tmp_path / "nowhere"):
        assert unreadable(folder) == [
            f"table {name}: there is no {name}.csv or {name}.parquet in {folder}: add one."
            for name in ("groups", "applications")
        ]


def test_a_table_is_given_once(given: Tables, tmp_path: Path) -> None:
    """Nobody could tell which of two files counts."""
    folder = write(given, tmp_path / "tables")
    given["groups"].to_parquet(folder / "groups.parquet")
    assert unreadable(folder) == [
        "table groups: there are groups.csv and groups.parquet: keep one of them."
    ]


def test_a_file_too_large_is_not_read(
    given: Tables, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """500 MB is beyond any city's groups."""
    assert validation.LARGEST_FILE == 500_000_000
    folder = write(given, tmp_path / "tables")
    size = (folder / "applications.csv").stat().st_size
    monkeypatch.setattr(validation, "LARGEST_FILE", size - 1)
    monkeypatch.setattr(Path, "iterdir", lambda _: iter([folder / "applications.csv"]))
    assert unreadable(folder)[1] == (
        f"table applications: applications.csv has {size} bytes: at most {size - 1} are read: "
        "leave out what is no record of a group."
    )


# ---- large and real --------------------------------------------------------------------------


def test_a_hundred_thousand_groups_are_checked_row_by_row(squares: Boundaries) -> None:
    """All faults of all rows are found, whatever the number."""
    count = 100_000
    ids = pd.Series(np.arange(count)).astype(str)
    groups = pd.DataFrame({"group_id": ids, "name": "모임", "district_code": "11110"})
    groups["x"], groups["y"] = LEFT + 1 + np.arange(count) % 2000, BOTTOM + 500
    applications = pd.DataFrame(
        {"application_id": ids, "group_id": ids, "year": 2012, "outcome": "selected"}
    )
    found = faults({"groups": groups, "applications": applications}, squares)
    assert len(found) == count / 2
    assert found[0] == (
        "table groups, column x, row 1002: 'x 951001.00, y 1950500.00': the point lies in 나구 "
        "(11140), not in 11110: correct one of them."
    )


def test_the_sample_survives_a_way_through_csv(sample: Atlas, tmp_path: Path) -> None:
    """5,200 groups written as CSV and read again are the same bytes."""
    frames = {name: pd.DataFrame(getattr(sample, name)) for name in GIVEN}
    for name in ("groups", "sites"):
        points = gpd.GeoSeries(frames[name].pop("geometry"))
        frames[name] = frames[name].assign(x=points.x, y=points.y)
    tables = read_tables(write(frames, tmp_path / "tables"))
    areas = Boundaries(sample.districts, sample.neighbourhoods, sample.administrative)
    manifest = write_snapshot(
        validate(tables, areas, Provenance.SIMULATED),
        tmp_path / "again",
        name="",
        made_from="",
        provenance=Provenance.SIMULATED,
        made_at=pd.Timestamp("2026-01-01", tz="UTC"),
    )
    assert manifest.content_hash == content_hash(sample.path)


# ---- residents -------------------------------------------------------------------------------


def people(*rows: str) -> pd.DataFrame:
    columns = ["code", "year", "population"]
    return pd.DataFrame([row.split() for row in rows], columns=columns, dtype="str")


PARTS = ("11110101 2012 400", "11110102 2012 600", "11140101 2012 1", "11140102 2012 2")


@pytest.mark.parametrize("sums", [(), ("11110 2012 1000", "11140 2012 3")])
def test_residents_of_every_area_are_taken(
    given: Tables, squares: Boundaries, sums: tuple[str, ...]
) -> None:
    """Of one level or of two that add up, of years in which the atlas has nothing as well."""
    given["population"] = people(*PARTS, *sums, "11110 2009 5", "11140 2009 6")
    table = checked(given, squares)["population"]
    assert len(table) == 4 + len(sums) + 2
    assert table["population"].sum() == 1003 * (2 if sums else 1) + 11


@pytest.mark.parametrize(
    ("rows", "wrong"),
    [
        (
            ("11110103 2012 5",),
            "column code, row 2: '11110103': there is no such area: write the code of a district "
            "(11110), neighbourhood (11110101) or administrative neighbourhood (1111051500).",
        ),
        (
            ("11110101 2012 5",),
            "column year, row 2: '2012': 3 of the 4 neighbourhoods have no figure of this year, "
            "the first of them 11110102: add them, or leave the neighbourhoods out.",
        ),
        (
            ("11110 2012 5", "11140 2012 7", "11140 2013 7"),
            "column year, row 4: '2013': 1 of the 2 districts have no figure of this year, "
            "the first of them 11110: add them, or leave the districts out.",
        ),
        (
            ("1111051500 2012 5",),
            "column year, row 2: '2012': 1 of the 2 administrative neighbourhoods have no figure "
            "of this year, the first of them 1111053000: add them, or leave the administrative "
            "neighbourhoods out.",
        ),
        (
            ("1111051500 2014 5", "1111053000 2014 5"),
            "column code, row 3: '1111053000': there was no such administrative neighbourhood at "
            "the end of 2014: leave it out.",
        ),
        (
            (*PARTS, "11110 2012 999", "11140 2012 3"),
            "column population, row 6: '999': its neighbourhoods have 1000 in 2012: they must "
            "add up, correct them.",
        ),
        (
            (*PARTS, "1111051500 2012 900", "1111053000 2012 99"),
            "column population, row 2: '400': the neighbourhoods of 11110 have 1000, its "
            "administrative neighbourhoods 999 in 2012: they must be the same, correct them.",
        ),
        (
            ("11110 20133 5", "11140 20133 5"),
            "column year, row 2: '20133': write a year from 1990 to 2100.",
        ),
        (
            ("11110 2012 -5", "11140 2012 5"),
            "column population, row 2: '-5': write 0 or more.",
        ),
        (
            ("11110 2012 5", "11140 2012 5", "11140 2012 6"),
            "column year, row 4: '11140, 2012': stands in row 3 already: code and year together "
            "must differ in every row.",
        ),
    ],
)
def test_residents_that_cannot_be_are_told(
    given: Tables, squares: Boundaries, rows: tuple[str, ...], wrong: str
) -> None:
    """Of no area, of a part of a level, of a unit that was gone, or not adding up."""
    units = squares.administrative.reindex(range(2)).assign(
        code=["1111051500", "1111053000"],
        district_code="11110",
        since="1988-04-23",
        until=pd.Series([None, "2013-06-30"], dtype="str"),
    )
    given["population"] = people(*rows)
    found = faults(given, replace(squares, administrative=units))
    assert found[0] == f"table population, {wrong}"
