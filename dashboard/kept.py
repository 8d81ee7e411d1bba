"""Tables kept on disk, so that what took long is not measured twice."""

from __future__ import annotations

import fcntl
import hashlib
import io
import os
import stat
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import pandas as pd

MOST_FILES = 2_000
"""Of one snapshot; the oldest go. A table takes some 10 to 100 KB."""
ROOT = Path(__file__).parent.parent
MAKERS = (
    ROOT / "geo", ROOT / "dashboard" / "queries", ROOT / "dashboard" / "tables.py",
    ROOT / "dashboard" / "state.py", ROOT / "dashboard" / "kept.py",
    ROOT / "data" / "seoul",
)  # fmt: skip
"""What decides, beside the snapshot, what is in a table: code, and the city's own figures."""
SUFFIXES = (".py", ".csv")
LIBRARIES = (
    "contourpy", "esda", "geopandas", "h3", "igraph", "jenkspy", "libpysal", "numpy", "pandas",
    "pyarrow", "pyproj", "scikit-learn", "scipy", "shapely",
)  # fmt: skip
"""What measures with our code: another version may cluster, draw or round otherwise."""
SIGN = b"maeul-kept-1\n"
"""First bytes of a file; then a SHA-256 of the question and the Parquet that follows."""
LONGEST_WAIT_S = 240.0
"""For another process that makes the same table; then it is made here as well. It is less than
a server waits for a process (`dashboard.work`)."""
LOOK_S = 0.05
OLD_S = 3_600.0
"""After which nobody writes a file any more."""


class NotKept(Exception):
    """A table is not there, and whoever asks wants it made by another process."""


class Misfit(ValueError):
    """A file that does not hold the table it should; says why."""


@dataclass
class Asked:
    """A question that is to be answered from what is kept; whether something was missing."""

    missed: bool = False


ASKED: ContextVar[Asked | None] = ContextVar("asked", default=None)
"""Set while a question is answered that must not take long."""


class Kept:
    """A folder of tables by snapshot, code and question; one that cannot be written keeps none.

    Another snapshot, another audience, changed code or another version of a library has a folder
    of its own, so that nothing that is kept can be out of date. Each table is made once, however
    many processes ask, and a file that is not as it was written is made anew.
    """

    def __init__(self, folder: Path | None, snapshot: str) -> None:
        self.name = f"{snapshot}-{_makers()}"
        self._folder = None if folder is None else folder / self.name

    def table(self, question: str, make: Callable[[], pd.DataFrame]) -> pd.DataFrame:
        """The table that answers a question: from disk, or made and kept.

        Args:
            question: everything that the answer depends on but the snapshot and the code.
            make: measures it; its columns have names that are text.

        Raises:
            NotKept: it would have to be made, while ASKED says that this is for others.
        """
        name = hashlib.sha256(question.encode()).hexdigest()[:32]
        path = None if self._folder is None else self._folder / f"{name}.table"
        found = _read(path, question)
        if found is not None:
            return found
        asked = ASKED.get()
        if asked is not None:
            asked.missed = True
            raise NotKept(question)
        if path is None or not self._has_folder(path.parent):
            return make()
        with _alone(path):
            found = _read(path, question, told=False)  # another may have made it meanwhile
            return self._made(path, question, make) if found is None else found

    def _has_folder(self, folder: Path) -> bool:
        """Make it, private to its owner; without one nothing is kept from now on, and it is said.

        Anybody who could write there could put other numbers in the place of ours.
        """
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            status = folder.lstat()
            if not stat.S_ISDIR(status.st_mode):
                why = "it is a link"
            elif not _is_ours(status):
                why = "it belongs to another user"
            elif status.st_mode & 0o022:
                why = "others may write there"
            else:
                return True
        except OSError as error:
            why = str(error)
        self._give_up(folder, why)
        return False

    def _give_up(self, folder: Path, why: str) -> None:
        print(
            f"Tables are not kept in {folder}: {why}. What takes long is measured again after "
            "every start: name another folder with MAEUL_CACHE.",
            file=sys.stderr,
        )
        self._folder = None

    def _made(self, path: Path, question: str, make: Callable[[], pd.DataFrame]) -> pd.DataFrame:
        """A table made and kept; given as it will be read, so that all answers are the same."""
        content = _packed(make(), question)
        try:
            _write(path, content)
        except OSError as error:
            self._give_up(path.parent, str(error))
        return _unpacked(content, question)


