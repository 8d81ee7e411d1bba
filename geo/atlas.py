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
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

import geopandas as gpd
import pandas as pd
import pyarrow
import pyarrow.parquet as pq

from geo.blocks import in_blocks
from geo.boundaries import SOURCE, SOURCE_DATE, SOURCE_KO, Boundaries
from geo.errors import AtlasBusy, BrokenSnapshot, UnknownValue
from geo.schema import TABLES, Provenance
from geo.validation import read_tables, validate

__all__ = [
    "Atlas",
    "Entry",
    "Manifest",
    "content_hash",
    "list_snapshots",
    "prune",
    "publish",
    "read_tables",
    "roll_back",
    "write_snapshot",
]

SCHEMA_VERSION = 2
MANIFEST, CURRENT, SNAPSHOTS = "manifest.json", "current", "snapshots"
SCRATCH = ".new-"
"""How the directories begin that a publication works in; one that stayed was interrupted."""
NO_FILES: Mapping[str, bytes] = MappingProxyType({})
FROM = {"source": SOURCE, "source_ko": SOURCE_KO, "date": SOURCE_DATE}


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
        missing = [file.name for name in TABLES if not (file := _file(folder, name)).is_file()]
        if missing:
            raise BrokenSnapshot(f"Snapshot {folder} lacks {', '.join(missing)}. {_mend(folder)}")
        if content_hash(folder) != manifest.content_hash:
            raise BrokenSnapshot(f"Snapshot {folder} {_damage(folder, manifest)}. {_mend(folder)}")
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
    def public(self) -> Atlas:
        """The snapshot as a public audience may see it: no measure of it can see more."""
        return PublicAtlas(*(getattr(self, field.name) for field in fields(self)))

    @cached_property
    def groups(self) -> gpd.GeoDataFrame:
        return self._geo("groups")

    @cached_property
    def applications(self) -> pd.DataFrame:
        return self._table("applications")

    @cached_property
    def people(self) -> pd.DataFrame:
        return self._table("people")

    @cached_property
    def memberships(self) -> pd.DataFrame:
        return self._table("memberships")

    @cached_property
    def sites(self) -> gpd.GeoDataFrame:
        return self._geo("sites")

    @cached_property
    def districts(self) -> gpd.GeoDataFrame:
        return self._geo("districts")

    @cached_property
    def neighbourhoods(self) -> gpd.GeoDataFrame:
        return self._geo("neighbourhoods")

    @cached_property
    def administrative(self) -> gpd.GeoDataFrame:
        return self._geo("administrative")

    @cached_property
    def population(self) -> pd.DataFrame:
        return self._table("population")

    def _table(self, name: str) -> pd.DataFrame:
        try:
            return pd.read_parquet(_file(self.path, name))
        except (OSError, pyarrow.ArrowException) as error:
            raise _vanished(self.path, name) from error

    def _geo(self, name: str) -> gpd.GeoDataFrame:
        try:
            return gpd.read_parquet(_file(self.path, name))
        except (OSError, pyarrow.ArrowException) as error:
            raise _vanished(self.path, name) from error


@dataclass(frozen=True)
class PublicAtlas(Atlas):
    """A snapshot whose groups stand somewhere in their blocks, and whose people live nowhere.

    ``groups`` are as `in_blocks` tells them; of ``people`` the district and the neighbourhood are
    missing. All else is as in the snapshot.
    """

    @cached_property
    def groups(self) -> gpd.GeoDataFrame:
        return in_blocks(self._geo("groups"), self.neighbourhoods, self.administrative)

    @cached_property
    def people(self) -> pd.DataFrame:
        people = self._table("people")
        nowhere = pd.Series(None, people.index, dtype="str")
        return people.assign(district_code=nowhere, neighbourhood_code=nowhere)


