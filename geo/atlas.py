"""Atlas: open a snapshot, hand out its frames, publish a new one.

A snapshot is a directory of Parquet files with a ``manifest.json``. An atlas directory keeps
snapshots side by side in ``snapshots/`` and names the one in use in the file ``current``, which
is replaced in one step: a reader never sees half of one, and the earlier ones stay. Whoever has
opened a snapshot holds the bytes that were checked, and a lock on it, so that `prune` leaves it.
"""

from __future__ import annotations

import fcntl
import hashlib
import io
import json
import os
import tempfile
import weakref
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, BinaryIO, NamedTuple

import geopandas as gpd
import pandas as pd
import pyarrow
import pyarrow.parquet as pq
from pydantic import AfterValidator, ConfigDict, Field, TypeAdapter, ValidationError

from geo import administrative, files
from geo.blocks import in_blocks
from geo.boundaries import SOURCE, SOURCE_DATE, SOURCE_KO, Boundaries
from geo.errors import AtlasBusy, BrokenSnapshot, UnknownValue, either
from geo.schema import CRS, LATER, TABLES, Provenance
from geo.validation import read_tables, validate

__all__ = [
    "Atlas",
    "Entry",
    "Manifest",
    "Pruned",
    "content_hash",
    "list_snapshots",
    "prune",
    "publish",
    "read_tables",
    "roll_back",
    "write_snapshot",
]

ALWAYS = tuple(name for name in TABLES if name not in LATER)
"""The tables that every snapshot has."""
SCHEMA_VERSION = 2
"""Of a snapshot with these tables alone; one with any of `geo.schema.LATER` has its version."""
VERSIONS = (SCHEMA_VERSION, *LATER.values())
MANIFEST, CURRENT, SNAPSHOTS = "manifest.json", "current", "snapshots"
SCRATCH = ".new-"
"""How the directories begin that a publication works in; one that stayed was interrupted."""
LARGEST_MANIFEST, LONGEST_NAME = 1_000_000, 255
SAID = ("groups", "places")
"""Tables whose rows say where they come from."""
CHECKSUM, BESIDE = "checksum", "beside"
"""Of a manifest: over all that it says; and what it says of other files than tables, if any."""
NO_FILES: Mapping[str, bytes] = MappingProxyType({})
FROM = {"source": SOURCE, "source_ko": SOURCE_KO, "date": SOURCE_DATE}


def _aware(text: str) -> str:
    """A moment with its time zone."""
    if datetime.fromisoformat(text).tzinfo is None:
        raise ValueError("a time zone is missing")
    return text


def _of_every_table(counts: dict[str, int]) -> dict[str, int]:
    if not set(ALWAYS) <= counts.keys() <= TABLES.keys():
        raise ValueError(f"there must be one of each: {', '.join(ALWAYS)}")
    return counts


def _dated(source: dict[str, str]) -> dict[str, str]:
    if not source.keys() >= FROM.keys() - {"source_ko"}:
        raise ValueError("source and date must be there")
    return source


Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


@dataclass(frozen=True)
class Manifest:
    """What a snapshot says of itself.

    ``content_hash`` is a SHA-256 over its tables alone; ``beside`` has one of each file that
    stands beside them. ``counts`` has the tables that it is written with. ``years`` are those of
    its first and last application, None where it has none. In ``manifest.json`` a checksum over
    all of this is added.
    """

    __pydantic_config__ = ConfigDict(extra="forbid", strict=True)

    name: str
    made_at: Annotated[str, AfterValidator(_aware)]
    made_from: str
    provenance: Annotated[str, AfterValidator(lambda text: str(Provenance(text)))]
    content_hash: Sha256
    counts: Annotated[dict[str, int], AfterValidator(_of_every_table)]
    years: tuple[int, int] | None
    boundaries: Annotated[dict[str, str], AfterValidator(_dated)]
    beside: dict[str, Sha256] = field(default_factory=dict)
    schema_version: int = SCHEMA_VERSION


