"""Signed cookies and CSRF tokens: the format of Flask and Flask-WTF, the same refusals."""

from __future__ import annotations

import time

import pytest
from flask import Flask, session
from flask.sessions import SecureCookieSessionInterface
from flask_wtf.csrf import generate_csrf
from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer

from app.core.web.forgery import SALT
from app.core.web.signatures import KeptSerializer

KEY = "a-secret-of-at-least-32-characters"
PAGE = "/preferences/type-size"
HALF_A_DAY = 12 * 3600


def test_a_value_signed_by_itsdangerous_is_read_and_the_other_way_round():
    kept, usual = KeptSerializer(KEY, salt="s"), URLSafeTimedSerializer(KEY, salt="s")
    assert kept.loads(usual.dumps({"a": "一"})) == {"a": "一"}
    assert usual.loads(kept.dumps({"a": "一"})) == {"a": "一"}


@pytest.mark.parametrize("place", range(0, 60, 7))
def test_a_value_changed_in_one_letter_is_refused(place):
    kept = KeptSerializer(KEY, salt="s")
    signed = kept.dumps({"account": "0190-1234"})
    place = min(place, len(signed) - 2)
    changed = signed[:place] + ("A" if signed[place] != "A" else "B") + signed[place + 1 :]
    with pytest.raises(BadSignature):
        kept.loads(changed)


def test_a_value_signed_with_another_key_or_salt_is_refused():
    kept = KeptSerializer(KEY, salt="s")
    for other in (
        URLSafeTimedSerializer(KEY + "x", salt="s"),
        URLSafeTimedSerializer(KEY, salt="t"),
    ):
        with pytest.raises(BadSignature):
            kept.loads(other.dumps("value"))


def test_a_value_is_refused_once_it_is_too_old(monkeypatch):
    kept = KeptSerializer(KEY, salt="s")
    signed = kept.dumps("value")
    later = time.time() + 61
    monkeypatch.setattr(time, "time", lambda: later)
    assert kept.loads(signed, max_age=62) == "value"
    with pytest.raises(SignatureExpired):
        kept.loads(signed, max_age=60)


def test_a_kept_serializer_has_one_salt():
    with pytest.raises(ValueError, match="salt"):
        KeptSerializer(KEY, salt="s").dumps("value", salt="other")


def test_a_cookie_of_flask_itself_is_still_read(app):
    usual = SecureCookieSessionInterface().get_signing_serializer(app)
    cookie = f"{app.config['SESSION_COOKIE_NAME']}={usual.dumps({'home': 'resident:1'})}"
    with app.test_request_context(headers={"Cookie": cookie}):
        assert session["home"] == "resident:1"


@pytest.fixture
def guarded(app):
    app.config["WTF_CSRF_ENABLED"] = True
    yield app
    app.config["WTF_CSRF_ENABLED"] = False


def _token_of(client) -> str:
    client.get("/login")
    with client.session_transaction() as cookie:
        secret = cookie["csrf_token"]
    return URLSafeTimedSerializer(client.application.secret_key, salt=SALT).dumps(secret)


def test_a_form_with_the_token_of_its_session_is_taken(guarded, world):
    client = world.client()
    assert client.post(PAGE, data={"csrf_token": _token_of(client)}).status_code == 302
    assert client.post(PAGE, headers={"X-CSRFToken": _token_of(client)}).status_code == 302


def test_the_token_of_somebody_else_is_refused(guarded, world):
    mine, other = world.client(), world.client()
    _token_of(mine)
    assert mine.post(PAGE, data={"csrf_token": _token_of(other)}).status_code == 403


def test_a_token_without_a_session_is_refused(guarded, world):
    token = _token_of(world.client())
    assert world.client().post(PAGE, data={"csrf_token": token}).status_code == 403


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "é", "." * 50])
def test_nonsense_is_refused_as_a_token(guarded, world, token):
    client = world.client()
    _token_of(client)
    assert client.post(PAGE, data={"csrf_token": token}).status_code == 403


def test_a_token_older_than_half_a_day_is_refused(guarded, world, monkeypatch):
    client = world.client()
    token = _token_of(client)
    later = time.time() + HALF_A_DAY + 2
    monkeypatch.setattr(time, "time", lambda: later)
    assert client.post(PAGE, data={"csrf_token": token}).status_code == 403


def test_a_form_shown_again_carries_a_fresh_token_once_its_own_is_half_used_up(
    guarded: Flask, world, monkeypatch
):
    client = world.client()
    token = _token_of(client)
    young = client.post("/login", data={"csrf_token": token})
    assert token in young.get_data(as_text=True)
    later = time.time() + HALF_A_DAY / 2 + 60
    monkeypatch.setattr(time, "time", lambda: later)
    old = client.post("/login", data={"csrf_token": token})
    assert token not in old.get_data(as_text=True)
    assert 'name="csrf_token"' in old.get_data(as_text=True)


def test_forms_and_pages_of_one_answer_share_a_token(guarded):
    with guarded.test_request_context():
        made = guarded.jinja_env.globals["csrf_token"]()
        assert generate_csrf() == made
