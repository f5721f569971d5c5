"""Before the close nobody learns a choice or a partial result.

Not from a page, an export, a log line, a job, a metric, an audit entry, a message or a
notification, and not by comparing two of them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from factories import channels, voting
from factories.databases import owner_connection
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from structlog.testing import capture_logs

from app.core.access.roles import COMMUNITY_ROLES, Role
from app.core.audit.models import AuditEntry
from app.core.db import db
from app.core.files.models import StoredFile
from app.core.notifications.models import Notification
from app.core.outbox.models import OutboxMessage
from app.core.tenancy import Scope
from app.core.transaction import transaction
from app.voting.models import BallotCast
from app.voting.rules import BLANK, Choice

CHANGING = re.compile(r'nonce="[^"]*"|csrf_token" value="[^"]*"|csrf-token" content="[^"]*"')
OWN = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
    r"|[0-9a-f]{64}|\b[0-9A-HJKMNP-TV-Z]{10}\b|\d+"
)
METHODS = ("voting", "assemblies", "desk", "files", "notifications")


@dataclass(frozen=True)
class Scene:
    """An open vote with a ballot by each channel and one paper ballot still in dispute."""

    community: object
    made: voting.Made
    people: dict[str, object]
    values: dict[str, object]


def scene(world, choice, other=None):
    """Everything that can happen before the close; only the choices differ between two scenes."""
    other = other or choice
    community = world.community()
    compound = world.compound(community)
    owner = world.member(community, Role.RESIDENT, "张建国")
    wife = world.person("王秀英")
    home = world.home(community, compound, owner=owner)
    world.co_owner(community, home, wife)
    principal, on_paper, disputed = (world.person(f"业主{name}") for name in "甲乙丙")
    for person in (principal, on_paper, disputed):
        world.home(community, compound, owner=person, stairwell_id=home.stairwell_id)
    proxy = world.member(community, Role.RESIDENT, "李红")
    clerks = [world.member(community, Role.COMMUNITY_STAFF, f"干事{n}") for n in range(3)]
    made = voting.opened(world, community, compound, statutes=(4, 7))
    channels.admit(world, community, made)
    voters = {
        person.id: voting.voter_of(world, community, made, person)
        for person in (owner, principal, on_paper, disputed)
    }
    receipt = voting.vote(world, community, made, owner, Choice(choice))
    authority = channels.name_proxy(
        world, community, made, principal, proxy, voter_id=voters[principal.id]
    )
    voting.vote(world, community, made, proxy, Choice(choice), voter_id=voters[principal.id])
    counted = channels.printed(world, community, made, voters[on_paper.id], clerks[0])
    waiting = channels.printed(world, community, made, voters[disputed.id], clerks[0])
    for paper in (counted, waiting):
        channels.bring_back(world, community, made, paper, clerks[0])
    for clerk in clerks[:2]:
        channels.enter(world, community, made, counted, clerk, choice)
    channels.enter(world, community, made, waiting, clerks[0], choice)
    channels.enter(
        world,
        community,
        made,
        waiting,
        clerks[1],
        {
            made.matters[0]: other,
            made.matters[1]: BLANK,
        },
    )
    people = {role.value: world.member(community, role) for role in sorted(COMMUNITY_ROLES)}
    people |= {"owner": owner, "wife": wife, "proxy": proxy, "clerk": clerks[2]}
    people["head"] = world.member(
        community, Role.BUILDING_HEAD, "楼栋长", building_id=home.building_id
    )
    people["committee"] = world.member(
        community, Role.COMMITTEE_MEMBER, "委员", compound_id=compound
    )
    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        scan = db.session.scalar(
            select(StoredFile.id).where(StoredFile.community_id == community.id).limit(1)
        )
    values = {
        "community": community.code,
        "assembly_id": made.id,
        "cast_id": receipt.cast_id,
        "authority_id": authority,
        "code": waiting.code,
        "unit_id": home.unit_id,
        "file_id": scan,
        "building": home.building_id,
    }
    return Scene(community, made, people, values)


def every_page(app, world, scene):
    """Every page, sheet and file of voting as everybody sees it, without what always changes."""
    pages = {}
    for role, person in scene.people.items():
        client = world.client(person)
        for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
            if "GET" not in rule.methods or rule.endpoint.split(".")[0] not in METHODS:
                continue
            if rule.arguments <= set(scene.values):
                given = {key: scene.values[key] for key in rule.arguments}
                address = rule.build(given | {"building": scene.values["building"]})[1]
                answer = client.get(address)
                body = answer.data.decode("utf-8", "backslashreplace")
                pages[role, address] = (answer.status_code, CHANGING.sub("", body))
    return pages


def traces(world, community):
    """What is written down besides the ballots: audit, messages, notifications; ids taken out."""
    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        audited = db.session.execute(
            select(AuditEntry.event, AuditEntry.details).where(
                AuditEntry.community_id == community.id
            )
        ).all()
        messages = db.session.execute(
            select(OutboxMessage.kind, OutboxMessage.payload).where(
                OutboxMessage.community_id == community.id
            )
        ).all()
    world.work_off(community)
    with owner_connection(world.config) as connection:
        connection.execute(text(f"SET LOCAL app.community_id = '{community.id}'"))
        connection.execute(text("ALTER TABLE notification NO FORCE ROW LEVEL SECURITY"))
        told = connection.execute(
            select(Notification.title, Notification.body, Notification.url).where(
                Notification.community_id == community.id
            )
        ).all()
        connection.execute(text("ALTER TABLE notification FORCE ROW LEVEL SECURITY"))
    lines = [f"{tuple(row)}" for row in (*audited, *messages, *told)]
    assert len(told) > 5
    return sorted(OWN.sub("#", line) for line in lines)


def test_two_votes_that_differ_only_in_choices_leave_the_same_traces(world):
    with capture_logs() as logged:
        one = traces(world, scene(world, "for", "against").community)
        two = traces(world, scene(world, "abstain", "for").community)
    assert one == two
    assert logged == []


@pytest.mark.usefixtures("sheets_as_pages")
def test_no_page_sheet_or_file_of_anybody_depends_on_a_choice(app, world, config):
    seen = scene(world, "for", "against")
    before = every_page(app, world, seen)
    assert sum(1 for status, _ in before.values() if status == 200) > 100
    with owner_connection(config) as connection:
        connection.execute(text(f"SET LOCAL app.community_id = '{seen.community.id}'"))
        assert connection.execute(text("UPDATE ballot SET choice = 'against'")).rowcount == 6
        flipped = connection.execute(
            text("UPDATE paper_answer SET choice = 'abstain' WHERE choice <> 'blank'")
        )
        assert flipped.rowcount == 7
    assert every_page(app, world, seen) == before


def test_a_scan_is_shown_to_nobody_before_the_result_and_then_to_the_office_only(world):
    seen = scene(world, "for")
    address = f"/c/{seen.community.code}/files/{seen.values['file_id']}"
    asked = {name: world.client(person) for name, person in seen.people.items()}
    assert {client.get(address).status_code for client in asked.values()} == {404}
    with world.app.app_context(), transaction(Scope(community_id=seen.community.id)):
        db.session.execute(
            text("UPDATE assembly SET state = 'published' WHERE id = :id"), {"id": seen.made.id}
        )
    open_to = {name for name, client in asked.items() if client.get(address).status_code == 200}
    assert open_to == {"community_staff", "party_secretary", "clerk"}


def test_the_metrics_know_no_choices(world):
    scene(world, "against")
    answer = world.client().get("/metrics", headers={"Authorization": "Bearer metrics-token"})
    assert answer.status_code == 200
    assert not re.search(r"against|abstain|choice|ballot=", answer.text)


def test_a_failing_statement_says_nothing_of_what_was_chosen(world):
    community = world.community()
    compound = world.compound(community)
    owner = world.person("张建国")
    world.home(community, compound, owner=owner)
    clerk = world.member(community, Role.COMMUNITY_STAFF)
    made = voting.opened(world, community, compound)
    channels.admit(world, community, made)
    voter_id = voting.voter_of(world, community, made, owner)
    paper = channels.printed(world, community, made, voter_id, clerk)
    channels.bring_back(world, community, made, paper, clerk)
    with pytest.raises(IntegrityError, match="choice_shape") as failed:
        channels.enter(world, community, made, paper, clerk, "a-telling-word")
    assert "a-telling-word" not in str(failed.value)
    with (
        pytest.raises(IntegrityError, match="choice_fits") as failed,
        world.app.app_context(),
        transaction(Scope(community_id=community.id)),
    ):
        db.session.execute(
            text("""
                INSERT INTO ballot (community_id, id, assembly_id, matter_id, voter_id, cast_id,
                    choice, nonce)
                VALUES (:community, gen_random_uuid(), :assembly, :matter, :voter,
                    gen_random_uuid(), :choice, 'a-telling-nonce')
            """),
            {
                "community": community.id,
                "assembly": made.id,
                "matter": made.matters[0],
                "voter": voter_id,
                "choice": "a-telling-word",
            },
        )
    assert "a-telling" not in re.sub(r"\[SQL:.*", "", str(failed.value), flags=re.DOTALL)


def test_nobody_reads_entries_through_the_comparison_or_the_statistics(world):
    seen = scene(world, "for")
    with world.app.app_context(), transaction(Scope(community_id=seen.community.id)):
        assert (
            db.session.scalar(
                select(db.func.count())
                .select_from(BallotCast)
                .where(BallotCast.community_id == seen.community.id)
            )
            == 3
        )
        seen_columns = db.session.scalars(
            text(
                "SELECT attname FROM pg_stats WHERE tablename IN ('ballot', 'paper_answer')"
                " AND attname IN ('choice', 'nonce')"
            )
        ).all()
    assert seen_columns == []
