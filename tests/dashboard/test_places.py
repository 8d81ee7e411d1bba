"""/api/v1/places: layers and their places in every format; and an atlas of layers alone."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
from fastapi.testclient import TestClient

from dashboard.settings import Settings
from dashboard.strings import Text
from geo.atlas import Atlas, publish
from geo.boundaries import Boundaries
from geo.schema import CRS_SHOWN
from tests.conftest import own_tables
from tests.dashboard.answers import client_of

PLACES = "/api/v1/places"
LIBRARIES = [
    ("a", "하나도서관", "11305", "11305103", "point", 127.0223, 37.6315),
    ("b", "=둘도서관", "11545", "11545101", "neighbourhood", None, None),
]
COLUMNS = (
    "place_id", "layer", "name", "district_code", "neighbourhood_code", "administrative_code",
    "precision", "longitude", "latitude",
)  # fmt: skip
LAYERS = [
    {"layer": "도서관", "places": 2, "point": 1, "neighbourhood": 1, "district": 0},
    {"layer": "시장", "places": 1, "point": 0, "neighbourhood": 0, "district": 1},
]
CODES = dict.fromkeys(
    ("place_id", "district_code", "neighbourhood_code", "administrative_code"), str
)


def rows() -> list[dict[str, Any]]:
    """The libraries as the API has them."""
    return [
        dict(zip(COLUMNS, (key, "도서관", name, district, code, None, exact, x, y), strict=True))
        for key, name, district, code, exact, x, y in LIBRARIES
    ]


def published(out: Path, seoul: Boundaries, *, alone: bool) -> Atlas:
    """Two libraries and a market, by themselves or beside groups."""
    columns = ["place_id", "name", "district_code", "neighbourhood_code", "precision"]
    places = pd.DataFrame([row[:5] for row in LIBRARIES], columns=columns)
    places["longitude"], places["latitude"] = zip(*(row[5:] for row in LIBRARIES), strict=True)
    places["layer"] = "도서관"
    market = {"place_id": "c", "name": "셋시장", "district_code": "11440", "layer": "시장"}
    tables = {} if alone else own_tables()
    tables["places"] = pd.concat([places, pd.DataFrame([market])], ignore_index=True)
    return publish(tables, out, seoul, name="ours", made_from="tables")


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory, seoul: Boundaries) -> Iterator[TestClient]:
    out = tmp_path_factory.mktemp("places") / "atlas"
    published(out, seoul, alone=False)
    with client_of(Settings(atlas=out)) as opened:
        yield opened


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory, seoul: Boundaries) -> Iterator[TestClient]:
    out = tmp_path_factory.mktemp("alone") / "atlas"
    published(out, seoul, alone=True)
    with client_of(Settings(atlas=out)) as opened:
        yield opened


def test_without_a_layer_the_layers_are_listed(client: TestClient) -> None:
    """With how many places each has, and how exactly they are known."""
    answer = client.get(PLACES).json()
    assert answer["rows"] == LAYERS
    assert (answer["n"], answer["unplaced"], answer["state"]) == (3, 2, "")
    assert "year" not in answer
    inside = client.get(PLACES, params={"district": "11545"}).json()
    assert [(row["layer"], row["places"]) for row in inside["rows"]] == [("도서관", 1), ("시장", 0)]


def test_a_layer_has_its_places_with_their_points(client: TestClient) -> None:
    """For a public audience as well: a library is public where it stands."""
    answer = client.get(PLACES, params={"layer": "도서관"}).json()
    assert answer["rows"] == rows()
    assert (answer["n"], answer["unplaced"]) == (2, 1)
    assert answer["atlas"]["provenance"] == "imported"
    inside = client.get(PLACES, params={"layer": "도서관", "district": ["11545", "11440"]}).json()
    assert inside["rows"] == rows()[1:]
    assert inside["n"] == 1
    elsewhere = client.get(PLACES, params={"layer": "시장", "district": "11545"}).json()
    assert (elsewhere["rows"], elsewhere["n"]) == ([], 0)


def read(kind: str, content: bytes, folder: Path) -> pd.DataFrame:
    """The table of a file."""
    if kind == "csv":
        return pd.read_csv(io.BytesIO(content), comment="#", dtype=CODES)
    if kind == "xlsx":
        return pd.read_excel(io.BytesIO(content), dtype=CODES, engine="openpyxl")
    if kind == "geojson":
        features = json.loads(content)["features"]
        return pd.DataFrame([feature["properties"] for feature in features])
    if kind == "parquet":
        return pd.read_parquet(io.BytesIO(content))
    path = folder / "table.gpkg"
    path.write_bytes(content)
    return pd.DataFrame(pyogrio.read_dataframe(path, layer=str(pyogrio.list_layers(path)[0][0])))


@pytest.mark.parametrize("kind", ["csv", "xlsx", "geojson", "gpkg", "parquet"])
@pytest.mark.parametrize("layer", ["도서관", "시장", None])
@pytest.mark.parametrize("lang", ["ko", "en"])
def test_every_format_holds_the_same_rows(
    kind: str, layer: str | None, lang: str, client: TestClient, tmp_path: Path
) -> None:
    """And says what it is, of which atlas, and what its columns are."""
    asked = {"lang": lang} | ({} if layer is None else {"layer": layer})
    told = client.get(PLACES, params=asked).json()["rows"]
    answer = client.get(PLACES, params=asked | {"format": kind})
    assert answer.status_code == 200
    name = "layers" if layer is None else "places"
    assert answer.headers["content-disposition"] == (
        f'attachment; filename="maeul-atlas_{name}.{kind}"'
    )
    frame = read(kind, answer.content, tmp_path).drop(columns="geometry", errors="ignore")
    found = frame.astype(object).where(frame.notna(), None).to_dict("records")
    if kind in ("csv", "xlsx"):  # a name that begins like a formula is text
        for row in found:
            row["name"] = row.get("name", "").removeprefix("'") or None
    expected = [{"name": None} | row if kind in ("csv", "xlsx") else row for row in told]
    assert found == expected
    text = Text(lang)
    if kind in ("csv", "geojson"):
        about = answer.content.decode()
        assert (text("export.column.places.longitude") in about) is (layer is not None)
    if kind == "csv":
        assert f"# {text('export.title')}: {text(f'export.{name}')}" in about
        assert f"# {text('export.without_point')}: " in about
        assert (f"# {text('control.layer')}: {layer}" in about) is (layer is not None)
        assert text("control.year") not in about
        assert text("export.population") not in about


def test_points_are_points_in_files_that_have_them(client: TestClient, tmp_path: Path) -> None:
    """In EPSG:4326; a place without one has no geometry."""
    asked = {"layer": "도서관"}
    drawn = json.loads(client.get(PLACES, params=asked | {"format": "geojson"}).content)
    assert [feature["geometry"] for feature in drawn["features"]] == [
        {"type": "Point", "coordinates": [127.0223, 37.6315]},
        None,
    ]
    packed = client.get(PLACES, params=asked | {"format": "parquet"}).content
    frame = gpd.read_parquet(io.BytesIO(packed))
    assert frame.crs == CRS_SHOWN
    assert frame.geometry.notna().tolist() == [True, False]
    path = tmp_path / "table.gpkg"
    path.write_bytes(client.get(PLACES, params=asked | {"format": "gpkg"}).content)
    shapes = gpd.read_file(path, layer="places")
    assert (shapes.crs, shapes.geometry.notna().tolist()) == (CRS_SHOWN, [True, False])
    assert set(pyogrio.list_layers(path)[:, 0]) == {"places", "about", "codebook"}


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"layer": "학교"}, "Unknown layer '학교': choose 도서관 or 시장."),
        ({"layer": ""}, "Unknown layer '': choose 도서관 or 시장."),
        ({"layer": "시장", "year": "2013"},
         "Unknown parameter 'year': choose district, format, lang or layer."),
        ({"programme": "씨앗"},
         "Unknown parameter 'programme': choose district, format, lang or layer."),
    ],
)  # fmt: skip
def test_what_there_is_not_gets_422_and_what_is_allowed(
    asked: dict[str, str], told: str, client: TestClient
) -> None:
    """One whole sentence."""
    answer = client.get(PLACES, params=asked)
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["msg"] == told


def test_a_district_that_there_is_not_is_refused(client: TestClient) -> None:
    """As by every other route."""
    told, other = (
        client.get(path, params={"district": "99999"}) for path in (PLACES, "/api/v1/groups")
    )
    assert told.status_code == 422
    assert told.json() == other.json()


def test_an_atlas_without_places_has_no_layers() -> None:
    """The sample: an empty list, and a sentence for whoever asks for one."""
    with client_of(Settings()) as sample:
        answer = sample.get(PLACES).json()
        assert (answer["rows"], answer["n"], answer["unplaced"]) == ([], 0, 0)
        for kind in ("csv", "xlsx", "geojson", "gpkg", "parquet"):
            assert sample.get(PLACES, params={"format": kind}).status_code == 200
        refused = sample.get(PLACES, params={"layer": "도서관"}).json()
        assert refused["detail"][0]["msg"] == (
            "Unknown layer '도서관': choose none: this atlas has no layer of places."
        )


def test_the_documentation_has_the_route(client: TestClient) -> None:
    """With its parameters, and none of a year."""
    paths = client.get("/openapi.json").json()["paths"]
    named = [parameter["name"] for parameter in paths[PLACES]["get"]["parameters"]]
    assert named == ["layer", "district", "format", "lang"]


EMPTY = [
    "/", "/data?lang=ko", "/data?lang=en", "/healthz", "/api/v1/atlas", "/api/v1/density",
    "/api/v1/surface", "/api/v1/groups", "/api/v1/clusters", "/api/v1/nearby",
    "/api/v1/autocorrelation", "/api/v1/spread", "/api/v1/network", "/api/v1/cohesion",
    "/api/v1/crosswalk", "/api/v1/composition", "/api/v1/emergence", "/api/v1/funnel",
    "/api/v1/retention", "/api/v1/silos",
]  # fmt: skip


@pytest.mark.parametrize("path", EMPTY)
def test_layers_alone_are_served(path: str, alone: TestClient) -> None:
    """Every question is answered: there is no group."""
    answer = alone.get(path)
    assert answer.status_code == 200
    if path.startswith("/api/v1/") and path != "/api/v1/atlas":
        assert answer.json()["n"] == 0


def test_the_page_of_the_data_counts_the_layers(client: TestClient, alone: TestClient) -> None:
    """In both languages; layers alone are of no year."""
    for opened, years in ((client, "2012–2013"), (alone, None)):
        for lang in ("ko", "en"):
            page, text = opened.get(f"/data?lang={lang}").text, Text(lang)
            for name, count in (("도서관", 2), ("시장", 1)):
                label = text("data.layer", name=name)
                assert f"<dt>{label}</dt><dd>{count}</dd>" in page
            assert f"<dt>{text('data.years')}</dt><dd>{years or text('data.no_years')}</dd>" in page
    assert alone.get(PLACES).json()["rows"] == LAYERS
