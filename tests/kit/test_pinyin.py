import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kit.pinyin import pinyin_initials, pinyin_key


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("襄阳", "xiang yang"),
        ("女", "nv"),
        ("A座", "a zuo"),
        ("Ａ座", "a zuo"),
        ("3栋（东）", "000000000003 dong dong"),
        ("", ""),
    ],
)
def test_a_key_is_lower_case_without_tones(text, key):
    assert pinyin_key(text) == key


@pytest.mark.parametrize(
    "ordered",
    [
        ["2栋", "10栋", "100栋"],
        ["1栋1单元201", "1栋1单元1001", "1栋2单元201", "02栋1单元101"],
        ["陈静", "李娜", "王芳", "张伟"],
        ["西安", "先锋"],
        ["A1", "A2", "A10", "B1"],
    ],
)
def test_names_sort_as_people_expect(ordered):
    mixed = [*ordered[1:], ordered[0]]
    assert sorted(mixed, key=pinyin_key) == ordered


def test_leading_zeros_do_not_matter():
    assert pinyin_key("02栋") == pinyin_key("2栋")
    assert pinyin_key("0栋") < pinyin_key("1栋")


@pytest.mark.parametrize(
    ("text", "initials"),
    [("襄阳", "xy"), ("樊城区", "fcq"), ("3栋A座", "3daz"), ("", "")],
)
def test_initials_are_what_people_type_to_search(text, initials):
    assert pinyin_initials(text) == initials


@given(st.text(max_size=40))
def test_any_text_gives_a_plain_ascii_key(text):
    assert pinyin_key(text).isascii()


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_numbers_sort_by_value(one, two):
    assert (pinyin_key(f"{one}号") < pinyin_key(f"{two}号")) == (one < two)
