"""Which column holds what: by the words that offices use, and by the values under them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from typing import Any

import pandas as pd

from geo import boundaries
from geo.intake import values
from geo.intake.header import SECTION_LABEL, Table
from geo.intake.sheets import POINT

LOOKED_AT = 500
"""Filled cells of a column that are looked at."""
FITS = 0.9
"""Share of them that has to look like a field where no word speaks for it."""
UNLIKE = 0.2
"""Where fewer do, the words of the heading are not believed."""
BY_VALUES = 0.6
"""Confidence in a column that its values alone speak for."""
SURE = 0.85
"""Below, what a column could have been as well is told."""
NAMED = 0.7
"""Confidence in a name that is known by its heading's end and by its values."""
LEAST_DIFFERENT = 0.5
"""Share of different values among those of a name."""
MAYBE_PERSONAL = 0.05
"""Share of cells that look personal, from which on a column is said to be left out for it."""


class Field(StrEnum):
    """What a column may hold."""

    GROUP = "group"
    PROJECT = "project"
    CITY = "city"
    """The first of the three levels, 시도: what lies in another one is outside."""
    DISTRICT = "district"
    NEIGHBOURHOOD = "neighbourhood"
    """Legal or administrative, or both mixed."""
    ADMINISTRATIVE = "administrative"
    LEGAL = "legal"
    ADDRESS = "address"
    LONGITUDE = "longitude"
    LATITUDE = "latitude"
    X = "x"
    """Of a grid; which axis is east is found out with the coordinate system."""
    Y = "y"
    YEAR = "year"
    DATE = "date"
    PROGRAMME = "programme"
    DEPARTMENT = "department"
    CATEGORY = "category"
    OUTCOME = "outcome"
    AMOUNT = "amount"
    PARTICIPANTS = "participants"
    REPRESENTATIVE = "representative"
    MEMBERS = "members"
    PHONE = "phone"
    EMAIL = "email"
    RESIDENT_NUMBER = "resident_number"
    BIRTH = "birth"
    GENDER = "gender"
    HOME = "home"
    """Where the representative lives."""
    SERIAL = "serial"
    """Numbers the rows; no part of a record."""
    IGNORE = "ignore"
    """Left out of the atlas."""


