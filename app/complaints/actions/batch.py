"""The same step for several cases: each stands or falls by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from app.complaints.actions.steps import Given, Worker, take_step
from app.complaints.rules.states import Action
from app.core.db import db
from app.kit.refusal import Refusal

ACTIONS = (Action.ACCEPT, Action.ASSIGN, Action.DISPATCH, Action.TAKE, Action.NOTE)
MOST = 100


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many were done, and why each of the others was not."""

    done: int
    refused: Mapping[UUID, str]


def take_steps(
    community_id: int,
    worker: Worker,
    versions: Mapping[UUID, int],
    action: Action,
    given: Given,
) -> Outcome:
    """Take one step in each case as it was seen.

    In the order of their ids, so that two batches never wait for each other in a circle.
    """
    refused: dict[UUID, str] = {}
    for complaint_id in sorted(versions):
        try:
            with db.session.begin_nested():
                seen = replace(given, version=versions[complaint_id])
                take_step(community_id, worker, complaint_id, action, seen)
        except Refusal as refusal:
            refused[complaint_id] = refusal.sentence
    return Outcome(len(versions) - len(refused), refused)
