"""Spreadsheets made of what is known, as offices would write it: each comes back with the truth.

`python -m benchmarks.lists` makes 10,000 and reads them. A table may be read, or end in a
question; it may never come back with another value than the one that was written.
"""

from __future__ import annotations

import argparse
import csv
import io
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter
from tqdm import tqdm

from geo import boundaries
from geo.administrative import valid_in
from geo.boundaries import Boundaries
from geo.errors import BadFile
from geo.gazetteer import Gazetteer
from geo.intake import parts, sheets
from geo.intake.mapping import Mappings
from geo.intake.understand import Given
from geo.sample.names import THEMES
from geo.schema import CRS_SHOWN

COUNT, SEED = 10_000, 7
WITHOUT_QUESTION = 0.9
"""Share of the tables that have to be read without one."""
YEARS = range(2012, 2024)
HEADINGS: dict[str, str] = {
    "group": (
        "모임명 단체명 모임 단체 주민모임명 신청단체 신청단체명 신청모임 공동체명 공동체 "
        "기관명 모임이름 단체이름 제안단체 참여단체 그룹명 단체(모임)명 모임(단체)명 시설명 "
        "도서관명 학교명 시장명 공원명 상호 상호명 사업장명 쉼터명 마을기업명 센터명 "
        "복지관명 경로당명 업체명 업소명 명칭 장소명 금연구역명 놀이터명 주차장명 텃밭명 "
        "전시관명 쉼터명칭 시설명칭 사업체명 체험장명 공방명 서점명 정류장명 약수터명"
    ),
    "project": (
        "사업명 제안명 제안사업명 신청사업 신청사업명 사업제목 제목 프로젝트명 과제명 "
        "사업이름 제안제목 활동명"
    ),
    "year": "연도 년도 사업연도 사업년도 신청연도 신청년도 해당연도 공모연도 지원연도",
    "date": "접수일자 접수일 신청일 신청일자 접수일시 제출일 등록일자 신청날짜",
    "city": "시도 시도명 광역시도",
    "district": "자치구 구 구명 자치구명 시군구 시군구명 활동구 관할구 소재구",
    "legal": "법정동 법정동명 동 동명 읍면동 읍면동명 활동동 동네",
    "administrative": "행정동 행정동명",
    "administrative_code": "행정동코드",
    "legal_code": "법정동코드",
    "lot": (
        "지번주소 소재지지번주소 주소 소재지 지번 활동지역 활동장소 위치 주소지 사업장소재지 "
        "시설주소 지번상세주소"
    ),
    "road": "도로명주소 소재지도로명주소 신주소 주소(도로명) 도로명",
    "latitude": "위도 위도(Y) latitude lat 위도좌표 Y좌표(위도)",
    "longitude": "경도 경도(X) longitude lon 경도좌표 X좌표(경도)",
    "outcome": ("심사결과 선정여부 선정결과 결과 처리상태 심의결과 최종결과 선정구분 최종선정여부"),
    "asked": "신청액 신청금액 요청액 요청금액 신청예산 금액 예산액 사업비 총사업비",
    "granted": "지원금액 지원액 보조금 교부액 선정액 결정액 확정액 지원결정액",
    "participants": "참여인원 인원 참여자수 회원수 구성원수 모임인원 인원수",
    "category": "분야 주제 정책분야 활동분야 사업분야 분류",
    "department": "담당부서 부서 부서명 주관부서 소관부서 실국 담당과",
    "representative": "대표자 대표 대표자명 성명 신청인 신청자 제안자 대표제안자",
    "phone": "연락처 전화 전화번호 휴대폰 핸드폰 휴대전화 대표전화 문의전화 시설전화번호",
    "serial": "연번 번호 순번 no 순 일련번호 관리번호 접수번호",
    "prose": (
        "개요 소개 설명 내용 특징 시설소개 공원개요 사업소개 모임소개 오시는길 찾아오시는길 "
        "교통편 비고 기타 특이사항 활동내용 추진배경 기대효과 주요활동 이용안내 참고사항 "
        "주변안내 유래"
    ),
    "office": (
        "관리기관명 운영기관 운영기관명 관리주체 소관기관 제공기관명 담당기관명 지도기관 "
        "접수기관 수행기관명 위탁기관명 관할경찰서명 관할부서명 관리부서"
    ),
    "code": (
        "관리코드 시설코드 우편번호 관리고유번호 접수코드 개방자치단체코드 표준코드 "
        "제공기관코드 인허가번호 허가번호 지구코드 분류코드 노드번호 정류소번호 시설고유번호 "
        "공고번호"
    ),
    "dashes": "주생산품 부대시설 보유장비 특기사항 상세내역 지정번호 세부사항 부속시설",
    "link": (
        "홈페이지 홈페이지주소 대표이미지 사이트주소 인터넷주소 대표사진 이미지주소 누리집 영상주소"
    ),
    "short": (
        "대상 이용대상 결제방법 요금 운영요일 종류 등급 구분 이용시간 규모 성격 형태 단계 "
        "차수 운영방식 개방여부 설치유형"
    ),
    "reference": "데이터기준일자 기준일자 데이터기준일 최종수정일 수정일자 갱신일자",
    "size": (
        "면적 면적(㎡) 좌석수 주차대수 수용인원 층수 연면적 대지면적 장서수 보유대수 설치대수"
    ),
}
"""What a column holds -> headings that offices use for it."""
OUTCOMES = {
    "selected": ("선정", "선 정", "최종선정", "조건부선정", "채택", "선정됨"),
    "rejected": ("탈락", "미선정", "부적격", "불채택", "비선정"),
    "under_review": ("심사중", "검토중", "보류", "심의중"),
}
SENTENCES = (
    "북한산 자락 마을로 들어서면 만나는 곳", "주민이 함께 가꾸는 골목의 쉼터",
    "강을 따라 걷는 길 끝에 있으며 누구나 쉴 수 있음", "아이와 어른이 함께 배우는 사랑방입니다.",
    "역에서 나와 시장 쪽으로 5분 걷는다", "버스 정류장에서 내려 언덕길로 올라오면 됩니다",
    "이웃과 나누는 밥상 모임을 한 달에 두 번 연다", "오래된 동네 이야기를 기록하고 전시함",
)  # fmt: skip
SHORT = ("유아", "성인", "노인", "무료", "유료", "매일", "평일", "운동", "활동", "공동", "대형",
         "소형", "일반", "상시", "1차", "2차", "현금", "가", "나")  # fmt: skip
