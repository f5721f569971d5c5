"""The second factor: giving it and enrolling it."""

from __future__ import annotations

import segno
from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from markupsafe import Markup

from app.core.access.door import here, requires
from app.core.access.permissions import SIGNED_IN
from app.core.web.limits import by_person, limiter
from app.kit.sealing import SealBroken
from app.people import queries
from app.people.actions import second_factor as factor
from app.people.forms import CodeForm
from app.people.rules import clean_code
from app.people.views.room import blueprint, config, go_on, show_errors, wanted

ENROLLING = "enrolling"
WRONG = "动态码不对，或者已经用过。请等验证器显示下一个再输；连续输错 5 次要等 15 分钟。"
WRONG_AT_START = "动态码不对。请核对手机时间是否自动校准，再输入最新的 6 位数字。"


@blueprint.route("/login/second-factor", methods=["GET", "POST"])
@limiter.limit("30/minute", key_func=by_person, methods=["POST"])
@requires(SIGNED_IN)
def second_factor() -> ResponseReturnValue:
    """Six digits from the authenticator, before staff and reviewer pages open."""
    actor = here().signed_in
    account = queries.account(actor.account_id)
    if account.totp_enrolled_at is None:
        return redirect(url_for("people.enroll_second_factor", next=wanted()))
    if actor.second_factor:
        return go_on()
    form = CodeForm()
    if form.validate_on_submit():
        code = clean_code(form.code.data or "")
        if factor.pass_second_factor(actor.account_id, current_user.session_id, code):
            return go_on()
        show_errors(form, WRONG, {"code": WRONG})
    demo_code = None
    if config().demo and account.totp_secret is not None:
        demo_code = factor.usable_code(account.totp_secret, account.totp_last_step)
    return _page("people/second_factor.html", form, demo_code=demo_code)


@blueprint.route("/login/second-factor/enroll", methods=["GET", "POST"])
@limiter.limit("30/minute", key_func=by_person, methods=["POST"])
@requires(SIGNED_IN)
def enroll_second_factor() -> ResponseReturnValue:
    """Show the square code and keep its secret once a first code has proven it."""
    actor = here().signed_in
    account = queries.account(actor.account_id)
    if account.totp_enrolled_at is not None and not actor.second_factor:
        return redirect(url_for("people.second_factor", next=request.full_path.rstrip("?")))
    sealed = _waiting_secret()
    form = CodeForm()
    if form.validate_on_submit():
        code = clean_code(form.code.data or "")
        if factor.enroll(actor.account_id, current_user.session_id, sealed, code):
            session.pop(ENROLLING, None)
            flash("两步验证已开启。以后登录工作页面时，打开验证器看 6 位动态码。", "done")
            return go_on()
        show_errors(form, WRONG_AT_START, {"code": WRONG_AT_START})
    secret = factor.readable_secret(sealed)
    return _page(
        "people/enroll_second_factor.html",
        form,
        drawing=_square_code(factor.enrolment_address(sealed, account.phone)),
        secret=" ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
        demo_code=factor.usable_code(sealed, None) if config().demo else None,
    )


def _waiting_secret() -> str:
    """The same secret while the page is open, also after a mistyped code."""
    sealed: str | None = session.get(ENROLLING)
    try:
        if sealed is not None and factor.readable_secret(sealed):
            return sealed
    except SealBroken:
        pass
    session[ENROLLING] = sealed = factor.new_secret()
    return sealed


def _square_code(address: str) -> Markup:
    drawing = segno.make(address, error="m").svg_inline(
        border=2, omitsize=True, svgclass=None, lineclass=None, dark="#000", light="#fff"
    )
    return Markup(drawing)  # noqa: S704 - drawn by segno from our own address


def _page(template: str, form: CodeForm, **values: object) -> ResponseReturnValue:
    status = 422 if request.method == "POST" else 200
    return render_template(template, form=form, next=wanted(), **values), status
