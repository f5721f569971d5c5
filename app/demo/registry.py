"""The demo world's places: two compounds, a garden and an old yard, their units and owners."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import cycle, islice
from uuid import UUID

from sqlalchemy import select

from app.core.access.roles import Role
from app.core.db import db
from app.core.files.actions import Upload
from app.core.tenancy import CommunityRef, Scope
from app.core.transaction import transaction
from app.demo.cast import CAST, Character
from app.demo.people import narrow
from app.demo.stage import Stage
from app.kit.identity import resident_check
from app.kit.phones import local_phone
from app.registry.actions import intake, merging
from app.registry.actions.claims import ClaimValues, Links, file_claim
from app.registry.actions.intake import start_apply
from app.registry.actions.places import CompoundValues, add_compound
from app.registry.models import Building, Compound, PropertyUnit, Stairwell
from app.registry.rules import Relation
from app.registry.rules.columns import Column

GARDEN, OLD_YARD, NEXT_DOOR = "檀溪花园", "檀溪老院", "真武苑"
DEVELOPER = "襄阳檀溪置业有限公司"
_SURNAMES = "王李张刘陈杨黄赵周吴徐孙朱马胡郭林何高梁郑罗宋谢唐韩曹许邓萧冯曾程蔡彭潘袁于董余"
# fmt: off
_GIVEN = (
    "建华", "秀兰", "志刚", "玉梅", "国庆", "桂英", "伟", "淑珍", "海波", "丽娟", "永强", "凤霞",
    "明", "春燕", "文涛", "慧敏", "立军", "雪梅", "德胜", "晓红", "长江", "翠萍", "光明", "静",
    "家豪", "佳怡", "子轩", "梦瑶", "宏伟", "兰芳",
)
# fmt: on
_KEYS = {"檀溪花园": "garden", "檀溪老院": "old_yard", "真武苑": "next_door"}


@dataclass(frozen=True, slots=True)
class Door:
    """One unit of the demo world."""

    building: str
    stairwell: str
    room: str
    area_centi: int
    kind: str = "住宅"
    state: str = "已交付"


@dataclass(slots=True)
class Crowd:
    """Invented owners: other names than the cast's, numbers that belong to nobody."""

    number: int = 0
    _names: Iterator[str] = field(
        default_factory=lambda: (
            surname + given for given, surname in zip(cycle(_GIVEN), _surnames(), strict=False)
        )
    )

    def owner(self, share: str = "1") -> list[str]:
        """Name, kind, phone, identity number, share."""
        self.number += 1
        identity = _identity(self.number) if self.number % 3 == 0 else ""
        return [next(self._names), "自然人", f"139000{self.number:05d}", identity, share]


def load(stage: Stage) -> None:
    """Bring the places onto the stage; make them where they are missing."""
    homes = [
        (stage.community, GARDEN, "襄城区檀溪路 18 号", False, _garden(), _garden_people()),
        (stage.community, OLD_YARD, "襄城区檀溪路 7 号", True, _old_yard(), _yard_people()),
        (stage.neighbour, NEXT_DOOR, "襄城区真武山路 3 号", False, _next_door(), _next_people()),
    ]
    crowd = Crowd()
    for community, name, address, old, doors, people in homes:
        if not _exists(community, name):
            _build(
                stage,
                community,
                CompoundValues(name=name, address=address, old=old),
                doors,
                people,
                crowd,
            )
        _remember(stage, community, name, people)
    _place_roles(stage)


def _build(
    stage: Stage,
    community: CommunityRef,
    values: CompoundValues,
    doors: list[Door],
    people: dict[tuple[str, str], Character],
    crowd: Crowd,
) -> None:
    scope = Scope(community_id=community.id)
    staff = stage.accounts["staff"]
    table = _table(doors, people, crowd)
    with transaction(scope):
        compound_id = add_compound(community.id, values)
        upload = Upload(f"{values.name}业主名册.csv", table)
        import_id = intake.upload_register(community.id, compound_id, upload, uploaded_by=staff)
    with transaction(scope):
        merging.check_import(community.id, import_id)
    with transaction(scope):
        start_apply(community.id, import_id)
        merging.apply_import(community.id, import_id)
    with transaction(scope):
        units = _units(community, compound_id)
        links = Links(f"/c/{community.code}/claim", f"/c/{community.code}/registry/claims")
        for door, character in people.items():
            claim = ClaimValues(unit_id=units["".join(door)], relation=Relation.OWNER)
            file_claim(community.id, stage.accounts[character.key], claim, links)


def _remember(
    stage: Stage,
    community: CommunityRef,
    name: str,
    people: dict[tuple[str, str], Character],
) -> None:
    key = _KEYS[name]
    with transaction(Scope(community_id=community.id)):
        compound_id = db.session.scalars(
            select(Compound.id).where(Compound.community_id == community.id, Compound.name == name)
        ).one()
        stage.places[key] = compound_id
        rows = db.session.execute(
            select(Building.id, Building.name, Stairwell.id, Stairwell.name)
            .outerjoin(
                Stairwell,
                (Stairwell.community_id == Building.community_id)
                & (Stairwell.building_id == Building.id),
            )
            .where(Building.community_id == community.id, Building.compound_id == compound_id)
        )
        for building_id, building, stairwell_id, stairwell in rows:
            building_key = f"{key}_{building.removesuffix('栋')}"
            stage.places[building_key] = building_id
            if stairwell_id is not None:
                stage.places[f"{building_key}_{stairwell.removesuffix('单元')}"] = stairwell_id
        units = _units(community, compound_id)
    for door, character in people.items():
        stage.places.setdefault(f"home_{character.key}", units["".join(door)])


