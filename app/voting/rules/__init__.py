"""The law of owners' decisions, pure: matters, the roll, the tally, the life of an assembly."""

from app.voting.rules.ballots import Channel, Choice, MatterKind, Mode, Retirement, RollFlag
from app.voting.rules.decision import Decision, Missing, Outcome, decide, quorum_least
from app.voting.rules.explanation import REMEDY, explain, say_distance
from app.voting.rules.leaves import ballots_digest, leaf_digest, result_digest
from app.voting.rules.life import (
    TRANSITIONS,
    Action,
    Actor,
    State,
    Step,
    actions_from,
    next_state,
)
from app.voting.rules.matters import Matter, Threshold
from app.voting.rules.privacy import masked_name
from app.voting.rules.roll import Holding, Overlap, Roll, Voter, merge_voters
from app.voting.rules.timing import (
    Timing,
    check_ballot,
    check_cancellation,
    check_closing,
    check_extension,
    check_finality,
    check_opening,
    check_window,
    earliest_final,
    earliest_opening,
    filing_due,
    tally_due,
)
from app.voting.rules.weights import NOTHING, Tally, TallyBroken, Weight, proposal_supported

__all__ = [
    "NOTHING",
    "REMEDY",
    "TRANSITIONS",
    "Action",
    "Actor",
    "Channel",
    "Choice",
    "Decision",
    "Holding",
    "Matter",
    "MatterKind",
    "Missing",
    "Mode",
    "Outcome",
    "Overlap",
    "Retirement",
    "Roll",
    "RollFlag",
    "State",
    "Step",
    "Tally",
    "TallyBroken",
    "Threshold",
    "Timing",
    "Voter",
    "Weight",
    "actions_from",
    "ballots_digest",
    "check_ballot",
    "check_cancellation",
    "check_closing",
    "check_extension",
    "check_finality",
    "check_opening",
    "check_window",
    "decide",
    "earliest_final",
    "earliest_opening",
    "explain",
    "filing_due",
    "leaf_digest",
    "masked_name",
    "merge_voters",
    "next_state",
    "proposal_supported",
    "quorum_least",
    "result_digest",
    "say_distance",
    "tally_due",
]
