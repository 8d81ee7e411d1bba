"""One state, five files: each reads back as the table that the page shows."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import orjson
import pandas as pd
import pyarrow.parquet as pq
import pyogrio
import pytest
from fastapi.testclient import TestClient

from dashboard import exports
from dashboard.settings import Settings
from dashboard.state import ViewState
from dashboard.strings import Text
from geo.atlas import Atlas
from tests.dashboard.answers import client_of

KINDS = ("csv", "xlsx", "geojson", "gpkg", "parquet")
CODES = ("code", "district_code", "group_id", "neighbourhood_code", "administrative_code")
TEXT = dict.fromkeys(CODES, str)
STATES = [
    {},
    {"level": "neighbourhood", "measure": "per_km2", "year": 2013, "count": "new"},
    {"level": "hex8", "year": 2015, "district": "11545", "programme": "씨앗"},
    {"level": "neighbourhood", "compare": 2012, "category": ["50+", "청년"], "lang": "en"},
    {"measure": "ratio_residents", "year": 2014, "outcome": "selected"},
    {"level": "neighbourhood", "year": 2012, "district": ["11545", "11440"], "lang": "en"},
]


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with client_of(Settings()) as opened:
        yield opened


def files(client: TestClient, what: str, state: dict[str, Any], folder: Path) -> dict[str, Path]:
    """Each format as a file under the name that the server gives it."""
    kinds = [kind for kind in KINDS if what != "groups" or kind != "geojson"]
    saved = {}
    for kind in kinds:
        answer = client.get(f"/api/v1/{what}", params={**state, "format": kind})
        assert answer.status_code == 200, answer.text
        name = answer.headers["content-disposition"].split('"')[1]
        assert name.endswith(f"_simulated.{kind}")
        saved[kind] = folder / name
        saved[kind].write_bytes(answer.content)
    return saved


def read(saved: dict[str, Path], layer: str) -> dict[str, pd.DataFrame]:
    """Each file as an analyst opens it."""
    frames: dict[str, pd.DataFrame] = {
        "csv": pd.read_csv(saved["csv"], comment="#", dtype=TEXT),
        "xlsx": pd.read_excel(saved["xlsx"], dtype=TEXT, engine="openpyxl"),
        "gpkg": pyogrio.read_dataframe(saved["gpkg"], layer=layer),
    }
    if "geojson" in saved:
        frames["geojson"] = gpd.read_file(saved["geojson"])
        frames["gpkg"] = gpd.read_file(saved["gpkg"], layer=layer)
        frames["parquet"] = gpd.read_parquet(saved["parquet"])
    else:
        frames["parquet"] = pd.read_parquet(saved["parquet"])
    return frames


@pytest.mark.parametrize("state", STATES)
def test_the_formats_of_a_state_are_equal(
    client: TestClient, tmp_path: Path, state: dict[str, Any]
) -> None:
    """Every column, and the shapes to the last of the six decimals that all of them have."""
    rows = numbers(client.get("/api/v1/density", params=state).json()["rows"])
    frames = read(files(client, "density", state, tmp_path), "density")
    assert sorted(frames) == sorted(KINDS)
    for kind, frame in frames.items():
        table = numbers(frame.drop(columns="geometry", errors="ignore"))
        pd.testing.assert_frame_equal(table, rows, check_dtype=False, rtol=1e-12, obj=kind)
    first = parts(frames["geojson"])
    for kind in ("gpkg", "parquet"):
        apart = parts(frames[kind]).geom_equals_exact(first, 1e-9, align=False)
        assert apart.all(), kind


def numbers(rows: Any) -> pd.DataFrame:
    """A table in whose first year the change is missing as a number is, not as an object."""
    return pd.DataFrame(rows).astype({"change": "float64"})


def parts(frame: pd.DataFrame) -> gpd.GeoSeries:
    """Single polygons, as a layer may hold them alone or together."""
    assert frame.crs == "EPSG:4326"
    return frame.geometry.normalize().explode(index_parts=False).normalize()


def test_groups_come_as_tables_without_places(client: TestClient, tmp_path: Path) -> None:
    """A GeoPackage of attributes alone and plain Parquet, missing values missing."""
    state = {"year": 2014, "district": "11545"}
    rows = pd.DataFrame(client.get("/api/v1/groups", params=state).json()["rows"])
    saved = files(client, "groups", state, tmp_path)
    for kind, frame in read(saved, "groups").items():
        assert isinstance(frame, pd.DataFrame)
        assert not isinstance(frame, gpd.GeoDataFrame)
        pd.testing.assert_frame_equal(frame, rows, check_dtype=False, obj=kind)
    assert b"geo" not in pq.read_schema(saved["parquet"]).metadata
    assert pyogrio.read_info(saved["gpkg"], layer="groups")["geometry_type"] is None


def test_a_geopackage_says_what_it_holds(client: TestClient, tmp_path: Path, sample: Atlas) -> None:
    """Korean names without a word about encodings; notes and codebook beside the layer."""
    saved = files(client, "density", {"level": "neighbourhood"}, tmp_path)
    layers = dict(pyogrio.list_layers(saved["gpkg"]))
    assert layers == {"density": "MultiPolygon", "about": None, "codebook": None}
    names = pyogrio.read_dataframe(saved["gpkg"], layer="density", read_geometry=False)["name_ko"]
    assert names.tolist() == sample.neighbourhoods["name_ko"].tolist()
    info = pyogrio.read_info(saved["gpkg"], layer="density")
    assert (info["encoding"], info["crs"]) == ("UTF-8", "EPSG:4326")
    kinds = dict(zip(info["fields"], info["dtypes"], strict=True))
    assert (kinds["groups"], kinds["population"]) == ("int64", "int64")
    assert (kinds["population_is_estimated"], kinds["code"]) == ("bool", "object")
    said = pyogrio.read_dataframe(saved["gpkg"], layer="about").set_index("label")["value"]
    assert said["자료 성격"].startswith("모의 자료(simulated)")
    assert said["좌표계"] == "EPSG:4326, 소수점 아래 여섯 자리(약 10 cm)"
    assert sample.hash in said["자료 판본"]
    meanings = pyogrio.read_dataframe(saved["gpkg"], layer="codebook").set_index("label")["value"]
    assert meanings["area_km2"] == "면적, km²"
    assert list(meanings.index) == info["fields"].tolist()


def test_a_parquet_file_says_what_it_holds(
    client: TestClient, tmp_path: Path, sample: Atlas
) -> None:
    """In the schema's metadata, beside what GeoParquet puts there."""
    saved = files(client, "density", {"lang": "en"}, tmp_path)
    metadata = pq.read_schema(saved["parquet"]).metadata
    said = orjson.loads(metadata[exports.METADATA])
    assert said["about"]["Provenance"].startswith("Simulated")
    assert sample.hash in said["about"]["Snapshot"]
    assert said["about"]["Coordinates"] == Text("en")("export.crs_shown")
    assert said["codebook"]["area_km2"] == "area, km²"
    assert orjson.loads(metadata[b"geo"])["primary_column"] == "geometry"