def _place_roles(stage: Stage) -> None:
    garden, first = stage.places["garden"], stage.places["garden_1"]
    narrow(
        stage,
        "stairwell_head",
        Role.STAIRWELL_HEAD,
        compound_id=garden,
        building_id=first,
        stairwell_id=stage.places["garden_1_1"],
    )
    narrow(stage, "building_head", Role.BUILDING_HEAD, compound_id=garden, building_id=first)


def _garden() -> list[Door]:
    doors = [
        Door(
            f"{building}栋",
            f"{well}单元",
            f"{floor}{room:02d}",
            (8950, 11832)[room - 1] + building * 17,
            state="未售" if building == 4 and well == 2 and floor >= 9 else "已交付",  # noqa: PLR2004 - the last floors
        )
        for building in range(1, 5)
        for well in (1, 2)
        for floor in range(1, 12)
        for room in (1, 2)
    ]
    shops = [Door("商业街", "", f"S{n:02d}", 5210 + n * 131, kind="商铺") for n in range(1, 9)]
    spaces = [Door("地下车库", "", f"B{n:03d}", 1325, kind="车位") for n in range(1, 31)]
    return [*doors, *shops, *spaces]


def _old_yard() -> list[Door]:
    return [
        Door(f"{building}栋", f"{well}单元", f"{floor}{room:02d}", (5640, 6215)[room - 1])
        for building in range(1, 4)
        for well in (1, 2)[: 1 if building == 3 else 2]  # noqa: PLR2004 - the third is a short one
        for floor in range(1, 7)
        for room in (1, 2)
    ]


def _next_door() -> list[Door]:
    return [
        Door("1栋", "1单元", f"{floor}{room:02d}", 9210) for floor in range(1, 7) for room in (1, 2)
    ]


def _garden_people() -> dict[tuple[str, str], Character]:
    doors = [
        (f"1栋{well}单元", f"{floor}{room:02d}")
        for well in (1, 2)
        for floor in range(1, 12)
        for room in (1, 2)
    ]
    by_key = {character.key: character for character in CAST}
    first = ("owner_1", "owner_2", "stairwell_head", "building_head", "red_steward")
    residents = [key for key in by_key if key.startswith("resident")][:-4]
    placed = dict(zip(doors, [by_key[key] for key in (*first, *residents)], strict=False))
    placed[("2栋1单元", "301")] = by_key["committee_member"]
    placed[("2栋1单元", "502")] = by_key["resident_05"]
    placed[("地下车库", "B001")] = by_key["owner_1"]
    return placed


def _yard_people() -> dict[tuple[str, str], Character]:
    by_key = {character.key: character for character in CAST}
    residents = [key for key in by_key if key.startswith("resident")][-4:]
    keys = ["hundred_households_head", *residents]
    return {("1栋1单元", f"{floor}01"): by_key[key] for floor, key in enumerate(keys, start=1)}


def _next_people() -> dict[tuple[str, str], Character]:
    by_key = {character.key: character for character in CAST}
    return {
        ("1栋1单元", "101"): by_key["owner_2"],
        ("1栋1单元", "202"): by_key["neighbour_owner"],
    }


def _table(doors: list[Door], people: dict[tuple[str, str], Character], crowd: Crowd) -> bytes:
    target = io.StringIO(newline="")
    writer = csv.writer(target)
    writer.writerow([column.value for column in Column])
    for number, door in enumerate(doors):
        place = ["", door.building, door.stairwell, door.room, "", door.kind]
        unit = [*place, f"{door.area_centi / 100:.2f}", "不动产登记", door.state]
        for owner in _owners(number, door, people, crowd):
            writer.writerow([*unit, *owner])
    return target.getvalue().encode()


def _owners(
    number: int, door: Door, people: dict[tuple[str, str], Character], crowd: Crowd
) -> list[list[str]]:
    character = people.get((f"{door.building}{door.stairwell}", door.room))
    if door.state == "未售":
        return [[DEVELOPER, "建设单位", "", "", "1"]]
    shared = door.kind == "住宅" and number % 5 == 2  # noqa: PLR2004 - every fifth has two owners
    share = "1/2" if shared else "1"
    first = (
        [character.name, "自然人", local_phone(character.phone), "", share]
        if character
        else crowd.owner(share)
    )
    return [first, crowd.owner(share)] if shared else [first]


def _units(community: CommunityRef, compound_id: UUID) -> dict[str, UUID]:
    rows = db.session.execute(
        select(PropertyUnit.label, PropertyUnit.id).where(
            PropertyUnit.community_id == community.id, PropertyUnit.compound_id == compound_id
        )
    )
    return {row.label: row.id for row in rows}


def _exists(community: CommunityRef, name: str) -> bool:
    with transaction(Scope(community_id=community.id)):
        return (
            db.session.scalar(
                select(Compound.id).where(
                    Compound.community_id == community.id, Compound.name == name
                )
            )
            is not None
        )


def _surnames() -> Iterator[str]:
    """Every surname in turn, starting one later each round, so that full names differ."""
    for start in range(len(_SURNAMES) * len(_GIVEN)):
        yield from islice(cycle(_SURNAMES), start, start + len(_SURNAMES))


def _identity(number: int) -> str:
    """A number with the right check digit and a birthday long past: nobody's."""
    born = date(1885, 1, 1) + timedelta(days=number * 7)
    first17 = f"420602{born:%Y%m%d}{number % 1000:03d}"
    return first17 + resident_check(first17)
