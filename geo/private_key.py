"""A secret in a file of its own that nobody else may read, made once where there is none."""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

from geo.errors import MaeulError

BYTES = 32
OPEN_KEY = b"This is no secret: nobody in the simulated atlas is real"
"""What stands in for a secret where nobody is real, so that figures are the same everywhere."""


class BadKey(MaeulError):
    """A key that cannot be used or made, or lies where others can read it."""


def private_key(path: Path, atlas: Path, option: str, *, make: bool = True) -> tuple[bytes, bool]:
    """The secret of a file, made there if there is none; every process gets the same one.

    A file is 64 hexadecimal digits, readable by its owner alone (mode 600), in a folder that is
    made with mode 700 if it is missing. No link is followed, neither to read nor to write.

    Args:
        path: where the secret is, ``~`` for the home of whoever runs this.
        atlas: a folder that is handed on and must not hold it.
        option: what names another file, for the sentences of errors.
        make: whether one may be made; else there must be one.

    Returns:
        32 bytes, and whether they were made just now.

    Raises:
        BadKey: the file is inside the atlas, a link or no ordinary file, others may read it, it
            is no key, or it can be neither read nor made.
    """
    try:
        path = path.expanduser()
        if path.is_symlink():
            raise BadKey(
                f"{path} is a link: name the file itself with {option}, or remove the link."
            )
        inside = path.resolve().is_relative_to(atlas.resolve())
    except (RuntimeError, OSError) as error:  # no home directory, folders linked in a circle
        raise BadKey(
            f"{path} cannot be found ({error}): name another file with {option}."
        ) from None
    if inside:
        raise BadKey(f"{path} is inside the atlas: keep the key elsewhere, with {option}.")
    if not make and not os.path.lexists(path):
        raise BadKey(f"{path} is gone since the start: bring it back, then start again.")
    made = not os.path.lexists(path) and _make(path, option)
    return _read(path, option), made


def fingerprint(secret: bytes) -> str:
    """Twelve digits that tell secrets apart without telling any."""
    return hmac.new(secret, b"11:fingerprint", hashlib.sha256).hexdigest()[:12]


def _read(path: Path, option: str) -> bytes:
    """The secret of a file that is its owner's alone."""
    try:
        # A pipe would keep everybody waiting, and what became a link meanwhile is not followed.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as file:
            mode = os.fstat(descriptor).st_mode
            content = file.read(4 * BYTES) if stat.S_ISREG(mode) else b""
    except IsADirectoryError:
        mode = stat.S_IFDIR
    except OSError as error:
        raise BadKey(
            f"{path} cannot be read ({error.strerror}): let whoever runs this read it, or name "
            f"another file with {option}."
        ) from error
    if not stat.S_ISREG(mode):
        raise BadKey(f"{path} is no ordinary file: name another with {option}.")
    if mode & 0o077:
        raise BadKey(f"Others may read {path}: run `chmod 600 {path}`.")
    text = content.decode("ascii", errors="replace").strip()
    if not re.fullmatch(rf"[0-9a-f]{{{2 * BYTES}}}", text):
        raise BadKey(
            f"{path} is no key of {2 * BYTES} hexadecimal digits: bring back the one that it was, "
            f"or name another file with {option}."
        )
    return bytes.fromhex(text)


def _make(path: Path, option: str) -> bool:
    """Write a new key, whole or not at all; one that another process made meanwhile stays.

    Returns:
        Whether it is ours.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor, beside = tempfile.mkstemp(prefix=".key-", dir=path.parent)  # mode 600
        try:
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(f"{secrets.token_hex(BYTES)}\n")
                file.flush()
                os.fsync(file.fileno())
            with suppress(FileExistsError):
                os.link(beside, path)  # replaces nothing, and follows no link
                return True
        finally:
            os.unlink(beside)
    except OSError as error:
        raise BadKey(
            f"{path}: no key can be made there ({error.strerror}). Name a file in a place that "
            f"can be written, with {option}."
        ) from error
    return False
