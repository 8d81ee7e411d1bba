"""What anybody can learn of a server, and the requests that its own page sends."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Mapping
from dataclasses import fields
from typing import Any, NamedTuple
from urllib.parse import urlencode

from benchmarks.attack.hostile import Headers
from dashboard import ids
from dashboard.state import MANY, QUESTIONS, Choices, allowed_values, parse, print_query

JSON: Headers = ((b"Content-Type", b"application/json"),)
CALLBACK = b"/_dash-update-component"


class Shot(NamedTuple):
    """One request; ``kind`` says what sort of attack it is."""

    kind: str
    method: str
    target: bytes
    headers: Headers = ()
    body: bytes = b""


class Known(NamedTuple):
    """What anybody can learn of a server before attacking it.

    ``addresses`` are those of the page in which nothing is wrong: each question, unfiltered and
    filtered. Whatever of a request may be right is taken from them, since most take long once.
    """

    described: dict[str, Any]
    callbacks: tuple[dict[str, Any], ...]
    choices: Choices
    story: dict[str, Any]
    addresses: tuple[str, ...]

    @property
    def routes(self) -> dict[str, dict[str, Any]]:
        """Path -> name of each parameter of its GET -> how it is described."""
        return {
            path: {one["name"]: one for one in there["get"].get("parameters", [])}
            for path, there in self.described["paths"].items()
            if "get" in there
        }


def learn(address: str) -> Known:
    """Description, callbacks, choices and a briefing of the server that is to be attacked."""

    def ask(path: str) -> Any:
        with urllib.request.urlopen(address + path, timeout=30) as answer:
            return json.loads(answer.read())

    offered = ask("/api/v1/atlas")["choices"]
    taken = [one.name for one in fields(Choices) if one.name in offered]
    choices = Choices(**{name: _frozen(offered[name]) for name in taken})
    theirs = [one for one in ask("/_dash-dependencies") if not one["clientside_function"]]
    return Known(
        described=ask("/openapi.json"),
        callbacks=tuple(theirs),
        choices=choices,
        story=ask("/api/v1/briefings/seoul"),
        addresses=addresses(choices),
    )


def _frozen(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(map(_frozen, value))
    return {key: _frozen(one) for key, one in value.items()} if isinstance(value, dict) else value


def callback(one: Mapping[str, Any], query: str, kind: str = "callbacks") -> Shot:
    """A callback as the page sends it for an address; ``one`` as the page was told of it."""
    several = one["output"].startswith("..")
    names = [name.rpartition(".") for name in one["output"].strip(".").split("...")]
    outputs = [{"id": name, "property": last} for name, _, last in names]
    values = {ids.ADDRESS: {"query": query, "opened": 1}}
    changed = [f"{given['id']}.{given['property']}" for given in one["inputs"]]
    body = {
        "output": one["output"],
        "outputs": outputs if several else outputs[0],
        "inputs": [{**given, "value": values.get(given["id"], query)} for given in one["inputs"]],
        "changedPropIds": changed,
        "parsedChangedPropsIds": changed,
    }
    return Shot(kind, "POST", CALLBACK, JSON, json.dumps(body).encode())


def narrowed(choices: Choices, n: int) -> dict[str, str]:
    """One of the filters that all kinds of request share: the first one is none."""
    offered = allowed_values(choices)
    filters = [{}, *({name: offered[name][-1]} for name in MANY if offered[name])]
    return filters[n % len(filters)]


def addresses(choices: Choices) -> tuple[str, ...]:
    """Queries of the page, one for each question without a filter and one with."""
    made = []
    for n, question in enumerate(QUESTIONS):
        for chosen in ({}, narrowed(choices, n)):
            given = {"view": question, "year": str(choices.years[-2]), **chosen}
            state, _ = parse(urlencode(given), choices)
            made.append(print_query(state, choices))
    return tuple(made)
