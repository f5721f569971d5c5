"""Kinds of facilities, their cycles, and when upkeep is due.

The cycles are defaults and can be set for each facility. ✔: in the text of a regulation;
M: from general knowledge, never printed as official.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from app.kit.clock import say_date
from app.kit.refusal import Invalid

LONGEST_CYCLE_DAYS = 1830


class FacilityKind(StrEnum):
    """What is kept up, with its work in the Chinese name."""

    LIFT_UPKEEP = "lift_upkeep"
    LIFT_INSPECTION = "lift_inspection"
    FIRE_TEST = "fire_test"
    WATER_TANK = "water_tank"
    WATER_QUALITY = "water_quality"
    LIGHTNING = "lightning"
    GAS = "gas"
    SEPTIC_TANK = "septic_tank"
    STREET_LAMPS = "street_lamps"
    DRAINS = "drains"

    @property
    def label(self) -> str:
        """The Chinese name of the work."""
        return _STANDARDS[self].title

    @property
    def cycle_days(self) -> int | None:
        """The default cycle; none where each visit sets the next date."""
        return _STANDARDS[self].cycle_days

    @property
    def basis(self) -> str:
        """Where the default cycle comes from."""
        return _STANDARDS[self].basis

    @property
    def safety(self) -> bool:
        """Whether being overdue is a safety veto (安全一票否决)."""
        return self in SAFETY_KINDS


@dataclass(frozen=True, slots=True)
class Standard:
    """Name, default cycle and its basis."""

    title: str
    cycle_days: int | None
    basis: str


_LOCAL = "本平台默认值，可按当地规定调整"
_STANDARDS = {
    # ✔ 特种设备安全法、电梯维护保养规则: at least every 15 days.
    FacilityKind.LIFT_UPKEEP: Standard("电梯维护保养", 15, "至少每 15 日一次（电梯维护保养规则）"),
    # ✔ the inspection report says when the next one is due.
    FacilityKind.LIFT_INSPECTION: Standard(
        "电梯定期检验", None, "以检验报告载明的下次检验日期为准"
    ),
    # ✔ 消防法 art. 16: a full test of building fire facilities at least once a year.
    FacilityKind.FIRE_TEST: Standard("消防设施全面检测", 365, "每年至少一次（消防法第十六条）"),
    # ✔ some cities.
    FacilityKind.WATER_TANK: Standard("二次供水水箱清洗", 182, "一般每半年一次，按当地规定"),
    # ✔ some cities.
    FacilityKind.WATER_QUALITY: Standard("二次供水水质检测", 91, "一般每季度一次，按当地规定"),
    FacilityKind.LIGHTNING: Standard("防雷装置检测", 365, _LOCAL),  # M
    FacilityKind.GAS: Standard("燃气入户安检", 365, _LOCAL),  # M
    FacilityKind.SEPTIC_TANK: Standard("化粪池清掏", 365, _LOCAL),  # M
    FacilityKind.STREET_LAMPS: Standard("路灯巡检", 30, _LOCAL),  # M
    FacilityKind.DRAINS: Standard("雨污管网清疏（汛期前）", 365, _LOCAL),  # M
}
SAFETY_KINDS = frozenset({FacilityKind.LIFT_INSPECTION, FacilityKind.FIRE_TEST})
"""Our own choice of what vetoes a report when it is overdue."""


class UpkeepState(StrEnum):
    """Where a facility stands in its cycle."""

    NEVER = "never"
    OVERDUE = "overdue"
    NO_EVIDENCE = "no_evidence"
    SOON = "soon"
    IN_CYCLE = "in_cycle"

    @property
    def covered(self) -> bool:
        """Kept up within the cycle, with evidence."""
        return self in {UpkeepState.SOON, UpkeepState.IN_CYCLE}

    @property
    def tone(self) -> str:
        """The tone of its tag."""
        return _STATES[self][0]


_STATES = {
    UpkeepState.NEVER: ("late", "没有维护记录"),
    UpkeepState.OVERDUE: ("late", "已超期"),
    UpkeepState.NO_EVIDENCE: ("due", "缺少凭证"),
    UpkeepState.SOON: ("due", "快到期"),
    UpkeepState.IN_CYCLE: ("done", "周期内"),
}
SOON_DAYS = 7


def upkeep_state(
    next_due_on: date | None,
    last_done_on: date | None,
    evidence: bool,  # noqa: FBT001 - a fact of the record
    today: date,
) -> UpkeepState:
    """Due today is still in time; yesterday is overdue."""
    if last_done_on is None or next_due_on is None:
        return UpkeepState.NEVER
    if next_due_on < today:
        return UpkeepState.OVERDUE
    if not evidence:
        return UpkeepState.NO_EVIDENCE
    if next_due_on <= today + timedelta(days=SOON_DAYS):
        return UpkeepState.SOON
    return UpkeepState.IN_CYCLE


def say_state(state: UpkeepState, next_due_on: date | None, today: date) -> str:
    """The state in words, with its day."""
    if state is UpkeepState.OVERDUE and next_due_on is not None:
        return f"已超期 {(today - next_due_on).days} 天"
    if state is UpkeepState.SOON and next_due_on is not None:
        return f"{say_date(next_due_on, today)}到期"
    return _STATES[state][1]


def next_due(
    kind: FacilityKind, cycle_days: int | None, done_on: date, stated: date | None
) -> date:
    """The stated next date, else the cycle counted from the day of the work."""
    if stated is not None:
        if stated <= done_on:
            raise Invalid(errors={"next_due_on": "下次日期要晚于这次维护的日期。"})
        return stated
    if kind.cycle_days is None or cycle_days is None:
        raise Invalid(errors={"next_due_on": "请按报告填写下次检验日期。"})
    return done_on + timedelta(days=cycle_days)


def check_done_on(done_on: date, today: date) -> None:
    """Work that has not happened is not recorded."""
    if done_on > today:
        raise Invalid(errors={"done_on": "维护日期不能晚于今天。"})


def check_cycle(kind: FacilityKind, cycle_days: int | None) -> int | None:
    """The cycle of a facility: its own, else the default of its kind."""
    if kind.cycle_days is None:
        return None
    if cycle_days is None:
        return kind.cycle_days
    if not 1 <= cycle_days <= LONGEST_CYCLE_DAYS:
        raise Invalid(errors={"cycle_days": f"周期请填 1 到 {LONGEST_CYCLE_DAYS} 之间的天数。"})
    return cycle_days
