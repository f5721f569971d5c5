from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.complaints.rules.deadlines import (
    Level,
    Responsible,
    Urgency,
    clock_for,
    escalate_at,
    sign_span,
    solve_span,
)
from app.complaints.rules.promises import extended, pause_end, promised_span, silence_ends
from app.complaints.rules.spans import Span, Unit, after_pause, read_span, stored_span
from app.complaints.rules.states import STOPPED, State
from app.kit.clock import BEIJING, civil_date, in_beijing
from app.kit.refusal import Invalid
from app.kit.working_days import OFFICE_HOURS, Calendar


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


def test_urgent_signing_counts_from_when_the_step_began():
    begun = NOW - timedelta(minutes=20)
    clock = clock_for(
        State.DISPATCHED,
        promised_at=NOW + timedelta(hours=2),
        urgency=Urgency.URGENT,
        now=NOW,
        since=begun,
        level=Level.STAFF,
    )
    assert clock.due_at == begun + timedelta(minutes=30)


def test_a_place_has_days_off_and_make_up_days_of_its_own():
    monday_off = Calendar(extra_holidays=frozenset({date(2026, 3, 9)}))
    sunday_on = Calendar(extra_working_days=frozenset({date(2026, 3, 8)}))
    friday = at("2026-03-06 10:00")
    span = Span(1, Unit.WORKING_DAYS)
    assert span.end_from(friday) == at("2026-03-10 00:00")
    assert span.end_from(friday, monday_off) == at("2026-03-11 00:00")
    assert span.end_from(friday, sunday_on) == at("2026-03-09 00:00")


@pytest.mark.parametrize(
    ("written", "span", "words"),
    [
        ("30分钟", Span(30, Unit.MINUTES), "30 分钟"),
        ("24 小时", Span(1440, Unit.MINUTES), "24 小时"),
        ("8个工作小时", Span(480, Unit.WORKING_MINUTES), "8 个工作小时"),
        ("7天", Span(7, Unit.DAYS), "7 天"),
        ("15日", Span(15, Unit.DAYS), "15 天"),
        ("5 个工作日", Span(5, Unit.WORKING_DAYS), "5 个工作日"),
    ],
)
def test_a_limit_is_read_as_people_write_it_and_said_the_same_way(written, span, words):
    assert read_span(written) == span
    assert span.words == words
    assert stored_span(str(span)) == span


@pytest.mark.parametrize("written", ["", "0天", "尽快", "5", "-3天", "1.5小时", "99999天"])
def test_a_limit_that_is_none_is_not_guessed(written):
    assert read_span(written) is None


def test_a_category_with_a_limit_of_its_own_goes_before_the_table():
    own = Span(480, Unit.WORKING_MINUTES)
    assert promised_span(Urgency.URGENT, Responsible.PROPERTY, 5, own) == own
    assert promised_span(Urgency.URGENT, Responsible.PROPERTY, 5, None) == Span(120, Unit.MINUTES)


# A reference that knows nothing of the arithmetic: it walks minute by minute and looks at the
# wall clock. A day of a span counts when the clock was running as the day began.

MINUTE = timedelta(minutes=1)
SPAN_LIMITS = {
    Unit.MINUTES: 3 * 24 * 60,
    Unit.WORKING_MINUTES: 24 * 60,
    Unit.DAYS: 6,
    Unit.WORKING_DAYS: 5,
}


def in_office(moment, calendar):
    local = in_beijing(moment)
    return calendar.works(local.date()) and any(
        opening <= local.time() < closing for opening, closing in OFFICE_HOURS
    )


def walk(span, start, pause, calendar):
    """The deadline, minute by minute; the clock stands from `pause[0]` to `pause[1]`."""
    moment, counted = start, 0
    while True:
        running = not pause[0] <= moment < pause[1]
        following = moment + MINUTE
        if span.unit in {Unit.MINUTES, Unit.WORKING_MINUTES}:
            counted += running and (span.unit is Unit.MINUTES or in_office(moment, calendar))
            if counted == span.amount:
                return following
        elif running and civil_date(following) != civil_date(moment):
            if counted == span.amount:
                return following
            counted += span.unit is Unit.DAYS or calendar.works(civil_date(following))
        moment = following


