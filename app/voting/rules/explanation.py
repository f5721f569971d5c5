"""A decision in the words of a neighbour, with every share rounded down."""

from collections.abc import Mapping, Sequence

from app.kit.areas import say_area
from app.kit.shares import percent_down
from app.voting.rules.decision import Decision, Outcome, quorum_missing
from app.voting.rules.elections import Election
from app.voting.rules.matters import Threshold
from app.voting.rules.weights import NOTHING, Tally, Weight

REMEDY = (
    "业主认为这项决定侵害了自己合法权益的，可以自知道或者应当知道之日起一年内请求人民法院撤销"
    "（民法典第二百八十条）。"
)


def explain(decision: Decision, tally: Tally) -> list[str]:
    """Who took part, who was in favour, what follows and what was missing."""
    said = _participation(decision.missing.quorum, tally)
    if not decision.quorum_met:
        return [*said, f"还差 {say_distance(decision.missing.quorum)}，这次没有形成决定。"]
    said += _approval(decision, tally)
    if decision.outcome is Outcome.ADOPTED:
        return [*said, "人数和面积都达到要求，决定通过。", REMEDY]
    return [*said, f"还差 {say_distance(decision.missing.approval)} 同意，决定没有通过。"]


def explain_election(
    election: Election, tally: Tally, names: Mapping[str, str], seats: int
) -> list[str]:
    """Who took part, who is elected and why, what stays open."""
    short = quorum_missing(tally)
    said = _participation(short, tally)
    if not election.quorum_met:
        return [*said, f"还差 {say_distance(short)}，这次没有形成决定，没有人当选。"]
    elected = [one.candidate for one in election.standings if one.elected]
    alternates = [one.candidate for one in election.standings if one.alternate]
    said.append(
        f"应选 {seats} 人，候选人 {len(election.standings)} 人；"
        "参与的面积和人数都有过半数选他，才能当选。"
    )
    said.append(
        f"当选 {len(elected)} 人：{_named(elected, names)}。" if elected else "没有人当选。"
    )
    if alternates:
        said.append(f"候补 {len(alternates)} 人，按先后：{_named(alternates, names)}。")
    free = seats - len(elected)
    if election.tie:
        said.append(
            f"{_named(election.tie, names)} 的人数和面积完全相同，剩下的 {free} 个席位由谁担任，"
            "系统不代为决定，请按议事规则确定。"
        )
    elif free:
        said.append(f"还有 {free} 个席位没有选出。")
    return [*said, REMEDY]


def _named(candidates: Sequence[str], names: Mapping[str, str]) -> str:
    return "、".join(names[candidate] for candidate in candidates)


def _participation(short: Weight, tally: Tally) -> list[str]:
    present, total = tally.took_part, tally.roll
    heads = percent_down(present.heads, total.heads)
    area = percent_down(present.area_centi, total.area_centi)
    reached = _reached(short.heads, "三分之二"), _reached(short.area_centi, "三分之二")
    return [
        f"参与表决 {present.heads} 人，占 {heads}，{reached[0]}。",
        f"参与表决的面积 {say_area(present.area_centi)}，占 {area}，{reached[1]}。",
    ]


def _approval(decision: Decision, tally: Tally) -> list[str]:
    in_favour, present, short = tally.in_favour, tally.took_part, decision.missing.approval
    heads = percent_down(in_favour.heads, present.heads)
    area = percent_down(in_favour.area_centi, present.area_centi)
    bound = "半数" if decision.threshold is Threshold.ORDINARY else "四分之三"
    reached = _reached(short.heads, bound), _reached(short.area_centi, bound)
    return [
        f"同意 {in_favour.heads} 人，占参与表决人数的 {heads}，{reached[0]}。",
        f"同意的面积 {say_area(in_favour.area_centi)}，占参与表决面积的 {area}，{reached[1]}。",
    ]


def say_distance(short: Weight) -> str:
    """12.50 ㎡、1 人; what is not missing is not said."""
    if short == NOTHING:
        return "0 人"
    parts = []
    if short.area_centi:
        parts.append(say_area(short.area_centi))
    if short.heads:
        parts.append(f"{short.heads} 人")
    return "、".join(parts)


def _reached(short: int, bound: str) -> str:
    """半数 must be passed; the other bounds include their own number."""
    if bound == "半数":
        return "没有超过半数" if short else "已超过半数"
    return f"没有达到{bound}" if short else f"已达到{bound}"
