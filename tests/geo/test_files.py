"""What cannot be written is said in a sentence; nothing is half written, or through a link."""

from __future__ import annotations

import errno
import fcntl
import os
import resource
import shutil
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

from geo import files
from geo.__main__ import main
from geo.atlas import publish
from geo.boundaries import Boundaries
from geo.errors import AtlasBusy, Unwritable
from tests.conftest import own_tables

Tables = dict[str, pd.DataFrame]
Run = Callable[[str], tuple[int, str]]
FULL = "Free some space, or name a path on another disk, then try again."


KINDS = {
    "link": "a link, and nothing is written through links",
    "dangling": "a link, and nothing is written through links",
    "directory": "a directory",
    "pipe": "no ordinary file",
}
"""What may be in a file's place, and what is said of it."""


def everything(folder: Path) -> dict[str, object]:
    """Every file's content, every link's target, every other kind, but for locks."""
    return {
        str(path.relative_to(folder)): os.readlink(path)
        if path.is_symlink()
        else path.read_bytes()
        if path.is_file()
        else stat.S_IFMT(path.stat().st_mode)
        for path in sorted(folder.rglob("*"))
        if path.name != ".lock"
    }


# ---- one file --------------------------------------------------------------------------------


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    """With the folders above it; nothing stays beside it."""
    path = tmp_path / "one" / "two" / "file"
    for content in (b"first", b"second"):
        files.put(path, content)
        assert everything(tmp_path / "one" / "two") == {"file": content}
    files.put(path, b"third", mode=0o600)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize(("kind", "what"), KINDS.items())
@pytest.mark.parametrize("name", ["file", ".maeul-file"])
def test_only_a_file_is_replaced(tmp_path: Path, kind: str, what: str, name: str) -> None:
    """Neither through it nor beside it is anything written."""
    put_in_the_way(tmp_path / name, kind, tmp_path / "victim")
    before = everything(tmp_path)
    with pytest.raises(Unwritable) as error:
        files.put(tmp_path / "file", b"content")
    path = tmp_path / name
    assert str(error.value) == f"{path} is {what}: remove it, or name another path."
    with pytest.raises(Unwritable):
        files.try_out(tmp_path / "file")
    assert everything(tmp_path) == before


def put_in_the_way(path: Path, kind: str, victim: Path) -> None:
    """Something else than a file; a link leads to a victim, a dangling one to none."""
    if kind == "link":
        victim.write_bytes(b"victim")
    if kind in ("link", "dangling"):
        path.symlink_to(victim)
    elif kind == "directory":
        path.mkdir()
    else:
        os.mkfifo(path)


def test_what_was_left_goes_with_the_next_file(tmp_path: Path) -> None:
    """Of its own name alone; what somebody still writes stays, and is not written by two."""
    (tmp_path / ".maeul-file").write_bytes(b"half")
    (tmp_path / ".maeul-other").write_bytes(b"not ours")
    files.put(tmp_path / "file", b"content")
    assert everything(tmp_path) == {"file": b"content", ".maeul-other": b"not ours"}
    (tmp_path / ".maeul-other").unlink()
    with (tmp_path / ".maeul-file").open("wb") as writing:
        fcntl.flock(writing, fcntl.LOCK_EX)
        with pytest.raises(AtlasBusy) as error:
            files.put(tmp_path / "file", b"other")
        assert str(error.value) == (
            f"Somebody else is writing {tmp_path / 'file'}: wait for it to end, then try again."
        )
        files.put(tmp_path / "another", b"meanwhile")
    assert everything(tmp_path) == {
        ".maeul-file": b"", "another": b"meanwhile", "file": b"content",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (errno.ENOSPC, f"No space left on device. {FULL}"),
        (errno.EDQUOT, f"Disk quota exceeded. {FULL}"),
        (errno.EFBIG, "File too large. Raise the largest size of files (`ulimit -f`), then try "
         "again."),
        (errno.EROFS, "Read-only file system. Name a path that can be written."),
        (errno.EACCES, "Permission denied. Name a path that you may read and write, or have its "
         "permissions changed."),
        (errno.EIO, "Input/output error. Name another path."),
    ],
)  # fmt: skip
def test_several_files_are_replaced_or_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, told: str
) -> None:
    """Whatever the system says of the second, the first stays as well."""
    files.write(tmp_path, {"one": b"1", "two": b"2"})
    before, flushed, fsync = everything(tmp_path), [], os.fsync

    def fail(descriptor: int) -> None:
        flushed.append(descriptor)
        if len(flushed) == 2:
            raise OSError(number, os.strerror(number))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(Unwritable) as error, files.written_to(tmp_path):
        files.write(tmp_path, {"one": b"3", "two": b"4"}, last="two")
    assert str(error.value) == f"{tmp_path}: {told}"
    assert everything(tmp_path) == before


