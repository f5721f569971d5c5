"""What a ballot says and how it came in."""

from enum import StrEnum


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
