"""Every question with every filter in every year, in every format: numbers are right, or none."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote, urlencode

import orjson
from fastapi import FastAPI
from fastapi.testclient import TestClient
from tqdm import tqdm

from benchmarks.attack import reading, rules
from benchmarks.attack.rows import Row
from dashboard import api
from dashboard.briefing import routes
from dashboard.server import Opened, opened
from dashboard.settings import Settings
from dashboard.state import ACCOUNTS, MANY, VIEWS, Choices, parse

SEED = 7
ADMINISTRATIVE = 8
"""Administrative neighbourhoods of the walk: there are more than four hundred."""
PAIRS = 60
"""Of filters of two kinds, drawn at random."""
INTERNAL, FILED = 1_500, 400
"""Steps for an internal audience, and those whose files are read back."""
PLATES = 40
"""Views drawn as documents, of each kind: a drawing takes half a second to two."""
DOCUMENTS = ("png", "svg", "pdf", "pptx")
FILES = ("csv", "xlsx", "gpkg", "parquet")
ROUTES = {
    "density": "density",
    "surface": "surface",
    "groups": "groups",
    "clusters": "clusters",
    "nearby": "nearby",
    **{name: f"autocorrelation?statistic={name}" for name in ("lisa", "gi", "history")},
    **{name: f"spread?question={name}" for name in ("arrival", "centre", "nearness", "rise")},
    **{name: name for name in (*VIEWS["network"], *VIEWS["people"])},
    **{name: f"silos?question={name}" for name in VIEWS["silos"]},
}
"""What is asked -> where."""
LEVELS = ("district", "neighbourhood", "administrative", "hex7", "hex8")
"""Of the density; the smallest hexagons are like these, and many."""
GRAPHS = ("graphml", "gexf")
TABLES = {
    "clusters": ("districts", "categories", "members"),
    "network": ("network", "edges", "communities", "labels", "flows"),
    "cohesion": ("homophily", "brokers", "categories", "bureaus"),
}
"""Tables beside the one that a question is known by; those of accounts are asked of the atlas."""
WITHOUT_PLACES = ("groups", *VIEWS["network"])
"""What has no GeoJSON."""


@dataclass(frozen=True)
class Step:
    """One state of one question: ``query`` has its filters, its level and its year."""

    what: str
    query: str

    @property
    def address(self) -> str:
        """Where the API answers it."""
        route = ROUTES[self.what]
        return f"/api/v1/{route}{'&' if '?' in route else '?'}{self.query}"

    @property
    def view(self) -> str:
        """What follows the question mark in the page's address."""
        if self.what == "surface":
            return f"view=density&level=surface&{self.query}"
        return f"view={'density' if self.what == 'groups' else self.what}&{self.query}"


@dataclass
class Found:
    """What a walk has seen."""

    answers: int = 0
    empty: int = 0
    files: int = 0
    pages: int = 0
    documents: int = 0
    wrong: list[str] = field(default_factory=list)


def singles(choices: Choices) -> list[dict[str, str]]:
    """No filter, and each value of each filter alone; of administrative neighbourhoods a few."""
    some = random.Random(SEED).sample(choices.administrative, ADMINISTRATIVE)
    offered = {
        "district": choices.districts, "administrative": some, "programme": choices.programmes,
        "outcome": choices.outcomes, "category": choices.categories,
        "department": choices.departments,
    }  # fmt: skip
    return [{}, *({name: value} for name in MANY for value in offered[name])]


def pairs(choices: Choices, number: int) -> list[dict[str, str]]:
    """Two filters of different kinds at once, drawn with a fixed seed."""
    alone = singles(choices)[1:]
    both = [one | other for one, other in product(alone, alone) if list(one) < list(other)]
    return random.Random(SEED).sample(both, number)


def steps(
    choices: Choices, filters: Iterable[dict[str, str]], years: Sequence[int] | None = None
) -> Iterator[Step]:
    """Every question with these filters, in every year that is asked for."""
    for chosen, what in product(filters, ROUTES):
        levels = [level for level in LEVELS if level in choices.measures]
        for level, year in product(levels if what == "density" else [None], years or choices.years):
            told = {**({} if level is None else {"level": level}), **chosen, "year": str(year)}
            yield Step(what, urlencode(told, quote_via=quote))


