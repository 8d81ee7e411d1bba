"""What an atlas that is added to has from earlier intakes."""

from __future__ import annotations

import io
import json
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from geo import administrative, atlas
from geo.atlas import Atlas
from geo.boundaries import Boundaries
from geo.errors import BrokenSnapshot, MaeulError
from geo.intake.assemble import Before, before
from geo.intake.key import Key
from geo.intake.parts import File, mark
from geo.intake.render import REPORT
from geo.intake.workbook import plain
from geo.schema import Provenance

SET_ASIDE, REPORTED, TOKENS = "set-aside.csv", "reported.csv", "tokens.parquet"
"""Files beside the tables of a snapshot, and its report."""


@dataclass(frozen=True)
class Earlier:
    """An atlas, and what its earlier intakes told of it; an atlas may have none of these."""

    atlas: Atlas
    files: tuple[dict[str, Any], ...]
    key: str | None

    def beside(self, name: str) -> bytes | None:
        """A file beside its tables, if it is there."""
        return self.atlas.beside(name)

    @property
    def tokens(self) -> pd.DataFrame:
        """Columns ``token``, ``person_id``: by which its people are known again."""
        content = self.beside(TOKENS)
        if content is None:
            return pd.DataFrame(columns=["token", "person_id"], dtype="str")
        return pd.read_parquet(io.BytesIO(content))

    @property
    def areas(self) -> Boundaries:
        """Its boundaries, with what the official table says of those that it has."""
        legal = administrative.load_legal()
        known = legal["legal_code"].isin(self.atlas.neighbourhoods["code"])
        known &= legal["code"].isin(self.atlas.administrative["code"])
        return Boundaries(
            self.atlas.districts,
            self.atlas.neighbourhoods,
            self.atlas.administrative,
            legal[known].reset_index(drop=True),
        )

    @property
    def programmes(self) -> frozenset[str]:
        """Programmes that titles and names of files may speak of."""
        return frozenset(self.atlas.applications["programme"].dropna())

    def kept(self, files: Collection[File]) -> Before:
        """What stays of it when these files, or earlier ones of their names, are read again."""
        names = {file.source.file for file in files}
        again = {mark(file["sha256"]) for file in self.files if file["file"] in names}
        again |= {file.mark for file in files}
        return before(self.atlas, self.tokens, again)


def open_earlier(out: Path, key: Key) -> Earlier | None:
    """The atlas of a directory; None where there is none yet.

    Raises:
        MaeulError: it is simulated, or its people are called by another key.
        BrokenSnapshot: it, or the report beside it, is not whole.
    """
    if not (out / atlas.CURRENT).is_file():
        return None
    opened = Atlas.open(out)
    if opened.manifest.provenance == Provenance.SIMULATED:
        raise MaeulError(f"{out} is simulated: name another directory for what is not.")
    written = opened.beside(REPORT)
    if written is None:
        return Earlier(opened, (), None)
    path = opened.path / REPORT
    try:
        said = json.loads(written)
        files = tuple({**file, "file": plain(file["file"])} for file in said["files"])
        found = Earlier(opened, files, said["key"])
    except (ValueError, KeyError, TypeError) as error:
        raise BrokenSnapshot(f"{path} cannot be read: publish again without --add.") from error
    if found.key != key.fingerprint and len(opened.people):
        raise MaeulError(
            f"The people of {out} are called by another key ({found.key}, not {key.fingerprint}): "
            "give that with --key, or nobody would be known again."
        )
    return found
