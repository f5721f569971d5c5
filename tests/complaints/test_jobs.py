from __future__ import annotations

from datetime import timedelta

import pytest
from factories import complaints as made
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import ProgrammingError

from app.complaints.jobs import sweep_overdue
from app.complaints.models import Complaint, ComplaintEvent
from app.complaints.rules.states import Action
from app.core.access.roles import Role
from app.core.db import db
from app.core.notifications.models import Notification
from app.core.outbox.models import OutboxMessage
from app.core.sweep import sweeping
from app.core.tenancy import Scope
from app.core.transaction import transaction


def late(street, key, by=timedelta(minutes=1)):
    """Let the deadline of a complaint have passed."""
    moment = func.now() - by
    with transaction(Scope(community_id=street.community.id)):
        db.session.execute(
            update(Complaint)
            .where(Complaint.id == key)
            .values(due_at=moment, promised_at=moment, escalate_at=moment)
        )


def waiting(street):
    with transaction(Scope(community_id=street.community.id)):
        return db.session.scalar(
            select(func.count())
            .select_from(OutboxMessage)
            .where(
                OutboxMessage.community_id == street.community.id,
                OutboxMessage.kind == "complaint.overdue",
            )
        )


def escalations(street):
    with transaction(Scope(community_id=street.community.id)):
        return [
            row["level"]
            for row in db.session.scalars(
                select(ComplaintEvent.details)
                .where(
                    ComplaintEvent.community_id == street.community.id,
                    ComplaintEvent.kind == "escalated",
                )
                .order_by(ComplaintEvent.id)
            )
        ]


def titles(street, person):
    with transaction(Scope(community_id=street.community.id)):
        return db.session.scalars(
            select(Notification.title).where(
                Notification.community_id == street.community.id,
                Notification.account_id == person.id,
            )
        ).all()


def test_a_case_in_time_is_left_alone(world, context, street):
    made.report(world, street)
    sweep_overdue()
    assert waiting(street) == 0


def test_a_late_case_is_noticed_and_the_manager_told(world, context, street):
    key = made.report(world, street)
    late(street, key)
    sweep_overdue()
    assert waiting(street) == 1
    world.work_off(street.community)
    row = made.look(world, street, key)
    assert row.escalation_level == 1
    assert row.escalate_at > row.due_at
    assert "诉求已超期，请马上处理" in titles(street, street.manager)
    assert "诉求已超期，请马上处理" not in titles(street, street.staff)
    assert "您反映的事超过了期限，已提醒上一级" in titles(street, street.resident)


def test_sweeping_again_while_the_message_waits_leaves_no_second_one(world, context, street):
    late(street, made.report(world, street))
    for _ in range(3):
        sweep_overdue()
    assert waiting(street) == 1
    world.work_off(street.community)
    sweep_overdue()
    assert waiting(street) == 0
    assert escalations(street) == [1]


def test_after_a_long_downtime_each_level_is_told_exactly_once(world, context, street):
    key = made.report(world, street)
    late(street, key, timedelta(days=9))
    for _ in range(6):
        sweep_overdue()
        world.work_off(street.community)
    assert escalations(street) == [1, 2, 3]
    assert made.look(world, street, key).escalate_at is None
    assert "诉求已超期，请马上处理" in titles(street, street.office)


def test_the_street_is_told_which_community_is_late_and_nothing_of_people(world, context, street):
    own = world.reviewer(Role.STREET_REVIEWER, "420602001", "42.4206.420602.420602001.")
    other = world.reviewer(Role.DISTRICT_REVIEWER, "420602", "42.4206.420602.")
    key = made.report(world, street, text="三楼王师傅家门口的灯不亮")
    late(street, key, timedelta(days=9))
    for _ in range(5):
        sweep_overdue()
        world.work_off(street.community)
    with transaction(Scope(community_id=street.community.id)):
        wanted = select(Notification)
        rows = db.session.scalars(wanted).all()
        told = [row for row in rows if row.account_id in {own.id, other.id}]
        db.session.expunge_all()
    assert [row.account_id for row in told] == [own.id]
    assert "已到街道一级" in told[0].title
    assert "王师傅" not in told[0].body
    page = world.client(own).get(told[0].url)
    assert page.status_code == 200
    assert "真武山街道诉求情况" in page.text


def test_a_message_that_comes_after_the_step_was_taken_does_nothing(world, context, street):
    key = made.report(world, street)
    late(street, key)
    sweep_overdue()
    made.step(world, street, key, "staff", Action.ACCEPT)
    made.step(world, street, key, "staff", Action.COMPLETE, text="好了")
    world.work_off(street.community)
    assert escalations(street) == []


def test_a_returned_case_gets_a_new_clock_from_the_first_level(world, context, street):
    key = made.report(world, street)
    late(street, key)
    sweep_overdue()
    world.work_off(street.community)
    made.step(world, street, key, "staff", Action.ACCEPT)
    assert made.look(world, street, key).escalation_level == 1
    made.step(world, street, key, "staff", Action.COMPLETE, text="好了")
    made.step(world, street, key, "resident", Action.REOPEN, text="没好")
    assert made.look(world, street, key).escalation_level == 0
    late(street, key)
    sweep_overdue()
    world.work_off(street.community)
    assert escalations(street) == [1, 1]


def test_the_sweep_reads_all_that_is_late_in_one_statement(world, context, street, config):
    for _ in range(5):
        late(street, made.report(world, street))
    assert sweep_overdue() >= 5
    assert waiting(street) == 5


def test_the_sweep_role_cannot_read_what_was_reported(app, context):
    with pytest.raises(ProgrammingError, match="permission denied"), sweeping() as connection:
        connection.execute(text("SELECT text FROM complaint"))
