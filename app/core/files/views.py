"""Serving files, to those the owning feature lets in."""

from __future__ import annotations

from urllib.parse import quote
from uuid import UUID

from flask import Blueprint, Response, request

from app.core.access.door import here, requires
from app.core.access.permissions import in_community
from app.core.access.roles import COMMUNITY_ROLES
from app.core.files import queries
from app.core.files.actions import THUMBNAIL
from app.core.files.models import StoredFile
from app.core.files.readers import may_read
from app.core.files.storage import storage
from app.kit.refusal import NotFound

blueprint = Blueprint("files", __name__)
READ_FILES = in_community("files.read", COMMUNITY_ROLES)
SHOWN_INLINE = frozenset({"image/jpeg", "image/png", "image/webp", "video/mp4"})


@blueprint.get("/c/<community>/files/<uuid:file_id>")
@requires(READ_FILES)
def show(file_id: UUID) -> Response:
    """The file itself."""
    return serve(_readable(file_id))


@blueprint.get("/c/<community>/files/<uuid:file_id>/thumbnail")
@requires(READ_FILES)
def thumbnail(file_id: UUID) -> Response:
    """A small picture of a photo."""
    return serve(_readable(file_id), THUMBNAIL)


def _readable(file_id: UUID) -> StoredFile:
    stored = queries.stored_file(here().community.id, file_id)
    if stored is None or not may_read(here(), stored):
        raise NotFound
    return stored


def serve(stored: StoredFile, suffix: str = "") -> Response:
    """The bytes of a file the visitor may see. Raises NotFound when they are gone."""
    try:
        data = storage().get(stored.community_id, stored.id, suffix)
    except FileNotFoundError:
        raise NotFound from None
    response = Response(data, mimetype="image/jpeg" if suffix else stored.mime)
    inline = stored.mime in SHOWN_INLINE
    response.headers["Content-Disposition"] = (
        "inline" if inline else "attachment"
    ) + f"; filename*=UTF-8''{quote(stored.name)}"
    response.headers["Cache-Control"] = "private, max-age=86400, immutable"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    # Players of some phones ask for a film in parts and show nothing otherwise.
    response.make_conditional(request, accept_ranges=True, complete_length=len(data))
    return response
