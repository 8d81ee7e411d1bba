"""What `fuzz` fires at a server: requests of every kind, the same ones for the same seed."""

from __future__ import annotations

import copy
import json
import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from benchmarks.attack.hostile import (
    BODIES,
    HEADERS,
    JUNK,
    METHODS,
    PATHS,
    RAW,
    TEXTS,
    TOMLS,
    TYPES,
    Headers,
    quoted,
)
from benchmarks.attack.known import CALLBACK, JSON, Known, Shot, callback, narrowed
from dashboard.state import BY, ORDER, RANGES, YEARLY, allowed_values

STORY = Path("data/briefings/seoul.toml")
PAGES: dict[str, tuple[str, ...]] = {
    "/": tuple(ORDER),
    "/embed": tuple(ORDER),
    "/embed/core.woff2": (),
    "/data": ("lang", "theme"),
    "/methods": ("lang", "theme"),
    "/docs": (),
    "/docs/oauth2-redirect": ("code", "state"),
    "/redoc": (),
    "/openapi.json": (),
    "/_dash-layout": (),
    "/_dash-dependencies": (),
    "/_dash-update-component": (),
    "/_dash-ws-callback": (),
    "/_reload-hash": (),
    "/_favicon.ico": (),
    "/vendor/{name}": (),
    "/geometry/{version}/{layer}.geojson": (),
    "/assets/{path}": ("m",),
    "/_dash-component-suites/{package_name}/{fingerprinted_path}": (),
    "/static-offline-docs/{path}": (),
    "/api/{path}": (),
    "/{path}": (),
}
"""Routes that the API's description leaves out, and what may follow their question mark."""
SLOW = {"/api/v1/plate": 0.1, "/embed": 0.2}
"""Routes that draw a picture for any address: asked less often than others."""
MOST_DRAWN = 8
"""Requests by the description to a route that takes a second for each."""
DRAWN = ("/api/v1/plate", "/api/v1/briefing/export")
FILES = {
    "name": ("seoul", "maplibre-gl.js"), "version": ("0",), "layer": ("district", "sites"),
    "path": ("page.css", "fonts/core.woff2", "swagger-ui.css", "v1/atlas", "atlas"),
    "package_name": ("dash", "dash_ag_grid", "os", "plotly", "dash_mantine_components"),
    "fingerprinted_path": (
        "html/dash_html_components.min.js", "path.py", "html/dash_html_components.v1m1.min.js",
        "package_data/plotly.min.js", "../../app.py", "__init__.py", "a.v.js", "a.v1_1_1m1.js",
    ),
}  # fmt: skip
"""What stands in a path's holes when the attack is elsewhere."""


def shots(known: Known, count: int, seed: int) -> list[Shot]:
    """So many requests in random order, of each kind its share.

    Questions that take long the first time are few, for all kinds together some hundred and fifty,
    so that a server is mostly asked what it has answered before; almost all else it has to refuse.
    """
    rng = random.Random(seed)
    made: list[Shot] = []
    for kind, share in SHARES.items():
        made += kind(known, rng, round(count * share))
    made += hostile(known, rng, count - len(made))  # where a description yields no more
    rng.shuffle(made)
    return made[:count]


def described(known: Known, rng: random.Random, count: int) -> list[Shot]:
    """By the API's description: half as it says, half as it forbids (schemathesis)."""
    import schemathesis
    from hypothesis.errors import Unsatisfiable
    from schemathesis import GenerationMode

    schema = schemathesis.openapi.from_dict(known.described)
    modes = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
    operations = [schema[path][name] for path, there in known.described["paths"].items()
                  for name in there]  # fmt: skip
    share = -(-count // (len(operations) * len(modes)))
    made: list[Shot] = []
    for operation in operations:
        most = min(share, MOST_DRAWN) if operation.path in DRAWN else share
        for mode in modes:
            with suppress(Unsatisfiable):  # nothing can be wrong where there is no parameter
                kind = f"described, {'right' if mode.is_positive else 'wrong'}"
                made += _cases(operation.as_strategy(generation_mode=mode), kind, most, rng)
    return made[:count]


def _cases(strategy: Any, kind: str, most: int, rng: random.Random) -> list[Shot]:
    """What a strategy of hypothesis yields: a test that never fails is how one asks for many."""
    from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings

    made: list[Shot] = []

    @seed(rng.randrange(2**32))
    @settings(
        max_examples=most, database=None, deadline=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck), verbosity=Verbosity.quiet,
    )  # fmt: skip
    @given(strategy)
    def gather(case: Any) -> None:
        made.append(_by_description(case, kind))

    gather()
    return made


