"""Same group, same person: across rows, files and years, by rules that can be told.

Groups. The same name in the same neighbourhood is the same group, however it is spaced, with or
without its legal form. A group known only to its district is the one of that name there, if there
is one; the same name elsewhere in the district is another group, unless the same person represents
both. Like names in one neighbourhood are different groups, and a doubtful pair: likeness is the
normalised indel similarity of their jamo (rapidfuzz `fuzz.ratio`), adjustable in mapping.toml.
Numbers in names are never alike: 영화관 1 and 영화관 2 are two.

People. The same name with the same resident number, day of birth, telephone number or e-mail
address is the same person, and so is the same name in the same group, unless days of birth or
numbers contradict each other. The same name in one neighbourhood and nothing else is a doubtful
pair. A person is called by HMAC-SHA-256 of these under a secret key (`geo.intake.key`); nobody's
name, number or address leaves this module, not even in a message.

A library of probabilistic linkage would weigh two or three fields that these rules compare
directly, with scores that nobody could check by hand.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from rapidfuzz import fuzz, process
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geo.errors import BadFile
from geo.intake.key import Key

LEGAL_FORMS = re.compile(
    r"[(\[](?:사|재|주|유|합|협)[)\]]|㈜|㈔|사단법인|재단법인|주식회사|유한회사|비영리민간단체|비영리단체"
)
MOST_PAIRS = 10_000
"""Doubtful pairs that are told; nobody decides more."""
CHUNK = 1_000
"""Names that are compared with all others of a neighbourhood at a time."""
STRONG = ("number", "birth")
"""What tells two people of one name apart, as well as together."""
TOKENS = (*STRONG, "phone", "email", "group_id")
"""What makes two mentions of a name one person, the surest first."""


@dataclass(frozen=True)
class Matched:
    """What was matched.

    Attributes:
        ids: identifiers on the index of what was given.
        doubtful: pairs that a person should decide: columns as `geo.intake.decisions.DECISIONS`,
            people by pseudonym and by where their rows are.
        same: identifiers that an atlas has already -> the one that they go by now, where a person
            decided so.
        known: of people: columns ``token``, ``person_id``, for later runs.
    """

    ids: pd.Series[str]
    doubtful: pd.DataFrame
    same: Mapping[str, str]
    known: pd.DataFrame


def match_groups(
    rows: pd.DataFrame, known: pd.DataFrame, decisions: pd.DataFrame, likeness: int
) -> Matched:
    """Which rows are of the same group.

    Args:
        rows: unique index; ``name``, ``district_code``, ``neighbourhood_code`` (may be missing),
            ``year``, ``representative`` (any token of a person, may be missing), ``where``.
        known: groups of the atlas: ``group_id``, ``name``, ``district_code``,
            ``neighbourhood_code``. They keep their identifiers.
        decisions: as `geo.intake.decisions.read_decisions` gives them.
        likeness: from which on two names are a doubtful pair, 0 to 100.

    Raises:
        BadFile: decisions that contradict each other.
    """
    nodes = _nodes(rows, known)
    place = nodes["place"].to_numpy()
    edges = _edges(nodes)
    component = _components(len(nodes), edges)
    ids = _ids(nodes, component)
    doubts = [*_split_names(nodes, ids), *_like_names(nodes, ids, likeness)]
    final, same = _decided("group", ids, decisions, set(known["group_id"].dropna()))
    of_row = pd.Series(ids, index=place).map(final)
    first = of_row[~of_row.index.duplicated()]
    told = nodes.assign(id=ids).drop_duplicates("id").set_index("id")
    here = told["neighbourhood_code"].fillna(told["district_code"])
    are = told["name"] + " (" + here + ") " + told["where"]
    doubtful = _table("group", doubts, are.to_dict(), final, decisions)
    return Matched(rows.index.to_series().map(first).astype("str"), doubtful, same, pd.DataFrame())


def name_of(text: str) -> str:
    """What spellings of a group's name have in common; only for comparison.

    >>> [name_of(name) for name in ("(사) 빵 굽는 날!", "빵굽는날", "영화관 11")]
    ['빵굽는날', '빵굽는날', '영화관11']
    """
    text = LEGAL_FORMS.sub("", unicodedata.normalize("NFC", text))
    text = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"[\W_]", "", text) or text.strip()


def _nodes(rows: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """Rows and known groups under one another, in an order that does not depend on theirs."""
    had = known.assign(year=-1, representative=None, where="in the atlas", place=None)
    new = rows.assign(group_id=None, place=rows.index)
    columns = [
        "group_id", "name", "district_code", "neighbourhood_code", "year", "representative",
        "where", "place",
    ]  # fmt: skip
    parts = [part[columns].astype(object) for part in (had, new) if len(part)]
    nodes = pd.concat(parts, ignore_index=True)
    nodes = nodes.where(nodes.notna(), None)
    keys = {name: name_of(name) for name in nodes["name"].unique()}
    nodes["key"] = nodes["name"].map(keys)
    order = nodes[["key", "district_code", "neighbourhood_code", "group_id", "where"]].fillna("")
    nodes["year"] = nodes["year"].astype("int64")
    nodes["order"] = order.agg("\0".join, axis=1)
    return nodes.sort_values(["year", "order"], ignore_index=True).drop(columns="order")


def _edges(nodes: pd.DataFrame) -> Iterator[tuple[int, int]]:
    """Pairs of nodes that surely are one group."""
    here = nodes.assign(neighbourhood_code=nodes["neighbourhood_code"].fillna(""))
    yield from _chains(here, ["key", "district_code", "neighbourhood_code"])
    represented = nodes[nodes["representative"].notna()]
    yield from _chains(represented, ["key", "district_code", "representative"])
    placed = nodes[nodes["neighbourhood_code"].notna()]
    only = placed.groupby(["key", "district_code"])["neighbourhood_code"].nunique() == 1
    first = placed.reset_index().groupby(["key", "district_code"])["index"].first()[only]
    rough = nodes[nodes["neighbourhood_code"].isna()]
    pairs = pd.MultiIndex.from_arrays([rough["key"], rough["district_code"]])
    there = first.reindex(pairs)
    for node, other in zip(rough.index, there, strict=True):
        if pd.notna(other):
            yield node, int(other)


def _chains(nodes: pd.DataFrame, same: list[str]) -> Iterator[tuple[int, int]]:
    """Pairs of nodes that join all which are the same in these columns."""
    several = nodes[nodes.duplicated(same, keep=False)]
    for each in several.groupby(same, sort=False).groups.values():
        yield from pairwise(int(node) for node in each)


def _components(count: int, edges: Iterable[tuple[int, int]]) -> np.ndarray:
    """The number of the connected part that each node is in."""
    pairs = np.array(list(edges), dtype=np.int64).reshape(-1, 2)
    ones = np.ones(len(pairs), dtype=bool)
    graph = coo_array((ones, (pairs[:, 0], pairs[:, 1])), (count, count))
    return np.asarray(connected_components(graph, directed=False)[1])


def _ids(nodes: pd.DataFrame, component: np.ndarray) -> list[str]:
    """Of each part the identifier that it has, else one of its earliest node's name and place."""
    had: dict[int, str] = {}
    fresh: dict[int, str] = {}
    columns = ("group_id", "key", "district_code", "neighbourhood_code")
    for part, known, *said in zip(component, *(nodes[column] for column in columns), strict=True):
        if isinstance(known, str):
            had[part] = min(known, had.get(part, known))
        elif part not in fresh:
            fresh[part] = "\0".join(each if isinstance(each, str) else "" for each in said)
    own = {part: f"g{_digest(said)}" for part, said in fresh.items()} | had
    return [own[part] for part in component]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


