"""What took long is kept, never out of date, and never in the way."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from dashboard import kept as module
from dashboard.kept import Kept

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
    """A change of the code that measures leaves what was kept behind."""
    make, code = Maker(), tmp_path / "code"
    code.mkdir()
    (code / "density.py").write_text("one = 1\n", encoding="utf-8")
    monkeypatch.setattr(module, "MAKERS", (code,))
    Kept(tmp_path, "a1").table("gi", make)
    (code / "density.py").write_text("one = 2\n", encoding="utf-8")
    Kept(tmp_path, "a1").table("gi", make)
    assert make.times == 2


def test_a_broken_file_is_made_anew(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is told of, replaced, and good the next time."""
    make = Maker()
    Kept(tmp_path, "a1").table("gi", make)
    (path,) = tmp_path.rglob("*.parquet")
    path.write_bytes(b"PAR1 cut short")
    pd.testing.assert_frame_equal(Kept(tmp_path, "a1").table("gi", make), TABLE)
    assert "cannot be read" in capsys.readouterr().err
    Kept(tmp_path, "a1").table("gi", make)
    assert make.times == 2
    assert [path.suffix for path in tmp_path.rglob("*.*")] == [".parquet"]


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
    assert len(list(tmp_path.rglob("*.parquet"))) == 3
