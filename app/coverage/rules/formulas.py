"""The five formulas: facts of a community in, figures out. Pure; the day is passed in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from app.coverage.rules.indicators import Case, Figure, Indicator, Part, Subject, figure_of
from app.kit.clock import say_date
from app.maintenance.rules import UpkeepState
from app.organizations.rules import ContractDates, OrganizationKind, PartyWork, filing_due

UNSERVED, WITHOUT_COMMITTEE = "unserved", "without_committee"
"""Kinds of subjects: compounds that lack something, which tells where it is put right."""
MEMBERS_NEEDING_AN_ORGANIZATION = 3
"""正式党员三人以上的，都应当成立党的基层组织 (中国共产党章程 art. 30)."""


@dataclass(frozen=True, slots=True)
class Company:
    """A property company and its party work."""

    id: str
    name: str
    party_work: PartyWork
    party_members: int


@dataclass(frozen=True, slots=True)
class Compound:
    """A compound."""

    id: str
    name: str
    residential: bool


@dataclass(frozen=True, slots=True)
class Contract:
    """A way in which a compound is served."""

    id: str
    compound_id: str
    by_company: bool
    dates: ContractDates


@dataclass(frozen=True, slots=True)
class Committee:
    """A committee that has not been closed."""

    id: str
    compound_id: str | None
    kind: OrganizationKind
    filed_on: date | None
    term_ends: date | None
    members: int
    party_members: int


@dataclass(frozen=True, slots=True)
class FacilityFact:
    """A facility and where it stands in its cycle."""

    id: str
    label: str
    state: UpkeepState
    said: str
    safety: bool


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything the five formulas look at."""

    companies: Sequence[Company]
    compounds: Sequence[Compound]
    contracts: Sequence[Contract]
    committees: Sequence[Committee]
    facilities: Sequence[FacilityFact]
    filing_days: int


Exemptions = Mapping[Indicator, Mapping[str, str]]
"""Reasons by indicator and subject id."""


def compute(facts: Facts, exemptions: Exemptions, today: date) -> tuple[Figure, ...]:
    """All five figures, in the order of the reports."""
    makers = (
        (Indicator.PARTY, party_cases(facts.companies), party_parts(facts)),
        (Indicator.SUPERVISION, supervision_cases(facts, today), ()),
        (Indicator.SERVICE, service_cases(facts, today), ()),
        (Indicator.COMMITTEE, committee_cases(facts, today), committee_parts(facts)),
        (Indicator.MAINTENANCE, maintenance_cases(facts.facilities), ()),
    )
    return tuple(
        figure_of(indicator, cases, exemptions.get(indicator, {}), parts)
        for indicator, cases, parts in makers
    )


def party_cases(companies: Iterable[Company]) -> list[Case]:
    """A company is covered by an organization, or by an instructor while it has few members."""
    return [
        Case(
            Subject("organization", company.id, company.name),
            covered=_party_covered(company),
            reason=_party_gap(company),
        )
        for company in companies
    ]


def party_parts(facts: Facts) -> tuple[Part, ...]:
    """Organization coverage, work coverage, committees with half their members in the party."""
    need = [item for item in facts.companies if _needs_organization(item)]
    organized = [item for item in need if _has_organization(item)]
    reached = [item for item in facts.companies if item.party_work is not PartyWork.NONE]
    seated = [item for item in facts.committees if item.members]
    led = [item for item in seated if 2 * item.party_members >= item.members]
    return (
        Part("党的组织覆盖（应建的企业）", len(organized), len(need)),
        Part("党的工作覆盖（全部企业）", len(reached), len(facts.companies)),
        Part("党员委员过半的委员会", len(led), len(seated)),
    )


def supervision_cases(facts: Facts, today: date) -> list[Case]:
    """A compound served by companies is covered when all their contracts are filed (备案)."""
    cases = []
    for compound in facts.compounds:
        held = [
            contract
            for contract in facts.contracts
            if contract.compound_id == compound.id
            and contract.by_company
            and contract.dates.in_force(today)
        ]
        if held:
            cases.append(_filing_case(compound, held, facts.filing_days, today))
    return cases


