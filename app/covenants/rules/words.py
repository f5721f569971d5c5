"""What a state means for a household: the present, the next step and its date, in plain words."""

from dataclasses import dataclass
from datetime import datetime

from app.covenants.rules.life import State
from app.covenants.rules.signing import Progress
from app.kit.clock import say_deadline, say_moment


@dataclass(frozen=True, slots=True)
class Standing:
    """One sentence about now and one about what comes next; `tone` colours the notice."""

    now: str
    next: str
    tone: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What the sentences need to know about a version."""

    state: State
    progress: Progress
    open_objections: int
    publication_ends_at: datetime | None = None
    in_force_at: datetime | None = None


TONES = {
    State.COLLECTING: "quiet",
    State.DELIBERATING: "info",
    State.CHECKING: "info",
    State.SIGNING: "brand",
    State.PUBLISHED: "due",
    State.FILED: "due",
    State.IN_FORCE: "done",
    State.REPLACED: "quiet",
    State.WITHDRAWN: "quiet",
}
_PLAIN = {
    State.COLLECTING: (
        "单元长正在起草条款。",
        "条款写好以后，请全楼道一起商议。",
    ),
    State.CHECKING: (
        "社区正在审查条款合不合法。",
        "审查通过就开始签约；有问题会退回修改。",
    ),
    State.REPLACED: ("这一版已经由新版代替。", "请看新版。"),
    State.WITHDRAWN: ("这一版已经撤回。", "单元长可以重新起草。"),
}


def standing(facts: Facts, now: datetime) -> Standing:
    """Where the version stands, as a resident reads it."""
    said, then = _sentences(facts, now)
    return Standing(said, then, TONES[facts.state])


def _sentences(facts: Facts, now: datetime) -> tuple[str, str]:
    state, objections = facts.state, facts.open_objections
    if state is State.DELIBERATING:
        waiting = f"还有 {objections} 条意见等答复。" if objections else "意见都已答复。"
        return f"全楼道正在商议，{waiting}", "商议好以后，交社区审查，然后开始签约。"
    if state is State.SIGNING:
        missing = facts.progress.missing
        return (
            f"正在签约，还差 {missing} 户。",
            f"签够 {facts.progress.needed} 户，自动开始公示。",
        )
    if state is State.PUBLISHED:
        return _publication(facts, now)
    if state is State.FILED:
        return "公示结束，已在社区备案。", "系统马上登记生效。"
    if state is State.IN_FORCE:
        since = say_moment(facts.in_force_at, now) if facts.in_force_at else ""
        return f"从 {since} 起生效，全楼道共同遵守。", "每季度一起看看落实得怎么样。"
    return _PLAIN[state]


def _publication(facts: Facts, now: datetime) -> tuple[str, str]:
    ends_at, objections = facts.publication_ends_at, facts.open_objections
    if ends_at is not None and now < ends_at:
        return (
            f"签约户数已够，正在公示：{say_deadline(ends_at, now)}。",
            f"有异议请在公示期内提出。现在有 {objections} 条异议等答复。"
            if objections
            else "有异议请在公示期内提出。没有异议，社区备案后生效。",
        )
    if objections:
        return "公示期已满。", f"还有 {objections} 条异议，全部答复以后社区才能备案。"
    return "公示期已满，没有待答复的异议。", "社区备案以后生效。"


@dataclass(frozen=True, slots=True)
class Announcement:
    """What the households of a stairwell are told."""

    title: str
    body: str


_ANNOUNCED = {
    State.DELIBERATING: ("楼道公约请您提意见", "《{}》的条款已经列出，觉得不妥的请提意见。"),
    State.SIGNING: ("楼道公约开始签约", "《{}》已经定稿。请读一遍，同意就代表您家签署。"),
    State.PUBLISHED: ("楼道公约签约已够，开始公示", "《{}》签约户数已够。有异议请在公示期内提出。"),
    State.IN_FORCE: ("楼道公约生效了", "《{}》从现在起生效，全楼道共同遵守。"),
    State.WITHDRAWN: ("楼道公约已撤回", "《{}》的这一版已撤回，原先的签署不再算数。"),
}


def announcement(state: State, title: str) -> Announcement | None:
    """What to tell the households at `state`; None where it is inner work."""
    words = _ANNOUNCED.get(state)
    return Announcement(words[0], words[1].format(title)) if words else None
