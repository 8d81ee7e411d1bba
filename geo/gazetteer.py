"""A place as offices write it -> district, neighbourhood, and how exactly it is known."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from enum import IntEnum
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple, TypeAlias

import pandas as pd
from rapidfuzz import fuzz, process

from geo.administrative import FIRST_YEAR, name_key, spellings, valid_in
from geo.boundaries import Boundaries

OWN = ("neighbourhood", "administrative", "legal")
"""Columns in which nothing but neighbourhoods is expected."""
COLUMNS = ("city", "district", *OWN)
"""And any number of addresses: ``address``, ``address_2`` and so on."""
ADDRESS = "address"
LIKE = 75
"""Likeness (0 to 100, in letters of Hangul) from which a name may be what was meant: 독신동 and
독산동 have 89, 가산동 and 성산동 71."""
CANDIDATES = 3
LONGEST_WORD = 20
"""No name has as many letters; what is longer is a sentence."""


class Rank(IntEnum):
    """What a row's neighbourhood is known from, surest first.

    The surest one counts. What is less sure may tell more (which administrative part of the
    neighbourhood); where it contradicts, that is reported, and it is not used.
    """

    POINT = 1
    """Coordinates, if they lie in the district that the words name (`geo.intake.records`)."""
    LOT = 2
    """독산동 250-3: lots are numbered within legal neighbourhoods."""
    ROAD = 3
    """독산로 12 (독산동): a road crosses several; the legal one stands in brackets, if at all."""
    NAME = 4
    """A column of neighbourhoods: legal or administrative ones, which share many names."""
    WORDS = 5
    """독산동 놀이터 옆: any other words of an address, or a sentence about the place."""
    BUILDING = 6
    """역촌동주민센터, 목동 7단지: buildings called after a neighbourhood may stand in the next."""


_POINT = r"\s?[.,·ㆍ‧∙•⋅/]\s?"
_NUMBER = rf"제?\s?\d{{1,2}}(?:{_POINT}\d{{1,2}})*"
_OFFICES = (
    "주민|자치|사무소|청사|복합|마을|성당|교회|시장|우체국|파출소|지구대|치안센터|도서관|복지관|경로당|"
    "새마을|보건|어린이집|유치원"
)
"""What the name of a neighbourhood stands before in one word (역촌동주민센터). Nothing else will
do: 신사동물병원 has nothing to do with 신사동, and 목동역 is not in 목동."""
_AROUND = r"일대|일원|소재|관내|전역|지역|에서|내의|번지|외\s?\d|산\s?\d"
"""What may be written behind a neighbourhood without a space, and leaves it one."""
_STREET = r"\s?\d+\s?번?[가-하]?길(?![가-힣])|\s?\d+로(?![가-힣])"
"""What makes a road of a name: 대방동6길."""
_PARTS = r"층|단지|차|호선|호점|번\s?출구|번째|블[록럭]"
_LOT = (
    rf"\s*(?:산\s?)?\d+(?:\s?-\s?\d+)?(?!\d|{_PARTS}"
    rf"|\s?(?:{_PARTS}|지구|학년|공구|개소?|[명인회기년월일시분세팀평통반동m%])(?![가-힣]))(?P<ho>\s?호)?"
)
"""A lot: 250-3, 산 25-1, and 20호 in lists of licences; not 3층 or 2단지."""
_NAME = re.compile(
    rf"(?<!\w)(?P<name>(?P<head>[가-힣]+?(?:동|로)?)\s?{_NUMBER}\s?(?:가\s?{_NUMBER}\s?동|가\s?동|가|동)"
    rf"|[가-힣]+?(?:동(?!{_STREET})|로(?!{_STREET}|\s?지하\s?\d)))"
    rf"(?:(?P<lot>{_LOT})|(?P<building>(?={_OFFICES}|\s?\d+\s?(?:차|단지)))"
    rf"|(?![가-힣])|(?={_AROUND}|지하\s?\d))"
)
_BRACKET = re.compile(r"[(\[](?P<items>[^()\[\]]*)[)\]]?")
_BETWEEN = re.compile(r"[,/](?!\s?\d)")
_ITEM_END = re.compile(r"\s*(?:일대|일원|소재|관내|전역|지역|부근|인근)?\s*(?:,.*)?")
"""What may follow a neighbourhood in brackets; (장지동복합청사) is a building, wherever it is."""
_LATIN = re.compile(
    r"(?<!\w)[a-z]+(?:-dong(?= \d))?(?:[ -]\d{1,2}(?:[.,·]\d{1,2})*(?:\([a-z]+\))?)?(?:-ga)?"
    r"(?:[ -]\d{1,2}(?:\([a-z]+\))?)?-?(?:dong|ga)(?!\w)|(?<!\w)sejongno(?!\w)",
    re.IGNORECASE,
)
_ROAD_FORM = re.compile(r"[가-힣\d](?:로|길)\s*(?:지하\s*)?\d|-(?:ro|gil)(?!\w)", re.IGNORECASE)
_LOT_FORM = re.compile(r"[가-힣](?:동|리|가)\s*(?:산\s?)?\d")
_DISTRICT_OFFICE = re.compile(
    "(?:청|의회|보건소|민회관|민체육|민|립|내|에|의|소재|관내|전역|지역|일대)[가-힣]*"
)
_SEOUL = r"서울(?:\s?특별시|시)?"
_CITY = re.compile(
    r"(?:대한민국\s*)?서울(?:\s?특별시|시|(?=\s))\s*|(?<!\w)seoul(?:-si)?(?!\w)", re.I
)
_SIGN = re.compile(r"[^\W_]")
_START = re.compile(r"^[\W\d]+")
_SAYS_NOTHING = re.compile(r"없음|해당\s?없음|미상|미정|불명|n/?a|null|none", re.IGNORECASE)

_PROVINCES = "충청[남북]도|전라[남북]도|경상[남북]도"
_MADE = r"(?![가-힣]{0,6}서울)[가-힣]{2,8}(?:특별시|광역시|직할시|특별자치시|특별자치도|특례시)"
"""Cities and provinces of a rank of their own, whatever becomes of them: 전남광주통합특별시."""
_SHORT = (
    "(?:경기|인천|부산|대구|광주|대전|울산|세종|강원|충북|충남|전북|전남|경북|경남|제주){1,3}"
    "[남북]?부?"
)
_TOWNS = (
    "수원|성남|의정부|안양|부천|광명|평택|동두천|안산|고양|과천|구리|남양주|오산|시흥|군포|의왕|하남|용인|"
    "파주|이천|안성|김포|화성|양주|포천|여주|춘천|원주|강릉|동해|태백|속초|삼척|청주|충주|제천|천안|공주|"
    "보령|아산|서산|논산|계룡|당진|전주|군산|익산|정읍|남원|김제|목포|여수|순천|나주|광양|포항|경주|김천|"
    "안동|구미|영주|영천|상주|문경|경산|창원|마산|진주|통영|사천|김해|밀양|거제|양산|서귀포"
)
_GU = (
    "영도|부산진|(?<!광)진|동래|해운대|사하|금정|연제|수영|사상|수성|달서|미추홀|연수|남동|부평|계양|제물포|영종|"
    "검단|광산|유성|대덕|장안|권선|팔달|영통|수정|중원|분당|만안|동안|상록|단원|덕양|일산[동서]?|처인|"
    "기흥|수지|원미|소사|오정|만세|효행|병점|동탄|상당|서원|흥덕|청원|동남|서북|완산|덕진|의창|성산|"
    "마산합포|마산회원|진해"
)
"""Districts of other cities, some of them old and some new, but for 강서구 and 중구."""
_LATIN_PROVINCES = (
    "incheon|busan|daegu|gwangju|daejeon|ulsan|sejong|gyeonggi|gangwon|"
    "(?:north |south )?(?:chungcheong|jeolla|gyeongsang)(?:buk|nam)?|jeju"
)
_AREA = r"[가-힣]{1,4}(?:시|군|구)(?![가-힣])"
_PLACE = r"[가-힣]+\d*[구읍면동리로길가](?![가-힣])"
_ADDRESS = r"\s+(?:[가-힣]+\d*[읍면동리](?![가-힣])|[가-힣\d]+[로길]\s*\d)"
_OUTSIDE = re.compile(
    r"\W*(?:우(?:편번호)?\W*)?(?:\d{3}-?\d{2,3}\W*)?(?:대한민국\s*)?"
    rf"(?:{_MADE}|(?:{_PROVINCES})(?:(?![가-힣])|{_AREA})"
    # 부산시, and whatever slip is made of 부산광역시.
    rf"|(?:{_SHORT})(?:(?!대?로)[가-힣]{{0,4}}[시도](?:(?![가-힣])|{_AREA})|[)\]]?\s*{_AREA}|{_ADDRESS}"
    rf"|\s+[가-힣]{{2,3}}{_ADDRESS}|\s+(?:{_TOWNS})(?![가-힣])|청?\W*$)"
    rf"|(?:{_TOWNS})(?:시(?![가-힣])|{_ADDRESS})"
    # A word that ends so is a place only where one follows: not 임시 사무실.
    rf"|(?!서울)[가-힣]{{2,5}}[시군](?:\W*$|청|\W*{_PLACE}|\s*[가-힣]{{1,4}}구청)"
    # There are no townships in Seoul.
    rf"|[가-힣]{{1,4}}[읍면]\s+(?:[가-힣]+\d*리(?![가-힣])|[가-힣\d]+[로길]\s*\d)"
    rf"|(?:(?:(?!서울)[가-힣]{{2,4}}\s?)?(?:{_GU})|[동서남북])구(?:\W*$|청|\W*{_PLACE}))"
)
_OUTSIDE_LATIN = re.compile(
    rf"(?:^|,)\s*(?:{_LATIN_PROVINCES})(?:-si|-do)?\s*(?:,|\d|$)"
    r"|(?<![\w-])(?!seoul)[a-z]{3,}-(?:si|gun)(?!\w)",
    re.IGNORECASE,
)

_Pairs: TypeAlias = tuple[dict[str, set[str]], dict[str, set[str]]]
"""Units -> the legal neighbourhoods that they held, and the other way round."""


class _Name(NamedTuple):
    """A name as a cell has it: its key (`name_key`), how surely it tells, and the column."""

    key: str
    rank: Rank
    column: str


class _Cell(NamedTuple):
    """What one cell says: codes of districts, names of neighbourhoods.

    ``torn`` are districts that it names too, though its neighbourhood is in none of them.
    ``strange`` is what was written where a neighbourhood should be; ``sure`` whether it can be
    nothing else (not in an address, where it may be a building). ``rank`` is that of the form
    of an address, whatever it names. ``hints`` are names that a building in brackets is called
    after: they place nothing.
    """

    districts: tuple[str, ...] = ()
    torn: tuple[str, ...] = ()
    outside: bool = False
    names: tuple[_Name, ...] = ()
    strange: str = ""
    sure: bool = False
    rank: Rank = Rank.WORDS
    hints: tuple[str, ...] = ()


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

    name: _Name
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

    def _read_all(self, cells: pd.Series[str], column: str) -> tuple[list[int], list[_Cell | None]]:
        """What each row's cell says, as a number, and what the numbers stand for.

        Each text is read once; None is where there is none.
        """
        codes, texts = pd.factorize(cells)
        known: dict[_Cell | None, int] = {None: 0}
        numbers = [known.setdefault(self._read(text, column), len(known)) for text in texts]
        return [numbers[code] if code >= 0 else 0 for code in codes], list(known)

    def _read(self, text: str, column: str) -> _Cell | None:
        """What a cell says; None where it has neither letter nor digit."""
        text = unicodedata.normalize("NFKC", text.replace("ㆍ", "·")).strip()
        if not _SIGN.search(text):
            return None
        if not column.startswith(ADDRESS) and (cell := self._whole(text, column)):
            return cell
        if self._is_outside(text):
            namesakes = [code for code, name in self._district_names.items() if name in text]
            return _Cell(tuple(namesakes), outside=True, rank=_form(text))
        districts, rest = self._districts_in(text)
        if column == "city" and not districts:
            return None if _is_seoul(text) else _Cell(outside=True)
        names, strange, hints = self._names_in(rest, column)
        torn = self._torn(districts, names)
        districts = tuple(code for code in districts if code not in torn)
        sure = column in OWN
        if not column.startswith(ADDRESS) and not (names or strange or districts):
            strange = _CITY.sub("", text).strip()
        return _Cell(districts, torn, False, names, strange, sure, _form(text), hints)

    def _is_outside(self, text: str) -> bool:
        """Whether a text begins with another city, or ends with one in Latin letters."""
        if not _OUTSIDE.match(text):
            return bool(_OUTSIDE_LATIN.search(text))
        # 금천구시흥동 begins with no town called 금천구시.
        start = self._mentioned.match(_START.sub("", text))
        return start is None or start["glued"] is None

    def _torn(self, districts: tuple[str, ...], names: tuple[_Name, ...]) -> tuple[str, ...]:
        """Of several districts in a text, those without the neighbourhood of its address.

        서울특별시 중구 용산구 동자동 14-151 is in 용산구: in 중구 is no 동자동.
        """
        if len(districts) < 2:
            return ()
        where = [self._where[name.key] for name in names if name.rank <= Rank.ROAD]
        fits = {*districts}.intersection(*where) if where else set()
        return tuple(code for code in districts if code not in fits) if len(fits) == 1 else ()

    def _whole(self, text: str, column: str) -> _Cell | None:
        """A cell that holds a name and nothing else."""
        key = self._key(text)
        if column in OWN:
            return _Cell(names=(_Name(key, Rank.NAME, column),)) if key in self._where else None
        code = self._district_keys.get(key)
        return _Cell((code,)) if code else None

    def _districts_in(self, text: str) -> tuple[tuple[str, ...], str]:
        """The districts that a text names, else those of whose offices it speaks.

        Also the text with a bar for each and for the city: what follows a bar is where the
        neighbourhood should stand.
        """
        named: set[str] = set()
        offices: set[str] = set()
        rest, done = ["|"], 0
        for match in self._mentioned.finditer(text):
            code = self._district_keys[self._key(match["bare"] or match["name"])]
            after = text[match.end() :]
            if match["glued"] is not None and not self._is_glued(after):
                continue
            name = _NAME.match(after)
            # 종로구청 is an office, but 종로구청운동 is not.
            known = name is not None and self._known(name, placed=True)
            office = None if known else _DISTRICT_OFFICE.match(after)
            (offices if office else named).add(code)
            rest += [text[done : match.start()], " | "]
            done = match.end() + (office.end() if office else 0)
        rest.append(text[done:])
        return tuple(sorted(named or offices)), _CITY.sub(" | ", "".join(rest))

    def _is_glued(self, after: str) -> bool:
        """Whether what follows a district without a space leaves it one (마포구성산동)."""
        place = _DISTRICT_OFFICE.match(after) or _NAME.match(after)
        return bool(place or re.match(r"[가-힣\d]+(?:로|길)(?!\w)", after))

    def _names_in(self, text: str, column: str) -> tuple[tuple[_Name, ...], str, tuple[str, ...]]:
        """Known names, in brackets and outside of them; an unknown first word; hints."""
        plain, inner = (Rank.NAME,) * 2 if column in OWN else (Rank.WORDS, Rank.ROAD)
        found: list[tuple[str, Rank]] = []
        hints: list[str] = []
        strange = ""
        outer = _BRACKET.sub(" ", text)
        for match in _NAME.finditer(outer):
            before = outer[: match.start()].rstrip()
            first = before.endswith("|")
            key = self._known(match, first and before.count("|") > 1)
            rank = Rank.BUILDING if match["building"] is not None else plain
            if key:
                lot = match["lot"] and plain is Rank.WORDS and key == self._key(match["name"])
                found.append((key, Rank.LOT if lot else rank))
            elif not strange and rank is plain and match["name"][-1] != "로":
                strange = match["name"] if first and match["ho"] is None else ""
        for bracket in _BRACKET.finditer(text):
            named, called = self._bracketed(bracket["items"], inner)
            found, hints = found + named, hints + called
        if "-" in text or "ejongno" in text:
            latin = (self._key(word) for word in _LATIN.findall(text))
            found += [(key, inner) for key in latin if key in self._where]
        names = tuple(_Name(key, rank, column) for key, rank in dict.fromkeys(found))
        return names, strange, tuple(dict.fromkeys(hints))

    def _bracketed(self, items: str, rank: Rank) -> tuple[list[tuple[str, Rank]], list[str]]:
        """Names that stand alone in brackets, or with their lot; and those in a building's.

        목동 센트럴 아이파크 위브 is in 신월동: what follows a name without a comma makes it a
        building's. So may 청담 be one, without 동.
        """
        found, hints = [], []
        for item in _BETWEEN.split(items):
            text = item.strip(" |")
            match = _NAME.match(text)
            key = self._known(match, placed=True) if match else None
            if match is None:
                hints += [key for key in [self._key(f"{text}동")] if key in self._where]
            elif key and (match["building"] is not None or not self._is_whole(text, match)):
                hints.append(key)
            elif key:
                found.append((key, Rank.LOT if match["lot"] else rank))
        return found, hints

    def _is_whole(self, item: str, match: re.Match[str]) -> bool:
        """Whether a name is all that an item in brackets says, but for its lot."""
        return bool(match["lot"] or _ITEM_END.fullmatch(item, match.end()))

    def _known(self, match: re.Match[str], placed: bool) -> str | None:
        """The key of a name: of the whole, or of 목동 in 목동 1동; not of a block of flats.

        ``placed``: it stands where a neighbourhood does, behind the district or in brackets.
        """
        name, head = match["name"], match["head"]
        # 다동 and 목동 1동 before the number of a flat are blocks, 독산동 and 양평동3가 are not.
        numbered = bool(head) and name[-1] == "동"
        placed = placed and not (numbered and " " in name)
        block = match["ho"] is not None and (numbered or len(name) < 3) and not placed
        for text in ([] if block else [name]) + ([head] if head else []):
            key = self._key(text)
            if key in self._where:
                return key
        return None

    def _resolve(self, cells: Mapping[str, _Cell | None], year: int | None) -> _Found:
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

    def _placed(self, said: Mapping[str, _Cell], year: int | None) -> _Found:
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

    def _anywhere(self, said: Mapping[str, _Cell], year: int | None) -> _Found:
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

    def _is_strange(self, cell: _Cell | None, district: str, year: int | None) -> bool:
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

    def _within(self, district: str, said: Mapping[str, _Cell], year: int | None) -> _Found:
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

    def _claims(self, district: str, said: Mapping[str, _Cell], year: int | None) -> list[_Claim]:
        """Names that mean something in a district, surest first; buildings' if nothing else."""
        every = [
            _Claim(name, meanings)
            for name in _named(said)
            if (meanings := self._meanings(district, name, year))
        ]
        return [claim for claim in every if claim.name.rank < Rank.BUILDING] or every

    def _meanings(self, district: str, name: _Name, year: int | None) -> tuple[_Meaning, ...]:
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
        self, district: str, said: Mapping[str, _Cell], claims: list[_Claim], year: int | None
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

    def _guesses(self, said: Mapping[str, _Cell], year: int | None) -> tuple[str, ...]:
        """Names like what a row says that names nothing known."""
        for cell in said.values():
            if cell.strange and (near := self._near(cell.strange, None, year)):
                return near
        return ()

    def _hinted(self, said: Mapping[str, _Cell], district: str | None = None) -> tuple[str, ...]:
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


