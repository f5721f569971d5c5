"""Numbers that identify people and organizations, checked before they are kept."""

import re
import unicodedata
from datetime import date

from app.kit.refusal import Invalid

_RESIDENT = re.compile(r"[1-9]\d{16}[\dX]", re.ASCII)
_CREDIT = re.compile(r"[0-9A-HJ-NP-RTUWXY]{2}\d{6}[0-9A-HJ-NP-RTUWXY]{10}", re.ASCII)
_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
# GB/T 2260 provinces, then the numbers given to residents from 台港澳 and to foreigners.
_PROVINCES = frozenset(
    [
        "11",
        "12",
        "13",
        "14",
        "15",
        "21",
        "22",
        "23",
        "31",
        "32",
        "33",
        "34",
        "35",
        "36",
        "37",
        "41",
        "42",
        "43",
        "44",
        "45",
        "46",
        "50",
        "51",
        "52",
        "53",
        "54",
        "61",
        "62",
        "63",
        "64",
        "65",
        "71",
        "81",
        "82",
        "83",
        "91",
    ]
)
_EARLIEST_BIRTH = date(1880, 1, 1)
_SHOWN = 4


class IdentityUnreadable(Invalid):
    """The number cannot be a real one."""

    code = "identity_unreadable"
    sentence = "身份证号不正确，请对照证件逐位检查。"


class CreditCodeUnreadable(Invalid):
    """The code cannot be a real one."""

    code = "credit_code_unreadable"
    sentence = "统一社会信用代码不正确，请对照营业执照逐位检查。"


def normalize_resident_id(text: str) -> str:
    """A resident identity number with its check digit (GB 11643-1999)."""
    number = _plain(text)
    if not _RESIDENT.fullmatch(number) or number[:2] not in _PROVINCES:
        raise IdentityUnreadable
    if _birth(number) is None or resident_check(number[:17]) != number[17]:
        raise IdentityUnreadable
    return number


def resident_check(first17: str) -> str:
    """MOD 11-2 of ISO 7064."""
    total = sum(int(digit) * pow(2, 17 - place, 11) for place, digit in enumerate(first17))
    return "10X98765432"[total % 11]


def normalize_credit_code(text: str) -> str:
    """A unified social credit code with its check character (GB 32100-2015)."""
    code = _plain(text)
    if not _CREDIT.fullmatch(code) or credit_check(code[:17]) != code[17]:
        raise CreditCodeUnreadable
    return code


def credit_check(first17: str) -> str:
    """MOD 31-3 of GB/T 17710."""
    total = sum(
        _CREDIT_ALPHABET.index(character) * pow(3, place, 31)
        for place, character in enumerate(first17)
    )
    return _CREDIT_ALPHABET[-total % 31]


def mask_identity(number: str) -> str:
    """4206**********1234; short texts show nothing of themselves."""
    hidden = len(number) - 2 * _SHOWN
    if hidden < _SHOWN:
        return "*" * _SHOWN
    return number[:_SHOWN] + "*" * hidden + number[-_SHOWN:]


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).replace("-", "").upper()


def _birth(number: str) -> date | None:
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None
    return born if born >= _EARLIEST_BIRTH else None