class Walk:
    """A walk through one snapshot for one audience, without the page's middleware around it."""

    def __init__(self, atlas: Opened) -> None:
        self.atlas = atlas
        self.reference = rules.Reference(atlas.queries)
        self.found = Found()
        server = FastAPI()
        server.include_router(routes.router(atlas.sheets, atlas.shapes))
        server.include_router(api.router(atlas.queries, atlas.analyses))
        self._client = TestClient(server)

    def walk(self, some: Iterable[Step], kinds: Sequence[str] = (), *, page: bool = True) -> Found:
        """Ask the API, read back the files of these kinds, and look at what the page shows."""
        for step in tqdm(list(some), file=sys.stderr, leave=False, disable=None):
            answer = self.answer(step)
            if answer is None:
                continue
            for kind in kinds:
                self.file(step, kind, answer)
            if page and step.what != "groups":
                self.page(step, answer)
        return self.found

    def answer(self, step: Step) -> rules.Answer | None:
        """The answer in JSON, held against the rules; None if there was none."""
        content = self._got(step.address)
        if content is None:
            return None
        state, _ = parse(step.view, self.atlas.queries.choices)
        # Python's own parser takes NaN and Infinity, which no JSON may hold; this one does not.
        answer = rules.Answer(state, orjson.loads(content), step.what)
        self.found.answers += 1
        self.found.empty += answer.told["n"] == 0
        self._wrong(step.address, rules.wrong(answer, self.reference))
        return answer

    def file(self, step: Step, kind: str, answer: rules.Answer) -> None:
        """The file of a kind, and those of the other tables of the question."""
        if kind == "geojson" and step.what in WITHOUT_PLACES:
            return
        if kind in GRAPHS:
            if step.what == "network":
                self._graph(f"{step.address}&format={kind}", answer)
            return
        content = self._got(f"{step.address}&format={kind}")
        if content is not None:
            self._compared(f"{step.address}&format={kind}", content, kind, answer.rows)
        for table in self._tables(step, answer):
            address = f"{step.address}&table={table}"
            of_file = self._got(f"{address}&format={kind}")
            told = self._rows(step, address, table, answer)
            if of_file is not None and told is not None:
                self._compared(f"{address}&format={kind}", of_file, kind, told)

    def _compared(self, address: str, content: bytes, kind: str, rows: reading.Rows) -> None:
        self.found.files += 1
        self._wrong(address, reading.differs(content, kind, rows))
        if kind in ("csv", "xlsx"):
            self._wrong(address, reading.formulas(content, kind))

    def _tables(self, step: Step, answer: rules.Answer) -> tuple[str, ...]:
        if step.what in ACCOUNTS:
            others = self.atlas.analyses.tables(answer.state)
            return tuple(name for name in others if name != "areas")
        return TABLES.get(step.what, ())

    def _rows(
        self, step: Step, address: str, table: str, answer: rules.Answer
    ) -> reading.Rows | None:
        """Another table of the question as JSON has it."""
        if step.what == "network" and table == "network":
            return None  # spread over the answer's members
        if step.what in VIEWS["network"]:
            rows: reading.Rows = answer.told[table]
            return rows
        content = self._got(address)
        return None if content is None else orjson.loads(content)["rows"]

    def _graph(self, address: str, answer: rules.Answer) -> None:
        content = self._got(address)
        if content is None:
            return
        self.found.files += 1
        expected = (len(answer.rows), len(answer.told["edges"]))
        if reading.parts_of(content) != expected:
            self._wrong(address, [f"{reading.parts_of(content)} parts, not {expected}"])

    def page(self, step: Step, answer: rules.Answer) -> None:
        """The sheet of the view: map, sentences, panel and table."""
        try:
            sheet = self.atlas.sheets.of(answer.state)
            orjson.dumps(sheet.drawn, option=orjson.OPT_SERIALIZE_NUMPY)
        except Exception as error:
            self._wrong(step.view, [f"{type(error).__name__}: {error}"])
            return
        self.found.pages += 1
        self._wrong(step.view, _of_page(sheet, answer))

    def document(self, step: Step, kind: str) -> None:
        """The view as a picture, a page or a slide."""
        address = f"/api/v1/plate?{step.view}&format={kind}{'&dpi=72' if kind == 'png' else ''}"
        content = self._got(address)
        if content is None:
            return
        self.found.documents += 1
        for book in reading.embedded(content) if kind == "pptx" else ():
            self._wrong(address, reading.formulas(book, "workbook of a chart"))

    def _got(self, address: str) -> bytes | None:
        try:
            answer = self._client.get(address)
        except Exception as error:  # of any kind: it would be a 500
            self._wrong(address, [f"{type(error).__name__}: {error}"])
            return None
        if answer.status_code != 200:
            self._wrong(address, [f"{answer.status_code}: {answer.text[:200]}"])
            return None
        return answer.content

    def _wrong(self, where: str, sentences: Iterable[str]) -> None:
        self.found.wrong += [f"{where}: {sentence}" for sentence in sentences]


