"""Levels of the region tree, the reading of divisions, and the settings of a community."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from enum import StrEnum
from functools import cache, lru_cache
from typing import Any

from app.kit.working_days import Calendar

COMMUNITY = "community"
LOG_KEPT_DAYS = 184
"""The longest six months there are: logs are kept at least that long (网络安全法 21)."""
COLUMNS = ("code", "parent_code", "level", "name")
_CODE_LENGTHS = {"province": 2, "city": 4, "district": 6, "street": 9, COMMUNITY: 12}
_ABOVE = dict(zip(list(_CODE_LENGTHS)[1:], _CODE_LENGTHS, strict=False))
_APART = re.compile(r"[\s,，、;；]+")
_COMMITTEE = re.compile(r"(居民委员会|居民委会|居委会)$")
_VILLAGE = re.compile(r"(村民委员会|村委会)$")


class RegionLevel(StrEnum):
    """省, 市, 区县, 街道(乡镇)."""

    PROVINCE = "province"
    CITY = "city"
    DISTRICT = "district"
    STREET = "street"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Choices of a community; each default is this product's own and not an official figure."""

    proxy_limit: int = 3
    proxy_excludes_property_staff: bool = True
    parking_spaces_vote: bool = False
    assembly_notice_days: int = 15
    assembly_voting_least_days: int = 5
    assembly_voting_most_days: int = 60
    assembly_publication_days: int = 7
    assembly_filing_days: int = 30
    committee_seats_least: int = 5
    committee_seats_most: int = 11
    committee_small_households: int = 100
    covenant_threshold_numerator: int = 2
    covenant_threshold_denominator: int = 3
    covenant_publication_days: int = 7
    complaint_days_ordinary: int = 5
    complaint_call_attempts: int = 3
    complaint_silence_days: int = 7
    local_holidays: str = ""
    local_working_days: str = ""
    contract_filing_days: int = 15
    committee_term_years: int = 5
    open311_public: bool = False
    open311_log_days: int = 200
    whistle_sign_hours: int = 2
    whistle_arrive_hours: int = 24

    def differences(self) -> dict[str, Any]:
        """Only what differs from the defaults: what is worth keeping."""
        defaults = asdict(Settings())
        return {name: value for name, value in asdict(self).items() if value != defaults[name]}

    @property
    def calendar(self) -> Calendar:
        """The public calendar with this place's own days off and make-up days."""
        return _calendar(self.local_holidays, self.local_working_days)

    @classmethod
    def from_choices(cls, choices: Mapping[str, Any]) -> Settings:
        """The defaults with a community's own choices over them; unknown names are ignored."""
        known = _names()
        return _chosen(frozenset(item for item in choices.items() if item[0] in known))


@cache
def _names() -> frozenset[str]:
    return frozenset(field.name for field in fields(Settings))


@lru_cache(maxsize=1024)
def _chosen(choices: frozenset[tuple[str, Any]]) -> Settings:
    return Settings(**dict(choices))


@lru_cache(maxsize=1024)
def _calendar(holidays: str, working_days: str) -> Calendar:
    return Calendar(
        extra_holidays=frozenset(read_days(holidays)),
        extra_working_days=frozenset(read_days(working_days)),
    )


@dataclass(frozen=True, slots=True)
class Division:
    """One line of a divisions file, checked; `path` leads from the province down."""

    code: str
    parent_code: str | None
    level: str
    name: str
    path: str

    @property
    def parent_path(self) -> str:
        """The path of the region above."""
        return self.path.removesuffix(f"{self.code}.")


@dataclass(frozen=True, slots=True)
class LineError:
    """What is wrong in one line of the file; lines count from 1, the heading is line 1."""

    line: int
    sentence: str


def read_days(text: str) -> tuple[date, ...]:
    """Days written as 2026-05-06, apart by blanks or commas. Raises ValueError otherwise."""
    return tuple(date.fromisoformat(word) for word in _APART.split(text) if word)


def community_name(official: str) -> str:
    """The name people use: 檀溪社区居委会 → 檀溪社区, 钱营居委会 → 钱营社区."""
    if _VILLAGE.search(official):
        return _VILLAGE.sub("村", official)
    short = _COMMITTEE.sub("", official)
    return short if short == official or short.endswith("社区") else f"{short}社区"


def read_divisions(
    lines: Iterable[Mapping[str, str | None]], known_paths: Mapping[str, str]
) -> tuple[list[Division], list[LineError]]:
    """Check the lines of a file, whatever their order, from the top of the tree down.

    `known_paths` are the regions there are already, so that a file may hold one district alone.
    """
    errors: list[LineError] = []
    sound: list[tuple[int, dict[str, str]]] = []
    seen: set[str] = set()
    for number, line in enumerate(lines, start=2):
        values = {column: (line.get(column) or "").strip() for column in COLUMNS}
        sentence = _fault_of(values, seen)
        seen.add(values["code"])
        if sentence:
            errors.append(LineError(number, sentence))
        else:
            sound.append((number, values))
    paths = dict(known_paths)
    divisions: list[Division] = []
    for number, values in sorted(sound, key=lambda item: len(item[1]["code"])):
        above = paths.get(values["parent_code"], "")
        if values["parent_code"] and not above:
            errors.append(LineError(number, f"没有编号为 {values['parent_code']} 的上级。"))
            continue
        division = _division(values, above)
        if division.level != COMMUNITY:
            paths[division.code] = division.path
        divisions.append(division)
    return divisions, sorted(errors, key=lambda error: error.line)


def _division(values: Mapping[str, str], above: str) -> Division:
    level, name = values["level"], values["name"]
    return Division(
        code=values["code"],
        parent_code=values["parent_code"] or None,
        level=level,
        name=community_name(name) if level == COMMUNITY else name,
        path=f"{above}{values['code']}.",
    )


def _fault_of(values: Mapping[str, str], seen: set[str]) -> str | None:
    code, parent, level = values["code"], values["parent_code"], values["level"]
    if level not in _CODE_LENGTHS:
        return f"级别「{level}」不认识；可以是 {'、'.join(_CODE_LENGTHS)}。"
    if not re.fullmatch(rf"[0-9]{{{_CODE_LENGTHS[level]}}}", code):
        return f"编号「{code}」应是 {_CODE_LENGTHS[level]} 位数字。"
    if code in seen:
        return f"编号 {code} 在文件里出现了两次。"
    if not values["name"]:
        return "没有填名称。"
    expected = _CODE_LENGTHS.get(_ABOVE.get(level, ""), 0)
    if len(parent) != expected or not code.startswith(parent):
        return f"上级编号「{parent}」和本级编号 {code} 对不上。"
    return None
