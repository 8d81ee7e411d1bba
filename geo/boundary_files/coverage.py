"""Areas as a clean coverage of the whole city: overlaps, gaps, what is left out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo import boundaries
from geo.boundaries import Boundaries
from geo.boundary_files.report import Finding, counted
from geo.errors import BadBoundaries, listed
from geo.schema import CRS

OVERLAP_MENDED = 0.1
"""Share of an area that cleaning may give to one of two claimants; more is for people."""
LEAST_COVERED = 0.75
"""Share of a district that its areas cover; the city's edge is drawn differently by offices."""
TELLING_M2 = 1.0
"""What is smaller is not worth telling."""


def covering(areas: gpd.GeoDataFrame, legal: Boundaries, findings: list[Finding]) -> Boundaries:
    """A clean coverage of the whole city; districts without areas keep their legal ones."""
    _check_overlaps(areas, findings)
    every = _completed(areas, legal, findings)
    before = shapely.union_all(every.geometry.to_numpy())
    population = pd.read_csv(boundaries.DATA / "population.csv", dtype={"code": str})
    built = boundaries.clean(
        every.geometry, every["code"], every["name"], population, every["district_code"], before
    )
    after = shapely.coverage_union_all(built.neighbourhoods.geometry.to_numpy())
    gaps = _holes(before)
    closed = gaps[shapely.covers(after, shapely.point_on_surface(gaps))]
    if len(closed):
        size = shapely.area(closed)
        names = tuple(every["name"][_beside(closed[np.argsort(-size)], every)])
        words = (
            f"Gaps closed by the areas beside: {counted(len(closed), 'gap')}, "
            f"{size.sum():,.0f} m² ({listed(names)})."
        )
        findings.append(Finding("gaps", len(closed), round(float(size.sum())), names, words))
    _check_holes(_holes(after), every, areas["code"])
    _check_whole(areas, legal)
    _tell_uncovered(after, legal, findings)
    return built


def _check_holes(holes: np.ndarray, every: gpd.GeoDataFrame, ours: pd.Series[str]) -> None:
    """No hole among the areas of the file; one beside an area that completes them is a seam."""
    for hole in holes[np.argsort(-shapely.area(holes))]:
        beside = _beside([hole], every)
        if every.loc[beside, "code"].isin(ours).all():
            names = listed(every["name"][beside])
            raise BadBoundaries(
                f"There is a hole of {hole.area / 1e6:.2f} km² beside {names}, wider than the "
                f"{boundaries.GAP_WIDTH_M} m that cleaning closes: draw the area that is missing."
            )


def _check_overlaps(areas: gpd.GeoDataFrame, findings: list[Finding]) -> None:
    """Overlaps that cleaning may decide are told, others refused."""
    shapes, names = areas.geometry.to_numpy(), areas["name"].to_numpy()
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    first, second = first[first < second], second[first < second]
    common = shapely.area(shapely.intersection(shapes[first], shapes[second]))
    smaller = np.minimum(shapely.area(shapes[first]), shapely.area(shapes[second]))
    much = common > OVERLAP_MENDED * smaller
    if much.any():
        worst = int(np.argmax(common / smaller))
        a, b = names[first[worst]], names[second[worst]]
        more = f", and {much.sum() - 1:,} more pairs do" if much.sum() > 1 else ""
        raise BadBoundaries(
            f"{a} and {b} overlap by {common[worst] / smaller[worst]:.0%} of the smaller "
            f"one{more}; cleaning decides up to {OVERLAP_MENDED:.0%}: correct the lines, or leave "
            "one out."
        )
    told = np.flatnonzero(common > TELLING_M2)
    if len(told):
        told = told[np.argsort(-common[told])]
        pairs = [f"{names[first[place]]}/{names[second[place]]}" for place in told]
        words = (
            f"Overlaps given to one of the two: {counted(len(told), 'overlap')}, "
            f"{common[told].sum():,.0f} m² ({listed(pairs)})."
        )
        size = round(float(common[told].sum()))
        findings.append(Finding("overlaps", len(told), size, tuple(pairs), words))