def test_a_pipe_keeps_no_reader_waiting(tmp_path: Path) -> None:
    """It is no ordinary file."""
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="No ordinary file"):
        files.read(tmp_path / "pipe")


# ---- the commands ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def areas(tmp_path_factory: pytest.TempPathFactory, seoul: Boundaries) -> Path:
    """A file of boundaries."""
    path = tmp_path_factory.mktemp("areas") / "areas.geojson"
    shown = seoul.neighbourhoods[["code", "name_ko", "geometry"]].to_crs("EPSG:4326")
    path.write_text(shown.to_json(), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def few() -> Tables:
    """Tables of one's own, the same for all."""
    return own_tables()


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory, seoul: Boundaries, few: Tables) -> Path:
    """An atlas with three snapshots."""
    atlas = tmp_path_factory.mktemp("three") / "atlas"
    for day in range(3):
        made_at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=day)
        publish(few, atlas, seoul, name=f"{day}", made_from="t", made_at=made_at)
    return atlas


@pytest.fixture
def home(tmp_path: Path, few: Tables, three: Path) -> Path:
    """An atlas with three snapshots, its tables, a spreadsheet and a key."""
    shutil.copytree(three, tmp_path / "atlas")
    (tmp_path / "tables").mkdir()
    for name, table in few.items():
        table.to_csv(tmp_path / "tables" / f"{name}.csv", index=False)
    (tmp_path / "2013.csv").write_text(
        "연번,자치구,모임명,심사결과\n1,금천구,가산 텃밭,선정\n2,마포구,마포 책방,탈락\n",
        encoding="utf-8",
    )
    (tmp_path / "key").write_text("0" * 64, encoding="ascii")
    (tmp_path / "key").chmod(0o600)
    return tmp_path


