"""Taking in an owner register and starting the worker on it."""

from __future__ import annotations

import hashlib
from uuid import UUID

from app.core.db import db
from app.core.files.actions import Upload, store_document
from app.core.outbox.messages import emit
from app.kit.ids import new_id
from app.kit.refusal import Conflict, Invalid, NotFound
from app.kit.sniffing import Kind
from app.registry.models import Compound, RegisterImport
from app.registry.queries import imports
from app.registry.rules import ImportState

FILE_KIND = "register_import"
TABLE_KINDS = frozenset({Kind.XLSX.value, Kind.TEXT.value})
_RESTARTED_AS = {
    ImportState.CHECKING: "registry.check_import",
    ImportState.APPLYING: "registry.apply_import",
}


class NotReadyToApply(Conflict):
    """Only a register without faults is merged, and only once."""

    code = "import_not_ready"
    sentence = "这份名册现在不能导入：要先检查通过，并且还没有导入过。请刷新看看最新状态。"


def upload_register(
    community_id: int, compound_id: UUID, upload: Upload, *, uploaded_by: UUID
) -> UUID:
    """Keep the file and have it checked (dry run)."""
    compound = db.session.get(Compound, (community_id, compound_id))
    if compound is None:
        raise NotFound
    if not upload.data:
        raise Invalid("文件是空的，请重新选择。")
    import_id = new_id()
    file_id = store_document(
        community_id,
        upload,
        kinds=TABLE_KINDS,
        subject_kind=FILE_KIND,
        subject_id=import_id,
        uploaded_by=uploaded_by,
    )
    db.session.add(
        RegisterImport(
            community_id=community_id,
            id=import_id,
            compound_id=compound_id,
            file_id=file_id,
            file_name=upload.name[-120:],
            digest=hashlib.sha256(upload.data).hexdigest(),
            state=ImportState.CHECKING,
            uploaded_by=uploaded_by,
        )
    )
    db.session.flush()
    emit("registry.check_import", import_id=import_id)
    return import_id


def start_apply(community_id: int, import_id: UUID) -> None:
    """Have a checked register merged."""
    upload = imports.locked_import(community_id, import_id)
    if upload is None:
        raise NotFound
    if upload.state != ImportState.CHECKED:
        raise NotReadyToApply
    upload.state = ImportState.APPLYING
    emit("registry.apply_import", import_id=import_id)


def start_again(community_id: int, import_id: UUID) -> None:
    """Put a step that got lost back to work; running a step twice is harmless."""
    upload = imports.locked_import(community_id, import_id)
    if upload is None:
        raise NotFound
    kind = _RESTARTED_AS.get(ImportState(upload.state))
    if kind is None:
        raise NotReadyToApply
    emit(kind, import_id=import_id)
