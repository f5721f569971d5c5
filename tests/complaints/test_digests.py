"""周报: once a week, also after downtime, and as it was."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from factories import complaints as made
from factories import figures as rows
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.exc import ProgrammingError

from app.complaints.figure_jobs import sweep_digests
from app.complaints.models import ComplaintDigest
from app.complaints.queries import digests
from app.complaints.rules.digests import MOST_MISSED, last_week, made_late, weeks_due
from app.complaints.rules.states import State
from app.core.access.roles import Role
from app.core.db import db
from app.core.notifications.models import Notification
from app.core.tenancy import Scope
from app.core.transaction import transaction
from app.kit.clock import BEIJING, now, start_of_day

DAY = timedelta(days=1)
WEEK = timedelta(days=7)
MONDAY = date(2026, 3, 2)
moments = st.datetimes(datetime(2024, 1, 1), datetime(2028, 1, 1)).map(
    lambda moment: moment.replace(tzinfo=BEIJING)
)


@pytest.mark.parametrize(
    ("moment", "week"),
    [
        (datetime(2026, 3, 9, 6, 59, tzinfo=BEIJING), date(2026, 2, 23)),
        (datetime(2026, 3, 9, 7, 0, tzinfo=BEIJING), MONDAY),
        (datetime(2026, 3, 15, 23, 59, tzinfo=BEIJING), MONDAY),
        (datetime(2026, 3, 16, 7, 0, tzinfo=BEIJING), date(2026, 3, 9)),
    ],
)
def test_a_week_is_told_from_monday_morning_in_beijing(moment, week):
    assert last_week(moment) == week


@given(moments, st.integers(0, 20))
def test_every_week_is_due_once(moment, missed):
    last = last_week(moment)
    due = weeks_due(last - missed * WEEK, moment)
    assert due == [last - place * WEEK for place in range(min(missed, MOST_MISSED))][::-1]
    assert weeks_due(None, moment) == [last]


def test_a_digest_made_in_its_own_week_is_not_late():
    assert not made_late(MONDAY, datetime(2026, 3, 15, 12, tzinfo=BEIJING))
    assert made_late(MONDAY, datetime(2026, 3, 16, 7, tzinfo=BEIJING))


def old(street, days=20, **values):
    """A case of the week before last or earlier, so that a digest is due."""
    return rows.row(street, days, **values)


def run(world, street, times=1):
    for _ in range(times):
        with world.app.app_context():
            sweep_digests()
        world.work_off(street.community)


def kept(world, street):
    with world.app.app_context(), transaction(Scope(community_id=street.community.id)):
        return db.session.scalars(
            select(ComplaintDigest)
            .where(ComplaintDigest.community_id == street.community.id)
            .order_by(ComplaintDigest.week_starts)
        ).all()


def told(world, street, person):
    with world.app.app_context(), transaction(Scope(community_id=street.community.id)):
        return db.session.execute(
            select(Notification.title, Notification.url).where(
                Notification.community_id == street.community.id,
                Notification.account_id == person.id,
                Notification.title.startswith("诉求周报"),
            )
        ).all()


def aged(world, street, weeks):
    """Let the newest digest be of so many weeks ago, as after a downtime."""
    monday = last_week(now()) - weeks * WEEK
    with world.app.app_context(), transaction(Scope(community_id=street.community.id)):
        digests.insert_digest(street.community.id, monday, {"": {}})


def test_the_sweep_tells_the_leads_once_however_often_it_runs(world, street):
    rows.keep(world, street, [old(street)])
    secretary = world.member(street.community, Role.PARTY_SECRETARY)
    run(world, street, times=3)
    week = last_week(now())
    assert [row.week_starts for row in kept(world, street)] == [week]
    for person in (street.office, secretary, street.manager):
        assert [row.url for row in told(world, street, person)] == [
            f"/c/{street.community.code}/figures/weeks/{week}"
        ]
    for person in (street.staff, street.resident):
        assert told(world, street, person) == []


def test_sweeping_while_the_message_waits_leaves_no_second_one(world, street, context):
    rows.keep(world, street, [old(street)])
    sweep_digests()
    assert sweep_digests() == 0


def test_after_a_downtime_each_missed_week_is_made_and_the_newest_told_once(world, street):
    rows.keep(world, street, [old(street, 40)])
    aged(world, street, weeks=4)
    run(world, street, times=3)
    last = last_week(now())
    assert [row.week_starts for row in kept(world, street)] == [
        last - place * WEEK for place in range(4, -1, -1)
    ]
    assert len(told(world, street, street.office)) == 1
    page = world.client(street.office).get(
        f"/c/{street.community.code}/figures/weeks/{last - 2 * WEEK}"
    )
    assert "后来补做的" in page.text
    assert "已超期" not in page.text


def test_a_community_without_cases_is_left_in_peace(world, street):
    run(world, street)
    assert kept(world, street) == []
    assert told(world, street, street.office) == []


def test_the_figures_stay_as_they_were(world, street):
    week = last_week(now())
    inside = start_of_day(week) + 2 * DAY
    one = rows.row(street, filed=inside, promised_at=inside + DAY)
    rows.keep(
        world,
        street,
        [
            one,
            rows.row(street, filed=inside, state=State.CLOSED, closed_at=inside + DAY),
            rows.row(street, filed=inside - 3 * WEEK),
        ],
    )
    run(world, street)
    address = f"/c/{street.community.code}/figures/weeks/{week}"
    client = world.client(street.office)

    def shown():
        return client.get(address).text.split("<main")[1].split("</main>")[0]

    before = shown()
    figures = kept(world, street)[0].figures[""]
    assert [figures[name] for name in ("filed", "closed", "open", "overdue")] == [2, 1, 2, 2]
    made.changed(world, street, one["id"], state="closed", due_at=None, closed_at=now())
    assert shown() == before


def test_a_digest_cannot_be_changed(world, street, context):
    rows.keep(world, street, [old(street)])
    run(world, street)
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction(Scope(community_id=street.community.id)),
    ):
        db.session.execute(update(ComplaintDigest).values(figures={}))


def test_a_manager_is_told_the_own_companys_figures(world, street):
    other = made.company(world, street.community, "另一家物业")
    week = last_week(now())
    inside = start_of_day(week) + 2 * DAY
    rows.keep(
        world,
        street,
        [
            rows.row(street, filed=inside),
            *(rows.row(street, filed=inside, organization_id=other) for _ in range(3)),
        ],
    )
    run(world, street)
    assert "上周新收 1 件" in told(world, street, street.manager)[0].title
    assert "上周新收 4 件" in told(world, street, street.office)[0].title
    address = f"/c/{street.community.code}/figures/weeks/"
    assert "新收 1 件" in world.client(street.manager).get(address).text
    assert "新收 4 件" in world.client(street.office).get(address).text


@pytest.mark.parametrize("week", ["2026-03-03", "x", "2031-01-06"])
def test_a_week_that_was_never_told_is_not_found(world, street, week):
    address = f"/c/{street.community.code}/figures/weeks/{week}"
    assert world.client(street.office).get(address).status_code == 404
