from __future__ import annotations

import hashlib
import json
from contextlib import contextmanager
from datetime import timedelta
from uuid import uuid4

import pytest
from factories.databases import owner_connection
from factories.organizations import company, contract, facility
from factories.world import CITY, DISTRICT, STREET, STREET_PATH
from sqlalchemy import event, insert, select, text, update
from sqlalchemy.exc import IntegrityError, ProgrammingError

from app.core.access.roles import Role
from app.core.db import db
from app.core.notifications.models import Notification
from app.core.tenancy import PLATFORM_ID, Scope
from app.core.transaction import transaction
from app.coverage import queries
from app.coverage.actions import begin_draft, exempt, review, submit
from app.coverage.models import CoverageDraft, CoverageReport, CoverageReview
from app.coverage.rules import Decision, Indicator, Level, NotYourTurn, quarter_of
from app.coverage.rules.reviews import AlreadySubmitted, Stale
from app.kit.clock import civil_date, now
from app.kit.refusal import Conflict
from app.maintenance.rules import FacilityKind
from app.organizations.models import Organization
from app.registry.models import Compound, Owner

QUARTER = quarter_of(civil_date(now()))
OTHER_STREET = "42.4206.420602.420602002."


@contextmanager
def within(world, scope):
    """A transaction in an application context of its own."""
    with world.app.app_context(), transaction(scope):
        yield


def begin(world, community):
    with within(world, Scope(community_id=community.id)):
        begin_draft(community.id, QUARTER)


def send(world, community, version=1):
    with within(world, Scope(community_id=community.id)):
        return submit(community, QUARTER, version, None)


def submitted(world, community=None):
    community = community or world.community()
    begin(world, community)
    return community, send(world, community)


def over(world, person, path=STREET_PATH):
    return within(world, Scope(community_id=PLATFORM_ID, account_id=person.id, region_path=path))


def decide(world, person, report_id, level, decision, reason="", path=STREET_PATH):
    with over(world, person, path):
        review(report_id, level, decision, reason, reviewer_id=person.id)


@pytest.fixture
def street(world):
    return world.reviewer(Role.STREET_REVIEWER, STREET, STREET_PATH)


def page(community, path=""):
    return f"/c/{community.code}/coverage/{path}"


def test_a_report_lives_from_draft_to_approval_in_the_browser(world, street):
    community = world.community()
    compound = world.compound(community)
    contract(world, community, compound, company(world, community), signed_days_ago=60)
    facility(world, community, compound, done_days_ago=3)
    client = world.client(world.member(community, Role.COMMUNITY_STAFF))
    assert client.post(page(community, "draft")).status_code == 302
    draft = client.get(page(community, "draft"))
    assert "合同未备案" in draft.text
    assert f'href="{page(community)}" aria-current="page"' in draft.text
    client.post(page(community, "draft/remark"), data={"remark": "正在备案", "version": "1"})
    sent = client.post(page(community, "draft/submit"), data={"version": "2"})
    assert sent.status_code == 302
    assert "待街道初审" in client.get(sent.location).text
    report_id = sent.location.rsplit("/", 1)[1]

    reviewer = world.client(street)
    home = reviewer.get(f"/r/{STREET}/")
    assert "等我审核" in home.text
    assert report_id in home.text
    shown = reviewer.get(f"/r/{STREET}/reports/{report_id}")
    assert "正在备案" in shown.text
    answer = reviewer.post(f"/r/{STREET}/reports/{report_id}", data={"decision": "approve"})
    assert answer.status_code == 302
    assert "街道已通过" in client.get(sent.location).text
    world.work_off(community)
    with within(world, Scope(community_id=community.id)):
        titles = db.session.scalars(
            select(Notification.title).where(Notification.community_id == community.id)
        ).all()
    assert titles == ["五个全覆盖报表：街道初审通过"]


def test_a_return_without_a_reason_keeps_the_choice_and_says_why(world, street):
    _, report_id = submitted(world)
    answer = world.client(street).post(
        f"/r/{STREET}/reports/{report_id}", data={"decision": "return", "reason": ""}
    )
    assert answer.status_code == 422
    assert "请写明原因" in answer.text
    assert 'value="return" checked' in answer.text


def test_a_returned_report_is_followed_by_a_second_version(world, street):
    community, first = submitted(world)
    decide(world, street, first, Level.STREET, Decision.RETURN, "照片不清楚")
    begin(world, community)
    second = send(world, community)
    with within(world, Scope(community_id=community.id)):
        newest = queries.latest_of(community.id, QUARTER).CoverageReport
        assert (newest.id, newest.version) == (second, 2)
    with pytest.raises(NotYourTurn):
        decide(world, street, first, Level.STREET, Decision.APPROVE)


