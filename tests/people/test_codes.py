from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from factories.people import ask_for_code, new_phone
from sqlalchemy import func, select, update

from app.core.access.roles import Role
from app.core.db import db
from app.core.outbox.models import OutboxMessage
from app.core.outbox.work import work_message
from app.core.tenancy import PLATFORM_ID, CommunityRef, Scope
from app.core.transaction import transaction
from app.people.actions import codes
from app.people.jobs import sweep_sign_ins
from app.people.models import SmsCode

PLATFORM = CommunityRef(PLATFORM_ID, "", "", "")
WRONG = "验证码不对"


def enter(client, code):
    return client.post("/login/sms/code", data={"code": code})


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


def in_platform(world):
    return transaction(Scope(community_id=PLATFORM_ID))


class Caught:
    def __init__(self):
        self.messages = []

    def send(self, message):
        self.messages.append(message)


def test_a_known_number_signs_in_by_code(world):
    person = world.person()
    client = world.client()
    assert enter(client, ask_for_code(client, person.phone)).location == "/"
    assert client.get("/account").status_code == 200


def test_asking_tells_nothing_about_whether_an_account_exists(world):
    answers = set()
    for phone in (world.person().phone, new_phone()):
        client = world.client()
        answers.add(client.post("/login/sms", data={"phone": phone}).location)
    assert answers == {"/login/sms/code"}


def test_a_code_serves_once(world):
    person = world.person()
    client = world.client()
    code = ask_for_code(client, person.phone)
    enter(client, code)
    second = world.client()
    with second.session_transaction() as cookie:
        cookie["asked_phone"] = person.phone
    answer = enter(second, code)
    assert answer.status_code == 422
    assert WRONG in answer.text


def test_a_code_is_over_after_five_minutes(world):
    person = world.person()
    client = world.client()
    code = ask_for_code(client, person.phone)
    with world.app.app_context(), in_platform(world):
        left = db.session.scalar(
            select(SmsCode.expires_at - func.now()).where(SmsCode.phone == person.phone)
        )
        assert timedelta(minutes=4) < left <= timedelta(minutes=5)
        db.session.execute(
            update(SmsCode)
            .where(SmsCode.phone == person.phone)
            .values(expires_at=func.now() - timedelta(seconds=1))
        )
    assert enter(client, code).status_code == 422


def test_after_five_wrong_tries_the_right_code_is_refused_too(world):
    person = world.person()
    client = world.client()
    code = ask_for_code(client, person.phone)
    for _ in range(5):
        assert enter(client, other_than(code)).status_code == 422
    assert enter(client, code).status_code == 422


def test_four_wrong_tries_still_leave_one(world):
    person = world.person()
    client = world.client()
    code = ask_for_code(client, person.phone)
    for _ in range(4):
        enter(client, other_than(code))
    assert enter(client, code).status_code == 302


def test_only_the_newest_code_counts(world):
    person = world.person()
    client = world.client()
    old = ask_for_code(client, person.phone)
    new = ask_for_code(client, person.phone)
    if old != new:
        assert enter(client, old).status_code == 422
    assert enter(client, new).status_code == 302


def test_a_code_is_for_the_number_it_was_sent_to(world):
    client = world.client()
    code = ask_for_code(client, world.person().phone)
    with client.session_transaction() as cookie:
        cookie["asked_phone"] = world.person().phone
    assert enter(client, code).status_code == 422


def test_the_database_never_holds_the_code_or_the_number_in_the_message(world):
    phone = new_phone()
    with world.app.app_context():
        with in_platform(world):
            code = codes.send_code(f"+86{phone}")
        with in_platform(world):
            row = db.session.scalars(select(SmsCode).where(SmsCode.phone == f"+86{phone}")).one()
            payloads = db.session.scalars(select(OutboxMessage.payload)).all()
    assert code.encode() not in row.code_digest
    assert not any(code in str(one) or phone in str(one) for one in payloads if "sealed" in one)


def test_the_code_reaches_the_message_provider(world):
    world.work_off(PLATFORM)
    caught = Caught()
    provider = world.app.extensions["gongzhi.messages"]
    world.app.extensions["gongzhi.messages"] = caught
    try:
        client, phone = world.client(), new_phone()
        code = ask_for_code(client, phone)
        with world.app.app_context(), in_platform(world):
            ids = db.session.scalars(select(OutboxMessage.id)).all()
        for message_id in ids:
            with world.app.app_context():
                work_message(PLATFORM_ID, str(UUID(str(message_id))))
    finally:
        world.app.extensions["gongzhi.messages"] = provider
    sent = [one for one in caught.messages if one.address == f"+86{phone}"]
    assert [one.parameters["code"] for one in sent] == [code]


