import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kit.phones import PhoneUnreadable, local_phone, mask_phone, normalize_phone


@pytest.mark.parametrize(
    "text",
    [
        "13812345678",
        " 138 1234 5678 ",
        "138-1234-5678",
        "+86 13812345678",
        "(+86)138 1234 5678",
        "0086-13812345678",
        "8613812345678",
        "１３８１２３４５６７８",
        "+86\u00a013812345678",
    ],
)
def test_a_mobile_number_is_understood_however_written(text):
    assert normalize_phone(text) == "+8613812345678"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "12812345678",
        "1381234567",
        "138123456789",
        "0710-3456789",
        "+85291234567",
        "+1 3812345678",
        "١٣٨١٢٣٤٥٦٧٨",
        "138123456a8",
        "手机13812345678",
    ],
)
def test_other_numbers_are_refused_with_a_sentence(text):
    with pytest.raises(PhoneUnreadable, match="11 位"):
        normalize_phone(text)


@pytest.mark.parametrize("phone", ["+8613812345678", "13812345678"])
def test_a_masked_number_hides_its_middle(phone):
    assert mask_phone(phone) == "138****5678"


@pytest.mark.parametrize("text", ["", "123", "张三"])
def test_masking_something_else_shows_nothing(text):
    assert mask_phone(text) == "****"


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_normalizing_twice_changes_nothing(digits):
    phone = normalize_phone(digits)
    assert normalize_phone(phone) == phone
    assert local_phone(phone) == digits
