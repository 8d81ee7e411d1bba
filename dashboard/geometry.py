"""Geometry for the browser: GeoJSON, made once, under a URL that changes with the snapshot."""

from __future__ import annotations

import gzip
from functools import cached_property, lru_cache

import geopandas as gpd
import orjson
import shapely
from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response

from dashboard.queries import Queries
from dashboard.serving.static import accepted
from geo.boundaries import TOLERANCE_M, Boundaries, simplify
from geo.schema import CRS, CRS_SHOWN, Audience

EDGES = "-edges"
FORMAT = 4
"""Part of every URL: a browser keeps a file for a year."""
DEGREES = 1e-6


class Geometry:
    """Layers of one snapshot for one audience."""

    def __init__(self, queries: Queries) -> None:
        self._queries = queries
        shared = "public" if queries.audience == Audience.PUBLIC else "private"
        self.kept = {
            "Cache-Control": f"{shared}, max-age=31536000, immutable", "Vary": "Accept-Encoding"
        }  # fmt: skip
        self.version = f"{queries.atlas.hash}-{queries.audience}-{FORMAT}"
        self.areas = tuple(
            level for level in queries.choices.measures
            if level != "surface" and queries.is_mapped(level)
        )  # fmt: skip
        self.layers = (*self.areas, *(f"{level}{EDGES}" for level in self.areas), "points", "sites")
        self.content = lru_cache(maxsize=len(self.layers))(self._content)
        self.frame = lru_cache(maxsize=len(self.layers))(self._frame)

    @property
    def urls(self) -> dict[str, str]:
        """Layer -> where the browser fetches it."""
        return {layer: f"/geometry/{self.version}/{layer}.geojson" for layer in self.layers}

    def _content(self, layer: str) -> bytes:
        """A layer as gzipped GeoJSON; a feature's id is its place in the table of the level."""
        frame = self.frame(layer).to_crs(CRS_SHOWN)
        if layer in (*self.areas, "sites"):
            centre = frame.representative_point()
            frame["lon"], frame["lat"] = centre.x.round(5), centre.y.round(5)
        shapes = shapely.to_geojson(
            shapely.set_precision(frame.geometry.to_numpy(), DEGREES, "pointwise")
        )
        records = frame.drop(columns="geometry").astype(object)
        records = records.where(records.notna(), None).to_dict("records")
        features = [
            {
                "type": "Feature",
                "id": number,
                "properties": record,
                "geometry": orjson.Fragment(shape),
            }
            for number, (record, shape) in enumerate(zip(records, shapes, strict=True))
        ]
        collection = {"type": "FeatureCollection", "features": features}
        return gzip.compress(orjson.dumps(collection, option=orjson.OPT_SERIALIZE_NUMPY), mtime=0)

    def _frame(self, layer: str) -> gpd.GeoDataFrame:
        """A layer as a frame (EPSG:5179), a row for each feature in the order of their ids."""
        queries = self._queries
        if layer == "points":
            columns = ["name", "category", "precision", "rank", "geometry"]
            return queries.points[columns]
        if layer == "sites":
            return queries.atlas.sites
        named = ["code", "name_ko", "name_en", "geometry"]
        if layer.startswith("hex") and not layer.endswith(EDGES):
            return queries.hexagons(int(layer[3:]))[[*named, "district_code"]]
        if layer == "administrative":
            return self._administrative
        if layer == "district":
            districts = self._simple.districts
            return districts[named].assign(district_code=districts["code"])
        if layer == "neighbourhood":
            return self._simple.neighbourhoods[[*named, "district_code"]]
        return self._edges(layer.removesuffix(EDGES))

    @cached_property
    def _simple(self) -> Boundaries:
        return simplify(self._queries.boundaries)

    @cached_property
    def _administrative(self) -> gpd.GeoDataFrame:
        queries = self._queries
        areas = queries.areas("administrative").reset_index(drop=True)
        shapes = queries.shapes("administrative").reindex(areas["code"]).to_numpy()
        named = areas[["code", "name_ko", "name_en", "district_code"]]
        return gpd.GeoDataFrame(
            named, geometry=shapely.coverage_simplify(shapes, TOLERANCE_M), crs=CRS
        )

    def _edges(self, level: str) -> gpd.GeoDataFrame:
        """Every border of a level once, though two areas share it; districts' are not repeated.

        Drawn from the areas themselves, each would take twice the time.
        """
        shapes = self.frame(level).geometry.to_numpy()
        edges = shapely.union_all(shapely.boundary(shapes))
        if level == "neighbourhood":
            districts = self._simple.districts.geometry.to_numpy()
            edges = shapely.difference(edges, shapely.union_all(shapely.boundary(districts)))
        return gpd.GeoDataFrame(geometry=[shapely.line_merge(edges)], crs=CRS)


def router(geometry: Geometry) -> APIRouter:
    """The route that serves the layers."""
    routes = APIRouter()

    @routes.get("/geometry/{version}/{layer}.geojson", include_in_schema=False)
    def layer(request: Request, version: str, layer: str) -> Response:
        if version != geometry.version or layer not in geometry.layers:
            there = ", ".join(geometry.layers)
            raise HTTPException(404, f"There is no such layer: choose {there}.")
        content, headers = geometry.content(layer), dict(geometry.kept)
        if "gzip" in accepted(request.headers.get("accept-encoding", "")):
            headers["Content-Encoding"] = "gzip"
        else:
            content = gzip.decompress(content)
        return Response(content, media_type="application/geo+json", headers=headers)

    return routes
