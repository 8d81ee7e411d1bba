"""A place as offices write it -> district, neighbourhood, and how exactly it is known.

Nothing is corrected: what is no name of the place, spelled as `geo.administrative.name_key`
allows, is told with the names nearest to it. Likeness is the normalised indel similarity of the
letters (jamo) that syllables are made of (rapidfuzz `fuzz.ratio`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import pandas as pd
from rapidfuzz import fuzz, process

from geo.administrative import name_key
from geo.boundaries import Boundaries

COLUMNS = ("district", "neighbourhood", "administrative", "legal", "address")
FOUND = ("district_code", "neighbourhood_code", "administrative_code", "problem", "candidates")
PROVINCES = [
    "부산",
    "대구",
    "인천",
    "광주",
    "대전",
    "울산",
    "세종",
    "경기",
    "강원",
    "충북",
    "충남",
    "전북",
    "전남",
    "경북",
    "경남",
    "제주",
    "충청북",
    "충청남",
    "전라북",
    "전라남",
    "경상북",
    "경상남",
]
OUTSIDE = re.compile(
    rf"(?:(?:{'|'.join(PROVINCES)})(?:특별자치시|특별자치도|광역시|도|시)?|(?!서울)[가-힣]{{2,5}}[시군])"
    r"(?:\s|$|(?=[가-힣]+[시군구]\b))"
)
"""How an address begins that is not in Seoul."""
CITY = re.compile(r"^(?:서울특별시|서울시|서울|seoul\b,?)\s*", re.I)
ADDRESS_PART = re.compile(r"[가-힣]{2,}\d*[동가]")
"""What looks like a neighbourhood in an address, known or not."""
OFFICES = r"(?:제?\d*)(?:주민센터|주민자치센터|자치센터|행정복지센터|사무소|자치회관|복지센터)"
"""A neighbourhood's own office, which names it where nothing else does."""
MOST_CANDIDATES = 3
LIKE = 60
"""Likeness, 0 to 100, of a name that may have been meant."""
FIRST_DAY, LAST_DAY = "0000-00-00", "9999-12-31"


@dataclass(frozen=True)
class _Name:
    """One name of a neighbourhood; a legal one has no unit."""

    text: str
    district: str
    legal: str | None
    unit: str | None
    since: str = FIRST_DAY
    until: str = LAST_DAY

    def in_year(self, year: int | None) -> bool:
        """Whether it was so called at any time of a year."""
        return year is None or (self.since <= f"{year}-12-31" and self.until >= f"{year}-01-01")

    def apart(self, year: int | None) -> int:
        """Years between its time and a year; 0 within it, the later of two at its end."""
        if year is None:
            return 0
        return max(int(self.since[:4]) - year, year - int(self.until[:4]), 0)


@dataclass(frozen=True)
class _Place:
    district: str | None = None
    neighbourhood: str | None = None
    administrative: str | None = None
    problem: str | None = None
    candidates: tuple[str, ...] = ()