def test_a_second_report_of_the_quarter_is_refused_while_one_is_under_review(world):
    community, _ = submitted(world)
    with pytest.raises(AlreadySubmitted):
        begin(world, community)


def test_of_two_who_submit_the_same_draft_one_is_refused(world):
    community = world.community()
    begin(world, community)
    send(world, community)
    with pytest.raises(Conflict):
        send(world, community)


def test_a_draft_changed_meanwhile_is_not_submitted(world):
    community = world.community()
    world.compound(community)
    begin(world, community)
    with within(world, Scope(community_id=community.id)):
        figures = queries.draft(community.id, QUARTER).figures
        subject = next(f for f in figures if f["indicator"] == "service")["missing"][0]["id"]
        exempt(community.id, QUARTER, 1, Indicator.SERVICE, subject, "正在拆迁")
    with pytest.raises(Conflict):
        send(world, community, version=1)
    send(world, community, version=2)


def test_a_safety_veto_cannot_be_exempt(world):
    community = world.community()
    made = facility(
        world, community, world.compound(community), FacilityKind.FIRE_TEST, done_days_ago=400
    )
    begin(world, community)
    with (
        pytest.raises(Conflict, match="安全"),
        within(world, Scope(community_id=community.id)),
    ):
        exempt(community.id, QUARTER, 1, Indicator.MAINTENANCE, str(made), "没钱")


def test_figures_older_than_a_day_are_not_submitted(world):
    community = world.community()
    begin(world, community)
    with within(world, Scope(community_id=community.id)):
        db.session.execute(
            update(CoverageDraft).values(computed_at=now() - timedelta(hours=24, minutes=1))
        )
    with pytest.raises(Stale):
        send(world, community)


@pytest.mark.parametrize("statement", ["UPDATE {} SET region_path = region_path", "DELETE FROM {}"])
@pytest.mark.parametrize("table", ["coverage_report", "coverage_review"])
def test_what_was_submitted_or_decided_cannot_be_changed(world, table, statement):
    community, _ = submitted(world)
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        within(world, Scope(community_id=community.id)),
    ):
        db.session.execute(text(statement.format(table)))


def test_the_sealed_file_has_the_printed_digest(world):
    community, report_id = submitted(world)
    client = world.client(world.member(community, Role.COMMUNITY_STAFF))
    sealed = client.get(page(community, f"reports/{report_id}/sealed.json")).data
    with within(world, Scope(community_id=community.id)):
        digest = queries.report(report_id, community.id).CoverageReport.digest
    assert hashlib.sha256(sealed).hexdigest() == digest
    assert json.loads(sealed)["community_code"] == community.code


def test_a_reviewer_sees_no_other_table_of_a_community(world, street):
    community, _ = submitted(world)
    world.home(community, world.compound(community))
    company(world, community)
    begin(world, world.community())
    with over(world, street):
        for table in (Compound, Owner, Organization, CoverageDraft):
            assert db.session.scalars(select(table)).all() == []
        assert db.session.scalars(
            select(CoverageReport.id).where(CoverageReport.community_id == community.id)
        ).all()


def test_the_report_of_another_street_is_not_found(world):
    _, report_id = submitted(world)
    with owner_connection(world.config) as connection:
        connection.execute(
            text(
                "INSERT INTO region (code, parent_code, level, name, pinyin, path) VALUES"
                " ('420602002', '420602', 'street', '古城街道', 'gu', :path)"
                " ON CONFLICT DO NOTHING"
            ),
            {"path": OTHER_STREET},
        )
    other = world.reviewer(Role.STREET_REVIEWER, "420602002", OTHER_STREET)
    client = world.client(other)
    assert client.get(f"/r/420602002/reports/{report_id}").status_code == 404
    assert client.get(f"/r/{STREET}/reports/{report_id}").status_code == 404
    assert client.post(f"/r/{STREET}/reports/{report_id}").status_code == 404


def write_review(world, person, community, report_id, scope_path, **changed):
    values = {
        "community_id": community.id,
        "id": uuid4(),
        "report_id": report_id,
        "region_path": STREET_PATH,
        "level": "street",
        "reviewer_id": person.id,
        "decision": "approve",
        **changed,
    }
    with over(world, person, scope_path):
        db.session.execute(insert(CoverageReview).values(**values))


def test_the_database_lets_no_street_decide_for_another(world):
    community, report_id = submitted(world)
    other = world.reviewer(Role.STREET_REVIEWER, STREET, OTHER_STREET)
    for path, claimed in (
        (OTHER_STREET, STREET_PATH),
        (STREET_PATH, STREET_PATH),
    ):
        with pytest.raises(ProgrammingError, match="row-level security"):
            write_review(world, other, community, report_id, path, region_path=claimed)
    with pytest.raises(IntegrityError, match="fk_coverage_review_report"):
        write_review(world, other, community, report_id, OTHER_STREET, region_path=OTHER_STREET)


