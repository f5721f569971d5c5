"""The proof of a count in what a page shows: the seal, and the way of one's ballots to its root."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.core.access.door import here
from app.kit.ids import digest_groups
from app.kit.signing import is_signed
from app.voting.models import AssemblySeal
from app.voting.queries import filing, packages, seals
from app.voting.rules import ArchiveKind, proof_of, proves, tiles_for


def seal_shown(assembly_id: UUID) -> dict[str, Any] | None:
    """The seal of the latest count, with its signature checked."""
    seal = seals.seal_of(here().community.id, assembly_id)
    if seal is None:
        return None
    return {
        "size": seal.size,
        "root": seal.root,
        "statement": seal.statement,
        "public_key": digest_groups(seal.public_key),
        "signature": digest_groups(seal.signature, 8),
        "signed": is_signed(seal.statement, seal.signature, seal.public_key),
        "package": _public_package(assembly_id, seal.counting),
    }


def _public_package(assembly_id: UUID, counting: int) -> str:
    """`ready`, `running`, or `none`: nobody ordered the public package of this count yet."""
    place = (here().community.id, assembly_id)
    if packages.ready_package(*place, ArchiveKind.PUBLIC, counting) is not None:
        return "ready"
    running = filing.running_archive(*place, ArchiveKind.PUBLIC, counting)
    return "none" if running is None else "running"


def of_cast(cast: Any) -> dict[str, Any] | None:
    """For each counted ballot of one act of voting: its place, its digest and the way to the root.

    `cast`: a receipt with assembly_id, voter_id and id. Three statements, whatever the size of
    the tree.
    """
    community_id = here().community.id
    seal = seals.seal_of(community_id, cast.assembly_id)
    if seal is None:
        return None
    place = (community_id, cast.assembly_id, seal.counting)
    leaves = seals.leaves_of_cast(*place, voter_id=cast.voter_id, cast_id=cast.id)
    needed = {tile for leaf in leaves for tile in tiles_for(leaf.index, seal.size)}
    tiles = seals.tiles_at(*place, needed) if needed else {}
    return {
        "root": digest_groups(seal.root),
        "size": seal.size,
        "leaves": [_leaf(leaf, seal, tiles) for leaf in leaves],
    }


def _leaf(leaf: Any, seal: AssemblySeal, tiles: dict[tuple[int, int], bytes]) -> dict[str, Any]:
    proof = proof_of(leaf.index, seal.size, tiles.__getitem__)
    return {
        "title": leaf.title,
        "number": leaf.index + 1,
        "digest": digest_groups(leaf.digest),
        "path": [step.hex() for step in proof.path],
        "proved": proves(proof, bytes.fromhex(leaf.digest), bytes.fromhex(seal.root)),
    }
