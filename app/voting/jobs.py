"""The clock's steps and the messages that follow a step. Thin, and safe to run twice."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from app.core.access.roles import OFFICE_ROLES
from app.core.notifications.actions import notify
from app.core.outbox.messages import handles
from app.core.outbox.queries import emit_across
from app.core.sweep import sweeping
from app.core.tenancy import current_community
from app.kit.clock import say_deadline, say_moment
from app.kit.refusal import Refusal
from app.people import queries as people
from app.voting.actions.changing import remind
from app.voting.actions.closing import close_voting, publish_result
from app.voting.actions.finalizing import finalize
from app.voting.actions.opening import open_voting
from app.voting.models import Assembly
from app.voting.queries import (
    assemblies,
    consents,
    objections,
    places,
    proposals,
    roll,
)
from app.voting.rules import (
    Actor,
    ConsentState,
    ObjectionState,
    ObjectionSubject,
    ProposalState,
    State,
)

RETRY_OPENING = timedelta(hours=1)
RETRY_FINALITY = timedelta(minutes=15)
WAITING = frozenset({"publication_running", "objections_open"})
REMINDERS = (timedelta(days=3), timedelta(days=1))
"""How long before the deadline those who have not voted are reminded."""


def sweep_due_assemblies() -> int:
    """Ask for the step of every assembly whose time has come. Cron, each minute."""
    with sweeping() as connection:
        due = assemblies.due_assemblies(connection)
        for row in due:
            emit_across(connection, row.community_id, "voting.due", {"assembly_id": str(row.id)})
    return len(due)


@handles("voting.due")
def take_due_step(assembly_id: str) -> None:
    """Open, close or finalize, whichever the clock asks for; nothing when it was done already."""
    assembly = assemblies.assembly_locked(current_community(), UUID(assembly_id))
    now = assemblies.database_now()
    if assembly is None or assembly.due_at is None or assembly.due_at > now:
        return
    if assembly.state == State.NOTICED:
        _open(assembly)
    elif assembly.state == State.OPEN:
        close_voting(assembly, Actor.CLOCK)
    elif assembly.state == State.CLOSED:
        publish_result(assembly, now)
    elif assembly.state == State.PUBLISHED:
        _finalize(assembly)


@handles("voting.papers_settled")
def count_after_paper(assembly_id: str) -> None:
    """The last paper ballot is entered: count now rather than when the clock asks again."""
    assembly = assemblies.assembly_locked(current_community(), UUID(assembly_id))
    if assembly is not None and assembly.state == State.CLOSED:
        publish_result(assembly, assemblies.database_now())


@handles("voting.noticed")
def tell_of_notice(assembly_id: str) -> None:
    """Tell the owners that a notice was published."""
    assembly = _assembly(assembly_id)
    notify(
        assembly.community_id,
        assemblies.accounts_of_owners(assembly.community_id, assembly.compound_id),
        title=f"业主大会公告：{assembly.title}",
        body=f"{say_moment(assembly.opens_at)} 开始投票，先看看要表决什么。",
        url=_address(assembly),
        once_key=f"voting.noticed:{assembly_id}",
    )


@handles("voting.opened")
def tell_of_opening(assembly_id: str) -> None:
    """Tell everybody on the roll that they can vote."""
    assembly = _assembly(assembly_id)
    notify(
        assembly.community_id,
        roll.member_accounts(assembly.community_id, assembly.id),
        title=f"可以投票了：{assembly.title}",
        body=say_deadline(assembly.closes_at, assemblies.database_now()),
        url=_address(assembly),
        once_key=f"voting.opened:{assembly_id}",
    )


@handles("voting.extended")
def tell_of_extension(assembly_id: str) -> None:
    """Tell everybody on the roll that there is more time, and why."""
    assembly = _assembly(assembly_id)
    notify(
        assembly.community_id,
        roll.member_accounts(assembly.community_id, assembly.id),
        title=f"投票延期：{assembly.title}",
        body=f"{say_deadline(assembly.closes_at, assemblies.database_now())}。"
        f"{assembly.extension_reason}",
        url=_address(assembly),
        once_key=f"voting.extended:{assembly_id}",
    )


@handles("voting.cancelled")
def tell_of_cancellation(assembly_id: str) -> None:
    """Tell the owners who read the notice that it was called off, and why."""
    assembly = _assembly(assembly_id)
    notify(
        assembly.community_id,
        assemblies.accounts_of_owners(assembly.community_id, assembly.compound_id),
        title=f"业主大会取消：{assembly.title}",
        body=assembly.cancel_reason or "",
        url=_address(assembly),
        once_key=f"voting.cancelled:{assembly_id}",
    )


def sweep_reminders() -> int:
    """Ask for the reminders of every vote that ends in three days or in one. Cron, hourly."""
    with sweeping() as connection:
        due = assemblies.assemblies_to_remind(connection, REMINDERS)
        for row in due:
            payload = {"assembly_id": str(row.id), "due": row.due}
            emit_across(connection, row.community_id, "voting.reminder_due", payload)
    return len(due)


@handles("voting.reminder_due")
def take_reminder(assembly_id: str, due: int) -> None:
    """Remind once for each mark, however often the sweep asked."""
    assembly = assemblies.assembly_locked(current_community(), UUID(assembly_id))
    if assembly is not None:
        remind(assembly, due)


@handles("voting.reminded")
def tell_those_who_wait(assembly_id: str, closes_at: str, due: int) -> None:
    """Tell everybody for whom nobody has voted yet how much time is left."""
    assembly = _assembly(assembly_id)
    notify(
        assembly.community_id,
        roll.accounts_without_ballot(assembly.community_id, assembly.id),
        title=f"您还没有投票：{assembly.title}",
        body=f"{say_deadline(assembly.closes_at, assemblies.database_now())}。没有投票不算参与。",
        url=_address(assembly),
        once_key=f"voting.reminded:{assembly_id}:{closes_at}:{due}",
    )


@handles("voting.published")
def tell_of_result(assembly_id: str) -> None:
    """Tell everybody on the roll that the result is there."""
    assembly = _assembly(assembly_id)
    notify(
        assembly.community_id,
        roll.member_accounts(assembly.community_id, assembly.id),
        title=f"结果公示：{assembly.title}",
        body="投票已经截止，表决结果开始公示。",
        url=f"{_address(assembly)}/result",
        once_key=f"voting.published:{assembly_id}",
    )


@handles("voting.objected")
def tell_of_objection(objection_id: str) -> None:
    """Tell the office that an objection waits for its answer."""
    community_id = current_community()
    found = objections.objection(community_id, UUID(objection_id))
    if found is None:
        raise LookupError(objection_id)
    subject = ObjectionSubject(found.subject)
    notify(
        community_id,
        people.accounts_with_roles(community_id, OFFICE_ROLES),
        title=f"收到{subject.label}，等待答复",
        body=f"{found.label}：{found.text[:60]}",
        url=_objections_address(community_id, found.assembly_id, subject),
        once_key=f"voting.objected:{objection_id}",
    )


@handles("voting.objection_answered")
def tell_of_answer(objection_id: str) -> None:
    """Tell the person who objected that the answer is there."""
    community_id = current_community()
    found = objections.objection(community_id, UUID(objection_id))
    if found is None:
        raise LookupError(objection_id)
    notify(
        community_id,
        [found.account_id],
        title="您的异议有答复了",
        body=f"{ObjectionState(found.state).label}：{(found.answer or '')[:60]}",
        url=f"/c/{places.code_of(community_id)}/votes/{found.assembly_id}/objections",
        once_key=f"voting.objection_answered:{objection_id}",
    )


@handles("voting.proposal_stepped")
def tell_of_proposal(proposal_id: str, state: str) -> None:
    """A fifth has signed: the office hears of it. An assembly is drafted: its author does."""
    community_id = current_community()
    row = proposals.proposal(community_id, UUID(proposal_id))
    if row is None:
        raise LookupError(proposal_id)
    code, found = places.code_of(community_id), row.Proposal
    if state == ProposalState.REACHED:
        notify(
            community_id,
            people.accounts_with_roles(community_id, OFFICE_ROLES),
            title=f"业主提议达到五分之一：{found.title}",
            body=f"{row.compound_name}的业主联署已过五分之一，请核对并组织业主大会会议。",
            url=f"/c/{code}/assemblies/proposals/{proposal_id}",
            once_key=f"voting.proposal:{proposal_id}:{state}",
        )
    notify(
        community_id,
        [found.proposed_by],
        title=f"您的提议{ProposalState(state).label}：{found.title}",
        body="社区已经收到，会组织业主大会会议。"
        if state == ProposalState.REACHED
        else "已经起草成业主大会会议，公告以后会给您发消息。",
        url=f"/c/{code}/votes/proposals/{proposal_id}",
        once_key=f"voting.proposal_author:{proposal_id}:{state}",
    )


@handles("voting.consent_stepped")
def tell_of_consent(procedure_id: str, state: str) -> None:
    """Ask those who are asked; tell the applicant and the office how it ended."""
    community_id = current_community()
    found = consents.procedure(community_id, UUID(procedure_id))
    if found is None:
        raise LookupError(procedure_id)
    code = places.code_of(community_id)
    if state == ConsentState.COLLECTING:
        notify(
            community_id,
            consents.accounts_of_parties(community_id, found.id),
            title=f"请您表态：{found.label}想改作他用",
            body=f"{found.purpose}。本栋业主都同意才能改（民法典第二百七十九条）。",
            url=f"/c/{code}/votes/consents/{procedure_id}",
            once_key=f"voting.consent:{procedure_id}:{state}",
        )
        return
    office = people.accounts_with_roles(community_id, OFFICE_ROLES)
    applicants = consents.accounts_of_unit(community_id, found.unit_id)
    for accounts, url in (
        (office, f"/c/{code}/assemblies/consents/{procedure_id}"),
        (applicants, f"/c/{code}/votes/"),
    ):
        notify(
            community_id,
            accounts,
            title=f"{found.label}改作他用：{ConsentState(state).label}",
            body=f"{found.parties} 位业主中 {found.agreed} 位同意。",
            url=url,
            once_key=f"voting.consent:{procedure_id}:{state}",
        )


@handles("voting.consent_admitted")
def tell_admitted_owner(procedure_id: str, party_id: str) -> None:
    """Ask an owner of another building who has proved an interest."""
    community_id = current_community()
    found = consents.procedure(community_id, UUID(procedure_id))
    if found is None:
        raise LookupError(procedure_id)
    notify(
        community_id,
        consents.accounts_of_party(community_id, UUID(party_id)),
        title=f"请您表态：{found.label}想改作他用",
        body=f"{found.purpose}。社区认定您有利害关系，您不同意就不能改（民法典第二百七十九条）。",
        url=f"/c/{places.code_of(community_id)}/votes/consents/{procedure_id}",
        once_key=f"voting.consent_admitted:{party_id}",
    )


def _objections_address(community_id: int, assembly_id: UUID, subject: ObjectionSubject) -> str:
    code = places.code_of(community_id)
    return f"/c/{code}/assemblies/{assembly_id}/objections?subject={subject.value}"


def _open(assembly: Assembly) -> None:
    try:
        open_voting(
            assembly,
            Actor.CLOCK,
            places.settings_of(assembly.community_id),
            assemblies.database_now(),
        )
    except Refusal as refusal:
        # An empty register, an objection without an answer: the office is told, asked again later.
        now = assemblies.database_now()
        waits = refusal.code != "window_passed"
        assembly.due_at = now + RETRY_OPENING if waits else None
        notify(
            assembly.community_id,
            people.accounts_with_roles(assembly.community_id, OFFICE_ROLES),
            title=f"投票没有按时开始：{assembly.title}",
            body=refusal.sentence,
            url=f"/c/{places.code_of(assembly.community_id)}/assemblies/{assembly.id}",
            once_key=f"voting.not_opened:{assembly.id}:{refusal.code}",
        )


def _finalize(assembly: Assembly) -> None:
    try:
        finalize(assembly, Actor.CLOCK)
    except Refusal as refusal:
        if refusal.code not in WAITING:
            raise
        # An objection waits for its answer: the office was told; the clock asks again later.
        assembly.due_at = assemblies.database_now() + RETRY_FINALITY


def _assembly(assembly_id: str) -> Assembly:
    assembly = assemblies.assembly(current_community(), UUID(assembly_id))
    if assembly is None:
        raise LookupError(assembly_id)
    return assembly


def _address(assembly: Assembly) -> str:
    return f"/c/{places.code_of(assembly.community_id)}/votes/{assembly.id}"