Doubt = tuple[str, str, float, str]
"""Two identifiers, how like they are (0 to 100), and why."""


def _split_names(nodes: pd.DataFrame, ids: Sequence[str]) -> Iterator[Doubt]:
    """The same name in several neighbourhoods of a district, or with one person in several."""
    told = nodes.assign(id=ids)
    named = told.groupby(["key", "district_code"], sort=False)
    several = named["id"].transform("nunique") > 1
    for _, of in told[several].groupby(["key", "district_code"], sort=False):
        for a, b in pairwise(of["id"].unique()):
            yield a, b, 100, "same name in one district"
    person = told[told["representative"].notna()]
    apart = person.groupby(["key", "representative"])["district_code"].transform("nunique") > 1
    for _, of in person[apart].groupby(["key", "representative"], sort=False):
        for a, b in pairwise(of["id"].unique()):
            yield a, b, 100, "same name and representative in two districts"


def _like_names(nodes: pd.DataFrame, ids: Sequence[str], likeness: int) -> Iterator[Doubt]:
    """Like names in one neighbourhood; numbers in them have to be equal."""
    told = nodes.assign(id=ids, digits=nodes["key"].str.replace(r"\D", "", regex=True))
    told = told[told["neighbourhood_code"].notna()].drop_duplicates(["neighbourhood_code", "key"])
    comparable = ["neighbourhood_code", "digits"]
    several = told[told.duplicated(comparable, keep=False)]
    for _, of in several.groupby(comparable, sort=False):
        jamo = [unicodedata.normalize("NFD", key) for key in of["key"]]
        here = of["id"].to_numpy()
        for start in range(0, len(of), CHUNK):
            scores = process.cdist(
                jamo[start : start + CHUNK], jamo, scorer=fuzz.ratio, score_cutoff=likeness,
                dtype=np.uint8, workers=-1 if len(of) > CHUNK else 1,
            )  # fmt: skip
            for row, column in zip(*np.nonzero(scores), strict=True):
                if row + start < column and here[row + start] != here[column]:
                    score = float(scores[row, column])
                    yield here[row + start], here[column], score, "like names in one neighbourhood"


