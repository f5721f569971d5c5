"""The demo world's covenants, on a small stage."""

from __future__ import annotations

import pytest
from factories.covenants import stairs

from app.covenants.queries import texts
from app.covenants.rules import State
from app.demo.covenants import load
from app.demo.stage import Stage


@pytest.fixture
def stage(world):
    signing = stairs(world, 6)
    in_force = stairs(world, 3, community=signing.community)
    draft = stairs(world, 1, community=signing.community)
    made = Stage(community=signing.community, neighbour=signing.community)
    made.accounts = {
        "stairwell_head": signing.head.id,
        "staff": signing.officer.id,
        "owner_1": signing.owners[0].id,
    }
    made.places = {
        "garden_1_1": signing.stairwell_id,
        "garden_1_2": in_force.stairwell_id,
        "garden_2_1": draft.stairwell_id,
    }
    return made, signing


def states(house, stage):
    def find():
        return {
            key: texts.sheets_of_stairwells(house.community.id, [stairwell_id])[0]
            for key, stairwell_id in stage.places.items()
        }

    return house.work(find)


def test_the_demo_shows_three_steps_and_loads_once(app, stage):
    made, house = stage
    for _ in range(2):
        with app.app_context():
            load(made)
    found = states(house, made)
    assert {key: row.state for key, row in found.items()} == {
        "garden_1_1": State.SIGNING,
        "garden_1_2": State.IN_FORCE,
        "garden_2_1": State.COLLECTING,
    }
    signing = found["garden_1_1"]
    assert (signing.signed_count, signing.due_count) == (3, 6)


def test_a_stage_without_places_stays_empty(app, stage):
    made, house = stage
    made.places = {}
    with app.app_context():
        load(made)
    assert house.work(lambda: texts.states_counted(house.community.id)) == {}
