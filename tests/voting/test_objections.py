"""Objections to the roll and to the result: in time, answered once, and they hold things up."""

from __future__ import annotations

import pytest
from factories import voting
from sqlalchemy import select
from sqlalchemy.exc import ProgrammingError

from app.communities.rules import Settings
from app.core.access.roles import Role
from app.core.db import db
from app.core.notifications.models import Notification
from app.core.tenancy import Scope
from app.core.transaction import transaction
from app.kit.clock import now
from app.kit.refusal import Conflict, Invalid, NotFound, Refusal
from app.voting.actions.objecting import NOT_REGISTERED, answer_objection, raise_objection
from app.voting.actions.opening import open_voting
from app.voting.queries import assemblies, objections
from app.voting.rules import Actor, ObjectionSubject


@pytest.fixture
def community(world):
    return world.community()


@pytest.fixture
def compound(world, community):
    return world.compound(community)


@pytest.fixture
def owner(world, community, compound):
    person = world.member(community, Role.RESIDENT, "张建国")
    world.home(community, compound, owner=person)
    return person


def object_to(world, community, made, person, subject=ObjectionSubject.ROLL, words="少了我家车库"):
    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        return raise_objection(community.id, made.id, subject, account_id=person.id, words=words)


def answer(world, community, made, objection_id, by, *, upheld=True, words="已更正"):
    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        answer_objection(
            community.id, made.id, objection_id, upheld=upheld, words=words, answered_by=by.id
        )


def open_now(world, community, made):
    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        assembly = assemblies.assembly_locked(community.id, made.id)
        open_voting(assembly, Actor.COMMUNITY, Settings(), now())


def told(world, person):
    with world.app.app_context(), transaction(Scope(account_id=person.id)):
        return [
            f"{row.title} {row.body}"
            for row in db.session.scalars(
                select(Notification).where(Notification.account_id == person.id)
            )
        ]


def test_an_open_objection_to_the_roll_keeps_the_vote_from_opening_until_it_is_answered(
    world, community, compound, owner
):
    made = voting.noticed(world, community, compound)
    raised = object_to(world, community, made, owner)
    with pytest.raises(Refusal, match="还有 1 条没有答复"):
        open_now(world, community, made)
    answer(world, community, made, raised, owner, upheld=False, words="车库没有单独登记")
    open_now(world, community, made)
    assert len(voting.roll_of(world, community, made)) == 1


def test_the_office_hears_of_an_objection_and_its_author_of_the_answer(
    world, community, compound, owner
):
    staff = world.member(community, Role.COMMUNITY_STAFF)
    made = voting.noticed(world, community, compound)
    raised = object_to(world, community, made, owner)
    world.work_off(community)
    assert any("对名册的异议" in line and "少了我家车库" in line for line in told(world, staff))
    answer(world, community, made, raised, staff)
    world.work_off(community)
    assert any("您的异议有答复了 成立：已更正" in line for line in told(world, owner))


def test_a_resident_the_register_forgot_may_object_to_the_roll(world, community, compound, owner):
    made = voting.noticed(world, community, compound)
    forgotten = world.member(community, Role.RESIDENT, "漏登的人")
    raised = object_to(world, community, made, forgotten)
    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        found = objections.objection(community.id, raised)
        assert (found.owner_id, found.label) == (None, NOT_REGISTERED)


@pytest.mark.parametrize("subject", ObjectionSubject)
def test_objections_are_raised_only_while_their_subject_is_published(
    world, community, compound, owner, subject
):
    made = voting.opened(world, community, compound)
    with pytest.raises(Refusal) as refused:
        object_to(world, community, made, owner, subject)
    assert refused.value.code == "objection_not_now"


def test_only_those_on_the_roll_object_to_the_result(world, community, compound, owner):
    made = voting.opened(world, community, compound)
    voting.closed(world, community, made)
    object_to(world, community, made, owner, ObjectionSubject.RESULT)
    with pytest.raises(NotFound, match="不在名册上"):
        object_to(
            world, community, made, world.member(community, Role.RESIDENT), ObjectionSubject.RESULT
        )


def test_a_second_objection_waits_for_the_answer_to_the_first(world, community, compound, owner):
    made = voting.noticed(world, community, compound)
    raised = object_to(world, community, made, owner)
    with pytest.raises(Conflict, match="还在等答复"):
        object_to(world, community, made, owner, words="再说一遍")
    answer(world, community, made, raised, owner)
    object_to(world, community, made, owner, words="还有一处")


def test_an_objection_is_answered_once_and_with_words(world, community, compound, owner):
    made = voting.noticed(world, community, compound)
    raised = object_to(world, community, made, owner)
    with pytest.raises(Invalid, match="写明理由"):
        answer(world, community, made, raised, owner, words="  ")
    answer(world, community, made, raised, owner)
    with pytest.raises(Conflict, match="已经答复过"):
        answer(world, community, made, raised, owner, upheld=False)


def test_an_objection_is_answered_under_its_own_assembly_only(world, community, compound, owner):
    made = voting.noticed(world, community, compound)
    other = voting.noticed(world, community, compound)
    raised = object_to(world, community, made, owner)
    with pytest.raises(NotFound):
        answer(world, community, other, raised, owner)


@pytest.mark.parametrize(
    "statement",
    ["UPDATE assembly_objection SET text = 'x'", "DELETE FROM assembly_objection"],
)
def test_the_words_of_an_objection_cannot_be_changed(world, community, context, statement):
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction(Scope(community_id=community.id)),
    ):
        db.session.execute(db.text(statement))


def test_the_two_kinds_of_objections_are_counted_apart(world, community, compound, owner):
    made = voting.noticed(world, community, compound)
    object_to(world, community, made, owner)
    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        assert objections.open_objections(community.id, made.id, ObjectionSubject.ROLL) == 1
        assert objections.open_objections(community.id, made.id, ObjectionSubject.RESULT) == 0