def _decided(
    kind: str, ids: Sequence[str], decisions: pd.DataFrame, known: set[str]
) -> tuple[dict[str, str], dict[str, str]]:
    """What every identifier goes by after decisions; and which of the atlas's change by it."""
    there = set(ids)
    own = decisions[decisions["kind"] == kind]
    said = own[own["decision"] == "same"]
    every = sorted({*there, *said["a"], *said["b"]})
    number = {each: place for place, each in enumerate(every)}
    edges = [(number[a], number[b]) for a, b in zip(said["a"], said["b"], strict=True)]
    component = _components(len(every), edges)
    parts: dict[int, list[str]] = {}
    for each, part in zip(every, component, strict=True):
        parts.setdefault(int(part), []).append(each)
    final: dict[str, str] = {}
    for part in parts.values():
        chosen = min(part, key=lambda each: (each not in known, each not in there, each))
        final |= dict.fromkeys(part, chosen)
    apart = own[own["decision"] == "different"]
    for row, a, b in zip(apart.index, apart["a"], apart["b"], strict=True):
        if a in final and final.get(a) == final.get(b):
            raise BadFile(
                f"decisions.csv, row {row + 2}: {a} and {b} are different, but the same by other "
                "rows: correct one of them."
            )
    return final, {each: now for each, now in final.items() if each in known and each != now}


def _table(
    kind: str,
    doubts: Iterable[Doubt],
    are: Mapping[Any, str],
    final: Mapping[str, str],
    decisions: pd.DataFrame,
) -> pd.DataFrame:
    """Doubtful pairs that nobody decided, the most alike first where there are too many."""
    own = decisions[(decisions["kind"] == kind) & decisions["decision"].notna()]
    settled = {frozenset(pair) for pair in zip(own["a"], own["b"], strict=True)}
    found: dict[tuple[str, str], tuple[float, str]] = {}
    for a, b, score, why in doubts:
        pair = (min(a, b), max(a, b))
        if frozenset(pair) not in settled and final.get(a, a) != final.get(b, b):
            found.setdefault(pair, (score, why))
    best = sorted(found.items(), key=lambda item: (-item[1][0], item[0]))[:MOST_PAIRS]
    rows = [
        (kind, a, b, are.get(a, ""), are.get(b, ""), f"{score:.0f}", why, None)
        for (a, b), (score, why) in sorted(best)
    ]
    columns = ["kind", "a", "b", "a_is", "b_is", "score", "why", "decision"]
    return pd.DataFrame(rows, columns=columns).astype("str")


def match_people(
    mentions: pd.DataFrame, key: Key, known: pd.DataFrame, decisions: pd.DataFrame
) -> Matched:
    """Which mentions are of the same person.

    Args:
        mentions: unique index; ``name``, ``phone``, ``email``, ``number``, ``birth`` (all but the
            name may be missing), ``group_id``, ``neighbourhood_code``, ``where``.
        key: by which people are called.
        known: columns ``token``, ``person_id``: as from an earlier run with the same key.
        decisions: as `geo.intake.decisions.read_decisions` gives them.

    Raises:
        BadFile: decisions that contradict each other.
    """
    if mentions.empty:
        none = _table("person", [], {}, {}, decisions)
        return Matched(pd.Series(index=mentions.index, dtype="str"), none, {}, known)
    names = mentions["name"].map({n: _person_name(n) for n in mentions["name"].unique()})
    tokens = _tokens(mentions, names, key)
    numbered = dict(zip(known["token"], known["person_id"], strict=True))
    component = _people(mentions, tokens, list(STRONG), numbered)
    loose = _people(mentions, tokens, list(TOKENS), numbered)
    torn = _contradicted(mentions, loose)
    # Where days of birth or numbers contradict each other, only these decide.
    alone = pd.Series(component).mask(~tokens[list(STRONG)].notna().any(axis=1).to_numpy())
    group = pd.Series(pd.factorize(tokens["group_id"])[0]) + component.max() + 1
    strict = alone.fillna(group).astype("int64").to_numpy()
    parts = np.where(torn, strict + loose.max() + 1, loose)
    ids, doubts = _person_ids(tokens, parts, numbered)
    told = pd.DataFrame(
        {"id": ids, "name": names, "here": mentions["neighbourhood_code"], "part": loose,
         "torn": torn, "where": mentions["where"]}
    ).sort_values(["where", "id"])  # fmt: skip
    doubts += _namesakes(told)
    final, same = _decided("person", ids, decisions, set(known["person_id"]))
    are = told.drop_duplicates("id").set_index("id")["where"].to_dict()
    doubtful = _table("person", doubts, are, final, decisions)
    people = pd.Series(ids, index=mentions.index).map(final).astype("str")
    pairs = tokens.assign(person_id=people).melt("person_id", value_name="token").dropna()
    kept = known.assign(person_id=known["person_id"].replace(same))
    every = pd.concat([kept, pairs[["token", "person_id"]]]).drop_duplicates("token")
    return Matched(people, doubtful, same, every.sort_values("token", ignore_index=True))


