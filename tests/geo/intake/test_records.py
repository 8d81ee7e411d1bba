"""Records land where their words and points say, and what does not agree is told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from geo.__main__ import main
from geo.boundaries import Boundaries
from geo.intake.understand import Pending, Undecided
from geo.intake.walk import Intake
from tests.geo.intake.conftest import DATA

TakeIn = Callable[..., Intake]
Sheet = Callable[..., Path]
CASES = DATA / "cases"
POINTED = "연도,단체명,주소,경도,위도"
DOKSAN, SIHEUNG, YEOKSAM, BUSAN = (
    "126.8963,37.4686", "126.9054,37.4509", "127.0366,37.5000", "129.0756,35.1796",
)  # fmt: skip
"""Points in 독산동 and 시흥동 of 금천구, in 역삼동 of 강남구, and far away."""


@pytest.fixture
def landed(take_in: TakeIn, seoul: Boundaries) -> Callable[..., list[list[str | None]]]:
    """Rows of a file: district, neighbourhood, unit, precision or why set aside, what is told."""
    tables = (seoul.districts, seoul.neighbourhoods, seoul.administrative)
    names = {code: name for t in tables for code, name in zip(t["code"], t["name_ko"], strict=True)}

    def run(file: Path, **options: object) -> list[list[str | None]]:
        made = take_in(file, programme="시험", **options)
        told = made.problems.set_index("row")["problem"].to_dict()
        codes = ["district_code", "neighbourhood_code", "administrative_code"]
        rows = made.rows.astype(object).where(made.rows.notna(), None)
        found = []
        for _, row in rows.iterrows():
            place = [names.get(row[code]) for code in codes]
            found.append([*place, row["reason"] or row["precision"], told.get(str(row["row"]))])
        return found

    return run


Landed = Callable[..., list[list[str | None]]]


def test_every_address_column_is_read(landed: Landed) -> None:
    """Whichever stands first, where one is empty, and beside a sentence about the place."""
    folder = CASES / "02-first-address-column"
    assert landed(folder / "list.csv") == [
        ["용산구", "이촌동", None, "neighbourhood", None],
        ["금천구", "독산동", None, "neighbourhood", None],
        ["마포구", "망원동", None, "neighbourhood", None],
    ]
    assert landed(folder / "empty-first.csv") == [
        ["용산구", "이촌동", None, "neighbourhood", None],
        ["금천구", "독산동", None, "neighbourhood", None],
    ]
    assert landed(folder / "road-empty-lot-full.csv") == [
        ["종로구", "홍지동", "부암동", "neighbourhood", None],
        ["중구", "순화동", "소공동", "neighbourhood", None],
    ]


def test_addresses_that_contradict_each_other_are_told(landed: Landed, sheet: Sheet) -> None:
    """The lot counts before the road, whatever their order."""
    file = sheet(
        "목록.csv",
        "연도,단체명,도로명주소,지번주소",
        "2020,가모임,서울 금천구 독산로 1 (독산동),서울 금천구 가산동 2",
        "2020,나모임,서울 금천구 독산로 1 (독산동),서울 구로구 구로동 2",
    )
    assert landed(file) == [
        ["금천구", "가산동", "가산동", "neighbourhood", "addresses contradict each other"],
        ["구로구", "구로동", None, "neighbourhood", "addresses contradict each other"],
    ]


def test_numbers_behind_a_neighbourhood_are_lots(landed: Landed) -> None:
    """20호 in lists of licences."""
    assert [row[:2] for row in landed(CASES / "08-ga-lot-ho" / "list.csv")] == [
        ["영등포구", "영등포동5가"], ["영등포구", "문래동3가"],
        ["영등포구", "양평동3가"], ["성북구", "삼선동1가"],
    ]  # fmt: skip


def test_a_point_counts_before_the_name_of_a_building(landed: Landed, sheet: Sheet) -> None:
    """In brackets or not; nothing is told, since no neighbourhood was named."""
    case = CASES / "09-building-in-brackets" / "list.csv"
    assert landed(case, crs="EPSG:4326") == [
        ["양천구", "신정동", None, "point", None],
        ["송파구", "문정동", None, "point", None],
        ["영등포구", "양평동3가", None, "point", None],
    ]
    file = sheet("목록.csv", POINTED, f"2020,가모임,금천구 독산동주민센터,{SIHEUNG}")
    assert landed(file, crs="EPSG:4326") == [["금천구", "시흥동", None, "point", None]]


def test_a_building_in_brackets_is_told_where_nothing_names_the_neighbourhood(
    take_in: TakeIn, sheet: Sheet
) -> None:
    """It is suggested and not taken; of an address without one nothing is told."""
    file = sheet(
        "목록.csv",
        "연도,단체명,도로명주소",
        "2020,가모임,서울 금천구 시흥대로 291 (독산동 롯데캐슬)",
        "2020,나모임,서울 양천구 신월로 1 (목동 센트럴 아이파크)",
        "2020,다모임,서울 금천구 시흥대로 291",
        '2020,라모임,"서울 금천구 시흥대로 291 (독산동, 롯데캐슬)"',
    )
    made = take_in(file, programme="시험", dry_run=True)
    assert made.rows["precision"].tolist() == ["district"] * 3 + ["neighbourhood"]
    assert made.problems[["row", "problem", "candidates"]].to_numpy().tolist() == [
        ["2", "no neighbourhood: district precision", "독산동 (금천구)"],
        ["3", "no neighbourhood: district precision", "목동 (양천구)"],
    ]


def test_a_city_of_a_column_of_its_own_is_heeded(landed: Landed) -> None:
    """Groups of 부산 중구, 인천 중구 and 부산 강서구 are none of Seoul's."""
    outside = [None, None, None, "outside the city", "outside the city"]
    seoul = ["중구", "신당동", None, "neighbourhood", None]
    assert landed(CASES / "13-sido-column" / "list.csv") == [outside, outside, outside, seoul]


