"""What took long is kept, never out of date, and never in the way."""

from __future__ import annotations

import contextvars
import io
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from dashboard import kept as module
from dashboard.kept import Kept

LONGEST_S = 100.0
TABLE = pd.DataFrame({"code": ["11", "12"], "p": [0.5, None], "n": [1, 2]})


class Maker:
    """Counts how often it is asked."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> pd.DataFrame:
        self.times += 1
        return TABLE.copy()


def test_a_table_is_made_once(tmp_path: Path) -> None:
    """Another process finds it; another question or snapshot does not."""
    make = Maker()
    for _ in range(2):
        found = Kept(tmp_path, "a1").table("lisa 2017", make)
        pd.testing.assert_frame_equal(found, TABLE)
    assert make.times == 1
    Kept(tmp_path, "a1").table("lisa 2016", make)
    Kept(tmp_path, "b2").table("lisa 2017", make)
    assert make.times == 3


def test_other_measures_have_other_tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A change of the code that measures, however deep, or of a library, leaves all behind."""
    make, code = Maker(), tmp_path / "code"
    (code / "deep").mkdir(parents=True)
    monkeypatch.setattr(module, "MAKERS", (code,))
    for path in (code / "density.py", code / "deep" / "figures.csv"):
        for number in (1, 2):
            path.write_text(f"one = {number}\n", encoding="utf-8")
            before = make.times
            for _ in range(2):
                Kept(tmp_path, "a1").table("gi", make)
            assert make.times == before + 1
    monkeypatch.setattr(module, "version", lambda name: "another")
    Kept(tmp_path, "a1").table("gi", make)
    assert make.times == 5


def test_what_decides_is_all_looked_at() -> None:
    """No part of the code that measures is in a folder that is not seen."""
    assert [path for path in module.MAKERS if not path.exists()] == []
    assert len({path.parent for path in seen() if path.suffix == ".py"}) > 5


def seen() -> list[Path]:
    """Every file that a folder's name depends on."""
    inside = (path for maker in module.MAKERS for path in (maker.rglob("*"), [maker]))
    return [path for some in inside for path in some if path.suffix in module.SUFFIXES]


