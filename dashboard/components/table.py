"""The table below the map: the rows that the map shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import dash_ag_grid as dag

from dashboard import ids

NUMBER = {"type": "rightAligned", "valueFormatter": {"function": "atlasNumber(params.value)"}}
"""At most two decimals, as in every text; the cell keeps the value in full."""
TEXTS = {
    "code", "name", "kind", "event", "founded", "category", "way", "year", "since", "community",
    "labels", "neighbourhood", "programme", "department", "few",
}  # fmt: skip
"""Columns of words, and of years, which are not grouped by thousands."""


def grid(rows: Sequence[Mapping[Any, Any]], columns: Mapping[str, str], sort: str) -> dag.AgGrid:
    """Rows with their headings, sorted as the state says (``-value``: largest first)."""
    wanted, descending = sort.removeprefix("-"), sort.startswith("-")
    return dag.AgGrid(
        id=ids.GRID,
        rowData=list(rows),
        columnDefs=[
            {
                "field": field,
                "headerName": heading,
                **({} if field in TEXTS else NUMBER),
                "sort": ("desc" if descending else "asc") if field == wanted else None,
                "flex": 2 if field in ("name", "labels") else 1,
                "minWidth": 150 if field == "name" else 110,
            }
            for field, heading in columns.items()
        ],
        defaultColDef={
            "sortable": True,
            "resizable": True,
            "suppressMovable": True,
            "wrapHeaderText": True,
            "autoHeaderHeight": True,
        },
        dashGridOptions={
            "rowHeight": 38,
            "headerHeight": 42,
            "animateRows": False,
            "enableCellTextSelection": True,
            "ensureDomOrder": True,
        },
        className="ag-theme-quartz atlas-grid",
    )
