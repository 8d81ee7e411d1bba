"""A place as offices write it -> district, neighbourhood, and how exactly it is known."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Literal, NamedTuple, TypeAlias

import pandas as pd
from rapidfuzz import fuzz, process

from geo.administrative import FIRST_YEAR, name_key, spellings, valid_in
from geo.boundaries import Boundaries

OWN = ("neighbourhood", "administrative", "legal")
"""Columns in which nothing but neighbourhoods is expected."""
COLUMNS = ("district", *OWN, "address")
LIKE = 75
"""Likeness (0 to 100, in letters of Hangul) from which a name may be what was meant: 독신동 and
독산동 have 89, 가산동 and 성산동 71."""
CANDIDATES = 3
LONGEST_WORD = 20
"""No name has as many letters; what is longer is a sentence."""

_POINT = r"\s?[.,·ㆍ‧∙•⋅/]\s?"
_NUMBER = rf"제?\s?\d{{1,2}}(?:{_POINT}\d{{1,2}})*"
_OFFICES = (
    "주민|자치|사무소|청사|복합|마을|일대|일원|소재|관내|전역|지역|에서|내의|성당|교회|시장|우체국|"
    "파출소|지구대|치안센터|도서관|복지관|경로당|새마을|보건|어린이집|유치원"
)
"""What the name of a neighbourhood stands before in one word (역촌동주민센터). Nothing else will
do: 신사동물병원 has nothing to do with 신사동, and 목동역 is not in 목동."""
_NAME = re.compile(
    rf"(?<!\w)(?P<name>(?P<head>[가-힣]+?(?:동|로)?)\s?{_NUMBER}\s?(?:가\s?{_NUMBER}\s?동|가\s?동|가|동)"
    rf"|[가-힣]+?(?:동|로(?!\s?\d+\s?번?[가-하]?길)))(?:(?![가-힣])|(?P<office>(?={_OFFICES})))"
    r"(?P<flat>\s*\d+\s*호)?"
)
_LATIN = re.compile(
    r"(?<!\w)[a-z]+(?:[ -]\d{1,2}(?:[.,·]\d{1,2})*(?:\([a-z]+\))?)?(?:-ga)?"
    r"(?:[ -]\d{1,2}(?:\([a-z]+\))?)?-?(?:dong|ga)(?!\w)|(?<!\w)sejongno(?!\w)",
    re.IGNORECASE,
)
_DISTRICT_OFFICES = "청|의회|보건소|민회관|민체육|민|립|내|에|의|소재|관내|전역|지역|일대"
_CITY = re.compile(r"(?:대한민국\s*)?서울(?:특별시|시|(?=\s))\s*|(?<!\w)seoul(?:-si)?(?!\w)", re.I)

_PROVINCES = (
    "경기도|인천광역시|인천시|부산광역시|부산시|대구광역시|대구시|광주광역시|대전광역시|대전시|"
    "울산광역시|울산시|세종특별자치시|세종시|강원특별자치도|강원도|충청북도|충청남도|전라북도|"
    "전북특별자치도|전라남도|경상북도|경상남도|제주특별자치도|제주도"
)
_SHORT = "경기|인천|부산|대구|광주|대전|울산|세종|강원|충북|충남|전북|전남|경북|경남|제주"
_LATIN_PROVINCES = (
    "incheon|busan|daegu|gwangju|daejeon|ulsan|sejong|gyeonggi|gangwon|"
    "(?:north |south )?(?:chungcheong|jeolla|gyeongsang)(?:buk|nam)?|jeju"
)
_AREA = r"[가-힣]{1,4}(?:시|군|구)(?![가-힣])"
_OUTSIDE = re.compile(
    rf"\W*(?:\d{{3}}-?\d{{2,3}}\W+)?(?:대한민국\s*)?(?:(?:{_PROVINCES})(?:(?![가-힣])|{_AREA})"
    rf"|(?:{_SHORT})(?:\s*{_AREA}|\s+[가-힣]+[읍면](?![가-힣])|\W*$)"
    # A word that ends so is a place only where one follows: not 임시 사무실.
    rf"|(?!서울)[가-힣]{{2,5}}[시군](?:\W*$|청|\s*[가-힣]+\d*[구읍면동리로길가](?![가-힣])))"
    rf"|.*(?:^|,)\s*(?:{_LATIN_PROVINCES})(?:-si|-do)?\s*(?:,|\d|$)",
    re.IGNORECASE,
)

_Pairs: TypeAlias = tuple[dict[str, set[str]], dict[str, set[str]]]
"""Units -> the legal neighbourhoods that they held, and the other way round."""


class _Cell(NamedTuple):
    """What one cell says: codes of districts, keys of names (`name_key`).

    ``beside`` are names that only buildings bear; ``strange`` is what was written where a
    neighbourhood should be; ``sure`` whether it can be nothing else (not in an address, where
    it may be a building).
    """

    districts: tuple[str, ...] = ()
    outside: bool = False
    names: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    strange: str = ""
    sure: bool = False


class _Meaning(NamedTuple):
    """What one name means in a district: neighbourhoods it may be in, units it may be.

    ``legal`` tells that it is a legal name; then ``units`` is the unit of the same name and
    extent, if there is one. ``late``: no unit had this name in the year.
    """

    within: frozenset[str]
    units: frozenset[str]
    legal: bool
    late: bool


class _Found(NamedTuple):
    """A row of `Gazetteer.find`."""

    district_code: str | None = None
    neighbourhood_code: str | None = None
    administrative_code: str | None = None
    problem: str | None = None
    candidates: tuple[str, ...] = ()


class Gazetteer:
    """Names of districts, legal and administrative neighbourhoods, by year."""

    def __init__(self, boundaries: Boundaries) -> None:
        districts, areas = boundaries.districts, boundaries.neighbourhoods
        units = boundaries.administrative
        self._district_names = dict(zip(districts["code"], districts["name_ko"], strict=True))
        self._district_keys = _district_keys(districts)
        self._mentioned = _mentions(districts)
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
        self._key = lru_cache(maxsize=100_000)(name_key)
        self._spelled: dict[tuple[str | None, int | None], dict[str, str]] = {}
        self._near = lru_cache(maxsize=100_000)(self._nearest)

    def find(self, texts: pd.DataFrame) -> pd.DataFrame:
        """Where rows of text say that something is.

        Args:
            texts: text columns ``district``, ``neighbourhood`` (legal or administrative),
                ``administrative``, ``legal``, ``address``, each of which may be left out, cells
                missing where empty; ``year`` (Int64, may be missing or left out).

        Returns:
            On the same index: ``district_code``, ``neighbourhood_code`` (legal),
            ``administrative_code`` (only where the text says which), each missing where not
            known; ``problem`` (missing where all is well) and ``candidates`` (tuple of names
            "독산동 (금천구)", nearest first, at most three).

        Problems that leave no district: ``no place`` (no text at all), ``outside the city``,
        ``unknown place``, ``place is in several districts`` (candidates: all of them),
        ``districts contradict each other``. With a district: ``unknown neighbourhood`` (what
        was written as one is none of this district), ``no neighbourhood`` (nothing in the
        row names one), ``several neighbourhoods`` (two named, or an administrative one that held
        several legal ones: its code is given all the same), ``name of another year`` (the
        neighbourhood is known all the same).

        A name within that of a building (역촌동주민센터) counts where the row has no better one.
        Two administrative neighbourhoods of one legal one are ``several neighbourhoods``, and
        the legal one is given; so it is of a numbered one (성산2동) that held the one of its name
        (성산동) and others. Where one cell is unknown and another says it, likewise.

        >>> from geo import boundaries
        >>> texts = pd.DataFrame({"address": ["금천구 독산로 1 (독산동)", "마포구 성산 2동"]})
        >>> Gazetteer(boundaries.load()).find(texts)["neighbourhood_code"].tolist()
        ['11545102', '11440125']
        """
        columns = [column for column in COLUMNS if column in texts]
        read = [self._read_all(texts[column], column) for column in columns]
        years: list[int | None] = [None] * len(texts)
        if "year" in texts:
            years = [None if pd.isna(year) else int(year) for year in texts["year"]]
        memory: dict[tuple[object, ...], _Found] = {}
        rows = []
        for year, *cells in zip(years, *read, strict=True):
            said = (year, *cells)
            if said not in memory:
                memory[said] = self._resolve(dict(zip(columns, cells, strict=True)), year)
            rows.append(memory[said])
        found = pd.DataFrame(rows, columns=list(_Found._fields), index=texts.index)
        text = dict.fromkeys(_Found._fields[:-1], "str")
        return found.astype({**text, "candidates": object})

    def _read_all(self, cells: pd.Series[str], column: str) -> list[_Cell | None]:
        """Each cell as read, each text once; None where there is none."""
        codes, texts = pd.factorize(cells)
        read = [self._read(text, column) for text in texts]
        return [read[code] if code >= 0 else None for code in codes]

    def _read(self, text: str, column: str) -> _Cell | None:
        """What a cell says; None where it has neither letter nor digit."""
        text = unicodedata.normalize("NFKC", text.replace("ㆍ", "·")).strip()
        if not re.search(r"[^\W_]", text):
            return None
        if column != "address" and (cell := self._whole(text, column)):
            return cell
        start = self._mentioned.match(re.sub(r"^[\W\d]+", "", text))
        # 금천구시흥동 begins with no town called 금천구시.
        if _OUTSIDE.match(text) and (start is None or start["glued"] is None):
            namesakes = [code for code, name in self._district_names.items() if name in text]
            return _Cell(tuple(namesakes), outside=True)
        districts, rest = self._districts_in(text)
        names, beside, strange = self._names_in(rest)
        sure = column in OWN
        if column != "address" and not (names or beside or strange or districts):
            strange = _CITY.sub("", text).strip()
        return _Cell(districts, False, names, beside, strange, sure)

    def _whole(self, text: str, column: str) -> _Cell | None:
        """A cell that holds a name and nothing else."""
        key = self._key(text)
        if column == "district":
            code = self._district_keys.get(key)
            return _Cell((code,)) if code else None
        return _Cell(names=(key,)) if key in self._where else None

    def _districts_in(self, text: str) -> tuple[tuple[str, ...], str]:
        """The districts that a text names, else those of whose offices it speaks.

        Also the text with a bar for each and for the city: what follows a bar is where the
        neighbourhood should stand.
        """
        named: set[str] = set()
        offices: set[str] = set()
        rest, done = ["|"], 0
        for match in self._mentioned.finditer(text):
            code = self._district_keys[self._key(match["name"])]
            after = text[match.end() :]
            if match["glued"] is not None and not self._is_glued(after):
                continue
            name = _NAME.match(after)
            # 종로구청 is an office, but 종로구청운동 is not.
            known = name is not None and self._known(name)
            office = None if known else re.match(rf"(?:{_DISTRICT_OFFICES})[가-힣]*", after)
            (offices if office else named).add(code)
            rest += [text[done : match.start()], " | "]
            done = match.end() + (office.end() if office else 0)
        rest.append(text[done:])
        return tuple(sorted(named or offices)), _CITY.sub(" | ", "".join(rest))

    def _is_glued(self, after: str) -> bool:
        """Whether what follows a district without a space leaves it one (마포구성산동)."""
        office = re.match(rf"(?:{_DISTRICT_OFFICES})", after)
        return bool(office or _NAME.match(after) or re.match(r"[가-힣\d]+(?:로|길)(?!\w)", after))

    def _names_in(self, text: str) -> tuple[tuple[str, ...], tuple[str, ...], str]:
        """Keys of known names, of those in names of buildings, and an unknown first word."""
        names: list[str] = []
        beside: list[str] = []
        strange = ""
        for match in _NAME.finditer(text):
            key = self._known(match)
            if key:
                (names if match["office"] is None else beside).append(key)
            elif not strange and match["office"] is None and match["name"][-1] != "로":
                first = text[: match.start()].rstrip().endswith("|")
                strange = match["name"] if first and not match["flat"] else ""
        if "-" in text or "ejongno" in text:
            latin = (self._key(word) for word in _LATIN.findall(text))
            names += [key for key in latin if key in self._where]
        return tuple(dict.fromkeys(names)), tuple(dict.fromkeys(beside)), strange

    def _known(self, match: re.Match[str]) -> str | None:
        """The key of a name: of the whole, or of 목동 in 목동 1동; not of a block of flats."""
        name, head = match["name"], match["head"]
        # 다동 and 101동 before the number of a flat are blocks, 독산동 is not.
        block = match["flat"] is not None and (bool(head) or len(name) < 3)
        for text in ([] if block else [name]) + ([head] if head else []):
            key = self._key(text)
            if key in self._where:
                return key
        return None

    def _resolve(self, cells: Mapping[str, _Cell | None], year: int | None) -> _Found:
        """What the cells of a row say together."""
        said = {column: cell for column, cell in cells.items() if cell is not None}
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

    def _anywhere(self, said: Mapping[str, _Cell], year: int | None) -> _Found:
        """A row that names no district: the one that its neighbourhoods leave."""
        names = _named(said, "names") or _named(said, "beside")
        if not names:
            return _Found(problem="unknown place", candidates=self._guesses(said, year))
        found = [self._districts_of(key, column, year) for key, column in names]
        common = set.intersection(*found)
        if len(common) == 1:
            return self._within(common.pop(), said, year)
        places = {
            self._code_of(district, key): None
            for (key, _), districts in zip(names, found, strict=True)
            for district in sorted(common or districts)
        }
        return _Found(problem="place is in several districts", candidates=self._labels(places))

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

    def _within(self, district: str, said: Mapping[str, _Cell], year: int | None) -> _Found:
        """A row of a known district."""
        named = _named(said, "names")
        meanings = self._meanings(district, named, year)
        if not meanings:
            meanings = self._meanings(district, _named(said, "beside"), year)
        problem, near = self._unknown(district, said, year)
        if not meanings:
            return _Found(district, problem=problem or "no neighbourhood", candidates=near)
        found = self._together(district, meanings)
        if problem and found.problem is None:
            return found._replace(problem=problem, candidates=near)
        return found

    def _meanings(
        self, district: str, names: Iterable[tuple[str, str]], year: int | None
    ) -> list[_Meaning]:
        """What names mean in a district, those that mean anything there."""
        every = (self._meaning(district, key, column, year) for key, column in names)
        return list(dict.fromkeys(meaning for meaning in every if meaning))

    def _meaning(self, district: str, key: str, column: str, year: int | None) -> _Meaning | None:
        legal, units = self._legal.get((district, key)), self._units.get((district, key), [])
        now = self._existing(units, year)
        if legal and not (column == "administrative" and now):
            same = frozenset(now) if self._same(legal, now, year) else frozenset()
            return _Meaning(frozenset([legal]), same, legal=True, late=False)
        if not units:
            return None
        meant = now or units
        held = frozenset(code for unit in meant for code in self._held(unit, year))
        return _Meaning(held, frozenset(meant), legal=False, late=not now)

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

    def _together(self, district: str, meanings: list[_Meaning]) -> _Found:
        """Several names of a row, or one, as one place."""
        legal = {code for meaning in meanings if meaning.legal for code in meaning.within}
        named = {meaning.units for meaning in meanings if not meaning.legal}
        held = {code for meaning in meanings if not meaning.legal for code in meaning.within}
        clash = bool(named and legal - held)
        within = (legal | held) if clash else (legal or held)
        units = named if named else {meaning.units for meaning in meanings}
        unit = next(iter(units)) if len(units) == 1 and not clash else frozenset()
        area = next(iter(within)) if len(within) == 1 else None
        problem = None
        if len(within) != 1 or len(named) > 1:
            problem = "several neighbourhoods"
        elif any(meaning.late for meaning in meanings):
            problem = "name of another year"
        several = sorted(within, key=lambda code: (code not in legal, code))
        near = self._labels(several)[:CANDIDATES] if area is None else ()
        sole = next(iter(unit)) if len(unit) == 1 else None
        if area is None and sole and not legal:
            area = self._namesake(sole, within)
        return _Found(district, area, sole, problem, near)

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
        self, district: str, said: Mapping[str, _Cell], year: int | None
    ) -> tuple[str | None, tuple[str, ...]]:
        """Whether something stands for a neighbourhood that is none of the district's."""
        for column, cell in said.items():
            if column == "district":
                continue
            words = [name for name in cell.names if district not in self._where[name]]
            if cell.strange or (words and len(words) == len(cell.names)):
                near = self._near(cell.strange or words[0], district, year)
                # In an address it may be a building's name, unless it looks like another.
                if near or cell.sure:
                    return "unknown neighbourhood", near
        return None, ()

    def _guesses(self, said: Mapping[str, _Cell], year: int | None) -> tuple[str, ...]:
        """Names like what a row says that names nothing known."""
        for cell in said.values():
            if cell.strange and (near := self._near(cell.strange, None, year)):
                return near
        return ()

    def _nearest(self, word: str, district: str | None, year: int | None) -> tuple[str, ...]:
        """The names most like a word, and where else this very name is known."""
        if len(word) > LONGEST_WORD:
            return ()
        key = self._key(word)
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
                code: unicodedata.normalize("NFD", self._key(self._names[code]))
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


