from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kit.shares import percent_down


@pytest.mark.parametrize(
    ("numerator", "denominator", "digits", "said"),
    [
        (2, 3, 2, "66.66%"),
        (1, 3, 0, "33%"),
        (712, 1000, 1, "71.2%"),
        (1, 1, 2, "100.00%"),
        (999_999, 1_000_000, 2, "99.99%"),
        (0, 5, 2, "0.00%"),
        (1, 100_000, 2, "0.00%"),
        (5, 100_00, 2, "0.05%"),
        (0, 0, 2, "—"),
        (3, 2, 1, "150.0%"),
    ],
)
def test_a_share_is_rounded_down(numerator, denominator, digits, said):
    assert percent_down(numerator, denominator, digits) == said


@pytest.mark.parametrize("arguments", [(-1, 3), (1, -3), (1, 3, -1)])
def test_negative_counts_are_a_mistake(arguments):
    with pytest.raises(ValueError, match="counted"):
        percent_down(*arguments)


@given(st.integers(0, 10**12), st.integers(1, 10**12), st.integers(0, 4))
def test_the_share_shown_is_never_more_than_the_true_one(numerator, denominator, digits):
    shown = Fraction(percent_down(numerator, denominator, digits).rstrip("%"))
    true = Fraction(100 * numerator, denominator)
    assert shown <= true < shown + Fraction(1, 10**digits)


@given(st.integers(1, 10**12), st.integers(0, 4))
def test_less_than_all_is_never_a_hundred(denominator, digits):
    assert not percent_down(denominator - 1, denominator, digits).startswith("100")
