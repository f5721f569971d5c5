"""Signatures that anybody can check (Ed25519, RFC 8032)."""

import base64
import binascii

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_SEED_BYTES = 32


class Signer:
    """Signs with one private key, given as 32 bytes in url-safe base64."""

    def __init__(self, key: str) -> None:
        try:
            seed = base64.urlsafe_b64decode(key)
        except (binascii.Error, ValueError) as broken:
            raise ValueError("a signing key is 32 bytes in url-safe base64") from broken
        if len(seed) != _SEED_BYTES:
            raise ValueError("a signing key is 32 bytes in url-safe base64")
        self._key = Ed25519PrivateKey.from_private_bytes(seed)

    @property
    def public_key(self) -> str:
        """64 hexadecimal digits, to be published."""
        return self._key.public_key().public_bytes_raw().hex()

    def sign(self, text: str) -> str:
        """The signature of a text in UTF-8, 128 hexadecimal digits."""
        return self._key.sign(text.encode()).hex()


def is_signed(text: str, signature: str, public_key: str) -> bool:
    """Whether the holder of the key signed this text."""
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key))
        key.verify(bytes.fromhex(signature), text.encode())
    except (InvalidSignature, ValueError):
        return False
    return True
