"""Templates of replies and saved filters: kept and let go."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from app.complaints.models import ReplyTemplate, SavedFilter
from app.complaints.permissions import Desk
from app.complaints.queries import desk as queries
from app.core.audit.trail import record
from app.core.audit.vocabulary import AuditEvent
from app.core.db import db
from app.kit.ids import new_id
from app.kit.refusal import Invalid, NotFound

MOST_FILTERS = 20


def save_template(community_id: int, desk: Desk, title: str, text: str) -> None:
    """Keep a template for the office, or for the company of this desk."""
    owner = None if desk.office else min(desk.companies, default=None)
    if owner is None and not desk.office:
        raise NotFound
    template = ReplyTemplate(
        community_id=community_id, id=new_id(), organization_id=owner, title=title, text=text
    )
    db.session.add(template)
    db.session.flush()
    record(AuditEvent.REPLY_TEMPLATE_SAVED, template.id, title=title)


def remove_template(community_id: int, desk: Desk, template_id: UUID) -> None:
    """Let a template of this desk go."""
    template = queries.template_on(community_id, desk, template_id)
    if template is None:
        raise NotFound
    db.session.delete(template)
    db.session.flush()
    record(AuditEvent.REPLY_TEMPLATE_REMOVED, template_id, title=template.title)


def save_filter(community_id: int, account_id: UUID, name: str, query: str) -> None:
    """Keep a filter under a name; the same name again replaces it."""
    if queries.count_filters(community_id, account_id) >= MOST_FILTERS:
        sentence = f"最多保存 {MOST_FILTERS} 个常用视图，请先删掉不用的。"
        raise Invalid(sentence, errors={"name": sentence})
    asked = insert(SavedFilter).values(
        community_id=community_id, id=new_id(), account_id=account_id, name=name, query=query
    )
    db.session.execute(
        asked.on_conflict_do_update(
            index_elements=[SavedFilter.community_id, SavedFilter.account_id, SavedFilter.name],
            set_={"query": asked.excluded.query},
        )
    )
    record(AuditEvent.FILTER_SAVED, account_id, name=name)


def remove_filter(community_id: int, account_id: UUID, filter_id: UUID) -> None:
    """Let one of the own filters go."""
    removed = db.session.execute(
        delete(SavedFilter)
        .where(
            SavedFilter.community_id == community_id,
            SavedFilter.account_id == account_id,
            SavedFilter.id == filter_id,
        )
        .returning(SavedFilter.name)
    ).one_or_none()
    if removed is None:
        raise NotFound
    record(AuditEvent.FILTER_REMOVED, account_id, name=removed.name)
