"""The table of transitions, written out a second time by hand and compared cell by cell."""

from __future__ import annotations

from itertools import product

import pytest

from app.complaints.rules import drawing
from app.complaints.rules.answers import Need
from app.complaints.rules.situations import MOST_EXTENSIONS, Condition, Situation
from app.complaints.rules.states import WORK, Action, Happening, Party, State
from app.complaints.rules.transitions import (
    TRANSITIONS,
    check_given,
    parties_of,
    possible,
    transition,
)
from app.kit.refusal import Conflict, Invalid, NotFound

ROLES = {
    "reporter": parties_of(is_reporter=True, in_company=False, in_office=False),
    "company": parties_of(is_reporter=False, in_company=True, in_office=False),
    "office": parties_of(is_reporter=False, in_company=False, in_office=True),
    "system": frozenset({Party.SYSTEM}),
    "nobody": parties_of(is_reporter=False, in_company=False, in_office=False),
}
# For each action: who, from which states, to which state (= stays), what must hold besides.
BY_HAND = """
dispatch        office    filed dispatched returned                     dispatched
settle          office    returned                                      dispatched    handed_back
take            office    filed returned                                accepted
refuse          office    filed dispatched returned               not_accepted   nobody_called
accept          company   dispatched                                    accepted
assign          company   dispatched accepted reopened waiting          =
assign          office    accepted reopened waiting                     =             office_handles
reply           company   accepted reopened waiting                     =
reply           office    accepted reopened waiting                     =             office_handles
complete        company   accepted reopened waiting                     done
complete        office    accepted reopened waiting                     done          office_handles
hand_back       company   dispatched accepted reopened                  returned      not_settled
ask_extension   company   accepted reopened                             =             may_ask
extend          office    accepted reopened                             =  asked_by_another
deny_extension  office    accepted reopened                             =  asked_by_another
pause           company   accepted reopened                             waiting
pause           office    accepted reopened                             waiting       office_handles
resume          reporter  waiting                                       accepted
resume          company   waiting                                       accepted
resume          office    waiting                                       accepted
resume          system    waiting                                       accepted
note            company   filed dispatched accepted waiting done reopened returned    =
note            office    filed dispatched accepted waiting done reopened returned    =
add             reporter  filed dispatched accepted waiting done reopened returned    =
confirm         reporter  done                                          closed
reopen          reporter  done                                          reopened
dispute         reporter  closed                                        reopened  closed_silently
call_unreached  office    done                                          =             not_acted
verify          office    done                                          closed        not_acted
find_unsolved   office    done                                          reopened      not_acted
close_silent    system    done                                          closed        silence_over
reclassify      office    filed dispatched accepted waiting reopened returned         =
merge           office    filed dispatched accepted waiting reopened returned  merged  nobody_called
split           office    merged                                        filed
split_off       office    filed dispatched accepted waiting reopened returned         =
flag            office    filed dispatched accepted waiting done reopened returned    =  not_flagged
unflag          office    filed dispatched accepted waiting done reopened returned    =  flagged
"""
CONDITIONS = {condition.value for condition in Condition}


def by_hand():
    """(role, state, action) → (where it leads, what must hold)."""
    cells = {}
    for line in BY_HAND.strip().splitlines():
        action, role, *words = line.split()
        condition = words.pop() if words[-1] in CONDITIONS else None
        target = words.pop()
        for state in words:
            leads_to = state if target == "=" else target
            assert (role, state, action) not in cells
            cells[role, state, action] = (leads_to, condition)
    return cells


CELLS = by_hand()
# Situations that between them make each condition hold and fail.
SITUATIONS = {
    "plain": Situation(),
    "company": Situation(company_responsible=True),
    "handed back": Situation(handed_back=True),
    "settled": Situation(company_responsible=True, handed_back=True, settled=True),
    "asked": Situation(company_responsible=True, asked=True),
    "asked by me": Situation(asked=True, asked_by_me=True),
    "extended enough": Situation(company_responsible=True, extensions=MOST_EXTENSIONS),
    "worked": Situation(worked=True),
    "silent": Situation(company_responsible=True, silence_over=True),
    "closed silently": Situation(closed_silently=True),
    "flagged": Situation(flagged=True),
    "called": Situation(called=True),
}
# The same questions answered by hand: (condition) → situations in which it holds.
HOLDS = {
    "office_handles": {
        "plain", "handed back", "asked by me", "worked", "closed silently", "flagged",
        "called",
    },
    "handed_back": {"handed back", "settled"},
    "not_settled": set(SITUATIONS) - {"settled"},
    "may_ask": set(SITUATIONS) - {"asked", "asked by me", "extended enough"},
    "asked_by_another": {"asked"},
    "not_acted": set(SITUATIONS) - {"worked"},
    "silence_over": {"silent"},
    "closed_silently": {"closed silently"},
    "flagged": {"flagged"},
    "not_flagged": set(SITUATIONS) - {"flagged"},
    "nobody_called": set(SITUATIONS) - {"called"},
}  # fmt: skip
EVERYTHING = list(product(ROLES, State, SITUATIONS))


