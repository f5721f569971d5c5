"""The law of owners' decisions, pure: matters, the roll, the tally, the life of an assembly."""

from app.voting.rules.decision import Decision, Missing, Outcome, decide
from app.voting.rules.explanation import explain, say_distance
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
from app.voting.rules.weights import Tally, TallyBroken, Weight, proposal_supported

__all__ = [
    "TRANSITIONS",
    "Action",
    "Actor",
    "Decision",
    "Holding",
    "Matter",
    "Missing",
    "Outcome",
    "Overlap",
    "Roll",
    "State",
    "Step",
    "Tally",
    "TallyBroken",
    "Threshold",
    "Timing",
    "Voter",
    "Weight",
    "actions_from",
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
    "merge_voters",
    "next_state",
    "proposal_supported",
    "say_distance",
    "tally_due",
]
