"""Finding a category (事项) by the words a resident uses, in characters or in pinyin."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from app.complaints.rules.catalogue import Category
from app.kit.pinyin import pinyin_initials, pinyin_key

MOST = 8
# Words that every complaint has in common and that therefore tell nothing.
_COMMON = frozenset(
    "的了不没有我们在是很坏一个上下里外人家子大小天小区那这都就也还又被和与及、，。！？ "
)
_WHOLE, _PAIR, _CHARACTER, _SPELLED = 1000, 10, 1, 500


def find(categories: Iterable[Category], typed: str) -> list[Category]:
    """Categories that may be meant, the most likely first; none when nothing is like it."""
    words = typed.strip().lower()
    if not words:
        return []
    scored = [(_score(words, one), one) for one in categories]
    likely = sorted((pair for pair in scored if pair[0]), key=lambda pair: -pair[0])
    return [one for _, one in likely[:MOST]]


def _score(words: str, category: Category) -> int:
    text = f"{category.title}{category.hint}".lower()
    if words in text:
        return _WHOLE
    if words.isascii() and words.isalnum():
        return _SPELLED if any(key.startswith(words) for key in _spellings(category.title)) else 0
    pairs = sum(pair in text for pair in _pairs(words))
    known = set(words) - _COMMON
    return _PAIR * pairs + _CHARACTER * len(known & set(text))


def _pairs(words: str) -> set[str]:
    pairs = {words[at : at + 2] for at in range(len(words) - 1)}
    return {pair for pair in pairs if not set(pair) <= _COMMON}


@lru_cache(1024)
def _spellings(title: str) -> tuple[str, ...]:
    return pinyin_initials(title), pinyin_key(title).replace(" ", "")
