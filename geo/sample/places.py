"""Where groups are founded: in planted clusters, near others, or among the residents."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.administrative import valid_in
from geo.boundaries import Boundaries, locate, read_sites
from geo.sample.figures import (
    CATEGORIES,
    COMMUNITIES,
    ELSEWHERE,
    ELSEWHERE_SITE,
    GEUMCHEON,
    GROUPS_OF_A_COMMUNITY,
    NETWORK_GROUPS,
    NETWORK_SITE,
)
from geo.sample.names import names
from geo.schema import CRS

IN_CLUSTERS, NEAR_OTHERS = 0.34, 0.48
"""Shares of a year's groups; in the first year nobody is there to be near to."""
FREE_CLUSTERS, ASTRIDE = 8, 3
"""Clusters beside the named sites, and how many of them lie between two districts."""
FREE_WEIGHT, SITE_WEIGHT = 1.0, 1.4
APART_M = 3_000
SPREAD_M, WIDENING_M = 190, 18
"""Standard deviation of a cluster in the first year, and by how much each year adds to it."""
NEAR_M = 110
FRONT_M = 1_200
"""Groups near others come up most at a front that moves outward from the sites, so far a year."""
RISING, RISING_FROM, RISING_TIMES, RISING_SHARE = 3, 2015, 3, 0.015
"""Patches with this share of the city's new groups each, threefold from a year on."""
PATCH_KM2, PATCH_CENTRE_KM2 = 9.0, 0.6
"""A patch is smaller, its middle neighbourhood larger."""
COMMUNITY_RING_M, COMMUNITY_SPREAD_M = 480, 90
URBAN_KM2 = 2.0
"""Larger neighbourhoods are mountain or river for the most part: no cluster's centre is there."""
CATEGORY_SHARES = (0.34, 0.15, 0.13, 0.13, 0.10, 0.15)
LEANING = 0.3
"""Share of a cluster's groups that have the category which that cluster leans to."""
TO_DISTRICT, TO_NEIGHBOURHOOD = 0.04, 0.10
"""Shares of the groups of which no more than district, or neighbourhood, is known."""


@dataclass(frozen=True)
class Land:
    """What a simulated city is laid out on.

    ``centres`` has columns ``name``, ``x``, ``y``, ``weight``, ``from_year``, the named sites
    first; ``rising`` is told by `_rising`, ``rise`` all of its neighbourhoods in one.
    """

    neighbourhoods: gpd.GeoDataFrame
    city: shapely.Geometry
    city_but_geumcheon: shapely.Geometry
    geumcheon: shapely.Geometry
    sites: gpd.GeoDataFrame
    centres: pd.DataFrame
    rising: pd.DataFrame
    rise: shapely.Geometry


def lay_out(rng: np.random.Generator, boundaries: Boundaries, first_year: int) -> Land:
    """Choose the unnamed clusters and the rising neighbourhoods."""
    sites = read_sites()
    districts = boundaries.districts.set_index("code").geometry
    city = shapely.coverage_union_all(districts.to_numpy())
    others = shapely.coverage_union_all(districts.drop(GEUMCHEON).to_numpy())
    areas = boundaries.neighbourhoods
    centres = _centres(rng, areas, sites, first_year)
    rising = _rising(rng, areas, centres)
    rise = shapely.coverage_union_all(areas.geometry.to_numpy()[rising["position"]])
    for shape in (city, others, rise):
        shapely.prepare(shape)
    return Land(areas, city, others, districts[GEUMCHEON], sites, centres, rising, rise)


def _centres(
    rng: np.random.Generator, areas: gpd.GeoDataFrame, sites: gpd.GeoDataFrame, first_year: int
) -> pd.DataFrame:
    """The sites, then unnamed clusters apart from them and each other, some founded later."""
    inner = shapely.get_coordinates(areas.representative_point())
    urban = (areas["area_km2"] < URBAN_KM2).to_numpy()
    left, right = areas.sindex.query(areas.geometry.to_numpy(), predicate="touches")
    district = areas["district_code"].to_numpy()
    between = urban[left] & urban[right] & (district[left] < district[right])
    midway = (inner[left] + inner[right])[between] / 2
    points = shapely.get_coordinates(sites.geometry)
    for candidates, wanted in ((midway, ASTRIDE), (inner[urban], FREE_CLUSTERS - ASTRIDE)):
        points = _apart(rng, candidates, points, APART_M, wanted)
    born = first_year + np.arange(FREE_CLUSTERS) // 2
    return pd.DataFrame(
        {
            "name": [*sites["site_id"], *(f"free-{no + 1}" for no in range(FREE_CLUSTERS))],
            "x": points[:, 0],
            "y": points[:, 1],
            "weight": [SITE_WEIGHT] * len(sites) + [FREE_WEIGHT] * FREE_CLUSTERS,
            "from_year": [*[first_year] * len(sites), *born],
        }
    )