def _makers() -> str:
    """A hash of all that decides, beside the snapshot, what is in a table."""
    found = hashlib.sha256()
    for name in LIBRARIES:
        found.update(f"{name} {version(name)}\n".encode())
    for maker in MAKERS:
        inside = (path for path in maker.rglob("*") if path.suffix in SUFFIXES)
        for path in sorted(inside) if maker.is_dir() else [maker]:
            found.update(f"{path.relative_to(maker.parent)}\n".encode())
            found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()[:12]


def _is_ours(status: os.stat_result) -> bool:
    return status.st_uid == os.geteuid()


def _packed(table: pd.DataFrame, question: str) -> bytes:
    parquet = io.BytesIO()
    table.to_parquet(parquet)
    content = parquet.getvalue()
    return SIGN + _digest(question, content) + content


def _digest(question: str, content: bytes) -> bytes:
    return hashlib.sha256(hashlib.sha256(question.encode()).digest() + content).digest()


def _unpacked(content: bytes, question: str) -> pd.DataFrame:
    """The table in a file's bytes, which are checked before anything of them is believed.

    Raises:
        Misfit: they are not those that were written for this question.
    """
    start = len(SIGN) + hashlib.sha256().digest_size
    if not content.startswith(SIGN) or len(content) <= start:
        raise Misfit("it is no kept table")
    if content[len(SIGN) : start] != _digest(question, content[start:]):
        raise Misfit("its checksum is another one")
    return pd.read_parquet(io.BytesIO(content[start:]))


def _read(path: Path | None, question: str, *, told: bool = True) -> pd.DataFrame | None:
    """What is kept for a question; None where there is nothing, or nothing that fits."""
    if path is None:
        return None
    try:
        return _unpacked(_bytes(path), question)
    except (FileNotFoundError, NotADirectoryError):  # the latter is told where it is written
        return None
    except (OSError, Misfit) as error:
        if told:
            print(f"{path} cannot be read ({error}); it is made anew.", file=sys.stderr)
        return None


def _bytes(path: Path) -> bytes:
    """The bytes of a file that this user wrote; no link is followed, and no pipe waited for."""
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(handle, "rb") as file:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise Misfit("it is no file")
        if not _is_ours(status):
            raise Misfit("it belongs to another user")
        return file.read()


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all; then the oldest tables make room."""
    handle, beside = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        with suppress(IsADirectoryError):  # told when it was read; nothing can be kept there
            Path(beside).replace(path)
    finally:
        Path(beside).unlink(missing_ok=True)
    for left in path.parent.glob("*.part"):  # of writers that were killed
        if time.time() - _age(left) > OLD_S:
            left.unlink(missing_ok=True)
    files = sorted(path.parent.glob("*.table"), key=_age)
    for old in files[:-MOST_FILES]:
        if not old.is_dir():
            old.unlink(missing_ok=True)
        old.with_suffix(".lock").unlink(missing_ok=True)


def _age(path: Path) -> float:
    """When a file was written; of one that another process took away meanwhile, long ago."""
    try:
        return path.lstat().st_mtime
    except FileNotFoundError:
        return 0.0


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Held by one thread of all processes at a time; whoever dies lets go.

    Where nobody can hold it, or somebody holds it for very long, the table is made all the same.
    """
    try:
        file = os.open(path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    except OSError:
        yield
        return
    try:
        until = time.monotonic() + LONGEST_WAIT_S
        while not _locked(file) and time.monotonic() < until:
            time.sleep(LOOK_S)
        yield
    finally:
        os.close(file)


def _locked(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
