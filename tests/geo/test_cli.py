"""The command line says what it did, or what is wrong, and changes nothing when it refuses."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

from dashboard.settings import describe
from geo.__main__ import main
from geo.atlas import Atlas, publish
from geo.boundaries import Boundaries

Tables = dict[str, pd.DataFrame]
Run = Callable[..., tuple[int, str, str]]
COUNTS = (
    "441 administrative, 4 applications, 25 districts, 3 groups, 0 memberships, "
    "467 neighbourhoods, 0 people, 0 population, 0 sites"
)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run one command: exit code, output, errors."""

    def run(*arguments: object) -> tuple[int, str, str]:
        code = main([str(argument) for argument in arguments])
        return code, *capsys.readouterr()

    return run


@pytest.fixture
def ours(tables: Tables, tmp_path: Path) -> Path:
    """The tables as CSV files in a folder."""
    return written(tables, tmp_path / "tables")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """Where the atlas goes: not there yet."""
    return tmp_path / "atlas"


@pytest.fixture
def three(tables: Tables, out: Path, seoul: Boundaries) -> list[str]:
    """Names of three snapshots, a day apart; the last is current."""
    made = [datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=day) for day in range(3)]
    return [
        publish(tables, out, seoul, name=f"{at:%d}", made_from="t", made_at=at).path.name
        for at in made
    ]


def written(tables: Tables, folder: Path) -> Path:
    folder.mkdir()
    for name, table in tables.items():
        table.to_csv(folder / f"{name}.csv", index=False)
    return folder


