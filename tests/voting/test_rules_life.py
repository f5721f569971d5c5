from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kit.clock import BEIJING
from app.kit.refusal import Refusal
from app.voting.rules import (
    TRANSITIONS,
    Action,
    Actor,
    State,
    Timing,
    actions_from,
    check_ballot,
    check_cancellation,
    check_closing,
    check_extension,
    check_finality,
    check_opening,
    check_window,
    earliest_opening,
    filing_due,
    next_state,
    tally_due,
)

TIMING = Timing()
MICROSECOND = timedelta(microseconds=1)
DAY = timedelta(days=1)


def beijing(*parts):
    return datetime(*parts, tzinfo=BEIJING)


NOTICED = beijing(2026, 3, 2, 10)
OPENS = beijing(2026, 3, 18)
CLOSES = beijing(2026, 3, 28)

LEGAL = {
    (State.DRAFT, Action.SUBMIT): State.UNDER_REVIEW,
    (State.DRAFT, Action.CANCEL): State.CANCELLED,
    (State.UNDER_REVIEW, Action.RETURN): State.DRAFT,
    (State.UNDER_REVIEW, Action.NOTICE): State.NOTICED,
    (State.UNDER_REVIEW, Action.CANCEL): State.CANCELLED,
    (State.NOTICED, Action.OPEN): State.OPEN,
    (State.NOTICED, Action.CANCEL): State.CANCELLED,
    (State.OPEN, Action.EXTEND): State.OPEN,
    (State.OPEN, Action.CLOSE): State.CLOSED,
    (State.CLOSED, Action.PUBLISH): State.PUBLISHED,
    (State.PUBLISHED, Action.RECOUNT): State.PUBLISHED,
    (State.PUBLISHED, Action.FINALIZE): State.FINAL,
}


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("action", Action)
def test_every_step_not_in_the_table_is_refused(state, action):
    actor = Actor.COMMUNITY
    if (state, action) in LEGAL:
        assert next_state(state, action, actor) is LEGAL[state, action]
    else:
        with pytest.raises(Refusal, match=state.label) as refused:
            next_state(state, action, actor)
        assert refused.value.code == "wrong_state"


@pytest.mark.parametrize(
    ("actor", "never"),
    [
        (Actor.INITIATOR, {"return", "notice", "open", "close", "publish", "recount", "finalize"}),
        (Actor.CLOCK, {"submit", "return", "notice", "extend", "recount", "cancel"}),
        (Actor.COMMUNITY, set()),
    ],
)
def test_nobody_takes_another_ones_step(actor, never):
    assert {
        action.value for action, step in TRANSITIONS.items() if actor not in step.actors
    } == never


def test_a_step_of_another_is_refused_by_name():
    with pytest.raises(Refusal) as refused:
        next_state(State.UNDER_REVIEW, Action.NOTICE, Actor.INITIATOR)
    assert refused.value.code == "not_your_step"


def test_a_page_offers_only_the_possible_steps():
    assert actions_from(State.OPEN, Actor.CLOCK) == (Action.CLOSE,)
    assert actions_from(State.FINAL, Actor.COMMUNITY) == ()
    assert actions_from(State.CANCELLED, Actor.INITIATOR) == ()


@given(st.lists(st.sampled_from(Action), max_size=20))
def test_once_open_an_assembly_can_never_be_cancelled_or_reopened(actions):
    state, opened = State.DRAFT, 0
    for action in actions:
        try:
            reached = next_state(state, action, Actor.COMMUNITY)
        except Refusal:
            continue
        opened += state is State.NOTICED and reached is State.OPEN
        assert not (opened and reached is State.CANCELLED)
        state = reached
    assert opened <= 1


def test_fifteen_days_of_notice_begin_the_day_after():
    assert earliest_opening(NOTICED, TIMING) == OPENS
    assert earliest_opening(beijing(2026, 3, 2, 0, 0), TIMING) == OPENS
    assert earliest_opening(beijing(2026, 3, 2, 23, 59), TIMING) == OPENS
    assert earliest_opening(beijing(2026, 3, 6, 10), TIMING) == beijing(2026, 3, 24)


def test_voting_may_open_when_the_notice_has_run_out_and_not_before():
    check_window(NOTICED, OPENS, CLOSES, TIMING)
    with pytest.raises(Refusal, match="满 15 天") as refused:
        check_window(NOTICED, OPENS - MICROSECOND, CLOSES, TIMING)
    assert refused.value.code == "notice_too_short"
    assert refused.value.possible_from == OPENS


@pytest.mark.parametrize(
    ("length", "code"),
    [
        (5 * DAY - MICROSECOND, "voting_too_short"),
        (5 * DAY, None),
        (60 * DAY, None),
        (60 * DAY + MICROSECOND, "voting_too_long"),
        (-DAY, "voting_too_short"),
    ],
)
def test_voting_lasts_5_to_60_days(length, code):
    if code is None:
        check_window(NOTICED, OPENS, OPENS + length, TIMING)
        return
    with pytest.raises(Refusal) as refused:
        check_window(NOTICED, OPENS, OPENS + length, TIMING)
    assert refused.value.code == code


@pytest.mark.parametrize(
    "settings",
    [
        {"notice_days": 14},
        {"voting_least_days": 0},
        {"voting_least_days": 61},
        {"publication_days": 0},
    ],
)
def test_no_setting_can_shorten_what_the_law_gives(settings):
    with pytest.raises(ValueError, match=r"day|longest"):
        Timing(**settings)


