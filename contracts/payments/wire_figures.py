"""Payments' figures on the wire: each with its period, what is counted, and the formula in words.

No figure and no row names a person.
"""

from datetime import date, datetime
from uuid import UUID

from contracts.payments.language_figures import Figure, Standing
from contracts.payments.wire import View


class Counted(View):
    """What is counted, of which agency's offices. `figure` is a stable key, `formula` what it
    stands for in English.

    `begins` and `ends` (the first day without) are local days. `training`: of a training stack,
    whose history may be generated.
    """

    figure: Figure
    formula: str
    begins: date | None
    ends: date | None
    as_of: datetime
    training: bool
    agency: str | None


class MoneyRow(View):
    """Invoices of one office in minor units of one currency; `authority` None: nothing says whose.

    The four kinds add up to `invoices` and `minor`.
    """

    authority: str | None
    currency: str
    invoices: int
    minor: int
    due_invoices: int
    due_minor: int
    paid_invoices: int
    paid_minor: int
    past_due_invoices: int
    past_due_minor: int
    voided_invoices: int
    voided_minor: int


class Money(Counted):
    rows: list[MoneyRow]


class InvoiceCounted(View):
    """An invoice that is counted."""

    code: str
    application_code: str
    authority: str | None
    licence_type: str
    fee: str
    minor: int
    currency: str
    standing: Standing
    raised_at: datetime
    due_at: datetime
    ended_at: datetime | None
    id: UUID


class InvoicesCounted(Counted):
    rows: list[InvoiceCounted]
    next: str | None


class ReceivedRow(View):
    """Receipts of one month and office. Fewer than five: `shown` is false, and both are None."""

    month: date
    authority: str | None
    currency: str
    shown: bool
    receipts: int | None
    minor: int | None


class Received(Counted):
    rows: list[ReceivedRow]
