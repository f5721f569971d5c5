from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.coverage.rules import (
    Committee,
    Company,
    Compound,
    Contract,
    Decision,
    FacilityFact,
    Facts,
    Grade,
    Indicator,
    Level,
    NotYourTurn,
    ReportState,
    Standing,
    Tally,
    check_decision,
    check_fresh,
    check_may_submit,
    choices_of,
    compute,
    figure_from_json,
    grade_of,
    quarter_of,
    quarters_back,
    roll_up,
    say_quarter,
    state_of,
)
from app.coverage.rules.indicators import say_percent
from app.coverage.rules.reviews import AlreadySubmitted, Stale
from app.kit.refusal import Invalid
from app.maintenance.rules import UpkeepState
from app.organizations.rules import ContractDates, OrganizationKind, PartyWork

TODAY = date(2026, 11, 24)


def facts(**changed):
    nothing = dict.fromkeys(("companies", "compounds", "contracts", "committees", "facilities"), ())
    return Facts(**{**nothing, "filing_days": 15, **changed})


def figure(indicator, exemptions=None, **changed):
    figures = compute(facts(**changed), {indicator: exemptions or {}}, TODAY)
    return next(item for item in figures if item.indicator is indicator)


def contract(compound="a", signed=date(2026, 1, 5), filed=None, **changed):
    days = {
        "signed_on": signed,
        "starts_on": signed,
        "ends_on": None,
        "filed_on": filed,
        "ended_on": None,
    }
    dates = ContractDates(**{**days, **changed})
    return Contract("k-" + compound, compound, by_company=True, dates=dates)


def committee(compound="a", filed=date(2026, 1, 1), ends=date(2030, 1, 1), **changed):
    values = {"kind": OrganizationKind.OWNERS_COMMITTEE, "members": 5, "party_members": 3}
    return Committee("c", compound, filed_on=filed, term_ends=ends, **{**values, **changed})


A = Compound("a", "甲小区", residential=True)
B = Compound("b", "乙小区", residential=True)
OFFICES = Compound("o", "写字楼", residential=False)


@pytest.mark.parametrize(
    ("numerator", "denominator", "grade"),
    [
        (0, 0, Grade.NOT_APPLICABLE),
        (0, 1, Grade.RED),
        (79, 100, Grade.RED),
        (80, 100, Grade.YELLOW),
        (94, 100, Grade.YELLOW),
        (95, 100, Grade.GREEN),
        (19, 20, Grade.GREEN),
        (949, 1000, Grade.YELLOW),
        (100, 100, Grade.GREEN),
    ],
)
def test_green_from_95_yellow_from_80_and_nothing_is_not_applicable(numerator, denominator, grade):
    assert grade_of(numerator, denominator) is grade


def test_a_veto_is_red_whatever_the_share():
    assert grade_of(99, 100, vetoed=True) is Grade.RED


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_less_than_everything_never_prints_as_everything(missing, covered):
    printed = say_percent(covered, covered + missing)
    assert (printed == "100%") == (missing == 0)


def test_nothing_to_count_is_no_percentage():
    assert {item.percent for item in compute(facts(), {}, TODAY)} == {"—"}


@pytest.mark.parametrize(
    ("work", "members", "covered"),
    [
        (PartyWork.OWN, 0, 1),
        (PartyWork.JOINT, 3, 1),
        (PartyWork.INSTRUCTOR, 2, 1),
        (PartyWork.INSTRUCTOR, 3, 0),
        (PartyWork.NONE, 2, 0),
        (PartyWork.NONE, 3, 0),
    ],
)
def test_three_members_need_an_organization_fewer_an_instructor(work, members, covered):
    found = figure(Indicator.PARTY, companies=[Company("1", "物业", work, members)])
    assert (found.numerator, found.denominator) == (covered, 1)


