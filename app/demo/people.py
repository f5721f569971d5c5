"""The demo world's people: accounts, passwords, second factors and roles."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import func, update
from sqlalchemy.orm import Session

from app.core.access.roles import SECOND_FACTOR_ROLES, Role
from app.core.config import Config
from app.core.db import db
from app.core.tenancy import PLATFORM_ID, RegionRef, Scope, place_directory
from app.core.transaction import owner_transaction, transaction
from app.demo.cast import (
    CAST,
    DEMO_PASSWORD,
    DEMO_TOTP_SECRET,
    Character,
)
from app.demo.queries import accounts_by_phone, department_named
from app.demo.stage import Stage
from app.kit.passwords import hash_password
from app.kit.sealing import FieldCipher
from app.memberships.actions.departments import insert_department
from app.people.actions.accounts import Place, ensure_account, ensure_membership
from app.people.models import Account, Membership


def load(stage: Stage) -> None:
    """Bring the cast onto the stage; make those who are not there yet."""
    with transaction(Scope(community_id=PLATFORM_ID)):
        known = accounts_by_phone(character.phone for character in CAST)
    if len(known) < len(CAST):
        with owner_transaction(Scope(community_id=PLATFORM_ID)) as session:
            _make(stage, session)
            known = {
                character.phone: ensure_account(character.phone, character.name, session)
                for character in CAST
            }
    stage.accounts.update({character.key: known[character.phone] for character in CAST})


def narrow(stage: Stage, key: str, role: Role, **columns: UUID) -> None:
    """Bind a role of the demo community to an organization, compound, building or stairwell.

    For the parts that make those; doing it again changes nothing.
    """
    with transaction(Scope(community_id=stage.community.id)):
        db.session.execute(
            update(Membership)
            .where(
                Membership.account_id == stage.accounts[key],
                Membership.community_id == stage.community.id,
                Membership.role == role,
                Membership.ended_at.is_(None),
            )
            .values(columns)
        )


def _make(stage: Stage, session: Session) -> None:
    password_hash = hash_password(DEMO_PASSWORD)
    for character in CAST:
        account_id = ensure_account(character.phone, character.name, session)
        values: dict[str, Any] = {"password_hash": password_hash}
        if SECOND_FACTOR_ROLES.intersection(character.roles):
            values |= {"totp_secret": _sealed_secret(), "totp_enrolled_at": func.now()}
        session.execute(update(Account).where(Account.id == account_id).values(values))
        for place in _places(stage, character, session):
            for role in character.roles:
                ensure_membership(account_id, role, place, session=session)


def _places(stage: Stage, character: Character, session: Session) -> list[Place]:
    if character.region_code is not None:
        region = place_directory().region(character.region_code)
        if region is None:
            raise LookupError(f"no region {character.region_code}")
        department_id = (
            _department(region, character.department, session) if character.department else None
        )
        return [
            Place(region_code=region.code, region_path=region.path, department_id=department_id)
        ]
    if character.community_codes:
        ids = {ref.code: ref.id for ref in (stage.community, stage.neighbour)}
        return [Place(community_id=ids[code]) for code in character.community_codes]
    return [Place()]


def _department(region: RegionRef, name: str, session: Session) -> UUID:
    made = insert_department(region, name, session)
    return made or department_named(region.code, name, session)


def _sealed_secret() -> str:
    config: Config = current_app.extensions["gongzhi.config"]
    return FieldCipher(config.field_keys).encrypt(DEMO_TOTP_SECRET)
