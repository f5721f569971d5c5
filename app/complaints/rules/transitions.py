"""The ONE table of who may move a complaint (民生诉求) from where to where.

Accept → dispatch → sign for → act → the resident verifies (处置效果群众检验). Who acts never
verifies: the reporter of a complaint is never counted among those who work on it, and who worked
on it never records a call back. Drawn in docs/complaints-states.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from app.complaints.rules.answers import Need
from app.complaints.rules.situations import Condition, Situation
from app.complaints.rules.states import IN_WORK, OPEN, TO_DISPATCH, Action, Party, State
from app.kit.refusal import Conflict, Invalid, NotFound


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of the table. `target` None: the state stays. `when`: what else must hold."""

    action: Action
    party: Party
    sources: frozenset[State]
    target: State | None
    needs: frozenset[Need] = frozenset()
    when: Condition | None = None


def _row(
    action: Action,
    party: Party,
    sources: Iterable[State],
    target: State | None,
    *needs: Need,
    when: Condition | None = None,
) -> Transition:
    return Transition(action, party, frozenset(sources), target, frozenset(needs), when)


_TO_GIVE = {State.FILED, State.DISPATCHED, State.RETURNED}
_HELD = {State.DISPATCHED, *IN_WORK}
_WORKED_ON = {*IN_WORK, State.WAITING}
_UNDER_WAY = OPEN - {State.DONE}
_OFFICE_HANDLES = Condition.OFFICE_HANDLES

# action, who, from, to, what must be given, what else must hold
TRANSITIONS: tuple[Transition, ...] = (
    _row(Action.DISPATCH, Party.OFFICE, _TO_GIVE, State.DISPATCHED, Need.ORGANIZATION),
    _row(
        Action.SETTLE,
        Party.OFFICE,
        {State.RETURNED},
        State.DISPATCHED,
        Need.TEXT,
        when=Condition.HANDED_BACK,
    ),
    _row(Action.TAKE, Party.OFFICE, TO_DISPATCH, State.ACCEPTED),
    _row(
        Action.REFUSE,
        Party.OFFICE,
        _TO_GIVE,
        State.NOT_ACCEPTED,
        Need.GROUND,
        Need.TEXT,
        when=Condition.NOBODY_CALLED,
    ),
    _row(Action.ACCEPT, Party.COMPANY, {State.DISPATCHED}, State.ACCEPTED),
    _row(Action.ASSIGN, Party.COMPANY, {*_HELD, State.WAITING}, None, Need.ASSIGNEE),
    _row(Action.ASSIGN, Party.OFFICE, _WORKED_ON, None, Need.ASSIGNEE, when=_OFFICE_HANDLES),
    _row(Action.REPLY, Party.COMPANY, _WORKED_ON, None, Need.TEXT),
    _row(Action.REPLY, Party.OFFICE, _WORKED_ON, None, Need.TEXT, when=_OFFICE_HANDLES),
    _row(Action.COMPLETE, Party.COMPANY, _WORKED_ON, State.DONE, Need.TEXT),
    _row(Action.COMPLETE, Party.OFFICE, _WORKED_ON, State.DONE, Need.TEXT, when=_OFFICE_HANDLES),
    _row(
        Action.HAND_BACK,
        Party.COMPANY,
        _HELD,
        State.RETURNED,
        Need.TEXT,
        when=Condition.NOT_SETTLED,
    ),
    _row(
        Action.ASK_EXTENSION,
        Party.COMPANY,
        IN_WORK,
        None,
        Need.TEXT,
        Need.DAYS,
        when=Condition.MAY_ASK,
    ),
    _row(Action.EXTEND, Party.OFFICE, IN_WORK, None, when=Condition.ASKED_BY_ANOTHER),
    _row(
        Action.DENY_EXTENSION,
        Party.OFFICE,
        IN_WORK,
        None,
        Need.TEXT,
        when=Condition.ASKED_BY_ANOTHER,
    ),
    _row(Action.PAUSE, Party.COMPANY, IN_WORK, State.WAITING, Need.TEXT, Need.UNTIL),
    _row(
        Action.PAUSE,
        Party.OFFICE,
        IN_WORK,
        State.WAITING,
        Need.TEXT,
        Need.UNTIL,
        when=_OFFICE_HANDLES,
    ),
    _row(Action.RESUME, Party.REPORTER, {State.WAITING}, State.ACCEPTED),
    _row(Action.RESUME, Party.COMPANY, {State.WAITING}, State.ACCEPTED),
    _row(Action.RESUME, Party.OFFICE, {State.WAITING}, State.ACCEPTED),
    _row(Action.RESUME, Party.SYSTEM, {State.WAITING}, State.ACCEPTED),
    _row(Action.NOTE, Party.COMPANY, OPEN, None, Need.TEXT),
    _row(Action.NOTE, Party.OFFICE, OPEN, None, Need.TEXT),
    _row(Action.ADD, Party.REPORTER, OPEN, None, Need.TEXT),
    _row(Action.CONFIRM, Party.REPORTER, {State.DONE}, State.CLOSED, Need.RATING),
    _row(Action.REOPEN, Party.REPORTER, {State.DONE}, State.REOPENED, Need.TEXT),
    _row(
        Action.DISPUTE,
        Party.REPORTER,
        {State.CLOSED},
        State.REOPENED,
        Need.TEXT,
        when=Condition.CLOSED_SILENTLY,
    ),
    _row(Action.CALL_UNREACHED, Party.OFFICE, {State.DONE}, None, when=Condition.NOT_ACTED),
    _row(
        Action.VERIFY,
        Party.OFFICE,
        {State.DONE},
        State.CLOSED,
        Need.RATING,
        when=Condition.NOT_ACTED,
    ),
    _row(
        Action.FIND_UNSOLVED,
        Party.OFFICE,
        {State.DONE},
        State.REOPENED,
        Need.TEXT,
        when=Condition.NOT_ACTED,
    ),
    _row(
        Action.CLOSE_SILENT,
        Party.SYSTEM,
        {State.DONE},
        State.CLOSED,
        when=Condition.SILENCE_OVER,
    ),
    _row(Action.RECLASSIFY, Party.OFFICE, _UNDER_WAY, None, Need.CATEGORY),
    _row(
        Action.MERGE,
        Party.OFFICE,
        _UNDER_WAY,
        State.MERGED,
        Need.LEAD,
        when=Condition.NOBODY_CALLED,
    ),
    _row(Action.SPLIT, Party.OFFICE, {State.MERGED}, State.FILED, Need.TEXT),
    _row(Action.SPLIT_OFF, Party.OFFICE, _UNDER_WAY, None, Need.TEXT, Need.CATEGORY),
    _row(Action.FLAG, Party.OFFICE, OPEN, None, Need.TEXT, when=Condition.NOT_FLAGGED),
    _row(Action.UNFLAG, Party.OFFICE, OPEN, None, Need.TEXT, when=Condition.FLAGGED),
)


