"""Whistles as tests need them: a department, a call made to it, and steps taken in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from factories import complaints as made
from factories.complaints import Street
from factories.world import STREET, STREET_PATH, Person
from sqlalchemy import func, select, update

from app.complaints.actions.call_steps import CallGiven, take_call_step
from app.complaints.actions.calling import HandedOver, Wish, blow, call_more
from app.complaints.actions.whistle_record import Seat
from app.complaints.models import ComplaintEvent, WhistleCall, WhistleEvent
from app.complaints.queries import whistles
from app.complaints.rules.whistles import CallAction, department_key, street_key
from app.core.access.roles import Role
from app.core.db import db
from app.core.files.actions import Upload
from app.core.notifications.models import Notification
from app.core.tenancy import PLATFORM_ID, Scope
from app.core.transaction import transaction


@dataclass(frozen=True)
class Crew:
    """A department, or without one a street, and somebody who acts for it."""

    person: Person
    key: str
    code: str = STREET
    path: str = STREET_PATH
    department_id: UUID | None = None

    @property
    def seat(self) -> Seat:
        return Seat(
            self.person.id,
            self.person.name,
            "真武山街道",
            at_home=False,
            keys=frozenset({self.key}),
        )

    @property
    def scope(self) -> Scope:
        return Scope(community_id=PLATFORM_ID, account_id=self.person.id, region_path=self.path)


def crew(world, name: str | None = None, person: str = "韩队长") -> Crew:
    """A department of the test street with one member."""
    department_id = world.department(name)
    member = world.department_member(department_id, person)
    return Crew(member, department_key(department_id), department_id=department_id)


def colleague(world, crew: Crew, person: str = "邓队员") -> Crew:
    """Somebody else of the same department."""
    member = world.department_member(crew.department_id, person)
    return Crew(member, crew.key, department_id=crew.department_id)


def street_office(world) -> Crew:
    """A reviewer of the test street."""
    return Crew(world.reviewer(Role.STREET_REVIEWER, STREET, STREET_PATH), street_key(STREET_PATH))


def office_seat(street: Street) -> Seat:
    return Seat(street.office.id, street.office.name, street.community.name, at_home=True)


def whistle(world, street: Street, complaint_id: UUID, *crews: Crew, **given) -> UUID:
    """The office calls these for the case."""
    wish = Wish([one.key for one in crews], given.pop("reason", "请来现场"), given.pop("by", None))
    handed = HandedOver(**{"text": "楼道灯不亮", **given})
    with world.app.app_context(), transaction(Scope(community_id=street.community.id)):
        return blow(street.community, office_seat(street), complaint_id, wish, handed)


def whistled(world, street: Street, *crews: Crew, **given) -> list[UUID]:
    """A fresh case with a call to each of these; returns the calls in their order."""
    whistle_id = whistle(world, street, made.report(world, street), *crews, **given)
    by_key = {call.called_key: call.id for call in calls(world, street, whistle_id)}
    return [by_key[one.key] for one in crews]


def calls(world, street: Street, whistle_id: UUID) -> list[WhistleCall]:
    with world.app.app_context(), transaction(Scope(community_id=street.community.id)):
        found = list(whistles.calls_of(street.community.id, whistle_id))
        db.session.expunge_all()
        return found


def look(world, street: Street, call_id: UUID) -> WhistleCall:
    """The call as it stands, detached."""
    with world.app.app_context(), transaction(Scope(community_id=street.community.id)):
        row = whistles.call_of(street.community.id, call_id)
        db.session.expunge(row)
        return row


def act(world, crew: Crew, call_id: UUID, action: CallAction, **given) -> None:
    """One step by somebody who is called, in the scope of their region."""
    with world.app.app_context(), transaction(crew.scope):
        call = whistles.seen_call_locked(call_id)
        given.setdefault("version", call.version if call is not None else 0)
        take_call_step(crew.seat, call, action, CallGiven(**given))


def answer(world, street: Street, call_id: UUID, action: CallAction, **given) -> None:
    """One step by the office."""
    with world.app.app_context(), transaction(Scope(community_id=street.community.id)):
        call = whistles.call_of(street.community.id, call_id)
        given.setdefault("version", call.version)
        take_call_step(office_seat(street), call, action, CallGiven(**given))


def arrive(world, crew: Crew, call_id: UUID) -> None:
    """Sign and arrive with a photo."""
    act(world, crew, call_id, CallAction.SIGN)
    act(world, crew, call_id, CallAction.ARRIVE, photos=[Upload("here.jpg", made.photo())])


def finish(world, crew: Crew, call_id: UUID) -> None:
    arrive(world, crew, call_id)
    act(world, crew, call_id, CallAction.FINISH, text="已处理")


def more(world, crew: Crew, call_id: UUID, *crews: Crew, reason="请一起来") -> None:
    """The street calls further."""
    with world.app.app_context(), transaction(crew.scope):
        call_more(crew.seat, call_id, Wish([one.key for one in crews], reason))


def record(world, street: Street, call_id: UUID) -> list[tuple[str, str]]:
    """Kind and text of what happened to a call, oldest first."""
    wanted = (
        select(WhistleEvent.kind, WhistleEvent.text)
        .where(WhistleEvent.community_id == street.community.id, WhistleEvent.call_id == call_id)
        .order_by(WhistleEvent.created_at, WhistleEvent.id)
    )
    with world.app.app_context(), transaction(Scope(community_id=street.community.id)):
        return [(row.kind, row.text) for row in db.session.execute(wanted)]


def late(world, street: Street, call_id: UUID, by: timedelta = timedelta(minutes=1)) -> None:
    """Let the running deadline of a call have passed."""
    moment = func.now() - by
    with world.app.app_context(), transaction(Scope(community_id=street.community.id)):
        db.session.execute(
            update(WhistleCall)
            .where(WhistleCall.id == call_id)
            .values(due_at=moment, notice_at=moment, sign_by=moment)
        )


def titles(world, street, person):
    """What somebody was told, by its titles."""
    with world.app.app_context(), transaction(Scope(community_id=street.community.id)):
        return db.session.scalars(
            select(Notification.title).where(
                Notification.community_id == street.community.id,
                Notification.account_id == person.id,
            )
        ).all()


def lines(world, street, kind):
    """The details of the lines of this kind in the time lines of the community."""
    with world.app.app_context(), transaction(Scope(community_id=street.community.id)):
        return db.session.scalars(
            select(ComplaintEvent.details)
            .where(ComplaintEvent.community_id == street.community.id, ComplaintEvent.kind == kind)
            .order_by(ComplaintEvent.id)
        ).all()
