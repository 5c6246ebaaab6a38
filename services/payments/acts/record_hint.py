"""Record a hint: a callback came, true or forged; what it says is believed by nobody."""

from uuid import UUID

from chassis.unit_of_work import UnitOfWork
from contracts.payments.callback import Callback
from contracts.payments.language import PaymentStatus, Verdict
from kernel.ids import as_uuid
from services.payments.domain.share import Hint
from services.payments.store.payments import Payments


def record_hint(work: UnitOfWork, provider: str, told: Callback, body_hash: bytes) -> UUID | None:
    """Note the callback once, counting its repeats; gives the payment to ask the provider about.

    None where it speaks of nothing that was begun here, or repeats what is settled already.
    """
    payments = Payments(work.session)
    payment = payments.find(provider, as_uuid(told.correlation or ""), told.reference)
    times = payments.note_hint(
        Hint(
            id=work.new_id(),
            provider=provider,
            reference=told.reference,
            payment_id=None if payment is None else payment.id,
            claimed=told.status,
            claimed_amount=told.amount,
            body_hash=body_hash,
            received_at=work.now,
            verdict=Verdict.UNKNOWN if payment is None else Verdict.NOTED,
        )
    )
    if payment is None or payment.status is PaymentStatus.REVERSED:
        return None
    if payment.status is PaymentStatus.COMPLETED and times > 1:
        return None
    return payment.id
