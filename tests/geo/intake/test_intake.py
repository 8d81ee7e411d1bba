"""Two spreadsheets of an office become an atlas, every row accounted for."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.__main__ import main
from geo.atlas import Atlas, list_snapshots
from geo.boundaries import Boundaries
from geo.errors import BadFile, MaeulError, UnknownValue
from geo.intake.key import load_key
from geo.intake.walk import Intake, Undecided, in_words
from tests.geo.intake.conftest import BUREAU, DATA, SEED

TakeIn = Callable[..., Intake]
Sheet = Callable[..., Path]
FIELDS = {
    "district_code": "district_code",
    "legal_code": "neighbourhood_code",
    "precision": "precision",
    "place_text": "place",
    "department": "department",
    "group": "group",
    "people": "participants",
    "amount_krw": "amount_krw",
    "outcome": "outcome",
}
"""What the truth calls it -> what the intake does."""
HEADER = "자치구,동,모임명,참여인원,신청액,심사결과"


def truth(path: Path) -> list[dict[str, object]]:
    return list(json.loads(path.with_suffix(".truth.json").read_text(encoding="utf-8"))["rows"])


@pytest.mark.parametrize(("path", "options"), [(SEED, {}), (BUREAU, {"programme": "실국"})])
def test_every_row_and_every_field_is_as_it_truly_is(
    path: Path, options: dict[str, str], take_in: TakeIn
) -> None:
    """Used or why not, place, people, money, outcome, and what must be reported."""
    made = take_in(path, **options)
    found = made.rows.set_index("row")
    problems = made.problems.groupby("row")["problem"].agg(list).to_dict()
    rows = truth(path)
    assert found.index.tolist() == [row["source_row"] for row in rows]
    for row in rows:
        number = row["source_row"]
        told = {
            name: None if pd.isna(found.loc[number, column]) else found.loc[number, column]
            for name, column in FIELDS.items()
        }
        if ("place_text" in row and row["place_text"] is None) or row.get("place_text") == "":
            told["place_text"] = row["place_text"]
        if path == SEED:  # there the truth names the neighbourhood alone, as it was written
            place = found.loc[number, "place"]
            told["place_text"] = row["place_text"]
            assert place.endswith(str(row["place_text"] or ""))
        told |= {"used": pd.isna(found.loc[number, "reason"]), "source_row": number}
        told["reason"] = None if told["used"] else found.loc[number, "reason"]
        said = problems.get(str(number), [told["reason"]])
        told["reported"] = said[0] if len(said) == 1 else said
        assert {name: told[name] for name in row} == row


def test_rows_read_are_rows_used_and_rows_set_aside(take_in: TakeIn) -> None:
    """Of all files, of each, and in the tables that are published."""
    made = take_in(SEED, BUREAU, programme="실국")
    assert made.report["rows"] == {"read": 104, "used": 92, "set_aside": 12}
    tables = [table for file in made.report["files"] for table in file["tables"]]
    for table in tables:
        aside = sum(len(rows) for rows in table["set_aside"].values())
        assert table["read"] == table["used"] + aside
        assert table["used"] == sum(table["precision"].values())
    assert made.atlas is not None
    assert len(made.atlas.applications) == 92
    aside = pd.read_csv(made.folder / "set-aside.csv")
    assert len(aside) == 12
    assert aside.iloc[-1].to_dict() == {
        "file": "2013_seed_results.xlsx",
        "sheet": "심사결과",
        "row": 41,
        "reason": "no group name",
        "group": pytest.approx(float("nan"), nan_ok=True),
        "place": "은평구 불광1동",
    }


CELL = st.sampled_from(
    ["", "금천구", "마포구", "가산동", "독산3동", "광명시", "책방", "5", "선정", "=1", "소계"]
)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=st.lists(st.lists(CELL, min_size=6, max_size=6), max_size=8))
def test_of_any_rows_none_is_lost(rows: list[list[str]], take_in: TakeIn, sheet: Sheet) -> None:
    """Whatever stands in their cells: a record, or of a kind that is told."""
    lines = ["금천구,시흥동,늘 있는 모임,5,100,선정", *(",".join(row) for row in rows)]
    made = take_in(sheet("2013_씨앗.csv", HEADER, *lines), dry_run=True)
    table = made.report["files"][0]["tables"][0]
    aside = sum(len(numbers) for numbers in table["set_aside"].values())
    left = [number for numbers in table["left_out"].values() for number in numbers]
    assert table["read"] == table["used"] + aside
    assert sorted([*made.rows["row"], *left]) == list(range(1, len(lines) + 2))
    assert len(made.tables["applications"]) == table["used"]


def test_a_year_that_no_atlas_has_is_refused(take_in: TakeIn) -> None:
    """A slip of the pen, before anything is read."""
    with pytest.raises(UnknownValue, match=r"^Unknown year '20133': choose 1990 to 2100\.$"):
        take_in(SEED, year=20133)


def test_year_and_programme_come_from_the_most_trusted_place(take_in: TakeIn) -> None:
    """A title before the command line; days, where there is neither."""
    made = take_in(SEED, BUREAU, year=1999, programme="실국")
    said = {
        file["file"]: [
            (table["years"], table["year_from"], table["programmes"], table["programme_from"])
            for table in file["tables"]
        ]
        for file in made.report["files"]
    }
    assert said == {
        "2012_bureau_results.csv": [({"2012": 56}, "dates", {"실국": 56}, "command line")],
        "2013_seed_results.xlsx": [({"2013": 48}, "title", {"씨앗": 48}, "title")],
    }


def test_the_same_files_change_nothing(take_in: TakeIn) -> None:
    """Nor does their order, and the report is the same to the byte."""
    first = take_in(SEED, BUREAU, programme="실국")
    files = {path.name: path.read_bytes() for path in first.folder.iterdir()}
    again = take_in(BUREAU, SEED, programme="실국")
    assert again.atlas is not None
    assert first.atlas is not None
    assert again.atlas.path == first.atlas.path
    assert len(list_snapshots(again.atlas.path.parents[1])) == 1
    assert {path.name: path.read_bytes() for path in again.folder.iterdir()} == files


def test_a_dry_run_does_all_but_publish(take_in: TakeIn, tmp_path: Path) -> None:
    """The report is there, the atlas is not."""
    made = take_in(SEED, dry_run=True)
    assert made.atlas is None
    assert not (tmp_path / "atlas").exists()
    assert sorted(path.name for path in made.folder.iterdir()) == [
        "decisions.csv", "mapping.toml", "report.html", "report.json", "reported.csv",
        "set-aside.csv",
    ]  # fmt: skip
    assert made.report == take_in(SEED).report


def test_adding_a_year_leaves_the_others(take_in: TakeIn) -> None:
    """File by file it is the same atlas as at once; a file that is added again changes nothing."""
    at_once = take_in(SEED, BUREAU, programme="실국")
    take_in(BUREAU, programme="실국")
    step = take_in(SEED, add=True)
    again = take_in(SEED, add=True)
    assert step.atlas is not None
    assert again.atlas is not None
    assert again.atlas.path == step.atlas.path
    for name in ("groups", "applications", "people", "memberships"):
        pd.testing.assert_frame_equal(getattr(step.atlas, name), getattr(at_once.atlas, name))
    for name in ("rows", "files"):
        assert step.report[name] == at_once.report[name]
    aside = (step.atlas.path / "set-aside.csv").read_bytes()
    assert at_once.atlas is not None
    assert aside == (at_once.atlas.path / "set-aside.csv").read_bytes()


def test_a_corrected_file_takes_the_place_of_the_one_before(take_in: TakeIn, sheet: Sheet) -> None:
    """By its name; what stood in no other file goes."""
    take_in(SEED)
    take_in(sheet("2014_씨앗.csv", HEADER, "금천구,가산동,낡은 모임,5,100,선정"), add=True)
    file = sheet("2014_씨앗.csv", HEADER, "금천구,가산동,새 모임,5,100,선정")
    made = take_in(file, add=True)
    assert made.atlas is not None
    names = made.atlas.groups["name"].tolist()
    assert ("새 모임" in names, "낡은 모임" in names, len(names)) == (True, False, 48)


def test_a_group_is_known_again_a_year_later(take_in: TakeIn, sheet: Sheet) -> None:
    """By its name and neighbourhood, however it is spaced; it keeps its identifier."""
    before = take_in(sheet("2012_씨앗.csv", HEADER, "금천구,가산동,빵 굽는 날,5,100,선정"))
    after = take_in(sheet("2013_씨앗.csv", HEADER, "금천구,가산동,빵굽는 날,7,100,탈락"), add=True)
    assert after.atlas is not None
    groups = after.atlas.groups
    assert groups[["group_id", "name", "founded_year"]].to_numpy().tolist() == [
        [before.rows["group_id"].iloc[0], "빵 굽는 날", 2012]
    ]
    assert after.report["groups"] == {"new": 0, "matched": 1}


def test_a_doubtful_pair_is_decided_by_a_person(take_in: TakeIn, sheet: Sheet) -> None:
    """It waits in decisions.csv; the answer holds from the next run on, and is kept."""
    row = "금천구,가산동,{},5,100,선정"
    files = (
        sheet("2012_씨앗.csv", HEADER, row.format("느티나무 공방")),
        sheet("2013_씨앗.csv", HEADER, row.format("느타나무 공방")),
    )
    apart = take_in(*files)
    assert apart.rows["group_id"].nunique() == 2
    assert apart.report["doubtful"] == {"group": 1, "person": 0}
    path = apart.folder / "decisions.csv"
    decided = pd.read_csv(path, dtype="str").assign(decision="same")
    decided.to_csv(path, index=False, encoding="utf-8-sig")
    one = take_in(*files)
    assert one.rows["group_id"].nunique() == 1
    assert one.report["decisions"] == {"same": 1, "different": 0}
    assert take_in(*files).report == one.report


def test_the_mapping_as_written_means_the_same(take_in: TakeIn) -> None:
    """Passed back unchanged, it makes the same tables."""
    made = take_in(SEED, BUREAU, programme="실국")
    again = take_in(SEED, BUREAU, corrected=made.folder / "mapping.toml")
    for name, table in made.tables.items():
        pd.testing.assert_frame_equal(again.tables[name], table)


def test_without_year_or_programme_a_file_is_refused(take_in: TakeIn, sheet: Sheet) -> None:
    """With every question at once; nothing is published, the mapping waits to be answered."""
    file = sheet("결과.csv", HEADER, "금천구,가산동,빵 굽는 날,5,100,선정")
    mapping = file.parent / "atlas-intake" / "mapping.toml"
    with pytest.raises(Undecided) as refused:
        take_in(file)
    assert str(refused.value) == (
        "2 questions are open; nothing was published.\n"
        "  결과.csv: no year is given: add --year.\n"
        "  결과.csv: no programme is given: add --programme.\n"
        f"Answer in {mapping} and pass it back with --mapping."
    )
    text = mapping.read_text(encoding="utf-8")
    assert take_in(file, year=2013, programme="씨앗").report["rows"]["used"] == 1
    assert 'file = "결과.csv"' in text


def test_a_corrected_mapping_is_believed(take_in: TakeIn, sheet: Sheet) -> None:
    """What a person says of columns, year and programme counts before anything in the file."""
    file = sheet(
        "2013_씨앗.csv", "자치구,동,단체명,모임명,심사결과", "금천구,가산동,한울회,빵 굽는 날,선정"
    )
    with pytest.raises(Undecided, match="choose 단체명, 모임명 or leave out the sheet"):
        take_in(file)
    mapping = file.parent / "own.toml"
    mapping.write_text(
        '[[table]]\nfile = "2013_씨앗.csv"\nsheet = ""\nyear = 2011\nprogramme = "실국"\n'
        '[table.columns]\n"단체명" = "ignore"\n"모임명" = "group"\n',
        encoding="utf-8",
    )
    made = take_in(file, corrected=mapping)
    told = made.rows[["group", "year", "programme"]].to_numpy().tolist()
    assert told == [["빵 굽는 날", 2011, "실국"]]
    assert made.report["mapping"]["file"] == "own.toml"


def test_a_person_is_asked_at_a_terminal(take_in: TakeIn, sheet: Sheet) -> None:
    """Each question once, with its choices; the answer holds."""
    file = sheet(
        "2013_씨앗.csv", "자치구,동,단체명,모임명,심사결과", "금천구,가산동,한울회,빵 굽는 날,선정"
    )
    asked = []

    def ask(question: object) -> str:
        asked.append(question.choices)  # type: ignore[attr-defined]
        return "모임명"

    made = take_in(file, ask=ask)
    choices = ("단체명", "모임명", "leave out the sheet")
    assert (asked, made.rows["group"].tolist()) == ([choices], ["빵 굽는 날"])


def test_a_sheet_of_something_else_can_be_left_out(take_in: TakeIn, tmp_path: Path) -> None:
    """A summary names no group: it is asked about, and left out by an answer or the mapping."""
    path = tmp_path / "2013_씨앗.xlsx"
    book = xlsxwriter.Workbook(str(path))
    for name, lines in (
        ("명단", [HEADER, "금천구,가산동,빵 굽는 날,5,100,선정", "금천구,가산동,책방,5,100,선정"]),
        ("집계", ["자치구,신청건수,지원금액", "금천구,2,200", "마포구,0,0"]),
    ):
        page = book.add_worksheet(name)
        for number, line in enumerate(lines):
            page.write_row(number, 0, line.split(","))
    book.close()
    with pytest.raises(Undecided) as refused:
        take_in(path)
    assert str(refused.value).splitlines()[1] == (
        "  2013_씨앗.xlsx, sheet 집계: no column was recognised as the name of the group: choose "
        "자치구, 신청건수, 지원금액 or leave out the sheet."
    )
    answered = take_in(path, ask=lambda question: question.choices[-1])
    assert answered.report["files"][0]["without_table"] == ["집계"]
    mapping = tmp_path / "own.toml"
    mapping.write_text(
        f'[[table]]\nfile = "{path.name}"\nsheet = "집계"\nskip = true\n', encoding="utf-8"
    )
    made = take_in(path, corrected=mapping)
    assert made.rows["group"].tolist() == ["빵 굽는 날", "책방"]


def test_what_a_person_wrote_in_the_mapping_is_not_lost(take_in: TakeIn, sheet: Sheet) -> None:
    """A run that was not given it keeps it beside its own."""
    file = sheet("2013_씨앗.csv", HEADER, "금천구,가산동,빵 굽는 날,5,100,선정")
    folder = take_in(file).folder
    (folder / "mapping.toml").write_text("# my corrections\n", encoding="utf-8")
    take_in(file)
    kept = (folder / "mapping.before.toml").read_text(encoding="utf-8")
    assert kept == "# my corrections\n"
    assert "year = 2013 # from: file name" in (folder / "mapping.toml").read_text(encoding="utf-8")


def test_a_row_of_two_files_counts_once(take_in: TakeIn, sheet: Sheet) -> None:
    """The list of a district and the list of all overlap; the later one says so."""
    row = "금천구,가산동,빵 굽는 날,5,100,선정"
    made = take_in(
        sheet("2013_씨앗_1.csv", HEADER, row),
        sheet("2013_씨앗_2.csv", HEADER, "금천구,시흥동,새 모임,5,100,선정", row),
    )
    reasons = made.rows["reason"].astype(object).where(made.rows["reason"].notna(), None)
    assert reasons.tolist() == [
        None, None, "exact duplicate of source row 2 of 2013_씨앗_1.csv"
    ]  # fmt: skip


def test_a_simulated_atlas_is_not_added_to(take_in: TakeIn, tmp_path: Path, sample: Atlas) -> None:
    """What is real and what is not never mix."""
    shutil.copytree(sample.path, tmp_path / "atlas" / "snapshots" / "one")
    (tmp_path / "atlas" / "current").write_text("one\n")
    with pytest.raises(MaeulError) as refused:
        take_in(SEED, add=True)
    folder = tmp_path / "atlas"
    assert str(refused.value) == (f"{folder} is simulated: name another directory for what is not.")


def test_people_are_not_mixed_by_another_key(take_in: TakeIn, tmp_path: Path) -> None:
    """Nobody would be known again: it is refused, and says by which keys."""
    made = take_in(SEED)
    with pytest.raises(MaeulError) as refused:
        take_in(BUREAU, programme="실국", add=True, key=tmp_path / "other")
    other = load_key(tmp_path / "other", tmp_path / "atlas").fingerprint
    assert str(refused.value) == (
        f"The people of {tmp_path / 'atlas'} are called by another key ({made.report['key']}, "
        f"not {other}): give that with --key, or nobody would be known again."
    )


def test_a_broken_report_is_not_added_to(take_in: TakeIn) -> None:
    """What it said of the other files would be lost."""
    made = take_in(SEED)
    assert made.atlas is not None
    path = made.atlas.path / "report.json"
    path.write_text("{", encoding="utf-8")
    with pytest.raises(MaeulError) as refused:
        take_in(BUREAU, programme="실국", add=True)
    atlas = made.atlas.path.parents[1]
    assert str(refused.value) == (
        f"Snapshot {made.atlas.path} was altered: its manifest has another hash of report.json. "
        f"Publish it again, or roll back with `python -m geo rollback {atlas}`."
    )
    # a manifest of an earlier version says nothing of other files than tables
    manifest = made.atlas.path / "manifest.json"
    said = json.loads(manifest.read_text(encoding="utf-8"))
    del said["checksum"], said["beside"]
    manifest.write_text(json.dumps(said), encoding="utf-8")
    with pytest.raises(MaeulError) as refused:
        take_in(BUREAU, programme="실국", add=True)
    assert str(refused.value) == f"{path} cannot be read: publish again without --add."


def test_nothing_usable_is_refused(take_in: TakeIn, sheet: Sheet, tmp_path: Path) -> None:
    """An atlas without a row is none; the reasons are told."""
    with pytest.raises(BadFile) as refused:
        take_in(sheet("2013_씨앗.csv", HEADER, "광명시,철산동,먼 모임,5,100,선정", ",,빈 모임,5,,"))
    mapping = tmp_path / "atlas-intake" / "mapping.toml"
    end = (
        f"Correct the files, or what was understood of them in {mapping}, and pass that back with "
        "--mapping."
    )
    assert str(refused.value) == (
        "None of the 2 rows can be used; nothing was published.\n"
        "  no place: 1 row (3): tell in the mapping which columns are the district, neighbourhood "
        "or address.\n"
        "  outside the city: 1 row (2): only what lies in Seoul is taken in; correct the columns "
        f"of places.\n{end}"
    )
    with pytest.raises(BadFile) as refused:
        take_in(sheet("2013_씨앗.csv", HEADER, "금천구,독산동,,5,100,선정"))
    assert str(refused.value) == (
        "The only row cannot be used; nothing was published.\n"
        "  no group name: 1 row (2): tell in the mapping which column is the group.\n"
        f"{end}"
    )
    assert not (tmp_path / "atlas").exists()


@pytest.mark.parametrize("rows", [[], ["", ",,,,,"], ["합계,,,,0,"]])
def test_headings_without_a_record_are_named(
    rows: list[str], take_in: TakeIn, sheet: Sheet
) -> None:
    """So is the row in which they stand; blank rows and totals are no records."""
    with pytest.raises(BadFile) as refused:
        take_in(sheet("2013_씨앗.csv", "2013년 씨앗 심사결과", HEADER, *rows))
    assert str(refused.value) == (
        "2013_씨앗.csv has headings in row 2 and no record under them: there is nothing to take "
        "in. Export the list again with its rows, or leave the file out."
    )


def test_a_sheet_of_headings_is_named(take_in: TakeIn, tmp_path: Path) -> None:
    """Of a workbook that has no other; text without headings is no table at all."""
    path = tmp_path / "씨앗.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        book.add_worksheet("표지").write(0, 0, "2013년 씨앗")
        book.add_worksheet("명단").write_row(2, 1, HEADER.split(","))
    with pytest.raises(BadFile) as refused:
        take_in(path)
    assert str(refused.value) == (
        "씨앗.xlsx has headings in row 3 of sheet 명단 and no record under them: there is nothing "
        "to take in. Export the list again with its rows, or leave the file out."
    )
    cover = tmp_path / "표지.csv"
    cover.write_text("2013년 씨앗\n\n마을공동체 담당관\n", encoding="utf-8")
    with pytest.raises(BadFile) as refused:
        take_in(cover)
    assert str(refused.value) == (
        "표지.csv has no table: it needs headings with records under them."
    )


PERSONAL = (
    "홍가람", "나도람", "다솜이", "마루한", "010-9876-5432", "01098765432", "garam@example.org",
    "900101-2345678", "9001012345678", "02-987-6543",
)  # fmt: skip


def test_nothing_personal_leaves_the_intake(
    tmp_path: Path, sheet: Sheet, capfd: pytest.CaptureFixture[str]
) -> None:
    """Names, telephone and resident numbers: not in atlas, report, mapping, decisions or output."""
    file = sheet(
        "2013_씨앗.csv",
        "제목: 담당 홍가람 02-987-6543,,,,,,,,,",
        "자치구,동,모임명,대표자,연락처,이메일,주민등록번호,참여자명단,신청액,심사결과",
        "금천구,가산동,홍가람의 텃밭,홍가람,010-9876-5432,garam@example.org,900101-2345678,"
        '"나도람, 다솜이",100,선정',
        "금천구,독신동 홍가람 댁,나도람 모임,나도람,01098765432,,,마루한,협의 010-9876-5432,"
        "홍가람 문의",
        "금천구,가산동,홍가람의 텃밭,홍가람,,,,,200,선정",
        ",,다솜이 모임,다솜이,02-987-6543,,9001012345678,,300,선정",
    )
    key = tmp_path / "secret" / "key"
    given = ["intake", str(file), "--out", str(tmp_path / "atlas"), "--key", str(key)]
    assert main(given) == 0
    assert main([*given, "--add"]) == 0
    output = capfd.readouterr()
    texts = {"stdout": output.out, "stderr": output.err}
    places = [tmp_path / "atlas", tmp_path / "atlas-intake"]
    for path in [path for place in places for path in place.rglob("*") if path.is_file()]:
        content = path.read_bytes()
        text = pd.read_parquet(path).to_csv() if path.suffix == ".parquet" else ""
        texts[str(path)] = text + content.decode("utf-8", "ignore")
    found = {(secret, where) for where, text in texts.items() for secret in PERSONAL
             if secret in text}  # fmt: skip
    assert found == set()
    people = Atlas.open(tmp_path / "atlas").people
    assert (len(people), people["birth_year"].dropna().tolist()) == (5, [1990])


def test_a_table_without_headings_is_refused_without_repeating_it(
    take_in: TakeIn, sheet: Sheet
) -> None:
    """The first record stands where the headings should: it may name somebody."""
    row = "홍가람,010-9876-5432,금천구 가산동 1"
    with pytest.raises(BadFile) as refused:
        take_in(sheet("2013_씨앗.csv", row, row.replace("홍", "김")), year=2013)
    assert str(refused.value) == (
        "2013_씨앗.csv: no heading in row 1 is known. Add a row of headings such as 자치구, 동, "
        "모임명, 심사결과, or name the columns in a mapping."
    )


def test_a_kill_at_any_moment_leaves_the_served_atlas_whole(
    tmp_path: Path, take_in: TakeIn
) -> None:
    """The atlas of before, or the one of after; never less."""
    before = take_in(BUREAU, programme="실국")
    assert before.atlas is not None
    out = tmp_path / "atlas"
    command = [
        sys.executable, "-m", "geo", "intake", str(SEED), "--out", str(out), "--add",
        "--key", str(tmp_path / "secret" / "key"),
    ]  # fmt: skip
    sizes = {92, len(before.atlas.applications)}
    for moment in (1.2, 1.7, 2.2, 2.7):
        run = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(moment)
        os.kill(run.pid, signal.SIGKILL)
        run.wait()
        assert len(Atlas.open(out).applications) in sizes
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0
    assert len(Atlas.open(out).applications) == 92


def test_a_cell_cannot_become_a_formula(take_in: TakeIn, sheet: Sheet) -> None:
    """Not in what is set aside, nor in the decisions."""
    made = take_in(
        sheet(
            "2013_씨앗.csv",
            HEADER,
            '금천구,가산동,"=HYPERLINK(""http://x"")",5,100,선정',
            "광명시,철산동,@SUM(A1),5,100,선정",
        )
    )
    assert made.rows["group"].tolist() == ['=HYPERLINK("http://x")', "@SUM(A1)"]
    aside = (made.folder / "set-aside.csv").read_text(encoding="utf-8-sig")
    assert aside.splitlines()[1] == (
        '"2013_씨앗.csv","","3","outside the city","\'@SUM(A1)","광명시 철산동"'
    )


def test_the_command_line_says_what_it_understood(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Columns with their confidence, year and programme with their source, every row."""
    key = tmp_path / "key"
    code = main(
        ["intake", str(SEED), "--out", str(tmp_path / "atlas"), "--key", str(key), "--dry-run",
         "--boundaries", "data/seoul"]
    )  # fmt: skip
    out = capsys.readouterr().out
    assert code == 0
    assert "2013_seed_results.xlsx, 심사결과: 48 rows read = 47 used + 1 set aside" in out
    assert "year 2013 (title), programme 씨앗 (title), amounts in 1,000 won" in out
    assert "set aside, no group name: 1 row (41)" in out
    assert out.endswith("Nothing was published: this was a dry run.\n")
    assert key.stat().st_mode & 0o777 == 0o600
    assert (DATA / "2013_seed_results.xlsx").exists()