def _apart(
    rng: np.random.Generator, candidates: np.ndarray, taken: np.ndarray, apart_m: float, wanted: int
) -> np.ndarray:
    """The points taken and as many more, so far apart from all others, or as nearly as can be."""
    full = len(taken) + wanted
    while len(taken) < full:
        for point in rng.permutation(candidates):
            if len(taken) < full and np.hypot(*(taken - point).T).min() >= apart_m:
                taken = np.vstack([taken, point])
        apart_m *= 0.9
    return taken


def _rising(
    rng: np.random.Generator, areas: gpd.GeoDataFrame, centres: pd.DataFrame
) -> pd.DataFrame:
    """Patches apart from clusters and each other: a neighbourhood and those that touch it.

    Columns ``position`` among the neighbourhoods, ``patch``, ``share`` of the patch by area.
    """
    at, touching = areas.sindex.query(areas.geometry.to_numpy(), predicate="intersects")
    size = areas["area_km2"].to_numpy()
    network = (areas["district_code"] == GEUMCHEON).to_numpy()
    small = np.bincount(at, weights=size[touching]) < PATCH_KM2
    open_to_all = np.bincount(at, weights=network[touching]) == 0
    inner = shapely.get_coordinates(areas.representative_point())
    known = centres[["x", "y"]].to_numpy()
    candidates = inner[small & open_to_all & (size > PATCH_CENTRE_KM2)]
    patches: list[pd.DataFrame] = []
    for point in _apart(rng, candidates, known, APART_M, RISING)[len(known) :]:
        position = touching[at == np.hypot(*(inner - point).T).argmin()]
        share = size[position] / size[position].sum()
        name = f"rise-{len(patches) + 1}"
        patches.append(pd.DataFrame({"position": position, "patch": name, "share": share}))
    return pd.concat(patches, ignore_index=True)


def found(
    rng: np.random.Generator, land: Land, boundaries: Boundaries, totals: Mapping[int, int]
) -> gpd.GeoDataFrame:
    """Groups in the order of their founding, in random order within a year.

    Columns ``group_id``, ``name``, ``category``, ``district_code``, ``neighbourhood_code``,
    ``geometry`` as a snapshot has them, and what it has not: ``year``, ``x``, ``y``, ``cluster``
    and ``community`` (empty where none was planted).
    """
    frame = pd.DataFrame(columns=["x", "y", "cluster", "community", "year"])
    before = 0
    for year, total in sorted(totals.items()):
        new = _of_year(rng, land, frame, year, total - before)
        new = new.iloc[rng.permutation(len(new))].assign(year=year)
        frame = pd.concat([frame, new], ignore_index=True) if before else new
        before = total
    points = gpd.points_from_xy(frame["x"], frame["y"])
    groups = gpd.GeoDataFrame(frame.reset_index(drop=True), geometry=points, crs=CRS)
    groups[["district_code", "neighbourhood_code"]] = locate(groups.geometry, boundaries)
    groups["group_id"] = [f"g{number:05d}" for number in range(1, len(groups) + 1)]
    groups["category"] = _categories(rng, groups["cluster"], land.centres["name"])
    _blur(rng, groups)
    known = groups["neighbourhood_code"].fillna(groups["district_code"])
    words = pd.concat([boundaries.districts, boundaries.neighbourhoods]).set_index("code")
    groups["name"] = names(rng, known.map(words["name_ko"]), groups["category"])
    return groups


