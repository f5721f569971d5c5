"""The life of an owners' assembly as one table of steps."""

from dataclasses import dataclass
from enum import StrEnum

from app.kit.refusal import Refusal


class State(StrEnum):
    """Where an assembly stands."""

    DRAFT = "draft"
    UNDER_REVIEW = "under_review"
    NOTICED = "noticed"
    OPEN = "open"
    CLOSED = "closed"
    PUBLISHED = "published"
    FINAL = "final"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        """For badges."""
        return _STATE_LABELS[self]


class Action(StrEnum):
    """What can be done with an assembly."""

    SUBMIT = "submit"
    RETURN = "return"
    NOTICE = "notice"
    OPEN = "open"
    EXTEND = "extend"
    CLOSE = "close"
    PUBLISH = "publish"
    RECOUNT = "recount"
    FINALIZE = "finalize"
    CANCEL = "cancel"


class Actor(StrEnum):
    """Who takes a step."""

    INITIATOR = "initiator"
    COMMUNITY = "community"
    CLOCK = "clock"


@dataclass(frozen=True, slots=True)
class Step:
    """One row of the table."""

    sources: frozenset[State]
    target: State
    actors: frozenset[Actor]


_STATE_LABELS = {
    State.DRAFT: "起草中",
    State.UNDER_REVIEW: "社区审核中",
    State.NOTICED: "公告中",
    State.OPEN: "投票中",
    State.CLOSED: "计票中",
    State.PUBLISHED: "结果公示中",
    State.FINAL: "已生效",
    State.CANCELLED: "已取消",
}


def _step(sources: set[State], target: State, actors: set[Actor]) -> Step:
    return Step(frozenset(sources), target, frozenset(actors))


_STAFF_OR_CLOCK = {Actor.COMMUNITY, Actor.CLOCK}
_BEFORE_OPENING = {State.DRAFT, State.UNDER_REVIEW, State.NOTICED}
TRANSITIONS: dict[Action, Step] = {
    Action.SUBMIT: _step({State.DRAFT}, State.UNDER_REVIEW, {Actor.INITIATOR, Actor.COMMUNITY}),
    Action.RETURN: _step({State.UNDER_REVIEW}, State.DRAFT, {Actor.COMMUNITY}),
    Action.NOTICE: _step({State.UNDER_REVIEW}, State.NOTICED, {Actor.COMMUNITY}),
    Action.OPEN: _step({State.NOTICED}, State.OPEN, _STAFF_OR_CLOCK),
    Action.EXTEND: _step({State.OPEN}, State.OPEN, {Actor.INITIATOR, Actor.COMMUNITY}),
    Action.CLOSE: _step({State.OPEN}, State.CLOSED, _STAFF_OR_CLOCK),
    Action.PUBLISH: _step({State.CLOSED}, State.PUBLISHED, _STAFF_OR_CLOCK),
    Action.RECOUNT: _step({State.PUBLISHED}, State.PUBLISHED, {Actor.COMMUNITY}),
    Action.FINALIZE: _step({State.PUBLISHED}, State.FINAL, _STAFF_OR_CLOCK),
    Action.CANCEL: _step(_BEFORE_OPENING, State.CANCELLED, {Actor.INITIATOR, Actor.COMMUNITY}),
}


def next_state(state: State, action: Action, actor: Actor) -> State:
    """Where the step leads, or a refusal."""
    step = TRANSITIONS[action]
    if state not in step.sources:
        raise Refusal(f"这次业主大会现在是“{state.label}”，不能做这一步。", code="wrong_state")
    if actor not in step.actors:
        raise Refusal("这一步不由您来办理。", code="not_your_step")
    return step.target


def actions_from(state: State, actor: Actor) -> tuple[Action, ...]:
    """The steps to offer on a page."""
    return tuple(
        action
        for action, step in TRANSITIONS.items()
        if state in step.sources and actor in step.actors
    )