class Gazetteer:
    """Names of districts, legal and administrative neighbourhoods, by year."""

    def __init__(self, boundaries: Boundaries) -> None:
        districts = boundaries.districts
        self._called = dict(zip(districts["code"], districts["name_ko"], strict=True))
        self._districts = _district_names(districts)
        longest = sorted(districts["name_ko"], key=len, reverse=True)
        self._in_text = re.compile(
            rf"(?:^|(?<![가-힣]))({'|'.join(map(re.escape, longest))})(?=청|의회|보건소|[^가-힣]|$)"
            rf"|^({'|'.join(map(re.escape, longest))})"
        )
        self._names: dict[str, list[_Name]] = {}
        for name, key in _names(boundaries):
            self._names.setdefault(key, []).append(name)
        pairs = boundaries.administrative_legal
        self._legal_of: dict[str, list[tuple[str, str, str]]] = {}
        until = pairs["until"].fillna(LAST_DAY)
        for code, legal, since, end in zip(
            pairs["code"], pairs["legal_code"], pairs["since"], until, strict=True
        ):
            self._legal_of.setdefault(code, []).append((legal, since, end))
        self._near = lru_cache(maxsize=10_000)(self._nearest)

    def find(self, texts: pd.DataFrame) -> pd.DataFrame:
        """Where rows of text say that something is.

        Args:
            texts: text columns ``district``, ``neighbourhood`` (legal or administrative),
                ``administrative``, ``legal``, ``address``, each of which may be left out, cells
                missing where empty; ``year`` (Int64, may be missing).

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
        """
        wanted = texts.reindex(columns=[*COLUMNS, "year"]).astype("object")
        cells = wanted.where(wanted.notna(), None)
        rows: list[Any] = list(cells.itertuples(index=False, name=None))
        known = {row: self._place(*row) for row in set(rows)}
        found = [known[row] for row in rows]
        frame = pd.DataFrame(
            {
                "district_code": [place.district for place in found],
                "neighbourhood_code": [place.neighbourhood for place in found],
                "administrative_code": [place.administrative for place in found],
                "problem": [place.problem for place in found],
            },
            index=texts.index,
            dtype="str",
        )
        frame["candidates"] = pd.Series([place.candidates for place in found], texts.index, object)
        return frame

    def _place(
        self,
        district: str | None,
        neighbourhood: str | None,
        administrative: str | None,
        legal: str | None,
        address: str | None,
        year: int | None,
    ) -> _Place:
        """Where one row says that it is."""
        cells = [_plain(cell) for cell in (administrative, legal, neighbourhood) if cell]
        texts = [*cells, *([_plain(address)] if address else [])]
        place = _plain(district) if district else ""
        if not texts and not place:
            return _Place(problem="no place")
        if any(OUTSIDE.match(text) for text in [place, *texts]):
            return _Place(problem="outside the city")
        codes = {code for text in texts for code in self._districts_in(text)}
        column = self._district(place)
        if column is None and place:
            texts = [place, *texts]  # a neighbourhood may stand in the column of districts
        codes |= {column} if column else set()
        if len(codes) > 1:
            return _Place(problem="districts contradict each other")
        code = next(iter(codes), None)
        if code is None:
            return self._anywhere(texts, year, bool(administrative))
        return self._within(code, cells, texts, year, bool(administrative))

    def _within(
        self, district: str, cells: list[str], texts: list[str], year: int | None, units: bool
    ) -> _Place:
        """A place in a known district."""
        for text in texts:
            named = [self._of(names, district, year) for names in self._mentioned(text, district)]
            found = [name for names in named for name in names]
            if found:
                return self._told(district, found, year, units and text == texts[0])
        unknown = next((self._rest(cell) for cell in cells if self._rest(cell)), None)
        unknown = unknown or next(filter(None, map(self._unknown_part, texts)), None)
        if unknown is None:
            return _Place(district, problem="no neighbourhood")
        return _Place(
            district,
            problem="unknown neighbourhood",
            candidates=self._near(unknown, district, year),
        )

    def _told(self, district: str, found: list[_Name], year: int | None, units: bool) -> _Place:
        """What names of a district come to: the legal neighbourhood, the unit, or several."""
        legal = [name for name in found if name.unit is None]
        unit = [name for name in found if name.unit is not None]
        if units and unit:
            legal = []
        codes = {str(name.legal) for name in legal}
        current = [name for name in unit if name.in_year(year)]
        held = {code for name in (current or unit) for code in self._main(name, year)}
        units_named = {name.unit for name in (current or unit)}
        only = units_named.pop() if len(units_named) == 1 and not codes else None
        codes = codes or held
        if len(codes) > 1:
            return _Place(district, None, only, "several neighbourhoods")
        old = not legal and not current
        problem = "name of another year" if old else None if codes else "several neighbourhoods"
        return _Place(district, next(iter(codes), None), only, problem)

    def _main(self, name: _Name, year: int | None) -> list[str]:
        """Legal neighbourhoods of a unit; the one that it is named after, where it holds that.

        성산2동 has corners of other neighbourhoods, but who writes it means 성산동.
        """
        held = self._held(name, year)
        stem = name_key(re.sub(r"제?\d+(?=동$)", "", name.text))
        after = {legal.legal for legal in self._names.get(stem, [])}
        return [code for code in held if code in after] or held

    def _held(self, name: _Name, year: int | None) -> list[str]:
        """Legal neighbourhoods of a unit in a year, or at all where the year tells none."""
        pairs = self._legal_of.get(name.unit or "", [])
        now = [
            legal
            for legal, since, until in pairs
            if year is None or (since <= f"{year}-12-31" and until >= f"{year}-01-01")
        ]
        return now or [legal for legal, _, _ in pairs]

    def _of(self, names: Iterable[_Name], district: str, year: int | None) -> list[_Name]:
        """Names in a district: legal ones, units of the year, else those nearest to it in time."""
        there = [name for name in names if name.district == district]
        apart = min((name.apart(year) for name in there if name.unit), default=0)
        near = [name for name in there if name.unit is None or name.apart(year) == apart]
        latest = max((name.since for name in near if name.unit), default="")
        return [name for name in near if name.unit is None or name.since == latest]

    def _anywhere(self, texts: list[str], year: int | None, units: bool) -> _Place:
        """A place that no district is written with."""
        mentioned = [names for text in texts for names in self._mentioned(text, None)]
        if not mentioned:
            near = self._near(self._rest(texts[0]), None, year)
            return _Place(problem="unknown place", candidates=near)
        among = [{name.district for name in names if name.in_year(year)} for names in mentioned]
        among = [found or {name.district for name in names}
                 for found, names in zip(among, mentioned, strict=True)]  # fmt: skip
        districts = set.intersection(*among)
        if len(districts) == 1:
            return self._within(districts.pop(), [], texts, year, units)
        several = sorted(set.union(*among))
        name = mentioned[0][0].text
        return _Place(
            problem="place is in several districts",
            candidates=tuple(f"{name} ({self._called[code]})" for code in several),
        )

    def _district(self, text: str) -> str | None:
        """The district that a cell of the column of districts names."""
        bare = CITY.sub("", text)
        found = self._districts.get(name_key(bare))
        return found or next(iter(self._districts_in(text)), None)

    def _districts_in(self, text: str) -> list[str]:
        """Districts that a text names, the first of them where an address begins with one."""
        bare = CITY.sub("", text)
        codes = [self._districts[name_key(a or b)] for a, b in self._in_text.findall(bare)]
        return codes[:1]

    def _mentioned(self, text: str, district: str | None) -> list[list[_Name]]:
        """Names of neighbourhoods in a text: as a whole, in brackets, word by word."""

        def known(part: str) -> list[_Name]:
            names = self._names.get(name_key(part), [])
            return [name for name in names if district in (None, name.district)]

        bare = self._rest(text)
        if names := known(bare):
            return [names]
        found = [names for part in _parts(bare) if (names := known(part))]
        if found:
            return found
        office = re.search(rf"([가-힣]+\d*동)(?={OFFICES})", bare)
        return [names] if office and (names := known(office[1])) else []

    def _rest(self, text: str) -> str:
        """A text without city and district."""
        bare = CITY.sub("", text)
        return self._in_text.sub(" ", bare, count=1).strip()

    def _unknown_part(self, text: str) -> str | None:
        """A word of an address that looks like a neighbourhood and is none."""
        return next(
            (part for part in _parts(self._rest(text)) if ADDRESS_PART.fullmatch(part)), None
        )

    def _nearest(self, text: str, district: str | None, year: int | None) -> tuple[str, ...]:
        """Names that may have been meant: like ones of the district, the same of another."""
        wanted = name_key(text)
        there: dict[str, str] = {}
        for names in self._names.values():
            for name in names:
                if district in (None, name.district) and name.in_year(year):
                    there[f"{name.text} ({self._called[name.district]})"] = _jamo(name.text)
        like = process.extract(_jamo(wanted), there, scorer=fuzz.ratio, limit=20, score_cutoff=LIKE)
        best = sorted(like, key=lambda each: (-each[1], each[2]))
        same = [f"{name.text} ({self._called[name.district]})"
                for name in self._names.get(wanted, []) if name.in_year(year)]  # fmt: skip
        every = dict.fromkeys([*same, *(str(name) for _, _, name in best)])
        return tuple(every)[:MOST_CANDIDATES]