def _check_whole(areas: gpd.GeoDataFrame, legal: Boundaries) -> None:
    """Every district of the file is covered, or none of its people would be where they live."""
    ours = areas.dissolve("district_code").geometry
    theirs = legal.districts.set_index("code")
    drawn = theirs.loc[ours.index]
    share = shapely.area(shapely.intersection(drawn.geometry.to_numpy(), ours.to_numpy()))
    share = pd.Series(share / drawn.area.to_numpy(), index=drawn["name_ko"])
    part = share[share < LEAST_COVERED]
    if len(part):
        shown = listed([f"{name} {each:.0%}" for name, each in part.items()])
        raise BadBoundaries(
            f"The areas cover only a part of {shown}; {LEAST_COVERED:.0%} are needed: draw all of "
            "a district, or leave out its areas."
        )


def _completed(
    areas: gpd.GeoDataFrame, legal: Boundaries, findings: list[Finding]
) -> gpd.GeoDataFrame:
    """With the legal neighbourhoods of the districts that have no area, less what is covered."""
    columns = ["code", "name", "district_code", "geometry"]
    others = legal.neighbourhoods[
        ~legal.neighbourhoods["district_code"].isin(areas["district_code"])
    ]
    if others.empty:
        return areas[columns]
    ours = shapely.union_all(areas.geometry.to_numpy())
    rest = others.rename(columns={"name_ko": "name"})[columns]
    rest = rest.set_geometry(rest.geometry.difference(ours))
    count = others["district_code"].nunique()
    words = (
        f"Completed with the legal neighbourhoods of {counted(count, 'district')}, less what the "
        f"areas here cover of them: {counted(len(others), 'area')}."
    )
    findings.append(Finding("completed", len(others), None, (), words))
    return gpd.GeoDataFrame(pd.concat([areas[columns], rest], ignore_index=True), crs=CRS)


def _tell_uncovered(outline: shapely.Geometry, legal: Boundaries, findings: list[Finding]) -> None:
    """Places wider than a gap that the city has and the areas have not, at its edge or a seam."""
    districts = legal.districts
    city = shapely.coverage_union_all(districts.geometry.to_numpy())
    wide = boundaries.GAP_WIDTH_M / 2
    core = shapely.difference(city, outline).buffer(-wide)
    if core.is_empty:
        return
    pieces = shapely.get_parts(core)
    size = float(shapely.area(shapely.buffer(pieces, wide)).sum())
    near = districts.iloc[districts.sindex.query(pieces, predicate="intersects")[1]]
    names = tuple(dict.fromkeys(near["name_ko"]))
    words = (
        f"In no area, where the outlines differ: {size / 1e6:.2f} km² ({listed(names)}); groups "
        "there are placed in their district only."
    )
    findings.append(Finding("uncovered", len(pieces), round(size), names, words))


def _holes(shape: shapely.Geometry) -> np.ndarray:
    """Holes in a shape, as polygons."""
    rings = shapely.get_rings(shapely.get_parts(shape))
    outer = shapely.get_exterior_ring(shapely.get_parts(shape))
    count = len(rings) - len(outer)
    if not count:
        return np.array([])
    inner = [ring for part in shapely.get_parts(shape) for ring in part.interiors]
    holes = shapely.polygons(inner)
    return holes[shapely.area(holes) > TELLING_M2]


def _beside(holes: Iterable[shapely.Geometry], areas: gpd.GeoDataFrame) -> list[Any]:
    """The areas (by their index) that touch the holes, in the order of the holes."""
    around = shapely.buffer(np.asarray(list(holes)), 0.5)
    places = areas.sindex.query(around, predicate="intersects", sort=True)[1]
    return list(dict.fromkeys(areas.index[places]))