def publish(
    tables: Mapping[str, pd.DataFrame],
    out: Path,
    boundaries: Boundaries,
    *,
    name: str,
    made_from: str,
    provenance: Provenance = Provenance.IMPORTED,
    made_at: datetime | None = None,
    boundaries_from: Mapping[str, str] = FROM,
    beside: Mapping[str, bytes] = NO_FILES,
    onto: Atlas | None = None,
) -> Atlas:
    """Check tables and publish them as the current snapshot of an atlas directory.

    Tables that are the same as those of an earlier snapshot of the same name, provenance,
    source of boundaries and files beside them make that one current again, if it is whole.

    Args:
        tables: as `validate` takes them.
        out: the atlas directory; made if it is not there.
        boundaries: the areas that become part of the snapshot.
        name: what readers see as the atlas's name.
        made_from: what it was made from, for the record.
        provenance: what the rows are, where the groups do not say.
        made_at: now, unless given.
        boundaries_from: ``source`` (``source_ko`` in Korean, if there is one) and ``date`` of the
            boundaries.
        beside: name -> content of files that stand in the snapshot beside its tables and tell
            where these come from; no part of the content hash.
        onto: the snapshot that the tables were made from and that must still be current.

    Raises:
        BadTables: with every fault; the directory stays as it was.
        UnknownValue: ``out`` is a file, or itself a snapshot.
        AtlasBusy: another publication into the directory is under way, or came between.
    """
    if out.is_file() or (out / MANIFEST).exists():
        allowed = ["a new directory", "one that `python -m geo publish` wrote"]
        raise UnknownValue("atlas directory", out, allowed)
    checked = validate(tables, boundaries, provenance)
    made_at = (made_at or datetime.now(UTC)).astimezone(UTC)
    (out / SNAPSHOTS).mkdir(parents=True, exist_ok=True)
    with _locked(out), _scratch(out) as scratch:
        if onto is not None and _current(out) != onto.path.name:
            raise AtlasBusy(f"Something else was published into {out} meanwhile: try again.")
        fresh = scratch / "snapshot"
        fresh.mkdir()
        for file, content in beside.items():
            (fresh / file).write_bytes(content)
            _flush(fresh / file)
        manifest = write_snapshot(
            checked,
            fresh,
            name=name,
            made_from=made_from,
            provenance=provenance,
            made_at=made_at,
            boundaries_from=boundaries_from,
        )
        label = _same(out, manifest, beside)
        if label is None:
            label = f"{made_at:%Y%m%dT%H%M%SZ}-{manifest.content_hash[:12]}"
            _put(fresh, out / SNAPSHOTS / label, scratch)
        _point(out, label, scratch)
    return Atlas.open(out)


def write_snapshot(
    tables: Mapping[str, pd.DataFrame],
    folder: Path,
    *,
    name: str,
    made_from: str,
    provenance: Provenance,
    made_at: datetime,
    boundaries_from: Mapping[str, str] = FROM,
) -> Manifest:
    """Write checked tables and their manifest, the manifest last.

    The same tables give the same bytes. A snapshot that the folder holds already has no
    manifest while it is being replaced, and is refused as broken.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MANIFEST).unlink(missing_ok=True)
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
        boundaries=dict(boundaries_from),
    )
    text = json.dumps(asdict(manifest), ensure_ascii=False, indent=2, sort_keys=True)
    (folder / MANIFEST).write_text(f"{text}\n", encoding="utf-8")
    _flush(folder / MANIFEST)
    _flush(folder)
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
    """Snapshots of an atlas directory, oldest first; those without a manifest left out.

    Raises:
        BrokenSnapshot: the directory is no atlas.
    """
    current = _current(out)
    entries = []
    for folder in _folders(out):
        with suppress(BrokenSnapshot):
            entries.append(Entry(folder.name, _read_manifest(folder), folder.name == current))
    return entries


def roll_back(out: Path, to: str | None = None) -> str:
    """Make an earlier snapshot current and tell its name.

    Args:
        out: the atlas directory.
        to: the name of a snapshot, as listed; without it, the newest whole one before the
            current one.

    Raises:
        UnknownValue: there is no snapshot of that name.
        BrokenSnapshot: it is not whole, or there is none before; nothing was changed.
        AtlasBusy: a publication into the directory is under way.
    """
    names = [folder.name for folder in _folders(out)]
    if to is not None and to not in names:
        raise UnknownValue("snapshot", to, names)
    with _locked(out), _scratch(out) as scratch:
        target = to or _before(out, names)
        Atlas.open(out / SNAPSHOTS / target)
        _point(out, target, scratch)
    return target


def prune(out: Path, keep: int = 3) -> list[str]:
    """Delete all but the newest ``keep`` snapshots and tell which; the current one stays.

    Those without a manifest do not count, and go as well.

    Raises:
        UnknownValue: ``keep`` is less than 1.
        BrokenSnapshot: the directory is no atlas.
        AtlasBusy: a publication into the directory is under way.
    """
    if keep < 1:
        raise UnknownValue("number of snapshots to keep", keep, ["1 or more"])
    _folders(out)
    with _locked(out), _scratch(out) as scratch:
        kept = {entry.name for entry in list_snapshots(out)[-keep:]} | {_current(out)}
        old = [folder for folder in _folders(out) if folder.name not in kept]
        for folder in old:
            os.replace(folder, scratch / folder.name)
    return [folder.name for folder in old]


def _folders(out: Path) -> list[Path]:
    """Directories of the snapshots, oldest first."""
    if not (out / SNAPSHOTS).is_dir():
        raise BrokenSnapshot(
            f"There is no atlas in {out}: give a directory that `python -m geo publish` wrote."
        )
    return sorted(path for path in (out / SNAPSHOTS).iterdir() if path.is_dir())


def _before(out: Path, names: list[str]) -> str:
    """The newest whole snapshot before the current one."""
    current = _current(out)
    for name in sorted(names, reverse=True):
        if current is not None and name >= current:
            continue
        with suppress(BrokenSnapshot):
            Atlas.open(out / SNAPSHOTS / name)
            return name
    raise BrokenSnapshot(
        f"{out} has no whole snapshot before the current one to roll back to. "
        "Publish the tables again."
    )


def _same(out: Path, manifest: Manifest, beside: Mapping[str, bytes]) -> str | None:
    """A whole snapshot that says the same of the same tables, if there is one."""

    def said(of: Manifest) -> tuple[object, ...]:
        return of.content_hash, of.name, of.provenance, of.boundaries

    for entry in reversed(list_snapshots(out)):
        folder = out / SNAPSHOTS / entry.name
        if said(entry.manifest) == said(manifest) and _files(folder) == dict(beside):
            with suppress(BrokenSnapshot):
                Atlas.open(folder)
                return entry.name
    return None


def _files(folder: Path) -> dict[str, bytes]:
    """What stands beside a snapshot's tables."""
    own = {MANIFEST, *(_file(folder, name).name for name in TABLES)}
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name not in own}


