from __future__ import annotations

import struct

import pytest
from factories.films import CAMERA, FILMED_AT, POSITION, box, film, full, numbers
from hypothesis import given
from hypothesis import strategies as st

from app.kit.sniffing import Kind, sniff
from app.kit.videos import VideoRefused, clean_video


@pytest.mark.parametrize(
    ("brand", "kind"),
    [(b"isom", Kind.MP4), (b"mp42", Kind.MP4), (b"3gp4", Kind.MP4), (b"qt  ", Kind.QUICKTIME)],
)
def test_a_phones_film_is_known_by_its_content(brand, kind):
    assert sniff(film(brand=brand)) is kind


@pytest.mark.parametrize("order", ["media first", "movie first"])
def test_picture_and_sound_stay_where_they_are(order):
    data = film(order=order)
    clean = clean_video(data).data
    assert len(clean) == len(data)
    for sample in (b"PICTURE-ONE", b"PICTURE-TWO", b"SOUND-ONE"):
        assert clean.index(sample) == data.index(sample)


@pytest.mark.parametrize("order", ["media first", "movie first"])
def test_position_names_and_the_time_of_filming_are_gone(order):
    data = film(order=order)
    for secret in (POSITION, CAMERA, numbers(FILMED_AT)):
        assert secret in data
        assert secret not in clean_video(data).data


def test_the_way_a_phone_was_carried_is_gone_from_table_and_media():
    clean = clean_video(film(way=b"GPS 32.00,112.12 GPS 32.01,112.13")).data
    assert b"GPS" not in clean
    assert b"mebx" not in clean
    assert b"SOUND-ONE" in clean


def test_bytes_that_belong_to_no_sample_are_gone():
    clean = clean_video(film(hidden=b"PK\x03\x04 a hidden archive")).data
    assert b"hidden archive" not in clean
    assert b"SOUND-ONE" in clean


def test_what_follows_the_film_is_gone():
    assert b"<script>" not in clean_video(film(tail=box(b"free", b"<script>"))).data
    with pytest.raises(VideoRefused):
        clean_video(film(tail=b"<script>alert(1)</script>"))


def test_a_clean_film_stays_as_it_is():
    once = clean_video(film(way=b"GPS")).data
    assert clean_video(once).data == once


@pytest.mark.parametrize(("seconds", "taken"), [(60, True), (61, True), (62, False), (3600, False)])
def test_a_film_longer_than_a_minute_is_refused_with_the_limit(seconds, taken):
    if taken:
        assert clean_video(film(seconds=seconds)).seconds == seconds
    else:
        with pytest.raises(VideoRefused, match="60 秒"):
            clean_video(film(seconds=seconds))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (film(codec=b"drmi"), "不支持"),
        (film(in_movie=box(b"mvex", bytes(8))), "分片"),
        (film(tail=box(b"moof", bytes(8))), "分片"),
        (film(picture=()), "没有画面"),
        (film()[:-20], "打不开"),
        (film(tail=film()), "打不开"),
        (box(b"ftyp", b"isom", numbers(0)), "打不开"),
        (b"", "打不开"),
        (box(b"moov", b"") + box(b"ftyp", b"isom"), "打不开"),
    ],
    ids=range(9),
)
def test_what_cannot_be_played_or_looked_through_is_refused_with_a_way_on(data, words):
    with pytest.raises(VideoRefused, match=words):
        clean_video(data)


def test_a_sample_outside_the_media_is_refused():
    data = film()
    at = data.index(b"stco") + 12
    moved = data[:at] + struct.pack(">I", 4) + data[at + 4 :]
    with pytest.raises(VideoRefused):
        clean_video(moved)


def test_a_film_whose_media_lies_in_another_file_is_refused():
    data = film()
    with pytest.raises(VideoRefused):
        clean_video(data.replace(b"url \0\0\0\1", b"url \0\0\0\0"))


def test_a_table_that_claims_more_than_there_is_costs_nothing():
    data = film()
    at = data.index(b"stsz") + 12
    for claim in (10**6, 2**32 - 1):
        with pytest.raises(VideoRefused):
            clean_video(data[:at] + struct.pack(">I", claim) + data[at + 4 :])


def test_a_thousand_boxes_within_boxes_are_refused():
    with pytest.raises(VideoRefused):
        clean_video(film(in_movie=full(b"udta") * 5000))


@given(st.integers(0, len(film()) - 1), st.integers(0, 255))
def test_one_wrong_byte_is_refused_or_does_no_harm(at, value):
    data = bytearray(film())
    data[at] = value
    try:
        clean = clean_video(bytes(data))
    except VideoRefused:
        return
    assert len(clean.data) == len(data)


@given(st.binary(max_size=300))
def test_nonsense_after_a_good_head_is_refused(rest):
    with pytest.raises(VideoRefused):
        clean_video(box(b"ftyp", b"isom", numbers(0)) + rest)
