"""Granting and ending roles in a community."""

from __future__ import annotations

from uuid import UUID

from app.core.access.actor import Actor
from app.core.access.roles import OFFICE_ROLES, Role
from app.core.tenancy import CommunityRef
from app.kit.phones import normalize_phone
from app.kit.refusal import Conflict, Invalid, NotFound
from app.memberships import queries
from app.memberships.rules import (
    Narrowing,
    OwnLastRole,
    check_grantable,
    companies_of,
    narrowing_of,
)
from app.people.actions.accounts import Place, end_membership, ensure_account, ensure_membership


def grant(
    actor: Actor, community: CommunityRef, role: Role, *, phone: str, name: str, place: str | None
) -> UUID:
    """Give a role to whoever has this phone; an account is made when nobody has.

    Raises NotFound for a role the actor may not give, Invalid for a phone or place that cannot be
    used, Conflict when the person holds exactly this role already.
    """
    grants = actor.grants_in(community)
    narrowing = narrowing_of(role)
    place_id = _chosen(community, narrowing, place, companies_of(grants))
    check_grantable(role, place_id if narrowing.column == "organization_id" else None, grants)
    account_id = ensure_account(normalize_phone(phone), name.strip())
    narrowed = {narrowing.column: place_id} if narrowing.column else {}
    membership_id = ensure_membership(
        account_id,
        role,
        Place(community_id=community.id, **narrowed),  # type: ignore[arg-type]
        granted_by=actor.account_id,
    )
    if membership_id is None:
        raise Conflict(f"这个手机号已经是{role.label}了，不用再添加。")
    return membership_id


def end(actor: Actor, community: CommunityRef, membership_id: UUID) -> Role:
    """End a role that the actor could have given.

    Raises NotFound when it is absent or not theirs to end, OwnLastRole for one's own office role.
    """
    row = queries.member(community.id, membership_id)
    if row is None:
        raise NotFound
    role = Role(row.role)
    check_grantable(role, row.organization_id, actor.grants_in(community))
    if row.account_id == actor.account_id and role in OFFICE_ROLES:
        raise OwnLastRole
    end_membership(community.id, membership_id)
    return role


def _chosen(
    community: CommunityRef,
    narrowing: Narrowing,
    place: str | None,
    companies: frozenset[UUID] | None,
) -> UUID | None:
    if narrowing is Narrowing.COMMUNITY:
        return None
    possible = {value for value, _ in queries.choices(community.id, narrowing, companies)}
    if place not in possible:
        raise Invalid(narrowing.label, errors={"place": f"请选择：{narrowing.label}"})
    return UUID(place)
