"""Names that a spreadsheet program would run are text in every file that the atlas gives."""

from __future__ import annotations

import io

import openpyxl
import pandas as pd
import pytest

from benchmarks.attack import reading
from benchmarks.attack.walk import FILES, GRAPHS, Step, Walk
from dashboard.server import opened
from dashboard.settings import Settings
from dashboard.state import QUESTIONS
from geo.atlas import Atlas, publish
from geo.boundaries import Boundaries
from geo.schema import CRS_SHOWN

CATEGORIES = {
    "마을공동체": "=cmd|' /C calc'!A0", "청년": "+1+1", "50+": "-2+3", "도시재생": "@SUM(A1:A9)",
    "사회적경제": "＝1+1", "마을교육공동체": '=HYPERLINK("http://127.0.0.1/","보기")',
}  # fmt: skip
DEPARTMENTS = {"문화본부": "https://127.0.0.1/ 문화본부", "평생교육국": "external:평생교육국"}
DISTRICTS = ("11545", "11440")


@pytest.fixture(scope="module")
def walk(sample: Atlas, seoul: Boundaries, tmp_path_factory: pytest.TempPathFactory) -> Walk:
    """Two districts of the sample, every name in it beginning like a formula."""
    groups = sample.groups[sample.groups["district_code"].isin(DISTRICTS)]
    places = groups.geometry.where(groups["precision"] == "point").to_crs(CRS_SHOWN)
    columns = ["group_id", "name", "category", "district_code", "neighbourhood_code"]
    told = pd.DataFrame(groups[columns]).assign(
        name="=" + groups["name"],
        category=groups["category"].map(CATEGORIES),
        longitude=places.x,
        latitude=places.y,
    )
    applications = sample.applications[sample.applications["group_id"].isin(groups["group_id"])]
    named = sample.memberships["application_id"].isin(applications["application_id"])
    memberships = sample.memberships[named]
    tables = {
        "groups": told,
        "applications": applications.assign(
            programme="@" + applications["programme"],
            department=applications["department"].map(DEPARTMENTS).fillna("=1+1 복지본부"),
            label="-" + applications["label"],
        ),
        "people": sample.people[sample.people["person_id"].isin(memberships["person_id"])],
        "memberships": memberships,
    }
    out = tmp_path_factory.mktemp("formulas")
    given = {name: frame.astype("str") for name, frame in tables.items()}
    publish(given, out / "atlas", seoul, name="=1+1", made_from="@t")
    return Walk(
        opened(Settings(atlas=out / "atlas", cache=out / "cache", secret=out / "rounding.key"))
    )


@pytest.mark.parametrize("what", ["groups", *QUESTIONS])
def test_no_file_runs_a_name(walk: Walk, what: str) -> None:
    """Each format of each table of a question reads back as JSON tells it, formulas as text."""
    step = Step(what, "year=2015")
    before = len(walk.found.wrong)
    answer = walk.answer(step)
    assert answer is not None
    for kind in (*FILES, "geojson", *GRAPHS):
        walk.file(step, kind, answer)
    assert walk.found.wrong[before:] == []


def test_a_heading_that_is_a_name_is_text(walk: Walk) -> None:
    """Categories are columns of the clusters' table."""
    step = Step("clusters", "year=2015&smallest=5&table=categories")
    content = walk._client.get(f"{step.address}&format=csv").content.decode("utf-8-sig")
    heading = content.splitlines()[0]
    for name in CATEGORIES.values():
        quoted = name.replace('"', '""')
        assert f'"\'{quoted}"' in heading
        assert f',"{quoted}"' not in heading


@pytest.mark.parametrize(
    ("view", "name"),
    [
        ("view=mobilised&by=category&year=2015", "=cmd|' /C calc'!A0"),
        ("view=mobilised&by=department&year=2015", "=1+1 복지본부"),
        ("view=mobilised&by=programme&year=2015", "@씨앗"),
        ("view=mobilised&by=department&year=2015", "https://127.0.0.1/ 문화본부"),
    ],
)
def test_charts_of_slides_hold_text(walk: Walk, view: str, name: str) -> None:
    """What PowerPoint opens to edit a chart is a workbook like any other."""
    slide = walk._client.get(f"/api/v1/plate?{view}&format=pptx")
    assert slide.status_code == 200, slide.text
    books = list(reading.embedded(slide.content))
    assert [one for book in books for one in reading.formulas(book, "chart")] == []
    texts = {
        cell
        for book in books
        for line in openpyxl.load_workbook(io.BytesIO(book)).active.iter_rows(values_only=True)
        for cell in line
    }
    assert name in texts


def test_a_list_of_filters_in_a_note_is_no_formula(walk: Walk) -> None:
    """Commas part it into cells, since notes are not quoted."""
    chosen = [("category", name) for name in CATEGORIES.values()]
    answer = walk._client.get("/api/v1/density", params=[*chosen, ("format", "csv")])
    assert answer.status_code == 200, answer.text
    assert list(reading.formulas(answer.content, "csv")) == []
    assert "'=cmd|" in answer.text
