"""What of a case, beyond its state, a step depends on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

MOST_EXTENSIONS = 2
LONGEST_EXTENSION = 30
LONGEST_PAUSE = 30


class Condition(StrEnum):
    """What of the case, beyond its state, a row of the table asks for."""

    OFFICE_HANDLES = "office_handles"
    HANDED_BACK = "handed_back"
    NOT_SETTLED = "not_settled"
    MAY_ASK = "may_ask"
    ASKED_BY_ANOTHER = "asked_by_another"
    NOT_ACTED = "not_acted"
    SILENCE_OVER = "silence_over"
    CLOSED_SILENTLY = "closed_silently"
    FLAGGED = "flagged"
    NOT_FLAGGED = "not_flagged"
    NOBODY_CALLED = "nobody_called"

    @property
    def label(self) -> str:
        """The condition in Chinese."""
        return _CONDITIONS[self][0]

    @property
    def sentence(self) -> str:
        """What to say when it does not hold."""
        return _CONDITIONS[self][1]


@dataclass(frozen=True, slots=True)
class Situation:
    """What of a case, beyond its state, decides about a step of this person.

    `asked` and `asked_by_me`: an extension waits for an answer. `worked`: this person (or their
    company) has acted on the case. `silence_over`: tried to call often and long enough. `called`:
    a party was called for it (吹哨) and has not finished.
    """

    company_responsible: bool = False
    handed_back: bool = False
    settled: bool = False
    asked: bool = False
    asked_by_me: bool = False
    extensions: int = 0
    worked: bool = False
    silence_over: bool = False
    closed_silently: bool = False
    flagged: bool = False
    called: bool = False

    def meets(self, condition: Condition) -> bool:
        """Whether the condition holds."""
        return {
            Condition.OFFICE_HANDLES: not self.company_responsible,
            Condition.HANDED_BACK: self.handed_back,
            Condition.NOT_SETTLED: not self.settled,
            Condition.MAY_ASK: not self.asked and self.extensions < MOST_EXTENSIONS,
            Condition.ASKED_BY_ANOTHER: self.asked and not self.asked_by_me,
            Condition.NOT_ACTED: not self.worked,
            Condition.SILENCE_OVER: self.silence_over,
            Condition.CLOSED_SILENTLY: self.closed_silently,
            Condition.FLAGGED: self.flagged,
            Condition.NOT_FLAGGED: not self.flagged,
            Condition.NOBODY_CALLED: not self.called,
        }[condition]


_CONDITIONS = {
    Condition.OFFICE_HANDLES: ("社区自己办理", "这件事由物业办理。"),
    Condition.HANDED_BACK: ("有单位退回过", "没有单位退回过这件诉求，请直接分派。"),
    Condition.NOT_SETTLED: (
        "社区没有裁定过",
        "社区已经裁定由你们办理，不能再退回。有新的情况请写内部备注告诉社区。",
    ),
    Condition.MAY_ASK: (
        f"没有等答复的申请，延期不超过 {MOST_EXTENSIONS} 次",
        f"上一次延期申请还没有答复，或者已经延期 {MOST_EXTENSIONS} 次，不能再申请。",
    ),
    Condition.ASKED_BY_ANOTHER: ("别人申请了延期", "没有等您答复的延期申请。"),
    Condition.NOT_ACTED: (
        "自己没有办理过",
        "谁办的不能由谁来核实：您办理过这件事，请让同事来回访。",
    ),
    Condition.SILENCE_OVER: ("回访次数和等待时间都够了", "回访次数或者等待的时间还不够。"),
    Condition.CLOSED_SILENTLY: (
        "是到期自动办结的",
        "这件诉求已经由您或回访确认过。如果又出了问题，请重新反映。",
    ),
    Condition.FLAGGED: ("已标为公共安全", "这件诉求没有公共安全标记。"),
    Condition.NOT_FLAGGED: ("没有标为公共安全", "这件诉求已经标为公共安全。"),
    Condition.NOBODY_CALLED: (
        "没有还没办完的吹哨",
        (
            "这件事还请着别的单位到场，没有办完。请先撤回吹哨，或者等他们办完，再做这一步。"
            "如果是重复的诉求，也可以把另一件并入这一件。"
        ),
    ),
}
