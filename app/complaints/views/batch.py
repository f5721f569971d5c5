"""The same step for the cases picked in the queue."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue

from app.complaints.actions import batch
from app.complaints.actions.steps import Given
from app.complaints.permissions import WORK_TICKETS
from app.complaints.queries import cases
from app.complaints.views import sight, steps
from app.complaints.views.cards import said_code
from app.complaints.views.tickets import blueprint, to
from app.core.access.door import here, requires

SHOWN = 5
LONGEST_NOTE = 500


@blueprint.post("/c/<community>/tickets/batch")
@requires(WORK_TICKETS)
def batch_step() -> ResponseReturnValue:
    """Take one step in each picked case; say how many were done and why the others were not."""
    action = steps.known_action(request.form.get("action", ""), batch.ACTIONS)
    versions = _picked(request.form.getlist("ticket"))
    back = redirect(f"{to('index')}?{request.form.get('query', '')[:500]}")
    if not versions:
        flash("请先在左边选中要处理的工单。", "error")
        return back
    given = Given(
        version=0,
        text=request.form.get("text", "").strip()[:LONGEST_NOTE],
        assignee_id=request.form.get("assignee", type=UUID),
        organization_id=request.form.get("organization", type=UUID),
    )
    community_id = here().community.id
    outcome = batch.take_steps(community_id, sight.worker_here(), versions, action, given)
    if outcome.done:
        flash(f"{outcome.done} 件已{action.label}。", "success")
    if outcome.refused:
        flash(_why(community_id, outcome.refused), "error")
    return back


def _picked(values: list[str]) -> dict[UUID, int]:
    """Case and version from what the boxes carry (`id.version`); anything else is left out."""
    found = {}
    for value in values[: batch.MOST]:
        key, _, version = value.partition(".")
        try:
            found[UUID(key)] = int(version)
        except ValueError:
            continue
    return found


def _why(community_id: int, refused: Mapping[UUID, str]) -> str:
    codes = cases.codes_of(community_id, list(refused), sight.desk_here().companies_seen)
    said = [
        f"{said_code(codes[key])}：{sentence}" for key, sentence in refused.items() if key in codes
    ]
    more = f" 另有 {len(said) - SHOWN} 件。" if len(said) > SHOWN else ""
    return f"{len(refused)} 件没有做成。" + " ".join(said[:SHOWN]) + more
