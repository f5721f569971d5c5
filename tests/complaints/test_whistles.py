"""What calls do, from calling to scoring."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from factories import complaints as made
from factories import whistles as blown
from factories.databases import owner_connection
from sqlalchemy import func, select, text

from app.complaints.models import (
    ComplaintEvent,
    Whistle,
)
from app.complaints.queries import whistles
from app.complaints.rules.states import Action
from app.complaints.rules.whistles import CallAction, Stars
from app.core.db import db
from app.core.files.actions import Upload
from app.core.files.models import StoredFile
from app.core.tenancy import Scope
from app.core.transaction import transaction
from app.kit.clock import now
from app.kit.refusal import Conflict, Invalid

# Calling


def test_a_call_runs_by_the_settings_and_everybody_learns_of_it(world, street, crew):
    (call_id,) = blown.whistled(world, street, crew)
    call = blown.look(world, street, call_id)
    assert call.state == "called"
    assert call.due_at == call.sign_by == call.notice_at
    assert now() + timedelta(minutes=119) < call.sign_by < now() + timedelta(minutes=120)
    assert call.arrive_by - call.sign_by == timedelta(hours=22)
    assert blown.lines(world, street, "whistled")[0]["party"] == call.party_name
    world.work_off(street.community)
    assert f"{street.community.name}请你们到场，请签收" in blown.titles(world, street, crew.person)
    assert "已请有关单位到场处理您反映的事" in blown.titles(world, street, street.resident)


def test_several_are_called_in_one_line_of_the_case(world, street, crew):
    other = blown.crew(world, person="江站长")
    blown.whistled(world, street, crew, other)
    world.work_off(street.community)
    (line,) = blown.lines(world, street, "whistled")
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
        assert [line["party"] for line in blown.lines(world, street, kind)] == [call.party_name]
    told = blown.titles(world, street, street.office)
    assert f"{call.party_name}已到场" in told
    assert "有关单位已到场处理您反映的事" in blown.titles(world, street, street.resident)


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
    assert "撤回了吹哨，不用去了" in "".join(blown.titles(world, street, crew.person))
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
    assert any("请确认" in title for title in blown.titles(world, street, other.person))
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
    assert blown.lines(world, street, "whistled")[-1]["by"] == "真武山街道"


def test_a_department_cannot_call_further(world, street, crew):
    (call_id,) = blown.whistled(world, street, crew)
    blown.act(world, crew, call_id, CallAction.SIGN)
    with pytest.raises(Conflict, match="只有街道"):
        blown.more(world, crew, call_id, blown.crew(world))
