"""Signatures of households, publication and entry into force."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.covenants.rules.life import Action, Actor, State, next_state
from app.kit.clock import say_deadline
from app.kit.periods import period_end
from app.kit.refusal import Conflict, Refusal
from app.kit.working_days import MAINLAND, Calendar
from app.registry.rules import Relation

Threshold = tuple[int, int]
TWO_THIRDS: Threshold = (2, 3)
PUBLICATION_DAYS = 7


class ObjectionStage(StrEnum):
    """When an opinion was given: while deliberating (商议) or while published (公示)."""

    DELIBERATION = "deliberation"
    PUBLICATION = "publication"


def counts(relation: Relation) -> bool:
    """Whether this is the household's own signature; a tenant co-signs and does not replace it."""
    return relation is not Relation.TENANT


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
    *,
    days: int = PUBLICATION_DAYS,
) -> None:
    """Signed by enough households, published long enough, objections answered, filed."""
    next_state(state, Action.ENTER_INTO_FORCE, Actor.CLOCK)
    if not progress.reached:
        raise Refusal(say_progress(progress), code="signatures_missing")
    check_published(published_at, open_objections, now, calendar, days=days)


def check_published(
    published_at: datetime,
    open_objections: int,
    now: datetime,
    calendar: Calendar = MAINLAND,
    *,
    days: int = PUBLICATION_DAYS,
) -> None:
    """The publication has run out and every objection is answered."""
    earliest = period_end(published_at, days, calendar)
    if now < earliest:
        raise Refusal(
            f"公示要满 {days} 天：{say_deadline(earliest, now)}。",
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


def check_text_seen(seen: str, digest: str) -> None:
    """A signature is given to the very text that stood on the screen."""
    if seen != digest:
        raise Conflict("公约内容刚刚换了一版。请重新读一遍，再决定签不签。", code="text_changed")


def check_objecting(state: State) -> ObjectionStage:
    """Opinions while deliberating, objections while published."""
    if state is State.DELIBERATING:
        return ObjectionStage.DELIBERATION
    if state is State.PUBLISHED:
        return ObjectionStage.PUBLICATION
    raise Refusal(
        f"这份公约现在是“{state.label}”，商议和公示的时候才能提意见。",
        code="not_open_to_objections",
    )


def check_settled(open_objections: int) -> None:
    """Every opinion is answered before the text goes on."""
    if open_objections:
        raise Refusal(
            f"还有 {open_objections} 条意见没有答复，答复完再往下走。", code="objections_open"
        )