DASHES = ("-", "–", "·", "해당없음", "없음", "")
OFFICES = ("중구보건소", "마포구청", "서울시설공단", "강서구청 공원녹지과", "성동구 보건소")
PEOPLE = ("홍가람", "나도람", "이다온", "박라온", "최마루", "정바다", "한사랑", "윤아름")
CATEGORIES = ("청년", "복지", "환경", "문화예술", "교육", "주거", "안전")
BUREAUS = ("복지정책과", "마을공동체과", "청년정책과", "공원녹지과", "도서관과")
ROADS = ("달빛로", "가온길", "한들로", "솔향길", "새벽로", "아리길", "누리로", "해오름길")
TITLES = ("{year}년 주민제안사업 심사결과", "{year}년 공모사업 현황", "우리 마을 목록")


@dataclass
class Made:
    """A spreadsheet, and what each of its rows says: columns as `Records.rows` has them.

    A value that is missing in ``truth`` was not written, or cannot be known of it.
    """

    name: str
    content: bytes
    truth: pd.DataFrame
    columns: dict[str, str]


@dataclass
class Tally:
    """What became of the spreadsheets so far."""

    read: int = 0
    asked: int = 0
    refused: int = 0
    rows: int = 0
    wrong: list[str] = field(default_factory=list)
    why: Counter[str] = field(default_factory=Counter)

    @property
    def tables(self) -> int:
        return self.read + self.asked + self.refused


