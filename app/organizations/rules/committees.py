"""Committees: how many seats, for how long, and when somebody must be reminded."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

from app.kit.clock import say_date
from app.kit.periods import last_day, period_end
from app.kit.refusal import Conflict, Invalid
from app.organizations.rules.kinds import COMMITTEES, COMPOUND_COMMITTEES, OrganizationKind
from app.organizations.rules.notes import Note
from app.organizations.rules.spans import add_months, add_years

FEWEST_SEATS = 5
MOST_SEATS = 11
SMALL_COMPOUND_SEATS = 3
SMALL_COMPOUND_HOUSEHOLDS = 100
LONGEST_TERM_YEARS = 5
WARN_MONTHS = 3
CHAIR_POST = "主任"
ORDINARY_POST = "委员"
COMMITTEE_POSTS = (CHAIR_POST, "副主任", ORDINARY_POST)
ALTERNATE_POST = "候补委员"


class CommitteeFull(Conflict):
    """One more member would exceed the seats."""

    code = "committee_full"
    sentence = f"委员会最多 {MOST_SEATS} 人，已经满员。请先办理离任，再补选。"


class SizeUnlawful(Conflict):
    """The number of members does not allow filing."""

    code = "committee_size"


def is_committee(kind: OrganizationKind) -> bool:
    """Whether members are seated for a term."""
    return kind in COMMITTEES


def size_is_lawful(members: int, households: int) -> bool:
    """业主委员会由 5 至 11 人单数组成 (业主大会和业主委员会指导规则 art. 31).

    Three are enough where a compound has at most 100 households.
    """
    if members == SMALL_COMPOUND_SEATS:
        return households <= SMALL_COMPOUND_HOUSEHOLDS
    return FEWEST_SEATS <= members <= MOST_SEATS and members % 2 == 1


def check_seat_free(kind: OrganizationKind, members: int) -> None:
    """Refuse a member beyond the seats of a compound's committee."""
    if kind in COMPOUND_COMMITTEES and members >= MOST_SEATS:
        raise CommitteeFull


def check_size_for_filing(kind: OrganizationKind, members: int, households: int) -> None:
    """A committee is filed (备案) only with a lawful number of members."""
    if kind in COMPOUND_COMMITTEES and not size_is_lawful(members, households):
        raise SizeUnlawful(
            f"现有委员 {members} 人。委员会应为 {FEWEST_SEATS}—{MOST_SEATS} 人的单数"
            f"（{SMALL_COMPOUND_HOUSEHOLDS} 户及以下的小区可以是 {SMALL_COMPOUND_SEATS} 人）。"
            "请先补齐委员，再填写备案日期。"
        )


def check_term(starts: date | None, ends: date | None) -> None:
    """每届任期不超过 5 年 (业主大会和业主委员会指导规则 art. 31)."""
    if starts is None and ends is None:
        return
    if starts is None or ends is None:
        missing = "term_starts" if starts is None else "term_ends"
        raise Invalid(errors={missing: "任期的起止日期要一起填写。"})
    if ends <= starts:
        raise Invalid(errors={"term_ends": "任期结束的日期要晚于开始的日期。"})
    latest = add_years(starts, LONGEST_TERM_YEARS)
    if ends > latest:
        raise Invalid(
            errors={
                "term_ends": f"一届任期最长 {LONGEST_TERM_YEARS} 年，最晚到"
                f" {latest.year}年{latest.month}月{latest.day}日。"
            }
        )


def committee_filing_note(
    filed_on: date | None, starts: date | None, days: int, today: date
) -> Note:
    """Filed; within so many days of the first day of the term; or late (条例 16)."""
    if filed_on is not None:
        return Note("done", "已备案")
    if starts is None:
        return Note("late", "未备案")
    due = last_day(period_end(starts, days))
    if today > due:
        return Note("late", f"未备案，{say_date(due, today)}已到期")
    left = (due - today).days
    return Note("due", f"备案期内，还有 {left} 天" if left else "备案期今天到期")


def term_note(ends: date | None, today: date) -> Note | None:
    """Ended, or ending within three months."""
    if ends is None:
        return None
    if ends < today:
        return Note("late", f"任期已于{say_date(ends, today)}届满")
    if ends <= add_months(today, WARN_MONTHS):
        return Note("due", f"任期到{say_date(ends, today)}为止")
    return None


def warning_reach(today: date) -> date:
    """Terms that end on this day or earlier are warned of today: three months ahead."""
    return add_months(today, WARN_MONTHS)


def last_day_of_term(starts: date, years: int) -> date:
    """A term of five years from 8 March ends on 7 March (指导规则 art. 31: 不超过 5 年)."""
    if not 1 <= years <= LONGEST_TERM_YEARS:
        raise ValueError("a term is one to five years")
    return add_years(starts, years) - timedelta(days=1)


def check_post(post: str, others: Collection[str], *, alternate: bool) -> None:
    """One chair, chosen among the members (物业管理条例 art. 16); an alternate has no post yet."""
    if alternate:
        raise Conflict("候补委员还没有席位，不能任这个职务。", code="alternate_has_no_post")
    if post == CHAIR_POST and CHAIR_POST in others:
        raise Conflict("已经有一位主任。请先把现任主任改为委员。", code="chair_taken")