def _person_name(name: str) -> str:
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", name)).casefold()


def _tokens(mentions: pd.DataFrame, names: pd.Series[str], key: Key) -> pd.DataFrame:
    """What each mention can be known by, pseudonyms all; columns `TOKENS`."""
    frame = {}
    for kind in TOKENS:
        said = mentions[kind].astype("str")
        if kind == "birth":
            said = said.where(said.str.len() == 10)
        pairs = list(zip(names, said, strict=True))
        called = {pair: key.pseudonym(kind, *pair) for pair in set(pairs) if pd.notna(pair[1])}
        frame[kind] = [called.get(pair) for pair in pairs]
    return pd.DataFrame(frame, index=mentions.index, dtype="str")


def _people(
    mentions: pd.DataFrame, tokens: pd.DataFrame, kinds: list[str], known: Mapping[str, str]
) -> np.ndarray:
    """Parts of mentions that share a token of these kinds, or tokens of one known person."""
    long = tokens[kinds].set_axis(range(len(tokens))).melt(ignore_index=False).dropna()
    called = [known.get(token, token) for token in long["value"]]
    codes = pd.factorize(np.array(called, dtype=object))[0] + len(mentions)
    total = int(codes.max(initial=len(mentions) - 1)) + 1
    edges = zip(long.index, codes, strict=True)
    return _components(total, [(int(a), int(b)) for a, b in edges])[: len(mentions)]


def _contradicted(mentions: pd.DataFrame, parts: np.ndarray) -> np.ndarray:
    """Whether a mention's part has several days of birth or numbers."""
    several = [mentions[kind].groupby(parts).transform("nunique").to_numpy() > 1 for kind in STRONG]
    return np.asarray(np.logical_or(*several))


def _person_ids(
    tokens: pd.DataFrame, parts: np.ndarray, known: Mapping[str, str]
) -> tuple[list[str], list[Doubt]]:
    """Of each part the pseudonym that it has, else its surest token; several known are doubtful."""
    best: dict[int, tuple[str, str]] = {}
    had: dict[int, set[str]] = {}
    for kind in TOKENS:
        for part, token in zip(parts, tokens[kind], strict=True):
            if isinstance(token, str):
                if token in known:
                    had.setdefault(part, set()).add(known[token])
                now = best.get(part)
                if now is None or (now[0] == kind and token < now[1]):
                    best[part] = (kind, token)
    ids = {part: min(had[part]) if part in had else token for part, (_, token) in best.items()}
    doubts = [
        (a, b, 100.0, "two people of the atlas who seem to be one")
        for each in had.values()
        for a, b in pairwise(sorted(each))
    ]
    return [ids[part] for part in parts], doubts


def _namesakes(told: pd.DataFrame) -> list[Doubt]:
    """People of one name in one neighbourhood, or known by the same and contradicting it."""
    doubts = []
    here = told[told["here"].notna()]
    for why, frame, by in (
        ("days of birth or numbers contradict each other", told[told["torn"]], ["name", "part"]),
        ("same name in one neighbourhood", here, ["name", "here"]),
    ):
        several = frame[frame.groupby(by)["id"].transform("nunique") > 1]
        for _, of in several.groupby(by, sort=False):
            doubts += [(a, b, 100.0, why) for a, b in pairwise(of["id"].unique())]
    return doubts
