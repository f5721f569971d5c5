"""From a step of a case to a signed message at somebody else's server."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from factories import complaints as made
from factories import interfaces as programs
from factories.databases import owner_connection
from sqlalchemy import delete, text, update
from sqlalchemy.exc import ProgrammingError

from app.complaints.jobs import sweep_overdue
from app.complaints.models import ComplaintEvent
from app.complaints.rules.answers import Ground, Rating
from app.complaints.rules.deadlines import Level
from app.complaints.rules.places import PlaceChoice, PlaceKind
from app.complaints.rules.states import Action
from app.core.db import db
from app.core.tenancy import Scope
from app.core.transaction import transaction
from app.interfaces.actions import webhooks as actions
from app.interfaces.actions.clients import revoke
from app.interfaces.jobs import sweep_deliveries, sweep_log
from app.interfaces.models import ClientReport, Webhook, WebhookAttempt, WebhookDelivery
from app.interfaces.rules.webhooks import Event
from app.kit.clock import now
from app.kit.ids import first_id
from app.kit.refusal import Conflict


@pytest.fixture
def told(world, street, grid):
    """A receiver that is told of everything in the community."""
    with programs.receiver() as here:
        here.webhook_id, here.secret = programs.webhook(world, street, grid, here.url)
        yield here


def doing(world, street):
    return world.app.app_context(), transaction(Scope(community_id=street.community.id))


def change(world, street, model, **values):
    context, work = doing(world, street)
    with context, work:
        db.session.execute(
            update(model).where(model.community_id == street.community.id).values(**values)
        )


def sweep_and_work(world, street):
    with world.app.app_context():
        sweep_deliveries()
    world.work_off(street.community)


def test_each_step_is_told_with_a_signature_that_holds(world, street, told):
    key = made.report(world, street)
    world.work_off(street.community)
    made.step(world, street, key, "staff", Action.ACCEPT)
    made.step(world, street, key, "staff", Action.COMPLETE, text="换好了")
    made.step(world, street, key, "resident", Action.REOPEN, text="还是不亮")
    made.step(world, street, key, "staff", Action.COMPLETE, text="线路也换了")
    made.step(world, street, key, "resident", Action.CONFIRM, rating=Rating.SATISFIED)
    world.work_off(street.community)
    assert [one["type"] for one in told.messages] == [
        "complaint.created",
        "complaint.updated",
        "complaint.updated",
        "complaint.reopened",
        "complaint.updated",
        "complaint.closed",
    ]
    for headers, body in told.got:
        assert headers["webhook-signature"] == programs.expected_signature(
            told.secret, headers, body
        )
    assert len({headers["webhook-id"] for headers, _ in told.got}) == 6
    number = made.look(world, street, key).short_code
    assert {one["data"]["service_request_id"] for one in told.messages} == {number}
    assert told.messages[-1]["data"]["status"] == "closed"


def test_a_message_holds_nothing_of_the_reporter(world, street, told):
    place = PlaceChoice(PlaceKind.UNIT, street.home.unit_id)
    key = made.report(world, street, text="我是周文静，电话 13800000000", place=place)
    made.step(world, street, key, "staff", Action.ACCEPT)
    made.step(world, street, key, "staff", Action.REPLY, text="已和周女士联系")
    world.work_off(street.community)
    unit = made.look(world, street, key).unit_label
    for _, body in told.got:
        said = body.decode()
        for secret in ("周文静", "周女士", "13800000000", unit, str(street.resident.id)):
            assert secret not in said


def test_an_internal_note_is_told_to_nobody(world, street, told):
    key = made.report(world, street)
    world.work_off(street.community)
    told.got.clear()
    with owner_connection(world.config) as connection:
        connection.execute(text(f"SET LOCAL app.community_id = '{street.community.id}'"))
        event_id = connection.scalar(
            update(ComplaintEvent)
            .where(ComplaintEvent.complaint_id == key)
            .values(visible_to_resident=False)
            .returning(ComplaintEvent.id)
        )
    context, work = doing(world, street)
    with context, work:
        assert actions.announce(street.community.id, event_id) == 0
    assert told.got == []


def test_a_client_that_sees_its_own_cases_is_told_of_those_only(world, street, hotline, post):
    with programs.receiver() as here:
        programs.webhook(world, street, hotline, here.url)
        made.report(world, street)
        post(**{"attribute[foreign_id]": "HL-1"})
        world.work_off(street.community)
        assert [one["data"]["token"] for one in here.messages] == ["HL-1"]
        assert here.messages[0]["data"]["description"] == "三楼楼道灯不亮"


def test_a_merged_case_is_open_and_told_of_until_the_other_one_ends(
    world, street, hotline, post, api
):
    with programs.receiver() as here:
        programs.webhook(world, street, hotline, here.url)
        number = post().json[0]["service_request_id"]
        (report,) = programs.rows(world, street, ClientReport)
        lead = made.report(world, street)
        code = made.look(world, street, lead).short_code
        made.step(world, street, report.complaint_id, "office", Action.MERGE, lead=code)
        world.work_off(street.community)

        def status():
            headers = {"X-Api-Key": hotline.key}
            return world.client().get(api(f"requests/{number}"), headers=headers).json[0]["status"]

        assert status() == "open"
        made.step(world, street, lead, "staff", Action.ACCEPT)
        made.step(world, street, lead, "staff", Action.COMPLETE, text="已和 302 周女士说好")
        made.step(world, street, lead, "resident", Action.CONFIRM, rating=Rating.SATISFIED)
        world.work_off(street.community)
        assert status() == "closed"
    assert [one["type"] for one in here.messages] == [
        "complaint.created",
        "complaint.updated",
        "complaint.updated",
        "complaint.updated",
        "complaint.closed",
    ]
    assert {one["data"]["service_request_id"] for one in here.messages} == {number}
    assert len({headers["webhook-id"] for headers, _ in here.got}) == 5
    assert not [body for _, body in here.got if "周女士" in body.decode()]


def test_only_the_chosen_events_are_told(world, street, grid):
    with programs.receiver() as here:
        programs.webhook(world, street, grid, here.url, [Event.CLOSED])
        key = made.report(world, street, category="neighbours.noise")
        made.step(world, street, key, "office", Action.DISPATCH, organization_id=street.company_id)
        made.step(world, street, key, "office", Action.REFUSE, ground=Ground.NOT_HERE, text="12345")
        world.work_off(street.community)
        assert [one["type"] for one in here.messages] == ["complaint.closed"]


def test_another_community_is_not_told(world, street, told):
    made.report(world, made.street(world))
    world.work_off(street.community)
    assert told.got == []


def test_what_did_not_arrive_is_tried_again_as_the_same_message(world, street, told):
    told.status = 500
    made.report(world, street)
    world.work_off(street.community)
    (row,) = programs.deliveries(world, street)
    assert (row.state, row.attempts) == ("waiting", 1)
    assert now() < row.next_attempt_at <= now() + timedelta(minutes=1)
    sweep_and_work(world, street)
    assert len(told.got) == 1
    told.status = 200
    change(world, street, WebhookDelivery, next_attempt_at=now())
    change(world, street, Webhook, held_until=now())
    sweep_and_work(world, street)
    (row,) = programs.deliveries(world, street)
    assert (row.state, row.attempts, row.next_attempt_at) == ("delivered", 2, None)
    assert len({headers["webhook-id"] for headers, _ in told.got}) == 1
    assert [one.status for one in programs.attempts(world, street)] == [500, 200]


def test_a_message_swept_twice_is_sent_once(world, street, told):
    told.status = 500
    made.report(world, street)
    world.work_off(street.community)
    told.status = 200
    change(world, street, WebhookDelivery, next_attempt_at=now())
    change(world, street, Webhook, held_until=None)
    with world.app.app_context():
        sweep_deliveries()
        sweep_deliveries()
    world.work_off(street.community)
    assert len(told.got) == 2


def test_it_is_given_up_after_the_last_attempt(world, street, told):
    told.status = 503
    made.report(world, street)
    world.work_off(street.community)
    for _ in range(6):
        change(world, street, WebhookDelivery, next_attempt_at=now())
        change(world, street, Webhook, held_until=None)
        sweep_and_work(world, street)
    (row,) = programs.deliveries(world, street)
    assert (row.state, row.attempts, row.next_attempt_at) == ("failed", 7, None)
    assert len(told.got) == 7


def test_an_address_that_does_not_answer_holds_the_next_messages_back(world, street, told):
    told.status = 500
    made.report(world, street)
    world.work_off(street.community)
    made.report(world, street)
    world.work_off(street.community)
    assert len(told.got) == 1
    waiting = programs.deliveries(world, street)[1]
    assert (waiting.state, waiting.attempts) == ("waiting", 0)
    assert waiting.next_attempt_at is not None
    told.status = 200
    change(world, street, WebhookDelivery, next_attempt_at=now())
    change(world, street, Webhook, held_until=None)
    sweep_and_work(world, street)
    assert {row.state for row in programs.deliveries(world, street)} == {"delivered"}


def test_gone_means_that_nothing_more_is_sent(world, street, told):
    told.status = 410
    made.report(world, street)
    world.work_off(street.community)
    made.report(world, street)
    world.work_off(street.community)
    assert len(told.got) == 1
    (row,) = programs.deliveries(world, street)
    assert row.state == "failed"
    assert programs.rows(world, street, Webhook)[0].paused_at is not None


def test_a_redirect_into_the_own_network_is_not_followed(world, street, told):
    with programs.receiver() as inside:
        told.status, told.location = 307, inside.url
        made.report(world, street)
        world.work_off(street.community)
        assert inside.got == []
    assert programs.deliveries(world, street)[0].state == "waiting"


def test_in_production_an_address_inside_is_never_called(world, street, told, monkeypatch):
    strict = replace(world.config, environment="production", demo=False)
    monkeypatch.setitem(world.app.extensions, "gongzhi.config", strict)
    made.report(world, street)
    world.work_off(street.community)
    assert told.got == []
    (attempt,) = programs.attempts(world, street)
    assert (attempt.status, attempt.reason) == (None, "not_https")


def test_a_revoked_client_is_told_nothing_more(world, street, grid, told):
    told.status = 500
    made.report(world, street)
    world.work_off(street.community)
    context, work = doing(world, street)
    with context, work:
        revoke(street.community.id, grid.id)
    told.status = 200
    made.report(world, street)
    change(world, street, WebhookDelivery, next_attempt_at=now())
    change(world, street, Webhook, held_until=None)
    sweep_and_work(world, street)
    assert len(told.got) == 1
    assert [row.state for row in programs.deliveries(world, street)] == ["dropped"]


def test_a_replay_is_a_delivery_of_its_own_with_the_same_message(world, street, told):
    made.report(world, street)
    world.work_off(street.community)
    (first,) = programs.deliveries(world, street)
    context, work = doing(world, street)
    with context, work:
        assert actions.replay(street.community.id, first.id) == told.webhook_id
    world.work_off(street.community)
    old, new = programs.deliveries(world, street)
    assert (new.replay_of, new.state, new.body) == (old.id, "delivered", old.body)
    assert old.attempts == 1
    assert len({headers["webhook-id"] for headers, _ in told.got}) == 1
    assert len(told.got) == 2


def test_nothing_is_replayed_to_a_paused_address(world, street, told):
    made.report(world, street)
    world.work_off(street.community)
    (first,) = programs.deliveries(world, street)
    context, work = doing(world, street)
    with context, work:
        actions.set_paused(street.community.id, told.webhook_id, paused=True)
    context, work = doing(world, street)
    with context, work, pytest.raises(Conflict):
        actions.replay(street.community.id, first.id)


def test_a_new_secret_signs_the_next_message(world, street, told):
    context, work = doing(world, street)
    with context, work:
        renewed = actions.renew_secret(street.community.id, told.webhook_id)
    made.report(world, street)
    world.work_off(street.community)
    headers, body = told.got[0]
    expected = programs.expected_signature
    assert headers["webhook-signature"] == expected(renewed, headers, body)
    assert headers["webhook-signature"] != expected(told.secret, headers, body)


def test_the_secret_is_sealed_and_can_be_brought_under_a_new_key(world, street, told, monkeypatch):
    sealed = programs.rows(world, street, Webhook)[0].sealed_secret
    assert told.secret not in sealed
    newer = "OTg3NjU0MzIxMDk4NzY1NDMyMTA5ODc2NTQzMjEwOTg="
    rotated = replace(world.config, field_keys=(newer, *world.config.field_keys))
    monkeypatch.setitem(world.app.extensions, "gongzhi.config", rotated)
    context, work = doing(world, street)
    with context, work:
        assert actions.rotate_secrets(street.community.id, None, 10)[1] == 1
    only_new = replace(world.config, field_keys=(newer,))
    monkeypatch.setitem(world.app.extensions, "gongzhi.config", only_new)
    made.report(world, street)
    world.work_off(street.community)
    headers, body = told.got[0]
    assert headers["webhook-signature"] == programs.expected_signature(told.secret, headers, body)


def test_a_message_is_done_once_however_often_the_job_runs(world, street, told):
    made.report(world, street)
    world.work_off(street.community)
    (row,) = programs.deliveries(world, street)
    context, work = doing(world, street)
    with context, work:
        actions.deliver(street.community.id, row.id, 0)
        actions.deliver(street.community.id, UUID(int=1), 0)
    assert len(told.got) == 1


@pytest.mark.parametrize("model", [WebhookAttempt])
def test_the_log_of_attempts_cannot_be_changed_by_the_runtime_role(world, street, told, model):
    made.report(world, street)
    world.work_off(street.community)
    with pytest.raises(ProgrammingError, match="permission denied"):
        change(world, street, model, milliseconds=1)


# Late steps


def late(world, street, key, level):
    """Let the moment at which this level is told have come."""
    moment = now() - timedelta(days=9)
    made.changed(
        world, street, key, due_at=moment, promised_at=moment, escalate_at=moment,
        escalation_level=level - 1,
    )  # fmt: skip
    with world.app.app_context():
        sweep_overdue()
    world.work_off(street.community)


def test_a_late_step_is_told_once_and_each_level_above_once_more(world, street, told):
    key = made.report(world, street)
    world.work_off(street.community)
    told.got.clear()
    for level in (Level.MANAGER, Level.COMMUNITY, Level.STREET):
        late(world, street, key, level)
    assert [one["type"] for one in told.messages] == [
        "complaint.overdue",
        "complaint.escalated",
        "complaint.escalated",
    ]
    assert {one["data"]["status"] for one in told.messages} == {"open"}


# The log


def logged(world, street, told, days, state="delivered", replay_of=None):
    """A delivery with an attempt as they were written so many days ago."""
    moment = now() - timedelta(days=days)
    first, second = (UUID(int=first_id(moment).int + secrets.randbits(60)) for _ in range(2))
    here = {"community_id": street.community.id, "created_at": moment}
    context, work = doing(world, street)
    with context, work:
        db.session.add(
            WebhookDelivery(
                **here,
                id=first,
                webhook_id=told.webhook_id,
                message_id=first,
                event="complaint.created",
                subject="ABCD1234",
                body="{}",
                state=state,
                next_attempt_at=moment if state == "waiting" else None,
                replay_of=replay_of,
            )
        )
        db.session.flush()
        db.session.add(
            WebhookAttempt(**here, id=second, delivery_id=first, status=200, milliseconds=1)
        )
    return first


def purge(world, street):
    context, work = doing(world, street)
    with context, work:
        return actions.purge_log(street.community.id)


def left(world, street):
    deliveries = {one.id for one in programs.deliveries(world, street)}
    assert {one.delivery_id for one in programs.attempts(world, street)} == deliveries
    return deliveries


def test_the_log_is_cut_after_the_days_the_community_set(world, street, told):
    _, young = (logged(world, street, told, days) for days in (201, 199))
    purge(world, street)
    assert left(world, street) == {young}


def test_nothing_younger_than_half_a_year_can_be_removed_by_anybody(world, street, told):
    _, young = (logged(world, street, told, days) for days in (185, 183))
    context, work = doing(world, street)
    with context, work:
        for model in (WebhookAttempt, WebhookDelivery):
            assert db.session.execute(delete(model)).rowcount == 1
    assert left(world, street) == {young}


def test_what_still_waits_stays_and_what_was_sent_again_goes_after_what_it_became(
    world, street, told
):
    waiting = logged(world, street, told, 300, "waiting")
    first = logged(world, street, told, 300)
    again = logged(world, street, told, 250, replay_of=first)
    purge(world, street)
    assert left(world, street) == {waiting, first}
    assert again not in left(world, street)
    purge(world, street)
    assert left(world, street) == {waiting}


def test_the_nightly_sweep_leaves_one_message_for_a_community_with_an_old_log(world, street, told):
    logged(world, street, told, 300)
    with world.app.app_context():
        sweep_log()
        sweep_log()
    assert world.work_off(street.community) == 1
    assert left(world, street) == set()
