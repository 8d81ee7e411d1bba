"""Briefings: a file means what it says or is refused with reasons; the sample's story holds."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st

import app
from dashboard.briefing import ENDINGS, files, telling
from dashboard.briefing.scenes import Briefing, Scene, Told
from dashboard.server import Opened, opened
from dashboard.settings import Settings
from dashboard.state import Choices, parse
from dashboard.strings import LANGUAGES
from tests.dashboard.answers import client_of

STORY = Path("data/briefings/seoul.toml")
CHOICES = Choices(years=(2012, 2013), districts=("11545",), snapshot="cdf90bcab277")
HEAD = 'format = 1\nsnapshot = "cdf90bcab277"\n'
SCENE = '[[scene]]\nview = "year=2012"\n'
JSON = {"Content-Type": "application/json"}
VIEW = 'what stands after the ? in an address of the atlas, as in "view=network&year=2013"'


@pytest.fixture(scope="module")
def atlas(folder: Path) -> Opened:
    return opened(Settings(cache=folder))


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[TestClient]:
    with client_of(Settings(cache=folder)) as served:
        yield served


def faults(text: str | bytes, lang: str = "en") -> list[str]:
    """Why a file is refused."""
    with pytest.raises(files.BadBriefing) as caught:
        files.read(text, CHOICES, lang)
    assert str(caught.value) == "\n".join(caught.value.faults)
    return list(caught.value.faults)


def test_a_file_becomes_scenes() -> None:
    """Words in one language, in both, or alike; an address is cut to its view."""
    text = f"""{HEAD}title = "Seoul"
[[scene]]
view = "/?year=2012&lang=en&theme=dark&table=1&snapshot=000000"
caption = "Same in both"
[scene.title]
ko = "처음"
en = "<script>alert(1)</script>"
[[scene]]
view = "?view=network&district=11545"
[scene.notes]
ko = '''하나
둘'''
"""
    briefing, warnings = files.read(f"\ufeff{text}".replace("\n", "\r\n"), CHOICES)
    assert warnings == ()
    assert briefing == Briefing(
        {"ko": "Seoul", "en": "Seoul"},
        (
            Scene(
                "year=2012",
                {"ko": "처음", "en": "<script>alert(1)</script>"},
                {"ko": "Same in both", "en": "Same in both"},
                {},
            ),
            Scene("view=network&district=11545", {}, {}, {"ko": "하나\n둘"}),
        ),
        "cdf90bcab277",
    )
    notes = briefing.scenes[1].notes
    assert [telling.own(notes, lang) for lang in (*LANGUAGES, "fr")] == ["하나\n둘"] * 3


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "scene = [",
            "The file cannot be read as TOML (line 1, column 10). Mend that place, or save the "
            "briefing from the atlas again.",
        ),
        (
            b"\xb8\xb6\xc0\xbb",
            "The file is not text in UTF-8. Save it as UTF-8 in an editor and open it again.",
        ),
        (
            f"{HEAD}x = {'[' * 5_000}",
            "The file cannot be read as TOML (line 3, column 5,005). Mend that place, or save the "
            "briefing from the atlas again.",
        ),
        (
            f"# {'가' * 90_000}",
            "The file has 264 KB; a briefing may have 256 KB. Split it or shorten its notes.",
        ),
        (
            f"format = 2\n{HEAD[11:]}{SCENE}",
            "format: “2” cannot be read; this atlas reads format 1. Save the briefing from the "
            "atlas again.",
        ),
        (
            f"{HEAD}author = 3\n{SCENE}",
            "The file: “author” is not known. Delete it, or choose from: format, snapshot, title, "
            "scene.",
        ),
        (
            f"{HEAD}scene = 3\n",
            "[[scene]]: “3” cannot be used. Write one or more tables [[scene]], each with a view.",
        ),
        (
            HEAD + SCENE * 201,
            "There are 201 scenes; a briefing holds at most 200. Split it in two.",
        ),
        (
            f"{HEAD}{SCENE}[[scene]]\ntitle = 'x'\n",
            f"Scene 2, view is missing. Write {VIEW}.",
        ),
        (
            f"{HEAD}{SCENE}wiew = ''\n",
            "Scene 1: “wiew” is not known. Delete it, or choose from: view, title, caption, notes.",
        ),
        (
            f"{HEAD}{SCENE}title = 7\n",
            "Scene 1, title: “7” cannot be used. Write text in quotes, or a table with ko and en.",
        ),
        (
            f"{HEAD}{SCENE}notes = {{fr = 'x'}}\n",
            "Scene 1, notes: “fr” is not known. Delete it, or choose from: ko, en.",
        ),
        (
            f"{HEAD}{SCENE}caption = {{ko = 7}}\n",
            "Scene 1, caption.ko: “7” cannot be used. Write text in quotes.",
        ),
        (
            f"{HEAD}{SCENE}title = '{'긴' * 201}'\n",
            "Scene 1, title has 201 characters; 200 are allowed. Shorten it: "
            f"“{'긴' * 40}…”",
        ),
        (
            f'{HEAD}{SCENE}caption = "a\\u202Eb"\n',
            "Scene 1, caption holds the control character U+202E. Delete it; line breaks and tabs "
            "are allowed.",
        ),
        (
            f'{HEAD}{SCENE}title = "a\\nb"\n',
            "Scene 1, title holds the control character U+000A. Delete it and write one line.",
        ),
    ],
)  # fmt: skip
def test_a_bad_file_is_refused_with_a_reason(text: str | bytes, said: str) -> None:
    """Which scene and value, what is allowed, what to do."""
    assert faults(text) == [said]


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org/?year=2012", "//example.org/?year=2012", " javascript:alert(1)",
        "data:text/html,x", "/embed?year=2012", "\\\\host\\share", "?//example.org", "/?data:x",
    ],
)  # fmt: skip
def test_no_view_leads_to_another_page(address: str) -> None:
    """Only what stands after the question mark of this page."""
    text = f"{HEAD}[[scene]]\nview = '{address}'\n"
    assert faults(text) == [
        f"Scene 1, view: “{address}” is no view of this atlas. Write only {VIEW}."
    ]


@pytest.mark.parametrize("deep", ["scene" + ".a" * 50_000 + " = 1", '"a".' * 40_000 + "a = 1"])
def test_a_key_of_many_parts_is_refused_before_it_is_read(deep: str) -> None:
    """TOML's reader would take memory by the square of their number."""
    said = (
        "The file cannot be read as TOML (line 2, column 1). Mend that place, or save "
        "the briefing from the atlas again."
    )
    assert faults(f"format = 1\n{deep}\n") == [said]


