"""The times each step of an assembly must wait for."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.communities.rules import Settings
from app.kit.clock import end_of_day, say_deadline, say_moment
from app.kit.periods import last_day, period_end
from app.kit.refusal import Invalid, Refusal
from app.kit.working_days import MAINLAND, Calendar, next_working_day
from app.voting.rules.life import Action, Actor, State, next_state

_LAWFUL_NOTICE_DAYS = 15
_AFTER_OPEN = frozenset({State.CLOSED, State.PUBLISHED, State.FINAL})


@dataclass(frozen=True, slots=True)
class Timing:
    """Days an assembly must or may take; the notice is the law's least."""

    notice_days: int = 15
    voting_least_days: int = 5
    voting_most_days: int = 60
    publication_days: int = 7
    filing_days: int = 30

    def __post_init__(self) -> None:
        if self.notice_days < _LAWFUL_NOTICE_DAYS:
            raise ValueError("the notice is at least 15 days")
        if not 1 <= self.voting_least_days <= self.voting_most_days:
            raise ValueError("the shortest vote is not longer than the longest")
        if min(self.publication_days, self.filing_days) < 1:
            raise ValueError("publication and filing take at least a day")


def timing_of(settings: Settings) -> Timing:
    """The days a community decided on."""
    return Timing(
        notice_days=settings.assembly_notice_days,
        voting_least_days=settings.assembly_voting_least_days,
        voting_most_days=settings.assembly_voting_most_days,
        publication_days=settings.assembly_publication_days,
        filing_days=settings.assembly_filing_days,
    )


def earliest_opening(
    noticed_at: datetime, timing: Timing, calendar: Calendar = MAINLAND
) -> datetime:
    """When the notice has run out; its first day does not count (民法典 201)."""
    return period_end(noticed_at, timing.notice_days, calendar)


def check_window(
    noticed_at: datetime,
    opens_at: datetime,
    closes_at: datetime,
    timing: Timing,
    calendar: Calendar = MAINLAND,
) -> None:
    """The times a notice names: long enough before, neither too short nor too long."""
    earliest = earliest_opening(noticed_at, timing, calendar)
    if opens_at < earliest:
        raise Refusal(
            f"公告要满 {timing.notice_days} 天，最早 {say_moment(earliest, noticed_at)} 开始投票。",
            code="notice_too_short",
            possible_from=earliest,
        )
    length = closes_at - opens_at
    if length < timedelta(days=timing.voting_least_days):
        raise Refusal(f"投票至少要开放 {timing.voting_least_days} 天。", code="voting_too_short")
    _check_longest(length, timing)


def check_opening(
    state: State, opens_at: datetime, closes_at: datetime, open_objections: int, now: datetime
) -> None:
    """At the time the notice named, not before, and not while an objection to the roll is open."""
    next_state(state, Action.OPEN, Actor.CLOCK)
    if now < opens_at:
        raise Refusal(
            f"投票 {say_moment(opens_at, now)} 才开始。", code="too_early", possible_from=opens_at
        )
    if now >= closes_at:
        raise Refusal(
            "公告的投票时间已经过了，不能再开始。请取消这次会议，重新公告。", code="window_passed"
        )
    if open_objections:
        raise Refusal(
            f"对名册的异议还有 {open_objections} 条没有答复，答复以后才能锁定名册、开始投票。",
            code="objections_open",
        )


def check_ballot(state: State, opens_at: datetime, closes_at: datetime, now: datetime) -> None:
    """A ballot counts from the opening up to, not at, the deadline."""
    if now >= closes_at or state in _AFTER_OPEN:
        raise Refusal("投票已经截止，不能再投。结果会在公示后看到。", code="ballot_too_late")
    if state is State.CANCELLED:
        raise Refusal("这次业主大会已经取消，不用投票。", code="wrong_state")
    if now < opens_at or state is not State.OPEN:
        raise Refusal(
            f"投票还没有开始，{say_moment(opens_at, now)} 起可以投。",
            code="ballot_too_early",
            possible_from=opens_at,
        )


def check_extension(
    *,
    extended_before: bool,
    quorum_met: bool,
    opens_at: datetime,
    closes_at: datetime,
    new_closes_at: datetime,
    now: datetime,
    timing: Timing,
) -> None:
    """Once, before the deadline, and only while too few have taken part."""
    if extended_before:
        raise Refusal("投票只能延期一次，这次已经延期过。", code="extended_before")
    if quorum_met:
        raise Refusal("参与的人数和面积已经达到三分之二，不能延期。", code="quorum_met")
    if now >= closes_at:
        raise Refusal("投票已经截止，不能再延期。", code="ballot_too_late")
    if new_closes_at <= closes_at:
        raise Refusal("新的截止时间要晚于原来的截止时间。", code="extension_not_later")
    _check_longest(new_closes_at - opens_at, timing)


def check_closing(state: State, closes_at: datetime, now: datetime) -> None:
    """Nobody closes a vote early."""
    next_state(state, Action.CLOSE, Actor.CLOCK)
    if now < closes_at:
        raise Refusal(
            f"投票还没有截止：{say_deadline(closes_at, now)}。",
            code="too_early",
            possible_from=closes_at,
        )


def check_cancellation(state: State, reason: str) -> None:
    """Before anybody has voted, and with a reason the owners can read."""
    next_state(state, Action.CANCEL, Actor.COMMUNITY)
    if not reason.strip():
        sentence = "请写明取消的原因，业主会看到。"
        raise Invalid(sentence, errors={"reason": sentence}, code="reason_missing")


def tally_due(closes_at: datetime, calendar: Calendar = MAINLAND) -> datetime:
    """The tally is made within one working day."""
    return end_of_day(next_working_day(last_day(closes_at), calendar))


def earliest_final(
    published_at: datetime, timing: Timing, calendar: Calendar = MAINLAND
) -> datetime:
    """When the publication has run out."""
    return period_end(published_at, timing.publication_days, calendar)


def check_finality(
    state: State,
    published_at: datetime,
    open_objections: int,
    now: datetime,
    timing: Timing,
    calendar: Calendar = MAINLAND,
) -> None:
    """The publication has run out and every objection is answered."""
    next_state(state, Action.FINALIZE, Actor.CLOCK)
    earliest = earliest_final(published_at, timing, calendar)
    if now < earliest:
        raise Refusal(
            f"结果公示要满 {timing.publication_days} 天：{say_deadline(earliest, now)}。",
            code="publication_running",
            possible_from=earliest,
        )
    if open_objections:
        raise Refusal(f"还有 {open_objections} 条异议没有答复。", code="objections_open")


def filing_due(final_at: datetime, timing: Timing, calendar: Calendar = MAINLAND) -> datetime:
    """A committee election is filed at the district and the street within 30 days."""
    return period_end(final_at, timing.filing_days, calendar)


def _check_longest(length: timedelta, timing: Timing) -> None:
    if length > timedelta(days=timing.voting_most_days):
        raise Refusal(
            f"投票最多开放 {timing.voting_most_days} 天，延期也算在内。", code="voting_too_long"
        )
