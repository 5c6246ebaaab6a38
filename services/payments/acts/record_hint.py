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
    before = payments.hint(provider, told.reference, body_hash)
    if before is not None:
        before.times += 1
    else:
        work.session.add(
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
    if payment is None:
        return None
    settled = payment.status is PaymentStatus.REVERSED or (
        payment.status is PaymentStatus.COMPLETED and before is not None
    )
    return None if settled else payment.id
