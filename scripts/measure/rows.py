"""What is measured: for each row, as many prepared requests as asked for."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask

from measure.requests import Prepared, sign_in
from measure.world import World

Maker = Callable[[Flask, World, int], list[Prepared]]


def login_page(_app: Flask, _world: World, count: int) -> list[Prepared]:
    """The log-in page, to an anonymous visitor."""
    return [Prepared("/healthz")] * count


def resident_home(app: Flask, world: World, count: int) -> list[Prepared]:
    """A resident's start page."""
    return [
        sign_in(app, world.token(number), world.account(number)).get(f"/c/{world.community}/")
        for number in range(count)
    ]


ROWS: dict[str, Maker] = {
    "login.page": login_page,
    "home.resident": resident_home,
}