READER = TypeAdapter(Manifest)


@dataclass(frozen=True)
class Entry:
    """A snapshot in the list of an atlas directory."""

    name: str
    manifest: Manifest
    is_current: bool


class Pruned(NamedTuple):
    """Names of the snapshots that `prune` deleted, and of old ones that somebody has open."""

    deleted: list[str]
    in_use: list[str]


@dataclass(frozen=True, eq=False)
class _Held:
    """The bytes of a snapshot's tables as they were checked, and its manifest, open and locked.

    The lock is shared, needs no permission to write, and goes with the last who has this.
    """

    tables: Mapping[str, bytes]
    lock: BinaryIO

    def __post_init__(self) -> None:
        weakref.finalize(self, self.lock.close)


@dataclass(frozen=True)
class Atlas:
    """One snapshot, opened, checked and held whole: what becomes of its files changes nothing.

    Frames are made of the bytes that were checked, when first asked for; nobody may change them.
    While it is open, in this process or another, `prune` leaves its snapshot.
    """

    path: Path
    manifest: Manifest
    _held: _Held = field(repr=False, compare=False)

    @classmethod
    def open(cls, path: Path | str) -> Atlas:
        """Open a snapshot, or the current one of an atlas directory, and check it whole.

        Raises:
            BrokenSnapshot: nothing there, a file missing, cut short or altered, or written by
                another version.
        """
        path = Path(path)
        try:
            current = _current(path)
            try:
                return cls._checked(_resolve(path, current))
            except BrokenSnapshot:
                if _current(path) == current:
                    raise
                return cls.open(path)  # it was pruned after another had become current
        except OSError as error:
            raise BrokenSnapshot(files.sentence(error, error.filename or path)) from error

    @classmethod
    def _checked(cls, folder: Path) -> Atlas:
        """A snapshot of which every byte has been read once, and fits."""
        lock = _share(folder)
        try:
            manifest = _parsed(folder, lock.read(LARGEST_MANIFEST + 1))
            tables = _tables(folder, manifest.counts)
            if fault := _misfit(manifest, tables):
                raise BrokenSnapshot(f"Snapshot {folder} {fault}. {_mend(folder)}")
        except BaseException:
            lock.close()
            raise
        return cls(folder, manifest, _Held(tables, lock))

    def beside(self, name: str) -> bytes | None:
        """A file that stands beside the tables, read anew; None where there is none.

        Raises:
            BrokenSnapshot: it was altered, or is gone.
        """
        known = self.manifest.beside.get(name)
        try:
            content = files.read(self.path / name)
        except FileNotFoundError:
            content = None
        except OSError as error:
            raise BrokenSnapshot(files.sentence(error, self.path / name)) from error
        if known is None or (content is not None and _sha256(content) == known):
            return content
        what = "lacks" if content is None else "was altered: its manifest has another hash of"
        raise BrokenSnapshot(f"Snapshot {self.path} {what} {name}. {_mend(self.path)}")

    @property
    def hash(self) -> str:
        """The first twelve digits of the content hash, by which a snapshot is called."""
        return self.manifest.content_hash[:12]

    @property
    def home(self) -> Path:
        """The atlas directory that the snapshot is one of; itself, if it stands alone."""
        within = self.path.parent
        return within.parent if within.name == SNAPSHOTS else self.path

    @property
    def years(self) -> list[int]:
        """Every year from the first application to the last; without any that of publication.

        A question is always of a year: in that one there is no group.
        """
        if self.manifest.years is None:
            return [datetime.fromisoformat(self.manifest.made_at).year]
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
    def places(self) -> gpd.GeoDataFrame:
        """None in a snapshot that was written without them."""
        if "places" in self._held.tables:
            return self._geo("places")
        empty = {column.name: pd.Series(dtype="str") for column in TABLES["places"].columns}
        return gpd.GeoDataFrame(empty | {"geometry": gpd.GeoSeries([])}, crs=CRS)

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
        return pd.read_parquet(io.BytesIO(self._held.tables[name]))

    def _geo(self, name: str) -> gpd.GeoDataFrame:
        return gpd.read_parquet(io.BytesIO(self._held.tables[name]))


