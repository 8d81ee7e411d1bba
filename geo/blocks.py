"""Blocks: the finest places that a public audience may know.

An address is often somebody's home. So for a public audience a group stands on a spot of its block
that chance alone has chosen, and has what follows from that spot: its hexagons, its administrative
neighbourhood, its distance from anything. No measure can tell what its frames do not hold.
"""

from __future__ import annotations

from collections.abc import Collection

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo import administrative, boundaries
from geo.schema import CRS, Precision, Provenance

LEAST_BLOCK_M2 = 20_000
"""Some 140 m by 140 m, where hundreds live."""
RESOLUTIONS = (9, 8, 7)
"""Of the hexagons that a reader may ask for, the smallest first."""
TRIES = 64
"""For a spot in a block: of a third of its box, all but one in 10¹¹ find one."""
WHOLE = 0.999
"""Of a legal neighbourhood, from which on it lies in one administrative neighbourhood alone."""
NEAR_M = 300
"""Lines of two maps of the same areas lie this far apart, as a rule."""
SLIVER_M2 = 1.0
"""What two boundaries leave between them by their digits alone."""


def in_blocks(
    groups: gpd.GeoDataFrame,
    neighbourhoods: gpd.GeoDataFrame,
    units: gpd.GeoDataFrame,
    pairs: pd.DataFrame,
) -> gpd.GeoDataFrame:
    """Groups whose place is their block, and whose codes say nothing finer.

    A group in a neighbourhood that has no block (`lay_blocks`) is known to the neighbourhood. Where
    administrative neighbourhoods have no boundaries, nobody can tell how small a corner they cut
    off. There an imported group loses the code, unless its legal neighbourhood was always in one
    administrative neighbourhood alone, or is not known; a simulated group keeps it.

    Args:
        groups: as an atlas has them, EPSG:5179.
        neighbourhoods: the legal ones, or the areas that stand in for them, EPSG:5179.
        units: administrative neighbourhoods, with or without polygons (EPSG:5179).
        pairs: which legal neighbourhoods they held, as `geo.administrative.load_legal` reads it.

    Returns:
        The same rows and columns. ``geometry`` is a spot on the block's main piece, drawn from
        the group's identifier (`scattered`), missing where there is no block; ``precision`` and
        ``administrative_code`` say what is left.
    """
    drawn = units[units.geometry.notna()].reset_index(drop=True)
    exact = groups[(groups["precision"] == Precision.POINT) & groups["neighbourhood_code"].notna()]
    found = _main_pieces(exact, neighbourhoods, drawn)
    spots = scattered(exact["group_id"][found.index], found.geometry)
    blocked = groups.index.isin(found.index)
    coarser = np.where(
        groups["neighbourhood_code"].notna(), Precision.NEIGHBOURHOOD, Precision.DISTRICT
    )
    lost = (groups["precision"] == Precision.POINT) & ~blocked
    code = groups["administrative_code"]
    if drawn.empty:
        simulated = groups["provenance"] == Provenance.SIMULATED
        code = code.where(simulated | ~_may_be_cut(groups["neighbourhood_code"], pairs))
    else:
        code = code.where(~blocked & ~_cut_too_small(groups, neighbourhoods, units))
        code = code.fillna(found["unit"].reindex(groups.index))
    return groups.assign(
        precision=groups["precision"].mask(lost, pd.Series(coarser, groups.index)).astype("str"),
        administrative_code=code.astype("str"),
    ).set_geometry(spots.reindex(groups.index))


