"""The page of methods: every measure, in both languages, where the atlas links to it."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from dashboard import methods
from dashboard.components.methods import MADE_BY, method_link, method_of
from dashboard.state import MEASURES, ViewState
from dashboard.strings import LANGUAGES, Text, catalogue
from geo import measures
from geo.schema import Measure

TOOLS = {
    "around",
    "check_values",
    "graph",
    "hulls",
    "isobands",
    "lay_grid",
    "letter",
    "move",
    "neighbours",
    "peaks",
    "random_places",
}
"""They prepare or draw what a measure has found."""
EACH = pytest.mark.parametrize("measure", methods.MEASURES, ids=methods.name)


@pytest.fixture(scope="module")
def client() -> TestClient:
    server = FastAPI()
    server.include_router(methods.router())
    return TestClient(server)


def test_no_measure_is_left_out() -> None:
    """Every public function of geo.measures is on the page, but for tools."""
    there = set()
    for found in pkgutil.iter_modules(measures.__path__):
        module = importlib.import_module(f"geo.measures.{found.name}")
        for function in vars(module).values():
            ours = inspect.isfunction(function) and function.__module__ == module.__name__
            if ours and not function.__name__.startswith("_"):
                there.add(function)
    assert {item.__name__ for item in there - set(methods.MEASURES)} == TOOLS


@EACH
def test_a_docstring_says_what_a_reader_needs(measure: methods.Measure) -> None:
    """What it does, formula, assumptions, limits and source, in sentences, without markup."""
    for part, words in methods.english(measure).items():
        assert words.endswith((".", "?")), f"{methods.name(measure)} has no {part}"
        assert not re.search(r"``|>>>|\bshape \(", words), f"{methods.name(measure)}: {part}"
    assert re.search(r"\b(1[89]|20)\d\d\b", methods.english(measure)["source"])


@EACH
def test_korean_follows_the_docstrings(measure: methods.Measure) -> None:
    """A docstring that changes asks for its translation to be looked at again."""
    known = catalogue("methods.ko")[f"{methods.name(measure)}.english"]
    now = methods.fingerprint(measure)
    assert known == now, (
        f"The docstring of {methods.name(measure)} has changed: bring its Korean in "
        f'dashboard/strings/methods.ko.toml in line, then write english = "{now}" there.'
    )


@pytest.mark.parametrize("lang", LANGUAGES)
def test_nothing_is_said_of_measures_that_are_gone(lang: str) -> None:
    """The catalogues know exactly the measures of the page, each with every part."""
    parts = ("title",) if lang == "en" else ("title", *methods.PARTS, "english")
    words = catalogue(f"methods.{lang}")
    assert set(words) == {
        f"{methods.name(item)}.{part}" for item in methods.MEASURES for part in parts
    }
    assert all(words.values())


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_shows_every_measure(client: TestClient, lang: str, theme: str) -> None:
    """In the language and the theme asked for, each where a link finds it."""
    answer = client.get("/methods", params={"lang": lang, "theme": theme})
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert f'<html lang="{lang}" data-mantine-color-scheme="{theme}">' in answer.text
    for method in methods.methods(lang):
        assert f'<article id="{method.anchor}"' in answer.text
    for path in re.findall(r'(?:href|src)="/(assets/[^"]+)"', answer.text):
        assert Path(path).is_file(), path
    assert "http" not in answer.text


def test_signs_of_a_formula_are_no_markup(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a docstring says stands there as it is."""
    said = dict.fromkeys(methods.PARTS, "a < b & c")
    monkeypatch.setattr(methods, "english", lambda _: said)
    assert "a &lt; b &amp; c" in methods.page("en", "light")


@pytest.mark.parametrize("query", ["lang=fr", "theme=blue"])
def test_an_unknown_language_or_theme_is_refused(client: TestClient, query: str) -> None:
    """422, with what there is."""
    answer = client.get(f"/methods?{query}")
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["ctx"]["expected"] in ("'ko' or 'en'", "'light' or 'dark'")


def test_every_figure_leads_to_its_method() -> None:
    """Whatever is measured, the link beside it names an article of the page."""
    assert set(MEASURES) <= set(MADE_BY) == set(Measure)
    anchors = {method.anchor for method in methods.methods("ko")}
    states = [ViewState(2017, measure=measure) for measure in MADE_BY]
    for state in [*states, ViewState(2017, level="surface")]:
        link = method_link(method_of(state), "dark", Text("en"))
        address, _, anchor = link.href.partition("#")
        assert address == "/methods?lang=en&theme=dark"
        assert anchor in anchors
