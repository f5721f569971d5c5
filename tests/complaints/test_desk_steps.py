"""The steps of the desk beyond the ordinary loop, with the database."""

from __future__ import annotations

from datetime import timedelta

import pytest
from factories import complaints as made
from sqlalchemy import select

from app.complaints.actions.workers import Worker
from app.complaints.jobs import sweep_overdue, sweep_waking
from app.complaints.models import Complaint, ComplaintEvent
from app.complaints.queries import cases
from app.complaints.rules.answers import Rating
from app.complaints.rules.states import Action
from app.core.access.roles import Role
from app.core.db import db
from app.core.notifications.models import Notification
from app.core.tenancy import Scope
from app.core.transaction import transaction
from app.kit.clock import civil_date, now
from app.kit.refusal import Conflict, Invalid, NotFound


@pytest.fixture
def take(world, context, street):
    """take(case, who, action, …) → the state it led to."""

    def taking(key, who, action, **given):
        return made.step(world, street, key, who, action, **given)

    return taking


def rows(street, statement):
    with transaction(Scope(community_id=street.community.id)):
        return db.session.execute(statement).all()


def kinds(street, key):
    wanted = select(ComplaintEvent.kind).where(ComplaintEvent.complaint_id == key)
    return [row.kind for row in rows(street, wanted.order_by(ComplaintEvent.id))]


def told(world, street, person):
    world.work_off(street.community)
    wanted = (
        select(Notification.title, Notification.body, Notification.url)
        .where(
            Notification.community_id == street.community.id, Notification.account_id == person.id
        )
        .order_by(Notification.id)
    )
    return rows(street, wanted)


def titles(world, street, person):
    return [row.title for row in told(world, street, person)]


def accepted(world, street, **values):
    key = made.report(world, street, **values)
    made.step(world, street, key, "staff", Action.ACCEPT)
    return key


def test_a_case_is_given_to_a_colleague_who_is_told(world, street, take):
    key = accepted(world, street)
    assert take(key, "staff", Action.ASSIGN, assignee_id=street.manager.id) == "accepted"
    assert made.look(world, street, key).assignee_id == street.manager.id
    assert "有一件诉求交给您办理" in titles(world, street, street.manager)


def test_a_case_is_given_to_nobody_outside_the_company(world, street, take):
    key = accepted(world, street)
    for stranger in (street.office, street.neighbour):
        with pytest.raises(Invalid) as refused:
            take(key, "staff", Action.ASSIGN, assignee_id=stranger.id)
        assert "assignee" in refused.value.errors
    assert made.look(world, street, key).assignee_id == street.staff.id


def test_signing_for_a_case_keeps_the_colleague_it_was_given_to(world, street, take):
    key = made.report(world, street)
    take(key, "staff", Action.ASSIGN, assignee_id=street.manager.id)
    take(key, "staff", Action.ACCEPT)
    assert made.look(world, street, key).assignee_id == street.manager.id


def test_an_extension_is_asked_granted_and_told_to_the_resident(world, street, take):
    key = accepted(world, street)
    before = made.look(world, street, key).promised_at
    take(key, "staff", Action.ASK_EXTENSION, text="配件要从武汉发", days=2)
    assert made.look(world, street, key).promised_at == before
    assert "有一件诉求申请延期，请答复" in titles(world, street, street.office)
    take(key, "office", Action.EXTEND)
    after = made.look(world, street, key)
    assert after.promised_at > before
    assert after.due_at == after.promised_at == after.extended_to
    assert after.extension_days is None
    assert "您反映的事要多等几天" in titles(world, street, street.resident)


def test_an_extension_that_is_denied_leaves_the_promise(world, street, take):
    key = accepted(world, street)
    before = made.look(world, street, key).promised_at
    take(key, "staff", Action.ASK_EXTENSION, text="人手不够", days=5)
    take(key, "office", Action.DENY_EXTENSION, text="请先安排这件")
    assert made.look(world, street, key).promised_at == before
    assert any("请先安排这件" in row.body for row in told(world, street, street.staff))


def test_a_second_request_waits_for_the_first_answer(world, street, take):
    key = accepted(world, street)
    take(key, "staff", Action.ASK_EXTENSION, text="等配件", days=2)
    with pytest.raises(Conflict, match="还没有答复"):
        take(key, "staff", Action.ASK_EXTENSION, text="还是等", days=2)
    with pytest.raises(Conflict):
        made.step(world, street, accepted(world, street), "office", Action.EXTEND)


