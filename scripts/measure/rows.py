"""What is measured: for each row, as many prepared requests as asked for."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

from flask import Flask

from measure.requests import Prepared, sign_in
from measure.world import World

CATEGORY = "property.power"
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
        sign_in(app, world.token(number), world.account(number)).post(
            path,
            {
                "once_key": str(uuid4()),
                "category": CATEGORY,
                "place": f"stairwell:{world.stairwell(number)}",
                "text": f"三楼的灯不亮了，晚上看不清台阶。第 {number} 次反映。",
            },
        )
        for number in range(count)
    ]


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


ROWS: dict[str, Maker] = {
    "login.page": login_page,
    "home.resident": resident_home,
    "complaint.file": complaint_filed,
    "ballot.cast": ballot_cast,
}