def _named(said: Mapping[str, _Cell]) -> list[_Name]:
    """Every name of a row, surest first."""
    return sorted((name for cell in said.values() for name in cell.names), key=lambda n: n.rank)


def _agreeing(said: Mapping[str, _Cell]) -> tuple[dict[str, _Cell], list[_Cell]]:
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

    def doubt(cell: _Cell) -> tuple[bool, Rank]:
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


def _form(address: str) -> Rank:
    """How surely an address tells by its form, wherever it is."""
    if _ROAD_FORM.search(address):
        return Rank.ROAD
    return Rank.LOT if _LOT_FORM.search(address) else Rank.WORDS


def _is_seoul(city: str) -> bool:
    """Whether a column of cities says Seoul (11 in codes), or nothing."""
    seoul = r"서울|seoul|^11(?:0{3}|0{8})?$"
    return bool(re.search(seoul, city, re.IGNORECASE) or _SAYS_NOTHING.fullmatch(city))


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
    """Names of districts in a text, with the city before them or not.

    Behind the city they go without 구 too, where an address follows or nothing does: 서울
    동대문 제기동, but not 서울 동대문 시장.
    """
    korean = "|".join(map(re.escape, districts["name_ko"]))
    bare = "|".join(re.escape(name[:-1]) for name in districts["name_ko"] if len(name) > 2)
    english = "|".join(re.escape(name).replace(r"\-", "[ -]?") for name in districts["name_en"])
    address = r"[가-힣]+\d*(?:동|가)(?![가-힣])|[가-힣\d]+(?:로|길)\s*\d"
    return re.compile(
        rf"(?<!\w)(?:{_SEOUL}\s*(?P<bare>{bare})(?=\s*$|\s+(?:{address}))"
        rf"|(?:{_SEOUL}\s*)?(?P<name>(?:{korean})(?P<glued>(?=[가-힣]))?|(?:{english})(?!\w)))",
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