def record_units(
    rng: np.random.Generator, groups: pd.DataFrame, pairs: pd.DataFrame
) -> pd.Series[str]:
    """The administrative neighbourhood that an office recorded for each group.

    Args:
        rng: draws one number a group.
        groups: columns ``neighbourhood_code`` and ``year``, the founding one.
        pairs: which legal neighbourhoods an administrative one held when.

    Returns:
        Codes on the index of ``groups``: any of the units that held the group's legal
        neighbourhood at the end of its founding year, each as likely. Missing where the
        neighbourhood is unknown, or nobody held it.
    """
    chance = pd.Series(rng.random(len(groups)), index=groups.index)
    codes = pd.Series(None, index=groups.index, dtype="str")
    for year in groups["year"].unique().tolist():
        of_year = groups[groups["year"] == year]
        held = pairs[valid_in(pairs, year)].groupby("legal_code")["code"].agg(list)
        for legal, rows in of_year.groupby("neighbourhood_code").groups.items():
            among = np.array(held.get(legal, [None]))
            codes[rows] = among[(chance[rows] * len(among)).astype(int)]
    return codes


def _of_year(
    rng: np.random.Generator, land: Land, before: pd.DataFrame, year: int, count: int
) -> pd.DataFrame:
    """The groups of one year, kind by kind."""
    network = NETWORK_GROUPS.get(year, 0)
    # In the years of its network Geumcheon has no other groups than those.
    limits = land.city_but_geumcheon if network else land.city
    parts = [_network(rng, land, year, network)] if network else []
    if before.empty:
        parts.append(_elsewhere(rng, land))
    left = count - sum(map(len, parts))
    loose = before.loc[before["cluster"] == "", ["x", "y"]].to_numpy(float)
    steady = shapely.contains_xy(limits, *loose.T) & ~shapely.contains_xy(land.rise, *loose.T)
    earlier = loose[steady]
    rising = RISING * RISING_SHARE * (RISING_TIMES if year >= RISING_FROM else 1)
    near = NEAR_OTHERS if len(earlier) else 0.0
    shares = [IN_CLUSTERS, near, rising, 1 - IN_CLUSTERS - near - rising]
    in_clusters, next_door, in_patches, alone = rng.multinomial(left, shares)
    parts += [
        _in_clusters(rng, land, limits, year, in_clusters),
        _near(rng, land, limits, earlier, year, next_door),
        _in_patches(rng, land, in_patches),
        _among_residents(rng, land, year, alone),
    ]
    return pd.concat(parts, ignore_index=True)


def _network(rng: np.random.Generator, land: Land, year: int, count: int) -> pd.DataFrame:
    """Geumcheon's groups: communities in a ring around the site, the rest in the district."""
    every = np.repeat(list(COMMUNITIES), GROUPS_OF_A_COMMUNITY)
    turn = list(NETWORK_GROUPS).index(year)
    community = every[turn :: len(NETWORK_GROUPS)]
    site = land.centres.set_index("name").loc[NETWORK_SITE, ["x", "y"]].to_numpy(float)
    angle = 2 * np.pi * np.unique(community, return_inverse=True)[1] / len(COMMUNITIES)
    centre = site + COMMUNITY_RING_M * np.column_stack([np.cos(angle), np.sin(angle)])
    planted = _scatter(rng, centre, COMMUNITY_SPREAD_M, land.geumcheon)
    areas = land.neighbourhoods
    inside = (areas["district_code"] == GEUMCHEON).to_numpy() * areas["area_km2"].to_numpy()
    rest = rng.choice(len(areas), count - len(community), p=inside / inside.sum())
    alone = _within(rng, land, rest)
    return pd.concat([_frame(planted, NETWORK_SITE, community), alone], ignore_index=True)


def _elsewhere(rng: np.random.Generator, land: Land) -> pd.DataFrame:
    site = land.centres.set_index("name").loc[ELSEWHERE_SITE, ["x", "y"]].to_numpy(float)
    centre = np.tile(site, (GROUPS_OF_A_COMMUNITY, 1))
    return _frame(_scatter(rng, centre, SPREAD_M, land.city), ELSEWHERE_SITE, ELSEWHERE)


def _in_clusters(
    rng: np.random.Generator, land: Land, limits: shapely.Geometry, year: int, count: int
) -> pd.DataFrame:
    """A Thomas process: normal around the centres of the clusters that are there by now."""
    there = land.centres[
        (land.centres["from_year"] <= year)
        & shapely.contains_xy(limits, land.centres["x"], land.centres["y"])
    ]
    chosen = there.iloc[rng.choice(len(there), count, p=there["weight"] / there["weight"].sum())]
    spread = SPREAD_M + WIDENING_M * (year - int(land.centres["from_year"].min()))
    points = _scatter(rng, chosen[["x", "y"]].to_numpy(), spread, limits)
    return _frame(points, chosen["name"].to_numpy(), "")


