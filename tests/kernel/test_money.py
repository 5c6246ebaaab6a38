"""Exact money."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.money import Money, MoneyMismatch, NotAnAmount, Rounding, price

AMOUNTS = st.integers(-(10**15), 10**15)
WEIGHTS = st.dictionaries(
    st.text(min_size=1, max_size=5), st.integers(0, 10**6), min_size=1
).filter(lambda weights: sum(weights.values()) > 0)


def exd(minor: int) -> Money:
    return Money(minor, "EXD")


@given(AMOUNTS, WEIGHTS)
def test_shares_add_up_exactly_and_are_fair_to_a_minor_unit(
    minor: int, weights: dict[str, int]
) -> None:
    shares = exd(minor).shared_by(weights)
    assert sum(share.minor for share in shares.values()) == minor
    assert list(shares) == list(weights)
    whole = sum(weights.values())
    for name, share in shares.items():
        assert abs(share.minor - Fraction(minor * weights[name], whole)) < 1


def test_the_minor_units_left_over_go_to_the_largest_remainders_then_by_name() -> None:
    assert exd(100).shared_by({"b": 1, "a": 1, "c": 1}) == {
        "b": exd(33),
        "a": exd(34),
        "c": exd(33),
    }
    assert exd(10).shared_by({"a": 1, "z": 5}) == {"a": exd(2), "z": exd(8)}


def test_basis_points_must_be_complete() -> None:
    split = exd(999).shared_by_basis_points({"treasury": 7_000, "council": 3_000})
    assert split == {"treasury": exd(699), "council": exd(300)}
    with pytest.raises(ValueError, match="ten thousand"):
        exd(999).shared_by_basis_points({"treasury": 7_000})


@pytest.mark.parametrize("weights", [{}, {"a": 0}, {"a": 2, "b": -1}])
def test_weights_that_share_nothing_are_refused(weights: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="weights"):
        exd(1).shared_by(weights)


@given(AMOUNTS, st.integers(0, 4))
def test_decimals_read_back(minor: int, exponent: int) -> None:
    assert Money.parse(exd(minor).decimals(exponent), "EXD", exponent) == exd(minor)


def test_amounts_are_written_with_the_currencys_decimals() -> None:
    assert exd(125_050).format() == "1250.50 EXD"
    assert exd(-5).format() == "-0.05 EXD"
    assert exd(7).format(exponent=0) == "7 EXD"


@pytest.mark.parametrize(
    "text",
    ["1.005", "1,000.00", "1e3", "NaN", "Infinity", "", " 1", "--1", "\u0661", "1_000", "+1"],
)
def test_what_is_no_exact_amount_is_refused(text: str) -> None:
    with pytest.raises(NotAnAmount):
        Money.parse(text, "EXD")


def test_arithmetic_stays_in_one_currency() -> None:
    assert exd(5) + exd(7) - exd(2) == exd(10) == 2 * exd(5) == exd(5) * 2
    assert -exd(3) < Money.zero("EXD") < exd(1)
    assert exd(1) <= exd(1)
    assert exd(2) >= exd(2)
    assert exd(2) > exd(1)
    assert not Money.zero("EXD")
    for mixed in (lambda: exd(1) + Money(1, "USD"), lambda: exd(1) < Money(1, "USD")):
        with pytest.raises(MoneyMismatch):
            mixed()


@pytest.mark.parametrize(
    ("minor", "currency"), [(1.0, "EXD"), (True, "EXD"), (2**63, "EXD"), (1, "exd")]
)
def test_floats_and_strange_currencies_are_refused(minor: int, currency: str) -> None:
    with pytest.raises(NotAnAmount):
        Money(minor, currency)


@pytest.mark.parametrize(
    ("quantity", "rounding", "step", "minor"),
    [
        (Decimal("6.4"), Rounding.HALF_UP, 1, 960),
        (Decimal("6.43"), Rounding.HALF_UP, 1, 965),
        (Decimal("6.43"), Rounding.UP, 100, 1000),
        (Decimal("6.43"), Rounding.DOWN, 100, 900),
        (Decimal("-6.43"), Rounding.UP, 100, -1000),
        (Fraction(1, 3), Rounding.HALF_UP, 1, 50),
        (Fraction(1, 300), Rounding.HALF_UP, 1, 1),
        (0, Rounding.UP, 100, 0),
        (4, Rounding.UP, 100, 600),
    ],
)
def test_a_price_is_exact_until_its_one_rounding(
    quantity: Decimal, rounding: Rounding, step: int, minor: int
) -> None:
    assert price(exd(150), quantity, rounding, step) == exd(minor)


@given(AMOUNTS, st.fractions(-1000, 1000), st.sampled_from(Rounding), st.integers(1, 1000))
def test_a_price_is_within_one_step_of_the_exact_product(
    minor: int, quantity: Fraction, rounding: Rounding, step: int
) -> None:
    priced = price(exd(minor), quantity, rounding, step)
    assert priced.minor % step == 0
    assert abs(priced.minor - minor * quantity) < step


def test_float_quantities_are_refused() -> None:
    with pytest.raises(NotAnAmount):
        price(exd(1), 0.1)  # type: ignore[arg-type]
