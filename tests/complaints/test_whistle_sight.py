"""What the database lets those see who are called."""

from __future__ import annotations

import pytest
from factories import complaints as made
from factories import whistles as blown
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DBAPIError, ProgrammingError

from app.complaints.models import (
    Complaint,
    ComplaintEvent,
    Whistle,
    WhistleCall,
    WhistleEvent,
    WhistleScore,
)
from app.complaints.rules.whistles import CallAction
from app.core.access.roles import Role
from app.core.db import db
from app.core.files.models import StoredFile
from app.core.tenancy import PLATFORM_ID, Scope
from app.core.transaction import transaction
from app.kit.refusal import NotFound
from app.registry.models import Owner


def seen(world, street, scope, *models):
    """How many rows of this community are visible under a scope."""
    with world.app.app_context(), transaction(scope):
        return {
            model.__tablename__: db.session.scalar(
                select(func.count())
                .select_from(model)
                .where(model.community_id == street.community.id)
            )
            for model in models
        }


EVERYTHING = (Whistle, WhistleCall, WhistleEvent, WhistleScore, StoredFile)


def test_the_called_read_what_came_with_the_call_and_nothing_of_the_tenant(world, street, crew):
    key = made.report(world, street, photos=[made.picture()])
    world.work_off(street.community)
    with world.app.app_context(), transaction(Scope(community_id=street.community.id)):
        (photo,) = db.session.scalars(
            select(StoredFile.id).where(StoredFile.community_id == street.community.id)
        ).all()
    blown.whistle(world, street, key, crew, photos=[photo])
    found = seen(world, street, crew.scope, *EVERYTHING)
    assert found == {
        "whistle": 1,
        "whistle_call": 1,
        "whistle_event": 1,
        "whistle_score": 0,
        "stored_file": 1,
    }
    assert seen(world, street, crew.scope, Complaint, ComplaintEvent, Owner) == {
        "complaint": 0,
        "complaint_event": 0,
        "owner": 0,
    }


def test_others_of_the_same_street_read_nothing(world, street, crew):
    blown.whistled(world, street, crew)
    for other in (blown.crew(world), blown.street_office(world)):
        assert not any(seen(world, street, other.scope, *EVERYTHING).values())
    reviewer = world.reviewer(Role.DISTRICT_REVIEWER, "420602", "42.4206.420602.")
    above = Scope(community_id=PLATFORM_ID, account_id=reviewer.id, region_path="42.4206.420602.")
    assert not any(seen(world, street, above, *EVERYTHING).values())


def test_a_member_who_left_reads_nothing(world, street, crew):
    blown.whistled(world, street, crew)
    with world.app.app_context(), transaction(Scope(region_path=crew.path)):
        db.session.execute(
            text("UPDATE membership SET ended_at = now() WHERE account_id = :one"),
            {"one": crew.person.id},
        )
    assert not any(seen(world, street, crew.scope, *EVERYTHING).values())


def test_calls_are_not_seen_from_another_community(world, street, crew):
    blown.whistled(world, street, crew)
    elsewhere = world.community()
    scope = Scope(community_id=elsewhere.id, account_id=crew.person.id, region_path=crew.path)
    assert not any(seen(world, street, scope, *EVERYTHING).values())


def test_what_was_handed_over_is_gone_once_it_was_withdrawn(world, street, crew):
    (call_id,) = blown.whistled(world, street, crew)
    blown.answer(world, street, call_id, CallAction.WITHDRAW, text="不用了")
    found = seen(world, street, crew.scope, *EVERYTHING)
    assert (found["whistle"], found["whistle_call"], found["whistle_event"]) == (0, 1, 2)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE whistle SET text = 'x'",
        "DELETE FROM whistle",
        "UPDATE whistle_event SET text = 'x'",
        "DELETE FROM whistle_event",
        "UPDATE whistle_score SET stars = 5",
        "UPDATE whistle_call SET reason = 'x'",
        "UPDATE whistle_call SET called_key = 'x'",
        "DELETE FROM whistle_call",
    ],
)
def test_evidence_cannot_be_changed_by_the_product_itself(world, street, crew, statement):
    blown.whistled(world, street, crew)
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        world.app.app_context(),
        transaction(Scope(community_id=street.community.id)),
    ):
        db.session.execute(text(statement))


def test_a_stranger_cannot_move_somebody_elses_call(world, street, crew):
    (call_id,) = blown.whistled(world, street, crew)
    stranger = blown.crew(world)
    with pytest.raises(NotFound):
        blown.act(world, stranger, call_id, CallAction.SIGN)
    with world.app.app_context(), transaction(stranger.scope):
        changed = db.session.execute(
            update(WhistleCall).where(WhistleCall.id == call_id).values(state="done", due_at=None)
        )
        assert changed.rowcount == 0


def test_the_database_refuses_a_line_or_a_score_under_another_name(world, street, crew):
    (call_id,) = blown.whistled(world, street, crew)
    call = blown.look(world, street, call_id)
    stranger = blown.crew(world)
    line = {
        "community_id": call.community_id,
        "whistle_id": call.whistle_id,
        "call_id": call.id,
        "kind": "sign",
        "party": "called",
        "party_name": "x",
        "to_state": "signed",
    }
    for who, actor_id in ((stranger, stranger.person.id), (crew, street.office.id)):
        with (
            pytest.raises(DBAPIError, match="row-level security"),
            world.app.app_context(),
            transaction(who.scope),
        ):
            db.session.add(WhistleEvent(**line, actor_id=actor_id))
            db.session.flush()
    with (
        pytest.raises(DBAPIError, match="row-level security"),
        world.app.app_context(),
        transaction(crew.scope),
    ):
        db.session.add(
            WhistleScore(
                community_id=call.community_id,
                call_id=call.id,
                side="whistler",
                stars=5,
                actor_id=crew.person.id,
            )
        )
        db.session.flush()
