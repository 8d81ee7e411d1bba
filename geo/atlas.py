"""Atlas: open a snapshot, hand out its frames, publish a new one.

A snapshot is a directory of Parquet files with a ``manifest.json``. An atlas directory keeps
snapshots side by side in ``snapshots/`` and names the one in use in the file ``current``, which
is replaced in one step: a reader never sees half of one, and the earlier ones stay.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from geo.boundaries import SOURCE, SOURCE_DATE, Boundaries
from geo.errors import BrokenSnapshot, UnknownValue
from geo.schema import TABLES, Provenance
from geo.validation import validate

SCHEMA_VERSION = 1
MANIFEST, CURRENT, SNAPSHOTS = "manifest.json", "current", "snapshots"
AGAIN = "Publish it again, or roll back with `python -m geo rollback`."


@dataclass(frozen=True)
class Manifest:
    """What a snapshot says of itself. ``content_hash`` is a SHA-256 over its tables alone."""

    name: str
    made_at: str
    made_from: str
    provenance: str
    content_hash: str
    counts: dict[str, int]
    years: tuple[int, int]
    boundaries: dict[str, str]
    schema_version: int = SCHEMA_VERSION


@dataclass(frozen=True)
class Entry:
    """A snapshot in the list of an atlas directory."""

    name: str
    manifest: Manifest
    is_current: bool


@dataclass(frozen=True)
class Atlas:
    """One snapshot, opened. Frames are read when first asked for; nobody may change them."""

    path: Path
    manifest: Manifest

    @classmethod
    def open(cls, path: Path | str) -> Atlas:
        """Open a snapshot, or the current one of an atlas directory, and check it whole.

        Raises:
            BrokenSnapshot: nothing there, a file missing, cut short or altered, or written by
                another version.
        """
        folder = _resolve(Path(path))
        manifest = _read_manifest(folder)
        missing = [name for name in TABLES if not _file(folder, name).is_file()]
        if missing:
            raise BrokenSnapshot(f"Snapshot {folder} lacks {', '.join(missing)}. {AGAIN}")
        if content_hash(folder) != manifest.content_hash:
            raise BrokenSnapshot(
                f"Snapshot {folder} was cut short or altered: its tables do not have the content "
                f"hash {manifest.content_hash[:12]} of its manifest. {AGAIN}"
            )
        return cls(folder, manifest)

    @property
    def hash(self) -> str:
        """The first twelve digits of the content hash, by which a snapshot is called."""
        return self.manifest.content_hash[:12]

    @property
    def years(self) -> list[int]:
        """Every year from the first application to the last."""
        first, last = self.manifest.years
        return list(range(first, last + 1))

    @cached_property
    def groups(self) -> gpd.GeoDataFrame:
        return self._geo("groups")

    @cached_property
    def applications(self) -> pd.DataFrame:
        return pd.read_parquet(_file(self.path, "applications"))

    @cached_property
    def people(self) -> pd.DataFrame:
        return pd.read_parquet(_file(self.path, "people"))

    @cached_property
    def memberships(self) -> pd.DataFrame:
        return pd.read_parquet(_file(self.path, "memberships"))

    @cached_property
    def sites(self) -> gpd.GeoDataFrame:
        return self._geo("sites")

    @cached_property
    def districts(self) -> gpd.GeoDataFrame:
        return self._geo("districts")

    @cached_property
    def neighbourhoods(self) -> gpd.GeoDataFrame:
        return self._geo("neighbourhoods")

    def _geo(self, name: str) -> gpd.GeoDataFrame:
        return gpd.read_parquet(_file(self.path, name))


def publish(
    tables: Mapping[str, pd.DataFrame],
    out: Path,
    boundaries: Boundaries,
    *,
    name: str,
    made_from: str,
    provenance: Provenance = Provenance.IMPORTED,
    made_at: datetime | None = None,
) -> Atlas:
    """Check tables and publish them as the current snapshot of an atlas directory.

    Tables that are the same as those of an earlier snapshot make that one current again.

    Raises:
        BadTables: with every fault; the directory stays as it was.
        BrokenSnapshot: another publication into the directory is under way.
    """
    checked = validate(tables, boundaries, provenance)
    made_at = made_at or datetime.now(UTC)
    (out / SNAPSHOTS).mkdir(parents=True, exist_ok=True)
    with _locked(out), tempfile.TemporaryDirectory(prefix=".new-", dir=out) as scratch:
        fresh = Path(scratch) / "snapshot"
        manifest = write_snapshot(
            checked, fresh, name=name, made_from=made_from, provenance=provenance, made_at=made_at
        )
        label = f"{made_at:%Y%m%dT%H%M%SZ}-{manifest.content_hash[:12]}"
        same = [
            e.name for e in list_snapshots(out) if e.manifest.content_hash == manifest.content_hash
        ]
        if same:
            label = same[-1]
        else:
            os.replace(fresh, out / SNAPSHOTS / label)
        _point(out, label)
    return Atlas.open(out)


def write_snapshot(
    tables: Mapping[str, pd.DataFrame],
    folder: Path,
    *,
    name: str,
    made_from: str,
    provenance: Provenance,
    made_at: datetime,
) -> Manifest:
    """Write checked tables and their manifest, the manifest last.

    The same tables give the same bytes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for table in TABLES:
        path = _file(folder, table)
        tables[table].to_parquet(path, index=False, compression="zstd")
        _flush(path)
    years = tables["applications"]["year"]
    manifest = Manifest(
        name=name,
        made_at=made_at.astimezone(UTC).isoformat(timespec="seconds"),
        made_from=made_from,
        provenance=str(provenance),
        content_hash=content_hash(folder),
        counts={table: len(tables[table]) for table in TABLES},
        years=(int(years.min()), int(years.max())),
        boundaries={"source": SOURCE, "date": SOURCE_DATE},
    )
    text = json.dumps(asdict(manifest), ensure_ascii=False, indent=2, sort_keys=True)
    (folder / MANIFEST).write_text(f"{text}\n", encoding="utf-8")
    _flush(folder / MANIFEST)
    return manifest


