"""Whatever is put into the reader, it ends in a clear error or a clean table."""

from __future__ import annotations

import io
import random
import struct
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.errors import BadFile
from geo.intake.header import find_table
from geo.intake.sheets import read
from tests.geo.intake.compound import compound, record
from tests.geo.intake.conftest import BUREAU, DATA, SEED

ENDINGS = (".xlsx", ".xls", ".ods", ".csv", ".tsv", ".geojson", ".gpkg", ".shp", ".zip", "")


def comes_to_an_end(path: Path) -> None:
    """A source whose tables have sound rows, or a whole sentence that names the file."""
    source, said = None, ""
    try:
        source = read(path)
    except BadFile as error:
        said = str(error)
    if source is None:
        assert path.name in said
        assert said.endswith(".")
        return
    for sheet in source.sheets:
        assert len({len(row) for row in sheet.cells}) <= 1
        find_table(sheet)


@pytest.mark.parametrize("original", [SEED, BUREAU, DATA / "merged.xls", DATA / "merged.ods"])
def test_a_file_cut_short_anywhere(original: Path, tmp_path: Path) -> None:
    """Also with bytes changed here and there."""
    content, rng = original.read_bytes(), random.Random(4)
    path = tmp_path / original.name
    for share in (0.01, 0.2, 0.5, 0.8, 0.99):
        path.write_bytes(content[: int(len(content) * share)])
        comes_to_an_end(path)
    for _ in range(4):
        spoilt = bytearray(content)
        for _ in range(20):
            spoilt[rng.randrange(len(spoilt))] = rng.randrange(256)
        path.write_bytes(bytes(spoilt))
        comes_to_an_end(path)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(content=st.binary(min_size=1, max_size=400), ending=st.sampled_from(ENDINGS))
def test_any_bytes_with_any_ending(content: bytes, ending: str, tmp_path: Path) -> None:
    """Random bytes are hardly ever a table."""
    path = tmp_path / f"any{ending}"
    path.write_bytes(content)
    comes_to_an_end(path)


def packed(parts: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def changed(part: str, content: bytes) -> bytes:
    """The sample workbook with one of its parts replaced, or added."""
    with zipfile.ZipFile(SEED) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    return packed({**parts, part: content})


SHEET = "xl/worksheets/sheet1.xml"
LOOP = struct.pack("<I", 1) * 128
"""Of a table of sectors: each is followed by the second."""
HOSTILE = {
    "loop.xls": compound({"Workbook": bytes(9_000)})[:-512] + LOOP,
    "same-sheet.xls": compound(
        {
            "Workbook": record(0x809, struct.pack("<4H", 0x600, 5, 0, 0))
            + record(0x85, struct.pack("<IHBBHB", 0, 0, 2, 0, 0xAC00, 0)) * 5_000
            + record(0x0A, b"")
        }
    ),
    "no-numbers.xls": compound({"Workbook": record(0x809, b"") + record(0x42, b"")}),
    "open-rows.xlsx": changed(SHEET, b"<worksheet><sheetData>" + b"<row hidden=" * 2_000_000),
    "far-columns.xlsx": changed(
        SHEET,
        b"<worksheet><cols>"
        + b'<col min="1" max="99999999999" hidden="1"/>' * 100_000
        + b"</cols><sheetData/></worksheet>",
    ),
    "far-rows.ods": packed(
        {
            "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": b"<a><table:table>"
            + b'<table:table-row table:number-rows-repeated="1048576" table:visibility="filter"/>'
            * 20_000
            + b"</table:table></a>",
        }
    ),
    "macros.xlsm": changed("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0" + bytes(500)),
    "bomb.xlsx": changed(SHEET, bytes(60_000_000)),
    "nonsense.xlsx": changed(SHEET, b"<worksheet><sheetData><row><c r='A1'>" * 50),
    "nothing.xlsx": packed({"hello.txt": b"hello"}),
    "entities.xlsx": changed(
        SHEET,
        b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
        + b"".join(b'<!ENTITY a%d "%s">' % (n, b"&a;" * 10) for n in range(20))
        + b"]><worksheet>&a19;</worksheet>",
    ),
    "outside.xlsx": changed(
        SHEET, b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><worksheet>&a;</worksheet>'
    ),
    "formulas.xlsx": changed(
        SHEET,
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        b'<row r="1"><c r="A1" t="str"><f>"a"&amp;"b"</f></c><c r="B1"><f>1/0</f></c></row>'
        b"</sheetData></worksheet>",
    ),
    "locked.xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"EncryptedPackage" * 100,
    "deep.geojson": b"[" * 100_000,
    "empty.geojson": b'{"type": "FeatureCollection", "features": []}',
    "quote.csv": '자치구,동\n"금천구,가산동\n'.encode() * 3,
    "long.csv": "자치구,동\n".encode() + b"a" * 11_000_000 + b",b\n",
    "no.shp": b"\x00\x00\x27\x0a" + bytes(96),
    "two.zip": packed({"a.txt": b"a", "b.txt": b"b"}),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files(name: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Bombs, macros, entities, nonsense: nothing is run, nothing from elsewhere is read."""
    path = tmp_path / name
    path.write_bytes(HOSTILE[name])
    comes_to_an_end(path)
    assert "panicked" not in capfd.readouterr().err
    if name == "outside.xlsx":
        assert "root:" not in str(read(path).sheets)
    if name == "macros.xlsm":
        assert len(read(path).sheets[0].cells) == 61
