"""Drafts: scope, elections with checked candidates, extension, cancellation, reminders."""

from __future__ import annotations

from datetime import timedelta

import pytest
from factories import voting
from sqlalchemy import select, update

from app.communities.rules import Settings
from app.core.access.roles import Role
from app.core.db import db
from app.core.notifications.models import Notification
from app.core.tenancy import Scope
from app.core.transaction import transaction
from app.kit.clock import now
from app.kit.refusal import Conflict, Invalid, NotFound, Refusal
from app.registry.models import Owner
from app.voting.actions.changing import cancel, extend_voting, remind
from app.voting.actions.electing import (
    CandidateDraft,
    CheckDraft,
    add_candidate,
    check_candidate,
    remove_candidate,
)
from app.voting.actions.preparing import (
    MatterDraft,
    add_matter,
    choose_scope,
    publish_notice,
    remove_matter,
    send_back,
    submit,
)
from app.voting.jobs import sweep_reminders
from app.voting.models import Assembly
from app.voting.queries import assemblies
from app.voting.rules import (
    Actor,
    Finding,
    MatterKind,
    NegativeItem,
    ScopeChoice,
    State,
    VotingScope,
)

DAY = timedelta(days=1)


def stands(assembly, matter, owner_id, **draft):
    """Put an owner on the list."""
    draft = CandidateDraft(owner_id=owner_id, statement="", **draft)
    return add_candidate(assembly, matter, draft, added_by=None)


def owner_called(world, community, compound, name):
    """An owner of the register in this compound."""
    return world.home(community, compound, owner=world.person(name)).owner_id


@pytest.fixture
def community(world):
    return world.community()


@pytest.fixture
def compound(world, community):
    return world.compound(community)


@pytest.fixture
def act(world, community):
    """Do something with an assembly in a transaction of its own."""

    def go(made, work):
        with world.app.app_context(), transaction(Scope(community_id=community.id)):
            return work(assemblies.assembly_locked(community.id, made.id))

    return go


def told(world, person):
    with world.app.app_context(), transaction(Scope(account_id=person.id)):
        return [
            f"{row.title} {row.body}"
            for row in db.session.scalars(
                select(Notification).where(Notification.account_id == person.id)
            )
        ]


def election(act, made, seats=3):
    draft = MatterDraft(
        statute=3, title="选举业主委员会", body="五年一届", kind=MatterKind.ELECTION, seats=seats
    )
    act(made, lambda assembly: add_matter(assembly, draft))
    return act(
        made,
        lambda assembly: assemblies.matters_of(assembly.community_id, assembly.id)[-1].id,
    )


def checked(act, made, candidate, by, finding=Finding.CLEAR, items=tuple(NegativeItem)):
    for item in items:
        check = CheckDraft(item=item, finding=finding, note="查询公开网，没有记录")
        act(
            made,
            lambda assembly, check=check: check_candidate(
                assembly, candidate, check, checked_by=by.id
            ),
        )


def notice(act, made):
    act(made, lambda assembly: submit(assembly, Actor.COMMUNITY))
    act(made, lambda assembly: publish_notice(assembly, Actor.COMMUNITY, now() - 40 * DAY))


# ── scope ──


@pytest.mark.parametrize("narrow", [VotingScope.BUILDINGS, VotingScope.STAIRWELLS])
def test_the_roll_of_a_narrowed_scope_holds_its_own_units_only(
    world, community, compound, act, narrow
):
    inside = world.home(community, compound, owner=world.person(), area_centi=7000)
    world.home(community, compound, owner=world.person(), area_centi=9000)
    made = voting.drafted(world, community, compound)
    place = inside.building_id if narrow is VotingScope.BUILDINGS else inside.stairwell_id
    act(made, lambda assembly: choose_scope(assembly, ScopeChoice(narrow, frozenset({place}))))
    notice(act, made)
    voting.open_noticed(world, community, made)
    (voter,) = voting.roll_of(world, community, made)
    assert voter.area_centi == 7000


