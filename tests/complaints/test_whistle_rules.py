"""The table of a whistle's calls, written out a second time by hand and compared cell by cell."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as some

from app.complaints.rules import drawing
from app.complaints.rules.whistle_table import (
    CALL_TRANSITIONS,
    call_transition,
    check_call_given,
    check_score,
    possible_calls,
)
from app.complaints.rules.whistle_tabs import CallTab
from app.complaints.rules.whistles import (
    CALL_ENDED,
    CallAction,
    CallCondition,
    CallHappening,
    CallNeed,
    CallParty,
    CallSituation,
    CallState,
    Stars,
    call_times,
    times_again,
)
from app.kit.refusal import Conflict, Invalid, NotFound

ROLES = {
    "whistler": frozenset({CallParty.WHISTLER}),
    "called": frozenset({CallParty.CALLED}),
    "system": frozenset({CallParty.SYSTEM}),
    "nobody": frozenset(),
}
# For each action: who, from which states, to which state (= stays), what must hold besides.
BY_HAND = """
sign          called    called                                   signed
refuse        called    called                                   refused     not_insisted
insist        whistler  refused                                  called
withdraw      whistler  called signed refused                    withdrawn
arrive        called    signed                                   arrived
note          called    signed arrived                           =
note          whistler  called signed arrived refused            =
step_jointly  called    arrived                                  =
join          called    arrived done                             =
call_more     called    signed arrived                           =           is_street
finish        called    arrived                                  done
score         whistler  done                                     =           not_scored
score         called    done                                     =           not_scored
notice_late   system    called signed refused                    =           late
end_with_case system    called signed refused                    withdrawn
end_with_case system    arrived                                  done
"""
CONDITIONS = {condition.value for condition in CallCondition}


def by_hand():
    """(role, state, action) → (where it leads, what must hold)."""
    cells = {}
    for line in BY_HAND.strip().splitlines():
        action, role, *words = line.split()
        condition = words.pop() if words[-1] in CONDITIONS else None
        target = words.pop()
        for state in words:
            assert (role, state, action) not in cells
            cells[role, state, action] = (state if target == "=" else target, condition)
    return cells


CELLS = by_hand()
# Situations that between them make each condition hold and fail.
SITUATIONS = {
    "plain": CallSituation(),
    "insisted": CallSituation(insisted=True),
    "street": CallSituation(street=True),
    "scored": CallSituation(scored=True),
    "late": CallSituation(late=True),
}
HOLDS = {
    "not_insisted": set(SITUATIONS) - {"insisted"},
    "is_street": {"street"},
    "not_scored": set(SITUATIONS) - {"scored"},
    "late": {"late"},
}


def led_to(role, state, action, situation):
    target, condition = CELLS.get((role, state.value, action.value), (None, None))
    if condition is not None and situation not in HOLDS[condition]:
        return None
    return target


@pytest.mark.parametrize("action", CallAction)
def test_every_role_in_every_state_does_only_what_the_table_says(action):
    for role, state, name in product(ROLES, CallState, SITUATIONS):
        expected = led_to(role, state, action, name)
        where = f"{role}, {state}, {name}"
        if expected is None:
            with pytest.raises((NotFound, Conflict)):
                call_transition(action, state, ROLES[role], SITUATIONS[name])
        else:
            row = call_transition(action, state, ROLES[role], SITUATIONS[name])
            assert (row.target or state) == expected, where


@pytest.mark.parametrize("state", CallState)
def test_what_is_offered_is_what_is_allowed(state):
    for role, name in product(ROLES, SITUATIONS):
        offered = possible_calls(state, ROLES[role], SITUATIONS[name])
        allowed = {action for action in CallAction if led_to(role, state, action, name)}
        assert set(offered) == allowed, (role, name)


def test_every_condition_is_tried_both_ways():
    assert set(HOLDS) == CONDITIONS
    assert all(0 < len(holding) < len(SITUATIONS) for holding in HOLDS.values())


def test_every_action_leads_somewhere_and_stands_in_the_record():
    assert {row.action for row in CALL_TRANSITIONS} == set(CallAction)
    recorded = {happening.value for happening in CallHappening}
    assert {action.value for action in CallAction} - {"call_more"} < recorded


def test_what_ended_stays_ended():
    everybody = frozenset(CallParty)
    assert possible_calls(CallState.WITHDRAWN, everybody, CallSituation()) == ()
    assert not any(
        row.target for row in CALL_TRANSITIONS if row.sources & CALL_ENDED and row.target
    )


@pytest.mark.parametrize("row", CALL_TRANSITIONS, ids=lambda row: f"{row.action}-{row.party}")
def test_what_must_be_given_is_asked_for(row):
    check_call_given(row, frozenset(CallNeed))
    for missing in row.needs:
        with pytest.raises(Invalid) as refused:
            check_call_given(row, frozenset(CallNeed) - {missing})
        assert list(refused.value.errors) == [missing.value]


def test_nobody_arrives_without_a_photo():
    (row,) = [row for row in CALL_TRANSITIONS if row.action is CallAction.ARRIVE]
    assert CallNeed.PHOTOS in row.needs


def test_who_hands_back_or_takes_back_says_why():
    for row in CALL_TRANSITIONS:
        if row.action in {CallAction.REFUSE, CallAction.INSIST, CallAction.WITHDRAW}:
            assert CallNeed.TEXT in row.needs


@pytest.mark.parametrize("stars", Stars)
def test_a_low_score_says_why(stars):
    check_score(stars, "来得晚")
    if stars <= 2:
        with pytest.raises(Invalid, match="为什么"):
            check_score(stars, "  ")
    else:
        check_score(stars, "")


@pytest.mark.parametrize("side", [CallParty.WHISTLER, CallParty.CALLED])
def test_each_side_has_words_for_each_score(side):
    assert len({star.words(side) for star in Stars}) == len(Stars)


MOMENT = datetime(2026, 3, 8, 6, 0, tzinfo=UTC)


@given(
    sign=some.integers(1, 168),
    arrive=some.integers(1, 720),
    wanted=some.none() | some.integers(1, 60 * 24 * 30),
)
def test_signing_never_ends_after_the_arrival(sign, arrive, wanted):
    meeting = MOMENT + timedelta(minutes=wanted) if wanted else None
    times = call_times(MOMENT, sign_hours=sign, arrive_hours=arrive, wanted=meeting)
    assert MOMENT < times.sign_by <= times.arrive_by
    assert times.arrive_by == (meeting or MOMENT + timedelta(hours=arrive))
    assert times.sign_by <= MOMENT + timedelta(hours=sign)


@given(passed=some.integers(-5000, 5000), sign=some.integers(1, 168), arrive=some.integers(1, 720))
def test_whoever_is_insisted_on_gets_time_again(passed, sign, arrive):
    met = MOMENT + timedelta(minutes=passed)
    times = times_again(MOMENT, met, sign_hours=sign, arrive_hours=arrive)
    assert MOMENT < times.sign_by <= times.arrive_by
    if met > MOMENT:
        assert times.arrive_by == met


def test_every_state_stands_in_one_tab():
    shown = [state for tab in CallTab if tab is not CallTab.MADE for state in tab.states]
    assert sorted(shown) == sorted(CallState)


def test_the_page_of_the_docs_is_drawn_from_the_table_as_it_is():
    drawn = drawing.WHISTLE_PAGE.read_text("utf-8")
    assert drawn == drawing.whistle_page(), "run python -m app.complaints.rules.drawing"