def test_all_faults_are_told_at_once_in_the_readers_language() -> None:
    """Each with its scene."""
    text = "title = 3\n[[scene]]\n[[scene]]\nview = 'http://x'\n"
    view = '아틀라스 주소에서 ? 뒤에 오는 부분(예: "view=network&year=2013")'
    assert faults(text, "ko") == [
        "format: 빠져 있습니다. 다음을 적으십시오: format = 1",
        "snapshot: 빠져 있습니다. 다음을 적으십시오: snapshot = \"cdf90bcab277\"",
        "title: ‘3’은(는) 쓸 수 없습니다. 다음으로 바꾸십시오: 따옴표로 묶은 글, 또는 ko와 en이 "
        "있는 표",
        f"장면 1, view: 빠져 있습니다. 다음을 적으십시오: {view}",
        f"장면 2, view: ‘http://x’은(는) 이 아틀라스의 화면이 아닙니다. 다음만 적으십시오: {view}",
    ]  # fmt: skip


def test_what_another_snapshot_cannot_show_is_kept_and_told() -> None:
    """The view stays as it was given, so that saving loses nothing."""
    text = (
        'format = 1\nsnapshot = "0123456789ab"\n'
        "[[scene]]\nview = 'district=11110&moon=full&year=2012'\n"
    )
    briefing, warnings = files.read(text, CHOICES)
    assert briefing.scenes[0].view == "district=11110&moon=full&year=2012"
    assert warnings == (
        "This briefing was made on other data (0123456789ab); this atlas serves cdf90bcab277. "
        "Figures in its texts may differ from those shown: check them.",
        "Scene 1: “moon” is no part of this page and was left out.",
        "Scene 1: district “11110” is not available here, so the default is shown. Choose from: "
        "11545",
    )


