"""A large spreadsheet becomes an atlas: how long it takes, and how much memory."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import xlsxwriter

from benchmarks.figures import Figure
from geo import boundaries

ROWS = 200_000
HEADER = (
    "연번", "자치구", "동", "모임명", "주소", "대표자", "연락처", "참여인원", "신청액", "심사결과",
    "접수일자",
)  # fmt: skip
NAMES = ("텃밭", "책방", "부엌", "공방", "합창단", "산책단", "놀이터", "밥상", "라디오", "영화관")
OUTCOMES = ("선정", "탈락", "미선정", "심사중", "조건부선정")


def write(path: Path, rows: int = ROWS) -> None:
    """A simulated workbook of applications: every row another address, name and number."""
    rng = np.random.default_rng(2013)
    areas = boundaries.load()
    names = areas.districts.set_index("code")["name_ko"]
    places = areas.neighbourhoods[["district_code", "name_ko"]].to_numpy()
    where, kind, outcome = (rng.integers(0, n, rows) for n in (len(places), len(NAMES), 5))
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet = book.add_worksheet("심사결과")
    sheet.write_row(0, 0, ["2013년 우리마을프로젝트(씨앗) 심사결과"])
    sheet.write_row(1, 10, ["(단위: 명, 천원)"])
    sheet.write_row(2, 0, HEADER)
    for row in range(rows):
        district, neighbourhood = places[where[row]]
        cells = [
            row + 1, names[district], neighbourhood, f"{NAMES[kind[row]]} {row}",
            f"{names[district]} 마을로 {row} ({neighbourhood})", f"대표{row}",
            f"010-{row // 10_000:04d}-{row % 10_000:04d}", 3 + row % 20, 1_000 + row % 4_000,
            OUTCOMES[outcome[row]], f"2013-{1 + row % 12:02d}-{1 + row % 28:02d}",
        ]  # fmt: skip
        sheet.write_row(row + 3, 0, cells)
    book.close()


def taking_in() -> list[Figure]:
    """Wall time and the largest process, of the command line."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large.xlsx"
        write(path)
        command = [sys.executable, "-m", "geo", "intake", str(path), "--out", f"{folder}/atlas",
                   "--key", f"{folder}/key"]  # fmt: skip
        start = time.perf_counter()
        run = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, used = os.wait4(run.pid, 0)
        took = time.perf_counter() - start
        if status:
            raise RuntimeError("the intake of the large spreadsheet failed")
        largest = max(used.ru_maxrss, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
    return [
        Figure(f"{ROWS:,} rows of a spreadsheet", took, 60, "s"),
        Figure("largest process of it", largest / 1024, 1536, "MB"),
    ]
