"""Settings: the environment, read once, frozen."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlparse

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from geo.errors import MaeulError, either

PREFIX = "MAEUL_"
LOOPBACK = ("127.0.0.1", "localhost", "::1")
OWN_NAMES = ("127.0.0.1", "localhost", "[::1]")
"""What loopback is called in an address."""


class BadSetting(MaeulError):
    """A setting that stops the start."""


class Settings(BaseSettings):
    """What the person who starts the atlas decides."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True)

    # a description goes on after "give", and stands alone in the help
    atlas: Path = Field(Path("data/sample"), description="the directory of a snapshot or an atlas")
    host: str = Field("127.0.0.1", min_length=1, description="the address to listen on")
    port: int = Field(8050, ge=1, le=65535, description="a port, 1 to 65535")
    workers: int = Field(1, ge=1, le=64, description="how many processes serve, 1 to 64")
    audience: Literal["public", "internal"] = Field(
        "public",
        description="public, which suppresses what could expose a person, "
        "or internal, on loopback only",
    )
    hosts: str = Field(
        "",
        description="the names that are served, spaced; none: on loopback its own, elsewhere any",
    )
    token: SecretStr = Field(
        SecretStr(""),
        description="16 to 200 letters, digits, - and _ that an internal audience gives; "
        "none: made and printed at the start",
        validate_default=True,
    )
    k: int = Field(
        3,
        ge=1,
        le=100,
        description="the people below whom a cell is suppressed, 1 to 100",
    )
    frame_ancestors: str = Field("'self'", description="who may embed, as in a CSP")
    cache: Path = Field(
        Path("~/.cache/maeul-atlas"),
        description="the directory where tables that took long are kept",
    )
    secret: Path = Field(
        Path("~/.config/maeul-atlas/rounding.key"),
        description="the file of the secret that rounds figures of people; made if there is none",
    )
    basemap_style: str = Field("", description="the URL of a MapLibre style; none: no call leaves")

    @field_validator("atlas")
    @classmethod
    def _there(cls, path: Path) -> Path:
        if not path.is_dir():
            raise ValueError("there is no such directory; give the one that `publish` wrote")
        return path

    @field_validator("frame_ancestors")
    @classmethod
    def _sources(cls, text: str) -> str:
        source = r"('self'|'none'|https?://(\*\.)?[A-Za-z0-9.-]+(:\d{1,5}|:\*)?)"
        if not re.fullmatch(rf"{source}( {source})*", text):
            raise ValueError("write 'self', 'none' or origins like https://example.org, spaced")
        return text

    @field_validator("basemap_style")
    @classmethod
    def _url(cls, text: str) -> str:
        url = urlparse(text)
        if text and (url.scheme not in ("http", "https") or not url.hostname):
            raise ValueError("write an http(s) URL, or leave it empty")
        if re.search(r"[\s;,'\"]", text):
            raise ValueError("write an http(s) URL without spaces, quotes, commas or semicolons")
        return text

    @field_validator("audience")
    @classmethod
    def _internal_stays_home(cls, audience: str, others: ValidationInfo) -> str:
        host = others.data.get("host", LOOPBACK[0])
        if audience == "internal" and host not in LOOPBACK:
            raise ValueError(
                f"served on loopback only, not on {host}; set MAEUL_HOST=127.0.0.1 or "
                "MAEUL_AUDIENCE=public"
            )
        return audience

    @field_validator("hosts")
    @classmethod
    def _names(cls, text: str) -> str:
        names = text.lower().split()
        if not all(re.fullmatch(r"\[[0-9a-f:.]+\]|[a-z0-9._-]+", name) for name in names):
            raise ValueError("write names like atlas.example.org or [::1], spaced, without ports")
        return " ".join(names)

    @field_validator("token")
    @classmethod
    def _internal_has_one(cls, token: SecretStr, others: ValidationInfo) -> SecretStr:
        given, audience = token.get_secret_value(), others.data.get("audience")
        if audience == "internal":
            token = token if given else SecretStr(secrets.token_urlsafe())
        elif given:
            raise ValueError(
                "a public audience gives none; leave it out or set MAEUL_AUDIENCE=internal"
            )
        if given and not re.fullmatch(r"[A-Za-z0-9_-]{16,200}", given):
            raise ValueError("give 16 to 200 letters, digits, - and _, or none")
        return token

    @property
    def served_names(self) -> tuple[str, ...]:
        """The names that are served, with any port; none: every name."""
        if self.hosts:
            return tuple(self.hosts.split())
        if not is_loopback(self.host):
            return ()
        return tuple(dict.fromkeys((*OWN_NAMES, self._host_shown)))

    @property
    def _host_shown(self) -> str:
        return f"[{self.host}]" if ":" in self.host else self.host

    @property
    def address(self) -> str:
        """Where the atlas is found, with the token if one is needed."""
        token = self.token.get_secret_value()
        named = self.served_names
        host = self._host_shown if not named or self._host_shown in named else named[0]
        return f"http://{host}:{self.port}" + (f"/?token={token}" if token else "")


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches an address.

    >>> is_loopback("127.0.0.2"), is_loopback("0.0.0.0"), is_loopback("localhost")
    (True, False, True)
    """
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() in LOOPBACK


def read_settings() -> Settings:
    """Settings from the environment.

    Raises:
        BadSetting: naming every wrong or unknown variable and what is allowed.
    """
    wrong = [
        f"{name} is no setting: choose {either(_names())}."
        for name in os.environ
        if name.startswith(PREFIX) and name not in _names() and name != "MAEUL_TEST_DATA"
    ]
    try:
        settings = Settings()
    except ValidationError as error:
        wrong += [_sentence(fault) for fault in error.errors()]
    if wrong:
        raise BadSetting("\n".join(wrong))
    return settings


def describe() -> str:
    """Every setting with its default and meaning, a line each."""
    return "\n".join(
        f"  {PREFIX + name.upper():<24}{field.description} (default: {field.default or 'none'})"
        for name, field in Settings.model_fields.items()
    )


def _names() -> list[str]:
    return [PREFIX + name.upper() for name in Settings.model_fields]


def _sentence(fault: Mapping[str, Any]) -> str:
    """A validator's words, or, where a type or a range was not met, the description."""
    name = str(fault["loc"][0])
    given = "…" if name == "token" else fault["input"]
    said = fault.get("ctx", {}).get("error") or f"give {Settings.model_fields[name].description}"
    return f"{PREFIX}{name.upper()}={given}: {said}."