WORDS: dict[Field, str] = {
    Field.GROUP: (
        "모임명 단체명 모임 단체 주민모임 주민모임명 신청단체 신청단체명 신청모임 "
        "공동체명 공동체 기관명 기관 모임단체명 단체모임명 단체기관명 참여단체 "
        "모임이름 단체이름 제안단체 그룹명 수행단체 수행단체명 보조사업자 보조사업자명 법인명 "
        "groupname group "
        "시설명 시설이름 시설명칭 도서관명 학교명 시장명 공원명 역명 역사명 업소명 업체명 상호 "
        "상호명 사업장명 쉼터명 마을기업명 기업명 센터명 복지관명 경로당명 어린이집명 유치원명 "
        "건물명 명칭 장소명 관서명 대피소명 지점명 점포명 매장명 placename facility name"
    ),
    Field.PROJECT: (
        "사업명 제안명 제안사업명 신청사업 신청사업명 사업제목 제목 프로젝트명 "
        "사업내용 과제명 활동명 행사명 사업계획명 project"
    ),
    Field.CITY: "시도 시도명 광역시도 city province",
    Field.DISTRICT: (
        "자치구 구 구명 구청 시군구 자치구명 시군구명 구별 활동구 시군구코드 자치구코드 district"
    ),
    Field.NEIGHBOURHOOD: "동 동명 읍면동 읍면동명 활동동 소재동 관할동 동네 neighbourhood",
    Field.ADMINISTRATIVE: "행정동 행정동명 행정동코드 행정구역코드",
    Field.LEGAL: "법정동 법정동명 법정동코드",
    Field.ADDRESS: (
        "주소 소재지 활동지역 활동장소 사업장소 장소 위치 소재 지역 사업지역 "
        "도로명주소 지번주소 지번 모임장소 단체주소 주소지 활동지 사업지 도로명 신주소 구주소 "
        "소재지도로명주소 소재지지번주소 도로명주소전체 지번주소전체 설치위치 "
        "address"
    ),
    Field.LONGITUDE: "경도 longitude lon lng 경도도",
    Field.LATITUDE: "위도 latitude lat",
    Field.X: "x x좌표 좌표x xcoord 좌표값x x축좌표 좌표x축 x축 tmx xtm tmx좌표 위치x",
    Field.Y: "y y좌표 좌표y ycoord 좌표값y y축좌표 좌표y축 y축 tmy ytm tmy좌표 위치y",
    Field.YEAR: "연도 년도 년 사업연도 사업년도 신청연도 신청년도 해당연도 공모연도 year",
    Field.DATE: (
        "접수일자 접수일 신청일 신청일자 등록일 등록일자 접수일시 접수시각 제출일 일자 날짜 일시 "
        "date"
    ),
    Field.PROGRAMME: (
        "사업유형 공모유형 프로그램 공모사업명 사업종류 지원사업 공모명 공모사업 "
        "프로그램명 programme program"
    ),
    Field.DEPARTMENT: (
        "담당부서 부서 부서명 주관부서 소관부서 실국 담당과 소관 주관 실국명 담당부서명 관리부서 "
        "department"
    ),
    Field.CATEGORY: (
        "분야 분야명 주제 주제명 정책분야 활동분야 사업분야 분류 분류명 대분류 카테고리 category"
    ),
    Field.OUTCOME: (
        "심사결과 선정여부 선정결과 결과 처리상태 선정 심의결과 최종결과 상태 "
        "심사 선정구분 outcome result"
    ),
    Field.PARTICIPANTS: (
        "참여인원 인원 참여자수 회원수 구성원수 참여인원수 모임인원 인원수 "
        "참가인원 참가자수 참석자수 모임원수 참여주민수 participants"
    ),
    Field.REPRESENTATIVE: (
        "대표자 대표 대표자명 대표명 성명 신청인 신청인명 신청자 신청자명 제안자 제안자명 "
        "대표제안자 이름 대표자성명 신청인성명 회장명 위원장명 단장명 모임장 모임장명"
    ),
    Field.MEMBERS: (
        "참여자 참여자명단 구성원 회원 회원명단 참여자명 구성원명단 명단 공동제안자 참여주민 회원명"
    ),
    Field.PHONE: (
        "연락처 전화 전화번호 휴대폰 핸드폰 휴대전화 휴대폰번호 대표전화 연락번호 phone tel"
    ),
    Field.EMAIL: "이메일 메일 전자우편 메일주소 email",
    Field.RESIDENT_NUMBER: "주민등록번호 주민번호",
    Field.BIRTH: "생년월일 생일 출생일",
    Field.GENDER: "성별 gender sex",
    Field.HOME: "거주지 대표자주소 자택주소 자택 거주지주소 집주소 거주동 대표자거주지",
    Field.SERIAL: "연번 번호 순번 no 순 일련번호 접수번호",
    Field.IGNORE: (
        "비고 기타 메모 참고 특이사항 담당자 담당자명 담당자성명 담당자연락처 개요 소개 설명 내용 "
        "특징 오시는길 찾아오시는길 찾아오는길 가는길 교통편 약도 데이터기준일자 데이터기준일 "
        "기준일자 기준일 최종수정일 수정일 수정일자 갱신일 갱신일자 최종수정시점 데이터갱신일자 "
        "수정일시 갱신일시 생성일시 생성일자 작성일시 작성일자 기준날짜 수정날짜 "
        "중분류 소분류 세분류 중분류명 소분류명 세분류명 "
        "홈페이지 홈페이지주소 사이트주소 인터넷주소 누리집 누리집주소 url 우편번호 새우편번호"
    ),
    Field.AMOUNT: (
        "지원금액 지원액 지원금 보조금 교부액 교부금 선정액 선정금액 결정액 결정금액 "
        "확정액 확정금액 보조금액 지원결정액 배정액 배정금액 지원예산 "
        "신청액 신청금액 요청액 요청금액 요구액 요구금액 희망액 희망금액 제안액 제안금액 소요액 "
        "신청예산 신청보조금 신청지원금 금액 예산 사업비 총사업비 예산액 amount"
    ),
}
"""Headings of offices, without spaces, brackets and units."""
GRANTED_IN = re.compile(r"지원|보조|교부|선정|결정|확정|배정")
ASKED_IN = re.compile(r"신청|요청|요구|희망|제안|필요")
"""In a heading of money that was granted, or asked for, as 지원 신청액 was."""
ALONE = {
    Field.GROUP, Field.CITY, Field.DISTRICT, Field.NEIGHBOURHOOD, Field.ADMINISTRATIVE, Field.LEGAL,
    Field.LONGITUDE, Field.LATITUDE, Field.X, Field.Y, Field.YEAR, Field.DATE, Field.PROGRAMME,
    Field.DEPARTMENT, Field.CATEGORY, Field.OUTCOME, Field.AMOUNT, Field.PARTICIPANTS,
}  # fmt: skip
"""Fields that only one column may hold; people and their numbers may stand in several."""
SECRET = (Field.RESIDENT_NUMBER, Field.EMAIL, Field.PHONE)
"""Found by their values where the heading names nothing that these fit, so that they stay in the
intake."""
PERSONS = (Field.REPRESENTATIVE, Field.MEMBERS, Field.PHONE, Field.BIRTH, Field.GENDER, Field.HOME)
"""Held by a heading that names them or ends so: 대표이미지 and 대표메뉴 are nobody."""
AREAS = (Field.NEIGHBOURHOOD, Field.ADMINISTRATIVE, Field.LEGAL)
"""Fields whose names may be codes, if they are known ones."""
NAMING = (Field.REPRESENTATIVE, Field.MEMBERS, Field.GROUP)
"""Fields whose names may have a telephone number beside them in the cell."""
NAMES = re.compile(r"(?:[가-힣]{2,4}(?:\([^)]*\))?[,/·;、\s]*)+(?:외\s*\d+\s*명?)?")
"""A cell that names people: 홍길동, 김가람 외 3명."""
UNCHECKED = (Field.PROGRAMME, Field.DEPARTMENT, Field.CATEGORY)
"""Fields that may hold any words."""
LEAST_WITHIN = 3
"""Letters of a word that may name such a field though it only stands within a heading."""
CODED = re.compile(r"코드$|번호$|id$")
"""The end of a heading over codes, whatever they stand for."""
ORDINAL = re.compile(r"^\s*(?:[①-⑳]|\(?\d{1,2}[.)](?!\d))\s*")
"""The number of a heading in a form: ①, 1., (1)."""
NO_ADDRESS = re.compile(
    r"홈페이지|누리집|인터넷|사이트|메일|url|웹|블로그|카페|밴드|유튜브|인스타|sns|ip주소|아이디|유형|구분|번호|코드|등급"
)
"""In a heading that holds 주소, 지역, 장소 or 위치 and names no place."""
AXIS = re.compile(r"(?<![a-z])([xy])(?![a-z])|(?<![a-z])([xy])(?=crd|pos)")
"""The letter of an axis in a heading that speaks of coordinates: 좌표정보(X), POINT_Y, X_WGS84."""
OF_COORDINATES = re.compile(r"좌표|지도|위치|축|coord|crd|point|pos|wgs|grs|epsg|utm|tm|katec")
OF_APPLICATION = re.compile(
    r"접수|신청|제출|등록|제안|공모|응모|심사|심의|선정|결정|교부|협약|지원"
)
"""In a heading that ends with 일자: days that tell the year of an application. Not 설립일자."""
OF_YEAR = re.compile(
    r"사업|시행|기준|신청|공모|해당|회계|모집|활동|지원|수행|추진|선정|접수|교부|예산"
)
"""The same of years: 설립연도 and 준공연도 are others."""
OF_OUTCOME = re.compile(
    r"심사|심의|선정|평가|공모|최종|처리|접수|신청|지원|검토|승인|진행|결정|채택"
)
"""In a heading that ends with 결과 or 상태, and speaks of an application: not 주차 가능 상태."""
EARLIER = re.compile(r"전년|작년|지난|이전|과거|기존|재신청|재선정|^기(?:지원|선정|수혜|교부)")
"""In a heading of what became of an earlier application."""
NO_AMOUNT = re.compile(
    rf"[율률]$|반납|반환|집행|정산|잔액|잔여|미집행|운영예산|자부담|자담|자체|연간|{EARLIER.pattern}"
)
"""In a heading of money that was neither asked for nor granted."""
NO_PARTICIPANTS = re.compile(
    r"수용|정원|상주|근무|배치|관리|종사|직원|최대|대기|좌석|봉사|강사|교사|이용|모집|방문|정규|평균|학생"
)
"""In a heading that holds 인원: people who do not take part, or for how many there is room."""
HOME_OF = re.compile(
    r"(?:대표자|신청자|신청인|제안자|제안인|소유자|소유주|회원|구성원|위원|본인|개인)의?현?"
    r"(?:주소지?|소재지|주거지|자택)$"
)
"""A heading of where a person lives."""
OTHERS = re.compile(
    r"(?:관리|운영|담당|소관|지도|감독|허가|인허가|접수|제공|관할|발급|신고|등록|지정|주관|수행|설치|보유|위탁|"
    r"지원|협력|시행|점검|단속|인증|발행|평가|검사|주최|후원|추천|의뢰|연계|소속|조사)(?=기관|단체|주체|부서|청|처)|관할"
)
"""Whoever looks after what a row tells of: the same in many rows, and not its name."""
NO_NAME = re.compile(r"파일|사진|이미지|도로|길|제품|상품|품목|메뉴|업종|종목")
"""In a heading that ends like a name, of what is neither a group nor a place: 파일명."""
OF_PEOPLE = re.compile(
    r"(?:(?<!법)[자인]|소유주|[통반이회]장|위원|위원장|강사|작가|직원|회원|주민|학생)(?:명|명칭|이름)$"
)
"""The end of a heading over people's names: 제안자명, 통장명. 법인명 is none."""


