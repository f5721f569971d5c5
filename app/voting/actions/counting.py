"""Counting by 民法典 278, and sealing what was counted.

A count is the tally of every matter, the tree over the digests of all counted ballots, and a
signature over both. A recount is a further count under the next number; all of them stay.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import current_app

from app.core.config import Config
from app.kit.ids import new_id
from app.kit.signing import Signer
from app.voting.models import Assembly, AssemblyMatter, AssemblyResult, CandidateResult
from app.voting.queries import assemblies, results, seals
from app.voting.rules import (
    NOTHING,
    TILE,
    Choice,
    Decision,
    Election,
    Matter,
    Tally,
    TallyBroken,
    Weight,
    chosen_candidates,
    decide,
    decide_election,
    published_matter,
    result_digest,
    root_of,
    seal_statement,
    upper_tiles,
)

EMPTY_DIGEST = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
"""SHA-256 of nothing: no ballot was counted."""


@dataclass(frozen=True, slots=True)
class Counted:
    """One matter as counted from the ballots."""

    matter: AssemblyMatter
    tally: Tally
    decided: Decision | Election
    ballots_digest: str


def count_and_seal(assembly: Assembly, counting: int = 1) -> list[Counted]:
    """Count a closed assembly, write the results under this number and sign them."""
    counted = count(assembly)
    results.add_results([_result(found, counting) for found in counted])
    results.add_candidate_results(
        [row for found in counted for row in _candidate_results(found, counting)]
    )
    _seal(assembly, counting, counted)
    return counted


def count(assembly: Assembly) -> list[Counted]:
    """The tally and the decision of every matter, from the ballots of a closed assembly."""
    community_id = assembly.community_id
    votes = _by_matter(results.tally_rows(community_id, assembly.id))
    digests = results.ballots_digests(community_id, assembly.id)
    candidates = assemblies.candidates_of(community_id, assembly.id)
    roll = Weight(assembly.roll_area_centi or 0, assembly.roll_heads or 0)
    counted = []
    for matter in assemblies.matters_of(community_id, assembly.id):
        names = [candidate.id for candidate in candidates.get(matter.id, [])]
        tally, decided = tally_matter(
            Matter(matter.statute), matter.seats, roll, votes.get(matter.id, {}), names
        )
        digest = digests.get(matter.id, EMPTY_DIGEST)
        counted.append(Counted(matter, tally, decided, digest))
    return counted


def tally_matter(
    statute: Matter,
    seats: int | None,
    roll: Weight,
    votes: Mapping[str, Weight],
    candidates: Sequence[UUID],
) -> tuple[Tally, Decision | Election]:
    """What the law makes of the votes on one matter, given by the text of the ballots."""
    if seats is None:
        parts = [votes.get(choice, NOTHING) for choice in Choice]
        tally = Tally(roll, sum(parts, NOTHING), *parts)
        return tally, decide(statute, tally)
    chose_nobody = votes.get("", NOTHING)
    took_part = sum(votes.values(), NOTHING)
    chose = sum((weight for choice, weight in votes.items() if choice), NOTHING)
    tally = Tally(roll, took_part, chose, NOTHING, chose_nobody)
    boxes = dict.fromkeys(map(str, candidates), NOTHING)
    for choice, weight in votes.items():
        for name in chosen_candidates(choice):
            if name not in boxes:
                raise TallyBroken(f"a ballot chose {name}, who is no candidate")
            boxes[name] += weight
    return tally, decide_election(seats, roll, took_part, boxes)


def stored_result(community_id: int, assembly_id: UUID, counting: int) -> list[dict[str, Any]]:
    """A count as it was written down, in the form that is published."""
    candidates = results.candidate_results_of(community_id, assembly_id)
    stored = []
    for row, matter in results.results_of(community_id, assembly_id):
        if row.counting == counting:
            standings = [
                found.CandidateResult for found in candidates.get((matter.id, counting), [])
            ]
            tally = stored_tally(row)
            decided = stored_decision(matter, tally, standings)
            stored.append(published_matter(str(matter.id), tally, decided))
    return stored


def stored_tally(row: AssemblyResult) -> Tally:
    """The figures of a result."""
    return Tally(
        roll=Weight(row.roll_area_centi, row.roll_heads),
        took_part=Weight(row.took_area_centi, row.took_heads),
        in_favour=Weight(row.for_area_centi, row.for_heads),
        against=Weight(row.against_area_centi, row.against_heads),
        abstained=Weight(row.abstain_area_centi, row.abstain_heads),
    )


def stored_decision(
    matter: AssemblyMatter, tally: Tally, standings: Sequence[CandidateResult]
) -> Decision | Election:
    """What the law makes of the figures of a result; of an election, from its candidates'."""
    if matter.seats is None:
        return decide(Matter(matter.statute), tally)
    votes = {
        str(found.candidate_id): Weight(found.for_area_centi, found.for_heads)
        for found in standings
    }
    return decide_election(matter.seats, tally.roll, tally.took_part, votes)


