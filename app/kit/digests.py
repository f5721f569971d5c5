"""Digests anyone can recompute: one value has one spelling in bytes."""

import hashlib
import hmac
import json
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

_LENGTH_BYTES = 8


class NotCanonical(TypeError):  # noqa: N818 - says what the value is
    """The value has no single spelling: a float, a foreign type, a doubled key."""


def canonical_json(value: Any) -> bytes:
    """Sorted keys, no blanks, no floats, NFC text, UTF-8."""
    plain = _plain(value)
    text = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    try:
        return text.encode()
    except UnicodeEncodeError as broken:
        raise NotCanonical("half a character cannot be written") from broken


def sha256_hex(data: bytes) -> str:
    """64 lower-case hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def chain_digest(key: bytes, previous: str, items: Iterable[Any]) -> str:
    """HMAC-SHA256 over the digest before and these items, each with its length in front.

    The lengths keep two items from being mistaken for one.
    """
    if not key:
        raise ValueError("a chain needs a key")
    chain = hmac.new(key, digestmod=hashlib.sha256)
    for part in (previous.encode(), *map(canonical_json, items)):
        chain.update(len(part).to_bytes(_LENGTH_BYTES, "big"))
        chain.update(part)
    return chain.hexdigest()


def same_digest(one: str, other: str) -> bool:
    """Compared in constant time."""
    return hmac.compare_digest(one.encode(), other.encode())


def _plain(value: Any) -> Any:
    if value is None or type(value) in (bool, int):
        return value
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return _plain_mapping(value)
    raise NotCanonical(f"{type(value).__name__} has no canonical spelling")


def _plain_mapping(value: Mapping[Any, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = {}
    for key, item in value.items():
        if not isinstance(key, str):
            raise NotCanonical("keys are text")
        name = unicodedata.normalize("NFC", key)
        if name in plain:
            raise NotCanonical("two keys are spelled the same")
        plain[name] = _plain(item)
    return plain