words = st.dictionaries(
    st.sampled_from(LANGUAGES),
    st.text(st.characters(exclude_categories=["C"]) | st.sampled_from('"\\\n\t'), max_size=20),
).map(lambda said: {lang: re.sub("[\u2028\u2029]", "", text) for lang, text in said.items()})
titles = words.map(lambda said: {lang: re.sub(r"[\n\t]", "", text) for lang, text in said.items()})
scenes = st.builds(
    Scene,
    view=st.sampled_from(["", "year=2012", "view=network&district=11545", "moon=%EB%8B%AC"]),
    title=titles,
    caption=words,
    notes=words,
)


@settings(max_examples=60, deadline=None)
@given(st.builds(
    Briefing,
    title=titles,
    scenes=st.lists(scenes, min_size=1, max_size=3).map(tuple),
    snapshot=st.just(CHOICES.snapshot),
))  # fmt: skip
def test_a_briefing_survives_its_file(briefing: Briefing) -> None:
    """Read of what was written is the same, in whatever signs."""
    assert files.read(files.write(briefing), CHOICES)[0] == briefing


def test_the_story_of_the_sample_is_written_as_the_atlas_would(atlas: Opened) -> None:
    """37 scenes, each in both languages; saving it again changes nothing; nothing falls back."""
    text = STORY.read_text(encoding="utf-8")
    briefing, warnings = files.read(text, atlas.queries.choices)
    assert (len(briefing.scenes), warnings) == (37, ())
    assert files.write(briefing) == text
    for scene in briefing.scenes:
        assert parse(scene.view, atlas.queries.choices)[1] == ()
        for said in (scene.title, scene.caption, scene.notes):
            assert set(filter(None, said)) == set(LANGUAGES)
        assert all(text.count("\n") < 3 for text in scene.caption.values())


NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")


def shown(told: Told) -> set[str]:
    """Every number that a view says in words."""
    sheet = told.sheet
    texts = [sheet.title, *sheet.details, *sheet.sentences, *sheet.legend.notes]
    texts += [part for fact in sheet.facts for part in (fact.label, fact.value, fact.hint)]
    texts += [chart.words for chart in sheet.charts]
    texts += [cell for listing in sheet.listings for row in listing.rows for cell in row]
    return set(NUMBER.findall(" ".join([*texts, str(sheet.state.year)])))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_captions_say_their_views_say(atlas: Opened, lang: str) -> None:
    """Every number of a caption stands on the scene's own sheet, those of the deck among them."""
    briefing, _ = files.read(STORY.read_bytes(), atlas.queries.choices)
    steps: list[tuple[int, int]] = []
    told = telling.tell(briefing, atlas.sheets, lang, progress=lambda *at: steps.append(at))
    assert steps == [(n, 37) for n in range(1, 38)]
    said = {number for one in told for number in NUMBER.findall(one.caption)}
    assert {"60", "49", "25", "1,189", "5,200", "340"} <= said
    assert [
        (n, set(NUMBER.findall(one.caption)) - shown(one))
        for n, one in enumerate(told, start=1)
        if set(NUMBER.findall(one.caption)) - shown(one)
    ] == []
    assert [one.sheet.why for one in told if one.sheet.why] == []


def test_the_page_opens_a_file_and_saves_it(client: TestClient) -> None:
    """What was opened can be sent back as it came; the saved file has this atlas's hash."""
    text = files.write(
        Briefing({"ko": "가"}, (Scene("moon=1&year=2013", {"en": "<b>"}, {}, {}),), "0123456789ab")
    )
    plain = {"Content-Type": "text/plain; charset=utf-8"}
    answer = client.post("/api/v1/briefing?lang=en", content=text.encode(), headers=plain)
    assert answer.json() == {
        "title": {"ko": "가"},
        "snapshot": "0123456789ab",
        "scenes": [
            {
                "view": "moon=1&year=2013",
                "title": {"en": "<b>"},
                "caption": {},
                "notes": {},
                "warnings": ["“moon” is no part of this page and was left out."],
            }
        ],
        "warnings": [
            "This briefing was made on other data (0123456789ab); this atlas serves cdf90bcab277. "
            "Figures in its texts may differ from those shown: check them."
        ],
    }
    saved = client.post("/api/v1/briefing/file", content=answer.content, headers=JSON)
    assert saved.headers["content-disposition"] == 'attachment; filename="briefing.toml"'
    assert saved.text == text.replace("0123456789ab", "cdf90bcab277")


