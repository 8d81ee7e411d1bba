"""What a file is, told by its content, whatever it is called; what is no list is named.

A spreadsheet comes under all kinds of endings: systems of offices call an XLSX file .xls, a web
page too, and documents, locked and packed files are taken for lists. Each is refused as what it
is, with what to do.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib

from geo import map_files
from geo.errors import BadFile
from geo.intake import ole

LARGEST_UNPACKED = 1_000_000_000
"""Bytes of a zipped file's parts together."""
LONGEST_BEGINNING = 100_000
"""Bytes of a part that says of others what they are."""
FORMATS = "XLSX, XLS, ODS, CSV, TSV, GeoJSON, TopoJSON, GeoPackage or shapefile"
WORKBOOKS = ("XLSX", "XLSB", "ODS", "XLS")
MAPS = ("GeoPackage", "shapefile", "GeoJSON", "TopoJSON")
HANGUL = (
    "is a document of Hangul (HWP)",
    "open it there, copy its table into a spreadsheet, and save that as XLSX",
)
WORD = (
    "is a document, no spreadsheet",
    "open it, copy its table into a spreadsheet, and save that as XLSX",
)
SLIDES = (
    "is a presentation, no spreadsheet",
    "open it, copy its table into a spreadsheet, and save that as XLSX",
)
FROM_APPLE = (
    "is a document of Numbers, Pages or Keynote",
    "export it there as XLSX or CSV",
)
UNSEEN = (
    "ask for the spreadsheet that it was made from, or type its table into one, and save that as "
    "XLSX"
)
DRM = (
    "is locked by a document security program (DRM)",
    "open it where that program is installed and release it, or ask for a copy without the lock",
)
PASSWORD = ("is protected by a password", "save it without one")
PACKED = ("is a packed file", "unpack it and give the list in it")
OLD = (
    "is a spreadsheet in a form of before 1994",
    "open it in a spreadsheet program and save it as XLSX",
)
XML_SPREADSHEET = (
    "is an XML spreadsheet of Excel 2003",
    "open it in a spreadsheet program and save it as XLSX",
)
WEB_PAGE = (
    "is a web page, whatever its ending says",
    "open it in a spreadsheet program and save it as XLSX",
)
KML = ("is a map in KML", "open it in a GIS program and save it as GeoJSON or GeoPackage")
XML = ("is XML, which has no rows and columns", f"export it as {FORMATS}")
JSON = ("is JSON, but neither GeoJSON nor TopoJSON", "export it as CSV or XLSX")
PART_OF_SHAPEFILE = (
    "is a part of a shapefile",
    "give the .shp file, the others beside it, or a ZIP file of them all",
)
BEGINNINGS = {
    rb"%PDF-": ("is a PDF document", UNSEEN),
    rb"\x89PNG|\xff\xd8\xff|GIF8[79]a|BM....\0\0\0\0|II\*\0|MM\0\*|RIFF....WEBP|....ftyphei": (
        "is a picture",
        UNSEEN,
    ),
    rb"HWP Document File": HANGUL,
    # Fasoo, Softcamp, Samsung, MarkAny: each sets its name before what it has encrypted
    rb".{0,16}?(DRMONE|SCDSA\d|NASCA DRM|DOCUMENT SAFER)": DRM,
    rb"\{\\rtf": WORD,
    rb"\x1f\x8b|7z\xbc\xaf\x27\x1c|Rar!\x1a|EGGA\0|ALZ\x01": PACKED,
    rb"\x09[\0\x02\x04\x08][\x04\x06\x08\x10]\0": OLD,
}
"""How files begin that are no lists: what they are, and what to do."""
PARTS_OF_SHAPEFILES = (".dbf", ".shx", ".prj", ".cpg", ".sbn", ".sbx")
MARKUP = {
    r"<hwpml\b": HANGUL,
    r"<kml\b": KML,
    r"urn:schemas-microsoft-com:office:spreadsheet": XML_SPREADSHEET,
    r"<(html|head|meta|style|body|div|table)\b": WEB_PAGE,
    r"<\?xml": XML,
}
"""What text that begins with a tag has in it, in small letters; the first one says what it is."""
TEXTS = {r"mime-version:": WEB_PAGE, r'\{\s*["}]|\[\s*[\[{]': JSON}
"""How other text begins that is no list."""


def refusal(name: str, said: tuple[str, str]) -> BadFile:
    """The error that names a file as what it is, and says what to do."""
    what, remedy = said
    return BadFile(f"{name} {what}: {remedy}.")


