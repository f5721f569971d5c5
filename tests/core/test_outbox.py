from __future__ import annotations

import os

import psycopg
import pytest
from sqlalchemy import func, select, text

from app.core.db import db
from app.core.outbox import messages, queries
from app.core.outbox.messages import emit, handles
from app.core.outbox.models import OutboxMessage
from app.core.outbox.relay import relay_once
from app.core.outbox.work import MOST_ATTEMPTS, backoff, work_message
from app.core.queue import message_queue
from app.core.sweep import sweeping
from app.core.tenancy import Scope
from app.core.transaction import transaction
from app.registry.models import Compound


@pytest.fixture
def scope(world, context):
    return Scope(community_id=world.community().id)


@pytest.fixture
def handled(monkeypatch):
    """A kind of message whose handler notes its effect as a compound."""
    monkeypatch.setattr(messages, "_handlers", {})

    @handles("test.make")
    def make(community_id, name):
        db.session.add(Compound(community_id=community_id, name=name, pinyin=name))
        if name == "broken":
            raise RuntimeError("cannot")

    return make


def send(scope, name):
    with transaction(scope):
        return emit("test.make", community_id=scope.community_id, name=name)


def effects(scope):
    with transaction(scope):
        return db.session.scalar(select(func.count()).select_from(Compound))


def waiting(scope, message_id):
    with transaction(scope):
        return db.session.get(OutboxMessage, (scope.community_id, message_id))


def test_a_message_nobody_handles_cannot_be_emitted(scope, handled):
    with pytest.raises(LookupError, match="nobody handles"), transaction(scope):
        emit("test.unknown")


def test_a_handled_message_takes_effect_and_is_gone(scope, handled):
    message_id = send(scope, "one")
    assert work_message(scope.community_id, str(message_id))
    assert effects(scope) == 1
    assert waiting(scope, message_id) is None


def test_a_message_delivered_twice_takes_effect_once(scope, handled):
    message_id = send(scope, "once")
    assert work_message(scope.community_id, str(message_id))
    assert not work_message(scope.community_id, str(message_id))
    assert effects(scope) == 1


def test_a_rolled_back_action_sends_nothing(scope, handled):
    with pytest.raises(RuntimeError), transaction(scope):
        emit("test.make", community_id=scope.community_id, name="never")
        raise RuntimeError
    with transaction(scope):
        assert db.session.scalar(select(func.count()).select_from(OutboxMessage)) == 0


def test_a_failing_message_leaves_no_effect_and_is_put_off(scope, handled):
    message_id = send(scope, "broken")
    assert not work_message(scope.community_id, str(message_id))
    message = waiting(scope, message_id)
    assert effects(scope) == 0
    assert (message.attempts, message.last_error) == (1, "RuntimeError")
    assert message.available_at > message.created_at


def test_a_message_that_keeps_failing_ends_as_a_visible_dead_letter(scope, handled):
    message_id = send(scope, "broken")
    for _ in range(MOST_ATTEMPTS):
        work_message(scope.community_id, str(message_id))
    with sweeping() as connection:
        dead = {row.id for row in queries.dead_letters(connection)}
    assert message_id in dead
    assert not work_message(scope.community_id, str(message_id))


def test_a_revived_dead_letter_is_handed_out_again(scope, handled):
    message_id = send(scope, "broken")
    for _ in range(MOST_ATTEMPTS):
        work_message(scope.community_id, str(message_id))
    with sweeping() as connection:
        assert queries.revive(connection, scope.community_id, message_id)
        claimed = {row.id for row in queries.claim_due(connection, 10_000)}
    assert message_id in claimed


def test_waiting_times_grow_and_end_at_an_hour():
    waits = [backoff(attempts).total_seconds() for attempts in range(8)]
    assert waits[:4] == [5, 20, 80, 320]
    assert waits[-1] == 3600


def test_the_relay_hands_a_due_message_to_the_queue_once_within_its_lease(scope, handled):
    message_id = send(scope, "relayed")
    relay_once(10_000)
    relay_once(10_000)
    jobs = [job.id for job in message_queue().jobs if job.id.startswith(str(message_id))]
    assert jobs == [f"{message_id}-1"]


def test_a_message_lost_by_the_queue_is_handed_out_again_after_its_lease(scope, handled):
    message_id = send(scope, "lost")
    relay_once(10_000)
    message_queue().empty()
    with transaction(scope):
        db.session.execute(
            text("UPDATE outbox_message SET available_at = now() WHERE id = :id"),
            {"id": message_id},
        )
    relay_once(10_000)
    assert f"{message_id}-2" in {job.id for job in message_queue().jobs}


def test_a_sweep_does_not_notice_that_its_connection_was_ended(scope):
    backend = text("SELECT pg_backend_pid()")
    with sweeping() as connection:
        before = connection.scalar(backend)
    with psycopg.connect(os.environ["DATABASE_ADMIN_URL"]) as admin:
        assert admin.execute("SELECT pg_terminate_backend(%s, 5000)", [before]).fetchone() == (
            True,
        )
    with sweeping() as connection:
        assert connection.scalar(backend) != before


def test_the_sweep_role_cannot_read_the_registry(scope):
    with pytest.raises(Exception, match="permission denied"), sweeping() as connection:
        connection.execute(text("SELECT name FROM owner"))
