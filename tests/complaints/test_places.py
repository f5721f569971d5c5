from __future__ import annotations

import re
import uuid

import pytest
from factories import complaints as made
from hypothesis import given
from hypothesis import strategies as st

from app.complaints.rules.catalogue import SHIPPED
from app.complaints.rules.finding import find
from app.complaints.rules.places import (
    PLAN_SCALE,
    PlaceChoice,
    PlaceKind,
    PlanPoint,
    nearest,
    read_place,
    read_point,
    tapped,
)

KEY = uuid.uuid4()
points = st.builds(PlanPoint, st.integers(0, PLAN_SCALE), st.integers(0, PLAN_SCALE))


def base(street):
    return f"/c/{street.community.code}"


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("漏水", "property.burst_pipe"),
        ("灯坏了", "property.lighting"),
        ("电梯", "property.lift_trapped"),
        ("垃圾没人收", "property.cleaning"),
        ("ldbl", "property.lighting"),
        ("shuiguan", "property.burst_pipe"),
        ("占道", "property.parking"),
    ],
)
def test_a_category_is_found_by_a_residents_own_words(typed, first):
    assert find(SHIPPED.items.values(), typed)[0].code == first


@pytest.mark.parametrize("typed", ["", "  ", "zzz", "的", "🙂"])
def test_words_that_tell_nothing_find_nothing(typed):
    assert find(SHIPPED.items.values(), typed) == []


@given(st.sampled_from([PlaceKind.COMPOUND, PlaceKind.COMMON]), points)
def test_a_point_survives_the_form(kind, point):
    choice = PlaceChoice(kind, KEY, point)
    assert read_place(str(choice)) == choice


@pytest.mark.parametrize(
    "typed", [("",), ("1",), ("1", "2", "3"), ("1001", "2"), ("-1", "2"), ("٣", "2"), ("x", "2")]
)
def test_what_is_no_point_is_none(typed):
    assert read_point(*typed) is None


def test_a_point_beside_a_building_is_not_kept():
    assert read_place(f"building:{KEY}@1,2") == PlaceChoice(PlaceKind.BUILDING, KEY)


@given(st.integers(1, 4000), st.integers(1, 4000), st.data())
def test_a_tap_inside_the_picture_is_a_point_of_the_plan(width, height, data):
    x, y = data.draw(st.integers(0, width)), data.draw(st.integers(1, height))
    point = tapped(x, y, width, height)
    assert abs(point.x * width - x * PLAN_SCALE) <= width
    assert abs(point.y * height - y * PLAN_SCALE) <= height


@pytest.mark.parametrize("spot", [(0, 0), (-1, 5), (321, 5), (5, 241)])
def test_a_tap_beside_the_picture_or_by_keyboard_is_none(spot):
    assert tapped(*spot, 320, 240) is None


def test_a_tap_means_the_nearest_place_within_a_thumbs_breadth():
    gate, pond = uuid.uuid4(), uuid.uuid4()
    marks = {gate: PlanPoint(100, 100), pond: PlanPoint(140, 100)}
    assert nearest(PlanPoint(125, 100), marks) == pond
    assert nearest(PlanPoint(500, 500), marks) is None
    assert nearest(PlanPoint(1, 1), {}) is None


def test_the_first_page_finds_and_says_when_it_does_not(world, street):
    client = world.client(street.resident)
    found = client.get(f"{base(street)}/complaints/new?q=灯坏了").text
    assert "category=property.lighting" in found
    assert "category=property.fees" not in found
    nothing = client.get(f"{base(street)}/complaints/new?q=zzz").text
    assert "没有找到“zzz”" in nothing
    assert "category=property.fees" in nothing


def test_any_building_and_stairwell_can_be_chosen(world, street):
    other = world.home(street.community, street.compound_id)
    client = world.client(street.resident)
    start = f"{base(street)}/complaints/new?category=property.lighting"
    assert f"compound={street.compound_id}" in client.get(start).text
    compound = client.get(f"{start}&compound={street.compound_id}").text
    assert f"building={other.building_id}" in compound
    building = client.get(f"{start}&building={other.building_id}").text
    assert f"place=stairwell:{other.stairwell_id}" in building


def test_a_building_of_another_community_is_not_there(world, street):
    client, other = world.client(street.resident), made.street(world)
    start = f"{base(street)}/complaints/new?category=property.lighting"
    assert client.get(f"{start}&building={other.home.building_id}").status_code == 404
    assert client.get(f"{start}&compound={other.compound_id}").status_code == 404


def test_a_listed_place_is_chosen_and_kept_with_the_report(world, street):
    gate = made.common_place(world, street, "南门")
    client = world.client(street.resident)
    start = f"{base(street)}/complaints/new?category=property.doors"
    assert f"place=common:{gate}" in client.get(start).text
    key = made.report(
        world, street, category="property.doors", place=PlaceChoice(PlaceKind.COMMON, gate)
    )
    row = made.look(world, street, key)
    assert row.place_name.endswith("南门")
    assert (row.compound_id, row.building_id) == (street.compound_id, None)
    assert row.organization_id == street.company_id