def broken(name: str) -> str:
    """What is said of a file that its reader gives up."""
    return (
        f"{name} is no readable file, or one cut short: open it in the program that it comes "
        f"from and save it again ({FORMATS})."
    )


def recognised(name: str, content: bytes) -> str:
    """One of `WORKBOOKS` or `MAPS`, else ``text``.

    Raises:
        BadFile: it is something else, locked, or too large when unpacked.
    """
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zipped(name, content)
    if content.startswith(ole.BEGINNING):
        return _compound(name, content)
    if found := map_files.kind(content):
        return found
    for beginning, said in BEGINNINGS.items():
        if re.match(beginning, content, re.DOTALL):
            raise refusal(name, said)
    if name.lower().endswith(PARTS_OF_SHAPEFILES):
        raise refusal(name, PART_OF_SHAPEFILE)
    return "text"


def check_text(name: str, text: str) -> None:
    """Refuse text that is written for another program.

    Raises:
        BadFile: a web page, XML, JSON.
    """
    head = text[:30_000].lstrip().lower()
    beginnings = [said for sign, said in TEXTS.items() if re.match(sign, head)]
    if re.match(r"<[a-z!?]", head):
        beginnings += [said for sign, said in MARKUP.items() if re.search(sign, head)]
    if beginnings:
        raise refusal(name, beginnings[0])


def _zipped(name: str, content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            inside = parts.infolist()
            mimetype = _beginning(parts, "mimetype")
            is_encrypted = b"encryption-data" in _beginning(parts, "META-INF/manifest.xml")
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, ValueError, OSError, EOFError):
        raise BadFile(broken(name)) from None
    unpacked = sum(part.file_size for part in inside)
    if unpacked > LARGEST_UNPACKED:
        raise BadFile(
            f"{name} would unpack to {unpacked:,} bytes, at most {LARGEST_UNPACKED:,} are "
            "read: split it."
        )
    if is_encrypted or any(part.flag_bits & 1 for part in inside):
        raise refusal(name, PASSWORD)
    return _of_parts(name, [part.filename.replace("\\", "/") for part in inside], mimetype)


def _beginning(parts: zipfile.ZipFile, name: str) -> bytes:
    """The first bytes of a part; b"" where it is not there, or locked."""
    part = next((part for part in parts.infolist() if part.filename == name), None)
    if part is None or part.flag_bits & 1:
        return b""
    with parts.open(part) as file:
        return file.read(LONGEST_BEGINNING)


def _of_parts(name: str, parts: list[str], mimetype: bytes) -> str:
    """What a ZIP file is, by the names of its parts."""
    if any(part.startswith("xl/") for part in parts):
        return "XLSB" if "xl/workbook.bin" in parts else "XLSX"
    if b"opendocument.spreadsheet" in mimetype:
        return "ODS"
    if any(map_files.is_shape(part) for part in parts):
        return "shapefile"
    for said, is_so in (
        (HANGUL, b"hwp" in mimetype),
        (WORD, b"opendocument.text" in mimetype or any(p.startswith("word/") for p in parts)),
        (SLIDES, b"presentation" in mimetype or any(p.startswith("ppt/") for p in parts)),
        (FROM_APPLE, any(part.endswith((".iwa", "Index.zip", ".apxl")) for part in parts)),
    ):
        if is_so:
            raise refusal(name, said)
    lists = [p for p in parts if re.search(r"\.(xlsx?|xlsm|ods|csv|tsv)$", p, re.I)]
    if lists:
        count, them = (f"{len(lists):,} lists", "those") if len(lists) > 1 else ("a list", "it")
        raise refusal(name, (f"is a ZIP file with {count} in it", f"unpack it and give {them}"))
    raise refusal(
        name,
        (
            "is a ZIP file in which there is neither a list nor a shapefile",
            "unpack it and give the list that was meant",
        ),
    )


def _compound(name: str, content: bytes) -> str:
    try:
        compound = ole.Compound(content)
        inside, first = compound.names, compound.stream("FileHeader")[:17]
    except ValueError:
        return "XLS"  # its reader may make more of what is damaged
    if "EncryptedPackage" in inside:
        by_rights = "DRMEncrypted".encode("utf-16-le") in content
        raise refusal(name, DRM if by_rights else PASSWORD)
    for said, is_so in (
        (HANGUL, first == b"HWP Document File" or "\x05HwpSummaryInformation" in inside),
        (WORD, "WordDocument" in inside),
        (SLIDES, "PowerPoint Document" in inside),
    ):
        if is_so:
            raise refusal(name, said)
    return "XLS"
