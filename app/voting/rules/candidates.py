"""Seats and candidates of a committee election, and the negative list each candidate is held to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.communities.rules import Settings
from app.kit.refusal import Invalid, Refusal
from app.voting.rules.ballots import MatterKind
from app.voting.rules.matters import Matter


@dataclass(frozen=True, slots=True)
class SeatRule:
    """How many seats a committee has: 5 to 11, odd; 3 in small compounds. A setting."""

    least: int = 5
    most: int = 11
    small_households: int = 100
    small_seats: int = 3

    def admits(self, seats: int, households: int) -> bool:
        """Whether a committee of this size may be elected in a compound of so many households."""
        if seats == self.small_seats:
            return households <= self.small_households
        return seats % 2 == 1 and self.least <= seats <= self.most


def seat_rule_of(settings: Settings) -> SeatRule:
    """The sizes a community decided on."""
    return SeatRule(
        least=settings.committee_seats_least,
        most=settings.committee_seats_most,
        small_households=settings.committee_small_households,
    )


class NegativeItem(StrEnum):
    """What bars a candidate; each is checked, with what it was checked by."""

    INCAPACITY = "incapacity"
    LISTED_DEBTOR = "listed_debtor"
    PROPERTY_COMPANY = "property_company"
    ILLEGAL_BUILDING = "illegal_building"
    ARREARS = "arrears"

    @property
    def label(self) -> str:
        """As a question whose good answer is no."""
        return {
            NegativeItem.INCAPACITY: "无民事行为能力或者限制民事行为能力",
            NegativeItem.LISTED_DEBTOR: "被列为失信被执行人",
            NegativeItem.PROPERTY_COMPANY: "本人或近亲属在本小区物业企业任职、有利害关系",
            NegativeItem.ILLEGAL_BUILDING: "在本小区有违法搭建没有改正",
            NegativeItem.ARREARS: "欠缴物业费、维修资金没有结清",
        }[self]


class Finding(StrEnum):
    """What the check of one item found."""

    CLEAR = "clear"
    FOUND = "found"

    @property
    def label(self) -> str:
        """For badges."""
        return "没有" if self is Finding.CLEAR else "有"


def check_kind(kind: MatterKind, statute: int, seats: int | None) -> None:
    """Only item 3 is an election, and only an election has seats (民法典 278)."""
    if kind is MatterKind.RESOLUTION:
        if seats is not None:
            raise Invalid("只有选举才填应选人数。", errors={"seats": "只有选举才填应选人数。"})
        return
    if statute != Matter.COMMITTEE:
        sentence = "选举只能用于第（三）项：选举或者更换业主委员会成员。"
        raise Invalid(sentence, errors={"statute": sentence}, code="election_statute")
    if seats is None:
        sentence = "请填写应选几名委员。"
        raise Invalid(sentence, errors={"seats": sentence}, code="seats_missing")


def check_seats(seats: int, households: int, rule: SeatRule) -> None:
    """An odd number within the rule; three only in a small compound."""
    if rule.admits(seats, households):
        return
    small = (
        f"；不超过 {rule.small_households} 户的小区可以是 {rule.small_seats} 人"
        f"（这个小区登记了 {households} 户）"
    )
    sentence = f"应选人数要是 {rule.least} 到 {rule.most} 之间的单数{small}。"
    raise Invalid(sentence, errors={"seats": sentence}, code="seats_wrong")


def candidate_name(owner: str, represented_by: str, *, is_person: bool) -> str:
    """How a candidate is called: an owner, or the person who stands for an owner that is none.

    Members of a committee are owners (物业管理条例 16), so a candidate comes from the register; a
    company or another body on it acts through a natural person (民法典 61), whose name is typed.
    """
    person = represented_by.strip()
    if is_person:
        return owner
    if not person:
        sentence = f"{owner}不是自然人，请填写由谁代表它参选。"
        raise Invalid(sentence, errors={"represented_by": sentence}, code="nobody_represents")
    return f"{person}（{owner}）"


def say_differential(candidates: int, seats: int) -> str | None:
    """A warning where the owners would have no choice; none where candidates exceed seats."""
    if candidates > seats:
        return None
    if candidates == seats:
        return f"候选人 {candidates} 名，和应选人数相同，是等额选举。一般应当差额选举，请再确认。"
    return f"候选人只有 {candidates} 名，不足应选的 {seats} 名，选不满。"


@dataclass(frozen=True, slots=True)
class Checked:
    """A candidate with what has been found so far, by item."""

    name: str
    findings: dict[NegativeItem, Finding]


def check_candidates(matter_title: str, candidates: list[Checked]) -> None:
    """Nobody stands for election whose negative list is not checked or has something on it."""
    if not candidates:
        raise Refusal(f"“{matter_title}”还没有候选人，不能公告。", code="no_candidates")
    for candidate in candidates:
        barred = [
            item.label for item in NegativeItem if candidate.findings.get(item) is Finding.FOUND
        ]
        if barred:
            raise Refusal(
                f"候选人{candidate.name}有不得任职的情形：{'、'.join(barred)}。"
                "请退回修改，换掉这名候选人。",
                code="candidate_barred",
            )
        if len(candidate.findings) < len(NegativeItem):
            raise Refusal(
                f"候选人{candidate.name}的资格还没有核查完，核查完才能公告。",
                code="candidate_unchecked",
            )
