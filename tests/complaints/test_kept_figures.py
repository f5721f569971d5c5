"""What the rates count stands in the case's own row, as the time line tells it."""

from __future__ import annotations

import importlib.util
from datetime import timedelta
from pathlib import Path

from factories import complaints as made
from factories.databases import owner_connection
from sqlalchemy import text

from app.complaints.rules.answers import Ground, Rating
from app.complaints.rules.states import Action

MIGRATION = Path(__file__).parents[2] / "migrations/versions/0122_complaint_figures.py"
KEPT = ("contact_due_at", "contacted_at", "verdicts", "verdicts_resolved", "verdicts_content")
SOON = timedelta(seconds=30)


def kept(world, street, key):
    row = made.look(world, street, key)
    return {name: getattr(row, name) for name in KEPT}


def counts(world, street, key):
    row = made.look(world, street, key)
    return row.verdicts, row.verdicts_resolved, row.verdicts_content


def test_a_report_knows_by_when_somebody_has_to_answer(world, street):
    row = made.look(world, street, made.report(world, street))
    assert row.contact_due_at == row.due_at
    assert row.contacted_at is None


def test_the_first_answer_is_kept_and_later_ones_change_nothing(world, street):
    key = made.report(world, street)
    made.step(world, street, key, "staff", Action.ACCEPT)
    first = made.look(world, street, key).contacted_at
    made.step(world, street, key, "staff", Action.REPLY, text="明天来")
    assert first is not None
    assert made.look(world, street, key).contacted_at == first


def test_words_of_the_resident_and_refusals_are_no_answer(world, street):
    key = made.report(world, street)
    made.step(world, street, key, "resident", Action.ADD, text="还有一盏")
    made.step(world, street, key, "office", Action.REFUSE, text="在法院", ground=Ground.IN_COURT)
    assert made.look(world, street, key).contacted_at is None


def test_every_verdict_is_counted(world, street):
    key = made.done(world, street)
    assert counts(world, street, key) == (0, 0, 0)
    made.step(world, street, key, "resident", Action.REOPEN, text="没好")
    assert counts(world, street, key) == (1, 0, 0)
    made.step(world, street, key, "staff", Action.COMPLETE, text="好了")
    made.step(world, street, key, "office", Action.FIND_UNSOLVED, text="还是黑的")
    made.step(world, street, key, "staff", Action.COMPLETE, text="这次真好了")
    made.step(world, street, key, "resident", Action.CONFIRM, rating=Rating.SATISFIED)
    assert counts(world, street, key) == (3, 1, 1)


def test_a_case_split_off_has_a_deadline_for_its_first_answer(world, street):
    key = made.report(world, street)
    made.step(
        world, street, key, "office", Action.SPLIT_OFF, text="还有噪音", category="neighbours.noise"
    )
    with owner_connection(world.config) as connection:
        connection.execute(text(f"SET LOCAL app.community_id = '{street.community.id}'"))
        missing = connection.scalar(
            text(
                "SELECT count(*) FROM complaint"
                " WHERE community_id = :here AND contact_due_at IS NULL"
            ),
            {"here": street.community.id},
        )
    assert missing == 0


def test_the_migration_reads_from_the_time_line_what_the_actions_keep(world, street):
    spec = importlib.util.spec_from_file_location("figures", MIGRATION)
    migration = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(migration)
    keys = [made.report(world, street), made.done(world, street), made.done(world, street)]
    made.step(world, street, keys[1], "resident", Action.REOPEN, text="没好")
    made.step(world, street, keys[1], "staff", Action.COMPLETE, text="好了")
    made.step(world, street, keys[1], "resident", Action.CONFIRM, rating=Rating.UNSATISFIED)
    made.step(world, street, keys[2], "office", Action.VERIFY, rating=Rating.FAIRLY)
    before = [kept(world, street, key) for key in keys]
    for key in keys:
        made.changed(world, street, key, **dict.fromkeys(KEPT[:2]), **dict.fromkeys(KEPT[2:], 0))
    with owner_connection(world.config) as connection:
        connection.execute(text(f"SET LOCAL app.community_id = '{street.community.id}'"))
        connection.execute(text(migration.FROM_THE_TIME_LINE))
    for key, old in zip(keys, before, strict=True):
        new = kept(world, street, key)
        assert {name: new[name] for name in KEPT[2:]} == {name: old[name] for name in KEPT[2:]}
        assert new["contact_due_at"] == old["contact_due_at"]
        assert (new["contacted_at"] is None) == (old["contacted_at"] is None)
        if old["contacted_at"] is not None:
            assert abs(new["contacted_at"] - old["contacted_at"]) < SOON
