"""Areas one by one, still in the coordinates of their file: flat, valid, each once."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.boundary_files.report import Finding, finding
from geo.errors import BadBoundaries, either, listed

FINE_M = 0.25
"""Corners whose triangle is smaller than this squared make no difference on any map."""
FINE_CORNERS = 300_000
"""Beyond it lines are thinned first; the legal boundaries have 66,479 corners."""


def single(table: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, list[Finding]]:
    """One flat, valid polygon an area; still in the coordinates of the file."""
    findings: list[Finding] = []
    shapes = table.geometry.to_numpy()
    kinds = shapely.get_type_id(shapes)
    hollow = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    _refuse(table, hollow, "has no polygon", "draw it, or leave out the row")
    _refuse(table, ~np.isin(kinds, (3, 6)), "is no polygon", "draw areas, or leave out the row")
    corners, owner = shapely.get_coordinates(shapes, return_index=True)
    endless = np.isin(np.arange(len(shapes)), owner[~np.isfinite(corners).all(axis=1)])
    _refuse(table, endless, "has corners that are no numbers", "draw it again")
    raised = shapely.has_z(shapes) | shapely.has_m(shapes)
    if raised.any():
        words = "Heights or measures dropped"
        findings.append(finding("flattened", words, table["name"][raised]))
    shapes = shapely.force_2d(shapes)
    broken = ~shapely.is_valid(shapes)
    if broken.any():
        reasons = pd.Series(shapely.is_valid_reason(shapes[broken])).str.extract(r"^([^\[]+)")[0]
        words = f"Broken rings made valid ({', '.join(sorted(reasons.unique())).lower()})"
        findings.append(finding("repaired", words, table["name"][broken]))
        shapes[broken] = shapely.make_valid(
            shapes[broken], method="structure", keep_collapsed=False
        )
    flat = shapely.area(shapes) == 0
    _refuse(table, flat, "has no area", "draw it, or leave out the row")
    table = table.set_geometry(gpd.GeoSeries(shapes, index=table.index, crs=table.crs))
    return _merged(_thinned(table, findings), findings), findings


def _refuse(table: gpd.GeoDataFrame, wrong: np.ndarray, what: str, remedy: str) -> None:
    if wrong.any():
        rows = [f"{row} ({name})" for row, name in table["name"][wrong].items()]
        raise BadBoundaries(f"Row {listed(rows)} {what}: {remedy}.")


def _thinned(table: gpd.GeoDataFrame, findings: list[Finding]) -> gpd.GeoDataFrame:
    """Without corners that no map shows, where there are too many; shared lines stay shared."""
    shapes = table.geometry.to_numpy()
    before = int(shapely.get_num_coordinates(shapes).sum())
    if before <= FINE_CORNERS:
        return table
    in_degrees = np.abs(table.total_bounds).max() <= 360
    thin = shapely.coverage_simplify(shapes, FINE_M / 111_000 if in_degrees else FINE_M)
    thin = shapely.make_valid(thin, method="structure", keep_collapsed=False)
    after = int(shapely.get_num_coordinates(thin).sum())
    words = (
        f"Corners left out that make less than {FINE_M:g} m of difference: "
        f"{before - after:,} of {before:,}."
    )
    findings.append(Finding("thinned", before - after, None, (), words))
    return table.set_geometry(gpd.GeoSeries(thin, index=table.index, crs=table.crs))


def _merged(table: gpd.GeoDataFrame, findings: list[Finding]) -> gpd.GeoDataFrame:
    """One row an area: rows that stand twice go, parts under one code come together."""
    key = table["code"].fillna("") + table["name"] + table["district"].fillna("")
    drawn = pd.Series(shapely.to_wkb(shapely.normalize(table.geometry.to_numpy())), table.index)
    twice = drawn.duplicated(keep=False)
    for _, same in table[twice].groupby(drawn[twice], sort=False):
        if key[same.index].nunique() > 1:
            names = [f"{row} ({name})" for row, name in same["name"].items()]
            raise BadBoundaries(
                f"Rows {listed(names)} have the same polygon and different codes or names: "
                "keep the right one."
            )
    again = pd.DataFrame({"key": key, "drawn": drawn}).duplicated()
    if again.any():
        words = "Kept once, having stood there again"
        findings.append(finding("repeated", words, table["name"][again]))
        table, key = table[~again], key[~again]
    if table["code"].isna().all():
        return table
    _check_parts(table)
    parts = table["code"].duplicated()
    if parts.any():
        codes = table["code"][parts].unique()
        names = table[table["code"].isin(codes)].drop_duplicates("code")["name"]
        findings.append(finding("dissolved", "Parts under one code joined", names))
        whole = table.groupby("code").geometry.agg(lambda part: shapely.union_all(part.to_numpy()))
        table = table[~parts]
        joined = gpd.GeoSeries(
            whole.reindex(table["code"]).to_numpy(), index=table.index, crs=table.crs
        )
        table = table.set_geometry(joined)
    return table


def _check_parts(table: gpd.GeoDataFrame) -> None:
    """Rows under one code have one name and do not claim the same ground."""
    for code, part in table[table["code"].duplicated(keep=False)].groupby("code"):
        shapes = part.geometry.to_numpy()
        if part["name"].nunique() > 1:
            raise BadBoundaries(
                f"Code {code} stands for {either(part['name'].tolist())}: a code names one area; "
                "name another column with --code-column."
            )
        if shapely.area(shapes).sum() > 1.001 * shapely.area(shapely.union_all(shapes)):
            rows = " and ".join(str(row) for row in part.index[:5])
            raise BadBoundaries(
                f"Code {code} ({part['name'].iloc[0]}) has polygons that overlap, in rows {rows}: "
                "keep the right one."
            )
