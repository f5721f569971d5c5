from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.complaints.rules.catalogue import CATALOGUE, groups, title_of
from app.complaints.rules.deadlines import (
    Level,
    Responsible,
    Span,
    Unit,
    Urgency,
    clock_for,
    escalate_at,
    sign_span,
    solve_span,
)
from app.complaints.rules.places import PlaceChoice, PlaceKind, read_place
from app.complaints.rules.states import (
    TRANSITIONS,
    Action,
    Need,
    Party,
    State,
    check_given,
    parties_of,
    possible,
    transition,
)
from app.kit.clock import BEIJING
from app.kit.refusal import Conflict, Invalid, NotFound

ROLES = {
    "reporter": parties_of(is_reporter=True, in_company=False, in_office=False),
    "company": parties_of(is_reporter=False, in_company=True, in_office=False),
    "office": parties_of(is_reporter=False, in_company=False, in_office=True),
    "nobody": parties_of(is_reporter=False, in_company=False, in_office=False),
}
# Written out a second time, by hand: (role, state, action) → where it leads.
# An asterisk stands for "while no company is responsible".
ALLOWED = {
    ("office", "filed", "dispatch"): "dispatched",
    ("office", "dispatched", "dispatch"): "dispatched",
    ("office", "returned", "dispatch"): "dispatched",
    ("office", "filed", "take"): "accepted",
    ("office", "returned", "take"): "accepted",
    ("office", "filed", "refuse"): "not_accepted",
    ("office", "dispatched", "refuse"): "not_accepted",
    ("office", "returned", "refuse"): "not_accepted",
    ("office*", "accepted", "reply"): "accepted",
    ("office*", "reopened", "reply"): "reopened",
    ("office*", "accepted", "complete"): "done",
    ("office*", "reopened", "complete"): "done",
    ("company", "dispatched", "accept"): "accepted",
    ("company", "accepted", "reply"): "accepted",
    ("company", "reopened", "reply"): "reopened",
    ("company", "accepted", "complete"): "done",
    ("company", "reopened", "complete"): "done",
    ("company", "dispatched", "hand_back"): "returned",
    ("company", "accepted", "hand_back"): "returned",
    ("company", "reopened", "hand_back"): "returned",
    ("reporter", "filed", "add"): "filed",
    ("reporter", "dispatched", "add"): "dispatched",
    ("reporter", "accepted", "add"): "accepted",
    ("reporter", "done", "add"): "done",
    ("reporter", "reopened", "add"): "reopened",
    ("reporter", "returned", "add"): "returned",
    ("reporter", "done", "confirm"): "closed",
    ("reporter", "done", "reopen"): "reopened",
}
EVERYTHING = list(product(ROLES, State, Action, (True, False)))


def led_to(role, state, action, responsible):
    found = ALLOWED.get((role, state.value, action.value))
    if found is None and not responsible:
        found = ALLOWED.get((f"{role}*", state.value, action.value))
    return found


@pytest.mark.parametrize(("role", "state", "action", "responsible"), EVERYTHING)
def test_every_role_in_every_state_does_only_what_the_table_says(role, state, action, responsible):
    expected = led_to(role, state, action, responsible)
    if expected is None:
        with pytest.raises((NotFound, Conflict)):
            transition(action, state, ROLES[role], company_responsible=responsible)
        return
    row = transition(action, state, ROLES[role], company_responsible=responsible)
    assert (row.target or state) == expected


@pytest.mark.parametrize(
    ("role", "state", "responsible"), list(product(ROLES, State, (True, False)))
)
def test_what_is_offered_is_what_is_allowed(role, state, responsible):
    offered = possible(state, ROLES[role], company_responsible=responsible)
    allowed = {action for action in Action if led_to(role, state, action, responsible)}
    assert set(offered) == allowed


@pytest.mark.parametrize("state", [State.CLOSED, State.NOT_ACCEPTED])
def test_nothing_can_be_done_once_it_has_ended(state):
    everybody = frozenset(Party)
    assert possible(state, everybody, company_responsible=False) == ()


def test_who_acts_never_verifies_even_with_both_hats():
    both = parties_of(is_reporter=True, in_company=True, in_office=True)
    assert both == {Party.REPORTER}


def test_only_the_reporter_verifies():
    verifying = {row.party for row in TRANSITIONS if row.action in {Action.CONFIRM, Action.REOPEN}}
    assert verifying == {Party.REPORTER}


@pytest.mark.parametrize("row", TRANSITIONS, ids=lambda row: f"{row.action}-{row.party}")
def test_what_must_be_given_is_asked_for(row):
    check_given(row, frozenset(Need))
    for missing in row.needs:
        with pytest.raises(Invalid) as refused:
            check_given(row, frozenset(Need) - {missing})
        assert list(refused.value.errors) == [missing.value]


