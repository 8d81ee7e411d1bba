"""A place as offices write it -> district, neighbourhood, and how exactly it is known."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple, TypeAlias

import pandas as pd
from rapidfuzz import fuzz, process

from geo.addresses import ADDRESS, COLUMNS, Addresses, Cell, Name, Rank
from geo.administrative import FIRST_YEAR, name_key, spellings, valid_in
from geo.boundaries import Boundaries

LIKE = 75
"""Likeness (0 to 100, in letters of Hangul) from which a name may be what was meant: 독신동 and
독산동 have 89, 가산동 and 성산동 71."""
CANDIDATES = 3
LONGEST_WORD = 20
"""No name has as many letters; what is longer is a sentence."""

_Pairs: TypeAlias = tuple[dict[str, set[str]], dict[str, set[str]]]
"""Units -> the legal neighbourhoods that they held, and the other way round."""


class _Meaning(NamedTuple):
    """What one name means in a district: neighbourhoods it may be in, units it may be.

    ``legal`` tells that it is a legal name; then ``units`` is the unit of the same name and
    extent, if there is one. ``late``: no unit had this name in the year.
    """

    within: frozenset[str]
    units: frozenset[str]
    legal: bool
    late: bool


class _Claim(NamedTuple):
    """A name of a row that means something in its district: each meaning, the likelier first."""

    name: Name
    meanings: tuple[_Meaning, ...]


class _Found(NamedTuple):
    """A row of `Gazetteer.find`."""

    district_code: str | None = None
    neighbourhood_code: str | None = None
    administrative_code: str | None = None
    rank: Rank | None = None
    problem: str | None = None
    candidates: tuple[str, ...] = ()


class Gazetteer:
    """Names of districts, legal and administrative neighbourhoods, by year."""

    def __init__(self, boundaries: Boundaries) -> None:
        districts, areas = boundaries.districts, boundaries.neighbourhoods
        units = boundaries.administrative
        self._district_names = dict(zip(districts["code"], districts["name_ko"], strict=True))
        self._names = dict(zip(areas["code"], areas["name_ko"], strict=True))
        self._names |= self._district_names
        self._names |= dict(zip(units["code"], units["name_ko"], strict=True))
        called = spellings(areas)
        official = called[called["key"] == called["code"]]
        called = pd.concat([called, official.assign(key=official["code"] + "00")])
        self._legal = {
            (district, key): code
            for code, district, key in zip(*(called[c] for c in called), strict=True)
        }
        self._units: dict[tuple[str, str], list[str]] = {}
        called = spellings(units)
        for code, district, key in zip(*(called[c] for c in called), strict=True):
            self._units.setdefault((district, key), []).append(code)
        self._of = dict(zip(areas["code"], areas["district_code"], strict=True))
        self._of |= dict(zip(units["code"], units["district_code"], strict=True))
        self._since = dict(zip(units["code"], units["since"], strict=True))
        self._until = dict(zip(units["code"], units["until"].fillna("9999"), strict=True))
        self._pairs = _pairs(boundaries.administrative_legal)
        self._where: dict[str, set[str]] = {}
        for district, key in (*self._legal, *self._units):
            self._where.setdefault(key, set()).add(district)
        self._addresses = Addresses(districts, self._where)
        self._spelled: dict[tuple[str | None, int | None], dict[str, str]] = {}
        self._near = lru_cache(maxsize=100_000)(self._nearest)

    def find(self, texts: pd.DataFrame) -> pd.DataFrame:
        """Where rows of text say that something is.

        Args:
            texts: text columns ``city`` (시도), ``district``, ``neighbourhood`` (legal or
                administrative), ``administrative``, ``legal``, ``address`` and, of further
                addresses in any order, ``address_2`` and so on; each may be left out, cells
                missing where empty; ``year`` (Int64, may be missing or left out).

        Returns:
            On the same index: ``district_code``, ``neighbourhood_code`` (legal),
            ``administrative_code`` (only where the text says which), each missing where not
            known; ``rank`` (Int64, a `Rank`: what names the neighbourhood, missing where nothing
            does); ``problem`` (missing where all is well) and ``candidates`` (tuple of names
            "독산동 (금천구)", nearest first, at most three).

        Problems that leave no district: ``no place`` (no text at all), ``outside the city`` (its
        city or its surest address is another, whatever the district is called), ``unknown
        place``, ``place is in several districts`` (candidates: all of them), ``districts
        contradict each other``. With a district: ``unknown neighbourhood`` (what was written as
        one is none of this district), ``no neighbourhood`` (nothing in the row names one;
        candidates: those that a building in brackets is called after, as 독산동 롯데캐슬 is),
        ``several neighbourhoods`` (two named as surely, or an administrative one that held
        several legal ones: its code is given all the same), ``addresses contradict each other``
        and ``neighbourhoods contradict each other`` (the surer is given; candidates: it and the
        other), ``name of another year`` (the neighbourhood is known all the same).

        Every column is read, and what is surest counts (`Rank`). A name that is both a legal
        and an administrative one is the latter where a surer name lies in it: 부암동 beside
        홍지동 99-7. A name within that of a building (역촌동주민센터) counts where the row has
        no better one, and not in brackets, where buildings stand.
        Two administrative neighbourhoods of one legal one are ``several neighbourhoods``, and
        the legal one is given; so it is of a numbered one (성산2동) that held the one of its name
        (성산동) and others. Where one cell is unknown and another says it, likewise.

        >>> from geo import boundaries
        >>> texts = pd.DataFrame({"address": ["금천구 독산로 1 (독산동)", "마포구 성산 2동"]})
        >>> Gazetteer(boundaries.load()).find(texts)["neighbourhood_code"].tolist()
        ['11545102', '11440125']
        """
        addresses = [name for name in map(str, texts) if name.partition("_")[0] == ADDRESS]
        columns = [*(column for column in COLUMNS if column in texts), *addresses]
        read = [self._read_all(texts[column], column) for column in columns]
        years: list[int | None] = [None] * len(texts)
        if "year" in texts:
            years = [None if pd.isna(year) else int(year) for year in texts["year"]]
        memory: dict[tuple[int | None, ...], _Found] = {}
        rows = []
        for said in zip(years, *(numbers for numbers, _ in read), strict=True):
            if said not in memory:
                year, *numbers = said
                cells = (each[number] for (_, each), number in zip(read, numbers, strict=True))
                memory[said] = self._resolve(dict(zip(columns, cells, strict=True)), year)
            rows.append(memory[said])
        found = pd.DataFrame(rows, columns=list(_Found._fields), index=texts.index)
        text = dict.fromkeys(_Found._fields, "str")
        return found.astype({**text, "rank": "Int64", "candidates": object})

    def _read_all(self, cells: pd.Series[str], column: str) -> tuple[list[int], list[Cell | None]]:
        """What each row's cell says, as a number, and what the numbers stand for.

        Each text is read once; None is where there is none.
        """
        codes, texts = pd.factorize(cells)
        known: dict[Cell | None, int] = {None: 0}
        numbers = [
            known.setdefault(self._addresses.read(text, column), len(known)) for text in texts
        ]
        return [numbers[code] if code >= 0 else 0 for code in codes], list(known)

    def _resolve(self, cells: Mapping[str, Cell | None], year: int | None) -> _Found:
        """What the cells of a row say together."""
        said = {column: cell for column, cell in cells.items() if cell is not None}
        if "city" in said and said["city"].outside:
            return _Found(problem="outside the city")
        kept, left_out = _agreeing(said)
        torn = [code for cell in left_out if not cell.outside for code in cell.districts]
        torn += [code for cell in kept.values() for code in cell.torn]
        found = self._placed(kept, year)
        if (left_out or torn) and found.district_code is not None:
            both = self._labels([found.district_code, *torn])
            problem = "addresses contradict each other"
            return found._replace(problem=problem, candidates=both[:CANDIDATES])
        return found

    def _placed(self, said: Mapping[str, Cell], year: int | None) -> _Found:
        """What cells say whose addresses do not contradict each other."""
        if not said:
            return _Found(problem="no place")
        inside = {code for cell in said.values() if not cell.outside for code in cell.districts}
        abroad = [cell for cell in said.values() if cell.outside]
        if len(inside) > 1 or any(inside - set(cell.districts) for cell in abroad):
            return _Found(problem="districts contradict each other")
        if abroad:
            return _Found(problem="outside the city")
        if inside:
            return self._within(inside.pop(), said, year)
        return self._anywhere(said, year)

    def _anywhere(self, said: Mapping[str, Cell], year: int | None) -> _Found:
        """A row that names no district: the one that its neighbourhoods leave, the surest first."""
        names = _named(said)
        if not names:
            near = self._guesses(said, year) or self._hinted(said)
            return _Found(problem="unknown place", candidates=near)
        common: set[str] = set()
        for _, same in groupby(names, key=lambda name: name.rank):
            found = [self._districts_of(name.key, name.column, year) for name in same]
            here = set.intersection(*found, common or found[0])
            if not (here or common):
                break
            common = here or common
        if len(common) == 1:
            (district,) = common
            if self._is_strange(said.get("district"), district, year):
                return _Found(problem="unknown place", candidates=self._guesses(said, year))
            return self._within(district, said, year)
        places: dict[str, None] = {}
        for name in names:
            districts = self._districts_of(name.key, name.column, year)
            among = districts & common if common else districts
            places |= {self._code_of(district, name.key): None for district in sorted(among)}
        return _Found(problem="place is in several districts", candidates=self._labels(places))

    def _is_strange(self, cell: Cell | None, district: str, year: int | None) -> bool:
        """Whether a column of districts has one of elsewhere, and no slip of the one that is meant.

        A neighbourhood's name may be known in Seoul alone, and yet be that of a new district of
        another city.
        """
        if cell is None or not re.search(r"[가-힣]{2}[시군구]$", cell.strange):
            return False
        return self._district_names[district] not in self._near(cell.strange, None, year)

    def _districts_of(self, key: str, column: str, year: int | None) -> set[str]:
        """Where a name is known: as its column has it, in the year, else at all."""
        units = {d for d in self._where[key] if (d, key) in self._units}
        legal = {d for d in self._where[key] if (d, key) in self._legal}
        now = {d for d in units if self._existing(self._units[d, key], year)}
        if column == "administrative":
            return now or legal or units
        if column == "legal":
            return legal or now or units
        return (now | legal) or units

    def _within(self, district: str, said: Mapping[str, Cell], year: int | None) -> _Found:
        """A row of a known district."""
        claims = self._claims(district, said, year)
        problem, near = self._unknown(district, said, claims, year)
        if not claims:
            near = near or self._hinted(said, district)
            return _Found(district, problem=problem or "no neighbourhood", candidates=near)
        found = self._together(
            district, [(each.name.rank, _meant(each, claims)) for each in claims]
        )
        if problem and found.problem is None:
            return found._replace(problem=problem, candidates=near)
        return found

    def _claims(self, district: str, said: Mapping[str, Cell], year: int | None) -> list[_Claim]:
        """Names that mean something in a district, surest first; buildings' if nothing else."""
        every = [
            _Claim(name, meanings)
            for name in _named(said)
            if (meanings := self._meanings(district, name, year))
        ]
        return [claim for claim in every if claim.name.rank < Rank.BUILDING] or every

    def _meanings(self, district: str, name: Name, year: int | None) -> tuple[_Meaning, ...]:
        """What a name means in a district: the legal neighbourhood, the unit; none where nothing.

        A lot, what stands behind a road and a column of legal ones mean a legal one where they
        can, a column of administrative ones does not where it need not.
        """
        legal = self._legal.get((district, name.key))
        units = self._units.get((district, name.key), [])
        now = self._existing(units, year)
        meanings = []
        if legal and not (name.column == "administrative" and now):
            same = frozenset(now) if self._same(legal, now, year) else frozenset()
            meanings.append(_Meaning(frozenset([legal]), same, legal=True, late=False))
        fixed = name.rank <= Rank.ROAD or name.column == "legal" or not now
        if units and not (meanings and fixed):
            meant = now or units
            held = frozenset(code for unit in meant for code in self._held(unit, year))
            meanings.append(_Meaning(held, frozenset(meant), legal=False, late=not now))
        return tuple(meanings)

    def _existing(self, units: list[str], year: int | None) -> list[str]:
        """Those of the year: of its last day, else of any day in it; all without a year."""
        if year is None:
            return units
        first, last = f"{year}-01-01", f"{year}-12-31"
        within = [u for u in units if self._since[u] <= last and self._until[u] >= first]
        return [unit for unit in within if self._until[unit] >= last] or within

    def _held(self, unit: str, year: int | None) -> set[str]:
        """Legal neighbourhoods of a unit on the year's last day; else all it ever held."""
        return self._pairs_of(year)[0].get(unit) or self._pairs_of(None)[0].get(unit, set())

    def _same(self, legal: str, units: list[str], year: int | None) -> bool:
        """Whether this is the only unit in the neighbourhood and holds no other."""
        held, holders = self._pairs_of(year)
        return len(units) == 1 and (held.get(units[0]), holders.get(legal)) == ({legal}, {*units})

    def _pairs_of(self, year: int | None) -> _Pairs:
        """As `_pairs` has them; the first year's for those before it."""
        if year is None:
            return self._pairs[None]
        last = max(known for known in self._pairs if known)
        return self._pairs[min(max(year, FIRST_YEAR), last)]

    def _together(self, district: str, claims: list[tuple[Rank, _Meaning]]) -> _Found:
        """Several names of a row, or one, as one place; the surest first."""
        rank = claims[0][0]
        surest = [meaning for each, meaning in claims if each == rank]
        legal = {code for meaning in surest if meaning.legal for code in meaning.within}
        held = {code for meaning in surest if not meaning.legal for code in meaning.within}
        clash = bool(held and legal - held)
        within = (legal | held) if clash else (legal or held)
        agreed, against = surest, None
        for each, meaning in claims[len(surest) :]:
            named = {known.units for known in agreed if not known.legal}
            other_unit = named and not meaning.legal and meaning.units not in named
            if meaning.legal and self._is_stem(self._names[min(meaning.within)], within):
                continue
            if other_unit or not within & meaning.within:
                against = against or (each, meaning)
                continue
            agreed = [*agreed, meaning]
            within = within if clash or len(legal) > 1 else within & meaning.within
        named = {meaning.units for meaning in agreed if not meaning.legal}
        units = named or {meaning.units for meaning in agreed}
        unit = next(iter(units)) if len(units) == 1 and not clash else frozenset()
        area = next(iter(within)) if len(within) == 1 else None
        sole = next(iter(unit)) if len(unit) == 1 else None
        several = sorted(within, key=lambda code: (code not in legal, code))
        problem, near = None, () if area else self._labels(several)[:CANDIDATES]
        if area is None or len(named) > 1:
            problem = "several neighbourhoods"
        elif against:
            problem, near = self._contradiction(area, *against)
        elif any(meaning.late for meaning in agreed):
            problem = "name of another year"
        if area is None and sole and not legal:
            area = self._namesake(sole, within)
        return _Found(district, area, sole, rank, problem, near)

    def _is_stem(self, name: str, codes: Iterable[str]) -> bool:
        """Whether a neighbourhood is a numbered part of what is called so: 당산동6가 of 당산동."""
        return any(re.fullmatch(rf"{re.escape(name)}\d가", self._names[code]) for code in codes)

    def _contradiction(
        self, area: str, rank: Rank, against: _Meaning
    ) -> tuple[str, tuple[str, ...]]:
        """What is said of a less sure name that does not agree, and the names of both."""
        kind = "addresses" if rank <= Rank.ROAD else "neighbourhoods"
        other = against.within if against.legal else against.units
        both = self._labels([area, *sorted(other)])
        return f"{kind} contradict each other", both[:CANDIDATES]

    def _namesake(self, unit: str, held: Iterable[str]) -> str | None:
        """Of the legal neighbourhoods that a unit held, the one of which it is a number.

        성산2동 is the second part of 성산동 and has a corner of 중동. Not where others share the
        stem (당산2동: 당산동, 당산동4가).
        """
        stem, numbers = re.subn(r"\d+(?:·\d+)*동$", "동", self._names[unit])
        alike = [code for code in held if self._names[code].startswith(stem)]
        whole = len(alike) == 1 and self._names[alike[0]] == stem
        return alike[0] if numbers and whole else None

    def _unknown(
        self, district: str, said: Mapping[str, Cell], claims: list[_Claim], year: int | None
    ) -> tuple[str | None, tuple[str, ...]]:
        """Whether something stands for a neighbourhood that is none of the district's."""
        known = {code for claim in claims for code in claim.meanings[0].within}
        for column, cell in said.items():
            names = [name for name in cell.names if name.rank < Rank.BUILDING]
            # A sentence may speak of any neighbourhood, where the row says its own elsewhere.
            heard = [name for name in names if name.rank < Rank.WORDS or not claims]
            words = [name.key for name in heard if district not in self._where[name.key]]
            if column in ("city", "district") or not (cell.strange or words):
                continue
            if cell.strange and self._is_stem(cell.strange, known):
                continue
            if cell.strange or len(words) == len(names):
                near = self._near(cell.strange or words[0], district, year)
                # In an address it may be a building's name, unless it looks like another.
                if near or cell.sure:
                    return "unknown neighbourhood", near
        return None, ()

    def _guesses(self, said: Mapping[str, Cell], year: int | None) -> tuple[str, ...]:
        """Names like what a row says that names nothing known."""
        for cell in said.values():
            if cell.strange and (near := self._near(cell.strange, None, year)):
                return near
        return ()

    def _hinted(self, said: Mapping[str, Cell], district: str | None = None) -> tuple[str, ...]:
        """Neighbourhoods after which buildings in brackets are called, of a district or of all."""
        codes = [
            self._code_of(where, key)
            for cell in said.values()
            for key in cell.hints
            for where in sorted(self._where[key])
            if district in (None, where)
        ]
        return self._labels(codes)[:CANDIDATES]

    def _nearest(self, word: str, district: str | None, year: int | None) -> tuple[str, ...]:
        """The names most like a word, and where else this very name is known."""
        if len(word) > LONGEST_WORD:
            return ()
        key = name_key(word)
        found = process.extract(
            unicodedata.normalize("NFD", key),
            self._choices(district, year),
            scorer=fuzz.ratio,
            score_cutoff=LIKE,
            limit=CANDIDATES,
        )
        near = self._labels([code for _, _, code in found])
        others = sorted(self._where.get(key, set()) - {district}) if district else []
        elsewhere = self._labels([self._code_of(other, key) for other in others])
        # The one of that very name is a likelier slip than the third best guess.
        return (*near[: CANDIDATES - bool(elsewhere)], *elsewhere)[:CANDIDATES]

    def _choices(self, district: str | None, year: int | None) -> dict[str, str]:
        """Names of a district, or of all, in the year, by code, taken apart into letters."""
        if (district, year) not in self._spelled:
            units = [unit for units in self._units.values() for unit in self._existing(units, year)]
            codes = dict.fromkeys([*self._legal.values(), *units], None)
            codes |= self._district_names if district is None else {}
            self._spelled[district, year] = {
                code: unicodedata.normalize("NFD", name_key(self._names[code]))
                for code in codes
                if district in (None, self._of.get(code))
            }
        return self._spelled[district, year]

    def _code_of(self, district: str, key: str) -> str:
        """The neighbourhood of this name in a district, else the first unit."""
        return self._legal.get((district, key)) or self._units[district, key][0]

    def _labels(self, codes: Iterable[str]) -> tuple[str, ...]:
        """``독산동 (금천구)``, a district by its name alone; each once."""
        labels = (
            f"{self._names[code]} ({self._names[self._of[code]]})"
            if code in self._of
            else self._names[code]
            for code in codes
        )
        return tuple(dict.fromkeys(labels))


