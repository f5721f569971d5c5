import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.voting.rules import (
    Decision,
    Matter,
    Missing,
    Outcome,
    Tally,
    TallyBroken,
    Threshold,
    Weight,
    decide,
    explain,
    proposal_supported,
)

ORDINARY = [Matter(number) for number in (1, 2, 3, 4, 5, 9)]
SPECIAL = [Matter(number) for number in (6, 7, 8)]
NOT_MET, REJECTED, ADOPTED = Outcome.QUORUM_NOT_MET, Outcome.REJECTED, Outcome.ADOPTED
RANK = [NOT_MET, REJECTED, ADOPTED]


def tally(roll, took_part, in_favour, abstained=(0, 0)):
    """Who neither agreed nor abstained was against."""
    against = tuple(t - f - a for t, f, a in zip(took_part, in_favour, abstained, strict=True))
    return Tally(*(Weight(*pair) for pair in (roll, took_part, in_favour, against, abstained)))


@pytest.mark.parametrize("matter", ORDINARY)
def test_items_1_to_5_and_9_need_more_than_half(matter):
    assert matter.threshold is Threshold.ORDINARY


@pytest.mark.parametrize("matter", SPECIAL)
def test_items_6_to_8_need_three_quarters(matter):
    assert matter.threshold is Threshold.SPECIAL


def test_there_are_nine_matters_with_the_titles_of_the_law():
    assert [matter.value for matter in Matter] == list(range(1, 10))
    assert len({matter.title for matter in Matter}) == 9
    assert Matter(6).title.startswith("筹集")
    assert Matter(5).title.startswith("使用")


# roll (area, heads), took part, in favour, outcome of an ordinary and of a special matter
EDGES = [
    # a third of the area and of the heads may stay away, and not 0.01 m² or one head more
    ((30000, 300), (20000, 200), (20000, 200), ADOPTED, ADOPTED),
    ((30000, 300), (19999, 200), (19999, 200), NOT_MET, NOT_MET),
    ((30000, 300), (20000, 199), (20000, 199), NOT_MET, NOT_MET),
    ((30000, 300), (20001, 201), (20001, 201), ADOPTED, ADOPTED),
    ((30001, 300), (20000, 200), (20000, 200), NOT_MET, NOT_MET),
    ((30001, 300), (20001, 200), (20001, 200), ADOPTED, ADOPTED),
    ((30000, 301), (20000, 200), (20000, 200), NOT_MET, NOT_MET),
    ((30000, 301), (20000, 201), (20000, 201), ADOPTED, ADOPTED),
    # half is not more than half
    ((30000, 300), (20000, 200), (10000, 101), REJECTED, REJECTED),
    ((30000, 300), (20000, 200), (10001, 100), REJECTED, REJECTED),
    ((30000, 300), (20000, 200), (10001, 101), ADOPTED, REJECTED),
    ((30000, 300), (20001, 201), (10000, 101), REJECTED, REJECTED),
    ((30000, 300), (20001, 201), (10001, 101), ADOPTED, REJECTED),
    ((30000, 300), (20001, 201), (10001, 100), REJECTED, REJECTED),
    # three quarters include the number itself
    ((30000, 300), (20000, 200), (15000, 150), ADOPTED, ADOPTED),
    ((30000, 300), (20000, 200), (14999, 150), ADOPTED, REJECTED),
    ((30000, 300), (20000, 200), (15000, 149), ADOPTED, REJECTED),
    ((30000, 300), (20001, 201), (15000, 151), ADOPTED, REJECTED),
    ((30000, 300), (20001, 201), (15001, 150), ADOPTED, REJECTED),
    ((30000, 300), (20001, 201), (15001, 151), ADOPTED, ADOPTED),
    ((30000, 300), (20002, 202), (15001, 152), ADOPTED, REJECTED),
    ((30000, 300), (20002, 202), (15002, 152), ADOPTED, ADOPTED),
    # the second test is measured by those taking part, not by everyone
    ((30000, 300), (30000, 300), (15000, 150), REJECTED, REJECTED),
    ((30000, 300), (30000, 300), (22500, 225), ADOPTED, ADOPTED),
    ((30000, 300), (30000, 300), (22499, 225), ADOPTED, REJECTED),
    # nobody
    ((30000, 300), (0, 0), (0, 0), NOT_MET, NOT_MET),
    ((30000, 300), (20000, 200), (0, 0), REJECTED, REJECTED),
    # one head with most of the area decides nothing alone, nor do many with little area
    ((30000, 3), (29998, 1), (29998, 1), NOT_MET, NOT_MET),
    ((30000, 300), (300, 299), (300, 299), NOT_MET, NOT_MET),
    # the smallest communities
    ((1, 1), (1, 1), (1, 1), ADOPTED, ADOPTED),
    ((1, 1), (1, 1), (0, 0), REJECTED, REJECTED),
    ((2, 2), (1, 1), (1, 1), NOT_MET, NOT_MET),
    ((3, 3), (2, 2), (1, 1), REJECTED, REJECTED),
    ((4, 4), (4, 4), (3, 3), ADOPTED, ADOPTED),
]