@pytest.mark.parametrize(
    ("above", "heading", "won"),
    [
        ("", "신청액(천원)", 1_000), ("", "신청액(단위: 백만원)", 1_000_000), ("", "신청액", 1),
        ("", "신청액/만원", 10_000), ("(단위: 천원)", "신청액", 1_000),
        ("(단위: 명, 백만원)", "신청액(천원)", 1_000), ("(단위: 천원)", "신청액(원)", 1),
    ],
)  # fmt: skip
def test_the_unit_that_is_told_is_the_one_that_was_read(
    take_in: TakeIn, sheet: Sheet, above: str, heading: str, won: int
) -> None:
    """In the tables, printed, in the report and its page, and in the mapping, which reads back."""
    lines = [
        f'자치구,동,모임명,참여인원,"{heading}",심사결과',
        "금천구,가산동,빵 굽는 날,5,25,선정",
    ]
    file = sheet("2013_씨앗.csv", *([f',,,,"{above}",'] if above else []), *lines)
    made = take_in(file)
    assert made.rows["amount_krw"].tolist() == [25 * won]
    (table,) = made.report["files"][0]["tables"]
    assert table["unit_krw"] == won
    assert f"amounts in {won:,} won" in in_words(made.report)
    page = (made.folder / "report.html").read_text(encoding="utf-8")
    assert f"<dt>금액 단위</dt><dd>{won:,}원</dd>" in page
    assert f"unit_krw = {won}\n" in (made.folder / "mapping.toml").read_text(encoding="utf-8")
    again = take_in(file, corrected=made.folder / "mapping.toml")
    assert again.rows["amount_krw"].tolist() == [25 * won]


