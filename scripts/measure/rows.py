"""What is measured: for each row, as many prepared requests as asked for."""

from __future__ import annotations

import io
from collections.abc import Callable
from uuid import uuid4

from flask import Flask
from PIL import Image

from measure.requests import Prepared, sign_in
from measure.world import World

CATEGORY = "property.power"
PHOTO_BYTES = 200_000
_MIRRORED = Image.Transpose.FLIP_LEFT_RIGHT
Maker = Callable[[Flask, World, int], list[Prepared]]


def login_page(_app: Flask, _world: World, count: int) -> list[Prepared]:
    """The log-in page, to an anonymous visitor."""
    return [Prepared("/login")] * count


def resident_home(app: Flask, world: World, count: int) -> list[Prepared]:
    """A resident's start page."""
    return [
        sign_in(app, world.token(number), world.account(number)).get(f"/c/{world.community}/")
        for number in range(count)
    ]


def complaint_filed(app: Flask, world: World, count: int) -> list[Prepared]:
    """A complaint without a photo, sent from the last page of the form."""
    path = f"/c/{world.community}/complaints/new"
    return [
        sign_in(app, world.token(number), world.account(number)).post(path, _report(world, number))
        for number in range(count)
    ]


def complaint_filed_with_photo(app: Flask, world: World, count: int) -> list[Prepared]:
    """A complaint with one photo of 200 KB."""
    path, photo = f"/c/{world.community}/complaints/new", _photo()
    return [
        sign_in(app, world.token(number), world.account(number)).post_with_file(
            path, _report(world, number), "photos", photo
        )
        for number in range(count)
    ]


def _report(world: World, number: int) -> dict[str, str]:
    return {
        "once_key": str(uuid4()),
        "category": CATEGORY,
        "place": f"stairwell:{world.stairwell(number)}",
        "text": f"三楼的灯不亮了，晚上看不清台阶。第 {number} 次反映。",
    }


def _photo() -> bytes:
    """As a phone's browser sends it: 1600 × 1200, of the quality that makes 200 KB of it."""
    coarse = Image.effect_noise((200, 150), 60).resize((1600, 1200), Image.Resampling.BICUBIC)
    picture = Image.merge("RGB", (coarse, coarse.rotate(180), coarse.transpose(_MIRRORED)))
    for quality in range(95, 20, -1):
        written = io.BytesIO()
        picture.save(written, "JPEG", quality=quality)
        if written.tell() <= PHOTO_BYTES:
            break
    return written.getvalue()


def ballot_cast(app: Flask, world: World, count: int) -> list[Prepared]:
    """A ballot on one matter, cast from the page that shows the answers once more."""
    path = f"/c/{world.community}/votes/{world.assembly}/ballot/cast"
    return [
        sign_in(app, world.token(number), world.account(number)).post(
            path,
            {"voter": str(world.voter(number)), f"choice-{world.matter}": "for"},
            status=303,
        )
        for number in range(count)
    ]


HEAVY = {"complaint.file.photo": 5}
"""Rows of which a round has so many times fewer requests."""
ROWS: dict[str, Maker] = {
    "login.page": login_page,
    "home.resident": resident_home,
    "complaint.file": complaint_filed,
    "complaint.file.photo": complaint_filed_with_photo,
    "ballot.cast": ballot_cast,
}