def parties_of(*, is_reporter: bool, in_company: bool, in_office: bool) -> frozenset[Party]:
    """As what a person may act. The reporter is only the reporter: who acts never verifies."""
    if is_reporter:
        return frozenset({Party.REPORTER})
    acting = {Party.COMPANY: in_company, Party.OFFICE: in_office}
    return frozenset(party for party, held in acting.items() if held)


def transition(
    action: Action, state: State, parties: frozenset[Party], situation: Situation
) -> Transition:
    """The row that lets these parties do this now.

    Raises NotFound when it is none of their business, Conflict when state or situation forbid it.
    """
    mine = [row for row in _rows_of(parties, situation) if row.action is action]
    if not mine:
        raise NotFound
    here = [row for row in mine if state in row.sources]
    if not here:
        raise Conflict(f"这件诉求现在是“{state.label}”，不能再做这一步。请刷新页面看看最新进展。")
    for row in here:
        if row.when is None or situation.meets(row.when):
            return row
    raise Conflict(here[0].when.sentence if here[0].when else None)


def possible(state: State, parties: frozenset[Party], situation: Situation) -> tuple[Action, ...]:
    """What these parties can do now, in the order of the table."""
    rows = (
        row.action
        for row in _rows_of(parties, situation)
        if state in row.sources and (row.when is None or situation.meets(row.when))
    )
    return tuple(dict.fromkeys(rows))


def check_given(row: Transition, given: frozenset[Need]) -> None:
    """Raises Invalid naming every field that is missing."""
    missing = [need for need in Need if need in row.needs - given]
    if missing:
        raise Invalid(missing[0].sentence, errors={need.value: need.sentence for need in missing})


def _rows_of(parties: frozenset[Party], situation: Situation) -> Iterable[Transition]:
    """The rows of these parties; those of the handling office are nobody's while a company is."""
    return (
        row
        for row in TRANSITIONS
        if row.party in parties
        and (row.when is not _OFFICE_HANDLES or situation.meets(_OFFICE_HANDLES))
    )