def content_hash(folder: Path) -> str:
    """SHA-256 over the names and bytes of a snapshot's tables."""
    digest = hashlib.sha256()
    for table in sorted(TABLES):
        content = _file(folder, table).read_bytes()
        digest.update(f"{table} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def list_snapshots(out: Path) -> list[Entry]:
    """Snapshots of an atlas directory, oldest first."""
    current = _current(out)
    return [
        Entry(folder.name, _read_manifest(folder), folder.name == current)
        for folder in sorted((out / SNAPSHOTS).glob("*/"))
    ]


def roll_back(out: Path, to: str | None = None) -> str:
    """Make an earlier snapshot current: the one before, or the one named.

    Raises:
        UnknownValue: there is no such snapshot, or none before.
    """
    names = [entry.name for entry in list_snapshots(out)]
    before = [name for name in names if name < (_current(out) or "")]
    target = to or (before[-1] if before else "the one before")
    if target not in names:
        raise UnknownValue("snapshot", target, names)
    Atlas.open(out / SNAPSHOTS / target)
    with _locked(out):
        _point(out, target)
    return target


def prune(out: Path, keep: int = 3) -> list[str]:
    """Delete all but the newest ``keep`` snapshots; the current one always stays.

    Raises:
        UnknownValue: ``keep`` is less than 1.
    """
    if keep < 1:
        raise UnknownValue("number of snapshots to keep", keep, ["1 or more"])
    with _locked(out):
        old = [entry.name for entry in list_snapshots(out)[:-keep] if not entry.is_current]
        for name in old:
            shutil.rmtree(out / SNAPSHOTS / name)
    return old


def _resolve(path: Path) -> Path:
    """The directory of a snapshot, from itself or from its atlas."""
    if (path / MANIFEST).is_file():
        return path
    current = _current(path)
    if current is None:
        raise BrokenSnapshot(
            f"There is no snapshot in {path}: give a directory with a {MANIFEST}, or one that "
            "`python -m geo publish` wrote."
        )
    return path / SNAPSHOTS / current


def _read_manifest(folder: Path) -> Manifest:
    try:
        content: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        manifest = Manifest(**(content | {"years": tuple(content["years"])}))
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise BrokenSnapshot(f"Snapshot {folder} has no readable {MANIFEST}. {AGAIN}") from error
    if manifest.schema_version != SCHEMA_VERSION:
        raise BrokenSnapshot(
            f"Snapshot {folder} has schema version {manifest.schema_version}, this program reads "
            f"{SCHEMA_VERSION}. {AGAIN}"
        )
    return manifest


def _file(folder: Path, table: str) -> Path:
    return folder / f"{table}.parquet"


def _current(out: Path) -> str | None:
    path = out / CURRENT
    name = path.read_text(encoding="utf-8").strip() if path.is_file() else None
    if name is not None and Path(name).name != name:
        raise BrokenSnapshot(f"{path} names {name!r}, which is no snapshot. {AGAIN}")
    return name


def _point(out: Path, name: str) -> None:
    """Name the current snapshot, in one step."""
    scratch = out / f".{CURRENT}"
    scratch.write_text(f"{name}\n", encoding="utf-8")
    _flush(scratch)
    os.replace(scratch, out / CURRENT)


def _flush(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


@contextmanager
def _locked(out: Path) -> Iterator[None]:
    """Only one writer at a time; the lock goes with the process that holds it."""
    with (out / ".lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BrokenSnapshot(
                f"Another publication into {out} is under way: wait for it to end."
            ) from error
        yield
