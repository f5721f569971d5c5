"""Conditions on a case's state, written into the statement instead of sent with it."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ColumnElement, literal_column

from app.complaints.models import Complaint
from app.complaints.rules.states import State


def in_states(states: Iterable[State]) -> ColumnElement[bool]:
    """In one of these states.

    Written out, the planner sees which partial index fits, and a plan kept for any parameters
    need not put the list together anew for each row.
    """
    return Complaint.state.in_([literal_column(f"'{state.value}'") for state in sorted(states)])
