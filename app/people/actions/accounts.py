"""Accounts and the memberships they hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, scoped_session

from app.core.access.roles import Role
from app.core.audit.trail import record
from app.core.audit.vocabulary import AuditEvent
from app.core.db import db
from app.kit.ids import new_id
from app.kit.refusal import NotFound
from app.people.models import Account, Membership


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a membership applies; nothing but a community narrows it further."""

    community_id: int | None = None
    region_code: str | None = None
    region_path: str | None = None
    organization_id: UUID | None = None
    compound_id: UUID | None = None
    building_id: UUID | None = None
    stairwell_id: UUID | None = None
    department_id: UUID | None = None

    def columns(self) -> dict[str, Any]:
        """As columns of a membership."""
        return {name: getattr(self, name) for name in self.__slots__}


def ensure_account(
    phone: str, name: str, session: scoped_session[Any] | Session | None = None
) -> UUID:
    """The account of a normalized number, made if nobody has it yet; a known name stays."""
    asked = insert(Account).values(id=new_id(), phone=phone, name=name)
    account_id: UUID = (
        (session or db.session)
        .scalars(
            asked.on_conflict_do_update(
                index_elements=[Account.phone], set_={"phone": asked.excluded.phone}
            ).returning(Account.id)
        )
        .one()
    )
    return account_id


def ensure_membership(
    account_id: UUID,
    role: Role,
    place: Place,
    *,
    granted_by: UUID | None = None,
    session: scoped_session[Any] | Session | None = None,
) -> UUID | None:
    """Give a role; None when the account holds exactly this one already.

    The scope must be the place's: its community, or its region.
    """
    membership_id: UUID | None = (session or db.session).scalar(
        insert(Membership)
        .values(
            id=new_id(),
            account_id=account_id,
            role=role,
            granted_by=granted_by,
            **place.columns(),
        )
        .on_conflict_do_nothing()
        .returning(Membership.id)
    )
    if membership_id is not None and session is None:
        record(AuditEvent.MEMBERSHIP_GRANTED, membership_id, account=str(account_id), role=role)
    return membership_id


def end_membership(community_id: int, membership_id: UUID) -> None:
    """End a role held in a community.

    Raises NotFound when it is not a live membership there.
    """
    _end(membership_id, Membership.community_id == community_id)


def end_department_membership(department_id: UUID, membership_id: UUID) -> None:
    """End a role held in a department; the scope must be the department's region.

    Raises NotFound when it is not a live membership there.
    """
    _end(membership_id, Membership.department_id == department_id)


def _end(membership_id: UUID, held_there: ColumnElement[bool]) -> None:
    ended = db.session.execute(
        update(Membership)
        .where(Membership.id == membership_id, held_there, Membership.ended_at.is_(None))
        .values(ended_at=func.now())
        .returning(Membership.account_id, Membership.role)
    ).one_or_none()
    if ended is None:
        raise NotFound
    record(
        AuditEvent.MEMBERSHIP_ENDED,
        membership_id,
        account=str(ended.account_id),
        role=ended.role,
    )


def rename(account_id: UUID, name: str) -> None:
    """Change the name a person is shown under."""
    db.session.execute(update(Account).where(Account.id == account_id).values(name=name))