@dataclass(frozen=True)
class Within:
    """Where a word that is not the whole of a heading names a field.

    ``least`` is the least share (`_by_words`); the heading holds ``needs`` and nothing of ``bars``.
    """

    least: float = 0.0
    needs: re.Pattern[str] | None = None
    bars: re.Pattern[str] | None = None


WITHIN = {
    **dict.fromkeys(PERSONS, Within(least=0.8, bars=re.compile("이름$"))),
    Field.PROGRAMME: Within(least=0.8),
    Field.PARTICIPANTS: Within(bars=NO_PARTICIPANTS),
    Field.AMOUNT: Within(bars=NO_AMOUNT),
    Field.DATE: Within(needs=OF_APPLICATION),
    Field.YEAR: Within(least=0.8, needs=OF_YEAR),
    Field.OUTCOME: Within(needs=OF_OUTCOME, bars=EARLIER),
    Field.ADDRESS: Within(least=0.8, bars=NO_ADDRESS),
    Field.HOME: Within(least=0.8, bars=NO_ADDRESS),
    Field.GROUP: Within(least=0.8, bars=OTHERS),
    Field.SERIAL: Within(least=1.0),
}


@dataclass(frozen=True)
class Understood:
    """One column: what it was taken for, how surely (0 to 1), and why.

    ``why`` is ``words``, ``values``, ``words and values``, ``mapping``, ``asked``, ``personal``
    for a column that is left out since it may hold personal data, or ``nothing`` for one that is
    left out since nothing speaks for any field. ``instead`` is what it could have been as well.
    """

    label: str
    field: Field
    confidence: float
    why: str
    instead: str = ""


