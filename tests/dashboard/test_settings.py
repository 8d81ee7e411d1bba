"""Settings are right, or the start stops with every wrong one named and what is allowed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dashboard.settings import BadSetting, read_settings


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith("MAEUL_"):
            monkeypatch.delenv(name)


def refused(monkeypatch: pytest.MonkeyPatch, **settings: str) -> str:
    """What is said of such an environment."""
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(BadSetting) as caught:
        read_settings()
    return str(caught.value)


def test_without_an_environment_the_sample_is_served_at_home() -> None:
    """To a public audience, on loopback, without a basemap."""
    assert read_settings().model_dump() == {
        "atlas": Path("data/sample"),
        "host": "127.0.0.1",
        "port": 8050,
        "workers": 1,
        "audience": "public",
        "k": 3,
        "frame_ancestors": "'self'",
        "cache": Path("~/.cache/maeul-atlas"),
        "secret": Path("~/.config/maeul-atlas/rounding.key"),
        "basemap_style": "",
    }


@pytest.mark.parametrize(
    ("name", "value", "remedy"),
    [
        ("ATLAS", "nowhere", "there is no such directory; give the one that `publish` wrote"),
        ("HOST", "", "give the address to listen on"),
        ("PORT", "abc", "give a port, 1 to 65535"),
        ("PORT", "65536", "give a port, 1 to 65535"),
        ("WORKERS", "0", "give how many processes serve, 1 to 64"),
        (
            "AUDIENCE",
            "everybody",
            "give public, which suppresses what could expose a person, or internal, "
            "on loopback only",
        ),
        (
            "K",
            "0",
            "give the people below whom a cell is suppressed, 1 to 100",
        ),
        (
            "FRAME_ANCESTORS",
            "'self'; script-src *",
            "write 'self', 'none' or origins like https://example.org, spaced",
        ),
        ("BASEMAP_STYLE", "style.json", "write an http(s) URL, or leave it empty"),
        (
            "BASEMAP_STYLE",
            "https://example.org/a; script-src *",
            "write an http(s) URL without spaces, quotes, commas or semicolons",
        ),
    ],
)
def test_a_wrong_value_is_named_with_what_is_allowed(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, remedy: str
) -> None:
    """One sentence a setting."""
    variable = f"MAEUL_{name}"
    assert refused(monkeypatch, **{variable: value}) == f"{variable}={value}: {remedy}."


@pytest.mark.parametrize(
    "changed",
    [
        {"HOST": "localhost", "AUDIENCE": "internal"},
        {"HOST": "::1", "AUDIENCE": "internal"},
        {"HOST": "0.0.0.0"},
        {"FRAME_ANCESTORS": "'self' https://*.seoul.go.kr:8443"},
        {"BASEMAP_STYLE": "http://tiles.example.org/style.json"},
    ],
)
def test_what_is_allowed_is_read(monkeypatch: pytest.MonkeyPatch, changed: dict[str, str]) -> None:
    """The environment wins over the default."""
    for name, value in changed.items():
        monkeypatch.setenv(f"MAEUL_{name}", value)
    read = read_settings().model_dump()
    assert {name: read[name.lower()] for name in changed} == changed


def test_an_internal_audience_stays_on_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is not suppressed is not for the network."""
    assert refused(monkeypatch, MAEUL_AUDIENCE="internal", MAEUL_HOST="0.0.0.0") == (
        "MAEUL_AUDIENCE=internal: served on loopback only, not on 0.0.0.0; "
        "set MAEUL_HOST=127.0.0.1 or MAEUL_AUDIENCE=public."
    )


def test_an_unknown_setting_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A misspelt one must not be passed over in silence."""
    assert refused(monkeypatch, MAEUL_PROT="80") == (
        "MAEUL_PROT is no setting: choose MAEUL_ATLAS, MAEUL_HOST, MAEUL_PORT, MAEUL_WORKERS, "
        "MAEUL_AUDIENCE, MAEUL_K, MAEUL_FRAME_ANCESTORS, MAEUL_CACHE, MAEUL_SECRET or "
        "MAEUL_BASEMAP_STYLE."
    )


def test_every_fault_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody starts five times to learn of five faults."""
    said = refused(
        monkeypatch,
        MAEUL_X="",
        MAEUL_ATLAS="nowhere",
        MAEUL_PORT="abc",
        MAEUL_K="0",
        MAEUL_HOST="0.0.0.0",
        MAEUL_AUDIENCE="internal",
    )
    assert [line.split(":")[0].split(" is ")[0] for line in said.splitlines()] == [
        "MAEUL_X",
        "MAEUL_ATLAS=nowhere",
        "MAEUL_PORT=abc",
        "MAEUL_AUDIENCE=internal",
        "MAEUL_K=0",
    ]


def test_settings_stay_as_they_were_read() -> None:
    """Nobody changes one while the atlas is served."""
    with pytest.raises(ValueError, match="frozen"):
        read_settings().port = 80  # type: ignore[misc]  # refused, as claimed
