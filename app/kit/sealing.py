"""Encryption of single fields, with keys that can be changed."""

import hashlib
import hmac
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

_SHORTEST_KEY = 32


class SealBroken(Exception):  # noqa: N818 - says what happened to the seal
    """None of the keys opens the text: a key is missing or the text was changed."""


class FieldCipher:
    """Seals with the first key, opens with any of them."""

    def __init__(self, keys: Sequence[str]) -> None:
        if not keys:
            raise ValueError("at least one key is needed")
        fernets = [Fernet(key) for key in keys]
        self._current = fernets[0]
        self._all = MultiFernet(fernets)

    def encrypt(self, text: str) -> str:
        """Two seals of one text differ: look it up by `blind_index`."""
        return self._all.encrypt(text.encode()).decode("ascii")

    def decrypt(self, sealed: str) -> str:
        """The text, or `SealBroken`."""
        try:
            return self._all.decrypt(sealed.encode()).decode()
        except InvalidToken as broken:
            raise SealBroken from broken

    def rotate(self, sealed: str) -> str:
        """The same text under the first key."""
        try:
            return self._all.rotate(sealed.encode()).decode("ascii")
        except InvalidToken as broken:
            raise SealBroken from broken

    def is_current(self, sealed: str) -> bool:
        """Whether the first key sealed it, so that rotation can skip it."""
        try:
            self._current.decrypt(sealed.encode())
        except InvalidToken:
            return False
        return True


def new_key() -> str:
    """A fresh key in the form the environment holds."""
    return Fernet.generate_key().decode("ascii")


def blind_index(value: str, key: str) -> str:
    """A keyed digest to find a sealed value by equality; normalize the value first."""
    if len(key) < _SHORTEST_KEY:
        raise ValueError("the index key has at least 32 characters")
    return hmac.new(key.encode(), value.encode(), hashlib.sha256).hexdigest()