def _put(fresh: Path, place: Path, scratch: Path) -> None:
    """Move a snapshot to its place, a broken one of the same name out of it."""
    if place.exists():
        os.replace(place, scratch / "broken")
    os.replace(fresh, place)
    _flush(place.parent)


def _resolve(path: Path) -> Path:
    """The directory of a snapshot, from itself or from its atlas."""
    if (path / MANIFEST).is_file() or path.parent.name == SNAPSHOTS:
        return path
    current = _current(path)
    if current is None:
        raise BrokenSnapshot(
            f"There is no snapshot in {path}: give a directory with a {MANIFEST}, or one that "
            "`python -m geo publish` wrote."
        )
    folder = path / SNAPSHOTS / current
    if folder.resolve().parent != (path / SNAPSHOTS).resolve() or not folder.is_dir():
        raise BrokenSnapshot(
            f"{path / CURRENT} names {current!r}, which is no snapshot. {_mend(path)}"
        )
    return folder


def _read_manifest(folder: Path) -> Manifest:
    try:
        content: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        version = content["schema_version"]
        if version == SCHEMA_VERSION:
            return Manifest(**(content | {"years": tuple(content["years"])}))
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise BrokenSnapshot(
            f"Snapshot {folder} has no readable {MANIFEST}. {_mend(folder)}"
        ) from error
    raise BrokenSnapshot(
        f"Snapshot {folder} has schema version {version}, this program reads {SCHEMA_VERSION}. "
        f"{_mend(folder)}"
    )


def _mend(folder: Path) -> str:
    """What to do about a broken snapshot, or an atlas that names none."""
    atlas = folder.parent.parent if folder.parent.name == SNAPSHOTS else folder
    if not (atlas / SNAPSHOTS).is_dir():
        return "Write it again."
    return f"Publish it again, or roll back with `python -m geo rollback {atlas}`."


def _damage(folder: Path, manifest: Manifest) -> str:
    """Which tables of a snapshot are not those of its manifest, as far as can be told."""
    for name, rows in manifest.counts.items():
        path = _file(folder, name)
        try:
            found = pq.read_metadata(path).num_rows
        except (OSError, pyarrow.ArrowException):
            return f"was cut short: {path.name} is no whole Parquet file"
        if found != rows:
            return f"was altered: {path.name} has {found:,} rows instead of {rows:,}"
    return f"was altered: its tables do not have the content hash {manifest.content_hash[:12]}"


def _vanished(folder: Path, name: str) -> BrokenSnapshot:
    return BrokenSnapshot(
        f"Snapshot {folder} has lost {name}.parquet since it was opened: start again with "
        "the current one."
    )


def _file(folder: Path, table: str) -> Path:
    return folder / f"{table}.parquet"


def _current(out: Path) -> str | None:
    """What the file ``current`` names, if anything."""
    path = out / CURRENT
    return (path.read_text(encoding="utf-8").strip() or None) if path.is_file() else None


def _point(out: Path, name: str, scratch: Path) -> None:
    """Name the current snapshot, in one step."""
    fresh = scratch / CURRENT
    fresh.write_text(f"{name}\n", encoding="utf-8")
    _flush(fresh)
    os.replace(fresh, out / CURRENT)
    _flush(out)


def _flush(path: Path) -> None:
    """Make sure that a file, or a directory's list of files, is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _scratch(out: Path) -> Iterator[Path]:
    """A directory beside the snapshots that is gone afterwards, as are interrupted ones."""
    for left in out.glob(f"{SCRATCH}*"):
        shutil.rmtree(left)
    with tempfile.TemporaryDirectory(prefix=SCRATCH, dir=out) as scratch:
        yield Path(scratch)


@contextmanager
def _locked(out: Path) -> Iterator[None]:
    """Only one writer at a time; the lock goes with the process that holds it."""
    with (out / ".lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AtlasBusy(
                f"Another publication into {out} is under way: wait for it to end, then try again."
            ) from error
        yield
