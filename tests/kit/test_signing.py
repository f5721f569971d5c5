"""Signatures: known from RFC 8032, and broken by any change."""

from __future__ import annotations

import base64

import pytest

from app.kit.signing import Signer, is_signed

# RFC 8032, 7.1, TEST 1.
SEED = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
PUBLIC = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
SIGNATURE = (
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
    "d25bf5f0595bbe24655141438e7a100b"
)


@pytest.fixture
def signer():
    return Signer(base64.urlsafe_b64encode(bytes.fromhex(SEED)).decode())


def test_it_signs_as_the_standard_says(signer):
    assert signer.public_key == PUBLIC
    assert signer.sign("") == SIGNATURE


def test_only_the_signed_words_are_signed(signer):
    signature = signer.sign("结果")
    assert is_signed("结果", signature, PUBLIC)
    assert not is_signed("结果。", signature, PUBLIC)
    assert not is_signed("结果", signature[:-2] + "00", PUBLIC)
    assert not is_signed("结果", "not hexadecimal", PUBLIC)


@pytest.mark.parametrize("key", ["", "c2hvcnQ=", "不是"])
def test_a_key_that_is_no_key_is_refused(key):
    with pytest.raises(ValueError, match="32 bytes"):
        Signer(key)
