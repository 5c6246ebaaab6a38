"""Numbers that people read out and type."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.codes import (
    ALPHABET,
    NotACode,
    PublicCode,
    is_receipt_code,
    read_pin,
    receipt_code,
    tracking_pin,
)

CODES = st.builds(
    PublicCode,
    prefix=st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=4),
    year=st.integers(1000, 9999),
    number=st.integers(0, 32**7),
)


@given(CODES)
def test_a_code_reads_back(code: PublicCode) -> None:
    assert PublicCode.parse(str(code)) == code


@given(CODES, st.randoms())
def test_a_code_is_read_as_people_type_it(code: PublicCode, chance: object) -> None:
    prefix, year, number, check = str(code).lower().split("-")
    sloppy = number.replace("0", "o").replace("1", "l"), check.replace("0", "O").replace("1", "i")
    assert (
        PublicCode.parse(f" {prefix} {year.replace('0', 'o')}\u2013{sloppy[0]}/{sloppy[1]} ")
        == code
    )
    assert PublicCode.parse(str(code).replace("-", "")) == code


@given(CODES, st.data())
def test_a_single_wrong_character_is_found(code: PublicCode, data: st.DataObject) -> None:
    text = str(code)
    at = data.draw(st.sampled_from([n for n, letter in enumerate(text) if letter != "-"]))
    letters = ALPHABET if at > len(code.prefix) else "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    wrong = data.draw(st.sampled_from(letters).filter(lambda letter: letter != text[at]))
    with pytest.raises(NotACode):
        PublicCode.parse(text[:at] + wrong + text[at + 1 :])


@given(CODES, st.data())
def test_two_characters_that_changed_places_are_found(
    code: PublicCode, data: st.DataObject
) -> None:
    text = str(code)
    places = [n for n, letter in enumerate(text) if letter != "-" and n > len(code.prefix)]
    at, other = data.draw(st.sampled_from(places)), data.draw(st.sampled_from(places))
    swapped = list(text)
    swapped[at], swapped[other] = text[other], text[at]
    mixed = "".join(swapped)
    if mixed == text:
        return
    with pytest.raises(NotACode):
        PublicCode.parse(mixed)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "AP",
        "AP-2026-0000T4",
        "AP-2026-0000T4-U",
        "AP-26-0000T4-K",
        "A" * 5000,
        "AP-2026-00\u0661",
    ],
)
def test_what_is_no_code_is_refused(text: str) -> None:
    with pytest.raises(NotACode):
        PublicCode.parse(text)


def test_the_printed_form_never_changes() -> None:
    assert str(PublicCode("AP", 2026, 1234)) == "AP-2026-00016J-K"


def test_a_receipts_short_code_belongs_to_that_receipt_alone() -> None:
    code = receipt_code(1234, b'{"n":1}')
    assert code == "1234-5FYH-9X1X-2ZY7-STH4"
    assert is_receipt_code(code.lower().replace("-", " "), 1234, b'{"n":1}')
    assert not is_receipt_code(code, 1235, b'{"n":1}')
    assert not is_receipt_code(code, 1234, b'{"n":2}')


@given(st.binary(min_size=8, max_size=16))
def test_a_pin_has_six_digits_and_reads_back(randomness: bytes) -> None:
    pin = tracking_pin(randomness)
    assert len(pin) == 6
    assert pin.isdigit()
    assert read_pin(f" {pin[:3]} {pin[3:]}".replace("0", "o")) == pin


def test_a_pin_of_another_length_is_refused() -> None:
    with pytest.raises(NotACode):
        read_pin("12345")
    with pytest.raises(NotACode):
        read_pin("12345\u0661")
