"""Door to door: where each household stands. Never how anybody will vote."""

from __future__ import annotations

import re
from enum import StrEnum

from app.kit.refusal import Invalid

NOTE_LIMIT = 100
_CHOICE_WORDS = re.compile(r"同意|赞成|支持|反对|弃权|投给|选[他她]|票投")


class VisitOutcome(StrEnum):
    """What a visit at a door led to."""

    NOT_HOME = "not_home"
    CONTACTED = "contacted"
    WILL_VOTE_ONLINE = "will_vote_online"
    PAPER_HANDED_OUT = "paper_handed_out"
    PAPER_RETURNED = "paper_returned"

    @property
    def label(self) -> str:
        """On the button."""
        return {
            VisitOutcome.NOT_HOME: "没人在家",
            VisitOutcome.CONTACTED: "已联系上",
            VisitOutcome.WILL_VOTE_ONLINE: "自己网上投",
            VisitOutcome.PAPER_HANDED_OUT: "纸票已给",
            VisitOutcome.PAPER_RETURNED: "纸票已收",
        }[self]


def check_note(note: str) -> str:
    """A note helps the next visit; it must not say how somebody votes."""
    clean = note.strip()
    if len(clean) > NOTE_LIMIT:
        sentence = f"备注最多 {NOTE_LIMIT} 个字。"
    elif _CHOICE_WORDS.search(clean):
        sentence = "备注里不要写住户打算怎么投，只写下次上门要知道的事，例如“晚上七点后在家”。"
    else:
        return clean
    raise Invalid(sentence, errors={"note": sentence})