@dataclass(frozen=True)
class Question:
    """What only a person can tell: which of several columns holds a field, or none of them."""

    field: Field
    choices: tuple[str, ...]
    why: str


def recognise(table: Table) -> tuple[tuple[Understood, ...], tuple[Question, ...]]:
    """What the columns of a table hold, in their order, and what has to be asked.

    A heading that names a field, and values that fit it, count before a pattern in the values
    alone. Of a column of money granted and one of money asked for, the granted one is the amount.
    Where no heading names the group, the column whose heading ends like a name and whose values
    differ most does. Where two columns may hold what only one can, and neither is empty, a person
    is asked.
    """
    columns = [_column(str(label), table.records[label]) for label in table.records]
    columns = _named(columns, table.records)
    return settled(_administrative_beside_legal(_one_amount(columns, table.records)))


def settled(
    columns: Sequence[Understood],
) -> tuple[tuple[Understood, ...], tuple[Question, ...]]:
    """Columns of which the surest holds what only one can; questions where several are as sure."""
    columns, questions = list(columns), []
    for field in sorted(ALONE):
        rivals = [column for column in columns if column.field == field]
        best = max((column.confidence for column in rivals), default=0)
        close = [column for column in rivals if column.confidence > best - 0.1]
        if len(close) > 1:
            labels = tuple(column.label for column in close)
            questions.append(Question(field, labels, f"which column is the {field}"))
        weaker = {column.label for column in rivals if column not in close}
        columns = [
            Understood(column.label, Field.IGNORE, column.confidence, column.why)
            if column.label in weaker
            else column
            for column in columns
        ]
    return tuple(columns), tuple(questions)


