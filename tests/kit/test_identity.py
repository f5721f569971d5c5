import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.kit.identity import (
    CreditCodeUnreadable,
    IdentityUnreadable,
    credit_check,
    mask_identity,
    normalize_credit_code,
    normalize_resident_id,
    resident_check,
)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("11010519491231002X", "11010519491231002X"),
        ("11010519491231002x", "11010519491231002X"),
        (" 110105 19491231 002Ｘ ", "11010519491231002X"),
        ("440524188001010014", "440524188001010014"),
    ],
)
def test_a_resident_number_of_the_standard_is_accepted(text, number):
    assert normalize_resident_id(text) == number


@pytest.mark.parametrize(
    "text",
    [
        "",
        "110105194912310021",
        "11010519491231002",
        "110105491231002",
        "11010519491231002XX",
        "X1010519491231002X",
        "990105194912310025",
    ],
)
def test_a_number_with_a_wrong_digit_or_length_is_refused(text):
    with pytest.raises(IdentityUnreadable, match="身份证"):
        normalize_resident_id(text)


@pytest.mark.parametrize("first17", ["11010519490230002", "11010519491301002", "11010518491231002"])
def test_an_impossible_birthday_is_refused_even_with_a_right_check_digit(first17):
    with pytest.raises(IdentityUnreadable):
        normalize_resident_id(first17 + resident_check(first17))


@given(st.integers(0, 16), st.integers(1, 9))
def test_any_single_wrong_digit_is_noticed(place, shift):
    number = "11010519491231002X"
    wrong = str((int(number[place]) + shift) % 10)
    assert resident_check(number[:place] + wrong + number[place + 1 : 17]) != "X"


@pytest.mark.parametrize("code", ["91350100M000100Y43", "91110000600037341L", "9144030071526726XG"])
def test_a_real_credit_code_is_accepted(code):
    assert normalize_credit_code(code.lower()) == code


@pytest.mark.parametrize(
    "code",
    ["", "91350100M000100Y44", "91350100M000100Y4", "9135O100M000100Y43", "9I350100M000100Y43"],
)
def test_a_wrong_credit_code_is_refused(code):
    with pytest.raises(CreditCodeUnreadable, match="信用代码"):
        normalize_credit_code(code)


@given(st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=17, max_size=17), st.integers(0, 16))
def test_any_single_wrong_character_changes_the_credit_check(first17, place):
    other = "0" if first17[place] != "0" else "1"
    assume(other != first17[place])
    assert credit_check(first17) != credit_check(first17[:place] + other + first17[place + 1 :])


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("11010519491231002X", "1101**********002X"),
        ("12345678", "****"),
        ("", "****"),
    ],
)
def test_a_masked_number_hides_the_birthday(number, masked):
    assert mask_identity(number) == masked
