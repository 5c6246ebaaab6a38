"""Who may see and pay which invoice."""

from datetime import datetime

from kernel.authority import Actor, Power, Realm
from kernel.ids import as_uuid
from kernel.problems import NotAllowed, NotFound
from services.payments.domain.invoice import Invoice
from services.payments.domain.payment import Payment

SEEING = (Power.READ_LEDGER, Power.AUDIT, Power.ASSIST_AT_COUNTER)


def is_own(invoice: Invoice, actor: Actor) -> bool:
    """Whether the invoice was addressed to the actor."""
    return actor.person is not None and actor.person == invoice.payer


def sees_books(actor: Actor, now: datetime) -> bool:
    """Whether the actor holds an appointment with which invoices and payments may be read."""
    return actor.realm is Realm.STAFF and any(actor.holds(p, None, now) for p in SEEING)


def must_find(invoice: Invoice, ref: str, actor: Actor, now: datetime) -> None:
    """By its code an invoice is found by everybody who was told it; by its id only by its own.

    Raises NotFound.
    """
    if as_uuid(ref) is not None and not is_own(invoice, actor) and not sees_books(actor, now):
        raise NotFound("There is no such invoice among yours")


def must_see_payment(payment: Payment, invoice: Invoice, actor: Actor, now: datetime) -> None:
    """For who began the payment, who the invoice is addressed to, and officers of the books.

    Raises NotFound for the public, NotAllowed for other officers.
    """
    began = actor.person is not None and actor.person == payment.begun_by
    if not (began or is_own(invoice, actor) or sees_books(actor, now)):
        refuse(actor, "This needs an appointment with the power to read the ledger")


def must_see_invoice(invoice: Invoice, actor: Actor, now: datetime) -> None:
    """For who the invoice is addressed to, and officers of the books. Raises as above."""
    if not (is_own(invoice, actor) or sees_books(actor, now)):
        refuse(actor, "This needs an appointment with the power to read the ledger")


def refuse(actor: Actor, detail: str) -> None:
    """404 for the public, to whom others' things do not exist; 403 for staff."""
    if actor.realm is Realm.STAFF:
        raise NotAllowed(detail)
    raise NotFound("There is no such thing among yours")
