import uuid

import pytest

from app.kit.ids import ALPHABET, digest_groups, new_id, normalize_code, short_code


def test_a_new_id_is_a_version_7_uuid_of_the_standard_type():
    identifier = new_id()
    assert type(identifier) is uuid.UUID
    assert identifier.version == 7


def test_later_ids_sort_later():
    identifiers = [new_id() for _ in range(500)]
    assert identifiers == sorted(identifiers)
    assert len(set(identifiers)) == 500


def test_a_short_code_has_no_ambiguous_character():
    codes = [short_code() for _ in range(300)]
    assert all(len(code) == 10 for code in codes)
    assert not set("ILOU") & set("".join(codes))
    assert len(set(codes)) == 300


@pytest.mark.parametrize("length", [0, 7, 33])
def test_a_short_code_too_short_to_be_unguessable_is_a_mistake(length):
    with pytest.raises(ValueError, match="8 to 32"):
        short_code(length)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ab12-cd34", "AB12CD34"),
        (" 0oO1iIlL ", "00011111"),
        ("ＡＢ１２ ＣＤ３４", "AB12CD34"),
        ("", ""),
    ],
)
def test_a_typed_code_is_read_as_meant(typed, meant):
    assert normalize_code(typed) == meant


def test_the_alphabet_survives_its_own_normalization():
    assert normalize_code(ALPHABET) == ALPHABET


def test_a_digest_is_shown_in_groups_of_four():
    assert digest_groups("ABCDef0123") == "abcd ef01 23"
    assert digest_groups("") == ""
