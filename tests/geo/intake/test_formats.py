"""What is no list is named as what it is, and what is said to be done about it leads to a list."""

from __future__ import annotations

import io
import json
import os
import zipfile
from pathlib import Path

import pytest

from geo.errors import BadFile
from geo.intake.formats import FORMATS
from geo.intake.sheets import read
from tests.geo.intake.compound import biff5, compound, record
from tests.geo.intake.conftest import SEED

HANGUL = (
    "is a document of Hangul (HWP): open it there, copy its table into a spreadsheet, and save "
    "that as XLSX."
)
DOCUMENT = (
    "is a document, no spreadsheet: open it, copy its table into a spreadsheet, and save that as "
    "XLSX."
)
SLIDES = (
    "is a presentation, no spreadsheet: open it, copy its table into a spreadsheet, and save that "
    "as XLSX."
)
DRM = (
    "is locked by a document security program (DRM): open it where that program is installed and "
    "release it, or ask for a copy without the lock."
)
PASSWORD = "is protected by a password: save it without one."
UNSEEN = (
    "ask for the spreadsheet that it was made from, or type its table into one, and save that as "
    "XLSX."
)
WEB_PAGE = (
    "is a web page, whatever its ending says: open it in a spreadsheet program and save it as XLSX."
)
PACKED = "is a packed file: unpack it and give the list in it."
NUMBERS = "is a document of Numbers, Pages or Keynote: export it there as XLSX or CSV."
OLD = (
    "is a spreadsheet in a form of before 1994: open it in a spreadsheet program and save it as "
    "XLSX."
)
NOISE = bytes(range(256)) * 20


