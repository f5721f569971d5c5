"""Mainland mobile numbers, kept as E.164."""

import re
import unicodedata

from app.kit.refusal import Invalid

_MOBILE = re.compile(r"(?:\+86|0086|86)?(1[3-9]\d{9})", re.ASCII)
_SEPARATORS = re.compile(r"[\s\-()‐-―]")
_COUNTRY = "+86"


class PhoneUnreadable(Invalid):
    """The text is not a mainland mobile number."""

    code = "phone_unreadable"
    sentence = "请填写 11 位的手机号，例如 13812345678。"


def normalize_phone(text: str) -> str:
    """138 1234 5678 → +8613812345678."""
    match = _MOBILE.fullmatch(_SEPARATORS.sub("", unicodedata.normalize("NFKC", text)))
    if match is None:
        raise PhoneUnreadable
    return _COUNTRY + match[1]


def local_phone(phone: str) -> str:
    """The eleven digits people know, from a normalized number."""
    return phone.removeprefix(_COUNTRY)


def mask_phone(phone: str) -> str:
    """138****5678; a text that is no number shows nothing of itself."""
    match = _MOBILE.fullmatch(phone)
    return f"{match[1][:3]}****{match[1][-4:]}" if match else "****"