@pytest.mark.parametrize(("roll", "took_part", "in_favour", "ordinary", "special"), EDGES)
def test_both_sides_of_every_bound(roll, took_part, in_favour, ordinary, special):
    counted = tally(roll, took_part, in_favour)
    assert {decide(matter, counted).outcome for matter in ORDINARY} == {ordinary}
    assert {decide(matter, counted).outcome for matter in SPECIAL} == {special}


def test_large_numbers_are_decided_exactly():
    roll = 3 * 10**30
    assert decide(Matter(1), tally((roll, 3), (2 * 10**30, 2), (10**30 + 1, 2))).outcome is ADOPTED
    short = tally((roll, 3), (2 * 10**30 - 1, 2), (10**30 + 1, 2))
    assert decide(Matter(1), short) == Decision(
        NOT_MET, False, Threshold.ORDINARY, Missing(Weight(1, 0), Weight(0, 0))
    )


def test_an_abstention_takes_part_and_is_not_in_favour():
    counted = tally((30000, 300), (20000, 200), (10000, 100), abstained=(10000, 100))
    assert decide(Matter(1), counted).outcome is REJECTED


@pytest.mark.parametrize(
    ("matter", "took_part", "in_favour", "quorum", "approval"),
    [
        (Matter(1), (19999, 150), (19999, 150), (1, 50), (0, 0)),
        (Matter(1), (20000, 200), (10000, 100), (0, 0), (1, 1)),
        (Matter(1), (20001, 201), (10000, 100), (0, 0), (1, 1)),
        (Matter(7), (20000, 200), (14999, 100), (0, 0), (1, 50)),
        (Matter(7), (20001, 201), (15000, 150), (0, 0), (1, 1)),
        (Matter(7), (20000, 200), (15000, 150), (0, 0), (0, 0)),
        (Matter(1), (0, 0), (0, 0), (20000, 200), (1, 1)),
    ],
)
def test_the_distance_missing_is_exact(matter, took_part, in_favour, quorum, approval):
    missing = decide(matter, tally((30000, 300), took_part, in_favour)).missing
    assert missing == Missing(Weight(*quorum), Weight(*approval))


@pytest.mark.parametrize("counts", [(1.0, 1), (1, 1.0), (True, 1), (1, False), ("1", 1), (None, 1)])
def test_anything_but_whole_numbers_is_a_mistake(counts):
    with pytest.raises(TypeError):
        Weight(*counts)


@pytest.mark.parametrize(
    "parts",
    [
        ((0, 3), (0, 0), (0, 0), (0, 0), (0, 0)),
        ((3, 0), (0, 0), (0, 0), (0, 0), (0, 0)),
        ((3, 3), (4, 3), (4, 3), (0, 0), (0, 0)),
        ((3, 3), (3, 4), (3, 4), (0, 0), (0, 0)),
        ((3, 3), (3, 3), (2, 3), (0, 0), (0, 0)),
        ((3, 3), (3, 3), (3, 2), (0, 0), (0, 0)),
        ((3, 3), (2, 2), (1, 1), (1, 1), (1, 1)),
    ],
)
def test_counts_that_contradict_each_other_decide_nothing(parts):
    with pytest.raises(TallyBroken):
        Tally(*(Weight(*part) for part in parts))


def test_a_negative_weight_is_a_mistake():
    with pytest.raises(TallyBroken):
        Weight(-1, 0)


@st.composite
def tallies(draw, most=10**9):
    def split(total):
        first = draw(st.integers(0, total))
        return first, total - first

    roll = draw(st.integers(1, most)), draw(st.integers(1, most))
    took_part = tuple(draw(st.integers(0, total)) for total in roll)
    in_favour, rest = zip(*(split(total) for total in took_part), strict=True)
    abstained = tuple(draw(st.integers(0, total)) for total in rest)
    return tally(roll, took_part, in_favour, abstained)


matters = st.sampled_from(Matter)


@given(tallies(), matters)
def test_the_outcome_is_the_law_written_out(counted, matter):
    roll, part, yes = counted.roll, counted.took_part, counted.in_favour
    quorum = 3 * part.area_centi >= 2 * roll.area_centi and 3 * part.heads >= 2 * roll.heads
    if matter in SPECIAL:
        passed = 4 * yes.area_centi >= 3 * part.area_centi and 4 * yes.heads >= 3 * part.heads
    else:
        passed = 2 * yes.area_centi > part.area_centi and 2 * yes.heads > part.heads
    expected = (ADOPTED if passed else REJECTED) if quorum else NOT_MET
    assert decide(matter, counted).outcome is expected


