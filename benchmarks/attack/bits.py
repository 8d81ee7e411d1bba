"""Bits flip in manifest, tables and cache: each flip is refused, or what is read is the same."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from contextlib import redirect_stderr
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

from benchmarks.attack.rows import Row
from dashboard.kept import Kept
from geo import boundaries
from geo.atlas import Atlas, publish
from geo.errors import BrokenSnapshot

COUNT, SEED = 2_000, 2012


def run(count: int = COUNT, seed: int = SEED) -> list[Row]:
    """Flip bits, a third of them each in manifest, tables and kept tables."""
    chance, share = random.Random(seed), -(-count // 3)
    with TemporaryDirectory() as folder:
        atlas = a_snapshot(Path(folder) / "atlas")
        manifest = [atlas.path / "manifest.json"]
        tables = sorted(atlas.path.glob("*.parquet"))
        kept, whole = a_kept_table(Path(folder) / "cache")
        return [
            flipped("manifest", manifest, share, chance, lambda: reads_as(atlas)),
            flipped("tables", tables, share, chance, lambda: reads_as(atlas)),
            flipped("cache", kept, share, chance, whole),
        ]


def flipped(
    what: str, paths: list[Path], count: int, chance: random.Random, unharmed: Callable[[], bool]
) -> Row:
    """Flip one bit at a time in one of some files, and count what was read as something else."""
    wrong = 0
    for _ in range(count):
        path = chance.choice(paths)
        content = bytearray(before := path.read_bytes())
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
        path.write_bytes(content)
        try:
            wrong += not unharmed()
        except Exception:  # what breaks off was not refused either
            wrong += 1
        path.write_bytes(before)
    return Row(f"of {count:,} flipped bits in {what}, misread", f"{wrong:,}", "0", wrong == 0)


def a_snapshot(out: Path) -> Atlas:
    """A small atlas."""
    groups = pd.DataFrame(
        {"group_id": ["a", "b"], "name": ["책방", "텃밭"], "district_code": ["11305", "11545"]}
    )
    applications = pd.DataFrame(
        {
            "application_id": ["1", "2"],
            "group_id": ["a", "b"],
            "year": ["2012", "2013"],
            "outcome": ["selected", "rejected"],
        }
    )
    tables = {"groups": groups, "applications": applications}
    return publish(tables, out, boundaries.load(), name="bits", made_from="bits")


def reads_as(atlas: Atlas) -> bool:
    """Whether a snapshot is refused, or read as it was."""
    try:
        opened = Atlas.open(atlas.path)
    except BrokenSnapshot:
        return True
    return opened == atlas and all(
        getattr(opened, name).equals(getattr(atlas, name)) for name in atlas.manifest.counts
    )


def a_kept_table(folder: Path) -> tuple[list[Path], Callable[[], bool]]:
    """The files of a kept table, and whether it is read as it was made."""
    rng = np.random.default_rng(SEED)
    table = pd.DataFrame({"code": [f"11{n:03d}" for n in range(500)], "value": rng.random(500)})
    kept = Kept(folder, "bits")

    def unharmed() -> bool:
        with Path(os.devnull).open("w") as nothing, redirect_stderr(nothing):  # told of each flip
            return kept.table("bits", table.copy).equals(table)

    if not unharmed():
        raise RuntimeError("the cache does not keep a table")
    files = [path for path in folder.rglob("*") if path.is_file() and path.stat().st_size]
    return files, unharmed
