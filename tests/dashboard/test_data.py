"""/data: where the atlas comes from; and spreadsheets, once served, count what they say."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from dashboard import api, data
from dashboard.queries import Analyses, Queries
from geo.atlas import Atlas
from geo.boundaries import Boundaries
from geo.intake.walk import intake
from geo.schema import Audience

SPREADSHEETS = Path(__file__).parents[1] / "data"
SEED, BUREAU = SPREADSHEETS / "2013_seed_results.xlsx", SPREADSHEETS / "2012_bureau_results.csv"
Serve = Callable[..., TestClient]


@pytest.fixture(scope="module")
def taken_in(tmp_path_factory: pytest.TempPathFactory, seoul: Boundaries) -> Atlas:
    """The two spreadsheets as an atlas."""
    folder = tmp_path_factory.mktemp("intake")
    made = intake(
        [SEED, BUREAU], folder / "atlas", programme="실국", key=folder / "key", areas=seoul
    )
    assert made.atlas is not None
    return made.atlas


def serve(atlas: Atlas, audience: Audience = Audience.PUBLIC) -> TestClient:
    queries, server = Queries(atlas, audience), FastAPI()
    server.include_router(api.router(queries, Analyses.of(queries, None, b"secret")))
    server.include_router(data.router(queries))
    return TestClient(server)


def words(page: str) -> str:
    """What a reader sees of a page, in one line."""
    return re.sub(r"\s+", " ", re.sub(r"<style>.*?</style>|<[^>]*>", " ", page, flags=re.S))


def test_the_page_tells_what_was_read(taken_in: Atlas) -> None:
    """Sums, sources, precision, what was set aside: in both languages."""
    client = serve(taken_in)
    said = words(client.get("/data?lang=en").text)
    for sentence in (
        "104 rows read = 92 used + 12 set aside",
        "56 rows read = 45 used + 11 set aside",
        "48 rows read = 47 used + 1 set aside",
        "outside the city 5 row 8, 19, 30, 41, 52",
        "point 0 neighbourhood 80 district 12",
        "Year 2012 dates Programme 실국 command line",
        "none: as recognised",
    ):
        assert sentence in said
    assert "읽은 104행 = 사용 92행 + 제외 12행" in words(client.get("/data").text)


def test_what_stood_in_the_files_is_for_an_internal_audience(taken_in: Atlas) -> None:
    """A public one gets counts and row numbers, nobody's words."""
    public, internal = (words(serve(taken_in, who).get("/data").text) for who in Audience)
    assert "독신동" in internal
    assert "별도협의" in internal
    assert "독신동" not in public
    assert "별도협의" not in public
    assert "2013년 우리마을프로젝트" not in public


def test_how_many_people_there_are_is_for_an_internal_audience(taken_in: Atlas) -> None:
    """Nor which rows name fewer than three, nor by which key people are known again."""
    public, internal = (words(serve(taken_in, who).get("/data?lang=en").text) for who in Audience)
    for said in (r"People \d+ named \d+ times", "fewer than three participants", "Pairs to decide",
                 "Key of pseudonyms"):  # fmt: skip
        assert re.search(said, internal)
        assert not re.search(said, public)


def test_a_list_of_places_tells_its_layer(tmp_path: Path, seoul: Boundaries) -> None:
    """And which columns were dropped; nothing of groups and people, of which it has none."""
    file = tmp_path / "libraries.csv"
    lines = ("기관명,주소,전화번호", "하나도서관,서울 강북구 수유동 54-5,02-901-1234")
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    made = intake([file], tmp_path / "atlas", layer="도서관", areas=seoul)
    assert made.atlas is not None
    client = serve(made.atlas)
    for lang, told in (
        ("en", ("List of places 도서관", "Places: 도서관 1", "Years no applications",
                "Dropped, may hold personal data 전화번호 ", "기관명 name of a place 1.00")),
        ("ko", ("장소 목록 도서관", "장소: 도서관 1", "기간 신청 없음",
                "개인정보일 수 있어 버린 열 전화번호 ", "기관명 장소 이름 1.00")),
    ):  # fmt: skip
        said = words(client.get(f"/data?lang={lang}").text)
        for sentence in told:
            assert sentence in said
        assert "Same group, same person" not in said
        assert "같은 모임, 같은 사람" not in said


def test_an_atlas_without_a_report_says_so(sample: Atlas) -> None:
    """The sample is simulated, and says that too."""
    page = serve(sample).get("/data?lang=en&theme=dark").text
    said = words(page)
    assert "This atlas has no report of an intake" in said
    assert "Simulated data" in said
    assert "5,200" in said
    assert '<html lang="en" data-mantine-color-scheme="dark">' in page


@pytest.mark.parametrize("content", ["{", "{}", "[]", '{"files": 3}', '{"rows": null}'])
def test_a_broken_report_is_told_in_a_sentence(
    taken_in: Atlas, content: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rest of the page stands."""
    monkeypatch.setattr(Atlas, "beside", lambda atlas, name: content.encode())
    said = words(serve(taken_in).get("/data?lang=en").text)
    assert "The report of the intake cannot be read." in said
    assert "Groups 92" in said


def test_cells_are_text_whatever_they_look_like(taken_in: Atlas) -> None:
    """Nothing that stood in a file becomes markup."""
    told = json.loads((taken_in.path / "report.json").read_text(encoding="utf-8"))
    told["files"][0]["file"] = "<script>alert(1)</script>"
    page = data.render.html(told)
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "http" not in page


def test_the_two_spreadsheets_served_have_the_right_totals(taken_in: Atlas) -> None:
    """As many groups in the API as the truth has used rows, by year, programme and district."""
    client = serve(taken_in)

    def total(**query: str) -> tuple[int, int]:
        answer = client.get("/api/v1/density", params=query).json()
        return sum(row["groups"] for row in answer["rows"]), answer["unplaced"]

    assert total(year="2013") == (92, 0)
    assert total(year="2012") == (45, 0)
    assert total(year="2013", count="new") == (47, 0)
    assert total(year="2013", programme="씨앗") == (47, 0)
    assert total(year="2013", level="neighbourhood") == (80, 12)
    assert total(year="2013", outcome="selected") == (_selected(), 0)
    rows = client.get("/api/v1/density?year=2013").json()["rows"]
    geumcheon = next(row for row in rows if row["code"] == "11545")
    assert geumcheon["groups"] == _used("11545")
    groups = client.get("/api/v1/groups?year=2013").json()
    assert len(groups["rows"]) == 92


def _truth() -> list[dict[str, object]]:
    files = (SEED.with_suffix(".truth.json"), BUREAU.with_suffix(".truth.json"))
    rows = [json.loads(path.read_text(encoding="utf-8"))["rows"] for path in files]
    return [row for each in rows for row in each if row["used"]]


def _used(district: str) -> int:
    return sum(row["district_code"] == district for row in _truth())


def _selected() -> int:
    return sum(row["outcome"] == "selected" for row in _truth())
