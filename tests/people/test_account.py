from __future__ import annotations

from datetime import timedelta

import pytest
from factories.people import PASSWORD, sign_in, with_password
from sqlalchemy import func, select, update

from app.core.access.roles import Role
from app.core.db import db
from app.core.tenancy import PLATFORM_ID, Scope
from app.core.transaction import transaction
from app.people.models import LoginSession

NEW = "another long sentence"


def session_ids(world, person):
    with world.app.app_context(), transaction(Scope(community_id=PLATFORM_ID)):
        return db.session.scalars(
            select(LoginSession.id)
            .where(LoginSession.account_id == person.id, LoginSession.ended_at.is_(None))
            .order_by(LoginSession.id)
        ).all()


def change_password(client, current=PASSWORD, new=NEW):
    return client.post("/account/password", data={"current": current, "password": new})


def test_the_account_lists_the_devices_by_name(world):
    person = with_password(world, world.person())
    phone = world.client()
    phone.environ_base["HTTP_USER_AGENT"] = "Mozilla/5.0 (iPhone; CPU) MicroMessenger/8"
    sign_in(phone, person.phone)
    assert "苹果手机 · 微信" in world.client(person).get("/account").text


def test_the_account_masks_the_number(world):
    person = world.person()
    page = world.client(person).get("/account").text
    assert person.phone[-11:] not in page
    assert f"{person.phone[-11:-8]}****{person.phone[-4:]}" in page


def test_one_device_is_ended_from_another(world):
    person = world.person()
    lost, kept = world.client(person), world.client(person)
    lost_id = session_ids(world, person)[0]
    assert kept.post(f"/account/sessions/{lost_id}/end").location == "/account"
    assert lost.get("/account").status_code == 302
    assert kept.get("/account").status_code == 200


def test_nobody_ends_another_persons_device(world):
    person = world.person()
    victim = world.client(person)
    session_id = session_ids(world, person)[0]
    answer = world.client(world.person()).post(f"/account/sessions/{session_id}/end")
    assert answer.status_code == 404
    assert victim.get("/account").status_code == 200


def test_ending_this_device_signs_it_out(world):
    person = world.person()
    client = world.client(person)
    assert client.post(f"/account/sessions/{session_ids(world, person)[0]}/end").location == "/"
    assert client.get("/account").status_code == 302


def test_log_out_everywhere_ends_every_device(world):
    person = world.person()
    devices = [world.client(person) for _ in range(3)]
    other = world.client(world.person())
    assert devices[0].post("/account/sessions/end-all").location == "/login"
    assert [device.get("/account").status_code for device in devices] == [302, 302, 302]
    assert other.get("/account").status_code == 200


def test_another_password_ends_the_other_devices(world):
    person = with_password(world, world.person())
    here, there = world.client(person), world.client(person)
    assert change_password(here).location == "/account"
    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == 302
    assert sign_in(world.client(), person.phone, NEW).status_code == 302
    assert sign_in(world.client(), person.phone).status_code == 422


@pytest.mark.parametrize(
    ("current", "new", "sentence"),
    [
        ("wrong", NEW, "现在的密码不对"),
        ("", NEW, "现在的密码不对"),
        (PASSWORD, PASSWORD, "和现在的不同"),
        (PASSWORD, "short", "8 个字符"),
        (PASSWORD, "12345678", "容易被猜中"),
    ],
)
def test_a_password_that_cannot_be_taken_changes_nothing(world, current, new, sentence):
    person = with_password(world, world.person())
    here, there = world.client(person), world.client(person)
    answer = change_password(here, current, new)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert there.get("/account").status_code == 200
    assert sign_in(world.client(), person.phone).status_code == 302


def test_an_account_without_password_sets_its_first(world):
    person = world.person()
    client = world.client(person)
    assert "现在的密码" not in client.get("/account/password").text
    assert change_password(client, "").status_code == 302
    assert sign_in(world.client(), person.phone, NEW).status_code == 302


def test_a_session_past_its_end_is_over(world):
    person = world.person()
    client = world.client(person)
    with world.app.app_context(), transaction(Scope(community_id=PLATFORM_ID)):
        db.session.execute(
            update(LoginSession)
            .where(LoginSession.account_id == person.id)
            .values(expires_at=func.now())
        )
    assert client.get("/account").status_code == 302


def test_last_seen_is_noted_only_after_a_while(world):
    person = world.person()
    client = world.client(person)

    def seen():
        with world.app.app_context(), transaction(Scope(community_id=PLATFORM_ID)):
            return db.session.scalar(
                select(LoginSession.last_seen_at).where(LoginSession.account_id == person.id)
            )

    first = seen()
    client.get("/account")
    assert seen() == first
    with world.app.app_context(), transaction(Scope(community_id=PLATFORM_ID)):
        db.session.execute(
            update(LoginSession)
            .where(LoginSession.account_id == person.id)
            .values(last_seen_at=func.now() - timedelta(minutes=6))
        )
    client.get("/account")
    assert seen() > first


def test_one_home_is_entered_at_once(world):
    community = world.community()
    client = world.client(world.member(community, Role.RESIDENT))
    assert client.get("/").location == f"/c/{community.code}/"


def test_several_homes_are_a_choice_and_the_last_one_is_remembered(world):
    here, there = world.community("檀溪社区"), world.community("凤雏社区")
    person = world.member(here, Role.RESIDENT)
    world.grant(there, person, Role.RESIDENT)
    client = world.client(person)
    assert client.get("/").location == "/memberships"
    page = client.get("/memberships").text
    assert "檀溪社区" in page
    assert "凤雏社区" in page
    client.get(f"/c/{there.code}/")
    assert client.get("/").location == f"/c/{there.code}/"


def test_a_remembered_home_that_is_no_longer_mine_is_forgotten(world):
    here, there = world.community(), world.community()
    client = world.client(world.member(here, Role.RESIDENT))
    with client.session_transaction() as cookie:
        cookie["home"] = f"resident:{there.code}"
    assert client.get("/").location == f"/c/{here.code}/"


def test_a_person_without_membership_is_led_to_find_a_community(world):
    client = world.client(world.person())
    assert client.get("/").location == "/register"
    assert client.get("/register").status_code == 200


def test_a_community_one_does_not_belong_to_looks_absent(world):
    here, there = world.community(), world.community()
    client = world.client(world.member(here, Role.RESIDENT))
    assert client.get(f"/c/{there.code}/").status_code == 404


def test_who_is_resident_and_on_the_committee_has_both_faces(world):
    community = world.community()
    person = world.member(community, Role.RESIDENT)
    world.grant(community, person, Role.COMMITTEE_MEMBER)
    client = world.client(person)
    home = client.get(f"/c/{community.code}/").text
    assert f"/c/{community.code}/me" in home
    desk = client.get(f"/c/{community.code}/desk").text
    assert f"/c/{community.code}/me" not in desk


def test_the_start_is_open_to_everybody(world):
    page = world.client().get("/")
    assert page.status_code == 200
    assert "/login" in page.text
