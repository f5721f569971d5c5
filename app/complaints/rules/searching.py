"""Searching cases by the words in them: what is kept of a text, and what is looked for.

Chinese is written without spaces, so that there are no words to keep. What is kept is each pair of
neighbouring characters: 漏水 is one pair, 充电桩 two. A text that contains what was typed contains
its pairs, so that the pairs find every case that may be meant; the text itself then decides.
"""

from __future__ import annotations

from itertools import pairwise

BITS = 21
"""A Unicode character needs no more than 21 bits, so that a pair fits in 42."""


def terms(typed: str) -> tuple[str, ...]:
    """What was typed, cut at blanks: all of it has to be in the case."""
    return tuple(dict.fromkeys(typed.split()))


def pairs(*texts: str) -> list[int]:
    """The pairs of neighbouring characters in these texts, each once; none across a blank."""
    found: set[int] = set()
    for word in _plain(" ".join(texts)).split():
        found.update((first << BITS) | second for first, second in pairwise(map(ord, word)))
    return sorted(found)


def _plain(text: str) -> str:
    """Small letters, character by character: none may become two."""
    if text.lower() == text:
        return text
    return "".join([one.lower() if len(one.lower()) == 1 else one for one in text])
