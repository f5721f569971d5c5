"""What a file is, by its content; its name and its declared type are not believed."""

import io
import zipfile
from enum import StrEnum

_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
_MP4_BRANDS = frozenset(
    {b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1"}
    | {b"M4V ", b"MSNV", b"3gp4", b"3gp5", b"3gp6"}
)
_XLSX_PARTS = frozenset({"[Content_Types].xml", "xl/workbook.xml"})
_PLAIN_CONTROLS = frozenset({9, 10, 12, 13})
_TEXT_SAMPLE = 65_536
_BLANK = 32
_LONGEST_CHARACTER = 4


class Kind(StrEnum):
    """The kinds told apart; the value is the MIME type."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    WEBP = "image/webp"
    HEIC = "image/heic"
    PDF = "application/pdf"
    XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    MP4 = "video/mp4"
    QUICKTIME = "video/quicktime"
    TEXT = "text/plain"


_STARTS = (
    (b"\xff\xd8\xff", Kind.JPEG),
    (b"\x89PNG\r\n\x1a\n", Kind.PNG),
    (b"%PDF-", Kind.PDF),
)


def sniff(data: bytes) -> Kind | None:
    """The kind, or None for everything not known to be harmless, SVG and HTML included."""
    for start, kind in _STARTS:
        if data.startswith(start):
            return kind
    if data.startswith(b"RIFF"):
        return Kind.WEBP if data[8:12] == b"WEBP" else None
    if data[4:8] == b"ftyp":
        return _by_brand(data[8:12])
    return _by_structure(data)


def _by_structure(data: bytes) -> Kind | None:
    if data.startswith(b"PK"):
        return Kind.XLSX if _is_workbook(data) else None
    return Kind.TEXT if _is_text(data) else None


def _by_brand(brand: bytes) -> Kind | None:
    if brand in _HEIC_BRANDS:
        return Kind.HEIC
    if brand == b"qt  ":
        return Kind.QUICKTIME
    return Kind.MP4 if brand in _MP4_BRANDS else None


def _is_workbook(data: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = frozenset(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError):
        return False
    # A workbook with macros is a program, not a table.
    return names >= _XLSX_PARTS and not any(name.endswith("vbaProject.bin") for name in names)


def _is_text(data: bytes) -> bool:
    sample = data[:_TEXT_SAMPLE]
    if not sample or any(byte < _BLANK and byte not in _PLAIN_CONTROLS for byte in sample):
        return False
    # Markup runs scripts in a browser that guesses types.
    if sample.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<"):
        return False
    return _decodes(sample, "utf-8") or _decodes(sample, "gb18030")


def _decodes(sample: bytes, encoding: str) -> bool:
    try:
        sample.decode(encoding)
    except UnicodeDecodeError as broken:
        # The sample may cut its last character in two.
        cut = len(sample) == _TEXT_SAMPLE
        return cut and broken.start >= len(sample) - _LONGEST_CHARACTER
    return True