@pytest.mark.parametrize(
    ("body", "headers", "status", "detail"),
    [
        (
            b"#" * (files.LARGEST + 1),
            {},
            413,
            "The file has 257 KB; a briefing may have 256 KB. Split it or shorten its notes.",
        ),
        (
            b"{}",
            JSON,
            422,
            "scenes is missing. Write one or more tables [[scene]], each with a view.",
        ),
        (b"[", JSON, 422, "This is no briefing in JSON. Send an object with title and scenes."),
        (
            b'{"scenes": [{"view": "//host", "title": {"ko": "\\u0000"}}]}',
            JSON,
            422,
            "Scene 1, title.ko holds the control character U+0000. Delete it and write one line.\n"
            f"Scene 1, view: “//host” is no view of this atlas. Write only {VIEW}.",
        ),
    ],
)  # fmt: skip
@pytest.mark.parametrize("route", ["", "/file", "/export?to=pdf"])
def test_what_is_no_briefing_comes_back_with_a_reason(
    client: TestClient, route: str, body: bytes, headers: dict[str, str], status: int, detail: str
) -> None:
    """Whichever route it was sent to."""
    sign = "&" if "?" in route else "?"
    answer = client.post(f"/api/v1/briefing{route}{sign}lang=en", content=body, headers=headers)
    assert (answer.status_code, answer.json()) == (status, {"detail": detail})


def test_the_atlas_comes_with_a_story(client: TestClient) -> None:
    """Listed, opened by name; no name reaches another file."""
    title = {
        "ko": "서울, 주민이 이어지다: 혁신정책에서 사회혁신으로",
        "en": "Seoul connected: from innovation policy to social innovation",
    }
    assert client.get("/api/v1/briefings").json() == [{"name": "seoul", "title": title}]
    story = client.get("/api/v1/briefings/seoul").json()
    assert (story["title"], len(story["scenes"]), story["warnings"]) == (title, 37, [])
    for name in ("tokyo", "..%2Fbriefings%2Fseoul", "seoul.toml"):
        answer = client.get(f"/api/v1/briefings/{name}")
        assert answer.status_code == 404


@pytest.mark.parametrize(
    ("query", "detail"),
    [
        ("year=1999", "year “1999” is not available here, so the default is shown. Choose from: "
                      "2012, 2013, 2014, 2015, 2016, 2017"),
        ("moon=1", "“moon” is no part of this page and was left out."),
    ],
)  # fmt: skip
def test_a_plate_is_of_the_view_asked_for_or_of_none(
    client: TestClient, query: str, detail: str
) -> None:
    """A document with other figures than those asked for would mislead."""
    answer = client.get(f"/api/v1/plate?{query}&lang=en&format=svg")
    assert (answer.status_code, answer.json()) == (422, {"detail": detail})


