"""Lists of places become layers: without a year, a programme or anybody's name."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from geo.__main__ import main
from geo.atlas import list_snapshots
from geo.errors import BadFile, UnknownValue
from geo.intake.render import body
from geo.intake.walk import Intake, Pending, Undecided, in_words
from geo.schema import CRS
from tests.geo.intake.conftest import BUREAU, SEED

TakeIn = Callable[..., Intake]
Sheet = Callable[..., Path]
HEADER = "연번,시설이름표,소재지,위도,경도,전화,대표자"
"""The heading over the names is one that nobody uses: it has to be told."""
LIST = {"layer": "도서관", "name_column": "시설이름표", "crs": "EPSG:4326"}
ROWS = (
    "1,하나도서관,서울특별시 강북구 수유동 54-5,37.6315,127.0223,02-901-1234,김가나",
    "2,둘도서관 02-2627-0001,서울특별시 금천구 가산동 1-2,,,02-2627-0001,이다라",
    "3,셋도서관,서울특별시 마포구,,,,",
    "4,넷도서관,경기도 광명시 철산동 1,37.47,126.86,02-2680-0001,박마바",
    "5,다섯도서관,,,,,",
    "6,,서울특별시 마포구 성산동 1,,,,",
    "7,최사아 책방,서울특별시 종로구 청운동 1,,,02-731-0001,최사아",
    "8,최사아 책방,서울특별시 종로구 청운동 1,,,02-731-0001,최사아",
)


@pytest.fixture
def libraries(sheet: Sheet) -> Path:
    return sheet("libraries.csv", HEADER, *ROWS)


def test_a_list_of_libraries_becomes_a_layer(take_in: TakeIn, libraries: Path) -> None:
    """Points, addresses, one outside Seoul, one without place, one twice; one has no name."""
    made = take_in(libraries, **LIST)
    assert made.report["rows"] == {"read": 8, "used": 5, "set_aside": 3}
    aside = made.rows[made.rows["reason"].notna()].set_index("row")["reason"]
    assert aside.to_dict() == {
        5: "outside the city",
        6: "no place",
        9: "exact duplicate of source row 8",
    }
    assert made.atlas is not None
    table = made.atlas.places
    columns = ["layer", "name", "district_code", "neighbourhood_code", "precision"]
    assert table[columns].fillna("-").to_numpy().tolist() == [
        ["도서관", "하나도서관", "11305", "11305103", "point"],
        ["도서관", "둘도서관 ○○○", "11545", "11545101", "neighbourhood"],
        ["도서관", "셋도서관", "11440", "-", "district"],
        ["도서관", "-", "11440", "11440125", "neighbourhood"],
        ["도서관", "최사아 책방", "11110", "11110101", "neighbourhood"],
    ]
    point = gpd.GeoSeries.from_xy([127.0223], [37.6315], crs=4326).to_crs(CRS).iloc[0]
    assert table.geometry.iloc[0].distance(point) < 0.01
    counts = made.atlas.manifest.counts
    assert (counts["places"], counts["groups"], counts["applications"]) == (5, 0, 0)
    assert made.layers == {"도서관": 0}


def test_the_report_tells_what_was_read_and_what_was_dropped(
    take_in: TakeIn, libraries: Path
) -> None:
    """Rows, places, problems, and the columns that may hold personal data."""
    made = take_in(libraries, **LIST)
    assert in_words(made.report).splitlines()[2:] == [
        "  places, layer 도서관",
        "  dropped, may hold personal data: 전화 (phone), 대표자 (representative)",
        "  coordinates in EPSG:4326 (stated), 1 of 1 where their rows say",
        "  places: 1 by point, 3 by neighbourhood, 1 by district",
        "  set aside, exact duplicate: 1 row (9)",
        "  set aside, no place: 1 row (6)",
        "  set aside, outside the city: 1 row (5)",
        "  reported, no name: 1 row (7)",
        "  reported, personal data removed: 1 row (3)",
        "All: 8 rows read = 5 used + 3 set aside; layers of places: 도서관 5.",
    ]
    page = (made.folder / "report.html").read_text(encoding="utf-8")
    for words in ("장소 목록", "개인정보일 수 있어 버린 열", "List of places", "no name"):
        assert words in page
    assert "Same group, same person" not in page


def test_nothing_personal_of_a_list_goes_anywhere(take_in: TakeIn, libraries: Path) -> None:
    """No number, and nobody's name but a shop's own; not in the atlas, not beside it."""
    made = take_in(libraries, **LIST)
    assert made.atlas is not None
    written = [*made.atlas.path.iterdir(), *made.folder.iterdir()]
    content = b"".join(path.read_bytes() for path in written).decode("utf-8", errors="ignore")
    content += made.atlas.places.to_csv() + in_words(made.report)
    for personal in ("김가나", "이다라", "박마바", "901-1234", "2627-0001", "731-0001"):
        assert personal not in content
    assert not (libraries.parent / "secret").exists()  # nobody is called by a key


def test_the_same_list_changes_nothing(take_in: TakeIn, libraries: Path) -> None:
    """Alone or added again: one snapshot, the same bytes beside it."""
    first = take_in(libraries, **LIST)
    again = take_in(libraries, **LIST)
    added = take_in(libraries, add=True, **LIST)
    assert first.atlas is not None
    assert again.atlas == first.atlas
    assert added.atlas == first.atlas
    assert len(list_snapshots(first.atlas.home)) == 1
    assert (first.layers, added.layers) == ({"도서관": 0}, {"도서관": 5})


def test_a_layer_is_added_to_groups_and_replaced_by_its_name(
    take_in: TakeIn, sheet: Sheet, libraries: Path
) -> None:
    """Groups, people and other layers stay as they were, and so does what was told of them."""
    groups = take_in(SEED, BUREAU, programme="실국")
    market = sheet("market.csv", HEADER, ROWS[1])
    take_in(market, add=True, **{**LIST, "layer": "시장"})
    with_both = take_in(libraries, add=True, **LIST)
    assert with_both.report["layers"] == {"도서관": 5, "시장": 1}
    newer = take_in(sheet("new.csv", HEADER, *ROWS[:2]), add=True, **LIST)
    assert newer.layers == {"도서관": 5}
    assert newer.report["layers"] == {"도서관": 2, "시장": 1}
    assert groups.atlas is not None
    assert newer.atlas is not None
    for name in ("groups", "applications", "people", "memberships"):
        pd.testing.assert_frame_equal(getattr(newer.atlas, name), getattr(groups.atlas, name))
    for name in ("groups", "people", "applications", "doubtful", "key"):
        assert newer.report[name] == groups.report[name]
    told = [file["file"] for file in newer.report["files"]]
    assert told == ["2012_bureau_results.csv", "2013_seed_results.xlsx", "market.csv", "new.csv"]
    aside = pd.read_csv(newer.folder / "set-aside.csv")
    assert set(aside["file"]) == {"2012_bureau_results.csv", "2013_seed_results.xlsx"}
    table = pd.DataFrame(newer.atlas.places)
    assert table["layer"].value_counts().to_dict() == {"도서관": 2, "시장": 1}


def test_applications_are_added_to_layers(take_in: TakeIn, libraries: Path) -> None:
    """In whichever order they come, the tables are the same."""
    take_in(libraries, **LIST)
    after = take_in(SEED, add=True)
    take_in(SEED)
    before = take_in(libraries, add=True, **LIST)
    assert after.atlas is not None
    assert before.atlas is not None
    assert after.atlas.hash == before.atlas.hash
    assert (len(after.atlas.groups), len(after.atlas.places)) == (47, 5)


def test_a_list_that_is_read_as_another_layer_leaves_the_first(
    take_in: TakeIn, libraries: Path
) -> None:
    """A file takes the place of the earlier one of its name: so a layer is renamed."""
    take_in(libraries, **LIST)
    made = take_in(libraries, add=True, **{**LIST, "layer": "책 읽는 곳"})
    assert made.report["layers"] == {"책 읽는 곳": 5}
    assert made.report["rows"]["read"] == 8


def test_several_lists_make_one_layer(take_in: TakeIn, sheet: Sheet) -> None:
    """The same place in both stands once; two of one name in one neighbourhood are two."""
    one = sheet("one.csv", HEADER, ROWS[0], ROWS[1])
    other = sheet(
        "two.csv", HEADER, ROWS[1], "3,둘도서관 02-2627-0001,서울특별시 금천구 가산동 9,,,,"
    )
    made = take_in(one, other, **LIST)
    assert made.report["layers"] == {"도서관": 3}
    aside = made.rows["reason"].dropna().tolist()
    assert aside == ["exact duplicate of source row 3 of one.csv"]


def test_a_mapping_tells_names_and_layer(take_in: TakeIn, libraries: Path) -> None:
    """The file that was written means the same without any option."""
    made = take_in(libraries, **LIST)
    again = take_in(libraries, corrected=made.folder / "mapping.toml")
    assert made.atlas is not None
    assert again.atlas is not None
    assert again.atlas.hash == made.atlas.hash
    text = (made.folder / "mapping.toml").read_text(encoding="utf-8")
    assert 'crs = "EPSG:4326"\nlayer = "도서관"\n' in text
    assert '"시설이름표" = "group" # 1.00, mapping' in text


def test_where_no_column_of_names_is_known_it_is_asked_for(
    take_in: TakeIn, libraries: Path
) -> None:
    """With the option that tells it."""
    with pytest.raises(Undecided) as refused:
        take_in(libraries, layer="도서관", crs="EPSG:4326")
    assert str(refused.value).splitlines()[1] == (
        "  libraries.csv: no column was recognised as the name of the place; tell it with "
        "--name-column: choose 연번, 시설이름표, 소재지, 위도, 경도, 전화, 대표자 or leave out the "
        "sheet."
    )
    with pytest.raises(BadFile) as unknown:
        take_in(libraries, **{**LIST, "name_column": "이름표"})
    assert str(unknown.value) == (
        "libraries.csv has no column '이름표' for --name-column: choose 연번, 시설이름표, 소재지, "
        "위도, 경도, 전화 or 대표자."
    )


MEMBERS = (
    "단체명,성명,주소",
    "한울회,김가나,서울 강북구 수유동 54-5",
    "한울회,이다라,금천구 가산동 1",
)


@pytest.mark.parametrize(
    ("lines", "personal"),
    [
        (MEMBERS, "성명"),
        (
            ("단체명,신청인,생년월일,주소", "한울회,김가나,1970-01-02,강북구 수유동 5"),
            "신청인, 생년월일",
        ),
        (("단체명,주민등록번호,주소", "한울회,700102-1234567,강북구 수유동 5"), "주민등록번호"),
        (("단체명,회원명단,주소", "한울회,김가나 이다라,강북구 수유동 5"), "회원명단"),
        (("이름,주소", "김가나,서울 강북구 수유동 54-5", "이다라,금천구 가산동 1"), "이름"),
    ],
)  # fmt: skip
def test_a_list_of_people_is_no_layer(
    lines: tuple[str, ...], personal: str, take_in: TakeIn, sheet: Sheet
) -> None:
    """Their homes would be public; telling another column of names does not help."""
    file = sheet("members.csv", *lines)
    for options in ({}, {"name_column": lines[0].split(",")[0]}):
        with pytest.raises(BadFile) as refused:
            take_in(file, layer="모임", **options)
        assert str(refused.value) == (
            f"members.csv lists people ({personal}), not public facilities: as places it would "
            "show where they live. Take it in without --places, or give a list of the facilities."
        )


@pytest.mark.parametrize("heading", ["모임명", "신청단체명", "동아리명", "주민모임"])
def test_a_list_of_resident_groups_is_no_layer(heading: str, take_in: TakeIn, sheet: Sheet) -> None:
    """Their address is often the representative's home, which the page shows in blocks alone."""
    file = sheet("groups.csv", f"{heading},대표자,주소", "빵 굽는 날,김가나,강북구 수유동 5")
    with pytest.raises(BadFile) as refused:
        take_in(file, layer="모임", name_column=heading)
    assert str(refused.value) == (
        f"groups.csv lists resident groups ({heading}), whose address is often somebody's home: "
        "it is no list of public facilities. Take it in without --places."
    )


