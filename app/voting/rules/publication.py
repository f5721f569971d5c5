"""The result as it is published: the form that `./scripts/recount` prints and compares."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.kit.digests import canonical_json, sha256_hex
from app.voting.rules.decision import Decision
from app.voting.rules.elections import Election
from app.voting.rules.matters import Threshold
from app.voting.rules.weights import Tally, Weight

THRESHOLDS = {Threshold.ORDINARY: "majority", Threshold.SPECIAL: "three_quarters"}


def published_matter(matter_id: str, tally: Tally, decided: Decision | Election) -> dict[str, Any]:
    """One matter: areas in 0.01 m², heads, and one of three outcomes."""
    published: dict[str, Any] = {
        "id": matter_id,
        "outcome": decided.outcome.value.upper(),
        "threshold": THRESHOLDS[decided.threshold],
        "quorum_met": decided.quorum_met,
        "roll": _weight(tally.roll),
        "took_part": _weight(tally.took_part),
    }
    if isinstance(decided, Election):
        return published | _candidates(decided)
    return published | {
        "for": _weight(tally.in_favour),
        "against": _weight(tally.against),
        "abstain": _weight(tally.abstained),
    }


def seal_statement(
    *, assembly_id: str, counting: int, size: int, root: str, result: Sequence[Mapping[str, Any]]
) -> str:
    """The words that are signed: how many ballots, the root over them, the digest of the result."""
    return canonical_json(
        {
            "assembly_id": assembly_id,
            "counting": counting,
            "result": sha256_hex(canonical_json(result)),
            "root": root,
            "size": size,
        }
    ).decode()


def _candidates(election: Election) -> dict[str, Any]:
    listed = [
        {
            "id": standing.candidate,
            "for": _weight(standing.in_favour),
            "elected": standing.elected,
            "alternate": standing.alternate,
        }
        for standing in election.standings
    ]
    tie = list(election.tie)
    return {"candidates": listed} | ({"tie": tie} if tie else {})


def _weight(weight: Weight) -> dict[str, int]:
    return {"area_centi": weight.area_centi, "heads": weight.heads}
