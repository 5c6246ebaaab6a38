"""Invoices and their payments: read by their own people, paid by whoever knows the code."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from chassis.idempotency import Once, request_key
from chassis.pages import AtPage, NotAPage, after_instant
from chassis.problem_json import answers
from chassis.rate_limits import RateLimit
from chassis.unit_of_work import ReadWork, UnitOfWork
from chassis.who import ANYBODY_SIGNED_IN, AtActor, AtSession, asks
from contracts.payments.wire import (
    InvoicePage,
    InvoiceView,
    NewPayment,
    PaymentView,
    ReceiptView,
)
from kernel.codes import NotACode
from kernel.problems import NotAllowed, NotFound, TooMany
from services.payments.acts.begin_payment import begin_payment
from services.payments.desk import Desk
from services.payments.domain.access import (
    is_own,
    must_see_invoice,
    must_see_payment,
    sees_books,
)
from services.payments.domain.invoice import Invoice, InvoiceNotOpen, TimeIsUp
from services.payments.domain.payment import TooManyPaymentsUnderWay
from services.payments.domain.shown import show_invoice, show_payment, show_receipt
from services.payments.gateways.provider import NoOperatorConnected, NoSuchProvider
from services.payments.routes.at_desk import AtDesk, AtTeller
from services.payments.routes.looking_up import AtLookUp
from services.payments.store.invoices import Invoices
from services.payments.store.payments import Payments
from services.payments.store.receipts import Receipts

router = APIRouter(tags=["invoices"])
OTHERS = (NotFound, NotAllowed)


def view(work: UnitOfWork, desk: Desk, invoice: Invoice) -> InvoiceView:
    """The invoice as far as the one who asks may see it."""
    edition = desk.edition_of(invoice.edition_ref())
    return show_invoice(
        invoice,
        Receipts(work.session).of_invoice(invoice.id),
        edition.rules.texts,
        work.now,
        whole=is_own(invoice, work.actor) or sees_books(work.actor, work.now),
    )


@router.get(
    "/invoices",
    response_model=InvoicePage,
    dependencies=[Depends(asks(ANYBODY_SIGNED_IN))],
    responses=answers(NotAPage),
)
def own(work: ReadWork, desk: AtDesk, page: AtPage, application: UUID | None = None) -> object:
    """One's own invoices, the newest first, of one application or of all.

    Officers of the books and at the counter name an application and see all of its invoices.
    """
    counter = application is not None and sees_books(work.actor, work.now)
    payer = None if counter else work.actor.person or ""
    found = Invoices(work.session).list(payer, application, after_instant(page), page.limit + 1)
    keys = [(one.raised_at.isoformat(), str(one.id)) for one in found]
    return InvoicePage(
        invoices=[view(work, desk, one) for one in found[: page.limit]],
        next=page.following(keys),
    )


@router.get(
    "/invoices/{ref}",
    response_model=InvoiceView,
    dependencies=[Depends(asks(ANYBODY_SIGNED_IN)), Depends(RateLimit(600, timedelta(minutes=1)))],
    responses=answers(*OTHERS, NotACode, TooMany),
)
def read(ref: str, work: ReadWork, desk: AtDesk, look_up: AtLookUp) -> object:
    """One's own invoice by id or code; a stranger's by its code only: what it takes to pay it.

    Codes of others' invoices are counted: 60 an hour for one person unless the office set another
    limit. Officers of the books and at the counter look up as many as they need.
    """
    return view(work, desk, look_up.find(work, ref))


@router.get(
    "/invoices/{ref}/payments",
    response_model=list[PaymentView],
    dependencies=[Depends(asks(ANYBODY_SIGNED_IN))],
    responses=answers(*OTHERS),
)
def tries(ref: str, work: ReadWork) -> object:
    """Every payment that was begun for one's own invoice."""
    invoice = Invoices(work.session).get(ref)
    must_see_invoice(invoice, work.actor, work.now)
    return [show_payment(one) for one in Payments(work.session).of_invoice(invoice.id)]


@router.post(
    "/invoices/{ref}/payments",
    status_code=202,
    response_model=PaymentView,
    dependencies=[Depends(asks(ANYBODY_SIGNED_IN)), Depends(RateLimit(300, timedelta(minutes=1)))],
    responses=answers(
        *OTHERS,
        NotACode,
        NoOperatorConnected,
        NoSuchProvider,
        InvoiceNotOpen,
        TimeIsUp,
        TooManyPaymentsUnderWay,
        TooMany,
    ),
)
def pay(
    ref: str,
    asked: NewPayment,
    request: Request,
    session: AtSession,
    actor: AtActor,
    key: Annotated[str, Depends(request_key)],
    teller: AtTeller,
    look_up: AtLookUp,
) -> Response:
    """Have a phone asked to pay an invoice. Whoever pays for another gains no right by it.

    The answer comes before the payer's: ask for the payment until it is over. The intent is
    committed before the provider hears of it, and a repeat under the same key is the same payment.
    Codes of others' invoices are counted as in reading them.
    """

    def begin(work: UnitOfWork) -> PaymentView:
        look_up.find(work, ref)
        return show_payment(begin_payment(work, ref, asked, teller.desk.limits))

    session.close()  # its connection goes back: none is held while the provider thinks
    teller.must_know(asked.provider)
    with teller.works.open(actor) as work:
        once = Once(work, request, key)
        answer = once(
            lambda: begin(work),
            PaymentView,
            status=202,
            headers=lambda made: {"Location": f"/v1/payments/{made.id}"},
        )
    teller.at_once(teller.prompt, PaymentView.model_validate_json(bytes(answer.body)).id)
    return answer


@router.get(
    "/payments/{payment}",
    response_model=PaymentView,
    dependencies=[Depends(asks(ANYBODY_SIGNED_IN))],
    responses=answers(*OTHERS),
)
def follow(payment: UUID, work: ReadWork) -> object:
    """How a payment stands: for who began it, who was invoiced, and officers of the books."""
    found = Payments(work.session).get(payment)
    invoice = Invoices(work.session).get(found.invoice_id)
    must_see_payment(found, invoice, work.actor, work.now)
    return show_payment(found)


@router.get(
    "/receipts/{code}",
    response_model=ReceiptView,
    dependencies=[Depends(asks(ANYBODY_SIGNED_IN))],
    responses=answers(*OTHERS, NotACode),
)
def receipt(code: str, work: ReadWork) -> object:
    """A signed receipt as it was issued: for who was invoiced and who paid."""
    found = Receipts(work.session).get(code)
    invoice = Invoices(work.session).get(found.invoice_id)
    if found.payment_id is None:
        must_see_invoice(invoice, work.actor, work.now)
    else:
        paid_by = Payments(work.session).get(found.payment_id)
        must_see_payment(paid_by, invoice, work.actor, work.now)
    return show_receipt(found)