def service_cases(facts: Facts, today: date) -> list[Case]:
    """A residential compound is covered by any of the four ways of service."""
    served = {item.compound_id for item in facts.contracts if item.dates.in_force(today)}
    return [
        Case(
            Subject(UNSERVED, compound.id, compound.name),
            covered=compound.id in served,
            reason="没有正在履行的物业服务",
        )
        for compound in facts.compounds
        if compound.residential
    ]


def committee_cases(facts: Facts, today: date) -> list[Case]:
    """A residential compound is covered by a committee filed and within its term."""
    by_compound: dict[str, list[Committee]] = {}
    for committee in facts.committees:
        if committee.compound_id is not None:
            by_compound.setdefault(committee.compound_id, []).append(committee)
    return [
        _committee_case(compound, by_compound.get(compound.id, []), today)
        for compound in facts.compounds
        if compound.residential
    ]


def committee_parts(facts: Facts) -> tuple[Part, ...]:
    """环境和物业管理委员会 is the community's and reported apart."""
    kind = OrganizationKind.ENVIRONMENT_PROPERTY_COMMITTEE
    founded = any(item.kind is kind for item in facts.committees)
    return (Part("社区环境和物业管理委员会", int(founded), 1),)


def maintenance_cases(facilities: Iterable[FacilityFact]) -> list[Case]:
    """Covered: kept up within the cycle, with evidence. Overdue safety work is a veto."""
    return [
        Case(
            Subject("facility", item.id, item.label),
            covered=item.state.covered,
            reason=item.said,
            veto=item.safety and item.state in {UpkeepState.OVERDUE, UpkeepState.NEVER},
        )
        for item in facilities
    ]


def _needs_organization(company: Company) -> bool:
    return company.party_members >= MEMBERS_NEEDING_AN_ORGANIZATION


def _has_organization(company: Company) -> bool:
    return company.party_work in {PartyWork.OWN, PartyWork.JOINT}


def _party_covered(company: Company) -> bool:
    if _needs_organization(company):
        return _has_organization(company)
    return company.party_work is not PartyWork.NONE


def _party_gap(company: Company) -> str:
    if _needs_organization(company):
        return f"有正式党员 {company.party_members} 名，应当建立党组织"
    return "既没有党组织，也没有选派党建指导员"


def _filing_case(
    compound: Compound, held: Sequence[Contract], filing_days: int, today: date
) -> Case:
    unfiled = [item for item in held if item.dates.filed_on is None]
    if not unfiled:
        return Case(Subject("compound", compound.id, compound.name), covered=True)
    due = min(filing_due(item.dates.signed_on, filing_days) for item in unfiled)
    subject = Subject("contract", unfiled[0].id, compound.name)
    if due >= today:
        excused = f"合同备案期限未到（{say_date(due, today)}前）"
        return Case(subject, covered=False, excused=excused)
    return Case(subject, covered=False, reason=f"合同未备案，期限{say_date(due, today)}已过")


def _committee_case(compound: Compound, committees: Sequence[Committee], today: date) -> Case:
    gaps = {committee.id: _committee_gap(committee, today) for committee in committees}
    if not gaps:
        subject = Subject(WITHOUT_COMMITTEE, compound.id, compound.name)
        return Case(subject, covered=False, reason="还没有组建委员会")
    first = next(iter(gaps))
    return Case(
        Subject("organization", first, compound.name),
        covered="" in gaps.values(),
        reason=gaps[first],
    )


def _committee_gap(committee: Committee, today: date) -> str:
    if committee.filed_on is None:
        return "委员会还没有备案"
    if committee.term_ends is None:
        return "委员会没有登记任期"
    if committee.term_ends < today:
        return f"委员会任期已于{say_date(committee.term_ends, today)}届满，未换届"
    return ""
