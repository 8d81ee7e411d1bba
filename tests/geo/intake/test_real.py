"""Lists that offices publish, as they are, become layers: every row accounted for, where it lies.

They lie beside the project, in ``MAEUL_TEST_DATA/real``.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from geo.boundaries import Boundaries, locate
from geo.errors import BadFile
from geo.intake.walk import Intake, in_words

DATA = os.environ.get("MAEUL_TEST_DATA")
pytestmark = pytest.mark.skipif(DATA is None, reason="MAEUL_TEST_DATA names no folder")
REAL = Path(DATA or "") / "real"
NAMES = {
    "administrative-centres-2017.csv": "읍면동명",
    "metro-stations.xlsx": "역명",
    "no-smoking-yongsan.csv": "금연구역명",
    "police-posts-national.csv": "치안센터명",
    "sunshades-2026.csv": "설치장소명",
}
"""The column of names, which is all that is told."""
NO_LIST = {"library-budget-by-district.xlsx"}
TELEPHONE = re.compile(r"(?<!\d)0\d{1,2}-\d{3,4}-\d{4}(?!\d)")
TakeIn = Callable[..., Intake]


def listed() -> list[str]:
    """Every list of the folder."""
    names = [path.name for path in REAL.iterdir()] if DATA else []
    return sorted(name for name in names if not name.endswith(".md"))


def places(made: Intake) -> gpd.GeoDataFrame:
    """The places by the number of their row in the file."""
    assert made.atlas is not None
    table = made.atlas.places
    return table.set_index(table["place_id"].str.rsplit("-", n=1).str[1].astype(int))


def columns_of(name: str, encoding: str) -> pd.DataFrame:
    """A list as pandas reads it, by the number of the row in the file."""
    table = pd.read_csv(REAL / name, dtype="str", encoding=encoding)
    table.columns = table.columns.str.strip("\ufeff")
    return table.set_index(table.index + 2)


@pytest.mark.parametrize("name", [name for name in listed() if name not in NO_LIST])
def test_every_row_of_a_list_is_accounted_for(name: str, take_in: TakeIn) -> None:
    """Read = used + set aside, in report and atlas; with no telephone number and no number lost."""
    made = take_in(REAL / name, layer="장소", name_column=NAMES.get(name))
    rows = made.report["rows"]
    assert rows["read"] == rows["used"] + rows["set_aside"] == len(made.rows)
    table = places(made)
    assert (
        rows["used"]
        == len(table)
        == sum(sum(part["precision"].values()) for part in made.report["files"][0]["tables"])
    )
    assert rows["set_aside"] == len(pd.read_csv(made.folder / "set-aside.csv"))
    told = table.drop(columns="geometry").to_csv() + in_words(made.report)
    assert TELEPHONE.findall(told) == []
    again = take_in(REAL / name, layer="장소", name_column=NAMES.get(name))
    assert again.atlas == made.atlas


@pytest.mark.parametrize("name", [name for name in listed() if name in NO_LIST])
def test_figures_of_districts_are_refused_as_no_list(name: str, take_in: TakeIn) -> None:
    """By what they are, with what to give instead."""
    with pytest.raises(BadFile) as refused:
        take_in(REAL / name, layer="도서관")
    assert str(refused.value) == (
        f"{name} is no list of places: it has figures of districts, and no column with names of "
        "places. Give a list with a row for each place, or tell the column of their names with "
        "--name-column."
    )


@pytest.mark.parametrize("name", ["sunshades-2026.csv", "no-smoking-yongsan.csv"])
def test_points_in_seoul_are_points(name: str, take_in: TakeIn, seoul: Boundaries) -> None:
    """At least 99 of 100; those that lie elsewhere are placed by their address, and told."""
    own = columns_of(name, "utf-8-sig")
    points = gpd.GeoSeries.from_xy(
        own["경도"].astype(float), own["위도"].astype(float), index=own.index, crs=4326
    ).to_crs(5179)
    within = locate(points, seoul)["district_code"].reindex(own.index).notna()
    made = take_in(REAL / name, layer="장소", name_column=NAMES[name])
    table = places(made)
    # Of rows that say the same, the first is used; the others lie there too.
    assert (made.rows.set_index("row")["precision"][own.index[within]] == "point").mean() >= 0.99
    pointed = table["precision"] == "point"
    exact = table[pointed].geometry
    assert exact.distance(points.loc[exact.index]).max() < 1
    assert table["name"].dropna().isin(own[NAMES[name]].str.strip()).mean() > 0.99
    elsewhere = own.index[~within]
    aside = made.rows.set_index("row")["reason"][elsewhere].dropna()
    # Its only address is in another city than its district.
    assert list(aside.index) == ([4104] if name.startswith("sunshades") else [])
    for row in elsewhere.difference(aside.index):
        assert table.loc[row, "precision"] == "neighbourhood"
        problems = made.problems.loc[made.problems["row"] == str(row), "problem"]
        told = {"point outside the city", "coordinates stand in rows of several districts"}
        assert told & set(problems)


def test_of_a_national_list_the_rows_of_seoul_are_used(take_in: TakeIn) -> None:
    """Whatever districts of other cities are called."""
    name = "police-posts-national.csv"
    own = columns_of(name, "cp949")
    made = take_in(REAL / name, layer="치안센터", name_column=NAMES[name])
    in_seoul = own.index[own["주소"].str.startswith("서울")]
    table = places(made)
    assert set(table.index) <= set(in_seoul)
    assert len(table) >= 0.98 * len(in_seoul)  # three addresses name no district
    reasons = made.rows.set_index("row")["reason"]
    assert set(reasons[~reasons.index.isin(in_seoul)]) == {"outside the city"}


def test_centres_of_neighbourhoods_are_places_at_their_points(take_in: TakeIn) -> None:
    """All 424, at X and Y in degrees."""
    name = "administrative-centres-2017.csv"
    own = columns_of(name, "cp949")
    table = places(take_in(REAL / name, layer="중심점", name_column=NAMES[name]))
    assert (len(table), set(table["precision"])) == (424, {"point"})
    points = gpd.GeoSeries.from_xy(
        own["X"].astype(float), own["Y"].astype(float), index=own.index, crs=4326
    ).to_crs(5179)
    assert table.geometry.distance(points.loc[table.index]).max() < 1


def test_stations_lie_in_the_neighbourhood_of_their_lot(take_in: TakeIn, seoul: Boundaries) -> None:
    """Each row of Seoul whose lot address names one; telephone numbers are dropped, and told."""
    name = "metro-stations.xlsx"
    made = take_in(REAL / name, layer="지하철역", name_column=NAMES[name])
    own = pd.read_excel(REAL / name, dtype="str", engine="openpyxl", header=1)
    own = own.set_index(own.index + 3)
    in_seoul = own[own["상세주소"].str.startswith("서울")]
    table = places(made)
    assert set(table.index) == set(in_seoul.index)
    areas = seoul.neighbourhoods.merge(
        seoul.districts, left_on="district_code", right_on="code", suffixes=("", "_above")
    )
    codes = areas.set_index(["name_ko_above", "name_ko"])["code"]
    # 당산동 6가 is written with a space; a district without its last syllable.
    words = in_seoul["상세주소"].str.replace(r"(\D) (\d가)", r"\1\2", regex=True).str.split()
    district = in_seoul["구"].str.strip().str.removesuffix("구") + "구"
    said = pd.Series(
        [
            next((codes[of, word] for word in written if (of, word) in codes.index), None)
            for of, written in zip(district, words, strict=True)
        ],
        index=in_seoul.index,
    ).dropna()
    assert len(said) >= 0.99 * len(in_seoul)
    assert table["neighbourhood_code"].reindex(said.index).tolist() == said.tolist()
    dropped = made.report["files"][0]["tables"][0]["dropped"]
    assert dropped == [{"label": "전화번호", "field": "phone"}]
    told = table.drop(columns="geometry").to_csv() + in_words(made.report)
    assert [number for number in own["전화번호"].dropna() if number in told] == []