def _column(label: str, cells: pd.Series[str]) -> Understood:
    """What one column holds, by itself."""
    filled = cells[~cells.isin(values.NOTHING)].dropna().head(LOOKED_AT)
    filled = values.written_out(filled).values.dropna()
    if label in POINT:
        return Understood(label, Field.X if label == POINT[0] else Field.Y, 1.0, "words")
    if label == SECTION_LABEL:
        return Understood(label, Field.DISTRICT, 1.0, "words and values")
    field, words = _by_words(label)
    if field is Field.MEMBERS and len(filled) and LOOKS[Field.PARTICIPANTS](filled) >= FITS:
        field = Field.PARTICIPANTS
    if field is Field.PARTICIPANTS and len(filled) and _share(NAMES.fullmatch)(filled) >= 0.5:
        field = Field.MEMBERS
    if field in AREAS and len(filled) and _share(str.isdecimal)(filled) >= FITS:
        field = field if _share(_codes().__contains__)(filled) >= 0.5 else None
    fit = LOOKS[field](filled) if field in LOOKS and len(filled) else 0.0
    officials = field is Field.IGNORE and "담당" in label
    named = field in NAMING and len(filled) and _share(_names_somebody)(filled) >= 0.5
    if fit < 0.5 and field not in SECRET and not officials and not named:
        for secret in SECRET:
            if len(filled) and LOOKS[secret](filled) > 0.5:
                return Understood(label, secret, 1.0, "values")
    if field is not None:
        return _believed(label, field, words, filled)
    return _by_values(label, filled)


def _names_somebody(cell: str) -> bool:
    """Whether a cell says more than numbers and addresses of somebody."""
    rest = values.EMAIL.sub("", values.PHONE.sub("", cell))
    return len(re.findall(r"[가-힣a-zA-Z]", rest)) > 1


def _believed(label: str, field: Field, words: float, filled: pd.Series[str]) -> Understood:
    """A column that its heading speaks for, as far as its values allow."""
    look = LOOKS.get(field)
    if field in (Field.IGNORE, Field.SERIAL):
        left = _left_out(label, words, "words", filled)
        return left if left.why == "personal" else replace(left, field=field)
    if look is None or field in SECRET or not len(filled):
        return Understood(label, field, words * (1 if len(filled) else 0.5), "words")
    fit = look(filled)
    confidence = round((words + fit) / 2, 2)
    if fit >= UNLIKE and confidence >= SURE:
        return Understood(label, field, confidence, "words and values")
    other = _by_values(label, filled)
    if fit < UNLIKE or (field is Field.ADDRESS and other.field is Field.CITY):
        taken = other.field is not Field.IGNORE
        other = other if taken else _left_out(label, 0.3, "words", filled)
        return replace(other, instead=str(field) if words > 0.9 else "")
    instead = "" if other.field in (Field.IGNORE, field) else str(other.field)
    return Understood(label, field, confidence, "words and values", instead)


def _by_values(label: str, filled: pd.Series[str]) -> Understood:
    """A column that no word speaks for."""
    fits = {field: look(filled) if len(filled) else 0.0 for field, look in ALONE_LOOKS.items()}
    field, fit = max(fits.items(), key=lambda item: item[1])
    if fit >= FITS and not EARLIER.search(_bare(label)):
        return Understood(label, field, round(BY_VALUES * fit, 2), "values")
    return _left_out(label, 1.0 - round(fit, 2), "nothing", filled)


def _left_out(label: str, confidence: float, why: str, filled: pd.Series[str]) -> Understood:
    """A column of which nothing is used; said apart where it may hold personal data."""
    may_be = len(filled) and max(MAY_BE[secret](filled) for secret in SECRET) >= MAYBE_PERSONAL
    return Understood(label, Field.IGNORE, confidence, "personal" if may_be else why)


