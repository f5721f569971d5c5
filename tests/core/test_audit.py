from __future__ import annotations

from datetime import timedelta

import pytest
from factories.databases import owner_connection
from sqlalchemy import text, update
from sqlalchemy.exc import ProgrammingError

from app.core.audit import sealing
from app.core.audit.models import AuditEntry
from app.core.audit.trail import record
from app.core.audit.vocabulary import AuditEvent
from app.core.db import db
from app.core.tenancy import Scope
from app.core.transaction import transaction

KEY = "k" * 32


@pytest.fixture
def chain(world, context):
    """A community whose trail has five sealed entries in two seals."""
    scope = Scope(community_id=world.community().id)
    for batch in (2, 3):
        with transaction(scope):
            for number in range(batch):
                record(AuditEvent.COMPOUND_SAVED, f"compound-{number}", changed=["name"])
        with transaction(scope):
            sealing.seal(scope.community_id, KEY)
    return scope


def findings(scope, key=KEY):
    with transaction(scope):
        return list(sealing.findings(scope.community_id, key))


def tamper(config, statement, **values):
    """What somebody with the database superuser's rights could do."""
    with owner_connection(config) as connection:
        connection.execute(text("ALTER TABLE audit_entry DISABLE ROW LEVEL SECURITY"))
        connection.execute(text("ALTER TABLE audit_seal DISABLE ROW LEVEL SECURITY"))
        connection.execute(text(statement), values)
        connection.execute(text("ALTER TABLE audit_entry ENABLE ROW LEVEL SECURITY"))
        connection.execute(text("ALTER TABLE audit_seal ENABLE ROW LEVEL SECURITY"))


def test_an_untouched_chain_has_no_findings(chain):
    assert findings(chain) == []


def test_sealing_twice_seals_nothing_new(chain):
    with transaction(chain):
        assert sealing.seal(chain.community_id, KEY) == 0


def test_a_changed_entry_is_found(chain, config):
    tamper(
        config,
        "UPDATE audit_entry SET subject_id = 'other' WHERE id ="
        " (SELECT id FROM audit_entry WHERE community_id = :c ORDER BY id LIMIT 1)",
        c=chain.community_id,
    )
    assert findings(chain) == ["seal 1: an entry was changed"]


def test_a_removed_entry_is_found(chain, config):
    tamper(
        config,
        "DELETE FROM audit_entry WHERE id ="
        " (SELECT id FROM audit_entry WHERE community_id = :c ORDER BY id DESC LIMIT 1)",
        c=chain.community_id,
    )
    assert [finding.startswith("seal 2: entry") for finding in findings(chain)] == [True]


def test_a_removed_seal_is_found(chain, config):
    tamper(
        config,
        "DELETE FROM audit_seal WHERE community_id = :c AND number = 1",
        c=chain.community_id,
    )
    assert "seal 2: not the successor of the one before" in findings(chain)


def test_an_entry_slipped_in_later_is_found(chain, config):
    tamper(
        config,
        "INSERT INTO audit_entry (community_id, id, created_at, event)"
        " VALUES (:c, gen_random_uuid(), now() - :age, 'people.signed_in')",
        c=chain.community_id,
        age=timedelta(hours=3),
    )
    assert [finding.endswith("is in no seal") for finding in findings(chain)] == [True]


def test_a_chain_made_with_another_key_does_not_verify(chain):
    assert findings(chain, "x" * 32)


def test_the_runtime_role_cannot_change_the_trail(chain):
    with pytest.raises(ProgrammingError, match="permission denied"), transaction(chain):
        db.session.execute(update(AuditEntry).values(subject_id="other"))


def test_the_runtime_role_cannot_remove_from_the_trail(chain):
    with pytest.raises(ProgrammingError, match="permission denied"), transaction(chain):
        db.session.execute(text("DELETE FROM audit_entry"))


def test_a_rolled_back_action_leaves_no_entry(world, context):
    scope = Scope(community_id=world.community().id)
    with pytest.raises(RuntimeError), transaction(scope):
        record(AuditEvent.COMPOUND_SAVED, "gone")
        raise RuntimeError
    with transaction(scope):
        record(AuditEvent.OWNER_SAVED, "kept")
    with transaction(scope):
        events = db.session.scalars(text("SELECT event FROM audit_entry")).all()
    assert events == ["registry.owner_saved"]
