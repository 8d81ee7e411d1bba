"""The folder beside an atlas in which a person reads what happened and corrects it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from geo.intake.mapping import Written, text

MAPPING, BEFORE = "mapping.toml", "mapping.before.toml"
DECISIONS, PAGE = "decisions.csv", "report.html"


def working_folder(out: Path) -> Path:
    """Beside the atlas, since it is no part of what is served.

    >>> working_folder(Path("my_atlas")).name
    'my_atlas-intake'
    """
    return out.with_name(f"{out.resolve().name}-intake")


def key_path() -> Path:
    """Where the key is if nobody says otherwise: one for all atlases of a person."""
    home = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(home) / "maeul-atlas" / "pseudonyms.key"


def put(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=".new-", dir=path.parent)
    fresh = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(fresh, path)
    finally:
        fresh.unlink(missing_ok=True)


def put_mapping(
    folder: Path, written: Sequence[Written], likeness: int, passed: Path | None
) -> None:
    """Write what was understood; what a person wrote there and did not pass is kept beside it."""
    path, content = folder / MAPPING, text(written, likeness).encode()
    is_passed = passed is not None and path.is_file() and path.samefile(passed)
    if path.is_file() and not is_passed and path.read_bytes() != content:
        put(path.with_name(BEFORE), path.read_bytes())
    put(path, content)
