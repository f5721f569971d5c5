"""Photos and PDFs of what was signed or marked on paper."""

from __future__ import annotations

from uuid import UUID

from app.core.files.actions import IMAGE_KINDS, Upload, store_document, store_photo
from app.kit.sniffing import Kind, sniff


def keep_scan(
    community_id: int, scan: Upload, *, subject_kind: str, subject_id: UUID, by: UUID
) -> UUID:
    """Keep a scan: a photo written anew, or a PDF."""
    if sniff(scan.data) in IMAGE_KINDS:
        return store_photo(
            community_id,
            scan,
            subject_kind=subject_kind,
            subject_id=subject_id,
            uploaded_by=by,
        )
    return store_document(
        community_id,
        Upload("scan.pdf", scan.data),
        kinds=frozenset({Kind.PDF}),
        subject_kind=subject_kind,
        subject_id=subject_id,
        uploaded_by=by,
    )
