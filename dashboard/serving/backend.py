"""Dash on FastAPI, without what the atlas does not use, and with a door before its callbacks."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from dash import Dash
from dash._utils import split_callback_id
from dash.backends._fastapi import FastAPIDashServer
from fastapi import HTTPException, Request

from dashboard import ids
from dashboard.serving.refusal import LONGEST_SHOWN


class Backend(FastAPIDashServer):
    """No websocket; files are served by `Files`; an unknown path is not the page."""

    websocket_capability = False

    def register_assets_blueprint(self, *_: Any) -> None:
        """Assets are among the files."""

    def setup_component_suites(self, dash_app: Dash) -> str:
        """So are the scripts of components."""
        return ""

    def _setup_catchall(self) -> None:
        """Dash would answer any path with the page."""

    def serve_callback(self, dash_app: Dash) -> Callable[[Request], Any]:
        """Dash's own way, for what the page may have sent."""
        dispatch = super().serve_callback(dash_app)

        async def checked(request: Request) -> Any:
            body = request.state.json_body
            request.state.json_body = asked(body, dash_app.callback_map)
            return await dispatch(request)

        return checked


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and not re.search("[\ud800-\udfff]", value)


def _is_address(value: Any) -> bool:
    if not isinstance(value, dict) or value.keys() != {"query", "opened"}:
        return False
    opened = value["opened"]  # 2⁵³ is where a browser stops counting
    return _is_text(value["query"]) and type(opened) is int and 0 <= opened < 2**53


SENT: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    f"{ids.ADDRESS}.data": (_is_address, "an object with query, a text, and opened, a number"),
    f"{ids.ASKED}.data": (_is_text, "a text"),
    f"{ids.PAINTED}.data": (_is_text, "a text"),
}
"""What the page sends to the callbacks on the server: input -> whether it is that, and what."""


def asked(body: Any, callbacks: Mapping[str, Any]) -> dict[str, Any]:
    """What a callback is asked, and nothing else that was sent along.

    Args:
        body: what was sent, read as JSON; None if it could not be.
        callbacks: Dash's, by their output; those without a ``callback`` run in the browser.

    Raises:
        HTTPException: 400 with what is wrong and what is allowed. A fault of ours in a callback
            is none of the sender's, and stays 500.
    """
    if not isinstance(body, dict):
        raise _bad("send a JSON object, as application/json")
    offered = [output for output, one in callbacks.items() if "callback" in one]
    output = body.get("output")
    if output not in offered:
        raise _bad(f"output {_shown(output)} is not known, choose {', '.join(offered)}")
    outputs = split_callback_id(output)
    if body.get("outputs") != outputs:
        raise _bad(f"outputs {_shown(body.get('outputs'))} is wrong, give {outputs}")
    read = {
        part: _read(part, body.get(part, []), callbacks[output][part])
        for part in ("inputs", "state")
    }
    names = [_name(one) for one in read["inputs"]]
    changed = body.get("changedPropIds")
    if not isinstance(changed, list) or any(name not in names for name in changed):
        raise _bad(f"changedPropIds {_shown(changed)} is wrong, give a list of {names}")
    return {"output": output, "outputs": outputs, "changedPropIds": changed, **read}


def _read(part: str, given: Any, declared: list[dict[str, str]]) -> list[dict[str, Any]]:
    """The inputs or the state of a callback, as it was declared, each with its value."""
    names = [_name(one) for one in declared]
    known = isinstance(given, list) and all(isinstance(one, dict) for one in given)
    if not known or [(one.get("id"), one.get("property")) for one in given] != [
        (one["id"], one["property"]) for one in declared
    ]:
        raise _bad(f"{part} {_shown(given)} is wrong, give {names} in this order")
    for name, one in zip(names, given, strict=True):
        is_right, what = SENT[name]
        if not is_right(one.get("value")):
            raise _bad(f"the value of {name} {_shown(one.get('value'))} is wrong, give {what}")
    return [{**one, "value": sent["value"]} for one, sent in zip(declared, given, strict=True)]


def _name(prop: Mapping[str, Any]) -> str:
    return f"{prop['id']}.{prop['property']}"


def _bad(said: str) -> HTTPException:
    return HTTPException(400, f"This is no callback of the page: {said}.")


def _shown(value: Any) -> str:
    """A text as it is, cut short; of anything else its type: it may be too deep to write out."""
    if isinstance(value, str):
        return ascii(value[:LONGEST_SHOWN])
    return f"({type(value).__name__})"
