"""One's own account: password, devices, second factor, places."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.core.access.door import here, requires
from app.core.access.permissions import SIGNED_IN, needs_second_factor
from app.core.db import db
from app.core.web.limits import by_person, limiter
from app.kit.phones import mask_phone
from app.kit.refusal import Invalid
from app.people import queries
from app.people.actions import passwords, sessions
from app.people.forms import PasswordForm
from app.people.identity import forget
from app.people.rules import homes
from app.people.views.home import home_address
from app.people.views.room import blueprint, show_errors


@blueprint.get("/account")
@requires(SIGNED_IN)
def account() -> str:
    """我的账号."""
    actor = here().signed_in
    row = queries.account(actor.account_id)
    found = homes(queries.membership_lines(actor.account_id))
    return render_template(
        "people/account.html",
        account=row,
        phone=mask_phone(row.phone),
        homes=[(one, home_address(one)) for one in found],
        sessions=queries.live_sessions(actor.account_id),
        current_session=current_user.session_id,
        second_factor_needed=any(needs_second_factor([grant]) for grant in actor.grants),
    )


@blueprint.route("/account/password", methods=["GET", "POST"])
@limiter.limit("20/hour", key_func=by_person, methods=["POST"])
@requires(SIGNED_IN)
def password() -> ResponseReturnValue:
    """Change the password; other devices are signed out."""
    account_id = here().signed_in.account_id
    has_password = queries.account(account_id).password_hash is not None
    form = PasswordForm()
    form.current.flags.required = has_password
    if form.validate_on_submit():
        try:
            passwords.change_password(
                account_id,
                form.current.data or "",
                form.password.data or "",
                current_user.session_id,
            )
        except Invalid as refusal:
            db.session.rollback()
            show_errors(form, refusal.sentence, refusal.errors)
        else:
            flash("密码已更换，其他设备都已退出。", "done")
            return redirect(url_for("people.account"))
    status = 422 if request.method == "POST" else 200
    return render_template("people/password.html", form=form, has_password=has_password), status


@blueprint.post("/account/sessions/<uuid:session_id>/end")
@requires(SIGNED_IN)
def end_session(session_id: UUID) -> ResponseReturnValue:
    """Sign one device out."""
    sessions.sign_out(here().signed_in.account_id, session_id)
    if session_id == current_user.session_id:
        forget()
        return redirect(url_for("people.home"))
    flash("那台设备已退出。", "done")
    return redirect(url_for("people.account"))


@blueprint.post("/account/sessions/end-all")
@requires(SIGNED_IN)
def end_all_sessions() -> ResponseReturnValue:
    """Sign out everywhere, here too."""
    sessions.sign_out_everywhere(here().signed_in.account_id)
    forget()
    flash("所有设备都已退出。", "done")
    return redirect(url_for("people.login"))
