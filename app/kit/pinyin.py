"""Chinese order without a database collation: a stored key to sort and search by."""

import os
import re
import unicodedata

from app.kit.deferred import Deferred

# The dictionary of phrases takes 45 MiB in every process; for an order, single characters do.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
os.environ.setdefault("PYPINYIN_NO_DICT_COPY", "true")

pypinyin = Deferred("pypinyin")

# Long enough for house numbers, telephone numbers and dates.
_DIGITS = 12
_NUMBER = re.compile(r"\d+")
_PARTS = re.compile(r"[0-9]+|[a-z]+")


def pinyin_key(text: str) -> str:
    """Toneless syllables; numbers are padded so that 2栋 comes before 10栋."""
    spelled = pypinyin.lazy_pinyin(_plain(text), style=pypinyin.Style.NORMAL, v_to_u=False)
    parts = (part for syllable in spelled for part in _PARTS.findall(syllable.lower()))
    return " ".join(_NUMBER.sub(_padded, part) for part in parts)


def pinyin_initials(text: str) -> str:
    """襄阳 → xy; digits and Latin letters stay."""
    spelled = pypinyin.lazy_pinyin(_plain(text), style=pypinyin.Style.FIRST_LETTER)
    return "".join(part for syllable in spelled for part in _PARTS.findall(syllable.lower()))


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower()


def _padded(number: re.Match[str]) -> str:
    return number[0].lstrip("0").zfill(_DIGITS)
