"""No text of a file becomes a formula, and every text can be had back."""

from __future__ import annotations

import csv
import io

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo import cells

SIGNS = st.sampled_from(list("=+-@＝＋－＠﹦'\"\u200b\ufeff\u00a0\t\r\n ,;a1|!"))
TEXTS = st.one_of(st.text(), st.text(SIGNS))
FORMULAS = (
    "=1+1", "+82 10", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "\u3000=1", "\u200b=1",
    "\ufeff=1", "'=1", '"=1', "“=1", "＝1+1", "＋1", "－1", "＠SUM", "\u200b '＝1", "\x00=1",
    "=cmd|' /C calc'!A0", "=HYPERLINK(\"http://x\",\"y\")", "-2+3+cmd|' /C calc'!A0", "-",
)  # fmt: skip
TEXT = ("a=1", "2=1", "독산3동", "'tis", '"a"', " 가", "50+", "a@b", "5-1", "", "#1", "(=1)")


@pytest.mark.parametrize("value", FORMULAS)
def test_what_a_program_may_run_is_marked_as_text(value: str) -> None:
    """Whatever stands before the sign that it would pass over."""
    assert cells.text(value) == f"'{value}"


@pytest.mark.parametrize("value", TEXT)
def test_other_text_is_left_as_it_is(value: str) -> None:
    """An operator in its midst makes no formula."""
    assert cells.text(value) == value


@given(value=TEXTS)
def test_a_cell_gives_its_text_back(value: str) -> None:
    """And is no formula itself."""
    cell = cells.text(value)
    assert cells.plain(cell) == value
    assert cell.startswith("'") or not cells.FORMULA.match(cell)


@given(value=TEXTS)
def test_no_part_of_a_note_is_a_formula(value: str) -> None:
    """Notes are not quoted, so that commas part them."""
    note = f"# {cells.line(value)}\n"
    for delimiter in (",", ";", "\t"):
        for row in csv.reader(io.StringIO(note), delimiter=delimiter, quoting=csv.QUOTE_NONE):
            risky = [cell.lstrip() for cell in row if cells.FORMULA.match(cell)]
            assert all(cell.startswith("'") for cell in risky)


def test_a_table_keeps_its_numbers_and_marks_its_headings() -> None:
    """Numbers below zero stay numbers; text is marked whatever the type of its column."""
    table = pd.DataFrame(
        {"=a": [-5, 3], "b": pd.Series(["=1", None], dtype="str"),
         "＋c": pd.Series(["-x", 7], dtype="object"), "d": pd.array([-1, None], dtype="Int64"),
         "e": pd.Series(["@f", "g"], dtype="category")}
    )  # fmt: skip
    assert cells.csv(table, lineterminator="\n") == (
        '"\'=a","b","\'＋c","d","e"\n-5,"\'=1","\'-x",-1,"\'@f"\n3,"",7,"","g"\n'
    )
    assert cells.csv(table[:0], lineterminator="\n") == '"\'=a","b","\'＋c","d","e"\n'
    read = pd.read_csv(io.StringIO(cells.csv(table)), dtype="str", keep_default_na=False)
    assert cells.plain_table(read).columns.tolist() == ["=a", "b", "＋c", "d", "e"]
    assert cells.plain_table(read)["b"].fillna("missing").tolist() == ["=1", "missing"]
    assert cells.plain_table(read[:0]).empty
