"""The report of an intake: what was read, understood, located and set aside, file by file.

``report.json`` has counts, row numbers and a few examples; every row that was set aside stands in
``set-aside.csv``, everything that could not be read in ``reported.csv``.
"""

from __future__ import annotations

import io
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import pandas as pd

from geo import cells
from geo.intake import layers
from geo.intake.columns import Field
from geo.intake.parts import File
from geo.intake.records import Records
from geo.intake.understand import Understanding
from geo.intake.workbook import plain
from geo.schema import Precision

VERSION = 1
EXAMPLES = 20
"""Of each kind of problem in a table; `reported.csv` has them all."""
SET_ASIDE = ("file", "sheet", "row", "reason", "group", "place")
REPORTED = ("file", "sheet", "row", "problem", "value", "candidates")


def of_file(file: File) -> dict[str, Any]:
    """What ``report.json`` says of one file."""
    source = file.source
    return {
        "file": source.file,
        "sha256": source.sha256,
        "size": source.size,
        "format": source.format,
        "encoding": source.encoding,
        "tables": [_table(part.about, part.records) for part in file.parts if part.records],
        "without_table": list(file.without_table),
        "pivots": {sheet: list(marks) for sheet, marks in file.pivots.items()},
    }


def _table(about: Understanding, records: Records) -> dict[str, Any]:
    rows, located = records.rows, records.located
    used = rows[rows["reason"].isna()]
    return {
        "sheet": about.table.sheet,
        "layer": about.layer,
        "dropped": [] if about.layer is None else layers.dropped(about.columns),
        "titles": list(records.titles),
        "header_rows": list(about.table.header_rows),
        "unit_krw": about.unit_krw,
        "years": _counts(rows["year"]),
        "year_from": about.year_from,
        "programmes": _counts(rows["programme"]),
        "programme_from": about.programme_from,
        "contradictions": list(about.contradictions),
        "columns": [
            {
                **asdict(column),
                "field": str(column.field if about.labels(column.field) else Field.IGNORE),
                "confidence": round(column.confidence, 2),
                "instead": column.instead if _holds(about, column.instead) else "",
            }
            for column in about.columns
        ],
        "coordinates": None
        if located is None or located.taken is None
        else {**asdict(located.taken), "why": located.why},
        "left_out": {kind: list(where) for kind, where in about.table.left_out.items()},
        "filled": list(about.table.filled),
        "hidden": {kind: list(where) for kind, where in about.table.hidden.items()},
        "read": len(rows),
        "used": len(used),
        "set_aside": {
            str(reason): [int(row) for row in of.index]
            for reason, of in rows.groupby(kind(rows["reason"]), sort=True)
        },
        "precision": {
            str(precision): int((used["precision"] == precision).sum()) for precision in Precision
        },
        "reported": {
            str(problem): {"count": len(of), "examples": _examples(of)}
            for problem, of in records.problems.groupby("problem", sort=True)
        },
    }


def _holds(about: Understanding, field: str) -> bool:
    """Whether a table of its kind has any use for a field."""
    return about.layer is None or field in layers.USED


def kind(reasons: pd.Series[str]) -> pd.Series[str]:
    """Reasons without the number of the row that they speak of."""
    return reasons.str.replace(r" of source row .*", "", regex=True)


def _counts(values: pd.Series[Any]) -> dict[str, int]:
    return {str(value): int(n) for value, n in values.value_counts().sort_index().items()}


def _examples(problems: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {
            "row": int(each["row"]),
            "value": None if pd.isna(each["value"]) else each["value"],
            "candidates": list(each["candidates"]),
        }
        for each in problems.head(EXAMPLES).to_dict("records")
    ]


def whole(files: Sequence[Mapping[str, Any]], rest: Mapping[str, Any]) -> dict[str, Any]:
    """``report.json`` of all files, with the sums of their rows."""
    tables = [table for file in files for table in file["tables"]]
    read, used = (sum(table[name] for table in tables) for name in ("read", "used"))
    return {
        "version": VERSION,
        "rows": {"read": read, "used": used, "set_aside": read - used},
        "files": sorted(files, key=lambda file: (file["file"], file["sha256"])),
        **rest,
    }


def as_json(report: Mapping[str, Any]) -> bytes:
    """The report as it is written; the same report gives the same bytes."""
    return f"{json.dumps(report, ensure_ascii=False, indent=1)}\n".encode()


