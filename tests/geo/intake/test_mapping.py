"""mapping.toml says what was understood, and reads back what a person makes of it."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import BadFile
from geo.intake.columns import Field, Understood
from geo.intake.mapping import Mappings, TableMapping, Written, read, text
from geo.intake.workbook import plain

HEADINGS = (
    st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12)
    .map(plain)
    .filter(bool)
)
"""As tables have them: composed, without signs that nobody sees."""
TABLES = st.builds(
    TableMapping,
    file=HEADINGS,
    sheet=st.just("시트"),
    columns=st.dictionaries(HEADINGS, st.sampled_from(list(Field)), max_size=4),
    header_rows=st.sampled_from([None, (1,), (3, 4)]),
    year=st.sampled_from([None, 2013]),
    programme=st.sampled_from([None, "씨앗", 'a "b" = [c]']),
    unit_krw=st.sampled_from([None, 1, 1_000]),
    crs=st.sampled_from([None, "EPSG:5174"]),
)


@settings(max_examples=60, deadline=None)
@given(table=TABLES)
def test_what_was_written_reads_back(
    table: TableMapping, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whatever signs are in headings, with the comments beside them."""
    columns = tuple(Understood(label, held, 0.5, "words") for label, held in table.columns.items())
    path = tmp_path_factory.mktemp("mapping") / "mapping.toml"
    path.write_text(
        text([Written(table, columns, "title", "title", ("which?\nthis",))], 80), encoding="utf-8"
    )
    assert read(path) == Mappings((table,), 80)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("[[table]\n",
         "m.toml is no TOML in UTF-8: Expected ']]' at the end of an array declaration (at line "
                       "1, column 8)."),
        ("[other]\n", "m.toml: unknown key 'other' in the file: choose matching or table."),
        ("[matching]\nlikeness = 200\n", "m.toml: likeness = 200 is not allowed: write 0 to 100."),
        ('[[table]]\nfile = "a"\n',
         "m.toml: sheet = None is not allowed: write a text in quotation marks."),
        ('[[table]]\nfile = "a"\nsheet = ""\nyear = "2013"\n',
         "m.toml: year = '2013' is not allowed: write a year: 2013."),
        ('[[table]]\nfile = "a"\nsheet = ""\n' * 2,
         "m.toml has two tables for a, sheet '': keep one."),
    ],
)  # fmt: skip
def test_a_wrong_mapping_is_refused(content: str, sentence: str, tmp_path: Path) -> None:
    """With the key, the value and what is allowed."""
    path = tmp_path / "m.toml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(BadFile) as refused:
        read(path)
    assert str(refused.value) == sentence


def test_an_unknown_field_is_refused_with_all_that_there_are(tmp_path: Path) -> None:
    """By its column."""
    path = tmp_path / "m.toml"
    path.write_text(
        '[[table]]\nfile = "a"\nsheet = ""\n[table.columns]\n"동" = "dong"\n', encoding="utf-8"
    )
    with pytest.raises(BadFile) as refused:
        read(path)
    assert str(refused.value).startswith(
        """m.toml: "동" = 'dong' is not allowed: write group, project, city, district"""
    )


def test_a_mapping_speaks_of_sheets_that_are_there() -> None:
    """Of a file that was given; of another it says nothing."""
    mappings = Mappings((TableMapping("a.xlsx", "없음"),))
    mappings.check([("b.xlsx", "시트")])
    with pytest.raises(BadFile) as refused:
        mappings.check([("a.xlsx", "시트")])
    assert str(refused.value) == (
        "The mapping names sheet '없음' of a.xlsx, which is not there: choose '시트'."
    )


def test_names_are_known_in_whatever_form_they_are_written(tmp_path: Path) -> None:
    """A Mac takes Hangul apart; signs that nobody sees come along when cells are copied."""
    path = tmp_path / "mapping.toml"
    content = (
        '[[table]]\nfile = "신청.csv"\nsheet = "목록"\n[table.columns]\n"단체\u200b명" = "group"\n'
    )
    path.write_text(unicodedata.normalize("NFD", content), encoding="utf-8")
    table = TableMapping("신청.csv", "목록", {"단체명": Field.GROUP})
    assert read(path) == Mappings((table,))
    assert read(path).of("신청.csv", "목록") == table
