"""What offices write in cells, and what it means."""

from __future__ import annotations

import re
from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.intake import values


def one(read: values.Read) -> tuple[object, object]:
    """The value and the problem of a single cell."""
    value, problem = read.values.iloc[0], read.problems.iloc[0]
    return (None if pd.isna(value) else value, None if pd.isna(problem) else problem)


def cell(text: str | None) -> pd.Series[str]:
    return pd.Series([text], dtype="str")


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("선정", "selected"), ("선 정", "selected"), ("[선정]", "selected"),
        ("(조건부) 선정", "selected"),
        ("조건부선정", "selected"), ("○", "selected"), ("탈락", "rejected"), ("미선정", "rejected"),
        ("부적격", "rejected"), ("X", "rejected"), ("심사 중", "under_review"),
        ("보류", "under_review"),
        ("사업포기", "other"), ("찾마감", "other"), (None, "unknown"), ("-", "unknown"),
    ],
)  # fmt: skip
def test_outcomes(text: str | None, outcome: str) -> None:
    """Spacing and brackets make no difference."""
    assert one(values.outcomes(cell(text))) == (outcome, None)


def test_an_unknown_outcome_is_unknown_and_told() -> None:
    """It is not guessed from a word in it."""
    assert one(values.outcomes(cell("선정될 듯"))) == ("unknown", "outcome is not known")


@pytest.mark.parametrize(
    ("text", "won"),
    [
        ("1,500,000", 1_500_000), ("1500000원", 1_500_000), ("₩1,500,000", 1_500_000),
        ("150만원", 1_500_000), ("1백만원", 1_000_000), ("1억 2천만원", 120_000_000),
        ("1.5백만원", 1_500_000), ("3,000천원", 3_000_000), ("１，５００", 1_500), ("0", 0),
        ("1500.0", 1_500), ("금1,000원정", 1_000),
    ],
)  # fmt: skip
def test_amounts(text: str, won: int) -> None:
    """Commas, units, full width."""
    assert one(values.amounts(cell(text), 1)) == (won, None)


@pytest.mark.parametrize(
    "text", ["별도협의", "약 100만원", "100~200만원", "-5", "1,50,000", "0.3", "9" * 20, "2천 1억"]
)
def test_what_is_no_amount_is_not_one(text: str) -> None:
    """Unknown, and told."""
    assert one(values.amounts(cell(text), 1)) == (None, "amount is not a number")


def test_a_unit_of_its_own_counts_before_that_of_the_table() -> None:
    """Thousands of a column in thousands, but 150만원 wherever it stands."""
    read = values.amounts(pd.Series(["1,600", "150만원", "0.5", "-", None], dtype="str"), 1_000)
    assert read.values.tolist() == [1_600_000, 1_500_000, 500, pd.NA, pd.NA]
    assert read.problems.isna().all()


@pytest.mark.parametrize(
    ("text", "won"),
    [
        ("1E+07", 10_000_000), ("3e8", 300_000_000), ("1.23457E+05", 123_457),
        ("1.5E+01", 15), ("1.2345678E+07", 12_345_678), ("2.50000000E+08", 250_000_000),
    ],
)  # fmt: skip
def test_a_number_with_all_its_digits_may_have_an_exponent(text: str, won: int) -> None:
    """Its decimals reach the last place, or there are none."""
    assert one(values.amounts(cell(text), 1)) == (won, None)
    assert one(values.counts(cell(text))) == (won, None)


SHORTENED = "number was shortened by a spreadsheet: export it with all its digits"


@pytest.mark.parametrize("text", ["1.23457E+11", "1.5E+08", "1.23e8", "1.00E+07", "12.3457E+10"])
def test_a_shortened_number_is_no_value(text: str) -> None:
    """A cell of two or five decimals has rounded what did not fit; what it was nobody knows."""
    for read in (
        values.amounts(cell(text), 1), values.counts(cell(text)), values.dates(cell(text)),
        values.years(cell(text)), values.written_out(cell(text)),
    ):  # fmt: skip
        assert one(read) == (None, SHORTENED)
    assert values.phones(cell(text)).isna().all()
    assert values.residents(cell(text)).isna().all(axis=None)


def test_numbers_of_people_and_days_come_back_from_all_their_digits() -> None:
    """A mobile telephone that lost its nought, the front of a resident number, eight digits."""
    assert values.phones(cell("1.012345678E+09")).tolist() == ["01012345678"]
    assert values.phones(cell("1.01235E+10")).isna().all()
    assert values.residents(cell("9.001012345678E+12"))["birth"].tolist() == ["1990-01-01"]
    assert one(values.dates(cell("2.0130503E+07")))[0] == pd.Timestamp("2013-05-03")
    assert one(values.dates(cell("2.01305E+07"))) == (None, SHORTENED)


@given(won=st.integers(0, 10**12), form=st.sampled_from(["{}", "{:,}", "{:,}원", "₩ {:,}"]))
def test_any_amount_reads_back(won: int, form: str) -> None:
    """However it is written."""
    assert one(values.amounts(cell(form.format(won)), 1)) == (won, None)


