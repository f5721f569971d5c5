from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pyotp
import pytest
from factories.people import account, change, shown_code, totp, with_password

from app.core.access.roles import COMMUNITY_ROLES, REVIEWER_LEVELS, SECOND_FACTOR_ROLES, Role
from app.core.tenancy import PLATFORM_ID, Scope
from app.core.transaction import transaction
from app.kit.clock import now
from app.kit.sealing import FieldCipher, new_key
from app.people import queries
from app.people.actions import second_factor as factor

SECRET = pyotp.random_base32()
OFFICE = sorted(SECOND_FACTOR_ROLES & COMMUNITY_ROLES)
AREAS = {
    "street": ("420602001", "42.4206.420602.420602001."),
    "district": ("420602", "42.4206.420602."),
    "city": ("4206", "42.4206."),
}


def staff(world, community=None, role=Role.COMMUNITY_STAFF):
    return with_password(world, world.member(community or world.community(), role), secret=SECRET)


def longest_session(world, person):
    with transaction(Scope(community_id=PLATFORM_ID)):
        return max(one.expires_at for one in queries.live_sessions(person.id))


def give(client, code, **query):
    return client.post("/login/second-factor", query_string=query, data={"code": code})


@pytest.mark.parametrize("role", OFFICE)
def test_an_office_page_opens_only_after_a_second_factor(world, role):
    community = world.community()
    person = staff(world, community, role)
    desk = f"/c/{community.code}/desk"
    client = world.client(person, second_factor=False)
    assert client.get(desk).location == f"/login/second-factor?next={desk}"
    assert give(client, totp(SECRET), next=desk).location == desk
    assert client.get(desk).status_code == 200


@pytest.mark.parametrize("role", sorted(REVIEWER_LEVELS))
def test_a_reviewer_too_gives_a_second_factor(world, role):
    person = world.reviewer(role, *AREAS[REVIEWER_LEVELS[role]])
    client = world.client(person, second_factor=False)
    assert "两步验证" in client.get("/account").text
    assert client.get("/login/second-factor").location == "/login/second-factor/enroll"


def test_a_resident_page_opens_without(world):
    community = world.community()
    person = world.member(community, Role.RESIDENT)
    client = world.client(person, second_factor=False)
    assert client.get(f"/c/{community.code}/").status_code == 200


def test_a_code_passes_once(world):
    person = staff(world)
    code = totp(SECRET)
    assert give(world.client(person, second_factor=False), code).status_code == 302
    assert give(world.client(person, second_factor=False), code).status_code == 422


def test_after_a_code_none_before_it_passes(world):
    person = staff(world)
    assert give(world.client(person, second_factor=False), totp(SECRET, steps=1)).status_code == 302
    assert give(world.client(person, second_factor=False), totp(SECRET)).status_code == 422


@pytest.mark.parametrize("steps", [-3, 3])
def test_a_code_of_another_time_does_not_pass(world, steps):
    client = world.client(staff(world), second_factor=False)
    assert give(client, totp(SECRET, steps=steps)).status_code == 422


def test_five_wrong_codes_lock_the_second_factor_but_not_for_ever(world):
    person = staff(world)
    client = world.client(person, second_factor=False)
    wrong = f"{(int(totp(SECRET)) + 7) % 10**6:06d}"
    for _ in range(5):
        give(client, wrong)
    assert give(client, totp(SECRET)).status_code == 422
    assert account(world, person).second_factor_locked_until > now() + timedelta(minutes=14)
    change(world, person, second_factor_locked_until=now() - timedelta(seconds=1))
    assert give(client, totp(SECRET)).status_code == 302


def test_signing_in_again_does_not_forgive_wrong_codes(world):
    person = staff(world)
    for _ in range(4):
        give(world.client(person, second_factor=False), "000000")
    client = world.client()
    client.post("/login", data={"phone": person.phone, "password": "correct horse battery"})
    assert account(world, person).second_factor_failures == 4