def packed(*names: str, mimetype: str = "", locked: bool = False, within: str = "<a/>") -> bytes:
    """A ZIP file with parts of these names, all of them holding the same."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as parts:
        if mimetype:
            parts.writestr("mimetype", mimetype)
        for name in names:
            parts.writestr(name, within)
    content = buffer.getvalue()
    if locked:  # the flag in the header of each part and in the directory
        for mark in (b"PK\x03\x04\x14\0", b"PK\x01\x02\x14\x03\x14\0"):
            content = content.replace(mark + b"\0\0", mark + b"\x01\0")
    return content


def locked_xls() -> bytes:
    """An XLS workbook with a record of its password."""
    book = biff5([["동"]], 949, "cp949")
    first = record(0x809, b"\0\x05\x05\0\0\0\0\0")
    assert first in book
    return book.replace(record(0x42, b"\xb5\x03"), record(0x2F, b"\x01\0"))


CASES = {
    "hwp": (compound({"FileHeader": b"HWP Document File" + bytes(200)}), HANGUL),
    "hwp-summary": (compound({"\x05HwpSummaryInformation": NOISE, "FileHeader": NOISE}), HANGUL),
    "hwp3": (b"HWP Document File V3.00 \x1a\x01\x02\x03\x04\x05" + NOISE, HANGUL),
    "hwpx": (packed("Contents/section0.xml", mimetype="application/hwp+zip"), HANGUL),
    "hwpml": (b'<?xml version="1.0" encoding="UTF-8"?>\r\n<HWPML Version="2.8"><HEAD/>', HANGUL),
    "doc": (compound({"WordDocument": NOISE}), DOCUMENT),
    "doc-with-a-sheet": (compound({"Workbook": NOISE, "WordDocument": NOISE}), DOCUMENT),
    "docx": (packed("[Content_Types].xml", "word/document.xml"), DOCUMENT),
    "odt": (packed("content.xml", mimetype="application/vnd.oasis.opendocument.text"), DOCUMENT),
    "rtf": (rb"{\rtf1\ansi \'b0\'a1}", DOCUMENT),
    "ppt": (compound({"PowerPoint Document": NOISE}), SLIDES),
    "pptx": (packed("[Content_Types].xml", "ppt/presentation.xml"), SLIDES),
    "fasoo": (b"\x9b\x20DRMONE  This Document is encrypted" + NOISE, DRM),
    "drmone": (b"<DRMONE>" + NOISE, DRM),
    "softcamp": (b"SCDSA004" + NOISE, DRM),
    "nasca": (b"NASCA DRM FILE - VER1.00" + NOISE, DRM),
    "document-safer": (b"<DOCUMENT SAFER V2>" + NOISE, DRM),
    "rights": (
        compound({"EncryptedPackage": NOISE, "Info": "DRMEncryptedTransform".encode("utf-16-le")}),
        DRM,
    ),
    "encrypted-xlsx": (compound({"EncryptionInfo": NOISE, "EncryptedPackage": NOISE}), PASSWORD),
    "encrypted-xls": (locked_xls(), PASSWORD),
    "encrypted-ods": (
        packed(
            "content.xml",
            "META-INF/manifest.xml",
            mimetype="application/vnd.oasis.opendocument.spreadsheet",
            within="<manifest:encryption-data/>",
        ),
        PASSWORD,
    ),
    "encrypted-zip": (packed("list.csv", locked=True), PASSWORD),
    "pdf": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", f"is a PDF document: {UNSEEN}"),
    "png": (b"\x89PNG\r\n\x1a\n" + NOISE, f"is a picture: {UNSEEN}"),
    "jpeg": (b"\xff\xd8\xff\xe0\0\x10JFIF\0" + NOISE, f"is a picture: {UNSEEN}"),
    "heic": (b"\0\0\0\x18ftypheic\0\0\0\0" + NOISE, f"is a picture: {UNSEEN}"),
    "7z": (b"7z\xbc\xaf\x27\x1c" + NOISE, PACKED),
    "alz": (b"ALZ\x01\x0a\0\0\0" + NOISE, PACKED),
    "gzip": (b"\x1f\x8b\x08\0" + NOISE, PACKED),
    "numbers": (packed("Index/Document.iwa", "Index/Tables/DataList.iwa"), NUMBERS),
    "numbers-of-old": (packed("index.apxl"), NUMBERS),
    "zip-of-lists": (
        packed("가.xlsx", "나.xls", "읽어보세요.txt"),
        "is a ZIP file with 2 lists in it: unpack it and give those.",
    ),
    "zip-of-one": (
        packed("목록.csv"),
        "is a ZIP file with a list in it: unpack it and give it.",
    ),
    "zip-of-nothing": (
        packed("사진.jpg"),
        "is a ZIP file in which there is neither a list nor a shapefile: unpack it and give the "
        "list that was meant.",
    ),
    "excel-4": (b"\x09\x04\x06\0\0\x04\x10\0" + NOISE, OLD),
    "biff-without-a-container": (b"\x09\x08\x08\0\0\0\x10\0" + NOISE, OLD),
    "html": (b"\xef\xbb\xbf\r\n<html xmlns:x='urn:schemas-microsoft-com:office:excel'>", WEB_PAGE),
    "html-table": ("<table><tr><td>가산동</td></tr></table>".encode("cp949"), WEB_PAGE),
    "html-meta": (b"<meta charset=utf-8><style>td {}</style><table>", WEB_PAGE),
    "html-comment": (b"<!-- made by a program --><div><table border=1>", WEB_PAGE),
    "xhtml": (b'<?xml version="1.0"?><!DOCTYPE html><html>', WEB_PAGE),
    "mhtml": (b"MIME-Version: 1.0\nContent-Type: multipart/related\n", WEB_PAGE),
    "xml-spreadsheet": (
        b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
        b'<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
        "is an XML spreadsheet of Excel 2003: open it in a spreadsheet program and save it as "
        "XLSX.",
    ),
    "kml": (
        b'<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2">',
        "is a map in KML: open it in a GIS program and save it as GeoJSON or GeoPackage.",
    ),
    "xml": (
        b'<?xml version="1.0"?><response><item/></response>',
        f"is XML, which has no rows and columns: export it as {FORMATS}.",
    ),
    "json": (
        json.dumps([{"동": "가산동"}]).encode(),
        "is JSON, but neither GeoJSON nor TopoJSON: export it as CSV or XLSX.",
    ),
    "json-of-a-service": (
        b'{ "DATA": [{"a": 1}] }',
        "is JSON, but neither GeoJSON nor TopoJSON: export it as CSV or XLSX.",
    ),
}


def refused(path: Path) -> str:
    with pytest.raises(BadFile) as error:
        read(path)
    return str(error.value)


@pytest.mark.parametrize("ending", ["xls", "xlsx", "csv"])
@pytest.mark.parametrize("case", CASES)
def test_what_is_no_list_is_named(case: str, ending: str, tmp_path: Path) -> None:
    """By its content, whatever it is called, with what to do."""
    content, sentence = CASES[case]
    path = tmp_path / f"목록.{ending}"
    path.write_bytes(content)
    assert refused(path) == f"목록.{ending} {sentence}"


def test_a_part_of_a_shapefile_is_named(tmp_path: Path) -> None:
    """Its table alone has no places."""
    path = tmp_path / "a.dbf"
    path.write_bytes(b"\x03" + bytes(40))
    assert refused(path) == (
        "a.dbf is a part of a shapefile: give the .shp file, the others beside it, or a ZIP file "
        "of them all."
    )


@pytest.mark.parametrize(
    "first",
    ["<2016년 선정 결과>", "[별첨] 선정 결과", "{가}", "PK 번호", "BM 번호", "Fasoo 사용 현황"],
)
def test_a_list_may_begin_oddly(first: str, tmp_path: Path) -> None:
    """With signs that begin other files: it is a list all the same."""
    path = tmp_path / "list.csv"
    path.write_text(f"{first},\n자치구,동\n금천구,가산동\n", "utf-8")
    assert read(path).sheets[0].cells == [[first, ""], ["자치구", "동"], ["금천구", "가산동"]]


def test_documents_of_hangul_are_named() -> None:
    """Four that Hangul, or a library that writes its format, made."""
    folder = Path(os.environ.get("MAEUL_TEST_DATA", "")) / "documents"
    if "MAEUL_TEST_DATA" not in os.environ or not folder.is_dir():
        pytest.skip("MAEUL_TEST_DATA names no folder that holds documents")
    found = sorted(folder.glob("*.hwp"))
    assert len(found) >= 4
    for path in found:
        assert refused(path) == f"{path.name} {HANGUL}"


def test_a_workbook_in_a_zip_file_is_read_once_it_is_unpacked(tmp_path: Path) -> None:
    """The remedy leads to the list."""
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as parts:
        parts.write(SEED, "목록.xlsx")
    assert refused(path) == "a.zip is a ZIP file with a list in it: unpack it and give it."
    with zipfile.ZipFile(path) as parts:
        parts.extractall(tmp_path)
    assert read(tmp_path / "목록.xlsx").sheets == read(SEED).sheets
