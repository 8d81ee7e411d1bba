"""A frame as a map: classes, names as they are, nothing from elsewhere."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo.errors import MaeulError, UnknownValue
from geo.explore import Shown, explore


@pytest.fixture
def frame() -> gpd.GeoDataFrame:
    """Four squares a kilometre wide, EPSG:5179; the third has no value."""
    return gpd.GeoDataFrame(
        {"name_ko": ["가", "나", "다", "</script><b>"], "n": [1.0, 2.0, np.nan, 40.0]},
        geometry=[shapely.box(x, 1_950_000, x + 1_000, 1_951_000) for x in range(0, 4_000, 1_000)],
        crs="EPSG:5179",
    )


def drawn(map_: Shown, what: str = "data") -> Any:
    """What the page's script is given."""
    found = re.search(rf"\b{what} = (.*?)(?:, [a-z]+ = |;\n)", map_.page)
    assert found is not None
    return json.loads(found[1])


def classes(map_: Shown) -> list[int]:
    return [row["properties"]["class"] for row in drawn(map_)["features"]]


def test_values_fall_into_the_classes_given(frame: gpd.GeoDataFrame) -> None:
    """A bound belongs to its class, what is above the last to the last, unknown to none."""
    assert classes(explore(frame, "n", bounds=[1, 2, 10])) == [0, 1, -1, 2]


def test_without_bounds_classes_are_quintiles(frame: gpd.GeoDataFrame) -> None:
    """Of the values that are known; equal ones share a class."""
    assert classes(explore(frame.assign(n=[0.0, 0, 0, 8]), "n")) == [0, 0, 0, 2]
    assert classes(explore(frame.assign(n=np.nan), "n")) == [-1] * 4


def test_any_coordinate_system_ends_in_degrees(frame: gpd.GeoDataFrame) -> None:
    """The same map, to the last of its ten centimetres or so."""
    one, other = (drawn(explore(f, "n"))["bbox"] for f in (frame, frame.to_crs("EPSG:5186")))
    assert one == pytest.approx(other, abs=2e-6)
    assert 110 < one[0] < 130


def test_names_are_no_markup(frame: gpd.GeoDataFrame) -> None:
    """Neither in the page nor in the frame that a notebook puts it into."""
    shown = explore(frame, "n", title='"><script>')
    assert [row["properties"]["name"] for row in drawn(shown)["features"]][3] == "</script><b>"
    assert "</script><b>" not in shown.page
    assert "<title>&#34;&gt;&lt;script&gt;</title>" in shown.page
    assert shown._repr_html_().count("<") == 2


def test_a_row_without_a_place_is_left_out(frame: gpd.GeoDataFrame) -> None:
    """Missing or empty."""
    frame.geometry = [None, shapely.Point(), *frame.geometry[2:]]
    assert len(classes(explore(frame, "n"))) == 2


def test_a_file_holds_the_whole_map(frame: gpd.GeoDataFrame, tmp_path: Path) -> None:
    """What is shown is what is saved; nothing in it is fetched from elsewhere."""
    shown = explore(frame, "n", title="모임")
    path = shown.save(tmp_path / "map.html")
    assert path.read_text(encoding="utf-8") == shown.page
    assert not re.search(r"<(script|link|img|iframe)[^>]*(src|href)=", shown.page)
    assert repr(shown) == "Shown(title='모임')"


def test_what_cannot_be_shown_is_said(frame: gpd.GeoDataFrame) -> None:
    """The value, what is allowed, what to do."""
    with pytest.raises(UnknownValue) as error:
        explore(frame, "name_ko")
    assert str(error.value) == "Unknown column of numbers 'name_ko': choose n."
    with pytest.raises(UnknownValue) as error:
        explore(frame, "n", name="who")
    assert str(error.value) == "Unknown column 'who': choose name_ko or n."
    with pytest.raises(MaeulError) as plain:
        explore(frame.set_crs(None, allow_override=True), "n")
    assert str(plain.value) == (
        "The frame names no coordinate system: name it with frame.set_crs(…)."
    )
    with pytest.raises(MaeulError) as plain:
        explore(frame, "n", bounds=[1, 2], colours=["red"])
    assert str(plain.value) == (
        "2 classes cannot be told apart by 1 colours: give one for each class."
    )
    with pytest.raises(MaeulError) as plain:
        explore(frame.iloc[:0], "n")
    assert str(plain.value) == "No row of the frame has a geometry: there is nothing to show."
