"""The project keeps its own rules."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from dashboard.state import MANY
from dashboard.strings import catalogue

CODE = [path for folder in ("dashboard", "geo") for path in Path(folder).rglob("*.py")]
PAGES = [path for folder in ("dashboard", "geo") for path in Path(folder).rglob("*.html")]
TOP = (
    "app.py dashboard geo assets data tests benchmarks requirements.txt requirements-dev.txt "
    "constraints.txt pyproject.toml Makefile README.md CHANGELOG.md SECURITY.md LICENSE .ci "
    ".gitignore .gitattributes"
)


def test_both_languages_say_the_same_things() -> None:
    """Two catalogues, one truth: the same keys, the same values to fill in."""
    ko, en = catalogue("ko"), catalogue("en")
    assert ko.keys() == en.keys()
    holes = re.compile(r"\{(\w+)\}")
    for key, word in ko.items():
        assert set(holes.findall(word)) == set(holes.findall(en[key])), key


def test_every_word_is_used() -> None:
    """Each key stands in the code: whole, or its beginning and its last part apart."""
    files = [*CODE, *PAGES, *Path("assets").glob("*.js")]
    code = "\n".join(path.read_text(encoding="utf-8") for path in files)
    whole = set(re.findall(r"""["'`]([\w.-]+)["'`]""", code))
    whole |= {f"map.{name}" for name in re.findall(r"words\.(\w+)", code)}
    begun = set(re.findall(r"""["'`]([\w.]+[._])\$?\{""", code))  # text(f"measure.{…}")
    begun |= {
        f"{name}." for name in [*MANY, *re.findall(r"""(?:value|choices)\(["'](\w+)["']""", code)]
    }
    last = set(re.findall(r"""["'`.]([\w-]+)\b""", code))

    def used(key: str) -> bool:
        parts = {key.removeprefix(start) for start in begun if key.startswith(start)}
        return key in whole or any(part.rpartition(".")[2] in last for part in parts)

    assert {key for key in catalogue("ko") if not used(key)} == set()


def test_colours_live_in_the_theme_alone() -> None:
    """No hexadecimal colour in any other module, script or style sheet of ours."""
    colour = re.compile(r"(?<![\w&])#([0-9a-fA-F]{3}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})(?![\w-])")
    files = [path for path in [*CODE, *PAGES] if path.name != "theme.py"]
    files += [path for path in Path("assets").rglob("*") if path.suffix in (".css", ".js")]
    texts = {path: path.read_text(encoding="utf-8") for path in files}
    for path, text in texts.items():
        if path.suffix == ".css":  # the selector of an id is no colour
            texts[path] = re.sub(r"[^{};]*\{", "{", text)
    assert [path for path, text in texts.items() if colour.search(text)] == []


def test_nothing_is_styled_in_place() -> None:
    """Classes carry the looks."""
    files = [*CODE, *PAGES]
    style = re.compile(r"\bstyle=")  # matplotlib's linestyle is none
    assert [path for path in files if style.search(path.read_text(encoding="utf-8"))] == []


@pytest.fixture(scope="module")
def tracked() -> list[Path]:
    """Files of the project, as git knows them."""
    listed = subprocess.run(["git", "ls-files", "-z"], capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("a copy without its history")
    return [path for name in listed.stdout.split("\0") if (path := Path(name)).is_file()]


def test_the_folder_reads_as_a_table_of_contents(tracked: list[Path]) -> None:
    """Beside the rooms stands only what tools need."""
    assert {path.parts[0] for path in tracked} - set(TOP.split()) == set()


def test_no_file_is_too_large_to_clone(tracked: list[Path]) -> None:
    """5 MB at most."""
    assert [path for path in tracked if path.stat().st_size > 5_000_000] == []


def test_the_project_stands_anywhere(tracked: list[Path]) -> None:
    """No text names a folder of somebody's machine, or where packages are to come from."""
    home = re.compile(r"(?<![\w.])/(root|home|work)/")
    scratch = re.compile(r"(?<![\w.])/tmp/")
    registry = re.compile(r"files\.pythonhosted\.org|pypi\.org/simple|registry\.npmjs\.org")
    for path in tracked:
        content = path.read_bytes()
        if b"\0" in content:
            continue
        text = content.decode(errors="replace")  # a spreadsheet in CP949 is among them
        rules = (home, registry) if path.parts[0] == "tests" else (home, scratch, registry)
        assert not any(rule.search(text) for rule in rules), path