def test_no_unit_is_told_where_there_are_no_amounts(take_in: TakeIn, sheet: Sheet) -> None:
    """Nor written down, where it would hold for a column that a person names later."""
    made = take_in(sheet("2013_씨앗.csv", "자치구,동,모임명,심사결과", "금천구,가산동,빵,선정"))
    assert made.report["files"][0]["tables"][0]["unit_krw"] is None
    assert "amounts" not in in_words(made.report)
    assert "금액 단위" not in (made.folder / "report.html").read_text(encoding="utf-8")
    assert "unit_krw" not in (made.folder / "mapping.toml").read_text(encoding="utf-8")


def test_a_corrected_unit_counts_before_the_heading(take_in: TakeIn, sheet: Sheet) -> None:
    """And the report says what the heading says otherwise."""
    file = sheet(
        "2013_씨앗.csv", "자치구,동,모임명,신청액(천원),심사결과", "금천구,가산동,빵,25,선정"
    )
    mapping = file.parent / "own.toml"
    mapping.write_text(f'[[table]]\nfile = "{file.name}"\nsheet = ""\nunit_krw = 10000\n')
    made = take_in(file, corrected=mapping)
    assert made.rows["amount_krw"].tolist() == [250_000]
    (table,) = made.report["files"][0]["tables"]
    assert table["unit_krw"] == 10_000
    assert table["contradictions"] == ["heading says amounts in 1,000 won"]