def _by_description(case: Any, kind: str) -> Shot:
    sent = case.as_transport_kwargs(base_url="http://127.0.0.1")
    path = urlsplit(sent["url"]).path.encode()
    query = urlencode(sent.get("params") or {}, doseq=True, errors="surrogatepass").encode()
    body = sent.get("data") or b""
    if "json" in sent:
        body = json.dumps(sent["json"]).encode()
    told = sent["headers"].get("Content-Type", "").encode("utf-8", "surrogatepass")
    return Shot(
        kind,
        case.method.upper(),
        path + (b"?" + query if query else b""),
        ((b"Content-Type", told),) if told else (),
        body if isinstance(body, bytes) else str(body).encode("utf-8", "surrogatepass"),
    )


def hostile(known: Known, rng: random.Random, count: int) -> list[Shot]:
    """Every route: parameters, paths, methods, headers; nothing that an honest page sends."""
    routes = {**PAGES, **{path: tuple(names) for path, names in known.routes.items()}}
    paths = list(routes)
    weights = [SLOW.get(path, 1) for path in paths]
    ways: tuple[Callable[[str, tuple[str, ...], random.Random], Shot], ...] = (
        _parameter, _parameter, _parameter, _parameter, _doubled, _path, _odd,
    )  # fmt: skip
    made = []
    for path in rng.choices(paths, weights, k=count):
        made.append(rng.choice(ways)(path, routes[path], rng))
    return made


def _filled(path: str, rng: random.Random, hostile: bool = False) -> bytes:
    """A route's path with something in its holes."""

    def piece(hole: re.Match[str]) -> str:
        return rng.choice(FILES[hole[1]])

    if not hostile:
        return re.sub(r"\{(\w+)\}", piece, path).encode()
    return re.sub(rb"\{\w+\}", lambda _: _value(rng), path.encode())


def _value(rng: random.Random) -> bytes:
    return rng.choice(RAW) if rng.random() < 0.15 else quoted(rng.choice(TEXTS))


def _parameter(path: str, names: tuple[str, ...], rng: random.Random) -> Shot:
    """One parameter, sometimes two, with a text that it must not take."""
    if not names and "{" in path:
        return _path(path, names, rng)
    chosen = rng.choices([*names, "unknown"], k=rng.choice((1, 1, 1, 2)))
    query = b"&".join(name.encode() + b"=" + _value(rng) for name in chosen)
    return Shot("hostile", "GET", _filled(path, rng) + b"?" + query)


def _doubled(path: str, names: tuple[str, ...], rng: random.Random) -> Shot:
    """A parameter over and over, or one whose name is hostile."""
    name = rng.choice([*names, "unknown"]).encode()
    queries = (
        lambda: b"&".join(name + b"=" + _value(rng) for _ in range(rng.choice((2, 3, 50, 400)))),
        lambda: name + b"[]=" + _value(rng),
        lambda: name.upper() + b"=" + _value(rng),
        lambda: _value(rng) + b"=" + _value(rng),
        lambda: _value(rng),
        lambda: b"?" + name + b"=1#" + _value(rng),
    )
    return Shot("hostile", "GET", _filled(path, rng) + b"?" + rng.choice(queries)()[:60_000])


def _path(path: str, _: tuple[str, ...], rng: random.Random) -> Shot:
    """A path that leads out, or that is none."""
    if "{" in path and rng.random() < 0.7:
        return Shot("hostile", "GET", _filled(path, rng, hostile=True))
    if rng.random() < 0.5:
        return Shot("hostile", "GET", rng.choice(PATHS))
    return Shot("hostile", "GET", _filled(path, rng) + b"/" + _value(rng))


