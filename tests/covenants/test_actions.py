"""Covenants led through their steps on a real database."""

from __future__ import annotations

import threading

import pytest
from factories.covenants import stairs
from factories.databases import with_database
from sqlalchemy import create_engine, func, select, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.pool import NullPool

from app.core.db import db, sqlalchemy_url
from app.core.notifications.models import Notification
from app.covenants.actions import drafting, objections, steps
from app.covenants.actions.drafting import ClauseChangedMeanwhile
from app.covenants.jobs import sweep_publications
from app.covenants.models import CovenantSignature
from app.covenants.queries import texts
from app.covenants.rules import State
from app.kit.refusal import Conflict, Refusal


@pytest.fixture
def house(world):
    return stairs(world, 3)


def signatures(house, covenant_id):
    version = house.version(covenant_id)
    return house.work(
        lambda: db.session.scalars(
            select(CovenantSignature).where(
                CovenantSignature.community_id == house.community.id,
                CovenantSignature.version_id == version.id,
            )
        ).all()
    )


def told(house, person):
    return house.work(
        lambda: db.session.scalars(
            select(Notification.title)
            .where(Notification.account_id == person.id)
            .order_by(Notification.created_at, Notification.id)
        ).all()
    )


def clauses(house, covenant_id):
    version = house.version(covenant_id)
    return house.work(lambda: texts.clauses(house.community.id, version.id))


def test_the_household_that_fills_the_threshold_starts_the_publication(house):
    covenant_id = house.in_signing()
    assert house.sign(covenant_id, 0).missing == 1
    assert house.version(covenant_id).state == State.SIGNING
    assert house.sign(covenant_id, 1).reached
    version = house.version(covenant_id)
    assert version.state == State.PUBLISHED
    assert version.publication_ends_at > version.published_at


def test_empty_homes_stay_among_those_due(world):
    house = stairs(world, 3, vacant=2)
    covenant_id = house.in_signing()
    house.sign(covenant_id, 0)
    version = house.version(covenant_id)
    assert (version.due_count, version.vacant_count, version.state) == (3, 2, State.SIGNING)


def test_a_household_signs_once(house):
    covenant_id = house.in_signing()
    house.sign(covenant_id, 0)
    relative = house.lives_in(0, "family")
    for person in (house.owners[0], relative):
        with pytest.raises(Refusal, match="签过了"):
            house.sign(covenant_id, 0, person)
    assert len(signatures(house, covenant_id)) == 1


