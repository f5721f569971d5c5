from __future__ import annotations

import io
import uuid
from datetime import date, timedelta

import pytest
from factories import complaints as made
from PIL import Image
from sqlalchemy import func, select, text
from sqlalchemy.exc import ProgrammingError

from app.complaints.models import Complaint, ComplaintEvent
from app.complaints.queries import cases
from app.complaints.rules.answers import Ground, Rating
from app.complaints.rules.places import PlaceChoice, PlaceKind
from app.complaints.rules.states import Action
from app.core.db import db
from app.core.files.actions import Upload
from app.core.files.models import StoredFile
from app.core.files.storage import storage
from app.core.notifications.models import Notification
from app.core.tenancy import Scope
from app.core.transaction import transaction
from app.kit.clock import now
from app.kit.refusal import Conflict, Invalid, NotFound


def rows(street, statement):
    with transaction(Scope(community_id=street.community.id)):
        return db.session.execute(statement).all()


def told(street, person):
    wanted = (
        select(Notification.title)
        .where(
            Notification.community_id == street.community.id,
            Notification.account_id == person.id,
        )
        .order_by(Notification.id)
    )
    return [row.title for row in rows(street, wanted)]


def test_a_report_about_the_stairwell_goes_to_the_company_under_contract(world, context, street):
    row = made.look(world, street, made.report(world, street))
    assert (row.state, row.organization_id) == ("dispatched", street.company_id)
    assert row.compound_id == street.compound_id
    assert row.due_at <= row.promised_at
    assert row.escalate_at == row.due_at


def test_a_report_for_the_community_waits_to_be_dispatched(world, context, street):
    row = made.look(world, street, made.report(world, street, category="neighbours.noise"))
    assert (row.state, row.organization_id) == ("filed", None)


@pytest.mark.parametrize(
    "values",
    [
        {"ended_on": date(2021, 1, 1)},
        {"ends_on": date(2021, 1, 1)},
        {"starts_on": date(2999, 1, 1)},
    ],
)
def test_a_contract_that_does_not_run_makes_nobody_responsible(world, context, values):
    street = made.street(world)
    compound_id = world.compound(street.community)
    made.contract(world, street.community, compound_id, street.company_id, **values)
    place = PlaceChoice(PlaceKind.COMPOUND, compound_id)
    assert made.look(world, street, made.report(world, street, place=place)).state == "filed"


def test_a_unit_of_somebody_else_cannot_be_named(world, context, street):
    other = world.home(street.community, street.compound_id, owner=street.neighbour)
    with pytest.raises(Invalid) as refused:
        made.report(world, street, place=PlaceChoice(PlaceKind.UNIT, other.unit_id))
    assert "place" in refused.value.errors


def test_a_place_of_another_community_cannot_be_named(world, context, street):
    other = made.street(world)
    with pytest.raises(Invalid):
        made.report(world, street, place=PlaceChoice(PlaceKind.COMPOUND, other.compound_id))


def test_the_own_unit_is_kept_with_its_stairwell_and_building(world, context, street):
    place = PlaceChoice(PlaceKind.UNIT, street.home.unit_id)
    row = made.look(world, street, made.report(world, street, place=place))
    assert row.stairwell_id == street.home.stairwell_id
    assert row.building_id == street.home.building_id
    assert row.unit_label
    assert row.unit_label not in row.place_name


def test_the_same_form_sent_twice_is_one_complaint(world, context, street):
    key = uuid.uuid4()
    first = made.report(world, street, once_key=key, photos=[made.picture()])
    second = made.report(world, street, once_key=key, photos=[made.picture()])
    assert first == second
    assert rows(street, select(func.count()).select_from(Complaint))[0][0] == 1
    assert rows(street, select(func.count()).select_from(ComplaintEvent))[0][0] == 1
    assert rows(street, select(func.count()).select_from(StoredFile))[0][0] == 1


def test_filing_takes_few_statements(world, context, street, statements):
    with statements() as seen:
        made.report(world, street)
    assert len(seen) <= 4, seen  # scope, ground, complaint with event, ledger