def _by_words(label: str) -> tuple[Field | None, float]:
    """The field that a heading names, and how surely: as a whole, at its end, anywhere in it."""
    known = _known()
    whole = _bare(label)
    called = re.sub(r"(?<=.)(?:명칭|이름)$", "명", whole)
    if HOME_OF.search(whole):
        return Field.HOME, 1.0
    for bare, share in (
        (_letters(label), 1.0), (whole, 1.0), (called, 1.0), (_last(label), 0.95),
        (_degree(whole), 0.9),
    ):  # fmt: skip
        if bare in known and (share == 1.0 or _may_be(known[bare], whole, share, len(bare))):
            # A name counts before the code beside it.
            return known[bare], 0.8 * share if bare.endswith("코드") else share
    if axis := _axis(label):
        return axis, 0.9
    for share, fits in ((0.8, called.endswith), (0.6, called.__contains__)):
        for word in _long_words():
            if fits(word) and _may_be(known[word], whole, share, len(word)):
                return known[word], share
    return None, 0.0


def _axis(label: str) -> Field | None:
    """X or Y, where a heading speaks of coordinates and names one of the two."""
    heading = unicodedata.normalize("NFKC", label).casefold()
    named = {letter for pair in AXIS.findall(heading) for letter in pair if letter}
    if len(named) != 1 or not OF_COORDINATES.search(heading):
        return None
    return Field(named.pop())


@cache
def _known() -> dict[str, Field]:
    return {word: field for field, words in WORDS.items() for word in words.split()}


@cache
def _long_words() -> list[str]:
    """Words of more than one letter, the longest first."""
    return sorted((word for word in _known() if len(word) > 1), key=len, reverse=True)


def _may_be(field: Field, bare: str, share: float, length: int) -> bool:
    """Whether a word that a heading only ends with, or holds, may name the field all the same.

    Nothing in its values would speak against a short word within another: 소관기관, 분류코드.
    """
    if field in UNCHECKED and share < 0.8 and (length < LEAST_WITHIN or CODED.search(bare)):
        return False
    rule = WITHIN.get(field, Within())
    needed = rule.needs is None or rule.needs.search(bare)
    barred = rule.bars is not None and rule.bars.search(bare)
    return share >= rule.least and bool(needed) and not barred


def is_of_a_record(label: str) -> bool:
    """Whether what was taken for a heading belongs to a record: a number of somebody, a place."""
    found = (values.PHONE, values.EMAIL, values.RESIDENT)
    return any(form.fullmatch(label) for form in found) or label in _places()


def _named(columns: list[Understood], records: pd.DataFrame) -> list[Understood]:
    """Columns with one that names the group, where a heading ends like a name and none is known.

    Values of a name differ from row to row; those of a second such column, a kind or an office,
    are the same in many.
    """
    if any(column.field is Field.GROUP for column in columns):
        return columns
    ends = {
        column.label: records[column.label].nunique() / max(records[column.label].count(), 1)
        for column in columns
        if (column.why == "nothing" or column.label == "이름")
        and re.search(r"명$|명칭$|이름$|^name$", _bare(column.label))
        and not OTHERS.search(_bare(column.label))
        and (column.label == "이름" or not NO_NAME.search(_bare(column.label)))
        and not OF_PEOPLE.search(_bare(column.label))
        and records[column.label].notna().mean() > 0.5
        and not (column.label == "이름" and _are_people(records[column.label]))
    }
    different = max(ends.values(), default=0.0)
    likely = [label for label, share in ends.items() if share >= 0.5 * different]
    if not likely or different < LEAST_DIFFERENT:
        return columns
    return [
        replace(column, field=Field.GROUP, confidence=NAMED, why="words and values", instead="")
        if column.label in likely
        else column
        for column in columns
    ]


def _are_people(cells: pd.Series[str]) -> bool:
    """Whether most cells are the name of a person, or may be."""
    return bool(cells.dropna().str.fullmatch(r"[가-힣]{2,4}").mean() > 0.5)


def _degree(bare: str) -> str:
    """The one of 위도 and 경도 that a heading holds beside a word for coordinates: X좌표(경도)."""
    held = [word for word in ("위도", "경도") if word in bare]
    return held[0] if len(held) == 1 and "좌표" in bare else ""


