import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kit.sealing import FieldCipher, SealBroken, blind_index, new_key

OLD, NEW = new_key(), new_key()


@given(st.text())
def test_what_is_sealed_opens_again(text):
    cipher = FieldCipher([NEW])
    assert cipher.decrypt(cipher.encrypt(text)) == text


def test_the_sealed_text_does_not_show_the_value_and_never_repeats():
    cipher = FieldCipher([NEW])
    one, two = cipher.encrypt("11010519491231002X"), cipher.encrypt("11010519491231002X")
    assert one != two
    assert "1101" not in one[:4]


def test_an_old_key_still_opens_and_rotation_moves_to_the_new_one():
    sealed = FieldCipher([OLD]).encrypt("身份证")
    both = FieldCipher([NEW, OLD])
    assert not both.is_current(sealed)
    rotated = both.rotate(sealed)
    assert both.is_current(rotated)
    assert FieldCipher([NEW]).decrypt(rotated) == "身份证"


@pytest.mark.parametrize("method", ["decrypt", "rotate"])
@pytest.mark.parametrize("spoil", [lambda s: s[:-6] + "AAAAA=", lambda _: "", lambda _: "乱码"])
def test_a_changed_text_is_noticed(method, spoil):
    cipher = FieldCipher([NEW])
    with pytest.raises(SealBroken):
        getattr(cipher, method)(spoil(cipher.encrypt("身份证")))


def test_a_missing_key_is_noticed():
    with pytest.raises(SealBroken):
        FieldCipher([NEW]).decrypt(FieldCipher([OLD]).encrypt("身份证"))


@pytest.mark.parametrize("keys", [[], ["short"], [NEW, "not a key"]])
def test_bad_keys_are_refused_at_the_start(keys):
    with pytest.raises(ValueError, match="key"):
        FieldCipher(keys)


def test_the_blind_index_depends_on_value_and_key_only():
    assert blind_index("11010519491231002X", OLD) == blind_index("11010519491231002X", OLD)
    assert blind_index("11010519491231002X", OLD) != blind_index("11010519491231002X", NEW)
    assert blind_index("1", OLD) != blind_index("2", OLD)
    assert len(blind_index("", OLD)) == 64


def test_a_short_index_key_is_a_mistake():
    with pytest.raises(ValueError, match="32"):
        blind_index("1", "short")
