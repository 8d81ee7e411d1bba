"""Writing files: whole or not at all, never through a link; what stood in the way, in a sentence.

All of a command's files go through here. `written_to` is the one place where an error of the
operating system becomes a sentence with its remedy.
"""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from geo.errors import AtlasBusy, Unwritable

STAGED = ".maeul-"
"""How files begin that are to take another's place; one that stayed was interrupted."""
FULL = "Free some space, or name a path on another disk, then try again."
NOT_ALLOWED = "Name a path that you may read and write, or have its permissions changed."
REMEDIES = {
    errno.ENOSPC: FULL,
    errno.EDQUOT: FULL,
    errno.EFBIG: "Raise the largest size of files (`ulimit -f`), then try again.",
    errno.EROFS: "Name a path that can be written.",
    errno.EACCES: NOT_ALLOWED,
    errno.EPERM: NOT_ALLOWED,
    errno.ELOOP: "It is a link, and nothing is written through links: remove it.",
}
NO_FILE = "No ordinary file"


def sentence(error: OSError, path: object) -> str:
    """What an error of the operating system says of a path, and what to do about it.

    >>> sentence(OSError(errno.EROFS, "Read-only file system"), "atlas")
    'atlas: Read-only file system. Name a path that can be written.'
    """
    remedy = REMEDIES.get(error.errno or 0, "Name another path.")
    return f"{path}: {error.strerror or error}. {remedy}"


@contextmanager
def written_to(path: Path) -> Iterator[None]:
    """Where a file or directory is written: errors of the operating system name it.

    Raises:
        Unwritable: instead of an OSError.
    """
    try:
        yield
    except OSError as error:
        raise Unwritable(sentence(error, path)) from error


def opened(path: Path) -> BinaryIO:
    """An ordinary file, to be read; a pipe or device, which could keep one waiting, is none.

    Raises:
        OSError: it cannot be opened, or is no ordinary file.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, NO_FILE, str(path))
    return os.fdopen(descriptor, "rb")


def read(path: Path) -> bytes:
    """The bytes of an ordinary file; raises as `opened` does."""
    with opened(path) as file:
        return file.read()


def put(path: Path, content: bytes, mode: int = 0o666) -> None:
    """Write one file as `write` does, and tell what stood in the way.

    Raises:
        Unwritable: the disk is full, the path a link, and the like; nothing was changed.
        AtlasBusy: somebody else is writing the same file.
    """
    with written_to(path):
        write(path.parent, {path.name: content}, mode=mode)


def write(
    folder: Path, contents: Mapping[str, bytes], *, last: str | None = None, mode: int = 0o666
) -> None:
    """Write files into a folder, which is made if need be; all are on the disk before any moves.

    Args:
        folder: links on the way to it are followed, as the person who named it meant.
        contents: name -> bytes; a file of the name is replaced in one step.
        last: the one that vouches for the others: it goes first and comes last, so that nobody
            takes a mixture of old and new ones for whole.
        mode: permissions, less the umask.

    Raises:
        OSError: a disk that is full, and the like; every file is as it was.
        Unwritable: something else than a file has one of the names; likewise.
        AtlasBusy: somebody else is writing the same; likewise.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _clear(folder, contents)
    with ExitStack() as stack:
        staged = {
            name: stack.enter_context(_staged(folder / name, mode, content))
            for name, content in contents.items()
        }
        if last:
            (folder / last).unlink(missing_ok=True)
        for name in sorted(staged, key=lambda name: name == last):
            os.replace(staged[name], folder / name)
    flush(folder)


def try_out(path: Path) -> None:
    """See whether a file could be written, before somebody waits for its content.

    Raises:
        Unwritable, AtlasBusy: as `put` does.
    """
    with written_to(path):
        _clear(path.parent, [path.name])
        with _staged(path, 0o666, b""):
            pass


@contextmanager
def locked(path: Path, busy: str) -> Iterator[None]:
    """Hold a file for oneself, making it if need be; the lock goes with the process.

    Raises:
        AtlasBusy: with ``busy``, where somebody else holds it.
        Unwritable: it is a link, or no file.
        OSError: it cannot be written.
    """
    check_plain(path)
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    descriptor = os.open(path, flags, 0o666)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, NO_FILE, str(path))
        _lock(descriptor, busy)
        yield
    finally:
        os.close(descriptor)


def check_plain(path: Path) -> None:
    """Refuse to put a file where anything but a file is."""
    with suppress(FileNotFoundError):
        kind = path.lstat().st_mode
        if not stat.S_ISREG(kind):
            what = "a directory" if stat.S_ISDIR(kind) else "no ordinary file"
            what = "a link, and nothing is written through links" if stat.S_ISLNK(kind) else what
            raise Unwritable(f"{path} is {what}: remove it, or name another path.")


def make(folder: Path) -> None:
    """A directory, with those above it, where there is none; a link is none of ours."""
    if folder.is_symlink():
        raise Unwritable(
            f"{folder} is a link, and nothing is written through links: put the directory itself "
            "there."
        )
    folder.mkdir(parents=True, exist_ok=True)


def remove(path: Path) -> None:
    """Delete a directory with all that is in it, a file, or a link but not what it leads to."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


def flush(path: Path) -> None:
    """Make sure that a directory's list of files is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _staged(path: Path, mode: int, content: bytes) -> Iterator[Path]:
    """A new file with a content beside another, whose place it is to take; else it goes again.

    It is locked while its writer lives, so that `_clear` knows which ones were left.
    """
    check_plain(path)
    beside = path.with_name(f"{STAGED}{path.name}")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        descriptor = os.open(beside, flags, mode)
    except FileExistsError:
        check_plain(beside)
        raise AtlasBusy(_busy(path)) from None
    with os.fdopen(descriptor, "wb") as file:
        try:
            _lock(descriptor, _busy(path))
            # Between making and locking it another writer may have taken it for a leftover.
            if not os.path.lexists(beside) or not os.path.samestat(
                beside.lstat(), os.fstat(descriptor)
            ):
                raise AtlasBusy(_busy(path))
            file.write(content)
            file.flush()
            os.fsync(descriptor)
            yield beside
        finally:
            with suppress(FileNotFoundError):
                if os.path.samestat(beside.lstat(), os.fstat(descriptor)):
                    beside.unlink()


def _clear(folder: Path, names: Iterable[str]) -> None:
    """Delete what interrupted writers of these files left in a folder."""
    for left in (folder / f"{STAGED}{name}" for name in names):
        if left.is_file() and not left.is_symlink():
            with suppress(AtlasBusy), locked(left, ""):
                left.unlink(missing_ok=True)


def _lock(descriptor: int, busy: str) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise AtlasBusy(busy) from error


def _busy(path: Path) -> str:
    return f"Somebody else is writing {path}: wait for it to end, then try again."
