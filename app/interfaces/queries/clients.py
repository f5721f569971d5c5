"""Clients and what they reported."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import and_, select

from app.complaints.models import Complaint
from app.core.db import db
from app.interfaces.models import ApiClient, ClientReport

PAGE = 30


def client_by_digest(community_id: int, digest: bytes) -> ApiClient | None:
    """The live client with this key."""
    return db.session.scalar(
        select(ApiClient).where(
            ApiClient.community_id == community_id,
            ApiClient.key_digest == digest,
            ApiClient.revoked_at.is_(None),
        )
    )


def client(community_id: int, client_id: UUID) -> ApiClient | None:
    """One client, live or revoked."""
    return db.session.get(ApiClient, (community_id, client_id), populate_existing=True)


def clients(community_id: int, before: UUID | None) -> Sequence[Any]:
    """A page (and one more) of clients, newest first; `live` ones and revoked alike."""
    wanted = select(ApiClient).where(ApiClient.community_id == community_id)
    if before is not None:
        wanted = wanted.where(ApiClient.id < before)
    return db.session.scalars(wanted.order_by(ApiClient.id.desc()).limit(PAGE + 1)).all()


def live_name_taken(community_id: int, name: str) -> bool:
    """Whether a live client has this name already."""
    found = db.session.scalar(
        select(ApiClient.id).where(
            ApiClient.community_id == community_id,
            ApiClient.name == name,
            ApiClient.revoked_at.is_(None),
        )
    )
    return found is not None


def reports_of(community_id: int, client_id: UUID, before: UUID | None) -> Sequence[Any]:
    """A page (and one more) of what a client reported, newest first, with the case's state."""
    wanted = (
        select(
            ClientReport.id,
            ClientReport.created_at,
            ClientReport.foreign_id,
            Complaint.contact_name,
            Complaint.contact_phone,
            Complaint.id.label("complaint_id"),
            Complaint.short_code,
            Complaint.category_title,
            Complaint.state,
        )
        .join(
            Complaint,
            and_(
                Complaint.community_id == ClientReport.community_id,
                Complaint.id == ClientReport.complaint_id,
            ),
        )
        .where(ClientReport.community_id == community_id, ClientReport.client_id == client_id)
    )
    if before is not None:
        wanted = wanted.where(ClientReport.id < before)
    return db.session.execute(wanted.order_by(ClientReport.id.desc()).limit(PAGE + 1)).all()
