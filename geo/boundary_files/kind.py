"""What areas are: in which district, legal, administrative or of their own kind; their codes."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo import administrative
from geo.boundaries import Boundaries
from geo.boundary_files.coverage import OVERLAP_MENDED
from geo.boundary_files.report import Finding, counted, finding
from geo.errors import BadBoundaries, either, listed

INSIDE = 0.5
"""An area belongs to the district that holds more than this share of it."""
MATCHED = 0.95
"""Share of the names that makes areas legal or administrative neighbourhoods."""
REPEATED = 0.5
"""Share of the names that stood there before which makes areas pieces of those of that name."""
PLAIN_CODE = r"[0-9A-Za-z_-]{1,20}"
"""Codes stand in addresses of pages."""


def in_districts(
    areas: gpd.GeoDataFrame, legal: Boundaries, findings: list[Finding]
) -> gpd.GeoDataFrame:
    """With ``district_code``: the district named, else the one that holds most of the area.

    Both must agree: more than half of an area lies in its district.
    """
    shares = _shares(areas, legal.districts)
    names = legal.districts.set_index("code")["name_ko"]
    most, largest = shares.idxmax(axis=1), shares.max(axis=1)
    said = areas["district"]
    code = most if said.isna().all() else said
    share = pd.Series(
        [shares.at[row, district] for row, district in code.items()], index=areas.index
    )
    lost = areas.index[share <= INSIDE]
    if len(lost):
        row = lost[0]
        more = f"{len(lost) - 1:,} more areas likewise: " if len(lost) > 1 else ""
        if largest[row] <= INSIDE:
            raise BadBoundaries(
                f"{areas['name'][row]} lies in no district by more than half, most of it "
                f"({largest[row]:.0%}) in {names[most[row]]}; {more}divide the area along the "
                "line between districts, or leave it out."
            )
        raise BadBoundaries(
            f"{areas['name'][row]} is said to be in {names[said[row]]}, but "
            f"{largest[row]:.0%} of it lies in {names[most[row]]}; {more}"
            "correct the districts, name another column with --district-column, or give "
            "--district-column overlay."
        )
    across = share[share < 1 - OVERLAP_MENDED].sort_values()
    if len(across):
        size = float(((1 - across) * areas.area[across.index]).sum())
        shown = [f"{areas['name'][row]} {1 - part:.0%}" for row, part in across.items()]
        found = finding("across", "Partly in another district", areas["name"][across.index])
        words = f"Partly in another district: {counted(len(across), 'area')} ({listed(shown)})."
        findings.append(replace(found, square_metres=round(size), words=words))
    return areas.assign(district_code=code)


def _shares(areas: gpd.GeoDataFrame, others: gpd.GeoDataFrame) -> pd.DataFrame:
    """Share of each area in each other one: shape (areas, others), columns their codes."""
    shapes, targets = areas.geometry.to_numpy(), others.geometry.to_numpy()
    area, other = others.sindex.query(shapes, predicate="intersects")
    common = shapely.area(shapely.intersection(shapes[area], targets[other]))
    table = np.zeros((len(areas), len(others)))
    table[area, other] = common / shapely.area(shapes)[area]
    return pd.DataFrame(table, index=areas.index, columns=others["code"].to_numpy())


def known_kind(
    areas: gpd.GeoDataFrame, legal: Boundaries, date: str | None, findings: list[Finding]
) -> tuple[str, int | None]:
    """Legal, administrative of a year, or of their own kind; official codes are put in."""
    key = areas["district_code"] + areas["name"].map(administrative.name_key)
    if not key.is_unique:
        twice = areas["name"][key.duplicated()]
        if areas["code"].isna().all():
            raise BadBoundaries(
                f"There are no codes, and {listed(twice)} is there twice in one district: name "
                "a column of codes with --code-column, or give each area a name of its own."
            )
    found, year = key.map(_by_key(legal.neighbourhoods)), None
    kind = "legal"
    if key.duplicated().mean() > REPEATED:
        kind = "own"
    elif found.notna().mean() < MATCHED:
        found, year = _administrative(key, date)
        kind = "administrative" if found.notna().mean() >= MATCHED else "own"
    if kind == "own":
        year = None
        if areas["code"].isna().all():
            areas["code"] = _made(areas)
            words = "Numbered within their district (11545-01), having no code"
            findings.append(finding("numbered", words, areas["name"]))
        return kind, year
    unknown = areas["name"][found.isna()]
    if len(unknown):
        words = f"Named as none of the {kind} neighbourhoods{f' of {year}' if year else ''}"
        findings.append(finding("unknown", words, unknown))
    _check_named(areas, found, legal, kind, year)
    own = areas["code"].where(areas["code"].notna(), _made(areas))
    areas["code"] = found.where(found.notna(), own).astype("str")
    return kind, year


def _check_named(
    areas: gpd.GeoDataFrame, found: pd.Series[str], legal: Boundaries, kind: str, year: int | None
) -> None:
    """Names that belong to other areas: by the lines of the legal ones, and by the file's codes."""
    official = legal.neighbourhoods.set_index("code")
    if kind == "legal":
        held, digits = pd.DataFrame({"code": found, "legal_code": found}).dropna(), 8
        known = official["name_ko"]
    else:
        pairs = administrative.load_legal()
        held, digits = pairs[administrative.valid_in(pairs, year or 0)], 10
        known = administrative.load().set_index("code")["name_ko"]
    named = areas[found.notna()]
    held = held[["code", "legal_code"]].drop_duplicates()
    pairs = pd.DataFrame({"row": named.index, "code": found[named.index]}).merge(held, on="code")
    # Legal neighbourhoods do not overlap: what an area shares with each of them adds up.
    ours = named.geometry[pairs["row"]].to_numpy()
    theirs = official.geometry.reindex(pairs["legal_code"]).to_numpy()
    common = pd.Series(shapely.area(shapely.intersection(ours, theirs))).groupby(pairs["row"]).sum()
    share = common.reindex(named.index) / named.area
    astray = named["name"][share < INSIDE]
    if len(astray):
        raise BadBoundaries(
            f"{listed(astray)} is not where the {kind} neighbourhood of that name is, by more than "
            "half: correct the names, or name another column with --name-column."
        )
    own = areas["code"].astype("str").str[:digits]
    names = own.map(known).map(administrative.name_key, na_action="ignore")
    other = names.notna() & found.notna() & (names != areas["name"].map(administrative.name_key))
    if other.any():
        row = other.idxmax()
        more = f", and {other.sum() - 1:,} more areas likewise" if other.sum() > 1 else ""
        raise BadBoundaries(
            f"{areas['name'][row]} has the code {areas['code'][row]}, which is that of "
            f"{known[own[row]]}{more}: correct one of them, or name other columns with "
            "--code-column and --name-column."
        )


