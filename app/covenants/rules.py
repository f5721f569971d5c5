"""Stairwell covenants (楼道公约): steps, signatures of households, clauses to look at."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.kit.clock import say_deadline
from app.kit.periods import period_end
from app.kit.refusal import Refusal
from app.kit.working_days import MAINLAND, Calendar

Threshold = tuple[int, int]
TWO_THIRDS: Threshold = (2, 3)
PUBLICATION_DAYS = 7


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


@dataclass(frozen=True, slots=True)
class Progress:
    """Households that signed, of those due; an empty home stays among those due."""

    signed: int
    due: int
    needed: int
    missing: int

    @property
    def reached(self) -> bool:
        """Whether enough households signed."""
        return self.due > 0 and self.missing == 0


@dataclass(frozen=True, slots=True)
class Passage:
    """A place in the text a person has to judge."""

    start: int
    end: int
    words: str
    sentence: str
    reason: str


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
_UNSETTLED = {State.COLLECTING, State.DELIBERATING, State.CHECKING, State.SIGNING}
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

_FINE = "公约不能设罚款、罚金或者没收（处罚只能由法律规定）。"
_CUT_OFF = "不能用停水、停电、停气、停热的办法催交费用或者约束住户（民法典第九百四十四条）。"
_GAP = r"[\s，、]*"
_SUPPLY = (
    r"(?:自来水|燃气|煤气|天然气|暖气|网络|水|气|暖|热|网"
    r"|电(?!动|瓶|梯|池|单|视|话|摩|三轮|驴|子|器|磁))"
)
_SUSPICIOUS = (
    (re.compile(rf"罚|没{_GAP}收|扣{_GAP}(?:除|留)?{_GAP}(?:押|保证){_GAP}金"), _FINE),
    (
        re.compile(
            rf"(?:停{_GAP}止?|切{_GAP}断|中{_GAP}断|掐{_GAP}断?|断|限{_GAP}制?){_GAP}"
            rf"(?:[向对为给][^。；！？\n]{{0,6}}?)?"
            rf"(?:其|他|她|了|该户|用户|住户|使用|供应|供给|提供)?"
            rf"{_GAP}[供用]?{_GAP}{_SUPPLY}(?!泥)"
        ),
        _CUT_OFF,
    ),
)
_SENTENCE_ENDS = "。！？；\n!?;"


def next_state(state: State, action: Action, actor: Actor) -> State:
    """Where the step leads, or a refusal."""
    step = TRANSITIONS[action]
    if state not in step.sources:
        raise Refusal(f"这份公约现在是“{state.label}”，不能做这一步。", code="wrong_state")
    if actor not in step.actors:
        raise Refusal("这一步不由您来办理。", code="not_your_step")
    return step.target


def sign_progress(signed: int, due: int, threshold: Threshold = TWO_THIRDS) -> Progress:
    """How many households are still needed; the threshold includes its own number."""
    above, below = threshold
    if any(type(count) is not int for count in (signed, due, above, below)):
        raise TypeError("households are whole numbers")
    if not 0 < above <= below:
        raise ValueError("a threshold is a share of the households")
    if not 0 <= signed <= due:
        raise ValueError("no more households sign than are due")
    needed = -(-above * due // below)
    return Progress(signed, due, needed, max(0, needed - signed))


def check_signing(state: State, *, dwelling: bool, signed_before: bool) -> None:
    """One signature for each household, while signing is open."""
    if state is not State.SIGNING:
        raise Refusal(f"这份公约现在是“{state.label}”，还不能签或者不用签。", code="not_signing")
    if not dwelling:
        raise Refusal("公约由住户签，车位和商铺不用签。", code="not_a_household")
    if signed_before:
        raise Refusal("您家已经签过了，一户签一次就够。", code="signed_before")


def check_publication(state: State, progress: Progress) -> None:
    """Enough households have signed."""
    next_state(state, Action.PUBLISH, Actor.CLOCK)
    if not progress.reached:
        raise Refusal(say_progress(progress), code="signatures_missing")


def check_force(
    state: State,
    progress: Progress,
    published_at: datetime,
    open_objections: int,
    now: datetime,
    calendar: Calendar = MAINLAND,
) -> None:
    """Signed by enough households, published long enough, objections answered, filed."""
    next_state(state, Action.ENTER_INTO_FORCE, Actor.CLOCK)
    if not progress.reached:
        raise Refusal(say_progress(progress), code="signatures_missing")
    check_published(published_at, open_objections, now, calendar)


def check_published(
    published_at: datetime,
    open_objections: int,
    now: datetime,
    calendar: Calendar = MAINLAND,
) -> None:
    """The publication has run out and every objection is answered."""
    earliest = period_end(published_at, PUBLICATION_DAYS, calendar)
    if now < earliest:
        raise Refusal(
            f"公示要满 {PUBLICATION_DAYS} 天：{say_deadline(earliest, now)}。",
            code="publication_running",
            possible_from=earliest,
        )
    if open_objections:
        raise Refusal(f"还有 {open_objections} 条异议没有答复。", code="objections_open")


def say_progress(progress: Progress) -> str:
    """For the page of a stairwell."""
    if progress.due == 0:
        return "这个楼道还没有登记住户，不能签约。"
    said = f"已签 {progress.signed} 户，共 {progress.due} 户"
    if progress.missing:
        return f"{said}，还差 {progress.missing} 户。"
    return f"{said}，已达到生效要求的 {progress.needed} 户。"


def suspicious_clauses(text: str) -> list[Passage]:
    """Passages that may fine somebody or cut off supplies; a person decides."""
    found = [
        Passage(match.start(), match.end(), match[0], _sentence_around(text, match), reason)
        for pattern, reason in _SUSPICIOUS
        for match in pattern.finditer(text)
    ]
    return sorted(found, key=lambda passage: passage.start)


def _sentence_around(text: str, match: re.Match[str]) -> str:
    start = max(text.rfind(mark, 0, match.start()) for mark in _SENTENCE_ENDS) + 1
    ends = [place for mark in _SENTENCE_ENDS if (place := text.find(mark, match.end())) >= 0]
    return text[start : min(ends, default=len(text))].strip()
