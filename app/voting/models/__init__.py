"""Assemblies, the frozen roll, append-only ballots and sealed results.

Ballots, their casts and retirements, the roll and the results are legal records: the runtime role
can add rows and never change or remove one. Nor can it read `choice` and `nonce` of a ballot; they
come to light through the view `closed_ballot`, which is empty until the vote is closed.
"""

from __future__ import annotations

from app.voting.models.assemblies import Assembly, AssemblyMatter, Candidate
from app.voting.models.ballots import Ballot, BallotCast, BallotRetirement
from app.voting.models.results import AssemblyResult, AssemblySeal, CandidateResult, SealTile
from app.voting.models.roll import AssemblyParticipation, RollMember, RollUnit, RollVoter

__all__ = [
    "Assembly",
    "AssemblyMatter",
    "AssemblyParticipation",
    "AssemblyResult",
    "AssemblySeal",
    "Ballot",
    "BallotCast",
    "BallotRetirement",
    "Candidate",
    "CandidateResult",
    "RollMember",
    "RollUnit",
    "RollVoter",
    "SealTile",
]
