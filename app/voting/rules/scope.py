"""表决范围 and 召集来源 of an assembly."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from app.kit.refusal import Invalid


class VotingScope(StrEnum):
    """Whose matter it is: the whole compound's, some buildings', some stairwells'."""

    COMPOUND = "compound"
    BUILDINGS = "buildings"
    STAIRWELLS = "stairwells"

    @property
    def label(self) -> str:
        """For the choice and the notice."""
        return {
            VotingScope.COMPOUND: "全小区",
            VotingScope.BUILDINGS: "部分楼栋",
            VotingScope.STAIRWELLS: "部分单元",
        }[self]


class Origin(StrEnum):
    """Who called the assembly."""

    COMMITTEE = "committee"
    OWNERS = "owners"
    PREPARATORY_GROUP = "preparatory_group"
    COMMUNITY = "community"

    @property
    def label(self) -> str:
        """For the choice and the notice."""
        return {
            Origin.COMMITTEE: "业主委员会召集",
            Origin.OWNERS: "五分之一以上业主提议",
            Origin.PREPARATORY_GROUP: "首次业主大会筹备组召集",
            Origin.COMMUNITY: "社区组织召开",
        }[self]


@dataclass(frozen=True, slots=True)
class ScopeChoice:
    """The places typed for a scope: none for the compound, buildings or stairwells otherwise."""

    scope: VotingScope
    places: frozenset[Any] = frozenset()


def check_scope(choice: ScopeChoice, known: Collection[Any]) -> None:
    """A narrowed scope names at least one place, and only places of the compound."""
    if choice.scope is VotingScope.COMPOUND:
        return
    if not choice.places:
        sentence = "请选择至少一处：哪几栋楼或者哪几个单元参加表决。"
        raise Invalid(sentence, errors={"places": sentence}, code="scope_empty")
    if not choice.places <= set(known):
        sentence = "选的楼栋或单元不在这个小区里，请重新选择。"
        raise Invalid(sentence, errors={"places": sentence}, code="scope_elsewhere")