def _plain(cell: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", cell).split())


def _jamo(text: str) -> str:
    """The letters of a name, without the syllable that all of them end with."""
    return unicodedata.normalize("NFD", name_key(text).removesuffix("동"))


def _district_names(districts: pd.DataFrame) -> dict[str, str]:
    """What a district may be called in a cell of its own -> its code."""
    names: dict[str, str] = {}
    for code, korean, english in zip(
        districts["code"], districts["name_ko"], districts["name_en"], strict=True
    ):
        names |= {name_key(korean): code, name_key(english): code, code: code}
        if len(korean) > 2:  # 금천 will do for 금천구, 중 is no name
            names[name_key(korean.removesuffix("구"))] = code
    return names


def _names(boundaries: Boundaries) -> Iterator[tuple[_Name, str]]:
    """Names of all neighbourhoods with their keys, Korean and romanised."""
    legal = boundaries.neighbourhoods
    for code, district, *called in zip(
        legal["code"], legal["district_code"], legal["name_ko"], legal["name_en"], strict=True
    ):
        for name in called:
            yield _Name(called[0], district, code, None), name_key(name)
    units = boundaries.administrative
    columns = ("code", "district_code", "since", "until", "name_ko", "name_en")
    for code, district, since, until, *called in zip(*(units[c] for c in columns), strict=True):
        end = LAST_DAY if pd.isna(until) else until
        for name in called:
            yield _Name(called[0], district, None, code, since, end), name_key(name)


def _parts(text: str) -> Iterator[str]:
    """What may be a name in an address: pieces in brackets, words, and pairs of words."""
    for inner in re.findall(r"[(\[]([^)\]]*)[)\]]?", text):
        yield from re.split(r"[,\s]+", inner)
    outer = re.sub(r"[(\[][^)\]]*[)\]]?", " ", text)
    words = [word for word in re.split(r"[,\s]+", outer) if word]
    for word, after in zip(words, [*words, ""][1:], strict=True):
        # 독산 1동, 화곡 제1동; not the 101동 of a block of flats
        if re.fullmatch(r"제?\d{1,2}(?:[.,·]\d)*가?동", after):
            yield word + after
        yield word
        # 성산동200-1, 성산동산5
        lot = re.fullmatch(r"(.*?[동가로])산?\d[\d\-]*(?:번지)?(?:호)?", word)
        if lot:
            yield lot[1]
