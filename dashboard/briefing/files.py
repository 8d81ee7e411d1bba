"""A briefing as a file: small TOML that anybody can read, checked as if a stranger had written it.

What a file says is text, never markup, and a view is a query of this atlas, never an address of
another page. All faults are told at once; what only falls back (a view that this snapshot does not
have) is kept and told of as a warning.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import orjson

from dashboard.briefing.scenes import Briefing, Scene, Words
from dashboard.layout import notice_sentences
from dashboard.state import LANGUAGES, LONGEST_QUERY, Choices, parse, print_query
from dashboard.strings import Text
from geo.errors import MOST_PRINTED, MaeulError

SHIPPED = Path(__file__).parents[2] / "data" / "briefings"
FORMAT = 1
LARGEST = 256 * 1024
"""Bytes of a file."""
MOST_SCENES = 200
LONGEST = {"title": 200, "caption": 1_000, "notes": 5_000}
"""Characters of what is said to a scene."""
DROPPED = ("lang", "theme", "snapshot", "table", "sort")
"""Of a view: the reader's and the file's own, not the scene's."""
TOP = ("format", "snapshot", "title", "scene")
JSON_TOP = ("snapshot", "title", "scenes", "warnings")
OWN = ("view", *LONGEST)
JSON_OWN = (*OWN, "warnings")
HASH = r"[0-9a-f]{6,64}"
NEVER = "\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff"
"""Signs that are no text; among them those that turn the direction of reading."""
CONTROLS = {"": re.compile(f"[{NEVER}\t\n]"), "lines": re.compile(f"[{NEVER}]")}
PART = r"""(?:[\w-]++|"[^"\n]*"|'[^'\n]*')"""
PIECES = re.compile(
    rf"""(?P<deep>{PART}(?:[ \t]*\.[ \t]*{PART}){{8,}})"""
    r'|"""(?:[^\\]|\\.)*?(?:"""|\Z)'
    r"|'''.*?(?:'''|\Z)"
    r"""|"(?:[^"\\\n]|\\.)*+"?|'[^'\n]*+'?|\#[^\n]*+|[\w-]++""",
    re.DOTALL,
)
"""Of TOML: keys of many parts, for which its reader takes time and memory by the square of their
number, and what is passed over."""
ELSEWHERE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|[/\\]")
"""How an address begins that leads to another page."""


