import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kit.areas import LARGEST, AreaUnreadable, parse_area, plain_area, say_area


@pytest.mark.parametrize(
    ("text", "area"),
    [
        ("89.50", 8950),
        ("89.5", 8950),
        ("89", 8900),
        ("0.01", 1),
        ("007.10", 710),
        ("1,846.20", 184620),
        ("12,345,678", 1234567800),
        ("８９．５０", 8950),
        ("１，８４６．２", 184620),
        (" 89.50 ㎡ ", 8950),
        ("89.50m²", 8950),
        ("89.50平方米", 8950),
    ],
)
def test_an_area_is_read_as_written(text, area):
    assert parse_area(text) == area


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "-1",
        "+1",
        "89.505",
        "89.",
        ".5",
        "1e3",
        "NaN",
        "inf",
        "0x10",
        "1,84",
        "1846,20",
        ",100",
        "1_000",
        "89。50",
        "八十九",
        "٨٩",
        "٨٩㎡",
        "㎡",
        "89.50 60.00",
        "9" * 40,
    ],
)
def test_anything_else_is_refused_with_a_sentence(text):
    with pytest.raises(AreaUnreadable) as refused:
        parse_area(text)
    assert refused.value.sentence.endswith("。")


def test_zero_and_a_misplaced_point_have_their_own_sentences():
    with pytest.raises(AreaUnreadable, match="大于 0"):
        parse_area("0.00")
    with pytest.raises(AreaUnreadable, match="小数点"):
        parse_area("100000000.01")


@pytest.mark.parametrize(
    ("area", "said"),
    [(8950, "89.50 ㎡"), (184620, "1,846.20 ㎡"), (1, "0.01 ㎡"), (0, "0.00 ㎡")],
)
def test_an_area_is_said_with_two_decimals_and_groups(area, said):
    assert say_area(area) == said


def test_a_difference_keeps_its_sign():
    assert plain_area(-5) == "-0.05"


@given(st.integers(1, LARGEST))
def test_what_is_said_reads_back_the_same(area):
    assert parse_area(say_area(area)) == area
