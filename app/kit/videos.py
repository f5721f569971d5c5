"""Short videos (MP4, QuickTime) are kept as they were filmed, without anything else in the file.

Nothing is decoded. Boxes that a player does not need, position and owner among them, become empty
ones of the same length, so that no offset moves; tracks that are neither picture nor sound (a
phone's way, for instance) and all bytes that belong to no kept sample are blanked. Sources:
ISO/IEC 14496-12 (boxes and sample tables), Apple QuickTime File Format.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from app.kit.refusal import Invalid

LONGEST_SECONDS: Final = 60
_GRACE: Final = 1
_MOST_BOXES: Final = 4000
_MOST_SAMPLES: Final = 200_000
_HEADER, _LARGE_HEADER = 8, 16
_FULL: Final = 4
_PICTURE, _SOUND = b"vide", b"soun"
_CODECS: Final = frozenset(
    {b"avc1", b"avc3", b"hvc1", b"hev1", b"vp08", b"vp09", b"av01", b"mp4v", b"s263"}
)
_KEPT: Final = {
    b"": frozenset({b"ftyp", b"moov", b"mdat"}),
    b"moov": frozenset({b"mvhd", b"trak"}),
    b"trak": frozenset({b"tkhd", b"edts", b"mdia"}),
    b"mdia": frozenset({b"mdhd", b"hdlr", b"minf"}),
    b"minf": frozenset({b"vmhd", b"smhd", b"hdlr", b"dinf", b"stbl"}),
    b"stbl": frozenset(
        {b"stsd", b"stts", b"ctts", b"cslg", b"stsc", b"stsz", b"stz2", b"stco", b"co64"}
        | {b"stss", b"stps", b"sdtp", b"sgpd", b"sbgp"}
    ),
}
_IN_PIECES: Final = frozenset({b"moof", b"mvex"})


class VideoRefused(Invalid):
    """The video cannot be taken in; the sentence says why."""

    code = "video_refused"
    sentence = "这段视频打不开，可能没有传完整。请重新拍一段，或者改拍照片。"


@dataclass(frozen=True, slots=True)
class CleanVideo:
    """A video with nothing in it but picture and sound."""

    data: bytes
    seconds: int


@dataclass(frozen=True, slots=True)
class _Box:
    kind: bytes
    start: int
    body: int
    end: int


def clean_video(data: bytes) -> CleanVideo:
    """The same picture and sound, without position, owner, time of filming or hidden bytes."""
    try:
        return _Cleaning(bytearray(data)).done()
    except (struct.error, IndexError, OverflowError, ZeroDivisionError) as broken:
        raise VideoRefused from broken


class _Cleaning:
    def __init__(self, data: bytearray) -> None:
        self._data = data
        self._boxes = 0
        self._samples = 0
        self._kept: list[tuple[int, int]] = []
        self._seconds = 0.0
        self._pictures = 0

    def done(self) -> CleanVideo:
        top = list(self._children(0, len(self._data)))
        if not top or top[0].kind != b"ftyp" or [box.kind for box in top].count(b"moov") != 1:
            raise VideoRefused
        for box in top:
            self._check_whole(box)
            if box.kind == b"moov":
                self._movie(box)
            elif box.kind not in _KEPT[b""]:
                self._blank(box)
        if not self._pictures:
            raise VideoRefused("这个文件里没有画面。请选择手机拍的视频，或者改拍照片。")
        if self._seconds > LONGEST_SECONDS + _GRACE:
            raise VideoRefused(f"视频超过 {LONGEST_SECONDS} 秒。请剪短一点再上传，或者改拍照片。")
        self._blank_between([box for box in top if box.kind == b"mdat"])
        return CleanVideo(bytes(self._data), round(self._seconds))

    def _movie(self, movie: _Box) -> None:
        for box in self._children(movie.body, movie.end):
            self._check_whole(box)
            if box.kind == b"mvhd":
                self._forget_times(box)
            elif box.kind == b"trak" and self._handler(box) in {_PICTURE, _SOUND}:
                self._track(box)
            else:
                self._blank(box)

    def _track(self, track: _Box) -> None:
        inner = self._prune(track)
        media = self._prune(_only(inner, b"mdia"))
        details = self._prune(_only(media, b"minf"))
        table = self._prune(_only(details, b"stbl"))
        self._forget_times(_only(inner, b"tkhd"))
        self._forget_times(_only(media, b"mdhd"))
        for named in (_only(media, b"hdlr"), details.get(b"hdlr")):
            self._forget_names(named)
        self._check_source(_only(details, b"dinf"))
        self._seconds = max(self._seconds, self._length(_only(media, b"mdhd")))
        found = self._sample_ranges(table)
        self._kept += found
        if self._handler(track) == _PICTURE:
            codec = bytes(self._data[_only(table, b"stsd").body + 12 :][:4])
            if codec not in _CODECS:
                raise VideoRefused("不支持这种视频格式。请用手机相机拍 MP4 视频，或者改拍照片。")
            self._pictures += sum(end > start for start, end in found)

    def _children(self, start: int, end: int) -> Iterator[_Box]:
        at = start
        while at < end:
            self._boxes += 1
            if end - at < _HEADER or self._boxes > _MOST_BOXES:
                raise VideoRefused
            size, kind = struct.unpack_from(">I4s", self._data, at)
            body = at + _HEADER
            if size == 1:
                (size,) = struct.unpack_from(">Q", self._data, body)
                body = at + _LARGE_HEADER
            elif size == 0:
                size = end - at
            if size < body - at or size > end - at:
                raise VideoRefused
            yield _Box(kind, at, body, at + size)
            at += size

    def _check_whole(self, box: _Box) -> None:
        if box.kind in _IN_PIECES:
            raise VideoRefused("这段视频是分片存放的，这里还不能收。请用手机相机直接拍一段。")

    def _prune(self, parent: _Box) -> dict[bytes, _Box]:
        """The children that stay, by kind; the others are blanked."""
        kept = {}
        for box in self._children(parent.body, parent.end):
            if box.kind in _KEPT[parent.kind]:
                kept[box.kind] = box
            else:
                self._blank(box)
        return kept

    def _blank(self, box: _Box) -> None:
        self._data[box.start + 4 : box.start + _HEADER] = b"free"
        self._zero(box.body, box.end)

    def _zero(self, start: int, end: int) -> None:
        if end > start:
            self._data[start:end] = bytes(end - start)

    def _handler(self, track: _Box) -> bytes | None:
        for media in self._children(track.body, track.end):
            if media.kind == b"mdia":
                for box in self._children(media.body, media.end):
                    if box.kind == b"hdlr":
                        return bytes(self._data[box.body + 8 : box.body + 12])
        return None

    def _forget_times(self, box: _Box) -> None:
        """When it was filmed stands first in the headers of the film, a track and its media."""
        width = 8 if self._data[box.body] == 1 else 4
        self._zero(box.body + _FULL, box.body + _FULL + 2 * width)

    def _forget_names(self, box: _Box | None) -> None:
        if box is not None:
            self._zero(box.body + 12, box.end)

    def _check_source(self, box: _Box) -> None:
        """Every sample is in this very file."""
        for references in self._children(box.body, box.end):
            if references.kind != b"dref":
                raise VideoRefused
            for entry in self._children(references.body + 8, references.end):
                if not self._data[entry.body + 3] & 1:
                    raise VideoRefused

    def _length(self, box: _Box) -> float:
        if self._data[box.body] == 1:
            scale, duration = struct.unpack_from(">IQ", self._data, box.body + _FULL + 16)
        else:
            scale, duration = struct.unpack_from(">II", self._data, box.body + _FULL + 8)
        return float(duration / scale)

    def _sample_ranges(self, table: dict[bytes, _Box]) -> list[tuple[int, int]]:
        """Where the samples of a track lie: one range a chunk."""
        offsets, sizes = self._chunk_offsets(table), self._sizes(table)
        runs = self._chunk_runs(_only(table, b"stsc"))
        ranges, sample = [], 0
        for run, (first, per_chunk) in enumerate(runs):
            last = runs[run + 1][0] if run + 1 < len(runs) else len(offsets) + 1
            for chunk in range(first, last):
                size = sum(sizes[sample : sample + per_chunk])
                sample += per_chunk
                ranges.append((offsets[chunk - 1], offsets[chunk - 1] + size))
        if sample < len(sizes):
            raise VideoRefused
        return ranges

    def _chunk_offsets(self, table: dict[bytes, _Box]) -> tuple[int, ...]:
        wide = b"co64" in table
        box = table[b"co64"] if wide else _only(table, b"stco")
        return self._numbers(box.body + _FULL, box.end, "Q" if wide else "I")

    def _chunk_runs(self, box: _Box) -> list[tuple[int, int]]:
        (count,) = struct.unpack_from(">I", self._data, box.body + _FULL)
        flat = self._unpacked(box.body + 8, box.end, count * 3, "I")
        firsts = flat[0::3]
        if list(firsts) != sorted(set(firsts)) or firsts[:1] not in {(), (1,)}:
            raise VideoRefused
        return list(zip(firsts, flat[1::3], strict=True))

    def _sizes(self, table: dict[bytes, _Box]) -> tuple[int, ...]:
        box = _only(table, b"stsz")
        same, count = struct.unpack_from(">II", self._data, box.body + _FULL)
        if same:
            self._count(count)
            sizes: tuple[int, ...] = (same,) * count
            return sizes
        return self._numbers(box.body + 8, box.end, "I")

    def _numbers(self, at: int, end: int, form: str) -> tuple[int, ...]:
        (count,) = struct.unpack_from(">I", self._data, at)
        return self._unpacked(at + 4, end, count, form)

    def _unpacked(self, at: int, end: int, count: int, form: str) -> tuple[int, ...]:
        self._count(count)
        if at + count * struct.calcsize(form) > end:
            raise VideoRefused
        found: tuple[int, ...] = struct.unpack_from(f">{count}{form}", self._data, at)
        return found

    def _count(self, count: int) -> None:
        self._samples += count
        if self._samples > _MOST_SAMPLES:
            raise VideoRefused

    def _blank_between(self, media: list[_Box]) -> None:
        """Blank every byte of the media that belongs to no kept sample."""
        kept = sorted(self._kept)
        for start, end in kept:
            if not any(box.body <= start and end <= box.end for box in media):
                raise VideoRefused
        for box in media:
            at = box.body
            for start, end in kept:
                if box.body <= start < box.end:
                    self._zero(at, start)
                    at = max(at, end)
            self._zero(at, box.end)


def _only(boxes: dict[bytes, _Box], kind: bytes) -> _Box:
    box = boxes.get(kind)
    if box is None:
        raise VideoRefused
    return box
