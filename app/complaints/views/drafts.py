"""Photos and videos sent ahead of their form, one at a time: each is taken or told why not.

The reporter's forms and the desk's have doors of their own; what is behind them is the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import jsonify, request, url_for
from flask.typing import ResponseReturnValue

from app.complaints.actions.photos import MOST_PHOTOS
from app.complaints.permissions import FILE_COMPLAINTS, WORK_TICKETS
from app.complaints.views.room import blueprint
from app.complaints.views.tickets import blueprint as desk
from app.core.access.door import here, requires
from app.core.files import queries
from app.core.files.actions import Upload, prepare_evidence
from app.core.files.drafts import drop_draft, keep_draft
from app.core.web.limits import by_person, limiter
from app.kit.refusal import Invalid


@dataclass(frozen=True, slots=True)
class Doors:
    """Through which pages files are sent ahead and taken back."""

    send: str
    remove: str


RESIDENT = Doors("complaints.send_ahead", "complaints.remove_sent")
DESK = Doors("tickets.send_ahead_at_desk", "tickets.remove_sent_at_desk")


@blueprint.post("/c/<community>/complaints/drafts/<uuid:form_key>")
@limiter.limit("200/hour", key_func=by_person)
@requires(FILE_COMPLAINTS)
def send_ahead(form_key: UUID) -> ResponseReturnValue:
    """Keep one file for a form of a resident that is still being filled in."""
    return _keep(form_key, RESIDENT)


@desk.post("/c/<community>/tickets/drafts/<uuid:form_key>")
@limiter.limit("600/hour", key_func=by_person)
@requires(WORK_TICKETS)
def send_ahead_at_desk(form_key: UUID) -> ResponseReturnValue:
    """Keep one file for a form of the desk that is still being filled in."""
    return _keep(form_key, DESK)


@blueprint.post("/c/<community>/complaints/drafts/<uuid:form_key>/<uuid:file_id>/remove")
@requires(FILE_COMPLAINTS)
def remove_sent(form_key: UUID, file_id: UUID) -> ResponseReturnValue:
    """Take it back."""
    return _drop(form_key, file_id)


@desk.post("/c/<community>/tickets/drafts/<uuid:form_key>/<uuid:file_id>/remove")
@requires(WORK_TICKETS)
def remove_sent_at_desk(form_key: UUID, file_id: UUID) -> ResponseReturnValue:
    """Take it back."""
    return _drop(form_key, file_id)


def _keep(form_key: UUID, doors: Doors) -> ResponseReturnValue:
    sent = request.files.get("file")
    if sent is None:
        raise Invalid("没有收到文件。请重新选一次照片。")
    file_id = keep_draft(
        here().community.id,
        here().signed_in.account_id,
        form_key,
        prepare_evidence(Upload(sent.filename or "", sent.read())),
        most=MOST_PHOTOS,
    )
    return jsonify(id=str(file_id), remove_url=_remove_url(form_key, file_id, doors)), 201


def _drop(form_key: UUID, file_id: UUID) -> ResponseReturnValue:
    drop_draft(here().community.id, here().signed_in.account_id, form_key, file_id)
    return "", 204


def upload_url(form_key: UUID, doors: Doors) -> str:
    """Where files are sent ahead of this form."""
    return url_for(doors.send, community=here().community.code, form_key=form_key)


def kept_for(form_key: UUID, doors: Doors) -> list[dict[str, Any]]:
    """What was sent ahead of a form, for a page that shows the form again."""
    rows = queries.drafts_of(here().community.id, form_key, here().signed_in.account_id)
    return [
        {
            "id": row.id,
            "video": row.mime.startswith("video/"),
            "thumb_url": url_for(
                "files.thumbnail", community=here().community.code, file_id=row.id
            ),
            "remove_url": _remove_url(form_key, row.id, doors),
        }
        for row in rows
    ]


def _remove_url(form_key: UUID, file_id: UUID, doors: Doors) -> str:
    code = here().community.code
    return url_for(doors.remove, community=code, form_key=form_key, file_id=file_id)
