"""The result of an election in what a page shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.kit.areas import say_area
from app.kit.shares import percent_down
from app.voting.actions.counting import stored_decision, stored_tally
from app.voting.models import AssemblyMatter, AssemblyResult, CandidateResult
from app.voting.rules import REMEDY, Election, Outcome, Standing, Tally, explain_election
from app.voting.views import figures

BASIS = (
    "民法典第二百七十八条：三分之二以上参与；参与者中过半数的面积和人数选他，才能当选。"
    "按人数、再按面积排先后。"
)


def election_piece(
    result: AssemblyResult, matter: AssemblyMatter, standings: Sequence[Any]
) -> dict[str, Any]:
    """One election: bars, who is elected, and the sentences that explain it.

    `standings`: rows of (CandidateResult, name) in the order of the count.
    """
    stored: list[CandidateResult] = [row.CandidateResult for row in standings]
    names = {str(row.CandidateResult.candidate_id): row.name for row in standings}
    tally = stored_tally(result)
    decided = stored_decision(matter, tally, stored)
    if not isinstance(decided, Election):
        raise TypeError(matter.kind)
    seats = matter.seats or 0
    return {
        "measures": figures.participation_measures(tally.took_part, tally.roll),
        "favour_rule": "过半数",
        "outcome": _outcome(decided),
        "sentences": [
            said for said in explain_election(decided, tally, names, seats) if said != REMEDY
        ],
        "standings": [
            _row(place, standing, names, tally, decided)
            for place, standing in enumerate(decided.standings, 1)
        ],
        "rows": [],
        "agrees": decided.outcome == result.outcome and _fates(decided) == _stored_fates(stored),
        "basis": BASIS,
    }


def _outcome(decided: Election) -> dict[str, str]:
    if not decided.quorum_met:
        return figures.OUTCOMES[Outcome.QUORUM_NOT_MET]
    elected = sum(1 for standing in decided.standings if standing.elected)
    if decided.tie:
        return {"kind": "due", "text": f"选出 {elected} 人，另有并列待定"}
    if not elected:
        return {"kind": "late", "text": "没有人当选"}
    return {"kind": "done", "text": f"选出 {elected} 人"}


def _row(
    place: int, standing: Standing, names: dict[str, str], tally: Tally, decided: Election
) -> dict[str, Any]:
    return {
        "place": place,
        "name": names[standing.candidate],
        "heads": f"{standing.in_favour.heads:,}",
        "heads_share": percent_down(standing.in_favour.heads, tally.took_part.heads),
        "area": say_area(standing.in_favour.area_centi),
        "area_share": percent_down(standing.in_favour.area_centi, tally.took_part.area_centi),
        "fate": _fate(standing, decided),
    }


def _fate(standing: Standing, decided: Election) -> dict[str, str]:
    if not decided.quorum_met:
        return {"kind": "quiet", "text": "未形成决定"}
    if standing.elected:
        return {"kind": "done", "text": "当选"}
    if standing.tied:
        return {"kind": "due", "text": "并列待定"}
    if standing.alternate:
        return {"kind": "info", "text": "候补"}
    return {"kind": "quiet", "text": "未过半数"}


def _fates(decided: Election) -> list[tuple[str, bool, bool, bool]]:
    return [(one.candidate, one.elected, one.alternate, one.tied) for one in decided.standings]


def _stored_fates(stored: Sequence[CandidateResult]) -> list[tuple[str, bool, bool, bool]]:
    return [(str(one.candidate_id), one.elected, one.alternate, one.tied) for one in stored]