@pytest.mark.parametrize(
    ("asked", "start", "media", "name"),
    [
        ("png&dpi=72", b"\x89PNG", "image/png", "png"),
        ("svg", b"<svg", "image/svg+xml", "svg"),
        ("svg&bare=1", b"<svg", "image/svg+xml", "svg"),
        ("pdf", b"%PDF", "application/pdf", "pdf"),
        ("pptx", b"PK", telling.MEDIA["pptx"], "pptx"),
    ],
)  # fmt: skip
def test_a_plate_is_a_file_that_says_what_it_is_of(
    client: TestClient, asked: str, start: bytes, media: str, name: str
) -> None:
    """Saved under a speaking name; shown by a browser, it may run nothing."""
    answer = client.get(f"/api/v1/plate?year=2013&lang=en&theme=dark&format={asked}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, media)
    assert answer.content.startswith(start)
    said = f'attachment; filename="maeul-atlas_density_district_2013_simulated.{name}"'
    assert answer.headers["content-disposition"] == said
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; ")
    assert "script-src" not in answer.headers["content-security-policy"]


def test_a_briefing_of_the_page_becomes_files(client: TestClient) -> None:
    """Of two scenes each; what a caption says is no markup anywhere."""
    scene = {"view": "view=retention", "caption": {"en": "<script>alert(1)</script>"}}
    body = {"title": {}, "scenes": [scene, scene]}
    made = {
        to: client.post(f"/api/v1/briefing/export?to={to}&lang=en", json=body)
        for to in ("pdf", "html", "png", "pptx")
    }
    assert {to: answer.headers["content-disposition"] for to, answer in made.items()} == {
        to: f'attachment; filename="maeul-atlas_briefing_simulated.{ending}"'
        for to, ending in ENDINGS.items()
    }
    assert made["pdf"].content.startswith(b"%PDF")
    assert "<script>alert(1)" not in made["html"].text
    assert "alert(1)" in made["html"].text
    assert zipfile.ZipFile(io.BytesIO(made["png"].content)).namelist() == ["01.png", "02.png"]
    assert "ppt/slides/slide2.xml" in zipfile.ZipFile(io.BytesIO(made["pptx"].content)).namelist()


@pytest.mark.parametrize(("name", "value"), [("dpi", "71"), ("dpi", "301"), ("format", "gif")])
def test_a_plate_has_limits(client: TestClient, name: str, value: str) -> None:
    """Of resolution and of kinds."""
    answer = client.get("/api/v1/plate", params={name: value})
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"] == ["query", name]


def exported(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str]:
    """What `python app.py export` answers and says."""
    code = app.main(["export", *map(str, arguments)])
    return code, capsys.readouterr().err.strip()


def test_an_export_that_cannot_be_is_refused_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each in a sentence; nothing is left behind."""
    out, bad = tmp_path / "a.pdf", tmp_path / "bad.toml"
    bad.write_text("format = 1\nformat = 1\n")
    before = sorted(tmp_path.iterdir())
    assert exported(capsys, STORY, "--to", "pdf", "--out", tmp_path) == (
        2, f"--out {tmp_path}: this is a directory. Name a file in it.",
    )  # fmt: skip
    assert exported(capsys, STORY, "--to", "png", "--out", out) == (
        2, f"--out {out}: --to png makes a file that ends in .zip.",
    )  # fmt: skip
    assert exported(capsys, STORY, "--to", "pdf", "--out", out, "--template", bad) == (
        2, f"--template {bad}: only --to pptx takes a template.",
    )  # fmt: skip
    nowhere = tmp_path / "none" / "a.pdf"
    assert exported(capsys, STORY, "--to", "pdf", "--out", nowhere) == (
        2, f"{nowhere}: No such file or directory. Name another path.",
    )  # fmt: skip
    link = tmp_path / "link.pdf"
    link.symlink_to(out)
    assert exported(capsys, STORY, "--to", "pdf", "--out", link) == (
        2,
        f"{link} is a link, and nothing is written through links: remove it, or name another path.",
    )
    link.unlink()
    missing = tmp_path / "missing.toml"
    assert exported(capsys, missing, "--to", "pdf", "--out", out) == (
        2, f"{missing}: cannot be read (No such file or directory). Name a briefing.",
    )  # fmt: skip
    assert exported(capsys, bad, "--to", "pdf", "--out", out) == (
        2,
        "The file cannot be read as TOML (line 2, column 11). Mend that place, or save the "
        "briefing from the atlas again.",
    )
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize("fails", [False, True])
def test_a_file_is_replaced_whole_or_not_at_all(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    fails: bool,
) -> None:
    """What stood there stays when drawing breaks off."""

    def drawn(briefing: Briefing, *given: Any) -> bytes:
        progress = given[-1]
        progress(2, 2)
        if fails:
            raise files.BadBriefing(["broken off"])
        return b"new"

    monkeypatch.setattr(telling, "export", drawn)
    source, out = tmp_path / "a.toml", tmp_path / "a.html"
    source.write_text(f"{HEAD.replace('cdf', 'abc')}{SCENE}")
    out.write_text("old")
    code, said = exported(capsys, source, "--to", "html", "--out", out)
    assert code == (2 if fails else 0)
    assert "This briefing was made on other data (abc90bcab277)" in said
    assert ("broken off" in said) is fails
    assert out.read_text() == ("old" if fails else "new")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.html", "a.toml"]
