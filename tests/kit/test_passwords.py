import pytest
from argon2 import PasswordHasher

from app.kit.passwords import (
    PasswordRefused,
    check_password,
    hash_password,
    needs_rehash,
    verify_password,
)

PHONE = "+8613812345678"


@pytest.mark.parametrize(
    "password",
    [
        "汉江边的樟树开花了",
        "Xiang-yang-2026",
        "correct horse battery staple",
        "kz8#Lm2q",
        "x" * 4 + "abcd",
    ],
)
def test_a_password_that_is_long_enough_and_not_common_is_accepted(password):
    check_password(password, PHONE)


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("", "至少要 8 个"),
        ("kz8#Lm2", "至少要 8 个"),
        ("汉江边的樟树", "至少要 8 个"),
        ("a" * 100 + "bcd" * 10, "最多 128"),
        ("12345678", "太常见"),
        ("Password123", "太常见"),
        ("WOAINI1314", "太常见"),
        ("１２３４５６７８", "太常见"),
        ("aaaaaaaab", "重复"),
        ("ababababab", "重复"),
        ("13812345678", "手机号"),
        ("138-1234-5678", "手机号"),
        ("my13812345678", "手机号"),
        ("81234567", "手机号"),
    ],
)
def test_a_password_guessed_first_is_refused_with_its_reason(password, reason):
    with pytest.raises(PasswordRefused, match=reason) as refused:
        check_password(password, PHONE)
    assert refused.value.errors["password"] == refused.value.sentence


def test_a_password_is_kept_as_argon2id_and_verified():
    stored = hash_password("kz8#Lm2q")
    assert stored.startswith("$argon2id$")
    assert verify_password(stored, "kz8#Lm2q")
    assert not verify_password(stored, "kz8#Lm2Q")
    assert hash_password("kz8#Lm2q") != stored


def test_full_width_typing_is_the_same_password():
    assert verify_password(hash_password("kz8#Lm2q"), "ｋｚ８＃Ｌｍ２ｑ")


@pytest.mark.parametrize("stored", ["", "!", "plain", "$argon2id$v=19$broken"])
def test_a_broken_record_verifies_nothing(stored):
    assert not verify_password(stored, "kz8#Lm2q")
    assert needs_rehash(stored)


def test_a_hash_of_other_costs_is_renewed():
    assert not needs_rehash(hash_password("kz8#Lm2q"))
    older = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash("kz8#Lm2q")
    assert verify_password(older, "kz8#Lm2q")
    assert needs_rehash(older)