@pytest.mark.parametrize(
    ("state", "now", "code"),
    [
        (State.OPEN, OPENS - MICROSECOND, "ballot_too_early"),
        (State.OPEN, OPENS, None),
        (State.OPEN, CLOSES - MICROSECOND, None),
        (State.OPEN, CLOSES, "ballot_too_late"),
        (State.OPEN, CLOSES + DAY, "ballot_too_late"),
        (State.NOTICED, OPENS, "ballot_too_early"),
        (State.DRAFT, OPENS, "ballot_too_early"),
        (State.CLOSED, OPENS, "ballot_too_late"),
        (State.PUBLISHED, OPENS, "ballot_too_late"),
        (State.FINAL, OPENS, "ballot_too_late"),
        (State.CANCELLED, OPENS, "wrong_state"),
    ],
)
def test_a_ballot_counts_from_the_opening_up_to_but_not_at_the_deadline(state, now, code):
    if code is None:
        check_ballot(state, OPENS, CLOSES, now)
        return
    with pytest.raises(Refusal) as refused:
        check_ballot(state, OPENS, CLOSES, now)
    assert refused.value.code == code


def test_an_early_ballot_is_told_when_it_can_be_cast():
    with pytest.raises(Refusal, match="3月18日（周三）00:00 起可以投") as refused:
        check_ballot(State.NOTICED, OPENS, CLOSES, NOTICED)
    assert refused.value.possible_from == OPENS


def test_voting_opens_at_its_time():
    check_opening(State.NOTICED, OPENS, CLOSES, 0, OPENS)
    with pytest.raises(Refusal) as refused:
        check_opening(State.NOTICED, OPENS, CLOSES, 0, OPENS - MICROSECOND)
    assert refused.value.possible_from == OPENS


def test_voting_does_not_open_while_an_objection_to_the_roll_is_open():
    with pytest.raises(Refusal, match="还有 1 条没有答复") as refused:
        check_opening(State.NOTICED, OPENS, CLOSES, 1, OPENS)
    assert refused.value.code == "objections_open"


def test_voting_does_not_open_when_its_own_window_has_passed():
    check_opening(State.NOTICED, OPENS, CLOSES, 0, CLOSES - MICROSECOND)
    with pytest.raises(Refusal, match="重新公告"):
        check_opening(State.NOTICED, OPENS, CLOSES, 0, CLOSES)


def test_voting_is_not_closed_early():
    check_closing(State.OPEN, CLOSES, CLOSES)
    with pytest.raises(Refusal, match="3月27日（周五）24:00 截止，还有 9 天"):
        check_closing(State.OPEN, CLOSES, CLOSES - 9 * DAY)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({}, None),
        ({"extended_before": True}, "extended_before"),
        ({"quorum_met": True}, "quorum_met"),
        ({"now": CLOSES}, "ballot_too_late"),
        ({"now": CLOSES - MICROSECOND}, None),
        ({"new_closes_at": CLOSES}, "extension_not_later"),
        ({"new_closes_at": OPENS + 60 * DAY}, None),
        ({"new_closes_at": OPENS + 60 * DAY + MICROSECOND}, "voting_too_long"),
    ],
)
def test_voting_is_extended_once_and_only_without_a_quorum(change, code):
    case = {
        "extended_before": False,
        "quorum_met": False,
        "opens_at": OPENS,
        "closes_at": CLOSES,
        "new_closes_at": CLOSES + 5 * DAY,
        "now": CLOSES - DAY,
        "timing": TIMING,
        **change,
    }
    if code is None:
        check_extension(**case)
        return
    with pytest.raises(Refusal) as refused:
        check_extension(**case)
    assert refused.value.code == code


def test_a_cancellation_needs_a_reason_and_an_unopened_vote():
    check_cancellation(State.NOTICED, "议题需要补充材料")
    with pytest.raises(Refusal) as refused:
        check_cancellation(State.NOTICED, " ")
    assert refused.value.code == "reason_missing"
    with pytest.raises(Refusal) as refused:
        check_cancellation(State.OPEN, "不想投了")
    assert refused.value.code == "wrong_state"


@pytest.mark.parametrize(
    ("closes", "due"),
    [
        (beijing(2026, 3, 27, 18), beijing(2026, 3, 31)),
        (beijing(2026, 3, 26, 18), beijing(2026, 3, 28)),
        (beijing(2026, 3, 26), beijing(2026, 3, 27)),
        (beijing(2025, 9, 30, 18), beijing(2025, 10, 10)),
    ],
)
def test_the_tally_is_due_within_one_working_day(closes, due):
    assert tally_due(closes) == due


def test_a_result_is_final_when_its_publication_has_run_out_and_objections_are_answered():
    published, final = beijing(2026, 3, 30, 9), beijing(2026, 4, 8)
    assert date(2026, 4, 6).weekday() == 0
    check_finality(State.PUBLISHED, published, 0, final, TIMING)
    with pytest.raises(Refusal) as refused:
        check_finality(State.PUBLISHED, published, 0, final - MICROSECOND, TIMING)
    assert refused.value.code == "publication_running"
    with pytest.raises(Refusal, match="2 条异议"):
        check_finality(State.PUBLISHED, published, 2, final, TIMING)


def test_a_committee_is_filed_within_thirty_days():
    assert filing_due(beijing(2026, 3, 2, 9), TIMING) == beijing(2026, 4, 2)