def test_a_step_that_comes_too_late_says_what_the_state_is():
    with pytest.raises(Conflict, match="已办结"):
        transition(Action.CONFIRM, State.CLOSED, ROLES["reporter"], company_responsible=True)


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING)


@pytest.mark.parametrize(
    ("urgency", "responsible", "start", "end"),
    [
        # 2026-03-06 is a Friday.
        ("urgent", "property", "2026-03-06 23:30", "2026-03-07 01:30"),
        ("utility", "property", "2026-03-06 09:00", "2026-03-07 09:00"),
        ("consult", "property", "2026-03-06 09:00", "2026-03-10 00:00"),
        ("ordinary", "property", "2026-03-06 09:00", "2026-03-14 00:00"),
        ("ordinary", "community", "2026-03-06 09:00", "2026-03-14 00:00"),
        ("hard", "community", "2026-03-06 09:00", "2026-03-22 00:00"),
        # National Day 2025: 1 to 8 October off, 28 September and 11 October worked.
        ("ordinary", "property", "2025-09-26 10:00", "2025-10-11 00:00"),
        ("consult", "property", "2025-09-30 10:00", "2025-10-10 00:00"),
    ],
)
def test_a_promise_counts_as_the_calendar_does(urgency, responsible, start, end):
    span = solve_span(Urgency(urgency), Responsible(responsible), 5)
    assert span.end_from(at(start)) == at(end)


def test_a_community_may_choose_its_ordinary_days():
    span = solve_span(Urgency.ORDINARY, Responsible.PROPERTY, 3)
    assert span == Span(3, Unit.WORKING_DAYS)
    assert solve_span(Urgency.URGENT, Responsible.PROPERTY, 3).words == "2 小时"


NOW = datetime(2026, 3, 6, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("urgency", Urgency)
def test_a_clock_runs_exactly_while_somebody_acts(state, urgency):
    clock = clock_for(
        state, promised_at=NOW + timedelta(days=3), urgency=urgency, now=NOW, level=Level.STAFF
    )
    assert (clock.due_at is not None) is state.clock_runs
    assert (clock.escalate_at is not None) is state.clock_runs


@given(
    state=st.sampled_from([state for state in State if state.clock_runs]),
    urgency=st.sampled_from(list(Urgency)),
    hours=st.integers(-300, 300),
    level=st.sampled_from(list(Level)),
)
def test_passing_a_case_on_never_moves_the_promise(state, urgency, hours, level):
    promised_at = NOW + timedelta(hours=hours)
    clock = clock_for(state, promised_at=promised_at, urgency=urgency, now=NOW, level=level)
    assert clock.due_at <= promised_at
    if clock.due_at <= NOW:
        assert clock.level is level
    else:
        assert clock.level is Level.STAFF


def test_signing_has_its_own_shorter_deadline():
    clock = clock_for(
        State.DISPATCHED,
        promised_at=NOW + timedelta(hours=2),
        urgency=Urgency.URGENT,
        now=NOW,
        level=Level.STAFF,
    )
    assert clock.due_at == sign_span(Urgency.URGENT).end_from(NOW) == NOW + timedelta(minutes=30)


def test_levels_are_told_one_after_the_other_and_then_no_more():
    moments = [escalate_at(NOW, Urgency.ORDINARY, level) for level in Level]
    assert moments == [NOW, NOW + timedelta(days=1), NOW + timedelta(days=3), None]


def test_urgent_matters_climb_faster():
    urgent = escalate_at(NOW, Urgency.URGENT, Level.MANAGER)
    assert urgent < escalate_at(NOW, Urgency.ORDINARY, Level.MANAGER)


def test_the_catalogue_has_each_code_once_and_each_category_in_one_group():
    listed = [category.code for _, categories in groups() for category in categories]
    assert sorted(listed) == sorted(CATALOGUE)
    assert len(listed) == len(set(listed))


def test_an_unknown_code_is_shown_as_it_is():
    assert title_of("property.lift") == "电梯故障"
    assert title_of("older.code") == "older.code"


@pytest.mark.parametrize(
    "value", ["", None, "unit", "unit:", "unit:1", "elsewhere:x", "moon:0", "unit:' OR 1=1"]
)
def test_a_place_that_is_none_is_refused(value):
    assert read_place(value) is None


def test_a_place_survives_the_form():
    assert read_place("elsewhere") == PlaceChoice(PlaceKind.ELSEWHERE)
    choice = read_place("unit:0190e7c2-0000-7000-8000-000000000000")
    assert read_place(str(choice)) == choice
