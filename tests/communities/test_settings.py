from __future__ import annotations

from datetime import date

import pytest

from app.communities.actions import settings_of
from app.communities.forms import FIELDS, GROUPS
from app.communities.rules import Settings
from app.core.access.roles import Role
from app.core.tenancy import Scope
from app.core.transaction import transaction

TYPED = {
    "version": "0",
    "proxy_limit": "3",
    "proxy_excludes_property_staff": "y",
    "assembly_notice_days": "15",
    "assembly_voting_least_days": "5",
    "assembly_voting_most_days": "60",
    "assembly_publication_days": "7",
    "assembly_filing_days": "30",
    "committee_seats_least": "5",
    "committee_seats_most": "11",
    "committee_small_households": "100",
    "covenant_threshold_numerator": "2",
    "covenant_threshold_denominator": "3",
    "covenant_publication_days": "7",
    "complaint_days_ordinary": "5",
    "complaint_call_attempts": "3",
    "complaint_silence_days": "7",
    "local_holidays": "",
    "local_working_days": "",
    "contract_filing_days": "15",
    "committee_term_years": "5",
    "open311_log_days": "200",
    "whistle_sign_hours": "2",
    "whistle_arrive_hours": "24",
}


def kept(world, community):
    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        return settings_of(community.id)


def save(client, community, **values):
    return client.post(f"/c/{community.code}/settings", data=TYPED | values)


@pytest.fixture
def office(world):
    community = world.community()
    return community, world.client(world.member(community, Role.COMMUNITY_STAFF))


def test_a_community_without_choices_has_the_defaults(world, office):
    community, client = office
    assert kept(world, community) == Settings()
    assert 'value="3"' in client.get(f"/c/{community.code}/settings").text


def test_a_choice_is_kept_for_this_community_only(world, office):
    community, client = office
    assert save(client, community, proxy_limit="1", parking_spaces_vote="y").status_code == 302
    assert kept(world, community) == Settings(proxy_limit=1, parking_spaces_vote=True)
    assert kept(world, world.community()) == Settings()


@pytest.mark.parametrize("first", ["0", "1"])
def test_whoever_saves_second_sees_both_versions(world, office, first):
    community, client = office
    if first == "1":
        save(client, community)
    save(client, community, version=first, proxy_limit="1")
    answer = save(client, community, version=first, proxy_limit="2")
    assert answer.status_code == 409
    assert "别人已经改过" in answer.text
    assert '<td data-label="您填的">2</td><td data-label="别人已保存的">1</td>' in answer.text
    assert kept(world, community).proxy_limit == 1
    newest = str(int(first) + 1)
    assert f'value="{newest}"' in answer.text
    assert save(client, community, version=newest, proxy_limit="2").status_code == 302
    assert kept(world, community).proxy_limit == 2


@pytest.mark.parametrize(
    "typed",
    [
        {"proxy_limit": "-1"},
        {"proxy_limit": "three"},
        {"covenant_publication_days": ""},
        {"covenant_threshold_numerator": "4"},
        {"assembly_notice_days": "14"},
        {"assembly_voting_least_days": "30", "assembly_voting_most_days": "20"},
        {"committee_seats_least": "9", "committee_seats_most": "7"},
        {"whistle_sign_hours": "30", "whistle_arrive_hours": "24"},
    ],
)
def test_a_number_that_cannot_be_is_refused_and_kept_on_the_page(world, office, typed):
    community, client = office
    answer = save(client, community, **typed)
    assert answer.status_code == 422
    assert "field-error" in answer.text
    assert kept(world, community) == Settings()


def test_every_setting_stands_under_a_heading_of_the_page():
    shown = [name for _, names in GROUPS for name in names]
    assert sorted(shown) == sorted(FIELDS)


def test_days_off_of_the_place_are_kept_and_make_its_calendar(world, office):
    community, client = office
    answer = save(
        client, community, local_holidays=" 2026-03-09  2026-03-10", local_working_days="2026-03-08"
    )
    assert answer.status_code == 302
    calendar = kept(world, community).calendar
    assert not calendar.works(date(2026, 3, 9))
    assert calendar.works(date(2026, 3, 8))
    assert not Settings().calendar.works(date(2026, 3, 8))


@pytest.mark.parametrize(
    ("holidays", "working", "said"),
    [
        ("3月9日", "", "有一个日子看不懂"),
        ("2026-02-30", "", "有一个日子看不懂"),
        ("2026-03-09", "2026-03-09", "同时写成了放假和上班"),
    ],
)
def test_days_that_are_none_are_refused_with_what_was_typed(world, office, holidays, working, said):
    community, client = office
    answer = save(client, community, local_holidays=holidays, local_working_days=working)
    assert answer.status_code == 422
    assert said in answer.text
    assert holidays in answer.text
