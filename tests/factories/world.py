"""What tests need to exist before they begin: regions, communities, people, registers.

Every test makes its own community, so that tests never see each other's rows.
"""

from __future__ import annotations

import itertools
import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from factories.databases import owner_connection
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, select, text

from app.communities.models import Community, Department
from app.core.access.door import ACCOUNT_KEY
from app.core.access.roles import Role
from app.core.config import Config
from app.core.db import db
from app.core.outbox.models import OutboxMessage
from app.core.outbox.work import work_message
from app.core.tenancy import CommunityRef, Scope
from app.core.transaction import transaction
from app.kit.clock import now
from app.kit.ids import new_id
from app.kit.pinyin import pinyin_key
from app.people.identity import token_digest
from app.people.models import Account, LoginSession, Membership
from app.registry.models import (
    Building,
    Compound,
    Owner,
    Ownership,
    PropertyUnit,
    Stairwell,
    UnitClaim,
)

_numbers = itertools.count(1)
# Steps through all numbers, none twice: chosen at random, two of some thousand people would now and
# then have the same.
_PHONES, _STEP = 10**8, 61_803_399
_phone_numbers = itertools.count(secrets.randbelow(_PHONES), _STEP)
_with_regions: set[str] = set()
PROVINCE, CITY, DISTRICT, STREET = "42", "4206", "420602", "420602001"
STREET_PATH = "42.4206.420602.420602001."


@dataclass(frozen=True)
class Person:
    """A test account."""

    id: UUID
    phone: str
    name: str


@dataclass(frozen=True)
class Home:
    """A unit with its owner."""

    unit_id: UUID
    owner_id: UUID
    stairwell_id: UUID
    building_id: UUID
    compound_id: UUID


def _somebody(name: str) -> Person:
    return Person(new_id(), f"+86138{next(_phone_numbers) % _PHONES:08d}", name)


