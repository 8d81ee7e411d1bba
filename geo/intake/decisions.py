"""decisions.csv: doubtful pairs of groups and people, and what a person decided of them."""

from __future__ import annotations

import io
from pathlib import Path

import pandas as pd

from geo import cells
from geo.errors import BadFile, either, listed
from geo.intake.report import as_csv

DECISIONS = ("kind", "a", "b", "a_is", "b_is", "score", "why", "decision")
"""Columns; ``decision`` is ``same``, ``different`` or empty, which means different for now."""
KINDS, WORDS = ("group", "person"), ("same", "different")
LARGEST_FILE = 50_000_000


def no_decisions() -> pd.DataFrame:
    """A table without a row."""
    return pd.DataFrame(columns=list(DECISIONS), dtype="str")


def read_decisions(path: Path) -> pd.DataFrame:
    """What a person decided, and the pairs that are open; none where there is no file.

    Raises:
        BadFile: no such table, or a kind or decision that is not allowed.
    """
    if not path.is_file():
        return no_decisions()
    if path.stat().st_size > LARGEST_FILE:
        raise BadFile(f"{path.name} is larger than {LARGEST_FILE:,} bytes: it has no decisions.")
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp949", errors="replace")  # as Excel may save it
    try:
        table = pd.read_csv(io.StringIO(text), dtype="str", keep_default_na=False)
    except ValueError:
        raise BadFile(f"{path.name} is no CSV file: delete it, and it is written anew.") from None
    missing = [column for column in DECISIONS if column not in table]
    if missing:
        raise BadFile(
            f"{path.name} has no column {listed(missing)}: its columns are {', '.join(DECISIONS)}."
        )
    table = cells.plain_table(table[list(DECISIONS)])
    table["decision"] = table["decision"].str.strip().str.casefold()
    _check(path.name, table["kind"], KINDS, "")
    _check(path.name, table["decision"], WORDS, ", or leave it empty")
    return table


def _check(file: str, cells: pd.Series[str], allowed: tuple[str, ...], rest: str) -> None:
    wrong = cells.dropna()
    wrong = wrong[~wrong.isin(allowed)]
    if len(wrong):
        raise BadFile(
            f"{file}, row {wrong.index[0] + 2}: {wrong.name} {wrong.iloc[0]!r} is not allowed: "
            f"write {either(allowed)}{rest}."
        )


def as_decisions(doubtful: pd.DataFrame, before: pd.DataFrame) -> bytes:
    """What was decided and the open pairs, as they are written; the same give the same bytes."""
    decided = before[before["decision"].notna()]
    pairs = set(zip(decided["kind"], decided["a"], decided["b"], strict=True))
    fresh = [
        pair not in pairs
        for pair in zip(doubtful["kind"], doubtful["a"], doubtful["b"], strict=True)
    ]
    table = pd.concat([decided, doubtful[fresh]], ignore_index=True)[list(DECISIONS)]
    return as_csv(table.sort_values(["kind", "a", "b"], ignore_index=True))