def files(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_published_tables_are_counted(run: Run, ours: Path, out: Path) -> None:
    """What was published, how much of it, and how to serve it."""
    code, printed, errors = run("publish", ours, "--out", out)
    atlas = Atlas.open(out)
    assert (code, errors) == (0, "")
    assert printed == (
        f"Published {atlas.path.name}: {COUNTS}.\nServe it: MAEUL_ATLAS={out} make run\n"
    )
    assert (atlas.manifest.name, atlas.manifest.provenance) == ("tables", "imported")


def test_bad_tables_change_nothing(
    run: Run, tables: Tables, ours: Path, out: Path, tmp_path: Path
) -> None:
    """Every fault is told; the earlier snapshot stays current, file for file."""
    run("publish", ours, "--out", out)
    before = files(out)
    tables["groups"].loc[1, "district_code"] = "99999"
    tables["applications"].loc[3, "year"] = "soon"
    bad = written(tables, tmp_path / "bad")
    assert run("publish", bad, "--out", out) == (
        2,
        "",
        "2 faults in the tables; nothing was published.\n"
        "  table groups, column district_code, row 3: '99999': "
        "choose one of the 25 codes of districts, 11110 to 11740.\n"
        "  table applications, column year, row 5: 'soon': write a number in digits.\n",
    )
    assert files(out) == before


def test_snapshots_are_listed_oldest_first(run: Run, out: Path, three: list[str]) -> None:
    """A star marks the current one."""
    lines = [
        f"{mark} {name}  3 groups  {name[6:8]}\n" for mark, name in zip("  *", three, strict=True)
    ]
    assert run("list", out) == (0, "".join(lines), "")


def test_rollback_goes_one_back_or_to_a_named_one(run: Run, out: Path, three: list[str]) -> None:
    """The snapshot that is now current is told."""
    first, second, third = three
    assert run("rollback", out) == (0, f"Current is now {second}.\n", "")
    assert Atlas.open(out).path.name == second
    assert run("rollback", out, "--to", third) == (0, f"Current is now {third}.\n", "")
    assert run("rollback", out, "--to", first) == (0, f"Current is now {first}.\n", "")
    assert run("rollback", out) == (
        2,
        "",
        f"{out} has no whole snapshot before the current one to roll back to. "
        "Publish the tables again.\n",
    )


def test_rollback_to_an_unknown_snapshot_names_the_known_ones(
    run: Run, out: Path, three: list[str]
) -> None:
    """Nothing is rolled back then."""
    before = files(out)
    first, second, third = three
    message = f"Unknown snapshot 'nowhere': choose {first}, {second} or {third}.\n"
    assert run("rollback", out, "--to", "nowhere") == (2, "", message)
    assert files(out) == before


def test_pruning_tells_what_went(run: Run, out: Path, three: list[str]) -> None:
    """The newest stay, and what is in use; to keep none is refused."""
    first, second, third = three
    every = f"Deleted nothing.\nKept the newest 3 snapshots: {first}, {second}, {third}.\n"
    assert run("prune", out) == (0, every, "")
    opened = Atlas.open(out / "snapshots" / first)
    said = (
        f"Deleted 1 snapshot: {second}.\nKept the newest 1 snapshot: {third}.\n"
        f"Left 1 snapshot: {first}: in use. Delete again when no program has it open.\n"
    )
    assert run("prune", out, "--keep", 1) == (0, said, "")
    del opened
    said = f"Deleted 1 snapshot: {first}.\nKept the newest 1 snapshot: {third}.\n"
    assert run("prune", out, "--keep", 1) == (0, said, "")
    assert run("list", out) == (0, f"* {third}  3 groups  03\n", "")
    message = "Unknown number of snapshots to keep '0': choose 1 or more.\n"
    assert run("prune", out, "--keep", 0) == (2, "", message)


def test_pruning_after_a_rollback_keeps_what_readers_see(
    run: Run, out: Path, three: list[str]
) -> None:
    """The current snapshot stays beside the newest, and it is said why there are two."""
    first, second, third = three
    run("rollback", out, "--to", first)
    said = (
        f"Deleted 1 snapshot: {second}.\nKept the newest 1 snapshot: {third}.\n"
        f"Kept {first} too: it is older, but the current one, which readers see.\n"
    )
    assert run("prune", out, "--keep", 1) == (0, said, "")
    again = said.replace(f"Deleted 1 snapshot: {second}.", "Deleted nothing.")
    assert run("prune", out, "--keep", 1) == (0, again, "")


def test_publishing_the_same_again_makes_nothing_new(
    run: Run, tables: Tables, ours: Path, out: Path, tmp_path: Path
) -> None:
    """Neither now nor after another publication: then the earlier snapshot is current again."""
    run("publish", ours, "--out", out)
    first = Atlas.open(out).path.name
    serve_it = f"Serve it: MAEUL_ATLAS={out} make run\n"
    same = f"Nothing is new: the current snapshot {first} holds the same already: {COUNTS}.\n"
    assert run("publish", ours, "--out", out) == (0, same + serve_it, "")
    tables["groups"].loc[0, "name"] = "다른 이름"
    other = written(tables, tmp_path / "other")
    run("publish", other, "--out", out, "--name", "tables")
    assert Atlas.open(out).path.name != first
    back = f"Nothing is new: {first} holds the same, and is the current snapshot again: {COUNTS}.\n"
    assert run("publish", ours, "--out", out) == (0, back + serve_it, "")


def test_a_snapshot_that_stands_alone_is_listed_as_one(
    run: Run, out: Path, three: list[str]
) -> None:
    """There is no other, whatever is to be done with it."""
    alone = out / "snapshots" / three[1]
    none = "there is no other to roll back to, and none to delete."
    said = f"* {three[1]}  3 groups  02\nThis is a single snapshot: {none}\n"
    assert run("list", alone) == (0, said, "")
    message = (
        f"{alone} is a single snapshot: {none} "
        "Give a directory that `python -m geo publish` wrote.\n"
    )
    assert run("rollback", alone) == (2, "", message)
    assert run("prune", alone) == (2, "", message)


@pytest.mark.parametrize("command", ["list", "rollback", "prune"])
def test_a_directory_without_an_atlas_is_named(run: Run, tmp_path: Path, command: str) -> None:
    """Nothing is made there."""
    message = (
        f"There is no atlas in {tmp_path}: give a directory that `python -m geo publish` wrote.\n"
    )
    assert run(command, tmp_path) == (2, "", message)
    assert files(tmp_path) == {}


@pytest.mark.parametrize("text", ["2012=abc", "2012", "2012=", "=60", "2012=60;2013=120", ""])
def test_totals_are_pairs_of_year_and_groups(run: Run, out: Path, text: str) -> None:
    """Anything else is named, and how to write it is shown."""
    message = f"Unknown totals '{text}': write year=groups pairs like 2012=1189,2013=1934.\n"
    assert run("sample", "--out", out, "--totals", text) == (2, "", message)
    assert not out.exists()


def test_totals_that_cannot_be_are_refused(run: Run, out: Path) -> None:
    """Well written, but too few groups for what is printed about them."""
    assert run("sample", "--out", out, "--totals", "2012=5,2013=120") == (
        2,
        "",
        "Unknown totals '{2012: 5, 2013: 120}': choose every year from 2012 to 2013 or later, "
        "60 new groups or more in 2012 and in 2013, and never fewer groups than the year before.\n",
    )
    assert not out.exists()


def serve(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("MAEUL_")}
    return subprocess.run(
        [sys.executable, "app.py", *arguments],
        env={**clean, **settings},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_help_lists_every_setting() -> None:
    """With its default and meaning."""
    done = serve("--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith(f"settings, from the environment:\n{describe()}\n")


def test_a_wrong_setting_stops_the_start() -> None:
    """One sentence, no traceback."""
    done = serve(MAEUL_PORT="0")
    message = "MAEUL_PORT=0: give a port, 1 to 65535.\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", message)
