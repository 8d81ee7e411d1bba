"""A network as parts of a picture: as `assets/atlas_network.js` paints it on the screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from dashboard.plates.ground import Frame, Ground, metres
from dashboard.plates.picture import Marks, Part, Ties
from dashboard.sheet import Sheet
from dashboard.theme import COLOURS

FAINT = 0.1
QUIET, STILL, ACROSS, OWN, LIT = 0.55, 0.3, 0.8, 0.42, 0.75
"""How strong nodes and ties are that are not lit, or are."""
LEAST_FLOW, FLOW = 1.0, 1.1
MOST_NAMED = 14


@dataclass(frozen=True)
class Graph:
    """A network in a frame: where its nodes are and how strong each is."""

    at: np.ndarray
    radii: np.ndarray
    alpha: np.ndarray
    parts: tuple[Part, ...]

    def named(self, sheet: Sheet) -> tuple[list[int], list[int]]:
        """Nodes with names beside them, the chosen one first, and nodes that stand for many."""
        nodes = sheet.drawn["network"]["nodes"]
        chosen = [i for i, name in enumerate(nodes["id"]) if name == sheet.state.node]
        many = [
            i for i, kind in enumerate(nodes["kind"]) if kind not in "pa" and self.alpha[i] > FAINT
        ]
        many.sort(key=lambda i: -self.radii[i])
        return [*chosen, *(i for i in many if i not in chosen)][:MOST_NAMED], many


def graph(sheet: Sheet, ground: Ground, frame: Frame, growth: float) -> Graph:
    """The nodes and ties of a view, or its people at home and the flows between places."""
    nodes, edges = sheet.drawn["network"]["nodes"], sheet.drawn["network"]["edges"]
    at = frame.places(_places(nodes, home=sheet.state.arrangement == "map"))
    radii = np.array(nodes["radius"], dtype=float) * growth
    ends = np.array([edges["a"], edges["b"]], dtype=int).reshape(2, -1)
    lit = _Lit(sheet, ends)
    colours = COLOURS[sheet.state.theme]
    marks = Marks(
        "nodes", at, nodes["shape"], radii, lit.paints, lit.alpha, colours["map-halo"],
        ids=[f"node-{i}" for i in range(len(radii))],
    )  # fmt: skip
    if sheet.state.arrangement == "map":
        below = _flows(sheet, ground, frame, seen=lit.sighted is None)
    else:
        below = lit.ties(at, np.array(edges["shared"], dtype=float))
    return Graph(at, radii, lit.alpha, (below, marks))


def _places(nodes: dict[str, Any], *, home: bool) -> np.ndarray:
    """Coordinates; who has no home stays in the drawing."""
    drawn = np.array([nodes["x"], nodes["y"]], dtype=float)
    if home:
        homes = np.array([nodes["homeX"], nodes["homeY"]], dtype=float)
        drawn = np.where(np.isnan(homes), drawn, homes)
    return metres(drawn.T)


class _Lit:
    """What a step, chosen labels, a node, a group or an area light."""

    def __init__(self, sheet: Sheet, ends: np.ndarray) -> None:
        self._state, self._ends = sheet.state, ends
        network = sheet.drawn["network"]
        self._nodes = network["nodes"]
        self._colours = COLOURS[sheet.state.theme]
        self._label = np.array(self._nodes["label"], dtype=int)
        self._group = np.array(self._nodes["community"], dtype=int)
        self._last = self._state.step is None
        self._carries = np.isin(self._label, self._labels(network)) & (self._label >= 0)
        self._touched = self._touches()
        self.sighted = self._in_sight()
        self.paints = self._paints(
            network["colours"][sheet.state.theme], sheet.drawn["colours"][sheet.state.theme]
        )
        self.alpha = self._strengths()

    def _labels(self, network: dict[str, Any]) -> list[int]:
        """Those that the steps so far have added, and of these the chosen ones."""
        all_, step, chosen = network["labels"], self._state.step, self._state.label
        added = range(len(all_)) if step is None else network["steps"][:step]
        return [place for place in added if not chosen or all_[place] in chosen]

    def _touches(self) -> np.ndarray:
        """Who is named in an application that is lit; everyone where there are none."""
        if "a" not in self._nodes["kind"]:
            return np.ones(len(self._label), dtype=bool)
        found = self._label >= 0
        for one, other in (self._ends, self._ends[::-1]):
            found[one[self._carries[other]]] = True
        return found

    def _in_sight(self) -> np.ndarray | None:
        """What the view speaks of: around a node, in a group or an area; None for all."""
        state, nodes = self._state, self._nodes
        if state.node in nodes["id"]:
            node = nodes["id"].index(state.node)
            kept = np.zeros(len(self._label), dtype=bool)
            kept[[node, *self._ends[:, (self._ends == node).any(axis=0)].ravel()]] = True
            return kept
        if state.community is not None and (self._group == state.community).any():
            return np.asarray(self._group == state.community)
        if state.area in nodes["areas"]:
            return np.array(nodes["area"]) == nodes["areas"].index(state.area)
        return None

    def _paints(self, labels: Sequence[str], groups: Sequence[str]) -> list[str]:
        quiet, strong = self._colours["map-node"], self._colours["map-node-strong"]

        def paint(i: int) -> str:
            if self._label[i] >= 0:
                return labels[self._label[i]] if self._carries[i] else quiet
            if self._last and self._group[i] >= 0:
                return groups[self._group[i] % len(groups)]
            return strong if self._touched[i] and self._state.step != 0 else quiet

        return [paint(i) for i in range(len(self._label))]

    def _strengths(self) -> np.ndarray:
        chosen = bool(self._state.label)
        told = np.where(self._label >= 0, self._carries, self._touched)
        told |= self._state.step == 0 and not chosen
        alpha = np.where(told, 1.0, 2 * FAINT if chosen else QUIET)
        return alpha if self.sighted is None else np.where(self.sighted, alpha, FAINT)

    def ties(self, at: np.ndarray, shared: np.ndarray) -> Ties:
        """The lines between nodes."""
        a, b = self._ends
        most = max(float(shared.max(initial=1)), 1.0)
        widths = 1.1 + (3 * np.sqrt(shared / most) if most > 1 else 0 * shared)
        coloured = self._carries[b] & (not self._last or bool(self._state.label))
        across = (self._group[a] != self._group[b]) & (self._group[a] >= 0) & (self._group[b] >= 0)
        across &= self._last
        weight = np.select(
            [coloured, across, np.full(len(a), self._last)], [LIT, ACROSS, OWN], STILL
        )
        weight = np.where(self._seen(a, b, across), weight, FAINT / 2)
        quiet, strong = self._colours["map-node"], self._colours["map-node-strong"]
        rest = [self.paints[i] if self._last else quiet for i in a]
        paints = [
            self.paints[end] if lit else strong if far else other
            for end, lit, far, other in zip(b, coloured, across, rest, strict=True)
        ]
        return Ties("ties", np.hstack([at[a], at[b]]), paints, weight, widths)

    def _seen(self, a: np.ndarray, b: np.ndarray, across: np.ndarray) -> np.ndarray:
        seen = np.ones(len(a), dtype=bool)
        if self.sighted is not None:
            seen = (self.sighted[a] & self.sighted[b]) | (
                across & (self.sighted[a] | self.sighted[b])
            )
        return seen & self._carries[b] if self._state.label else seen


def _flows(sheet: Sheet, ground: Ground, frame: Frame, *, seen: bool) -> Ties:
    """Lines between neighbourhoods, as wide as many people link them."""
    flows, places = sheet.drawn["network"]["flows"], ground.frame("neighbourhood")
    middles = shapely.get_coordinates(places.geometry.representative_point().to_numpy())
    at = dict(zip(places["code"], frame.places(middles), strict=True))
    known = [
        (at[a], at[b], n)
        for a, b, n in zip(flows["a"], flows["b"], flows["shared"], strict=True)
        if a in at and b in at
    ]
    ends = np.array([[*a, *b] for a, b, _ in known]).reshape(-1, 4)
    widths = LEAST_FLOW + FLOW * np.sqrt(np.array([n for _, _, n in known], dtype=float))
    paint = COLOURS[sheet.state.theme]["accent"]
    alpha = (150 if seen else 40) / 255
    return Ties("flows", ends, [paint] * len(known), np.full(len(known), alpha), widths)
