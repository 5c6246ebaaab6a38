"""Telephone numbers as people type them, and as the world writes them (ITU-T E.164)."""

import re
import unicodedata
from typing import Final

E164: Final = re.compile(r"\+[1-9][0-9]{6,14}")
BETWEEN: Final = re.compile(r"[\s().\-\u2010-\u2015\u200e\u200f\u202a-\u202e]+")


def plain_digits(text: str) -> str:
    """Digits of any script as 0 to 9; everything else as it was."""
    return "".join(
        str(unicodedata.decimal(sign)) if unicodedata.decimal(sign, None) is not None else sign
        for sign in text
    )


def read_number(typed: str, calling_code: str = "") -> str | None:
    """`+255700000123` from what was typed; None when it is no number.

    `calling_code` stands in for the leading zero of a national number, where one is given.
    """
    number = BETWEEN.sub("", plain_digits(typed))
    if number.startswith("00"):
        number = "+" + number[2:]
    elif number.startswith("0") and calling_code:
        number = calling_code + number[1:]
    return number if E164.fullmatch(number) else None


def read_code(typed: str) -> str:
    """A code as it was sent: six digits, without what people put between them."""
    return BETWEEN.sub("", plain_digits(typed))[:12]
