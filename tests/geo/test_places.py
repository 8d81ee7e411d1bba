"""Places in layers: checked, published, read back; and atlases that were written before them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
from geopandas.testing import assert_geodataframe_equal
from pandas.testing import assert_frame_equal

from geo.atlas import Atlas, list_snapshots, publish, read_tables
from geo.boundaries import Boundaries
from geo.errors import BadTables, BrokenSnapshot
from geo.rejoin import join_anew
from geo.schema import CRS, GIVEN, TABLES, Provenance
from geo.validation import validate
from tests.conftest import own_tables

COLUMNS = [column.name for column in TABLES["places"].columns]
Tables = dict[str, pd.DataFrame]


def places(**changes: Any) -> pd.DataFrame:
    """A library with a point, one in Gasan-dong, a market somewhere in Mapo-gu."""
    groups = own_tables()["groups"].drop(columns="category")
    own = {
        "layer": ["도서관", "도서관", "시장"],
        "name": ["하나도서관", "둘도서관", "셋시장"],
    }
    return groups.rename(columns={"group_id": "place_id"}).assign(**own | changes).astype("str")


def put(tables: Tables, out: Path, seoul: Boundaries, **options: Any) -> Atlas:
    return publish(tables, out, seoul, name="ours", made_from="tables", **options)


def faults(tables: Tables, seoul: Boundaries, provenance: str = "imported") -> list[str]:
    with pytest.raises(BadTables) as refused:
        validate(tables, seoul, Provenance(provenance))
    return [str(fault) for fault in refused.value.faults]


def test_what_is_not_given_of_a_place_follows_from_the_rest(seoul: Boundaries) -> None:
    """Neighbourhood from the point, precision from both, provenance from the publisher."""
    table = validate({"places": places()}, seoul, Provenance.IMPORTED)["places"]
    assert list(table.columns) == COLUMNS
    told = table[["place_id", "neighbourhood_code", "precision", "provenance"]]
    assert told.fillna("-").to_numpy().tolist() == [
        ["a", "11305103", "point", "imported"],
        ["b", "11545101", "neighbourhood", "imported"],
        ["c", "-", "district", "imported"],
    ]
    assert table.geometry.notna().tolist() == [True, False, False]
    assert table.crs == CRS


def test_faults_of_places_are_told_like_those_of_groups(seoul: Boundaries) -> None:
    """Each cell with its row and remedy; what is personal is not repeated."""
    table = places(
        layer=["", "도서관", "가" * 41],
        name=["하나도서관 02-123-4567", "둘도서관 lib@example.org", ""],
        district_code=["11440", "11545", "99999"],
        precision=["", "point", "somewhere"],
        phone=["1", "", ""],
    )
    told = [fault.removeprefix("table places, ") for fault in faults({"places": table}, seoul)]
    choice = "choose one of the 25 codes of districts, 11110 to 11740."
    contact = "a telephone number, an e-mail address or the like is in the name: take it out."
    point = "longitude 127.02, latitude 37.63"
    assert told == [
        "column phone: this looks like personal data, which never enters an atlas: delete the "
        "column.",
        "column layer, row 2: a value is needed: layer that it belongs to (도서관).",
        f"column name, row 2: {contact}",
        f"column longitude, row 2: '{point}': the point lies in 강북구 (11305), not in 11440: "
        "correct one of them.",
        f"column name, row 3: {contact}",
        "column precision, row 3: 'point': there is no point: give its coordinates, or leave this "
        "empty.",
        f"column layer, row 4: '{'가' * 41}': write at most 40 characters.",
        f"column district_code, row 4: '99999': {choice}",
        "column precision, row 4: 'somewhere': choose point, neighbourhood or district.",
    ]


@pytest.mark.parametrize(
    "name",
    ["김가나 미용실", "홍길동내과", "카페@홈", "119안전센터", "1588 콜센터", "2013-5호 어린이집"],
)
def test_a_business_keeps_its_name(name: str, seoul: Boundaries) -> None:
    """That of its owner in it is no personal data, and not every digit is a telephone number."""
    table = places(name=[name, "둘도서관", "셋시장"])
    checked = validate({"places": table}, seoul, Provenance.IMPORTED)["places"]
    assert checked["name"].iloc[0] == name


def test_simulated_places_make_a_simulated_atlas(
    tables: Tables, tmp_path: Path, seoul: Boundaries
) -> None:
    """As simulated groups do, so that the badge is not lost."""
    given = tables | {"places": places(provenance=["simulated", "", ""])}
    assert faults(given, seoul) == [
        "table places, column provenance, row 2: 'simulated': the tables are published as "
        "imported: publish them as simulated."
    ]
    atlas = put(given, tmp_path / "atlas", seoul, provenance=Provenance.SIMULATED)
    assert atlas.manifest.provenance == "simulated"


def test_places_are_published_beside_groups_and_read_back(
    tables: Tables, tmp_path: Path, seoul: Boundaries
) -> None:
    """From CSV files too; what was published can be published again."""
    folder = tmp_path / "tables"
    folder.mkdir()
    for name, frame in (tables | {"places": places()}).items():
        frame.to_csv(folder / f"{name}.csv", index=False)
    atlas = put(read_tables(folder), tmp_path / "atlas", seoul)
    assert atlas.manifest.counts["places"] == 3
    assert atlas.places["name"].tolist() == ["하나도서관", "둘도서관", "셋시장"]
    assert_geodataframe_equal(atlas.public.places, atlas.places)
    again = put({name: getattr(atlas, name) for name in GIVEN}, tmp_path / "other", seoul)
    assert again.hash == atlas.hash


def test_an_atlas_may_hold_layers_alone(tmp_path: Path, seoul: Boundaries) -> None:
    """It is of no year; a question that is asked of one all the same is of that of its making."""
    made_at = pd.Timestamp("2026-01-01", tz="UTC")
    atlas = put({"places": places()}, tmp_path / "atlas", seoul, made_at=made_at)
    assert Atlas.open(tmp_path / "atlas").manifest == atlas.manifest
    counts = atlas.manifest.counts
    assert (counts["groups"], counts["applications"], counts["places"]) == (0, 0, 3)
    assert (atlas.manifest.years, atlas.years) == (None, [2026])
    again = put({name: getattr(atlas, name) for name in GIVEN}, tmp_path / "other", seoul)
    assert again.hash == atlas.hash


def test_groups_need_their_applications_whatever_stands_beside_them(
    tables: Tables, tmp_path: Path, seoul: Boundaries
) -> None:
    """And an atlas of layers alone needs a place."""
    both = {"groups": tables["groups"], "places": places()}
    assert faults(both, seoul)[0] == "table applications: the table is missing: add it."
    assert faults({"places": places().iloc[:0]}, seoul)[:2] == [
        "table groups: the table is missing: add it.",
        "table applications: the table is missing: add it.",
    ]
    both["groups"].to_csv(tmp_path / "groups.csv", index=False)
    both["places"].to_csv(tmp_path / "places.csv", index=False)
    with pytest.raises(BadTables) as refused:
        read_tables(tmp_path)
    assert [str(fault) for fault in refused.value.faults] == [
        f"table applications: there is no applications.csv or applications.parquet in {tmp_path}: "
        "add one."
    ]


def test_places_follow_boundaries_of_ones_own(tmp_path: Path, seoul: Boundaries) -> None:
    """A neighbourhood that is not there any more leaves its district; it is told which place."""
    left = seoul.neighbourhoods[seoul.neighbourhoods["code"] != "11545101"]
    to = Boundaries(seoul.districts, left.reset_index(drop=True))
    tables, joined = join_anew({"places": places()}, to, seoul)
    assert str(joined) == "In another district, or now known to their district only: 1 place (b)."
    table = validate(tables, to, Provenance.IMPORTED)["places"]
    assert table["precision"].tolist() == ["point", "district", "district"]
    assert table["neighbourhood_code"].fillna("-").tolist() == ["11305103", "-", "-"]


def test_a_snapshot_without_places_is_what_it_always_was(
    tables: Tables, sample: Atlas, tmp_path: Path, seoul: Boundaries
) -> None:
    """No file, no count, version 2, the hash of before; opened, it has none."""
    atlas = put(tables, tmp_path / "atlas", seoul)
    for each in (atlas, sample):
        assert "places" not in each.manifest.counts
        assert each.manifest.schema_version == 2
        assert not (each.path / "places.parquet").exists()
        assert list(each.places.columns) == COLUMNS
        assert (len(each.places), each.places.crs) == (0, CRS)
    assert sample.hash == "cdf90bcab277"
    empty = put(tables | {"places": places().iloc[:0]}, tmp_path / "other", seoul)
    assert empty.hash == atlas.hash


def test_a_snapshot_with_places_is_of_a_later_version(
    tables: Tables, tmp_path: Path, seoul: Boundaries
) -> None:
    """A program that knows none of them says so, instead of leaving them out unseen."""
    without = put(tables, tmp_path / "atlas", seoul)
    atlas = put(tables | {"places": places()}, tmp_path / "atlas", seoul)
    told = json.loads((atlas.path / "manifest.json").read_text(encoding="utf-8"))
    assert told["schema_version"] == 3
    assert atlas.hash != without.hash
    assert_frame_equal(pd.DataFrame(atlas.groups), pd.DataFrame(without.groups))
    assert len(list_snapshots(tmp_path / "atlas")) == 2


@pytest.mark.parametrize("what", ["gone", "shorter"])
def test_places_that_were_lost_or_altered_are_noticed(
    what: str, tables: Tables, tmp_path: Path, seoul: Boundaries
) -> None:
    """As any other table of a snapshot."""
    atlas = put(tables | {"places": places()}, tmp_path / "atlas", seoul)
    file = atlas.path / "places.parquet"
    file.unlink() if what == "gone" else gpd.read_parquet(file).iloc[1:].to_parquet(file)
    told = {
        "gone": "lacks places.parquet",
        "shorter": "was altered: places.parquet has 2 rows instead of 3",
    }[what]
    with pytest.raises(BrokenSnapshot) as refused:
        Atlas.open(tmp_path / "atlas")
    assert str(refused.value) == (
        f"Snapshot {atlas.path} {told}. Publish it again, or roll back with `python -m geo "
        f"rollback {tmp_path / 'atlas'}`."
    )
