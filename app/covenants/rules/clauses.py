"""Clauses: their limits, examples, and words a person has to look at (民法典 944)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.kit.digests import canonical_json
from app.kit.refusal import Refusal

MOST_CLAUSES = 30
LONGEST_CLAUSE = 300


@dataclass(frozen=True, slots=True)
class Passage:
    """A place in the text a person has to judge."""

    start: int
    end: int
    words: str
    sentence: str
    reason: str


_FINE = "公约不能设罚款、罚金或者没收（处罚只能由法律规定）。"
_CUT_OFF = "不能用停水、停电、停气、停热的办法催交费用或者约束住户（民法典第九百四十四条）。"
_GAP = r"[\s，、]*"
_SUPPLY = (
    r"(?:自来水|燃气|煤气|天然气|暖气|网络|水|气|暖|热|网"
    r"|电(?!动|瓶|梯|池|单|视|话|摩|三轮|驴|子|器|磁))"
)
_SUSPICIOUS = (
    (re.compile(rf"罚|没{_GAP}收|扣{_GAP}(?:除|留)?{_GAP}(?:押|保证){_GAP}金"), _FINE),
    (
        re.compile(
            rf"(?:停{_GAP}止?|切{_GAP}断|中{_GAP}断|掐{_GAP}断?|断|限{_GAP}制?){_GAP}"
            rf"(?:[向对为给][^。；！？\n]{{0,6}}?)?"
            rf"(?:其|他|她|了|该户|用户|住户|使用|供应|供给|提供)?"
            rf"{_GAP}[供用]?{_GAP}{_SUPPLY}(?!泥)"
        ),
        _CUT_OFF,
    ),
)
_SENTENCE_ENDS = "。！？；\n!?;"


def suspicious_clauses(text: str) -> list[Passage]:
    """Passages that may fine somebody or cut off supplies; a person decides."""
    found = [
        Passage(match.start(), match.end(), match[0], _sentence_around(text, match), reason)
        for pattern, reason in _SUSPICIOUS
        for match in pattern.finditer(text)
    ]
    return sorted(found, key=lambda passage: passage.start)


def _sentence_around(text: str, match: re.Match[str]) -> str:
    start = max(text.rfind(mark, 0, match.start()) for mark in _SENTENCE_ENDS) + 1
    ends = [place for mark in _SENTENCE_ENDS if (place := text.find(mark, match.end())) >= 0]
    return text[start : min(ends, default=len(text))].strip()


@dataclass(frozen=True, slots=True)
class Example:
    """A harmless clause to start from."""

    topic: str
    text: str


EXAMPLES = (
    Example("楼道整洁", "楼道和楼梯间不堆放杂物，鞋柜、花盆放在自家门内。"),
    Example("消防安全", "电动车和电瓶不进楼道、不进家门充电，消防通道随时保持畅通。"),
    Example("安静休息", "晚上十点到早上七点不装修、不大声放音乐，孩子练琴尽量安排在白天。"),
    Example("养犬", "遛狗拴绳，在楼道和电梯里抱起或者靠边，粪便随手清理。"),
    Example("轮流打扫", "每周六上午各层轮流打扫本层楼道，因病因事可以和邻居调换。"),
    Example("照看老人", "对门邻居互留电话，独居老人两天没有出门，就敲门问一声。"),
    Example("垃圾分类", "生活垃圾当天带下楼，分类投放，不放在门口过夜。"),
    Example("高空安全", "阳台和窗台不放容易掉落的东西，不向窗外抛物、倒水。"),
)


def article(number: int) -> str:
    """第一条, 第十二条: as a text of rules counts."""
    digits = "零一二三四五六七八九"
    tens, ones = divmod(number, 10)
    said = ("" if tens == 0 else "十" if tens == 1 else f"{digits[tens]}十") + (
        digits[ones] if ones else ""
    )
    return f"第{said}条"


def check_clause_count(count: int) -> None:
    """A covenant people can remember is short."""
    if count >= MOST_CLAUSES:
        raise Refusal(
            f"一份公约最多 {MOST_CLAUSES} 条。请先合并或者删掉几条。", code="too_many_clauses"
        )


def check_not_empty(count: int) -> None:
    """There must be something to talk about."""
    if count == 0:
        raise Refusal("公约里还没有条款，请先写上至少一条。", code="no_clauses")


def check_decision(text: str, reason: str) -> None:
    """Passages that look like a fine or a cut-off are let through by a person with a reason."""
    if suspicious_clauses(text) and not reason.strip():
        raise Refusal(
            "系统标出了需要人工判断的词句。请写明为什么可以保留，或者退回修改。",
            code="reason_missing",
        )


def text_of(covenant_id: str, number: int, title: str, clauses: Sequence[str]) -> bytes:
    """The text households sign, in its one spelling; its SHA-256 is the seal's digest."""
    return canonical_json(
        {"covenant": covenant_id, "version": number, "title": title, "clauses": list(clauses)}
    )
