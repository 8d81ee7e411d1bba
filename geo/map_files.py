"""Files of maps: told by their content, opened with GDAL, text readable, lines straight.

GDAL follows some files to others, or to hosts. Only what begins as one of these formats does is
given to it, whatever a file is called.
"""

from __future__ import annotations

import re
import warnings
import zipfile
from pathlib import Path
from typing import Any, TypeAlias

import geopandas as gpd
import pyogrio

from geo.schema import CRS_SHOWN

LONGEST_HEAD = 65_536
"""Bytes in which a file says what it is."""
BEGINNINGS = {b"SQLite format 3\0": "GeoPackage", b"\0\0\x27\x0a": "shapefile"}
MARK = b"\xef\xbb\xbf"
"""Of byte order, before text."""
JSON_KINDS = {b"FeatureCollection": "GeoJSON", b"Feature": "GeoJSON", b"Topology": "TopoJSON"}
UNREADABLE = (
    pyogrio.errors.DataSourceError,
    pyogrio.errors.DataLayerError,
    pyogrio.errors.FeatureError,
    OSError,
    ValueError,
)
"""What reading raises where a file is cut short, or not what it seems."""
Source: TypeAlias = str | bytes
"""What GDAL is to open: a path, one into a ZIP file, or the bytes themselves."""


def kind(content: bytes) -> str | None:
    """``GeoPackage``, ``shapefile``, ``GeoJSON`` or ``TopoJSON``; None for anything else.

    Args:
        content: the file, or its first `LONGEST_HEAD` bytes.

    >>> kind(b'{"type": "Topology", "objects": {}}')
    'TopoJSON'
    """
    for beginning, name in BEGINNINGS.items():
        if content.startswith(beginning):
            return name
    head = content[:LONGEST_HEAD]
    while head.startswith(MARK):
        head = head.removeprefix(MARK)
    if not head.lstrip().startswith(b"{") or b"gdal_streamed_alg" in head:
        return None
    if re.match(rb'\s*\{\s*"arcs"\s*:', head):  # keys in order, what it is comes last
        return "TopoJSON"
    said = re.search(rb'"type"\s*:\s*"(FeatureCollection|Feature|Topology)"', head)
    return None if said is None else JSON_KINDS[said[1]]


def opened(path: Path) -> Source:
    """A GeoPackage, GeoJSON, TopoJSON file or shapefile for GDAL."""
    with path.open("rb") as file:
        head = file.read(LONGEST_HEAD)
        if not head.startswith(MARK):
            return f"TopoJSON:{path}" if kind(head) == "TopoJSON" else str(path)
        content = head + file.read()
    while content.startswith(MARK):  # TopoJSON is not read after one, nothing after two
        content = content.removeprefix(MARK)
    return content


def is_unnamed(source: Source, kind: str) -> bool:
    """Whether the layer's name is one that GDAL made up, having no file to call it after."""
    return isinstance(source, bytes) and kind == "GeoJSON"


def in_zip(path: Path) -> list[Source]:
    """The shapefiles in a ZIP file, for GDAL.

    Raises:
        ValueError: it is no ZIP file.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            names = [each for each in archive.namelist() if is_shape(each)]
    except (zipfile.BadZipFile, NotImplementedError):
        raise ValueError(f"{path.name} is no ZIP file") from None
    return [f"/vsizip/{path.resolve()}/{name}" for name in names]


def unpacked(path: Path) -> int:
    """The bytes of what is in a ZIP file, together."""
    with zipfile.ZipFile(path) as archive:
        return sum(each.file_size for each in archive.infolist())


def is_shape(name: str) -> bool:
    """Whether a part of a ZIP file is the lines of a shapefile, and not what a Mac adds to it."""
    return name.lower().endswith(".shp") and not name.startswith("__")


def layers(source: Source) -> dict[str, str]:
    """Layers by name, with the kind of shapes that each has.

    Raises:
        Any of `UNREADABLE`.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # GDAL's remarks; what matters is checked on the rows
        return {str(name): str(shapes) for name, shapes in pyogrio.list_layers(source)}


def features(source: Source, layer: str, kind: str) -> Any:
    """The rows of a layer: a GeoDataFrame, its shapes in ``geometry``, or a table without any.

    Arcs become short straight lines. Text of a shapefile is UTF-8 or CP949, which is never valid
    UTF-8 by chance. TopoJSON names no coordinate system and is WGS 84, as GeoJSON is.

    Raises:
        UnicodeDecodeError: text is in neither encoding.
        Any of `UNREADABLE`.
    """
    frame = _decoded(source, layer, kind)
    if not isinstance(frame, gpd.GeoDataFrame):
        return frame
    if frame.crs is None and kind == "TopoJSON":
        frame = frame.set_crs(CRS_SHOWN)
    return frame.rename_geometry("geometry") if frame.geometry.name != "geometry" else frame


def _decoded(source: Source, layer: str, kind: str) -> Any:
    def read(encoding: str | None) -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of odd values, which are read as they can be
            return pyogrio.read_dataframe(
                source, layer=layer, encoding=encoding, on_invalid="ignore"
            )

    if kind != "shapefile":
        return read(None)
    try:
        return read("UTF-8")
    except UnicodeDecodeError:
        return read("CP949")