@given(tallies(most=1000), matters, st.integers(0, 100), st.integers(0, 100))
def test_votes_in_favour_instead_of_against_never_harm(counted, matter, area, heads):
    changed = Weight(min(area, counted.against.area_centi), min(heads, counted.against.heads))
    left = counted.against.area_centi - changed.area_centi, counted.against.heads - changed.heads
    better = Tally(
        counted.roll,
        counted.took_part,
        counted.in_favour + changed,
        Weight(*left),
        counted.abstained,
    )
    before, after = decide(matter, counted).outcome, decide(matter, better).outcome
    assert RANK.index(after) >= RANK.index(before)


@given(tallies(most=1000), matters, st.integers(0, 100), st.integers(0, 100))
def test_more_in_favour_from_those_who_stayed_away_never_harms(counted, matter, area, heads):
    more = Weight(
        min(area, counted.roll.area_centi - counted.took_part.area_centi),
        min(heads, counted.roll.heads - counted.took_part.heads),
    )
    better = Tally(
        counted.roll,
        counted.took_part + more,
        counted.in_favour + more,
        counted.against,
        counted.abstained,
    )
    before, after = decide(matter, counted).outcome, decide(matter, better).outcome
    assert RANK.index(after) >= RANK.index(before)


@given(tallies(), matters)
def test_what_passes_by_three_quarters_passes_by_half(counted, matter):
    if decide(matter, counted).outcome is ADOPTED:
        assert decide(Matter.OTHER, counted).outcome is ADOPTED


@given(tallies(), matters)
def test_the_missing_quorum_is_the_least_that_is_enough(counted, matter):
    missing = decide(matter, counted).missing.quorum
    for count in ("area_centi", "heads"):
        short, present = getattr(missing, count), getattr(counted.took_part, count)
        total = getattr(counted.roll, count)
        assert 3 * (present + short) >= 2 * total
        assert not short or 3 * (present + short - 1) < 2 * total


@given(tallies())
def test_nobody_is_in_two_outcomes_and_the_words_agree(counted):
    for matter in (Matter.OTHER, Matter.REBUILD):
        decision = decide(matter, counted)
        last = explain(decision, counted)[-1]
        assert ("没有形成决定" in last) == (decision.outcome is NOT_MET)
        assert ("决定没有通过" in last) == (decision.outcome is REJECTED)
        assert ("第二百八十条" in last) == (decision.outcome is ADOPTED)


def test_an_adopted_decision_is_explained_with_the_right_to_go_to_court():
    counted = tally((10_000_00, 1140), (7_500_00, 812), (5_000_00, 500))
    assert explain(decide(Matter(4), counted), counted) == [
        "参与表决 812 人，占 71.22%，已达到三分之二。",
        "参与表决的面积 7,500.00 ㎡，占 75.00%，已达到三分之二。",
        "同意 500 人，占参与表决人数的 61.57%，已超过半数。",
        "同意的面积 5,000.00 ㎡，占参与表决面积的 66.66%，已超过半数。",
        "人数和面积都达到要求，决定通过。",
        (
            "业主认为这项决定侵害了自己合法权益的，可以自知道或者应当知道之日起一年内"
            "请求人民法院撤销（民法典第二百八十条）。"
        ),
    ]


def test_a_missing_quorum_is_explained_with_what_is_missing_and_never_rounded_up():
    counted = tally((30000, 300), (19999, 150), (19999, 150))
    assert explain(decide(Matter(4), counted), counted) == [
        "参与表决 150 人，占 50.00%，没有达到三分之二。",
        "参与表决的面积 199.99 ㎡，占 66.66%，没有达到三分之二。",
        "还差 0.01 ㎡、50 人，这次没有形成决定。",
    ]


def test_a_rejection_by_area_alone_says_only_the_area():
    counted = tally((30000, 300), (20000, 200), (14999, 150))
    assert explain(decide(Matter(8), counted), counted)[-2:] == [
        "同意的面积 149.99 ㎡，占参与表决面积的 74.99%，没有达到四分之三。",
        "还差 0.01 ㎡ 同意，决定没有通过。",
    ]


@pytest.mark.parametrize(
    ("supporters", "enough"),
    [((6000, 60), True), ((5999, 60), False), ((6000, 59), False), ((30000, 300), True)],
)
def test_a_fifth_by_area_and_by_number_may_propose(supporters, enough):
    assert proposal_supported(Weight(*supporters), Weight(30000, 300)) is enough
