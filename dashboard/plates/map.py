"""A sheet -> its map, to scale, on axes of matplotlib or as SVG."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
import shapely

from dashboard.maps.density import OUTSIDE, ZERO, each_point
from dashboard.plates import labels
from dashboard.plates.graph import Graph, graph
from dashboard.plates.ground import (
    Frame,
    Ground,
    coded,
    frame,
    geometries,
    laid,
    looked_into,
    plain,
)
from dashboard.plates.labels import Kind, Labels
from dashboard.plates.picture import (
    Areas,
    Dots,
    Lines,
    Marks,
    Panel,
    Part,
    Word,
    draw,
    paper_of,
    svg,
    whole,
)
from dashboard.plates.type import wrap
from dashboard.sheet import Sheet
from dashboard.strings import Text
from dashboard.theme import COLOURS
from geo.schema import CRS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

UNITS = (0.45, 1.2)
"""Points in a pixel, at least and at most."""
SMALL_MAP = 880
"""Points of width at which a pixel is a point."""
FINE_EDGES_FROM = 11.5
INNER_LABELS_FROM, NETWORK_LABELS_FROM = 12.2, 11.0
"""Zooms from which hexagons have edges and neighbourhoods names."""
LIKE_PLACES = ("neighbourhood", "administrative")
OVERLAY_OPACITY = 0.42
MARK, MARK_RIM = 6.0, 1.5
SITE, SITE_RIM = 4.9, 2.0
COARSE = 0.35
"""Pixels that a border in an SVG may stray."""
BAR_SHARE = 0.22
"""Of the width: as long as the scale bar may be."""
REASON, REASON_ROOM = 15.0, 0.6
"""Size of the words where there is nothing to show, and the share of the width they take."""


def unit_of(width: float) -> float:
    """Points in a pixel of a map so many points wide."""
    return min(max(width / SMALL_MAP, UNITS[0]), UNITS[1])


def draw_map(axes: Axes, sheet: Sheet, ground: Ground, *, furnished: bool = False) -> Frame:
    """Draw the map so that it fills the axes; what its data are then is pixels of the frame.

    ``furnished`` with a scale bar and an arrow to the north.
    """
    box = axes.get_position()
    width, height = paper_of(axes).get_size_inches() * 72 * (box.width, box.height)
    unit = unit_of(width)
    where = frame(sheet, ground, width / unit, height / unit)
    axes.set(xlim=(0, where.width), ylim=(where.height, 0), xticks=[], yticks=[])
    axes.set_facecolor(COLOURS[sheet.state.theme]["map-background"])
    for spine in axes.spines.values():
        spine.set_visible(False)
    draw(axes, parts(sheet, ground, where, furnished=furnished), unit)
    return where


def map_svg(
    sheet: Sheet, ground: Ground, width: float = 960, height: float = 640, *, data: bool = True
) -> str:
    """The map alone as an SVG file; areas in the frame have the id ``area-<row number>``.

    ``data`` keeps the numbers of the view in it.
    """
    return whole(map_inside(sheet, ground, width, height)[0], width, height,
                 title=sheet.title, about=sheet.alt, data=table(sheet) if data else "")  # fmt: skip


def table(sheet: Sheet) -> str:
    """The numbers of a view as JSON, so that they can be read back from a drawing."""
    fields = list(sheet.grid.columns)
    kept = {
        "view": sheet.query,
        "snapshot": sheet.source.hash,
        "simulated": sheet.source.simulated,
        "columns": dict(sheet.grid.columns),
        "rows": [[row.get(field) for field in fields] for row in sheet.grid.rows],
    }
    return orjson.dumps(kept, option=orjson.OPT_SERIALIZE_NUMPY, default=str).decode()


def map_inside(
    sheet: Sheet, ground: Ground, width: float, height: float, *, furnished: bool = False
) -> tuple[str, Frame]:
    """The inside of an SVG element with the map, and its frame."""
    where = frame(sheet, ground, width, height)
    paint = COLOURS[sheet.state.theme]["map-background"]
    back = f'<rect width="{width:g}" height="{height:g}" fill="{paint}"/>'
    return back + svg(parts(sheet, ground, where, furnished=furnished)), where


def parts(sheet: Sheet, ground: Ground, where: Frame, *, furnished: bool = False) -> list[Part]:
    """Everything on the map, the lowest first."""
    written = Labels((where.width, where.height), COLOURS[sheet.state.theme]["map-halo"])
    furniture = list(_furniture(sheet, where, written)) if furnished and not plain(sheet) else []
    bare = plain(sheet)
    shapes = laid(sheet)
    drawn = [] if bare else list(_ground(sheet, ground, where))
    drawn += _laid(sheet, shapes, where)
    dots = _points(sheet, ground, where)
    drawn += dots
    drawn += _marks(sheet, shapes, where)
    drawn += _chosen(sheet, ground, where, shapes)
    net = _graph(sheet, ground, where)
    drawn += net.parts if net else ()
    drawn += [] if bare else _sites(sheet, ground, where)
    drawn += _words(sheet, ground, where, shapes, net, dots, written)
    return [*drawn, *furniture]


def level(sheet: Sheet) -> str:
    """Whose areas are drawn: those without boundaries, and a surface, lie on the districts."""
    own = str(sheet.drawn["level"])
    return own if own in sheet.drawn["geometry"] else "district"


def _ground(sheet: Sheet, ground: Ground, where: Frame) -> Iterator[Part]:
    """Areas by class, a surface, and borders."""
    colours, own = COLOURS[sheet.state.theme], level(sheet)
    yield from _areas(sheet, ground, where, own)
    if not sheet.why:
        yield from _surface(sheet, where)
    fine = own == "hex9" and where.zoom < FINE_EDGES_FROM
    if own != "district" and not fine:
        yield _edges(ground, where, own, colours["map-line"], 0.5)
    yield _edges(ground, where, "district", colours["map-line-strong"], 1.1)


def _areas(sheet: Sheet, ground: Ground, where: Frame, own: str) -> Iterator[Areas]:
    frame_ = ground.frame(own)
    marks = np.array(list(_classes(sheet, len(frame_), own)))
    seen = shapely.intersects(frame_.geometry.to_numpy(), where.box)
    shapes = where.shapes(frame_.geometry)
    if not own.startswith("hex"):
        shapes = shapely.coverage_simplify(shapes, COARSE)
    for mark in sorted(set(marks[seen])):
        rows = np.flatnonzero(seen & (marks == mark))
        yield Areas("areas", shapes[rows], paint(sheet, mark), ids=[f"area-{row}" for row in rows])


def _classes(sheet: Sheet, areas: int, own: str) -> str:
    if own != sheet.drawn["level"]:
        return OUTSIDE * areas
    return str(sheet.drawn["classes"][sheet.year_index])


def paint(sheet: Sheet, mark: str) -> str:
    """The colour of a class."""
    colours = COLOURS[sheet.state.theme]
    if mark in (ZERO, OUTSIDE):
        return colours["map-zero" if mark == ZERO else "map-outside"]
    return str(sheet.drawn["colours"][sheet.state.theme][ord(mark) - ord("0")])


def _surface(sheet: Sheet, where: Frame) -> Iterator[Part]:
    """Bands of a surface, and the lines between them."""
    if sheet.bands is None:
        return
    bands = sheet.bands.to_crs(CRS)
    shapes = where.shapes(shapely.simplify(bands.geometry.to_numpy(), COARSE * where.scale))
    paints = sheet.drawn["colours"][sheet.state.theme]
    halo = COLOURS[sheet.state.theme]["map-halo"]
    for number, shape in zip(bands["class"], shapes, strict=True):
        yield Areas("surface", np.array([shape]), paints[int(number) - 1])
    rims = shapely.boundary(shapes)
    yield Lines("surface", shapely.get_parts(rims), halo, 0.6, 0.6)


def _edges(ground: Ground, where: Frame, name: str, paint: str, width: float) -> Lines:
    """Borders in the frame, each once."""
    shapes = ground.frame(f"{name}-edges").geometry.to_numpy()
    room = shapely.buffer(where.box, 20 * where.scale)
    near = shapely.get_parts(shapely.clip_by_rect(shapes, *room.bounds))
    coarse = (
        where.shapes(near)
        if name.startswith("hex")
        else shapely.simplify(where.shapes(near), COARSE)
    )
    return Lines("edges" if name != "district" else "districts", coarse, paint, width)


def _laid(sheet: Sheet, features: Sequence[dict[str, Any]], where: Frame) -> Iterator[Part]:
    """Shapes over the map: translucent areas, outlines, lines; marks come later."""
    shapes = where.shapes(geometries(features))
    order = {"area": 0, "outline": 0, "line": 1}
    rows = [
        (order[one["properties"]["kind"]], one, shape)
        for one, shape in zip(features, shapes, strict=True)
        if one["properties"]["kind"] in order
    ]
    for kind, one, shape in sorted(rows, key=lambda row: row[0]):
        colour, name = _paint(sheet, one), [f"overlay-{one['id']}"]
        if kind == 1:
            yield Lines("overlay", np.array([shape]), colour, 3, ids=name)
            continue
        fill = colour if one["properties"]["kind"] == "area" else None
        yield Areas("overlay", np.array([shape]), fill, OVERLAY_OPACITY, colour, 2, ids=name)


def _paint(sheet: Sheet, feature: dict[str, Any]) -> str:
    paints = sheet.drawn["colours"][sheet.state.theme]
    place = feature["properties"]["paint"]
    none = COLOURS[sheet.state.theme]["map-zero"]
    return str(paints[place]) if 0 <= place < len(paints) else none


def _marks(sheet: Sheet, features: Sequence[dict[str, Any]], where: Frame) -> Iterator[Part]:
    own = [one for one in features if one["properties"]["kind"] == "mark"]
    if not own:
        return
    at = shapely.get_coordinates(where.shapes(geometries(own)))
    yield Marks(
        "overlay", at, "o" * len(own), np.full(len(own), MARK), [_paint(sheet, one) for one in own],
        np.ones(len(own)), COLOURS[sheet.state.theme]["map-halo"], MARK_RIM,
        [f"overlay-{one['id']}" for one in own],
    )  # fmt: skip


def _points(sheet: Sheet, ground: Ground, where: Frame) -> list[Dots]:
    """Groups of the year, one point each."""
    bits = sheet.drawn.get("points")
    if not bits:
        return []
    frame_ = ground.frame("points")
    on = [years >> sheet.year_index & 1 for years in each_point(bits, len(frame_))]
    shown = frame_[np.array(on, dtype=bool)].to_crs(CRS)
    at = where.places(shapely.get_coordinates(shown.geometry.to_numpy()))
    inside = ((at >= 0) & (at <= (where.width, where.height))).all(axis=1)
    colours = COLOURS[sheet.state.theme]
    radius = float(np.interp(where.zoom, [9, 12, 15], [1.5, 3, 6]))
    rim = float(np.interp(where.zoom, [10, 14], [0.2, 1]))
    return [Dots("points", at[inside], radius, colours["map-point"], colours["map-halo"], rim)]


def _chosen(
    sheet: Sheet, ground: Ground, where: Frame, features: Sequence[dict[str, Any]]
) -> Iterator[Part]:
    """The outline of what the panel speaks of."""
    state, colours = sheet.state, COLOURS[sheet.state.theme]
    found = looked_into(sheet)
    if not plain(sheet) and features and state.cluster is not None:
        found = coded(features, f"c{state.cluster}")
    if found:
        shapes = geometries([found])
    elif plain(sheet) or state.area is None:
        return
    else:
        areas = ground.frame(level(sheet))
        shapes = areas.geometry[areas["code"] == state.area].to_numpy()
    yield Areas("chosen", where.shapes(shapes), line=colours["map-chosen"], width=2.5)


def _graph(sheet: Sheet, ground: Ground, where: Frame) -> Graph | None:
    """Nodes grow a little as the view comes nearer."""
    if not sheet.drawn.get("network") or not sheet.drawn["network"]["nodes"]["id"]:
        return None
    growth = 1.0
    if looked_into(sheet):
        apart = replace(sheet.state, community=None, at=None)
        far = frame(replace(sheet, state=apart), ground, where.width, where.height)
        growth = min(2.6, max(0.75, (far.scale / where.scale) ** 0.45))
    return graph(sheet, ground, where, growth)


def _sites(sheet: Sheet, ground: Ground, where: Frame) -> Iterator[Part]:
    """Marks of named places."""
    if not sheet.state.sites:
        return
    at = _middles(ground, where, "sites")
    colours = COLOURS[sheet.state.theme]
    yield Marks(
        "sites", at, "d" * len(at), np.full(len(at), SITE), [colours["map-site"]] * len(at),
        np.ones(len(at)), colours["map-halo"], SITE_RIM,
    )  # fmt: skip


def _middles(ground: Ground, where: Frame, layer: str) -> np.ndarray:
    points = ground.frame(layer).to_crs(CRS).geometry.representative_point()
    return where.places(shapely.get_coordinates(points.to_numpy()))


def _words(
    sheet: Sheet,
    ground: Ground,
    where: Frame,
    features: Sequence[dict[str, Any]],
    net: Graph | None,
    dots: Sequence[Dots],
    written: Labels,
) -> list[Part]:
    """Labels of what is shown, then districts, named places, neighbourhoods; why it is empty."""
    colours = COLOURS[sheet.state.theme]
    said = _reason(sheet, where, written)
    for some in dots:
        written.dots = some.at
    with_sites = sheet.state.sites and not plain(sheet)
    sites = _middles(ground, where, "sites") if with_sites else np.zeros((0, 2))
    for x, y in sites:
        written.take(x, y, 8, 8)
    for one, at in _told(features, where):
        kind = Kind(13, colours["text"], bold=True)
        on_mark = one["properties"]["kind"] == "mark"
        shifts = labels.beside(MARK + 4) if on_mark else labels.near
        written.place(at, one["properties"]["label"], kind, shifts)
    if net:
        _node_names(sheet, net, written)
        written.dots = net.at
    if not plain(sheet):
        _place_names(sheet, ground, where, written, sites)
    return [*written.words, *said]


def _reason(sheet: Sheet, where: Frame, written: Labels) -> list[Part]:
    """Why there is nothing to show, in a box in the middle."""
    if not sheet.why:
        return []
    colours = COLOURS[sheet.state.theme]
    lines = wrap(sheet.why, REASON, where.width * REASON_ROOM)
    step = REASON * 1.5
    half = where.width * REASON_ROOM / 2 + 16, len(lines) * step / 2 + 12
    x, y = where.width / 2, where.height / 2
    written.take(x, y, *half)
    box = Panel("reason", (x - half[0], y - half[1], 2 * half[0], 2 * half[1]),
                colours["paper"], colours["line"])  # fmt: skip
    top = y - (len(lines) - 1) * step / 2
    return [
        box,
        *(
            Word("reason", (x, top + place * step), line, REASON, colours["text"], None)
            for place, line in enumerate(lines)
        ),
    ]


def _furniture(sheet: Sheet, where: Frame, written: Labels) -> Iterator[Part]:
    """A scale bar and an arrow to the north, which keep their places free of labels."""
    colours, text = COLOURS[sheet.state.theme], Text(sheet.state.lang)
    metres = scale_bar(where.scale * where.width * BAR_SHARE)
    long = metres / where.scale
    x, y = 18.0, where.height - 18
    written.take(x + long / 2, y - 10, long / 2 + 16, 20)
    bar = shapely.linestrings([[(x, y - 6), (x, y), (x + long, y), (x + long, y - 6)]])
    yield Lines("scale", bar, colours["map-halo"], 4)
    yield Lines("scale", bar, colours["text"], 1.5)
    said = f"{metres / 1000:g} km" if metres >= 1000 else f"{metres:g} m"
    yield Word("scale", (x + long / 2, y - 14), said, 12, colours["text"], colours["map-halo"])
    x, y = where.width - 24, 20.0
    written.take(x, y + 14, 14, 26)
    arrow = shapely.polygons([(x, y), (x + 7, y + 20), (x, y + 15), (x - 7, y + 20), (x, y)])
    yield Areas("north", np.array([arrow]), colours["text"])
    yield Word("north", (x, y + 31), text("plate.north"), 12, colours["text"],
               colours["map-halo"], bold=True)  # fmt: skip


def scale_bar(most: float) -> float:
    """The longest round number of metres that is not longer.

    >>> scale_bar(9_400), scale_bar(480)
    (5000.0, 200.0)
    """
    power = 10.0 ** np.floor(np.log10(most))
    return float(max(step * power for step in (1, 2, 5) if step * power <= most))


def _told(
    features: Sequence[dict[str, Any]], where: Frame
) -> Iterator[tuple[dict[str, Any], tuple[float, float]]]:
    """Shapes with words of their own, and where these stand."""
    told = [one for one in features if one["properties"]["label"]]
    if told:
        middles = shapely.point_on_surface(where.shapes(geometries(told)))
        for one, (x, y) in zip(told, shapely.get_coordinates(middles), strict=True):
            yield one, (float(x), float(y))


def _node_names(sheet: Sheet, net: Graph, written: Labels) -> None:
    """A name may lie over ties, but not over other circles."""
    names = sheet.drawn["network"]["nodes"]["name"]
    told, many = net.named(sheet)
    for i in many:
        x, y = net.at[i].tolist()
        written.take(x, y, net.radii[i], net.radii[i])
    text = COLOURS[sheet.state.theme]["text"]
    for i in told:
        kind = Kind(12, text, bold=sheet.drawn["network"]["nodes"]["id"][i] == sheet.state.node)
        written.place(tuple(net.at[i]), names[i], kind, labels.beside(net.radii[i] + 4))


def _place_names(
    sheet: Sheet, ground: Ground, where: Frame, written: Labels, sites: np.ndarray
) -> None:
    colours, name = COLOURS[sheet.state.theme], f"name_{sheet.state.lang}"
    own = level(sheet)
    inner = sheet.drawn.get("overlay") or (own != "district" and sheet.drawn.get("shown"))
    district = Kind(13, colours["muted" if inner else "text"], bold=not inner)
    for at, said in _named(ground, where, "district", name):
        written.place(at, said, district, labels.around)
    if len(sites):
        for at, said in _named(ground, where, "sites", name):
            written.place(at, said, Kind(12, colours["map-site"], bold=True), labels.beside())
    inside = own if own in LIKE_PLACES else "neighbourhood"
    if own == "district" or inside not in ground.areas:
        return
    crowded = sheet.drawn.get("points") or sheet.drawn.get("network")
    shift = labels.above if crowded else labels.there
    kept = _close_enough(sheet, ground.frame(inside)["district_code"].tolist(), where)
    for (at, said), close in zip(_named(ground, where, inside, name), kept, strict=True):
        if close:
            written.place(at, said, Kind(12, colours["text"]), shift)


def _named(
    ground: Ground, where: Frame, layer: str, name: str
) -> Iterator[tuple[tuple[float, float], str]]:
    at = _middles(ground, where, layer)
    return (
        (tuple(place), str(said)) for place, said in zip(at, ground.frame(layer)[name], strict=True)
    )


def _close_enough(sheet: Sheet, districts: Sequence[str], where: Frame) -> list[bool]:
    """Which neighbourhoods have their names: of chosen districts, or seen from near."""
    if sheet.drawn.get("shown"):
        return [code in sheet.drawn["shown"] for code in districts]
    least = NETWORK_LABELS_FROM if sheet.drawn.get("network") else INNER_LABELS_FROM
    return [where.zoom >= least] * len(districts)
