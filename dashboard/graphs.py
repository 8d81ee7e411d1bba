"""The network as tables, and as files that Gephi, igraph and others open: GraphML and GEXF."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any
from xml.etree.ElementTree import Element, SubElement, indent, tostring

import numpy as np
import pandas as pd

from dashboard.exports import records
from dashboard.strings import Text
from dashboard.tables import NODE_COLUMNS, Network, first_of
from dashboard.theme import COLOURS, label_colours, several_colours

GRAPHML = "application/graphml+xml"
GEXF = "application/gexf+xml"
NUMBERS = ("x", "y", "weight", "selected_share", "across")
INTEGERS = (
    "community", "year", "people", "shared", "applications", "groups", "selected", "rejected",
    "under_review", "year_from", "year_to", "bridging", "communities", "nodes", "edges",
)  # fmt: skip
"""Columns of these tables; all others are text."""
TYPES = {"Int64": ("int", "integer"), "float64": ("double", "double"), "str": ("string", "string")}
"""Of a column: what GraphML and GEXF call it."""
RADIUS = 0.4
"""Of an average node, of that of the room which it has in the drawing."""
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML file may hold, not even escaped."""


def tables(network: Network) -> dict[str, pd.DataFrame]:
    """A network's tables by name, columns typed alike whatever the nodes are.

    ``network`` is one row about the whole; a node's ``letter`` is its community's.
    """
    letters = network.communities.set_index("community")["letter"]
    nodes = network.nodes.assign(letter=network.nodes["community"].map(letters))
    after = NODE_COLUMNS.index("community") + 1
    whole = {
        "mode": network.mode,
        "people": network.people,
        "applications": network.applications,
        "communities": len(network.communities),
        "across": network.across,
        "nodes": len(nodes),
        "edges": len(network.edges),
    }
    frames = {
        "network": pd.DataFrame([whole]),
        "nodes": nodes[[*NODE_COLUMNS[:after], "letter", *NODE_COLUMNS[after:]]],
        "edges": network.edges,
        "communities": network.communities,
        "labels": network.labels,
        "flows": network.flows,
    }
    return {name: _typed(frame) for name, frame in frames.items()}


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    """Columns without a value, or without a row, have no type by themselves."""
    types = {
        column: "Int64" if column in INTEGERS else "float64" if column in NUMBERS else "str"
        for column in frame.columns
    }
    return frame.astype(types)


def node_names(network: Network, areas: pd.DataFrame, text: Text) -> list[str]:
    """What each node is called; ``areas`` are the legal neighbourhoods by code."""
    nodes, called = network.nodes, areas[f"name_{text.lang}"]
    if not network.opens:
        of_area = nodes["neighbourhood_code"].map(called)
        return nodes["name"].mask(nodes["kind"] == "neighbourhood", of_area).tolist()
    first = first_of(network.communities.set_index("community")["places"])
    where = nodes["community"].map(first).map(called)
    return [
        text("network.group", letter=letter) if pd.isna(place) else f"{letter} · {place}"
        for letter, place in zip(nodes["name"], where, strict=True)
    ]


def graphml(network: Network, names: Sequence[str], about: Sequence[tuple[str, str]]) -> bytes:
    """GraphML with a node's place, size and colour as Gephi reads them: x, y, size, r, g, b.

    Args:
        network: what to write.
        names: of the nodes, as they are shown.
        about: label and value of what a reader must know, put into the graph's description.
    """
    # Not igraph's writer: what is missing becomes the word None there, and a control character
    # in a name an error.
    root = Element("graphml", {"xmlns": "http://graphml.graphdrawing.org/xmlns"})
    nodes, edges = _drawn(network, names), tables(network)["edges"]
    for kind, frame, keys in (("node", nodes, 1), ("edge", edges, 2)):
        for column, (name, _) in _columns(frame.iloc[:, keys:]).items():
            key = {"id": f"{kind}_{column}", "for": kind, "attr.name": column, "attr.type": name}
            SubElement(root, "key", key)
    graph = SubElement(root, "graph", {"id": "network", "edgedefault": "undirected"})
    # No data of the graph itself, in which Gephi sees an error.
    SubElement(graph, "desc").text = _said(about)
    for told in _told(nodes):
        _data(SubElement(graph, "node", {"id": told.pop("node")}), told)
    for told in _told(edges):
        ends = {end: told.pop(end) for end in ("source", "target")}
        _data(SubElement(graph, "edge", ends), told)
    return _written(root)


def _data(element: Element, told: dict[str, str]) -> None:
    for column, value in told.items():
        SubElement(element, "data", {"key": f"{element.tag}_{column}"}).text = value


