"""The secret by which people are called."""

from __future__ import annotations

import hmac
import sys
from dataclasses import dataclass, field
from pathlib import Path

from geo.private_key import fingerprint, private_key


@dataclass(frozen=True)
class Key:
    """The secret; never printed. ``fingerprint`` tells keys apart without telling any."""

    secret: bytes = field(repr=False)

    @property
    def fingerprint(self) -> str:
        """Twelve digits that two keys do not share."""
        return fingerprint(self.secret)

    def pseudonym(self, *parts: str) -> str:
        """What somebody is called of whom these parts are known: HMAC-SHA-256, cut to 80 bits.

        >>> key = Key(b"secret")
        >>> key.pseudonym("a", "bc") == key.pseudonym("ab", "c")
        False
        """
        said = b"".join(b"%d:%s" % (len(text), text) for text in map(str.encode, parts))
        return f"p{hmac.digest(self.secret, said, 'sha256').hex()[:20]}"


def load_key(path: Path, atlas: Path) -> Key:
    """The key of a file, made there (mode 600) if there is none, which is told on stderr.

    Raises:
        BadKey: as `geo.private_key.private_key` says.
    """
    secret, made = private_key(path, atlas, "--key")
    if made:
        print(
            f"A key was made in {path}: by it alone the same person is known again. Keep it, and "
            "keep it to yourself.",
            file=sys.stderr,
        )
    return Key(secret)
