import json
import uuid
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kit.digests import NotCanonical, canonical_json, chain_digest, same_digest, sha256_hex

KEY = b"k" * 32
FIRST = "0" * 64
text = st.text(st.characters(exclude_categories=["Cs"]))
values = st.recursive(
    st.none() | st.booleans() | st.integers() | text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(text, inner, max_size=4),
    max_leaves=12,
)


def test_keys_are_sorted_and_text_stays_readable():
    assert canonical_json({"b": [1, True, None], "a": "襄阳"}) == (
        '{"a":"襄阳","b":[1,true,null]}'.encode()
    )


def test_two_spellings_of_one_character_give_the_same_bytes():
    assert canonical_json({"e\u0301": "e\u0301"}) == canonical_json({"\u00e9": "\u00e9"})


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        [float("nan")],
        Decimal(1),
        {1: 2},
        {"a", "b"},
        b"bytes",
        uuid.UUID(int=0),
        datetime(2026, 3, 8, tzinfo=UTC),
        {"e\u0301": 1, "\u00e9": 2},
        "\ud800",
    ],
)
def test_a_value_with_more_than_one_spelling_is_refused(value):
    with pytest.raises(NotCanonical):
        canonical_json(value)


def test_a_tuple_is_a_list():
    assert canonical_json((1, 2)) == canonical_json([1, 2])


@given(st.dictionaries(text, values, max_size=5))
def test_the_order_of_keys_does_not_matter(mapping):
    try:
        expected = canonical_json(mapping)
    except NotCanonical:
        return
    assert canonical_json(dict(reversed(mapping.items()))) == expected
    assert canonical_json(json.loads(expected)) == expected


def test_sha256_is_the_standard_one():
    assert sha256_hex(b"abc").startswith("ba7816bf8f01cfea")


def test_a_chain_continues_from_the_digest_before():
    one = chain_digest(KEY, FIRST, [{"row": 1}])
    assert chain_digest(KEY, one, [{"row": 2}]) != chain_digest(KEY, FIRST, [{"row": 2}])
    assert one == chain_digest(KEY, FIRST, iter([{"row": 1}]))


@pytest.mark.parametrize(
    "other",
    [
        (b"x" * 32, FIRST, ["a", "b"]),
        (KEY, "1" * 64, ["a", "b"]),
        (KEY, FIRST, ["b", "a"]),
        (KEY, FIRST, ["ab"]),
        (KEY, FIRST, ["a"]),
        (KEY, FIRST, ["a", "b", ""]),
        (KEY, FIRST, [["a", "b"]]),
    ],
)
def test_any_change_of_key_predecessor_or_items_shows(other):
    assert not same_digest(chain_digest(KEY, FIRST, ["a", "b"]), chain_digest(*other))


def test_a_chain_without_a_key_is_a_mistake():
    with pytest.raises(ValueError, match="key"):
        chain_digest(b"", FIRST, [])
