"""The ONE table of who may move a call of a whistle (社区吹哨、部门报到) from where to where.

Drawn in docs/whistle-states.md. Both sides score one another once it is done (双向评价).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from app.complaints.rules.whistles import (
    CALL_OPEN,
    LOW_STARS,
    CallAction,
    CallCondition,
    CallNeed,
    CallParty,
    CallSituation,
    CallState,
)
from app.kit.refusal import Conflict, Invalid, NotFound


@dataclass(frozen=True, slots=True)
class CallTransition:
    """One row of the table. `target` None: the state stays. `when`: what else must hold."""

    action: CallAction
    party: CallParty
    sources: frozenset[CallState]
    target: CallState | None
    needs: frozenset[CallNeed] = frozenset()
    when: CallCondition | None = None


def _row(
    action: CallAction,
    party: CallParty,
    sources: Iterable[CallState],
    target: CallState | None,
    *needs: CallNeed,
    when: CallCondition | None = None,
) -> CallTransition:
    return CallTransition(action, party, frozenset(sources), target, frozenset(needs), when)


_WHISTLER, _CALLED, _SYSTEM = CallParty.WHISTLER, CallParty.CALLED, CallParty.SYSTEM
_HERE = {CallState.SIGNED, CallState.ARRIVED}
_NOT_YET_THERE = {CallState.CALLED, CallState.SIGNED, CallState.REFUSED}

# action, who, from, to, what must be given, what else must hold
CALL_TRANSITIONS: tuple[CallTransition, ...] = (
    _row(CallAction.SIGN, _CALLED, {CallState.CALLED}, CallState.SIGNED),
    _row(
        CallAction.REFUSE,
        _CALLED,
        {CallState.CALLED},
        CallState.REFUSED,
        CallNeed.TEXT,
        when=CallCondition.NOT_INSISTED,
    ),
    _row(CallAction.INSIST, _WHISTLER, {CallState.REFUSED}, CallState.CALLED, CallNeed.TEXT),
    _row(CallAction.WITHDRAW, _WHISTLER, _NOT_YET_THERE, CallState.WITHDRAWN, CallNeed.TEXT),
    _row(CallAction.ARRIVE, _CALLED, {CallState.SIGNED}, CallState.ARRIVED, CallNeed.PHOTOS),
    _row(CallAction.NOTE, _CALLED, _HERE, None, CallNeed.TEXT),
    _row(CallAction.NOTE, _WHISTLER, CALL_OPEN, None, CallNeed.TEXT),
    _row(
        CallAction.STEP_JOINTLY,
        _CALLED,
        {CallState.ARRIVED},
        None,
        CallNeed.TEXT,
        CallNeed.OTHERS,
    ),
    _row(CallAction.JOIN, _CALLED, {CallState.ARRIVED, CallState.DONE}, None, CallNeed.STEP),
    _row(
        CallAction.CALL_MORE,
        _CALLED,
        _HERE,
        None,
        CallNeed.TEXT,
        CallNeed.OTHERS,
        when=CallCondition.IS_STREET,
    ),
    _row(CallAction.FINISH, _CALLED, {CallState.ARRIVED}, CallState.DONE, CallNeed.TEXT),
    _row(
        CallAction.SCORE,
        _WHISTLER,
        {CallState.DONE},
        None,
        CallNeed.STARS,
        when=CallCondition.NOT_SCORED,
    ),
    _row(
        CallAction.SCORE,
        _CALLED,
        {CallState.DONE},
        None,
        CallNeed.STARS,
        when=CallCondition.NOT_SCORED,
    ),
    _row(CallAction.NOTICE_LATE, _SYSTEM, _NOT_YET_THERE, None, when=CallCondition.LATE),
    _row(CallAction.END_WITH_CASE, _SYSTEM, _NOT_YET_THERE, CallState.WITHDRAWN),
    _row(CallAction.END_WITH_CASE, _SYSTEM, {CallState.ARRIVED}, CallState.DONE),
)


def call_transition(
    action: CallAction, state: CallState, parties: frozenset[CallParty], situation: CallSituation
) -> CallTransition:
    """The row that lets these parties do this now.

    Raises NotFound when it is none of their business, Conflict when state or situation forbid it.
    """
    mine = [row for row in CALL_TRANSITIONS if row.party in parties and row.action is action]
    if not mine:
        raise NotFound
    here = [row for row in mine if state in row.sources]
    if not here:
        raise Conflict(f"现在是“{state.label}”，不能再做这一步。请刷新页面看看最新进展。")
    for row in here:
        if row.when is None or situation.meets(row.when):
            return row
    raise Conflict(here[0].when.sentence if here[0].when else None)


def possible_calls(
    state: CallState, parties: frozenset[CallParty], situation: CallSituation
) -> tuple[CallAction, ...]:
    """What these parties can do now, in the order of the table."""
    rows = (
        row.action
        for row in CALL_TRANSITIONS
        if row.party in parties
        and state in row.sources
        and (row.when is None or situation.meets(row.when))
    )
    return tuple(dict.fromkeys(rows))


def check_call_given(row: CallTransition, given: frozenset[CallNeed]) -> None:
    """Raises Invalid naming every field that is missing."""
    missing = [need for need in CallNeed if need in row.needs - given]
    if missing:
        raise Invalid(missing[0].sentence, errors={need.value: need.sentence for need in missing})


def check_score(stars: int, text: str) -> None:
    """A low score says why. Raises Invalid."""
    if stars <= LOW_STARS and not text.strip():
        sentence = "分数打得低，请写一句为什么，对方会看到。"
        raise Invalid(sentence, errors={"text": sentence})
