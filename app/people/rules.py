"""Limits of signing in, one-time codes, device names and the homes a person may enter."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from app.core.access.roles import NEIGHBOUR_ROLES, REVIEWER_ROLES, Role

MOST_FAILURES = 5
LOCKED_FOR = timedelta(minutes=15)
CODE_DIGITS = 6
CODE_TRIES = 5
CODE_LASTS = timedelta(minutes=5)
PROOF_LASTS = timedelta(minutes=30)
"""How long a phone proven by a code may be used to register."""
RESIDENT_SESSION = timedelta(days=30)
STAFF_SESSION = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=5)
TOTP_SECONDS = 30
TOTP_DRIFT = 1
"""Steps a telephone's clock may be off, either way."""
LONGEST_NAME = 30


class Face(StrEnum):
    """Which of the product's faces a role looks at."""

    RESIDENT = "resident"
    OFFICE = "office"
    REVIEW = "review"
    DEPARTMENT = "department"
    PLATFORM = "platform"


class CodePurpose(StrEnum):
    """What a texted code is for."""

    SIGN_IN = "sign_in"


@dataclass(frozen=True, slots=True)
class MembershipLine:
    """A live membership with the names of its place."""

    role: Role
    community_code: str | None = None
    community_name: str | None = None
    region_code: str | None = None
    region_name: str | None = None


@dataclass(frozen=True, slots=True)
class Home:
    """A start page a person may choose: one face of one place, with the roles that lead there."""

    face: Face
    code: str
    name: str
    roles: tuple[Role, ...]

    @property
    def key(self) -> str:
        """How a browser remembers this choice."""
        return f"{self.face}:{self.code}"

    @property
    def role_names(self) -> str:
        """居民、楼栋长."""
        return "、".join(role.label for role in self.roles)


def face_of(role: Role) -> Face:
    """The face a role looks at."""
    if role in NEIGHBOUR_ROLES:
        return Face.RESIDENT
    if role in REVIEWER_ROLES:
        return Face.REVIEW
    if role is Role.DEPARTMENT_MEMBER:
        return Face.DEPARTMENT
    if role is Role.PLATFORM_OPERATOR:
        return Face.PLATFORM
    return Face.OFFICE


def homes(lines: Iterable[MembershipLine]) -> tuple[Home, ...]:
    """One home for each face of each place, in the order of the memberships."""
    found: dict[tuple[Face, str], list[Role]] = {}
    names: dict[str, str] = {"": "共治平台"}
    for line in lines:
        code = line.community_code or line.region_code or ""
        names.setdefault(code, line.community_name or line.region_name or code)
        roles = found.setdefault((face_of(line.role), code), [])
        if line.role not in roles:
            roles.append(line.role)
    return tuple(
        Home(face, code, names[code], tuple(roles)) for (face, code), roles in found.items()
    )


_SYSTEMS = (
    ("HarmonyOS", "鸿蒙手机"),
    ("iPhone", "苹果手机"),
    ("iPad", "苹果平板"),
    ("Android", "安卓手机"),
    ("Windows", "Windows 电脑"),
    ("Macintosh", "苹果电脑"),
    ("Linux", "Linux 电脑"),
)
_BROWSERS = (
    ("MicroMessenger", "微信"),
    ("DingTalk", "钉钉"),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("QQBrowser", "QQ 浏览器"),
    ("UCBrowser", "UC 浏览器"),
    ("HuaweiBrowser", "华为浏览器"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)


def device_name(user_agent: str) -> str:
    """A short name for a device, so that its owner knows it again: 苹果手机 · 微信."""
    system = _first(_SYSTEMS, user_agent)
    browser = _first(_BROWSERS, user_agent)
    return " · ".join(name for name in (system, browser) if name) or "其他设备"


def _first(marks: tuple[tuple[str, str], ...], user_agent: str) -> str | None:
    return next((name for mark, name in marks if mark in user_agent), None)


def clean_code(typed: str) -> str:
    """The digits of a code as typed or pasted, e.g. `123 456`."""
    return re.sub(r"\D", "", typed)


def totp_steps(moment: float) -> tuple[int, ...]:
    """The time steps a code may belong to now, the current one first."""
    now = int(moment) // TOTP_SECONDS
    return (now, now - TOTP_DRIFT, now + TOTP_DRIFT)