class Office:
    """Writes spreadsheets about groups that do not exist, by the habits of some office."""

    def __init__(self, areas: Boundaries, seed: int) -> None:
        self._draw = random.Random(seed)
        legal = areas.neighbourhoods.merge(
            areas.districts[["code", "name_ko"]].rename(
                columns={"code": "district_code", "name_ko": "district"}
            ),
            on="district_code",
        )
        points = areas.neighbourhoods.representative_point().set_axis(areas.neighbourhoods["code"])
        shown = points.to_crs(CRS_SHOWN)
        self._points = dict(zip(shown.index, zip(shown.x, shown.y, strict=True), strict=True))
        legal_areas = legal[["code", "name_ko", "district_code", "district"]].to_dict("records")
        names = areas.administrative[["code", "name_ko"]].drop_duplicates("code")
        held = areas.administrative_legal.merge(names, on="code")
        self._units = {
            (year, legal): units[["code", "name_ko"]].to_dict("records")
            for year in YEARS
            for legal, units in held[valid_in(held, year)].groupby("legal_code")
        }
        self._legal = {
            year: [one for one in legal_areas if (year, one["code"]) in self._units]
            for year in YEARS
        }

    def write(self, number: int) -> Made:
        """One spreadsheet: what it says, in which columns, in which layout."""
        draw, year = self._draw, self._draw.choice(YEARS)
        records = [self._record(year) for _ in range(draw.randint(3, 25))]
        how = {
            "dated": draw.random() < 0.3, "title": draw.choice(TITLES).format(year=year),
            "unit": draw.choice((1, 1, 1_000)), "commas": draw.random() < 0.5,
        }  # fmt: skip
        kinds = self._kinds(how)
        draw.shuffle(kinds)
        columns: dict[str, str] = {}
        cells: dict[str, list[str]] = {}
        for kind in kinds:
            heading = self._heading(kind, how, columns)
            columns[heading] = kind
            cells[heading] = [
                self._cell(kind, place, one, how) for place, one in enumerate(records)
            ]
        truth = self._truth(records, kinds, how)
        lines = [list(row) for row in zip(*cells.values(), strict=True)]
        return self._laid_out(number, list(columns), lines, truth, columns, how)

    def _record(self, year: int) -> dict[str, Any]:
        draw, area = self._draw, self._draw.choice(self._legal[year])
        unit = draw.choice(self._units[year, area["code"]])
        theme = draw.choice(draw.choice(list(THEMES.values())))
        lon, lat = self._points[area["code"]]
        return {
            "group": f"{draw.choice(PEOPLE)[1:]} {theme} {draw.choice(('모임', '사랑방', '마당'))}"
            f" {draw.randint(1, 999)}",
            "year": year, "area": area, "unit": unit, "lon": lon, "lat": lat,
            "date": f"{year}-{draw.randint(1, 12):02d}-{draw.randint(1, 28):02d}",
            "outcome": draw.choice(list(OUTCOMES)), "thousands": draw.randint(300, 90_000),
            "participants": draw.randint(3, 60), "category": draw.choice(CATEGORIES),
            "department": draw.choice(BUREAUS), "number": draw.randint(1, 900),
            "road": draw.choice(ROADS),
        }  # fmt: skip

    def _kinds(self, how: dict[str, Any]) -> list[str]:
        """What stands in the columns: a name, a time, a place, and some of the rest."""
        draw = self._draw
        kinds = ["group", "date" if how["dated"] else "year"]
        kinds += draw.choice(
            [
                ["district", "legal"], ["district", "administrative"], ["lot"], ["road"],
                ["lot", "road"], ["city", "district", "legal"], ["district", "lot"],
                ["latitude", "longitude"], ["district", "latitude", "longitude"],
                ["road", "latitude", "longitude"], ["administrative_code"], ["legal_code"],
                ["district", "road"], ["city", "district", "legal", "lot", "road"],
                ["district", "legal", "administrative"],
            ]
        )  # fmt: skip
        kinds += [k for k in ("outcome", "category", "department") if draw.random() < 0.6]
        kinds += [k for k in ("participants", "project", "serial") if draw.random() < 0.4]
        kinds += [k for k in ("representative", "phone") if draw.random() < 0.3]
        kinds += draw.sample(["asked", "granted"], draw.choice((0, 1, 1, 2)))
        beside = ["prose", "office", "code", "dashes", "link", "short", "reference", "size"]
        return kinds + draw.sample(beside, draw.randint(0, 6))

    def _heading(self, kind: str, how: dict[str, Any], taken: dict[str, str]) -> str:
        choices = [one for one in HEADINGS[kind].split() if one not in taken]
        heading = self._draw.choice(choices)
        if kind in ("asked", "granted") and how["unit"] == 1_000:
            heading += self._draw.choice(("(천원)", "(단위:천원)"))
        if self._draw.random() < 0.15 and len(heading) > 2 and heading.isalpha():
            heading = f"{heading[:2]} {heading[2:]}"
        return heading

    def _cell(self, kind: str, place: int, one: dict[str, Any], how: dict[str, Any]) -> str:
        draw, area = self._draw, one["area"]
        city = draw.choice(("서울특별시", "서울시", "서울"))
        lot = f"{city} {area['district']} {area['name_ko']} {one['number']}-{draw.randint(1, 40)}"
        road = f"{city} {area['district']} {one['road']} {one['number']} ({area['name_ko']})"
        money = one["thousands"] * (1_000 // how["unit"])
        writers: dict[str, Callable[[], str]] = {
            "group": lambda: one["group"],
            "project": lambda: f"{one['group']} 잔치",
            "year": lambda: f"{one['year']}{draw.choice(('', '년', '년도'))}",
            "date": lambda: self._day(one["date"], how),
            "city": lambda: "서울특별시",
            "district": lambda: area["district"],
            "legal": lambda: area["name_ko"],
            "administrative": lambda: str(one["unit"]["name_ko"]),
            "administrative_code": lambda: str(one["unit"]["code"]),
            "legal_code": lambda: f"{area['code']}00",
            "lot": lambda: lot,
            "road": lambda: road,
            "latitude": lambda: f"{one['lat']:.7f}",
            "longitude": lambda: f"{one['lon']:.7f}",
            "outcome": lambda: draw.choice(OUTCOMES[one["outcome"]]),
            "asked": lambda: f"{money:,}" if how["commas"] else str(money),
            "granted": lambda: f"{money:,}" if how["commas"] else str(money),
            "participants": lambda: f"{one['participants']}{draw.choice(('', '명'))}",
            "category": lambda: one["category"],
            "department": lambda: one["department"],
            "representative": lambda: draw.choice(PEOPLE),
            "phone": lambda: f"010-{draw.randint(0, 9_999):04d}-{draw.randint(0, 9_999):04d}",
            "serial": lambda: str(place + 1),
            "prose": lambda: draw.choice(SENTENCES),
            "office": lambda: draw.choice(OFFICES),
            "code": lambda: str(draw.choice((1_154_561_000, 20_130_503, 3_100_000)) + place),
            "dashes": lambda: draw.choice(DASHES),
            "link": lambda: f"https://www.example.kr/view.do?id={draw.randint(1, 9_999)}",
            "short": lambda: draw.choice(SHORT),
            "reference": lambda: "2024-05-31",
            "size": lambda: str(draw.randint(10, 99_999)),
        }
        return writers[kind]()

    def _day(self, day: str, how: dict[str, Any]) -> str:
        how.setdefault("form", self._draw.choice(("{}-{}-{}", "{}.{}.{}", "{}{}{}", "{}. {}. {}.")))
        return str(how["form"]).format(*day.split("-"))

    def _truth(self, records: list[dict[str, Any]], kinds: list[str], how: dict[str, Any]) -> Any:
        """What has to come back of each row, as far as its columns say it."""
        pointed = "latitude" in kinds
        legal = pointed or {"legal", "lot", "road", "legal_code"} & set(kinds)
        unit = {"administrative", "administrative_code"} & set(kinds)
        money = {"asked", "granted"} & set(kinds)
        rows = [
            {
                "group": one["group"], "year": one["year"],
                "district_code": one["area"]["district_code"],
                "neighbourhood_code": one["area"]["code"] if legal else None,
                "administrative_code": one["unit"]["code"] if unit and not legal else None,
                "precision": "point" if pointed else None,
                "outcome": one["outcome"] if "outcome" in kinds else None,
                "amount_krw": one["thousands"] * 1_000 if money else None,
                "participants": one["participants"] if "participants" in kinds else None,
                "category": one["category"] if "category" in kinds else None,
                "department": one["department"] if "department" in kinds else None,
            }
            for one in records
        ]  # fmt: skip
        return pd.DataFrame(rows)

    def _laid_out(
        self, number: int, headings: list[str], lines: list[list[str]], truth: Any,
        columns: dict[str, str], how: dict[str, Any],
    ) -> Made:  # fmt: skip
        """Titles above, blank rows and notes between, a total below; as CSV or as XLSX."""
        draw, width = self._draw, len(headings)
        above = [[how["title"]], []][: draw.choice((0, 0, 1, 2))]
        rows = [*above, headings]
        for place, line in enumerate(lines):
            if place and draw.random() < 0.03:
                rows.append(draw.choice(([], ["※ 아래는 추가 접수분"])))
            truth.loc[place, "row"] = len(rows) + 1
            rows.append(line)
        if draw.random() < 0.3:
            rows.append(["합계", *[""] * (width - 1)])
        if draw.random() < 0.2:
            rows.append(["※ 자료: 각 부서 제출"])
        truth["row"] = truth["row"].astype(int)
        rows = [row + [""] * (width - len(row)) for row in rows]
        ending = draw.choice(("csv", "csv", "xlsx"))
        content = _as_xlsx(rows) if ending == "xlsx" else self._as_csv(rows)
        return Made(f"list-{number}.{ending}", content, truth.set_index("row"), columns)

    def _as_csv(self, rows: list[list[str]]) -> bytes:
        text = io.StringIO()
        csv.writer(text, delimiter=self._draw.choice(",,,\t;")).writerows(rows)
        encoding = self._draw.choice(("utf-8", "utf-8-sig", "cp949"))
        return text.getvalue().encode(encoding, "replace")


def _as_xlsx(rows: list[list[str]]) -> bytes:
    """Numbers as numbers, as a person would have typed them."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_numbers": True}) as book:
        sheet = book.add_worksheet()
        for place, row in enumerate(rows):
            sheet.write_row(place, 0, row)
    return buffer.getvalue()


def made(count: int, areas: Boundaries, seed: int = SEED) -> Iterator[Made]:
    """So many spreadsheets, the same for a seed."""
    office = Office(areas, seed)
    return (office.write(number) for number in range(count))


def tried(some: Iterator[Made], folder: Path, areas: Boundaries, gazetteer: Gazetteer) -> Tally:
    """What becomes of spreadsheets that are read without anybody to ask."""
    tally = Tally()
    for one in some:
        path = folder / one.name
        path.write_bytes(one.content)
        _try(one, path, tally, partial(parts.recorded, gazetteer=gazetteer, areas=areas, ask=None))
        path.unlink()
    return tally


def _try(one: Made, path: Path, tally: Tally, recorded: Callable[[parts.File], parts.File]) -> None:
    given = Given(programme="시험")
    try:
        file = recorded(parts.understood(sheets.read(path), Mappings(), given, None))
    except BadFile as error:
        tally.refused += 1
        tally.why[str(error).partition(":")[2][:60]] += 1
        return
    if file.pending:
        tally.asked += 1
        tally.why.update({question.why[:60] for question in file.pending})
        return
    tally.read += 1
    records = file.parts[0].records
    assert records is not None
    tally.rows += len(one.truth)
    for what in _differs(one.truth, records.rows, set(records.problems["row"])):
        tally.wrong.append(f"{one.name}: {what}; columns {one.columns}")


def _differs(truth: pd.DataFrame, found: pd.DataFrame, told: set[int]) -> Iterator[str]:
    """Values that came back otherwise than they were written, and are not told of."""
    if list(truth.index) != list(found.index):
        yield f"rows {list(found.index)} instead of {list(truth.index)}"
        return
    for column in truth:
        came = found[column].to_dict()
        for row, value in truth[column].items():
            other = came[row]
            if pd.isna(value) or (not pd.isna(other) and str(other) == str(value)):
                continue
            if pd.isna(other) and row in told:
                continue
            if isinstance(value, float) and not pd.isna(other) and float(other) == value:
                continue
            yield f"{column} of row {row} is {other!r}, not {value!r}"
            return


def main(arguments: list[str] | None = None) -> int:
    """Make, read, print; 1 where a value is wrong or too many end in a question."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.lists", description=__doc__)
    parser.add_argument("count", nargs="?", type=int, default=COUNT, help="how many to make")
    parser.add_argument("--seed", type=int, default=SEED)
    given = parser.parse_args(arguments)
    areas = boundaries.load()
    some = tqdm(made(given.count, areas, given.seed), total=given.count, disable=None)
    with tempfile.TemporaryDirectory() as folder:
        tally = tried(iter(some), Path(folder), areas, Gazetteer(areas))
    for sentence in tally.wrong[:20]:
        print(f"  {sentence}")
    for why, times in tally.why.most_common(10):
        print(f"  {times:,} × {why}")
    share = tally.read / tally.tables
    print(
        f"{tally.tables:,} spreadsheets, {tally.rows:,} rows: {tally.read:,} read without a "
        f"question ({share:.1%}), {tally.asked:,} with one, {tally.refused:,} refused; "
        f"{len(tally.wrong):,} with a wrong value."
    )
    return int(bool(tally.wrong) or share < WITHOUT_QUESTION)


if __name__ == "__main__":
    sys.exit(main())