def _by_key(units: pd.DataFrame) -> dict[str, str]:
    """Code by district and name."""
    key = units["district_code"] + units["name_ko"].map(administrative.name_key)
    return dict(zip(key, units["code"], strict=True))


def _administrative(key: pd.Series[str], date: str | None) -> tuple[pd.Series[str], int]:
    """Codes of the year that knows most of the names.

    Of several such years, that of the date; without one of these, the last.
    """
    units = administrative.load()
    days = pd.concat([units["since"], units["until"]]).dropna()
    first, last = int(units["until"].min()[:4]), int(days.max()[:4])
    found = {
        year: key.map(_by_key(units[administrative.valid_in(units, year)]))
        for year in range(first, last + 1)
    }
    wanted = (date or "")[:4]
    best = max(found, key=lambda year: (found[year].notna().sum(), str(year) == wanted, year))
    return found[best], best


def _made(areas: gpd.GeoDataFrame) -> pd.Series[str]:
    """A code for areas that have none: their district's and a number, in the order of names."""
    number = areas.groupby("district_code")["name"].rank(method="first").astype(int)
    return areas["district_code"] + "-" + number.astype("str").str.zfill(2)


def check_codes(areas: gpd.GeoDataFrame, legal: Boundaries, kind: str) -> None:
    """Codes that can stand in an address, each once, and no legal neighbourhood's elsewhere."""
    codes = areas["code"]
    odd = codes[~codes.str.fullmatch(PLAIN_CODE)]
    if len(odd):
        raise BadBoundaries(
            f"Code {listed(odd)} has signs other than Latin letters, digits, - and _, or more "
            "than 20: name another column with --code-column."
        )
    twice = codes[codes.duplicated()]
    if len(twice):
        names = areas["name"][codes.isin(twice)]
        raise BadBoundaries(
            f"{either(names.tolist())} would have the same code, {listed(twice.unique())}: "
            "correct the names."
        )
    of_district = areas["name"][codes.isin(legal.districts["code"])]
    if len(of_district):
        raise BadBoundaries(
            f"The code of {listed(of_district)} is that of a district: name another column with "
            "--code-column."
        )
    if kind == "own":
        official = legal.neighbourhoods.set_index("code").geometry
        same = areas[codes.isin(official.index)]
        there = official.reindex(same["code"]).to_numpy()
        common = shapely.area(shapely.intersection(same.geometry.to_numpy(), there))
        wrong = same["name"][common <= INSIDE * same.area]
        if len(wrong):
            raise BadBoundaries(
                f"The code of {listed(wrong)} is that of a legal neighbourhood somewhere else: "
                "name another column with --code-column."
            )
