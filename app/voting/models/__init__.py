"""Assemblies, the frozen roll, append-only ballots and sealed results.

Ballots, their casts and retirements, the roll and the results are legal records: the runtime role
can add rows and never change or remove one. Nor can it read `choice` and `nonce` of a ballot; they
come to light through the view `closed_ballot`, which is empty until the vote is closed.
"""

from __future__ import annotations

from app.voting.models.assemblies import Assembly, AssemblyMatter, Candidate
from app.voting.models.ballots import Ballot, BallotCast, BallotRetirement
from app.voting.models.candidates import CandidateCheck
from app.voting.models.consents import ConsentParty, ConsentProcedure, ConsentReply
from app.voting.models.filing import AssemblyArchive, FilingEntry
from app.voting.models.objections import AssemblyObjection
from app.voting.models.paper import PaperAnswer, PaperBallot, PaperEntry, PaperHappening
from app.voting.models.proposals import Proposal, ProposalSignature
from app.voting.models.proxies import ProxyAuthority, ProxyEnding
from app.voting.models.recounts import Recount
from app.voting.models.results import AssemblyResult, AssemblySeal, CandidateResult, SealTile
from app.voting.models.roll import AssemblyParticipation, RollMember, RollUnit, RollVoter
from app.voting.models.scopes import AssemblyPlace
from app.voting.models.visits import HouseholdVisit

__all__ = [
    "Assembly",
    "AssemblyArchive",
    "AssemblyMatter",
    "AssemblyObjection",
    "AssemblyParticipation",
    "AssemblyPlace",
    "AssemblyResult",
    "AssemblySeal",
    "Ballot",
    "BallotCast",
    "BallotRetirement",
    "Candidate",
    "CandidateCheck",
    "CandidateResult",
    "ConsentParty",
    "ConsentProcedure",
    "ConsentReply",
    "FilingEntry",
    "HouseholdVisit",
    "PaperAnswer",
    "PaperBallot",
    "PaperEntry",
    "PaperHappening",
    "Proposal",
    "ProposalSignature",
    "ProxyAuthority",
    "ProxyEnding",
    "Recount",
    "RollMember",
    "RollUnit",
    "RollVoter",
    "SealTile",
]
