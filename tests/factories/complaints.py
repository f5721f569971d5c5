"""Complaints as tests need them: a street with its people, reports and steps."""

from __future__ import annotations

import io
import uuid
from dataclasses import dataclass
from datetime import date

from factories.world import Home, Person
from PIL import Image
from sqlalchemy import update

from app.complaints.actions.filing import Report, file_complaint
from app.complaints.actions.steps import Given, Worker, take_step
from app.complaints.models import Complaint
from app.complaints.permissions import Desk
from app.complaints.queries import cases
from app.complaints.rules.places import PlaceChoice, PlaceKind
from app.complaints.rules.states import Action
from app.core.access.roles import Role
from app.core.db import db
from app.core.files.actions import Upload
from app.core.tenancy import CommunityRef, Scope
from app.core.transaction import transaction
from app.kit.ids import new_id
from app.organizations.models import Organization, ServiceContract


@dataclass(frozen=True)
class Street:
    """A community with one compound, its property company and the people of the loop."""

    community: CommunityRef
    compound_id: uuid.UUID
    company_id: uuid.UUID
    home: Home
    resident: Person
    neighbour: Person
    staff: Person
    manager: Person
    office: Person
    office_desk: Desk
    company_desk: Desk

    def worker(self, who: str | Worker) -> Worker:
        if isinstance(who, Worker):
            return who
        return {
            "resident": Worker(self.resident.id, Desk(office=False, companies=frozenset())),
            "staff": Worker(self.staff.id, self.company_desk),
            "office": Worker(self.office.id, self.office_desk),
        }[who]


def company(world, community, name="襄悦物业"):
    company_id = new_id()
    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        db.session.add(
            Organization(
                community_id=community.id,
                id=company_id,
                kind="property_company",
                name=f"{name}{company_id.hex[-6:]}",
                pinyin="xiangyue",
            )
        )
    return company_id


def contract(world, community, compound_id, company_id, **values):
    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        db.session.add(
            ServiceContract(
                community_id=community.id,
                compound_id=compound_id,
                company_id=company_id,
                mode="professional",
                **{"signed_on": date(2020, 1, 1), "starts_on": date(2020, 1, 1), **values},
            )
        )


def street(world) -> Street:
    community = world.community()
    compound_id = world.compound(community)
    company_id = company(world, community)
    contract(world, community, compound_id, company_id)
    resident = world.member(community, Role.RESIDENT, "周文静")
    return Street(
        community,
        compound_id,
        company_id,
        world.home(community, compound_id, owner=resident),
        resident,
        world.member(community, Role.RESIDENT, "赵邻居"),
        world.member(community, Role.PROPERTY_STAFF, "孙师傅", organization_id=company_id),
        world.member(community, Role.PROPERTY_MANAGER, "钱经理", organization_id=company_id),
        world.member(community, Role.COMMUNITY_STAFF, "吴社工"),
        Desk(office=True, companies=frozenset()),
        Desk(office=False, companies=frozenset({company_id})),
    )


def office_colleague(world, street: Street, name="郑社工") -> Worker:
    """Somebody else of the community's office."""
    person = world.member(street.community, Role.COMMUNITY_STAFF, name)
    return Worker(person.id, street.office_desk)


def done(world, street: Street, **values) -> uuid.UUID:
    """A complaint the company reported done."""
    key = report(world, street, **values)
    step(world, street, key, "staff", Action.ACCEPT)
    step(world, street, key, "staff", Action.COMPLETE, text="换好了")
    return key


def changed(world, street: Street, complaint_id, **values) -> None:
    """Let the row have other values, as if time had passed."""
    with world.app.app_context(), transaction(Scope(community_id=street.community.id)):
        db.session.execute(update(Complaint).where(Complaint.id == complaint_id).values(**values))


def photo(size=(640, 480), exif=None, kind="JPEG") -> bytes:
    target = io.BytesIO()
    picture = Image.new("RGB", size, (180, 120, 90))
    picture.save(target, kind, **({"exif": exif} if exif else {}))
    return target.getvalue()


def report(world, street: Street, **values) -> uuid.UUID:
    """A complaint about the stairwell, filed through the action."""
    return report_by(world, street, street.resident, **values)


def report_by(world, street: Street, reporter: Person, **values) -> uuid.UUID:
    """The same, filed by somebody else."""
    chosen = {
        "once_key": uuid.uuid4(),
        "category": "property.lighting",
        "place": PlaceChoice(PlaceKind.STAIRWELL, street.home.stairwell_id),
        "text": "楼道灯不亮三天了",
        **values,
    }
    with world.app.app_context(), transaction(Scope(community_id=street.community.id)):
        return file_complaint(street.community.id, reporter.id, Report(**chosen))


def step(world, street: Street, complaint_id, who, action, **given):
    """One step by resident, staff or office, looking at the present version."""
    community_id = street.community.id
    with world.app.app_context(), transaction(Scope(community_id=community_id)):
        given.setdefault("version", cases.locked(community_id, complaint_id).version)
        return take_step(community_id, street.worker(who), complaint_id, action, Given(**given))


def look(world, street: Street, complaint_id):
    """The row as it stands, detached."""
    community_id = street.community.id
    with world.app.app_context(), transaction(Scope(community_id=community_id)):
        row = cases.locked(community_id, complaint_id)
        db.session.expunge(row)
        return row


def picture(name="photo.jpg", **values) -> Upload:
    return Upload(name, photo(**values))