@pytest.mark.parametrize(
    ("address", "point", "row"),
    [
        ("금천구 독산동 250", DOKSAN, ["금천구", "독산동", None, "point", None]),
        ("금천구", DOKSAN, ["금천구", "독산동", None, "point", None]),
        ("만나는 곳", DOKSAN, ["금천구", "독산동", None, "point", None]),
        (
            "금천구 독산동 250", SIHEUNG,
            ["금천구", "시흥동", None, "point", "point in another neighbourhood"],
        ),
        (
            "금천구 독산동 250", YEOKSAM,
            ["금천구", "독산동", None, "neighbourhood", "point lies elsewhere"],
        ),
        (
            "금천구 독산동 250", BUSAN,
            ["금천구", "독산동", None, "neighbourhood", "point outside the city"],
        ),
        ("금천구", YEOKSAM, ["금천구", None, None, "district", "point lies elsewhere"]),
        ("부산 중구 1", DOKSAN, [None, None, None, "outside the city", "outside the city"]),
        (
            "금천구 구로구 사이", DOKSAN,
            ["금천구", "독산동", None, "point", "districts contradict each other"],
        ),
    ],
)  # fmt: skip
def test_a_point_counts_in_the_district_that_is_named(
    address: str, point: str, row: list[str | None], landed: Landed, sheet: Sheet
) -> None:
    """Elsewhere the address does; either way a contradiction is told."""
    file = sheet("목록.csv", POINTED, f"2020,가모임,{address},{point}", "2020,나모임,가산동 1,,")
    other = ["금천구", "가산동", "가산동", "neighbourhood", None]
    assert landed(file, crs="EPSG:4326") == [row, other]


GRID = (
    "연도,단체명,자치구,동,X좌표,Y좌표",
    "2013,가모임,금천구,독산동,190800,441300",
    "2013,나모임,금천구,시흥동,191600,439300",
    "2013,다모임,강남구,역삼동,202600,445000",
    "2013,라모임,강남구,역삼동,202900,444600",
)
"""Four places whose grid may be that of either datum; the third is on the line of 역삼동."""
ON_THE_GRID = (
    "row 2 lies in 금천구 독산동 by EPSG:5181, in 금천구 독산동 by EPSG:5174, 313 m apart",
    "row 3 lies in 금천구 시흥동 by EPSG:5181, in 금천구 시흥동 by EPSG:5174, 313 m apart",
    "row 4 lies in 강남구 역삼동 by EPSG:5181, in 강남구 논현동 by EPSG:5174, 313 m apart",
)


