from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.communities.rules import Settings, community_name, read_divisions

TREE = [
    {"code": "42", "parent_code": "", "level": "province", "name": "湖北省"},
    {"code": "4206", "parent_code": "42", "level": "city", "name": "襄阳市"},
    {"code": "420602", "parent_code": "4206", "level": "district", "name": "襄城区"},
    {"code": "420602001", "parent_code": "420602", "level": "street", "name": "真武山街道"},
    {
        "code": "420602001008",
        "parent_code": "420602001",
        "level": "community",
        "name": "檀溪社区居委会",
    },
]


def changed(index, **values):
    return [line | values if number == index else line for number, line in enumerate(TREE)]


@pytest.mark.parametrize(
    ("official", "name"),
    [
        ("檀溪社区居委会", "檀溪社区"),
        ("东门社区居民委员会", "东门社区"),
        ("连山湖社区居民委会", "连山湖社区"),
        ("钱营居委会", "钱营社区"),
        ("红星社区", "红星社区"),
        ("虚拟社区", "虚拟社区"),
        ("王寨村委会", "王寨村"),
        ("王寨村民委员会", "王寨村"),
    ],
)
def test_a_community_has_the_name_people_use(official, name):
    assert community_name(official).replace("村村", "村") == name


def test_each_division_knows_its_path_from_the_province_down():
    divisions, errors = read_divisions(TREE, {})
    assert errors == []
    assert [one.path for one in divisions][-2:] == [
        "42.4206.420602.420602001.",
        "42.4206.420602.420602001.420602001008.",
    ]
    assert divisions[-1].parent_path == "42.4206.420602.420602001."
    assert divisions[-1].name == "檀溪社区"


@given(st.permutations(TREE))
def test_the_order_of_the_lines_does_not_matter(lines):
    divisions, errors = read_divisions(lines, {})
    assert errors == []
    assert divisions == read_divisions(TREE, {})[0]


def test_a_file_may_hold_only_what_lies_below_known_regions():
    divisions, errors = read_divisions(TREE[4:], {"420602001": "42.4206.420602.420602001."})
    assert errors == []
    assert divisions[0].path.startswith("42.4206.420602.420602001.")


@pytest.mark.parametrize(
    ("lines", "line", "words"),
    [
        (changed(4, level="village"), 6, "级别"),
        (changed(4, code="42060200100"), 6, "12 位数字"),
        (changed(4, code="42060200100x"), 6, "12 位数字"),
        (changed(4, name=" "), 6, "没有填名称"),
        (changed(4, parent_code="420602002"), 6, "对不上"),
        (changed(4, parent_code="420602"), 6, "对不上"),
        (changed(0, parent_code="42"), 2, "对不上"),
        (changed(1, parent_code=""), 3, "对不上"),
        ([*TREE, TREE[4]], 7, "两次"),
        (TREE[:3] + TREE[4:], 5, "没有编号为 420602001 的上级"),
        ([{"code": None, "level": None}], 2, "级别"),
    ],
)
def test_a_faulty_line_is_named_with_its_number(lines, line, words):
    _, errors = read_divisions(lines, {})
    assert line in [error.line for error in errors]
    assert any(words in error.sentence for error in errors)


def test_every_faulty_line_is_named_not_only_the_first():
    lines = changed(3, name="")
    lines[4] = lines[4] | {"code": "1"}
    assert [error.line for error in read_divisions(lines, {})[1]] == [5, 6]


def test_only_what_differs_from_the_defaults_is_kept():
    assert Settings().differences() == {}
    assert Settings(proxy_limit=2).differences() == {"proxy_limit": 2}


def test_choices_of_another_version_of_the_product_are_ignored():
    assert Settings.from_choices({"proxy_limit": 1, "gone": ["x"]}) == Settings(proxy_limit=1)