def test_outside_the_demo_world_no_page_shows_a_code(world, config, monkeypatch):
    monkeypatch.setitem(world.app.extensions, "gongzhi.config", replace(config, demo=False))
    client = world.client()
    client.post("/login/sms", data={"phone": world.person().phone})
    assert "data-demo-code" not in client.get("/login/sms/code").text
    with client.session_transaction() as cookie:
        assert "demo_code" not in cookie


def test_codes_are_sent_sparingly_to_one_number(limited_app):
    client, phone = limited_app.test_client(), new_phone()
    statuses = [
        client.post("/login/sms", data={"phone": spelled}).status_code
        for spelled in (phone, f"+86{phone}", f"{phone[:3]} {phone[3:]}")
    ]
    assert statuses == [302, 302, 429]


def test_without_having_asked_there_is_no_code_to_type(world):
    assert world.client().get("/login/sms/code").location == "/login/sms"


def test_a_new_resident_registers_with_a_proven_number(world):
    community = world.community("新来社区")
    client, phone = world.client(), new_phone()
    assert enter(client, ask_for_code(client, phone)).location == "/register"
    assert community.code in client.get(f"/register?q={community.code}").text
    answer = client.post(
        f"/c/{community.code}/join", data={"name": "叶青", "password": "a long sentence"}
    )
    assert answer.location == f"/c/{community.code}/"
    assert "叶青" in client.get(answer.location).text
    again = world.client()
    assert (
        again.post("/login", data={"phone": phone, "password": "a long sentence"}).status_code
        == 302
    )


def test_a_password_too_easy_makes_no_account(world):
    community = world.community()
    client, phone = world.client(), new_phone()
    enter(client, ask_for_code(client, phone))
    answer = client.post(f"/c/{community.code}/join", data={"name": "叶青", "password": "12345678"})
    assert answer.status_code == 422
    assert "叶青" in answer.text
    with world.app.app_context(), in_platform(world):
        assert codes.db.session.scalar(
            select(func.count()).select_from(SmsCode).where(SmsCode.phone == f"+86{phone}")
        )
    fresh = world.client()
    assert enter(fresh, ask_for_code(fresh, phone)).location == "/register"


@pytest.mark.parametrize("path", ["/register", "/c/{code}/join"])
def test_nobody_registers_without_proving_a_number(world, path):
    community = world.community()
    answer = world.client().get(path.format(code=community.code))
    assert answer.location.startswith("/login/sms?next=")


def test_a_proof_is_over_after_half_an_hour(world):
    community = world.community()
    client = world.client()
    with client.session_transaction() as cookie:
        cookie["proven_phone"], cookie["proven_at"] = "+8613900000000", 1_700_000_000
    answer = client.post(f"/c/{community.code}/join", data={"name": "叶青"})
    assert answer.location.startswith("/login/sms")


def test_an_account_joins_a_second_community_once(world):
    first, second = world.community(), world.community("凤雏社区")
    person = world.member(first, Role.RESIDENT)
    client = world.client(person)
    for _ in range(2):
        assert client.post(f"/c/{second.code}/join").location == f"/c/{second.code}/"
    page = client.get("/memberships").text
    assert page.count(f"/c/{second.code}/") == 1
    assert page.count(f"/c/{first.code}/") == 1


def test_the_sweep_removes_old_codes_and_keeps_fresh_ones(world):
    old, fresh = new_phone(), new_phone()
    with world.app.app_context():
        with in_platform(world):
            for phone in (old, fresh):
                codes.send_code(f"+86{phone}")
        with in_platform(world):
            db.session.execute(
                update(SmsCode)
                .where(SmsCode.phone == f"+86{old}")
                .values(expires_at=func.now() - timedelta(days=2))
            )
        sweep_sign_ins()
        with in_platform(world):
            left = db.session.scalars(
                select(SmsCode.phone).where(SmsCode.phone.in_([f"+86{old}", f"+86{fresh}"]))
            ).all()
    assert left == [f"+86{fresh}"]
