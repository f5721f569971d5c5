import io
import struct
import tracemalloc
import zipfile
import zlib

import puremagic
import pytest
from openpyxl import Workbook
from PIL import Image, PngImagePlugin

from app.kit.images import ImageRefused, Kind, clean_image, sniff

ORIENTATION, GPS, LATITUDE = 0x0112, 0x8825, 2


def picture(mode="RGB", size=(60, 40), colour=None):
    image = Image.new(mode, size, colour)
    if mode == "RGB" and colour is None:
        image.paste((200, 30, 30), (0, 0, size[0] // 2, size[1]))
    return image


def saved(image, kind, **options):
    target = io.BytesIO()
    image.save(target, kind, **options)
    return target.getvalue()


def opened(clean):
    return Image.open(io.BytesIO(clean.data))


def png_header(width, height):
    def chunk(name, body):
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    shape = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = chunk(b"IDAT", zlib.compress(b"\0" * 1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", shape) + pixels + chunk(b"IEND", b"")


def workbook():
    target = io.BytesIO()
    Workbook().save(target)
    return target.getvalue()


def zipped(*names):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return target.getvalue()


KNOWN = [
    (saved(picture(), "JPEG"), Kind.JPEG),
    (saved(picture(), "PNG"), Kind.PNG),
    (saved(picture(), "WEBP"), Kind.WEBP),
    (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", Kind.HEIC),
    (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", Kind.PDF),
    (b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00isomiso2", Kind.MP4),
    (workbook(), Kind.XLSX),
    ("房号,面积\n1栋101,89.50\n".encode(), Kind.TEXT),
    ("房号,面积\n".encode("utf-8-sig"), Kind.TEXT),
    ("房号,面积\n".encode("gb18030"), Kind.TEXT),
]
UNKNOWN = [
    b"",
    b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    b"\xef\xbb\xbf  <html><script>alert(1)</script>",
    b"<?xml version='1.0'?><svg/>",
    b"MZ\x90\x00\x03",
    b"RIFF\x00\x00\x00\x00WAVEfmt ",
    b"\x00\x00\x00\x20ftypcrx ",
    b"PK\x03\x04broken",
    b"GIF89a\x01\x00\x01\x00\x00",
    b"text\x00with nulls",
    zipped("a.txt"),
    zipped("[Content_Types].xml", "xl/workbook.xml", "xl/vbaProject.bin"),
]


@pytest.mark.parametrize(("data", "kind"), KNOWN, ids=[kind.name for _, kind in KNOWN])
def test_content_tells_the_kind(data, kind):
    assert sniff(data) is kind


@pytest.mark.parametrize("data", UNKNOWN, ids=range(len(UNKNOWN)))
def test_what_is_not_known_to_be_harmless_has_no_kind(data):
    assert sniff(data) is None


@pytest.mark.parametrize(("data", "kind"), KNOWN[:5], ids=[kind.name for _, kind in KNOWN[:5]])
def test_our_table_agrees_with_a_larger_one(data, kind):
    found = {guess.mime_type.replace("heif", "heic") for guess in puremagic.magic_string(data)}
    assert kind.value in found


def test_a_text_cut_inside_a_character_is_still_text():
    assert sniff("襄".encode() * 40_000) is Kind.TEXT


def test_position_and_all_other_metadata_are_gone():
    exif = Image.Exif()
    exif[0x010F] = "SECRETMAKER"
    exif.get_ifd(GPS)[LATITUDE] = (32.0, 2.0, 4.5)
    data = saved(picture(), "JPEG", exif=exif, comment=b"SECRETNOTE", xmp=b"<x>SECRETXMP</x>")
    assert b"SECRETMAKER" in data
    clean = clean_image(data)
    assert not opened(clean).getexif()
    assert not {"exif", "xmp", "comment", "icc_profile"} & set(opened(clean).info)
    assert b"SECRET" not in clean.data


def test_png_text_is_gone():
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Author", "SECRET")
    data = saved(picture("RGBA", colour=(1, 2, 3, 4)), "PNG", pnginfo=notes)
    assert b"SECRET" in data
    clean = clean_image(data)
    assert clean.mime == "image/png"
    assert b"SECRET" not in clean.data


def test_a_photo_taken_sideways_is_turned_upright():
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    clean = clean_image(saved(picture(size=(60, 40)), "JPEG", exif=exif, quality=95))
    assert (clean.width, clean.height) == (40, 60)
    assert opened(clean).getpixel((20, 10))[0] > 150
    assert opened(clean).getpixel((20, 50))[0] < 80


@pytest.mark.parametrize(
    ("image", "kind", "mime"),
    [
        (picture(), "PNG", "image/jpeg"),
        (picture(), "WEBP", "image/jpeg"),
        (picture("RGBA", colour=(1, 2, 3, 255)), "PNG", "image/jpeg"),
        (picture("RGBA", colour=(1, 2, 3, 100)), "PNG", "image/png"),
        (picture("RGBA", colour=(1, 2, 3, 100)), "WEBP", "image/png"),
        (picture("CMYK"), "JPEG", "image/jpeg"),
        (picture("L"), "JPEG", "image/jpeg"),
        (picture("P"), "PNG", "image/jpeg"),
        (picture("1"), "PNG", "image/jpeg"),
        (picture("I;16"), "PNG", "image/jpeg"),
        (picture("LA"), "PNG", "image/png"),
    ],
)
def test_every_colour_mode_is_written_anew(image, kind, mime):
    clean = clean_image(saved(image, kind))
    assert clean.mime == mime == sniff(clean.data)
    assert (clean.width, clean.height) == opened(clean).size == image.size


def test_a_large_photo_is_made_smaller_and_keeps_its_shape():
    clean = clean_image(saved(picture(size=(4000, 1000)), "JPEG"))
    assert (clean.width, clean.height) == (2560, 640)


def test_a_small_photo_is_not_enlarged():
    assert clean_image(saved(picture(), "JPEG")).width == 60


def test_a_thumbnail_is_small():
    small = clean_image(saved(picture(size=(1000, 500)), "JPEG")).small
    assert Image.open(io.BytesIO(small)).size == (320, 160)


@pytest.mark.parametrize("side", [7000, 30_000, 60_000])
def test_a_bomb_is_refused_from_its_header_without_unpacking(side):
    data = png_header(side, side)
    tracemalloc.start()
    try:
        with pytest.raises(ImageRefused, match="4000 万像素"):
            clean_image(data)
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


def test_a_photo_of_exactly_the_limit_is_accepted():
    data = saved(picture(size=(100, 100)), "PNG")
    assert clean_image(data, max_pixels=10_000).width == 100
    with pytest.raises(ImageRefused, match="像素"):
        clean_image(data, max_pixels=9_999)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_truncated_photo_is_refused(kind, share):
    data = saved(Image.effect_noise((200, 200), 50), kind)
    with pytest.raises(ImageRefused, match="没有传完整"):
        clean_image(data[: int(len(data) * share)])


def test_a_changed_png_chunk_is_refused():
    data = bytearray(saved(Image.effect_noise((200, 200), 50), "PNG"))
    data[len(data) // 2] ^= 0xFF
    with pytest.raises(ImageRefused):
        clean_image(bytes(data))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%PDF-1.7",
        b"GIF89a" + b"\0" * 40,
        workbook(),
        b"plain text",
    ],
    ids=["empty", "svg", "pdf", "gif", "workbook", "text"],
)
def test_what_is_no_photo_is_refused_whatever_its_name(data):
    with pytest.raises(ImageRefused, match="不是照片"):
        clean_image(data)


def test_a_heic_photo_is_refused_with_a_way_out():
    with pytest.raises(ImageRefused, match="兼容性最佳"):
        clean_image(KNOWN[3][0])


@pytest.mark.parametrize("head", [b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\0\0\0\0WEBP"])
@pytest.mark.parametrize("rest", [b"", b"\0" * 64, b"<script>alert(1)</script>" * 9])
def test_a_good_head_on_a_bad_body_is_refused(head, rest):
    with pytest.raises(ImageRefused):
        clean_image(head + rest)


def test_a_program_hidden_behind_a_photo_does_not_survive():
    polyglot = saved(picture(), "JPEG") + zipped("payload.html") + b"<script>alert(1)</script>"
    clean = clean_image(polyglot)
    assert b"script" not in clean.data
    assert b"payload" not in clean.data
    assert not zipfile.is_zipfile(io.BytesIO(clean.data))