def _letters(label: str) -> str:
    """A heading without spaces and signs."""
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", label).casefold())


def _last(label: str) -> str:
    return _bare(label.split()[-1]) if label.split() else ""


def _bare(label: str) -> str:
    """A heading without spaces, signs, letters of columns and what stands in brackets."""
    text = unicodedata.normalize("NFKC", ORDINAL.sub("", label)).casefold()
    inner = re.sub(
        r"\((명|인|원|개|건|년|필수|선택|[a-z]{1,3}|[^)]*원|[^)]*(?:wgs|epsg|grs|utm|tm|kat)[^)]*)\)",
        "",
        text,
    )
    return _letters(inner)


def _one_amount(columns: list[Understood], records: pd.DataFrame) -> list[Understood]:
    """The granted one of several columns of money; the others are left out."""
    money = [column for column in columns if column.field is Field.AMOUNT]
    granted = [
        column
        for column in money
        if GRANTED_IN.search(_bare(column.label))
        and not ASKED_IN.search(_bare(column.label))
        and records[column.label].notna().any()
    ]
    if not granted or len(granted) == len(money):
        return columns
    left = {column.label for column in money} - {column.label for column in granted}
    return [
        replace(column, field=Field.IGNORE) if column.label in left else column
        for column in columns
    ]


def _administrative_beside_legal(columns: list[Understood]) -> list[Understood]:
    """A column of neighbourhoods beside one of either kind is of the other; of both, left out."""
    held = {column.field for column in columns}
    other = {
        (True, True): Field.IGNORE, (True, False): Field.LEGAL, (False, True): Field.ADMINISTRATIVE,
    }.get((Field.ADMINISTRATIVE in held, Field.LEGAL in held))  # fmt: skip
    if other is None:
        return columns
    return [
        replace(column, field=other) if column.field is Field.NEIGHBOURHOOD else column
        for column in columns
    ]


def _share(fits: Callable[[str], object]) -> Callable[[pd.Series[str]], float]:
    """The share of cells that fit."""

    def share(cells: pd.Series[str]) -> float:
        texts = cells.tolist()
        return sum(bool(fits(text)) for text in texts) / len(texts)

    return share


def _matching(form: str) -> Callable[[pd.Series[str]], float]:
    return _share(re.compile(form).fullmatch)


def _found(
    form: re.Pattern[str], of: Callable[[pd.Series[str]], pd.Series[Any]]
) -> Callable[[pd.Series[str]], float]:
    """The share of cells in which something is found; most columns have nothing of the form."""

    def share(cells: pd.Series[str]) -> float:
        plain = (unicodedata.normalize("NFKC", cell) for cell in cells)
        return float(of(cells).notna().mean()) if any(map(form.search, plain)) else 0.0

    return share


def _readable(read: Callable[[pd.Series[str]], values.Read]) -> Callable[[pd.Series[str]], float]:
    return lambda cells: float(read(cells).problems.isna().mean())


def _is_district(cell: str) -> bool:
    """Whether a cell is a district, a town or a county, of any city; one of Seoul's without 구."""
    bare = re.sub(r"^서울(?:특별시|시)?\s*", "", cell).strip()
    called = re.fullmatch(r"[가-힣]{1,5}[구시군](?:청)?|11\d{3}(?:0{5})?|[A-Za-z]+-gu", bare)
    return bool(called) or bare in _names()[0]


def _is_neighbourhood(cell: str) -> bool:
    """Whether a cell ends with a name that some neighbourhood bears, numbers apart."""
    last = cell.split()[-1:]
    return any(re.sub(r"[\d\s.,·제]+(?=동$|가$)", "", word) in _names()[1] for word in last)


@cache
def _names() -> tuple[frozenset[str], frozenset[str]]:
    """Names of districts without 구; of neighbourhoods without their numbers."""
    seoul = boundaries.load()
    districts = seoul.districts["name_ko"].str.removesuffix("구")
    areas = pd.concat([seoul.neighbourhoods["name_ko"], seoul.administrative["name_ko"]])
    bare = areas.str.replace(r"[\d.,·제]+(?=동$|가$)", "", regex=True)
    return frozenset(districts[districts.str.len() > 1]), frozenset([*areas, *bare])