def test_two_signatures_of_one_household_at_the_same_time_leave_one(house):
    covenant_id = house.in_signing()
    digest = house.version(covenant_id).digest
    people = [house.owners[0], house.lives_in(0, "family")]
    start, refused = threading.Barrier(2), []

    def sign(person):
        start.wait()
        try:
            house.sign(covenant_id, 0, person, digest)
        except Refusal as refusal:
            refused.append(refusal.code)

    threads = [threading.Thread(target=sign, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == ["signed_before"]
    assert house.version(covenant_id).signed_count == len(signatures(house, covenant_id)) == 1


def test_a_tenant_co_signs_without_counting_for_the_household(house):
    covenant_id = house.in_signing()
    tenant = house.lives_in(0, "tenant")
    assert house.sign(covenant_id, 0, tenant).signed == 0
    assert house.sign(covenant_id, 0).signed == 1
    assert {one.relation for one in signatures(house, covenant_id)} == {"tenant", "owner"}


def test_a_neighbour_of_another_stairwell_does_not_sign(house, world):
    covenant_id = house.in_signing()
    other = stairs(world, 1, community=house.community)
    with pytest.raises(Refusal, match="认领"):
        house.sign(covenant_id, 0, other.owners[0])


def test_a_signature_is_given_to_the_text_on_the_screen(house):
    covenant_id = house.in_signing()
    with pytest.raises(Conflict, match="换了一版"):
        house.sign(covenant_id, 0, digest="0" * 64)


def test_signatures_of_the_old_text_do_not_count_for_the_new(house):
    covenant_id = house.in_signing()
    house.sign(covenant_id, 0)
    before = house.version(covenant_id).digest
    number = house.work(lambda: drafting.revise(house.community.id, covenant_id, house.by_head))
    assert house.version(covenant_id, 1).state == State.WITHDRAWN
    house.work(lambda: drafting.add_clause(house.community.id, covenant_id, "垃圾当天带下楼。"))
    house.work(lambda: steps.deliberate(house.community.id, covenant_id, house.by_head))
    house.work(lambda: steps.send_to_check(house.community.id, covenant_id, house.by_head))
    house.work(lambda: steps.open_signing(house.community.id, covenant_id, house.by_office, ""))
    version = house.version(covenant_id)
    assert (version.number, version.signed_count, number) == (2, 0, 2)
    assert version.digest != before
    assert house.sign(covenant_id, 0).signed == 1


def test_a_settled_text_stands_still(house):
    covenant_id = house.in_signing()
    with pytest.raises(Refusal, match="定稿"):
        house.work(lambda: drafting.add_clause(house.community.id, covenant_id, "再加一条。"))


def test_the_second_editor_of_a_clause_sees_what_the_first_wrote(house):
    covenant_id = house.draft()
    first = clauses(house, covenant_id)[0]
    change = drafting.change_clause
    house.work(lambda: change(house.community.id, covenant_id, first.id, "甲的写法。", 1))
    with pytest.raises(ClauseChangedMeanwhile) as changed:
        house.work(lambda: change(house.community.id, covenant_id, first.id, "乙的写法。", 1))
    assert changed.value.theirs == "甲的写法。"


def test_clauses_change_places(house):
    covenant_id = house.draft()
    ordered = clauses(house, covenant_id)
    house.work(
        lambda: drafting.move_clause(house.community.id, covenant_id, ordered[2].id, up=True)
    )
    assert [item.id for item in clauses(house, covenant_id)] == [
        ordered[0].id,
        ordered[2].id,
        ordered[1].id,
    ]


def test_a_stairwell_has_one_covenant(house):
    house.draft()
    with pytest.raises(Refusal, match="已经有公约"):
        house.draft()


def test_suspicious_words_pass_the_check_with_a_reason_only(house):
    covenant_id = house.in_check(("不交物业费的停水停电。",))
    with pytest.raises(Refusal, match="写明"):
        house.work(
            lambda: steps.open_signing(house.community.id, covenant_id, house.by_office, " ")
        )
    house.work(
        lambda: steps.send_back(
            house.community.id, covenant_id, house.by_office, "停水停电违反民法典第九百四十四条"
        )
    )
    assert house.version(covenant_id).state == State.DELIBERATING


def test_a_head_does_not_check_the_own_draft(house):
    covenant_id = house.in_check()
    with pytest.raises(Refusal, match="不由您"):
        house.work(
            lambda: steps.open_signing(house.community.id, covenant_id, house.by_head, "可以")
        )


def give_opinion(house, covenant_id, person, clause_id=None):
    return house.work(
        lambda: objections.give_opinion(
            house.community.id,
            covenant_id,
            account_id=person.id,
            clause_id=clause_id,
            reason="不方便",
        )
    )


def test_opinions_are_answered_before_the_text_goes_on(house):
    covenant_id = house.draft()
    house.work(lambda: steps.deliberate(house.community.id, covenant_id, house.by_head))
    clause_id = clauses(house, covenant_id)[0].id
    opinion_id = give_opinion(house, covenant_id, house.owners[0], clause_id)
    with pytest.raises(Refusal, match="1 条意见"):
        house.work(lambda: steps.send_to_check(house.community.id, covenant_id, house.by_head))
    house.work(
        lambda: objections.answer(
            house.community.id, covenant_id, opinion_id, house.by_head, "改成白天可以"
        )
    )
    house.work(lambda: steps.send_to_check(house.community.id, covenant_id, house.by_head))
    house.world.work_off(house.community)
    assert "您的意见有答复了" in told(house, house.owners[0])
    assert "有楼道公约等审查" in told(house, house.officer)


def test_filing_waits_for_the_publication_and_the_answers(house):
    covenant_id = house.published()
    opinion_id = give_opinion(house, covenant_id, house.owners[2])

    def file():
        steps.file(house.community.id, covenant_id, house.by_office, "街道备案 1 号")

    with pytest.raises(Refusal, match="公示要满"):
        house.work(file)
    house.let_publication_pass(covenant_id)
    with pytest.raises(Refusal, match="1 条异议"):
        house.work(file)
    house.work(
        lambda: objections.answer(
            house.community.id, covenant_id, opinion_id, house.by_head, "请看民法典"
        )
    )
    house.work(file)
    assert house.version(covenant_id).state == State.FILED


def test_a_filed_covenant_comes_into_force_by_itself_and_everybody_is_told(house):
    covenant_id = house.in_force()
    version = house.version(covenant_id)
    assert version.state == State.IN_FORCE
    assert version.in_force_at is not None
    assert told(house, house.owners[2])[-1] == "楼道公约生效了"


def test_the_sweep_reminds_the_office_once_when_the_publication_is_over(house):
    covenant_id = house.published()
    house.let_publication_pass(covenant_id)
    for _ in range(2):
        with house.world.app.app_context():
            assert sweep_publications() >= 1
        house.world.work_off(house.community)
    assert told(house, house.officer).count("有楼道公约等备案") == 1
    assert house.version(covenant_id).state == State.PUBLISHED


def test_the_new_version_replaces_the_one_in_force(house):
    covenant_id = house.in_force()
    house.work(lambda: drafting.revise(house.community.id, covenant_id, house.by_head))
    assert house.version(covenant_id, 1).state == State.IN_FORCE
    house.work(lambda: steps.deliberate(house.community.id, covenant_id, house.by_head))
    house.work(lambda: steps.send_to_check(house.community.id, covenant_id, house.by_head))
    house.work(lambda: steps.open_signing(house.community.id, covenant_id, house.by_office, ""))
    house.sign(covenant_id, 0)
    house.sign(covenant_id, 1)
    house.let_publication_pass(covenant_id)
    house.work(lambda: steps.file(house.community.id, covenant_id, house.by_office, "2 号"))
    house.world.work_off(house.community)
    assert house.version(covenant_id, 1).state == State.REPLACED
    assert house.version(covenant_id, 2).state == State.IN_FORCE


@pytest.mark.parametrize("table", ["covenant_signature", "covenant_household", "covenant_step"])
@pytest.mark.parametrize("verb", ["UPDATE {} SET created_at = now()", "DELETE FROM {}"])
def test_legal_records_are_only_added_to(config, database, table, verb):
    url = with_database(config.database_url, database)
    engine = create_engine(sqlalchemy_url(url), poolclass=NullPool)
    with engine.connect() as connection, pytest.raises(ProgrammingError, match="permission denied"):
        connection.execute(text(verb.format(table)))


def test_the_database_refuses_a_second_counting_signature(house):
    covenant_id = house.in_signing()
    house.sign(covenant_id, 0)
    version = house.version(covenant_id)
    again = {
        "community_id": house.community.id,
        "version_id": version.id,
        "unit_id": house.homes[0].unit_id,
        "account_id": house.owners[1].id,
        "relation": "family",
        "digest": version.digest,
    }
    with pytest.raises(Exception, match="uq_covenant_signature_household"):
        house.work(lambda: db.session.add(CovenantSignature(**again)))


def test_signed_count_is_the_number_of_counting_signatures(house):
    covenant_id = house.published()
    version = house.version(covenant_id)
    counted = house.work(
        lambda: db.session.scalar(
            select(func.count())
            .select_from(CovenantSignature)
            .where(
                CovenantSignature.community_id == house.community.id,
                CovenantSignature.version_id == version.id,
                CovenantSignature.relation != "tenant",
            )
        )
    )
    assert version.signed_count == counted == 2
