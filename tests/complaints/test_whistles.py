"""What calls do, and what the database lets those see who are called."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from factories import complaints as made
from factories import whistles as blown
from factories.databases import owner_connection
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DBAPIError, ProgrammingError

from app.complaints.actions import steps
from app.complaints.actions.calling import Wish, call_more
from app.complaints.jobs import sweep_calls
from app.complaints.models import (
    Complaint,
    ComplaintEvent,
    Whistle,
    WhistleCall,
    WhistleEvent,
    WhistleScore,
)
from app.complaints.queries import whistles
from app.complaints.rules.answers import Ground, Rating
from app.complaints.rules.states import Action
from app.complaints.rules.whistles import CallAction, Stars
from app.core.access.roles import Role
from app.core.db import db
from app.core.files.actions import Upload
from app.core.files.models import StoredFile
from app.core.notifications.models import Notification
from app.core.sweep import sweeping
from app.core.tenancy import PLATFORM_ID, Scope
from app.core.transaction import transaction
from app.kit.clock import now
from app.kit.refusal import Conflict, Invalid, NotFound
from app.registry.models import Owner


@pytest.fixture
def street(world):
    return made.street(world)


@pytest.fixture
def crew(world):
    return blown.crew(world)


def titles(world, street, person):
    with world.app.app_context(), transaction(Scope(community_id=street.community.id)):
        return db.session.scalars(
            select(Notification.title).where(
                Notification.community_id == street.community.id,
                Notification.account_id == person.id,
            )
        ).all()


def lines(world, street, kind):
    with world.app.app_context(), transaction(Scope(community_id=street.community.id)):
        return db.session.scalars(
            select(ComplaintEvent.details)
            .where(ComplaintEvent.community_id == street.community.id, ComplaintEvent.kind == kind)
            .order_by(ComplaintEvent.id)
        ).all()


# Calling


def test_a_call_runs_by_the_settings_and_everybody_learns_of_it(world, street, crew):
    (call_id,) = blown.whistled(world, street, crew)
    call = blown.look(world, street, call_id)
    assert call.state == "called"
    assert call.due_at == call.sign_by == call.notice_at
    assert now() + timedelta(minutes=119) < call.sign_by < now() + timedelta(minutes=120)
    assert call.arrive_by - call.sign_by == timedelta(hours=22)
    assert lines(world, street, "whistled")[0]["party"] == call.party_name
    world.work_off(street.community)
    assert f"{street.community.name}请你们到场，请签收" in titles(world, street, crew.person)
    assert "已请有关单位到场处理您反映的事" in titles(world, street, street.resident)


def test_several_are_called_in_one_line_of_the_case(world, street, crew):
    other = blown.crew(world, person="江站长")
    blown.whistled(world, street, crew, other)
    world.work_off(street.community)
    (line,) = lines(world, street, "whistled")
    assert set(line["party"].split("、")) == {
        call.party_name for call in blown.calls(world, street, _whistle_of(world, street))
    }


def _whistle_of(world, street):
    with world.app.app_context(), transaction(Scope(community_id=street.community.id)):
        return db.session.scalar(
            select(Whistle.id).where(Whistle.community_id == street.community.id)
        )


def test_nobody_is_called_twice_while_the_first_call_is_open(world, street, crew):
    key = made.report(world, street)
    blown.whistle(world, street, key, crew)
    with pytest.raises(Invalid, match="已经在为这件事请过"):
        blown.whistle(world, street, key, crew)


def test_only_departments_over_the_place_can_be_called(world, street):
    with owner_connection(world.config) as connection:
        connection.execute(
            text(
                "INSERT INTO region (code, parent_code, level, name, pinyin, path) VALUES"
                " ('420602002', '420602', 'street', '古城街道', 'gu cheng', :path)"
                " ON CONFLICT DO NOTHING"
            ),
            {"path": "42.4206.420602.420602002."},
        )
    near = world.department(region_code="4206", region_path="42.4206.")
    far = world.department(region_code="420602002", region_path="42.4206.420602.420602002.")
    key = made.report(world, street)
    blown.whistle(world, street, key, blown.Crew(street.office, f"department:{near}"))
    with pytest.raises(Invalid, match="请从列出的单位里选"):
        blown.whistle(world, street, key, blown.Crew(street.office, f"department:{far}"))


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"reason": "  "}, "reason"),
        ({"text": ""}, "text"),
        ({"by": now() - timedelta(minutes=5)}, "arrive_by"),
        ({"by": now() + timedelta(days=40)}, "arrive_by"),
    ],
)
def test_what_is_missing_or_impossible_is_named(world, street, crew, given, field):
    with pytest.raises(Invalid) as refused:
        blown.whistled(world, street, crew, **given)
    assert field in refused.value.errors


def test_a_whistle_is_for_what_is_being_worked_on(world, street, crew):
    key = made.done(world, street)
    with pytest.raises(Conflict, match="不用再请人到场"):
        blown.whistle(world, street, key, crew)


def test_a_photo_of_another_case_cannot_be_handed_over(world, street, crew):
    other = made.report(world, street, photos=[made.picture()])
    world.work_off(street.community)
    with world.app.app_context(), transaction(Scope(community_id=street.community.id)):
        photo = db.session.scalar(
            select(StoredFile.id).where(StoredFile.community_id == street.community.id)
        )
    with pytest.raises(Invalid, match="请从列出的照片里选"):
        blown.whistled(world, street, crew, photos=[photo])
    blown.whistle(world, street, other, crew, photos=[photo])


# The way of a call


def test_the_whole_way_is_kept_and_told(world, street, crew):
    (call_id,) = blown.whistled(world, street, crew)
    blown.finish(world, crew, call_id)
    blown.act(world, crew, call_id, CallAction.SCORE, stars=Stars.GOOD)
    blown.answer(world, street, call_id, CallAction.SCORE, stars=Stars.VERY_GOOD, text="很快")
    world.work_off(street.community)
    call = blown.look(world, street, call_id)
    assert call.state == "done"
    assert call.created_at <= call.signed_at <= call.arrived_at <= call.ended_at
    assert call.due_at is None
    assert call.notice_at is None
    assert [kind for kind, _ in blown.record(world, street, call_id)] == [
        "called", "sign", "arrive", "finish", "score", "score",
    ]  # fmt: skip
    for kind in ("call_signed", "call_arrived", "call_finished"):
        assert [line["party"] for line in lines(world, street, kind)] == [call.party_name]
    told = titles(world, street, street.office)
    assert f"{call.party_name}已到场" in told
    assert "有关单位已到场处理您反映的事" in titles(world, street, street.resident)


def test_a_refusal_is_answered_once_and_then_stands(world, street, crew):
    (call_id,) = blown.whistled(world, street, crew)
    blown.act(world, crew, call_id, CallAction.REFUSE, text="归市政管")
    refused = blown.look(world, street, call_id)
    assert refused.due_at > now()
    blown.answer(world, street, call_id, CallAction.INSIST, text="合同写明归你们")
    call = blown.look(world, street, call_id)
    assert (call.state, call.insisted) == ("called", True)
    assert call.due_at == call.sign_by
    with pytest.raises(Conflict, match="不能再次退回"):
        blown.act(world, crew, call_id, CallAction.REFUSE, text="还是不归我们")
    blown.act(world, crew, call_id, CallAction.SIGN)


def test_a_refusal_without_a_reason_is_none(world, street, crew):
    (call_id,) = blown.whistled(world, street, crew)
    with pytest.raises(Invalid):
        blown.act(world, crew, call_id, CallAction.REFUSE)


def test_arriving_needs_a_photo_that_is_one(world, street, crew):
    (call_id,) = blown.whistled(world, street, crew)
    blown.act(world, crew, call_id, CallAction.SIGN)
    with pytest.raises(Invalid, match="现场照片"):
        blown.act(world, crew, call_id, CallAction.ARRIVE)
    fake = Upload("here.jpg", b"<svg onload=alert(1)>")
    with pytest.raises(Invalid, match="不是照片"):
        blown.act(world, crew, call_id, CallAction.ARRIVE, photos=[fake])
    assert blown.look(world, street, call_id).state == "signed"
    with world.app.app_context(), transaction(Scope(community_id=street.community.id)):
        kept = db.session.scalar(
            select(func.count()).where(StoredFile.subject_kind == "whistle_event")
        )
    assert kept == 0


def test_the_photo_of_an_arrival_loses_its_position(world, street, crew):
    (call_id,) = blown.whistled(world, street, crew)
    exif = made.Image.Exif()
    exif[0x010F] = "SpyCam 3000"
    photo = Upload("here.jpg", made.photo(exif=exif.tobytes()))
    blown.act(world, crew, call_id, CallAction.SIGN)
    blown.act(world, crew, call_id, CallAction.ARRIVE, photos=[photo])
    client = world.client(crew.person)
    page = client.get(f"/r/{crew.code}/whistles/{call_id}").text
    address = page.split('class="gallery"')[1].split('href="')[1].split('"')[0]
    answer = client.get(address)
    assert answer.status_code == 200
    assert b"SpyCam" not in answer.data


def test_a_withdrawn_call_is_over_and_says_why(world, street, crew):
    (call_id,) = blown.whistled(world, street, crew)
    blown.answer(world, street, call_id, CallAction.WITHDRAW, text="已经解决了")
    world.work_off(street.community)
    assert "撤回了吹哨，不用去了" in "".join(titles(world, street, crew.person))
    with pytest.raises(Conflict):
        blown.act(world, crew, call_id, CallAction.SIGN)


def test_somebody_who_arrived_cannot_be_withdrawn(world, street, crew):
    (call_id,) = blown.whistled(world, street, crew)
    blown.arrive(world, crew, call_id)
    with pytest.raises(Conflict):
        blown.answer(world, street, call_id, CallAction.WITHDRAW, text="不用了")


def test_who_looked_at_an_older_version_looks_again(world, street, crew):
    (call_id,) = blown.whistled(world, street, crew)
    blown.answer(world, street, call_id, CallAction.NOTE, text="请走北门")
    with pytest.raises(Conflict, match="新进展"):
        blown.act(world, crew, call_id, CallAction.SIGN, version=1)


def test_each_side_scores_once(world, street, crew):
    (call_id,) = blown.whistled(world, street, crew)
    blown.finish(world, crew, call_id)
    blown.act(world, crew, call_id, CallAction.SCORE, stars=Stars.BAD, text="地址写错了")
    with pytest.raises(Conflict, match="已经打过分"):
        blown.act(world, crew, call_id, CallAction.SCORE, stars=Stars.GOOD)
    blown.answer(world, street, call_id, CallAction.SCORE, stars=Stars.FAIR)


def test_two_of_one_department_sign_at_once_and_one_is_told(world, street, crew):
    (call_id,) = blown.whistled(world, street, crew)
    both = [crew, blown.colleague(world, crew)]
    version = blown.look(world, street, call_id).version
    start, outcomes = threading.Barrier(2), []

    def sign(one):
        start.wait()
        try:
            blown.act(world, one, call_id, CallAction.SIGN, version=version)
            outcomes.append("signed")
        except Conflict:
            outcomes.append("late")

    threads = [threading.Thread(target=sign, args=(one,)) for one in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["late", "signed"]
    kinds = [kind for kind, _ in blown.record(world, street, call_id)]
    assert kinds.count("sign") == 1


def test_after_a_merge_the_other_case_tells_what_was_not_told_yet(world, street, crew):
    key, lead = made.report(world, street), made.report(world, street)
    whistle_id = blown.whistle(world, street, key, crew)
    (call,) = blown.calls(world, street, whistle_id)
    blown.finish(world, crew, call.id)
    code = made.look(world, street, lead).short_code
    made.step(world, street, key, "office", Action.MERGE, lead=code)
    world.work_off(street.community)
    with world.app.app_context(), transaction(Scope(community_id=street.community.id)):
        case = db.session.scalar(
            select(ComplaintEvent.complaint_id).where(
                ComplaintEvent.community_id == street.community.id,
                ComplaintEvent.kind == "call_finished",
            )
        )
    assert case == lead


# The end of the case


def close(world, street, key, how):
    """The resident confirms, is called back, or stays silent."""
    made.step(world, street, key, "staff", Action.ACCEPT)
    made.step(world, street, key, "staff", Action.COMPLETE, text="换好了")
    if how is Action.CLOSE_SILENT:
        made.changed(world, street, key, wake_at=now() - timedelta(minutes=1))
        with world.app.app_context(), transaction(Scope(community_id=street.community.id)):
            steps.wake(street.community.id, key)
    else:
        who = "resident" if how is Action.CONFIRM else "office"
        made.step(world, street, key, who, how, rating=Rating.SATISFIED)
    assert made.look(world, street, key).state == "closed"


@pytest.mark.parametrize("how", [Action.CONFIRM, Action.VERIFY, Action.CLOSE_SILENT])
def test_however_a_case_is_closed_its_open_calls_end_with_it(world, street, crew, how):
    signed = blown.crew(world, person="江站长")
    refused = blown.crew(world, person="陶主任")
    key = made.report(world, street)
    whistle_id = blown.whistle(world, street, key, crew, signed, refused)
    by_key = {call.called_key: call.id for call in blown.calls(world, street, whistle_id)}
    blown.act(world, signed, by_key[signed.key], CallAction.SIGN)
    blown.act(world, refused, by_key[refused.key], CallAction.REFUSE, text="不归我们")
    close(world, street, key, how)
    for call in blown.calls(world, street, whistle_id):
        assert (call.state, call.due_at, call.notice_at) == ("withdrawn", None, None)
        assert call.ended_at is not None
        assert blown.record(world, street, call.id)[-1][0] == "end_with_case"
    world.work_off(street.community)
    for one in (crew, signed, refused):
        assert titles(world, street, one.person).count("这件事已经办结，不用去了") == 1
    told = titles(world, street, street.office)
    assert sum("到场的事随之结束" in title for title in told) == 3


def test_who_is_there_when_the_case_is_closed_has_done_it_and_both_score(world, street, crew):
    key = made.report(world, street)
    whistle_id = blown.whistle(world, street, key, crew)
    (call,) = blown.calls(world, street, whistle_id)
    blown.arrive(world, crew, call.id)
    close(world, street, key, Action.CONFIRM)
    assert blown.look(world, street, call.id).state == "done"
    world.work_off(street.community)
    assert "这件事已经办结，请给这次吹哨打分" in titles(world, street, crew.person)
    blown.act(world, crew, call.id, CallAction.SCORE, stars=Stars.GOOD)
    blown.answer(world, street, call.id, CallAction.SCORE, stars=Stars.GOOD)


def test_whom_a_street_called_further_goes_home_with_it(world, street, crew):
    above, key = blown.street_office(world), made.report(world, street)
    whistle_id = blown.whistle(world, street, key, above)
    (first,) = blown.calls(world, street, whistle_id)
    blown.act(world, above, first.id, CallAction.SIGN)
    blown.more(world, above, first.id, crew)
    close(world, street, key, Action.CONFIRM)
    assert {call.state for call in blown.calls(world, street, whistle_id)} == {"withdrawn"}
    world.work_off(street.community)
    assert "这件事已经办结，不用去了" in titles(world, street, crew.person)
    above_told = titles(world, street, above.person)
    assert any("到场的事随之结束" in title for title in above_told)


def test_what_has_ended_before_the_case_stays_as_it_was(world, street, crew):
    other, key = blown.crew(world), made.report(world, street)
    whistle_id = blown.whistle(world, street, key, crew, other)
    by_key = {call.called_key: call.id for call in blown.calls(world, street, whistle_id)}
    blown.finish(world, crew, by_key[crew.key])
    blown.answer(world, street, by_key[other.key], CallAction.WITHDRAW, text="不用了")
    close(world, street, key, Action.CONFIRM)
    for call_id in by_key.values():
        assert "end_with_case" not in {kind for kind, _ in blown.record(world, street, call_id)}


@pytest.mark.parametrize("arrived", [False, True])
def test_a_case_with_an_open_call_is_not_merged_into_another(world, street, crew, arrived):
    key, lead = made.report(world, street), made.report(world, street)
    whistle_id = blown.whistle(world, street, key, crew)
    (call,) = blown.calls(world, street, whistle_id)
    if arrived:
        blown.arrive(world, crew, call.id)
    code = made.look(world, street, lead).short_code
    with pytest.raises(Conflict, match="请先撤回吹哨，或者等他们办完"):
        made.step(world, street, key, "office", Action.MERGE, lead=code)
    other_code = made.look(world, street, key).short_code
    made.step(world, street, lead, "office", Action.MERGE, lead=other_code)
    assert blown.look(world, street, call.id).state == ("arrived" if arrived else "called")


def test_a_case_with_an_open_call_is_not_refused_until_it_is_withdrawn(world, street, crew):
    key = made.report(world, street)
    whistle_id = blown.whistle(world, street, key, crew)
    (call,) = blown.calls(world, street, whistle_id)
    given = {"ground": Ground.IN_COURT, "text": "法院在审"}
    with pytest.raises(Conflict, match="请先撤回吹哨"):
        made.step(world, street, key, "office", Action.REFUSE, **given)
    blown.answer(world, street, call.id, CallAction.WITHDRAW, text="法院在审")
    made.step(world, street, key, "office", Action.REFUSE, **given)


def test_a_street_that_calls_further_while_the_case_is_closed_leaves_no_call_open(
    world, street, crew
):
    above, key = blown.street_office(world), made.report(world, street)
    whistle_id = blown.whistle(world, street, key, above)
    (first,) = blown.calls(world, street, whistle_id)
    blown.act(world, above, first.id, CallAction.SIGN)
    made.step(world, street, key, "staff", Action.ACCEPT)
    made.step(world, street, key, "staff", Action.COMPLETE, text="换好了")
    closing = threading.Thread(
        target=made.step,
        args=(world, street, key, "resident", Action.CONFIRM),
        kwargs={"rating": Rating.SATISFIED},
    )
    with world.app.app_context(), transaction(above.scope):
        call_more(above.seat, first.id, Wish([crew.key], "请一起来"))
        closing.start()
        closing.join(timeout=0.5)
        assert closing.is_alive()
    closing.join(timeout=20)
    made_calls = blown.calls(world, street, whistle_id)
    assert [call.state for call in made_calls] == ["withdrawn", "withdrawn"]


# Acting jointly


def test_a_joint_step_is_confirmed_by_the_other_once(world, street, crew):
    other = blown.crew(world, None, "江站长")
    mine, theirs = blown.whistled(world, street, crew, other)
    blown.arrive(world, crew, mine)
    with pytest.raises(Invalid, match="已经到场"):
        blown.act(world, crew, mine, CallAction.STEP_JOINTLY, text="清走", others=[theirs])
    blown.arrive(world, other, theirs)
    blown.act(world, crew, mine, CallAction.STEP_JOINTLY, text="一起清走", others=[theirs])
    world.work_off(street.community)
    assert any("请确认" in title for title in titles(world, street, other.person))
    with world.app.app_context(), transaction(other.scope):
        (step,) = [
            event
            for event in whistles.events_of(
                street.community.id, blown.look(world, street, theirs).whistle_id
            )
            if event.kind == "step_jointly"
        ]
        step_id = step.id
    blown.act(world, other, theirs, CallAction.JOIN, step=step_id)
    with pytest.raises(Conflict, match="已经确认过"):
        blown.act(world, other, theirs, CallAction.JOIN, step=step_id)


# The street


def test_a_street_that_is_called_calls_further_and_answers_for_it(world, street, crew):
    above = blown.street_office(world)
    (call_id,) = blown.whistled(world, street, above)
    with pytest.raises(Conflict):
        blown.more(world, above, call_id, crew)
    blown.act(world, above, call_id, CallAction.SIGN)
    blown.more(world, above, call_id, crew, reason="请配合执法")
    whistle_id = blown.look(world, street, call_id).whistle_id
    (further,) = [c for c in blown.calls(world, street, whistle_id) if c.by_call_id]
    assert (further.by_name, further.reason) == ("真武山街道", "请配合执法")
    with pytest.raises(Invalid, match="已经在为这件事请过"):
        blown.more(world, above, call_id, crew)
    blown.act(world, crew, further.id, CallAction.REFUSE, text="不归我们")
    blown.act(world, above, further.id, CallAction.INSIST, text="归你们")
    blown.finish(world, crew, further.id)
    blown.act(world, above, further.id, CallAction.SCORE, stars=Stars.GOOD)
    world.work_off(street.community)
    assert lines(world, street, "whistled")[-1]["by"] == "真武山街道"


def test_a_department_cannot_call_further(world, street, crew):
    (call_id,) = blown.whistled(world, street, crew)
    blown.act(world, crew, call_id, CallAction.SIGN)
    with pytest.raises(Conflict, match="只有街道"):
        blown.more(world, crew, call_id, blown.crew(world))


# What the database shows


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


# Deadlines


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
    assert titles(world, street, street.office).count(f"{name}没有按时签收") == 1
    assert titles(world, street, crew.person).count("你们没有按时签收，请马上处理") == 1
    (line,) = lines(world, street, "call_late")
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
    assert "你们没有按时到场，请马上处理" in titles(world, street, crew.person)


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
    assert any("还没有答复" in title for title in titles(world, street, street.office))


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