def test_a_photo_loses_its_position(world, context, street):
    exif = Image.Exif()
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (32.0, 1.0, 0.0)
    made.report(world, street, photos=[made.picture(exif=exif)])
    world.work_off(street.community)
    (stored,) = rows(street, select(StoredFile.id))
    data = storage().get(street.community.id, stored.id)
    assert not Image.open(io.BytesIO(data)).getexif()


@pytest.mark.parametrize(
    "data",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"MZ" + bytes(500),
        b"PK\x03\x04" + bytes(500),
        b"\xff\xd8\xff\xe0broken",
        b"",
    ],
)
def test_what_is_no_photo_is_refused_and_nothing_is_filed(world, context, street, data):
    with pytest.raises(Invalid):
        made.report(world, street, photos=[Upload("photo.jpg", data)])
    assert rows(street, select(Complaint.id)) == []


def test_too_many_photos_are_refused(world, context, street):
    with pytest.raises(Invalid, match="6 张"):
        made.report(world, street, photos=[made.picture(size=(8, 8))] * 7)


def test_the_whole_loop_with_a_return(world, context, street):
    key = made.report(world, street)
    assert made.step(world, street, key, "staff", Action.ACCEPT) == "accepted"
    assert made.step(world, street, key, "staff", Action.REPLY, text="明天来换") == "accepted"
    assert made.step(world, street, key, "staff", Action.COMPLETE, text="换好了") == "done"
    assert made.step(world, street, key, "resident", Action.REOPEN, text="还是不亮") == "reopened"
    reopened = made.look(world, street, key)
    assert reopened.reopened_count == 1
    assert reopened.due_at == reopened.promised_at > now()
    assert made.step(world, street, key, "staff", Action.COMPLETE, text="换了线") == "done"
    given = {"rating": Rating.SATISFIED}
    assert made.step(world, street, key, "resident", Action.CONFIRM, **given) == "closed"
    closed = made.look(world, street, key)
    assert (closed.rating, closed.due_at, closed.escalate_at) == ("satisfied", None, None)
    kinds = [
        row.kind for row in rows(street, select(ComplaintEvent.kind).order_by(ComplaintEvent.id))
    ]
    assert kinds == [
        "filed", "accept", "reply", "complete", "reopen", "complete", "confirm",
    ]  # fmt: skip


def test_reopening_keeps_the_clocks_history(world, context, street):
    key = made.report(world, street)
    made.step(world, street, key, "staff", Action.ACCEPT)
    made.step(world, street, key, "staff", Action.COMPLETE, text="好了")
    made.step(world, street, key, "resident", Action.REOPEN, text="没好")
    wanted = select(ComplaintEvent.kind, ComplaintEvent.due_at).order_by(ComplaintEvent.id)
    deadlines = {row.kind: row.due_at for row in rows(street, wanted)}
    assert deadlines["filed"]
    assert deadlines["accept"]
    assert deadlines["complete"] is None
    assert deadlines["reopen"]


def test_a_disputed_dispatch_goes_back_and_to_another_company(world, context, street):
    other = made.company(world, street.community, "别家物业")
    key = made.report(world, street)
    made.step(world, street, key, "staff", Action.HAND_BACK, text="不在合同范围")
    returned = made.look(world, street, key)
    assert (returned.state, returned.organization_id) == ("returned", None)
    promise = returned.promised_at
    made.step(world, street, key, "office", Action.DISPATCH, organization_id=other)
    dispatched = made.look(world, street, key)
    assert (dispatched.state, dispatched.organization_id) == ("dispatched", other)
    assert dispatched.promised_at == promise


def test_a_company_that_handed_back_can_do_no_more(world, context, street):
    key = made.report(world, street)
    made.step(world, street, key, "staff", Action.HAND_BACK, text="不在合同范围")
    with pytest.raises(NotFound):
        made.step(world, street, key, "staff", Action.ACCEPT)


def test_a_case_cannot_be_given_to_a_company_of_another_community(world, context, street):
    stranger = made.street(world).company_id
    key = made.report(world, street, category="neighbours.noise")
    with pytest.raises(Invalid):
        made.step(world, street, key, "office", Action.DISPATCH, organization_id=stranger)
    assert made.look(world, street, key).state == "filed"


