"""Payments' figures and the invoices they count, as the portal calls them."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from contracts.asking import Asked, paged
from contracts.calling import Calling
from contracts.payments import wire_figures as wire
from contracts.payments.language_figures import Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyAsked(Asked):
    """Invoices raised from `begins` on and before `ends`; the last year where neither is named.

    `authority` is an office of `agency`, or `-`: those of which nothing says whose they are.
    """

    begins: date | None = None
    ends: date | None = None
    agency: str | None = None
    authority: str | None = None
    standing: Standing | None = None
    licence_type: str | None = None
    fee: str | None = None
    currency: str | None = None


ANY: Final = MoneyAsked()


@dataclass(frozen=True, slots=True)
class PaymentsFigures:
    """Every method is one route. A figure and its rows take the same filter."""

    calling: Calling

    def money(self, of: MoneyAsked = ANY) -> wire.Money:
        return self.calling.get("/statistics/money", wire.Money, of.params())

    def invoices_counted(
        self, of: MoneyAsked = ANY, after: str | None = None, limit: int = 50
    ) -> wire.InvoicesCounted:
        asked = paged(of, after, limit)
        return self.calling.get("/statistics/money/rows", wire.InvoicesCounted, asked)

    def received(self, months: int = 12) -> wire.Received:
        """For everybody."""
        return self.calling.get("/statistics/received", wire.Received, {"months": months})

    def table(
        self, path: str, of: Asked, after: str | None = None, limit: int | None = None
    ) -> bytes:
        """The same rows as CSV; of rows a page, up to 5,000 lines long."""
        return self.calling.get_file(path, paged(of, after, limit) | {"format": "csv"})