def test_too_long_an_extension_is_refused_before_anybody_has_to_decide(world, street, take):
    key = accepted(world, street)
    with pytest.raises(Invalid, match="1 到 30"):
        take(key, "staff", Action.ASK_EXTENSION, text="慢慢来", days=31)


def test_a_pause_stops_the_clock_and_gives_back_what_was_left(world, street, take):
    key = accepted(world, street, category="property.burst_pipe")
    promise = made.look(world, street, key).promised_at
    until = civil_date(now()) + timedelta(days=1)
    assert take(key, "staff", Action.PAUSE, text="约好明天上门", until=until) == "waiting"
    paused = made.look(world, street, key)
    assert (paused.due_at, paused.escalate_at) == (None, None)
    began = paused.paused_at - timedelta(hours=3)
    made.changed(world, street, key, paused_at=began, promised_at=promise - timedelta(hours=2))
    take(key, "resident", Action.RESUME)
    resumed = made.look(world, street, key)
    assert resumed.due_at == resumed.promised_at
    given_back = resumed.promised_at - (promise - timedelta(hours=2))
    assert timedelta(hours=3) <= given_back < timedelta(hours=3, minutes=1)


def test_a_pause_ends_by_itself_once_also_after_downtime(world, street, take):
    key = accepted(world, street)
    until = civil_date(now()) + timedelta(days=1)
    take(key, "staff", Action.PAUSE, text="约好明天上门", until=until)
    sweep_waking()
    world.work_off(street.community)
    assert made.look(world, street, key).state == "waiting"
    made.changed(world, street, key, wake_at=now() - timedelta(days=2))
    for _ in range(3):
        sweep_waking()
        sweep_waking()
        world.work_off(street.community)
    assert made.look(world, street, key).state == "accepted"
    assert kinds(street, key).count("resume") == 1


def test_a_dispute_that_was_settled_cannot_be_played_again(world, street, take):
    key = made.report(world, street)
    take(key, "staff", Action.HAND_BACK, text="不属于我们")
    assert take(key, "office", Action.SETTLE, text="合同第 3 条写明由你们管") == "dispatched"
    settled = made.look(world, street, key)
    assert settled.organization_id == street.company_id
    assert any("合同第 3 条" in row.body for row in told(world, street, street.staff))
    with pytest.raises(Conflict, match="不能再退回"):
        take(key, "staff", Action.HAND_BACK, text="还是不属于我们")
    take(key, "staff", Action.ACCEPT)
    with pytest.raises(Conflict):
        take(key, "staff", Action.HAND_BACK, text="真的不属于我们")


def test_a_dispute_never_moves_the_promise(world, street, take):
    key = made.report(world, street)
    promise = made.look(world, street, key).promised_at
    for _ in range(3):
        take(key, "staff", Action.HAND_BACK, text="不属于我们")
        take(key, "office", Action.DISPATCH, organization_id=street.company_id)
    assert made.look(world, street, key).promised_at == promise


def test_who_worked_on_a_case_does_not_call_back(world, street, take):
    key = made.report(world, street, category="neighbours.noise")
    take(key, "office", Action.TAKE)
    take(key, "office", Action.COMPLETE, text="劝导好了")
    with pytest.raises(Conflict, match="谁办的不能由谁来核实"):
        take(key, "office", Action.VERIFY, rating=Rating.SATISFIED)
    colleague = made.office_colleague(world, street)
    assert take(key, colleague, Action.VERIFY, rating=Rating.FAIRLY) == "closed"
    closed = made.look(world, street, key)
    assert (closed.closing, closed.rating) == ("called_back", "fairly")


def test_a_member_of_the_company_with_an_office_hat_does_not_call_back(world, street, take):
    key = made.done(world, street)
    two_hats = Worker(
        made.office_colleague(world, street).account_id,
        type(street.office_desk)(office=True, companies=frozenset({street.company_id})),
    )
    with pytest.raises(Conflict, match="谁办的不能由谁来核实"):
        take(key, two_hats, Action.VERIFY, rating=Rating.SATISFIED)


def test_a_call_that_finds_it_unsolved_reaches_people_with_the_reason(world, street, take):
    key = made.done(world, street)
    assert take(key, "office", Action.FIND_UNSOLVED, text="居民说灯还是不亮") == "reopened"
    for person in (street.staff, street.manager):
        assert any("灯还是不亮" in row.body for row in told(world, street, person)), person.name
    assert made.look(world, street, key).reopened_count == 1


def test_the_residents_not_fixed_reaches_company_and_office_with_the_reason(world, street, take):
    key = made.done(world, street)
    take(key, "resident", Action.REOPEN, text="三楼还是黑的")
    for person in (street.staff, street.manager, street.office):
        found = [row for row in told(world, street, person) if "退回重办" in row.title]
        assert len(found) == 1, person.name
        assert "三楼还是黑的" in found[0].body