class BadBriefing(MaeulError):
    """A briefing that is refused; carries every fault at once, prints the first ones."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        more = len(self.faults) - MOST_PRINTED
        said = [*self.faults[:MOST_PRINTED], *([f"… +{more:,}"] if more > 0 else [])]
        super().__init__("\n".join(said))


def read(text: str | bytes, choices: Choices, lang: str = "en") -> tuple[Briefing, tuple[str, ...]]:
    """A briefing from its file, and what of it this snapshot cannot show as it was meant.

    Raises:
        BadBriefing: with every fault, in the language.
    """
    say = Text(lang)
    data = _decoded(text, say)
    deep = next((one.start() for one in PIECES.finditer(data) if one["deep"]), None)
    if deep is not None:
        at = f"(at line {data.count(chr(10), 0, deep) + 1}, column 1)"
        raise BadBriefing([say("briefing.not_toml", at=_position(at, data, say))])
    try:
        content = tomllib.loads(data)
    except (ValueError, RecursionError) as error:  # a number of 5,000 digits is a ValueError too
        raise BadBriefing(
            [say("briefing.not_toml", at=_position(str(error), data, say))]
        ) from error
    check = _Check(choices, say)
    briefing = check.file(content)
    return briefing, tuple(warnings(briefing, choices, lang))


def read_json(content: bytes, choices: Choices, lang: str = "en") -> Briefing:
    """A briefing as the page has it; it is of this snapshot's data from now on.

    Raises:
        BadBriefing: with every fault, in the language.
    """
    say = Text(lang)
    try:
        data = orjson.loads(content)
    except ValueError as error:
        raise BadBriefing([say("briefing.not_json")]) from error
    return _Check(choices, say).body(data)


def write(briefing: Briefing) -> str:
    """The one way to write a briefing: `read` of it gives the same briefing."""
    parts = [f"format = {FORMAT}\nsnapshot = {_quoted(briefing.snapshot)}\n"]
    parts.append(_said("title", briefing.title, ""))
    for scene in briefing.scenes:
        parts.append(f"\n[[scene]]\nview = {_quoted(scene.view)}\n")
        told = {name: getattr(scene, name) for name in LONGEST}
        # A plain string after a table would belong to the table.
        for name in sorted(told, key=lambda name: not _is_plain(told[name])):
            parts.append(_said(name, told[name], "scene."))
    return "".join(parts)


def warnings(briefing: Briefing, choices: Choices, lang: str) -> list[str]:
    """What is not as it was meant, in sentences: of the data, then scene by scene."""
    say = Text(lang)
    return [
        *about_data(briefing, choices, lang),
        *(
            f"{say('briefing.scene', n=n)}: {sentence}"
            for n, scene in enumerate(briefing.scenes, start=1)
            for sentence in about_view(scene.view, choices, lang)
        ),
    ]


def about_data(briefing: Briefing, choices: Choices, lang: str) -> list[str]:
    """Whether the briefing was made on other data."""
    if briefing.snapshot == choices.snapshot:
        return []
    return [Text(lang)("briefing.other", theirs=briefing.snapshot, ours=choices.snapshot)]


def about_view(view: str, choices: Choices, lang: str) -> list[str]:
    """What of a view this snapshot does not have."""
    _, notices = parse(view, choices)
    return notice_sentences(notices, Text(lang))


def shipped(choices: Choices) -> dict[str, Briefing]:
    """Name -> briefing that comes with the atlas."""
    files = sorted(SHIPPED.glob("*.toml"))
    return {path.stem: read(path.read_bytes(), choices)[0] for path in files}


def _decoded(text: str | bytes, say: Text) -> str:
    content = text if isinstance(text, bytes) else text.encode(errors="surrogatepass")
    if len(content) > LARGEST:
        raise BadBriefing([too_large(len(content), say)])
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise BadBriefing([say("briefing.not_utf8")]) from error


def too_large(size: int, say: Text) -> str:
    """That a file is, and what to do."""
    return say("briefing.too_large", size=f"{-(-size // 1024):,}", most=LARGEST // 1024)


def _position(error: str, text: str, say: Text) -> str:
    """Where TOML could not be read on: the end where it does not say."""
    found = re.search(r"at line (\d+), column (\d+)", error)
    end = (text.count("\n") + 1, len(text) - text.rfind("\n"))
    line, column = map(int, found.groups()) if found else end
    return say("briefing.at", line=f"{line:,}", column=f"{column:,}")


class _Check:
    """Goes through what a file holds and gathers its faults."""

    def __init__(self, choices: Choices, say: Text) -> None:
        self.choices, self.say = choices, say
        self.own: Sequence[str] = OWN
        self.faults: list[str] = []

    def file(self, data: Mapping[str, Any]) -> Briefing:
        """What a file of TOML holds."""
        self._known(data, TOP, self.say("briefing.file"))
        version = data.get("format")
        if version is None:
            self._fault("missing", where="format", allowed=f"format = {FORMAT}")
        elif version != FORMAT or isinstance(version, bool | float):
            self._fault("format", value=_short(version), ours=FORMAT)
        snapshot = self._snapshot(data.get("snapshot"))
        return self._whole(data.get("title"), data.get("scene"), snapshot, "[[scene]]")

    def body(self, data: Any) -> Briefing:
        """What the page sends."""
        if not isinstance(data, dict):
            raise BadBriefing([self.say("briefing.not_json")])
        self.own = JSON_OWN
        self._known(data, JSON_TOP, self.say("briefing.file"))
        return self._whole(data.get("title"), data.get("scenes"), self.choices.snapshot, "scenes")

    def _whole(self, title: Any, scenes: Any, snapshot: str, name: str) -> Briefing:
        words = self._words(title, "title", "title")
        briefing = Briefing(words, self._scenes(scenes, name), snapshot)
        if self.faults:
            raise BadBriefing(self.faults)
        return briefing

    def _scenes(self, scenes: Any, name: str) -> tuple[Scene, ...]:
        allowed = self.say("briefing.allowed_scenes")
        if scenes is None or scenes == []:
            self._fault("missing", where=name, allowed=allowed)
        elif not isinstance(scenes, list):
            self._fault("wrong", where=name, value=_short(scenes), allowed=allowed)
        elif len(scenes) > MOST_SCENES:
            self._fault("many", n=f"{len(scenes):,}", most=MOST_SCENES)
        else:
            return tuple(self._scene(scene, n) for n, scene in enumerate(scenes, start=1))
        return ()

    def _scene(self, scene: Any, n: int) -> Scene:
        where = self.say("briefing.scene", n=n)
        if not isinstance(scene, dict):
            allowed = self.say("briefing.allowed_scenes")
            self._fault("wrong", where=where, value=_short(scene), allowed=allowed)
            return Scene("", {}, {}, {})
        self._known(scene, self.own, where)
        words = {name: self._words(scene.get(name), name, f"{where}, {name}") for name in LONGEST}
        return Scene(self._view(scene.get("view"), f"{where}, view"), **words)

    def _view(self, value: Any, where: str) -> str:
        """The canonical query; as it was given where this snapshot does not have all of it."""
        allowed = self.say("briefing.allowed_view")
        if value is None:
            self._fault("missing", where=where, allowed=allowed)
        elif not isinstance(value, str):
            self._fault("wrong", where=where, value=_short(value), allowed=allowed)
        elif self._is_text(value, where, ""):
            query = re.sub(r"^/?\?", "", value.strip())
            if ELSEWHERE.match(query):
                self._fault("elsewhere", where=where, value=_short(value), allowed=allowed)
                return ""
            given = parse_qsl(query, keep_blank_values=True)
            kept = urlencode([pair for pair in given if pair[0] not in DROPPED], safe=",")
            if self._fits(kept, LONGEST_QUERY, where):
                state, notices = parse(kept, self.choices)
                return kept if notices else print_query(state, self.choices)
        return ""

    def _words(self, value: Any, name: str, where: str) -> Words:
        """By language; a plain string is the same in both."""
        allowed = self.say("briefing.allowed_words")
        if value is None:
            return {}
        if isinstance(value, str):
            text = self._text(value, name, where)
            return dict.fromkeys(LANGUAGES, text)
        if not isinstance(value, dict):
            self._fault("wrong", where=where, value=_short(value), allowed=allowed)
            return {}
        self._known(value, LANGUAGES, where)
        there = {lang: value[lang] for lang in LANGUAGES if lang in value}
        return {lang: self._text(text, name, f"{where}.{lang}") for lang, text in there.items()}

    def _text(self, value: Any, name: str, where: str) -> str:
        if not isinstance(value, str):
            allowed = self.say("briefing.allowed_text")
            self._fault("wrong", where=where, value=_short(value), allowed=allowed)
            return ""
        text = value.replace("\r\n", "\n")
        self._fits(text, LONGEST[name], where)
        self._is_text(text, where, "" if name == "title" else "lines")
        return text

    def _snapshot(self, value: Any) -> str:
        allowed = f'snapshot = "{self.choices.snapshot}"'
        if value is None:
            self._fault("missing", where="snapshot", allowed=allowed)
        elif not isinstance(value, str) or not re.fullmatch(HASH, value):
            self._fault("wrong", where="snapshot", value=_short(value), allowed=allowed)
        return str(value)

    def _known(self, data: Iterable[str], allowed: Sequence[str], where: str) -> None:
        for name in data:
            if name not in allowed:
                told = ", ".join(one for one in allowed if one != "warnings")
                self._fault("unknown", where=where, value=_short(name), allowed=told)

    def _fits(self, text: str, most: int, where: str) -> bool:
        if len(text) > most:
            size = f"{len(text):,}"
            self._fault("long", where=where, value=_short(text), n=size, most=f"{most:,}")
        return len(text) <= most

    def _is_text(self, text: str, where: str, kind: str) -> bool:
        found = CONTROLS[kind].search(text)
        if found:
            key = "control" if kind else "control_line"
            self._fault(key, where=where, value=f"U+{ord(found[0]):04X}")
        return not found

    def _fault(self, key: str, **values: object) -> None:
        self.faults.append(self.say(f"briefing.bad_{key}", **values))


def _short(value: object) -> str:
    """A value as a sentence can hold it."""
    try:
        text = value if isinstance(value, str) else repr(value)
    except (RecursionError, ValueError):  # too deep, or a number of thousands of digits
        text = type(value).__name__
    text = "".join(sign if sign.isprintable() else "·" for sign in text)
    return text if len(text) <= 40 else f"{text[:40]}…"


def _is_plain(words: Words) -> bool:
    """Whether both languages say the same."""
    return len(words) == len(LANGUAGES) and len(set(words.values())) == 1


def _said(name: str, words: Words, above: str) -> str:
    """What is said, as TOML: a string, or a table by language."""
    if not words:
        return ""
    if _is_plain(words):
        return f"{name} = {_quoted(words[LANGUAGES[0]])}\n"
    told = "".join(f"{lang} = {_quoted(words[lang])}\n" for lang in LANGUAGES if lang in words)
    return f"\n[{above}{name}]\n{told}"


def _quoted(text: str) -> str:
    """A string of TOML; one of several lines stays so."""
    safe = text.replace("\\", "\\\\")
    if "\n" not in text:
        return '"' + safe.replace('"', '\\"').replace("\t", "\\t") + '"'
    # A quotation mark before another, or before the end, would be taken for the end.
    safe = re.sub(r'"(?="|\Z)', r'\\"', safe)
    return f'"""\n{safe}"""'
