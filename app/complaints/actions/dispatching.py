"""Keeping the community's table of dispatch (派单规则)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from uuid import UUID

from app.complaints.models import DispatchRule
from app.complaints.queries import cases, dispatching
from app.complaints.rules.dispatching import Days
from app.core.audit.trail import record
from app.core.audit.vocabulary import AuditEvent
from app.core.db import db
from app.kit.ids import new_id
from app.kit.refusal import Invalid, NotFound
from app.registry.queries import compounds

MOST_ROWS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A row as somebody wants it. No organization: the community itself."""

    category_group: str = ""
    category: str = ""
    compound_id: UUID | None = None
    building_id: UUID | None = None
    days: Days = Days.ANY
    from_minute: int | None = None
    to_minute: int | None = None
    organization_id: UUID | None = None


def add_rule(community_id: int, wanted: Wanted) -> UUID:
    """Put a row at the end of the table."""
    _check(community_id, wanted)
    position = dispatching.next_position(community_id)
    if len(dispatching.ordered(community_id)) >= MOST_ROWS:
        raise Invalid(f"规则最多 {MOST_ROWS} 条，请先删掉不用的。")
    rule_id = new_id()
    db.session.add(
        DispatchRule(
            community_id=community_id,
            id=rule_id,
            position=position,
            **{**asdict(wanted), "days": wanted.days.value},
        )
    )
    db.session.flush()
    record(AuditEvent.DISPATCH_RULE_SAVED, rule_id, position=position)
    return rule_id


def remove_rule(community_id: int, rule_id: UUID) -> None:
    """Take a row out of the table."""
    rule = dispatching.rule(community_id, rule_id)
    if rule is None:
        raise NotFound
    db.session.delete(rule)
    db.session.flush()
    record(AuditEvent.DISPATCH_RULE_REMOVED, rule_id, position=rule.position)


def raise_rule(community_id: int, rule_id: UUID) -> None:
    """Let a row be tried before the one above it; the first stays where it is."""
    rows = dispatching.ordered(community_id)
    place = next((number for number, row in enumerate(rows) if row.id == rule_id), None)
    if place is None:
        raise NotFound
    if place == 0:
        return
    above, row = rows[place - 1], rows[place]
    higher, lower = above.position, row.position
    row.position = -lower
    db.session.flush()
    above.position = lower
    db.session.flush()
    row.position = higher
    db.session.flush()
    record(AuditEvent.DISPATCH_RULE_SAVED, rule_id, position=higher)


def _check(community_id: int, wanted: Wanted) -> None:
    buildings = {row.id: row.compound_id for row in dispatching.buildings_of(community_id)}
    known = {row.id for row in compounds(community_id)}
    sound_place = wanted.compound_id is None or wanted.compound_id in known
    if wanted.building_id is not None:
        sound_place = buildings.get(wanted.building_id, new_id()) == wanted.compound_id
    if not sound_place:
        raise Invalid("请从列表里选择地方。", errors={"place": "请从列表里选择地方。"})
    companies = {row.id for row in cases.companies(community_id)}
    if wanted.organization_id is not None and wanted.organization_id not in companies:
        sentence = "请从列表里选择交给谁。"
        raise Invalid(sentence, errors={"party": sentence})
