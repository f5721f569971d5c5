"""Small MP4 files, box by box, as phones write them."""

from __future__ import annotations

import struct

POSITION = b"+32.0089+112.1226/"
CAMERA = b"Phone 9 of Mr Zhou"
FILMED_AT = 0xE1234567


def box(kind, *parts):
    body = b"".join(parts)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def full(kind, *parts, version=0):
    return box(kind, bytes([version, 0, 0, 0]), *parts)


def numbers(*values):
    return struct.pack(f">{len(values)}I", *values)


def track(number, handler, offset, samples, *, seconds=10, codec=b"avc1", extra=b""):
    """A track with one chunk of samples that begins at `offset` of the file."""
    sizes = [len(one) for one in samples]
    entry = box(codec, bytes(6), struct.pack(">H", 1), bytes(70))
    table = box(
        b"stbl",
        full(b"stsd", numbers(1), entry),
        full(b"stts", numbers(1, len(samples), 1000)),
        full(b"stsc", numbers(1, 1, len(samples), 1)),
        full(b"stsz", numbers(0, len(samples), *sizes)),
        full(b"stco", numbers(1, offset)),
    )
    source = box(b"dinf", full(b"dref", numbers(1), box(b"url ", b"\0\0\0\1")))
    head = full(b"smhd", bytes(4)) if handler == b"soun" else full(b"vmhd", bytes(8))
    return box(
        b"trak",
        full(b"tkhd", numbers(FILMED_AT, FILMED_AT, number), bytes(60)),
        box(
            b"mdia",
            full(b"mdhd", numbers(FILMED_AT, FILMED_AT, 1000, seconds * 1000), bytes(4)),
            full(b"hdlr", bytes(4), handler, bytes(12), CAMERA + b"\0"),
            box(b"minf", head, source, table),
        ),
        extra,
    )


def film(
    *,
    brand=b"isom",
    seconds=10,
    codec=b"avc1",
    way=b"",
    hidden=b"",
    tail=b"",
    picture=(b"PICTURE-ONE", b"PICTURE-TWO"),
    in_movie=b"",
    order="media first",
):
    """A film with picture, sound, a name, a position and (optionally) a way it was carried along.

    `way`: bytes of a third track that is neither picture nor sound; `hidden`: bytes of the media
    that belong to no track; `tail`: what follows the last box.
    """
    sound = (b"SOUND-ONE",)
    media = b"".join(picture) + hidden + b"".join(sound) + way
    user = box(b"udta", box(b"\xa9xyz", struct.pack(">HH", len(POSITION), 0), POSITION))
    ftyp = box(b"ftyp", brand, numbers(0), brand)

    def movie(start):
        after = start + sum(map(len, picture)) + len(hidden)
        tracks = [
            track(1, b"vide", start, picture, seconds=seconds, codec=codec, extra=user),
            track(2, b"soun", after, sound, codec=b"mp4a", seconds=seconds),
        ]
        if way:
            tracks.append(track(3, b"meta", after + len(sound[0]), (way,), codec=b"mebx"))
        return box(
            b"moov",
            full(b"mvhd", numbers(FILMED_AT, FILMED_AT, 1000, seconds * 1000), bytes(80)),
            *tracks,
            user,
            box(b"meta", POSITION, CAMERA),
            in_movie,
        )

    extra = box(b"uuid", bytes(16), POSITION)
    if order == "media first":
        return ftyp + extra + box(b"mdat", media) + movie(len(ftyp) + len(extra) + 8) + tail
    length = len(movie(0))
    start = len(ftyp) + length + 8
    return ftyp + movie(start) + box(b"mdat", media) + tail