def test_a_place_taken_off_the_list_cannot_be_chosen_and_its_reports_keep_it(world, street):
    gate = made.common_place(world, street, "南门")
    key = made.report(world, street, place=PlaceChoice(PlaceKind.COMMON, gate))
    office = world.client(street.office)
    office.post(f"{base(street)}/common-places/{gate}/retire", data={"version": "1"})
    client = world.client(street.resident)
    start = f"{base(street)}/complaints/new?category=property.lighting"
    assert "南门" not in client.get(start).text
    assert "在什么地方" in client.get(f"{start}&place=common:{gate}").text
    assert made.look(world, street, key).place_name.endswith("南门")


def test_a_name_taken_off_the_list_can_be_listed_again(world, street):
    gate = made.common_place(world, street, "南门")
    office, lists = world.client(street.office), f"{base(street)}/common-places"
    office.post(f"{lists}/{gate}/retire", data={"version": "1"})
    again = office.post(f"{lists}/compounds/{street.compound_id}", data={"name": "南门"})
    assert again.status_code == 302
    assert "南门" in office.get(f"{lists}/compounds/{street.compound_id}").text


def test_two_places_of_one_name_are_refused_with_the_name_kept(world, street):
    made.common_place(world, street, "南门")
    answer = world.client(street.office).post(
        f"{base(street)}/common-places/compounds/{street.compound_id}", data={"name": "南门"}
    )
    assert answer.status_code == 422
    assert "已经有同名的地方" in answer.text
    assert 'value="南门"' in answer.text


def test_the_second_of_two_editors_of_a_place_sees_both_names(world, street):
    gate = made.common_place(world, street, "南门")
    office = world.client(street.office)
    address = f"{base(street)}/common-places/{gate}"
    assert office.post(address, data={"name": "正南门", "version": "1"}).status_code == 302
    late = office.post(address, data={"name": "大门", "version": "1"})
    assert late.status_code == 409
    assert "正南门" in late.text
    assert "大门" in late.text


@pytest.mark.parametrize("who", ["resident", "staff", "manager"])
def test_only_the_office_keeps_the_list(world, street, who):
    client = world.client(getattr(street, who))
    assert client.get(f"{base(street)}/common-places/").status_code == 404


def test_a_tap_on_the_plan_leads_to_the_place_marked_there(world, street):
    made.plan(world, street, size=(800, 600))
    gate = made.common_place(world, street, "南门", PlanPoint(500, 500))
    client = world.client(street.resident)
    start = f"{base(street)}/complaints/new?category=property.doors"
    page = client.get(start).text
    assert 'type="image"' in page
    assert 'width="320" height="240"' in page
    near = client.get(f"{start}&plan={street.compound_id}&at.x=161&at.y=121")
    assert f"place=common:{gate}@503,504" in near.location
    far = client.get(f"{start}&plan={street.compound_id}&at.x=10&at.y=10")
    assert f"place=compound:{street.compound_id}@31,41" in far.location
    shown = client.get(far.location).text
    assert 'class="plan"' in shown
    assert 'cx="31"' in shown


def test_a_tap_without_a_plan_or_with_nonsense_asks_for_the_place(world, street):
    client = world.client(street.resident)
    start = f"{base(street)}/complaints/new?category=property.doors"
    for rest in (f"&plan={street.compound_id}&at.x=1&at.y=1", "&plan=x&at.x=1", "&place=x@1,1"):
        assert "在什么地方" in client.get(start + rest).text


def test_the_point_is_kept_and_drawn_on_the_plan_it_was_tapped_on(world, street):
    first = made.plan(world, street)
    place = PlaceChoice(PlaceKind.COMPOUND, street.compound_id, PlanPoint(250, 750))
    key = made.report(world, street, place=place)
    made.plan(world, street)
    page = world.client(street.resident).get(f"{base(street)}/complaints/{key}").text
    assert str(first) in page
    assert 'cx="250"' in page


def test_everybody_of_the_community_sees_a_plan_and_nobody_else(world, street):
    plan = made.plan(world, street)
    address = f"{base(street)}/files/{plan}"
    for person in (street.resident, street.staff, street.office):
        assert world.client(person).get(address).status_code == 200
    assert world.client(made.street(world).resident).get(address).status_code == 404


def test_the_office_uploads_a_plan_and_marks_a_place_on_it(world, street):
    gate = made.common_place(world, street, "南门")
    office, lists = world.client(street.office), f"{base(street)}/common-places"
    before = office.get(f"{lists}/{gate}/mark")
    assert before.status_code == 302
    answer = office.post(
        f"{lists}/compounds/{street.compound_id}/plan",
        data={"plan": (made.stream(made.photo(size=(800, 600))), "plan.jpg")},
        content_type="multipart/form-data",
    )
    assert answer.status_code == 302
    version = re.search(r'name="version" value="(\d+)"', office.get(f"{lists}/{gate}/mark").text)[1]
    tap = {"at.x": "160", "at.y": "120", "version": version}
    assert office.post(f"{lists}/{gate}/mark", data=tap).status_code == 302
    assert "已标位置" in office.get(f"{lists}/compounds/{street.compound_id}").text


@pytest.mark.parametrize("data", [b"", b"<svg/>", b"%PDF-1.7"])
def test_what_is_no_picture_is_no_plan(world, street, data):
    answer = world.client(street.office).post(
        f"{base(street)}/common-places/compounds/{street.compound_id}/plan",
        data={"plan": (made.stream(data), "plan.jpg")},
        content_type="multipart/form-data",
    )
    assert answer.status_code == 422
    assert "照片" in answer.text or "图片" in answer.text
