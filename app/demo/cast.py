"""The people of the demo world: one for each role, two owners to act as, and their neighbours.

Names are invented; the numbers 138 0000 00NN belong to nobody here.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.core.access.roles import Role

COMMUNITY_CODE = "420602001008"
NEIGHBOUR_CODE = "420602001010"
DEMO_PASSWORD = "gongzhi-demo"  # noqa: S105 - printed on purpose, in demo worlds only
DEMO_TOTP_SECRET = "GONGZHIDEMOSECRETABCDEFGHIJK2345"  # noqa: S105 - as above


@dataclass(frozen=True, slots=True, kw_only=True)
class Character:
    """One person: where and as what they act."""

    key: str
    number: int
    name: str
    roles: tuple[Role, ...] = (Role.RESIDENT,)
    community_codes: tuple[str, ...] = (COMMUNITY_CODE,)
    region_code: str | None = None
    department: str | None = None
    shown: bool = False

    @property
    def phone(self) -> str:
        """The normalized number."""
        return f"+86138000000{self.number:02d}"


def _one(key: str, number: int, name: str, *roles: Role) -> Character:
    return Character(key=key, number=number, name=name, roles=roles, shown=True)


def _reviewer(key: str, number: int, name: str, role: Role, region_code: str) -> Character:
    return Character(
        key=key,
        number=number,
        name=name,
        roles=(role,),
        community_codes=(),
        region_code=region_code,
        shown=True,
    )


def _crew(key: str, number: int, name: str, department: str, *, shown: bool = False) -> Character:
    return Character(
        key=key,
        number=number,
        name=name,
        roles=(Role.DEPARTMENT_MEMBER,),
        community_codes=(),
        region_code="420602001",
        department=department,
        shown=shown,
    )


ROLES = (
    _one("owner_1", 11, "王秀英", Role.RESIDENT),
    Character(
        key="owner_2",
        number=12,
        name="陈建国",
        community_codes=(COMMUNITY_CODE, NEIGHBOUR_CODE),
        shown=True,
    ),
    _one("stairwell_head", 8, "刘桂兰", Role.RESIDENT, Role.STAIRWELL_HEAD),
    _one("building_head", 7, "周志强", Role.RESIDENT, Role.BUILDING_HEAD),
    _one("hundred_households_head", 9, "赵丽华", Role.RESIDENT, Role.HUNDRED_HOUSEHOLDS_HEAD),
    _one("red_steward", 10, "孙永康", Role.RESIDENT, Role.RED_STEWARD),
    _one("committee_member", 5, "吴文斌", Role.COMMITTEE_MEMBER, Role.RESIDENT),
    _one("property_manager", 3, "郑海涛", Role.PROPERTY_MANAGER),
    _one("property_staff", 4, "马小军", Role.PROPERTY_STAFF),
    _one("grid_member", 6, "何晓燕", Role.GRID_MEMBER),
    _one("staff", 2, "林静", Role.COMMUNITY_STAFF),
    _one("secretary", 1, "高明远", Role.PARTY_SECRETARY),
    _reviewer("street", 51, "罗建平", Role.STREET_REVIEWER, "420602001"),
    _reviewer("district", 52, "梁慧", Role.DISTRICT_REVIEWER, "420602"),
    _reviewer("city", 53, "宋立新", Role.CITY_REVIEWER, "4206"),
    _crew("enforcement", 54, "秦立刚", "城管执法中队", shown=True),
    Character(
        key="operator",
        number=60,
        name="平台值班员",
        roles=(Role.PLATFORM_OPERATOR,),
        community_codes=(),
        shown=True,
    ),
)
NEXT_DOOR = (
    _crew("fire_station", 55, "江海", "消防救援站"),
    Character(
        key="neighbour_secretary",
        number=61,
        name="唐国庆",
        roles=(Role.PARTY_SECRETARY,),
        community_codes=(NEIGHBOUR_CODE,),
    ),
    Character(key="neighbour_owner", number=62, name="许春梅", community_codes=(NEIGHBOUR_CODE,)),
)
_RESIDENT_NAMES = (
    "张建军",
    "李凤英",
    "黄志明",
    "杨雪",
    "朱国强",
    "胡玉珍",
    "郭晓东",
    "何桂芳",
    "冯伟",
    "曹艳",
    "彭德华",
    "曾晓梅",
    "肖军",
    "田秀兰",
    "董建华",
    "袁敏",
    "潘永福",
    "蒋丽",
    "蔡文静",
    "余大勇",
    "杜淑芬",
    "叶青",
    "程浩",
    "苏梅",
    "魏长江",
    "吕红",
    "丁一凡",
    "任秋菊",
)
RESIDENTS = tuple(
    Character(key=f"resident_{index:02d}", number=12 + index, name=name)
    for index, name in enumerate(_RESIDENT_NAMES, start=1)
)
CAST = (*ROLES, *NEXT_DOOR, *RESIDENTS)
