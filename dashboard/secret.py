"""The secret by which counts of people are rounded and moved for a public audience."""

from __future__ import annotations

import multiprocessing
import sys
from pathlib import Path

from dashboard.settings import PREFIX, Settings
from geo.atlas import Atlas
from geo.private_key import OPEN_KEY, fingerprint, private_key
from geo.schema import Audience, Provenance

OPTION = f"{PREFIX}SECRET"


def secret_of(atlas: Atlas, settings: Settings) -> bytes:
    """The secret of the settings' file, made there if there is none.

    A simulated atlas and an internal audience need none and get the open key. What whoever serves
    the atlas should know goes to stderr, from one process however many serve.

    Raises:
        BadKey: as `geo.private_key.private_key` says.
    """
    if is_simulated(atlas) or Audience(settings.audience) is Audience.INTERNAL:
        return OPEN_KEY
    is_first = multiprocessing.parent_process() is None
    # One that is started again, or later, must not round by another secret than the first.
    secret, made = private_key(settings.secret, atlas.home, OPTION, make=is_first)
    if is_first:
        if made:
            print(
                f"A secret was made in {settings.secret}: it decides how figures of people are "
                "rounded. Keep it, and copy it to every machine that serves this atlas. If it is "
                "lost, a new one rounds otherwise, and who has the figures of both could average "
                "them.",
                file=sys.stderr,
            )
        folder = settings.cache.expanduser()
        if _others(folder, atlas.hash, secret):
            print(
                f"Tables in {folder} were made of this atlas with another secret than that of "
                f"{settings.secret}, so figures of people are rounded otherwise than before. If "
                f"there is a copy of the earlier one, name it with {OPTION}.",
                file=sys.stderr,
            )
    return secret


def is_simulated(atlas: Atlas) -> bool:
    """Whether no group of an atlas is real; one that is called simulated may hold some that are."""
    return bool((atlas.groups["provenance"] == Provenance.SIMULATED).all())


def kept_as(atlas: str, audience: Audience, least: int, secret: bytes) -> str:
    """What tables are kept under: all that decides their numbers, but for the code."""
    by = [] if audience is Audience.INTERNAL else [fingerprint(secret)]
    return "-".join([atlas, str(audience), str(least), *by])


def _others(folder: Path, atlas: str, secret: bytes) -> bool:
    """Whether a folder of this atlas's tables names another secret: hash-public-k-secret-code."""
    named = [path.name.split("-")[3] for path in folder.glob(f"{atlas}-{Audience.PUBLIC}-*-*-*")]
    return bool(set(named) - {fingerprint(secret)})
