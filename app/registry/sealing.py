"""Identity numbers: sealed at rest, found by a keyed index, shown masked."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from flask import current_app

from app.core.config import Config
from app.kit.identity import mask_identity
from app.kit.sealing import FieldCipher, blind_index

_PURPOSE = b"registry.identity"


@dataclass(frozen=True, slots=True)
class SealedIdentity:
    """What the register keeps of a number."""

    encrypted: str
    index: str
    masked: str


class IdentitySeal:
    """Seals with the newest field key.

    The index has a key of its own, so that changing field keys never loses an owner.
    """

    def __init__(self, config: Config) -> None:
        self._cipher = FieldCipher(config.field_keys)
        self._index_key = hmac.new(config.audit_key.encode(), _PURPOSE, hashlib.sha256).hexdigest()

    def seal(self, number: str) -> SealedIdentity:
        """Everything the register keeps of a normalized number."""
        return SealedIdentity(
            self._cipher.encrypt(number), self.index(number), mask_identity(number)
        )

    def index(self, number: str) -> str:
        """What finds the owner of a normalized number."""
        return blind_index(number, self._index_key)

    def open(self, encrypted: str) -> str:
        """The number. Raises SealBroken."""
        return self._cipher.decrypt(encrypted)

    def renew(self, encrypted: str) -> str | None:
        """The same number under the newest key; None when it is there already."""
        return None if self._cipher.is_current(encrypted) else self._cipher.rotate(encrypted)


def identity_seal() -> IdentitySeal:
    """The seal of this process's configuration."""
    return IdentitySeal(current_app.extensions["gongzhi.config"])