@pytest.fixture(scope="module")
def pointed(seoul: Boundaries) -> list[str]:
    """Forty rows whose coordinates are EPSG:5186, north first as surveyors write them."""
    areas = seoul.neighbourhoods.iloc[::11][:40]
    points = areas.geometry.representative_point().to_crs("EPSG:5186")
    names = seoul.districts.set_index("code")["name_ko"]
    return [
        f"{names[district]},{name},모임 {number},{point.y:.2f},{point.x:.2f},선정"
        for number, (district, name, point) in enumerate(
            zip(areas["district_code"], areas["name_ko"], points, strict=True)
        )
    ]


POINTED = "자치구,동,모임명,좌표X,좌표Y,결과"


def test_coordinates_are_read_in_the_system_that_is_stated(
    take_in: TakeIn, sheet: Sheet, pointed: list[str]
) -> None:
    """Points in their neighbourhoods; one that lies elsewhere is told, and its words count."""
    strange = "강남구,역삼동,모임 99," + ",".join(pointed[0].split(",")[3:])
    file = sheet("2013_씨앗.csv", POINTED, *pointed, strange, "금천구,가산동,모임 98,,x,선정")
    made = take_in(file, crs="EPSG:5186")
    assert made.rows["precision"].tolist() == ["point"] * 40 + ["neighbourhood"] * 2
    assert made.problems[["row", "problem"]].to_numpy().tolist() == [
        ["42", "point lies elsewhere"], ["43", "coordinates are not a number"]
    ]  # fmt: skip
    table = made.report["files"][0]["tables"][0]
    assert table["coordinates"] == {
        "crs": "EPSG:5186", "swapped": True, "agree": 40, "of": 41, "why": "stated"
    }  # fmt: skip
    assert made.atlas is not None
    assert int(made.atlas.groups.geometry.notna().sum()) == 40


