"""Payments, as the portal and the command line call it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from contracts.calling import Calling
from contracts.payments.wire import (
    InvoicePage,
    InvoiceView,
    LedgerPage,
    NewPayment,
    PaymentView,
    QuoteAsked,
    QuoteView,
    ReceiptView,
    ScheduleView,
    SharePage,
    Statement,
    TrialBalance,
    UnmatchedPage,
)

Ref = UUID | str  # an invoice's id or code


@dataclass(frozen=True, slots=True)
class Payments:
    """Every method is one route; `key` is the idempotency key, best a random UUID for each act."""

    calling: Calling

    def quote(self, asked: QuoteAsked) -> QuoteView:
        """Anybody may ask what a licence costs in all."""
        return self.calling.post("/quotes", asked, QuoteView)

    def own_invoices(
        self, application: UUID | None = None, after: str | None = None
    ) -> InvoicePage:
        """One's own; officers of the books name the application whose invoices they want."""
        asked = {"application": None if application is None else str(application), "after": after}
        return self.calling.get("/invoices", InvoicePage, asked)

    def invoice(self, ref: Ref) -> InvoiceView:
        return self.calling.get(f"/invoices/{ref}", InvoiceView)

    def pay(self, ref: Ref, asked: NewPayment, key: str) -> PaymentView:
        """Have a phone asked to pay; follow the payment until it is over."""
        return self.calling.post(f"/invoices/{ref}/payments", asked, PaymentView, key=key)

    def payments_of(self, ref: Ref) -> list[PaymentView]:
        return self.calling.get(f"/invoices/{ref}/payments", list[PaymentView])

    def payment(self, payment: UUID) -> PaymentView:
        return self.calling.get(f"/payments/{payment}", PaymentView)

    def receipt(self, code: str) -> ReceiptView:
        return self.calling.get(f"/receipts/{code}", ReceiptView)

    # the books, for officers

    def ledger(self, account: str | None = None, after: str | None = None) -> LedgerPage:
        return self.calling.get("/ledger", LedgerPage, {"account": account, "after": after})

    def balances(self) -> TrialBalance:
        return self.calling.get("/ledger/balances", TrialBalance)

    def statement(
        self,
        beneficiary: str,
        since: datetime | None = None,
        until: datetime | None = None,
        after: str | None = None,
    ) -> Statement:
        asked = {
            "since": None if since is None else since.isoformat(),
            "until": None if until is None else until.isoformat(),
            "after": after,
        }
        return self.calling.get(f"/beneficiaries/{beneficiary}/statement", Statement, asked)

    def unmatched(self, after: str | None = None) -> UnmatchedPage:
        return self.calling.get("/unmatched", UnmatchedPage, {"after": after})

    def shares(self, beneficiary: str | None = None, after: str | None = None) -> SharePage:
        return self.calling.get("/shares", SharePage, {"beneficiary": beneficiary, "after": after})

    def schedules(self, after: int = 0) -> list[ScheduleView]:
        return self.calling.get("/schedules", list[ScheduleView], {"after": after})

    def schedule(self, number: int) -> ScheduleView:
        return self.calling.get(f"/schedules/{number}", ScheduleView)
