"""Layers of public places: how many each has, and the places of one.

Nothing is rounded, left out or moved into blocks here, for whichever audience: a library or a
market is public where it stands, and no layer is made of anything else (`geo.intake.layers`).
"""

from __future__ import annotations

from collections.abc import Collection

import geopandas as gpd
import pandas as pd

from geo.schema import CRS_SHOWN, Precision

COLUMNS = (
    "place_id",
    "layer",
    "name",
    "district_code",
    "neighbourhood_code",
    "administrative_code",
    "precision",
)
DECIMALS = 6
"""Of degrees: about 10 cm."""


def layers(places: gpd.GeoDataFrame, districts: Collection[str] = ()) -> pd.DataFrame:
    """How many places each layer has, and how exactly they are known.

    Returns columns ``layer``, ``places`` and one for each `Precision`, sorted by name.

    Args:
        places: as `geo.atlas.Atlas.places`.
        districts: only those in them are counted, and a layer without any has 0; empty for all.
    """
    here = places[places["district_code"].isin(districts)] if districts else places
    names = pd.Index(sorted(places["layer"].unique()), name="layer")
    exact = [here["layer"][here["precision"] == kind].value_counts() for kind in Precision]
    counts = pd.DataFrame({str(kind): n for kind, n in zip(Precision, exact, strict=True)})
    counts = counts.reindex(names).fillna(0).astype("int64")
    counts.insert(0, "places", counts.sum(axis=1))
    return counts.reset_index()


def places_of(
    places: gpd.GeoDataFrame, layer: str, districts: Collection[str] = ()
) -> gpd.GeoDataFrame:
    """The places of a layer, in the order of their identifiers.

    Returns `COLUMNS`, ``longitude`` and ``latitude`` (EPSG:4326, missing where no point is known),
    and the geometry (EPSG:5179, likewise).

    Args:
        places: as `geo.atlas.Atlas.places`.
        layer: which one.
        districts: only those in them; empty for all.
    """
    chosen = places["layer"] == layer
    if districts:
        chosen &= places["district_code"].isin(districts)
    found = places[chosen].reset_index(drop=True)
    shown = found.geometry.to_crs(CRS_SHOWN)
    rows = found[list(COLUMNS)].assign(
        longitude=shown.x.round(DECIMALS), latitude=shown.y.round(DECIMALS)
    )
    return gpd.GeoDataFrame(rows, geometry=found.geometry)
