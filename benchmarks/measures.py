"""The measures of clusters and spread on 100,000 groups: how long each takes, and its memory."""

from __future__ import annotations

import multiprocessing
import resource
import time
from collections.abc import Callable
from multiprocessing.connection import Connection

import geopandas as gpd
import numpy as np
import pandas as pd

from benchmarks.figures import Figure

GROUPS = 100_000
YEARS = list(range(2012, 2018))
LIMIT_S, LIMIT_MB = 20, 2_048


def many_groups() -> list[Figure]:
    """Each measure in a process of its own, so that none has the memory of another."""
    figures = []
    context = multiprocessing.get_context("spawn")
    for name in MEASURES:
        mine, theirs = context.Pipe(duplex=False)
        process = context.Process(target=_run, args=(name, theirs))
        process.start()
        theirs.close()
        took, megabytes = mine.recv()
        process.join()
        figures += [
            Figure(f"{GROUPS:,} groups: {name}", took, LIMIT_S, "s"),
            Figure("largest memory of it", megabytes, LIMIT_MB, "MB"),
        ]
    return figures


def _run(name: str, to: Connection) -> None:
    made = _city()
    before = time.perf_counter()
    MEASURES[name](*made)
    took = time.perf_counter() - before
    to.send((took, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))
    to.close()


def _city() -> tuple[pd.DataFrame, gpd.GeoSeries, gpd.GeoDataFrame, pd.DataFrame]:
    """Groups of the simulated city over and over, each some 100 m from where it was.

    Columns ``year``, ``district``; points; neighbourhoods; new groups by these and year.
    """
    from geo import boundaries
    from geo.__main__ import SAMPLE
    from geo.atlas import Atlas

    rng = np.random.default_rng(0)
    known = Atlas.open(SAMPLE).groups.query("precision == 'point'")
    chosen = known.iloc[rng.integers(0, len(known), GROUPS)]
    xy = np.column_stack([chosen.geometry.x, chosen.geometry.y])
    points = gpd.GeoSeries(
        gpd.points_from_xy(*(xy + rng.normal(0, 100, xy.shape)).T), crs=known.crs
    )
    groups = pd.DataFrame(
        {
            "year": chosen["founded_year"].to_numpy(),
            "district": chosen["district_code"].to_numpy(),
            "code": chosen["neighbourhood_code"].to_numpy(),
        }
    )
    areas = boundaries.load().neighbourhoods.set_index("code")
    counts = pd.crosstab(groups["code"], groups["year"]).reindex(areas.index, fill_value=0)
    return groups, points, areas, counts


def _clusters(
    groups: pd.DataFrame, points: gpd.GeoSeries, areas: gpd.GeoDataFrame, counts: pd.DataFrame
) -> None:
    from geo.measures.clusters import find_clusters, hulls

    hulls(points, find_clusters(points, 20)["cluster"])


def _local(
    groups: pd.DataFrame, points: gpd.GeoSeries, areas: gpd.GeoDataFrame, counts: pd.DataFrame
) -> None:
    from geo.measures.autocorrelation import (
        corrected,
        global_moran,
        local_g,
        local_moran,
        neighbours,
        standardised_rate,
    )

    graph = neighbours(areas.geometry)
    values = standardised_rate(counts.sum(axis=1), areas["area_km2"])
    global_moran(values, graph)
    for measure in (local_moran, local_g):
        corrected(measure(values, graph)["p"])


def _nearness(
    groups: pd.DataFrame, points: gpd.GeoSeries, areas: gpd.GeoDataFrame, counts: pd.DataFrame
) -> None:
    from geo.measures.spread import centre, nearness

    nearness(points, groups["year"], groups["district"])
    centre(points)


def _rise(
    groups: pd.DataFrame, points: gpd.GeoSeries, areas: gpd.GeoDataFrame, counts: pd.DataFrame
) -> None:
    from geo.measures.autocorrelation import neighbours
    from geo.measures.spread import arrival, neighbour_odds
    from geo.measures.trends import rise

    graph = neighbours(areas.geometry)
    rise(counts, graph)
    neighbour_odds(arrival(counts.cumsum(axis=1)), graph, YEARS)


MEASURES: dict[str, Callable[..., None]] = {
    "clusters and hulls": _clusters,
    "Moran, LISA, Gi*": _local,
    "nearness and centre": _nearness,
    "rise and odds": _rise,
}
