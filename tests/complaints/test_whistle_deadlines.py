"""Late calls are noticed once, by both sides."""

from __future__ import annotations

from datetime import timedelta

import pytest
from factories import complaints as made
from factories import whistles as blown
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from app.complaints.jobs import sweep_calls
from app.complaints.rules.states import Action
from app.complaints.rules.whistles import CallAction
from app.core.db import db
from app.core.sweep import sweeping
from app.core.tenancy import Scope
from app.core.transaction import transaction


def waiting(world, street):
    with world.app.app_context(), transaction(Scope(community_id=street.community.id)):
        return db.session.execute(
            text(
                "SELECT count(*) FROM outbox_message"
                " WHERE community_id = :here AND kind = 'whistle.overdue'"
            ),
            {"here": street.community.id},
        ).scalar_one()


def late_lines(world, street, call_id):
    return [kind for kind, _ in blown.record(world, street, call_id)].count("notice_late")


def test_a_call_in_time_is_left_alone(world, context, street, crew):
    blown.whistled(world, street, crew)
    sweep_calls()
    assert waiting(world, street) == 0


def test_a_late_signing_is_noticed_once_however_often_cron_looks(world, context, street, crew):
    (call_id,) = blown.whistled(world, street, crew)
    blown.late(world, street, call_id, timedelta(days=9))
    for _ in range(3):
        sweep_calls()
    assert waiting(world, street) == 1
    world.work_off(street.community)
    for _ in range(3):
        sweep_calls()
        world.work_off(street.community)
    assert late_lines(world, street, call_id) == 1
    name = blown.look(world, street, call_id).party_name
    assert blown.titles(world, street, street.office).count(f"{name}没有按时签收") == 1
    assert blown.titles(world, street, crew.person).count("你们没有按时签收，请马上处理") == 1
    (line,) = blown.lines(world, street, "call_late")
    assert (line["party"], line["was"]) == (name, "called")


def test_each_deadline_is_noticed_by_itself(world, context, street, crew):
    (call_id,) = blown.whistled(world, street, crew)
    blown.late(world, street, call_id)
    sweep_calls()
    world.work_off(street.community)
    blown.act(world, crew, call_id, CallAction.SIGN)
    blown.late(world, street, call_id)
    sweep_calls()
    world.work_off(street.community)
    assert late_lines(world, street, call_id) == 2
    assert "你们没有按时到场，请马上处理" in blown.titles(world, street, crew.person)


def test_a_notice_that_comes_after_the_step_says_nothing(world, context, street, crew):
    (call_id,) = blown.whistled(world, street, crew)
    blown.late(world, street, call_id)
    sweep_calls()
    blown.act(world, crew, call_id, CallAction.SIGN)
    world.work_off(street.community)
    assert late_lines(world, street, call_id) == 0


def test_an_unanswered_refusal_is_noticed_too(world, context, street, crew):
    (call_id,) = blown.whistled(world, street, crew)
    blown.act(world, crew, call_id, CallAction.REFUSE, text="不归我们管")
    blown.late(world, street, call_id)
    sweep_calls()
    world.work_off(street.community)
    assert any("还没有答复" in title for title in blown.titles(world, street, street.office))


def test_the_sweep_role_reads_deadlines_and_no_words(app, context):
    for column in ("text", "place"):
        with pytest.raises(ProgrammingError, match="permission denied"), sweeping() as connection:
            connection.execute(text(f"SELECT {column} FROM whistle"))
    with pytest.raises(ProgrammingError, match="permission denied"), sweeping() as connection:
        connection.execute(text("SELECT reason FROM whistle_call"))


def test_the_promise_to_the_resident_is_not_moved_by_a_whistle(world, street, crew):
    key = made.report(world, street)
    before = made.look(world, street, key)
    blown.whistle(world, street, key, crew)
    world.work_off(street.community)
    after = made.look(world, street, key)
    assert (after.promised_at, after.due_at, after.state) == (
        before.promised_at,
        before.due_at,
        before.state,
    )
    made.step(world, street, key, "staff", Action.ACCEPT)
