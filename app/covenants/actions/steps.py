"""Leading a covenant: deliberation, legality check, signing, publication, filing, force."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import insert

from app.communities.actions import settings_of
from app.core.db import db
from app.core.outbox.messages import emit
from app.covenants import rules
from app.covenants.actions.holding import held, step
from app.covenants.models import Covenant, CovenantHousehold, CovenantVersion
from app.covenants.permissions import By
from app.covenants.queries import places, texts
from app.covenants.rules import Action, State
from app.kit.digests import sha256_hex
from app.kit.ids import new_id
from app.kit.periods import period_end
from app.kit.refusal import Refusal


def deliberate(community_id: int, covenant_id: UUID, by: By) -> None:
    """Ask the whole stairwell what it thinks of the clauses."""
    _, version = held(community_id, covenant_id)
    rules.check_not_empty(len(texts.clauses(community_id, version.id)))
    step(version, Action.DELIBERATE, by)


def send_to_check(community_id: int, covenant_id: UUID, by: By) -> None:
    """Every opinion is answered: the community looks at the text."""
    _, version = held(community_id, covenant_id)
    rules.check_not_empty(len(texts.clauses(community_id, version.id)))
    rules.check_settled(version.open_objections)
    step(version, Action.SEND_TO_CHECK, by)


def send_back(community_id: int, covenant_id: UUID, by: By, reason: str) -> None:
    """The check found something to change."""
    _, version = held(community_id, covenant_id)
    if not reason.strip():
        raise Refusal("请写明要改哪里、为什么，单元长才好修改。", code="reason_missing")
    step(version, Action.RETURN, by, reason.strip())


def open_signing(community_id: int, covenant_id: UUID, by: By, reason: str) -> None:
    """The check is passed: text, threshold and households due are frozen."""
    covenant, version = held(community_id, covenant_id)
    wordings = [clause.wording for clause in texts.clauses(community_id, version.id)]
    rules.check_not_empty(len(wordings))
    rules.check_decision("\n".join(wordings), reason)
    _freeze(covenant, version, wordings)
    step(version, Action.OPEN_SIGNING, by, reason.strip())


def withdraw(community_id: int, covenant_id: UUID, by: By, reason: str) -> None:
    """Give this version up."""
    _, version = held(community_id, covenant_id)
    if not reason.strip():
        raise Refusal("请写明为什么撤回，邻居们会看到。", code="reason_missing")
    step(version, Action.WITHDRAW, by, reason.strip())


def publish_when_reached(version: CovenantVersion) -> bool:
    """公示: the last household needed has signed, the clock takes the step."""
    progress = progress_of(version)
    if not progress.reached:
        return False
    rules.check_publication(State(version.state), progress)
    days = version.publication_days or rules.PUBLICATION_DAYS
    version.published_at = places.database_now()
    version.publication_ends_at = period_end(version.published_at, days)
    step(version, Action.PUBLISH, None)
    return True


def file(community_id: int, covenant_id: UUID, by: By, filed_under: str) -> None:
    """备案: after the publication, with every objection answered; force follows by itself."""
    _, version = held(community_id, covenant_id)
    rules.next_state(State(version.state), Action.FILE, by.capacity)
    _check_published(version)
    version.filed_at, version.filed_under = places.database_now(), filed_under
    step(version, Action.FILE, by, filed_under)
    emit("covenant.due", version_id=version.id)


def settle(community_id: int, version_id: UUID) -> State | None:
    """What the clock may do now: a filed version comes into force. Safe to run twice."""
    row = texts.hold_version(community_id, version_id)
    if row is None:
        return None
    version: CovenantVersion = row.CovenantVersion
    if version.state == State.FILED:
        _enter_into_force(version)
    return State(version.state)


def progress_of(version: CovenantVersion) -> rules.Progress:
    """Households that signed, of those due, by the threshold of the opening."""
    threshold = (
        (version.threshold_numerator, version.threshold_denominator)
        if version.threshold_numerator and version.threshold_denominator
        else rules.TWO_THIRDS
    )
    return rules.sign_progress(version.signed_count, version.due_count, threshold)


def _freeze(covenant: Covenant, version: CovenantVersion, wordings: list[str]) -> None:
    community_id = version.community_id
    due = places.dwellings(community_id, covenant.stairwell_id)
    if not due:
        raise Refusal("这个楼道还没有登记住户，不能开始签约。", code="no_households")
    settings = settings_of(community_id)
    db.session.execute(
        insert(CovenantHousehold),
        [
            {
                "community_id": community_id,
                "id": new_id(),
                "version_id": version.id,
                "unit_id": home.unit_id,
                "room": home.room,
                "floor": home.floor,
                "sort_key": home.sort_key,
                "vacant": home.vacant,
            }
            for home in due
        ],
    )
    version.due_count = len(due)
    version.vacant_count = sum(home.vacant for home in due)
    version.threshold_numerator = settings.covenant_threshold_numerator
    version.threshold_denominator = settings.covenant_threshold_denominator
    version.publication_days = settings.covenant_publication_days
    version.digest = sha256_hex(
        rules.text_of(str(covenant.id), version.number, covenant.title, wordings)
    )
    version.opened_at = places.database_now()


def _check_published(version: CovenantVersion) -> None:
    if version.published_at is None:
        raise Refusal("这份公约还没有公示。", code="not_published")
    rules.check_published(
        version.published_at,
        version.open_objections,
        places.database_now(),
        days=version.publication_days or rules.PUBLICATION_DAYS,
    )


def _enter_into_force(version: CovenantVersion) -> None:
    _check_published(version)
    rules.check_force(
        State(version.state),
        progress_of(version),
        version.published_at,  # type: ignore[arg-type]  # checked the line before
        version.open_objections,
        places.database_now(),
        days=version.publication_days or rules.PUBLICATION_DAYS,
    )
    before = texts.version_in_force(version.community_id, version.covenant_id)
    if before is not None:
        step(before, Action.REPLACE, None)
    version.in_force_at = places.database_now()
    step(version, Action.ENTER_INTO_FORCE, None)
