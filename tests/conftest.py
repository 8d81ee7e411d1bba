"""What every test may use: the committed boundaries and sample, and tables of one's own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pandas as pd
import pytest
from xdist.scheduler import LoadFileScheduling

from geo import boundaries
from geo.__main__ import SAMPLE
from geo.atlas import Atlas


class ByFile(LoadFileScheduling):
    """Files go to whoever is free, since what a module makes is made once; the browser's as one.

    A second browser on the same cores would slow both. Groups (``--dist loadgroup``) would say the
    same, but get lost under pytest 9.2 (pytest-xdist, issue 1386).
    """

    def _split_scope(self, nodeid: str) -> str:
        return "browser" if nodeid.startswith("tests/browser/") else super()._split_scope(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile:
    """How the tests are dealt out."""
    return ByFile(config, log)


@pytest.fixture(autouse=True)
def environment() -> Iterator[None]:
    """What a test leaves in the environment, as the start does for its workers, goes with it."""
    with patch.dict(os.environ):
        yield


@pytest.fixture(scope="session")
def seoul() -> boundaries.Boundaries:
    return boundaries.load()


@pytest.fixture(scope="session")
def sample() -> Atlas:
    return Atlas.open(SAMPLE)


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where what takes long is kept: worked out once in a run, by whichever process needs it."""
    base = tmp_path_factory.getbasetemp()
    return (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "kept"


@pytest.fixture
def tables() -> dict[str, pd.DataFrame]:
    """Tables of one's own, which a test may change."""
    return own_tables()


def own_tables() -> dict[str, pd.DataFrame]:
    """Three groups: one at Suyu market, one in Gasan-dong, one somewhere in Mapo-gu."""
    groups = pd.DataFrame(
        {
            "group_id": ["a", "b", "c"],
            "name": ["수유 책방", "가산 텃밭", "=마포"],
            "category": ["청년", "", "50+"],
            "district_code": ["11305", "11545", "11440"],
            "neighbourhood_code": ["", "11545101", ""],
            "longitude": ["127.0223", "", ""],
            "latitude": ["37.6315", "", ""],
        },
        dtype="str",
    )
    applications = pd.DataFrame(
        {
            "application_id": ["1", "2", "3", "4"],
            "group_id": ["a", "b", "c", "a"],
            "year": ["2012", "2013", "2013", "2013"],
            "outcome": ["rejected", "selected", "under_review", "selected"],
            "programme": ["씨앗", "실국", "", "실국"],
            "amount_krw": ["", "1500000", "", "2000000"],
        },
        dtype="str",
    )
    return {"groups": groups, "applications": applications}