def test_coordinates_of_an_unknown_system_are_asked_about(
    take_in: TakeIn, sheet: Sheet, pointed: list[str]
) -> None:
    """Where the rows do not prove one; nothing is guessed."""
    file = sheet("2013_씨앗.csv", POINTED, *pointed[:8])
    with pytest.raises(Undecided) as refused:
        take_in(file)
    assert str(refused.value).startswith(
        "1 question is open; nothing was published.\n  2013_씨앗.csv: the coordinate system is not "
        "clear (points where their rows say: EPSG:51"
    )
    made = take_in(file, ask=lambda question: "EPSG:5186")
    assert made.rows["precision"].tolist() == ["point"] * 8


def test_several_sheets_of_other_shapes_are_one_atlas(take_in: TakeIn, tmp_path: Path) -> None:
    """A cover without a table, a sheet by district sections, one with years of its own."""
    path = tmp_path / "여러 시트.xlsx"
    book = xlsxwriter.Workbook(str(path))
    book.add_worksheet("표지").write(0, 0, "마을공동체 사업")
    first = book.add_worksheet("2014 씨앗")
    for number, row in enumerate(
        [["동", "단체명", "지원금액(만원)", "선정여부"], ["■ 금천구 (2건)"],
         ["가산동", "빵 굽는 날", 150, "선정"], ["독산3동", "책방", "2,000천원", "탈락"]]
    ):  # fmt: skip
        first.write_row(number, 0, row)
    second = book.add_worksheet("실국")
    for number, row in enumerate(
        [["사업연도", "주소", "모임명", "결과"], ["'13", "마포구 성산동 1", "텃밭", "선정"],
         ["2014년", "금천구 가산동 2", "빵굽는날", "미선정"],
         ["언젠가", "마포구", "합창단", "선정"]]
    ):  # fmt: skip
        second.write_row(number, 0, row)
    book.close()
    made = take_in(path)
    rows = made.rows[["group", "year", "programme", "district_code", "amount_krw", "reason"]]
    assert rows.astype(object).where(rows.notna(), None).to_numpy().tolist() == [
        ["빵 굽는 날", 2014, "씨앗", "11545", 1_500_000, None],
        ["책방", 2014, "씨앗", "11545", 2_000_000, None],
        ["텃밭", 2013, "실국", "11440", None, None],
        ["빵굽는날", 2014, "실국", "11545", None, None],
        ["합창단", None, "실국", "11440", None, "no year"],
    ]
    assert made.rows["group_id"].iloc[0] == made.rows["group_id"].iloc[3]
    assert made.report["files"][0]["without_table"] == ["표지"]
