import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.voting.rules import Holding, Overlap, Weight, merge_voters


def holding(unit, area, owners, *, developer=False):
    return Holding(unit, area, frozenset(owners), developer)


def test_one_unit_is_one_voter_however_many_own_it():
    roll = merge_voters([holding("101", 8950, "ab")])
    assert roll.weight == Weight(8950, 1)
    assert roll.voters[0].owners == {"a", "b"}


def test_units_of_exactly_the_same_owners_are_one_voter():
    roll = merge_voters(
        [holding("101", 8950, "ab"), holding("102", 100, "c"), holding("P7", 1250, "ba")]
    )
    assert [voter.units for voter in roll.voters] == [("101", "P7"), ("102",)]
    assert roll.weight == Weight(10300, 2)
    assert roll.overlaps == ()


def test_partly_overlapping_owners_stay_apart_and_are_flagged():
    roll = merge_voters(
        [holding("101", 8950, "ab"), holding("102", 100, "b"), holding("103", 100, "c")]
    )
    assert roll.weight == Weight(9150, 3)
    assert roll.overlaps == (Overlap("b", (0, 1)),)


def test_the_developer_is_one_voter_with_all_that_is_unsold_or_not_delivered():
    roll = merge_voters(
        [
            holding("101", 100, "d", developer=True),
            holding("102", 100, "a"),
            holding("103", 100, "", developer=True),
            holding("104", 100, "b", developer=True),
        ]
    )
    assert [voter.units for voter in roll.voters] == [("101", "103", "104"), ("102",)]
    assert roll.voters[0].developer


def test_units_nobody_is_registered_for_do_not_merge():
    roll = merge_voters([holding("101", 100, ""), holding("102", 100, "")])
    assert roll.weight == Weight(200, 2)
    assert all(voter.unknown for voter in roll.voters)


@pytest.mark.parametrize("area", [0, -1, 89.5, True])
def test_a_unit_without_a_whole_area_is_a_mistake(area):
    with pytest.raises(ValueError, match="area"):
        merge_voters([holding("101", area, "a")])


def test_a_unit_twice_on_the_roll_is_a_mistake():
    with pytest.raises(ValueError, match="once"):
        merge_voters([holding("101", 100, "a"), holding("101", 100, "b")])


holdings = st.lists(
    st.builds(
        Holding,
        st.integers(0, 10**6),
        st.integers(1, 10**6),
        st.frozensets(st.sampled_from("abcd"), max_size=3),
        st.booleans(),
    ),
    unique_by=lambda one: one.unit,
    max_size=12,
)


@given(holdings)
def test_no_area_and_no_unit_is_lost_or_doubled(given_holdings):
    roll = merge_voters(given_holdings)
    assert roll.weight.area_centi == sum(one.area_centi for one in given_holdings)
    units = [unit for voter in roll.voters for unit in voter.units]
    assert sorted(units) == sorted(one.unit for one in given_holdings)


@given(holdings)
def test_no_two_voters_have_the_same_owners(given_holdings):
    private = [voter.owners for voter in merge_voters(given_holdings).voters if not voter.developer]
    known = [owners for owners in private if owners]
    assert len(known) == len(set(known))


@given(holdings, st.randoms())
def test_the_order_of_the_register_does_not_change_the_weights(given_holdings, random):
    mixed = random.sample(given_holdings, len(given_holdings))
    one, other = merge_voters(given_holdings), merge_voters(mixed)
    assert one.weight == other.weight
    assert {frozenset(v.units) for v in one.voters} == {frozenset(v.units) for v in other.voters}