def test_calls_of_one_day_count_once_and_silence_needs_the_waiting_time_too(world, street, take):
    key = made.done(world, street)
    for _ in range(5):
        assert take(key, "office", Action.CALL_UNREACHED, text="无人接听") == "done"
    called = made.look(world, street, key)
    assert (called.unreached_days, called.wake_at) == (1, None)
    for _ in range(2):
        day = made.look(world, street, key).called_on - timedelta(days=1)
        made.changed(world, street, key, called_on=day)
        take(key, "office", Action.CALL_UNREACHED)
    called = made.look(world, street, key)
    assert called.unreached_days == 3
    assert called.wake_at > now() + timedelta(days=6)


def silent(world, street):
    key = made.done(world, street)
    made.changed(world, street, key, unreached_days=3, wake_at=now() - timedelta(minutes=1))
    sweep_waking()
    world.work_off(street.community)
    return key


def test_a_silence_closes_once_marked_as_such_and_without_a_rating(world, context, street):
    key = silent(world, street)
    sweep_waking()
    world.work_off(street.community)
    closed = made.look(world, street, key)
    assert (closed.state, closed.closing, closed.rating) == ("closed", "silence", None)
    assert kinds(street, key).count("close_silent") == 1
    assert any("自动办结" in title for title in titles(world, street, street.resident))


def test_a_closing_by_silence_can_be_disputed_and_one_by_word_cannot(world, street, take):
    key = silent(world, street)
    assert take(key, "resident", Action.DISPUTE, text="我出差了，根本没修") == "reopened"
    again = made.look(world, street, key)
    assert (again.closing, again.closed_at) == (None, None)
    assert again.due_at > now()
    spoken = made.done(world, street)
    take(spoken, "resident", Action.CONFIRM, rating=Rating.SATISFIED)
    with pytest.raises(Conflict, match="请重新反映"):
        take(spoken, "resident", Action.DISPUTE, text="又坏了")


def test_a_resident_who_answers_ends_the_silence(world, street, take):
    key = made.done(world, street)
    made.changed(world, street, key, unreached_days=3, wake_at=now() - timedelta(minutes=1))
    sweep_waking()
    take(key, "resident", Action.REOPEN, text="没修好")
    world.work_off(street.community)
    assert made.look(world, street, key).state == "reopened"
    assert "close_silent" not in kinds(street, key)


def test_another_category_recomputes_the_promise_from_the_beginning(world, street, take):
    key = made.report(world, street)
    slow = made.look(world, street, key)
    take(key, "office", Action.RECLASSIFY, category="property.burst_pipe")
    fast = made.look(world, street, key)
    assert fast.category_title == "水管漏水"
    assert fast.promised_at == fast.promise_from + timedelta(hours=2)
    assert fast.promised_at < slow.promised_at
    assert fast.due_at == fast.step_from + timedelta(minutes=30)
    take(key, "office", Action.RECLASSIFY, category="property.lighting")
    back = made.look(world, street, key)
    assert (back.promised_at, back.due_at) == (slow.promised_at, slow.due_at)


def test_the_same_or_an_unknown_category_is_refused(world, street, take):
    key = made.report(world, street)
    for category in ("property.lighting", "moon"):
        with pytest.raises(Invalid):
            take(key, "office", Action.RECLASSIFY, category=category)


def test_a_duplicate_is_merged_and_its_reporter_kept_informed(world, street, take):
    lead = made.report(world, street)
    other = made.report_by(world, street, street.neighbour)
    code = made.look(world, street, lead).short_code
    assert take(other, "office", Action.MERGE, lead=f"{code[:4]}-{code[4:]}".lower()) == "merged"
    assert kinds(street, lead) == ["filed", "absorbed"]
    take(lead, "staff", Action.ACCEPT)
    take(lead, "staff", Action.COMPLETE, text="换好了")
    seen = told(world, street, street.neighbour)
    done = [row for row in seen if "办好了" in row.title]
    assert len(done) == 1
    assert done[0].url.endswith(f"/complaints/{other}")
    assert not [row for row in told(world, street, street.resident) if str(other) in row.url]


def test_merging_again_takes_those_merged_before_along(world, street, take):
    first, second, third = (made.report(world, street) for _ in range(3))
    codes = {key: made.look(world, street, key).short_code for key in (first, second, third)}
    take(first, "office", Action.MERGE, lead=codes[second])
    take(second, "office", Action.MERGE, lead=codes[third])
    assert made.look(world, street, first).merged_into_id == third


