"""Publishing: whole or not at all, and every fault at once."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from geo.__main__ import main
from geo.atlas import Atlas, list_snapshots, prune, publish, roll_back
from geo.boundaries import Boundaries
from geo.errors import BadTables, BrokenSnapshot
from geo.validation import read_tables

Tables = dict[str, pd.DataFrame]


def put(tables: Tables, out: Path, seoul: Boundaries) -> Atlas:
    return publish(tables, out, seoul, name="ours", made_from="tables")


def faults(tables: Tables, out: Path, seoul: Boundaries) -> list[str]:
    with pytest.raises(BadTables) as error:
        put(tables, out, seoul)
    assert not out.exists()
    return [str(fault) for fault in error.value.faults]


def test_ones_own_tables_are_completed(tables: Tables, tmp_path: Path, seoul: Boundaries) -> None:
    """Founding year, neighbourhood, precision and provenance follow from what is given."""
    groups = put(tables, tmp_path / "atlas", seoul).groups.set_index("group_id")
    assert groups["founded_year"].to_dict() == {"a": 2012, "b": 2013, "c": 2013}
    assert groups["precision"].to_dict() == {"a": "point", "b": "neighbourhood", "c": "district"}
    assert groups["neighbourhood_code"].fillna("-").tolist() == ["11305103", "11545101", "-"]
    assert set(groups["provenance"]) == {"imported"}


def test_csv_and_parquet_are_the_same_atlas(
    tables: Tables, tmp_path: Path, seoul: Boundaries
) -> None:
    """With or without a byte order mark; publishing again adds no snapshot."""
    for kind in ("csv", "parquet"):
        (tmp_path / kind).mkdir()
    for name, frame in tables.items():
        frame.to_csv(tmp_path / "csv" / f"{name}.csv", index=False, encoding="utf-8-sig")
        frame.to_parquet(tmp_path / "parquet" / f"{name}.parquet")
    out = tmp_path / "atlas"
    first = put(read_tables(tmp_path / "csv"), out, seoul)
    second = put(read_tables(tmp_path / "parquet"), out, seoul)
    assert first.hash == second.hash
    assert len(list_snapshots(out)) == 1


def test_swapped_coordinates_are_told(tables: Tables, tmp_path: Path, seoul: Boundaries) -> None:
    """Not drawn in the sea."""
    swapped = {"longitude": "latitude", "latitude": "longitude"}
    tables["groups"] = tables["groups"].rename(columns=swapped)
    assert faults(tables, tmp_path / "atlas", seoul)[0] == (
        "table groups, column longitude, row 2: 'longitude 37.6315, latitude 127.022': "
        "looks swapped: exchange longitude and latitude."
    )


@pytest.mark.parametrize(
    ("table", "column", "value", "sentence"),
    [
        (
            "groups",
            "longitude",
            "126.0",
            "table groups, column geometry, row 2: the point at latitude 37.63, longitude 126.00 "
            "is outside every district: correct it, or leave it empty.",
        ),
        (
            "applications",
            "year",
            "20133",
            "table applications, column year, row 2: '20133': write a year from 1990 to 2100.",
        ),
        (
            "groups",
            "district_code",
            "99999",
            "table groups, column district_code, row 2: '99999': there is no such row in "
            "districts: correct it, or add the row.",
        ),
        (
            "groups",
            "district_code",
            "11545",
            "table groups, column geometry, row 2: the point lies in 강북구 (11305), not in "
            "11545: correct one of them.",
        ),
        (
            "applications",
            "outcome",
            "won",
            "table applications, column outcome, row 2: 'won': choose selected, rejected, "
            "under_review, other or unknown.",
        ),
        (
            "applications",
            "amount_krw",
            "1,500,000",
            "table applications, column amount_krw, row 2: '1,500,000': write 1500000.",
        ),
        (
            "applications",
            "application_id",
            "2",
            "table applications, column application_id, row 3: '2': stands twice: "
            "application_id must differ from row to row.",
        ),
    ],
)
def test_a_bad_cell_is_named(
    tables: Tables,
    tmp_path: Path,
    seoul: Boundaries,
    table: str,
    column: str,
    value: str,
    sentence: str,
) -> None:
    """Table, column, row, value, what is allowed."""
    tables[table].loc[0, column] = value
    assert sentence in faults(tables, tmp_path / "atlas", seoul)


def test_a_table_without_its_key_and_other_faults_come_together(
    tables: Tables, tmp_path: Path, seoul: Boundaries
) -> None:
    """Every fault at once."""
    del tables["applications"]["application_id"]
    tables["groups"]["phone"] = "010"
    found = faults(tables, tmp_path / "atlas", seoul)
    assert found == [
        "table groups, column phone: unknown column: choose group_id, name, category, "
        "district_code, neighbourhood_code, administrative_code, precision, founded_year, "
        "provenance, geometry, latitude, longitude, x or y.",
        "table applications, column application_id: the column is missing: "
        "identifier of the application.",
    ]


def test_a_failed_publication_changes_nothing(
    tables: Tables, tmp_path: Path, seoul: Boundaries
) -> None:
    """The old snapshot stays, no half of a new one is left, and the command ends with 2."""
    out, given = tmp_path / "atlas", tmp_path / "tables"
    before = put(tables, out, seoul)
    files = sorted(path for path in out.rglob("*"))
    given.mkdir()
    tables["applications"]["year"] = "20133"
    for name, frame in tables.items():
        frame.to_csv(given / f"{name}.csv", index=False)
    assert main(["publish", str(given), "--out", str(out)]) == 2
    assert sorted(path for path in out.rglob("*")) == files
    assert Atlas.open(out).hash == before.hash


def test_a_file_that_is_not_utf8_is_named(tables: Tables, tmp_path: Path) -> None:
    """CP949 is what a Korean Excel writes unasked."""
    tables["groups"].to_csv(tmp_path / "groups.csv", index=False, encoding="cp949")
    with pytest.raises(BadTables) as error:
        read_tables(tmp_path)
    assert [str(fault) for fault in error.value.faults] == [
        "table groups: groups.csv is not UTF-8: save it as CSV UTF-8.",
        f"table applications: there is no applications.csv or applications.parquet in {tmp_path}: "
        "add one.",
    ]


def test_roll_back_and_prune(tables: Tables, tmp_path: Path, seoul: Boundaries) -> None:
    """The snapshot before comes back; the current one is never deleted."""
    out = tmp_path / "atlas"
    first = put(tables, out, seoul)
    tables["groups"].loc[0, "name"] = "다른 이름"
    second = put(tables, out, seoul)
    assert Atlas.open(out).hash == second.hash
    roll_back(out, first.path.name)
    assert Atlas.open(out).hash == first.hash
    prune(out, keep=1)
    assert first.hash in {entry.manifest.content_hash[:12] for entry in list_snapshots(out)}


def test_a_snapshot_cut_short_is_refused(tables: Tables, tmp_path: Path, seoul: Boundaries) -> None:
    """Half a file, no file, no manifest."""
    atlas = put(tables, tmp_path / "atlas", seoul)
    groups = atlas.path / "groups.parquet"
    groups.write_bytes(groups.read_bytes()[:100])
    again = "Publish it again, or roll back with `python -m geo rollback`."
    with pytest.raises(BrokenSnapshot) as cut:
        Atlas.open(atlas.path)
    assert str(cut.value) == (
        f"Snapshot {atlas.path} was cut short or altered: its tables do not have the content "
        f"hash {atlas.hash} of its manifest. {again}"
    )
    groups.unlink()
    with pytest.raises(BrokenSnapshot) as gone:
        Atlas.open(atlas.path)
    assert str(gone.value) == f"Snapshot {atlas.path} lacks groups. {again}"
    (atlas.path / "manifest.json").write_text("{")
    with pytest.raises(BrokenSnapshot) as broken:
        Atlas.open(atlas.path)
    assert str(broken.value) == f"Snapshot {atlas.path} has no readable manifest.json. {again}"
