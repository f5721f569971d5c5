"""`flask demo …`: a world to try the product in; never in production."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from app.core.access.roles import COMMUNITY_ROLES, NEIGHBOUR_ROLES, SECOND_FACTOR_ROLES, Role
from app.core.config import Config
from app.demo.cast import COMMUNITY_CODE, DEMO_PASSWORD, ROLES, Character
from app.kit.deferred import Deferred
from app.kit.phones import local_phone
from app.people.views.room import DEMO_LOGINS

# The whole cast and its pictures are of no use to a process that serves pages.
acts = Deferred("app.demo.acts")
demo_commands = AppGroup("demo", help="A world to try the product in.")


@demo_commands.command("load")
@click.option("--quiet", is_flag=True, help="Say nothing unless something is wrong.")
def load_command(*, quiet: bool) -> None:
    """Make the demo world; what is there already stays as it is."""
    _refuse_in_production()
    stage = acts.set_stage()
    for title, load in acts.PARTS:
        load(stage)
        if not quiet:
            click.echo(f"{title}：好了")


@demo_commands.command("logins")
def logins_command() -> None:
    """Print the demo log-ins, one for each role."""
    config = _refuse_in_production()
    rows = [
        ("身份", "姓名", "手机号", "密码", "登录后"),
        *(_row(character, config) for character in sorted(ROLES, key=lambda one: one.number)),
    ]
    widths = [max(_width(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        cells = [
            text + " " * (width - _width(text)) for text, width in zip(row, widths, strict=True)
        ]
        click.echo("  ".join(cells).rstrip())
    if config.demo:
        click.echo("需要两步验证的身份，登录时页面会在输入框旁显示动态码（只在演示环境）。")


def _row(character: Character, config: Config) -> tuple[str, ...]:
    return (
        _title(character),
        character.name,
        local_phone(character.phone),
        DEMO_PASSWORD,
        f"{config.base_url}{_page(character)}",
    )


@dataclass(frozen=True, slots=True)
class LogIn:
    """A line of the log-in page's list."""

    title: str
    phone: str
    password: str = DEMO_PASSWORD


def init_demo(app: Flask) -> None:
    """Let the log-in page offer the demo log-ins."""
    app.extensions[DEMO_LOGINS] = [
        LogIn(f"{_title(one)} {one.name}", local_phone(one.phone)) for one in ROLES
    ]


def _title(character: Character) -> str:
    others = [role for role in character.roles if role is not Role.RESIDENT]
    if others:
        return others[0].label
    return "居民（业主）" if len(character.community_codes) == 1 else "居民（两个社区）"


def _page(character: Character) -> str:
    role = character.roles[0]
    if role in NEIGHBOUR_ROLES:
        return f"/c/{COMMUNITY_CODE}/"
    if role in COMMUNITY_ROLES:
        return f"/c/{COMMUNITY_CODE}/desk"
    if character.region_code is not None:
        return f"/r/{character.region_code}/"
    return "/platform/communities" if role in SECOND_FACTOR_ROLES else "/"


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def _refuse_in_production() -> Config:
    config: Config = current_app.extensions["gongzhi.config"]
    if config.environment == "production":
        raise click.ClickException("The demo world is not for production (GONGZHI_ENV).")
    return config
