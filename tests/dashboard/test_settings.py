"""Settings are right, or the start stops with every wrong one named and what is allowed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from pydantic import SecretStr

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
        "hosts": "",
        "token": SecretStr(""),
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
        (
            "HOSTS",
            "atlas.example.org:8050",
            "write names like atlas.example.org or [::1], spaced, without ports",
        ),
        (
            "HOSTS",
            "http://localhost",
            "write names like atlas.example.org or [::1], spaced, without ports",
        ),
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


@pytest.mark.parametrize(
    ("host", "hosts", "served"),
    [
        ("127.0.0.1", "", ("127.0.0.1", "localhost", "[::1]")),
        ("::1", "", ("127.0.0.1", "localhost", "[::1]")),
        ("127.0.0.2", "", ("127.0.0.1", "localhost", "[::1]", "127.0.0.2")),
        ("0.0.0.0", "", ()),
        ("127.0.0.1", "Atlas.Example.org  127.0.0.1", ("atlas.example.org", "127.0.0.1")),
        ("0.0.0.0", "atlas.example.org", ("atlas.example.org",)),
    ],
)
def test_loopback_is_served_under_its_own_names(
    monkeypatch: pytest.MonkeyPatch, host: str, hosts: str, served: tuple[str, ...]
) -> None:
    """Elsewhere under any; with a list only under those of the list."""
    monkeypatch.setenv("MAEUL_HOST", host)
    monkeypatch.setenv("MAEUL_HOSTS", hosts)
    assert read_settings().served_names == served


def test_an_internal_audience_has_a_token_whoever_starts_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A fresh one of 256 bits for each start, or the one that is given; a public has none."""
    assert read_settings().address == "http://127.0.0.1:8050"
    monkeypatch.setenv("MAEUL_AUDIENCE", "internal")
    first, second = (read_settings().token.get_secret_value() for _ in range(2))
    assert (len(first), len(second), first == second) == (43, 43, False)
    monkeypatch.setenv("MAEUL_HOST", "::1")
    monkeypatch.setenv("MAEUL_TOKEN", "sixteen_letters-")
    assert read_settings().address == "http://[::1]:8050/?token=sixteen_letters-"
    assert "sixteen" not in repr(read_settings())


@pytest.mark.parametrize(
    ("audience", "said"),
    [
        ("internal", "give 16 to 200 letters, digits, - and _, or none"),
        ("public", "a public audience gives none; leave it out or set MAEUL_AUDIENCE=internal"),
    ],
)
def test_a_wrong_token_is_not_written_out(
    monkeypatch: pytest.MonkeyPatch, audience: str, said: str
) -> None:
    """It may be right but for a letter, and errors end up in logs."""
    given = refused(monkeypatch, MAEUL_AUDIENCE=audience, MAEUL_TOKEN="almost a secret of mine")
    assert given == f"MAEUL_TOKEN=…: {said}."


def test_an_unknown_setting_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A misspelt one must not be passed over in silence."""
    assert refused(monkeypatch, MAEUL_PROT="80") == (
        "MAEUL_PROT is no setting: choose MAEUL_ATLAS, MAEUL_HOST, MAEUL_PORT, MAEUL_WORKERS, "
        "MAEUL_AUDIENCE, MAEUL_HOSTS, MAEUL_TOKEN, MAEUL_K, MAEUL_FRAME_ANCESTORS, MAEUL_CACHE, "
        "MAEUL_SECRET or MAEUL_BASEMAP_STYLE."
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