def test_not_accepted_tells_where_to_go(world, context, street):
    key = made.report(world, street, category="neighbours.consult")
    made.step(
        world, street, key, "office", Action.REFUSE, ground=Ground.IN_COURT, text="法院已受理"
    )
    assert made.look(world, street, key).ground == "in_court"
    world.work_off(street.community)
    wanted = select(Notification.body).where(Notification.account_id == street.resident.id)
    assert "12348" in " ".join(row.body for row in rows(street, wanted))


def test_the_community_does_what_it_took_over(world, context, street):
    key = made.report(world, street, category="neighbours.noise")
    made.step(world, street, key, "office", Action.TAKE)
    assert made.step(world, street, key, "office", Action.COMPLETE, text="劝导好了") == "done"


def test_the_community_does_not_report_done_for_a_company(world, context, street):
    key = made.report(world, street)
    made.step(world, street, key, "staff", Action.ACCEPT)
    with pytest.raises(NotFound):
        made.step(world, street, key, "office", Action.COMPLETE, text="好了")


def test_somebody_elses_complaint_cannot_be_confirmed(world, context, street):
    key = made.report(world, street)
    made.step(world, street, key, "staff", Action.ACCEPT)
    made.step(world, street, key, "staff", Action.COMPLETE, text="好了")
    with pytest.raises(NotFound):
        made.step(world, street, key, "office", Action.CONFIRM, rating=Rating.SATISFIED)


def test_the_second_of_two_people_learns_that_it_changed(world, context, street):
    key = made.report(world, street)
    made.step(world, street, key, "staff", Action.ACCEPT)
    with pytest.raises(Conflict):
        made.step(world, street, key, "staff", Action.REPLY, text="来了", version=1)


def test_a_time_line_cannot_be_changed_or_removed(world, context, street):
    made.report(world, street)
    for statement in ("UPDATE complaint_event SET text = ''", "DELETE FROM complaint_event"):
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            transaction(Scope(community_id=street.community.id)),
        ):
            db.session.execute(text(statement))


def test_each_step_is_told_once_to_those_concerned(world, context, street):
    key = made.report(world, street, anonymous=True)
    world.work_off(street.community)
    assert told(street, street.staff) == told(street, street.manager) == ["新的诉求等您处理"]
    assert told(street, street.office) == []
    made.step(world, street, key, "staff", Action.ACCEPT)
    world.work_off(street.community)
    assert told(street, street.resident) == ["您反映的事已签收，正在处理"]
    assert told(street, street.neighbour) == []


def test_what_the_company_is_told_never_names_the_reporter(world, context, street):
    made.report(world, street, anonymous=True)
    world.work_off(street.community)
    wanted = select(Notification.body).where(Notification.account_id == street.staff.id)
    said = " ".join(row.body for row in rows(street, wanted))
    assert street.resident.name not in said
    assert street.resident.phone not in said


def test_the_name_of_an_anonymous_reporter_does_not_leave_the_database(world, context, street):
    key = made.report(world, street, anonymous=True)
    with transaction(Scope(community_id=street.community.id)):
        hidden = cases.events_of(street.community.id, key, for_resident=False, hide_reporter=True)
        shown = cases.events_of(street.community.id, key, for_resident=False, hide_reporter=False)
    assert hidden[0].actor_name is None
    assert shown[0].actor_name == street.resident.name


def test_the_settings_of_the_community_decide_ordinary_days(world, context, street):
    with transaction(Scope(community_id=street.community.id)):
        db.session.execute(
            text("INSERT INTO community_settings (community_id, choices) VALUES (:id, :choices)"),
            {"id": street.community.id, "choices": '{"complaint_days_ordinary": 1}'},
        )
    row = made.look(world, street, made.report(world, street))
    assert row.promised_at - now() < timedelta(days=11)
    other = made.street(world)
    later = made.look(world, other, made.report(world, other))
    assert later.promised_at > row.promised_at
