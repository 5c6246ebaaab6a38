"""Retime an invoice: the days that its step's time is reckoned from have changed."""

from datetime import datetime

from chassis.unit_of_work import UnitOfWork
from contracts.command_args import RetimeInvoice
from contracts.procedures import Ack, Tell
from kernel.commands import Command
from kernel.facts import INVOICE_RETIMED
from kernel.log.leaf import instant
from services.payments.acts.raise_invoice import reminds_first
from services.payments.desk import Desk
from services.payments.domain.invoice import Invoice
from services.payments.domain.notices import reminders
from services.payments.store.invoices import Invoices


def retime_invoice(work: UnitOfWork, desk: Desk, command: Command) -> Ack:
    """Give whoever pays the longer time; nobody is ever given less than he was told.

    While no due instant is known the invoice stands still: it can be paid, and it does not expire.
    An invoice that is paid or ended stays as it is, and so does one when the new instant has
    passed. Reminders that are past stay; the next one is reckoned from the new instant.
    """
    asked = RetimeInvoice.model_validate(command.args)
    invoice = Invoices(work.session).of_step(command.application_id, asked.step, asked.round)
    if invoice is None or not invoice.open or not _changes(invoice, asked.due_at, work.now):
        return Ack()
    before = invoice.due_at
    if asked.due_at is not None:
        _run_until(work, desk, invoice, max(asked.due_at, before))
    invoice.stands_still = asked.due_at is None
    event = work.record(
        invoice.application_id,
        INVOICE_RETIMED,
        {
            "invoice": str(invoice.id),
            "code": invoice.code,
            "step": invoice.step,
            "round": invoice.round,
            "due_before": instant(before),
            "due_at": None if invoice.stands_still else instant(invoice.due_at),
        },
        tell=[Tell.application(invoice.application_id), Tell.invoice(invoice.id)],
        edition=invoice.edition_ref(),
    )
    return Ack(seq=event.seq)


def _changes(invoice: Invoice, due_at: datetime | None, now: datetime) -> bool:
    if due_at is None or invoice.stands_still:
        return invoice.stands_still is not (due_at is None)
    return due_at > max(invoice.due_at, now)


def _run_until(work: UnitOfWork, desk: Desk, invoice: Invoice, due_at: datetime) -> None:
    first = reminds_first(desk, desk.edition_of(invoice.edition_ref()), invoice, due_at)
    told_before = [at for at in invoice.remind_at if at <= work.now]
    invoice.due_at = due_at
    invoice.remind_at = told_before + reminders(due_at, first, work.now)