@pytest.mark.parametrize(
    ("held", "expected", "exempt"),
    [
        ([contract(filed=date(2026, 1, 9))], (1, 1), 0),
        ([contract()], (0, 1), 0),
        ([contract(signed=date(2026, 11, 9))], (0, 0), 1),
        ([contract(signed=date(2026, 11, 6))], (0, 1), 0),
        ([contract(filed=date(2026, 1, 9)), contract()], (0, 1), 0),
        ([contract(ended_on=date(2026, 11, 23))], (0, 0), 0),
    ],
)
def test_a_compound_is_supervised_when_all_its_contracts_are_filed(held, expected, exempt):
    found = figure(Indicator.SUPERVISION, compounds=[A], contracts=held)
    assert (found.numerator, found.denominator) == expected
    assert len(found.exempt) == exempt


def test_only_residential_compounds_need_service():
    found = figure(Indicator.SERVICE, compounds=[A, B, OFFICES], contracts=[contract()])
    assert (found.numerator, found.denominator) == (1, 2)
    assert [item.label for item in found.missing] == ["乙小区"]


@pytest.mark.parametrize(
    ("committees", "covered", "reason"),
    [
        ([committee()], 1, None),
        ([committee(ends=TODAY)], 1, None),
        ([committee(ends=date(2026, 11, 23))], 0, "届满"),
        ([committee(filed=None)], 0, "备案"),
        ([committee(ends=None)], 0, "任期"),
        ([], 0, "没有组建"),
        ([committee(ends=date(2020, 1, 1)), committee()], 1, None),
    ],
)
def test_a_committee_counts_filed_and_within_its_term(committees, covered, reason):
    found = figure(Indicator.COMMITTEE, compounds=[A], committees=committees)
    assert (found.numerator, found.denominator) == (covered, 1)
    if reason:
        assert reason in found.missing[0].reason


def test_the_environment_committee_is_reported_apart():
    own = committee(compound=None, kind=OrganizationKind.ENVIRONMENT_PROPERTY_COMMITTEE)
    found = figure(Indicator.COMMITTEE, compounds=[A], committees=[own])
    assert found.numerator == 0
    assert found.parts[0].numerator == 1


def facility(state, safety=False, name="f"):
    return FacilityFact(name, name, state, "原因", safety)


@pytest.mark.parametrize(
    ("state", "safety", "covered", "veto"),
    [
        (UpkeepState.IN_CYCLE, True, 1, False),
        (UpkeepState.SOON, False, 1, False),
        (UpkeepState.OVERDUE, False, 0, False),
        (UpkeepState.OVERDUE, True, 0, True),
        (UpkeepState.NEVER, True, 0, True),
        (UpkeepState.NO_EVIDENCE, True, 0, False),
    ],
)
def test_overdue_is_not_covered_and_overdue_safety_work_is_a_veto(state, safety, covered, veto):
    found = figure(Indicator.MAINTENANCE, facilities=[facility(state, safety)])
    assert (found.numerator, found.veto) == (covered, veto)


def test_what_is_exempt_leaves_the_denominator_and_keeps_its_reason():
    found = figure(Indicator.SERVICE, {"b": "正在拆迁"}, compounds=[A, B], contracts=[contract()])
    assert (found.numerator, found.denominator) == (1, 1)
    assert [(item.label, item.reason) for item in found.exempt] == [("乙小区", "正在拆迁")]


def test_a_veto_is_never_exempt():
    overdue = facility(UpkeepState.OVERDUE, safety=True)
    assert figure(Indicator.MAINTENANCE, {"f": "没钱"}, facilities=[overdue]).denominator == 1


def test_a_stored_figure_reads_back_the_same():
    for found in compute(facts(compounds=[A, B], contracts=[contract()]), {}, TODAY):
        assert figure_from_json(found.as_json()) == found


@pytest.mark.parametrize(
    ("day", "quarter"),
    [
        (date(2026, 1, 1), "2026Q1"),
        (date(2026, 3, 31), "2026Q1"),
        (date(2026, 4, 1), "2026Q2"),
        (date(2026, 12, 31), "2026Q4"),
    ],
)
def test_quarters_turn_with_the_month(day, quarter):
    assert quarter_of(day) == quarter


def test_quarters_go_back_over_the_year():
    assert quarters_back("2026Q2", 4) == ("2026Q2", "2026Q1", "2025Q4", "2025Q3")
    assert say_quarter("2026Q2") == "2026年第2季度"