@given(
    day=st.dates(date(2000, 1, 1), date(2079, 12, 31)),
    form=st.sampled_from(
        ["{:%Y-%m-%d}", "{:%y/%m/%d}", "{:%Y}년 {:%m}월 {:%d}일", "{:%Y%m%d}", "{:%Y.%m.%d}",
         "{:%Y. %m. %d.}", "'{:%y.%m.%d}", "{:%Y-%m-%d} 10:30:00", "{:%Y/%m/%d}(목)"]
    ),
)  # fmt: skip
def test_any_day_reads_back(day: date, form: str) -> None:
    """In the five forms of the sample files, and their kin."""
    value, problem = one(values.dates(cell(form.format(day, day, day))))
    assert (value.date(), problem) == (day, None)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "text",
    [
        "2013-05-03 14:20:33", "2013-05-03 오후 2:20:33", "2013-05-03T14:20:33Z",
        "2013-05-03 2:20 PM", "2013. 5. 3. 14시 20분", "13.05.03.", "2013년5월3일(금)",
        "2013. 5. 3.(금) 14:20", "'13. 5. 3", "'2013-05-03", "20130503.0", "20130503142033",
        "201305031420", "2013․5․3", "2013·5·3", "2013–05–03", "2013/5/3 0:00", "41397", "41397.6",
    ],
)  # fmt: skip
def test_a_day_with_what_offices_write_beside_it(text: str) -> None:
    """Weekday, clock, apostrophe, decimals, dots of other kinds."""
    assert one(values.dates(cell(text))) == (pd.Timestamp("2013-05-03"), None)
    assert one(values.years_of_days(cell(text))) == (2013, None)


def test_a_serial_number_counts_from_1904_where_the_workbook_says_so() -> None:
    """39935 is four years and a day later than in others."""
    assert one(values.dates(cell("39935")))[0] == pd.Timestamp("2009-05-02")
    assert one(values.dates(cell("39935"), from_1904=True))[0] == pd.Timestamp("2013-05-03")
    assert one(values.years_of_days(cell("39935"), from_1904=True)) == (2013, None)


@pytest.mark.parametrize(
    "text", ["2013.5", "2013-05", "2013년 5월", "2013. 10.", "2013", "5/3/2013"]
)
def test_a_month_or_a_day_of_unclear_order_tells_its_year(text: str) -> None:
    """And no day."""
    assert one(values.years_of_days(cell(text))) == (2013, None)
    assert one(values.dates(cell(text))) == (None, "date is not a day")


@pytest.mark.parametrize(
    "text", ["5/3", "5월 3일", "2013.13", "13.5", "1200", "98.5.3", "3", "20133"]
)
def test_what_names_no_clear_year_tells_none(text: str) -> None:
    """98 would be 2098; 13.5 may be anything."""
    assert one(values.years_of_days(cell(text))) == (None, "date is not a day")


@pytest.mark.parametrize(
    ("text", "year", "born"),
    [
        ("620514", 2013, "1962-05-14"), ("85.03.02", 2013, "1985-03-02"),
        ("62년 5월 14일", 2013, "1962-05-14"), ("'62. 5. 14.", 2013, "1962-05-14"),
        ("62.05.14생", 2013, "1962-05-14"), ("62.05.14(음)", 2013, "1962-05-14"),
        ("1962.05.14", 2013, "1962-05-14"), ("19620514", 2013, "1962-05-14"),
        ("200514", 2013, "1920-05-14"), ("960514", 2013, "1996-05-14"),
        ("050514", 2024, "2005-05-14"), ("000229", 2024, "2000-02-29"),
        ("050514-3", 2013, "2005-05-14"), ("620514-1", 2013, "1962-05-14"),
        ("620514-2******", None, "1962-05-14"), ("1962-05-14", None, "1962-05-14"),
    ],
)  # fmt: skip
def test_a_birth_lies_in_the_past_and_a_representative_is_a_grown_up(
    text: str, year: int | None, born: str
) -> None:
    """So two digits tell the century, or the digit behind them does."""
    read = values.births(cell(text), pd.Series([year], dtype="Int64"))
    assert one(read) == (pd.Timestamp(born), None)


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("050514", 2013), ("130514", 2013), ("121224", 2024), ("620514", None),
        ("2062-05-14", 2013), ("621314", 2013), ("22780", 2013), ("50514", 2024), ("62세", 2013),
    ],
)  # fmt: skip
def test_a_birth_that_is_not_clear_is_not_read(text: str, year: int | None) -> None:
    """A child or somebody of a hundred; a serial number or a lost nought; no year to compare."""
    read = values.births(cell(text), pd.Series([year], dtype="Int64"))
    assert one(read) == (None, "date is not a day")


