"""The folder beside an atlas in which a person reads what happened and corrects it."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from geo import files
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


def put(folder: Path, contents: Mapping[str, bytes]) -> None:
    """Write files for the person who works with them alone, all of them or none.

    Raises:
        Unwritable: the disk is full, a link is in the way, and the like.
        AtlasBusy: another intake is writing the same.
    """
    with files.written_to(folder):
        files.write(folder, contents, mode=0o600)


def put_mapping(
    folder: Path, written: Sequence[Written], likeness: int, passed: Path | None
) -> None:
    """Write what was understood; what a person wrote there and did not pass is kept beside it."""
    path, content = folder / MAPPING, text(written, likeness).encode()
    had = files.read(path) if path.is_file() else content
    is_passed = passed is not None and path.is_file() and path.samefile(passed)
    before = {} if is_passed or had == content else {BEFORE: had}
    put(folder, {**before, MAPPING: content})