def test_a_scope_names_places_of_its_own_compound(world, community, compound, act):
    elsewhere = world.home(community, world.compound(community))
    made = voting.drafted(world, community, compound)
    choice = ScopeChoice(VotingScope.BUILDINGS, frozenset({elsewhere.building_id}))
    with pytest.raises(Invalid, match="不在这个小区里"):
        act(made, lambda assembly: choose_scope(assembly, choice))
    with pytest.raises(Invalid, match="至少一处"):
        act(made, lambda assembly: choose_scope(assembly, ScopeChoice(VotingScope.STAIRWELLS)))


def test_the_scope_is_settled_by_the_notice(world, community, compound, act):
    made = voting.noticed(world, community, compound)
    with pytest.raises(Refusal) as refused:
        act(made, lambda assembly: choose_scope(assembly, ScopeChoice(VotingScope.COMPOUND)))
    assert refused.value.code == "not_a_draft"


# ── elections ──


def test_an_election_is_announced_only_with_every_candidate_checked_and_clear(
    world, community, compound, act
):
    staff = world.member(community, Role.COMMUNITY_STAFF)
    made = voting.drafted(world, community, compound)
    matter = election(act, made)
    with pytest.raises(Refusal, match="还没有候选人"):
        notice(act, made)
    act(made, lambda assembly: send_back(assembly, Actor.COMMUNITY, "补候选人"))
    owners = [owner_called(world, community, compound, name) for name in ("李一", "王二")]
    ids = [
        act(made, lambda assembly, owner=owner: stands(assembly, matter, owner)) for owner in owners
    ]
    with pytest.raises(Refusal, match="李一的资格还没有核查完"):
        notice(act, made)
    checked(act, made, ids[0], staff)
    checked(act, made, ids[1], staff, items=tuple(NegativeItem)[:-1])
    with pytest.raises(Refusal, match="王二的资格还没有核查完"):
        act(made, lambda assembly: publish_notice(assembly, Actor.COMMUNITY, now() - 40 * DAY))
    checked(act, made, ids[1], staff, Finding.FOUND, items=[NegativeItem.ARREARS])
    with pytest.raises(Refusal, match="王二有不得任职的情形：欠缴"):
        act(made, lambda assembly: publish_notice(assembly, Actor.COMMUNITY, now() - 40 * DAY))
    checked(act, made, ids[1], staff, items=[NegativeItem.ARREARS])
    act(made, lambda assembly: publish_notice(assembly, Actor.COMMUNITY, now() - 40 * DAY))
    assert act(made, lambda assembly: assembly.state) == State.NOTICED


def test_candidates_are_not_changed_after_the_draft_is_handed_in(world, community, compound, act):
    made = voting.drafted(world, community, compound)
    matter = election(act, made)
    first, second = (owner_called(world, community, compound, name) for name in ("李一", "王二"))
    candidate = act(made, lambda assembly: stands(assembly, matter, first))
    act(made, lambda assembly: submit(assembly, Actor.COMMUNITY))
    with pytest.raises(Refusal, match="送审以后不能再改"):
        act(made, lambda assembly: stands(assembly, matter, second))
    with pytest.raises(Refusal, match="送审以后不能再改"):
        act(made, lambda assembly: remove_candidate(assembly, candidate))


def test_a_candidate_belongs_to_one_assembly(world, community, compound, act):
    made = voting.drafted(world, community, compound)
    other = voting.drafted(world, community, compound)
    matter = election(act, made)
    owner = owner_called(world, community, compound, "李一")
    candidate = act(made, lambda assembly: stands(assembly, matter, owner))
    with pytest.raises(NotFound):
        act(other, lambda assembly: stands(assembly, matter, owner))
    with pytest.raises(NotFound):
        act(other, lambda assembly: remove_candidate(assembly, candidate))