def _named(said: Mapping[str, _Cell], which: Literal["names", "beside"]) -> list[tuple[str, str]]:
    """Every name of a row, and the column in which it stands."""
    return [(key, column) for column, cell in said.items() for key in getattr(cell, which)]


def _district_keys(districts: pd.DataFrame) -> dict[str, str]:
    """What a cell for districts may hold -> code: with and without 구, romanised, the code."""
    keys: dict[str, str] = {}
    for code, korean, english in zip(
        *(districts[c] for c in ("code", "name_ko", "name_en")), strict=True
    ):
        names = [code, f"{code}00000", korean, english, english.removesuffix("-gu")]
        # 중 alone is no name: it also means "among".
        names += [korean[:-1]] if len(korean) > 2 else []
        names += [f"서울{text}{name}" for text in ("", "시", "특별시") for name in names[2:]]
        keys |= dict.fromkeys(map(name_key, names), code)
    return keys


def _mentions(districts: pd.DataFrame) -> re.Pattern[str]:
    """Names of districts in a text, with the city before them or not."""
    korean = "|".join(map(re.escape, districts["name_ko"]))
    english = "|".join(re.escape(name).replace(r"\-", "[ -]?") for name in districts["name_en"])
    return re.compile(
        rf"(?<!\w)(?:서울(?:특별시|시)?\s*)?(?P<name>(?:{korean})(?P<glued>(?=[가-힣]))?"
        rf"|(?:{english})(?!\w))",
        re.IGNORECASE,
    )


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