STREET, DISTRICT, CITY = Level.STREET, Level.DISTRICT, Level.CITY
YES, BACK, TRUE, UNTRUE = (
    Decision.APPROVE,
    Decision.RETURN,
    Decision.FOUND_TRUE,
    Decision.FOUND_UNTRUE,
)


@pytest.mark.parametrize(
    ("decisions", "state", "street", "district", "city"),
    [
        ({}, ReportState.WAITING, (YES, BACK), (), ()),
        ({STREET: BACK}, ReportState.RETURNED, (), (), ()),
        ({STREET: YES}, ReportState.STREET_APPROVED, (), (YES, BACK), (TRUE, BACK, UNTRUE)),
        ({STREET: YES, DISTRICT: BACK}, ReportState.RETURNED, (), (), ()),
        (
            {STREET: YES, DISTRICT: YES},
            ReportState.DISTRICT_APPROVED,
            (),
            (),
            (TRUE, BACK, UNTRUE),
        ),
        ({STREET: YES, CITY: TRUE}, ReportState.VERIFIED, (), (YES, BACK), ()),
        ({STREET: YES, CITY: UNTRUE}, ReportState.UNTRUE, (), (), ()),
    ],
)
def test_who_may_decide_what_in_which_state(decisions, state, street, district, city):
    assert state_of(decisions) is state
    assert choices_of(STREET, decisions) == street
    assert choices_of(DISTRICT, decisions) == district
    assert choices_of(CITY, decisions) == city


def test_a_return_needs_a_reason_and_the_wrong_level_waits():
    with pytest.raises(Invalid):
        check_decision(STREET, {}, BACK, "  ")
    check_decision(STREET, {}, BACK, "水箱照片不清楚")
    with pytest.raises(NotYourTurn):
        check_decision(DISTRICT, {}, YES, "")


@pytest.mark.parametrize("state", list(ReportState))
def test_only_a_returned_or_untrue_report_is_replaced(state):
    if state in {ReportState.RETURNED, ReportState.UNTRUE}:
        check_may_submit(state)
    else:
        with pytest.raises(AlreadySubmitted):
            check_may_submit(state)
    check_may_submit(None)


def test_a_snapshot_of_exactly_a_day_may_be_sent():
    now = datetime(2026, 11, 24, 8, tzinfo=UTC)
    check_fresh(now - timedelta(hours=24), now)
    with pytest.raises(Stale):
        check_fresh(now - timedelta(hours=24, microseconds=1), now)


tallies = st.builds(
    lambda covered, missing, vetoes: Tally(covered, covered + missing, vetoes),
    st.integers(0, 500),
    st.integers(0, 500),
    st.integers(0, 3),
)
standings = st.builds(
    lambda state, totals: Standing(
        "420602001008", "檀溪社区", "42.", "id" if state else None, state, totals
    ),
    st.none() | st.sampled_from(ReportState),
    st.fixed_dictionaries(dict.fromkeys(Indicator, tallies)),
)


@given(st.lists(standings, max_size=12), st.integers(0, 12))
def test_a_roll_up_is_the_sum_of_its_halves(listed, cut):
    whole, one, other = roll_up(listed), roll_up(listed[:cut]), roll_up(listed[cut:])
    for indicator in Indicator:
        assert whole.totals[indicator] == one.totals[indicator] + other.totals[indicator]
    assert whole.submitted == one.submitted + other.submitted


@given(st.lists(standings, max_size=12))
def test_what_was_not_submitted_adds_nothing_and_numerators_stay_below(listed):
    silent = [item for item in listed if not item.submitted]
    assert set(roll_up(silent).totals.values()) == {Tally()}
    for tally in roll_up(listed).totals.values():
        assert 0 <= tally.numerator <= tally.denominator


def test_figures_found_untrue_count_as_nothing_covered():
    totals = dict.fromkeys(Indicator, Tally(9, 10, 0))
    found = Standing("1", "甲", "42.", "id", ReportState.UNTRUE, totals)
    assert roll_up([found]).totals[Indicator.PARTY] == Tally(0, 10, 0)


def test_a_veto_below_keeps_a_region_from_green_only():
    assert Tally(100, 100, 1).grade is Grade.YELLOW
    assert Tally(100, 100, 0).grade is Grade.GREEN
    assert Tally(10, 100, 1).grade is Grade.RED