def _of_page(sheet: Any, answer: rules.Answer) -> Iterator[str]:
    """What the page says that the API does not."""
    why = answer.told.get("why")
    # Where districts alone are not told of, the page still shows what the whole is.
    if why is not None and (sheet.why or why) != why:
        yield f"the page says {sheet.why!r}, the API {why!r}"
    if why is not None and why not in sheet.details:
        yield f"the headline does not say {why!r}"
    if "{" in sheet.title + "".join(sheet.details):
        yield f"a hole in {sheet.title!r} {sheet.details}"
    if len(sheet.grid.rows) != len(answer.rows):
        yield f"the table has {len(sheet.grid.rows)} rows, the API {len(answer.rows)}"
        return
    shared = {"groups", "value", "applications", "people", "rank"} & set(sheet.grid.columns)
    for number, (shown, told) in enumerate(zip(sheet.grid.rows, answer.rows, strict=True)):
        for name in sorted(shared & set(told) & set(shown)):
            if not reading.same(shown[name], told[name]):
                yield f"{name} of row {number} is {shown[name]!r} on the page, not {told[name]!r}"
                return


def run(most: int | None = None) -> list[Row]:
    """The whole walk as JSON and as a page for the public; of the rest some, with a fixed seed.

    It takes most of an hour.

    Args:
        most: steps of each kind, for a short walk.
    """
    rows = []
    with TemporaryDirectory() as folder:
        for audience in ("public", "internal"):
            settings = Settings(audience=audience, cache=Path(folder))
            walked = Walk(opened(settings))
            choices, drawing = walked.atlas.queries.choices, random.Random(SEED)
            every = list(steps(choices, singles(choices)))
            some = most or (len(every) if audience == "public" else INTERNAL)
            # In their order, in which neighbours share what they rest on.
            asked = sorted(drawing.sample(range(len(every)), min(some, len(every))))
            walked.walk(every[place] for place in asked)
            of_files = drawing.sample(every, most or FILED)
            walked.walk(of_files, (*FILES, "geojson", *GRAPHS), page=False)
            both = list(steps(choices, pairs(choices, PAIRS)))
            walked.walk(drawing.sample(both, most or FILED), FILES[:1])
            drawn = [step for step in every if step.what != "groups"]
            pictures = drawing.sample(drawn, min(most or PLATES, PLATES))
            for step, kind in product(pictures, DOCUMENTS):
                walked.document(step, kind)
            rows.append(_row(audience, walked.found))
    return rows


def _row(audience: str, found: Found) -> Row:
    seen = (
        f"{found.answers:,} answers ({found.empty:,} empty), {found.files:,} files, "
        f"{found.pages:,} pages, {found.documents:,} documents"
    )
    for sentence in found.wrong[:20]:
        print(f"  {sentence}", flush=True)
    wrong = len(found.wrong)
    return Row(f"every question, filter, year and format ({audience})",
               f"{wrong} wrong of {seen}", "0 wrong", wrong == 0)  # fmt: skip
