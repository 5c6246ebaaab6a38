"""The one spelling of JSON that is hashed and signed."""

import json
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.log.canonical import NotCanonical, canonical, parse_canonical

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
    max_leaves=20,
)


def test_members_are_sorted_by_code_point_without_spaces() -> None:
    assert canonical({"b": 1, "a": [True, None, "ä"], "\U0001f600": 2, "\uffee": 3}) == (
        '{"a":[true,null,"ä"],"b":1,"\uffee":3,"\U0001f600":2}'.encode()
    )


def test_text_is_not_normalised() -> None:
    assert canonical("e\u0301") != canonical("\u00e9")


def test_a_word_of_an_enumeration_is_its_value() -> None:
    class Word(StrEnum):
        GOLD = "gold"

    assert canonical({"mineral": Word.GOLD}) == b'{"mineral":"gold"}'


@pytest.mark.parametrize(
    ("value", "where"),
    [
        ({"a": [1, 2.0]}, r"\$\.a\[1\]"),
        (float("nan"), r"\$"),
        ({"a": "\ud800"}, r"\$\.a"),
        ({"\udfff": 1}, r"\$"),
        ({1: 1}, r"\$"),
        (2**53 + 1, r"\$"),
        ({"x": b"bytes"}, r"\$\.x"),
    ],
)
def test_what_has_no_single_spelling_is_refused_with_its_place(value: object, where: str) -> None:
    with pytest.raises(NotCanonical, match=where):
        canonical(value)  # type: ignore[arg-type]


def test_deep_nesting_is_refused_and_does_not_exhaust_the_stack() -> None:
    deep: list[object] = []
    for _ in range(500):
        deep = [deep]
    with pytest.raises(NotCanonical, match="deeper"):
        canonical(deep)  # type: ignore[arg-type]
    with pytest.raises(NotCanonical, match="deeper"):
        parse_canonical(b"[" * 200_000 + b"]" * 200_000)


@pytest.mark.parametrize(
    "data",
    [
        b'{"b":1,"a":2}',
        b'{"a": 1}',
        b'{"a":1,"a":1}',
        b"1.0",
        b"1e3",
        b"NaN",
        b"-0",
        b'"\\u0041"',
        b'"\\ud800"',
        b"\xff",
        b"",
        b"9007199254740993",
    ],
)
def test_another_spelling_is_refused(data: bytes) -> None:
    with pytest.raises(NotCanonical):
        parse_canonical(data)


@given(VALUES)
def test_canonical_bytes_read_back_as_the_same_value(value: object) -> None:
    data = canonical(value)  # type: ignore[arg-type]
    assert parse_canonical(data) == value
    assert json.loads(data) == value
