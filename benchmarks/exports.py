"""Briefings as files: the story that comes with the atlas, as anybody exports it."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.figures import Figure

STORY = Path("data/briefings/seoul.toml")
KINDS = ("pdf", "pptx", "html")
LARGEST_HTML_MB = 12


def exporting() -> list[Figure]:
    """Seconds for each kind of file, nothing kept from before, and the size of the page."""
    figures = []
    for kind in KINDS:
        with TemporaryDirectory() as folder:
            out = Path(folder) / f"seoul.{kind}"
            before = time.perf_counter()
            subprocess.run(
                [sys.executable, "app.py", "export", STORY, "--to", kind, "--out", out],
                check=True,
                capture_output=True,
                env={"MAEUL_CACHE": folder, "PATH": ""},
            )
            spent = time.perf_counter() - before
            size = out.stat().st_size / 1e6
        figures.append(Figure(f"the Seoul story as {kind.upper()}", spent, 90, "s"))
        if kind == "html":
            figures.append(Figure("size of that file", size, LARGEST_HTML_MB, "MB"))
    return figures