def test_a_coordinate_system_that_is_asked_about_is_shown_on_three_rows(
    take_in: TakeIn, sheet: Sheet, tmp_path: Path
) -> None:
    """Where each answer puts them, and how far apart: nothing but numbers of rows and names."""
    with pytest.raises(Undecided) as undecided:
        take_in(sheet("목록.csv", *GRID), programme="시험")
    mapping = tmp_path / "atlas-intake" / "mapping.toml"
    question = (
        "목록.csv: the coordinate system is not clear (points where their rows say: EPSG:5181 4 of "
        "4; EPSG:5174 3 of 4; EPSG:2097 2 of 4); give --crs, or crs in mapping.toml: choose "
        "EPSG:5181, EPSG:5174 or EPSG:2097."
    )
    assert str(undecided.value) == "\n".join(
        [
            "1 question is open; nothing was published.",
            f"  {question}",
            *(f"    {line}" for line in ON_THE_GRID),
            f"Answer in {mapping} and pass it back with --mapping.",
        ]
    )
    comments = mapping.read_text(encoding="utf-8").split("[[table]]\n")[1].split("\nfile")[0]
    assert comments == "\n".join(f"# {line}" for line in (f"OPEN: {question}", *ON_THE_GRID))


def test_rows_that_the_answers_part_are_shown_first(take_in: TakeIn, sheet: Sheet) -> None:
    """However far down they stand; of degrees too, where no row names its place."""
    asked: list[Pending] = []

    def first(question: Pending) -> str:
        asked.append(question)
        return question.choices[0]

    header, doksan, siheung, border, yeoksam = GRID
    again = (line.replace("모임", "단") for line in (doksan, siheung, yeoksam))
    path = sheet("목록.csv", header, doksan, siheung, yeoksam, *again, border)
    made = take_in(path, programme="시험", ask=first, dry_run=True)
    assert made.rows["precision"].tolist() == ["point"] * 7
    assert asked[0].examples == (*ON_THE_GRID[:2], ON_THE_GRID[2].replace("row 4", "row 8"))
    points = (
        f"2013,{name}모임,서울,{point}"
        for name, point in zip("가나", (DOKSAN, YEOKSAM), strict=True)
    )
    take_in(
        sheet("점.csv", "연도,단체명,주소,좌표X,좌표Y", *points),
        programme="시험", ask=first, dry_run=True,
    )  # fmt: skip
    assert asked[1] == Pending(
        "점.csv", "", "crs", ("EPSG:4326", "EPSG:4162"),
        "the coordinate system is not clear (no row names its place); give --crs, or crs in "
        "mapping.toml",
        (
            "row 2 lies in 금천구 독산동 by EPSG:4326, in 금천구 독산동 by EPSG:4162, 362 m apart",
            "row 3 lies in 강남구 역삼동 by EPSG:4326, in 강남구 역삼동 by EPSG:4162, 362 m apart",
        ),
    )  # fmt: skip


def test_the_terminal_shows_the_rows_above_the_choices(
    sheet: Sheet,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A number answers; the points are then read so."""
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda prompt: "2")
    file = sheet("목록.csv", *GRID)
    options = [
        "--programme",
        "시험",
        "--key",
        str(tmp_path / "key"),
        "--out",
        str(tmp_path / "atlas"),
    ]
    assert main(["intake", str(file), *options, "--dry-run"]) == 0
    told = capsys.readouterr()
    lines = [*ON_THE_GRID, "1  EPSG:5181", "2  EPSG:5174", "3  EPSG:2097"]
    assert "mapping.toml.\n" + "".join(f"  {line}\n" for line in lines) in told.err
    assert "coordinates in EPSG:5174 (stated), 3 of 4 where their rows say" in told.out


def test_a_point_in_the_unit_that_a_column_names_contradicts_nothing(
    landed: Landed, sheet: Sheet
) -> None:
    """세곡동 is an administrative neighbourhood too, with 자곡동 and 율현동 in it."""
    file = sheet(
        "목록.csv",
        "연도,단체명,자치구,동,경도,위도",
        "2020,가모임,강남구,세곡동,127.0955,37.4733",
        "2020,나모임,금천구,시흥3동,126.8963,37.4686",
    )
    first, second = landed(file, crs="EPSG:4326")
    assert first == ["강남구", "자곡동", None, "point", None]
    assert second == ["금천구", "독산동", None, "point", "point in another neighbourhood"]
