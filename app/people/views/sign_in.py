"""Signing in by password or by a texted code, and signing out."""

from __future__ import annotations

import hashlib
import hmac

from flask import current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.core.access.door import here, requires
from app.core.access.permissions import PUBLIC
from app.core.web.limits import limiter
from app.kit.clock import now
from app.kit.phones import mask_phone, normalize_phone
from app.kit.refusal import Invalid
from app.people import queries
from app.people.actions import codes, passwords, sessions
from app.people.forms import CodeForm, PasswordSignInForm, PhoneForm
from app.people.identity import forget, remember
from app.people.rules import clean_code
from app.people.views.room import (
    DEMO_CODE,
    DEMO_LOGINS,
    blueprint,
    config,
    device,
    go_on,
    offer_demo_code,
    show_errors,
    signed_in,
    wanted,
)

ASKED_PHONE = "asked_phone"
PROVEN_PHONE = "proven_phone"
PROVEN_AT = "proven_at"
WRONG = "手机号或密码不对。连续输错 5 次要等 15 分钟，着急的话可以改用短信验证码登录。"
WRONG_CODE = "验证码不对，或者已经过期。请核对最新一条短信，也可以重新发送。"


def phone_in_question() -> str:
    """Count by number, under a keyed digest: the counter's store learns no numbers."""
    phone = request.form.get("phone") or session.get(ASKED_PHONE) or ""
    try:
        phone = normalize_phone(phone)
    except Invalid:
        phone = ""
    digest = hmac.new(config().secret_key.encode(), phone.encode(), hashlib.sha256)
    return f"phone:{digest.hexdigest()[:32]}"


@blueprint.route("/login", methods=["GET", "POST"])
@limiter.limit("30/minute", methods=["POST"])
@limiter.limit("20/hour", key_func=phone_in_question, methods=["POST"])
@requires(PUBLIC)
def login() -> ResponseReturnValue:
    """手机号 + 密码."""
    if request.method == "GET" and signed_in():
        return go_on()
    form = PasswordSignInForm()
    if not form.validate_on_submit():
        return _login_page(form)
    try:
        phone = normalize_phone(form.phone.data or "")
    except Invalid as refusal:
        show_errors(form, refusal.sentence, {"phone": refusal.sentence})
        return _login_page(form)
    started = passwords.sign_in_by_password(phone, form.password.data or "", device())
    if started is None:
        form.form_errors.append(WRONG)
        return _login_page(form)
    return _enter(started)


@blueprint.route("/login/sms", methods=["GET", "POST"])
@limiter.limit("10/minute;60/hour", methods=["POST"])
@limiter.limit("2/minute;10/hour", key_func=phone_in_question, methods=["POST"])
@requires(PUBLIC)
def request_code() -> ResponseReturnValue:
    """Ask for a code by SMS. Known and unknown numbers get the same answer."""
    form = PhoneForm()
    if not form.validate_on_submit():
        return _page("people/request_code.html", form)
    try:
        phone = normalize_phone(form.phone.data or "")
    except Invalid as refusal:
        show_errors(form, refusal.sentence, {"phone": refusal.sentence})
        return _page("people/request_code.html", form)
    session[ASKED_PHONE] = phone
    offer_demo_code(codes.send_code(phone))
    return redirect(url_for("people.enter_code", next=wanted()))


@blueprint.route("/login/sms/code", methods=["GET", "POST"])
@limiter.limit("30/minute", methods=["POST"])
@limiter.limit("30/hour", key_func=phone_in_question, methods=["POST"])
@requires(PUBLIC)
def enter_code() -> ResponseReturnValue:
    """Type the code; whoever has no account yet goes on to register."""
    phone = session.get(ASKED_PHONE)
    if phone is None:
        return redirect(url_for("people.request_code", next=wanted()))
    form = CodeForm()
    if not form.validate_on_submit():
        return _code_page(form, phone)
    if not codes.prove_phone(phone, clean_code(form.code.data or "")):
        show_errors(form, WRONG_CODE, {"code": WRONG_CODE})
        return _code_page(form, phone)
    account = queries.account_by_phone(phone)
    if account is not None:
        return _enter(sessions.start_session(account.id, device(), way="sms"))
    session.pop(DEMO_CODE, None)
    session[PROVEN_PHONE], session[PROVEN_AT] = phone, int(now().timestamp())
    return redirect(url_for("people.choose_community", next=wanted()))


@blueprint.post("/logout")
@requires(PUBLIC)
def logout() -> ResponseReturnValue:
    """Sign this device out."""
    actor = here().actor
    if actor is not None:
        sessions.sign_out(actor.account_id, current_user.session_id)
    forget()
    flash("已经退出登录。", "done")
    return redirect(url_for("people.home"))


def _enter(started: sessions.Started) -> ResponseReturnValue:
    actor = here().actor
    if actor is not None:
        sessions.sign_out(actor.account_id, current_user.session_id)
    answer = go_on()
    remember(started)
    return answer


def _login_page(form: PasswordSignInForm) -> ResponseReturnValue:
    shown = current_app.extensions.get(DEMO_LOGINS, ()) if config().demo else ()
    return _page("people/login.html", form, demo_logins=shown)


def _code_page(form: CodeForm, phone: str) -> ResponseReturnValue:
    return _page(
        "people/enter_code.html",
        form,
        phone=mask_phone(phone),
        full_phone=phone,
        demo_code=session.get(DEMO_CODE) if config().demo else None,
    )


def _page(template: str, form: object, **values: object) -> ResponseReturnValue:
    status = 422 if request.method == "POST" else 200
    return render_template(template, form=form, next=wanted(), **values), status
