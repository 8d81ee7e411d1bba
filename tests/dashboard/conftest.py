"""What all applications of a process share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from dashboard import server
from geo.__main__ import SAMPLE
from geo.atlas import Atlas


@pytest.fixture(scope="session", autouse=True)
def opened_once(sample: Atlas) -> Iterator[None]:
    """The committed sample is opened once: each application would lay the city's blocks anew.

    Its tables are nobody's to change. What opening looks at is tested with other atlases.
    """

    def once(path: Path) -> Atlas:
        return sample if path == SAMPLE else Atlas.open(path)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(server, "Atlas", SimpleNamespace(open=once))
        yield
