"""The two spreadsheets of an office, and a place to take them in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from geo.boundaries import Boundaries
from geo.intake.walk import Intake, intake

DATA = Path(__file__).parents[2] / "data"
SEED, BUREAU = DATA / "2013_seed_results.xlsx", DATA / "2012_bureau_results.csv"


@pytest.fixture
def take_in(tmp_path: Path, seoul: Boundaries) -> Callable[..., Intake]:
    """Take files into ``tmp_path / "atlas"`` with a key beside it."""

    def run(*files: Path, **options: object) -> Intake:
        options = {"key": tmp_path / "secret" / "key", "areas": seoul, **options}
        return intake(list(files), tmp_path / "atlas", **options)  # type: ignore[arg-type]

    return run


@pytest.fixture
def sheet(tmp_path: Path) -> Callable[..., Path]:
    """A CSV file of a header and rows, each a line of cells parted by commas."""

    def write(name: str, *lines: str, encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_text("\n".join(lines) + "\n", encoding=encoding)
        return path

    return write