def test_a_broken_file_is_made_anew(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is told of, replaced, and good the next time: cut, empty, old, or another question's."""
    make = Maker()
    Kept(tmp_path, "a1").table("gi", make)
    (path,) = tmp_path.rglob("*.table")
    whole = path.read_bytes()
    Kept(tmp_path, "a1").table("lisa", lambda: TABLE.assign(n=[3, 4]))
    (other,) = set(tmp_path.rglob("*.table")) - {path}
    old = io.BytesIO()
    TABLE.assign(n=[5, 6]).to_parquet(old)
    broken = {
        "it is no kept table": [b"", b"PAR1", old.getvalue(), whole[:20]],
        "its checksum is another one": [whole[:-1], whole + b"0", other.read_bytes()],
    }
    for why, contents in broken.items():
        for content in contents:
            path.write_bytes(content)
            before = make.times
            for _ in range(2):
                pd.testing.assert_frame_equal(Kept(tmp_path, "a1").table("gi", make), TABLE)
            assert make.times == before + 1
            said = f"{path} cannot be read ({why}); it is made anew.\n"
            assert capsys.readouterr().err == said
            assert path.read_bytes() == whole
    assert {path.suffix for path in tmp_path.rglob("*.*")} == {".table", ".lock"}


@pytest.mark.parametrize("kind", ["folder", "link", "pipe", "foreign"])
def test_what_is_no_file_of_ours_is_not_read(
    tmp_path: Path, kind: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither a folder, nor a link, nor a pipe that nobody writes to, nor another user's file."""
    make, kept = Maker(), Kept(tmp_path, "a1")
    kept.table("gi", make)
    (path,) = tmp_path.rglob("*.table")
    elsewhere = path.rename(tmp_path / "elsewhere")
    if kind == "foreign":
        elsewhere.rename(path)
        monkeypatch.setattr(module.os, "geteuid", lambda: os.getuid() + 1)
    else:
        put: dict[str, Callable[[], object]] = {
            "folder": path.mkdir,
            "link": lambda: path.symlink_to(elsewhere),
            "pipe": lambda: os.mkfifo(path),
        }
        put[kind]()
    pd.testing.assert_frame_equal(kept.table("gi", make), TABLE)
    assert make.times == 2
    assert f"{path} cannot be read (" in capsys.readouterr().err
    assert path.is_dir() == (kind == "folder")
    assert not path.is_symlink()


def test_no_flipped_bit_is_read_as_another_number(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of 600 flips in three tables each is found, or the table is the same."""
    draw = np.random.default_rng(0)
    tables = {
        "few": TABLE,
        "many": pd.DataFrame(draw.normal(size=(500, 8))).add_prefix("c"),
        "texts": pd.DataFrame({"code": [f"1154{n}" for n in range(300)], "n": range(300)}),
    }
    for question, table in tables.items():
        kept = Kept(tmp_path, question)
        kept.table(question, table.copy)
        (path,) = (tmp_path / folder(tmp_path, question)).glob("*.table")
        whole = path.read_bytes()
        for place in draw.integers(8 * len(whole), size=200).tolist():
            flipped = bytearray(whole)
            flipped[place // 8] ^= 1 << place % 8
            path.write_bytes(flipped)
            made: list[int] = []

            def make(table: pd.DataFrame = table, made: list[int] = made) -> pd.DataFrame:
                made.append(1)
                return table.copy()

            pd.testing.assert_frame_equal(kept.table(question, make), table)
            assert made == [1], f"bit {place} of {question}"
    assert capsys.readouterr().err.count("it is made anew") == 600


def folder(tmp_path: Path, snapshot: str) -> str:
    """The name of a snapshot's folder."""
    return next(path.name for path in tmp_path.iterdir() if path.name.startswith(f"{snapshot}-"))


def test_several_processes_make_a_table_once(tmp_path: Path) -> None:
    """Those that come while it is made wait for it; one that is killed meanwhile holds nobody."""
    sign = tmp_path / "sign"
    arguments = [sys.executable, "-c", SLOWLY, str(tmp_path / "kept"), str(sign)]
    first = subprocess.Popen(arguments)
    until = time.monotonic() + LONGEST_S
    while not sign.is_file() and time.monotonic() < until:
        time.sleep(0.01)
    others = [subprocess.Popen(arguments) for _ in range(2)]
    first.kill()
    first.wait()
    assert [other.wait(LONGEST_S) for other in others] == [0, 0]
    assert len(sign.read_text().split()) == 2


SLOWLY = """
import sys, time
from pathlib import Path
import pandas as pd
from dashboard.kept import Kept

def make():
    with Path(sys.argv[2]).open("a") as file:
        file.write("made\\n")
    time.sleep(2)
    return pd.DataFrame({"n": [1]})

Kept(Path(sys.argv[1]), "a1").table("gi", make)
"""


def test_what_is_missing_can_be_left_to_others(tmp_path: Path) -> None:
    """Whoever must not take long is told that it is not there, and makes nothing."""
    make, kept, asked = Maker(), Kept(tmp_path, "a1"), module.Asked()

    def ask() -> None:
        module.ASKED.set(asked)
        with pytest.raises(module.NotKept, match=r"^gi$"):
            kept.table("gi", make)
        assert asked.missed
        Kept(tmp_path, "a1").table("lisa", make)

    kept.table("lisa", make)
    contextvars.copy_context().run(ask)
    assert make.times == 1


def test_where_nothing_can_be_written_nothing_is_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A folder that cannot be made: the answer comes all the same, and it is said once."""
    make, blocked = Maker(), tmp_path / "file"
    blocked.write_text("no folder", encoding="utf-8")
    kept = Kept(blocked, "a1")
    for _ in range(2):
        pd.testing.assert_frame_equal(kept.table("gi", make), TABLE)
    assert make.times == 2
    assert capsys.readouterr().err.count("are not kept") == 1
    assert Kept(None, "a1").table("gi", make).equals(TABLE)


def test_the_oldest_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """There is a limit to how much is kept."""
    monkeypatch.setattr(module, "MOST_FILES", 3)
    kept = Kept(tmp_path, "a1")
    for number in range(6):
        kept.table(f"gi {number}", Maker())
    assert len(list(tmp_path.rglob("*.table"))) == 3


@pytest.mark.parametrize("how", ["a link", "open to others"])
def test_nothing_is_kept_where_others_may_write(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], how: str
) -> None:
    """Through a link neither: whoever sets it would say where."""
    kept, elsewhere, make = Kept(tmp_path / "cache", "a1"), tmp_path / "elsewhere", Maker()
    folder = tmp_path / "cache" / kept.name
    elsewhere.mkdir()
    folder.parent.mkdir()
    if how == "a link":
        folder.symlink_to(elsewhere)
    else:
        folder.mkdir()
        folder.chmod(0o777)
    pd.testing.assert_frame_equal(kept.table("lisa 2017", make), TABLE)
    assert list(elsewhere.iterdir()) == list(folder.iterdir()) == []
    why = "it is a link" if how == "a link" else "others may write there"
    assert capsys.readouterr().err == (
        f"Tables are not kept in {folder}: {why}. What takes long is measured again after every "
        "start: name another folder with MAEUL_CACHE.\n"
    )


def test_what_killed_writers_left_goes(tmp_path: Path) -> None:
    """After an hour; what somebody may still be writing stays."""
    kept = Kept(tmp_path, "a1")
    kept.table("lisa 2017", Maker())
    old, new = (tmp_path / kept.name / name for name in ("old.part", "new.part"))
    for path in (old, new):
        path.touch()
    os.utime(old, (0, 0))
    kept.table("lisa 2016", Maker())
    assert [path.exists() for path in (old, new)] == [False, True]