@cache
def _codes() -> frozenset[str]:
    """Codes of neighbourhoods, legal ones in ten digits as well, and of their districts."""
    seoul = boundaries.load()
    legal, districts = seoul.neighbourhoods["code"], seoul.districts["code"]
    full = [legal, legal + "00", seoul.administrative["code"], districts, districts + "00000"]
    return frozenset(pd.concat(full))


@cache
def _places() -> frozenset[str]:
    """Names of districts and neighbourhoods, as they are written."""
    seoul = boundaries.load()
    tables = (seoul.districts, seoul.neighbourhoods, seoul.administrative)
    return frozenset(pd.concat([table["name_ko"] for table in tables]))


def _outcomes(cells: pd.Series[str]) -> float:
    """The share of readable outcomes, of which one at least can be nothing else."""
    sure = re.compile("선정|탈락|부적격|심사|심의|보류|selected|rejected", re.IGNORECASE)
    return LOOKS[Field.OUTCOME](cells) if any(map(sure.search, cells)) else 0.0


def _degrees(low: float, high: float) -> Callable[[pd.Series[str]], float]:
    """The share of numbers with three decimals or more between two bounds."""
    return _share(lambda cell: re.fullmatch(r"-?\d+\.\d{3,}", cell) and low <= float(cell) <= high)


LOOKS: dict[Field, Callable[[pd.Series[str]], float]] = {
    Field.OUTCOME: _readable(values.outcomes),
    Field.AMOUNT: _readable(lambda cells: values.amounts(cells, 1)),
    Field.PARTICIPANTS: _readable(values.counts),
    Field.DATE: _readable(values.years_of_days),
    Field.YEAR: _readable(values.years),
    Field.GENDER: _readable(values.genders),
    Field.PHONE: _matching(values.WHOLE_PHONE),
    Field.EMAIL: _found(values.EMAIL, values.emails),
    Field.RESIDENT_NUMBER: _found(values.RESIDENT, lambda cells: values.residents(cells)["birth"]),
    Field.DISTRICT: _share(_is_district),
    Field.NEIGHBOURHOOD: _matching(r".{0,12}\d?(?:동|가|로)\s?\d*.{0,3}"),
    Field.ADDRESS: _matching(r".*(?:[가-힣]구|[가-힣]동|[가-힣]로|[가-힣]길)(?:\s|\d|\(|$).*"),
    Field.LONGITUDE: _matching(r"-?\d+(?:\.\d+)?"),
    Field.LATITUDE: _matching(r"-?\d+(?:\.\d+)?"),
    Field.X: _matching(r"-?[\d,]+(?:\.\d+)?"),
    Field.Y: _matching(r"-?[\d,]+(?:\.\d+)?"),
}
"""The share of filled cells that look like a field."""
ALONE_LOOKS: dict[Field, Callable[[pd.Series[str]], float]] = {
    Field.OUTCOME: _outcomes,
    Field.CITY: _matching(
        r"(?:서울|부산|대구|인천|광주|대전|울산|세종|경기|강원|충[북남]|충청[북남]도|전[북남]|전라[북남]도|경[북남]|경상[북남]도"
        r"|제주|전남광주)(?:통합|특별자치|특별|광역)?(?:[시도])?(?:교육청)?"
    ),
    Field.DISTRICT: LOOKS[Field.DISTRICT],
    Field.NEIGHBOURHOOD: _share(_is_neighbourhood),
    Field.ADDRESS: _matching(
        r"(?:서울\S*\s+)?[가-힣]{1,5}구\s+[가-힣].*|.{0,30}[가-힣\d]+(?:로|길)\s?(?:지하\s?)?\d+.*"
        r"|.{0,30}[가-힣\d]+[동가리]\s?(?:산\s?)?\d+(?:-\d+)?(?:번지)?(?:\s.*)?"
    ),
    Field.LATITUDE: _degrees(37.2, 37.9),
    Field.LONGITUDE: _degrees(126.4, 127.6),
}
"""The same, of a column for which no word speaks."""
MAY_BE: dict[Field, Callable[[pd.Series[str]], float]] = {
    Field.PHONE: _share(values.PHONE.search),
    Field.EMAIL: LOOKS[Field.EMAIL],
    Field.RESIDENT_NUMBER: LOOKS[Field.RESIDENT_NUMBER],
}
"""The share of cells that hold anything like personal data."""
