"""Photos and videos sent ahead of the report, one at a time: each is taken or told why not."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import jsonify, request, url_for
from flask.typing import ResponseReturnValue

from app.complaints.actions.photos import MOST_PHOTOS
from app.complaints.permissions import FILE_COMPLAINTS
from app.complaints.views.room import blueprint
from app.core.access.door import here, requires
from app.core.files import queries
from app.core.files.actions import Upload, prepare_evidence
from app.core.files.drafts import drop_draft, keep_draft
from app.core.web.limits import by_person, limiter
from app.kit.refusal import Invalid


@blueprint.post("/c/<community>/complaints/drafts/<uuid:form_key>")
@limiter.limit("200/hour", key_func=by_person)
@requires(FILE_COMPLAINTS)
def send_ahead(form_key: UUID) -> ResponseReturnValue:
    """Keep one file for a report that is still being written."""
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
    return jsonify(id=str(file_id), remove_url=_remove_url(form_key, file_id)), 201


@blueprint.post("/c/<community>/complaints/drafts/<uuid:form_key>/<uuid:file_id>/remove")
@requires(FILE_COMPLAINTS)
def remove_sent(form_key: UUID, file_id: UUID) -> ResponseReturnValue:
    """Take it back."""
    drop_draft(here().community.id, here().signed_in.account_id, form_key, file_id)
    return "", 204


def kept_for(form_key: UUID) -> list[dict[str, Any]]:
    """What was sent ahead of a form, for a page that shows the form again."""
    rows = queries.drafts_of(here().community.id, form_key, here().signed_in.account_id)
    return [
        {
            "id": row.id,
            "video": row.mime.startswith("video/"),
            "thumb_url": url_for(
                "files.thumbnail", community=here().community.code, file_id=row.id
            ),
            "remove_url": _remove_url(form_key, row.id),
        }
        for row in rows
    ]


def _remove_url(form_key: UUID, file_id: UUID) -> str:
    code = here().community.code
    return url_for("complaints.remove_sent", community=code, form_key=form_key, file_id=file_id)
