"""The ledger: the database itself keeps it balanced, whole and unchanged."""

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID, uuid4

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from payments_counter import Counter

from contracts.payments.language import EntryKind
from kernel.authority import Power
from kernel.money import Money
from services.payments.domain import ledger
from services.payments.domain.invoice import ShareOwed
from tests.served import eventually

NAMES = ("treasury", "council-hillside", "community-fund", "mines-agency")


@pytest.fixture
def app_role(counter: Counter) -> Iterator[psycopg.Connection]:
    """What a process of the service may do to its database."""
    with psycopg.connect(counter.settings.database.get_secret_value()) as connection:
        yield connection
        connection.rollback()


def entry(connection: psycopg.Connection, *lines: tuple[int, str], says: int | None = None) -> UUID:
    tx = uuid4()
    at = datetime(2026, 3, 2, tzinfo=UTC)
    connection.execute(
        "insert into ledger_transaction (id, kind, business_id, lines, at)"
        " values (%s, 'payment', %s, %s, %s)",
        [tx, uuid4(), len(lines) if says is None else says, at],
    )
    add(connection, tx, *lines)
    return tx


def add(connection: psycopg.Connection, tx: UUID, *lines: tuple[int, str]) -> None:
    for n, (minor, currency) in enumerate(lines):
        connection.execute(
            "insert into account values (%s, %s) on conflict do nothing",
            [f"test:{n}", datetime(2026, 3, 2, tzinfo=UTC)],
        )
        connection.execute(
            "insert into ledger_line (transaction_id, account, minor, currency)"
            " values (%s, %s, %s, %s)",
            [tx, f"test:{n}", minor, currency],
        )


def test_what_balances_is_kept(app_role: psycopg.Connection) -> None:
    entry(app_role, (100, "EXD"), (-60, "EXD"), (-40, "EXD"))
    app_role.commit()


@pytest.mark.parametrize(
    "lines",
    [
        [(100, "EXD"), (-99, "EXD")],
        [(100, "EXD"), (-100, "USD")],
        [(100, "EXD"), (-100, "EXD"), (5, "USD"), (-4, "USD")],
    ],
)
def test_what_does_not_balance_in_each_currency_is_not_committed(
    app_role: psycopg.Connection, lines: list[tuple[int, str]]
) -> None:
    entry(app_role, *lines)
    with pytest.raises(psycopg.errors.CheckViolation, match="does not balance"):
        app_role.commit()


def test_an_entry_without_its_lines_is_not_committed(app_role: psycopg.Connection) -> None:
    entry(app_role, says=2)
    with pytest.raises(psycopg.errors.CheckViolation, match="other lines than it says"):
        app_role.commit()


def test_nothing_is_added_to_an_entry_of_the_past_even_if_it_balances(
    app_role: psycopg.Connection,
) -> None:
    tx = entry(app_role, (100, "EXD"), (-100, "EXD"))
    app_role.commit()
    add(app_role, tx, (7, "EXD"), (-7, "EXD"))
    with pytest.raises(psycopg.errors.CheckViolation, match="other lines than it says"):
        app_role.commit()


@pytest.mark.parametrize(
    "statement",
    [
        "update ledger_line set minor = minor + 1",
        "delete from ledger_line",
        "truncate ledger_line cascade",
        "update ledger_transaction set kind = 'payment-held'",
        "delete from ledger_transaction",
        "update receipt set minor = 1",
        "delete from receipt",
        "update account set name = 'x'",
    ],
)
def test_the_services_own_role_cannot_change_what_was_booked(
    app_role: psycopg.Connection, statement: str
) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        app_role.execute(statement)


@pytest.mark.parametrize("verb", ["update ledger_line set minor = 1", "delete from ledger_line"])
def test_not_even_the_owner_changes_a_line(counter: Counter, verb: str) -> None:
    with pytest.raises(psycopg.errors.CheckViolation, match="written once"):
        counter.sql(verb)


def test_the_same_money_is_never_booked_twice(counter: Counter) -> None:
    invoice = counter.invoice()
    payment = counter.begun(invoice)
    eventually(lambda: counter.paid(invoice), "the payment never arrived")
    reference = counter.operator.transaction(payment)["transactionReference"]
    for kind, business in (("payment", UUID(payment)), ("payment-held", uuid4())):
        with pytest.raises(psycopg.errors.UniqueViolation):
            counter.sql(
                "insert into ledger_transaction"
                " (id, kind, business_id, lines, provider, provider_ref, at)"
                " values (%s, %s, %s, 2, 'mobile-money', %s, %s)",
                uuid4(), kind, business, reference, counter.now(),
            )  # fmt: skip


@given(
    minor=st.integers(1, 2**53),
    points=st.lists(st.integers(1, 5000), min_size=2, max_size=4).map(
        lambda found: dict(zip(NAMES, found, strict=False))
    ),
)
def test_a_split_payment_adds_up_to_the_last_minor_unit(minor: int, points: dict[str, int]) -> None:
    parts = Money(minor, "EXD").shared_by(points)
    shares = [
        ShareOwed(beneficiary=name, title="", basis_points=0, minor=part.minor, pays_into="")
        for name, part in parts.items()
    ]
    booked = ledger.payment(uuid4(), Money(minor, "EXD"), "mobile-money", "R", shares)
    assert sum(booked.lines.values()) == 0
    assert -sum(m for name, m in booked.lines.items() if name.startswith("payable:")) == minor


def test_an_entry_that_does_not_balance_cannot_even_be_thought_of() -> None:
    with pytest.raises(ledger.DoesNotBalance):
        ledger.Entry(EntryKind.PAYMENT, uuid4(), "EXD", {"a": 1, "b": -2})


def test_the_books_show_every_line_and_add_up_to_nothing(counter: Counter) -> None:
    officer = counter.officer(Power.READ_LEDGER)
    invoice = counter.invoice()
    counter.begun(invoice)
    eventually(lambda: counter.paid(invoice), "the payment never arrived")
    told = counter.http.get("/v1/ledger/balances", headers=officer).json()
    assert told["off"] == []
    page = counter.http.get("/v1/ledger?limit=500", headers=officer).json()
    float_lines = [one for one in page["lines"] if one["account"] == "float:mobile-money"]
    balance = next(b for b in told["balances"] if b["account"] == "float:mobile-money")
    assert sum(one["amount"]["minor"] for one in float_lines) == balance["amount"]["minor"]
    assert balance["amount"]["minor"] > 0
