"""The law of owners' decisions as one table of cases: both sides of each bound.

A case is a sentence of the law, what is asked, and the answer; `docs/law.md` says where each
sentence is kept and which tests hold it.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from app.communities.rules import Settings
from app.kit.clock import BEIJING
from app.kit.periods import period_end, period_end_years
from app.kit.refusal import Refusal
from app.kit.shares import percent_down
from app.organizations.rules import OrganizationKind, check_size_for_filing, check_term
from app.voting.rules import (
    Choice,
    ConsentAnswer,
    ConsentState,
    Holding,
    Matter,
    MatterKind,
    Named,
    Outcome,
    SeatRule,
    Tally,
    Timing,
    Weight,
    check_kind,
    check_naming,
    check_seats,
    decide,
    decide_election,
    merge_voters,
    missing_support,
    proposal_supported,
    quorum_least,
    state_after,
    timing_of,
)

NOT_MET, REJECTED, ADOPTED = Outcome.QUORUM_NOT_MET, Outcome.REJECTED, Outcome.ADOPTED
ROLL = Weight(30000, 300)
DAY = timedelta(days=1)


def refused(call, *arguments, **named):
    """The code of the refusal; none when the rule lets it pass."""
    try:
        call(*arguments, **named)
    except Refusal as refusal:
        return refusal.code
    return None


def outcome(statute, took, favour, roll=ROLL):
    against = Weight(took.area_centi - favour.area_centi, took.heads - favour.heads)
    return decide(Matter(statute), Tally(roll, took, favour, against, Weight(0, 0))).outcome


# 278: 由专有部分面积占比三分之二以上的业主且人数占比三分之二以上的业主参与表决
QUORUM = [
    (Weight(20000, 200), True),
    (Weight(19999, 200), False),
    (Weight(20000, 199), False),
    (Weight(19999, 300), False),
    (Weight(30000, 199), False),
    (Weight(20001, 201), True),
]


@pytest.mark.parametrize(("took", "met"), QUORUM)
@pytest.mark.parametrize("statute", range(1, 10))
def test_two_thirds_of_area_and_of_heads_take_part(statute, took, met):
    assert (outcome(statute, took, took) is not NOT_MET) is met


# 278: 参与表决专有部分面积过半数且参与表决人数过半数 / 四分之三以上
TOOK = Weight(20000, 200)
APPROVAL = [
    (Weight(10000, 200), REJECTED, REJECTED),
    (Weight(10001, 200), ADOPTED, REJECTED),
    (Weight(20000, 100), REJECTED, REJECTED),
    (Weight(20000, 101), ADOPTED, REJECTED),
    (Weight(14999, 200), ADOPTED, REJECTED),
    (Weight(15000, 200), ADOPTED, ADOPTED),
    (Weight(20000, 149), ADOPTED, REJECTED),
    (Weight(20000, 150), ADOPTED, ADOPTED),
]


@pytest.mark.parametrize(("favour", "ordinary", "special"), APPROVAL)
@pytest.mark.parametrize("statute", range(1, 10))
def test_more_than_half_or_three_quarters_of_those_taking_part(statute, favour, ordinary, special):
    expected = special if statute in (6, 7, 8) else ordinary
    assert outcome(statute, TOOK, favour) is expected


@pytest.mark.parametrize(
    ("statute", "took", "favour", "expected"),
    [
        # A = 300.00: 200.00 meets it, 199.99 does not
        (1, Weight(20000, 2), Weight(20000, 2), ADOPTED),
        (1, Weight(19999, 2), Weight(19999, 2), NOT_MET),
        # a = 200.00: 150.00 carries items 6 to 8; the others need 100.01
        (6, Weight(20000, 2), Weight(15000, 2), ADOPTED),
        (6, Weight(20000, 2), Weight(14999, 2), REJECTED),
        (5, Weight(20000, 2), Weight(10000, 2), REJECTED),
        (5, Weight(20000, 2), Weight(10001, 2), ADOPTED),
    ],
)
def test_the_examples_of_the_law_hold_to_the_hundredth(statute, took, favour, expected):
    assert outcome(statute, took, favour, Weight(30000, 3)) is expected


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [(2, 3, "66.66%"), (19999, 30000, "66.66%"), (20000, 30000, "66.66%"), (3, 4, "75.00%"),
     (29999, 30000, "99.99%"), (30000, 30000, "100.00%"), (0, 3, "0.00%")],
)  # fmt: skip
def test_a_share_is_never_rounded_up(part, whole, said):
    assert percent_down(part, whole) == said


@pytest.mark.parametrize(
    ("total", "least"), [(1, 1), (2, 2), (3, 2), (4, 3), (299, 200), (300, 200), (301, 201)]
)
def test_the_least_that_is_two_thirds_is_a_whole_number(total, least):
    assert quorum_least(total) == least
    assert 3 * least >= 2 * total > 3 * (least - 1)


# an abstention takes part and is not in favour; silence takes no part
@pytest.mark.parametrize(
    ("favour", "abstained", "expected"),
    [
        (Weight(10001, 101), Weight(9999, 99), ADOPTED),
        (Weight(10000, 100), Weight(10000, 100), REJECTED),
        (Weight(0, 0), Weight(20000, 200), REJECTED),
    ],
)
def test_abstention_takes_part_and_is_not_in_favour(favour, abstained, expected):
    tally = Tally(ROLL, favour + abstained, favour, Weight(0, 0), abstained)
    assert decide(Matter(9), tally).outcome is expected


def test_silence_is_never_counted_as_following_the_majority():
    # everybody who answered agreed, a third stayed silent: by one head too few
    assert outcome(9, Weight(20000, 199), Weight(20000, 199)) is NOT_MET
    assert set(Choice) == {"for", "against", "abstain"}


def held(*holdings):
    return [
        Holding(unit, 1000, frozenset(owners), developer) for unit, owners, developer in holdings
    ]


# 司法解释 9: 一个专有部分按一人; 建设单位未售和未交付的按一人; 同一买受人多个专有部分按一人
@pytest.mark.parametrize(
    ("holdings", "heads", "flagged"),
    [
        ([("101", "a", False)], 1, 0),
        ([("101", "ab", False)], 1, 0),
        ([("101", "a", False), ("102", "a", False)], 1, 0),
        ([("101", "ab", False), ("102", "ba", False)], 1, 0),
        ([("101", "ab", False), ("102", "a", False)], 2, 1),
        ([("101", "ab", False), ("102", "bc", False), ("103", "ca", False)], 3, 3),
        ([("101", "", True), ("102", "", True), ("103", "x", True)], 1, 0),
        ([("101", "", True), ("102", "a", False)], 2, 0),
        ([("101", "", False), ("102", "", False)], 2, 0),
    ],
)
def test_who_is_one_voter(holdings, heads, flagged):
    roll = merge_voters(held(*holdings))
    assert roll.weight == Weight(1000 * len(holdings), heads)
    assert len(roll.overlaps) == flagged


# 物业管理条例 13: 20% 以上业主提议
@pytest.mark.parametrize(
    ("supporters", "roll", "enough"),
    [
        (Weight(6000, 60), ROLL, True),
        (Weight(5999, 60), ROLL, False),
        (Weight(6000, 59), ROLL, False),
        (Weight(6000, 60), Weight(30001, 300), False),
        (Weight(6001, 60), Weight(30001, 300), True),
        (Weight(6000, 60), Weight(30000, 301), False),
        (Weight(6000, 61), Weight(30000, 301), True),
    ],
)
def test_a_fifth_of_area_and_of_heads_may_propose(supporters, roll, enough):
    assert proposal_supported(supporters, roll) is enough
    assert (missing_support(supporters, roll) == Weight(0, 0)) is enough


# 279: 应当经有利害关系的业主一致同意
@pytest.mark.parametrize(
    ("answer", "agreed", "parties", "state"),
    [
        (ConsentAnswer.AGREE, 23, 24, ConsentState.COLLECTING),
        (ConsentAnswer.AGREE, 24, 24, ConsentState.COMPLETE),
        (ConsentAnswer.REFUSE, 23, 24, ConsentState.STOPPED),
        (ConsentAnswer.AGREE, 1, 1, ConsentState.COMPLETE),
    ],
)
def test_turning_a_dwelling_into_a_business_needs_everybody(answer, agreed, parties, state):
    assert state_after(answer, agreed, parties) is state


# 165 and D: limit per proxy, and who may not be one
@pytest.mark.parametrize(
    ("named", "code"),
    [
        ({"held": 0}, None),
        ({"held": 2}, None),
        ({"held": 3}, "proxy_limit"),
        ({"is_property_staff": True}, "proxy_excluded"),
        ({"is_co_owner": True}, "proxy_is_co_owner"),
    ],
)
def test_a_proxy_acts_for_three_at_most_and_is_no_staff_of_the_property_company(named, code):
    case = {"is_co_owner": False, "is_property_staff": False, "held": 0, **named}
    assert refused(check_naming, Named(**case), Settings().proxy_limit) == code


# 民法典 201–203
@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        # the first day does not count
        (datetime(2026, 3, 2, 0, 0, tzinfo=BEIJING), 15, datetime(2026, 3, 18, tzinfo=BEIJING)),
        (datetime(2026, 3, 2, 23, 59, tzinfo=BEIJING), 15, datetime(2026, 3, 18, tzinfo=BEIJING)),
        # a last day at rest moves on: Saturday; Spring Festival; a make-up Saturday does not
        (date(2026, 3, 13), 15, datetime(2026, 3, 31, tzinfo=BEIJING)),
        (date(2026, 2, 2), 15, datetime(2026, 2, 25, tzinfo=BEIJING)),
        (date(2026, 2, 13), 15, datetime(2026, 3, 1, tzinfo=BEIJING)),
    ],
)
def test_the_first_day_does_not_count_and_a_holiday_moves_the_last(start, days, end):
    assert period_end(start, days) == end


def test_the_year_to_go_to_court_ends_on_the_same_day_of_the_next():
    # 280 and 司法解释 12: within one year of learning of it
    learnt = datetime(2026, 3, 9, 10, tzinfo=BEIJING)
    assert period_end_years(learnt, 1) == datetime(2027, 3, 10, tzinfo=BEIJING)


@pytest.mark.parametrize(
    ("name", "least"),
    [("assembly_notice_days", 15), ("assembly_voting_least_days", 1),
     ("assembly_publication_days", 1), ("assembly_filing_days", 1)],
)  # fmt: skip
def test_every_number_is_a_setting_that_cannot_go_below_the_law(name, least):
    assert timing_of(Settings()) == Timing()
    timing_of(Settings(**{name: least}))
    with pytest.raises(ValueError, match=r"day|longest"):
        timing_of(Settings(**{name: least - 1}))


# committees: 5–11, odd; 3 where at most 100 households
SIZES = [
    (2, 100, False), (3, 100, True), (3, 101, False), (4, 100, False), (5, 1, True),
    (5, 101, True), (6, 500, False), (9, 500, True), (10, 500, False), (11, 500, True),
    (12, 500, False), (13, 500, False),
]  # fmt: skip


@pytest.mark.parametrize(("seats", "households", "lawful"), SIZES)
def test_a_committee_is_drafted_and_filed_by_the_same_rule_of_size(seats, households, lawful):
    assert (refused(check_seats, seats, households, SeatRule()) is None) is lawful
    kind = OrganizationKind.OWNERS_COMMITTEE
    assert (refused(check_size_for_filing, kind, seats, households) is None) is lawful


@pytest.mark.parametrize(("ends", "lawful"), [(date(2031, 3, 8), True), (date(2031, 3, 9), False)])
def test_a_term_is_five_years_at_most(ends, lawful):
    assert (refused(check_term, date(2026, 3, 8), ends) is None) is lawful


@pytest.mark.parametrize("statute", range(1, 10))
def test_only_the_third_matter_elects(statute):
    code = refused(check_kind, MatterKind.ELECTION, statute, 5)
    assert (code is None) is (statute == Matter.COMMITTEE)


# each candidate must reach the ordinary threshold alone, by area and by heads
@pytest.mark.parametrize(
    ("votes", "took", "fates"),
    [
        ({"a": Weight(10001, 101)}, TOOK, {"a": "elected"}),
        ({"a": Weight(10000, 101)}, TOOK, {"a": "out"}),
        ({"a": Weight(10001, 100)}, TOOK, {"a": "out"}),
        ({"a": Weight(20000, 200)}, Weight(19999, 200), None),
        ({"a": Weight(19999, 199)}, Weight(20000, 199), {"a": "out"}),
        # one seat: the second who reaches it is an alternate
        (
            {"a": Weight(10001, 101), "b": Weight(10001, 102)},
            TOOK,
            {"a": "alternate", "b": "elected"},
        ),
        # heads first, then area; equal in both is a tie, and one hundredth breaks it
        (
            {"a": Weight(10002, 101), "b": Weight(10001, 101)},
            TOOK,
            {"a": "elected", "b": "alternate"},
        ),
        ({"a": Weight(10001, 101), "b": Weight(10001, 101)}, TOOK, {"a": "tied", "b": "tied"}),
    ],
)
def test_each_candidate_reaches_the_threshold_alone(votes, took, fates):
    if fates is None:
        # 19 999 took part and 20 000 are said to have chosen: contradicting counts decide nothing
        with pytest.raises(ValueError, match="than took part"):
            decide_election(1, ROLL, took, votes)
        return
    found = decide_election(1, ROLL, took, votes)
    assert {
        standing.candidate: "elected"
        if standing.elected
        else "tied"
        if standing.tied
        else "alternate"
        if standing.alternate
        else "out"
        for standing in found.standings
    } == fates
