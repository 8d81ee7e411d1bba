"""Boundaries of one's own get a report or a refusal, never a wrong map."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo import boundaries, boundary_files
from geo.__main__ import main
from geo.atlas import Atlas, publish
from geo.boundaries import Boundaries
from geo.boundary_files import Finding, OwnBoundaries, Report, read
from geo.errors import BadBoundaries
from geo.measures.density import count_by_area, presence
from geo.rejoin import for_boundaries
from geo.schema import CRS, GIVEN

Tables = dict[str, pd.DataFrame]
Spoil = Callable[[gpd.GeoDataFrame], gpd.GeoDataFrame]


@pytest.fixture(scope="module")
def legal(seoul: Boundaries) -> gpd.GeoDataFrame:
    """The legal neighbourhoods as an office may have them: code, name, district; 10 m lines."""
    areas = boundaries.load_simple().neighbourhoods
    names = seoul.districts.set_index("code")["name_ko"]
    return gpd.GeoDataFrame(
        {
            "EMD_CD": areas["code"],
            "EMD_NM": areas["name_ko"],
            "SGG_NM": areas["district_code"].map(names),
        },
        geometry=areas.geometry,
        crs=CRS,
    )


@pytest.fixture(scope="module")
def own(legal: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Areas that nobody else has: pairs of neighbourhoods of one district, under new names."""
    pair = legal.groupby("SGG_NM").cumcount() // 2
    areas = legal.assign(pair=pair).dissolve(["SGG_NM", "pair"], as_index=False, method="coverage")
    number = (areas["pair"] + 1).astype("str")
    return gpd.GeoDataFrame(
        {
            "area_id": [f"z{place:03}" for place in range(len(areas))],
            "zone": "마을" + number + "동",
            "gu": areas["SGG_NM"],
        },
        geometry=areas.geometry,
        crs=CRS,
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ours.gpkg"


def written(areas: gpd.GeoDataFrame, path: Path) -> Path:
    areas.to_file(path)
    return path


def refused(path: Path, **options: str) -> str:
    with pytest.raises(BadBoundaries) as error:
        read(path, **options)
    return str(error.value)


# ---- formats, columns, layers ----------------------------------------------------------------


@pytest.mark.parametrize("name", ["ours.gpkg", "ours.geojson", "ours.shp"])
def test_a_file_of_legal_neighbourhoods_is_read(
    legal: gpd.GeoDataFrame, seoul: Boundaries, tmp_path: Path, name: str
) -> None:
    """Recognised by their names, with the official codes, and all that is told is what they are."""
    crs = "EPSG:4326" if name == "ours.geojson" else CRS
    read_back = read(written(legal.to_crs(crs), tmp_path / name))
    assert str(read_back.report) == (
        f"{name}: 467 areas in 25 districts, legal neighbourhoods, read as {crs}; "
        "they meet 99.9% of the outline."
    )
    areas = read_back.boundaries
    assert areas.neighbourhoods["code"].tolist() == seoul.neighbourhoods["code"].tolist()
    assert areas.districts["population"].equals(seoul.districts["population"])
    assert read_back.manifest == {"source": name, "date": "date not given", "kind": "legal"}