@pytest.fixture
def run(home: Path, areas: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command on what is at home: exit code and the last line of what it says of errors."""
    atlas = home / "atlas"
    commands = {
        "publish": ("publish", home / "tables", "--out", atlas),
        "rollback": ("rollback", atlas),
        "prune": ("prune", atlas, "--keep", 1),
        "list": ("list", atlas),
        "boundaries": ("boundaries", "--from", areas, "--out", home / "areas"),
        "sample": ("sample", "--totals", "2012=60,2013=120", "--out", home / "sample"),
        "intake": ("intake", home / "2013.csv", "--programme", "씨앗", "--key", home / "key",
                   "--out", home / "new"),
    }  # fmt: skip

    def run(command: str) -> tuple[int, str]:
        code = main([str(argument) for argument in commands[command]])
        return code, capsys.readouterr().err.split("\r")[-1].strip()

    return run


WRITTEN = {
    "publish": "atlas",
    "rollback": "atlas",
    "boundaries": "areas",
    "sample": "sample",
    "intake": "new-intake",
}
"""What each command writes to first."""


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """`ulimit -f`, in bytes; Python leaves the signal that comes with it alone."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("command", WRITTEN)
def test_files_that_grow_too_large_change_nothing(home: Path, run: Run, command: str) -> None:
    """A disk without room for ten bytes: the path, the reason and the remedy."""
    for written in ("areas", "sample", "new-intake"):  # what was there before stays
        (home / written).mkdir()
    before = everything(home)
    with largest_file(10):
        code, said = run(command)
    assert (code, said) == (
        2,
        f"{home / WRITTEN[command]}: File too large. Raise the largest size of files "
        "(`ulimit -f`), then try again.",
    )
    assert everything(home) == before


def test_a_full_disk_is_pruned(home: Path, run: Run) -> None:
    """What frees space needs none."""
    with largest_file(0):
        assert run("prune") == (0, "")
        assert run("list") == (0, "")
    assert len(list((home / "atlas" / "snapshots").iterdir())) == 1


@pytest.mark.parametrize("command", [*WRITTEN, "prune"])
def test_nothing_is_written_where_nothing_can_be(
    home: Path, run: Run, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    """A read-only system is read, and said to be one."""
    before, opened = everything(home), os.open

    def refuse(path: object, *_: object, **__: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(path))

    def only_read(path: str, flags: int, *rest: int, **options: int) -> int:
        if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            refuse(path)
        return opened(path, flags, *rest, **options)

    monkeypatch.setattr(os, "open", only_read)
    for name in ("mkdir", "replace", "unlink", "rename"):
        monkeypatch.setattr(os, name, refuse)
    code, said = run(command)
    monkeypatch.undo()
    path = home / WRITTEN.get(command, "atlas")
    assert (code, said) == (
        2, f"{path}: Read-only file system. Name a path that can be written.",
    )  # fmt: skip
    assert everything(home) == before


IN_THE_WAY = {
    "publish": ("atlas/current", "atlas/.lock"),
    "rollback": ("atlas/current", "atlas/.lock"),
    "prune": ("atlas/.lock",),
    "boundaries": ("areas/boundaries.json", "areas/districts.parquet"),
    "sample": ("sample/manifest.json", "sample/.maeul-groups.parquet"),
    "intake": ("new-intake/mapping.toml", "new-intake/report.html", "new/.lock"),
}
FULLY = ("atlas/current", "atlas/.lock")


@pytest.mark.parametrize(
    ("command", "name", "kind"),
    [
        (command, name, kind)
        for command, names in IN_THE_WAY.items()
        for name in names
        for kind in (["link", "dangling", "directory", "pipe"] if name in FULLY else ["dangling"])
    ],
)
def test_nothing_is_written_but_files(
    home: Path, run: Run, command: str, name: str, kind: str
) -> None:
    """A link, a directory or a pipe in a file's place is named, and stays as it is."""
    path = home / name
    path.parent.mkdir(exist_ok=True)
    path.unlink(missing_ok=True)
    put_in_the_way(path, kind, home / "victim")
    before = everything(home / path.parent)
    code, said = run(command)
    assert (code, said) == (2, f"{path} is {KINDS[kind]}: remove it, or name another path.")
    after = everything(home / path.parent)
    assert {name: after[name] for name in before} == before
    assert (home / "victim").exists() == (kind == "link")
    assert kind != "link" or (home / "victim").read_bytes() == b"victim"
    assert not list(home.rglob(".new-*"))


def test_snapshots_behind_a_link_are_left_alone(home: Path, run: Run) -> None:
    """They are somebody else's; reading them is no harm."""
    snapshots = home / "atlas" / "snapshots"
    snapshots.rename(home / "elsewhere")
    snapshots.symlink_to(home / "elsewhere")
    before = everything(home)
    for command in ("publish", "rollback", "prune"):
        assert run(command) == (
            2,
            f"{snapshots} is a link, and nothing is written through links: put the directory "
            "itself there.",
        )
    assert run("list") == (0, "")
    assert everything(home) == before


@pytest.mark.parametrize("content", [b"\0\0\0", b"\xff\xfe", b"../../etc"])
def test_a_current_that_names_nothing_is_no_obstacle(home: Path, run: Run, content: bytes) -> None:
    """Listed and pruned as without one; rolling back and publishing mend it."""
    current = home / "atlas" / "current"
    for command, mends in (("list", 0), ("rollback", 1), ("publish", 1), ("prune", 0)):
        current.write_bytes(content)
        assert run(command) == (0, "")
        assert (current.read_bytes() != content) == mends


def test_a_pipe_among_ones_own_tables_is_named(home: Path, run: Run) -> None:
    """Nobody waits for it."""
    (home / "tables" / "groups.csv").unlink()
    os.mkfifo(home / "tables" / "groups.csv")
    code, said = run("publish")
    assert code == 2
    assert said.endswith("table groups: groups.csv is no readable CSV file: write it again.")
