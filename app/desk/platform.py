"""Pages of those who run the platform: communities and dead letters."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.communities import queries as communities_queries
from app.core.access.door import here, requires
from app.core.audit.trail import record
from app.core.audit.vocabulary import AuditEvent
from app.core.outbox import queries as outbox
from app.core.sweep import sweeping
from app.core.web.shell import navigation_item
from app.desk.permissions import PLATFORM_DESK
from app.kit.refusal import NotFound

blueprint = Blueprint("platform", __name__)
navigation_item("社区", "building-2", "platform.communities", order=10)
navigation_item("未送达的任务", "inbox", "platform.dead_letters", order=20)


@blueprint.get("/platform/communities")
@requires(PLATFORM_DESK)
def communities() -> str:
    """Find a community by name, pinyin or code."""
    wanted = request.args.get("q", "").strip()
    rows = communities_queries.find_communities(wanted, after=request.args.get("after"))
    older = rows[-1].code if len(rows) == communities_queries.MOST_FOUND else None
    return render_template("platform/communities.html", q=wanted, communities=rows, older=older)


@blueprint.get("/platform/dead-letters")
@requires(PLATFORM_DESK)
def dead_letters() -> str:
    """Messages nobody could handle."""
    with sweeping() as connection:
        rows = outbox.dead_letters(connection)
    return render_template("platform/dead_letters.html", letters=rows)


@blueprint.post("/platform/dead-letters/<int:community_id>/<uuid:message_id>/revive")
@requires(PLATFORM_DESK)
def revive(community_id: int, message_id: UUID) -> ResponseReturnValue:
    """Give a dead message another life."""
    with sweeping() as connection:
        found = outbox.revive(connection, community_id, message_id)
    if not found:
        raise NotFound
    record(
        AuditEvent.DEAD_LETTER_RETRIED,
        message_id,
        actor_id=here().signed_in.account_id,
        community=community_id,
    )
    flash("已重新排队。", "done")
    return redirect(url_for("platform.dead_letters"))