def test_groups_of_the_atlas_are_no_layer_under_another_heading(
    take_in: TakeIn, sheet: Sheet
) -> None:
    """By their names; a library that is called like one group is a library."""
    made = take_in(SEED)
    names = made.tables["groups"]["name"].tolist()
    lines = [f'"{name}",강북구 수유동 {n}' for n, name in enumerate(names[:3])]
    with pytest.raises(BadFile) as refused:
        take_in(sheet("list.csv", "기관명,주소", *lines), layer="기관", add=True)
    assert str(refused.value) == (
        "list.csv lists resident groups (most names are those of groups in the atlas), whose "
        "address is often somebody's home: it is no list of public facilities. Take it in without "
        "--places."
    )
    others = ["하나도서관,강북구 수유동 1", "둘도서관,강북구 수유동 2"]
    few = take_in(sheet("list.csv", "기관명,주소", *others, lines[0]), layer="기관", add=True)
    assert few.report["layers"] == {"기관": 3}


def test_where_somebody_lives_is_no_place(take_in: TakeIn, sheet: Sheet) -> None:
    """Whatever a mapping says: the owner's address of a shop is a home."""
    file = sheet(
        "shops.csv", "단체명,대표자주소", "한울상회,강북구 수유동 5", "두울상회,강북구 수유동 6"
    )
    mapping = file.parent / "own.toml"
    mapping.write_text(
        '[[table]]\nfile = "shops.csv"\nsheet = ""\n[table.columns]\n"대표자주소" = "address"\n',
        encoding="utf-8",
    )
    with pytest.raises(BadFile) as refused:
        take_in(file, layer="상점", corrected=mapping)
    assert str(refused.value) == (
        "shops.csv: 대표자주소 tells where somebody lives, which is no public facility: leave the "
        "column out of the mapping."
    )


