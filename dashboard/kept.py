"""Tables kept on disk, so that what took long is not measured twice."""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd

MOST_FILES = 2_000
"""Of one snapshot; the oldest go. A table takes some 10 to 100 KB."""
MAKERS = (Path(__file__).parent.parent / "geo" / "measures", Path(__file__).parent / "queries")
"""What decides, beside the snapshot, what is in a table."""


class Kept:
    """A folder of tables by snapshot, code and question; one that cannot be written keeps none.

    Another snapshot, another audience or changed code has a folder of their own, so that
    nothing that is kept can be out of date. What is broken is made anew.
    """

    def __init__(self, folder: Path | None, snapshot: str) -> None:
        sources = [path for folder in MAKERS for path in sorted(folder.glob("*.py"))]
        code = hashlib.sha256(b"".join(path.read_bytes() for path in sources))
        self._folder = None if folder is None else folder / f"{snapshot}-{code.hexdigest()[:12]}"

    def table(self, question: str, make: Callable[[], pd.DataFrame]) -> pd.DataFrame:
        """The table that answers a question: from disk, or made and kept.

        Args:
            question: everything that the answer depends on but the snapshot and the code.
            make: measures it; its columns have names that are text.
        """
        if self._folder is None:
            return make()
        name = hashlib.sha256(question.encode()).hexdigest()[:32]
        path = self._folder / f"{name}.parquet"
        try:
            return pd.read_parquet(path)
        except FileNotFoundError:
            pass
        except (OSError, ValueError) as error:  # pyarrow's are ValueErrors
            print(f"{path} cannot be read ({error}); it is made anew.", file=sys.stderr)
        made = make()
        self._write(path, made)
        return made

    def _write(self, path: Path, table: pd.DataFrame) -> None:
        """Whole or not at all; others may write the same file at the same time."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, beside = tempfile.mkstemp(dir=path.parent, suffix=".part")
            os.close(handle)
            table.to_parquet(beside)
            Path(beside).replace(path)
            files = sorted(path.parent.glob("*.parquet"), key=lambda one: one.stat().st_mtime)
            for old in files[:-MOST_FILES]:
                old.unlink(missing_ok=True)
        except OSError as error:
            print(f"Tables are not kept in {path.parent}: {error}.", file=sys.stderr)
            self._folder = None
