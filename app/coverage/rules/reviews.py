"""Review by level: street first, district second, the city's spot check.

A version is decided at most once by each level. What it amounts to is derived from the
decisions, never stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from app.kit.refusal import Conflict, Invalid

FRESH = timedelta(hours=24)


class Level(StrEnum):
    """街道初审, 区级复审, 市级抽查."""

    STREET = "street"
    DISTRICT = "district"
    CITY = "city"

    @property
    def label(self) -> str:
        """The level's work."""
        return {"street": "街道初审", "district": "区级复审", "city": "市级抽查"}[self.value]


class Decision(StrEnum):
    """What a reviewer can decide."""

    APPROVE = "approve"
    RETURN = "return"
    FOUND_TRUE = "found_true"
    FOUND_UNTRUE = "found_untrue"

    @property
    def label(self) -> str:
        """In words."""
        return {
            "approve": "通过",
            "return": "退回修改",
            "found_true": "抽查属实",
            "found_untrue": "抽查不实",
        }[self.value]

    @property
    def needs_reason(self) -> bool:
        """Whoever turns a report down says why."""
        return self in {Decision.RETURN, Decision.FOUND_UNTRUE}


class ReportState(StrEnum):
    """What the decisions amount to."""

    WAITING = "waiting"
    RETURNED = "returned"
    STREET_APPROVED = "street_approved"
    DISTRICT_APPROVED = "district_approved"
    VERIFIED = "verified"
    UNTRUE = "untrue"

    @property
    def label(self) -> str:
        """In words."""
        return _STATES[self][0]

    @property
    def tone(self) -> str:
        """The tone of its tag."""
        return _STATES[self][1]

    @property
    def counts(self) -> bool:
        """Whether the figures enter the roll-up: a returned report counts as not submitted."""
        return self is not ReportState.RETURNED

    @property
    def reviewed(self) -> bool:
        """Whether somebody above has accepted it."""
        return self in {
            ReportState.STREET_APPROVED,
            ReportState.DISTRICT_APPROVED,
            ReportState.VERIFIED,
        }

    @property
    def may_be_replaced(self) -> bool:
        """Whether the community submits a new version."""
        return self in {ReportState.RETURNED, ReportState.UNTRUE}


_STATES = {
    ReportState.WAITING: ("待街道初审", "due"),
    ReportState.RETURNED: ("已退回", "late"),
    ReportState.STREET_APPROVED: ("街道已通过", "done"),
    ReportState.DISTRICT_APPROVED: ("区级已通过", "done"),
    ReportState.VERIFIED: ("市级抽查属实", "done"),
    ReportState.UNTRUE: ("市级抽查不实", "late"),
}
Decisions = Mapping[Level, Decision]


class NotYourTurn(Conflict):
    """The version was decided meanwhile, or another level comes first."""

    code = "not_your_turn"
    sentence = "这份报表现在不需要您这一级处理，可能刚刚被同事处理过。请刷新后查看。"


class AlreadySubmitted(Conflict):
    """A version is under review or was accepted."""

    code = "already_submitted"
    sentence = "本季度的报表已经报送，退回之前不能再改。"


class Stale(Conflict):
    """The snapshot is too old to be sent."""

    code = "stale"
    sentence = "这些数字是一天以前算的。请先按“重新计算”，核对后再报送。"


def state_of(decisions: Decisions) -> ReportState:
    """The state of a version."""
    taken = set(decisions.values())
    if Decision.RETURN in taken:
        return ReportState.RETURNED
    if Decision.FOUND_UNTRUE in taken:
        return ReportState.UNTRUE
    if Decision.FOUND_TRUE in taken:
        return ReportState.VERIFIED
    if Level.DISTRICT in decisions:
        return ReportState.DISTRICT_APPROVED
    return ReportState.STREET_APPROVED if Level.STREET in decisions else ReportState.WAITING


def choices_of(level: Level, decisions: Decisions) -> tuple[Decision, ...]:
    """What a level may decide now; nothing when it is not its turn."""
    state = state_of(decisions)
    if level in decisions or state.may_be_replaced:
        return ()
    if level is Level.STREET:
        return (Decision.APPROVE, Decision.RETURN) if state is ReportState.WAITING else ()
    if Level.STREET not in decisions:
        return ()
    if level is Level.DISTRICT:
        return (Decision.APPROVE, Decision.RETURN)
    return (Decision.FOUND_TRUE, Decision.RETURN, Decision.FOUND_UNTRUE)


def check_decision(level: Level, decisions: Decisions, decision: Decision, reason: str) -> None:
    """Refuse what is not this level's to decide, and a refusal without a reason."""
    if decision not in choices_of(level, decisions):
        raise NotYourTurn
    if decision.needs_reason and not reason.strip():
        raise Invalid(errors={"reason": "请写明原因，社区会看到。"})


def check_may_submit(latest: ReportState | None) -> None:
    """Refuse while a version of the same quarter is under review or accepted."""
    if latest is not None and not latest.may_be_replaced:
        raise AlreadySubmitted


def check_fresh(computed_at: datetime, now: datetime) -> None:
    """Refuse a snapshot older than a day."""
    if now - computed_at > FRESH:
        raise Stale