def led_to(role, state, action, situation):
    target, condition = CELLS.get((role, state.value, action.value), (None, None))
    if condition is not None and situation not in HOLDS[condition]:
        return None
    return target


@pytest.mark.parametrize("action", Action)
def test_every_role_in_every_state_does_only_what_the_table_says(action):
    for role, state, name in EVERYTHING:
        expected = led_to(role, state, action, name)
        where = f"{role}, {state}, {name}"
        if expected is None:
            with pytest.raises((NotFound, Conflict)):
                transition(action, state, ROLES[role], SITUATIONS[name])
        else:
            row = transition(action, state, ROLES[role], SITUATIONS[name])
            assert (row.target or state) == expected, where


@pytest.mark.parametrize("state", State)
def test_what_is_offered_is_what_is_allowed(state):
    for role, name in product(ROLES, SITUATIONS):
        offered = possible(state, ROLES[role], SITUATIONS[name])
        allowed = {action for action in Action if led_to(role, state, action, name)}
        assert set(offered) == allowed, (role, name)


def test_every_condition_is_tried_both_ways():
    assert set(HOLDS) == CONDITIONS
    assert all(0 < len(holding) < len(SITUATIONS) for holding in HOLDS.values())


def test_every_action_leads_somewhere():
    assert {row.action for row in TRANSITIONS} == set(Action)


def test_every_action_has_its_line_on_the_time_line():
    assert {action.value for action in Action} < {happening.value for happening in Happening}


def test_nobody_else_can_do_anything():
    assert all(possible(state, ROLES["nobody"], Situation()) == () for state in State)


def test_after_the_end_there_is_only_a_dispute_of_silence_and_an_undone_merge():
    everybody = frozenset(Party)
    silent = SITUATIONS["closed silently"]
    assert possible(State.CLOSED, everybody, Situation()) == ()
    assert possible(State.NOT_ACCEPTED, everybody, silent) == ()
    assert possible(State.CLOSED, everybody, silent) == (Action.DISPUTE,)
    assert possible(State.MERGED, everybody, silent) == (Action.SPLIT,)


def test_who_acts_never_verifies_even_with_both_hats():
    both = parties_of(is_reporter=True, in_company=True, in_office=True)
    assert both == {Party.REPORTER}


def test_a_company_never_verifies():
    verifying = {
        row.party for row in TRANSITIONS if State.DONE in row.sources and row.target is not None
    }
    assert Party.COMPANY not in verifying


def test_whoever_worked_on_it_learns_why_they_cannot_verify():
    for action in (Action.VERIFY, Action.FIND_UNSOLVED, Action.CALL_UNREACHED):
        with pytest.raises(Conflict, match="谁办的不能由谁来核实"):
            transition(action, State.DONE, ROLES["office"], Situation(worked=True))


def test_every_step_towards_done_counts_as_work():
    working = {
        row.action
        for row in TRANSITIONS
        if row.target in {State.ACCEPTED, State.DONE} and row.party is not Party.SYSTEM
    }
    assert working - {Action.RESUME} <= WORK


@pytest.mark.parametrize("row", TRANSITIONS, ids=lambda row: f"{row.action}-{row.party}")
def test_what_must_be_given_is_asked_for(row):
    check_given(row, frozenset(Need))
    for missing in row.needs:
        with pytest.raises(Invalid) as refused:
            check_given(row, frozenset(Need) - {missing})
        assert list(refused.value.errors) == [missing.value]


def test_what_a_resident_must_know_the_reason_of_needs_words():
    reasons = {
        Action.REFUSE, Action.HAND_BACK, Action.SETTLE, Action.ASK_EXTENSION, Action.PAUSE,
        Action.DENY_EXTENSION, Action.REOPEN, Action.DISPUTE, Action.FIND_UNSOLVED, Action.FLAG,
    }  # fmt: skip
    for row in TRANSITIONS:
        if row.action in reasons:
            assert Need.TEXT in row.needs, row.action


def test_a_step_that_comes_too_late_says_what_the_state_is():
    with pytest.raises(Conflict, match="已办结"):
        transition(Action.CONFIRM, State.CLOSED, ROLES["reporter"], Situation())


def test_the_page_of_the_docs_is_drawn_from_the_table_as_it_is():
    drawn = drawing.PAGE.read_text("utf-8")
    assert drawn == drawing.page(), "run python -m app.complaints.rules.drawing"