def test_the_database_lets_nobody_decide_at_a_level_or_in_a_name_not_theirs(world, street):
    community, report_id = submitted(world)
    for claimed in ({"level": "city"}, {"reviewer_id": uuid4()}):
        with pytest.raises(ProgrammingError, match="row-level security"):
            write_review(world, street, community, report_id, STREET_PATH, **claimed)
    write_review(world, street, community, report_id, STREET_PATH)


def test_a_community_cannot_approve_its_own_report(world):
    community, report_id = submitted(world)
    values = {
        "community_id": community.id,
        "id": uuid4(),
        "report_id": report_id,
        "region_path": STREET_PATH,
        "level": "street",
        "reviewer_id": uuid4(),
        "decision": "approve",
    }
    with (
        pytest.raises(ProgrammingError, match="row-level security"),
        within(world, Scope(community_id=community.id)),
    ):
        db.session.execute(insert(CoverageReview).values(**values))


def test_two_reviewers_of_a_street_decide_once(world, street):
    _, report_id = submitted(world)
    colleague = world.reviewer(Role.STREET_REVIEWER, STREET, STREET_PATH)
    decide(world, street, report_id, Level.STREET, Decision.APPROVE)
    with pytest.raises(NotYourTurn):
        decide(world, colleague, report_id, Level.STREET, Decision.RETURN, "重复")


def test_district_and_city_follow_the_street(world, street):
    _, report_id = submitted(world)
    district = world.reviewer(Role.DISTRICT_REVIEWER, DISTRICT, "42.4206.420602.")
    city = world.reviewer(Role.CITY_REVIEWER, CITY, "42.4206.")
    assert "提交意见" not in world.client(district).get(f"/r/{DISTRICT}/reports/{report_id}").text
    decide(world, street, report_id, Level.STREET, Decision.APPROVE)
    client = world.client(district)
    assert client.post(
        f"/r/{DISTRICT}/reports/{report_id}", data={"decision": "approve"}
    ).location.endswith(str(report_id))
    answer = world.client(city).post(
        f"/r/{CITY}/reports/{report_id}",
        data={"decision": "found_untrue", "reason": "实地没有水箱"},
    )
    assert answer.status_code == 302
    assert "抽查不实" in world.client(city).get(f"/r/{CITY}/reports/{report_id}").text


def test_the_roll_up_names_who_did_not_submit_and_never_shows_zero(world, street):
    silent = world.community("沉默社区")
    submitted(world, world.community("报送社区"))
    home = world.client(street).get(f"/r/{STREET}/").text
    row = home.split(silent.name, 1)[1].split("</tr>", 1)[0]
    assert row.count("未报送") >= 5
    assert "0%" not in row


def test_every_reviewers_page_opens(world, street):
    community = world.community()
    facility(world, community, world.compound(community), done_days_ago=400)
    submitted(world, community)
    city = world.client(world.reviewer(Role.CITY_REVIEWER, CITY, "42.4206."))
    for region in (CITY, DISTRICT, STREET):
        for path in ("", "print", "indicators/maintenance", "indicators/party?quarter=2020Q1"):
            assert city.get(f"/r/{region}/{path}").status_code == 200
    assert "水箱" in city.get(f"/r/{STREET}/indicators/maintenance").text
    assert city.get(f"/r/{STREET}/?quarter=2026Q5").status_code == 404
    assert world.client(street).get(f"/r/{CITY}/").status_code == 404


def test_every_page_of_the_community_opens(world):
    community, report_id = submitted(world)
    client = world.client(world.member(community, Role.PARTY_SECRETARY))
    for path in ("", f"reports/{report_id}", f"reports/{report_id}/print"):
        assert client.get(page(community, path)).status_code == 200
    for indicator in Indicator:
        assert client.get(page(community, f"indicators/{indicator}")).status_code == 200
    assert client.get(page(community, "indicators/other")).status_code == 404
    assert client.get(page(community, "draft")).status_code == 404


def count_statements(client, url):
    counted = []

    def note(*_args):
        counted.append(1)

    with client.application.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        assert client.get(url).status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(counted)


def test_the_roll_up_takes_the_same_statements_however_many_communities(world, street):
    client = world.client(street)
    submitted(world)
    client.get(f"/r/{STREET}/")
    few = count_statements(client, f"/r/{STREET}/")
    for _ in range(6):
        submitted(world)
    assert count_statements(client, f"/r/{STREET}/") == few
    assert few <= 6
