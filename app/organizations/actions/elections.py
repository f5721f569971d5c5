"""What an election leaves in the registry: the committee, its members and alternates, its term."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.core.audit.trail import record
from app.core.audit.vocabulary import AuditEvent
from app.core.db import db
from app.kit.clock import start_of_day
from app.kit.ids import new_id
from app.kit.pinyin import pinyin_key
from app.kit.refusal import Conflict, Invalid, NotFound
from app.organizations import queries
from app.organizations.models import Organization, OrganizationMember
from app.organizations.rules import (
    ALTERNATE_POST,
    COMMITTEE_POSTS,
    ORDINARY_POST,
    OrganizationKind,
    check_post,
    check_seat_free,
    check_size_for_filing,
    check_term,
    last_day_of_term,
)


@dataclass(frozen=True, slots=True)
class ElectedMember:
    """Who was chosen, as the ballot named them; `alternate`: beyond the seats (候补委员)."""

    name: str
    account_id: UUID | None
    alternate: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ElectedCommittee:
    """The outcome of one election. `election_id` is the matter that was voted on."""

    election_id: UUID
    compound_id: UUID
    compound_name: str
    starts: date
    years: int
    members: Sequence[ElectedMember]


def seat_elected(community_id: int, elected: ElectedCommittee) -> UUID:
    """Write an elected committee into the registry, once; gives its id.

    The committee of the compound goes into its next term, or is founded when there is none. Those
    of the term before leave on the day the new term begins; their rows stay. The chair is chosen
    by the committee itself (物业管理条例 art. 16), so everybody begins as an ordinary member.
    """
    known = queries.elected_in(community_id, elected.election_id)
    if known is not None:
        return known
    ends = last_day_of_term(elected.starts, elected.years)
    check_term(elected.starts, ends)
    committee = _committee(community_id, elected)
    queries.relieve_seated(community_id, committee.id, start_of_day(elected.starts))
    committee.term_starts, committee.term_ends = elected.starts, ends
    committee.filed_on = None
    committee.version += 1
    db.session.flush()
    for member in elected.members:
        _seat(community_id, committee.id, elected, member, ends)
    db.session.flush()
    record(
        AuditEvent.COMMITTEE_SEATED,
        committee.id,
        election_id=str(elected.election_id),
        members=sum(1 for member in elected.members if not member.alternate),
        alternates=sum(1 for member in elected.members if member.alternate),
        term_ends=ends.isoformat(),
    )
    return committee.id


def file_elected(community_id: int, election_id: UUID, on: date) -> None:
    """Note that an elected committee was filed (备案) everywhere it must be (条例 art. 16)."""
    committee_id = queries.elected_in(community_id, election_id)
    committee = (
        queries.hold_organization(community_id, committee_id) if committee_id is not None else None
    )
    if committee is None or committee.filed_on is not None:
        return
    if committee.compound_id is not None:
        check_size_for_filing(
            OrganizationKind(committee.kind),
            queries.seated_count(community_id, committee.id),
            queries.households(community_id, committee.compound_id),
        )
    committee.filed_on = on
    committee.version += 1
    record(AuditEvent.ORGANIZATION_SAVED, committee.id, step="filed", on=on.isoformat())


def name_post(community_id: int, member_id: UUID, version: int, post: str) -> None:
    """Give a seated member a post (主任、副主任、委员), as the committee chose."""
    member = queries.member(community_id, member_id)
    if member is None or member.relieved_at is not None:
        raise NotFound
    committee = queries.hold_organization(community_id, member.organization_id)
    if committee is None:
        raise NotFound
    if post not in COMMITTEE_POSTS:
        raise Invalid(errors={"post": "请选择职务。"})
    others = [
        other
        for other in queries.members(community_id, committee.id)
        if other.relieved_at is None and other.id != member_id
    ]
    check_post(post, [other.post for other in others], alternate=member.alternate)
    if not queries.change_member(community_id, member_id, version, post=post):
        raise Conflict
    record(AuditEvent.POST_NAMED, member_id, organization_id=str(committee.id), post=post)


def seat_alternate(community_id: int, member_id: UUID, version: int) -> None:
    """An alternate (候补委员) takes a seat that has become free, for the rest of the term."""
    member = queries.member(community_id, member_id)
    if member is None or member.relieved_at is not None or not member.alternate:
        raise NotFound
    committee = queries.hold_organization(community_id, member.organization_id)
    if committee is None:
        raise NotFound
    check_seat_free(
        OrganizationKind(committee.kind), queries.seated_count(community_id, committee.id)
    )
    if not queries.change_member(
        community_id, member_id, version, alternate=False, post=ORDINARY_POST
    ):
        raise Conflict
    record(AuditEvent.MEMBER_SEATED, member_id, organization_id=str(committee.id), alternate=True)


def _committee(community_id: int, elected: ElectedCommittee) -> Organization:
    known = queries.committee_of(community_id, elected.compound_id)
    if known is not None:
        return known
    name = f"{elected.compound_name}业主委员会"
    founded = Organization(
        community_id=community_id,
        id=new_id(),
        kind=OrganizationKind.OWNERS_COMMITTEE,
        name=name,
        pinyin=pinyin_key(name),
        compound_id=elected.compound_id,
        version=0,
    )
    db.session.add(founded)
    db.session.flush()
    return founded


def _seat(
    community_id: int,
    committee_id: UUID,
    elected: ElectedCommittee,
    member: ElectedMember,
    ends: date,
) -> None:
    row = OrganizationMember(
        community_id=community_id,
        id=new_id(),
        organization_id=committee_id,
        account_id=member.account_id,
        name=member.name,
        post=ALTERNATE_POST if member.alternate else ORDINARY_POST,
        alternate=member.alternate,
        term_starts=elected.starts,
        term_ends=ends,
        elected_in=elected.election_id,
    )
    db.session.add(row)
    record(AuditEvent.MEMBER_SEATED, row.id, organization_id=str(committee_id))
