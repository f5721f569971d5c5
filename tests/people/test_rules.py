from __future__ import annotations

import pytest

from app.core.access.roles import Role
from app.people.rules import (
    Face,
    MembershipLine,
    clean_code,
    device_name,
    face_of,
    homes,
    totp_steps,
)

IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605 MicroMessenger/8"
ANDROID = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/120 Mobile Safari/537.36"
HUAWEI = "Mozilla/5.0 (Phone; OpenHarmony; HarmonyOS 4) AppleWebKit HuaweiBrowser/15"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64) Chrome/120 Safari/537.36 Edg/120"


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (IPHONE, "苹果手机 · 微信"),
        (ANDROID, "安卓手机 · Chrome"),
        (HUAWEI, "鸿蒙手机 · 华为浏览器"),
        (WINDOWS, "Windows 电脑 · Edge"),
        ("curl/8", "其他设备"),
        ("", "其他设备"),
    ],
)
def test_a_device_has_a_name_its_owner_knows(agent, name):
    assert device_name(agent) == name


@pytest.mark.parametrize(
    ("role", "face"),
    [
        (Role.RESIDENT, Face.RESIDENT),
        (Role.STAIRWELL_HEAD, Face.RESIDENT),
        (Role.PROPERTY_STAFF, Face.OFFICE),
        (Role.COMMITTEE_MEMBER, Face.OFFICE),
        (Role.PARTY_SECRETARY, Face.OFFICE),
        (Role.CITY_REVIEWER, Face.REVIEW),
        (Role.PLATFORM_OPERATOR, Face.PLATFORM),
    ],
)
def test_each_role_looks_at_one_face(role, face):
    assert face_of(role) is face


def test_roles_of_one_face_in_one_place_share_a_home():
    found = homes(
        [
            MembershipLine(Role.RESIDENT, "420602001008", "檀溪社区"),
            MembershipLine(Role.BUILDING_HEAD, "420602001008", "檀溪社区"),
            MembershipLine(Role.COMMITTEE_MEMBER, "420602001008", "檀溪社区"),
            MembershipLine(Role.RESIDENT, "420602001010", "凤雏社区"),
            MembershipLine(Role.STREET_REVIEWER, region_code="420602001", region_name="真武山街道"),
        ]
    )
    assert [(home.key, home.name, home.role_names) for home in found] == [
        ("resident:420602001008", "檀溪社区", "居民、楼栋长"),
        ("office:420602001008", "檀溪社区", "业委会委员"),
        ("resident:420602001010", "凤雏社区", "居民"),
        ("review:420602001", "真武山街道", "街道组织部门"),
    ]


def test_a_code_may_be_typed_with_blanks():
    assert clean_code(" 123 456 ") == "123456"


def test_a_telephone_may_be_one_step_off():
    assert totp_steps(300.0) == (10, 9, 11)
