"""Retime an invoice: the days that its step's time is reckoned from have changed."""

from chassis.unit_of_work import UnitOfWork
from contracts.procedures import Ack, RetimeInvoice, Tell
from kernel.commands import Command
from kernel.facts import INVOICE_RETIMED
from kernel.log.leaf import instant
from services.payments.acts.raise_invoice import reminds_first
from services.payments.desk import Desk
from services.payments.domain.notices import reminders
from services.payments.store.invoices import Invoices


def retime_invoice(work: UnitOfWork, desk: Desk, command: Command) -> Ack:
    """Give whoever pays the longer time; nobody is ever given less than he was told.

    An invoice that is paid or ended stays as it is, and so does one when the new instant has
    passed. Reminders that are past stay; the next one is reckoned from the new instant.
    """
    asked = RetimeInvoice.model_validate(command.args)
    invoice = Invoices(work.session).of_step(command.application_id, asked.step, asked.round)
    if invoice is None or not invoice.open or asked.due_at <= max(invoice.due_at, work.now):
        return Ack()
    edition = desk.edition_of(invoice.edition_ref())
    first = reminds_first(desk, edition, invoice, asked.due_at)
    told_before = [at for at in invoice.remind_at if at <= work.now]
    before, invoice.due_at = invoice.due_at, asked.due_at
    invoice.remind_at = told_before + reminders(asked.due_at, first, work.now)
    event = work.record(
        invoice.application_id,
        INVOICE_RETIMED,
        {
            "invoice": str(invoice.id),
            "code": invoice.code,
            "step": invoice.step,
            "round": invoice.round,
            "due_before": instant(before),
            "due_at": instant(invoice.due_at),
        },
        tell=[Tell.application(invoice.application_id), Tell.invoice(invoice.id)],
        edition=invoice.edition_ref(),
    )
    return Ack(seq=event.seq)
