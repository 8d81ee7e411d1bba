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
MATCHING = ("groups", "people", "likeness", "doubtful", "decisions", "key")
"""What a report says of groups and people."""


@dataclass(frozen=True)
class Earlier:
    """An atlas, and what its earlier intakes told of it; an atlas may have none of these.

    ``files`` are told one by one; ``matching`` is what they told of groups and people, None
    without a report.
    """

    atlas: Atlas
    files: tuple[dict[str, Any], ...]
    matching: dict[str, Any] | None

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

    def places_in(self, layer: str) -> int:
        """How many places it has in a layer."""
        return int((self.atlas.places["layer"] == layer).sum())

    @property
    def programmes(self) -> frozenset[str]:
        """Programmes that titles and names of files may speak of."""
        return frozenset(self.atlas.applications["programme"].dropna())

    def kept(self, files: Collection[File]) -> Before:
        """What stays of it when these files, or earlier ones of their names, are read again.

        Nor does a layer stay that they make anew.
        """
        names = {file.source.file for file in files}
        again = {mark(file["sha256"]) for file in self.files if file["file"] in names}
        again |= {file.mark for file in files}
        return before(self.atlas, self.tokens, again, layers_of(files))

    def told(self, files: Collection[File]) -> list[dict[str, Any]]:
        """What was told of other files, less the tables of layers that are made anew."""
        names, layers = {file.source.file for file in files}, layers_of(files)
        others = []
        for file in self.files:
            tables = [table for table in file["tables"] if table.get("layer") not in layers]
            if file["file"] not in names and tables:
                others.append({**file, "tables": tables})
        return others

    def again(self, files: Collection[File]) -> set[str]:
        """Names of the files of which no more is told than these say."""
        every = {file["file"] for file in self.files} | {file.source.file for file in files}
        return every - {file["file"] for file in self.told(files)}


def layers_of(files: Collection[File]) -> set[str]:
    """The layers that files make."""
    return {part.about.layer for file in files for part in file.parts if part.about.layer}


def open_earlier(out: Path, key: Key | None) -> Earlier | None:
    """The atlas of a directory; None where there is none yet.

    Without a key nobody is to be known again: places alone are added.

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
        matching = {name: said[name] for name in MATCHING}
        found = Earlier(opened, files, matching)
    except (ValueError, KeyError, TypeError) as error:
        raise BrokenSnapshot(f"{path} cannot be read: publish again without --add.") from error
    theirs = matching["key"]
    if key is not None and theirs != key.fingerprint and len(opened.people):
        raise MaeulError(
            f"The people of {out} are called by another key ({theirs}, not {key.fingerprint}): "
            "give that with --key, or nobody would be known again."
        )
    return found
