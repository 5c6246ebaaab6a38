"""Public codes: what people read out, type and print, with a check character that catches slips.

Numbers are in Crockford's base 32, without I, L, O and U, and read back tolerantly: lower case,
spaces, and the confusions O/0, I/1 and L/1. The check character is from the same alphabet, so the
tolerance costs it nothing: it is the remainder in the field of 32 elements (weights are powers of a
generator), which finds every single wrong character and every two characters that changed places.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from kernel.problems import Malformed

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SAME = str.maketrans("OIL", "011")
NUMBER_WIDTH = 6
FINGERPRINT = 16
PIN_DIGITS = 6
FIELD = 0b100101  # x^5 + x^2 + 1, primitive: the generator x has order 31
SPELLING = re.compile(
    r"(?P<prefix>[A-Z]{1,4})(?P<year>[0-9OIL]{4})(?P<number>[0-9A-Z]{6,10})(?P<check>[0-9A-Z])"
)
SEPARATORS = re.compile(r"[\s./\u2010-\u2015-]+")


class NotACode(Malformed):
    """The text is no public code, or one character of it is wrong."""

    title = "This is not a valid number"


@dataclass(frozen=True, slots=True)
class PublicCode:
    """A code such as `AP-2026-00016J-K`: prefix, year, running number in base 32, check character.

    The prefix is one to four capital letters of the rulebook (`AP` application, `SL` small-scale
    licence); the check character covers prefix, year and number.
    """

    prefix: str
    year: int
    number: int

    def __post_init__(self) -> None:
        """Refuse parts that would not read back."""
        letters = self.prefix.isascii() and self.prefix.isalpha() and self.prefix.isupper()
        if not letters or not 1 <= len(self.prefix) <= 4:
            raise ValueError("a prefix is one to four capital letters")
        if not 1000 <= self.year <= 9999 or self.number < 0:
            raise ValueError("a code holds a year of four digits and a number")

    def __str__(self) -> str:
        number = base32(self.number, NUMBER_WIDTH)
        return f"{self.prefix}-{self.year}-{number}-{self.check}"

    @property
    def check(self) -> str:
        """The check character over prefix, year and number."""
        letters = (ord(letter) - ord("A") for letter in self.prefix)
        rest = f"{self.year}{base32(self.number, NUMBER_WIDTH)}"
        return check_character([*letters, *(ALPHABET.index(letter) for letter in rest)])

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a code as people type it; NotACode when it is not one or its check fails."""
        found = SPELLING.fullmatch(_compact(text[:60]))
        if not found:
            raise NotACode("A number looks like AP-2026-00016J-K")
        year, number, check = (found[part].translate(SAME) for part in ("year", "number", "check"))
        try:
            code = cls(found["prefix"], int(year), from_base32(number))
        except ValueError as wrong:
            raise NotACode("A number looks like AP-2026-00016J-K") from wrong
        if base32(code.number, NUMBER_WIDTH) != number or code.check != check:
            raise NotACode("One character of this number is wrong; please compare it again")
        return code


def receipt_code(sequence: int, receipt: bytes) -> str:
    """The short code of a receipt, for SMS and paper: filing number and 16 base-32 characters.

    `receipt` is the receipt's canonical bytes; the characters are the first 80 bits of its SHA-256,
    in groups of four: `1234-7K2M-9QXR-04TB-ZP3C`.
    """
    if sequence < 0:
        raise ValueError("a filing number is not negative")
    bits = int.from_bytes(hashlib.sha256(receipt).digest()[: FINGERPRINT * 5 // 8], "big")
    text = base32(bits, FINGERPRINT)
    return "-".join((str(sequence), *(text[at : at + 4] for at in range(0, FINGERPRINT, 4))))


def is_receipt_code(text: str, sequence: int, receipt: bytes) -> bool:
    """Does this short code, as a person typed it, belong to this receipt?"""
    return _compact(text).translate(SAME) == _compact(receipt_code(sequence, receipt))


def tracking_pin(randomness: bytes) -> str:
    """Six digits from eight or more bytes of the caller's randomness; even to one part in 10^12."""
    if len(randomness) < 8:
        raise ValueError("a PIN needs eight bytes of randomness")
    return f"{int.from_bytes(randomness, 'big') % 10**PIN_DIGITS:0{PIN_DIGITS}d}"


def read_pin(text: str) -> str:
    """The six digits of a PIN as a person typed it; NotACode when there are not six."""
    digits = _compact(text).translate(SAME)
    if len(digits) != PIN_DIGITS or not (digits.isascii() and digits.isdigit()):
        raise NotACode(f"A PIN has {PIN_DIGITS} digits")
    return digits


def check_character(values: Iterable[int]) -> str:
    """The character that makes the weighted sum vanish; values are 0 to 31, at most 30 of them."""
    total = 0
    for value in values:
        total = _doubled(total ^ value)
    return ALPHABET[total]


def base32(number: int, width: int) -> str:
    """The number in Crockford's alphabet, filled with zeros to `width`."""
    digits = ""
    while number:
        number, rest = divmod(number, 32)
        digits = ALPHABET[rest] + digits
    return digits.rjust(width, "0")


def from_base32(text: str) -> int:
    """The number that Crockford's characters spell; ValueError for any other character."""
    number = 0
    for letter in text:
        number = number * 32 + ALPHABET.index(letter)
    return number


def _doubled(value: int) -> int:
    """Times the generator, in the field of 32 elements."""
    return value << 1 ^ (FIELD if value & 16 else 0)


def _compact(text: str) -> str:
    return SEPARATORS.sub("", text.upper())
