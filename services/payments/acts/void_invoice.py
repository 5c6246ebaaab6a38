"""Void an invoice: the case ended before it was paid."""

from chassis.unit_of_work import UnitOfWork
from contracts.command_args import VoidInvoice
from contracts.payments.language import InvoiceStatus
from contracts.procedures import Ack, Tell
from kernel.commands import Command
from kernel.facts import INVOICE_VOIDED
from services.payments.domain import ledger
from services.payments.store.invoices import Invoices
from services.payments.store.ledger import write


def void_invoice(work: UnitOfWork, command: Command) -> Ack:
    """Void the open invoice of a step's round; one that is paid or ended stays as it is.

    Money that still comes for it is held for whoever sent it.
    """
    asked = VoidInvoice.model_validate(command.args)
    invoice = Invoices(work.session).of_step(command.application_id, asked.step, asked.round)
    if invoice is None or not invoice.open:
        return Ack()
    invoice.end(InvoiceStatus.VOIDED, work.now, asked.reason)
    if invoice.minor:
        entry = ledger.invoice_closed(invoice.id, invoice.money)
        write(work.session, work.new_id(), entry, work.now)
    event = work.record(
        invoice.application_id,
        INVOICE_VOIDED,
        {
            "invoice": str(invoice.id),
            "code": invoice.code,
            "step": invoice.step,
            "round": invoice.round,
            "reason": asked.reason,
        },
        tell=[Tell.application(invoice.application_id), Tell.invoice(invoice.id)],
        edition=command.edition,
    )
    return Ack(seq=event.seq)
