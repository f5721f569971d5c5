"""The tree over the digests of all counted ballots (RFC 9162, section 2.1).

Leaves and nodes are hashed with different first bytes, so that no node can pass for a ballot. The
tree is kept in tiles of 256 hashes: level 0 holds the leaves' digests, each further level the nodes
over full tiles of the one below. Any root or proof needs a few tiles.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256

HASH_BYTES = 32
TILE_HEIGHT = 8
TILE = 1 << TILE_HEIGHT
EMPTY_ROOT = sha256(b"").digest()

Place = tuple[int, int]
"""The level and the position of a tile."""
Tiles = Callable[[Place], bytes]


@dataclass(frozen=True, slots=True)
class Proof:
    """That a leaf is in a tree: its place and the hashes beside its way up, lowest first."""

    index: int
    size: int
    path: tuple[bytes, ...]


def leaf_hash(digest: bytes) -> bytes:
    """The hash of a leaf."""
    return sha256(b"\x00" + digest).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of a node."""
    return sha256(b"\x01" + left + right).digest()


def upper_tiles(level: int, tiles: Iterable[bytes]) -> Iterator[bytes]:
    """The hashes of the next level, one for each FULL tile of this one, in order."""
    for tile in tiles:
        if len(tile) == TILE * HASH_BYTES:
            yield _subtree(_hashes(level, tile))


def root_of(size: int, tiles: Tiles) -> bytes:
    """The root of a tree of so many leaves."""
    return _range(0, size, tiles) if size else EMPTY_ROOT


def proof_of(index: int, size: int, tiles: Tiles) -> Proof:
    """The proof that the leaf at this index is in the tree (RFC 9162, 2.1.3.1)."""
    if not 0 <= index < size:
        raise IndexError(index)
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(_range(middle, end, tiles))
            end = middle
        else:
            path.append(_range(start, middle, tiles))
            start = middle
    return Proof(index, size, tuple(reversed(path)))


def proves(proof: Proof, digest: bytes, root: bytes) -> bool:
    """Whether the proof leads from the leaf to the root (RFC 9162, 2.1.3.2)."""
    at, last, node = proof.index, proof.size - 1, leaf_hash(digest)
    if at > last:
        return False
    for beside in proof.path:
        if last == 0:
            return False
        if at & 1 or at == last:
            node = node_hash(beside, node)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            node = node_hash(node, beside)
        at, last = at >> 1, last >> 1
    return last == 0 and node == root


def tiles_for(index: int, size: int) -> set[Place]:
    """The tiles from which the proof of a leaf can be made: those above it and at the end."""
    needed: set[Place] = set()
    level, last = 0, size - 1
    while True:
        needed |= {(level, index >> TILE_HEIGHT), (level, last >> TILE_HEIGHT)}
        # A tile that is not full has no node above it.
        above = (last + 1) >> TILE_HEIGHT
        if above == 0:
            return needed
        level, index, last = level + 1, min(index >> TILE_HEIGHT, above - 1), above - 1


def _range(start: int, end: int, tiles: Tiles) -> bytes:
    size = end - start
    if size & (size - 1) == 0 and start % size == 0:
        return _node(size.bit_length() - 1, start // size, tiles)
    middle = start + _split(size)
    return node_hash(_range(start, middle, tiles), _range(middle, end, tiles))


def _node(height: int, position: int, tiles: Tiles) -> bytes:
    """The node over 2^height leaves, from the highest tile level at or below it."""
    level, above = divmod(height, TILE_HEIGHT)
    first = position << above
    hashes = _hashes(level, tiles((level, first >> TILE_HEIGHT)))
    within = first & (TILE - 1)
    return _subtree(hashes[within : within + (1 << above)])


def _hashes(level: int, tile: bytes) -> list[bytes]:
    hashes = [tile[at : at + HASH_BYTES] for at in range(0, len(tile), HASH_BYTES)]
    return [leaf_hash(digest) for digest in hashes] if level == 0 else hashes


def _subtree(hashes: list[bytes]) -> bytes:
    while len(hashes) > 1:
        hashes = [
            node_hash(left, right) for left, right in zip(hashes[::2], hashes[1::2], strict=True)
        ]
    return hashes[0]


def _split(size: int) -> int:
    """The largest power of two below the size."""
    return 1 << (size - 1).bit_length() - 1
