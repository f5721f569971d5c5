from __future__ import annotations

import uuid
from datetime import date, datetime

import pytest

from app.complaints.rules.deadlines import Responsible
from app.complaints.rules.dispatching import Days, Matter, Row, decide, read_rows, say_hours
from app.kit.clock import BEIJING
from app.kit.working_days import Calendar

COMPOUND, BUILDING, SERVING, NIGHT_WATCH = (uuid.UUID(int=number) for number in range(1, 5))


def row(**values):
    return Row(
        **{
            "id": uuid.uuid4(),
            "category_group": "",
            "category": "",
            "compound_id": None,
            "building_id": None,
            "days": Days.ANY,
            "from_minute": None,
            "to_minute": None,
            "organization_id": NIGHT_WATCH,
            **values,
        }
    )


def matter(moment="2026-03-06 10:00", **values):
    return Matter(
        **{
            "category_group": "小区里的事",
            "category": "property.lighting",
            "responsible": Responsible.PROPERTY,
            "compound_id": COMPOUND,
            "building_id": BUILDING,
            "serving_id": SERVING,
            "moment": datetime.fromisoformat(moment).replace(tzinfo=BEIJING),
            **values,
        }
    )


def test_without_rows_the_catalogue_and_the_contract_decide():
    assert decide([], matter()).organization_id == SERVING
    assert decide([], matter(responsible=Responsible.COMMUNITY)).organization_id is None
    assert decide([], matter(serving_id=None)).organization_id is None


def test_the_first_row_that_fits_decides():
    first, second = row(category="property.lift"), row(category_group="小区里的事")
    third = row(organization_id=None)
    assert decide([first, second, third], matter()).row is second
    assert decide([third, second], matter()) == decide([third], matter())


def test_a_row_can_give_a_matter_to_the_community_itself():
    to_office = row(organization_id=None)
    decision = decide([to_office], matter())
    assert (decision.organization_id, decision.row) == (None, to_office)


@pytest.mark.parametrize(
    ("cells", "fits"),
    [
        ({"category": "property.lighting"}, True),
        ({"category": "property.lift"}, False),
        ({"category_group": "小区里的事"}, True),
        ({"category_group": "急事"}, False),
        ({"compound_id": COMPOUND}, True),
        ({"compound_id": SERVING}, False),
        ({"compound_id": COMPOUND, "building_id": BUILDING}, True),
        ({"compound_id": COMPOUND, "building_id": SERVING}, False),
        ({"category": "property.lighting", "compound_id": SERVING}, False),
    ],
)
def test_every_cell_must_fit(cells, fits):
    assert (decide([row(**cells)], matter()).row is not None) is fits


# 2026-03-06 is a Friday. Spring Festival 2026: 15 to 23 February off, 28 February worked.
@pytest.mark.parametrize(
    ("days", "moment", "fits"),
    [
        (Days.WORKING, "2026-03-06 10:00", True),
        (Days.WORKING, "2026-03-07 10:00", False),
        (Days.WORKING, "2026-02-28 10:00", True),
        (Days.WORKING, "2026-02-18 10:00", False),
        (Days.RESTING, "2026-03-07 10:00", True),
        (Days.RESTING, "2026-02-28 10:00", False),
        (Days.ANY, "2026-02-18 10:00", True),
    ],
)
def test_days_follow_the_calendar_with_its_make_up_days(days, moment, fits):
    assert (decide([row(days=days)], matter(moment)).row is not None) is fits


def test_days_off_of_the_place_count():
    calendar = Calendar(extra_holidays=frozenset({date(2026, 3, 6)}))
    assert decide([row(days=Days.RESTING)], matter(), calendar).row is not None


@pytest.mark.parametrize(
    ("hours", "moment", "fits"),
    [
        ((480, 1080), "2026-03-06 08:00", True),
        ((480, 1080), "2026-03-06 17:59", True),
        ((480, 1080), "2026-03-06 18:00", False),
        ((1080, 480), "2026-03-06 18:00", True),
        ((1080, 480), "2026-03-06 23:59", True),
        ((1080, 480), "2026-03-07 07:59", True),
        ((1080, 480), "2026-03-07 08:00", False),
        ((0, 1440), "2026-03-07 00:00", True),
    ],
)
def test_hours_may_run_over_midnight(hours, moment, fits):
    rule = row(from_minute=hours[0], to_minute=hours[1])
    assert (decide([rule], matter(moment)).row is not None) is fits


def test_hours_are_said_as_people_say_them():
    assert say_hours(None, None) == "全天"
    assert say_hours(480, 1080) == "08:00–18:00"
    assert say_hours(1080, 480) == "18:00–次日 08:00"


def test_no_table_is_an_empty_table():
    assert read_rows(None) == ()