def test_births_keep_the_order_of_their_rows() -> None:
    """Each is compared with the year of its own row; empty cells stay empty."""
    text = pd.Series(["050514", None, "050514", "620514"], index=[9, 4, 7, 2], dtype="str")
    read = values.births(text, pd.Series([2024, 2013, 2013, None], text.index, dtype="Int64"))
    assert read.values.index.tolist() == read.problems.index.tolist() == [9, 4, 7, 2]
    assert read.values.notna().tolist() == [True, False, False, False]
    assert read.problems.notna().tolist() == [False, False, True, True]


@pytest.mark.parametrize("text", ["2012-02-30", "14/06", "6월 14일", "내일", "99999", "98.05.03"])
def test_what_is_no_day_is_not_one(text: str) -> None:
    """Nor is a month without a year."""
    assert one(values.dates(cell(text))) == (None, "date is not a day")


@pytest.mark.parametrize(
    ("text", "count"),
    [("12", 12), ("5명", 5), ("5 인", 5), ("5.0", 5), ("홍가람 외 4명", 5), ("홍가람 외4", 5)],
)
def test_counts(text: str, count: int) -> None:
    """Somebody and four others are five."""
    assert one(values.counts(cell(text))) == (count, None)
    assert one(values.counts(cell("10여명"))) == (None, "count is not a number")


@pytest.mark.parametrize(
    ("text", "year"), [("2013", 2013), ("2013년도", 2013), ("'12", 2012), ("12년", 2012)]
)
def test_years(text: str, year: int) -> None:
    """A slip of the pen is none."""
    assert one(values.years(cell(text))) == (year, None)
    for text in ("20133", "'98", "2013.13", "1862"):
        assert one(values.years(cell(text))) == (None, "year is not a year")


def test_people_are_parted_from_titles_and_numbers() -> None:
    """Nothing but names."""
    text = pd.Series(
        ["1. 홍가람(총무), 나도람 / 다솜이님", "대표 홍가람 외 4명", "대표01", None], dtype="str"
    )
    assert values.people(text).tolist() == [
        ("홍가람", "나도람", "다솜이"), ("홍가람",), ("대표01",), ()
    ]  # fmt: skip


def test_telephones_mail_and_resident_numbers_have_one_form() -> None:
    """Hidden digits make no number, but tell the birthday."""
    phones = values.phones(
        pd.Series(["010-0000-1001", "01000001001", "+82 10 0000 1001", "02) 123-4567", "12-3"],
                  dtype="str")
    )  # fmt: skip
    assert phones.fillna("").tolist() == ["01000001001"] * 3 + ["021234567", ""]
    assert values.emails(cell("메일: A.b@Example.org")).tolist() == ["a.b@example.org"]
    told = values.residents(
        pd.Series(["900101-2345678", "050203-3******", "991340-1234567"], dtype="str")
    )
    assert told.astype(object).where(told.notna(), None).to_numpy().tolist() == [
        ["9001012345678", "1990-01-01", "female"], [None, "2005-02-03", "male"], [None] * 3
    ]  # fmt: skip


def test_scrubbed_text_names_nobody() -> None:
    """Own names anywhere, others' as words; days, lots and sums stay."""
    text = pd.Series(
        [
            "홍가람의 텃밭 010-9876-5432",
            "나도람네 모임, 문의 홍가람",
            "수유동 12-3, 2012-06-14, 1,500,000원",
        ],
        dtype="str",
    )
    names = pd.Series([("홍가람",), ("나도람",), ()])
    assert values.scrub(text, names, frozenset(["홍가람", "나도람", "수유"])).tolist() == [
        "○○○의 텃밭 ○○○", "○○○네 모임, 문의 ○○○", "수유동 12-3, 2012-06-14, 1,500,000원"
    ]  # fmt: skip


@pytest.mark.parametrize(
    "cell",
    ["문의 010–1234–5678", "010 · 4444 · 5555", "02-2133-1234-5 내선", "010‑2222‑3333",
     "02.2133.1234", "+82-10-1234-5678", "tel.010-1234-5678", "031)123-4567", "10 1234 5678",
     "1588-1234"],
)  # fmt: skip
def test_a_telephone_number_goes_whatever_stands_between_its_parts(cell: str) -> None:
    """Dashes of any length, dots and spaces; an extension behind it saves nothing."""
    clean = values.scrub(pd.Series([cell]))[0]
    assert "○○○" in clean
    assert not re.search(r"\d{3}", clean)


@pytest.mark.parametrize(
    "cell",
    ["2019-2020 마을기록단", "청춘 2018 2019", "기억 20140416", "2020-2021 공모", "1154561000",
     "126.01012345678", "2015-0001"],
)  # fmt: skip
def test_years_and_codes_are_no_telephone_numbers(cell: str) -> None:
    """They stay as they were written."""
    assert values.scrub(pd.Series([cell])).tolist() == [cell]


def test_a_comma_parts_thousands_or_nothing() -> None:
    """Two numbers in a cell are none."""
    read = values.counts(pd.Series(["1,200명", "3,4", "12,34"]))
    assert read.values.tolist() == [1200, pd.NA, pd.NA]
    assert read.problems.tolist()[1:] == ["count is not a number"] * 2