def gexf(network: Network, names: Sequence[str], about: Sequence[tuple[str, str]]) -> bytes:
    """GEXF 1.3 with place, size and colour of the nodes in its viz module.

    Arguments as for `graphml`.
    """
    space = "http://gexf.net/1.3"
    root = Element("gexf", {"xmlns": space, "xmlns:viz": f"{space}/viz", "version": "1.3"})
    meta = SubElement(root, "meta")
    SubElement(meta, "creator").text = "Maeul Atlas"
    SubElement(meta, "description").text = _said(about)
    graph = SubElement(root, "graph", {"defaultedgetype": "undirected", "mode": "static"})
    nodes, edges = _drawn(network, names), tables(network)["edges"]
    _attributes(graph, "node", nodes.drop(columns=["node", "label", *"xyrgb", "size"]))
    _attributes(graph, "edge", edges[["shared"]])
    parent = SubElement(graph, "nodes")
    for told in _told(nodes):
        node = SubElement(parent, "node", {"id": told.pop("node"), "label": told.pop("label")})
        x, y, r, g, b = (told.pop(name) for name in "xyrgb")
        size = told.pop("size")
        _values(node, told)
        SubElement(node, "viz:color", {"r": r, "g": g, "b": b})
        SubElement(node, "viz:position", {"x": x, "y": y, "z": "0.0"})
        SubElement(node, "viz:size", {"value": size})
    parent = SubElement(graph, "edges")
    for number, told in enumerate(_told(edges)):
        given = {name: told.pop(name) for name in ("source", "target", "weight")}
        _values(SubElement(parent, "edge", {"id": str(number), **given}), told)
    return _written(root)


def _attributes(graph: Element, kind: str, frame: pd.DataFrame) -> None:
    parent = SubElement(graph, "attributes", {"class": kind, "mode": "static"})
    for column, (_, name) in _columns(frame).items():
        SubElement(parent, "attribute", {"id": column, "title": column, "type": name})


def _values(element: Element, told: dict[str, str]) -> None:
    parent = SubElement(element, "attvalues")
    for column, value in told.items():
        SubElement(parent, "attvalue", {"for": column, "value": value})


def _columns(frame: pd.DataFrame) -> dict[str, tuple[str, str]]:
    """Columns that hold anything, with their types."""
    return {
        str(column): TYPES[str(frame[column].dtype)] for column in frame.dropna(axis=1, how="all")
    }


def _drawn(network: Network, names: Sequence[str]) -> pd.DataFrame:
    """The nodes with ``label``, and how they are drawn: ``size`` (metres) and ``r``, ``g``, ``b``.

    Where nodes stand for many people, their area grows with the number.
    """
    nodes = tables(network)["nodes"]
    many = nodes["people"].fillna(1).astype(float)
    west, _, east, _ = network.box
    room = (east - west) / 2 / np.sqrt(max(len(nodes), 1))
    nodes.insert(1, "label", pd.Series(names, index=nodes.index, dtype="str").fillna(nodes["node"]))
    nodes["size"] = (RADIUS * room * np.sqrt(many / many.mean())).round(2)
    colours = _colours(network)
    for place, part in enumerate("rgb"):
        digits = slice(1 + 2 * place, 3 + 2 * place)
        nodes[part] = pd.array([int(colour[digits], 16) for colour in colours], dtype="Int64")
    return nodes


def _colours(network: Network) -> list[str]:
    """Of an application its label's, of others their community's, grey without any."""
    labels, several = network.labels, several_colours("light")
    known = labels[["year", "programme", "outcome"]].astype(object).where(labels.notna(), None)
    paints = label_colours(list(known.itertuples(index=False, name=None)), "light")
    of_label = dict(zip(labels["label"], paints, strict=True))
    grey = COLOURS["light"]["map-node-strong"]
    of_community = [
        grey if pd.isna(number) else several[int(number) % len(several)]
        for number in network.nodes["community"]
    ]
    return [
        of_label[label] if kind == "application" else other
        for kind, label, other in zip(
            network.nodes["kind"], network.nodes["labels"], of_community, strict=True
        )
    ]


def _told(frame: pd.DataFrame) -> Iterator[dict[str, str]]:
    """Each row's values that are not missing, as text."""
    for record in records(frame):
        yield {name: _plain(value) for name, value in record.items() if value is not None}


def _plain(value: Any) -> str:
    return NOT_XML.sub("", value) if isinstance(value, str) else repr(value)


def _said(about: Sequence[tuple[str, str]]) -> str:
    return "\n".join(_plain(f"{label}: {value}") for label, value in about)


def _written(root: Element) -> bytes:
    indent(root, " ")
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True))
