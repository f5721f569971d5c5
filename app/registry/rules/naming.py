"""How buildings, stairwells and rooms are written, so that one place has one name."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from app.kit.pinyin import pinyin_key

_BLANKS = re.compile(r"\s+")
_NUMBER = re.compile(r"0*(\d+)[#号]?")
_ROOM_END = re.compile(r"(?<=\d)[室房]$")
_FLOOR_IN_ROOM = re.compile(r"[A-Za-z]?(\d{1,2})\d{2}")


def plain_name(text: str) -> str:
    """Full-width digits and letters become ordinary ones; blanks go."""
    return _BLANKS.sub("", unicodedata.normalize("NFKC", text))


@lru_cache(4096)
def building_name(text: str) -> str:
    """3, 3# and 03 all mean 3栋; other names stay as people write them."""
    plain = plain_name(text)
    number = _NUMBER.fullmatch(plain)
    return f"{number[1]}栋" if number else plain


@lru_cache(4096)
def stairwell_name(text: str) -> str:
    """2 means 2单元."""
    plain = plain_name(text)
    number = _NUMBER.fullmatch(plain)
    return f"{number[1]}单元" if number else plain


def room_name(text: str) -> str:
    """1101室 is 1101."""
    return _ROOM_END.sub("", plain_name(text))


def unit_label(building: str, stairwell: str | None, room: str) -> str:
    """3栋2单元1101, as it stands on a door plate."""
    return f"{building}{stairwell or ''}{room}"


def floor_of(room: str) -> int | None:
    """1101 lies on floor 11; names that do not follow the habit say nothing."""
    match = _FLOOR_IN_ROOM.fullmatch(room)
    return (int(match[1]) or None) if match else None


@lru_cache(65536)
def name_key(name: str) -> str:
    """Sorts 2栋 before 10栋."""
    return pinyin_key(name)


def unit_key(building: str, stairwell: str | None, room: str) -> str:
    """Sorts units by building, stairwell and room."""
    return f"{name_key(building)}/{name_key(stairwell or '')}/{name_key(room)}"
