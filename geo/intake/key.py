"""The secret by which people are called, in a file of its own that nobody else may read."""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from geo.errors import MaeulError

BYTES = 32


class BadKey(MaeulError):
    """A key that cannot be used, or lies where others can read it."""


@dataclass(frozen=True)
class Key:
    """The secret; never printed. ``fingerprint`` tells keys apart without telling any."""

    secret: bytes = field(repr=False)

    @property
    def fingerprint(self) -> str:
        """Twelve digits that two keys do not share."""
        return self._digest("fingerprint")[:12]

    def pseudonym(self, *parts: str) -> str:
        """What somebody is called of whom these parts are known: HMAC-SHA-256, cut to 80 bits.

        >>> key = Key(b"secret")
        >>> key.pseudonym("a", "bc") == key.pseudonym("ab", "c")
        False
        """
        return f"p{self._digest(*parts)[:20]}"

    def _digest(self, *parts: str) -> str:
        said = b"".join(b"%d:%s" % (len(text), text) for text in map(str.encode, parts))
        return hmac.new(self.secret, said, hashlib.sha256).hexdigest()


def load_key(path: Path, atlas: Path) -> Key:
    """The key of a file, made there (mode 600) if there is none.

    Raises:
        BadKey: the file is inside the atlas, others may read it, or it is no key.
    """
    if path.resolve().is_relative_to(atlas.resolve()):
        raise BadKey(f"{path} is inside the atlas: keep the key elsewhere, with --key.")
    if not path.exists():
        _make(path)
    if path.stat().st_mode & 0o077:
        raise BadKey(f"Others may read {path}: run `chmod 600 {path}`.")
    text = path.read_text(encoding="ascii", errors="replace").strip()
    if not re.fullmatch(rf"[0-9a-f]{{{2 * BYTES}}}", text):
        raise BadKey(f"{path} is no key of {2 * BYTES} hexadecimal digits: name another file.")
    return Key(bytes.fromhex(text))


def _make(path: Path) -> None:
    """Write a new key whole; one that another process made meanwhile stays."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor, name = tempfile.mkstemp(prefix=".key-", dir=path.parent)  # mode 600
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(f"{secrets.token_hex(BYTES)}\n")
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(name, path)
    finally:
        os.unlink(name)