def _named(said: Mapping[str, Cell]) -> list[Name]:
    """Every name of a row, surest first."""
    return sorted((name for cell in said.values() for name in cell.names), key=lambda n: n.rank)


def _agreeing(said: Mapping[str, Cell]) -> tuple[dict[str, Cell], list[Cell]]:
    """Cells but for addresses that a better one contradicts, and those.

    Only which district, or whether in the city at all. Better is one that the column of districts
    confirms, else a surer one; of two as good neither is left out.
    """
    told = [cell for column, cell in said.items() if column.startswith(ADDRESS)]
    told = [cell for cell in told if cell.outside or cell.districts]
    if len(told) < 2:
        return dict(said), []
    others = (cell for column, cell in said.items() if not column.startswith(ADDRESS))
    column = {code for cell in others if not cell.outside for code in cell.districts}

    def doubt(cell: Cell) -> tuple[bool, Rank]:
        return cell.outside or not column & {*cell.districts}, cell.rank

    best = min(told, key=doubt)
    left_out = [
        cell
        for cell in told
        if doubt(cell) > doubt(best)
        and (cell.outside != best.outside or not {*cell.districts} & {*best.districts})
    ]
    return {column: cell for column, cell in said.items() if cell not in left_out}, left_out


def _meant(claim: _Claim, claims: list[_Claim]) -> _Meaning:
    """The likelier meaning of a name, unless only another agrees with what else is said."""
    likely, *others = claim.meanings
    where = (claim.name.rank, claim.name.column)
    beside = {
        code
        for each in claims
        if (each.name.rank, each.name.column) != where
        for code in each.meanings[0].within
    }
    if likely.within & beside:
        return likely
    return next((meaning for meaning in others if meaning.within & beside), likely)


def _pairs(table: pd.DataFrame) -> dict[int | None, _Pairs]:
    """What each unit held and who held each neighbourhood, by year; under None, at any time."""
    since = table["since"].str[:4].astype("int64")
    until = table["until"].str[:4].fillna("0").astype("int64")
    last = max([FIRST_YEAR + 1, *since, *until])
    found: dict[int | None, _Pairs] = {None: _both_ways(table)}
    for year in range(FIRST_YEAR, last + 1):
        found[year] = _both_ways(table[valid_in(table, year)])
    return found


def _both_ways(table: pd.DataFrame) -> _Pairs:
    held: dict[str, set[str]] = {}
    holders: dict[str, set[str]] = {}
    for unit, legal in zip(table["code"], table["legal_code"], strict=True):
        held.setdefault(unit, set()).add(legal)
        holders.setdefault(legal, set()).add(unit)
    return held, holders