def _odd(path: str, _: tuple[str, ...], rng: random.Random) -> Shot:
    """A method or a header that does not belong."""
    target = _filled(path, rng)
    if rng.random() < 0.4:
        method = rng.choice(METHODS)
        body = rng.choice(BODIES[:-2]) if method in ("POST", "PUT", "PATCH") else b""
        return Shot("hostile", method, target, (), body)
    return Shot("hostile", "GET", target, rng.choice(HEADERS))


def callbacks(known: Known, rng: random.Random, count: int) -> list[Shot]:
    """The page's own requests, bent: in their shape, their bytes, their values, their headers."""
    made = []
    for _ in range(count):
        one = rng.choice(known.callbacks)
        way = rng.random()
        if way < 0.15:
            made.append(callback(one, rng.choice(known.addresses), "valid callbacks"))
            continue
        if way < 0.4:
            names = rng.choices(ORDER, k=rng.choice((1, 2, 5)))
            text = "&".join(f"{name}={rng.choice(TEXTS)}" for name in names)
            made.append(callback(one, text if rng.random() < 0.8 else rng.choice(TEXTS)))
            continue
        body = json.loads(callback(one, rng.choice(known.addresses)).body)
        for _ in range(rng.choice((1, 1, 2, 4))):
            body = bent(body, rng)
        content = rng.choice(BODIES) if way > 0.95 else torn(json.dumps(body).encode(), rng)
        headers = ((b"Content-Type", rng.choice(TYPES)),) if rng.random() < 0.1 else JSON
        target = CALLBACK + (b"?" + _value(rng) if rng.random() < 0.1 else b"")
        made.append(Shot("callbacks", "POST", target, headers, content))
    return made


