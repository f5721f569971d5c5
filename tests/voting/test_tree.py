"""The tree over the digests: as RFC 9162 defines it, from a few tiles."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.voting.rules import TILE, Proof, proof_of, proves, root_of, tiles_for, upper_tiles


def digests(size):
    return [hashlib.sha256(str(number).encode()).digest() for number in range(size)]


def tiles_over(leaves):
    """All tiles of a tree, as they are stored."""
    tiles, level, hashes = {}, 0, leaves
    while hashes:
        pieces = [b"".join(hashes[at : at + TILE]) for at in range(0, len(hashes), TILE)]
        tiles |= {(level, place): piece for place, piece in enumerate(pieces)}
        hashes = list(upper_tiles(level, pieces))
        level += 1
    return tiles


def defined_root(leaves):
    """MTH of RFC 9162, 2.1.1."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    both = defined_root(leaves[:split]) + defined_root(leaves[split:])
    return hashlib.sha256(b"\x01" + both).digest()


SIZES = st.one_of(st.integers(1, 1100), st.sampled_from([255, 256, 257, 512, 65535, 65536, 65793]))


@settings(max_examples=60, deadline=None)
@given(size=SIZES, data=st.data())
def test_every_leaf_is_proved_from_the_tiles_named_for_it(size, data):
    leaves = digests(size)
    tiles = tiles_over(leaves)
    root = root_of(size, tiles.__getitem__)
    assert root == defined_root(leaves)
    index = data.draw(st.integers(0, size - 1))
    needed = tiles_for(index, size)
    assert len(needed) <= 6
    few = {place: tiles[place] for place in needed}
    proof = proof_of(index, size, few.__getitem__)
    assert proves(proof, leaves[index], root)
    assert not proves(proof, hashlib.sha256(b"another").digest(), root)
    assert not proves(Proof((index + 1) % size, size, proof.path), leaves[index], root) or size == 1
    if proof.path:
        assert not proves(Proof(index, size, proof.path[:-1]), leaves[index], root)
        assert not proves(Proof(index, size, (*proof.path, root)), leaves[index], root)


def test_a_tree_of_nothing_has_the_root_of_nothing():
    assert root_of(0, {}.__getitem__) == hashlib.sha256(b"").digest()


@pytest.mark.parametrize("index", [-1, 3])
def test_a_leaf_that_is_not_there_has_no_proof(index):
    tiles = tiles_over(digests(3))
    with pytest.raises(IndexError):
        proof_of(index, 3, tiles.__getitem__)


def test_a_node_does_not_pass_for_a_leaf():
    first, second = digests(2)
    tiles = tiles_over([first, second])
    root = root_of(2, tiles.__getitem__)
    node = hashlib.sha256(b"\x00" + first).digest() + hashlib.sha256(b"\x00" + second).digest()
    assert not proves(Proof(0, 1, ()), hashlib.sha256(node).digest(), root)
