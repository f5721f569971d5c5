"""What a ballot says and how it came in."""

from collections.abc import Collection, Sequence
from enum import StrEnum
from uuid import UUID

from app.kit.refusal import Invalid

BETWEEN = ";"
"""Stands between the candidates chosen on one ballot."""
NOBODY = "nobody"
"""Ticked online by who takes part and chooses nobody, so that a forgotten election is noticed."""


class Choice(StrEnum):
    """An abstention takes part and is not in favour."""

    FOR = "for"
    AGAINST = "against"
    ABSTAIN = "abstain"

    @property
    def label(self) -> str:
        """On the ballot."""
        return {Choice.FOR: "同意", Choice.AGAINST: "不同意", Choice.ABSTAIN: "弃权"}[self]


class Channel(StrEnum):
    """Online, on paper, or by a proxy with a written authority (民法典 165)."""

    ONLINE = "online"
    PAPER = "paper"
    PROXY = "proxy"


class Mode(StrEnum):
    """Which channels an assembly admits."""

    ONLINE = "online"
    PAPER = "paper"
    BOTH = "both"

    @property
    def label(self) -> str:
        """On the notice."""
        return {
            Mode.ONLINE: "网上投票",
            Mode.PAPER: "纸质投票",
            Mode.BOTH: "网上和纸质都可以",
        }[self]


class MatterKind(StrEnum):
    """A resolution is answered, an election chooses among candidates."""

    RESOLUTION = "resolution"
    ELECTION = "election"


class Retirement(StrEnum):
    """Why a ballot that stays on record is not counted."""

    SUPERSEDED = "superseded"
    SPOILED = "spoiled"


class RollFlag(StrEnum):
    """What a person must look at: an owner in several voters, or nobody registered."""

    OVERLAP = "overlap"
    UNKNOWN = "unknown"


def settled_choice(typed: Collection[str], candidates: Sequence[UUID], seats: int | None) -> str:
    """The one spelling of what was chosen on a matter, or a refusal that says what to change.

    `typed`: what was ticked. A resolution has no seats and one answer. In an election `candidates`
    stand in the order of the ballot, and none need be chosen: the voter took part all the same.
    """
    if seats is None:
        if len(typed) != 1 or next(iter(typed)) not in list(Choice):
            raise Invalid("每一件事都要选一项，不想表态可以选“弃权”。", code="matter_unanswered")
        return next(iter(typed))
    chosen = [str(candidate) for candidate in candidates if str(candidate) in typed]
    if len(chosen) != len(typed):
        raise Invalid("选票上没有这位候选人，请从投票页重新选。", code="unknown_candidate")
    if len(chosen) > seats:
        raise Invalid(
            f"最多选 {seats} 人，这里选了 {len(chosen)} 人。请去掉 {len(chosen) - seats} 人。",
            code="too_many_chosen",
        )
    return BETWEEN.join(chosen)


def online_choice(ticks: Sequence[str], candidates: Sequence[UUID], seats: int | None) -> str:
    """What was ticked on the ballot's page, settled; nothing at all is asked about once more."""
    if not ticks and seats is None:
        raise Invalid("这一件还没有选。不想表态可以选“弃权”。", code="matter_unanswered")
    if not ticks:
        raise Invalid("这一件还没有选。谁都不想选，请勾“都不选”。", code="matter_unanswered")
    if NOBODY in ticks and len(ticks) > 1:
        raise Invalid("又勾了候选人，又勾了“都不选”，只能留一样。", code="both_chosen")
    return settled_choice([tick for tick in ticks if tick != NOBODY], candidates, seats)


def chosen_candidates(choice: str) -> list[str]:
    """The ids on the ballot of an election."""
    return choice.split(BETWEEN) if choice else []
