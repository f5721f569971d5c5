from __future__ import annotations

from datetime import date, timedelta

import pytest

from app.kit.refusal import Invalid
from app.maintenance.rules import (
    FacilityKind,
    UpkeepState,
    check_cycle,
    check_done_on,
    next_due,
    upkeep_state,
)

TODAY = date(2026, 11, 24)


def day(offset):
    return TODAY + timedelta(days=offset)


@pytest.mark.parametrize(
    ("due", "evidence", "state"),
    [
        (day(-1), True, UpkeepState.OVERDUE),
        (day(-1), False, UpkeepState.OVERDUE),
        (day(0), True, UpkeepState.SOON),
        (day(0), False, UpkeepState.NO_EVIDENCE),
        (day(7), True, UpkeepState.SOON),
        (day(8), True, UpkeepState.IN_CYCLE),
    ],
)
def test_due_today_is_in_time_and_yesterday_is_overdue(due, evidence, state):
    assert upkeep_state(due, day(-30), evidence, TODAY) is state


def test_a_facility_without_any_upkeep_is_not_covered():
    assert upkeep_state(None, None, False, TODAY) is UpkeepState.NEVER
    assert not UpkeepState.NEVER.covered


@pytest.mark.parametrize(
    ("kind", "days"),
    [
        (FacilityKind.LIFT_UPKEEP, 15),
        (FacilityKind.FIRE_TEST, 365),
        (FacilityKind.WATER_TANK, 182),
        (FacilityKind.WATER_QUALITY, 91),
        (FacilityKind.LIFT_INSPECTION, None),
    ],
)
def test_the_default_cycles(kind, days):
    assert check_cycle(kind, None) == days


@pytest.mark.parametrize("days", [0, -1, 1831])
def test_a_cycle_outside_its_bounds_is_refused(days):
    with pytest.raises(Invalid):
        check_cycle(FacilityKind.WATER_TANK, days)


def test_the_next_date_is_counted_from_the_work_or_taken_from_the_report():
    assert next_due(FacilityKind.LIFT_UPKEEP, 15, TODAY, None) == day(15)
    assert next_due(FacilityKind.LIFT_UPKEEP, 15, TODAY, day(10)) == day(10)
    with pytest.raises(Invalid):
        next_due(FacilityKind.LIFT_INSPECTION, None, TODAY, None)
    with pytest.raises(Invalid):
        next_due(FacilityKind.LIFT_UPKEEP, 15, TODAY, TODAY)


def test_work_of_tomorrow_is_not_recorded_today():
    check_done_on(TODAY, TODAY)
    with pytest.raises(Invalid):
        check_done_on(day(1), TODAY)
