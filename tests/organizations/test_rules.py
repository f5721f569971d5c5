from __future__ import annotations

from datetime import date

import pytest

from app.kit.refusal import Invalid
from app.organizations.rules import (
    ContractDates,
    OrganizationKind,
    ServiceMode,
    check_contract,
    check_ended_on,
    check_filed_on,
    check_seat_free,
    check_term,
    committee_filing_note,
    contract_notes,
    filing_due,
    filing_overdue,
    size_is_lawful,
    term_note,
)
from app.organizations.rules.committees import CommitteeFull
from app.organizations.rules.spans import add_months, add_years

SIGNED = date(2026, 3, 2)


def dates(**changed):
    values = {
        "signed_on": SIGNED,
        "starts_on": SIGNED,
        "ends_on": None,
        "filed_on": None,
        "ended_on": None,
    }
    return ContractDates(**{**values, **changed})


@pytest.mark.parametrize(
    ("members", "households", "lawful"),
    [
        (2, 80, False),
        (3, 100, True),
        (3, 101, False),
        (4, 80, False),
        (5, 101, True),
        (6, 500, False),
        (11, 500, True),
        (12, 500, False),
        (13, 500, False),
    ],
)
def test_a_committee_has_five_to_eleven_members_odd_or_three_where_small(
    members, households, lawful
):
    assert size_is_lawful(members, households) is lawful


def test_the_eleventh_member_is_seated_and_the_twelfth_refused():
    check_seat_free(OrganizationKind.OWNERS_COMMITTEE, 10)
    with pytest.raises(CommitteeFull):
        check_seat_free(OrganizationKind.OWNERS_COMMITTEE, 11)


def test_a_party_organization_has_no_limit_of_seats():
    check_seat_free(OrganizationKind.PARTY_ORGANIZATION, 50)


def test_a_term_of_exactly_five_years_is_allowed():
    check_term(date(2026, 3, 8), date(2031, 3, 8))


@pytest.mark.parametrize(
    ("starts", "ends", "field"),
    [
        (date(2026, 3, 8), date(2031, 3, 9), "term_ends"),
        (date(2026, 3, 8), date(2026, 3, 8), "term_ends"),
        (date(2026, 3, 8), None, "term_ends"),
        (None, date(2026, 3, 8), "term_starts"),
    ],
)
def test_a_term_too_long_empty_or_half_given_is_refused_at_its_field(starts, ends, field):
    with pytest.raises(Invalid) as refused:
        check_term(starts, ends)
    assert field in refused.value.errors


@pytest.mark.parametrize(
    ("ends", "tone"),
    [
        (None, None),
        (date(2026, 3, 1), "late"),
        (date(2026, 3, 2), "due"),
        (date(2026, 6, 2), "due"),
        (date(2026, 6, 3), None),
    ],
)
def test_a_term_is_noted_from_three_months_before_its_end(ends, tone):
    note = term_note(ends, date(2026, 3, 2))
    assert (note.tone if note else None) == tone


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
    ],
)
def test_months_end_on_the_last_day_where_the_number_is_missing(day, months, expected):
    assert add_months(day, months) == expected


def test_a_leap_day_is_followed_by_the_last_of_february():
    assert add_years(date(2024, 2, 29), 5) == date(2029, 2, 28)


def test_the_day_of_signing_does_not_count_towards_filing():
    assert filing_due(SIGNED, 15) == date(2026, 3, 17)


@pytest.mark.parametrize(("today", "late"), [(date(2026, 3, 17), False), (date(2026, 3, 18), True)])
def test_filing_is_overdue_the_day_after_its_last_day(today, late):
    assert filing_overdue(dates(), 15, today) is late


def test_a_filed_contract_is_never_overdue():
    assert not filing_overdue(dates(filed_on=SIGNED), 15, date(2030, 1, 1))


@pytest.mark.parametrize(
    ("changed", "today", "in_force"),
    [
        ({}, date(2026, 3, 1), False),
        ({}, date(2026, 3, 2), True),
        ({"ends_on": date(2027, 3, 1)}, date(2027, 3, 1), True),
        ({"ends_on": date(2027, 3, 1)}, date(2027, 3, 2), False),
        ({"ended_on": date(2026, 5, 1)}, date(2026, 5, 1), True),
        ({"ended_on": date(2026, 5, 1)}, date(2026, 5, 2), False),
    ],
)
def test_a_contract_is_in_force_from_its_first_to_its_last_day(changed, today, in_force):
    assert dates(**changed).in_force(today) is in_force


def test_professional_service_needs_a_company():
    with pytest.raises(Invalid) as refused:
        check_contract(ServiceMode.PROFESSIONAL, company_chosen=False, dates=dates())
    assert "company_id" in refused.value.errors
    check_contract(ServiceMode.SELF_MANAGED, company_chosen=False, dates=dates())


@pytest.mark.parametrize("on", [date(2026, 3, 1), date(2026, 4, 2)])
def test_filing_before_signing_or_in_the_future_is_refused(on):
    with pytest.raises(Invalid):
        check_filed_on(dates(), on, date(2026, 4, 1))


def test_an_end_outside_the_contract_is_refused():
    with pytest.raises(Invalid):
        check_ended_on(dates(), date(2026, 3, 1))
    with pytest.raises(Invalid):
        check_ended_on(dates(ends_on=date(2026, 6, 1)), date(2026, 6, 2))


def test_an_unfiled_contract_past_its_time_is_shown_as_late():
    tones = [note.tone for note in contract_notes(dates(), 15, date(2026, 3, 18))]
    assert tones == ["done", "late"]


@pytest.mark.parametrize(
    ("filed_on", "starts", "today", "said"),
    [
        (None, SIGNED, SIGNED, ("due", "备案期内，还有 30 天")),
        (None, SIGNED, date(2026, 3, 31), ("due", "备案期内，还有 1 天")),
        (None, SIGNED, date(2026, 4, 1), ("due", "备案期今天到期")),
        (None, SIGNED, date(2026, 4, 2), ("late", "未备案，4月1日（周三）已到期")),
        (SIGNED, SIGNED, date(2027, 1, 1), ("done", "已备案")),
        (None, None, SIGNED, ("late", "未备案")),
    ],
)
def test_a_committee_elected_today_has_its_period_to_be_filed(filed_on, starts, today, said):
    note = committee_filing_note(filed_on, starts, 30, today)
    assert (note.tone, note.text) == said