@pytest.mark.parametrize("heading", ["대표자명", "시설장", "담당자성명", "관리책임자", "원장성명"])
def test_who_is_in_charge_of_a_facility_is_left_out(
    heading: str, take_in: TakeIn, sheet: Sheet
) -> None:
    """The list is one of places all the same."""
    lines = (
        f"단체명,주소,{heading}",
        "한울관,강북구 수유동 5,김가나",
        "두울관,강북구 수유동 6,이다라",
    )
    made = take_in(sheet("halls.csv", *lines), layer="회관")
    assert made.report["layers"] == {"회관": 2}
    assert "김가나" not in made.tables["places"].to_csv()


def test_figures_of_districts_are_no_list(take_in: TakeIn, sheet: Sheet) -> None:
    """A budget by district has no places, whatever it counts."""
    file = sheet("budget.csv", "기간,자치구,예산", "2017,종로구,11305", "2017,중구,5326")
    with pytest.raises(BadFile) as refused:
        take_in(file, layer="도서관")
    assert str(refused.value) == (
        "budget.csv is no list of places: it has figures of districts, and no column with names of "
        "places. Give a list with a row for each place, or tell the column of their names with "
        "--name-column."
    )


@pytest.mark.parametrize("name", ["", " ", "가" * 41, "도서관\x07"])
def test_a_layer_has_a_name(name: str, take_in: TakeIn, libraries: Path) -> None:
    """Of at most 40 characters that print."""
    with pytest.raises(UnknownValue) as refused:
        take_in(libraries, **{**LIST, "layer": name})
    assert str(refused.value) == (
        f"Unknown layer {name!r}: choose a name of 1 to 40 characters, such as 도서관."
    )


