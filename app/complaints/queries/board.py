"""The public board: what is open in a compound, one case of it, and the facts behind the rates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, bindparam, func, select

from app.complaints.models import Complaint
from app.complaints.queries.measures import CONTACT_DUE, RATED, fractions
from app.complaints.queries.nearby import card_columns, responsible
from app.complaints.rules.rates import Rate
from app.core.db import db
from app.core.prepared import Prepared
from app.kit.ids import first_id
from app.organizations.models import Organization

PAGE = 20


def open_cases(
    community_id: int, compound_id: UUID | None, account_id: UUID, after: UUID | None
) -> Sequence[Any]:
    """A page (and one more) of the open cases of a compound, the one waiting longest first.

    `compound_id` None: those outside the compounds.
    """
    wanted = (
        select(*card_columns(account_id))
        .outerjoin(Organization, responsible())
        .where(
            Complaint.community_id == community_id,
            Complaint.closed_at.is_(None),
            _in(compound_id),
        )
    )
    if after is not None:
        wanted = wanted.where(Complaint.id > after)
    return db.session.execute(wanted.order_by(Complaint.id).limit(PAGE + 1)).all()


def count_open(community_id: int, compound_id: UUID | None) -> int:
    """How many cases of the compound are open."""
    wanted = (
        select(func.count())
        .select_from(Complaint)
        .where(
            Complaint.community_id == community_id,
            Complaint.closed_at.is_(None),
            _in(compound_id),
        )
    )
    return db.session.execute(wanted).scalar_one()


def board_case(community_id: int, complaint_id: UUID, account_id: UUID) -> Any:
    """One case as the board shows it: the columns of a card, mine."""
    return db.session.execute(
        select(*card_columns(account_id), (Complaint.reporter_id == account_id).label("mine"))
        .outerjoin(Organization, responsible())
        .where(Complaint.community_id == community_id, Complaint.id == complaint_id)
    ).one_or_none()


def facts_for_rates(
    community_id: int, compound_id: UUID | None, since: datetime, until: datetime | None = None
) -> Sequence[Any]:
    """What the rates count, of the cases of a compound reported in a span, oldest first.

    Columns: id, short_code, category, category_title, state, closing, created_at, contact_due_at,
    contacted_at, verdicts, verdicts_resolved, verdicts_content.
    """
    return db.session.execute(
        select(
            Complaint.id,
            Complaint.short_code,
            Complaint.category,
            Complaint.category_title,
            Complaint.state,
            Complaint.closing,
            Complaint.created_at,
            CONTACT_DUE.label("contact_due_at"),
            Complaint.contacted_at,
            Complaint.verdicts,
            Complaint.verdicts_resolved,
            Complaint.verdicts_content,
        )
        .where(
            Complaint.community_id == community_id,
            Complaint.id >= first_id(since),
            *((Complaint.id < first_id(until),) if until else ()),
            _in(compound_id),
        )
        .order_by(Complaint.id)
    ).all()


def rate_sums(
    community_id: int, compound_id: UUID | None, since: datetime, now: datetime
) -> dict[Rate, tuple[int, int]]:
    """Numerator and denominator of each rate over the cases `facts_for_rates` gives one by one."""
    row: Any = _summing(outside=compound_id is None).row(
        {
            "community": community_id,
            "compound": compound_id,
            "first": first_id(since),
            "now": now,
        }
    )
    return {rate: (getattr(row, f"{rate}_in"), getattr(row, f"{rate}_of")) for rate in Rate}


@cache
def _summing(*, outside: bool) -> Prepared:
    """Reads ix_complaint_rates and no case: keep to what that holds."""
    now = bindparam("now", type_=DateTime(timezone=True))
    compound = Complaint.compound_id
    return Prepared(
        select(*fractions(now)).where(
            Complaint.community_id == bindparam("community"),
            compound.is_(None) if outside else compound == bindparam("compound"),
            Complaint.id >= bindparam("first"),
            RATED,
        )
    )


def _in(compound_id: UUID | None) -> Any:
    if compound_id is None:
        return Complaint.compound_id.is_(None)
    return Complaint.compound_id == compound_id
