"""The promise to the resident (承诺时限), and the little that may move it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from app.complaints.rules.deadlines import Responsible, Urgency, solve_span
from app.complaints.rules.situations import LONGEST_EXTENSION, LONGEST_PAUSE
from app.complaints.rules.spans import Span, Unit
from app.kit.clock import civil_date, end_of_day
from app.kit.refusal import Invalid
from app.kit.working_days import MAINLAND, Calendar

_INSTANT = timedelta(microseconds=1)


def promised_span(
    urgency: Urgency, responsible: Responsible, property_days: int, own_limit: Span | None
) -> Span:
    """How long solving may take: the category's own limit, else the line of the table."""
    return own_limit or solve_span(urgency, responsible, property_days)


def extended(
    promised_at: datetime, days: int, unit: Unit, calendar: Calendar = MAINLAND
) -> datetime:
    """A promise put off by some days, working days where it counts in working time.

    Counted from the promise, not from the day of asking. Raises Invalid beyond the limit.
    """
    if not 1 <= days <= LONGEST_EXTENSION:
        sentence = f"延期请写 1 到 {LONGEST_EXTENSION} 之间的天数。"
        raise Invalid(sentence, errors={"days": sentence})
    working = unit in {Unit.WORKING_DAYS, Unit.WORKING_MINUTES}
    span = Span(days, Unit.WORKING_DAYS if working else Unit.DAYS)
    return span.end_from(promised_at - _INSTANT, calendar)


def pause_end(until: date, now: datetime) -> datetime:
    """When a pause ends by itself: at the end of the day agreed on with the resident.

    Raises Invalid for a day that has gone or lies too far away.
    """
    today = civil_date(now)
    if until < today:
        sentence = "约好的日期已经过了，请选今天或以后的日期。"
        raise Invalid(sentence, errors={"until": sentence})
    if until > today + timedelta(days=LONGEST_PAUSE):
        sentence = f"最多等 {LONGEST_PAUSE} 天，请选近一点的日期。"
        raise Invalid(sentence, errors={"until": sentence})
    return end_of_day(until)


def silence_ends(
    done_at: datetime, unreached_days: int, *, attempts: int, days: int
) -> datetime | None:
    """When a case may be closed by silence; None until the call-backs were tried often enough."""
    if unreached_days < attempts:
        return None
    return end_of_day(civil_date(done_at) + timedelta(days=days))