def test_only_a_present_owner_of_the_compound_stands_and_only_once(world, community, compound, act):
    made = voting.drafted(world, community, compound)
    matter = election(act, made)
    owner = owner_called(world, community, compound, "李一")
    elsewhere = owner_called(world, community, world.compound(community), "外人")
    act(made, lambda assembly: stands(assembly, matter, owner))
    with pytest.raises(Conflict, match="李一已经在候选人名单上"):
        act(made, lambda assembly: stands(assembly, matter, owner))
    with pytest.raises(NotFound):
        act(made, lambda assembly: stands(assembly, matter, elsewhere))
    (listed,) = act(
        made, lambda assembly: assemblies.candidates_of(community.id, assembly.id)[matter]
    )
    assert (listed.name, listed.owner_id) == ("李一", owner)
    assert listed.home


def test_a_company_on_the_register_stands_through_a_person_who_is_named(
    world, community, compound, act
):
    made = voting.drafted(world, community, compound)
    matter = election(act, made)
    owner = owner_called(world, community, compound, "檀溪商贸公司")
    act(
        made,
        lambda _: db.session.execute(
            update(Owner)
            .where(Owner.community_id == community.id, Owner.id == owner)
            .values(kind="legal")
        ),
    )
    with pytest.raises(Invalid, match="请填写由谁代表它参选"):
        act(made, lambda assembly: stands(assembly, matter, owner))
    act(made, lambda assembly: stands(assembly, matter, owner, represented_by="周经理"))
    (listed,) = act(
        made, lambda assembly: assemblies.candidates_of(community.id, assembly.id)[matter]
    )
    assert listed.name == "周经理（檀溪商贸公司）"


def test_an_election_taken_off_the_agenda_takes_its_candidates_along(
    world, community, compound, act
):
    staff = world.member(community, Role.COMMUNITY_STAFF)
    made = voting.drafted(world, community, compound)
    matter = election(act, made)
    owner = owner_called(world, community, compound, "李一")
    candidate = act(made, lambda assembly: stands(assembly, matter, owner))
    checked(act, made, candidate, staff)
    act(made, lambda assembly: remove_matter(assembly, matter))
    assert len(voting.matters(world, community, made)) == 1


def test_the_size_of_a_committee_follows_the_communitys_setting(world, community, compound, act):
    made = voting.drafted(world, community, compound)
    with pytest.raises(Invalid, match="5 到 11 之间的单数"):
        election(act, made, seats=4)
    election(act, made, seats=5)


# ── extension ──


def opened(world, community, compound, homes=3):
    owners = [world.person(f"业主{number}") for number in range(homes)]
    for person in owners:
        world.home(community, compound, owner=person)
    return owners, voting.opened(world, community, compound)


def test_a_vote_without_quorum_is_extended_once_and_the_owners_are_told_why(
    world, community, compound, act
):
    owners, made = opened(world, community, compound)
    before = act(made, lambda assembly: assembly.closes_at)
    later = before + 5 * DAY
    act(made, lambda assembly: extend_voting(assembly, Actor.COMMUNITY, later, "下雨，上门没走完"))
    after = act(
        made,
        lambda assembly: (assembly.first_closes_at, assembly.closes_at, assembly.due_at),
    )
    assert after == (before, later, later)
    world.work_off(community)
    assert any("投票延期" in line and "下雨" in line for line in told(world, owners[0]))
    with pytest.raises(Refusal, match="只能延期一次"):
        act(
            made,
            lambda assembly: extend_voting(assembly, Actor.COMMUNITY, later + DAY, "还没走完"),
        )


def test_a_vote_with_quorum_is_not_extended(world, community, compound, act):
    owners, made = opened(world, community, compound)
    later = now() + 9 * DAY
    voting.vote(world, community, made, owners[0])
    voting.vote(world, community, made, owners[1])
    with pytest.raises(Refusal, match="已经达到三分之二"):
        act(made, lambda assembly: extend_voting(assembly, Actor.COMMUNITY, later, "再等等"))


