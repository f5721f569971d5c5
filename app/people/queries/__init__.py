"""Reading accounts, sessions and memberships."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, literal_column, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from app.communities.models import Community, Region
from app.core.access.roles import Role
from app.core.db import db
from app.core.notifications.models import Notification
from app.core.prepared import Prepared
from app.people.models import Account, LoginSession, Membership
from app.people.rules import MembershipLine

_GRANTS = (
    select(
        func.coalesce(
            func.jsonb_agg(
                aggregate_order_by(
                    func.jsonb_build_object(
                        "role",
                        Membership.role,
                        "community_id",
                        Membership.community_id,
                        "region_path",
                        Membership.region_path,
                        "organization_id",
                        Membership.organization_id,
                        "compound_id",
                        Membership.compound_id,
                        "building_id",
                        Membership.building_id,
                        "stairwell_id",
                        Membership.stairwell_id,
                        "department_id",
                        Membership.department_id,
                    ),
                    Membership.id,
                )
            ),
            literal_column("'[]'::jsonb"),
        )
    )
    .where(Membership.account_id == Account.id, Membership.ended_at.is_(None))
    .correlate(Account)
    .scalar_subquery()
)
_UNREAD = (
    select(func.count())
    .select_from(Notification)
    .where(Notification.account_id == Account.id, Notification.read_at.is_(None))
    .correlate(Account)
    .scalar_subquery()
)
_LIVE_SESSION = Prepared(
    select(
        LoginSession.id.label("session_id"),
        LoginSession.last_seen_at,
        LoginSession.second_factor_at,
        Account.id.label("account_id"),
        Account.name,
        _GRANTS.label("grants"),
        _UNREAD.label("unread"),
    )
    .join(Account, Account.id == LoginSession.account_id)
    .where(
        LoginSession.token_digest == bindparam("digest"),
        LoginSession.ended_at.is_(None),
        LoginSession.expires_at > func.now(),
    )
)


def live_session(token_digest: bytes) -> Any | None:
    """Session, account, memberships and unread count in one statement; None when not live."""
    return _LIVE_SESSION.row({"digest": token_digest})


def accounts_with_roles(
    community_id: int,
    roles: Iterable[Role],
    *,
    organization_id: UUID | None = None,
    stairwell_id: UUID | None = None,
) -> Sequence[UUID]:
    """Accounts with one of these roles, perhaps only for one organization or stairwell."""
    wanted = (
        select(Membership.account_id)
        .distinct()
        .where(
            Membership.community_id == community_id,
            Membership.role.in_(list(roles)),
            Membership.ended_at.is_(None),
        )
    )
    if organization_id is not None:
        wanted = wanted.where(Membership.organization_id == organization_id)
    if stairwell_id is not None:
        wanted = wanted.where(Membership.stairwell_id == stairwell_id)
    return db.session.scalars(wanted).all()


def street_reviewers(community_id: int) -> Sequence[UUID]:
    """The reviewers of the street this community lies in (see the policy `above`)."""
    return db.session.scalars(
        select(Membership.account_id)
        .distinct()
        .join(Community, Community.region_path == Membership.region_path)
        .where(
            Community.id == community_id,
            Membership.role == Role.STREET_REVIEWER,
            Membership.ended_at.is_(None),
        )
    ).all()


def department_members(department_id: UUID) -> Sequence[UUID]:
    """Accounts that act for a department now (see the policy `called` on memberships)."""
    return db.session.scalars(
        select(Membership.account_id)
        .distinct()
        .where(
            Membership.department_id == department_id,
            Membership.role == Role.DEPARTMENT_MEMBER,
            Membership.ended_at.is_(None),
        )
    ).all()


def account(account_id: UUID) -> Account:
    """An account that must exist."""
    return db.session.get_one(Account, account_id)


def account_by_phone(phone: str) -> Account | None:
    """The account with this normalized number."""
    return db.session.scalar(select(Account).where(Account.phone == phone))


def live_sessions(account_id: UUID) -> Sequence[LoginSession]:
    """The devices where this account is signed in, the one used last first."""
    return db.session.scalars(
        select(LoginSession)
        .where(
            LoginSession.account_id == account_id,
            LoginSession.ended_at.is_(None),
            LoginSession.expires_at > func.now(),
        )
        .order_by(LoginSession.last_seen_at.desc(), LoginSession.id.desc())
        .limit(50)
    ).all()


def membership_lines(account_id: UUID) -> list[MembershipLine]:
    """An account's live memberships with the names of their places, oldest first."""
    rows = db.session.execute(
        select(
            Membership.role,
            Community.code.label("community_code"),
            Community.name.label("community_name"),
            Region.code.label("region_code"),
            Region.name.label("region_name"),
        )
        .outerjoin(Community, Community.id == Membership.community_id)
        .outerjoin(Region, Region.code == Membership.region_code)
        .where(Membership.account_id == account_id, Membership.ended_at.is_(None))
        .order_by(Membership.created_at, Membership.id)
    ).all()
    return [
        MembershipLine(
            Role(row.role),
            row.community_code,
            row.community_name,
            row.region_code,
            row.region_name,
        )
        for row in rows
    ]


def sealed_secrets(after: UUID | None, limit: int) -> Sequence[Account]:
    """Accounts with a second factor, in batches, for a change of keys."""
    wanted = select(Account).where(Account.totp_secret.is_not(None))
    if after is not None:
        wanted = wanted.where(Account.id > after)
    return db.session.scalars(wanted.order_by(Account.id).limit(limit).with_for_update()).all()
