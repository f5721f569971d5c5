"""The sheets of an assembly's file, written from the record: what each of them holds.

Rendered the same way for the screen, for a download and inside the job that makes the package.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import render_template

from app.core.web.sheets import write_pdf
from app.kit.areas import say_area
from app.kit.clock import civil_date, in_beijing
from app.kit.refusal import NotFound
from app.kit.shares import percent_down
from app.voting.actions.counting import stored_decision, stored_tally
from app.voting.models import Assembly, AssemblyMatter, AssemblyResult
from app.voting.queries import (
    assemblies,
    filing,
    participation,
    places,
    recounts,
    results,
    scopes,
)
from app.voting.rules import (
    REMEDY,
    Document,
    Election,
    Matter,
    Mode,
    ObjectionState,
    ObjectionSubject,
    Origin,
    Outcome,
    State,
    Tally,
    VotingScope,
    explain,
    explain_election,
    last_counts,
    say_fate,
)

WITH_NOTICE = (State.NOTICED, State.OPEN, State.CLOSED, State.PUBLISHED, State.FINAL)
WITH_ROLL = (State.OPEN, State.CLOSED, State.PUBLISHED, State.FINAL)
WITH_RESULT = (State.PUBLISHED, State.FINAL)
_FROM = {
    Document.NOTICE: WITH_NOTICE,
    Document.ROLL: WITH_ROLL,
    Document.RESULT: WITH_RESULT,
    Document.MINUTES: WITH_RESULT,
    Document.REPORT: WITH_RESULT,
}


@dataclass(frozen=True, slots=True)
class SheetFrame:
    """What the frame of a sheet needs to know; a job has no page to take it from."""

    community: SheetPlace


@dataclass(frozen=True, slots=True)
class SheetPlace:
    """The community named at the head of a sheet."""

    name: str


def available(assembly: Assembly, *, elected: bool) -> list[Document]:
    """The sheets that can be written now."""
    return [
        sheet
        for sheet in Document
        if State(assembly.state) in _FROM[sheet] and (elected or sheet is not Document.REPORT)
    ]


def pdf_of(assembly: Assembly, sheet: Document) -> bytes:
    """One sheet as PDF. Raises NotFound while its subject is not public yet."""
    return write_pdf(page_of(assembly, sheet))


def page_of(assembly: Assembly, sheet: Document) -> str:
    """One sheet as a page; the roll is written building by building, see `roll_page`."""
    elections = _elections(assembly)
    if sheet is Document.ROLL or sheet not in available(assembly, elected=bool(elections)):
        raise NotFound
    if sheet is Document.NOTICE:
        return _render(assembly, "voting/sheets/notice.html", sheet, matters=_matters(assembly))
    record = _record(assembly)
    if sheet is Document.REPORT:
        return _render(assembly, "voting/sheets/report.html", sheet, elections=elections, **record)
    if sheet is Document.MINUTES:
        return _render(
            assembly,
            "voting/sheets/minutes.html",
            sheet,
            elections=elections,
            objections=_objections(assembly),
            **record,
        )
    return _render(assembly, "voting/sheets/result.html", sheet, elections=elections, **record)


def roll_page(assembly: Assembly, building_id: UUID) -> str:
    """The frozen roll of one building: rooms, areas and who took part; nobody's name."""
    if State(assembly.state) not in WITH_ROLL:
        raise NotFound
    building = participation.of_building(assembly, building_id)
    if building is None:
        raise NotFound
    voters = filing.voters_of_building(assembly.community_id, assembly.id, building_id)
    return _render(
        assembly,
        "voting/sheets/roll.html",
        Document.ROLL,
        building=building,
        area=say_area(building.roll_area_centi),
        voters=[
            {
                "number": voter.number,
                "label": voter.label,
                "units": voter.unit_count,
                "area": say_area(voter.area_centi),
                "took_part": voter.took_part,
            }
            for voter in voters
        ],
    )


def _render(assembly: Assembly, template: str, sheet: Document, **context: Any) -> str:
    community_id = assembly.community_id
    return render_template(
        template,
        shell=SheetFrame(SheetPlace(places.name_of(community_id))),
        sheet=sheet,
        assembly=assembly,
        compound_name=places.compound_name(community_id, assembly.compound_id),
        times=_times(assembly),
        scope=_scope(assembly),
        mode=Mode(assembly.mode).label,
        origin=Origin(assembly.origin).label,
        **context,
    )


def _times(assembly: Assembly) -> dict[str, str]:
    """The moments of an assembly in full, as a file needs them years later."""
    moments = {
        "noticed": assembly.notice_at,
        "opens": assembly.opens_at,
        "opened": assembly.opened_at,
        "closes": assembly.closes_at,
        "published": assembly.published_at,
        "final": assembly.final_at,
    }
    return {
        name: f"{in_beijing(moment):%Y年%-m月%-d日 %H:%M}" if moment else "——"
        for name, moment in moments.items()
    }


