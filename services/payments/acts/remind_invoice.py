"""Remind of an invoice: it is open and its due instant comes near."""

from chassis.unit_of_work import UnitOfWork
from contracts.procedures import Ack, Keyed, Tell
from kernel.facts import INVOICE_REMINDED
from services.payments.desk import Desk
from services.payments.domain.notices import to_payer
from services.payments.store.invoices import Invoices


def remind_invoice(work: UnitOfWork, desk: Desk, asked: Keyed) -> Ack:
    """Have the payer told once more; an invoice that is not open is left in peace."""
    invoice = Invoices(work.session).take(asked.subject)
    if not invoice.open or invoice.stands_still or work.now >= invoice.due_at:
        return Ack()
    invoice.reminded += 1
    told = to_payer(
        invoice,
        work.new_id(),
        "invoice-reminder",
        amount=desk.spell(invoice.money),
        until=desk.minute(invoice.due_at),
    )
    event = work.record(
        invoice.application_id,
        INVOICE_REMINDED,
        {
            "invoice": str(invoice.id),
            "code": invoice.code,
            "step": invoice.step,
            "round": invoice.round,
            "notices": told,
        },
        tell=[Tell.application(invoice.application_id)],
        edition=invoice.edition_ref(),
    )
    return Ack(seq=event.seq)