def lay_blocks(
    neighbourhoods: gpd.GeoDataFrame,
    drawn: gpd.GeoDataFrame,
    cells: Collection[str] | None = None,
) -> gpd.GeoDataFrame:
    """Cut the city into blocks, in which nobody can tell where a group is.

    Formula:
        A block is what a neighbourhood, a hexagon of 11 ha and, where these are drawn, an
        administrative neighbourhood share. Its main piece is the largest that hexagons of 74 and
        516 ha leave whole. What has less than 2 ha as its main piece belongs to the nearest block
        of its neighbourhood, of the same administrative one if it has any. A group stands on a
        random spot of the main piece, always the same one.

    Source:
        Masking by area and by random displacement: Armstrong, Rushton and Zimmerman (1999),
        Geographically masking health data to preserve confidentiality. Hexagons: H3.

    Assumes:
        On 2 ha of Seoul live hundreds. Administrative neighbourhoods are as the atlas has them:
        without boundaries it cannot tell what they cut off, and says them of real groups only
        where they cut nothing.

    Limits:
        Where a block is mountain or river, fewer live in it. Groups of one block may in truth lie
        closer together or farther apart than their spots, by 100 m as a rule; about one in
        fifteen is told in the block next to its own. A neighbourhood in which no part is large
        enough has no block: its groups are known to the neighbourhood alone.

    Args:
        neighbourhoods: ``code`` and polygons that do not overlap, EPSG:5179.
        drawn: administrative neighbourhoods with polygons, EPSG:5179; none will do.
        cells: only what lies in these hexagons of the smallest size, as if nothing else were
            there; a block that is joined to no other is the same.

    Returns:
        A row for each piece, EPSG:5179: ``neighbourhood``, ``unit`` (the administrative one,
        missing where none is drawn), ``block`` (a number, missing for none), ``is_main``,
        ``is_joined`` (to a block whose main piece lies elsewhere).
    """
    pieces = gpd.GeoDataFrame(
        {"neighbourhood": neighbourhoods["code"]}, geometry=neighbourhoods.geometry, crs=CRS
    )
    if cells is None:
        cells = boundaries.covering(neighbourhoods, RESOLUTIONS[0])["code"].tolist()
    pieces = _cut(pieces, boundaries.cell_shapes(cells), f"hex{RESOLUTIONS[0]}")
    for resolution in RESOLUTIONS[1:]:
        larger = boundaries.larger_cells(cells, resolution)
        pieces = _cut(pieces, boundaries.cell_shapes(larger), f"hex{resolution}")
    pieces = _cut(pieces, drawn, "unit", everywhere=True)
    finest = ["neighbourhood", "unit", f"hex{RESOLUTIONS[0]}"]
    part = pieces.groupby(finest, dropna=False).ngroup()
    area = pieces.area
    main = area.groupby(part).idxmax()
    large = area[main].to_numpy() >= LEAST_BLOCK_M2
    joined = _nearest(pieces.loc[main[~large]], pieces.loc[main[large]])
    block = pd.Series(main.index[large], main.index[large])
    block = pd.concat([block, pd.Series(part[joined].to_numpy(), part[joined.index])])
    pieces["block"] = part.map(block).astype("Int64")
    pieces["is_main"] = pieces.index.isin(main[large])
    pieces["is_joined"] = (pieces["block"] != part).fillna(False).astype(bool)
    return pieces[["neighbourhood", "unit", "block", "is_main", "is_joined", "geometry"]]


def scattered(ids: pd.Series[str], shapes: gpd.GeoSeries) -> gpd.GeoSeries:
    """A spot in a shape for each identifier, evenly at random, the same whenever it is asked for.

    Groups of a block that all stood on one spot would look like a crowd to whatever measures
    how dense they are. Points are drawn in the shape's bounding box from hashes of the identifier
    until one lies inside; after TRIES it is the representative point.

    Args:
        ids: of the groups, on any index.
        shapes: polygons on the same index, EPSG:5179.
    """
    spots = shapes.representative_point()
    names, places = ids.to_numpy(dtype=object), spots.to_numpy().copy()
    outlines, boxes = shapes.to_numpy(), shapes.bounds.to_numpy()
    left = np.arange(len(shapes))
    for turn in range(TRIES):
        drawn = pd.util.hash_array(names[left], hash_key=f"{turn:016d}")
        part = np.column_stack([drawn & 0xFFFFFFFF, drawn >> 32]) / 2**32
        low, high = boxes[left, :2], boxes[left, 2:]
        x, y = (low + part * (high - low)).T
        inside = shapely.contains_xy(outlines[left], x, y)
        places[left[inside]] = shapely.points(x[inside], y[inside])
        left = left[~inside]
    return gpd.GeoSeries(places, shapes.index, crs=CRS)


def _cut(
    pieces: gpd.GeoDataFrame, areas: gpd.GeoDataFrame, name: str, *, everywhere: bool = False
) -> gpd.GeoDataFrame:
    """Pieces along the lines of areas, with the areas' code.

    What none covers is left out, or, where they are to be everywhere, that of one near by, or
    of none.
    """
    if areas.empty:
        return pieces.assign(**{name: pd.Series(None, pieces.index, dtype="str")})
    whole, shapes = pieces.geometry.to_numpy(), areas.geometry.to_numpy()
    piece, area = areas.sindex.query(whole, predicate="intersects")
    shared = shapely.intersection(whole[piece], shapes[area])
    covered = np.bincount(piece, shapely.area(shared), len(whole))
    bare = np.flatnonzero(everywhere & (shapely.area(whole) - covered > SLIVER_M2))
    rest = shapely.difference(whole[bare], shapely.union_all(shapes) if len(bare) else None)
    found, near = areas.sindex.nearest(
        shapely.point_on_surface(rest), return_all=False, max_distance=NEAR_M
    )
    beside = pd.Series(None, range(len(rest)), dtype="str")
    beside[found] = areas["code"].to_numpy()[near]
    cut = pieces.iloc[np.concatenate([piece, bare])].reset_index(drop=True)
    cut[name] = np.concatenate([areas["code"].to_numpy()[area], beside.to_numpy()])
    cut = cut.set_geometry(np.concatenate([shared, rest]), crs=CRS)
    return cut[cut.area > SLIVER_M2].reset_index(drop=True)


