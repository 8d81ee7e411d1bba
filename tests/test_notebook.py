"""The worked example runs, and says what it said when it was written.

`make notebook` runs it again and keeps what it says, after the sample or a measure has changed.
"""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

EXAMPLE = Path("geo/worked_example.ipynb")
LONGEST_CELL_S = 60
GUARDED = """
import socket, warnings
def refuse(*_):
    raise OSError("the example calls somebody")
socket.socket.connect = socket.create_connection = refuse
warnings.simplefilter("error")
warnings.filterwarnings("ignore", category=PendingDeprecationWarning, module="ipykernel")
"""
"""Put before the example: no network, and warnings are errors."""


def run(folder: Path) -> Any:
    """The example with what its cells say, as text alone; files go to a folder."""
    notebook = nbformat.read(EXAMPLE, as_version=4)
    guard = nbformat.v4.new_code_cell(GUARDED)
    notebook.cells.insert(0, guard)
    environment = {**os.environ, "TMPDIR": str(folder), "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
    NotebookClient(
        notebook,
        timeout=LONGEST_CELL_S,
        resources={"metadata": {"path": EXAMPLE.parent}},
    ).execute(env=environment)
    notebook.cells.remove(guard)
    for number, cell in enumerate(cells(notebook), start=1):
        cell.metadata.clear()
        cell.execution_count = number
        cell.outputs = [_plain(output, number) for output in cell.outputs]
    return notebook


def cells(notebook: Any) -> list[Any]:
    """Those with code."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def _plain(output: Any, number: int) -> Any:
    """Without maps and tables in HTML, which are large and no text to compare."""
    if output.output_type == "execute_result":
        output.execution_count = number
        output.data = {"text/plain": output.data["text/plain"]}
    return output


def test_the_worked_example_says_what_is_written_there(tmp_path: Path) -> None:
    """Every cell runs without a warning or a call, and ends in the output that is in git."""
    written = nbformat.read(EXAMPLE, as_version=4)
    for before, now in zip(cells(written), cells(run(tmp_path)), strict=True):
        assert now.outputs == before.outputs, f"{before.source}\n`make notebook` keeps the new."
    assert (tmp_path / "maeul.gpkg").stat().st_size > 100_000
    assert "maplibregl" in (tmp_path / "maeul.html").read_text(encoding="utf-8")


def test_the_readme_counts_the_printed_groups() -> None:
    """Its five lines run as they stand, and give districts by year."""
    example = re.search(r"```python\n(.*?)```", Path("README.md").read_text(encoding="utf-8"), re.S)
    assert example is not None
    *before, last = example[1].strip().splitlines()
    names: dict[str, Any] = {}
    exec("\n".join(before), names)
    counted = eval(last, names)
    assert counted.shape[0] == 25
    assert counted.sum()[[2012, 2017]].tolist() == [1189, 5200]


def test_a_map_is_kept_as_words_alone() -> None:
    """The file in git stays small enough to read."""
    assert EXAMPLE.stat().st_size < 30_000


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        nbformat.write(run(Path(scratch)), EXAMPLE)