class World:
    """Makes things; each method returns what was made."""

    def __init__(self, app: Flask, config: Config) -> None:
        self.app = app
        self.config = config

    def regions(self) -> None:
        """The path from the province down to one street, once in a database."""
        if self.config.database_url in _with_regions:
            return
        rows = [
            (PROVINCE, None, "province", "湖北省", "42."),
            (CITY, PROVINCE, "city", "襄阳市", "42.4206."),
            (DISTRICT, CITY, "district", "襄城区", "42.4206.420602."),
            (STREET, DISTRICT, "street", "真武山街道", STREET_PATH),
        ]
        with owner_connection(self.config) as connection:
            for code, parent, level, name, path in rows:
                connection.execute(
                    text(
                        "INSERT INTO region (code, parent_code, level, name, pinyin, path)"
                        " VALUES (:code, :parent, :level, :name, :pinyin, :path)"
                        " ON CONFLICT DO NOTHING"
                    ),
                    {
                        "code": code,
                        "parent": parent,
                        "level": level,
                        "name": name,
                        "pinyin": pinyin_key(name),
                        "path": path,
                    },
                )
        _with_regions.add(self.config.database_url)

    def community(self, name: str = "檀溪社区") -> CommunityRef:
        """A community in the test street, with a code of its own."""
        self.regions()
        code = f"{STREET}{secrets.randbelow(900) + 100}"
        with owner_connection(self.config) as connection:
            while connection.scalar(select(Community.id).where(Community.code == code)):
                code = str(int(STREET + "000") + secrets.randbelow(999_999_999_999 - 420602001000))
            row = connection.execute(
                insert(Community)
                .values(
                    code=code,
                    name=name,
                    pinyin=pinyin_key(name),
                    region_code=STREET,
                    region_path=STREET_PATH,
                )
                .returning(Community.id)
            ).one()
        return CommunityRef(row.id, code, name, STREET_PATH)

    def person(self, name: str = "王秀英") -> Person:
        """An account without memberships."""
        person = _somebody(name)
        with self.app.app_context(), transaction(Scope()):
            db.session.add(Account(id=person.id, phone=person.phone, name=name))
        return person

    def member(
        self, community: CommunityRef, role: Role, name: str = "王秀英", **narrowed: UUID
    ) -> Person:
        """A person with a role in this community."""
        person = _somebody(name)
        with self.app.app_context(), transaction(Scope(community_id=community.id)):
            db.session.add(Account(id=person.id, phone=person.phone, name=name))
            db.session.flush()
            db.session.add(
                Membership(account_id=person.id, role=role, community_id=community.id, **narrowed)
            )
        return person

    def grant(self, community: CommunityRef, person: Person, role: Role, **narrowed: UUID) -> None:
        """Another role for a person."""
        with self.app.app_context(), transaction(Scope(community_id=community.id)):
            db.session.add(
                Membership(account_id=person.id, role=role, community_id=community.id, **narrowed)
            )

    def reviewer(self, role: Role, region_code: str, region_path: str) -> Person:
        """A reviewer of a region."""
        self.regions()
        person = self.person("李审核")
        department_id = None
        if role is Role.DEPARTMENT_MEMBER:
            department_id = self.department(region_code=region_code, region_path=region_path)
        with self.app.app_context(), transaction(Scope(region_path=region_path)):
            db.session.add(
                Membership(
                    account_id=person.id,
                    role=role,
                    region_code=region_code,
                    region_path=region_path,
                    department_id=department_id,
                )
            )
        return person

    def department(
        self,
        name: str | None = None,
        region_code: str = STREET,
        region_path: str = STREET_PATH,
    ) -> UUID:
        """A department of a region, with a name of its own."""
        self.regions()
        name = name or f"城管执法中队{secrets.token_hex(3)}"
        with self.app.app_context(), transaction(Scope(region_path=region_path)):
            row = Department(
                id=new_id(),
                region_code=region_code,
                region_path=region_path,
                name=name,
                pinyin=pinyin_key(name),
            )
            db.session.add(row)
            return row.id

    def department_member(
        self,
        department_id: UUID,
        name: str = "韩队长",
        region_code: str = STREET,
        region_path: str = STREET_PATH,
    ) -> Person:
        """Somebody who acts for a department."""
        person = self.person(name)
        with self.app.app_context(), transaction(Scope(region_path=region_path)):
            db.session.add(
                Membership(
                    account_id=person.id,
                    role=Role.DEPARTMENT_MEMBER,
                    region_code=region_code,
                    region_path=region_path,
                    department_id=department_id,
                )
            )
        return person

    def operator(self) -> Person:
        """Somebody who runs the platform."""
        person = self.person("赵运维")
        with owner_connection(self.config) as connection:
            connection.execute(text("ALTER TABLE membership NO FORCE ROW LEVEL SECURITY"))
            connection.execute(
                insert(Membership).values(
                    id=new_id(), account_id=person.id, role=Role.PLATFORM_OPERATOR
                )
            )
            connection.execute(text("ALTER TABLE membership FORCE ROW LEVEL SECURITY"))
        return person

    def client(self, person: Person | None = None, *, second_factor: bool = True) -> FlaskClient:
        """A browser, signed in when a person is given."""
        client = self.app.test_client()
        if person is None:
            return client
        token = secrets.token_urlsafe(32)
        with self.app.app_context(), transaction(Scope(account_id=person.id)):
            db.session.add(
                LoginSession(
                    token_digest=token_digest(token),
                    account_id=person.id,
                    device="test",
                    expires_at=now() + timedelta(hours=1),
                    second_factor_at=now() if second_factor else None,
                )
            )
        with client.session_transaction() as cookie:
            cookie["_user_id"] = token
            cookie["_fresh"] = True
            cookie[ACCOUNT_KEY] = str(person.id)
        return client

    def compound(self, community: CommunityRef, name: str | None = None) -> UUID:
        """A compound."""
        name = name or f"檀溪花园{next(_numbers)}期"
        with self.app.app_context(), transaction(Scope(community_id=community.id)):
            row = Compound(
                community_id=community.id, id=new_id(), name=name, pinyin=pinyin_key(name)
            )
            db.session.add(row)
            return row.id

    def home(
        self,
        community: CommunityRef,
        compound_id: UUID,
        *,
        room: str | None = None,
        area_centi: int = 8950,
        owner: Person | None = None,
        stairwell_id: UUID | None = None,
    ) -> Home:
        """A dwelling with one owner, in a new stairwell unless one is given."""
        with self.app.app_context(), transaction(Scope(community_id=community.id)):
            return self._home(community, compound_id, room, area_centi, owner, stairwell_id)

    def co_owner(self, community: CommunityRef, home: Home, owner: Person) -> UUID:
        """Another owner of the same unit."""
        with self.app.app_context(), transaction(Scope(community_id=community.id)):
            owner_id = self._owner_row(community, owner)
            db.session.flush()
            db.session.add(
                Ownership(community_id=community.id, unit_id=home.unit_id, owner_id=owner_id)
            )
            self._claim(community, home.unit_id, owner_id, owner)
        return owner_id

    def work_off(self, community: CommunityRef, rounds: int = 5) -> int:
        """Do the outbox messages of this community, as a worker would; returns how many."""
        done = 0
        for _ in range(rounds):
            with self.app.app_context(), transaction(Scope(community_id=community.id)):
                ids = db.session.scalars(
                    select(OutboxMessage.id)
                    .where(
                        OutboxMessage.community_id == community.id,
                        OutboxMessage.dead_at.is_(None),
                    )
                    .order_by(OutboxMessage.id)
                ).all()
            if not ids:
                break
            for message_id in ids:
                with self.app.app_context():
                    done += work_message(community.id, str(message_id))
        return done

    def _home(
        self,
        community: CommunityRef,
        compound_id: UUID,
        room: str | None,
        area_centi: int,
        owner: Person | None,
        stairwell_id: UUID | None,
    ) -> Home:
        number = next(_numbers)
        stairwell = (
            db.session.get_one(Stairwell, (community.id, stairwell_id))
            if stairwell_id
            else self._stairwell(community, compound_id, number)
        )
        room = room or f"{number:04d}"
        unit = PropertyUnit(
            community_id=community.id,
            id=new_id(),
            compound_id=compound_id,
            building_id=stairwell.building_id,
            stairwell_id=stairwell.id,
            room=room,
            label=f"{number}栋1单元{room}",
            sort_key=f"{number:06d}",
            floor=int(room[:-2] or 1),
            kind="dwelling",
            area_centi=area_centi,
        )
        db.session.add(unit)
        owner_id = self._owner_row(community, owner)
        db.session.flush()
        db.session.add(Ownership(community_id=community.id, unit_id=unit.id, owner_id=owner_id))
        if owner:
            self._claim(community, unit.id, owner_id, owner)
        return Home(unit.id, owner_id, stairwell.id, stairwell.building_id, compound_id)

    def _stairwell(self, community: CommunityRef, compound_id: UUID, number: int) -> Stairwell:
        building = Building(
            community_id=community.id,
            id=new_id(),
            compound_id=compound_id,
            name=f"{number}栋",
            sort_key=f"{number:06d}",
        )
        db.session.add(building)
        db.session.flush()
        stairwell = Stairwell(
            community_id=community.id,
            id=new_id(),
            building_id=building.id,
            name="1单元",
            sort_key="000001",
        )
        db.session.add(stairwell)
        db.session.flush()
        return stairwell

    def _owner_row(self, community: CommunityRef, owner: Person | None) -> UUID:
        name = owner.name if owner else "张未登记"
        if owner is not None:
            known = db.session.scalar(
                select(Owner.id).where(
                    Owner.community_id == community.id, Owner.account_id == owner.id
                )
            )
            if known is not None:
                return known
        row = Owner(
            community_id=community.id,
            id=new_id(),
            name=name,
            pinyin=pinyin_key(name),
            kind="natural",
            phone=owner.phone if owner else None,
            account_id=owner.id if owner else None,
        )
        db.session.add(row)
        return row.id

    def _claim(
        self, community: CommunityRef, unit_id: UUID, owner_id: UUID, person: Person
    ) -> None:
        db.session.add(
            UnitClaim(
                community_id=community.id,
                id=new_id(),
                account_id=person.id,
                unit_id=unit_id,
                owner_id=owner_id,
                relation="owner",
                state="approved",
                matched=True,
            )
        )
