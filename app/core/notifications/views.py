"""A person's messages."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core.access.door import here, requires
from app.core.access.permissions import SIGNED_IN
from app.core.notifications import queries
from app.kit.refusal import NotFound

blueprint = Blueprint("notifications", __name__)
PAGE = 30


@blueprint.get("/notifications")
@requires(SIGNED_IN)
def index() -> str:
    """A page of messages, newest first."""
    before = request.args.get("before", type=UUID)
    rows = queries.notifications_of(here().signed_in.account_id, before, PAGE + 1)
    older = rows[PAGE - 1].id if len(rows) > PAGE else None
    return render_template("notifications/index.html", notifications=rows[:PAGE], older=older)


@blueprint.post("/notifications/<uuid:notification_id>/open")
@requires(SIGNED_IN)
def open_notification(notification_id: UUID) -> ResponseReturnValue:
    """Note a message as read and go where it points."""
    account_id = here().signed_in.account_id
    notification = queries.own_notification(account_id, notification_id)
    if notification is None:
        raise NotFound
    queries.mark_read(account_id, [notification_id])
    return redirect(notification.url)


@blueprint.post("/notifications/read-all")
@requires(SIGNED_IN)
def read_all() -> ResponseReturnValue:
    """Note all messages as read."""
    queries.mark_read(here().signed_in.account_id)
    return redirect(url_for("notifications.index"))
