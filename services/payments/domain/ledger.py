"""The ledger's entries: which accounts a thing that happened moves, always adding up to nothing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from contracts.payments.language import EntryKind
from kernel.money import Money
from services.payments.domain.invoice import ShareOwed

RECEIVABLE: Final = "receivable"  # invoiced, not yet paid
ASSESSED: Final = "assessed"  # the other side of what is invoiced
UNAPPLIED: Final = "unapplied"  # money held for whoever sent it
REVERSED: Final = "reversed"  # taken back by a provider after an invoice was paid with it
TREASURY_INSTRUCTED: Final = "treasury-instructed"  # the treasury was told to pay it on


class DoesNotBalance(ValueError):
    """The lines of an entry do not add up to nothing."""


def float_of(provider: str) -> str:
    """Our money at a provider."""
    return f"float:{provider}"


def payable_to(beneficiary: str) -> str:
    """What is owed to a beneficiary."""
    return f"payable:{beneficiary}"


@dataclass(frozen=True, slots=True)
class Entry:
    """One transaction: minor units by account, more than zero for debit, less for credit.

    `business` is the invoice, payment or share it is about: with the kind it names the entry, so
    that nothing is posted twice.
    """

    kind: EntryKind
    business: UUID
    currency: str
    lines: Mapping[str, int]
    provider: str | None = None
    provider_ref: str | None = None

    def __post_init__(self) -> None:
        """Raise DoesNotBalance; the database checks it once more at commit."""
        if sum(self.lines.values()) or not all(self.lines.values()):
            raise DoesNotBalance(f"{self.kind.value} does not add up to nothing")


def invoice_raised(invoice: UUID, money: Money) -> Entry:
    lines = {RECEIVABLE: money.minor, ASSESSED: -money.minor}
    return Entry(EntryKind.INVOICE_RAISED, invoice, money.currency, lines)


def invoice_closed(invoice: UUID, money: Money) -> Entry:
    """Expired or voided: it is owed no more."""
    lines = {RECEIVABLE: -money.minor, ASSESSED: money.minor}
    return Entry(EntryKind.INVOICE_CLOSED, invoice, money.currency, lines)


def payment(
    payment_id: UUID,
    money: Money,
    provider: str,
    reference: str | None,
    shares: Iterable[ShareOwed],
) -> Entry:
    """Money came in for an invoice; what was owed to the office is now owed to beneficiaries."""
    lines = {float_of(provider): money.minor, RECEIVABLE: -money.minor, ASSESSED: money.minor}
    for share in shares:
        account = payable_to(share["beneficiary"])
        lines[account] = lines.get(account, 0) - share["minor"]
    lines = {account: minor for account, minor in lines.items() if minor}
    return Entry(EntryKind.PAYMENT, payment_id, money.currency, lines, provider, reference)


def payment_held(payment_id: UUID, money: Money, provider: str, reference: str | None) -> Entry:
    """Money came in that no invoice can be paid with."""
    lines = {float_of(provider): money.minor, UNAPPLIED: -money.minor}
    return Entry(EntryKind.PAYMENT_HELD, payment_id, money.currency, lines, provider, reference)


def payment_reversed(
    payment_id: UUID, money: Money, provider: str, reference: str | None, *, held: bool
) -> Entry:
    """The provider took the money back: held money is gone, of other money it is a loss so far."""
    lines = {float_of(provider): -money.minor, (UNAPPLIED if held else REVERSED): money.minor}
    return Entry(EntryKind.PAYMENT_REVERSED, payment_id, money.currency, lines, provider, reference)


def share_settled(share: UUID, beneficiary: str, money: Money, provider: str, ref: str) -> Entry:
    """The provider has paid a beneficiary out of our money."""
    lines = {payable_to(beneficiary): money.minor, float_of(provider): -money.minor}
    return Entry(EntryKind.SHARE_SETTLED, share, money.currency, lines, provider, ref)


def share_instructed(share: UUID, beneficiary: str, money: Money) -> Entry:
    """A signed schedule has the treasury pay the beneficiary."""
    lines = {payable_to(beneficiary): money.minor, TREASURY_INSTRUCTED: -money.minor}
    return Entry(EntryKind.SHARE_INSTRUCTED, share, money.currency, lines)