def set_aside(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows that were set aside: columns `SET_ASIDE`, of text."""
    return rows.loc[rows["reason"].notna(), list(SET_ASIDE)].astype("str")


def reported(files: Sequence[File]) -> pd.DataFrame:
    """Everything that could not be read: columns `REPORTED`, of text."""
    frames = [pd.DataFrame(columns=list(REPORTED), dtype="str")]
    for file in files:
        for part in file.parts:
            if part.records is not None and len(part.records.problems):
                found = part.records.problems.copy()
                found["file"], found["sheet"] = file.source.file, part.about.table.sheet
                found["candidates"] = found["candidates"].map(" · ".join)
                frames.append(found[list(REPORTED)].astype("str"))
    return pd.concat(frames, ignore_index=True)


def as_csv(table: pd.DataFrame) -> bytes:
    """UTF-8 with a byte order mark, which Korean Excel needs; no cell can become a formula."""
    return cells.csv(table, lineterminator="\n").encode("utf-8-sig")


def after(earlier: bytes | None, table: pd.DataFrame, again: Collection[str]) -> pd.DataFrame:
    """Rows that an earlier run wrote of other files, and those of this one, by file.

    Args:
        earlier: as from `as_csv`; None where there was none.
        table: rows of this run.
        again: names of the files that were read in it.
    """
    if earlier is None:
        return table
    had = cells.plain_table(
        pd.read_csv(io.BytesIO(earlier), dtype="str", encoding="utf-8-sig", keep_default_na=False)
    )
    others = ~had["file"].map(plain).isin(again)
    both = pd.concat([had[others], table], ignore_index=True)
    return both.sort_values("file", kind="stable", ignore_index=True)


def from_json(content: bytes) -> dict[str, Any]:
    """The report as it was written."""
    told: dict[str, Any] = json.loads(content)
    return told


def in_words(told: Mapping[str, Any]) -> str:
    """What a person at a terminal gets to read."""
    lines = []
    for file in told["files"]:
        for table in file["tables"]:
            name = f"{file['file']}, {table['sheet']}" if table["sheet"] else file["file"]
            lines += [f"{name}: {_sums(table)}", *(f"  {line}" for line in _understood(table))]
        lines += [f"{file['file']}, {sheet}: no table" for sheet in file["without_table"]]
        lines += [
            f"{file['file']}, {sheet}: left out, totals of a pivot table ({', '.join(marks)})"
            # Reports from before it was told have none.
            for sheet, marks in file.get("pivots", {}).items()
        ]
    lines.append("; ".join([f"All: {_sums(told['rows'])}", *_held(told)]) + ".")
    return "\n".join(lines)


def _held(told: Mapping[str, Any]) -> list[str]:
    """What the atlas has after it: groups and people as they were matched last, and layers."""
    held, groups, doubtful = [], told["groups"], sum(told["doubtful"].values())
    if told["applications"]:
        held.append(
            f"{groups['new']:,} new groups, {groups['matched']:,} known ones, "
            f"{told['people']['persons']:,} people, {doubtful:,} doubtful pairs"
        )
    if told["layers"]:
        every = ", ".join(f"{name} {count:,}" for name, count in told["layers"].items())
        held.append(f"layers of places: {every}")
    return held


def _sums(rows: Mapping[str, Any]) -> str:
    aside = rows["set_aside"]
    count = aside if isinstance(aside, int) else sum(map(len, aside.values()))
    read = "1 row" if rows["read"] == 1 else f"{rows['read']:,} rows"
    return f"{read} read = {rows['used']:,} used + {count:,} set aside"


def _understood(table: Mapping[str, Any]) -> list[str]:
    """A table's columns with their confidence, what it is of, its problems."""
    fields = [
        f"{column['label']} = {column['field']} ({column['confidence']:.2f}, {column['why']})"
        for column in table["columns"]
    ]
    lines = [f"columns: {'; '.join(fields)}", *_about(table)]
    if found := table["coordinates"]:
        lines.append(
            f"coordinates in {found['crs']} ({found['why']}), "
            f"{found['agree']:,} of {found['of']:,} where their rows say"
        )
    lines.append("places: " + ", ".join(f"{n:,} by {p}" for p, n in table["precision"].items()))
    if hidden := table.get("hidden"):  # reports from before it was told have none
        where = "; ".join(f"{kind} {', '.join(places)}".strip() for kind, places in hidden.items())
        lines.append(f"hidden in the file, read all the same: {where}")
    if table["filled"]:
        lines.append(f"filled down, as merged cells would be: {', '.join(table['filled'])}")
    lines += [f"contradicted: {said}" for said in table["contradictions"]]
    lines += [
        f"{column['label']} could be {column['instead']} as well: mapping.toml says so, if it is"
        for column in table["columns"]
        if column.get("instead")
    ]
    personal = [column["label"] for column in table["columns"] if column["why"] == "personal"]
    if personal:
        lines.append(f"left out, since they may hold personal data: {', '.join(personal)}")
    lines += [f"set aside, {why}: {in_rows(rows)}" for why, rows in table["set_aside"].items()]
    lines += [
        f"reported, {problem}: {in_rows([one['row'] for one in of['examples']], of['count'])}"
        for problem, of in table["reported"].items()
        if problem not in table["set_aside"]
    ]
    return lines


def _about(table: Mapping[str, Any]) -> list[str]:
    """What a table is of: a layer and what was dropped of it, or year, programme and unit."""
    if table["layer"] is not None:
        gone = [f"{column['label']} ({column['field']})" for column in table["dropped"]]
        dropped = [f"dropped, may hold personal data: {', '.join(gone)}"] if gone else []
        return [f"places, layer {table['layer']}", *dropped]
    years, programmes = (", ".join(table[name]) or "none" for name in ("years", "programmes"))
    unit = table["unit_krw"]
    return [
        f"year {years} ({table['year_from']}), programme {programmes} "
        f"({table['programme_from']})" + ("" if unit is None else f", amounts in {unit:,} won")
    ]


def in_rows(rows: Sequence[int], count: int | None = None) -> str:
    """``3 rows (5, 7, 9)``; the first few of many."""
    count = len(rows) if count is None else count
    more = ", …" if count > len(rows[:5]) else ""
    return f"{count:,} {'row' if count == 1 else 'rows'} ({', '.join(map(str, rows[:5]))}{more})"
