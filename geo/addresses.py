"""What a cell of a list says of a place: districts, names of neighbourhoods, and how surely.

Regular expressions find what offices write; which names are known, and in which districts, is
told by the gazetteer, which decides what the cells of a row mean together.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple

import pandas as pd

from geo.administrative import name_key

OWN = ("neighbourhood", "administrative", "legal")
"""Columns in which nothing but neighbourhoods is expected."""
COLUMNS = ("city", "district", *OWN)
"""And any number of addresses: ``address``, ``address_2`` and so on."""
ADDRESS = "address"


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


class Name(NamedTuple):
    """A name as a cell has it: its key (`name_key`), how surely it tells, and the column."""

    key: str
    rank: Rank
    column: str


class Cell(NamedTuple):
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
    names: tuple[Name, ...] = ()
    strange: str = ""
    sure: bool = False
    rank: Rank = Rank.WORDS
    hints: tuple[str, ...] = ()


class Addresses:
    """Reads cells, of addresses and of columns that hold a place's name and nothing else."""

    def __init__(self, districts: pd.DataFrame, where: Mapping[str, Collection[str]]) -> None:
        """Take the names that there are.

        Args:
            districts: those of the city: ``code``, ``name_ko``, ``name_en``.
            where: key of a neighbourhood's name (`geo.administrative.name_key`) -> codes of the
                districts in which it is known.
        """
        self._district_names = dict(zip(districts["code"], districts["name_ko"], strict=True))
        self._district_keys = _district_keys(districts)
        self._mentioned = _mentions(districts)
        self._where = where
        self._key = lru_cache(maxsize=100_000)(name_key)

    def read(self, text: str, column: str) -> Cell | None:
        """What a cell says; None where it has neither letter nor digit."""
        text = unicodedata.normalize("NFKC", text.replace("ㆍ", "·")).strip()
        if not _SIGN.search(text):
            return None
        if not column.startswith(ADDRESS) and (cell := self._whole(text, column)):
            return cell
        if self._is_outside(text):
            namesakes = [code for code, name in self._district_names.items() if name in text]
            return Cell(tuple(namesakes), outside=True, rank=_form(text))
        districts, rest = self._districts_in(text)
        if column == "city" and not districts:
            return None if _is_seoul(text) else Cell(outside=True)
        names, strange, hints = self._names_in(rest, column)
        torn = self._torn(districts, names)
        districts = tuple(code for code in districts if code not in torn)
        sure = column in OWN
        if not column.startswith(ADDRESS) and not (names or strange or districts):
            strange = _CITY.sub("", text).strip()
        return Cell(districts, torn, False, names, strange, sure, _form(text), hints)

    def _is_outside(self, text: str) -> bool:
        """Whether a text begins with another city, or ends with one in Latin letters."""
        if not _OUTSIDE.match(text):
            return bool(_OUTSIDE_LATIN.search(text))
        # 금천구시흥동 begins with no town called 금천구시.
        start = self._mentioned.match(_START.sub("", text))
        return start is None or start["glued"] is None

    def _torn(self, districts: tuple[str, ...], names: tuple[Name, ...]) -> tuple[str, ...]:
        """Of several districts in a text, those without the neighbourhood of its address.

        서울특별시 중구 용산구 동자동 14-151 is in 용산구: in 중구 is no 동자동.
        """
        if len(districts) < 2:
            return ()
        where = [self._where[name.key] for name in names if name.rank <= Rank.ROAD]
        fits = {*districts}.intersection(*where) if where else set()
        return tuple(code for code in districts if code not in fits) if len(fits) == 1 else ()

    def _whole(self, text: str, column: str) -> Cell | None:
        """A cell that holds a name and nothing else."""
        key = self._key(text)
        if column in OWN:
            return Cell(names=(Name(key, Rank.NAME, column),)) if key in self._where else None
        code = self._district_keys.get(key)
        return Cell((code,)) if code else None

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

    def _names_in(self, text: str, column: str) -> tuple[tuple[Name, ...], str, tuple[str, ...]]:
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
        names = tuple(Name(key, rank, column) for key, rank in dict.fromkeys(found))
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