def published(counted: Sequence[Counted]) -> list[dict[str, Any]]:
    """The result in the form that is published and signed."""
    return [published_matter(str(found.matter.id), found.tally, found.decided) for found in counted]


def _by_matter(rows: Sequence[Any]) -> dict[UUID, dict[str, Weight]]:
    counted: dict[UUID, dict[str, Weight]] = {}
    for row in rows:
        counted.setdefault(row.matter_id, {})[row.choice] = Weight(row.area_centi, row.heads)
    return counted


def _seal(assembly: Assembly, counting: int, counted: Sequence[Counted]) -> None:
    """Write the tree over all counted ballots, and sign its root together with the result."""
    place = (assembly.community_id, assembly.id, counting)
    seals.add_leaves(*place)
    _add_upper_tiles(assembly, counting)
    size = sum(found.tally.took_part.heads for found in counted)
    root = root_of(size, lambda tile: seals.tiles_at(*place, [tile])[tile]).hex()
    statement = seal_statement(
        assembly_id=str(assembly.id),
        counting=counting,
        size=size,
        root=root,
        result=published(counted),
    )
    config: Config = current_app.extensions["gongzhi.config"]
    signer = Signer(config.signing_key)
    seals.add_seal(
        {
            "community_id": assembly.community_id,
            "id": new_id(),
            "assembly_id": assembly.id,
            "counting": counting,
            "size": size,
            "root": root,
            "statement": statement,
            "public_key": signer.public_key,
            "signature": signer.sign(statement),
        }
    )


def _add_upper_tiles(assembly: Assembly, counting: int) -> None:
    level, place = 0, (assembly.community_id, assembly.id, counting)
    while True:
        hashes = list(upper_tiles(level, seals.tiles_of_level(*place, level)))
        if not hashes:
            return
        level += 1
        tiles = [b"".join(hashes[at : at + TILE]) for at in range(0, len(hashes), TILE)]
        seals.add_tiles(
            [
                {
                    "community_id": assembly.community_id,
                    "id": new_id(),
                    "assembly_id": assembly.id,
                    "counting": counting,
                    "level": level,
                    "position": position,
                    "hashes": tile,
                }
                for position, tile in enumerate(tiles)
            ]
        )


def _result(found: Counted, counting: int) -> dict[str, Any]:
    matter, tally = found.matter, found.tally
    figures = {
        "roll_area_centi": tally.roll.area_centi,
        "roll_heads": tally.roll.heads,
        "took_area_centi": tally.took_part.area_centi,
        "took_heads": tally.took_part.heads,
        "for_area_centi": tally.in_favour.area_centi,
        "for_heads": tally.in_favour.heads,
        "against_area_centi": tally.against.area_centi,
        "against_heads": tally.against.heads,
        "abstain_area_centi": tally.abstained.area_centi,
        "abstain_heads": tally.abstained.heads,
        "outcome": found.decided.outcome.value,
        "threshold": found.decided.threshold.value,
        "ballots_digest": found.ballots_digest,
    }
    sealed: dict[str, Any] = {
        **figures,
        "assembly_id": str(matter.assembly_id),
        "matter_id": str(matter.id),
        "statute": matter.statute,
        "title": matter.title,
    }
    if isinstance(found.decided, Election):
        sealed["published"] = published_matter(str(matter.id), tally, found.decided)
    return {
        **figures,
        "community_id": matter.community_id,
        "id": new_id(),
        "assembly_id": matter.assembly_id,
        "matter_id": matter.id,
        "counting": counting,
        "digest": result_digest(sealed),
    }


def _candidate_results(found: Counted, counting: int) -> list[dict[str, Any]]:
    if not isinstance(found.decided, Election):
        return []
    return [
        {
            "community_id": found.matter.community_id,
            "id": new_id(),
            "assembly_id": found.matter.assembly_id,
            "matter_id": found.matter.id,
            "candidate_id": UUID(standing.candidate),
            "counting": counting,
            "place": place,
            "for_area_centi": standing.in_favour.area_centi,
            "for_heads": standing.in_favour.heads,
            "elected": standing.elected,
            "alternate": standing.alternate,
            "tied": standing.tied,
        }
        for place, standing in enumerate(found.decided.standings, 1)
    ]
