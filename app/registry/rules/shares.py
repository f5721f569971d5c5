"""Shares of co-owners (共有份额) as exact fractions."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from fractions import Fraction

from app.kit.refusal import Invalid

LARGEST_DENOMINATOR = 1_000_000
_FRACTION = re.compile(r"(\d{1,7})/(\d{1,7})", re.ASCII)
_PERCENT = re.compile(r"(\d{1,3}(?:\.\d{1,4})?)%", re.ASCII)
_DECIMAL = re.compile(r"[01](?:\.\d{1,6})?", re.ASCII)


class ShareUnreadable(Invalid):
    """The text is not a share between 0 and 1."""

    code = "share_unreadable"
    sentence = "份额要写成 1/2、50% 或 0.5 这样，并且不超过 1。"


def parse_share(text: str) -> Fraction:
    """1/2, 50% and 0.5 are the same share."""
    plain = "".join(unicodedata.normalize("NFKC", text).split())
    share = _read(plain)
    if share is None or not 0 < share <= 1 or share.denominator > LARGEST_DENOMINATOR:
        raise ShareUnreadable
    return share


def say_share(numerator: int, denominator: int) -> str:
    """1/2; a whole unit is 全部."""
    share = Fraction(numerator, denominator)
    return "全部" if share == 1 else f"{share.numerator}/{share.denominator}"


def check_total(shares: Iterable[Fraction]) -> None:
    """Co-owners of a unit never hold more than the whole (民法典 298)."""
    if sum(shares, Fraction(0)) > 1:
        raise ShareUnreadable("同一户各业主的份额加起来超过了 1，请检查。")


def _read(plain: str) -> Fraction | None:
    if match := _FRACTION.fullmatch(plain):
        return Fraction(int(match[1]), int(match[2])) if int(match[2]) else None
    if match := _PERCENT.fullmatch(plain):
        return Fraction(match[1]) / 100
    return Fraction(plain) if _DECIMAL.fullmatch(plain) else None
