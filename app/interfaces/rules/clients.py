"""对接方: a program with a key of its own in one community, and what it may read there."""

from __future__ import annotations

import hashlib
import secrets
from enum import StrEnum

KEY_PREFIX = "gz_"
KEY_BYTES = 32
_HINT = 4


class Reading(StrEnum):
    """Whose cases a client may read. Residents' names, phones, words and photos: never."""

    OWN = "own"
    COMMUNITY = "community"

    @property
    def label(self) -> str:
        """The extent in plain words."""
        return _READINGS[self]


_READINGS = {
    Reading.OWN: "只看它自己报来的",
    Reading.COMMUNITY: "全社区的进展",
}


def new_key() -> str:
    """A fresh key. It is shown once; only its digest is kept."""
    return KEY_PREFIX + secrets.token_urlsafe(KEY_BYTES)


def key_digest(key: str) -> bytes:
    """What is kept of a key (SHA-256; the key itself is long and random)."""
    return hashlib.sha256(key.encode()).digest()


def hint_of(key: str) -> str:
    """The last characters, so that people can tell keys apart."""
    return key[-_HINT:]
