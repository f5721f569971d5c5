"""Photos are decoded once and written anew: nothing hidden in them survives."""

import io
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

from app.kit.refusal import Invalid
from app.kit.sniffing import Kind, sniff

__all__ = ["CleanImage", "ImageRefused", "Kind", "check_image", "clean_image", "sniff"]

MAX_PIXELS: Final = 40_000_000
MAX_SIDE: Final = 2560
THUMBNAIL_SIDE: Final = 320
_QUALITY: Final = 85
_OPAQUE: Final = 255
_READABLE: Final = {Kind.JPEG: ("JPEG",), Kind.PNG: ("PNG",), Kind.WEBP: ("WEBP",)}
_JPEG_END: Final = b"\xff\xd9"
_BROKEN: Final = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    EOFError,
    IndexError,
    OverflowError,
    struct.error,
    zlib.error,
)


class ImageRefused(Invalid):
    """The photo cannot be taken in; the sentence says why."""

    code = "image_refused"
    sentence = "这张照片打不开，可能没有传完整。请重新拍一张或换一张再试。"


@dataclass(frozen=True, slots=True)
class CleanImage:
    """An image we wrote ourselves, and a small copy of it for lists."""

    data: bytes
    width: int
    height: int
    mime: str
    small: bytes


def check_image(data: bytes, max_pixels: int = MAX_PIXELS) -> Kind:
    """The kind of a picture that looks whole, without unpacking it.

    Only `clean_image` knows for certain. Raises ImageRefused.
    """
    formats = _formats(data)
    with _refusing(max_pixels):
        _check_header(data, formats, max_pixels)
    kind = Kind(f"image/{formats[0].lower()}")
    # A picture's own data never look like its end; a small copy near its start has one of its own.
    if kind is Kind.JPEG and data.rfind(_JPEG_END, len(data) // 2) < 0:
        raise ImageRefused
    return kind


def clean_image(data: bytes, max_pixels: int = MAX_PIXELS, max_side: int = MAX_SIDE) -> CleanImage:
    """The same picture, upright, not larger than needed, without position or other metadata."""
    formats = _formats(data)
    with _refusing(max_pixels):
        _check_header(data, formats, max_pixels)
        with Image.open(io.BytesIO(data), formats=formats) as source:
            return _encode(_upright(source, max_side))


@contextmanager
def _refusing(max_pixels: int) -> Iterator[None]:
    """What a broken picture makes of its readers, said in one way."""
    try:
        yield
    except Image.DecompressionBombError as bomb:
        raise _too_many_pixels(max_pixels) from bomb
    except _BROKEN as broken:
        raise ImageRefused from broken


def _formats(data: bytes) -> tuple[str, ...]:
    kind = sniff(data)
    if kind is Kind.HEIC:
        raise ImageRefused(
            "暂时不支持 HEIC 照片。请在手机的相机设置里选“兼容性最佳”，或者把照片截图后再上传。"
        )
    if kind is None or kind not in _READABLE:
        raise ImageRefused("这个文件不是照片。请选择 JPG、PNG 或 WebP 格式的照片。")
    return _READABLE[kind]


def _check_header(data: bytes, formats: tuple[str, ...], max_pixels: int) -> None:
    """Opening reads the header only: a bomb is refused before a pixel is unpacked."""
    try:
        with Image.open(io.BytesIO(data), formats=formats) as header:
            width, height = header.size
            if width * height > max_pixels:
                raise _too_many_pixels(max_pixels)
            header.verify()
    except UnidentifiedImageError as unknown:
        raise ImageRefused from unknown


def _too_many_pixels(max_pixels: int) -> ImageRefused:
    limit = max(1, max_pixels // 1_000_000)
    return ImageRefused(f"这张照片超过 {limit * 100} 万像素，请缩小后再上传。")


def _upright(source: Image.Image, max_side: int) -> Image.Image:
    # JPEG can be unpacked at a fraction of its size, which keeps a worker's memory small.
    # WeasyPrint tells Pillow, for the whole process, to put up with half a picture.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    source.draft("RGB", (max_side, max_side))
    source.load()
    picture = _eight_bit(ImageOps.exif_transpose(source))
    picture.thumbnail((max_side, max_side), Image.Resampling.LANCZOS)
    return picture


def _eight_bit(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith(("I", "F")):
        picture = picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        if picture.getchannel("A").getextrema()[0] != _OPAQUE:
            return picture
    return picture.convert("RGB")


def _encode(picture: Image.Image) -> CleanImage:
    # A new image has none of the old one's chunks, profiles or comments.
    fresh = Image.new(picture.mode, picture.size)
    fresh.paste(picture)
    mime = Kind.PNG if fresh.mode == "RGBA" else Kind.JPEG
    small = _small(fresh)
    return CleanImage(_bytes(fresh), fresh.width, fresh.height, mime.value, _bytes(small))


def _small(picture: Image.Image) -> Image.Image:
    # Halving is cheap, so that the careful filter has little left to do.
    halved = max(1, max(picture.size) // (2 * THUMBNAIL_SIDE))
    small = picture.reduce(halved)
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE), Image.Resampling.LANCZOS)
    return small


def _bytes(picture: Image.Image) -> bytes:
    # Not progressive: that takes three times as long to write and saves one byte in fifty.
    target = io.BytesIO()
    if picture.mode == "RGBA":
        picture.save(target, "PNG", optimize=False)
    else:
        picture.save(target, "JPEG", quality=_QUALITY, optimize=True)
    return target.getvalue()