def test_whoever_has_no_second_factor_yet_enrols_one(world):
    community = world.community()
    person = world.member(community, Role.PROPERTY_MANAGER)
    client = world.client(person, second_factor=False)
    desk = f"/c/{community.code}/desk"
    page = client.get(client.get(desk).location)
    assert page.location == f"/login/second-factor/enroll?next={desk}"
    text = client.get(page.location).text
    assert "<svg" in text
    assert "style=" not in text.split("<main")[1]
    secret = re.search(r"<strong>((?:[A-Z2-7]{4} ?)+)</strong>", text)[1].replace(" ", "")
    assert client.post(page.location, data={"code": totp(secret)}).location == desk
    assert client.get(desk).status_code == 200
    kept = account(world, person).totp_secret
    assert secret not in kept
    assert FieldCipher(world.config.field_keys).decrypt(kept) == secret


def test_a_mistyped_first_code_keeps_the_same_square_code(world):
    client = world.client(world.person(), second_factor=False)
    path = "/login/second-factor/enroll"
    shown = re.search(r"<strong>([A-Z2-7 ]{39})</strong>", client.get(path).text)[1]
    answer = client.post(path, data={"code": "000000"})
    assert answer.status_code == 422
    assert shown in answer.text


def test_the_code_of_enrolment_does_not_pass_again(world):
    person = world.person()
    client = world.client(person, second_factor=False)
    code = shown_code(client.get("/login/second-factor/enroll").text)
    client.post("/login/second-factor/enroll", data={"code": code})
    assert give(world.client(person, second_factor=False), code).status_code == 422


def test_nobody_replaces_a_second_factor_without_giving_it(world):
    client = world.client(staff(world), second_factor=False)
    answer = client.get("/login/second-factor/enroll")
    assert answer.location.startswith("/login/second-factor?next=")
    assert client.post("/login/second-factor/enroll", data={"code": "1"}).status_code == 302


def test_a_session_with_staff_rights_ends_within_twelve_hours(world):
    person = staff(world)
    client = world.client()
    client.post("/login", data={"phone": person.phone, "password": "correct horse battery"})
    give(client, totp(SECRET))
    with world.app.app_context():
        from_now = longest_session(world, person) - now()
    assert timedelta(hours=11) < from_now <= timedelta(hours=12)


def test_the_demo_world_shows_a_code_that_passes_and_nobody_else_does(world, config, monkeypatch):
    person = staff(world)
    client = world.client(person, second_factor=False)
    code = shown_code(client.get("/login/second-factor").text)
    monkeypatch.setitem(world.app.extensions, "gongzhi.config", replace(config, demo=False))
    assert "data-demo-code" not in client.get("/login/second-factor").text
    fresh = world.client(world.person(), second_factor=False)
    assert "data-demo-code" not in fresh.get("/login/second-factor/enroll").text
    assert give(client, code).status_code == 302


def test_the_demo_world_shows_the_next_code_after_one_was_used(world):
    person = staff(world)
    for _ in range(2):
        client = world.client(person, second_factor=False)
        assert give(client, shown_code(client.get("/login/second-factor").text)).status_code == 302


def test_secrets_are_sealed_anew_with_the_newest_key(world, config, monkeypatch):
    person = staff(world)
    before = account(world, person).totp_secret
    newest = new_key()
    rotated = replace(config, field_keys=(newest, *config.field_keys))
    monkeypatch.setitem(world.app.extensions, "gongzhi.config", rotated)
    runner = world.app.test_cli_runner()
    assert "sealed anew" in runner.invoke(args=["people", "rotate-keys"]).output
    after = account(world, person).totp_secret
    assert after != before
    assert FieldCipher([newest]).decrypt(after) == SECRET
    assert runner.invoke(args=["people", "rotate-keys"]).output == "0 secrets sealed anew\n"
    back = replace(config, field_keys=(*config.field_keys, newest))
    monkeypatch.setitem(world.app.extensions, "gongzhi.config", back)
    runner.invoke(args=["people", "rotate-keys"])


def test_a_lost_telephone_is_forgotten_by_command(world):
    person = staff(world)
    runner = world.app.test_cli_runner()
    runner.invoke(args=["people", "reset-second-factor", "--phone", person.phone])
    client = world.client(person, second_factor=False)
    assert client.get("/login/second-factor").location == "/login/second-factor/enroll"


def test_there_is_no_usable_code_once_all_near_steps_are_spent(world, context):
    sealed = FieldCipher(world.config.field_keys).encrypt(SECRET)
    assert factor.usable_code(sealed, 10**9) is None