def _matters(assembly: Assembly) -> list[dict[str, Any]]:
    standing = assemblies.candidates_of(assembly.community_id, assembly.id)
    return [
        {
            "title": matter.title,
            "body": matter.body,
            "statute": Matter(matter.statute).title,
            "needs": f"三分之二以上参与，参与者中{Matter(matter.statute).threshold.label}同意。",
            "seats": matter.seats,
            "candidates": standing.get(matter.id, []),
        }
        for matter in assemblies.matters_of(assembly.community_id, assembly.id)
    ]


def _scope(assembly: Assembly) -> str:
    """Whose matter it was, every place by name."""
    if assembly.scope == VotingScope.COMPOUND:
        return VotingScope.COMPOUND.label
    return "、".join(
        f"{row.building_name}{row.stairwell_name or ''}"
        for row in scopes.places_of(assembly.community_id, assembly.id)
    )


def _record(assembly: Assembly) -> dict[str, Any]:
    """What was counted, how often, and who watched."""
    community_id = assembly.community_id
    counts = recounts.counts_of(community_id, assembly.id)
    newest = last_counts(counts)
    standings = results.candidate_results_of(community_id, assembly.id)
    return {
        "roll_heads": assembly.roll_heads or 0,
        "roll_area": say_area(assembly.roll_area_centi or 0),
        "pieces": [
            _piece(
                matter,
                newest[matter.id],
                standings.get((matter.id, newest[matter.id].counting), []),
            )
            for matter in assemblies.matters_of(community_id, assembly.id)
            if matter.id in newest
        ],
        "recounts": [
            {
                "counting": row.Recount.counting,
                "when": f"{in_beijing(row.Recount.created_at):%Y年%-m月%-d日 %H:%M}",
                "supervisor": row.Recount.supervisor,
                "office": row.Recount.office,
                "reason": row.Recount.reason,
                "differs": row.Recount.differs,
            }
            for row in recounts.recounts_of(community_id, assembly.id)
        ],
        "seal": recounts.newest_seal(community_id, assembly.id),
        "remedy": REMEDY,
    }


def _piece(matter: AssemblyMatter, row: AssemblyResult, standings: Sequence[Any]) -> dict[str, Any]:
    tally = stored_tally(row)
    decided = stored_decision(matter, tally, [found.CandidateResult for found in standings])
    if isinstance(decided, Election):
        names = {str(found.CandidateResult.candidate_id): found.name for found in standings}
        said = explain_election(decided, tally, names, matter.seats or 0)
    else:
        said = explain(decided, tally)
    return {
        "id": matter.id,
        "title": matter.title,
        "body": matter.body,
        "statute": Matter(matter.statute).title,
        "election": matter.seats is not None,
        "outcome": Outcome(row.outcome).label,
        "counting": row.counting,
        "sentences": [sentence for sentence in said if sentence != REMEDY],
        "rows": [] if matter.seats is not None else _rows(tally),
    }


def _rows(tally: Tally) -> list[dict[str, str]]:
    parts = (("同意", tally.in_favour), ("不同意", tally.against), ("弃权", tally.abstained))
    return [
        {
            "label": label,
            "heads": f"{weight.heads:,}",
            "heads_share": percent_down(weight.heads, tally.took_part.heads),
            "area": say_area(weight.area_centi),
            "area_share": percent_down(weight.area_centi, tally.took_part.area_centi),
        }
        for label, weight in parts
    ]


def _elections(assembly: Assembly) -> list[dict[str, Any]]:
    """Each election with every candidate in the order of the newest count."""
    community_id = assembly.community_id
    found: dict[UUID, dict[str, Any]] = {}
    for row in filing.candidates_counted(community_id, assembly.id):
        election = found.setdefault(
            row.matter_id,
            {"matter_id": row.matter_id, "candidates": []},
        )
        election["candidates"].append(
            {
                "name": row.name,
                "heads": f"{row.for_heads:,}",
                "area": say_area(row.for_area_centi),
                "fate": say_fate(row),
            }
        )
    return list(found.values())


def _objections(assembly: Assembly) -> list[dict[str, Any]]:
    """Both kinds with their answers; the file names rooms, not people."""
    return [
        {
            "subject": ObjectionSubject(row.subject).label,
            "label": row.label,
            "when": civil_date(row.created_at).isoformat(),
            "text": row.text,
            "state": ObjectionState(row.state).label,
            "answer": row.answer or "——",
        }
        for row in filing.objections_answered(assembly.community_id, assembly.id)
    ]