@st.composite
def stories(draw):
    """A span, its start, when a pause begins and how long it lasts, the calendar of the place."""
    unit = draw(st.sampled_from(list(Unit)))
    span = Span(draw(st.integers(1, SPAN_LIMITS[unit])), unit)
    # Before the Spring Festival of 2026 with its make-up days, and in an ordinary month.
    first = draw(st.sampled_from([at("2026-02-10 00:00"), at("2026-06-01 00:00")]))
    start = (first + draw(st.integers(0, 12 * 24 * 60)) * MINUTE).astimezone(UTC)
    wait = draw(st.integers(1, 5 * 24 * 60)) * MINUTE
    length = draw(st.integers(1, 6 * 24 * 60)) * MINUTE
    off = draw(st.frozensets(st.integers(0, 20), max_size=3))
    calendar = Calendar(
        extra_holidays=frozenset(civil_date(start) + timedelta(days=days) for days in off)
    )
    return span, start, wait, length, calendar


@settings(deadline=None)
@given(stories())
def test_a_deadline_is_where_walking_minute_by_minute_ends(story):
    span, start, _, _, calendar = story
    assert span.end_from(start, calendar) == walk(span, start, (start, start), calendar)


@settings(deadline=None)
@given(stories())
def test_a_paused_deadline_is_where_walking_minute_by_minute_ends(story):
    span, start, wait, length, calendar = story
    deadline = span.end_from(start, calendar)
    paused_at, resumed_at = start + wait, start + wait + length
    expected = walk(span, start, (paused_at, resumed_at), calendar)
    assert after_pause(span.unit, deadline, paused_at, resumed_at, calendar) == expected


@settings(deadline=None)
@given(stories())
def test_a_pause_never_brings_a_broken_promise_back(story):
    span, start, wait, length, calendar = story
    deadline = span.end_from(start, calendar)
    paused_at = deadline + wait
    after = after_pause(span.unit, deadline, paused_at, paused_at + length, calendar)
    assert after == deadline


@settings(deadline=None)
@given(stories())
def test_a_pause_never_takes_time_away(story):
    span, start, wait, length, calendar = story
    deadline = span.end_from(start, calendar)
    paused_at = start + wait
    assert after_pause(span.unit, deadline, paused_at, paused_at + length, calendar) >= deadline


def test_the_clock_stands_still_only_where_the_rule_says_so():
    stopped = {state.value for state in STOPPED}
    assert stopped == {"waiting", "done", "closed", "not_accepted", "merged"}


@pytest.mark.parametrize(
    ("unit", "days", "end"),
    [
        # The promise ends on Friday 6 March 2026 at 24:00.
        (Unit.WORKING_DAYS, 2, "2026-03-11 00:00"),
        (Unit.DAYS, 2, "2026-03-09 00:00"),
        (Unit.MINUTES, 1, "2026-03-08 00:00"),
    ],
)
def test_an_extension_counts_from_the_promise_in_its_own_kind_of_days(unit, days, end):
    assert extended(at("2026-03-07 00:00"), days, unit) == at(end)


@pytest.mark.parametrize("days", [0, -1, 31, 10_000])
def test_an_extension_has_a_limit(days):
    with pytest.raises(Invalid) as refused:
        extended(NOW, days, Unit.DAYS)
    assert "days" in refused.value.errors


def test_a_pause_ends_with_the_day_agreed_on():
    assert pause_end(date(2026, 3, 8), NOW) == at("2026-03-09 00:00")
    assert pause_end(civil_date(NOW), NOW) == at("2026-03-07 00:00")


@pytest.mark.parametrize("until", [date(2026, 3, 5), date(2026, 4, 6)])
def test_a_pause_of_the_past_or_without_end_is_refused(until):
    with pytest.raises(Invalid) as refused:
        pause_end(until, NOW)
    assert "until" in refused.value.errors


@pytest.mark.parametrize(("calls", "ends"), [(0, None), (2, None), (3, "2026-03-14 00:00")])
def test_silence_counts_only_once_enough_calls_were_tried(calls, ends):
    expected = at(ends) if ends else None
    assert silence_ends(NOW, calls, attempts=3, days=7) == expected
