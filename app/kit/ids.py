"""Identifiers for rows, receipts and digests."""

import secrets
import unicodedata
import uuid
from datetime import datetime

from uuid_utils.compat import uuid7

# Crockford base32: no I, L, O (look like 1, 1, 0) and no U.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MEANT = str.maketrans({"O": "0", "I": "1", "L": "1"})
_SHORTEST, _LONGEST = 8, 32


def new_id() -> uuid.UUID:
    """UUIDv7: rows created later sort later, so indexes grow at their end."""
    return uuid7()


def first_id(moment: datetime) -> uuid.UUID:
    """The smallest UUIDv7 of a moment: ids made later are larger, so a span is a range of ids."""
    return uuid.UUID(int=int(moment.timestamp() * 1000) << 80)


def short_code(length: int = 10) -> str:
    """A random code a person can read out and type in, for receipts."""
    if not _SHORTEST <= length <= _LONGEST:
        raise ValueError("a receipt code has 8 to 32 characters")
    # 32 letters divide 256: every letter is as likely as any other.
    return "".join([ALPHABET[byte % len(ALPHABET)] for byte in secrets.token_bytes(length)])


def normalize_code(typed: str) -> str:
    """The code a person meant: case, blanks, hyphens and look-alikes do not matter."""
    upper = unicodedata.normalize("NFKC", typed).upper().translate(_MEANT)
    return "".join(character for character in upper if character.isalnum())


def digest_groups(hexdigest: str, size: int = 4) -> str:
    """Groups of four, so that two people can compare a digest aloud."""
    lower = hexdigest.lower()
    return " ".join(lower[start : start + size] for start in range(0, len(lower), size))
