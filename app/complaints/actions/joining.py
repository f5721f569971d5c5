"""我也遇到: joining an open report instead of filing it a second time."""

from __future__ import annotations

from uuid import UUID

from app.complaints.queries import cases, nearby
from app.complaints.rules.board import may_join
from app.complaints.rules.states import State
from app.core.audit.trail import record
from app.core.audit.vocabulary import AuditEvent
from app.kit.ids import new_id
from app.kit.refusal import Conflict, NotFound


def join(community_id: int, account_id: UUID, complaint_id: UUID) -> None:
    """Keep this person informed as well; joining twice is joining once."""
    complaint = cases.locked(community_id, complaint_id)
    if complaint is None or State(complaint.state) is State.NOT_ACCEPTED:
        raise NotFound
    if complaint.reporter_id == account_id:
        raise Conflict("这件事就是您自己反映的，每一步都会通知您。")
    if not may_join(state=State(complaint.state), at_home=complaint.unit_id is not None):
        raise Conflict("这件事已经办结了。如果您那里还没有好，请另外反映一次。")
    if nearby.follow(community_id, complaint_id, account_id, new_id()):
        record(AuditEvent.COMPLAINT_JOINED, complaint_id)


def leave(community_id: int, account_id: UUID, complaint_id: UUID) -> None:
    """Not to be told any more; who has left already has left."""
    if cases.locked(community_id, complaint_id) is None:
        raise NotFound
    if nearby.unfollow(community_id, complaint_id, account_id):
        record(AuditEvent.COMPLAINT_LEFT, complaint_id)