def _nearest(parts: gpd.GeoDataFrame, blocks: gpd.GeoDataFrame) -> pd.Series[int]:
    """The block next to each part of the same neighbourhood that has any: index -> index."""
    columns = ["neighbourhood", "unit", "x", "y"]
    left, right = (
        pd.DataFrame(some.assign(x=spots.x, y=spots.y)[columns].rename_axis("at").reset_index())
        for some in (parts, blocks)
        for spots in (some.representative_point(),)
    )
    pairs = left.merge(right, on="neighbourhood", suffixes=("", "_of"))
    pairs["metres"] = np.hypot(pairs["x"] - pairs["x_of"], pairs["y"] - pairs["y_of"])
    pairs["other"] = pairs["unit"].notna() & (pairs["unit"] != pairs["unit_of"])
    first = pairs.sort_values(["other", "metres", "at_of"]).drop_duplicates("at")
    return first.set_index("at")["at_of"]


def _main_pieces(
    exact: gpd.GeoDataFrame, neighbourhoods: gpd.GeoDataFrame, drawn: gpd.GeoDataFrame
) -> gpd.GeoDataFrame:
    """The main piece of each group's block, on the groups' index; groups without one left out.

    Laying all blocks takes seconds. Most groups lie in a part that is a block by itself, so the
    whole of a neighbourhood is laid only where one does not.
    """
    cells = set(boundaries.cells(exact.geometry, RESOLUTIONS[0]))
    inhabited = neighbourhoods["code"].isin(exact["neighbourhood_code"])
    own = lay_blocks(neighbourhoods[inhabited], drawn, cells)
    held = _held(exact, own)
    sure = (held >= 0) & ~own["is_joined"].to_numpy()[held] & own["block"].notna().array[held]
    others = exact[~sure]
    cut_up = neighbourhoods["code"].isin(others["neighbourhood_code"])
    found = [_mains(exact[sure], own)]
    if cut_up.any():
        found.append(_mains(others, lay_blocks(neighbourhoods[cut_up], drawn)))
    return gpd.GeoDataFrame(pd.concat(found), crs=CRS)


def _mains(groups: gpd.GeoDataFrame, pieces: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The main piece of the block of each group that has one."""
    block = blocks_of(groups, pieces).dropna()
    return pieces[pieces["is_main"]].set_index("block").loc[block].set_index(block.index)


def blocks_of(groups: gpd.GeoDataFrame, pieces: gpd.GeoDataFrame) -> pd.Series[int]:
    """The block of each group, by its point, among those of its neighbourhood."""
    held = _held(groups, pieces)
    for lost in np.flatnonzero(held < 0):  # on the far side of a line, by its width
        inside = pieces["neighbourhood"] == groups["neighbourhood_code"].iloc[lost]
        near = pieces.geometry[inside].distance(groups.geometry.iloc[lost])
        held[lost] = pieces.index.get_loc(near.idxmin())
    return pd.Series(pieces["block"].array[held], groups.index)


def _held(groups: gpd.GeoDataFrame, pieces: gpd.GeoDataFrame) -> np.ndarray:
    """Position of the piece of its neighbourhood in which each group lies, -1 for none."""
    codes = groups["neighbourhood_code"].to_numpy()
    group, piece = pieces.sindex.query(groups.geometry.to_numpy(), predicate="intersects")
    own = pieces["neighbourhood"].to_numpy()[piece] == codes[group]
    held = np.full(len(groups), -1)
    held[group[own][::-1]] = piece[own][::-1]  # on a line, the first piece
    return held


def _may_be_cut(legal: pd.Series[str], pairs: pd.DataFrame) -> pd.Series[bool]:
    """Whether a legal neighbourhood was ever in several administrative ones, as far as is known."""
    years = range(administrative.FIRST_YEAR, int(pairs["since"].max()[:4]) + 1)
    sole = administrative.from_legal(pairs, legal, years)
    return legal.notna() & sole.isna().any(axis=1)


def _cut_too_small(
    groups: gpd.GeoDataFrame, neighbourhoods: gpd.GeoDataFrame, units: gpd.GeoDataFrame
) -> pd.Series[bool]:
    """Whether legal and administrative neighbourhood of each group leave less than a block."""
    legal = groups["neighbourhood_code"]
    unit = administrative.as_drawn(units, groups["administrative_code"])
    home = neighbourhoods.set_index("code").geometry.reindex(legal).to_numpy()
    other = units.set_index("code").geometry.reindex(unit).to_numpy()
    left = np.nan_to_num(shapely.area(shapely.intersection(home, other)))
    alone = left > WHOLE * shapely.area(home)
    return pd.Series(legal.notna() & (left < LEAST_BLOCK_M2) & ~alone, groups.index)
