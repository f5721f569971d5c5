"""What a visitor may look at: absent and forbidden look the same."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.complaints.actions.workers import Worker, parties_for, situation_of
from app.complaints.permissions import Desk, desk_of
from app.complaints.queries import cases
from app.complaints.rules.states import Action, State
from app.complaints.rules.transitions import possible
from app.core.access.door import Here, here
from app.core.files.models import StoredFile
from app.core.files.readers import decides_for
from app.kit.clock import now
from app.kit.refusal import NotFound


def own_case(complaint_id: UUID) -> Any:
    """The visitor's own complaint."""
    row = cases.own_complaint(here().community.id, complaint_id, here().signed_in.account_id)
    if row is None:
        raise NotFound
    return row


def desk_here() -> Desk:
    """The visitor's desk."""
    return desk_of(here().signed_in, here().community)


def worker_here() -> Worker:
    """The visitor with the desk they work at."""
    return Worker(here().signed_in.account_id, desk_here())


def desk_case(complaint_id: UUID) -> Any:
    """A case that lies on the visitor's desk."""
    desk = desk_here()
    row = cases.ticket(
        here().community.id, complaint_id, office=desk.office, companies=desk.companies
    )
    if row is None:
        raise NotFound
    return row


def possible_here(complaint: Any) -> tuple[Action, ...]:
    """What the visitor can do with this case now."""
    worker = worker_here()
    return possible(
        State(complaint.state),
        parties_for(complaint, worker),
        situation_of(complaint, worker, now()),
    )


@decides_for(cases.EVENT_PHOTO)
def may_see_photo(place: Here, stored: StoredFile) -> bool:
    """The reporter and the desks that may see the case; nobody else."""
    actor = place.signed_in
    sight = cases.sight_of_event(place.community.id, stored.subject_id)
    if sight is None:
        return False
    if sight.reporter_id == actor.account_id:
        return bool(sight.visible_to_resident)
    return desk_of(actor, place.community).may_see(sight.organization_id)
