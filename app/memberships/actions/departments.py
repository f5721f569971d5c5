"""Departments (部门) of a street or district, and who acts for them in 社区吹哨、部门报到."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import func, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, scoped_session

from app.communities.models import Department
from app.communities.queries import department_at
from app.core.access.actor import Actor
from app.core.access.roles import Role
from app.core.audit.trail import record
from app.core.audit.vocabulary import AuditEvent
from app.core.db import db
from app.core.tenancy import RegionRef
from app.kit.ids import new_id
from app.kit.phones import normalize_phone
from app.kit.pinyin import pinyin_key
from app.kit.refusal import Conflict, Invalid, NotFound
from app.memberships import queries
from app.people.actions.accounts import (
    Place,
    end_department_membership,
    ensure_account,
    ensure_membership,
)

_TAKEN = "这里已经有同名的部门了。"


def found(region: RegionRef, name: str) -> UUID:
    """A new department of this region.

    Raises Invalid when one of this name exists there.
    """
    department_id = insert_department(region, name, db.session)
    if department_id is None:
        raise Invalid(_TAKEN, errors={"name": _TAKEN})
    record(AuditEvent.DEPARTMENT_SAVED, department_id, region=region.code, name=name)
    return department_id


def insert_department(
    region: RegionRef, name: str, session: scoped_session[Any] | Session
) -> UUID | None:
    """Write the row; None when one of this name exists there. The scope must be the region's."""
    department_id: UUID | None = session.scalar(
        insert(Department)
        .values(
            id=new_id(),
            region_code=region.code,
            region_path=region.path,
            name=name,
            pinyin=pinyin_key(name),
        )
        .on_conflict_do_nothing()
        .returning(Department.id)
    )
    return department_id


def retire(region: RegionRef, department_id: UUID) -> None:
    """A department that is not to be called any more.

    Raises NotFound, Conflict while somebody acts for it.
    """
    _department(region, department_id)
    if queries.department_people(department_id):
        raise Conflict("这个部门还有工作人员。请先结束他们的身份，再停用部门。")
    db.session.execute(
        update(Department).where(Department.id == department_id).values(retired_at=func.now())
    )
    record(AuditEvent.DEPARTMENT_RETIRED, department_id, region=region.code)


def appoint(actor: Actor, region: RegionRef, department_id: UUID, phone: str, name: str) -> UUID:
    """Let whoever has this phone act for the department; an account is made when nobody has.

    Raises NotFound, Invalid for the phone, Conflict when the person does already.
    """
    _department(region, department_id)
    if len(queries.department_people(department_id)) >= queries.MOST_PEOPLE:
        raise Conflict(f"一个部门最多 {queries.MOST_PEOPLE} 人。")
    account_id = ensure_account(normalize_phone(phone), name.strip())
    membership_id = ensure_membership(
        account_id,
        Role.DEPARTMENT_MEMBER,
        Place(region_code=region.code, region_path=region.path, department_id=department_id),
        granted_by=actor.account_id,
    )
    if membership_id is None:
        raise Conflict("这个手机号已经是这个部门的工作人员了，不用再添加。")
    return membership_id


def dismiss(region: RegionRef, department_id: UUID, membership_id: UUID) -> None:
    """End somebody's role in a department."""
    _department(region, department_id)
    end_department_membership(department_id, membership_id)


def _department(region: RegionRef, department_id: UUID) -> Department:
    known = department_at(region.code, department_id)
    if known is None:
        raise NotFound
    return known