def test_a_list_is_asked_about_at_a_terminal(take_in: TakeIn, sheet: Sheet) -> None:
    """Where it has places and nothing of applications; the layer is called as the file."""
    file = sheet("도서관 현황.csv", "단체명,주소", "하나도서관,서울 강북구 수유동 54-5")
    asked: list[Pending] = []

    def ask(question: Pending) -> str:
        asked.append(question)
        return "places"

    made = take_in(file, ask=ask)
    assert made.report["layers"] == {"도서관 현황": 1}
    assert [str(question) for question in asked] == [
        "도서관 현황.csv: there are places and nothing of applications (no year, outcome or "
        "amount): is it of applications, or a list of places, the layer 도서관 현황 (--places "
        "--layer names it otherwise): choose applications or places."
    ]
    take_in(SEED, ask=lambda question: pytest.fail(str(question)))


def test_without_a_terminal_the_message_names_the_option(take_in: TakeIn, sheet: Sheet) -> None:
    """Beside the year that applications need."""
    file = sheet("libraries.csv", "단체명,주소", "하나도서관,서울 강북구 수유동 54-5")
    with pytest.raises(Undecided) as refused:
        take_in(file)
    assert str(refused.value).splitlines()[1:3] == [
        "  libraries.csv: no year is given: add --year, or --places --layer 도서관 if it is a list "
        "of places.",
        "  libraries.csv: no programme is given: add --programme.",
    ]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--places"], "Places make a layer, which needs a name: add --layer 도서관."),
        (["--layer", "도서관"], "--layer names a layer of places: add --places."),
        (
            ["--places", "--layer", "도서관", "--year", "2013", "--programme", "씨앗"],
            "Leave out --year, --programme: places are of no year.",
        ),
    ],
)
def test_options_that_do_not_fit_are_refused(
    options: list[str],
    told: str,
    libraries: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Before anything is read."""
    assert main(["intake", str(libraries), "--out", str(tmp_path / "atlas"), *options]) == 2
    assert capsys.readouterr().err.splitlines()[-1] == told


def test_the_command_says_what_became_of_a_layer(
    libraries: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Added, then replaced; the list of snapshots counts places."""
    out = str(tmp_path / "atlas")
    options = ["--places", "--layer", "도서관", "--name-column", "시설이름표", "--crs", "EPSG:4326"]
    for told in ("added", "replaces the one before, of 5 places"):
        assert main(["intake", str(libraries), "--out", out, "--add", *options]) == 0
        assert f"Layer 도서관: {told}." in capsys.readouterr().out.splitlines()
    assert main(["list", out]) == 0
    assert capsys.readouterr().out.rstrip().endswith("  0 groups, 5 places  atlas")


def test_an_earlier_report_without_layers_is_read(take_in: TakeIn, libraries: Path) -> None:
    """One that was written before there were any has none of these words."""
    made = take_in(SEED)
    assert made.atlas is not None
    old = json.loads((made.atlas.path / "report.json").read_text(encoding="utf-8"))
    del old["layers"]
    for table in old["files"][0]["tables"]:
        del table["layer"], table["dropped"]
    assert "List of places" not in body(old, "en")