def _near(
    rng: np.random.Generator,
    land: Land,
    limits: shapely.Geometry,
    earlier: np.ndarray,
    year: int,
    count: int,
) -> pd.DataFrame:
    """Next door to earlier groups outside the clusters, those at the front above all."""
    if not count:
        return _frame(np.empty((0, 2)))
    front = FRONT_M * (year - int(land.centres["from_year"].min()))
    weight = np.exp(-np.abs(_from_sites(land, earlier) - front) / FRONT_M)
    parents = earlier[rng.choice(len(earlier), count, count > len(earlier), weight / weight.sum())]
    return _frame(_scatter(rng, parents, NEAR_M, limits))


def _from_sites(land: Land, points: np.ndarray) -> np.ndarray:
    """Metres to the nearest named site."""
    sites = shapely.get_coordinates(land.sites.geometry)
    return np.hypot(*(points[:, None] - sites[None]).transpose(2, 0, 1)).min(axis=1)


def _in_patches(rng: np.random.Generator, land: Land, count: int) -> pd.DataFrame:
    """Evenly over the patches that rise."""
    share = land.rising["share"] / land.rising["share"].sum()
    return _within(rng, land, rng.choice(land.rising["position"], count, p=share))


def _among_residents(rng: np.random.Generator, land: Land, year: int, count: int) -> pd.DataFrame:
    """By the districts' population, evenly inside a district, but not where it is to rise."""
    areas = land.neighbourhoods
    weight = areas["population"].to_numpy(float)
    weight[land.rising["position"]] = 0
    if year in NETWORK_GROUPS:
        weight[(areas["district_code"] == GEUMCHEON).to_numpy()] = 0
    return _within(rng, land, rng.choice(len(areas), count, p=weight / weight.sum()))


def _within(rng: np.random.Generator, land: Land, positions: np.ndarray) -> pd.DataFrame:
    """A point anywhere in each of the neighbourhoods given by position."""
    shapes = land.neighbourhoods.geometry.to_numpy()[positions]
    west, south, east, north = shapely.bounds(shapes).reshape(-1, 4).T
    low, size = np.column_stack([west, south]), np.column_stack([east - west, north - south])
    return _frame(_inside(lambda at: low[at] + size[at] * rng.random((len(at), 2)), shapes))


def _scatter(
    rng: np.random.Generator, centres: np.ndarray, spread_m: float, limits: shapely.Geometry
) -> np.ndarray:
    """A point normally distributed around each centre, inside the limits."""
    return _inside(
        lambda at: centres[at] + rng.normal(0, spread_m, (len(at), 2)),
        np.full(len(centres), limits, dtype=object),
    )


def _inside(draw: Callable[[np.ndarray], np.ndarray], shapes: np.ndarray) -> np.ndarray:
    """Points drawn again until each lies in its shape."""
    points = draw(np.arange(len(shapes)))
    while len(out := np.flatnonzero(~shapely.contains_xy(shapes, *points.T))):
        points[out] = draw(out)
    return points


def _frame(
    points: np.ndarray, cluster: np.ndarray | str = "", community: np.ndarray | str = ""
) -> pd.DataFrame:
    frame = pd.DataFrame({"x": points[:, 0], "y": points[:, 1]})
    return frame.assign(cluster=cluster, community=community)


def _categories(
    rng: np.random.Generator, cluster: pd.Series[str], centres: pd.Series[str]
) -> np.ndarray:
    """By the city's shares; clusters lean to one category each."""
    favourite = dict(zip(centres, rng.choice(CATEGORIES, len(centres)), strict=True))
    drawn = pd.Series(rng.choice(CATEGORIES, len(cluster), p=CATEGORY_SHARES))
    leans = rng.random(len(cluster)) < LEANING
    return cluster.map(favourite).where(leans).fillna(drawn).to_numpy()


def _blur(rng: np.random.Generator, groups: gpd.GeoDataFrame) -> None:
    """Of some groups only the neighbourhood, or only the district, stays known."""
    order = rng.permutation(len(groups))
    coarse, some = (round(len(groups) * share) for share in (TO_DISTRICT, TO_NEIGHBOURHOOD))
    groups.loc[order[: coarse + some], "geometry"] = None
    groups.loc[order[:coarse], "neighbourhood_code"] = None
