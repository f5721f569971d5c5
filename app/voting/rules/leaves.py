"""Digests by which anybody can recompute what was counted."""

from collections.abc import Iterable, Mapping
from typing import Any

from app.kit.digests import canonical_json, sha256_hex


def leaf_digest(
    *, ballot_id: str, voter_id: str, matter_id: str, choice: str, channel: str, nonce: str
) -> str:
    """The digest of one counted ballot; without its nonce nobody can guess the choice from it."""
    return sha256_hex(
        canonical_json(
            {
                "ballot_id": ballot_id,
                "voter_id": voter_id,
                "matter_id": matter_id,
                "choice": choice,
                "channel": channel,
                "nonce": nonce,
            }
        )
    )


def ballots_digest(leaves: Iterable[str]) -> str:
    """One digest over the leaves in the order of their ballots' ids."""
    return sha256_hex("".join(leaves).encode())


def result_digest(result: Mapping[str, Any]) -> str:
    """The digest printed on a result: its figures and the digest of the ballots."""
    return sha256_hex(canonical_json(result))