def test_a_case_is_merged_into_an_open_case_of_the_same_community_only(world, street, take):
    key = made.report(world, street)
    own = made.look(world, street, key).short_code
    elsewhere = made.street(world)
    foreign = made.look(world, elsewhere, made.report(world, elsewhere)).short_code
    ended = made.done(world, street)
    take(ended, "resident", Action.CONFIRM, rating=Rating.SATISFIED)
    for code in (own, foreign, "00000000", made.look(world, street, ended).short_code):
        with pytest.raises(Invalid) as refused:
            take(key, "office", Action.MERGE, lead=code)
        assert "lead" in refused.value.errors
    assert made.look(world, street, key).state == "dispatched"


def test_a_merge_is_undone_with_the_old_promise(world, street, take):
    lead, other = made.report(world, street), made.report(world, street)
    promise = made.look(world, street, other).promised_at
    take(other, "office", Action.MERGE, lead=made.look(world, street, lead).short_code)
    assert take(other, "office", Action.SPLIT, text="不是同一盏灯") == "filed"
    again = made.look(world, street, other)
    assert (again.merged_into_id, again.promised_at) == (None, promise)
    assert again.due_at is not None


def test_a_second_matter_in_one_report_becomes_a_case_of_its_own(world, street, take):
    key = made.report(world, street, anonymous=True)
    take(key, "office", Action.SPLIT_OFF, text="楼道里还堆了柜子", category="property.clutter")
    wanted = select(Complaint.id).where(Complaint.split_from_id == key)
    (other,) = rows(street, wanted)
    row = made.look(world, street, other.id)
    assert (row.state, row.text, row.anonymous) == ("filed", "楼道里还堆了柜子", True)
    assert row.reporter_id == street.resident.id
    assert row.category == "property.clutter"
    assert kinds(street, other.id) == ["filed"]


def test_a_danger_to_the_public_is_told_at_once_and_climbs_as_an_urgent_matter(world, street, take):
    key = made.report(world, street)
    take(key, "office", Action.FLAG, text="电线裸露，孩子能摸到")
    assert any("裸露" in row.body for row in told(world, street, street.manager))
    moment = now() - timedelta(hours=3)
    made.changed(world, street, key, due_at=moment, promised_at=moment, escalate_at=moment)
    for _ in range(3):
        sweep_overdue()
        world.work_off(street.community)
    assert made.look(world, street, key).escalation_level == 2
    take(key, "office", Action.UNFLAG, text="已经包好")
    assert not made.look(world, street, key).public_safety


def test_a_note_stays_inside_and_that_of_the_office_stays_in_the_office(world, street, take):
    key = accepted(world, street)
    take(key, "staff", Action.NOTE, text="配件明天到")
    take(key, "office", Action.NOTE, text="反映人是周老师")

    def seen(**who):
        with transaction(Scope(community_id=street.community.id)):
            events = cases.events_of(street.community.id, key, hide_reporter=True, **who)
            return " ".join(event.text for event in events)

    assert "配件明天到" not in seen(for_resident=True)
    assert "配件明天到" in seen(for_resident=False)
    assert "周老师" not in seen(for_resident=False)
    assert "周老师" in seen(for_resident=False, office=True)


def test_reopening_keeps_the_history_of_extensions_and_starts_a_fresh_clock(world, street, take):
    key = accepted(world, street)
    take(key, "staff", Action.ASK_EXTENSION, text="等配件", days=2)
    take(key, "office", Action.EXTEND)
    take(key, "staff", Action.COMPLETE, text="好了")
    take(key, "resident", Action.REOPEN, text="没好")
    row = made.look(world, street, key)
    assert (row.extensions, row.extended_to) == (0, None)
    wanted = select(ComplaintEvent.kind, ComplaintEvent.due_at).order_by(ComplaintEvent.id)
    deadlines = {line.kind: line.due_at for line in rows(street, wanted)}
    assert deadlines["extend"] > deadlines["accept"]
    assert deadlines["reopen"] == row.due_at


def test_a_case_of_another_company_is_nobodys_business(world, street, take):
    other = made.company(world, street.community, "别家物业")
    stranger = world.member(street.community, Role.PROPERTY_STAFF, organization_id=other)
    key = accepted(world, street)
    worker = Worker(stranger.id, type(street.office_desk)(office=False, companies={other}))
    for action in (Action.NOTE, Action.ASSIGN, Action.REPLY):
        with pytest.raises(NotFound):
            take(key, worker, action, text="看看", assignee_id=stranger.id)
