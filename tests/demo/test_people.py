from __future__ import annotations

import time
from dataclasses import replace

import pytest
from factories.people import shown_code

from app.core.access.roles import Role
from app.demo import acts, people
from app.demo.cast import CAST, COMMUNITY_CODE, DEMO_PASSWORD, ROLES


@pytest.fixture(scope="module")
def stage(app):
    with app.app_context():
        found = acts.set_stage()
        people.load(found)
        return found


def test_every_role_has_somebody_and_nobody_shares_a_number(stage):
    assert {role for one in ROLES for role in one.roles} == set(Role)
    assert len({one.phone for one in CAST}) == len(CAST)
    assert set(stage.accounts) == {one.key for one in CAST}


def test_the_real_divisions_are_there(stage):
    assert stage.community.name == "檀溪社区"
    assert stage.neighbour.name == "凤雏社区"
    assert stage.community.region_path == "42.4206.420602.420602001."


def test_loading_again_is_quick_and_changes_nothing(stage, context):
    before = dict(stage.accounts)
    started = time.perf_counter()
    again = acts.set_stage()
    people.load(again)
    assert time.perf_counter() - started < 1
    assert again.accounts == before


@pytest.mark.parametrize("character", ROLES, ids=lambda one: one.key)
def test_everybody_signs_in_with_what_the_table_says(world, stage, character):
    client = world.client()
    answer = client.post("/login", data={"phone": character.phone, "password": DEMO_PASSWORD})
    for _ in range(5):
        if answer.status_code != 302:
            break
        answer = client.get(answer.location)
        if answer.request.path == "/login/second-factor" and answer.status_code == 200:
            answer = client.post(answer.request.full_path, data={"code": shown_code(answer.text)})
    assert answer.status_code == 200
    assert answer.request.path.startswith(("/c/", "/r/", "/platform/", "/memberships"))


def test_the_table_lists_one_log_in_for_each_role(world):
    output = world.app.test_cli_runner().invoke(args=["demo", "logins"]).output
    assert output.count(DEMO_PASSWORD) == len(ROLES)
    assert f"/c/{COMMUNITY_CODE}/desk" in output
    assert "社区党组织书记" in output


@pytest.mark.parametrize("command", ["load", "logins"])
def test_there_is_no_demo_world_in_production(world, config, monkeypatch, command):
    production = replace(config, environment="production")
    monkeypatch.setitem(world.app.extensions, "gongzhi.config", production)
    result = world.app.test_cli_runner().invoke(args=["demo", command])
    assert result.exit_code == 1
    assert "production" in result.output
