"""Cells as people fill them in: sexes, years, dates and shares in the spellings that are met."""

import re
import unicodedata
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Final

from contracts.licensing.language import Sex

FEMALE: Final = frozenset({"f", "female", "woman", "w", "feminin", "femme", "mke", "ke"})
MALE: Final = frozenset({"m", "male", "man", "masculin", "homme", "mume", "me"})
NOT_TOLD: Final = frozenset({"", "-", "unknown", "u", "not told", "x"})
OLDEST: Final = 110  # years
EXCEL_DAY_ZERO: Final = date(1899, 12, 30)
_YEAR: Final = re.compile(r"(1[89]|20|40)\d\d")
_DAY_FIRST: Final = re.compile(r"(\d{1,2})[./\- ](\d{1,2})[./\- ](\d{4})")
_YEAR_FIRST: Final = re.compile(r"(\d{4})[./\-](\d{1,2})[./\-](\d{1,2})([T ].*)?")


class CellNotUnderstood(ValueError):
    """What stands in the cell has no meaning here; the text says what to write instead."""


def words(text: str) -> str:
    """Lower case, without accents, punctuation and double spaces: for comparing."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return " ".join(re.sub(r"[^a-z0-9]+", " ", plain or text.lower()).split()) or text.casefold()


def slug(text: str) -> str:
    """`Vice chair` -> `vice-chair`; empty when nothing is left that an id may hold."""
    return re.sub(r"^[^a-z]+", "", words(text).replace(" ", "-"))[:48].rstrip("-")


def read_sex(text: str) -> Sex:
    told = words(text) if text.strip() else ""
    if told in FEMALE:
        return Sex.FEMALE
    if told in MALE:
        return Sex.MALE
    if told in NOT_TOLD or not told:
        return Sex.UNKNOWN
    raise CellNotUnderstood("Write F or M, or leave it empty")


def read_birth_year(text: str, today: date) -> int | None:
    """A year or a date of birth; None when it is not told."""
    if not text.strip():
        return None
    year = int(text) if _YEAR.fullmatch(text.strip()) else read_day(text, today).year
    if not today.year - OLDEST <= year <= today.year:
        raise CellNotUnderstood(f"Nobody living was born in {year}; compare it with the paper")
    return year


def read_day(text: str, today: date) -> date:
    """ISO, DD.MM.YYYY, DD/MM/YYYY, or a spreadsheet's serial number; never a day to come."""
    try:
        day = _day(text.strip())
    except (ValueError, OverflowError) as wrong:
        raise CellNotUnderstood("Write the date as 2026-03-31 or 31/03/2026") from wrong
    if day > today:
        raise CellNotUnderstood("This day has not come yet")
    return day


def _day(text: str) -> date:
    if found := _YEAR_FIRST.fullmatch(text):
        return date(int(found[1]), int(found[2]), int(found[3]))
    if found := _DAY_FIRST.fullmatch(text):
        return date(int(found[3]), int(found[2]), int(found[1]))
    if re.fullmatch(r"\d{4,5}(\.0+)?", text):
        return EXCEL_DAY_ZERO + timedelta(days=int(float(text)))
    raise ValueError("no date")


def read_share(text: str) -> Decimal:
    """Parts as a whole or decimal number; a per cent sign counts hundredths as parts."""
    plain = text.strip().removesuffix("%").strip().replace("\u00a0", "").replace(" ", "")
    if re.fullmatch(r"\d+,\d+", plain):
        plain = plain.replace(",", ".")
    try:
        share = Decimal(plain)
    except InvalidOperation as wrong:
        raise CellNotUnderstood("Write the share as a number, such as 5 or 8.25") from wrong
    if not share.is_finite() or not 0 <= share <= 10**8:
        raise CellNotUnderstood("A share is a number from 0 up")
    return share.quantize(Decimal("0.000001"))