def bent(value: Any, rng: random.Random) -> Any:
    """The same JSON with one of its pieces gone, doubled, renamed or replaced."""
    places = list(_places(value))
    if not places:
        return copy.deepcopy(rng.choice(JUNK))
    holder, key = rng.choice(places)
    way = rng.choice(("replace", "replace", "drop", "double", "rename"))
    if way == "drop":
        del holder[key]
    elif way == "double" and isinstance(holder, list):
        holder.insert(key, holder[key])
    elif way == "rename" and isinstance(holder, dict):
        holder[rng.choice(TEXTS)] = holder.pop(key)
    else:
        holder[key] = copy.deepcopy(rng.choice((*JUNK, rng.choice(TEXTS))))
    return value


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in JSON where something stands."""
    if isinstance(value, dict | list):
        for key in list(value) if isinstance(value, dict) else range(len(value)):
            yield value, key
            yield from _places(value[key])


def torn(content: bytes, rng: random.Random) -> bytes:
    """Bytes as they are, mostly; else cut, flipped, doubled, or of another encoding."""
    at = rng.randrange(len(content) + 1)
    ways: tuple[Callable[[], bytes], ...] = (
        lambda: content[:at],
        lambda: content[:at] + bytes([rng.randrange(256)]) + content[at + 1 :],
        lambda: content[:at] + rng.choice((b"\xff", b"\0", b"\\ud800")) + content[at:],
        lambda: content + content,
        lambda: b"\xef\xbb\xbf" + content,
        lambda: content.decode("utf-8", "replace").encode("utf-16"),
    )  # fmt: skip
    return rng.choice(ways)() if rng.random() < 0.3 else content


def briefings(known: Known, rng: random.Random, count: int) -> list[Shot]:
    """Briefings as JSON and as files, bent; few to be drawn, and those of one scene."""
    file = STORY.read_bytes()
    made = []
    for n in range(count):
        drawn = n < min(MOST_DRAWN, count // 50)
        to = f"/export?to={rng.choice(('pdf', 'pptx', 'html', 'png'))}"
        path = "/api/v1/briefing" + (
            to if drawn else rng.choice(("", "/file", "?lang=en", "?lang=x"))
        )
        if rng.random() < 0.4 and not drawn:
            content = rng.choice(TOMLS) if rng.random() < 0.3 else torn(file, rng)
            headers: Headers = ((b"Content-Type", b"application/toml"),)
        else:
            some = rng.sample(known.story["scenes"], 1 if drawn else rng.choice((1, 3)))
            body: Any = json.loads(json.dumps({"title": known.story["title"], "scenes": some}))
            for scene in body["scenes"]:
                del scene["warnings"]
                scene["view"] = rng.choice((rng.choice(known.addresses), rng.choice(TEXTS)))
            for _ in range(rng.choice((0, 1, 1, 2))):
                body = bent(body, rng)
            content, headers = torn(json.dumps(body).encode(), rng), JSON
            if rng.random() < 0.05 and not drawn:
                content, headers = rng.choice(BODIES), ((b"Content-Type", rng.choice(TYPES)),)
        made.append(Shot("briefings", "POST", path.encode(), headers, content))
    return made


def valid(known: Known, rng: random.Random, count: int) -> list[Shot]:
    """Questions to the API in which nothing is wrong, so that numbers are reached too."""
    routes = {
        path: names
        for path, names in known.routes.items()
        if path.startswith("/api/v1/") and "format" in names and path not in DRAWN
    }
    pools = {path: [_deciding(path, names, known, rng, n) for n in range(POOL)]
             for path, names in routes.items()}  # fmt: skip
    made = []
    for _ in range(count):
        path = rng.choice(list(routes))
        given = dict(rng.choice(pools[path]))
        for name in ("year", "lang", "scheme", "classes", "colours", "format", "table"):
            if name in routes[path] and name not in given and rng.random() < 0.4:
                given[name] = rng.choice(_options(name, path, routes[path][name], known))
        if given.get("table") == "parts":
            question = given.get("question") or path.rpartition("/")[2].replace(
                "silos", "duplication"
            )
            given["by"] = rng.choice(BY.get(question, ("district",)))
        target = f"{path}?{urlencode(given)}".encode()
        made.append(Shot("valid questions", "GET", target))
    return made


POOL = 5
"""Questions of each route that have to be worked out; everything else of them is looked up."""


def _deciding(
    path: str, names: Mapping[str, Any], known: Known, rng: random.Random, n: int
) -> dict[str, str]:
    """What decides the numbers of a question: a filter, and values of its own parameters."""
    chosen = narrowed(known.choices, n)
    given = {name: value for name, value in chosen.items() if name in names}
    named = ["question", "statistic", "level", "count", "radius", "resolution", "mode", "smallest"]
    if path.rpartition("/")[2] in YEARLY:
        named.append("year")
    for name in named:
        if name in names:
            given[name] = rng.choice(_options(name, path, names[name], known))
    return given


def _options(name: str, path: str, told: Mapping[str, Any], known: Known) -> Sequence[str]:
    """Values that a parameter takes, whatever the others are."""
    if name == "level":
        return ("district", "neighbourhood") if path.endswith("density") else ("neighbourhood",)
    if name == "table" and not _enum(told["schema"], known):
        return ("areas", "years", "parts")
    if name == "count":
        return ("new", "active")
    if name == "format":
        return [
            kind for kind in _enum(told["schema"], known) for _ in range(1 + 4 * (kind == "json"))
        ]
    offered = allowed_values(known.choices).get(name, ()) or _enum(told["schema"], known)
    return offered or [str(number) for number in RANGES[name]]


def _enum(schema: Mapping[str, Any], known: Known) -> list[str]:
    """The values that a description lists."""
    for one in schema.get("anyOf", [schema]):
        name = one.get("$ref", "").rpartition("/")[2]
        there = known.described["components"]["schemas"].get(name, one)
        if "enum" in there:
            return [str(value) for value in there["enum"]]
    return []


SHARES: dict[Callable[[Known, random.Random, int], list[Shot]], float] = {
    described: 0.2,
    hostile: 0.36,
    callbacks: 0.26,
    briefings: 0.1,
    valid: 0.08,
}
"""Kind -> its part of all requests."""
