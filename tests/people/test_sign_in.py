from __future__ import annotations

import re
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from factories.people import (
    PASSWORD,
    account,
    change,
    new_phone,
    sign_in,
    with_password,
)
from sqlalchemy import select

from app.core.access.door import ACCOUNT_KEY
from app.core.access.roles import Role
from app.core.audit.models import AuditEntry
from app.core.db import db
from app.core.tenancy import PLATFORM_ID, Scope
from app.core.transaction import transaction
from app.kit.clock import now

WRONG = "手机号或密码不对"


def events_of(world, person) -> list[str]:
    with world.app.app_context(), transaction(Scope(community_id=PLATFORM_ID)):
        return list(
            db.session.scalars(
                select(AuditEntry.event)
                .where(AuditEntry.subject_id == str(person.id))
                .order_by(AuditEntry.id)
            )
        )


def test_the_right_password_signs_in_and_is_noted(world):
    person = with_password(world, world.person())
    client = world.client()
    assert sign_in(client, person.phone).location == "/"
    assert client.get("/account").status_code == 200
    assert events_of(world, person) == ["people.signed_in"]


def test_a_wrong_password_keeps_the_typed_number_and_is_noted(world):
    person = with_password(world, world.person())
    answer = sign_in(world.client(), person.phone, "wrong")
    assert answer.status_code == 422
    assert WRONG in answer.text
    assert person.phone in answer.text
    assert account(world, person).failed_attempts == 1
    assert events_of(world, person) == ["people.sign_in_failed"]


def test_a_password_is_never_sent_back(world):
    answer = sign_in(world.client(), new_phone(), "my secret words")
    assert "my secret words" not in answer.text


def test_an_unknown_number_gets_the_very_same_answer(world):
    person = with_password(world, world.person())
    without = world.person()
    unknown = new_phone()
    texts = set()
    for phone in (person.phone, without.phone, unknown):
        page = sign_in(world.client(), phone, "wrong").text.replace(phone, "N")
        texts.add(re.sub(r'(csrf[-_]token"|nonce=)[^>]*', "", page))
    assert len(texts) == 1


def test_an_unknown_number_takes_as_long_as_a_wrong_password(world):
    person = with_password(world, world.person())
    client = world.client()
    sign_in(client, new_phone(), "wrong")

    def fastest(phone: str) -> float:
        times = []
        for _ in range(4):
            started = time.perf_counter()
            sign_in(client, phone, "wrong")
            times.append(time.perf_counter() - started)
        return min(times)

    known, unknown = fastest(person.phone), fastest(new_phone())
    assert unknown > known / 3


def test_five_failures_lock_even_against_the_right_password(world):
    person = with_password(world, world.person())
    client = world.client()
    for _ in range(5):
        sign_in(client, person.phone, "wrong")
    answer = sign_in(client, person.phone)
    assert answer.status_code == 422
    assert WRONG in answer.text
    assert account(world, person).locked_until > now() + timedelta(minutes=14)
    assert events_of(world, person).count("people.account_locked") == 1


def test_guesses_at_the_same_moment_are_all_counted(world):
    person = with_password(world, world.person())

    def guess(_):
        return sign_in(world.app.test_client(), person.phone, "wrong").status_code

    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(guess, range(6))) == {422}
    row = account(world, person)
    assert row.failed_attempts == 5
    assert row.locked_until is not None


def test_a_lock_ends_and_counting_begins_anew(world):
    person = with_password(world, world.person())
    change(world, person, failed_attempts=5, locked_until=now() - timedelta(seconds=1))
    sign_in(world.client(), person.phone, "wrong")
    row = account(world, person)
    assert (row.failed_attempts, row.locked_until) == (1, None)
    assert sign_in(world.client(), person.phone).status_code == 302
    assert account(world, person).failed_attempts == 0


@pytest.mark.parametrize("typed", ["138 1234", "abc", "86-10-65430000"])
def test_a_number_that_is_none_says_what_one_looks_like(world, typed):
    answer = sign_in(world.client(), typed)
    assert answer.status_code == 422
    assert "11 位的手机号" in answer.text


@pytest.mark.parametrize("field", ["phone", "password"])
def test_an_empty_field_is_asked_for(world, field):
    data = {"phone": new_phone(), "password": "x"} | {field: ""}
    answer = world.client().post("/login", data=data)
    assert answer.status_code == 422
    assert "请填写" in answer.text


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "http:evil.example",
        "\t//evil.example",
        "account",
    ],
)
def test_nobody_is_sent_to_another_site(world, address):
    person = with_password(world, world.person())
    assert sign_in(world.client(), person.phone, next=address).location == "/"


def test_after_signing_in_one_goes_where_one_was_heading(world):
    person = with_password(world, world.person())
    turned_away = world.client().get("/account?tab=1")
    assert turned_away.location == "/login?next=/account?tab%3D1"
    assert sign_in(world.client(), person.phone, next="/account?tab=1").location == "/account?tab=1"


def test_each_log_in_has_a_token_of_its_own_and_ends_the_one_before(world):
    person = with_password(world, world.person())
    client = world.client(person)
    with client.session_transaction() as cookie:
        before = cookie["_user_id"]
        cookie["planted"] = "by somebody else"
    sign_in(client, person.phone)
    with client.session_transaction() as cookie:
        assert cookie["_user_id"] != before
        assert "planted" not in cookie
        cookie["_user_id"] = before
    assert client.get("/account").status_code == 302


def test_a_token_serves_only_the_account_it_was_made_for(world):
    person, other = world.person(), world.person()
    client = world.client(person)
    with client.session_transaction() as cookie:
        cookie[ACCOUNT_KEY] = str(other.id)
    assert client.get("/account").status_code == 302


def test_the_cookie_lasts_and_scripts_cannot_read_it(world):
    person = with_password(world, world.person())
    header = sign_in(world.client(), person.phone).headers["Set-Cookie"]
    assert "HttpOnly" in header
    assert "SameSite=Lax" in header
    assert "Expires" in header


def test_logging_out_ends_the_session_for_good(world):
    person = world.person()
    client = world.client(person)
    with client.session_transaction() as cookie:
        before = dict(cookie)
    client.post("/logout")
    with client.session_transaction() as cookie:
        cookie.update(before)
    assert client.get("/account").status_code == 302


def test_signing_in_takes_a_bounded_number_of_tries_an_hour(limited_app):
    client, phone = limited_app.test_client(), new_phone()
    statuses = [sign_in(client, phone, "wrong").status_code for _ in range(22)]
    assert statuses[19:] == [422, 429, 429]


def test_a_resident_who_signs_in_lands_at_home(world):
    community = world.community()
    person = with_password(world, world.member(community, Role.RESIDENT, "张建军"))
    client = world.client()
    sign_in(client, person.phone, PASSWORD)
    assert client.get("/").location == f"/c/{community.code}/"
    assert "张建军" in client.get(f"/c/{community.code}/").text
