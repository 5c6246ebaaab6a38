"""Money: exact amounts in minor units, and how they are priced, shared, read and written."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from fractions import Fraction
from typing import Self

BASIS_POINTS = 10_000
LARGEST = 2**63 - 1  # what a bigint column holds


class MoneyMismatch(ValueError):
    """Two amounts in different currencies were added or compared."""


class NotAnAmount(ValueError):
    """The text or number is no exact amount of this currency."""


class Rounding(StrEnum):
    """How an exact price becomes a multiple of the smallest step (rulebook, tariff)."""

    HALF_UP = "half-up"  # ties away from zero
    UP = "up"  # away from zero
    DOWN = "down"  # towards zero


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount: 150_00 minor units of a currency with two decimals, never 150.0."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        """Refuse what is no whole number of minor units in an ISO-4217-like currency."""
        if type(self.minor) is not int or abs(self.minor) > LARGEST:
            raise NotAnAmount("an amount is a whole number of minor units within 64 bits")
        code = self.currency
        if len(code) != 3 or not (code.isascii() and code.isalpha() and code.isupper()):
            raise NotAnAmount("a currency is three capital letters")

    @classmethod
    def parse(cls, text: str, currency: str, exponent: int = 2) -> Self:
        """Read plain decimals such as `1250.50`; NotAnAmount if digits would have to be dropped."""
        try:
            exact = Decimal(text).scaleb(exponent)
        except InvalidOperation as unreadable:
            raise NotAnAmount("an amount is written in digits with a decimal point") from unreadable
        plain = text.isascii() and text.removeprefix("-").replace(".", "", 1).isdigit()
        if not plain or exact != exact.to_integral_value():
            raise NotAnAmount(f"an amount in {currency} has at most {exponent} decimals")
        return cls(int(exact), currency)

    @classmethod
    def zero(cls, currency: str) -> Self:
        """Nothing, in this currency."""
        return cls(0, currency)

    def format(self, exponent: int = 2) -> str:
        """`1250.50 EXD`; `exponent` is the currency's number of decimals."""
        return f"{self.decimals(exponent)} {self.currency}"

    def decimals(self, exponent: int = 2) -> str:
        """The number alone, `1250.50`: what `parse` reads back."""
        whole, rest = divmod(abs(self.minor), 10**exponent)
        sign = "-" if self.minor < 0 else ""
        return f"{sign}{whole}" + (f".{rest:0{exponent}d}" if exponent else "")

    def __add__(self, other: Self) -> Self:
        return type(self)(self.minor + self._same(other).minor, self.currency)

    def __sub__(self, other: Self) -> Self:
        return type(self)(self.minor - self._same(other).minor, self.currency)

    def __neg__(self) -> Self:
        return type(self)(-self.minor, self.currency)

    def __mul__(self, times: int) -> Self:
        return type(self)(self.minor * times, self.currency)

    __rmul__ = __mul__

    def __lt__(self, other: Self) -> bool:
        return self.minor < self._same(other).minor

    def __le__(self, other: Self) -> bool:
        return self.minor <= self._same(other).minor

    def __gt__(self, other: Self) -> bool:
        return self.minor > self._same(other).minor

    def __ge__(self, other: Self) -> bool:
        return self.minor >= self._same(other).minor

    def __bool__(self) -> bool:
        return self.minor != 0

    def shared_by(self, weights: Mapping[str, int]) -> dict[str, Self]:
        """Split by weight; the minor units left over go to the largest remainders first.

        The shares add up exactly. Equal remainders are served in the order of the names, so that
        everybody who recomputes a split finds the same one. ValueError for weights below zero or
        adding up to nothing.
        """
        whole = sum(weights.values())
        if whole <= 0 or min(weights.values()) < 0:
            raise ValueError("weights are not negative, and one at least is more than nothing")
        shares = {name: divmod(self.minor * weight, whole) for name, weight in weights.items()}
        spare = self.minor - sum(floor for floor, _ in shares.values())
        lucky = set(sorted(shares, key=lambda name: (-shares[name][1], name))[:spare])
        return {
            name: type(self)(floor + (name in lucky), self.currency)
            for name, (floor, _) in shares.items()
        }

    def shared_by_basis_points(self, points: Mapping[str, int]) -> dict[str, Self]:
        """Split by hundredths of a per cent, which must add up to 10 000."""
        if sum(points.values()) != BASIS_POINTS:
            raise ValueError("basis points add up to ten thousand")
        return self.shared_by(points)

    def _same(self, other: Self) -> Self:
        if other.currency != self.currency:
            raise MoneyMismatch(f"{self.currency} and {other.currency} do not mix")
        return other


def price(
    rate: Money,
    quantity: int | Decimal | Fraction,
    rounding: Rounding = Rounding.HALF_UP,
    step: int = 1,
) -> Money:
    """`rate` per unit times `quantity` (hectares, years), as a multiple of `step` minor units.

    A step of 100 rounds to whole units of a currency with two decimals. The product is exact until
    this one rounding.
    """
    if isinstance(quantity, float):
        raise NotAnAmount("a quantity is exact: an int, a Decimal or a Fraction")
    if step < 1:
        raise ValueError("a step is at least one minor unit")
    steps = Fraction(rate.minor) * Fraction(quantity) / step
    size = abs(steps)
    whole, rest = size.numerator // size.denominator, size - size.numerator // size.denominator
    more = {
        Rounding.UP: rest > 0,
        Rounding.DOWN: False,
        Rounding.HALF_UP: rest >= Fraction(1, 2),
    }[rounding]
    sign = -1 if steps < 0 else 1
    return Money(sign * (whole + more) * step, rate.currency)
