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
from app.core.files.models import Condition, StoredFile
from app.core.files.readers import may_read
from app.core.files.storage import storage
from app.kit.refusal import Conflict, NotFound

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
    """The bytes of a file the visitor may see.

    Raises NotFound when they are gone, Conflict while they cannot be shown.
    """
    condition = Condition(stored.condition)
    if condition is not Condition.READY:
        return _stand_in(condition, small=bool(suffix))
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


def _stand_in(condition: Condition, *, small: bool) -> Response:
    """What is shown of a photo that waits to be written anew, or could not be."""
    waiting = condition is Condition.WAITING
    if not small:
        raise Conflict(_NOT_YET if waiting else _UNREADABLE)
    text = "处理中…" if waiting else "打不开"
    response = Response(_PICTURE.format(text=text), 202 if waiting else 200)
    response.mimetype = "image/svg+xml"
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


_NOT_YET = "这张照片刚传上来，还在处理。过几秒刷新一下就能看到。"
_UNREADABLE = "这张照片打不开，没有留下。传照片的人已经收到通知，可以重新传一张。"
_PICTURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 240 240" width="240" height="240">'
    '<rect width="240" height="240" fill="#eef1ee"/>'
    '<g font-family="sans-serif" font-size="42" fill="#4a554e" text-anchor="middle">'
    '<text x="120" y="108">照片</text><text x="120" y="164">{text}</text></g></svg>'
)
