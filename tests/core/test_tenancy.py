from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.exc import ProgrammingError

from app.core.db import db
from app.core.tenancy import Scope
from app.core.transaction import transaction
from app.registry.models import Compound


def test_without_a_scope_no_rows_are_visible(world, context):
    world.compound(world.community())
    with transaction(Scope()):
        assert db.session.scalars(select(Compound)).all() == []


def test_a_transaction_sees_only_its_own_community(world, context):
    here, there = world.community(), world.community()
    world.compound(here)
    other = world.compound(there)
    with transaction(Scope(community_id=here.id)):
        seen = db.session.scalars(select(Compound.id)).all()
    assert other not in seen
    assert len(seen) == 1


def test_a_row_cannot_be_written_into_another_community(world, context):
    here, there = world.community(), world.community()
    with (
        pytest.raises(ProgrammingError, match="row-level security"),
        transaction(Scope(community_id=here.id)),
    ):
        db.session.add(Compound(community_id=there.id, name="外面", pinyin="waimian"))


@pytest.mark.parametrize("path", ["42", "42.'; DROP TABLE x; --", "42..", ".", "42.4206"])
def test_a_scope_refuses_a_region_path_that_is_not_digits_and_dots(path):
    with pytest.raises(ValueError, match="region_path"):
        Scope(region_path=path)


def test_a_scope_refuses_a_community_that_is_not_a_number():
    with pytest.raises(ValueError, match="community_id"):
        Scope(community_id="1; DROP TABLE x")