@pytest.mark.parametrize("kind", ["gpkg", "parquet"])
def test_the_same_state_gives_the_same_bytes(client: TestClient, kind: str) -> None:
    """Nothing in a file tells when it was asked for."""
    state = {"level": "neighbourhood", "year": 2016, "format": kind}
    first, again = (client.get("/api/v1/density", params=state) for _ in range(2))
    assert first.content == again.content
    media = {"gpkg": exports.GPKG, "parquet": exports.PARQUET}
    assert first.headers["content-type"] == media[kind]


def test_bands_of_a_surface_come_in_every_format(client: TestClient, tmp_path: Path) -> None:
    """They have a shape, too."""
    frames = read(files(client, "surface", {"year": 2014}, tmp_path), "surface")
    for kind in ("gpkg", "parquet"):
        assert frames[kind].geometry.is_valid.all()
        assert frames[kind]["class"].tolist() == frames["csv"]["class"].tolist()


def test_missing_values_stay_missing(tmp_path: Path) -> None:
    """Numbers, whole numbers and text, beside others that are there; false is not missing."""
    rows = pd.DataFrame(
        {
            "code": pd.Series(["a", "b"], dtype="str"),
            "name_ko": pd.Series(["가", None], dtype="str"),
            "value": [1.5, None],
            "rank": pd.array([1, None], dtype="Int64"),
            "population_is_estimated": [False, True],
        }
    )
    about = exports.About(
        what="groups", state="", view=ViewState(year=2013), n=1, unplaced=0, extra={},
        atlas={
            "provenance": "imported", "hash": "0", "name": "ours", "made_at": "2026-01-01",
            "boundaries": {"source": "ours", "date": "2023"}, "population_years": (),
        },
    )  # fmt: skip
    path = tmp_path / "groups.gpkg"
    path.write_bytes(exports.gpkg(rows, None, about, Text("ko")))
    read_back = pyogrio.read_dataframe(path, layer="groups")
    pd.testing.assert_frame_equal(read_back, rows, check_dtype=False)
    plain = pd.read_parquet(io.BytesIO(exports.parquet(rows, None, about, Text("ko"))))
    pd.testing.assert_frame_equal(plain, rows)
