"""The steps a version of a covenant takes, and who takes them."""

from dataclasses import dataclass
from enum import StrEnum

from app.kit.refusal import Refusal


class State(StrEnum):
    """Where a version of a covenant stands."""

    COLLECTING = "collecting"
    DELIBERATING = "deliberating"
    CHECKING = "checking"
    SIGNING = "signing"
    PUBLISHED = "published"
    FILED = "filed"
    IN_FORCE = "in_force"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        """For badges."""
        return _LABELS[self]


class Action(StrEnum):
    """What can be done with a version."""

    DELIBERATE = "deliberate"
    SEND_TO_CHECK = "send_to_check"
    RETURN = "return"
    OPEN_SIGNING = "open_signing"
    PUBLISH = "publish"
    FILE = "file"
    ENTER_INTO_FORCE = "enter_into_force"
    REPLACE = "replace"
    WITHDRAW = "withdraw"


class Actor(StrEnum):
    """Who takes a step."""

    STAIRWELL_HEAD = "stairwell_head"
    COMMUNITY = "community"
    CLOCK = "clock"


class Amendment(StrEnum):
    """What changes in a new version."""

    SUBSTANTIVE = "substantive"
    CORRECTION = "correction"

    @property
    def needs_signatures(self) -> bool:
        """A correction needs publication without objection, nothing more."""
        return self is Amendment.SUBSTANTIVE


@dataclass(frozen=True, slots=True)
class Step:
    """One row of the table."""

    sources: frozenset[State]
    target: State
    actors: frozenset[Actor]


_LABELS = {
    State.COLLECTING: "征集条款",
    State.DELIBERATING: "商议中",
    State.CHECKING: "合法性审查",
    State.SIGNING: "签约中",
    State.PUBLISHED: "公示中",
    State.FILED: "已备案",
    State.IN_FORCE: "已生效",
    State.REPLACED: "已有新版",
    State.WITHDRAWN: "已撤回",
}


def _step(sources: set[State], target: State, *actors: Actor) -> Step:
    return Step(frozenset(sources), target, frozenset(actors))


_HEAD, _COMMUNITY, _CLOCK = Actor.STAIRWELL_HEAD, Actor.COMMUNITY, Actor.CLOCK
_UNSETTLED = {
    State.COLLECTING,
    State.DELIBERATING,
    State.CHECKING,
    State.SIGNING,
    State.PUBLISHED,
}
TRANSITIONS: dict[Action, Step] = {
    Action.DELIBERATE: _step({State.COLLECTING}, State.DELIBERATING, _HEAD, _COMMUNITY),
    Action.SEND_TO_CHECK: _step({State.DELIBERATING}, State.CHECKING, _HEAD, _COMMUNITY),
    Action.RETURN: _step({State.CHECKING}, State.DELIBERATING, _COMMUNITY),
    Action.OPEN_SIGNING: _step({State.CHECKING}, State.SIGNING, _COMMUNITY),
    Action.PUBLISH: _step({State.SIGNING}, State.PUBLISHED, _HEAD, _COMMUNITY, _CLOCK),
    Action.FILE: _step({State.PUBLISHED}, State.FILED, _COMMUNITY),
    Action.ENTER_INTO_FORCE: _step({State.FILED}, State.IN_FORCE, _COMMUNITY, _CLOCK),
    Action.REPLACE: _step({State.IN_FORCE}, State.REPLACED, _COMMUNITY, _CLOCK),
    Action.WITHDRAW: _step(_UNSETTLED, State.WITHDRAWN, _HEAD, _COMMUNITY),
}


def next_state(state: State, action: Action, actor: Actor) -> State:
    """Where the step leads, or a refusal."""
    step = TRANSITIONS[action]
    if state not in step.sources:
        raise Refusal(f"这份公约现在是“{state.label}”，不能做这一步。", code="wrong_state")
    if actor not in step.actors:
        raise Refusal("这一步不由您来办理。", code="not_your_step")
    return step.target


EDITABLE = frozenset({State.COLLECTING, State.DELIBERATING})


def check_editable(state: State) -> None:
    """The text is open while it is collected and deliberated; afterwards it stands still."""
    if state not in EDITABLE:
        raise Refusal(
            f"这份公约现在是“{state.label}”，条款已经定稿。要改，请撤回或者另起新版。",
            code="text_closed",
        )


REVISABLE = frozenset({State.SIGNING, State.PUBLISHED, State.IN_FORCE, State.WITHDRAWN})
OPEN_TO_ALL = frozenset({State.IN_FORCE, State.REPLACED})
"""What everybody of the community may read; the rest is the stairwell's own affair."""


def check_revisable(state: State) -> None:
    """A settled text is changed by a new version; signatures of the old one do not carry over."""
    if state in EDITABLE:
        raise Refusal("条款还没有定稿，直接修改就可以。", code="still_open")
    if state not in REVISABLE:
        raise Refusal(
            f"这份公约现在是“{state.label}”，这一步走完才能另起新版。", code="wrong_state"
        )
