"""A sheet of cells -> its records under named columns: title, units, header, totals, notes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from geo.errors import BadFile, either
from geo.intake.sheets import Sheet, column_letter
from geo.intake.values import money_unit

MOST_LOOKED_AT = 60
"""Rows from the top among which the header is."""
LONGEST_HEADING = 40
LEAST_UNLIKE = 3
"""Columns with a text in only one of two rows, from which on these are headings over others."""
WORDS = (
    "연번 번호 순번 자치구 구 동 행정동 법정동 읍면동 시군구 지역 소재지 주소 위치 "
    "모임 모임명 단체 단체명 기관 공동체 사업 사업명 제안 대표 대표자 성명 신청 "
    "신청인 신청액 신청금액 지원 지원액 지원금액 보조금 예산 금액 인원 참여 "
    "참여인원 회원수 구성원 심사 심사결과 결과 선정 선정여부 여부 접수 접수일 "
    "접수일자 일자 연도 년도 담당 담당부서 부서 부서명 실국 분야 주제 유형 구분 "
    "연락처 전화 휴대폰 이메일 생년월일 성별 거주지 비고 위도 경도 좌표 "
    "name group district address year amount result no date"
)
"""Words of headings in office tables; a header need not have any of them."""
KNOWN = frozenset(WORDS.split())
ENDS = tuple(word for word in KNOWN if len(word) > 1)
_ANY = r"(?:.{0,20}\s|[가-힣]{1,5}[구동])?"
_AREA = r"(?:(?:[가-힣]{1,5}[구동]|\d{2,4}\s?년도?|전체|[상하]반기|분기)\s?)?"
"""What stands before the word of a row of sums; 계 and 평균 alone may end a name: 품앗이 계."""
SUBTOTAL = re.compile(rf"(?:{_ANY}(?:소\s*계|누\s*계|sub\s*total)|{_AREA}계)\s*(?:[(\[:].*)?", re.I)
TOTAL = re.compile(
    rf"(?:{_ANY}(?:합\s*계|총\s*(?:합\s*)?계|총\s*합|grand\s*total)"
    rf"|{_AREA}(?:평\s*균|total|sum|average))\s*(?:[(\[:].*)?",
    re.I,
)
UNIT_LINE = re.compile(r".*단\s*위|[\W_]*[십백천만억\s]*원[\W_]*$")
"""A cell above the header that tells units, and is no title: (단위: 명, 천원), or (천원) alone."""
NOTE = re.compile(r"[※*＊☞▶]|주\s*\d*\s*[):]|참\s*고\s*[:)]|비\s*고\s*[:)]|\[\s*(?:주|참고)")
NUMBER = re.compile(r"(?=.*\d)[\d\s.,:/%()\-~원명년도월일]+|[\s.,:/%()\-~원명]+")
"""Numbers, amounts, days, years, and what stands for nothing."""
COUNT = re.compile(
    r"[\d.,\s\-%]+(?:천|만|백만|억)?\s?(?:(?:개|건|명|원|곳|팀)소?\s?(?:단체|모임|사업|기관|팀|공동체)?)?"
)
"""What stands beside the word in a row of sums: 25,500, 3건, 3개 단체."""
AREA = re.compile(r"(?!자치구|시군구)[가-힣]{1,5}구|(?!행정동|법정동|읍면동)[가-힣\d]{1,8}동")
"""And the area whose sums they are, in a cell of its own."""
SUMS = re.compile(r"[계총균]|total|sum|average", re.I)
"""Without any of these, a row is none of sums."""
SECTION = re.compile(
    r"(?:(?![※*＊☞])[\W\d])*(?:서울(?:특별시|시)?\s*)?(?P<district>[가-힣]{1,5}구)청?\s*"
    r"(?:[)\]>】〉」』](?:\s*[:\-–]?\s*\d+\s*\S{0,8}.?)?|[(\[:\-–].*|\d+.{0,12})?"
)
"""A row that says of which district the ones under it are: ■ 금천구 (3건), [금천구], 1) 금천구."""
SECTION_LABEL = "(구역)"
DISTRICT = re.compile(r"(자치구|시군구|구|구명|구청|구별)(명)?")
PLACE = re.compile(r"동|주소|소재지|위치|지역|장소|도로|지번|번지")
LEAST_BLANKS = 3
"""Fewer blanks under a district may as well be places that nobody knew."""


@dataclass(frozen=True)
class Table:
    """The records of one sheet.

    Attributes:
        sheet: the sheet's name, "" in a text file.
        titles: what stands above the header, units apart, in reading order.
        header_rows: numbers of the rows of the header, as in the file.
        unit_krw: won to one unit of money, from a line such as "(단위: 명, 천원)"; else None.
        column_units: label -> won to one, of headings that say so themselves: "지원금액(원)".
        records: text, empty cells missing; the index (``row``) is the row's number in the file,
            the columns are labels: headings without units, those of several rows together where
            the lowest alone would stand twice, else the lowest; made unique by the column's
            letter ("성명 (G)"); a heading that is missing is the letter alone ("G"). Cells that
            were merged down are filled down.
        merged: label -> (first row, last row) of cells that were merged over several records.
        filled: labels of columns filled down without a merge to show for it, since their
            blanks stand in blocks under a district.
        left_out: kind -> row numbers of what is no record: ``title``, ``unit``, ``header``,
            ``section``, ``subtotal``, ``total``, ``note``, ``blank``.
        crs: as in `Sheet`.
        hidden: as in `Sheet`.
        from_1904: as in `Sheet`.
    """

    sheet: str
    titles: tuple[str, ...]
    header_rows: tuple[int, ...]
    unit_krw: int | None
    column_units: Mapping[str, int]
    records: pd.DataFrame
    merged: Mapping[str, tuple[tuple[int, int], ...]]
    filled: tuple[str, ...]
    left_out: Mapping[str, tuple[int, ...]]
    crs: str | None = None
    hidden: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    from_1904: bool = False


def find_table(sheet: Sheet, header_rows: Sequence[int] | None = None) -> Table | None:
    """The table of a sheet; None where the sheet has none (a cover, a chart, a blank one).

    Args:
        sheet: as read.
        header_rows: numbers of the header's rows, where a person says so.

    Raises:
        BadFile: ``header_rows`` are not in the sheet.
    """
    top, low = _header(sheet) if header_rows is None else _told(sheet, header_rows)
    if low < 0 or low + 1 >= len(sheet.cells):
        return None
    labels, units = _labels(sheet, top, low)
    used = [place for place, label in enumerate(labels) if label is not None]
    if not used:
        return None
    above = _above(sheet, top)
    kinds, sections = _kinds(sheet, top, low, used)
    body = {row: kind for row, kind in kinds.items() if row > low}
    records, merged = _records(sheet, labels, [row for row, kind in body.items() if not kind])
    if records.empty:
        return None
    records, filled = _filled(records, sections, sheet, kinds)
    number = sheet.first_row
    left_out: dict[str, list[int]] = {}
    others = {**above.kinds, **_all(range(top, low + 1), "header"), **body}
    for row, kind in sorted(others.items()):
        if kind:
            left_out.setdefault(kind, []).append(row + number)
    return Table(
        sheet=sheet.name,
        titles=above.titles,
        header_rows=tuple(range(top + number, low + number + 1)),
        unit_krw=above.unit,
        column_units=units,
        records=records,
        merged=merged,
        filled=filled,
        left_out={kind: tuple(rows) for kind, rows in left_out.items()},
        crs=sheet.crs,
        hidden=sheet.hidden,
        from_1904=sheet.from_1904,
    )


def headings_alone(sheet: Sheet) -> int | None:
    """The number of the row of headings in a sheet without records; None where none is known."""
    for row, cells in enumerate(sheet.cells[:MOST_LOOKED_AT]):
        if len(_texts(cells)) > 1 and _known_share(cells) > 0.5:
            return row + sheet.first_row
    return None


def _all(rows: Iterable[int], kind: str) -> dict[int, str]:
    return dict.fromkeys(rows, kind)


def _told(sheet: Sheet, header_rows: Sequence[int]) -> tuple[int, int]:
    """The header where a person says that it is, first and last row."""
    top, low = min(header_rows) - sheet.first_row, max(header_rows) - sheet.first_row
    if top < 0 or low + 1 >= len(sheet.cells):
        last = len(sheet.cells) + sheet.first_row - 1
        raise BadFile(
            f"Sheet {sheet.name or '(the only one)'} has no header in row "
            f"{either([str(row) for row in header_rows])}: its rows are {sheet.first_row} to "
            f"{last}."
        )
    return top, low


def _header(sheet: Sheet) -> tuple[int, int]:
    """First and last row of the header; (0, -1) where there is none."""
    if sheet.first_row == 0:
        return 0, 0
    scores = [_score(sheet, row) for row in range(min(len(sheet.cells), MOST_LOOKED_AT))]
    best = max(scores, default=0)
    if best <= 0:
        return 0, -1
    # of rows that are nearly as good the first, since a body of text may look like headings; so
    # it is of headings that are printed again
    again = sheet.cells[scores.index(best)]
    low = next(
        row
        for row, score in enumerate(scores)
        if score >= best * 0.75 or _holds(sheet.cells[row : row + 2], again)
    )
    top = low
    while low + 1 < len(sheet.cells) and _continues(sheet, low):
        low += 1
    while top and _begins(sheet, top - 1, top):
        top -= 1
    return top, low


def _holds(rows: Sequence[Sequence[str]], again: Sequence[str]) -> bool:
    """Whether headings that are printed again in one row stand in this one, or it and the next."""
    places = [place for place, cell in enumerate(again) if cell]
    return any(rows[0][place] == again[place] for place in places) and all(
        any(row[place] == again[place] for row in rows) for place in places
    )


def _texts(row: Sequence[str]) -> list[str]:
    return [cell for cell in row if cell]


def _score(sheet: Sheet, row: int) -> float:
    """How much a row looks like headings: short texts, all different, known words, rows below.

    A text that ends with a known word above another that does may be the name of a group.
    """
    cells = _texts(sheet.cells[row])
    below = [each for each in sheet.cells[row + 1 : row + 8] if len(_texts(each)) > 1]
    if len(cells) < 2 or not below or _sums(cells):
        return 0
    like = sum(_is_heading(cell) for cell in cells)
    pairs = zip(sheet.cells[row], below[0], strict=True)
    known = sum(
        _is_word(cell) or (_is_known(cell) and not (_is_known(under) and _is_heading(under)))
        for cell, under in pairs
    )
    distinct = len(set(cells)) / len(cells)
    return (like / len(cells)) * distinct * (min(len(cells), 12) / 12 + 2 * known / len(cells))


def _is_heading(cell: str) -> bool:
    """Whether a cell is short, and more than a number, a day or a year."""
    return len(cell) <= LONGEST_HEADING and not NUMBER.fullmatch(cell)


def _is_known(cell: str) -> bool:
    """Whether a heading ends with one of the words of offices; a name does too (빵 굽는 모임)."""
    return _is_word(cell) or _plain(cell).endswith(ENDS)


def _is_word(cell: str) -> bool:
    return _plain(cell) in KNOWN


def _plain(cell: str) -> str:
    return re.sub(r"[(\[].*?[)\]]|[\s_/·.]", "", cell).casefold()


def _continues(sheet: Sheet, row: int) -> bool:
    """Whether the row below belongs to the header: headings under a common one."""
    here, below = sheet.cells[row], sheet.cells[row + 1]
    filled = [place for place, cell in enumerate(below) if cell]
    if not filled or not all(_is_heading(below[place]) for place in filled):
        return False
    if any(top == row < low for top, _, low, _ in sheet.merges) or _repeats(here, below):
        return True
    known = _known_share(below) > 0.5
    pairs = list(zip(here, below, strict=True))
    others = sum(bool(cell and not under) for cell, under in pairs)
    room = sum(bool(under and not cell) for cell, under in pairs)
    if _fits_under(here, below) and (known or (others and others + room >= LEAST_UNLIKE)):
        return True
    if sheet.tells_merges:
        return known and any(top == row and right > left for top, left, _, right in sheet.merges)
    # without merges: under blanks or the first cell of a group, or under what is no heading
    starts = {place for place in filled if not here[place]}
    strange = {place for place in filled if here[place] and not _is_known(here[place])}
    return known and bool(starts) and {*filled} <= starts | {p - 1 for p in starts} | strange


def _fits_under(here: Sequence[str], below: Sequence[str]) -> bool:
    """Whether cells stand where headings over several leave room, and nowhere else.

    That is from the first column of each on, without a gap, as in a file that does not tell
    which cells were merged. A record has something under the other headings as well.
    """
    room = {place for place, cell in enumerate(here) if place and not cell and below[place]}
    firsts = {place for place, cell in enumerate(below) if cell} - room
    return bool(room) and all(
        [
            *(place - 1 in room | firsts for place in room),
            *(place + 1 in room and here[place] for place in firsts),
        ]
    )


def _repeats(here: Sequence[str], below: Sequence[str]) -> bool:
    """Whether the row below says the same, but under headings that are repeated over several."""
    alike = [place for place, cell in enumerate(here) if cell and cell == below[place]]
    others = [place for place, cell in enumerate(here) if cell != below[place]]
    beside = ([*here[max(place - 1, 0) : place], *here[place + 1 : place + 2]] for place in others)
    return bool(alike and others) and all(
        here[place] and here[place] in cells for place, cells in zip(others, beside, strict=True)
    )


def _known_share(row: Sequence[str]) -> float:
    cells = _texts(row)
    return sum(map(_is_known, cells)) / len(cells) if cells else 0


def _begins(sheet: Sheet, row: int, low: int) -> bool:
    """Whether a row above the best one belongs to the header: it has headings that this lacks."""
    here, below = sheet.cells[row], sheet.cells[low]
    cells = _texts(here)
    if not cells or not all(map(_is_heading, cells)):
        return False
    if any(top == row and bottom >= low for top, _, bottom, _ in sheet.merges):
        return True
    if _repeats(here, below):
        return True
    gaps = [
        place
        for place, cell in enumerate(below)
        if not cell and any(each[place] for each in sheet.cells[low + 1 : low + 20])
    ]
    return len(cells) > 1 and bool(gaps) and all(here[place] for place in gaps)


@dataclass(frozen=True)
class _Above:
    titles: tuple[str, ...]
    unit: int | None
    kinds: dict[int, str]


def _above(sheet: Sheet, top: int) -> _Above:
    """Titles, and the unit of money, above the header."""
    titles: list[str] = []
    unit, kinds = None, {}
    for row in range(top):
        cells = list(dict.fromkeys(_texts(sheet.cells[row])))
        units = [cell for cell in cells if UNIT_LINE.match(cell)]
        unit = next((found for cell in units if (found := money_unit(cell))), unit)
        rest = [cell for cell in cells if cell not in units]
        titles += rest
        kinds[row] = "title" if rest else "unit" if units else "blank"
    return _Above(tuple(titles), unit, kinds)


def _labels(sheet: Sheet, top: int, low: int) -> tuple[list[str | None], dict[str, int]]:
    """A label for each column, None for one without heading and cells; units that they name."""
    width = len(sheet.cells[low])
    levels = [_spread(sheet, row, top, low) for row in range(top, low + 1)]
    holds = [any(row[place] for row in sheet.cells[low + 1 :]) for place in range(width)]
    headings = [
        list(dict.fromkeys(level[place] for level in levels if level[place]))
        for place in range(width)
    ]
    bare = [[_bare(part) for part in parts] for parts in headings]
    lowest = Counter(parts[-1] for parts in bare if parts)
    labels: list[str | None] = []
    for place, parts in enumerate(bare):
        if not parts:
            labels.append(column_letter(place) if holds[place] else None)
        else:
            labels.append(" ".join(parts) if lowest[parts[-1]] > 1 else parts[-1])
    twice = Counter(labels)
    units = {}
    for place, label in enumerate(labels):
        if label is not None and twice[label] > 1:
            labels[place] = label = f"{label} ({column_letter(place)})"
        unit = next((u for part in headings[place] if (u := money_unit(part))), None)
        if label is not None and unit:
            units[label] = unit
    return labels, units


def _spread(sheet: Sheet, row: int, top: int, low: int) -> list[str]:
    """A row of the header, merged headings written in each of their columns and rows."""
    cells = list(sheet.cells[row])
    for first, left, last, right in sheet.merges:
        if top <= first <= row <= last and first <= low:
            for place in range(left, min(right, len(cells) - 1) + 1):
                cells[place] = sheet.cells[first][left]
    if not any(first == row for first, *_ in sheet.merges) and row < low:
        for place, cell in enumerate(cells):
            # a heading over several columns, of which only the first is filled
            if place and not cell and sheet.cells[low][place]:
                cells[place] = cells[place - 1]
    return cells


def _bare(heading: str) -> str:
    """A heading in one line, without its unit."""
    text = " ".join(heading.split())
    return (
        re.sub(r"\s*[(\[](?:단\s*위\s*[:：]?)?\s*(?:[백천만억]*원|명|인|건)[)\]]", "", text) or text
    )


def _kinds(
    sheet: Sheet, top: int, low: int, used: Sequence[int]
) -> tuple[dict[int, str], dict[int, str]]:
    """What each row below the header is, "" being a record; and districts that sections name."""
    kinds: dict[int, str] = {}
    headings = [{*column} for column in zip(*sheet.cells[top : low + 1], strict=True)]
    rows = range(low + 1, len(sheet.cells))
    last = max((row for row in rows if len(_texts(sheet.cells[row])) > 1), default=low)
    for row in rows:
        cells = sheet.cells[row]
        kinds[row] = _kind(cells, _texts(cells), headings, row > last)
    # where districts have a column of their own, one alone in its row is a short record
    if len(used) == 1 or _has_districts(sheet, low):
        return kinds, {}
    alone = {
        row: _texts(sheet.cells[row])[0]
        for row in range(low + 1, last)
        if kinds[row] in ("", "note") and len(_texts(sheet.cells[row])) == 1
    }
    sections = _sections(alone)
    # what else is alone in its row would be a record of the section's district
    notes = _all(alone, "note") if sections else {}
    return kinds | notes | _all(sections, "section"), sections


def _sections(alone: Mapping[int, str]) -> dict[int, str]:
    """Of rows of one cell, those that name the district of the ones under them.

    "" is the district of one that names something else under the sign that stands before
    districts (■ 기타): what follows is no more of the district above.
    """
    named = {row: found for row, text in alone.items() if (found := SECTION.fullmatch(text))}
    signs = {_sign(found[0]) for found in named.values()}
    ends = {row: "" for row, text in alone.items() if _sign(text) in signs}
    return ends | {row: found["district"] for row, found in named.items()}


def _sign(text: str) -> str:
    """What stands before the first letter, numbers apart."""
    return re.sub(r"[\d\s]", "", re.split(r"[^\W\d]", text, maxsplit=1)[0])


def _has_districts(sheet: Sheet, low: int) -> bool:
    return any(DISTRICT.fullmatch(re.sub(r"\s", "", _bare(cell))) for cell in sheet.cells[low])


def _kind(
    cells: Sequence[str], texts: Sequence[str], headings: Sequence[set[str]], after: bool
) -> str:
    """What a row is, by itself."""
    if not texts:
        return "blank"
    if len(texts) > 1 and all(
        not cell or cell in above for cell, above in zip(cells, headings, strict=True)
    ):
        return "header"
    if sums := _sums(texts):
        return sums
    if len(texts) == 1 and (NOTE.match(texts[0]) or after):
        return "note"
    return ""


def _sums(texts: Sequence[str]) -> str:
    """Whether texts of a row are sums and what they are of: ``total``, ``subtotal``, else ""."""
    if not SUMS.search(" ".join(texts)):
        return ""
    words = [text for text in texts if not (COUNT.fullmatch(text) or AREA.fullmatch(text))]
    if len(words) != 1:
        return ""
    if TOTAL.fullmatch(words[0]):
        return "total"
    return "subtotal" if SUBTOTAL.fullmatch(words[0]) else ""


def _records(
    sheet: Sheet, labels: Sequence[str | None], rows: Sequence[int]
) -> tuple[pd.DataFrame, dict[str, tuple[tuple[int, int], ...]]]:
    """Records as a frame, merged cells filled down; where a merge reaches over several."""
    cells, known = sheet.cells, set(rows)
    merged: dict[str, list[tuple[int, int]]] = {}
    spread: dict[tuple[int, int], str] = {}
    for top, left, low, _ in sheet.merges:
        inside = [row for row in range(top, low + 1) if row in known]
        if len(inside) < 2 or left >= len(labels):
            continue
        label = labels[left]
        if label is not None and cells[top][left]:
            span = inside[0] + sheet.first_row, inside[-1] + sheet.first_row
            merged.setdefault(label, []).append(span)
            spread |= {(row, left): cells[top][left] for row in inside}
    columns = {}
    for place, label in enumerate(labels):
        if label is not None:
            values = [spread.get((row, place), cells[row][place]) or None for row in rows]
            columns[label] = pd.array(values, dtype="str")
    index = pd.Index([row + sheet.first_row for row in rows], name="row")
    return pd.DataFrame(columns, index=index), {k: tuple(sorted(v)) for k, v in merged.items()}


def _filled(
    records: pd.DataFrame, sections: Mapping[int, str], sheet: Sheet, kinds: Mapping[int, str]
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Districts of sections and of blocks without merges, filled down."""
    if sections:
        starts = pd.Series({row + sheet.first_row: name for row, name in sections.items()})
        every = starts.reindex(starts.index.union(records.index)).ffill()
        records[SECTION_LABEL] = every.reindex(records.index).replace("", None).astype("str")
        return records, (SECTION_LABEL,)
    label = next(
        (label for label in records if DISTRICT.fullmatch(re.sub(r"\s", "", str(label)))), None
    )
    if label is None or sheet.tells_merges:
        return records, ()
    blank = records[label].isna()
    others = [name for name in records if name != label and PLACE.search(str(name))]
    placed = records[others].notna().any(axis=1) if others else ~blank
    alone = records.notna().sum(axis=1) < 2  # a note, most likely
    blank &= ~alone
    named = records[label].dropna()
    in_blocks = placed[blank].all() or (named.is_unique and len(named) > 1)
    if blank.sum() < LEAST_BLANKS or blank.iloc[0] or not in_blocks:
        return records, ()
    ends = [row + sheet.first_row for row, kind in kinds.items() if kind in ("subtotal", "total")]
    block = np.searchsorted(sorted(ends), records.index)
    records[label] = records[label].groupby(block).ffill().mask(alone & records[label].isna())
    return records, (str(label),)
