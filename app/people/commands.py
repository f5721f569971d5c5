"""`flask people …`: what only those who run the product do."""

from __future__ import annotations

from collections.abc import Sequence

import click
from flask.cli import AppGroup

from app.communities.models import Department
from app.communities.queries import departments_at
from app.core.access.roles import COMMUNITY_ROLES, REVIEWER_LEVELS, Role
from app.core.audit.vocabulary import AuditEvent
from app.core.db import db
from app.core.ledger import add_entry
from app.core.tenancy import PLATFORM_ID, RegionRef, Scope, place_directory
from app.core.transaction import owner_transaction, transaction
from app.kit.phones import mask_phone, normalize_phone
from app.kit.refusal import Invalid
from app.people import queries
from app.people.actions import second_factor
from app.people.actions.accounts import Place, ensure_account, ensure_membership

people_commands = AppGroup("people", help="Accounts, roles given from above, keys.")


@people_commands.command("grant")
@click.option("--phone", required=True, help="Mobile number; an account is made when new.")
@click.option("--name", default="", help="Name for a new account.")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@click.option("--region", help="Statistics code, for reviewers.")
@click.option("--community", help="12-digit code, for roles in a community.")
@click.option("--department", help="Id of a department of the region, for its members.")
def grant_command(
    phone: str,
    name: str,
    role: str,
    region: str | None,
    community: str | None,
    department: str | None,
) -> None:
    """Give a role: in a community, over a region, or on the platform."""
    wanted = Role(role)
    place = _place(wanted, region, community, department)
    try:
        number = normalize_phone(phone)
    except Invalid:
        raise click.BadParameter("not a mainland mobile number", param_hint="--phone") from None
    scope = Scope(community_id=place.community_id or PLATFORM_ID, region_path=place.region_path)
    with owner_transaction(scope) as session:
        account_id = ensure_account(number, name or wanted.label, session)
        membership_id = ensure_membership(account_id, wanted, place, session=session)
        if membership_id is not None:
            add_entry(
                session,
                event_name=AuditEvent.MEMBERSHIP_GRANTED.value,
                actor_id=None,
                subject_id=str(membership_id),
                details={"account": str(account_id), "role": wanted.value},
                request_id=None,
            )
    outcome = "granted" if membership_id else "held already"
    click.echo(f"{wanted.value} {outcome}: {mask_phone(number)}")


@people_commands.command("reset-second-factor")
@click.option("--phone", required=True)
def reset_second_factor_command(phone: str) -> None:
    """Forget a lost second factor; the person enrols again at the next log-in."""
    try:
        number = normalize_phone(phone)
    except Invalid:
        raise click.BadParameter("not a mainland mobile number", param_hint="--phone") from None
    with transaction(Scope(community_id=PLATFORM_ID)):
        account = queries.account_by_phone(number)
        if account is None:
            raise click.ClickException("nobody has this number")
        second_factor.forget_second_factor(account.id)
    click.echo("forgotten")


@people_commands.command("rotate-keys")
def rotate_keys_command() -> None:
    """Seal the second factors' secrets with the first of FIELD_KEYS."""
    with transaction(Scope(community_id=PLATFORM_ID)):
        changed = second_factor.rotate_secrets()
    click.echo(f"{changed} secrets sealed anew")


def _place(role: Role, region: str | None, community: str | None, department: str | None) -> Place:
    if role is Role.PLATFORM_OPERATOR:
        return Place()
    if role in COMMUNITY_ROLES:
        ref = place_directory().community(community or "")
        if ref is None:
            raise click.BadParameter("no such community", param_hint="--community")
        return Place(community_id=ref.id)
    found = place_directory().region(region or "")
    if role is Role.DEPARTMENT_MEMBER:
        return _department_place(found, department)
    if found is None or found.level != REVIEWER_LEVELS[role]:
        raise click.BadParameter(
            f"no such {REVIEWER_LEVELS[role]} for this role", param_hint="--region"
        )
    return Place(region_code=found.code, region_path=found.path)


def _department_place(region: RegionRef | None, department: str | None) -> Place:
    if region is None:
        raise click.BadParameter("no such region", param_hint="--region")
    known = {str(one.id): one for one in _departments(region)}
    chosen = known.get(department or "")
    if chosen is None:
        listed = ", ".join(f"{one.name} = {key}" for key, one in known.items()) or "none"
        raise click.BadParameter(
            f"no such department; there are: {listed}", param_hint="--department"
        )
    return Place(region_code=region.code, region_path=region.path, department_id=chosen.id)


def _departments(region: RegionRef) -> Sequence[Department]:
    with transaction(Scope(community_id=PLATFORM_ID)):
        found = departments_at(region.code)
        db.session.expunge_all()
        return found
