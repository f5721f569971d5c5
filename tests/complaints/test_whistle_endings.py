"""The end of a case is the end of its calls; nothing is merged or refused over them."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from factories import complaints as made
from factories import whistles as blown

from app.complaints.actions import steps
from app.complaints.actions.calling import Wish, call_more
from app.complaints.rules.answers import Ground, Rating
from app.complaints.rules.states import Action
from app.complaints.rules.whistles import CallAction, Stars
from app.core.tenancy import Scope
from app.core.transaction import transaction
from app.kit.clock import now
from app.kit.refusal import Conflict


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
        assert blown.titles(world, street, one.person).count("这件事已经办结，不用去了") == 1
    told = blown.titles(world, street, street.office)
    assert sum("到场的事随之结束" in title for title in told) == 3


def test_who_is_there_when_the_case_is_closed_has_done_it_and_both_score(world, street, crew):
    key = made.report(world, street)
    whistle_id = blown.whistle(world, street, key, crew)
    (call,) = blown.calls(world, street, whistle_id)
    blown.arrive(world, crew, call.id)
    close(world, street, key, Action.CONFIRM)
    assert blown.look(world, street, call.id).state == "done"
    world.work_off(street.community)
    assert "这件事已经办结，请给这次吹哨打分" in blown.titles(world, street, crew.person)
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
    assert "这件事已经办结，不用去了" in blown.titles(world, street, crew.person)
    above_told = blown.titles(world, street, above.person)
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
