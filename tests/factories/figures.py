"""Complaints as rows, for figures that need many of them or a past."""

from __future__ import annotations

import itertools
import uuid
from datetime import datetime, timedelta
from typing import Any

from factories.complaints import Street
from sqlalchemy import insert

from app.complaints.actions.figures import refresh
from app.complaints.models import Complaint
from app.complaints.queries import figures
from app.complaints.rules.states import STOPPED, State
from app.core.db import db
from app.core.tenancy import Scope
from app.core.transaction import transaction
from app.kit.clock import now
from app.kit.ids import first_id, short_code

_numbers = itertools.count(1)


def row(street: Street, days_ago: float = 1.0, **values: Any) -> dict[str, Any]:
    """A complaint of the company as a row; `state` decides whether its clock runs."""
    filed = values.pop("filed", None) or now() - timedelta(days=days_ago)
    state = State(values.get("state", State.ACCEPTED))
    promised = values.get("promised_at", filed + timedelta(days=7))
    return {
        "community_id": street.community.id,
        "id": id_at(filed),
        "short_code": short_code(12),
        "once_key": uuid.uuid4(),
        "created_at": filed,
        "reporter_id": street.resident.id,
        "contact_name": None,
        "contact_phone": None,
        "anonymous": False,
        "catalogue_version": "test",
        "category": "property.lighting",
        "category_title": "路灯不亮",
        "urgency": "ordinary",
        "responsible": "property",
        "text": "楼道灯不亮",
        "compound_id": street.compound_id,
        "building_id": None,
        "stairwell_id": None,
        "place_name": "檀溪花园",
        "place_note": "",
        "organization_id": street.company_id,
        "promised_at": promised,
        "contact_due_at": filed + timedelta(days=1),
        "contacted_at": None,
        "due_at": None if state in STOPPED else promised,
        "closed_at": now() if state.ended else None,
        "closing": None,
        "merged_into_id": None,
        "verdicts": 0,
        "verdicts_resolved": 0,
        "verdicts_content": 0,
        "extensions": 0,
        "reopened_count": 0,
        **values,
        "state": state.value,
    }


def id_at(moment: datetime) -> uuid.UUID:
    """An id as it is made at that moment."""
    return uuid.UUID(int=first_id(moment).int | (7 << 76) | (2 << 62) | next(_numbers))


def keep(world, street: Street, rows: list[dict[str, Any]]) -> None:
    """Write the rows in one go."""
    with world.app.app_context(), transaction(Scope(community_id=street.community.id)):
        db.session.execute(insert(Complaint), rows)


def refreshed(world, street: Street) -> None:
    """Make the sums for reviewers."""
    with world.app.app_context(), transaction(Scope(community_id=street.community.id)):
        refresh(street.community.id)


def asked(world, street: Street, question, *, companies=None, moment=None):
    """What a query of the leads' figures answers: `question(view)`."""
    view = figures.View(street.community.id, companies, moment or now())
    with world.app.app_context(), transaction(Scope(community_id=street.community.id)):
        return question(view)