@dataclass(frozen=True)
class PublicAtlas(Atlas):
    """A snapshot whose groups stand somewhere in their blocks, and whose people live nowhere.

    ``groups`` are as `in_blocks` tells them; of ``people`` the district and the neighbourhood are
    missing. All else is as in the snapshot: ``places`` are public facilities, and shown where they
    are.
    """

    @cached_property
    def groups(self) -> gpd.GeoDataFrame:
        pairs = administrative.load_legal()
        return in_blocks(self._geo("groups"), self.neighbourhoods, self.administrative, pairs)

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
        provenance: what the rows are, where groups and places do not say.
        made_at: now, unless given.
        boundaries_from: ``source`` (``source_ko`` in Korean, if there is one) and ``date`` of the
            boundaries.
        beside: name -> content of files that stand in the snapshot beside its tables and tell
            where these come from; no part of the content hash.
        onto: the snapshot that the tables were made from and that must still be current.

    Raises:
        BadTables: with every fault; the directory stays as it was.
        UnknownValue: ``out`` is a file, or itself a snapshot; or no row is of the provenance.
        AtlasBusy: another publication into the directory is under way, or came between.
        Unwritable: the disk is full, a link is in the way, and the like; nothing was published.
    """
    if out.is_file() or (out / MANIFEST).exists():
        allowed = ["a new directory", "one that `python -m geo publish` wrote"]
        raise UnknownValue("atlas directory", out, allowed)
    checked = validate(tables, boundaries, provenance)
    rows = _provenances(checked[name] for name in SAID)
    if not _told_truly(provenance, rows):
        raise UnknownValue("provenance", provenance, sorted(rows))
    made_at = (made_at or datetime.now(UTC)).astimezone(UTC)
    with files.written_to(out), _locked(out), _scratch(out) as scratch:
        if onto is not None and _current(out) != onto.path.name:
            raise AtlasBusy(f"Something else was published into {out} meanwhile: try again.")
        fresh = scratch / "snapshot"
        manifest = write_snapshot(
            checked,
            fresh,
            name=name,
            made_from=made_from,
            provenance=provenance,
            made_at=made_at,
            boundaries_from=boundaries_from,
            beside=beside,
        )
        same = _same(out, manifest, beside)
        label = same or f"{made_at:%Y%m%dT%H%M%SZ}-{manifest.content_hash[:12]}"
        files.write(scratch, {CURRENT: f"{label}\n".encode()})
        if not same:
            _put(fresh, out / SNAPSHOTS / label, scratch)
        _point(out, scratch)
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
    beside: Mapping[str, bytes] = NO_FILES,
) -> Manifest:
    """Write checked tables, the files beside them and their manifest, the manifest last.

    The same tables give the same bytes. Tables of `geo.schema.LATER` without a row are left out,
    and the version of the schema is the earliest that has those that are written: what needs no
    later table is what it was before there was one, and earlier programs open it.

    A snapshot that the folder holds already stays until the new one is on the disk; while it is
    replaced it has no manifest, and is refused as broken.

    Raises:
        OSError: the disk is full, and the like; what the folder held is as it was.
    """
    kept = [name for name in TABLES if name in ALWAYS or len(tables[name])]
    written = {name: _parquet(tables[name]) for name in kept}
    manifest = Manifest(
        name=name,
        made_at=made_at.astimezone(UTC).isoformat(timespec="seconds"),
        made_from=made_from,
        provenance=str(provenance),
        content_hash=_digest(written),
        counts={name: len(tables[name]) for name in kept},
        years=_years(tables["applications"]),
        boundaries=dict(boundaries_from),
        beside={file: _sha256(content) for file, content in beside.items()},
        schema_version=max(LATER.get(name, SCHEMA_VERSION) for name in kept),
    )
    own = {f"{table}.parquet": content for table, content in written.items()}
    files.write(folder, {**beside, **own, MANIFEST: _written(manifest)}, last=MANIFEST)
    return manifest


def content_hash(folder: Path) -> str:
    """SHA-256 over the names and bytes of a snapshot's tables."""
    return _digest(_tables(folder, _read_manifest(folder).counts))


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
        Unwritable: the disk is full, and the like; nothing was changed.
    """
    names = [folder.name for folder in _folders(out)]
    if to is not None and to not in names:
        raise UnknownValue("snapshot", to, names)
    with files.written_to(out), _locked(out), _scratch(out) as scratch:
        target = to or _before(out, names)
        Atlas.open(out / SNAPSHOTS / target)
        files.write(scratch, {CURRENT: f"{target}\n".encode()})
        _point(out, scratch)
    return target


def prune(out: Path, keep: int = 3) -> Pruned:
    """Delete all but the newest ``keep`` snapshots and tell which; the current one stays.

    So do those that are in use: opened by a process, on this machine or, where the file system
    passes locks on, another. Those without a manifest do not count, and go as well.

    Raises:
        UnknownValue: ``keep`` is less than 1.
        BrokenSnapshot: the directory is no atlas.
        AtlasBusy: a publication into the directory is under way.
        Unwritable: snapshots cannot be deleted.
    """
    if keep < 1:
        raise UnknownValue("number of snapshots to keep", keep, ["1 or more"])
    _folders(out)
    pruned = Pruned([], [])
    with files.written_to(out), _locked(out):
        kept = {entry.name for entry in list_snapshots(out)[-keep:]} | {_current(out)}
        for folder in _folders(out):
            if folder.name not in kept:
                gone = _set_aside(folder, out / f"{SCRATCH}{folder.name}")
                (pruned.deleted if gone else pruned.in_use).append(folder.name)
        _clear(out)
    return pruned


def _set_aside(folder: Path, place: Path) -> bool:
    """Move a snapshot to where nobody looks for it, unless somebody has it open.

    Nothing is written but the name, so that a full disk can be pruned.
    """
    if not (folder / MANIFEST).is_file():
        os.replace(folder, place)
        return True
    with files.opened(folder / MANIFEST) as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        os.replace(folder, place)
    return True


def _share(folder: Path) -> BinaryIO:
    """The manifest of a snapshot, open and locked against `prune`."""
    try:
        lock = files.opened(folder / MANIFEST)
    except OSError as error:
        raise BrokenSnapshot(_unreadable(folder)) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise BrokenSnapshot(f"Snapshot {folder} is being deleted. {_mend(folder)}") from None
    except OSError:
        return lock  # a file system without locks, where `prune` does nothing either
    return lock


def _folders(out: Path) -> list[Path]:
    """Directories of the snapshots, oldest first."""
    if (out / MANIFEST).is_file():
        raise BrokenSnapshot(
            f"{out} is a single snapshot: there is no other to roll back to, and none to delete. "
            "Give a directory that `python -m geo publish` wrote."
        )
    if not (out / SNAPSHOTS).is_dir():
        raise BrokenSnapshot(
            f"There is no atlas in {out}: give a directory that `python -m geo publish` wrote."
        )
    inside = (out / SNAPSHOTS).iterdir()
    return sorted(path for path in inside if path.is_dir() and not path.is_symlink())


def _before(out: Path, names: list[str]) -> str:
    """The newest whole snapshot before the current one."""
    current = _current(out)
    earlier = [name for name in names if name < current] if current in names else names
    for name in sorted(earlier, reverse=True):
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
    others = (path for path in folder.iterdir() if path.name not in own and path.is_file())
    return {path.name: files.read(path) for path in others}


def _put(fresh: Path, place: Path, scratch: Path) -> None:
    """Move a snapshot to its place, a broken one of the same name out of it."""
    if place.exists():
        os.replace(place, scratch / "broken")
    os.replace(fresh, place)
    files.flush(place.parent)


def _resolve(path: Path, current: str | None) -> Path:
    """The directory of a snapshot, from itself or from its atlas and what this calls current."""
    if (path / MANIFEST).is_file() or path.parent.name == SNAPSHOTS:
        return path
    if current is None:
        raise BrokenSnapshot(
            f"There is no snapshot in {path}: give a directory with a {MANIFEST}, or one that "
            "`python -m geo publish` wrote."
        )
    known = _folders(path) if (path / SNAPSHOTS).is_dir() else []
    if current not in {folder.name for folder in known}:
        raise BrokenSnapshot(
            f"{path / CURRENT} names {current!r}, which is no snapshot. {_mend(path)}"
        )
    return path / SNAPSHOTS / current


def _read_manifest(folder: Path) -> Manifest:
    """What a snapshot says of itself, whatever its tables say."""
    try:
        with files.opened(folder / MANIFEST) as file:
            return _parsed(folder, file.read(LARGEST_MANIFEST + 1))
    except OSError as error:
        raise BrokenSnapshot(_unreadable(folder)) from error


def _parsed(folder: Path, written: bytes) -> Manifest:
    """A manifest from the bytes of its file.

    One without a checksum is of an earlier version of this program. A bit that flips in the
    name of that field makes it one that no manifest has, which is refused.
    """
    try:
        if len(written) > LARGEST_MANIFEST:
            raise ValueError("too large")
        said: dict[str, Any] = json.loads(written.decode("utf-8"))
        version = said["schema_version"]
        unsigned = CHECKSUM not in said
        checksum = said.pop(CHECKSUM, None)
        text = _canonical(said)
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise BrokenSnapshot(_unreadable(folder)) from error
    if version not in VERSIONS:
        raise BrokenSnapshot(
            f"Snapshot {folder} has schema version {version}, this program reads "
            f"{either([str(each) for each in VERSIONS])}. {_mend(folder)}"
        )
    if not unsigned and checksum != _sha256(text):
        raise BrokenSnapshot(
            f"Snapshot {folder} was altered: what {MANIFEST} says does not have its checksum. "
            f"{_mend(folder)}"
        )
    try:
        return READER.validate_json(text)
    except ValidationError as error:
        fault = error.errors()[0]
        where = ".".join(str(part) for part in fault["loc"]) or "content"
        why = f"{where}: {fault['msg']}"
        raise BrokenSnapshot(_unreadable(folder, why)) from error


def _written(manifest: Manifest) -> bytes:
    """A manifest as the bytes of its file."""
    said = asdict(manifest)
    if not said[BESIDE]:
        del said[BESIDE]
    return _canonical(said | {CHECKSUM: _sha256(_canonical(said))})


def _canonical(said: Mapping[str, Any]) -> bytes:
    """One way to write what a manifest says."""
    return f"{json.dumps(said, ensure_ascii=False, indent=2, sort_keys=True)}\n".encode()


def _unreadable(folder: Path, why: str = "") -> str:
    told = f" ({why})" if why else ""
    return f"Snapshot {folder} has no readable {MANIFEST}{told}. {_mend(folder)}"


def _mend(folder: Path) -> str:
    """What to do about a broken snapshot, or an atlas that names none."""
    atlas = folder.parent.parent if folder.parent.name == SNAPSHOTS else folder
    if not (atlas / SNAPSHOTS).is_dir():
        return "Write it again."
    return f"Publish it again, or roll back with `python -m geo rollback {atlas}`."


def _tables(folder: Path, names: Collection[str]) -> dict[str, bytes]:
    """The bytes of each table that a snapshot is written with."""
    written = [name for name in TABLES if name in names]
    missing = [file.name for name in written if not (file := _file(folder, name)).is_file()]
    if missing:
        raise BrokenSnapshot(f"Snapshot {folder} lacks {', '.join(missing)}. {_mend(folder)}")
    return {name: files.read(_file(folder, name)) for name in written}


def _misfit(manifest: Manifest, tables: Mapping[str, bytes]) -> str | None:
    """What does not fit between a manifest and tables, as exactly as can be told."""
    for name, rows in manifest.counts.items():
        try:
            found = pq.read_metadata(io.BytesIO(tables[name])).num_rows
        except Exception:  # of any kind: it reads on in damaged bytes until something breaks
            return f"was cut short: {name}.parquet is no whole Parquet file"
        if found != rows:
            return f"was altered: {name}.parquet has {found:,} rows instead of {rows:,}"
    if _digest(tables) != manifest.content_hash:
        short = manifest.content_hash[:12]
        return f"was altered: its tables do not have the content hash {short}"
    try:
        years = _years(pd.read_parquet(io.BytesIO(tables["applications"]), columns=["year"]))
        told = _provenances(
            pd.read_parquet(io.BytesIO(tables[name]), columns=["provenance"])
            for name in SAID
            if name in tables
        )
    except (ValueError, TypeError, pyarrow.ArrowException):
        return "holds other tables than this program reads"
    if years != manifest.years:
        of, said = (
            "no year" if span is None else f"{span[0]} to {span[1]}"
            for span in (years, manifest.years)
        )
        return f"was altered: its applications are of {of}, not {said}"
    if not _told_truly(manifest.provenance, told):
        return f"was altered: its rows are {either(sorted(told))}, not {manifest.provenance}"
    return None


def _years(applications: pd.DataFrame) -> tuple[int, int] | None:
    """Those of the first and the last application, if there is one."""
    years = applications["year"]
    return (int(years.min()), int(years.max())) if len(years) else None


def _provenances(frames: Iterable[pd.DataFrame]) -> set[str]:
    """What the rows of tables say that they are."""
    return {kind for frame in frames for kind in frame["provenance"]}


def _told_truly(provenance: str, rows: Collection[str]) -> bool:
    """Whether rows are of a provenance; what is simulated may have imported ones among them."""
    return provenance in rows and (provenance == Provenance.SIMULATED or len(rows) == 1)


def _digest(tables: Mapping[str, bytes]) -> str:
    digest = hashlib.sha256()
    for name in sorted(tables):
        digest.update(f"{name} {len(tables[name])}\n".encode())
        digest.update(tables[name])
    return digest.hexdigest()


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _parquet(table: pd.DataFrame) -> bytes:
    buffer = io.BytesIO()
    table.to_parquet(buffer, index=False, compression="zstd")
    return buffer.getvalue()


def _file(folder: Path, table: str) -> Path:
    return folder / f"{table}.parquet"


def _current(out: Path) -> str | None:
    """What the file ``current`` names, if anything; bytes that are no text stand for themselves."""
    path = out / CURRENT
    if not path.is_file():
        return None
    with files.opened(path) as file:
        return file.read(LONGEST_NAME).decode("utf-8", errors="backslashreplace").strip() or None


def _point(out: Path, scratch: Path) -> None:
    """Name the current snapshot as the scratch directory does, in one step."""
    os.replace(scratch / CURRENT, out / CURRENT)
    files.flush(out)


def _clear(out: Path) -> None:
    """Delete what was set aside, or left by what was interrupted."""
    for left in out.glob(f"{SCRATCH}*"):
        files.remove(left)


@contextmanager
def _scratch(out: Path) -> Iterator[Path]:
    """A directory beside the snapshots that is gone afterwards, as are interrupted ones."""
    _clear(out)
    with tempfile.TemporaryDirectory(prefix=SCRATCH, dir=out) as scratch:
        yield Path(scratch)


@contextmanager
def _locked(out: Path) -> Iterator[None]:
    """Only one writer at a time, and none that would meet a link where it writes."""
    files.make(out / SNAPSHOTS)
    files.check_plain(out / CURRENT)
    busy = f"Another publication into {out} is under way: wait for it to end, then try again."
    with files.locked(out / ".lock", busy):
        yield
