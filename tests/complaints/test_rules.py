from __future__ import annotations

import pytest

from app.complaints.rules.catalogue import SHIPPED, title_of
from app.complaints.rules.places import PlaceChoice, PlaceKind, read_place


def test_the_catalogue_has_each_code_once_and_each_category_in_one_group():
    listed = [category.code for _, categories in SHIPPED.groups() for category in categories]
    assert sorted(listed) == sorted(SHIPPED.items)
    assert len(listed) == len(set(listed))


def test_an_unknown_code_is_shown_as_it_is():
    assert title_of("property.lift") == "电梯故障"
    assert title_of("older.code") == "older.code"


@pytest.mark.parametrize(
    "value", ["", None, "unit", "unit:", "unit:1", "elsewhere:x", "moon:0", "unit:' OR 1=1"]
)
def test_a_place_that_is_none_is_refused(value):
    assert read_place(value) is None


def test_a_place_survives_the_form():
    assert read_place("elsewhere") == PlaceChoice(PlaceKind.ELSEWHERE)
    choice = read_place("unit:0190e7c2-0000-7000-8000-000000000000")
    assert read_place(str(choice)) == choice
