"""What is filed by when, and what a recount changed: the rules alone."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from types import SimpleNamespace

import pytest

from app.kit.clock import BEIJING
from app.kit.refusal import Invalid, Refusal
from app.voting.rules import (
    Document,
    Filed,
    FilingItem,
    Outcome,
    State,
    Supervision,
    Timing,
    candidate_differences,
    check_filing,
    check_recount,
    differences,
    documents_of,
    filed_everywhere,
    filing_lines,
    last_counts,
    say_fate,
)

TIMING = Timing()
FINAL = datetime(2026, 3, 2, 9, tzinfo=BEIJING)
DUE = date(2026, 4, 1)
DAY = timedelta(days=1)


def lines(*, elected=True, final=FINAL, filed=None):
    return filing_lines(final, filed or {}, TIMING, elected=elected)


def test_every_decision_is_posted_and_told_to_the_residents_committee():
    assert [line.item for line in lines(elected=False)] == [
        FilingItem.POSTED,
        FilingItem.RESIDENTS_COMMITTEE,
    ]


def test_a_committee_is_filed_at_the_district_and_the_street_within_thirty_days():
    due = {line.item: line.due for line in lines()}
    assert due[FilingItem.DISTRICT_OFFICE] == due[FilingItem.STREET] == DUE
    assert due[FilingItem.POSTED] is None
    assert set(due) == set(FilingItem)


@pytest.mark.parametrize(
    ("final", "due"),
    [
        (datetime(2026, 3, 2, 0, 0, tzinfo=BEIJING), date(2026, 4, 1)),
        (datetime(2026, 3, 2, 23, 59, tzinfo=BEIJING), date(2026, 4, 1)),
        # the thirtieth day is a Saturday, a Sunday, the first of the May holidays
        (datetime(2026, 3, 12, 9, tzinfo=BEIJING), date(2026, 4, 13)),
        (datetime(2026, 3, 13, 9, tzinfo=BEIJING), date(2026, 4, 13)),
        (datetime(2026, 4, 1, 9, tzinfo=BEIJING), date(2026, 5, 6)),
    ],
)
def test_the_thirty_days_begin_the_day_after_and_end_on_a_working_day(final, due):
    assert {line.due for line in lines(final=final) if line.due} == {due}


@pytest.mark.parametrize(("today", "late"), [(DUE, False), (DUE + DAY, True)])
def test_a_line_is_late_only_after_its_last_day(today, late):
    by_item = {line.item: line for line in lines()}
    assert by_item[FilingItem.STREET].late(today) is late
    assert by_item[FilingItem.POSTED].late(today) is False
    done = {FilingItem.STREET: Filed(DUE + DAY, "1")}
    assert not next(line for line in lines(filed=done) if line.item is FilingItem.STREET).late(
        today
    )


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({}, None),
        ({"state": State.PUBLISHED, "final_at": None}, "not_final"),
        ({"item": FilingItem.STREET, "elected": False}, "filing_not_needed"),
        ({"done": Filed(FINAL.date() - DAY, "7")}, "done_on"),
        ({"done": Filed(FINAL.date() + 2 * DAY, "7")}, "done_on"),
        ({"done": Filed(FINAL.date() + DAY, "7")}, None),
        ({"done": Filed(FINAL.date(), "")}, "receipt"),
        ({"done": Filed(FINAL.date(), "7" * 61)}, "receipt"),
        ({"done": Filed(FINAL.date(), "7" * 60)}, None),
        ({"item": FilingItem.POSTED, "done": Filed(FINAL.date(), "")}, None),
    ],
)
def test_both_sides_of_what_can_be_filed(change, code):
    case = {
        "state": State.FINAL,
        "item": FilingItem.STREET,
        "done": Filed(FINAL.date(), "7"),
        "final_at": FINAL,
        "elected": True,
        **change,
    }
    arguments = (
        case["state"],
        case["item"],
        lines(elected=case["elected"]),
        case["done"],
        case["final_at"],
        FINAL.date() + DAY,
    )
    if code is None:
        check_filing(*arguments)
        return
    with pytest.raises(Refusal) as refused:
        check_filing(*arguments)
    assert code in {refused.value.code, *getattr(refused.value, "errors", {})}


def test_a_committee_is_filed_when_both_offices_have_it():
    one = {FilingItem.STREET: Filed(date(2026, 3, 5), "1")}
    assert filed_everywhere(one) is None
    both = one | {FilingItem.DISTRICT_OFFICE: Filed(date(2026, 3, 3), "2")}
    assert filed_everywhere(both) == date(2026, 3, 5)


def test_only_an_election_has_a_report():
    assert Document.REPORT not in documents_of(elected=False)
    assert set(documents_of(elected=True)) == set(Document)


def count(number, heads, area, outcome=Outcome.ADOPTED, matter="m"):
    figures = {
        f"{part}_{unit}": value
        for part in ("took", "for", "against", "abstain")
        for unit, value in (("heads", heads), ("area_centi", area))
    }
    return SimpleNamespace(matter_id=matter, counting=number, outcome=outcome, **figures)


MATTERS = [SimpleNamespace(id="m", title="更换水泵", seats=None)]


def test_two_equal_counts_have_no_difference():
    assert differences(MATTERS, {"m": count(1, 3, 900)}, {"m": count(2, 3, 900)}) == []


def test_one_head_or_one_hundredth_of_a_square_metre_is_a_difference():
    heads = differences(MATTERS, {"m": count(1, 3, 900)}, {"m": count(2, 4, 900)})
    assert {(one.before, one.after) for one in heads} == {("3 人", "4 人")}
    area = differences(MATTERS, {"m": count(1, 3, 900)}, {"m": count(2, 3, 901)})
    assert {(one.before, one.after) for one in area} == {("9.00 ㎡", "9.01 ㎡")}
    outcome = differences(
        MATTERS, {"m": count(1, 3, 900)}, {"m": count(2, 3, 900, Outcome.REJECTED)}
    )
    assert [(one.what, one.before, one.after) for one in outcome] == [("结论", "通过", "未通过")]


def standing(heads, **fate):
    values = {"elected": False, "alternate": False, "tied": False, **fate}
    return SimpleNamespace(candidate_id="c", for_heads=heads, for_area_centi=100, **values)


def test_a_candidate_who_lost_the_seat_in_a_recount_is_named():
    found = candidate_differences(
        "选举", {"c": "王秀英"}, [standing(5, elected=True)], [standing(4, tied=True)]
    )
    assert [(one.what, one.before, one.after) for one in found] == [
        ("选王秀英", "5 人", "4 人"),
        ("王秀英的结果", "当选", "并列，待定"),
    ]


@pytest.mark.parametrize(
    ("fate", "said"),
    [
        ({"elected": True}, "当选"),
        ({"alternate": True}, "候补"),
        ({"tied": True}, "并列，待定"),
        ({}, "未当选"),
    ],
)
def test_a_fate_is_said_in_one_word(fate, said):
    assert say_fate(standing(1, **fate)) == said


def test_the_last_count_of_a_matter_decides():
    rows = [count(2, 4, 900), count(1, 3, 900), count(1, 1, 100, matter="other")]
    assert {key: row.counting for key, row in last_counts(rows).items()} == {"m": 2, "other": 1}


@pytest.mark.parametrize(
    ("state", "change", "code"),
    [
        (State.PUBLISHED, {}, None),
        (State.PUBLISHED, {"supervisor": " "}, "supervisor"),
        (State.PUBLISHED, {"office": ""}, "office"),
        (State.PUBLISHED, {"reason": ""}, "reason"),
        (State.CLOSED, {}, "wrong_state"),
        (State.FINAL, {}, "wrong_state"),
        (State.OPEN, {}, "wrong_state"),
    ],
)
def test_a_recount_is_watched_by_a_named_person_while_the_result_is_published(state, change, code):
    supervision = Supervision(
        **{"supervisor": "孙主任", "office": "荆州街道办事处", "reason": "有业主要求复核", **change}
    )
    if code is None:
        check_recount(state, supervision)
        return
    with pytest.raises(Refusal) as refused:
        check_recount(state, supervision)
    assert code in {refused.value.code, *getattr(refused.value, "errors", {})}
    assert isinstance(refused.value, Invalid) is (code != "wrong_state")
