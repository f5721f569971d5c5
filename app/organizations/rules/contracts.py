"""Service contracts: their period and their filing (备案)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.kit.clock import say_date
from app.kit.periods import last_day, period_end
from app.kit.refusal import Invalid
from app.organizations.rules.kinds import ServiceMode
from app.organizations.rules.notes import Note
from app.organizations.rules.spans import add_months

WARN_MONTHS = 3


@dataclass(frozen=True, slots=True)
class ContractDates:
    """The days of a contract that its state depends on."""

    signed_on: date
    starts_on: date
    ends_on: date | None
    filed_on: date | None
    ended_on: date | None

    def in_force(self, today: date) -> bool:
        """Begun, not run out and not ended early."""
        last = min((day for day in (self.ends_on, self.ended_on) if day), default=date.max)
        return self.starts_on <= today <= last


def check_contract(mode: ServiceMode, company_chosen: bool, dates: ContractDates) -> None:  # noqa: FBT001 - a fact of the contract
    """A professional service has a company; the days are in order."""
    errors: dict[str, str] = {}
    if mode is ServiceMode.PROFESSIONAL and not company_chosen:
        errors["company_id"] = "专业物业服务要选择物业企业。"
    if dates.ends_on is not None and dates.ends_on <= dates.starts_on:
        errors["ends_on"] = "合同结束的日期要晚于开始的日期。"
    if errors:
        raise Invalid(errors=errors)


def check_filed_on(dates: ContractDates, filed_on: date, today: date) -> None:
    """Filed between the day of signing and today."""
    if filed_on < dates.signed_on:
        raise Invalid(errors={"on": "备案日期不能早于签订日期。"})
    if filed_on > today:
        raise Invalid(errors={"on": "备案日期不能晚于今天。"})


def check_ended_on(dates: ContractDates, ended_on: date) -> None:
    """Ended after it began, not later than it runs out."""
    if ended_on < dates.starts_on:
        raise Invalid(errors={"on": "终止日期不能早于合同开始的日期。"})
    if dates.ends_on is not None and ended_on > dates.ends_on:
        raise Invalid(errors={"on": "终止日期不能晚于合同约定的结束日期。"})


def filing_due(signed_on: date, days: int) -> date:
    """The last day for filing; the day of signing does not count (民法典 201、203)."""
    return last_day(period_end(signed_on, days))


def filing_overdue(dates: ContractDates, days: int, today: date) -> bool:
    """Unfiled after the last day."""
    return dates.filed_on is None and today > filing_due(dates.signed_on, days)


def contract_notes(dates: ContractDates, filing_days: int, today: date) -> tuple[Note, ...]:
    """In force, ended, running out; filed, due or overdue."""
    notes = [_period_note(dates, today)]
    if dates.ended_on is None or dates.ended_on >= today:
        notes.append(_filing_note(dates, filing_days, today))
    return tuple(notes)


def _period_note(dates: ContractDates, today: date) -> Note:
    if dates.ended_on is not None and dates.ended_on < today:
        return Note("quiet", f"已于{say_date(dates.ended_on, today)}终止")
    if dates.starts_on > today:
        return Note("info", f"{say_date(dates.starts_on, today)}开始")
    if dates.ends_on is not None and dates.ends_on < today:
        return Note("late", f"已于{say_date(dates.ends_on, today)}到期")
    if dates.ends_on is not None and dates.ends_on <= add_months(today, WARN_MONTHS):
        return Note("due", f"{say_date(dates.ends_on, today)}到期")
    return Note("done", "履行中")


def _filing_note(dates: ContractDates, filing_days: int, today: date) -> Note:
    if dates.filed_on is not None:
        return Note("done", "已备案")
    due = say_date(filing_due(dates.signed_on, filing_days), today)
    if filing_overdue(dates, filing_days, today):
        return Note("late", f"未备案，{due}已到期")
    return Note("due", f"未备案，{due}前办理")
