"""The work order (工单) on paper: to be printed by the browser, or as PDF."""

from __future__ import annotations

from base64 import b64encode
from typing import Any
from uuid import UUID

from flask import Response, render_template, url_for

from app.complaints.permissions import WORK_TICKETS
from app.complaints.queries import cases
from app.complaints.views import contacts, sight
from app.complaints.views.cards import card_of, said_code
from app.complaints.views.tickets import blueprint
from app.core.access.door import here, requires
from app.core.files.actions import THUMBNAIL
from app.core.files.storage import storage
from app.core.web.sheets import pdf_response
from app.kit.clock import now, say_moment


@blueprint.get("/c/<community>/tickets/<uuid:complaint_id>/print")
@requires(WORK_TICKETS)
def sheet(complaint_id: UUID) -> str:
    """What, where, by when, and room for what was done."""
    return _page(sight.desk_case(complaint_id), embedded=False)


@blueprint.get("/c/<community>/tickets/<uuid:complaint_id>/print.pdf")
@requires(WORK_TICKETS)
def sheet_pdf(complaint_id: UUID) -> Response:
    """The same as PDF, with small photos in it."""
    row = sight.desk_case(complaint_id)
    code = said_code(row.Complaint.short_code)
    return pdf_response(_page(row, embedded=True), f"工单 {code}")


def _page(row: Any, *, embedded: bool) -> str:
    complaint, community_id = row.Complaint, here().community.id
    may_know = sight.desk_here().may_know_reporter(anonymous=complaint.anonymous)
    files = cases.ready_photos_of(community_id, complaint.id)
    photos = [one for one in files if one.mime.startswith("image/")]
    return render_template(
        "complaints/sheet.html",
        complaint=complaint,
        card=card_of(complaint, now()),
        organization_name=row.organization_name,
        around=cases.around(community_id, complaint.id),
        contact=contacts.contact_of(complaint) if may_know else None,
        may_know=may_know,
        photos=[one for one in (_photo(file, embedded=embedded) for file in photos) if one],
        videos=len(files) - len(photos),
        filed=say_moment(complaint.created_at),
        promised=say_moment(complaint.promised_at),
    )


def _photo(stored: Any, *, embedded: bool) -> dict[str, Any] | None:
    """A photo of the gallery; None when its bytes are gone."""
    code = here().community.code
    thumb_url = url_for("files.thumbnail", community=code, file_id=stored.id)
    if embedded:
        try:
            small = storage().get(here().community.id, stored.id, THUMBNAIL)
        except FileNotFoundError:
            return None
        thumb_url = f"data:image/jpeg;base64,{b64encode(small).decode('ascii')}"
    return {
        "url": url_for("files.show", community=code, file_id=stored.id, _external=embedded),
        "thumb_url": thumb_url,
        "alt": "现场照片",
        "caption": None,
    }