def test_an_extension_needs_a_reason_and_keeps_to_the_longest_vote(world, community, compound, act):
    _, made = opened(world, community, compound)
    with pytest.raises(Invalid, match="延期的原因"):
        act(made, lambda assembly: extend_voting(assembly, Actor.COMMUNITY, now() + 9 * DAY, " "))
    with pytest.raises(Refusal, match="最多开放 60 天"):
        act(
            made,
            lambda assembly: extend_voting(
                assembly, Actor.COMMUNITY, assembly.opens_at + 61 * DAY, "等人回来"
            ),
        )


# ── cancellation ──


def test_owners_who_read_the_notice_read_why_it_was_called_off(world, community, compound, act):
    owner = world.member(community, Role.RESIDENT)
    world.home(community, compound, owner=owner)
    made = voting.noticed(world, community, compound)
    with pytest.raises(Invalid, match="取消的原因"):
        act(made, lambda assembly: cancel(assembly, Actor.INITIATOR, ""))
    act(made, lambda assembly: cancel(assembly, Actor.INITIATOR, "方案要重新测算"))
    world.work_off(community)
    assert any("业主大会取消" in line and "重新测算" in line for line in told(world, owner))
    page = world.client(owner).get(f"/c/{community.code}/votes/{made.id}").text
    assert "方案要重新测算" in page


def test_a_draft_called_off_before_its_notice_is_nobodys_business(world, community, compound, act):
    made = voting.drafted(world, community, compound)
    act(made, lambda assembly: cancel(assembly, Actor.INITIATOR, "不开了"))
    owner = world.client(world.member(community, Role.RESIDENT))
    assert owner.get(f"/c/{community.code}/votes/{made.id}").status_code == 404


# ── reminders ──


def closing_in(world, community, made, delta):
    with world.app.app_context(), transaction(Scope(community_id=community.id)):
        ends = assemblies.database_now() + delta
        db.session.execute(
            update(Assembly)
            .where(Assembly.community_id == community.id, Assembly.id == made.id)
            .values(closes_at=ends, due_at=ends)
        )


def swept(world, community):
    with world.app.app_context():
        sweep_reminders()
    world.work_off(community)


def reminders(world, person):
    return sum("您还没有投票" in line for line in told(world, person))


def test_only_those_who_have_not_voted_are_reminded_and_once_for_each_mark(
    world, community, compound
):
    (voted, waiting, _), made = opened(world, community, compound)
    voting.vote(world, community, made, voted)
    closing_in(world, community, made, 3 * DAY + timedelta(hours=1))
    swept(world, community)
    assert reminders(world, waiting) == 0
    closing_in(world, community, made, 3 * DAY - timedelta(hours=1))
    for _ in range(2):
        swept(world, community)
    assert reminders(world, waiting) == 1
    closing_in(world, community, made, timedelta(hours=20))
    for _ in range(2):
        swept(world, community)
    assert (reminders(world, waiting), reminders(world, voted)) == (2, 0)


def test_a_clock_that_slept_reminds_once_and_not_for_every_mark_it_missed(
    world, community, compound
):
    owners, made = opened(world, community, compound)
    closing_in(world, community, made, timedelta(hours=2))
    for _ in range(2):
        swept(world, community)
    assert reminders(world, owners[0]) == 1


def test_nobody_is_reminded_of_a_vote_that_is_over(world, community, compound, act):
    owners, made = opened(world, community, compound)
    voting.closed(world, community, made)
    act(made, lambda assembly: remind(assembly, 2))
    swept(world, community)
    assert reminders(world, owners[0]) == 0


# ── settings ──


def test_the_communitys_own_notice_period_decides(world, community, compound, act):
    voting.settings(world, community, Settings(assembly_notice_days=45))
    made = voting.drafted(world, community, compound, opens_at=now() - DAY)
    act(made, lambda assembly: submit(assembly, Actor.COMMUNITY))
    with pytest.raises(Refusal, match="公告要满 45 天"):
        act(made, lambda assembly: publish_notice(assembly, Actor.COMMUNITY, now() - 41 * DAY))
