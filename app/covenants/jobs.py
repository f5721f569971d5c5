"""Telling the households, and letting the clock take its steps."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from app.core.access.roles import OFFICE_ROLES, Role
from app.core.notifications.actions import notify
from app.core.outbox.messages import handles
from app.core.outbox.queries import emit_across
from app.core.sweep import sweeping
from app.core.tenancy import current_community
from app.covenants.actions import steps
from app.covenants.models import Covenant
from app.covenants.queries import places, texts
from app.covenants.rules import State, announcement
from app.people.queries import accounts_with_roles


@handles("covenant.stepped")
def tell_of_step(step_id: str) -> None:
    """Households learn of every step that concerns them; the office of a text to check."""
    community_id = current_community()
    row = texts.step(community_id, UUID(step_id))
    if row is None:
        return
    covenant: Covenant = row.Covenant
    state = State(row.CovenantStep.state)
    if state is State.CHECKING:
        _tell(
            covenant,
            _office(community_id),
            "有楼道公约等审查",
            f"《{covenant.title}》已经商议好，请审查条款。",
            step_id,
        )
    words = announcement(state, covenant.title)
    if words is not None:
        everybody = [
            *places.residents(community_id, covenant.stairwell_id),
            *_heads(covenant),
        ]
        _tell(covenant, everybody, words.title, words.body, step_id)


@handles("covenant.objected")
def tell_of_objection(objection_id: str) -> None:
    """Whoever leads the covenant has an opinion to answer."""
    row = texts.objection(current_community(), UUID(objection_id))
    if row is not None:
        people = _heads(row.Covenant) or _office(current_community())
        _tell(
            row.Covenant,
            people,
            "公约有一条意见等答复",
            f"有住户对《{row.Covenant.title}》提了意见。",
            objection_id,
        )


@handles("covenant.answered")
def tell_of_answer(objection_id: str) -> None:
    """The one who gave the opinion reads the answer."""
    row = texts.objection(current_community(), UUID(objection_id))
    if row is not None:
        _tell(
            row.Covenant,
            [row.CovenantObjection.account_id],
            "您的意见有答复了",
            f"您对《{row.Covenant.title}》提的意见已经答复。",
            f"{objection_id}:answer",
        )


@handles("covenant.due")
def settle(version_id: str) -> None:
    """A filed version comes into force; one whose publication is over waits for the office."""
    community_id = current_community()
    state = steps.settle(community_id, UUID(version_id))
    if state is State.PUBLISHED:
        row = texts.hold_version(community_id, UUID(version_id))
        _tell(
            row.Covenant,
            _office(community_id),
            "有楼道公约等备案",
            f"《{row.Covenant.title}》公示期满，没有待答复的异议。",
            f"{version_id}:filing",
        )


def sweep_publications() -> int:
    """Cron, each hour: look again at every version whose publication has run out."""
    with sweeping() as connection:
        due = texts.due_versions(connection)
        for row in due:
            emit_across(connection, row.community_id, "covenant.due", {"version_id": str(row.id)})
        return len(due)


def _tell(covenant: Covenant, people: Iterable[UUID], title: str, body: str, key: str) -> None:
    code = places.community_code(covenant.community_id)
    notify(
        covenant.community_id,
        people,
        title=title,
        body=body,
        url=f"/c/{code}/covenants/{covenant.id}",
        once_key=f"covenant:{key}",
    )


def _heads(covenant: Covenant) -> list[UUID]:
    return list(
        accounts_with_roles(
            covenant.community_id, [Role.STAIRWELL_HEAD], stairwell_id=covenant.stairwell_id
        )
    )


def _office(community_id: int) -> list[UUID]:
    return list(accounts_with_roles(community_id, OFFICE_ROLES))
